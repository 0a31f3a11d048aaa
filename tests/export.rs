//! What other programs are given, over a store filled by hand.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod filled;

use bellwether::export;
use bellwether::view::wording::DisplayLanguage;
use bellwether::view::{self, EventView};
use bellwether_store::EventFilter;

fn events() -> Vec<EventView> {
    let directory = tempfile::tempdir().unwrap();
    view::events(&filled::store(directory.path()), &EventFilter::default()).unwrap()
}

#[test]
fn figures_are_rows_of_csv() {
    insta::assert_snapshot!(export::csv(&events()));
}

#[test]
fn figures_are_observations_of_sdmx() {
    insta::assert_snapshot!(export::sdmx_csv(&events()));
}

#[test]
fn events_are_entries_of_a_feed() {
    let feed = export::atom(&events(), DisplayLanguage::ZhTw, filled::now());
    insta::assert_snapshot!(feed);
    assert!(!feed.contains("<script") && !feed.contains("href=\"javascript:"));
}

#[test]
fn a_line_reads_back_as_the_event_it_was() {
    let events = events();
    for (line, event) in export::json_lines(&events).lines().zip(&events) {
        let read: EventView = serde_json::from_str(line).unwrap();
        assert_eq!((&read.event, &read.mentions), (&event.event, &event.mentions));
    }
}
