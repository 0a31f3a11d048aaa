//! A backup as one file: the records of a journal, compressed, with an end that says that nothing is missing.
//!
//! ```text
//! backup  magic (8) | format (4) | checksum of these (4) | block* | end
//! block   length of the frame (4) | checksum of the length and the frame (4) | frame: zstd, at most 1 MiB of records
//! end     zero (4) | records (8) | position of the last (8) | checksum of all records' bytes (4) | checksum of these (4)
//! ```
//! Numbers are little-endian, checksums CRC-32. Records stand as in a segment of the journal, each with its own checksums.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use super::{CareError, Give, Take, failed};
use crate::Position;
use crate::disk::{Disk, DiskFile};
use crate::journal::record::{self, Fault, Records};

const MAGIC: &[u8; 8] = b"bwstore\n";
const FORMAT: u32 = 1;
const HEAD_BYTES: usize = 16;
const END_BYTES: usize = 28;
/// Bytes of records in one block.
const BLOCK_BYTES: usize = 1 << 20;
/// No frame of a block is longer, so that a damaged length does not become an allocation.
const FRAME_BYTES: usize = 2 << 20;
/// As for segments of the journal.
const LEVEL: i32 = 3;

/// What a backup holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) records: u64,
    pub(super) last: Position,
    pub(super) bytes: u64,
}

/// Writes a backup, syncs it and reads it back. Also says what `give` says.
pub(super) fn write(disk: &dyn Disk, path: &Path, give: &mut Give<'_>) -> Result<(Written, bool), CareError> {
    let mut file = disk.open(path).map_err(failed(path, "open the file"))?;
    file.cut(0).map_err(failed(path, "empty the file"))?;
    let compressor = zstd::bulk::Compressor::new(LEVEL).map_err(failed(path, "compress"))?;
    let hasher = crc32fast::Hasher::new();
    let mut writer = Writer { path, file, compressor, hasher, plain: Vec::new(), at: 0, records: 0, next: 1 };
    let mut head = Vec::with_capacity(HEAD_BYTES);
    head.extend_from_slice(MAGIC);
    head.extend_from_slice(&FORMAT.to_le_bytes());
    head.extend_from_slice(&crc32fast::hash(&head).to_le_bytes());
    writer.put(&head)?;
    let told = give(&mut |record| writer.push(record.position, record.payload))?;
    let written = writer.end()?;
    let back = Reader::open(path)?.read(&mut |_| Ok(()))?;
    if back != written {
        return Err(damaged(path, 0, "it does not read back as it was written"));
    }
    Ok((written, told))
}

struct Writer<'a> {
    path: &'a Path,
    file: Box<dyn DiskFile>,
    compressor: zstd::bulk::Compressor<'static>,
    hasher: crc32fast::Hasher,
    plain: Vec<u8>,
    at: u64,
    records: u64,
    next: Position,
}

impl Writer<'_> {
    fn push(&mut self, position: Position, payload: &[u8]) -> Result<(), CareError> {
        if position != self.next {
            record::push(&mut self.plain, self.next, &record::skip_to(position));
        }
        record::push(&mut self.plain, position, payload);
        self.next = position + 1;
        self.records += 1;
        while self.plain.len() >= BLOCK_BYTES {
            let rest = self.plain.split_off(BLOCK_BYTES);
            let block = std::mem::replace(&mut self.plain, rest);
            self.block(&block)?;
        }
        Ok(())
    }

    fn block(&mut self, plain: &[u8]) -> Result<(), CareError> {
        self.hasher.update(plain);
        let frame = self.compressor.compress(plain).map_err(failed(self.path, "compress"))?;
        let length = u32::try_from(frame.len()).expect("a frame of 1 MiB is not much longer");
        let mut bytes = Vec::with_capacity(frame.len() + 8);
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(&block_checksum(length, &frame).to_le_bytes());
        bytes.extend_from_slice(&frame);
        self.put(&bytes)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), CareError> {
        self.file.write_at(self.at, bytes).map_err(failed(self.path, "write the backup"))?;
        self.at += bytes.len() as u64;
        Ok(())
    }

    fn end(mut self) -> Result<Written, CareError> {
        if !self.plain.is_empty() {
            let block = std::mem::take(&mut self.plain);
            self.block(&block)?;
        }
        let last = self.next - 1;
        let mut end = vec![0; 4];
        end.extend_from_slice(&self.records.to_le_bytes());
        end.extend_from_slice(&last.to_le_bytes());
        end.extend_from_slice(&self.hasher.clone().finalize().to_le_bytes());
        end.extend_from_slice(&crc32fast::hash(&end).to_le_bytes());
        self.put(&end)?;
        self.file.sync().map_err(failed(self.path, "sync the backup"))?;
        Ok(Written { records: self.records, last, bytes: self.at })
    }
}

