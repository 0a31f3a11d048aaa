//! The command line, as DESIGN names it. Every help text is a promise that a test holds.

use std::path::PathBuf;

use bellwether_model::figure::{Flow, Measure};
use bellwether_model::period::Period;
use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;

use crate::report::{ReportFormat, ReportLanguage, Week};

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
    Run,
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
    /// Puts local documents through the pipeline as if they had been fetched; nobody is alerted
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
    /// Reads the archive again with today's rules and tells what changed
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

/// `crawl`
#[derive(Debug, Args)]
pub struct CrawlArguments {
    /// Only these sources; all where none is named
    #[arg(value_name = "SOURCE")]
    pub sources: Vec<String>,
    /// Everything that is known, whether it is due or not
    #[arg(long)]
    pub all: bool,
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

/// `extract`
#[derive(Debug, Args)]
pub struct DocumentArguments {
    /// Documents
    #[arg(value_name = "FILE", required_unless_present = "manifest")]
    pub files: Vec<PathBuf>,
    /// JSON lines {"id","path","url"?,"published"?,"fetched"?,"content_type"?,"kind"?}, paths relative to it
    #[arg(long, value_name = "M.jsonl", conflicts_with = "files")]
    pub manifest: Option<PathBuf>,
}

/// `explain`
#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// The document
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ExplainFormat,
    /// When to colour the text; NO_COLOR turns `auto` off
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// Only these sentences, by their numbers
    #[arg(long, value_name = "N")]
    pub sentence: Vec<usize>,
    /// Read it as from a source with this area: the economy of texts that name none
    #[arg(long, value_name = "CODE")]
    pub area: Option<String>,
    /// Day of publication, used where the document gives none
    #[arg(long, value_name = "DATE")]
    pub published: Option<String>,
    /// The address from which it was fetched
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
}

/// How an explanation is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExplainFormat {
    /// Sentences, tables, people and policy actions for people
    #[value(alias = "table")]
    Text,
    /// One JSON object
    Json,
    /// One JSON object a line: the document, then each sentence, table, person and the policy actions
    Jsonl,
}

/// When text is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal
    Auto,
    /// Also into a pipe
    Always,
    /// Never
    Never,
}

/// `ingest`
#[derive(Debug, Args)]
pub struct IngestArguments {
    /// JSON lines {"id","path","url"?,"published"?,"fetched"?,"content_type"?,"kind"?}, paths relative to it
    #[arg(long, value_name = "M.jsonl")]
    pub manifest: PathBuf,
    /// The source of sources.toml that they count as
    #[arg(long, value_name = "SOURCE")]
    pub source: Option<String>,
}

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

/// `events …`
#[derive(Debug, Subcommand)]
pub enum EventsCommand {
    /// Events, one fact each
    List {
        /// Which
        #[command(flatten)]
        filter: EventArguments,
        /// How
        #[command(flatten)]
        format: FormatArgument,
    },
    /// One event with every mention, vintage and the words that prove it
    Show {
        /// Its id
        #[arg(value_name = "ID")]
        id: String,
        /// As it was known at this time
        #[arg(long, value_name = "TIME")]
        as_of: Option<Timestamp>,
        /// How
        #[command(flatten)]
        format: FormatArgument,
    },
    /// The values of each series in the order of their periods
    Series {
        /// Which
        #[command(flatten)]
        filter: EventArguments,
        /// How
        #[command(flatten)]
        format: FormatArgument,
    },
    /// Figures that do not fit together: rates against amounts, balances, sums, shares, ranges. Exit 1 where there are some
    Check {
        /// Which events a finding must touch
        #[command(flatten)]
        filter: EventArguments,
        /// How
        #[command(flatten)]
        format: FormatArgument,
    },
    /// What was expected against what came: inside, above or below, by how much; and a record of each forecaster
    Forecasts {
        /// Which forecasts
        #[command(flatten)]
        filter: EventArguments,
        /// The records of the forecasters instead of the single forecasts; a table has both
        #[arg(long)]
        records: bool,
        /// How
        #[command(flatten)]
        format: FormatArgument,
    },
    /// Policy actions with what became of them: in force, suspended until, extended, repealed, replaced, and by which act
    Policies {
        /// Which
        #[command(flatten)]
        filter: EventArguments,
        /// How they stand on this day instead of today (UTC), as 2026-01-31
        #[arg(long, value_name = "DATE")]
        on: Option<jiff::civil::Date>,
        /// How
        #[command(flatten)]
        format: FormatArgument,
    },
    /// Events as they were known at a time: `events list --as-of` in fewer words
    AsOf {
        /// The time, as 2026-01-09T08:00:00Z
        #[arg(value_name = "TIME")]
        time: Timestamp,
        /// Which
        #[command(flatten)]
        filter: EventArguments,
        /// How
        #[command(flatten)]
        format: FormatArgument,
    },
}

