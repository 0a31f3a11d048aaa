//! Remembers: a journal is the truth, sled holds views of it, the archive keeps the bytes of answers.
//!
//! The only room that knows keys. It decides nothing: what is the same and what is new is decided above.

pub mod archive;
pub mod care;
mod commit;
mod disk;
mod error;
mod filter;
mod journal;
mod lease;
mod lock;
mod open;
#[cfg(feature = "postgres")]
mod server;
pub mod share;
mod shared;
mod stats;
mod store;
pub mod transaction;
mod views;

pub use error::{CommitError, OpenError, ReadError};
pub use filter::EventFilter;
pub use lease::Lease;
#[cfg(feature = "postgres")]
pub use server::{ServerAddress, ServerError};
pub use share::{Share, Sharer};
#[cfg(feature = "postgres")]
pub use shared::Sharing;
pub use stats::Stats;
pub use store::{Committed, Store};
pub use transaction::{Change, Transaction};

/// Place of a record in the journal; grows by one a record.
pub type Position = u64;
/// Number of a row of the change log; grows by one a row.
pub type Sequence = u64;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod trials;
