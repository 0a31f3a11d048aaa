//! The bytes of answers, compressed, under the hash of their content.
//!
//! Knows nothing of what the bytes mean, and nothing of the journal: a body lies here before a record names it.

mod sweep;

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};

use bellwether_model::id::ContentHash;

use self::sweep::Guard;
pub use self::sweep::{Body, Sweep, Usage};
use crate::disk::{make_directory, sync_directory};

/// One folder for each first byte of a hash.
const SHARDS: usize = 256;
/// Compression of bodies. On pages of text, 3 is within a few percent of 9 at five times the speed.
const LEVEL: i32 = 3;
/// The folder of bodies that are being written.
const UNFINISHED: &str = "unfinished";

/// Archives of one process count from different numbers, so that two of one folder do not meet.
static FIRST: AtomicU64 = AtomicU64::new(0);

/// A folder of bodies. A body is on disk, synced, before `put` returns; one that is there already is not written again.
#[derive(Debug, Clone)]
pub struct Archive {
    root: PathBuf,
    /// For each folder: whether its names were synced since this process began. The lock is held while a body is
    /// written, so that a second `put` of the same body does not return before the first one has synced it.
    shards: Arc<[Mutex<bool>; SHARDS]>,
    /// Makes the names of unfinished files differ.
    unfinished: Arc<AtomicU64>,
    /// Done once what a process that died left unfinished is cleared away.
    cleared: Arc<Once>,
    /// What must not be taken out.
    guard: Arc<Mutex<Guard>>,
    /// How much there is, once it was counted.
    usage: Arc<Mutex<Option<Usage>>>,
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
            unfinished: Arc::new(AtomicU64::new(FIRST.fetch_add(1 << 32, Ordering::Relaxed))),
            cleared: Arc::new(Once::new()),
            guard: Arc::default(),
            usage: Arc::default(),
        })
    }

    /// Keeps a body. Say [`Archive::settled`] when the record that names it is committed.
    ///
    /// # Errors
    /// It cannot be written, for instance on a full disk; nothing half-written stays under its name.
    pub fn put(&self, body: &[u8]) -> Result<ContentHash, ArchiveError> {
        let hash = ContentHash::of(body);
        self.take_in_hand(&hash);
        let put = self.put_as(&hash, body);
        if put.is_err() {
            self.settled(&hash);
        }
        put.map(|()| hash)
    }

    fn put_as(&self, hash: &ContentHash, body: &[u8]) -> Result<(), ArchiveError> {
        let (folder, path) = self.place(hash).expect("a hash that was just made is hexadecimal");
        let mut synced = self.shard(hash);
        if !path.exists() {
            make_directory(&folder).map_err(failed(&folder, "make the folder"))?;
            self.write(&path, body)?;
        } else if *synced {
            return Ok(());
        }
        sync_directory(&folder).map_err(failed(&folder, "sync the folder"))?;
        *synced = true;
        Ok(())
    }

    /// The folder in which a body lies, for one who changes it.
    fn shard(&self, hash: &ContentHash) -> MutexGuard<'_, bool> {
        let shard = usize::from_str_radix(&hash.as_str()[..2], 16).expect("a hash is hexadecimal");
        // A panic while the lock was held leaves at worst an unfinished file.
        self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a body under a passing name, syncs it, and only then gives it its own.
    fn write(&self, path: &Path, body: &[u8]) -> Result<(), ArchiveError> {
        let folder = self.root.join(UNFINISHED);
        make_directory(&folder).map_err(failed(&folder, "make the folder"))?;
        let own = format!("{}-", std::process::id());
        self.cleared.call_once(|| clear(&folder, &own));
        let number = self.unfinished.fetch_add(1, Ordering::Relaxed);
        let new = folder.join(format!("{own}{number}"));
        let written = zstd::encode_all(body, LEVEL).and_then(|bytes| {
            let mut file = File::create(&new)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            std::fs::rename(&new, path)?;
            Ok(bytes.len() as u64)
        });
        written.map(|bytes| self.grew(bytes)).map_err(|cause| {
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

/// Removes what processes that died have left. Only the holder of the store writes, so nothing else is being written
/// but what bears this process's own number.
fn clear(folder: &Path, own: &str) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(|entry| !entry.file_name().to_string_lossy().starts_with(own)) {
        if let Err(cause) = std::fs::remove_file(entry.path()) {
            tracing::warn!(path = %entry.path().display(), %cause, "cannot remove an unfinished body");
        }
    }
}

fn failed(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> ArchiveError {
    let path = path.to_owned();
    move |cause| ArchiveError::Io { path, action, cause }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn archive() -> (TempDir, Archive) {
        let folder = TempDir::new().unwrap();
        let archive = Archive::open(&folder.path().join("made/on/the/way")).unwrap();
        (folder, archive)
    }

    fn files(folder: &Path) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
    }

    #[test]
    fn bodies_come_back_under_their_hash() {
        let (_folder, archive) = archive();
        for body in [b"".as_slice(), "出口年增43.4%".as_bytes(), &[0xff; 70_000]] {
            let hash = archive.put(body).unwrap();
            assert_eq!(hash, ContentHash::of(body));
            assert_eq!(archive.get(&hash).unwrap(), body);
            assert_eq!(Archive::open(&archive.root).unwrap().get(&hash).unwrap(), body);
        }
    }

    #[test]
    fn a_body_is_written_once() {
        let (_folder, archive) = archive();
        let hash = archive.put(b"body").unwrap();
        let usage = archive.usage().unwrap();
        let path = archive.place(&hash).unwrap().1;
        let written = std::fs::metadata(&path).unwrap().modified().unwrap();
        assert_eq!(Archive::open(&archive.root).unwrap().put(b"body").unwrap(), hash);
        assert_eq!(archive.put(b"body").unwrap(), hash);
        assert_eq!(std::fs::metadata(&path).unwrap().modified().unwrap(), written);
        assert_eq!((archive.usage().unwrap(), Archive::open(&archive.root).unwrap().usage().unwrap()), (usage, usage));
        assert!(usage.bytes > 0);
    }

    #[test]
    fn a_damaged_body_is_named() {
        let (_folder, archive) = archive();
        let hash = archive.put(&[7; 500]).unwrap();
        let path = archive.place(&hash).unwrap().1;
        let other = zstd::encode_all(b"another body".as_slice(), LEVEL).unwrap();
        for bytes in [b"".to_vec(), b"no zstd".to_vec(), other] {
            std::fs::write(&path, bytes).unwrap();
            assert!(matches!(archive.get(&hash), Err(ArchiveError::Damaged(named)) if named == hash));
        }
    }

    #[test]
    fn names_that_are_no_hashes_lead_nowhere() {
        let (folder, archive) = archive();
        std::fs::write(folder.path().join("secret.zst"), zstd::encode_all(b"secret".as_slice(), LEVEL).unwrap())
            .unwrap();
        for name in ["", "../../../../secret", &"g".repeat(64), &"é".repeat(32), &"A".repeat(64)] {
            assert!(matches!(archive.get(&ContentHash::new(name)), Err(ArchiveError::Missing(_))), "{name}");
        }
        assert!(matches!(archive.get(&ContentHash::of(b"never put")), Err(ArchiveError::Missing(_))));
    }

    #[test]
    fn a_body_that_cannot_be_written_leaves_nothing() {
        let (_folder, archive) = archive();
        let hash = ContentHash::of(b"body");
        let (folder, path) = archive.place(&hash).unwrap();
        std::fs::write(&folder, b"a file where the folder should be").unwrap();
        assert!(matches!(archive.put(b"body"), Err(ArchiveError::Io { .. })));
        std::fs::remove_file(&folder).unwrap();
        assert!(matches!(archive.get(&hash), Err(ArchiveError::Missing(_))));
        assert_eq!(archive.put(b"body").unwrap(), hash);
        assert_eq!(files(&archive.root), [path]);
    }

    #[test]
    fn what_a_dead_process_left_unfinished_is_cleared_away() {
        let (_folder, archive) = archive();
        let unfinished = archive.root.join(UNFINISHED);
        std::fs::create_dir_all(&unfinished).unwrap();
        std::fs::write(unfinished.join("0-7"), b"half").unwrap();
        let hash = archive.put(b"body").unwrap();
        assert_eq!(files(&archive.root), [archive.place(&hash).unwrap().1]);
    }

    #[test]
    fn the_same_body_from_many_threads_is_one_file() {
        let (_folder, archive) = archive();
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let archive = archive.clone();
                std::thread::spawn(move || archive.put(b"body").unwrap())
            })
            .collect();
        for thread in threads {
            assert_eq!(archive.get(&thread.join().unwrap()).unwrap(), b"body");
        }
        assert_eq!(files(&archive.root).len(), 1);
    }
}
