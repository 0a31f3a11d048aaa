//! `watchlist.toml`: what is flagged, and who is told.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bellwether_model::id::{ChannelId, WatchId};
use bellwether_model::indicator;
use bellwether_model::watch::{Condition, WatchItem};
use bellwether_model::web::CanonicalUrl;
use schemars::JsonSchema;
use serde::Deserialize;

use super::error::ConfigError;
use super::{Environment, fill, sources_file};
use crate::settings::{ChannelKind, ChannelSettings};

/// What `watchlist.toml` may say.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WatchlistFile {
    /// Limits of all channels.
    alerts: AlertsTable,
    /// Who is told.
    channel: Vec<ChannelTable>,
    /// What is flagged.
    watch: Vec<WatchTable>,
}

/// `[alerts]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct AlertsTable {
    /// Exact `address:port` pairs of receivers that may be reached although they are not global.
    allow_private: Vec<String>,
}

/// `[[channel]]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ChannelTable {
    /// Its name.
    id: String,
    /// How it reaches people.
    kind: ChannelKindName,
    /// The receiver of a webhook. `${NAME}` is filled from the environment.
    url: Option<String>,
    /// Signing key of a webhook, `whsec_` and base64, as Standard Webhooks writes it. `${NAME}` is filled from the environment.
    secret: Option<String>,
    /// Several signing keys, for the time in which a receiver is moved from one to the next. The first is the newest.
    #[serde(default)]
    secrets: Vec<String>,
    /// A file that holds the secret, relative to this file.
    secret_file: Option<String>,
    /// Whether it is told of every new release and every revision, besides the items that name it. Default true.
    releases: Option<bool>,
}

/// Kinds of channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum ChannelKindName {
    /// Standard Webhooks 1.0.
    Webhook,
    /// A line on standard error.
    Terminal,
    /// A line of the log.
    Log,
}

/// `[[watch]]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WatchTable {
    /// Its name.
    id: String,
    /// Title for people.
    title: String,
    /// Kind of risk, in your words.
    risk: Option<String>,
    /// What to look at, in your words.
    indicator: Option<String>,
    /// How often people look at it, in your words.
    frequency: Option<String>,
    /// When it is met: all parts that are given must hold.
    when: Condition,
    /// Channels that are told. Default: none; it is flagged all the same.
    #[serde(default)]
    channels: Vec<String>,
}

/// What `watchlist.toml` comes to.
pub(super) struct WatchSettings {
    pub(super) items: Vec<WatchItem>,
    pub(super) channels: Vec<ChannelSettings>,
    pub(super) allow_private: Vec<SocketAddr>,
}

pub(super) fn settings(
    text: &str,
    path: &Path,
    directory: &Path,
    environment: Environment<'_>,
) -> Result<WatchSettings, ConfigError> {
    let file: WatchlistFile = toml::from_str(text).map_err(|cause| ConfigError::toml(path, text, &cause))?;
    let allow_private = sources_file::addresses(&file.alerts.allow_private, path, "[alerts] allow_private")?;
    let mut names = BTreeSet::new();
    let mut channels = Vec::with_capacity(file.channel.len());
    for table in file.channel {
        let channel = channel(table, path, directory, environment)?;
        if !names.insert(channel.id.clone()) {
            return Err(ConfigError::value(path, &format!("channel `{}`", channel.id), "a second channel has this id"));
        }
        channels.push(channel);
    }
    let mut item_names = BTreeSet::new();
    let mut items = Vec::with_capacity(file.watch.len());
    for table in file.watch {
        let item = item(table, path, &names)?;
        if !item_names.insert(item.id.clone()) {
            return Err(ConfigError::value(path, &format!("watch `{}`", item.id), "a second item has this id"));
        }
        items.push(item);
    }
    Ok(WatchSettings { items, channels, allow_private })
}

fn channel(
    table: ChannelTable,
    path: &Path,
    directory: &Path,
    environment: Environment<'_>,
) -> Result<ChannelSettings, ConfigError> {
    let wrong =
        |key: &str, message: String| ConfigError::value(path, &format!("channel `{}`: {key}", table.id), message);
    let kind = match table.kind {
        ChannelKindName::Webhook => {
            let url = table
                .url
                .as_deref()
                .ok_or_else(|| wrong("url", "a webhook needs the address of its receiver".to_owned()))?;
            let url = fill::fill(url, environment).map_err(|m| wrong("url", m))?;
            let url = CanonicalUrl::parse(&url).map_err(|m| wrong("url", m.to_string()))?;
            let mut written = table.secrets.clone();
            match (&table.secret, &table.secret_file) {
                (None, None) => {}
                (Some(secret), None) if written.is_empty() => written.push(secret.clone()),
                (None, Some(file)) if written.is_empty() => written.push(
                    std::fs::read_to_string(directory.join(file))
                        .map_err(|cause| wrong("secret_file", format!("cannot read `{file}`: {cause}")))?,
                ),
                _ => {
                    let message = "give one of `secret`, `secrets` and `secret_file`";
                    return Err(wrong("secret", message.to_owned()));
                }
            }
            let mut secrets = Vec::with_capacity(written.len());
            for secret in written {
                let secret = fill::fill(&secret, environment).map_err(|m| wrong("secret", m))?;
                secrets.push(signing_key(secret.trim()).map_err(|m| wrong("secret", m))?);
            }
            ChannelKind::Webhook { url, secrets }
        }
        ChannelKindName::Terminal | ChannelKindName::Log => {
            if table.url.is_some() || table.secret.is_some() || !table.secrets.is_empty() || table.secret_file.is_some()
            {
                return Err(wrong("url", "only a webhook has `url`, `secret` and `secret_file`".to_owned()));
            }
            if table.kind == ChannelKindName::Terminal { ChannelKind::Terminal } else { ChannelKind::Log }
        }
    };
    let releases = table.releases.unwrap_or(true);
    Ok(ChannelSettings { releases, ..ChannelSettings::new(ChannelId(table.id), kind) })
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

fn item(table: WatchTable, path: &Path, channels: &BTreeSet<ChannelId>) -> Result<WatchItem, ConfigError> {
    let place = |key: &str| format!("watch `{}`: {key}", table.id);
    if table.when == Condition::default() {
        return Err(ConfigError::value(
            path,
            &place("when"),
            "an empty condition is met by everything; name at least one part",
        ));
    }
    if let Some(flow) = table.when.flow {
        indicator::asked_for(flow).map_err(|wrong| ConfigError::value(path, &place("when: flow"), wrong))?;
    }
    let named: Vec<ChannelId> = table.channels.into_iter().map(ChannelId).collect();
    if let Some(missing) = named.iter().find(|name| !channels.contains(name)) {
        let known: Vec<&str> = channels.iter().map(ChannelId::as_str).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        let message = format!("there is no channel `{missing}`; channels: {known}");
        return Err(ConfigError::value(path, &format!("watch `{}`: channels", table.id), message));
    }
    Ok(WatchItem {
        id: WatchId(table.id),
        title: table.title,
        risk: table.risk,
        indicator: table.indicator,
        frequency: table.frequency,
        when: table.when,
        channels: named,
    })
}
