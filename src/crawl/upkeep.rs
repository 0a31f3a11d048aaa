//! What the crawl does to the schedule as a whole: takes up sources, reads the schedule, notes what sources owe. A door: it
//! reads the store and commits.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bellwether_model::event::ChangeEntry;
use bellwether_model::id::SourceId;
use bellwether_model::overdue::Overdue;
use bellwether_model::source::Resource;
use bellwether_store::{Change, Store, Transaction};
use jiff::Timestamp;

use super::CrawlError;
use super::client::source_headers;
use super::overdue::{Standing, judge};
use super::schedule::{seed, set_back};
use super::visitor::Followed;
use crate::settings::SourceSettings;

/// Answers that wait to be read among which those of a source are looked for.
const UNREAD_SEEN: usize = 10_000;
/// Changes committed together where the whole schedule is set right.
const CORRECTED: usize = 200;

/// The sources of this crawl. `selected`: only these; empty: all.
pub(super) fn follow(
    sources: Vec<SourceSettings>,
    selected: &[SourceId],
) -> Result<HashMap<SourceId, Followed>, CrawlError> {
    let mut followed = HashMap::new();
    let mut owned = HashSet::new();
    for source in sources {
        // Of two sources with one address the first has it, also in a pass over the second alone.
        let owns_url = owned.insert(source.url.clone());
        if !owns_url {
            tracing::warn!(
                source.id = source.id.as_str(),
                url = source.url.as_str(),
                "another source has this address"
            );
        }
        if !selected.is_empty() && !selected.contains(&source.id) {
            continue;
        }
        let headers = source_headers(&source.headers)
            .map_err(|reason| CrawlError::Client(format!("source `{}`: {reason}", source.id)))?;
        let origin = source.url.origin();
        let settings = Arc::new(source);
        followed.insert(settings.id.clone(), Followed { settings, headers, origin, owns_url });
    }
    Ok(followed)
}

/// What of the sources is taken up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sow {
    /// Those that are not known yet: nobody visits them, so that nobody's visit is written over.
    New,
    /// And those that have changed.
    All,
}

/// Makes sure that each source's own address is in the store.
pub(super) fn sow(store: &Store, own: &[Arc<SourceSettings>], what: Sow, now: Timestamp) -> Result<(), CrawlError> {
    if store.is_shared() {
        store.catch_up()?;
    }
    let mut transaction = Transaction::new(now);
    for source in own {
        let known = store.resource(&source.url)?;
        if what == Sow::New && known.is_some() {
            continue;
        }
        if let Some(resource) = seed(source, known, now) {
            transaction.push(Change::Resource(Box::new(resource)));
        }
    }
    commit(store, transaction)
}

/// Reads the whole schedule, and sets right what was written by a clock that was set back since; `corrects`: in the store too.
pub(super) fn whole_schedule(store: &Store, corrects: bool, now: Timestamp) -> Result<Vec<Resource>, CrawlError> {
    let mut resources = store.resources(None)?;
    let mut corrected = Vec::new();
    for resource in &mut resources {
        if let Some(due) = set_back(resource, now) {
            resource.due = Some(due);
            if corrects {
                corrected.push(Change::Resource(Box::new(resource.clone())));
            }
        }
    }
    while !corrected.is_empty() {
        let mut transaction = Transaction::new(now);
        transaction.changes = corrected.split_off(corrected.len().saturating_sub(CORRECTED));
        store.commit(transaction)?;
    }
    Ok(resources)
}

/// Notes what sources owe, and what has come after all: each becomes a row of the change log. A source comes with the
/// time of its last news.
pub(super) fn expect(
    store: &Store,
    sources: &[(Arc<SourceSettings>, Option<Timestamp>)],
    now: Timestamp,
) -> Result<(), CrawlError> {
    let unread: HashSet<SourceId> = store.unread(UNREAD_SEEN)?.into_iter().map(|snapshot| snapshot.source).collect();
    let known = store.all_overdue()?;
    let mut transaction = Transaction::new(now);
    for (source, news) in sources {
        let Some(own) = store.resource(&source.url)? else { continue };
        let standing = Standing {
            source,
            followed: own.found,
            visited: own.visit.as_ref().map(|visit| visit.at),
            news: *news,
            is_unread: unread.contains(&source.id),
        };
        let known: Vec<&Overdue> = known.iter().filter(|owed| owed.source == source.id).collect();
        for (overdue, change) in judge(&standing, &known, now) {
            let event = overdue.id.clone();
            transaction.push(Change::Overdue(Box::new(overdue)));
            let entry = ChangeEntry { at: now, event, release: None, change, silent: false };
            transaction.push(Change::Log(Box::new(entry)));
        }
    }
    commit(store, transaction)
}

fn commit(store: &Store, transaction: Transaction) -> Result<(), CrawlError> {
    if !transaction.changes.is_empty() {
        store.commit(transaction)?;
    }
    Ok(())
}
