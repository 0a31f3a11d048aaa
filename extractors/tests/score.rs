//! The labelled development corpus, where it is at hand: figures of every document against their labels.
//!
//! The corpus is no part of this repository; without it, or without `python3`, the test says so and passes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use bellwether_extractors::{PageContext, figures, page};
use serde_json::{Value, json};

/// Floors that were reached; they only go up.
const FIGURES_F1: f64 = 0.98;
const HEADLINE_F1: f64 = 0.99;

fn shared() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared")
}

fn predictions(shared: &Path) -> String {
    let corpus = shared.join("corpus");
    let manifest = std::fs::read_to_string(corpus.join("manifest.jsonl")).expect("the manifest can be read");
    let mut lines = String::new();
    for line in manifest.lines().filter(|line| !line.trim().is_empty()) {
        let entry: Value = serde_json::from_str(line).expect("a manifest line is JSON");
        let text = |key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
        let bytes = std::fs::read(corpus.join(text("path").expect("a path"))).expect("a document can be read");
        let context = PageContext {
            url: text("url"),
            content_type: text("content_type"),
            published: text("published"),
            ..PageContext::default()
        };
        let (document, _) = page::read(&bytes, &context);
        let reference = document.published.map(|time| time.date());
        let figures = figures::read(&document, reference, None);
        let line = json!({"id": text("id"), "figures": figures});
        writeln!(lines, "{line}").expect("a string takes all");
    }
    lines
}

#[test]
#[expect(clippy::print_stdout, reason = "a skip and the scores are for the person who runs the test")]
fn figures_of_the_corpus_reach_the_floors() {
    let shared = shared();
    let scorer = shared.join("score.py");
    if !scorer.exists() || Command::new("python3").arg("--version").output().is_err() {
        println!("skipped: the labelled corpus or python3 is not at hand");
        return;
    }
    let output = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("figures.jsonl");
    std::fs::write(&output, predictions(&shared)).expect("the predictions can be written");
    let run = Command::new("python3")
        .args([&scorer, &shared.join("corpus/dev.jsonl"), &output])
        .arg("--json")
        .output()
        .expect("the scorer runs");
    let report: Value = serde_json::from_slice(&run.stdout).expect("the scorer prints JSON");
    let f1 = |name: &str| report["scores"][name]["f1"].as_f64().expect("a score");
    println!("figures {:.3}, headline {:.3}", f1("figures"), f1("headline figures"));
    assert!(f1("figures") >= FIGURES_F1, "figures {}", f1("figures"));
    assert!(f1("headline figures") >= HEADLINE_F1, "headline {}", f1("headline figures"));
    let empty = &report["checks"]["distractors left empty"];
    assert_eq!(empty["right"], empty["of"], "a distractor gave figures");
}
