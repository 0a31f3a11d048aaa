//! Door: one attempt to send an alert, and what its answer means.

use std::sync::Arc;

use bellwether_model::alert::{Alert, ChannelState, Delivery, Disabled};
use bellwether_model::id::ChannelId;
use jiff::Timestamp;

use super::channels::Channel;
use super::schedule::{Answer, Fate};
use super::{record, schedule};
use crate::clock::SharedClock;
use crate::metrics::DELIVERIES;
use crate::view::channels::words;

/// An attempt that has its answer.
pub(super) struct Attempt {
    /// The alert as it is from now on.
    pub(super) alert: Alert,
    /// What is to be remembered of its channel.
    pub(super) state: Option<ChannelState>,
    pub(super) came_of_it: CameOfIt,
}

/// What an answer means for its channel.
pub(super) enum CameOfIt {
    Taken,
    Refused,
    Failed { asked: Option<Timestamp> },
    Gone { reason: String },
}

/// Sends an alert once. `fingerprint`: of the configuration of its channel.
pub(super) async fn make(alert: Alert, channel: Arc<Channel>, fingerprint: String, clock: SharedClock) -> Attempt {
    let answer = channel.send(&alert, clock.now()).await;
    let now = clock.now();
    let (came_of_it, state) = consequence(&alert.channel, fingerprint, &answer, now);
    let delivery = schedule::after(record::attempts(&alert), answer, now, schedule::chance());
    count(&delivery);
    tell(&alert, &delivery);
    Attempt { alert: Alert { delivery, ..alert }, state, came_of_it }
}

/// Counts outcomes.
pub(super) fn count(delivery: &Delivery) {
    let outcome = match delivery {
        Delivery::Delivered { .. } => "delivered",
        Delivery::Waiting { .. } => "failed",
        Delivery::GaveUp { .. } => "gave_up",
        Delivery::Joined { .. } => "joined",
        Delivery::Silenced { .. } => "silenced",
    };
    metrics::counter!(DELIVERIES, "outcome" => outcome).increment(1);
}

/// What an answer means for the channel, and what is to be remembered of it.
fn consequence(
    channel: &ChannelId,
    fingerprint: String,
    answer: &Answer,
    now: Timestamp,
) -> (CameOfIt, Option<ChannelState>) {
    let asked = schedule::asked_for(answer, now);
    match answer {
        Answer::Taken => (CameOfIt::Taken, None),
        Answer::Failed { fate: Fate::Refused, .. } => (CameOfIt::Refused, None),
        Answer::Failed { fate: Fate::Later, .. } => {
            let state = |until| ChannelState { not_before: Some(until), ..record::fresh(channel.clone(), fingerprint) };
            (CameOfIt::Failed { asked }, asked.map(state))
        }
        Answer::Failed { fate: Fate::Gone, reason, .. } => {
            let disabled = Disabled { at: now, reason: reason.clone() };
            tracing::error!(%channel, "the channel is out of use from now on: {reason}");
            let gone = CameOfIt::Gone { reason: words(&disabled) };
            (gone, Some(ChannelState { disabled: Some(disabled), ..record::fresh(channel.clone(), fingerprint) }))
        }
    }
}

fn tell(alert: &Alert, delivery: &Delivery) {
    match delivery {
        Delivery::Waiting { due, attempts, last_error } => tracing::warn!(
            alert = %alert.id, channel = %alert.channel, attempts, next = %due,
            "an alert was not delivered: {}", last_error.as_deref().unwrap_or_default()
        ),
        Delivery::GaveUp { attempts, last_error, .. } => tracing::error!(
            alert = %alert.id, channel = %alert.channel, attempts,
            "an alert was given up, `bellwether alerts retry` tries again: {last_error}"
        ),
        Delivery::Delivered { .. } | Delivery::Joined { .. } | Delivery::Silenced { .. } => {
            tracing::debug!(alert = %alert.id, channel = %alert.channel, "delivered");
        }
    }
}
