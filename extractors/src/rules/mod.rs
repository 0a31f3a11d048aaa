//! The rules: words and patterns of languages as data, one file a language or a subject.
//!
//! All readers take their vocabulary from here, once, at their first use. This room knows files, their shape and their
//! mistakes; what a word does is the business of the reader that asks for it.

mod shipped;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::de::DeserializeOwned;
use toml::Table;

/// Version of the format of the files: the number behind `version` in each.
pub const FORMAT: i64 = 1;

/// The rules by which this process reads.
#[derive(Debug, Clone)]
pub struct RuleSet {
    files: BTreeMap<&'static str, Table>,
}

impl RuleSet {
    /// The files that are part of the program.
    #[must_use]
    pub fn shipped() -> Self {
        let table = |text: &str| {
            let mut table: Table = toml::from_str(text).expect("a test reads the shipped rules");
            table.remove("version");
            table
        };
        Self { files: shipped::FILES.iter().map(|(name, text)| (*name, table(text))).collect() }
    }
}

static INSTALLED: OnceLock<RuleSet> = OnceLock::new();

/// What the file of this name says, as the reader's own type.
pub(crate) fn read<T: DeserializeOwned>(name: &str) -> T {
    let table = INSTALLED.get_or_init(RuleSet::shipped).files.get(name).cloned().unwrap_or_default();
    T::deserialize(table).unwrap_or_else(|error| panic!("rules/{name}.toml: {error}"))
}
