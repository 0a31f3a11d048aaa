//! Pages to documents: articles, forum posts, policy texts, statistics pages, plain text and Markdown.
//!
//! Each kind of page has a reader that makes a draft; what all pages share (spans, language, kind, the day that no
//! page may be published after) is decided here. Nothing here fetches, follows a link or knows what a figure is.

mod assemble;
mod draft;
mod language;
mod table;

use bellwether_model::document::{Document, DocumentKind, PageTime};
use draft::{Draft, Piece};
use jiff::civil::Date;

use crate::PageContext;
use crate::problem::Problem;

/// Reads a page into a document. Any bytes give a document, perhaps an empty one.
#[must_use]
pub fn read(bytes: &[u8], context: &PageContext) -> (Document, Vec<Problem>) {
    todo!("{} {:?}", bytes.len(), context)
}

/// A news document of the paragraphs of a plain text: each line that is not empty is one paragraph, the language is
/// detected, there is no title. For texts that come from nowhere, such as a request for quantities or a test.
#[must_use]
pub fn plain(text: &str, published: Option<Date>) -> Document {
    let pieces = text.lines().map(Piece::paragraph).collect();
    let draft = Draft { published: published.map(PageTime::day), pieces, ..Draft::default() };
    let language = language::detect(text, None);
    assemble::assemble(draft, DocumentKind::News, language, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_model::document::Language;

    #[test]
    fn plain_text_is_a_document_of_its_lines() {
        let document = plain("財政部公布出口統計。\n\n年增率創新高。", Some(jiff::civil::date(2026, 1, 9)));
        assert_eq!(document.text, "財政部公布出口統計。\n年增率創新高。\n");
        assert_eq!(document.blocks.len(), 2);
        assert_eq!(document.language, Some(Language::ChineseTraditional));
        assert_eq!(document.published.map(|time| time.date()), Some(jiff::civil::date(2026, 1, 9)));
        assert!(plain("", None).blocks.is_empty());
    }
}
