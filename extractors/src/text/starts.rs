//! The first letters of English words that matter, so that the readers pass over all others at once.

use super::view::View;

/// A set of the first three letters of words.
pub(crate) struct Starts(Vec<u64>);

impl Default for Starts {
    fn default() -> Self {
        Self(vec![0; Self::PLACES / 64 + 1])
    }
}

impl Starts {
    /// Each of three places holds a letter or the end of the word.
    const PLACES: usize = 27 * 27 * 27;

    /// Adds a word in lower case; one that begins with no letter is none of these.
    pub(crate) fn add(&mut self, word: impl IntoIterator<Item = char>) {
        let place = Self::place(word.into_iter());
        if place > 0 {
            self.0[place / 64] |= 1 << (place % 64);
        }
    }

    /// Whether one of the words may begin here.
    pub(crate) fn may_begin(&self, view: &View<'_>, place: usize) -> bool {
        let letters = view.chars.get(place..).unwrap_or_default();
        let place = Self::place(letters.iter().copied());
        self.0[place / 64] & (1 << (place % 64)) != 0
    }

    fn place(letters: impl Iterator<Item = char>) -> usize {
        let letter = |c: char| c.is_ascii_lowercase().then(|| c as usize - 'a' as usize + 1);
        let (mut place, mut factor) = (0, 1);
        for number in letters.take(3).map_while(letter) {
            place += number * factor;
            factor *= 27;
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_may_begin_where_its_first_letters_stand() {
        let mut starts = Starts::default();
        starts.add("march".chars());
        starts.add("a year".chars());
        starts.add("4q".chars());
        let may_begin = |text: &str| starts.may_begin(&View::new(text), 0);
        assert!(may_begin("March 2025") && may_begin("market") && may_begin("a") && may_begin("A 4"));
        assert!(!may_begin("ma") && !may_begin("may") && !may_begin("an") && !may_begin("4q") && !may_begin(""));
    }
}
