//! One series over its periods: sums of months, parts of years, and what nobody can know yet.

use std::collections::BTreeMap;

use bellwether_model::figure::{Amount, Flow, Measure};
use bellwether_model::period::Period;
use bellwether_model::reading::Interval;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::book::{Book, Known, Series};
use super::{Check, Finding, compare, finding, words};
use crate::view::published_on;

/// Ways to make up one period that are looked at: the months, the quarters, a sum so far with the last month.
const WAYS: usize = 64;
/// Digits of an amount that two periods do not share by chance.
const TELLING_DIGITS: u32 = 4;

/// Sums, parts and amounts of one series that do not fit, and values of periods that are not over.
pub(super) fn check(book: &Book<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (series, figures) in book.all() {
        if series.subject.forecaster.is_none() {
            found.extend(figures.values().filter_map(not_over));
        }
        if series.measure == Measure::Level {
            let levels: Vec<&Known<'_>> = figures.values().collect();
            found.extend(sums(series, figures));
            found.extend(nested(series, &levels));
        }
    }
    found
}

/// A period whose end lies behind the publication of every document that carries its value.
fn not_over(known: &Known<'_>) -> Option<Finding> {
    let days = known.view.mentions.iter().filter(|mention| mention.agrees).map(published_on);
    // A document without a date may be of any day.
    let last = days.collect::<Option<Vec<Date>>>()?.into_iter().max()?;
    (last < known.figure.period.end()).then(|| {
        let begun = if last < known.figure.period.start() { "begun" } else { "over" };
        let why = format!("it was published on {last}, when the period was not yet {begun}");
        finding(Check::PeriodNotOver, &why, None, &[known])
    })
}

/// Amounts of periods that shorter ones make up exactly, without a gap.
fn sums(series: &Series, figures: &BTreeMap<Period, Known<'_>>) -> Vec<Finding> {
    let mut found = Vec::new();
    for known in figures.values() {
        let mut ways = Vec::new();
        make_up(figures, known, known.figure.period.start(), &mut Vec::new(), &mut ways);
        let fewest = ways.iter().map(Vec::len).min();
        let mut misfits = Vec::new();
        for way in &ways {
            let all: Vec<&Known<'_>> = std::iter::once(known).chain(way.iter().copied()).collect();
            misfits.push(compare(Check::Sum, &all, |stated| {
                let expected = stated.iter().copied().fold(Interval::point(Decimal::ZERO), Interval::plus);
                Some((expected, format!("its {} parts make {}", way.len(), words(expected, &series.currency))))
            }));
        }
        // Where one way fits, what does not fit lies in the parts of another way, and is found there.
        if let Some(misfits) = misfits.into_iter().collect::<Option<Vec<Finding>>>() {
            found.extend(misfits.into_iter().find(|misfit| Some(misfit.figures.len() - 1) == fewest));
        }
    }
    found
}

/// Every way in which shorter periods make up the one of `whole` from the day `from` on.
fn make_up<'b, 'a>(
    figures: &'b BTreeMap<Period, Known<'a>>,
    whole: &'b Known<'a>,
    from: Date,
    way: &mut Vec<&'b Known<'a>>,
    ways: &mut Vec<Vec<&'b Known<'a>>>,
) {
    let end = whole.figure.period.end();
    for part in figures.values() {
        if ways.len() >= WAYS {
            return;
        }
        let period = part.figure.period;
        let fits = period.start() == from && period.end() <= end && period != whole.figure.period;
        // A period of days that spans the same days as the whole is the whole in another form.
        if !fits || (way.is_empty() && period.end() == end) {
            continue;
        }
        way.push(part);
        match period.end().tomorrow() {
            Ok(next) if period.end() < end => make_up(figures, whole, next, way, ways),
            _ => ways.push(way.clone()),
        }
        way.pop();
    }
}

