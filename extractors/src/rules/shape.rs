//! What a rules file may say: which keys it has, and what stands behind them.
//!
//! The shipped file is its own description: a key that it has is known, and a list of words in it is a list of words.
//! What cannot be seen there (codes, patterns, choices, which key names a row) stands in [`super::notes`].

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::notes::{NOTES, Note};

/// What a string means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    /// A word or phrase.
    Word,
    /// A piece of text in which spaces count.
    Fragment,
    /// One character.
    Character,
    /// A name of one's own choosing in small letters, digits, `-` and `_`.
    Name,
    /// The code of an indicator, which no flow of trade has.
    Indicator,
    /// A code of one or more economies joined by `+`, or of a group.
    Area,
    /// As [`Text::Area`], where a group may be given a code of its own.
    NewArea,
    /// A code of a currency.
    Currency,
    /// A code itself: capitals and digits.
    Code,
    /// A regular expression.
    Pattern,
    /// A regular expression of `policy.toml`, with its names for dates and numbers.
    PolicyPattern,
    /// A regular expression of `claims.toml`, with its names for words.
    ClaimPattern,
    /// A JSON pointer (RFC 6901): empty for the whole, or begun by `/`.
    Pointer,
    /// A CSS selector.
    Selector,
    /// A CSS selector, or attributes: `@name|other`.
    Place,
    /// One of these.
    Choice(&'static [&'static str]),
}

/// The rows of an array of tables.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    /// The key by which a row is told from others, where rows have one.
    pub(super) identity: Option<&'static str>,
    /// Keys that a row cannot do without.
    pub(super) required: &'static [&'static str],
    /// What a row may say.
    pub(super) keys: BTreeMap<String, Shape>,
}

/// What stands behind a key.
#[derive(Debug, Clone)]
pub(super) enum Shape {
    /// One string.
    Text(Text),
    /// A list of strings.
    Texts(Text),
    /// A string of characters, each of which counts by itself.
    Characters,
    /// A whole number from the first to the second.
    Number(i64, i64),
    /// A list of whole numbers above zero.
    Numbers,
    /// `true` or `false`.
    Flag,
    /// A table of these keys.
    Table(BTreeMap<String, Shape>),
    /// A table whose keys are words of one's own.
    Map(Box<Shape>),
    /// An array of tables.
    Rows(Rows),
}

impl Shape {
    /// What it is called in a mistake.
    pub(super) fn called(&self) -> &'static str {
        match self {
            Self::Text(_) | Self::Characters => "a string in quotation marks",
            Self::Texts(_) => "a list of strings",
            Self::Number(..) => "a whole number",
            Self::Numbers => "a list of whole numbers above zero",
            Self::Flag => "`true` or `false`",
            Self::Table(_) => "a table of keys",
            Self::Map(_) => "a table of words",
            Self::Rows(_) => "an array of tables (`[[…]]`)",
        }
    }
}

/// The shape of a file, from what is shipped under its name.
pub(super) fn of_file(name: &str, table: &Table) -> BTreeMap<String, Shape> {
    keys(name, &[table])
}

fn keys(path: &str, samples: &[&Table]) -> BTreeMap<String, Shape> {
    let mut values: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for (key, value) in samples.iter().flat_map(|table| table.iter()) {
        values.entry(key).or_default().push(value);
    }
    values.into_iter().map(|(key, values)| (key.to_owned(), shape(&format!("{path}.{key}"), &values))).collect()
}

fn shape(path: &str, samples: &[&Value]) -> Shape {
    let note = NOTES.iter().find(|(noted, _)| *noted == path).map(|(_, note)| *note);
    let text = if let Some(Note::Text(text)) = note { text } else { Text::Word };
    let (least, most) = if let Some(Note::Between(least, most)) = note { (least, most) } else { (0, i64::MAX) };
    match samples.first() {
        Some(Value::String(_)) if matches!(note, Some(Note::Characters)) => Shape::Characters,
        Some(Value::String(_)) | None => Shape::Text(text),
        Some(Value::Integer(_)) => Shape::Number(least, most),
        Some(Value::Boolean(_)) => Shape::Flag,
        Some(Value::Array(items)) if items.first().is_some_and(Value::is_integer) => Shape::Numbers,
        Some(Value::Array(items)) if items.first().is_some_and(Value::is_table) => {
            let rows: Vec<&Table> =
                samples.iter().filter_map(|sample| sample.as_array()).flatten().filter_map(Value::as_table).collect();
            let (identity, required) =
                if let Some(Note::Rows(identity, required)) = note { (identity, required) } else { (None, &[][..]) };
            Shape::Rows(Rows { identity, required, keys: keys(path, &rows) })
        }
        Some(Value::Table(_)) => {
            let tables: Vec<&Table> = samples.iter().filter_map(|sample| sample.as_table()).collect();
            if matches!(note, Some(Note::Map)) {
                let behind: Vec<&Value> = tables.iter().flat_map(|table| table.values()).collect();
                Shape::Map(Box::new(shape(&format!("{path}.*"), &behind)))
            } else {
                Shape::Table(keys(path, &tables))
            }
        }
        Some(_) => Shape::Texts(text),
    }
}
