//! A small web on loopback that misbehaves as it is told, and remembers who asked what and when.
//!
//! It speaks HTTP/1.1 by hand, since no server library would send what broken servers send. Times are those at which
//! the server saw a request come and had written the last byte of its answer.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A server; dropping it ends it.
pub(crate) struct Web {
    address: SocketAddr,
    log: Arc<Mutex<Vec<Seen>>>,
    server: JoinHandle<()>,
}

/// A request as the server saw it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// Path with query.
    pub(crate) path: String,
    /// Header lines, names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    /// When it had come.
    pub(crate) came: Instant,
    /// When its answer had been written.
    pub(crate) answered: Instant,
    /// Body bytes that were taken off our hands.
    pub(crate) sent: usize,
    /// Requests that this server had not yet answered when this one had come, itself among them. One whose asker hung up
    /// no longer counts.
    pub(crate) at_once: usize,
    /// Its answer was written, or its asker hung up.
    pub(crate) is_over: bool,
}

/// What a server does with a request.
#[derive(Clone)]
pub(crate) enum Reply {
    /// An answer as it should be: status, header lines, body.
    Whole(u16, Vec<(String, String)>, Vec<u8>),
    /// Promises more bytes than it sends, and hangs up.
    CutOff(Vec<u8>),
    /// Sends this again and again, and never ends: header lines, chunk.
    Endless(Vec<(String, String)>, Vec<u8>),
    /// Takes the request and says nothing.
    Silence,
    /// Begins an answer and then says nothing more.
    Stalled(Vec<u8>),
    /// Any bytes.
    Raw(Vec<u8>),
    /// Some bytes, and then others again and again, a few every now and then: never still, never done.
    Drip(Vec<u8>, Vec<u8>),
    /// A status line, and then header lines without end.
    HeaderFlood(Vec<u8>),
    /// Hangs up rudely.
    Reset,
    /// Takes its time first.
    Late(Duration, Box<Reply>),
}

impl Reply {
    /// A page.
    pub(crate) fn page(body: &str) -> Self {
        Self::Whole(200, vec![("content-type".into(), "text/html".into())], body.into())
    }

    /// A status without a body.
    pub(crate) fn status(status: u16) -> Self {
        Self::Whole(status, Vec::new(), Vec::new())
    }

    /// A redirect.
    pub(crate) fn redirect(status: u16, to: &str) -> Self {
        Self::status(status).with("location", to)
    }

    /// With another status, where it has no end.
    pub(crate) fn with_status(self, status: u16) -> Self {
        match self {
            Self::Endless(headers, chunk) => {
                let mut bytes = head(status, &headers, None).into_bytes();
                bytes.extend_from_slice(&chunk);
                Self::Drip(bytes, chunk)
            }
            other => other,
        }
    }

    /// With a further header line.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        if let Self::Whole(_, headers, _) | Self::Endless(headers, _) = &mut self {
            headers.push((name.into(), value.into()));
        }
        self
    }
}

impl Web {
    /// A server on a free port of 127.0.0.1 that answers by this rule.
    pub(crate) async fn serve(rule: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::serve_at([127, 0, 0, 1], rule).await
    }

