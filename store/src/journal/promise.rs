//! How far the newest segment was promised to be on disk: the one thing that tells damage from a torn end
//! where the last records are concerned.
//!
//! Written without a sync after each sync of the segment. After a kill it is exact; after a power cut it may lag,
//! and then a fault behind it counts as torn, which is what it nearly always is.

use std::io;
use std::path::{Path, PathBuf};

use super::Failure;
use crate::Position;
use crate::disk::{Disk, DiskFile};

const FILE: &str = "promised";
const BYTES: usize = 20;

/// So much of one segment was synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Promise {
    /// The segment, by its first position.
    pub(crate) segment: Position,
    /// Bytes of it.
    pub(crate) bytes: u64,
}

/// What was promised last. `None`: nothing is known.
pub(crate) fn read(directory: &Path) -> Option<Promise> {
    let bytes: [u8; BYTES] = std::fs::read(directory.join(FILE)).ok()?.try_into().ok()?;
    let checksum = u32::from_le_bytes(bytes[16..].try_into().expect("four bytes"));
    (crc32fast::hash(&bytes[..16]) == checksum).then(|| Promise {
        segment: u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes")),
        bytes: u64::from_le_bytes(bytes[8..16].try_into().expect("eight bytes")),
    })
}

/// The file of promises, open.
pub(crate) struct Promises {
    path: PathBuf,
    file: Box<dyn DiskFile>,
}

impl Promises {
    pub(crate) fn open(disk: &dyn Disk, directory: &Path) -> Result<Self, Failure> {
        let path = directory.join(FILE);
        let file = disk.open(&path).map_err(Failure::at(&path, "open the file"))?;
        Ok(Self { path, file })
    }

    pub(crate) fn write(&mut self, promise: Promise) {
        let mut bytes = [0; BYTES];
        bytes[..8].copy_from_slice(&promise.segment.to_le_bytes());
        bytes[8..16].copy_from_slice(&promise.bytes.to_le_bytes());
        let checksum = crc32fast::hash(&bytes[..16]);
        bytes[16..].copy_from_slice(&checksum.to_le_bytes());
        if let Err(cause) = self.file.write_at(0, &bytes) {
            self.complain(&cause);
        }
    }

    /// The records are safe without it; only the sharpness of the next check suffers.
    fn complain(&self, cause: &io::Error) {
        tracing::warn!(path = %self.path.display(), %cause, "cannot note how much of the journal is on disk");
    }
}
