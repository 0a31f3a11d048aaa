//! Dates and periods as days from and to: the last ones that are not after the reference where the text leaves it open.
//!
//! Weeks and decades are read here: no statistic of trade is given for them.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use bellwether_model::period::Period;
use bellwether_model::quantity::{Quantity, QuantityKind};
use jiff::Span;
use jiff::civil::Date;
use serde::Deserialize;

use super::Places;
use super::count::QUANTITIES;
use crate::text::period::{self, Mention};
use crate::text::view::View;
use crate::text::words::{Words, rules};
use crate::text::{PeriodExpression, resolve};

#[derive(Deserialize)]
struct Rules {
    weeks: HashMap<String, i64>,
    weekends: HashMap<String, i64>,
}

/// A week or its end, counted from the one of the reference.
#[derive(Debug, Clone, Copy)]
enum Week {
    Whole(i64),
    End(i64),
}

static WEEKS: LazyLock<Words<Week>> = LazyLock::new(|| {
    let Rules { weeks, weekends } = rules("quantities", QUANTITIES);
    let whole = weeks.into_iter().map(|(word, shift)| (word, Week::Whole(shift)));
    Words::new(whole.chain(weekends.into_iter().map(|(word, shift)| (word, Week::End(shift)))))
});

/// All dates and periods of a text.
pub(super) fn times(text: &str, reference: Option<Date>, places: &Places) -> Vec<Quantity> {
    let view = View::new(text);
    let mut found = weeks_and_decades(&view, reference, places);
    for Mention { span, expression } in period::mentions(&view, reference) {
        let bytes = view.bytes(span.clone());
        let start = places.place(bytes.start);
        if found.iter().any(|other| (other.start..other.end).contains(&start)) {
            continue;
        }
        match expression {
            PeriodExpression::Day(Some(day)) => {
                let day = not_after(&view, &span, day, reference);
                let mut quantity = places.quantity(text, QuantityKind::Date, bytes);
                quantity.start_date = Some(day.to_string());
                found.push(quantity);
            }
            _ => {
                let Some(period) = resolve(expression, reference, None) else { continue };
                let mut quantity = places.quantity(text, QuantityKind::Period, bytes);
                quantity.start_date = Some(period.start().to_string());
                quantity.end_date = end(period).map(|day| day.to_string());
                found.push(quantity);
            }
        }
    }
    found
}

/// Weeks, weekends and decades.
fn weeks_and_decades(view: &View<'_>, reference: Option<Date>, places: &Places) -> Vec<Quantity> {
    let mut found = Vec::new();
    let mut place = 0;
    while place < view.len() {
        let days = week(view, place, reference).or_else(|| decade(view, place, reference));
        let Some((end, from, to)) = days else {
            place += 1;
            continue;
        };
        let mut quantity = places.quantity(view.text, QuantityKind::Period, view.bytes(place..end));
        (quantity.start_date, quantity.end_date) = (Some(from.to_string()), Some(to.to_string()));
        found.push(quantity);
        place = end;
    }
    found
}

/// This week, last weekend: the place behind, the first day and the day behind the last.
fn week(view: &View<'_>, place: usize, reference: Option<Date>) -> Option<(usize, Date, Date)> {
    const SATURDAY: i64 = 5;
    let (end, week) = WEEKS.at(view, place)?;
    let reference = reference?;
    let monday = reference.checked_sub(Span::new().days(reference.weekday().to_monday_zero_offset())).ok()?;
    let (shift, first) = match week {
        Week::Whole(shift) => (shift, 0),
        Week::End(shift) => (shift, SATURDAY),
    };
    // 上週一 is a day.
    let names_day = matches!(view.at(end), '一' | '二' | '三' | '四' | '五' | '六' | '日' | '天');
    let next = monday.checked_add(Span::new().weeks(shift.checked_add(1)?)).ok()?;
    let from = monday.checked_add(Span::new().weeks(shift).days(first)).ok()?;
    (!names_day).then_some((end, from, next))
}

/// the 1970s, the 70's, 50年代: the place behind, the first day and the day behind the last.
fn decade(view: &View<'_>, place: usize, reference: Option<Date>) -> Option<(usize, Date, Date)> {
    if view.before(place).is_ascii_alphanumeric() || view.before(place) == '.' {
        return None;
    }
    let mut value: i16 = 0;
    let mut end = place;
    while let Some(digit) = view.at(end).to_digit(10).filter(|_| end - place < 4) {
        value = value * 10 + i16::try_from(digit).ok()?;
        end += 1;
    }
    let digits = end - place;
    let behind = match (view.at(end), view.at(end + 1)) {
        ('\'' | '’', 's') | ('年', '代') => end + 2,
        ('s', _) => end + 1,
        _ => return None,
    };
    let whole = value % 10 == 0 && matches!(digits, 2 | 4) && !view.at(behind).is_ascii_alphanumeric();
    let year = if digits == 4 {
        value
    } else {
        // Two digits are of the last century unless that decade of this one has begun.
        let this = reference?.year();
        let century = this - this.rem_euclid(100);
        if century + value + 10 <= this { century + value } else { century - 100 + value }
    };
    let first = |year: i16| Date::new(year, 1, 1).ok();
    whole.then(|| Some((behind, first(year)?, first(year.checked_add(10)?)?)))?
}

/// The day behind a period of months; of days, the last one itself, and of joined years the first day of the last.
fn end(period: Period) -> Option<Date> {
    match period {
        Period::Days(_, to) => Some(to),
        Period::Months((first, 1), (last, 12)) if first < last => Date::new(last, 1, 1).ok(),
        _ => period.end().tomorrow().ok(),
    }
}

/// A day that the text gives without a year is the last one that is not after the reference.
fn not_after(view: &View<'_>, span: &Range<usize>, day: Date, reference: Option<Date>) -> Date {
    let digits = view.chars.get(span.clone()).unwrap_or_default().iter().filter(|c| c.is_ascii_digit()).count();
    let month = view.chars.get(span.clone()).unwrap_or_default().iter().any(|c| *c == '月' || c.is_ascii_alphabetic());
    let yearless = month && digits <= 4;
    match reference {
        Some(reference) if yearless && day > reference && day.month() != 0 => {
            let relative = matches!(view.at(span.start), 't' | '明' | '后');
            let earlier = Date::new(day.year() - 1, day.month(), day.day());
            if relative { day } else { earlier.unwrap_or(day) }
        }
        _ => day,
    }
}
