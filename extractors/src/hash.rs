//! Tables by character or pair of characters that are looked up at each place of a text, and sets that say no fast.
//!
//! The words of such a table come from the rules, not from pages: nobody can choose them so that they collide.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A table whose keys are characters, pairs of them or short words of the rules.
pub(crate) type QuickMap<K, V> = HashMap<K, V, BuildHasherDefault<QuickHasher>>;

/// Multiplies and rotates: a few instructions where the standard hasher takes some twenty nanoseconds.
#[derive(Default)]
pub(crate) struct QuickHasher(u64);

/// 2^64 divided by the golden ratio, as in Fibonacci hashing.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

impl QuickHasher {
    fn add(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(23) ^ value).wrapping_mul(SPREAD);
    }
}

impl Hasher for QuickHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.add(u64::from(byte)));
    }

    fn write_u32(&mut self, value: u32) {
        self.add(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.add(value);
    }

    fn finish(&self) -> u64 {
        // The table takes the low bits for the place, and the high ones are the best mixed.
        self.0.rotate_left(26)
    }
}

/// A set of characters. Those outside of the basic plane may be told as members although they are none.
pub(crate) struct CharSet(Vec<u64>);

impl CharSet {
    const WORDS: usize = 0x1_0000 / 64;

    fn place(c: char) -> (usize, u32) {
        let code = u32::from(c) & 0xFFFF;
        ((code >> 6) as usize, code & 63)
    }

    /// Whether the character may be a member.
    pub(crate) fn may_hold(&self, c: char) -> bool {
        let (word, bit) = Self::place(c);
        self.0.get(word).is_some_and(|bits| bits & (1 << bit) != 0)
    }
}

impl FromIterator<char> for CharSet {
    fn from_iter<I: IntoIterator<Item = char>>(characters: I) -> Self {
        let mut bits = vec![0; Self::WORDS];
        for (word, bit) in characters.into_iter().map(Self::place) {
            bits[word] |= 1 << bit;
        }
        Self(bits)
    }
}

/// A set of pairs of characters that tells of most others that they are no members.
#[derive(Debug)]
pub(crate) struct PairSet([u64; PairSet::WORDS]);

impl Default for PairSet {
    fn default() -> Self {
        Self([0; Self::WORDS])
    }
}

impl PairSet {
    const WORDS: usize = 64;

    fn place((first, second): (char, char)) -> (usize, u32) {
        let mixed = (u32::from(first).rotate_left(9) ^ u32::from(second)).wrapping_mul(0x9E37_79B9) >> 20;
        ((mixed >> 6) as usize, mixed & 63)
    }

    /// Adds a pair.
    pub(crate) fn add(&mut self, pair: (char, char)) {
        let (word, bit) = Self::place(pair);
        self.0[word] |= 1 << bit;
    }

    /// Whether the pair may be a member.
    pub(crate) fn may_hold(&self, pair: (char, char)) -> bool {
        let (word, bit) = Self::place(pair);
        self.0[word] & (1 << bit) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_told_and_most_others_are_not() {
        let set: CharSet = ['一', '億', 'q'].into_iter().collect();
        assert!(set.may_hold('一') && set.may_hold('億') && set.may_hold('q'));
        assert!(!set.may_hold('二') && !set.may_hold('p'));
        let mut pairs = PairSet::default();
        pairs.add(('去', '年'));
        assert!(pairs.may_hold(('去', '年')));
        let others = ('\u{4e00}'..'\u{5e00}').filter(|&c| pairs.may_hold(('去', c))).count();
        assert!(others < 40, "{others}");
    }

    #[test]
    fn a_map_finds_what_it_holds() {
        let map: QuickMap<char, u32> = ('\u{4e00}'..'\u{9fff}').map(|c| (c, u32::from(c))).collect();
        assert!(('\u{4e00}'..'\u{9fff}').all(|c| map.get(&c) == Some(&u32::from(c))));
        assert_eq!(map.get(&'a'), None);
    }
}
