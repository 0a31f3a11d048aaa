//! Dates and periods as days from and to: the last ones that are not after the reference where the text leaves it open.
//!
//! Everyday expressions come first; what they leave is read as periods of statistics.

use std::ops::Range;

use bellwether_model::period::Period;
use bellwether_model::quantity::{Quantity, QuantityKind};
use jiff::civil::Date;

use super::Places;
use super::calendar::{self, Dated};
use crate::text::period::{self, Mention};
use crate::text::view::View;
use crate::text::{PeriodExpression, resolve};

/// What the specifications print for a day that no calendar has.
const NO_SUCH_DAY: &str = "0001-01-01";

/// All dates and periods of a text.
pub(super) fn times(text: &str, language: &str, reference: Option<Date>, places: &Places) -> Vec<Quantity> {
    let mut found = everyday(text, language, reference, places);
    let view = View::new(text);
    for Mention { span, expression } in period::mentions(&view, reference) {
        let bytes = view.bytes(span.clone());
        let start = places.place(bytes.start);
        // 2017年第三季度 is more than the year with which it begins.
        let end_place = places.place(bytes.end);
        found.retain(|other| !(other.start == start && other.end < end_place && other.kind == QuantityKind::Period));
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
            // H2 without a year names no days; 下半年 is the half of this year.
            PeriodExpression::Half(_) if view.at(span.start).is_ascii() => {}
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

/// What everyday words say.
fn everyday(text: &str, language: &str, reference: Option<Date>, places: &Places) -> Vec<Quantity> {
    let view = View::compact(text);
    let spoken = calendar::dated(&view, language, reference).into_iter();
    let quantity = |(span, dated)| {
        let bytes = view.bytes(span);
        let print = |day: Option<Date>| day.map(|day| day.to_string());
        match dated {
            Dated::Day(day) => {
                let mut quantity = places.quantity(text, QuantityKind::Date, bytes);
                quantity.start_date = print(day).or_else(|| Some(NO_SUCH_DAY.to_owned()));
                quantity
            }
            Dated::Period(from, to) => {
                let mut quantity = places.quantity(text, QuantityKind::Period, bytes);
                (quantity.start_date, quantity.end_date) = (print(from), print(to));
                quantity
            }
        }
    };
    spoken.map(quantity).collect()
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
