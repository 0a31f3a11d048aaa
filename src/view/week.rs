//! Weeks of ISO 8601. Pure.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, ISOWeekDate, Weekday};
use serde::{Serialize, Serializer};

/// An ISO 8601 week, as `2026-W07`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Week {
    /// Week-based year.
    pub year: i16,
    /// Week 1 to 53.
    pub week: i8,
}

/// First and last year of which weeks are read; what is outside cannot be a week of news.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

impl Week {
    /// The week in which a day lies.
    #[must_use]
    pub fn of(date: Date) -> Self {
        let week = date.iso_week_date();
        Self { year: week.year(), week: week.week() }
    }

    /// Monday and Sunday.
    #[must_use]
    pub fn days(self) -> (Date, Date) {
        let day = |weekday| ISOWeekDate::new(self.year, self.week, weekday).map_or(Date::ZERO, ISOWeekDate::date);
        (day(Weekday::Monday), day(Weekday::Sunday))
    }

    /// Whether a day lies in it.
    #[must_use]
    pub fn contains(self, date: Date) -> bool {
        Self::of(date) == self
    }

    /// The week before.
    #[must_use]
    pub fn previous(self) -> Self {
        self.days().0.yesterday().map_or(self, Self::of)
    }

    /// The week after.
    #[must_use]
    pub fn next(self) -> Self {
        self.days().1.tomorrow().map_or(self, Self::of)
    }
}

impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-W{:02}", self.year, self.week)
    }
}

impl FromStr for Week {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once("-W").filter(|(year, week)| year.len() == 4 && week.len() == 2);
        let read = parts.and_then(|(year, week)| Some((year.parse::<i16>().ok()?, week.parse::<i8>().ok()?)));
        match read {
            Some((year, week)) if YEARS.contains(&year) && ISOWeekDate::new(year, week, Weekday::Monday).is_ok() => {
                Ok(Self { year, week })
            }
            Some((year, week)) if YEARS.contains(&year) && week == 53 => Err(format!("the year {year} has no week 53")),
            _ => Err(format!("`{text}` is no week; write one like 2026-W02")),
        }
    }
}

impl Serialize for Week {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn weeks_run_from_monday_to_sunday() {
        for (week, from, to) in [
            ("2026-W02", "2026-01-05", "2026-01-11"),
            ("2026-W01", "2025-12-29", "2026-01-04"),
            ("2020-W53", "2020-12-28", "2021-01-03"),
        ] {
            let (monday, sunday) = week.parse::<Week>().unwrap().days();
            assert_eq!((monday.to_string(), sunday.to_string()), (from.to_owned(), to.to_owned()));
        }
    }

    #[test]
    fn what_is_no_week_is_refused() {
        for text in ["", "2026", "2026-W00", "2026-W54", "2025-W53", "2026-W2", "26-W02", "2026-02", "-026-W02"] {
            assert!(text.parse::<Week>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn neighbours_touch(year in 1950i16..2150, week in 1i8..=52) {
            let this = Week { year, week };
            prop_assert_eq!(this.next().previous(), this);
            prop_assert_eq!(this.days().1.tomorrow().unwrap(), this.next().days().0);
            prop_assert_eq!(this.to_string().parse::<Week>().unwrap(), this);
        }
    }
}
