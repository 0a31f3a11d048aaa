//! Ranges: which two amounts are the ends of one, and what each lends to the other.

use std::ops::Range;

use rust_decimal::Decimal;

use super::amount::{Amount, amount, is_percent_before, sign_before};
use super::lexicons::LEXICONS;
use crate::text::NumeralKind;
use crate::text::number::{Style, bare, is_numeral};
use crate::text::unit::UNITS;
use crate::text::view::View;

/// The second bound of a range that begins with `first`, and the first with what the second lends it.
pub(super) fn second_bound(view: &View<'_>, first: &Amount, floor: usize) -> Option<(Amount, Amount)> {
    let at = view.skip_spaces(first.end);
    let (behind, pair) = match LEXICONS.joins.at(view, at) {
        Some((end, ())) => (end, false),
        None => (LEXICONS.pairs.at(view, at)?.0, true),
    };
    let join_floor = behind;
    let second = amount(view, number_ahead(view, behind)?, join_floor)
        .or_else(|| amount_of_one(view, number_ahead(view, behind)?, join_floor))?;
    let before = view.skip_spaces_back(hedge_start(view, first.start, floor));
    let opened = LEXICONS.opens.before(view, before, 0).is_some();
    let (low, high) = lend(first, second, opened)?;
    let closed = LEXICONS.closes.at(view, view.skip_spaces(high.end)).is_some();
    if pair {
        return (closed || opened).then_some((low, high));
    }
    let word_join = view.at(at).is_alphabetic();
    (closed || !word_join || !is_change(view, first, before)).then_some((low, high))
}

/// Whether the words between and around two numbers make them the ends of a range.
pub(crate) fn are_joined(view: &View<'_>, first: &Range<usize>, second: &Range<usize>) -> bool {
    let at = view.skip_spaces(first.end);
    let meets = |end: usize| {
        view.skip_spaces(end) == second.start
            || view.at(view.skip_spaces(end)) == '第' && view.skip_spaces(end) + 1 == second.start
    };
    let closed = LEXICONS.closes.at(view, view.skip_spaces(second.end)).is_some();
    let opened = LEXICONS.opens.before(view, view.skip_spaces_back(first.start), 0).is_some();
    let join = LEXICONS.joins.at(view, at).is_some_and(|(end, ())| meets(end));
    let pair = LEXICONS.pairs.at(view, at).is_some_and(|(end, ())| meets(end)) && (closed || opened);
    join || pair
}

/// The place of the number behind a sign, currency or hedge, where one follows.
fn number_ahead(view: &View<'_>, from: usize) -> Option<usize> {
    let mut place = view.skip_spaces(from);
    for _ in 0..3 {
        if let Some((end, _)) = UNITS.before.at(view, place) {
            place = view.skip_spaces(end);
        }
        if let Some((end, ())) = LEXICONS.minus.at(view, place) {
            place = view.skip_spaces(end);
        }
        if matches!(view.at(place), '-' | '−' | '+' | '－') {
            place += 1;
        }
    }
    let c = view.at(place);
    (is_numeral(c) || c.is_ascii_alphabetic() || is_percent_before(view, place)).then_some(place)
}

/// A single numeral as a bound: 一至二.
fn amount_of_one(view: &View<'_>, place: usize, floor: usize) -> Option<Amount> {
    let number = bare(view, place, false)?;
    let (start, signed) = sign_before(view, place, floor);
    (number.style == Style::Han).then_some(Amount {
        start,
        end: number.end,
        value: number.value,
        step: number.step,
        scale: number.scale,
        kind: NumeralKind::Number { scaled: false },
        signed,
        over: false,
        unit_behind: false,
        money_before: false,
        style: number.style,
        length: number.length,
    })
}

/// Gives each bound the unit and scale that it shares with the other. `None`: they are no two bounds of one range.
/// `opened`: a word before them says that they are, so that they may stand in either order (between 3.7 and 0.9 percent).
fn lend(first: &Amount, second: Amount, opened: bool) -> Option<(Amount, Amount)> {
    let (mut low, mut high) = (first.clone(), second);
    let bare_low = matches!(low.kind, NumeralKind::Number { .. });
    let bare_high = matches!(high.kind, NumeralKind::Number { .. });
    if bare_low {
        low.kind = high.kind.clone();
        // 2至3成: what multiplies the second multiplies the first.
        if high.kind == NumeralKind::Percent
            && high.step >= Decimal::TEN
            && low.value <= Decimal::TEN
            && low.scale == Decimal::ONE
            && low.step == Decimal::ONE
            && high.value <= Decimal::ONE_HUNDRED
            && high.length == 1
        {
            (low.value, low.step) = (low.value * Decimal::TEN, low.step * Decimal::TEN);
        }
    } else if bare_high {
        if !low.money_before {
            return None;
        }
        high.kind = low.kind.clone();
    } else if low.kind != high.kind {
        return None;
    }
    if low.scale == Decimal::ONE && high.scale > Decimal::ONE && !low.unit_behind {
        let scaled = low.value.checked_mul(high.scale)?;
        if scaled <= high.value {
            (low.value, low.step, low.scale) = (scaled, low.step.checked_mul(high.scale)?, high.scale);
        }
    }
    let sign = |amount: &Amount| if amount.signed { -amount.value } else { amount.value };
    // 年減3%至5%: the text orders falls by size; a range downwards is two numbers.
    if sign(&low) > sign(&high) && opened && low.kind == NumeralKind::Percent && low.signed == high.signed {
        std::mem::swap(&mut low.value, &mut high.value);
    }
    (sign(&low) <= sign(&high)).then_some((low, high))
}

fn hedge_start(view: &View<'_>, start: usize, floor: usize) -> usize {
    LEXICONS.hedges_before.before(view, view.skip_spaces_back(start), floor).map_or(start, |(at, _)| at)
}

/// Whether `A to B` tells of a change from A, or by A, to B: `rose from 3 pct to 4 pct`, `increased $0.6 billion to $181.3 billion`.
fn is_change(view: &View<'_>, first: &Amount, before: usize) -> bool {
    const WORDS_BACK: usize = 5;
    let mut place = before;
    if let Some((start, ())) = LEXICONS.froms.before(view, before, 0) {
        place = view.skip_spaces_back(start);
        for _ in 0..WORDS_BACK {
            if LEXICONS.changes.before(view, place, 0).is_some() {
                return true;
            }
            while view.before(place).is_ascii_alphanumeric() {
                place -= 1;
            }
            place = view.skip_spaces_back(place);
        }
        return false;
    }
    let complete = matches!(first.kind, NumeralKind::Money(_)) && (first.scale > Decimal::ONE || first.unit_behind);
    complete && LEXICONS.changes.before(view, place, 0).is_some()
}
