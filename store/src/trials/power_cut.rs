//! The power goes at every moment: the journal is made again as a disk may hold it then, with what was synced, and
//! any part of what was not. All that was acknowledged must be there, and nothing may look damaged.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;

use super::{SEGMENT_BYTES, step, steps};
use crate::care::compact::compact_on;
use crate::disk::{Disk, DiskFile, SystemDisk};
use crate::open::Surroundings;
use crate::store::Store;

const STEPS: u64 = 12;
/// Images a moment.
pub(super) const IMAGES: u64 = 3;
/// What a disk writes whole or not at all. Real ones have 512 bytes and more; with less, more can go wrong.
const SECTOR: usize = 64;

#[derive(Debug, Clone)]
pub(super) enum Call {
    Open(PathBuf),
    Write(PathBuf, u64, Vec<u8>),
    Sync(PathBuf),
    Cut(PathBuf, u64),
    /// Of a file, or of a folder with all that lies in it.
    Rename(PathBuf, PathBuf),
    /// A file, or a folder with all that lies in it.
    Remove(PathBuf),
    SyncDirectory(PathBuf),
    Acknowledged(u64),
}

/// Does what it is asked, and writes it down.
#[derive(Debug, Clone, Default)]
pub(super) struct RecordingDisk {
    pub(super) calls: Arc<Mutex<Vec<Call>>>,
}

impl RecordingDisk {
    pub(super) fn record(&self, call: Call) {
        self.calls.lock().unwrap().push(call);
    }
}

impl Disk for RecordingDisk {
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.record(Call::Open(path.to_owned()));
        Ok(Box::new(RecordingFile { disk: self.clone(), path: path.to_owned(), file: SystemDisk.open(path)? }))
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.record(Call::Rename(from.to_owned(), to.to_owned()));
        SystemDisk.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.record(Call::Remove(path.to_owned()));
        SystemDisk.remove(path)
    }
    fn remove_directory(&self, path: &Path) -> io::Result<()> {
        self.record(Call::Remove(path.to_owned()));
        SystemDisk.remove_directory(path)
    }
    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        SystemDisk.sync_directory(path)?;
        self.record(Call::SyncDirectory(path.to_owned()));
        Ok(())
    }
}

struct RecordingFile {
    disk: RecordingDisk,
    path: PathBuf,
    file: Box<dyn DiskFile>,
}

impl DiskFile for RecordingFile {
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.disk.record(Call::Write(self.path.clone(), offset, bytes.to_vec()));
        self.file.write_at(offset, bytes)
    }
    fn sync(&mut self) -> io::Result<()> {
        self.file.sync()?;
        self.disk.record(Call::Sync(self.path.clone()));
        Ok(())
    }
    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.disk.record(Call::Cut(self.path.clone(), length));
        self.file.cut(length)
    }
}

/// A generator of numbers that is the same everywhere (the constants are Knuth's).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

#[derive(Debug, Clone, Default)]
struct Inode {
    synced: Vec<u8>,
    pending: Vec<(u64, Vec<u8>)>,
}

impl Inode {
    fn write(bytes: &mut Vec<u8>, offset: u64, part: &[u8]) {
        let offset = usize::try_from(offset).unwrap();
        bytes.resize(bytes.len().max(offset + part.len()), 0);
        bytes[offset..offset + part.len()].copy_from_slice(part);
    }

    fn sync(&mut self) {
        for (offset, part) in self.pending.drain(..) {
            Self::write(&mut self.synced, offset, &part);
        }
    }

    /// What may be found after the power was cut: of what was not synced, any sectors, or zeros in their place.
    fn after_cut(&self, dice: &mut Dice) -> Vec<u8> {
        let mut bytes = self.synced.clone();
        for (offset, part) in &self.pending {
            match dice.below(3) {
                0 => {}
                1 => Self::write(&mut bytes, *offset, part),
                _ => {
                    for (index, sector) in part.chunks(SECTOR).enumerate() {
                        let zeros = vec![0; sector.len()];
                        let sector = if dice.below(2) == 0 { sector } else { &zeros };
                        // What fits into one sector is written whole or not at all.
                        if part.len() > SECTOR || sector.iter().any(|byte| *byte != 0) {
                            Self::write(&mut bytes, offset + (index * SECTOR) as u64, sector);
                        }
                    }
                }
            }
        }
        bytes
    }
}

#[derive(Debug, Clone)]
enum NameChange {
    Is(PathBuf, usize),
    Moved(PathBuf, PathBuf),
    IsGone(PathBuf),
}

type Names = BTreeMap<PathBuf, usize>;

impl NameChange {
    /// The folders whose sync makes it last.
    fn folders(&self) -> Vec<&Path> {
        match self {
            Self::Is(path, _) | Self::IsGone(path) => vec![path.parent().unwrap()],
            Self::Moved(from, to) => vec![from.parent().unwrap(), to.parent().unwrap()],
        }
    }

