//! A table of words, looked up at a place of a text that was folded to characters. It knows no language and no rule.

use std::collections::HashMap;

use crate::fold::fold;

/// Words with what they mean; the longest one that stands at a place wins.
#[derive(Debug)]
pub(crate) struct Words<T> {
    /// By first character, longest word first.
    by_first: HashMap<char, Vec<(Vec<char>, T)>>,
    /// Length of the longest word, in characters.
    longest: usize,
}

impl<T: Clone> Words<T> {
    /// A table of these words, folded. Of two equal words the first one stays.
    pub(crate) fn new<'a>(words: impl IntoIterator<Item = (&'a str, T)>) -> Self {
        let mut by_first: HashMap<char, Vec<(Vec<char>, T)>> = HashMap::new();
        let mut longest = 0;
        for (word, meaning) in words {
            let folded: Vec<char> = fold(word).chars().collect();
            longest = longest.max(folded.len());
            if let Some(&first) = folded.first() {
                let group = by_first.entry(first).or_default();
                if group.iter().all(|(known, _)| *known != folded) {
                    group.push((folded, meaning));
                }
            }
        }
        for group in by_first.values_mut() {
            group.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        }
        Self { by_first, longest }
    }

    /// The longest word that begins at `at`: its length in characters and its meaning. A word of Latin letters
    /// stands only between other characters.
    pub(crate) fn at(&self, text: &[char], at: usize) -> Option<(usize, &T)> {
        let group = self.by_first.get(text.get(at)?)?;
        group.iter().find(|(word, _)| stands_at(text, at, word)).map(|(word, meaning)| (word.len(), meaning))
    }

    /// The longest word that ends before `end`: where it begins and its meaning.
    pub(crate) fn ending_at(&self, text: &[char], end: usize) -> Option<(usize, &T)> {
        (end.saturating_sub(self.longest)..end)
            .find_map(|start| self.exactly(text, start, end).map(|meaning| (start, meaning)))
    }

    /// The meaning of the word that is the text from `start` to `end`.
    pub(crate) fn exactly(&self, text: &[char], start: usize, end: usize) -> Option<&T> {
        let wanted = text.get(start..end)?;
        let group = self.by_first.get(wanted.first()?)?;
        group
            .iter()
            .find(|(word, _)| word.as_slice() == wanted && stands_at(text, start, word))
            .map(|(_, meaning)| meaning)
    }

    /// All words of the text from `start` to `end`, none overlapping, as (start, end, meaning).
    pub(crate) fn within(&self, text: &[char], start: usize, end: usize) -> Vec<(usize, usize, &T)> {
        let text = &text[..end.min(text.len())];
        let mut found = Vec::new();
        let mut at = start;
        while at < text.len() {
            match self.at(text, at) {
                Some((length, meaning)) => {
                    found.push((at, at + length, meaning));
                    at += length;
                }
                None => at += 1,
            }
        }
        found
    }
}

fn stands_at(text: &[char], at: usize, word: &[char]) -> bool {
    let end = at + word.len();
    let Some(here) = text.get(at..end) else { return false };
    let latin = |c: Option<&char>| c.is_some_and(char::is_ascii_alphanumeric);
    here == word
        && !(latin(word.first()) && at > 0 && latin(text.get(at - 1)))
        && !(latin(word.last()) && latin(text.get(end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_word_wins_and_latin_words_stand_alone() {
        let words = Words::new([("商務", 1), ("商務部", 2), ("US", 3)]);
        let text: Vec<char> = fold("中國商务部與US及USA").chars().collect();
        assert_eq!(words.at(&text, 2), Some((3, &2)));
        assert_eq!(words.ending_at(&text, 5), Some((2, &2)));
        assert_eq!(words.within(&text, 0, text.len()), [(2, 5, &2), (6, 8, &3)]);
        assert_eq!(words.at(&text, text.len()), None);
    }
}
