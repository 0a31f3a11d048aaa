//! A record that was applied in part is applied again, to the same end; views that fail are given up and made anew.

use bellwether_model::alert::{Alert, AlertKind, Delivery};
use bellwether_model::id::{AlertId, ChannelId};
use jiff::Timestamp;
use tempfile::TempDir;

use super::{CURSOR, step, steps};
use crate::store::Store;
use crate::views::{Applied, Progress, Views};
use crate::{Change, CommitError, Transaction};

/// An alert that is put, tried and delivered in one record: each change finds what the one before left.
fn alert(n: u64, delivery: Delivery) -> Change {
    Change::Alert(Box::new(Alert {
        id: AlertId::new(format!("alert-{n}")),
        kind: AlertKind::ChannelTest,
        channel: ChannelId::new("desk"),
        created: Timestamp::UNIX_EPOCH,
        subject: "test".into(),
        summary: "test".into(),
        data: "{}".into(),
        labels: [].into(),
        group: None,
        delivery,
    }))
}

/// Far more changes than go into one batch.
fn large() -> Transaction {
    let at = Timestamp::UNIX_EPOCH;
    let mut transaction = Transaction::new(at);
    for n in 0..300 {
        transaction.changes.extend(step(n).changes);
        transaction.push(alert(n % 70, Delivery::Waiting { due: at, attempts: 0, last_error: None }));
        transaction.push(alert(n % 50, Delivery::Delivered { at, attempts: 1 }));
    }
    transaction
}

#[test]
fn a_record_applied_in_part_is_applied_again_to_the_same_end() {
    let (folder, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (first, second, large) = (step(1), step(2), large());
    let records = [&first, &large, &second];
    let applied =
        |position: usize| Applied { position: position as u64, checksum: 0, transaction: records[position - 1] };

    let straight = Views::open(folder.path()).unwrap();
    let mut progress = Progress::of(&straight).unwrap();
    for position in 1..=3 {
        progress.apply(&straight, applied(position)).unwrap();
    }
    progress.finish(&straight).unwrap();

    let interrupted = Views::open(other.path()).unwrap();
    for _ in 0..3 {
        // What is left in memory when a process dies is forgotten with it.
        let mut progress = Progress::of(&interrupted).unwrap();
        for position in usize::try_from(progress.head().position).unwrap() + 1..=2 {
            progress.apply(&interrupted, applied(position)).unwrap();
        }
        assert_eq!(Progress::of(&interrupted).unwrap().head().position, 1, "the large record is there in part");
    }
    let mut progress = Progress::of(&interrupted).unwrap();
    for position in 2..=3 {
        progress.apply(&interrupted, applied(position)).unwrap();
    }
    progress.finish(&interrupted).unwrap();
    assert_eq!(interrupted.differences(&straight).unwrap(), Vec::<String>::new());
}

#[test]
fn views_that_fail_are_given_up_and_built_anew() {
    let folder = TempDir::new().unwrap();
    let store = Store::open(folder.path()).unwrap();
    store.commit(step(1)).unwrap();
    store.inner.core.views.spoil();
    let differences = store.verify().unwrap();
    assert_eq!(differences.len(), 1, "{differences:?}");
    assert!(differences[0].starts_with("view `cursor`: the entry `steps"), "{differences:?}");
    let unread = store.cursor(CURSOR).unwrap_err();
    assert_eq!(unread.view, "cursor");
    assert!(store.changes(0, 9).is_err(), "one damaged view puts all in doubt");
    // It was in the journal before the views were asked.
    assert_eq!(store.commit(step(2)).unwrap(), 2);
    assert!(matches!(store.commit(step(3)), Err(CommitError::Closed(_))));
    drop(store);
    assert_eq!(steps(&Store::open(folder.path()).unwrap()), 2);
}
