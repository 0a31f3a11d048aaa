//! Finds the words of a lexicon in a text: at each place the longest one that begins there, none overlapping.
//!
//! The words come from the rules, the text from pages. A place costs a look at two or three sets of bits, which most
//! places fail: an automaton over some thousands of words in two scripts takes several times as long, since its
//! states do not fit into the cache.

use std::ops::Range;

use crate::hash::QuickMap;

/// Words by their first bytes: the longest ones by six, others by three, the shortest by their first one.
pub(super) struct Finder {
    words: Vec<Vec<u8>>,
    first: [bool; 256],
    long: Shelf,
    middle: Shelf,
    short: Shelf,
}

/// Words that share a number of first bytes at least.
#[derive(Default)]
struct Shelf {
    /// Which hashes of first bytes there are, a bit each.
    bits: Vec<u64>,
    /// The words of each row of first bytes, longest first.
    lists: QuickMap<u64, Vec<u32>>,
}

const LONG: usize = 6;
const MIDDLE: usize = 3;

impl Finder {
    /// Takes the words; of two that are equal the first is found.
    pub(super) fn new(words: &[String]) -> Self {
        let words: Vec<Vec<u8>> = words.iter().map(|word| word.as_bytes().to_vec()).collect();
        let mut finder =
            Self { words, first: [false; 256], long: Shelf::new(), middle: Shelf::new(), short: Shelf::new() };
        let mut order: Vec<u32> = (0_u32..).take(finder.words.len()).collect();
        order.sort_by_key(|&at| std::cmp::Reverse(finder.words[at as usize].len()));
        for at in order {
            let word = &finder.words[at as usize];
            let Some(&first) = word.first() else { continue };
            finder.first[usize::from(first)] = true;
            match word.len() {
                LONG.. => finder.long.add(packed::<LONG>(word), at),
                MIDDLE.. => finder.middle.add(packed::<MIDDLE>(word), at),
                _ => finder.short.add(packed::<1>(word), at),
            }
        }
        finder
    }

    /// All words of a text, leftmost and longest, with their places in the list that was given. One that does not fit hides
    /// neither a shorter one (`forecast` behind `forecast a` inside of `forecast and`) nor one that begins behind its first
    /// character (`he expected` inside of `the expected`).
    pub(super) fn find<'a>(
        &'a self,
        text: &'a str,
        fits: impl Fn(&Range<usize>, usize) -> bool + 'a,
    ) -> impl Iterator<Item = (Range<usize>, usize)> + 'a {
        let bytes = text.as_bytes();
        let mut at = 0;
        std::iter::from_fn(move || {
            loop {
                at += bytes.get(at..)?.iter().position(|&byte| self.first[usize::from(byte)])?;
                let mut words = self.beginning(&bytes[at..]).map(|(length, word)| (at..at + length, word));
                if let Some((span, word)) = words.find(|(span, word)| fits(span, *word)) {
                    at = span.end;
                    return Some((span, word));
                }
                at += 1;
            }
        })
    }

    /// The words with which these bytes begin, the longest first: their lengths and places.
    fn beginning<'a>(&'a self, bytes: &'a [u8]) -> impl Iterator<Item = (usize, usize)> + 'a {
        let shelves = [
            (&self.long, packed::<LONG>(bytes)),
            (&self.middle, packed::<MIDDLE>(bytes)),
            (&self.short, packed::<1>(bytes)),
        ];
        shelves.into_iter().flat_map(|(shelf, key)| shelf.list(key)).filter_map(move |&at| {
            let word = self.words.get(at as usize)?;
            bytes.starts_with(word).then_some((word.len(), at as usize))
        })
    }
}

impl Shelf {
    const BITS: u32 = 16;

    fn new() -> Self {
        Self { bits: vec![0; 1 << (Self::BITS - 6)], lists: QuickMap::default() }
    }

    fn place(key: u64) -> (usize, u32) {
        // 2^64 divided by the golden ratio, as in Fibonacci hashing.
        let hash = key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - Self::BITS);
        ((hash >> 6) as usize, (hash & 63) as u32)
    }

    fn add(&mut self, key: Option<u64>, word: u32) {
        let Some(key) = key else { return };
        let (at, bit) = Self::place(key);
        self.bits[at] |= 1 << bit;
        self.lists.entry(key).or_default().push(word);
    }

    fn list(&self, key: Option<u64>) -> &[u32] {
        let may_hold = |key: &u64| {
            let (at, bit) = Self::place(*key);
            self.bits.get(at).is_some_and(|bits| bits & (1 << bit) != 0)
        };
        key.filter(may_hold).and_then(|key| self.lists.get(&key)).map_or(&[], Vec::as_slice)
    }
}

/// The first bytes as one number. `None`: there are fewer.
fn packed<const BYTES: usize>(bytes: &[u8]) -> Option<u64> {
    let first: &[u8; BYTES] = bytes.first_chunk()?;
    Some(first.iter().fold(0, |all, &byte| all << 8 | u64::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aho_corasick::{AhoCorasick, MatchKind};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_words_are_those_of_an_automaton(
            words in prop::collection::hash_set("[ab出口 ]{1,5}", 0..20),
            text in "[abc出口年 ]{0,60}",
        ) {
            let words: Vec<String> = words.into_iter().collect();
            let automaton = AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .build(&words)
                .expect("an automaton");
            let expected: Vec<_> =
                automaton.find_iter(&text).map(|found| (found.range(), found.pattern().as_usize())).collect();
            prop_assert_eq!(Finder::new(&words).find(&text, |_, _| true).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn a_word_that_does_not_fit_hides_no_shorter_one() {
        let words = ["forecast a", "forecast"].map(str::to_owned);
        let text = "forecast and";
        let whole = |span: &Range<usize>, _: usize| !text[span.end..].starts_with('n');
        assert_eq!(Finder::new(&words).find(text, whole).collect::<Vec<_>>(), [(0..8, 1)]);
    }
}
