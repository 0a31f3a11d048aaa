//! A healthy site among hosts that are slow, strict, hostile or half dead, in one crawl, judged by what each server saw.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

#[path = "support/trial.rs"]
mod trial;
#[path = "support/web.rs"]
mod web;

use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bellwether_model::source::{RobotsAnswer, SourceKind, VisitOutcome};
use jiff::SignedDuration;
use trial::{Trial, reason, source};
use web::{Reply, Seen, Web};

/// Between the end of an answer and the next request to the same host.
const GAP: Duration = Duration::from_millis(25);
/// Articles of the healthy site.
const ARTICLES: usize = 12;
/// Bytes of a page that are read.
const LIMIT: usize = 64 << 10;

/// A host of its own on loopback, known by its last number.
async fn host(number: u8, rule: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Web {
    Web::serve_at([127, 0, 7, number], rule).await
}

/// No robots.txt, and pages by this rule.
async fn open_host(number: u8, rule: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Web {
    host(number, move |seen| if seen.path == "/robots.txt" { Reply::status(404) } else { rule(seen) }).await
}

/// A list of articles, and articles, with validators.
fn healthy(seen: &Seen, articles: usize) -> Reply {
    let reply = match seen.path.as_str() {
        "/" => {
            let links: Vec<String> = (1..=articles).map(|number| format!("/article/{number}")).collect();
            Reply::page(&format!("{articles} articles")).with("links", &links.join(" "))
        }
        path => Reply::page(&format!("article {path}")),
    };
    let tag = format!("\"{}-{articles}\"", if seen.path == "/" { "list" } else { "article" });
    match seen.headers.get("if-none-match") {
        Some(known) if *known == tag => Reply::status(304),
        _ => reply.with("etag", &tag),
    }
}

/// Robots rules longer than what is read: the rule behind the limit, and the line that the limit cuts, do not count.
fn long_rules() -> Vec<u8> {
    let mut file = b"User-agent: *\nDisallow: /early\n".to_vec();
    while file.len() < (512 << 10) - 8 {
        file.extend_from_slice(b"# filled up\n");
    }
    file.truncate((512 << 10) - 8);
    file.extend_from_slice(b"\nDisallow: /page\nDisallow: /\n");
    file
}

fn bomb() -> Vec<u8> {
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 1).unwrap();
    encoder.write_all(&vec![0; 64 << 20]).unwrap();
    encoder.finish().unwrap()
}

/// Each fault with its host. What is expected of it stands in `EXPECTED`, in the same order.
async fn hostile_hosts() -> Vec<Web> {
    let bomb = bomb();
    let odd = AtomicUsize::new(0);
    vec![
        // Strict: a rule and a delay, both kept.
        host(2, |seen| match seen.path.as_str() {
            "/robots.txt" => Reply::page("User-agent: bellwether\nDisallow: /private\nCrawl-delay: 0.1\n"),
            "/" => Reply::page("list").with("links", "/private/1 /public/1 /private/2 /public/2"),
            path => Reply::page(path),
        })
        .await,
        // Too strict: a delay that nobody can keep.
        host(3, |_| Reply::page("User-agent: *\nCrawl-delay: 86400\n")).await,
        // robots.txt that cannot be had, in three ways.
        host(4, |_| Reply::status(503)).await,
        host(5, |_| Reply::status(429).with("retry-after", "3600")).await,
        host(6, |_| Reply::Silence).await,
        // robots.txt of more than 512 KiB.
        host(7, |seen| match seen.path.as_str() {
            "/robots.txt" => Reply::Whole(200, Vec::new(), long_rules()),
            "/" => Reply::page("list").with("links", "/early /page"),
            path => Reply::page(path),
        })
        .await,
        // Slow, dripping, silent, endless, exploding, flooding.
        open_host(8, |seen| Reply::Late(Duration::from_millis(250), Box::new(Reply::page(&seen.path)))).await,
        open_host(9, |_| Reply::Drip(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), b"x".to_vec())).await,
        open_host(10, |_| Reply::Silence).await,
        open_host(11, |_| Reply::Endless(Vec::new(), vec![b'x'; 16 << 10])).await,
        open_host(12, move |_| Reply::Whole(200, vec![("content-encoding".into(), "zstd".into())], bomb.clone())).await,
        open_host(13, |_| Reply::HeaderFlood(b"X-More: and more\r\n".to_vec())).await,
        // Storms and wishes.
        open_host(14, |_| Reply::status(500)).await,
        open_host(15, |_| Reply::status(429).with("retry-after", "Wed, 07 Jan 2026 09:00:00 GMT")).await,
        // Redirects: round and round, without end, into the house, to a file.
        open_host(16, |seen| Reply::redirect(302, if seen.path == "/" { "/b" } else { "/" })).await,
        open_host(17, |seen| Reply::redirect(302, &format!("{}s/", seen.path))).await,
        open_host(18, |_| Reply::redirect(301, "http://127.0.7.200:1/secret?key=hush")).await,
        open_host(19, |_| Reply::redirect(307, "file:///etc/passwd")).await,
        // Half dead: hangs up, breaks off, answers every other time.
        open_host(20, |_| Reply::Reset).await,
        open_host(21, |_| Reply::CutOff(b"half a page".to_vec())).await,
        open_host(22, move |seen| match (seen.path.as_str(), odd.fetch_add(1, Ordering::Relaxed) % 2) {
            ("/", _) => Reply::page("list").with("links", "/1 /2 /3 /4"),
            (_, 0) => Reply::Raw(Vec::new()),
            (path, _) => Reply::page(path),
        })
        .await,
    ]
}

