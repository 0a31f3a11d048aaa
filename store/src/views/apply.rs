//! Brings the views up to a record of the journal.
//!
//! The order of things makes a repetition harmless: where the journal stands is written in the same batch as the last
//! change of a record, so a record that was applied in part is applied again as a whole, to the same end.

use std::collections::BTreeMap;

use bellwether_model::alert::{Alert, Delivery};
use bellwether_model::event::Mention;
use bellwether_model::id::{ContentHash, DocumentId, EventId, SnapshotId};
use bellwether_model::snapshot::{Removal, Snapshot};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::entry::{Entry, MentionEntry, unread};
use super::keys::{self, Key, View};
use super::value::{Since, count, decode, encode, encode_count, encode_dated, since};
use super::{Trouble, Views, guarded};
use crate::{Change, Position, Sequence, Transaction};

/// Keys in one batch of sled. Each batch begins a write of sled's log, so that fewer cost less; far beyond it a batch costs
/// memory out of proportion.
const BATCH: usize = 400;

/// Which views and indexes there are. Views of another layout lack some and are built anew; 1: waiting alerts by channel;
/// 3: what was replaced, by the time until which it held; 4: counts beside their values; 5: an event that is no longer a backlog.
const LAYOUT: u32 = 5;

/// How far the journal is applied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    /// The last record.
    pub(crate) position: Position,
    /// Its checksum: views of another journal do not fit.
    pub(crate) checksum: u32,
    /// Rows of the change log so far.
    pub(crate) rows: Sequence,
    /// [`LAYOUT`] of the program that wrote them; 0: from before there was one.
    #[serde(default)]
    layout: u32,
    /// The time of the store: the latest that any record gave. It never runs backwards, whatever clocks do.
    #[serde(default)]
    pub(crate) at: Timestamp,
}

/// How many values each view holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counts {
    pub(super) resources: u64,
    pub(super) snapshots: u64,
    pub(super) documents: u64,
    pub(super) events: u64,
    pub(super) mentions: u64,
    pub(super) flags: u64,
    pub(super) alerts_waiting: u64,
    pub(super) alerts_delivered: u64,
    pub(super) alerts_gave_up: u64,
    /// Bodies taken out of the archive, and the bytes on disk that they had.
    #[serde(default)]
    pub(super) removals: u64,
    #[serde(default)]
    pub(super) removed_bytes: u64,
    /// Joined to a digest, or silenced.
    #[serde(default)]
    pub(super) alerts_set_aside: u64,
}

impl Counts {
    /// The count to which an alert belongs.
    fn of_alert(&mut self, alert: &Alert) -> &mut u64 {
        match alert.delivery {
            Delivery::Waiting { .. } => &mut self.alerts_waiting,
            Delivery::Delivered { .. } => &mut self.alerts_delivered,
            Delivery::GaveUp { .. } => &mut self.alerts_gave_up,
            Delivery::Joined { .. } | Delivery::Silenced { .. } => &mut self.alerts_set_aside,
        }
    }
}

/// A record to be applied.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Applied<'a> {
    pub(crate) position: Position,
    pub(crate) checksum: u32,
    pub(crate) transaction: &'a Transaction,
}

/// Where the views stand, and changes that are not yet written to them. There is one at a time.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    head: Head,
    counts: Counts,
    /// Bytes by key; `None`: to be removed.
    pending: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

impl Progress {
    /// Where the views stand now.
    pub(crate) fn of(views: &Views) -> Result<Self, Trouble> {
        guarded(|| {
            let head: Option<Head> = views.value(&Key::of(View::Head))?;
            let counts = views.value(&Key::of(View::Counts))?;
            if head.is_none() && !views.database.is_empty() {
                return Err(Trouble("they do not say how far they go".into()));
            }
            if head.is_some_and(|head| head.layout != LAYOUT) {
                return Err(Trouble("they are of another version of this program".into()));
            }
            Ok(Self { head: head.unwrap_or_default(), counts: counts.unwrap_or_default(), pending: BTreeMap::new() })
        })
    }

    /// How far the journal is applied.
    pub(crate) fn head(&self) -> Head {
        self.head
    }

    /// Applies a record. It is in the views for certain only after [`Progress::finish`].
    pub(crate) fn apply(&mut self, views: &Views, record: Applied<'_>) -> Result<(), Trouble> {
        guarded(|| {
            let mut rows = self.head.rows;
            let since = Since { position: record.position, at: self.head.at.max(record.transaction.at) };
            for change in &record.transaction.changes {
                Staging { views, progress: self, rows: &mut rows, since }.change(change)?;
                if self.pending.len() >= BATCH {
                    self.write(views)?;
                }
            }
            let Since { position, at } = since;
            self.head = Head { position, checksum: record.checksum, rows, layout: LAYOUT, at };
            self.pending.insert(Key::of(View::Head).bytes, Some(encode(&self.head)));
            Ok(())
        })
    }

