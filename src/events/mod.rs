//! Takes snapshots, has them read, merges what they say into events, and commits events, change log and links.

use bellwether_model::id::SnapshotId;
use bellwether_store::Store;
use bellwether_store::archive::Archive;

use crate::clock::SharedClock;
use crate::settings::SourceSettings;
use crate::shutdown::Shutdown;

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
    let _ = (sources, store, archive, clock, shutdown);
    todo!()
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
    let _ = (sources, store, archive, clock, silent);
    todo!()
}

/// What a replay changed, or would change.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct ReplayReport {
    /// Snapshots read again.
    pub snapshots: u64,
    /// Facts that today's rules find and the store does not hold, one line each.
    pub gained: Vec<String>,
    /// Facts that today's rules no longer find.
    pub lost: Vec<String>,
    /// Facts whose value differs.
    pub changed: Vec<String>,
    /// Snapshots whose bytes the archive no longer has.
    pub missing: Vec<SnapshotId>,
}

/// Reads the newest snapshot of each document again with today's rules; silent. `dry_run`: nothing is written.
///
/// # Errors
/// See [`EventsError`].
pub fn replay(
    sources: &[SourceSettings],
    store: &Store,
    archive: &Archive,
    clock: &SharedClock,
    dry_run: bool,
) -> Result<ReplayReport, EventsError> {
    let _ = (sources, store, archive, clock, dry_run);
    todo!()
}
