//! `[[holidays]]` and `[[calendar]]` of `sources.toml`. A door: it reads the calendar files that they name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use regex::Regex;
use schemars::JsonSchema;
use serde::Deserialize;

use super::duration;
use super::error::ConfigError;
use crate::calendar::{Calendar, Days, Moved, Rule, WorkDays, ics};

/// Calendars by their names.
pub(super) type Calendars = BTreeMap<String, Arc<Calendar>>;

/// How long before the announced time a source is looked at often.
const BEFORE: Duration = Duration::from_secs(5 * 60);
/// How long after it.
const AFTER: Duration = Duration::from_secs(3 * 3600);
/// How often.
const EVERY: Duration = Duration::from_secs(60);
/// No more often than this: a window is no licence to hammer.
const LEAST: Duration = Duration::from_secs(10);
/// Bytes of a calendar file.
const MAX_FILE: u64 = 4 << 20;

/// `[[holidays]]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HolidaysTable {
    /// Its name.
    id: String,
    /// Days that are not worked on: `"2026-01-01"`, or from one to another with both, `"2026-02-16..2026-02-20"`.
    #[serde(default)]
    dates: Vec<String>,
    /// Days of the weekend that are worked on in return, as `dates`.
    #[serde(default)]
    worked: Vec<String>,
    /// Days of the week that are not worked on. Default `["sat", "sun"]`.
    weekend: Option<Vec<DayName>>,
    /// A calendar file (.ics) of further days, relative to this file.
    ics: Option<String>,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum DayName {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl From<DayName> for Weekday {
    fn from(name: DayName) -> Self {
        match name {
            DayName::Mon => Self::Monday,
            DayName::Tue => Self::Tuesday,
            DayName::Wed => Self::Wednesday,
            DayName::Thu => Self::Thursday,
            DayName::Fri => Self::Friday,
            DayName::Sat => Self::Saturday,
            DayName::Sun => Self::Sunday,
        }
    }
}

/// `[[calendar]]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CalendarTable {
    /// Its name, which sources give as `calendar`.
    id: String,
    /// IANA zone of its days and times, as `Asia/Taipei`.
    zone: String,
    /// The `id` of its `[[holidays]]`. Default: only Saturdays and Sundays are not worked on.
    holidays: Option<String>,
    /// How long before the announced time its sources are looked at often. Default `"5m"`.
    before: Option<String>,
    /// How long after it, unless the release was seen. Default `"3h"`.
    after: Option<String>,
    /// How often they are looked at then. Default `"1m"`, at least `"10s"`.
    every: Option<String>,
    /// How long after the last time at which a release may come it is told that it did not. Default: as `after`.
    overdue_after: Option<String>,
    /// When releases come.
    rules: Vec<RuleTable>,
}

/// One of `rules`: exactly one of `days`, `weekday`, `working_day`, `dates` and `ics`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RuleTable {
    /// Days of the month, on one of which the release comes; -1 is the last day.
    days: Option<Vec<i8>>,
    /// A day of the week in a month: `"second wed"`, `"last fri"`.
    weekday: Option<String>,
    /// The n-th day of work of a month; -1 is the last.
    working_day: Option<i8>,
    /// Days, each a release of its own: `"2026-01-09"`, or with its own time `"2026-01-09 08:30"`.
    dates: Option<Vec<String>>,
    /// A calendar file (.ics), relative to this file; each of its events is a release.
    ics: Option<String>,
    /// Only events of the file whose summary matches this regular expression. Default: all.
    summary: Option<String>,
    /// Months (1 to 12) in which it comes. Default: all.
    #[serde(default)]
    months: Vec<i8>,
    /// Time of day, as `"16:00"`. Required unless each date has its own.
    at: Option<String>,
    /// Where a day moves to that is not worked on: `never`, `later`, `earlier`, or `dropped`. Default `never`.
    #[serde(default)]
    moved: Moved,
}

/// The calendars of the file.
pub(super) fn settings(
    holidays: Vec<HolidaysTable>,
    calendars: Vec<CalendarTable>,
    path: &Path,
    directory: &Path,
) -> Result<Calendars, ConfigError> {
    let folder = Folder { path, directory };
    let mut lists = BTreeMap::new();
    for table in holidays {
        let list = folder.work_days(&table)?;
        if lists.insert(table.id.clone(), list).is_some() {
            return Err(folder.wrong(&format!("holidays `{}`", table.id), "a second list has this id"));
        }
    }
    let mut known = Calendars::new();
    for table in calendars {
        let calendar = folder.calendar(&table, &lists)?;
        if known.insert(table.id.clone(), Arc::new(calendar)).is_some() {
            return Err(folder.wrong(&format!("calendar `{}`", table.id), "a second calendar has this id"));
        }
    }
    Ok(known)
}

