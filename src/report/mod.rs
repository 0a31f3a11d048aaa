//! The facts part of the weekly briefing: a pure function of the store's content; Markdown, HTML and JSON of one value.

use bellwether_store::{ReadError, Store};
use jiff::Timestamp;
use jiff::civil::Date;

/// An ISO 8601 week, as `2026-W07`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Week {
    /// Week-based year.
    pub year: i16,
    /// Week 1 to 53.
    pub week: i8,
}

/// The language of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ReportLanguage {
    /// Traditional Chinese of Taiwan.
    #[value(name = "zh-TW")]
    ZhTw,
    /// English.
    #[value(name = "en")]
    En,
}

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

impl std::str::FromStr for Week {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        todo!("{text}")
    }
}

impl Week {
    /// Monday and Sunday.
    #[must_use]
    pub fn days(self) -> (Date, Date) {
        todo!()
    }
}

/// Writes the briefing of a week. `now` is the time of production that stands in it.
///
/// # Errors
/// The store cannot be read.
pub fn write(
    store: &Store,
    watch: &[bellwether_model::watch::WatchItem],
    week: Week,
    language: ReportLanguage,
    format: ReportFormat,
    now: Timestamp,
) -> Result<String, ReadError> {
    let _ = (store, watch, week, language, format, now);
    todo!()
}
