//! The bytes of answers, compressed, under the hash of their content.
//!
//! Knows nothing of what the bytes mean, and nothing of the journal: a body lies here before a record names it.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bellwether_model::id::ContentHash;

use crate::disk::{folder_bytes, make_directory, sync_directory};

/// One folder for each first byte of a hash.
const SHARDS: usize = 256;
/// Compression of bodies. On pages of text, 3 is within a few percent of 9 at five times the speed.
const LEVEL: i32 = 3;
/// A file whose name begins so was being written when its process died.
const UNFINISHED: &str = ".writing-";

/// A folder of bodies. A body is on disk, synced, before `put` returns; one that is there already is not written again.
#[derive(Debug, Clone)]
pub struct Archive {
    root: PathBuf,
    /// For each folder: whether its names were synced since this process began. The lock is held while a body is
    /// written, so that a second `put` of the same body does not return before the first one has synced it.
    shards: Arc<[Mutex<bool>; SHARDS]>,
    /// Makes the names of unfinished files differ.
    unfinished: Arc<AtomicU64>,
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

impl Archive {
    /// An archive in this folder, made where it is not there.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn open(root: &Path) -> Result<Self, ArchiveError> {
        make_directory(root).map_err(failed(root, "make the folder"))?;
        Ok(Self {
            root: root.to_owned(),
            shards: Arc::new([const { Mutex::new(false) }; SHARDS]),
            unfinished: Arc::default(),
        })
    }

    /// Keeps a body.
    ///
    /// # Errors
    /// It cannot be written, for instance on a full disk; nothing half-written stays under its name.
    pub fn put(&self, body: &[u8]) -> Result<ContentHash, ArchiveError> {
        let hash = ContentHash::of(body);
        let (folder, path) = self.place(&hash).expect("a hash that was just made is hexadecimal");
        let shard = usize::from_str_radix(&hash.as_str()[..2], 16).expect("a hash is hexadecimal");
        // A panic while the lock was held leaves at worst an unfinished file.
        let mut synced = self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner);
        if !path.exists() {
            make_directory(&folder).map_err(failed(&folder, "make the folder"))?;
            self.write(&folder, &path, body)?;
        } else if *synced {
            return Ok(hash);
        }
        sync_directory(&folder).map_err(failed(&folder, "sync the folder"))?;
        *synced = true;
        Ok(hash)
    }

    /// Writes a body under a passing name, syncs it, and only then gives it its own.
    fn write(&self, folder: &Path, path: &Path, body: &[u8]) -> Result<(), ArchiveError> {
        let number = self.unfinished.fetch_add(1, Ordering::Relaxed);
        let new = folder.join(format!("{UNFINISHED}{}-{number}", std::process::id()));
        let written = zstd::encode_all(body, LEVEL).and_then(|bytes| {
            let mut file = File::create(&new)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            std::fs::rename(&new, path)
        });
        written.map_err(|cause| {
            // What is left of it has no name that anybody reads; a failure to remove it costs space only.
            let _ = std::fs::remove_file(&new);
            failed(path, "write the body")(cause)
        })
    }

    /// A body, checked against its hash.
    ///
    /// # Errors
    /// See [`ArchiveError`].
    pub fn get(&self, hash: &ContentHash) -> Result<Vec<u8>, ArchiveError> {
        let Some((_, path)) = self.place(hash) else { return Err(ArchiveError::Missing(hash.clone())) };
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Err(ArchiveError::Missing(hash.clone())),
            Err(cause) => return Err(failed(&path, "read the body")(cause)),
        };
        match zstd::decode_all(bytes.as_slice()) {
            Ok(body) if ContentHash::of(&body) == *hash => Ok(body),
            _ => Err(ArchiveError::Damaged(hash.clone())),
        }
    }

    /// Bytes on disk.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn bytes(&self) -> Result<u64, ArchiveError> {
        folder_bytes(&self.root).map_err(failed(&self.root, "list the folder"))
    }

    /// Folder and file of a body. `None`: the text is no hash, and must not become a path.
    fn place(&self, hash: &ContentHash) -> Option<(PathBuf, PathBuf)> {
        let name = hash.as_str();
        let is_hash = name.len() == 64 && name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        is_hash.then(|| {
            let folder = self.root.join(&name[..2]);
            let path = folder.join(format!("{name}.zst"));
            (folder, path)
        })
    }
}

fn failed(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> ArchiveError {
    let path = path.to_owned();
    move |cause| ArchiveError::Io { path, action, cause }
}
