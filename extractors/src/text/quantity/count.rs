//! Plain numbers with fractions, powers and signs.

use std::collections::HashMap;
use std::sync::LazyLock;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::complete::{completed, shorthand};
use super::{Found, english};
use crate::text::number::{Bare, Style, bare, is_numeral};
use crate::text::unit::{Behind, UNITS};
use crate::text::view::View;
use crate::text::words::Words;

#[derive(Deserialize)]
struct Rules {
    fractions: HashMap<String, u64>,
    compounds: HashMap<String, u64>,
    vulgar: HashMap<char, [u32; 2]>,
    factors: HashMap<String, u64>,
    letters: HashMap<char, u32>,
    words: WordRules,
}

#[derive(Deserialize)]
struct WordRules {
    not_numbers: Vec<String>,
    negatives: Vec<String>,
    discount: Vec<String>,
    half_price: Vec<String>,
}

/// A [`Decimal`] holds no greater power of ten.
const MOST_POWER: u32 = 28;

pub(super) struct Lexicons {
    fractions: Words<u64>,
    compounds: Words<u64>,
    vulgar: HashMap<char, [u32; 2]>,
    factors: Words<u64>,
    letters: HashMap<char, u32>,
    not_numbers: Words<()>,
    negatives: Words<()>,
    pub(super) discount: Words<()>,
    pub(super) half_price: Words<()>,
}

pub(super) static LEXICONS: LazyLock<Lexicons> = LazyLock::new(|| {
    let Rules { fractions, compounds, vulgar, factors, letters, words } = crate::rules::read("quantities");
    let plain = |words: Vec<String>| Words::new(words.into_iter().map(|word| (word, ())));
    Lexicons {
        fractions: Words::new(fractions),
        compounds: Words::new(compounds),
        vulgar,
        factors: Words::new(factors),
        letters,
        not_numbers: plain(words.not_numbers),
        negatives: plain(words.negatives),
        discount: plain(words.discount),
        half_price: plain(words.half_price),
    }
});

/// All numbers of a view, in order.
pub(super) fn numbers(view: &View<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let (mut place, mut floor) = (0, 0);
    while place < view.len() {
        if let Some((end, ())) = LEXICONS.not_numbers.at(view, place) {
            place = end;
            continue;
        }
        match number(view, place, floor) {
            Some(number) => {
                (place, floor) = (number.span.end, number.span.end);
                found.push(number);
            }
            None => place = next_place(view, place),
        }
    }
    found
}

/// Digits, letters and addresses are read as a whole or not at all.
fn next_place(view: &View<'_>, place: usize) -> usize {
    let c = view.at(place);
    if !c.is_ascii_alphanumeric() {
        return place + 1;
    }
    let run = view.chars.iter().skip(place).take_while(|c| c.is_ascii_alphanumeric()).count();
    let address = view.at(place + run) == ':' && view.at(place + run + 1) == '/' && view.at(place + run + 2) == '/';
    let whole = view.chars.iter().skip(place).take_while(|c| c.is_ascii_graphic()).count();
    if address { place + whole } else { place + run }
}

/// The number that begins here.
pub(super) fn number(view: &View<'_>, place: usize, floor: usize) -> Option<Found> {
    let c = view.at(place);
    if let Some(value) = vulgar(c) {
        return Some(Found { span: place..place + 1, value, over: false });
    }
    let point = c == '.'
        && view.at(place + 1).is_ascii_digit()
        && !view.before(place).is_ascii_digit()
        && view.before(place) != '.';
    if !(is_numeral(c) || point || c.is_ascii_alphabetic() || matches!(c, '百' | '千')) {
        return None;
    }
    if c.is_ascii_digit() && view.before(place).is_ascii_alphabetic() {
        return None;
    }
    let worded = (c.is_ascii_alphanumeric()).then(|| english::words(view, place)).flatten();
    let Some(first) = bare(view, place, false).map(|first| completed(view, first)).or_else(|| shorthand(view, place))
    else {
        let (start, negative) = sign(view, place, floor);
        let (end, value) = worded?;
        return Some(Found { span: start..end, value: if negative { -value } else { value }, over: false });
    };
    if !stands_alone(view, &first) {
        return None;
    }
    let (start, negative) = sign(view, place, floor);
    let (end, value) = composed(view, &first)?;
    let (end, value) = worded.filter(|(behind, _)| *behind >= end).unwrap_or((end, value));
    if first.style == Style::Digits && view.at(end).is_ascii_alphabetic() && UNITS.before.at(view, end).is_none() {
        return None;
    }
    Some(Found { span: start..end, value: if negative { -value } else { value }, over: first.over })
}

