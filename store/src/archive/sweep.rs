//! Takes bodies out of the archive while others are put in.
//!
//! A body is put before the record that names it is committed. A sweep that looked at the store between the two would
//! take a body away that is about to be named: so every body that is put and not yet settled when a sweep begins, and
//! every one that is put while it lasts, is out of its reach.

use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::{MutexGuard, PoisonError};

use bellwether_model::id::ContentHash;

use super::{Archive, ArchiveError, SHARDS, failed};

/// A body in the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Its hash.
    pub content: ContentHash,
    /// Bytes on disk.
    pub bytes: u64,
}

/// How much an archive holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Bodies.
    pub bodies: u64,
    /// Bytes of them on disk.
    pub bytes: u64,
}

/// Which bodies must not be taken out.
#[derive(Debug, Default)]
pub(super) struct Guard {
    /// Put, and not yet named by a committed record; how often.
    in_hand: HashMap<ContentHash, u32>,
    /// Out of reach of the sweep that is under way.
    spared: Option<HashSet<ContentHash>>,
}

/// A sweep; there is one at a time. Begin it before the store is read for what may go.
#[derive(Debug)]
pub struct Sweep<'a> {
    archive: &'a Archive,
}

impl Archive {
    /// Begins a sweep. `None`: another one is under way.
    #[must_use]
    pub fn sweep(&self) -> Option<Sweep<'_>> {
        let mut guard = self.guard();
        if guard.spared.is_some() {
            return None;
        }
        guard.spared = Some(guard.in_hand.keys().cloned().collect());
        Some(Sweep { archive: self })
    }

    /// Says that the record which names a body has been committed, or never will be: from then on the store knows
    /// whether the body is needed. A body that is never settled is never taken out by this process.
    pub fn settled(&self, content: &ContentHash) {
        let mut guard = self.guard();
        if let Some(count) = guard.in_hand.get_mut(content) {
            *count -= 1;
            if *count == 0 {
                guard.in_hand.remove(content);
            }
        }
    }

    /// How much it holds: counted once, then carried forward by what this process puts in and takes out.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn usage(&self) -> Result<Usage, ArchiveError> {
        let mut usage = self.usage.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(usage) = *usage {
            return Ok(usage);
        }
        let counted = self
            .bodies()?
            .iter()
            .fold(Usage::default(), |sum, body| Usage { bodies: sum.bodies + 1, bytes: sum.bytes + body.bytes });
        *usage = Some(counted);
        Ok(counted)
    }

    /// All bodies, in no order.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn bodies(&self) -> Result<Vec<Body>, ArchiveError> {
        let mut bodies = Vec::new();
        for shard in 0..SHARDS {
            let folder = self.root.join(format!("{shard:02x}"));
            let entries = match std::fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(cause) if cause.kind() == io::ErrorKind::NotFound => continue,
                Err(cause) => return Err(failed(&folder, "list the folder")(cause)),
            };
            for entry in entries {
                let entry = entry.map_err(failed(&folder, "list the folder"))?;
                let name = entry.file_name();
                let Some(name) = name.to_str().and_then(|name| name.strip_suffix(".zst")) else { continue };
                let content = ContentHash::new(name);
                if self.place(&content).is_none_or(|(_, path)| path != entry.path()) {
                    continue;
                }
                match entry.metadata() {
                    Ok(metadata) => bodies.push(Body { content, bytes: metadata.len() }),
                    Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
                    Err(cause) => return Err(failed(&entry.path(), "look at the body")(cause)),
                }
            }
        }
        Ok(bodies)
    }

    /// Notes that a body is in hand from now on.
    pub(super) fn take_in_hand(&self, content: &ContentHash) {
        let mut guard = self.guard();
        *guard.in_hand.entry(content.clone()).or_default() += 1;
        if let Some(spared) = &mut guard.spared {
            spared.insert(content.clone());
        }
    }

    /// Carries the count forward, if there is one.
    pub(super) fn grew(&self, bytes: u64) {
        if let Some(usage) = &mut *self.usage.lock().unwrap_or_else(PoisonError::into_inner) {
            usage.bodies += 1;
            usage.bytes += bytes;
        }
    }

    fn shrank(&self, bytes: u64) {
        if let Some(usage) = &mut *self.usage.lock().unwrap_or_else(PoisonError::into_inner) {
            usage.bodies = usage.bodies.saturating_sub(1);
            usage.bytes = usage.bytes.saturating_sub(bytes);
        }
    }

    fn guard(&self) -> MutexGuard<'_, Guard> {
        // Nothing that can panic runs while it is held.
        self.guard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sweep<'_> {
    /// Whether a body may be taken out as far as this process knows.
    #[must_use]
    pub fn may_remove(&self, content: &ContentHash) -> bool {
        self.archive.guard().spared.as_ref().is_some_and(|spared| !spared.contains(content))
    }

    /// Takes a body out, unless it was put again since the sweep began. Says whether it is gone.
    ///
    /// A power cut can bring the file back; that is no harm, since the next sweep finds it again.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub fn remove(&self, body: &Body) -> Result<bool, ArchiveError> {
        let Some((_, path)) = self.archive.place(&body.content) else { return Ok(false) };
        // While it is held, nobody puts a body of this folder.
        let _shard = self.archive.shard(&body.content);
        if !self.may_remove(&body.content) {
            return Ok(false);
        }
        match std::fs::remove_file(&path) {
            Ok(()) => self.archive.shrank(body.bytes),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
            Err(cause) => return Err(failed(&path, "remove the body")(cause)),
        }
        Ok(true)
    }
}

