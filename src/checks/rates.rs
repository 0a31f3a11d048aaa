//! Rates and changes in money against the two amounts that they compare.

use bellwether_model::figure::{Flow, Measure};
use bellwether_model::period::Period;
use bellwether_model::reading::Interval;
use rust_decimal::Decimal;

use super::book::{Book, Known, Series};
use super::{Check, Finding, compare, words};

/// Rates that the amounts of both periods do not give.
pub(super) fn check(book: &Book<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    // The rates of forecasts, which are ranges, have a check of their own.
    let actual = book.all().filter(|(series, _)| series.subject.forecaster.is_none());
    for (series, figures) in actual {
        for (period, known) in figures {
            let (check, before) = match series.measure {
                Measure::Yoy => (Check::YearOnYear, period.year_earlier()),
                Measure::Mom => (Check::MonthOnMonth, period.month_earlier()),
                Measure::YoyChange => (Check::ChangeInMoney, period.year_earlier()),
                Measure::Level | Measure::Share => continue,
            };
            let Some(before) = before else { continue };
            found.extend(in_each_currency(book, check, series, known, (*period, before)));
        }
    }
    found
}

/// The rate against the amounts in each currency in which both are known. A rate whose text names no currency fits
/// where it fits in one of them.
fn in_each_currency(
    book: &Book<'_>,
    check: Check,
    series: &Series,
    known: &Known<'_>,
    (period, before): (Period, Period),
) -> Option<Finding> {
    let currencies = if series.currency.is_empty() {
        book.currencies(&series.subject, series.flow)
    } else {
        vec![series.currency.as_str()]
    };
    let mut first = None;
    for currency in currencies {
        let (Some(new), Some(old)) = (
            book.level(&series.subject, series.flow, currency, period),
            book.level(&series.subject, series.flow, currency, before),
        ) else {
            continue;
        };
        let unit = if check == Check::ChangeInMoney { currency } else { "percent" };
        let misfit = compare(check, &[known, new, old], |stated| {
            let [now, then] = *stated.first_chunk()?;
            let expected = expected(check, series.flow, now, then)?;
            Some((expected, format!("the amounts of {period} and {before} make {}", words(expected, unit))))
        });
        match misfit {
            None => return None,
            misfit => first = first.or(misfit),
        }
    }
    first
}

/// What the change from `then` to `now` can be. The rate of a balance is the change of its size.
fn expected(check: Check, flow: Flow, now: Interval, then: Interval) -> Option<Interval> {
    if check == Check::ChangeInMoney {
        return Some(now.minus(then));
    }
    let (now, then) = match flow {
        Flow::Balance if now.low.is_sign_negative() == then.low.is_sign_negative() => (now.sizes()?, then.sizes()?),
        // From a deficit to a surplus there is no rate.
        Flow::Balance => return None,
        _ => (now, then),
    };
    let hundred = Interval::point(Decimal::ONE_HUNDRED);
    Some(now.percent_of(then)?.minus(hundred))
}

#[cfg(test)]
mod tests {
    use super::super::testing::findings;

    #[test]
    fn a_rate_that_the_amounts_do_not_give_is_found() {
        let amounts = ["a TW exports 2025-12 level 62.48@0.01", "a TW exports 2024-12 level 43.57@0.01"];
        assert_eq!(findings(&[amounts[0], amounts[1], "a TW exports 2025-12 yoy 43.4@0.1"]), [""; 0]);
        assert_eq!(
            findings(&[amounts[0], amounts[1], "a TW exports 2025-12 yoy 34.4@0.1"]),
            ["year_on_year TW exports 2025-12 + exports + exports, one document"]
        );
        assert_eq!(
            findings(&[amounts[0], amounts[1], "a TW exports 2025-12 yoy_change 16.91@0.01"]),
            ["change_in_money TW exports 2025-12 + exports + exports, one document"]
        );
    }

    #[test]
    fn a_rate_may_be_that_of_another_currency() {
        assert_eq!(
            findings(&[
                "a TW exports 2025-12 level 62.48@0.01",
                "a TW exports 2024-12 level 43.57@0.01",
                "a TW exports 2025-12 level 1960@1 TWD",
                "a TW exports 2024-12 level 1411@1 TWD",
                "a TW exports 2025-12 yoy 38.9@0.1",
            ]),
            [""; 0]
        );
    }

    #[test]
    fn the_rate_of_a_deficit_is_that_of_its_size() {
        let amounts = ["a US balance 2025-12 level -110@1", "a US balance 2024-12 level -100@1"];
        assert_eq!(findings(&[amounts[0], amounts[1], "a US balance 2025-12 yoy 10@1"]), [""; 0]);
        assert_eq!(
            findings(&[amounts[0], amounts[1], "a US balance 2025-12 yoy -10@1"]),
            ["year_on_year US balance 2025-12 + balance + balance, one document"]
        );
        let turned = ["a US balance 2025-12 level 110@1", "a US balance 2024-12 level -100@1"];
        assert_eq!(findings(&[turned[0], turned[1], "a US balance 2025-12 yoy 10@1"]), [""; 0]);
    }

    #[test]
    fn a_month_is_compared_with_the_one_before() {
        let amounts = ["a TW exports 2026-01 level 55@1", "a TW exports 2025-12 level 50@1"];
        assert_eq!(findings(&[amounts[0], amounts[1], "a TW exports 2026-01 mom 10@1"]), [""; 0]);
        assert_eq!(
            findings(&[amounts[0], amounts[1], "a TW exports 2026-01 mom 20@1"]),
            ["month_on_month TW exports 2026-01 + exports + exports, one document"]
        );
    }
}
