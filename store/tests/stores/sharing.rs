//! Work that several processes do together on one server: names are given to one at a time, and pass on when it ends, dies
//! or sleeps over its lease.

use std::collections::BTreeSet;
use std::time::Duration;

use bellwether_model::id::EventId;
use bellwether_store::share::Given;
use bellwether_store::{Change, CommitError, Share, Store};

use crate::sample::{statement, transaction};
use crate::server::House;

/// All who are there sleep over their leases.
const EXPIRE: &str = "UPDATE bellwether.lease SET expires = clock_timestamp()";

fn put(name: &str, time: i64) -> Change {
    Change::Event(Box::new(statement(name, time)))
}

fn names(given: &[Given]) -> Vec<&str> {
    let mut names: Vec<&str> = given.iter().map(|given| given.name.as_str()).collect();
    names.sort_unstable();
    names
}

fn join(store: &Store) -> Share {
    store.share("crawl").unwrap().unwrap()
}

#[test]
fn a_name_is_given_to_one_at_a_time() {
    let Some(house) = House::new() else { return };
    let (first, second) = (house.open(), house.open());
    let (one, two) = (join(&first), join(&second));
    let given = one.take(&["a", "b"], false).unwrap();
    assert_eq!(names(&given), ["a", "b"]);
    assert!(given.iter().all(|given| !given.was_anothers), "nobody had them before");
    let others = two.take(&["b", "c"], false).unwrap();
    assert_eq!(names(&others), ["c"]);
    first.sharing(&one).commit(transaction(1, [put("a", 1)])).unwrap();
    one.give_back(&["b".to_owned()]).unwrap();
    let given = two.take(&["a", "b"], false).unwrap();
    assert_eq!(given, [Given { name: "b".to_owned(), was_anothers: true }]);
    assert!(second.event(&EventId::new("a")).unwrap().is_some(), "what its last holder committed is known");
    two.give_back(&["b".to_owned()]).unwrap();
    assert!(!two.take(&["b"], false).unwrap()[0].was_anothers, "one's own");
    assert!(one.take(&["a"], false).unwrap()[0].was_anothers, "who has it and asks was not told, or has forgotten");
    drop(one);
    assert_eq!(names(&two.take(&["a"], false).unwrap()), ["a"], "who leaves gives all back");
    assert_eq!(house.sql("SELECT count(*) FROM bellwether.lease WHERE name LIKE 'crawl/%'"), "1");
}

#[test]
fn what_is_committed_by_one_that_slept_over_its_lease_is_refused() {
    let Some(house) = House::new() else { return };
    let (first, second) = (house.open(), house.open());
    let one = join(&first);
    let worker = first.sharing(&one);
    one.take(&["a", "b"], false).unwrap();
    house.sql(EXPIRE);
    worker.commit(transaction(1, [put("a", 1)])).expect("nobody has asked for anything yet");
    let two = join(&second);
    assert_eq!(names(&two.take(&["a"], false).unwrap()), ["a"]);
    let refused = worker.commit(transaction(2, [put("b", 2)]));
    assert!(matches!(refused, Err(CommitError::Lost { .. })), "also what has nothing to do with the name: {refused:?}");
    assert!(one.take(&["b", "c"], false).unwrap().is_empty(), "it is given nothing any more");
    assert_eq!(names(&two.take(&["b"], false).unwrap()), ["b"]);
    drop((worker, one));
    let again = join(&first);
    assert!(
        again.take(&["a", "b"], false).unwrap().is_empty(),
        "what it leaves late is not taken from those who have it"
    );
    assert_eq!(again.take(&["c"], false).unwrap().len(), 1);
    first.sharing(&again).commit(transaction(3, [put("c", 3)])).unwrap();
}

#[test]
fn members_know_each_other_and_what_the_others_wait_for() {
    let Some(house) = House::new() else { return };
    let short = || house.with(Duration::from_millis(600), Store::open_shared).unwrap();
    let (first, second) = (short(), short());
    let one = join(&first);
    one.take(&["a", "b"], false).unwrap();
    let two = join(&second);
    assert_eq!(two.members().len(), 2, "at once");
    two.take(&["b"], false).unwrap();
    two.take(&["a"], true).unwrap();
    // The server waits: four times the life of a lease, so that it is renewed too.
    house.sql("SELECT pg_sleep(2.4)");
    assert_eq!(one.members(), two.members());
    let members: BTreeSet<&str> = [one.name(), two.name()].into();
    assert_eq!(one.members().iter().map(String::as_str).collect::<BTreeSet<_>>(), members);
    assert_eq!(one.wanted(), ["a"], "the one that was insisted on");
    assert!(one.is_held() && two.is_held() && two.wanted().is_empty());
    let sharers = second.sharers("crawl").unwrap();
    assert!(sharers.iter().all(|sharer| sharer.process.starts_with("process ")), "{sharers:?}");
    let mut held: Vec<u64> = sharers.iter().map(|sharer| sharer.names).collect();
    held.sort_unstable();
    assert_eq!(held, [0, 2], "one has both, the other has nothing: {sharers:?}");
    drop(two);
    assert_eq!(first.sharers("crawl").unwrap().len(), 1);
}

#[test]
fn who_has_the_whole_work_shares_it_with_nobody() {
    let Some(house) = House::new() else { return };
    let (first, second) = (house.open(), house.open());
    let whole = first.lease("crawl").unwrap().unwrap();
    assert!(second.share("crawl").unwrap().is_none());
    assert!(second.sharers("crawl").unwrap().is_empty(), "who was refused is not in the way");
    drop(whole);
    let share = join(&second);
    assert_eq!(first.sharers("crawl").unwrap().len(), 1, "the one that has the lease sees it");
    drop(share);
}

#[test]
fn of_many_who_want_many_names_each_is_given_to_one() {
    let Some(house) = House::new() else { return };
    let stores: Vec<Store> = (0..3).map(|_| house.open()).collect();
    let shares: Vec<Share> = stores.iter().map(join).collect();
    let wanted: Vec<String> = (0..200).map(|n| format!("host/{n}")).collect();
    let given: Vec<String> = std::thread::scope(|scope| {
        let tasks: Vec<_> = shares
            .iter()
            .enumerate()
            .map(|(number, share)| {
                let mut wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
                if number == 1 {
                    wanted.reverse();
                }
                scope.spawn(move || {
                    let parts = wanted.chunks(20).map(|part| share.take(part, number == 2).unwrap());
                    parts.flatten().map(|given| given.name).collect::<Vec<_>>()
                })
            })
            .collect();
        tasks.into_iter().flat_map(|task| task.join().unwrap()).collect()
    });
    let different: BTreeSet<&String> = given.iter().collect();
    assert_eq!((given.len(), different.len()), (200, 200));
}

#[test]
fn tables_of_the_first_version_are_lifted() {
    let Some(house) = House::new() else { return };
    house.open().commit(transaction(1, [put("a", 1)])).unwrap();
    house.sql("DROP TABLE bellwether.lane; UPDATE bellwether.head SET format = 1");
    let (first, second) = (house.open(), house.open());
    assert_eq!(house.sql("SELECT format FROM bellwether.head"), "2");
    assert!(first.event(&EventId::new("a")).unwrap().is_some());
    assert_eq!(names(&join(&second).take(&["a"], false).unwrap()), ["a"]);
    first.commit(transaction(2, [put("b", 2)])).unwrap();
}
