//! Amounts of money as people say them: with their cents, in cents alone, with the symbol or scale behind.
//!
//! The amounts that statistics print are read as numerals; this adds what those leave out.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::Found;
use crate::text::unit::{Behind, UNITS};
use crate::text::view::View;
use crate::text::words::Words;
use crate::text::{LOCAL_YUAN, Numeral, NumeralKind, number};

/// An amount of money.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Amount {
    /// Characters of the view.
    pub(super) span: Range<usize>,
    /// In whole units of the currency, or in its parts where the text names these alone.
    /// `None`: a currency is named without an amount.
    pub(super) value: Option<Decimal>,
    /// The currency; `None`: parts of one that is not told.
    pub(super) code: Option<String>,
}

#[derive(Deserialize)]
struct Rules {
    subunits: HashMap<String, u32>,
    everyday: HashMap<String, String>,
}

struct Lexicons {
    subunits: Words<u32>,
    everyday: Words<String>,
}

static LEXICONS: LazyLock<Lexicons> = LazyLock::new(|| {
    let Rules { subunits, everyday } = crate::rules::read("quantities");
    Lexicons { subunits: Words::new(subunits), everyday: Words::new(everyday) }
});

/// All amounts of a view, in order. `numbers` and `numerals` are those of its text.
pub(super) fn amounts(view: &View<'_>, language: &str, numbers: &[Found], numerals: &[Numeral]) -> Vec<Amount> {
    let mut found: Vec<Amount> = numerals.iter().flat_map(|numeral| printed(view, language, numeral)).collect();
    let mut printed = found.iter().map(|amount| amount.span.clone()).collect::<Vec<_>>().into_iter().peekable();
    let mut said = Vec::new();
    for number in numbers {
        while printed.next_if(|span| span.end <= number.span.start).is_some() {}
        if printed.peek().is_none_or(|span| span.start >= number.span.end) {
            said.extend(everyday(view, number));
        }
    }
    found.extend(said);
    found.sort_by_key(|amount| (amount.span.start, amount.span.end));
    let mut found = with_parts(view, found, numbers);
    let named = names(view, &found);
    found.extend(named);
    found.sort_by_key(|amount| amount.span.start);
    found
}

/// Currencies that are named outside of `amounts`, which are in order.
fn names(view: &View<'_>, amounts: &[Amount]) -> Vec<Amount> {
    let mut found = Vec::new();
    let mut amounts = amounts.iter().peekable();
    let mut place = 0;
    while place < view.len() {
        while amounts.next_if(|amount| amount.span.end <= place).is_some() {}
        if let Some(amount) = amounts.peek().filter(|amount| amount.span.start <= place) {
            place = amount.span.end;
            continue;
        }
        match UNITS.behind.at(view, place) {
            // A sign or one character (元, 圓) is no name by itself.
            Some((end, Behind::Money(currency)))
                if end > place + 1 && view.at(place).is_alphabetic() && !currency.is_local() =>
            {
                let code = Some(currency.unit().as_str().to_owned());
                found.push(Amount { span: place..end, value: None, code });
                place = end;
            }
            _ => place += 1,
        }
    }
    found
}

/// The amounts that a numeral is. 元 without a country is the yuan, as is ¥ in a Chinese text.
fn printed(view: &View<'_>, language: &str, numeral: &Numeral) -> Vec<Amount> {
    let NumeralKind::Money(unit) = &numeral.kind else { return Vec::new() };
    let mut span = view.place(numeral.span.start)..view.place(numeral.span.end);
    let symbol = view.chars.get(span.clone()).is_some_and(|chars| chars.contains(&'¥'));
    let yuan = unit.as_str() == LOCAL_YUAN || (language == "zh" && symbol);
    let code = if yuan { "CNY" } else { unit.as_str() };
    // 75 USD million: the scale stands behind the currency.
    let behind = view.skip_spaces(span.end);
    let lettered = view.before(span.end).is_ascii_alphabetic();
    let scale = number::scale(view, behind).filter(|_| lettered && behind > span.end);
    let factor = scale.map_or(Decimal::ONE, |(end, factor)| {
        span.end = end;
        factor
    });
    let values = [Some(numeral.low), numeral.high].into_iter().flatten();
    let amount = |value: Decimal| {
        Some(Amount { span: span.clone(), value: Some(value.checked_mul(factor)?), code: Some(code.to_owned()) })
    };
    values.filter_map(amount).collect()
}

