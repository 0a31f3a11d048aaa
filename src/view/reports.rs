//! What is asked of a report and what comes: for rooms that show reports and may not know how they are written.

use bellwether_model::watch::WatchItem;
use bellwether_store::{ReadError, Store};
use jiff::Timestamp;

pub use super::week::Week;
use super::wording::DisplayLanguage;

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ReportFormat {
    /// Markdown with front matter.
    Md,
    /// One HTML page.
    Html,
    /// The value itself.
    Json,
}

/// A report as part of a page.
#[derive(Debug, Clone)]
pub struct Fragment {
    /// Its title.
    pub title: String,
    /// Its body; everything crawled is escaped in it.
    pub html: String,
}

/// Which report.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The watch list whose flags stand in it.
    pub watch: &'a [WatchItem],
    /// The week.
    pub week: Week,
    /// The language.
    pub language: DisplayLanguage,
    /// The time of production that stands in it.
    pub now: Timestamp,
}

/// Somebody who writes reports.
pub trait Reports: Send + Sync {
    /// The briefing of a week.
    ///
    /// # Errors
    /// The store cannot be read.
    fn write(&self, store: &Store, asked: &Asked<'_>, format: ReportFormat) -> Result<String, ReadError>;

    /// The briefing of a week as part of a page.
    ///
    /// # Errors
    /// The store cannot be read.
    fn fragment(&self, store: &Store, asked: &Asked<'_>) -> Result<Fragment, ReadError>;
}
