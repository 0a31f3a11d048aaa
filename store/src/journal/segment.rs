//! Segments as files: their names, and their bytes whether compressed or not.

use std::io;
use std::path::{Path, PathBuf};

use zstd::zstd_safe;

use super::Failure;
use crate::Position;

const PLAIN: &str = ".journal";
const COMPRESSED: &str = ".journal.zst";
/// A file that was being compressed when its process died.
pub(crate) const UNFINISHED: &str = ".journal.zst.new";

/// A segment of the journal on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    /// The position of its first record.
    pub(crate) first: Position,
    /// Its file.
    pub(crate) path: PathBuf,
    /// Whether the file is compressed.
    pub(crate) compressed: bool,
}

/// The file of a segment while it is written. Twenty digits, so that names sort like positions.
pub(crate) fn plain_path(directory: &Path, first: Position) -> PathBuf {
    directory.join(format!("{first:020}{PLAIN}"))
}

/// The file of a segment that is closed and compressed.
pub(crate) fn compressed_path(directory: &Path, first: Position) -> PathBuf {
    directory.join(format!("{first:020}{COMPRESSED}"))
}

/// What lies in a journal's folder.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// The segments in order. Where a segment is there in both forms, the compressed one.
    pub(crate) segments: Vec<Segment>,
    /// Plain segments that are also there compressed, and compressed ones that were not finished.
    pub(crate) leftovers: Vec<PathBuf>,
}

/// Lists a journal's folder.
pub(crate) fn list(directory: &Path) -> Result<Listing, Failure> {
    let mut listing = Listing::default();
    let entries = std::fs::read_dir(directory).map_err(Failure::at(directory, "list the folder"))?;
    for entry in entries {
        let path = entry.map_err(Failure::at(directory, "list the folder"))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if name.ends_with(UNFINISHED) {
            listing.leftovers.push(path);
            continue;
        }
        let (digits, compressed) = match (name.strip_suffix(COMPRESSED), name.strip_suffix(PLAIN)) {
            (Some(digits), _) => (digits, true),
            (_, Some(digits)) => (digits, false),
            _ => continue,
        };
        if let Ok(first) = digits.parse() {
            listing.segments.push(Segment { first, path, compressed });
        }
    }
    listing.segments.sort_by_key(|segment| (segment.first, !segment.compressed));
    let mut leftovers = Vec::new();
    listing.segments.dedup_by(|later, kept| {
        let double = later.first == kept.first;
        if double {
            leftovers.push(later.path.clone());
        }
        double
    });
    listing.leftovers.append(&mut leftovers);
    Ok(listing)
}

/// The bytes of a segment, and where reading stopped because the compressed file is damaged.
pub(crate) struct Content {
    /// The bytes, as they were written.
    pub(crate) bytes: Vec<u8>,
    /// Offset in the compressed file of a frame that cannot be read.
    pub(crate) damaged_at: Option<usize>,
}

impl Segment {
    /// Its bytes.
    pub(crate) fn read(&self) -> Result<Content, Failure> {
        let failed = |cause| Failure { path: self.path.clone(), action: "read the segment", cause };
        match std::fs::read(&self.path) {
            Ok(file) if self.compressed => Ok(decompress(&file)),
            Ok(bytes) => Ok(Content { bytes, damaged_at: None }),
            // It may have been compressed since it was listed.
            Err(cause) if cause.kind() == io::ErrorKind::NotFound && !self.compressed => {
                let path = self.path.with_extension("journal.zst");
                std::fs::read(path).map(|file| decompress(&file)).map_err(failed)
            }
            Err(cause) => Err(failed(cause)),
        }
    }
}

/// A frame that could not be read, by its offset in the compressed file. Zeros stand in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gap(pub(crate) usize);

impl Segment {
    /// Its bytes as far as they can be read.
    pub(crate) fn salvage(&self) -> Result<(Vec<u8>, Vec<Gap>), Failure> {
        let content = self.read()?;
        if content.damaged_at.is_none() {
            return Ok((content.bytes, Vec::new()));
        }
        let file = std::fs::read(&self.path).map_err(Failure::at(&self.path, "read the segment"))?;
        Ok(decompress_around(&file))
    }
}

/// Bytes of a segment in one frame: damage is named to within so many bytes.
const FRAME_BYTES: usize = 1 << 20;
/// Compression of closed segments. JSON of one shape shrinks to about a tenth at any level.
const LEVEL: i32 = 3;

/// Compresses a segment into frames that can be read one by one; any zstd tool reads them all.
pub(crate) fn compress(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressor = zstd::bulk::Compressor::new(LEVEL)?;
    compressor.set_parameter(zstd_safe::CParameter::ChecksumFlag(true))?;
    let mut file = Vec::new();
    for part in bytes.chunks(FRAME_BYTES) {
        file.extend(compressor.compress(part)?);
    }
    Ok(file)
}

/// The bytes of a compressed segment, up to the first frame that cannot be read.
pub(crate) fn decompress(file: &[u8]) -> Content {
    let mut bytes = Vec::new();
    let mut at = 0;
    while at < file.len() {
        let Some((size, part)) = frame(&file[at..]) else { return Content { bytes, damaged_at: Some(at) } };
        bytes.extend(part);
        at += size;
    }
    Content { bytes, damaged_at: None }
}

/// The bytes of a compressed segment, with zeros in place of each frame that cannot be read.
fn decompress_around(file: &[u8]) -> (Vec<u8>, Vec<Gap>) {
    let (mut bytes, mut gaps, mut at) = (Vec::new(), Vec::new(), 0);
    while at < file.len() {
        if let Some((size, part)) = frame(&file[at..]) {
            bytes.extend(part);
            at += size;
            continue;
        }
        gaps.push(Gap(at));
        bytes.resize(bytes.len() + FRAME_BYTES, 0);
        at = (at + 1..file.len()).find(|next| frame(&file[*next..]).is_some()).unwrap_or(file.len());
    }
    (bytes, gaps)
}

/// The frame with which these bytes begin: its size, and what it holds. `None`: it cannot be read.
fn frame(bytes: &[u8]) -> Option<(usize, Vec<u8>)> {
    if !bytes.starts_with(&zstd_safe::MAGICNUMBER.to_le_bytes()) {
        return None;
    }
    let size = zstd_safe::find_frame_compressed_size(bytes).ok().filter(|size| *size > 0)?;
    Some((size, zstd::bulk::decompress(bytes.get(..size)?, FRAME_BYTES).ok()?))
}