/// Where the file lies, for messages and for the files that it names.
struct Folder<'a> {
    path: &'a Path,
    directory: &'a Path,
}

impl Folder<'_> {
    fn wrong(&self, place: &str, message: impl std::fmt::Display) -> ConfigError {
        ConfigError::value(self.path, place, message)
    }

    fn work_days(&self, table: &HolidaysTable) -> Result<WorkDays, ConfigError> {
        let place = |key: &str| format!("holidays `{}`: {key}", table.id);
        let days = |key: &str, texts: &[String]| -> Result<BTreeSet<Date>, ConfigError> {
            let spans = texts.iter().map(|text| span(text).map_err(|m| self.wrong(&place(key), m)));
            Ok(spans.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
        };
        let mut holidays = days("dates", &table.dates)?;
        if let Some(file) = &table.ics {
            for entry in self.entries(file, &TimeZone::UTC, None, &place("ics"))? {
                holidays.extend(entry.day.series(1.day()).take_while(|day| *day < entry.end));
            }
        }
        let weekend = match &table.weekend {
            Some(names) if names.len() >= 7 => {
                return Err(self.wrong(&place("weekend"), "no day of the week is left to work on"));
            }
            Some(names) => names.iter().map(|name| Weekday::from(*name)).collect(),
            None => WorkDays::default().weekend,
        };
        Ok(WorkDays { weekend, holidays, worked: days("worked", &table.worked)? })
    }

    fn calendar(&self, table: &CalendarTable, lists: &BTreeMap<String, WorkDays>) -> Result<Calendar, ConfigError> {
        let place = |key: &str| format!("calendar `{}`: {key}", table.id);
        let zone = TimeZone::get(&table.zone)
            .map_err(|cause| self.wrong(&place("zone"), format!("`{}` is no zone: {cause}", table.zone)))?;
        let work_days = match &table.holidays {
            Some(id) => lists.get(id).cloned().ok_or_else(|| {
                self.wrong(&place("holidays"), format!("there are no holidays `{id}`"))
                    .with_hint("add a [[holidays]] with this id")
            })?,
            None => WorkDays::default(),
        };
        let time = |key: &str, text: &Option<String>, default: Duration| match text {
            Some(text) => duration::parse(text).map_err(|m| self.wrong(&place(key), m)),
            None => Ok(default),
        };
        let after = time("after", &table.after, AFTER)?;
        let every = time("every", &table.every, EVERY)?;
        if every < LEAST {
            return Err(self.wrong(&place("every"), format!("must be at least {LEAST:?}")));
        }
        let mut rules = Vec::with_capacity(table.rules.len());
        for (number, rule) in table.rules.iter().enumerate() {
            rules.push(self.rule(rule, &zone, &place(&format!("rule {}", number + 1)))?);
        }
        if rules.is_empty() {
            return Err(self.wrong(&place("rules"), "there are none"));
        }
        Ok(Calendar {
            id: table.id.clone(),
            zone,
            rules,
            work_days,
            before: time("before", &table.before, BEFORE)?,
            after,
            every,
            overdue_after: time("overdue_after", &table.overdue_after, after)?,
        })
    }

    fn rule(&self, table: &RuleTable, zone: &TimeZone, place: &str) -> Result<Rule, ConfigError> {
        let wrong = |message: String| self.wrong(place, message);
        let at = table.at.as_deref().map(clock).transpose().map_err(wrong)?;
        if let Some(month) = table.months.iter().find(|month| !(1..=12).contains(*month)) {
            return Err(wrong(format!("{month} is no month; months are 1 to 12")));
        }
        let days = match (&table.days, &table.weekday, table.working_day, &table.dates, &table.ics) {
            (Some(days), None, None, None, None) => {
                if days.is_empty() || days.iter().any(|day| *day == 0 || !(-31..=31).contains(day)) {
                    return Err(wrong("days are 1 to 31, or -1 to -31 counted from the end of the month".to_owned()));
                }
                Days::OfMonth(days.clone())
            }
            (None, Some(text), None, None, None) => {
                let (n, day) = weekday(text).map_err(wrong)?;
                Days::Weekday(n, day)
            }
            (None, None, Some(n), None, None) if (1..=23).contains(&n.unsigned_abs()) => Days::Working(n),
            (None, None, Some(n), None, None) => return Err(wrong(format!("no month has {n} days of work"))),
            (None, None, None, Some(dates), None) => {
                let times = dates.iter().map(|text| moment(text, at)).collect::<Result<Vec<_>, _>>().map_err(wrong)?;
                list(times)
            }
            (None, None, None, None, Some(file)) => self.events(file, table, at, zone, place)?,
            _ => return Err(wrong("give one of `days`, `weekday`, `working_day`, `dates` and `ics`".to_owned())),
        };
        let is_list = matches!(days, Days::List(_));
        if is_list && (!table.months.is_empty() || table.moved != Moved::Never) {
            return Err(wrong("`months` and `moved` have no meaning for a list of dates".to_owned()));
        }
        if table.summary.is_some() && table.ics.is_none() {
            return Err(wrong("`summary` chooses among the events of `ics`".to_owned()));
        }
        let at = match at {
            Some(at) => at,
            None if is_list => Time::midnight(),
            None => return Err(wrong("`at` is missing: the time of day, as \"16:00\"".to_owned())),
        };
        Ok(Rule { days, months: table.months.clone(), at, moved: table.moved })
    }

    fn events(
        &self,
        file: &str,
        table: &RuleTable,
        at: Option<Time>,
        zone: &TimeZone,
        place: &str,
    ) -> Result<Days, ConfigError> {
        let only = table.summary.as_deref().map(Regex::new).transpose().map_err(|cause| self.wrong(place, cause))?;
        let mut times = Vec::new();
        for entry in self.entries(file, zone, only.as_ref(), place)? {
            let time = entry.time.or(at).ok_or_else(|| {
                self.wrong(place, format!("`{file}` gives no time for {} and there is no `at`", entry.day))
            })?;
            times.push(entry.day.to_datetime(time));
        }
        if times.is_empty() {
            return Err(self.wrong(place, format!("`{file}` has no such event")));
        }
        Ok(list(times))
    }

    fn entries(
        &self,
        file: &str,
        zone: &TimeZone,
        only: Option<&Regex>,
        place: &str,
    ) -> Result<Vec<ics::Entry>, ConfigError> {
        let path = self.directory.join(file);
        let unreadable = |cause: String| self.wrong(place, format!("cannot read `{}`: {cause}", path.display()));
        let bytes = std::fs::metadata(&path).map_err(|cause| unreadable(cause.to_string()))?.len();
        if bytes > MAX_FILE {
            return Err(unreadable(format!("it is larger than {} MiB", MAX_FILE >> 20)));
        }
        let text = std::fs::read_to_string(&path).map_err(|cause| unreadable(cause.to_string()))?;
        ics::read(&text, zone, only).map_err(|cause| unreadable(cause.to_string()))
    }
}

