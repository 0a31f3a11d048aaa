//! Rows of the change log in, flags and alerts out.

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;

use bellwether_model::alert::Alert;
use bellwether_model::event::{ChangeEntry, Event, EventChange, EventState, Fact, Mention, SpokenWords, Vintage};
use bellwether_model::evidence::Evidence;
use bellwether_model::figure::{Amount, Confidence, Figure, Flow, Measure, Status, Unit};
use bellwether_model::id::{AlertId, ChannelId, DocumentId, EventId, FlagId, ReleaseId, SourceId, WatchId};
use bellwether_model::number::Number;
use bellwether_model::place::{Area, Partner};
use bellwether_model::policy::PolicyAction;
use bellwether_model::source::Trust;
use bellwether_model::watch::{Condition, WatchItem};
use jiff::Timestamp;

use super::condition::matches;
use super::plan::{Before, Plan, Row, plan, remind};
use crate::routing::Routing;
use crate::settings::{ChannelKind, ChannelSettings};

pub(super) fn time(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_767_945_600 + seconds).expect("a time of this century")
}

pub(super) fn value(text: &str) -> Amount {
    let number = |text: &str| text.parse::<Number>().expect(text);
    match text.split_once("..") {
        Some((low, high)) => Amount::Range { low: number(low), high: number(high) },
        None => Amount::Value { value: number(text) },
    }
}

pub(super) fn figure(measure: Measure, amount: &str) -> Figure {
    Figure {
        area: Area::new("TW"),
        flow: Flow::Exports,
        partner: None,
        product: None,
        period: "2025-12".parse().expect("a period"),
        measure,
        status: Status::Actual,
        amount: value(amount),
        unit: if measure.is_money() { Unit("USD".into()) } else { Unit::percent() },
        basis: None,
        precision: None,
        forecaster: None,
        headline: true,
        evidence: evidence("12月出口624.8億美元,年增43.4%"),
        claims: Vec::new(),
        rule: "test".into(),
        confidence: Confidence::High,
    }
}

fn evidence(text: &str) -> Evidence {
    Evidence { text: text.into(), start: 0, end: text.chars().count() }
}

pub(super) fn document() -> DocumentId {
    DocumentId::new("doc-1")
}

pub(super) fn mention(text: &str) -> Mention {
    Mention {
        source: SourceId::new("wire"),
        document: document(),
        url: "https://example.org/1".into(),
        title: "12月出口創新高".into(),
        published: Some("2026-01-09".into()),
        at: time(0),
        trust: Trust::Press,
        amount: None,
        precision: None,
        agrees: true,
        evidence: evidence(text),
        claims: Vec::new(),
        rule: "test".into(),
        cites: None,
        unsure: false,
        restates: false,
        outdated: false,
        taken_back: Vec::new(),
        action: None,
        quote: None,
    }
}

pub(super) fn row(fact: Fact) -> Row {
    let id = match &fact {
        Fact::Figure(figure) => EventId(format!("ev-{}-{}", figure.measure.code(), figure.period)),
        Fact::Statement(_) => EventId::new("ev-words"),
        Fact::Policy(_) => EventId::new("ev-policy"),
    };
    let vintages = match &fact {
        Fact::Figure(figure) => vec![Vintage {
            amount: figure.amount,
            precision: None,
            from: time(0),
            source: SourceId::new("wire"),
            url: "https://example.org/1".into(),
            trust: Trust::Press,
        }],
        Fact::Statement(_) | Fact::Policy(_) => Vec::new(),
    };
    let release = matches!(fact, Fact::Figure(_)).then(|| ReleaseId::new("TW-2025-12"));
    let text = match &fact {
        Fact::Figure(figure) => figure.evidence.text.clone(),
        Fact::Statement(words) => words.evidence.text.clone(),
        Fact::Policy(action) => action.evidence.text.clone(),
    };
    let event = Event {
        id: id.clone(),
        fact,
        state: EventState::New,
        first_seen: time(0),
        changed: time(0),
        release: release.clone(),
        vintages,
        mention_count: 1,
        backlog: false,
        corrected: false,
    };
    let change = EventChange::New { document: document() };
    Row {
        entry: ChangeEntry { at: time(0), event: id, release, change, silent: false },
        event,
        mention: Some(mention(&text)),
    }
}

