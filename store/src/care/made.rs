//! A store that is made by work on it, and counts only when all of the work is done.

use std::path::Path;

use super::{CareError, UNFINISHED, failed, is_free, parent};
use crate::disk::{Disk, SystemDisk, make_directory};
use crate::open::remove_folder;
use crate::store::Store;

/// Makes a store in a folder, which must not be there yet or be empty: it gets its name when `work` is done with it. Where that
/// fails, or the process ends, there is no store.
///
/// # Errors
/// The folder is taken, or cannot be written; or what `work` fails with.
pub fn make<T, E: From<CareError>>(to: &Path, work: impl FnOnce(&Store) -> Result<T, E>) -> Result<T, E> {
    named_last(&SystemDisk, to, |building| work(&Store::open(building).map_err(CareError::from)?))
}

/// Has a folder filled beside its place, and gives it its name when that is done.
pub(super) fn named_last<T, E: From<CareError>>(
    disk: &dyn Disk,
    to: &Path,
    fill: impl FnOnce(&Path) -> Result<T, E>,
) -> Result<T, E> {
    if !is_free(to).map_err(failed(to, "look at the folder"))? {
        return Err(CareError::Exists { path: to.to_owned() }.into());
    }
    let folder = parent(to);
    make_directory(folder).map_err(failed(folder, "make the folder"))?;
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{UNFINISHED}"));
    let building = to.with_file_name(name);
    // What an earlier attempt left is of no use.
    remove_folder(&building).map_err(failed(&building, "remove what was left unfinished"))?;
    let made = fill(&building).and_then(|made| {
        disk.rename(&building, to).map_err(failed(to, "give the store its name"))?;
        disk.sync_directory(folder).map_err(failed(folder, "sync the folder"))?;
        Ok(made)
    });
    if made.is_err() {
        // The next attempt removes it as well.
        let _ = remove_folder(&building);
    }
    made
}
