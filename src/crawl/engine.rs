//! The loop of the crawl: takes what is due from the timetable and has it visited, until the end of the pass or a signal.
//! A door.
//!
//! It decides little: `timetable` says who is next, `schedule` when again, `visitor` makes the visit.

mod dispatch;
mod planning;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use bellwether_model::source::{Resource, ResourceRole, VisitOutcome};
use bellwether_model::web::CanonicalUrl;
use bellwether_store::archive::Archive;
use bellwether_store::{Change, Committed, Store};
use jiff::Timestamp;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep_until};

use super::client::Client;
use super::fetch::Fetcher;
use super::groups::Groups;
use super::hosts::Hosts;
use super::keeper::{Fetched, KEPT_AT_ONCE, Kept, keep};
use super::lead::Lead;
use super::news::News;
use super::schedule::set_back;
use super::sharing::{Found, Sharing};
use super::timetable::Timetable;
use super::upkeep::follow;
use super::visitor::{Report, Visitor};
use super::{CrawlError, Mode, Summary, blocking};
use crate::clock::SharedClock;
use crate::settings::{CrawlerSettings, SourceSettings};
use crate::shutdown::Shutdown;

/// Visits under way for each request that may be in flight: some wait for their host between robots.txt and page.
const VISITS_PER_SLOT: usize = 4;
/// The longest sleep, so that a clock that was set, or a machine that slept, is noticed.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// How often the end of a pass is looked for while a reader works.
const READER_CHECK: Duration = Duration::from_secs(1);
/// How long a single pass waits for a host that asked to be left alone. Longer: left for a later pass.
const PASS_PATIENCE: Duration = Duration::from_secs(10);
/// Visits to one resource in one pass, where its host asks to come back soon.
const PASS_ATTEMPTS: u32 = 3;
/// How often it is looked whether a source owes something.
const OVERDUE_CHECK: Duration = Duration::from_secs(60);
/// How long requests in flight may still take when the program ends.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(5);

/// The crawl while it runs.
pub(super) struct Engine {
    visitor: Arc<Visitor>,
    timetable: Timetable,
    running: JoinSet<Result<Step, CrawlError>>,
    /// Answers that wait to be kept.
    fetched: VecDeque<Fetched>,
    /// At most one: the answers that are being kept. What comes meanwhile is kept together.
    keeping: JoinSet<Result<Vec<Kept>, CrawlError>>,
    /// Visits under way, from the look into the store until the answer is kept.
    under_way: usize,
    /// At the most.
    most_under_way: usize,
    pass: Option<Pass>,
    shutdown: Shutdown,
    summary: Summary,
    /// Hosts whose failure was told; told again after they were well.
    warned: HashSet<String>,
    /// What the clock showed when it was looked at last.
    clock_seen: (Timestamp, Instant),
    /// Whether a visit has ended that was begun before the clock was set back.
    is_ahead: bool,
    /// When it is looked again whether a source owes something.
    overdue_check: Instant,
    /// How far it is ahead of the reader.
    lead: Lead,
    groups: Arc<Groups>,
    /// `None`: nobody else crawls with this store.
    sharing: Option<Sharing>,
}

/// What a task of the engine has come to.
enum Step {
    /// Resources that are to be visited, as the store knows them.
    Found(Vec<Found>),
    /// The same of those whose hosts had to be claimed first.
    Claimed(Vec<Found>),
    /// Hosts that are not needed any more are given back.
    GivenBack,
    /// A visit.
    Visited(Report),
}

/// One pass over what is due, or over everything.
struct Pass {
    all: bool,
    done: HashSet<CanonicalUrl>,
    attempts: HashMap<CanonicalUrl, u32>,
}

