//! A number as a document gives it, and what it could have been rounded from.
//!
//! A stated number stands for an interval: everything it could have been rounded from. Two reports agree where
//! their intervals overlap, so 6407億 and 6407.5億 agree and 6470億 does not. Knows nothing of sources and events.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use crate::figure::{Amount, Hedge, Precision};

/// A number as a document gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The number.
    pub amount: Amount,
    /// How exactly it is given; `None`: as exactly as its last digit that is not zero.
    pub precision: Option<Precision>,
}

impl Reading {
    fn hedge(&self) -> Option<Hedge> {
        self.precision.and_then(|precision| precision.hedge)
    }

    /// One unit of the last digit that counts. In a blurred number the zeros at the end do not count: 逾6400億 stands
    /// for anything from 6400億 to 6500億, although it is written in units of 億.
    fn step(&self) -> Decimal {
        let given = self.precision.map(|precision| precision.step.0.abs());
        let of_digits = match self.amount {
            Amount::Value { value } => last_digit(value.0),
            Amount::Range { low, high } => last_digit(low.0).min(last_digit(high.0)),
        };
        match (given, self.hedge()) {
            (Some(given), None) => given,
            (Some(given), Some(_)) => given.max(of_digits),
            (None, _) => of_digits,
        }
    }

    /// What the number could have been rounded from.
    #[must_use]
    pub fn interval(&self) -> Interval {
        let step = self.step();
        match self.amount {
            Amount::Value { value } => around(value.0, step, self.hedge()),
            Amount::Range { low, high } => {
                Interval { low: around(low.0, step, self.hedge()).low, high: around(high.0, step, self.hedge()).high }
            }
        }
    }
}

/// From `low` to `high`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// Lower end.
    pub low: Decimal,
    /// Upper end.
    pub high: Decimal,
}

impl Interval {
    /// The interval of one exact number.
    #[must_use]
    pub fn point(value: Decimal) -> Self {
        Self { low: value, high: value }
    }

    /// The shortest interval that holds both.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// Everything that the sum of a number of this one and a number of the other one can be.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { low: self.low.saturating_add(other.low), high: self.high.saturating_add(other.high) }
    }

    /// Everything that the difference can be.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self { low: self.low.saturating_sub(other.high), high: self.high.saturating_sub(other.low) }
    }

    /// Everything that this many percent of a number of the other one can be: a part of a whole. `None`: the whole can
    /// be zero or less, or the part less than zero, so a percentage says nothing.
    #[must_use]
    pub fn percent_of(self, whole: Self) -> Option<Self> {
        if whole.low <= Decimal::ZERO || self.low < Decimal::ZERO {
            return None;
        }
        let percent = |part: Decimal, whole: Decimal| part.checked_div(whole)?.checked_mul(Decimal::ONE_HUNDRED);
        Some(Self { low: percent(self.low, whole.high)?, high: percent(self.high, whole.low)? })
    }

    /// Both ends moved outward by so many parts of their size.
    #[must_use]
    pub fn widened(self, parts: Decimal) -> Self {
        let margin = |end: Decimal| end.abs().checked_mul(parts).unwrap_or_default();
        Self { low: self.low.saturating_sub(margin(self.low)), high: self.high.saturating_add(margin(self.high)) }
    }

    /// The sizes of its numbers: without their signs. `None`: it holds numbers of both signs.
    #[must_use]
    pub fn sizes(self) -> Option<Self> {
        if self.low >= Decimal::ZERO {
            Some(self)
        } else if self.high <= Decimal::ZERO {
            Some(Self { low: -self.high, high: -self.low })
        } else {
            None
        }
    }

    /// Intervals that only touch do not overlap (6407.5 and 6407.6 differ), unless one of them is a single point.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        let (low, high) = (self.low.max(other.low), self.high.min(other.high));
        low < high || (low == high && (self.low == self.high || other.low == other.high))
    }
}

