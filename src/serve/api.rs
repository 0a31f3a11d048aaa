//! The JSON API: the same values that the command line prints. Read-only.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Json, Response};
use bellwether_model::alert::{Alert, ChannelState, Delivery};
use bellwether_model::id::{ContentHash, EventId, SnapshotId, WatchId};
use bellwether_model::snapshot::{Removal, Snapshot};
use serde::Serialize;
use serde_json::{Value, json};

use super::App;
use super::problem::Problem;
use super::query::{self, ListFormat, Parts};
use crate::view::flags::FlagView;
use crate::view::reports::{Asked, ReportFormat};
use crate::view::{self, EventDetail, ReleaseView, SourceView, StoreView};

/// Releases of a list whose query does not say how many.
const RELEASES: usize = 20;

/// Answers of a list whose query does not say how many.
const SNAPSHOTS: usize = 500;

type Reply = Result<Response, Problem>;

/// Alive: the process answers.
pub(super) async fn alive() -> Json<Value> {
    Json(json!({ "status": "alive" }))
}

/// What can be asked for.
pub(super) async fn index() -> Json<Value> {
    Json(json!({
        "/api/events": "events; kind, area, partner, flow, measure, period, forecast, state, source, release, since, until, limit, as_of, format=json|jsonl",
        "/api/events/{id}": "one event with its mentions, vintages, changes, flags and documents; as_of",
        "/api/releases": "releases with their events, newest first; limit, as_of",
        "/api/flags": "flags of the watch list, newest first; watch, limit, as_of",
        "/api/sources": "sources and their health",
        "/api/alerts": "alerts, newest first; state=waiting|delivered|gave_up|joined|silenced, limit",
        "/api/channels": "channels that failed for good or asked for a pause",
        "/api/snapshots": "archived answers with their headers, oldest first; after and after_id (time and id of the last one seen), limit",
        "/api/archive/removal": "when and why the bytes of an answer were removed, or null; content",
        "/api/store/stats": "how much store and archive hold",
        "/api/report": "the weekly briefing; week, lang=zh-TW|en, format=md|html|json, as_of",
    }))
}

pub(super) async fn events(State(app): State<Arc<App>>, uri: Uri) -> Reply {
    let (filter, format) = query::events(&uri)?;
    let events = app.read(move |app| view::events(&app.store, &filter)).await?;
    list(&events, format)
}

pub(super) async fn event(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Json<EventDetail>, Problem> {
    let as_of = Parts::of(&uri, &["as_of"])?.time("as_of")?;
    let name = EventId::new(id.clone());
    let detail = app.read(move |app| view::event(&view::at(&app.store, as_of), &name)).await?;
    detail.map(Json).ok_or_else(|| Problem::missing("event", &id))
}

pub(super) async fn releases(State(app): State<Arc<App>>, uri: Uri) -> Result<Json<Vec<ReleaseView>>, Problem> {
    let parts = Parts::of(&uri, &["limit", "as_of"])?;
    let (limit, as_of) = (parts.limit(RELEASES)?, parts.time("as_of")?);
    app.read(move |app| view::releases(&view::at(&app.store, as_of), limit)).await.map(Json)
}

pub(super) async fn flags(State(app): State<Arc<App>>, uri: Uri) -> Result<Json<Vec<FlagView>>, Problem> {
    let parts = Parts::of(&uri, &["watch", "limit", "as_of"])?;
    let (watch, limit) = (parts.text("watch").map(WatchId::new), parts.limit(0)?);
    let as_of = parts.time("as_of")?;
    let flags = app.read(move |app| {
        let mut flags = app.flag_views(view::at(&app.store, as_of).flags(watch.as_ref(), usize::MAX)?, as_of);
        flags.truncate(limit);
        Ok(flags)
    });
    flags.await.map(Json)
}

pub(super) async fn sources(State(app): State<Arc<App>>, uri: Uri) -> Result<Json<Vec<SourceView>>, Problem> {
    Parts::of(&uri, &[])?;
    app.read(|app| view::sources(&app.store, &app.settings.sources)).await.map(Json)
}

pub(super) async fn alerts(State(app): State<Arc<App>>, uri: Uri) -> Result<Json<Vec<Alert>>, Problem> {
    let parts = Parts::of(&uri, &["state", "limit"])?;
    let limit = parts.limit(0)?;
    let state = parts.text("state").map(ToOwned::to_owned);
    if let Some(state) = &state
        && !["waiting", "delivered", "gave_up", "joined", "silenced"].contains(&state.as_str())
    {
        let states = "write waiting, delivered, gave_up, joined or silenced";
        return Err(Problem::query(format!("`state` cannot be `{state}`"), states));
    }
    let mut alerts = app.read(|app| app.store.alerts(usize::MAX)).await?;
    alerts.retain(|alert| state.as_deref().is_none_or(|state| delivery_name(&alert.delivery) == state));
    alerts.truncate(limit);
    Ok(Json(alerts))
}

pub(super) async fn channels(State(app): State<Arc<App>>, uri: Uri) -> Result<Json<Vec<ChannelState>>, Problem> {
    Parts::of(&uri, &[])?;
    app.read(|app| app.store.channels()).await.map(Json)
}

/// The name of a delivery's state, as in JSON.
pub(super) fn delivery_name(delivery: &Delivery) -> &'static str {
    match delivery {
        Delivery::Waiting { .. } => "waiting",
        Delivery::Delivered { .. } => "delivered",
        Delivery::GaveUp { .. } => "gave_up",
        Delivery::Joined { .. } => "joined",
        Delivery::Silenced { .. } => "silenced",
    }
}

