//! Where the store is, as the configuration or the command line says: in a folder, or on a server.

use std::path::{Path, PathBuf};

#[cfg(not(feature = "postgres"))]
use bellwether_store::Store;
use bellwether_store::care::Place;
#[cfg(feature = "postgres")]
use bellwether_store::{OpenError, ServerAddress, Sharing, Store};

use super::failure::UsageError;
use crate::settings::{Settings, SharingSettings, StorePlace};

/// What a store of a person's words is opened with.
pub(super) enum Home<'a> {
    /// One in this folder.
    Folder(&'a Path),
    /// One on a server, and how it is shared.
    #[cfg(feature = "postgres")]
    Server(Box<ServerAddress>, &'a SharingSettings),
}

impl<'a> Home<'a> {
    /// The place, where it can be meant. `sharing`: how one on a server is shared.
    #[cfg(feature = "postgres")]
    pub(super) fn new(place: &'a StorePlace, sharing: &'a SharingSettings) -> Result<Self, UsageError> {
        let text = match place {
            StorePlace::Folder(folder) => return Ok(Self::Folder(folder)),
            StorePlace::Server(text) => text,
        };
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            let scheme = text.split("://").next().unwrap_or_default();
            return Err(UsageError::new(format!("a store on a `{scheme}` server is not known"))
                .with_hint("write postgres://USER@HOST/DATABASE, or name a folder"));
        }
        let address = ServerAddress::parse(text, sharing.password.as_deref()).map_err(|what| {
            UsageError::new(format!("the address of the store's server: {what}"))
                .with_hint("write postgres://USER@HOST/DATABASE, with the password in PGPASSWORD")
        })?;
        Ok(Self::Server(Box::new(address), sharing))
    }

    /// The place, where it can be meant. One on a server cannot, so that nothing is shared.
    #[cfg(not(feature = "postgres"))]
    pub(super) fn new(place: &'a StorePlace, _: &'a SharingSettings) -> Result<Self, UsageError> {
        match place {
            StorePlace::Folder(folder) => Ok(Self::Folder(folder)),
            StorePlace::Server(_) => Err(UsageError::new("this bellwether was built without stores on a server")
                .with_hint("build it with the feature `postgres`, which is on by default, or name a folder")),
        }
    }

    /// The place that a store's settings name.
    pub(super) fn of(settings: &'a Settings) -> Result<Self, UsageError> {
        Self::new(&settings.store, &settings.sharing)
    }

    /// Does something with the place, for those who make, copy or back up a whole store. `make`: whether a store is made on a
    /// server where there is none; those that make one in a folder know it by themselves.
    #[cfg_attr(not(feature = "postgres"), expect(unused_variables, reason = "only a server is told"))]
    pub(super) fn with<T>(&self, make: bool, work: impl FnOnce(Place<'_>) -> T) -> T {
        match self {
            Self::Folder(folder) => work(Place::Folder(folder)),
            #[cfg(feature = "postgres")]
            Self::Server(address, sharing) => {
                work(Place::Server(&Sharing { address, cache: &sharing.cache, lease: sharing.lease, make }))
            }
        }
    }

    /// Whether it is on a server.
    pub(super) fn is_server(&self) -> bool {
        !matches!(self, Self::Folder(_))
    }

    /// Opens the store, which is made where there is none.
    pub(super) fn open(&self) -> Result<Store, bellwether_store::OpenError> {
        self.with(true, open)
    }

    /// Opens the store for those who only look. `None`: there is none.
    pub(super) fn look(&self) -> Result<Option<Store>, bellwether_store::OpenError> {
        if let Self::Folder(folder) = self
            && !folder.exists()
        {
            return Ok(None);
        }
        match self.with(false, open) {
            #[cfg(feature = "postgres")]
            Err(OpenError::NoStore { .. }) => Ok(None),
            opened => opened.map(Some),
        }
    }

    /// Its name in messages.
    pub(super) fn shown(&self) -> PathBuf {
        self.with(false, |place| place.shown())
    }

    /// Says that there is no store.
    pub(super) fn nothing_there(&self) -> UsageError {
        UsageError::new(format!("there is no store at `{}` yet", self.shown().display()))
            .with_hint("`bellwether crawl` or `bellwether run` makes one; `bellwether demo` needs no configuration")
    }
}

fn open(place: Place<'_>) -> Result<Store, bellwether_store::OpenError> {
    match place {
        Place::Folder(folder) => Store::open(folder),
        #[cfg(feature = "postgres")]
        Place::Server(sharing) => Store::open_shared(sharing),
    }
}
