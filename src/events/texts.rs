//! Door: the words of a document that was read before, out of the archive.

use bellwether_extractors::{feed, page};
use bellwether_model::document::{Document, DocumentRecord};
use bellwether_model::source::ResourceRole;
use bellwether_store::Store;
use bellwether_store::archive::Archive;

use super::EventsError;
use super::pages::{Pages, context, guarded};
use crate::settings::SourceSettings;

/// Reads documents again for those who look for words in them. Figures, statements and policy actions are left alone, so it
/// costs a part of the first reading.
pub struct Texts {
    sources: Vec<SourceSettings>,
    store: Store,
    archive: Archive,
}

impl Texts {
    /// Over a store and its archive.
    #[must_use]
    pub fn new(sources: Vec<SourceSettings>, store: Store, archive: Archive) -> Self {
        Self { sources, store, archive }
    }

    /// The text of a document, from the answer it was last read from. `None`: the archive no longer has its bytes, or it is an
    /// answer of an API, which has rows and no text.
    ///
    /// # Errors
    /// Store or archive cannot be read.
    pub fn of(&self, document: &DocumentRecord) -> Result<Option<String>, EventsError> {
        let pages = Pages { sources: &self.sources, archive: &self.archive };
        let Some(snapshot) = self.store.snapshot(&document.snapshot)? else { return Ok(None) };
        let Some(body) = pages.body(&snapshot)? else { return Ok(None) };
        let context = context(&snapshot, pages.source(&snapshot));
        let read = guarded(|| match snapshot.role {
            ResourceRole::Rows => None,
            ResourceRole::Feed => {
                let entries = feed::read(&body, &context).entries;
                let entry = entries.into_iter().find(|entry| entry.url.as_ref() == Some(&document.url))?;
                page::read_entry(&entry, &context)
            }
            ResourceRole::Document | ResourceRole::Listing | ResourceRole::Part => Some(page::read(&body, &context).0),
        });
        // A reader that stops was told of when the document was read first.
        Ok(read.ok().flatten().map(|document: Document| document.text))
    }
}
