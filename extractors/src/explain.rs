//! Why each figure was or was not taken: for the people who write rules.

use std::fmt::Write as _;

use bellwether_model::document::Document;
use bellwether_model::figure::{Amount, Figure};
use bellwether_model::place::Area;
use jiff::civil::Date;

use crate::figures;

/// A report on each sentence with a number: tokens, what was bound by which rule, what was inherited from where.
#[must_use]
pub fn explain(document: &Document, reference: Option<Date>, area: Option<&Area>) -> String {
    let study = figures::study(document, reference, area, true);
    let mut report = String::new();
    let mut line = |text: String| {
        // Writing into a string cannot fail.
        let _written = writeln!(report, "{text}");
    };
    let named = |value: Option<String>| value.unwrap_or_else(|| "not known".to_owned());
    line(format!("day of publication: {}", named(reference.map(|day| day.to_string()))));
    line(format!("economy where none is named: {}", named(study.area.as_ref().map(ToString::to_string))));
    let mut sentence = None;
    for decision in &study.decisions {
        if sentence.as_ref() != Some(&decision.sentence) {
            sentence = Some(decision.sentence.clone());
            line(format!("\n{}", one_line(&document.text[decision.sentence.clone()])));
            if !decision.words.is_empty() {
                line(format!("  words: {}", decision.words.join("; ")));
            }
        }
        let number = one_line(&document.text[decision.number.clone()]);
        match &decision.outcome {
            Ok(figure) => {
                let kept = study.figures.contains(figure);
                let note = if kept { "" } else { " (told again elsewhere, and kept there)" };
                line(format!("  {number}: {} by {}{note}", told(figure), figure.rule));
            }
            Err(reason) => line(format!("  {number}: left out, {reason}")),
        }
    }
    report
}

/// A figure in one line.
fn told(figure: &Figure) -> String {
    let amount = match figure.amount {
        Amount::Value { value } => value.to_string(),
        Amount::Range { low, high } => format!("{low} to {high}"),
    };
    let flow = format!("{:?}", figure.flow).to_lowercase();
    let measure = format!("{:?}", figure.measure).to_lowercase();
    let status = format!("{:?}", figure.status).to_lowercase();
    let mut words = vec![figure.area.to_string(), flow];
    words.extend(figure.partner.as_ref().map(|partner| format!("with {partner}")));
    words.extend(figure.product.as_ref().map(|product| format!("of {product}")));
    words.extend([measure, amount, figure.unit.as_str().to_owned(), figure.period.to_string(), status]);
    words.extend(figure.basis.as_ref().map(|basis| format!("counted in {}", basis.as_str())));
    words.extend(figure.forecaster.as_ref().map(|who| format!("by {who}")));
    words.join(" ")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
