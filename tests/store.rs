//! Care of the store through the real binary: backup while it is in use, restoring, copying, compaction, and what is refused.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

#[path = "support/release.rs"]
mod release;
mod support;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

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

/// A home whose ministry corrects its figure, with alerts that wait because nobody takes them.
fn corrected() -> (Home, Site, Pages) {
    let pages = Pages::default();
    PAGES.iter().for_each(|(_, path, _)| pages.put(path, article("624.8")));
    let site = Site::of_pages(&pages);
    let watchlist = format!(
        "[alerts]\nallow_private = [\"{0}\"]\n\n[[channel]]\nid = \"desk\"\nkind = \"webhook\"\nurl = \"http://{0}/nobody\"\n\
         secret = \"whsec_YmVsbHdldGhlci1zdG9yZS10ZXN0LXNlY3JldC1rZXk=\"\n\n[[watch]]\nid = \"growth\"\ntitle = \"growth\"\nrisk = \"demand\"\n\
         when = {{ measure = \"yoy\", above = 40 }}\nchannels = [\"desk\"]\n",
        site.address
    );
    let home = Home::new(&sources_of_pages(&site, PAGES), &watchlist);
    for value in ["624.8", "631.2"] {
        pages.put("/ministry.html", article(value));
        let crawl = home.run(&["crawl", "--all"]);
        assert_eq!(crawl.status.code(), Some(0), "{}", text(&crawl.stderr));
    }
    (home, site, pages)
}

/// All files of a folder with their bytes.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else {
                files.insert(entry.clone(), std::fs::read(&entry).unwrap());
            }
        }
    }
    files
}

#[test]
fn a_new_store_is_made_of_the_answers_of_an_old_one() {
    let (home, site, _) = corrected();
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let events = home.events();
    assert!(events.iter().any(|event| event["state"] == "revised"), "{events:?}");
    let flags = home.rows(&["watch", "flags"], 0);
    assert!(!flags.is_empty() && !home.rows(&["alerts", "list"], 0).is_empty());
    let (store, bodies) = (home.path().join("data/store/journal"), home.path().join("data/archive"));
    let before = (files(&store), files(&bodies));
    let rows = home.rows(&["replay", "--into", &path("again")], 0);
    assert_eq!(one(&rows)["answers"], json!(3), "{rows:?}");
    assert_eq!(one(&rows)["path"], json!(path("again")));
    assert!(one(&rows)["alerts_held"].as_u64().unwrap() > 0, "{rows:?}");
    assert!((files(&store), files(&bodies)) == before, "the old store is only read");

    let again = |arguments: &[&str]| home.rows(&[&["--store", &path("again")], arguments].concat(), 0);
    assert_eq!(again(&["events", "list"]), events, "to the time at which each was read");
    let named = |flags: &[Value]| flags.iter().map(|flag| flag["id"].clone()).collect::<Vec<_>>();
    assert_eq!(named(&again(&["watch", "flags"])), named(&flags));
    assert_eq!(again(&["alerts", "list"]), [] as [Value; 0], "nobody is alerted");
    let asked = site.paths().len();
    assert_eq!(home.run(&["--store", &path("again"), "crawl"]).status.code(), Some(0));
    assert_eq!(site.paths().len(), asked, "nothing is due that was not due before");
    assert_eq!(home.run(&["--store", &path("again"), "store", "verify"]).status.code(), Some(0));

    for (arguments, said) in [
        (vec!["replay", "--into", &path("again")], "is there already"),
        (vec!["--store", &path("nowhere"), "replay", "--into", &path("anywhere")], "there is no store"),
        (vec!["replay", "--into", &path("other"), "--dry-run"], "cannot be used with"),
    ] {
        let output = home.run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains(said), "{}", text(&output.stderr));
    }
    assert!(!home.path().join("anywhere").exists() && !home.path().join("other").exists());
}

#[test]
fn a_damaged_journal_gives_a_new_store_of_what_can_still_be_read() {
    let (home, _site, _) = corrected();
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let ids = |events: &[Value]| events.iter().map(|event| event["id"].clone()).collect::<Vec<_>>();
    let events = home.events();
    let segment = home.path().join("data/store/journal/00000000000000000001.journal");
    let whole = std::fs::read(&segment).unwrap();
    let words: &[u8] = b"\"vintages\"";
    let place = whole.windows(words.len()).position(|window| window == words).expect("an event in the journal");
    let mut bytes = whole.clone();
    bytes[place] ^= 1;
    std::fs::write(&segment, &bytes).unwrap();
    // Views are a cache; without them the journal is all there is.
    let views = home.path().join("data/store");
    for entry in std::fs::read_dir(&views).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() && !entry.ends_with("journal") {
            std::fs::remove_dir_all(entry).unwrap();
        }
    }
    let refused = home.run(&["events", "list"]);
    assert_eq!(refused.status.code(), Some(3), "{}", text(&refused.stderr));
    assert!(text(&refused.stderr).contains("replay --into"), "{}", text(&refused.stderr));

    let made = home.run(&["replay", "--into", &path("again"), "--format", "jsonl"]);
    assert_eq!(made.status.code(), Some(1), "{}", text(&made.stderr));
    assert!(text(&made.stderr).contains("not readable: `"), "{}", text(&made.stderr));
    let row: Value = serde_json::from_slice(&made.stdout).unwrap();
    assert_eq!((&row["damaged"], &row["missing"]), (&json!(1), &json!(0)));
    let again = |arguments: &[&str]| home.rows(&[&["--store", &path("again")], arguments].concat(), 0);
    assert_eq!(ids(&again(&["events", "list"])), ids(&events), "the answers are there, and were read again");
    assert_eq!(again(&["alerts", "list"]), [] as [Value; 0]);
    assert_eq!(std::fs::read(&segment).unwrap(), bytes);

    // A body that is lost as well costs its page, not what the journal knows of it.
    std::fs::write(&segment, &whole).unwrap();
    for pack in files(&home.path().join("data/archive")).into_keys() {
        std::fs::remove_file(pack).unwrap();
    }
    let made = home.run(&["replay", "--into", &path("third"), "--format", "jsonl"]);
    assert_eq!(made.status.code(), Some(1), "{}", text(&made.stderr));
    assert!(text(&made.stderr).contains("the archive has lost its bytes"), "{}", text(&made.stderr));
    let third = home.rows(&["--store", &path("third"), "events", "list"], 0);
    assert_eq!(ids(&third), ids(&events));
}
