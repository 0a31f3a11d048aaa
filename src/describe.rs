//! One line for people about a fact: for the terminal and the first line of an alert.

use bellwether_model::event::Fact;
use bellwether_model::figure::{Amount, Figure, Flow, Measure};
use bellwether_model::number::Number;
use rust_decimal::Decimal;

/// A fact in one line: `TW exports 2025-12: 62.48 billion USD`.
#[must_use]
pub fn fact(fact: &Fact) -> String {
    match fact {
        Fact::Figure(figure) => format!("{}: {}", series(figure), amount(figure, &figure.amount)),
        Fact::Statement(words) => {
            let office = [words.org.as_deref(), words.title.as_deref()].into_iter().flatten().collect::<String>();
            format!("{office}{}{}: {}", if office.is_empty() { "" } else { " " }, words.name, words.text)
        }
        Fact::Policy(action) => {
            let number = action.number.as_deref().map(|number| format!(" {number}")).unwrap_or_default();
            let effective = action.effective.map(|day| format!(", in force from {day}")).unwrap_or_default();
            format!("{}{number}: {}{effective}", action.issuer.as_deref().unwrap_or("policy"), action.subject)
        }
    }
}

/// What a figure measures, without its number: `TW exports to US 2025-12`.
#[must_use]
pub fn series(figure: &Figure) -> String {
    let flow = match figure.flow {
        Flow::Exports => "exports",
        Flow::Imports => "imports",
        Flow::Balance => "balance",
        Flow::Total => "total trade",
        Flow::Orders => "export orders",
    };
    let mut line = format!("{} {flow}", figure.area);
    if let Some(product) = &figure.product {
        line.push_str(&format!(" of {product}"));
    }
    if let Some(partner) = &figure.partner {
        let preposition = match figure.flow {
            Flow::Exports => "to",
            Flow::Imports | Flow::Orders => "from",
            Flow::Balance | Flow::Total => "with",
        };
        line.push_str(&format!(" {preposition} {partner}"));
    }
    line.push_str(&format!(" {}", figure.period));
    if figure.status.is_forecast() {
        line.push_str(" forecast");
        if let Some(forecaster) = &figure.forecaster {
            line.push_str(&format!(" by {forecaster}"));
        }
    }
    line
}

/// A number of this figure with its unit and measure: `62.48 billion USD`, `+43.4% on a year before`.
#[must_use]
pub fn amount(figure: &Figure, amount: &Amount) -> String {
    let signed = matches!(figure.measure, Measure::Yoy | Measure::Mom | Measure::YoyChange);
    let number = |number: Number| {
        let sign = if signed && number.0 > Decimal::ZERO { "+" } else { "" };
        match figure.measure {
            Measure::Level | Measure::YoyChange => format!("{sign}{}", scaled(number)),
            Measure::Yoy | Measure::Mom | Measure::Share => format!("{sign}{number}%"),
        }
    };
    let number = match *amount {
        Amount::Value { value } => number(value),
        Amount::Range { low, high } => format!("{} to {}", number(low), number(high)),
    };
    match figure.measure {
        Measure::Level => format!("{number} {}", figure.unit.as_str()),
        Measure::YoyChange => format!("{number} {} on a year before", figure.unit.as_str()),
        Measure::Yoy => format!("{number} on a year before"),
        Measure::Mom => format!("{number} on the month before"),
        Measure::Share => format!("{number} of the total"),
    }
}

/// Money with a scale word, exact: 62480000000 is `62.48 billion`.
fn scaled(number: Number) -> String {
    let size = number.0.abs();
    for (unit, word) in [(1_000_000_000_000_i64, "trillion"), (1_000_000_000, "billion"), (1_000_000, "million")] {
        let unit = Decimal::from(unit);
        if size >= unit {
            return format!("{} {word}", Number(number.0 / unit));
        }
    }
    number.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_scaled_without_rounding() {
        for (number, line) in [
            (640_750_000_000, "640.75 billion"),
            (-1_268_600_000, "-1.2686 billion"),
            (2_073_600_000_000, "2.0736 trillion"),
            (12, "12"),
        ] {
            assert_eq!(scaled(Number::from(number)), line);
        }
    }
}
