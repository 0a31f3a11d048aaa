//! Wires the rooms: opens what they share, starts them, ends them together.

use std::future::Future;
use std::io::Write as _;
use std::sync::{Arc, LazyLock};

use anyhow::Context as _;
use bellwether_model::document::DocumentRecord;
use bellwether_model::id::SourceId;
use bellwether_model::source::SourceKind;
use bellwether_model::web::CanonicalUrl;
use bellwether_store::archive::Archive;
use bellwether_store::{Lease, Store};
use tokio::task::JoinSet;

use super::activity;
use super::duty::{self, on_duty};
use super::home::Home;
use crate::clock::{SharedClock, SystemClock};
use crate::metrics::{Metrics, TIDY_EVERY};
use crate::pulse::Pulse;
use crate::serve::Besides;
use crate::settings::{Settings, SourceSettings};
use crate::shutdown::{self, Shutdown, ShutdownSender};
use crate::{alerts, archive, crawl, events, health, report, watch};

/// Everything that the rooms share.
#[derive(Clone)]
pub(super) struct House {
    pub(super) settings: Settings,
    pub(super) store: Store,
    pub(super) archive: Archive,
    pub(super) clock: SharedClock,
    /// Of a command that does everything itself, as long as it may write.
    _leases: Vec<Lease>,
}

impl House {
    /// Opens store and archive, which makes them where they are not there, for a command that does everything itself: no
    /// other process may write meanwhile.
    pub(super) fn open(settings: Settings) -> anyhow::Result<Self> {
        let house = Self::join(settings)?;
        let place = Home::of(&house.settings)?;
        let leases = duty::take_all(&house.store, || place.shown())?;
        Ok(Self { store: house.store.under(&leases), _leases: leases, ..house })
    }

    /// As [`House::open`], for those who write nothing, or share the work: others may hold a store on a server meanwhile.
    pub(super) fn join(settings: Settings) -> anyhow::Result<Self> {
        let store = Home::of(&settings)?.open()?;
        store.set_holder(&format!("process {}", std::process::id())).context("cannot write into the store")?;
        let archive = store.archive(&settings.archive)?;
        Ok(Self { settings, store, archive, clock: Arc::new(SystemClock), _leases: Vec::new() })
    }

    /// The words of what was read.
    pub(super) fn words(&self) -> Words {
        Words::new(&self.settings, &self.store, &self.archive)
    }

    /// The sources of the configuration, and the one that documents of `ingest` count as.
    pub(super) fn readable_sources(&self) -> Vec<SourceSettings> {
        readable(&self.settings)
    }
}

/// The sources of a configuration, and the one that documents of `ingest` count as.
pub(super) fn readable(settings: &Settings) -> Vec<SourceSettings> {
    let mut sources = settings.sources.clone();
    sources.push(manifest_source());
    sources
}

/// The words of documents, for items of the watch list that ask for them.
pub(super) struct Words(events::Texts);

impl Words {
    /// Of what a store and its archive hold.
    pub(super) fn new(settings: &Settings, store: &Store, archive: &Archive) -> Self {
        Self(events::Texts::new(readable(settings), store.clone(), archive.clone()))
    }
}

impl watch::Texts for Words {
    fn of(&self, document: &DocumentRecord) -> Option<String> {
        self.0.of(document).unwrap_or_else(|cause| {
            tracing::error!(url = %document.url, "the words of a document cannot be read again: {cause}");
            None
        })
    }
}

/// The source of local documents that name none.
pub(super) const MANIFEST_SOURCE: &str = "manifest";

fn manifest_source() -> SourceSettings {
    let url = CanonicalUrl::parse("https://manifest.invalid/").expect("a web address");
    SourceSettings::new(SourceId::new(MANIFEST_SOURCE), SourceKind::Page, url)
}

