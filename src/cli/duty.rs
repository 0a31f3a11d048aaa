//! What one process at a time does with a store that several share: each room runs in the process that has its lease, and
//! in another one when that one ends, dies or is cut off. Wiring only: the rooms know nothing of it.

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use bellwether_store::{CommitError, Lease, OpenError, Store};

use crate::shutdown::{self, Shutdown};

/// Everything that one process at a time does.
pub(super) const ALL: [&str; 6] = [CRAWL, EVENTS, WATCH, HEALTH, ARCHIVE, ALERTS];
/// Asks hosts, so that the manners towards each of them are in one hand.
pub(super) const CRAWL: &str = "crawl";
/// Reads answers and merges what they say.
pub(super) const EVENTS: &str = "events";
/// Looks at what changed and writes the outbox.
pub(super) const WATCH: &str = "watch";
/// Judges sources.
pub(super) const HEALTH: &str = "health";
/// Takes bodies out of the archive.
pub(super) const ARCHIVE: &str = "archive";
/// Sends what is in the outbox.
pub(super) const ALERTS: &str = "alerts";

/// How often it is looked whether work that another process does has become free.
const LOOK: Duration = Duration::from_secs(2);
/// How often it is looked whether work is still ours.
const CHECK: Duration = Duration::from_millis(250);

/// All leases at once, for a command that does everything itself. `shown`: the store's name in the message.
pub(super) fn take_all(store: &Store, shown: impl FnOnce() -> PathBuf) -> anyhow::Result<Vec<Lease>> {
    let leases = store.leases(&ALL)?;
    let is_taken = |name: &&&str| leases.iter().any(|lease| lease.name() == **name);
    match ALL.iter().find(|name| !is_taken(name)) {
        None => Ok(leases),
        Some(missing) => Err(OpenError::InUse { path: shown(), holder: store.lease_holder(missing)? }.into()),
    }
}

/// Runs a room whenever this process has its lease, until shutdown.
pub(super) async fn on_duty<W>(
    store: Store,
    name: &'static str,
    mut shutdown: Shutdown,
    room: impl Fn(Store, Shutdown) -> W,
) -> anyhow::Result<()>
where
    W: Future<Output = anyhow::Result<()>>,
{
    if !store.is_shared() {
        return room(store, shutdown).await;
    }
    while !shutdown.is_requested() {
        let Some(lease) = take(&store, name).await? else {
            tokio::select! {
                () = shutdown.requested() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
            continue;
        };
        tracing::info!(room = name, taken_over = lease.was_anothers(), "this process does the work of the room now");
        let (sender, ends) = shutdown::channel();
        let work = room(store.under([&lease]), ends);
        tokio::pin!(work);
        let ended = tokio::select! {
            ended = &mut work => ended,
            () = shutdown.requested() => {
                sender.shut_down();
                work.await
            }
            () = lost(&lease) => {
                sender.shut_down();
                work.await
            }
        };
        match ended {
            Err(error) if is_loss(&error) => {}
            Ok(()) if !lease.is_held() && !shutdown.is_requested() => {}
            ended => return ended,
        }
        tracing::warn!(room = name, "the lease of the room is lost: another process may do its work now");
    }
    Ok(())
}

/// Takes a lease; `None`: somebody has it, or nobody can say.
async fn take(store: &Store, name: &'static str) -> anyhow::Result<Option<Lease>> {
    let asked = store.clone();
    let taken = tokio::task::spawn_blocking(move || asked.lease(name)).await?;
    match taken {
        Ok(lease) => Ok(lease),
        Err(error) if store.closed().is_some() => Err(error.into()),
        Err(error) => {
            tracing::warn!(room = name, "cannot ask for the lease: {error}");
            Ok(None)
        }
    }
}

/// Returns when a lease is no longer ours for certain.
async fn lost(lease: &Lease) {
    while lease.is_held() {
        tokio::time::sleep(CHECK).await;
    }
}

/// Whether something failed because another process has taken over.
fn is_loss(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| matches!(cause.downcast_ref(), Some(CommitError::Lost { .. })))
}
