//! Takes snapshots, has them read, merges what they say into events, and commits events, change log and links.

mod backlog;
mod choice;
mod draft;
mod entries;
mod harvest;
mod held;
mod identity;
mod joining;
mod links;
mod lookahead;
mod merge;
#[cfg(test)]
mod merging_properties;
#[cfg(test)]
mod merging_tests;
mod naming;
mod pages;
mod quota;
mod reader;
mod record;
mod release;
mod replay;
mod reports;
mod retell;
mod rows;
mod standing;
#[cfg(test)]
mod testing;
mod texts;
mod threads;
mod values;
mod words;

use std::time::{Duration, Instant};

use backlog::Newness;
use bellwether_extractors::Extraction;
use bellwether_model::document::{Document, DocumentRecord};
use bellwether_model::figure::Figure;
use bellwether_model::id::EventId;
use bellwether_model::snapshot::Snapshot;
use bellwether_store::archive::Archive;
use bellwether_store::{Change, Committed, Store, Transaction};
use draft::Draft;
use jiff::Timestamp;
use lookahead::{Next, in_order};
use pages::{Pages, Prepared};
use reader::Reader;
pub use replay::{ReplayChange, ReplayReport, ReplayRow};
pub use retell::{Retelling, Retold};
pub use texts::Texts;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::clock::SharedClock;
use crate::metrics::{READING_SECONDS, READINGS};
use crate::settings::SourceSettings;
use crate::shutdown::Shutdown;

/// Snapshots taken from the store at once.
const BATCH: usize = 64;
/// Threads that read ahead at the most: merging is a third of the work, and is done by one.
const MOST_THREADS: usize = 4;