/// Which events.
#[derive(Debug, Clone, Default, Args)]
pub struct EventArguments {
    /// Economy whose trade it is, as TW
    #[arg(long, value_name = "CODE")]
    pub area: Option<String>,
    /// Partner, as US or CN+HK; `all` for figures over all partners
    #[arg(long, value_name = "CODE")]
    pub partner: Option<String>,
    /// exports, imports, balance, total, orders, or the code of an indicator (`bellwether rules list`)
    #[arg(long, value_parser = from_name::<Flow>)]
    pub flow: Option<Flow>,
    /// level, yoy, mom, share or yoy_change
    #[arg(long, value_parser = from_name::<Measure>)]
    pub measure: Option<Measure>,
    /// Period of reference, as 2025-12, 2025-Q4 or 2025-01/2025-11
    #[arg(long)]
    pub period: Option<Period>,
    /// actual, forecast, new, revised, disputed or withdrawn
    #[arg(long)]
    pub status: Option<StatusArgument>,
    /// figure, statement or policy
    #[arg(long, value_parser = from_name::<bellwether_model::event::FactKind>)]
    pub kind: Option<bellwether_model::event::FactKind>,
    /// Mentioned by this source
    #[arg(long, value_name = "SOURCE")]
    pub source: Option<String>,
    /// Brought by this release, as TW-2025-12
    #[arg(long, value_name = "RELEASE")]
    pub release: Option<String>,
    /// Changed at this time or later
    #[arg(long, value_name = "TIME")]
    pub since: Option<Timestamp>,
    /// Changed before this time
    #[arg(long, value_name = "TIME")]
    pub until: Option<Timestamp>,
    /// At most so many; 0 for all
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub limit: usize,
    /// As they were known at this time
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<Timestamp>,
}

/// How an event stands, for `--status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StatusArgument {
    /// It has happened
    Actual,
    /// Somebody expects it
    Forecast,
    /// As first reported
    New,
    /// A later value replaced the first
    Revised,
    /// Reports differ
    Disputed,
    /// No document carries it any more
    Withdrawn,
}

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

/// `alerts silence …`
#[derive(Debug, Subcommand)]
pub enum SilenceCommand {
    /// Keeps back alerts that all matchers fit; a running `bellwether run` follows at once
    Add {
        /// How long, as 2h or 3d
        #[arg(long = "for", value_name = "DURATION", conflicts_with = "until", required_unless_present = "until")]
        length: Option<String>,
        /// Until when
        #[arg(long, value_name = "TIME")]
        until: Option<jiff::Timestamp>,
        /// From when; now unless given
        #[arg(long, value_name = "TIME")]
        from: Option<jiff::Timestamp>,
        /// Why, for people
        #[arg(long, default_value = "")]
        comment: String,
        /// Conditions on labels, as area=TW or source=~"wire|ptt"
        #[arg(value_name = "MATCHER", required = true)]
        matchers: Vec<String>,
    },
    /// Silences, with their times
    List(FormatArgument),
    /// Ends a silence
    Remove {
        /// The silence
        #[arg(value_name = "SILENCE")]
        id: String,
    },
}

/// `alerts …`
#[derive(Debug, Subcommand)]
pub enum AlertsCommand {
    /// Alerts, newest first, with how far delivery has come
    List(FormatArgument),
    /// Sends a test alert at once
    Test {
        /// The channel of watchlist.toml
        #[arg(value_name = "CHANNEL")]
        channel: String,
    },
    /// Keeps alerts back for a time
    #[command(subcommand)]
    Silence(SilenceCommand),
    /// Tries alerts again that were given up
    Retry {
        /// Only this alert
        #[arg(value_name = "ALERT")]
        id: Option<String>,
    },
}

/// `report`
#[derive(Debug, Args)]
pub struct ReportArguments {
    /// ISO 8601 week, as 2026-W07
    #[arg(long, value_name = "WEEK")]
    pub week: Week,
    /// Language
    #[arg(long, value_name = "LANG", default_value = "zh-TW")]
    pub lang: ReportLanguage,
    /// Form
    #[arg(long, value_name = "FORMAT", default_value = "md")]
    pub format: ReportFormat,
    /// As it would have been written at this time; the same bytes for ever
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<Timestamp>,
}

/// `export`
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// Form
    #[arg(long, value_name = "FORMAT", default_value = "csv")]
    pub format: ExportFormat,
    /// Write into this file instead of standard output; of warc, a name that ends in .gz is compressed
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Which
    #[command(flatten)]
    pub filter: EventArguments,
}

/// Forms of `export`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// Figures as comma-separated values
    Csv,
    /// Figures as SDMX-CSV 2.0
    SdmxCsv,
    /// Events as JSON lines
    Jsonl,
    /// Events as an Atom feed
    Atom,
    /// Figures as Parquet (not there yet)
    Parquet,
    /// Archived answers as WARC 1.1; of the filters --source, --since, --until (time of fetching) and --limit hold
    Warc,
}

/// `search`
#[derive(Debug, Args)]
pub struct SearchArguments {
    /// Words that must all be there
    #[arg(value_name = "QUERY", required = true)]
    pub query: Vec<String>,
    /// In what was known at this time
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<Timestamp>,
    /// How
    #[command(flatten)]
    pub format: FormatArgument,
}

/// `replay`
#[derive(Debug, Args)]
pub struct ReplayArguments {
    /// Tell what would change and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// What is gained or changed counts as news: the next `crawl` or `run` alerts on it
    #[arg(long, conflicts_with = "dry_run")]
    pub as_news: bool,
    /// How
    #[command(flatten)]
    pub format: FormatArgument,
}

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
        /// The new store's folder
        #[arg(long, value_name = "STORE")]
        to: PathBuf,
        /// How
        #[command(flatten)]
        format: FormatArgument,
    },
    /// Writes journal and views anew without what later records have replaced; nothing that was ever known is lost
    Compact(FormatArgument),
    /// Copies a store, which may be in use, into a new folder (a database server is not there yet)
    Copy {
        /// The store's folder
        #[arg(value_name = "FROM")]
        from: String,
        /// The new store's folder
        #[arg(value_name = "TO")]
        to: String,
        /// How
        #[command(flatten)]
        format: FormatArgument,
    },
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

/// Reads a model's own name for a value, as its JSON has it.
fn from_name<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).map_err(|cause| cause.to_string())
}
