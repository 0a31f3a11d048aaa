//! Product classes of trade statistics, from `rules/products.toml`.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::fold;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    classes: BTreeMap<String, Vec<String>>,
}

/// Folded wording to class.
static CLASSES: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let file: File = crate::rules::read("products");
    let mut classes = HashMap::new();
    for (id, wordings) in file.classes {
        for wording in wordings {
            classes.entry(fold::key(&wording)).or_insert_with(|| id.clone());
        }
    }
    classes
});

/// Words around a product's name that change nothing (exports of X, X產品, X類).
const PREFIXES: &[&str] = &["exportsof", "importsof", "the"];
const SUFFIXES: &[&str] =
    &["出口", "进口", "外销", "类产品", "产品", "货品", "制品", "类", "exports", "imports", "products", "goods"];

/// The class of a product's wording, or its folded key.
pub(super) fn class(words: &str) -> String {
    let key = fold::key(words);
    let known = |key: &str| CLASSES.get(key).cloned();
    let bare = PREFIXES.iter().find_map(|prefix| key.strip_prefix(prefix)).unwrap_or(&key);
    let shorter = || SUFFIXES.iter().filter_map(|suffix| bare.strip_suffix(suffix)).find_map(known);
    known(&key).or_else(|| known(bare)).or_else(shorter).unwrap_or(key)
}
