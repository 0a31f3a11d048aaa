//! `[[channel]]`: who is told, and how. A door: reads the files that hold secrets.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bellwether_model::id::ChannelId;
use bellwether_model::web::CanonicalUrl;
use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use super::error::ConfigError;
use super::{Environment, duration, fill};
use crate::settings::{ChannelKind, ChannelSettings, EmailSettings, FeedForm, Flood, MailSecurity, MessageLanguage};

/// Entries of a feed that does not say.
const ENTRIES: usize = 50;
/// Most entries of a feed.
const MOST_ENTRIES: usize = 1_000;
/// Time of a command that does not say.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest time of a command.
const LONGEST_COMMAND: Duration = Duration::from_secs(600);

/// `[[channel]]`. `${NAME}` in `url`, `secret`, `secrets`, `token`, `user` and `password` is filled from the environment.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChannelTable {
    /// Its name.
    id: String,
    /// How it reaches people.
    kind: KindName,
    /// Whether it is told of every new release and every revision, besides the items that name it. Default: true where the
    /// file has no `[[route]]`, else false.
    releases: Option<bool>,
    /// Whether it is told when a source falls ill or recovers. Default false: that is for the operator, not for readers.
    operator: Option<bool>,
    /// How many messages it takes before the others wait and come as one: `20 in 10m` (default for mail, chats and
    /// telephones) or `off` (default elsewhere).
    flood: Option<String>,
    /// Language of its messages: `zh-TW` (default) or `en`.
    language: Option<LanguageName>,
    /// Address of the receiver: webhook, slack, discord, apprise (`…/notify/KEY`).
    url: Option<String>,
    /// Signing key of a webhook, `whsec_` and base64, as Standard Webhooks writes it.
    secret: Option<String>,
    /// Several signing keys, for the time in which a receiver is moved from one to the next.
    secrets: Option<Vec<String>>,
    /// A file that holds the signing key, relative to this file.
    secret_file: Option<String>,
    /// Access token: telegram, matrix, line, ntfy, gotify.
    token: Option<String>,
    /// A file that holds the token, relative to this file.
    token_file: Option<String>,
    /// Server: matrix, ntfy, gotify, email (name of the mail server); telegram and line, where it is not the usual one.
    server: Option<String>,
    /// Receivers of mail; the user, group or room of LINE.
    to: Option<OneOrMany>,
    /// Telegram: number of the chat, or `@name` of the channel.
    chat: Option<String>,
    /// Matrix: `!room:server`.
    room: Option<String>,
    /// ntfy: the topic.
    topic: Option<String>,
    /// Apprise: only services with this tag.
    tag: Option<String>,
    /// Port of the mail server. Default: 465 with `tls`, 587 with `starttls`, 25 with `plain`.
    port: Option<u16>,
    /// Protection of mail: `tls` (default), `starttls`, or `plain` to a server on this machine.
    security: Option<SecurityName>,
    /// User at the mail server.
    user: Option<String>,
    /// Password at the mail server.
    password: Option<String>,
    /// A file that holds the password, relative to this file.
    password_file: Option<String>,
    /// Sender of mail.
    from: Option<String>,
    /// A certificate (PEM) of an authority that is believed besides those of the system, relative to this file.
    ca_file: Option<String>,
    /// Program and arguments of a command; no shell reads them.
    command: Option<Vec<String>>,
    /// Time of a command. Default 10s, at most 10m.
    timeout: Option<String>,
    /// File of a feed, relative to this file.
    path: Option<String>,
    /// Entries of a feed. Default 50, at most 1000.
    entries: Option<usize>,
}

/// Kinds of channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum KindName {
    /// Standard Webhooks 1.0.
    Webhook,
    /// SMTP.
    Email,
    /// Slack's incoming webhooks.
    Slack,
    /// Discord's webhooks.
    Discord,
    /// Telegram's Bot API.
    Telegram,
    /// A room of Matrix.
    Matrix,
    /// LINE's Messaging API.
    Line,
    /// ntfy.
    Ntfy,
    /// Gotify.
    Gotify,
    /// The API of Apprise.
    Apprise,
    /// A command that gets the alert as JSON on its standard input.
    Command,
    /// An Atom feed in a file.
    Atom,
    /// A JSON Feed in a file.
    Jsonfeed,
    /// A line on standard error.
    Terminal,
    /// A line of the log.
    Log,
}

/// Languages of messages.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
enum LanguageName {
    /// Traditional Chinese of Taiwan.
    #[serde(rename = "zh-TW")]
    ZhTw,
    /// English.
    #[serde(rename = "en")]
    En,
}

