//! What can go wrong when a store is opened, written or read, for the rooms above and for people.
//!
//! Knows no files and no keys: it names what was tried, on what, and why it failed.

use std::path::PathBuf;

/// A store that could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process holds it.
    #[error("the store `{path}` is in use by another process{}", holder.as_deref().map(|h| format!(" ({h})")).unwrap_or_default())]
    InUse {
        /// The folder.
        path: PathBuf,
        /// What the holder wrote of itself, as `process 4711, listening on 127.0.0.1:8787`.
        holder: Option<String>,
    },
    /// A file could not be read or written.
    #[error("the store `{path}`: cannot {action}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// Why not.
        #[source]
        cause: std::io::Error,
    },
    /// A record inside the journal is damaged: a flipped byte, not a torn end.
    #[error("the journal `{path}` is damaged at byte {at}: {what}")]
    Damaged {
        /// The segment.
        path: PathBuf,
        /// Offset in it.
        at: u64,
        /// What is wrong.
        what: String,
    },
    /// Written by a newer bellwether.
    #[error("the store `{path}` has format {found}, this program reads up to {known}")]
    Newer {
        /// The folder.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// There is no store on the server, and none was to be made.
    #[error("there is no store at {server}")]
    NoStore {
        /// Its address, without the password.
        server: String,
    },
    /// A record on the server is not as it was written.
    #[error("the store at {server}: the record {position} is damaged: {what}")]
    DamagedRecord {
        /// Its address, without the password.
        server: String,
        /// The record.
        position: crate::Position,
        /// What is wrong.
        what: String,
    },
    /// The server cannot be reached, or does not do what it is asked.
    #[cfg(feature = "postgres")]
    #[error("cannot use the store on a server")]
    Server(#[from] crate::ServerError),
    /// The views could neither be opened nor built again.
    #[error("the views of the store `{path}` cannot be built: {what}")]
    Views {
        /// The folder.
        path: PathBuf,
        /// Why.
        what: String,
    },
}

/// A transaction that was not committed: nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// The journal could not be written or synced. Later commits fail too, until the store is opened again.
    #[error("cannot write the journal `{path}`")]
    Journal {
        /// The segment.
        path: PathBuf,
        /// Why, for instance a full disk.
        #[source]
        cause: std::io::Error,
    },
    /// An earlier commit failed, so this one was not tried.
    #[error("the store no longer writes since an earlier failure: {0}")]
    Closed(String),
    /// The work was done under a lease that another process has now.
    #[error("another process has taken over `{lease}`: what was done for it here is not kept")]
    Lost {
        /// The lease.
        lease: String,
    },
    /// The server did not take it, although it was tried for a while. Later commits fail too, until the store is opened again.
    #[cfg(feature = "postgres")]
    #[error("cannot commit to the store on a server")]
    Server(#[from] crate::ServerError),
    /// The past cannot be changed.
    #[error("the store as of {0} is only read")]
    Past(jiff::Timestamp),
}

/// A read that failed: the views are damaged. Opening the store again builds them anew.
#[derive(Debug, thiserror::Error)]
#[error("cannot read view `{view}` of the store: {what}")]
pub struct ReadError {
    /// The view.
    pub view: &'static str,
    /// What is wrong.
    pub what: String,
}