/// Says which sources are not asked because nobody could be reached about it. Not an error: the others are followed.
pub(super) fn warn_of_missing_contact(settings: &Settings) -> std::io::Result<()> {
    let count = settings.without_contact().count();
    if count == 0 {
        return Ok(());
    }
    writeln!(
        std::io::stderr(),
        "warning: {count} of {} sources are not asked: no `contact` is set\n\
         hint: set contact = \"mailto:you@example.org\" under [crawler] in {}, an address at which site owners reach you",
        settings.sources.len(),
        crate::config::SOURCES
    )
}

/// One pass: crawl and read side by side until nothing is left, then watch and deliver once.
pub(super) async fn pass(house: &House, mode: crawl::Mode, shutdown: &Shutdown) -> anyhow::Result<crawl::Summary> {
    let (end_reading, reading_ends) = shutdown::channel();
    let crawling = async {
        let summary = crawl::run(
            house.settings.crawler.clone(),
            house.settings.sources.clone(),
            house.store.clone(),
            house.archive.clone(),
            house.clock.clone(),
            mode,
            shutdown.clone(),
        )
        .await;
        end_reading.shut_down();
        summary
    };
    let reading = events::run(
        house.readable_sources(),
        house.store.clone(),
        house.archive.clone(),
        house.clock.clone(),
        reading_ends,
    );
    tokio::pin!(crawling, reading);
    // A crawl waits for its answers to be read; without a reader it would wait for ever.
    let summary = tokio::select! {
        summary = &mut crawling => {
            reading.await?;
            summary?
        }
        read = &mut reading => {
            read?;
            crawling.await?
        }
    };
    let rest = house.clone();
    tokio::task::spawn_blocking(move || -> anyhow::Result<()> {
        events::read_all(&rest.readable_sources(), &rest.store, &rest.archive, &rest.clock, false)?;
        watch::catch_up(&rest.settings.watch, &rest.settings.routing, &rest.words(), &rest.store, &rest.clock)?;
        watch::remind(&rest.settings.watch, &rest.settings.routing, &rest.store, &rest.clock)?;
        health::catch_up(&rest.settings.sources, &rest.settings.channels, &rest.store, &rest.clock)?;
        if rest.settings.keep.is_limited() {
            archive::tell(&archive::sweep(&rest.settings.keep, &rest.store, &rest.archive, rest.clock.now(), false)?);
        }
        Ok(())
    })
    .await
    .context("the reader stopped unexpectedly")??;
    deliver(house, alerts::Mode::Once, shutdown.clone()).await?;
    Ok(summary)
}

async fn deliver(house: &House, mode: alerts::Mode, shutdown: Shutdown) -> anyhow::Result<u64> {
    Ok(alerts::run(house.settings.alerts(), house.store.clone(), house.clock.clone(), mode, shutdown).await?)
}

