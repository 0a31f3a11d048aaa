//! The crawl where several processes do it together: what is due is claimed before it is visited, and what is done once for
//! all is done by one. A door: it reads the store and asks for claims.

use std::sync::Arc;
use std::time::Duration;

use bellwether_model::source::Resource;
use bellwether_model::web::CanonicalUrl;
use bellwether_store::{CommitError, Lease, ReadError, Store};
use jiff::Timestamp;
use tokio::time::Instant;

use super::blocking;
use super::claims::{Claims, Hold, Wanted};
use super::groups::Groups;
use super::schedule::set_back;

/// The lease of the one that keeps the schedule: it takes up sources and notes what they owe.
const SCHEDULE: &str = "schedule";
/// How often it is looked which hosts are not needed any more.
const TIDY: Duration = Duration::from_secs(1);

/// What the engine knows of sharing.
pub(super) struct Sharing {
    pub(super) claims: Arc<Claims>,
    /// Resources whose turn it is here, and whose host is not claimed.
    unclaimed: Vec<CanonicalUrl>,
    /// Whether it is being asked for claims. What becomes due meanwhile is asked for together.
    is_asking: bool,
    /// When it was last looked what is not needed any more.
    tidied: Instant,
    schedule: Option<Lease>,
}

/// What has come of looking up a resource whose turn it is.
pub(super) enum Found {
    /// It is visited.
    Due(Box<Resource>, Option<Hold>),
    /// Another process visited it meanwhile.
    NotDue(Box<Resource>),
    /// Another process asks its host: it is its turn again then.
    Elsewhere(CanonicalUrl, Instant),
    /// It is no longer there.
    Gone(CanonicalUrl),
}

impl Sharing {
    pub(super) fn new(claims: &Arc<Claims>) -> Self {
        Self {
            claims: Arc::clone(claims),
            unclaimed: Vec::new(),
            is_asking: false,
            tidied: Instant::now(),
            schedule: None,
        }
    }

    /// Keeps back those of some resources whose hosts must be claimed first.
    pub(super) fn keep_back(&mut self, urls: &mut Vec<CanonicalUrl>, groups: &Groups) {
        let is_open = |url: &CanonicalUrl| self.claims.is_open(&groups.limit(&url.url()));
        let (open, unclaimed): (Vec<_>, Vec<_>) = std::mem::take(urls).into_iter().partition(is_open);
        *urls = open;
        self.unclaimed.extend(unclaimed);
    }

    /// What is to be claimed now; nothing while an answer is awaited.
    pub(super) fn next_to_claim(&mut self) -> Vec<CanonicalUrl> {
        if self.is_asking {
            return Vec::new();
        }
        self.is_asking = !self.unclaimed.is_empty();
        std::mem::take(&mut self.unclaimed)
    }

    /// The answer has come.
    pub(super) fn has_claimed(&mut self) {
        self.is_asking = false;
    }

    /// What is to be given back now. `is_busy`: whether anything is due at a host.
    pub(super) fn next_to_give_back(&mut self, is_busy: impl Fn(&str) -> bool) -> Vec<String> {
        let now = Instant::now();
        if now < self.tidied + TIDY {
            return Vec::new();
        }
        self.tidied = now;
        self.claims.unused(is_busy, now)
    }

    /// When to look again what is not needed any more. `None`: nothing is claimed.
    pub(super) fn wake(&self) -> Option<Instant> {
        (!self.claims.is_empty()).then(|| self.tidied + TIDY)
    }

    /// The store for what is done once for all. `None`: another process does it. `true`: this one did not do it before.
    pub(super) async fn schedule(&mut self, store: &Store) -> Option<(Store, bool)> {
        if let Some(lease) = self.schedule.as_ref().filter(|lease| lease.is_held()) {
            return Some((store.under([lease]), false));
        }
        self.schedule = None;
        let asked = store.clone();
        match blocking(move || asked.lease(SCHEDULE)).await {
            Ok(lease) => {
                self.schedule = lease;
                self.schedule.as_ref().map(|lease| (store.under([lease]), true))
            }
            Err(cause) => {
                tell(&cause);
                None
            }
        }
    }
}

fn tell(cause: &CommitError) {
    tracing::warn!(room = "crawl", "cannot ask who keeps the schedule: {cause}");
}

/// Looks up resources whose turn it is; those whose host this process has not to itself are claimed, all in one request. It
/// blocks.
pub(super) fn find(
    store: &Store,
    shared: Option<(&Arc<Claims>, &Groups)>,
    urls: Vec<CanonicalUrl>,
    now: Timestamp,
) -> Result<Vec<Found>, ReadError> {
    let Some((claims, groups)) = shared else {
        let look = |url: CanonicalUrl| {
            let found = store.resource(&url)?;
            Ok(found.map_or(Found::Gone(url), |resource| Found::Due(Box::new(resource), None)))
        };
        return urls.into_iter().map(look).collect();
    };
    let (mut found, mut due) = (Vec::with_capacity(urls.len()), Vec::new());
    for url in urls {
        match look_again(store, url, now)? {
            Found::Due(resource, _) => {
                let url = resource.url.url();
                due.push((resource, Wanted { limit: groups.limit(&url), origin: url.origin().ascii_serialization() }));
            }
            other => {
                if let Found::NotDue(resource) = &other {
                    claims.forget(&groups.limit(&resource.url.url()));
                }
                found.push(other);
            }
        }
    }
    let (due, wanted): (Vec<_>, Vec<Wanted>) = due.into_iter().unzip();
    for (resource, claimed) in due.into_iter().zip(claims.claim(&wanted, false, Instant::now())) {
        found.push(match claimed {
            Err(until) => Found::Elsewhere(resource.url, until),
            // What the one before did is known only now.
            Ok(hold) if hold.was_anothers() => match look_again(store, resource.url, now)? {
                Found::Due(resource, _) => Found::Due(resource, Some(hold)),
                other => other,
            },
            Ok(hold) => Found::Due(resource, Some(hold)),
        });
    }
    Ok(found)
}

/// A resource as the store knows it now, and whether it is still due.
fn look_again(store: &Store, url: CanonicalUrl, now: Timestamp) -> Result<Found, ReadError> {
    let Some(mut resource) = store.resource(&url)? else { return Ok(Found::Gone(url)) };
    resource.due = set_back(&resource, now).or(resource.due);
    let is_due = resource.due.is_some_and(|due| due <= now);
    Ok(if is_due { Found::Due(Box::new(resource), None) } else { Found::NotDue(Box::new(resource)) })
}
