//! What is wrong in a rules file, where, and what would be right.

use std::fmt;
use std::ops::Range;

/// A mistake in a rules file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// The file.
    pub file: String,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// What is wrong, and what to do.
    pub message: String,
}

impl Mistake {
    /// A mistake at a place of a text, in bytes.
    pub(super) fn at(file: &str, text: &str, span: &Range<usize>, message: impl Into<String>) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: message.into(),
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)
    }
}

/// Above this likeness (Jaro-Winkler, 0 to 1) a name is taken for a slip of the pen.
const LIKE: f64 = 0.75;

/// `; did you mean …?` for a name that is not known, or else the names that are, where they are few.
pub(super) fn known_names<'a>(unknown: &str, known: impl Iterator<Item = &'a str>) -> String {
    /// A longer list helps nobody.
    const MOST_NAMES: usize = 12;
    let known: Vec<&str> = known.collect();
    let likeness = known.iter().map(|name| (strsim::jaro_winkler(unknown, name), name));
    match likeness.max_by(|a, b| a.0.total_cmp(&b.0)) {
        Some((likeness, name)) if likeness > LIKE => format!("; did you mean `{name}`?"),
        Some(_) if known.len() <= MOST_NAMES => format!("; known are {}", listed(&known)),
        _ => String::new(),
    }
}

/// `` `a`, `b` and `c` ``.
pub(super) fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}
