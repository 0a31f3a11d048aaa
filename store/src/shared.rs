//! A store on a server, which several processes share: how it is opened, and the leases by which they keep out of each
//! other's way. A store in a folder answers the same questions, since whoever holds it is alone.

use std::path::Path;
use std::sync::Arc;
#[cfg(feature = "postgres")]
use std::time::Duration;

use crate::archive::{Archive, ArchiveError};
use crate::lease::{Fence, Lease};
use crate::open::Origin;
#[cfg(feature = "postgres")]
use crate::server::{Server, ServerAddress, ServerArchive, Wanted};
use crate::{CommitError, Store};
#[cfg(feature = "postgres")]
use crate::{OpenError, open::Inner};

/// How a store on a server is opened.
#[cfg(feature = "postgres")]
#[derive(Debug, Clone)]
pub struct Sharing<'a> {
    /// Where it is.
    pub address: &'a ServerAddress,
    /// A folder of this machine for views, which can be thrown away at any time; several processes share it, each with a
    /// part of its own.
    pub cache: &'a Path,
    /// So long a lease lasts that its process does not renew, because it has died or cannot reach the server.
    pub lease: Duration,
    /// Whether a store is made where there is none.
    pub make: bool,
}

#[cfg(feature = "postgres")]
impl Sharing<'_> {
    pub(crate) fn connect(&self) -> Result<Arc<Server>, OpenError> {
        let wanted = if self.make { Wanted::Made } else { Wanted::Existing };
        Server::connect(self.address, self.lease, wanted)
    }
}

#[cfg(feature = "postgres")]
impl Store {
    /// Opens the store on a server and brings the views up to it, which are in a folder of the cache.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open_shared(sharing: &Sharing<'_>) -> Result<Self, OpenError> {
        Ok(Self::of(Inner::open_on(sharing.connect()?, sharing.cache)?))
    }
}

impl Store {
    /// Whether other processes may write into it at the same time.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        !matches!(self.inner.origin, Origin::Folder(_))
    }

    /// The archive that belongs to it: on its server, or in this folder.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn archive(&self, folder: &Path) -> Result<Archive, ArchiveError> {
        match &self.inner.origin {
            Origin::Folder(_) => Archive::open(folder),
            #[cfg(feature = "postgres")]
            Origin::Server(server) => Ok(Archive::on(ServerArchive::new(Arc::clone(server)))),
        }
    }

    /// Takes those of some leases that nobody holds. Whatever their last holders committed can be read when it returns.
    ///
    /// # Errors
    /// The server does not answer.
    pub fn leases(&self, names: &[&str]) -> Result<Vec<Lease>, CommitError> {
        match &self.inner.origin {
            Origin::Folder(_) => Ok(names.iter().map(|name| Lease::alone(name)).collect()),
            #[cfg(feature = "postgres")]
            Origin::Server(server) => {
                let held = server.take(names)?;
                if !held.is_empty() {
                    self.catch_up()?;
                }
                Ok(held.into_iter().map(Lease::shared).collect())
            }
        }
    }

    /// Takes a lease. `None`: somebody holds it.
    ///
    /// # Errors
    /// The server does not answer.
    pub fn lease(&self, name: &str) -> Result<Option<Lease>, CommitError> {
        Ok(self.leases(&[name])?.pop())
    }

    /// Who holds a lease, in words. `None`: nobody does.
    ///
    /// # Errors
    /// The server does not answer.
    pub fn lease_holder(&self, name: &str) -> Result<Option<String>, CommitError> {
        match &self.inner.origin {
            Origin::Folder(_) => {
                let _nobody_else = name;
                Ok(None)
            }
            #[cfg(feature = "postgres")]
            Origin::Server(server) => Ok(server.holder_of(name)?),
        }
    }

    /// The same store, whose commits are refused once another process has taken over one of these leases.
    #[must_use]
    pub fn under<'a>(&self, leases: impl IntoIterator<Item = &'a Lease>) -> Self {
        let under: Arc<[Fence]> = leases.into_iter().filter_map(Lease::fence).collect();
        Self { under, share: None, ..self.clone() }
    }

    /// Takes in what other processes have committed until now.
    ///
    /// # Errors
    /// The server does not answer, or a record of it is damaged.
    pub fn catch_up(&self) -> Result<(), CommitError> {
        #[cfg(feature = "postgres")]
        self.inner.core.committer.catch_up(&self.inner.core.views)?;
        Ok(())
    }
}
