//! The rules of `rules/forums.toml`, compiled once at first use.

use std::sync::{LazyLock, OnceLock};

use scraper::Selector;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::page::css::Css;

/// What is known of forum software.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    /// Software whose pages are read.
    #[serde(rename = "engine")]
    pub(super) engines: Vec<Engine>,
    /// What tells that a page was made by any of them: most pages were not, and one look at each element says so.
    #[serde(skip)]
    any: OnceLock<Css>,
    /// Programming interfaces whose answers are read.
    #[serde(rename = "interface")]
    pub(super) interfaces: Vec<Interface>,
}

impl Rules {
    /// The selectors by which software is told, all in one.
    pub(super) fn any(&self) -> &Css {
        self.any.get_or_init(|| {
            Css::joined(self.engines.iter().map(|engine| &engine.detect)).expect("each of them was read")
        })
    }
}

/// One kind of software.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Engine {
    /// Its name, as a source gives it.
    pub(crate) name: String,
    #[serde(deserialize_with = "css")]
    pub(super) detect: Css,
    /// Its pages of threads.
    pub(crate) board: Board,
    pub(super) thread: Thread,
}

/// Where a page of threads has what.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Board {
    /// One thread.
    #[serde(deserialize_with = "selector")]
    pub(crate) row: Selector,
    /// Its title.
    #[serde(deserialize_with = "selector")]
    pub(crate) link: Selector,
    /// When it was opened.
    #[serde(default, deserialize_with = "optional_selector")]
    pub(crate) time: Option<Selector>,
    /// The page of older threads.
    #[serde(deserialize_with = "selector")]
    pub(crate) next: Selector,
}

/// Where a page of posts has what.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Thread {
    #[serde(deserialize_with = "selector")]
    pub(super) post: Selector,
    /// The title, where the head of the page gives it with other words.
    #[serde(default, deserialize_with = "optional_selector")]
    pub(super) title: Option<Selector>,
    pub(super) author: Place,
    pub(super) time: Place,
    #[serde(deserialize_with = "selector")]
    pub(super) text: Selector,
    /// The text stands in several elements, with quotations between them.
    #[serde(default)]
    pub(super) parts: bool,
    #[serde(default, deserialize_with = "optional_selector")]
    pub(super) drop: Option<Selector>,
    #[serde(default, deserialize_with = "optional_selector")]
    pub(super) quote: Option<Selector>,
}

/// Where a post has a value: elements inside it, or an attribute of its own, written `@name` or `@name|other`.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) enum Place {
    Element(Selector),
    Attribute(Vec<String>),
}

impl TryFrom<String> for Place {
    type Error = String;

    fn try_from(css: String) -> Result<Self, Self::Error> {
        match css.strip_prefix('@') {
            Some(names) => Ok(Self::Attribute(names.split('|').map(str::to_owned).collect())),
            None => {
                Selector::parse(&css).map(Self::Element).map_err(|error| format!("`{css}` is no selector: {error}"))
            }
        }
    }
}

/// One kind of answer of a programming interface.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Interface {
    /// What it is, for readers of the rules.
    #[expect(dead_code, reason = "names the entry in the file; nothing depends on it")]
    name: String,
    pub(super) require: String,
    pub(super) list: Option<List>,
    pub(super) thread: Option<Posts>,
}

/// Where an answer has a list of threads.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    pub(super) rows: String,
    pub(super) title: String,
    pub(super) time: String,
    pub(super) address: String,
    pub(super) next: Option<String>,
}

/// Where an answer has posts. Author, time and text are looked for inside a post.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Posts {
    pub(super) title: Option<String>,
    /// The opening post, where it stands apart.
    pub(super) opening: Option<String>,
    /// The text of the opening post, where it has another name.
    pub(super) opening_text: Option<String>,
    /// All posts, the opening one first.
    pub(super) posts: Option<String>,
    /// Posts without the opening one.
    pub(super) comments: Option<String>,
    /// Answers to a post, inside it.
    pub(super) replies: Option<String>,
    pub(super) author: String,
    pub(super) time: String,
    pub(super) markup: Option<String>,
    /// The words of another post inside the markup of an answer.
    #[serde(default, deserialize_with = "optional_selector")]
    pub(super) quote: Option<Selector>,
    pub(super) text: String,
}

fn css<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Css, D::Error> {
    Css::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

fn selector<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Selector, D::Error> {
    let css = String::deserialize(deserializer)?;
    Selector::parse(&css).map_err(|error| D::Error::custom(format!("`{css}` is no selector: {error}")))
}

fn optional_selector<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Selector>, D::Error> {
    selector(deserializer).map(Some)
}

static RULES: LazyLock<Rules> = LazyLock::new(|| crate::rules::read("forums"));

/// The rules.
pub(super) fn rules() -> &'static Rules {
    &RULES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_file_is_read_and_each_interface_does_something() {
        assert!(!rules().engines.is_empty());
        assert!(rules().interfaces.iter().all(|interface| interface.list.is_some() != interface.thread.is_some()));
    }
}
