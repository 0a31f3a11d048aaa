//! What the loop over the outbox knows of one channel: what is under way, what comes next, whether it rests, when to look
//! again. Pure.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use bellwether_model::alert::{Alert, Group};
use bellwether_model::id::AlertId;
use jiff::Timestamp;

use super::channels::Channel;
use super::gather::Recent;
use super::schedule;

/// Attempts to one channel at a time. Messages for people go one after the other, so that they arrive in order.
const ATTEMPTS: usize = 4;

/// Alerts looked at where there are too many, so that they are put off together.
const FLOODED: usize = 200;

/// Alerts that are read ahead: a look into the outbox for each attempt would cost more than the attempt.
const AHEAD: usize = 32;

/// Attempts that have their answer and are not yet recorded, at the most: after a kill, so many are made again.
const UNRECORDED: usize = 32;

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
    /// Alerts with an attempt under way, until it is recorded.
    under_way: HashSet<AlertId>,
    /// Of these, attempts that have no answer yet.
    sending: usize,
    /// Alerts that are due and were read when there was no room for them, in order.
    ahead: VecDeque<Alert>,
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
            sending: 0,
            ahead: VecDeque::new(),
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
        self.free()
    }

    /// Attempts for which there is room, whether it rests or not.
    fn free(&self) -> usize {
        let width = if self.failures > 0 { 1 } else { self.width };
        let unrecorded = self.under_way.len() - self.sending;
        width.saturating_sub(self.sending).min(UNRECORDED.saturating_sub(unrecorded))
    }

    /// Whether its alerts should be looked at.
    pub(super) fn is_ready(&self, now: Timestamp) -> bool {
        let has_some = self.changed || !self.ahead.is_empty() || self.next.is_some_and(|next| next <= now);
        has_some && self.room(now) > 0
    }

    /// Alerts to look at: those under way come back too, and one more tells when to look again.
    pub(super) fn looks(&self, now: Timestamp) -> usize {
        let many = if self.recent.is_full(now).is_some() { FLOODED } else { AHEAD };
        self.under_way.len() + self.room(now).max(many) + 1
    }

    /// Whether an attempt for an alert is under way.
    pub(super) fn has_under_way(&self, id: &AlertId) -> bool {
        self.under_way.contains(id)
    }

    /// Keeps alerts that are due for the next time there is room.
    pub(super) fn keep_ahead(&mut self, alerts: impl IntoIterator<Item = Alert>) {
        self.ahead.extend(alerts);
    }

    /// The alerts that were read ahead, if they are still what comes next; empty: the outbox must be looked at.
    pub(super) fn take_ahead(&mut self, now: Timestamp) -> Vec<Alert> {
        let ahead = std::mem::take(&mut self.ahead);
        if self.recent.is_full(now).is_some() { Vec::new() } else { ahead.into() }
    }

    /// Its alerts have been looked at. `next`: when the first of those that were left is due.
    pub(super) fn looked(&mut self, next: Option<Timestamp>) {
        self.changed = false;
        self.next = next;
    }

    /// Its alerts have changed, in what way nobody knows.
    pub(super) fn touch(&mut self) {
        self.changed = true;
        self.ahead.clear();
    }

    /// These of its alerts are new, or have changed.
    pub(super) fn touch_some(&mut self, ids: &HashSet<AlertId>) {
        self.changed = true;
        if self.ahead.iter().any(|alert| ids.contains(&alert.id)) {
            self.ahead.clear();
        }
    }

    /// An attempt has begun.
    pub(super) fn begun(&mut self, id: AlertId) {
        self.under_way.insert(id);
        self.sending += 1;
    }

    /// What came of an attempt is recorded.
    pub(super) fn recorded(&mut self, id: &AlertId) {
        self.under_way.remove(id);
        self.changed = true;
    }

    /// An attempt has ended well, or with an alert that this receiver does not want.
    pub(super) fn works(&mut self) {
        self.sending -= 1;
        self.failures = 0;
        self.rests = None;
        self.changed = true;
    }

    /// An attempt has failed. `asked`: the receiver wants to be left alone until then; `chance`: from 0 to below 1.
    pub(super) fn failed(&mut self, asked: Option<Timestamp>, now: Timestamp, chance: f64) {
        self.sending -= 1;
        self.failures = self.failures.saturating_add(1);
        let rests = now + schedule::rest(self.failures, chance);
        self.rests = self.rests.max(Some(rests)).max(asked);
        self.changed = true;
    }

    /// Its receiver is gone for good.
    pub(super) fn gone(&mut self, reason: String) {
        self.sending -= 1;
        self.ahead.clear();
        self.disabled = Some(reason);
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
        let due = if self.changed || !self.ahead.is_empty() { Some(now) } else { self.next }?;
        // An attempt that ends, or is recorded, wakes the loop by itself.
        (self.free() > 0).then(|| self.rests.map_or(due, |rests| rests.max(due)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{ChannelKind, ChannelSettings};
    use bellwether_model::alert::{AlertKind, Delivery};
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
        lane.works();
        assert!(lane.is_ready(at(0)));
        assert_eq!(lane.wakes(at(0)), Some(at(0)));
    }

    #[test]
    fn attempts_that_are_not_recorded_have_an_end() {
        let mut lane = lane();
        for n in 0..UNRECORDED {
            lane.begun(AlertId::new(n.to_string()));
            lane.works();
        }
        assert!(lane.has_under_way(&AlertId::new("0")));
        assert_eq!((lane.room(at(0)), lane.wakes(at(0))), (0, None));
        lane.recorded(&AlertId::new("0"));
        assert!(!lane.has_under_way(&AlertId::new("0")));
        assert_eq!((lane.room(at(0)), lane.wakes(at(0))), (1, Some(at(0))));
    }

    #[test]
    fn alerts_read_ahead_are_read_again_where_one_has_changed() {
        let ids =
            |lane: &mut Lane| lane.take_ahead(at(0)).into_iter().map(|alert| alert.id.to_string()).collect::<Vec<_>>();
        let mut lane = lane();
        lane.looked(None);
        lane.keep_ahead(["a", "b"].map(alert));
        assert!(lane.is_ready(at(0)));
        lane.touch_some(&HashSet::from([AlertId::new("c")]));
        assert_eq!(ids(&mut lane), ["a", "b"]);
        lane.keep_ahead(["a", "b"].map(alert));
        lane.touch_some(&HashSet::from([AlertId::new("b")]));
        assert!(ids(&mut lane).is_empty() && lane.is_ready(at(0)));
    }

    fn alert(id: &str) -> Alert {
        Alert {
            id: AlertId::new(id),
            kind: AlertKind::ChannelTest,
            channel: ChannelId::new("hook"),
            created: at(0),
            subject: id.to_owned(),
            data: "{}".to_owned(),
            summary: String::new(),
            labels: std::collections::BTreeMap::new(),
            group: None,
            delivery: Delivery::Waiting { due: at(0), attempts: 0, last_error: None },
        }
    }

    #[test]
    fn a_channel_that_fails_rests_and_is_then_asked_with_one_alert() {
        let mut lane = lane();
        lane.begun(AlertId::new("a"));
        lane.failed(None, at(0), 0.5);
        assert_eq!((lane.room(at(4)), lane.room(at(5))), (0, 1));
        assert_eq!(lane.wakes(at(0)), Some(at(5)));
        lane.begun(AlertId::new("b"));
        assert_eq!(lane.room(at(5)), 0);
        lane.works();
        assert_eq!(lane.room(at(5)), ATTEMPTS);
    }

    #[test]
    fn a_wish_to_be_left_alone_holds_for_all_alerts_of_the_channel() {
        let mut lane = lane();
        lane.begun(AlertId::new("a"));
        lane.failed(Some(at(7_200)), at(0), 0.5);
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
