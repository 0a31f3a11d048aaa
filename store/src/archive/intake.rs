//! Bodies on their way into a pack: whoever comes first writes for all who have come since, and one sync serves them all.

use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use bellwether_model::id::ContentHash;
use zstd::bulk::Compressor;

use super::ArchiveError;
use super::record::{Hash, bytes_of, record};
use super::shelf::Shelf;
use super::writer::{Record, Writer, lock};

/// Compression of bodies. On pages of text, 3 is within a few percent of 9 at five times the speed.
const LEVEL: i32 = 3;
/// Bytes in one write: what comes later goes with the next.
const GROUP_BYTES: usize = 16 << 20;
/// Compressors that are kept for the next body; making one costs as much as a small page.
const COMPRESSORS: usize = 4;

/// The queue of those who put.
pub(super) struct Intake {
    queue: Mutex<Queue>,
    /// Told when a group is done.
    done: Condvar,
    writer: Mutex<Writer>,
    compressors: Mutex<Vec<Compressor<'static>>>,
}

/// Those who wait, and what came of those who waited.
#[derive(Default)]
struct Queue {
    waiting: Vec<Waiting>,
    next_ticket: u64,
    /// Whether somebody is writing a group.
    leading: bool,
    results: HashMap<u64, Result<(), ArchiveError>>,
    /// Names of bodies that wait or are being written: a second one of the same name waits for the first.
    under_way: HashSet<Hash>,
}

struct Waiting {
    ticket: u64,
    records: Vec<Record>,
    bytes: usize,
}

impl Intake {
    pub(super) fn new(writer: Writer) -> Self {
        Self {
            queue: Mutex::default(),
            done: Condvar::new(),
            writer: Mutex::new(writer),
            compressors: Mutex::default(),
        }
    }

    /// Makes ready to write.
    pub(super) fn prepare(&self, shelf: &Mutex<Shelf>) -> Result<(), ArchiveError> {
        self.writer().prepare(shelf)
    }

    /// Keeps bodies; when it returns, they are on disk. `alone`: whether a body lies in a file of its own.
    pub(super) fn put(
        &self,
        shelf: &Mutex<Shelf>,
        bodies: &[(&ContentHash, &[u8])],
        alone: &dyn Fn(&ContentHash) -> bool,
    ) -> Result<(), ArchiveError> {
        let mut left: Vec<(Hash, &[u8])> = Vec::with_capacity(bodies.len());
        for (content, body) in bodies.iter().filter(|(content, _)| !alone(content)) {
            left.push((bytes_of(content).expect("a hash that was made of a body is hexadecimal"), body));
        }
        while !left.is_empty() {
            let (mine, others) = self.share_out(shelf, left);
            let written = self.compress(&mine).and_then(|records| self.write(shelf, records));
            let mut queue = self.queue();
            for (hash, _) in &mine {
                queue.under_way.remove(hash);
            }
            self.done.notify_all();
            written?;
            while others.iter().any(|(hash, _)| queue.under_way.contains(hash)) {
                queue = self.done.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
            // What others could not write is left to us.
            left = others;
        }
        Ok(())
    }

    /// Of bodies that are not yet there: those that fall to this call, and those that another one is writing.
    #[expect(clippy::type_complexity, reason = "two lists of one kind")]
    fn share_out<'b>(
        &self,
        shelf: &Mutex<Shelf>,
        bodies: Vec<(Hash, &'b [u8])>,
    ) -> (Vec<(Hash, &'b [u8])>, Vec<(Hash, &'b [u8])>) {
        let mut queue = self.queue();
        let shelf = lock(shelf);
        let mut own = HashSet::new();
        let (mut mine, mut others) = (Vec::new(), Vec::new());
        for (hash, body) in bodies {
            if shelf.keeps(&hash) || own.contains(&hash) {
                continue;
            }
            if queue.under_way.insert(hash) {
                own.insert(hash);
                mine.push((hash, body));
            } else {
                others.push((hash, body));
            }
        }
        (mine, others)
    }

    fn compress(&self, bodies: &[(Hash, &[u8])]) -> Result<Vec<Record>, ArchiveError> {
        if bodies.is_empty() {
            return Ok(Vec::new());
        }
        let compression = |cause| ArchiveError::Io { path: "a body".into(), action: "compress", cause };
        let pooled = self.compressors().pop();
        let mut compressor = pooled.map_or_else(|| Compressor::new(LEVEL), Ok).map_err(compression)?;
        let mut records = Vec::with_capacity(bodies.len());
        for (hash, body) in bodies {
            let stored = compressor.compress(body).map_err(compression)?;
            let record = record(hash, body.len(), &stored).ok_or(ArchiveError::TooLarge(body.len() as u64))?;
            records.push((*hash, record));
        }
        let mut compressors = self.compressors();
        if compressors.len() < COMPRESSORS {
            compressors.push(compressor);
        }
        Ok(records)
    }

    /// Has records written, in a group with those that come at the same time.
    fn write(&self, shelf: &Mutex<Shelf>, records: Vec<Record>) -> Result<(), ArchiveError> {
        if records.is_empty() {
            return Ok(());
        }
        let mut queue = self.queue();
        let ticket = queue.next_ticket;
        queue.next_ticket += 1;
        let bytes = records.iter().map(|(_, record)| record.len()).sum();
        queue.waiting.push(Waiting { ticket, records, bytes });
        loop {
            if let Some(result) = queue.results.remove(&ticket) {
                return result;
            }
            if queue.leading {
                queue = self.done.wait(queue).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            queue.leading = true;
            let group = queue.take_group();
            drop(queue);
            let tickets: Vec<u64> = group.iter().map(|waiting| waiting.ticket).collect();
            let records: Vec<Record> = group.into_iter().flat_map(|waiting| waiting.records).collect();
            let result = self.writer().append(shelf, &records);
            queue = self.queue();
            queue.leading = false;
            for ticket in tickets {
                queue.results.insert(ticket, result.as_ref().copied().map_err(again));
            }
            self.done.notify_all();
        }
    }

    /// Frees the space of bodies that were taken out. Whoever puts waits meanwhile.
    pub(super) fn clear_up(&self, shelf: &Mutex<Shelf>) -> Result<(), ArchiveError> {
        self.writer().clear_up(shelf)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        // Nothing that can panic runs while it is held.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn compressors(&self) -> MutexGuard<'_, Vec<Compressor<'static>>> {
        self.compressors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// The oldest of those who wait, at least one.
    fn take_group(&mut self) -> Vec<Waiting> {
        let mut bytes = 0;
        let mut count = 0;
        for waiting in &self.waiting {
            bytes += waiting.bytes;
            if count > 0 && bytes > GROUP_BYTES {
                break;
            }
            count += 1;
        }
        self.waiting.drain(..count).collect()
    }
}

/// The same error once more: a group has many members, and each is told.
fn again(error: &ArchiveError) -> ArchiveError {
    match error {
        ArchiveError::Io { path, action, cause } => {
            let cause = match cause.raw_os_error() {
                Some(code) => io::Error::from_raw_os_error(code),
                None => io::Error::new(cause.kind(), cause.to_string()),
            };
            ArchiveError::Io { path: path.clone(), action, cause }
        }
        ArchiveError::Damaged(content) => ArchiveError::Damaged(content.clone()),
        ArchiveError::Missing(content) => ArchiveError::Missing(content.clone()),
        ArchiveError::TooLarge(bytes) => ArchiveError::TooLarge(*bytes),
        #[cfg(feature = "postgres")]
        ArchiveError::Server(error) => ArchiveError::Server(error.clone()),
    }
}
