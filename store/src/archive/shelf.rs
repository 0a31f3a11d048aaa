//! Which body lies where: the packs of a folder, and an index of them in memory.
//!
//! A body costs some hundred bytes of memory. The index is made from the index files of closed packs and by reading
//! those packs that have none; nothing here writes but [`write_index`].

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use super::index::{self, Entry};
use super::record::{self, Hash};
use super::{ArchiveError, failed};
use crate::disk::{Disk, DiskFile};

const PACK: &str = ".pack";
const INDEX: &str = ".index";

/// Where a body lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Number of the pack.
    pub(super) pack: u32,
    /// Offset of the record in it.
    pub(super) at: u32,
    /// Bytes of the record.
    pub(super) bytes: u32,
}

/// A pack, as far as it is known.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pack {
    /// Bytes of its file.
    pub(super) bytes: u64,
    /// Bytes of records in it that are wanted.
    pub(super) wanted: u64,
    /// It has an index, and nothing is added to it any more.
    pub(super) is_closed: bool,
    /// All that is known of it is on disk: it was closed, or this process has synced it.
    pub(super) is_synced: bool,
    /// Bodies were taken out of it since its index was written.
    pub(super) is_stale: bool,
}

/// All packs of a folder.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    entries: HashMap<Hash, Place>,
    pub(super) packs: BTreeMap<u32, Pack>,
    /// Bodies whose bytes are not those of their name: to be written again when they come again.
    damaged: HashSet<Hash>,
    /// The next pack has this number or a higher one. None is given twice while a process lives.
    next_pack: u32,
}

/// The file of a pack.
pub(super) fn pack_path(folder: &Path, pack: u32) -> PathBuf {
    folder.join(format!("{pack:010}{PACK}"))
}

/// The file of its index.
pub(super) fn index_path(folder: &Path, pack: u32) -> PathBuf {
    folder.join(format!("{pack:010}{INDEX}"))
}

impl Shelf {
    /// Reads a folder of packs; one that is not there holds nothing.
    pub(super) fn load(folder: &Path) -> Result<Self, ArchiveError> {
        let mut shelf = Self::default();
        for (pack, bytes) in list(folder)? {
            shelf.add_pack(folder, pack, bytes)?;
        }
        Ok(shelf)
    }

    /// Looks whether another process has added or removed packs; what lies in those of this process stays as it is.
    pub(super) fn refresh(&mut self, folder: &Path) -> Result<(), ArchiveError> {
        let listed = list(folder)?;
        let gone: Vec<u32> = self.packs.keys().copied().filter(|pack| !listed.contains_key(pack)).collect();
        let news = |(pack, bytes): &(u32, u64)| {
            self.packs.get(pack).is_none_or(|known| !known.is_synced && known.bytes != *bytes)
        };
        let changed: Vec<(u32, u64)> = listed.into_iter().filter(news).collect();
        let forget: HashSet<u32> = gone.iter().copied().chain(changed.iter().map(|(pack, _)| *pack)).collect();
        if !forget.is_empty() {
            self.entries.retain(|_, place| !forget.contains(&place.pack));
            self.packs.retain(|pack, _| !forget.contains(pack));
        }
        for (pack, bytes) in changed {
            self.add_pack(folder, pack, bytes)?;
        }
        Ok(())
    }

