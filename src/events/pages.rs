//! Door: an answer out of the archive, and what it says by itself. Knows nothing of what is known already, so that answers can
//! be read side by side.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bellwether_extractors::problem::Problem;
use bellwether_extractors::{Extraction, PageContext, extract};
use bellwether_model::document::DocumentKind;
use bellwether_model::rows::RowMapping;
use bellwether_model::snapshot::Snapshot;
use bellwether_model::source::{ResourceRole, SourceKind};
use bellwether_store::archive::{Archive, ArchiveError};

use super::{EventsError, record, rows};
use crate::settings::SourceSettings;

/// The answers of some sources.
#[derive(Clone, Copy)]
pub(super) struct Pages<'a> {
    /// What is followed.
    pub(super) sources: &'a [SourceSettings],
    /// Where bodies lie.
    pub(super) archive: &'a Archive,
}

/// An answer as far as it can be read alone.
pub(super) struct Prepared {
    /// Its bytes; `None`: the archive no longer has them.
    pub(super) body: Option<Vec<u8>>,
    /// The facts of a page; `None`: it is a feed, a listing or rows, which are read with what is known.
    pub(super) extraction: Option<Extraction>,
}

impl<'a> Pages<'a> {
    /// An answer for its first reading.
    pub(super) fn prepare(&self, snapshot: &Snapshot) -> Result<Prepared, EventsError> {
        let body = present(self.archive.first(&snapshot.content))?;
        let is_page = match snapshot.role {
            ResourceRole::Document => true,
            ResourceRole::Rows => self.mapping(snapshot).is_none(),
            ResourceRole::Feed | ResourceRole::Listing | ResourceRole::Part => false,
        };
        let extraction = body.as_ref().filter(|_| is_page).map(|body| self.extract(snapshot, body));
        Ok(Prepared { body, extraction })
    }

    /// The bytes of an answer; `None`: the archive no longer has them.
    pub(super) fn body(&self, snapshot: &Snapshot) -> Result<Option<Vec<u8>>, EventsError> {
        present(self.archive.get(&snapshot.content))
    }

    /// Reads the facts of a page. A defect of a rule costs this page alone.
    pub(super) fn extract(&self, snapshot: &Snapshot, body: &[u8]) -> Extraction {
        if let (ResourceRole::Rows, Some((source, mapping))) = (snapshot.role, self.mapping(snapshot)) {
            return rows::extraction(snapshot, body, source, mapping);
        }
        let context = context(snapshot, self.source(snapshot));
        guarded(|| extract(body, &context)).unwrap_or_else(|problem| {
            tracing::error!(url = %snapshot.url, snapshot = %snapshot.id, "{problem}");
            Extraction {
                document: record::unreadable(context.title.as_deref()),
                figures: Vec::new(),
                officials: Vec::new(),
                speakers: Vec::new(),
                policy: Vec::new(),
                problems: vec![problem],
            }
        })
    }

    /// How the rows of a source are read, where it says so.
    pub(super) fn mapping(&self, snapshot: &Snapshot) -> Option<(&'a SourceSettings, &'a RowMapping)> {
        let source = self.source(snapshot)?;
        Some((source, source.api.as_deref()?))
    }

    /// The source of an answer; `None`: it is no longer followed.
    pub(super) fn source(&self, snapshot: &Snapshot) -> Option<&'a SourceSettings> {
        self.sources.iter().find(|source| source.id == snapshot.source)
    }
}

/// A body; `None`: the archive no longer has it.
fn present(body: Result<Vec<u8>, ArchiveError>) -> Result<Option<Vec<u8>>, EventsError> {
    match body {
        Ok(body) => Ok(Some(body)),
        Err(ArchiveError::Missing(_) | ArchiveError::Damaged(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What is known of an answer apart from its bytes.
pub(super) fn context(snapshot: &Snapshot, source: Option<&SourceSettings>) -> PageContext {
    let hint = snapshot.hint.clone().unwrap_or_default();
    let is_forum = source.is_some_and(|source| source.kind == SourceKind::Forum);
    PageContext {
        url: Some(snapshot.final_url.as_str().to_owned()),
        content_type: snapshot.content_type.clone(),
        kind: is_forum.then_some(DocumentKind::Forum),
        title: hint.title,
        published: hint.published,
        fetched: Some(snapshot.fetched),
        area: source.and_then(|source| source.area.clone()),
        timezone: source.and_then(|source| source.timezone.clone()),
    }
}

/// Calls a reader of outside bytes. Readers do not panic; should one do so all the same, reading goes on.
pub(super) fn guarded<T>(read: impl FnOnce() -> T) -> Result<T, Problem> {
    // Safe to observe after a panic: readers are pure, and what they were building is dropped.
    catch_unwind(AssertUnwindSafe(read)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let reason = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason given");
        Problem::new(format!("a reader stopped on this page, please report it: {reason}"))
    })
}
