//! Facts in one plain line, with codes: for the terminal, the first line of an alert, the reason of a flag. Pure.
//!
//! Words of pages are outside input and end up on terminals: control characters never pass.

use bellwether_model::event::{Fact, Mention};
use bellwether_model::figure::{Amount, Figure, Flow, Hedge, Measure, Status};
use bellwether_model::indicator;
use bellwether_model::number::Number;
use bellwether_model::overdue::{Awaited, Overdue};
use rust_decimal::Decimal;

/// Characters kept of a quoted sentence or title.
const MAX_QUOTED: usize = 160;

/// A fact in one line, with its value.
pub fn fact(fact: &Fact) -> String {
    match fact {
        Fact::Figure(figure) => format!("{}: {}", about(figure), value(figure)),
        Fact::Statement(words) => {
            let office: Vec<&str> = [&words.org, &words.title].into_iter().flatten().map(String::as_str).collect();
            let office = if office.is_empty() { String::new() } else { format!(" ({})", plain(&office.join(" "))) };
            format!("{}{office}: {}", plain(&words.name), plain(&words.text))
        }
        Fact::Policy(action) => {
            let head: Vec<&str> = [&action.issuer, &action.number].into_iter().flatten().map(String::as_str).collect();
            let head = if head.is_empty() { "policy".to_owned() } else { plain(&head.join(" ")) };
            let from = action.effective.map(|day| format!(", in force from {day}")).unwrap_or_default();
            format!("{head}: {}{from}", plain(&action.subject))
        }
    }
}

/// What a source owes, and whether it has come after all.
pub fn overdue(overdue: &Overdue) -> String {
    let Overdue { source, by, arrived, .. } = overdue;
    match (&overdue.awaited, arrived) {
        (Awaited::Release { calendar, expected }, None) => {
            format!("{source}: the release of {calendar} expected at {expected} had not come by {by}")
        }
        (Awaited::Release { calendar, expected }, Some(arrived)) => {
            format!("{source}: the release of {calendar} expected at {expected} came at {arrived}")
        }
        (Awaited::News { since }, None) => format!("{source}: nothing new since {since}, expected by {by}"),
        (Awaited::News { since }, Some(arrived)) => {
            format!("{source}: something new at {arrived}, the first since {since}")
        }
    }
}

/// What a figure counts, without its value: `TW exports to US of chips 2025-12`.
pub fn about(figure: &Figure) -> String {
    let preposition = match figure.flow {
        Flow::Exports => "to",
        Flow::Imports | Flow::Orders => "from",
        Flow::Balance | Flow::Total | Flow::Indicator(_) => "with",
    };
    let mut words = vec![figure.area.to_string(), flow_word(&figure.flow).to_owned()];
    if let Some(partner) = &figure.partner {
        words.push(format!("{preposition} {partner}"));
    }
    if let Some(product) = &figure.product {
        words.push(format!("of {}", plain(product)));
    }
    words.push(figure.period.to_string());
    if figure.status == Status::Forecast {
        words.push("forecast".to_owned());
        if let Some(forecaster) = &figure.forecaster {
            words.push(format!("by {}", plain(forecaster)));
        }
    }
    words.join(" ")
}

/// The value of a figure, in words that say how it is counted.
pub fn value(figure: &Figure) -> String {
    measured(figure, figure.amount)
}

/// Another value of the same figure, in the same words.
pub fn measured(figure: &Figure, amount: Amount) -> String {
    let unit = figure.unit.as_str();
    let hedge = figure.precision.filter(|_| amount == figure.amount).and_then(|precision| precision.hedge);
    let hedge = match hedge {
        None => "",
        Some(Hedge::About) => "about ",
        Some(Hedge::Over) => "more than ",
        Some(Hedge::Under) => "less than ",
    };
    let change = matches!(figure.measure, Measure::Yoy | Measure::Mom | Measure::YoyChange);
    let one = |value: Number| {
        let sign = if change && value.0.is_sign_positive() && !value.0.is_zero() { "+" } else { "" };
        format!("{sign}{}", number(value, unit))
    };
    let value = match amount {
        Amount::Value { value } => one(value),
        Amount::Range { low, high } => format!("{} to {}", one(low), one(high)),
    };
    let than = match figure.measure {
        Measure::Level => "",
        Measure::Yoy | Measure::YoyChange => " on a year before",
        Measure::Mom => " on the month before",
        Measure::Share => " of the total",
    };
    format!("{hedge}{value}{than}")
}

/// A number with its unit: `62.48 billion USD`, `43.4%`. No digit is lost.
pub fn number(value: Number, unit: &str) -> String {
    if unit == "percent" {
        return format!("{value}%");
    }
    let scales = [(12, " trillion"), (9, " billion"), (6, " million")];
    let scaled = scales.into_iter().find_map(|(zeros, word)| {
        let one = Decimal::from(10_i64.pow(zeros));
        (value.0.abs() >= one).then(|| value.0.checked_div(one).map(|scaled| (scaled, word)))?
    });
    let (scaled, word) = scaled.unwrap_or((value.0, ""));
    let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
    format!("{}{word}{unit}", Number(scaled))
}

/// Who says it: the source, and the title of its document.
pub fn said_by(mention: Option<&Mention>) -> String {
    match mention {
        None => String::new(),
        Some(mention) if mention.title.trim().is_empty() => format!(" ({})", plain(mention.source.as_str())),
        Some(mention) => format!(" ({}: {})", plain(mention.source.as_str()), plain(&mention.title)),
    }
}

/// Text of a page on one line: control characters become spaces, and what is long is cut.
pub fn plain(text: &str) -> String {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    let line: String = words.join(" ").chars().filter(|&c| !is_invisible(c)).collect();
    match line.char_indices().nth(MAX_QUOTED) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// Characters that turn the direction of writing: with them a line can be made to read as another one.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn flow_word(flow: &Flow) -> &str {
    match flow {
        Flow::Balance => "trade balance",
        Flow::Total => "total trade",
        Flow::Orders => "export orders",
        Flow::Exports | Flow::Imports => flow.code(),
        Flow::Indicator(code) => indicator::of(*flow).map_or(code.as_str(), |indicator| indicator.english.as_str()),
    }
}
