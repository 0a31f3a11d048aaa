//! Takes a row of the outbox whose turn has come, sends it, records what came of it.

use std::net::SocketAddr;

use bellwether_store::Store;

use crate::clock::SharedClock;
use crate::settings::ChannelSettings;
use crate::shutdown::Shutdown;

/// Delivery that cannot go on. A receiver that fails is no error.
#[derive(Debug, thiserror::Error)]
pub enum AlertsError {
    /// The store does not take a transaction.
    #[error("cannot record a delivery")]
    Commit(#[from] bellwether_store::CommitError),
    /// The store cannot be read.
    #[error("cannot read the outbox")]
    Read(#[from] bellwether_store::ReadError),
    /// The HTTP client cannot be set up.
    #[error("cannot set up the HTTP client: {0}")]
    Client(String),
}

/// How long to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Until shutdown.
    Forever,
    /// Until each row that is due has been tried once.
    Once,
}

/// Delivers what is due. Returns how many were delivered.
///
/// # Errors
/// See [`AlertsError`].
pub async fn run(
    channels: Vec<ChannelSettings>,
    allow_private: Vec<SocketAddr>,
    store: Store,
    clock: SharedClock,
    mode: Mode,
    shutdown: Shutdown,
) -> Result<u64, AlertsError> {
    let _ = (channels, allow_private, store, clock, mode, shutdown);
    todo!()
}
