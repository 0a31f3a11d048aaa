//! Door: the loop over the outbox. One attempt is one task, and each channel has its own few and its own place in the
//! outbox, so that a receiver that is slow keeps nobody else waiting, however much waits for it.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use bellwether_model::alert::{Alert, ChannelState, Group};
use bellwether_model::id::{AlertId, ChannelId};
use bellwether_store::{Change, ReadError, Store, Transaction};
use jiff::Timestamp;
use tokio::task::{JoinError, JoinSet};

use super::attempt::{self, Attempt, CameOfIt, count};
use super::gather::{self, Step};
use super::lane::Lane;
use super::silences::Silences;
use super::touched::{Touched, next_alerts};
use super::{AlertsError, record, schedule};
use crate::clock::SharedClock;
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
/// Attempts recorded in one transaction.
const RECORDED_AT_ONCE: usize = 200;

/// Delivers what is in the outbox.
pub(super) struct Deliverer {
    lanes: HashMap<ChannelId, Lane>,
    routing: Routing,
    silences: Silences,
    store: Store,
    clock: SharedClock,
    /// Attempts under way.
    tasks: JoinSet<Attempt>,
    /// Attempts that are to be recorded.
    answered: Vec<Attempt>,
    /// At most one: attempts that are being recorded. Those that end meanwhile are recorded together.
    recording: JoinSet<Result<Vec<(ChannelId, AlertId)>, AlertsError>>,
    /// Whether a channel that failed is left alone for the rest of this pass.
    once: bool,
    delivered: u64,
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
        Self {
            lanes,
            routing,
            silences,
            store,
            clock,
            tasks: JoinSet::new(),
            answered: Vec::new(),
            recording: JoinSet::new(),
            once: false,
            delivered: 0,
        }
    }

    /// Tries what is due. A channel that fails is left alone for the rest of the pass.
    pub(super) async fn once(mut self, mut shutdown: Shutdown) -> Result<u64, AlertsError> {
        self.once = true;
        self.remember().await?;
        self.hold().await?;
        while !shutdown.is_requested() {
            let anew = self.start().await?;
            self.record_next();
            if self.tasks.is_empty() && self.recording.is_empty() {
                if anew {
                    continue;
                }
                break;
            }
            tokio::select! {
                () = shutdown.requested() => {}
                Some(ended) = self.tasks.join_next() => self.ended(ended),
                Some(recorded) = self.recording.join_next() => self.recorded(recorded)?,
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
            self.record_next();
            let (now, sleep) = (self.clock.now(), self.until_next());
            tokio::select! {
                () = shutdown.requested() => {}
                Some(ended) = self.tasks.join_next() => self.ended(ended),
                Some(recorded) = self.recording.join_next() => self.recorded(recorded)?,
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
                for (channel, alerts) in channels {
                    match self.lanes.get_mut(&channel) {
                        Some(lane) if lane.disabled.is_none() => lane.touch_some(&alerts),
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
        let (mut ahead, mut ready): (Looked, Vec<(ChannelId, usize)>) = (Vec::new(), Vec::new());
        for (id, lane) in self.lanes.iter_mut().filter(|(_, lane)| lane.is_ready(now)) {
            match lane.take_ahead(now) {
                alerts if alerts.is_empty() => ready.push((id.clone(), lane.looks(now))),
                alerts => ahead.push((id.clone(), alerts)),
            }
        }
        if ready.is_empty() && ahead.is_empty() {
            return Ok(false);
        }
        let (mut put, mut groups) = (Vec::new(), Vec::new());
        for (id, alerts) in ahead {
            let (_, due) = self.start_some(&id, alerts, now, &mut put);
            groups.extend(due.into_iter().map(|group| (id.clone(), group)));
        }
        for (id, alerts) in self.look(ready).await? {
            let (next, due) = self.start_some(&id, alerts, now, &mut put);
            if let Some(lane) = self.lanes.get_mut(&id) {
                lane.looked(next);
            }
            groups.extend(due.into_iter().map(|group| (id.clone(), group)));
        }
        for id in put.iter().map(|alert| &alert.channel).chain(groups.iter().map(|(id, _)| id)) {
            // What was read ahead may be among what goes back.
            self.lanes.get_mut(id).into_iter().for_each(Lane::touch);
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

    /// Looks into the outbox: so many alerts of each of these channels.
    async fn look(&self, channels: Vec<(ChannelId, usize)>) -> Result<Looked, AlertsError> {
        if channels.is_empty() {
            return Ok(Vec::new());
        }
        let store = self.store.clone();
        let look = move |(channel, limit)| {
            let alerts = store.alerts_waiting(&channel, limit)?;
            Ok((channel, alerts))
        };
        Ok(blocking(move || channels.into_iter().map(look).collect::<Result<Looked, ReadError>>()).await?)
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

    /// Starts what is due of one channel; what is due and has no room is kept for later. `put`: alerts that go back into the
    /// outbox. Returns when the first of those is due whose time has not come, and groups that are due.
    fn start_some(
        &mut self,
        id: &ChannelId,
        alerts: Vec<Alert>,
        now: Timestamp,
        put: &mut Vec<Alert>,
    ) -> (Option<Timestamp>, HashSet<Group>) {
        let Some(lane) = self.lanes.get_mut(id) else { return (None, HashSet::new()) };
        let silences = self.silences.now();
        let (mut next, mut groups) = (None, HashSet::new());
        let mut started = Vec::new();
        for alert in alerts {
            if lane.has_under_way(&alert.id) {
                continue;
            }
            if record::due(&alert).is_none_or(|due| due > now) {
                next = next.or(record::due(&alert));
                break;
            }
            if lane.room(now) == 0 {
                next = next.or(record::due(&alert));
                lane.keep_ahead([alert]);
                continue;
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
        for alert in started {
            self.attempt(alert);
        }
        (next, groups)
    }

    fn attempt(&mut self, alert: Alert) {
        let Some(lane) = self.lanes.get(&alert.channel) else { return };
        let (channel, fingerprint) = (lane.channel.clone(), lane.fingerprint.clone());
        let clock = self.clock.clone();
        self.tasks.spawn(attempt::make(alert, channel, fingerprint, clock));
    }

    fn ended(&mut self, ended: Result<Attempt, JoinError>) {
        let mut ended = Some(ended);
        while let Some(this) = ended {
            match this {
                Ok(attempt) => self.answered(attempt),
                Err(stopped) if stopped.is_panic() => std::panic::resume_unwind(stopped.into_panic()),
                // Nobody cancels a task while this loop runs but the runtime when it ends; the outbox still has the alert.
                Err(_) => {
                    tracing::warn!("a delivery was cut off by the end of the program; it is repeated at its next start")
                }
            }
            ended = self.tasks.try_join_next();
        }
    }

    /// Takes up an answer. What came of it holds from now on; the place of the attempt is free.
    fn answered(&mut self, attempt: Attempt) {
        let now = self.clock.now();
        if let Some(lane) = self.lanes.get_mut(&attempt.alert.channel) {
            match &attempt.came_of_it {
                CameOfIt::Taken | CameOfIt::Refused => lane.works(),
                CameOfIt::Failed { asked } => {
                    lane.failed(*asked, now, schedule::chance());
                    if self.once {
                        lane.rest_until(Timestamp::MAX);
                    }
                }
                CameOfIt::Gone { reason } => lane.gone(reason.clone()),
            }
        }
        self.answered.push(attempt);
    }

    /// Has attempts recorded that wait for it, unless others are being recorded: one transaction and one sync for all.
    fn record_next(&mut self) {
        if self.answered.is_empty() || !self.recording.is_empty() {
            return;
        }
        let attempts: Vec<Attempt> = self.answered.drain(..self.answered.len().min(RECORDED_AT_ONCE)).collect();
        let (store, now) = (self.store.clone(), self.clock.now());
        self.delivered +=
            attempts.iter().filter(|attempt| matches!(attempt.came_of_it, CameOfIt::Taken)).count() as u64;
        self.recording.spawn(async move {
            let names =
                attempts.iter().map(|Attempt { alert, .. }| (alert.channel.clone(), alert.id.clone())).collect();
            let (alerts, states): (Vec<Alert>, Vec<Option<ChannelState>>) =
                attempts.into_iter().map(|attempt| (attempt.alert, attempt.state)).unzip();
            record::alerts(&store, alerts, states.into_iter().flatten().collect(), now).await?;
            Ok(names)
        });
    }

    fn recorded(
        &mut self,
        recorded: Result<Result<Vec<(ChannelId, AlertId)>, AlertsError>, JoinError>,
    ) -> Result<(), AlertsError> {
        let names = match recorded {
            Ok(names) => names?,
            Err(stopped) if stopped.is_panic() => std::panic::resume_unwind(stopped.into_panic()),
            // As above: what came of the attempts is not known to the store, and they are made again under their ids.
            Err(_) => {
                tracing::warn!("answers were not recorded before the end of the program; their alerts are sent again");
                return Ok(());
            }
        };
        for (channel, alert) in names {
            if let Some(lane) = self.lanes.get_mut(&channel) {
                lane.recorded(&alert);
            }
        }
        Ok(())
    }

    /// Lets attempts end, for a moment.
    async fn finish(mut self) -> Result<u64, AlertsError> {
        let all = async {
            loop {
                self.record_next();
                tokio::select! {
                    Some(recorded) = self.recording.join_next() => self.recorded(recorded)?,
                    Some(ended) = self.tasks.join_next() => self.ended(ended),
                    else => return Ok::<(), AlertsError>(()),
                }
            }
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

/// Runs what blocks beside the runtime.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(stopped) => std::panic::resume_unwind(stopped.into_panic()),
    }
}
