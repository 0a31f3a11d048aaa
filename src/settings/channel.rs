//! Ways to people, as the watch list configures them.

use std::hash::{Hash, Hasher};
use std::path::PathBuf;
use std::time::Duration;

use bellwether_model::id::ChannelId;
use bellwether_model::web::CanonicalUrl;
use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use url::Url;

/// One channel.
#[derive(Clone)]
pub struct ChannelSettings {
    /// Its name.
    pub id: ChannelId,
    /// How it reaches people.
    pub kind: ChannelKind,
    /// Which alerts it takes by itself, besides those of watch items that name it: all releases and revisions.
    pub releases: bool,
    /// Whether it is told when a source falls ill or recovers: for the operator, not for readers.
    pub operator: bool,
    /// The language of its messages.
    pub language: MessageLanguage,
    /// Beyond it, alerts wait and come as one. `None`: however many come, each goes out.
    pub flood: Option<Flood>,
}

/// How many messages are still welcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flood {
    /// So many
    pub most: usize,
    /// in so long.
    pub within: SignedDuration,
}

impl Flood {
    /// What people can read of who do not say.
    pub const FOR_PEOPLE: Self = Self { most: 20, within: SignedDuration::from_mins(10) };
}

/// A language of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MessageLanguage {
    /// Traditional Chinese of Taiwan.
    #[default]
    ZhTw,
    /// English.
    En,
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
    /// SMTP.
    Email(EmailSettings),
    /// Slack's incoming webhooks.
    Slack {
        /// The webhook, with its token.
        url: Url,
    },
    /// Discord's webhooks.
    Discord {
        /// The webhook, with its token.
        url: Url,
    },
    /// Telegram's Bot API.
    Telegram {
        /// `https://api.telegram.org`, or a server of one's own.
        server: Url,
        /// The bot's token.
        token: String,
        /// Number of the chat, or `@name` of the channel.
        chat: String,
    },
    /// A room of Matrix.
    Matrix {
        /// The homeserver.
        server: Url,
        /// Access token of the account that writes.
        token: String,
        /// `!room:server`.
        room: String,
    },
    /// LINE's Messaging API.
    Line {
        /// `https://api.line.me`.
        server: Url,
        /// Channel access token.
        token: String,
        /// User, group or room.
        to: String,
    },
    /// ntfy.
    Ntfy {
        /// The server.
        server: Url,
        /// The topic.
        topic: String,
        /// Access token. `None`: the topic is open.
        token: Option<String>,
    },
    /// Gotify.
    Gotify {
        /// The server.
        server: Url,
        /// Token of the application.
        token: String,
    },
    /// The API of Apprise.
    Apprise {
        /// `https://apprise.example/notify/KEY`.
        url: Url,
        /// Only services with this tag. `None`: all of the key.
        tag: Option<String>,
    },
    /// A command that gets the alert on its standard input.
    Command {
        /// The program; no shell is asked.
        program: String,
        /// Its arguments.
        arguments: Vec<String>,
        /// Longer, and it is killed and counts as failed.
        timeout: Duration,
    },
    /// A feed in a file.
    Feed {
        /// The file.
        path: PathBuf,
        /// Its form.
        form: FeedForm,
        /// Entries kept.
        entries: usize,
    },
    /// A line on standard error.
    Terminal,
    /// A line of the log.
    Log,
}

/// A mail server and those who get mail through it.
#[derive(Clone, Hash)]
pub struct EmailSettings {
    /// Name or address of the mail server.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: MailSecurity,
    /// Certificate of an authority that is believed besides those of the system, as PEM.
    pub authority: Option<Vec<u8>>,
    /// User and password. `None`: it asks for none.
    pub credentials: Option<(String, String)>,
    /// Sender.
    pub from: String,
    /// Receivers.
    pub to: Vec<String>,
}

/// How a connection to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MailSecurity {
    /// TLS from the first byte (port 465).
    Tls,
    /// TLS after a greeting in the clear (port 587); nothing else is said without it.
    StartTls,
    /// None; only to this machine.
    Plain,
}

/// A form of feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FeedForm {
    /// RFC 4287.
    Atom,
    /// JSON Feed 1.1.
    Json,
}

impl ChannelSettings {
    /// A channel of which no more is said than these.
    #[must_use]
    pub fn new(id: ChannelId, kind: ChannelKind) -> Self {
        let flood = kind.is_for_people().then_some(Flood::FOR_PEOPLE);
        Self { id, kind, releases: true, operator: false, language: MessageLanguage::default(), flood }
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
    /// Whether it makes noise where somebody is.
    #[must_use]
    pub fn is_for_people(&self) -> bool {
        match self {
            Self::Email(_)
            | Self::Slack { .. }
            | Self::Discord { .. }
            | Self::Telegram { .. }
            | Self::Matrix { .. }
            | Self::Line { .. }
            | Self::Ntfy { .. }
            | Self::Gotify { .. }
            | Self::Apprise { .. } => true,
            Self::Webhook { .. } | Self::Command { .. } | Self::Feed { .. } | Self::Terminal | Self::Log => false,
        }
    }

    /// Its name in `watchlist.toml`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Webhook { .. } => "webhook",
            Self::Email(_) => "email",
            Self::Slack { .. } => "slack",
            Self::Discord { .. } => "discord",
            Self::Telegram { .. } => "telegram",
            Self::Matrix { .. } => "matrix",
            Self::Line { .. } => "line",
            Self::Ntfy { .. } => "ntfy",
            Self::Gotify { .. } => "gotify",
            Self::Apprise { .. } => "apprise",
            Self::Command { .. } => "command",
            Self::Feed { form: FeedForm::Atom, .. } => "atom",
            Self::Feed { form: FeedForm::Json, .. } => "jsonfeed",
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
