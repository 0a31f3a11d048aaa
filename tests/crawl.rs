//! The crawl against a small hostile web on loopback, judged by what the servers saw and what the store holds.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

#[path = "support/trial.rs"]
mod trial;
#[path = "support/web.rs"]
mod web;

use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bellwether::clock::{Clock as _, SharedClock};
use bellwether::crawl::{self, Mode, Summary};
use bellwether::shutdown;
use bellwether_model::source::{SourceKind, VisitOutcome};
use jiff::SignedDuration;
use trial::{Trial, open_web, read, reason, source};
use web::{Reply, Seen, Web};

#[tokio::test(flavor = "multi_thread")]
async fn links_of_a_listing_are_fetched_in_the_same_pass_and_archived() {
    let web = open_web(|seen| match seen.path.as_str() {
        "/" => Reply::page("list").with("links", "/1 /2 /3"),
        path => Reply::page(&format!("article {path}")),
    })
    .await;
    let trial = Trial::of(&[&web]);
    let summary = trial.crawl(&[source("a", SourceKind::Listing, &web.url("/"))], false).await;
    assert_eq!(summary, Summary { fetched: 4, ..Summary::default() });
    let mut paths = web.paths();
    paths.sort();
    assert_eq!(paths, ["/", "/1", "/2", "/3"]);
    let snapshots = trial.store.snapshots(None, 10).unwrap();
    assert_eq!(snapshots.len(), 4);
    for snapshot in snapshots {
        let body = trial.archive.get(&snapshot.content).unwrap();
        assert_eq!(body.len() as u64, snapshot.body_bytes);
    }
    let host = trial.store.host(&web.url("")).unwrap().unwrap();
    assert_eq!(host.last_request, Some(trial.clock.now()));
    assert!(web.seen().iter().all(|seen| seen.headers["user-agent"].starts_with("bellwether/")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_pass_is_conditional_and_finds_nothing_new() {
    let web = open_web(|seen| {
        let reply = match seen.path.as_str() {
            "/" => Reply::page("list").with("links", "/dated"),
            path => Reply::page(path),
        };
        match (seen.path.as_str(), seen.headers.get("if-none-match"), seen.headers.get("if-modified-since")) {
            ("/", Some(tag), _) if tag == "W/\"odd, \\tag\"" => Reply::status(304),
            ("/dated", _, Some(date)) if date == "Tue, 06 Jan 2026 08:00:00 GMT" => Reply::status(304),
            ("/", ..) => reply.with("etag", "W/\"odd, \\tag\""),
            _ => reply.with("last-modified", "Tue, 06 Jan 2026 08:00:00 GMT"),
        }
    })
    .await;
    let trial = Trial::of(&[&web]);
    let sources = [source("a", SourceKind::Listing, &web.url("/"))];
    assert_eq!(trial.crawl(&sources, true).await.fetched, 2);
    trial.clock.step(SignedDuration::from_mins(5));
    assert_eq!(trial.crawl(&sources, true).await, Summary { unchanged: 2, ..Summary::default() });
    assert_eq!(trial.store.snapshots(None, 10).unwrap().len(), 2);
    assert_eq!(web.seen().iter().filter(|seen| seen.path == "/robots.txt").count(), 1, "robots.txt is kept");
    // Nothing is due yet: a pass over what is due asks for nothing.
    assert_eq!(trial.crawl(&sources, false).await, Summary::default());
    trial.clock.step(SignedDuration::from_mins(14));
    assert_eq!(trial.crawl(&sources, false).await, Summary { unchanged: 1, ..Summary::default() });
}

#[tokio::test(flavor = "multi_thread")]
async fn validators_go_to_the_address_that_gave_them() {
    let web = open_web(|seen| match (seen.path.as_str(), seen.headers.get("if-none-match")) {
        ("/", None) => Reply::redirect(302, "/today"),
        ("/today", Some(tag)) if tag == "\"7\"" => Reply::status(304),
        ("/today", None) => Reply::page("the list of today").with("etag", "\"7\""),
        _ => Reply::status(400),
    })
    .await;
    let trial = Trial::of(&[&web]);
    let sources = [source("a", SourceKind::Page, &web.url("/"))];
    assert_eq!(trial.crawl(&sources, true).await, Summary { fetched: 1, ..Summary::default() });
    for _ in 0..2 {
        trial.clock.step(SignedDuration::from_mins(20));
        assert_eq!(trial.crawl(&sources, true).await, Summary { unchanged: 1, ..Summary::default() });
    }
    let today = web.seen().into_iter().filter(|seen| seen.path == "/today");
    let tags: Vec<bool> = today.map(|seen| seen.headers.contains_key("if-none-match")).collect();
    assert_eq!(tags, [false, true, true]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_bytes_without_validators_are_no_news() {
    let web = open_web(|_| Reply::page("always the same")).await;
    let trial = Trial::of(&[&web]);
    assert_eq!(trial.visit(&web.url("/")).await, VisitOutcome::Fetched { status: 200 });
    assert_eq!(trial.visit(&web.url("/")).await, VisitOutcome::Unchanged);
    assert_eq!(trial.store.snapshots(None, 10).unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn robots_txt_is_obeyed() {
    let web = Web::serve(|seen| match seen.path.as_str() {
        "/robots.txt" => Reply::page("User-agent: *\nDisallow: /private\n"),
        "/" => Reply::page("list").with("links", "/private/1 /public"),
        path => Reply::page(path),
    })
    .await;
    let trial = Trial::of(&[&web]);
    let summary = trial.crawl(&[source("a", SourceKind::Listing, &web.url("/"))], false).await;
    assert_eq!((summary.fetched, summary.refused), (2, 1));
    assert!(!web.paths().contains(&"/private/1".to_owned()));
    let refused = trial.outcome(&web.url("/private/1"));
    assert!(reason(&refused).contains("Disallow: /private"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_without_an_answer_about_robots_txt_is_left_alone() {
    for (status, expected) in [(500, "answered with 500"), (429, "answered with 429")] {
        let web = Web::serve(move |_| Reply::status(status)).await;
        let refused = Trial::of(&[&web]).visit(&web.url("/")).await;
        assert!(matches!(refused, VisitOutcome::Refused { .. }), "{refused:?}");
        assert!(reason(&refused).contains(expected), "{refused:?}");
        assert_eq!(web.paths(), [""; 0]);
    }
    let slow = Web::serve(|_| Reply::Silence).await;
    let failed = Trial::of(&[&slow]).impatient().visit(&slow.url("/")).await;
    assert!(reason(&failed).contains("no answer within 0.4 s"), "{failed:?}");
    assert_eq!(slow.paths(), [""; 0]);

    let delaying = Web::serve(|_| Reply::page("User-agent: *\nCrawl-delay: 31")).await;
    let refused = Trial::of(&[&delaying]).visit(&delaying.url("/")).await;
    assert!(reason(&refused).contains("Crawl-delay of 31 s"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_host_is_named_with_the_cause() {
    let web = open_web(|_| Reply::page("x")).await;
    let trial = Trial::of(&[&web]);
    let url = web.url("/");
    drop(web);
    tokio::task::yield_now().await;
    let failed = trial.visit(&url).await;
    assert!(reason(&failed).starts_with(url.trim_end_matches('/')), "{failed:?}");
    assert!(reason(&failed).contains("refused"), "{failed:?}");
    let host = trial.store.host(url.trim_end_matches('/')).unwrap().unwrap();
    assert!(host.backoff_until.unwrap() > trial.clock.now(), "the backoff is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gap_is_measured_from_the_end_of_an_answer() {
    const GAP: Duration = Duration::from_millis(60);
    let web = open_web(|seen| match seen.path.as_str() {
        "/" => Reply::page("list").with("links", "/1 /2 /moved"),
        "/moved" => Reply::redirect(302, "/there"),
        path => Reply::page(path),
    })
    .await;
    let mut trial = Trial::of(&[&web]);
    trial.settings.gap = GAP;
    let summary = trial.crawl(&[source("a", SourceKind::Listing, &web.url("/"))], false).await;
    assert_eq!(summary.fetched, 4);
    assert_eq!(web.seen().len(), 6, "robots.txt, the listing, two pages, a redirect and where it leads");
    assert!(web.shortest_gap().unwrap() >= GAP, "{:?}", web.shortest_gap());
    // A new process keeps the gap too: the clock stands still, so all of it is left.
    let (came, before) = (web.seen().len(), web.seen().last().unwrap().answered);
    trial.crawl(&[source("a", SourceKind::Listing, &web.url("/"))], true).await;
    assert!(web.seen()[came].came - before >= GAP);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_longer_crawl_delay_wins() {
    let web = Web::serve(|seen| match seen.path.as_str() {
        "/robots.txt" => Reply::page("User-agent: bellwether\nCrawl-delay: 0.1"),
        path => Reply::page(path),
    })
    .await;
    let trial = Trial::of(&[&web]);
    trial.visit(&web.url("/")).await;
    assert!(web.shortest_gap().unwrap() >= Duration::from_millis(100), "{:?}", web.shortest_gap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_host_does_not_hold_up_another() {
    let slow = Web::serve(|_| Reply::Silence).await;
    let quick = open_web(|seen| match seen.path.as_str() {
        "/" => Reply::page("list").with("links", "/1 /2 /3 /4 /5 /6"),
        path => Reply::page(path),
    })
    .await;
    let mut trial = Trial::of(&[&slow, &quick]);
    trial.settings.first_byte_timeout = Duration::from_secs(2);
    trial.settings.total_timeout = Duration::from_secs(2);
    let sources =
        [source("slow", SourceKind::Page, &slow.url("/")), source("quick", SourceKind::Listing, &quick.url("/"))];
    let began = std::time::Instant::now();
    let summary = trial.crawl(&sources, false).await;
    assert_eq!((summary.fetched, summary.failed), (7, 1));
    let last = quick.seen().last().unwrap().answered;
    assert!(last - began < Duration::from_secs(2), "the quick host was done before the slow one had failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_after_is_waited_for_when_short_and_kept_when_long() {
    let asked = AtomicUsize::new(0);
    let web = open_web(move |_| match asked.fetch_add(1, Ordering::Relaxed) {
        0 => Reply::status(503).with("retry-after", "1"),
        _ => Reply::page("here"),
    })
    .await;
    let trial = Trial::of(&[&web]);
    assert_eq!(trial.visit(&web.url("/")).await, VisitOutcome::Fetched { status: 200 });
    let pages: Vec<Seen> = web.seen().into_iter().filter(|seen| seen.path == "/").collect();
    assert!(pages[1].came - pages[0].answered >= Duration::from_secs(1));

    let busy = open_web(|_| Reply::status(429).with("retry-after", "Wed, 07 Jan 2026 09:00:00 GMT")).await;
    let trial = Trial::of(&[&busy]);
    let failed = trial.visit(&busy.url("/")).await;
    assert!(reason(&failed).contains("429"), "{failed:?}");
    assert_eq!(trial.resource(&busy.url("/")).due.unwrap().to_string(), "2026-01-07T09:00:00Z");
    // A new pass, even over everything, leaves the host alone until then.
    let summary = trial.crawl(&[source("a", SourceKind::Page, &busy.url("/"))], true).await;
    assert_eq!(summary, Summary { failed: 1, ..Summary::default() });
    assert_eq!(busy.paths().len(), 1);
    trial.clock.step(SignedDuration::from_mins(61));
    trial.crawl(&[source("a", SourceKind::Page, &busy.url("/"))], true).await;
    assert_eq!(busy.paths().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_are_limited_and_judged_one_by_one() {
    let forbidden = open_web(|_| Reply::page("inside")).await;
    let strict = Web::serve(|seen| match seen.path.as_str() {
        "/robots.txt" => Reply::page("User-agent: *\nDisallow: /no"),
        path => Reply::page(path),
    })
    .await;
    let (inside, no) = (forbidden.url("/secret"), strict.url("/no"));
    let web = open_web(move |seen| match seen.path.as_str() {
        "/inside" => Reply::redirect(302, &inside),
        "/metadata" => Reply::redirect(302, "http://169.254.169.254/latest/meta-data/"),
        "/decimal" => Reply::redirect(302, "http://2852039166/"),
        "/mapped" => Reply::redirect(302, "http://[::ffff:10.0.0.1]/"),
        "/file" => Reply::redirect(302, "file:///etc/passwd"),
        "/circle" => Reply::redirect(302, "/circle2"),
        "/circle2" => Reply::redirect(302, "/circle"),
        "/disallowed" => Reply::redirect(302, &no),
        path => match path.strip_prefix("/chain") {
            Some("4") | None => Reply::page("the end"),
            Some(count) => Reply::redirect(302, &format!("/chain{}", count.parse::<i32>().unwrap() + 1)),
        },
    })
    .await;
    let trial = Trial::of(&[&web, &strict]);
    for (path, expected) in [
        ("/inside", "is not global"),
        ("/metadata", "169.254.169.254 is not global"),
        ("/decimal", "169.254.169.254 is not global"),
        ("/mapped", "is not global"),
        ("/file", "`file` address"),
        ("/circle", "in a circle"),
        ("/disallowed", "Disallow: /no"),
        ("/chain-1", "more than 4 redirects"),
    ] {
        let outcome = trial.visit(&web.url(path)).await;
        assert!(reason(&outcome).contains(expected), "{path}: {outcome:?}");
    }
    assert_eq!(trial.visit(&web.url("/chain0")).await, VisitOutcome::Fetched { status: 200 });
    assert!(forbidden.seen().is_empty(), "nothing was asked of an address that is not allowed");
    assert_eq!(strict.paths(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_moved_for_good_is_followed_at_its_new_address() {
    let web = open_web(|seen| match seen.path.as_str() {
        "/" => Reply::page("list").with("links", "/old"),
        "/old" => Reply::redirect(301, "/new"),
        path => Reply::page(path).with("etag", "\"1\""),
    })
    .await;
    let trial = Trial::of(&[&web]);
    let sources = [source("a", SourceKind::Listing, &web.url("/"))];
    assert_eq!(trial.crawl(&sources, false).await.fetched, 2);
    assert_eq!(trial.resource(&web.url("/old")).due, None);
    assert_eq!(trial.resource(&web.url("/new")).etag.as_deref(), Some("\"1\""));
    assert_eq!(web.paths(), ["/", "/old", "/new"], "fetched once");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_do_not_end_or_grow_are_cut() {
    let bomb = {
        // 32 MiB of zeros in 32 kB; the standard library has no gzip, so zstd stands for all encodings.
        let mut encoder = zstd::stream::Encoder::new(Vec::new(), 1).unwrap();
        encoder.write_all(&vec![0; 32 << 20]).unwrap();
        encoder.finish().unwrap()
    };
    let web = open_web(move |seen| match seen.path.as_str() {
        "/bomb" => Reply::Whole(200, vec![("content-encoding".into(), "zstd".into())], bomb.clone()),
        "/endless" => Reply::Endless(Vec::new(), vec![b'x'; 4096]),
        "/long" => Reply::page(&"x".repeat((64 << 10) + 1)),
        _ => Reply::page(&"x".repeat(64 << 10)),
    })
    .await;
    let trial = Trial::of(&[&web]);
    for path in ["/bomb", "/endless", "/long"] {
        let failed = trial.visit(&web.url(path)).await;
        assert!(reason(&failed).contains("longer than 65536 bytes"), "{path}: {failed:?}");
    }
    assert_eq!(trial.visit(&web.url("/fits")).await, VisitOutcome::Fetched { status: 200 });
    assert_eq!(trial.store.snapshots(None, 10).unwrap().len(), 1, "what was cut is not kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn compressed_pages_are_archived_decoded() {
    let web = open_web(|_| {
        let body = zstd::encode_all(&b"plain text"[..], 1).unwrap();
        Reply::Whole(200, vec![("content-encoding".into(), "zstd".into())], body)
    })
    .await;
    let trial = Trial::of(&[&web]);
    trial.visit(&web.url("/")).await;
    let snapshot = trial.store.snapshots(None, 1).unwrap().remove(0);
    assert_eq!(trial.archive.get(&snapshot.content).unwrap(), b"plain text");
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_and_broken_answers_fail_with_their_reason() {
    let web = open_web(|seen| match seen.path.as_str() {
        "/silence" => Reply::Silence,
        "/stalled" => Reply::Stalled(b"beginning".to_vec()),
        "/cut" => Reply::CutOff(b"beginning".to_vec()),
        "/noise" => Reply::Raw(b"220 this is no web server\r\n".to_vec()),
        _ => Reply::status(403),
    })
    .await;
    for (path, expected) in [
        ("/silence", "no answer within 0.4 s"),
        ("/stalled", "had not ended after 0.8 s"),
        ("/cut", "broke off"),
        ("/noise", "is no HTTP"),
        ("/denied", "answered with 403"),
    ] {
        let trial = Trial::of(&[&web]).impatient();
        let failed = trial.visit(&web.url(path)).await;
        assert!(reason(&failed).contains(expected), "{path}: {failed:?}");
        assert!(trial.store.snapshots(None, 10).unwrap().is_empty(), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_are_gone_end() {
    let web = open_web(|seen| match seen.path.as_str() {
        "/" => Reply::page("list").with("links", "/404 /410"),
        path => Reply::status(path[1..].parse().unwrap()),
    })
    .await;
    let trial = Trial::of(&[&web]);
    let sources = [source("a", SourceKind::Listing, &web.url("/"))];
    let summary = trial.crawl(&sources, false).await;
    assert_eq!((summary.fetched, summary.gone), (1, 2));
    assert_eq!(trial.resource(&web.url("/410")).due, None);
    for _ in 0..2 {
        assert!(trial.resource(&web.url("/404")).due.is_some(), "a page may come back");
        trial.clock.step(SignedDuration::from_hours(3));
        trial.crawl(&sources, false).await;
    }
    assert_eq!(trial.resource(&web.url("/404")).due, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_of_a_source_go_to_its_own_origin_only() {
    let other = open_web(|_| Reply::page("other")).await;
    let to = other.url("/");
    let web = open_web(move |seen| match seen.path.as_str() {
        "/away" => Reply::redirect(302, &to),
        path => Reply::page(path),
    })
    .await;
    let trial = Trial::of(&[&web, &other]);
    for path in ["/", "/away"] {
        let mut with_cookie = source("a", SourceKind::Page, &web.url(path));
        with_cookie.headers.insert("Cookie".to_owned(), "over18=1".to_owned());
        trial.crawl(&[with_cookie], true).await;
    }
    let page = web.seen().into_iter().find(|seen| seen.path == "/").unwrap();
    assert_eq!(page.headers["cookie"], "over18=1");
    assert_eq!(other.paths(), ["/"]);
    assert!(other.seen().iter().all(|seen| !seen.headers.contains_key("cookie")));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_contact_nothing_but_named_addresses_is_asked() {
    let web = open_web(|_| Reply::page("x")).await;
    let trial = Trial::of(&[&web]);
    let failed = trial.visit("http://192.0.66.1/").await;
    assert!(reason(&failed).contains("`crawler.contact` is not set"), "{failed:?}");
    // A name is no way around: what it stands for is looked at.
    let by_name = format!("http://localhost:{}/", web.address().port());
    assert_eq!(trial.visit(&by_name).await, VisitOutcome::Fetched { status: 200 });
    let closed = Trial::of(&[]);
    let failed = closed.visit(&by_name).await;
    assert!(reason(&failed).contains("is not global"), "{failed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_that_are_no_longer_configured_are_not_asked() {
    let web = open_web(|seen| Reply::page(&seen.path)).await;
    let trial = Trial::of(&[&web]);
    let (first, second) = (
        source("first", SourceKind::Page, &web.url("/first")),
        source("second", SourceKind::Page, &web.url("/second")),
    );
    assert_eq!(trial.crawl(&[first.clone(), second], true).await.fetched, 2);
    assert_eq!(trial.crawl(&[first], true).await, Summary { unchanged: 1, ..Summary::default() });
    assert_eq!(web.paths().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crawl_without_end_comes_back_follows_links_and_ends_when_asked() {
    let web = open_web(|seen| match seen.path.as_str() {
        "/" => Reply::page("list").with("links", "/1 /2"),
        path => Reply::page(path),
    })
    .await;
    let trial = Trial::of(&[&web]);
    let mut often = source("a", SourceKind::Listing, &web.url("/"));
    often.every = Duration::ZERO;
    let (sender, shutdown) = shutdown::channel();
    let reader = tokio::spawn(read(trial.store.clone()));
    let clock: SharedClock = trial.clock.clone();
    let (store, archive) = (trial.store.clone(), trial.archive.clone());
    let mut commits = trial.store.follow();
    let run =
        tokio::spawn(crawl::run(trial.settings.clone(), vec![often], store, archive, clock, Mode::Forever, shutdown));
    let asked = |path: &str| web.paths().iter().filter(|seen| *seen == path).count();
    while asked("/") < 5 || asked("/1") < 1 || asked("/2") < 1 {
        tokio::time::timeout(Duration::from_secs(20), commits.recv()).await.expect("it goes on").ok();
    }
    sender.shut_down();
    let summary = tokio::time::timeout(Duration::from_secs(20), run).await.unwrap().unwrap().unwrap();
    reader.abort();
    assert!(summary.fetched == 3 && summary.unchanged >= 3, "{summary:?}");
    assert_eq!((asked("/1"), asked("/2")), (1, 1), "an article is fetched once");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_that_does_not_write_ends_the_crawl_and_leaves_nothing_half_done() {
    let web = open_web(|_| Reply::page("x")).await;
    let trial = Trial::of(&[&web]);
    let folder = trial.folder.path().join("archive");
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::write(&folder, "no folder").unwrap();
    let (_sender, shutdown) = shutdown::channel();
    let clock: SharedClock = trial.clock.clone();
    let sources = vec![source("a", SourceKind::Page, &web.url("/"))];
    let mode = Mode::Once { sources: Vec::new(), all: true };
    let (store, archive) = (trial.store.clone(), trial.archive.clone());
    let error = crawl::run(trial.settings.clone(), sources, store, archive, clock, mode, shutdown).await.unwrap_err();
    assert!(matches!(error, crawl::CrawlError::Archive(_)), "{error:?}");
    assert_eq!(trial.resource(&web.url("/")).visit, None, "the visit is made again");
    assert!(trial.store.unread(1).unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_attempt_shows_everything_and_keeps_nothing() {
    let web = Web::serve(|seen| match seen.path.as_str() {
        "/robots.txt" => Reply::page("User-agent: *\nDisallow: /no"),
        "/moved" => Reply::redirect(301, "/here"),
        "/missing" => Reply::status(404),
        path => Reply::page(path),
    })
    .await;
    let trial = Trial::of(&[&web]);
    let attempt = async |path: &str| {
        let clock: SharedClock = trial.clock.clone();
        crawl::try_fetch(&trial.settings, &source("a", SourceKind::Page, &web.url(path)), clock).await
    };
    let page = attempt("/moved").await.unwrap();
    assert_eq!((page.status, page.body.as_slice()), (200, &b"/here"[..]));
    assert_eq!((page.hops.len(), page.final_url.as_str()), (1, web.url("/here").as_str()));
    assert_eq!(page.robots.len(), 1);
    assert_eq!(attempt("/missing").await.unwrap().status, 404);
    let refused = attempt("/no").await.unwrap_err();
    assert!(refused.to_string().contains("Disallow: /no"), "{refused}");
}
