//! Cells of numbers: sign, separators, a unit of their own, marks that say how final they are.

use std::sync::LazyLock;

use bellwether_model::figure::{Status, Unit};
use regex::Regex;
use rust_decimal::Decimal;

use crate::text::{self, NumeralKind};

/// Characters of a cell that can be a number.
const LONGEST_CELL: usize = 48;

/// A number as a cell gives it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Value {
    /// With its sign; in full units where the cell names money.
    pub(super) value: Decimal,
    /// One unit of its last digit.
    pub(super) step: Decimal,
    /// Whether a percent sign stands with it.
    pub(super) percent: bool,
    /// The currency that the cell itself names.
    pub(super) money: Option<Unit>,
    /// What a mark beside the number says.
    pub(super) status: Option<Status>,
    /// Whether an arrow upwards stands before it, a minus in some offices' tables and a plus in others.
    pub(super) triangle: bool,
}

/// Marks behind a number or a name: `(r)`, `p`, `*`, `[1]`, `註2`.
static MARK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(.*?[^\s(（\[])\s*(?:[(（\[]\s*(r|p|e|f|註?\s?\d{1,2}|注\d{1,2})\s*[)）\]]|([*＊†‡§¹²³⁴⁵]+)|\s(r|p|e|f)|ʳ|ᵖ)$")
        .expect("a fixed pattern")
});
/// A mark that touches its number: `12.3r`.
static LETTER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^(.*\d)([rpRP])$").expect("a fixed pattern"));

/// Words without the marks of footnotes behind them, and what these say of how final a value is.
pub(super) fn without_marks(words: &str) -> (&str, Option<Status>) {
    let (mut rest, mut status) = (words.trim(), None);
    // Two marks may follow each other; more are none.
    for _ in 0..2 {
        let Some(found) = MARK.captures(rest).or_else(|| LETTER.captures(rest)) else { break };
        let mark = (2..found.len()).find_map(|group| found.get(group)).map_or("", |mark| mark.as_str());
        status = status.or(match mark.to_ascii_lowercase().as_str() {
            "r" => Some(Status::Revised),
            "p" => Some(Status::Preliminary),
            "e" | "f" => Some(Status::Forecast),
            _ => None,
        });
        rest = found.get(1).map_or(rest, |body| body.as_str()).trim();
    }
    (rest, status)
}

/// The number of a cell; words in brackets behind it do not matter. `None`: it holds none, or a dash.
pub(super) fn number(cell: &str) -> Option<Value> {
    let cell = cell.trim();
    // (-)0.67: the sign in brackets.
    if let Some(size) = ["(-)", "(−)", "（-）", "(–)"].iter().find_map(|sign| cell.strip_prefix(sign)) {
        let value = number(size).filter(|value| !value.value.is_sign_negative() && value.money.is_none())?;
        return Some(Value { value: -value.value, ..value });
    }
    if cell.is_empty() || cell.len() > LONGEST_CELL {
        return None;
    }
    let inside = cell.trim_start_matches(['(', '（']).trim_end_matches(['%', '％', ' ']);
    let negative = cell.starts_with(['(', '（']) && inside.ends_with([')', '）']);
    let (cell_body, status) =
        if negative { (inside.trim_end_matches([')', '）']), None) } else { without_marks(cell) };
    let percent = cell.contains(['%', '％']);
    let body = cell_body.split(['（', '(']).next()?.trim().trim_end_matches(['%', '％']).trim();
    let minus = body.starts_with(['-', '−', '－', '–', '▲', '△', '▼', '▽']) || negative;
    let triangle = body.starts_with(['▲', '△']);
    let digits: String = body
        .trim_start_matches(['-', '−', '－', '–', '+', '＋', '▲', '△', '▼', '▽'])
        .chars()
        .filter(|c| !matches!(c, ',' | '，' | ' ' | '\u{a0}' | '\u{2009}'))
        .collect();
    let plain = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    if plain {
        let value: Decimal = digits.parse().ok()?;
        let sign = if minus { Decimal::NEGATIVE_ONE } else { Decimal::ONE };
        let step = Decimal::new(1, value.scale());
        return Some(Value { value: value * sign, step, percent, money: None, status, triangle });
    }
    worded(cell_body, status)
}

/// A cell that names its unit: `413.1億美元`, `US$ 4.3 billion`.
fn worded(cell: &str, status: Option<Status>) -> Option<Value> {
    let numerals = text::numerals(cell);
    let [one] = numerals.as_slice() else { return None };
    let NumeralKind::Money(unit) = &one.kind else { return None };
    let whole =
        one.span.start == 0 && one.span.end == cell.trim_end().len() && one.high.is_none() && one.hedge.is_none();
    whole.then(|| Value {
        value: one.low,
        step: one.step,
        percent: false,
        money: Some(unit.clone()),
        status,
        triangle: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_cells() {
        for (cell, expected) in [
            ("413.1", "413.1"),
            ("1,863.9", "1863.9"),
            ("-7.14%", "-7.14 %"),
            ("(8.6)", "-8.6"),
            ("(8.6)%", "-8.6 %"),
            ("(-)0.67", "-0.67"),
            ("▲12.3", "-12.3"),
            ("△ 12.3", "-12.3"),
            ("−0.4", "-0.4"),
            ("+3.2", "3.2"),
            ("12.3 (r)", "12.3 Revised"),
            ("12.3p", "12.3 Preliminary"),
            ("12.3 *", "12.3"),
            ("413.1億美元", "41310000000 USD"),
            ("-", ""),
            ("–", ""),
            ("n.a.", ""),
            ("…", ""),
            ("", ""),
            ("2025/12", ""),
            ("台積電", ""),
        ] {
            let read = number(cell).map_or_else(String::new, |value| {
                let mut words = vec![value.value.normalize().to_string()];
                words.extend(value.percent.then(|| "%".to_owned()));
                words.extend(value.money.map(|unit| unit.as_str().to_owned()));
                words.extend(value.status.map(|status| format!("{status:?}")));
                words.join(" ")
            });
            assert_eq!(read, expected, "{cell}");
        }
    }
}
