//! Tests of what a visit means: answers in, resource and snapshot out.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

use bellwether_model::id::SourceId;
use bellwether_model::source::{ResourceRole, SourceKind};
use hyper::header::{HeaderMap, HeaderValue};

use super::*;

const NOW: &str = "2026-01-07T08:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn url(text: &str) -> CanonicalUrl {
    CanonicalUrl::parse(text).unwrap()
}

fn article() -> Resource {
    Resource {
        etag: Some("\"old\"".to_owned()),
        content: Some(ContentHash::of(b"old")),
        failures: 2,
        ..Resource::new(url("https://example.org/a"), SourceId::new("gazette"), ResourceRole::Document, at(NOW))
    }
}

fn answer(status: u16, body: &[u8], etag: Option<&'static str>) -> Answer {
    let mut headers = HeaderMap::new();
    headers.insert("set-cookie", HeaderValue::from_static("id=1"));
    headers.insert("content-type", HeaderValue::from_static("text/html"));
    if let Some(etag) = etag {
        headers.insert("etag", HeaderValue::from_static(etag));
    }
    Answer { status, headers, body: body.to_vec(), is_cut: false, place: None, took: Duration::from_millis(120) }
}

fn fetched(outcome: FetchOutcome, hops: &[(u16, &str)]) -> Fetch {
    let hops = hops.iter().map(|(status, to)| (*status, Url::parse(to).unwrap())).collect();
    Fetch {
        outcome,
        hops,
        lanes: Vec::new(),
        holds: Vec::new(),
        ended: at("2026-01-07T08:00:05Z"),
        was_conditional: true,
    }
}

fn answered(answer: Answer, hops: &[(u16, &str)]) -> Fetch {
    let url = hops.last().map_or("https://example.org/a", |(_, to)| to);
    fetched(FetchOutcome::Answered { answer, url: Url::parse(url).unwrap() }, hops)
}

fn visited(resource: Resource) -> Visited {
    let source = SourceSettings {
        every: Duration::from_secs(600),
        ..SourceSettings::new(SourceId::new("gazette"), SourceKind::Feed, url("https://example.org/"))
    };
    let source = Arc::new(source);
    Visited { resource, own: false, source, news: None, random: 0.5, limit: 1000, backoff_until: None }
}

fn settled(resource: Resource, fetch: &Fetch) -> Settled {
    settle(visited(resource), fetch, None).unwrap()
}

fn outcome(settled: &Settled) -> &VisitOutcome {
    &settled.resource.visit.as_ref().unwrap().outcome
}

#[test]
fn a_new_body_is_a_snapshot_with_new_validators() {
    let after = settled(article(), &answered(answer(200, b"new", Some("\"new\"")), &[]));
    let snapshot = after.snapshot.as_ref().unwrap();
    assert_eq!(*outcome(&after), VisitOutcome::Fetched { status: 200 });
    assert_eq!(after.resource.etag.as_deref(), Some("\"new\""));
    assert_eq!(after.resource.content.as_ref(), Some(&ContentHash::of(b"new")));
    assert_eq!(after.resource.failures, 0);
    assert_eq!(after.resource.due, Some(at("2026-01-07T09:00:00Z")));
    assert_eq!((snapshot.status, snapshot.body_bytes), (200, 3));
    assert_eq!(snapshot.headers.len(), 2, "no cookie is kept: {:?}", snapshot.headers);
    assert_eq!(snapshot.fetched, at("2026-01-07T08:00:05Z"));
}

#[test]
fn the_same_bytes_and_a_304_are_no_news() {
    for answer in [answer(200, b"old", Some("\"new\"")), answer(304, b"", Some("\"new\""))] {
        let after = settled(article(), &answered(answer, &[]));
        assert_eq!(*outcome(&after), VisitOutcome::Unchanged);
        assert_eq!(after.resource.etag.as_deref(), Some("\"new\""));
        assert!(after.snapshot.is_none());
    }
    let after = settled(article(), &answered(answer(304, b"", None), &[]));
    assert_eq!(after.resource.etag.as_deref(), Some("\"old\""), "a 304 without validators keeps those we have");
}