/// ¾ and the like.
pub(super) fn vulgar(c: char) -> Option<Decimal> {
    let [upper, lower] = *LEXICONS.vulgar.get(&c)?;
    Decimal::from(upper).checked_div(Decimal::from(lower))
}

/// A single Han numeral before a currency is part of an amount, and financial forms are characters of common words.
fn stands_alone(view: &View<'_>, number: &Bare) -> bool {
    if number.style != Style::Han || number.length > 1 {
        return true;
    }
    let currency = matches!(UNITS.behind.at(view, number.end), Some((_, Behind::Money(_))));
    !currency && view.before(number.start) != '第'
}

/// The start of the sign before a number and whether it is a minus.
fn sign(view: &View<'_>, place: usize, floor: usize) -> (usize, bool) {
    if let Some((start, ())) = LEXICONS.negatives.before(view, view.skip_spaces_back(place), floor) {
        return (start, true);
    }
    let at = view.skip_spaces_back(place);
    let minus = at > floor && matches!(view.before(at), '-' | '－' | '−');
    let before = view.before(at.saturating_sub(1));
    let joins = before.is_alphanumeric() || matches!(before, '%' | ')' | '-') || (at < place && at > 1);
    if minus && !joins { (at - 1, true) } else { (place, false) }
}

/// What a number is with the fraction, power or factor behind it: the place behind and the value.
fn composed(view: &View<'_>, first: &Bare) -> Option<(usize, Decimal)> {
    let (end, value) = (first.end, first.value);
    if let Some(result) = chinese_fraction(view, end, value).or_else(|| slash_fraction(view, first)) {
        return Some(result);
    }
    if let Some(result) = power(view, end, value) {
        return Some(result);
    }
    let behind = view.skip_spaces(end);
    if let Some((end, factor)) = LEXICONS.factors.at(view, behind) {
        return Some((end, value.checked_mul(Decimal::from(factor))?));
    }
    // 40k, 2.33 k, 1,674,200.5 M: behind a space an m needs its capital, since metres have none.
    let letter_at = if view.at(end) == ' ' { end + 1 } else { end };
    let letter = view.at(letter_at);
    let exponent =
        LEXICONS.letters.get(&letter).copied().or((letter == 'm' && view.is_capital(letter_at)).then_some(6));
    let stands = first.style == Style::Digits && (letter_at == end || letter == 'k' || view.is_capital(letter_at));
    if let Some(exponent) = exponent.filter(|_| stands)
        && !view.at(letter_at + 1).is_ascii_alphanumeric()
    {
        return Some((letter_at + 1, value.checked_mul(Decimal::from(10u64.checked_pow(exponent)?))?));
    }
    Some(english_fraction(view, end, value).unwrap_or((end, value)))
}

/// 三分之一, 3又一千分之23.
fn chinese_fraction(view: &View<'_>, end: usize, value: Decimal) -> Option<(usize, Decimal)> {
    if view.at(end) == '又' {
        let lower = bare(view, end + 1, false)?;
        let (end, fraction) = chinese_fraction(view, lower.end, lower.value)?;
        return Some((end, value.checked_add(fraction)?));
    }
    // 一百分之二: the unit of the denominator stands before 分之.
    let unit = match view.at(end) {
        '百' | '佰' => 100,
        '千' | '仟' => 1_000,
        _ => 1,
    };
    let (end, value) = if unit > 1 && view.at(end + 1) == '分' {
        (end + 1, value.checked_mul(Decimal::from(unit))?)
    } else {
        (end, value)
    };
    let parted = view.at(end) == '分' && view.at(end + 1) == '之';
    let mut at = view.skip_spaces(end + 2);
    if !parted || value.is_zero() {
        return None;
    }
    let mut negative = false;
    if let Some((behind, ())) = LEXICONS.negatives.at(view, at) {
        (at, negative) = (behind, true);
    }
    let upper = bare(view, at, false)?;
    let fraction = upper.value.checked_div(value)?;
    Some((upper.end, if negative { -fraction } else { fraction }))
}

