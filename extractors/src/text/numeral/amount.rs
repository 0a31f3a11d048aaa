//! One number with its own sign, unit and currency.

use rust_decimal::Decimal;

use super::lexicons::LEXICONS;
use crate::text::NumeralKind;
use crate::text::number::{self, Bare, Style, bare, is_numeral};
use crate::text::unit::{Behind, Currency, UNITS};
use crate::text::view::View;

/// One number with its own sign and unit.
#[derive(Debug, Clone)]
pub(super) struct Amount {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) value: Decimal,
    pub(super) step: Decimal,
    pub(super) scale: Decimal,
    pub(super) kind: NumeralKind,
    pub(super) signed: bool,
    pub(super) over: bool,
    /// Whether a unit stands behind the number.
    pub(super) unit_behind: bool,
    /// Whether a currency stands before it.
    pub(super) money_before: bool,
    pub(super) style: Style,
    pub(super) length: usize,
}

/// The number at a place with what belongs to it. It does not reach back below `floor`.
pub(super) fn amount(view: &View<'_>, place: usize, floor: usize) -> Option<Amount> {
    let percent_before = is_percent_before(view, place);
    let digits_at = if percent_before { view.skip_spaces(place + 3) } else { place };
    let (inner_start, inner_sign) = sign_before(view, digits_at, floor);
    let currency_end = view.skip_spaces_back(inner_start).max(floor);
    let currency = UNITS.before.before(view, currency_end, floor);
    let number = bare(view, digits_at, currency.is_some())?;
    if is_vague(view, &number) {
        return None;
    }
    let unit = if percent_before { Some((number.end, Behind::Percent, false)) } else { unit_behind(view, &number) };
    let (start, signed) = match currency.filter(|_| !percent_before) {
        Some((start, _)) if inner_sign => (start, true),
        Some((start, _)) => sign_before(view, start, floor),
        None if percent_before => sign_before(view, place, floor),
        None => (inner_start, inner_sign),
    };
    let mut amount = Amount {
        start,
        end: number.end,
        value: number.value,
        step: number.step,
        scale: number.scale,
        kind: NumeralKind::Number { scaled: number.scale > Decimal::ONE },
        signed: signed || inner_sign,
        over: number.over,
        unit_behind: unit.is_some(),
        money_before: currency.is_some(),
        style: number.style,
        length: number.length,
    };
    amount.unit(view, unit, currency.map(|(_, currency)| currency), (inner_start, inner_sign));
    amount.is_worth(view, &number, floor).then_some(amount)
}

/// 百分之 before a number.
pub(crate) fn is_percent_before(view: &View<'_>, place: usize) -> bool {
    view.at(place) == '百' && view.at(place + 1) == '分' && view.at(place + 2) == '之'
}

/// The start of a sign before `start` and whether it is a minus.
pub(super) fn sign_before(view: &View<'_>, start: usize, floor: usize) -> (usize, bool) {
    if let Some((at, ())) = LEXICONS.minus.before(view, view.skip_spaces_back(start), floor) {
        return (at, true);
    }
    let c = view.before(start);
    if start <= floor || !matches!(c, '-' | '−' | '+' | '－') {
        return (start, false);
    }
    let before = view.before(start - 1);
    let joins = before.is_ascii_alphanumeric()
        || matches!(before, '%' | '-' | ')' | '亿' | '万' | '兆' | '元' | '月' | '年' | '日' | '成' | '倍' | '季')
        || is_numeral(before);
    if joins { (start, false) } else { (start - 1, c != '+') }
}

/// 數十億, 上百億, 幾十: sizes, not values.
fn is_vague(view: &View<'_>, number: &Bare) -> bool {
    number.style == Style::Han
        && matches!(view.before(number.start), '数' | '几' | '上')
        && view.at(number.start) == '十'
}

/// The unit behind a number, with the end of its word and whether 多 or 餘 stands between.
fn unit_behind(view: &View<'_>, number: &Bare) -> Option<(usize, Behind, bool)> {
    let direct = |from: usize| {
        let mut at = view.skip_spaces(from);
        if view.at(at) == '-' && view.at(at + 1).is_ascii_alphabetic() {
            at += 1;
        }
        UNITS.behind.at(view, at)
    };
    if let Some((end, unit)) = direct(number.end) {
        return Some((end, unit, false));
    }
    let (end, ()) = LEXICONS.over_inside.at(view, number.end)?;
    direct(end).map(|(end, unit)| (end, unit, true))
}