#[test]
fn answers_that_cannot_be_used() {
    let nothing_yet = Resource { content: None, ..article() };
    let after = settled(nothing_yet, &answered(answer(304, b"", None), &[]));
    assert!(matches!(outcome(&after), VisitOutcome::Failed { status: Some(304), .. }));

    let cut = Answer { is_cut: true, ..answer(200, b"beginning", None) };
    let after = settled(article(), &answered(cut, &[]));
    assert!(matches!(outcome(&after), VisitOutcome::Failed { .. }));
    assert_eq!(after.resource.content, article().content, "what we had stays");
    assert_eq!(after.resource.etag, article().etag);
    assert_eq!(after.resource.failures, 3);

    let after = settled(article(), &answered(answer(410, b"", None), &[]));
    assert_eq!(*outcome(&after), VisitOutcome::Gone { status: 410 });
    assert_eq!(after.resource.due, None);
}

#[test]
fn what_moved_for_good_goes_on_at_its_new_address() {
    let fetch = answered(answer(200, b"new", Some("\"new\"")), &[(301, "https://example.org/b")]);
    let after = settled(article(), &fetch);
    let moved = after.moved_to.unwrap();
    assert_eq!((after.resource.due, after.resource.etag), (None, None));
    assert_eq!((moved.url, moved.etag.as_deref()), (url("https://example.org/b"), Some("\"new\"")));
    assert_eq!(moved.due, Some(at("2026-01-07T09:00:00Z")));
    let snapshot = after.snapshot.unwrap();
    assert_eq!((snapshot.url, snapshot.final_url), (url("https://example.org/a"), url("https://example.org/b")));
}

#[test]
fn what_moved_for_now_stays_where_it_is() {
    for hops in
        [&[(302, "https://example.org/b")][..], &[(301, "https://example.org/b"), (307, "https://example.org/c")]]
    {
        let after = settled(article(), &answered(answer(200, b"new", Some("\"new\"")), hops));
        assert!(after.moved_to.is_none());
        assert_eq!(after.resource.due, Some(at("2026-01-07T09:00:00Z")));
        let last = hops.last().map(|(_, to)| url(to));
        assert_eq!((after.resource.etag.as_deref(), after.resource.validated), (Some("\"new\""), last));
    }
    // What the server puts behind the address is no part of the one that is known.
    let tracked = answered(answer(200, b"new", Some("\"new\"")), &[(302, "https://example.org/b?utm_source=feed")]);
    let after = settled(article(), &tracked);
    assert_eq!((after.resource.etag, after.resource.validated), (None, None));
    let redirected = Resource { validated: Some(url("https://example.org/b")), ..article() };
    for (fetch, etag, validated) in [
        (
            answered(answer(304, b"", None), &[(302, "https://example.org/b")]),
            "\"old\"",
            Some(url("https://example.org/b")),
        ),
        (answered(answer(200, b"new", Some("\"new\"")), &[]), "\"new\"", None),
    ] {
        let after = settled(redirected.clone(), &fetch);
        assert_eq!((after.resource.etag.as_deref(), after.resource.validated), (Some(etag), validated));
    }
}

#[test]
fn a_refusal_is_no_failure_and_nothing_sent_is_no_visit() {
    let until = at("2026-01-07T09:30:00Z");
    let refused = FetchOutcome::Refused { reason: "robots.txt says so".to_owned(), until: Some(until) };
    let after = settled(article(), &fetched(refused, &[]));
    assert_eq!((after.resource.due, after.resource.failures), (Some(until), 2));
    assert!(settle(visited(article()), &fetched(FetchOutcome::Stopped, &[]), None).is_none());
}

#[test]
fn a_feed_that_changes_learns_its_rhythm_and_an_article_none() {
    let feed = Resource {
        role: ResourceRole::Feed,
        visit: Some(Visit { at: at("2026-01-07T07:50:00Z"), outcome: VisitOutcome::Unchanged, took_ms: None }),
        ..article()
    };
    let after = settled(feed, &answered(answer(200, b"new", None), &[]));
    assert_eq!((after.resource.rhythm.looks, after.resource.rhythm.changes), (1000, 1000));
    assert_eq!(after.resource.rhythm.changed, Some(at("2026-01-07T08:00:05Z")));
    assert!(settled(article(), &answered(answer(200, b"new", None), &[])).resource.rhythm.is_unknown());
}
