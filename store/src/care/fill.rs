//! Writes records into a new journal, in groups that are synced once.

use std::path::Path;
use std::sync::Arc;

use super::CareError;
use crate::Position;
use crate::disk::Disk;
use crate::journal::{Found, Journal};

/// Bytes of one group, unless segments are smaller.
const GROUP_BYTES: usize = 4 << 20;

/// A journal that is being filled.
pub(super) struct Fill {
    journal: Journal,
    group: Vec<Vec<u8>>,
    bytes: usize,
    /// Bytes at which a group is written.
    group_bytes: usize,
    records: u64,
}

impl Fill {
    /// Begins a journal in an empty folder.
    pub(super) fn begin(disk: Arc<dyn Disk>, directory: &Path, segment_bytes: u64) -> Result<Self, CareError> {
        let nothing = Found { next: 1, ..Found::default() };
        let journal = Journal::open(disk, directory, &nothing, segment_bytes)?;
        let group_bytes = usize::try_from(segment_bytes).map_or(GROUP_BYTES, |bytes| bytes.min(GROUP_BYTES));
        Ok(Self { journal, group: Vec::new(), bytes: 0, group_bytes, records: 0 })
    }

    /// Adds a record under its own position; positions may be left out, and never come back.
    pub(super) fn push(&mut self, position: Position, payload: Vec<u8>) -> Result<(), CareError> {
        if position != self.journal.next() + self.group.len() as u64 {
            self.write()?;
            self.journal.skip_to(position)?;
        }
        self.bytes += payload.len();
        self.records += 1;
        self.group.push(payload);
        if self.bytes >= self.group_bytes { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> Result<(), CareError> {
        if !self.group.is_empty() {
            let group: Vec<&[u8]> = self.group.iter().map(Vec::as_slice).collect();
            self.journal.append(&group)?;
            self.group.clear();
            self.bytes = 0;
        }
        Ok(())
    }

    /// Writes what is left. Records written, and the position behind the last; all of them are synced.
    pub(super) fn end(mut self) -> Result<(u64, Position), CareError> {
        self.write()?;
        Ok((self.records, self.journal.next()))
    }
}
