//! The whole line: a site, the crawl, reading and merging, the watch list, delivery, receivers.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bellwether::clock::{SharedClock, SystemClock};
use bellwether::crawl;
use bellwether::routing::Routing;
use bellwether::settings::{Backlog, CrawlerSettings, SourceSettings};
use bellwether::{alerts, events, shutdown, watch};
use bellwether_model::figure::{Flow, Measure};
use bellwether_model::id::{SourceId, WatchId};
use bellwether_model::place::{Area, Partner};
use bellwether_model::source::SourceKind;
use bellwether_model::watch::{Condition, WatchItem};
use bellwether_model::web::CanonicalUrl;
use bellwether_store::Store;
use bellwether_store::archive::Archive;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::receivers::receivers;
use crate::{CHANNELS, pages};

/// Connections at once, as many as the site has to be asked by for the crawl to be faster than the rest.
const CONNECTIONS: usize = 16;

/// From the first byte of each page to each receiver's answer to the alert on its figure. Each page is of a release of its own,
/// and an item of the watch list asks for one figure of it. `pause`: between the first bytes of two pages.
pub(crate) async fn delays(count: u32, pause: Duration) -> Vec<Duration> {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store")).unwrap();
    let archive = Archive::open(&folder.path().join("archive")).unwrap();
    let site = Site::open(count, pause).await;
    let (alerting, mut taken) = receivers(CHANNELS, "url").await;
    let asked = Condition {
        area: Some(Area::new("TW")),
        flow: Some(Flow::Exports),
        measure: Some(Measure::Level),
        partner: Some(Partner("all".to_owned())),
        ..Condition::default()
    };
    let item = WatchItem {
        channels: alerting.channels.iter().map(|channel| channel.id.clone()).collect(),
        ..WatchItem::new(WatchId::new("exports"), "exports", asked)
    };
    let crawler = CrawlerSettings {
        gap: Duration::ZERO,
        connections_per_host: CONNECTIONS,
        concurrency: CONNECTIONS,
        allow_private: vec![site.address],
        ..CrawlerSettings::default()
    };
    let url = CanonicalUrl::parse(&format!("http://{}/all", site.address)).unwrap();
    let source = SourceSettings {
        every: Duration::from_secs(3600),
        backlog: Backlog::News,
        area: Some(Area::new("TW")),
        ..SourceSettings::new(SourceId::new("site"), SourceKind::Listing, url)
    };
    let clock: SharedClock = Arc::new(SystemClock);
    let (signal, end) = shutdown::channel();
    let sources = vec![source];
    let rooms = [
        tokio::spawn({
            let (store, archive, clock) = (store.clone(), archive.clone(), clock.clone());
            let crawling =
                crawl::run(crawler, sources.clone(), store, archive, clock, crawl::Mode::Forever, end.clone());
            async move { crawling.await.map(|_summary| ()).unwrap() }
        }),
        tokio::spawn({
            let reading = events::run(sources, store.clone(), archive, clock.clone(), end.clone());
            async move { reading.await.unwrap() }
        }),
        tokio::spawn({
            let routing = Routing::default();
            let watching = watch::run(vec![item], routing, Arc::new(()), store.clone(), clock.clone(), end.clone());
            async move { watching.await.unwrap() }
        }),
        tokio::spawn({
            let delivering = alerts::run(alerting, store, clock, alerts::Mode::Forever, end);
            async move { delivering.await.map(|_delivered| ()).unwrap() }
        }),
    ];
    let mut answers = Vec::new();
    while answers.len() < count as usize * CHANNELS {
        let (url, at) = taken.recv().await.unwrap();
        answers.push((url[url.find("/news/").unwrap()..].to_owned(), at));
    }
    signal.shut_down();
    for room in rooms {
        room.await.unwrap();
    }
    let begun = site.begun.lock().unwrap();
    answers.into_iter().map(|(path, at)| at.saturating_duration_since(begun[&path])).collect()
}

/// A server, and when the first byte of each of its pages left.
struct Site {
    address: SocketAddr,
    begun: Arc<Mutex<HashMap<String, Instant>>>,
}

/// What its connections share.
struct Shared {
    answers: HashMap<String, String>,
    begun: Arc<Mutex<HashMap<String, Instant>>>,
    /// When the next page may leave.
    next: tokio::sync::Mutex<Instant>,
    pause: Duration,
}

impl Site {
    async fn open(count: u32, pause: Duration) -> Self {
        let mut answers = HashMap::from([
            ("/all".to_owned(), pages::list(count, true)),
            ("/robots.txt".to_owned(), "User-agent: *\nDisallow: /private\n".to_owned()),
        ]);
        answers.extend((0..count).map(|number| (format!("/news/{number}"), pages::article(number, count, 1))));
        let begun: Arc<Mutex<HashMap<String, Instant>>> = Arc::default();
        let next = tokio::sync::Mutex::new(Instant::now());
        let shared = Arc::new(Shared { answers, begun: Arc::clone(&begun), next, pause });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, Arc::clone(&shared)));
            }
        });
        Self { address, begun }
    }
}

/// `None`: the client hung up.
async fn converse(stream: TcpStream, site: Arc<Shared>) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut stream = BufReader::new(stream);
    loop {
        let mut path = String::new();
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await.ok().filter(|&read| read > 0)?;
            if path.is_empty() {
                path = line.split(' ').nth(1)?.to_owned();
            }
            if line == "\r\n" {
                break;
            }
        }
        let body = site.answers.get(&path).map_or("", String::as_str);
        let status = if body.is_empty() { "404 Not Found" } else { "200 OK" };
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        if path.starts_with("/news/") {
            let mut next = site.next.lock().await;
            tokio::time::sleep_until((*next).into()).await;
            *next = Instant::now() + site.pause;
            site.begun.lock().unwrap().entry(path).or_insert_with(Instant::now);
        }
        stream.get_mut().write_all(answer.as_bytes()).await.ok()?;
    }
}
