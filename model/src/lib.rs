//! The nouns of bellwether. Plain values with their rules: no clock, no disk, no network, no database.
//!
//! Where official statistics have a word (SDMX, IMF and UN manuals), it is that word. Every other
//! crate meets in these types; none of them may be redefined elsewhere.

pub mod address;
pub mod alert;
pub mod claim;
pub mod document;
pub mod event;
pub mod evidence;
pub mod figure;
pub mod health;
pub mod id;
pub mod indicator;
pub mod number;
pub mod overdue;
pub mod period;
pub mod place;
pub mod policy;
pub mod quantity;
pub mod reading;
pub mod rhythm;
pub mod rows;
pub mod scale;
pub mod snapshot;
pub mod source;
pub mod statement;
pub mod watch;
pub mod web;
