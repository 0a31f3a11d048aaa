//! Where a process keeps its views of a store that lies on a server: a folder that can be thrown away at any time.
//!
//! Two processes never share one. Each takes the first that nobody holds, rather one with views of the same store.

use std::io;
use std::path::{Path, PathBuf};

use crate::OpenError;
use crate::disk::{make_directory, replace_file};
use crate::lock::Lock;
use crate::open::remove_folder;
use crate::views;

/// Folders of one cache at the most: more processes of one machine have folders of their own.
const PLACES: u32 = 64;
/// Holds the name of the store of which the views are.
const STORE: &str = "store";

/// A folder for views, held until it is dropped.
pub(crate) struct Cache {
    pub(crate) directory: PathBuf,
    pub(crate) lock: Lock,
}

impl Cache {
    /// Takes a folder for the views of a store.
    pub(crate) fn take(root: &Path, store: &str) -> Result<Self, OpenError> {
        make_directory(root).map_err(failed(root, "make the folder"))?;
        let mut places: Vec<(bool, u32)> =
            (1..=PLACES).map(|number| (!is_of(&root.join(number.to_string()), store), number)).collect();
        places.sort_unstable();
        for (_, number) in places {
            let directory = root.join(number.to_string());
            make_directory(&directory).map_err(failed(&directory, "make the folder"))?;
            let lock = Lock::take(&directory).map_err(failed(&directory, "lock the folder"))?;
            let Some(lock) = lock else { continue };
            let holder = format!("process {}", std::process::id());
            lock.set_holder(&holder).map_err(failed(&directory, "note who holds the folder"))?;
            if !is_of(&directory, store) {
                forget(&directory).map_err(failed(&directory, "remove the views of another store"))?;
                let note = directory.join(STORE);
                replace_file(&note, store.as_bytes()).map_err(failed(&note, "note of which store the views are"))?;
            }
            return Ok(Self { directory, lock });
        }
        Err(OpenError::InUse { path: root.to_owned(), holder: Some(format!("{PLACES} processes")) })
    }
}

/// Whether a folder is for views of this store.
fn is_of(directory: &Path, store: &str) -> bool {
    std::fs::read_to_string(directory.join(STORE)).is_ok_and(|name| name == store)
}

/// Removes views, and nothing else that may lie there.
fn forget(directory: &Path) -> io::Result<()> {
    remove_folder(&views::place(directory))
}

fn failed(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> OpenError {
    let path = path.to_owned();
    move |cause| OpenError::Io { path, action, cause }
}
