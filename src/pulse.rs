//! Whether a loop still turns: whoever drives it notes the time, whoever asks sees how long ago that was.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

use crate::clock::SharedClock;

/// The time at which a loop last turned. Clones share it.
#[derive(Clone)]
pub struct Pulse {
    /// Milliseconds since 1970.
    last: Arc<AtomicI64>,
    clock: SharedClock,
}

impl Pulse {
    /// A loop that turns now.
    #[must_use]
    pub fn new(clock: SharedClock) -> Self {
        let last = Arc::new(AtomicI64::new(clock.now().as_millisecond()));
        Self { last, clock }
    }

    /// Notes that the loop turns.
    pub fn beat(&self) {
        self.last.store(self.clock.now().as_millisecond(), Ordering::Relaxed);
    }

    /// Drives a loop that waits, and notes each time that it wakes. A loop that hangs wakes no more.
    pub async fn watch<F: Future>(self, turns: F) -> F::Output {
        let mut turns = pin!(turns);
        poll_fn(|context| {
            self.beat();
            turns.as_mut().poll(context)
        })
        .await
    }

    /// How long ago it last turned. A clock that was set back counts as now.
    #[must_use]
    pub fn age(&self, now: Timestamp) -> SignedDuration {
        let last = Timestamp::from_millisecond(self.last.load(Ordering::Relaxed)).unwrap_or(now);
        now.duration_since(last).max(SignedDuration::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock as _, SteppedClock};

    #[tokio::test]
    async fn a_loop_that_wakes_has_a_pulse_and_one_that_hangs_has_none() {
        let clock = Arc::new(SteppedClock::at("2026-01-09T08:00:00Z".parse().expect("a time")));
        let pulse = Pulse::new(clock.clone());
        clock.step(SignedDuration::from_mins(5));
        assert_eq!(pulse.age(clock.now()), SignedDuration::from_mins(5));
        let turns = async {
            clock.step(SignedDuration::from_mins(1));
            tokio::task::yield_now().await;
        };
        pulse.clone().watch(turns).await;
        assert_eq!(pulse.age(clock.now()), SignedDuration::ZERO, "woken once more after the step");
        clock.step(SignedDuration::from_mins(-10));
        assert_eq!(pulse.age(clock.now()), SignedDuration::ZERO);
    }
}
