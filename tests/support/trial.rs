//! A crawl with a store and an archive of its own, judged by what came of it.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "each test file uses its part; a test stops where something is missing"
)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bellwether::clock::{SharedClock, SteppedClock};
use bellwether::crawl::{self, Mode, Summary};
use bellwether::settings::{CrawlerSettings, SourceSettings};
use bellwether::shutdown;
use bellwether_model::id::SourceId;
use bellwether_model::source::{Resource, ResourceRole, SourceKind, VisitOutcome};
use bellwether_model::web::CanonicalUrl;
use bellwether_store::archive::Archive;
use bellwether_store::{Change, Store, Transaction};

use crate::web::{Reply, Seen, Web};

/// A crawl with a store and an archive of its own, a clock that stands still, and a reader that follows links.
pub(crate) struct Trial {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) store: Store,
    pub(crate) archive: Archive,
    pub(crate) clock: Arc<SteppedClock>,
    pub(crate) settings: CrawlerSettings,
}

impl Trial {
    /// Without a gap, and with leave to ask these servers.
    pub(crate) fn of(webs: &[&Web]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let allow_private: Vec<SocketAddr> = webs.iter().map(|web| web.address()).collect();
        Self {
            store: Store::open(&folder.path().join("store")).unwrap(),
            archive: Archive::open(&folder.path().join("archive")).unwrap(),
            folder,
            clock: Arc::new(SteppedClock::at("2026-01-07T08:00:00Z".parse().unwrap())),
            settings: CrawlerSettings {
                contact: None,
                gap: Duration::ZERO,
                allow_private,
                redirects: 4,
                page_bytes: 64 << 10,
                feed_bytes: 128 << 10,
                ..CrawlerSettings::default()
            },
        }
    }

    /// That waits no longer than 0.4 s for the first byte and 0.8 s for the last.
    pub(crate) fn impatient(mut self) -> Self {
        self.settings.first_byte_timeout = Duration::from_millis(400);
        self.settings.total_timeout = Duration::from_millis(800);
        self
    }

    pub(crate) async fn crawl(&self, sources: &[SourceSettings], all: bool) -> Summary {
        let (sender, shutdown) = shutdown::channel();
        let reader = tokio::spawn(read(self.store.clone()));
        let clock: SharedClock = self.clock.clone();
        let mode = Mode::Once { sources: Vec::new(), all };
        let (store, archive) = (self.store.clone(), self.archive.clone());
        let run = crawl::run(self.settings.clone(), sources.to_vec(), store, archive, clock, mode, shutdown);
        let summary = tokio::time::timeout(Duration::from_secs(30), run).await.expect("the pass ends").unwrap();
        reader.abort();
        drop(sender);
        summary
    }

    /// One pass over one source of this address: what was seen of it.
    pub(crate) async fn visit(&self, url: &str) -> VisitOutcome {
        self.crawl(&[source("a", SourceKind::Page, url)], true).await;
        self.outcome(url)
    }

    pub(crate) fn resource(&self, url: &str) -> Resource {
        self.store.resource(&CanonicalUrl::parse(url).unwrap()).unwrap().unwrap_or_else(|| panic!("no {url}"))
    }

    pub(crate) fn outcome(&self, url: &str) -> VisitOutcome {
        self.resource(url).visit.unwrap_or_else(|| panic!("{url} was not visited")).outcome
    }
}

pub(crate) fn source(id: &str, kind: SourceKind, url: &str) -> SourceSettings {
    SourceSettings {
        every: Duration::from_secs(600),
        ..SourceSettings::new(SourceId::new(id), kind, CanonicalUrl::parse(url).unwrap())
    }
}

/// Stands in for the room that reads: marks answers as read, and commits what a listing links to in its header `links`.
pub(crate) async fn read(store: Store) {
    let mut commits = store.follow();
    loop {
        for snapshot in store.unread(100).unwrap() {
            let mut transaction = Transaction::new(snapshot.fetched);
            transaction.push(Change::Read(snapshot.id.clone()));
            let link_header = snapshot.headers.iter().find(|(name, _)| name == "links");
            let links = link_header.map_or("", |(_, links)| links).split_whitespace();
            for link in links.filter(|_| snapshot.role == ResourceRole::Listing) {
                let url = snapshot.final_url.join(link).unwrap();
                if store.resource(&url).unwrap().is_none() {
                    let role = ResourceRole::Document;
                    let found = Resource::new(url, snapshot.source.clone(), role, snapshot.fetched);
                    transaction.push(Change::Resource(Box::new(found)));
                }
            }
            store.commit(transaction).unwrap();
        }
        let _lagged_or_told = commits.recv().await;
    }
}

pub(crate) fn reason(outcome: &VisitOutcome) -> &str {
    match outcome {
        VisitOutcome::Failed { reason, .. } | VisitOutcome::Refused { reason } => reason,
        other => panic!("neither failed nor refused: {other:?}"),
    }
}

/// No robots.txt, and pages by this rule.
pub(crate) async fn open_web(rule: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Web {
    Web::serve(move |seen| if seen.path == "/robots.txt" { Reply::status(404) } else { rule(seen) }).await
}
