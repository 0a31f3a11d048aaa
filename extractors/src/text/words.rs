//! Lexicons: words of any language and script, found at a place of a view, longest first.

use std::collections::HashMap;

use super::view::{View, is_space};
use crate::fold::fold_char;

/// Words with what they mean.
pub(crate) struct Words<T> {
    firsts: Letters,
    lasts: Letters,
    by_first: HashMap<char, Vec<Entry<T>>>,
    by_last: HashMap<char, Vec<Entry<T>>>,
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

#[derive(Clone)]
struct Entry<T> {
    characters: Vec<char>,
    meaning: T,
}

impl<T: Clone> Words<T> {
    /// Builds the lexicon. Words are given in either script and any case.
    pub(crate) fn new<W: AsRef<str>>(words: impl IntoIterator<Item = (W, T)>) -> Self {
        let mut lexicon = Self {
            firsts: Letters::default(),
            lasts: Letters::default(),
            by_first: HashMap::new(),
            by_last: HashMap::new(),
        };
        for (word, meaning) in words {
            let characters: Vec<char> = word.as_ref().chars().map(|c| fold_char(c).to_ascii_lowercase()).collect();
            let (Some(&first), Some(&last)) = (characters.first(), characters.last()) else { continue };
            let entry = Entry { characters, meaning };
            lexicon.firsts.add(first);
            lexicon.lasts.add(last);
            lexicon.by_first.entry(first).or_default().push(entry.clone());
            lexicon.by_last.entry(last).or_default().push(entry);
        }
        let lists = lexicon.by_first.values_mut().chain(lexicon.by_last.values_mut());
        lists.for_each(|list| list.sort_by_key(|entry| std::cmp::Reverse(entry.characters.len())));
        lexicon
    }

    /// The longest word that begins here, and the place behind it.
    pub(crate) fn at(&self, view: &View<'_>, place: usize) -> Option<(usize, T)> {
        let first = view.at(place);
        let list = self.firsts.may_hold(first).then(|| self.by_first.get(&first))??;
        list.iter().find_map(|entry| {
            let end = place + entry.characters.len();
            entry.stands(view, place).then(|| (end, entry.meaning.clone()))
        })
    }

    /// The longest word that ends here, and the place at which it begins. It does not reach below `floor`.
    pub(crate) fn before(&self, view: &View<'_>, place: usize, floor: usize) -> Option<(usize, T)> {
        let last = view.before(place);
        let list = self.lasts.may_hold(last).then(|| self.by_last.get(&last))??;
        list.iter().find_map(|entry| {
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
