//! Documents by their words, and what sources owe: what answers an item, once, and why.

use bellwether_model::alert::Alert;
use bellwether_model::document::{DocumentKind, DocumentRecord};
use bellwether_model::event::{EventChange, Fact};
use bellwether_model::figure::Measure;
use bellwether_model::id::{ChannelId, DocumentId, SnapshotId, SourceId, WatchId};
use bellwether_model::overdue::{Awaited, Overdue};
use bellwether_model::source::Trust;
use bellwether_model::watch::WatchItem;
use bellwether_model::web::CanonicalUrl;

use super::condition::Verdict;
use super::documents::{Paper, judge};
use super::plan::{Plan, Row, beside_facts};
use super::plan_tests::{Earlier, condition, figure, lines, row, time};
use super::{documents, owed};
use crate::routing::Routing;

const TALKS: &str = "商務部發言人表示，雙方就半導體關稅交換意見。下一輪磋商的日期未定。";

fn record(name: &str) -> DocumentRecord {
    let url = CanonicalUrl::parse(&format!("https://wire.example/{name}")).expect("an address");
    DocumentRecord {
        id: DocumentId(format!("doc-{name}")),
        snapshot: SnapshotId::new("snap"),
        source: SourceId::new("wire"),
        trust: Trust::Press,
        url,
        title: "談判".into(),
        published: None,
        authors: Vec::new(),
        publisher: None,
        language: None,
        kind: DocumentKind::News,
        cites: None,
        comments: None,
        body_chars: 0,
        first_read: time(0),
        last_read: time(0),
        rules: 0,
        problems: Vec::new(),
    }
}

fn paper(name: &str, text: &str, facts: Vec<Row>) -> Paper {
    Paper::new(record(name), text, facts, false)
}

fn item(when: &str) -> WatchItem {
    let channels = vec![ChannelId::new("desk")];
    WatchItem { channels, ..WatchItem::new(WatchId::new("talks"), "關稅談判", condition(when)) }
}

/// What is planned, kept as if it had been committed.
fn planned(
    papers: &[Paper],
    owed: &[(EventChange, Overdue)],
    when: &str,
    earlier: &mut Earlier,
) -> (usize, Vec<Alert>) {
    let Ok(plan) = beside_facts(papers, owed, &[item(when)], &Routing::default(), earlier, time(60));
    earlier.take(&plan);
    let Plan { flags, alerts } = plan;
    (flags.len(), alerts)
}

#[test]
fn a_document_without_facts_answers_by_its_words() {
    let papers = [paper("1", TALKS, Vec::new())];
    let mut earlier = Earlier::default();
    let (flags, alerts) = planned(&papers, &[], "words = [\"稀土\", \"半导体关税\"]", &mut earlier);
    assert_eq!(flags, 1);
    assert_eq!(
        lines(&alerts),
        ["watch.flagged desk: 關稅談判: 商務部發言人表示，雙方就半導體關稅交換意見。 (wire: 談判)"]
    );
    let data: serde_json::Value = serde_json::from_str(&alerts[0].data).expect("JSON");
    assert_eq!((&data["id"], &data["kind"]), (&"doc-1".into(), &"document".into()));
    assert_eq!(data["evidence"]["start"], 12);
    assert_eq!(data["watch"]["reason"], "it says 半导体关税");
    // Read again, on another site, in the other script: it is told already.
    let copies =
        [paper("1", TALKS, Vec::new()), paper("2", "商务部发言人表示，双方就半导体关税交换意见。", Vec::new())];
    assert_eq!(planned(&copies, &[], "words = [\"半導體關稅\"]", &mut earlier), (0, Vec::new()));
    // Other words prove it now.
    let changed = [paper("1", "雙方已就半導體關稅達成協議。", Vec::new())];
    let (flags, alerts) = planned(&changed, &[], "words = [\"半導體關稅\"]", &mut earlier);
    assert_eq!((flags, alerts.len()), (1, 1));
    assert_eq!(alerts[0].subject, "doc-1");
}

#[test]
fn a_backlog_is_flagged_and_told_to_nobody() {
    let old = [Paper::new(record("1"), TALKS, Vec::new(), true)];
    let (flags, alerts) = planned(&old, &[], "words = [\"關稅\"]", &mut Earlier::default());
    assert_eq!((flags, alerts.len()), (1, 0));
}

