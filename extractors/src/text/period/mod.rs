//! Periods and days of a text, in both scripts and English, before it is known which one is meant.
//!
//! Calendar notation that both languages share is here; what is Chinese or English is in the files of that name.
//! What a mention means against other mentions is `resolve`'s business.

mod chinese;
mod english;
mod numeric;
pub(crate) mod resolve;
mod vocabulary;

use std::ops::Range;
use std::sync::LazyLock;

use bellwether_model::period::Period;
use jiff::civil::Date;

use super::view::View;
use super::{PeriodExpression, SamePeriod};
use crate::hash::CharSet;
use vocabulary::{VOCABULARY, Word};

/// A mention by its characters.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mention {
    /// Characters of the view.
    pub(crate) span: Range<usize>,
    /// What is named.
    pub(crate) expression: PeriodExpression,
}

/// What stands at a place.
enum Reading {
    /// A period or day that ends there.
    Mention(usize, PeriodExpression),
    /// Words that look like a period and are none, up to there.
    Skip(usize),
}

/// The year that a mention gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Year {
    /// A year of the Gregorian calendar.
    Fixed(i16),
    /// Years from the day of publication.
    Shift(i16),
}

impl Year {
    /// The year, where the day of publication tells it.
    fn known(self, reference: Option<Date>) -> Option<i16> {
        match self {
            Self::Fixed(year) => Some(year),
            Self::Shift(shift) => reference?.year().checked_add(shift),
        }
    }
}

/// A part of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Month(u8),
    Months(u8, u8),
    Quarter(u8),
    Half(u8),
    Whole,
    Days(Option<u8>, u8, u8),
    /// A day of a month, of the month in question where none is given.
    Day(Option<u8>, u8),
    /// From a day of a month to a day of a later one.
    Across((u8, u8), (u8, u8)),
    /// A day that is not told (11月底).
    SomeDay,
}

impl Part {
    /// The days from one day to another, each given with its month.
    fn across(from: (u8, u8), to: (u8, u8)) -> Self {
        if from.0 == to.0 && from.1 <= to.1 { Self::Days(Some(from.0), from.1, to.1) } else { Self::Across(from, to) }
    }
}

/// All mentions of a view, in order, none overlapping.
pub(crate) fn mentions(view: &View<'_>, reference: Option<Date>) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    let mut place = 0;
    let begins = &*BEGINS;
    while let Some(passed) = view.chars.get(place..).and_then(|ahead| ahead.iter().position(|&c| begins.may_hold(c))) {
        place += passed;
        match read(view, place, reference) {
            Some(Reading::Mention(end, expression)) => {
                found.push(Mention { span: place..end, expression });
                place = end;
            }
            Some(Reading::Skip(end)) => place = end.max(place + 1),
            None => place = next_place(view, place),
        }
    }
    whole_years(view, &mut found);
    running_totals(view, &mut found, reference);
    found
}

/// The characters at which [`read`] looks.
static BEGINS: LazyLock<CharSet> =
    LazyLock::new(|| chinese::beginnings().chain(('\0'..='\x7f').filter(char::is_ascii_alphanumeric)).collect());

/// Where the next mention may begin: digits and letters are read as a whole or not at all.
fn next_place(view: &View<'_>, place: usize) -> usize {
    let c = view.at(place);
    let mut end = place + 1;
    if c.is_ascii_digit() {
        while view.at(end).is_ascii_digit() {
            end += 1;
        }
    } else if c.is_ascii_alphabetic() {
        end = view.word_end(place).max(end);
    }
    end
}

fn read(view: &View<'_>, place: usize, reference: Option<Date>) -> Option<Reading> {
    let c = view.at(place);
    if c.is_ascii_digit() {
        return numeric::read(view, place, reference)
            .or_else(|| chinese::read(view, place, reference))
            .or_else(|| english::read(view, place, reference));
    }
    if c.is_ascii_alphabetic() {
        return english::read(view, place, reference);
    }
    if c.is_ascii() { None } else { chinese::read(view, place, reference) }
}

/// What a year and a part of it name together.
fn expression(year: Option<Year>, part: Part, reference: Option<Date>) -> Option<PeriodExpression> {
    let known = year.and_then(|year| year.known(reference));
    if let Part::Day(month, day) = part {
        return Some(PeriodExpression::Day(date(known, month, day, reference)));
    }
    let Some(year) = known else { return yearless(part) };
    let period = match part {
        Part::Month(month) => Period::months((year, month), (year, month)),
        Part::Months(from, to) => Period::months((year, from), (year, to)),
        Part::Quarter(quarter) => Some(Period::Quarter(year, quarter)),
        Part::Half(half) => Some(Period::Half(year, half)),
        Part::Whole => Some(Period::Year(year)),
        Part::Days(Some(month), from, to) => resolve::days(year, month, from, to),
        Part::Across(from, to) => resolve::days_across(year, from, to),
        Part::Days(None, ..) | Part::Day(..) | Part::SomeDay => return yearless(part),
    };
    period.map(PeriodExpression::Fixed)
}

fn yearless(part: Part) -> Option<PeriodExpression> {
    Some(match part {
        Part::Month(month) => PeriodExpression::Month(month),
        Part::Months(from, to) => PeriodExpression::Months(from, to),
        Part::Quarter(quarter) => PeriodExpression::Quarter(quarter),
        Part::Half(half) => PeriodExpression::Half(half),
        Part::Whole => PeriodExpression::Same(SamePeriod::Year),
        Part::Days(month, from, to) => PeriodExpression::Days { month, from, to },
        Part::Day(..) | Part::SomeDay | Part::Across(..) => PeriodExpression::Day(None),
    })
}