fn list(mut times: Vec<DateTime>) -> Days {
    times.sort();
    times.dedup();
    Days::List(times)
}

/// `2026-02-16..2026-02-20` with both ends, or one day.
fn span(text: &str) -> Result<Vec<Date>, String> {
    let day = |text: &str| {
        text.trim().parse::<Date>().map_err(|_| format!("`{text}` is no day; write one like \"2026-01-09\""))
    };
    let (first, last) = match text.split_once("..") {
        Some((first, last)) => (day(first)?, day(last)?),
        None => (day(text)?, day(text)?),
    };
    /// A holiday is shorter; a longer span is a slip of the pen.
    const LONGEST: i32 = 366;
    if last < first || (last - first).get_days() > LONGEST {
        return Err(format!("`{text}` ends before it begins, or more than a year later"));
    }
    Ok(first.series(1.day()).take_while(|day| *day <= last).collect())
}

/// `16:00`
fn clock(text: &str) -> Result<Time, String> {
    let refused = || format!("`{text}` is no time of day; write one like \"16:00\"");
    if !text.contains(':') {
        return Err(refused());
    }
    text.trim().parse().map_err(|_| refused())
}

/// `2026-01-09`, or `2026-01-09 08:30`
fn moment(text: &str, at: Option<Time>) -> Result<DateTime, String> {
    let (day, time) = match text.trim().split_once([' ', 'T']) {
        Some((day, time)) => (day, Some(clock(time)?)),
        None => (text, at),
    };
    let day: Date = day.trim().parse().map_err(|_| format!("`{text}` is no day; write one like \"2026-01-09\""))?;
    let time = time.ok_or_else(|| format!("`{text}` has no time and there is no `at`"))?;
    Ok(day.to_datetime(time))
}

/// `second wed`, `last fri`
fn weekday(text: &str) -> Result<(i8, Weekday), String> {
    let refused = || format!("`{text}` is no day of a month; write one like \"second wed\" or \"last fri\"");
    let (n, day) = text.split_once(' ').ok_or_else(refused)?;
    let n = match n {
        "first" => 1,
        "second" => 2,
        "third" => 3,
        "fourth" => 4,
        "fifth" => 5,
        "last" => -1,
        _ => return Err(refused()),
    };
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let day = names.iter().position(|name| *name == day.trim()).ok_or_else(refused)?;
    let day =
        i8::try_from(day + 1).ok().and_then(|day| Weekday::from_monday_one_offset(day).ok()).ok_or_else(refused)?;
    Ok((n, day))
}

#[cfg(test)]
#[path = "calendars_tests.rs"]
mod tests;
