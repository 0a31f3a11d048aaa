//! Door: the loop over the outbox. One attempt is one task, and each channel has its own few and its own place in the
//! outbox, so that a receiver that is slow keeps nobody else waiting, however much waits for it.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use bellwether_model::alert::{Alert, ChannelState, Delivery, Disabled, Group};
use bellwether_model::id::{AlertId, ChannelId};
use bellwether_store::{Change, Committed, ReadError, Store, Transaction};
use jiff::Timestamp;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::task::{JoinError, JoinSet};

use super::gather::{self, Step};
use super::lane::Lane;
use super::schedule::{Answer, Fate};
use super::silences::Silences;
use super::{AlertsError, record, schedule};
use crate::clock::SharedClock;
use crate::metrics::DELIVERIES;
use crate::routing::Routing;
use crate::shutdown::Shutdown;
use crate::view::channels::words;

/// Longest sleep: the machine's clock may be set meanwhile.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// How long attempts may go on after the signal to end; those that do not make it are repeated with the same id.
const GRACE: Duration = Duration::from_secs(3);
/// Most alerts of one digest; what is beyond comes as the next.
const GATHERED: usize = 500;
/// How long it is remembered when a group had its message; no group waits longer.
const GATHERED_KEPT: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);
/// Alerts put off in one transaction.
const HELD_AT_ONCE: usize = 200;

/// Delivers what is in the outbox.
pub(super) struct Deliverer {
    lanes: HashMap<ChannelId, Lane>,
    routing: Routing,
    silences: Silences,
    store: Store,
    clock: SharedClock,
    tasks: JoinSet<Result<Attempt, AlertsError>>,
    /// Whether a channel that failed is left alone for the rest of this pass.
    once: bool,
    delivered: u64,
}

/// An attempt that has been recorded.
struct Attempt {
    id: AlertId,
    channel: ChannelId,
    came_of_it: CameOfIt,
}

enum CameOfIt {
    Taken,
    Refused,
    Failed { asked: Option<Timestamp> },
    Gone { reason: String },
}

/// Alerts of one channel that are due or will be.
type Looked = Vec<(ChannelId, Vec<Alert>)>;

impl Deliverer {
    pub(super) fn new(
        lanes: HashMap<ChannelId, Lane>,
        routing: Routing,
        silences: Silences,
        store: Store,
        clock: SharedClock,
    ) -> Self {
        Self { lanes, routing, silences, store, clock, tasks: JoinSet::new(), once: false, delivered: 0 }
    }

