//! Figures as CSV (RFC 4180): one row a figure, with the sentence that proves it.

use bellwether_model::event::Fact;
use bellwether_model::figure::{Amount, Figure};

use crate::view::{self, EventView};

const HEAD: [&str; 27] = [
    "id",
    "state",
    "area",
    "flow",
    "partner",
    "product",
    "period",
    "measure",
    "status",
    "value",
    "low",
    "high",
    "unit",
    "basis",
    "forecaster",
    "headline",
    "confidence",
    "release",
    "first_seen",
    "changed",
    "mentions",
    "source",
    "published",
    "title",
    "url",
    "evidence",
    "rule",
];

/// Figures among the events, one a row below a heading. Statements and policy actions are left out.
///
/// Text that a spreadsheet would run as a formula gets an apostrophe in front, as OWASP's page on CSV injection asks.
#[must_use]
pub fn csv(events: &[EventView]) -> String {
    let mut out = line(HEAD.map(ToOwned::to_owned).to_vec());
    for view in events {
        if let Fact::Figure(figure) = &view.event.fact {
            out.push_str(&line(row(view, figure)));
        }
    }
    out
}

fn row(view: &EventView, figure: &Figure) -> Vec<String> {
    let (value, low, high) = match figure.amount {
        Amount::Value { value } => (value.to_string(), String::new(), String::new()),
        Amount::Range { low, high } => (String::new(), low.to_string(), high.to_string()),
    };
    let best = view::best_mention(&view.mentions);
    let words = |text: Option<&str>| text.map(harmless).unwrap_or_default();
    vec![
        view.event.id.to_string(),
        code(&view.event.state),
        figure.area.to_string(),
        code(&figure.flow),
        figure.partner.as_ref().map(ToString::to_string).unwrap_or_default(),
        words(figure.product.as_deref()),
        figure.period.to_string(),
        code(&figure.measure),
        code(&figure.status),
        value,
        low,
        high,
        figure.unit.as_str().to_owned(),
        figure.basis.as_ref().map(|basis| basis.as_str().to_owned()).unwrap_or_default(),
        words(figure.forecaster.as_deref()),
        figure.headline.to_string(),
        code(&figure.confidence),
        view.event.release.as_ref().map(ToString::to_string).unwrap_or_default(),
        view.event.first_seen.to_string(),
        view.event.changed.to_string(),
        view.mentions.len().to_string(),
        best.map(|mention| mention.source.to_string()).unwrap_or_default(),
        words(best.and_then(|mention| mention.published.as_deref())),
        words(best.map(|mention| mention.title.as_str())),
        words(best.map(|mention| mention.url.as_str())),
        words(best.map(|mention| mention.evidence.text.as_str())),
        words(best.map(|mention| mention.rule.as_str())),
    ]
}

/// The code of a value, as its JSON has it.
pub(super) fn code<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(code)) => code,
        _ => String::new(),
    }
}

/// Text of a document that no spreadsheet takes for a formula.
pub(super) fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// One line of CSV, ended as RFC 4180 asks.
pub(super) fn line(cells: Vec<String>) -> String {
    let quoted = cells.into_iter().map(|cell| {
        if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
    });
    let mut line = quoted.collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        assert_eq!(line(vec!["a".into(), "b,c".into(), "d\"e\nf".into()]), "a,\"b,c\",\"d\"\"e\nf\"\r\n");
    }

    #[test]
    fn formulas_are_defused() {
        for text in ["=1+1", "+A1", "-A1", "@SUM(A1)"] {
            assert!(harmless(text).starts_with('\''), "{text}");
        }
        assert_eq!(harmless("出口"), "出口");
    }
}
