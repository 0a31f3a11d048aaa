//! Adds bodies to the newest pack, many in one write and one sync.
//!
//! Only one writer at a time adds to a pack: it holds the operating system's lock of the file, so that an archive that is
//! opened twice has two packs. A pack that a write has failed in is left for good, since a disk that has failed a sync
//! may say the next time that all is well.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::index::Entry;
use super::record::{HEADER_BYTES, Hash, Header, PACK_MAGIC};
use super::shelf::{Pack, Shelf, index_path, orphans, pack_path, read_pack, write_index};
use super::{ArchiveError, failed, loose};
use crate::disk::{Disk, DiskFile, make_directory};

/// A record on its way to a pack.
pub(super) type Record = (Hash, Vec<u8>);

/// Writes packs.
pub(super) struct Writer {
    disk: Arc<dyn Disk>,
    folder: PathBuf,
    /// A pack is closed when it has grown to this size: small enough to be read whole and written anew at leisure.
    pack_bytes: u64,
    /// `None`: nothing was written yet, or the last pack was closed or left.
    current: Option<Current>,
    /// The packs that other processes left behind were looked through.
    is_tidy: bool,
}

/// The pack that is written.
struct Current {
    number: u32,
    path: PathBuf,
    file: Box<dyn DiskFile>,
    /// Bytes that are on disk.
    bytes: u64,
    /// Holds the operating system's lock by being open.
    _lock: File,
}

impl Writer {
    pub(super) fn new(disk: Arc<dyn Disk>, folder: PathBuf, pack_bytes: u64) -> Self {
        Self { disk, folder, pack_bytes, current: None, is_tidy: false }
    }

    /// Makes ready to write: syncs and closes what dead processes left, and goes on with the last of it where there is room.
    /// What the shelf then says is on disk, but for packs that another process is writing.
    pub(super) fn prepare(&mut self, shelf: &Mutex<Shelf>) -> Result<(), ArchiveError> {
        if self.is_tidy {
            return Ok(());
        }
        make_directory(&self.folder).map_err(failed(&self.folder, "make the folder"))?;
        let open: Vec<u32> = {
            let shelf = lock(shelf);
            shelf.packs.iter().filter(|(_, pack)| !pack.is_closed).map(|(number, _)| *number).collect()
        };
        let last = open.last().copied();
        for number in open {
            let Some(current) = self.take_over(number, shelf)? else { continue };
            if Some(number) == last && current.bytes < self.pack_bytes {
                self.current = Some(current);
            } else {
                self.close(&current, shelf)?;
            }
        }
        for path in orphans(&self.folder)? {
            self.disk.remove(&path).map_err(failed(&path, "remove the index of a pack that is gone"))?;
        }
        if let Some(root) = self.folder.parent() {
            loose::clear(root);
        }
        self.is_tidy = true;
        Ok(())
    }

    /// Opens a pack that nobody writes any more, cuts its torn end and syncs it. `None`: somebody writes it.
    fn take_over(&self, number: u32, shelf: &Mutex<Shelf>) -> Result<Option<Current>, ArchiveError> {
        let path = pack_path(&self.folder, number);
        let Some(lock_file) = take_lock(&path)? else { return Ok(None) };
        let read = read_pack(&self.folder, number)?;
        let mut file = self.disk.open(&path).map_err(failed(&path, "open the pack"))?;
        let cut =
            if read.end == 0 { file.write_at(0, PACK_MAGIC).map(|()| PACK_MAGIC.len() as u64) } else { Ok(read.end) };
        let bytes = cut.map_err(failed(&path, "begin the pack"))?;
        if read.bytes > bytes {
            file.cut(bytes).map_err(failed(&path, "cut the torn end of the pack"))?;
        }
        file.sync().map_err(failed(&path, "sync the pack"))?;
        self.disk.sync_directory(&self.folder).map_err(failed(&self.folder, "sync the folder"))?;
        let mut shelf = lock(shelf);
        shelf.take_over(number, &read);
        let pack = shelf.packs.entry(number).or_default();
        (pack.bytes, pack.is_synced) = (bytes, true);
        Ok(Some(Current { number, path, file, bytes, _lock: lock_file }))
    }

