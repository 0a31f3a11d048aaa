//! A store with its archive, the pages that come in, and what becomes of them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bellwether::clock::{Clock, SharedClock, SteppedClock};
use bellwether::routing::Routing;
use bellwether::settings::SourceSettings;
use bellwether::{events, watch};
use bellwether_model::alert::Alert;
use bellwether_model::event::{Event, Fact, Mention};
use bellwether_model::figure::{Amount, Flow, Measure};
use bellwether_model::id::{ChannelId, SourceId, WatchId};
use bellwether_model::place::Area;
use bellwether_model::snapshot::Snapshot;
use bellwether_model::source::{ResourceRole, SourceKind, Trust};
use bellwether_model::watch::{Condition, WatchItem};
use bellwether_model::web::CanonicalUrl;
use bellwether_store::archive::Archive;
use bellwether_store::{Change, EventFilter, Store, Transaction};
use jiff::{SignedDuration, Timestamp};
use regex::Regex;
use tempfile::TempDir;

pub(crate) struct House {
    /// Lives as long as store and archive.
    directory: TempDir,
    pub(crate) store: Store,
    pub(crate) archive: Archive,
    pub(crate) clock: Arc<SteppedClock>,
    pub(crate) sources: Vec<SourceSettings>,
}

pub(crate) fn source(id: &str, kind: SourceKind, trust: Trust) -> SourceSettings {
    SourceSettings {
        engine: (kind == SourceKind::Forum).then(|| "ptt".to_owned()),
        trust,
        area: Some(Area::new("TW")),
        timezone: Some("Asia/Taipei".to_owned()),
        follow_title: Some(Regex::new("出口").expect("a pattern")),
        every: Duration::from_secs(600),
        ..SourceSettings::new(SourceId::new(id), kind, url(&format!("https://{id}.example/")))
    }
}

pub(crate) fn url(text: &str) -> CanonicalUrl {
    CanonicalUrl::parse(text).expect(text)
}

/// A page with a title and one paragraph.
pub(crate) fn page(title: &str, published: &str, text: &str) -> String {
    format!(
        "<!doctype html><html lang=\"zh\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta property=\"article:published_time\" content=\"{published}\"></head>\
         <body><article><h1>{title}</h1><p>{text}</p></article></body></html>"
    )
}

impl House {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().expect("a folder");
        let store = Store::open(&directory.path().join("store")).expect("the store opens");
        let archive = Archive::open(&directory.path().join("archive")).expect("the archive opens");
        let noon: Timestamp = "2026-01-09T12:00:00Z".parse().expect("a time");
        let sources = vec![
            source("press", SourceKind::Listing, Trust::Press),
            source("mirror", SourceKind::Feed, Trust::Press),
            source("ministry", SourceKind::Page, Trust::Official),
            source("board", SourceKind::Forum, Trust::Forum),
        ];
        Self { directory, store, archive, clock: Arc::new(SteppedClock::at(noon)), sources }
    }

    pub(crate) fn clock(&self) -> SharedClock {
        self.clock.clone()
    }

    /// An answer arrives a minute later than the last one.
    pub(crate) fn fetched(
        &self,
        source: &str,
        path: &str,
        role: ResourceRole,
        content_type: &str,
        body: &str,
    ) -> Snapshot {
        self.clock.step(SignedDuration::from_mins(1));
        let (now, address) = (self.clock.now(), url(&format!("https://{source}.example/{path}")));
        let content = self.archive.put(body.as_bytes()).expect("the archive writes");
        self.archive.settled(&content);
        let snapshot = Snapshot {
            role,
            content_type: Some(content_type.to_owned()),
            ..Snapshot::of_document(SourceId::new(source), address, now, content, body.len() as u64)
        };
        let mut transaction = Transaction::new(now);
        transaction.push(Change::Snapshot(Box::new(snapshot.clone())));
        self.store.commit(transaction).expect("the store writes");
        snapshot
    }

    pub(crate) fn article(&self, source: &str, path: &str, text: &str) -> Snapshot {
        self.dated(source, path, "2026-01-09T16:00:00+08:00", "12月出口創新高", text)
    }

    /// An article that says when it was published.
    pub(crate) fn dated(&self, source: &str, path: &str, published: &str, title: &str, text: &str) -> Snapshot {
        let body = page(title, published, text);
        self.fetched(source, path, ResourceRole::Document, "text/html; charset=utf-8", &body)
    }

    pub(crate) fn read(&self) -> usize {
        events::read_all(&self.sources, &self.store, &self.archive, &self.clock(), false).expect("reading goes on")
    }

    /// Headline figures of December's exports of Taiwan.
    pub(crate) fn figure(&self, measure: Measure) -> (Event, Vec<Mention>) {
        let filter = EventFilter {
            area: Some(Area::new("TW")),
            flow: Some(Flow::Exports),
            measure: Some(measure),
            period: Some("2025-12".parse().expect("a period")),
            ..EventFilter::default()
        };
        let mut events = self.store.events(&filter).expect("the store reads");
        assert_eq!(events.len(), 1, "one fact is one event: {events:#?}");
        let event = events.remove(0);
        let mentions = self.store.mentions(&event.id).expect("the store reads");
        (event, mentions)
    }

    pub(crate) fn rows(&self) -> usize {
        self.store.changes(0, usize::MAX).expect("the store reads").len()
    }

    /// The folder of its store.
    pub(crate) fn folder(&self) -> PathBuf {
        self.directory.path().join("store")
    }

    /// Flags of what was read, at a time, of which nobody is told.
    pub(crate) fn flag(&self, at: Timestamp) {
        let clock: SharedClock = Arc::new(SteppedClock::at(at));
        watch::catch_up(&[growth()], &Routing::default(), &(), &self.store, &clock).expect("watching goes on");
    }

    /// Flags and alerts of what was read, for an item on December's growth and a channel that takes releases.
    pub(crate) fn watch(&self) -> Vec<Alert> {
        let items = [WatchItem { channels: vec![ChannelId::new("desk")], ..growth() }];
        let routing = Routing { releases: vec![ChannelId::new("wall")], ..Routing::default() };
        watch::catch_up(&items, &routing, &(), &self.store, &self.clock()).expect("watching goes on");
        let mut alerts = self.store.alerts(usize::MAX).expect("the store reads");
        alerts.sort_by_key(|alert| (alert.created, alert.kind.name()));
        alerts
    }
}

/// An item that asks for growth above two fifths.
fn growth() -> WatchItem {
    let when = Condition { measure: Some(Measure::Yoy), above: Some(40.into()), ..Condition::default() };
    WatchItem::new(WatchId::new("growth"), "出口成長", when)
}

pub(crate) fn value(event: &Event) -> Amount {
    match &event.fact {
        Fact::Figure(figure) => figure.amount,
        other => panic!("a figure: {other:?}"),
    }
}

pub(crate) fn amount(text: &str) -> Amount {
    Amount::Value { value: text.parse().expect(text) }
}
