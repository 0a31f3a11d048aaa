//! A day of a desk by stepped time: twelve outlets report one release in two scripts and English, one with a misprint, one
//! of them a forum; the official page comes first and is corrected an hour later; a forecast is missed; a suspension ends in
//! seven days; another release is overdue. The list of alerts was written before the code that makes it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

#[path = "support/web.rs"]
mod web;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bellwether::calendar::{Calendar, Days, Moved, Rule, WorkDays};
use bellwether::clock::{Clock as _, SharedClock, SteppedClock};
use bellwether::routing::Routing;
use bellwether::settings::{AlertSettings, ChannelKind, ChannelSettings, CrawlerSettings, SourceSettings};
use bellwether::{alerts, crawl, events, shutdown, watch};
use bellwether_model::alert::Delivery;
use bellwether_model::id::{ChannelId, SourceId, WatchId};
use bellwether_model::place::Area;
use bellwether_model::source::{SourceKind, Trust};
use bellwether_model::watch::{Condition, WatchItem};
use bellwether_model::web::CanonicalUrl;
use bellwether_store::Store;
use bellwether_store::archive::Archive;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use web::{Reply, Web};

/// What the desk is told on the day, and when: hour and minute by Coordinated Universal Time, kind, beginning of the line.
const TOLD: &[(&str, &str, &str)] = &[
    ("00:00", "watch.deadline", "管制: ends with 2026-01-16, in 7 days"),
    ("08:00", "release.new", "TW exports 2025-12: 62.48 billion USD, +43.4% on a year before (ministry:"),
    ("08:00", "watch.flagged", "超出預測: TW exports 2025-12: +43.4% on a year before (ministry:"),
    ("09:00", "figure.revised", "TW exports 2025-12 revised: 62.84 billion USD, was 62.48 billion USD (ministry:"),
    ("10:00", "release.overdue", "customs: the release of kr-trade expected at 2026-01-09T09:00:00Z"),
];

/// Outlets in the order in which they report: name, what they write, how far they are believed.
const OUTLETS: &[(&str, &str)] = &[
    ("daily", "財政部9日公布，2025年12月出口624.8億美元，年增43.4%，創歷年單月新高。"),
    ("evening", "財政部統計處指出，去年12月出口值達624.8億美元，較前年同月成長43.4%。"),
    ("mainland", "台湾财政部9日公布，2025年12月出口624.8亿美元，同比增长43.4%。"),
    ("strait", "台湾2025年12月出口约625亿美元，同比增长43.4%。"),
    (
        "wire",
        "Taiwan's exports rose 43.4 percent in December 2025 from a year earlier to US$62.48 billion, the Ministry of Finance said.",
    ),
    ("agency", "Taiwan's December 2025 exports reached $62.5 billion, up 43.4% on the year."),
    ("weekly", "台灣去年12月出口624.8億美元，年增43.4%。"),
    ("misprint", "財政部公布，2025年12月出口642.8億美元，年增43.4%。"),
    ("markets", "2025年12月台灣出口年增43.4%，金額624.8億美元。"),
    ("overseas", "財政部：台灣2025年12月出口年增43.4%至624.8億美元。"),
    ("mirror", "财政部9日公布，2025年12月出口624.8亿美元，同比增长43.4%，创历年单月新高。"),
    ("board", "財政部公布台灣2025年12月出口是680億美元啦，年增五成。"),
];

fn at(time: &str) -> Timestamp {
    format!("2026-01-09T{time}:00Z").parse().unwrap()
}

fn page(title: &str, published: &str, text: &str) -> String {
    format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta property=\"article:published_time\" content=\"{published}\"></head>\
         <body><article><h1>{title}</h1><p>{text}</p></article></body></html>"
    )
}

/// The web of the day: what each host shows now.
struct Town {
    pages: Arc<Mutex<BTreeMap<String, String>>>,
    webs: Vec<(String, Web)>,
}

impl Town {
    async fn open() -> Self {
        let pages: Arc<Mutex<BTreeMap<String, String>>> = Arc::default();
        let names = ["ministry", "customs", "commerce"].into_iter().chain(OUTLETS.iter().map(|outlet| outlet.0));
        let mut webs = Vec::new();
        for (number, name) in names.enumerate() {
            let (shown, host) = (Arc::clone(&pages), name.to_owned());
            // An outlet is a host of its own.
            let address = [127, 0, 9, u8::try_from(number + 1).unwrap()];
            let web = Web::serve_at(address, move |seen| match shown.lock().unwrap().get(&host) {
                Some(body) if seen.path == "/" => Reply::page(body),
                _ => Reply::status(404),
            });
            webs.push((name.to_owned(), web.await));
        }
        Self { pages, webs }
    }

    fn show(&self, host: &str, body: String) {
        self.pages.lock().unwrap().insert(host.to_owned(), body);
    }

