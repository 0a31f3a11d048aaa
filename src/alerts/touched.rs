//! Which alerts have changed, as commits tell it.

use std::collections::{HashMap, HashSet};

use bellwether_model::alert::Delivery;
use bellwether_model::id::{AlertId, ChannelId};
use bellwether_store::{Change, Committed};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

/// Where the outbox may have changed.
pub(super) enum Touched {
    /// These alerts of these channels.
    Channels(HashMap<ChannelId, HashSet<AlertId>>),
    /// Nobody knows where.
    Everything,
}

/// Returns when alerts may have become due, with their channels.
pub(super) async fn next_alerts(commits: &mut broadcast::Receiver<Committed>) -> Touched {
    let mut channels = HashMap::new();
    loop {
        match commits.recv().await {
            Ok(committed) => waiting_channels(&committed, &mut channels),
            // Some were missed: the store knows what is due.
            Err(RecvError::Lagged(_)) => return Touched::Everything,
            // Nobody writes any more; the signal to end is on its way.
            Err(RecvError::Closed) => std::future::pending::<()>().await,
        }
        loop {
            match commits.try_recv() {
                Ok(committed) => waiting_channels(&committed, &mut channels),
                Err(TryRecvError::Lagged(_)) => return Touched::Everything,
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        if !channels.is_empty() {
            return Touched::Channels(channels);
        }
    }
}

/// Channels of alerts that are new or due again. Those that an attempt of this process put off wake the loop by their attempt.
fn waiting_channels(committed: &Committed, channels: &mut HashMap<ChannelId, HashSet<AlertId>>) {
    for change in &committed.transaction.changes {
        if let Change::Alert(alert) = change
            && matches!(alert.delivery, Delivery::Waiting { last_error: None, .. })
        {
            channels.entry(alert.channel.clone()).or_default().insert(alert.id.clone());
        }
    }
}
