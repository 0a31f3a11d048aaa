//! Values that stand out from their series: a unit that was misread or misprinted, or the number of another coverage.

use bellwether_model::reading::Interval;
use bellwether_model::scale;

use super::book::{Book, Known, Series};
use super::{Check, Finding, finding, words};

/// Figures that are told of a finding beside the one that stands out.
const TOLD: usize = 3;

/// Amounts that stand out from their neighbours, those that are held for it among them.
pub(super) fn check(book: &Book<'_>) -> Vec<Finding> {
    let all = book.all().flat_map(|(series, figures)| figures.values().map(move |known| (series, known)));
    let doubtful = all.chain(book.held().iter().map(|(series, known)| (series, known)));
    doubtful.filter_map(|(series, known)| stands_out(book, series, known)).collect()
}

fn stands_out(book: &Book<'_>, series: &Series, known: &Known<'_>) -> Option<Finding> {
    if !scale::has_scale(known.figure) {
        return None;
    }
    let others = book.get(series)?.iter();
    let period = known.figure.period;
    let alike = others.filter(|(other, _)| **other != period && scale::is_alike(other, &period));
    let mut neighbours: Vec<&Known<'_>> = alike.map(|(_, other)| other).collect();
    neighbours.sort_by_key(|other| other.stated.low);
    let stated: Vec<Interval> = neighbours.iter().map(|other| other.stated).collect();
    let whole = series.subject.partner.is_none() && series.subject.product.is_empty();
    scale::stands_out(known.stated, &stated, whole)?;
    let usual = Interval { low: neighbours.first()?.stated.low, high: neighbours.last()?.stated.high };
    let why = format!("{} other values of the series are {}", neighbours.len(), words(usual, &series.currency));
    Some(finding(Check::ScaleBreak, &why, Some(usual), &[&[known], &neighbours[..TOLD.min(neighbours.len())]].concat()))
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