    /// Adds records and syncs them once; then the shelf knows them.
    pub(super) fn append(&mut self, shelf: &Mutex<Shelf>, records: &[Record]) -> Result<(), ArchiveError> {
        self.prepare(shelf)?;
        if let Some(current) = self.current.take_if(|current| current.bytes >= self.pack_bytes) {
            self.close(&current, shelf)?;
        }
        let mut current = match self.current.take() {
            Some(current) => current,
            None => self.begin(shelf)?,
        };
        let mut bytes = Vec::with_capacity(records.iter().map(|(_, record)| record.len()).sum());
        records.iter().for_each(|(_, record)| bytes.extend_from_slice(record));
        let written = current.file.write_at(current.bytes, &bytes).and_then(|()| current.file.sync());
        let mut shelf = lock(shelf);
        if let Err(cause) = written {
            // What stays of it is never counted on: the pack has no index, and is read from end to end the next time.
            let _uncut = current.file.cut(current.bytes).and_then(|()| current.file.sync());
            if let Some(pack) = shelf.packs.get_mut(&current.number) {
                pack.is_synced = false;
            }
            return Err(failed(&current.path, "write the pack")(cause));
        }
        let mut at = current.bytes;
        for (hash, record) in records {
            let entry = Entry { hash: *hash, at: narrow(at)?, bytes: narrow(record.len() as u64)? };
            shelf.insert(current.number, &entry);
            at += record.len() as u64;
        }
        current.bytes = at;
        shelf.packs.entry(current.number).or_default().bytes = at;
        self.current = Some(current);
        Ok(())
    }

    /// Begins a pack; it is on disk, name and all, when this returns.
    fn begin(&self, shelf: &Mutex<Shelf>) -> Result<Current, ArchiveError> {
        loop {
            let number = lock(shelf).new_number();
            let path = pack_path(&self.folder, number);
            let action = "begin a pack";
            let mut file = self.disk.open(&path).map_err(failed(&path, action))?;
            let Some(lock_file) = take_lock(&path)? else { continue };
            if lock_file.metadata().map_err(failed(&path, action))?.len() > 0 {
                // Another process was quicker, and has ended since.
                continue;
            }
            file.write_at(0, PACK_MAGIC).and_then(|()| file.sync()).map_err(failed(&path, action))?;
            self.disk.sync_directory(&self.folder).map_err(failed(&self.folder, "sync the folder"))?;
            let bytes = PACK_MAGIC.len() as u64;
            lock(shelf).packs.insert(number, Pack { bytes, is_synced: true, ..Pack::default() });
            return Ok(Current { number, path, file, bytes, _lock: lock_file });
        }
    }

    /// Writes the index of a pack, so that nothing is added to it any more.
    fn close(&self, current: &Current, shelf: &Mutex<Shelf>) -> Result<(), ArchiveError> {
        self.index(current.number, current.bytes, shelf)?;
        if let Some(pack) = lock(shelf).packs.get_mut(&current.number) {
            pack.is_closed = true;
        }
        Ok(())
    }

    fn index(&self, number: u32, bytes: u64, shelf: &Mutex<Shelf>) -> Result<(), ArchiveError> {
        let entries = {
            let mut shelf = lock(shelf);
            if let Some(pack) = shelf.packs.get_mut(&number) {
                pack.is_stale = false;
            }
            shelf.wanted(&[number]).remove(&number).unwrap_or_default()
        };
        let written = write_index(&*self.disk, &self.folder, number, bytes, &entries);
        if written.is_err()
            && let Some(pack) = lock(shelf).packs.get_mut(&number)
        {
            pack.is_stale = true;
        }
        written
    }

