//! How many pages of one pattern a day are asked for, so that a calendar without end, or the archive of twenty years
//! that a sitemap names, is no storm on its host. Pure.
//!
//! What is beyond a day's share is not lost: it is due on a later day.

use std::collections::HashMap;

use bellwether_model::source::{Resource, ResourceRole};
use bellwether_model::web::CanonicalUrl;
use jiff::{SignedDuration, Timestamp};

/// Pages of one pattern that are asked for in a day. No site publishes so many; archives and traps do.
const A_DAY: usize = 1_000;
/// Days of work that are taken on. What is beyond is left out: 60,000 pages of one pattern are a trap.
const MOST_DAYS: usize = 60;
/// Digits from which on a part of a path is a number that goes on for ever, and not the name of a section (`g20`).
const SHORTEST_NUMBER: usize = 3;

/// The shares of a source's patterns.
#[derive(Debug, Default)]
pub(super) struct Quota(HashMap<String, usize>);

impl Quota {
    /// What is used up already: pages that were visited in the last day, or wait for their first visit.
    pub(super) fn of(known: &[Resource], now: Timestamp) -> Self {
        let mut shares = Self::default();
        let recent = |resource: &&Resource| {
            let visited = resource.visit.as_ref().map(|visit| visit.at);
            resource.role == ResourceRole::Document
                && visited.map_or(resource.due.is_some(), |at| now.duration_since(at) < SignedDuration::from_hours(24))
        };
        for resource in known.iter().filter(recent) {
            *shares.0.entry(pattern(&resource.url)).or_default() += 1;
        }
        shares
    }

    /// When a new page may be asked for; `None`: never.
    pub(super) fn due(&mut self, url: &CanonicalUrl, now: Timestamp) -> Option<Timestamp> {
        let used = self.0.entry(pattern(url)).or_default();
        let days = *used / A_DAY;
        *used += 1;
        let wait = SignedDuration::from_hours(24 * i64::try_from(days).ok()?);
        (days < MOST_DAYS).then(|| now.checked_add(wait).ok())?
    }
}

/// An address with its numbers, names and values left out: what the pages of one template share.
fn pattern(url: &CanonicalUrl) -> String {
    let own = url.url();
    let mut pattern = url.origin();
    let segments: Vec<&str> = own.path().split('/').skip(1).collect();
    for (place, segment) in segments.iter().enumerate() {
        let digits = segment.bytes().filter(u8::is_ascii_digit).count();
        let is_last = place + 1 == segments.len();
        pattern.push('/');
        pattern.push_str(if is_last || digits >= SHORTEST_NUMBER || segment.bytes().all(|b| b.is_ascii_digit()) {
            "*"
        } else {
            segment
        });
    }
    for (name, _) in own.query_pairs() {
        pattern.push('?');
        pattern.push_str(&name);
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::super::links::new;
    use super::super::testing::{snapshot, time};
    use super::*;

    fn url(text: &str) -> CanonicalUrl {
        CanonicalUrl::parse(text).expect(text)
    }

    #[test]
    fn pages_of_one_template_have_one_pattern() {
        for (one, other, same) in [
            ("https://a.example/news/2026/01/09/exports", "https://a.example/news/2025/12/1/imports", true),
            ("https://a.example/calendar?month=2026-01", "https://a.example/calendar?month=2099-12", true),
            ("https://a.example/story/b-184467.html", "https://a.example/story/c-1.html", true),
            ("https://a.example/news/a", "https://a.example/sport/a", false),
            ("https://a.example/news/a?page=1", "https://a.example/news/a", false),
        ] {
            assert_eq!(pattern(&url(one)) == pattern(&url(other)), same, "{one} {other}");
        }
    }

    #[test]
    fn what_is_beyond_a_day_waits_and_what_is_without_end_is_left_out() {
        let waiting =
            new(&url("https://a.example/n/0"), ResourceRole::Document, None, &snapshot("https://a.example/"), time(0));
        let mut quota = Quota::of(&[waiting], time(0));
        let days: Vec<Option<i64>> = (1..A_DAY * MOST_DAYS + 2)
            .map(|n| {
                quota
                    .due(&url(&format!("https://a.example/n/{n}")), time(0))
                    .map(|due| due.duration_since(time(0)).as_hours() / 24)
            })
            .collect();
        assert_eq!((days[0], days[A_DAY - 2], days[A_DAY - 1]), (Some(0), Some(0), Some(1)));
        assert_eq!((days[A_DAY * MOST_DAYS - 2], days[A_DAY * MOST_DAYS - 1]), (Some(59), None));
        assert_eq!(quota.due(&url("https://a.example/other/section/1"), time(0)), Some(time(0)));
    }
}
