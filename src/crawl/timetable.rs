//! Whose turn it is: what is due and when, sorted into a queue for each host. Pure: the time is an argument.
//!
//! It holds names and times only; the resources themselves stay in the store. Must not fetch, wait or read.

use std::collections::hash_map::Entry as Slot;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use bellwether_model::web::CanonicalUrl;
use jiff::Timestamp;
use tokio::time::Instant;

use super::groups::{Groups, host_of};

/// What is due and when. Each step costs the logarithm of what is in it.
pub(super) struct Timetable {
    /// Resources of one host that may be visited at a time.
    per_host: usize,
    stages: HashMap<CanonicalUrl, Stage>,
    upcoming: BTreeSet<(Timestamp, CanonicalUrl)>,
    hosts: HashMap<String, Queue>,
    /// Hosts that may be asked now, in turn, each with its ticket: one whose place has another is no longer there.
    ready: VecDeque<(u64, String)>,
    next_ticket: u64,
    /// Hosts that must be left alone for a while.
    resting: BTreeSet<(Instant, String)>,
    groups: Arc<Groups>,
    /// How the groups stand, by their place in the list.
    shared: Vec<Shared>,
    /// Groups that must be left alone for a while.
    resting_groups: BTreeSet<(Instant, usize)>,
}

/// How a group of hosts stands.
#[derive(Default)]
struct Shared {
    /// Resources of its hosts that are being visited.
    visited: usize,
    /// That may be visited at a time.
    most: usize,
    until: Option<Instant>,
    /// Its hosts that wait for the group and for nothing else. One whose place is another is no longer there.
    waiting: VecDeque<String>,
}

impl Shared {
    fn is_busy(&self) -> bool {
        self.visited >= self.most || self.until.is_some()
    }
}

/// Until when a host and the group that it belongs to are left alone after a visit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rest {
    pub(super) host: Instant,
    pub(super) group: Instant,
}

impl From<Instant> for Rest {
    fn from(until: Instant) -> Self {
        Self { host: until, group: until }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Not yet due. `prompt`: it goes before the others of its host.
    Upcoming { due: Timestamp, prompt: bool },
    /// Waits for its host.
    Queued,
    /// Is being visited.
    Visited,
}

#[derive(Default)]
struct Queue {
    /// Feeds and listings: what is new must not wait behind a thousand old articles.
    prompt: VecDeque<CanonicalUrl>,
    others: VecDeque<CanonicalUrl>,
    /// The last one was prompt, so one of the others is next: many listings must not keep every article waiting.
    was_prompt: bool,
    visited: usize,
    place: Place,
    /// The group of the host, by its place in the list.
    group: Option<usize>,
}

impl Queue {
    fn is_empty(&self) -> bool {
        self.prompt.is_empty() && self.others.is_empty()
    }

    fn pop(&mut self) -> Option<CanonicalUrl> {
        let others_turn = self.was_prompt && !self.others.is_empty();
        self.was_prompt = !self.prompt.is_empty() && !others_turn;
        if self.was_prompt { self.prompt.pop_front() } else { self.others.pop_front() }
    }
}

/// Where a host stands; each stands in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Place {
    /// Nothing waits for it, or as much is asked of it as may be.
    #[default]
    Idle,
    Ready(u64),
    Resting(Instant),
    /// For its group.
    Waiting,
}

impl Timetable {
    /// An empty timetable.
    pub(super) fn new(per_host: usize, groups: Arc<Groups>) -> Self {
        let shared = groups.list().iter().map(|group| Shared { most: group.connections.max(1), ..Shared::default() });
        Self {
            per_host: per_host.max(1),
            stages: HashMap::new(),
            upcoming: BTreeSet::new(),
            hosts: HashMap::new(),
            ready: VecDeque::new(),
            next_ticket: 0,
            resting: BTreeSet::new(),
            shared: shared.collect(),
            groups,
            resting_groups: BTreeSet::new(),
        }
    }

    /// Makes a resource due at a time, or at another one. What waits or is visited already stays as it is.
    pub(super) fn put(&mut self, url: &CanonicalUrl, due: Timestamp, prompt: bool) {
        match self.stages.entry(url.clone()) {
            Slot::Occupied(slot) if !matches!(slot.get(), Stage::Upcoming { .. }) => return,
            Slot::Occupied(mut slot) => {
                if let Stage::Upcoming { due, .. } = *slot.get() {
                    self.upcoming.remove(&(due, url.clone()));
                }
                slot.insert(Stage::Upcoming { due, prompt });
            }
            Slot::Vacant(slot) => {
                slot.insert(Stage::Upcoming { due, prompt });
            }
        }
        self.upcoming.insert((due, url.clone()));
    }

