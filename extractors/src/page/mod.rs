//! Pages to documents: articles, forum posts, policy texts, statistics pages, plain text and Markdown.

use bellwether_model::document::Document;

use crate::PageContext;
use crate::problem::Problem;

/// Reads a page into a document. Any bytes give a document, perhaps an empty one.
#[must_use]
pub fn read(bytes: &[u8], context: &PageContext) -> (Document, Vec<Problem>) {
    todo!("{} {:?}", bytes.len(), context)
}
