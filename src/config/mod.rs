//! Reads `sources.toml` and `watchlist.toml` into settings. Wiring only: no room is called from here.
//!
//! Two types for each file: what it may say (`*File`, unknown keys are errors) and settings that are ready to
//! use. The one fallible step between them names file, table and key.

mod address;
mod calendars;
mod channel_table;
mod duration;
mod error;
mod fill;
mod manners;
mod route_table;
mod size;
mod sources_file;
mod watchlist_file;

use std::path::{Path, PathBuf};

use bellwether_model::watch::WatchItem;
pub use error::ConfigError;
pub use sources_file::SourcesFile;
pub use watchlist_file::WatchlistFile;

use crate::settings::{RulesSettings, Settings};

/// What is followed.
pub const SOURCES: &str = "sources.toml";
/// What is flagged and who is told.
pub const WATCHLIST: &str = "watchlist.toml";
/// What is kept back for a time.
pub const SILENCES: &str = "silences.toml";
/// The file, beside the watch list, of what people have done with flags.
pub const FLAGS: &str = "flags.toml";

/// A variable of the environment, by name.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The environment of this process.
#[must_use]
pub fn process_environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Reads both files of a folder. `watchlist.toml` may be absent: then nothing is flagged.
///
/// # Errors
/// A file cannot be read, or says something that cannot be meant; see [`ConfigError`].
pub fn load(directory: &Path, environment: Environment<'_>) -> Result<Settings, ConfigError> {
    let sources = directory.join(SOURCES);
    let text = std::fs::read_to_string(&sources).map_err(|cause| ConfigError::unreadable(&sources, cause))?;
    let mut settings = sources_file::settings(&text, &sources, directory, environment)?;
    manners::check(&settings.crawler, &settings.sources, &sources)?;
    for file in sources_file::certificate_files(&text, &sources, directory)? {
        let pem = std::fs::read(&file).map_err(|cause| {
            let message = format!("`{}`: cannot read it: {cause}", file.display());
            ConfigError::value(&sources, "[crawler] certificates", message)
        })?;
        settings.crawler.certificates.extend(sources_file::certificates(&pem, &file, &sources)?);
    }

    let watchlist = directory.join(WATCHLIST);
    match std::fs::read_to_string(&watchlist) {
        Ok(text) => {
            let watch = watchlist_file::settings(&text, &watchlist, directory, environment)?;
            settings.watch = watch.items;
            settings.channels = watch.channels;
            settings.alerts_allow_private = watch.allow_private;
            settings.routing = watch.routing;
        }
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {}
        Err(cause) => return Err(ConfigError::unreadable(&watchlist, cause)),
    }
    Ok(settings)
}

/// Whether a text could be the `sources.toml` of a folder.
///
/// # Errors
/// What it says cannot be meant; see [`ConfigError`].
pub fn check_sources(text: &str, directory: &Path, environment: Environment<'_>) -> Result<(), ConfigError> {
    sources_file::settings(text, &directory.join(SOURCES), directory, environment).map(drop)
}

/// The items of a watch list, wherever it lies: one that is not in force yet can be tried.
///
/// # Errors
/// The file cannot be read, or says something that cannot be meant.
pub fn watch_items(file: &Path, environment: Environment<'_>) -> Result<Vec<WatchItem>, ConfigError> {
    let text = std::fs::read_to_string(file).map_err(|cause| ConfigError::unreadable(file, cause))?;
    let directory = file.parent().unwrap_or(Path::new("."));
    Ok(watchlist_file::settings(&text, file, directory, environment)?.items)
}

/// The words by which documents are read, as `sources.toml` chooses them: needed before anything else of it. A file that
/// is not there chooses nothing.
///
/// # Errors
/// The file cannot be read, or what it says of rules cannot be meant.
pub fn rules(directory: &Path) -> Result<RulesSettings, ConfigError> {
    let sources = directory.join(SOURCES);
    match std::fs::read_to_string(&sources) {
        Ok(text) => sources_file::rules(&text, &sources, directory),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(RulesSettings::default()),
        Err(cause) => Err(ConfigError::unreadable(&sources, cause)),
    }
}

/// The files that [`load`] reads, for those who watch them for changes.
#[must_use]
pub fn files(directory: &Path) -> [PathBuf; 2] {
    [directory.join(SOURCES), directory.join(WATCHLIST)]
}
