//! The truth: an append-only journal in segments, one record a transaction.
//!
//! Knows bytes, files and syncs. What is in a record, and what follows from it, it does not know.

mod compress;
mod prefix;
mod promise;
pub(crate) mod record;
mod salvage;
mod scan;
mod segment;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use compress::Compressor;
pub(crate) use prefix::{GENERATION, generation, prefix};
use promise::{Promise, Promises};
pub(crate) use salvage::{Damage, salvage};
pub(crate) use scan::{Found, scan};

use crate::disk::Disk;
use crate::disk::DiskFile;
use crate::{OpenError, Position};

/// A segment is closed when it has grown to this size. Small enough to be compressed at leisure and read into memory whole.
pub(crate) const SEGMENT_BYTES: u64 = 16 << 20;

/// Something the disk would not do.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) path: PathBuf,
    pub(crate) action: &'static str,
    pub(crate) cause: io::Error,
}

impl Failure {
    /// Says on which file what was tried.
    pub(crate) fn at(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |cause| Self { path, action, cause }
    }
}

impl From<Failure> for OpenError {
    fn from(failure: Failure) -> Self {
        Self::Io { path: failure.path, action: failure.action, cause: failure.cause }
    }
}

/// The end of a journal, open for writing.
pub(crate) struct Journal {
    disk: Arc<dyn Disk>,
    directory: PathBuf,
    segment_bytes: u64,
    promises: Promises,
    compressor: Compressor,
    current: Current,
    /// Position of the next record.
    next: Position,
}

/// The segment that is written.
struct Current {
    first: Position,
    path: PathBuf,
    file: Box<dyn DiskFile>,
    /// Bytes that are on disk.
    length: u64,
}

impl Journal {
    /// Goes on behind what a scan found: cuts a torn end, clears leftovers, begins a first segment.
    pub(crate) fn open(
        disk: Arc<dyn Disk>,
        directory: &Path,
        found: &Found,
        segment_bytes: u64,
    ) -> Result<Self, Failure> {
        for path in &found.leftovers {
            disk.remove(path).map_err(Failure::at(path, "remove the leftover"))?;
        }
        let mut promises = Promises::open(&*disk, directory)?;
        let mut outdated = None;
        let current = match &found.last {
            Some(last) => {
                let mut file = disk.open(&last.path).map_err(Failure::at(&last.path, "open the segment"))?;
                if last.torn {
                    cut(&mut *file, last.length).map_err(Failure::at(&last.path, "cut the torn end"))?;
                }
                // What an earlier version cannot read must not stand in a segment that it would try to read.
                if last.format < record::FORMAT && last.first < found.next {
                    outdated = Some(last.first);
                    begin(&*disk, directory, found.next)?
                } else {
                    Current { first: last.first, path: last.path.clone(), file, length: last.length }
                }
            }
            None => begin(&*disk, directory, found.next)?,
        };
        promises.write(Promise { segment: current.first, bytes: current.length });
        let compressor = Compressor::start(Arc::clone(&disk), directory)?;
        found.plain.iter().copied().chain(outdated).for_each(|first| compressor.hand_over(first));
        Ok(Self {
            disk,
            directory: directory.to_owned(),
            segment_bytes,
            promises,
            compressor,
            current,
            next: found.next,
        })
    }

    /// Writes records and syncs them once. The position of the first.
    ///
    /// When it fails, the records are cut off again. Where even that fails, the disk no longer obeys and the next open
    /// decides: what is whole then counts as written.
    pub(crate) fn append(&mut self, payloads: &[&[u8]]) -> Result<Position, Failure> {
        if self.current.length >= self.segment_bytes {
            let closed = self.current.first;
            self.current = begin(&*self.disk, &self.directory, self.next)?;
            self.compressor.hand_over(closed);
        }
        let mut bytes = Vec::with_capacity(payloads.iter().map(|p| p.len() + record::HEADER_BYTES).sum());
        for (position, payload) in (self.next..).zip(payloads) {
            record::push(&mut bytes, position, payload);
        }
        let current = &mut self.current;
        if let Err(cause) = current.file.write_at(current.length, &bytes).and_then(|()| current.file.sync()) {
            if let Err(cause) = cut(&mut *current.file, current.length) {
                tracing::error!(path = %current.path.display(), %cause, "cannot cut off records that were not written");
            }
            return Err(Failure { path: current.path.clone(), action: "write the journal", cause });
        }
        current.length += bytes.len() as u64;
        self.promises.write(Promise { segment: current.first, bytes: current.length });
        let first = self.next;
        self.next += payloads.len() as u64;
        Ok(first)
    }
}

impl Journal {
    /// Notes that nothing is left of the records before this one, so that it keeps its position.
    pub(crate) fn skip_to(&mut self, next: Position) -> Result<(), Failure> {
        if next > self.next {
            self.append(&[&record::skip_to(next)])?;
            self.next = next;
        }
        Ok(())
    }

    /// Position of the next record.
    pub(crate) fn next(&self) -> Position {
        self.next
    }
}

/// Begins a segment; it is on disk, name and all, when this returns.
fn begin(disk: &dyn Disk, directory: &Path, first: Position) -> Result<Current, Failure> {
    let path = segment::plain_path(directory, first);
    let failed = |cause| Failure { path: path.clone(), action: "begin a segment", cause };
    let head = record::head(first);
    let mut file = disk.open(&path).map_err(failed)?;
    file.write_at(0, &head).map_err(failed)?;
    file.sync().map_err(failed)?;
    disk.sync_directory(directory).map_err(failed)?;
    Ok(Current { first, path, file, length: head.len() as u64 })
}

fn cut(file: &mut dyn DiskFile, length: u64) -> io::Result<()> {
    file.cut(length)?;
    file.sync()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
