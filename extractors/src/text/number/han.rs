//! Han numerals in their three styles, mixed with digits: 六二四點八, 六百二十四點八, 624點8億, 2兆736億, 廿五.

use rust_decimal::Decimal;

use super::digits::digits;
use super::{Bare, Digits, MOST_DIGITS, Style, WORDS, power};
use crate::text::unit::{Behind, UNITS};
use crate::text::view::View;

/// Digits and Han numerals mixed: 1,234 / 六二四點八 / 六百二十四點八 / 624點8億 / 2兆736億 / 廿五.
pub(super) fn mixed(view: &View<'_>, start: usize) -> Option<Bare> {
    let style = if is_numeral(view.at(start)) { Style::Han } else { Style::Digits };
    let mut sum = Sum { step: Decimal::ONE, ..Sum::default() };
    let mut place = start;
    let mut over = false;
    loop {
        let c = view.at(place);
        if let Some((end, digits)) = sum.next_number(view, place) {
            sum.length += digits;
            place = end;
        } else if let Some(exponent) = small_unit(c) {
            if !may_be_unit(view, place, &sum) {
                break;
            }
            sum.length += 1;
            sum.small(power(exponent))?;
            place += 1;
        } else if let Some((at, exponent)) = unit_behind(view, place) {
            if sum.current.is_none() && sum.section.is_zero() && (sum.parts.is_empty() || at != place) {
                break;
            }
            sum.length += 1;
            sum.big(power(exponent))?;
            place = at + 1;
        } else if WORDS.over_inside.contains(&c) && !over && place > start {
            let next = view.at(place + 1);
            if big_unit(next).is_none() && small_unit(next).is_none() {
                break;
            }
            over = true;
            place += 1;
        } else {
            break;
        }
    }
    if place == start {
        return None;
    }
    let (value, step, scale, length) = sum.total()?;
    Some(Bare { start, end: place, value, step, scale, style, length, over })
}

/// Whether a number may begin with this Han numeral.
pub(super) fn is_numeral(c: char) -> bool {
    han_digit(c).is_some() || matches!(c, '十' | '拾' | '廿' | '卅' | '卌')
}

