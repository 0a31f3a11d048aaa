//! Keeps what was fetched: bodies into the archive, then one transaction that says all that is true together. A door.
//!
//! Answers that came while the last ones were written are kept together: one sync of the archive and one of the journal
//! serve them all. What an answer means is decided in `visit`.

use std::collections::{BTreeMap, HashMap};

use bellwether_model::id::ContentHash;
use bellwether_model::source::{Host, Resource, ResourceRole};
use bellwether_model::web::CanonicalUrl;
use bellwether_store::archive::Archive;
use bellwether_store::{Change, ReadError, Store, Transaction};
use tokio::time::Instant;

use super::CrawlError;
use super::claims::Hold;
use super::fetch::{Fetch, FetchOutcome};
use super::visit::{Settled, Visited, has_moved, settle};

/// Answers that are kept together at the most.
pub(super) const KEPT_AT_ONCE: usize = 64;

/// An answer that is not yet kept.
pub(super) struct Fetched {
    pub(super) url: CanonicalUrl,
    pub(super) visited: Visited,
    pub(super) fetch: Fetch,
    /// When the backoff of its host ends.
    pub(super) backoff: Instant,
}

/// What has come of an answer.
pub(super) struct Kept {
    pub(super) url: CanonicalUrl,
    /// The resource, and the one as which it goes on. `None`: nothing was sent, so nothing has changed.
    pub(super) settled: Option<(Box<Resource>, Option<CanonicalUrl>)>,
    pub(super) backoff: Instant,
    /// The claims under which it was fetched.
    pub(super) holds: Vec<Hold>,
}

/// Archives and commits; nothing of it counts before all of it is on disk.
///
/// # Errors
/// The archive or the store does not write, or the store cannot be read; then none of these visits was made.
pub(super) fn keep(store: &Store, archive: &Archive, fetched: Vec<Fetched>) -> Result<Vec<Kept>, CrawlError> {
    let mut batch = Batch::default();
    let mut kept = Vec::with_capacity(fetched.len());
    let mut bodies: Vec<(ContentHash, Fetch)> = Vec::new();
    for Fetched { url, visited, mut fetch, backoff } in fetched {
        let holds = std::mem::take(&mut fetch.holds);
        let settled = batch.settle(store, visited, &fetch)?.map(|(resource, moved_to, body)| {
            bodies.extend(body.map(|content| (content, fetch)));
            (resource, moved_to)
        });
        kept.push(Kept { url, settled, backoff, holds });
    }
    let Some(transaction) = batch.transaction() else { return Ok(kept) };
    let named: Vec<(&ContentHash, &[u8])> =
        bodies.iter().filter_map(|(content, fetch)| Some((content, body(fetch)?))).collect();
    archive.put_all(&named)?;
    let names: Vec<ContentHash> = named.iter().map(|(content, _)| (*content).clone()).collect();
    for (content, fetch) in bodies {
        if let FetchOutcome::Answered { answer, .. } = fetch.outcome {
            archive.leave(content, answer.body);
        }
    }
    let committed = store.commit(transaction);
    names.iter().for_each(|content| archive.settled(content));
    committed?;
    Ok(kept)
}

fn body(fetch: &Fetch) -> Option<&[u8]> {
    match &fetch.outcome {
        FetchOutcome::Answered { answer, .. } => Some(&answer.body),
        _ => None,
    }
}

/// What is to be committed.
#[derive(Default)]
struct Batch {
    /// The last state of each host that was asked.
    hosts: BTreeMap<String, Host>,
    changes: Vec<Change>,
    /// Resources as they will be: a later answer of the batch must find what an earlier one has changed.
    resources: HashMap<CanonicalUrl, Resource>,
    at: Option<jiff::Timestamp>,
}

type Outcome = (Box<Resource>, Option<CanonicalUrl>, Option<ContentHash>);

impl Batch {
    fn resource(&self, store: &Store, url: &CanonicalUrl) -> Result<Option<Resource>, ReadError> {
        match self.resources.get(url) {
            Some(resource) => Ok(Some(resource.clone())),
            None => store.resource(url),
        }
    }

    /// Settles a visit. The resource, the address as which it goes on, and the body that is to be kept.
    fn settle(&mut self, store: &Store, visited: Visited, fetch: &Fetch) -> Result<Option<Outcome>, ReadError> {
        let url = visited.resource.url.clone();
        if visited.own && has_moved(fetch) {
            let to = fetch.hops.last().map_or_else(String::new, |(_, to)| to.to_string());
            tracing::warn!(source.id = visited.resource.source.as_str(), from = url.as_str(), to, "moved for good");
        }
        let target = match final_url(fetch) {
            Some(target) if target != url => self.resource(store, &target)?,
            _ => None,
        };
        let Some(Settled { mut resource, moved_to, snapshot }) = settle(visited, fetch, target) else {
            return Ok(None);
        };
        if resource.role != ResourceRole::Document {
            // The reader may have learned it while we fetched.
            resource.ttl = store.resource(&url)?.map_or(resource.ttl, |kept| kept.ttl);
        }
        for host in fetch.lanes.iter().filter_map(|lane| lane.host_to_keep()) {
            self.hosts.insert(host.origin.clone(), host);
        }
        let moved_url = moved_to.as_ref().map(|moved| moved.url.clone());
        for changed in std::iter::once(&resource).chain(&moved_to) {
            self.changes.push(Change::Resource(Box::new(changed.clone())));
            self.resources.insert(changed.url.clone(), changed.clone());
        }
        let content = snapshot.as_ref().map(|snapshot| snapshot.content.clone());
        self.changes.extend(snapshot.map(|snapshot| Change::Snapshot(Box::new(snapshot))));
        self.at = self.at.max(Some(fetch.ended));
        Ok(Some((Box::new(resource), moved_url, content)))
    }

    /// `None`: nothing has changed.
    fn transaction(self) -> Option<Transaction> {
        let mut transaction = Transaction::new(self.at?);
        transaction.changes.extend(self.hosts.into_values().map(|host| Change::Host(Box::new(host))));
        transaction.changes.extend(self.changes);
        Some(transaction)
    }
}

/// Where an answer came from, if one came.
fn final_url(fetch: &Fetch) -> Option<CanonicalUrl> {
    match &fetch.outcome {
        FetchOutcome::Answered { url, .. } => CanonicalUrl::parse(url.as_str()).ok(),
        _ => None,
    }
}
