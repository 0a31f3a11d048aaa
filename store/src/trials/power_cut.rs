//! The power goes at every moment: the journal is made again as a disk may hold it then, with what was synced, and
//! any part of what was not. All that was acknowledged must be there, and nothing may look damaged.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;

use super::{SEGMENT_BYTES, step, steps};
use crate::disk::{Disk, DiskFile, SystemDisk};
use crate::open::Surroundings;
use crate::store::Store;

const STEPS: u64 = 12;
/// Images a moment.
const IMAGES: u64 = 3;
/// What a disk writes whole or not at all. Real ones have 512 bytes and more; with less, more can go wrong.
const SECTOR: usize = 64;

#[derive(Debug, Clone)]
enum Call {
    Open(PathBuf),
    Write(PathBuf, u64, Vec<u8>),
    Sync(PathBuf),
    Cut(PathBuf, u64),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
    SyncDirectory,
    Acknowledged(u64),
}

/// Does what it is asked, and writes it down.
#[derive(Debug, Clone, Default)]
struct RecordingDisk {
    calls: Arc<Mutex<Vec<Call>>>,
}

impl RecordingDisk {
    fn record(&self, call: Call) {
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
    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        SystemDisk.sync_directory(path)?;
        self.record(Call::SyncDirectory);
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
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
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
    IsGone(PathBuf),
}

/// Names and contents as the disk holds them, and as the system believes they are.
#[derive(Default)]
struct Model {
    inodes: Vec<Inode>,
    names: BTreeMap<PathBuf, usize>,
    synced_names: BTreeMap<PathBuf, usize>,
    /// Changes of names since the last sync of the folder: the disk holds any of them.
    pending_names: Vec<NameChange>,
    acknowledged: u64,
}

impl Model {
    fn inode(&mut self, path: &Path) -> &mut Inode {
        &mut self.inodes[self.names[path]]
    }

    fn name(&mut self, path: &Path, inode: usize) {
        self.names.insert(path.to_owned(), inode);
        self.pending_names.push(NameChange::Is(path.to_owned(), inode));
    }

    fn call(&mut self, call: &Call) {
        match call {
            Call::Open(path) => {
                if !self.names.contains_key(path) {
                    self.inodes.push(Inode::default());
                    self.name(path, self.inodes.len() - 1);
                }
            }
            Call::Write(path, offset, bytes) => self.inode(path).pending.push((*offset, bytes.clone())),
            Call::Sync(path) => self.inode(path).sync(),
            Call::Cut(path, length) => {
                let inode = self.inode(path);
                inode.sync();
                inode.synced.truncate(usize::try_from(*length).unwrap());
            }
            Call::Rename(from, to) => {
                let inode = self.names.remove(from).unwrap();
                self.name(to, inode);
                self.pending_names.push(NameChange::IsGone(from.clone()));
            }
            Call::Remove(path) => {
                self.names.remove(path);
                self.pending_names.push(NameChange::IsGone(path.clone()));
            }
            Call::SyncDirectory => {
                self.synced_names = self.names.clone();
                self.pending_names.clear();
            }
            Call::Acknowledged(n) => self.acknowledged = *n,
        }
    }

    /// Writes what a disk may hold into a folder.
    fn image(&self, folder: &Path, dice: &mut Dice) {
        let mut names = self.synced_names.clone();
        for change in self.pending_names.iter().filter(|_| dice.below(2) == 0) {
            match change {
                NameChange::Is(path, inode) => names.insert(path.clone(), *inode),
                NameChange::IsGone(path) => names.remove(path),
            };
        }
        for (path, inode) in names {
            std::fs::write(folder.join(path.file_name().unwrap()), self.inodes[inode].after_cut(dice)).unwrap();
        }
    }
}

#[test]
fn what_was_acknowledged_survives_a_power_cut_at_any_moment() {
    let folder = TempDir::new().unwrap();
    let disk = RecordingDisk::default();
    let surroundings = Surroundings { disk: Arc::new(disk.clone()), segment_bytes: SEGMENT_BYTES };
    let store = Store::open_in(folder.path(), surroundings).unwrap();
    for n in 1..=STEPS {
        store.commit(step(n)).unwrap();
        disk.record(Call::Acknowledged(n));
    }
    drop(store);
    let calls = disk.calls.lock().unwrap().clone();
    assert!(calls.iter().any(|call| matches!(call, Call::Rename(..))), "a segment was compressed on the way");
    let mut model = Model::default();
    let mut dice = Dice(7);
    for (moment, call) in calls.iter().enumerate() {
        model.call(call);
        for _ in 0..IMAGES {
            let image = TempDir::new().unwrap();
            let journal = image.path().join("journal");
            std::fs::create_dir(&journal).unwrap();
            model.image(&journal, &mut dice);
            let opened = Store::open(image.path());
            let store = opened.unwrap_or_else(|error| panic!("after call {moment}, {call:?}: {error}"));
            let found = steps(&store);
            let acknowledged = model.acknowledged;
            assert!(found >= acknowledged, "after call {moment}: {acknowledged} were acknowledged, {found} are there");
        }
    }
}
