//! Views follow the journal and nothing else: opened again, built anew or moved aside, they answer the same.

use std::path::{Path, PathBuf};

use crate::everything::{everything, past};
use crate::sample::{
    alert, at, channel, document, event, figure, figure_event, flag, host, mention, mentioned, policy, resource, row,
    snapshot, statement, transaction, waiting,
};
use bellwether_model::alert::Delivery;
use bellwether_model::event::Fact;
use bellwether_model::figure::{Flow, Measure, Status};
use bellwether_model::id::{AlertId, DocumentId, EventId, ReleaseId, SnapshotId};
use bellwether_store::{Change, CommitError, EventFilter, OpenError, Store, Transaction, care};
use proptest::prelude::*;
use tempfile::TempDir;

/// Any change, over few names and times, so that changes meet.
fn change() -> impl Strategy<Value = Change> {
    (0..15_u8, 0..4_u8, 0..3_u8, 0..60_i64).prop_map(|(kind, name, other, time)| {
        let (id, other_name) = (format!("n{name}"), other.to_string());
        match kind {
            0 => Change::Resource(Box::new(resource(&id, &other_name, (time < 50).then_some(time)))),
            1 => Change::Host(Box::new(host(&format!("https://{id}.example"), u32::from(other)))),
            2 => Change::Snapshot(Box::new(snapshot(&id, time))),
            3 => Change::Read(SnapshotId::new(id)),
            4 => Change::Document(Box::new(document(&id, &other_name, time))),
            5 => {
                // What a figure is about makes its name and never changes; of its place in lists, its status does.
                let flow = [Flow::Exports, Flow::Imports, Flow::Balance][usize::from(name % 3)];
                let mut event = figure_event(&id, "TW", flow, "2025-12", Measure::Level);
                if let Fact::Figure(figure) = &mut event.fact {
                    figure.status = [Status::Actual, Status::Preliminary, Status::Forecast][usize::from(other)];
                }
                event.changed = at(time / 20);
                event.mention_count = u32::try_from(time).unwrap();
                event.release = (time % 2 == 0).then(|| ReleaseId::new(other_name));
                Change::Event(Box::new(event))
            }
            6 => Change::Event(Box::new(match other {
                0 => statement(&format!("s{name}"), time),
                1 => policy(&format!("p{name}"), "2025-10-09", None),
                _ => {
                    let mut share = figure("US", Flow::Imports, "2026-01", Measure::Share);
                    share.product = Some(format!("chips\0{other_name}"));
                    event(&format!("f{name}"), Fact::Figure(share), time)
                }
            })),
            7 | 8 => mentioned(&id, mention(&format!("n{}", time % 4), &other_name, time)),
            9 => Change::MentionGone { event: EventId::new(id), document: DocumentId::new(format!("n{}", time % 4)) },
            10 => Change::Log(Box::new(row(&id, &other_name, time))),
            11 => Change::Flag(Box::new(flag(&id, &other_name, time))),
            12 => Change::Alert(Box::new(alert(
                &id,
                time,
                match (other, time % 3) {
                    (0, _) => waiting(time),
                    (1, 0) => Delivery::Joined { at: at(time), digest: AlertId::new("n0") },
                    (1, 1) => Delivery::Silenced { at: at(time), silence: "night".into() },
                    (1, _) => Delivery::Delivered { at: at(time), attempts: 1 },
                    _ => Delivery::GaveUp { at: at(time), attempts: 4, last_error: "timed out".into() },
                },
            ))),
            13 => Change::Channel(Box::new(channel(&id, (other > 0).then_some(time)))),
            _ => Change::Cursor { name: other_name, sequence: time.unsigned_abs() },
        }
    })
}