    fn apply(&self, names: &mut Names) {
        match self {
            Self::Is(path, inode) => {
                names.insert(path.clone(), *inode);
            }
            Self::IsGone(path) => names.retain(|name, _| !name.starts_with(path)),
            Self::Moved(from, to) => {
                let moved = |name: PathBuf| match name.strip_prefix(from) {
                    Ok(rest) if rest.as_os_str().is_empty() => to.clone(),
                    Ok(rest) => to.join(rest),
                    Err(_) => name,
                };
                let replaced = names.keys().any(|name| name.starts_with(from));
                let kept = std::mem::take(names).into_iter().filter(|(name, _)| !replaced || !name.starts_with(to));
                *names = kept.map(|(name, inode)| (moved(name), inode)).collect();
            }
        }
    }
}

/// Names and contents as the disk holds them, and as the system believes they are.
#[derive(Default)]
pub(super) struct Model {
    inodes: Vec<Inode>,
    names: Names,
    synced_names: Names,
    /// Changes of names whose folder was not synced since: the disk holds any of them.
    pending_names: Vec<NameChange>,
    pub(super) acknowledged: u64,
}

impl Model {
    fn inode(&mut self, path: &Path) -> &mut Inode {
        &mut self.inodes[self.names[path]]
    }

    fn change(&mut self, change: NameChange) {
        change.apply(&mut self.names);
        self.pending_names.push(change);
    }

    pub(super) fn call(&mut self, call: &Call) {
        match call {
            Call::Open(path) => {
                if !self.names.contains_key(path) {
                    self.inodes.push(Inode::default());
                    self.change(NameChange::Is(path.clone(), self.inodes.len() - 1));
                }
            }
            Call::Write(path, offset, bytes) => self.inode(path).pending.push((*offset, bytes.clone())),
            Call::Sync(path) => self.inode(path).sync(),
            Call::Cut(path, length) => {
                let inode = self.inode(path);
                inode.sync();
                inode.synced.truncate(usize::try_from(*length).unwrap());
            }
            Call::Rename(from, to) => self.change(NameChange::Moved(from.clone(), to.clone())),
            Call::Remove(path) => self.change(NameChange::IsGone(path.clone())),
            Call::SyncDirectory(folder) => {
                let (lasting, pending) =
                    self.pending_names.drain(..).partition(|change| change.folders().contains(&folder.as_path()));
                let lasting: Vec<NameChange> = lasting;
                lasting.iter().for_each(|change| change.apply(&mut self.synced_names));
                self.pending_names = pending;
            }
            Call::Acknowledged(n) => self.acknowledged = *n,
        }
    }

    /// Writes what a disk may hold of a store into a folder.
    pub(super) fn image(&self, store: &Path, folder: &Path, dice: &mut Dice) {
        let mut names = self.synced_names.clone();
        for change in self.pending_names.iter().filter(|_| dice.below(2) == 0) {
            change.apply(&mut names);
        }
        for (path, inode) in names {
            let path = folder.join(path.strip_prefix(store).unwrap());
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, self.inodes[inode].after_cut(dice)).unwrap();
        }
    }
}

/// Cuts the power at every moment behind some calls and opens what is left. How many images there were.
fn cut_at_every_moment(store: &Path, calls: &[Call], behind: usize) -> usize {
    let mut model = Model::default();
    let mut dice = Dice(7);
    let mut images = 0;
    for (moment, call) in calls.iter().enumerate() {
        model.call(call);
        if moment < behind {
            continue;
        }
        for _ in 0..IMAGES {
            let image = TempDir::new().unwrap();
            model.image(store, image.path(), &mut dice);
            let opened = Store::open(image.path());
            let opened = opened.unwrap_or_else(|error| panic!("after call {moment}, {call:?}: {error}"));
            let found = steps(&opened);
            let acknowledged = model.acknowledged;
            assert!(found >= acknowledged, "after call {moment}: {acknowledged} were acknowledged, {found} are there");
            images += 1;
        }
    }
    images
}

/// A store on a disk that writes down what it is asked, with some steps, closed again.
fn recorded() -> (TempDir, RecordingDisk) {
    let folder = TempDir::new().unwrap();
    let disk = RecordingDisk::default();
    let surroundings = Surroundings { disk: Arc::new(disk.clone()), segment_bytes: SEGMENT_BYTES };
    let store = Store::open_in(folder.path(), surroundings).unwrap();
    for n in 1..=STEPS {
        store.commit(step(n)).unwrap();
        disk.record(Call::Acknowledged(n));
    }
    drop(store);
    (folder, disk)
}

#[test]
fn what_was_acknowledged_survives_a_power_cut_at_any_moment() {
    let (folder, disk) = recorded();
    let calls = disk.calls.lock().unwrap().clone();
    assert!(calls.iter().any(|call| matches!(call, Call::Rename(..))), "a segment was compressed on the way");
    let images = cut_at_every_moment(folder.path(), &calls, 0);
    assert!(images >= 60, "{images}");
}

#[test]
fn a_power_cut_at_any_moment_of_a_compaction_costs_nothing() {
    let (folder, disk) = recorded();
    let before = disk.calls.lock().unwrap().len();
    let compaction: Arc<dyn Disk> = Arc::new(disk.clone());
    assert_eq!(compact_on(&compaction, folder.path(), SEGMENT_BYTES).unwrap().dropped, STEPS - 1);
    let calls = disk.calls.lock().unwrap().clone();
    let images = cut_at_every_moment(folder.path(), &calls, before);
    assert!(images >= 60, "{images}");
}
