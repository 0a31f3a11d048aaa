//! How many transactions a second the store makes durable, and how soon it is open again.
//!
//! `cargo bench -p bellwether-store`; `BENCH_FOLDER` names a folder on the disk to be measured.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints its figures and stops at the first failure"
)]

use std::path::Path;
use std::time::{Duration, Instant};

use bellwether_model::event::{ChangeEntry, Event, EventChange, EventState, Fact, Mention, Vintage};
use bellwether_model::evidence::Evidence;
use bellwether_model::figure::{Amount, Confidence, Figure, Flow, Measure, Status, Unit};
use bellwether_model::id::{DocumentId, EventId, ReleaseId, SourceId};
use bellwether_model::place::Area;
use bellwether_model::source::Trust;
use bellwether_store::{Change, EventFilter, Store, Transaction};
use jiff::Timestamp;

const EVENTS: i64 = 100_000;
const EVENTS_A_TRANSACTION: i64 = 10;

fn main() {
    // `cargo test --benches` only asks whether it runs.
    let measure = std::env::args().any(|argument| argument == "--bench");
    let folder = match std::env::var_os("BENCH_FOLDER") {
        Some(folder) => tempfile::tempdir_in(folder).unwrap(),
        None => tempfile::tempdir().unwrap(),
    };
    let (commits, events) = if measure { (20_000, EVENTS) } else { (64, 100) };
    println!("commits of one small event each, by threads that wait for each of theirs:");
    for threads in [1, 4, 16, 64] {
        let commits = if threads == 1 { commits / 8 } else { commits };
        group_commits(&folder.path().join(format!("threads-{threads}")), threads, commits);
    }
    println!("{events} events with mention and row of the change log, {EVENTS_A_TRANSACTION} a commit, one thread:");
    fill_and_open(&folder.path().join("large"), events);
}

fn group_commits(folder: &Path, threads: i64, commits: i64) {
    let store = Store::open(folder).unwrap();
    let start = Instant::now();
    let handles: Vec<_> = (0..threads)
        .map(|thread| {
            let store = store.clone();
            std::thread::spawn(move || {
                for n in 0..commits / threads {
                    store.commit(transaction(thread * commits + n..thread * commits + n + 1)).unwrap();
                }
            })
        })
        .collect();
    for handle in handles {
        handle.join().unwrap();
    }
    tell(&format!("{threads} threads"), commits, start.elapsed());
}

fn fill_and_open(folder: &Path, events: i64) {
    let store = Store::open(folder).unwrap();
    let start = Instant::now();
    for first in (0..events).step_by(10) {
        store.commit(transaction(first..(first + EVENTS_A_TRANSACTION).min(events))).unwrap();
    }
    tell("events committed", events, start.elapsed());
    let listed = timed("list all events", || store.events(&EventFilter::default()).unwrap().len());
    assert_eq!(i64::try_from(listed).unwrap(), events);
    timed("list the events of a month", || {
        let (area, flow) = (Some(Area::new("A01")), Some(Flow::Exports));
        store.events(&EventFilter { area, flow, period: "2020-01".parse().ok(), ..Default::default() }).unwrap().len()
    });
    println!("  {:?}", store.stats().unwrap());
    timed("verify", || assert_eq!(store.verify().unwrap(), Vec::<String>::new()));
    // What is copied of a store in use is what a kill leaves of it.
    let killed = folder.with_extension("killed");
    copy(folder, &killed);
    timed("close", || drop(store));
    timed("open after a kill", || Store::open(&killed).unwrap());
    let store = timed("open after a clean end", || Store::open(folder).unwrap());
    drop(store);
    std::fs::remove_dir_all(folder.join("views")).unwrap();
    timed("open and build the views anew", || Store::open(folder).unwrap());
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { std::fs::copy(&path, target).map(drop).unwrap() }
    }
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    println!("  {what}: {:.3} s", start.elapsed().as_secs_f64());
    done
}

fn tell(what: &str, count: i64, elapsed: Duration) {
    let rate = f64::from(u32::try_from(count).unwrap()) / elapsed.as_secs_f64();
    println!("  {what}: {count} in {:.2} s, {rate:.0} a second", elapsed.as_secs_f64());
}

fn transaction(events: std::ops::Range<i64>) -> Transaction {
    let mut transaction = Transaction::new(Timestamp::UNIX_EPOCH);
    for n in events {
        let at = Timestamp::from_second(1_700_000_000 + n).unwrap();
        let event = event(n, at);
        let document = DocumentId::new(format!("doc-{n:024x}"));
        let change = EventChange::New { document: document.clone() };
        let row = ChangeEntry { at, event: event.id.clone(), release: event.release.clone(), change, silent: false };
        let mention = Box::new(mention(document, at));
        transaction.push(Change::Mention { event: event.id.clone(), mention });
        transaction.push(Change::Event(Box::new(event)));
        transaction.push(Change::Log(Box::new(row)));
    }
    transaction
}

fn event(n: i64, at: Timestamp) -> Event {
    let amount = Amount::Value { value: (n * 1_000_000).into() };
    let period = format!("{:04}-{:02}", 1990 + n / 12 % 40, n % 12 + 1).parse().unwrap();
    let area = Area::new(format!("A{:02}", n / 480 % 100));
    let figure = Figure {
        area,
        flow: if n % 2 == 0 { Flow::Exports } else { Flow::Imports },
        partner: None,
        product: Some(format!("product {}", n / 48_000)),
        period,
        measure: Measure::Level,
        status: Status::Actual,
        amount,
        unit: Unit("USD".into()),
        basis: None,
        precision: None,
        forecaster: None,
        headline: false,
        evidence: evidence(),
        claims: Vec::new(),
        rule: "amount".into(),
        confidence: Confidence::High,
    };
    let url = format!("https://news.example/{n}");
    let source = SourceId::new("wire");
    let vintage = Vintage { amount, precision: None, from: at, source, url, trust: Trust::Press };
    Event {
        id: EventId::new(format!("ev-{n:024x}")),
        fact: Fact::Figure(figure),
        state: EventState::New,
        first_seen: at,
        changed: at,
        release: Some(ReleaseId::new(format!("A{:02}-{n}", n % 50))),
        vintages: vec![vintage],
        mention_count: 1,
        backlog: false,
        corrected: false,
    }
}

fn mention(document: DocumentId, at: Timestamp) -> Mention {
    Mention {
        source: SourceId::new("wire"),
        url: format!("https://news.example/{document}"),
        document,
        title: "Exports at a new high".into(),
        published: None,
        at,
        trust: Trust::Press,
        amount: None,
        precision: None,
        agrees: true,
        evidence: evidence(),
        claims: Vec::new(),
        rule: "amount".into(),
        cites: None,
        unsure: false,
        restates: false,
        outdated: false,
        taken_back: Vec::new(),
        action: None,
        quote: None,
    }
}

fn evidence() -> Evidence {
    Evidence {
        text: "財政部今天公布12月出口624.8億美元，年增43.4%，創歷年單月新高。".into(), start: 11, end: 19
    }
}
