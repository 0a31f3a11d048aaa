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
    let Some(resource) = store.resource(&url)? else { return Ok(Found::Gone(url)) };
    // What a clock that was ahead has written is of no use: then it is its turn as the timetable has counted.
    let is_due = resource.due.is_some_and(|due| due <= now) || set_back(&resource, now).is_some();
    Ok(if is_due { Found::Due(Box::new(resource), None) } else { Found::NotDue(Box::new(resource)) })
}

#[cfg(test)]
mod tests {
    use bellwether_model::id::SourceId;
    use bellwether_model::source::{ResourceRole, Visit, VisitOutcome};
    use bellwether_store::{Change, Transaction};

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    fn url(name: &str) -> CanonicalUrl {
        CanonicalUrl::parse(&format!("https://{name}.example/")).expect("an address")
    }

    #[test]
    fn what_is_due_is_claimed_and_what_another_one_has_visited_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        let resource = |name: &str, due: i64, visited: Option<i64>| Resource {
            due: Some(at(due)),
            visit: visited.map(|time| Visit { at: at(time), outcome: VisitOutcome::Unchanged, took_ms: None }),
            ..Resource::new(url(name), SourceId::new("wire"), ResourceRole::Document, at(0))
        };
        let mut transaction = Transaction::new(at(1000));
        for resource in [
            resource("due", 900, Some(800)),
            resource("visited", 1600, Some(999)),
            // By a clock that was a day ahead.
            resource("dreamt", 88_000, Some(87_400)),
        ] {
            transaction.push(Change::Resource(Box::new(resource)));
        }
        store.commit(transaction).expect("it is written");
        let claims = Arc::new(Claims::new(store.share("crawl").expect("nobody is asked").expect("nobody is there")));
        let groups = Groups::default();
        let urls = ["due", "visited", "dreamt", "gone"].map(url).to_vec();
        let found = find(&store, Some((&claims, &groups)), urls.clone(), at(1000)).expect("it can be read");
        let told: Vec<String> = found
            .iter()
            .map(|found| match found {
                Found::Due(resource, hold) => format!("due {} {}", resource.url, hold.is_some()),
                Found::NotDue(resource) => format!("not due {}", resource.url),
                Found::Elsewhere(url, _) => format!("elsewhere {url}"),
                Found::Gone(url) => format!("gone {url}"),
            })
            .collect();
        let expected = [
            "not due https://visited.example/",
            "gone https://gone.example/",
            "due https://due.example/ true",
            "due https://dreamt.example/ true",
        ];
        assert_eq!(told, expected);
        assert!(claims.has("host/due.example") && !claims.has("host/visited.example"));
        let alone = find(&store, None, urls, at(1000)).expect("it can be read");
        let due = alone.iter().filter(|found| matches!(found, Found::Due(_, None))).count();
        assert_eq!((due, alone.len()), (3, 4), "who crawls alone goes by its timetable");
    }
}
