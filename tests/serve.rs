//! The dashboard and the API on a real listener, asked by hand-written HTTP: shapes, headers, refusals, hostile words.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod filled;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use bellwether::clock::SteppedClock;
use bellwether::metrics::Metrics;
use bellwether::serve::Besides;
use bellwether::shutdown::{self, ShutdownSender};
use bellwether_store::Store;
use bellwether_store::archive::Archive;

/// A server over a store, which ends when it is dropped.
struct Server {
    address: SocketAddr,
    _shutdown: ShutdownSender,
    _runtime: tokio::runtime::Runtime,
    _directory: tempfile::TempDir,
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

fn serve(fill: impl FnOnce(&std::path::Path) -> Store, token: Option<&str>) -> Server {
    serve_at(fill, token, &filled::now().to_string())
}

fn serve_at(fill: impl FnOnce(&std::path::Path) -> Store, token: Option<&str>, now: &str) -> Server {
    let directory = tempfile::tempdir().unwrap();
    let store = fill(&directory.path().join("store"));
    let settings = filled::settings(directory.path(), token);
    let clock = Arc::new(SteppedClock::at(now.parse().unwrap()));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, shutdown) = shutdown::channel();
    let besides = Besides {
        reports: Arc::new(bellwether::report::Writer),
        archive: Archive::open(&settings.archive).unwrap(),
        metrics: Metrics::new(),
        pulse: None,
        crawl: "crawl",
    };
    runtime.spawn(async move { bellwether::serve::run(settings, store, besides, listener, clock, shutdown).await });
    Server { address, _shutdown: sender, _runtime: runtime, _directory: directory }
}

fn filled_server() -> Server {
    serve(filled::store, None)
}

fn empty_server() -> Server {
    serve(|directory| Store::open(directory).unwrap(), None)
}

impl Server {
    fn send(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    fn ask(&self, method: &str, path: &str, headers: &str) -> Answer {
        let address = self.address;
        self.send(&format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\r\n"))
    }

    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "")
    }
}

const PAGES: [&str; 8] = [
    "/",
    "/events",
    "/events/ev-000000000000000000000001",
    "/flags",
    "/sources",
    "/alerts",
    "/report/2026-W02",
    "/style.css",
];

#[test]
fn every_page_answers_with_its_headers() {
    let server = filled_server();
    for path in PAGES {
        let answer = server.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        let policy = answer.header("content-security-policy").unwrap();
        assert_eq!(
            policy, "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
            "{path}"
        );
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
    }
}

#[test]
fn pages_are_whole_documents_with_one_main_heading() {
    let server = filled_server();
    for path in PAGES.iter().filter(|path| **path != "/style.css") {
        let page = server.get(path).body;
        assert!(page.starts_with("<!DOCTYPE html>"), "{path}");
        assert_eq!(page.matches("<h1>").count(), 1, "{path}");
        assert_eq!(page.matches("<main").count(), 1, "{path}");
        assert!(page.contains("<nav aria-label="), "{path}");
        assert!(!page.contains("style=\"") && !page.contains("<style") && !page.contains("<script"), "{path}");
    }
}

/// The elements that are open at the end of a page; empty where each was closed in its turn.
fn left_open(page: &str) -> Vec<&str> {
    const VOID: [&str; 6] = ["!DOCTYPE", "meta", "link", "br", "input", "hr"];
    let mut open = Vec::new();
    for tag in page.split('<').skip(1) {
        let name = tag.split([' ', '>', '\n']).next().unwrap_or_default();
        match name.strip_prefix('/') {
            Some(closed) => assert_eq!(open.pop(), Some(closed), "</{closed}> closes another element"),
            None if VOID.contains(&name) => {}
            None => open.push(name),
        }
    }
    open
}

#[test]
fn each_element_is_closed_in_its_turn() {
    for server in [filled_server(), empty_server()] {
        for path in ["/", "/events", "/events/ev-000000000000000000000006", "/flags", "/sources", "/alerts", "/nothing"]
        {
            assert_eq!(left_open(&server.get(path).body), Vec::<&str>::new(), "{path}");
        }
        assert_eq!(left_open(&server.get("/api/report?week=2026-W02&format=html").body), Vec::<&str>::new());
    }
}

