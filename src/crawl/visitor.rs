//! One visit up to its answer. A door.
//!
//! What an answer means is decided in `visit`, and `keeper` keeps it; who is visited next is decided in `engine`.

use std::collections::HashMap;
use std::sync::Arc;

use bellwether_model::id::SourceId;
use bellwether_model::source::{Resource, ResourceRole, SourceKind};
use bellwether_model::web::CanonicalUrl;
use bellwether_store::Store;
use bellwether_store::archive::Archive;
use hyper::header::HeaderMap;
use tokio::time::Instant;

use super::CrawlError;
use super::claims::Hold;
use super::fetch::{FetchOutcome, Fetcher, Order, chance};
use super::keeper::Fetched;
use super::news::News;
use super::request::Carried;
use super::timetable::Rest;
use super::visit::Visited;
use crate::clock::SharedClock;
use crate::settings::SourceSettings;

/// A source with what its requests need.
pub(super) struct Followed {
    pub(super) settings: Arc<SourceSettings>,
    pub(super) headers: HeaderMap,
    pub(super) origin: String,
    /// No source before it has the same address.
    pub(super) owns_url: bool,
}

/// What a visit needs.
pub(super) struct Visitor {
    pub(super) sources: HashMap<SourceId, Followed>,
    pub(super) fetcher: Fetcher,
    pub(super) store: Store,
    pub(super) archive: Archive,
    pub(super) clock: SharedClock,
    pub(super) news: News,
    pub(super) page_bytes: usize,
    pub(super) feed_bytes: usize,
    pub(super) sitemap_bytes: usize,
}

/// What the way to a resource came to.
pub(super) enum Report {
    /// There is an answer, or word that there is none: its host is left alone for a while, and it is to be kept.
    Fetched { fetched: Box<Fetched>, rest: Rest },
    /// The host must be left alone first.
    Postponed { url: CanonicalUrl, until: Instant, rest: Rest },
    /// The source is no longer there, or the program ends.
    Nothing { url: CanonicalUrl },
}

impl Visitor {
    /// Fetches a resource. `hold`: of its host, where other processes ask hosts too.
    pub(super) async fn visit(&self, resource: Resource, hold: Option<Hold>) -> Result<Report, CrawlError> {
        let url = resource.url.clone();
        let Some(source) = self.sources.get(&resource.source) else { return Ok(Report::Nothing { url }) };
        let own = source.settings.url == resource.url;
        let limit = match resource.role {
            ResourceRole::Feed | ResourceRole::Rows => self.feed_bytes,
            ResourceRole::Listing | ResourceRole::Part if source.settings.kind == SourceKind::Sitemap => {
                self.sitemap_bytes
            }
            ResourceRole::Listing | ResourceRole::Part | ResourceRole::Document => self.page_bytes,
        };
        let carried = Carried::of(&source.settings, &resource.url);
        // Without the bytes that they belong to, validators say nothing.
        let conditional = resource.content.is_some() && carried.body().is_none();
        let order = Order {
            url: &resource.url,
            source_headers: &source.headers,
            source_origin: &source.origin,
            body: carried.body(),
            validated: &resource.validated.as_ref().unwrap_or(&resource.url).url(),
            carried: &carried,
            etag: resource.etag.as_deref().filter(|_| conditional),
            last_modified: resource.last_modified.as_deref().filter(|_| conditional),
            limit,
        };
        let fetch = self.fetcher.fetch(&order, hold).await?;
        match fetch.outcome {
            FetchOutcome::Stopped => return Ok(Report::Nothing { url }),
            FetchOutcome::Postponed(until) => {
                let group = fetch.lanes.last().map_or_else(Instant::now, |lane| lane.group_free_at());
                return Ok(Report::Postponed { url, until, rest: Rest { host: until, group } });
            }
            _ => {}
        }
        let origin = url.origin();
        let now = Instant::now();
        let lane = fetch.lanes.iter().find(|lane| lane.origin() == origin);
        let (rest, backoff) = lane.map_or((Rest::from(now), now), |lane| {
            (Rest { host: lane.free_at(), group: lane.group_free_at() }, lane.backoff_ends())
        });
        let visited = Visited {
            own,
            source: Arc::clone(&source.settings),
            news: self.news.of(&resource.source, fetch.ended),
            random: chance(),
            limit,
            backoff_until: fetch.lanes.last().and_then(|lane| lane.backoff_until()),
            resource,
        };
        Ok(Report::Fetched { fetched: Box::new(Fetched { url, visited, fetch, backoff }), rest })
    }
}
