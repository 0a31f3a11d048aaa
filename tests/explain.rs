//! `explain` from outside: as text and as JSON, with colour and without, over a text that would steer the terminal.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

use std::process::{Command, Output, Stdio};

const ARTICLE: &str =
    "臺灣6月出口創新高\n\n財政部9日公布，2031年6月出口533.2億美元，年增33.7%，\u{1b}[2J\u{202e}連3升。\n";

fn explain(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("article.txt");
    std::fs::write(&file, ARTICLE).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_bellwether"));
    command.arg("explain").args(arguments).arg(&file).args(["--published", "2031-07-09"]).stdin(Stdio::null());
    command.env_remove("NO_COLOR").envs(environment.iter().copied()).output().unwrap()
}

fn text(arguments: &[&str]) -> String {
    let output = explain(arguments, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn text_is_for_people_and_plain_in_a_pipe() {
    let text = text(&[]);
    let wanted = "  + 533.2億美元: TW exports level 53320000000 USD 2031-06 actual  by clause.level\n";
    assert!(text.contains(wanted), "{text}");
    assert!(text.contains("      period     2031-06               clause    2031年6月\n"), "{text}");
    assert!(!text.contains(['\u{1b}', '\u{202e}']), "nothing steers a terminal");
}

#[test]
fn colour_is_given_where_it_is_asked_for_and_only_ours() {
    let text = text(&["--color", "always"]);
    assert!(text.contains("\u{1b}[32m+ 533.2億美元"), "{text}");
    assert!(!text.contains("\u{1b}[2J") && !text.contains('\u{202e}'));
    let refused = explain(&["--color", "auto"], &[("NO_COLOR", "1")]);
    assert!(!refused.stdout.contains(&0x1b));
}

#[test]
fn json_is_one_object_and_lines_are_its_parts() {
    let whole: serde_json::Value = serde_json::from_str(&text(&["--format", "json"])).unwrap();
    let numbers = &whole["sentences"][1]["numbers"];
    assert_eq!(numbers[0]["figure"]["rule"], "clause.level");
    assert_eq!(numbers[0]["figure"]["confidence"], "high");
    assert_eq!(numbers[1]["bound"][3]["what"], "measure");
    assert_eq!(numbers[1]["bound"][3]["words"]["text"], "年增");
    assert_eq!(whole["document"]["relevant"], true);
    let lines = text(&["--format", "jsonl"]);
    assert!(!lines.contains(['\u{1b}', '\u{202e}']), "escaped inside strings");
    let parts: Vec<String> = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["part"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(parts, ["document", "sentence", "sentence", "policy"]);
}

#[test]
fn single_sentences_can_be_asked_for() {
    let text = text(&["--sentence", "2"]);
    assert!(text.trim_start().starts_with("2 paragraph"), "{text}");
    assert!(!text.contains("policy actions"));
}
