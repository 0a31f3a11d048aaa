//! The server, in a process of its own: answers made beforehand, so that it costs little beside those who ask.

use std::collections::HashMap;
use std::io::Read as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::pages;

/// Articles about one release: they agree, so that each release is one event with some mentions.
const REPORTS: u32 = 5;

/// What the server saw.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Seen {
    /// Requests in all.
    pub(crate) requests: u64,
    /// Different articles that were fetched.
    pub(crate) pages: u64,
    /// The most requests at once.
    pub(crate) at_once: u64,
}

struct Site {
    answers: HashMap<String, (Vec<u8>, AtomicBool)>,
    latency: Duration,
    requests: AtomicU64,
    pages: AtomicU64,
    now: AtomicU64,
    at_once: AtomicU64,
}

/// Serves until standard input ends, then says what it saw. `latency`: milliseconds before each answer.
pub(crate) fn serve(count: u32, latency: u64) -> anyhow::Result<()> {
    let mut answers = HashMap::new();
    let mut put = |path: String, body: String| answers.insert(path, (answer("200 OK", &body), AtomicBool::new(false)));
    put("/".to_owned(), pages::list(count, false));
    put("/all".to_owned(), pages::list(count, true));
    put("/robots.txt".to_owned(), "User-agent: *\nDisallow: /private\n".to_owned());
    for number in 0..count {
        put(format!("/news/{number}"), pages::article(number, count, REPORTS));
    }
    let counter = AtomicU64::default;
    let (requests, pages, now, at_once) = (counter(), counter(), counter(), counter());
    let site = Arc::new(Site { answers, latency: Duration::from_millis(latency), requests, pages, now, at_once });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    println!("{}", listener.local_addr()?);
    let served = Arc::clone(&site);
    runtime.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, Arc::clone(&served)));
        }
    });
    std::io::stdin().read_to_end(&mut Vec::new())?;
    let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let seen = Seen { requests: load(&site.requests), pages: load(&site.pages), at_once: load(&site.at_once) };
    println!("{}", serde_json::to_string(&seen)?);
    Ok(())
}

fn answer(status: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\netag: \"{length}\"\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// What cannot be said to a client that hung up needs not be said.
async fn converse(stream: TcpStream, site: Arc<Site>) {
    let _nodelay = stream.set_nodelay(true);
    let missing = answer("404 Not Found", "");
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    let mut path = String::new();
    loop {
        line.clear();
        match stream.read_line(&mut line).await {
            Ok(read) if read > 0 => {}
            _ => return,
        }
        if path.is_empty() {
            path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        }
        if line != "\r\n" {
            continue;
        }
        site.requests.fetch_add(1, Ordering::Relaxed);
        let now = site.now.fetch_add(1, Ordering::Relaxed) + 1;
        site.at_once.fetch_max(now, Ordering::Relaxed);
        if !site.latency.is_zero() {
            tokio::time::sleep(site.latency).await;
        }
        let bytes = match site.answers.get(&path) {
            Some((bytes, fetched)) => {
                if path.starts_with("/news/") && !fetched.swap(true, Ordering::Relaxed) {
                    site.pages.fetch_add(1, Ordering::Relaxed);
                }
                bytes
            }
            None => &missing,
        };
        // Counted before the last byte leaves: the client may ask again at once.
        site.now.fetch_sub(1, Ordering::Relaxed);
        if stream.get_mut().write_all(bytes).await.is_err() {
            return;
        }
        path.clear();
    }
}
