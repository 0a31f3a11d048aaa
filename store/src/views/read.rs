//! Answers from the views, one question a function. An index entry whose value has moved on since is passed over.

use bellwether_model::alert::Alert;
use bellwether_model::document::DocumentRecord;
use bellwether_model::event::{ChangeEntry, Mention};
use bellwether_model::id::{ChannelId, DocumentId, EventId, SnapshotId, SourceId, WatchId};
use bellwether_model::snapshot::Snapshot;
use bellwether_model::source::Resource;
use bellwether_model::watch::Flag;
use jiff::Timestamp;

use super::apply::{Counts, Head};
use super::entry::{Entry, MentionEntry};
use super::keys::{self, Key, View};
use super::value::{count, decode};
use super::{Trouble, Views};
use crate::{Sequence, Stats};

/// An entry of an index: its key, and the name of the value that it leads to.
type IndexEntry = Result<(sled::IVec, sled::IVec), Trouble>;

impl Views {
    /// A value by name, with its count.
    pub(crate) fn entry<E: Entry>(&self, name: &str) -> Result<Option<E>, Trouble> {
        let Some(entry) = self.value::<E>(&E::key_of(name))? else { return Ok(None) };
        let Some(view) = E::COUNT else { return Ok(Some(entry)) };
        let count = self.database.get(&Key::of(view).text(name).bytes)?.and_then(|bytes| count(&bytes));
        Ok(Some(match count {
            Some(count) => entry.with_count(count),
            None => entry,
        }))
    }

    /// All values of a view, by name.
    pub(crate) fn all<E: Entry>(&self) -> Result<Vec<E>, Trouble> {
        self.scan(&Key::of(E::VIEW)).map(|entry| decode(E::VIEW, &entry?.1)).collect()
    }

    /// Resources due at a time or before.
    pub(crate) fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Resource>, Trouble> {
        let due = self.due_until(View::ResourceDue, now);
        self.led_to(due, limit)
    }

    /// How many resources are due at a time or before. Counts keys and reads no value.
    pub(crate) fn due_count(&self, now: Timestamp) -> Result<u64, Trouble> {
        self.due_until(View::ResourceDue, now).try_fold(0, |count, entry| entry.map(|_| count + 1))
    }

    /// How many snapshots are not yet read.
    pub(crate) fn unread_count(&self) -> Result<u64, Trouble> {
        self.scan(&Key::of(View::SnapshotUnread)).try_fold(0, |count, entry| entry.map(|_| count + 1))
    }

    /// When the next resource is due.
    pub(crate) fn next_due(&self) -> Result<Option<Timestamp>, Trouble> {
        self.first_time(View::ResourceDue, |resource: &Resource| resource.due)
    }

    /// The first time in an index that begins with times.
    fn first_time<E: Entry>(
        &self,
        index: View,
        time: impl Fn(&E) -> Option<Timestamp>,
    ) -> Result<Option<Timestamp>, Trouble> {
        let first: Vec<E> = self.led_to(self.scan(&Key::of(index)), 1)?;
        Ok(first.first().and_then(time))
    }

    /// Resources of a source.
    pub(crate) fn resources_of(&self, source: &SourceId) -> Result<Vec<Resource>, Trouble> {
        self.led_to(self.scan(&Key::of(View::ResourceSource).text(source.as_str())), usize::MAX)
    }

    /// Snapshots that are not yet read.
    pub(crate) fn unread(&self, limit: usize) -> Result<Vec<Snapshot>, Trouble> {
        let mut snapshots = Vec::new();
        for entry in self.scan(&Key::of(View::SnapshotUnread)).take(limit) {
            snapshots.extend(self.entry::<Snapshot>(&name(&entry?.1))?);
        }
        Ok(snapshots)
    }

    /// Snapshots by time, behind one of them.
    pub(crate) fn snapshots(
        &self,
        after: Option<(Timestamp, &SnapshotId)>,
        limit: usize,
    ) -> Result<Vec<Snapshot>, Trouble> {
        let start = Key::of(View::SnapshotTime);
        let start = match after {
            None => start,
            Some((time, id)) => start.time(time).text(id.as_str()),
        };
        self.led_to(self.behind(&start), limit)
    }

