//! Policy actions through the real binary: what became of an announcement, and which documents are of one action.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use serde_json::{Value, json};
use support::{Home, shared, text};

/// Pairs of documents of one action that are merged at least, of 59: the others are those of a text that stands at two
/// addresses and has no number.
const MERGED: usize = 56;

#[test]
fn no_two_actions_are_taken_for_one() {
    let Some(shared) = shared() else { return };
    let sites = shared.join("sites");
    let truth: Value =
        serde_json::from_str(&std::fs::read_to_string(sites.join("policy/policy_duplicates.json")).unwrap()).unwrap();
    let files: Vec<(&String, &str)> = truth["files"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(file, about)| (file, about["group"].as_str().unwrap()))
        .collect();
    let home = Home::new("", "");
    let mut manifest = std::fs::File::create(home.path().join("m.jsonl")).unwrap();
    for (n, (file, _)) in files.iter().enumerate() {
        let line = json!({
            "id": n.to_string(), "path": sites.join(file), "kind": "policy", "url": format!("https://policy.example/{n}"),
        });
        writeln!(manifest, "{line}").unwrap();
    }
    let path = home.path().join("m.jsonl");
    let output = home.run(&["ingest", "--manifest", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    // The events that each document carries.
    let mut carried: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for event in home.rows(&["events", "list", "--kind", "policy"], 0) {
        for mention in event["mentions"].as_array().unwrap() {
            let n = mention["url"].as_str().unwrap().rsplit('/').next().unwrap().parse().unwrap();
            carried.entry(n).or_default().insert(event["id"].as_str().unwrap().to_owned());
        }
    }
    let mut merged = 0;
    for (n, events) in &carried {
        for (m, others) in carried.range(n + 1..) {
            if events.is_disjoint(others) {
                continue;
            }
            let ((file, group), (other, other_group)) = (files[*n], files[*m]);
            assert_eq!(group, other_group, "{file} and {other} are not of one action");
            merged += 1;
        }
    }
    assert!(merged >= MERGED, "{merged} pairs are merged");
    // What was just read is read again without a change.
    assert_eq!(home.rows(&["replay", "--dry-run", "--format", "jsonl"], 0), [] as [Value; 0]);
}

/// The policy events of pages that are read in this order, without what depends on when they were read.
fn events_of(pages: &[(&str, String)]) -> Vec<Value> {
    let home = Home::new("", "");
    for (round, (name, page)) in pages.iter().enumerate() {
        std::fs::write(home.path().join(format!("{name}.md")), page).unwrap();
        let line = json!({
            "id": name, "path": format!("{name}.md"), "kind": "policy", "url": format!("https://{name}.example/1"),
        });
        let manifest = home.path().join(format!("{round}.jsonl"));
        std::fs::write(&manifest, line.to_string()).unwrap();
        let output = home.run(&["ingest", "--manifest", manifest.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    }
    assert_eq!(
        home.rows(&["replay", "--dry-run", "--format", "jsonl"], 0),
        [] as [Value; 0],
        "a replay changes nothing"
    );
    let events = home.rows(&["events", "list", "--kind", "policy"], 0);
    let told = events.iter().filter(|event| event["state"] != "withdrawn").map(|event| {
        let mut sites: Vec<&str> =
            event["mentions"].as_array().unwrap().iter().map(|mention| mention["url"].as_str().unwrap()).collect();
        sites.sort_unstable();
        json!({ "id": event["id"], "number": event["policy"]["number"], "mentions": sites })
    });
    told.collect()
}

#[test]
fn a_copy_without_the_number_is_one_event_with_the_numbered_one_whichever_comes_first() {
    let page = |title: &str, day: &str| {
        format!(
            "# {title}\n\n- **URL**: https://gov.example/notices/71.html\n- **日期**: {day}\n\n现决定对演示用物项实施出口管制。本公告自2025年6月1日起正式实施。\n"
        )
    };
    let numbered = ("full", page("商务部公告2025年第71号 公布对部分演示用物项实施出口管制的决定", "2025-05-20"));
    let copy = ("copy", page("公布对部分演示用物项实施出口管制的决定", "2025-05-21"));
    let first = events_of(&[numbered.clone(), copy.clone()]);
    assert_eq!(first.len(), 1, "{first:#?}");
    assert_eq!((&first[0]["number"], first[0]["mentions"].as_array().unwrap().len()), (&"2025-71".into(), 2));
    assert_eq!(events_of(&[copy, numbered]), first);
}

#[test]
fn an_action_has_a_life() {
    let home = Home::new("", "");
    let notice = |number: u32, day: &str, words: &str| {
        format!(
            "<html lang=\"zh-Hans\"><head><title>商务部公告2025年第{number}号 {words}</title></head><body><article>\
             <h1>商务部公告2025年第{number}号 {words}</h1><p>{day}</p></article></body></html>"
        )
    };
    let pages = [
        (
            71,
            notice(
                71,
                "现决定对部分演示用物项实施出口管制。本公告自2025年6月1日起正式实施。商务部 2025年5月20日",
                "公布对部分演示用物项实施出口管制的决定",
            ),
        ),
        (
            72,
            notice(
                72,
                "自2025年9月1日起至2026年8月31日，暂停实施商务部公告2025年第71号。商务部 2025年8月28日",
                "关于暂停实施第71号公告的决定",
            ),
        ),
    ];
    let mut manifest = String::new();
    for (number, page) in pages {
        std::fs::write(home.path().join(format!("{number}.html")), page).unwrap();
        let line = json!({
            "id": number.to_string(), "path": format!("{number}.html"), "kind": "policy",
            "url": format!("https://policy.example/{number}"),
        });
        manifest.push_str(&format!("{line}\n"));
    }
    std::fs::write(home.path().join("m.jsonl"), manifest).unwrap();
    let path = home.path().join("m.jsonl");
    assert_eq!(home.run(&["ingest", "--manifest", path.to_str().unwrap()]).status.code(), Some(0));
    let standing = |day: &str| -> String {
        let lives = home.rows(&["events", "policies", "--on", day], 0);
        let life = lives.iter().find(|life| life["number"] == "2025-71").unwrap_or_else(|| panic!("{lives:#?}"));
        life["standing"].as_str().unwrap().to_owned()
    };
    let told = ["2025-05-25", "2025-06-01", "2025-09-01", "2026-08-31", "2026-09-01"].map(standing);
    assert_eq!(told, ["announced", "in_force", "suspended", "suspended", "in_force"]);
}
