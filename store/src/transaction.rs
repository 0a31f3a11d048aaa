//! What one journal record holds: everything that becomes true together.

use bellwether_model::alert::{Alert, ChannelState};
use bellwether_model::document::DocumentRecord;
use bellwether_model::event::{ChangeEntry, Event, Mention};
use bellwether_model::health::{Harvest, SourceHealth};
use bellwether_model::id::{DocumentId, EventId, SnapshotId};
use bellwether_model::overdue::Overdue;
use bellwether_model::snapshot::{Removal, Snapshot};
use bellwether_model::source::{Host, Resource};
use bellwether_model::watch::Flag;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Changes that are committed together or not at all. Applying one twice is applying it once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// When it was made.
    pub at: Timestamp,
    /// In order.
    pub changes: Vec<Change>,
}

/// One change. Each puts a whole value under its own name; what was there before is replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A resource, new or visited.
    Resource(Box<Resource>),
    /// What is remembered of a host.
    Host(Box<Host>),
    /// An answer that lies in the archive and waits to be read.
    Snapshot(Box<Snapshot>),
    /// A body is about to be taken out of the archive, or has been. A later snapshot of the same body undoes it.
    Removal(Removal),
    /// What a feed or listing has given so far.
    Harvest(Box<Harvest>),
    /// The state of a source.
    SourceHealth(Box<SourceHealth>),
    /// An answer has been read.
    Read(SnapshotId),
    /// A document, new or read again.
    Document(Box<DocumentRecord>),
    /// An event, new or changed.
    Event(Box<Event>),
    /// A document's mention of an event; one a document and event, a later one replaces it.
    Mention {
        /// The event.
        event: EventId,
        /// The mention.
        mention: Box<Mention>,
    },
    /// A document no longer carries an event.
    MentionGone {
        /// The event.
        event: EventId,
        /// The document.
        document: DocumentId,
    },
    /// A row of the change log; the store numbers it.
    Log(Box<ChangeEntry>),
    /// A flag.
    Flag(Box<Flag>),
    /// What a source owes, noticed or come after all.
    Overdue(Box<Overdue>),
    /// A row of the outbox, new or tried.
    Alert(Box<Alert>),
    /// What is remembered of a channel.
    Channel(Box<ChannelState>),
    /// A follower of the change log has done everything up to here.
    Cursor {
        /// The follower.
        name: String,
        /// The last row it has done.
        sequence: u64,
    },
}

impl Transaction {
    /// An empty transaction.
    #[must_use]
    pub fn new(at: Timestamp) -> Self {
        Self { at, changes: Vec::new() }
    }

    /// Adds a change.
    pub fn push(&mut self, change: Change) {
        self.changes.push(change);
    }
}