    /// Values through an index, the last key first.
    fn newest<E: Entry>(&self, prefix: &Key, limit: usize) -> Result<Vec<E>, Trouble> {
        self.led_to(self.scan(prefix).rev(), limit)
    }

    /// Documents, newest first.
    pub(crate) fn documents(&self, source: Option<&SourceId>, limit: usize) -> Result<Vec<DocumentRecord>, Trouble> {
        let prefix = match source {
            None => Key::of(View::DocumentTime),
            Some(source) => Key::of(View::DocumentSource).text(source.as_str()),
        };
        self.newest(&prefix, limit)
    }

    /// Events that a document mentions, by name.
    pub(crate) fn events_of(&self, document: &DocumentId) -> Result<Vec<EventId>, Trouble> {
        self.scan(&keys::mentioned_by(document)).map(|entry| Ok(EventId(keys::text_at(&entry?.0, 1)))).collect()
    }

    /// Mentions of an event, in the order in which they were read.
    pub(crate) fn mentions(&self, event: &EventId) -> Result<Vec<Mention>, Trouble> {
        let mut mentions: Vec<Mention> = Vec::new();
        for entry in self.scan(&keys::mentions(event)) {
            let (key, value) = entry?;
            mentions.push(MentionEntry::of_key(&key, decode(View::Mention, &value)?));
        }
        // The keys are by document, which settles the order of what was read in one instant.
        mentions.sort_by_key(|mention| mention.at);
        Ok(mentions)
    }

    /// The first mention of an event, by document, that is what one looks for: the others are not read.
    pub(crate) fn find_mention(
        &self,
        event: &EventId,
        wanted: &dyn Fn(&Mention) -> bool,
    ) -> Result<Option<Mention>, Trouble> {
        for entry in self.scan(&keys::mentions(event)) {
            let (key, value) = entry?;
            let mention = MentionEntry::of_key(&key, decode(View::Mention, &value)?);
            if wanted(&mention) {
                return Ok(Some(mention));
            }
        }
        Ok(None)
    }

    /// Rows of the change log behind a number.
    pub(crate) fn changes(&self, after: Sequence, limit: usize) -> Result<Vec<(Sequence, ChangeEntry)>, Trouble> {
        // Rows of a record that is just being applied are not yet there for anybody.
        let last = self.value::<Head>(&Key::of(View::Head))?.unwrap_or_default().rows;
        let mut rows = Vec::new();
        for entry in self.behind(&Key::of(View::Log).number(after)).take(limit) {
            let (key, value) = entry?;
            let number = key.get(1..).and_then(|bytes| bytes.try_into().ok()).map(u64::from_be_bytes);
            let number = number.ok_or_else(|| Trouble("a key of the change log is no number".into()))?;
            if number > last {
                break;
            }
            rows.push((number, decode(View::Log, &value)?));
        }
        Ok(rows)
    }

    /// Rows of the change log of one event.
    pub(crate) fn changes_of(&self, event: &EventId) -> Result<Vec<ChangeEntry>, Trouble> {
        let mut rows = Vec::new();
        for number in self.row_numbers(event) {
            rows.extend(self.value::<ChangeEntry>(&Key::of(View::Log).number(number?))?);
        }
        Ok(rows)
    }

    /// The numbers of the rows of the change log of one event, in order.
    pub(super) fn row_numbers(&self, event: &EventId) -> impl Iterator<Item = Result<Sequence, Trouble>> + use<> {
        self.scan(&keys::rows_of(event)).map(|entry| {
            let number = keys::last_number(&entry?.0);
            number.ok_or_else(|| Trouble("a key of the change log of an event ends in no number".into()))
        })
    }

    /// Where a follower of the change log stands.
    pub(crate) fn cursor(&self, name: &str) -> Result<Sequence, Trouble> {
        Ok(self.value(&Key::of(View::Cursor).text(name))?.unwrap_or_default())
    }