/// A backup, open for reading.
pub(super) struct Reader {
    path: PathBuf,
    file: BufReader<File>,
    at: u64,
}

impl Reader {
    /// Opens a file and makes sure that it begins like a backup.
    pub(super) fn open(path: &Path) -> Result<Self, CareError> {
        let file = File::open(path).map_err(failed(path, "open the backup"))?;
        let mut reader = Self { path: path.to_owned(), file: BufReader::new(file), at: 0 };
        let mut head = [0; HEAD_BYTES];
        reader.fill(&mut head)?;
        if &head[..8] != MAGIC {
            return Err(damaged(path, 0, "it does not begin like a backup of a store"));
        }
        if number(&head, 12) != crc32fast::hash(&head[..12]) {
            return Err(damaged(path, 0, "the checksum of its head is wrong"));
        }
        match number(&head, 8) {
            FORMAT => Ok(reader),
            found => Err(CareError::Newer { path: path.to_owned(), found, known: FORMAT }),
        }
    }

    /// Hands on every record, and checks every byte. What the backup holds.
    pub(super) fn read(&mut self, take: &mut Take<'_>) -> Result<Written, CareError> {
        let mut hasher = crc32fast::Hasher::new();
        let (mut plain, mut next, mut records) = (Vec::new(), 1, 0_u64);
        loop {
            let began = self.at;
            let mut length = [0; 4];
            self.fill(&mut length)?;
            let length = u32::from_le_bytes(length);
            if length == 0 {
                let written = Written { records, last: next - 1, bytes: began + END_BYTES as u64 };
                if !plain.is_empty() {
                    return Err(damaged(&self.path, began, "it ends inside of a record"));
                }
                return self.end(began, written, hasher.finalize());
            }
            let block = self.block(began, length)?;
            hasher.update(&block);
            plain.extend(block);
            let mut found = Records::without_head(&plain, next);
            while let Some(record) = found.next() {
                match record {
                    Ok(record) => {
                        records += 1;
                        take(record)?;
                    }
                    Err(Fault::CutOff) => break,
                    Err(Fault::Wrong(what)) => return Err(damaged(&self.path, began, what)),
                }
            }
            next = found.next;
            let done = found.end;
            plain.drain(..done);
        }
    }

    /// The bytes of records in a block.
    fn block(&mut self, began: u64, length: u32) -> Result<Vec<u8>, CareError> {
        let frame_bytes = usize::try_from(length).ok().filter(|length| *length <= FRAME_BYTES);
        let frame_bytes = frame_bytes.ok_or_else(|| damaged(&self.path, began, "the length of a block is wrong"))?;
        let mut checksum = [0; 4];
        self.fill(&mut checksum)?;
        let mut frame = vec![0; frame_bytes];
        self.fill(&mut frame)?;
        if u32::from_le_bytes(checksum) != block_checksum(length, &frame) {
            return Err(damaged(&self.path, began, "the checksum of a block is wrong"));
        }
        zstd::bulk::decompress(&frame, BLOCK_BYTES)
            .map_err(|cause| damaged(&self.path, began, &format!("a block cannot be read: {cause}")))
    }

    fn end(&mut self, began: u64, written: Written, stream: u32) -> Result<Written, CareError> {
        let mut end = [0; END_BYTES];
        self.fill(&mut end[4..])?;
        let long = |at: usize| u64::from_le_bytes(end[at..at + 8].try_into().expect("eight bytes"));
        let whole = number(&end, 24) == crc32fast::hash(&end[..24]);
        if !whole || (long(4), long(12), number(&end, 20)) != (written.records, written.last, stream) {
            return Err(damaged(&self.path, began, "its end does not fit what stands before it"));
        }
        let mut behind = [0];
        match self.file.read(&mut behind).map_err(failed(&self.path, "read the backup"))? {
            0 => Ok(written),
            _ => Err(damaged(&self.path, self.at, "there is something behind its end")),
        }
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), CareError> {
        match self.file.read_exact(bytes) {
            Ok(()) => {
                self.at += bytes.len() as u64;
                Ok(())
            }
            Err(cause) if cause.kind() == io::ErrorKind::UnexpectedEof => {
                Err(damaged(&self.path, self.at, "it is cut off: it has no end"))
            }
            Err(cause) => Err(failed(&self.path, "read the backup")(cause)),
        }
    }
}

fn block_checksum(length: u32, frame: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&length.to_le_bytes());
    hasher.update(frame);
    hasher.finalize()
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

fn damaged(path: &Path, at: u64, what: &str) -> CareError {
    CareError::Damaged { path: path.to_owned(), at, what: what.to_owned() }
}
