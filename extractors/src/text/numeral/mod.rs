//! Numerals: bare numbers with sign, unit, hedge and range.
//!
//! It knows no periods; their spans are given, so that the 12 of 12月 is no numeral.

mod amount;
mod lexicons;
mod range;

use std::ops::Range;
use std::sync::LazyLock;

use bellwether_model::figure::Hedge;
use rust_decimal::Decimal;

use super::number::{english_starts, is_numeral};
use super::starts::Starts;
use super::unit::UNITS;
use super::view::View;
use super::{Numeral, NumeralKind};
use crate::hash::CharSet;
pub(crate) use amount::is_percent_before;
use amount::{Amount, amount};
use lexicons::LEXICONS;
pub(crate) use range::are_joined;
use range::second_bound;

/// All numerals of a view outside of `taken`, spans of characters in order.
pub(crate) fn numerals(view: &View<'_>, taken: &[Range<usize>]) -> Vec<Numeral> {
    let mut found = Vec::new();
    let mut taken = taken.iter().peekable();
    let (mut place, mut floor) = (0, 0);
    let begins = &*BEGINS;
    while place < view.len() {
        while taken.next_if(|span| span.end <= place).is_some() {}
        if let Some(span) = taken.peek().filter(|span| span.start <= place) {
            (place, floor) = (span.end, span.end);
            continue;
        }
        let ceiling = taken.peek().map_or(view.len(), |span| span.start);
        let ahead = view.chars.get(place..ceiling).unwrap_or_default();
        match ahead.iter().position(|&c| begins.may_hold(c)) {
            Some(passed) => place += passed,
            None => {
                place = ceiling;
                continue;
            }
        }
        match step(view, place, floor, ceiling) {
            Step::Found(numeral, end) => {
                found.push(numeral);
                (place, floor) = (end, end);
            }
            Step::Past(end) => place = end.max(place + 1),
        }
    }
    bracketed(view, &mut found);
    found
}

/// The characters at which [`step`] looks; it passes over all others.
static BEGINS: LazyLock<CharSet> = LazyLock::new(|| {
    let all = ('\0'..=char::MAX).filter(|&c| is_numeral(c) || c.is_ascii_alphabetic());
    all.chain(['百', '.', '翻', '倍']).collect()
});

enum Step {
    Found(Numeral, usize),
    Past(usize),
}

/// Reads what begins at one place.
fn step(view: &View<'_>, place: usize, floor: usize, ceiling: usize) -> Step {
    let c = view.at(place);
    if c.is_ascii_alphabetic() {
        return word(view, place, floor, ceiling);
    }
    let percent = is_percent_before(view, place);
    let begins = percent || is_numeral(c) || (c == '.' && view.at(place + 1).is_ascii_digit());
    if !begins {
        return if matches!(c, '翻' | '倍') { factor(view, place) } else { Step::Past(place + 1) };
    }
    if c.is_ascii_digit()
        && let Some(end) = identifier(view, place, floor)
    {
        return Step::Past(end);
    }
    match amount(view, place, floor) {
        Some(first) if first.end <= ceiling => finish(view, first, floor, ceiling),
        Some(first) => Step::Past(first.end.min(ceiling)),
        None => Step::Past(past_number(view, place)),
    }
}

/// Beginnings of addresses, which hold no amounts.
const ADDRESSES: [&str; 3] = ["http", "https", "www"];

/// How the words begin that are read here.
static STARTS: LazyLock<Starts> = LazyLock::new(|| {
    let mut starts = Starts::default();
    ADDRESSES.into_iter().for_each(|word| starts.add(word.chars()));
    UNITS.factors.folded().for_each(|word| starts.add(word.iter().copied()));
    english_starts(&mut starts);
    starts
});

/// A word of letters: a number word, a factor, an address, or nothing.
fn word(view: &View<'_>, place: usize, floor: usize, ceiling: usize) -> Step {
    if !view.is_word_start(place) {
        return Step::Past(place + 1);
    }
    let end = view.word_end(place);
    if !STARTS.may_begin(view, place) {
        return Step::Past(end);
    }
    if ADDRESSES.contains(&view.word(place).as_str()) && matches!(view.at(end), ':' | '.') {
        let address = view.chars.iter().skip(end).take_while(|c| c.is_ascii_graphic()).count();
        return Step::Past(end + address);
    }
    if let Step::Found(numeral, end) = factor(view, place) {
        return Step::Found(numeral, end);
    }
    match amount(view, place, floor) {
        Some(first) if first.end <= ceiling => finish(view, first, floor, ceiling),
        _ => Step::Past(end),
    }
}

