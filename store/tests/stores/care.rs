//! Backups, copies and compaction from outside: the store that comes of them tells what the first one told.

use std::path::Path;

use bellwether_model::alert::Delivery;
use bellwether_model::id::SnapshotId;
use bellwether_store::care::{self, CareError};
use bellwether_store::{Change, OpenError, Store};
use tempfile::TempDir;

use crate::everything::everything;
use crate::sample::{
    alert, at, channel, document, flag, host, mention, mentioned, resource, row, snapshot, statement, transaction,
    waiting,
};

/// Rounds of a crawl: each visits, reads and delivers again what the one before did.
const ROUNDS: i64 = 30;

/// Commits a round: schedules, answers, events and deliveries, as a crawl leaves them.
fn round(store: &Store, n: i64) {
    let (event, document_name, answer) = (format!("e{}", n % 7), format!("d{}", n % 5), format!("s{n}"));
    let delivered = Delivery::Delivered { at: at(n), attempts: 1 };
    store
        .commit(transaction(
            n,
            [
                Change::Resource(Box::new(resource("page", "0", Some(n)))),
                Change::Host(Box::new(host("https://a.example", 1))),
                Change::Snapshot(Box::new(snapshot(&answer, n))),
            ],
        ))
        .unwrap();
    store
        .commit(transaction(
            n,
            [
                Change::Document(Box::new(document(&document_name, "0", n))),
                Change::Event(Box::new(statement(&event, n))),
                mentioned(&event, mention(&document_name, "0", n)),
                Change::Log(Box::new(row(&event, &document_name, n))),
                Change::Read(SnapshotId::new(answer)),
            ],
        ))
        .unwrap();
    store
        .commit(transaction(
            n,
            [
                Change::Flag(Box::new(flag(&format!("f{n}"), "0", n))),
                Change::Alert(Box::new(alert(&format!("a{n}"), n, waiting(n)))),
                Change::Cursor { name: "0".into(), sequence: n.unsigned_abs() },
            ],
        ))
        .unwrap();
    store
        .commit(transaction(
            n,
            [
                Change::Alert(Box::new(alert(&format!("a{n}"), n, delivered))),
                Change::Channel(Box::new(channel("desk", None))),
            ],
        ))
        .unwrap();
}

/// A closed store with some rounds, and what it tells.
fn filled() -> (TempDir, String) {
    let folder = TempDir::new().unwrap();
    let store = Store::open(folder.path()).unwrap();
    (0..ROUNDS).for_each(|n| round(&store, n));
    let told = everything(&store);
    (folder, told)
}

fn told_by(folder: &Path) -> String {
    let store = Store::open(folder).unwrap();
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
    everything(&store)
}

#[test]
fn a_backup_gives_the_same_store_again() {
    let (store, told) = filled();
    let folder = TempDir::new().unwrap();
    let backup = care::backup(store.path(), folder.path()).unwrap();
    let records = 4 * u64::try_from(ROUNDS).unwrap();
    assert_eq!((backup.records, backup.in_use), (records, false));
    assert_eq!(backup.path, folder.path().join(format!("store-{records:020}.backup")));
    let to = folder.path().join("made/on/the/way");
    assert_eq!(care::restore(&backup.path, &to).unwrap().records, records);
    assert_eq!(told_by(&to), told);
    assert_eq!(care::backup(store.path(), folder.path()).unwrap(), backup, "nothing has come since");
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 2, "nothing unfinished is left");
}

#[test]
fn nothing_is_overwritten() {
    let (store, told) = filled();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("a.backup");
    care::backup(store.path(), &file).unwrap();
    assert!(matches!(care::backup(store.path(), &file), Err(CareError::Exists { .. })));
    assert!(matches!(care::restore(&file, store.path()), Err(CareError::Exists { .. })));
    assert!(matches!(care::copy(store.path(), &file), Err(CareError::Exists { .. })));
    assert_eq!(told_by(store.path()), told);
    let missing = folder.path().join("missing");
    assert!(matches!(care::backup(&missing, &folder.path().join("b")), Err(CareError::NoStore { .. })));
    assert!(matches!(care::compact(&missing), Err(CareError::NoStore { .. })));
    assert!(!missing.exists());
}

