//! ASCII digits with grouping and decimals, also where a page was damaged.

use rust_decimal::Decimal;

use super::han::{big_unit, decimals};
use super::{Digits, MOST_DIGITS};
use crate::text::unit::{Behind, UNITS};
use crate::text::view::View;

/// ASCII digits with grouping and decimals: its end, value, last digit and length.
pub(super) fn digits(view: &View<'_>, start: usize) -> Option<(usize, Decimal, Decimal, usize)> {
    let mut place = start;
    let mut read = Digits::default();
    let mut length = 0;
    let mut grouped = false;
    loop {
        while let Some(digit) = view.at(place).to_digit(10) {
            length += 1;
            if length > MOST_DIGITS {
                return None;
            }
            read.whole(digit);
            place += 1;
        }
        match group_behind(view, start, place, grouped) {
            Some(next) => (place, grouped) = (next, true),
            None if !grouped && is_torn(view, start, place) => place += 1,
            None => break,
        }
    }
    if let Some(mut at) = point_behind(view, place) {
        while let Some(digit) = view.at(at).to_digit(10) {
            length += 1;
            if length > MOST_DIGITS {
                return None;
            }
            read.decimal(digit);
            at += 1;
        }
        place = at;
    } else if let Some((end, fraction, fraction_step, more)) = decimals(view, place) {
        return Some((end, read.number()?.0 + fraction, fraction_step, length + more));
    }
    let (value, step) = read.number()?;
    (length > 0).then_some((place, value, step, length))
}

/// Where the next group of three digits begins: 1,234 / 1，234 / 1 234 with a space that does not break.
fn group_behind(view: &View<'_>, start: usize, place: usize, grouped: bool) -> Option<usize> {
    if !(grouped || (1..=3).contains(&(place - start))) || place == start {
        return None;
    }
    let separator = view.at(place);
    let fixed_space = || separator == ' ' && !view.text[view.bytes(place..place + 1)].starts_with(' ');
    // EUR 1 493.7 bn: behind a currency a space between groups is one of the number.
    let behind_currency = || separator == ' ' && UNITS.before.before(view, view.skip_spaces_back(start), 0).is_some();
    if separator != ',' && separator != '\'' && !fixed_space() && !behind_currency() {
        return None;
    }
    // $20，300美元 are two amounts: no amount has a currency before it and another behind it.
    if separator == ',' && matches!(view.before(start), '$' | '¥' | '€' | '£') {
        let currency = matches!(UNITS.behind.at(view, view.skip_spaces(place + 4)), Some((_, Behind::Money(_))));
        if currency && view.text[view.bytes(place..place + 1)].starts_with('，') {
            return None;
        }
    }
    let three = (1..=3).all(|i| view.at(place + i).is_ascii_digit());
    // A full-width comma parts words; between narrow digits it groups where what follows shows one number (6，407.5億).
    let around = &view.text[view.bytes(place - 1..place + 1)];
    let wide = around.starts_with(|c: char| c.is_ascii()) && around.ends_with('，');
    let behind = view.at(place + 4);
    let one = !wide || grouped || matches!(behind, '.' | ',') || is_unit(view, view.skip_spaces(place + 4));
    (three && one && !behind.is_ascii_digit()).then_some(place + 1)
}

/// Whether a damaged page tore a number in two behind its first digits: words stand before it, a unit behind it, and
/// nothing but one space between the halves (出口 3 99.4 億).
fn is_torn(view: &View<'_>, start: usize, place: usize) -> bool {
    /// They count what stands between them and the number, or end a number of their own.
    const COUNTS: [char; 12] = ['第', '月', '日', '年', '季', '名', '前', '亿', '万', '元', '至', '到'];
    let before = view.before(view.skip_spaces_back(start));
    let words = ('\u{4e00}'..='\u{9fff}').contains(&before) && !COUNTS.contains(&before);
    if !words || place - start > 2 || view.at(place) != ' ' {
        return false;
    }
    let row = |from: usize| (from..).take_while(|&at| view.at(at).is_ascii_digit()).count();
    let whole = row(place + 1);
    let mut end = place + 1 + whole;
    if let Some(next) = point_behind(view, end) {
        end = next + row(next);
    }
    (1..=3).contains(&whole) && is_unit(view, view.skip_spaces(end))
}

/// Whether a percent sign or a scale stands here.
fn is_unit(view: &View<'_>, place: usize) -> bool {
    view.at(place) == '%' || big_unit(view.at(place)).is_some()
}

/// Where the decimals begin: behind a point, also one that a damaged page set off by a space (374 .7億, 374. 7億, 374 . 7億).
fn point_behind(view: &View<'_>, place: usize) -> Option<usize> {
    if view.at(place) == '.' && view.at(place + 1).is_ascii_digit() {
        return Some(place + 1);
    }
    let point = view.skip_spaces(place);
    if view.at(point) != '.' {
        return None;
    }
    let next = view.skip_spaces(point + 1);
    let spaced = point > place && next == point + 1;
    let torn = point == place && next > point + 1;
    // 282 . 4 億: each character set apart.
    let apart = point == place + 1 && next == point + 2;
    if !(spaced || torn || apart) || !view.at(next).is_ascii_digit() {
        return None;
    }
    let mut end = next;
    while view.at(end).is_ascii_digit() {
        end += 1;
    }
    // Only a unit directly behind shows that the two halves are one number.
    let unit = is_unit(view, end) || end - next <= 2 && is_unit(view, view.skip_spaces(end));
    (unit && end - next <= 3).then_some(next)
}