impl Engine {
    /// Sets up a crawl.
    pub(super) fn new(
        settings: &CrawlerSettings,
        sources: Vec<SourceSettings>,
        (store, archive, clock): (Store, Archive, SharedClock),
        mode: Mode,
        shutdown: Shutdown,
    ) -> Result<Self, CrawlError> {
        let (selected, pass) = match mode {
            Mode::Forever => (Vec::new(), None),
            Mode::Once { sources, all } => {
                (sources, Some(Pass { all, done: HashSet::new(), attempts: HashMap::new() }))
            }
        };
        let groups = Arc::new(Groups::new(&settings.groups));
        let fetcher = Fetcher {
            client: Client::new(settings).map_err(CrawlError::Client)?,
            hosts: Hosts::new(settings, Arc::clone(&groups), Some(store.clone()), Arc::clone(&clock), shutdown.clone()),
            clock: Arc::clone(&clock),
            redirects: settings.redirects,
        };
        let clock_seen = (clock.now(), Instant::now());
        let sharing = fetcher.hosts.claims().map(Sharing::new);
        Ok(Self {
            groups: Arc::clone(&groups),
            sharing,
            visitor: Arc::new(Visitor {
                sources: follow(sources, &selected)?,
                fetcher,
                store,
                archive,
                clock,
                news: News::default(),
                page_bytes: settings.page_bytes,
                feed_bytes: settings.feed_bytes,
                sitemap_bytes: settings.sitemap_bytes,
            }),
            timetable: Timetable::new(settings.connections_per_host, groups),
            running: JoinSet::new(),
            fetched: VecDeque::new(),
            keeping: JoinSet::new(),
            under_way: 0,
            most_under_way: settings.concurrency.max(1).saturating_mul(VISITS_PER_SLOT),
            pass,
            shutdown,
            summary: Summary::default(),
            warned: HashSet::new(),
            clock_seen,
            is_ahead: false,
            overdue_check: clock_seen.1,
            lead: Lead::default(),
        })
    }

    /// Runs to the end of the pass, or until shutdown.
    pub(super) async fn run(mut self) -> Result<Summary, CrawlError> {
        // Followed before the first look, so that nothing that is committed between the two is missed.
        let mut commits = self.visitor.store.follow();
        self.sow().await?;
        self.visitor.fetcher.hosts.remember_groups().await?;
        self.load().await?;
        loop {
            if self.clock_has_jumped() || std::mem::take(&mut self.is_ahead) {
                // What is due, and who must be left alone, is counted anew by the clock as it is now.
                self.visitor.fetcher.hosts.look_ahead();
                self.timetable.wake(None);
                self.load().await?;
            }
            if self.pass.is_none() && self.overdue_check <= Instant::now() {
                self.expect().await?;
                self.overdue_check = Instant::now() + OVERDUE_CHECK;
            }
            if self.lead.is_in_doubt(Instant::now()) {
                self.count_unread().await?;
            }
            self.dispatch();
            self.give_back();
            self.keep_next();
            if self.under_way == 0 && self.is_over().await? {
                self.expect().await?;
                break;
            }
            let wake = self.wake();
            tokio::select! {
                biased;
                () = self.shutdown.requested() => break,
                // Before the ends of visits, which can come without pause: what was found must not wait for them, and
                // what a visit committed must not be taken for news after the next one has begun.
                committed = commits.recv() => self.learn(committed, &mut commits).await?,
                Some(kept) = self.keeping.join_next() => self.kept(kept)?,
                Some(ended) = self.running.join_next() => self.finish(ended)?,
                () = sleep_until(wake) => {}
            }
        }
        self.wind_up().await?;
        Ok(self.summary)
    }

    /// Puts a resource into the timetable if it is ours to visit.
    fn consider(&mut self, resource: &Resource) {
        let Some(source) = self.visitor.sources.get(&resource.source) else { return };
        self.visitor.news.learn(resource, source.settings.url == resource.url);
        let now = self.visitor.clock.now();
        let due = match &self.pass {
            None => resource.due,
            Some(pass) if pass.done.contains(&resource.url) => return,
            Some(pass) if pass.all => Some(now),
            Some(_) => resource.due.filter(|due| *due <= now),
        };
        match due {
            Some(due) => self.timetable.put(&resource.url, due, is_prompt(resource)),
            None => self.timetable.remove(&resource.url),
        }
    }

    /// Whether a resource that this pass did not know was visited all the same: what moved there has led to it.
    fn was_reached_elsewhere(&self, resource: &Resource) -> bool {
        self.pass.is_some() && resource.visit.is_some() && !self.timetable.knows(&resource.url)
    }

