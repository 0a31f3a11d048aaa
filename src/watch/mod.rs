//! Reads the change log behind a cursor and commits flags, outbox rows and its cursor in one transaction.

mod condition;
#[cfg(test)]
mod condition_tests;
mod deadlines;
mod documents;
#[cfg(test)]
mod documents_tests;
mod labels;
mod late;
mod look;
mod message;
mod owed;
mod plan;
#[cfg(test)]
mod plan_tests;
mod releases;
#[cfg(test)]
mod releases_tests;
mod series;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bellwether_model::alert::Alert;
use bellwether_model::document::DocumentRecord;
use bellwether_model::event::{ChangeEntry, Event, EventChange, EventState, Fact, FactKind, Mention};
use bellwether_model::figure::{Confidence, Figure};
use bellwether_model::id::{AlertId, DocumentId, EventId, FlagId, ReleaseId};
use bellwether_model::place::Partner;
use bellwether_model::watch::WatchItem;
use bellwether_store::{Change, Committed, EventFilter, ReadError, Store, Transaction};
use documents::Paper;
use jiff::Timestamp;
use plan::{Before, Row};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

pub use self::look::{Judgement, look, look_beside_facts};
use crate::clock::SharedClock;
use crate::routing::Routing;
use crate::shutdown::Shutdown;

/// Where this room stands in the change log.
const CURSOR: &str = "watch";
/// Rows of the change log worked off in one transaction; more than any document brings.
const ROWS: usize = 2_000;

/// How often days that come near are looked for. Days end at midnight, but a machine can sleep over it.
const LOOK_AHEAD: Duration = Duration::from_secs(600);

/// Where the words of documents are had from.
pub trait Texts: Send + Sync {
    /// The text of a document; `None`: it cannot be had any more.
    fn of(&self, document: &DocumentRecord) -> Option<String>;
}

/// No words: items that ask for them are answered by facts alone.
impl Texts for () {
    fn of(&self, _: &DocumentRecord) -> Option<String> {
        None
    }
}

