//! The store as the rooms above see it. Each call is handed on; nothing is decided here.

use std::path::Path;
use std::sync::Arc;

use bellwether_model::alert::{Alert, ChannelState};
use bellwether_model::document::DocumentRecord;
use bellwether_model::event::{ChangeEntry, Event, Mention};
use bellwether_model::health::{Harvest, SourceHealth};
use bellwether_model::id::{
    AlertId, ChannelId, ContentHash, DocumentId, EventId, FlagId, SnapshotId, SourceId, WatchId,
};
use bellwether_model::overdue::Overdue;
use bellwether_model::snapshot::{Removal, Snapshot};
use bellwether_model::source::{Host, Resource};
use bellwether_model::watch::Flag;
use bellwether_model::web::CanonicalUrl;
use jiff::Timestamp;
use tokio::sync::broadcast;

use crate::lease::Fence;
use crate::open::{Core, Inner, Surroundings};
use crate::share::Share;
use crate::views::{Trouble, View, Views};
use crate::{CommitError, EventFilter, OpenError, Position, ReadError, Sequence, Stats, Transaction, lock};

/// A committed transaction, as told to those who follow.
#[derive(Debug, Clone)]
pub struct Committed {
    /// Its place in the journal.
    pub position: Position,
    /// What it changed.
    pub transaction: Arc<Transaction>,
}

/// The store. Clones share it; all calls block, so async callers use `spawn_blocking`.
///
/// A read that runs while a transaction of more than two hundred changes is being applied can see a part of it; one
/// that starts after `commit` has returned sees all of it.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
    /// Reads answer as of this time; `None`: now.
    pub(crate) as_of: Option<Timestamp>,
    /// The leases that commits are made under.
    pub(crate) under: Arc<[Fence]>,
    /// The part in shared work that they are made under.
    pub(crate) share: Option<Share>,
}

