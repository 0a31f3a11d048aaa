//! How much the store holds, as people and metrics ask for it.

use serde::{Deserialize, Serialize};

/// How much the store holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// Format version.
    pub format: u32,
    /// Records of the journal.
    pub records: u64,
    /// Bytes of the journal on disk.
    pub journal_bytes: u64,
    /// Bytes of the views on disk.
    pub view_bytes: u64,
    /// Resources known.
    pub resources: u64,
    /// Answers archived.
    pub snapshots: u64,
    /// Documents read.
    pub documents: u64,
    /// Events.
    pub events: u64,
    /// Mentions of events.
    pub mentions: u64,
    /// Rows of the change log.
    pub changes: u64,
    /// Flags.
    pub flags: u64,
    /// Alerts: waiting, delivered, given up.
    pub alerts_waiting: u64,
    /// Delivered.
    pub alerts_delivered: u64,
    /// Given up.
    pub alerts_gave_up: u64,
    /// Bodies that were taken out of the archive on purpose.
    #[serde(default)]
    pub bodies_removed: u64,
    /// Bytes on disk that they had.
    #[serde(default)]
    pub bytes_removed: u64,
    /// Alerts that went into a digest or were silenced.
    #[serde(default)]
    pub alerts_set_aside: u64,
}