#[test]
fn a_store_in_use_is_backed_up_and_copied_as_it_stands() {
    let folder = TempDir::new().unwrap();
    let from = folder.path().join("from");
    let store = Store::open(&from).unwrap();
    (0..ROUNDS).for_each(|n| round(&store, n));
    let writer = {
        let store = store.clone();
        std::thread::spawn(move || (ROUNDS..ROUNDS * 8).for_each(|n| round(&store, n)))
    };
    let mut last = 0;
    for n in 0.. {
        let before = store.stats().unwrap().records;
        let file = folder.path().join(format!("{n}.backup"));
        let to = folder.path().join(format!("copy-{n}"));
        let copied = if n % 2 == 0 {
            let backup = care::backup(&from, &file).unwrap();
            care::restore(&file, &to).unwrap();
            backup
        } else {
            care::copy(&from, &to).unwrap()
        };
        assert!(copied.in_use);
        assert!(copied.records >= before && copied.records >= last, "what was committed before it began is in it");
        last = copied.records;
        assert_eq!(Store::open(&to).unwrap().stats().unwrap().records, copied.records);
        if writer.is_finished() && n > 2 {
            break;
        }
    }
    writer.join().unwrap();
    let to = folder.path().join("last");
    care::copy(&from, &to).unwrap();
    assert_eq!(told_by(&to), everything(&store));
    let Err(CareError::Open(OpenError::InUse { .. })) = care::compact(&from) else { panic!("it was compacted") };
}

#[test]
fn a_damaged_backup_is_named_wherever_the_damage_is() {
    let (store, _) = filled();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("a.backup");
    care::backup(store.path(), &file).unwrap();
    let whole = std::fs::read(&file).unwrap();
    let to = folder.path().join("to");
    let refused = |bytes: &[u8], what: &str| {
        std::fs::write(&file, bytes).unwrap();
        match care::restore(&file, &to) {
            Err(CareError::Damaged { path, .. }) => assert_eq!(path, file, "{what}"),
            Err(CareError::Newer { found, .. }) => panic!("{what}: taken for format {found}"),
            other => panic!("{what}: {other:?}"),
        }
        assert!(!to.exists(), "{what}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "{what}: nothing unfinished is left");
    };
    // Every byte of head, end and the beginnings of blocks, and some of what lies between.
    let far = |at: usize| at > 64 && at + 64 < whole.len();
    for at in (0..whole.len()).filter(|at| !far(*at) || at % 61 == 0) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x20;
        refused(&bytes, &format!("byte {at}"));
        refused(&whole[..at], &format!("cut to {at} bytes"));
    }
    refused(&[whole.clone(), vec![0]].concat(), "one byte more");
    refused(b"no backup at all, but a text that is long enough to be read as one", "another file");
    std::fs::write(&file, &whole).unwrap();
    care::restore(&file, &to).unwrap();
}

#[test]
fn compaction_drops_what_nobody_can_ask_for() {
    let (folder, told) = filled();
    let size = |name: &str| -> u64 {
        let entries = std::fs::read_dir(folder.path().join(name)).unwrap();
        entries.map(|entry| entry.unwrap().metadata().unwrap().len()).sum()
    };
    let before = size("journal");
    let done = care::compact(folder.path()).unwrap();
    let rounds = u64::try_from(ROUNDS).unwrap();
    // Of each round but the last: resource, host, cursor, channel; of each round the alert that waited.
    assert_eq!(done.dropped, 4 * (rounds - 1) + rounds);
    assert_eq!(done.records, (4 * rounds, 4 * rounds));
    assert_eq!(done.journal_bytes, (before, size("journal")));
    assert!(size("journal") < before);
    assert_eq!(told_by(folder.path()), told);
    let store = Store::open(folder.path()).unwrap();
    round(&store, ROUNDS);
    assert_eq!(store.stats().unwrap().records, 4 * (rounds + 1), "positions go on where they were");
}

#[test]
fn records_of_which_nothing_is_left_go() {
    let folder = TempDir::new().unwrap();
    let store = Store::open(folder.path()).unwrap();
    for n in 0..200 {
        let name = (n % 3).to_string();
        store.commit(transaction(n, [Change::Cursor { name, sequence: n.unsigned_abs() }])).unwrap();
    }
    let told = everything(&store);
    drop(store);
    let done = care::compact(folder.path()).unwrap();
    assert_eq!((done.records, done.dropped), ((200, 3), 197));
    assert_eq!(told_by(folder.path()), told);
    let (file, to) = (folder.path().join("a.backup"), folder.path().join("restored"));
    assert_eq!(care::backup(folder.path(), &file).unwrap().records, 3);
    care::restore(&file, &to).unwrap();
    assert_eq!(told_by(&to), told, "positions that were left out are left out again");
    std::fs::remove_dir_all(folder.path().join("views")).unwrap();
    assert_eq!(told_by(folder.path()), told);
}
