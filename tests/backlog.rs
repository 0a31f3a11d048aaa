//! What stands there when a source is first looked at is read and flagged, and nobody is alerted; what is fresh is news in
//! whatever order it comes, and so is all that comes later: over new sources, new names and a store out of a backup.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

use std::path::Path;
use std::sync::Arc;

use bellwether::clock::{Clock as _, SharedClock, SteppedClock};
use bellwether::routing::Routing;
use bellwether::settings::{Backlog, SourceSettings};
use bellwether::{events, watch};
use bellwether_model::id::{ChannelId, SourceId, WatchId};
use bellwether_model::place::Area;
use bellwether_model::snapshot::Snapshot;
use bellwether_model::source::{Resource, ResourceRole, SourceKind};
use bellwether_model::watch::{Condition, WatchItem};
use bellwether_model::web::CanonicalUrl;
use bellwether_store::archive::Archive;
use bellwether_store::{Change, EventFilter, Store, Transaction};
use jiff::SignedDuration;

const GROWTH: &str = "財政部公布，2025年12月出口624.8億美元，年增43.4%。";
const RECALL: &str = "財政部公布，2025年11月出口640.5億美元，年增56.0%。";

/// Store and archive in a folder, with a clock at seven in the evening in Taipei on the day of a release.
struct Desk {
    folder: tempfile::TempDir,
    store: Option<Store>,
    archive: Option<Archive>,
    clock: Arc<SteppedClock>,
    sources: Vec<SourceSettings>,
}

fn url(text: &str) -> CanonicalUrl {
    CanonicalUrl::parse(text).unwrap()
}

fn source(id: &str, kind: SourceKind) -> SourceSettings {
    SourceSettings {
        area: Some(Area::new("TW")),
        timezone: Some("Asia/Taipei".to_owned()),
        ..SourceSettings::new(SourceId::new(id), kind, url(&format!("https://{id}.example/")))
    }
}

/// A page of one paragraph; `published` as it stands in its head.
fn page(title: &str, published: Option<&str>, text: &str) -> String {
    let time = published
        .map(|time| format!("<meta property=\"article:published_time\" content=\"{time}\">"))
        .unwrap_or_default();
    format!(
        "<!doctype html><html lang=\"zh-Hant\"><head><meta charset=\"utf-8\"><title>{title}</title>{time}</head>\
         <body><article><h1>{title}</h1><p>{text}</p></article></body></html>"
    )
}

/// A feed whose entries have a path and nothing else but a title.
fn feed(source: &str, paths: &[&str]) -> String {
    let entry = |path: &&str| {
        format!("<item><title>出口統計 {path}</title><link>https://{source}.example/{path}</link></item>")
    };
    let entries: String = paths.iter().map(entry).collect();
    format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>t</title>{entries}</channel></rss>")
}

impl Desk {
    fn new(sources: Vec<SourceSettings>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(SteppedClock::at("2026-01-09T11:00:00Z".parse().unwrap()));
        Self { store: None, archive: None, folder, clock, sources }.open("")
    }

    /// Opens what lies in a folder below its own.
    fn open(mut self, below: &str) -> Self {
        (self.store, self.archive) = (None, None);
        let folder = self.folder.path().join(below);
        self.store = Some(Store::open(&folder.join("store")).unwrap());
        self.archive = Some(Archive::open(&folder.join("archive")).unwrap());
        self
    }

    fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    /// An answer comes a minute later, is read, and alerts are made of it: kind and line of each that is new.
    fn comes(&self, source: &str, path: &str, role: ResourceRole, body: &str) -> Vec<String> {
        self.clock.step(SignedDuration::from_mins(1));
        let (now, address) = (self.clock.now(), url(&format!("https://{source}.example/{path}")));
        let known = self.store().resource(&address).unwrap();
        // Whatever it is called now.
        let root = url(&format!("https://{source}.example/"));
        let source = self.sources.iter().find(|known| known.url == root).unwrap().id.clone();
        let archive = self.archive.as_ref().unwrap();
        let content = archive.put(body.as_bytes()).unwrap();
        archive.settled(&content);
        let kind = if role == ResourceRole::Feed { "application/rss+xml" } else { "text/html; charset=utf-8" };
        let snapshot = Snapshot {
            role,
            content_type: Some(kind.to_owned()),
            hint: known.as_ref().and_then(|known| known.hint.clone()),
            ..Snapshot::of_document(source.clone(), address.clone(), now, content, body.len() as u64)
        };
        let mut transaction = Transaction::new(now);
        if known.is_none() {
            transaction.push(Change::Resource(Box::new(Resource::new(address, source, role, now))));
        }
        transaction.push(Change::Snapshot(Box::new(snapshot)));
        self.store().commit(transaction).unwrap();
        let clock: SharedClock = self.clock.clone();
        let before = self.store().alerts(usize::MAX).unwrap().len();
        events::read_all(&self.sources, self.store(), archive, &clock, false).unwrap();
        watch::catch_up(&items(), &routing(), &(), self.store(), &clock).unwrap();
        let alerts = self.store().alerts(usize::MAX).unwrap();
        let mut lines: Vec<String> = alerts[..alerts.len() - before]
            .iter()
            .map(|alert| format!("{} {}", alert.kind.name(), alert.summary.split(" (").next().unwrap()))
            .collect();
        lines.sort();
        lines
    }

    fn feed(&self, source: &str, paths: &[&str]) -> Vec<String> {
        self.comes(source, "", ResourceRole::Feed, &feed(source, paths))
    }

    fn article(&self, source: &str, path: &str, published: Option<&str>, text: &str) -> Vec<String> {
        self.comes(source, path, ResourceRole::Document, &page("12月出口統計", published, text))
    }

    fn flags(&self) -> usize {
        self.store().flags(None, usize::MAX).unwrap().len()
    }
}

fn items() -> Vec<WatchItem> {
    let when: Condition = toml::from_str("flow = \"exports\"\nmeasure = \"yoy\"\nabove = 40").unwrap();
    vec![WatchItem {
        channels: vec![ChannelId::new("desk")],
        ..WatchItem::new(WatchId::new("growth"), "出口大增", when)
    }]
}

fn routing() -> Routing {
    Routing { releases: vec![ChannelId::new("desk")], ..Routing::default() }
}

/// What is told of a release.
fn told(period: &str, level: &str, rate: &str) -> Vec<String> {
    vec![
        format!("release.new TW exports {period}: {level} billion USD, +{rate}% on a year before"),
        format!("watch.flagged 出口大增: TW exports {period}: +{rate}% on a year before"),
    ]
}

#[test]
fn what_stood_there_is_flagged_and_told_to_nobody_until_something_comes() {
    let desk = Desk::new(vec![source("wire", SourceKind::Feed)]);
    let nothing: Vec<String> = Vec::new();
    assert_eq!(desk.feed("wire", &["november", "undated"]), nothing);
    assert_eq!(desk.article("wire", "november", Some("2025-12-09T16:05:00+08:00"), RECALL), nothing);
    assert_eq!(desk.article("wire", "undated", None, "財政部公布，2025年10月出口618.0億美元，年增49.7%。"), nothing);
    assert_eq!(desk.flags(), 2, "it is flagged all the same");
    let marked = desk.store().events(&EventFilter::default()).unwrap();
    assert!(marked.iter().all(|event| event.backlog) && marked.len() == 4, "{marked:#?}");
    // An hour later the feed has another entry, without a date.
    desk.clock.step(SignedDuration::from_hours(1));
    assert_eq!(desk.feed("wire", &["december", "november", "undated"]), nothing);
    assert_eq!(desk.article("wire", "december", None, GROWTH), told("2025-12", "62.48", "43.4"));
    // What was known is no news in a new article either.
    desk.feed("wire", &["look-back", "december"]);
    assert_eq!(desk.article("wire", "look-back", None, RECALL), nothing);
    // An old page under a new link.
    desk.feed("wire", &["old", "look-back"]);
    let old = "財政部公布，2025年6月出口533.2億美元，年增33.7%。財政部公布，2025年3月出口495.7億美元，年增48.6%。";
    assert_eq!(desk.article("wire", "old", Some("2025-07-08"), old), nothing);
}

