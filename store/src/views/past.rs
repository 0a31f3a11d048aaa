//! Answers as of a time: what the views held when the store's time was that.
//!
//! A value says since when it holds; what was replaced or removed lies under its key and the time until which it held.
//! So the value of a time is the first that was replaced behind it, else the present one, if it held by then.

use std::collections::BTreeMap;

use bellwether_model::event::{ChangeEntry, Event, Mention};
use bellwether_model::health::SourceHealth;
use bellwether_model::id::{DocumentId, EventId};
use bellwether_model::watch::Flag;
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::entry::{Entry, MentionEntry};
use super::keys::{self, Key, View};
use super::value::{count, decode, since};
use super::{Trouble, Views};
use crate::EventFilter;

impl Views {
    /// A value by name, as of a time; `None`: the present one.
    pub(crate) fn entry_at<E: Entry>(&self, name: &str, at: Option<Timestamp>) -> Result<Option<E>, Trouble> {
        let key = E::key_of(name);
        let Some(at) = at else { return self.entry(name) };
        let Some(entry) = self.value_at::<E>(&key, at)? else { return Ok(None) };
        let Some(view) = E::COUNT else { return Ok(Some(entry)) };
        // Before a count was put beside it, the value has its own.
        let count = self.bytes_at(&Key::of(view).text(name), at)?.and_then(|bytes| count(&bytes));
        Ok(Some(match count {
            Some(count) => entry.with_count(count),
            None => entry,
        }))
    }

    fn value_at<T: DeserializeOwned>(&self, key: &Key, at: Timestamp) -> Result<Option<T>, Trouble> {
        self.bytes_at(key, at)?.map(|bytes| decode(key.view, &bytes)).transpose()
    }

    /// What held under a key at a time.
    fn bytes_at(&self, key: &Key, at: Timestamp) -> Result<Option<sled::IVec>, Trouble> {
        // What holds since then or earlier needs no look into the past, which is large.
        if let Some(present) = self.database.get(&key.bytes)?.filter(|bytes| held(bytes, at)) {
            return Ok(Some(present));
        }
        let replaced = self.replaced_behind(key, at).next().transpose()?;
        Ok(replaced.map(|(_, bytes)| bytes).filter(|bytes| held(bytes, at)))
    }

    /// What was replaced under a key behind a time, the earliest first.
    fn replaced_behind(
        &self,
        key: &Key,
        at: Timestamp,
    ) -> impl Iterator<Item = Result<(sled::IVec, sled::IVec), Trouble>> + use<> {
        let past = keys::past(key);
        // Behind the time stands a position, which nine bytes of ones follow: what was replaced at that very time had ended.
        let mut start = past.clone().time(at).bytes;
        start.extend([u8::MAX; 9]);
        let entries = self.database.range(start..).map(|entry| entry.map_err(Trouble::from));
        entries.take_while(move |entry| entry.as_ref().map_or(true, |(found, _)| found.starts_with(&past.bytes)))
    }

    /// A document's mention of an event, as of a time; `None`: the present one.
    pub(crate) fn mention(
        &self,
        event: &EventId,
        document: &DocumentId,
        at: Option<Timestamp>,
    ) -> Result<Option<Mention>, Trouble> {
        let key = MentionEntry::key(event, document);
        let value: Option<Mention> = match at {
            None => self.value(&key)?,
            Some(at) => self.value_at(&key, at)?,
        };
        Ok(value.map(|value| MentionEntry::of_document(document, value)))
    }

