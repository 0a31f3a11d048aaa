//! Releases: which figures one publication brought. Pure.
//!
//! The release of a figure that has happened follows from its own content: its economy and the last month of its
//! period (`TW-2025-12` for December, the fourth quarter and the year 2025 alike), with a word for the families that
//! come out on other days (`-orders`, `-first10`, `-first20`). But an article also repeats older figures for
//! comparison, and a fact is not news of a release that it did not come with. So a figure belongs to its release
//! only once a document carries it whose newest headline figures are of that release: reports of the year before,
//! read today, open no release, and neither does an article of today that looks back ten years. What the document expects, and what is said in it, belongs to the document's own
//! release; of several such documents the earliest release counts. None of this depends on the order of arrival.

use std::collections::BTreeMap;

use bellwether_model::figure::{Confidence, Figure, Flow, IndicatorCode};
use bellwether_model::id::ReleaseId;
use bellwether_model::period::Period;
use bellwether_model::place::Area;
use jiff::civil::Date;

/// Days from the end of a period to its publication. Slow economies take five months; half a year leaves room.
const LONGEST_LAG_DAYS: i32 = 183;

/// The releases that a document reports: for each economy and family the newest one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Releases {
    newest: BTreeMap<(Area, Family), (Date, ReleaseId)>,
}

/// Indicators that an agency publishes together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Family {
    /// Trade of a month.
    Trade,
    /// Trade of the first days of a month.
    Early,
    /// Export orders.
    Orders,
    /// An indicator that is no trade.
    Indicator(IndicatorCode),
}

impl Releases {
    /// Reads off the figures of one document which releases it reports. `published`: its day, where it is known.
    #[must_use]
    pub(super) fn of(figures: &[Figure], published: Option<Date>) -> Self {
        let mut releases = Self::default();
        for figure in figures {
            let counts = figure.headline
                && !figure.status.is_forecast()
                && figure.confidence == Confidence::High
                && published.is_none_or(|day| is_current(figure.period.end(), day));
            if let (true, Some((family, id))) = (counts, own(figure)) {
                let (key, end) = ((figure.area.clone(), family), figure.period.end());
                let newer = releases.newest.get(&key).is_none_or(|(newest, _)| *newest < end);
                if newer {
                    releases.newest.insert(key, (end, id));
                }
            }
        }
        releases
    }

    /// The release to which the document assigns a figure; `None`: it repeats an older one.
    #[must_use]
    pub(super) fn release(&self, figure: &Figure) -> Option<ReleaseId> {
        if figure.status.is_forecast() {
            let family = match figure.flow {
                Flow::Orders => Family::Orders,
                Flow::Indicator(code) => Family::Indicator(code),
                _ => Family::Trade,
            };
            return self.newest.get(&(figure.area.clone(), family)).map(|(_, id)| id.clone());
        }
        let (family, own) = own(figure)?;
        self.newest.get(&(figure.area.clone(), family)).filter(|(_, newest)| *newest == own).map(|(_, id)| id.clone())
    }

    /// The release that the document as a whole is about; `None`: none, or several.
    #[must_use]
    pub(super) fn only(&self) -> Option<ReleaseId> {
        let mut ids = self.newest.values().map(|(_, id)| id);
        let first = ids.next()?;
        ids.next().is_none().then(|| first.clone())
    }
}

/// Whether a period can be news on a day.
fn is_current(end: Date, published: Date) -> bool {
    (published - end).get_days() <= LONGEST_LAG_DAYS
}

/// The release that a figure's own content names; `None` for days that are no known family.
fn own(figure: &Figure) -> Option<(Family, ReleaseId)> {
    let end = figure.period.end();
    let month = format!("{}-{:04}-{:02}", figure.area, end.year(), end.month());
    if figure.flow == Flow::Orders {
        return Some((Family::Orders, ReleaseId(format!("{month}-orders"))));
    }
    if let Flow::Indicator(code) = figure.flow {
        return Some((Family::Indicator(code), ReleaseId(format!("{month}-{}", code.as_str()))));
    }
    let Period::Days(from, to) = figure.period else {
        return Some((Family::Trade, ReleaseId(month)));
    };
    let within_month = from.day() == 1 && (from.year(), from.month()) == (to.year(), to.month());
    // The year to the 20th is published with the first 20 days.
    let since_january = from.day() == 1 && from.month() == 1 && from.year() == to.year();
    if to == to.last_of_month() {
        return Some((Family::Trade, ReleaseId(month)));
    }
    (within_month || since_january).then(|| (Family::Early, ReleaseId(format!("{month}-first{}", to.day()))))
}

#[cfg(test)]
mod tests {
    use super::super::testing::figure;
    use super::*;

    fn release_of(document: &[&str], of: &str) -> Option<String> {
        let figures: Vec<Figure> = document.iter().map(|text| figure(text)).collect();
        Releases::of(&figures, None).release(&figure(of)).map(|id| id.0)
    }

    #[test]
    fn figures_of_the_newest_period_are_the_release() {
        let article = [
            "TW exports 2025-12 level 62480000000",
            "TW exports 2025 level 640750000000",
            "TW exports 2024-12 level 43590000000",
            "TW exports 2026-01 level 58100000000..60400000000 forecast",
        ];
        for (figure, release) in [
            ("TW exports 2025-12 yoy 43.4", Some("TW-2025-12")),
            ("TW exports 2025-Q4 yoy 49.4", Some("TW-2025-12")),
            ("TW exports 2025 yoy 34.9", Some("TW-2025-12")),
            ("TW exports 2024-12 level 43590000000", None),
            ("TW exports 2026-01 yoy 50..56 forecast", Some("TW-2025-12")),
            ("KR exports 2025-12 yoy 10", None),
        ] {
            assert_eq!(release_of(&article, figure).as_deref(), release, "{figure}");
        }
    }

    #[test]
    fn looking_back_opens_no_release() {
        let old = figure("KR exports 1995 level 125000000000");
        let on = |day: Date| Releases::of(std::slice::from_ref(&old), Some(day)).only().map(|id| id.0);
        assert_eq!(on(jiff::civil::date(2025, 12, 29)), None);
        assert_eq!(on(jiff::civil::date(1996, 1, 5)).as_deref(), Some("KR-1995-12"));
    }

    #[test]
    fn orders_and_early_days_are_releases_of_their_own() {
        for (figure, release) in [
            ("TW orders 2025-12 level 1", "TW-2025-12-orders"),
            ("KR exports 2025-02-01/2025-02-10 level 1", "KR-2025-02-first10"),
            ("KR exports 2025-02-01/2025-02-20 level 1", "KR-2025-02-first20"),
            ("KR exports 2025-01-01/2025-02-20 level 1", "KR-2025-02-first20"),
            ("KR exports 2025-02-01/2025-02-28 level 1", "KR-2025-02"),
        ] {
            assert_eq!(release_of(&[figure], figure).as_deref(), Some(release), "{figure}");
        }
        assert_eq!(
            release_of(&["KR exports 2025-02-03/2025-02-12 level 1"], "KR exports 2025-02-03/2025-02-12 level 1"),
            None
        );
    }

    #[test]
    fn words_belong_to_a_document_of_one_release() {
        let of = |texts: &[&str]| Releases::of(&texts.iter().map(|text| figure(text)).collect::<Vec<_>>(), None).only();
        assert_eq!(of(&["TW exports 2025-12 level 1", "TW imports 2025 level 1"]), Some(ReleaseId::new("TW-2025-12")));
        assert_eq!(of(&["TW exports 2025-12 level 1", "KR exports 2025-12 level 1"]), None);
        assert_eq!(of(&[]), None);
    }
}
