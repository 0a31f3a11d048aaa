//! The bytes of answers, compressed, under the hash of their content: in packs, to which they are only added.
//!
//! Knows nothing of what the bytes mean, and nothing of the journal: a body lies here before a record names it.

mod fresh;
mod index;
mod intake;
mod loose;
mod port;
mod record;
mod shelf;
mod sweep;
mod writer;

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bellwether_model::id::ContentHash;
use zstd::bulk::Decompressor;

use self::intake::Intake;
pub use self::port::{Archive, Sweep};
#[cfg(feature = "postgres")]
pub(crate) use self::record::text_of;
use self::record::{HEADER_BYTES, Header};
pub(crate) use self::record::{Hash, bytes_of};
use self::shelf::{Place, Shelf, pack_path};
pub use self::sweep::{Body, Usage};
pub(crate) use self::sweep::{Guard, PackSweep};
use self::writer::{Writer, lock};
use crate::disk::{Disk, SystemDisk, make_directory};

/// The folder of the packs.
const PACKS: &str = "packs";
/// Size at which a pack is closed.
const PACK_BYTES: u64 = 32 << 20;
/// Decompressors that are kept.
const DECOMPRESSORS: usize = 4;

/// A folder of packs. A body is on disk, synced, before `put` returns; one that is there already is not written again.
/// Bodies that come at the same time share a write and a sync.
#[derive(Clone)]
pub(crate) struct Packs {
    root: PathBuf,
    packs: PathBuf,
    disk: Arc<dyn Disk>,
    pack_bytes: u64,
    /// Made when it is first needed: an archive that is only opened reads nothing.
    kept: Arc<OnceLock<Kept>>,
    /// What must not be taken out.
    guard: Arc<Mutex<Guard>>,
}

/// What clones of an archive share.
struct Kept {
    shelf: Mutex<Shelf>,
    intake: Intake,
    /// Bodies that lie alone; `None`: not yet counted. Where it is nothing from the start, there are none.
    loose: Mutex<Option<Usage>>,
    has_loose: bool,
    /// For the next body that is read; making one costs as much as a small page.
    decompressors: Mutex<Vec<Decompressor<'static>>>,
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
    /// No pack takes so many bytes.
    #[error("a body of {0} bytes is too large for the archive")]
    TooLarge(u64),
    /// The server that keeps them does not do it.
    #[cfg(feature = "postgres")]
    #[error("the archive cannot be used")]
    Server(#[from] crate::ServerError),
}

impl std::fmt::Debug for Packs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Packs").field("root", &self.root).finish_non_exhaustive()
    }
}