fn transactions() -> impl Strategy<Value = Vec<Transaction>> {
    let transaction = prop::collection::vec(change(), 0..12).prop_map(|changes| transaction(0, changes));
    let large = prop::collection::vec(change(), 300..400).prop_map(|changes| Transaction { at: at(1), changes });
    prop::collection::vec(prop_oneof![12 => transaction, 1 => large], 1..30)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn views_answer_the_same_however_they_were_made(transactions in transactions()) {
        let folder = TempDir::new().unwrap();
        let store = Store::open(folder.path()).unwrap();
        for transaction in &transactions {
            store.commit(transaction.clone()).unwrap();
        }
        let told = everything(&store);
        prop_assert_eq!(store.verify().unwrap(), Vec::<String>::new());
        drop(store);
        let again = Store::open(folder.path()).unwrap();
        prop_assert_eq!(&everything(&again), &told, "opened again");
        drop(again);
        std::fs::remove_dir_all(folder.path().join("views")).unwrap();
        let rebuilt = Store::open(folder.path()).unwrap();
        prop_assert_eq!(&everything(&rebuilt), &told, "built anew");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_told_at_a_time_is_told_of_it_for_ever(transactions in transactions()) {
        let folder = TempDir::new().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let mut told = Vec::new();
        for (n, transaction) in (0..).zip(&transactions) {
            let time = at(1_000 + n / 2);
            store.commit(Transaction { at: time, ..transaction.clone() }).unwrap();
            // Two transactions share a time; what is told of it is what the second one left.
            told.retain(|(earlier, _)| *earlier != time);
            told.push((time, past(&store)));
        }
        let first = past(&store.as_of(at(999)));
        prop_assert!(first.starts_with("events: []\n"), "{}", first);
        let check = |store: &Store, when: &str| {
            for (time, then) in &told {
                assert_eq!(&past(&store.as_of(*time)), then, "{when}");
            }
        };
        check(&store, "of the same store");
        drop(store);
        std::fs::remove_dir_all(folder.path().join("views")).unwrap();
        check(&Store::open(folder.path()).unwrap(), "built anew");
        care::compact(folder.path()).unwrap();
        check(&Store::open(folder.path()).unwrap(), "compacted");
    }
}

#[test]
fn the_past_is_only_read() {
    let (folder, _) = filled();
    let store = Store::open(folder.path()).unwrap();
    let then = store.as_of(at(20));
    assert_eq!(then.events(&EventFilter::default()).unwrap().len(), 21);
    assert_eq!(store.events(&EventFilter { as_of: Some(at(20)), limit: 5, ..Default::default() }).unwrap().len(), 5);
    assert!(matches!(then.commit(transaction(50, [])), Err(CommitError::Past(time)) if time == at(20)));
    assert!(then.resources(None).unwrap_err().what.contains("only its present is kept"));
}

#[test]
fn what_is_committed_behind_a_seal_counts_as_later() {
    let (folder, _) = filled();
    let store = Store::open(folder.path()).unwrap();
    let sealed = store.sealed(at(60)).unwrap();
    let told = past(&sealed);
    // Begun before the seal, and by a clock that was set back.
    for (name, time) in [("late", 50), ("later", 60), ("last", 10)] {
        store.commit(transaction(time, [Change::Event(Box::new(statement(name, time)))])).unwrap();
        assert_eq!(past(&sealed), told);
    }
    assert_eq!(store.events(&EventFilter::default()).unwrap().len(), 43);
    drop((sealed, store));
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(past(&store.as_of(at(60))), told, "the seal is in the journal");
    assert_eq!(store.as_of(at(61)).events(&EventFilter::default()).unwrap().len(), 43);
}

/// A closed store with a little of everything, and all that it tells.
fn filled() -> (TempDir, String) {
    let folder = TempDir::new().unwrap();
    let store = Store::open(folder.path()).unwrap();
    for n in 0..40 {
        let name = format!("e{n}");
        store
            .commit(transaction(
                n,
                [
                    Change::Event(Box::new(statement(&name, n))),
                    mentioned(&name, mention("d", "0", n)),
                    Change::Log(Box::new(row(&name, "d", n))),
                ],
            ))
            .unwrap();
    }
    let told = everything(&store);
    drop(store);
    (folder, told)
}

fn asides(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.to_string_lossy().contains("views.broken-")).collect()
}

#[test]
fn spoilt_views_answer_as_before() {
    let rubbish: fn(&mut Vec<u8>) = |bytes| bytes.fill(0x5a);
    let flips: fn(&mut Vec<u8>) = |bytes| bytes.iter_mut().skip(20).step_by(97).for_each(|byte| *byte ^= 0xff);
    let nothing: fn(&mut Vec<u8>) = Vec::clear;
    let mut moved_aside = 0;
    for (beginning, spoil) in
        [("db", rubbish), ("db", flips), ("db", nothing), ("snap.", rubbish), ("snap.", flips), ("conf", rubbish)]
    {
        let (folder, told) = filled();
        for entry in std::fs::read_dir(folder.path().join("views")).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().unwrap().to_string_lossy().starts_with(beginning) {
                let mut bytes = std::fs::read(&path).unwrap();
                spoil(&mut bytes);
                std::fs::write(&path, bytes).unwrap();
            }
        }
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(everything(&store), told, "{beginning}");
        moved_aside += asides(folder.path()).len();
        store.commit(transaction(99, [])).unwrap();
        assert_eq!(store.verify().unwrap(), Vec::<String>::new());
    }
    assert!(moved_aside > 0, "some of it does not open at all");
}

#[test]
fn views_of_another_journal_are_built_anew() {
    let (folder, told) = filled();
    let other = TempDir::new().unwrap();
    let store = Store::open(other.path()).unwrap();
    for n in 0..3 {
        store.commit(transaction(n, [Change::Event(Box::new(statement("other", n)))])).unwrap();
    }
    drop(store);
    std::fs::remove_dir_all(folder.path().join("views")).unwrap();
    std::fs::rename(other.path().join("views"), folder.path().join("views")).unwrap();
    assert_eq!(everything(&Store::open(folder.path()).unwrap()), told);
    assert_eq!(asides(folder.path()).len(), 1);
}

