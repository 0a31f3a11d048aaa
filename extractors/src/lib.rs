//! Reads: bytes and what is known of them in, documents, figures, statements, policy actions and problems out.
//!
//! Pure: no clock, no disk, no network, no database. Reading cannot fail or panic on any bytes: it returns
//! what it read, and a list of problems with their places. Words and patterns of languages are data in `rules/`.

mod claims;
pub mod decode;
pub mod explain;
pub mod feed;
pub mod figures;
pub mod fold;
mod hash;
pub mod listing;
pub mod names;
mod needs;
pub mod page;
pub mod policy;
pub mod problem;
pub mod rows;
pub mod rules;
pub mod statements;
pub mod text;

use bellwether_model::document::{Document, DocumentKind};
use bellwether_model::figure::Figure;
use bellwether_model::place::Area;
use bellwether_model::policy::PolicyAction;
use bellwether_model::statement::Official;
use jiff::Timestamp;
use jiff::civil::Date;
use problem::Problem;

/// Version of the rules: raised with each change that makes other facts of the same bytes.
pub const RULES: u32 = 1;

/// What is known of a page apart from its bytes. Everything may be absent.
#[derive(Debug, Clone, Default)]
pub struct PageContext {
    /// Its address, after redirects.
    pub url: Option<String>,
    /// `Content-Type` as sent.
    pub content_type: Option<String>,
    /// What it is, where the source or the manifest says.
    pub kind: Option<DocumentKind>,
    /// Title in the feed or listing that led here; used only where the page has none.
    pub title: Option<String>,
    /// Publication time in the feed or listing (RFC 3339 or a date); used only where the page gives none.
    pub published: Option<String>,
    /// When it was fetched: no document is published after it.
    pub fetched: Option<Timestamp>,
    /// The economy that an article means which names none.
    pub area: Option<Area>,
    /// IANA time zone in which the source writes its times.
    pub timezone: Option<String>,
}

/// What a page said, and what could not be read.
#[derive(Debug, Clone)]
pub struct Extraction {
    /// The page understood.
    pub document: Document,
    /// Statistics.
    pub figures: Vec<Figure>,
    /// Officials quoted.
    pub officials: Vec<Official>,
    /// Others quoted by name and office: economists of banks, heads of companies.
    pub speakers: Vec<Official>,
    /// Policy actions.
    pub policy: Vec<PolicyAction>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// Reads one page whole.
#[must_use]
pub fn extract(bytes: &[u8], context: &PageContext) -> Extraction {
    let (document, mut problems) = page::read(bytes, context);
    let mut extraction = extract_document(document, context);
    problems.append(&mut extraction.problems);
    Extraction { problems, ..extraction }
}

/// Reads the facts of a document that was understood already, such as the full text of an entry of a feed.
#[must_use]
pub fn extract_document(document: Document, context: &PageContext) -> Extraction {
    let mut problems = Vec::new();
    let reference = reference_date(&document, context);
    let figures::Study { mut figures, cut, .. } =
        figures::study(&document, reference, context.area.as_ref(), false, None);
    if cut {
        problems.push(Problem::new("a sentence is too long to be read at once; it was cut where a clause ends"));
    }
    claims::attach(&document.text, reference, &mut figures);
    let statements::Speakers { officials, others: speakers } = statements::speakers(&document);
    let policy = policy::read(&document, reference);
    Extraction { document, figures, officials, speakers, policy, problems }
}

/// Reads one page whole and tells why it gave what it gave.
#[must_use]
pub fn explain(bytes: &[u8], context: &PageContext) -> explain::Explanation {
    let (document, problems) = page::read(bytes, context);
    let reference = reference_date(&document, context);
    explain::explain(&document, &problems, reference, context.area.as_ref())
}

/// The day from which relative dates count: publication, else the day it was fetched (in UTC).
fn reference_date(document: &Document, context: &PageContext) -> Option<Date> {
    let fetched = || context.fetched.map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date());
    document.published.map(|time| time.date()).or_else(fetched)
}
