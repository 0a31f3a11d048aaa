//! Plays the schedule through a span of time, in steps, without a network: what a pace and a calendar cost in requests, and
//! how long what is new waits. It runs the same code as a crawl: `timetable`, `schedule`, `rhythm`, `manners`, calendars.
//!
//! Time and chance are arguments; nothing is fetched, kept or waited for.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bellwether_model::id::ContentHash;
use bellwether_model::source::{Host, Resource, ResourceRole, Visit, VisitOutcome};
use bellwether_model::web::CanonicalUrl;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::groups::Groups;
use super::manners::{self, plus, unknown_host};
use super::rhythm;
use super::schedule::{Outlook, next_due, seed};
use super::timetable::{Rest, Timetable};
use crate::settings::{CrawlerSettings, SourceSettings};

/// How long an answer takes.
const ANSWER: Duration = Duration::from_millis(200);

/// A source and what becomes of it.
#[derive(Debug, Clone)]
pub struct Fate {
    /// The source; no other has its address.
    pub settings: Arc<SourceSettings>,
    /// When something new appears on it, in order.
    pub news: Vec<Timestamp>,
    /// When its host answers with 503: from, to; in order.
    pub outages: Vec<(Timestamp, Timestamp)>,
}

/// How one source fared.
#[derive(Debug, Clone, Default)]
pub struct Course {
    /// Requests.
    pub requests: u64,
    /// Requests that its host answered with 503.
    pub refused: u64,
    /// For each piece of news that was found, when it appeared and how long it waited.
    pub delays: Vec<(Timestamp, Duration)>,
}

/// How all of them fared.
#[derive(Debug, Clone)]
pub struct Played {
    /// The courses, in the order of the sources.
    pub courses: Vec<Course>,
    /// Most requests to all hosts in one minute.
    pub busiest_minute: u64,
    /// Shortest time from the end of an answer to the next request to the same host; `None`: no host was asked twice.
    pub shortest_gap: Option<Duration>,
}

/// Follows sources from one time to another. `chance`: numbers of at least 0 and below 1.
///
/// # Panics
/// Two sources have one address.
#[must_use]
pub fn play(
    fates: &[Fate],
    crawler: &CrawlerSettings,
    (from, to): (Timestamp, Timestamp),
    chance: &mut dyn FnMut() -> f64,
) -> Played {
    let mut stage = Stage::new(fates, crawler, from);
    let mut now = from;
    while now < to {
        stage.timetable.advance(now);
        while let Some(url) = stage.timetable.next(stage.instant(now)) {
            stage.visit(&url, now, chance);
        }
        let due = stage.timetable.next_due().unwrap_or(to);
        let rested = stage.timetable.next_rested().map_or(to, |instant| stage.time(instant));
        now = due.min(rested).max(plus(now, Duration::from_nanos(1)));
    }
    stage.played
}

/// One source while it is played.
struct Actor<'f> {
    fate: &'f Fate,
    resource: Resource,
    /// How many of its news are known.
    known: usize,
    last_news: Option<Timestamp>,
    host: usize,
}

struct Stage<'f> {
    start: (Timestamp, Instant),
    crawler: &'f CrawlerSettings,
    timetable: Timetable,
    actors: Vec<Actor<'f>>,
    by_url: HashMap<CanonicalUrl, usize>,
    hosts: Vec<Host>,
    minute: (i64, u64),
    played: Played,
}

impl<'f> Stage<'f> {
    fn new(fates: &'f [Fate], crawler: &'f CrawlerSettings, from: Timestamp) -> Self {
        let groups = Arc::new(Groups::new(&crawler.groups));
        let mut timetable = Timetable::new(crawler.connections_per_host, groups);
        let (mut actors, mut by_url) = (Vec::with_capacity(fates.len()), HashMap::new());
        let (mut hosts, mut by_origin) = (Vec::new(), HashMap::new());
        for fate in fates {
            let resource = seed(&fate.settings, None, from).expect("what is not known yet is to be written");
            let origin = resource.url.origin();
            let host = *by_origin.entry(origin.clone()).or_insert_with(|| {
                hosts.push(unknown_host(&origin));
                hosts.len() - 1
            });
            timetable.put(&resource.url, from, resource.role != ResourceRole::Document);
            let earlier = by_url.insert(resource.url.clone(), actors.len());
            assert!(earlier.is_none(), "{} is the address of two sources", resource.url);
            actors.push(Actor { fate, resource, known: 0, last_news: None, host });
        }
        let played = Played { courses: vec![Course::default(); fates.len()], busiest_minute: 0, shortest_gap: None };
        let start = (from, Instant::now());
        Self { start, crawler, timetable, actors, by_url, hosts, minute: (0, 0), played }
    }

