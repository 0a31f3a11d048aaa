//! robots.txt from end to end: how it is asked for, what each answer lets the crawl do, and for how long.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

#[path = "support/trial.rs"]
mod trial;
#[path = "support/web.rs"]
mod web;

use bellwether_model::source::{SourceKind, VisitOutcome};
use jiff::SignedDuration;
use trial::{Trial, reason, source};
use web::{Reply, Web};

const FETCHED: VisitOutcome = VisitOutcome::Fetched { status: 200 };
const CLOSED: &str = "User-agent: *\nDisallow: /\n";

/// A host that answers so when it is asked for robots.txt, and with its page otherwise.
async fn with_robots(reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Web {
    Web::serve(move |seen| if seen.path == "/page" { Reply::page("page") } else { reply(&seen.path) }).await
}

fn text(rules: &str) -> Reply {
    Reply::Whole(200, vec![("content-type".into(), "text/plain".into())], rules.into())
}

async fn visit(web: &Web, others: &[&Web]) -> VisitOutcome {
    let webs: Vec<&Web> = std::iter::once(web).chain(others.iter().copied()).collect();
    Trial::of(&webs).impatient().visit(&web.url("/page")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_are_followed_five_times_also_to_other_hosts() {
    let hops = |last: u32| {
        move |path: &str| match path.strip_prefix("/hop").unwrap_or("0").parse::<u32>() {
            Ok(at) if at < last => Reply::redirect(302, &format!("/hop{}", at + 1)),
            _ => text(CLOSED),
        }
    };
    let five = with_robots(hops(5)).await;
    let refused = visit(&five, &[]).await;
    assert!(reason(&refused).contains("robots.txt says `Disallow: /`"), "{refused:?}");
    // RFC 9309, 2.3.1.2: behind more than five it may be taken for not there.
    let six = with_robots(hops(6)).await;
    assert_eq!(visit(&six, &[]).await, FETCHED);
    assert_eq!(six.seen().len(), 1 + 5 + 1, "robots.txt, five redirects, the page");

    // The rules of where it leads hold for the host that was asked.
    let elsewhere = with_robots(|_| text("User-agent: bellwether\nDisallow: /page\n")).await;
    let to = elsewhere.url("/rules.txt");
    let sent = with_robots(move |_| Reply::redirect(301, &to)).await;
    let refused = visit(&sent, &[&elsewhere]).await;
    assert!(reason(&refused).contains("robots.txt says `Disallow: /page`"), "{refused:?}");
    assert_eq!((sent.paths().len(), elsewhere.paths()), (0, vec!["/rules.txt".to_owned()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_leads_nowhere_closes_the_host() {
    let inside = with_robots(|_| text("")).await;
    let to = inside.url("/robots.txt");
    for (reply, expected) in [
        (Reply::redirect(302, &to), "is not global"),
        (Reply::redirect(302, "ftp://elsewhere.example/robots.txt"), "robots.txt was answered with 302"),
        (Reply::status(301), "robots.txt was answered with 301"),
        (Reply::status(503), "robots.txt was answered with 503"),
        (Reply::CutOff(b"User-agent: *".to_vec()), "broke off"),
        (Reply::Stalled(b"User-agent: *".to_vec()), "had not ended after 0.8 s"),
    ] {
        let web = with_robots(move |_| reply.clone()).await;
        let trial = Trial::of(&[&web]).impatient();
        let first = trial.visit(&web.url("/page")).await;
        assert!(reason(&first).contains(expected), "{expected}: {first:?}");
        assert!(web.paths().is_empty(), "{expected}");
    }
    assert!(inside.seen().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_read_however_they_are_written() {
    let utf16: Vec<u8> = "\u{feff}User-agent: *\nDisallow: /page".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let packed = zstd::encode_all(CLOSED.as_bytes(), 1).unwrap();
    let coded = |body: Vec<u8>| Reply::Whole(200, vec![("content-encoding".into(), "zstd".into())], body);
    for (reply, is_allowed) in [
        (text("\u{feff}user-agent:bellwether\rdisallow:/page"), false),
        (Reply::Whole(200, Vec::new(), utf16), false),
        (coded(packed), false),
        (text("User-agent: *\nDisallow: /\n\nUser-agent: Bellwether/9\nAllow: /page\n"), true),
        (text("User-agent: bellwetherbot\nDisallow: /\n"), true),
        (Reply::page("<html><body>There is no such file. Disallow: /</body></html>"), true),
        (Reply::status(204), true),
        (Reply::status(401), true),
    ] {
        let web = with_robots(move |_| reply.clone()).await;
        let outcome = visit(&web, &[]).await;
        assert_eq!(outcome == FETCHED, is_allowed, "{outcome:?}");
        assert_eq!(web.paths().len(), usize::from(is_allowed));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_kept_as_long_as_it_holds_and_no_longer() {
    for (cache_control, minutes) in [("max-age=1800", 30), ("no-cache", 5), ("max-age=31536000", 24 * 60)] {
        let web = with_robots(move |_| text("User-agent: *\nAllow: /\n").with("cache-control", cache_control)).await;
        let trial = Trial::of(&[&web]);
        let asked = async |after: i64| {
            trial.clock.step(SignedDuration::from_secs(after));
            trial.crawl(&[source("a", SourceKind::Page, &web.url("/page"))], true).await;
            web.seen().iter().filter(|seen| seen.path == "/robots.txt").count()
        };
        assert_eq!(asked(0).await, 1);
        assert_eq!(asked(minutes * 60 - 2).await, 1, "{cache_control}");
        assert_eq!(asked(2).await, 2, "{cache_control}");
    }
}
