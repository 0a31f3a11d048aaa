//! When each source brought something new last, as far as the store shows. Holds names and times; reads nothing.
//!
//! What is new is a page that a source led to for the first time and that its `follow` let through, or, of a source
//! that is one page, other bytes. Both stand in resources, so nothing is lost with this memory.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bellwether_model::id::SourceId;
use bellwether_model::source::{Resource, ResourceRole};
use jiff::Timestamp;

/// The last news of all sources.
#[derive(Default)]
pub(super) struct News(Mutex<HashMap<SourceId, Timestamp>>);

impl News {
    /// Takes note of a resource as it stands. `own`: it is its source's own address.
    pub(super) fn learn(&self, resource: &Resource, own: bool) {
        let Some(at) = brought(resource, own) else { return };
        let mut latest = self.latest();
        match latest.get_mut(&resource.source) {
            Some(known) => *known = (*known).max(at),
            None => {
                latest.insert(resource.source.clone(), at);
            }
        }
    }

    /// When a source brought something last; `None`: never, or only in a future that a clock dreamt of.
    pub(super) fn of(&self, source: &SourceId, now: Timestamp) -> Option<Timestamp> {
        self.latest().get(source).copied().filter(|at| *at <= now)
    }

    fn latest(&self) -> MutexGuard<'_, HashMap<SourceId, Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When a resource was news of its source.
fn brought(resource: &Resource, own: bool) -> Option<Timestamp> {
    match (resource.role, own) {
        (ResourceRole::Document, true) | (ResourceRole::Rows, _) => resource.rhythm.changed,
        (ResourceRole::Document, false) => Some(resource.found),
        (ResourceRole::Feed | ResourceRole::Listing | ResourceRole::Part, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use bellwether_model::rhythm::Rhythm;
    use bellwether_model::web::CanonicalUrl;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    #[test]
    fn new_pages_and_changed_pages_are_news() {
        let source = SourceId::new("wire");
        let resource = |role, found| {
            Resource::new(CanonicalUrl::parse("https://example.org/1").expect("a url"), source.clone(), role, at(found))
        };
        let news = News::default();
        let last = |now| news.of(&source, at(now)).map(Timestamp::as_second);
        news.learn(&resource(ResourceRole::Feed, 10), true);
        news.learn(&resource(ResourceRole::Listing, 10), false);
        news.learn(&resource(ResourceRole::Document, 10), true);
        assert_eq!(last(100), None, "an address of its own is none, seen for the first time");
        news.learn(&resource(ResourceRole::Document, 20), false);
        assert_eq!(last(100), Some(20));
        let rhythm = Rhythm { changed: Some(at(50)), ..Rhythm::default() };
        news.learn(&Resource { rhythm, ..resource(ResourceRole::Document, 10) }, true);
        news.learn(&resource(ResourceRole::Document, 30), false);
        assert_eq!((last(100), last(49)), (Some(50), None));
    }
}