/// Watching that cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// The store does not take a transaction.
    #[error("cannot record flags and alerts")]
    Commit(#[from] bellwether_store::CommitError),
    /// The store cannot be read.
    #[error("cannot read the change log")]
    Read(#[from] bellwether_store::ReadError),
}

/// Whether an item asks for words in documents.
#[must_use]
pub fn asks_for_words(items: &[WatchItem]) -> bool {
    items.iter().any(documents::are_asked_for)
}

/// Follows the change log until shutdown.
///
/// # Errors
/// See [`WatchError`].
pub async fn run(
    items: Vec<WatchItem>,
    routing: Routing,
    texts: Arc<dyn Texts>,
    store: Store,
    clock: SharedClock,
    shutdown: Shutdown,
) -> Result<(), WatchError> {
    let mut shutdown = shutdown;
    // Followed before the first look, so that nothing falls between looking and waiting.
    let mut commits = store.follow();
    let mut look_ahead = tokio::time::interval(LOOK_AHEAD);
    while !shutdown.is_requested() {
        let is_time = tokio::select! {
            biased;
            () = shutdown.requested() => break,
            _ = look_ahead.tick() => true,
            () = next_row(&mut commits) => false,
        };
        let (items, routing, store, clock) = (items.clone(), routing.clone(), store.clone(), clock.clone());
        let texts = Arc::clone(&texts);
        let work = tokio::task::spawn_blocking(move || {
            catch_up(&items, &routing, texts.as_ref(), &store, &clock)?;
            if is_time { remind(&items, &routing, &store, &clock) } else { Ok(()) }
        });
        match work.await {
            Ok(done) => done?,
            Err(stopped) => std::panic::resume_unwind(stopped.into_panic()),
        }
    }
    Ok(())
}

/// Returns when the change log may have grown.
async fn next_row(commits: &mut broadcast::Receiver<Committed>) {
    loop {
        match commits.recv().await {
            Ok(committed) => {
                if committed.transaction.changes.iter().any(|change| matches!(change, Change::Log(_))) {
                    return;
                }
            }
            // Some were missed: the cursor knows where to go on.
            Err(RecvError::Lagged(_)) => return,
            // Nobody writes any more; the signal to end is on its way.
            Err(RecvError::Closed) => std::future::pending::<()>().await,
        }
    }
}

/// Works off the change log as it stands and returns how many flags were raised.
///
/// # Errors
/// See [`WatchError`].
pub fn catch_up(
    items: &[WatchItem],
    routing: &Routing,
    texts: &dyn Texts,
    store: &Store,
    clock: &SharedClock,
) -> Result<usize, WatchError> {
    let mut raised = 0;
    loop {
        let entries = store.changes(store.cursor(CURSOR)?, ROWS)?;
        let Some((last, _)) = entries.last() else {
            return Ok(raised);
        };
        let now = clock.now();
        let cursor = Change::Cursor { name: CURSOR.to_owned(), sequence: *last };
        let mut rows = Vec::with_capacity(entries.len());
        let mut late = Vec::new();
        let mut owed = Vec::new();
        // Which documents the rows tell of, and whether nobody is alerted of them: one sure report of a document says so for all.
        let mut documents: BTreeMap<DocumentId, bool> = BTreeMap::new();
        for (_, entry) in entries {
            if matches!(entry.change, EventChange::Overdue | EventChange::Arrived) {
                let overdue = store.overdue(&entry.event)?;
                late.extend(overdue.iter().map(|overdue| late::alerts(&entry.change, overdue, routing, now)));
                owed.extend(overdue.map(|overdue| (entry.change.clone(), overdue)));
            } else {
                if let Some(document) = plan::document(&entry.change) {
                    *documents.entry(document.clone()).or_insert(true) &= entry.silent;
                }
                rows.extend(row(store, entry)?);
            }
        }
        let plan = plan::plan(&rows, items, routing, &Told(store), now)?;
        let papers = papers(items, documents, texts, store)?;
        let beside = plan::beside_facts(&papers, &owed, items, routing, &Told(store), now)?;
        let plan =
            plan::Plan { flags: [plan.flags, beside.flags].concat(), alerts: [plan.alerts, beside.alerts].concat() };
        raised += plan.flags.len();
        let mut transaction = Transaction::new(now);
        transaction.changes.extend(plan.flags.into_iter().map(|flag| Change::Flag(Box::new(flag))));
        transaction.changes.extend(
            plan.alerts.into_iter().chain(late.into_iter().flatten()).map(|alert| Change::Alert(Box::new(alert))),
        );
        transaction.push(cursor);
        store.commit(transaction)?;
    }
}

/// Reminds the channels of items that ask for it of policy actions that begin or end before long.
///
/// # Errors
/// See [`WatchError`].
pub fn remind(items: &[WatchItem], routing: &Routing, store: &Store, clock: &SharedClock) -> Result<(), WatchError> {
    if items.iter().all(|item| item.remind.is_empty()) {
        return Ok(());
    }
    let filter = EventFilter { kind: Some(FactKind::Policy), ..EventFilter::default() };
    let mut rows = Vec::new();
    for event in store.events(&filter)?.into_iter().filter(|event| event.state != EventState::Withdrawn) {
        let mentions = store.mentions(&event.id)?;
        rows.extend(look::row(&event, &mentions));
    }
    let now = clock.now();
    let alerts = plan::remind(&rows, items, routing, &Told(store), now)?;
    if !alerts.is_empty() {
        let mut transaction = Transaction::new(now);
        transaction.changes.extend(alerts.into_iter().map(|alert| Change::Alert(Box::new(alert))));
        store.commit(transaction)?;
    }
    Ok(())
}

/// Documents with their words, where an item asks for words at all.
fn papers(
    items: &[WatchItem],
    documents: BTreeMap<DocumentId, bool>,
    texts: &dyn Texts,
    store: &Store,
) -> Result<Vec<Paper>, ReadError> {
    let mut papers = Vec::new();
    if !asks_for_words(items) {
        return Ok(papers);
    }
    for (id, silent) in documents {
        let Some(record) = store.document(&id)? else { continue };
        let Some(text) = texts.of(&record) else { continue };
        let mut facts = Vec::new();
        for event in store.events_of(&id)? {
            let (Some(event), Some(mention)) = (store.event(&event)?, store.mention(&event, &id)?) else { continue };
            facts.extend(look::row(&event, &[mention]));
        }
        papers.push(Paper::new(record, &text, facts, silent));
    }
    Ok(papers)
}

/// A row of the change log with its event and the mention that brought it.
fn row(store: &Store, entry: ChangeEntry) -> Result<Option<Row>, ReadError> {
    let Some(event) = store.event(&entry.event)? else {
        return Ok(None);
    };
    let mention = match plan::document(&entry.change) {
        Some(document) => store.mention(&event.id, document)?,
        None => None,
    };
    Ok(Some(Row { entry, event, mention }))
}

/// What the store knows of flags and alerts.
struct Told<'a>(&'a Store);

impl Before for Told<'_> {
    type Error = ReadError;

    fn has_flag(&self, id: &FlagId) -> Result<bool, ReadError> {
        Ok(self.0.flag(id)?.is_some())
    }

    fn has_alert(&self, id: &AlertId) -> Result<bool, ReadError> {
        Ok(self.0.alert(id)?.is_some())
    }

    fn alert(&self, id: &AlertId) -> Result<Option<Alert>, ReadError> {
        self.0.alert(id)
    }

    fn had_headlines(&self, release: &ReleaseId, before: Timestamp) -> Result<bool, ReadError> {
        let filter = EventFilter { release: Some(release.clone()), forecast: Some(false), ..EventFilter::default() };
        let is_headline = |fact: &Fact| matches!(fact, Fact::Figure(figure) if figure.headline && figure.confidence == Confidence::High);
        // What was held is known since it was released, however early it was read.
        let was_known = |event: &Event, before: Timestamp| {
            event.state.is_published() && event.vintages.first().is_some_and(|first| first.from < before)
        };
        Ok(self.0.events(&filter)?.iter().any(|event| was_known(event, before) && is_headline(&event.fact)))
    }

    fn mentions(&self, event: &EventId) -> Result<Vec<Mention>, ReadError> {
        self.0.mentions(event)
    }

    fn series(&self, figure: &Figure) -> Result<Vec<Figure>, ReadError> {
        let filter = EventFilter {
            area: Some(figure.area.clone()),
            flow: Some(figure.flow),
            measure: Some(figure.measure),
            partner: Some(figure.partner.clone().unwrap_or_else(|| Partner("all".to_owned()))),
            ..EventFilter::default()
        };
        Ok(series::of(figure, &self.0.events(&filter)?))
    }
}
