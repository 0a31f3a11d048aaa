//! Tests of the schedule, as tables: what came, and when the resource is due again.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

use bellwether_model::id::SourceId;
use bellwether_model::source::Visit;
use bellwether_model::web::CanonicalUrl;

use super::*;

const NOW: &str = "2026-01-07T08:00:00Z";
const EVERY: Duration = Duration::from_secs(600);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn source(kind: SourceKind) -> SourceSettings {
    let url = CanonicalUrl::parse("https://example.org/start").unwrap();
    SourceSettings { every: EVERY, ..SourceSettings::new(SourceId::new("gazette"), kind, url) }
}

fn article() -> Resource {
    let seed = seed(&source(SourceKind::Feed), None, at(NOW)).unwrap();
    Resource { role: ResourceRole::Document, url: CanonicalUrl::parse("https://example.org/a").unwrap(), ..seed }
}

/// Minutes until the resource is due; -1: never.
fn minutes(resource: &Resource, own: bool, outcome: &VisitOutcome, now: &str) -> i64 {
    next_due(resource, own, EVERY, outcome, at(now), None).map_or(-1, |due| due.duration_since(at(now)).as_mins())
}

#[test]
fn what_is_new_is_due_now_and_by_its_kind() {
    for (kind, role) in [
        (SourceKind::Feed, ResourceRole::Feed),
        (SourceKind::Listing, ResourceRole::Listing),
        (SourceKind::Sitemap, ResourceRole::Listing),
        (SourceKind::Forum, ResourceRole::Listing),
        (SourceKind::Page, ResourceRole::Document),
        (SourceKind::Api, ResourceRole::Rows),
    ] {
        let seed = seed(&source(kind), None, at(NOW)).unwrap();
        assert_eq!((seed.role, seed.due), (role, Some(at(NOW))), "{kind:?}");
    }
}

#[test]
fn what_is_known_is_left_alone_unless_the_configuration_changed() {
    let source = source(SourceKind::Feed);
    let mut known = seed(&source, None, at(NOW)).unwrap();
    known.visit = Some(Visit { at: at(NOW), outcome: VisitOutcome::Unchanged, took_ms: None });
    known.etag = Some("\"1\"".to_owned());
    known.due = Some(plus(at(NOW), EVERY));
    let now = at("2026-01-07T08:05:00Z");
    assert_eq!(seed(&source, Some(known.clone()), now), None);

    let shorter = SourceSettings { every: Duration::from_secs(60), ..source.clone() };
    assert_eq!(seed(&shorter, Some(known.clone()), now).unwrap().due, Some(at("2026-01-07T08:01:00Z")));

    let renamed = SourceSettings { id: SourceId::new("herald"), ..source };
    let seed = seed(&renamed, Some(known), now).unwrap();
    assert_eq!((seed.source.as_str(), seed.due, seed.etag), ("herald", Some(now), None));
}

#[test]
fn a_source_is_looked_at_again_and_again() {
    let feed = seed(&source(SourceKind::Feed), None, at(NOW)).unwrap();
    assert_eq!(minutes(&feed, true, &VisitOutcome::Fetched { status: 200 }, NOW), 10);
    assert_eq!(minutes(&feed, true, &VisitOutcome::Unchanged, NOW), 10);
    assert_eq!(minutes(&feed, true, &VisitOutcome::Gone { status: 410 }, NOW), 1440);
    let further_page = Resource { role: ResourceRole::Listing, ..article() };
    assert_eq!(minutes(&further_page, false, &VisitOutcome::Unchanged, NOW), 10);
    let page = seed(&source(SourceKind::Page), None, at(NOW)).unwrap();
    assert_eq!(minutes(&page, true, &VisitOutcome::Unchanged, NOW), 10);
}

#[test]
fn an_article_is_looked_at_with_growing_gaps_and_then_left() {
    let fetched = VisitOutcome::Fetched { status: 200 };
    for (now, expected) in [
        ("2026-01-07T08:00:10Z", 59),
        ("2026-01-07T08:45:00Z", 375),
        ("2026-01-07T09:00:00Z", 360),
        ("2026-01-07T15:00:00Z", 1440),
        ("2026-01-08T15:00:00Z", 4320),
        ("2026-01-11T15:00:00Z", -1),
        ("2026-03-01T00:00:00Z", -1),
    ] {
        assert_eq!(minutes(&article(), false, &fetched, now), expected, "{now}");
    }
}

#[test]
fn failures_are_tried_again_ever_later_and_links_are_given_up() {
    let failed = VisitOutcome::Failed { status: Some(500), reason: String::new() };
    for (failures, link, own) in [(0, 1, 1), (1, 2, 2), (5, 32, 32), (10, 1024, 1024), (11, -1, 1440), (99, -1, 1440)] {
        let resource = Resource { failures, ..article() };
        assert_eq!(minutes(&resource, false, &failed, NOW), link, "{failures}");
        assert_eq!(minutes(&resource, true, &failed, NOW), own, "{failures}");
    }
}

#[test]
fn a_missing_page_is_gone_at_the_third_look_and_410_at_once() {
    for (failures, status, expected) in [(0, 404, 60), (1, 404, 120), (2, 404, -1), (0, 410, -1)] {
        let resource = Resource { failures, ..article() };
        assert_eq!(minutes(&resource, false, &VisitOutcome::Gone { status }, NOW), expected, "{failures} {status}");
    }
}

#[test]
fn nothing_is_due_before_its_host_may_be_asked() {
    let failed = VisitOutcome::Failed { status: Some(503), reason: String::new() };
    let not_before = at("2026-01-07T20:00:00Z");
    assert_eq!(next_due(&article(), false, EVERY, &failed, at(NOW), Some(not_before)), Some(not_before));
    let refused = VisitOutcome::Refused { reason: String::new() };
    assert_eq!(next_due(&article(), false, EVERY, &refused, at(NOW), Some(not_before)), Some(not_before));
    assert_eq!(next_due(&article(), false, EVERY, &refused, at(NOW), None), None);
}
