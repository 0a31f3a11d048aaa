//! A table of words, looked up at a place of a text that was folded to characters. It knows no language and no rule.

use crate::fold::fold;
use crate::hash::{PairSet, QuickMap};

/// Words with what they mean; the longest one that stands at a place wins.
#[derive(Debug)]
pub(crate) struct Words<T> {
    /// Longest word first.
    words: Vec<(Vec<char>, T)>,
    by_first: QuickMap<char, Vec<usize>>,
    by_last: QuickMap<char, Vec<usize>>,
    /// The first two characters of each word.
    starts: PairSet,
    /// The last two characters of each word.
    ends: PairSet,
}

/// Stands for the second character of a word of one.
const ALONE: char = '\0';

impl<T: Clone> Words<T> {
    /// A table of these words, folded. Of two equal words the first one stays.
    pub(crate) fn new<'a>(words: impl IntoIterator<Item = (&'a str, T)>) -> Self {
        let mut folded: Vec<(Vec<char>, T)> =
            words.into_iter().map(|(word, meaning)| (fold(word).chars().collect(), meaning)).collect();
        folded.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        let mut table = Self {
            words: Vec::new(),
            by_first: QuickMap::default(),
            by_last: QuickMap::default(),
            starts: PairSet::default(),
            ends: PairSet::default(),
        };
        for (word, meaning) in folded {
            let (Some(&first), Some(&last)) = (word.first(), word.last()) else { continue };
            let group = table.by_first.entry(first).or_default();
            if group.iter().any(|&known| table.words[known].0 == word) {
                continue;
            }
            group.push(table.words.len());
            table.by_last.entry(last).or_default().push(table.words.len());
            table.starts.add((first, word.get(1).copied().unwrap_or(ALONE)));
            let before = word.len().checked_sub(2).map_or(ALONE, |before| word[before]);
            table.ends.add((last, before));
            table.words.push((word, meaning));
        }
        table
    }

    /// Whether a word may begin with these characters.
    pub(crate) fn may_begin(&self, first: char, second: Option<char>) -> bool {
        self.starts.may_hold((first, ALONE)) || second.is_some_and(|second| self.starts.may_hold((first, second)))
    }

    /// The longest word that begins at `at`: its length in characters and its meaning. A word of Latin letters
    /// stands only between other characters.
    pub(crate) fn at(&self, text: &[char], at: usize) -> Option<(usize, &T)> {
        let first = text.get(at)?;
        let group = self.may_begin(*first, text.get(at + 1).copied()).then(|| self.by_first.get(first))??;
        let stands = |&place: &usize| self.words.get(place).filter(|(word, _)| stands_at(text, at, word));
        group.iter().find_map(stands).map(|(word, meaning)| (word.len(), meaning))
    }

    /// The longest word that ends before `end`: where it begins and its meaning.
    pub(crate) fn ending_at(&self, text: &[char], end: usize) -> Option<(usize, &T)> {
        let last = text.get(end.checked_sub(1)?)?;
        let before = end.checked_sub(2).and_then(|before| text.get(before));
        let some =
            self.ends.may_hold((*last, ALONE)) || before.is_some_and(|&before| self.ends.may_hold((*last, before)));
        let group = some.then(|| self.by_last.get(last))??;
        group.iter().find_map(|&place| {
            let (word, meaning) = self.words.get(place)?;
            let start = end.checked_sub(word.len())?;
            stands_at(text, start, word).then_some((start, meaning))
        })
    }

    /// The meaning of the word that is the text from `start` to `end`.
    pub(crate) fn exactly(&self, text: &[char], start: usize, end: usize) -> Option<&T> {
        let wanted = text.get(start..end)?;
        let first = wanted.first()?;
        let group = self.may_begin(*first, wanted.get(1).copied()).then(|| self.by_first.get(first))??;
        let words = group.iter().filter_map(|&place| self.words.get(place));
        let mut equal = words.filter(|(word, _)| word.as_slice() == wanted && stands_at(text, start, word));
        equal.next().map(|(_, meaning)| meaning)
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
