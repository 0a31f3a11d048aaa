//! The watch list from outside: what items would flag and why, and what people do with flags.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod support;

use serde_json::Value;
use support::{Home, text};

const WATCHLIST: &str = r#"
[[watch]]
id = "fast"
title = "出口大增"
owner = "林"
next_check = "2026-02-09"
when = { flow = "exports", measure = "yoy", all = [{ above = 40 }, { near = { words = ["財政部", "億美元"], within = 60 } }] }

[[watch]]
id = "shrinks"
title = "進口衰退"
when = { flow = "imports", measure = "yoy", any = [{ below = 0 }, { streak = { of = "falling", at_least = 2 } }] }

[[watch]]
id = "over"
title = "不再看的"
expires = "2020-01-01"
when = { kind = "figure" }
"#;

const RELEASE: &str = "財政部公布12月海關進出口統計\n\n財政部9日公布，2025年12月出口624.8億美元，年增43.4%；進口430.5億美元，年增14.9%，出超194.3億美元。\n";

/// A home whose store holds the release above.
fn home() -> Home {
    let home = Home::new("", WATCHLIST);
    std::fs::write(home.path().join("release.txt"), RELEASE).unwrap();
    let line =
        serde_json::json!({ "id": "release", "path": home.path().join("release.txt"), "published": "2026-01-09" });
    let manifest = home.path().join("manifest.jsonl");
    std::fs::write(&manifest, line.to_string()).unwrap();
    let output = home.run(&["ingest", "--manifest", manifest.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    home
}

fn done(home: &Home, arguments: &[&str]) {
    let output = home.run(arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
}

fn said(home: &Home, arguments: &[&str]) -> String {
    let output = home.run(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    text(&output.stderr)
}

fn states(home: &Home) -> Vec<(String, String)> {
    let of = |flag: &Value, key: &str| flag[key].as_str().unwrap().to_owned();
    home.rows(&["watch", "flags", "--format", "jsonl"], 0)
        .iter()
        .map(|flag| (of(flag, "watch"), of(flag, "state")))
        .collect()
}

#[test]
fn a_flag_is_acknowledged_put_off_resolved_and_opened_again() {
    let home = home();
    assert_eq!(states(&home), [("fast".to_owned(), "new".to_owned())], "an item whose last day is over flags nothing");
    let flag = home.rows(&["watch", "flags", "--format", "jsonl"], 0)[0]["id"].as_str().unwrap().to_owned();
    let state = |expected: &str| assert_eq!(states(&home)[0].1, expected);
    let short = &flag[..flag.len() - 4];
    done(&home, &["watch", "ack", short, "--note", "seen by 林"]);
    state("acknowledged");
    assert_eq!(home.rows(&["watch", "flags", "--format", "jsonl"], 0)[0]["note"], "seen by 林");
    done(&home, &["watch", "snooze", &flag, "--for", "3d"]);
    state("snoozed");
    let silences = home.rows(&["alerts", "silence", "list", "--format", "jsonl"], 0);
    assert_eq!(silences[0]["matchers"][0], "item=fast");
    assert!(silences[0]["matchers"][1].as_str().unwrap().starts_with("event=ev-"));
    done(&home, &["watch", "resolve", &flag]);
    state("resolved");
    done(&home, &["watch", "reopen", &flag]);
    state("new");
    assert!(said(&home, &["watch", "reopen", &flag]).contains("nobody has done anything"));
    assert!(said(&home, &["watch", "ack", "flag-0000"]).contains("there is no flag `flag-0000`"));
    assert!(said(&home, &["watch", "snooze", &flag, "--for", "soon"]).contains("`soon` is no duration"));
    std::fs::write(home.path().join("flags.toml"), "[[flag]]\nid = 3\n").unwrap();
    assert!(said(&home, &["watch", "flags"]).contains("flags.toml"));
}

#[test]
fn an_item_is_tried_over_the_whole_store_before_it_is_in_force() {
    let home = home();
    let trial = home.path().join("trial.toml");
    std::fs::write(
        &trial,
        "[[watch]]\nid = \"surplus\"\ntitle = \"出超\"\nwhen = { flow = \"balance\", above = 100 }\n",
    )
    .unwrap();
    let found = home.rows(&["watch", "test", "--file", trial.to_str().unwrap(), "--format", "jsonl"], 0);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["fact"], "TW trade balance 2025-12: 19.43 billion USD");
    assert_eq!(states(&home).len(), 1, "nothing is written");
    assert_eq!(home.rows(&["watch", "test", "shrinks", "--format", "jsonl"], 0), [] as [Value; 0]);
    assert!(said(&home, &["watch", "test", "nothing"]).contains("items: fast, shrinks, over"));
    std::fs::write(
        &trial,
        "[[watch]]\nid = \"a\"\ntitle = \"a\"\nwhen = { any = [{ near = { words = [\"x\"], within = 3 } }] }\n",
    )
    .unwrap();
    let wrong = said(&home, &["watch", "test", "--file", trial.to_str().unwrap()]);
    assert!(wrong.contains("trial.toml") && wrong.contains("at least two words"), "{wrong}");
}

#[test]
fn an_event_says_why_each_item_does_or_does_not_flag_it() {
    let home = home();
    let growth = home.rows(&["events", "list", "--flow", "exports", "--format", "jsonl"], 0);
    let growth = growth.iter().find(|event| event["figure"]["measure"] == "yoy").unwrap();
    let judged = home.rows(&["watch", "explain", growth["id"].as_str().unwrap(), "--format", "jsonl"], 0);
    let of = |item: &str| judged.iter().find(|row| row["watch"] == item).unwrap();
    assert_eq!((&of("fast")["met"], &of("fast")["reason"]), (&true.into(), &"above 40%".into()));
    assert_eq!((&of("shrinks")["met"], &of("shrinks")["reason"]), (&false.into(), &"the flow is exports".into()));
    assert!(said(&home, &["watch", "explain", "ev-"]).contains("write more of it"));
    assert!(said(&home, &["watch", "explain", "ev-nothing"]).contains("there is no event"));
    let items = home.rows(&["watch", "list", "--format", "jsonl"], 0);
    assert_eq!((&items[0]["owner"], &items[0]["next_check"]), (&"林".into(), &"2026-02-09".into()));
}

#[test]
fn words_of_a_document_without_facts_are_flagged_and_explained() {
    let watch = "[[watch]]\nid = \"talks\"\ntitle = \"關稅談判\"\nwhen = { words = [\"半導體關稅\"] }\n";
    let home = Home::new("", watch);
    let line = |name: &str, text: &str| {
        let path = home.path().join(name);
        std::fs::write(&path, text).unwrap();
        serde_json::json!({ "id": name, "path": path, "published": "2026-01-09" }).to_string()
    };
    let lines = [
        line("talks.txt", "雙方會談\n\n商務部發言人表示，雙方就半導體關稅交換意見。磋商日期未定。\n"),
        line("copy.txt", "双方会谈\n\n商务部发言人表示，双方就半导体关税交换意见。\n"),
        line("weather.txt", "港口大霧\n\n渡輪今晨停航，午後恢復。\n"),
    ];
    let manifest = home.path().join("manifest.jsonl");
    std::fs::write(&manifest, lines.join("\n")).unwrap();
    done(&home, &["ingest", "--manifest", manifest.to_str().unwrap()]);
    assert!(home.events().is_empty(), "none of them tells a fact");
    let flags = home.rows(&["watch", "flags", "--format", "jsonl"], 0);
    assert_eq!(flags.len(), 1, "the same sentence in the other script is no other flag: {flags:#?}");
    assert_eq!((&flags[0]["state"], &flags[0]["watch"]), (&"new".into(), &"talks".into()));
    assert!(flags[0]["evidence"]["text"].as_str().unwrap().contains("雙方就半導體關稅交換意見"));
    // Over the whole store, where each document is told.
    let found = home.rows(&["watch", "test", "--format", "jsonl"], 0);
    assert_eq!(found.iter().filter(|row| row["reason"] == "it says 半導體關稅").count(), 2, "{found:#?}");
    let document = flags[0]["event"].as_str().unwrap();
    let judged = home.rows(&["watch", "explain", document, "--format", "jsonl"], 0);
    assert_eq!((&judged[0]["met"], &judged[0]["reason"]), (&true.into(), &"it says 半導體關稅".into()));
    done(&home, &["watch", "ack", flags[0]["id"].as_str().unwrap()]);
    assert_eq!(states(&home), [("talks".to_owned(), "acknowledged".to_owned())]);
}

#[test]
fn a_value_is_corroborated_by_outlets_that_do_not_name_each_other() {
    let watch = "[[watch]]\nid = \"confirmed\"\ntitle = \"兩家以上報導\"\n\
                 when = { flow = \"exports\", measure = \"level\", outlets = 2 }\n";
    let home = Home::new("", watch);
    let ingest = |name: &str, url: &str, words: &str| {
        let path = home.path().join(name);
        std::fs::write(&path, words).unwrap();
        let line = serde_json::json!({ "id": name, "path": path, "url": url, "published": "2026-01-09" });
        let manifest = home.path().join("manifest.jsonl");
        std::fs::write(&manifest, line.to_string()).unwrap();
        done(&home, &["ingest", "--manifest", manifest.to_str().unwrap()]);
    };
    let flags = || home.rows(&["watch", "flags", "--format", "jsonl"], 0).len();
    let agency = "https://agency.example/77";
    ingest("agency.txt", agency, "12月出口\n\n財政部公布，2025年12月出口624.8億美元。\n");
    let post = format!("出口創新高\n\n去年12月台灣出口值衝上624.8億美元。\n\n原文連結：{agency}\n");
    ingest("post.txt", "https://board.example/5", &post);
    let event = &home.rows(&["events", "list", "--flow", "exports", "--format", "jsonl"], 0)[0];
    assert_eq!(event["mentions"].as_array().unwrap().len(), 2, "{event:#}");
    assert!(event["mentions"].as_array().unwrap().iter().any(|mention| mention["cites"] == agency), "{event:#}");
    assert_eq!(flags(), 0, "the post has it from the agency");
    ingest("paper.txt", "https://paper.example/9", "貿易統計\n\n統計顯示，台灣2025年12月出口達624.8億美元。\n");
    assert_eq!(flags(), 1, "a paper of its own");
}
