//! Values to fill a store with, each made from a few words. Written for these tests.

use bellwether_model::alert::{Alert, AlertKind, ChannelState, Delivery};
use bellwether_model::document::{DocumentKind, DocumentRecord};
use bellwether_model::event::{ChangeEntry, Event, EventChange, EventState, Fact, Mention, SpokenWords, Vintage};
use bellwether_model::evidence::Evidence;
use bellwether_model::figure::{Amount, Confidence, Figure, Flow, Measure, Status, Unit};
use bellwether_model::id::{
    AlertId, ChannelId, ContentHash, DocumentId, EventId, FlagId, ReleaseId, SnapshotId, SourceId, WatchId,
};
use bellwether_model::place::{Area, Partner};
use bellwether_model::policy::PolicyAction;
use bellwether_model::snapshot::Snapshot;
use bellwether_model::source::{Host, Resource, ResourceRole, Trust};
use bellwether_model::watch::Flag;
use bellwether_model::web::CanonicalUrl;
use bellwether_store::{Change, Transaction};
use jiff::Timestamp;

/// So many seconds after the start of 2026.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + seconds).unwrap()
}

pub(crate) fn url(path: &str) -> CanonicalUrl {
    CanonicalUrl::parse(&format!("https://news.example/{path}")).unwrap()
}

pub(crate) fn transaction(seconds: i64, changes: impl IntoIterator<Item = Change>) -> Transaction {
    Transaction { at: at(seconds), changes: changes.into_iter().collect() }
}

pub(crate) fn evidence(text: &str) -> Evidence {
    Evidence { text: text.to_owned(), start: 3, end: 3 + text.chars().count() }
}

pub(crate) fn resource(path: &str, source: &str, due: Option<i64>) -> Resource {
    Resource {
        due: due.map(at),
        etag: Some("\"v1\"".into()),
        ..Resource::new(url(path), SourceId::new(source), ResourceRole::Document, at(0))
    }
}

pub(crate) fn host(origin: &str, failures: u32) -> Host {
    Host { origin: origin.to_owned(), last_request: Some(at(1)), backoff_until: None, failures, robots: None }
}

pub(crate) fn snapshot(name: &str, fetched: i64) -> Snapshot {
    Snapshot {
        id: SnapshotId::new(name),
        source: SourceId::new("wire"),
        url: url(name),
        final_url: url(name),
        role: ResourceRole::Document,
        fetched: at(fetched),
        status: 200,
        content_type: Some("text/html".into()),
        headers: vec![("etag".into(), "\"v1\"".into())],
        content: ContentHash::of(name.as_bytes()),
        body_bytes: 12,
        hint: None,
    }
}

pub(crate) fn document(name: &str, source: &str, first_read: i64) -> DocumentRecord {
    DocumentRecord {
        id: DocumentId::new(name),
        snapshot: SnapshotId::new("snap"),
        source: SourceId::new(source),
        trust: Trust::Press,
        url: url(name),
        title: "12月出口創新高".into(),
        published: None,
        authors: vec!["王小明".into()],
        publisher: None,
        language: None,
        kind: DocumentKind::News,
        cites: None,
        comments: None,
        body_chars: 300,
        first_read: at(first_read),
        last_read: at(first_read),
        rules: 1,
        problems: Vec::new(),
    }
}

pub(crate) fn amount(text: &str) -> Amount {
    Amount::Value { value: text.parse().unwrap() }
}

pub(crate) fn figure(area: &str, flow: Flow, period: &str, measure: Measure) -> Figure {
    Figure {
        area: Area::new(area),
        flow,
        partner: None,
        product: None,
        period: period.parse().unwrap(),
        measure,
        status: Status::Actual,
        amount: amount("62480000000"),
        unit: Unit("USD".into()),
        basis: None,
        precision: None,
        forecaster: None,
        headline: true,
        evidence: evidence("出口624.8億美元"),
        claims: Vec::new(),
        rule: "amount".into(),
        confidence: Confidence::High,
    }
}