    /// The same on another address of loopback: another host.
    pub(crate) async fn serve_at(ip: [u8; 4], rule: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(SocketAddr::from((ip, 0))).await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let log = Arc::new(Mutex::new(Vec::new()));
        let (rule, kept, open) = (Arc::new(rule), Arc::clone(&log), Arc::new(AtomicUsize::new(0)));
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (rule, log, open) = (Arc::clone(&rule), Arc::clone(&kept), Arc::clone(&open));
                tokio::spawn(async move { converse(stream, rule.as_ref(), &log, &open).await });
            }
        });
        Self { address, log, server }
    }

    /// Its address and port.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of a page.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The requests so far, in the order in which they came.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.log.lock().expect("no handler panics").clone()
    }

    /// The requests so far, when all of them are over.
    pub(crate) async fn seen_when_quiet(&self) -> Vec<Seen> {
        let quiet = async {
            while self.seen().iter().any(|seen| !seen.is_over) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), quiet).await.expect("every asker hangs up");
        self.seen()
    }

    /// The paths asked for so far, but for robots.txt.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.path).filter(|path| path != "/robots.txt").collect()
    }

    /// The shortest time between the end of an answer and the next request, whatever was asked.
    pub(crate) fn shortest_gap(&self) -> Option<Duration> {
        self.seen().windows(2).map(|pair| pair[1].came.saturating_duration_since(pair[0].answered)).min()
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn converse<F: Fn(&Seen) -> Reply>(stream: TcpStream, rule: &F, log: &Mutex<Vec<Seen>>, open: &AtomicUsize) {
    let mut stream = BufReader::new(stream);
    while let Some(mut seen) = read_request(&mut stream).await {
        seen.at_once = open.fetch_add(1, Ordering::SeqCst) + 1;
        let mut reply = rule(&seen);
        if let Reply::Late(pause, after) = reply {
            tokio::time::sleep(pause).await;
            reply = *after;
        }
        let at = {
            let mut log = log.lock().expect("no handler panics");
            log.push(seen);
            log.len() - 1
        };
        // Counted out before the last byte leaves: the next request may come at once.
        let is_short = matches!(reply, Reply::Whole(..) | Reply::CutOff(_) | Reply::Raw(_) | Reply::Reset);
        if is_short {
            open.fetch_sub(1, Ordering::SeqCst);
        }
        // Loopback takes a short answer at once; a server that is scheduled late behind it must not find gaps too short.
        let begun = Instant::now();
        let (goes_on, sent) = answer(stream.get_mut(), reply).await;
        if !is_short {
            open.fetch_sub(1, Ordering::SeqCst);
        }
        let mut log = log.lock().expect("no handler panics");
        log[at].answered = if is_short { begun } else { Instant::now() };
        log[at].sent = sent;
        log[at].is_over = true;
        if !goes_on {
            return;
        }
    }
}

async fn read_request(stream: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let now = Instant::now();
    Some(Seen { path, headers, came: now, answered: now, sent: 0, at_once: 0, is_over: false })
}

/// Answers; whether the connection goes on, and how many bytes of the body were taken.
async fn answer(stream: &mut TcpStream, reply: Reply) -> (bool, usize) {
    match reply {
        Reply::Whole(status, headers, body) => {
            let head = head(status, &headers, (status != 304).then_some(body.len()));
            let written = stream.write_all(&[head.as_bytes(), &body].concat()).await;
            (written.is_ok() && stream.flush().await.is_ok(), body.len())
        }
        Reply::CutOff(body) => {
            let head = head(200, &[], Some(body.len() + 1000));
            let _hung_up = stream.write_all(&[head.as_bytes(), &body].concat()).await;
            (false, body.len())
        }
        Reply::Endless(headers, chunk) => {
            let mut sent = 0;
            let mut going = stream.write_all(head(200, &headers, None).as_bytes()).await;
            while going.is_ok() {
                going = stream.write_all(&chunk).await;
                sent += chunk.len();
            }
            (false, sent)
        }
        Reply::Silence => wait_for_the_end(stream).await,
        Reply::Stalled(body) => {
            let head = head(200, &[], Some(body.len() + 1000));
            let _hung_up = stream.write_all(&[head.as_bytes(), &body].concat()).await;
            wait_for_the_end(stream).await
        }
        Reply::Raw(bytes) => {
            let _hung_up = stream.write_all(&bytes).await;
            (false, bytes.len())
        }
        Reply::Drip(begin, again) => {
            let mut sent = begin.len();
            let mut going = stream.write_all(&begin).await;
            while going.is_ok() {
                // The pace is the fault that this server has.
                tokio::time::sleep(Duration::from_millis(20)).await;
                going = stream.write_all(&again).await;
                sent += again.len();
            }
            (false, sent)
        }
        Reply::HeaderFlood(line) => {
            let mut sent = 0;
            let mut going = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
            let lines = line.repeat((16 << 10) / line.len());
            while going.is_ok() {
                going = stream.write_all(&lines).await;
                sent += lines.len();
            }
            (false, sent)
        }
        Reply::Reset => {
            let _no_matter = stream.set_zero_linger();
            (false, 0)
        }
        Reply::Late(..) => unreachable!("waited for before"),
    }
}

async fn wait_for_the_end(stream: &mut TcpStream) -> (bool, usize) {
    // A client that is tired of us hangs up, which makes the socket readable.
    let _readable = stream.readable().await;
    (false, 0)
}

fn head(status: u16, headers: &[(String, String)], length: Option<usize>) -> String {
    let mut head = format!("HTTP/1.1 {status} x\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if let Some(length) = length {
        head.push_str(&format!("content-length: {length}\r\n"));
    }
    head.push_str("\r\n");
    head
}
