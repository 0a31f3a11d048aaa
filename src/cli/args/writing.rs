//! What is written for others.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use super::EventArguments;
use crate::report::{ReportFormat, ReportLanguage, Week};

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