/// Protection of a connection to a mail server.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum SecurityName {
    /// TLS from the first byte.
    Tls,
    /// TLS after a greeting in the clear.
    Starttls,
    /// None; only to this machine.
    Plain,
}

/// One text or several.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl KindName {
    /// The keys of its own, besides `id`, `kind`, `releases`, `operator` and `language`.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Webhook => &["url", "secret", "secrets", "secret_file"],
            Self::Email => {
                &["server", "port", "security", "user", "password", "password_file", "from", "to", "ca_file"]
            }
            Self::Slack | Self::Discord => &["url"],
            Self::Telegram => &["server", "token", "token_file", "chat"],
            Self::Matrix => &["server", "token", "token_file", "room"],
            Self::Line => &["server", "token", "token_file", "to"],
            Self::Ntfy => &["server", "token", "token_file", "topic"],
            Self::Gotify => &["server", "token", "token_file"],
            Self::Apprise => &["url", "tag"],
            Self::Command => &["command", "timeout"],
            Self::Atom | Self::Jsonfeed => &["path", "entries"],
            Self::Terminal | Self::Log => &[],
        }
    }
}

/// What is needed to read a table.
pub(super) struct Place<'a> {
    pub(super) path: &'a Path,
    pub(super) directory: &'a Path,
    pub(super) environment: Environment<'a>,
    /// What `releases` is where a channel does not say.
    pub(super) releases: bool,
}

/// A channel, ready to use.
pub(super) fn channel(table: &ChannelTable, place: &Place<'_>) -> Result<ChannelSettings, ConfigError> {
    let reading = Reading { table, place };
    reading.no_foreign_key()?;
    let kind = reading.kind()?;
    let language = match table.language {
        Some(LanguageName::En) => MessageLanguage::En,
        Some(LanguageName::ZhTw) | None => MessageLanguage::ZhTw,
    };
    let releases = table.releases.unwrap_or(place.releases);
    let operator = table.operator.unwrap_or(false);
    let usual = ChannelSettings::new(ChannelId(table.id.clone()), kind);
    let flood = table.flood.as_deref().map_or(Ok(usual.flood), flood).map_err(|wrong| reading.wrong("flood", wrong))?;
    Ok(ChannelSettings { releases, operator, language, flood, ..usual })
}

struct Reading<'a> {
    table: &'a ChannelTable,
    place: &'a Place<'a>,
}

