//! The weekly briefing over a store filled by hand: its sections, its sources, what it does to hostile words.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod filled;

use bellwether::clock::{SharedClock, SteppedClock};
use bellwether::health;
use bellwether::report::{self, ReportFormat, ReportLanguage, Week};
use bellwether_store::Store;

fn write(store: &Store, week: &str, language: ReportLanguage, format: ReportFormat) -> String {
    report::write(store, &filled::watch(), week.parse::<Week>().unwrap(), language, format, filled::now()).unwrap()
}

fn filled_store() -> (tempfile::TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = filled::store(directory.path());
    let clock: SharedClock = std::sync::Arc::new(SteppedClock::at(filled::now()));
    health::catch_up(&filled::settings(directory.path(), None).sources, &[], &store, &clock).unwrap();
    (directory, store)
}

#[test]
fn the_chinese_briefing_has_its_sections_numbers_and_sources() {
    let (_directory, store) = filled_store();
    insta::assert_snapshot!(write(&store, "2026-W02", ReportLanguage::ZhTw, ReportFormat::Md));
}

#[test]
fn the_english_briefing_says_the_same() {
    let (_directory, store) = filled_store();
    insta::assert_snapshot!(write(&store, "2026-W02", ReportLanguage::En, ReportFormat::Md));
}

#[test]
fn a_week_without_data_says_so_in_every_section() {
    let (_directory, store) = filled_store();
    insta::assert_snapshot!(write(&store, "2024-W30", ReportLanguage::ZhTw, ReportFormat::Md));
}

#[test]
fn hostile_words_stay_words() {
    let (_directory, store) = filled_store();
    let markdown = write(&store, "2026-W02", ReportLanguage::ZhTw, ReportFormat::Md);
    let html = write(&store, "2026-W02", ReportLanguage::ZhTw, ReportFormat::Html);
    let mut bare = String::new();
    let mut signs = markdown.chars();
    while let Some(sign) = signs.next() {
        // A sign behind a backslash is text.
        match sign {
            '\\' => drop(signs.next()),
            other => bare.push(other),
        }
    }
    for broken in ["<", "](javascript:", "{{", "**bold", "| #"] {
        assert!(!bare.contains(broken), "{broken} unescaped in Markdown");
    }
    for broken in ["<script>alert", "<img", "<b onmouseover", "href=\"javascript:"] {
        assert!(!html.contains(broken), "{broken} in HTML");
    }
    assert!(html.contains("&#60;script&#62;"), "the title is shown as text");
}

#[test]
fn json_is_the_value_itself() {
    let (_directory, store) = filled_store();
    let json: serde_json::Value =
        serde_json::from_str(&write(&store, "2026-W02", ReportLanguage::ZhTw, ReportFormat::Json)).unwrap();
    assert_eq!(json["week"], "2026-W02");
    assert_eq!(json["exports"][0]["figures"][0]["figure"]["value"], 61_250_000_000_i64);
    let cites: Vec<u64> = json["exports"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|group| group["figures"].as_array().unwrap())
        .map(|entry| entry["cite"].as_u64().unwrap())
        .collect();
    let citations = json["citations"].as_array().unwrap().len() as u64;
    assert!(cites.iter().all(|cite| (1..=citations).contains(cite)), "each number has its sentence: {cites:?}");
}

#[test]
fn the_same_store_gives_the_same_briefing() {
    let (_directory, store) = filled_store();
    let once = write(&store, "2026-W02", ReportLanguage::En, ReportFormat::Html);
    assert_eq!(once, write(&store, "2026-W02", ReportLanguage::En, ReportFormat::Html));
}