    /// Tries what is due. A channel that fails is left alone for the rest of the pass.
    pub(super) async fn once(mut self, mut shutdown: Shutdown) -> Result<u64, AlertsError> {
        self.once = true;
        self.remember().await?;
        self.hold().await?;
        while !shutdown.is_requested() {
            let anew = self.start().await?;
            if self.tasks.is_empty() {
                if anew {
                    continue;
                }
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
        self.remember().await?;
        self.hold().await?;
        while !shutdown.is_requested() {
            self.start().await?;
            let (now, sleep) = (self.clock.now(), self.until_next());
            tokio::select! {
                () = shutdown.requested() => {}
                Some(ended) = self.tasks.join_next() => self.ended(ended)?,
                touched = next_alerts(&mut commits) => self.touch(touched).await?,
                () = tokio::time::sleep(sleep) => {
                    if sleep == LONGEST_SLEEP || self.clock.now() < now {
                        self.touch(Touched::Everything).await?;
                    }
                }
            }
        }
        self.finish().await
    }

    /// Takes up what was known of the channels when the program ended.
    async fn remember(&mut self) -> Result<(), AlertsError> {
        let store = self.store.clone();
        let states = blocking(move || store.channels()).await?;
        let mut anew = Transaction::new(self.clock.now());
        for state in states {
            let Some(lane) = self.lanes.get_mut(&state.id) else { continue };
            if state.fingerprint != lane.fingerprint {
                if state.disabled.is_some() || state.not_before.is_some() {
                    tracing::info!(channel = %state.id, "the channel was configured anew and is in use again");
                    anew.push(Change::Channel(Box::new(record::fresh(state.id, lane.fingerprint.clone()))));
                }
                continue;
            }
            lane.disabled = state.disabled.as_ref().map(words);
            if let Some(until) = state.not_before {
                lane.rest_until(until);
            }
        }
        if !anew.changes.is_empty() {
            let store = self.store.clone();
            blocking(move || store.commit(anew)).await?;
        }
        Ok(())
    }

    /// Puts off alerts of channels that are not in use, and says why.
    async fn hold(&self) -> Result<(), AlertsError> {
        let (store, now) = (self.store.clone(), self.clock.now());
        let waiting = blocking(move || store.channels_waiting()).await?;
        for channel in waiting {
            let reason = match self.lanes.get(&channel) {
                None => "the watch list has no channel of this name; the alert waits for it".to_owned(),
                Some(Lane { disabled: Some(reason), .. }) => reason.clone(),
                Some(_) => continue,
            };
            loop {
                let (store, name) = (self.store.clone(), channel.clone());
                let mut due = blocking(move || store.alerts_waiting(&name, HELD_AT_ONCE)).await?;
                due.retain(|alert| record::due(alert).is_some_and(|due| due <= now));
                if due.is_empty() {
                    break;
                }
                tracing::warn!(%channel, alerts = due.len(), "alerts wait for a channel: {reason}");
                let held = due.into_iter().map(|alert| Alert {
                    delivery: schedule::held(record::attempts(&alert), reason.clone(), now),
                    ..alert
                });
                record::alerts(&self.store, held.collect(), Vec::new(), self.clock.now()).await?;
            }
        }
        Ok(())
    }

    async fn touch(&mut self, touched: Touched) -> Result<(), AlertsError> {
        match touched {
            Touched::Everything => {
                self.lanes.values_mut().for_each(Lane::touch);
                self.hold().await
            }
            Touched::Channels(channels) => {
                let mut held = false;
                for channel in channels {
                    match self.lanes.get_mut(&channel) {
                        Some(lane) if lane.disabled.is_none() => lane.touch(),
                        _ => held = true,
                    }
                }
                if held { self.hold().await } else { Ok(()) }
            }
        }
    }

    /// Starts what is due and has room. Returns whether alerts were put back into the outbox, so that more may be due.
    async fn start(&mut self) -> Result<bool, AlertsError> {
        let now = self.clock.now();
        let ready = self.lanes.iter().filter(|(_, lane)| lane.is_ready(now));
        let ready: Vec<(ChannelId, usize)> = ready.map(|(id, lane)| (id.clone(), lane.looks(now))).collect();
        if ready.is_empty() {
            return Ok(false);
        }
        let store = self.store.clone();
        let looked: Looked = blocking(move || {
            let look = |(channel, limit)| Ok((store.alerts_waiting(&channel, limit)?, channel));
            ready
                .into_iter()
                .map(look)
                .map(|found| found.map(|(alerts, id)| (id, alerts)))
                .collect::<Result<_, ReadError>>()
        })
        .await?;
        let (mut put, mut groups) = (Vec::new(), Vec::new());
        for (id, alerts) in looked {
            for group in self.start_some(&id, alerts, now, &mut put) {
                groups.push((id.clone(), group));
            }
        }
        let anew = !put.is_empty() || !groups.is_empty();
        if !put.is_empty() {
            put.iter().for_each(|alert| count(&alert.delivery));
            record::alerts(&self.store, put, Vec::new(), now).await?;
        }
        for (id, group) in groups {
            self.gather(&id, group, now).await?;
        }
        Ok(anew)
    }

    /// Sends out what has come together in a group, or puts it off where the group has just had its message.
    async fn gather(&mut self, id: &ChannelId, group: Group, now: Timestamp) -> Result<(), AlertsError> {
        let (store, channel) = (self.store.clone(), id.clone());
        let mut members = blocking(move || store.alerts_waiting(&channel, GATHERED)).await?;
        let Some(lane) = self.lanes.get_mut(id) else { return Ok(()) };
        let interval = self.routing.group_interval(&group);
        let until = lane.gathered.get(&group).map(|last| *last + interval).filter(|until| *until > now);
        // Alerts that came a moment later go with the others; those of another day's digest have their own time.
        let last = if self.routing.is_timed(&group) || until.is_some() { now } else { Timestamp::MAX };
        members
            .retain(|alert| alert.group.as_ref() == Some(&group) && record::due(alert).is_some_and(|due| due <= last));
        let silences = self.silences.now();
        let (silenced, members): (Vec<Alert>, Vec<Alert>) =
            members.into_iter().map(|alert| gather::silenced(alert, silences, now)).partition(gather::is_silenced);
        let mut all = match until {
            Some(until) => gather::later(members, until),
            None => {
                let language = lane.channel.language();
                lane.gathered.retain(|_, last| *last + GATHERED_KEPT > now);
                lane.gathered.insert(group, now);
                gather::together(members, language, now)
            }
        };
        all.extend(silenced);
        lane.touch();
        if all.is_empty() {
            return Ok(());
        }
        all.iter().filter(|alert| record::due(alert).is_none()).for_each(|alert| count(&alert.delivery));
        record::alerts(&self.store, all, Vec::new(), now).await
    }

    /// Starts what is due of one channel. `put`: alerts that go back into the outbox. Returns groups that are due.
    fn start_some(
        &mut self,
        id: &ChannelId,
        alerts: Vec<Alert>,
        now: Timestamp,
        put: &mut Vec<Alert>,
    ) -> HashSet<Group> {
        let Some(lane) = self.lanes.get_mut(id) else { return HashSet::new() };
        let silences = self.silences.now();
        let (mut next, mut groups, held) = (None, HashSet::new(), put.len());
        let mut started = Vec::new();
        for alert in alerts {
            if lane.under_way.contains(&alert.id) {
                continue;
            }
            if record::due(&alert).is_none_or(|due| due > now) || lane.room(now) == 0 {
                next = record::due(&alert);
                break;
            }
            match gather::step(alert, silences, &mut lane.recent, now) {
                Step::Send(alert) => {
                    lane.begun(alert.id.clone());
                    started.push(alert);
                }
                Step::Put(alert) => put.push(alert),
                Step::Gather(group) => {
                    groups.insert(group);
                }
            }
        }
        lane.looked(next);
        if put.len() > held || !groups.is_empty() {
            lane.touch();
        }
        for alert in started {
            self.attempt(alert);
        }
        groups
    }

    fn attempt(&mut self, alert: Alert) {
        let Some(lane) = self.lanes.get(&alert.channel) else { return };
        let (channel, fingerprint) = (lane.channel.clone(), lane.fingerprint.clone());
        let (store, clock) = (self.store.clone(), self.clock.clone());
        self.tasks.spawn(async move {
            let answer = channel.send(&alert, clock.now()).await;
            let now = clock.now();
            let (came_of_it, state) = consequence(&alert.channel, fingerprint, &answer, now);
            let delivery = schedule::after(record::attempts(&alert), answer, now, schedule::chance());
            count(&delivery);
            tell(&alert, &delivery);
            let attempt = Attempt { id: alert.id.clone(), channel: alert.channel.clone(), came_of_it };
            record::alerts(&store, vec![Alert { delivery, ..alert }], state.into_iter().collect(), now).await?;
            Ok(attempt)
        });
    }

    fn ended(&mut self, ended: Result<Result<Attempt, AlertsError>, JoinError>) -> Result<(), AlertsError> {
        let attempt = match ended {
            Ok(attempt) => attempt?,
            Err(stopped) if stopped.is_panic() => std::panic::resume_unwind(stopped.into_panic()),
            // Nobody cancels a task while this loop runs.
            Err(_) => return Ok(()),
        };
        let now = self.clock.now();
        let Some(lane) = self.lanes.get_mut(&attempt.channel) else { return Ok(()) };
        match attempt.came_of_it {
            CameOfIt::Taken => {
                self.delivered += 1;
                lane.works(&attempt.id);
            }
            CameOfIt::Refused => lane.works(&attempt.id),
            CameOfIt::Failed { asked } => {
                lane.failed(&attempt.id, asked, now, schedule::chance());
                if self.once {
                    lane.rest_until(Timestamp::MAX);
                }
            }
            CameOfIt::Gone { reason } => {
                lane.under_way.remove(&attempt.id);
                lane.disabled = Some(reason);
            }
        }
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

    fn until_next(&self) -> Duration {
        let now = self.clock.now();
        let next = self.lanes.values().filter_map(|lane| lane.wakes(now)).min();
        let until = next.map(|next| Duration::try_from(next.duration_since(now)).unwrap_or_default());
        until.map_or(LONGEST_SLEEP, |until| until.min(LONGEST_SLEEP))
    }
}

/// Counts outcomes.
fn count(delivery: &Delivery) {
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

/// Runs what blocks beside the runtime.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(stopped) => std::panic::resume_unwind(stopped.into_panic()),
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

/// Where the outbox may have changed.
enum Touched {
    Channels(HashSet<ChannelId>),
    Everything,
}

/// Returns when alerts may have become due, with their channels.
async fn next_alerts(commits: &mut broadcast::Receiver<Committed>) -> Touched {
    let mut channels = HashSet::new();
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
fn waiting_channels(committed: &Committed, channels: &mut HashSet<ChannelId>) {
    for change in &committed.transaction.changes {
        if let Change::Alert(alert) = change
            && matches!(alert.delivery, Delivery::Waiting { last_error: None, .. })
        {
            channels.insert(alert.channel.clone());
        }
    }
}
