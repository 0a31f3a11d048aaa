//! The turns of hosts: who may ask whom, and when. A door: it waits, and reads the store for what is remembered.
//!
//! Every request of this room takes its turn here, also those for robots.txt and behind redirects. The rules are
//! those of `manners`; here is only the waiting. It must not know HTTP.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bellwether_model::source::{Host, Robots, RobotsAnswer};
use bellwether_store::{ReadError, Store};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use jiff::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, sleep_until};
use url::Url;

use super::blocking;
use super::claims::{Claims, Hold, Wanted};
use super::groups::{Groups, host_of};
use super::manners::{self, unknown_host};
use super::robots::{PRODUCT_TOKEN, Rules};
use crate::clock::SharedClock;
use crate::settings::{CrawlerSettings, HostGroup};
use crate::shutdown::Shutdown;

/// Hosts that are kept in memory although nobody asks them just now; others are read from the store again.
const HOSTS_KEPT: usize = 1024;
/// Bytes of rules that are written again with each visit, to keep the time of the last request. A longer file would
/// swell the journal: there the time is not kept, and the first request of a process waits for a whole gap, as it does where
/// another process may have asked before.
const SMALL_ROBOTS: usize = 2048;

/// All hosts.
pub(super) struct Hosts {
    /// `None`: nothing is remembered (`sources try`).
    store: Option<Store>,
    clock: SharedClock,
    settings: CrawlerSettings,
    lanes: Mutex<HashMap<String, Arc<Lane>>>,
    /// Requests in flight in all.
    slots: Arc<Semaphore>,
    rate: Option<Arc<NameRate>>,
    groups: Arc<Groups>,
    /// How they stand, by their place in the list.
    shared: Vec<Arc<Shared>>,
    /// `None`: nobody else asks any of them.
    claims: Option<Arc<Claims>>,
    shutdown: Shutdown,
}

/// What the hosts of a group share.
struct Shared {
    gap: Duration,
    permits: Arc<Semaphore>,
    gap_ends: Mutex<Instant>,
}

/// One request a gap for each name, whatever scheme it is asked by: `http` and `https` of one name are one machine.
///
/// The gap itself is a next-due time in [`Lane`], since a quota counts from the beginning of a request, cannot be
/// lengthened by a Crawl-delay and does not outlive the process.
type NameRate = DefaultKeyedRateLimiter<String>;

/// What is known of one host, and the queue for it.
pub(super) struct Lane {
    origin: String,
    /// The name of what has one limit with it: key of the rate and of the claim.
    limit: String,
    gap: Duration,
    clock: SharedClock,
    permits: Arc<Semaphore>,
    slots: Arc<Semaphore>,
    rate: Option<Arc<NameRate>>,
    group: Option<Arc<Shared>>,
    claims: Option<Arc<Claims>>,
    shutdown: Shutdown,
    /// Held while robots.txt is asked for, so that it is asked for once.
    pub(super) robots_question: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

struct State {
    host: Host,
    /// As the store knows it.
    kept: Host,
    /// Read from `host.robots`; `None`: there are no rules.
    rules: Option<Arc<Rules>>,
    gap_ends: Instant,
    backoff_ends: Instant,
}

/// What robots.txt said and still says.
pub(super) enum Known {
    /// These rules.
    Rules(Arc<Rules>),
    /// Everything is allowed.
    Open,
    /// Nothing is allowed, for this reason.
    Closed(String),
    /// It must be asked for.
    Nothing,
}

/// The right to make one request; dropping it gives the turn to the next.
pub(super) struct Turn {
    _host: OwnedSemaphorePermit,
    _group: Option<OwnedSemaphorePermit>,
    _slot: OwnedSemaphorePermit,
}

/// Why there is no turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoTurn {
    /// The host is left alone until then.
    BackingOff(Instant),
    /// Another process asks the host.
    Elsewhere,
    /// The program ends.
    ShuttingDown,
}

