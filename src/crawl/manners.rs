//! When a host may be asked again, and what its answers mean for that. Pure: time and randomness are arguments.
//!
//! Must not fetch, wait or know what a page holds. The state is `model`'s `Host`, which the store keeps, so that
//! manners hold over a restart.

use std::time::Duration;

use bellwether_model::source::{Host, Robots, RobotsAnswer};
use jiff::{SignedDuration, Timestamp};

use super::robots::{MAX_BYTES, PRODUCT_TOKEN, Rules, cut};

/// The longest `Retry-After` that is believed; a longer one is more likely a mistake than a wish.
pub(super) const MAX_RETRY_AFTER: Duration = Duration::from_secs(24 * 3600);
/// The longest `Crawl-delay` that is kept. A host that asks for more is not followed, and shown as refusing.
pub(super) const MAX_CRAWL_DELAY: Duration = Duration::from_secs(30);
/// How long an answer to the question for robots.txt holds (RFC 9309, 2.4: at most 24 hours).
const ROBOTS_LIFE: Duration = Duration::from_secs(24 * 3600);
/// However short a site owner says that the answer holds, it is not asked for more often than this: before each page
/// would be twice the requests.
const ROBOTS_SHORTEST: Duration = Duration::from_secs(5 * 60);
/// How soon a robots.txt that could not be had is asked for again, doubling with each failure.
const CLOSED_FIRST: Duration = Duration::from_secs(10 * 60);
/// No later than this, so that a site that was down for a night is followed again in the morning.
const CLOSED_LAST: Duration = Duration::from_secs(3600);
/// First pause of a host that fails, doubling with each failure in a row.
const BACKOFF_FIRST: Duration = Duration::from_secs(30);
/// Longest pause of a host that fails.
const BACKOFF_LAST: Duration = Duration::from_secs(6 * 3600);

/// A host of which nothing is known yet.
pub(super) fn unknown_host(origin: &str) -> Host {
    Host { origin: origin.to_owned(), last_request: None, backoff_until: None, failures: 0, robots: None }
}

/// How an attempt without an answer failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// No connection could be made: the next request would fare no better.
    Unreachable,
    /// Too slow or broken off: perhaps this one page, so the host is left alone only when it happens again.
    Stumbled,
}

/// What is left of the two waits of a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wait {
    /// Until the gap since the last answer is over.
    pub(super) gap: Duration,
    /// Until the host's wish (`Retry-After`) or our own backoff is over.
    pub(super) backoff: Duration,
}

/// How long a host must still be left alone. A clock that was set back makes nobody wait longer than from the answer
/// that began the wait.
pub(super) fn wait(host: &Host, gap: Duration, now: Timestamp) -> Wait {
    let gap_left = host.last_request.map_or(Duration::ZERO, |end| until(end, gap, now).min(gap));
    let backoff = host.backoff_until.map_or(Duration::ZERO, |end| {
        let whole = host.last_request.map_or(MAX_RETRY_AFTER, |began| until(end, Duration::ZERO, began));
        until(end, Duration::ZERO, now).min(whole).min(MAX_RETRY_AFTER)
    });
    Wait { gap: gap_left, backoff }
}

fn until(from: Timestamp, after: Duration, now: Timestamp) -> Duration {
    let left = from.duration_since(now).saturating_add(SignedDuration::try_from(after).unwrap_or(SignedDuration::MAX));
    Duration::try_from(left).unwrap_or(Duration::ZERO)
}

/// The gap of a host: the operator's, or the site owner's where that is longer.
pub(super) fn gap(operator: Duration, crawl_delay: Option<Duration>) -> Duration {
    operator.max(crawl_delay.unwrap_or_default().min(MAX_CRAWL_DELAY))
}

/// Notes the end of an answer. `random`: at least 0 and below 1.
pub(super) fn answered(host: &mut Host, now: Timestamp, status: u16, retry_after: Option<Duration>, random: f64) {
    host.last_request = Some(now);
    if !is_server_trouble(status) {
        host.failures = 0;
        host.backoff_until = None;
        return;
    }
    host.failures = host.failures.saturating_add(1);
    let pause = match retry_after {
        Some(wish) => wish.min(MAX_RETRY_AFTER),
        None if matches!(status, 429 | 503) => backoff(host.failures, random),
        // One broken page must not hold up a site that is well.
        None => backoff(host.failures - 1, random),
    };
    host.backoff_until = later(now, pause);
}

/// Notes an attempt that brought no answer. `random`: at least 0 and below 1.
pub(super) fn unanswered(host: &mut Host, now: Timestamp, trouble: Trouble, random: f64) {
    host.last_request = Some(now);
    host.failures = host.failures.saturating_add(1);
    let pause = match trouble {
        Trouble::Unreachable => backoff(host.failures, random),
        Trouble::Stumbled => backoff(host.failures - 1, random),
    };
    host.backoff_until = later(now, pause);
}

