//! The items of the `watchlist.toml` that comes with the program: each flags what it is there for, and not what is next to it.
//! The texts are made up.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod support;

use std::collections::BTreeMap;

use bellwether_model::event::{ChangeEntry, EventChange};
use bellwether_model::id::SourceId;
use bellwether_model::overdue::{Awaited, Overdue};
use bellwether_store::{Change, Store, Transaction};
use jiff::Timestamp;
use serde_json::json;
use support::{Home, text};

/// What an item is shown: texts with the day on which they were published, in the order in which they come.
struct Case {
    item: &'static str,
    /// The last of them is flagged, the ones before it are not.
    flagged: &'static [(&'static str, &'static str)],
    /// What the flagged fact or document says.
    fact: &'static str,
    /// None of them is flagged, although they are nearly the same.
    passed_over: &'static [(&'static str, &'static str)],
}

const CASES: &[Case] = &[
    Case {
        item: "tw-us-concentration",
        flagged: &[("2026-01-09", "財政部9日公布，2025年12月對美國出口占總出口比重為36.2%。")],
        fact: "TW exports to US 2025-12: 36.2% of the total",
        passed_over: &[
            ("2026-01-09", "財政部9日公布，2025年12月對美國出口占總出口比重為29.8%。"),
            ("2026-01-09", "財政部9日公布，2025年12月對日本出口占總出口比重為36.2%。"),
        ],
    },
    Case {
        item: "tw-export-forecast",
        flagged: &[("2026-01-09", "財政部預估，2026年1月出口金額介於548億至567億美元。")],
        fact: "TW exports 2026-01 forecast by 財政部: 54.8 billion USD to 56.7 billion USD",
        passed_over: &[
            ("2026-02-09", "財政部公布，2026年1月出口金額為551億美元。"),
            ("2026-01-09", "財政部預估，2026年1月進口金額介於428億至437億美元。"),
        ],
    },
    Case {
        item: "us-tw-deficit",
        flagged: &[("2026-01-09", "美國商務部公布，2025年11月美國對台灣貿易逆差為158億美元。")],
        fact: "US trade balance with TW 2025-11: -15.8 billion USD",
        passed_over: &[
            ("2026-01-09", "美國商務部公布，2025年11月美國對越南貿易逆差為158億美元。"),
            ("2026-01-09", "美國商務部公布，2025年11月美國對荷蘭貿易順差為58億美元。"),
        ],
    },
    Case {
        item: "cn-export-control",
        flagged: &[(
            "2025-10-09",
            "商务部公告2025年第71号，公布对锑相关物项实施出口管制的决定。本公告自2025年11月8日起实施。",
        )],
        fact: "商务部 2025-71",
        passed_over: &[(
            "2025-10-09",
            "商务部公告2025年第72号，公布对进口猪副产品反倾销调查的初步裁定。本公告自2025年11月8日起执行。",
        )],
    },
    Case {
        item: "exports-shrink",
        flagged: &[("2026-01-09", "韩国产业通商部公布，2025年12月韩国出口同比下降5.1%。")],
        fact: "KR exports 2025-12: -5.1% on a year before",
        passed_over: &[
            ("2026-01-09", "韩国产业通商部公布，2025年12月韩国进口同比下降5.1%。"),
            ("2026-01-09", "韩国产业通商部公布，2025年12月韩国对美国出口同比下降5.1%。"),
            ("2026-01-09", "韩国产业通商部公布，2025年12月韩国出口同比增长5.1%。"),
        ],
    },
    Case {
        item: "tw-export-surprise",
        flagged: &[
            ("2025-12-09", "財政部預估，2025年12月出口金額介於548億至567億美元。"),
            ("2026-01-09", "財政部公布，2025年12月出口金額為624.8億美元。"),
        ],
        fact: "TW exports 2025-12: 62.48 billion USD",
        passed_over: &[
            ("2025-12-09", "財政部預估，2025年12月出口金額介於548億至567億美元。"),
            ("2026-01-09", "財政部公布，2025年12月出口金額為552.3億美元。"),
        ],
    },
    Case {
        item: "us-cn-deficit-narrows",
        flagged: &[
            ("2025-09-05", "美國商務部公布，2025年7月美國對中國貿易逆差為252億美元。"),
            ("2025-10-05", "美國商務部公布，2025年8月美國對中國貿易逆差為229億美元。"),
            ("2025-11-05", "美國商務部公布，2025年9月美國對中國貿易逆差為203億美元。"),
            ("2025-12-05", "美國商務部公布，2025年10月美國對中國貿易逆差為187億美元。"),
        ],
        fact: "US trade balance with CN 2025-10: -18.7 billion USD",
        passed_over: &[
            ("2025-09-05", "美國商務部公布，2025年7月美國對中國貿易逆差為252億美元。"),
            ("2025-10-05", "美國商務部公布，2025年8月美國對中國貿易逆差為229億美元。"),
            ("2025-11-05", "美國商務部公布，2025年9月美國對中國貿易逆差為203億美元。"),
            ("2025-12-05", "美國商務部公布，2025年10月美國對中國貿易逆差為211億美元。"),
        ],
    },
    Case {
        item: "suspension-ends",
        flagged: &[(
            "2025-11-10",
            "商务部公告2025年第88号，公布暂停实施对镓相关物项加征关税的决定。本公告自2025年11月10日起施行，至2026年11月9日止。",
        )],
        fact: "商务部 2025-88",
        passed_over: &[(
            "2025-11-10",
            "商务部公告2025年第89号，公布对镓相关物项加征关税的决定。本公告自2025年11月10日起施行，至2026年11月9日止。",
        )],
    },
    Case {
        item: "chip-dispute",
        flagged: &[("2026-01-08", "双方在北京会谈。荷兰经济大臣同中方就安世半导体举行磋商。")],
        fact: "双方在北京会谈",
        passed_over: &[
            ("2026-01-08", "安世半导体在东莞的工厂举行开放日，市民排队参观。"),
            ("2026-01-08", "荷兰经济大臣同中方就乳制品举行磋商。"),
        ],
    },
];