/// What is said of each fault, and how many requests its host may see in one pass at the most, robots.txt among them.
const EXPECTED: &[(&str, usize)] = &[
    ("", 4),
    ("asks for a Crawl-delay of 86400 s", 1),
    ("robots.txt was answered with 503", 1),
    ("robots.txt was answered with 429", 1),
    ("no answer within 0.4 s", 1),
    ("", 3),
    ("", 2),
    ("had not ended after 0.8 s", 2),
    ("no answer within 0.4 s", 2),
    ("longer than 65536 bytes", 2),
    ("longer than 65536 bytes", 2),
    ("headers are longer", 2),
    ("answered with 500", 2),
    ("answered with 429", 2),
    ("redirects in a circle", 3),
    ("more than 4 redirects", 6),
    ("is not global", 2),
    ("`file` address", 2),
    ("broke off", 2),
    ("broke off", 2),
    ("", 7),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_site_among_hostile_ones_is_found_whole_and_on_time() {
    let articles = std::sync::Arc::new(AtomicUsize::new(ARTICLES));
    let published = std::sync::Arc::clone(&articles);
    let good = open_host(1, move |seen| healthy(seen, published.load(Ordering::Relaxed))).await;
    let bad = hostile_hosts().await;
    assert_eq!(bad.len(), EXPECTED.len());

    let webs: Vec<&Web> = std::iter::once(&good).chain(&bad).collect();
    let mut trial = Trial::of(&webs).impatient();
    trial.settings.gap = GAP;
    trial.settings.page_bytes = LIMIT;
    let mut sources = vec![source("good", SourceKind::Listing, &good.url("/"))];
    for (number, web) in bad.iter().enumerate() {
        sources.push(source(&format!("bad-{number}"), SourceKind::Listing, &web.url("/")));
    }
    let began = Instant::now();
    let first = trial.crawl(&sources, false).await;
    let whole = began.elapsed();

    // The healthy site: every article, none twice, one at a time, and not later than it would have been alone.
    let mut paths = good.paths();
    paths.sort();
    let mut expected: Vec<String> = (1..=ARTICLES).map(|number| format!("/article/{number}")).collect();
    expected.push("/".to_owned());
    expected.sort();
    assert_eq!(paths, expected);
    let ready = good.seen().last().unwrap().answered - began;
    let alone = GAP * u32::try_from(ARTICLES + 1).unwrap();
    assert!(
        ready < alone + Duration::from_secs(2),
        "{ready:?}, where {alone:?} are gaps; the whole pass took {whole:?}"
    );

    for (web, number) in webs.iter().zip(1..) {
        let seen = web.seen();
        assert_eq!(seen.first().unwrap().path, "/robots.txt", "{number}: robots.txt first");
        manners(&seen, number);
    }
    for (web, (expected, most)) in bad.iter().zip(EXPECTED) {
        let seen = web.seen();
        assert!(seen.len() <= *most, "{}: {:?}", web.url("/"), seen.iter().map(|seen| &seen.path).collect::<Vec<_>>());
        let outcome = trial.outcome(&web.url("/"));
        if expected.is_empty() {
            assert_eq!(outcome, VisitOutcome::Fetched { status: 200 }, "{}", web.url("/"));
        } else {
            assert!(reason(&outcome).contains(expected), "{}: {outcome:?}", web.url("/"));
            assert!(!reason(&outcome).contains("hush"), "{outcome:?}");
        }
    }
    assert_eq!(bad[0].paths(), ["/", "/public/1", "/public/2"], "what robots.txt forbids is not asked for");
    assert_eq!(bad[5].paths(), ["/", "/page"], "the rule before the limit counts, the ones behind it do not");
    let rules = trial.store.host(&bad[0].url("")).unwrap().unwrap().robots.unwrap().answer;
    assert!(matches!(rules, RobotsAnswer::Rules { .. }), "{rules:?}");
    assert!(bad[0].shortest_gap().unwrap() >= Duration::from_millis(100), "the longer Crawl-delay wins");
    for seen in [&bad[7], &bad[9], &bad[10], &bad[11]].iter().flat_map(|web| web.seen()) {
        assert!(seen.sent < 16 << 20, "{}: {} bytes", seen.path, seen.sent);
    }
    let fine = ARTICLES + 1 + 3 + 2 + 1;
    assert!(first.fetched as usize >= fine, "{first:?}");

    // Ten minutes later: what is new is found, what is not is asked for with its validators, and who asked to be left alone
    // is left alone.
    let mut before = Vec::new();
    for web in &webs {
        // Servers that never end notice a little later that nobody listens.
        before.push(web.seen_when_quiet().await.len());
    }
    articles.store(ARTICLES + 2, Ordering::Relaxed);
    trial.clock.step(SignedDuration::from_mins(11));
    trial.crawl(&sources, false).await;
    let again: Vec<Seen> = good.seen().split_off(before[0]);
    let asked: Vec<&str> = again.iter().map(|seen| seen.path.as_str()).collect();
    assert_eq!(asked[0], "/");
    assert_eq!(again[0].headers["if-none-match"], "\"list-12\"", "the validator, to the byte");
    let new: Vec<&str> = asked[1..].iter().filter(|path| **path > "/article/12").copied().collect();
    assert!(new.contains(&"/article/13") && new.contains(&"/article/14"), "{asked:?}");
    assert_eq!(bad[13].seen().len(), before[14], "until nine o'clock, said its Retry-After");
    assert_eq!(bad[3].seen().len(), before[4], "for an hour, said its Retry-After to robots.txt");
    // The clock leapt between the passes, so no gap was left to wait for there.
    for ((web, number), before) in webs.iter().zip(1..).zip(before) {
        manners(&web.seen()[before..], number);
    }
}

/// What holds for every host in one pass, whatever it does to us.
fn manners(seen: &[Seen], number: u8) {
    assert!(seen.iter().all(|seen| seen.at_once == 1), "{number}: one request at a time");
    assert!(seen.iter().all(|seen| seen.headers["user-agent"].starts_with("bellwether/")), "{number}");
    for pair in seen.windows(2) {
        let gap = pair[1].came.saturating_duration_since(pair[0].answered);
        assert!(gap >= GAP, "{number}: {gap:?} between an answer and the next request");
    }
}
