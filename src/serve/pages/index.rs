//! The first page: newest releases with their figures, latest flags, latest words.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::Uri;
use bellwether_model::event::FactKind;
use bellwether_store::{EventFilter, ReadError};

use super::{FlagRow, Page, Status, page, status};
use crate::serve::App;
use crate::serve::cards::{self, Card, minute};
use crate::serve::query::Parts;
use crate::view::wording::DisplayLanguage::En;
use crate::view::{self, EventView, areas};

/// Releases on the first page.
const RELEASES: usize = 8;
/// Statements and policy actions on the first page.
const LATEST: usize = 6;
/// Figures of parts (partners, products) shown below the headline figures of one release.
const PARTS: usize = 60;
struct ReleaseSection {
    id: String,
    title: String,
    published: Option<String>,
    first_seen: String,
    headline: Vec<Card>,
    parts: Vec<Card>,
    left_out: usize,
}

#[derive(Template)]
#[template(path = "index.html")]
struct Index {
    status: Status,
    releases: Vec<ReleaseSection>,
    latest: Vec<Card>,
    flags: Vec<FlagRow>,
}

pub(in crate::serve) async fn index(State(app): State<Arc<App>>, uri: Uri) -> Page {
    Parts::of(&uri, &[])?;
    let now = app.clock.now();
    let shown = app
        .read(move |app| {
            let sources = view::sources(&app.store, &app.settings.sources)?;
            let releases = view::releases(&app.store, RELEASES)?;
            let releases =
                releases.into_iter().map(|release| release_section(app, release)).collect::<Result<_, _>>()?;
            let mut latest = Vec::new();
            for kind in [FactKind::Policy, FactKind::Statement] {
                let filter = EventFilter { kind: Some(kind), ..EventFilter::default() };
                let (events, _) = view::newest_events(&app.store, &filter, LATEST)?;
                latest.extend(cards::of(&app.store, &events)?);
            }
            let flags = FlagRow::all(app, app.store.flags(None, LATEST)?)?;
            Ok(Index { status: status(app, &sources, now)?, releases, latest, flags })
        })
        .await?;
    page(&shown)
}

fn release_section(app: &App, release: view::ReleaseView) -> Result<ReleaseSection, ReadError> {
    let figures: Vec<EventView> = release.events.into_iter().filter(|view| view.kind == FactKind::Figure).collect();
    let cards = cards::of(&app.store, &figures)?;
    let (headline, mut parts): (Vec<Card>, Vec<Card>) = cards.into_iter().partition(|card| card.headline);
    let left_out = parts.len().saturating_sub(PARTS);
    parts.truncate(PARTS);
    let id = release.id.to_string();
    let title = match id.split_once('-') {
        Some((area, rest)) => format!("{}, {rest}", areas::name(area, En)),
        None => id.clone(),
    };
    Ok(ReleaseSection {
        id,
        title,
        published: release.published.map(|date| date.to_string()),
        first_seen: minute(release.first_seen),
        headline,
        parts,
        left_out,
    })
}
