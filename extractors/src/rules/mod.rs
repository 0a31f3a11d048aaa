//! The rules: words and patterns of languages as data, one file a language or a subject.
//!
//! The shipped files are part of the program; a user's own are laid over them before the first text is read. All
//! readers take their vocabulary from here, once, at their first use. This room knows files, their shape and their
//! mistakes; what a word does is the business of the reader that asks for it. `docs/RULES.md` says what each key means.

mod check;
mod count;
mod layer;
mod merge;
mod mistake;
mod notes;
mod shape;
mod shipped;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use bellwether_model::indicator::Indicator;
pub use count::Count;
pub use mistake::Mistake;

use crate::figures::family::FamilyFile;
use serde::Deserialize as _;
use serde::de::DeserializeOwned;
use shape::Shape;
use toml::Table;

/// Version of the format of the files: the number behind `version` in each.
pub const FORMAT: i64 = 1;

/// The family of indicators that is read where nothing else is asked for.
pub const TRADE: &str = "trade";

/// A rules file of a user.
#[derive(Debug, Clone)]
pub struct UserFile {
    /// Its name inside the folder of rules: `cues.toml`, `families/retail_sales.toml`.
    pub name: String,
    /// The name under which mistakes are told.
    pub shown: String,
    /// What it says.
    pub text: String,
}

/// The rules by which this process reads.
#[derive(Debug, Clone)]
pub struct RuleSet {
    files: BTreeMap<&'static str, Table>,
    /// Families of indicators by their code, trade aside.
    families: BTreeMap<String, Table>,
    /// The families that are read, in order.
    enabled: Vec<String>,
}

/// Rules that came after a text was read by others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLate;

impl std::fmt::Display for TooLate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text has been read by other rules already: rules are chosen once, before the first text")
    }
}

impl std::error::Error for TooLate {}

impl RuleSet {
    /// The files that are part of the program, and the family of trade alone.
    #[must_use]
    pub fn shipped() -> Self {
        let table = |text: &str| {
            let mut table: Table = toml::from_str(text).expect("a test reads the shipped rules");
            table.remove("version");
            table
        };
        Self {
            files: shipped::FILES.iter().map(|(name, text)| (*name, table(text))).collect(),
            families: shipped::FAMILIES.iter().map(|(name, text)| ((*name).to_owned(), table(text))).collect(),
            enabled: vec![TRADE.to_owned()],
        }
    }

    /// The shipped rules with those of a user laid over them, and the families of indicators that are to be read.
    ///
    /// # Errors
    /// All mistakes of all files.
    pub fn read(files: &[UserFile]) -> Result<Self, Vec<Mistake>> {
        let mut set = SHIPPED.clone();
        let mistakes = layer::lay(&mut set, files);
        if mistakes.is_empty() { Ok(set) } else { Err(mistakes) }
    }

    /// The same rules, reading these families.
    ///
    /// # Errors
    /// What is wrong with a name that is no family.
    pub fn with_families(mut self, families: &[String]) -> Result<Self, String> {
        let known: Vec<&str> = self.families().collect();
        if let Some(unknown) = families.iter().find(|name| !known.contains(&name.as_str())) {
            let nearest = mistake::known_names(unknown, known.into_iter());
            return Err(format!("`{unknown}` is no family of indicators{nearest}"));
        }
        self.enabled = families.to_vec();
        Ok(self)
    }

    /// All families that could be read.
    pub fn families(&self) -> impl Iterator<Item = &str> {
        std::iter::once(TRADE).chain(self.families.keys().map(String::as_str))
    }

    /// Whether a family is read.
    #[must_use]
    pub fn reads(&self, family: &str) -> bool {
        self.enabled.iter().any(|name| name == family)
    }

    fn has(&self, name: &str) -> bool {
        self.files.contains_key(name)
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().copied()
    }

    fn table(&self, name: &str) -> Option<&Table> {
        self.files.get(name)
    }

    fn table_mut(&mut self, name: &str, family: bool) -> &mut Table {
        if family {
            return self.families.entry(name.to_owned()).or_default();
        }
        let at = shipped::FILES.iter().find(|(known, _)| *known == name).map_or("cues", |(known, _)| *known);
        self.files.entry(at).or_default()
    }

    /// What the file of this name may say.
    fn shape(name: &str) -> BTreeMap<String, Shape> {
        SHIPPED.files.get(name).map(|table| shape::of_file(name, table)).unwrap_or_default()
    }

    /// What a family of indicators may say: the shipped one says everything.
    fn family_shape() -> BTreeMap<String, Shape> {
        let shipped = SHIPPED.families.values().next();
        let mut keys = shipped.map(|table| shape::of_file("family", table)).unwrap_or_default();
        // Any cue of the reader may be added to, also one that the shipped family leaves alone.
        keys.insert("cues".to_owned(), Shape::Table(Self::shape("cues")));
        keys
    }
}

/// The shipped rules, also where others are installed: they say what a file may say.
static SHIPPED: LazyLock<RuleSet> = LazyLock::new(RuleSet::shipped);

static INSTALLED: OnceLock<RuleSet> = OnceLock::new();

/// Makes rules those by which this process reads, before it has read anything.
///
/// # Errors
/// [`TooLate`], where a text has been read.
pub fn install(set: RuleSet) -> Result<(), TooLate> {
    INSTALLED.set(set).map_err(|_| TooLate)
}

/// The rules by which this process reads: the shipped ones, where none were installed.
pub fn current() -> &'static RuleSet {
    INSTALLED.get_or_init(|| SHIPPED.clone())
}

/// The families of indicators that are read beside trade, as the figures' reader takes them.
pub(crate) fn families() -> Vec<FamilyFile> {
    let set = current();
    let read = set.enabled.iter().filter_map(|code| set.families.get(code).map(|table| (code, table)));
    let typed = read.map(|(code, table)| {
        FamilyFile::deserialize(table.clone()).unwrap_or_else(|error| panic!("rules/families/{code}.toml: {error}"))
    });
    typed.collect()
}

/// The indicators of all families, trade aside, with their names.
#[must_use]
pub fn indicators() -> Vec<Indicator> {
    let rows = current().families.values().filter_map(|table| table.get("indicator")).filter_map(toml::Value::as_array);
    let text = |row: &toml::Value, key: &str| row.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
    rows.flatten()
        .map(|row| Indicator { code: text(row, "code"), chinese: text(row, "chinese"), english: text(row, "english") })
        .collect()
}

/// What the file of this name says, as the reader's own type.
pub(crate) fn read<T: DeserializeOwned>(name: &str) -> T {
    let table = current().table(name).cloned().unwrap_or_default();
    T::deserialize(table).unwrap_or_else(|error| panic!("rules/{name}.toml: {error}"))
}
