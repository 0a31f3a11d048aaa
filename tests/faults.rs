//! One broken, slow or lying answer after the other, asked for by the crawler: what it takes, what it says of the rest, and
//! how little it takes of what has no end.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

#[path = "support/codings.rs"]
mod codings;
#[path = "support/web.rs"]
mod web;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bellwether::clock::{SharedClock, SteppedClock};
use bellwether::crawl::{self, FetchedPage, TryFetchError};
use bellwether::settings::{CrawlerSettings, SourceSettings};
use bellwether_model::id::SourceId;
use bellwether_model::source::SourceKind;
use bellwether_model::web::CanonicalUrl;
use codings::{gzip, zlib};
use web::{Reply, Seen, Web};

/// Bytes of a page that are read in these tests.
const LIMIT: usize = 64 << 10;

async fn open_web(rule: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Web {
    Web::serve(move |seen| if seen.path == "/robots.txt" { Reply::status(404) } else { rule(seen) }).await
}

/// Asks once, for 0.4 s to the first byte and 0.8 s to the last.
async fn ask(web: &Web, path: &str) -> Result<FetchedPage, TryFetchError> {
    let settings = CrawlerSettings {
        gap: Duration::ZERO,
        allow_private: vec![web.address()],
        first_byte_timeout: Duration::from_millis(400),
        total_timeout: Duration::from_millis(800),
        page_bytes: LIMIT,
        ..CrawlerSettings::default()
    };
    let clock: SharedClock = Arc::new(SteppedClock::at("2026-01-07T08:00:00Z".parse().unwrap()));
    let url = CanonicalUrl::parse(&web.url(path)).unwrap();
    crawl::try_fetch(&settings, &SourceSettings::new(SourceId::new("a"), SourceKind::Page, url), clock).await
}

/// The body, or why there is none.
async fn told(web: &Web, path: &str) -> String {
    match ask(web, path).await {
        Ok(page) if page.is_cut => format!("cut at {}", page.body.len()),
        Ok(page) => format!("{} {}", page.status, String::from_utf8_lossy(&page.body)),
        Err(error) => error.to_string(),
    }
}

fn raw(text: &str) -> Reply {
    Reply::Raw(text.replace('\n', "\r\n").into_bytes())
}

fn coded(coding: &str, body: Vec<u8>) -> Reply {
    Reply::Whole(200, vec![("content-encoding".into(), coding.into())], body)
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_browsers_forgive_are_read() {
    let web = open_web(|seen| match seen.path.as_str() {
        "/http10" => raw("HTTP/1.0 200 OK\nContent-Type: text/html\n\npage"),
        "/no-length" => raw("HTTP/1.1 200 OK\nConnection: close\n\npage"),
        "/no-reason" => raw("HTTP/1.1 200\nContent-Length: 4\n\npage"),
        "/bare-line-ends" => Reply::Raw(b"HTTP/1.1 200 OK\nContent-Length: 4\n\npage".to_vec()),
        "/noise-behind" => raw("HTTP/1.1 200 OK\nContent-Length: 4\n\npage and what nobody asked for"),
        "/broken-line" => raw("HTTP/1.1 200 OK\nthis is no header\nContent-Length: 4\n\npage"),
        "/space-in-name" => raw("HTTP/1.1 200 OK\nX-Odd : 1\nContent-Length: 4\n\npage"),
        "/folded" => raw("HTTP/1.1 200 OK\nX-Long: a\n b\nContent-Length: 4\n\npage"),
        "/bytes-in-header" => {
            Reply::Raw(b"HTTP/1.1 200 OK\r\nX-Name: \xa4\xa4\r\nContent-Length: 4\r\n\r\npage".to_vec())
        }
        "/early" => raw("HTTP/1.1 103 Early Hints\nLink: </a>\n\nHTTP/1.1 200 OK\nContent-Length: 4\n\npage"),
        "/chunks" => raw("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2;a=b\npa\n002\nge\n0\nX-Trailer: 1\n\n"),
        "/x-gzip" => coded("x-gzip", gzip(b"page")),
        "/gzip-padded" => coded("gzip", [gzip(b"page"), vec![0; 300]].concat()),
        "/zlib" => coded("deflate", zlib(b"page")),
        "/raw-deflate" => coded("deflate", {
            let framed = zlib(b"page");
            framed[2..framed.len() - 4].to_vec()
        }),
        "/twice" => coded("gzip, gzip", gzip(&gzip(b"page"))),
        _ => coded("identity", b"page".to_vec()),
    })
    .await;
    for path in [
        "/http10",
        "/no-length",
        "/no-reason",
        "/bare-line-ends",
        "/noise-behind",
        "/broken-line",
        "/space-in-name",
        "/folded",
        "/bytes-in-header",
        "/early",
        "/chunks",
        "/x-gzip",
        "/gzip-padded",
        "/zlib",
        "/raw-deflate",
        "/twice",
        "/identity",
    ] {
        assert_eq!(told(&web, path).await, "200 page", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_cannot_be_read_say_why() {
    let web = open_web(|seen| match seen.path.as_str() {
        "/empty" => Reply::Raw(Vec::new()),
        "/reset" => Reply::Reset,
        "/noise" => raw("220 this is no web server\n"),
        "/too-short" => raw("HTTP/1.1 200 OK\nContent-Length: 40\n\npage"),
        "/two-lengths" => raw("HTTP/1.1 200 OK\nContent-Length: 4\nContent-Length: 5\n\npages"),
        "/bad-chunk" => raw("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nzz\npage\n0\n\n"),
        "/no-last-chunk" => raw("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n4\npage\n"),
        "/huge-chunk" => raw("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nffffffffffffffffff\npage\n"),
        "/not-gzip" => coded("gzip", b"<html>plain after all</html>".to_vec()),
        "/half-gzip" => coded("gzip", {
            let whole = gzip(&b"the same words again and again".repeat(99));
            whole[..whole.len() - 20].to_vec()
        }),
        "/unknown" => coded("sdch", b"page".to_vec()),
        "/silence" => Reply::Silence,
        "/stalled" => Reply::Stalled(b"beginning".to_vec()),
        "/drip" => Reply::Drip(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n".to_vec(), b"x".to_vec()),
        "/header-drip" => Reply::Drip(b"HTTP/1.1 200 OK\r\n".to_vec(), b"X-More: 1\r\n".to_vec()),
        "/hints" => Reply::Drip(Vec::new(), b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec()),
        path => panic!("{path}"),
    })
    .await;
    for (path, expected) in [
        ("/empty", "the answer broke off or is no HTTP"),
        ("/reset", "the answer broke off or is no HTTP"),
        ("/noise", "the answer broke off or is no HTTP"),
        ("/too-short", "the answer broke off or is no HTTP"),
        ("/two-lengths", "the answer broke off or is no HTTP"),
        ("/bad-chunk", "the answer broke off or is no HTTP"),
        ("/no-last-chunk", "the answer broke off or is no HTTP"),
        ("/huge-chunk", "the answer broke off or is no HTTP"),
        ("/not-gzip", "the answer is said to be in `gzip`, but its bytes are not"),
        ("/half-gzip", "the answer in `gzip` ends too early"),
        ("/unknown", "a coding that was not asked for: `sdch`"),
        ("/silence", "no answer within 0.4 s"),
        ("/stalled", "the answer had not ended after 0.8 s"),
        ("/drip", "the answer had not ended after 0.8 s"),
        ("/header-drip", "no answer within 0.4 s"),
        ("/hints", "no answer within 0.4 s"),
    ] {
        let began = Instant::now();
        let error = told(&web, path).await;
        assert!(error.contains(expected) && error.contains(&web.url("")), "{path}: {error}");
        assert!(began.elapsed() < Duration::from_secs(2), "{path}: {:?}", began.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_has_no_end_little_is_taken() {
    let zeros = vec![0; 64 << 20];
    let (bomb, nested) = (gzip(&zeros), gzip(&gzip(&zeros)));
    let standard = zstd::encode_all(zeros.as_slice(), 1).unwrap();
    drop(zeros);
    let web = open_web(move |seen| match seen.path.as_str() {
        "/endless" => Reply::Endless(Vec::new(), vec![b'x'; 16 << 10]),
        "/endless-chunks" => {
            let chunk = [b"4000\r\n".to_vec(), vec![b'x'; 16 << 10], b"\r\n".to_vec()].concat();
            Reply::Endless(vec![("transfer-encoding".into(), "chunked".into())], chunk)
        }
        "/bomb" => coded("gzip", bomb.clone()),
        "/nested" => coded("gzip, gzip", nested.clone()),
        "/zstd" => coded("zstd", standard.clone()),
        "/lines" => Reply::HeaderFlood(b"X-More: and more\r\n".to_vec()),
        "/line" => Reply::HeaderFlood(b"x-one-line-without-end".to_vec()),
        "/error" => Reply::Endless(vec![("x".into(), "y".into())], vec![b'x'; 16 << 10]).with_status(500),
        path => panic!("{path}"),
    })
    .await;
    for path in ["/endless", "/endless-chunks", "/bomb", "/nested", "/zstd"] {
        assert_eq!(told(&web, path).await, format!("cut at {LIMIT}"), "{path}");
    }
    for path in ["/lines", "/line"] {
        assert!(told(&web, path).await.contains("the headers are longer than 65536 bytes"), "{path}");
    }
    assert_eq!(told(&web, "/error").await, "500 ");
    // What left the server lies in the buffers of two sockets at the most: megabytes, where it would have sent gigabytes.
    for seen in web.seen_when_quiet().await {
        assert!(seen.sent < 16 << 20, "{}: {} bytes", seen.path, seen.sent);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_says_who_asks_and_what_it_can_read() {
    let web = open_web(|_| Reply::page("page")).await;
    ask(&web, "/").await.unwrap();
    for seen in web.seen() {
        assert!(seen.headers["user-agent"].starts_with("bellwether/"), "{seen:?}");
        assert_eq!(seen.headers["accept-encoding"], "zstd, br, gzip, deflate");
        assert_eq!(seen.headers["host"], web.address().to_string());
        assert!(!seen.headers.contains_key("referer") && !seen.headers.contains_key("cookie"), "{seen:?}");
    }
}
