//! What it costs to merge one more document, as the store grows: does it stay flat over many mentions of many events?
//!
//! `cargo bench -p bellwether-benches --bench merge`; `MENTIONS` and `EVENTS` set the size (10 million over 1 million:
//! `MENTIONS=10000000 EVENTS=1000000`), `BENCH_FOLDER` the disk, `STORE=postgres://…` an empty database in place of a folder. Each document reports ten figures, of which the first is the
//! same for all documents: an event with as many mentions as there are documents.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints its figures and stops at the first failure"
)]

use std::path::Path;
use std::time::{Duration, Instant};

use bellwether::events;
use bellwether_model::document::{DocumentKind, DocumentRecord};
use bellwether_model::evidence::Evidence;
use bellwether_model::figure::{Amount, Confidence, Figure, Flow, Measure, Precision, Status, Unit};
use bellwether_model::id::{SnapshotId, SourceId};
use bellwether_model::place::{Area, Partner};
use bellwether_model::source::Trust;
use bellwether_model::web::CanonicalUrl;
use bellwether_store::{EventFilter, ServerAddress, Sharing, Store};
use jiff::Timestamp;

const FIGURES_A_DOCUMENT: u64 = 10;
/// Documents whose merges are told together.
const SPANS: u64 = 5;

fn main() {
    // `cargo test --benches` only asks whether it runs.
    let measure = std::env::args().any(|argument| argument == "--bench");
    let number = |name: &str, otherwise: u64| std::env::var(name).map_or(otherwise, |text| text.parse().unwrap());
    let (mentions, events) = if measure { (200_000, 20_000) } else { (200, 40) };
    let (mentions, events) = (number("MENTIONS", mentions), number("EVENTS", events));
    let folder = match std::env::var_os("BENCH_FOLDER") {
        Some(folder) => tempfile::tempdir_in(folder).unwrap(),
        None => tempfile::tempdir().unwrap(),
    };
    let store = open(folder.path());
    let archive = store.archive(&folder.path().join("archive")).unwrap();
    let documents = mentions / FIGURES_A_DOCUMENT;
    tell(&format!("{mentions} mentions of {events} events by {documents} documents; merging one document, synced:"));
    let (mut taken, mut worked) = (Vec::new(), Vec::new());
    for n in 0..documents {
        let (document, figures) = document(n, events);
        let (began, worked_before) = (Instant::now(), processor_time());
        events::record_figures(&store, &archive, figures, document, at(n)).unwrap();
        taken.push(began.elapsed());
        worked.push(processor_time().saturating_sub(worked_before));
        if (n + 1) % (documents / SPANS).max(1) == 0 {
            span(&format!("up to document {}", n + 1), &mut taken);
            span("  of it on the processor", &mut worked);
        }
    }
    let stats = store.stats().unwrap();
    let each = |bytes: u64| bytes / stats.mentions.max(1);
    tell(&format!(
        "{} events, {} mentions; bytes a mention: journal {}, views {}; most memory {} MiB",
        stats.events,
        stats.mentions,
        each(stats.journal_bytes),
        each(stats.view_bytes),
        most_memory_kib() / 1024
    ));
    let began = Instant::now();
    let area = Some(Area::new("A01"));
    let found =
        store.events(&EventFilter { area, flow: Some(Flow::Exports), limit: 200, ..Default::default() }).unwrap();
    tell(&format!("{} events of an area and flow: {:.1} ms", found.len(), milliseconds(began.elapsed())));
    let began = Instant::now();
    let then = store.as_of(at(documents / 2));
    let filter = EventFilter { area: Some(Area::new("A01")), limit: 200, ..Default::default() };
    let found = then.events(&filter).unwrap();
    tell(&format!("{} events as of half the time: {:.1} ms", found.len(), milliseconds(began.elapsed())));
}

/// A new store in a folder, or on a server with its views in the folder.
fn open(folder: &Path) -> Store {
    let Ok(server) = std::env::var("STORE") else { return Store::open(&folder.join("store")).unwrap() };
    let address = ServerAddress::parse(&server, std::env::var("PGPASSWORD").ok().as_deref()).unwrap();
    let cache = folder.join("cache");
    let sharing = Sharing { address: &address, cache: &cache, lease: Duration::from_secs(15), make: true };
    let store = Store::open_shared(&sharing).unwrap();
    assert_eq!(store.stats().unwrap().events, 0, "the database must be empty");
    store
}

/// How long this thread has been on a processor, as Linux counts it; nothing elsewhere. On a machine that others use, it is what
/// can be compared: the rest is waiting, for the disk and for them.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or_default())
}

fn span(what: &str, taken: &mut Vec<Duration>) {
    taken.sort();
    let part = |percent: usize| milliseconds(taken[(taken.len() - 1) * percent / 100]);
    tell(&format!("  {what}: p50 {:.2} ms, p99 {:.2} ms, most {:.1} ms", part(50), part(99), part(100)));
    taken.clear();
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn tell(line: &str) {
    println!("{line}");
}

/// The most memory that this process had, as Linux counts it; 0 elsewhere.
fn most_memory_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse().ok()).unwrap_or_default()
}

fn at(n: u64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + i64::try_from(n).unwrap()).unwrap()
}

fn document(n: u64, events: u64) -> (DocumentRecord, Vec<Figure>) {
    let url = CanonicalUrl::parse(&format!("https://outlet-{}.example/news/{n}", n % 97)).unwrap();
    // A stride that is prime to most sizes spreads the figures of a document over the events.
    let figures =
        (0..FIGURES_A_DOCUMENT).map(|place| figure(if place == 0 { 0 } else { (n * 9 + place) * 7919 % events }));
    let document = DocumentRecord {
        id: url.document(),
        snapshot: SnapshotId::new(format!("snap-{n:024x}")),
        source: SourceId::new(format!("outlet-{}", n % 97)),
        trust: if n.is_multiple_of(97) { Trust::Official } else { Trust::Press },
        url,
        title: "12月出口624.8億美元，年增43.4%，創歷年單月新高".into(),
        published: None,
        authors: Vec::new(),
        publisher: None,
        language: None,
        kind: DocumentKind::News,
        cites: None,
        comments: None,
        body_chars: 900,
        first_read: at(n),
        last_read: at(n),
        rules: 1,
        problems: Vec::new(),
    };
    (document, figures.collect())
}

/// The n-th figure: every document that reports it says the same.
fn figure(n: u64) -> Figure {
    let text = "財政部今天公布12月出口624.8億美元，年增43.4%，創歷年單月新高。";
    let value = i64::try_from(n + 1).unwrap() * 10_000_000;
    Figure {
        area: Area::new(format!("A{:02}", n % 100)),
        flow: if (n / 100).is_multiple_of(2) { Flow::Exports } else { Flow::Imports },
        partner: Partner::of(&[Area::new(format!("P{:02}", n / 200 % 50))]),
        product: Some(format!("product {}", n / 10_000 / 480)),
        period: format!("{:04}-{:02}", 1980 + n / 10_000 / 12 % 40, n / 10_000 % 12 + 1).parse().unwrap(),
        measure: Measure::Level,
        status: Status::Actual,
        amount: Amount::Value { value: value.into() },
        unit: Unit("USD".into()),
        basis: None,
        precision: Some(Precision { step: 10_000_000.into(), hedge: None }),
        forecaster: None,
        headline: false,
        evidence: Evidence { text: text.into(), start: 11, end: 19 },
        claims: Vec::new(),
        rule: "amount".into(),
        confidence: Confidence::High,
    }
}