impl Drop for Sweep<'_> {
    fn drop(&mut self) {
        self.archive.guard().spared = None;
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn body(archive: &Archive, content: &ContentHash) -> Body {
        archive.bodies().unwrap().into_iter().find(|body| body.content == *content).unwrap()
    }

    #[test]
    fn what_is_in_hand_is_out_of_reach() {
        let folder = TempDir::new().unwrap();
        let archive = Archive::open(folder.path()).unwrap();
        let before = archive.put(b"put before, not settled").unwrap();
        let settled = archive.put(b"put before and settled").unwrap();
        archive.settled(&settled);
        let sweep = archive.sweep().unwrap();
        assert!(archive.sweep().is_none(), "one at a time");
        let again = archive.put(b"put before and settled, and put again").unwrap();
        archive.settled(&again);
        archive.settled(&before);
        for content in [&before, &again] {
            assert!(!sweep.remove(&body(&archive, content)).unwrap());
            assert!(archive.get(content).is_ok());
        }
        let gone = body(&archive, &settled);
        assert!(sweep.remove(&gone).unwrap() && sweep.remove(&gone).unwrap());
        assert!(matches!(archive.get(&settled), Err(ArchiveError::Missing(_))));
        drop(sweep);
        let next = archive.sweep().unwrap();
        assert!(next.remove(&body(&archive, &before)).unwrap(), "settled since");
    }

    #[test]
    fn a_body_that_was_taken_out_can_be_put_again() {
        let folder = TempDir::new().unwrap();
        let archive = Archive::open(folder.path()).unwrap();
        let content = archive.put(b"body").unwrap();
        archive.settled(&content);
        let taken = body(&archive, &content);
        assert!(archive.sweep().unwrap().remove(&taken).unwrap());
        assert_eq!(archive.put(b"body").unwrap(), content);
        assert_eq!(archive.get(&content).unwrap(), b"body");
    }

    #[test]
    fn usage_is_carried_forward() {
        let folder = TempDir::new().unwrap();
        let archive = Archive::open(folder.path()).unwrap();
        assert_eq!(archive.usage().unwrap(), Usage::default());
        let first = archive.put(&[1; 4000]).unwrap();
        archive.put(&[2; 4000]).unwrap();
        archive.put(&[2; 4000]).unwrap();
        std::fs::write(folder.path().join("00-a-stray-file"), b"stray").unwrap();
        let fresh = || Archive::open(folder.path()).unwrap().usage().unwrap();
        assert_eq!((archive.usage().unwrap().bodies, archive.usage().unwrap()), (2, fresh()));
        archive.settled(&first);
        archive.sweep().unwrap().remove(&body(&archive, &first)).unwrap();
        assert_eq!((archive.usage().unwrap().bodies, archive.usage().unwrap()), (1, fresh()));
    }
}
