//! The right to do something that one process at a time may do with a store. Of a store in a folder, whoever holds it has
//! every right; of one on a server, the server says who.

use std::sync::Arc;

#[cfg(feature = "postgres")]
use crate::server::Held;

/// What a commit must still hold: a lease, with the number under which it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fence {
    pub(crate) name: Arc<str>,
    pub(crate) token: i64,
}

/// The right to do something that one process at a time may do. It is renewed by itself and given back when it is dropped;
/// when its process dies, it expires.
///
/// What is committed by [`Store::under`](crate::Store::under) a lease is refused once another process has the lease.
#[derive(Clone)]
pub struct Lease {
    name: String,
    #[cfg(feature = "postgres")]
    held: Option<Arc<Held>>,
}

impl std::fmt::Debug for Lease {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lease").field("name", &self.name).field("is_held", &self.is_held()).finish_non_exhaustive()
    }
}

impl Lease {
    /// A lease of a store that no other process has.
    pub(crate) fn alone(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            #[cfg(feature = "postgres")]
            held: None,
        }
    }

    #[cfg(feature = "postgres")]
    pub(crate) fn shared(held: Arc<Held>) -> Self {
        Self { name: held.fence.name.to_string(), held: Some(held) }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is still ours for certain. It is not while the server cannot be reached for longer than a lease lasts,
    /// and can be again when nobody took it meanwhile.
    #[must_use]
    pub fn is_held(&self) -> bool {
        #[cfg(feature = "postgres")]
        if let Some(held) = &self.held {
            return held.is_held();
        }
        true
    }

    /// Whether another process had it before: what that one did last is known only as far as it was committed.
    #[must_use]
    pub fn was_anothers(&self) -> bool {
        #[cfg(feature = "postgres")]
        if let Some(held) = &self.held {
            return held.was_anothers;
        }
        false
    }

    pub(crate) fn fence(&self) -> Option<Fence> {
        #[cfg(feature = "postgres")]
        return self.held.as_ref().map(|held| held.fence.clone());
        #[cfg(not(feature = "postgres"))]
        None
    }
}