    /// Mentions of an event as of a time, in the order in which they were read.
    pub(crate) fn mentions_at(&self, event: &EventId, at: Timestamp) -> Result<Vec<Mention>, Trouble> {
        let prefix = keys::mentions(event);
        // By the key of the mention: the first value that was replaced behind the time.
        let mut then: BTreeMap<Vec<u8>, sled::IVec> = BTreeMap::new();
        for entry in self.scan(&keys::past(&prefix)) {
            let (key, bytes) = entry?;
            if keys::held_at(&key, at) {
                let own = key[1..key.len().saturating_sub(keys::UNTIL_BYTES)].to_vec();
                then.entry(own).or_insert(bytes);
            }
        }
        for entry in self.scan(&prefix) {
            let (key, bytes) = entry?;
            then.entry(key.to_vec()).or_insert(bytes);
        }
        let held = then.into_iter().filter(|(_, bytes)| held(bytes, at));
        let mentions: Result<Vec<Mention>, Trouble> =
            held.map(|(key, bytes)| Ok(MentionEntry::of_key(&key, decode(View::Mention, &bytes)?))).collect();
        let mut mentions = mentions?;
        mentions.sort_by_key(|mention| mention.at);
        Ok(mentions)
    }

    /// Events that a filter lets through as of a time.
    pub(crate) fn events_at(&self, filter: &EventFilter, at: Timestamp) -> Result<Vec<Event>, Trouble> {
        // Of the indexes only those by what never changes hold for the past: kind, and of figures area, flow, period.
        let prefix = match &filter.area {
            Some(area) => keys::order_of_figures(area, filter.flow, filter.period),
            None => filter.kind.map_or_else(|| Key::of(View::EventOrder), keys::order_of_kind),
        };
        let limit = if filter.limit == 0 { usize::MAX } else { filter.limit };
        let mut events: Vec<Event> = Vec::new();
        // Where figures alone are listed, those that are still to come stand behind those that were found, but for figures of the
        // same series and period: of these, the status may have been another one.
        let mut last = Vec::new();
        for entry in self.scan(&prefix) {
            let (key, name) = entry?;
            let name = String::from_utf8_lossy(&name).into_owned();
            let group = keys::without_status(&key, &name);
            if events.len() >= limit && filter.area.is_some() && group != last {
                break;
            }
            let Some(event) = self.entry_at::<Event>(&name, Some(at))?.filter(|event| filter.admits(event)) else {
                continue;
            };
            let from_source = match &filter.source {
                None => true,
                Some(source) => self.mentions_at(&event.id, at)?.iter().any(|mention| mention.source == *source),
            };
            if from_source {
                events.push(event);
                last = group.to_vec();
            }
        }
        events.sort_by_cached_key(keys::order);
        events.truncate(limit);
        Ok(events)
    }

    /// Rows of the change log of one event as of a time.
    pub(crate) fn changes_of_at(&self, event: &EventId, at: Timestamp) -> Result<Vec<ChangeEntry>, Trouble> {
        let mut rows = Vec::new();
        for number in self.row_numbers(event) {
            rows.extend(self.value_at::<ChangeEntry>(&Key::of(View::Log).number(number?), at)?);
        }
        Ok(rows)
    }

    /// Flags as of a time, from those of the present, in their order.
    pub(crate) fn flags_at(&self, flags: Vec<Flag>, at: Timestamp, limit: usize) -> Result<Vec<Flag>, Trouble> {
        let mut then = Vec::new();
        for flag in flags {
            if then.len() >= limit {
                break;
            }
            then.extend(self.entry_at::<Flag>(flag.id.as_str(), Some(at))?);
        }
        Ok(then)
    }

    /// The states of all sources that were judged, as of a time; `None`: the present ones.
    pub(crate) fn health_at(&self, at: Option<Timestamp>) -> Result<Vec<SourceHealth>, Trouble> {
        let present: Vec<SourceHealth> = self.all()?;
        let mut states = Vec::with_capacity(present.len());
        for state in present {
            states.extend(self.entry_at::<SourceHealth>(state.source.as_str(), at)?);
        }
        Ok(states)
    }
}

/// Whether a value held at a time.
fn held(bytes: &[u8], at: Timestamp) -> bool {
    since(bytes).is_some_and(|since| since.at <= at)
}
