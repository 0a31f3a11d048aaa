//! `schema`: what an editor needs to check a configuration file while it is written.

use super::args::{SchemaArguments, SchemaFile};
use super::failure::ExitStatus;
use super::output;
use crate::config::{SourcesFile, WatchlistFile};

pub(super) fn run(arguments: &SchemaArguments) -> anyhow::Result<ExitStatus> {
    let schema = match arguments.file {
        SchemaFile::Sources => schemars::schema_for!(SourcesFile),
        SchemaFile::Watchlist => schemars::schema_for!(WatchlistFile),
    };
    output::print_text(&format!("{}\n", serde_json::to_string_pretty(&schema)?))?;
    Ok(ExitStatus::Success)
}
