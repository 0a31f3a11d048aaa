//! Reads the change log behind a cursor and commits flags, outbox rows and its cursor in one transaction.

use bellwether_model::watch::WatchItem;
use bellwether_store::Store;

use crate::clock::SharedClock;
use crate::settings::ChannelSettings;
use crate::shutdown::Shutdown;

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

/// Follows the change log until shutdown.
///
/// # Errors
/// See [`WatchError`].
pub async fn run(
    items: Vec<WatchItem>,
    channels: Vec<ChannelSettings>,
    store: Store,
    clock: SharedClock,
    shutdown: Shutdown,
) -> Result<(), WatchError> {
    let _ = (items, channels, store, clock, shutdown);
    todo!()
}

/// Works off the change log as it stands and returns how many flags were raised.
///
/// # Errors
/// See [`WatchError`].
pub fn catch_up(
    items: &[WatchItem],
    channels: &[ChannelSettings],
    store: &Store,
    clock: &SharedClock,
) -> Result<usize, WatchError> {
    let _ = (items, channels, store, clock);
    todo!()
}
