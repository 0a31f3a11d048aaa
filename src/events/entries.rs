//! Door: entries of a feed that carry the whole text, read as the documents that they are.

use bellwether_extractors::feed::Entry;
use bellwether_extractors::{PageContext, extract_document, page};
use bellwether_model::snapshot::Snapshot;
use bellwether_model::source::VisitOutcome;
use bellwether_store::Transaction;
use jiff::Timestamp;

use super::EventsError;
use super::backlog::Newness;
use super::links::{Follow, wants_entry};
use super::pages::guarded;
use super::reader::Reader;

/// Characters of a text that is trusted to be the whole article, where it stands in the place for it. Shorter ones are
/// read too, but the page is asked for all the same.
const WHOLE: usize = 600;

impl Reader<'_> {
    /// Reads the entries that carry the whole text, and hands back those whose pages are to be fetched. Both have one
    /// address, so that a page that is fetched later is the same document, read again.
    pub(super) fn entries(
        &self,
        entries: Vec<Entry>,
        follow: Follow<'_>,
        (snapshot, first_look): (&Snapshot, Option<Timestamp>),
        context: &PageContext,
        now: Timestamp,
        silent: bool,
    ) -> Result<Vec<Entry>, EventsError> {
        let mut left = Vec::with_capacity(entries.len());
        for entry in entries {
            let Some(url) = entry.url.clone().filter(|_| entry.full && wants_entry(&entry, follow)) else {
                left.push(entry);
                continue;
            };
            let known = self.store.store.resource(&url)?;
            let was_fetched = known
                .as_ref()
                .and_then(|known| known.visit.as_ref())
                .is_some_and(|visit| matches!(visit.outcome, VisitOutcome::Fetched { .. } | VisitOutcome::Unchanged));
            let read =
                || guarded(|| page::read_entry(&entry, context).map(|document| extract_document(document, context)));
            let Some(Ok(Some(extraction))) = (!was_fetched).then(read) else {
                left.push(entry);
                continue;
            };
            let whole = extraction.document.text.chars().count() >= WHOLE;
            let own = Snapshot { url: url.clone(), final_url: url, ..snapshot.clone() };
            let record = self.record(&own, &extraction, now)?;
            // One is taken in before the next is merged: both may tell one fact. A kill between them loses nothing, since the
            // feed is read again, and what was told is known by then.
            let mut transaction = Transaction::new(now);
            let newness = match silent {
                true => Newness::Silent,
                false => {
                    let before = self.store.document(&record.id)?;
                    // What the entry says of itself stands in the text that was read.
                    self.newness(&Snapshot { hint: None, ..own }, &extraction, before.as_ref(), first_look)?
                }
            };
            self.report(&extraction, record, &mut transaction, newness)?;
            self.store.commit(transaction)?;
            if !whole {
                left.push(entry);
            }
        }
        Ok(left)
    }
}
