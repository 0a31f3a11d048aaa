//! For machines that watch the process: whether it is ready, and its numbers.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Json, Response};
use bellwether_model::alert::{Alert, Delivery};
use bellwether_model::source::Health;
use bellwether_store::{ReadError, Sharer};
use jiff::{SignedDuration, Timestamp};
use metrics::gauge;
use serde_json::{Value, json};

use super::App;
use super::problem::Problem;
use crate::metrics as names;
use crate::view::{self, StoreView};

/// The text format of Prometheus.
const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";
/// The loop of the crawl wakes twice a minute if nothing else wakes it. Four missed turns are no accident.
const PULSE_LOST: SignedDuration = SignedDuration::from_mins(2);
/// Clock ticks of `/proc/self/stat` in a second: what Linux tells to programs, whatever the kernel uses inside.
const TICKS_PER_SECOND: f64 = 100.0;

/// Ready: the store takes transactions, and the loop of the crawl turns where this process has one.
pub(super) async fn ready(State(app): State<Arc<App>>) -> Result<Json<Value>, Problem> {
    let unready = |what: String, hint: &str| Problem::new(StatusCode::SERVICE_UNAVAILABLE, what, hint);
    if let Some(why) = app.store.closed() {
        return Err(unready(
            format!("the store takes nothing more: {why}"),
            "start again, on a full disk after making room; everything that was committed is kept",
        ));
    }
    let schedule = match app.besides.pulse.as_ref().map(|pulse| pulse.age(app.clock.now())) {
        None => "not in this process",
        Some(age) if age > PULSE_LOST => {
            return Err(unready(
                format!("the schedule has not been looked at for {} s", age.as_secs()),
                "start again; what is due is in the store",
            ));
        }
        Some(_) => "running",
    };
    let stats = app.read(|app| app.store.stats()).await?;
    Ok(Json(json!({ "status": "ready", "store": "writable", "schedule": schedule, "events": stats.events })))
}

/// The numbers, in the text format of Prometheus.
pub(super) async fn metrics(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let now = app.clock.now();
    let text = app
        .read(move |app| {
            let gauges = Gauges::of(app, now)?;
            Ok(app.besides.metrics.text(|| gauges.set()))
        })
        .await?;
    Ok(([(header::CONTENT_TYPE, TEXT_FORMAT)], text).into_response())
}

/// What is read from the store each time.
struct Gauges {
    view: StoreView,
    due: u64,
    unread: u64,
    resting: usize,
    sources: BTreeMap<Health, usize>,
    oldest_alert: SignedDuration,
    pulse: Option<SignedDuration>,
    sharers: Vec<Sharer>,
    started: Timestamp,
}

impl Gauges {
    fn of(app: &App, now: Timestamp) -> Result<Self, ReadError> {
        let view = view::store(&app.store, &app.besides.archive)?;
        let waiting =
            if view.store.alerts_waiting > 0 { app.store.alerts_due(Timestamp::MAX, usize::MAX)? } else { Vec::new() };
        let is_waiting = |alert: &&Alert| matches!(alert.delivery, Delivery::Waiting { .. });
        let oldest = waiting.iter().filter(is_waiting).map(|alert| alert.created).min();
        let mut sources: BTreeMap<Health, usize> = Health::ALL.iter().map(|health| (*health, 0)).collect();
        for source in &app.settings.sources {
            let health = app.store.source_health(&source.id)?.map_or(Health::New, |state| state.health);
            *sources.entry(health).or_default() += 1;
        }
        let resting = app.store.hosts()?.iter().filter(|host| host.backoff_until > Some(now)).count();
        Ok(Self {
            due: app.store.due_count(now)?,
            unread: app.store.unread_count()?,
            resting,
            sources,
            oldest_alert: oldest.map_or(SignedDuration::ZERO, |at| now.duration_since(at).max(SignedDuration::ZERO)),
            pulse: app.besides.pulse.as_ref().map(|pulse| pulse.age(now)),
            sharers: app.sharers(),
            started: app.started,
            view,
        })
    }

    fn set(&self) {
        let StoreView { store, archive_bodies, archive_bytes } = &self.view;
        for (name, value) in [
            (names::RESOURCES, store.resources),
            (names::RESOURCES_DUE, self.due),
            (names::UNREAD, self.unread),
            (names::DOCUMENTS, store.documents),
            (names::EVENTS, store.events),
            (names::OUTBOX, store.alerts_waiting),
            (names::GIVEN_UP, store.alerts_gave_up),
            (names::ARCHIVE_BODIES, *archive_bodies),
            (names::ARCHIVE_BYTES, *archive_bytes),
            (names::ARCHIVE_REMOVED, store.bodies_removed),
            (names::JOURNAL_BYTES, store.journal_bytes),
            (names::VIEW_BYTES, store.view_bytes),
            (names::HOSTS_RESTING, self.resting as u64),
        ] {
            gauge!(name).set(number(value));
        }
        for (health, count) in &self.sources {
            gauge!(names::SOURCES, "health" => health.name()).set(number(*count as u64));
        }
        for sharer in &self.sharers {
            gauge!(names::HOSTS_HELD, "process" => sharer.process.clone()).set(number(sharer.names));
        }
        gauge!(names::OUTBOX_AGE).set(self.oldest_alert.as_secs_f64());
        if let Some(age) = self.pulse {
            gauge!(names::SCHEDULE_AGE).set(age.as_secs_f64());
        }
        gauge!(names::STARTED).set(SignedDuration::from_millis(self.started.as_millisecond()).as_secs_f64());
        if let Some(bytes) = resident_bytes() {
            gauge!(names::RESIDENT).set(number(bytes));
        }
        if let Some(seconds) = cpu_seconds() {
            gauge!(names::CPU).set(seconds);
        }
    }
}

/// A count as a number of Prometheus, which has 53 bits.
#[expect(clippy::cast_precision_loss, reason = "no count of ours comes near nine quadrillion")]
fn number(count: u64) -> f64 {
    count as f64
}

/// `None`: this is no Linux.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? << 10)
}

/// User and system time of the process; `None`: this is no Linux.
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // Behind the name of the program, which may hold anything, the times are the 12th and 13th field.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |place: usize| fields.get(place)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / TICKS_PER_SECOND)
}
