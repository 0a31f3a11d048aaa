//! Which network addresses may be asked: global ones, and those that the operator names. Pure.
//!
//! Must not resolve names or connect; `client` asks here before each connection.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use bellwether_model::address::is_global;

/// What the operator lets the crawler reach.
#[derive(Debug, Clone)]
pub(super) struct AddressRule {
    /// Exact pairs that may be asked although they are not global.
    private: BTreeSet<SocketAddr>,
    /// Whether site owners can reach the operator. Without, no global address may be asked.
    has_contact: bool,
}

/// Why an address is not asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum RefusedAddress {
    /// Private, loopback, link-local, reserved or a tunnel to such.
    #[error("the address {0} is not global, and `allow_private` does not name it with this port")]
    NotGlobal(IpAddr),
    /// Site owners could not reach the operator.
    #[error("`crawler.contact` is not set, so nothing but the addresses in `allow_private` may be fetched")]
    NoContact,
}

impl AddressRule {
    /// The rule of the settings.
    pub(super) fn new(allow_private: &[SocketAddr], contact: Option<&str>) -> Self {
        Self {
            private: allow_private.iter().map(|pair| SocketAddr::new(pair.ip().to_canonical(), pair.port())).collect(),
            has_contact: contact.is_some_and(|contact| !contact.trim().is_empty()),
        }
    }

    /// Whether this address may be asked.
    pub(super) fn check(&self, address: SocketAddr) -> Result<(), RefusedAddress> {
        if self.private.contains(&SocketAddr::new(address.ip().to_canonical(), address.port())) {
            return Ok(());
        }
        if !is_global(address.ip()) {
            return Err(RefusedAddress::NotGlobal(address.ip()));
        }
        if self.has_contact { Ok(()) } else { Err(RefusedAddress::NoContact) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]
mod tests {
    use super::*;

    #[test]
    fn an_exception_opens_one_pair_and_nothing_else() {
        let rule = AddressRule::new(&["127.0.0.1:8000".parse().unwrap()], None);
        let check = |text: &str| rule.check(text.parse().unwrap());
        assert_eq!(check("127.0.0.1:8000"), Ok(()));
        assert_eq!(check("[::ffff:127.0.0.1]:8000"), Ok(()));
        for text in ["127.0.0.1:8001", "127.0.0.2:8000", "[::1]:8000", "169.254.169.254:80"] {
            assert_eq!(check(text), Err(RefusedAddress::NotGlobal(text.parse::<SocketAddr>().unwrap().ip())));
        }
        assert_eq!(check("8.8.8.8:80"), Err(RefusedAddress::NoContact));
        let reachable = AddressRule::new(&[], Some("mailto:desk@example.org"));
        assert_eq!(reachable.check("8.8.8.8:80".parse().unwrap()), Ok(()));
    }
}
