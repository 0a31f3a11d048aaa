//! Parts against their whole: shares, partners and classes of goods.

use bellwether_model::figure::{Flow, Measure};
use bellwether_model::reading::Interval;
use rust_decimal::Decimal;

use super::book::{Book, Known, Series, Subject};
use super::{Check, Finding, compare, words};

/// Shares that the amounts do not give, and parts that are larger than their whole.
pub(super) fn check(book: &Book<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (series, figures) in book.all() {
        let check = match (series.measure, series.flow) {
            // A balance with one partner may be any multiple of the balance with all.
            (_, Flow::Balance) => continue,
            (Measure::Share, _) => share,
            (Measure::Level, _) => size,
            _ => continue,
        };
        let Some(whole) = whole(&series.subject) else { continue };
        found.extend(figures.values().filter_map(|known| check(book, series, &whole, known)));
    }
    found
}

/// The subject of which this one is a part; `None`: it is no part, or a part of a part, where a text leaves open what
/// the whole is.
fn whole(subject: &Subject) -> Option<Subject> {
    (subject.partner.is_some() == subject.product.is_empty()).then(|| Subject {
        partner: None,
        product: String::new(),
        ..subject.clone()
    })
}

fn share(book: &Book<'_>, series: &Series, whole: &Subject, known: &Known<'_>) -> Option<Finding> {
    let period = known.figure.period;
    let mut first = None;
    for currency in book.currencies(&series.subject, series.flow) {
        let level = |subject| book.level(subject, series.flow, currency, period);
        let (Some(part), Some(all)) = (level(&series.subject), level(whole)) else { continue };
        let misfit = compare(Check::Share, &[known, part, all], |stated| {
            let [part, all] = *stated.first_chunk()?;
            let expected = part.percent_of(all)?;
            Some((expected, format!("the amounts make {}", words(expected, "percent"))))
        });
        match misfit {
            None => return None,
            misfit => first = first.or(misfit),
        }
    }
    first
}

fn size(book: &Book<'_>, series: &Series, whole: &Subject, known: &Known<'_>) -> Option<Finding> {
    let all = book.level(whole, series.flow, &series.currency, known.figure.period)?;
    compare(Check::PartAboveWhole, &[known, all], |stated| {
        let room = Interval { low: Decimal::MIN, high: stated.first()?.high };
        Some((room, format!("the whole is {}", words(*stated.first()?, &series.currency))))
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::findings;

    #[test]
    fn a_share_that_the_amounts_do_not_give_is_found() {
        let amounts = ["a TW exports US 2025-12 level 21@0.1", "a TW exports 2025-12 level 62.5@0.1"];
        assert_eq!(findings(&[amounts[0], amounts[1], "a TW exports US 2025-12 share 33.6@0.1"]), [""; 0]);
        assert_eq!(
            findings(&[amounts[0], amounts[1], "a TW exports US 2025-12 share 36.3@0.1"]),
            ["share TW exports US 2025-12 + exports + exports, one document"]
        );
    }

    #[test]
    fn a_partner_above_all_partners_is_found() {
        let all = "a TW exports 2025-12 level 62.5@0.1";
        assert_eq!(
            findings(&["a TW exports US 2025-12 level 210@1", all]),
            ["part_above_whole TW exports US 2025-12 + exports, one document"]
        );
        assert_eq!(findings(&["a TW balance US 2025-12 level 15@1", "a TW balance 2025-12 level 12@1"]), [""; 0]);
    }
}
