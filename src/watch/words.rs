//! Words that a condition asks for: whether and where they stand in a text, in either Chinese script. Pure.

use std::collections::BTreeSet;
use std::ops::Range;

use bellwether_extractors::fold::fold;
use bellwether_model::evidence::Evidence;
use bellwether_model::watch::{Condition, Near};

/// What ends a sentence.
const ENDS: &[char] = &['。', '！', '？', '!', '?', '\n'];
/// Characters of a sentence that are shown; those around the words.
const SHOWN: usize = 300;

/// Both Chinese scripts, full and half width, upper and lower case compare equal; one character for one.
pub(super) fn folded(text: &str) -> String {
    let lower = |c: char| {
        let mut lower = c.to_lowercase();
        lower.next().filter(|_| lower.len() == 0).unwrap_or(c)
    };
    fold(text).chars().map(lower).collect()
}

/// A text that words are looked for in.
pub(super) struct Haystack {
    characters: Vec<char>,
    folded: String,
}

impl Haystack {
    pub(super) fn new(text: &str) -> Self {
        Self { characters: text.chars().collect(), folded: folded(text) }
    }

    /// Where a word stands first, in characters.
    fn place(&self, word: &str) -> Option<Range<usize>> {
        let word = folded(word);
        let at = self.folded.find(&word).filter(|_| !word.is_empty())?;
        let start = self.folded[..at].chars().count();
        Some(start..start + word.chars().count())
    }

    /// The first of these words that stands in the text.
    pub(super) fn any<'a>(&self, words: &'a [String]) -> Option<(&'a str, Range<usize>)> {
        words.iter().find_map(|word| self.place(word).map(|place| (word.as_str(), place)))
    }

    /// The first stretch of at most so many characters that holds all the words.
    pub(super) fn near(&self, near: &Near) -> Option<Range<usize>> {
        let words: Vec<String> = near.words.iter().map(|word| folded(word)).collect();
        // Where each word stands: from, to, and which one.
        let mut places: Vec<(usize, usize, usize)> = Vec::new();
        for (which, word) in words.iter().enumerate().filter(|(_, word)| !word.is_empty()) {
            let length = word.chars().count();
            let (mut bytes, mut characters) = (0, 0);
            for (at, _) in self.folded.match_indices(word.as_str()) {
                characters += self.folded[bytes..at].chars().count();
                bytes = at;
                places.push((characters, characters + length, which));
            }
        }
        places.sort_unstable();
        (0..places.len()).find_map(|first| {
            let end = places[first].0.saturating_add(near.within);
            let inside = places[first..].iter().take_while(|place| place.0 < end).filter(|place| place.1 <= end);
            let mut found = BTreeSet::new();
            let mut last = places[first].1;
            for place in inside {
                found.insert(place.2);
                last = last.max(place.1);
                if found.len() == words.len() {
                    return Some(places[first].0..last);
                }
            }
            None
        })
    }

    /// The sentence around a place, and the place itself, in characters of the text.
    pub(super) fn evidence(&self, place: &Range<usize>) -> Evidence {
        let is_end = |c: &char| ENDS.contains(c);
        let start = self.characters[..place.start].iter().rposition(is_end).map_or(0, |at| at + 1);
        let end =
            self.characters[place.end..].iter().position(is_end).map_or(self.characters.len(), |at| place.end + at + 1);
        let start = start.max(place.start.saturating_sub(SHOWN / 2));
        let end = end.min(place.end + SHOWN / 2);
        let text: String = self.characters[start..end].iter().collect();
        Evidence { text: text.trim().to_owned(), start: place.start, end: place.end }
    }
}

/// Whether a condition asks for words at all, so that a document can answer it that tells no fact.
pub(super) fn are_asked(condition: &Condition) -> bool {
    !condition.words.is_empty() || condition.near.is_some() || condition.all.iter().chain(&condition.any).any(are_asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "開場白。財政部官員說，半導體關稅談判下週登場！其餘再議。";

    #[test]
    fn words_are_found_in_either_script_with_their_sentence() {
        let text = Haystack::new(TEXT);
        let asked = ["石油".into(), "关税".into()];
        let (word, place) = text.any(&asked).expect("it stands there");
        assert_eq!((word, place.clone()), ("关税", 14..16));
        let evidence = text.evidence(&place);
        assert_eq!(evidence.text, "財政部官員說，半導體關稅談判下週登場！");
        assert_eq!((evidence.start, evidence.end), (14, 16));
        assert_eq!(text.any(&["石油".into(), String::new()]), None);
    }

    #[test]
    fn a_stretch_holds_all_its_words_or_none_is_found() {
        let text = Haystack::new(TEXT);
        let near = |within| text.near(&Near { words: vec!["谈判".into(), "財政部".into()], within });
        assert_eq!((near(14), near(13)), (Some(4..18), None));
        let same = Near { words: vec!["關稅".into(), "關稅談判".into()], within: 4 };
        assert_eq!(text.near(&same), Some(14..18), "one may stand in another");
    }

    #[test]
    fn a_sentence_without_an_end_is_cut() {
        let long = format!("{}關稅{}", "長".repeat(10_000), "長".repeat(10_000));
        let text = Haystack::new(&long);
        let asked = ["關稅".into()];
        let (_, place) = text.any(&asked).expect("it stands there");
        assert_eq!(text.evidence(&place).text.chars().count(), SHOWN + 2);
    }
}
