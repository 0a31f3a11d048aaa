//! What is made again from the archive is what was there.

use bellwether::clock::Clock as _;
use bellwether::events::{EventsError, ReplayMode, Retelling};
use bellwether::report::ReportLanguage;
use bellwether::{events, export, view};
use bellwether_model::event::{EventState, Fact, FactKind};
use bellwether_store::care::{self, CareError};
use bellwether_store::{Change, EventFilter, Transaction};
use serde_json::Value;

use super::house::House;

/// What the desk read in a month: source, address, time of publication and text. Some addresses come twice.
const MONTH: &[(&str, &str, &str, &str)] = &[
    (
        "ministry",
        "forecast",
        "2025-12-09T16:00:00+08:00",
        "財政部預估，2025年12月出口金額介於548億至567億美元，年增26%至30%。",
    ),
    ("press", "gdp-1", "2025-12-20T10:00:00+08:00", "主計總處預測，2026年台灣出口年增率為6.3%。"),
    ("press", "gdp-2", "2026-01-05T10:00:00+08:00", "主計總處預測，2026年台灣出口年增率為7.9%。"),
    // Read after the one that takes its place.
    ("mirror", "gdp-1", "2025-12-20T12:00:00+08:00", "主计总处预测，2026年台湾出口同比增长6.3%。"),
    ("mirror", "early", "2026-01-09T15:00:00+08:00", "台湾财政部公布，2025年12月出口642.8亿美元。"),
    ("press", "late", "2026-01-09T16:30:00+08:00", "財政部9日公布，2025年12月出口624.8億美元，年增43.4%。"),
    (
        "ministry",
        "release",
        "2026-01-09T16:00:00+08:00",
        "財政部公布114年12月海關進出口統計：出口624.8億美元，較上年同月增43.4%；進口430.5億美元，增14.9%。",
    ),
    ("board", "1", "2026-01-09T18:00:00+08:00", "財政部公布2025年12月出口684.2億美元，年增43.4%。"),
    (
        "press",
        "quote",
        "2026-01-09T19:00:00+08:00",
        "財政部統計處長蔡美娜表示：「12月出口創歷年單月新高，人工智慧需求是主因。」",
    ),
    // Two papers that do not agree, and of which nobody official speaks; the first of them is read last.
    ("press", "korea", "2026-01-03T09:00:00+09:00", "韩国产业通商部公布，2025年12月韩国出口696亿美元。"),
    ("mirror", "korea", "2026-01-02T09:00:00+09:00", "韩国产业通商部公布，2025年12月韩国出口669亿美元。"),
    (
        "press",
        "ban",
        "2025-11-10T10:00:00+08:00",
        "商务部公告2025年第88号，公布暂停对镓相关物项的出口管制的决定。本公告自2025年11月10日起施行，至2026年1月16日止。",
    ),
    (
        "mirror",
        "ban",
        "2025-11-10T12:00:00+08:00",
        "商務部公告2025年第88號，公布暫停對鎵相關物項的出口管制的決定。本公告自2025年11月10日起施行。",
    ),
    (
        "ministry",
        "release",
        "2026-01-09T16:00:00+08:00",
        "財政部公布114年12月海關進出口統計：出口628.4億美元，較上年同月增44.2%；進口430.5億美元，增14.9%。",
    ),
    ("press", "late", "2026-01-09T16:30:00+08:00", "財政部9日公布，2025年12月出口628.4億美元，年增44.2%。"),
];

/// A desk that has read the month, each page when it came.
fn read() -> House {
    let house = House::new();
    for (source, path, published, text) in MONTH {
        let title = text.split('，').next().unwrap_or_default();
        house.dated(source, path, published, title, text);
        assert_eq!(house.read(), 1);
        house.watch();
    }
    house
}

/// Everything that came of it, as it is handed on: the store's own lists, and the files that others get.
fn exports(house: &House) -> Vec<String> {
    let mut events = view::events(&house.store, &EventFilter::default()).expect("the store reads");
    view::sort_for_people(&mut events);
    vec![
        export::csv(&events),
        export::sdmx_csv(&events),
        export::json_lines(&events),
        export::atom(&events, ReportLanguage::En, house.clock.now()),
        lines(&view::releases(&house.store, usize::MAX).expect("the store reads")),
        lines(&house.store.flags(None, usize::MAX).expect("the store reads")),
        lines(&house.watch()),
        lines(&house.store.changes(0, usize::MAX).expect("the store reads")),
        lines(&house.store.documents(None, usize::MAX).expect("the store reads")),
    ]
}

/// One JSON value a line.
fn lines(values: &[impl serde::Serialize]) -> String {
    values.iter().map(|value| serde_json::to_string(value).expect("it is JSON") + "\n").collect()
}

/// A store without anything in it but the answers of another one, over the same archive, in the order in which they came.
/// `paced`: each is read at the time at which it came; else all are read at once, later.
fn again(house: &House, paced: bool) -> House {
    let mut fresh = House::new();
    fresh.archive = house.archive.clone();
    let answers = house.store.snapshots(None, usize::MAX).expect("the store reads");
    assert_eq!(answers.len(), MONTH.len());
    for answer in answers {
        fresh.clock.step(answer.fetched.duration_since(fresh.clock.now()));
        let mut transaction = Transaction::new(fresh.clock.now());
        transaction.push(Change::Snapshot(Box::new(answer)));
        fresh.store.commit(transaction).expect("the store writes");
        if paced {
            assert_eq!(fresh.read(), 1);
            fresh.watch();
        }
    }
    if !paced {
        assert_eq!(fresh.read(), MONTH.len());
        fresh.watch();
    }
    fresh
}