    /// Whether a resource is due at some time, waits or is visited.
    pub(super) fn knows(&self, url: &CanonicalUrl) -> bool {
        self.stages.contains_key(url)
    }

    /// Forgets a resource that is not due yet.
    pub(super) fn remove(&mut self, url: &CanonicalUrl) {
        if let Some(Stage::Upcoming { due, .. }) = self.stages.get(url).copied() {
            self.stages.remove(url);
            self.upcoming.remove(&(due, url.clone()));
        }
    }

    /// Lets what has become due wait for its host.
    pub(super) fn advance(&mut self, now: Timestamp) {
        while let Some((due, _)) = self.upcoming.first() {
            if *due > now {
                return;
            }
            let Some((_, url)) = self.upcoming.pop_first() else { return };
            let prompt =
                matches!(self.stages.insert(url.clone(), Stage::Queued), Some(Stage::Upcoming { prompt: true, .. }));
            let origin = url.origin();
            let queue = match self.hosts.entry(origin.clone()) {
                Slot::Occupied(slot) => slot.into_mut(),
                Slot::Vacant(slot) => {
                    slot.insert(Queue { group: self.groups.of(host_of(&origin)), ..Queue::default() })
                }
            };
            if prompt { &mut queue.prompt } else { &mut queue.others }.push_back(url);
            self.stand(&origin, None);
        }
    }

    /// The next resource whose host may be asked now; it counts as being visited from here on.
    pub(super) fn next(&mut self, now: Instant) -> Option<CanonicalUrl> {
        self.wake(Some(now));
        while let Some((ticket, origin)) = self.ready.pop_front() {
            let Some(queue) = self.hosts.get_mut(&origin) else { continue };
            if queue.place != Place::Ready(ticket) {
                continue;
            }
            if queue.is_empty() {
                // What waited here was given up since.
                queue.place = Place::Idle;
                continue;
            }
            if let Some(group) = queue.group.and_then(|group| self.shared.get_mut(group)) {
                if group.is_busy() {
                    queue.place = Place::Waiting;
                    group.waiting.push_back(origin);
                    continue;
                }
                group.visited += 1;
            }
            queue.place = Place::Idle;
            queue.visited += 1;
            let url = queue.pop().expect("it is not empty");
            self.stages.insert(url.clone(), Stage::Visited);
            self.stand(&origin, None);
            return Some(url);
        }
        None
    }

    /// Ends rests: those that are over, or all where no time is given, since a clock has jumped and who must still be
    /// left alone is known elsewhere.
    pub(super) fn wake(&mut self, now: Option<Instant>) {
        let is_over = |until: Instant| now.is_none_or(|now| until <= now);
        while self.resting.first().is_some_and(|(until, _)| is_over(*until)) {
            if let Some((_, origin)) = self.resting.pop_first()
                && let Some(queue) = self.hosts.get_mut(&origin)
            {
                queue.place = Place::Idle;
                self.stand(&origin, None);
            }
        }
        while self.resting_groups.first().is_some_and(|(until, _)| is_over(*until)) {
            if let Some((_, group)) = self.resting_groups.pop_first() {
                self.shared[group].until = None;
                self.admit(group);
            }
        }
    }

    /// Lets hosts of a group that is free be asked, before others that came later.
    fn admit(&mut self, group: usize) {
        let shared = &mut self.shared[group];
        let mut room = if shared.until.is_some() { 0 } else { shared.most.saturating_sub(shared.visited) };
        while room > 0 {
            let Some(origin) = shared.waiting.pop_front() else { return };
            let Some(queue) = self.hosts.get_mut(&origin) else { continue };
            if queue.place == Place::Waiting {
                queue.place = Place::Ready(self.next_ticket);
                self.ready.push_front((self.next_ticket, origin));
                self.next_ticket += 1;
                room -= 1;
            }
        }
    }

    /// A visit has ended; its host rests. `due`: when the resource is due again; `None`: not by itself.
    pub(super) fn finish(&mut self, url: &CanonicalUrl, due: Option<(Timestamp, bool)>, rest: impl Into<Rest>) {
        self.release(url, rest);
        self.settle(url, due);
    }