    /// Frees the space of bodies that were taken out: packs that hold nothing any more go, those that hold more of them
    /// than of others are written anew, of the rest the index forgets them.
    ///
    /// What is copied is on disk before its old pack goes. A kill between leaves two copies, of which the later counts.
    pub(super) fn clear_up(&mut self, shelf: &Mutex<Shelf>) -> Result<(), ArchiveError> {
        self.prepare(shelf)?;
        let is_stale = |number: u32| lock(shelf).packs.get(&number).is_some_and(|pack| pack.is_stale);
        if let Some(current) = self.current.take_if(|current| is_stale(current.number)) {
            self.close(&current, shelf)?;
            if let Some(pack) = lock(shelf).packs.get_mut(&current.number) {
                pack.is_stale = true;
            }
        }
        let stale: Vec<(u32, Pack)> = {
            let shelf = lock(shelf);
            let stale = shelf.packs.iter().filter(|(_, pack)| pack.is_closed && pack.is_stale);
            stale.map(|(number, pack)| (*number, *pack)).collect()
        };
        for (number, pack) in stale {
            if pack.wanted * 2 > pack.bytes {
                self.index(number, pack.bytes, shelf)?;
            } else if self.move_out(number, shelf)? {
                self.discard(number, shelf)?;
            } else {
                self.index(number, pack.bytes, shelf)?;
            }
        }
        Ok(())
    }

    /// Copies what is wanted of a pack into the newest one. `false`: it cannot be read, and stays for a look.
    fn move_out(&mut self, number: u32, shelf: &Mutex<Shelf>) -> Result<bool, ArchiveError> {
        let wanted = lock(shelf).wanted(&[number]).remove(&number).unwrap_or_default();
        if wanted.is_empty() {
            return Ok(true);
        }
        let path = pack_path(&self.folder, number);
        let bytes = std::fs::read(&path).map_err(failed(&path, "read the pack"))?;
        let mut records = Vec::with_capacity(wanted.len());
        for entry in wanted {
            let record = bytes.get(entry.at as usize..).and_then(|rest| rest.get(..entry.bytes as usize));
            match record.filter(|record| is_sound(record, &entry.hash)) {
                Some(record) => records.push((entry.hash, record.to_vec())),
                None => {
                    tracing::error!(path = %path.display(), at = entry.at, "a body is damaged: its pack is not written anew");
                    return Ok(false);
                }
            }
        }
        self.append(shelf, &records)?;
        Ok(true)
    }

    fn discard(&self, number: u32, shelf: &Mutex<Shelf>) -> Result<(), ArchiveError> {
        lock(shelf).packs.remove(&number);
        // The pack first: an index without a pack is nothing, a pack without its index would be read anew.
        for path in [pack_path(&self.folder, number), index_path(&self.folder, number)] {
            match self.disk.remove(&path) {
                Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                    return Err(failed(&path, "remove the pack whose bodies are gone")(cause));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Whether a record is that of a body, with all of its bytes.
fn is_sound(record: &[u8], hash: &Hash) -> bool {
    Header::read(record).is_some_and(|header| header.hash == *hash && header.fits(&record[HEADER_BYTES..]))
}

/// `None`: another process has it.
fn take_lock(path: &Path) -> Result<Option<File>, ArchiveError> {
    let file = File::open(path).map_err(failed(path, "open the pack"))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(cause)) => Err(failed(path, "lock the pack")(cause)),
    }
}

fn narrow(bytes: u64) -> Result<u32, ArchiveError> {
    u32::try_from(bytes).map_err(|_| ArchiveError::TooLarge(bytes))
}

/// Nothing that can panic runs while it is held.
pub(super) fn lock(shelf: &Mutex<Shelf>) -> MutexGuard<'_, Shelf> {
    shelf.lock().unwrap_or_else(PoisonError::into_inner)
}
