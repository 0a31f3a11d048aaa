//! Ways to people, as the watch list configures them.

use std::hash::{Hash, Hasher};

use bellwether_model::id::ChannelId;
use bellwether_model::web::CanonicalUrl;
use sha2::{Digest, Sha256};

/// One channel.
#[derive(Clone)]
pub struct ChannelSettings {
    /// Its name.
    pub id: ChannelId,
    /// How it reaches people.
    pub kind: ChannelKind,
    /// Which alerts it takes by itself, besides those of watch items that name it: all releases and revisions.
    pub releases: bool,
}

/// How a channel reaches people.
#[derive(Clone, Hash)]
pub enum ChannelKind {
    /// Standard Webhooks 1.0.
    Webhook {
        /// The receiver.
        url: CanonicalUrl,
        /// Signing keys: the bytes behind `whsec_`. Each signs, so that a receiver can be moved from one to the next;
        /// none: sent unsigned.
        secrets: Vec<Vec<u8>>,
    },
    /// A line on standard error.
    Terminal,
    /// A line of the log.
    Log,
}

impl ChannelSettings {
    /// A channel of which no more is said than these.
    #[must_use]
    pub fn new(id: ChannelId, kind: ChannelKind) -> Self {
        Self { id, kind, releases: true }
    }

    /// A digest of where it leads and how: another one means that it was configured anew. Says nothing of what is secret.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut digest = HashOf(Sha256::new());
        self.kind.hash(&mut digest);
        digest.0.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl std::fmt::Debug for ChannelSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Secrets and the receiver's address, which often holds a token, stay out of logs.
        f.debug_struct("ChannelSettings").field("id", &self.id).field("kind", &self.kind.name()).finish_non_exhaustive()
    }
}

impl ChannelKind {
    /// Its name in `watchlist.toml`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Webhook { .. } => "webhook",
            Self::Terminal => "terminal",
            Self::Log => "log",
        }
    }
}

/// Everything that a value feeds to its hash, as SHA-256: unlike the standard one, it is the same tomorrow.
struct HashOf(Sha256);

impl Hasher for HashOf {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        unreachable!("the whole digest is taken")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_key_or_address_is_another_channel() {
        let print = |url: &str, secrets: &[&[u8]]| {
            let url = CanonicalUrl::parse(url).expect("an address");
            let secrets = secrets.iter().map(|secret| secret.to_vec()).collect();
            ChannelSettings::new(ChannelId::new("desk"), ChannelKind::Webhook { url, secrets }).fingerprint()
        };
        let first = print("https://hooks.example/a", &[b"one"]);
        assert_eq!(first, print("https://hooks.example/a", &[b"one"]));
        assert_eq!(first.len(), 32);
        assert_ne!(first, print("https://hooks.example/b", &[b"one"]));
        assert_ne!(first, print("https://hooks.example/a", &[b"one", b"two"]));
    }
}