pub(super) fn figure_row(measure: Measure, amount: &str) -> Row {
    row(Fact::Figure(figure(measure, amount)))
}

pub(super) fn item(when: &str, channels: &[&str]) -> WatchItem {
    let channels = channels.iter().map(|id| ChannelId::new(*id)).collect();
    WatchItem { channels, ..WatchItem::new(WatchId::new("item"), "台灣出口", condition(when)) }
}

pub(super) fn condition(toml: &str) -> Condition {
    toml::from_str(toml).expect(toml)
}

pub(super) fn channel(id: &str, releases: bool) -> ChannelSettings {
    ChannelSettings { releases, ..ChannelSettings::new(ChannelId::new(id), ChannelKind::Log) }
}

/// What earlier batches have done.
#[derive(Default)]
pub(super) struct Earlier {
    pub(super) flags: HashSet<FlagId>,
    pub(super) alerts: HashSet<AlertId>,
    pub(super) outbox: HashMap<AlertId, Alert>,
    pub(super) releases: HashSet<ReleaseId>,
    pub(super) mentions: Vec<Mention>,
    pub(super) series: Vec<Figure>,
}

impl Earlier {
    pub(super) fn take(&mut self, plan: &Plan) {
        self.outbox.extend(plan.alerts.iter().map(|alert| (alert.id.clone(), alert.clone())));
        self.flags.extend(plan.flags.iter().map(|flag| flag.id.clone()));
        self.alerts.extend(plan.alerts.iter().map(|alert| alert.id.clone()));
    }
}

impl Before for Earlier {
    type Error = Infallible;

    fn has_flag(&self, id: &FlagId) -> Result<bool, Infallible> {
        Ok(self.flags.contains(id))
    }

    fn has_alert(&self, id: &AlertId) -> Result<bool, Infallible> {
        Ok(self.alerts.contains(id))
    }

    fn alert(&self, id: &AlertId) -> Result<Option<Alert>, Infallible> {
        Ok(self.outbox.get(id).cloned())
    }

    fn had_headlines(&self, release: &ReleaseId, _: Timestamp) -> Result<bool, Infallible> {
        Ok(self.releases.contains(release))
    }

    fn mentions(&self, _: &EventId) -> Result<Vec<Mention>, Infallible> {
        Ok(self.mentions.clone())
    }

    fn series(&self, _: &Figure) -> Result<Vec<Figure>, Infallible> {
        Ok(self.series.clone())
    }
}

fn planned(rows: &[Row], items: &[WatchItem], channels: &[ChannelSettings], earlier: &Earlier) -> Plan {
    let releases = channels.iter().filter(|channel| channel.releases).map(|channel| channel.id.clone()).collect();
    let Ok(plan) = plan(rows, items, &Routing { releases, ..Routing::default() }, earlier, time(60));
    plan
}

/// `kind channel: summary`, one a line.
pub(super) fn lines(alerts: &[Alert]) -> Vec<String> {
    alerts.iter().map(|alert| format!("{} {}: {}", alert.kind.name(), alert.channel, alert.summary)).collect()
}

