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
mod words;

use bellwether_model::watch::WatchItem;
use bellwether_store::{ReadError, Store};
use jiff::Timestamp;

use crate::view::reports::{Asked, Fragment, Reports};
pub use crate::view::reports::{ReportFormat, Week};
pub use crate::view::wording::DisplayLanguage as ReportLanguage;
use briefing::Briefing;

/// Writes reports for rooms that may not call this one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Writer;

impl Reports for Writer {
    fn write(&self, store: &Store, asked: &Asked<'_>, format: ReportFormat) -> Result<String, ReadError> {
        write(store, asked.watch, asked.week, asked.language, format, asked.now)
    }

    fn fragment(&self, store: &Store, asked: &Asked<'_>) -> Result<Fragment, ReadError> {
        let layout = words::lay_out(&briefing(store, asked.watch, asked.week, asked.now)?, asked.language);
        Ok(Fragment { html: html::body(&layout), title: layout.title })
    }
}

/// Writes the briefing of a week as of `now`, which stands in it as the time of production and may be any that is not to
/// come: the store of that time gives the same bytes for ever.
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

/// The briefing of a week as a value, of what the store held at `now`. It may be any time that is not to come.
///
/// # Errors
/// The store cannot be read.
pub fn briefing(store: &Store, watch: &[WatchItem], week: Week, now: Timestamp) -> Result<Briefing, ReadError> {
    // From one moment of the store, which later commits do not change: the same words come of it at any later time.
    Ok(Briefing::of(&gather::gather(&store.sealed(now)?, week)?, watch, week, now))
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
