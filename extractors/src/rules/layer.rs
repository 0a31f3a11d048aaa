//! Reads the rules of a user and lays them over the shipped ones.

use std::collections::{BTreeMap, BTreeSet};

use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use super::check::{Check, Codes};
use super::mistake::{Mistake, known_names};
use super::shape::Shape;
use super::{FORMAT, RuleSet, UserFile};

/// The keys of every file beside its rules.
const VERSION: &str = "version";
const EXTENDS: &str = "extends";
const REMOVE: &str = "remove";

/// One file of a user, parsed.
struct Layer<'a> {
    file: &'a UserFile,
    /// The shipped file, or the family, to which it adds.
    subject: String,
    family: bool,
    document: DeTable<'a>,
}

/// Lays files over a set, in the order of their names. All mistakes of all files are told at once.
pub(super) fn lay(set: &mut RuleSet, files: &[UserFile]) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    let mut files: Vec<&UserFile> = files.iter().collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let mut layers: Vec<Layer<'_>> = files.into_iter().filter_map(|file| parsed(set, file, &mut mistakes)).collect();
    let codes = codes(set, &layers);
    for layer in &mut layers {
        let Layer { file, subject, family, document } = layer;
        let mut check = Check { file: &file.shown, text: &file.text, codes: &codes, mistakes: Vec::new() };
        let shape = if *family { RuleSet::family_shape() } else { RuleSet::shape(subject) };
        let path = if *family { "family" } else { subject.as_str() };
        let removed = document.remove(REMOVE);
        let base = set.table_mut(subject, *family);
        let known = |row_path: &str, identity: &str| has_row(path, &shape, base, row_path, identity);
        check.table(path, &shape, document, &known);
        if let Some(removed) = removed {
            match removed.as_ref() {
                DeValue::Table(table) => super::merge::remove(&mut check, &shape, base, table),
                _ => check.mistake(&removed.span(), "`remove` is a table, as [remove]"),
            }
        }
        if *family {
            check_references(&mut check, base, document);
        }
        if check.mistakes.is_empty() {
            super::merge::add(&shape, base, plain(document));
        }
        mistakes.append(&mut check.mistakes);
    }
    mistakes.sort();
    mistakes
}

/// A class of a family belongs to an indicator of it, and a family has one at least.
fn check_references(check: &mut Check<'_>, base: &Table, document: &DeTable<'_>) {
    let known = base.get("indicator").and_then(Value::as_array).into_iter().flatten();
    let mut codes: Vec<String> =
        known.filter_map(|row| row.get("code")).filter_map(Value::as_str).map(str::to_owned).collect();
    let rows = |key: &str| document.get(key).and_then(|value| value.as_ref().as_array()).into_iter().flatten();
    codes.extend(
        rows("indicator").filter_map(|row| row.as_ref().as_table()?.get("code")?.as_ref().as_str()).map(str::to_owned),
    );
    if codes.is_empty() {
        check.mistake(&(0..0), "a family has one `[[indicator]]` at least");
    }
    for class in rows("class").filter_map(|row| row.as_ref().as_table()?.get("indicator")) {
        if let Some(code) = class.as_ref().as_str().filter(|code| !codes.iter().any(|known| known == code)) {
            let nearest = known_names(code, codes.iter().map(String::as_str));
            check.mistake(&class.span(), format!("`{code}` is no indicator of this family{nearest}"));
        }
    }
}

/// Checks files that stand alone, as the shipped ones do.
#[cfg(test)]
pub(super) fn check_alone(set: &RuleSet, name: &str, text: &str, family: bool) -> Vec<Mistake> {
    let file = UserFile { name: format!("{name}.toml"), shown: format!("{name}.toml"), text: text.to_owned() };
    let mut mistakes = Vec::new();
    let (document, _, _) = read(&file, &mut mistakes);
    let codes = codes(set, &[]);
    let mut check = Check { file: &file.shown, text, codes: &codes, mistakes };
    let shape = if family { RuleSet::family_shape() } else { RuleSet::shape(name) };
    check.table(if family { "family" } else { name }, &shape, &document, &|_, _| false);
    check.mistakes
}

/// Parses a file and takes from it what every file has; tells its version and what it extends.
fn read<'a>(file: &'a UserFile, mistakes: &mut Vec<Mistake>) -> (DeTable<'a>, bool, Option<Spanned<String>>) {
    let at = |span: &std::ops::Range<usize>, message: String| Mistake::at(&file.shown, &file.text, span, message);
    let (document, errors) = DeTable::parse_recoverable(&file.text);
    let sound = errors.is_empty();
    // What follows the first error is mostly its consequence.
    mistakes.extend(
        errors.iter().take(1).map(|error| at(&error.span().unwrap_or(0..0), format!("not TOML: {}", error.message()))),
    );
    let mut document = document.into_inner();
    match document.remove(VERSION) {
        None if sound => {
            mistakes.push(at(&(0..0), format!("no `{VERSION}`: write `{VERSION} = {FORMAT}` as the first key")));
        }
        Some(given) if given.as_ref().as_integer().is_none_or(|number| number.as_str() != FORMAT.to_string()) => {
            mistakes.push(at(&given.span(), format!("this program reads files of `{VERSION} = {FORMAT}` alone")));
        }
        _ => {}
    }
    let extends = document.remove(EXTENDS).and_then(|given| match given.as_ref() {
        DeValue::String(name) => Some(Spanned::new(given.span(), name.to_string())),
        _ => {
            mistakes.push(at(&given.span(), format!("`{EXTENDS}` names a rules file, as \"cues\"")));
            None
        }
    });
    (document, sound, extends)
}

