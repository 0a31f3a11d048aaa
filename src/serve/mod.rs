//! The dashboard and the read-only API over the store. A door: it listens. Writes nothing and follows no link.

mod api;
mod cards;
mod guard;
mod health;
mod pages;
mod problem;
mod query;

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use bellwether_model::watch::Flag;
use bellwether_store::archive::Archive;
use bellwether_store::{ReadError, Sharer, Store};
use jiff::Timestamp;
use tokio::net::TcpListener;

use crate::clock::SharedClock;
use crate::metrics::Metrics;
use crate::pulse::Pulse;
use crate::settings::Settings;
use crate::shutdown::Shutdown;
use crate::view::flags::{FlagView, Marks};
use crate::view::reports::Reports;
use guard::Gate;
use problem::Problem;

/// How long answers in work may take once the signal to end was given; a reader that hangs does not hold the program.
const GRACE: Duration = Duration::from_secs(3);

/// What every answer may need.
struct App {
    settings: Settings,
    store: Store,
    besides: Besides,
    clock: SharedClock,
    gate: Gate,
    /// When the server began, for pages that have nothing to show yet.
    started: Timestamp,
}

/// What is shown besides settings and store.
pub struct Besides {
    /// Writes the briefings that are asked for.
    pub reports: Arc<dyn Reports>,
    /// The bodies of answers.
    pub archive: Archive,
    /// The numbers that the process tells of itself.
    pub metrics: Metrics,
    /// The beat of the schedule; `None`: no crawl runs in this process.
    pub pulse: Option<Pulse>,
    /// The name of the work in which processes share hosts, as the store knows it.
    pub crawl: &'static str,
}

/// Serves until shutdown on a listener that is bound already.
///
/// # Errors
/// The listener fails, or it is open to other machines and no token is set.
pub async fn run(
    settings: Settings,
    store: Store,
    besides: Besides,
    listener: TcpListener,
    clock: SharedClock,
    mut shutdown: Shutdown,
) -> std::io::Result<()> {
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() && settings.serve.token.is_none() {
        return Err(std::io::Error::new(
            std::io::ErrorKind::PermissionDenied,
            format!("{address} can be reached by other machines: set `token` in the table [serve] of sources.toml"),
        ));
    }
    let gate = Gate::new(address, settings.serve.token.as_deref());
    let started = clock.now();
    let app = Arc::new(App { settings, store, besides, clock, gate, started });
    let mut ended = shutdown.clone();
    let server = axum::serve(listener, router(app)).with_graceful_shutdown(async move { ended.requested().await });
    tokio::select! {
        served = async { server.await } => served,
        () = async { shutdown.requested().await; tokio::time::sleep(GRACE).await } => Ok(()),
    }
}

fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/", get(pages::index))
        .route("/events", get(pages::events))
        .route("/events/{id}", get(pages::event))
        .route("/flags", get(pages::flags))
        .route("/sources", get(pages::sources))
        .route("/alerts", get(pages::alerts))
        .route("/report", get(pages::report_index))
        .route("/report/{week}", get(pages::report))
        .route("/login", get(pages::login))
        .route("/style.css", get(pages::style))
        .route("/healthz", get(api::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/api", get(api::index))
        .route("/api/events", get(api::events))
        .route("/api/events/{id}", get(api::event))
        .route("/api/releases", get(api::releases))
        .route("/api/flags", get(api::flags))
        .route("/api/sources", get(api::sources))
        .route("/api/alerts", get(api::alerts))
        .route("/api/channels", get(api::channels))
        .route("/api/snapshots", get(api::snapshots))
        .route("/api/archive/removal", get(api::removal))
        .route("/api/store/stats", get(api::stats))
        .route("/api/report", get(api::report))
        .fallback(problem::no_such_page)
        .layer(from_fn_with_state(Arc::clone(&app), guard::guard))
        .with_state(app)
}

impl App {
    /// Flags with how they stood at a time; `None`: as they stand. A file of marks with a mistake is told, and counts as empty.
    fn flag_views(&self, flags: Vec<Flag>, as_of: Option<Timestamp>) -> Vec<FlagView> {
        let path = &self.settings.flags;
        let text = match std::fs::read_to_string(path) {
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(String::new()),
            read => read.map_err(|cause| cause.to_string()),
        };
        let marks = text.and_then(|text| Marks::read(&text)).unwrap_or_else(|wrong| {
            tracing::error!(path = %path.display(), "what was done with flags is not shown: {wrong}");
            Marks::default()
        });
        marks.views(flags, &self.settings.watch, as_of.unwrap_or_else(|| self.clock.now()))
    }

    /// Which processes share the crawl, and how many hosts each has to itself. Empty: nobody else can, or the server that knows
    /// does not answer, which keeps no page from being shown.
    fn sharers(&self) -> Vec<Sharer> {
        self.store.sharers(self.besides.crawl).unwrap_or_else(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "it is not known who shares the crawl");
            Vec::new()
        })
    }

    /// Reads the store off the runtime's own threads, since its calls block.
    async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, Problem> {
        let app = Arc::clone(self);
        match tokio::task::spawn_blocking(move || work(&app)).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a page could not be answered");
                Err(Problem::store(&error))
            }
            Err(failure) => {
                tracing::error!(error = &failure as &dyn std::error::Error, "a page could not be answered");
                Err(Problem::bug())
            }
        }
    }
}