#[test]
fn hostile_words_stay_words() {
    let server = filled_server();
    for path in PAGES {
        let page = server.get(path).body;
        for broken in ["<script", "<img", "<b onmouseover", "href=\"javascript:"] {
            assert!(!page.contains(broken), "{broken} in {path}");
        }
    }
    assert!(server.get("/alerts").body.contains("&#60;script&#62;alert"), "the title is shown as text");
}

#[test]
fn the_front_page_shows_a_release_with_the_sentence_that_proves_it() {
    let page = filled_server().get("/").body;
    for words in [
        "Taiwan, 2025-12",
        "US$61.25 billion",
        "up 40.1% on the year",
        "revised, was up 21.4% on the year",
        "disputed, elsewhere deficit of US$1.25 billion",
        "forecast by 財政部",
        "<blockquote lang=\"zh-Hant\">十二月出口 612.5 億美元",
        "href=\"https://customs.example/releases/2026-01\"",
        "林育真",
        "对部分稀有金属实施出口管制",
        "2 of 4 sources in trouble",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
}

#[test]
fn an_event_shows_documents_values_and_history() {
    let server = filled_server();
    let page = server.get("/events/ev-000000000000000000000005").body;
    for words in ["up 12.4% on the year", "up 21.4% on the year", "revised from", "Values in time", "amount-of-flow"] {
        assert!(page.contains(words), "{words} in {page}");
    }
}

#[test]
fn the_api_has_its_shape() {
    let server = filled_server();
    let mut shown = String::new();
    for path in [
        "/healthz",
        "/readyz",
        "/api",
        "/api/events?flow=balance",
        "/api/events/ev-000000000000000000000003",
        "/api/releases?limit=1",
        "/api/flags",
        "/api/sources",
        "/api/alerts",
        "/api/events?flow=sideways",
        "/api/nothing",
    ] {
        let answer = server.get(path);
        let json = serde_json::to_string_pretty(&answer.json()).unwrap();
        shown.push_str(&format!(
            "GET {path}\n{} {}\n{json}\n\n",
            answer.status,
            answer.header("content-type").unwrap()
        ));
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn lists_are_filtered_and_written_as_lines() {
    let server = filled_server();
    let answer = server.get("/api/events?kind=figure&forecast=true&format=jsonl");
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    let lines: Vec<serde_json::Value> = answer.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert!(lines.iter().all(|line| line["figure"]["status"] == "forecast"));
    assert_eq!(server.get("/api/alerts?state=waiting").json().as_array().unwrap().len(), 1);
    assert_eq!(server.get("/api/flags?watch=tw-us").json().as_array().unwrap().len(), 1);
    assert_eq!(server.get("/api/flags?limit=1").json().as_array().unwrap().len(), 1);
    assert!(server.get("/api/store/stats").json()["events"].as_u64().unwrap() > 0);
}

#[test]
fn the_briefing_is_served_in_every_form() {
    let server = filled_server();
    for (form, content_type) in
        [("md", "text/markdown; charset=utf-8"), ("html", "text/html; charset=utf-8"), ("json", "application/json")]
    {
        let answer = server.get(&format!("/api/report?week=2026-W02&lang=en&format={form}"));
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(content_type)));
        assert!(answer.body.contains("2026-W02") || answer.body.contains("week 02"), "{form}");
    }
    assert_eq!(server.get("/api/report").status, 400);
    assert_eq!(server.get("/api/report?week=2026-W60").status, 400);
    assert_eq!(server.get("/report/next-week").status, 400);
}

#[test]
fn what_is_not_there_is_told_in_the_form_that_was_asked() {
    let server = filled_server();
    let page = server.get("/nothing");
    assert_eq!((page.status, page.header("content-type")), (404, Some("text/html; charset=utf-8")));
    let json = server.get("/api/events/ev-nothing");
    assert_eq!((json.status, json.header("content-type")), (404, Some("application/json")));
    assert!(json.json()["error"].as_str().unwrap().contains("ev-nothing"));
    assert!(json.json()["hint"].is_string());
    assert_eq!(server.get("/events/%3Cscript%3E").status, 404);
}

#[test]
fn only_reading_is_allowed() {
    let server = filled_server();
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
        let answer = server.ask(method, "/api/events", "Content-Length: 0\r\n");
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD")), "{method}");
    }
    let head = server.ask("HEAD", "/api/events", "");
    let get = server.get("/api/events");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(head.header("content-length").unwrap(), get.body.len().to_string());
}

