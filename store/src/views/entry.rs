//! What the views hold: each value under its own key, and the keys of the indexes that lead to it.
//!
//! Pure. The only place where it says which index has what.

use bellwether_model::alert::{Alert, ChannelState};
use bellwether_model::document::DocumentRecord;
use bellwether_model::event::{Event, Mention};
use bellwether_model::health::{Harvest, SourceHealth};
use bellwether_model::id::{DocumentId, EventId};
use bellwether_model::overdue::Overdue;
use bellwether_model::snapshot::{Removal, Snapshot};
use bellwether_model::source::{Host, Resource};
use bellwether_model::watch::Flag;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::keys::{self, Key, View};

/// A value that is put whole under its own name.
pub(crate) trait Entry: Serialize + DeserializeOwned + PartialEq {
    /// The view it lies in.
    const VIEW: View;

    /// Whether what it replaces is kept, so that one may ask for it as of a time.
    const PAST: bool = false;

    /// Its name in the view: the last part of its key, and the value of its index entries.
    fn name(&self) -> &str;

    /// The key under a name.
    fn key_of(name: &str) -> Key {
        Key::of(Self::VIEW).text(name)
    }

    /// The keys of its index entries.
    fn index(&self) -> Vec<Key>;

    /// The view that holds its count, which is kept beside it since it changes far more often than all else; `None`: it
    /// has none.
    const COUNT: Option<View> = None;

    /// Its count.
    fn count(&self) -> u32 {
        0
    }

    /// With another count.
    fn with_count(self, _count: u32) -> Self {
        self
    }

    /// Whether it differs from another value in its count at the most.
    fn is_but_for_count(&self, _new: &Self) -> bool {
        false
    }
}

impl Entry for Resource {
    const VIEW: View = View::Resource;

    fn name(&self) -> &str {
        self.url.as_str()
    }

    fn index(&self) -> Vec<Key> {
        let due = self.due.map(|due| Key::of(View::ResourceDue).time(due).text(self.name()));
        due.into_iter().chain([Key::of(View::ResourceSource).text(self.source.as_str()).text(self.name())]).collect()
    }
}

impl Entry for Host {
    const VIEW: View = View::Host;

    fn name(&self) -> &str {
        &self.origin
    }

    fn index(&self) -> Vec<Key> {
        Vec::new()
    }
}

impl Entry for Overdue {
    const VIEW: View = View::Overdue;
    const PAST: bool = true;

    fn name(&self) -> &str {
        self.id.as_str()
    }

    fn index(&self) -> Vec<Key> {
        Vec::new()
    }
}

impl Entry for Snapshot {
    const VIEW: View = View::Snapshot;

    fn name(&self) -> &str {
        self.id.as_str()
    }

    fn index(&self) -> Vec<Key> {
        vec![Key::of(View::SnapshotTime).time(self.fetched).text(self.name())]
    }
}

impl Entry for Removal {
    const VIEW: View = View::Removal;

    fn name(&self) -> &str {
        self.content.as_str()
    }

    fn index(&self) -> Vec<Key> {
        Vec::new()
    }
}

impl Entry for Harvest {
    const VIEW: View = View::Harvest;

    fn name(&self) -> &str {
        self.url.as_str()
    }

    fn index(&self) -> Vec<Key> {
        Vec::new()
    }
}

impl Entry for SourceHealth {
    const VIEW: View = View::SourceHealth;
    const PAST: bool = true;

    fn name(&self) -> &str {
        self.source.as_str()
    }

    fn index(&self) -> Vec<Key> {
        Vec::new()
    }
}

/// The entry of a snapshot in the index of those that are not yet read.
pub(crate) fn unread(snapshot: &Snapshot) -> Key {
    Key::of(View::SnapshotUnread).time(snapshot.fetched).text(snapshot.id.as_str())
}

impl Entry for DocumentRecord {
    const VIEW: View = View::Document;
    const PAST: bool = true;

    fn name(&self) -> &str {
        self.id.as_str()
    }