/// A file of a user with the shipped file that it extends: the one it names, else the one of its own name.
fn parsed<'a>(set: &RuleSet, file: &'a UserFile, mistakes: &mut Vec<Mistake>) -> Option<Layer<'a>> {
    let (document, sound, extends) = read(file, mistakes);
    let stem = file.name.strip_suffix(".toml").unwrap_or(&file.name);
    let (family, stem) = match stem.strip_prefix("families/") {
        Some(stem) => (true, stem),
        None => (false, stem),
    };
    let (subject, span) = match &extends {
        Some(name) => (name.as_ref().as_str(), name.span()),
        None => (stem, 0..0),
    };
    if !sound {
        return None;
    }
    if !family && !set.has(subject) {
        let nearest = known_names(subject, set.names());
        let message = format!(
            "`{subject}` is no rules file{nearest}; name the one to which this adds by `{EXTENDS} = \"cues\"`, or put a \
             family of indicators into families/"
        );
        mistakes.push(Mistake::at(&file.shown, &file.text, &span, message));
        return None;
    }
    Some(Layer { file, subject: subject.to_owned(), family, document })
}

/// The codes that the set and all files of the user know.
fn codes(set: &RuleSet, layers: &[Layer<'_>]) -> Codes {
    let mut codes = Codes::default();
    let table = set.table("codes");
    let list = |key: &str| table.and_then(|table| table.get(key)).and_then(Value::as_array).into_iter().flatten();
    codes.areas.extend(list("areas").filter_map(Value::as_str).map(str::to_owned));
    codes.currencies.extend(list("currencies").filter_map(Value::as_str).map(str::to_owned));
    let areas = set.table("areas").and_then(|table| table.get("area")).and_then(Value::as_array);
    let groups = areas.into_iter().flatten().filter_map(|area| area.get("code")).filter_map(Value::as_str);
    codes.areas.extend(groups.map(str::to_owned));
    for layer in layers {
        let texts = |key: &str| match layer.document.get(key).map(Spanned::as_ref) {
            Some(DeValue::Array(items)) => items.iter().cloned().collect::<Vec<_>>(),
            _ => Vec::new(),
        };
        match layer.subject.as_str() {
            "codes" => {
                let given = |key: &str| -> BTreeSet<String> {
                    texts(key).iter().filter_map(|item| item.as_ref().as_str().map(str::to_owned)).collect()
                };
                codes.areas.extend(given("areas"));
                codes.currencies.extend(given("currencies"));
            }
            "areas" => {
                let rows = texts("area");
                let given = rows.iter().filter_map(|row| row.as_ref().as_table()?.get("code")?.as_ref().as_str());
                // A code of two letters is ISO's to give: a slip of the pen makes no new economy.
                codes.areas.extend(given.filter(|code| code.len() > 2 && !code.contains('+')).map(str::to_owned));
            }
            _ => {}
        }
    }
    codes
}

/// Whether a set has a row of this identity behind a path such as `areas.area`.
fn has_row(file: &str, keys: &BTreeMap<String, Shape>, base: &Table, row_path: &str, identity: &str) -> bool {
    let Some(key) = row_path.strip_prefix(file).and_then(|path| path.strip_prefix('.')) else { return false };
    let Some(Shape::Rows(rows)) = keys.get(key) else { return false };
    let (Some(name), Some(Value::Array(known))) = (rows.identity, base.get(key)) else { return false };
    known.iter().any(|row| row.get(name).and_then(Value::as_str) == Some(identity))
}

/// A checked document as plain values.
fn plain(document: &DeTable<'_>) -> Table {
    document.iter().map(|(key, value)| (key.as_ref().to_string(), plain_value(value.as_ref()))).collect()
}

fn plain_value(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => {
            let digits = number.as_str().replace('_', "");
            Value::Integer(i64::from_str_radix(&digits, number.radix()).unwrap_or_default())
        }
        DeValue::Boolean(flag) => Value::Boolean(*flag),
        DeValue::Array(items) => Value::Array(items.iter().map(|item| plain_value(item.as_ref())).collect()),
        DeValue::Table(table) => Value::Table(plain(table)),
        // No rule holds a fraction or a date: the check has refused them.
        DeValue::Float(_) | DeValue::Datetime(_) => Value::Boolean(false),
    }
}
