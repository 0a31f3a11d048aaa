//! Takes a row of the outbox whose turn has come, sends it, records what came of it.

mod channel;
mod delivery;
mod envelope;
mod schedule;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use bellwether_model::alert::{Alert, AlertKind, Delivery};
use bellwether_model::id::AlertId;
use bellwether_store::{Change, Store, Transaction};
use channel::Channel;
use delivery::Deliverer;
use jiff::Timestamp;
pub use schedule::Answer;
use serde_json::json;

use crate::clock::SharedClock;
use crate::settings::ChannelSettings;
use crate::shutdown::Shutdown;

/// Alerts made due in one transaction.
const RETRIED_AT_ONCE: usize = 200;

/// Delivery that cannot go on. A receiver that fails is no error.
#[derive(Debug, thiserror::Error)]
pub enum AlertsError {
    /// The store does not take a transaction.
    #[error("cannot record a delivery")]
    Commit(#[from] bellwether_store::CommitError),
    /// The store cannot be read.
    #[error("cannot read the outbox")]
    Read(#[from] bellwether_store::ReadError),
    /// The HTTP client cannot be set up.
    #[error("cannot set up the HTTP client: {0}")]
    Client(String),
}

/// How long to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Until shutdown.
    Forever,
    /// Until each row that is due has been tried once.
    Once,
}

/// Delivers what is due. Returns how many were delivered.
///
/// # Errors
/// See [`AlertsError`].
pub async fn run(
    channels: Vec<ChannelSettings>,
    allow_private: Vec<SocketAddr>,
    store: Store,
    clock: SharedClock,
    mode: Mode,
    shutdown: Shutdown,
) -> Result<u64, AlertsError> {
    let mut ready = HashMap::with_capacity(channels.len());
    for settings in &channels {
        ready.insert(settings.id.clone(), Arc::new(Channel::new(settings, &allow_private)?));
    }
    let deliverer = Deliverer::new(ready, store, clock);
    match mode {
        Mode::Forever => deliverer.forever(shutdown).await,
        Mode::Once => deliverer.once(shutdown).await,
    }
}

/// Asks whether a channel works: one `channel.test` alert, sent at once, not kept in the outbox.
///
/// # Errors
/// The HTTP client cannot be set up.
pub async fn test(
    channel: &ChannelSettings,
    allow_private: &[SocketAddr],
    now: Timestamp,
) -> Result<Answer, AlertsError> {
    let kind = AlertKind::ChannelTest;
    let subject = channel.id.as_str();
    let summary = format!("a test of the channel `{subject}`: alerts of bellwether arrive here");
    let alert = Alert {
        id: Alert::name(kind, &channel.id, subject, &now.to_string()),
        kind,
        channel: channel.id.clone(),
        created: now,
        subject: subject.to_owned(),
        data: json!({ "id": subject, "summary": summary }).to_string(),
        summary,
        delivery: Delivery::Waiting { due: now, attempts: 0, last_error: None },
    };
    Ok(Channel::new(channel, allow_private)?.send(&alert, now).await)
}

/// Makes alerts due at once that were given up, and the one that is named also where it still waits. Returns how
/// many. `id`: one alert; `None`: all that were given up.
///
/// # Errors
/// The store cannot be read or does not take a transaction.
pub fn retry(store: &Store, id: Option<&AlertId>, now: Timestamp) -> Result<usize, AlertsError> {
    let alerts = match id {
        Some(id) => store.alert(id)?.into_iter().collect(),
        None => store.alerts(usize::MAX)?,
    };
    let again = alerts.into_iter().filter(|alert| match alert.delivery {
        Delivery::GaveUp { .. } => true,
        Delivery::Waiting { .. } => id.is_some(),
        Delivery::Delivered { .. } => false,
    });
    let again: Vec<Alert> = again
        .map(|alert| Alert { delivery: Delivery::Waiting { due: now, attempts: 0, last_error: None }, ..alert })
        .collect();
    for part in again.chunks(RETRIED_AT_ONCE) {
        let mut transaction = Transaction::new(now);
        transaction.changes.extend(part.iter().cloned().map(|alert| Change::Alert(Box::new(alert))));
        store.commit(transaction)?;
    }
    Ok(again.len())
}
