//! The folder of rules and the program hold the same files.

use std::collections::BTreeSet;
use std::path::Path;

use bellwether_extractors::rules::RuleSet;

fn names(folder: &Path, prefix: &str) -> BTreeSet<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return BTreeSet::new() };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let files = paths.filter(|path| path.extension().is_some_and(|ending| ending == "toml"));
    files.map(|path| format!("{prefix}{}", path.file_stem().expect("a name").to_string_lossy())).collect()
}

#[test]
fn every_file_of_the_folder_is_shipped() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut there = names(&folder, "");
    there.extend(names(&folder.join("families"), "families/"));
    let shipped: BTreeSet<String> = RuleSet::shipped().counts().into_iter().map(|count| count.file).collect();
    assert_eq!(there, shipped);
}