    fn add_pack(&mut self, folder: &Path, pack: u32, bytes: u64) -> Result<(), ArchiveError> {
        self.next_pack = self.next_pack.max(pack + 1);
        let path = index_path(folder, pack);
        let index = match std::fs::read(&path) {
            Ok(file) => index::decode(&file, bytes),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => None,
            Err(cause) => return Err(failed(&path, "read the index")(cause)),
        };
        if let Some(entries) = index {
            self.packs.insert(pack, Pack { bytes, is_closed: true, is_synced: true, ..Pack::default() });
            entries.iter().for_each(|entry| self.insert(pack, entry));
            return Ok(());
        }
        match read_pack(folder, pack) {
            Ok(found) => {
                self.take_over(pack, &found);
                Ok(())
            }
            // It went while we looked.
            Err(ArchiveError::Io { cause, .. }) if cause.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Takes over what a pack without an index was found to hold.
    pub(super) fn take_over(&mut self, pack: u32, read: &ReadPack) {
        let known = self.packs.entry(pack).or_default();
        known.bytes = read.bytes;
        for (entry, is_whole) in &read.entries {
            if *is_whole {
                self.insert(pack, entry);
            } else if !self.entries.contains_key(&entry.hash) {
                self.insert(pack, entry);
                self.damaged.insert(entry.hash);
            }
        }
    }

    /// Says where a body lies. Of two copies the later one counts: it was written since the other could not be used, or
    /// to take its pack away.
    pub(super) fn insert(&mut self, pack: u32, entry: &Entry) {
        let place = Place { pack, at: entry.at, bytes: entry.bytes };
        let before = self.entries.insert(entry.hash, place);
        if before == Some(place) {
            return;
        }
        self.damaged.remove(&entry.hash);
        if let Some(before) = before {
            self.no_longer_wanted(before);
        }
        self.packs.entry(pack).or_default().wanted += u64::from(entry.bytes);
    }

    /// Where a body lies. `None`: in no pack.
    pub(super) fn place(&self, hash: &Hash) -> Option<Place> {
        self.entries.get(hash).copied()
    }

    /// Whether a body lies in a pack, whole as far as is known, and on disk.
    pub(super) fn keeps(&self, hash: &Hash) -> bool {
        self.place(hash).is_some_and(|place| self.packs.get(&place.pack).is_some_and(|pack| pack.is_synced))
            && !self.damaged.contains(hash)
    }

    /// Notes that the bytes of a body are not those of its name.
    pub(super) fn is_damaged(&mut self, hash: &Hash) {
        self.damaged.insert(*hash);
    }

    /// Takes a body out. Its bytes stay until its pack is cleared up.
    pub(super) fn remove(&mut self, hash: &Hash) -> Option<Place> {
        let place = self.entries.remove(hash)?;
        self.damaged.remove(hash);
        self.no_longer_wanted(place);
        Some(place)
    }

    fn no_longer_wanted(&mut self, place: Place) {
        if let Some(pack) = self.packs.get_mut(&place.pack) {
            pack.wanted = pack.wanted.saturating_sub(u64::from(place.bytes));
            pack.is_stale = true;
        }
    }

    /// How many bodies there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// All bodies, in no order.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&Hash, &Place)> {
        self.entries.iter()
    }

    /// What is wanted of each of these packs, in the order in which it lies there.
    pub(super) fn wanted(&self, packs: &[u32]) -> BTreeMap<u32, Vec<Entry>> {
        let mut wanted: BTreeMap<u32, Vec<Entry>> = packs.iter().map(|pack| (*pack, Vec::new())).collect();
        for (hash, place) in &self.entries {
            if let Some(entries) = wanted.get_mut(&place.pack) {
                entries.push(Entry { hash: *hash, at: place.at, bytes: place.bytes });
            }
        }
        wanted.values_mut().for_each(|entries| entries.sort_unstable_by_key(|entry| entry.at));
        wanted
    }

    /// A number that no pack has had since this process began.
    pub(super) fn new_number(&mut self) -> u32 {
        let number = self.next_pack;
        self.next_pack += 1;
        number
    }
}

/// The packs of a folder, each with the bytes of its file.
fn list(folder: &Path) -> Result<BTreeMap<u32, u64>, ArchiveError> {
    let mut packs = BTreeMap::new();
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(packs),
        Err(cause) => return Err(failed(folder, "list the folder")(cause)),
    };
    for entry in entries {
        let entry = entry.map_err(failed(folder, "list the folder"))?;
        let name = entry.file_name();
        let Some(number) = name.to_str().and_then(|name| name.strip_suffix(PACK)?.parse().ok()) else { continue };
        match entry.metadata() {
            Ok(metadata) => {
                packs.insert(number, metadata.len());
            }
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
            Err(cause) => return Err(failed(&entry.path(), "look at the pack")(cause)),
        }
    }
    Ok(packs)
}

/// Indexes whose packs are gone: a kill came between.
pub(super) fn orphans(folder: &Path) -> Result<Vec<PathBuf>, ArchiveError> {
    let entries = std::fs::read_dir(folder).map_err(failed(folder, "list the folder"))?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let is_orphan = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension == &INDEX[1..]) && !path.with_extension(&PACK[1..]).exists()
    };
    Ok(paths.filter(is_orphan).collect())
}

/// What a pack without an index holds.
pub(super) struct ReadPack {
    /// Each record, and whether its bytes are whole.
    entries: Vec<(Entry, bool)>,
    /// Bytes of its file.
    pub(super) bytes: u64,
    /// Bytes up to the end of its last record.
    pub(super) end: u64,
}

/// Reads a pack from end to end.
pub(super) fn read_pack(folder: &Path, pack: u32) -> Result<ReadPack, ArchiveError> {
    let path = pack_path(folder, pack);
    let bytes = std::fs::read(&path).map_err(failed(&path, "read the pack"))?;
    let has_head = bytes.get(..record::PACK_MAGIC.len()).is_some_and(|head| head == record::PACK_MAGIC);
    if !has_head {
        // A head that was torn has nothing behind it.
        if bytes.len() > record::PACK_MAGIC.len() {
            tracing::error!(path = %path.display(), "it does not begin like a pack of the archive: its bodies are looked for all the same");
        } else {
            return Ok(ReadPack { entries: Vec::new(), bytes: bytes.len() as u64, end: 0 });
        }
    }
    let scan = record::scan(&bytes);
    for at in scan.damage {
        tracing::error!(path = %path.display(), at, "a pack of the archive is damaged: `store verify` names the bodies that are missing by it");
    }
    let mut entries = Vec::with_capacity(scan.found.len());
    for found in scan.found {
        if let (Ok(at), Ok(bytes)) = (u32::try_from(found.at), u32::try_from(found.header.record_bytes())) {
            entries.push((Entry { hash: found.header.hash, at, bytes }, found.is_whole));
        }
    }
    Ok(ReadPack { entries, bytes: bytes.len() as u64, end: scan.end as u64 })
}

/// Writes the index of a pack to which nothing is added any more; whoever reads it sees the old one or the new one.
pub(super) fn write_index(
    disk: &dyn Disk,
    folder: &Path,
    pack: u32,
    pack_bytes: u64,
    entries: &[Entry],
) -> Result<(), ArchiveError> {
    let path = index_path(folder, pack);
    let new = path.with_extension("index.new");
    let bytes = index::encode(pack_bytes, entries);
    let write = |file: &mut dyn DiskFile| {
        file.cut(0)?;
        file.write_at(0, &bytes)?;
        file.sync()
    };
    let written = disk.open(&new).and_then(|mut file| write(&mut *file)).and_then(|()| disk.rename(&new, &path));
    written.and_then(|()| disk.sync_directory(folder)).map_err(failed(&path, "write the index"))
}
