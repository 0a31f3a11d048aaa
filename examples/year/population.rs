//! Two thousand sources, or fewer, and a year of what appears on them, by chance and by calendars.

use std::sync::Arc;
use std::time::Duration;

use bellwether::calendar::{Calendar, Days, Moved, Rule, WorkDays};
use bellwether::crawl::simulation::Fate;
use bellwether::settings::SourceSettings;
use bellwether_model::id::SourceId;
use bellwether_model::source::SourceKind;
use bellwether_model::web::CanonicalUrl;
use jiff::civil::{Weekday, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Numbers by chance, the same in every run (xorshift, G. Marsaglia, 2003).
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// At least 0 and below 1.
    pub(crate) fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let high = u32::try_from(self.0 >> 32).expect("a shift by 32 leaves 32 bits");
        f64::from(high) / (f64::from(u32::MAX) + 1.0)
    }

    /// Seconds to the next of events that come by chance, `rate` a day.
    fn wait(&mut self, rate: f64) -> f64 {
        -(1.0 - self.next()).ln() * 86_400.0 / rate
    }

    /// Between two numbers, each order of size as often as the next.
    fn scale(&mut self, low: f64, high: f64) -> f64 {
        low * (high / low).powf(self.next())
    }
}

/// What kind of source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// The feed of a newspaper: half a piece to 48 a day, by day and on weekdays above all.
    News,
    /// The board of a forum: 2 to 200 threads a day, in the evening above all.
    Forum,
    /// The listing of a ministry: a release a month by its calendar, sometimes late, and a few notices.
    Ministry,
    /// A page that changes every month or seldomer, and then several times within a day.
    Page,
}

impl Class {
    pub(crate) const ALL: [Self; 4] = [Self::News, Self::Forum, Self::Ministry, Self::Page];

    fn of(number: usize) -> Self {
        match number % 20 {
            0..=5 => Self::News,
            6..=8 => Self::Forum,
            9..=15 => Self::Ministry,
            _ => Self::Page,
        }
    }

    /// In words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::News => "newspapers",
            Self::Forum => "forums",
            Self::Ministry => "ministries, in release windows",
            Self::Page => "pages that seldom change",
        }
    }

    fn every(self) -> Duration {
        Duration::from_secs(60 * if matches!(self, Self::News | Self::Forum) { 30 } else { 60 })
    }

    fn kind(self) -> SourceKind {
        match self {
            Self::News => SourceKind::Feed,
            Self::Forum | Self::Ministry => SourceKind::Listing,
            Self::Page => SourceKind::Page,
        }
    }

    /// How much of its rate holds at a time of its day.
    fn weight(self, at: Timestamp, zone: &TimeZone) -> f64 {
        let local = at.to_zoned(zone.clone());
        let is_weekend = matches!(local.weekday(), Weekday::Saturday | Weekday::Sunday);
        match (self, local.hour()) {
            (Self::News, 7..=20) if is_weekend => 0.4,
            (Self::News, 7..=20) => 1.0,
            (Self::News, _) => 0.1,
            (Self::Forum, 18..=23) => 1.0,
            (Self::Forum, 8..=17) => 0.4,
            (Self::Forum, _) => 0.08,
            (Self::Ministry, 9..=17) if !is_weekend => 1.0,
            (Self::Ministry, _) => 0.02,
            (Self::Page, _) => 1.0,
        }
    }
}

const ZONES: [&str; 5] = ["Asia/Taipei", "Asia/Tokyo", "America/New_York", "Europe/Berlin", "Asia/Shanghai"];

/// The calendars of ministries: a day, a span of days, a day of the week, a day of work.
fn calendars() -> Vec<Arc<Calendar>> {
    let days = [
        Days::OfMonth(vec![7, 8, 9]),
        Days::OfMonth(vec![20]),
        Days::Weekday(2, Weekday::Wednesday),
        Days::Working(5),
        Days::OfMonth(vec![25, 26, 27, 28]),
    ];
    let calendar = |(number, days): (usize, Days)| {
        let at = time([16, 8, 8, 9, 15][number], [0, 50, 30, 0, 0][number], 0, 0);
        Arc::new(Calendar {
            id: format!("calendar-{number}"),
            zone: TimeZone::get(ZONES[number]).expect("a zone"),
            rules: vec![Rule { days, months: Vec::new(), at, moved: Moved::Later }],
            work_days: WorkDays::default(),
            before: Duration::from_secs(300),
            after: Duration::from_secs(3 * 3600),
            every: Duration::from_secs(60),
            overdue_after: Duration::from_secs(6 * 3600),
        })
    };
    days.into_iter().enumerate().map(calendar).collect()
}