/// Whether both can state one fact.
#[must_use]
pub fn agree(a: &Reading, b: &Reading) -> bool {
    if a.amount == b.amount {
        return true;
    }
    match (a.amount, b.amount) {
        // A range is a fact of two numbers: both must agree, or 50 to 56 would agree with 55 to 70.
        (Amount::Range { low, high }, Amount::Range { low: other_low, high: other_high }) => {
            let bound = |reading: &Reading, value| Reading { amount: Amount::Value { value }, ..*reading };
            agree(&bound(a, low), &bound(b, other_low)) && agree(&bound(a, high), &bound(b, other_high))
        }
        _ => a.interval().overlaps(b.interval()) || cut_off(a, b) || cut_off(b, a),
    }
}

/// Whether `coarse` is `fine` with digits cut off instead of rounded, as headlines do (624.8億 as 624億).
fn cut_off(coarse: &Reading, fine: &Reading) -> bool {
    let (Amount::Value { value: short }, Amount::Value { value: long }) = (coarse.amount, fine.amount) else {
        return false;
    };
    let step = coarse.step();
    if coarse.hedge().is_some() || fine.hedge().is_some() || step <= fine.step() || step.is_zero() {
        return false;
    }
    long.0.checked_div(step).and_then(|units| units.trunc().checked_mul(step)) == Some(short.0)
}

/// Which of two readings of one fact says more: a range over one number of it, a plain number over a blurred one,
/// then the one with more digits. `Greater`: `a` does.
#[must_use]
pub fn finer(a: &Reading, b: &Reading) -> Ordering {
    let rank = |reading: &Reading| (matches!(reading.amount, Amount::Range { .. }), reading.hedge().is_none());
    rank(a).cmp(&rank(b)).then_with(|| b.step().cmp(&a.step()))
}

fn around(value: Decimal, step: Decimal, hedge: Option<Hedge>) -> Interval {
    // "More than" and "less than" speak of the size: 年減逾一成 is a fall of ten percent or more.
    let outward = if value.is_sign_negative() { -step } else { step };
    let half = step.checked_div(Decimal::TWO).unwrap_or(step);
    let (from, to) = match hedge {
        None => (value.saturating_sub(half), value.saturating_add(half)),
        Some(Hedge::About) => (value.saturating_sub(step), value.saturating_add(step)),
        Some(Hedge::Over) => (value, value.saturating_add(outward)),
        Some(Hedge::Under) => (value.saturating_sub(outward), value),
    };
    Interval { low: from.min(to), high: from.max(to) }
}

