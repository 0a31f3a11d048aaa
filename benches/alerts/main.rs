//! How soon receivers know: from the commit of a release to each receiver's 2xx, and from the first byte of the page that
//! carried a figure, with a thousand events and ten channels.
//!
//! `cargo bench -p bellwether-benches --bench alerts`; `commits` or `pages` behind `--` measures one of them. Store, rooms and
//! delivery are those of `run`; site and receivers are on loopback. Two loads: twenty a second, and all of them at once.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench measures with the machine's clock, prints its figures and stops at the first failure"
)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bellwether::alerts::{self, Mode};
use bellwether::clock::{SharedClock, SystemClock};
use bellwether::routing::Routing;
use bellwether::{shutdown, watch};
use bellwether_model::event::{ChangeEntry, Event, EventChange, EventState, Fact, Mention};
use bellwether_model::figure::Figure;
use bellwether_model::id::{DocumentId, EventId, ReleaseId, SourceId};
use bellwether_model::source::Trust;
use bellwether_store::{Change, Store, Transaction};
use jiff::Timestamp;

mod line;
#[path = "../crawl/pages.rs"]
mod pages;
mod receivers;

use receivers::{Taken, receivers};

/// Who is told of each event.
const CHANNELS: usize = 10;

fn main() {
    // `cargo test --benches` only asks whether it runs.
    let measure = std::env::args().any(|argument| argument == "--bench");
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let is_asked = |what: &str| asked.is_empty() || asked.iter().any(|asked| asked == what);
    let events = if measure { 1_000 } else { 10 };
    for (load, pause) in [("20 a second", Duration::from_millis(50)), ("all at once", Duration::ZERO)] {
        for what in ["commits", "pages"].into_iter().filter(|what| is_asked(what)) {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            let mut delays = match what {
                "commits" => runtime.block_on(delays(events, pause)),
                _ => runtime.block_on(line::delays(u32::try_from(events).unwrap(), pause)),
            };
            delays.sort();
            let at = |part: usize| delays[(delays.len() * part / 100).min(delays.len() - 1)];
            println!(
                "{what}, {load}: {events} events, {CHANNELS} channels, {} taken: p50 {:.1?}, p90 {:.1?}, p99 {:.1?}, longest {:.1?}",
                delays.len(),
                at(50),
                at(90),
                at(99),
                at(100)
            );
        }
    }
}

/// From each release's commit to each receiver's answer.
async fn delays(events: usize, pause: Duration) -> Vec<Duration> {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let (settings, mut taken) = receivers(CHANNELS, "id").await;
    let routing = Routing {
        releases: settings.channels.iter().map(|channel| channel.id.clone()).collect(),
        ..Routing::default()
    };
    let clock: SharedClock = Arc::new(SystemClock);
    let (signal, end) = shutdown::channel();
    let watching =
        tokio::spawn(watch::run(Vec::new(), routing, Arc::new(()), store.clone(), clock.clone(), end.clone()));
    let delivering = tokio::spawn(alerts::run(settings, store.clone(), clock, Mode::Forever, end));

    let committed: Arc<Mutex<HashMap<String, Instant>>> = Arc::default();
    let (writer, begun) = (store.clone(), Arc::clone(&committed));
    let writing = tokio::task::spawn_blocking(move || {
        for n in 0..events {
            let release = format!("release-{n}");
            let transaction = transaction(&release);
            writer.commit(transaction).unwrap();
            begun.lock().unwrap().insert(release, Instant::now());
            std::thread::sleep(pause);
        }
    });
    let mut answers: Vec<Taken> = Vec::new();
    while answers.len() < events * CHANNELS {
        answers.push(taken.recv().await.unwrap());
    }
    writing.await.unwrap();
    signal.shut_down();
    watching.await.unwrap().unwrap();
    delivering.await.unwrap().unwrap();
    let committed = committed.lock().unwrap();
    answers.into_iter().map(|(release, at)| at.saturating_duration_since(committed[&release])).collect()
}

/// What the room of events commits for one new figure.
fn transaction(release: &str) -> Transaction {
    let now = Timestamp::now();
    let (event, document) = (EventId::new(format!("{release}-exports")), DocumentId::new(format!("{release}-page")));
    let evidence = serde_json::json!({ "text": "12月出口624.8億美元，年增43.4%。", "start": 0, "end": 20 });
    let figure: Figure = serde_json::from_value(serde_json::json!({
        "area": "TW", "flow": "exports", "partner": null, "product": null, "period": "2025-12", "measure": "level",
        "status": "actual", "value": 62_480_000_000_i64, "unit": "USD", "basis": null, "precision": null,
        "forecaster": null, "headline": true, "evidence": evidence, "rule": "amount", "confidence": "high",
    }))
    .unwrap();
    let mention = Mention {
        source: SourceId::new("mof"),
        document: document.clone(),
        url: format!("https://mof.example/{release}"),
        title: "12月海關進出口統計".to_owned(),
        published: None,
        at: now,
        trust: Trust::Official,
        amount: Some(figure.amount),
        precision: None,
        agrees: true,
        evidence: figure.evidence.clone(),
        claims: Vec::new(),
        rule: "amount".to_owned(),
        cites: None,
        unsure: false,
        restates: false,
        outdated: false,
        taken_back: Vec::new(),
        action: None,
        quote: None,
    };
    let release = Some(ReleaseId::new(release));
    let mut transaction = Transaction::new(now);
    transaction.push(Change::Event(Box::new(Event {
        id: event.clone(),
        fact: Fact::Figure(figure),
        state: EventState::New,
        first_seen: now,
        changed: now,
        release: release.clone(),
        vintages: Vec::new(),
        mention_count: 1,
        backlog: false,
        corrected: false,
    })));
    transaction.push(Change::Mention { event: event.clone(), mention: Box::new(mention) });
    let change = EventChange::New { document };
    transaction.push(Change::Log(Box::new(ChangeEntry { at: now, event, release, change, silent: false })));
    transaction
}