/// Reading that cannot go on. A page that cannot be read is no error.
#[derive(Debug, thiserror::Error)]
pub enum EventsError {
    /// The store does not take a transaction.
    #[error("cannot record what was read")]
    Commit(#[from] bellwether_store::CommitError),
    /// The store cannot be read.
    #[error("cannot read the events")]
    Read(#[from] bellwether_store::ReadError),
    /// The archive cannot be read.
    #[error("cannot read an archived answer")]
    Archive(#[from] bellwether_store::archive::ArchiveError),
}

/// Reads every unread snapshot, then waits for further ones, until shutdown.
///
/// # Errors
/// See [`EventsError`].
pub async fn run(
    sources: Vec<SourceSettings>,
    store: Store,
    archive: Archive,
    clock: SharedClock,
    shutdown: Shutdown,
) -> Result<(), EventsError> {
    let mut shutdown = shutdown;
    // Followed before the first look, so that nothing falls between looking and waiting.
    let mut commits = store.follow();
    while !shutdown.is_requested() {
        let (sources, store, archive, clock) = (sources.clone(), store.clone(), archive.clone(), clock.clone());
        let stop = shutdown.clone();
        let batch = tokio::task::spawn_blocking(move || {
            let pages = Pages { sources: &sources, archive: &archive };
            read_batch(pages, &store, &clock, false, &|| stop.is_requested())
        });
        let read = match batch.await {
            Ok(read) => read?,
            Err(stopped) => std::panic::resume_unwind(stopped.into_panic()),
        };
        if read == 0 {
            tokio::select! {
                () = shutdown.requested() => {}
                () = next_snapshot(&mut commits) => {}
            }
        }
    }
    Ok(())
}

/// Returns when there may be something to read.
async fn next_snapshot(commits: &mut broadcast::Receiver<Committed>) {
    loop {
        match commits.recv().await {
            Ok(committed) => {
                if committed.transaction.changes.iter().any(|change| matches!(change, Change::Snapshot(_))) {
                    return;
                }
            }
            // Some were missed: the store knows what is unread.
            Err(RecvError::Lagged(_)) => return,
            // Nobody writes any more; the signal to end is on its way.
            Err(RecvError::Closed) => std::future::pending::<()>().await,
        }
    }
}

/// Reads some unread snapshots and returns how many; 0: there are none, or `stop` asks to end.
///
/// They are merged one after the other, each with what the ones before it said, and read a little ahead on other threads. What
/// is merged is committed with what follows, unless that is still being read.
fn read_batch(
    pages: Pages<'_>,
    store: &Store,
    clock: &SharedClock,
    silent: bool,
    stop: &dyn Fn() -> bool,
) -> Result<usize, EventsError> {
    let draft = Draft::shared(store);
    let reader = Reader { pages, store: &draft };
    let prepare = |snapshot: &Snapshot| {
        let began = Instant::now();
        (pages.prepare(snapshot), began.elapsed())
    };
    let mut read = 0;
    let mut take = |next: Next<'_, Snapshot, (Result<Prepared, EventsError>, Duration)>| {
        if stop() {
            return Ok(false);
        }
        let Next::Ready(snapshot, (prepared, took)) = next else {
            draft.flush()?;
            return Ok(true);
        };
        let began = Instant::now();
        reader.read(snapshot, prepared?, clock.now(), silent)?;
        metrics::histogram!(READING_SECONDS).record(took + began.elapsed());
        metrics::counter!(READINGS, "role" => snapshot.role.name()).increment(1);
        read += 1;
        Ok::<bool, EventsError>(true)
    };
    in_order(&store.unread(BATCH)?, threads(), &prepare, &mut take)?;
    draft.flush()?;
    Ok(read)
}

/// Threads that read ahead: one processor is left to the thread that merges, and more than a few would wait for it.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, |processors| (processors.get() - 1).clamp(1, MOST_THREADS))
}

/// Reads every unread snapshot and returns how many there were. `silent`: a backlog; nobody is alerted.
///
/// # Errors
/// See [`EventsError`].
pub fn read_all(
    sources: &[SourceSettings],
    store: &Store,
    archive: &Archive,
    clock: &SharedClock,
    silent: bool,
) -> Result<usize, EventsError> {
    let pages = Pages { sources, archive };
    let mut read = 0;
    loop {
        match read_batch(pages, store, clock, silent, &|| false)? {
            0 => return Ok(read),
            more => read += more,
        }
    }
}

/// Merges the figures of one document into the store in one transaction, as reading the document does. For those who have
/// figures and no bytes, as a bench of merging.
///
/// # Errors
/// See [`EventsError`].
pub fn record_figures(
    store: &Store,
    archive: &Archive,
    figures: Vec<Figure>,
    document: DocumentRecord,
    now: Timestamp,
) -> Result<(), EventsError> {
    let mut transaction = Transaction::new(now);
    let extraction = Extraction {
        document: Document { published: document.published, ..record::unreadable(Some(&document.title)) },
        figures,
        officials: Vec::new(),
        speakers: Vec::new(),
        policy: Vec::new(),
        problems: Vec::new(),
    };
    let draft = Draft::prompt(store);
    let reader = Reader { pages: Pages { sources: &[], archive }, store: &draft };
    reader.report(&extraction, document, &mut transaction, Newness::News)?;
    draft.commit(transaction)?;
    Ok(())
}

/// What came of releasing an event by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Released {
    /// It was held, and is published now.
    Done,
    /// It is not held.
    NotHeld,
    /// There is no such event.
    Unknown,
}

/// Publishes an event that is held, since a person vouches for it.
///
/// # Errors
/// See [`EventsError`].
pub fn release(store: &Store, event: &EventId, now: Timestamp) -> Result<Released, EventsError> {
    let Some(known) = store.event(event)? else { return Ok(Released::Unknown) };
    let known = merge::Known { mentions: store.mentions(event)?, event: known };
    let release = known.event.release.clone();
    let Some(outcome) = held::release(known, now) else { return Ok(Released::NotHeld) };
    let mut transaction = Transaction::new(now);
    reader::push(&mut transaction, event, release, outcome, false);
    store.commit(transaction)?;
    Ok(Released::Done)
}

/// What becomes of what a replay finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplayMode {
    /// Nothing is written.
    DryRun,
    /// It is written, and nobody is alerted.
    Silent,
    /// It is written, and counts as news for the watch list and its channels.
    AsNews,
}

/// Reads the newest snapshot of each document again with today's rules. `seen` is called with the number of documents
/// read again and the number of all.
///
/// # Errors
/// See [`EventsError`].
pub fn replay(
    sources: &[SourceSettings],
    store: &Store,
    archive: &Archive,
    clock: &SharedClock,
    mode: ReplayMode,
    seen: &mut dyn FnMut(usize, usize),
) -> Result<ReplayReport, EventsError> {
    let draft = Draft::prompt(store);
    replay::replay(&Reader { pages: Pages { sources, archive }, store: &draft }, clock.now(), mode, seen)
}