#[test]
fn each_part_of_a_condition_must_hold() {
    let mut share = figure(Measure::Share, "30.5");
    share.partner = Partner::of(&[Area::new("US")]);
    share.product = Some("資通與視聽產品".into());
    let forecast = Figure { status: Status::Forecast, ..figure(Measure::Yoy, "50..56") };
    let words = Fact::Statement(SpokenWords {
        name: "蔡美娜".into(),
        title: Some("統計處長".into()),
        org: Some("財政部".into()),
        text: "外銷訂單滿載".into(),
        direct: true,
        evidence: evidence("蔡美娜說，外銷訂單滿載。"),
    });
    let policy = Fact::Policy(policy());
    let total = Fact::Figure(figure(Measure::Level, "62480000000"));
    let (share, forecast) = (Fact::Figure(share), Fact::Figure(forecast));
    for (when, fact, expected) in [
        ("", &total, true),
        ("area = \"TW\"\nflow = \"exports\"\nmeasure = \"level\"\nperiod = \"2025-12\"", &total, true),
        ("area = \"KR\"", &total, false),
        ("flow = \"imports\"", &total, false),
        ("partner = \"all\"", &total, true),
        ("partner = \"all\"", &share, false),
        ("partner = \"US\"\nabove = 30", &share, true),
        ("partner = \"US\"\nabove = 30.5", &share, false),
        ("partner = \"CN\"", &share, false),
        ("product = [\"all\"]", &total, true),
        ("product = [\"all\"]", &share, false),
        ("product = [\"资通\"]", &share, true),
        ("product = [\"汽車\"]", &share, false),
        ("product = [\"資通\"]", &total, false),
        ("measure = \"yoy\"\nabove = 55", &forecast, true),
        ("measure = \"yoy\"\nabove = 56", &forecast, false),
        ("measure = \"yoy\"\nbelow = 51", &forecast, true),
        ("status = \"forecast\"", &forecast, true),
        ("status = \"forecast\"", &total, false),
        ("status = \"actual\"", &forecast, false),
        ("status = \"disputed\"", &total, false),
        ("words = [\"记录\", \"億美元\"]", &total, true),
        ("words = [\"亿美元\"]", &total, true),
        ("words = [\"關稅\"]", &total, false),
        ("speaker = \"蔡美娜\"", &words, true),
        ("speaker = \"卓榮泰\"", &words, false),
        ("speaker = \"蔡美娜\"\nwords = [\"外销订单\"]", &words, true),
        ("speaker = \"蔡美娜\"", &total, false),
        ("area = \"TW\"", &words, false),
        ("kind = \"policy\"", &policy, true),
        ("kind = \"policy\"", &words, false),
        ("[policy]\nissuer = \"商務部\"\ncategory = \"export_control\"\nsubject = [\"稀土\"]", &policy, true),
        ("[policy]\nnumber = \"2025-61\"", &policy, false),
        ("[policy]\npartner = \"JP\"", &policy, false),
        ("[policy]\nissuer = \"商務部\"", &total, false),
        ("above = 1", &policy, false),
    ] {
        let row = row(fact.clone());
        let Ok(reason) = matches(&condition(when), &row, &Earlier::default());
        assert_eq!(reason.is_some(), expected, "{when} on {fact:?}");
    }
}

fn policy() -> PolicyAction {
    PolicyAction {
        issuer: Some("商务部、海关总署".into()),
        number: Some("2025-62".into()),
        subject: "对稀土相关技术实施出口管制".into(),
        announced: None,
        effective: None,
        expires: None,
        partner: None,
        category: Some("export_control".into()),
        kind: None,
        refers: Vec::new(),
        parts: Vec::new(),
        originals: Vec::new(),
        evidence: evidence("公布对稀土相关技术实施出口管制的决定"),
    }
}

#[test]
fn an_item_is_reminded_of_days_that_come_near_and_is_silent_after_its_last_day() {
    let action = PolicyAction { expires: Some("2026-01-16".parse().expect("a day")), ..policy() };
    let rows = [row(Fact::Policy(action)), figure_row(Measure::Yoy, "43.4")];
    let asked = WatchItem { remind: vec![30, 7], ..item("kind = \"policy\"", &["desk"]) };
    let routing = Routing::default();
    let mut earlier = Earlier::default();
    let mut alerts = |items: &[WatchItem], day: i64| {
        let Ok(alerts) = remind(&rows, items, &routing, &earlier, time(day * 86_400));
        earlier.alerts.extend(alerts.iter().map(|alert| alert.id.clone()));
        alerts
    };
    // It is the 9th.
    let items = [asked.clone()];
    let first = alerts(&items, 0);
    assert_eq!(
        lines(&first),
        [
            "watch.deadline desk: 台灣出口: ends with 2026-01-16, in 7 days: 商务部、海关总署 2025-62: 对稀土相关技术实施出口管制 (wire: 12月出口創新高)"
        ]
    );
    let data: serde_json::Value = serde_json::from_str(&first[0].data).expect("JSON");
    assert_eq!((&data["deadline"]["day"], &data["deadline"]["days"]), (&"2026-01-16".into(), &7.into()));
    assert_eq!(alerts(&items, 1), [], "once a stage");
    let over = WatchItem { expires: Some("2026-01-08".parse().expect("a day")), ..asked.clone() };
    assert_eq!(alerts(std::slice::from_ref(&over), -1).len(), 1, "its last day is not over");
    assert_eq!(alerts(&[WatchItem { remind: vec![10], ..over.clone() }], 0), []);
    assert_eq!(alerts(&[WatchItem { remind: Vec::new(), ..asked }], 0), []);
    assert_eq!(planned(&rows, &[over], &[], &Earlier::default()), Plan::default());
}

