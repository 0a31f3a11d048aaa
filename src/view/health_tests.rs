//! Tests of the state machine, as stories: what came, and which state follows.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use bellwether_model::health::Yield;
use bellwether_model::id::SourceId;
use bellwether_model::source::{SourceKind, Visit};
use bellwether_model::web::CanonicalUrl;

use super::*;

const FEED: &str = "https://wire.example/feed";

fn url(text: &str) -> CanonicalUrl {
    CanonicalUrl::parse(text).unwrap()
}

fn at(hours: i64) -> Timestamp {
    "2026-01-05T08:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hours)
}

fn resource(address: &str, outcome: Option<VisitOutcome>, failures: u32) -> Resource {
    let role = if address == FEED { ResourceRole::Feed } else { ResourceRole::Document };
    let visit = outcome.map(|outcome| Visit { at: at(0), outcome, took_ms: Some(100) });
    Resource { due: None, visit, failures, ..Resource::new(url(address), SourceId::new("wire"), role, at(0)) }
}

fn fetched() -> Option<VisitOutcome> {
    Some(VisitOutcome::Fetched { status: 200 })
}

fn failed(status: u16) -> Option<VisitOutcome> {
    Some(VisitOutcome::Failed { status: Some(status), reason: "no".into() })
}

/// A source that is judged again and again.
struct Story {
    source: SourceSettings,
    state: Option<SourceHealth>,
    harvest: Option<Harvest>,
}

impl Story {
    fn new() -> Self {
        let source = SourceSettings::new(SourceId::new("wire"), SourceKind::Feed, url(FEED));
        Self { source, state: None, harvest: None }
    }

    fn judged(&mut self, resources: &[Resource], hours: i64) -> (Health, String) {
        let facts = Facts { source: &self.source, resources, harvest: self.harvest.as_ref(), now: at(hours) };
        let state = after(self.state.take(), &facts);
        let told = (state.health, state.problem.clone().unwrap_or_default());
        self.state = Some(state);
        told
    }

    fn read(&mut self, links: u32, new: u32, empty: Empty, hours: i64) {
        let reading = Yield { links, wanted: links, new, empty: (links == 0).then_some(empty) };
        let before = self.harvest.take();
        self.harvest = Some(Harvest::after(before, &url(FEED), &SourceId::new("wire"), &reading, at(hours)));
    }

    fn changes(&self) -> Vec<Health> {
        self.state.as_ref().unwrap().changes.iter().map(|change| change.to).collect()
    }
}

fn selector() -> Empty {
    Empty::NothingFound { rule: "the selector `main a` matches no link".into() }
}

#[test]
fn the_first_visit_decides_at_once() {
    for (entry, expected, words) in [
        (None, Health::New, ""),
        (fetched(), Health::Healthy, ""),
        (Some(VisitOutcome::Unchanged), Health::Healthy, ""),
        (failed(503), Health::Failing, "HTTP 503: no"),
        (failed(403), Health::Blocked, "HTTP 403: no"),
        (Some(VisitOutcome::Refused { reason: "Disallow: /".into() }), Health::Blocked, "Disallow: /"),
        (Some(VisitOutcome::Gone { status: 410 }), Health::Gone, "HTTP 410: the address is gone"),
    ] {
        assert_eq!(Story::new().judged(&[resource(FEED, entry, 1)], 0), (expected, words.to_owned()));
    }
    assert_eq!(Story::new().judged(&[], 0).0, Health::New);
}

#[test]
fn a_source_that_was_well_is_given_three_failures() {
    let mut story = Story::new();
    story.judged(&[resource(FEED, fetched(), 0)], 0);
    for (outcome, failures, expected, words) in [
        (failed(503), 1, Health::Healthy, "the last visit failed: HTTP 503: no"),
        (failed(503), 2, Health::Healthy, "the last 2 visits failed: HTTP 503: no"),
        (failed(503), 3, Health::Failing, "HTTP 503: no"),
        (failed(503), 4, Health::Failing, "HTTP 503: no"),
        (fetched(), 0, Health::Healthy, ""),
        (
            Some(VisitOutcome::Gone { status: 404 }),
            1,
            Health::Healthy,
            "the last visit failed: HTTP 404: the address is gone",
        ),
        (Some(VisitOutcome::Gone { status: 410 }), 2, Health::Gone, "HTTP 410: the address is gone"),
    ] {
        assert_eq!(story.judged(&[resource(FEED, outcome, failures)], 1), (expected, words.to_owned()));
    }
    assert_eq!(
        story.changes(),
        [Health::Healthy, Health::Failing, Health::Healthy, Health::Gone],
        "one entry a change"
    );
}

