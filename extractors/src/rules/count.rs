//! How much the rules hold, for people.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::RuleSet;
use super::shape::Shape;

/// How many entries stand behind one key.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Count {
    /// The file, without its ending.
    pub file: String,
    /// The key with the tables around it.
    pub key: String,
    /// Entries: words, patterns, codes.
    pub entries: usize,
    /// Of those, entries with a Han character.
    pub chinese: usize,
    /// Of those, entries of Latin letters.
    pub latin: usize,
}

impl RuleSet {
    /// How many entries stand behind each key of each file, families of indicators last.
    #[must_use]
    pub fn counts(&self) -> Vec<Count> {
        let mut counts = Vec::new();
        for (name, table) in &self.files {
            count(name, "", &Self::shape(name), table, &mut counts);
        }
        for (name, table) in &self.families {
            count(&format!("families/{name}"), "", &Self::family_shape(), table, &mut counts);
        }
        counts
    }
}

impl RuleSet {
    /// Every key that a rules file may hold, with its file; those of a family stand under `families`.
    #[must_use]
    pub fn keys() -> Vec<(String, String)> {
        let mut found = Vec::new();
        for (name, _) in super::shipped::FILES {
            name_keys(name, &Self::shape(name), &mut found);
        }
        let mut family = Self::family_shape();
        // The keys under it are those of cues.toml.
        family.insert("cues".to_owned(), Shape::Table(BTreeMap::new()));
        name_keys("families", &family, &mut found);
        found
    }
}

fn name_keys(file: &str, keys: &BTreeMap<String, Shape>, found: &mut Vec<(String, String)>) {
    for (key, shape) in keys {
        found.push((file.to_owned(), key.clone()));
        match shape {
            Shape::Table(keys) => name_keys(file, keys, found),
            Shape::Rows(rows) => name_keys(file, &rows.keys, found),
            _ => {}
        }
    }
}

fn count(file: &str, path: &str, keys: &BTreeMap<String, Shape>, table: &Table, counts: &mut Vec<Count>) {
    for (key, value) in table {
        let Some(shape) = keys.get(key) else { continue };
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match (shape, value) {
            (Shape::Table(keys), Value::Table(table)) => count(file, &path, keys, table, counts),
            _ => {
                let mut words = Vec::new();
                collect(shape, value, &mut words);
                if !words.is_empty() {
                    counts.push(Count {
                        file: file.to_owned(),
                        key: path,
                        entries: words.len(),
                        chinese: words.iter().filter(|word| has_han(word)).count(),
                        latin: words.iter().filter(|word| is_latin(word)).count(),
                    });
                }
            }
        }
    }
}

/// The entries of a value: words of lists, words that are keys, characters that count by themselves.
fn collect(shape: &Shape, value: &Value, words: &mut Vec<String>) {
    match (shape, value) {
        (Shape::Texts(_), Value::Array(items)) => {
            words.extend(items.iter().filter_map(Value::as_str).map(str::to_owned))
        }
        (Shape::Characters, Value::String(characters)) => words.extend(characters.chars().map(String::from)),
        (Shape::Text(_), Value::String(text)) => words.push(text.clone()),
        (Shape::Map(behind), Value::Table(table)) => {
            for (word, value) in table {
                if matches!(**behind, Shape::Texts(_)) {
                    collect(behind, value, words);
                } else {
                    words.push(word.clone());
                }
            }
        }
        (Shape::Table(keys), Value::Table(table)) => {
            for (key, value) in table {
                if let Some(shape) = keys.get(key) {
                    collect(shape, value, words);
                }
            }
        }
        (Shape::Rows(rows), Value::Array(items)) => {
            for row in items.iter().filter_map(Value::as_table) {
                for (key, value) in row {
                    if let Some(shape @ (Shape::Texts(_) | Shape::Table(_) | Shape::Rows(_))) = rows.keys.get(key) {
                        collect(shape, value, words);
                    }
                }
            }
        }
        _ => {}
    }
}

fn has_han(word: &str) -> bool {
    word.chars().any(|c| ('\u{3400}'..='\u{9fff}').contains(&c))
}

fn is_latin(word: &str) -> bool {
    !has_han(word) && word.chars().any(|c| c.is_ascii_alphabetic())
}