/// The value of a folded Han digit in everyday or financial writing.
pub(crate) fn han_digit(c: char) -> Option<u32> {
    Some(match c {
        '零' | '〇' | '○' => 0,
        '一' | '壹' | '弌' => 1,
        '二' | '贰' | '两' | '弍' => 2,
        '三' | '叁' | '弎' | '叄' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// Units below 萬, as powers of ten.
fn small_unit(c: char) -> Option<u32> {
    Some(match c {
        '十' | '拾' => 1,
        '百' | '佰' => 2,
        '千' | '仟' => 3,
        _ => return None,
    })
}

/// 萬 and the units above it, as powers of ten. 兆 is 10^12, as in Taiwan, Japan and Korea.
pub(super) fn big_unit(c: char) -> Option<u32> {
    Some(match c {
        '万' | '萬' => 4,
        '亿' => 8,
        '兆' => 12,
        _ => return None,
    })
}

/// The parts of a number in units of ten thousand, as they are read.
#[derive(Default)]
struct Sum {
    /// Closed parts with the unit of each: 2兆 is (2×10^12, 10^12).
    parts: Vec<(Decimal, Decimal)>,
    /// The part below 萬 that is being read.
    section: Decimal,
    /// The last number read that has no unit yet.
    current: Option<(Decimal, Decimal)>,
    /// The last unit: a digit behind it without 零 counts its tenths (九萬四).
    last_unit: Option<Decimal>,
    /// Whether 零 stands before the current number.
    zero: bool,
    /// Whether the current number is one Han digit.
    single: bool,
    /// One unit of the last digit given.
    step: Decimal,
    /// Number of numerals read.
    length: usize,
    /// The largest unit of the whole number.
    scale: Option<Decimal>,
}

impl Sum {
    fn small(&mut self, unit: Decimal) -> Option<()> {
        let (value, step) = self.current.take().unwrap_or((Decimal::ONE, Decimal::ONE));
        self.section = self.section.checked_add(value.checked_mul(unit)?)?;
        self.step = step.checked_mul(unit)?;
        self.last_unit = Some(unit);
        self.zero = false;
        Some(())
    }

    fn big(&mut self, unit: Decimal) -> Option<()> {
        let mut value = self.section;
        let mut step = self.step;
        // 萬萬: a unit directly behind an equal one multiplies it.
        let directly = value.is_zero() && self.current.is_none();
        if let Some((number, number_step)) = self.current.take() {
            value = value.checked_add(number)?;
            step = number_step;
        }
        while let Some(&(part, part_unit)) = self.parts.last()
            && (part_unit < unit || (directly && part_unit == unit))
        {
            value = value.checked_add(part)?;
            self.parts.pop();
        }
        self.parts.push((value.checked_mul(unit)?, unit));
        self.section = Decimal::ZERO;
        self.step = step.checked_mul(unit)?;
        self.last_unit = Some(unit);
        self.zero = false;
        // 4.78萬億 has the scale 10^12, 2兆736億 that of its last part: what a first bound would share.
        self.scale = Some(unit);
        Some(())
    }

    /// The value, once no more numerals follow.
    fn total(mut self) -> Option<(Decimal, Decimal, Decimal, usize)> {
        if let Some((mut value, mut step)) = self.current.take() {
            if let Some(unit) = self.last_unit
                && self.single
                && !self.zero
                && unit >= Decimal::ONE_HUNDRED
            {
                let tenth = unit / Decimal::TEN;
                value = value.checked_mul(tenth)?;
                step = tenth;
            }
            self.section = self.section.checked_add(value)?;
            self.step = step;
        }
        let mut total = self.section;
        for (part, _) in &self.parts {
            total = total.checked_add(*part)?;
        }
        Some((total, self.step, self.scale.unwrap_or(Decimal::ONE), self.length))
    }
}

impl Sum {
    /// Takes the number that stands here, if one may stand here, and says where it ends and of how many digits it is.
    fn next_number(&mut self, view: &View<'_>, place: usize) -> Option<(usize, usize)> {
        if self.current.is_some() {
            return None;
        }
        let c = view.at(place);
        if let Some(tens) = shorthand_tens(c) {
            self.section = self.section.checked_add(tens)?;
            self.last_unit = Some(Decimal::TEN);
            self.step = Decimal::ONE;
            return Some((place + 1, 1));
        }
        if c.is_ascii_digit() || c == '.' {
            // 2億5000萬 goes on, 5億 2025年 does not.
            let (end, value, step, digits) = digits(view, place)?;
            if self.last_unit.is_some_and(|unit| value >= unit) || (self.last_unit.is_some() && view.at(end) == '年') {
                return None;
            }
            self.current = Some((value, step));
            self.single = false;
            return Some((end, digits));
        }
        // 二十點三, 廿點三: decimals directly behind a unit.
        if self.last_unit.is_some_and(|unit| unit < Decimal::from(10_000)) && c == '点' {
            let (end, value, step, digits) = decimals(view, place)?;
            self.current = Some((value, step));
            self.single = false;
            return Some((end, digits));
        }
        let (end, value, step, digits) = han_digits(view, place)?;
        if is_zero(c) && self.last_unit.is_some() {
            // 零 fills empty places; a number must follow it.
            self.zero = true;
            if digits == 1 {
                return (super::is_numeral(view.at(end))).then_some((end, 1));
            }
        }
        self.current = Some((value, step));
        self.single = digits == 1;
        Some((end, digits))
    }
}

/// 參 of 伍拾肆萬參仟: three where a financial unit stands on both sides, elsewhere a word of its own.
fn financial_three(view: &View<'_>, place: usize) -> Option<u32> {
    let unit = |c: char| matches!(c, '拾' | '佰' | '仟') || big_unit(c).is_some();
    let behind = view.at(place + 1);
    let inside = unit(view.before(place)) && (unit(behind) || matches!(behind, '元' | '圆' | '整'));
    (inside && matches!(view.at(place), '参' | '參')).then_some(3)
}

fn is_zero(c: char) -> bool {
    matches!(c, '零' | '〇' | '○')
}

fn shorthand_tens(c: char) -> Option<Decimal> {
    Some(Decimal::from(match c {
        '廿' => 20,
        '卅' => 30,
        '卌' => 40,
        _ => return None,
    }))
}

/// 百 and 千 need a number before them (百億 names a size, not a value), and are no unit in 百分 and 千克.
fn may_be_unit(view: &View<'_>, place: usize, sum: &Sum) -> bool {
    let c = view.at(place);
    let next = view.at(place + 1);
    if matches!(c, '百') && next == '分' || matches!(c, '千') && matches!(next, '克' | '米' | '瓦' | '卡' | '赫' | '兆')
    {
        return false;
    }
    sum.current.is_some() || matches!(c, '十' | '拾')
}

/// 萬, 億 or 兆, here or behind spaces that stand where a page was damaged (1,269 億).
fn unit_behind(view: &View<'_>, place: usize) -> Option<(usize, u32)> {
    let at = view.skip_spaces(place);
    let exponent = big_unit(view.at(at))?;
    // 兆瓦, 兆赫: mega, not 10^12.
    let mega = view.at(at) == '兆' && matches!(view.at(at + 1), '瓦' | '赫' | '帕' | '焦');
    (!mega).then_some((at, exponent))
}

/// A row of Han digits, with decimals behind 點: its end, value, last digit and length.
fn han_digits(view: &View<'_>, start: usize) -> Option<(usize, Decimal, Decimal, usize)> {
    let mut place = start;
    let mut whole = Digits::default();
    while let Some(digit) = han_digit(view.at(place)).or_else(|| financial_three(view, place)) {
        if place - start >= MOST_DIGITS {
            return None;
        }
        whole.whole(digit);
        place += 1;
    }
    let length = place - start;
    if length == 0 {
        return None;
    }
    let value = whole.number()?.0;
    Some(match decimals(view, place) {
        Some((end, fraction, step, more)) => (end, value + fraction, step, length + more),
        None => (place, value, Decimal::ONE, length),
    })
}

/// Decimals behind 點, in Han or ASCII digits: 點八, 點8.
pub(crate) fn decimals(view: &View<'_>, place: usize) -> Option<(usize, Decimal, Decimal, usize)> {
    let c = view.at(place);
    let written = matches!(c, '.' | '·' | '‧' | '・');
    if c != '点' && !written {
        return None;
    }
    let mut end = place + 1;
    let mut fraction = Digits::default();
    while let Some(digit) = han_digit(view.at(end)).or_else(|| view.at(end).to_digit(10)) {
        if end - place > MOST_DIGITS / 2 {
            return None;
        }
        fraction.decimal(digit);
        end += 1;
    }
    let (value, step) = fraction.number()?;
    // 8點30分 and 三點一刻 are times of day.
    let time = matches!(view.at(end), '分' | '刻') && view.at(end + 1) != '之';
    // 二七．一％: a stop between Han digits is a decimal point only before a unit; 二.一月 opens a list.
    let digit_behind = han_digit(view.at(place + 1)).is_some();
    let unit = UNITS.behind.at(view, end).is_some_and(|(_, unit)| !matches!(unit, Behind::Count | Behind::Nothing))
        || big_unit(view.at(end)).is_some();
    let pointed = !written || digit_behind && unit;
    (end > place + 1 && !time && pointed).then(|| (end, value, step, end - place - 1))
}