#[test]
fn pages_that_cannot_be_had_make_a_source_ill_only_when_it_is_all_of_them() {
    let page = |n: u32, outcome| resource(&format!("https://wire.example/{n}"), outcome, 1);
    let refused = || Some(VisitOutcome::Refused { reason: "Disallow: /".into() });
    let gone = || Some(VisitOutcome::Gone { status: 410 });
    for (pages, expected, words) in [
        (vec![page(1, refused())], Health::Blocked, "1 of 1 pages could not be had; the last: Disallow: /"),
        (
            vec![page(1, gone())],
            Health::Healthy,
            "1 of 1 pages could not be had; the last: HTTP 410: the address is gone",
        ),
        (
            vec![page(1, failed(503)), page(2, fetched())],
            Health::Healthy,
            "1 of 2 pages could not be had; the last: HTTP 503: no",
        ),
    ] {
        let resources: Vec<Resource> = [resource(FEED, fetched(), 0)].into_iter().chain(pages).collect();
        assert_eq!(Story::new().judged(&resources, 0), (expected, words.to_owned()));
    }
}

#[test]
fn a_selector_that_stops_matching_is_named_and_one_odd_page_is_not() {
    let well = [resource(FEED, fetched(), 0)];
    let mut story = Story::new();
    story.read(30, 30, selector(), 0);
    assert_eq!(story.judged(&well, 0).0, Health::Healthy);
    story.read(0, 0, selector(), 1);
    let (health, words) = story.judged(&well, 1);
    assert_eq!(health, Health::Healthy, "one reading can be an accident: {words}");
    story.read(0, 0, selector(), 2);
    let (health, words) = story.judged(&well, 2);
    assert_eq!(health, Health::Failing);
    assert_eq!(
        words,
        "nothing found: the selector `main a` matches no link; it gave 30 links until 2026-01-05 09:00 UTC"
    );
    story.read(28, 1, selector(), 3);
    assert_eq!(story.judged(&well, 3).0, Health::Healthy);
    // The same odd page again and again is read once, since its bytes do not change: then time decides.
    story.read(0, 0, selector(), 4);
    assert_eq!((story.judged(&well, 4).0, story.judged(&well, 5).0), (Health::Healthy, Health::Failing));
    let mut never = Story::new();
    never.read(0, 0, selector(), 0);
    assert!(never.judged(&well, 0).1.contains("never given a link"));
    assert_eq!(never.changes(), [Health::Failing]);
}

#[test]
fn nothing_there_is_not_nothing_found() {
    let well = [resource(FEED, fetched(), 0)];
    let mut story = Story::new();
    story.read(0, 0, Empty::NothingThere, 0);
    assert_eq!(story.judged(&well, 100).0, Health::Healthy, "a feed that never had an entry");
    story.read(20, 20, Empty::NothingThere, 101);
    story.read(0, 0, Empty::NothingThere, 102);
    let (health, words) = story.judged(&well, 103);
    assert!(health == Health::Healthy && words.starts_with("nothing there"), "{words}");
    let (health, words) = story.judged(&well, 126);
    assert!(health == Health::Silent && words.contains("it had 20 entries before"), "{words}");
}

#[test]
fn silence_is_measured_by_what_the_source_used_to_do() {
    let well = [resource(FEED, fetched(), 0)];
    let mut story = Story::new();
    for hours in [0, 40, 80, 120] {
        story.read(10, 1, selector(), hours);
        assert_eq!(story.judged(&well, hours).0, Health::Healthy);
    }
    assert_eq!(story.judged(&well, 240).0, Health::Healthy, "three times the longest gap are not over");
    let (health, words) = story.judged(&well, 241);
    assert_eq!((health, words.contains("every 40 hours")), (Health::Silent, true), "{words}");
    story.read(10, 1, selector(), 250);
    assert_eq!(story.judged(&well, 250).0, Health::Healthy);
}

#[test]
fn a_slow_source_is_slow_until_it_is_clearly_faster() {
    let mut story = Story::new();
    let entry = |took: u32| {
        let mut entry = resource(FEED, fetched(), 0);
        entry.visit = entry.visit.map(|visit| Visit { took_ms: Some(took), ..visit });
        [entry]
    };
    let states = [9_000, 12_000, 7_000, 4_000, 7_000].map(|took| story.judged(&entry(took), 0).0);
    assert_eq!(states, [Health::Healthy, Health::Slow, Health::Slow, Health::Healthy, Health::Healthy]);
}