impl Reading<'_> {
    fn wrong(&self, key: &str, message: impl Into<String>) -> ConfigError {
        ConfigError::value(self.place.path, &format!("channel `{}`: {key}", self.table.id), message.into())
    }

    fn given(&self) -> Vec<&'static str> {
        let t = self.table;
        [
            ("url", t.url.is_some()),
            ("secret", t.secret.is_some()),
            ("secrets", t.secrets.is_some()),
            ("secret_file", t.secret_file.is_some()),
            ("token", t.token.is_some()),
            ("token_file", t.token_file.is_some()),
            ("server", t.server.is_some()),
            ("to", t.to.is_some()),
            ("chat", t.chat.is_some()),
            ("room", t.room.is_some()),
            ("topic", t.topic.is_some()),
            ("tag", t.tag.is_some()),
            ("port", t.port.is_some()),
            ("security", t.security.is_some()),
            ("user", t.user.is_some()),
            ("password", t.password.is_some()),
            ("password_file", t.password_file.is_some()),
            ("from", t.from.is_some()),
            ("ca_file", t.ca_file.is_some()),
            ("command", t.command.is_some()),
            ("timeout", t.timeout.is_some()),
            ("path", t.path.is_some()),
            ("entries", t.entries.is_some()),
        ]
        .into_iter()
        .filter_map(|(key, given)| given.then_some(key))
        .collect()
    }

    fn no_foreign_key(&self) -> Result<(), ConfigError> {
        let own = self.table.kind.keys();
        let Some(foreign) = self.given().into_iter().find(|key| !own.contains(key)) else { return Ok(()) };
        let own = if own.is_empty() { "none".to_owned() } else { format!("`{}`", own.join("`, `")) };
        Err(self.wrong(foreign, format!("this kind of channel has no such key; its keys are {own}")))
    }

    fn kind(&self) -> Result<ChannelKind, ConfigError> {
        let table = self.table;
        Ok(match table.kind {
            KindName::Webhook => {
                let url = self.filled("url", table.url.as_deref())?;
                let url = CanonicalUrl::parse(&url).map_err(|cause| self.wrong("url", cause.to_string()))?;
                ChannelKind::Webhook { url, secrets: self.secrets()? }
            }
            KindName::Email => ChannelKind::Email(self.email()?),
            KindName::Slack => ChannelKind::Slack { url: self.address("url", table.url.as_deref())? },
            KindName::Discord => ChannelKind::Discord { url: self.address("url", table.url.as_deref())? },
            KindName::Telegram => ChannelKind::Telegram {
                server: self.address("server", table.server.as_deref().or(Some("https://api.telegram.org")))?,
                token: self.token()?,
                chat: self.filled("chat", table.chat.as_deref())?,
            },
            KindName::Matrix => ChannelKind::Matrix {
                server: self.address("server", table.server.as_deref())?,
                token: self.token()?,
                room: self.filled("room", table.room.as_deref())?,
            },
            KindName::Line => ChannelKind::Line {
                server: self.address("server", table.server.as_deref().or(Some("https://api.line.me")))?,
                token: self.token()?,
                to: match self.receivers()?.as_slice() {
                    [one] => one.clone(),
                    _ => return Err(self.wrong("to", "LINE takes one receiver a channel")),
                },
            },
            KindName::Ntfy => ChannelKind::Ntfy {
                server: self.address("server", table.server.as_deref().or(Some("https://ntfy.sh")))?,
                topic: self.filled("topic", table.topic.as_deref())?,
                token: self.optional_secret("token", table.token.as_deref(), table.token_file.as_deref())?,
            },
            KindName::Gotify => {
                ChannelKind::Gotify { server: self.address("server", table.server.as_deref())?, token: self.token()? }
            }
            KindName::Apprise => {
                ChannelKind::Apprise { url: self.address("url", table.url.as_deref())?, tag: table.tag.clone() }
            }
            KindName::Command => self.command()?,
            KindName::Atom => self.feed(FeedForm::Atom)?,
            KindName::Jsonfeed => self.feed(FeedForm::Json)?,
            KindName::Terminal => ChannelKind::Terminal,
            KindName::Log => ChannelKind::Log,
        })
    }

    /// A value that must be there, filled from the environment.
    fn filled(&self, key: &str, value: Option<&str>) -> Result<String, ConfigError> {
        let value = value.ok_or_else(|| self.wrong(key, "this kind of channel needs it"))?;
        let value = fill::fill(value, self.place.environment).map_err(|message| self.wrong(key, message))?;
        if value.trim().is_empty() {
            return Err(self.wrong(key, "it is empty"));
        }
        Ok(value)
    }

    fn address(&self, key: &str, value: Option<&str>) -> Result<Url, ConfigError> {
        let text = self.filled(key, value)?;
        // The address may hold a token: the message does not repeat it.
        let url = Url::parse(&text).map_err(|cause| self.wrong(key, format!("it is no web address: {cause}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(self.wrong(key, "it is no web address: write https://…"));
        }
        Ok(url)
    }

    /// A secret that stands here or in a file of its own.
    fn optional_secret(
        &self,
        key: &str,
        here: Option<&str>,
        file: Option<&str>,
    ) -> Result<Option<String>, ConfigError> {
        match (here, file) {
            (None, None) => Ok(None),
            (Some(here), None) => self.filled(key, Some(here)).map(|secret| Some(secret.trim().to_owned())),
            (None, Some(file)) => {
                let text = std::fs::read_to_string(self.place.directory.join(file))
                    .map_err(|cause| self.wrong(&format!("{key}_file"), format!("cannot read `{file}`: {cause}")))?;
                Ok(Some(text.trim().to_owned()))
            }
            (Some(_), Some(_)) => Err(self.wrong(key, format!("give `{key}` or `{key}_file`, not both"))),
        }
    }

    fn token(&self) -> Result<String, ConfigError> {
        let token = self.optional_secret("token", self.table.token.as_deref(), self.table.token_file.as_deref())?;
        token.ok_or_else(|| self.wrong("token", "this kind of channel needs `token` or `token_file`"))
    }

    fn secrets(&self) -> Result<Vec<Vec<u8>>, ConfigError> {
        let table = self.table;
        let one = self.optional_secret("secret", table.secret.as_deref(), table.secret_file.as_deref())?;
        if one.is_some() && table.secrets.is_some() {
            return Err(self.wrong("secrets", "give one of `secret`, `secrets` and `secret_file`"));
        }
        let mut keys = Vec::new();
        for secret in table.secrets.iter().flatten() {
            keys.push(self.filled("secrets", Some(secret))?);
        }
        keys.extend(one);
        keys.iter().map(|key| signing_key(key.trim()).map_err(|message| self.wrong("secret", message))).collect()
    }

    fn receivers(&self) -> Result<Vec<String>, ConfigError> {
        let to = match &self.table.to {
            None => return Err(self.wrong("to", "this kind of channel needs it")),
            Some(OneOrMany::One(to)) => vec![to.clone()],
            Some(OneOrMany::Many(to)) => to.clone(),
        };
        let to: Vec<String> = to.iter().map(|to| self.filled("to", Some(to))).collect::<Result<_, _>>()?;
        if to.is_empty() { Err(self.wrong("to", "it is empty")) } else { Ok(to) }
    }

    fn email(&self) -> Result<EmailSettings, ConfigError> {
        let table = self.table;
        let (security, port) = match table.security {
            None | Some(SecurityName::Tls) => (MailSecurity::Tls, 465),
            Some(SecurityName::Starttls) => (MailSecurity::StartTls, 587),
            Some(SecurityName::Plain) => (MailSecurity::Plain, 25),
        };
        let password = self.optional_secret("password", table.password.as_deref(), table.password_file.as_deref())?;
        let user = table.user.as_deref().map(|user| self.filled("user", Some(user))).transpose()?;
        let credentials = match (user, password) {
            (None, None) => None,
            (Some(user), Some(password)) => Some((user, password)),
            _ => return Err(self.wrong("user", "give `user` and `password`, or neither")),
        };
        let authority = table.ca_file.as_deref().map(|file| {
            std::fs::read(self.place.directory.join(file))
                .map_err(|cause| self.wrong("ca_file", format!("cannot read `{file}`: {cause}")))
        });
        let (from, to) = (self.filled("from", table.from.as_deref())?, self.receivers()?);
        for (key, address) in std::iter::once(("from", &from)).chain(to.iter().map(|to| ("to", to))) {
            if let Err(cause) = address.parse::<lettre::message::Mailbox>() {
                return Err(self.wrong(key, format!("`{address}` is no mail address: {cause}")));
            }
        }
        Ok(EmailSettings {
            server: self.filled("server", table.server.as_deref())?,
            port: table.port.unwrap_or(port),
            security,
            authority: authority.transpose()?,
            credentials,
            from,
            to,
        })
    }

    fn command(&self) -> Result<ChannelKind, ConfigError> {
        let command = self.table.command.clone().unwrap_or_default();
        let Some((program, arguments)) = command.split_first() else {
            return Err(self.wrong("command", "name the program and its arguments, as [\"notify\", \"--loud\"]"));
        };
        let timeout = self.table.timeout.as_deref().map(duration::parse).transpose();
        let timeout = timeout.map_err(|message| self.wrong("timeout", message))?.unwrap_or(COMMAND_TIMEOUT);
        if timeout.is_zero() || timeout > LONGEST_COMMAND {
            return Err(self.wrong("timeout", "it is more than nothing and at most 10m"));
        }
        Ok(ChannelKind::Command { program: program.clone(), arguments: arguments.to_vec(), timeout })
    }

    fn feed(&self, form: FeedForm) -> Result<ChannelKind, ConfigError> {
        let path = self.place.directory.join(self.filled("path", self.table.path.as_deref())?);
        let entries = self.table.entries.unwrap_or(ENTRIES);
        if !(1..=MOST_ENTRIES).contains(&entries) {
            return Err(self.wrong("entries", format!("it is from 1 to {MOST_ENTRIES}")));
        }
        Ok(ChannelKind::Feed { path, form, entries })
    }
}

/// `20 in 10m`, or `off`.
fn flood(text: &str) -> Result<Option<Flood>, String> {
    if text == "off" {
        return Ok(None);
    }
    let read = |text: &str| {
        let (most, within) = text.split_once(" in ")?;
        let most = most.trim().parse().ok().filter(|most| (1..=10_000).contains(most))?;
        let within = SignedDuration::try_from(duration::parse(within.trim()).ok()?).ok()?;
        (within >= SignedDuration::from_secs(1)).then_some(Flood { most, within })
    };
    read(text).map(Some).ok_or_else(|| format!("`{text}` is neither \"off\" nor like \"20 in 10m\""))
}

/// The bytes behind `whsec_` (Standard Webhooks 1.0, "Signature scheme"); 24 to 64 of them.
fn signing_key(secret: &str) -> Result<Vec<u8>, String> {
    let encoded = secret.strip_prefix("whsec_").unwrap_or(secret);
    let key = STANDARD
        .decode(encoded)
        .map_err(|_| "not `whsec_` and base64; make one with `openssl rand -base64 32`".to_owned())?;
    if !(24..=64).contains(&key.len()) {
        return Err(format!("a key has 24 to 64 bytes, this one has {}", key.len()));
    }
    Ok(key)
}
