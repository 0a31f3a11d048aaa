//! The bytes of a segment: a head, then records, each behind its length and two checksums.
//!
//! Pure: bytes in, records and the place of the first fault out. What a fault means is decided by who knows
//! which bytes were ever promised to be on disk.
//!
//! ```text
//! segment  magic (8) | format (4) | position of the first record (8) | checksum of these (4) | record*
//! record   length (4) | checksum of the payload (4) | checksum of position, length and the one before (4) | payload
//! ```
//! Numbers are little-endian, checksums CRC-32. The position is not stored, but checked: a record cannot be
//! taken for its neighbour. The header has a checksum of its own, so that a flipped length is told from a torn end.
//!
//! A record whose payload is a zero byte and a position (8) is no transaction: compaction left nothing of the records up
//! to that position, which is the next one. So all others keep their positions. No transaction begins with a zero byte.

use crate::Position;

/// Bytes at the start of a segment.
pub(crate) const HEAD_BYTES: usize = 24;
/// Bytes before the payload of a record.
pub(crate) const HEADER_BYTES: usize = 12;
/// Version of these bytes and of the payload in them (a transaction as JSON). 2: records may be skipped; resources that
/// give rows, removed bodies, harvests, states of sources and of channels are among the changes.
pub(crate) const FORMAT: u32 = 2;
/// Records that may be lost in one place; each further position that is tried costs some nanoseconds.
const MOST_LOST: Position = 1_000_000;
/// First byte of a payload that says which record is the next.
const SKIP: u8 = 0;

const MAGIC: &[u8; 8] = b"bwjrnl\r\n";

/// What is wrong with the head of a segment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum HeadFault {
    /// The file is shorter than a head.
    Short,
    /// Written by a newer program.
    Newer(u32),
    /// It is no head.
    Wrong(&'static str),
}

/// The first bytes of a segment that begins with the record at this position.
pub(crate) fn head(first: Position) -> [u8; HEAD_BYTES] {
    let mut bytes = [0; HEAD_BYTES];
    bytes[..8].copy_from_slice(MAGIC);
    bytes[8..12].copy_from_slice(&FORMAT.to_le_bytes());
    bytes[12..20].copy_from_slice(&first.to_le_bytes());
    let checksum = crc32fast::hash(&bytes[..20]);
    bytes[20..].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

/// What the head of a segment says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    /// The position of its first record.
    pub(crate) first: Position,
    /// The version in which it was begun.
    pub(crate) format: u32,
}

/// The head of a segment of this version or an earlier one.
pub(crate) fn read_head(bytes: &[u8]) -> Result<Head, HeadFault> {
    let Some(head) = bytes.get(..HEAD_BYTES) else { return Err(HeadFault::Short) };
    if &head[..8] != MAGIC {
        return Err(HeadFault::Wrong("it does not begin like a segment of a journal"));
    }
    if number(head, 20) != crc32fast::hash(&head[..20]) {
        return Err(HeadFault::Wrong("the checksum of its head is wrong"));
    }
    match number(head, 8) {
        format @ 1..=FORMAT => Ok(Head { first: position(&head[12..20]), format }),
        newer => Err(HeadFault::Newer(newer)),
    }
}

fn position(bytes: &[u8]) -> Position {
    Position::from_le_bytes(bytes.try_into().expect("eight bytes"))
}

/// The payload of a record behind which the next one has this position.
pub(crate) fn skip_to(next: Position) -> [u8; 9] {
    let mut payload = [SKIP; 9];
    payload[1..].copy_from_slice(&next.to_le_bytes());
    payload
}

/// The position of the next record, where a payload is no transaction.
fn skips_to(payload: &[u8]) -> Option<Position> {
    (payload.len() == 9 && payload[0] == SKIP).then(|| position(&payload[1..]))
}

/// Adds the bytes of a record.
pub(crate) fn push(bytes: &mut Vec<u8>, position: Position, payload: &[u8]) {
    let length = u32::try_from(payload.len()).expect("the writer refuses records of 4 GiB");
    let checksum = crc32fast::hash(payload);
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes.extend_from_slice(&header_checksum(position, length, checksum).to_le_bytes());
    bytes.extend_from_slice(payload);
}

/// One record of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Record<'a> {
    /// Its place in the journal.
    pub(crate) position: Position,
    /// Offset of its first byte in the segment.
    pub(crate) at: usize,
    /// Checksum of its payload.
    pub(crate) checksum: u32,
    /// The transaction.
    pub(crate) payload: &'a [u8],
}