#[test]
fn who_asks_is_told_of_it() {
    let asked = SourceSettings { backlog: Backlog::News, ..source("wire", SourceKind::Feed) };
    let desk = Desk::new(vec![asked]);
    desk.feed("wire", &["november"]);
    let published = Some("2025-12-09T16:05:00+08:00");
    assert_eq!(desk.article("wire", "november", published, RECALL), told("2025-11", "64.05", "56"));
}

#[test]
fn a_release_of_a_moment_ago_is_told_at_the_first_look_in_whatever_order_pages_come() {
    let fresh = Some("2026-01-09T18:40:00+08:00");
    let pages = |desk: &Desk| {
        desk.feed("wire", &["fresh", "old"]);
        desk.article("wire", "old", Some("2025-12-09T16:05:00+08:00"), RECALL)
    };
    let desk = Desk::new(vec![source("wire", SourceKind::Feed), source("ministry", SourceKind::Page)]);
    assert_eq!(pages(&desk), Vec::<String>::new());
    assert_eq!(desk.article("wire", "fresh", fresh, GROWTH), told("2025-12", "62.48", "43.4"));
    assert_eq!(desk.article("ministry", "", None, GROWTH), Vec::<String>::new(), "once");

    // A page without a date comes first, and nobody can know how old it is.
    let desk = Desk::new(vec![source("wire", SourceKind::Feed), source("ministry", SourceKind::Page)]);
    assert_eq!(desk.article("ministry", "", None, GROWTH), Vec::<String>::new());
    assert_eq!(pages(&desk), Vec::<String>::new());
    assert_eq!(desk.article("wire", "fresh", fresh, GROWTH), told("2025-12", "62.48", "43.4"));
    assert_eq!(desk.flags(), 2);
    // A page of last month that is recalled today was not published today.
    desk.feed("wire", &["today", "fresh", "old"]);
    assert_eq!(desk.article("wire", "today", Some("2026-01-09T19:10:00+08:00"), RECALL), Vec::<String>::new());
}

#[test]
fn a_source_that_is_added_or_renamed_begins_as_it_should() {
    let mut desk = Desk::new(vec![source("wire", SourceKind::Feed)]);
    desk.feed("wire", &["november"]);
    desk.article("wire", "november", Some("2025-12-09T16:05:00+08:00"), RECALL);
    // A second source, a day later: what stands there is a backlog.
    desk.clock.step(SignedDuration::from_hours(24));
    desk.sources.push(source("daily", SourceKind::Feed));
    desk.feed("daily", &["autumn"]);
    let autumn =
        desk.article("daily", "autumn", Some("2025-11-07"), "財政部公布，2025年10月出口618.0億美元，年增49.7%。");
    assert_eq!(autumn, Vec::<String>::new());
    // The first one gets another name: its address was followed before.
    desk.sources[0].id = SourceId::new("newswire");
    desk.feed("wire", &["december", "november"]);
    assert_eq!(desk.article("wire", "december", None, GROWTH), told("2025-12", "62.48", "43.4"));
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_store_out_of_a_backup_goes_on_where_it_stood() {
    let mut desk = Desk::new(vec![source("wire", SourceKind::Feed)]);
    desk.feed("wire", &["november"]);
    desk.article("wire", "november", Some("2025-12-09T16:05:00+08:00"), RECALL);
    (desk.store, desk.archive) = (None, None);
    let root = desk.folder.path().to_owned();
    for part in ["store", "archive"] {
        copy(&root.join(part), &root.join("restored").join(part));
    }
    let comes = |desk: &Desk| {
        desk.feed("wire", &["december", "november"]);
        let lines = desk.article("wire", "december", Some("2026-01-09T19:05:00+08:00"), GROWTH);
        let ids: Vec<String> = desk.store().alerts(9).unwrap().iter().map(|alert| alert.id.to_string()).collect();
        (lines, ids)
    };
    let desk = desk.open("");
    let first = comes(&desk);
    assert_eq!(first.0, told("2025-12", "62.48", "43.4"));
    let desk = desk.open("restored");
    desk.clock.step(SignedDuration::from_hours(72));
    // Told again under the same ids, by which receivers know it.
    assert_eq!(comes(&desk), first);
}