/// The day that is meant: of the year given, else the last one that is not after the day of publication by more than
/// a month, since reports speak of days just before them and of releases to come.
fn date(year: Option<i16>, month: Option<u8>, day: u8, reference: Option<Date>) -> Option<Date> {
    let day = i8::try_from(day).ok()?;
    let given = month.and_then(|month| i8::try_from(month).ok());
    match (year, given, reference) {
        (Some(year), Some(month), _) => Date::new(year, month, day).ok(),
        (None, Some(month), Some(reference)) => {
            let this = Date::new(reference.year(), month, day).ok()?;
            let late = reference.month() == 1 && month == 12;
            let early = reference.month() == 12 && month == 1;
            let shift = i16::from(early) - i16::from(late);
            Date::new(this.year() + shift, month, day).ok()
        }
        (_, None, Some(reference)) => {
            let this = Date::new(reference.year(), reference.month(), day).ok();
            this.filter(|this| *this <= reference).or_else(|| {
                let (year, month) = resolve::shift_month((reference.year(), reference.month().unsigned_abs()), -1);
                Date::new(year, i8::try_from(month).ok()?, day).ok()
            })
        }
        _ => None,
    }
}

/// What a relative word means by itself, with what stands before it.
fn relative(
    view: &View<'_>,
    place: usize,
    end: usize,
    word: Word,
    reference: Option<Date>,
) -> Option<PeriodExpression> {
    let compared = || is_compared(view, place, end);
    Some(match word {
        Word::YearShift(-1) if compared() => PeriodExpression::YearEarlier,
        Word::YearShift(shift) => PeriodExpression::Fixed(Period::Year(Year::Shift(shift).known(reference)?)),
        Word::MonthShift(-1) if compared() => PeriodExpression::Previous,
        Word::MonthShift(shift) => {
            let reference = reference?;
            let (year, month) = resolve::shift_month((reference.year(), reference.month().unsigned_abs()), shift);
            PeriodExpression::Fixed(Period::Month(year, month))
        }
        Word::QuarterShift(-1) if compared() => PeriodExpression::Previous,
        Word::QuarterShift(shift) => {
            let reference = reference?;
            let month = reference.month().unsigned_abs();
            let (year, month) = resolve::shift_month((reference.year(), month), shift.checked_mul(3)?);
            PeriodExpression::Fixed(Period::Quarter(year, (month - 1) / 3 + 1))
        }
        Word::DayShift(shift) => {
            PeriodExpression::Day(reference.and_then(|day| day.checked_add(jiff::Span::new().days(shift)).ok()))
        }
        // 第7週六大經濟體 counts weeks.
        Word::Weekday(_) if view.at(place) == '周' && view.before(view.skip_spaces_back(place)).is_ascii_digit() => {
            return None;
        }
        Word::Weekday(weekday) => PeriodExpression::Day(reference.and_then(|day| last_weekday(day, weekday))),
        Word::YearEarlier => PeriodExpression::YearEarlier,
        Word::Previous => PeriodExpression::Previous,
        Word::Same(same) => PeriodExpression::Same(same),
        Word::Month(_) | Word::Ordinal(_) => return None,
    })
}

/// The last such weekday that is not after the day of publication.
fn last_weekday(reference: Date, weekday: i8) -> Option<Date> {
    let back = (reference.weekday().to_monday_one_offset() - weekday).rem_euclid(7);
    reference.checked_sub(jiff::Span::new().days(back)).ok()
}

/// Whether something is compared with the period, which then leans on the one in question (較上月, from last month).
fn is_compared(view: &View<'_>, place: usize, end: usize) -> bool {
    let before = view.skip_spaces_back(place);
    VOCABULARY.compared.before(view, before, 0).is_some() && VOCABULARY.behind.at(view, view.skip_spaces(end)).is_none()
}

/// Whether a mention ends with 全年.
fn is_whole(view: &View<'_>, mention: &Mention) -> bool {
    mention.span.end.checked_sub(2).is_some_and(|at| matches!(view.at(at), '全' | '整'))
}

/// `the full year 2023` is one mention.
fn whole_years(view: &View<'_>, found: &mut Vec<Mention>) {
    let mut place = 1;
    while place < found.len() {
        let (first, second) = (&found[place - 1], &found[place]);
        let touching = view.skip_spaces(first.span.end) == second.span.start;
        let year = matches!(second.expression, PeriodExpression::Fixed(Period::Year(_)));
        if touching && year && first.expression == PeriodExpression::Same(SamePeriod::Year) {
            found[place].span.start = first.span.start;
            found.remove(place - 1);
        } else {
            place += 1;
        }
    }
}

/// 累計 beside a period says only that it is a sum: 累計1至11月, 全年累計. Beside this year it is the year to date.
fn running_totals(view: &View<'_>, found: &mut Vec<Mention>, reference: Option<Date>) {
    const NEAR: usize = 1;
    let mut place = 0;
    while place < found.len() {
        let span = found[place].span.clone();
        let running = found[place].expression == PeriodExpression::Same(SamePeriod::YearToDate)
            && matches!(view.at(span.start), '累');
        let before = place.checked_sub(1).filter(|&at| span.start - found[at].span.end <= NEAR);
        let after = found.get(place + 1).is_some_and(|next| next.span.start - span.end <= NEAR + 1);
        let this_year = reference.map(|day| PeriodExpression::Fixed(Period::Year(day.year())));
        match before {
            Some(at) if running && Some(found[at].expression) == this_year && !is_whole(view, &found[at]) => {
                found[at].expression = PeriodExpression::Same(SamePeriod::YearToDate);
                found[at].span.end = span.end;
                found.remove(place);
            }
            Some(_) if running => drop(found.remove(place)),
            None if running && after => drop(found.remove(place)),
            _ => place += 1,
        }
    }
}