/// A number with an everyday unit of money: 470 pence, 12-cent, 三块, 10 $, 120 MEUR.
fn everyday(view: &View<'_>, number: &Found) -> Option<Amount> {
    let mut at = view.skip_spaces(number.span.end);
    if view.at(at) == '-' && view.at(at + 1).is_ascii_alphabetic() {
        at += 1;
    }
    if view.at(at) == '个' {
        at += 1;
    }
    let start = number.span.start;
    let amount = |end: usize, code: Option<String>| Some(Amount { span: start..end, value: Some(number.value), code });
    if let Some((end, Behind::Money(currency))) = UNITS.behind.at(view, at) {
        let code = if currency.is_local() { "CNY".to_owned() } else { currency.unit().as_str().to_owned() };
        return amount(end, Some(code));
    }
    if let Some((end, code)) = LEXICONS.everyday.at(view, at) {
        return amount(end, Some(code));
    }
    if let Some((end, _)) = LEXICONS.subunits.at(view, at)
        && !matches!(view.at(end), '之' | '钟' | '鐘' | '度')
        && (view.at(at).is_ascii() || !matches!(view.at(at), '分' | '角' | '毛' | '钱' | '仙') || view.at(end) == '钱')
    {
        return amount(end, None);
    }
    if let Some((end, currency)) = UNITS.before.at(view, at).filter(|_| !view.at(at).is_ascii_alphabetic())
        && !view.at(view.skip_spaces(end)).is_ascii_digit()
    {
        return amount(end, Some(currency.unit().as_str().to_owned()));
    }
    in_millions(view, number, at)
}

/// 120 MEUR, MAUD 60: millions or thousands in front of the code.
fn in_millions(view: &View<'_>, number: &Found, at: usize) -> Option<Amount> {
    let behind = view.word_end(at);
    let word = |from: usize, to: usize| view.chars.get(from..to).map(|chars| chars.iter().collect::<String>());
    let before_end = view.skip_spaces_back(number.span.start);
    let mut before = before_end;
    while view.before(before).is_ascii_alphabetic() {
        before -= 1;
    }
    let names = [
        (word(at, behind)?, at, number.span.start..behind),
        (word(before, before_end)?, before, before..number.span.end),
    ];
    names.into_iter().find_map(|(name, place, span)| {
        let factor = match name.chars().next()? {
            'm' => 1_000_000,
            'k' => 1_000,
            _ => return None,
        };
        let code = name.get(1..).filter(|code| code.len() == 3 && view.is_capital(place))?;
        let view_of_code = View::new(code);
        let (end, currency) = UNITS.before.at(&view_of_code, 0)?;
        let value = number.value.checked_mul(Decimal::from(factor))?;
        (end == code.len()).then(|| Amount {
            span,
            value: Some(value),
            code: Some(currency.unit().as_str().to_owned()),
        })
    })
}

/// Adds to each amount the parts of it that follow: thirteen dollars and forty-five cents, 50元6角三分, 15 dollars 50.
fn with_parts(view: &View<'_>, amounts: Vec<Amount>, numbers: &[Found]) -> Vec<Amount> {
    let mut whole: Vec<Amount> = Vec::with_capacity(amounts.len());
    let mut next = 0;
    for mut amount in amounts {
        if whole.last().is_some_and(|before| {
            amount.span.start < before.span.end && amount.span.end <= before.span.end && amount.code.is_none()
        }) {
            continue;
        }
        while numbers.get(next).is_some_and(|number| number.span.start < amount.span.end) {
            next += 1;
        }
        while let Some(number) = numbers.get(next).filter(|_| amount.code.is_some())
            && let Some((end, part)) = part(view, amount.span.end, number)
        {
            amount.value = amount.value.and_then(|value| value.checked_add(part)).or(amount.value);
            amount.span.end = end;
            next += 1;
        }
        whole.push(amount);
    }
    whole
}

/// The part of an amount that a number directly behind it is: the place behind and its value.
fn part(view: &View<'_>, from: usize, number: &Found) -> Option<(usize, Decimal)> {
    let between = view.chars.get(from..number.span.start)?;
    let word: String = between.iter().filter(|c| !c.is_whitespace()).collect();
    let joined = matches!(word.as_str(), "and" | "又" | "零");
    if !(joined || word.is_empty()) {
        return None;
    }
    let at = view.skip_spaces(number.span.end);
    let hundred = Decimal::ONE_HUNDRED;
    if let Some((end, per)) = LEXICONS.subunits.at(view, at) {
        return (number.value < hundred).then(|| Some((end, number.value.checked_div(Decimal::from(per))?)))?;
    }
    // one kuai and five mao five: what follows the tenths are hundredths.
    let tenths = matches!(view.before(from), '角' | '毛')
        || view.chars.get(..from).is_some_and(|chars| chars.ends_with(&['m', 'a', 'o']));
    let unit = UNITS.behind.at(view, at).is_some() || UNITS.before.at(view, at).is_some();
    let whole = number.value.is_integer() && number.value > Decimal::ZERO && number.value < hundred;
    let goes_on =
        view.at(at) == '%' || view.at(at).is_ascii_digit() || matches!(view.at(number.span.end), '/' | '-' | ':');
    if joined || unit || !whole || goes_on {
        return None;
    }
    if tenths && number.value < Decimal::TEN {
        return Some((number.span.end, number.value.checked_div(hundred)?));
    }
    let spoken = view.before(from).is_ascii_alphabetic() && from < number.span.start && number.value >= Decimal::TEN;
    if spoken {
        return Some((number.span.end, number.value.checked_div(hundred)?));
    }
    let piece = matches!(view.before(from), '块') && number.value < Decimal::TEN;
    piece.then(|| Some((number.span.end, number.value.checked_div(Decimal::TEN)?)))?
}
