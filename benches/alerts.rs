//! How soon receivers know: from the commit of a release to each receiver's 2xx, with a thousand releases and ten channels.
//!
//! `cargo bench -p bellwether-benches --bench alerts`. Store, watch room and delivery are those of `run`; the receivers are ten HTTP servers on
//! loopback. Two loads: twenty releases a second, and all of them at once.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench measures with the machine's clock, prints its figures and stops at the first failure"
)]

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bellwether::alerts::{self, Mode};
use bellwether::clock::{SharedClock, SystemClock};
use bellwether::routing::Routing;
use bellwether::settings::{AlertSettings, ChannelKind, ChannelSettings};
use bellwether::{shutdown, watch};
use bellwether_model::event::{ChangeEntry, Event, EventChange, EventState, Fact, Mention};
use bellwether_model::figure::Figure;
use bellwether_model::id::{ChannelId, DocumentId, EventId, ReleaseId, SourceId};
use bellwether_model::source::Trust;
use bellwether_model::web::CanonicalUrl;
use bellwether_store::{Change, Store, Transaction};
use jiff::Timestamp;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

const CHANNELS: usize = 10;

/// When a receiver took the alert on a release.
type Taken = (String, Instant);

fn main() {
    // `cargo test --benches` only asks whether it runs.
    let measure = std::env::args().any(|argument| argument == "--bench");
    let events = if measure { 1_000 } else { 10 };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for (load, pause) in [("20 releases a second", Duration::from_millis(50)), ("all at once", Duration::ZERO)] {
        let mut delays = runtime.block_on(delays(events, pause));
        delays.sort();
        let at = |part: usize| delays[(delays.len() * part / 100).min(delays.len() - 1)];
        println!(
            "{load}: {events} releases, {CHANNELS} channels, {} taken: p50 {:.1?}, p90 {:.1?}, p99 {:.1?}, longest {:.1?}",
            delays.len(),
            at(50),
            at(90),
            at(99),
            at(100)
        );
    }
}

/// From each release's commit to each receiver's answer.
async fn delays(events: usize, pause: Duration) -> Vec<Duration> {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let (sender, mut taken) = mpsc::unbounded_channel();
    let mut settings = AlertSettings::default();
    for n in 0..CHANNELS {
        let address = receiver(sender.clone()).await;
        let url = CanonicalUrl::parse(&format!("http://{address}/")).unwrap();
        let kind = ChannelKind::Webhook { url, secrets: vec![b"a key of the bench, long enough".to_vec()] };
        settings.channels.push(ChannelSettings::new(ChannelId::new(format!("channel-{n}")), kind));
        settings.allow_private.push(address);
    }
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

/// A receiver that takes everything.
async fn receiver(taken: mpsc::UnboundedSender<Taken>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, taken.clone()));
        }
    });
    address
}

async fn serve(stream: TcpStream, taken: mpsc::UnboundedSender<Taken>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await.ok().filter(|&read| read > 0)?;
            let line = line.trim().to_lowercase();
            if line.is_empty() {
                break;
            }
            length = line.strip_prefix("content-length: ").map_or(length, |text| text.parse().unwrap());
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.ok()?;
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.ok()?;
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        taken.send((body["data"]["id"].as_str().unwrap().to_owned(), Instant::now())).ok()?;
    }
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
        action: None,
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
    })));
    transaction.push(Change::Mention { event: event.clone(), mention: Box::new(mention) });
    let change = EventChange::New { document };
    transaction.push(Change::Log(Box::new(ChangeEntry { at: now, event, release, change, silent: false })));
    transaction
}
