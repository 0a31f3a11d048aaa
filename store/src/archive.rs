//! The bytes of answers, compressed, under the hash of their content.

use std::path::{Path, PathBuf};

use bellwether_model::id::ContentHash;

/// A folder of bodies. A body is on disk, synced, before `put` returns; one that is there already is not written again.
#[derive(Debug, Clone)]
pub struct Archive {
    root: PathBuf,
}

/// A body that could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// A file could not be read or written.
    #[error("the archive `{path}`: cannot {action}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// Why not.
        #[source]
        cause: std::io::Error,
    },
    /// The bytes are not those of the name.
    #[error("the archived body `{0}` is damaged: its bytes no longer have this hash")]
    Damaged(ContentHash),
    /// There is no such body.
    #[error("the archive holds no body `{0}`")]
    Missing(ContentHash),
}

#[allow(unused_variables)]
impl Archive {
    /// An archive in this folder, made where it is not there.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn open(root: &Path) -> Result<Self, ArchiveError> {
        todo!()
    }

    /// Keeps a body.
    ///
    /// # Errors
    /// It cannot be written, for instance on a full disk; nothing half-written stays under its name.
    pub fn put(&self, body: &[u8]) -> Result<ContentHash, ArchiveError> {
        todo!()
    }

    /// A body, checked against its hash.
    ///
    /// # Errors
    /// See [`ArchiveError`].
    pub fn get(&self, hash: &ContentHash) -> Result<Vec<u8>, ArchiveError> {
        todo!()
    }

    /// Bytes on disk.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn bytes(&self) -> Result<u64, ArchiveError> {
        todo!("{:?}", self.root)
    }
}
