//! When a delivery is tried again, and when it is given up. Pure: time and chance are arguments.

use bellwether_model::alert::Delivery;
use jiff::{SignedDuration, Timestamp};

/// Seconds from one failed attempt to the next: soon at first, then patient; 70 hours in all, so that a receiver
/// that breaks on a Friday evening still has the alert on Monday. (Standard Webhooks 1.0, "Operational considerations".)
const DELAYS: [i64; 10] = [5, 30, 120, 600, 3_600, 3 * 3_600, 6 * 3_600, 12 * 3_600, 24 * 3_600, 24 * 3_600];
/// Delays differ by so much of themselves, so that alerts that failed together do not return together.
const JITTER: f64 = 0.2;
/// The longest time for which a receiver may ask to be left alone.
const MAX_RETRY_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// When a row is looked at again whose channel is not in the watch list.
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
        /// The receiver wants no more (410 Gone).
        gone: bool,
    },
}

impl Answer {
    /// A failure without further wishes of the receiver.
    pub(super) fn failed(reason: impl Into<String>) -> Self {
        Self::Failed { reason: reason.into(), retry_after: None, gone: false }
    }
}

/// How far delivery has come after an attempt. `attempts`: those before it; `chance`: from 0 to below 1.
#[must_use]
pub(super) fn after(attempts: u32, answer: Answer, now: Timestamp, chance: f64) -> Delivery {
    let made = attempts.saturating_add(1);
    let (reason, retry_after, gone) = match answer {
        Answer::Taken => return Delivery::Delivered { at: now, attempts: made },
        Answer::Failed { reason, retry_after, gone } => (reason, retry_after, gone),
    };
    let delay = usize::try_from(attempts).ok().and_then(|place| DELAYS.get(place));
    match delay {
        Some(&seconds) if !gone => {
            let wait = jittered(seconds, chance).max(retry_after.unwrap_or_default().min(MAX_RETRY_AFTER));
            Delivery::Waiting { due: now + wait, attempts: made, last_error: Some(reason) }
        }
        _ => Delivery::GaveUp { at: now, attempts: made, last_error: reason },
    }
}

/// How far delivery has come where nobody knows the channel: the row waits until it is configured again.
#[must_use]
pub(super) fn without_channel(attempts: u32, now: Timestamp) -> Delivery {
    let reason = "the watch list has no channel of this name; the alert waits for it".to_owned();
    Delivery::Waiting { due: now + NO_CHANNEL, attempts, last_error: Some(reason) }
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
        assert_eq!(attempts, 10);
        assert!((64..=72).contains(&total.as_hours()), "{total}");
        assert!(matches!(after(10, Answer::failed("500"), now(), 0.5), Delivery::GaveUp { attempts: 11, .. }));
    }

    #[test]
    fn a_receiver_that_is_gone_is_given_up_and_one_that_took_it_is_done() {
        let gone = Answer::Failed { reason: "410".into(), retry_after: None, gone: true };
        assert!(matches!(after(0, gone, now(), 0.5), Delivery::GaveUp { attempts: 1, .. }));
        assert_eq!(after(2, Answer::Taken, now(), 0.5), Delivery::Delivered { at: now(), attempts: 3 });
    }

    #[test]
    fn a_wish_to_be_left_alone_is_kept_up_to_a_day() {
        let asked = |hours| Answer::Failed {
            reason: "429".into(),
            retry_after: Some(SignedDuration::from_hours(hours)),
            gone: false,
        };
        assert_eq!(wait(0, asked(2), 0.0), Some(SignedDuration::from_hours(2)));
        assert_eq!(wait(0, asked(2000), 0.0), Some(MAX_RETRY_AFTER));
        assert_eq!(wait(4, asked(0), 0.5), Some(SignedDuration::from_secs(3_600)));
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
        fn jitter_stays_near_the_delay(attempts in 0u32..10, chance in 0.0f64..1.0) {
            let pause = wait(attempts, Answer::failed("500"), chance).expect("not yet given up");
            let delay = SignedDuration::from_secs(DELAYS[attempts as usize]);
            prop_assert!(pause >= delay * 4 / 5 - SignedDuration::from_millis(1));
            prop_assert!(pause <= delay * 6 / 5 + SignedDuration::from_millis(1));
        }
    }
}
