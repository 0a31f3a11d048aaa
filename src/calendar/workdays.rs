//! Which days are worked on: the days of the week, holidays, and days that make up for holidays. Pure.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::next_day;

/// Days that may lie between two days of work: longer holidays are a mistake in a list.
const LONGEST_HOLIDAY: usize = 60;

/// The days of work of one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkDays {
    /// Days of the week that are not worked on.
    pub weekend: Vec<Weekday>,
    /// Holidays.
    pub holidays: BTreeSet<Date>,
    /// Days that are worked on although they are of the weekend, in return for others.
    pub worked: BTreeSet<Date>,
}

impl Default for WorkDays {
    fn default() -> Self {
        Self { weekend: vec![Weekday::Saturday, Weekday::Sunday], holidays: BTreeSet::new(), worked: BTreeSet::new() }
    }
}

impl WorkDays {
    /// Whether a day is worked on.
    #[must_use]
    pub fn is_worked(&self, day: Date) -> bool {
        self.worked.contains(&day) || (!self.weekend.contains(&day.weekday()) && !self.holidays.contains(&day))
    }

    /// The first day of work that is this day or a later one.
    #[must_use]
    pub fn this_or_later(&self, day: Date) -> Option<Date> {
        std::iter::successors(Some(day), |day| Some(next_day(*day)))
            .take(LONGEST_HOLIDAY)
            .find(|day| self.is_worked(*day))
    }

    /// The last day of work that is this day or an earlier one.
    #[must_use]
    pub fn this_or_earlier(&self, day: Date) -> Option<Date> {
        std::iter::successors(Some(day), |day| Some(day.saturating_sub(1.day())))
            .take(LONGEST_HOLIDAY)
            .find(|day| self.is_worked(*day))
    }

    /// The n-th day of work of a month, counted from its end where `n` is negative. `None`: it has fewer.
    #[must_use]
    pub fn nth_of_month(&self, month: Date, n: i8) -> Option<Date> {
        let mut days: Vec<Date> =
            month.first_of_month().series(1.day()).take_while(|day| day.month() == month.month()).collect();
        days.retain(|day| self.is_worked(*day));
        let place = usize::from(n.unsigned_abs()).checked_sub(1)?;
        if n < 0 { days.iter().rev().nth(place).copied() } else { days.get(place).copied() }
    }
}
