//! When a delivery is tried again, and when it is given up. Time and chance are arguments.

use std::hash::{BuildHasher, RandomState};

use bellwether_model::alert::Delivery;
use jiff::{SignedDuration, Timestamp};

/// Seconds from one failed attempt to the next: soon at first, then patient; 94 hours in all and 75 where chance
/// shortens each, so that a receiver that breaks on a Friday evening still has the alert on Monday.
/// (Standard Webhooks 1.0, "Operational considerations".)
const DELAYS: [i64; 11] =
    [5, 30, 120, 600, 3_600, 3 * 3_600, 6 * 3_600, 12 * 3_600, 24 * 3_600, 24 * 3_600, 24 * 3_600];
/// The longest time for which a channel that fails is left alone, in seconds: then the next alert asks whether it works again.
const LONGEST_REST: i64 = 600;
/// Delays differ by so much of themselves, so that alerts that failed together do not return together.
const JITTER: f64 = 0.2;
/// The longest time for which a receiver may ask to be left alone.
const MAX_RETRY_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// When an alert is looked at again whose channel is not in use.
const NO_CHANNEL: SignedDuration = SignedDuration::from_hours(1);

/// What a receiver made of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It was taken.
    Taken,
    /// It was not taken, or nobody knows.
    Failed {
        /// What came back, for people; without the receiver's address, which often holds a token.
        reason: String,
        /// How long the receiver asks to be left alone.
        retry_after: Option<SignedDuration>,
        /// What this means for what comes after.
        fate: Fate,
    },
}

/// What a failure means for what comes after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is tried again.
    Later,
    /// This alert is given up, since the receiver will never take it as it is; others may pass.
    Refused,
    /// The receiver wants no more (410 Gone): the channel is out of use until it is configured anew.
    Gone,
}

impl Answer {
    /// A failure without further wishes of the receiver.
    pub(super) fn failed(reason: impl Into<String>) -> Self {
        Self::Failed { reason: reason.into(), retry_after: None, fate: Fate::Later }
    }
}

/// How far delivery has come after an attempt. `attempts`: those before it; `chance`: from 0 to below 1.
#[must_use]
pub(super) fn after(attempts: u32, answer: Answer, now: Timestamp, chance: f64) -> Delivery {
    let made = attempts.saturating_add(1);
    let (reason, retry_after, fate) = match answer {
        Answer::Taken => return Delivery::Delivered { at: now, attempts: made },
        Answer::Failed { reason, retry_after, fate } => (reason, retry_after, fate),
    };
    let delay = usize::try_from(attempts).ok().and_then(|place| DELAYS.get(place));
    match delay {
        Some(&seconds) if fate == Fate::Later => {
            let wait = jittered(seconds, chance).max(retry_after.unwrap_or_default().min(MAX_RETRY_AFTER));
            Delivery::Waiting { due: now + wait, attempts: made, last_error: Some(reason) }
        }
        _ => Delivery::GaveUp { at: now, attempts: made, last_error: reason },
    }
}

/// How far delivery has come where the channel is not in use: the alert waits until it is.
#[must_use]
pub(super) fn held(attempts: u32, reason: String, now: Timestamp) -> Delivery {
    Delivery::Waiting { due: now + NO_CHANNEL, attempts, last_error: Some(reason) }
}

/// How long a channel is left alone after so many failures in a row, whatever alerts wait for it: a receiver that is
/// down is asked with one alert at a time, and what waits follows as soon as it works again.
#[must_use]
pub(super) fn rest(failures: u32, chance: f64) -> SignedDuration {
    let place = usize::try_from(failures.saturating_sub(1)).unwrap_or(usize::MAX);
    let seconds = DELAYS.get(place).copied().unwrap_or(LONGEST_REST).min(LONGEST_REST);
    jittered(seconds, chance)
}

/// Until when a receiver asked to be left alone.
#[must_use]
pub(super) fn asked_for(answer: &Answer, now: Timestamp) -> Option<Timestamp> {
    match answer {
        Answer::Failed { retry_after: Some(wish), .. } => Some(now + (*wish).min(MAX_RETRY_AFTER)),
        _ => None,
    }
}

/// A number from 0 to below 1. The standard library seeds its hashers by chance, and spreading deliveries asks no more.
pub(super) fn chance() -> f64 {
    let bits = RandomState::new().hash_one(0u8);
    f64::from(u32::try_from(bits >> 32).unwrap_or(0)) / 4_294_967_296.0
}