    fn index(&self) -> Vec<Key> {
        vec![
            Key::of(View::DocumentTime).time(self.first_read).text(self.name()),
            Key::of(View::DocumentSource).text(self.source.as_str()).time(self.first_read).text(self.name()),
        ]
    }
}

impl Entry for Event {
    const VIEW: View = View::Event;
    const PAST: bool = true;
    const COUNT: Option<View> = Some(View::EventCount);

    fn name(&self) -> &str {
        self.id.as_str()
    }

    fn index(&self) -> Vec<Key> {
        let release = self.release.as_ref().map(|release| keys::in_release(release, self));
        let changed = Key::of(View::EventChanged).time(self.changed).text(self.name());
        release.into_iter().chain([keys::order(self), changed]).collect()
    }

    fn count(&self) -> u32 {
        self.mention_count
    }

    fn with_count(self, count: u32) -> Self {
        Self { mention_count: count, ..self }
    }

    fn is_but_for_count(&self, new: &Self) -> bool {
        // All parts are named, so that none is forgotten.
        let Self { id, fact, state, first_seen, changed, release, vintages, mention_count: _, backlog, corrected } =
            self;
        // The flat parts first: most values differ in one of them, and the rest is long.
        (*state, *changed, *first_seen) == (new.state, new.changed, new.first_seen)
            && (*backlog, *corrected, id, release) == (new.backlog, new.corrected, &new.id, &new.release)
            && *fact == new.fact
            && *vintages == new.vintages
    }
}

/// A mention with the event it belongs to. Its value has neither the event nor the document: both stand in its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MentionEntry {
    pub(crate) event: EventId,
    pub(crate) mention: Mention,
}

impl MentionEntry {
    /// The key of a document's mention of an event.
    pub(crate) fn key(event: &EventId, document: &DocumentId) -> Key {
        keys::mentions(event).text(document.as_str())
    }

    /// What is kept under that key.
    pub(crate) fn value(&self) -> Mention {
        Mention { document: DocumentId(String::new()), ..self.mention.clone() }
    }

    /// The mention of a document, from what is kept of it.
    pub(crate) fn of_document(document: &DocumentId, value: Mention) -> Mention {
        Mention { document: document.clone(), ..value }
    }

    /// The mention under a key.
    pub(crate) fn of_key(key: &[u8], value: Mention) -> Mention {
        Self::of_document(&DocumentId(keys::text_at(key, 1)), value)
    }

    /// The keys of its index entries.
    pub(crate) fn index(&self) -> Vec<Key> {
        let Self { event, mention } = self;
        vec![
            keys::mentioned_by(&mention.document).text(event.as_str()),
            keys::mentioned_in(&mention.source).text(event.as_str()).text(mention.document.as_str()),
        ]
    }
}

impl Entry for Flag {
    const VIEW: View = View::Flag;
    const PAST: bool = true;

    fn name(&self) -> &str {
        self.id.as_str()
    }

    fn index(&self) -> Vec<Key> {
        vec![
            Key::of(View::FlagTime).time(self.at).text(self.name()),
            Key::of(View::FlagWatch).text(self.watch.as_str()).time(self.at).text(self.name()),
        ]
    }
}

impl Entry for Alert {
    const VIEW: View = View::Alert;

    fn name(&self) -> &str {
        self.id.as_str()
    }

    fn index(&self) -> Vec<Key> {
        let mut index = vec![Key::of(View::AlertCreated).time(self.created).text(self.name())];
        if let Some(due) = keys::alert_due(&self.delivery) {
            index.push(Key::of(View::AlertDue).time(due).text(self.name()));
            index.push(keys::alerts_of(&self.channel).time(due).text(self.name()));
        }
        index
    }
}

impl Entry for ChannelState {
    const VIEW: View = View::Channel;

    fn name(&self) -> &str {
        self.id.as_str()
    }

    fn index(&self) -> Vec<Key> {
        Vec::new()
    }
}
