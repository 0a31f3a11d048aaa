//! The one way out of the crawler: resolves a name, judges each address, and connects to exactly the address that was
//! judged. A door.
//!
//! It sees every connection there is, also to addresses that are written out, so nothing has to be checked before or
//! behind it: a name that stands for another address the next time is judged anew. It must not know HTTP or robots.txt.

use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::rt::TokioIo;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tower_service::Service;

use super::address::{AddressRule, RefusedAddress};

/// How long an address is given before the next one of the same name is tried beside it (RFC 8305, 5: 250 ms).
const NEXT_ADDRESS: Duration = Duration::from_millis(250);
/// Addresses of one name that are tried. More are a mistake, or meant to have us knock at many doors.
const MOST_ADDRESSES: usize = 8;

/// Connects where the rule allows it.
#[derive(Clone)]
pub(super) struct Connector {
    rule: Arc<AddressRule>,
}

/// No connection.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectError {
    /// None of the addresses may be asked; nothing was sent.
    #[error(transparent)]
    Address(#[from] RefusedAddress),
    /// The address has no host.
    #[error("the address names no host")]
    NoHost,
    /// The name is not known, or the name server does not answer.
    #[error("the name cannot be resolved: {0}")]
    Name(io::Error),
    /// The name stands for nothing.
    #[error("the name has no address")]
    NoAddress,
    /// Nobody listens, or nothing leads there.
    #[error("{0}: {1}")]
    Socket(SocketAddr, io::Error),
}

/// The connector with TLS over it: HTTP/2 where the server offers it, certificates judged by the roots of this machine
/// and those that the operator adds.
pub(super) fn secure(rule: Arc<AddressRule>, certificates: &[Vec<u8>]) -> Result<HttpsConnector<Connector>, String> {
    let mut roots = native_roots().clone();
    for certificate in certificates {
        roots
            .add(CertificateDer::from(certificate.as_slice()))
            .map_err(|error| format!("a certificate of `crawler.certificates` cannot be used: {error}"))?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = Connector { rule };
    let builder = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().enable_http2();
    Ok(builder.wrap_connector(connector))
}

/// The roots of this machine, read once: that takes longer than everything else a client is made of. Where there are none,
/// no certificate is trusted but those of the operator, and `http` goes on as before.
fn native_roots() -> &'static RootCertStore {
    static ROOTS: OnceLock<RootCertStore> = OnceLock::new();
    ROOTS.get_or_init(|| {
        let mut roots = RootCertStore::empty();
        let found = rustls_native_certs::load_native_certs();
        let (taken, _unreadable) = roots.add_parsable_certificates(found.certs);
        if taken == 0 {
            let causes: Vec<String> = found.errors.iter().map(ToString::to_string).collect();
            tracing::warn!(
                causes = causes.join("; "),
                "no root certificates are installed: no https site can be fetched. Install the package ca-certificates"
            );
        }
        roots
    })
}

impl Service<Uri> for Connector {
    type Response = TokioIo<TcpStream>;
    type Error = ConnectError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let rule = Arc::clone(&self.rule);
        Box::pin(async move {
            let addresses = judged(&rule, &uri).await?;
            connect(addresses).await.map(TokioIo::new)
        })
    }
}

/// The addresses of a host that may be asked, in the order in which they are tried.
async fn judged(rule: &AddressRule, uri: &Uri) -> Result<VecDeque<SocketAddr>, ConnectError> {
    let host = uri.host().ok_or(ConnectError::NoHost)?;
    let is_secure = uri.scheme_str() == Some("https");
    let port = uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let found: Vec<SocketAddr> = match bare.parse::<IpAddr>() {
        Ok(ip) => vec![SocketAddr::new(ip, port)],
        Err(_name) => lookup_host((bare, port)).await.map_err(ConnectError::Name)?.collect(),
    };
    let mut refused = None;
    let mut allowed = Vec::new();
    for address in found {
        match rule.check(address) {
            Ok(()) => allowed.push(address),
            Err(reason) => refused = Some(reason),
        }
    }
    match refused {
        Some(reason) if allowed.is_empty() => Err(reason.into()),
        None if allowed.is_empty() => Err(ConnectError::NoAddress),
        _ => Ok(alternated(allowed)),
    }
}

