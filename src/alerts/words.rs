//! The words of alerts: templates without logic, one data file a language. Pure.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use bellwether_model::alert::AlertKind;
use serde::Deserialize;

use crate::view::wording::DisplayLanguage;

static CHINESE: LazyLock<Words> = LazyLock::new(|| Words::read(include_str!("words/zh-TW.toml")));
static ENGLISH: LazyLock<Words> = LazyLock::new(|| Words::read(include_str!("words/en.toml")));

/// A text in pieces. A piece is left out where one of its values is empty.
type Template = Vec<String>;

/// The words of one language.
#[derive(Deserialize)]
pub(super) struct Words {
    /// What stands where a message was cut.
    pub(super) cut: String,
    /// A few words on each kind of alert, where a receiver shows a title.
    title: BTreeMap<String, String>,
    #[serde(flatten)]
    templates: BTreeMap<String, Template>,
}

/// Values of a template, by name.
pub(super) type Values = BTreeMap<&'static str, String>;

impl Words {
    /// The words of a language.
    pub(super) fn of(language: DisplayLanguage) -> &'static Self {
        language.pick(&*CHINESE, &*ENGLISH)
    }

    fn read(text: &str) -> Self {
        toml::from_str(text).expect("the words of the program are checked by a test")
    }

    /// The title of a kind of alert.
    pub(super) fn title(&self, kind: AlertKind) -> &str {
        self.title.get(kind.name()).or_else(|| self.title.get("other")).map_or("", String::as_str)
    }

    /// Whether there is a text of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.templates.contains_key(name)
    }

    /// A text of this name with its values in their places. No such text: an empty one.
    pub(super) fn say(&self, name: &str, values: &Values) -> String {
        let pieces = self.templates.get(name).into_iter().flatten();
        pieces.filter_map(|piece| fill(piece, values)).collect()
    }
}

/// A piece with its values; `None`: one of them is empty or unknown.
fn fill(piece: &str, values: &Values) -> Option<String> {
    let mut filled = String::with_capacity(piece.len());
    let mut rest = piece;
    while let Some((before, behind)) = rest.split_once('{') {
        let (name, behind) = behind.split_once('}')?;
        let value = values.get(name).filter(|value| !value.is_empty())?;
        filled.push_str(before);
        filled.push_str(value);
        rest = behind;
    }
    filled.push_str(rest);
    Some(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_texts_with_the_same_values() {
        let names = |template: &Template| -> Vec<String> {
            let all = template.concat();
            let mut names: Vec<String> = all
                .split('{')
                .skip(1)
                .filter_map(|part| part.split_once('}'))
                .map(|(name, _)| name.to_owned())
                .collect();
            names.sort();
            names
        };
        let shape = |words: &Words| -> Vec<(String, Vec<String>)> {
            words.templates.iter().map(|(name, template)| (name.clone(), names(template))).collect()
        };
        assert_eq!(shape(&CHINESE), shape(&ENGLISH));
        assert_eq!(CHINESE.title.keys().collect::<Vec<_>>(), ENGLISH.title.keys().collect::<Vec<_>>());
    }

    #[test]
    fn a_piece_without_its_value_is_left_out() {
        let values =
            Values::from([("fact", "出口 1".to_owned()), ("change", String::new()), ("source", "wire".to_owned())]);
        assert_eq!(CHINESE.say("release.new", &values), "出口 1（wire）");
        assert_eq!(ENGLISH.say("release.new", &values), "出口 1 (wire)");
        assert_eq!(ENGLISH.say("no such text", &values), "");
    }
}
