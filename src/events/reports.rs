//! What one document says, as reports of events: each event once. Pure.

use std::collections::HashMap;

use bellwether_extractors::Extraction;
use bellwether_model::event::{Fact, SpokenWords};
use bellwether_model::evidence::Evidence;
use bellwether_model::figure::{Figure, Measure, Unit};
use bellwether_model::id::EventId;
use bellwether_model::policy::PolicyAction;
use bellwether_model::reading::{Reading, agree, finer};
use bellwether_model::statement::Official;
use bellwether_model::web::CanonicalUrl;
use jiff::civil::Date;

use super::identity::Names;
use super::merge::Report;
use super::release::Releases;

/// The reports of a document, in its order.
#[must_use]
pub(super) fn of(extraction: &Extraction, names: &Names) -> Vec<Report> {
    of_day(extraction, extraction.document.published.map(|time| time.date()), names)
}

/// The reports of an answer of an API, which rarely says when it was published: it holds on the day on which it came.
#[must_use]
pub(super) fn of_rows(extraction: &Extraction, fetched: Date, names: &Names) -> Vec<Report> {
    of_day(extraction, Some(fetched), names)
}

fn of_day(extraction: &Extraction, published: Option<Date>, names: &Names) -> Vec<Report> {
    let releases = Releases::of(&extraction.figures, published);
    let mut reports = Vec::new();
    let mut places = HashMap::new();
    for figure in &extraction.figures {
        let report = Report {
            event: names.figure(figure, basis_beside(figure, &extraction.figures)),
            release: releases.release(figure),
            fact: Fact::Figure(figure.clone()),
            stands_out: false,
        };
        add(&mut reports, &mut places, report);
    }
    for official in extraction.officials.iter().chain(&extraction.speakers) {
        for fact in statements(official) {
            let event = names.statement(&fact.name, &fact.text);
            add(
                &mut reports,
                &mut places,
                Report { event, fact: Fact::Statement(fact), release: releases.only(), stands_out: false },
            );
        }
    }
    // A text that is copied word for word, or told in others, names where it stands: all such are of one action.
    let original = extraction.document.cites.as_deref().filter(|_| extraction.policy.len() == 1);
    let original = original.and_then(|address| CanonicalUrl::parse(address).ok()).filter(names_a_page);
    for action in &extraction.policy {
        let event = names.policy(action, original.as_ref().map(CanonicalUrl::as_str));
        let originals = original.iter().map(|page| page.as_str().to_owned()).collect();
        let fact = Fact::Policy(PolicyAction { originals, ..action.clone() });
        add(&mut reports, &mut places, Report { event, fact, release: None, stands_out: false });
    }
    reports
}

/// Whether an address is that of one page, and not of a site.
fn names_a_page(address: &CanonicalUrl) -> bool {
    let url = address.url();
    url.path().len() > 1 || url.query().is_some()
}

/// The currency in which a rate that names none was computed, as far as its document tells. Amounts name their own: an
/// answer of an API has thousands of them, and looking beside each would take as long as all of them squared.
fn basis_beside<'a>(figure: &Figure, figures: &'a [Figure]) -> Option<&'a Unit> {
    let is_open = matches!(figure.measure, Measure::Yoy | Measure::Mom) && figure.basis.is_none();
    is_open.then(|| currency_beside(figure, figures))?
}

/// The currency in which a document gives the amounts that belong to a rate: those of the same flow and period, else
/// those of the same economy. `None`: none, or several.
fn currency_beside<'a>(figure: &Figure, figures: &'a [Figure]) -> Option<&'a Unit> {
    let amounts = || figures.iter().filter(|other| other.measure.is_money() && other.area == figure.area);
    let mut near = amounts().filter(|other| (other.flow, other.period) == (figure.flow, figure.period)).peekable();
    if near.peek().is_some() { only(near) } else { only(amounts()) }
}

fn only<'a>(figures: impl Iterator<Item = &'a Figure>) -> Option<&'a Unit> {
    let mut units = figures.map(|figure| &figure.unit);
    let first = units.next()?;
    units.all(|unit| unit == first).then_some(first)
}

/// Adds a report, or joins it with an earlier one of the same event.
fn add(reports: &mut Vec<Report>, places: &mut HashMap<EventId, usize>, report: Report) {
    let Some(&place) = places.get(&report.event) else {
        places.insert(report.event.clone(), reports.len());
        reports.push(report);
        return;
    };
    if let (Fact::Figure(earlier), Fact::Figure(later)) = (&reports[place].fact, &report.fact)
        && is_better(later, earlier)
    {
        reports[place] = report;
    }
}

