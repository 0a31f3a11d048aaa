//! A text as a row of folded, lower-case characters with the bytes at which they stand.
//!
//! It knows nothing of numbers or periods. All scanners of this room work on character places in a view and turn
//! them into bytes at the very end.

use std::ops::Range;

use crate::fold;

/// A text made ready for scanning.
pub(crate) struct View<'t> {
    /// The text itself.
    pub(crate) text: &'t str,
    /// Its characters, folded and in lower case.
    pub(crate) chars: Vec<char>,
    /// The byte of each character, and the length of the text behind the last one.
    offsets: Vec<u32>,
}

impl<'t> View<'t> {
    /// Folds the text once.
    pub(crate) fn new(text: &'t str) -> Self {
        let count = text.chars().count();
        let lower = fold::lower();
        let mut chars = Vec::with_capacity(count);
        let mut offsets = Vec::with_capacity(count + 1);
        for (offset, c) in text.char_indices() {
            chars.push(lower.of(c));
            offsets.push(narrow(offset));
        }
        offsets.push(narrow(text.len()));
        Self { text, chars, offsets }
    }

    /// Folds the text and leaves out spaces between characters of which one is no ASCII: 三千 八百 is one number.
    pub(crate) fn compact(text: &'t str) -> Self {
        let whole = Self::new(text);
        let mut compact =
            Self { text, chars: Vec::with_capacity(whole.len()), offsets: Vec::with_capacity(whole.len() + 1) };
        for (place, &c) in whole.chars.iter().enumerate() {
            let (before, after) = (whole.skip_spaces_back(place), whole.skip_spaces(place));
            let wide = !whole.before(before).is_ascii() || !whole.at(after).is_ascii();
            if !(c == ' ' && wide) {
                compact.chars.push(c);
                compact.offsets.push(whole.offsets.get(place).copied().unwrap_or(narrow(text.len())));
            }
        }
        compact.offsets.push(narrow(text.len()));
        compact
    }

    /// Number of characters.
    pub(crate) fn len(&self) -> usize {
        self.chars.len()
    }

    /// The character at a place; behind the end a NUL, which no rule names.
    pub(crate) fn at(&self, place: usize) -> char {
        self.chars.get(place).copied().unwrap_or('\0')
    }

    /// The character before a place; before the start a NUL.
    pub(crate) fn before(&self, place: usize) -> char {
        place.checked_sub(1).map_or('\0', |at| self.at(at))
    }

    /// Whether the text has a capital letter there.
    pub(crate) fn is_capital(&self, place: usize) -> bool {
        self.text.as_bytes().get(self.byte(place)).is_some_and(u8::is_ascii_uppercase)
    }

    /// Bytes of a span of characters.
    pub(crate) fn bytes(&self, span: Range<usize>) -> Range<usize> {
        let byte = |place: usize| self.byte(place);
        let start = byte(span.start);
        // The end is counted from the last character, since spaces behind it may have been left out.
        let last = span.end.checked_sub(1).filter(|&last| last >= span.start).map(byte);
        let width = |last: usize| self.text.get(last..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        start..last.map_or(start, |last| last + width(last))
    }

    /// The place of the character at a byte, or of the first one behind it.
    pub(crate) fn place(&self, byte: usize) -> usize {
        self.offsets.partition_point(|&offset| (offset as usize) < byte).min(self.len())
    }

    /// The byte at which a character stands.
    fn byte(&self, place: usize) -> usize {
        self.offsets.get(place).map_or(self.text.len(), |&offset| offset as usize)
    }

    /// The first place from here that is no space. A blank line is not crossed: it parts paragraphs.
    pub(crate) fn skip_spaces(&self, from: usize) -> usize {
        let mut place = from;
        let mut breaks = 0;
        while is_space(self.at(place)) {
            breaks += usize::from(self.at(place) == '\n');
            place += 1;
        }
        if breaks > 1 { from } else { place }
    }

    /// The place behind the last character before `from` that is no space; a blank line is not crossed.
    pub(crate) fn skip_spaces_back(&self, from: usize) -> usize {
        let mut place = from;
        let mut breaks = 0;
        while is_space(self.before(place)) {
            breaks += usize::from(self.before(place) == '\n');
            place -= 1;
        }
        if breaks > 1 { from } else { place }
    }

    /// Whether an English word may begin here: no letter or digit stands before.
    pub(crate) fn is_word_start(&self, place: usize) -> bool {
        !self.before(place).is_ascii_alphanumeric()
    }

    /// The run of ASCII letters that begins here.
    pub(crate) fn word(&self, place: usize) -> Letters {
        Letters::new(self.chars.get(place..self.word_end(place)).unwrap_or_default())
    }

    /// The place behind the run of ASCII letters that begins here.
    pub(crate) fn word_end(&self, place: usize) -> usize {
        let mut end = place;
        while self.at(end).is_ascii_alphabetic() {
            end += 1;
        }
        end
    }
}

/// The letters of a word without memory of their own. A word that is longer than any of the rules is cut.
#[derive(Clone, Copy)]
pub(crate) struct Letters {
    bytes: [u8; Letters::MOST],
    length: usize,
}

impl Letters {
    const MOST: usize = 32;

    /// The word of these ASCII letters.
    pub(crate) fn new(letters: &[char]) -> Self {
        let mut bytes = [0; Self::MOST];
        for (byte, &c) in bytes.iter_mut().zip(letters) {
            *byte = u8::try_from(c).unwrap_or_default();
        }
        Self { bytes, length: letters.len().min(Self::MOST) }
    }

    /// The word.
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

/// A place in a text as it is kept: documents have a mebibyte of text at the most, other texts stay far below four
/// gibibytes.
fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// Spaces and line breaks.
pub(crate) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}
