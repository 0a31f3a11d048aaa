//! RSS, Atom and JSON Feed.

use crate::PageContext;
use crate::problem::Problem;
use bellwether_model::web::CanonicalUrl;

/// A feed, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Feed {
    /// Its title.
    pub title: Option<String>,
    /// Entries in the order of the file.
    pub entries: Vec<Entry>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// One entry of a feed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// `id` or `guid` as written; `None` where the feed has none.
    pub id: Option<String>,
    /// Title as plain text.
    pub title: Option<String>,
    /// Address of the page it stands for.
    pub url: Option<CanonicalUrl>,
    /// Publication time, RFC 3339; `None` where it cannot be known.
    pub published: Option<String>,
    /// Time of the last change, RFC 3339.
    pub updated: Option<String>,
    /// Author names.
    pub authors: Vec<String>,
    /// The full text as HTML, or the summary where there is no more.
    pub content: Option<String>,
}

/// Reads a feed. What is no feed at all gives no entries and a problem.
#[must_use]
pub fn read(bytes: &[u8], context: &PageContext) -> Feed {
    todo!("{} {:?}", bytes.len(), context)
}