/// Which of two figures of one fact in one document counts. A document says its number first in full (title and lead)
/// and may blur it later, so a different later number counts only where the earlier one was unsure.
fn is_better(later: &Figure, earlier: &Figure) -> bool {
    let reading = |figure: &Figure| Reading { amount: figure.amount, precision: figure.precision };
    let (later_reading, earlier_reading) = (reading(later), reading(earlier));
    later.confidence > earlier.confidence
        || later.confidence == earlier.confidence
            && agree(&later_reading, &earlier_reading)
            && finer(&later_reading, &earlier_reading).is_gt()
}

fn statements(official: &Official) -> impl Iterator<Item = SpokenWords> {
    official.statements.iter().map(|statement| SpokenWords {
        name: official.name.clone(),
        title: official.title.clone(),
        org: official.org.clone(),
        text: statement.text.clone(),
        direct: statement.direct,
        evidence: Evidence { text: statement.text.clone(), start: statement.start, end: statement.end },
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{NAMES, empty_document, figure};
    use super::*;
    use bellwether_model::figure::Confidence;
    use bellwether_model::statement::Statement;

    fn extraction(figures: Vec<Figure>, officials: Vec<Official>) -> Extraction {
        Extraction {
            document: empty_document(),
            figures,
            officials,
            speakers: Vec::new(),
            policy: Vec::new(),
            problems: Vec::new(),
        }
    }

    fn amounts(figures: &[Figure]) -> Vec<String> {
        let amount = |report: Report| match report.fact {
            Fact::Figure(figure) => serde_json::to_string(&figure.amount).expect("amounts serialize"),
            _ => String::new(),
        };
        of(&extraction(figures.to_vec(), Vec::new()), &NAMES).into_iter().map(amount).collect()
    }

    #[test]
    fn a_document_reports_each_fact_once_at_its_most_exact() {
        let rounded = figure("TW exports 2025 level 640000000000@1000000000");
        let exact = figure("TW exports 2025 level 640750000000@10000000");
        assert_eq!(amounts(&[rounded.clone(), exact.clone()]), amounts(&[exact, rounded]));
    }

    #[test]
    fn the_first_of_two_numbers_counts_unless_it_was_unsure() {
        let (first, second) = (figure("TW exports 2025-12 yoy 43.4"), figure("TW exports 2025-12 yoy 34.4"));
        assert_eq!(amounts(&[first.clone(), second.clone()]), [r#"{"value":43.4}"#]);
        let unsure = Figure { confidence: Confidence::Low, ..first };
        assert_eq!(amounts(&[unsure, second]), [r#"{"value":34.4}"#]);
    }

    #[test]
    fn a_rate_is_of_the_currency_of_its_amounts() {
        let dollars = figure("CN exports 2024 level 1");
        let yuan = Figure { unit: Unit("CNY".into()), ..figure("CN imports 2024 level 1") };
        let beside =
            |text: &str, figures: &[Figure]| currency_beside(&figure(text), figures).map(|unit| unit.0.to_string());
        let both = [dollars, yuan];
        assert_eq!(beside("CN imports 2024 yoy 1", &both).as_deref(), Some("CNY"));
        assert_eq!(beside("CN exports 2024 yoy 1", &both).as_deref(), Some("USD"));
        assert_eq!(beside("CN total 2024 yoy 1", &both), None);
        assert_eq!(beside("CN total 2024 yoy 1", &both[..1]).as_deref(), Some("USD"));
        assert_eq!(beside("TW exports 2024 yoy 1", &both), None);
    }

    #[test]
    fn words_belong_to_the_release_of_their_document() {
        let statement = |text: &str| Statement { text: text.into(), direct: true, start: 3, end: 9 };
        let official = Official {
            name: "Ann".into(),
            title: None,
            org: None,
            quotes: 2,
            statements: vec![statement("Orders are full."), statement("Orders are full"), statement("Prices rise.")],
        };
        let reports = of(&extraction(vec![figure("TW exports 2025-12 yoy 43.4")], vec![official]), &NAMES);
        assert_eq!(reports.len(), 3);
        assert!(reports.iter().all(|report| report.release.as_ref().is_some_and(|id| id.as_str() == "TW-2025-12")));
    }
}