/// One unit of the last digit that is not zero; 1 for zero itself.
fn last_digit(value: Decimal) -> Decimal {
    let value = value.normalize();
    if value.is_zero() {
        return Decimal::ONE;
    }
    if value.scale() > 0 {
        return Decimal::new(1, value.scale());
    }
    let mut rest = value.mantissa();
    let mut unit: i128 = 1;
    while rest % 10 == 0 {
        rest /= 10;
        unit *= 10;
    }
    Decimal::try_from_i128_with_scale(unit, 0).unwrap_or(Decimal::ONE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Number;
    use proptest::prelude::*;

    fn number(text: &str) -> Number {
        text.parse().expect(text)
    }

    /// `6407.5@0.1`, `~6400@1` (about), `>6400@1`, `<6400@1`, `50..56@1`, without `@` where the step is not known.
    fn reading(text: &str) -> Reading {
        let (hedge, rest) = match text.split_at(1) {
            ("~", rest) => (Some(Hedge::About), rest),
            (">", rest) => (Some(Hedge::Over), rest),
            ("<", rest) => (Some(Hedge::Under), rest),
            _ => (None, text),
        };
        let (value, step) = rest.split_once('@').map_or((rest, None), |(value, step)| (value, Some(step)));
        let amount = match value.split_once("..") {
            Some((low, high)) => Amount::Range { low: number(low), high: number(high) },
            None => Amount::Value { value: number(value) },
        };
        Reading { amount, precision: step.map(|step| Precision { step: number(step), hedge }) }
    }

    #[test]
    fn numbers_agree_where_one_can_be_the_other_rounded() {
        for (a, b, expected) in [
            ("6407@1", "6407.5@0.1", true),
            ("6408@1", "6407.5@0.1", true),
            ("6470@1", "6407.5@0.1", false),
            ("6407.5@0.1", "6407.6@0.1", false),
            ("6407.5@0.1", "6407.50@0.01", true),
            ("34.9@0.1", "35@1", true),
            ("34.9@0.1", "34.4@0.1", false),
            ("624@1", "624.8@0.1", true),
            ("-14@1", "-14.8@0.1", true),
            ("14@1", "-14.8@0.1", false),
            ("640750000000@10000000", "640750000000", true),
            ("640700000000", "640750000000@10000000", true),
            (">6400@1", "6453@1", true),
            (">6400@1", "6390@1", false),
            ("<6500@1", "6453@1", true),
            ("~6400@1", "6393@1", true),
            ("~6400@1", "6593@1", false),
            (">-10@1", "-14@1", true),
            (">-10@1", "-9@1", false),
            ("50..56@1", "50..56@1", true),
            ("50..56@1", "55..70@1", false),
            ("58.1..60.4@0.1", "58..60@1", true),
            ("50..56@1", "53@1", true),
            ("50..56@1", "63@1", false),
            ("0@0.1", "0.04@0.01", true),
        ] {
            assert_eq!(agree(&reading(a), &reading(b)), expected, "{a} and {b}");
            assert_eq!(agree(&reading(b), &reading(a)), expected, "{b} and {a}");
        }
    }

    #[test]
    fn the_finer_reading_has_more_digits_and_no_blur() {
        for (fine, coarse) in
            [("6407.5@0.1", "6407@1"), ("6407@1", ">6400@1"), ("50..56@1", "53@0.1"), (">6450@1", ">6400@1")]
        {
            assert_eq!(finer(&reading(fine), &reading(coarse)), Ordering::Greater, "{fine} over {coarse}");
            assert_eq!(finer(&reading(coarse), &reading(fine)), Ordering::Less, "{coarse} under {fine}");
        }
    }

    fn any_reading() -> impl Strategy<Value = Reading> {
        let hedge =
            prop_oneof![Just(None), Just(Some(Hedge::About)), Just(Some(Hedge::Over)), Just(Some(Hedge::Under))];
        let precision = prop_oneof![
            Just(None),
            (0u32..6, hedge).prop_map(|(scale, hedge)| Some(Precision { step: Number(Decimal::new(1, scale)), hedge }))
        ];
        (any::<i64>(), 0u32..28, precision).prop_map(|(mantissa, scale, precision)| Reading {
            amount: Amount::Value { value: Number(Decimal::new(mantissa, scale)) },
            precision,
        })
    }

    #[test]
    fn arithmetic_keeps_everything_that_is_possible() {
        let of = |low: i64, high: i64| Interval { low: low.into(), high: high.into() };
        assert_eq!(of(1, 2).plus(of(10, 20)), of(11, 22));
        assert_eq!(of(10, 20).minus(of(1, 2)), of(8, 19));
        assert_eq!(of(25, 50).percent_of(of(50, 100)), Some(of(25, 100)));
        assert_eq!(of(25, 50).percent_of(of(0, 100)), None);
        assert_eq!(of(-100, 200).widened(Decimal::new(1, 1)), of(-110, 220));
        assert_eq!(of(-7, -3).sizes(), Some(of(3, 7)));
        assert_eq!(of(-7, 3).sizes(), None);
    }

    proptest! {
        #[test]
        fn agreement_has_no_direction_and_includes_oneself(a in any_reading(), b in any_reading()) {
            prop_assert_eq!(agree(&a, &b), agree(&b, &a));
            prop_assert!(agree(&a, &a));
            prop_assert_eq!(finer(&a, &b), finer(&b, &a).reverse());
        }

        #[test]
        fn a_rounded_number_agrees_with_its_origin(mantissa in any::<i32>(), digits in 0u32..6) {
            let exact = Decimal::new(i64::from(mantissa), 6);
            let rounded = exact.round_dp(digits);
            let reading = |value: Decimal, scale: u32| Reading {
                amount: Amount::Value { value: Number(value) },
                precision: Some(Precision { step: Number(Decimal::new(1, scale)), hedge: None }),
            };
            prop_assert!(agree(&reading(rounded, digits), &reading(exact, 6)));
        }
    }
}
