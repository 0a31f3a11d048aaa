//! Tests of what sources owe: how a source stands in, what is told out.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

use std::sync::Arc;
use std::time::Duration;

use bellwether_model::id::SourceId;
use bellwether_model::source::SourceKind;
use bellwether_model::web::CanonicalUrl;
use jiff::civil::time;
use jiff::tz::TimeZone;

use super::*;
use crate::calendar::{Calendar, Days, Moved, Rule, WorkDays};

fn at(text: &str) -> Timestamp {
    format!("2026-{text}:00Z").parse().unwrap()
}

fn source() -> SourceSettings {
    let url = CanonicalUrl::parse("https://example.org/").unwrap();
    SourceSettings::new(SourceId::new("ministry"), SourceKind::Listing, url)
}

/// Releases on the 7th or 8th of a month at 8:00 UTC, overdue at 14:00 on the 8th.
fn with_calendar() -> SourceSettings {
    let rule = Rule { days: Days::OfMonth(vec![7, 8]), months: Vec::new(), at: time(8, 0, 0, 0), moved: Moved::Never };
    let calendar = Calendar {
        id: "trade".to_owned(),
        zone: TimeZone::UTC,
        rules: vec![rule],
        work_days: WorkDays::default(),
        before: Duration::from_secs(300),
        after: Duration::from_secs(3 * 3600),
        every: Duration::from_secs(60),
        overdue_after: Duration::from_secs(6 * 3600),
    };
    SourceSettings { calendar: Some(Arc::new(calendar)), ..source() }
}

/// A source through time: what is told is remembered, as the store does.
struct Story {
    source: SourceSettings,
    followed: Timestamp,
    news: Option<Timestamp>,
    known: Vec<Overdue>,
}

impl Story {
    fn of(source: SourceSettings, followed: &str) -> Self {
        Self { source, followed: at(followed), news: None, known: Vec::new() }
    }

    fn news(&mut self, when: &str) {
        self.news = Some(at(when));
    }

    /// What is told at a time, the source having been looked at then.
    fn told(&mut self, now: &str) -> Vec<String> {
        self.told_when(now, now, false)
    }

    fn told_when(&mut self, now: &str, visited: &str, is_unread: bool) -> Vec<String> {
        let standing = Standing {
            source: &self.source,
            followed: self.followed,
            visited: Some(at(visited)),
            news: self.news,
            is_unread,
        };
        let known: Vec<&Overdue> = self.known.iter().collect();
        let changes = judge(&standing, &known, at(now));
        let mut words = Vec::new();
        for (overdue, change) in changes {
            let what = match &overdue.awaited {
                Awaited::Release { expected, .. } => format!("release of {}", expected.strftime("%m-%dT%H:%M")),
                Awaited::News { since } => format!("news since {}", since.strftime("%m-%dT%H:%M")),
            };
            words.push(format!("{} {what}", if change == EventChange::Overdue { "overdue" } else { "arrived" }));
            self.known.retain(|known| known.id != overdue.id);
            self.known.push(overdue);
        }
        words
    }
}

#[test]
fn a_release_that_does_not_come_is_told_once_and_again_when_it_comes() {
    let mut story = Story::of(with_calendar(), "01-20T00:00");
    assert_eq!(story.told("02-08T13:59"), [""; 0]);
    assert_eq!(story.told("02-08T14:00"), ["overdue release of 02-07T08:00"]);
    assert_eq!(story.told("02-08T14:01"), [""; 0], "once");
    story.news("02-07T07:00");
    assert_eq!(story.told("02-08T15:00"), [""; 0], "older than the window");
    story.news("02-09T09:00");
    assert_eq!(story.told("02-09T09:01"), ["arrived release of 02-07T08:00"]);
    assert_eq!(story.told("02-20T00:00"), [""; 0]);
    // The next one is another.
    assert_eq!(story.told("03-08T14:00"), ["overdue release of 03-07T08:00"]);
    // What came with the one after that ends both.
    story.news("04-07T08:02");
    assert_eq!(story.told("04-07T08:03"), ["arrived release of 03-07T08:00"]);
    assert_eq!(story.told("04-08T14:00"), [""; 0]);
}

#[test]
fn what_came_in_its_window_is_not_missed() {
    let mut story = Story::of(with_calendar(), "01-20T00:00");
    story.news("02-07T07:55");
    assert_eq!(story.told("02-08T20:00"), [""; 0]);
}

#[test]
fn a_first_start_does_not_cry() {
    // Followed since the middle of the window of a release, and since long after.
    for followed in ["02-07T09:00", "02-20T00:00"] {
        let mut story = Story::of(with_calendar(), followed);
        assert_eq!(story.told("02-28T00:00"), [""; 0], "{followed}");
        assert_eq!(story.told("03-08T14:00").len(), 1, "{followed}");
    }
}

#[test]
fn after_an_absence_the_source_is_looked_at_and_read_first() {
    let mut story = Story::of(with_calendar(), "01-20T00:00");
    assert_eq!(story.told_when("02-20T00:00", "02-06T00:00", false), [""; 0], "not looked at since");
    assert_eq!(story.told_when("02-20T00:01", "02-20T00:01", true), [""; 0], "not read yet");
    story.news("02-20T00:01");
    assert_eq!(story.told("02-20T00:02"), [""; 0], "it was there");
}

#[test]
fn a_source_that_falls_silent_is_told_once_for_each_silence() {
    let patient = SourceSettings { silent_after: Some(Duration::from_secs(86_400)), ..source() };
    let mut story = Story::of(patient, "01-01T00:00");
    assert_eq!(story.told("01-01T23:59"), [""; 0]);
    assert_eq!(story.told("01-02T00:00"), ["overdue news since 01-01T00:00"]);
    assert_eq!(story.told("01-03T00:00"), [""; 0]);
    story.news("01-03T10:00");
    assert_eq!(story.told("01-03T10:01"), ["arrived news since 01-01T00:00"]);
    assert_eq!(story.told("01-04T09:00"), [""; 0]);
    assert_eq!(story.told("01-04T10:00"), ["overdue news since 01-03T10:00"]);
}
