//! General quantities of a text: numbers, percentages, money, ranges, dates and periods, each kind for itself.
//!
//! Unlike the numerals that figures are made of, the kinds overlap: 5美元 is a number and money. The conventions are
//! those of the Recognizers-Text specifications. It binds nothing to anything.

mod bounds;
mod calendar;
mod complete;
mod count;
mod english;
mod money;
mod percent;
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
    for (span, value) in percent::percentages(&view, &numbers) {
        let mut quantity = places.quantity(text, QuantityKind::Percent, view.bytes(span));
        quantity.value = Some(Number(value));
        found.push(quantity);
    }
    for bound in bounds::ranges(&view, &numbers) {
        let mut quantity = places.quantity(text, QuantityKind::Range, view.bytes(bound.span));
        (quantity.low, quantity.high) = (bound.low.map(Number), bound.high.map(Number));
        found.push(quantity);
    }
    for amount in money::amounts(&view, language, &numbers, &numerals(text)) {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The values of one kind in a text, read on Wednesday 2023-05-17.
    fn read(kind: QuantityKind, language: &str, text: &str) -> String {
        let found = quantities(text, language, Some(Date::constant(2023, 5, 17)));
        let print = |quantity: Quantity| {
            let days = [quantity.start_date, quantity.end_date].into_iter().flatten().collect::<Vec<_>>().join("..");
            let value = quantity.value.map(|value| value.to_string()).unwrap_or_default();
            format!("{value}{days}{}", quantity.unit.map(|unit| format!(" {unit}")).unwrap_or_default())
        };
        found.into_iter().filter(|quantity| quantity.kind == kind).map(print).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn days_are_counted_from_the_reference() {
        let cases = [
            ("en", "shipped 3 weeks and 2 days ago", "2023-04-24"),
            ("en", "we meet the second Tuesday of June 2023", "2023-06-13"),
            ("en", "due Thursday next week", "2023-05-25"),
            ("en", "paid on 2/30/2023", "0001-01-01"),
            ("zh", "大后天交货", "2023-05-20"),
            ("zh", "上个星期五到港", "2023-05-12"),
            ("zh", "光绪二年三月初四", "1876-03-04"),
            ("zh", "6月28日", "2022-06-28"),
        ];
        for (language, text, expected) in cases {
            assert_eq!(read(QuantityKind::Date, language, text), expected, "{text}");
        }
    }

    #[test]
    fn periods_are_joined_and_parted() {
        let cases = [
            ("en", "from 3 to 9 July 2022", "2022-07-03..2022-07-09"),
            ("en", "late next month", "2023-06-16..2023-07-01"),
            ("en", "the first week of 2021", "2021-01-04..2021-01-11"),
            ("en", "within 2 weeks", "2023-05-17..2023-05-31"),
            ("en", "the 1980s", "1980-01-01..1990-01-01"),
            ("zh", "过去三个月", "2023-02-17..2023-05-17"),
            ("zh", "从2019年3月到2020年", "2019-03-01..2020-01-01"),
            ("zh", "二十世纪八十年代", "1980-01-01..1990-01-01"),
        ];
        for (language, text, expected) in cases {
            assert_eq!(read(QuantityKind::Period, language, text), expected, "{text}");
        }
    }

    #[test]
    fn money_has_parts_and_everyday_names() {
        let cases = [
            ("en", "twenty dollars and six cents", "20.06 USD"),
            ("en", "a 30-cent fee", "30"),
            ("en", "a budget of 7 MUSD", "7000000 USD"),
            ("zh", "八块五", "8.5 CNY"),
            ("zh", "12元3角", "12.3 CNY"),
        ];
        for (language, text, expected) in cases {
            assert_eq!(read(QuantityKind::Money, language, text), expected, "{text}");
        }
    }

    #[test]
    fn numbers_have_fractions_of_any_denominator() {
        let cases = [
            ("en", "seven twenty-firsts", "0.3333333333333333333333333333"),
            ("en", "forty and three quarters", "40.75"),
            ("en", "6 million and a half", "6500000"),
            ("en", "12 500 tonnes", "12500"),
            ("zh", "千五", "1500"),
            ("zh", "一百分之七", "0.07"),
        ];
        for (language, text, expected) in cases {
            assert_eq!(read(QuantityKind::Number, language, text), expected, "{text}");
        }
    }
}