/// RFC 8305, 4: families by turns, so that a network without a way for one of them costs one attempt.
fn alternated(addresses: Vec<SocketAddr>) -> VecDeque<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) = addresses.into_iter().partition(|address| address.is_ipv6() == first_is_v6);
    let mut second = second.into_iter();
    let mut order: VecDeque<SocketAddr> =
        first.into_iter().flat_map(|one| [Some(one), second.next()]).flatten().collect();
    order.extend(second);
    order.truncate(MOST_ADDRESSES);
    order
}

/// The first connection that comes about (RFC 8305, 5). Time is limited by the caller.
async fn connect(mut addresses: VecDeque<SocketAddr>) -> Result<TcpStream, ConnectError> {
    let mut attempts: JoinSet<Result<TcpStream, ConnectError>> = JoinSet::new();
    let mut last = ConnectError::NoAddress;
    loop {
        let next = addresses.pop_front();
        match next {
            // Most names have one address: no task is needed for it.
            Some(only) if addresses.is_empty() && attempts.is_empty() => return attempt(only).await,
            Some(address) => {
                attempts.spawn(attempt(address));
            }
            None if attempts.is_empty() => return Err(last),
            None => {}
        }
        let patience = if addresses.is_empty() { Duration::MAX } else { NEXT_ADDRESS };
        match timeout(patience, attempts.join_next()).await {
            Ok(Some(Ok(Ok(stream)))) => return Ok(stream),
            Ok(Some(Ok(Err(error)))) => last = error,
            Ok(Some(Err(ended))) => match ended.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // Attempts are cancelled with their set alone, which lives as long as we wait here.
                Err(_cancelled) => {}
            },
            // Nothing is lost here: the turn above ends where no attempt is left, with the last failure.
            Ok(None) => {}
            // It takes its time: it goes on, and the next address is tried beside it.
            Err(_elapsed) => {}
        }
    }
}

async fn attempt(address: SocketAddr) -> Result<TcpStream, ConnectError> {
    let failed = |error| ConnectError::Socket(address, error);
    let stream = TcpStream::connect(address).await.map_err(failed)?;
    stream.set_nodelay(true).map_err(failed)?;
    Ok(stream)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    async fn way(allowed: &[SocketAddr], uri: &str) -> Result<SocketAddr, ConnectError> {
        let rule = Arc::new(AddressRule::new(allowed, None));
        let stream = Connector { rule }.call(uri.parse().unwrap()).await?;
        Ok(stream.into_inner().peer_addr().unwrap())
    }

    #[tokio::test]
    async fn only_the_judged_address_is_connected_to() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let port = address.port();
        for uri in [format!("http://127.0.0.1:{port}/"), format!("http://localhost:{port}/x")] {
            assert_eq!(way(&[address], &uri).await.unwrap(), address, "{uri}");
        }
        let other: SocketAddr = format!("127.0.0.2:{port}").parse().unwrap();
        for uri in [
            format!("http://127.0.0.1:{port}/"),
            format!("http://localhost:{port}/"),
            format!("http://[::1]:{port}/"),
            format!("http://[::ffff:127.0.0.1]:{port}/"),
        ] {
            let error = way(&[other], &uri).await.unwrap_err();
            assert!(matches!(error, ConnectError::Address(_)), "{uri}: {error}");
        }
        // Some resolvers do not know this spelling; the others give an address that is refused.
        assert!(way(&[other], &format!("http://localhost.:{port}/")).await.is_err());
    }

    #[tokio::test]
    async fn a_deaf_address_does_not_keep_us_from_the_next() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = listener.local_addr().unwrap();
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let stream = connect(VecDeque::from([closed, here])).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), here);
        let error = connect(VecDeque::from([closed])).await.unwrap_err();
        assert!(error.to_string().contains("refused"), "{error}");
        assert!(matches!(connect(VecDeque::new()).await, Err(ConnectError::NoAddress)));
    }

    #[test]
    fn families_take_turns() {
        let parse = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<SocketAddr>>();
        let mixed = parse(&["[2001:db8::1]:80", "[2001:db8::2]:80", "192.0.2.1:80", "192.0.2.2:80", "192.0.2.3:80"]);
        let order = parse(&["[2001:db8::1]:80", "192.0.2.1:80", "[2001:db8::2]:80", "192.0.2.2:80", "192.0.2.3:80"]);
        assert_eq!(alternated(mixed), VecDeque::from(order));
        assert_eq!(alternated(parse(&["192.0.2.1:80"; 20])).len(), MOST_ADDRESSES);
    }
}
