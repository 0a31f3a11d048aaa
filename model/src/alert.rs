//! News on its way to people.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{AlertId, ChannelId, digest_name};

/// What an alert is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AlertKind {
    /// A publication brought first figures.
    #[serde(rename = "release.new")]
    ReleaseNew,
    /// Further figures of a release of which was told.
    #[serde(rename = "release.updated")]
    ReleaseUpdated,
    /// A value changed.
    #[serde(rename = "figure.revised")]
    FigureRevised,
    /// Reports of a value differ.
    #[serde(rename = "figure.disputed")]
    FigureDisputed,
    /// A release has not come by the time at which it was expected, or came after that.
    #[serde(rename = "release.overdue")]
    ReleaseOverdue,
    /// A source has brought nothing for longer than it was expected to, or brought something after that.
    #[serde(rename = "source.silent")]
    SourceSilent,
    /// An item of the watch list was met.
    #[serde(rename = "watch.flagged")]
    WatchFlagged,
    /// A policy action that answers an item of the watch list comes into force, or ends, before long.
    #[serde(rename = "watch.deadline")]
    WatchDeadline,
    /// A source fell ill or recovered; for the operator.
    #[serde(rename = "source.health")]
    SourceHealth,
    /// Several alerts in one message.
    #[serde(rename = "alerts.digest")]
    Digest,
    /// `alerts test` asks whether the channel works.
    #[serde(rename = "channel.test")]
    ChannelTest,
}

impl AlertKind {
    /// The `type` of a webhook's body.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ReleaseNew => "release.new",
            Self::ReleaseUpdated => "release.updated",
            Self::FigureRevised => "figure.revised",
            Self::FigureDisputed => "figure.disputed",
            Self::ReleaseOverdue => "release.overdue",
            Self::SourceSilent => "source.silent",
            Self::WatchFlagged => "watch.flagged",
            Self::WatchDeadline => "watch.deadline",
            Self::SourceHealth => "source.health",
            Self::Digest => "alerts.digest",
            Self::ChannelTest => "channel.test",
        }
    }
}

/// One row of the outbox: one message for one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Its name, the same over every attempt: the receiver's idempotency key.
    pub id: AlertId,
    /// What it is about.
    pub kind: AlertKind,
    /// Where it goes.
    pub channel: ChannelId,
    /// When it was caused.
    pub created: Timestamp,
    /// The stable id of the event, release or flag it tells of.
    pub subject: String,
    /// First line for people: the number, its change, the source.
    pub summary: String,
    /// The `data` of a webhook's body, as JSON text; `data.id` is `subject`.
    pub data: String,
    /// What routes and silences tell it apart by: `type`, `area`, `item`, `priority`, …
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Waiting alerts of a channel that share a group go out together. `None`: it goes alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Group>,
    /// How far delivery has come.
    pub delivery: Delivery,
}

/// Alerts that go out together.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Group {
    /// The route that gathers them.
    pub route: String,
    /// What they share.
    pub key: String,
}

/// What is remembered of a channel from one attempt to the next, and over a restart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelState {
    /// The channel.
    pub id: ChannelId,
    /// A digest of its configuration: a channel that was configured anew starts afresh.
    pub fingerprint: String,
    /// Why nothing is sent to it any more. `None`: it is in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<Disabled>,
    /// The receiver asked to be left alone until then (`Retry-After`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
}

/// Why a channel is out of use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disabled {
    /// Since when.
    pub at: Timestamp,
    /// What the receiver said, for people.
    pub reason: String,
}

/// How far delivery has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Delivery {
    /// To be tried at `due`.
    Waiting {
        /// Not before this time.
        due: Timestamp,
        /// Attempts so far.
        attempts: u32,
        /// What the last attempt came to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last_error: Option<String>,
    },
    /// The receiver took it.
    Delivered {
        /// When.
        at: Timestamp,
        /// Attempts it took.
        attempts: u32,
    },
    /// Given up; `alerts retry` tries again.
    GaveUp {
        /// When.
        at: Timestamp,
        /// Attempts made.
        attempts: u32,
        /// What the last attempt came to.
        last_error: String,
    },
    /// It went out as a part of a digest.
    Joined {
        /// When the digest was made.
        at: Timestamp,
        /// The digest.
        digest: AlertId,
    },
    /// A silence kept it back; `alerts retry` sends it once the silence has ended.
    Silenced {
        /// When.
        at: Timestamp,
        /// The name of the silence.
        silence: String,
    },
}

impl Alert {
    /// The name of the alert of one kind on one subject for one channel; `what` tells updates of a subject apart.
    #[must_use]
    pub fn name(kind: AlertKind, channel: &ChannelId, subject: &str, what: &str) -> AlertId {
        AlertId(digest_name("alert", &[kind.name(), channel.as_str(), subject, what]))
    }
}
