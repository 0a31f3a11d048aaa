//! Which changes of a journal say nothing any more, because a later one puts another whole value in their place.
//!
//! Only the state of the machinery is dropped: schedules, hosts, harvests, attempts of delivery, cursors. What a reader
//! may ask for as of a time stays in every version: events, mentions, documents, flags, what sources owe, the change log, the states of
//! sources, answers and their removal.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::{Change, Position, Transaction};

/// Where a change stands: its record, and its place in it.
type Place = (Position, usize);

/// The last change of each name.
#[derive(Debug, Default)]
pub(super) struct Last(HashMap<(u8, String), Place>);

impl Last {
    /// Notes the changes of a record; records come in order.
    pub(super) fn note(&mut self, position: Position, transaction: &Transaction) {
        for (index, change) in transaction.changes.iter().enumerate() {
            if let Some(name) = name(change) {
                self.0.insert(name, (position, index));
            }
        }
    }

    /// Drops the changes of a record that later ones have replaced. How many.
    pub(super) fn drop_superseded(&self, position: Position, transaction: &mut Transaction) -> u64 {
        let before = transaction.changes.len();
        let mut index = 0;
        transaction.changes.retain(|change| {
            let place = (position, index);
            index += 1;
            name(change).is_none_or(|name| self.0.get(&name).is_none_or(|last| *last == place))
        });
        (before - transaction.changes.len()) as u64
    }
}

/// What is left of records when what later ones have replaced goes: all are noted first, then each is kept.
#[derive(Debug)]
pub(super) struct Shrink {
    last: Last,
    /// The position of the last record.
    end: Position,
    /// Records that were noted.
    pub(super) records: u64,
    /// Changes that were dropped.
    pub(super) dropped: u64,
    /// The time of the store so far.
    time: Timestamp,
}

impl Default for Shrink {
    fn default() -> Self {
        Self { last: Last::default(), end: 0, records: 0, dropped: 0, time: Timestamp::MIN }
    }
}

impl Shrink {
    /// Notes a record; they come in order.
    pub(super) fn note(&mut self, position: Position, transaction: &Transaction) {
        self.last.note(position, transaction);
        (self.end, self.records) = (position, self.records + 1);
    }

    /// What is left of a record whose payload is this one; they come in order. `None`: nothing.
    pub(super) fn kept(&mut self, position: Position, mut transaction: Transaction, payload: &[u8]) -> Option<Vec<u8>> {
        let here = self.last.drop_superseded(position, &mut transaction);
        self.dropped += here;
        // A record whose clock ran behind that of one which goes must not count as older than before.
        let at = self.time.max(transaction.at);
        self.time = at;
        if here == 0 && transaction.at == at {
            return Some(payload.to_vec());
        }
        // The last record stays even when it says nothing, since it carries the position of the journal.
        let stays = position == self.end || !transaction.changes.is_empty();
        stays.then(|| encode(&Transaction { at, ..transaction }))
    }
}

fn encode(transaction: &Transaction) -> Vec<u8> {
    serde_json::to_vec(transaction).expect("what the model holds can be written as JSON")
}

/// Under what a change puts a value of which only the last is ever asked for.
fn name(change: &Change) -> Option<(u8, String)> {
    Some(match change {
        Change::Resource(resource) => (0, resource.url.as_str().to_owned()),
        Change::Host(host) => (1, host.origin.clone()),
        Change::Harvest(harvest) => (2, harvest.url.as_str().to_owned()),
        Change::Alert(alert) => (3, alert.id.as_str().to_owned()),
        Change::Channel(channel) => (4, channel.id.as_str().to_owned()),
        Change::Cursor { name, .. } => (5, name.clone()),
        Change::Snapshot(_)
        | Change::Removal(_)
        | Change::SourceHealth(_)
        | Change::Read(_)
        | Change::Document(_)
        | Change::Event(_)
        | Change::Mention { .. }
        | Change::MentionGone { .. }
        | Change::Log(_)
        | Change::Flag(_)
        | Change::Overdue(_) => return None,
    })
}
