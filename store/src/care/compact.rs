//! A smaller journal and fresh views in place of the old ones.
//!
//! ```text
//! 1. journal.new is written: every record under its old position, without what later ones have replaced, and synced.
//! 2. Views are built of it and compared with those in use, value by value.
//! 3. journal.new becomes journal.ready, journal becomes journal.old, journal.ready becomes journal; each name is synced.
//! 4. The new journal is read once more; then journal.old goes.
//! ```
//! Whatever is interrupted, an open finds a whole journal: the old one before step 3, else either of them.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::fill::Fill;
use super::superseded::Shrink;
use super::{CareError, failed, sync_parent};
use crate::disk::{Disk, SystemDisk, folder_bytes, make_directory, replace_file};
use crate::journal::{self, GENERATION, generation};
use crate::open::{FORMAT_FILE, JOURNAL, bring_up, check_format, fresh_views, note_format, remove_folder, take_lock};
use crate::views;
use crate::{OpenError, Position, Transaction};

const NEW: &str = "journal.new";
pub(super) const READY: &str = "journal.ready";
pub(super) const OLD: &str = "journal.old";
pub(super) const FRESH: &str = "views.compacted";
/// Differences that are named.
const NAMED: usize = 3;

/// What compaction did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compacted {
    /// Transactions before and after.
    pub records: (u64, u64),
    /// Changes that were dropped because later ones had replaced them.
    pub dropped: u64,
    /// Bytes of the journal before and after.
    pub journal_bytes: (u64, u64),
    /// Bytes of the views before and after.
    pub view_bytes: (u64, u64),
}

/// Writes the journal anew without what later changes have replaced, and the views anew, which never shrink by
/// themselves. Nothing that a reader can ask for is lost, as of any time. Nobody else may hold the store.
///
/// # Errors
/// See [`CareError`]; the old journal is in force until the new one was compared with it.
pub fn compact(store: &Path) -> Result<Compacted, CareError> {
    compact_on(&(Arc::new(SystemDisk) as Arc<dyn Disk>), store, journal::SEGMENT_BYTES)
}

pub(crate) fn compact_on(disk: &Arc<dyn Disk>, store: &Path, segment_bytes: u64) -> Result<Compacted, CareError> {
    if !store.join(FORMAT_FILE).exists() {
        return Err(CareError::NoStore { path: store.to_owned() });
    }
    let lock = take_lock(store, ", which compacts it")?;
    check_format(store)?;
    settle(store).map_err(failed(store, "end a compaction that was interrupted"))?;
    let written = write_new(disk, store, segment_bytes);
    let written = written.and_then(|written| compare(store).map(|()| written));
    let ((records, kept, dropped), new) = match written {
        Ok(written) => (written, store.join(NEW)),
        Err(error) => {
            // On a full disk they would be in the way; the next open removes them as well.
            let _ = disk.remove_directory(&store.join(NEW));
            let _ = remove_folder(&store.join(FRESH));
            return Err(error);
        }
    };
    let bytes = |path: &Path| folder_bytes(path).map_err(failed(path, "look at the folder"));
    let before = (bytes(&store.join(JOURNAL))?, bytes(&views::place(store))?);
    let after = (bytes(&new)?, bytes(&store.join(FRESH))?);
    swap(&**disk, store)?;
    journal::scan(&store.join(JOURNAL), &mut |_| Ok(()))?;
    note_format(store)?;
    disk.remove_directory(&store.join(OLD)).map_err(failed(&store.join(OLD), "remove the old journal"))?;
    drop(lock);
    Ok(Compacted {
        records: (records, kept),
        dropped,
        journal_bytes: (before.0, after.0),
        view_bytes: (before.1, after.1),
    })
}

