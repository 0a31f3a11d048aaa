//! Bare numbers: digits with grouping, Han numerals in all their styles, English number words, and scale words.
//!
//! It knows no units, currencies or ranges: a number here is a value, its last given digit and where it ends.

mod digits;
mod english;
mod han;

use std::collections::HashMap;
use std::sync::LazyLock;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::starts::Starts;
use super::view::View;
use super::words::Words;
pub(crate) use han::{decimals, han_digit};

/// More digits than a [`Decimal`] holds for certain; longer rows are identifiers, not amounts.
const MOST_DIGITS: usize = 24;

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// It begins with digits.
    Digits,
    /// It begins with a Han numeral.
    Han,
    /// English words.
    English,
}

/// A number with its scale, without sign or unit.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bare {
    /// Place of its first character.
    pub(crate) start: usize,
    /// Place behind its last one.
    pub(crate) end: usize,
    /// Its value, scale included.
    pub(crate) value: Decimal,
    /// One unit of the last digit given.
    pub(crate) step: Decimal,
    /// Its scale as a factor, 1 where it has none: what a bound of a range lends to the other.
    pub(crate) scale: Decimal,
    /// How it is written.
    pub(crate) style: Style,
    /// Number of digits and numerals of which it consists.
    pub(crate) length: usize,
    /// Whether a word between number and scale says that it is more (600多億).
    pub(crate) over: bool,
}

#[derive(Deserialize)]
struct NumberRules {
    cardinals: HashMap<String, u32>,
    scales: HashMap<String, u32>,
    letters: HashMap<char, u32>,
    hedges: InsideRules,
}

#[derive(Deserialize)]
struct InsideRules {
    over_inside: Vec<char>,
}

struct NumberWords {
    cardinals: Words<u32>,
    scales: Words<u32>,
    letters: HashMap<char, u32>,
    over_inside: Vec<char>,
}

static WORDS: LazyLock<NumberWords> = LazyLock::new(|| {
    let rules: NumberRules = crate::rules::read("numbers");
    NumberWords {
        cardinals: Words::new(rules.cardinals),
        scales: Words::new(rules.scales),
        letters: rules.letters,
        over_inside: rules.hedges.over_inside.into_iter().map(crate::fold::fold_char).collect(),
    }
});

/// The number that begins here. `money`: a currency stands before, so that single letters are scales ($2.1B).
pub(crate) fn bare(view: &View<'_>, start: usize, money: bool) -> Option<Bare> {
    let c = view.at(start);
    if c.is_ascii_digit() || (c == '.' && view.at(start + 1).is_ascii_digit()) || han::is_numeral(c) {
        let mut number = han::mixed(view, start)?;
        // 35-point-five billion, as broadcasters write what is to be read out.
        if view.at(number.end) == '-'
            && let Some((end, fraction, step)) = english::spoken_decimals(view, number.end)
            && let Some(value) = number.value.checked_add(fraction)
        {
            (number.end, number.value, number.step) = (end, value, step);
        }
        return Some(english_scale(view, number, money));
    }
    if c.is_ascii_alphabetic() { english::words(view, start) } else { None }
}

/// Whether a number may begin with this character, letters aside.
pub(crate) fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || han::is_numeral(c)
}

/// Adds how the numbers in English words begin.
pub(crate) fn english_starts(starts: &mut Starts) {
    WORDS.cardinals.folded().for_each(|word| starts.add(word.iter().copied()));
    english::ARTICLES.iter().chain([&english::HALF]).for_each(|word| starts.add(word.chars()));
}

/// Whether an English scale word begins here.
pub(crate) fn is_scale(view: &View<'_>, place: usize) -> bool {
    WORDS.scales.at(view, place).is_some()
}

/// The English cardinal below a hundred that begins here: the place behind it and its value.
pub(crate) fn cardinal(view: &View<'_>, place: usize) -> Option<(usize, u32)> {
    WORDS.cardinals.at(view, place)
}

/// The English scale word that begins here: the place behind it and its factor.
pub(crate) fn scale(view: &View<'_>, place: usize) -> Option<(usize, Decimal)> {
    WORDS.scales.at(view, place).map(|(end, exponent)| (end, power(exponent)))
}

/// Digits read one by one. Zeros at the end of the decimals count for the last digit given, not for the value.
#[derive(Default)]
struct Digits {
    /// All digits so far, and those up to the last decimal that is not zero.
    all: i128,
    value: i128,
    /// Decimals so far, and up to the last that is not zero.
    places: u32,
    value_places: u32,
}

impl Digits {
    /// Takes a digit before the point.
    fn whole(&mut self, digit: u32) {
        self.all = self.all * 10 + i128::from(digit);
        self.value = self.all;
    }

    /// Takes a digit behind the point.
    fn decimal(&mut self, digit: u32) {
        self.all = self.all * 10 + i128::from(digit);
        self.places += 1;
        if digit > 0 {
            (self.value, self.value_places) = (self.all, self.places);
        }
    }

    /// The value, and one unit of the last digit. `None`: more than [`MOST_DIGITS`] were given.
    fn number(&self) -> Option<(Decimal, Decimal)> {
        let decimal = |value, places| Decimal::try_from_i128_with_scale(value, places).ok();
        Some((decimal(self.value, self.value_places)?, decimal(1, self.places)?))
    }
}

fn power(exponent: u32) -> Decimal {
    Decimal::from(10u64.saturating_pow(exponent))
}

/// Adds a scale in English words or letters: 640.75 billion, 1.2-billion, $2.1B.
fn english_scale(view: &View<'_>, mut number: Bare, money: bool) -> Bare {
    loop {
        let mut at = view.skip_spaces(number.end);
        if view.at(at) == '-' && view.at(at + 1).is_ascii_alphabetic() {
            at += 1;
        }
        let scale = WORDS.scales.at(view, at).or_else(|| {
            let letter = *money.then(|| WORDS.letters.get(&view.at(number.end)))??;
            (!view.at(number.end + 1).is_ascii_alphanumeric()).then_some((number.end + 1, letter))
        });
        let Some((end, exponent)) = scale else { return number };
        let factor = power(exponent);
        let (Some(value), Some(step)) = (number.value.checked_mul(factor), number.step.checked_mul(factor)) else {
            return number;
        };
        number.scale = number.scale.checked_mul(factor).unwrap_or(number.scale);
        (number.end, number.value, number.step) = (end, value, step);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn digits_are_the_number_that_is_printed(whole in "[0-9]{1,12}", decimals in "[0-9]{0,12}") {
            let mut digits = Digits::default();
            whole.chars().filter_map(|c| c.to_digit(10)).for_each(|digit| digits.whole(digit));
            decimals.chars().filter_map(|c| c.to_digit(10)).for_each(|digit| digits.decimal(digit));
            let printed: Decimal = format!("{whole}.{decimals}0").parse().expect("a number");
            let places = u32::try_from(decimals.len()).expect("a few");
            prop_assert_eq!(digits.number(), Some((printed, Decimal::new(1, places))));
            let zeros = decimals.len() - decimals.trim_end_matches('0').len();
            prop_assert_eq!(digits.number().map(|(value, _)| value.scale() as usize), Some(decimals.len() - zeros));
        }
    }
}