impl Amount {
    /// Takes the unit behind the number or the currency before it. `inner`: where the number begins without a currency.
    fn unit(
        &mut self,
        view: &View<'_>,
        unit: Option<(usize, Behind, bool)>,
        before: Option<Currency>,
        inner: (usize, bool),
    ) {
        if let Some((end, behind, over)) = unit {
            (self.end, self.over) = (end, self.over || over);
            match behind {
                Behind::Money(currency) => {
                    let chosen = before.filter(|other| currency.is_local() || currency == *other);
                    self.kind = NumeralKind::Money(chosen.unwrap_or(currency).unit());
                    self.keep_currency(chosen.is_some(), inner);
                    return;
                }
                Behind::Percent => self.kind = NumeralKind::Percent,
                Behind::Points => self.kind = NumeralKind::PercentagePoints,
                Behind::BasisPoints => {
                    self.kind = NumeralKind::PercentagePoints;
                    self.value /= Decimal::ONE_HUNDRED;
                    self.step /= Decimal::ONE_HUNDRED;
                }
                Behind::Tenths => self.tenths(view),
                Behind::Multiple => self.kind = NumeralKind::Multiple,
                Behind::Count => self.kind = NumeralKind::Count,
                Behind::Nothing => self.no_unit(before),
            }
            let money = matches!(self.kind, NumeralKind::Money(_));
            self.keep_currency(money, inner);
        } else {
            self.no_unit(before);
        }
    }

    /// No word behind the number is its unit: it is money where a currency stands before it.
    fn no_unit(&mut self, before: Option<Currency>) {
        self.unit_behind = false;
        if let Some(currency) = before {
            self.kind = NumeralKind::Money(currency.unit());
        }
    }

    /// A currency before the number that is not its own is left out.
    fn keep_currency(&mut self, keep: bool, inner: (usize, bool)) {
        if self.money_before && !keep {
            (self.start, self.signed) = inner;
            self.money_before = false;
        }
    }

    /// 三成, 三成五, 7成4, 三成半, 三成多, 三成○四, 四成六九, 一成八點四.
    fn tenths(&mut self, view: &View<'_>) {
        if self.scale > Decimal::ONE || self.value > Decimal::TEN {
            self.unit_behind = false;
            return;
        }
        self.kind = NumeralKind::Percent;
        self.value *= Decimal::TEN;
        self.step *= Decimal::TEN;
        let next = view.at(self.end);
        let digit = number::han_digit(next).or_else(|| next.to_digit(10));
        if let Some((end, ())) = UNITS.half.at(view, self.end) {
            (self.value, self.step, self.end) = (self.value + Decimal::from(5), Decimal::from(5), end);
        } else if let Some(digit) = digit.filter(|_| !is_numeral(view.at(self.end + 1))) {
            (self.value, self.step, self.end) = (self.value + Decimal::from(digit), Decimal::ONE, self.end + 1);
            if let Some((end, fraction, step, _)) = number::decimals(view, self.end) {
                (self.value, self.step, self.end) = (self.value + fraction, step, end);
            }
        } else if let Some((ones, tenths)) = digit.zip(number::han_digit(view.at(self.end + 1)))
            && ones > 0
            && !is_numeral(view.at(self.end + 2))
        {
            // 四成六九: ones and tenths of a percent, digit by digit.
            let step = Decimal::ONE / Decimal::TEN;
            let below = Decimal::from(ones) + step * Decimal::from(tenths);
            (self.value, self.step, self.end) = (self.value + below, step, self.end + 2);
        } else if digit == Some(0)
            && let Some(tenths) = number::han_digit(view.at(self.end + 1))
        {
            // 零 fills the place of the ones: what follows are tenths of a percent.
            let step = Decimal::ONE / Decimal::TEN;
            (self.value, self.step, self.end) = (self.value + step * Decimal::from(tenths), step, self.end + 2);
        } else if let Some((end, ())) = LEXICONS.over_inside.at(view, self.end) {
            (self.over, self.end) = (true, end);
        }
    }

    /// Whether it is more than a word that happens to hold a numeral (一切, one of them), and takes an ordinal's mark.
    fn is_worth(&mut self, view: &View<'_>, number: &Bare, floor: usize) -> bool {
        let plain = matches!(self.kind, NumeralKind::Number { scaled: false });
        if let Some((start, ())) = UNITS.ordinal_before.before(view, view.skip_spaces_back(self.start), floor)
            && (plain || self.kind == NumeralKind::Count)
        {
            (self.kind, self.start) = (NumeralKind::Count, start);
            return true;
        }
        if !plain {
            // 零組件 counts nothing.
            return self.style != Style::Han || self.kind != NumeralKind::Count || !self.value.is_zero();
        }
        if let Some((end, ())) = UNITS.ordinal_after.at(view, self.end) {
            (self.kind, self.end) = (NumeralKind::Count, end);
            return true;
        }
        match self.style {
            // Letters that run on make it a name: 5G, 28HPC.
            Style::Digits => !view.at(self.end).is_ascii_alphabetic(),
            // A bound of a range, or digits with a decimal or a unit of ten; 一切 and 三星 are words.
            Style::Han => self.length > 1 && (number.step != Decimal::ONE || number.value >= Decimal::TEN),
            Style::English => self.length > 1,
        }
    }
}
