//! Policy actions: issuer, number, subject, dates, target.
//!
//! Only of pages that announce a measure and of reports that list measures: news tells of measures in too many ways
//! for a number or a day in it to be trusted. Patterns and words are data in `rules/policy.toml`.

mod announcement;
mod briefing;
mod dates;
mod digest;
mod issuer;
mod measure;
mod number;
mod parts;
mod passage;
mod refers;
mod reported;
mod rules;
mod subject;
mod target;
mod told;

pub(crate) use rules::pattern;

use bellwether_model::document::{Document, DocumentKind};
use bellwether_model::policy::PolicyAction;
use jiff::civil::Date;

pub(crate) use told::{GivenBy, given_by, why};

/// All policy actions that a document announces or lists. `reference` is the day of publication: the day of an
/// announcement that gives none, and the year of days without one.
#[must_use]
pub fn read(document: &Document, reference: Option<Date>) -> Vec<PolicyAction> {
    match document.kind {
        DocumentKind::Policy => announcement::read(document, reference),
        DocumentKind::Briefing => briefing::read(document, reference),
        DocumentKind::News | DocumentKind::Forum | DocumentKind::StatisticsPage => Vec::new(),
    }
}
