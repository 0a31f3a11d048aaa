//! `[[route]]` and `[[time_interval]]`: who is told of what, and when.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bellwether_model::id::ChannelId;
use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::Deserialize;

use super::duration;
use super::error::ConfigError;
use crate::routing::{Digest, Interval, Route};

/// Labels that alerts have.
const LABELS: [&str; 16] = [
    "type", "kind", "item", "risk", "priority", "release", "source", "area", "partner", "product", "flow", "measure",
    "status", "speaker", "issuer", "category",
];
/// How long the first alert of a group waits for others.
const GROUP_WAIT: &str = "30s";
/// How long a group waits after a message before the next.
const GROUP_INTERVAL: &str = "5m";
/// When a digest comes that does not say.
const DIGEST_AT: &str = "08:00";
/// Zone of times that name none.
const LOCATION: &str = "UTC";

/// `[[time_interval]]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct IntervalTable {
    /// Its name.
    name: String,
    /// Times of day, as `22:00-07:00`; one that ends before it begins ends on the next day. Default: all day.
    #[serde(default)]
    times: Vec<String>,
    /// Days on which it begins, as `saturday` or `monday:friday`. Default: all.
    #[serde(default)]
    weekdays: Vec<String>,
    /// IANA zone, as `Asia/Taipei`. Default UTC.
    location: Option<String>,
}

/// `[[route]]`. Routes are asked in order; an alert goes to the first that it fits.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RouteTable {
    /// Its name. Default: its number.
    name: Option<String>,
    /// Conditions on labels, as `area="TW"`, `source!="ptt"`, `priority=~"high|normal"`; all must hold. Default: every alert.
    #[serde(default)]
    matchers: Vec<String>,
    /// Channels that are told.
    receivers: Vec<String>,
    /// Labels by which alerts are gathered into one message. Default: each goes alone.
    #[serde(default)]
    group_by: Vec<String>,
    /// How long the first alert of a group waits for others. Default 30s.
    group_wait: Option<String>,
    /// How long a group waits after a message before the next. Default 5m.
    group_interval: Option<String>,
    /// Quiet hours: names of `[[time_interval]]`. Alerts wait for their end and come as a digest.
    #[serde(default)]
    mute_time_intervals: Vec<String>,
    /// Names of `[[time_interval]]` in which alerts go out; others wait for one. Default: always.
    #[serde(default)]
    active_time_intervals: Vec<String>,
    /// All alerts of this route come together: `daily` or `weekly`.
    digest: Option<DigestName>,
    /// Time of day of the digest. Default 08:00.
    digest_at: Option<String>,
    /// Day of a weekly digest. Default monday.
    digest_on: Option<String>,
    /// IANA zone of the digest. Default UTC.
    location: Option<String>,
    /// Whether the routes behind it are asked too. Default false.
    #[serde(default, rename = "continue")]
    go_on: bool,
}

/// How often a digest comes.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum DigestName {
    /// Every day.
    Daily,
    /// Every week.
    Weekly,
}

/// Routes, ready to use.
pub(super) fn routes(
    routes: &[RouteTable],
    intervals: &[IntervalTable],
    channels: &BTreeSet<ChannelId>,
    path: &Path,
) -> Result<Vec<Route>, ConfigError> {
    let mut known = BTreeMap::new();
    for table in intervals {
        let zone = table.location.as_deref().unwrap_or(LOCATION);
        let wrong = |message| ConfigError::value(path, &format!("time_interval `{}`", table.name), message);
        let interval = Interval::of(&table.times, &table.weekdays, zone).map_err(wrong)?;
        if known.insert(table.name.as_str(), interval).is_some() {
            return Err(wrong("a second interval has this name".to_owned()));
        }
    }
    let mut names = BTreeSet::new();
    let mut ready = Vec::with_capacity(routes.len());
    for (number, table) in (1..).zip(routes) {
        let name = table.name.clone().unwrap_or_else(|| number.to_string());
        let wrong = |message: String| ConfigError::value(path, &format!("route `{name}`"), message);
        if !names.insert(name.clone()) {
            return Err(wrong("a second route has this name".to_owned()));
        }
        ready.push(route(&name, table, &known, channels).map_err(wrong)?);
    }
    Ok(ready)
}

fn route(
    name: &str,
    table: &RouteTable,
    intervals: &BTreeMap<&str, Interval>,
    channels: &BTreeSet<ChannelId>,
) -> Result<Route, String> {
    let matchers = table.matchers.iter().map(|text| {
        let matcher: crate::routing::Matcher = text.parse()?;
        label(matcher.label())?;
        Ok(matcher)
    });
    let receivers: Vec<ChannelId> = table.receivers.iter().map(ChannelId::new).collect();
    if receivers.is_empty() {
        return Err("receivers: name at least one channel".to_owned());
    }
    if let Some(missing) = receivers.iter().find(|receiver| !channels.contains(receiver)) {
        let known: Vec<&str> = channels.iter().map(ChannelId::as_str).collect();
        return Err(format!("receivers: there is no channel `{missing}`; channels: {}", known.join(", ")));
    }
    for name in &table.group_by {
        label(name)?;
    }
    if table.group_by.is_empty() && (table.group_wait.is_some() || table.group_interval.is_some()) {
        return Err("group_wait and group_interval: they need `group_by`".to_owned());
    }
    let named = |names: &[String]| -> Result<Vec<Interval>, String> {
        let found = names.iter().map(|name| {
            intervals.get(name.as_str()).cloned().ok_or_else(|| format!("there is no time_interval `{name}`"))
        });
        found.collect()
    };
    let length = |text: &Option<String>, usual: &str| {
        let length = duration::parse(text.as_deref().unwrap_or(usual))?;
        SignedDuration::try_from(length).map_err(|_| "a duration is too long".to_owned())
    };
    Ok(Route {
        name: name.to_owned(),
        matchers: matchers.collect::<Result<_, String>>()?,
        receivers,
        group_by: table.group_by.clone(),
        group_wait: length(&table.group_wait, GROUP_WAIT)?,
        group_interval: length(&table.group_interval, GROUP_INTERVAL)?,
        mute_time_intervals: named(&table.mute_time_intervals)?,
        active_time_intervals: named(&table.active_time_intervals)?,
        digest: digest(table)?,
        go_on: table.go_on,
    })
}

fn digest(table: &RouteTable) -> Result<Option<Digest>, String> {
    let at = table.digest_at.as_deref().unwrap_or(DIGEST_AT);
    let zone = table.location.as_deref().unwrap_or(LOCATION);
    match table.digest {
        None if table.digest_at.is_some() || table.digest_on.is_some() || table.location.is_some() => {
            Err("digest_at, digest_on and location: they need `digest`".to_owned())
        }
        None => Ok(None),
        Some(DigestName::Daily) if table.digest_on.is_some() => {
            Err("digest_on: it needs `digest = \"weekly\"`".to_owned())
        }
        Some(DigestName::Daily) => Digest::daily(at, zone).map(Some),
        Some(DigestName::Weekly) => Digest::weekly(table.digest_on.as_deref().unwrap_or("monday"), at, zone).map(Some),
    }
}

/// A label that no alert has is a slip of the pen.
fn label(name: &str) -> Result<(), String> {
    if LABELS.contains(&name) {
        Ok(())
    } else {
        Err(format!("no alert has the label `{name}`; labels: {}", LABELS.join(", ")))
    }
}