/// So many sources over a span, four of a kind on each host.
pub(crate) fn sources(count: usize, from: Timestamp, to: Timestamp, chance: &mut Chance) -> Vec<(Class, Fate)> {
    let calendars = calendars();
    (0..count).map(|number| source(number, (from, to), &calendars, chance)).collect()
}

fn source(
    number: usize,
    (from, to): (Timestamp, Timestamp),
    calendars: &[Arc<Calendar>],
    chance: &mut Chance,
) -> (Class, Fate) {
    let class = Class::of(number);
    let host = format!("{class:?}-{}", number / 80).to_lowercase();
    let url = CanonicalUrl::parse(&format!("https://{host}.example/{number}")).expect("an address");
    let mut settings = SourceSettings {
        every: class.every(),
        ..SourceSettings::new(SourceId::new(format!("source-{number}")), class.kind(), url)
    };
    let zone_number = number % ZONES.len();
    let zone = TimeZone::get(ZONES[zone_number]).expect("a zone");
    let mut news = match class {
        Class::News => {
            let rate = chance.scale(0.5, 48.0) * 1.9;
            by_chance(class, rate, (from, to), &zone, chance)
        }
        Class::Forum => {
            let rate = chance.scale(2.0, 200.0) * 2.2;
            by_chance(class, rate, (from, to), &zone, chance)
        }
        Class::Ministry => {
            let calendar = &calendars[zone_number];
            settings.calendar = Some(Arc::clone(calendar));
            settings.slowest = Some(Duration::from_secs(12 * 3600));
            let mut news = by_chance(class, 0.1, (from, to), &zone, chance);
            news.extend(releases(calendar, (from, to), chance));
            news
        }
        Class::Page => {
            settings.slowest = Some(Duration::from_secs(12 * 3600));
            let rate = chance.scale(1.0 / 90.0, 1.0 / 20.0);
            in_bursts(by_chance(class, rate, (from, to), &zone, chance), chance)
        }
    };
    news.retain(|at| *at < to);
    news.sort();
    let mut outages = Vec::new();
    // A host is down twice a year in the mean, for minutes or for a day.
    let mut at = from;
    loop {
        at = later(at, chance.wait(2.0 / 365.0));
        if at >= to {
            break;
        }
        let end = later(at, chance.scale(300.0, 86_400.0));
        outages.push((at, end));
        at = end;
    }
    (class, Fate { settings: Arc::new(settings), news, outages })
}

/// Events that come by chance at a rate that follows the hours and days (thinning, Lewis and Shedler, 1979).
fn by_chance(
    class: Class,
    rate: f64,
    (from, to): (Timestamp, Timestamp),
    zone: &TimeZone,
    chance: &mut Chance,
) -> Vec<Timestamp> {
    let mut events = Vec::new();
    let mut at = from;
    loop {
        at = later(at, chance.wait(rate));
        if at >= to {
            return events;
        }
        if chance.next() < class.weight(at, zone) {
            events.push(at);
        }
    }
}

/// What a ministry publishes by its calendar: on one of the days, within two minutes, and one in thirty days late.
fn releases(calendar: &Calendar, (from, to): (Timestamp, Timestamp), chance: &mut Chance) -> Vec<Timestamp> {
    let release = |release: &bellwether::calendar::Release| {
        let times = release.times();
        let share = 1.0 / f64::from(u32::try_from(times.len()).expect("a few"));
        let place = (0..times.len()).find(|_| chance.next() < share).unwrap_or(times.len() - 1);
        let delay =
            if chance.next() < 1.0 / 30.0 { chance.scale(86_400.0, 3.0 * 86_400.0) } else { 120.0 * chance.next() };
        later(times[place], delay)
    };
    calendar.releases(from, to).iter().map(release).collect()
}

/// A change is corrected up to three times within a day.
fn in_bursts(changes: Vec<Timestamp>, chance: &mut Chance) -> Vec<Timestamp> {
    let mut all = Vec::new();
    for change in changes {
        all.push(change);
        let mut at = change;
        while chance.next() < 0.5 {
            at = later(at, chance.scale(600.0, 28_800.0));
            all.push(at);
        }
    }
    all
}

fn later(at: Timestamp, seconds: f64) -> Timestamp {
    at + SignedDuration::try_from_secs_f64(seconds).expect("seconds of years")
}