impl Hosts {
    /// Hosts as the store remembers them.
    pub(super) fn new(
        settings: &CrawlerSettings,
        groups: Arc<Groups>,
        store: Option<Store>,
        clock: SharedClock,
        shutdown: Shutdown,
    ) -> Self {
        let claims = store.as_ref().and_then(Store::part).map(|share| Arc::new(Claims::new(share.clone())));
        let burst = u32::try_from(settings.connections_per_host).ok().and_then(NonZeroU32::new);
        // No quota has a period of nothing: without a gap there is no rate.
        let quota = Quota::with_period(settings.gap).map(|quota| quota.allow_burst(burst.unwrap_or(NonZeroU32::MIN)));
        Self {
            store,
            clock,
            settings: settings.clone(),
            lanes: Mutex::new(HashMap::new()),
            slots: Arc::new(Semaphore::new(settings.concurrency.max(1))),
            rate: quota.map(|quota| Arc::new(RateLimiter::keyed(quota))),
            shared: groups.list().iter().map(|group| Arc::new(Shared::new(group))).collect(),
            groups,
            claims,
            shutdown,
        }
    }

    /// The hosts that this process has to itself. `None`: nobody else asks any.
    pub(super) fn claims(&self) -> Option<&Arc<Claims>> {
        self.claims.as_ref()
    }

