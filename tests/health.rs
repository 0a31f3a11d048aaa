//! The state of sources over a real store: told once, kept over a restart, to the operator alone.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use bellwether::clock::{Clock as _, SharedClock, SteppedClock};
use bellwether::settings::{ChannelKind, ChannelSettings, SourceSettings};
use bellwether::{events, health, view};
use bellwether_model::alert::{Alert, AlertKind};
use bellwether_model::id::{ChannelId, SourceId};
use bellwether_model::snapshot::Snapshot;
use bellwether_model::source::{Health, Resource, ResourceRole, SourceKind, Visit, VisitOutcome};
use bellwether_model::web::CanonicalUrl;
use bellwether_store::archive::Archive;
use bellwether_store::{Change, Store, Transaction};
use jiff::SignedDuration;
use tempfile::TempDir;

struct House {
    folder: TempDir,
    store: Store,
    clock: Arc<SteppedClock>,
    source: SourceSettings,
    channels: Vec<ChannelSettings>,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = CanonicalUrl::parse("https://wire.example/list").unwrap();
        let mut source = SourceSettings::new(SourceId::new("wire"), SourceKind::Listing, url);
        source.links = Some("main a".to_owned());
        let channel = |id: &str, operator| ChannelSettings {
            operator,
            ..ChannelSettings::new(ChannelId::new(id), ChannelKind::Log)
        };
        Self {
            store: Store::open(&folder.path().join("store")).unwrap(),
            clock: Arc::new(SteppedClock::at("2026-01-09T12:00:00Z".parse().unwrap())),
            source,
            channels: vec![channel("desk", false), channel("operator", true)],
            folder,
        }
    }

    fn commit(&self, change: Change) {
        self.store.commit(Transaction { at: self.clock.now(), changes: vec![change] }).unwrap();
    }

    fn visited(&self, outcome: VisitOutcome, failures: u32) {
        self.clock.step(SignedDuration::from_mins(10));
        let at = self.clock.now();
        let visit = Some(Visit { at, outcome, took_ms: Some(90) });
        let found = Resource::new(self.source.url.clone(), self.source.id.clone(), ResourceRole::Listing, at);
        self.commit(Change::Resource(Box::new(Resource { due: None, visit, failures, ..found })));
    }

    /// An answer comes and is read by the room that reads.
    fn answered(&self, body: &str) {
        self.visited(VisitOutcome::Fetched { status: 200 }, 0);
        let archive = Archive::open(&self.folder.path().join("archive")).unwrap();
        let (now, content) = (self.clock.now(), archive.put(body.as_bytes()).unwrap());
        self.commit(Change::Snapshot(Box::new(Snapshot {
            id: Snapshot::name(&self.source.url, now, &content),
            source: self.source.id.clone(),
            url: self.source.url.clone(),
            final_url: self.source.url.clone(),
            role: ResourceRole::Listing,
            fetched: now,
            status: 200,
            content_type: Some("text/html".to_owned()),
            headers: Vec::new(),
            content,
            body_bytes: body.len() as u64,
            hint: None,
        })));
        let clock: SharedClock = self.clock.clone();
        events::read_all(std::slice::from_ref(&self.source), &self.store, &archive, &clock, false).unwrap();
    }

    fn judge(&self) -> (usize, Health) {
        let clock: SharedClock = self.clock.clone();
        let sources = std::slice::from_ref(&self.source);
        let changed = health::catch_up(sources, &self.channels, &self.store, &clock).unwrap();
        (changed, view::sources(&self.store, sources).unwrap()[0].health)
    }

    fn alerts(&self) -> Vec<Alert> {
        self.store.alerts(usize::MAX).unwrap()
    }

    fn reopened(self) -> Self {
        let Self { folder, store, clock, source, channels } = self;
        drop(store);
        Self { store: Store::open(&folder.path().join("store")).unwrap(), folder, clock, source, channels }
    }
}

fn failure() -> VisitOutcome {
    VisitOutcome::Failed { status: Some(503), reason: "overloaded".to_owned() }
}

#[test]
fn a_change_is_told_once_to_the_operator_and_not_to_the_readers() {
    let house = House::new();
    assert_eq!(house.judge(), (0, Health::New));
    house.visited(VisitOutcome::Fetched { status: 200 }, 0);
    assert_eq!(house.judge(), (1, Health::Healthy));
    assert!(house.alerts().is_empty(), "that a new source is well is no news");
    for failures in 1..=2 {
        house.visited(failure(), failures);
        assert_eq!(house.judge(), (0, Health::Healthy));
    }
    house.visited(failure(), 3);
    assert_eq!(house.judge(), (1, Health::Failing));
    let house = house.reopened();
    house.visited(failure(), 4);
    assert_eq!(house.judge(), (0, Health::Failing), "the state holds over a restart");
    let told = house.alerts();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].kind, told[0].channel.as_str()), (AlertKind::SourceHealth, "operator"));
    assert_eq!(told[0].summary, "source `wire` is failing, was healthy: HTTP 503: overloaded");
    house.visited(VisitOutcome::Unchanged, 0);
    assert_eq!(house.judge(), (1, Health::Healthy));
    assert_eq!(house.alerts().len(), 2, "and once that it is well again");
    let view = &view::sources(&house.store, std::slice::from_ref(&house.source)).unwrap()[0];
    assert_eq!(
        view.changes.iter().map(|change| change.to).collect::<Vec<_>>(),
        [Health::Healthy, Health::Failing, Health::Healthy]
    );
}

#[test]
fn a_selector_that_no_longer_matches_is_noticed_and_named() {
    let house = House::new();
    let list = |class: &str| {
        format!(
            "<html><head><title>t</title></head><body><{class}><h2><a href='/1'>十二月出口年增百分之四十三創新高</a></h2>\
             <h2><a href='/2'>十一月出口年增百分之五十六再創新高</a></h2></{class}></body></html>"
        )
    };
    house.answered(&list("main"));
    assert_eq!(house.judge(), (1, Health::Healthy));
    house.answered(&list("section"));
    assert_eq!(house.judge(), (0, Health::Healthy), "one page can be an accident");
    house.answered(&format!("{}<!-- again -->", list("section")));
    assert_eq!(house.judge(), (1, Health::Failing));
    let problem = house.store.source_health(&house.source.id).unwrap().unwrap().problem.unwrap();
    assert!(
        problem.contains("nothing found: the selector `main a` matches no link; it gave 2 links until"),
        "{problem}"
    );
    assert_eq!(house.alerts().len(), 1);
}