    /// Flags, newest first.
    pub(crate) fn flags(&self, watch: Option<&WatchId>, limit: usize) -> Result<Vec<Flag>, Trouble> {
        let prefix = match watch {
            None => Key::of(View::FlagTime),
            Some(watch) => Key::of(View::FlagWatch).text(watch.as_str()),
        };
        self.newest(&prefix, limit)
    }

    /// When the next alert is due.
    pub(crate) fn next_alert_due(&self) -> Result<Option<Timestamp>, Trouble> {
        self.first_time(View::AlertDue, |alert: &Alert| keys::alert_due(&alert.delivery))
    }

    /// Alerts, newest first.
    pub(crate) fn alerts(&self, limit: usize) -> Result<Vec<Alert>, Trouble> {
        self.newest(&Key::of(View::AlertCreated), limit)
    }

    /// Alerts due at a time or before.
    pub(crate) fn alerts_due(&self, now: Timestamp, limit: usize) -> Result<Vec<Alert>, Trouble> {
        let due = self.due_until(View::AlertDue, now);
        self.led_to(due, limit)
    }

    /// Waiting alerts of a channel, the most overdue first.
    pub(crate) fn alerts_waiting(&self, channel: &ChannelId, limit: usize) -> Result<Vec<Alert>, Trouble> {
        self.led_to(self.scan(&keys::alerts_of(channel)), limit)
    }

    /// Channels for which alerts wait.
    pub(crate) fn channels_waiting(&self) -> Result<Vec<ChannelId>, Trouble> {
        let mut channels = Vec::new();
        let mut behind = Key::of(View::AlertChannel);
        // One look for each channel, however many alerts it has: from its first entry to the first of the next.
        while let Some(entry) = self.behind(&behind).next() {
            let channel = ChannelId(keys::first_text(&entry?.0));
            behind = keys::alerts_of(&channel);
            // Behind the name stands a time, whose bytes are never all ones.
            behind.bytes.extend([u8::MAX; 13]);
            channels.push(channel);
        }
        Ok(channels)
    }

    /// How much there is, as far as the views know.
    pub(crate) fn stats(&self) -> Result<Stats, Trouble> {
        let head = self.value::<Head>(&Key::of(View::Head))?.unwrap_or_default();
        let counts = self.value::<Counts>(&Key::of(View::Counts))?.unwrap_or_default();
        Ok(Stats {
            records: head.position,
            changes: head.rows,
            view_bytes: self.bytes()?,
            resources: counts.resources,
            snapshots: counts.snapshots,
            documents: counts.documents,
            events: counts.events,
            mentions: counts.mentions,
            flags: counts.flags,
            alerts_waiting: counts.alerts_waiting,
            alerts_delivered: counts.alerts_delivered,
            alerts_gave_up: counts.alerts_gave_up,
            bodies_removed: counts.removals,
            bytes_removed: counts.removed_bytes,
            alerts_set_aside: counts.alerts_set_aside,
            ..Stats::default()
        })
    }

    /// The entries of an index that begins with times, up to a time.
    fn due_until(&self, index: View, now: Timestamp) -> impl Iterator<Item = IndexEntry> + use<> {
        // Behind the time itself stands a name, whose bytes are never all ones.
        let mut end = Key::of(index).time(now).bytes;
        end.push(u8::MAX);
        self.database.range(Key::of(index).bytes..end).map(|entry| entry.map_err(Trouble::from))
    }

    /// The values that entries of an index lead to.
    fn led_to<E: Entry>(&self, entries: impl Iterator<Item = IndexEntry>, limit: usize) -> Result<Vec<E>, Trouble> {
        let mut values: Vec<E> = Vec::new();
        for entry in entries {
            if values.len() >= limit {
                break;
            }
            let (key, value) = entry?;
            let found = self.entry::<E>(&name(&value))?;
            values.extend(found.filter(|found| found.index().iter().any(|other| other.bytes == *key)));
        }
        Ok(values)
    }
}

/// The name in an index entry. It was written from text.
fn name(value: &[u8]) -> String {
    String::from_utf8_lossy(value).into_owned()
}
