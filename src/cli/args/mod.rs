//! The command line, as DESIGN names it. Every help text is a promise that a test holds.

mod alerts;
mod events;
mod reading;
mod sources;
mod store;
mod watch;
mod writing;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use alerts::{AlertsCommand, SilenceCommand};
pub use events::{EventArguments, EventsCommand, SearchArguments, StatusArgument};
pub use reading::{Color, DocumentArguments, ExplainArguments, ExplainFormat, IngestArguments, ReplayArguments};
pub use sources::SourcesCommand;
pub use store::StoreCommand;
pub use watch::WatchCommand;
pub use writing::{ExportArguments, ExportFormat, ReportArguments};

/// Follows trade statistics on the web: figures with their evidence, one event per fact, flags, alerts, a weekly briefing.
#[derive(Debug, Parser)]
#[command(name = "bellwether", version, about, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    /// Folder that holds sources.toml and watchlist.toml
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    pub config: PathBuf,
    /// Folder of the store, instead of the one that sources.toml names
    #[arg(long, global = true, value_name = "URL")]
    pub store: Option<String>,
    /// Folder of rules (docs/RULES.md) laid over the shipped ones, instead of the one that sources.toml names
    #[arg(long, global = true, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// Families of indicators to read, as trade,consumer_prices, instead of those that sources.toml names
    #[arg(long, global = true, value_name = "CODES", value_delimiter = ',')]
    pub families: Option<Vec<String>>,
    /// What the log on standard error tells
    #[arg(long, global = true, value_name = "LEVEL", default_value = "warn")]
    pub log: LogLevel,
    /// How the log is written: lines for people, or one JSON object a line with the same fields
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    pub log_format: LogFormat,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    /// Only what a person must act upon
    Error,
    /// And what went on degraded
    Warn,
    /// And the few things worth knowing
    Info,
    /// And what a developer looks for
    Debug,
}

/// How data is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Columns for people
    Table,
    /// One JSON array
    Json,
    /// One JSON object a line
    Jsonl,
    /// Comma-separated values with a header
    Csv,
}

/// Every command that prints data takes this.
#[derive(Debug, Clone, Copy, Args)]
pub struct FormatArgument {
    /// How to print: a table on a terminal and JSON lines into a pipe, unless given
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Format>,
}

/// What bellwether does.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The main job: crawl without end, flag, alert, serve the dashboard; a signal ends it cleanly
    Run(RunArguments),
    /// One pass over what is due, then exit
    Crawl(CrawlArguments),
    /// The whole main job on a small web served on loopback, with new releases appearing as one watches; needs no network
    Demo(DemoArguments),
    /// Documents to facts, without a store: one JSON object a document
    Extract(DocumentArguments),
    /// JSON lines {"id","lang","text","reference"} on standard input, the quantities found on standard output
    Quantities,
    /// Why each figure of a document was or was not taken
    Explain(ExplainArguments),
    /// Puts local documents through the pipeline as if they had been fetched; nobody is alerted unless asked
    Ingest(IngestArguments),
    /// What is followed, whether it is healthy, what a source would yield
    #[command(subcommand)]
    Sources(SourcesCommand),
    /// The event store
    #[command(subcommand)]
    Events(EventsCommand),
    /// The watch list and what it flagged
    #[command(subcommand)]
    Watch(WatchCommand),
    /// The outbox
    #[command(subcommand)]
    Alerts(AlertsCommand),
    /// The weekly briefing
    Report(ReportArguments),
    /// Figures as CSV, SDMX-CSV or JSON lines; events as an Atom feed; archived answers as WARC
    Export(ExportArguments),
    /// Events whose facts, titles or evidence hold the words, in either Chinese script
    Search(SearchArguments),
    /// Reads the archive again with today's rules and tells what changed, or makes a new store of it
    Replay(ReplayArguments),
    /// Dashboard and API alone, over an existing store
    Serve,
    /// Care of the store
    #[command(subcommand)]
    Store(StoreCommand),
    /// The words and patterns by which documents are read
    #[command(subcommand)]
    Rules(RulesCommand),
    /// The JSON Schema of a configuration file
    Schema(SchemaArguments),
    /// The event store as tools for agents, over standard input and output (not there yet)
    Mcp,
}

/// `run`
#[derive(Debug, Args)]
pub struct RunArguments {
    /// Alert also of what stands there when a source is first looked at
    #[arg(long)]
    pub as_news: bool,
}

/// `crawl`
#[derive(Debug, Args)]
pub struct CrawlArguments {
    /// Only these sources; all where none is named
    #[arg(value_name = "SOURCE")]
    pub sources: Vec<String>,
    /// Everything that is known, whether it is due or not
    #[arg(long)]
    pub all: bool,
    /// Alert also of what stands there when a source is first looked at
    #[arg(long)]
    pub as_news: bool,
    /// Exit with 1 where the watch list flagged something
    #[arg(long)]
    pub fail_on_flag: bool,
}

/// `demo`
#[derive(Debug, Args)]
pub struct DemoArguments {
    /// End when everything that was planted has been published, print a summary, exit 1 if anything was missed
    #[arg(long)]
    pub once: bool,
    /// Keep configuration, store and archive in this folder, a new one, instead of a temporary one
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// Where the dashboard listens
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8787")]
    pub listen: std::net::SocketAddr,
}

/// `rules …`
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Whether a folder of rules is without mistakes; exits 2 and tells all of them where it is not
    Check {
        /// The folder, instead of the one that --rules or sources.toml names
        #[arg(value_name = "DIR")]
        directory: Option<PathBuf>,
    },
    /// Families of indicators, and how many entries each key of each file holds, by script
    List(FormatArgument),
}

/// `schema`
#[derive(Debug, Args)]
pub struct SchemaArguments {
    /// Which file
    #[arg(value_name = "FILE", default_value = "sources")]
    pub file: SchemaFile,
}

/// Files that have a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaFile {
    /// sources.toml
    Sources,
    /// watchlist.toml
    Watchlist,
}