/// Why no record was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The bytes end inside of the record.
    CutOff,
    /// The bytes are all there and wrong.
    Wrong(&'static str),
}

/// Reads the records of a segment one by one.
#[derive(Debug)]
pub(crate) struct Records<'a> {
    bytes: &'a [u8],
    /// Position of the next record.
    pub(crate) next: Position,
    /// Offset behind the last good record.
    pub(crate) end: usize,
}

impl<'a> Records<'a> {
    /// The records behind the head of a segment whose first record is `first`.
    pub(crate) fn new(bytes: &'a [u8], first: Position) -> Self {
        Self { bytes, next: first, end: HEAD_BYTES }
    }

    /// The records of bytes without a head.
    pub(crate) fn without_head(bytes: &'a [u8], first: Position) -> Self {
        Self { bytes, next: first, end: 0 }
    }

    /// The next transaction; `None`: the bytes end where a record ends.
    pub(crate) fn next(&mut self) -> Option<Result<Record<'a>, Fault>> {
        loop {
            let rest = self.bytes.get(self.end..).unwrap_or_default();
            if rest.is_empty() {
                return None;
            }
            let record = match read(rest, self.next, self.end) {
                Ok(record) => record,
                Err(fault) => return Some(Err(fault)),
            };
            let skips = skips_to(record.payload);
            if skips.is_some_and(|next| next <= record.position) {
                return Some(Err(Fault::Wrong("a record says that an earlier one is the next")));
            }
            self.end += HEADER_BYTES + record.payload.len();
            self.next = skips.unwrap_or(record.position + 1);
            if skips.is_none() {
                return Some(Ok(record));
            }
        }
    }

    /// Goes on behind bytes that are no record, at the next whole one. `false`: none follows, and the bytes are at their end.
    pub(crate) fn resume(&mut self) -> bool {
        for at in self.end + 1..self.bytes.len() {
            if let Some(position) = found(&self.bytes[at..], self.next) {
                (self.end, self.next) = (at, position);
                return true;
            }
        }
        self.end = self.bytes.len();
        false
    }
}

/// The position of the whole record with which these bytes begin, which is this one or a later one. `None`: they begin with none.
fn found(bytes: &[u8], earliest: Position) -> Option<Position> {
    let header = bytes.get(..HEADER_BYTES)?;
    let (length, checksum) = (number(header, 0), number(header, 4));
    let end = HEADER_BYTES.checked_add(usize::try_from(length).ok()?)?;
    let payload = bytes.get(HEADER_BYTES..end)?;
    // Looked at before the checksum, which takes as long as the payload.
    let may_be = matches!((payload.first(), payload.last()), (Some(b'{'), Some(b'}'))) || skips_to(payload).is_some();
    if !may_be || crc32fast::hash(payload) != checksum {
        return None;
    }
    (earliest..earliest + MOST_LOST).find(|position| number(header, 8) == header_checksum(*position, length, checksum))
}

fn read(bytes: &[u8], position: Position, at: usize) -> Result<Record<'_>, Fault> {
    let header = bytes.get(..HEADER_BYTES).ok_or(Fault::CutOff)?;
    let (length, checksum) = (number(header, 0), number(header, 4));
    if number(header, 8) != header_checksum(position, length, checksum) {
        return Err(Fault::Wrong("the checksum of a record's header is wrong"));
    }
    let end = usize::try_from(length).ok().and_then(|length| HEADER_BYTES.checked_add(length)).ok_or(Fault::CutOff)?;
    let payload = bytes.get(HEADER_BYTES..end).ok_or(Fault::CutOff)?;
    if crc32fast::hash(payload) != checksum {
        return Err(Fault::Wrong("the checksum of a record is wrong"));
    }
    Ok(Record { position, at, checksum, payload })
}

/// Whether these bytes begin with the whole record of this position.
pub(crate) fn begins(bytes: &[u8], position: Position) -> bool {
    read(bytes, position, 0).is_ok()
}

/// The checksum of a record's place, length and checksum.
pub(crate) fn header_checksum(position: Position, length: u32, checksum: u32) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&position.to_le_bytes());
    hasher.update(&length.to_le_bytes());
    hasher.update(&checksum.to_le_bytes());
    hasher.finalize()
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}
