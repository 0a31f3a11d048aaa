//! What is done with sources.

use std::path::PathBuf;

use clap::Subcommand;

use super::FormatArgument;

/// `sources …`
#[derive(Debug, Subcommand)]
pub enum SourcesCommand {
    /// What is followed
    List(FormatArgument),
    /// Whether every source is configured rightly and healthy; exits 1 where one is not
    Check(FormatArgument),
    /// What a source of sources.toml, or any address, would yield; nothing is stored
    Try {
        /// The id of a source, or an address
        #[arg(value_name = "URL")]
        target: String,
    },
    /// Finds feeds, sitemaps and boards of a site and proposes blocks for sources.toml
    Add {
        /// The site, or a page of it
        #[arg(value_name = "URL")]
        url: String,
        /// Appends the blocks to sources.toml
        #[arg(long)]
        write: bool,
    },
    /// Makes blocks for sources.toml of the subscriptions of a feed reader (OPML) or a list of urlwatch (YAML)
    Import {
        /// The list
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Appends the blocks to sources.toml
        #[arg(long)]
        write: bool,
    },
}
