//! The archive as the rooms above see it: packs in a folder, or bodies on the server of the store.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bellwether_model::id::ContentHash;

use super::fresh::Fresh;
use super::{ArchiveError, Body, PackSweep, Packs, Usage};
#[cfg(feature = "postgres")]
use crate::server::{BodySweep, ServerArchive};

/// The bytes of answers, under the hash of their content. A body is on disk, synced, before `put` returns; one that is there
/// already is not written again. Bodies that come at the same time share a write and a sync.
#[derive(Clone)]
pub struct Archive {
    kind: Kind,
    /// What was kept a moment ago, for its first reader.
    fresh: Arc<Mutex<Fresh>>,
}

#[derive(Clone)]
enum Kind {
    Packs(Packs),
    #[cfg(feature = "postgres")]
    Server(ServerArchive),
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Packs(packs) => packs.fmt(f),
            #[cfg(feature = "postgres")]
            Kind::Server(bodies) => f.debug_tuple("Archive").field(&bodies.shown()).finish(),
        }
    }
}

impl Archive {
    /// An archive in this folder, made where it is not there.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn open(root: &Path) -> Result<Self, ArchiveError> {
        Ok(Self::of(Kind::Packs(Packs::open(root)?)))
    }

    fn of(kind: Kind) -> Self {
        Self { kind, fresh: Arc::default() }
    }

    /// The archive of a store on a server.
    #[cfg(feature = "postgres")]
    pub(crate) fn on(bodies: ServerArchive) -> Self {
        Self::of(Kind::Server(bodies))
    }

    /// Keeps a body. Say [`Archive::settled`] when the record that names it is committed.
    ///
    /// # Errors
    /// It cannot be written, for instance on a full disk; nothing half-written stays under its name.
    pub fn put(&self, body: &[u8]) -> Result<ContentHash, ArchiveError> {
        let content = ContentHash::of(body);
        self.put_all(&[(&content, body)])?;
        Ok(content)
    }

    /// Keeps bodies under names that [`ContentHash::of`] gave them, with one write and one sync for all. Each is to be
    /// settled, as those that are put alone.
    ///
    /// # Errors
    /// They cannot be written; then none counts as kept, and none is to be settled.
    pub fn put_all(&self, bodies: &[(&ContentHash, &[u8])]) -> Result<(), ArchiveError> {
        match &self.kind {
            Kind::Packs(packs) => packs.put_all(bodies),
            #[cfg(feature = "postgres")]
            Kind::Server(server) => server.put_all(bodies),
        }
    }

    /// A body, checked against its hash.
    ///
    /// # Errors
    /// See [`ArchiveError`].
    pub fn get(&self, content: &ContentHash) -> Result<Vec<u8>, ArchiveError> {
        match &self.kind {
            Kind::Packs(packs) => packs.get(content),
            #[cfg(feature = "postgres")]
            Kind::Server(server) => server.get(content),
        }
    }

    /// Leaves a body that [`Archive::put_all`] has kept for the one who reads it next, in memory. Some megabytes wait; the
    /// oldest make room.
    pub fn leave(&self, content: ContentHash, body: Vec<u8>) {
        self.fresh.lock().unwrap_or_else(PoisonError::into_inner).put(content, body);
    }

    /// A body, and if it was just kept and left here, without a look at the disk; it is handed out so once, so that what is
    /// read later is checked against its hash.
    ///
    /// # Errors
    /// See [`ArchiveError`].
    pub fn first(&self, content: &ContentHash) -> Result<Vec<u8>, ArchiveError> {
        let left = self.fresh.lock().unwrap_or_else(PoisonError::into_inner).take(content);
        left.map_or_else(|| self.get(content), Ok)
    }

    /// Says that the record which names a body has been committed, or never will be: from then on the store knows
    /// whether the body is needed. A body that is never settled is never taken out by this process.
    pub fn settled(&self, content: &ContentHash) {
        match &self.kind {
            Kind::Packs(packs) => packs.settled(content),
            #[cfg(feature = "postgres")]
            Kind::Server(server) => server.settled(content),
        }
    }

    /// How much it holds. Bytes of bodies that were taken out of a pack which is not yet written anew do not count: there are
    /// never more of them than of others.
    ///
    /// # Errors
    /// The folder cannot be read, or the server does not answer.
    pub fn usage(&self) -> Result<Usage, ArchiveError> {
        match &self.kind {
            Kind::Packs(packs) => packs.usage(),
            #[cfg(feature = "postgres")]
            Kind::Server(server) => server.usage(),
        }
    }

    /// All bodies, in no order.
    ///
    /// # Errors
    /// A folder cannot be read, or the server does not answer.
    pub fn bodies(&self) -> Result<Vec<Body>, ArchiveError> {
        match &self.kind {
            Kind::Packs(packs) => packs.bodies(),
            #[cfg(feature = "postgres")]
            Kind::Server(server) => server.bodies(),
        }
    }

    /// Begins a sweep. `None`: another one is under way in this process. Of a shared archive, one process at a time may.
    ///
    /// # Errors
    /// The server does not answer.
    pub fn sweep(&self) -> Result<Option<Sweep<'_>>, ArchiveError> {
        Ok(match &self.kind {
            Kind::Packs(packs) => packs.sweep().map(|sweep| Sweep(SweepKind::Packs(sweep))),
            #[cfg(feature = "postgres")]
            Kind::Server(server) => server.sweep()?.map(|sweep| Sweep(SweepKind::Server(sweep))),
        })
    }
}

/// A sweep; there is one at a time. Begin it before the store is read for what may go, and finish it, which frees the space.
pub struct Sweep<'a>(SweepKind<'a>);

enum SweepKind<'a> {
    Packs(PackSweep<'a>),
    #[cfg(feature = "postgres")]
    Server(BodySweep<'a>),
}

impl Sweep<'_> {
    /// Whether a body may be taken out as far as is known: one that was put of late, or is in hand, may not.
    #[must_use]
    pub fn may_remove(&self, content: &ContentHash) -> bool {
        match &self.0 {
            SweepKind::Packs(sweep) => sweep.may_remove(content),
            #[cfg(feature = "postgres")]
            SweepKind::Server(sweep) => sweep.may_remove(content),
        }
    }

    /// Takes a body out, unless it was put again since the sweep began. Says whether it is gone.
    ///
    /// A kill before [`Sweep::finish`] can bring it back; that is no harm, since the next sweep finds it again.
    ///
    /// # Errors
    /// The file cannot be removed, or the server does not answer.
    pub fn remove(&self, body: &Body) -> Result<bool, ArchiveError> {
        match &self.0 {
            SweepKind::Packs(sweep) => sweep.remove(body),
            #[cfg(feature = "postgres")]
            SweepKind::Server(sweep) => sweep.remove(body),
        }
    }

    /// Frees the space of what was taken out: packs of which less than half is still wanted are written anew. A server frees
    /// it by itself.
    ///
    /// # Errors
    /// A pack cannot be read or written. What was not freed is freed by the next sweep of this process.
    pub fn finish(self) -> Result<(), ArchiveError> {
        match self.0 {
            SweepKind::Packs(sweep) => sweep.finish(),
            #[cfg(feature = "postgres")]
            SweepKind::Server(_) => Ok(()),
        }
    }
}
