//! Stores from outside: the suite that every backend must pass, what a folder promises of kills, damage and views that
//! are built anew, and what a server promises of several processes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod care;
mod everything;
mod kill;
#[cfg(feature = "postgres")]
#[path = "../../../tests/support/postgres.rs"]
mod postgres;
mod rebuild;
mod sample;
#[cfg(feature = "postgres")]
mod server;
#[cfg(feature = "postgres")]
mod sharing;
mod suite;

use std::cell::RefCell;

use bellwether_store::Store;
use tempfile::TempDir;

#[test]
fn a_folder_conforms() {
    let folders = RefCell::new(Vec::new());
    suite::conformance(&|| {
        let folder = TempDir::new().unwrap();
        let store = Store::open(folder.path()).unwrap();
        folders.borrow_mut().push(folder);
        store
    });
}
