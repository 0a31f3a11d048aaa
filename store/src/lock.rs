//! One process holds a store. The lock is the operating system's, so that it dies with its holder.
//!
//! Knows nothing of what the store holds.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::disk::replace_file;

/// The lock is on this file; it stays when the lock goes.
const LOCK: &str = "lock";
/// What the holder says of itself. Stale once the holder has died, therefore read only while the lock is held.
const HOLDER: &str = "holder";
/// Who asks for the holder's name takes the lock for an instant. So many tries, `PAUSE` apart, outlast it.
const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_millis(5);

/// The lock of a store, until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    directory: PathBuf,
    /// Holds the operating system's lock by being open.
    _file: File,
}

impl Lock {
    /// Takes the lock of a folder. `None`: another process has it.
    pub(crate) fn take(directory: &Path) -> io::Result<Option<Self>> {
        let file = OpenOptions::new().create(true).write(true).truncate(false).open(directory.join(LOCK))?;
        for attempt in 1..=TRIES {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Self { directory: directory.to_owned(), _file: file })),
                Err(TryLockError::WouldBlock) if attempt < TRIES => std::thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => break,
                Err(TryLockError::Error(cause)) => return Err(cause),
            }
        }
        Ok(None)
    }

    /// Writes what the holder says of itself.
    pub(crate) fn set_holder(&self, text: &str) -> io::Result<()> {
        replace_file(&self.directory.join(HOLDER), text.as_bytes())
    }
}

/// What the holder of a folder's lock says of itself. `None`: nobody holds it, or there is no store.
pub(crate) fn holder(directory: &Path) -> Option<String> {
    let file = File::open(directory.join(LOCK)).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => {}
        // A file system without locks cannot tell; opening the store then says why.
        Ok(()) | Err(TryLockError::Error(_)) => return None,
    }
    let text = std::fs::read_to_string(directory.join(HOLDER)).unwrap_or_default();
    let text = text.trim();
    Some(if text.is_empty() { "a process that is just starting".to_owned() } else { text.to_owned() })
}