/// All rooms at once, until shutdown. The first that fails ends the others, and its failure is returned.
pub(super) async fn all_rooms(
    house: House,
    listener: tokio::net::TcpListener,
    shutdown: Shutdown,
) -> anyhow::Result<()> {
    let (sender, rooms_end) = shutdown::channel();
    let mut rooms = JoinSet::new();
    let reading_sources = house.readable_sources();
    let House { settings, store, archive, clock, .. } = house.clone();

    let pulse = Pulse::new(clock.clone());
    start(&mut rooms, "crawl", {
        let (pulse, house) = (pulse.clone(), house.clone());
        let crawling = on_duty(store.clone(), duty::CRAWL, rooms_end.clone(), move |store, ends| {
            let House { settings, archive, clock, .. } = house.clone();
            async move {
                let mode = crawl::Mode::Forever;
                crawl::run(settings.crawler, settings.sources, store, archive, clock, mode, ends).await?;
                Ok(())
            }
        });
        async move { pulse.watch(crawling).await }
    });
    start(&mut rooms, "events", {
        let house = house.clone();
        on_duty(store.clone(), duty::EVENTS, rooms_end.clone(), move |store, ends| {
            let House { archive, clock, .. } = house.clone();
            let sources = reading_sources.clone();
            async move { Ok(events::run(sources, store, archive, clock, ends).await?) }
        })
    });
    start(&mut rooms, "health", {
        let house = house.clone();
        on_duty(store.clone(), duty::HEALTH, rooms_end.clone(), move |store, ends| {
            let House { settings, clock, .. } = house.clone();
            async move { Ok(health::run(settings.sources, settings.channels, store, clock, ends).await?) }
        })
    });
    start(&mut rooms, "archive", {
        let house = house.clone();
        on_duty(store.clone(), duty::ARCHIVE, rooms_end.clone(), move |store, ends| {
            let House { settings, archive, clock, .. } = house.clone();
            async move { Ok(archive::run(settings.keep, store, archive, clock, ends).await?) }
        })
    });
    start(&mut rooms, "watch", {
        let house = house.clone();
        on_duty(store.clone(), duty::WATCH, rooms_end.clone(), move |store, ends| {
            let words = Arc::new(house.words());
            let House { settings, clock, .. } = house.clone();
            async move { Ok(watch::run(settings.watch, settings.routing, words, store, clock, ends).await?) }
        })
    });
    start(&mut rooms, "alerts", {
        on_duty(store.clone(), duty::ALERTS, rooms_end.clone(), move |store, ends| {
            let house = House { store, ..house.clone() };
            async move { deliver(&house, alerts::Mode::Forever, ends).await.map(|_delivered| ()) }
        })
    });
    let besides = besides(archive, Some(pulse));
    let metrics = besides.metrics.clone();
    let serving = crate::serve::run(settings, store.clone(), besides, listener, clock, rooms_end.clone());
    start(&mut rooms, "serve", async { Ok(serving.await?) });
    let narration_ends = rooms_end.clone();
    rooms.spawn(async move {
        activity::narrate(store, narration_ends).await;
        Ok(())
    });
    rooms.spawn(async move {
        let mut end = rooms_end;
        while !end.is_requested() {
            metrics.tidy();
            tokio::select! {
                () = end.requested() => {}
                () = tokio::time::sleep(TIDY_EVERY) => {}
            }
        }
        Ok(())
    });
    end_together(rooms, sender, shutdown).await
}

/// What the dashboard shows besides settings and store. The numbers are one set for the whole process.
pub(super) fn besides(archive: Archive, pulse: Option<Pulse>) -> Besides {
    static METRICS: LazyLock<Metrics> = LazyLock::new(Metrics::installed);
    Besides { reports: Arc::new(report::Writer), archive, metrics: METRICS.clone(), pulse, crawl: duty::CRAWL }
}

fn start(
    rooms: &mut JoinSet<anyhow::Result<()>>,
    name: &'static str,
    room: impl Future<Output = anyhow::Result<()>> + Send + 'static,
) {
    rooms.spawn(async move { room.await.with_context(|| format!("the room `{name}` stopped")) });
}

async fn end_together(
    mut rooms: JoinSet<anyhow::Result<()>>,
    sender: ShutdownSender,
    mut shutdown: Shutdown,
) -> anyhow::Result<()> {
    let mut outcome = Ok(());
    tokio::select! {
        () = shutdown.requested() => {}
        Some(ended) = rooms.join_next() => outcome = ended.context("a room stopped unexpectedly").and_then(|result| result),
    }
    sender.shut_down();
    while let Some(ended) = rooms.join_next().await {
        let ended = ended.context("a room stopped unexpectedly").and_then(|result| result);
        // The first failure is the cause; those that follow from it are logged.
        match (&outcome, ended) {
            (Ok(()), ended) => outcome = ended,
            (Err(_), Err(further)) => tracing::error!("{further:#}"),
            (Err(_), Ok(())) => {}
        }
    }
    outcome
}

/// Gives the signal to end at SIGINT and SIGTERM.
pub(super) fn on_signal() -> anyhow::Result<Shutdown> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let (sender, shutdown) = shutdown::channel();
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("ending: finishing the work in hand");
        sender.shut_down();
        // Keeps the signal given: a dropped sender means the same, but this says so.
        std::future::pending::<()>().await;
    });
    Ok(shutdown)
}
