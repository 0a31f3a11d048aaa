//! Takes bodies out of the archive while others are put in.
//!
//! A body is put before the record that names it is committed. A sweep that looked at the store between the two would
//! take a body away that is about to be named: so every body that is put and not yet settled when a sweep begins, and
//! every one that is put while it lasts, is out of its reach.

use std::collections::{HashMap, HashSet};
use std::sync::{MutexGuard, PoisonError};

use bellwether_model::id::ContentHash;

use super::record::{bytes_of, text_of};
use super::writer::lock;
use super::{ArchiveError, Packs, loose};

/// A body in the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Its hash.
    pub content: ContentHash,
    /// Bytes on disk.
    pub bytes: u64,
}

impl Usage {
    fn of(bodies: &[Body]) -> Self {
        Self { bodies: bodies.len() as u64, bytes: bodies.iter().map(|body| body.bytes).sum() }
    }
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
pub(crate) struct Guard {
    /// Put, and not yet named by a committed record; how often.
    in_hand: HashMap<ContentHash, u32>,
    /// Out of reach of the sweep that is under way.
    spared: Option<HashSet<ContentHash>>,
}

/// A sweep over packs.
#[derive(Debug)]
pub(crate) struct PackSweep<'a> {
    archive: &'a Packs,
}

impl Guard {
    /// Notes that a body is in hand from now on.
    pub(crate) fn take_in_hand(&mut self, content: &ContentHash) {
        *self.in_hand.entry(content.clone()).or_default() += 1;
        if let Some(spared) = &mut self.spared {
            spared.insert(content.clone());
        }
    }

    /// Notes that it is in hand once less.
    pub(crate) fn settled(&mut self, content: &ContentHash) {
        if let Some(count) = self.in_hand.get_mut(content) {
            *count -= 1;
            if *count == 0 {
                self.in_hand.remove(content);
            }
        }
    }

    /// Begins a sweep, which spares what is in hand. `false`: another one is under way.
    pub(crate) fn begin_sweep(&mut self) -> bool {
        let begins = self.spared.is_none();
        if begins {
            self.spared = Some(self.in_hand.keys().cloned().collect());
        }
        begins
    }

    /// Has the sweep spare these as well.
    #[cfg(feature = "postgres")]
    pub(crate) fn spare(&mut self, bodies: HashSet<ContentHash>) {
        if let Some(spared) = &mut self.spared {
            spared.extend(bodies);
        }
    }

    /// Whether the sweep may take a body out.
    pub(crate) fn may_remove(&self, content: &ContentHash) -> bool {
        self.spared.as_ref().is_some_and(|spared| !spared.contains(content))
    }

    /// Ends the sweep.
    pub(crate) fn end_sweep(&mut self) {
        self.spared = None;
    }
}

