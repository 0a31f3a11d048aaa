//! General quantities of a text: numbers, percentages, money, ranges, dates and periods, each kind for itself.
//!
//! Unlike the numerals that figures are made of, the kinds overlap: 5美元 is a number and money. The conventions are
//! those of the Recognizers-Text specifications. It binds nothing to anything.

mod bounds;
mod calendar;
mod count;
mod english;
mod money;
mod time;

use std::ops::Range;

use bellwether_model::number::Number;
use bellwether_model::quantity::{Quantity, QuantityKind};
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::numerals;
use super::view::View;

/// See [`crate::text::quantities`].
pub(crate) fn quantities(text: &str, language: &str, reference: Option<Date>) -> Vec<Quantity> {
    let view = View::compact(text);
    let places = Places::new(text);
    let numbers = count::numbers(&view);
    let mut found: Vec<Quantity> = Vec::new();
    for number in &numbers {
        let mut quantity = places.quantity(text, QuantityKind::Number, view.bytes(number.span.clone()));
        quantity.value = Some(Number(number.value));
        found.push(quantity);
    }
    for (span, value) in count::percentages(&view, &numbers) {
        let mut quantity = places.quantity(text, QuantityKind::Percent, view.bytes(span));
        quantity.value = Some(Number(value));
        found.push(quantity);
    }
    for bound in bounds::ranges(&view, &numbers) {
        let mut quantity = places.quantity(text, QuantityKind::Range, view.bytes(bound.span));
        (quantity.low, quantity.high) = (bound.low.map(Number), bound.high.map(Number));
        found.push(quantity);
    }
    for amount in money::amounts(&view, language, &numbers, &numerals(text, language)) {
        let mut quantity = places.quantity(text, QuantityKind::Money, view.bytes(amount.span));
        (quantity.value, quantity.unit) = (amount.value.map(Number), amount.code);
        found.push(quantity);
    }
    found.extend(time::times(text, language, reference, &places));
    found.sort_by_key(|quantity| (quantity.start, quantity.end, quantity.kind as u8));
    found
}

/// A number that was found, by its characters in the view.
#[derive(Debug, Clone, PartialEq)]
struct Found {
    span: Range<usize>,
    value: Decimal,
    /// Whether the number says that it is more (二百三十餘萬).
    over: bool,
}

/// Turns bytes into numbers of characters.
struct Places {
    /// The byte at which each character begins.
    offsets: Vec<usize>,
}

impl Places {
    fn new(text: &str) -> Self {
        Self { offsets: text.char_indices().map(|(offset, _)| offset).collect() }
    }

    fn place(&self, byte: usize) -> usize {
        self.offsets.partition_point(|&offset| offset < byte)
    }

    /// A quantity of these bytes without a value.
    fn quantity(&self, text: &str, kind: QuantityKind, bytes: Range<usize>) -> Quantity {
        Quantity {
            kind,
            text: text.get(bytes.clone()).unwrap_or_default().to_owned(),
            start: self.place(bytes.start),
            end: self.place(bytes.end),
            value: None,
            low: None,
            high: None,
            unit: None,
            start_date: None,
            end_date: None,
        }
    }
}
