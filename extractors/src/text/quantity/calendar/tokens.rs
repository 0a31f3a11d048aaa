//! Words, rows of digits and marks of a view. It knows no meaning.

use crate::text::view::{View, is_space};

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word of ASCII letters in lower case.
    Word(String),
    /// A row of at most nine digits: its value and length.
    Digits(u32, usize),
    /// Any other character.
    Mark(char),
}

/// A token by its characters in the view.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
}

/// Longer rows are identifiers.
const MOST_DIGITS: usize = 9;

/// All tokens of a view, spaces left out.
pub(super) fn tokens(view: &View<'_>) -> Vec<Token> {
    let mut found = Vec::new();
    let mut place = 0;
    while place < view.len() {
        let c = view.at(place);
        let start = place;
        if is_space(c) {
            place += 1;
            continue;
        }
        let kind = if c.is_ascii_alphabetic() {
            place = view.word_end(place);
            Kind::Word(view.chars.get(start..place).unwrap_or_default().iter().collect())
        } else if c.is_ascii_digit() {
            while view.at(place).is_ascii_digit() {
                place += 1;
            }
            let row = view.chars.get(start..place).unwrap_or_default();
            let value = row.iter().take(MOST_DIGITS).filter_map(|c| c.to_digit(10)).fold(0, |sum, c| sum * 10 + c);
            Kind::Digits(value, row.len())
        } else {
            place += 1;
            Kind::Mark(c)
        };
        found.push(Token { start, end: place, kind });
    }
    found
}
