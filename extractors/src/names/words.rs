//! A table of words, looked up at a place of a text that was folded to characters. It knows no language and no rule.

use crate::fold::fold;
use crate::hash::{PairSet, QuickMap};

/// Words with what they mean; the longest one that stands at a place wins.
#[derive(Debug)]
pub(crate) struct Words<T> {
    /// Longest word first.
    words: Vec<(Vec<char>, T)>,
    /// The words by their first two characters, and by their last two from the end.
    by_first: QuickMap<(char, char), Vec<usize>>,
    by_last: QuickMap<(char, char), Vec<usize>>,
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
            let start = (first, word.get(1).copied().unwrap_or(ALONE));
            let group = table.by_first.entry(start).or_default();
            if group.iter().any(|&known| table.words[known].0 == word) {
                continue;
            }
            group.push(table.words.len());
            let end = (last, word.len().checked_sub(2).map_or(ALONE, |before| word[before]));
            table.by_last.entry(end).or_default().push(table.words.len());
            table.starts.add(start);
            table.ends.add(end);
            table.words.push((word, meaning));
        }
        table
    }

    /// Whether a word may begin with these characters.
    pub(crate) fn may_begin(&self, first: char, second: Option<char>) -> bool {
        self.starts.may_hold((first, ALONE)) || second.is_some_and(|second| self.starts.may_hold((first, second)))
    }

    /// The first word, longest first, of those with these two characters at an edge, and of those of this one alone,
    /// that is what is asked for.
    #[inline]
    fn first_of(
        &self,
        known: &PairSet,
        lists: &QuickMap<(char, char), Vec<usize>>,
        (edge, beside): (char, Option<char>),
        is: impl Fn(&[char]) -> bool,
    ) -> Option<&(Vec<char>, T)> {
        for pair in [(edge, beside.unwrap_or(ALONE)), (edge, ALONE)] {
            if known.may_hold(pair)
                && let Some(list) = lists.get(&pair)
                && let Some(found) = list.iter().filter_map(|&at| self.words.get(at)).find(|(word, _)| is(word))
            {
                return Some(found);
            }
        }
        None
    }

    /// The longest word that begins at `at`: its length in characters and its meaning. A word of Latin letters
    /// stands only between other characters.
    pub(crate) fn at(&self, text: &[char], at: usize) -> Option<(usize, &T)> {
        let pair = (*text.get(at)?, text.get(at + 1).copied());
        let found = self.first_of(&self.starts, &self.by_first, pair, |word| stands_at(text, at, word));
        found.map(|(word, meaning)| (word.len(), meaning))
    }

    /// The longest word that ends before `end`: where it begins and its meaning.
    pub(crate) fn ending_at(&self, text: &[char], end: usize) -> Option<(usize, &T)> {
        let last = text.get(end.checked_sub(1)?)?;
        let pair = (*last, end.checked_sub(2).and_then(|before| text.get(before)).copied());
        let stands = |word: &[char]| end.checked_sub(word.len()).is_some_and(|start| stands_at(text, start, word));
        let found = self.first_of(&self.ends, &self.by_last, pair, stands);
        found.map(|(word, meaning)| (end - word.len(), meaning))
    }

    /// The meaning of the word that is the text from `start` to `end`.
    pub(crate) fn exactly(&self, text: &[char], start: usize, end: usize) -> Option<&T> {
        let wanted = text.get(start..end)?;
        let pair = (*wanted.first()?, wanted.get(1).copied());
        let equal = |word: &[char]| word == wanted && stands_at(text, start, word);
        self.first_of(&self.starts, &self.by_first, pair, equal).map(|(_, meaning)| meaning)
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