/// A home with the watch list that comes with the program, and these documents ingested one after the other.
fn home(texts: &[(&str, &str)]) -> Home {
    let shipped = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/watchlist.toml")).unwrap();
    let home = Home::new("", &shipped);
    let mut lines = Vec::new();
    for (place, (published, words)) in texts.iter().enumerate() {
        let path = home.path().join(format!("{place}.txt"));
        let title = words.split(['，', '。']).next().unwrap();
        std::fs::write(&path, format!("{title}\n\n{words}\n")).unwrap();
        lines.push(json!({ "id": place.to_string(), "path": path, "published": published }).to_string());
    }
    let manifest = home.path().join("manifest.jsonl");
    std::fs::write(&manifest, lines.join("\n")).unwrap();
    ingest(&home);
    home
}

fn ingest(home: &Home) {
    let output = home.run(&["ingest", "--manifest", home.path().join("manifest.jsonl").to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

/// What each item flagged: the line of its event, by the flag, and by `watch test`.
type Found = BTreeMap<String, Vec<String>>;

fn found(home: &Home) -> (Found, Found) {
    let (mut flagged, mut tested) = (Found::new(), Found::new());
    let lines: BTreeMap<String, String> = home
        .rows(&["watch", "test", "--format", "jsonl"], 0)
        .iter()
        .map(|row| {
            let of = |key: &str| row[key].as_str().unwrap().to_owned();
            tested.entry(of("watch")).or_default().push(of("fact"));
            (of("event"), of("fact"))
        })
        .collect();
    for flag in home.rows(&["watch", "flags", "--format", "jsonl"], 0) {
        let event = flag["event"].as_str().unwrap();
        let line = lines.get(event).unwrap_or_else(|| panic!("`watch test` does not find {flag}"));
        flagged.entry(flag["watch"].as_str().unwrap().to_owned()).or_default().push(line.clone());
    }
    (flagged, tested)
}

#[test]
fn each_shipped_item_flags_what_it_is_there_for_and_nothing_next_to_it() {
    let mut wrong = Vec::new();
    for Case { item, flagged, fact, passed_over } in CASES {
        let (by_flag, tested) = found(&home(flagged));
        let lines = by_flag.get(*item);
        let is_it = lines.is_some_and(|lines| lines.len() == 1 && lines[0].contains(fact));
        if !is_it || tested.get(*item) != lines {
            wrong.push(format!("`{item}` flags {lines:?}, in a test {:?}, and not `{fact}`", tested.get(*item)));
        }
        let (by_flag, tested) = found(&home(passed_over));
        if let Some(lines) = by_flag.get(*item).or(tested.get(*item)) {
            wrong.push(format!("`{item}` flags what it should pass over: {lines:?}"));
        }
    }
    assert_eq!(wrong, [] as [String; 0]);
}

#[test]
fn the_shipped_item_of_an_overdue_release_flags_that_release_alone() {
    let at: Timestamp = "2026-01-09T12:00:00Z".parse().unwrap();
    let owed = |calendar: Option<&str>| {
        let source = SourceId::new("mof");
        let awaited = match calendar {
            Some(calendar) => Awaited::Release { calendar: calendar.to_owned(), expected: at },
            None => Awaited::News { since: at },
        };
        Overdue { id: Overdue::name(&source, &awaited), source, awaited, by: at, noticed: at, arrived: None }
    };
    let awaited = [(Some("tw-mof-trade"), true), (Some("kr-trade"), false), (None, false)];
    for (calendar, is_flagged) in awaited {
        let home = home(&[]);
        let store = Store::open(&home.path().join("data/store")).unwrap();
        let owed = owed(calendar);
        let row =
            ChangeEntry { at, event: owed.id.clone(), release: None, change: EventChange::Overdue, silent: false };
        let mut transaction = Transaction::new(at);
        transaction.push(Change::Overdue(Box::new(owed)));
        transaction.push(Change::Log(Box::new(row)));
        store.commit(transaction).unwrap();
        drop(store);
        ingest(&home);
        let (flagged, tested) = found(&home);
        let items: Vec<&str> = flagged.keys().map(String::as_str).collect();
        assert_eq!(items, if is_flagged { vec!["tw-trade-overdue"] } else { Vec::new() }, "{calendar:?}");
        assert_eq!(flagged, tested);
    }
}

#[test]
fn every_shipped_item_has_a_case() {
    let home = home(&[]);
    let listed = home.rows(&["watch", "list", "--format", "jsonl"], 0);
    let mut items: Vec<&str> = listed.iter().map(|item| item["id"].as_str().unwrap()).collect();
    let mut cases: Vec<&str> = CASES.iter().map(|case| case.item).chain(["tw-trade-overdue"]).collect();
    items.sort_unstable();
    cases.sort_unstable();
    assert_eq!(items, cases);
}
