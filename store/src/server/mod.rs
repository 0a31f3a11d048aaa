//! A PostgreSQL server as the home of a store: records and bodies in tables, leases by its clock.
//!
//! Knows SQL, and nothing of what a record means. The calls of this crate block; what waits for the server runs on a
//! runtime of its own, so that they can be made from anywhere.

mod address;
mod bodies;
mod cache;
mod error;
mod follow;
mod log;
mod membership;
mod record;
mod schema;
mod session;
mod tenure;
mod tls;

pub use address::ServerAddress;
pub(crate) use bodies::{BodySweep, ServerArchive};
pub(crate) use cache::Cache;
pub use error::ServerError;
pub(crate) use follow::Follower;
pub(crate) use log::{Appended, Log, Step};
pub(crate) use membership::Member;
pub(crate) use record::{Row, fill, last_position, refill, relation_bytes, salvage, scan};
pub(crate) use schema::{FORMAT, Wanted};
pub(crate) use session::Server;
pub(crate) use tenure::Held;
