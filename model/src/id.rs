//! Names of things. Each is its own type, so that one cannot be passed for another.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

macro_rules! name {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $type(pub String);

        impl $type {
            /// Wraps a name that is already in its final form.
            pub fn new(name: impl Into<String>) -> Self {
                Self(name.into())
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// The `id` of a source in `sources.toml`.
    SourceId
);
name!(
    /// One document: `doc-` and 24 hexadecimal digits of the SHA-256 of its canonical URL.
    DocumentId
);
name!(
    /// One event: `ev-` and 24 hexadecimal digits of the SHA-256 of its identity (a function of content only).
    EventId
);
name!(
    /// One release: economy and period (`TW-2025-12`), with a word for early or other families (`TW-2025-12-orders`).
    ReleaseId
);
name!(
    /// The `id` of an item of the watch list.
    WatchId
);
name!(
    /// One flag: `flag-` and 24 hexadecimal digits of the SHA-256 of item, event and what was flagged.
    FlagId
);
name!(
    /// One alert: `alert-` and 24 hexadecimal digits; the same over retries, restarts and crashes.
    AlertId
);
name!(
    /// The `id` of a channel in `watchlist.toml`.
    ChannelId
);
name!(
    /// The content hash of a body in the archive: 64 hexadecimal digits of its SHA-256.
    ContentHash
);
name!(
    /// One fetched answer: `snap-` and 24 hexadecimal digits of the SHA-256 of URL, time and content hash.
    SnapshotId
);

/// `prefix-` followed by 24 hexadecimal digits (96 bits) of the SHA-256 of the parts.
///
/// The parts are separated by a byte that cannot stand in text, so `["ab", "c"]` and `["a", "bc"]` differ.
#[must_use]
pub fn digest_name(prefix: &str, parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0xff]);
    }
    let mut name = format!("{prefix}-");
    push_hex(&mut name, &hasher.finalize()[..12]);
    name
}

impl ContentHash {
    /// The hash of a body.
    #[must_use]
    pub fn of(body: &[u8]) -> Self {
        let mut hex = String::with_capacity(64);
        push_hex(&mut hex, &Sha256::digest(body));
        Self(hex)
    }
}

fn push_hex(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(nibble), 16).expect("a nibble is below 16"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(digest_name("ev", &["ab", "c"]), digest_name("ev", &["a", "bc"]));
        assert_eq!(digest_name("ev", &["a"]).len(), "ev-".len() + 24);
    }

    #[test]
    fn content_hash_is_sha_256() {
        assert_eq!(ContentHash::of(b"").as_str(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
