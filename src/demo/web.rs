//! The demonstration's hosts: what each serves at each stage.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bellwether_model::id::ContentHash;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::receiver::{self, Receiver};

/// What is published, in order; the name of each stage for people.
pub const STAGES: &[&str] = &[
    "a quiet morning: an old table, a foggy harbour",
    "the daily reports the new trade figures (Traditional Chinese)",
    "a mirror carries them (Simplified Chinese)",
    "a wire reports them (English)",
    "a board discusses the daily's article",
    "the statistics page shows the new table",
    "a ministry announces an export control",
    "the statistics page corrects the exports",
];

const NEWS: usize = 1;
const MIRROR: usize = 2;
const WIRE: usize = 3;
const BOARD: usize = 4;
const STATISTICS: usize = 5;
const POLICY: usize = 6;
const CORRECTION: usize = 7;

/// Names of the hosts, as they stand in braces in the pages.
const HOSTS: [&str; 6] = ["news", "mirror", "wire", "board", "statistics", "policy"];

/// The running web. Dropping it ends its servers.
pub struct Web {
    site: Arc<Site>,
    receiver_address: SocketAddr,
    /// What the receiver of alerts has taken.
    pub(super) receiver: Arc<Receiver>,
    servers: Vec<JoinHandle<std::io::Result<()>>>,
}

struct Site {
    stage: AtomicUsize,
    addresses: [SocketAddr; 6],
}

impl Web {
    /// Starts the hosts and the receiver on free ports of loopback.
    ///
    /// # Errors
    /// A port cannot be had.
    pub async fn start() -> std::io::Result<Self> {
        let mut listeners = Vec::with_capacity(HOSTS.len());
        for _ in HOSTS {
            listeners.push(TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?);
        }
        let mut addresses = [SocketAddr::from(([127, 0, 0, 1], 0)); 6];
        for (address, listener) in addresses.iter_mut().zip(&listeners) {
            *address = listener.local_addr()?;
        }
        let site = Arc::new(Site { stage: AtomicUsize::new(0), addresses });
        let mut servers = Vec::new();
        for (host, listener) in HOSTS.into_iter().zip(listeners) {
            let site = Arc::clone(&site);
            let root_site = Arc::clone(&site);
            let router = Router::new()
                .route("/", get(move |headers: HeaderMap| async move { root_site.answer(host, "", &headers) }))
                .route("/{*path}", get(page))
                .with_state((site, host));
            servers.push(tokio::spawn(async move { axum::serve(listener, router).await }));
        }
        let receiver = Arc::new(Receiver::default());
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let receiver_address = listener.local_addr()?;
        let router = Router::new().route("/alerts", post(receiver::take)).with_state(Arc::clone(&receiver));
        servers.push(tokio::spawn(async move { axum::serve(listener, router).await }));
        Ok(Self { site, receiver_address, receiver, servers })
    }

    /// Publishes everything up to a stage.
    pub fn publish(&self, stage: usize) {
        self.site.stage.store(stage, Ordering::SeqCst);
    }

    /// Addresses of the hosts.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.site.addresses
    }

    pub(super) fn receiver_address(&self) -> SocketAddr {
        self.receiver_address
    }

    /// A page with the names in braces replaced by addresses.
    pub(super) fn fill(&self, page: &str) -> String {
        self.site.fill(page).replace("{receiver}", &format!("http://{}", self.receiver_address))
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        for server in &self.servers {
            server.abort();
        }
    }
}

