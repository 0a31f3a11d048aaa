//! Whether an amount stands out from its series: a unit that was misread or misprinted, or the number of another coverage.
//! Pure arithmetic, so that what holds a value back and what checks it later say the same.

use rust_decimal::Decimal;

use crate::figure::{Figure, Measure};
use crate::period::Period;
use crate::reading::Interval;

/// Neighbours that a series must have before one value of it can stand out by a power of ten.
pub const NEIGHBOURS: usize = 3;
/// How many years away a neighbour may be: trade multiplies over decades.
pub const YEARS: i16 = 4;
/// How far the neighbours may lie apart, as a factor. A series that moves more has no scale.
const STEADY: Decimal = Decimal::from_parts(3, 0, 0, false, 0);
/// How near to a power of ten the factor must be, as a factor of its own.
const NEAR: Decimal = Decimal::from_parts(18, 0, 0, false, 1);
/// The largest power of ten that is a misread unit: 萬 for 億 are four, 億 for nothing are eight.
const POWERS: u32 = 9;
/// Neighbours from which a number that is no power of ten away counts as that of another coverage.
const MANY: usize = 6;
/// How far they may then lie apart, as a factor.
const LEVEL: Decimal = Decimal::from_parts(2, 0, 0, false, 0);
/// How far outside of them the number must lie, as a factor: not even the worst months of 2009 and 2020 made trade of a
/// whole economy move by as much.
const FAR: Decimal = Decimal::from_parts(3, 0, 0, false, 0);

/// How a value stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// It is a power of ten away.
    Scale,
    /// It is far away: a part of what the series counts, or more than it.
    Coverage,
}

/// Whether the figures of a series have a scale that can be broken: amounts that have happened and are no differences.
#[must_use]
pub fn has_scale(figure: &Figure) -> bool {
    figure.measure == Measure::Level
        && figure.flow.is_trade()
        && figure.flow != crate::figure::Flow::Balance
        && !figure.status.is_forecast()
}

/// Whether two periods are near to one another and of one length: months with months, quarters with quarters.
#[must_use]
pub fn is_alike(a: &Period, b: &Period) -> bool {
    let days = |period: &Period| (period.end() - period.start()).get_days();
    let years = (a.start().year() - b.start().year()).abs();
    years <= YEARS && (days(a) - days(b)).abs() <= 3 && std::mem::discriminant(a) == std::mem::discriminant(b)
}

/// Whether and how a value stands out among its neighbours, the other values of its series at alike periods. `whole`: it
/// counts all partners and all goods; a part may multiply.
#[must_use]
pub fn stands_out(value: Interval, neighbours: &[Interval], whole: bool) -> Option<Cause> {
    let mut ordered: Vec<Interval> = neighbours.to_vec();
    ordered.sort_by_key(|other| other.low);
    let (lowest, highest) = (ordered.first()?.low, ordered.last()?.high);
    if ordered.len() < NEIGHBOURS || lowest <= Decimal::ZERO || value.high <= Decimal::ZERO {
        return None;
    }
    let spread = highest.checked_div(lowest)?;
    if spread > STEADY {
        return None;
    }
    let usual = ordered[ordered.len() / 2].high;
    let factor = value.high.max(usual).checked_div(value.high.min(usual))?;
    let is_power = (1..=POWERS).any(|power| {
        let near = factor.checked_div(Decimal::from(10_u64.pow(power))).unwrap_or_default();
        near <= NEAR && near.checked_mul(NEAR).is_some_and(|near| near >= Decimal::ONE)
    });
    if is_power {
        return Some(Cause::Scale);
    }
    let beyond = value.low.checked_div(highest).max(lowest.checked_div(value.high))?;
    (whole && ordered.len() >= MANY && spread <= LEVEL && beyond >= FAR).then_some(Cause::Coverage)
}

/// The periods of a series around one of its own, the nearest first: where its neighbours are looked for.
#[must_use]
pub fn periods_around(period: Period) -> Vec<Period> {
    let step = match period {
        Period::Month(..) => 1,
        Period::Quarter(..) => 3,
        Period::Half(..) => 6,
        // The first twenty days of each month.
        Period::Days(from, to) if (from.year(), from.month()) == (to.year(), to.month()) => 1,
        Period::Year(_) | Period::Months(..) | Period::Days(..) => 12,
    };
    let near = (1..=6).flat_map(|n| [-n * step, n * step]);
    let years = if step < 12 { vec![-12, 12, -24, -36] } else { Vec::new() };
    let mut around: Vec<Period> = Vec::new();
    for other in near.chain(years).filter_map(|months| period.shifted(months)) {
        if other != period && is_alike(&other, &period) && !around.contains(&other) {
            around.push(other);
        }
    }
    around
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(value: &str) -> Interval {
        Interval::point(value.parse().expect(value))
    }

    fn cause(value: &str, neighbours: &[&str], whole: bool) -> Option<Cause> {
        let neighbours: Vec<Interval> = neighbours.iter().map(|text| at(text)).collect();
        stands_out(at(value), &neighbours, whole)
    }

    const MONTHS: [&str; 6] = ["54.2", "61.8", "64.0", "58.3", "49.9", "53.1"];

    #[test]
    fn a_power_of_ten_stands_out_and_a_large_move_does_not() {
        for (value, expected) in [
            ("62.5", None),
            ("112.5", None),
            ("625", Some(Cause::Scale)),
            ("6.25", Some(Cause::Scale)),
            ("0.0000625", Some(Cause::Scale)),
            ("1700", Some(Cause::Coverage)),
            ("24", None),
            ("16", Some(Cause::Coverage)),
            ("-62", None),
            ("0", None),
        ] {
            assert_eq!(cause(value, &MONTHS, true), expected, "{value}");
        }
        assert_eq!(cause("1700", &MONTHS, false), None, "a part may multiply");
        assert_eq!(cause("16", &MONTHS[..5], true), None, "five are too few to tell a coverage");
        assert_eq!(cause("625", &MONTHS[..2], true), None, "two have no scale");
        assert_eq!(cause("625", &["10", "20", "60"], true), None, "nor has a series that moves so");
    }

    #[test]
    fn neighbours_are_looked_for_around_a_period() {
        let around = |text: &str| -> Vec<String> {
            let period = text.parse().expect(text);
            periods_around(period).iter().map(ToString::to_string).collect()
        };
        assert_eq!(around("2025-01")[..4], ["2024-12", "2025-02", "2024-11", "2025-03"]);
        assert!(around("2025-01").ends_with(&["2026-01", "2023-01", "2022-01"].map(String::from)));
        assert_eq!(around("2025-Q1")[..2], ["2024-Q4", "2025-Q2"]);
        assert_eq!(around("2025"), ["2024", "2026", "2023", "2027", "2022", "2028", "2021", "2029"]);
        assert_eq!(around("2025-01/2025-11")[..2], ["2024-01/2024-11", "2026-01/2026-11"]);
        assert_eq!(around("2025-02-01/2025-02-20")[..2], ["2025-01-01/2025-01-20", "2025-03-01/2025-03-20"]);
    }
}