    /// A visit has its answer: its host rests, and may be asked for others before this one is settled.
    pub(super) fn release(&mut self, url: &CanonicalUrl, rest: impl Into<Rest>) {
        self.leave(url, rest.into());
    }

    /// The answer of a visit is kept. `due`: when the resource is due again; `None`: not by itself.
    pub(super) fn settle(&mut self, url: &CanonicalUrl, due: Option<(Timestamp, bool)>) {
        self.stages.remove(url);
        if let Some((due, prompt)) = due {
            self.put(url, due, prompt);
        }
    }

    /// A visit could not be made, since its host must rest: the resource is taken again after that.
    pub(super) fn postpone(&mut self, url: &CanonicalUrl, rest: impl Into<Rest>) {
        self.stages.insert(url.clone(), Stage::Queued);
        let queue = self.hosts.entry(url.origin()).or_default();
        if queue.was_prompt { &mut queue.prompt } else { &mut queue.others }.push_front(url.clone());
        // As if it had not been taken.
        queue.was_prompt = !queue.was_prompt;
        self.leave(url, rest.into());
    }

    /// Gives up everything that waits for a host.
    pub(super) fn drop_host(&mut self, origin: &str) -> Vec<CanonicalUrl> {
        let Some(queue) = self.hosts.get_mut(origin) else { return Vec::new() };
        let mut dropped: Vec<CanonicalUrl> = queue.prompt.drain(..).collect();
        dropped.extend(queue.others.drain(..));
        for url in &dropped {
            self.stages.remove(url);
        }
        self.stand(origin, None);
        dropped
    }

    /// Whether anything waits for a host or is visited there.
    pub(super) fn is_busy(&self, origin: &str) -> bool {
        self.hosts.contains_key(origin)
    }

    /// When the next resource becomes due.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.upcoming.first().map(|(due, _)| *due)
    }

    /// When the next resting host, or group of hosts, may be asked.
    pub(super) fn next_rested(&self) -> Option<Instant> {
        let host = self.resting.first().map(|(until, _)| *until);
        let group = self.resting_groups.first().map(|(until, _)| *until);
        host.into_iter().chain(group).min()
    }

    /// Whether nothing waits for a host and nothing is visited.
    pub(super) fn is_quiet(&self) -> bool {
        self.hosts.is_empty()
    }

    fn leave(&mut self, url: &CanonicalUrl, rest: Rest) {
        let origin = url.origin();
        let mut group = None;
        if let Some(queue) = self.hosts.get_mut(&origin) {
            queue.visited = queue.visited.saturating_sub(1);
            group = queue.group;
        }
        self.stand(&origin, Some(rest.host));
        if let Some(number) = group {
            let shared = &mut self.shared[number];
            shared.visited = shared.visited.saturating_sub(1);
            if let Some(before) = shared.until.replace(rest.group) {
                self.resting_groups.remove(&(before, number));
            }
            self.resting_groups.insert((rest.group, number));
        }
    }

    /// Puts a host where it belongs. `rest`: it must be left alone until then; `None`: as before.
    fn stand(&mut self, origin: &str, rest: Option<Instant>) {
        let Some(queue) = self.hosts.get_mut(origin) else { return };
        let waits = !queue.is_empty();
        if let Place::Resting(before) = queue.place
            && (rest.is_some() || (!waits && queue.visited == 0))
        {
            self.resting.remove(&(before, origin.to_owned()));
            queue.place = Place::Idle;
        }
        if !waits && queue.visited == 0 {
            // Its turn is kept where requests are made; here it may be forgotten.
            self.hosts.remove(origin);
            return;
        }
        match (queue.place, rest) {
            (_, Some(until)) => {
                queue.place = Place::Resting(until);
                self.resting.insert((until, origin.to_owned()));
            }
            (Place::Idle, None) if waits && queue.visited < self.per_host => {
                queue.place = Place::Ready(self.next_ticket);
                self.ready.push_back((self.next_ticket, origin.to_owned()));
                self.next_ticket += 1;
            }
            (Place::Idle | Place::Ready(_) | Place::Resting(_) | Place::Waiting, None) => {}
        }
    }
}

#[cfg(test)]
#[path = "timetable_tests.rs"]
mod tests;
