//! Remembers: a journal is the truth, sled holds views of it, the archive keeps the bytes of answers.
//!
//! The only room that knows keys. It decides nothing: what is the same and what is new is decided above.

pub mod archive;
pub mod transaction;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bellwether_model::alert::Alert;
use bellwether_model::document::DocumentRecord;
use bellwether_model::event::{ChangeEntry, Event, EventState, FactKind, Mention};
use bellwether_model::figure::{Flow, Measure};
use bellwether_model::id::{AlertId, DocumentId, EventId, FlagId, ReleaseId, SnapshotId, SourceId, WatchId};
use bellwether_model::period::Period;
use bellwether_model::place::{Area, Partner};
use bellwether_model::snapshot::Snapshot;
use bellwether_model::source::{Host, Resource};
use bellwether_model::watch::Flag;
use bellwether_model::web::CanonicalUrl;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
pub use transaction::{Change, Transaction};

/// Place of a record in the journal; grows by one a record.
pub type Position = u64;
/// Number of a row of the change log; grows by one a row.
pub type Sequence = u64;

/// A store that could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process holds it.
    #[error("the store `{path}` is in use by another process{}", holder.as_deref().map(|h| format!(" ({h})")).unwrap_or_default())]
    InUse {
        /// The folder.
        path: PathBuf,
        /// What the holder wrote of itself, as `process 4711, listening on 127.0.0.1:8787`.
        holder: Option<String>,
    },
    /// A file could not be read or written.
    #[error("the store `{path}`: cannot {action}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// Why not.
        #[source]
        cause: std::io::Error,
    },
    /// A record inside the journal is damaged: a flipped byte, not a torn end.
    #[error("the journal `{path}` is damaged at byte {at}: {what}")]
    Damaged {
        /// The segment.
        path: PathBuf,
        /// Offset in it.
        at: u64,
        /// What is wrong.
        what: String,
    },
    /// Written by a newer bellwether.
    #[error("the store `{path}` has format {found}, this program reads up to {known}")]
    Newer {
        /// The folder.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// The views could neither be opened nor built again.
    #[error("the views of the store `{path}` cannot be built: {what}")]
    Views {
        /// The folder.
        path: PathBuf,
        /// Why.
        what: String,
    },
}

/// A transaction that was not committed: nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// The journal could not be written or synced. Later commits fail too, until the store is opened again.
    #[error("cannot write the journal `{path}`")]
    Journal {
        /// The segment.
        path: PathBuf,
        /// Why, for instance a full disk.
        #[source]
        cause: std::io::Error,
    },
    /// An earlier commit failed, so this one was not tried.
    #[error("the store no longer writes since an earlier failure: {0}")]
    Closed(String),
}

/// A read that failed: the views are damaged. Opening the store again builds them anew.
#[derive(Debug, thiserror::Error)]
#[error("cannot read view `{view}` of the store: {what}")]
pub struct ReadError {
    /// The view.
    pub view: &'static str,
    /// What is wrong.
    pub what: String,
}

/// Which events to list. All parts that are given must hold.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EventFilter {
    /// Kind of fact.
    pub kind: Option<FactKind>,
    /// Economy whose trade it is.
    pub area: Option<Area>,
    /// Partner; `all` for figures over all partners.
    pub partner: Option<Partner>,
    /// Direction of trade.
    pub flow: Option<Flow>,
    /// Measure.
    pub measure: Option<Measure>,
    /// Period of reference.
    pub period: Option<Period>,
    /// `true`: forecasts only; `false`: what has happened only.
    pub forecast: Option<bool>,
    /// How the event stands.
    pub state: Option<EventState>,
    /// Mentioned by this source.
    pub source: Option<SourceId>,
    /// Brought by this release.
    pub release: Option<ReleaseId>,
    /// Changed at this time or later.
    pub since: Option<Timestamp>,
    /// Changed before this time.
    pub until: Option<Timestamp>,
    /// At most so many; 0: all.
    pub limit: usize,
}

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
}

/// A committed transaction, as told to those who follow.
#[derive(Debug, Clone)]
pub struct Committed {
    /// Its place in the journal.
    pub position: Position,
    /// What it changed.
    pub transaction: Arc<Transaction>,
}

/// The store. Clones share it; all calls block, so async callers use `spawn_blocking`.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner;

