//! The two ranges of one forecast: in money and as a rate.

use bellwether_model::figure::{Amount, Measure};
use bellwether_model::number::Number;
use bellwether_model::reading::{Interval, Reading};
use rust_decimal::Decimal;

use super::book::{Book, Known, Series, Subject, UNSEEN_REVISION};
use super::{Check, Finding, finding, words};

/// Forecasts whose amounts and rates cannot both hold: the lower ends, or the upper ends, speak of different bases.
pub(super) fn check(book: &Book<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let forecasts = book.all().filter(|(series, _)| series.subject.forecaster.is_some());
    for (series, figures) in forecasts.filter(|(series, _)| series.measure == Measure::Level) {
        for (period, level) in figures {
            // The rate of a forecast seldom names its currency.
            let rate = ["", series.currency.as_str()].into_iter().find_map(|currency| {
                let rates = Series { measure: Measure::Yoy, currency: currency.to_owned(), ..series.clone() };
                book.find(&rates, *period)
            });
            let Some(rate) = rate else { continue };
            let Some([low, high]) = bases(level, rate) else { continue };
            if !low.overlaps(high) {
                let why = format!(
                    "by its rates the lower end stands on {} a year before, the upper end on {}",
                    words(low, &series.currency),
                    words(high, &series.currency)
                );
                found.push(finding(Check::ForecastRange, &why, None, &[level, rate]));
                continue;
            }
            let happened = Subject { forecaster: None, ..series.subject.clone() };
            let before = period.year_earlier();
            let base = before.and_then(|before| book.level(&happened, series.flow, &series.currency, before));
            if let Some(base) = base {
                // What both ends leave room for.
                let room =
                    Interval { low: low.low.max(high.low), high: low.high.min(high.high) }.widened(UNSEEN_REVISION);
                if !room.overlaps(base.stated) {
                    let why = format!("by its rates the year before had {}", words(room, &series.currency));
                    found.push(finding(Check::ForecastRange, &why, Some(room), &[level, rate, base]));
                }
            }
        }
    }
    found
}

/// What the year before must have been by the lower ends and by the upper ends; `None`: not both are ranges, or not
/// both are single numbers.
fn bases(level: &Known<'_>, rate: &Known<'_>) -> Option<[Interval; 2]> {
    let ends = |known: &Known<'_>| match known.figure.amount {
        Amount::Value { value } => (false, value, value),
        Amount::Range { low, high } => (true, low, high),
    };
    let ((is_range, low, high), (is_rate_range, low_rate, high_rate)) = (ends(level), ends(rate));
    if is_range != is_rate_range {
        return None;
    }
    Some([base(level, low, rate, low_rate)?, base(level, high, rate, high_rate)?])
}

fn base(level: &Known<'_>, amount: Number, rate: &Known<'_>, percent: Number) -> Option<Interval> {
    let of = |known: &Known<'_>, value| {
        Reading { amount: Amount::Value { value }, precision: known.figure.precision }.interval()
    };
    let growth = of(rate, percent).plus(Interval::point(Decimal::ONE_HUNDRED));
    // amount = base * growth / 100
    of(level, amount).percent_of(growth)
}

#[cfg(test)]
mod tests {
    use super::super::testing::findings;

    const LEVEL: &str = "a TW exports 2026-01 level 58.1..60.4@0.1 forecast";

    #[test]
    fn both_ranges_of_a_forecast_stand_on_one_base() {
        assert_eq!(findings(&[LEVEL, "a TW exports 2026-01 yoy 50..56@1 forecast"]), [""; 0]);
        assert_eq!(
            findings(&[LEVEL, "a TW exports 2026-01 yoy 40..56@1 forecast"]),
            ["forecast_range TW exports 2026-01 + exports, one document"]
        );
    }

    #[test]
    fn the_base_is_what_was_reported() {
        let rate = "a TW exports 2026-01 yoy 50..56@1 forecast";
        assert_eq!(findings(&[LEVEL, rate, "b TW exports 2025-01 level 38.7@0.1"]), [""; 0]);
        assert_eq!(
            findings(&[LEVEL, rate, "b TW exports 2025-01 level 48.7@0.1"]),
            ["forecast_range TW exports 2026-01 + exports + exports"]
        );
    }
}