pub(super) async fn stats(State(app): State<Arc<App>>, uri: Uri) -> Result<Json<StoreView>, Problem> {
    Parts::of(&uri, &[])?;
    app.read(|app| view::store(&app.store, &app.besides.archive)).await.map(Json)
}

pub(super) async fn snapshots(State(app): State<Arc<App>>, uri: Uri) -> Result<Json<Vec<Snapshot>>, Problem> {
    let parts = Parts::of(&uri, &["after", "after_id", "limit"])?;
    let limit = parts.limit(SNAPSHOTS)?;
    let after = match (parts.time("after")?, parts.text("after_id").map(SnapshotId::new)) {
        (None, None) => None,
        (Some(at), Some(id)) => Some((at, id)),
        _ => return Err(Problem::query("`after` and `after_id` go together", "give both, or neither")),
    };
    app.read(move |app| app.store.snapshots(after.as_ref().map(|(at, id)| (*at, id)), limit)).await.map(Json)
}

pub(super) async fn removal(State(app): State<Arc<App>>, uri: Uri) -> Result<Json<Option<Removal>>, Problem> {
    let parts = Parts::of(&uri, &["content"])?;
    let content = parts.text("content").map(ContentHash::new);
    let content = content.ok_or_else(|| Problem::query("`content` is missing", "give the hash of a body"))?;
    app.read(move |app| app.store.removal(&content)).await.map(Json)
}

pub(super) async fn report(State(app): State<Arc<App>>, uri: Uri) -> Reply {
    let parts = Parts::of(&uri, &["week", "lang", "format", "as_of"])?;
    let week = parts
        .text("week")
        .ok_or_else(|| Problem::query("`week` is missing", "write a week of ISO 8601, like week=2026-W02"))
        .and_then(query::week)?;
    let (language, format) = query::report(&parts, ReportFormat::Json)?;
    let now = app.clock.now();
    let now = parts.as_of(now)?.unwrap_or(now);
    let text = app
        .read(move |app| {
            let asked = Asked { watch: &app.settings.watch, week, language, now };
            app.besides.reports.write(&app.store, &asked, format)
        })
        .await?;
    let content_type = match format {
        ReportFormat::Md => "text/markdown; charset=utf-8",
        ReportFormat::Html => "text/html; charset=utf-8",
        ReportFormat::Json => "application/json",
    };
    Ok(([(header::CONTENT_TYPE, content_type)], text).into_response())
}

fn list<T: Serialize>(values: &[T], format: ListFormat) -> Reply {
    match format {
        ListFormat::Json => Ok(Json(values).into_response()),
        ListFormat::Lines => {
            let mut text = String::new();
            for value in values {
                text.push_str(&serde_json::to_string(value).map_err(|_| Problem::bug())?);
                text.push('\n');
            }
            Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], text).into_response())
        }
    }
}
