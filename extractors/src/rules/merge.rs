//! Adds the entries of one rules file to those of another, and takes entries away.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use super::check::Check;
use super::mistake::listed;
use super::shape::{Rows, Shape};

/// Adds what a checked table says: words of lists and rows are added, rows of one identity become one, a single value
/// takes the place of the one before.
pub(super) fn add(keys: &BTreeMap<String, Shape>, base: &mut Table, added: Table) {
    for (key, value) in added {
        let Some(shape) = keys.get(&key) else { continue };
        match base.get_mut(&key) {
            Some(before) => add_value(shape, before, value),
            None => {
                base.insert(key, value);
            }
        }
    }
}

fn add_value(shape: &Shape, base: &mut Value, added: Value) {
    match (shape, base, added) {
        (Shape::Texts(_), Value::Array(base), Value::Array(added)) => {
            for word in added {
                if !base.contains(&word) {
                    base.push(word);
                }
            }
        }
        (Shape::Characters, Value::String(base), Value::String(added)) => base.push_str(&added),
        (Shape::Table(keys), Value::Table(base), Value::Table(added)) => add(keys, base, added),
        (Shape::Map(behind), Value::Table(base), Value::Table(added)) => {
            for (word, value) in added {
                match base.get_mut(&word) {
                    Some(before) => add_value(behind, before, value),
                    None => {
                        base.insert(word, value);
                    }
                }
            }
        }
        (Shape::Rows(rows), Value::Array(base), Value::Array(added)) => {
            for row in added {
                let before = base.iter_mut().find(|before| is_same_row(rows, before, &row));
                match (before, row) {
                    (Some(Value::Table(before)), Value::Table(row)) => add(&rows.keys, before, row),
                    (_, row) => base.push(row),
                }
            }
        }
        (_, base, added) => *base = added,
    }
}

fn is_same_row(rows: &Rows, a: &Value, b: &Value) -> bool {
    let Some(key) = rows.identity else { return false };
    let identity = |row: &Value| row.get(key).and_then(Value::as_str).map(str::to_owned);
    identity(a).is_some() && identity(a) == identity(b)
}

/// Takes away what a table of removals names; what is not there to be taken is a mistake.
pub(super) fn remove(check: &mut Check<'_>, keys: &BTreeMap<String, Shape>, base: &mut Table, removed: &DeTable<'_>) {
    for (key, value) in removed {
        let name: &str = key.as_ref();
        match (keys.get(name), base.get_mut(name)) {
            (Some(shape), Some(base)) => remove_value(check, shape, base, value),
            _ => {
                let nearest = super::mistake::known_names(name, keys.keys().map(String::as_str));
                check.mistake(&key.span(), format!("unknown key `{name}`{nearest}"));
            }
        }
    }
}

fn remove_value(check: &mut Check<'_>, shape: &Shape, base: &mut Value, removed: &Spanned<DeValue<'_>>) {
    match (shape, base, removed.as_ref()) {
        (Shape::Table(keys), Value::Table(base), DeValue::Table(removed)) => remove(check, keys, base, removed),
        (Shape::Texts(_), Value::Array(base), DeValue::Array(words)) => {
            remove_words(check, words.iter(), |word| {
                let before = base.len();
                base.retain(|known| known.as_str() != Some(word));
                base.len() < before
            });
        }
        (Shape::Map(_), Value::Table(base), DeValue::Array(words)) => {
            remove_words(check, words.iter(), |word| base.remove(word).is_some());
        }
        (Shape::Characters, Value::String(base), DeValue::String(characters)) => {
            base.retain(|c| !characters.contains(c));
        }
        (Shape::Rows(rows), Value::Array(base), DeValue::Array(removed)) => {
            for row in removed.iter() {
                match row.as_ref() {
                    DeValue::Table(wanted) => remove_from_rows(check, rows, base, wanted, row),
                    _ => check.mistake(&row.span(), "a table belongs here"),
                }
            }
        }
        (shape, _, _) => {
            let message = match shape {
                Shape::Texts(_) | Shape::Map(_) => "name what is taken away as a list of words",
                Shape::Characters => "name the characters as one string",
                Shape::Table(_) | Shape::Rows(_) => "name what is taken away in the shape in which it was given",
                _ => "a single value cannot be taken away: give another one outside `remove`",
            };
            check.mistake(&removed.span(), message);
        }
    }
}

fn remove_words<'i>(
    check: &mut Check<'_>,
    words: impl Iterator<Item = &'i Spanned<DeValue<'i>>>,
    mut take: impl FnMut(&str) -> bool,
) {
    for word in words {
        match word.as_ref().as_str() {
            Some(given) if take(given) => {}
            Some(given) => check.mistake(&word.span(), format!("`{given}` is not there to be taken away")),
            None => check.mistake(&word.span(), format!("{} where a string belongs", word.as_ref().type_str())),
        }
    }
}

/// A row of removals names a row by its identity, and what goes from it; with nothing else, the whole row goes. Where
/// rows have no identity, its words go from all of them.
fn remove_from_rows(
    check: &mut Check<'_>,
    rows: &Rows,
    base: &mut Vec<Value>,
    wanted: &DeTable<'_>,
    place: &Spanned<DeValue<'_>>,
) {
    let Some(identity) = rows.identity else {
        for (key, value) in wanted {
            let (name, DeValue::Array(words)): (&str, _) = (key.as_ref(), value.as_ref()) else {
                check.mistake(&value.span(), "name what is taken away as a list of words");
                continue;
            };
            remove_words(check, words.iter(), |word| {
                let lists = base.iter_mut().filter_map(|row| row.get_mut(name)).filter_map(Value::as_array_mut);
                let mut found = false;
                for list in lists {
                    let before = list.len();
                    list.retain(|known| known.as_str() != Some(word));
                    found |= list.len() < before;
                }
                found
            });
        }
        return;
    };
    let Some(name) = wanted.get(identity).and_then(|value| value.as_ref().as_str()) else {
        check.mistake(&place.span(), format!("`{identity}` is missing: it says which row is meant"));
        return;
    };
    let Some(at) = base.iter().position(|row| row.get(identity).and_then(Value::as_str) == Some(name)) else {
        check.mistake(&place.span(), format!("there is no row whose {} is `{name}`", listed(&[identity])));
        return;
    };
    if wanted.len() == 1 {
        base.remove(at);
        return;
    }
    if let Some(Value::Table(row)) = base.get_mut(at) {
        for (key, value) in wanted {
            let key_name: &str = key.as_ref();
            match (rows.keys.get(key_name), row.get_mut(key_name)) {
                _ if key_name == identity => {}
                (Some(shape), Some(before)) => remove_value(check, shape, before, value),
                _ => check.mistake(&key.span(), format!("`{name}` has no `{key_name}`")),
            }
        }
    }
}
