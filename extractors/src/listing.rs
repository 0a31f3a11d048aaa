//! Pages that are read for their links: listing pages, board indexes, sitemaps.

use crate::PageContext;
use crate::problem::Problem;
use bellwether_model::document::Link;
use bellwether_model::web::CanonicalUrl;

/// The links of a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Links to articles or threads, in order, each address once.
    pub links: Vec<Link>,
    /// The page that continues this one (older entries).
    pub next: Option<CanonicalUrl>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// How a listing is to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListingRules {
    /// Forum engine (`ptt`), where the listing is a board index.
    pub engine: Option<String>,
    /// CSS selector of the links to follow; `None`: all links of the page's main part.
    pub links: Option<String>,
}

/// Reads the links of a page.
#[must_use]
pub fn read(bytes: &[u8], context: &PageContext, rules: &ListingRules) -> Listing {
    todo!("{} {:?} {:?}", bytes.len(), context, rules)
}
