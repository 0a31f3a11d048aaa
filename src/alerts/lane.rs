//! What the loop over the outbox knows of one channel: what is under way, whether it rests, when to look again. Pure.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bellwether_model::alert::Group;
use bellwether_model::id::AlertId;
use jiff::Timestamp;

use super::channels::Channel;
use super::gather::Recent;
use super::schedule;

/// Attempts to one channel at a time. Messages for people go one after the other, so that they arrive in order.
const ATTEMPTS: usize = 4;

/// Alerts looked at where there are too many, so that they are put off together.
const FLOODED: usize = 200;

/// One channel and its alerts.
pub(super) struct Lane {
    /// The way to send.
    pub(super) channel: Arc<Channel>,
    /// A digest of its configuration.
    pub(super) fingerprint: String,
    /// Why nothing is sent to it any more.
    pub(super) disabled: Option<String>,
    /// Messages of late.
    pub(super) recent: Recent,
    /// When groups last had their message.
    pub(super) gathered: HashMap<Group, Timestamp>,
    /// Alerts with an attempt under way.
    pub(super) under_way: HashSet<AlertId>,
    /// Attempts at a time, while all is well.
    width: usize,
    /// Attempts that failed since the last that did not.
    failures: u32,
    /// Left alone until then.
    rests: Option<Timestamp>,
    /// Whether its alerts may have changed since they were last looked at.
    changed: bool,
    /// When its next alert is due, as last looked at.
    next: Option<Timestamp>,
}

impl Lane {
    pub(super) fn new(channel: Arc<Channel>, fingerprint: String, recent: Recent) -> Self {
        let width = if channel.is_for_programs() { ATTEMPTS } else { 1 };
        Self {
            channel,
            fingerprint,
            disabled: None,
            under_way: HashSet::new(),
            width,
            recent,
            gathered: HashMap::new(),
            failures: 0,
            rests: None,
            changed: true,
            next: None,
        }
    }

    /// Attempts that may be started now: none while it rests, one where the last one failed.
    pub(super) fn room(&self, now: Timestamp) -> usize {
        if self.disabled.is_some() || self.rests.is_some_and(|until| until > now) {
            return 0;
        }
        let width = if self.failures > 0 { 1 } else { self.width };
        width.saturating_sub(self.under_way.len())
    }

    /// Whether its alerts should be looked at.
    pub(super) fn is_ready(&self, now: Timestamp) -> bool {
        (self.changed || self.next.is_some_and(|next| next <= now)) && self.room(now) > 0
    }

    /// Alerts to look at: those under way come back too, and one more tells when to look again.
    pub(super) fn looks(&self, now: Timestamp) -> usize {
        let many = if self.recent.is_full(now).is_some() { FLOODED } else { 0 };
        self.under_way.len() + self.room(now).max(many) + 1
    }

    /// Its alerts have been looked at. `next`: when the first of those that were left is due.
    pub(super) fn looked(&mut self, next: Option<Timestamp>) {
        self.changed = false;
        self.next = next;
    }

    /// Its alerts have changed.
    pub(super) fn touch(&mut self) {
        self.changed = true;
    }

    /// An attempt has begun.
    pub(super) fn begun(&mut self, id: AlertId) {
        self.under_way.insert(id);
    }

    /// An attempt has ended well, or with an alert that this receiver does not want.
    pub(super) fn works(&mut self, id: &AlertId) {
        self.under_way.remove(id);
        self.failures = 0;
        self.rests = None;
        self.changed = true;
    }

    /// An attempt has failed. `asked`: the receiver wants to be left alone until then; `chance`: from 0 to below 1.
    pub(super) fn failed(&mut self, id: &AlertId, asked: Option<Timestamp>, now: Timestamp, chance: f64) {
        self.under_way.remove(id);
        self.failures = self.failures.saturating_add(1);
        let rests = now + schedule::rest(self.failures, chance);
        self.rests = self.rests.max(Some(rests)).max(asked);
        self.changed = true;
    }

    /// Leaves the channel alone until a time.
    pub(super) fn rest_until(&mut self, until: Timestamp) {
        self.rests = self.rests.max(Some(until));
    }

    /// When it must be looked at again although nothing has changed. `None`: not before something does.
    pub(super) fn wakes(&self, now: Timestamp) -> Option<Timestamp> {
        if self.disabled.is_some() {
            return None;
        }
        let due = if self.changed { Some(now) } else { self.next }?;
        // An attempt that ends wakes the loop by itself.
        let full = self.under_way.len() >= if self.failures > 0 { 1 } else { self.width };
        (!full).then(|| self.rests.map_or(due, |rests| rests.max(due)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{ChannelKind, ChannelSettings};
    use bellwether_model::id::ChannelId;
    use bellwether_model::web::CanonicalUrl;
    use jiff::SignedDuration;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
    }

    fn lane() -> Lane {
        let settings = ChannelSettings::new(
            ChannelId::new("hook"),
            ChannelKind::Webhook {
                url: CanonicalUrl::parse("https://hooks.example/").expect("an address"),
                secrets: Vec::new(),
            },
        );
        let channel = Channel::new(&settings, &[]).expect("a client");
        Lane::new(Arc::new(channel), settings.fingerprint(), Recent::default())
    }

    #[test]
    fn a_channel_that_works_has_few_attempts_at_a_time() {
        let mut lane = lane();
        for n in 0..ATTEMPTS {
            assert_eq!(lane.room(at(0)), ATTEMPTS - n);
            lane.begun(AlertId::new(n.to_string()));
        }
        assert!(!lane.is_ready(at(0)));
        assert_eq!(lane.wakes(at(0)), None);
        lane.works(&AlertId::new("0"));
        assert!(lane.is_ready(at(0)));
        assert_eq!(lane.wakes(at(0)), Some(at(0)));
    }

    #[test]
    fn a_channel_that_fails_rests_and_is_then_asked_with_one_alert() {
        let mut lane = lane();
        lane.begun(AlertId::new("a"));
        lane.failed(&AlertId::new("a"), None, at(0), 0.5);
        assert_eq!((lane.room(at(4)), lane.room(at(5))), (0, 1));
        assert_eq!(lane.wakes(at(0)), Some(at(5)));
        lane.begun(AlertId::new("b"));
        assert_eq!(lane.room(at(5)), 0);
        lane.works(&AlertId::new("b"));
        assert_eq!(lane.room(at(5)), ATTEMPTS);
    }

    #[test]
    fn a_wish_to_be_left_alone_holds_for_all_alerts_of_the_channel() {
        let mut lane = lane();
        lane.begun(AlertId::new("a"));
        lane.failed(&AlertId::new("a"), Some(at(7_200)), at(0), 0.5);
        assert_eq!((lane.room(at(7_199)), lane.room(at(7_200))), (0, 1));
    }

    #[test]
    fn a_channel_is_looked_at_when_its_next_alert_is_due() {
        let mut lane = lane();
        lane.looked(Some(at(60)));
        assert!(!lane.is_ready(at(59)) && lane.is_ready(at(60)));
        assert_eq!(lane.wakes(at(0)), Some(at(60)));
        lane.looked(None);
        assert_eq!(lane.wakes(at(0)), None);
    }
}