pub(crate) fn event(name: &str, fact: Fact, changed: i64) -> Event {
    Event {
        id: EventId::new(name),
        fact,
        state: EventState::New,
        first_seen: at(1),
        changed: at(changed),
        release: None,
        vintages: vec![Vintage {
            amount: amount("62480000000"),
            precision: None,
            from: at(1),
            source: SourceId::new("wire"),
            url: "https://news.example/a".into(),
            trust: Trust::Press,
        }],
        mention_count: 1,
        backlog: false,
        corrected: false,
    }
}

pub(crate) fn figure_event(name: &str, area: &str, flow: Flow, period: &str, measure: Measure) -> Event {
    event(name, Fact::Figure(figure(area, flow, period, measure)), 1)
}

pub(crate) fn statement(name: &str, first_seen: i64) -> Event {
    let words = SpokenWords {
        name: "王小明".into(),
        title: Some("處長".into()),
        org: None,
        text: "出口動能可望延續".into(),
        direct: true,
        evidence: evidence("「出口動能可望延續」"),
    };
    Event { first_seen: at(first_seen), vintages: Vec::new(), ..event(name, Fact::Statement(words), 1) }
}

pub(crate) fn policy(name: &str, announced: &str, partner: Option<&str>) -> Event {
    let action = PolicyAction {
        issuer: Some("商务部".into()),
        number: Some("2025-62".into()),
        subject: "出口管制".into(),
        announced: Some(announced.parse().unwrap()),
        effective: None,
        expires: None,
        partner: partner.map(|code| Partner(code.to_owned())),
        category: Some("export_control".into()),
        kind: None,
        refers: Vec::new(),
        parts: Vec::new(),
        originals: Vec::new(),
        evidence: evidence("决定对相关物项实施出口管制"),
    };
    Event { vintages: Vec::new(), ..event(name, Fact::Policy(action), 1) }
}

pub(crate) fn mention(document: &str, source: &str, read: i64) -> Mention {
    Mention {
        source: SourceId::new(source),
        document: DocumentId::new(document),
        url: url(document).to_string(),
        title: "12月出口創新高".into(),
        published: Some("2026-01-08".into()),
        at: at(read),
        trust: Trust::Press,
        amount: Some(amount("43.4")),
        precision: None,
        agrees: true,
        evidence: evidence("年增43.4%"),
        claims: Vec::new(),
        rule: "rate".into(),
        cites: None,
        unsure: false,
        restates: false,
        outdated: false,
        taken_back: Vec::new(),
        action: None,
        quote: None,
    }
}

pub(crate) fn mentioned(event: &str, mention: Mention) -> Change {
    Change::Mention { event: EventId::new(event), mention: Box::new(mention) }
}

pub(crate) fn row(event: &str, document: &str, seconds: i64) -> ChangeEntry {
    ChangeEntry {
        at: at(seconds),
        event: EventId::new(event),
        release: Some(ReleaseId::new("TW-2025-12")),
        change: EventChange::New { document: DocumentId::new(document) },
        silent: false,
    }
}

pub(crate) fn flag(name: &str, watch: &str, seconds: i64) -> Flag {
    Flag {
        id: FlagId::new(name),
        watch: WatchId::new(watch),
        title: "對美出口集中".into(),
        event: EventId::new("ev-1"),
        release: None,
        at: at(seconds),
        reason: "31.5 % lies above 30 %".into(),
        document: Some(DocumentId::new("doc-1")),
        url: "https://news.example/a".into(),
        evidence: evidence("占比31.5%"),
        resolved: None,
    }
}

pub(crate) fn alert(name: &str, created: i64, delivery: Delivery) -> Alert {
    Alert {
        id: AlertId::new(name),
        kind: AlertKind::ReleaseNew,
        channel: ChannelId::new("desk"),
        created: at(created),
        subject: "TW-2025-12".into(),
        summary: "exports 62.48e9 USD".into(),
        data: "{\"id\":\"TW-2025-12\"}".into(),
        labels: [("area".to_owned(), "TW".to_owned())].into(),
        group: None,
        delivery,
    }
}

pub(crate) fn channel(name: &str, not_before: Option<i64>) -> ChannelState {
    ChannelState {
        id: ChannelId::new(name),
        fingerprint: "of its configuration".into(),
        disabled: None,
        not_before: not_before.map(at),
    }
}

pub(crate) fn waiting(due: i64) -> Delivery {
    Delivery::Waiting { due: at(due), attempts: 0, last_error: None }
}
