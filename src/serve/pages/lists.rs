//! The lists of flags, sources and alerts.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::Uri;
use bellwether_model::alert::{Alert, Delivery};
use bellwether_model::source::Health;
use bellwether_store::Sharer;
use jiff::{SignedDuration, Timestamp};

use super::{FlagRow, Page, ROWS, Status, ago, page, status};
use crate::serve::App;
use crate::serve::cards::{self, minute};
use crate::serve::query::Parts;
use crate::view::{self, SourceView};

#[derive(Template)]
#[template(path = "flags.html")]
struct Flags {
    status: Status,
    rows: Vec<FlagRow>,
    /// Items of the watch list with the number of their flags among the rows.
    items: Vec<(String, Option<String>, usize)>,
    full: bool,
}

pub(in crate::serve) async fn flags(State(app): State<Arc<App>>, uri: Uri) -> Page {
    Parts::of(&uri, &[])?;
    let now = app.clock.now();
    let shown = app
        .read(move |app| {
            let sources = view::sources(&app.store, &app.settings.sources)?;
            let flags = app.store.flags(None, ROWS)?;
            let count = |id| flags.iter().filter(|flag| flag.watch == id).count();
            let items = app.settings.watch.iter();
            let items = items.map(|item| (item.title.clone(), item.risk.clone(), count(item.id.clone()))).collect();
            let full = flags.len() == ROWS;
            let rows = FlagRow::all(app, flags)?;
            Ok(Flags { status: status(app, &sources, now)?, rows, items, full })
        })
        .await?;
    page(&shown)
}

struct SourceRow {
    view: SourceView,
    health: &'static str,
    class: &'static str,
    kind: String,
    trust: &'static str,
    href: Option<String>,
    last_visit: Option<String>,
    next_visit: Option<String>,
    overdue: Option<String>,
    since: Option<String>,
}

#[derive(Template)]
#[template(path = "sources.html")]
struct Sources {
    status: Status,
    /// How many processes share the crawl, and how many hosts each of them has; `None`: nobody else can.
    sharing: Option<String>,
    rows: Vec<SourceRow>,
}

/// So long a visit may be late before the page says so.
const OVERDUE: SignedDuration = SignedDuration::from_hours(1);

/// Who shares the crawl, in one line.
fn sharing(sharers: &[Sharer]) -> Option<String> {
    let held = |sharer: &Sharer| {
        let hosts = if sharer.names == 1 { "host" } else { "hosts" };
        format!("{} has {} {hosts}", sharer.process, sharer.names)
    };
    let each: Vec<String> = sharers.iter().map(held).collect();
    match sharers.len() {
        0 => None,
        1 => Some(format!("One process crawls: {}.", each[0])),
        several => Some(format!("{several} processes share the crawl: {}.", each.join("; "))),
    }
}

pub(in crate::serve) async fn sources(State(app): State<Arc<App>>, uri: Uri) -> Page {
    Parts::of(&uri, &[])?;
    let now = app.clock.now();
    let shown = app
        .read(move |app| {
            let sources = view::sources(&app.store, &app.settings.sources)?;
            let status = status(app, &sources, now)?;
            let sharing = sharing(&app.sharers());
            Ok(Sources { status, sharing, rows: sources.into_iter().map(|source| source_row(source, now)).collect() })
        })
        .await?;
    page(&shown)
}

fn source_row(view: SourceView, now: Timestamp) -> SourceRow {
    let (health, class) = match view.health {
        Health::New => ("not yet visited", "plain"),
        Health::Healthy => ("healthy", "good"),
        Health::Slow => ("slow", "unsure"),
        Health::Silent => ("silent", "unsure"),
        Health::Failing => ("failing", "bad"),
        Health::Blocked => ("blocked", "bad"),
        Health::Gone => ("gone", "bad"),
    };
    let overdue = view.next_visit.filter(|due| now.duration_since(*due) > OVERDUE).map(|due| ago(due, now));
    SourceRow {
        health,
        class,
        kind: format!("{:?}", view.kind).to_lowercase(),
        trust: cards::trust_name(view.trust),
        href: cards::safe_href(&view.url),
        last_visit: view.last_visit.map(|at| format!("{} ({})", minute(at), ago(at, now))),
        next_visit: view.next_visit.map(minute),
        overdue,
        since: view.since.filter(|_| view.health.is_ill()).map(|at| format!("since {} ({})", minute(at), ago(at, now))),
        view,
    }
}

struct AlertRow {
    created: String,
    kind: &'static str,
    summary: String,
    channel: String,
    state: &'static str,
    class: &'static str,
    detail: String,
}

#[derive(Template)]
#[template(path = "alerts.html")]
struct Alerts {
    status: Status,
    rows: Vec<AlertRow>,
    full: bool,
    /// Channels that are out of use, with the reason.
    out_of_use: Vec<(String, String)>,
}

pub(in crate::serve) async fn alerts(State(app): State<Arc<App>>, uri: Uri) -> Page {
    Parts::of(&uri, &[])?;
    let now = app.clock.now();
    let shown = app
        .read(move |app| {
            let sources = view::sources(&app.store, &app.settings.sources)?;
            let alerts = app.store.alerts(ROWS)?;
            let full = alerts.len() == ROWS;
            let rows = alerts.into_iter().map(alert_row).collect();
            let out_of_use = view::channels::out_of_use(&app.store.channels()?, &app.settings.channels);
            Ok(Alerts { status: status(app, &sources, now)?, rows, full, out_of_use })
        })
        .await?;
    page(&shown)
}

fn alert_row(alert: Alert) -> AlertRow {
    let (state, class, detail) = match &alert.delivery {
        Delivery::Waiting { due, attempts: 0, .. } => ("waiting", "plain", format!("first attempt {}", minute(*due))),
        Delivery::Waiting { due, attempts, last_error } => (
            "waiting",
            "unsure",
            format!(
                "{attempts} failed, next attempt {}{}",
                minute(*due),
                last_error.as_ref().map(|error| format!(": {error}")).unwrap_or_default()
            ),
        ),
        Delivery::Delivered { at, attempts } => {
            ("delivered", "good", format!("{}, at attempt {attempts}", minute(*at)))
        }
        Delivery::Joined { at, digest } => ("in a digest", "good", format!("{}, {digest}", minute(*at))),
        Delivery::Silenced { at, silence } => ("silenced", "plain", format!("{} by {silence}", minute(*at))),
        Delivery::GaveUp { at, attempts, last_error } => {
            ("gave up", "bad", format!("{} after {attempts} attempts: {last_error}", minute(*at)))
        }
    };
    AlertRow {
        created: minute(alert.created),
        kind: alert.kind.name(),
        summary: alert.summary,
        channel: alert.channel.to_string(),
        state,
        class,
        detail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_shares_the_crawl_is_said_in_one_line() {
        let of = |counts: &[u64]| {
            let sharer =
                |(number, names): (usize, &u64)| Sharer { process: format!("process {number}"), names: *names };
            sharing(&counts.iter().enumerate().map(sharer).collect::<Vec<_>>())
        };
        assert_eq!(of(&[]), None, "a store in a folder has no one to share it with");
        assert_eq!(of(&[312]).as_deref(), Some("One process crawls: process 0 has 312 hosts."));
        let several = "2 processes share the crawl: process 0 has 1 host; process 1 has 0 hosts.";
        assert_eq!(of(&[1, 0]).as_deref(), Some(several));
    }
}
