//! The words that prove a fact, and where they stand.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Words of a document. `start` and `end` count Unicode characters in the document's text, `end` excluded.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Evidence {
    /// The sentence, or the table row with its column heading, that carries the fact.
    pub text: String,
    /// First character of the fact's own words in the document's text.
    pub start: usize,
    /// The character behind the last one.
    pub end: usize,
}

/// Turns byte offsets of one text into character offsets.
#[derive(Debug, Clone)]
pub struct CharacterIndex {
    /// Byte offset of every `STRIDE`th character.
    marks: Vec<usize>,
}

/// Characters between two marks: a look-up walks at most so many.
const STRIDE: usize = 64;

impl CharacterIndex {
    /// Indexes a text; one pass.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { marks: text.char_indices().step_by(STRIDE).map(|(byte, _)| byte).collect() }
    }

    /// How many characters stand before `byte` in `text`, the text that was indexed.
    #[must_use]
    pub fn characters(&self, text: &str, byte: usize) -> usize {
        let mark = self.marks.partition_point(|&m| m <= byte).saturating_sub(1);
        let from = self.marks.get(mark).copied().unwrap_or(0);
        mark * STRIDE + text.get(from..byte.min(text.len())).map_or(0, |part| part.chars().count())
    }

    /// A span of bytes as a span of characters.
    #[must_use]
    pub fn span(&self, text: &str, bytes: Range<usize>) -> Range<usize> {
        self.characters(text, bytes.start)..self.characters(text, bytes.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_counting(text in "\\PC{0,300}") {
            let index = CharacterIndex::new(&text);
            for (count, (byte, _)) in text.char_indices().enumerate() {
                prop_assert_eq!(index.characters(&text, byte), count);
            }
            prop_assert_eq!(index.characters(&text, text.len()), text.chars().count());
        }
    }
}