/// 1/2, 1 3/5.
fn slash_fraction(view: &View<'_>, first: &Bare) -> Option<(usize, Decimal)> {
    if first.style != Style::Digits {
        return None;
    }
    let over = |number: &Bare| {
        let lower = (view.at(number.end) == '/').then(|| bare(view, number.end + 1, false))??;
        let plain = view.at(lower.end) != '/' && lower.style == Style::Digits;
        plain.then(|| Some((lower.end, number.value.checked_div(lower.value)?)))?
    };
    if let Some(fraction) = over(first) {
        return Some(fraction);
    }
    let at = view.skip_spaces(first.end);
    let upper = (at > first.end && view.at(at).is_ascii_digit()).then(|| bare(view, at, false))??;
    let (end, fraction) = over(&upper)?;
    Some((end, first.value.checked_add(fraction)?))
}

/// 2e5, 2^-1, 1.3x10^6.
fn power(view: &View<'_>, end: usize, value: Decimal) -> Option<(usize, Decimal)> {
    let times_ten = view.chars.get(end..end + 4).is_some_and(|marks| marks == ['x', '1', '0', '^']);
    let (base, at) = match view.at(end) {
        'e' => (Decimal::TEN, end + 1),
        '^' => (value, end + 1),
        _ if times_ten => (Decimal::TEN, end + 4),
        _ => return None,
    };
    let mut digits = at;
    let mut negative = false;
    while matches!(view.at(digits), '+' | '-') {
        negative ^= view.at(digits) == '-';
        digits += 1;
    }
    let mut exponent: u32 = 0;
    let mut behind = digits;
    while let Some(digit) = view.at(behind).to_digit(10) {
        exponent = exponent.checked_mul(10)?.checked_add(digit)?;
        behind += 1;
    }
    if behind == digits || exponent > MOST_POWER {
        return None;
    }
    let mut raised = Decimal::ONE;
    for _ in 0..exponent {
        raised = raised.checked_mul(base)?;
    }
    if negative {
        raised = Decimal::ONE.checked_div(raised)?;
    }
    Some((behind, if view.at(end) == '^' { raised } else { value.checked_mul(raised)? }))
}

/// two thirds, three and a fifth, one over three.
fn english_fraction(view: &View<'_>, end: usize, value: Decimal) -> Option<(usize, Decimal)> {
    let at = if view.at(end) == '-' { end + 1 } else { view.skip_spaces(end) };
    if at == end {
        return None;
    }
    if let Some((end, parts)) = LEXICONS.fractions.at(view, at) {
        return Some((end, value.checked_div(Decimal::from(parts))?));
    }
    let word: String = view.chars.get(at..view.word_end(at)).unwrap_or_default().iter().collect();
    let next = view.skip_spaces(view.word_end(at));
    let out_of = word == "out" && view.chars.get(next..next + 3).is_some_and(|word| word == ['o', 'f', ' ']);
    match word.as_str() {
        "out" if out_of => {
            let lower = bare(view, view.skip_spaces(next + 2), false)?;
            // 12 out of 10 is no share.
            (value <= lower.value).then(|| Some((lower.end, value.checked_div(lower.value)?)))?
        }
        "over" => {
            let lower = bare(view, next, false)?;
            Some((lower.end, value.checked_div(lower.value)?))
        }
        "and" => {
            let article = matches!(view.chars.get(next..next + 2), Some(['a', ' ']));
            let (from, upper) = if article {
                (next + 1, Decimal::ONE)
            } else {
                bare(view, next, false).map(|number| (number.end, number.value))?
            };
            let at = view.skip_spaces(from);
            let (end, parts) = LEXICONS.fractions.at(view, at)?;
            Some((end, value.checked_add(upper.checked_div(Decimal::from(parts))?)?))
        }
        _ => None,
    }
}

/// A denominator that begins here: the place behind, its number, and whether no other number joins it.
pub(super) fn parts(view: &View<'_>, place: usize) -> Option<(usize, i64, bool)> {
    let (end, parts) = LEXICONS.fractions.at(view, place).or_else(|| LEXICONS.compounds.at(view, place))?;
    let word = view.chars.get(place..end).unwrap_or_default();
    let named = matches!(word, ['h', 'a', 'l', ..] | ['q', ..]);
    Some((end, i64::try_from(parts).ok()?, named || parts >= 100))
}

/// A dozen or the like behind a number.
pub(super) fn factor_behind(view: &View<'_>, end: usize) -> Option<(usize, u64)> {
    LEXICONS.factors.at(view, view.skip_spaces(end))
}
