//! Statistics of trade in goods: tokens of a document bound to figures.

use bellwether_model::document::Document;
use bellwether_model::figure::Figure;
use bellwether_model::place::Area;
use jiff::civil::Date;

/// All figures of a document, each fact once, in order. `area` is what an article means that names no economy.
#[must_use]
pub fn read(document: &Document, reference: Option<Date>, area: Option<&Area>) -> Vec<Figure> {
    todo!("{document:?} {reference:?} {area:?}")
}
