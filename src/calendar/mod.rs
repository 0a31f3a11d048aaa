//! When official releases come: rules of months, lists of dates and calendar files, moved by weekends and holidays.
//!
//! Pure: days and instants in, instants out. A leaf: `config` makes calendars, `crawl` polls by them.

pub mod ics;
mod rule;
mod workdays;

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

pub use self::rule::{Days, Moved, Rule};
pub use self::workdays::WorkDays;

/// Months that are looked ahead for the next release: one that comes once a year is found.
const MONTHS_AHEAD: i32 = 13;
/// Months around a time whose releases may reach it: moved over a month's end, or awaited long after.
const MONTHS_AROUND: i32 = 2;

/// The releases of one publication.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// Its name.
    pub id: String,
    /// The zone of its days and times.
    pub zone: TimeZone,
    /// When a release comes.
    pub rules: Vec<Rule>,
    /// Which days are worked on.
    pub work_days: WorkDays,
    /// How long before the announced time a window opens: clocks differ, and some publish early.
    pub before: Duration,
    /// How long after it the window stays open.
    pub after: Duration,
    /// How often a source is looked at within a window.
    pub every: Duration,
    /// How long after the last time at which a release may come it counts as overdue.
    pub overdue_after: Duration,
}

/// One release: the times at which it may come, which are several where the rule names several days.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release {
    /// Not empty, in order.
    times: Vec<Timestamp>,
}

/// A time at which a release may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Since when.
    pub opened: Timestamp,
    /// Whether the announced time itself has come.
    pub is_announced: bool,
}

/// How a source with a calendar is to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// A release is awaited: often, until its window closes.
    Window {
        /// When the window closes.
        closes: Timestamp,
    },
    /// Nothing is awaited just now.
    Rest {
        /// When the next window opens; `None`: none within a year.
        opens: Option<Timestamp>,
    },
}

impl Calendar {
    /// The releases whose first time lies in a span (its end not included), in order.
    #[must_use]
    pub fn releases(&self, from: Timestamp, to: Timestamp) -> Vec<Release> {
        let (first, last) = (self.month_of(from), self.month_of(to));
        let mut releases: Vec<Release> = self
            .of_months(first - 1, last + 1)
            .into_iter()
            .filter(|release| (from..to).contains(&release.first()))
            .collect();
        releases.sort();
        releases.dedup();
        releases
    }

    /// How a source is to be looked at now. `news`: when something new came from it last.
    #[must_use]
    pub fn pace(&self, now: Timestamp, news: Option<Timestamp>) -> Pace {
        let month = self.month_of(now);
        // Nearly always the next release is near; the whole year is looked through for one that comes once in it.
        let near = self.pace_among(&self.of_months(month - MONTHS_AROUND, month + MONTHS_AROUND), now, news);
        match near {
            Pace::Rest { opens: None } => {
                self.pace_among(&self.of_months(month + MONTHS_AROUND, month + MONTHS_AHEAD), now, news)
            }
            found => found,
        }
    }

    fn pace_among(&self, releases: &[Release], now: Timestamp, news: Option<Timestamp>) -> Pace {
        let mut opens: Option<Timestamp> = None;
        let mut closes: Option<Timestamp> = None;
        for release in releases.iter().filter(|release| !self.is_seen(release, news)) {
            for time in &release.times {
                let window = (earlier(*time, self.before), later(*time, self.after));
                if window.0 > now {
                    opens = Some(opens.map_or(window.0, |known| known.min(window.0)));
                } else if window.1 > now {
                    closes = closes.max(Some(window.1));
                }
            }
        }
        closes.map_or(Pace::Rest { opens }, |closes| Pace::Window { closes })
    }

