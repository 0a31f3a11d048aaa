//! What is read from files and again from the archive.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::FormatArgument;

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
    /// What they say counts as news: the next `crawl` or `run` alerts on it
    #[arg(long)]
    pub as_news: bool,
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
    /// Make a new store of all answers of this one, which is only read and may be damaged: a folder, or the address of an empty
    /// database (postgres://USER@HOST/DATABASE). Nobody is alerted
    #[arg(long, value_name = "STORE", conflicts_with_all = ["dry_run", "as_news"])]
    pub into: Option<String>,
    /// How
    #[command(flatten)]
    pub format: FormatArgument,
}