impl Store {
    /// Opens the store in a folder, or makes one. A torn end of the journal is cut; views that lag are brought up,
    /// views that do not open are moved aside and built again.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(directory: &Path) -> Result<Self, OpenError> {
        Self::open_in(directory, Surroundings::default())
    }

    /// Opens a store on another disk than the machine's, for tests.
    pub(crate) fn open_in(directory: &Path, surroundings: Surroundings) -> Result<Self, OpenError> {
        Ok(Self::of(Inner::open(directory, surroundings)?))
    }

    pub(crate) fn of(inner: Inner) -> Self {
        Self { inner: Arc::new(inner), as_of: None, under: Arc::default(), share: None }
    }

    /// Tells other processes who holds the store, for their message (`process 4711, listening on 127.0.0.1:8787`).
    /// Until it is called, they are told the number of the process.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn set_holder(&self, holder: &str) -> std::io::Result<()> {
        self.inner.lock.set_holder(holder)
    }

    /// What the holder of a store wrote of itself, without opening the store; `None`: nobody holds it.
    #[must_use]
    pub fn holder(directory: &Path) -> Option<String> {
        lock::holder(directory)
    }

    /// Commits a transaction: when it returns, it is on disk and all reads see it. Concurrent commits share a sync.
    ///
    /// # Errors
    /// See [`CommitError`]; nothing of the transaction is kept.
    pub fn commit(&self, transaction: Transaction) -> Result<Position, CommitError> {
        if let Some(at) = self.as_of {
            return Err(CommitError::Past(at));
        }
        let Core { committer, views } = &*self.inner.core;
        committer.commit(views, transaction, &self.under)
    }

    /// The same store as it was at a time: all that was committed by then, and nothing later. Events, mentions, change log,
    /// documents, flags, states of sources and what they owe are kept in every version; other reads fail, and so does
    /// `commit`. The time is the store's, which follows the times of transactions and never runs backwards.
    #[must_use]
    pub fn as_of(&self, at: Timestamp) -> Self {
        Self { as_of: Some(at), ..self.clone() }
    }

    /// The same store as it is at `now`, for good: what is committed later counts as later, even where its transaction was
    /// begun before. Whoever asks as of this time again is told the same. `now` must be the time of a clock: until it has
    /// come, all that is committed counts as committed at it.
    ///
    /// # Errors
    /// The server of the store does not answer. A store in a folder has none.
    pub fn sealed(&self, now: Timestamp) -> Result<Self, ReadError> {
        let Core { committer, views } = &*self.inner.core;
        committer.seal(views, now).map_err(|cause| ReadError { view: View::Head.name(), what: cause.to_string() })?;
        Ok(self.as_of(now))
    }

    /// Runs a read of what has no past.
    fn present<T>(&self, view: View, work: impl FnOnce(&Views) -> Result<T, Trouble>) -> Result<T, ReadError> {
        match self.as_of {
            None => self.inner.core.views.read(view, work),
            Some(at) => {
                Err(ReadError { view: view.name(), what: format!("only its present is kept, not that of {at}") })
            }
        }
    }

    /// Why the store takes no more transactions; `None`: it takes them.
    #[must_use]
    pub fn closed(&self) -> Option<String> {
        self.inner.core.committer.closed()
    }

    /// Follows commits from now on. A follower that lags loses the oldest; it then reads by cursor.
    #[must_use]
    pub fn follow(&self) -> broadcast::Receiver<Committed> {
        self.inner.core.committer.follow()
    }

    /// A resource by its canonical address. `None`: it is not known.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn resource(&self, url: &CanonicalUrl) -> Result<Option<Resource>, ReadError> {
        self.present(View::Resource, |views| views.entry(url.as_str()))
    }

    /// Resources due at `now` or before, most overdue first.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Resource>, ReadError> {
        self.present(View::ResourceDue, |views| views.due(now, limit))
    }

    /// How many resources are due at `now` or before.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn due_count(&self, now: Timestamp) -> Result<u64, ReadError> {
        self.present(View::ResourceDue, |views| views.due_count(now))
    }

    /// How many archived answers are not yet read.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn unread_count(&self) -> Result<u64, ReadError> {
        self.present(View::SnapshotUnread, |views| views.unread_count())
    }

    /// What a feed or listing has given so far, by its address. `None`: it was never read.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn harvest(&self, url: &CanonicalUrl) -> Result<Option<Harvest>, ReadError> {
        self.present(View::Harvest, |views| views.entry(url.as_str()))
    }

    /// The state of a source, as it was told last. `None`: nobody has judged it.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn source_health(&self, source: &SourceId) -> Result<Option<SourceHealth>, ReadError> {
        self.inner.core.views.read(View::SourceHealth, |views| views.entry_at(source.as_str(), self.as_of))
    }

    /// When and why a body was taken out of the archive. `None`: it was not.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn removal(&self, content: &ContentHash) -> Result<Option<Removal>, ReadError> {
        self.present(View::Removal, |views| views.entry(content.as_str()))
    }

    /// When the next resource is due. `None`: none ever is.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn next_due(&self) -> Result<Option<Timestamp>, ReadError> {
        self.present(View::ResourceDue, |views| views.next_due())
    }

    /// Resources of a source, or all, by address.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn resources(&self, source: Option<&SourceId>) -> Result<Vec<Resource>, ReadError> {
        self.present(View::Resource, |views| match source {
            Some(source) => views.resources_of(source),
            None => views.all(),
        })
    }

    /// What is remembered of a host, by its origin (`scheme://name:port`). `None`: it was never asked.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn host(&self, origin: &str) -> Result<Option<Host>, ReadError> {
        self.present(View::Host, |views| views.entry(origin))
    }

    /// The states of all sources that were judged, by name.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn all_source_health(&self) -> Result<Vec<SourceHealth>, ReadError> {
        self.inner.core.views.read(View::SourceHealth, |views| views.health_at(self.as_of))
    }

    /// All hosts, by origin.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn hosts(&self) -> Result<Vec<Host>, ReadError> {
        self.present(View::Host, |views| views.all())
    }

    /// Answers that were archived and not yet read, oldest first.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn unread(&self, limit: usize) -> Result<Vec<Snapshot>, ReadError> {
        self.present(View::SnapshotUnread, |views| views.unread(limit))
    }

    /// A snapshot by name. `None`: it is not known.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn snapshot(&self, id: &SnapshotId) -> Result<Option<Snapshot>, ReadError> {
        self.present(View::Snapshot, |views| views.entry(id.as_str()))
    }

    /// All snapshots, oldest first, in pages: those behind `after`, the time and name of the last one of the page before.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn snapshots(&self, after: Option<(Timestamp, &SnapshotId)>, limit: usize) -> Result<Vec<Snapshot>, ReadError> {
        self.present(View::SnapshotTime, |views| views.snapshots(after, limit))
    }

    /// A document by name. `None`: it is not known.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn document(&self, id: &DocumentId) -> Result<Option<DocumentRecord>, ReadError> {
        self.inner.core.views.read(View::Document, |views| views.entry_at(id.as_str(), self.as_of))
    }

    /// Documents of a source, or all; those first that were read for the first time last.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn documents(&self, source: Option<&SourceId>, limit: usize) -> Result<Vec<DocumentRecord>, ReadError> {
        self.present(View::DocumentTime, |views| views.documents(source, limit))
    }

    /// Events that a document carries.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn events_of(&self, document: &DocumentId) -> Result<Vec<EventId>, ReadError> {
        self.present(View::MentionDocument, |views| views.events_of(document))
    }

    /// An event by name. `None`: it is not known.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn event(&self, id: &EventId) -> Result<Option<Event>, ReadError> {
        self.inner.core.views.read(View::Event, |views| views.entry_at(id.as_str(), self.as_of))
    }

    /// Mentions of an event, in the order in which they were read.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn mentions(&self, event: &EventId) -> Result<Vec<Mention>, ReadError> {
        self.inner.core.views.read(View::Mention, |views| match self.as_of {
            None => views.mentions(event),
            Some(at) => views.mentions_at(event, at),
        })
    }

    /// A document's mention of an event. `None`: it carries no such event.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn mention(&self, event: &EventId, document: &DocumentId) -> Result<Option<Mention>, ReadError> {
        self.inner.core.views.read(View::Mention, |views| views.mention(event, document, self.as_of))
    }

    /// A mention of an event that is what one looks for, the first by document. An event can have thousands of mentions; those
    /// behind the one that is found are not read. `None`: there is none such.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn find_mention(
        &self,
        event: &EventId,
        wanted: &dyn Fn(&Mention) -> bool,
    ) -> Result<Option<Mention>, ReadError> {
        match self.as_of {
            None => self.inner.core.views.read(View::Mention, |views| views.find_mention(event, wanted)),
            Some(_) => Ok(self.mentions(event)?.into_iter().filter(wanted).min_by(|a, b| a.document.cmp(&b.document))),
        }
    }

    /// Events that a filter lets through: figures by area, flow, period, measure; then statements by the time at which
    /// they were first seen; then policy actions by the day of their announcement.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn events(&self, filter: &EventFilter) -> Result<Vec<Event>, ReadError> {
        self.inner.core.views.read(View::EventOrder, |views| match self.as_of.or(filter.as_of) {
            None => views.events(filter),
            Some(at) => views.events_at(filter, at),
        })
    }

    /// Rows of the change log behind a sequence number, oldest first. The first row has number 1.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn changes(&self, after: Sequence, limit: usize) -> Result<Vec<(Sequence, ChangeEntry)>, ReadError> {
        self.present(View::Log, |views| views.changes(after, limit))
    }

    /// Rows of the change log of one event, oldest first.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn changes_of(&self, event: &EventId) -> Result<Vec<ChangeEntry>, ReadError> {
        self.inner.core.views.read(View::LogEvent, |views| match self.as_of {
            None => views.changes_of(event),
            Some(at) => views.changes_of_at(event, at),
        })
    }

    /// Where a follower of the change log stands; 0: at the start.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn cursor(&self, name: &str) -> Result<Sequence, ReadError> {
        self.present(View::Cursor, |views| views.cursor(name))
    }

    /// What a source owes, by name. `None`: it is not known.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn overdue(&self, id: &EventId) -> Result<Option<Overdue>, ReadError> {
        self.inner.core.views.read(View::Overdue, |views| views.entry_at(id.as_str(), self.as_of))
    }

    /// Everything that sources were late with: a handful a month, what has come after all among it.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn all_overdue(&self) -> Result<Vec<Overdue>, ReadError> {
        self.present(View::Overdue, |views| views.all())
    }

    /// A flag by name. `None`: it is not known.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn flag(&self, id: &FlagId) -> Result<Option<Flag>, ReadError> {
        self.inner.core.views.read(View::Flag, |views| views.entry_at(id.as_str(), self.as_of))
    }

    /// Flags of an item of the watch list, or all, newest first.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn flags(&self, watch: Option<&WatchId>, limit: usize) -> Result<Vec<Flag>, ReadError> {
        self.inner.core.views.read(View::FlagTime, |views| match self.as_of {
            None => views.flags(watch, limit),
            Some(at) => views.flags_at(views.flags(watch, usize::MAX)?, at, limit),
        })
    }

    /// An alert by name. `None`: it is not known.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn alert(&self, id: &AlertId) -> Result<Option<Alert>, ReadError> {
        self.present(View::Alert, |views| views.entry(id.as_str()))
    }

    /// Alerts whose next attempt is due at `now` or before, most overdue first.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn alerts_due(&self, now: Timestamp, limit: usize) -> Result<Vec<Alert>, ReadError> {
        self.present(View::AlertDue, |views| views.alerts_due(now, limit))
    }

    /// When the next attempt of an alert is due. `None`: none waits.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn next_alert_due(&self) -> Result<Option<Timestamp>, ReadError> {
        self.present(View::AlertDue, |views| views.next_alert_due())
    }

    /// Waiting alerts of a channel, the most overdue first; those whose time has not come are behind those that are due.
    /// What it costs depends on `limit` alone, not on how many wait.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn alerts_waiting(&self, channel: &ChannelId, limit: usize) -> Result<Vec<Alert>, ReadError> {
        self.present(View::AlertChannel, |views| views.alerts_waiting(channel, limit))
    }

    /// Channels for which alerts wait, by name.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn channels_waiting(&self) -> Result<Vec<ChannelId>, ReadError> {
        self.present(View::AlertChannel, |views| views.channels_waiting())
    }

    /// What is remembered of a channel. `None`: nothing was ever worth it.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn channel(&self, id: &ChannelId) -> Result<Option<ChannelState>, ReadError> {
        self.present(View::Channel, |views| views.entry(id.as_str()))
    }

    /// What is remembered of all channels, by name.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn channels(&self) -> Result<Vec<ChannelState>, ReadError> {
        self.present(View::Channel, |views| views.all())
    }

    /// Alerts, newest first.
    ///
    /// # Errors
    /// The view is damaged.
    pub fn alerts(&self, limit: usize) -> Result<Vec<Alert>, ReadError> {
        self.present(View::AlertCreated, |views| views.alerts(limit))
    }

    /// How much the store holds.
    ///
    /// # Errors
    /// A view is damaged, or the journal's folder cannot be read.
    pub fn stats(&self) -> Result<Stats, ReadError> {
        self.inner.stats()
    }

    /// Reads the whole journal, checks every byte of it, builds the views anew and compares them with those in use.
    /// What differs, one line each, at most a hundred; empty: all is well. Commits wait meanwhile.
    ///
    /// # Errors
    /// The journal is damaged, or the views cannot be read at all.
    pub fn verify(&self) -> Result<Vec<String>, ReadError> {
        self.inner.verify()
    }
}
