//! A user's rules from outside: words that are added count, mistakes are all told, nothing is read by wrong rules.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

use std::path::Path;
use std::process::{Command, Output, Stdio};

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bellwether"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn told(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}

/// A text with a word for an economy and a word of rising that nobody ships.
const TEXT: &str = "Wakandan trade\n\nWakanda's exports skyscrapered 4.2 percent in May 2026 from a year earlier.\n";
const MANIFEST: &str = "{\"id\":\"a\",\"path\":\"text.txt\",\"published\":\"2026-06-09\"}\n";
const AREAS: &str = "version = 1\n[[area]]\ncode = \"WAKANDA\"\nnames = [\"瓦干達\", \"Wakanda\", \"Wakandan\"]\n";
const DIRECTIONS: &str =
    "version = 1\nextends = \"directions\"\n[[direction]]\nshape = \"move\"\nsign = 1\nwords = [\"skyscrapered\"]\n";

#[test]
fn words_of_a_user_count_by_option_and_by_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "text.txt", TEXT);
    write(folder, "manifest.jsonl", MANIFEST);
    write(folder, "mine/areas.toml", AREAS);
    write(folder, "mine/words.toml", DIRECTIONS);
    let extract = ["extract", "--manifest", "manifest.jsonl"];
    let (without, _) = told(&run(folder, &extract));
    assert!(without.contains("\"figures\":[]"), "{without}");
    let given = run(folder, &[&extract[..], &["--rules", "mine"]].concat());
    let (with, words) = told(&given);
    assert!(with.contains("\"area\":\"WAKANDA\"") && with.contains("\"value\":4.2"), "{with} {words}");
    write(folder, "sources.toml", "[rules]\ndirectory = \"mine\"\n");
    assert_eq!(told(&run(folder, &extract)).0, with);
    let (checked, _) = told(&run(folder, &["rules", "check"]));
    assert!(checked.ends_with("mine: 2 files without mistakes\n"), "{checked}");
}

#[test]
fn wrong_rules_read_nothing_and_every_mistake_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "text.txt", TEXT);
    write(folder, "mine/areas.toml", "version = 1\n[[area]]\ncode = \"QQ\"\nname = [\"Wakanda\"]\n");
    write(folder, "mine/cues.toml", "version = 1\nyoy = [\"\"]\n");
    for arguments in [&["extract", "text.txt", "--rules", "mine"][..], &["rules", "check", "mine"]] {
        let output = run(folder, arguments);
        let (data, words) = told(&output);
        assert_eq!((output.status.code(), data.as_str()), (Some(2), ""), "{words}");
        for part in [
            "mine/areas.toml:3:8: `QQ` is no known economy",
            "mine/areas.toml:4:1: unknown key `name`; did you mean `names`?",
            "mine/areas.toml:2:1: `names` is missing",
            "mine/cues.toml:2:8: there is no word in it",
            "4 mistakes",
        ] {
            assert!(words.contains(part), "{part}: {words}");
        }
    }
    let output = run(folder, &["extract", "text.txt", "--rules", "nowhere"]);
    assert_eq!(output.status.code(), Some(2), "{:?}", told(&output));
    let output = run(folder, &["extract", "text.txt", "--families", "trades"]);
    let (_, words) = told(&output);
    assert_eq!(output.status.code(), Some(2));
    assert!(words.contains("`trades` is no family of indicators; did you mean `trade`?"), "{words}");
}

#[test]
fn a_mistake_in_the_table_of_rules_is_told_by_commands_without_a_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "text.txt", TEXT);
    write(folder, "sources.toml", "[rules]\ndirectry = \"mine\"\n");
    let output = run(folder, &["extract", "text.txt"]);
    let (_, words) = told(&output);
    assert_eq!(output.status.code(), Some(2));
    assert!(words.contains("sources.toml:2") && words.contains("did you mean `directory`?"), "{words}");
}

#[test]
fn what_there_is_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let (rows, words) = told(&run(folder.path(), &["rules", "list", "--format", "jsonl"]));
    let verbs = rows.lines().find(|row| row.contains("\"speech\"") && row.contains("\"chinese.verbs\"")).unwrap();
    assert!(verbs.contains("\"latin\":0"), "{verbs} {words}");
}
