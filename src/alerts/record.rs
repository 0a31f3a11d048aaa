//! Door: what came of an attempt, on its way into the store.

use bellwether_model::alert::{Alert, ChannelState, Delivery};
use bellwether_model::id::ChannelId;
use bellwether_store::{Change, Store, Transaction};
use jiff::Timestamp;

use super::AlertsError;
use super::delivery::blocking;

/// Commits alerts and what is remembered of their channels in one transaction.
pub(super) async fn alerts(
    store: &Store,
    alerts: Vec<Alert>,
    channels: Vec<ChannelState>,
    now: Timestamp,
) -> Result<(), AlertsError> {
    let mut transaction = Transaction::new(now);
    transaction.changes.extend(alerts.into_iter().map(|alert| Change::Alert(Box::new(alert))));
    transaction.changes.extend(channels.into_iter().map(|channel| Change::Channel(Box::new(channel))));
    let store = store.clone();
    blocking(move || store.commit(transaction)).await?;
    Ok(())
}

/// A channel of which nothing is known.
pub(super) fn fresh(id: ChannelId, fingerprint: String) -> ChannelState {
    ChannelState { id, fingerprint, disabled: None, not_before: None }
}

/// Attempts so far.
pub(super) fn attempts(alert: &Alert) -> u32 {
    match alert.delivery {
        Delivery::Waiting { attempts, .. } => attempts,
        _ => 0,
    }
}

/// When the next attempt is due; `None`: it does not wait.
pub(super) fn due(alert: &Alert) -> Option<Timestamp> {
    match alert.delivery {
        Delivery::Waiting { due, .. } => Some(due),
        _ => None,
    }
}
