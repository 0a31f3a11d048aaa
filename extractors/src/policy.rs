//! Policy actions: issuer, number, subject, dates, target.

use bellwether_model::document::Document;
use bellwether_model::policy::PolicyAction;
use jiff::civil::Date;

/// All policy actions that a document announces or lists.
#[must_use]
pub fn read(document: &Document, reference: Option<Date>) -> Vec<PolicyAction> {
    todo!("{document:?} {reference:?}")
}
