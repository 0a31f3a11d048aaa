//! Care of the store through the real binary: backup while it is in use, restoring, copying, compaction, and what is refused.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

#[path = "support/release.rs"]
mod release;
mod support;

use std::io::{BufRead as _, BufReader};

use release::{PAGES, article};
use serde_json::{Value, json};
use support::{Home, Pages, Site, sources_of_pages, text};

/// A home with a store that one crawl has filled.
fn crawled() -> (Home, Site, Pages) {
    let pages = Pages::default();
    PAGES.iter().for_each(|(_, path, _)| pages.put(path, article("624.8")));
    let site = Site::of_pages(&pages);
    let home = Home::new(&sources_of_pages(&site, PAGES), "");
    let crawl = home.run(&["crawl", "--all"]);
    assert_eq!(crawl.status.code(), Some(0), "{}", text(&crawl.stderr));
    assert!(home.events().len() >= 3, "level, rate and forecast");
    (home, site, pages)
}

fn one(rows: &[Value]) -> &Value {
    assert_eq!(rows.len(), 1, "{rows:?}");
    &rows[0]
}

#[test]
fn a_backup_is_restored_with_everything() {
    let (home, _site, _) = crawled();
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let events = home.events();
    let rows = home.rows(&["store", "backup", &path("backups")], 0);
    assert_eq!(one(&rows)["in_use"], json!(false));
    let file = one(&rows)["path"].as_str().unwrap().to_owned();
    assert_eq!(std::path::Path::new(&file), std::path::Path::new(&path("backups")), "a new name is a file");
    home.rows(&["store", "restore", &file, "--to", &path("restored")], 0);
    assert_eq!(home.rows(&["--store", &path("restored"), "events", "list"], 0), events);
    home.rows(&["store", "copy", &path("restored"), &path("copied")], 0);
    let compacted = home.rows(&["--store", &path("copied"), "store", "compact"], 0);
    assert!(one(&compacted)["changes_dropped"].as_u64().unwrap() > 0, "{compacted:?}");
    assert_eq!(home.rows(&["--store", &path("copied"), "events", "list"], 0), events);

    for (arguments, said) in [
        (vec!["store", "backup", &file], "is there already"),
        (vec!["store", "restore", &file, "--to", &path("restored")], "is there already"),
        (vec!["store", "copy", &path("nowhere"), &path("anywhere")], "there is no store"),
    ] {
        let output = home.run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains(said), "{}", text(&output.stderr));
    }
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let output = home.run(&["store", "restore", &file, "--to", &path("damaged")]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("is damaged at byte"), "{}", text(&output.stderr));
    assert!(!home.path().join("damaged").exists());
}

#[test]
fn a_store_in_use_is_backed_up_and_not_compacted() {
    let (home, _site, _) = crawled();
    let events = home.events();
    let mut serving = home.start(&["serve"]);
    let mut lines = BufReader::new(serving.stderr.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("http://127.0.0.1:")), "it says where it listens");
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let rows = home.rows(&["store", "backup", &path("a.backup")], 0);
    assert_eq!(one(&rows)["in_use"], json!(true));
    let compacting = home.run(&["store", "compact"]);
    assert_eq!(compacting.status.code(), Some(3));
    assert!(text(&compacting.stderr).contains("end that process first"), "{}", text(&compacting.stderr));
    serving.kill().unwrap();
    serving.wait().unwrap();
    home.rows(&["store", "restore", &path("a.backup"), "--to", &path("restored")], 0);
    assert_eq!(home.rows(&["--store", &path("restored"), "events", "list"], 0), events);
}

#[test]
fn a_past_report_is_made_again_byte_for_byte() {
    let (home, _site, pages) = crawled();
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let events = home.events();
    let present = home.run(&["report", "--week", "2026-W02", "--format", "json"]);
    let produced: Value = serde_json::from_slice(&present.stdout).unwrap();
    let then = produced["produced"].as_str().unwrap().to_owned();
    let reads: Vec<Vec<&str>> = vec![
        vec!["report", "--week", "2026-W02", "--as-of", &then],
        vec!["report", "--week", "2026-W02", "--as-of", &then, "--format", "html", "--lang", "en"],
        vec!["report", "--week", "2026-W02", "--as-of", &then, "--format", "json"],
        vec!["events", "list", "--as-of", &then],
        vec!["events", "as-of", &then],
        vec!["events", "series", "--as-of", &then],
        vec!["events", "check", "--as-of", &then],
        vec!["events", "show", events[0]["id"].as_str().unwrap(), "--as-of", &then],
        vec!["watch", "flags", "--as-of", &then],
        vec!["search", "exports", "--as-of", &then],
        vec!["export", "--as-of", &then],
    ];
    let all = |store: Option<&str>| -> Vec<String> {
        let read = |arguments: &Vec<&str>| {
            let store = store.map(|store| vec!["--store", store]).unwrap_or_default();
            let output = home.run(&[store, arguments.clone()].concat());
            assert!(matches!(output.status.code(), Some(0 | 1)), "{arguments:?}: {}", text(&output.stderr));
            text(&output.stdout)
        };
        reads.iter().map(read).collect()
    };
    let told = all(None);
    assert_eq!(told[2], text(&present.stdout), "what was the present then");
    assert!(told[0].contains("624.8") && told[3].lines().count() == events.len());

    // The ministry corrects its figure, and a further page reports.
    pages.put("/ministry.html", article("631.2"));
    assert_eq!(home.run(&["crawl", "--all"]).status.code(), Some(0));
    assert_ne!(home.events(), events);
    let now = home.run(&["report", "--week", "2026-W02"]);
    assert!(text(&now.stdout).contains("631.2"), "{}", text(&now.stdout));
    assert_eq!(all(None), told, "after a revision");

    home.rows(&["store", "backup", &path("a.backup")], 0);
    home.rows(&["store", "compact"], 0);
    assert_eq!(all(None), told, "after compaction");
    home.rows(&["store", "restore", &path("a.backup"), "--to", &path("restored")], 0);
    assert_eq!(all(Some(&path("restored"))), told, "from a backup");

    let mut serving = home.start(&["serve"]);
    let mut lines = BufReader::new(serving.stderr.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("http://127.0.0.1:")), "it says where it listens");
    let asked = all(None);
    serving.kill().unwrap();
    serving.wait().unwrap();
    assert_eq!(asked, told, "through the process that holds the store");

    let before = home.rows(&["events", "list", "--as-of", "2020-01-01T00:00:00Z"], 0);
    assert_eq!(before, Vec::<Value>::new());
    let to_come = home.run(&["report", "--week", "2026-W02", "--as-of", "2199-01-01T00:00:00Z"]);
    assert_eq!(to_come.status.code(), Some(2));
    assert!(text(&to_come.stderr).contains("is to come"), "{}", text(&to_come.stderr));
}