impl Packs {
    /// Begins a sweep. `None`: another one is under way.
    pub(crate) fn sweep(&self) -> Option<PackSweep<'_>> {
        let begins = self.guard().begin_sweep();
        // Not made in vain: dropping one ends the sweep that is under way.
        begins.then(|| PackSweep { archive: self })
    }

    /// Says that the record which names a body has been committed, or never will be.
    pub(crate) fn settled(&self, content: &ContentHash) {
        self.guard().settled(content);
    }

    /// How much it holds. Bytes of bodies that were taken out and whose pack is not yet written anew do not count: there are
    /// never more of them than of others.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub(crate) fn usage(&self) -> Result<Usage, ArchiveError> {
        let kept = self.kept()?;
        let mut usage = {
            let mut alone = kept.loose.lock().unwrap_or_else(PoisonError::into_inner);
            match *alone {
                Some(usage) => usage,
                None => *alone.insert(Usage::of(&self.loose_bodies()?)),
            }
        };
        let shelf = lock(&kept.shelf);
        usage.bodies += shelf.len() as u64;
        usage.bytes += shelf.packs.values().map(|pack| pack.wanted).sum::<u64>();
        Ok(usage)
    }

    /// All bodies, in no order.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub(crate) fn bodies(&self) -> Result<Vec<Body>, ArchiveError> {
        let mut bodies = self.loose_bodies()?;
        let shelf = lock(&self.kept()?.shelf);
        bodies.extend(shelf.entries().map(|(hash, place)| Body { content: text_of(hash), bytes: place.bytes.into() }));
        Ok(bodies)
    }

    fn loose_bodies(&self) -> Result<Vec<Body>, ArchiveError> {
        if self.kept()?.has_loose { loose::bodies(&self.root) } else { Ok(Vec::new()) }
    }

    /// Notes that a body is in hand from now on.
    pub(super) fn take_in_hand(&self, content: &ContentHash) {
        self.guard().take_in_hand(content);
    }

    fn guard(&self) -> MutexGuard<'_, Guard> {
        // Nothing that can panic runs while it is held.
        self.guard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PackSweep<'_> {
    /// Whether a body may be taken out as far as this process knows.
    pub(crate) fn may_remove(&self, content: &ContentHash) -> bool {
        self.archive.guard().may_remove(content)
    }

    /// Takes a body out, unless it was put again since the sweep began. Says whether it is gone.
    ///
    /// A kill before [`PackSweep::finish`] can bring it back; that is no harm, since the next sweep finds it again.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub(crate) fn remove(&self, body: &Body) -> Result<bool, ArchiveError> {
        let Some(hash) = bytes_of(&body.content) else { return Ok(false) };
        let kept = self.archive.kept()?;
        // While it is held, nobody finds the body there who was not in hand of it before.
        let mut shelf = lock(&kept.shelf);
        if !self.may_remove(&body.content) {
            return Ok(false);
        }
        shelf.remove(&hash);
        if kept.has_loose
            && let Some(path) = loose::path(&self.archive.root, &body.content)
            && loose::remove(&path)?
            && let Some(usage) = &mut *kept.loose.lock().unwrap_or_else(PoisonError::into_inner)
        {
            usage.bodies = usage.bodies.saturating_sub(1);
            usage.bytes = usage.bytes.saturating_sub(body.bytes);
        }
        Ok(true)
    }

    /// Frees the space of what was taken out: packs of which less than half is still wanted are written anew.
    ///
    /// # Errors
    /// A pack cannot be read or written. What was not freed is freed by the next sweep of this process.
    pub(crate) fn finish(self) -> Result<(), ArchiveError> {
        let kept = self.archive.kept()?;
        kept.intake.clear_up(&kept.shelf)
    }
}

impl Drop for PackSweep<'_> {
    fn drop(&mut self) {
        self.archive.guard().end_sweep();
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn body(archive: &Packs, content: &ContentHash) -> Body {
        archive.bodies().unwrap().into_iter().find(|body| body.content == *content).unwrap()
    }

    #[test]
    fn what_is_in_hand_is_out_of_reach() {
        let folder = TempDir::new().unwrap();
        let archive = Packs::open(folder.path()).unwrap();
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
        let archive = Packs::open(folder.path()).unwrap();
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
        let archive = Packs::open(folder.path()).unwrap();
        assert_eq!(archive.usage().unwrap(), Usage::default());
        let first = archive.put(&[1; 4000]).unwrap();
        archive.put(&[2; 4000]).unwrap();
        archive.put(&[2; 4000]).unwrap();
        std::fs::write(folder.path().join("00-a-stray-file"), b"stray").unwrap();
        let fresh = || Packs::open(folder.path()).unwrap().usage().unwrap();
        assert_eq!((archive.usage().unwrap().bodies, archive.usage().unwrap()), (2, fresh()));
        archive.settled(&first);
        let sweep = archive.sweep().unwrap();
        assert!(sweep.remove(&body(&archive, &first)).unwrap());
        sweep.finish().unwrap();
        assert_eq!((archive.usage().unwrap().bodies, archive.usage().unwrap()), (1, fresh()));
    }
}