    /// Writes what is not yet written.
    pub(crate) fn finish(&mut self, views: &Views) -> Result<(), Trouble> {
        guarded(|| self.write(views))
    }

    fn write(&mut self, views: &Views) -> Result<(), Trouble> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let mut batch = sled::Batch::default();
        batch.insert(Key::of(View::Counts).bytes, encode(&self.counts));
        for (key, value) in std::mem::take(&mut self.pending) {
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        views.apply_batch(batch)
    }
}

/// How a value whose count is kept beside it tells that it differs in nothing else: see [`Entry`].
struct Counted<T> {
    key: Key,
    count: fn(&T) -> u32,
    with_count: fn(T, u32) -> T,
    is_but_for_count: fn(&T, &T) -> bool,
}

impl<E: Entry> Counted<E> {
    /// `None`: there is no count to be kept.
    fn of(entry: &E) -> Option<Self> {
        let key = Key::of(E::COUNT?).text(entry.name());
        Some(Self { key, count: E::count, with_count: E::with_count, is_but_for_count: E::is_but_for_count })
    }
}

/// One change on its way into the next batch.
struct Staging<'a> {
    views: &'a Views,
    progress: &'a mut Progress,
    rows: &'a mut Sequence,
    /// The record that is applied, and the time of the store with it.
    since: Since,
}

