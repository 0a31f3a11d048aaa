//! Stores on disks that fail: the n-th call, all calls from the n-th on, and the power.

mod archive;
mod care;
mod failing_disk;
mod power_cut;
mod repeated;

use bellwether_model::event::{ChangeEntry, EventChange};
use bellwether_model::id::EventId;
use jiff::Timestamp;

use crate::store::Store;
use crate::{Change, Transaction};

/// Small enough that a few records fill a segment.
const SEGMENT_BYTES: u64 = 400;
const CURSOR: &str = "steps";

/// The n-th step of a trial: a row of the change log and a cursor that counts.
fn step(n: u64) -> Transaction {
    let at = Timestamp::UNIX_EPOCH;
    let row = ChangeEntry {
        at,
        event: EventId::new(format!("ev-{n}")),
        release: None,
        change: EventChange::Withdrawn,
        silent: false,
    };
    let cursor = Change::Cursor { name: CURSOR.into(), sequence: n };
    Transaction { at, changes: vec![Change::Log(Box::new(row)), cursor] }
}

/// How many steps a store holds; they must be the first ones, each whole and once.
fn steps(store: &Store) -> u64 {
    let rows = store.changes(0, usize::MAX).unwrap();
    for (index, (sequence, row)) in rows.iter().enumerate() {
        assert_eq!(*sequence, index as u64 + 1);
        assert_eq!(row.event.as_str(), format!("ev-{sequence}"));
    }
    assert_eq!(store.cursor(CURSOR).unwrap(), rows.len() as u64);
    assert_eq!(store.stats().unwrap().records, rows.len() as u64);
    rows.len() as u64
}
