//! Arithmetic of days, weeks, months and years. It knows no words.

use jiff::Span;
use jiff::civil::Date;
use serde::Deserialize;

/// A unit of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Unit {
    Day,
    Week,
    Weekend,
    Fortnight,
    Month,
    Quarter,
    Year,
    Decade,
    Century,
}

/// Counts beyond this name no time that a text means, and would leave the calendar.
const MOST: i64 = 5_000;

/// The day so many units later, or earlier where `count` is below zero.
pub(super) fn shifted(day: Date, unit: Unit, count: i64) -> Option<Date> {
    if count.abs() > MOST {
        return None;
    }
    let span = match unit {
        Unit::Day => Span::new().days(count),
        Unit::Week | Unit::Weekend => Span::new().weeks(count),
        Unit::Fortnight => Span::new().weeks(count * 2),
        Unit::Month => Span::new().months(count),
        Unit::Quarter => Span::new().months(count * 3),
        Unit::Year => Span::new().years(count),
        Unit::Decade => Span::new().try_years(count * 10).ok()?,
        Unit::Century => Span::new().try_years(count * 100).ok()?,
    };
    day.checked_add(span).ok()
}

/// The unit in which a day lies, moved by `count`: its first day and the day behind its last.
pub(super) fn span_of(day: Date, unit: Unit, count: i64) -> Option<(Date, Date)> {
    let year = day.year();
    let first = match unit {
        Unit::Day => day,
        Unit::Week | Unit::Fortnight => monday(day)?,
        Unit::Weekend => shifted(monday(day)?, Unit::Day, 5)?,
        Unit::Month => day.first_of_month(),
        Unit::Quarter => Date::new(year, (day.month() - 1) / 3 * 3 + 1, 1).ok()?,
        Unit::Year => day.first_of_year(),
        Unit::Decade => Date::new(year - year.rem_euclid(10), 1, 1).ok()?,
        Unit::Century => Date::new(year - year.rem_euclid(100), 1, 1).ok()?,
    };
    let from = shifted(first, unit, count)?;
    let to = if unit == Unit::Weekend { shifted(from, Unit::Day, 2)? } else { shifted(from, unit, 1)? };
    Some((from, to))
}

/// The Monday of the week of a day.
pub(super) fn monday(day: Date) -> Option<Date> {
    shifted(day, Unit::Day, -i64::from(day.weekday().to_monday_zero_offset()))
}

/// A day of the week (Monday is 0) in the week of `day`, moved by weeks.
pub(super) fn weekday_in_week(day: Date, weekday: i64, weeks: i64) -> Option<Date> {
    shifted(shifted(monday(day)?, Unit::Week, weeks)?, Unit::Day, weekday)
}

/// The last such weekday before `day`.
pub(super) fn weekday_before(day: Date, weekday: i64) -> Option<Date> {
    let this = weekday_in_week(day, weekday, 0)?;
    if this < day { Some(this) } else { shifted(this, Unit::Week, -1) }
}

/// The nth such weekday of a period, the last one where `nth` is -1; `None`: it has no such one.
pub(super) fn nth_weekday((from, to): (Date, Date), weekday: i64, nth: i64) -> Option<Date> {
    if nth < 0 {
        return weekday_before(to, weekday);
    }
    let this = weekday_in_week(from, weekday, 0)?;
    let first = if this < from { shifted(this, Unit::Week, 1)? } else { this };
    shifted(first, Unit::Week, nth - 1).filter(|day| *day < to)
}

/// The nth week of a period, the last one where `nth` is -1. A week is of the period that has its Thursday (ISO 8601).
pub(super) fn nth_week(period: (Date, Date), nth: i64) -> Option<(Date, Date)> {
    const THURSDAY: i64 = 3;
    span_of(nth_weekday(period, THURSDAY, nth)?, Unit::Week, 0)
}

/// The year of two digits: of this century up to 39, else of the last.
pub(super) fn full_year(digits: i16) -> i16 {
    const LAST_OF_THIS_CENTURY: i16 = 39;
    if digits <= LAST_OF_THIS_CENTURY { 2000 + digits } else { 1900 + digits }
}