impl Packs {
    /// An archive in this folder, made where it is not there.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub(crate) fn open(root: &Path) -> Result<Self, ArchiveError> {
        Self::open_on(root, Arc::new(SystemDisk), PACK_BYTES)
    }

    /// Opens an archive on another disk than the machine's, for tests.
    pub(crate) fn open_on(root: &Path, disk: Arc<dyn Disk>, pack_bytes: u64) -> Result<Self, ArchiveError> {
        make_directory(root).map_err(failed(root, "make the folder"))?;
        Ok(Self {
            root: root.to_owned(),
            packs: root.join(PACKS),
            disk,
            pack_bytes,
            kept: Arc::default(),
            guard: Arc::default(),
        })
    }

    fn kept(&self) -> Result<&Kept, ArchiveError> {
        if let Some(kept) = self.kept.get() {
            return Ok(kept);
        }
        let writer = Writer::new(Arc::clone(&self.disk), self.packs.clone(), self.pack_bytes);
        let kept = Kept {
            shelf: Mutex::new(Shelf::load(&self.packs)?),
            intake: Intake::new(writer),
            loose: Mutex::new(None),
            has_loose: loose::are_there(&self.root),
            decompressors: Mutex::default(),
        };
        Ok(self.kept.get_or_init(|| kept))
    }

    /// Keeps a body, for tests.
    #[cfg(test)]
    pub(crate) fn put(&self, body: &[u8]) -> Result<ContentHash, ArchiveError> {
        let content = ContentHash::of(body);
        self.put_all(&[(&content, body)])?;
        Ok(content)
    }

    /// Keeps bodies under names that [`ContentHash::of`] gave them, with one write and one sync for all. Each is to be
    /// settled, as those that are put alone.
    ///
    /// # Errors
    /// They cannot be written; then none counts as kept, and none is to be settled.
    pub(crate) fn put_all(&self, bodies: &[(&ContentHash, &[u8])]) -> Result<(), ArchiveError> {
        let kept = self.kept()?;
        for (content, _) in bodies {
            self.take_in_hand(content);
        }
        let put = kept.intake.prepare(&kept.shelf).and_then(|()| {
            let alone = |content: &ContentHash| {
                kept.has_loose && loose::path(&self.root, content).is_some_and(|path| path.exists())
            };
            kept.intake.put(&kept.shelf, bodies, &alone)
        });
        if put.is_err() {
            bodies.iter().for_each(|(content, _)| self.settled(content));
        }
        put
    }

    /// A body, checked against its hash.
    ///
    /// # Errors
    /// See [`ArchiveError`].
    pub(crate) fn get(&self, content: &ContentHash) -> Result<Vec<u8>, ArchiveError> {
        let missing = || ArchiveError::Missing(content.clone());
        let hash = bytes_of(content).ok_or_else(missing)?;
        let kept = self.kept()?;
        if let Some(body) = self.get_packed(kept, &hash, content)? {
            return Ok(body);
        }
        match loose::path(&self.root, content).filter(|_| kept.has_loose) {
            Some(path) => loose::read(&path, content)?.ok_or_else(missing),
            None => Err(missing()),
        }
    }

    /// A body out of its pack. `None`: it lies in none.
    fn get_packed(&self, kept: &Kept, hash: &Hash, content: &ContentHash) -> Result<Option<Vec<u8>>, ArchiveError> {
        let mut place = lock(&kept.shelf).place(hash);
        let mut tried = None;
        loop {
            if place.is_none() || place == tried {
                // Another process may have written it, or moved it.
                let mut shelf = lock(&kept.shelf);
                shelf.refresh(&self.packs)?;
                place = shelf.place(hash);
            }
            let Some(found) = place else { return Ok(None) };
            let is_last_try = place == tried;
            match self.read(found, hash)? {
                Some(body) => return Ok(Some(body)),
                None if is_last_try => {
                    lock(&kept.shelf).is_damaged(hash);
                    return Err(ArchiveError::Damaged(content.clone()));
                }
                // It may have been moved since.
                None => {
                    tried = place;
                    place = lock(&kept.shelf).place(hash);
                }
            }
        }
    }

    /// The body at a place. `None`: it is not there, or damaged.
    fn read(&self, place: Place, hash: &Hash) -> Result<Option<Vec<u8>>, ArchiveError> {
        let path = pack_path(&self.packs, place.pack);
        let mut record = vec![0; place.bytes as usize];
        let read = File::open(&path).and_then(|mut file| {
            file.seek(SeekFrom::Start(place.at.into()))?;
            file.read_exact(&mut record)
        });
        match read {
            Ok(()) => {}
            Err(cause) if matches!(cause.kind(), io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof) => {
                return Ok(None);
            }
            Err(cause) => return Err(failed(&path, "read the body")(cause)),
        }
        let Some(header) = Header::read(&record) else { return Ok(None) };
        let stored = &record[HEADER_BYTES.min(record.len())..];
        if header.hash != *hash || !header.fits(stored) {
            return Ok(None);
        }
        let body = self.kept()?.decompress(stored, header.body as usize);
        Ok(body.filter(|body| bytes_of(&ContentHash::of(body)).as_ref() == Some(hash)))
    }
}

impl Kept {
    /// Bytes that were compressed. `None`: they were not.
    fn decompress(&self, stored: &[u8], length: usize) -> Option<Vec<u8>> {
        let pool = || self.decompressors.lock().unwrap_or_else(PoisonError::into_inner);
        let pooled = pool().pop();
        let mut decompressor = pooled.map_or_else(Decompressor::new, Ok).ok()?;
        let body = decompressor.decompress(stored, length).ok();
        let mut pool = pool();
        if pool.len() < DECOMPRESSORS {
            pool.push(decompressor);
        }
        body
    }
}

fn failed(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> ArchiveError {
    let path = path.to_owned();
    move |cause| ArchiveError::Io { path, action, cause }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