#[test]
fn each_part_of_a_condition_is_looked_at_in_documents() {
    for (when, expected) in [
        ("words = [\"关税\"]", "yes: it says 关税"),
        ("words = [\"石油\"]", "no: its text holds none of: 石油"),
        ("near = { words = [\"發言人\", \"關稅\"], within = 14 }", "yes: within 14 characters it says 發言人, 關稅"),
        (
            "near = { words = [\"發言人\", \"關稅\"], within = 13 }",
            "no: its text does not hold within 13 characters: 發言人, 關稅",
        ),
        ("words = [\"關稅\"]\ntrust = \"official\"", "no: its source is not believed so far"),
        ("words = [\"關稅\"]\ntrust = \"press\"", "yes: it says 關稅"),
        ("kind = \"document\"\nwords = [\"關稅\"]", "yes: it says 關稅"),
        ("kind = \"figure\"\nwords = [\"關稅\"]", "no: it is a document"),
        ("area = \"TW\"\nwords = [\"關稅\"]", "no: it is a document"),
        ("words = [\"關稅\"]\nnot = { words = [\"磋商\"] }", "no: it says 磋商"),
        ("all = [{ words = [\"關稅\"] }, { words = [\"磋商\"] }]", "yes: it says 關稅, it says 磋商"),
        ("any = [{ area = \"TW\" }, { words = [\"磋商\"] }]", "yes: it says 磋商"),
    ] {
        let said = match judge(&condition(when), &paper("1", TALKS, Vec::new())) {
            Verdict::Met(clauses) => format!("yes: {}", clauses.join(", ")),
            Verdict::Unmet(why) => format!("no: {why}"),
        };
        assert_eq!(said, expected, "{when}");
    }
}

#[test]
fn a_document_of_which_a_fact_is_flagged_is_not_flagged_too() {
    let text = "12月出口624.8億美元，年增43.4%，官員談關稅。";
    let facts = || vec![row(Fact::Figure(figure(Measure::Yoy, "43.4")))];
    let of = |when: &str| planned(&[paper("1", text, facts())], &[], when, &mut Earlier::default()).0;
    assert_eq!(of("words = [\"年增\"]"), 0, "the words that prove the figure hold it");
    assert_eq!(of("words = [\"關稅\"]"), 1, "they do not");
    assert_eq!(of("kind = \"document\"\nwords = [\"年增\"]"), 1, "documents are asked for");
    let said = |when: &str| {
        let Ok(judged) = documents::judged(&[item(when)], &paper("1", text, facts()), &Earlier::default());
        format!("{} {}", judged[0].met, judged[0].reason)
    };
    assert_eq!(said("words = [\"年增\"]"), "false one of its facts answers the item");
    assert_eq!(said("not = { words = [\"石油\"] }"), "false the item asks for no words");
}

#[test]
fn what_is_overdue_answers_an_item_until_it_comes() {
    let source = SourceId::new("ministry");
    let awaited = Awaited::Release { calendar: "tw-trade".into(), expected: time(0) };
    let id = Overdue::name(&source, &awaited);
    let late = Overdue { id, source, awaited, by: time(3600), noticed: time(3700), arrived: None };
    let come = Overdue { arrived: Some(time(9000)), ..late.clone() };
    let mut earlier = Earlier::default();
    let when = "overdue = { calendar = \"tw-trade\", of = \"release\" }";
    let (flags, alerts) = planned(&[], &[(EventChange::Overdue, late.clone())], when, &mut earlier);
    assert_eq!(flags, 1);
    assert!(alerts[0].summary.starts_with("關稅談判: ministry: the release of tw-trade expected at"), "{alerts:?}");
    assert_eq!(alerts[0].labels["calendar"], "tw-trade");
    let (flags, alerts) = planned(&[], &[(EventChange::Arrived, come.clone())], when, &mut earlier);
    assert_eq!((flags, alerts.len()), (1, 1), "the flag is put again, with when it came");
    // Both in one batch: one flag, two alerts.
    let both = [(EventChange::Overdue, come.clone()), (EventChange::Arrived, come)];
    let (flags, alerts) = planned(&[], &both, when, &mut Earlier::default());
    assert_eq!((flags, alerts.len()), (1, 2));
    for (when, expected) in [
        (when, "true a release that is overdue"),
        ("kind = \"overdue\"", "true "),
        ("overdue = { source = \"customs\" }", "false the source is ministry"),
        ("overdue = { of = \"news\" }", "false it is a release that is overdue"),
        ("overdue = { calendar = \"kr-trade\" }", "false the calendar is tw-trade"),
        ("area = \"TW\"", "false it is something that has not come"),
        ("not = { overdue = {} }", "false it is a release that is overdue"),
        ("any = [{ area = \"TW\" }, { overdue = {} }]", "true a release that is overdue"),
    ] {
        let judged = owed::judged(&[item(when)], &late);
        assert_eq!(format!("{} {}", judged[0].met, judged[0].reason), expected, "{when}");
    }
}
