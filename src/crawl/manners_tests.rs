//! Tests of the manners, as tables: what came, and how long the host is left alone.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

const NOW: &str = "2026-01-07T08:00:00Z";
const GAP: Duration = Duration::from_secs(2);

/// Seconds of gap and of backoff that are left after the statuses came in turn; 0 stands for no connection, 1 for a
/// request that timed out.
fn after(statuses: &[u16], wish: Option<&str>) -> (f64, f64) {
    let now = at(NOW);
    let mut host = unknown_host("https://example.org");
    for status in statuses {
        match status {
            0 => unanswered(&mut host, now, Trouble::Unreachable, 1.0),
            1 => unanswered(&mut host, now, Trouble::Stumbled, 1.0),
            status => answered(&mut host, now, *status, wish.and_then(|wish| retry_after(wish, now)), 1.0),
        }
    }
    let left = wait(&host, GAP, now);
    (left.gap.as_secs_f64(), left.backoff.as_secs_f64())
}

#[test]
fn answers_and_what_follows() {
    for (statuses, wish, expected) in [
        (&[200][..], None, (2.0, 0.0)),
        (&[304], None, (2.0, 0.0)),
        (&[404], Some("100"), (2.0, 0.0)),
        // Has had enough: at once, and longer each time.
        (&[429], None, (2.0, 30.0)),
        (&[503, 503], None, (2.0, 60.0)),
        (&[503, 503, 503, 503], None, (2.0, 240.0)),
        (&[429], Some("7"), (2.0, 7.0)),
        (&[503], Some("Wed, 07 Jan 2026 08:01:30 GMT"), (2.0, 90.0)),
        (&[503], Some("Wed, 07 Jan 2026 07:00:00 GMT"), (2.0, 0.0)),
        (&[503], Some("99999999999999999999999"), (2.0, 86400.0)),
        (&[503], Some("soon"), (2.0, 30.0)),
        // One broken page is no broken host.
        (&[500], None, (2.0, 0.0)),
        (&[500, 502], None, (2.0, 30.0)),
        (&[500], Some("5"), (2.0, 5.0)),
        (&[1], None, (2.0, 0.0)),
        (&[1, 1], None, (2.0, 30.0)),
        (&[0], None, (2.0, 30.0)),
        (&[0; 40], None, (2.0, 21600.0)),
        // A good answer forgives.
        (&[503, 503, 200], None, (2.0, 0.0)),
    ] {
        assert_eq!(after(statuses, wish), expected, "{statuses:?} {wish:?}");
    }
}

#[test]
fn chance_halves_a_backoff_at_the_most() {
    assert_eq!(backoff(1, 0.0), Duration::from_secs(15));
    assert_eq!(backoff(1, 0.5), Duration::from_millis(22_500));
}

#[test]
fn waits_end_and_clocks_may_jump() {
    let mut host = unknown_host("https://example.org");
    answered(&mut host, at(NOW), 503, Some(Duration::from_secs(60)), 0.0);
    let left = |now: &str| wait(&host, GAP, at(now));
    assert_eq!(left("2026-01-07T08:00:01Z"), Wait { gap: Duration::from_secs(1), backoff: Duration::from_secs(59) });
    assert_eq!(left("2026-01-07T08:02:00Z"), Wait { gap: Duration::ZERO, backoff: Duration::ZERO });
    // The clock was set back by a year: the gap is one gap, the backoff as long as it was when it began.
    assert_eq!(left("2025-01-07T08:00:00Z"), Wait { gap: GAP, backoff: Duration::from_secs(60) });
    // It was set on by a year: nothing is left.
    assert_eq!(left("2027-01-07T08:00:00Z"), Wait { gap: Duration::ZERO, backoff: Duration::ZERO });
}

#[test]
fn the_longer_of_two_gaps_is_kept() {
    assert_eq!(gap(GAP, None), GAP);
    assert_eq!(gap(GAP, Some(Duration::from_secs(10))), Duration::from_secs(10));
    assert_eq!(gap(GAP, Some(Duration::from_secs(1))), GAP);
}

#[test]
fn robots_txt_by_its_answer() {
    let now = at(NOW);
    let host = unknown_host("https://example.org");
    let verdict = |reply: &RobotsReply<'_>, host: &Host| {
        let robots = robots(reply, host, now);
        let minutes = robots.expires.duration_since(now).as_mins();
        let word = match robots.answer {
            RobotsAnswer::Rules { .. } => "rules",
            RobotsAnswer::Open => "open",
            RobotsAnswer::Closed { .. } => "closed",
        };
        (word, minutes)
    };
    let reply =
        |status| RobotsReply::Answer { status, body: b"user-agent: *\ndisallow: /", is_cut: false, lifetime: None };
    for (status, expected) in [
        (200, ("rules", 1440)),
        (401, ("open", 1440)),
        (403, ("open", 1440)),
        (404, ("open", 1440)),
        (410, ("open", 1440)),
        (429, ("closed", 10)),
        (500, ("closed", 10)),
        (503, ("closed", 10)),
        (304, ("closed", 10)),
    ] {
        assert_eq!(verdict(&reply(status), &host), expected, "{status}");
    }
    assert_eq!(verdict(&RobotsReply::TooManyRedirects, &host), ("open", 1440));

    let mut failing = host.clone();
    unanswered(&mut failing, now, Trouble::Unreachable, 1.0);
    assert_eq!(verdict(&RobotsReply::Silence("no route".to_owned()), &failing), ("closed", 0));
    failing.failures = 3;
    assert_eq!(verdict(&reply(500), &failing), ("closed", 40));
    failing.failures = 30;
    assert_eq!(verdict(&reply(500), &failing), ("closed", 60));
}

#[test]
fn an_answer_about_robots_txt_holds_a_day_at_the_most() {
    let host = unknown_host("https://example.org");
    let mut robots =
        robots(&RobotsReply::Answer { status: 404, body: b"", is_cut: false, lifetime: None }, &host, at(NOW));
    assert!(robots_hold(&robots, at("2026-01-08T07:59:59Z")));
    assert!(!robots_hold(&robots, at("2026-01-08T08:00:00Z")));
    assert!(!robots_hold(&robots, at("2026-01-07T07:59:00Z")), "from the future");
    robots.expires = at("2027-01-01T00:00:00Z");
    assert!(!robots_hold(&robots, at("2026-01-08T08:00:00Z")), "whatever was stored");
}

#[test]
fn an_answer_about_robots_txt_holds_as_long_as_its_owner_says_within_bounds() {
    let host = unknown_host("https://example.org");
    let now = at(NOW);
    for (status, seconds, minutes) in [
        (200, None, 1440),
        (200, Some(3600), 60),
        (404, Some(3600), 60),
        (200, Some(0), 5),
        (200, Some(30 * 24 * 3600), 1440),
        // How soon a host in trouble is asked again is not its own wish.
        (503, Some(0), 10),
    ] {
        let lifetime = seconds.map(Duration::from_secs);
        let reply = RobotsReply::Answer { status, body: b"", is_cut: false, lifetime };
        let robots = robots(&reply, &host, now);
        assert_eq!(robots.expires.duration_since(now).as_mins(), minutes, "{status} {seconds:?}");
    }
}
