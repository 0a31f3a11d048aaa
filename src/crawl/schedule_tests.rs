//! Tests of the schedule, as tables: what came, and when the resource is due again.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

use std::sync::Arc;

use bellwether_model::id::SourceId;
use bellwether_model::rhythm::Rhythm;
use bellwether_model::source::Visit;
use bellwether_model::web::CanonicalUrl;

use proptest::prelude::*;

use super::*;
use crate::calendar::{Calendar, Days, Moved, Rule, WorkDays};

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
    let source = source(SourceKind::Feed);
    next_due(resource, own, &outlook(&source), outcome, at(now)).map_or(-1, |due| {
        let seconds = due.duration_since(at(now)).as_secs();
        (seconds + 5) / 60
    })
}

/// Without news, wishes and chance.
fn outlook(source: &SourceSettings) -> Outlook<'_> {
    Outlook { source, news: None, fresh: Duration::ZERO, not_before: None, random: 0.5 }
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
    let due = seed(&shorter, Some(known.clone()), now).unwrap().due;
    assert_eq!(due, Some(at("2026-01-07T08:04:00Z")), "the slowest pace of what is looked at every minute");

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
    let source = source(SourceKind::Feed);
    let later = Outlook { not_before: Some(not_before), ..outlook(&source) };
    assert_eq!(next_due(&article(), false, &later, &failed, at(NOW)), Some(not_before));
    let refused = VisitOutcome::Refused { reason: String::new() };
    assert_eq!(next_due(&article(), false, &later, &refused, at(NOW)), Some(not_before));
    assert_eq!(next_due(&article(), false, &outlook(&source), &refused, at(NOW)), None);
}

#[test]
fn chance_spreads_what_began_together() {
    let feed = seed(&source(SourceKind::Feed), None, at(NOW)).unwrap();
    let seconds = |outcome: &VisitOutcome, random: f64| {
        let source = source(SourceKind::Feed);
        let due = next_due(&feed, true, &Outlook { random, ..outlook(&source) }, outcome, at(NOW)).unwrap();
        due.duration_since(at(NOW)).as_secs()
    };
    assert_eq!((seconds(&VisitOutcome::Unchanged, 0.0), seconds(&VisitOutcome::Unchanged, 0.99)), (570, 629));
    let failed = VisitOutcome::Failed { status: None, reason: String::new() };
    assert_eq!((seconds(&failed, 0.0), seconds(&failed, 0.99)), (45, 74));
}

#[test]
fn a_publisher_who_says_how_long_nothing_changes_is_believed_up_to_the_slowest_pace() {
    let feed = seed(&source(SourceKind::Feed), None, at(NOW)).unwrap();
    let minutes = |fresh: u64, ttl: u32| {
        let source = source(SourceKind::Feed);
        let outlook = Outlook { fresh: Duration::from_secs(fresh), ..outlook(&source) };
        let due = next_due(&Resource { ttl, ..feed.clone() }, true, &outlook, &VisitOutcome::Unchanged, at(NOW));
        due.unwrap().duration_since(at(NOW)).as_mins()
    };
    assert_eq!([minutes(0, 0), minutes(60, 0), minutes(1200, 0), minutes(0, 1800)], [10, 10, 20, 30]);
    assert_eq!([minutes(86_400, 0), minutes(0, u32::MAX)], [40, 40]);
}

fn with_calendar() -> SourceSettings {
    let rule = Rule {
        days: Days::OfMonth(vec![7]),
        months: Vec::new(),
        at: jiff::civil::time(16, 0, 0, 0),
        moved: Moved::Never,
    };
    let calendar = Calendar {
        id: "tw".to_owned(),
        zone: jiff::tz::TimeZone::get("Asia/Taipei").unwrap(),
        rules: vec![rule],
        work_days: WorkDays::default(),
        before: Duration::from_secs(300),
        after: Duration::from_secs(3600),
        every: Duration::from_secs(60),
        overdue_after: Duration::from_secs(3600),
    };
    SourceSettings { calendar: Some(Arc::new(calendar)), ..source(SourceKind::Listing) }
}

#[test]
fn a_source_is_looked_at_often_around_its_release_until_that_was_seen() {
    let source = with_calendar();
    let listing = seed(&source, None, at(NOW)).unwrap();
    let failed = VisitOutcome::Failed { status: None, reason: String::new() };
    let ill = Resource { failures: 9, ..listing.clone() };
    let due = |resource: &Resource, outcome: &VisitOutcome, now: &str, news: Option<&str>, fresh: u64| {
        let now = at(&format!("2026-01-07T{now}Z"));
        let news = news.map(|news| at(&format!("2026-01-07T{news}Z")));
        let outlook = Outlook { news, fresh: Duration::from_secs(fresh), ..outlook(&source) };
        let due = next_due(resource, true, &outlook, outcome, now).unwrap();
        due.strftime("%dT%H:%M:%S").to_string()
    };
    let unchanged = VisitOutcome::Unchanged;
    for (now, news, fresh, expected) in [
        // Not past the opening of the window.
        ("07:50:00", None, 0, "07T07:55:00"),
        ("07:30:00", None, 0, "07T07:40:00"),
        ("07:30:00", None, 86_400, "07T07:55:00"),
        ("07:55:00", None, 0, "07T07:56:00"),
        // What may be kept for an hour is looked at as often as usual.
        ("07:55:00", None, 3600, "07T08:05:00"),
        ("08:30:00", Some("07:54:00"), 0, "07T08:31:00"),
        ("08:30:00", Some("08:29:00"), 0, "07T08:40:00"),
        ("09:00:00", None, 0, "07T09:10:00"),
    ] {
        assert_eq!(due(&listing, &unchanged, now, news, fresh), expected, "{now} {news:?}");
    }
    // A source that fails is tried again when it counts.
    assert_eq!(due(&ill, &failed, "07:00:00", None, 0), "07T07:55:00");
    assert_eq!(due(&ill, &failed, "08:00:00", None, 0), "07T08:05:00");
    assert_eq!(due(&ill, &failed, "08:00:00", Some("08:00:00"), 0), "07T16:32:00");
    // A page that a source led to has no window.
    let page = Resource { role: ResourceRole::Listing, ..article() };
    let outlook = outlook(&source);
    let due = next_due(&page, false, &outlook, &unchanged, at("2026-01-07T08:00:00Z")).unwrap();
    assert_eq!(due, at("2026-01-07T08:10:00Z"));
}

