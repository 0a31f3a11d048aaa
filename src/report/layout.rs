//! A report as headings, paragraphs, lists and tables in one language, before it becomes Markdown or HTML.

use std::collections::HashMap;

use crate::view::wording::DisplayLanguage;

/// A whole report.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) language: DisplayLanguage,
    /// Title of the page.
    pub(super) title: String,
    /// The week, `2026-W02`.
    pub(super) week: String,
    /// Day of production, `YYYY-MM-DD`.
    pub(super) date: String,
    /// One sentence for lists of reports.
    pub(super) description: String,
    pub(super) keywords: Vec<String>,
    pub(super) blocks: Vec<Block>,
    /// The sentences that are cited, in order of their numbers.
    pub(super) footnotes: Vec<Vec<Inline>>,
    /// Heading of the footnotes.
    pub(super) footnotes_title: &'static str,
}

/// A piece that stands on lines of its own.
#[derive(Debug, Clone)]
pub(super) enum Block {
    /// A heading of level 1 to 3.
    Heading(u8, String),
    Paragraph(Vec<Inline>),
    /// Set apart: period of the report, notes below a table.
    Note(Vec<Vec<Inline>>),
    Bullets(Vec<Vec<Inline>>),
    Numbered(Vec<Vec<Inline>>),
    Table {
        head: Vec<String>,
        rows: Vec<Vec<Vec<Inline>>>,
    },
}

/// A piece of a line. All text may hold words of documents: each form escapes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Inline {
    Text(String),
    Strong(String),
    /// Words of a document, in its language (a BCP 47 tag; empty: unknown).
    Quote {
        words: String,
        language: &'static str,
    },
    /// Words of a document in its language, without quotation marks.
    Words {
        words: String,
        language: &'static str,
    },
    /// A link; `href` is `None` where a reader may not be led there.
    Link {
        words: String,
        href: Option<String>,
        language: &'static str,
    },
    /// The number of a footnote.
    Cite(usize),
}

/// Text as a piece of a line.
pub(super) fn text(words: impl Into<String>) -> Inline {
    Inline::Text(words.into())
}

/// Numbers the footnotes anew by their first place in the text, without gaps, and returns their former numbers in order.
pub(super) fn number_footnotes(blocks: &mut [Block]) -> Vec<usize> {
    let mut former: Vec<usize> = Vec::new();
    let mut places: HashMap<usize, usize> = HashMap::new();
    for inline in blocks.iter_mut().flat_map(lines).flatten() {
        if let Inline::Cite(number) = inline {
            *number = *places.entry(*number).or_insert_with_key(|number| {
                former.push(*number);
                former.len()
            });
        }
    }
    former
}

/// The lines of a block, in the order in which they are read.
fn lines(block: &mut Block) -> Vec<&mut Vec<Inline>> {
    match block {
        Block::Heading(..) => Vec::new(),
        Block::Paragraph(line) => vec![line],
        Block::Note(lines) | Block::Bullets(lines) | Block::Numbered(lines) => lines.iter_mut().collect(),
        Block::Table { rows, .. } => rows.iter_mut().flatten().collect(),
    }
}
