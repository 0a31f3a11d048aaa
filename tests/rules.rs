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

/// Purchasing managers, who ship with nobody: a whole family in a user's file.
const PURCHASING: &str = r#"
version = 1
idle = ["為", "達", "the", "was", "at", "in", "stood", "from", "to", "reading"]
allowed = ["PMI", "指數", "index", "製造業"]

[[indicator]]
code = "purchasing_managers"
chinese = "採購經理人指數"
english = "purchasing managers' index"
measures = ["level"]
level = "index"
words = ["PMI", "採購經理人指數", "采购经理指数", "製造業PMI", "purchasing managers' index", "manufacturing PMI"]

[[class]]
indicator = "purchasing_managers"
code = "new_orders"
words = ["新訂單指數", "new orders index"]

[cues]
level = ["stood at", "came in at"]
"#;

#[test]
fn a_family_of_a_user_is_read_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "mine/families/purchasing_managers.toml", PURCHASING);
    let texts = [
        ("zh-Hant", "台灣5月製造業PMI為51.2，新訂單指數為53.4；5月出口年增38.6%。"),
        ("zh-Hans", "中国5月制造业采购经理指数为49.5，比上月上升0.5个百分点。"),
        ("en", "Taiwan's manufacturing PMI stood at 51.2 in May, while the new orders index came in at 53.4."),
        ("none", "The company's sales rose 12.5 percent in May in Taiwan, and 50.4 tonnes were shipped."),
    ];
    let mut manifest = String::new();
    for (name, text) in texts {
        write(folder, &format!("{name}.txt"), text);
        manifest += &format!("{{\"id\":\"{name}\",\"path\":\"{name}.txt\",\"published\":\"2026-06-02\"}}\n");
    }
    write(folder, "manifest.jsonl", &manifest);
    let families = ["--rules", "mine", "--families", "purchasing_managers"];
    let (rows, words) = told(&run(folder, &[&["extract", "--manifest", "manifest.jsonl"][..], &families].concat()));
    let found: Vec<String> = rows
        .lines()
        .flat_map(|row| {
            let row: serde_json::Value = serde_json::from_str(row).unwrap();
            let figures = row["figures"].as_array().unwrap().clone();
            figures.into_iter().map(move |figure| {
                let text = |key: &str| figure[key].as_str().unwrap_or("-").to_owned();
                let (area, flow, product) = (text("area"), text("flow"), text("product"));
                format!("{} {area} {flow} {product} {} {} {}", row["id"], text("period"), figure["value"], text("unit"))
            })
        })
        .collect();
    assert_eq!(
        found,
        [
            "\"zh-Hant\" TW purchasing_managers - 2026-05 51.2 index",
            "\"zh-Hant\" TW purchasing_managers new_orders 2026-05 53.4 index",
            "\"zh-Hans\" CN purchasing_managers - 2026-05 49.5 index",
            "\"en\" TW purchasing_managers - 2026-05 51.2 index",
            "\"en\" TW purchasing_managers new_orders 2026-05 53.4 index",
        ],
        "{words}"
    );
    let watch = "[[watch]]\nid = \"pmi\"\ntitle = \"PMI\"\nwhen = { flow = \"purchasing_manager\", below = 50 }\n";
    write(folder, "watchlist.toml", watch);
    write(folder, "sources.toml", "[rules]\ndirectory = \"mine\"\nfamilies = [\"trade\", \"purchasing_managers\"]\n");
    let refused = run(folder, &["watch", "list"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(told(&refused).1.contains("`purchasing_managers`"), "{}", told(&refused).1);
    write(folder, "watchlist.toml", &watch.replace("_manager\"", "_managers\""));
    assert_eq!(run(folder, &["watch", "list"]).status.code(), Some(0));
}
