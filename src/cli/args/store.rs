//! What is done for the store.

use std::path::PathBuf;

use clap::Subcommand;

use super::FormatArgument;

/// `store …`
#[derive(Debug, Subcommand)]
pub enum StoreCommand {
    /// How much it holds
    Stats(FormatArgument),
    /// Whether the views agree with the journal and the archive holds what it should; exits 1 on damage
    Verify,
    /// Takes out of the archive what `[archive]` of sources.toml no longer keeps; `run` does so every hour
    Prune {
        /// Tell what would go and remove nothing
        #[arg(long)]
        dry_run: bool,
        /// How
        #[command(flatten)]
        format: FormatArgument,
    },
    /// Writes all that is committed into one file, while another process may be using the store; the file is checked
    Backup {
        /// A new file, or a folder in which it is named after the last record
        #[arg(value_name = "DIR_OR_FILE")]
        to: PathBuf,
        /// How
        #[command(flatten)]
        format: FormatArgument,
    },
    /// Makes a store of a backup, which is checked first; nothing is overwritten
    Restore {
        /// The backup
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The new store: a folder, or the address of an empty database (postgres://USER@HOST/DATABASE)
        #[arg(long, value_name = "STORE")]
        to: String,
        /// How
        #[command(flatten)]
        format: FormatArgument,
    },
    /// Writes journal and views anew without what later records have replaced; nothing that was ever known is lost
    Compact(FormatArgument),
    /// Copies a store, which may be in use, into a new folder, or to or from a PostgreSQL server with all its bodies
    Copy {
        /// The store: a folder, or an address (postgres://USER@HOST/DATABASE)
        #[arg(value_name = "FROM")]
        from: String,
        /// The new store: a folder, or the address of an empty database
        #[arg(value_name = "TO")]
        to: String,
        /// Folder of the bodies of the store that is a folder [default: `archive` of sources.toml]
        #[arg(long, value_name = "DIR")]
        archive: Option<PathBuf>,
        /// How
        #[command(flatten)]
        format: FormatArgument,
    },
}
