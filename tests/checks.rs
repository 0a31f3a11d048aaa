//! `events check` from outside: what does not fit among figures of documents that were read.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod support;

use serde_json::Value;
use support::{Home, Pages, Site, shared, sources_of_pages, text};

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

const RELEASES: &str = "[[channel]]\nid = \"log\"\nkind = \"log\"\nreleases = true\n\n\
                        [[watch]]\nid = \"exports\"\ntitle = \"出口\"\nwhen = { flow = \"exports\" }\nchannels = [\"log\"]\n";

/// Three months of exports, and a fourth in which a unit was misread.
struct Misprint {
    pages: Pages,
    _site: Site,
    home: Home,
}

impl Misprint {
    fn new() -> Self {
        let pages = Pages::default();
        let sources = [
            ("september", "/9.html", "area = \"TW\""),
            ("october", "/10.html", "area = \"TW\""),
            ("november", "/11.html", "area = \"TW\""),
            ("december", "/12.html", "area = \"TW\""),
            ("ministry", "/ministry.html", "area = \"TW\"\ntrust = \"official\""),
        ];
        for (path, sentence) in [
            ("/9.html", "2025年9月出口542.5億美元。"),
            ("/10.html", "2025年10月出口618億美元。"),
            ("/11.html", "2025年11月出口640.5億美元。"),
            ("/ministry.html", "本部將於明日公布。"),
        ] {
            pages.put(path, page(sentence));
        }
        let site = Site::of_pages(&pages);
        let home = Home::new(&sources_of_pages(&site, &sources), RELEASES);
        let misprint = Self { pages, _site: site, home };
        misprint.crawl();
        misprint.pages.put("/12.html", page("2025年12月出口6248億美元。"));
        misprint.crawl();
        misprint
    }

    fn crawl(&self) {
        let crawled = self.home.run(&["crawl", "--all"]);
        assert!(matches!(crawled.status.code(), Some(0 | 1)), "{}", text(&crawled.stderr));
    }

    fn december(&self) -> Value {
        let found = self.home.rows(&["events", "list", "--period", "2025-12", "--format", "jsonl"], 0);
        assert_eq!(found.len(), 1, "{found:#?}");
        found[0].clone()
    }

    /// Flags and alerts that speak of December.
    fn told(&self) -> usize {
        let id = self.december()["id"].as_str().unwrap().to_owned();
        let of = |arguments: &[&str]| {
            let rows = self.home.rows(arguments, 0);
            rows.iter().filter(|row| row.to_string().contains(&id)).count()
        };
        of(&["watch", "flags", "--format", "jsonl"]) + of(&["alerts", "list", "--format", "jsonl"])
    }

    fn export(&self) -> String {
        text(&self.home.run(&["export", "--format", "sdmx-csv"]).stdout)
    }
}

fn page(sentence: &str) -> String {
    format!(
        "<!doctype html><html lang=\"zh\"><head><meta charset=\"utf-8\"><title>海關進出口統計</title>\
         <meta property=\"article:published_time\" content=\"2026-01-09T16:00:00+08:00\"></head>\
         <body><article><h1>海關進出口統計</h1><p>財政部9日公布，{sentence}</p></article></body></html>"
    )
}

#[test]
fn a_misread_unit_is_held_until_an_official_source_says_the_same() {
    let line = Misprint::new();
    let held = line.december();
    assert_eq!((&held["state"], &held["figure"]["value"]), (&"held".into(), &624_800_000_000_i64.into()));
    assert_eq!(line.told(), 0, "nobody is told of what is held");
    let findings = line.home.rows(&["events", "check", "--format", "jsonl"], 1);
    assert_eq!(findings[0]["check"], "scale_break");
    assert_eq!(findings[0]["figures"][0]["event"], held["id"]);
    assert!(!line.export().contains("6248"), "{}", line.export());
    let report = line.home.run(&["report", "--week", "2026-W02", "--lang", "en", "--format", "md"]);
    let report = text(&report.stdout);
    assert!(report.contains("left out: they stand out from their series"), "{report}");
    assert!(!report.contains("624.8 billion"), "{report}");

    line.pages.put("/ministry.html", page("2025年12月出口6248億美元。"));
    line.crawl();
    assert_eq!(line.december()["state"], "new");
    assert!(line.told() >= 2, "a flag and an alert");
    assert!(line.export().contains("6248"), "{}", line.export());
}

#[test]
fn a_right_value_takes_the_place_of_one_that_is_held() {
    let line = Misprint::new();
    line.pages.put("/ministry.html", page("2025年12月出口624.8億美元。"));
    line.crawl();
    let event = line.december();
    assert_eq!((&event["state"], &event["figure"]["value"]), (&"new".into(), &62_480_000_000_i64.into()));
    assert!(line.told() >= 2, "a flag and an alert");
}

#[test]
fn a_person_releases_what_is_held() {
    let line = Misprint::new();
    let id = line.december()["id"].as_str().unwrap().to_owned();
    let wrong = line.home.run(&["events", "release", "ev-nothing"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("--status held"), "{}", text(&wrong.stderr));
    assert_eq!(line.home.rows(&["events", "list", "--status", "held", "--format", "jsonl"], 0).len(), 1);
    let released = line.home.run(&["events", "release", &id]);
    assert_eq!(released.status.code(), Some(0), "{}", text(&released.stderr));
    assert!(text(&released.stderr).contains("released TW exports 2025-12"), "{}", text(&released.stderr));
    assert_eq!(line.december()["state"], "new");
    assert!(line.told() >= 2, "a flag and an alert");
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