/// Words that are a factor by themselves (doubled).
fn factor(view: &View<'_>, place: usize) -> Step {
    let Some((end, value)) = UNITS.factors.at(view, place) else { return Step::Past(place + 1) };
    let numeral = Numeral {
        span: view.bytes(place..end),
        kind: NumeralKind::Multiple,
        low: value,
        high: None,
        step: Decimal::ONE,
        hedge: None,
        signed: false,
    };
    Step::Found(numeral, end)
}

/// Characters of the longest row of digits and marks that is looked into for amounts, so that reading stays linear.
const LONGEST_ROW: usize = 256;

/// The end of a row of digits that is no amount: a time, date, telephone number, version, or part of a name (H20, 5G).
fn identifier(view: &View<'_>, start: usize, floor: usize) -> Option<usize> {
    if view.before(start).is_ascii_alphabetic() && UNITS.before.before(view, start, floor).is_none() {
        return Some(past_number(view, start));
    }
    let (mut place, mut dashes, mut points, mut most_points, mut other) = (start, 0, 0, 0, false);
    loop {
        let c = view.at(place);
        if !c.is_ascii_digit() {
            if !view.at(place + 1).is_ascii_digit() {
                break;
            }
            match c {
                ':' | '/' => other = true,
                '-' => (dashes, points) = (dashes + 1, 0),
                '.' => points += 1,
                ',' => {}
                _ => break,
            }
            most_points = most_points.max(points);
        }
        place += 1;
    }
    let area_code =
        view.at(start) == '0' || (view.before(start) == ')' && start > 1 && view.at(start - 2).is_ascii_digit());
    let telephone = dashes == 1 && area_code && view.at(start + 1).is_ascii_digit();
    let endless = place - start > LONGEST_ROW;
    (other || dashes > 1 || most_points > 1 || telephone || endless).then_some(place)
}

/// The place behind a row of digits, letters and the marks between them.
fn past_number(view: &View<'_>, start: usize) -> usize {
    let mut place = start;
    loop {
        let c = view.at(place);
        let goes_on = c.is_ascii_alphanumeric()
            || (matches!(c, '.' | '-' | '_') && place > start && view.at(place + 1).is_ascii_alphanumeric());
        if !goes_on {
            return place.max(start + 1);
        }
        place += 1;
    }
}

/// Looks for the second bound of a range and for hedges, and makes the numeral.
fn finish(view: &View<'_>, first: Amount, floor: usize, ceiling: usize) -> Step {
    let range = second_bound(view, &first, floor).filter(|range| range.1.end <= ceiling);
    let (low, high) = match range {
        Some((low, high)) => (low, Some(high)),
        None => (first, None),
    };
    let start = low.start;
    let mut end = high.as_ref().map_or(low.end, |high| high.end);
    let mut hedge = None;
    let mut span_start = start;
    if let Some((at, Some(word))) = LEXICONS.hedges_before.before(view, view.skip_spaces_back(start), floor) {
        (hedge, span_start) = (Some(word), at);
    } else if let Some((at, word)) =
        LEXICONS.hedges_after.at(view, view.skip_spaces(end)).filter(|(at, _)| *at <= ceiling)
    {
        (hedge, end) = (Some(word), at);
    } else if low.over {
        hedge = Some(Hedge::Over);
    }
    let last = high.as_ref().unwrap_or(&low);
    let sign = |amount: &Amount| if amount.signed { -amount.value } else { amount.value };
    let numeral = Numeral {
        span: view.bytes(span_start..end),
        kind: last.kind.clone(),
        low: sign(&low),
        high: high.as_ref().map(sign),
        step: high.as_ref().map_or(low.step, |high| low.step.min(high.step)),
        hedge,
        signed: low.signed,
    };
    Step::Found(numeral, end)
}

/// A text that is one number in brackets, such as the cell of a table, is negative.
fn bracketed(view: &View<'_>, found: &mut [Numeral]) {
    let [numeral] = found else { return };
    let text = view.text.trim();
    let inner = text.strip_prefix(['(', '（']).and_then(|rest| rest.strip_suffix([')', '）'])).map(str::trim);
    let own = view.text.get(numeral.span.clone());
    if inner.is_some()
        && inner == own
        && !numeral.signed
        && numeral.high.is_none()
        && numeral.kind != NumeralKind::Count
    {
        let start = view.text.len() - view.text.trim_start().len();
        numeral.span = start..start + text.len();
        (numeral.low, numeral.signed) = (-numeral.low, true);
    }
}
