//! The embedded store from outside: the suite that every backend must pass, and what only this one promises of kills,
//! damage and views that are built anew.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod care;
mod everything;
mod kill;
mod rebuild;
mod sample;
mod suite;

use std::cell::RefCell;

use bellwether_store::Store;
use tempfile::TempDir;

#[test]
fn it_conforms() {
    let folders = RefCell::new(Vec::new());
    suite::conformance(&|| {
        let folder = TempDir::new().unwrap();
        let store = Store::open(folder.path()).unwrap();
        folders.borrow_mut().push(folder);
        store
    });
}
