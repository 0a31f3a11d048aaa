//! The n-th call to the disk fails, for every n: what was acknowledged stays, what failed leaves nothing.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;

use super::{SEGMENT_BYTES, step, steps};
use crate::disk::{Disk, DiskFile, SystemDisk};
use crate::open::Surroundings;
use crate::store::Store;
use crate::{Change, CommitError, OpenError};

/// `No space left on device`.
const DISK_FULL: i32 = 28;
/// Enough that there are more than [`CALLS`] calls.
const STEPS: u64 = 96;
/// So many calls fail at least, one after the other.
const CALLS: usize = 500;

/// Which calls fail.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fails {
    Only(usize),
    From(usize),
}

#[derive(Debug, Clone)]
pub(super) struct FailingDisk {
    fails: Fails,
    calls: Arc<AtomicUsize>,
}

impl FailingDisk {
    /// How many calls there were.
    pub(super) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    pub(super) fn new(fails: Fails) -> Self {
        Self { fails, calls: Arc::default() }
    }

    fn call(&self) -> io::Result<()> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        let fails = match self.fails {
            Fails::Only(n) => call == n,
            Fails::From(n) => call >= n,
        };
        if fails { Err(io::Error::from_raw_os_error(DISK_FULL)) } else { Ok(()) }
    }
}

impl Disk for FailingDisk {
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.call()?;
        Ok(Box::new(FailingFile { disk: self.clone(), file: SystemDisk.open(path)? }))
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call()?;
        SystemDisk.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.call()?;
        SystemDisk.remove(path)
    }
    fn remove_directory(&self, path: &Path) -> io::Result<()> {
        self.call()?;
        SystemDisk.remove_directory(path)
    }
    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        self.call()?;
        SystemDisk.sync_directory(path)
    }
}

struct FailingFile {
    disk: FailingDisk,
    file: Box<dyn DiskFile>,
}

impl DiskFile for FailingFile {
    /// A full disk takes a part.
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        if let Err(cause) = self.disk.call() {
            self.file.write_at(offset, &bytes[..bytes.len() / 2])?;
            return Err(cause);
        }
        self.file.write_at(offset, bytes)
    }
    fn sync(&mut self) -> io::Result<()> {
        self.disk.call()?;
        self.file.sync()
    }
    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.disk.call()?;
        self.file.cut(length)
    }
}

/// The calls that fail, one after the other: where `BELLWETHER_EVERY_CALL` is set every one, else the first ones and then
/// some of each commit, rotation and compression.
fn calls() -> impl Iterator<Item = usize> {
    let every = std::env::var_os("BELLWETHER_EVERY_CALL").is_some();
    (1..).filter(move |n| every || *n < 60 || n % 23 == 0)
}

fn on(disk: &FailingDisk) -> Surroundings {
    Surroundings { disk: Arc::new(disk.clone()), segment_bytes: SEGMENT_BYTES }
}

/// Commits step after step until one fails. How many were acknowledged.
fn run(folder: &Path, disk: &FailingDisk) -> u64 {
    let store = match Store::open_in(folder, on(disk)) {
        Ok(store) => store,
        Err(error) => {
            assert!(matches!(error, OpenError::Io { .. }), "{error}");
            return 0;
        }
    };
    for n in 1..=STEPS {
        match store.commit(step(n)) {
            Ok(position) => assert_eq!(position, n),
            Err(error) => {
                let CommitError::Journal { cause, .. } = &error else { panic!("{error}") };
                assert_eq!(cause.raw_os_error(), Some(DISK_FULL));
                assert!(matches!(store.commit(step(n)), Err(CommitError::Closed(_))));
                assert_eq!(steps(&store), n - 1, "nothing of the failed commit is visible");
                return n - 1;
            }
        }
    }
    STEPS
}

#[test]
fn a_call_that_fails_once_costs_only_its_own_commit() {
    for n in calls() {
        let folder = TempDir::new().unwrap();
        let disk = FailingDisk::new(Fails::Only(n));
        let acknowledged = run(folder.path(), &disk);
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(steps(&store), acknowledged, "call {n} failed");
        store.commit(step(acknowledged + 1)).unwrap();
        assert_eq!(steps(&store), acknowledged + 1);
        if disk.calls() < n {
            assert_eq!(acknowledged, STEPS);
            assert!(n > CALLS, "{n}");
            return;
        }
    }
}

#[test]
fn a_disk_that_dies_takes_nothing_acknowledged_with_it() {
    for n in calls() {
        let folder = TempDir::new().unwrap();
        let disk = FailingDisk::new(Fails::From(n));
        let acknowledged = run(folder.path(), &disk);
        let store = Store::open(folder.path()).unwrap();
        let found = steps(&store);
        // A record that was written whole but neither synced nor cut off again may count.
        assert!(found == acknowledged || found == acknowledged + 1, "from call {n} on: {acknowledged}, then {found}");
        if disk.calls() < n {
            assert!(n > CALLS, "{n}");
            return;
        }
    }
}

#[test]
fn all_members_of_a_group_that_fails_are_told() {
    for n in [8, 9, 10, 11, 14, 17] {
        let folder = TempDir::new().unwrap();
        let store = Store::open_in(folder.path(), on(&FailingDisk::new(Fails::From(n)))).unwrap();
        let threads: Vec<_> = (0..8)
            .map(|thread| {
                let store = store.clone();
                std::thread::spawn(move || {
                    let name = format!("thread-{thread}");
                    let mut acknowledged = 0;
                    loop {
                        let mut transaction = step(acknowledged + 1);
                        transaction.changes = vec![Change::Cursor { name: name.clone(), sequence: acknowledged + 1 }];
                        match store.commit(transaction) {
                            Ok(_) => acknowledged += 1,
                            Err(CommitError::Journal { .. } | CommitError::Closed(_)) => return (name, acknowledged),
                            Err(other) => panic!("{other}"),
                        }
                    }
                })
            })
            .collect();
        let told: Vec<(String, u64)> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        for (name, acknowledged) in &told {
            assert_eq!(store.cursor(name).unwrap(), *acknowledged);
        }
        drop(store);
        let store = Store::open(folder.path()).unwrap();
        for (name, acknowledged) in told {
            let found = store.cursor(&name).unwrap();
            assert!(found == acknowledged || found == acknowledged + 1, "{name}: {acknowledged} told, {found} found");
        }
    }
}