#[test]
fn the_month_holds_what_can_go_wrong() {
    let house = read();
    let events = view::events(&house.store, &EventFilter::default()).expect("the store reads");
    let has = |what: &str, is_such: &dyn Fn(&view::EventView) -> bool| {
        assert!(events.iter().any(is_such), "{what} is missing: {events:#?}");
    };
    has("a revised official value", &|view| view.event.state == EventState::Revised && view.event.vintages.len() > 2);
    has("a dispute", &|view| view.event.state == EventState::Disputed);
    has("a misquote", &|view| {
        view.event.state != EventState::Disputed && view.mentions.iter().any(|mention| !mention.agrees)
    });
    has("a revised forecast", &|view| view::is_forecast(&view.event.fact) && view.event.vintages.len() > 1);
    has("a policy action of two pages", &|view| {
        matches!(&view.event.fact, Fact::Policy(action) if action.expires.is_some()) && view.mentions.len() == 2
    });
    has("what somebody said", &|view| view.kind == FactKind::Statement);
    has("a release", &|view| view.event.release.is_some());
}

#[test]
fn a_store_made_again_from_the_archive_is_the_store_that_made_it() {
    let house = read();
    let fresh = again(&house, true);
    for (before, after) in exports(&house).iter().zip(exports(&fresh)) {
        assert_eq!(*before, after);
    }
}

#[test]
fn a_history_told_again_is_the_same_history_and_alerts_nobody() {
    let house = read();
    let fresh = House::new();
    fresh.clock.step(house.clock.now().duration_since(fresh.clock.now()));
    let mut history: Vec<Transaction> = Vec::new();
    let read = care::history(house.folder().as_path(), &mut |transaction| {
        history.push(transaction);
        Ok::<(), CareError>(())
    });
    assert_eq!(read.expect("the journal is read").damage, [] as [String; 0]);
    let mut retelling = Retelling::new(&house.sources, &fresh.store, &house.archive);
    for part in history.chunks(7) {
        let mut after = |at| {
            fresh.flag(at);
            Ok::<(), EventsError>(())
        };
        retelling.tell(part, &mut after).expect("telling goes on");
    }
    let told = retelling.finish().expect("telling ends");
    assert_eq!((told.answers, told.gone.len(), told.lost), (MONTH.len() as u64, 0, 0));
    assert!(told.alerts_held > 0, "the month has alerts");
    let names = ["csv", "sdmx", "json", "atom", "releases", "flags", "alerts", "changes", "documents"];
    for ((name, before), after) in names.iter().zip(exports(&house)).zip(exports(&fresh)) {
        let before = if *name == "alerts" { String::new() } else { before };
        assert_eq!(before, after, "{name}");
    }
}

#[test]
fn what_the_archive_has_lost_is_taken_over_from_the_store_that_knew_it() {
    let house = read();
    let fresh = House::new();
    let mut retelling = Retelling::new(&house.sources, &fresh.store, &fresh.archive);
    let read = care::history(house.folder().as_path(), &mut |transaction| {
        retelling.tell(&[transaction], &mut |_| Ok::<(), anyhow::Error>(()))
    });
    assert_eq!(read.expect("the journal is read").damage, [] as [String; 0]);
    let told = retelling.finish().expect("telling ends");
    assert_eq!((told.answers, told.gone.len(), told.lost), (0, MONTH.len(), 0));
    let (before, after) = (facts(&house), facts(&fresh));
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before.to_string(), after.to_string());
    }
}

#[test]
fn when_the_archive_is_read_does_not_matter_but_for_the_times() {
    let house = read();
    let (before, after) = (facts(&house), facts(&again(&house, false)));
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before.to_string(), after.to_string());
    }
}

#[test]
fn a_replay_by_the_rules_that_read_it_changes_nothing() {
    let house = read();
    // When a document was last read is what a replay is there to change.
    let kept = |house: &House| {
        let mut exports = exports(house);
        exports.pop();
        exports
    };
    let before = kept(&house);
    for mode in [ReplayMode::DryRun, ReplayMode::Silent, ReplayMode::AsNews] {
        let told = events::replay(&house.sources, &house.store, &house.archive, &house.clock(), mode, &mut |_, _| {})
            .expect("reading goes on");
        assert_eq!((told.documents, told.rows.as_slice()), (13, [].as_slice()), "{mode:?}");
        for (before, after) in before.iter().zip(kept(&house)) {
            assert_eq!(*before, after, "{mode:?}");
        }
    }
    assert_eq!(house.store.verify().expect("the store reads"), [] as [String; 0]);
}

/// The facts of a store without the times at which they were read.
fn facts(house: &House) -> Vec<Value> {
    let events = view::events(&house.store, &EventFilter::default()).expect("the store reads");
    let mut facts: Vec<Value> = events.iter().map(|event| serde_json::to_value(event).expect("it is JSON")).collect();
    facts.iter_mut().for_each(without_times);
    facts.sort_by_key(|fact| fact["id"].to_string());
    facts
}

fn without_times(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for time in ["at", "from", "first_seen", "changed", "first_read", "last_read", "read", "until"] {
                fields.remove(time);
            }
            for (list, name) in [("mentions", "url"), ("documents", "id")] {
                if let Some(Value::Array(entries)) = fields.get_mut(list) {
                    entries.sort_by_key(|entry| entry[name].to_string());
                }
            }
            fields.values_mut().for_each(without_times);
        }
        Value::Array(values) => values.iter_mut().for_each(without_times),
        _ => {}
    }
}
