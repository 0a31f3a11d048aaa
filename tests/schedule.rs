//! The schedule through the whole engine, by a clock that is stepped: releases that are late, clocks that jump, waits over a
//! restart, hosts that share a limit; and a year played without a network.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

#[allow(dead_code, reason = "the example uses the rest")]
#[path = "../examples/year/population.rs"]
mod population;
#[path = "support/trial.rs"]
mod trial;
#[path = "support/web.rs"]
mod web;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bellwether::calendar::{Calendar, Days, Moved, Pace, Rule, WorkDays};
use bellwether::clock::{Clock as _, SharedClock, SteppedClock};
use bellwether::crawl::simulation::{fixed_requests, median, play};
use bellwether::crawl::{self, Mode, Summary};
use bellwether::routing::Routing;
use bellwether::settings::{CrawlerSettings, HostGroup, SourceSettings};
use bellwether::{shutdown, watch};
use bellwether_model::event::EventChange;
use bellwether_model::id::{ChannelId, SourceId};
use bellwether_model::source::{Resource, ResourceRole, SourceKind, VisitOutcome};
use bellwether_model::web::CanonicalUrl;
use bellwether_store::archive::Archive;
use bellwether_store::{Change, Store, Transaction};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use population::{Chance, Class, sources};
use trial::{open_web, read, source};
use web::{Reply, Seen, Web};

/// Store, archive and clock of a crawl; the store can be closed and opened again, as by a restart.
struct Process {
    folder: tempfile::TempDir,
    clock: Arc<SteppedClock>,
    settings: CrawlerSettings,
}

impl Process {
    fn of(webs: &[&Web]) -> Self {
        let allow_private: Vec<SocketAddr> = webs.iter().map(|web| web.address()).collect();
        Self {
            folder: tempfile::tempdir().unwrap(),
            clock: Arc::new(SteppedClock::at("2026-01-07T08:00:00Z".parse().unwrap())),
            settings: CrawlerSettings { gap: Duration::ZERO, allow_private, ..CrawlerSettings::default() },
        }
    }

    fn open(&self) -> (Store, Archive) {
        let path: &Path = self.folder.path();
        (Store::open(&path.join("store")).unwrap(), Archive::open(&path.join("archive")).unwrap())
    }

    /// One pass in a process of its own.
    async fn pass(&self, sources: &[SourceSettings], all: bool) -> (Summary, Store) {
        let (store, archive) = self.open();
        let (sender, ends) = shutdown::channel();
        let reader = tokio::spawn(read(store.clone()));
        let clock: SharedClock = self.clock.clone();
        let mode = Mode::Once { sources: Vec::new(), all };
        let run = crawl::run(self.settings.clone(), sources.to_vec(), store.clone(), archive, clock, mode, ends);
        let summary = tokio::time::timeout(Duration::from_secs(30), run).await.expect("the pass ends").unwrap();
        reader.abort();
        let _aborted = reader.await;
        drop(sender);
        (summary, store)
    }
}