/// Whether a status says that the server, not the page, is in trouble or has had enough.
pub(super) fn is_server_trouble(status: u16) -> bool {
    status == 429 || (500..=599).contains(&status)
}

/// Doubles with each failure, between half and all of it by chance, so that hosts that failed together do not come
/// back together. 0 failures: none.
fn backoff(failures: u32, random: f64) -> Duration {
    if failures == 0 {
        return Duration::ZERO;
    }
    doubled(BACKOFF_FIRST, failures, BACKOFF_LAST).mul_f64(0.5 + random.clamp(0.0, 1.0) / 2.0)
}

fn doubled(first: Duration, times: u32, last: Duration) -> Duration {
    first.saturating_mul(2_u32.saturating_pow(times.saturating_sub(1))).min(last)
}

fn later(now: Timestamp, pause: Duration) -> Option<Timestamp> {
    (!pause.is_zero()).then(|| plus(now, pause))
}

/// How long ago something was; nothing where the clock was set back since.
pub(super) fn since(then: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(then)).unwrap_or(Duration::ZERO)
}

/// A later instant; the end of time where the sum lies beyond.
pub(super) fn plus(now: Timestamp, pause: Duration) -> Timestamp {
    SignedDuration::try_from(pause).ok().and_then(|pause| now.checked_add(pause).ok()).unwrap_or(Timestamp::MAX)
}

/// `Retry-After`: seconds, or a date (RFC 9110, 10.2.3). A date that has passed asks for nothing more.
pub(super) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a number can have ask for longer than we would wait anyway.
        return Some(value.parse().map_or(MAX_RETRY_AFTER, Duration::from_secs).min(MAX_RETRY_AFTER));
    }
    let date = Timestamp::try_from(httpdate::parse_http_date(value).ok()?).ok()?;
    Some(until(date, Duration::ZERO, now).min(MAX_RETRY_AFTER))
}

/// What came of asking for robots.txt.
pub(super) enum RobotsReply<'r> {
    /// An answer after redirects.
    Answer {
        /// HTTP status.
        status: u16,
        /// Its beginning.
        body: &'r [u8],
        /// Whether that was cut at the limit.
        is_cut: bool,
        /// How long it holds, where its header lines say so (RFC 9111).
        lifetime: Option<Duration>,
    },
    /// More redirects than RFC 9309, 2.3.1.2 asks one to follow: as good as not there.
    TooManyRedirects,
    /// No answer, with the reason for people.
    Silence(String),
}

/// The verdict on a reply (RFC 9309, 2.3.1; 429 is taken as a wish to be left alone, stricter than the standard).
/// `host` is as the reply left it.
pub(super) fn robots(reply: &RobotsReply<'_>, host: &Host, now: Timestamp) -> Robots {
    let closed = |reason: String, life: Duration| Robots {
        fetched: now,
        expires: plus(now, life).max(host.backoff_until.unwrap_or(now)),
        answer: RobotsAnswer::Closed { reason },
    };
    let life = doubled(CLOSED_FIRST, host.failures, CLOSED_LAST);
    let (answer, lifetime) = match reply {
        RobotsReply::Answer { status: 200..=299, body, is_cut, lifetime } => {
            let text = Rules::parse(cut(body, *is_cut), PRODUCT_TOKEN).to_text(PRODUCT_TOKEN);
            (RobotsAnswer::Rules { text }, *lifetime)
        }
        RobotsReply::Answer { status, lifetime, .. } if (400..=499).contains(status) && *status != 429 => {
            (RobotsAnswer::Open, *lifetime)
        }
        RobotsReply::TooManyRedirects => (RobotsAnswer::Open, None),
        RobotsReply::Answer { status, .. } => return closed(format!("robots.txt was answered with {status}"), life),
        // The host is asked again, beginning with robots.txt, as soon as its backoff is over.
        RobotsReply::Silence(reason) => {
            return closed(format!("robots.txt could not be had: {reason}"), Duration::ZERO);
        }
    };
    let life = lifetime.map_or(ROBOTS_LIFE, |lifetime| lifetime.clamp(ROBOTS_SHORTEST, ROBOTS_LIFE));
    Robots { fetched: now, expires: plus(now, life), answer }
}

/// Whether an answer about robots.txt still holds. One from the future is of a clock that was set back.
pub(super) fn robots_hold(robots: &Robots, now: Timestamp) -> bool {
    robots.fetched <= now && now < robots.expires.min(plus(robots.fetched, ROBOTS_LIFE))
}

/// Bytes of robots.txt that are asked for: one more than are read, so that a cut is seen.
pub(super) const ROBOTS_BYTES: usize = MAX_BYTES;

#[cfg(test)]
#[path = "manners_tests.rs"]
mod tests;
