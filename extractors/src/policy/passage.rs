//! A document's blocks as folded text that knows its place, and the labelled lines among them.

use bellwether_model::document::{BlockRole, Document};
use bellwether_model::evidence::{CharacterIndex, Evidence};

use super::rules::{Field, rules};
use crate::fold::fold;

/// One block, list item or cell.
#[derive(Debug, Clone)]
pub(super) struct Passage {
    /// As the document writes it.
    pub(super) written: String,
    /// Folded; the n-th character is the n-th written one.
    pub(super) folded: String,
    /// First character in the document's text.
    pub(super) start: usize,
    /// What it is.
    pub(super) role: BlockRole,
    /// Index of its table.
    pub(super) table: Option<usize>,
}

impl Passage {
    /// These bytes of the document's text.
    pub(super) fn new(
        document: &Document,
        index: &CharacterIndex,
        span: std::ops::Range<usize>,
        role: BlockRole,
    ) -> Self {
        let written = document.text.get(span.clone()).unwrap_or_default().to_owned();
        let start = index.characters(&document.text, span.start);
        Self { folded: fold(&written), written, start, role, table: None }
    }

    /// The written words of a span of folded bytes.
    pub(super) fn words(&self, span: std::ops::Range<usize>) -> String {
        let (from, to) = self.characters(span);
        self.written.chars().skip(from).take(to - from).collect::<String>().trim().to_owned()
    }

    fn characters(&self, span: std::ops::Range<usize>) -> (usize, usize) {
        let count = |end: usize| self.folded.get(..end).map_or(0, |part| part.chars().count());
        (count(span.start), count(span.end))
    }

    /// The passage as proof of what stands at these folded bytes.
    pub(super) fn evidence(&self, span: std::ops::Range<usize>) -> Evidence {
        let (from, to) = self.characters(span);
        Evidence { text: self.written.trim().to_owned(), start: self.start + from, end: self.start + to }
    }

    /// The passage as proof of all that it says.
    pub(super) fn whole(&self) -> Evidence {
        self.evidence(0..self.folded.len())
    }

    /// What a labelled line says: `生效日期:2025-11-08`, `**Effective Date**: …`, `【发文日期】…`, as (field, folded bytes of the value).
    pub(super) fn field(&self) -> Option<(Field, std::ops::Range<usize>)> {
        let text = self.folded.as_str();
        let bare =
            |c: char| c.is_whitespace() || matches!(c, '*' | '-' | '_' | '【' | '[' | '#' | '>' | '·' | '•' | '`');
        let colon = text.find([':', '】', ']'])?;
        let label = text[..colon].trim_matches(bare);
        let field = rules().labels.field(label)?;
        let closing = |c: char| bare(c) || matches!(c, ':' | '】' | ']' | '\'' | '"');
        let value = text[colon..].trim_start_matches(closing);
        let start = text.len() - value.len();
        let value = value.trim_end_matches(closing);
        (!value.is_empty()).then_some((field, start..start + value.len()))
    }
}

/// All blocks of a document in order.
pub(super) fn passages(document: &Document, index: &CharacterIndex) -> Vec<Passage> {
    let blocks = document.blocks.iter();
    blocks
        .map(|block| Passage { table: block.table, ..Passage::new(document, index, block.span.clone(), block.role) })
        .collect()
}