/// Writes the new journal. Records before and after, changes dropped.
fn write_new(disk: &Arc<dyn Disk>, store: &Path, segment_bytes: u64) -> Result<(u64, u64, u64), CareError> {
    let (old, new) = (store.join(JOURNAL), store.join(NEW));
    make_directory(&new).map_err(failed(&new, "make the folder"))?;
    let mut shrink = Shrink::default();
    each_transaction(&old, &mut |position, transaction, _| {
        shrink.note(position, &transaction);
        Ok(())
    })?;
    let mut fill = Fill::begin(Arc::clone(disk), &new, segment_bytes)?;
    each_transaction(&old, &mut |position, transaction, payload| match shrink.kept(position, transaction, payload) {
        Some(payload) => fill.push(position, payload),
        None => Ok(()),
    })?;
    let (kept, _) = fill.end()?;
    let note = new.join(GENERATION);
    let number = format!("{}\n", generation(&old) + 1);
    replace_file(&note, number.as_bytes()).map_err(failed(&note, "count the compaction"))?;
    disk.sync_directory(&new).map_err(failed(&new, "sync the folder"))?;
    Ok((shrink.records, kept, shrink.dropped))
}

/// Takes a transaction with its position and the bytes in which it stands.
type TakeTransaction<'a> = dyn FnMut(Position, Transaction, &[u8]) -> Result<(), CareError> + 'a;

fn each_transaction(journal: &Path, take: &mut TakeTransaction<'_>) -> Result<(), CareError> {
    let mut stopped = None;
    let scanned = journal::scan(journal, &mut |record| {
        let transaction =
            serde_json::from_slice(record.payload).map_err(|cause| format!("a record is no transaction: {cause}"))?;
        take(record.position, transaction, record.payload).map_err(|error| {
            stopped = Some(error);
            "it could not be written anew".to_owned()
        })
    });
    match stopped {
        Some(error) => Err(error),
        None => Ok(scanned.map(|_| ())?),
    }
}

/// Builds views of the new journal and compares them with those of the old one. Both are closed behind.
fn compare(store: &Path) -> Result<(), CareError> {
    let trouble = |what: String| CareError::Open(OpenError::Views { path: store.to_owned(), what });
    let (kept, ..) = bring_up(store, &store.join(JOURNAL))?;
    let (fresh, ..) = fresh_views(&store.join(FRESH), &store.join(NEW)).map_err(trouble)?;
    let differences = kept.compare(&fresh).map_err(trouble);
    kept.close();
    fresh.close();
    let differences = differences?;
    if differences.is_empty() {
        return Ok(());
    }
    Err(differs(store, &differences))
}

/// The compacted records do not give the same views.
pub(super) fn differs(store: &Path, differences: &[String]) -> CareError {
    let what = differences.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; ");
    CareError::Differs { path: store.to_owned(), what }
}

fn swap(disk: &dyn Disk, store: &Path) -> Result<(), CareError> {
    let rename = |from: &str, to: &str| {
        let (from, to) = (store.join(from), store.join(to));
        disk.rename(&from, &to).and_then(|()| disk.sync_directory(store)).map_err(failed(&to, "put it in its place"))
    };
    rename(NEW, READY)?;
    rename(JOURNAL, OLD)?;
    rename(READY, JOURNAL)?;
    // The old views fit the new journal too, but keep the space that they once took.
    let place = views::place(store);
    remove_folder(&place).map_err(failed(&place, "remove the old views"))?;
    std::fs::rename(store.join(FRESH), &place).map_err(failed(&place, "put the fresh views in their place"))?;
    sync_parent(&place).map_err(failed(store, "sync the folder"))
}

/// Ends what an interrupted compaction left: afterwards there is a journal where there was one, and no second that could
/// be taken for it but the old one, which goes once the new one was read.
pub(crate) fn settle(store: &Path) -> io::Result<()> {
    let journal = store.join(JOURNAL);
    if !journal.exists() {
        for spare in [READY, OLD] {
            let spare = store.join(spare);
            if spare.exists() {
                std::fs::rename(&spare, &journal)?;
                sync_parent(&journal)?;
                break;
            }
        }
    }
    for leftover in [NEW, READY, FRESH] {
        let leftover: PathBuf = store.join(leftover);
        remove_folder(&leftover)?;
    }
    Ok(())
}

/// Removes the old journal of an interrupted compaction, now that the new one was read.
pub(crate) fn forget_old(store: &Path) -> io::Result<()> {
    remove_folder(&store.join(OLD))
}
