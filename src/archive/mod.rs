//! How long answers are kept, and whether they are still whole. A door: it removes bodies.
//!
//! Knows nothing of what stands in a body; that an event cites it is told by the store. What it takes out it notes in
//! the store first, so that a body that was removed is never mistaken for one that was lost.

mod cited;
mod plan;

use std::collections::HashSet;
use std::time::Duration;

use bellwether_model::id::{ContentHash, SnapshotId};
use bellwether_model::snapshot::{Removal, RemovalReason};
use bellwether_store::archive::{Archive, ArchiveError};
use bellwether_store::{Change, Store, Transaction};
use jiff::Timestamp;
use serde::Serialize;

use self::cited::{Names, each_snapshot, key};
use self::plan::{Held, Plan, plan};
use crate::clock::SharedClock;
use crate::settings::ArchiveSettings;
use crate::shutdown::Shutdown;

/// How often the archive is looked through.
const EVERY: Duration = Duration::from_secs(60 * 60);
/// Removals noted in one transaction.
const NOTED_AT_ONCE: usize = 200;

/// Care of the archive that cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum CareError {
    /// The store does not take a transaction.
    #[error("cannot note what is removed from the archive")]
    Commit(#[from] bellwether_store::CommitError),
    /// The store cannot be read.
    #[error("cannot read what the archive should hold")]
    Read(#[from] bellwether_store::ReadError),
    /// The archive cannot be read or changed.
    #[error("cannot look through the archive")]
    Archive(#[from] ArchiveError),
}

/// A body that was removed, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RemovedBody {
    /// Its hash.
    pub content: ContentHash,
    /// Bytes on disk.
    pub bytes: u64,
    /// When the last answer that had it was fetched; `None`: no record names it.
    pub newest: Option<Timestamp>,
    /// Why it goes; `None`: no record names it.
    pub reason: Option<RemovalReason>,
}

/// What a sweep came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// What was removed, or would be; the oldest first, what no record names before all.
    pub removed: Vec<RemovedBody>,
    /// Bytes that were kept.
    pub kept_bytes: u64,
    /// Bytes of these above the limit, which nothing that may go would bring down.
    pub over_bytes: u64,
}

