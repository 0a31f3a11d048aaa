//! Values for the tests of this room, in few words.

use bellwether_model::document::Document;
use bellwether_model::evidence::Evidence;
use bellwether_model::figure::{Amount, Confidence, Figure, Flow, Measure, Precision, Status, Unit};
use bellwether_model::id::{ContentHash, SourceId};
use bellwether_model::number::Number;
use bellwether_model::place::Area;
use bellwether_model::policy::PolicyAction;
use bellwether_model::snapshot::Snapshot;
use bellwether_model::source::ResourceRole;
use bellwether_model::web::CanonicalUrl;
use jiff::Timestamp;

use super::identity::Names;

/// Names without rules: lower case, letters and digits only.
pub(super) const NAMES: Names = Names { product_class: plain, organisation: plain, key: plain };

fn plain(words: &str) -> String {
    words.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Seconds into the tests' day.
pub(super) fn time(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_767_945_600 + seconds).expect("a time of this century")
}

/// `AREA flow period measure value[..high][@step] [forecast]`, for instance `TW exports 2025-12 yoy 43.4@0.1`.
pub(super) fn figure(text: &str) -> Figure {
    let words: Vec<&str> = text.split(' ').collect();
    let number = |text: &str| text.parse::<Number>().expect(text);
    let code = |word: &str| serde_json::Value::String(word.to_owned());
    let measure: Measure = serde_json::from_value(code(words[3])).expect("a measure");
    let flow: Flow = serde_json::from_value(code(words[1])).expect("a flow");
    let (value, step) = words[4].split_once('@').map_or((words[4], None), |(value, step)| (value, Some(step)));
    let amount = match value.split_once("..") {
        Some((low, high)) => Amount::Range { low: number(low), high: number(high) },
        None => Amount::Value { value: number(value) },
    };
    Figure {
        area: Area::new(words[0]),
        flow,
        partner: None,
        product: None,
        period: words[2].parse().expect("a period"),
        measure,
        status: if words.get(5) == Some(&"forecast") { Status::Forecast } else { Status::Actual },
        amount,
        unit: if measure.is_money() { Unit("USD".into()) } else { Unit::percent() },
        basis: None,
        precision: step.map(|step| Precision { step: number(step), hedge: None }),
        forecaster: None,
        headline: true,
        evidence: Evidence { text: text.to_owned(), start: 0, end: text.chars().count() },
        claims: Vec::new(),
        rule: "test".into(),
        confidence: Confidence::High,
    }
}

/// `ISSUER NUMBER|- ANNOUNCED SUBJECT [ORIGINAL]`.
pub(super) fn action(text: &str) -> PolicyAction {
    let words: Vec<&str> = text.split(' ').collect();
    PolicyAction {
        issuer: Some(words[0].to_owned()),
        number: Some(words[1]).filter(|number| *number != "-").map(str::to_owned),
        subject: words[3].to_owned(),
        announced: Some(words[2].parse().expect("a day")),
        effective: None,
        expires: None,
        partner: None,
        category: None,
        kind: None,
        refers: Vec::new(),
        parts: Vec::new(),
        originals: words.get(4).map(|page| (*page).to_owned()).into_iter().collect(),
        evidence: Evidence { text: text.to_owned(), start: 0, end: 1 },
    }
}

/// A document without anything in it.
pub(super) fn empty_document() -> Document {
    super::record::unreadable(None)
}

/// An answer from an address.
pub(super) fn snapshot(address: &str) -> Snapshot {
    let url = CanonicalUrl::parse(address).expect(address);
    let content = ContentHash::of(address.as_bytes());
    Snapshot {
        id: Snapshot::name(&url, time(0), &content),
        source: SourceId::new("source"),
        final_url: url.clone(),
        url,
        role: ResourceRole::Document,
        fetched: time(0),
        status: 200,
        content_type: None,
        headers: Vec::new(),
        content,
        body_bytes: 0,
        hint: None,
    }
}
