//! A store with an outbox, and a receiver that answers as it is told.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bellwether::alerts::{self, Mode};
use bellwether::clock::{Clock, SharedClock, SteppedClock};
use bellwether::settings::{AlertSettings, ChannelSettings};
use bellwether::shutdown;
use bellwether_model::alert::{Alert, AlertKind, Delivery};
use bellwether_model::id::{AlertId, ChannelId};
use bellwether_store::{Change, Store, Transaction};
use jiff::Timestamp;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// One request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Arrival {
    /// `POST /hook?token=hidden`.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Arrival {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }
}

/// A receiver that gives the answers it is told to, in order, and holds its answer where it is told nothing. An answer is
/// a status line, with further headers and a body behind it where it has them.
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    answers: Arc<Mutex<VecDeque<&'static str>>>,
    pub(crate) arrivals: mpsc::UnboundedReceiver<Arrival>,
}

impl Receiver {
    pub(crate) async fn start(answers: &[&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (sender, arrivals) = mpsc::unbounded_channel();
        let answers = Arc::new(Mutex::new(answers.iter().copied().collect::<VecDeque<_>>()));
        let script = answers.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, script.clone(), sender.clone()));
            }
        });
        Self { address, answers, arrivals }
    }

    pub(crate) fn answer_with(&self, answer: &'static str) {
        self.answers.lock().expect("not poisoned").push_back(answer);
    }

    /// What has arrived so far.
    pub(crate) fn arrived(&mut self) -> Vec<Arrival> {
        std::iter::from_fn(|| self.arrivals.try_recv().ok()).collect()
    }
}

async fn serve(
    stream: TcpStream,
    script: Arc<Mutex<VecDeque<&'static str>>>,
    arrivals: mpsc::UnboundedSender<Arrival>,
) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut headers = Vec::new();
        let mut line = String::new();
        stream.read_line(&mut line).await.ok().filter(|&read| read > 0)?;
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await.ok()?;
            let Some((name, value)) = line.trim().split_once(": ") else { break };
            headers.push((name.to_lowercase(), value.to_owned()));
        }
        let target = line.trim().trim_end_matches(" HTTP/1.1").to_owned();
        let length = headers.iter().find(|(name, _)| name == "content-length")?.1.parse().ok()?;
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.ok()?;
        arrivals.send(Arrival { target, headers, body: String::from_utf8(body).ok()? }).ok()?;
        let answer = script.lock().expect("not poisoned").pop_front();
        let Some(answer) = answer else {
            return std::future::pending().await;
        };
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
        let length = body.len();
        let answer = format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\n\r\n{body}");
        stream.write_all(answer.as_bytes()).await.ok()?;
    }
}

pub(crate) struct House {
    pub(crate) directory: TempDir,
    pub(crate) clock: Arc<SteppedClock>,
}

impl House {
    pub(crate) fn new() -> Self {
        let noon: Timestamp = "2026-01-09T12:00:00Z".parse().expect("a time");
        Self { directory: tempfile::tempdir().expect("a folder"), clock: Arc::new(SteppedClock::at(noon)) }
    }

    pub(crate) fn open(&self) -> Store {
        Store::open(self.directory.path()).expect("the store opens")
    }

    /// Puts an alert for each channel into the outbox.
    pub(crate) fn fill(&self, store: &Store, channels: &[&str]) -> Vec<AlertId> {
        let mut transaction = Transaction::new(self.clock.now());
        let alerts: Vec<Alert> = channels.iter().map(|channel| self.alert(channel)).collect();
        let ids = alerts.iter().map(|alert| alert.id.clone()).collect();
        transaction.changes.extend(alerts.into_iter().map(|alert| Change::Alert(Box::new(alert))));
        store.commit(transaction).expect("the store writes");
        ids
    }

    /// An alert for a channel, due now.
    pub(crate) fn alert(&self, channel: &str) -> Alert {
        let (now, channel) = (self.clock.now(), ChannelId::new(channel));
        Alert {
            id: Alert::name(AlertKind::ReleaseNew, &channel, "TW-2025-12", ""),
            kind: AlertKind::ReleaseNew,
            channel,
            created: now,
            subject: "TW-2025-12".into(),
            summary: "TW exports 2025-12: 62.48 billion USD".into(),
            data: r#"{"id":"TW-2025-12"}"#.into(),
            labels: BTreeMap::new(),
            group: None,
            delivery: Delivery::Waiting { due: now, attempts: 0, last_error: None },
        }
    }

    /// Puts further alerts for a channel into the outbox.
    pub(crate) fn further(&self, store: &Store, channel: &str, count: usize) -> Vec<AlertId> {
        let known = store.alerts(usize::MAX).expect("the store reads").len();
        let ids: Vec<AlertId> = (known..known + count).map(|n| AlertId::new(format!("alert-further-{n:04}"))).collect();
        let mut transaction = Transaction::new(self.clock.now());
        for id in &ids {
            let alert = Alert { id: id.clone(), ..self.alert(channel) };
            transaction.push(Change::Alert(Box::new(alert)));
        }
        store.commit(transaction).expect("the store writes");
        ids
    }

    pub(crate) async fn once(&self, store: &Store, channels: &[ChannelSettings], allowed: &[SocketAddr]) -> u64 {
        let clock: SharedClock = self.clock.clone();
        let (_signal, shutdown) = shutdown::channel();
        alerts::run(settings(channels, allowed), store.clone(), clock, Mode::Once, shutdown)
            .await
            .expect("delivery goes on")
    }
}

/// What delivery needs to know, without routes and silences.
pub(crate) fn settings(channels: &[ChannelSettings], allowed: &[SocketAddr]) -> AlertSettings {
    AlertSettings { channels: channels.to_vec(), allow_private: allowed.to_vec(), ..AlertSettings::default() }
}

pub(crate) fn delivery(store: &Store, id: &AlertId) -> Delivery {
    store.alert(id).expect("the store reads").expect("an alert").delivery
}
