//! Why each figure was or was not taken: for the people who write rules.

use bellwether_model::document::Document;
use bellwether_model::place::Area;
use jiff::civil::Date;

/// A report on each sentence with a number: tokens, what was bound by which rule, what was inherited from where.
#[must_use]
pub fn explain(document: &Document, reference: Option<Date>, area: Option<&Area>) -> String {
    todo!("{document:?} {reference:?} {area:?}")
}
