//! Events for other programs: CSV, SDMX-CSV 2.0, JSON lines, Atom; answers as WARC 1.1. Pure writers over values that are read already.

mod atom;
mod csv;
mod sdmx;
mod warc;

pub use atom::atom;
pub use csv::csv;
pub use sdmx::sdmx_csv;
pub use warc::Warc;

use crate::view::EventView;

/// Events as JSON lines: each line is what `events list --format jsonl` prints.
#[must_use]
pub fn json_lines(events: &[EventView]) -> String {
    let mut out = String::new();
    for event in events {
        out.push_str(&serde_json::to_string(event).expect("an event has text keys and finite numbers"));
        out.push('\n');
    }
    out
}
