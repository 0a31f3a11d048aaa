//! Values for the tests of this room, in few words.

use bellwether_model::claim::{Claim, Said};
use bellwether_model::event::{Event, EventState, Fact, FactKind, Mention, Vintage};
use bellwether_model::evidence::Evidence;
use bellwether_model::figure::{Amount, Confidence, Figure, Measure, Precision, Status, Unit};
use bellwether_model::id::{DocumentId, EventId, SourceId};
use bellwether_model::number::Number;
use bellwether_model::place::{Area, Partner};
use bellwether_model::source::Trust;
use jiff::Timestamp;

use super::{Finding, Names, Verdict};
use crate::view::EventView;

/// What does not fit among figures, one line each: the check, the figure that stands out, the flows of the others,
/// and whether one document carries them all.
pub(super) fn findings(figures: &[&str]) -> Vec<String> {
    let events: Vec<EventView> = figures.iter().map(|text| event(text)).collect();
    let names = Names { product_class: str::to_owned, organisation: str::to_owned };
    super::findings(&events, &names).iter().map(line).collect()
}

/// What is said of a claim of the last of these figures, and the findings that come of it.
pub(super) fn claimed(figures: &[&str], said: Said) -> (Verdict, Vec<String>) {
    let mut events: Vec<EventView> = figures.iter().map(|text| event(text)).collect();
    let evidence = Evidence { text: "said so".to_owned(), start: 0, end: 7 };
    let last = events.last_mut().expect("a figure");
    last.mentions[0].claims.push(Claim { said, evidence });
    let names = Names { product_class: str::to_owned, organisation: str::to_owned };
    let verdict = super::claims(&events, &names)[0].verdict;
    (verdict, super::findings(&events, &names).iter().map(line).collect())
}

fn line(finding: &Finding) -> String {
    let check = serde_json::to_value(finding.check).expect("a check");
    let Some((lead, rest)) = finding.figures.split_first() else { return String::new() };
    let figure = &lead.figure;
    let partner = figure.partner.as_ref().map(|partner| format!(" {partner}")).unwrap_or_default();
    let others: String = rest.iter().map(|part| format!(" + {}", part.figure.flow.code())).collect();
    let one = if finding.within_document { ", one document" } else { "" };
    let check = check.as_str().expect("a word");
    format!("{check} {} {}{partner} {}{others}{one}", figure.area, figure.flow.code(), figure.period)
}

/// `DOCUMENT AREA flow [PARTNER] period measure value[..high]@step [CURRENCY|forecast]`, amounts in billions.
fn event(text: &str) -> EventView {
    let mut words: Vec<&str> = text.split(' ').collect();
    let partner = words[3].chars().all(|c| c.is_ascii_uppercase()).then(|| Partner(words.remove(3).to_owned()));
    let measure: Measure = serde_json::from_value(words[4].into()).expect("a measure");
    let scale = if measure.is_money() { 1_000_000_000 } else { 1 };
    let number = |text: &str| Number(text.parse::<Number>().expect(text).0 * rust_decimal::Decimal::from(scale));
    let (value, step) = words[5].split_once('@').expect("a step");
    let amount = match value.split_once("..") {
        Some((low, high)) => Amount::Range { low: number(low), high: number(high) },
        None => Amount::Value { value: number(value) },
    };
    let precision = Some(Precision { step: number(step), hedge: None });
    let last = words.get(6).copied();
    let currency = last.filter(|word| *word != "forecast").unwrap_or("USD");
    let evidence = Evidence { text: text.to_owned(), start: 0, end: text.chars().count() };
    let figure = Figure {
        area: Area::new(words[1]),
        flow: serde_json::from_value(words[2].into()).expect("a flow"),
        partner,
        product: None,
        period: words[3].parse().expect("a period"),
        measure,
        status: if last == Some("forecast") { Status::Forecast } else { Status::Actual },
        amount,
        unit: if measure.is_money() { Unit(currency.into()) } else { Unit::percent() },
        basis: None,
        precision,
        forecaster: None,
        headline: true,
        evidence: evidence.clone(),
        claims: Vec::new(),
        rule: "test".into(),
        confidence: Confidence::High,
    };
    let at: Timestamp = "2026-02-01T08:00:00Z".parse().expect("a time");
    let url = format!("https://{}.example/", words[0]);
    EventView {
        kind: FactKind::Figure,
        event: Event {
            id: EventId(text.to_owned()),
            fact: Fact::Figure(figure),
            state: EventState::New,
            first_seen: at,
            changed: at,
            release: None,
            vintages: vec![Vintage {
                amount,
                precision,
                from: at,
                source: SourceId(words[0].to_owned()),
                url: url.clone(),
                trust: Trust::Press,
            }],
            mention_count: 1,
            backlog: false,
            corrected: false,
        },
        mentions: vec![Mention {
            source: SourceId(words[0].to_owned()),
            document: DocumentId(words[0].to_owned()),
            url,
            title: "A report".to_owned(),
            published: Some("2026-02-01".to_owned()),
            at,
            trust: Trust::Press,
            amount: Some(amount),
            precision,
            agrees: true,
            evidence,
            claims: Vec::new(),
            rule: "test".into(),
            cites: None,
            unsure: false,
            restates: false,
            outdated: false,
            taken_back: Vec::new(),
            action: None,
            quote: None,
        }],
        documents: Vec::new(),
    }
}
