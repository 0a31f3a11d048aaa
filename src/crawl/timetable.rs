//! Whose turn it is: what is due and when, sorted into a queue for each host. Pure: the time is an argument.
//!
//! It holds names and times only; the resources themselves stay in the store. Must not fetch, wait or read.

use std::collections::hash_map::Entry as Slot;
use std::collections::{BTreeSet, HashMap, VecDeque};

use bellwether_model::web::CanonicalUrl;
use jiff::Timestamp;
use tokio::time::Instant;

/// What is due and when.
pub(super) struct Timetable {
    /// Resources of one host that may be visited at a time.
    per_host: usize,
    stages: HashMap<CanonicalUrl, Stage>,
    upcoming: BTreeSet<(Timestamp, CanonicalUrl)>,
    hosts: HashMap<String, Queue>,
    /// Hosts that may be asked now, in turn.
    ready: VecDeque<String>,
    /// Hosts that must be left alone for a while.
    resting: BTreeSet<(Instant, String)>,
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
}

impl Queue {
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
    Ready,
    Resting(Instant),
}

impl Timetable {
    /// An empty timetable.
    pub(super) fn new(per_host: usize) -> Self {
        Self {
            per_host: per_host.max(1),
            stages: HashMap::new(),
            upcoming: BTreeSet::new(),
            hosts: HashMap::new(),
            ready: VecDeque::new(),
            resting: BTreeSet::new(),
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
            let queue = self.hosts.entry(origin.clone()).or_default();
            if prompt { &mut queue.prompt } else { &mut queue.others }.push_back(url);
            self.stand(&origin, None);
        }
    }

    /// The next resource whose host may be asked now; it counts as being visited from here on.
    pub(super) fn next(&mut self, now: Instant) -> Option<CanonicalUrl> {
        while let Some((until, _)) = self.resting.first() {
            if *until > now {
                break;
            }
            if let Some((_, origin)) = self.resting.pop_first() {
                self.hosts.entry(origin.clone()).or_default().place = Place::Idle;
                self.stand(&origin, None);
            }
        }
        while let Some(origin) = self.ready.pop_front() {
            let Some(queue) = self.hosts.get_mut(&origin) else { continue };
            queue.place = Place::Idle;
            // What waited here may have been given up since.
            let Some(url) = queue.pop() else { continue };
            queue.visited += 1;
            self.stages.insert(url.clone(), Stage::Visited);
            self.stand(&origin, None);
            return Some(url);
        }
        None
    }

    /// A visit has ended; its host rests. `due`: when the resource is due again; `None`: not by itself.
    pub(super) fn finish(&mut self, url: &CanonicalUrl, due: Option<(Timestamp, bool)>, rest: Instant) {
        self.stages.remove(url);
        if let Some((due, prompt)) = due {
            self.put(url, due, prompt);
        }
        self.leave(url, rest);
    }

    /// A visit could not be made, since its host must rest: the resource is taken again after that.
    pub(super) fn postpone(&mut self, url: &CanonicalUrl, rest: Instant) {
        self.stages.insert(url.clone(), Stage::Queued);
        let queue = self.hosts.entry(url.origin()).or_default();
        if queue.was_prompt { &mut queue.prompt } else { &mut queue.others }.push_front(url.clone());
        // As if it had not been taken.
        queue.was_prompt = !queue.was_prompt;
        self.leave(url, rest);
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

    /// When the next resource becomes due.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.upcoming.first().map(|(due, _)| *due)
    }

    /// When the next resting host may be asked.
    pub(super) fn next_rested(&self) -> Option<Instant> {
        self.resting.first().map(|(until, _)| *until)
    }

    /// Whether nothing waits for a host and nothing is visited.
    pub(super) fn is_quiet(&self) -> bool {
        self.hosts.is_empty()
    }

    fn leave(&mut self, url: &CanonicalUrl, rest: Instant) {
        let origin = url.origin();
        if let Some(queue) = self.hosts.get_mut(&origin) {
            queue.visited = queue.visited.saturating_sub(1);
        }
        self.stand(&origin, Some(rest));
    }

