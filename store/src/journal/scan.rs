//! Reads a whole journal, checks every byte of it, and tells a torn end from damage.

use std::path::{Path, PathBuf};

use super::promise::{self, Promise};
use super::record::{self, Fault, HEAD_BYTES, HeadFault, Record, Records};
use super::segment::{self, Content, Listing, Segment};
use crate::{OpenError, Position};

/// Takes a record; an error says why its payload cannot be read.
pub(crate) type Each<'a> = dyn FnMut(Record<'_>) -> Result<(), String> + 'a;

/// What a scan found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Position behind the last record.
    pub(crate) next: Position,
    /// The segment to go on with; `None`: a new one is to be begun.
    pub(crate) last: Option<Last>,
    /// Files that are of no use any more.
    pub(crate) leftovers: Vec<PathBuf>,
    /// Closed segments that are not yet compressed.
    pub(crate) plain: Vec<Position>,
}

/// The newest segment.
#[derive(Debug)]
pub(crate) struct Last {
    pub(crate) first: Position,
    pub(crate) path: PathBuf,
    /// Bytes up to the end of the last good record.
    pub(crate) length: u64,
    /// Whether there are bytes behind it.
    pub(crate) torn: bool,
    /// The version in which it was begun.
    pub(crate) format: u32,
}

/// Reads all records in order. Changes nothing on disk.
pub(crate) fn scan(directory: &Path, each: &mut Each<'_>) -> Result<Found, OpenError> {
    let Listing { segments, leftovers } = segment::list(directory)?;
    let promise = promise::read(directory);
    let mut found = Found { next: 1, leftovers, ..Found::default() };
    for (index, segment) in segments.iter().enumerate() {
        let content = segment.read()?;
        if index + 1 < segments.len() || segment.compressed {
            read_closed(segment, &content, &mut found, each)?;
        } else {
            read_last(segment, &content.bytes, promise, &mut found, each)?;
        }
    }
    Ok(found)
}

/// A closed segment must be whole.
fn read_closed(segment: &Segment, content: &Content, found: &mut Found, each: &mut Each<'_>) -> Result<(), OpenError> {
    if let Some(at) = content.damaged_at {
        return Err(damaged(segment, at, "a compressed frame cannot be read".to_owned()));
    }
    check_head(segment, &content.bytes, found.next)?;
    let (end, fault) = read_records(segment, &content.bytes, found, each)?;
    match fault {
        Some(Fault::CutOff) => {
            return Err(damaged(segment, end, "a closed segment ends inside of a record".to_owned()));
        }
        Some(Fault::Wrong(what)) => return Err(damaged(segment, end, what.to_owned())),
        None => {}
    }
    if !segment.compressed {
        found.plain.push(segment.first);
    }
    Ok(())
}

/// The segment that was being written may end anywhere, but not before what was promised.
fn read_last(
    segment: &Segment,
    bytes: &[u8],
    promise: Option<Promise>,
    found: &mut Found,
    each: &mut Each<'_>,
) -> Result<(), OpenError> {
    if never_begun(segment, bytes, promise) {
        found.leftovers.push(segment.path.clone());
        return Ok(());
    }
    let format = check_head(segment, bytes, found.next)?;
    let (end, fault) = read_records(segment, bytes, found, each)?;
    if let Some(Fault::Wrong(what)) = fault
        && !is_torn(segment, bytes, end, promise, found.next)
    {
        return Err(damaged(segment, end, what.to_owned()));
    }
    if fault.is_some() {
        tracing::warn!(path = %segment.path.display(), at = end, bytes = bytes.len() - end, "the journal has a torn end");
    }
    let (first, path) = (segment.first, segment.path.clone());
    found.last = Some(Last { first, path, length: end as u64, torn: fault.is_some(), format });
    Ok(())
}

/// Hands on all good records. Offset behind the last of them, and what follows it.
fn read_records(
    segment: &Segment,
    bytes: &[u8],
    found: &mut Found,
    each: &mut Each<'_>,
) -> Result<(usize, Option<Fault>), OpenError> {
    let mut records = Records::new(bytes, found.next);
    while let Some(record) = records.next() {
        match record {
            Ok(record) => {
                found.next = record.position + 1;
                each(record).map_err(|what| damaged(segment, record.at, what))?;
            }
            Err(fault) => {
                found.next = records.next;
                return Ok((records.end, Some(fault)));
            }
        }
    }
    found.next = records.next;
    Ok((records.end, None))
}

/// Whether a segment's process died before its head was on disk, so that no record can have been promised in it.
fn never_begun(segment: &Segment, bytes: &[u8], promise: Option<Promise>) -> bool {
    bytes.len() < HEAD_BYTES
        || (matches!(record::read_head(bytes), Err(HeadFault::Wrong(_)))
            && promise.is_some_and(|promise| promise.segment < segment.first))
}

/// The version of a segment that begins with this record.
fn check_head(segment: &Segment, bytes: &[u8], expected: Position) -> Result<u32, OpenError> {
    match record::read_head(bytes) {
        Ok(head) if head.first == expected && head.first == segment.first => Ok(head.format),
        Ok(head) if head.first > expected => {
            Err(damaged(segment, 0, format!("the records from {expected} to {} are missing", head.first - 1)))
        }
        Ok(head) => Err(damaged(segment, 0, format!("it begins with record {}, not with {expected}", head.first))),
        Err(HeadFault::Short) => Err(damaged(segment, 0, "it is shorter than its head".to_owned())),
        Err(HeadFault::Wrong(what)) => Err(damaged(segment, 0, what.to_owned())),
        Err(HeadFault::Newer(format)) => {
            let folder = segment.path.parent().unwrap_or(&segment.path).to_owned();
            Err(OpenError::Newer { path: folder, found: format, known: record::FORMAT })
        }
    }
}

/// Whether wrong bytes at `end` are the torn end of a write that never succeeded, and not damage to one that did.
pub(super) fn is_torn(segment: &Segment, bytes: &[u8], end: usize, promise: Option<Promise>, next: Position) -> bool {
    match promise {
        Some(promise) if promise.segment == segment.first => end as u64 >= promise.bytes,
        // The promise is of the segment before: nothing was ever promised in this one.
        Some(promise) if promise.segment < segment.first => true,
        // Nothing is known: a whole record behind the wrong bytes says that there was more.
        _ => (end + 1..bytes.len()).all(|at| !record::begins(&bytes[at..], next + 1)),
    }
}

fn damaged(segment: &Segment, at: usize, what: String) -> OpenError {
    OpenError::Damaged { path: segment.path.clone(), at: at as u64, what }
}