#[test]
fn views_ahead_of_the_journal_are_built_anew() {
    let (folder, _) = filled();
    let segment = folder.path().join("journal/00000000000000000001.journal");
    let length = std::fs::metadata(&segment).unwrap().len();
    std::fs::OpenOptions::new().write(true).open(&segment).unwrap().set_len(length - 5).unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.stats().unwrap().records, 39);
    assert_eq!(store.event(&EventId::new("e39")).unwrap(), None);
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn views_that_lag_are_brought_up() {
    let (folder, _) = filled();
    let (lagging, later) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    copy(folder.path(), lagging.path());
    copy(folder.path(), later.path());
    let store = Store::open(later.path()).unwrap();
    store.commit(transaction(7, [Change::Cursor { name: "1".into(), sequence: 7 }])).unwrap();
    let told = everything(&store);
    drop(store);
    std::fs::remove_dir_all(lagging.path().join("journal")).unwrap();
    copy(&later.path().join("journal"), &lagging.path().join("journal"));
    assert_eq!(everything(&Store::open(lagging.path()).unwrap()), told);
    assert_eq!(asides(lagging.path()).len(), 0, "nothing was wrong with them");
}

#[test]
fn what_a_kill_leaves_of_a_snapshot_of_the_views_is_moved_aside() {
    let (folder, told) = filled();
    let left = folder.path().join("views/snap.0000000000000000.generating");
    std::fs::write(&left, b"half").unwrap();
    assert_eq!(everything(&Store::open(folder.path()).unwrap()), told);
    assert!(!left.exists());
    assert_eq!(asides(folder.path()).len(), 1);
}

#[test]
fn views_in_use_when_the_machine_went_down_are_built_anew() {
    let (folder, told) = filled();
    std::fs::write(folder.path().join("views.session"), "a boot long ago").unwrap();
    assert_eq!(everything(&Store::open(folder.path()).unwrap()), told);
    let rebuilt = asides(folder.path()).len();
    assert_eq!(rebuilt, usize::from(Path::new("/proc/sys/kernel/random/boot_id").exists()));
    assert!(!folder.path().join("views.session").exists(), "closed, they can be trusted again");
}

#[test]
fn a_damaged_journal_is_not_opened_and_left_as_it_is() {
    let (folder, _) = filled();
    let segment = folder.path().join("journal/00000000000000000001.journal");
    let mut bytes = std::fs::read(&segment).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&segment, &bytes).unwrap();
    let Err(OpenError::Damaged { path, at, .. }) = Store::open(folder.path()) else { panic!("it was opened") };
    assert_eq!(path, segment);
    assert!(at > 0 && at <= middle as u64);
    assert_eq!(std::fs::read(&segment).unwrap(), bytes);
}

#[test]
fn a_newer_store_is_refused() {
    let (folder, _) = filled();
    std::fs::write(folder.path().join("format"), "3\n").unwrap();
    let Err(OpenError::Newer { found, known, .. }) = Store::open(folder.path()) else { panic!("it was opened") };
    assert_eq!((found, known), (3, 2));
}

#[test]
fn a_store_of_an_earlier_version_becomes_one_of_this() {
    let (folder, told) = filled();
    let (format, segment) = (folder.path().join("format"), folder.path().join("journal/00000000000000000001.journal"));
    std::fs::write(&format, "1\n").unwrap();
    let mut bytes = std::fs::read(&segment).unwrap();
    bytes[8] = 1;
    let checksum = crc32fast::hash(&bytes[..20]);
    bytes[20..24].copy_from_slice(&checksum.to_le_bytes());
    std::fs::write(&segment, bytes).unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(everything(&store), told);
    assert_eq!(std::fs::read_to_string(&format).unwrap(), "2\n", "an earlier program says that it cannot read it");
    store.commit(transaction(1, [])).unwrap();
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn a_store_has_one_holder_at_a_time() {
    let folder = TempDir::new().unwrap();
    assert_eq!(Store::holder(folder.path()), None);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(Store::holder(folder.path()), Some(format!("process {}", std::process::id())));
    store.set_holder("process 1, listening on 127.0.0.1:8787").unwrap();
    let Err(refused) = Store::open(folder.path()) else { panic!("it was opened twice") };
    assert!(refused.to_string().contains("(process 1, listening on 127.0.0.1:8787)"), "{refused}");
    let clone = store.clone();
    drop(store);
    assert!(Store::holder(folder.path()).is_some(), "a clone still holds it");
    drop(clone);
    assert_eq!(Store::holder(folder.path()), None);
    Store::open(folder.path()).unwrap();
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