#[test]
fn a_flag_says_why_and_its_alert_begins_with_the_number() {
    let rows = [figure_row(Measure::Yoy, "43.4")];
    let items = [item("area = \"TW\"\nabove = 40", &["desk"])];
    let plan = planned(&rows, &items, &[], &Earlier::default());
    assert_eq!(plan.flags[0].reason, "TW exports 2025-12: +43.4% on a year before (above 40%)");
    assert_eq!(
        lines(&plan.alerts),
        ["watch.flagged desk: 台灣出口: TW exports 2025-12: +43.4% on a year before (wire: 12月出口創新高)"]
    );
    let data: serde_json::Value = serde_json::from_str(&plan.alerts[0].data).expect("JSON");
    assert_eq!(data["id"], rows[0].event.id.as_str());
    assert_eq!((&data["figure"]["value"], &data["watch"]["id"]), (&43.4.into(), &"item".into()));
    assert_eq!(data["evidence"]["text"], "12月出口624.8億美元,年增43.4%");
    assert_eq!(data["flag"], plan.flags[0].id.as_str());
}

#[test]
fn the_same_fact_flags_an_item_once_a_value() {
    let items = [item("area = \"TW\"", &["desk"])];
    let mut earlier = Earlier::default();
    let first = figure_row(Measure::Level, "62480000000");
    let plan = planned(&[first.clone(), first.clone()], &items, &[], &earlier);
    assert_eq!((plan.flags.len(), plan.alerts.len()), (1, 1));
    earlier.take(&plan);
    let mut finer = figure_row(Measure::Level, "62481000000");
    finer.entry.change = EventChange::Merged { document: document() };
    assert_eq!(planned(&[finer], &items, &[], &earlier), Plan::default(), "a more exact number is no news");
    let revised = planned(&[revision()], &items, &[], &earlier);
    assert_eq!(revised.flags.len(), 1);
    assert_eq!(revised.alerts[0].kind.name(), "figure.revised");
}

/// 62.48 billion became 62.5 billion.
fn revision() -> Row {
    let mut row = figure_row(Measure::Level, "62500000000");
    row.entry.change =
        EventChange::Revised { document: document(), old: value("62480000000"), new: value("62500000000") };
    row.event.state = EventState::Revised;
    row.event.vintages.push(Vintage { from: time(50), ..row.event.vintages[0].clone() });
    row
}

#[test]
fn a_revision_tells_both_values_once_a_channel() {
    let channels = [channel("desk", true), channel("quiet", false)];
    let items = [item("area = \"TW\"", &["desk", "watchers"])];
    let plan = planned(&[revision()], &items, &channels, &Earlier::default());
    let summary = "TW exports 2025-12 revised: 62.5 billion USD, was 62.48 billion USD (wire: 12月出口創新高)";
    assert_eq!(
        lines(&plan.alerts),
        [format!("figure.revised desk: {summary}"), format!("figure.revised watchers: {summary}")]
    );
    let data: serde_json::Value = serde_json::from_str(&plan.alerts[0].data).expect("JSON");
    assert_eq!(data["old"]["value"], 62_480_000_000_i64);
    assert_eq!(data["new"]["value"], 62_500_000_000_i64);
}

#[test]
fn a_dispute_tells_what_was_said() {
    let mut row = figure_row(Measure::Level, "62480000000");
    row.event.state = EventState::Disputed;
    row.entry.change = EventChange::Disputed { document: document(), said: value("64280000000") };
    let plan = planned(&[row], &[], &[channel("desk", true)], &Earlier::default());
    let expected = "TW exports 2025-12 disputed: 62.48 billion USD, but 64.28 billion USD (wire: 12月出口創新高)";
    assert_eq!(lines(&plan.alerts), [format!("figure.disputed desk: {expected}")]);
}

