//! Takes a row of the outbox whose turn has come, sends it, records what came of it.

mod attempt;
mod channels;
mod connector;
mod delivery;
mod envelope;
mod fit;
mod gather;
mod lane;
mod message;
mod page;
mod record;
mod schedule;
mod silences;
mod touched;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;

use bellwether_model::alert::{Alert, AlertKind, ChannelState, Delivery};
use bellwether_model::id::{AlertId, ChannelId};
use bellwether_store::{Change, Store, Transaction};
use channels::Channel;
use delivery::Deliverer;
use gather::Recent;
use jiff::Timestamp;
use lane::Lane;
pub use schedule::{Answer, Fate};
use serde_json::json;
use silences::Silences;

use crate::clock::SharedClock;
use crate::settings::{AlertSettings, ChannelSettings};
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
    /// Until what is due has been tried; a channel that fails is left alone, and its alerts wait for the next pass.
    Once,
}

/// Delivers what is due. Returns how many were delivered.
///
/// # Errors
/// See [`AlertsError`].
pub async fn run(
    settings: AlertSettings,
    store: Store,
    clock: SharedClock,
    mode: Mode,
    shutdown: Shutdown,
) -> Result<u64, AlertsError> {
    let mut lanes = HashMap::with_capacity(settings.channels.len());
    for channel in &settings.channels {
        let way = Arc::new(Channel::new(channel, &settings.allow_private)?);
        let recent = Recent::new(channel.flood);
        lanes.insert(channel.id.clone(), Lane::new(way, channel.fingerprint(), recent));
    }
    let silences = Silences::new(settings.silences);
    let deliverer = Deliverer::new(lanes, settings.routing, silences, store, clock);
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
        labels: BTreeMap::new(),
        group: None,
        delivery: Delivery::Waiting { due: now, attempts: 0, last_error: None },
    };
    Ok(Channel::new(channel, allow_private)?.send(&alert, now).await)
}

/// Makes alerts due at once that were given up, and the one that is named also where it still waits or a silence kept
/// it back. Channels of these alerts that are out of use are tried again. Returns how many. `id`: one alert; `None`:
/// all that were given up.
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
        Delivery::Waiting { .. } | Delivery::Silenced { .. } => id.is_some(),
        Delivery::Delivered { .. } | Delivery::Joined { .. } => false,
    });
    let again: Vec<Alert> = again
        .map(|alert| Alert {
            delivery: Delivery::Waiting { due: now, attempts: 0, last_error: None },
            group: None,
            ..alert
        })
        .collect();
    let named: BTreeSet<&ChannelId> = again.iter().map(|alert| &alert.channel).collect();
    let mut changes = Vec::with_capacity(again.len());
    for state in store.channels()? {
        if named.contains(&state.id) || (id.is_none() && state.disabled.is_some()) {
            let state = ChannelState { disabled: None, not_before: None, ..state };
            changes.push(Change::Channel(Box::new(state)));
        }
    }
    let count = again.len();
    changes.extend(again.into_iter().map(|alert| Change::Alert(Box::new(alert))));
    for part in changes.chunks(RETRIED_AT_ONCE) {
        let mut transaction = Transaction::new(now);
        transaction.changes.extend(part.iter().cloned());
        store.commit(transaction)?;
    }
    Ok(count)
}
