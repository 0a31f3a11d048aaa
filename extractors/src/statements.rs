//! Officials who are quoted, with office and organisation, and what they said.

use bellwether_model::document::Document;
use bellwether_model::statement::Official;

/// All officials of a document, in order of their first statement.
#[must_use]
pub fn read(document: &Document) -> Vec<Official> {
    todo!("{document:?}")
}
