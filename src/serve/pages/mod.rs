//! The pages: what each reads from the store and the template that shows it. Plain HTML, made here, without script.

mod entry;
mod events;
mod index;
mod lists;
mod report;

use std::collections::BTreeMap;

use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use bellwether_model::watch::Flag;
use bellwether_store::ReadError;
use jiff::{SignedDuration, Timestamp};

use super::App;
use super::cards::{self, Languages, minute};
use super::problem::Problem;
use crate::view::flags::{FlagState, FlagView};
use crate::view::reports::Week;
use crate::view::{self, SourceView};
pub(super) use entry::{login, style};
pub(super) use events::{event, events};
pub(super) use index::index;
pub(super) use lists::{alerts, flags, sources};
pub(super) use report::{report, report_index};

/// Rows of a list; the API gives all.
const ROWS: usize = 200;
/// Without a visit for so long the pages say that nothing is being followed.
const STALE: SignedDuration = SignedDuration::from_hours(24);

type Page = Result<Response, Problem>;

/// How fresh what is shown is, and what stands out.
struct Status {
    last_visit: Option<Timestamp>,
    stale: Option<String>,
    troubled: usize,
    sources: usize,
    events: u64,
    waiting: u64,
    gave_up: u64,
    week: String,
}

fn status(app: &App, sources: &[SourceView], now: Timestamp) -> Result<Status, ReadError> {
    let stats = app.store.stats()?;
    let last_visit = sources.iter().filter_map(|source| source.last_visit).max();
    let stale = match last_visit {
        Some(at) if now.duration_since(at) > STALE => Some(format!(
            "Nothing has been fetched since {} ({}): either no crawler is running over this store or every source is \
             failing. What is shown is as of then.",
            minute(at),
            ago(at, now)
        )),
        Some(_) => None,
        None if sources.is_empty() => Some("No source is configured: see sources.toml.".to_owned()),
        None => Some(format!(
            "No source has been visited yet; this page has been up since {} ({}).",
            minute(app.started),
            ago(app.started, now)
        )),
    };
    let troubled = sources.iter().filter(|source| source.health.is_ill()).count();
    Ok(Status {
        last_visit,
        stale,
        troubled,
        sources: sources.len(),
        events: stats.events,
        waiting: stats.alerts_waiting,
        gave_up: stats.alerts_gave_up,
        week: Week::of(view::utc_day(now)).to_string(),
    })
}

/// How long ago, in the largest unit that fits.
fn ago(at: Timestamp, now: Timestamp) -> String {
    let minutes = now.duration_since(at).as_mins();
    let (count, unit) = match minutes {
        ..1 => return "just now".to_owned(),
        1..120 => (minutes, "minute"),
        120..2880 => (minutes / 60, "hour"),
        _ => (minutes / 1440, "day"),
    };
    format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
}

fn page(template: &impl Template) -> Page {
    template.render().map(|text| Html(text).into_response()).map_err(|_| Problem::bug())
}
struct FlagRow {
    state: String,
    /// Whether nobody has done anything with it yet.
    is_open: bool,
    note: String,
    title: String,
    watch: String,
    reason: String,
    at: String,
    event: String,
    evidence: String,
    /// BCP 47 tag of the evidence; empty: unknown.
    language: &'static str,
    href: Option<String>,
}

impl FlagRow {
    fn all(app: &App, flags: Vec<Flag>) -> Result<Vec<Self>, ReadError> {
        let mut languages = Languages { store: &app.store, known: BTreeMap::new() };
        app.flag_views(flags, None).into_iter().map(|view| Self::of(&mut languages, view)).collect()
    }

    fn of(languages: &mut Languages<'_>, view: FlagView) -> Result<Self, ReadError> {
        let FlagView { flag, state, until, note } = view;
        Ok(Self {
            state: match until {
                Some(until) => format!("{} until {}", state.name(), minute(until)),
                None => state.name().to_owned(),
            },
            is_open: matches!(state, FlagState::New | FlagState::Updated),
            note,
            language: flag.document.as_ref().map_or(Ok(""), |document| languages.of(document))?,
            title: flag.title,
            watch: flag.watch.to_string(),
            reason: flag.reason,
            at: minute(flag.at),
            // What is flagged without being an event has no page of its own.
            event: match flag.event.as_str().strip_prefix("ev-") {
                Some(_) => format!("/events/{}", flag.event),
                None => cards::safe_href(&flag.url).unwrap_or_else(|| "/sources".to_owned()),
            },
            evidence: flag.evidence.text,
            href: cards::safe_href(&flag.url),
        })
    }
}

fn redirect(to: &str) -> Response {
    let mut headers = HeaderMap::new();
    if let Ok(location) = HeaderValue::from_str(to) {
        headers.insert(header::LOCATION, location);
    }
    (StatusCode::SEE_OTHER, headers).into_response()
}
