//! A store on a PostgreSQL server: the suite of every backend, and what several processes may rely on.

use std::cell::RefCell;
use std::path::Path;
use std::time::Duration;

use bellwether_model::id::{ContentHash, EventId};
use bellwether_model::snapshot::Snapshot;
use bellwether_store::archive::ArchiveError;
use bellwether_store::care::{self, CareError, Place};
use bellwether_store::{Change, CommitError, EventFilter, OpenError, ServerAddress, Sharing, Store};
use tempfile::TempDir;

use crate::everything::{everything, past};
use crate::postgres::{self, PostgresServer};
use crate::sample::{at, resource, row, snapshot, statement, transaction};
use crate::suite;

/// Long enough that no test waits for its end by mistake.
const LEASE: Duration = Duration::from_secs(60);

/// A database with a cache for views, and everything that is opened on it.
pub(crate) struct House {
    server: &'static PostgresServer,
    url: String,
    cache: TempDir,
}

impl House {
    pub(crate) fn new() -> Option<Self> {
        let server = postgres::server()?;
        Some(Self { server, url: server.database(), cache: TempDir::new().unwrap() })
    }

    pub(crate) fn with<T>(&self, lease: Duration, work: impl FnOnce(&Sharing<'_>) -> T) -> T {
        let address = ServerAddress::parse(&self.url, None).unwrap();
        work(&Sharing { address: &address, cache: self.cache.path(), lease, make: true })
    }

    pub(crate) fn open(&self) -> Store {
        self.try_open().unwrap()
    }

    fn try_open(&self) -> Result<Store, OpenError> {
        self.with(LEASE, Store::open_shared)
    }

    pub(crate) fn sql(&self, sql: &str) -> String {
        self.server.sql(&self.url, sql)
    }
}

#[test]
fn a_server_conforms() {
    let houses = RefCell::new(Vec::new());
    if postgres::server().is_none() {
        return;
    }
    suite::conformance(&|| {
        let house = House::new().unwrap();
        let store = house.open();
        houses.borrow_mut().push(house);
        store
    });
}

fn put(name: &str, seconds: i64) -> Change {
    Change::Event(Box::new(statement(name, seconds)))
}

fn log(name: &str, seconds: i64) -> Change {
    Change::Log(Box::new(row(name, "d", seconds)))
}

#[test]
fn what_one_process_commits_the_others_see() {
    let Some(house) = House::new() else { return };
    let (first, second) = (house.open(), house.open());
    let mut told = second.follow();
    for n in 0..20 {
        let committer = if n % 2 == 0 { &first } else { &second };
        committer.commit(transaction(n, [put(&format!("e{n}"), n), log(&format!("e{n}"), n)])).unwrap();
    }
    first.catch_up().unwrap();
    second.catch_up().unwrap();
    assert_eq!(everything(&first), everything(&second));
    assert_eq!(first.stats().unwrap().records, 20);
    let rows = second.changes(0, usize::MAX).unwrap();
    assert_eq!(rows.iter().map(|(sequence, _)| *sequence).collect::<Vec<_>>(), (1..=20).collect::<Vec<_>>());
    let positions: Vec<u64> = std::iter::from_fn(|| told.try_recv().ok()).map(|committed| committed.position).collect();
    assert_eq!(positions, (1..=20).collect::<Vec<_>>(), "followers hear of all, in order");
    for store in [&first, &second] {
        assert_eq!(store.verify().unwrap(), Vec::<String>::new());
    }
    // Without a commit or a question of its own, a process is told.
    let mut told = second.follow();
    first.commit(transaction(20, [put("last", 20)])).unwrap();
    assert_eq!(told.blocking_recv().unwrap().position, 21);
}

#[test]
fn many_processes_commit_at_once_and_nothing_is_lost() {
    let Some(house) = House::new() else { return };
    let stores: Vec<Store> = (0..3).map(|_| house.open()).collect();
    std::thread::scope(|scope| {
        for (n, store) in stores.iter().enumerate() {
            for thread in 0..4 {
                scope.spawn(move || {
                    let name = format!("{n}-{thread}");
                    for step in 1..=40 {
                        let cursor = Change::Cursor { name: name.clone(), sequence: step };
                        store.commit(transaction(0, [cursor, log(&format!("{name}-{step}"), 0)])).unwrap();
                        assert_eq!(store.cursor(&name).unwrap(), step, "one's own commit is seen");
                    }
                });
            }
        }
    });
    let told: Vec<String> = stores
        .iter()
        .map(|store| {
            store.catch_up().unwrap();
            everything(store)
        })
        .collect();
    assert!(told.iter().all(|one| *one == told[0]));
    assert_eq!(stores[0].changes(0, usize::MAX).unwrap().len(), 480);
    assert_eq!(stores[1].verify().unwrap(), Vec::<String>::new());
    assert!(std::fs::read_dir(house.cache.path()).unwrap().count() >= 3, "each has a cache of its own");
}

#[test]
fn views_are_a_cache_that_can_be_thrown_away() {
    let Some(house) = House::new() else { return };
    let store = house.open();
    for n in 0..700 {
        store.commit(transaction(n, [log(&format!("e{n}"), n)])).unwrap();
    }
    store.commit(transaction(700, [put("e", 700)])).unwrap();
    let told = everything(&store);
    drop(store);
    assert_eq!(everything(&house.open()), told, "brought up from where they stood");
    std::fs::remove_dir_all(house.cache.path().join("1")).unwrap();
    assert_eq!(everything(&house.open()), told, "made anew");
    let other = House { url: house.server.database(), cache: house.cache, ..house };
    let store = other.open();
    assert_eq!(
        store.events(&EventFilter::default()).unwrap(),
        [],
        "the views of another store are not taken for its own"
    );
}

#[test]
fn a_lease_has_one_holder_and_work_under_a_lost_one_is_refused() {
    let Some(house) = House::new() else { return };
    let (first, second) = (house.open(), house.open());
    let lease = first.lease("events").unwrap().unwrap();
    assert!(lease.is_held() && !lease.was_anothers());
    assert!(second.lease("events").unwrap().is_none());
    assert!(second.lease_holder("events").unwrap().unwrap().contains(&format!("process {}", std::process::id())));
    let worker = first.under([&lease]);
    worker.commit(transaction(1, [put("a", 1)])).unwrap();
    // As if its process had slept over the end of it.
    house.sql("UPDATE bellwether.lease SET expires = clock_timestamp()");
    let taken = second.lease("events").unwrap().unwrap();
    assert!(taken.was_anothers());
    assert!(second.event(&EventId::new("a")).unwrap().is_some(), "what the last holder committed is known");
    let refused = worker.commit(transaction(2, [put("b", 2)]));
    assert!(matches!(refused, Err(CommitError::Lost { ref lease }) if lease == "events"), "{refused:?}");
    assert!(first.closed().is_none(), "all else goes on");
    first.commit(transaction(3, [put("c", 3)])).unwrap();
    second.under([&taken]).commit(transaction(4, [put("d", 4)])).unwrap();
    second.catch_up().unwrap();
    let names: Vec<String> = second.events(&EventFilter::default()).unwrap().into_iter().map(|e| e.id.0).collect();
    assert_eq!(names, ["a", "c", "d"]);
    drop((worker, lease));
    assert!(first.lease("events").unwrap().is_none(), "giving back what was lost takes nothing from its new holder");
    drop(taken);
    let again = first.lease("events").unwrap().unwrap();
    assert!(again.was_anothers());
    drop(again);
    assert!(!first.lease("events").unwrap().unwrap().was_anothers(), "one's own");
}

#[test]
fn leases_are_renewed_and_given_back_at_the_end() {
    let Some(house) = House::new() else { return };
    let store = house.with(Duration::from_millis(600), Store::open_shared).unwrap();
    let other = house.open();
    let lease = store.lease("host example.org").unwrap().unwrap();
    // The server's clock decides, so the server waits: four times the life of a lease.
    house.sql("SELECT pg_sleep(2.4)");
    assert!(lease.is_held());
    assert!(other.lease("host example.org").unwrap().is_none());
    drop((lease, store));
    let mine = other.leases(&["host example.org", "host example.net"]).unwrap();
    assert_eq!(mine.len(), 2, "it need not expire first");
}

#[test]
fn of_those_who_want_many_leases_each_is_given_to_one() {
    let Some(house) = House::new() else { return };
    let stores: Vec<Store> = (0..3).map(|_| house.open()).collect();
    let names: Vec<String> = (0..100).map(|n| format!("host {n}")).collect();
    let held: Vec<_> = std::thread::scope(|scope| {
        let tasks: Vec<_> = stores
            .iter()
            .map(|store| {
                let names = &names;
                scope.spawn(move || {
                    let wanted = names.chunks(10).map(|part| part.iter().map(String::as_str).collect::<Vec<_>>());
                    wanted.flat_map(|part| store.leases(&part).unwrap()).collect::<Vec<_>>()
                })
            })
            .collect();
        tasks.into_iter().flat_map(|task| task.join().unwrap()).collect()
    });
    let mut given: Vec<&str> = held.iter().map(|lease| lease.name()).collect();
    given.sort_unstable();
    given.dedup();
    assert_eq!((held.len(), given.len()), (100, 100));
}

#[test]
fn the_past_is_sealed_for_all() {
    let Some(house) = House::new() else { return };
    let (first, second) = (house.open(), house.open());
    first.commit(transaction(10, [put("a", 10)])).unwrap();
    let sealed = second.sealed(at(60)).unwrap();
    let told = past(&sealed);
    assert!(told.contains("\"a\""));
    first.commit(transaction(50, [put("late", 50)])).unwrap();
    second.catch_up().unwrap();
    assert_eq!(past(&sealed), told);
    assert_eq!(past(&house.open().as_of(at(60))), told);
    assert_eq!(second.events(&EventFilter::default()).unwrap().len(), 2);
}

#[test]
fn a_connection_that_is_cut_costs_nothing() {
    let Some(house) = House::new() else { return };
    let (store, other) = (house.open(), house.open());
    for n in 0..30 {
        store.commit(transaction(n, [put(&format!("e{n}"), n), log(&format!("e{n}"), n)])).unwrap();
        if n % 5 == 0 {
            house.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        }
    }
    other.catch_up().unwrap();
    assert_eq!(everything(&store), everything(&other));
    assert_eq!(store.changes(0, usize::MAX).unwrap().len(), 30);
}

#[test]
fn damage_to_a_record_is_named() {
    let Some(house) = House::new() else { return };
    let store = house.open();
    for n in 0..5 {
        store.commit(transaction(n, [put(&format!("e{n}"), n)])).unwrap();
    }
    drop(store);
    for (harm, heal, position, what) in [
        (
            "UPDATE bellwether.record SET payload = set_byte(payload, 9, get_byte(payload, 9) # 1) WHERE position = 3",
            "UPDATE bellwether.record SET payload = set_byte(payload, 9, get_byte(payload, 9) # 1) WHERE position = 3",
            3,
            "checksum",
        ),
        (
            "UPDATE bellwether.record SET previous = 1, position = 33 WHERE position = 2",
            "UPDATE bellwether.record SET previous = 1, position = 2 WHERE position = 33",
            3,
            "missing",
        ),
        ("UPDATE bellwether.head SET position = 6", "UPDATE bellwether.head SET position = 5", 6, "missing"),
    ] {
        house.sql(harm);
        let _ = std::fs::remove_dir_all(house.cache.path().join("1"));
        let Err(OpenError::DamagedRecord { position: named, what: told, .. }) = house.try_open() else {
            panic!("{harm}: it was opened")
        };
        assert_eq!(named, position, "{harm}: {told}");
        assert!(told.contains(what), "{told}");
        house.sql(heal);
    }
    assert_eq!(house.open().verify().unwrap(), Vec::<String>::new());
}

#[test]
fn a_newer_store_is_refused_also_while_it_is_open() {
    let Some(house) = House::new() else { return };
    let store = house.open();
    house.sql("UPDATE bellwether.head SET format = 9");
    let refused = store.commit(transaction(1, [put("a", 1)])).unwrap_err();
    assert!(matches!(refused, CommitError::Server(_)), "{refused:?}");
    drop(store);
    let Err(OpenError::Newer { found, known, path }) = house.try_open() else { panic!("it was opened") };
    assert_eq!((found, known, path.as_path()), (9, 2, Path::new(&house.url)));
}

#[test]
fn a_database_that_was_made_anew_or_taken_back_is_noticed() {
    for (change, said) in [
        ("UPDATE bellwether.head SET store = gen_random_uuid()", "another store"),
        ("DELETE FROM bellwether.record WHERE position > 1; UPDATE bellwether.head SET position = 1", "older state"),
    ] {
        let Some(house) = House::new() else { return };
        let store = house.open();
        store.commit(transaction(1, [put("a", 1)])).unwrap();
        store.commit(transaction(2, [put("b", 2)])).unwrap();
        house.sql(change);
        // Who changes a database so ends all connections.
        house.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        let refused = store.commit(transaction(3, [put("c", 3)])).unwrap_err();
        let CommitError::Server(error) = &refused else { panic!("{refused:?}") };
        assert!(error.to_string().contains(said), "{error}");
        drop(store);
        house.open().commit(transaction(4, [put("d", 4)])).expect("it is opened as it is now");
    }
}

#[test]
fn who_only_looks_makes_no_store() {
    let Some(house) = House::new() else { return };
    let looked = house.with(LEASE, |sharing| Store::open_shared(&Sharing { make: false, ..sharing.clone() }));
    assert!(matches!(looked, Err(OpenError::NoStore { .. })));
    assert_eq!(house.sql("SELECT count(*) FROM pg_namespace WHERE nspname = 'bellwether'"), "0");
}

#[test]
fn a_server_that_is_not_there_is_named_without_the_password() {
    let address = ServerAddress::parse("postgres://desk:s3cret@127.0.0.1:1/trade", None).unwrap();
    let cache = TempDir::new().unwrap();
    let sharing = Sharing { address: &address, cache: cache.path(), lease: LEASE, make: true };
    let Err(OpenError::Server(error)) = Store::open_shared(&sharing) else { panic!("it was opened") };
    let told = error.to_string();
    assert!(told.contains("postgres://desk@127.0.0.1:1/trade") && !told.contains("s3cret"), "{told}");
}

fn named(body: &[u8], n: i64) -> Change {
    let content = ContentHash::of(body);
    Change::Snapshot(Box::new(Snapshot { content, ..snapshot(&format!("s{n}"), n) }))
}

#[test]
fn bodies_that_one_process_keeps_the_others_read() {
    let Some(house) = House::new() else { return };
    let (first, second) = (house.open(), house.open());
    let nowhere = Path::new("/nonexistent");
    let (keeps, reads) = (first.archive(nowhere).unwrap(), second.archive(nowhere).unwrap());
    let bodies: Vec<Vec<u8>> = (0..90_u8).map(|n| vec![n; usize::from(n) * 997]).collect();
    let names: Vec<ContentHash> = bodies.iter().map(|body| keeps.put(body).unwrap()).collect();
    for (name, body) in names.iter().zip(&bodies) {
        assert_eq!(reads.get(name).unwrap(), *body);
    }
    assert_eq!(reads.put(&bodies[7]).unwrap(), names[7]);
    assert_eq!((reads.usage().unwrap().bodies, reads.bodies().unwrap().len()), (90, 90));
    assert!(matches!(reads.get(&ContentHash::of(b"other")), Err(ArchiveError::Missing(_))));
    let hash = names[3].as_str();
    house.sql(&format!("UPDATE bellwether.body SET stored = set_byte(stored, 5, 0) WHERE hash = '\\x{hash}'"));
    assert!(matches!(reads.get(&names[3]), Err(ArchiveError::Damaged(named)) if named == names[3]));
}

#[test]
fn a_sweep_spares_what_any_process_has_just_put() {
    let Some(house) = House::new() else { return };
    let (first, second) = (house.open(), house.open());
    let nowhere = Path::new("/nonexistent");
    let (keeps, sweeps) = (first.archive(nowhere).unwrap(), second.archive(nowhere).unwrap());
    let names: Vec<ContentHash> = (0..4_u8).map(|n| keeps.put(&[n; 50]).unwrap()).collect();
    let of = |archive: &bellwether_store::archive::Archive, name: &ContentHash| {
        archive.bodies().unwrap().into_iter().find(|body| body.content == *name).unwrap()
    };
    let sweep = sweeps.sweep().unwrap().unwrap();
    assert!(!sweep.may_remove(&names[0]) && !sweep.remove(&of(&sweeps, &names[0])).unwrap(), "it was put just now");
    drop(sweep);
    house.sql("UPDATE bellwether.body SET put = put - interval '1 hour'");
    let sweep = sweeps.sweep().unwrap().unwrap();
    assert!(sweeps.sweep().unwrap().is_none(), "one at a time");
    let (gone, again) = (of(&sweeps, &names[0]), of(&sweeps, &names[1]));
    keeps.put(&[1; 50]).unwrap();
    assert!(sweep.remove(&gone).unwrap() && sweep.remove(&gone).unwrap());
    assert!(!sweep.remove(&again).unwrap(), "another process has put it again");
    sweep.finish().unwrap();
    assert!(matches!(keeps.get(&names[0]), Err(ArchiveError::Missing(_))));
    assert_eq!(keeps.get(&names[1]).unwrap(), [1; 50]);
}

/// A store in a folder with records of all lengths, some of them left out by compaction, and its archive.
fn filled(folder: &Path) -> String {
    let store = Store::open(&folder.join("store")).unwrap();
    let archive = store.archive(&folder.join("archive")).unwrap();
    for n in 0..300_i64 {
        let cursor = Change::Cursor { name: "watch".into(), sequence: n.unsigned_abs() };
        store.commit(transaction(n, [cursor])).unwrap();
        if n % 3 == 0 {
            let body = vec![u8::try_from(n % 251).unwrap(); 40 + usize::try_from(n).unwrap() * 10];
            archive.settled(&archive.put(&body).unwrap());
            let many = (0..n).map(|k| put(&format!("e{k}"), n));
            store.commit(transaction(n, many.chain([named(&body, n), log("e0", n)]))).unwrap();
        }
    }
    drop(store);
    care::compact(&folder.join("store")).unwrap();
    everything(&Store::open(&folder.join("store")).unwrap())
}

#[test]
fn a_store_moves_to_a_server_and_back_without_loss() {
    let Some(house) = House::new() else { return };
    let folder = TempDir::new().unwrap();
    let told = filled(folder.path());
    let (store, archive) = (folder.path().join("store"), folder.path().join("archive"));
    let back = folder.path().join("back");
    house.with(LEASE, |sharing| {
        let (from, to) = (Place::from(&store), Place::from(sharing));
        let (here, there) = (from.archive(&archive).unwrap(), to.archive(&archive).unwrap());
        let (copied, carried) = care::copy_whole((from, &here), (to, &there), &mut |_| ()).unwrap();
        assert_eq!((carried.bodies, carried.missing.len(), copied.in_use), (100, 0, false));
        let again = care::copy_whole((from, &here), (to, &there), &mut |_| ());
        assert!(matches!(again, Err(CareError::Exists { .. })), "nothing is overwritten");
    });
    let shared = house.open();
    // The format of the tables is another one than that of the folder.
    let plain =
        |text: &str| text.lines().filter(|line| !line.trim().starts_with("format:")).collect::<Vec<_>>().join("\n");
    assert_eq!(plain(&everything(&shared)), plain(&told));
    assert_eq!(shared.verify().unwrap(), Vec::<String>::new());
    shared.commit(transaction(400, [put("after", 400)])).unwrap();
    let told = everything(&shared);
    let archived = shared.archive(&archive).unwrap();
    house.with(LEASE, |sharing| {
        let (from, to) = (Place::from(sharing), Place::from(&back));
        let emptied = to.archive(&folder.path().join("archive-back")).unwrap();
        let (_, carried) = care::copy_whole((from, &archived), (to, &emptied), &mut |_| ()).unwrap();
        assert_eq!((carried.bodies, emptied.usage().unwrap().bodies), (100, 100));
        let file = folder.path().join("a.backup");
        care::backup(sharing, &file).unwrap();
        let second = House::new().unwrap();
        second.with(LEASE, |other| care::restore(&file, other)).unwrap();
        assert_eq!(everything(&second.open()), told, "from a backup");
    });
    let store = Store::open(&back).unwrap();
    assert_eq!(plain(&everything(&store)), plain(&told));
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn bodies_that_are_lost_are_told_by_a_copy() {
    let Some(house) = House::new() else { return };
    let folder = TempDir::new().unwrap();
    let store = Store::open(&folder.path().join("store")).unwrap();
    let archive = store.archive(&folder.path().join("archive")).unwrap();
    archive.put(b"there").unwrap();
    store.commit(transaction(1, [named(b"there", 1), named(b"lost", 2)])).unwrap();
    drop(store);
    let path = folder.path().join("store");
    let carried = house.with(LEASE, |sharing| {
        let to = Place::from(sharing);
        let there = to.archive(folder.path()).unwrap();
        care::copy_whole((Place::from(&path), &archive), (to, &there), &mut |_| ()).unwrap().1
    });
    assert_eq!((carried.bodies, carried.missing), (1, vec![ContentHash::of(b"lost")]));
}

#[test]
fn the_server_may_fall_down_in_the_midst_of_commits() {
    // One of its own: the others of this process would notice.
    let Some(server) = PostgresServer::start(None) else { return };
    let server: &'static PostgresServer = Box::leak(Box::new(server));
    let house = House { server, url: server.database(), cache: TempDir::new().unwrap() };
    let store = house.open();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let store = &store;
            scope.spawn(move || {
                for n in 0..100 {
                    let n = thread * 1_000 + n;
                    store.commit(transaction(0, [log(&format!("f{n}"), 0)])).unwrap();
                }
            });
        }
        for _ in 0..2 {
            server.restart();
        }
    });
    assert_eq!(store.changes(0, usize::MAX).unwrap().len(), 400);
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
    let told = everything(&store);
    drop(store);
    std::fs::remove_dir_all(house.cache.path()).unwrap();
    assert_eq!(everything(&house.open()), told);
}

