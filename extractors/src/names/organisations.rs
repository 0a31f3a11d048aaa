//! Organisations and economies by their names, from `rules/organisations.toml`.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use bellwether_model::place::Area;
use serde::Deserialize;

use super::words::Words;
use crate::fold;

/// What is known of a listed organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Organisation {
    /// Whether it is an authority or a statutory body.
    pub(crate) official: bool,
}

/// An economy as a text names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Economy {
    /// Its code.
    pub(crate) area: Area,
    /// The English name where the word is an adjective (German: Germany).
    pub(crate) noun: Option<String>,
}

/// How organisations that are not listed look.
#[derive(Debug)]
pub(crate) struct Generic {
    /// Single characters that stand for an economy before a title.
    pub(crate) nations: HashSet<char>,
    /// Endings of Chinese names of authorities.
    pub(crate) authority: Words<()>,
    /// Chinese words of bodies that are none.
    pub(crate) private: Words<()>,
    /// English words of authorities, lower case.
    pub(crate) english_authority: Vec<String>,
    /// English words of bodies that are none, lower case.
    pub(crate) english_private: Vec<String>,
    /// English words of authorities where a word of policy stands before them, lower case.
    pub(crate) english_body: Vec<String>,
}

/// The vocabulary of organisations.
#[derive(Debug)]
pub(crate) struct Organisations {
    /// Listed organisations.
    pub(crate) listed: Words<Organisation>,
    /// Economies.
    pub(crate) economies: Words<Economy>,
    /// The shape of others.
    pub(crate) generic: Generic,
    by_key: HashMap<String, Known>,
}

/// What a whole name means.
#[derive(Debug, Clone)]
struct Known {
    /// The name under which its wordings merge.
    id: String,
    /// Its economy, where the wordings belong to one alone.
    area: Option<Area>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    organisation: Vec<OrganisationRow>,
    generic: GenericRow,
    economy: Vec<EconomyRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrganisationRow {
    id: String,
    area: Option<Area>,
    #[serde(default = "yes")]
    official: bool,
    names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GenericRow {
    nations: String,
    authority: Vec<String>,
    private: Vec<String>,
    english_authority: Vec<String>,
    english_private: Vec<String>,
    english_body: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EconomyRow {
    code: Area,
    names: Vec<String>,
    #[serde(default)]
    adjectives: Vec<String>,
}

fn yes() -> bool {
    true
}

static ORGANISATIONS: LazyLock<Organisations> = LazyLock::new(|| {
    let file: File = crate::rules::read("organisations");
    Organisations::of(file)
});

/// The vocabulary, read once.
pub(crate) fn organisations() -> &'static Organisations {
    &ORGANISATIONS
}

impl Organisations {
    fn of(file: File) -> Self {
        let listed = file.organisation.iter().flat_map(|row| {
            let meaning = Organisation { official: row.official };
            row.names.iter().map(move |name| (name.as_str(), meaning))
        });
        let economies = file.economy.iter().flat_map(|row| {
            let english = row.names.iter().find(|name| name.is_ascii()).cloned();
            let meaning = move |noun| Economy { area: row.code.clone(), noun };
            let adjective = meaning(english);
            let meaning = meaning(None);
            let names = row.names.iter().map(move |name| (name.as_str(), meaning.clone()));
            names.chain(row.adjectives.iter().map(move |name| (name.as_str(), adjective.clone())))
        });
        let mut by_key = HashMap::new();
        for row in &file.organisation {
            for name in &row.names {
                by_key.entry(fold::key(name)).or_insert_with(|| Known { id: row.id.clone(), area: row.area.clone() });
            }
        }
        let plain = |words: &[String]| Words::new(words.iter().map(|word| (word.as_str(), ())));
        Self {
            listed: Words::new(listed),
            economies: Words::new(economies),
            generic: Generic {
                nations: fold::fold(&file.generic.nations).chars().collect(),
                authority: plain(&file.generic.authority),
                private: plain(&file.generic.private),
                english_authority: file.generic.english_authority,
                english_private: file.generic.english_private,
                english_body: file.generic.english_body,
            },
            by_key,
        }
    }

    /// The name under which an organisation merges; an economy before it is left away (中國海關總署 is 海關總署), since
    /// a fact carries its economy itself.
    pub(super) fn id(&self, words: &str) -> String {
        let known = |words| self.known(words).1.map(|known| known.id.clone());
        if let Some(id) = known(words) {
            return id;
        }
        let Some((name, gloss)) = with_gloss(words) else { return fold::key(words) };
        // Of a name in two scripts, where neither is known, the Chinese one: it is what the others print.
        let printed = if gloss.chars().any(is_han) { gloss } else { name };
        known(name).or_else(|| known(gloss)).unwrap_or_else(|| fold::key(printed))
    }

    /// The economy whose organisation it is, where the words tell.
    pub(super) fn area(&self, words: &str) -> Option<Area> {
        let (economy, known) = self.known(words);
        economy.map(|economy| economy.area.clone()).or_else(|| known.and_then(|known| known.area.clone()))
    }

    /// The economy that a name begins with, and what the rest of it means.
    fn known(&self, words: &str) -> (Option<&Economy>, Option<&Known>) {
        let words = words.trim();
        let words = words.strip_prefix("the ").or_else(|| words.strip_prefix("The ")).unwrap_or(words);
        if let Some(known) = self.by_key.get(&fold::key(words)) {
            return (None, Some(known));
        }
        let folded: Vec<char> = fold::fold(words).chars().collect();
        let Some((length, economy)) = self.economies.at(&folded, 0) else { return (None, None) };
        let rest: String = folded[length..].iter().collect();
        let rest = rest.trim_start_matches("'s").trim_start_matches("’s");
        (Some(economy), self.by_key.get(&fold::key(rest)))
    }
}

/// A name and its gloss in another script or for short: Ministry of Commerce (商务部).
fn with_gloss(words: &str) -> Option<(&str, &str)> {
    let inside = words.trim().strip_suffix([')', '）'])?;
    let (name, gloss) = inside.rsplit_once(['(', '（'])?;
    let (name, gloss) = (name.trim(), gloss.trim());
    let two_scripts = name.chars().any(is_han) != gloss.chars().any(is_han);
    (!name.is_empty() && !gloss.is_empty() && two_scripts).then_some((name, gloss))
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}
