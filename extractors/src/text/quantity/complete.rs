//! What general quantities read of a bare number beyond its plain form: groups, fraction signs, Han shorthand.

use rust_decimal::Decimal;

use super::count::vulgar;
use crate::text::number::{Bare, Style, han_digit, is_numeral};
use crate::text::view::View;

/// What a bare number is with digits grouped by spaces (40 000), a fraction sign (2¾) or decimals behind a unit
/// (两千万点五).
pub(super) fn completed(view: &View<'_>, mut number: Bare) -> Bare {
    if number.style == Style::Digits {
        while number.length <= MOST_GROUPED
            && number.step == Decimal::ONE
            && let Some(group) = group(view, &number)
        {
            let Some(value) =
                number.value.checked_mul(Decimal::ONE_THOUSAND).and_then(|value| value.checked_add(group))
            else {
                break;
            };
            (number.value, number.end, number.length) = (value, number.end + 4, number.length + 3);
        }
        if let Some(value) = vulgar(view.at(number.end)).and_then(|part| number.value.checked_add(part)) {
            (number.value, number.end) = (value, number.end + 1);
        }
        return number;
    }
    if number.style != Style::Han {
        return number;
    }
    let ends_in_unit = matches!(view.before(number.end), '十' | '百' | '千' | '万' | '亿' | '拾' | '佰' | '仟');
    if ends_in_unit && let Some((end, fraction)) = decimals(view, number.end) {
        number.value = number.value.checked_add(fraction).unwrap_or(number.value);
        number.end = end;
    } else {
        tenths_of_unit(view, &mut number);
    }
    number
}

/// No number has more digits in groups.
const MOST_GROUPED: usize = 24;

/// Three digits behind a number of at most three or of groups, a space between: its next group.
fn group(view: &View<'_>, number: &Bare) -> Option<Decimal> {
    let digits = view.chars.get(number.end + 1..number.end + 4)?;
    let plain = view.chars.get(number.start..number.end)?.iter().all(|c| c.is_ascii_digit() || *c == ' ');
    let fits = view.at(number.end) == ' ' && (number.length <= 3 || view.at(number.end - 4) == ' ');
    let ends = !view.at(number.end + 4).is_ascii_digit();
    let value = digits.iter().try_fold(0, |sum, c| Some(sum * 10 + c.to_digit(10)?))?;
    (plain && fits && ends).then(|| Decimal::from(value))
}

/// 两千三点一: the digit behind the unit counts its tenths, as it does without decimals.
fn tenths_of_unit(view: &View<'_>, number: &mut Bare) {
    let chars = view.chars.get(number.start..number.end).unwrap_or_default();
    let Some(point) = chars.iter().position(|c| *c == '点').filter(|point| *point >= 2) else { return };
    let unit = match chars.get(point - 2) {
        Some('百') => 100,
        Some('千') => 1_000,
        Some('万') => 10_000,
        _ => return,
    };
    let Some(digit) = chars.get(point - 1).and_then(|c| han_digit(*c)) else { return };
    let last_is_digit = chars.last().is_some_and(|c| han_digit(*c).is_some());
    if last_is_digit {
        number.value += Decimal::from(digit) * Decimal::from(unit / 10 - 1);
    }
}

/// Decimals in Han digits behind 点.
fn decimals(view: &View<'_>, place: usize) -> Option<(usize, Decimal)> {
    let row = view.chars.get(place + 1..).filter(|_| view.at(place) == '点')?.iter().take(MOST_GROUPED);
    let digits: Vec<u32> = row.map_while(|c| han_digit(*c)).collect();
    let end = place + 1 + digits.len();
    let time = matches!(view.at(end), '分' | '刻' | '十');
    let value = digits.iter().rev().fold(Decimal::ZERO, |sum, digit| (sum + Decimal::from(*digit)) / Decimal::TEN);
    (!digits.is_empty() && !time).then_some((end, value))
}

/// 百三, 千三: a hundred and thirty, a thousand and three hundred.
pub(super) fn shorthand(view: &View<'_>, place: usize) -> Option<Bare> {
    let unit = match view.at(place) {
        '百' => 100,
        '千' => 1_000,
        _ => return None,
    };
    let digit = han_digit(view.at(place + 1)).filter(|digit| *digit > 0)?;
    let next = view.at(place + 2);
    let alone =
        !is_numeral(next) && !matches!(next, '百' | '千' | '万' | '亿') && !view.before(place).is_alphanumeric();
    let value = Decimal::from(unit + digit * unit / 10);
    alone.then(|| Bare {
        start: place,
        end: place + 2,
        value,
        step: Decimal::from(unit / 10),
        scale: Decimal::ONE,
        style: Style::Han,
        length: 2,
        over: false,
    })
}
