//! Door: the loop over the outbox. One attempt is one task; a channel has few at a time, so that a receiver that is
//! slow keeps nobody else waiting.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use bellwether_model::alert::{Alert, Delivery};
use bellwether_model::id::{AlertId, ChannelId};
use bellwether_store::{Change, Committed, Store, Transaction};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;

use super::channel::Channel;
use super::{AlertsError, schedule};
use crate::clock::SharedClock;
use crate::metrics::DELIVERIES;
use crate::shutdown::Shutdown;

/// Attempts to one channel at a time.
const ATTEMPTS_PER_CHANNEL: usize = 4;
/// Rows of the outbox looked at first; more only where all of these belong to channels that are busy.
const ROWS: usize = 256;
/// Longest sleep: the machine's clock may be set meanwhile.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// How long attempts may go on after the signal to end; those that do not make it are repeated with the same id.
const GRACE: Duration = Duration::from_secs(3);

/// Delivers what is in the outbox.
pub(super) struct Deliverer {
    channels: HashMap<ChannelId, Arc<Channel>>,
    store: Store,
    clock: SharedClock,
    /// Ids of the attempts that are under way.
    under_way: HashSet<AlertId>,
    busy: HashMap<ChannelId, usize>,
    tasks: JoinSet<Result<Attempt, AlertsError>>,
    delivered: u64,
}

/// An attempt that has been recorded.
struct Attempt {
    id: AlertId,
    channel: ChannelId,
    taken: bool,
}

impl Deliverer {
    pub(super) fn new(channels: HashMap<ChannelId, Arc<Channel>>, store: Store, clock: SharedClock) -> Self {
        Self {
            channels,
            store,
            clock,
            under_way: HashSet::new(),
            busy: HashMap::new(),
            tasks: JoinSet::new(),
            delivered: 0,
        }
    }

    /// Tries each row that is due once.
    pub(super) async fn once(mut self, mut shutdown: Shutdown) -> Result<u64, AlertsError> {
        let mut tried = HashSet::new();
        while !shutdown.is_requested() {
            self.start(&mut tried).await?;
            if self.tasks.is_empty() {
                break;
            }
            tokio::select! {
                () = shutdown.requested() => {}
                Some(ended) = self.tasks.join_next() => self.ended(ended)?,
            }
        }
        self.finish().await
    }

    /// Delivers until the signal to end.
    pub(super) async fn forever(mut self, mut shutdown: Shutdown) -> Result<u64, AlertsError> {
        // Followed before the first look, so that nothing falls between looking and waiting.
        let mut commits = self.store.follow();
        while !shutdown.is_requested() {
            let saturated = self.start(&mut HashSet::new()).await?;
            let sleep = if saturated { LONGEST_SLEEP } else { self.until_next().await? };
            tokio::select! {
                () = shutdown.requested() => {}
                Some(ended) = self.tasks.join_next() => self.ended(ended)?,
                () = next_alert(&mut commits) => {}
                () = tokio::time::sleep(sleep) => {}
            }
        }
        self.finish().await
    }

    /// Starts what is due and has room; says whether rows are left whose channels are busy. `tried`: not again.
    async fn start(&mut self, tried: &mut HashSet<AlertId>) -> Result<bool, AlertsError> {
        let mut limit = ROWS;
        loop {
            let (store, now) = (self.store.clone(), self.clock.now());
            let due = blocking(move || store.alerts_due(now, limit)).await?;
            let all = due.len() < limit;
            let (mut started, mut left) = (0, false);
            for alert in due {
                if self.under_way.contains(&alert.id) || tried.contains(&alert.id) {
                    continue;
                }
                let Some(channel) = self.channels.get(&alert.channel).cloned() else {
                    tried.insert(alert.id.clone());
                    self.wait_for_channel(alert).await?;
                    continue;
                };
                if self.busy.get(&alert.channel).copied().unwrap_or(0) >= ATTEMPTS_PER_CHANNEL {
                    left = true;
                    continue;
                }
                tried.insert(alert.id.clone());
                started += 1;
                self.attempt(channel, alert);
            }
            if all || started > 0 {
                return Ok(left || !all);
            }
            limit = limit.saturating_mul(4);
        }
    }

    fn attempt(&mut self, channel: Arc<Channel>, alert: Alert) {
        self.under_way.insert(alert.id.clone());
        *self.busy.entry(alert.channel.clone()).or_default() += 1;
        let (store, clock) = (self.store.clone(), self.clock.clone());
        self.tasks.spawn(async move {
            let answer = channel.send(&alert, clock.now()).await;
            let delivery = schedule::after(attempts(&alert), answer, clock.now(), chance());
            let taken = matches!(delivery, Delivery::Delivered { .. });
            count(&delivery);
            tell(&alert, &delivery);
            let attempt = Attempt { id: alert.id.clone(), channel: alert.channel.clone(), taken };
            record(store, &clock, Alert { delivery, ..alert }).await?;
            Ok(attempt)
        });
    }