    fn instant(&self, time: Timestamp) -> Instant {
        self.start.1 + manners::since(self.start.0, time)
    }

    fn time(&self, instant: Instant) -> Timestamp {
        plus(self.start.0, instant.saturating_duration_since(self.start.1))
    }

    fn visit(&mut self, url: &CanonicalUrl, now: Timestamp, chance: &mut dyn FnMut() -> f64) {
        let number = self.by_url[url];
        let actor = &mut self.actors[number];
        let host = &mut self.hosts[actor.host];
        let left = manners::wait(host, self.crawler.gap, now);
        let turn = left.gap.max(left.backoff);
        if !turn.is_zero() {
            // Nothing else waited for the host, so the timetable had forgotten its rest.
            let until = self.start.1 + manners::since(self.start.0, plus(now, turn));
            self.timetable.postpone(url, until);
            return;
        }
        let course = &mut self.played.courses[number];
        if let Some(before) = host.last_request {
            let gap = manners::since(before, now);
            self.played.shortest_gap = Some(self.played.shortest_gap.map_or(gap, |shortest| shortest.min(gap)));
        }
        let minute = now.as_second() / 60;
        self.minute = if self.minute.0 == minute { (minute, self.minute.1 + 1) } else { (minute, 1) };
        self.played.busiest_minute = self.played.busiest_minute.max(self.minute.1);
        course.requests += 1;

        let ended = plus(now, ANSWER);
        let is_down = actor.fate.outages.iter().any(|(from, to)| *from <= now && now < *to);
        let status = if is_down { 503 } else { 200 };
        manners::answered(host, ended, status, None, chance());
        let outcome = if is_down {
            course.refused += 1;
            VisitOutcome::Failed { status: Some(status), reason: String::new() }
        } else {
            let is_first = actor.resource.content.is_none();
            let before = actor.known;
            actor.known += actor.fate.news[before..].partition_point(|at| *at <= now);
            let found = &actor.fate.news[before..actor.known];
            if !is_first {
                course.delays.extend(found.iter().map(|at| (*at, manners::since(*at, now))));
            }
            if is_first || !found.is_empty() {
                actor.last_news = Some(ended);
                VisitOutcome::Fetched { status }
            } else {
                VisitOutcome::Unchanged
            }
        };
        let source = &*actor.fate.settings;
        actor.resource.rhythm = rhythm::after(&actor.resource, source, &outcome, actor.last_news, ended);
        let outlook = Outlook {
            source,
            news: actor.last_news,
            fresh: Duration::ZERO,
            not_before: host.backoff_until,
            random: chance(),
        };
        let due = next_due(&actor.resource, true, &outlook, &outcome, ended);
        actor.resource.failures = if is_down { actor.resource.failures + 1 } else { 0 };
        if !is_down && actor.resource.content.is_none() {
            actor.resource.content = Some(ContentHash::of(b""));
        }
        actor.resource.visit = Some(Visit { at: ended, outcome, took_ms: None });
        let left = manners::wait(host, self.crawler.gap, ended);
        let free = plus(ended, left.gap.max(left.backoff));
        let is_prompt = actor.resource.role != ResourceRole::Document;
        let rest = Rest { host: self.instant(free), group: self.instant(plus(ended, self.crawler.gap)) };
        self.timetable.finish(url, due.map(|due| (due, is_prompt)), rest);
    }
}

/// Has the timetable make one turn for each of so many resources on so many hosts: due, waiting, visited, due again. How
/// many turns it made; for benches.
#[must_use]
pub fn turns(resources: usize, hosts: usize) -> usize {
    let mut timetable = Timetable::new(1, Arc::default());
    for number in 0..resources {
        let address = format!("https://host-{}.example/resource/{number}", number % hosts.max(1));
        let url = CanonicalUrl::parse(&address).expect("an address");
        timetable.put(&url, Timestamp::UNIX_EPOCH, number % 3 == 0);
    }
    let (mut now, mut turns) = (Instant::now(), 0);
    timetable.advance(Timestamp::UNIX_EPOCH);
    while turns < resources {
        while let Some(url) = timetable.next(now) {
            timetable.finish(&url, Some((Timestamp::MAX, false)), now + ANSWER);
            turns += 1;
        }
        now += ANSWER;
    }
    turns
}

/// The middle one of delays; `None`: there are none.
#[must_use]
pub fn median(mut delays: Vec<Duration>) -> Option<Duration> {
    delays.sort_unstable();
    delays.get(delays.len() / 2).copied()
}

/// How many requests polling at one fixed interval takes for the same median delay: what appears at any time waits half of
/// the interval in the median.
#[must_use]
pub fn fixed_requests(median: Duration, span: SignedDuration) -> f64 {
    span.as_secs_f64() / (2.0 * median.as_secs_f64().max(0.5))
}
