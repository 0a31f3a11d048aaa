//! Tests of the rhythm: what looks came to, and how soon the next one is.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

use bellwether_model::id::{ContentHash, SourceId};
use bellwether_model::source::{SourceKind, Visit};
use bellwether_model::web::CanonicalUrl;
use proptest::prelude::*;

use super::*;

const FETCHED: VisitOutcome = VisitOutcome::Fetched { status: 200 };

fn source() -> SourceSettings {
    let url = CanonicalUrl::parse("https://example.org/start").unwrap();
    SourceSettings {
        every: Duration::from_secs(900),
        ..SourceSettings::new(SourceId::new("gazette"), SourceKind::Feed, url)
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_767_772_800 + second).unwrap()
}

/// A feed that was fetched once.
fn feed() -> Resource {
    let source = source();
    let feed = Resource::new(source.url.clone(), source.id.clone(), ResourceRole::Feed, at(0));
    Resource {
        visit: Some(Visit { at: at(0), outcome: FETCHED, took_ms: None }),
        content: Some(ContentHash::of(b"1")),
        ..feed
    }
}

/// Visits a resource at these seconds; a change brings news, unless said otherwise.
fn visited(mut resource: Resource, looks: &[(i64, bool)], brings_news: bool) -> Resource {
    let mut news = None;
    for (second, changed) in looks {
        let outcome = if *changed { FETCHED } else { VisitOutcome::Unchanged };
        let now = at(*second);
        resource.rhythm = after(&resource, &source(), &outcome, news, now);
        resource.visit = Some(Visit { at: now, outcome, took_ms: None });
        news = if *changed && brings_news { Some(now) } else { news };
    }
    resource
}

fn minutes(resource: &Resource) -> u64 {
    interval(&resource.rhythm, &source()).as_secs() / 60
}

fn looks(count: i64, every: i64, changed: bool) -> Vec<(i64, bool)> {
    (1..=count).map(|look| (look * every, changed)).collect()
}

#[test]
fn nothing_known_is_looked_at_as_configured() {
    let unknown = interval(&Rhythm::default(), &source());
    assert!(unknown.abs_diff(source().every) < Duration::from_millis(1), "{unknown:?}");
}

#[test]
fn what_always_changes_is_looked_at_more_often_and_what_never_does_less_often() {
    assert_eq!(minutes(&visited(feed(), &looks(1, 900, true), true)), 12);
    assert!(minutes(&visited(feed(), &looks(40, 900, true), true)) <= 9);
    assert!(minutes(&visited(feed(), &looks(80, 400, true), true)) <= 7);
    assert_eq!(minutes(&visited(feed(), &looks(1, 900, false), true)), 21);
    assert!(minutes(&visited(feed(), &looks(20, 900, false), true)) >= 30);
    assert_eq!(minutes(&visited(feed(), &looks(40, 3500, false), true)), 60, "no less often than the slowest pace");
}

#[test]
fn bytes_that_change_without_news_are_no_change() {
    let noisy = visited(feed(), &looks(40, 1800, true), false);
    let quiet = visited(feed(), &looks(40, 1800, false), true);
    assert!(minutes(&noisy).abs_diff(minutes(&quiet)) <= 20, "{} {}", minutes(&noisy), minutes(&quiet));
    assert!(minutes(&noisy) > 30);
    // Of a page it is its own bytes that count.
    let page = Resource { role: ResourceRole::Document, ..feed() };
    assert!(minutes(&visited(page, &looks(40, 900, true), false)) < 10);
}

#[test]
fn looks_in_a_release_window_and_after_an_absence_do_not_count() {
    let before = visited(feed(), &looks(10, 900, false), true);
    let after_window =
        visited(before.clone(), &(1..60).map(|look| (9000 + look * 60, false)).collect::<Vec<_>>(), true);
    assert_eq!(before.rhythm, after_window.rhythm);
    let away = visited(before.clone(), &[(9000 + 86_400, true)], true);
    assert_eq!((away.rhythm.looks, away.rhythm.changed), (before.rhythm.looks, Some(at(9000 + 86_400))));
    // A clock that was set back, too.
    assert_eq!(visited(before.clone(), &[(-86_400, false)], true).rhythm, before.rhythm);
}

#[test]
fn a_failed_look_tells_nothing() {
    let failed = VisitOutcome::Failed { status: None, reason: String::new() };
    let known = visited(feed(), &looks(10, 900, true), true);
    assert_eq!(after(&known, &source(), &failed, None, at(9900)), known.rhythm);
    let ill = Resource { visit: Some(Visit { at: at(9900), outcome: failed, took_ms: None }), ..known.clone() };
    let back = after(&ill, &source(), &FETCHED, Some(at(9000)), at(10_800));
    assert_eq!((back.looks, back.changed), (known.rhythm.looks, Some(at(10_800))));
}

/// The mean pace of a resource that changes by chance at a rate, against the root of 15 minutes by the rate: 42, 30
/// and 15 minutes. So few looks leave a bias towards the configured pace.
#[test]
fn the_pace_settles_near_the_root_of_the_rate() {
    for (changes_an_hour, low, high) in [(0.5, 30, 46), (1.0, 24, 34), (4.0, 12, 17)] {
        let mut random = 0x2545_f491_4f6c_dd1d_u64;
        let mut chance = || {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            f64::from(u32::try_from(random >> 32).unwrap()) / f64::from(u32::MAX)
        };
        let (mut rhythm, mut total, steps) = (Rhythm::default(), Duration::ZERO, 4_000_u32);
        for _ in 0..steps {
            let wait = interval(&rhythm, &source());
            let changed = chance() < 1.0 - (-changes_an_hour * wait.as_secs_f64() / 3600.0_f64).exp();
            rhythm = observed(rhythm, wait, changed);
            total += wait;
        }
        let mean = (total / steps).as_secs() / 60;
        assert!((low..=high).contains(&mean), "{changes_an_hour} an hour: {mean} min");
    }
}

proptest! {
    /// Whatever was seen, the pace stays within its bounds, and a look that found a change never makes it slower than
    /// the same look without one.
    #[test]
    fn the_pace_has_bounds_and_follows_changes(
        seen in proptest::collection::vec((1..10_000_u64, any::<bool>()), 0..60),
        every in 1..100_000_u64,
        elapsed in 1..100_000_u64,
    ) {
        let source = SourceSettings { every: Duration::from_secs(every), ..source() };
        let mut rhythm = Rhythm::default();
        for (elapsed, changed) in seen {
            rhythm = observed(rhythm, Duration::from_secs(elapsed), changed);
            let wait = interval(&rhythm, &source);
            prop_assert!(source.fastest() <= wait && wait <= source.slowest(), "{wait:?}");
        }
        let next = |changed| interval(&observed(rhythm, Duration::from_secs(elapsed), changed), &source);
        prop_assert!(next(true) <= next(false));
    }

    /// No record, of whatever numbers, is a panic.
    #[test]
    fn any_record_is_read(looks in any::<u32>(), changes in any::<u32>(), seconds in any::<u64>()) {
        let rhythm = Rhythm { looks: looks / 2, changes: changes / 2, seconds: seconds / 2, changed: None };
        let wait = interval(&observed(rhythm, Duration::from_secs(1), true), &source());
        prop_assert!(wait >= source().fastest() && wait <= source().slowest());
    }
}