    /// Takes over what was committed, here or by the reader, who finds links.
    async fn learn(
        &mut self,
        committed: Result<Committed, RecvError>,
        commits: &mut broadcast::Receiver<Committed>,
    ) -> Result<(), CrawlError> {
        let mut next = committed;
        loop {
            match next {
                Ok(committed) => {
                    for change in &committed.transaction.changes {
                        match change {
                            Change::Resource(resource) if !self.was_reached_elsewhere(resource) => {
                                self.consider(resource);
                            }
                            Change::Snapshot(_) => self.lead.archived(),
                            Change::Read(_) => self.lead.read(Instant::now()),
                            _ => {}
                        }
                    }
                }
                // Some were missed: all is read again.
                Err(RecvError::Lagged(_)) => self.load().await?,
                // The store is held here, so this cannot be; the timer goes on all the same.
                Err(RecvError::Closed) => return Ok(()),
            }
            next = match commits.try_recv() {
                Ok(committed) => Ok(committed),
                Err(broadcast::error::TryRecvError::Lagged(count)) => Err(RecvError::Lagged(count)),
                Err(broadcast::error::TryRecvError::Empty | broadcast::error::TryRecvError::Closed) => return Ok(()),
            };
        }
    }

    /// Has answers kept that wait for it, unless others are being kept.
    fn keep_next(&mut self) {
        if self.fetched.is_empty() || !self.keeping.is_empty() {
            return;
        }
        let fetched: Vec<Fetched> = self.fetched.drain(..self.fetched.len().min(KEPT_AT_ONCE)).collect();
        let (store, archive) = (self.visitor.store.clone(), self.visitor.archive.clone());
        self.keeping.spawn(blocking(move || keep(&store, &archive, fetched)));
    }

    /// When to look again if nothing happens.
    fn wake(&self) -> Instant {
        let now = Instant::now();
        let longest = if self.pass.is_some() { READER_CHECK } else { LONGEST_SLEEP };
        let tidy = self.sharing.as_ref().and_then(Sharing::wake);
        let longest = tidy.map_or(longest, |tidy| longest.min(tidy.saturating_duration_since(now)));
        if let Some(until) = self.lead.waits_until(now) {
            // What is read wakes it before.
            return until.min(now + longest);
        }
        if self.under_way >= self.most_under_way {
            // Nothing can begin before a visit has ended, and that wakes by itself.
            return now + longest;
        }
        let due = self.timetable.next_due().map_or(longest, |due| {
            let left = due.duration_since(self.visitor.clock.now());
            Duration::try_from(left).unwrap_or(Duration::ZERO)
        });
        let wake = now + due.min(longest);
        self.timetable.next_rested().map_or(wake, |rested| rested.min(wake))
    }

    /// Whether a pass has come to its end: nothing waits, and the reader has read everything and found no more.
    async fn is_over(&mut self) -> Result<bool, CrawlError> {
        if self.pass.is_none() || !self.timetable.is_quiet() {
            return Ok(false);
        }
        let store = self.visitor.store.clone();
        let unread = blocking(move || store.unread(1)).await?;
        if !unread.is_empty() {
            return Ok(false);
        }
        // The reader commits links together with its word that it has read: they are all there now.
        self.load().await?;
        self.timetable.advance(self.visitor.clock.now());
        Ok(self.timetable.is_quiet())
    }

    fn finish(&mut self, ended: Result<Result<Step, CrawlError>, JoinError>) -> Result<(), CrawlError> {
        let report = match outcome(ended)? {
            None => return Ok(()),
            Some(Step::GivenBack) => return Ok(()),
            Some(Step::Visited(report)) => report,
            Some(Step::Found(found)) => {
                found.into_iter().for_each(|found| self.found(found));
                return Ok(());
            }
            Some(Step::Claimed(found)) => {
                if let Some(sharing) = &mut self.sharing {
                    sharing.has_claimed();
                }
                found.into_iter().for_each(|found| self.found(found));
                return Ok(());
            }
        };
        match report {
            Report::Fetched { fetched, rest } => {
                self.timetable.release(&fetched.url, rest);
                self.fetched.push_back(*fetched);
            }
            Report::Postponed { url, until, rest } => {
                self.under_way -= 1;
                self.timetable.postpone(&url, rest);
                self.be_patient(&url, until);
            }
            Report::Nothing { url } => self.given_up(&url),
        }
        Ok(())
    }

    /// A visit was not made: the resource or its source is no longer there, or the program ends.
    fn given_up(&mut self, url: &CanonicalUrl) {
        self.under_way -= 1;
        if let Some(pass) = &mut self.pass {
            pass.done.insert(url.clone());
        }
        self.timetable.finish(url, None, Instant::now());
    }

    fn kept(&mut self, ended: Result<Result<Vec<Kept>, CrawlError>, JoinError>) -> Result<(), CrawlError> {
        for Kept { url, settled, backoff, holds } in outcome(ended)?.unwrap_or_default() {
            self.under_way -= 1;
            match settled {
                Some((resource, moved_to)) => self.settled(&url, &resource, moved_to, backoff),
                None => self.timetable.settle(&url, None),
            }
            self.be_patient(&url, backoff);
            // It is committed: from here on the host may be another's.
            drop(holds);
        }
        Ok(())
    }