fn jittered(seconds: i64, chance: f64) -> SignedDuration {
    // From 0.8 to 1.2 of the delay; its shortest form still waits four seconds.
    let factor = 1.0 + JITTER * (2.0 * chance - 1.0);
    let milliseconds = SignedDuration::from_secs(seconds).as_millis_f64() * factor;
    SignedDuration::try_from_secs_f64(milliseconds / 1000.0).unwrap_or(SignedDuration::from_secs(seconds))
}

/// What a `Retry-After` asks for: seconds, or a date (RFC 9110, 10.2.3). `None`: it cannot be read, or lies behind.
#[must_use]
pub(super) fn retry_after(header: &str, now: Timestamp) -> Option<SignedDuration> {
    let header = header.trim();
    if let Ok(seconds) = header.parse::<u32>() {
        return Some(SignedDuration::from_secs(i64::from(seconds)));
    }
    let at = Timestamp::try_from(httpdate::parse_http_date(header).ok()?).ok()?;
    Some(at.duration_since(now)).filter(SignedDuration::is_positive)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn now() -> Timestamp {
        "2026-01-09T08:00:00Z".parse().expect("a time")
    }

    fn wait(attempts: u32, answer: Answer, chance: f64) -> Option<SignedDuration> {
        match after(attempts, answer, now(), chance) {
            Delivery::Waiting { due, .. } => Some(due.duration_since(now())),
            _ => None,
        }
    }

    #[test]
    fn failures_are_tried_again_ever_later_for_three_days() {
        let mut total = SignedDuration::ZERO;
        let mut attempts = 0;
        while let Some(pause) = wait(attempts, Answer::failed("500"), 0.5) {
            assert!(attempts == 0 || pause >= SignedDuration::from_secs(30));
            total += pause;
            attempts += 1;
        }
        assert_eq!(attempts, 11);
        assert_eq!(total.as_hours(), 94);
        let shortest = (0..11).filter_map(|made| wait(made, Answer::failed("500"), 0.0));
        let shortest = shortest.fold(SignedDuration::ZERO, |sum, pause| sum + pause);
        assert!(shortest >= SignedDuration::from_hours(72), "{shortest}");
        assert!(matches!(after(11, Answer::failed("500"), now(), 0.5), Delivery::GaveUp { attempts: 12, .. }));
    }

    #[test]
    fn a_receiver_that_is_gone_is_given_up_and_one_that_took_it_is_done() {
        for fate in [Fate::Gone, Fate::Refused] {
            let refused = Answer::Failed { reason: "410".into(), retry_after: None, fate };
            assert!(matches!(after(0, refused, now(), 0.5), Delivery::GaveUp { attempts: 1, .. }));
        }
        assert_eq!(after(2, Answer::Taken, now(), 0.5), Delivery::Delivered { at: now(), attempts: 3 });
    }

    #[test]
    fn a_wish_to_be_left_alone_is_kept_up_to_a_day() {
        let asked = |hours| Answer::Failed {
            reason: "429".into(),
            retry_after: Some(SignedDuration::from_hours(hours)),
            fate: Fate::Later,
        };
        assert_eq!(wait(0, asked(2), 0.0), Some(SignedDuration::from_hours(2)));
        assert_eq!(wait(0, asked(2000), 0.0), Some(MAX_RETRY_AFTER));
        assert_eq!(wait(4, asked(0), 0.5), Some(SignedDuration::from_secs(3_600)));
    }

    #[test]
    fn a_channel_that_fails_is_asked_every_ten_minutes_at_least() {
        let rests: Vec<i64> = (1..9).map(|failures| rest(failures, 0.5).as_secs()).collect();
        assert_eq!(rests, [5, 30, 120, 600, 600, 600, 600, 600]);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        for (header, seconds) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Fri, 09 Jan 2026 08:01:00 GMT", Some(60)),
            ("Fri, 09 Jan 2026 07:00:00 GMT", None),
            ("soon", None),
            ("-5", None),
        ] {
            assert_eq!(retry_after(header, now()), seconds.map(SignedDuration::from_secs), "{header}");
        }
    }

    proptest! {
        #[test]
        fn jitter_stays_near_the_delay(attempts in 0u32..11, chance in 0.0f64..1.0) {
            let pause = wait(attempts, Answer::failed("500"), chance).expect("not yet given up");
            let delay = SignedDuration::from_secs(DELAYS[attempts as usize]);
            prop_assert!(pause >= delay * 4 / 5 - SignedDuration::from_millis(1));
            prop_assert!(pause <= delay * 6 / 5 + SignedDuration::from_millis(1));
        }
    }
}
