//! Dates and periods in everyday words, for general quantities: what a text says, joined and counted from a day.
//!
//! What the text leaves open is the last day or period before the reference, as the specifications have it. The
//! periods of statistics, which wait for others to fix them, are `text::period`'s business.

mod chinese;
mod days;
mod durations;
mod english;
mod lexicon;
mod numeric;
mod relative;
mod tokens;

use std::ops::Range;

use jiff::civil::Date;

use crate::text::view::View;
use days::{Unit, shifted, span_of};

/// Parts of a date that a text gives; what is absent is for a neighbour or the reference to fill in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Calendar {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
}

/// What an expression says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// Parts of a date.
    Calendar(Calendar),
    /// A day.
    Day(Date),
    /// From a day to the day behind the last one.
    Span(Date, Date),
    /// Any time from a day on.
    From(Date),
    /// Any time before a day.
    Before(Date),
    /// A period without days of its own (summer).
    Undated,
    /// A day that no calendar has (30 February).
    NoSuchDay,
}

/// What is known once the reference is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dated {
    /// A day; `None`: no calendar has it.
    Day(Option<Date>),
    /// From a day to the day behind the last one; `None`: open, or without days of its own.
    Period(Option<Date>, Option<Date>),
}

/// The years in which a day may be looked for: a leap day returns within eight.
const MOST_YEARS_BACK: i16 = 8;

/// All dates and periods of a view in everyday words, in order, none overlapping.
pub(super) fn dated(view: &View<'_>, language: &str, reference: Option<Date>) -> Vec<(Range<usize>, Dated)> {
    let tokens = tokens::tokens(view);
    let english = english::English { view, tokens: &tokens, reference };
    let chinese = chinese::Chinese { view, reference };
    let mut found = Vec::new();
    let (mut at, mut floor) = (0, 0);
    while let Some(token) = tokens.get(at) {
        if token.start < floor {
            at += 1;
            continue;
        }
        let wide = chinese.read(token.start);
        let spoken = english.read(at, language == "zh");
        let best = match (wide, spoken) {
            (Some(wide), Some(spoken)) if spoken.1 > wide.1 => Some(spoken),
            (wide, spoken) => wide.or(spoken),
        };
        match best {
            Some((start, end, reading)) => {
                found.extend(finish(reading, reference).map(|dated| (start..end, dated)));
                floor = end.max(token.end);
            }
            None => at += 1,
        }
    }
    found
}

/// What a reading by itself comes to.
fn finish(reading: Reading, reference: Option<Date>) -> Option<Dated> {
    Some(match reading {
        Reading::Calendar(calendar) => return calendar.alone(reference),
        Reading::Day(day) => Dated::Day(Some(day)),
        Reading::Span(from, to) => Dated::Period(Some(from), Some(to)),
        Reading::From(day) => Dated::Period(Some(day), None),
        Reading::Before(day) => Dated::Period(None, Some(day)),
        Reading::Undated => Dated::Period(None, None),
        Reading::NoSuchDay => Dated::Day(None),
    })
}

impl Calendar {
    fn year(year: i16) -> Self {
        Self { year: Some(year), ..Self::default() }
    }

    /// What the parts come to without a neighbour.
    fn alone(self, reference: Option<Date>) -> Option<Dated> {
        let first = self.first_day(reference);
        if self.day.is_some() {
            return (self.year.is_some() || reference.is_some()).then_some(Dated::Day(first));
        }
        let unit = if self.month.is_some() { Unit::Month } else { Unit::Year };
        let (from, to) = span_of(first?, unit, 0)?;
        Some(Dated::Period(Some(from), Some(to)))
    }

    /// The day on which it begins: of what is open, the last one before the reference.
    fn first_day(self, reference: Option<Date>) -> Option<Date> {
        let day = self.day.unwrap_or(1);
        match (self.year, self.month) {
            (Some(year), month) => Date::new(year, month.unwrap_or(1), day).ok(),
            (None, Some(month)) => {
                let reference = reference?;
                let years = (0..=MOST_YEARS_BACK).map(|back| Date::new(reference.year() - back, month, day));
                years.flatten().find(|date| *date < reference)
            }
            (None, None) => {
                let reference = reference?;
                self.day?;
                let months = (0..3).filter_map(|back| shifted(reference, Unit::Month, -back));
                months
                    .filter_map(|month| Date::new(month.year(), month.month(), day).ok())
                    .find(|date| *date < reference)
            }
        }
    }

    /// Takes what it lacks from another end of the same range.
    fn filled(self, other: Self) -> Self {
        let month = self.month.or(other.month.filter(|_| self.year.is_none() && self.day.is_some()));
        Self { year: self.year.or(other.year), month, day: self.day }
    }
}

/// The range from one reading to another.
fn joined(first: Reading, last: Reading, reference: Option<Date>) -> Option<Reading> {
    let (first, last) = match (first, last) {
        (Reading::Calendar(from), Reading::Calendar(to)) => (from.filled(to), to.filled(from)),
        (first, last) => {
            let begin = begins(first, reference)?;
            let near = match last {
                // A month without a year is the one behind the first day.
                Reading::Calendar(calendar) if calendar.year.is_none() => {
                    Reading::Calendar(Calendar { year: Some(begin.year()), ..calendar })
                }
                other => other,
            };
            let end = begins(near, reference)?;
            return (begin <= end).then_some(Reading::Span(begin, end));
        }
    };
    let begin = first.first_day(reference)?;
    let (year, month) = (last.year.unwrap_or(begin.year()), last.month.or(last.day.map(|_| begin.month())));
    let end = Calendar { year: Some(year), month, day: last.day }.first_day(reference)?;
    let end = if begin > end && last.year.is_none() { shifted(end, Unit::Year, 1)? } else { end };
    (begin <= end).then_some(Reading::Span(begin, end))
}

/// The day on which a reading begins.
fn begins(reading: Reading, reference: Option<Date>) -> Option<Date> {
    match reading {
        Reading::Calendar(calendar) => calendar.first_day(reference),
        Reading::Day(day) | Reading::Span(day, _) | Reading::From(day) => Some(day),
        Reading::Before(_) | Reading::Undated | Reading::NoSuchDay => None,
    }
}
