//! One visit from end to end: fetches a resource, archives the answer, commits what came of it. A door.
//!
//! What an answer means is decided in `visit`; who is visited next, in `engine`.

use std::collections::HashMap;
use std::sync::Arc;

use bellwether_model::id::SourceId;
use bellwether_model::source::{Resource, ResourceRole, SourceKind};
use bellwether_model::web::CanonicalUrl;
use bellwether_store::archive::Archive;
use bellwether_store::{Change, Store, Transaction};
use hyper::header::HeaderMap;
use tokio::time::Instant;

use super::fetch::{Fetch, FetchOutcome, Fetcher, Order, chance};
use super::news::News;
use super::request::Carried;
use super::timetable::Rest;
use super::visit::{Settled, Visited, has_moved, settle};
use super::{CrawlError, blocking};
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

/// What a visit came to.
pub(super) struct Report {
    pub(super) url: CanonicalUrl,
    pub(super) end: End,
    /// When its host and its group may be asked again, and when the backoff of its host ends.
    pub(super) rest: Rest,
    pub(super) backoff: Instant,
}

pub(super) enum End {
    /// The resource, and the one as which it goes on.
    Settled { resource: Box<Resource>, moved_to: Option<CanonicalUrl> },
    /// The host must be left alone first.
    Postponed,
    /// The resource or its source is no longer there, or the program ends.
    Nothing,
}

impl Visitor {
    /// Fetches a resource, archives the answer and commits what came of it.
    pub(super) async fn visit(&self, url: CanonicalUrl) -> Result<Report, CrawlError> {
        let (store, key) = (self.store.clone(), url.clone());
        let Some(resource) = blocking(move || store.resource(&key)).await? else {
            return Ok(Report::nothing(url));
        };
        let Some(source) = self.sources.get(&resource.source) else { return Ok(Report::nothing(url)) };
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
            validated: &resource.url.url(),
            carried: &carried,
            etag: resource.etag.as_deref().filter(|_| conditional),
            last_modified: resource.last_modified.as_deref().filter(|_| conditional),
            limit,
        };
        let fetch = self.fetcher.fetch(&order).await?;
        match fetch.outcome {
            FetchOutcome::Stopped => return Ok(Report::nothing(url)),
            FetchOutcome::Postponed(until) => {
                let group = fetch.lanes.last().map_or_else(Instant::now, |lane| lane.group_free_at());
                return Ok(Report { url, end: End::Postponed, rest: Rest { host: until, group }, backoff: until });
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
        let end = self.keep(visited, fetch).await?;
        Ok(Report { url, end, rest, backoff })
    }

    /// The body goes to the archive first; then one transaction says all that is true together.
    async fn keep(&self, visited: Visited, fetch: Fetch) -> Result<End, CrawlError> {
        let (store, archive) = (self.store.clone(), self.archive.clone());
        blocking(move || {
            let url = visited.resource.url.clone();
            if visited.own && has_moved(&fetch) {
                let to = fetch.hops.last().map_or_else(String::new, |(_, to)| to.to_string());
                tracing::warn!(source.id = visited.resource.source.as_str(), from = url.as_str(), to, "moved for good");
            }
            let target = match final_url(&fetch) {
                Some(target) if target != url => store.resource(&target)?,
                _ => None,
            };
            let Some(Settled { mut resource, moved_to, snapshot }) = settle(visited, &fetch, target) else {
                return Ok(End::Nothing);
            };
            // The reader may have learned it while we fetched.
            resource.ttl = store.resource(&url)?.map_or(resource.ttl, |kept| kept.ttl);
            let mut transaction = Transaction::new(fetch.ended);
            let hosts = fetch.lanes.iter().filter_map(|lane| lane.host_to_keep());
            transaction.changes.extend(hosts.map(|host| Change::Host(Box::new(host))));
            transaction.push(Change::Resource(Box::new(resource.clone())));
            let moved_url = moved_to.as_ref().map(|moved| moved.url.clone());
            transaction.changes.extend(moved_to.map(|moved| Change::Resource(Box::new(moved))));
            if let (Some(snapshot), FetchOutcome::Answered { answer, .. }) = (snapshot, &fetch.outcome) {
                let content = archive.put(&answer.body)?;
                transaction.push(Change::Snapshot(Box::new(snapshot)));
                store.commit(transaction)?;
                archive.settled(&content);
            } else {
                store.commit(transaction)?;
            }
            Ok(End::Settled { resource: Box::new(resource), moved_to: moved_url })
        })
        .await
    }
}

impl Report {
    fn nothing(url: CanonicalUrl) -> Self {
        let now = Instant::now();
        Self { url, end: End::Nothing, rest: now.into(), backoff: now }
    }
}

/// Where an answer came from, if one came.
fn final_url(fetch: &Fetch) -> Option<CanonicalUrl> {
    match &fetch.outcome {
        FetchOutcome::Answered { url, .. } => CanonicalUrl::parse(url.as_str()).ok(),
        _ => None,
    }
}
