//! Says what is due, asks robots, waits its turn, fetches, archives. Never parses a page.
//!
//! Pure: `robots`, `address`, `groups`, `homes`, `manners`, `news`, `rhythm`, `schedule`, `timetable`, `overdue`, `request`, `visit`, `decode`,
//! `freshness`. Doors: `client` (the one that makes requests), `connector` (its way out), `hosts` (waits), `claims` (which
//! hosts are ours), `fetch` (one address), `visitor` (up to the answer), `keeper` (archives and commits), `engine` (the
//! loop), `sharing` (the same where several processes crawl), `upkeep` (the schedule as a whole), `attempt`.

mod address;
mod attempt;
mod claims;
mod client;
mod connector;
mod decode;
mod engine;
mod fetch;
mod freshness;
mod groups;
mod homes;
mod hosts;
mod keeper;
mod lead;
mod manners;
mod news;
mod overdue;
mod request;
mod rhythm;
mod robots;
mod schedule;
mod sharing;
pub mod simulation;
mod timetable;
mod upkeep;
mod visit;
mod visitor;

use bellwether_model::id::SourceId;
use bellwether_model::source::VisitOutcome;
use bellwether_store::Store;
use bellwether_store::archive::Archive;

pub use self::attempt::{FetchedPage, Hop, Prober, RobotsView, TryFetchError, try_fetch};
use self::engine::Engine;
use crate::clock::SharedClock;
use crate::metrics::FETCHES;
use crate::settings::{CrawlerSettings, SourceSettings};
use crate::shutdown::Shutdown;

/// How long to go on.
#[derive(Debug, Clone)]
pub enum Mode {
    /// Until shutdown.
    Forever,
    /// Until nothing is due, nothing is in flight and every answer has been read (a reader may find further links).
    Once {
        /// Only these sources; empty: all.
        sources: Vec<SourceId>,
        /// Everything that is known, whether due or not.
        all: bool,
    },
}

/// What a pass came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Requests answered with a body that was archived.
    pub fetched: u64,
    /// Answers without news (304, or the same bytes).
    pub unchanged: u64,
    /// Requests that robots.txt forbade.
    pub refused: u64,
    /// Requests that failed.
    pub failed: u64,
    /// Resources that are gone.
    pub gone: u64,
}

/// A crawl that cannot go on: the store or the archive no longer writes. Failures of hosts are no errors.
#[derive(Debug, thiserror::Error)]
pub enum CrawlError {
    /// The store does not take a transaction.
    #[error("cannot record a visit")]
    Commit(#[from] bellwether_store::CommitError),
    /// The store cannot be read.
    #[error("cannot read the schedule")]
    Read(#[from] bellwether_store::ReadError),
    /// The archive does not take a body.
    #[error("cannot archive an answer")]
    Archive(#[from] bellwether_store::archive::ArchiveError),
    /// The HTTP client cannot be set up.
    #[error("cannot set up the HTTP client: {0}")]
    Client(String),
}

/// Follows the sources.
///
/// # Errors
/// See [`CrawlError`].
pub async fn run(
    settings: CrawlerSettings,
    sources: Vec<SourceSettings>,
    store: Store,
    archive: Archive,
    clock: SharedClock,
    mode: Mode,
    shutdown: Shutdown,
) -> Result<Summary, CrawlError> {
    Engine::new(&settings, sources, (store, archive, clock), mode, shutdown)?.run().await
}

impl Summary {
    fn count(&mut self, outcome: &VisitOutcome) {
        let (counter, name) = match outcome {
            VisitOutcome::Fetched { .. } => (&mut self.fetched, "fetched"),
            VisitOutcome::Unchanged => (&mut self.unchanged, "unchanged"),
            VisitOutcome::Refused { .. } => (&mut self.refused, "refused"),
            VisitOutcome::Failed { .. } => (&mut self.failed, "failed"),
            VisitOutcome::Gone { .. } => (&mut self.gone, "gone"),
        };
        *counter += 1;
        metrics::counter!(FETCHES, "outcome" => name).increment(1);
    }
}

/// Runs what blocks (store, archive, hashing) off the threads that serve the network.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => value,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Cancelled: the runtime ends, and nobody waits for us any more.
            Err(_cancelled) => std::future::pending().await,
        },
    }
}