#[test]
fn a_compacted_store_tells_the_same_as_of_any_time() {
    let Some(house) = House::new() else { return };
    let other = TempDir::new().unwrap();
    let store = house.open();
    for n in 0..40 {
        let visited = Change::Resource(Box::new(resource("a", "wire", Some(n))));
        store.commit(transaction(n, [visited])).unwrap();
        if n % 10 == 0 {
            store.commit(transaction(n, [put(&format!("s{n}"), n), log(&format!("s{n}"), n)])).unwrap();
        }
    }
    // Views of another machine, which are behind.
    drop(house.with(LEASE, |sharing| Store::open_shared(&Sharing { cache: other.path(), ..sharing.clone() }).unwrap()));
    store.commit(transaction(50, [put("last", 50)])).unwrap();
    let (told, then) = (everything(&store), past(&store.as_of(at(20))));
    let done = care::compact_shared(&store).unwrap().expect("it is on a server");
    assert_eq!((done.records, done.dropped), ((45, 6), 39));
    let check = |store: &Store| {
        assert_eq!(everything(store), told);
        assert_eq!(past(&store.as_of(at(20))), then);
    };
    check(&store);
    // It goes on, by who was there and by who comes later.
    store.commit(transaction(60, [put("more", 60)])).unwrap();
    let told = everything(&store);
    drop(store);
    let again = house.open();
    assert_eq!(everything(&again), told);
    assert_eq!(again.verify().unwrap(), [] as [String; 0]);
    drop(again);
    let elsewhere =
        house.with(LEASE, |sharing| Store::open_shared(&Sharing { cache: other.path(), ..sharing.clone() }).unwrap());
    assert_eq!(everything(&elsewhere), told);
    let once_more = care::compact_shared(&elsewhere).unwrap().expect("it is on a server");
    assert_eq!((once_more.records, once_more.dropped), ((7, 7), 0));
    assert_eq!(
        house.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'bellwether' AND tablename = 'compacted'"),
        "0"
    );
}

#[test]
fn a_compaction_that_is_interrupted_leaves_the_store_as_it_was() {
    let Some(house) = House::new() else { return };
    let store = house.open();
    for n in 0..20 {
        store.commit(transaction(n, [Change::Resource(Box::new(resource("a", "wire", Some(n))))])).unwrap();
    }
    let told = everything(&store);
    let records = || house.sql("SELECT count(*), sum(length(payload)) FROM bellwether.record");
    let before = records();
    // The server refuses the last step, as it does to who loses the connection there.
    house.sql("CREATE VIEW bellwether.watched AS SELECT position FROM bellwether.record");
    let failed = care::compact_shared(&store).unwrap_err();
    assert!(matches!(failed, CareError::Open(OpenError::Server(_))), "{failed}");
    house.sql("DROP VIEW bellwether.watched");
    assert_eq!(records(), before);
    assert_eq!(everything(&store), told);
    store.commit(transaction(30, [put("more", 30)])).unwrap();
    assert_eq!(care::compact_shared(&store).unwrap().expect("it is on a server").dropped, 19);
}
