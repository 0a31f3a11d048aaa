//! The facts part of the weekly briefing: a pure function of the store's content; Markdown, HTML and JSON of one value.
//!
//! `gather` is the one file that reads the store. It interprets nothing: each sentence says what documents carry.

pub mod briefing;
mod compare;
mod gather;
mod html;
mod layout;
mod limits;
mod markdown;
mod week;
mod words;

use bellwether_model::watch::WatchItem;
use bellwether_store::{ReadError, Store};
use jiff::Timestamp;

pub use crate::view::wording::DisplayLanguage as ReportLanguage;
use briefing::Briefing;
pub use week::Week;

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

/// Writes the briefing of a week. `now` is the time of production that stands in it.
///
/// # Errors
/// The store cannot be read.
pub fn write(
    store: &Store,
    watch: &[WatchItem],
    week: Week,
    language: ReportLanguage,
    format: ReportFormat,
    now: Timestamp,
) -> Result<String, ReadError> {
    let briefing = briefing(store, watch, week, now)?;
    Ok(render(&briefing, language, format))
}

/// The briefing of a week as part of a page.
///
/// # Errors
/// The store cannot be read.
pub fn fragment(
    store: &Store,
    watch: &[WatchItem],
    week: Week,
    language: ReportLanguage,
    now: Timestamp,
) -> Result<Fragment, ReadError> {
    let layout = words::lay_out(&briefing(store, watch, week, now)?, language);
    Ok(Fragment { html: html::body(&layout), title: layout.title })
}

/// The briefing of a week as a value.
///
/// # Errors
/// The store cannot be read.
pub fn briefing(store: &Store, watch: &[WatchItem], week: Week, now: Timestamp) -> Result<Briefing, ReadError> {
    Ok(Briefing::of(&gather::gather(store, week)?, watch, week, now))
}

/// Writes a briefing in one form.
#[must_use]
pub fn render(briefing: &Briefing, language: ReportLanguage, format: ReportFormat) -> String {
    match format {
        ReportFormat::Md => markdown::write(&words::lay_out(briefing, language)),
        ReportFormat::Html => html::page(&words::lay_out(briefing, language)),
        ReportFormat::Json => {
            let mut text = serde_json::to_string_pretty(briefing).expect("a briefing has text keys and finite numbers");
            text.push('\n');
            text
        }
    }
}
