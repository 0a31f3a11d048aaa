//! How far the crawl is ahead of the reader. Pure.
//!
//! What is fetched faster than it can be read only waits, and the figure in the last page with it: visits begin when there is
//! something left to do for the reader, and no sooner. A reader that does nothing holds nobody up, since what is archived is
//! safe and can be read at any time.

use std::time::Duration;

use tokio::time::Instant;

/// Answers that may wait to be read before further visits begin: enough for several readers to be busy while the next come, and
/// read within half a second.
const MOST_UNREAD: u64 = 32;
/// So long after the last answer was read the reader counts as at work. The longest page takes it two seconds.
const AT_WORK: Duration = Duration::from_secs(3);
/// How often it is counted in the store while visits wait: what was committed while it was counted is counted twice.
const COUNTED_EVERY: Duration = Duration::from_millis(500);

/// How many answers wait to be read, as far as commits tell.
#[derive(Debug, Default)]
pub(super) struct Lead {
    unread: u64,
    last_read: Option<Instant>,
    counted: Option<Instant>,
}

impl Lead {
    /// So many wait, by the store.
    pub(super) fn counted(&mut self, unread: u64, now: Instant) {
        (self.unread, self.counted) = (unread, Some(now));
    }

    /// Whether it should be counted again.
    pub(super) fn is_in_doubt(&self, now: Instant) -> bool {
        self.waits_until(now).is_some() && self.counted.is_none_or(|counted| counted + COUNTED_EVERY <= now)
    }

    /// An answer was archived.
    pub(super) fn archived(&mut self) {
        self.unread += 1;
    }

    /// An answer was read.
    pub(super) fn read(&mut self, now: Instant) {
        self.unread = self.unread.saturating_sub(1);
        self.last_read = Some(now);
    }

    /// Until when visits wait for the reader at the most; `None`: they do not.
    pub(super) fn waits_until(&self, now: Instant) -> Option<Instant> {
        let gives_up = self.last_read? + AT_WORK;
        (self.unread >= MOST_UNREAD && gives_up > now).then_some(gives_up)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visits_wait_for_a_reader_that_is_at_work_and_far_behind() {
        let now = Instant::now();
        let mut lead = Lead::default();
        lead.counted(1_000, now);
        assert_eq!(lead.waits_until(now), None, "nobody has read anything yet");
        lead.read(now);
        assert_eq!(lead.waits_until(now), Some(now + AT_WORK));
        assert_eq!(lead.waits_until(now + AT_WORK), None, "the reader has stopped");
        assert!(!lead.is_in_doubt(now) && lead.is_in_doubt(now + COUNTED_EVERY));
        for _ in 0..1_000 - MOST_UNREAD {
            lead.read(now);
        }
        assert_eq!(lead.waits_until(now), None, "it has nearly caught up");
        lead.archived();
        assert_eq!(lead.waits_until(now), Some(now + AT_WORK));
    }
}
