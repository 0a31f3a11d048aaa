//! A process that commits is killed at random moments. All that it was told is there, and nothing is there twice.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use bellwether_model::event::{ChangeEntry, EventChange};
use bellwether_model::id::EventId;
use bellwether_store::{Change, Store, Transaction};
use jiff::Timestamp;
use tempfile::TempDir;

/// The store that the child writes to.
const FOLDER: &str = "BELLWETHER_STORE_KILL_TEST";
const THREADS: u64 = 4;
const KILLS: u64 = 20;

fn event(thread: u64, n: u64) -> EventId {
    EventId::new(format!("ev-{thread}-{n}"))
}

fn cursor(thread: u64) -> String {
    format!("thread-{thread}")
}

/// The n-th commit of a thread: a row of its own and the thread's cursor.
fn step(thread: u64, n: u64) -> Transaction {
    let at = Timestamp::UNIX_EPOCH;
    let change = EventChange::Withdrawn;
    let row = ChangeEntry { at, event: event(thread, n), release: None, change, silent: false };
    let cursor = Change::Cursor { name: cursor(thread), sequence: n };
    Transaction { at, changes: vec![Change::Log(Box::new(row)), cursor] }
}

/// Not a test of its own: the child of the test below, which it runs with a folder to write to.
#[test]
fn child_commits_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let store = Store::open(Path::new(&folder)).unwrap();
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let store = store.clone();
            std::thread::spawn(move || {
                for n in store.cursor(&cursor(thread)).unwrap() + 1.. {
                    store.commit(step(thread, n)).unwrap();
                    // One write a line, so that lines of threads do not mix.
                    std::io::stdout().write_all(format!("\nacknowledged {thread} {n}\n").as_bytes()).unwrap();
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

/// Lets a child commit until so many commits were acknowledged, kills it, and hears out what it still said.
fn run_and_kill(folder: &Path, after: u64, acknowledged: &mut [u64]) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::child_commits_until_it_is_killed", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut seen = 0;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let mut words = line.split(' ');
        let Some("acknowledged") = words.next() else { continue };
        // The last line may be cut off by the kill.
        let (Some(thread), Some(n)) = (words.next(), words.next()) else { continue };
        let thread: usize = thread.parse().unwrap();
        acknowledged[thread] = acknowledged[thread].max(n.parse().unwrap());
        seen += 1;
        if seen == after {
            child.kill().unwrap();
        }
    }
    assert!(!child.wait().unwrap().success());
    assert!(seen >= after, "the child died by itself");
}

#[test]
fn acknowledged_commits_survive_kills_and_are_there_once() {
    let folder = TempDir::new().unwrap();
    let mut acknowledged = [0; THREADS as usize];
    for kill in 0..KILLS {
        // Any moment will do; these are spread over the first commits and over some hundred.
        run_and_kill(folder.path(), 1 + kill * kill * 7 % 331, &mut acknowledged);
        assert_eq!(Store::holder(folder.path()), None, "the lock dies with its holder");
        let store = Store::open(folder.path()).unwrap();
        let mut records = 0;
        for (thread, told) in (0..).zip(acknowledged) {
            let found = store.cursor(&cursor(thread)).unwrap();
            // At most the one commit that was under way is there without having been told.
            assert!((told..=told + 1).contains(&found), "kill {kill}: {told} acknowledged, {found} found");
            for n in 1..=found {
                assert_eq!(store.changes_of(&event(thread, n)).unwrap().len(), 1, "kill {kill}, commit {n}");
            }
            records += found;
        }
        assert_eq!(store.stats().unwrap().records, records);
        assert_eq!(store.changes(0, usize::MAX).unwrap().len() as u64, records);
        assert_eq!(store.verify().unwrap(), Vec::<String>::new());
    }
}