/// Looks through the archive every hour until shutdown, where a limit is set.
///
/// # Errors
/// See [`CareError`].
pub async fn run(
    settings: ArchiveSettings,
    store: Store,
    archive: Archive,
    clock: SharedClock,
    mut shutdown: Shutdown,
) -> Result<(), CareError> {
    while !shutdown.is_requested() && settings.is_limited() {
        let (settings, store, archive, now) = (settings.clone(), store.clone(), archive.clone(), clock.now());
        let work = tokio::task::spawn_blocking(move || sweep(&settings, &store, &archive, now, false));
        match work.await {
            Ok(swept) => tell(&swept?),
            Err(stopped) => std::panic::resume_unwind(stopped.into_panic()),
        }
        tokio::select! {
            () = shutdown.requested() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
    shutdown.requested().await;
    Ok(())
}

/// Takes out what is no longer kept. `dry_run`: only tells.
///
/// # Errors
/// See [`CareError`].
pub fn sweep(
    settings: &ArchiveSettings,
    store: &Store,
    archive: &Archive,
    now: Timestamp,
    dry_run: bool,
) -> Result<Swept, CareError> {
    // Begun before the store is read: what is put from now on is out of its reach.
    let Some(sweep) = archive.sweep()? else { return Ok(Swept::default()) };
    let names = Names::of(store)?;
    let held = archive.bodies()?.into_iter().filter(|body| sweep.may_remove(&body.content)).map(|body| {
        match names.get(&body.content) {
            Some(named) => Held { body, newest: Some(named.newest), unread: named.unread, cited: named.cited },
            None => Held { body, newest: None, unread: false, cited: false },
        }
    });
    let Plan { removals, kept_bytes, over_bytes } = plan(held.collect(), settings, now);
    let mut swept = Swept { removed: Vec::with_capacity(removals.len()), kept_bytes, over_bytes };
    for part in removals.chunks(NOTED_AT_ONCE) {
        if !dry_run {
            let mut note = Transaction::new(now);
            note.changes.extend(part.iter().filter_map(|(held, reason)| {
                let (content, bytes) = (held.body.content.clone(), held.body.bytes);
                Some(Change::Removal(Removal { content, at: now, bytes, reason: (*reason)? }))
            }));
            if !note.changes.is_empty() {
                store.commit(note)?;
            }
        }
        for (held, reason) in part {
            if dry_run || sweep.remove(&held.body)? {
                let (content, bytes) = (held.body.content.clone(), held.body.bytes);
                swept.removed.push(RemovedBody { content, bytes, newest: held.newest, reason: *reason });
            }
        }
    }
    if !dry_run {
        sweep.finish()?;
    }
    Ok(swept)
}

/// Says to the operator what a sweep came to.
pub fn tell(swept: &Swept) {
    let count = |reason: Option<RemovalReason>| swept.removed.iter().filter(|body| body.reason == reason).count();
    let bytes: u64 = swept.removed.iter().map(|body| body.bytes).sum();
    if !swept.removed.is_empty() {
        tracing::info!(
            bodies = swept.removed.len(),
            bytes,
            by_age = count(Some(RemovalReason::Age)),
            by_size = count(Some(RemovalReason::Size)),
            unnamed = count(None),
            kept_bytes = swept.kept_bytes,
            "bodies were taken out of the archive"
        );
    }
    let cited = count(Some(RemovalReason::SizeThoughCited));
    if cited > 0 {
        tracing::warn!(
            bodies = cited,
            "bodies that events cite were taken out of the archive: it is larger than `max_bytes` even without all others"
        );
    }
    if swept.over_bytes > 0 {
        tracing::warn!(
            bytes = swept.over_bytes,
            "the archive is larger than `max_bytes`, and all that is left waits to be read"
        );
    }
}

/// A body that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Damage {
    /// Its hash.
    pub content: ContentHash,
    /// A snapshot that names it.
    pub snapshot: SnapshotId,
    /// Whether it is there at all.
    pub is_missing: bool,
}

/// Whether the archive holds what the store says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Bodies that were read and are whole.
    pub whole: u64,
    /// Bodies that retention removed: no damage.
    pub removed: u64,
    /// Bodies that are missing or damaged.
    pub damage: Vec<Damage>,
}

/// Reads every body that a snapshot names. `seen` is called with the number of those looked at.
///
/// # Errors
/// The store cannot be read, or a file cannot. Damage is no error.
pub fn verify(store: &Store, archive: &Archive, seen: &mut dyn FnMut(u64)) -> Result<Verification, CareError> {
    let mut verification = Verification::default();
    let mut known: HashSet<u128> = HashSet::new();
    let mut failure = None;
    each_snapshot(store, &mut |snapshot| {
        if failure.is_some() || !known.insert(key(&snapshot.content)) {
            return Ok(());
        }
        seen(known.len() as u64);
        let is_missing = match archive.get(&snapshot.content) {
            Ok(_) => {
                verification.whole += 1;
                return Ok(());
            }
            Err(ArchiveError::Missing(_)) => true,
            Err(ArchiveError::Damaged(_)) => false,
            Err(error) => {
                failure = Some(error);
                return Ok(());
            }
        };
        if is_missing && store.removal(&snapshot.content)?.is_some() {
            verification.removed += 1;
        } else {
            let (content, snapshot) = (snapshot.content.clone(), snapshot.id.clone());
            verification.damage.push(Damage { content, snapshot, is_missing });
        }
        Ok(())
    })?;
    match failure {
        Some(error) => Err(error.into()),
        None => Ok(verification),
    }
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let what =
            if self.is_missing { "is missing from the archive" } else { "is damaged: its bytes have another hash" };
        write!(f, "the body `{}` of {} {what}", self.content, self.snapshot)
    }
}