impl Staging<'_> {
    fn change(&mut self, change: &Change) -> Result<(), Trouble> {
        match change {
            Change::Resource(resource) => self.progress.counts.resources += u64::from(self.put(&**resource)?.is_none()),
            Change::Host(host) => {
                self.put(&**host)?;
            }
            Change::Snapshot(snapshot) => {
                let old = self.put(&**snapshot)?;
                if let Some(old) = &old {
                    self.remove(unread(old));
                }
                self.insert(unread(snapshot), snapshot.name().into());
                self.progress.counts.snapshots += u64::from(old.is_none());
                // Its body was written again.
                self.undo_removal(&snapshot.content)?;
            }
            Change::Removal(removal) => {
                self.undo_removal(&removal.content)?;
                self.put(removal)?;
                self.progress.counts.removals += 1;
                self.progress.counts.removed_bytes += removal.bytes;
            }
            Change::Harvest(harvest) => {
                self.put(&**harvest)?;
            }
            Change::SourceHealth(state) => {
                self.put(&**state)?;
            }
            Change::Read(snapshot) => self.read(snapshot)?,
            Change::Document(document) => self.progress.counts.documents += u64::from(self.put(&**document)?.is_none()),
            Change::Event(event) => self.progress.counts.events += u64::from(self.put(&**event)?.is_none()),
            Change::Mention { event, mention } => self.mention(event, mention)?,
            Change::MentionGone { event, document } => self.mention_gone(event, document)?,
            Change::Log(row) => {
                *self.rows += 1;
                let number = *self.rows;
                self.insert(Key::of(View::Log).number(number), encode_dated(row, self.since));
                self.insert(keys::rows_of(&row.event).number(number), Vec::new());
            }
            Change::Overdue(overdue) => {
                self.put(&**overdue)?;
            }
            Change::Flag(flag) => self.progress.counts.flags += u64::from(self.put(&**flag)?.is_none()),
            Change::Alert(alert) => {
                if let Some(old) = self.put(&**alert)? {
                    *self.progress.counts.of_alert(&old) -= 1;
                }
                *self.progress.counts.of_alert(alert) += 1;
            }
            Change::Channel(channel) => {
                self.put(&**channel)?;
            }
            Change::Cursor { name, sequence } => self.insert(Key::of(View::Cursor).text(name), encode(sequence)),
        }
        Ok(())
    }

    fn read(&mut self, snapshot: &SnapshotId) -> Result<(), Trouble> {
        if let Some(snapshot) = self.value::<Snapshot>(&Snapshot::key_of(snapshot.as_str()))? {
            self.remove(unread(&snapshot));
        }
        Ok(())
    }

    fn undo_removal(&mut self, content: &ContentHash) -> Result<(), Trouble> {
        let key = Removal::key_of(content.as_str());
        if let Some(removal) = self.value::<Removal>(&key)? {
            self.progress.counts.removals -= 1;
            self.progress.counts.removed_bytes -= removal.bytes;
            self.remove(key);
        }
        Ok(())
    }

    fn mention(&mut self, event: &EventId, mention: &Mention) -> Result<(), Trouble> {
        let key = MentionEntry::key(event, &mention.document);
        let entry = MentionEntry { event: event.clone(), mention: mention.clone() };
        let old: Option<Mention> = self.put_dated(&key, &entry.value(), None)?;
        self.progress.counts.mentions += u64::from(old.is_none());
        let old = old.map(|old| self.mentioned(event, &mention.document, old).index()).unwrap_or_default();
        self.reindex(old, entry.index(), "");
        Ok(())
    }

    /// The entry of a mention, from what is kept of it.
    fn mentioned(&self, event: &EventId, document: &DocumentId, value: Mention) -> MentionEntry {
        MentionEntry { event: event.clone(), mention: MentionEntry::of_document(document, value) }
    }

    fn mention_gone(&mut self, event: &EventId, document: &DocumentId) -> Result<(), Trouble> {
        let key = MentionEntry::key(event, document);
        if let Some(bytes) = self.bytes(&key)? {
            let old: Mention = decode(key.view, &bytes)?;
            self.progress.counts.mentions -= 1;
            self.reindex(self.mentioned(event, document, old).index(), Vec::new(), "");
            self.keep_past(&key, bytes);
            self.remove(key);
        }
        Ok(())
    }

    /// Puts a value with its index entries. What it replaces.
    fn put<E: Entry>(&mut self, entry: &E) -> Result<Option<E>, Trouble> {
        let key = E::key_of(entry.name());
        let old = if E::PAST { self.put_dated(&key, entry, Counted::of(entry))? } else { self.value::<E>(&key)? };
        self.reindex(old.as_ref().map(Entry::index).unwrap_or_default(), entry.index(), entry.name());
        if !E::PAST {
            self.insert(key, encode(entry));
        }
        Ok(old)
    }

    /// Puts a value with the time since when it holds, and keeps what it replaces. A value that differs in its count alone
    /// stays as it is: the count is put beside it.
    fn put_dated<T: Serialize + DeserializeOwned + PartialEq>(
        &mut self,
        key: &Key,
        value: &T,
        counted: Option<Counted<T>>,
    ) -> Result<Option<T>, Trouble> {
        let Some(bytes) = self.bytes(key)? else {
            self.insert(key.clone(), encode_dated(value, self.since));
            return Ok(None);
        };
        let mut old: T = decode(key.view, &bytes)?;
        let mut is_but_for_count = false;
        if let Some(counted) = counted {
            let before = self.bytes(&counted.key)?;
            if let Some(count) = before.as_deref().and_then(count) {
                old = (counted.with_count)(old, count);
            }
            // What is said again holds since it was said first.
            if old == *value {
                return Ok(Some(old));
            }
            is_but_for_count = (counted.is_but_for_count)(&old, value);
            if is_but_for_count || before.is_some() {
                if let Some(before) = before {
                    self.keep_past(&counted.key, before);
                }
                self.insert(counted.key, encode_count((counted.count)(value), self.since));
            }
        } else if old == *value {
            return Ok(Some(old));
        }
        if !is_but_for_count {
            self.keep_past(key, bytes);
            self.insert(key.clone(), encode_dated(value, self.since));
        }
        Ok(Some(old))
    }

    fn past_key(&self, key: &Key) -> Key {
        keys::past(key).time(self.since.at).number(self.since.position)
    }

    /// Keeps a value that no longer holds. What this same record put has held at no time: it is passed over, also when
    /// the record is applied once more.
    fn keep_past(&mut self, key: &Key, bytes: Vec<u8>) {
        if since(&bytes).is_some_and(|since| since.position < self.since.position) {
            self.insert(self.past_key(key), bytes);
        }
    }

    fn reindex(&mut self, old: Vec<Key>, new: Vec<Key>, name: &str) {
        for key in old.iter().filter(|key| !new.contains(key)) {
            self.remove(key.clone());
        }
        // What a value and its index entries are written in is one batch: those of the old value are there.
        for key in new.into_iter().filter(|key| !old.contains(key)) {
            self.insert(key, name.into());
        }
    }

    /// A value as it will be when all that is pending is written.
    fn value<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, Trouble> {
        self.bytes(key)?.map(|bytes| decode(key.view, &bytes)).transpose()
    }

    fn bytes(&self, key: &Key) -> Result<Option<Vec<u8>>, Trouble> {
        match self.progress.pending.get(&key.bytes) {
            Some(pending) => Ok(pending.clone()),
            None => Ok(self.views.database.get(&key.bytes)?.map(|bytes| bytes.to_vec())),
        }
    }

    fn insert(&mut self, key: Key, value: Vec<u8>) {
        self.progress.pending.insert(key.bytes, Some(value));
    }

    fn remove(&mut self, key: Key) {
        self.progress.pending.insert(key.bytes, None);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn views_of_another_layout_are_not_gone_on_with() {
        let folder = tempfile::tempdir().unwrap();
        let views = Views::open(folder.path()).unwrap();
        assert!(Progress::of(&views).is_ok());
        let old = serde_json::json!({ "position": 7, "checksum": 1, "rows": 3 });
        views.database.insert(Key::of(View::Head).bytes, encode(&old)).unwrap();
        assert!(Progress::of(&views).unwrap_err().0.contains("another version"));
    }
}
