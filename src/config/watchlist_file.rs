//! `watchlist.toml`: what is flagged, and who is told.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;

use bellwether_model::id::{ChannelId, WatchId};
use bellwether_model::indicator;
use bellwether_model::watch::{Condition, Priority, WatchItem};
use jiff::SignedDuration;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use super::channel_table::{ChannelTable, Place, channel};
use super::error::ConfigError;
use super::route_table::{self, IntervalTable, RouteTable};
use super::{Environment, duration, sources_file};
use crate::routing::Routing;
use crate::settings::ChannelSettings;

/// What `watchlist.toml` may say.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WatchlistFile {
    /// Limits of all channels.
    alerts: AlertsTable,
    /// Who is told.
    channel: Vec<ChannelTable>,
    /// Times to which routes refer.
    time_interval: Vec<IntervalTable>,
    /// Who is told of what, and when.
    route: Vec<RouteTable>,
    /// What is flagged.
    watch: Vec<WatchTable>,
}

/// `[alerts]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct AlertsTable {
    /// Exact `address:port` pairs of receivers that may be reached although they are not global.
    allow_private: Vec<String>,
    /// How long after the first figures of a release further ones are gathered, to follow as one update. Default `"10m"`;
    /// `"0s"`: there is no update.
    settle: Option<String>,
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
    /// Who answers for it, in your words.
    owner: Option<String>,
    /// What else there is to know of it, in your words.
    note: Option<String>,
    /// Whether it rests on a guess and not on what is known. Default: no.
    #[serde(default)]
    speculation: bool,
    /// Day on which somebody wants to look at it again: `"2026-03-01"`.
    next_check: Option<String>,
    /// Last day on which it flags: `"2026-12-31"`. Default: it goes on.
    expires: Option<String>,
    /// How many days before a policy action that answers it comes into force or ends its channels are reminded:
    /// `[90, 30, 7, 1]`. Default: never.
    #[serde(default)]
    remind: Vec<u16>,
    /// How much it matters: `low`, `normal` (default) or `high`.
    #[serde(default)]
    priority: Priority,
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
    pub(super) routing: Routing,
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
    let place = Place { path, directory, environment, releases: file.route.is_empty() };
    for table in &file.channel {
        let channel = channel(table, &place)?;
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
    let releases = channels.iter().filter(|channel| channel.releases).map(|channel| channel.id.clone()).collect();
    let settle = match &file.alerts.settle {
        Some(settle) => duration::parse(settle)
            .and_then(|settle| SignedDuration::try_from(settle).map_err(|cause| cause.to_string()))
            .map_err(|message| ConfigError::value(path, "[alerts] settle", message))?,
        None => Routing::SETTLE,
    };
    let routes = route_table::routes(&file.route, &file.time_interval, &names, path)?;
    Ok(WatchSettings { items, channels, allow_private, routing: Routing { releases, routes, settle } })
}

fn item(table: WatchTable, path: &Path, channels: &BTreeSet<ChannelId>) -> Result<WatchItem, ConfigError> {
    let place = |key: &str| format!("watch `{}`: {key}", table.id);
    condition(&table.when).map_err(|(key, wrong)| ConfigError::value(path, &place(&format!("when{key}")), wrong))?;
    let named: Vec<ChannelId> = table.channels.into_iter().map(ChannelId).collect();
    if let Some(missing) = named.iter().find(|name| !channels.contains(name)) {
        let known: Vec<&str> = channels.iter().map(ChannelId::as_str).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        let message = format!("there is no channel `{missing}`; channels: {known}");
        return Err(ConfigError::value(path, &format!("watch `{}`: channels", table.id), message));
    }
    let day = |key: &str, text: &Option<String>| match text {
        Some(text) => text.parse::<Date>().map(Some).map_err(|_| {
            let wrong = format!("`{text}` is no day; write one like \"2026-01-09\"");
            ConfigError::value(path, &place(key), wrong)
        }),
        None => Ok(None),
    };
    let (next_check, expires) = (day("next_check", &table.next_check)?, day("expires", &table.expires)?);
    Ok(WatchItem {
        risk: table.risk,
        indicator: table.indicator,
        frequency: table.frequency,
        owner: table.owner,
        note: table.note,
        speculation: table.speculation,
        next_check,
        expires,
        remind: table.remind,
        priority: table.priority,
        channels: named,
        ..WatchItem::new(WatchId(table.id), table.title, table.when)
    })
}

/// Whether a condition can be meant; the key below `when` and what is wrong with it.
fn condition(when: &Condition) -> Result<(), (String, String)> {
    let wrong = |key: &str, message: &str| Err((format!(": {key}"), message.to_owned()));
    if *when == Condition::default() {
        return Err((String::new(), "an empty condition is met by everything; name at least one part".to_owned()));
    }
    if let Some(flow) = when.flow {
        indicator::asked_for(flow).map_err(|message| (": flow".to_owned(), message))?;
    }
    if when.near.as_ref().is_some_and(|near| near.words.len() < 2) {
        return wrong("near", "name at least two words that are to stand near to each other");
    }
    if when.moved.as_ref().is_some_and(|moved| moved.up.is_none() && moved.down.is_none()) {
        return wrong("moved", "name `up`, `down` or both");
    }
    if when.streak.is_some_and(|streak| streak.at_least < 2) {
        return wrong("streak", "`at_least` is 2 or more: one value is no streak");
    }
    for (key, parts) in [("all", &when.all), ("any", &when.any)] {
        for part in parts {
            condition(part).map_err(|(below, message)| (format!(": {key}{below}"), message))?;
        }
    }
    match &when.not {
        Some(part) => condition(part).map_err(|(below, message)| (format!(": not{below}"), message)),
        None => Ok(()),
    }
}
