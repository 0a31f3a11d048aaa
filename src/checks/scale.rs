//! Values that are a power of ten away from their series: a unit that was misread or misprinted.

use bellwether_model::figure::{Flow, Measure};
use bellwether_model::period::Period;
use bellwether_model::reading::Interval;
use rust_decimal::Decimal;

use super::book::{Book, Known, Series};
use super::{Check, Finding, finding, words};

/// Neighbours that a series must have before one value of it can stand out.
const NEIGHBOURS: usize = 3;
/// How many years away a neighbour may be: trade multiplies over decades.
const YEARS: i16 = 4;
/// How far the neighbours may lie apart, as a factor. A series that moves more has no scale.
const STEADY: Decimal = Decimal::from_parts(3, 0, 0, false, 0);
/// How near to a power of ten the factor must be, as a factor of its own.
const NEAR: Decimal = Decimal::from_parts(18, 0, 0, false, 1);
/// The largest power of ten that is a misread unit: 萬 for 億 are four, 億 for nothing are eight.
const POWERS: u32 = 9;

/// Amounts that are ten, a hundred… times what their neighbours are, or as small a part of it.
pub(super) fn check(book: &Book<'_>) -> Vec<Finding> {
    let levels = book.all().filter(|(series, _)| series.measure == Measure::Level && series.flow != Flow::Balance);
    let actual = levels.filter(|(series, _)| series.subject.forecaster.is_none());
    actual.flat_map(|(series, figures)| figures.values().filter_map(|known| stands_out(book, series, known))).collect()
}

fn stands_out(book: &Book<'_>, series: &Series, known: &Known<'_>) -> Option<Finding> {
    let others = book.get(series)?.iter();
    let alike = others.filter(|(period, _)| **period != known.figure.period && is_alike(period, &known.figure.period));
    let mut neighbours: Vec<&Known<'_>> = alike.map(|(_, other)| other).collect();
    neighbours.sort_by_key(|other| other.stated.low);
    let (lowest, highest) = (neighbours.first()?.stated.low, neighbours.last()?.stated.high);
    let steady = lowest > Decimal::ZERO && highest.checked_div(lowest)? <= STEADY;
    if neighbours.len() < NEIGHBOURS || !steady {
        return None;
    }
    let middle = neighbours[neighbours.len() / 2].stated;
    let (value, usual) = (known.stated.high, middle.high);
    if value <= Decimal::ZERO {
        return None;
    }
    let factor = value.max(usual).checked_div(value.min(usual))?;
    let is_power = (1..=POWERS).any(|power| {
        let near = factor.checked_div(Decimal::from(10_u64.pow(power))).unwrap_or_default();
        near <= NEAR && near.checked_mul(NEAR).is_some_and(|near| near >= Decimal::ONE)
    });
    is_power.then(|| {
        let usual = Interval { low: lowest, high: highest };
        let why = format!("{} other values of the series are {}", neighbours.len(), words(usual, &series.currency));
        finding(Check::ScaleBreak, &why, Some(usual), &[&[known], &neighbours[..NEIGHBOURS]].concat())
    })
}

/// Whether two periods are near to one another and of one length: months with months, quarters with quarters.
fn is_alike(a: &Period, b: &Period) -> bool {
    let days = |period: &Period| (period.end() - period.start()).get_days();
    let years = (a.start().year() - b.start().year()).abs();
    years <= YEARS && (days(a) - days(b)).abs() <= 3 && std::mem::discriminant(a) == std::mem::discriminant(b)
}

#[cfg(test)]
mod tests {
    use super::super::testing::findings;

    const MONTHS: [&str; 3] = [
        "a TW exports 2025-09 level 54.2@0.1",
        "b TW exports 2025-10 level 61.8@0.1",
        "c TW exports 2025-11 level 64.0@0.1",
    ];

    #[test]
    fn a_value_ten_times_its_series_is_found() {
        let with = |value: &'static str| findings(&[MONTHS[0], MONTHS[1], MONTHS[2], value]);
        assert_eq!(with("d TW exports 2025-12 level 62.5@0.1"), [""; 0]);
        assert_eq!(with("d TW exports 2025-12 level 112.5@0.1"), [""; 0]);
        let found = ["scale_break TW exports 2025-12 + exports + exports + exports"];
        assert_eq!(with("d TW exports 2025-12 level 625@1"), found);
        assert_eq!(with("d TW exports 2025-12 level 0.0625@0.0001"), found);
    }

    #[test]
    fn a_series_of_three_values_has_a_scale_only_beside_a_fourth() {
        assert_eq!(findings(&[MONTHS[0], MONTHS[1], "d TW exports 2025-12 level 625@1"]), [""; 0]);
    }
}
