//! Backup, restoring and compaction on disks that fail at the n-th call, for every n. A disk on which everything fails
//! from a call on is what a kill at that moment leaves.

use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;

use super::failing_disk::{FailingDisk, Fails};
use super::{SEGMENT_BYTES, step, steps};
use crate::care::{self, CareError};
use crate::disk::{Disk, SystemDisk};
use crate::open::Surroundings;
use crate::store::Store;

const STEPS: u64 = 24;

/// A closed store with some steps in several segments.
fn filled() -> TempDir {
    let folder = TempDir::new().unwrap();
    let store = Store::open_in(folder.path(), on(Arc::new(SystemDisk))).unwrap();
    for n in 1..=STEPS {
        store.commit(step(n)).unwrap();
    }
    folder
}

fn on(disk: Arc<dyn Disk>) -> Surroundings {
    Surroundings { disk, segment_bytes: SEGMENT_BYTES }
}

fn steps_in(folder: &Path) -> u64 {
    steps(&Store::open(folder).unwrap())
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    entries.map(|name| name.to_string_lossy().into_owned()).collect()
}

/// Runs a piece of work with every call failing, once and for ever, until a run gets by without reaching the call.
fn for_every_call(mut work: impl FnMut(&FailingDisk, &str) -> bool) -> usize {
    let mut runs = 0;
    for fails in [Fails::Only, Fails::From] {
        for n in 1.. {
            let disk = FailingDisk::new(fails(n));
            let done = work(&disk, &format!("call {n}"));
            runs += 1;
            if disk.calls() < n {
                assert!(done, "nothing failed, and yet it was not done");
                break;
            }
        }
    }
    runs
}

#[test]
fn a_backup_is_there_as_a_whole_or_not_at_all() {
    let store = filled();
    let runs = for_every_call(|disk, call| {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("a.backup");
        let done = care::backup_on(Arc::new(disk.clone()), store.path(), &file);
        match &done {
            Err(CareError::Io { .. }) => assert!(!file.exists() || done_but_for_the_folder(&file), "{call}"),
            Err(other) => panic!("{call}: {other}"),
            Ok(copied) => assert_eq!(copied.records, STEPS, "{call}"),
        }
        done.is_ok()
    });
    assert!(runs > 10, "{runs}");
}

/// The last call makes the name survive a power cut: where it fails, the file is whole all the same.
fn done_but_for_the_folder(file: &Path) -> bool {
    let folder = TempDir::new().unwrap();
    care::restore(file, &folder.path().join("store")).is_ok()
}

#[test]
fn a_store_is_restored_as_a_whole_or_not_at_all() {
    let (store, folder) = (filled(), TempDir::new().unwrap());
    let file = folder.path().join("a.backup");
    care::backup(store.path(), &file).unwrap();
    for_every_call(|disk, call| {
        let to = folder.path().join("restored");
        let done = care::restore_on(Arc::new(disk.clone()), &file, &to);
        match &done {
            Err(CareError::Io { .. }) if !to.exists() => {}
            Err(CareError::Io { .. }) | Ok(_) => {
                assert_eq!(steps_in(&to), STEPS, "{call}");
                std::fs::remove_dir_all(&to).unwrap();
            }
            Err(other) => panic!("{call}: {other}"),
        }
        done.is_ok()
    });
}

#[test]
fn a_compaction_that_dies_at_any_moment_leaves_a_whole_store() {
    let mut compacted = 0;
    let runs = for_every_call(|disk, call| {
        let folder = filled();
        let done = care::compact::compact_on(&(Arc::new(disk.clone()) as Arc<dyn Disk>), folder.path(), SEGMENT_BYTES);
        match &done {
            Err(CareError::Io { .. }) => {}
            Err(other) => panic!("{call}: {other}"),
            Ok(compaction) => assert_eq!(compaction.dropped, STEPS - 1, "{call}"),
        }
        let store = Store::open(folder.path()).unwrap_or_else(|error| panic!("{call}: {error}"));
        assert_eq!(steps(&store), STEPS, "{call}");
        store.commit(step(STEPS + 1)).unwrap();
        assert_eq!(store.verify().unwrap(), Vec::<String>::new(), "{call}");
        drop(store);
        let left: Vec<String> = names(folder.path()).into_iter().filter(|name| name.starts_with("journal.")).collect();
        assert_eq!(left, Vec::<String>::new(), "{call}");
        assert_eq!(steps_in(folder.path()), STEPS + 1, "{call}");
        compacted += usize::from(done.is_ok());
        done.is_ok()
    });
    assert!(runs > 40 && compacted < runs, "{runs} runs, {compacted} of them done");
}

#[test]
fn a_compacted_store_is_compacted_again_and_backed_up() {
    let (store, folder) = (filled(), TempDir::new().unwrap());
    let first = care::compact(store.path()).unwrap();
    assert_eq!((first.records, first.dropped), ((STEPS, STEPS), STEPS - 1));
    assert_eq!(care::compact(store.path()).unwrap().dropped, 0);
    let (file, to) = (folder.path().join("a.backup"), folder.path().join("restored"));
    care::backup(store.path(), &file).unwrap();
    care::restore(&file, &to).unwrap();
    assert_eq!((steps_in(store.path()), steps_in(&to)), (STEPS, STEPS));
}
