//! Officials who are quoted, with office and organisation, and what they said.
//!
//! A sentence is read in its own language: people are introduced with an office, verbs of speech are bound to a
//! person or to a pronoun for the last speaker, and what is left is the statement. Words of organisations, titles and
//! speech are data in `rules/`. Nothing here knows figures.

mod chinese;
mod english;
mod line;
mod people;
mod quotation;
mod vocabulary;

use std::ops::Range;

use bellwether_model::document::{BlockRole, Document};
use bellwether_model::evidence::CharacterIndex;
use bellwether_model::statement::Official;

use line::Line;
pub(crate) use people::Known;
use people::People;

/// A longer run without an end of sentence is no sentence, but data; in bytes.
const LONGEST_SENTENCE: usize = 8_000;

/// Named people with an office to whom a document ascribes words, each list in order of their first statement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Speakers {
    /// Those with an office of state, parliament, an authority or a statutory body.
    pub officials: Vec<Official>,
    /// Economists of banks, heads of companies and associations, professors, former officials.
    pub others: Vec<Official>,
}

/// All officials of a document, in order of their first statement.
#[must_use]
pub fn read(document: &Document) -> Vec<Official> {
    speakers(document).officials
}

/// Everybody with a name and an office who is quoted.
#[must_use]
pub fn speakers(document: &Document) -> Speakers {
    people(document).into_speakers()
}

/// Everybody whom a document names, with why they are an official of it or not.
pub(crate) fn everybody(document: &Document) -> Vec<Known> {
    people(document).into_everybody()
}

fn people(document: &Document) -> People {
    let index = CharacterIndex::new(&document.text);
    let mut people = People::new();
    for block in document.blocks.iter().filter(|block| has_sentences(block.role)) {
        for sentence in sentences(document, &block.span) {
            let text = document.text.get(sentence.clone()).filter(|text| text.len() <= LONGEST_SENTENCE);
            let Some(text) = text else { continue };
            let line = Line::new(text, index.characters(&document.text, sentence.start));
            if line.is_chinese() {
                chinese::read(&line, &mut people);
            } else {
                english::read(&line, &mut people);
            }
        }
    }
    people
}

/// Titles, headings and captions repeat what the text says; tables do not speak.
fn has_sentences(role: BlockRole) -> bool {
    matches!(role, BlockRole::Paragraph | BlockRole::ListItem | BlockRole::Note)
}

fn sentences(document: &Document, block: &Range<usize>) -> Vec<Range<usize>> {
    let text = document.text.get(block.clone()).unwrap_or_default();
    let shift = |sentence: Range<usize>| sentence.start + block.start..sentence.end + block.start;
    crate::text::sentences(text).into_iter().map(shift).collect()
}