/// A release on the 8th of each month at 8:00 UTC, overdue an hour later.
fn calendar() -> Calendar {
    Calendar {
        id: "trade".to_owned(),
        zone: TimeZone::UTC,
        rules: vec![Rule {
            days: Days::OfMonth(vec![8]),
            months: Vec::new(),
            at: jiff::civil::time(8, 0, 0, 0),
            moved: Moved::Never,
        }],
        work_days: WorkDays::default(),
        before: Duration::from_secs(300),
        after: Duration::from_secs(3600),
        every: Duration::from_secs(60),
        overdue_after: Duration::from_secs(3600),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_release_is_told_once_over_restarts_and_again_when_it_comes() {
    let is_out = Arc::new(AtomicBool::new(false));
    let published = Arc::clone(&is_out);
    let web = open_web(move |seen| match seen.path.as_str() {
        "/" if published.load(Ordering::Relaxed) => Reply::page("new").with("links", "/old /december"),
        "/" => Reply::page("list").with("links", "/old"),
        path => Reply::page(path),
    })
    .await;
    let trial = Process::of(&[&web]);
    let listing = SourceSettings {
        calendar: Some(Arc::new(calendar())),
        ..source("ministry", SourceKind::Listing, &web.url("/"))
    };
    let told = |store: &Store| -> Vec<EventChange> {
        store.changes(0, 100).unwrap().into_iter().map(|(_, entry)| entry.change).collect()
    };
    // A first start long after the release of December says nothing of it.
    assert_eq!(told(&trial.pass(std::slice::from_ref(&listing), true).await.1), []);
    trial.clock.step(SignedDuration::from_hours(24) + SignedDuration::from_mins(59));
    assert_eq!(told(&trial.pass(std::slice::from_ref(&listing), true).await.1), [], "not yet");
    trial.clock.step(SignedDuration::from_mins(2));
    assert_eq!(told(&trial.pass(std::slice::from_ref(&listing), true).await.1), [EventChange::Overdue]);
    trial.clock.step(SignedDuration::from_mins(30));
    assert_eq!(told(&trial.pass(std::slice::from_ref(&listing), true).await.1), [EventChange::Overdue], "once");
    is_out.store(true, Ordering::Relaxed);
    trial.clock.step(SignedDuration::from_mins(30));
    let (_, store) = trial.pass(&[listing], true).await;
    assert_eq!(told(&store), [EventChange::Overdue, EventChange::Arrived]);
    let owed = store.all_overdue().unwrap().remove(0);
    assert_eq!(owed.by, "2026-01-08T09:00:00Z".parse::<Timestamp>().unwrap());
    assert_eq!(owed.arrived, Some(trial.clock.now()));

    let routing = Routing { releases: vec![ChannelId::new("desk")], ..Routing::default() };
    let clock: SharedClock = trial.clock.clone();
    watch::catch_up(&[], &routing, &(), &store, &clock).unwrap();
    let alerts = store.alerts(10).unwrap();
    assert_eq!(alerts.iter().map(|alert| alert.kind.name()).collect::<Vec<_>>(), ["release.overdue"; 2]);
    assert!(alerts.iter().all(|alert| alert.subject == owed.id.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_that_jump_cause_neither_storm_nor_silence() {
    let web = open_web(|seen| Reply::page(&seen.path)).await;
    let trial = Process::of(&[&web]);
    let pages: Vec<SourceSettings> =
        (0..5).map(|number| source(&format!("p{number}"), SourceKind::Page, &web.url(&format!("/{number}")))).collect();
    let (store, archive) = trial.open();
    let (sender, ends) = shutdown::channel();
    let reader = tokio::spawn(read(store.clone()));
    let mut commits = store.follow();
    let clock: SharedClock = trial.clock.clone();
    let settings = trial.settings.clone();
    let run = tokio::spawn(crawl::run(settings, pages, store.clone(), archive, clock, Mode::Forever, ends));
    let asked = |path: &str| web.paths().iter().filter(|seen| *seen == path).count();
    let all_asked = |times: usize| (0..5).all(|number| asked(&format!("/{number}")) >= times);
    // A commit makes the engine look up, as its own half minute would.
    let nudge = || {
        let url = CanonicalUrl::parse("https://elsewhere.example/").unwrap();
        let nobodys = Resource::new(url, SourceId::new("nobody"), ResourceRole::Document, trial.clock.now());
        let mut transaction = Transaction::new(trial.clock.now());
        transaction.push(Change::Resource(Box::new(nobodys)));
        store.commit(transaction).unwrap();
    };
    let mut until = async |is_so: &dyn Fn() -> bool| {
        while !is_so() {
            tokio::time::timeout(Duration::from_secs(20), commits.recv()).await.expect("it goes on").ok();
        }
    };
    let visited = || -> Vec<Resource> {
        let resources = store.resources(None).unwrap();
        resources.into_iter().filter(|resource| resource.visit.is_some()).collect()
    };
    let settled = |times: usize| {
        all_asked(times) && visited().iter().all(|page| page.due.is_some_and(|due| due > trial.clock.now()))
    };
    until(&|| settled(1)).await;

    // A day on, as after a night in a bag: each once, not once for every time that was missed.
    trial.clock.step(SignedDuration::from_hours(24));
    nudge();
    until(&|| settled(2)).await;

    // A day back: what was due tomorrow is due as soon as it was due before.
    trial.clock.step(SignedDuration::from_hours(-24));
    nudge();
    let slowest = SignedDuration::from_mins(40);
    let is_near = |page: &Resource| page.due.unwrap().duration_since(trial.clock.now()) <= slowest;
    until(&|| visited().iter().all(is_near)).await;
    assert!(!all_asked(3), "not at once");
    trial.clock.step(slowest + SignedDuration::from_mins(1));
    nudge();
    until(&|| settled(3)).await;

    sender.shut_down();
    tokio::time::timeout(Duration::from_secs(20), run).await.unwrap().unwrap().unwrap();
    reader.abort();
    assert!((0..5).all(|number| asked(&format!("/{number}")) == 3), "{:?}", web.paths());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backoff_without_a_wish_of_the_host_holds_over_a_restart() {
    let web = open_web(|_| Reply::status(503)).await;
    let trial = Process::of(&[&web]);
    let page = source("a", SourceKind::Page, &web.url("/"));
    let mut pauses = Vec::new();
    for times in 1..=4 {
        let (_, store) = trial.pass(std::slice::from_ref(&page), true).await;
        assert_eq!(web.paths().len(), times);
        let host = store.host(web.url("").trim_end_matches('/')).unwrap().unwrap();
        let pause = host.backoff_until.unwrap().duration_since(trial.clock.now());
        drop(store);
        // Another process, a moment too early.
        trial.clock.step(pause - SignedDuration::from_secs(11));
        let (summary, store) = trial.pass(std::slice::from_ref(&page), true).await;
        assert_eq!((summary.failed, web.paths().len()), (1, times), "left alone");
        drop(store);
        trial.clock.step(SignedDuration::from_secs(12));
        pauses.push(pause.as_secs_f64());
    }
    // 30, 60, 120, 240 seconds, of which chance takes up to a half.
    for (pause, whole) in pauses.iter().zip([30.0, 60.0, 120.0, 240.0]) {
        assert!(whole / 2.0 <= *pause && *pause <= whole, "{pauses:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hosts_of_a_group_share_gap_and_connection() {
    const GAP: Duration = Duration::from_millis(60);
    let (first, second) =
        (open_web(|seen| Reply::page(&seen.path)).await, open_web(|seen| Reply::page(&seen.path)).await);
    let mut trial = Process::of(&[&first, &second]);
    // Two servers of one name: without the group each port is a host of its own.
    let hosts = vec!["127.0.0.1".to_owned()];
    trial.settings.groups = vec![HostGroup { id: "provider".to_owned(), hosts, gap: GAP, connections: 1 }];
    let pages: Vec<SourceSettings> = (0..3)
        .flat_map(|number| {
            let page = |web: &Web, name: &str| {
                source(&format!("{name}{number}"), SourceKind::Page, &web.url(&format!("/{number}")))
            };
            [page(&first, "a"), page(&second, "b")]
        })
        .collect();
    let (summary, store) = trial.pass(&pages, true).await;
    assert_eq!(summary.fetched, 6);
    drop(store);
    let mut seen: Vec<Seen> = first.seen().into_iter().chain(second.seen()).collect();
    seen.sort_by_key(|seen| seen.came);
    assert_eq!(seen.len(), 8, "two files robots.txt and six pages");
    let gaps: Vec<Duration> =
        seen.windows(2).map(|pair| pair[1].came.saturating_duration_since(pair[0].answered)).collect();
    assert!(gaps.iter().all(|gap| *gap >= GAP), "{gaps:?}");
    // A new process keeps the gap of the group too: the clock stands still, so all of it is left.
    let (before, count) = (seen.last().unwrap().answered, first.seen().len());
    trial.pass(&pages[..1], true).await;
    assert!(first.seen()[count].came - before >= GAP);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_moved_for_good_by_308_goes_on_elsewhere_and_410_ends() {
    let web = open_web(|seen| match seen.path.as_str() {
        "/" => Reply::page("list").with("links", "/old /gone"),
        "/old" => Reply::redirect(308, "/new"),
        "/gone" => Reply::status(410),
        path => Reply::page(path).with("last-modified", "Tue, 06 Jan 2026 08:00:00 GMT"),
    })
    .await;
    let trial = Process::of(&[&web]);
    let sources = [source("a", SourceKind::Listing, &web.url("/"))];
    let (_, store) = trial.pass(&sources, true).await;
    let resource = |path: &str| store.resource(&CanonicalUrl::parse(&web.url(path)).unwrap()).unwrap().unwrap();
    assert_eq!((resource("/old").due, resource("/gone").due), (None, None));
    assert!(matches!(resource("/gone").visit.unwrap().outcome, VisitOutcome::Gone { status: 410 }));
    assert!(resource("/new").due.is_some());
    drop(store);
    trial.clock.step(SignedDuration::from_hours(2));
    trial.pass(&sources, false).await;
    let last = web.seen().into_iter().rfind(|seen| seen.path == "/new").unwrap();
    assert_eq!(last.headers["if-modified-since"], "Tue, 06 Jan 2026 08:00:00 GMT", "as it was sent");
    let asked = |path: &str| web.paths().iter().filter(|seen| *seen == path).count();
    assert_eq!((asked("/old"), asked("/gone"), asked("/new")), (1, 1, 2));
}

/// The year of `examples/year` in small: fewer requests than polling at a fixed interval with the same median delay, for each
/// kind of source, and no host is hurried.
#[test]
fn four_months_of_two_hundred_sources_cost_less_than_fixed_polling_at_the_same_delay() {
    let from: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let to: Timestamp = "2026-05-01T00:00:00Z".parse().unwrap();
    let mut chance = Chance::new(7);
    let population = sources(200, from, to, &mut chance);
    let fates: Vec<_> = population.iter().map(|(_, fate)| fate.clone()).collect();
    let crawler = CrawlerSettings::default();
    let played = play(&fates, &crawler, (from, to), &mut || chance.next());
    assert!(played.shortest_gap.unwrap() >= crawler.gap, "{:?}", played.shortest_gap);
    for class in Class::ALL {
        let of_class: Vec<_> = population.iter().zip(&played.courses).filter(|((of, _), _)| *of == class).collect();
        let requests: u64 = of_class.iter().map(|(_, course)| course.requests).sum();
        let delays: Vec<Duration> = of_class
            .iter()
            .flat_map(|((_, fate), course)| {
                let calendar = fate.settings.calendar.as_ref();
                let in_window = move |at: Timestamp| {
                    calendar.is_none_or(|calendar| matches!(calendar.pace(at, None), Pace::Window { .. }))
                };
                course.delays.iter().filter(move |(at, _)| in_window(*at)).map(|(_, delay)| *delay)
            })
            .collect();
        let middle = median(delays).unwrap();
        let fixed = fixed_requests(middle, to.duration_since(from)) * of_class.len() as f64;
        assert!((requests as f64) < fixed, "{class:?}: {requests} requests, {fixed} at a fixed interval, {middle:?}");
        if class == Class::Ministry {
            assert!(middle < Duration::from_secs(90), "a release waits {middle:?}");
        }
    }
}
