//! Files of texts with the lines that must come of them, and what differs where others do.

use std::collections::BTreeSet;
use std::path::Path;

/// A file beside the tests.
pub(crate) fn content(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()))
}

/// The text with what is missing and what is too much, for people; empty where nothing differs.
pub(crate) fn differences(text: &str, expected: &BTreeSet<String>, found: &BTreeSet<String>) -> String {
    if expected == found {
        return String::new();
    }
    let missing = expected.difference(found).map(|line| format!("  missing {line}\n"));
    let extra = found.difference(expected).map(|line| format!("  extra   {line}\n"));
    [format!("{}\n", text.trim_end())].into_iter().chain(missing).chain(extra).collect()
}
