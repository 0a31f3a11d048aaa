//! Who does what with a store that several processes share. All crawl, each with hosts that it has to itself. Any other room
//! runs in the process that has its lease, and in another one when that one ends, dies or is cut off. Wiring only.
//!
//! Delivery has one lease, not one a channel: a message waits for its receiver and not for us, slow and failing channels do
//! not hold up the others within a process either, and what is gathered, digested or held back by a limit is counted in one
//! place. A lease a channel would share out work that is next to nothing.

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use bellwether_store::{CommitError, Lease, OpenError, Share, Store};

use crate::shutdown::{self, Shutdown};

/// Everything that one process at a time does.
pub(super) const ALL: [&str; 6] = [CRAWL, EVENTS, WATCH, HEALTH, ARCHIVE, ALERTS];
/// Asks hosts. `run` has no lease of it but a share, and each host in one hand, so that manners hold over all processes.
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
    if let Some(missing) = ALL.iter().find(|name| !is_taken(name)) {
        return Err(OpenError::InUse { path: shown(), holder: store.lease_holder(missing)? }.into());
    }
    // Looked at after the lease is ours: who takes a share looks for the lease after that.
    match store.sharers(CRAWL)?.into_iter().next() {
        None => Ok(leases),
        Some(sharer) => Err(OpenError::InUse { path: shown(), holder: Some(sharer.process) }.into()),
    }
}

/// The right to run a room.
enum Right {
    /// No other process runs it.
    Alone(Lease),
    /// Others run it too.
    Shared(Share),
}

impl Right {
    fn is_held(&self) -> bool {
        match self {
            Self::Alone(lease) => lease.is_held(),
            Self::Shared(share) => share.is_held(),
        }
    }

    /// The store for the room: what it commits is refused once the right is lost.
    fn store(&self, store: &Store) -> Store {
        match self {
            Self::Alone(lease) => store.under([lease]),
            Self::Shared(share) => store.sharing(share),
        }
    }
}

/// Runs a room whenever this process has the right to, until shutdown.
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
        let Some(right) = take(&store, name).await? else {
            tokio::select! {
                () = shutdown.requested() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
            continue;
        };
        match &right {
            Right::Alone(lease) => {
                tracing::info!(
                    room = name,
                    taken_over = lease.was_anothers(),
                    "this process does the work of the room now"
                );
            }
            Right::Shared(share) => {
                tracing::info!(
                    room = name,
                    processes = share.members().len(),
                    "this process takes part in the work now"
                );
            }
        }
        let (sender, ends) = shutdown::channel();
        let work = room(right.store(&store), ends);
        tokio::pin!(work);
        let ended = tokio::select! {
            ended = &mut work => ended,
            () = shutdown.requested() => {
                sender.shut_down();
                work.await
            }
            () = lost(&right) => {
                sender.shut_down();
                work.await
            }
        };
        match ended {
            Err(error) if is_loss(&error) => {}
            Ok(()) if !right.is_held() && !shutdown.is_requested() => {}
            ended => return ended,
        }
        tracing::warn!(room = name, "the lease is lost: another process may do the work now");
    }
    Ok(())
}

/// Takes the right to run a room; `None`: somebody has it, or nobody can say.
async fn take(store: &Store, name: &'static str) -> anyhow::Result<Option<Right>> {
    let asked = store.clone();
    let take = move || match name {
        CRAWL => asked.share(name).map(|share| share.map(Right::Shared)),
        _ => asked.lease(name).map(|lease| lease.map(Right::Alone)),
    };
    match tokio::task::spawn_blocking(take).await? {
        Ok(right) => Ok(right),
        Err(error) if store.closed().is_some() => Err(error.into()),
        Err(error) => {
            tracing::warn!(room = name, "cannot ask for the lease: {error}");
            Ok(None)
        }
    }
}

/// Returns when a right is no longer ours for certain.
async fn lost(right: &Right) {
    while right.is_held() {
        tokio::time::sleep(CHECK).await;
    }
}

/// Whether something failed because another process has taken over.
fn is_loss(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| matches!(cause.downcast_ref(), Some(CommitError::Lost { .. })))
}
