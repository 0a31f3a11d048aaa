//! Reads a journal that another process may be writing: up to the last record that is promised to be on disk.
//!
//! Nothing is locked and nothing is changed. What is promised is read first: whatever happens afterwards, that much of
//! the journal stays as it is, until it is compacted, which is noticed.

use std::path::Path;

use super::promise::{self, Promise};
use super::record::{self, Records};
use super::scan::Each;
use super::segment::{self, Segment};
use crate::{OpenError, Position};

/// Segments are compressed and their names changed while they are read. So many looks at the folder settle it.
const LOOKS: u32 = 20;
/// The file in which compaction counts itself.
pub(crate) const GENERATION: &str = "generation";

/// How often a journal was compacted; 0: never.
pub(crate) fn generation(directory: &Path) -> u64 {
    let text = std::fs::read_to_string(directory.join(GENERATION)).unwrap_or_default();
    text.trim().parse().unwrap_or_default()
}

/// Reads the records that are promised to be on disk. Position behind the last of them.
///
/// # Errors
/// It is damaged, it cannot be read, or it is being compacted; what was handed on until then is of no use.
pub(crate) fn prefix(directory: &Path, each: &mut Each<'_>) -> Result<Position, OpenError> {
    let began_in = generation(directory);
    let promise = settled_promise(directory)?;
    let mut next = 1;
    let mut looks = 0;
    loop {
        looks += 1;
        match read_on(directory, promise, &mut next, each) {
            Ok(()) if generation(directory) == began_in => return Ok(next),
            Ok(()) => return Err(moving(directory)),
            // A segment may have been renamed under our eyes; one that is really gone or damaged stays so.
            Err(Stop::Disk(error)) if looks >= LOOKS => return Err(error),
            Err(Stop::Disk(_)) => std::thread::yield_now(),
            Err(Stop::Reader(error)) => return Err(error),
        }
    }
}

/// Why reading stopped.
enum Stop {
    /// What lies on disk; it may be otherwise at the next look.
    Disk(OpenError),
    /// Who takes the records.
    Reader(OpenError),
}

/// The promise is written without care for who reads it: a look at the wrong moment finds half of it.
fn settled_promise(directory: &Path) -> Result<Promise, OpenError> {
    for _ in 0..LOOKS {
        if let Some(promise) = promise::read(directory) {
            return Ok(promise);
        }
        std::thread::yield_now();
    }
    let what = "it does not say how much of it is on disk; end the process that holds the store and try again";
    Err(OpenError::Damaged { path: directory.to_owned(), at: 0, what: what.to_owned() })
}

fn moving(directory: &Path) -> OpenError {
    let what = "it was compacted while it was read; try again";
    OpenError::Damaged { path: directory.to_owned(), at: 0, what: what.to_owned() }
}

/// Reads on from a position to the end of what is promised.
fn read_on(directory: &Path, promise: Promise, next: &mut Position, each: &mut Each<'_>) -> Result<(), Stop> {
    let listing = segment::list(directory).map_err(|failure| Stop::Disk(failure.into()))?;
    let mut promised_was_there = false;
    for (index, segment) in listing.segments.iter().enumerate() {
        let behind = listing.segments.get(index + 1).map(|following| following.first);
        if segment.first > promise.segment {
            break;
        }
        promised_was_there |= segment.first == promise.segment;
        if behind.is_some_and(|behind| behind <= *next) {
            continue;
        }
        read_segment(segment, promise, next, each)?;
    }
    if promised_was_there {
        return Ok(());
    }
    let missing = format!("the segment that begins with record {} is missing", promise.segment);
    Err(Stop::Disk(OpenError::Damaged { path: directory.to_owned(), at: 0, what: missing }))
}

fn read_segment(segment: &Segment, promise: Promise, next: &mut Position, each: &mut Each<'_>) -> Result<(), Stop> {
    let damaged = |at: usize, what: String| OpenError::Damaged { path: segment.path.clone(), at: at as u64, what };
    let wrong = |at: usize, what: &str| Stop::Disk(damaged(at, what.to_owned()));
    let content = segment.read().map_err(|failure| Stop::Disk(failure.into()))?;
    let mut bytes = content.bytes.as_slice();
    if segment.first == promise.segment {
        let promised = usize::try_from(promise.bytes).unwrap_or(usize::MAX);
        bytes = bytes.get(..promised).ok_or_else(|| wrong(bytes.len(), "it is shorter than was promised"))?;
    } else if let Some(at) = content.damaged_at {
        return Err(wrong(at, "a compressed frame cannot be read"));
    }
    match record::read_head(bytes) {
        Ok(head) if head.first == segment.first && head.first <= *next => {}
        _ => return Err(wrong(0, "it does not go on where the one before ends")),
    }
    let mut records = Records::new(bytes, segment.first);
    while let Some(record) = records.next() {
        let record = record.map_err(|_| wrong(records.end, "a record that was promised to be on disk is damaged"))?;
        // Those before were handed on at an earlier look.
        if record.position >= *next {
            *next = record.position + 1;
            each(record).map_err(|what| Stop::Reader(damaged(record.at, what)))?;
        }
    }
    *next = records.next.max(*next);
    Ok(())
}