#[test]
fn a_release_is_told_once_with_its_level_and_change_first() {
    let channels = [channel("desk", true), channel("quiet", false)];
    let mut annual = figure(Measure::Level, "640750000000");
    annual.period = "2025".parse().expect("a period");
    let forecast = Figure { status: Status::Forecast, ..figure(Measure::Yoy, "50..56") };
    let rows = [
        row(Fact::Figure(forecast)),
        row(Fact::Figure(annual)),
        figure_row(Measure::Yoy, "43.4"),
        figure_row(Measure::Level, "62480000000"),
    ];
    let mut earlier = Earlier::default();
    let plan = planned(&rows, &[], &channels, &earlier);
    let expected = "TW exports 2025-12: 62.48 billion USD, +43.4% on a year before (wire: 12月出口創新高)";
    assert_eq!(lines(&plan.alerts), [format!("release.new desk: {expected}")]);
    let data: serde_json::Value = serde_json::from_str(&plan.alerts[0].data).expect("JSON");
    assert_eq!((&data["id"], &data["figure_count"]), (&"TW-2025-12".into(), &4.into()));
    assert_eq!(data["figures"][0]["figure"]["value"], 62_480_000_000_i64);
    earlier.take(&plan);
    assert!(planned(&[figure_row(Measure::Mom, "2.1")], &[], &channels, &earlier).alerts.is_empty());
    let earlier = Earlier { releases: [ReleaseId::new("TW-2025-12")].into(), ..Earlier::default() };
    assert!(planned(&rows, &[], &channels, &earlier).alerts.is_empty(), "a backlog had brought it");
}

#[test]
fn a_release_waits_for_a_headline_figure_that_has_happened() {
    let part = Figure { headline: false, partner: Partner::of(&[Area::new("US")]), ..figure(Measure::Share, "30.5") };
    let forecast = Figure { status: Status::Forecast, ..figure(Measure::Yoy, "50..56") };
    let rows = [row(Fact::Figure(part)), row(Fact::Figure(forecast))];
    assert!(planned(&rows, &[], &[channel("desk", true)], &Earlier::default()).alerts.is_empty());
}

#[test]
fn silent_rows_flag_and_wake_nobody() {
    let silent = |mut row: Row| {
        row.entry.silent = true;
        row
    };
    let rows = [silent(figure_row(Measure::Level, "62480000000")), silent(revision())];
    let items = [item("area = \"TW\"", &["desk"])];
    let plan = planned(&rows, &items, &[channel("desk", true)], &Earlier::default());
    assert_eq!((plan.flags.len(), plan.alerts.len()), (2, 0));
}

#[test]
fn what_a_backlog_told_already_is_told_once_it_proves_to_be_news() {
    let items = [item("area = \"TW\"", &["desk"])];
    let channels = [channel("desk", true)];
    let mut silent = figure_row(Measure::Level, "62480000000");
    silent.entry.silent = true;
    let mut earlier = Earlier { releases: [ReleaseId::new("TW-2025-12")].into(), ..Earlier::default() };
    let plan = planned(&[silent.clone()], &items, &channels, &earlier);
    assert_eq!((plan.flags.len(), plan.alerts.len()), (1, 0));
    earlier.take(&plan);
    let mut fresh = silent;
    (fresh.entry.silent, fresh.entry.at) = (false, time(30));
    let plan = planned(&[fresh.clone()], &items, &channels, &earlier);
    let kinds: Vec<&str> = plan.alerts.iter().map(|alert| alert.kind.name()).collect();
    assert_eq!((plan.flags.len(), kinds), (0, vec!["watch.flagged", "release.new"]));
    earlier.take(&plan);
    assert_eq!(planned(&[fresh], &items, &channels, &earlier), Plan::default(), "once");
}

#[test]
fn words_of_a_page_stay_words() {
    let mut row = figure_row(Measure::Level, "62480000000");
    let hostile = format!("\u{1b}[2J\r\nfake\u{202e}line {}", "x".repeat(90_000));
    let mention = row.mention.as_mut().expect("a mention");
    (mention.title, mention.evidence.text) = (hostile.clone(), hostile);
    let items = [item("", &["desk"])];
    let plan = planned(&[row], &items, &[channel("desk", true)], &Earlier::default());
    assert_eq!(plan.alerts.len(), 2);
    for alert in plan.alerts {
        assert!(!alert.summary.contains(|c: char| c.is_control() || c == '\u{202e}'), "{}", alert.summary);
        assert!(alert.data.len() < 20_000, "{} bytes", alert.data.len());
    }
}
