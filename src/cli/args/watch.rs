//! What is done with the watch list and its flags.

use std::path::PathBuf;

use clap::Subcommand;
use jiff::Timestamp;

use super::FormatArgument;

/// `watch …`
#[derive(Debug, Subcommand)]
pub enum WatchCommand {
    /// The items of watchlist.toml
    List(FormatArgument),
    /// What was flagged, newest first
    Flags {
        /// Only this item
        #[arg(value_name = "ITEM")]
        item: Option<String>,
        /// Those that there were at this time
        #[arg(long, value_name = "TIME")]
        as_of: Option<Timestamp>,
        /// How
        #[command(flatten)]
        format: FormatArgument,
    },
    /// Marks a flag as seen
    Ack {
        /// The flag's id, or its beginning
        #[arg(value_name = "ID")]
        id: String,
        /// Why, for people
        #[arg(long, default_value = "", value_name = "TEXT")]
        note: String,
    },
    /// Puts a flag off: until then its item tells nobody of the event
    Snooze {
        /// The flag's id, or its beginning
        #[arg(value_name = "ID")]
        id: String,
        /// How long, as 2h or 3d
        #[arg(long = "for", value_name = "DURATION")]
        length: String,
        /// Why, for people
        #[arg(long, default_value = "", value_name = "TEXT")]
        note: String,
    },
    /// Marks a flag as done with
    Resolve {
        /// The flag's id, or its beginning
        #[arg(value_name = "ID")]
        id: String,
        /// Why, for people
        #[arg(long, default_value = "", value_name = "TEXT")]
        note: String,
    },
    /// Takes back what was done with a flag
    Reopen {
        /// The flag's id, or its beginning
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Why each item flags or does not flag an event
    Explain {
        /// The event's id, or its beginning
        #[arg(value_name = "ID")]
        id: String,
        /// How
        #[command(flatten)]
        format: FormatArgument,
    },
    /// What items would flag of everything the store holds; nothing is written, nobody is told
    Test {
        /// Only this item
        #[arg(value_name = "ITEM")]
        item: Option<String>,
        /// Items of this file instead of watchlist.toml
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// How
        #[command(flatten)]
        format: FormatArgument,
    },
}