    fn sources(&self) -> Vec<SourceSettings> {
        let source = |(name, web): &(String, Web)| {
            let url = CanonicalUrl::parse(&web.url("/")).unwrap();
            SourceSettings {
                trust: match name.as_str() {
                    "ministry" | "customs" | "commerce" => Trust::Official,
                    "board" => Trust::Forum,
                    _ => Trust::Press,
                },
                area: (name == "ministry").then(|| Area::new("TW")),
                timezone: Some("Asia/Taipei".to_owned()),
                calendar: (name == "customs").then(|| Arc::new(calendar())),
                every: Duration::from_secs(60),
                ..SourceSettings::new(SourceId::new(name), SourceKind::Page, url)
            }
        };
        self.webs.iter().map(source).collect()
    }
}

/// A release on the 9th of a month at 9:00, overdue an hour later.
fn calendar() -> Calendar {
    Calendar {
        id: "kr-trade".to_owned(),
        zone: TimeZone::UTC,
        rules: vec![Rule {
            days: Days::OfMonth(vec![9]),
            months: Vec::new(),
            at: jiff::civil::time(9, 0, 0, 0),
            moved: Moved::Never,
        }],
        work_days: WorkDays::default(),
        before: Duration::from_secs(300),
        after: Duration::from_secs(7200),
        every: Duration::from_secs(60),
        overdue_after: Duration::from_secs(3600),
    }
}

fn items() -> Vec<WatchItem> {
    let when = |text: &str| -> Condition { toml::from_str(text).unwrap() };
    let desk = || vec![ChannelId::new("desk")];
    let missed = when(
        "flow = \"exports\"\nmeasure = \"yoy\"\npartner = \"all\"\nstatus = \"actual\"\nmissed = { side = \"above\" }",
    );
    let policy = when("kind = \"policy\"");
    vec![
        WatchItem { channels: desk(), ..WatchItem::new(WatchId::new("missed"), "超出預測", missed) },
        WatchItem {
            channels: desk(),
            remind: vec![30, 7, 1],
            ..WatchItem::new(WatchId::new("control"), "管制", policy)
        },
    ]
}

/// What the receiver answers with; what is missing is a connection that breaks off.
#[derive(Clone, Copy)]
enum Answer {
    Taken,
    Refused(u16),
    Broken,
}

/// A desk's receiver: what it took, in order.
struct Desk {
    web: Web,
    taken: Arc<Mutex<Vec<String>>>,
}

impl Desk {
    /// Answers in this order, and takes all that comes after.
    async fn open(answers: Vec<Answer>) -> Self {
        let taken = Arc::new(Mutex::new(Vec::new()));
        let (kept, left) = (Arc::clone(&taken), Mutex::new(answers.into_iter()));
        let web = Web::serve(move |seen| {
            match left.lock().unwrap().next().unwrap_or(Answer::Taken) {
                Answer::Taken => kept.lock().unwrap().push(seen.headers["webhook-id"].clone()),
                Answer::Refused(status) => return Reply::status(status),
                Answer::Broken => return Reply::Reset,
            }
            Reply::status(204)
        })
        .await;
        Self { web, taken }
    }

    fn settings(&self) -> AlertSettings {
        let url = CanonicalUrl::parse(&self.web.url("/hook")).unwrap();
        let kind = ChannelKind::Webhook { url, secrets: vec![b"a key that only the two of us know".to_vec()] };
        AlertSettings {
            channels: vec![ChannelSettings::new(ChannelId::new("desk"), kind)],
            allow_private: vec![self.web.address()],
            ..AlertSettings::default()
        }
    }
}

/// One process after the other over one folder: what is remembered is on the disk alone.
struct House {
    folder: tempfile::TempDir,
    clock: Arc<SteppedClock>,
    settings: CrawlerSettings,
    sources: Vec<SourceSettings>,
    desk: Desk,
}

impl House {
    fn of(town: &Town, desk: Desk) -> Self {
        let allow_private = town.webs.iter().map(|(_, web)| web.address()).collect();
        Self {
            folder: tempfile::tempdir().unwrap(),
            clock: Arc::new(SteppedClock::at("2026-01-08T12:00:00Z".parse().unwrap())),
            settings: CrawlerSettings { gap: Duration::ZERO, allow_private, ..CrawlerSettings::default() },
            sources: town.sources(),
            desk,
        }
    }

    fn open(&self) -> (Store, Archive) {
        let path = self.folder.path();
        (Store::open(&path.join("store")).unwrap(), Archive::open(&path.join("archive")).unwrap())
    }

    /// Crawls and reads everything, watches, and delivers, in a process of its own. `silent`: nobody is told.
    async fn pass(&self, silent: bool) {
        let (store, archive) = self.open();
        let clock: SharedClock = self.clock.clone();
        let (end, ends) = shutdown::channel();
        let reader = tokio::spawn(read(self.sources.clone(), store.clone(), archive.clone(), clock.clone(), silent));
        let mode = crawl::Mode::Once { sources: Vec::new(), all: true };
        let crawling = crawl::run(
            self.settings.clone(),
            self.sources.clone(),
            store.clone(),
            archive,
            clock.clone(),
            mode,
            ends.clone(),
        );
        tokio::time::timeout(Duration::from_secs(60), crawling).await.expect("the pass ends").unwrap();
        reader.abort();
        let _aborted = reader.await;
        let routing = Routing { releases: vec![ChannelId::new("desk")], ..Routing::default() };
        watch::catch_up(&items(), &routing, &store, &clock).unwrap();
        if !silent {
            watch::remind(&items(), &routing, &store, &clock).unwrap();
        }
        alerts::run(self.desk.settings(), store, clock, alerts::Mode::Once, ends).await.unwrap();
        drop(end);
    }

