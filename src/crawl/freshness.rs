//! How long an answer says that it holds (RFC 9111, 4.2.1). Pure: time is an argument.

use std::time::Duration;

use hyper::header::{AGE, CACHE_CONTROL, DATE, EXPIRES, HeaderMap};

/// For how long an answer may be used before it is asked for again, as its header lines say. `None`: they say nothing
/// that can be understood. Zero: not at all.
///
/// What is meant for caches that many share (`s-maxage`) is not looked at: this is nobody else's cache.
pub(super) fn lifetime(headers: &HeaderMap) -> Option<Duration> {
    let mut seconds = None;
    for directive in
        headers.get_all(CACHE_CONTROL).iter().filter_map(|line| line.to_str().ok()).flat_map(|l| l.split(','))
    {
        let (name, value) = directive.split_once('=').map_or((directive, ""), |(name, value)| (name, value));
        match name.trim().to_ascii_lowercase().as_str() {
            "no-store" | "no-cache" => return Some(Duration::ZERO),
            // RFC 9111, 4.2.1: of two that disagree the shorter one is taken.
            "max-age" => {
                // RFC 9111, 1.2.2: a number too large to hold is as good as the largest.
                let value = value.trim().trim_matches('"');
                let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
                let age = digits.then(|| value.parse::<u64>().unwrap_or(u64::from(u32::MAX)));
                // What is no number makes the answer stale (RFC 9111, 4.2.1).
                let age = age.unwrap_or(0);
                seconds = Some(seconds.map_or(age, |known: u64| known.min(age)));
            }
            _ => {}
        }
    }
    let lifetime = match seconds {
        Some(seconds) => Duration::from_secs(seconds),
        None => expiry(headers)?,
    };
    let age = headers
        .get(AGE)
        .and_then(|age| age.to_str().ok()?.trim().parse().ok())
        .map_or(Duration::ZERO, Duration::from_secs);
    Some(lifetime.saturating_sub(age))
}

/// From `Date` to `Expires`: both are of the server's clock, which need not be ours. An `Expires` that is no date has
/// passed (RFC 9111, 5.3).
fn expiry(headers: &HeaderMap) -> Option<Duration> {
    let date = |value: &hyper::header::HeaderValue| httpdate::parse_http_date(value.to_str().ok()?).ok();
    let Some(expires) = date(headers.get(EXPIRES)?) else { return Some(Duration::ZERO) };
    let from = date(headers.get(DATE)?)?;
    Some(expires.duration_since(from).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]
mod tests {
    use hyper::header::{HeaderName, HeaderValue};

    use super::*;

    type Lines<'l> = &'l [(&'l str, &'l str)];

    fn seconds(lines: Lines<'_>) -> Option<u64> {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap());
        }
        lifetime(&headers).map(|lifetime| lifetime.as_secs())
    }

    #[test]
    fn header_lines_say_how_long_an_answer_holds() {
        let date = ("date", "Wed, 07 Jan 2026 08:00:00 GMT");
        let cases: &[(Lines<'_>, Option<u64>)] = &[
            (&[], None),
            (&[("cache-control", "public, MAX-AGE=600")], Some(600)),
            (&[("cache-control", "max-age=\"60\"")], Some(60)),
            (&[("cache-control", "max-age=600"), ("cache-control", "max-age=30")], Some(30)),
            (&[("cache-control", "max-age=600"), ("age", "100")], Some(500)),
            (&[("cache-control", "max-age=60"), ("age", "100")], Some(0)),
            (&[("cache-control", "max-age=soon")], Some(0)),
            (&[("cache-control", "max-age=99999999999999999999999")], Some(4_294_967_295)),
            (&[("cache-control", "s-maxage=5")], None),
            (&[("cache-control", "max-age=60, no-store")], Some(0)),
            (&[date, ("expires", "Wed, 07 Jan 2026 09:00:00 GMT")], Some(3600)),
            (&[date, ("expires", "Wed, 07 Jan 2026 07:00:00 GMT")], Some(0)),
            (&[date, ("expires", "0")], Some(0)),
            (&[("expires", "Wed, 07 Jan 2026 09:00:00 GMT")], None),
            (&[date, ("expires", "0"), ("cache-control", "max-age=60")], Some(60)),
        ];
        for (lines, expected) in cases {
            assert_eq!(seconds(lines), *expected, "{lines:?}");
        }
    }
}
