//! Where the views lie, and how views that are of no use are moved out of the way.

use std::io;
use std::path::{Path, PathBuf};

use crate::disk::replace_file;

const FOLDER: &str = "views";
const BROKEN: &str = "views.broken-";
/// Lies in the store while its views are known to be wrong.
const DOUBT: &str = "views.doubtful";
/// Lies in the store while its views are in use, with the name of the machine's boot: after a power cut sled's files are
/// not to be trusted, since only closing syncs them; after a kill they are.
const SESSION: &str = "views.session";
/// Where Linux names the boot. Elsewhere a power cut cannot be told from a kill, and the views are trusted.
const BOOT: &str = "/proc/sys/kernel/random/boot_id";
/// Views that were moved aside are kept for a look, but not without end.
const BROKEN_KEPT: usize = 3;

/// The folder of the views of a store, ready to be opened: views that are known to be wrong and what a kill left of
/// sled's own snapshots are moved aside.
pub(crate) fn prepare(store: &Path) -> io::Result<PathBuf> {
    let views = store.join(FOLDER);
    if store.join(DOUBT).exists() {
        return fresh_place(store, "an earlier read or write of them failed");
    }
    if lost_power(store, boot().as_deref()) {
        return fresh_place(store, "the machine went down while they were in use");
    }
    if views.is_dir() {
        for entry in std::fs::read_dir(&views)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with("snap.") && name.ends_with(".generating") {
                let aside = next_aside(store)?;
                std::fs::create_dir(&aside)?;
                std::fs::rename(&path, aside.join(name))?;
            }
        }
    }
    Ok(views)
}

/// Where the views of a store lie.
pub(crate) fn place(store: &Path) -> PathBuf {
    store.join(FOLDER)
}

/// Notes that the views are in use from now on.
pub(crate) fn begin_session(store: &Path) -> io::Result<()> {
    replace_file(&store.join(SESSION), boot().unwrap_or_default().as_bytes())
}

/// Notes that the views are closed and on disk.
pub(crate) fn end_session(views: &Path) {
    // A note that stays costs a rebuild after the next boot, no more.
    let _ = std::fs::remove_file(views.with_file_name(SESSION));
}

fn boot() -> Option<String> {
    std::fs::read_to_string(BOOT).ok()
}

/// Whether the machine was started anew since the views were last in use, and they were not closed before.
fn lost_power(store: &Path, boot: Option<&str>) -> bool {
    let session = std::fs::read_to_string(store.join(SESSION)).ok().filter(|session| !session.is_empty());
    matches!((session, boot), (Some(session), Some(boot)) if session != boot)
}

/// Moves the views aside, so that their folder is free.
pub(crate) fn fresh_place(store: &Path, what: &str) -> io::Result<PathBuf> {
    let views = store.join(FOLDER);
    if views.exists() {
        let aside = next_aside(store)?;
        tracing::warn!(path = %views.display(), aside = %aside.display(), what, "the views are built anew from the journal");
        std::fs::rename(&views, aside)?;
    }
    match std::fs::remove_file(store.join(DOUBT)) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause),
        _ => {}
    }
    Ok(views)
}

/// Notes beside the views that they must be built anew.
pub(crate) fn doubt(views: &Path, what: &str) {
    if let Err(cause) = std::fs::write(views.with_file_name(DOUBT), what) {
        tracing::warn!(path = %views.display(), %cause, "cannot note that the views must be built anew");
    }
}

/// A free name for something moved aside; the oldest of its kind make room.
fn next_aside(store: &Path) -> io::Result<PathBuf> {
    let mut numbers: Vec<u64> = Vec::new();
    for entry in std::fs::read_dir(store)? {
        let name = entry?.file_name();
        numbers.extend(name.to_str().and_then(|name| name.strip_prefix(BROKEN)).and_then(|n| n.parse::<u64>().ok()));
    }
    numbers.sort_unstable();
    let spare = (numbers.len() + 1).saturating_sub(BROKEN_KEPT);
    for number in &numbers[..spare] {
        std::fs::remove_dir_all(store.join(format!("{BROKEN}{number}")))?;
    }
    Ok(store.join(format!("{BROKEN}{}", numbers.last().map_or(1, |last| last + 1))))
}
