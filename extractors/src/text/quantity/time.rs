//! Dates and periods as days from and to: the last ones that are not after the reference where the text leaves it open.

use std::ops::Range;

use bellwether_model::period::Period;
use bellwether_model::quantity::{Quantity, QuantityKind};
use jiff::civil::Date;

use super::Places;
use crate::text::period::{self, Mention};
use crate::text::view::View;
use crate::text::{PeriodExpression, resolve};

/// All dates and periods of a text.
pub(super) fn times(text: &str, reference: Option<Date>, places: &Places) -> Vec<Quantity> {
    let view = View::new(text);
    let mut found = Vec::new();
    for Mention { span, expression } in period::mentions(&view, reference) {
        let bytes = view.bytes(span.clone());
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

/// The day behind a period of months; of days, the last one itself.
fn end(period: Period) -> Option<Date> {
    match period {
        Period::Days(_, to) => Some(to),
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
