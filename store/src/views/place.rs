//! Where the views lie, and how views that are of no use are moved out of the way.

use std::io;
use std::path::{Path, PathBuf};

const FOLDER: &str = "views";
const BROKEN: &str = "views.broken-";
/// Lies in the store while its views are known to be wrong.
const DOUBT: &str = "views.doubtful";
/// Views that were moved aside are kept for a look, but not without end.
const BROKEN_KEPT: usize = 3;

/// The folder of the views of a store, ready to be opened: views that are known to be wrong and what a kill left of
/// sled's own snapshots are moved aside.
pub(crate) fn prepare(store: &Path) -> io::Result<PathBuf> {
    let views = store.join(FOLDER);
    if store.join(DOUBT).exists() {
        return fresh_place(store, "an earlier read or write of them failed");
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
