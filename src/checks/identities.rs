//! Exports, imports, their balance and their sum.

use bellwether_model::figure::{Flow, Measure};

use super::book::Book;
use super::{Check, Finding, compare, words};

/// Balances and totals that exports and imports of the same subject, period and currency do not make.
pub(super) fn check(book: &Book<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let whole = book.all().filter(|(series, _)| series.measure == Measure::Level);
    for (series, figures) in whole {
        let check = match series.flow {
            Flow::Balance => Check::Balance,
            Flow::Total => Check::Total,
            Flow::Exports | Flow::Imports | Flow::Orders | Flow::Indicator(_) => continue,
        };
        for (period, known) in figures {
            let level = |flow| book.level(&series.subject, flow, &series.currency, *period);
            let (Some(exports), Some(imports)) = (level(Flow::Exports), level(Flow::Imports)) else { continue };
            found.extend(compare(check, &[known, exports, imports], |stated| {
                let [sold, bought] = *stated.first_chunk()?;
                let (expected, word) = match check {
                    Check::Balance => (sold.minus(bought), "minus"),
                    _ => (sold.plus(bought), "plus"),
                };
                Some((expected, format!("exports {word} imports make {}", words(expected, &series.currency))))
            }));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::findings;

    #[test]
    fn a_balance_that_does_not_follow_is_found() {
        let fits = ["a TW exports 2025-12 level 62.48@0.01", "a TW imports 2025-12 level 43.05@0.01"];
        assert_eq!(findings(&[fits[0], fits[1], "a TW balance 2025-12 level 19.43@0.01"]), [""; 0]);
        // Rounded in its last digit only.
        assert_eq!(findings(&[fits[0], fits[1], "a TW balance 2025-12 level 19.4@0.1"]), [""; 0]);
        assert_eq!(
            findings(&[fits[0], fits[1], "a TW balance 2025-12 level 14.93@0.01"]),
            ["balance TW balance 2025-12 + exports + imports, one document"]
        );
        assert_eq!(
            findings(&[fits[0], fits[1], "a TW total 2025-12 level 195.53@0.01"]),
            ["total TW total 2025-12 + exports + imports, one document"]
        );
    }

    #[test]
    fn between_documents_a_revision_may_have_gone_unseen() {
        let exports = "a TW exports 2025-12 level 62.48@0.01";
        let imports = "b TW imports 2025-12 level 43.25@0.01";
        assert_eq!(findings(&[exports, imports, "a TW balance 2025-12 level 19.43@0.01"]), [""; 0]);
        assert_eq!(
            findings(&[exports, imports, "a TW balance 2025-12 level 14.93@0.01"]),
            ["balance TW balance 2025-12 + exports + imports"]
        );
    }

    #[test]
    fn other_partners_periods_and_currencies_are_not_compared() {
        assert_eq!(
            findings(&[
                "a TW exports 2025-12 level 62.48@0.01",
                "a TW imports 2025-11 level 43.05@0.01",
                "a TW imports 2025-12 level 1300@1 TWD",
                "a TW imports US 2025-12 level 5@0.01",
                "a TW balance 2025-12 level 99@0.01",
            ]),
            [""; 0]
        );
    }
}