    /// Takes over what the store remembers of the hosts of groups: the last answer of each holds for all of its group.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(super) async fn remember_groups(&self) -> Result<(), ReadError> {
        let Some(store) = self.store.clone().filter(|_| !self.shared.is_empty()) else { return Ok(()) };
        let now = self.clock.now();
        for host in blocking(move || store.hosts()).await? {
            if let Some(group) = self.groups.of(host_of(&host.origin)).and_then(|group| self.shared.get(group)) {
                group.rest(manners::wait(&host, group.gap, now).gap);
                if self.is_shared() {
                    group.rest(group.gap);
                }
            }
        }
        Ok(())
    }

    /// Counts all waits anew, after a clock has jumped.
    pub(super) fn look_ahead(&self) {
        let now = self.clock.now();
        for lane in self.lanes().values() {
            lane.state().look_ahead(lane.gap, now);
        }
    }

    /// The lane of an address's host, which is claimed for the visit where it is not yet. Inside: why there is none.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(super) async fn lane(&self, url: &Url, holds: &mut Vec<Hold>) -> Result<Result<Arc<Lane>, NoTurn>, ReadError> {
        let (origin, limit) = (url.origin().ascii_serialization(), self.groups.limit(url));
        if let Some(claims) = &self.claims {
            if !holds.iter().any(|hold| hold.is_of(&limit)) {
                let wanted = Wanted { limit: limit.clone(), origin: origin.clone() };
                let mut shutdown = self.shutdown.clone();
                let hold = tokio::select! {
                    biased;
                    () = shutdown.requested() => return Ok(Err(NoTurn::ShuttingDown)),
                    hold = claims.wait_for(wanted) => hold,
                };
                let Some(hold) = hold else { return Ok(Err(NoTurn::Elsewhere)) };
                holds.push(hold);
            }
            self.forget_stale(claims, &limit);
        }
        if let Some(lane) = self.lanes().get(&origin) {
            return Ok(Ok(Arc::clone(lane)));
        }
        let known = match self.store.clone() {
            Some(store) => {
                let origin = origin.clone();
                blocking(move || store.host(&origin)).await?
            }
            None => None,
        };
        let host = known.unwrap_or_else(|| unknown_host(&origin));
        let lane = Arc::new(self.open(url, limit, host));
        let mut lanes = self.lanes();
        if lanes.len() >= HOSTS_KEPT {
            // What nobody uses is in the store as it is here: a visit commits the hosts that it asked.
            lanes.retain(|_, lane| Arc::strong_count(lane) > 1);
            if let Some(rate) = &self.rate {
                rate.retain_recent();
                rate.shrink_to_fit();
            }
        }
        Ok(Ok(Arc::clone(lanes.entry(origin).or_insert(lane))))
    }

    /// Another process has asked these hosts meanwhile: what is remembered of them is read again.
    fn forget_stale(&self, claims: &Claims, limit: &str) {
        let mut lanes = self.lanes();
        if claims.is_stale(limit) {
            lanes.retain(|_, lane| lane.limit != limit);
            let groups = self.groups.list().iter().zip(&self.shared);
            groups
                .filter(|(group, _)| limit == format!("group/{}", group.id))
                .for_each(|(_, shared)| shared.rest(shared.gap));
        }
    }

    fn open(&self, url: &Url, limit: String, host: Host) -> Lane {
        let origin = host.origin.clone();
        let (gap, connections) = self.settings.manners_at(url);
        let group = self.groups.of(host_of(&origin));
        let (kept, now) = (host.clone(), Instant::now());
        let mut state = State { rules: None, gap_ends: now, backoff_ends: now, host, kept };
        // Another process that died may have asked and not have said so, and its clock may be another.
        let was_anothers = match &self.claims {
            Some(claims) => claims.was_anothers(&limit),
            None => self.is_shared(),
        };
        if robots_bytes(&state.host) > SMALL_ROBOTS || was_anothers {
            state.host.last_request = Some(self.clock.now());
        }
        state.read_rules();
        state.look_ahead(gap, self.clock.now());
        Lane {
            origin,
            limit,
            gap,
            clock: Arc::clone(&self.clock),
            permits: Arc::new(Semaphore::new(connections.max(1))),
            slots: Arc::clone(&self.slots),
            rate: self.rate.clone(),
            group: group.and_then(|group| self.shared.get(group)).cloned(),
            claims: self.claims.clone(),
            shutdown: self.shutdown.clone(),
            robots_question: tokio::sync::Mutex::new(()),
            state: Mutex::new(state),
        }
    }

    fn is_shared(&self) -> bool {
        self.store.as_ref().is_some_and(Store::is_shared)
    }

    fn lanes(&self) -> MutexGuard<'_, HashMap<String, Arc<Lane>>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lane {
    /// `scheme://name:port`.
    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// Waits until the host may be asked. A backoff is not waited for: it can take a day.
    pub(super) async fn turn(&self) -> Result<Turn, NoTurn> {
        let mut shutdown = self.shutdown.clone();
        tokio::select! {
            biased;
            () = shutdown.requested() => Err(NoTurn::ShuttingDown),
            turn = self.wait() => turn,
        }
    }

    async fn wait(&self) -> Result<Turn, NoTurn> {
        let host = acquire(&self.permits).await;
        let group = match &self.group {
            Some(group) => Some(acquire(&group.permits).await),
            None => None,
        };
        loop {
            let (gap_ends, backoff_ends) = {
                let state = self.state();
                (state.gap_ends.max(self.group_free_at()), state.backoff_ends)
            };
            let now = Instant::now();
            if backoff_ends > now {
                return Err(NoTurn::BackingOff(backoff_ends));
            }
            if gap_ends > now {
                sleep_until(gap_ends).await;
            } else if let Some(pause) = self.name_is_busy() {
                sleep(pause).await;
            } else {
                break;
            }
        }
        let slot = acquire(&self.slots).await;
        // Whatever was waited for, the claim may have been lost meanwhile.
        if !self.is_ours() {
            return Err(NoTurn::Elsewhere);
        }
        Ok(Turn { _host: host, _group: group, _slot: slot })
    }

    /// Whether no other process may ask the host.
    fn is_ours(&self) -> bool {
        self.claims.as_ref().is_none_or(|claims| claims.has(&self.limit))
    }

    /// Goes on with a request as long as no other process may ask the host. `None`: the claim is lost.
    pub(super) async fn while_ours<T>(&self, request: impl Future<Output = T>) -> Option<T> {
        match &self.claims {
            Some(claims) => claims.while_held(&self.limit, request).await,
            None => Some(request.await),
        }
    }

    fn name_is_busy(&self) -> Option<Duration> {
        let not_until = self.rate.as_ref()?.check_key(&self.limit).err()?;
        Some(not_until.wait_time_from(DefaultClock::default().now()))
    }

    /// Changes what is known of the host, at the end of a request: its waits count from now.
    pub(super) fn note(&self, change: impl FnOnce(&mut Host, Timestamp)) {
        let now = self.clock.now();
        let mut state = self.state();
        change(&mut state.host, now);
        state.look_ahead(self.gap, now);
        if let Some(group) = &self.group {
            group.rest(group.gap);
        }
    }

    /// Keeps what came of asking for robots.txt.
    pub(super) fn keep_robots(&self, robots: Robots) {
        let now = self.clock.now();
        let mut state = self.state();
        state.host.robots = Some(robots);
        state.read_rules();
        state.look_ahead(self.gap, now);
    }

    /// What robots.txt says, if it was asked for lately.
    pub(super) fn robots(&self) -> Known {
        let now = self.clock.now();
        let state = self.state();
        match &state.host.robots {
            Some(robots) if manners::robots_hold(robots, now) => match (&robots.answer, &state.rules) {
                (RobotsAnswer::Closed { reason }, _) => Known::Closed(reason.clone()),
                (RobotsAnswer::Rules { .. }, Some(rules)) => Known::Rules(Arc::clone(rules)),
                (RobotsAnswer::Rules { .. }, None) | (RobotsAnswer::Open, _) => Known::Open,
            },
            _ => Known::Nothing,
        }
    }

    /// What is known of the host, where the store should know it too. `None`: it was never asked, or next to nothing
    /// has changed.
    pub(super) fn host_to_keep(&self) -> Option<Host> {
        let mut state = self.state();
        let known = Host { last_request: state.kept.last_request, ..state.host.clone() };
        let same_but_time = known == state.kept && robots_bytes(&known) > SMALL_ROBOTS;
        if state.host.last_request.is_none() || same_but_time || state.host == state.kept {
            return None;
        }
        state.kept = state.host.clone();
        Some(state.host.clone())
    }

    /// What is known of the host.
    pub(super) fn host(&self) -> Host {
        self.state().host.clone()
    }

    /// When robots.txt is asked for again.
    pub(super) fn robots_expire(&self) -> Option<Timestamp> {
        self.state().host.robots.as_ref().map(|robots| robots.expires)
    }

    /// Until when the host is left alone.
    pub(super) fn backoff_until(&self) -> Option<Timestamp> {
        self.state().host.backoff_until
    }

    /// When the host may be asked next.
    pub(super) fn free_at(&self) -> Instant {
        let state = self.state();
        state.gap_ends.max(state.backoff_ends)
    }

    /// When any host of its group may be asked next; an instant that has passed where it is in none.
    pub(super) fn group_free_at(&self) -> Instant {
        self.group.as_ref().map_or_else(Instant::now, |group| group.gap_ends())
    }

    /// When its backoff ends; an instant that has passed: there is none.
    pub(super) fn backoff_ends(&self) -> Instant {
        self.state().backoff_ends
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn new(group: &HostGroup) -> Self {
        let permits = Arc::new(Semaphore::new(group.connections.max(1)));
        Self { gap: group.gap, permits, gap_ends: Mutex::new(Instant::now()) }
    }

    /// Leaves all hosts of the group alone from now on for a while, or longer if they are already.
    fn rest(&self, pause: Duration) {
        let mut ends = self.gap_ends.lock().unwrap_or_else(PoisonError::into_inner);
        *ends = (*ends).max(Instant::now() + pause);
    }

    fn gap_ends(&self) -> Instant {
        *self.gap_ends.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn read_rules(&mut self) {
        self.rules = match self.host.robots.as_ref().map(|robots| &robots.answer) {
            Some(RobotsAnswer::Rules { text }) => Some(Arc::new(Rules::parse(text.as_bytes(), PRODUCT_TOKEN))),
            _ => None,
        };
    }

    /// Turns what is left to wait, by the clock, into instants: the clock may be set back while we wait.
    fn look_ahead(&mut self, operator_gap: Duration, now: Timestamp) {
        let gap = manners::gap(operator_gap, self.rules.as_ref().and_then(|rules| rules.crawl_delay));
        let left = manners::wait(&self.host, gap, now);
        let instant = Instant::now();
        self.gap_ends = instant + left.gap;
        self.backoff_ends = instant + left.backoff;
    }
}

fn robots_bytes(host: &Host) -> usize {
    match host.robots.as_ref().map(|robots| &robots.answer) {
        Some(RobotsAnswer::Rules { text }) => text.len(),
        _ => 0,
    }
}

async fn acquire(semaphore: &Arc<Semaphore>) -> OwnedSemaphorePermit {
    Arc::clone(semaphore).acquire_owned().await.expect("no semaphore of this file is ever closed")
}