    fn settled(&mut self, url: &CanonicalUrl, resource: &Resource, moved_to: Option<CanonicalUrl>, backoff: Instant) {
        let now = Instant::now();
        let Some(outcome) = resource.visit.as_ref().map(|visit| &visit.outcome) else { return };
        self.tell(resource, outcome);
        self.is_ahead |= set_back(resource, self.visitor.clock.now()).is_some();
        let mut due = resource.due;
        if let Some(pass) = &mut self.pass {
            let attempts = pass.attempts.entry(url.clone()).or_default();
            *attempts += 1;
            let failed = matches!(outcome, VisitOutcome::Failed { .. });
            if failed && backoff > now && backoff <= now + PASS_PATIENCE && *attempts < PASS_ATTEMPTS {
                // Its host asks to come back soon: the pass is not over before.
                let again = self.visitor.clock.now();
                self.timetable.settle(url, Some((again, is_prompt(resource))));
                return;
            }
            pass.done.insert(url.clone());
            pass.done.extend(moved_to);
            due = None;
        }
        self.summary.count(outcome);
        self.timetable.settle(url, due.map(|due| (due, is_prompt(resource))));
    }

    /// In one pass, what waits for a host that is to be left alone for long is left for a later one.
    fn be_patient(&mut self, url: &CanonicalUrl, backoff: Instant) {
        if self.pass.is_some() && backoff > Instant::now() + PASS_PATIENCE {
            self.leave_for_later(&url.origin());
        }
    }

    /// In one pass nobody waits for a host that is to be left alone for long.
    fn leave_for_later(&mut self, origin: &str) {
        let left = self.timetable.drop_host(origin);
        if left.is_empty() {
            return;
        }
        tracing::warn!(
            host = origin,
            resources = left.len(),
            "the host is to be left alone for a while: what waited for it is left for a later pass"
        );
        self.summary.failed += left.len() as u64;
        if let Some(pass) = &mut self.pass {
            pass.done.extend(left);
        }
    }

    /// Tells the operator of a failure, once for each host until it is well again.
    fn tell(&mut self, resource: &Resource, outcome: &VisitOutcome) {
        let origin = resource.url.origin();
        let (source, url) = (resource.source.as_str(), resource.url.as_str());
        match outcome {
            VisitOutcome::Fetched { .. } | VisitOutcome::Unchanged => {
                self.warned.remove(&origin);
                tracing::debug!(source.id = source, url, ?outcome, "visited");
            }
            VisitOutcome::Failed { reason, .. } | VisitOutcome::Refused { reason }
                if self.warned.insert(origin.clone()) =>
            {
                tracing::warn!(source.id = source, url, reason, "cannot fetch");
            }
            VisitOutcome::Failed { reason, .. } | VisitOutcome::Refused { reason } => {
                tracing::debug!(source.id = source, url, reason, "cannot fetch");
            }
            VisitOutcome::Gone { status } if resource.due.is_none() || resource.role != ResourceRole::Document => {
                tracing::warn!(source.id = source, url, status, "gone");
            }
            VisitOutcome::Gone { status } => tracing::debug!(source.id = source, url, status, "not there"),
        }
    }

    /// Lets visits under way end; what takes too long is broken off. What was fetched is kept.
    async fn wind_up(&mut self) -> Result<(), CrawlError> {
        let deadline = Instant::now() + SHUTDOWN_GRACE;
        loop {
            self.keep_next();
            tokio::select! {
                biased;
                Some(kept) = self.keeping.join_next() => self.kept(kept)?,
                Some(ended) = self.running.join_next() => self.finish(ended)?,
                () = sleep_until(deadline), if !self.running.is_empty() => self.running.shutdown().await,
                else => return Ok(()),
            }
        }
    }
}

/// What a task has come to; a panic goes on here. `None`: it was cancelled, which is done in `wind_up` only.
fn outcome<T>(ended: Result<Result<T, CrawlError>, JoinError>) -> Result<Option<T>, CrawlError> {
    match ended {
        Ok(outcome) => outcome.map(Some),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_cancelled) => Ok(None),
        },
    }
}

/// Feeds and listings bring what is new; they go first.
fn is_prompt(resource: &Resource) -> bool {
    resource.role != ResourceRole::Document
}
