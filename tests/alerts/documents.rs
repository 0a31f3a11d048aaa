//! `docs/ALERTS.md` names every key of the watch list's tables, and its examples are watch lists without mistakes.

use std::collections::BTreeSet;
use std::path::Path;

use bellwether::config::{self, WatchlistFile};
use serde_json::Value;

fn document() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ALERTS.md");
    std::fs::read_to_string(path).expect("the document")
}

/// Keys of the tables on channels, routes and times.
fn keys() -> BTreeSet<String> {
    let schema = serde_json::to_value(schemars::schema_for!(WatchlistFile)).expect("JSON");
    let tables = ["AlertsTable", "ChannelTable", "RouteTable", "IntervalTable"];
    let keys = tables.iter().flat_map(|table| {
        let properties = schema["$defs"][*table]["properties"].as_object();
        properties.unwrap_or_else(|| panic!("the schema has no {table}")).keys().cloned()
    });
    keys.collect()
}

#[test]
fn every_key_is_in_the_document() {
    let document = document();
    let missing: Vec<String> = keys().into_iter().filter(|key| !document.contains(&format!("`{key}`"))).collect();
    assert!(missing.is_empty(), "docs/ALERTS.md does not name {missing:#?}");
}

#[test]
fn every_kind_of_channel_is_in_the_document() {
    let schema = serde_json::to_value(schemars::schema_for!(WatchlistFile)).expect("JSON");
    let kinds: Vec<&str> = match &schema["$defs"]["KindName"] {
        kind if kind["enum"].is_array() => {
            kind["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
        }
        kind => kind["oneOf"].as_array().into_iter().flatten().filter_map(|one| one["const"].as_str()).collect(),
    };
    assert_eq!(kinds.len(), 15, "{kinds:?}");
    let document = document();
    for kind in kinds {
        assert!(document.contains(&format!("| `{kind}` |")), "docs/ALERTS.md has no row on `{kind}`");
    }
}

#[test]
fn the_examples_are_watch_lists() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join(config::SOURCES), "").expect("a file");
    let document = document();
    let examples: Vec<&str> = document.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!examples.is_empty());
    let environment = |name: &str| match name {
        name if name.ends_with("_SECRET") => Some("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned()),
        name if name.ends_with("_URL") => Some("https://hooks.example/services/T0/B0/x".to_owned()),
        _ => Some("a-token".to_owned()),
    };
    for example in examples {
        std::fs::write(folder.path().join(config::WATCHLIST), example).expect("a file");
        if let Err(wrong) = config::load(folder.path(), &environment) {
            panic!("{wrong}\n{example}");
        }
    }
}