    /// Puts a host where it belongs. `rest`: it must be left alone until then; `None`: as before.
    fn stand(&mut self, origin: &str, rest: Option<Instant>) {
        let Some(queue) = self.hosts.get_mut(origin) else { return };
        let waits = !(queue.prompt.is_empty() && queue.others.is_empty());
        if !waits && queue.visited == 0 {
            // Its turn is kept where requests are made; here it may be forgotten.
            match queue.place {
                Place::Ready => self.ready.retain(|ready| ready != origin),
                Place::Resting(until) => {
                    self.resting.remove(&(until, origin.to_owned()));
                }
                Place::Idle => {}
            }
            self.hosts.remove(origin);
            return;
        }
        match (queue.place, rest) {
            (Place::Ready, Some(until)) => {
                self.ready.retain(|ready| ready != origin);
                queue.place = Place::Resting(until);
                self.resting.insert((until, origin.to_owned()));
            }
            (Place::Resting(before), Some(until)) => {
                self.resting.remove(&(before, origin.to_owned()));
                queue.place = Place::Resting(until);
                self.resting.insert((until, origin.to_owned()));
            }
            (Place::Idle, Some(until)) => {
                queue.place = Place::Resting(until);
                self.resting.insert((until, origin.to_owned()));
            }
            (Place::Idle, None) if waits && queue.visited < self.per_host => {
                queue.place = Place::Ready;
                self.ready.push_back(origin.to_owned());
            }
            (Place::Idle | Place::Ready | Place::Resting(_), None) => {}
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn url(text: &str) -> CanonicalUrl {
        CanonicalUrl::parse(text).unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    const A1: &str = "https://a.example/1";
    const A2: &str = "https://a.example/2";
    const A_FEED: &str = "https://a.example/feed";
    const B1: &str = "https://b.example/1";

    fn filled(per_host: usize) -> Timetable {
        let mut timetable = Timetable::new(per_host);
        timetable.put(&url(A1), at(1), false);
        timetable.put(&url(A2), at(2), false);
        timetable.put(&url(A_FEED), at(3), true);
        timetable.put(&url(B1), at(4), false);
        timetable
    }

    #[test]
    fn hosts_take_turns_and_feeds_go_first() {
        let mut timetable = filled(1);
        let now = Instant::now();
        assert_eq!(timetable.next(now), None, "nothing is due");
        assert_eq!(timetable.next_due(), Some(at(1)));
        timetable.advance(at(4));
        assert_eq!(timetable.next(now), Some(url(A_FEED)));
        assert_eq!(timetable.next(now), Some(url(B1)));
        assert_eq!(timetable.next(now), None, "both hosts are busy");
        let rest = now + Duration::from_secs(2);
        timetable.finish(&url(A_FEED), Some((at(100), true)), rest);
        assert_eq!(timetable.next(now), None, "the host rests");
        assert_eq!(timetable.next_rested(), Some(rest));
        assert_eq!(timetable.next(rest), Some(url(A1)));
        timetable.finish(&url(A1), None, rest);
        assert_eq!(timetable.next(rest), Some(url(A2)));
        timetable.finish(&url(A2), None, rest);
        timetable.finish(&url(B1), None, rest);
        assert!(timetable.is_quiet());
        assert_eq!(timetable.next_due(), Some(at(100)));
    }

    #[test]
    fn feeds_that_are_always_due_keep_no_article_waiting() {
        let mut timetable = filled(1);
        timetable.advance(at(3));
        let now = Instant::now();
        let mut order = Vec::new();
        for _ in 0..4 {
            let next = timetable.next(now).unwrap();
            let again = (next == url(A_FEED)).then_some((at(3), true));
            timetable.finish(&next, again, now);
            timetable.advance(at(3));
            order.push(next);
        }
        assert_eq!(order, [A_FEED, A1, A_FEED, A2].map(url));
    }

    #[test]
    fn several_of_a_host_at_a_time_only_where_allowed() {
        let mut timetable = filled(2);
        timetable.advance(at(2));
        let now = Instant::now();
        assert_eq!(timetable.next(now), Some(url(A1)));
        assert_eq!(timetable.next(now), Some(url(A2)));
        timetable.advance(at(3));
        assert_eq!(timetable.next(now), None);
        timetable.finish(&url(A1), None, now);
        assert_eq!(timetable.next(now), Some(url(A_FEED)));
    }

    #[test]
    fn a_postponed_visit_comes_again_after_the_rest() {
        let mut timetable = filled(1);
        timetable.advance(at(2));
        let now = Instant::now();
        assert_eq!(timetable.next(now), Some(url(A1)));
        let rest = now + Duration::from_secs(60);
        timetable.postpone(&url(A1), rest);
        assert_eq!(timetable.next(now), None);
        assert_eq!(timetable.next(rest), Some(url(A1)));
    }

    #[test]
    fn a_host_that_is_given_up_leaves_nothing() {
        let mut timetable = filled(1);
        timetable.advance(at(3));
        let now = Instant::now();
        let first = timetable.next(now).unwrap();
        timetable.finish(&first, None, now + Duration::from_secs(60));
        assert_eq!(timetable.drop_host("https://a.example").len(), 2);
        assert!(timetable.is_quiet());
        assert_eq!(timetable.next_rested(), None);
        // It can come again.
        timetable.put(&url(A1), at(3), false);
        timetable.advance(at(3));
        assert_eq!(timetable.next(now), Some(url(A1)));
    }

    #[test]
    fn a_due_time_can_be_moved_and_taken_back() {
        let mut timetable = filled(1);
        timetable.put(&url(A1), at(50), false);
        timetable.remove(&url(A2));
        assert_eq!(timetable.next_due(), Some(at(3)));
        timetable.advance(at(3));
        // What waits already is neither doubled nor taken back.
        timetable.put(&url(A_FEED), at(1), true);
        timetable.remove(&url(A_FEED));
        let now = Instant::now();
        assert_eq!(timetable.next(now), Some(url(A_FEED)));
        timetable.finish(&url(A_FEED), None, now);
        assert_eq!(timetable.next(now), None);
    }

    #[derive(Debug, Clone)]
    enum Step {
        Put(u8, bool),
        Next,
        Finish(bool),
        Postpone,
        Drop(u8),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            4 => (0..12_u8, any::<bool>()).prop_map(|(page, prompt)| Step::Put(page, prompt)),
            4 => Just(Step::Next),
            2 => any::<bool>().prop_map(Step::Finish),
            1 => Just(Step::Postpone),
            1 => (0..3_u8).prop_map(Step::Drop),
        ];
        proptest::collection::vec(step, 0..60)
    }

    proptest! {
        /// Whatever happens, no host is asked more than is allowed, and everything that waits is visited in the end.
        #[test]
        fn nothing_is_lost_or_doubled(steps in steps(), per_host in 1..3_usize) {
            let mut timetable = Timetable::new(per_host);
            let mut now = Instant::now();
            let mut waiting = BTreeSet::new();
            let mut visited: Vec<CanonicalUrl> = Vec::new();
            for step in steps {
                now += Duration::from_secs(1);
                match step {
                    Step::Put(page, prompt) => {
                        let page = url(&format!("https://host{}.example/{page}", page % 3));
                        timetable.put(&page, at(1), prompt);
                        timetable.advance(at(1));
                        if !visited.contains(&page) {
                            waiting.insert(page);
                        }
                    }
                    Step::Next => {
                        if let Some(page) = timetable.next(now) {
                            prop_assert!(waiting.remove(&page), "{page} did not wait");
                            visited.push(page.clone());
                            let beside = visited.iter().filter(|other| other.origin() == page.origin()).count();
                            prop_assert!(beside <= per_host);
                        }
                    }
                    Step::Finish(again) => {
                        if let Some(page) = visited.pop() {
                            timetable.finish(&page, again.then_some((at(1), false)), now + Duration::from_secs(3));
                            timetable.advance(at(1));
                            waiting.extend(again.then_some(page));
                        }
                    }
                    Step::Postpone => {
                        if let Some(page) = visited.pop() {
                            timetable.postpone(&page, now + Duration::from_secs(9));
                            waiting.insert(page);
                        }
                    }
                    Step::Drop(host) => {
                        for page in timetable.drop_host(&format!("https://host{host}.example")) {
                            prop_assert!(waiting.remove(&page), "{page} did not wait");
                        }
                    }
                }
            }
            for page in visited {
                timetable.finish(&page, None, now);
            }
            now += Duration::from_secs(60);
            while let Some(page) = timetable.next(now) {
                prop_assert!(waiting.remove(&page), "{page} did not wait");
                timetable.finish(&page, None, now);
            }
            prop_assert!(waiting.is_empty(), "{waiting:?}");
            prop_assert!(timetable.is_quiet());
        }
    }
}