#[test]
fn a_calendar_that_is_added_counts_from_the_next_start() {
    let listing = seed(&source(SourceKind::Listing), None, at(NOW)).unwrap();
    let visit = |time: &str| {
        Some(Visit { at: at(&format!("2026-01-07T{time}Z")), outcome: VisitOutcome::Unchanged, took_ms: None })
    };
    let seeded = |visited: &str, due: &str| {
        let known = Resource { visit: visit(visited), due: Some(at(&format!("2026-01-07T{due}Z"))), ..listing.clone() };
        seed(&with_calendar(), Some(known), at(NOW)).map(|seed| seed.due.unwrap().strftime("%H:%M").to_string())
    };
    assert_eq!(seeded("07:45:00", "08:25:00").as_deref(), Some("07:55"));
    assert_eq!(seeded("07:56:00", "08:36:00").as_deref(), Some("08:06"));
    assert_eq!(seeded("07:30:00", "07:40:00"), None);
}

#[test]
fn a_clock_that_was_set_back_delays_nothing() {
    let feed = seed(&source(SourceKind::Feed), None, at(NOW)).unwrap();
    let visited = |when: &str, due: &str| Resource {
        visit: Some(Visit { at: at(when), outcome: VisitOutcome::Unchanged, took_ms: None }),
        due: Some(at(due)),
        ..feed.clone()
    };
    let of_tomorrow = visited("2026-01-08T08:00:00Z", "2026-01-08T08:10:00Z");
    let corrected = set_back(&of_tomorrow, at(NOW)).unwrap();
    assert_eq!(corrected, at("2026-01-07T08:10:00Z"));
    // A second start does not push it further.
    assert_eq!(set_back(&Resource { due: Some(corrected), ..of_tomorrow }, at("2026-01-07T08:05:00Z")), None);
    assert_eq!(set_back(&visited("2026-01-07T07:59:00Z", "2026-01-08T08:10:00Z"), at(NOW)), None);
    assert_eq!(set_back(&feed, at(NOW)), None);
}

proptest! {
    /// Whatever was seen and asked for, what recurs is due again, later than now, and no later than the slowest pace, the
    /// opening of a window or the wish of its host, whichever of them counts.
    #[test]
    fn what_recurs_is_never_lost_and_never_due_at_once(
        second in 0..63_072_000_i64,
        news in proptest::option::of(0..63_072_000_i64),
        (looks, changes, seconds) in (0..20_000_u32, 0..20_000_u32, 0..1_000_000_u64),
        fresh in 0..1_000_000_u64,
        ttl in any::<u32>(),
        failures in 0..200_u32,
        kind in 0..5_usize,
        random in 0.0..1.0_f64,
        wish in proptest::option::of(0..200_000_i64),
    ) {
        let start = at("2026-01-01T00:00:00Z");
        let now = start + SignedDuration::from_secs(second);
        let source = with_calendar();
        let rhythm = Rhythm { looks, changes, seconds, changed: None };
        let resource = Resource { rhythm, ttl, failures, ..seed(&source, None, start).unwrap() };
        let not_before = wish.map(|wish| now + SignedDuration::from_secs(wish));
        let outlook = Outlook {
            source: &source,
            news: news.map(|news| start + SignedDuration::from_secs(news)).filter(|news| *news <= now),
            fresh: Duration::from_secs(fresh),
            not_before,
            random,
        };
        let outcome = [
            VisitOutcome::Fetched { status: 200 },
            VisitOutcome::Unchanged,
            VisitOutcome::Failed { status: None, reason: String::new() },
            VisitOutcome::Gone { status: 410 },
            VisitOutcome::Refused { reason: String::new() },
        ][kind].clone();
        let due = next_due(&resource, true, &outlook, &outcome, now);
        if kind == 4 && not_before.is_none() {
            prop_assert_eq!(due, None);
            return Ok(());
        }
        let due = due.unwrap();
        prop_assert!(due > now);
        let longest = if kind < 2 { source.slowest() } else { Duration::from_secs(30 * 3600) };
        prop_assert!(due <= plus(now, longest).max(not_before.unwrap_or(now)), "{due}");
        prop_assert!(not_before.is_none_or(|at| due >= at));
    }
}