async fn page(
    State((site, host)): State<(Arc<Site>, &'static str)>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Response {
    site.answer(host, &path, &headers)
}

impl Site {
    fn fill(&self, page: &str) -> String {
        HOSTS.iter().zip(&self.addresses).fold(page.to_owned(), |page, (host, address)| {
            page.replace(&format!("{{{host}}}"), &format!("http://{address}"))
        })
    }

    /// A page with a validator, or 304 where the reader has it.
    fn answer(&self, host: &str, path: &str, asked: &HeaderMap) -> Response {
        let Some((content_type, body)) = self.page(host, path) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let tag = format!("\"{}\"", &ContentHash::of(body.as_bytes()).as_str()[..16]);
        if asked.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
            return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
        }
        let headers: [(HeaderName, String); 2] = [(header::CONTENT_TYPE, content_type.to_owned()), (header::ETAG, tag)];
        (headers, body).into_response()
    }

    /// What a host shows at the present stage; `None`: nothing is there.
    fn page(&self, host: &str, path: &str) -> Option<(&'static str, String)> {
        const HTML: &str = "text/html; charset=utf-8";
        const FEED: &str = "application/xml";
        let stage = self.stage.load(Ordering::SeqCst);
        let with_entry = |page: &str, entry: &str, from: usize| {
            self.fill(&page.replace("{entries}", if stage >= from { entry } else { "" }))
        };
        let article = |page: &str, from: usize| (stage >= from).then(|| self.fill(page));
        let (content_type, body) = match (host, path) {
            (_, "robots.txt") => ("text/plain", Some("User-agent: *\nDisallow: /private/\n".to_owned())),
            ("news", "feed.xml") => (
                FEED,
                Some(with_entry(include_str!("pages/news-feed.xml"), include_str!("pages/news-entry.xml"), NEWS)),
            ),
            ("news", "articles/exports-2025-02.html") => (HTML, article(include_str!("pages/news-article.html"), NEWS)),
            ("news", "articles/fog.html") => (HTML, article(include_str!("pages/news-fog.html"), 0)),
            ("mirror", "") => (
                HTML,
                Some(with_entry(
                    include_str!("pages/mirror-index.html"),
                    include_str!("pages/mirror-entry.html"),
                    MIRROR,
                )),
            ),
            ("mirror", "2025/03/07/exports.html") => (HTML, article(include_str!("pages/mirror-article.html"), MIRROR)),
            ("wire", "feed.xml") => (
                FEED,
                Some(with_entry(include_str!("pages/wire-feed.xml"), include_str!("pages/wire-entry.xml"), WIRE)),
            ),
            ("wire", "story/tw-exports") => (HTML, article(include_str!("pages/wire-article.html"), WIRE)),
            ("board", "bbs/Trade/index.html") => (
                HTML,
                Some(with_entry(include_str!("pages/board-index.html"), include_str!("pages/board-entry.html"), BOARD)),
            ),
            ("board", "bbs/Trade/M.1741338000.A.1F3.html") => {
                (HTML, article(include_str!("pages/board-article.html"), BOARD))
            }
            ("statistics", "trade/latest.html") => (HTML, Some(statistics(stage))),
            ("policy", "") => (
                HTML,
                Some(with_entry(
                    include_str!("pages/policy-index.html"),
                    include_str!("pages/policy-entry.html"),
                    POLICY,
                )),
            ),
            ("policy", "notices/2025-88.html") => (HTML, article(include_str!("pages/policy-article.html"), POLICY)),
            ("policy", "notices/2025-71.html") => (HTML, article(include_str!("pages/policy-fair.html"), 0)),
            _ => return None,
        };
        body.map(|body| (content_type, body))
    }
}

/// The statistics page: January's table, then February's, then February's with corrected exports.
fn statistics(stage: usize) -> String {
    let (month, before, published, rows): (_, _, _, &[[&str; 4]]) = if stage < STATISTICS {
        (
            "2025年1月",
            "2024年1月",
            "2025-02-07T16:00:00+08:00",
            &[["出口", "387.3", "371.0", "4.4"], ["進口", "322.1", "346.3", "-7.0"]],
        )
    } else if stage < CORRECTION {
        (
            "2025年2月",
            "2024年2月",
            "2025-03-07T16:00:00+08:00",
            &[["出口", "413.1", "314.1", "31.5"], ["進口", "347.2", "314.5", "10.4"]],
        )
    } else {
        (
            "2025年2月",
            "2024年2月",
            "2025-03-07T16:00:00+08:00",
            &[["出口", "412.6", "314.1", "31.4"], ["進口", "347.2", "314.5", "10.4"]],
        )
    };
    let rows: String = rows
        .iter()
        .map(|[name, now, then, rate]| {
            format!("<tr><th>{name}</th><td>{now}</td><td>{then}</td><td>{rate}</td></tr>\n")
        })
        .collect();
    include_str!("pages/statistics-page.html")
        .replace("{title}", &format!("臺灣{month}海關進出口貿易統計"))
        .replace("{published}", published)
        .replace("{month}", month)
        .replace("{before}", before)
        .replace("{rows}", &rows)
}
