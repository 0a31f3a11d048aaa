//! The words of tables: `rules/tables.toml` as one automaton over folded text.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::super::lexicon::{aligned, whole_word};

/// What a word of a table says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub(super) enum Sense {
    All,
    World,
    Rest,
    Neutral,
    Change,
    YearChange,
    MonthChange,
    Share,
    Balance,
    Partners,
    Other,
    Idle,
    GoodsHeads,
    GoodsCaptions,
    Reporters,
    Compared,
    Current,
    Previous,
    Forecast,
    Preliminary,
    Revised,
}

#[derive(Deserialize)]
struct File {
    scale: BTreeMap<String, Vec<String>>,
    #[serde(flatten)]
    senses: BTreeMap<Sense, Vec<String>>,
}

/// Words with what they mean, the leftmost and longest found first.
pub(super) struct Words<T> {
    automaton: AhoCorasick,
    meanings: Vec<Vec<T>>,
}

impl<T: Clone> Words<T> {
    fn build(words: BTreeMap<String, Vec<T>>) -> Self {
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(words.keys())
            .expect("a few hundred short words make an automaton");
        Self { automaton, meanings: words.into_values().collect() }
    }

    /// The words of an aligned text, none overlapping.
    pub(super) fn find<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (Range<usize>, &'a [T])> + 'a {
        self.automaton.find_iter(text).filter_map(move |found| {
            let span = found.start()..found.end();
            whole_word(text, &span).then(|| (span, self.meanings[found.pattern().as_usize()].as_slice()))
        })
    }
}

/// What words of tables mean, and what those of units multiply by.
pub(super) struct Vocabulary {
    /// Words of captions and headings.
    pub(super) senses: Words<Sense>,
    /// Powers of ten of units.
    pub(super) scales: Words<Decimal>,
}

/// The words that ship with the program.
pub(super) static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(build);

fn build() -> Vocabulary {
    let file: File = crate::rules::read("tables");
    let mut senses: BTreeMap<String, Vec<Sense>> = BTreeMap::new();
    for (sense, word) in file.senses.iter().flat_map(|(sense, words)| words.iter().map(move |word| (sense, word))) {
        senses.entry(aligned(word)).or_default().push(*sense);
    }
    let mut scales: BTreeMap<String, Vec<Decimal>> = BTreeMap::new();
    for (power, words) in &file.scale {
        let zeros = power.parse::<usize>().unwrap_or_default();
        let factor: Decimal = format!("1{}", "0".repeat(zeros)).parse().unwrap_or_default();
        for word in words {
            scales.entry(aligned(word)).or_default().push(factor);
        }
    }
    Vocabulary { senses: Words::build(senses), scales: Words::build(scales) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_rules_load_and_words_are_whole() {
        let text = aligned("構成比(%) shares of exports");
        let found: Vec<&str> = VOCABULARY.senses.find(&text).map(|(span, _)| &text[span]).collect();
        assert_eq!(found, [aligned("構成比").as_str(), "of"]);
        let scale = VOCABULARY.scales.find("us$ million").next().map(|(_, factor)| factor[0].to_string());
        assert_eq!(scale.as_deref(), Some("1000000"));
    }
}