    /// The window that is open at a time; of several, all together.
    #[must_use]
    pub fn window(&self, now: Timestamp) -> Option<Window> {
        let month = self.month_of(now);
        let releases = self.of_months(month - MONTHS_AROUND, month + MONTHS_AROUND);
        let times = releases.iter().flat_map(|release| release.times.iter().copied());
        let open = times.filter(|time| earlier(*time, self.before) <= now && now < later(*time, self.after));
        open.fold(None, |window: Option<Window>, time| {
            let (opened, is_announced) = (earlier(time, self.before), time <= now);
            Some(match window {
                Some(known) => {
                    Window { opened: known.opened.min(opened), is_announced: known.is_announced || is_announced }
                }
                None => Window { opened, is_announced },
            })
        })
    }

    /// Whether a release has come: something new came since its first window opened.
    #[must_use]
    pub fn is_seen(&self, release: &Release, news: Option<Timestamp>) -> bool {
        news.is_some_and(|news| news >= self.opens(release))
    }

    /// When the first window of a release opens.
    #[must_use]
    pub fn opens(&self, release: &Release) -> Timestamp {
        earlier(release.first(), self.before)
    }

    /// When a release counts as overdue.
    #[must_use]
    pub fn overdue(&self, release: &Release) -> Timestamp {
        later(release.last(), self.overdue_after)
    }

    /// The last release that ought to have come by now.
    #[must_use]
    pub fn last_due(&self, now: Timestamp) -> Option<Release> {
        let month = self.month_of(now);
        let due = |from, to| {
            self.of_months(from, to)
                .into_iter()
                .filter(|release| self.overdue(release) <= now)
                .max_by_key(Release::last)
        };
        due(month - MONTHS_AROUND, month + 1).or_else(|| due(month - MONTHS_AHEAD, month - MONTHS_AROUND))
    }

    /// Releases of months, which are counted from the year 0, in no order.
    fn of_months(&self, first: i32, last: i32) -> Vec<Release> {
        let months = (first..=last).filter_map(first_day);
        let of_rules = self.rules.iter().filter(|rule| !rule.is_list());
        let by_month =
            months.flat_map(|day| of_rules.clone().filter_map(move |rule| rule.of_month(day, &self.work_days)));
        let lists = self.rules.iter().filter_map(|rule| rule.list_between(first_day(first)?, first_day(last + 1)?));
        let lists = lists.flatten().map(|time| vec![*time]);
        by_month.chain(lists).filter_map(|times| self.release(&times)).collect()
    }

    /// Times of a clock on the wall to instants. One that the change to summer time leaves out comes an hour later,
    /// one that the change back gives twice is the earlier.
    fn release(&self, times: &[jiff::civil::DateTime]) -> Option<Release> {
        let instant = |time: &jiff::civil::DateTime| Some(time.to_zoned(self.zone.clone()).ok()?.timestamp());
        let mut times: Vec<Timestamp> = times.iter().filter_map(instant).collect();
        times.sort();
        times.dedup();
        (!times.is_empty()).then_some(Release { times })
    }

    fn month_of(&self, time: Timestamp) -> i32 {
        let date = time.to_zoned(self.zone.clone()).date();
        i32::from(date.year()) * 12 + i32::from(date.month()) - 1
    }
}

impl Release {
    /// The first time at which it may come.
    #[must_use]
    pub fn first(&self) -> Timestamp {
        self.times[0]
    }

    /// The last time at which it may come.
    #[must_use]
    pub fn last(&self) -> Timestamp {
        self.times[self.times.len() - 1]
    }

    /// All times at which it may come, in order.
    #[must_use]
    pub fn times(&self) -> &[Timestamp] {
        &self.times
    }
}

/// The first day of a month, which is counted from the year 0; `None`: beyond what can be written.
fn first_day(month: i32) -> Option<Date> {
    let year = i16::try_from(month.div_euclid(12)).ok()?;
    Date::new(year, i8::try_from(month.rem_euclid(12) + 1).ok()?, 1).ok()
}

/// The day behind a day; the last of all days is its own.
fn next_day(day: Date) -> Date {
    day.saturating_add(1.day())
}

fn later(time: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| time.checked_add(by).ok()).unwrap_or(Timestamp::MAX)
}

fn earlier(time: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| time.checked_sub(by).ok()).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests;
