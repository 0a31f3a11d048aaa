//! Views of the journal, in sled: what is needed to answer a question without reading everything.
//!
//! Nothing here is the truth. Whatever is lost or damaged is made again from the journal, so sled is never asked to
//! sync while the store works. One tree holds all views, so that one batch changes them together.

mod apply;
mod compare;
mod entry;
mod events;
mod keys;
mod past;
mod place;
mod read;
mod value;

use std::io::ErrorKind;
use std::ops::Bound;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::{OnceLock, PoisonError, RwLock};

pub(crate) use apply::{Applied, Progress};
use keys::Key;
pub(crate) use keys::View;
pub(crate) use place::{begin_session, fresh_place, place, prepare};
use place::{doubt, end_session};
use serde::de::DeserializeOwned;
use value::decode;

use crate::ReadError;

/// What sled may keep in memory.
const CACHE_BYTES: u64 = 64 << 20;
/// The file in which sled keeps everything but its snapshots.
const SLED_FILE: &str = "db";

/// The views, open.
pub(crate) struct Views {
    directory: PathBuf,
    database: sled::Db,
    /// Held to write while a batch is applied: sled shows a batch key by key, and an answer must not fall between two.
    settled: RwLock<()>,
    /// Why they can no longer be trusted; until the store is opened again, nothing is read from them.
    broken: OnceLock<String>,
}

/// Something sled would not do, or a value that cannot be read.
#[derive(Debug)]
pub(crate) struct Trouble(pub(crate) String);

impl From<sled::Error> for Trouble {
    fn from(cause: sled::Error) -> Self {
        Self(match cause {
            // Of an error that it hands on twice sled keeps the kind, and shows the inside of the first.
            sled::Error::Io(cause) if cause.raw_os_error().is_none() && cause.kind() != ErrorKind::Other => {
                cause.kind().to_string()
            }
            sled::Error::Io(cause) => cause.to_string(),
            other => other.to_string(),
        })
    }
}

/// Runs what may panic inside of sled: on damaged files it does.
fn guarded<T>(work: impl FnOnce() -> Result<T, Trouble>) -> Result<T, Trouble> {
    // What is left half-done by a panic is in sled, and not used again: the views count as broken from then on.
    std::panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        Err(Trouble(format!("the database of the views panicked: {}", text.unwrap_or("no reason given"))))
    })
}

impl Views {
    /// Opens the views in a folder, or empty ones.
    pub(crate) fn open(directory: &Path) -> Result<Self, Trouble> {
        let database = guarded(|| {
            let config = sled::Config::new().path(directory).cache_capacity(CACHE_BYTES).flush_every_ms(None);
            Ok(config.open()?)
        })?;
        Ok(Self { directory: directory.to_owned(), database, settled: RwLock::new(()), broken: OnceLock::new() })
    }

    /// Writes everything to disk, as far as sled can: its own flush does not sync.
    pub(crate) fn close(&self) {
        let flushed = guarded(|| {
            self.database.flush()?;
            let file = std::fs::File::open(self.directory.join(SLED_FILE));
            file.and_then(|file| file.sync_all()).map_err(|cause| Trouble(cause.to_string()))
        });
        if let Err(Trouble(what)) = flushed {
            return tracing::warn!(path = %self.directory.display(), what, "the views were not flushed; they will be brought up again");
        }
        end_session(&self.directory);
    }

    /// No longer trusts the views: reads fail until the store is opened again, which builds them anew.
    pub(crate) fn give_up(&self, what: &str) {
        if self.broken.set(what.to_owned()).is_ok() {
            tracing::error!(path = %self.directory.display(), what, "the views cannot be used any more");
            doubt(&self.directory, what);
        }
    }

    /// Where they are, for messages.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Whether they have been given up.
    pub(crate) fn broken(&self) -> Option<&str> {
        self.broken.get().map(String::as_str)
    }

    /// Runs a read, unless the views have been given up.
    pub(crate) fn read<T>(&self, view: View, work: impl FnOnce(&Self) -> Result<T, Trouble>) -> Result<T, ReadError> {
        let failed = |what: &str| ReadError { view: view.name(), what: what.to_owned() };
        if let Some(what) = self.broken.get() {
            return Err(failed(what));
        }
        // It guards no value that a panic could leave half-changed.
        let settled = self.settled.read().unwrap_or_else(PoisonError::into_inner);
        let done = guarded(|| work(self));
        drop(settled);
        done.map_err(|Trouble(what)| {
            self.give_up(&what);
            failed(&what)
        })
    }

    /// What differs from other views, of a journal that says the same in fewer words.
    pub(crate) fn compare(&self, other: &Self) -> Result<Vec<String>, String> {
        guarded(|| self.differences(other)).map_err(|Trouble(what)| what)
    }

    /// Changes values together.
    fn apply_batch(&self, batch: sled::Batch) -> Result<(), Trouble> {
        let _settling = self.settled.write().unwrap_or_else(PoisonError::into_inner);
        Ok(self.database.apply_batch(batch)?)
    }

    /// Writes a cursor that cannot be read.
    #[cfg(test)]
    pub(crate) fn spoil(&self) {
        let key = Key::of(View::Cursor).text("steps");
        self.database.insert(key.bytes, b"\x01no JSON").expect("sled takes it");
    }

    /// Bytes on disk.
    fn bytes(&self) -> Result<u64, Trouble> {
        Ok(self.database.size_on_disk()?)
    }

    fn value<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, Trouble> {
        self.database.get(&key.bytes)?.map(|bytes| decode(key.view, &bytes)).transpose()
    }

    /// All entries whose keys begin so, in order.
    fn scan(&self, prefix: &Key) -> impl DoubleEndedIterator<Item = Result<(sled::IVec, sled::IVec), Trouble>> + use<> {
        self.database.scan_prefix(&prefix.bytes).map(|entry| entry.map_err(Trouble::from))
    }

    /// The entries of a view behind a key, in order.
    fn behind(&self, key: &Key) -> impl Iterator<Item = Result<(sled::IVec, sled::IVec), Trouble>> + use<> {
        let end = vec![key.view as u8 + 1];
        let range = (Bound::Excluded(key.bytes.clone()), Bound::Excluded(end));
        self.database.range::<Vec<u8>, _>(range).map(|entry| entry.map_err(Trouble::from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_said_in_words() {
        // As sled hands on the error of a flush that an earlier one met.
        let full = std::io::Error::from(ErrorKind::StorageFull);
        let again = sled::Error::Io(std::io::Error::new(full.kind(), format!("{full:?}")));
        assert_eq!(Trouble::from(again).0, ErrorKind::StorageFull.to_string());
    }
}
