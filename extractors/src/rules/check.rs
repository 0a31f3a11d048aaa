//! Compares a rules file with the shape that its name asks for, and names every mistake with its place.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use bellwether_model::figure::Flow;
use regex::Regex;
use scraper::Selector;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mistake::{Mistake, known_names, listed};
use super::notes::{KEYS_OF_ONE_CHARACTER, KEYS_OF_POWERS};
use super::shape::{Rows, Shape, Text};

/// Codes that a file may use, over all files that are read together.
#[derive(Debug, Default)]
pub(super) struct Codes {
    /// Of economies and groups.
    pub(super) areas: BTreeSet<String>,
    /// Of currencies.
    pub(super) currencies: BTreeSet<String>,
}

/// A check of one file.
pub(super) struct Check<'a> {
    /// Its name, as mistakes give it.
    pub(super) file: &'a str,
    /// Its text.
    pub(super) text: &'a str,
    /// Known codes.
    pub(super) codes: &'a Codes,
    /// Whether it stands alone: then rows need all that a row cannot do without.
    pub(super) mistakes: Vec<Mistake>,
}

/// Identities of the rows that a user's rows may add to.
pub(super) type Known<'a> = &'a dyn Fn(&str, &str) -> bool;

impl Check<'_> {
    pub(super) fn mistake(&mut self, span: &Range<usize>, message: impl Into<String>) {
        self.mistakes.push(Mistake::at(self.file, self.text, span, message));
    }

    /// A table of keys. `known`: whether a row of this path and identity exists already.
    pub(super) fn table(&mut self, path: &str, keys: &BTreeMap<String, Shape>, table: &DeTable<'_>, known: Known<'_>) {
        for (key, value) in table {
            match keys.get(key.as_ref().as_ref()) {
                Some(shape) => self.value(&format!("{path}.{}", key.as_ref()), shape, value, known),
                None => {
                    let name: &str = key.as_ref();
                    let nearest = known_names(name, keys.keys().map(String::as_str));
                    self.mistake(&key.span(), format!("unknown key `{name}`{nearest}"));
                }
            }
        }
    }

    fn value(&mut self, path: &str, shape: &Shape, value: &Spanned<DeValue<'_>>, known: Known<'_>) {
        let span = value.span();
        match (shape, value.as_ref()) {
            (Shape::Text(text), DeValue::String(given)) => self.text(*text, given, &span),
            (Shape::Characters, DeValue::String(given)) => {
                if given.trim().is_empty() {
                    self.mistake(&span, "there are no characters in it");
                }
            }
            (Shape::Texts(text), DeValue::Array(items)) => {
                let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
                for item in items.iter() {
                    let DeValue::String(given) = item.as_ref() else {
                        self.mistake(&item.span(), format!("{} where a string belongs", item.as_ref().type_str()));
                        continue;
                    };
                    self.text(*text, given, &item.span());
                    if let Some(first) = seen.insert(given.as_ref(), item.span().start) {
                        let line = Mistake::at("", self.text, &(first..first), "").line;
                        self.mistake(&item.span(), format!("`{given}` stands in this list already, on line {line}"));
                    }
                }
            }
            (Shape::Number(least, most), DeValue::Integer(given)) => {
                let digits = given.as_str().replace('_', "");
                let number = i64::from_str_radix(&digits, given.radix()).ok();
                if !number.is_some_and(|number| (*least..=*most).contains(&number)) {
                    self.mistake(&span, format!("{} is not from {least} to {most}", given.as_str()));
                }
            }
            (Shape::Numbers, DeValue::Array(items)) => {
                let whole = |item: &Spanned<DeValue<'_>>| {
                    item.as_ref().as_integer().is_some_and(|number| number.as_str().parse::<u32>().is_ok_and(|n| n > 0))
                };
                if items.len() != 2 || !items.iter().all(whole) {
                    self.mistake(&span, "two whole numbers above zero belong here, as [1, 2]");
                }
            }
            (Shape::Flag, DeValue::Boolean(_)) => {}
            (Shape::Table(keys), DeValue::Table(table)) => self.table(path, keys, table, known),
            (Shape::Map(behind), DeValue::Table(table)) => {
                for (key, value) in table {
                    self.key(path, key);
                    self.value(&format!("{path}.*"), behind, value, known);
                }
            }
            (Shape::Rows(rows), DeValue::Array(items)) => self.rows(path, rows, items.iter(), known),
            (shape, given) => {
                self.mistake(&span, format!("{} where {} belongs", given.type_str(), shape.called()));
            }
        }
    }

    /// A word that stands as a key.
    fn key(&mut self, path: &str, key: &Spanned<toml::de::DeString<'_>>) {
        let word: &str = key.as_ref();
        if KEYS_OF_ONE_CHARACTER.contains(&path) && word.chars().count() != 1 {
            self.mistake(&key.span(), format!("`{word}` is not one character"));
        } else if KEYS_OF_POWERS.contains(&path) && !word.parse::<u32>().is_ok_and(|power| power <= 15) {
            self.mistake(&key.span(), format!("`{word}` is no power of ten from 0 to 15"));
        } else {
            self.text(Text::Word, word, &key.span());
        }
    }

    fn rows<'i>(
        &mut self,
        path: &str,
        rows: &Rows,
        items: impl Iterator<Item = &'i Spanned<DeValue<'i>>>,
        known: Known<'_>,
    ) {
        let mut seen: BTreeSet<String> = BTreeSet::new();
        for item in items {
            let DeValue::Table(row) = item.as_ref() else {
                self.mistake(&item.span(), format!("{} where a table belongs", item.as_ref().type_str()));
                continue;
            };
            let identity = rows.identity.and_then(|key| row.get(key)).and_then(|value| value.as_ref().as_str());
            let adds = identity.is_some_and(|identity| known(path, identity));
            let needed = if adds { &rows.required[..0] } else { rows.required };
            for missing in needed.iter().filter(|key| !row.contains_key(**key)) {
                self.mistake(&item.span(), format!("`{missing}` is missing; a row needs {}", listed(rows.required)));
            }
            if let Some(identity) = identity
                && !seen.insert(identity.to_owned())
            {
                self.mistake(&item.span(), format!("`{identity}` has a row in this file already: put both into one"));
            }
            self.table(path, &rows.keys, row, known);
        }
    }

    fn text(&mut self, text: Text, given: &str, span: &Range<usize>) {
        if let Some(message) = self.wrong(text, given) {
            self.mistake(span, message);
        }
    }

    /// What is wrong with a string, if anything.
    fn wrong(&self, text: Text, given: &str) -> Option<String> {
        if text == Text::Pointer {
            let wrong = !given.is_empty() && !given.starts_with('/');
            return wrong.then(|| format!("`{given}` is no JSON pointer: it begins with `/`"));
        }
        if given.trim().is_empty() {
            return Some("there is no word in it".to_owned());
        }
        if given != given.trim()
            && !matches!(text, Text::Fragment | Text::Pattern | Text::PolicyPattern | Text::ClaimPattern)
        {
            return Some(format!("`{given}` begins or ends with a space: take it away"));
        }
        match text {
            Text::Word | Text::Fragment | Text::Pointer => None,
            Text::Character => (given.chars().count() != 1).then(|| format!("`{given}` is not one character")),
            Text::Name => {
                (!is_name(given)).then(|| format!("`{given}` has other than small letters, digits, `-`, `_`"))
            }
            Text::Indicator => match Flow::from_code(given) {
                Some(flow) if flow.is_trade() => Some(format!("`{given}` is a flow of trade")),
                Some(_) => None,
                None => Some(format!("`{given}` is no code: 2 to 32 small letters, digits and `_`, a letter first")),
            },
            Text::Code => (!is_code(given)).then(|| format!("`{given}` has other than capitals and digits")),
            Text::NewArea if is_group(given) => None,
            Text::Area | Text::NewArea => {
                let unknown = given.split('+').find(|code| !self.codes.areas.contains(*code))?;
                let nearest = known_names(unknown, self.codes.areas.iter().map(String::as_str));
                let hint = "an economy has its ISO 3166-1 code (TW), a group is given a code in areas.toml";
                Some(format!("`{unknown}` is no known economy or group{nearest}; {hint}"))
            }
            Text::Currency => (!self.codes.currencies.contains(given)).then(|| {
                let nearest = known_names(given, self.codes.currencies.iter().map(String::as_str));
                format!("`{given}` is no known currency{nearest}; known are the codes of ISO 4217 and of codes.toml")
            }),
            Text::Pattern => {
                Regex::new(given).err().map(|cause| format!("no regular expression: {}", last_line(&cause)))
            }
            Text::PolicyPattern => {
                crate::policy::pattern(given).err().map(|cause| format!("no regular expression: {}", last_line(&cause)))
            }
            Text::ClaimPattern => {
                crate::claims::pattern(given).err().map(|cause| format!("no regular expression: {}", last_line(&cause)))
            }
            Text::Place if given.starts_with('@') => {
                let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
                let named = given[1..].split('|').all(|name| !name.is_empty() && name.chars().all(is_name));
                (!named).then(|| format!("`{given}` is no list of attributes: `@name|other`"))
            }
            Text::Selector | Text::Place => {
                Selector::parse(given).err().map(|cause| format!("`{given}` is no CSS selector: {cause}"))
            }
            Text::Choice(names) => (!names.contains(&given)).then(|| format!("`{given}` is none of {}", listed(names))),
        }
    }
}

fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | ' '))
}

fn is_code(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-')
}

/// A code of its own for a group: longer than those of economies, which ISO gives.
fn is_group(text: &str) -> bool {
    text.len() >= 3 && is_code(text)
}

/// The sentence of a many-lined message.
fn last_line(cause: &regex::Error) -> String {
    cause.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}
