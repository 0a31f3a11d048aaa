//! The dashboard and the read-only API over the store.

use bellwether_store::Store;
use tokio::net::TcpListener;

use crate::clock::SharedClock;
use crate::settings::Settings;
use crate::shutdown::Shutdown;

/// Serves until shutdown on a listener that is bound already.
///
/// # Errors
/// The listener fails.
pub async fn run(
    settings: Settings,
    store: Store,
    listener: TcpListener,
    clock: SharedClock,
    shutdown: Shutdown,
) -> std::io::Result<()> {
    let _ = (settings, store, listener, clock, shutdown);
    todo!()
}
