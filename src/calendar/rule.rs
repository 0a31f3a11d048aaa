//! One rule of a calendar: a month in, the times of its release out. Pure.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time, Weekday};

use super::workdays::WorkDays;

/// When a release comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// On which days.
    pub days: Days,
    /// In which months (1 to 12) only; empty: in all. A list of dates has none.
    pub months: Vec<i8>,
    /// At what time of day, in the zone of the calendar. The times of a list stand in the list.
    pub at: Time,
    /// Where a day that is not worked on moves to.
    pub moved: Moved,
}

/// The days of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Days {
    /// Days of the month, on one of which it comes; counted from the end where negative. A day that a month has not is
    /// its last: a release that comes on the 31st comes in every month.
    OfMonth(Vec<i8>),
    /// The n-th such day of the week, counted from the end where negative. A month that has no fifth has none.
    Weekday(i8, Weekday),
    /// The n-th day of work, counted from the end where negative.
    Working(i8),
    /// These times, in order, each a release of its own.
    List(Vec<DateTime>),
}

/// Where a day moves to that is not worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Moved {
    /// Nowhere: the release comes on any day of the year.
    #[default]
    Never,
    /// To the next day of work.
    Later,
    /// To the day of work before it.
    Earlier,
    /// Nowhere: there is none on that day.
    Dropped,
}

impl Rule {
    /// Whether it is a list of times.
    pub(super) fn is_list(&self) -> bool {
        matches!(self.days, Days::List(_))
    }

    /// The times of its one release of a month, which is named by its first day; `None`: there is none.
    pub(super) fn of_month(&self, month: Date, work_days: &WorkDays) -> Option<Vec<DateTime>> {
        if !self.months.is_empty() && !self.months.contains(&month.month()) {
            return None;
        }
        let days = match &self.days {
            Days::OfMonth(days) => days.iter().filter_map(|day| day_of_month(month, *day)).collect(),
            Days::Weekday(n, weekday) => month.nth_weekday_of_month(*n, *weekday).into_iter().collect(),
            Days::Working(n) => work_days.nth_of_month(month, *n).into_iter().collect(),
            Days::List(_) => Vec::new(),
        };
        let moved = days.into_iter().filter_map(|day| self.moved(day, work_days));
        let times: Vec<DateTime> = moved.map(|day| day.to_datetime(self.at)).collect();
        (!times.is_empty()).then_some(times)
    }

    /// The times of a list from a day to before another, each a release; `None`: it is no list.
    pub(super) fn list_between(&self, from: Date, to: Date) -> Option<&[DateTime]> {
        let Days::List(times) = &self.days else { return None };
        let first = times.partition_point(|time| time.date() < from);
        let last = times.partition_point(|time| time.date() < to);
        Some(&times[first..last])
    }

    fn moved(&self, day: Date, work_days: &WorkDays) -> Option<Date> {
        match self.moved {
            Moved::Never => Some(day),
            Moved::Later => work_days.this_or_later(day),
            Moved::Earlier => work_days.this_or_earlier(day),
            Moved::Dropped => work_days.is_worked(day).then_some(day),
        }
    }
}

/// A day of a month; counted from its end where negative. A day that it has not is its last, or its first.
fn day_of_month(month: Date, day: i8) -> Option<Date> {
    let length = month.days_in_month();
    let day = if day < 0 { (length + 1 + day).max(1) } else { day.min(length) };
    month.first_of_month().checked_add(i64::from(day - 1).days()).ok()
}