#[allow(unused_variables, missing_docs)]
impl Store {
    /// Opens the store in a folder, or makes one. A torn end of the journal is cut; views that lag are brought up,
    /// views that do not open are moved aside and built again.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(directory: &Path) -> Result<Self, OpenError> {
        todo!()
    }

    /// Tells other processes who holds the store, for their message (`process 4711, listening on 127.0.0.1:8787`).
    pub fn set_holder(&self, holder: &str) -> std::io::Result<()> {
        todo!()
    }

    /// What the holder of a store wrote of itself, without opening the store; `None`: nobody holds it.
    pub fn holder(directory: &Path) -> Option<String> {
        todo!()
    }

    /// Commits a transaction: when it returns, it is on disk and all reads see it. Concurrent commits share a sync.
    pub fn commit(&self, transaction: Transaction) -> Result<Position, CommitError> {
        todo!()
    }

    /// Follows commits from now on. A follower that lags loses the oldest; it then reads by cursor.
    #[must_use]
    pub fn follow(&self) -> broadcast::Receiver<Committed> {
        todo!()
    }

    pub fn resource(&self, url: &CanonicalUrl) -> Result<Option<Resource>, ReadError> {
        todo!()
    }
    /// Resources due at `now` or before, most overdue first.
    pub fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Resource>, ReadError> {
        todo!()
    }
    /// When the next resource is due.
    pub fn next_due(&self) -> Result<Option<Timestamp>, ReadError> {
        todo!()
    }
    /// Resources of a source, or all.
    pub fn resources(&self, source: Option<&SourceId>) -> Result<Vec<Resource>, ReadError> {
        todo!()
    }
    pub fn host(&self, origin: &str) -> Result<Option<Host>, ReadError> {
        todo!()
    }
    pub fn hosts(&self) -> Result<Vec<Host>, ReadError> {
        todo!()
    }

    /// Answers that were archived and not yet read, oldest first.
    pub fn unread(&self, limit: usize) -> Result<Vec<Snapshot>, ReadError> {
        todo!()
    }
    pub fn snapshot(&self, id: &SnapshotId) -> Result<Option<Snapshot>, ReadError> {
        todo!()
    }
    /// All snapshots, oldest first, in pages: those behind `after`.
    pub fn snapshots(&self, after: Option<(Timestamp, &SnapshotId)>, limit: usize) -> Result<Vec<Snapshot>, ReadError> {
        todo!()
    }

    pub fn document(&self, id: &DocumentId) -> Result<Option<DocumentRecord>, ReadError> {
        todo!()
    }
    /// Documents, newest first.
    pub fn documents(&self, source: Option<&SourceId>, limit: usize) -> Result<Vec<DocumentRecord>, ReadError> {
        todo!()
    }
    /// Events that a document carries.
    pub fn events_of(&self, document: &DocumentId) -> Result<Vec<EventId>, ReadError> {
        todo!()
    }

    pub fn event(&self, id: &EventId) -> Result<Option<Event>, ReadError> {
        todo!()
    }
    /// Mentions of an event, in the order in which they were read.
    pub fn mentions(&self, event: &EventId) -> Result<Vec<Mention>, ReadError> {
        todo!()
    }
    /// Events that a filter lets through, by area, flow, period.
    pub fn events(&self, filter: &EventFilter) -> Result<Vec<Event>, ReadError> {
        todo!()
    }
    /// Rows of the change log behind a sequence number, oldest first.
    pub fn changes(&self, after: Sequence, limit: usize) -> Result<Vec<(Sequence, ChangeEntry)>, ReadError> {
        todo!()
    }
    /// Rows of the change log of one event, oldest first.
    pub fn changes_of(&self, event: &EventId) -> Result<Vec<ChangeEntry>, ReadError> {
        todo!()
    }

    /// Where a follower of the change log stands; 0: at the start.
    pub fn cursor(&self, name: &str) -> Result<Sequence, ReadError> {
        todo!()
    }

    pub fn flag(&self, id: &FlagId) -> Result<Option<Flag>, ReadError> {
        todo!()
    }
    /// Flags, newest first.
    pub fn flags(&self, watch: Option<&WatchId>, limit: usize) -> Result<Vec<Flag>, ReadError> {
        todo!()
    }

    pub fn alert(&self, id: &AlertId) -> Result<Option<Alert>, ReadError> {
        todo!()
    }
    /// Alerts whose next attempt is due, most overdue first.
    pub fn alerts_due(&self, now: Timestamp, limit: usize) -> Result<Vec<Alert>, ReadError> {
        todo!()
    }
    pub fn next_alert_due(&self) -> Result<Option<Timestamp>, ReadError> {
        todo!()
    }
    /// Alerts, newest first.
    pub fn alerts(&self, limit: usize) -> Result<Vec<Alert>, ReadError> {
        todo!()
    }

    pub fn stats(&self) -> Result<Stats, ReadError> {
        todo!()
    }
}
