//! What is wrong with a configuration file, where, and what would be right.

use std::fmt;
use std::path::{Path, PathBuf};

/// A configuration that was refused whole.
#[derive(Debug)]
pub struct ConfigError {
    /// The file.
    pub path: PathBuf,
    /// Line, counted from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl ConfigError {
    pub(super) fn unreadable(path: &Path, cause: std::io::Error) -> Self {
        let hint = (cause.kind() == std::io::ErrorKind::NotFound)
            .then(|| "name the folder that holds sources.toml with --config DIR".to_owned());
        Self { path: path.to_owned(), line: None, message: format!("cannot read it: {cause}"), hint }
    }

    /// A value that cannot be meant; `place` names table and key.
    pub(super) fn value(path: &Path, place: &str, message: impl fmt::Display) -> Self {
        Self { path: path.to_owned(), line: None, message: format!("{place}: {message}"), hint: None }
    }

    /// What the TOML reader says, with the line and, for an unknown key, the nearest right name.
    pub(super) fn toml(path: &Path, text: &str, cause: &toml::de::Error) -> Self {
        let line = cause.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        Self { path: path.to_owned(), line, message: cause.message().to_owned(), hint: nearest_name(cause.message()) }
    }

    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for ConfigError {}

/// From "unknown field `evry`, expected one of `every`, `id`" the hint "did you mean `every`?".
fn nearest_name(message: &str) -> Option<String> {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let (unknown, known) = quoted.split_first()?;
    if !message.starts_with("unknown") {
        return None;
    }
    /// Above this likeness (Jaro-Winkler, 0 to 1) a name is taken for a slip of the pen.
    const LIKE: f64 = 0.75;
    let best =
        known.iter().map(|name| (strsim::jaro_winkler(unknown, name), name)).max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 > LIKE).then(|| format!("did you mean `{}`?", best.1))
}
