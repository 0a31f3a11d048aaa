//! Where the store is, as the configuration or the command line says: in a folder, or on a server.

use std::path::PathBuf;

#[cfg(not(feature = "postgres"))]
use bellwether_store::Store;
use bellwether_store::care::Place;
#[cfg(feature = "postgres")]
use bellwether_store::{OpenError, ServerAddress, Sharing, Store};

use super::failure::UsageError;
use crate::settings::{Settings, SharingSettings, StorePlace};

/// What a store of a person's words is opened with.
pub(super) struct Home<'a> {
    place: &'a StorePlace,
    #[cfg(feature = "postgres")]
    server: Option<(ServerAddress, &'a SharingSettings)>,
}

impl<'a> Home<'a> {
    /// The place, where it can be meant. `sharing`: how one on a server is shared.
    pub(super) fn new(place: &'a StorePlace, sharing: &'a SharingSettings) -> Result<Self, UsageError> {
        match place {
            StorePlace::Folder(_) => Ok(Self {
                place,
                #[cfg(feature = "postgres")]
                server: None,
            }),
            #[cfg(feature = "postgres")]
            StorePlace::Server(text) => {
                if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
                    let scheme = text.split("://").next().unwrap_or_default();
                    return Err(UsageError::new(format!("a store on a `{scheme}` server is not known"))
                        .with_hint("write postgres://USER@HOST/DATABASE, or name a folder"));
                }
                let address = ServerAddress::parse(text, sharing.password.as_deref()).map_err(|what| {
                    UsageError::new(format!("the address of the store's server: {what}"))
                        .with_hint("write postgres://USER@HOST/DATABASE, with the password in PGPASSWORD")
                })?;
                Ok(Self { place, server: Some((address, sharing)) })
            }
            #[cfg(not(feature = "postgres"))]
            StorePlace::Server(_) => {
                let _ = sharing;
                Err(UsageError::new("this bellwether was built without stores on a server")
                    .with_hint("build it with the feature `postgres`, which is on by default, or name a folder"))
            }
        }
    }

    /// The place that a store's settings name.
    pub(super) fn of(settings: &'a Settings) -> Result<Self, UsageError> {
        Self::new(&settings.store, &settings.sharing)
    }

    /// Does something with the place, for those who make, copy or back up a whole store. `make`: whether a store is made
    /// there where there is none.
    pub(super) fn with<T>(&self, make: bool, work: impl FnOnce(Place<'_>) -> T) -> T {
        #[cfg(not(feature = "postgres"))]
        let _ = make;
        #[cfg(feature = "postgres")]
        if let Some((address, sharing)) = &self.server {
            let sharing = Sharing { address, cache: &sharing.cache, lease: sharing.lease, make };
            return work(Place::Server(&sharing));
        }
        match self.place {
            StorePlace::Folder(folder) => work(Place::Folder(folder)),
            StorePlace::Server(_) => unreachable!("a server has an address"),
        }
    }

    /// Whether it is on a server.
    pub(super) fn is_server(&self) -> bool {
        matches!(self.place, StorePlace::Server(_))
    }

    /// Opens the store, which is made where there is none.
    pub(super) fn open(&self) -> Result<Store, bellwether_store::OpenError> {
        self.with(true, open)
    }

    /// Opens the store for those who only look. `None`: there is none.
    pub(super) fn look(&self) -> Result<Option<Store>, bellwether_store::OpenError> {
        if let StorePlace::Folder(folder) = self.place
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
