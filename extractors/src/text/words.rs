//! Lexicons: words of any language and script, found at a place of a view, longest first.

use super::view::{View, is_space};
use crate::fold::fold_char;
use crate::hash::{PairSet, QuickMap};

/// Words with what they mean.
pub(crate) struct Words<T> {
    entries: Vec<Entry<T>>,
    begins: Index,
    ends: Index,
}

/// The words by the two characters with which they begin or end.
#[derive(Default)]
struct Index {
    edges: Letters,
    pairs: PairSet,
    lists: QuickMap<(char, char), Vec<usize>>,
}

/// What stands beside the edge of a word of one character in the index.
const ALONE: char = '\0';

impl Index {
    /// Adds a word by its character at the edge and the one beside it. Words are added longest first.
    fn add(&mut self, edge: char, beside: char, entry: usize) {
        self.edges.add(edge);
        self.pairs.add((edge, beside));
        self.lists.entry((edge, beside)).or_default().push(entry);
    }

    /// The first word, longest first, of those that may stand where these characters do, that is what is asked for.
    #[inline]
    fn first_of<R>(&self, edge: char, beside: char, is: impl Fn(usize) -> Option<R>) -> Option<R> {
        if !self.edges.may_hold(edge) {
            return None;
        }
        let beside = if is_space(beside) { ' ' } else { beside };
        for pair in [(edge, beside), (edge, ALONE)] {
            if self.pairs.may_hold(pair)
                && let Some(list) = self.lists.get(&pair)
                && let Some(found) = list.iter().find_map(|&entry| is(entry))
            {
                return Some(found);
            }
        }
        None
    }
}

/// A small set that tells of most characters at once that no word begins or ends with them.
#[derive(Default)]
struct Letters([u64; 16]);

impl Letters {
    fn add(&mut self, c: char) {
        let (word, bit) = Self::place(c);
        self.0[word] |= 1 << bit;
    }

    fn may_hold(&self, c: char) -> bool {
        let (word, bit) = Self::place(c);
        self.0[word] & (1 << bit) != 0
    }

    /// The low ten bits of the character choose its bit.
    fn place(c: char) -> (usize, u32) {
        let low = u32::from(c) & 0x3FF;
        ((low >> 6) as usize, low & 63)
    }
}

struct Entry<T> {
    characters: Vec<char>,
    meaning: T,
}

impl<T: Clone> Words<T> {
    /// Builds the lexicon. Words are given in either script and any case.
    pub(crate) fn new<W: AsRef<str>>(words: impl IntoIterator<Item = (W, T)>) -> Self {
        let folded = |word: &str| word.chars().map(|c| fold_char(c).to_ascii_lowercase()).collect();
        let words = words.into_iter().map(|(word, meaning)| Entry { characters: folded(word.as_ref()), meaning });
        let mut entries: Vec<Entry<T>> = words.filter(|entry| !entry.characters.is_empty()).collect();
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.characters.len()));
        let (mut begins, mut ends) = (Index::default(), Index::default());
        for (at, entry) in entries.iter().enumerate() {
            match entry.characters.as_slice() {
                [] => {}
                [only] => {
                    begins.add(*only, ALONE, at);
                    ends.add(*only, ALONE, at);
                }
                [first, second, ..] => {
                    begins.add(*first, *second, at);
                    let [.., before, last] = entry.characters.as_slice() else { continue };
                    ends.add(*last, *before, at);
                }
            }
        }
        Self { entries, begins, ends }
    }

    /// The characters with which words begin.
    pub(crate) fn firsts(&self) -> impl Iterator<Item = char> {
        self.entries.iter().filter_map(|entry| entry.characters.first().copied())
    }

    /// The words themselves, folded.
    pub(crate) fn folded(&self) -> impl Iterator<Item = &[char]> {
        self.entries.iter().map(|entry| entry.characters.as_slice())
    }

    /// The longest word that begins here, and the place behind it.
    pub(crate) fn at(&self, view: &View<'_>, place: usize) -> Option<(usize, T)> {
        self.begins.first_of(view.at(place), view.at(place + 1), |at| {
            let entry = self.entries.get(at)?;
            let end = place + entry.characters.len();
            entry.stands(view, place).then(|| (end, entry.meaning.clone()))
        })
    }

    /// The longest word that ends here, and the place at which it begins. It does not reach below `floor`.
    pub(crate) fn before(&self, view: &View<'_>, place: usize, floor: usize) -> Option<(usize, T)> {
        let beside = if place > 1 { view.at(place - 2) } else { ALONE };
        self.ends.first_of(view.before(place), beside, |at| {
            let entry = self.entries.get(at)?;
            let start = place.checked_sub(entry.characters.len())?;
            (start >= floor && entry.stands(view, start)).then(|| (start, entry.meaning.clone()))
        })
    }
}

impl<T> Entry<T> {
    /// Whether the word stands there whole: ASCII letters do not run on into others.
    fn stands(&self, view: &View<'_>, start: usize) -> bool {
        let end = start + self.characters.len();
        let Some(given) = view.chars.get(start..end) else { return false };
        let equal = given.iter().zip(&self.characters).all(|(&a, &b)| a == b || (b == ' ' && is_space(a)));
        let (first, last) = (view.at(start), view.before(end));
        equal
            && !(first.is_ascii_alphabetic() && view.before(start).is_ascii_alphabetic())
            && !(last.is_ascii_alphabetic() && view.at(end).is_ascii_alphabetic())
    }
}
