//! A store filled by hand: two weeks of trade news in both scripts, one hostile page, sources in every state of health.

#![allow(dead_code, reason = "each test program uses its part")]

use std::path::Path;
use std::time::Duration;

use bellwether::settings::{CrawlerSettings, ServeSettings, Settings, SharingSettings, SourceSettings, StorePlace};
use bellwether_model::alert::{Alert, AlertKind, Delivery};
use bellwether_model::document::{CommentCounts, DocumentKind, DocumentRecord, Language, PageTime};
use bellwether_model::event::{ChangeEntry, Event, EventChange, EventState, Fact, Mention, SpokenWords, Vintage};
use bellwether_model::evidence::Evidence;
use bellwether_model::figure::{Amount, Confidence, Figure, Flow, Measure, Status, Unit};
use bellwether_model::id::{ChannelId, ContentHash, DocumentId, EventId, ReleaseId, SourceId, WatchId};
use bellwether_model::place::{Area, Partner};
use bellwether_model::policy::PolicyAction;
use bellwether_model::snapshot::Snapshot;
use bellwether_model::source::{Resource, ResourceRole, SourceKind, Trust, Visit, VisitOutcome};
use bellwether_model::watch::{Condition, Flag, WatchItem};
use bellwether_model::web::CanonicalUrl;
use bellwether_store::{Change, Store, Transaction};
use jiff::Timestamp;

/// A title that tries to break out of every form.
pub(crate) const HOSTILE: &str =
    "<script>alert('title')</script>\"><img src=x onerror=alert(1)> [go](javascript:alert(2)) {{ leak }} | # **bold**";

