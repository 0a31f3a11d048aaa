//! The suite over the embedded store, fresh and opened again, with views kept and with views built anew.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod suite;

use std::cell::RefCell;

use bellwether_store::Store;
use tempfile::TempDir;

#[test]
fn embedded_store_conforms() {
    let folders = RefCell::new(Vec::new());
    suite::conformance(&|| {
        let folder = TempDir::new().unwrap();
        let store = Store::open(folder.path()).unwrap();
        folders.borrow_mut().push(folder);
        store
    });
}
