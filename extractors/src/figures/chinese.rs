//! Phrases of Chinese that are no words of the lexicon: `rules/chinese.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::lexicon::{aligned, ends_with, starts_with};

/// What `rules/chinese.toml` says, folded.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Chinese {
    /// Before an office that is the source.
    pub(super) according: Phrases,
    /// Before what moved something.
    pub(super) moved_by: Phrases,
    /// Behind the side from which something is looked at.
    pub(super) viewpoint: Phrases,
    /// Before a period against which another is set.
    pub(super) set_with: Phrases,
    /// Behind one of which the same was said.
    pub(super) alike: Phrases,
    /// Behind one against which rates are counted.
    pub(super) set_against: Phrases,
    /// Before what an economy is said to be.
    pub(super) becomes: Phrases,
    /// How that ends where the economy is the other side.
    pub(super) becomes_end: Phrases,
    /// Before a clause that names the partner of the next.
    pub(super) leads_over: Phrases,
    /// Before a clause that speaks of the same partner.
    pub(super) again: Phrases,
    /// Before what a clause speaks of.
    pub(super) turns: Phrases,
    /// Before a number that is expected.
    pub(super) looks_ahead: Phrases,
    /// Of these, what goes on over the clause.
    pub(super) will_be: Phrases,
    /// In a sentence that adds the sum since January.
    pub(super) sums: Phrases,
    /// Before a sentence that has the period of the one before.
    pub(super) goes_on: Phrases,
    /// In a clause whose share is one of several together.
    pub(super) of_several: Phrases,
    /// Behind an economy inside of which something is traded.
    pub(super) within: Phrases,
    /// Before the cause of what the next clause tells.
    pub(super) because: Phrases,
    /// In a sentence that sets the trade of economies side by side.
    pub(super) side_by_side: Phrases,
    /// Around a newsroom that has asked who looks ahead.
    pub(super) polls: Phrases,
    /// In a clause that tells of several months: a mark was passed in each of them.
    pub(super) in_a_row: Phrases,
    /// A balance without more said.
    pub(super) bare_balance: Phrases,
    /// In a title that says of when the statistics are.
    pub(super) statistics: Phrases,
    /// The end of a word for those with whom an economy trades.
    pub(super) partners: Phrases,
    /// Before a flow with the economies with which the sentence began.
    pub(super) those_partners: Phrases,
    /// Behind a year: what is said of a figure, and no period of one.
    pub(super) firsts: Phrases,
    /// In a sentence about an earlier period, whose figure was revised.
    pub(super) revised: Phrases,
    /// Before a count of classes that were named last.
    pub(super) those_classes: Phrases,
    /// Behind that count.
    pub(super) classes: Phrases,
    /// Where they open a sentence its classes are looked at, of the flow that was told before.
    pub(super) views_of_goods: Phrases,
    /// Before a market that is named by its place among the largest.
    pub(super) ranks: Phrases,
    /// Before a rate, adjusted for the season, of what the sentence before told.
    pub(super) adjusted: Phrases,
}

/// The phrases that ship with the program, and the user's.
pub(super) static CHINESE: LazyLock<Chinese> = LazyLock::new(|| crate::rules::read("chinese"));

/// Phrases, folded; the longest first.
#[derive(Deserialize)]
#[serde(from = "Vec<String>")]
pub(super) struct Phrases(Vec<String>);

impl From<Vec<String>> for Phrases {
    fn from(words: Vec<String>) -> Self {
        let mut folded: Vec<String> = words.iter().map(|word| aligned(word)).collect();
        folded.sort_by_key(|word| std::cmp::Reverse(word.len()));
        Self(folded)
    }
}

impl Phrases {
    /// Whether a text begins with one of them.
    pub(super) fn begin(&self, text: &str) -> bool {
        self.0.iter().any(|word| starts_with(text, word))
    }

    /// Whether a text ends with one of them.
    pub(super) fn end(&self, text: &str) -> bool {
        self.0.iter().any(|word| ends_with(text, word))
    }

    /// Whether a text is one of them.
    pub(super) fn are(&self, text: &str) -> bool {
        let folded = aligned(text);
        self.0.contains(&folded)
    }

    /// Whether a text, which is short, holds one of them.
    pub(super) fn stand_in(&self, text: &str) -> bool {
        let folded = aligned(text);
        self.0.iter().any(|word| folded.contains(word.as_str()))
    }

    /// What stands in a text before the first of them, and behind it.
    pub(super) fn part_first<'a>(&self, text: &'a str) -> Option<(&'a str, &'a str)> {
        let folded = aligned(text);
        let first = self.0.iter().filter_map(|word| folded.find(word.as_str()).map(|at| (at, at + word.len())));
        let (from, until) = first.min_by_key(|(from, until)| (*from, std::cmp::Reverse(*until)))?;
        Some((&text[..from], &text[until..]))
    }

    /// What stands in a text before the last of them, and behind it.
    pub(super) fn part_last<'a>(&self, text: &'a str) -> Option<(&'a str, &'a str)> {
        let folded = aligned(text);
        let last = self.0.iter().filter_map(|word| folded.rfind(word.as_str()).map(|at| (at, at + word.len())));
        let (from, until) = last.max_by_key(|(_, until)| *until)?;
        Some((&text[..from], &text[until..]))
    }

    /// A text without the one of them with which it ends.
    pub(super) fn strip_end<'a>(&self, text: &'a str) -> Option<&'a str> {
        self.0.iter().find(|word| ends_with(text, word)).map(|word| &text[..text.len() - word.len()])
    }
}
