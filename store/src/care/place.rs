//! Where a store lies, for those who make, copy or back up a whole one.

use std::path::{Path, PathBuf};

#[cfg(feature = "postgres")]
use crate::Sharing;
use crate::archive::Archive;
use crate::care::CareError;
use crate::open::FORMAT_FILE;

/// Where a store lies.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    /// In a folder.
    Folder(&'a Path),
    /// On a server.
    #[cfg(feature = "postgres")]
    Server(&'a Sharing<'a>),
}

impl<'a> From<&'a Path> for Place<'a> {
    fn from(folder: &'a Path) -> Self {
        Self::Folder(folder)
    }
}

impl<'a> From<&'a PathBuf> for Place<'a> {
    fn from(folder: &'a PathBuf) -> Self {
        Self::Folder(folder)
    }
}

#[cfg(feature = "postgres")]
impl<'a> From<&'a Sharing<'a>> for Place<'a> {
    fn from(sharing: &'a Sharing<'a>) -> Self {
        Self::Server(sharing)
    }
}

impl Place<'_> {
    /// Its name in messages.
    #[must_use]
    pub fn shown(&self) -> PathBuf {
        match self {
            Self::Folder(folder) => folder.to_path_buf(),
            #[cfg(feature = "postgres")]
            Self::Server(sharing) => sharing.address.to_string().into(),
        }
    }

    /// Makes sure that a folder holds a store; a server says so when it is asked.
    ///
    /// # Errors
    /// It holds none.
    pub fn check_store(&self) -> Result<(), CareError> {
        match self {
            Self::Folder(folder) if !folder.join(FORMAT_FILE).exists() => {
                Err(CareError::NoStore { path: folder.to_path_buf() })
            }
            _ => Ok(()),
        }
    }

    /// The archive of a store there: on its server, or in this folder.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn archive(&self, folder: &Path) -> Result<Archive, CareError> {
        match self {
            Self::Folder(_) => Ok(Archive::open(folder)?),
            #[cfg(feature = "postgres")]
            Self::Server(sharing) => Ok(Archive::on(crate::server::ServerArchive::new(sharing.connect()?))),
        }
    }
}
