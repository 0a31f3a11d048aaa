//! What a reader of one kind of page hands on: pieces of text in order and what was said about them.
//!
//! A draft knows nothing of byte offsets, languages or kinds; `assemble` gives it those.

use bellwether_model::document::{BlockRole, Comment, DocumentKind, Link, PageTime};

/// A page as its reader understood it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    /// Title without the site's name; empty: none found.
    pub(crate) title: String,
    /// Publication time.
    pub(crate) published: Option<PageTime>,
    /// Time of the last change.
    pub(crate) updated: Option<PageTime>,
    /// Author names.
    pub(crate) authors: Vec<String>,
    /// Medium or agency.
    pub(crate) publisher: Option<String>,
    /// The address that the page calls its own.
    pub(crate) canonical: Option<String>,
    /// The address of the original.
    pub(crate) cites: Option<String>,
    /// BCP 47 tag that the page declares.
    pub(crate) language: Option<String>,
    /// What the page is, where its form says so.
    pub(crate) kind: Option<DocumentKind>,
    /// Body, in order, without the title.
    pub(crate) pieces: Vec<Piece>,
    /// Readers' comments; `None`: no forum post.
    pub(crate) comments: Option<Vec<Comment>>,
    /// Links of the body.
    pub(crate) links: Vec<Link>,
}

/// One piece of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Words.
    Text {
        /// What they are; never [`BlockRole::Table`].
        role: BlockRole,
        /// Level of a heading, 0 elsewhere.
        level: u8,
        /// The words; may hold line breaks.
        text: String,
    },
    /// A table.
    Table(Grid),
}

impl Piece {
    /// A paragraph.
    pub(crate) fn paragraph(text: impl Into<String>) -> Self {
        Self::text(BlockRole::Paragraph, text)
    }

    /// Words in a role that has no level.
    pub(crate) fn text(role: BlockRole, text: impl Into<String>) -> Self {
        Self::Text { role, level: 0, text: text.into() }
    }

    /// A heading.
    pub(crate) fn heading(level: u8, text: impl Into<String>) -> Self {
        Self::Text { role: BlockRole::Heading, level, text: text.into() }
    }

    /// Its words, where it is no table.
    pub(crate) fn words(&self) -> Option<&str> {
        match self {
            Self::Text { text, .. } => Some(text),
            Self::Table(_) => None,
        }
    }
}

/// A table, row by row. Each row has the same number of cells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Grid {
    /// How many of the first rows are headings.
    pub(crate) header_rows: usize,
    /// Cells.
    pub(crate) rows: Vec<Vec<Cell>>,
}

/// A cell of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Its words, on one line.
    pub(crate) text: String,
    /// The cell repeats the words of this one (row, column), which stands before it: it was spanned.
    pub(crate) repeats: Option<(usize, usize)>,
}

impl Cell {
    /// A cell with these words.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), repeats: None }
    }
}