    async fn wait_for_channel(&self, alert: Alert) -> Result<(), AlertsError> {
        let delivery = schedule::without_channel(attempts(&alert), self.clock.now());
        tell(&alert, &delivery);
        record(self.store.clone(), &self.clock, Alert { delivery, ..alert }).await
    }

    fn ended(
        &mut self,
        ended: Result<Result<Attempt, AlertsError>, tokio::task::JoinError>,
    ) -> Result<(), AlertsError> {
        let attempt = match ended {
            Ok(attempt) => attempt?,
            Err(stopped) if stopped.is_panic() => std::panic::resume_unwind(stopped.into_panic()),
            // Nobody cancels a task while this loop runs.
            Err(_) => return Ok(()),
        };
        self.under_way.remove(&attempt.id);
        if let Some(count) = self.busy.get_mut(&attempt.channel) {
            *count = count.saturating_sub(1);
        }
        self.delivered += u64::from(attempt.taken);
        Ok(())
    }

    /// Lets attempts end, for a moment.
    async fn finish(mut self) -> Result<u64, AlertsError> {
        let all = async {
            while let Some(ended) = self.tasks.join_next().await {
                self.ended(ended)?;
            }
            Ok::<(), AlertsError>(())
        };
        match tokio::time::timeout(GRACE, all).await {
            Ok(ended) => ended?,
            Err(_) => tracing::info!(
                attempts = self.tasks.len(),
                "deliveries were cut off by the end of the program; they are repeated at its next start"
            ),
        }
        Ok(self.delivered)
    }

    async fn until_next(&self) -> Result<Duration, AlertsError> {
        let store = self.store.clone();
        let next = blocking(move || store.next_alert_due()).await?;
        let until = next.map(|due| due.duration_since(self.clock.now()));
        // What is due and under way is no reason to look again at once.
        let until = until.filter(jiff::SignedDuration::is_positive).and_then(|until| Duration::try_from(until).ok());
        Ok(until.unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP))
    }
}

fn count(delivery: &Delivery) {
    let outcome = match delivery {
        Delivery::Delivered { .. } => "delivered",
        Delivery::Waiting { .. } => "failed",
        Delivery::GaveUp { .. } => "gave_up",
    };
    metrics::counter!(DELIVERIES, "outcome" => outcome).increment(1);
}

fn attempts(alert: &Alert) -> u32 {
    match alert.delivery {
        Delivery::Waiting { attempts, .. } => attempts,
        Delivery::Delivered { .. } | Delivery::GaveUp { .. } => 0,
    }
}

async fn record(store: Store, clock: &SharedClock, alert: Alert) -> Result<(), AlertsError> {
    let mut transaction = Transaction::new(clock.now());
    transaction.push(Change::Alert(Box::new(alert)));
    blocking(move || store.commit(transaction)).await?;
    Ok(())
}

/// Runs what blocks beside the runtime.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(stopped) => std::panic::resume_unwind(stopped.into_panic()),
    }
}

fn tell(alert: &Alert, delivery: &Delivery) {
    match delivery {
        Delivery::Delivered { .. } => tracing::debug!(alert = %alert.id, channel = %alert.channel, "delivered"),
        Delivery::Waiting { due, attempts, last_error } => tracing::warn!(
            alert = %alert.id, channel = %alert.channel, attempts, next = %due,
            "an alert was not delivered: {}", last_error.as_deref().unwrap_or_default()
        ),
        Delivery::GaveUp { attempts, last_error, .. } => tracing::error!(
            alert = %alert.id, channel = %alert.channel, attempts,
            "an alert was given up, `bellwether alerts retry` tries again: {last_error}"
        ),
    }
}

/// A number from 0 to below 1. The standard library seeds its hashers by chance, and spreading deliveries asks no more.
fn chance() -> f64 {
    let bits = RandomState::new().hash_one(0u8);
    f64::from(u32::try_from(bits >> 32).unwrap_or(0)) / 4_294_967_296.0
}

/// Returns when the outbox may have changed.
async fn next_alert(commits: &mut broadcast::Receiver<Committed>) {
    loop {
        match commits.recv().await {
            Ok(committed) => {
                if committed.transaction.changes.iter().any(|change| matches!(change, Change::Alert(_))) {
                    return;
                }
            }
            // Some were missed: the store knows what is due.
            Err(RecvError::Lagged(_)) => return,
            // Nobody writes any more; the signal to end is on its way.
            Err(RecvError::Closed) => std::future::pending::<()>().await,
        }
    }
}