    async fn until(&self, time: &str) {
        self.clock.step(at(time).duration_since(self.clock.now()));
        self.pass(false).await;
    }

    /// The outbox in the order in which it was written: when, kind, line.
    fn told(&self) -> Vec<(String, &'static str, String)> {
        let mut alerts = self.open().0.alerts(usize::MAX).unwrap();
        alerts.sort_by_key(|alert| (alert.created, alert.kind.name()));
        let minute = |time: Timestamp| time.to_zoned(TimeZone::UTC).strftime("%H:%M").to_string();
        alerts.into_iter().map(|alert| (minute(alert.created), alert.kind.name(), alert.summary)).collect()
    }
}

async fn read(sources: Vec<SourceSettings>, store: Store, archive: Archive, clock: SharedClock, silent: bool) {
    let mut commits = store.follow();
    loop {
        let (sources, unread, archive, clock) = (sources.clone(), store.clone(), archive.clone(), clock.clone());
        let reading = move || events::read_all(&sources, &unread, &archive, &clock, silent).unwrap();
        tokio::task::spawn_blocking(reading).await.unwrap();
        let _lagged_or_told = commits.recv().await;
    }
}

/// Plays the day and gives what was told.
async fn play(desk: Desk) -> House {
    let town = Town::open().await;
    let house = House::of(&town, desk);
    // The day before: what stands there is known, and told to nobody.
    town.show(
        "daily",
        page(
            "財政部預測12月出口",
            "2025-12-09T17:00:00+08:00",
            "財政部預估，2025年12月出口金額介於548億至567億美元，年增26%至30%。",
        ),
    );
    town.show(
        "commerce",
        page(
            "商务部公告2025年第88号",
            "2025-11-10T09:00:00+08:00",
            "商务部公告2025年第88号，公布暂停对镓相关物项的出口管制的决定。本公告自2025年11月10日起施行，至2026年1月16日止。",
        ),
    );
    town.show("customs", page("Customs", "2025-12-01T09:00:00+09:00", "The office publishes its tables each month."));
    house.pass(true).await;
    assert_eq!(house.told(), [], "a backlog is silent");

    house.until("00:00").await;
    let official = |exports: &str| {
        let text = format!("財政部公布114年12月海關進出口統計：出口{exports}億美元，較上年同月增43.4%。");
        page("114年12月海關進出口貿易初步統計", "2026-01-09T16:00:00+08:00", &text)
    };
    town.show("ministry", official("624.8"));
    house.until("08:00").await;
    for (number, (outlet, text)) in OUTLETS.iter().enumerate() {
        town.show(outlet, page("12月出口", "2026-01-09T16:30:00+08:00", text));
        house.until(&format!("08:{:02}", 4 * number + 2)).await;
    }
    town.show("ministry", official("628.4"));
    house.until("09:00").await;
    house.until("09:59").await;
    house.until("10:00").await;
    house.until("12:00").await;
    house.until("23:00").await;
    house
}

fn assert_told(house: &House) {
    let told = house.told();
    let is_as_written = told.len() == TOLD.len()
        && told
            .iter()
            .zip(TOLD)
            .all(|(told, (time, kind, line))| told.0 == *time && told.1 == *kind && told.2.starts_with(line));
    assert!(is_as_written, "{told:#?}");
    // Each once, and in that order for a receiver that takes them.
    let alerts = house.open().0.alerts(usize::MAX).unwrap();
    assert!(alerts.iter().all(|alert| matches!(alert.delivery, Delivery::Delivered { .. })), "{alerts:#?}");
    let mut taken = house.desk.taken.lock().unwrap().clone();
    assert_eq!(taken.len(), TOLD.len());
    taken.sort();
    taken.dedup();
    assert_eq!(taken.len(), TOLD.len(), "each once");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_is_told_exactly_what_it_should_be() {
    assert_told(&play(Desk::open(Vec::new()).await).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_fails_in_every_way_is_told_the_same() {
    let answers = vec![
        Answer::Broken,
        Answer::Refused(500),
        Answer::Refused(503),
        Answer::Taken,
        Answer::Refused(429),
        Answer::Refused(404),
        Answer::Refused(302),
        Answer::Broken,
    ];
    let house = play(Desk::open(answers).await).await;
    for _ in 0..40 {
        house.clock.step(SignedDuration::from_hours(2));
        let (store, _) = house.open();
        let (_end, ends) = shutdown::channel();
        alerts::run(house.desk.settings(), store, house.clock.clone(), alerts::Mode::Once, ends).await.unwrap();
    }
    assert_told(&house);
}
