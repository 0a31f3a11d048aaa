//! A document's blocks as folded text that knows its place, and the labelled lines among them.

use std::cell::OnceCell;
use std::ops::Range;

use bellwether_model::document::{BlockRole, Document};
use bellwether_model::evidence::{CharacterIndex, Evidence};

use super::rules::{Field, rules};
use crate::fold::fold;

/// A longer passage is no line with labels; in bytes.
const LONGEST_LINE: usize = 4_000;
/// Longest label, in characters.
const LONGEST_LABEL: usize = 24;

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
    /// Its labelled values, read where they are first asked for.
    labelled: OnceCell<Vec<(Field, Range<usize>)>>,
}

impl Passage {
    /// These bytes of the document's text.
    pub(super) fn new(document: &Document, index: &CharacterIndex, span: Range<usize>, role: BlockRole) -> Self {
        let written = document.text.get(span.clone()).unwrap_or_default().to_owned();
        let start = index.characters(&document.text, span.start);
        Self { folded: fold(&written), written, start, role, table: None, labelled: OnceCell::new() }
    }

    /// A title that stands in no block.
    pub(super) fn title(words: &str) -> Self {
        let (written, folded) = (words.to_owned(), fold(words));
        Self { written, folded, start: 0, role: BlockRole::Title, table: None, labelled: OnceCell::new() }
    }

    /// The written words of a span of folded bytes.
    pub(super) fn words(&self, span: Range<usize>) -> String {
        let (from, to) = self.characters(span);
        self.written.chars().skip(from).take(to - from).collect::<String>().trim().to_owned()
    }

    fn characters(&self, span: Range<usize>) -> (usize, usize) {
        let count = |end: usize| self.folded.get(..end).map_or(0, |part| part.chars().count());
        (count(span.start), count(span.end))
    }

    /// The passage as proof of what stands at these folded bytes.
    pub(super) fn evidence(&self, span: Range<usize>) -> Evidence {
        let (from, to) = self.characters(span);
        Evidence { text: self.written.trim().to_owned(), start: self.start + from, end: self.start + to }
    }

    /// The passage as proof of all that it says.
    pub(super) fn whole(&self) -> Evidence {
        self.evidence(0..self.folded.len())
    }

    /// What a labelled line says: `生效日期:2025-11-08`, `**Effective Date**: …`, `【发文日期】…`, as field and folded bytes of
    /// the value. `None`: the line does not begin with a label.
    pub(super) fn field(&self) -> Option<(Field, Range<usize>)> {
        let first = self.fields().into_iter().next()?;
        let before = self.folded.find([':', '】', ']']).is_some_and(|colon| colon < first.1.start);
        let label = self.folded.split([':', '】', ']']).next().unwrap_or_default();
        (before && rules().labels.field(label.trim_matches(is_bare)) == Some(first.0)).then_some(first)
    }

    /// All labelled values with their folded words.
    pub(super) fn fields_with_text(&self) -> Vec<(Field, String)> {
        self.fields().into_iter().map(|(field, value)| (field, self.folded[value].to_owned())).collect()
    }

    /// All labelled values: lines that follow one another may have become one passage.
    pub(super) fn fields(&self) -> Vec<(Field, Range<usize>)> {
        self.labelled.get_or_init(|| self.read_fields()).clone()
    }

    fn read_fields(&self) -> Vec<(Field, Range<usize>)> {
        let text = Some(self.folded.as_str()).filter(|text| text.len() <= LONGEST_LINE).unwrap_or_default();
        let colons: Vec<usize> = text.match_indices([':', '】', ']']).map(|(at, _)| at).collect();
        let mut found = Vec::new();
        for (i, &colon) in colons.iter().enumerate() {
            let Some(field) = label_before(text, colon) else { continue };
            let next = colons[i + 1..].iter().find_map(|&next| label_start(text, next).filter(|start| *start > colon));
            let line = text[colon..].find('\n').map(|end| colon + end);
            let end = [next, line].into_iter().flatten().min().unwrap_or(text.len());
            let closing = |c: char| is_bare(c) || matches!(c, ':' | '】' | ']' | '\'' | '"');
            let value = text[colon..end].trim_start_matches(closing);
            let start = end - value.len();
            let value = value.trim_end_matches(closing);
            if !value.is_empty() {
                found.push((field, start..start + value.len()));
            }
        }
        found
    }
}

/// Marks around a label.
fn is_bare(c: char) -> bool {
    c.is_whitespace() || matches!(c, '*' | '-' | '_' | '【' | '[' | '#' | '>' | '·' | '•' | '`')
}

/// The label that ends at this colon, the longest one that is known.
fn label_before(text: &str, colon: usize) -> Option<Field> {
    let before = text[..colon].trim_end_matches(is_bare);
    let starts = before.char_indices().map(|(at, _)| at).rev().take(LONGEST_LABEL);
    let bounded =
        |at: usize| before[..at].chars().next_back().is_none_or(|c| is_bare(c) || matches!(c, '(' | '。' | ';' | ','));
    // Compliance date: the last word of a longer label says nothing of the page.
    let whole = |at: usize| !before[..at].trim_end_matches([' ', '*']).ends_with(char::is_alphabetic);
    let fields = starts.filter(|&at| bounded(at)).filter_map(|at| Some((at, rules().labels.field(&before[at..])?)));
    fields.filter(|(at, field)| *field != Field::PageDay || whole(*at)).last().map(|(_, field)| field)
}

/// Where any label begins that ends at this colon, known or not: a word or two behind a space.
fn label_start(text: &str, colon: usize) -> Option<usize> {
    let before = text[..colon].trim_end_matches(is_bare);
    let words = before.rfind(|c: char| c.is_whitespace() || matches!(c, '*' | '【' | '['))?;
    let start = words + before[words..].chars().next().map_or(0, char::len_utf8);
    // An address or a time has a colon too.
    let label = &before[start..];
    let is_label = !label.is_empty() && !label.starts_with("http") && !label.ends_with(|c: char| c.is_ascii_digit());
    let marked = before[..start].trim_end().ends_with('*') || !text[colon..].starts_with("://");
    (is_label && marked).then_some(start)
}

/// All blocks of a document in order.
pub(super) fn passages(document: &Document, index: &CharacterIndex) -> Vec<Passage> {
    let blocks = document.blocks.iter();
    blocks
        .map(|block| Passage { table: block.table, ..Passage::new(document, index, block.span.clone(), block.role) })
        .collect()
}