/// The time at which the readers of the tests look at the store.
pub(crate) fn now() -> Timestamp {
    at("2026-01-12T02:00:00Z")
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

struct Page {
    source: &'static str,
    trust: Trust,
    url: &'static str,
    title: &'static str,
    published: Option<&'static str>,
    read: &'static str,
    language: Language,
    kind: DocumentKind,
    comments: Option<CommentCounts>,
}

const AGENCY: Page = Page {
    source: "customs",
    trust: Trust::Official,
    url: "https://customs.example/releases/2026-01",
    title: "海關進出口貿易初步統計",
    published: Some("2026-01-09T08:00:00Z"),
    read: "2026-01-09T08:01:00Z",
    language: Language::ChineseTraditional,
    kind: DocumentKind::Policy,
    comments: None,
};
const WIRE: Page = Page {
    source: "wire",
    trust: Trust::Press,
    url: "https://wire.example/2026/01/exports",
    title: "Exports end the year on a high",
    published: Some("2026-01-09"),
    read: "2026-01-09T08:20:00Z",
    language: Language::English,
    kind: DocumentKind::News,
    comments: None,
};
const BOARD: Page = Page {
    source: "board",
    trust: Trust::Forum,
    url: "https://board.example/M.1",
    title: "[新聞] 去年出口創新高",
    published: Some("2026-01-10"),
    read: "2026-01-10T01:00:00Z",
    language: Language::ChineseTraditional,
    kind: DocumentKind::Forum,
    comments: Some(CommentCounts { push: 12, boo: 3, neutral: 5 }),
};
const EVIL: Page = Page {
    source: "board",
    trust: Trust::Forum,
    url: "javascript:alert(3)",
    title: HOSTILE,
    published: None,
    read: "2026-01-10T02:00:00Z",
    language: Language::ChineseTraditional,
    kind: DocumentKind::Forum,
    comments: None,
};
const WEEK_BEFORE: Page = Page {
    source: "wire",
    trust: Trust::Press,
    url: "https://wire.example/2026/01/preview",
    title: "What to expect of the December figures",
    published: Some("2026-01-02"),
    read: "2026-01-02T09:00:00Z",
    language: Language::English,
    kind: DocumentKind::News,
    comments: None,
};
const MINISTRY: Page = Page {
    source: "ministry",
    trust: Trust::Official,
    url: "https://ministry.example/announcements/3",
    title: "关于对部分物项实施出口管制的公告",
    published: Some("2026-01-07"),
    read: "2026-01-07T04:00:00Z",
    language: Language::ChineseSimplified,
    kind: DocumentKind::Policy,
    comments: None,
};

fn document_id(page: &Page) -> DocumentId {
    CanonicalUrl::parse(page.url).map_or_else(|_| DocumentId::new("doc-hostile"), |url| url.document())
}

fn evidence(words: &str) -> Evidence {
    Evidence { text: words.to_owned(), start: 0, end: words.chars().count() }
}

fn mention(page: &Page, words: &str, amount: Option<Amount>, agrees: bool) -> Mention {
    Mention {
        source: SourceId::new(page.source),
        document: document_id(page),
        url: page.url.to_owned(),
        title: page.title.to_owned(),
        published: page.published.map(ToOwned::to_owned),
        at: at(page.read),
        trust: page.trust,
        amount,
        precision: None,
        agrees,
        evidence: evidence(words),
        claims: Vec::new(),
        rule: "amount-of-flow".to_owned(),
        cites: None,
        unsure: false,
        restates: false,
        outdated: false,
        taken_back: Vec::new(),
        action: None,
        quote: None,
    }
}

fn value(text: &str) -> Amount {
    match text.split_once("..") {
        Some((low, high)) => Amount::Range { low: low.parse().unwrap(), high: high.parse().unwrap() },
        None => Amount::Value { value: text.parse().unwrap() },
    }
}

fn figure(flow: Flow, period: &str, measure: Measure, amount: &str, words: &str) -> Figure {
    Figure {
        area: Area::new("TW"),
        flow,
        partner: None,
        product: None,
        period: period.parse().unwrap(),
        measure,
        status: Status::Actual,
        amount: value(amount),
        unit: if matches!(measure, Measure::Level) { Unit("USD".into()) } else { Unit::percent() },
        basis: None,
        precision: None,
        forecaster: None,
        headline: true,
        evidence: evidence(words),
        claims: Vec::new(),
        rule: "amount-of-flow".to_owned(),
        confidence: Confidence::High,
    }
}

struct Filler {
    transaction: Transaction,
    count: usize,
}

impl Filler {
    fn event(&mut self, fact: Fact, state: EventState, release: Option<&str>, mentions: &[Mention]) -> EventId {
        self.count += 1;
        let id = EventId::new(format!("ev-{:024x}", self.count));
        let first = mentions.first().expect("an event has a mention");
        let vintages = match &fact {
            Fact::Figure(figure) => vintages(figure, state, mentions),
            _ => Vec::new(),
        };
        let event = Event {
            id: id.clone(),
            fact,
            state,
            first_seen: first.at,
            changed: mentions.iter().map(|mention| mention.at).max().unwrap(),
            release: release.map(ReleaseId::new),
            vintages,
            mention_count: u32::try_from(mentions.len()).unwrap(),
            backlog: false,
            corrected: false,
        };
        let entry = |change| ChangeEntry {
            at: first.at,
            event: id.clone(),
            release: event.release.clone(),
            change,
            silent: false,
        };
        self.transaction.push(Change::Event(Box::new(event.clone())));
        self.transaction.push(Change::Log(Box::new(entry(EventChange::New { document: first.document.clone() }))));
        for mention in mentions {
            self.transaction.push(Change::Mention { event: id.clone(), mention: Box::new(mention.clone()) });
        }
        if let [old, new, ..] = event.vintages.as_slice() {
            let change = EventChange::Revised { document: first.document.clone(), old: old.amount, new: new.amount };
            self.transaction.push(Change::Log(Box::new(entry(change))));
        }
        id
    }

    fn document(&mut self, page: &Page) {
        let Ok(url) = CanonicalUrl::parse(page.url) else {
            return;
        };
        let content = ContentHash::of(page.title.as_bytes());
        let snapshot = Snapshot {
            id: Snapshot::name(&url, at(page.read), &content),
            source: SourceId::new(page.source),
            url: url.clone(),
            final_url: url.clone(),
            role: ResourceRole::Document,
            fetched: at(page.read),
            status: 200,
            content_type: None,
            headers: Vec::new(),
            content,
            body_bytes: 1000,
            hint: None,
        };
        self.transaction.push(Change::Snapshot(Box::new(snapshot.clone())));
        self.transaction.push(Change::Read(snapshot.id.clone()));
        self.transaction.push(Change::Document(Box::new(DocumentRecord {
            id: document_id(page),
            snapshot: snapshot.id,
            source: SourceId::new(page.source),
            trust: page.trust,
            url,
            title: page.title.to_owned(),
            published: page.published.and_then(|text| text.get(..10)?.parse().ok()).map(PageTime::day),
            authors: Vec::new(),
            publisher: None,
            language: Some(page.language),
            kind: page.kind,
            cites: (page.kind == DocumentKind::Forum).then(|| "https://news.example/original".to_owned()),
            comments: page.comments,
            body_chars: 800,
            first_read: at(page.read),
            last_read: at(page.read),
            rules: 1,
            problems: if page.source == "ministry" { vec!["a table could not be read".to_owned()] } else { Vec::new() },
        })));
    }

    fn resource(&mut self, source: &str, url: &str, role: ResourceRole, outcome: Option<VisitOutcome>) {
        self.transaction.push(Change::Resource(Box::new(Resource {
            due: (role != ResourceRole::Document).then(|| at("2026-01-12T02:10:00Z")),
            visit: outcome.map(|outcome| Visit { at: at("2026-01-12T01:50:00Z"), outcome, took_ms: Some(240) }),
            ..Resource::new(CanonicalUrl::parse(url).unwrap(), SourceId::new(source), role, at("2026-01-01T00:00:00Z"))
        })));
    }

    fn flag(&mut self, watch: &str, title: &str, event: &EventId, page: &Page, words: &str, reason: &str) {
        let watch = WatchId::new(watch);
        self.transaction.push(Change::Flag(Box::new(Flag {
            id: Flag::name(&watch, event, reason),
            watch,
            title: title.to_owned(),
            event: event.clone(),
            release: Some(ReleaseId::new("TW-2025-12")),
            at: at(page.read),
            reason: reason.to_owned(),
            document: Some(document_id(page)),
            url: page.url.to_owned(),
            evidence: evidence(words),
            resolved: None,
        })));
    }

    fn alert(&mut self, subject: &str, kind: AlertKind, created: &str, summary: &str, delivery: Delivery) {
        let channel = ChannelId::new("desk");
        self.transaction.push(Change::Alert(Box::new(Alert {
            id: Alert::name(kind, &channel, subject, summary),
            kind,
            channel,
            created: at(created),
            subject: subject.to_owned(),
            summary: summary.to_owned(),
            data: format!("{{\"id\":\"{subject}\"}}"),
            labels: [].into(),
            group: None,
            delivery,
        })));
    }
}

fn vintages(figure: &Figure, state: EventState, mentions: &[Mention]) -> Vec<Vintage> {
    let first = mentions.first().unwrap();
    let vintage = |amount, from| Vintage {
        amount,
        precision: None,
        from,
        source: first.source.clone(),
        url: first.url.clone(),
        trust: first.trust,
    };
    let shown = vintage(figure.amount, first.at);
    match state {
        EventState::Revised => vec![vintage(value("21.4"), at("2026-01-09T07:00:00Z")), shown],
        _ => vec![shown],
    }
}

/// Fills a new store in this folder.
pub(crate) fn store(directory: &Path) -> Store {
    let store = Store::open(directory).unwrap();
    let mut filler = Filler { transaction: Transaction::new(at("2026-01-10T02:00:00Z")), count: 0 };
    for page in [&AGENCY, &WIRE, &BOARD, &WEEK_BEFORE, &MINISTRY] {
        filler.document(page);
    }
    figures(&mut filler);
    words(&mut filler);
    surroundings(&mut filler);
    store.commit(filler.transaction).unwrap();
    store
}

fn figures(filler: &mut Filler) {
    let release = Some("TW-2025-12");
    let words = "十二月出口 612.5 億美元，較上年同月增 40.1%，其中對美國出口占 31.5%。";
    let english = "Exports reached $61.25 billion in December, up 40.1 percent on the year.";
    let level = figure(Flow::Exports, "2025-12", Measure::Level, "61250000000", words);
    let amount = Some(level.amount);
    let mentions = [mention(&AGENCY, words, amount, true), mention(&WIRE, english, amount, true)];
    let level = filler.event(Fact::Figure(level), EventState::New, release, &mentions);

    let yoy = figure(Flow::Exports, "2025-12", Measure::Yoy, "40.1", words);
    let mentions = [mention(&AGENCY, words, Some(yoy.amount), true), mention(&WIRE, english, Some(yoy.amount), true)];
    filler.event(Fact::Figure(yoy), EventState::New, release, &mentions);

    let mut share = figure(Flow::Exports, "2025-12", Measure::Share, "31.5", words);
    share.partner = Some(Partner("US".into()));
    share.headline = false;
    let mentions = [mention(&AGENCY, words, Some(share.amount), true)];
    let share = filler.event(Fact::Figure(share), EventState::New, release, &mentions);

    let mut parts = figure(Flow::Exports, "2025-12", Measure::Level, "23800000000", words);
    parts.product = Some("電子零組件".to_owned());
    parts.headline = false;
    let mentions = [mention(&AGENCY, "電子零組件出口 238 億美元。", Some(parts.amount), true)];
    filler.event(Fact::Figure(parts), EventState::New, release, &mentions);

    let imports = figure(Flow::Imports, "2025-12", Measure::Yoy, "12.4", words);
    let said = "進口年增 12.4%（原為 21.4%）。";
    let mentions = [mention(&AGENCY, said, Some(imports.amount), true)];
    filler.event(Fact::Figure(imports), EventState::Revised, release, &mentions);

    let balance = figure(Flow::Balance, "2025-12", Measure::Level, "-1520000000", words);
    let other = value("-1250000000");
    let mentions = [
        mention(&WIRE, "The trade deficit was $1.52 billion.", Some(balance.amount), true),
        mention(&BOARD, "逆差 12.5 億美元。", Some(other), false),
    ];
    filler.event(Fact::Figure(balance), EventState::Disputed, release, &mentions);

    let mut expected = figure(Flow::Exports, "2025-12", Measure::Level, "57000000000..59500000000", words);
    expected.status = Status::Forecast;
    expected.forecaster = Some("財政部".to_owned());
    let said = "The ministry expects December exports of $57 billion to $59.5 billion.";
    let mentions = [mention(&WEEK_BEFORE, said, Some(expected.amount), true)];
    filler.event(Fact::Figure(expected), EventState::New, release, &mentions);

    let earlier = figure(Flow::Exports, "2025-11", Measure::Yoy, "36.2", words);
    let said = "Exports rose 36.2 percent in November.";
    let mentions = [mention(&WEEK_BEFORE, said, Some(earlier.amount), true)];
    filler.event(Fact::Figure(earlier), EventState::New, Some("TW-2025-11"), &mentions);

    let mut rumour = figure(Flow::Exports, "2026-01", Measure::Yoy, "55", words);
    rumour.status = Status::Forecast;
    rumour.confidence = Confidence::Low;
    let said = "聽說一月會增 55% <b onmouseover=alert(4)>真的</b>";
    let mentions = [mention(&EVIL, said, Some(rumour.amount), true)];
    filler.event(Fact::Figure(rumour), EventState::New, Some("TW-2026-01"), &mentions);

    filler.flag("tw-us", "台灣對美出口集中", &share, &AGENCY, words, "share 31.5 > 30");
    filler.flag("old-item", "不在清單上的舊項目", &level, &WIRE, english, "level > 60 billion");
}

fn words(filler: &mut Filler) {
    let said = SpokenWords {
        name: "林育真".to_owned(),
        title: Some("統計處長".to_owned()),
        org: Some("財政部".to_owned()),
        text: "新興應用需求強勁，出口動能可望延續".to_owned(),
        direct: true,
        evidence: evidence("財政部統計處長林育真表示：「新興應用需求強勁，出口動能可望延續」。"),
    };
    let mentions = [mention(&AGENCY, &said.evidence.text.clone(), None, true)];
    filler.event(Fact::Statement(said), EventState::New, None, &mentions);
    let action = PolicyAction {
        issuer: Some("商务部、海关总署".to_owned()),
        number: Some("2026-3".to_owned()),
        subject: "对部分稀有金属实施出口管制".to_owned(),
        announced: Some("2026-01-07".parse().unwrap()),
        effective: Some("2026-02-01".parse().unwrap()),
        expires: None,
        partner: Some(Partner("JP".into())),
        category: Some("export_control".to_owned()),
        kind: None,
        refers: Vec::new(),
        parts: Vec::new(),
        originals: Vec::new(),
        evidence: evidence("自2026年2月1日起对部分稀有金属实施出口管制。"),
    };
    let mentions = [mention(&MINISTRY, &action.evidence.text.clone(), None, true)];
    filler.event(Fact::Policy(action), EventState::New, None, &mentions);
}

fn surroundings(filler: &mut Filler) {
    let fetched = || Some(VisitOutcome::Fetched { status: 200 });
    filler.resource("customs", "https://customs.example/feed", ResourceRole::Feed, fetched());
    filler.resource("customs", AGENCY.url, ResourceRole::Document, fetched());
    let failed = VisitOutcome::Failed { status: Some(503), reason: "the server is overloaded".to_owned() };
    filler.resource("wire", "https://wire.example/feed", ResourceRole::Feed, Some(failed));
    let refused = VisitOutcome::Refused { reason: "Disallow: /".to_owned() };
    filler.resource("board", "https://board.example/index.html", ResourceRole::Listing, Some(refused));
    let delivered = Delivery::Delivered { at: at("2026-01-09T08:01:02Z"), attempts: 1 };
    filler.alert(
        "TW-2025-12",
        AlertKind::ReleaseNew,
        "2026-01-09T08:01:01Z",
        "台灣 2025 年 12 月出口 612.5 億美元",
        delivered,
    );
    let waiting =
        Delivery::Waiting { due: at("2026-01-12T02:05:00Z"), attempts: 2, last_error: Some("HTTP 500".to_owned()) };
    filler.alert("ev-5", AlertKind::FigureRevised, "2026-01-10T02:00:00Z", "進口年增率由 21.4% 修正為 12.4%", waiting);
    let gave_up =
        Delivery::GaveUp { at: at("2026-01-11T02:00:00Z"), attempts: 12, last_error: "connection refused".to_owned() };
    filler.alert("flag-1", AlertKind::WatchFlagged, "2026-01-08T02:00:00Z", HOSTILE, gave_up);
}

fn source(id: &str, kind: SourceKind, url: &str, trust: Trust) -> SourceSettings {
    SourceSettings {
        trust,
        every: Duration::from_secs(600),
        ..SourceSettings::new(SourceId::new(id), kind, CanonicalUrl::parse(url).unwrap())
    }
}

/// The watch list that belongs to the store.
pub(crate) fn watch() -> Vec<WatchItem> {
    let item = |id: &str, title: &str, risk: &str| WatchItem {
        risk: Some(risk.to_owned()),
        ..WatchItem::new(WatchId::new(id), title, Condition::default())
    };
    vec![item("tw-us", "台灣對美出口集中", "市場依賴"), item("cn-metals", "稀有金屬管制", "供應中斷")]
}

/// Settings that belong to the store.
pub(crate) fn settings(directory: &Path, token: Option<&str>) -> Settings {
    Settings {
        keep: bellwether::settings::ArchiveSettings::default(),
        crawler: CrawlerSettings::default(),
        serve: ServeSettings { token: token.map(ToOwned::to_owned), ..ServeSettings::default() },
        sources: vec![
            source("customs", SourceKind::Feed, "https://customs.example/feed", Trust::Official),
            source("wire", SourceKind::Feed, "https://wire.example/feed", Trust::Press),
            source("board", SourceKind::Forum, "https://board.example/index.html", Trust::Forum),
            source("ministry", SourceKind::Listing, "https://ministry.example/announcements", Trust::Official),
        ],
        watch: watch(),
        channels: Vec::new(),
        alerts_allow_private: Vec::new(),
        routing: bellwether::routing::Routing::default(),
        silences: directory.join("silences.toml"),
        flags: directory.join("flags.toml"),
        store: StorePlace::Folder(directory.to_owned()),
        sharing: SharingSettings::new(directory.join("cache"), None),
        archive: directory.join("archive"),
    }
}