/// Pairs of which one period holds the other: the part must not be larger, and not the same to the digit.
fn nested(series: &Series, levels: &[&Known<'_>]) -> Vec<Finding> {
    let mut found = Vec::new();
    for part in levels {
        for whole in levels {
            let (inner, outer) = (part.figure.period, whole.figure.period);
            if !outer.covers(&inner) || inner.covers(&outer) {
                continue;
            }
            if is_telling(part) && part.figure.amount == whole.figure.amount {
                let why = format!("the same amount is given for {outer}");
                found.push(finding(Check::SameAmount, &why, None, &[part, whole]));
            } else if series.flow != Flow::Balance {
                found.extend(compare(Check::PartAboveWhole, &[part, whole], |stated| {
                    let limit = *stated.first()?;
                    let why = format!("{outer}, which holds it, has {}", words(limit, &series.currency));
                    Some((Interval { low: Decimal::MIN, ..limit }, why))
                }));
            }
        }
    }
    found
}

/// Whether an amount has so many digits that two periods do not share it by chance.
fn is_telling(known: &Known<'_>) -> bool {
    let Amount::Value { value } = known.figure.amount else { return false };
    let mut digits = value.0.normalize().mantissa().unsigned_abs();
    while digits > 0 && digits.is_multiple_of(10) {
        digits /= 10;
    }
    digits.checked_ilog10().is_some_and(|log| log + 1 >= TELLING_DIGITS)
}

#[cfg(test)]
mod tests {
    use super::super::testing::findings;

    #[test]
    fn months_make_up_their_quarter() {
        let months = [
            "a TW exports 2025-10 level 61.8@0.1",
            "b TW exports 2025-11 level 64.0@0.1",
            "c TW exports 2025-12 level 62.5@0.1",
        ];
        let with = |quarter: &'static str| findings(&[months[0], months[1], months[2], quarter]);
        assert_eq!(with("c TW exports 2025-Q4 level 188.3@0.1"), [""; 0]);
        // Revised since.
        assert_eq!(with("c TW exports 2025-Q4 level 189.5@0.1"), [""; 0]);
        assert_eq!(
            with("c TW exports 2025-Q4 level 208.3@0.1"),
            ["sum TW exports 2025-Q4 + exports + exports + exports"]
        );
        // November is not known.
        assert_eq!(findings(&[months[0], months[2], "c TW exports 2025-Q4 level 208.3@0.1"]), [""; 0]);
    }

    #[test]
    fn a_sum_so_far_and_the_last_month_make_up_the_year() {
        assert_eq!(
            findings(&[
                "a TW exports 2025-01/2025-11 level 578.3@0.1",
                "b TW exports 2025-12 level 62.5@0.1",
                "b TW exports 2025 level 604.8@0.1",
            ]),
            ["sum TW exports 2025 + exports + exports"]
        );
    }

    #[test]
    fn a_part_of_a_year_is_not_more_than_the_year() {
        assert_eq!(
            findings(&["a TW exports 2025-01/2025-11 level 578.3@0.1", "b TW exports 2025 level 520@1"]),
            ["part_above_whole TW exports 2025-01/2025-11 + exports"]
        );
        // Balances may go down.
        assert_eq!(findings(&["a TW balance 2025-01/2025-11 level 78.3@0.1", "b TW balance 2025 level 70@1"]), [""; 0]);
    }

    #[test]
    fn one_amount_for_two_periods_is_found() {
        assert_eq!(
            findings(&[
                "a US balance TW 2025-01/2025-11 level -126.94@0.01",
                "b US balance TW 2025 level -126.94@0.01"
            ]),
            ["same_amount US balance TW 2025-01/2025-11 + balance"]
        );
        // Round numbers meet by chance, and the same month of another year has nothing to do with it.
        assert_eq!(findings(&["a US balance 2025-01/2025-11 level 5@1", "b US balance 2025 level 5@1"]), [""; 0]);
        assert_eq!(
            findings(&["a US exports 2024-12 level 126.94@0.01", "b US exports 2025-12 level 126.94@0.01"]),
            [""; 0]
        );
    }

    #[test]
    fn nobody_knows_a_period_that_is_not_over() {
        // The tests' documents are published on 2026-02-01.
        assert_eq!(findings(&["a TW exports 2026-01 level 65@1"]), [""; 0]);
        assert_eq!(
            findings(&["a TW exports 2026-02 level 65@1"]),
            ["period_not_over TW exports 2026-02, one document"]
        );
        assert_eq!(findings(&["a TW exports 2026-02 level 65@1 forecast"]), [""; 0]);
    }
}
