//! Percentages, with their signs and words before or behind the number, tenths and discounts.

use std::ops::Range;

use rust_decimal::Decimal;

use super::Found;
use super::count::{LEXICONS, number};
use crate::text::number::{han_digit, is_numeral};
use crate::text::unit::{Behind, UNITS};
use crate::text::view::View;

/// All percentages, in order. `numbers`: the numbers of the same view.
pub(super) fn percentages(view: &View<'_>, numbers: &[Found]) -> Vec<(Range<usize>, Decimal)> {
    let mut found = Vec::new();
    let mut place = 0;
    for number in numbers {
        if number.span.start < place {
            continue;
        }
        if let Some((span, value)) = percentage(view, number) {
            place = span.end;
            found.push((span, value));
        }
    }
    let mut place = 0;
    while place < view.len() {
        let word = [
            LEXICONS.half_price.at(view, place).map(|(end, ())| (end, Decimal::from(50))),
            signed_parts(view, place),
            parts_of(view, place),
            half_tenth(view, place),
            of_number(view, place),
        ];
        match word.into_iter().flatten().next() {
            Some((end, value)) => {
                let free = found.iter().all(|(span, _)| span.end <= place || span.start >= end);
                if free {
                    found.push((place..end, value));
                }
                place = end;
            }
            None => place += 1,
        }
    }
    found.sort_by_key(|(span, _)| span.start);
    found
}

/// A number with a percent sign, points, tenths or a discount behind it.
fn percentage(view: &View<'_>, number: &Found) -> Option<(Range<usize>, Decimal)> {
    if is_parts_before(view, number.span.start).is_some() {
        return None;
    }
    let at = view.skip_spaces(number.span.end);
    let span = |end: usize| number.span.start..end;
    if let Some((end, ())) = LEXICONS.discount.at(view, at) {
        let tens = if number.value >= Decimal::TEN { Decimal::ONE } else { Decimal::TEN };
        let whole = number.value == Decimal::TEN && han_digit(view.at(number.span.start)).is_none();
        return (!whole).then(|| Some((span(end), number.value.checked_mul(tens)?)))?;
    }
    // 二三十个百分点 is no value.
    let approximate = |at: usize| Some(han_digit(view.at(at))? + 1 == han_digit(view.at(at + 1))?);
    if approximate(number.span.start) == Some(true)
        && matches!(view.at(number.span.start + 2), '十' | '百' | '成' | '个')
    {
        return None;
    }
    match UNITS.behind.at(view, at)? {
        (end, Behind::Percent | Behind::Points) => Some((span(end), number.value)),
        (end, Behind::Tenths) => {
            let digit = han_digit(view.at(end)).or_else(|| view.at(end).to_digit(10));
            // 八成半: half of a tenth.
            let half = (view.at(end) == '半').then_some((end + 1, 5));
            let (end, more) = digit.map_or(half.unwrap_or((end, 0)), |digit| (end + 1, digit));
            Some((span(end), number.value.checked_mul(Decimal::TEN)?.checked_add(Decimal::from(more))?))
        }
        _ => None,
    }
}

/// 百分之, 千分之, 萬分之, 百萬分之 that begins here: the place behind and the parts.
fn parts_mark(view: &View<'_>, place: usize) -> Option<(usize, Decimal)> {
    let mut end = place;
    let mut parts = Decimal::ONE;
    loop {
        let power = match view.at(end) {
            '百' | '佰' => 100,
            '千' | '仟' => 1000,
            '万' => 10_000,
            _ => break,
        };
        parts = parts.checked_mul(Decimal::from(power))?;
        end += 1;
    }
    let mark = end > place && view.at(end) == '分' && view.at(end + 1) == '之';
    let free = !is_numeral(view.before(place)) && !matches!(view.before(place), '百' | '千' | '万');
    (mark && free).then_some((end + 2, parts))
}

/// 負百分之三.
fn signed_parts(view: &View<'_>, place: usize) -> Option<(usize, Decimal)> {
    let (end, value) = (view.at(place) == '负').then(|| parts_of(view, place + 1))??;
    Some((end, -value))
}

fn is_parts_before(view: &View<'_>, start: usize) -> Option<()> {
    (view.before(start) == '之' && view.before(start.checked_sub(1)?) == '分').then_some(())
}

/// 百分之六, 千分之一, 百分之百.
fn parts_of(view: &View<'_>, place: usize) -> Option<(usize, Decimal)> {
    let (at, parts) = parts_mark(view, place)?;
    let hundred = Decimal::ONE_HUNDRED;
    if view.at(at) == '百' {
        return Some((at + 1, hundred));
    }
    let upper = number(view, at, at)?;
    Some((upper.span.end, upper.value.checked_mul(hundred)?.checked_div(parts)?))
}

/// 半成: five percent; 半成品 is a product.
fn half_tenth(view: &View<'_>, place: usize) -> Option<(usize, Decimal)> {
    let stands = view.at(place) == '半' && view.at(place + 1) == '成' && view.at(place + 2) != '品';
    let free = !matches!(view.before(place), '成' | '一' | '大' | '多');
    (stands && free).then(|| (place + 2, Decimal::from(5)))
}

/// percent of 10.
fn of_number(view: &View<'_>, place: usize) -> Option<(usize, Decimal)> {
    let (end, Behind::Percent) = UNITS.behind.at(view, place)? else { return None };
    let of = view.skip_spaces(end);
    let number_at = view.skip_spaces(view.word_end(of));
    let word: String = view.chars.get(of..view.word_end(of)).unwrap_or_default().iter().collect();
    let number = (word == "of").then(|| number(view, number_at, number_at))??;
    Some((number.span.end, number.value))
}
