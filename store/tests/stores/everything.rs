//! All that a store can be asked, as one text: two stores that give the same text are the same to everybody.

use std::fmt::Write;

use bellwether_model::event::EventState;
use bellwether_model::id::{DocumentId, EventId, FlagId, ReleaseId, SourceId, WatchId};
use bellwether_model::place::Area;
use bellwether_store::{EventFilter, Stats, Store};

use crate::sample::at;

/// Asks for all that has a past.
pub(crate) fn past(store: &Store) -> String {
    let mut text = String::new();
    let mut tell = |what: &str, answer: &dyn std::fmt::Debug| writeln!(text, "{what}: {answer:?}").unwrap();
    let events = store.events(&EventFilter::default()).unwrap();
    tell("events", &events);
    for n in 0..4 {
        let name = |letter: &str| format!("{letter}{n}");
        for letter in ["n", "s", "p", "f"] {
            let id = EventId::new(name(letter));
            tell("event", &store.event(&id).unwrap());
            tell("its mentions", &store.mentions(&id).unwrap());
            tell("its changes", &store.changes_of(&id).unwrap());
        }
        tell("document", &store.document(&DocumentId::new(name("n"))).unwrap());
        tell("flag", &store.flag(&FlagId::new(name("n"))).unwrap());
    }
    for source in ["0", "1", "2"].map(SourceId::new) {
        tell("events of a source", &store.events(&EventFilter { source: Some(source), ..Default::default() }).unwrap());
    }
    for release in ["0", "1", "2"].map(ReleaseId::new) {
        let filter = EventFilter { release: Some(release), ..Default::default() };
        tell("events of a release", &store.events(&filter).unwrap());
    }
    let filter =
        EventFilter { area: Some(Area::new("TW")), state: Some(EventState::New), limit: 2, ..Default::default() };
    tell("some events", &store.events(&filter).unwrap());
    let mut flags = store.flags(None, usize::MAX).unwrap();
    flags.sort_by(|a, b| a.id.cmp(&b.id));
    tell("flags", &flags);
    tell("states of sources", &store.all_source_health().unwrap());
    text
}

/// Asks everything.
pub(crate) fn everything(store: &Store) -> String {
    let mut text = String::new();
    let mut tell = |what: &str, answer: &dyn std::fmt::Debug| writeln!(text, "{what}: {answer:#?}").unwrap();
    let all = usize::MAX;
    let resources = store.resources(None).unwrap();
    for resource in &resources {
        tell("resource", &store.resource(&resource.url).unwrap());
        tell("resources of its source", &store.resources(Some(&resource.source)).unwrap());
    }
    tell("resources", &resources);
    for limit in [1, all] {
        tell("due", &store.due(at(50), limit).unwrap());
        tell("unread", &store.unread(limit).unwrap());
        tell("alerts due", &store.alerts_due(at(50), limit).unwrap());
        tell("changes", &store.changes(1, limit).unwrap());
        tell("snapshots", &store.snapshots(None, limit).unwrap());
    }
    tell("next due", &store.next_due().unwrap());
    tell("next alert due", &store.next_alert_due().unwrap());
    let channels = store.channels_waiting().unwrap();
    tell("channels for which alerts wait", &channels);
    for channel in &channels {
        tell("alerts of a channel", &store.alerts_waiting(channel, all).unwrap());
    }
    tell("channels", &store.channels().unwrap());
    tell("hosts", &store.hosts().unwrap());
    for snapshot in store.snapshots(None, all).unwrap() {
        tell("snapshot", &store.snapshot(&snapshot.id).unwrap());
        tell("behind it", &store.snapshots(Some((snapshot.fetched, &snapshot.id)), all).unwrap());
    }
    for document in store.documents(None, all).unwrap() {
        tell("document", &store.document(&document.id).unwrap());
        tell("documents of its source", &store.documents(Some(&document.source), all).unwrap());
        tell("its events", &store.events_of(&document.id).unwrap());
    }
    for event in store.events(&EventFilter::default()).unwrap() {
        tell("event", &store.event(&event.id).unwrap());
        tell("its mentions", &store.mentions(&event.id).unwrap());
        tell("its changes", &store.changes_of(&event.id).unwrap());
        let filter = EventFilter { release: event.release, since: Some(event.changed), ..Default::default() };
        tell("events like it", &store.events(&filter).unwrap());
    }
    for source in ["0", "1", "2"].map(SourceId::new) {
        tell("events of a source", &store.events(&EventFilter { source: Some(source), ..Default::default() }).unwrap());
    }
    tell("changes from the start", &store.changes(0, all).unwrap());
    for name in ["0", "1", "2"] {
        tell("cursor", &store.cursor(name).unwrap());
        tell("flags of an item", &store.flags(Some(&WatchId::new(name)), all).unwrap());
    }
    tell("flags", &store.flags(None, all).unwrap());
    tell("alerts", &store.alerts(all).unwrap());
    // How many bytes it takes is the one thing that may differ.
    tell("stats", &Stats { journal_bytes: 0, view_bytes: 0, ..store.stats().unwrap() });
    text
}
