//! Quantities as they stand in text: what `bellwether quantities` prints.

use serde::{Deserialize, Serialize};

use crate::number::Number;

/// What a quantity counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum QuantityKind {
    /// A bare number.
    Number,
    /// A percentage; `value` is 34.9 for 34.9 %.
    Percent,
    /// An amount of money; `unit` is its ISO 4217 code.
    Money,
    /// A range of bare numbers, `low` and `high`; an open side is absent.
    Range,
    /// One day, `start_date`.
    Date,
    /// A span of days, `start_date` to `end_date`.
    Period,
}

/// One quantity of a text, with its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quantity {
    /// What it counts.
    pub kind: QuantityKind,
    /// Its words.
    pub text: String,
    /// First character.
    pub start: usize,
    /// The character behind the last one.
    pub end: usize,
    /// The value, in full units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Number>,
    /// Lower bound of a range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<Number>,
    /// Upper bound of a range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<Number>,
    /// Currency code of money.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// First day of a date or period, ISO 8601.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_date: Option<String>,
    /// End of a period, ISO 8601, as the Recognizers-Text specs count it: the day behind the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_date: Option<String>,
}
