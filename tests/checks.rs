//! `events check` from outside: what does not fit among figures of documents that were read.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod support;

use serde_json::Value;
use support::{Home, shared, text};

/// A home whose store holds these documents: name, path and day of publication.
fn holding(documents: &[(&str, String, Option<&str>)]) -> Home {
    let home = Home::new("", "");
    let lines: Vec<String> = documents
        .iter()
        .map(|(id, path, day)| serde_json::json!({ "id": id, "path": path, "published": day }).to_string())
        .collect();
    std::fs::write(home.path().join("manifest.jsonl"), lines.join("\n")).unwrap();
    let manifest = home.path().join("manifest.jsonl");
    let output = home.run(&["ingest", "--manifest", manifest.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    home
}

/// A home whose store holds a text of ours.
fn holding_text(text: &str) -> Home {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("release.txt");
    std::fs::write(&path, text).unwrap();
    holding(&[("release", path.to_str().unwrap().to_owned(), Some("2026-01-09"))])
}

fn summaries(findings: &[Value]) -> Vec<String> {
    findings.iter().map(|finding| finding["summary"].as_str().unwrap().to_owned()).collect()
}

const FITS: &str = "財政部公布12月海關進出口統計\n\n財政部9日公布，2025年12月出口624.8億美元，年增43.4%；進口430.5億美元，出超194.3億美元。2024年12月出口為435.7億美元。\n";

#[test]
fn figures_that_fit_give_no_finding() {
    let home = holding_text(FITS);
    assert!(!home.events().is_empty());
    assert_eq!(summaries(&home.rows(&["events", "check", "--format", "jsonl"], 0)), [""; 0]);
    let page = home.run(&["events", "check", "--format", "table"]);
    assert_eq!((page.status.code(), text(&page.stdout).as_str()), (Some(0), "All figures fit.\n"));
}

#[test]
fn digits_that_were_exchanged_are_found_with_their_proof() {
    let misprinted = FITS.replace("194.3", "149.3").replace("43.4%", "34.4%");
    let home = holding_text(&misprinted);
    let findings = home.rows(&["events", "check", "--format", "jsonl"], 1);
    assert_eq!(
        summaries(&findings),
        [
            "TW trade balance 2025-12: 14.93 billion USD, but exports minus imports make 19.42 billion USD to 19.44 billion USD",
            "TW exports 2025-12: +34.4% on a year before, but the amounts of 2025-12 and 2024-12 make 43.37% to 43.43%"
        ]
    );
    assert_eq!(findings[0]["within_document"], true);
    assert!(findings[0]["figures"][0]["figure"]["evidence"]["text"].as_str().unwrap().contains("149.3億美元"));
    // Only those that touch what was asked for.
    assert_eq!(home.rows(&["events", "check", "--flow", "balance", "--format", "jsonl"], 1).len(), 1);
    assert_eq!(home.rows(&["events", "check", "--area", "JP", "--format", "jsonl"], 0).len(), 0);
    let page = text(&home.run(&["events", "check", "--format", "table"]).stdout);
    assert!(page.starts_with("2 findings\n"), "{page}");
    assert!(page.contains("“財政部9日公布"), "{page}");
}

#[test]
fn the_tables_of_a_trade_office_fit_and_briefings_that_exchange_periods_do_not() {
    let Some(shared) = shared() else { return };
    let seed = |name: &str| {
        let texts = std::fs::read_dir(shared.join("corpus/texts")).unwrap();
        let mut paths = texts.map(|entry| entry.unwrap().path());
        paths.find(|path| path.file_name().unwrap().to_str().unwrap().starts_with(name)).unwrap()
    };
    let path = |name: &str| seed(name).to_str().unwrap().to_owned();
    let home = holding(&[("tables", path("seed-003"), None)]);
    assert!(home.events().len() >= 190, "{} figures of 64 rows", home.events().len());
    assert_eq!(summaries(&home.rows(&["events", "check", "--format", "jsonl"], 0)), [""; 0]);

    let home =
        holding(&[("week-7", path("seed-002"), Some("2026-02-14")), ("week-6", path("seed-004"), Some("2026-02-07"))]);
    let findings = home.rows(&["events", "check", "--area", "US", "--format", "jsonl"], 1);
    let same: Vec<&Value> = findings.iter().filter(|finding| finding["check"] == "same_amount").collect();
    assert!(!same.is_empty(), "{:?}", summaries(&findings));
    let periods = |finding: &Value| {
        let part = |place: usize| finding["figures"][place]["figure"]["period"].as_str().unwrap().to_owned();
        (part(0), part(1))
    };
    assert!(same.iter().all(|finding| periods(finding) == ("2025-01/2025-11".to_owned(), "2025".to_owned())));
}