#[test]
fn other_names_are_refused() {
    let server = filled_server();
    let port = server.address.port();
    let ask = |host: &str| server.send(&format!("GET / HTTP/1.1\r\n{host}Connection: close\r\n\r\n")).status;
    assert_eq!(ask(&format!("Host: localhost:{port}\r\n")), 200);
    for host in [
        "Host: rebound.example\r\n".to_owned(),
        format!("Host: rebound.example:{port}\r\n"),
        "Host: 127.0.0.1\r\n".to_owned(),
        format!("Host: 127.0.0.1:{port}\r\nHost: rebound.example:{port}\r\n"),
        String::new(),
    ] {
        let status = ask(&host);
        assert!(matches!(status, 400 | 421), "{host}: {status}");
    }
    let absolute =
        format!("GET http://rebound.example/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    assert_eq!(server.send(&absolute).status, 421);
}

#[test]
fn a_token_is_asked_for_where_one_is_set() {
    let server = serve(filled::store, Some("s3cret-token"));
    assert_eq!(server.get("/").status, 401);
    assert_eq!(server.get("/api/events").json()["error"], "a token is needed");
    assert_eq!(server.get("/healthz").status, 200);
    assert_eq!(server.ask("GET", "/api/events", "Authorization: Bearer s3cret-token\r\n").status, 200);
    assert_eq!(server.ask("GET", "/api/events", "Authorization: Bearer other\r\n").status, 401);
    assert_eq!(server.get("/login?token=other").status, 401);
    let login = server.get("/login?token=s3cret-token");
    assert_eq!((login.status, login.header("location")), (303, Some("/")));
    let cookie = login.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let pair = cookie.split(';').next().unwrap();
    assert_eq!(server.ask("GET", "/", &format!("Cookie: {pair}\r\n")).status, 200);
}

#[test]
fn machines_are_told_numbers_and_whether_all_is_ready() {
    let server = filled_server();
    let ready = server.get("/readyz");
    assert_eq!((ready.status, ready.json()["store"].as_str().map(str::to_owned)), (200, Some("writable".to_owned())));
    let metrics = server.get("/metrics");
    assert_eq!(metrics.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let has = |line: &str| metrics.body.lines().any(|found| found == line);
    for line in [
        "# TYPE bellwether_events gauge",
        "bellwether_events 11",
        "bellwether_outbox_alerts 1",
        // The one that waits was caused two days before now.
        "bellwether_outbox_oldest_age_seconds 172800",
        "bellwether_sources{health=\"new\"} 4",
        "bellwether_archive_bytes 0",
    ] {
        assert!(has(line), "{line}\n{}", metrics.body);
    }
    assert!(metrics.body.lines().all(|line| line.starts_with('#')
        || line.is_empty()
        || line.rsplit_once(' ').unwrap().1.parse::<f64>().is_ok()));
    let guarded = serve(filled::store, Some("s3cret-token"));
    assert_eq!((guarded.get("/metrics").status, guarded.get("/readyz").status), (401, 200));
}

#[test]
fn an_empty_store_says_so_and_since_when() {
    let server = empty_server();
    let page = server.get("/").body;
    assert!(page.contains("No release has been read yet."), "{page}");
    assert!(
        page.contains("No source has been visited yet; this page has been up since 2026-01-12 02:00 UTC"),
        "{page}"
    );
    for path in ["/events", "/flags", "/sources", "/alerts", "/report/2026-W02"] {
        assert_eq!(server.get(path).status, 200, "{path}");
    }
    assert_eq!(server.get("/api/events").json(), serde_json::json!([]));
}

#[test]
fn a_stale_store_says_since_when_nothing_came() {
    let server = serve_at(filled::store, None, "2026-01-15T02:00:00Z");
    let page = server.get("/").body;
    assert!(page.contains("Nothing has been fetched since 2026-01-12 01:50 UTC (3 days ago)"), "{page}");
    assert!(server.get("/sources").body.contains("was due 2 days ago"));
}
