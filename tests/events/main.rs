//! From archived answers to events, flags and alerts, on a real store: pages in, changes out.

mod house;
mod replay;

use std::sync::Arc;

use bellwether::clock::Clock;
use bellwether::events::{ReplayChange, ReplayMode, ReplayRow};
use bellwether::routing::Routing;
use bellwether::settings::{AlertSettings, ChannelKind, ChannelSettings};
use bellwether::{alerts, events, shutdown, watch};
use bellwether_model::alert::{Alert, Delivery};
use bellwether_model::event::{Event, EventState, Fact, Mention};
use bellwether_model::figure::{Confidence, Figure, Flow, Measure};
use bellwether_model::id::{ChannelId, EventId, SourceId};
use bellwether_model::place::Area;
use bellwether_model::snapshot::Snapshot;
use bellwether_model::source::{Resource, ResourceRole, Trust};
use bellwether_store::{Change, Transaction};
use house::{House, amount, url, value};

const TRADITIONAL: &str = "財政部9日公布，2025年12月出口624.8億美元，年增43.4%。";
const SIMPLIFIED: &str = "财政部9日公布，2025年12月出口624.8亿美元，同比增长43.4%。";

#[test]
fn reports_of_one_fact_in_two_scripts_are_one_event() {
    let house = House::new();
    house.article("press", "1", TRADITIONAL);
    house.article("mirror", "1", SIMPLIFIED);
    house.article("press", "2", "財政部公布，2025年12月出口約625億美元。");
    assert_eq!(house.read(), 3);
    let (level, mentions) = house.figure(Measure::Level);
    assert_eq!((value(&level), level.state), (amount("62480000000"), EventState::New));
    assert_eq!((mentions.len(), level.mention_count), (3, 3));
    assert!(mentions.iter().all(|mention| mention.agrees && mention.evidence.text.contains("62")));
    assert_eq!(level.release.expect("a release").as_str(), "TW-2025-12");
    let (growth, mentions) = house.figure(Measure::Yoy);
    assert_eq!((value(&growth), mentions.len()), (amount("43.4"), 2));
    assert_eq!(house.read(), 0, "nothing is left unread");
}

#[test]
fn the_same_page_again_changes_nothing() {
    let house = House::new();
    house.article("press", "1", TRADITIONAL);
    house.read();
    let (before, rows, told) = (house.figure(Measure::Level), house.rows(), house.watch());
    assert!(!told.is_empty());
    house.article("press", "1", TRADITIONAL);
    assert_eq!(house.read(), 1);
    assert_eq!((house.figure(Measure::Level), house.rows(), house.watch()), (before, rows, told));
}

#[test]
fn a_corrected_page_is_one_event_with_two_vintages_and_one_alert_each() {
    let house = House::new();
    house.article("ministry", "1", TRADITIONAL);
    house.read();
    let kinds = |alerts: &[Alert]| -> Vec<String> {
        alerts.iter().map(|alert| format!("{} {}", alert.kind.name(), alert.channel)).collect()
    };
    assert_eq!(kinds(&house.watch()), ["release.new wall", "watch.flagged desk"]);
    house.article("ministry", "1", &TRADITIONAL.replace("43.4", "43.9"));
    house.read();
    let (event, mentions) = house.figure(Measure::Yoy);
    assert_eq!((value(&event), event.state, event.vintages.len()), (amount("43.9"), EventState::Revised, 2));
    assert_eq!(mentions.len(), 1);
    let alerts = house.watch();
    let revised: Vec<&Alert> = alerts.iter().filter(|alert| alert.kind.name() == "figure.revised").collect();
    assert_eq!(revised.len(), 2, "one a channel: {alerts:#?}");
    for alert in revised {
        let data: serde_json::Value = serde_json::from_str(&alert.data).expect("JSON");
        assert_eq!((&data["old"]["value"], &data["new"]["value"]), (&43.4.into(), &43.9.into()));
        assert!(data["evidence"]["text"].as_str().is_some_and(|text| text.contains("43.9")));
    }
    assert_eq!(house.watch().len(), alerts.len(), "the change log is worked off once");
}

#[test]
fn a_backlog_is_flagged_and_wakes_nobody() {
    let house = House::new();
    house.article("press", "1", TRADITIONAL);
    let read = events::read_all(&house.sources, &house.store, &house.archive, &house.clock(), true);
    assert_eq!(read.expect("reading goes on"), 1);
    assert!(house.watch().is_empty());
    assert_eq!(house.store.flags(None, usize::MAX).expect("the store reads").len(), 1);
    house.article("mirror", "1", SIMPLIFIED);
    house.read();
    assert!(house.watch().is_empty(), "a further report of old news is no news");
}

#[test]
fn an_answer_that_the_archive_lost_does_not_stop_the_others() {
    let house = House::new();
    let mut lost = house.article("press", "1", TRADITIONAL);
    house.read();
    lost.content = bellwether_model::id::ContentHash::of(b"never archived");
    lost.id = Snapshot::name(&lost.url, lost.fetched, &lost.content);
    let mut transaction = Transaction::new(house.clock.now());
    transaction.push(Change::Snapshot(Box::new(lost)));
    house.store.commit(transaction).expect("the store writes");
    house.article("mirror", "1", SIMPLIFIED);
    assert_eq!(house.read(), 2);
    assert_eq!(house.figure(Measure::Level).1.len(), 2);
}

#[test]
fn feeds_and_listings_bring_the_pages_whose_titles_ask_for_it() {
    let house = House::new();
    let feed = "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>t</title>\
        <item><title>12月出口創新高</title><link>https://mirror.example/a</link>\
        <pubDate>Fri, 09 Jan 2026 08:00:00 GMT</pubDate></item>\
        <item><title>天氣</title><link>https://mirror.example/b</link></item></channel></rss>";
    house.fetched("mirror", "", ResourceRole::Feed, "application/rss+xml", feed);
    let listing = "<html><body><main><ul><li><a href=\"/c\">12月出口創新高 財政部公布統計</a></li>\
        <li><a href=\"/d\">今天天氣晴朗適合出門</a></li></ul></main></body></html>";
    house.fetched("press", "", ResourceRole::Listing, "text/html", listing);
    assert_eq!(house.read(), 2);
    let mut found: Vec<String> = house
        .store
        .due(house.clock.now(), usize::MAX)
        .expect("the store reads")
        .into_iter()
        .map(|resource| resource.url.as_str().to_owned())
        .collect();
    found.sort();
    assert_eq!(found, ["https://mirror.example/a", "https://press.example/c"]);
    let hint = house.store.resource(&url("https://mirror.example/a")).expect("the store reads").and_then(|r| r.hint);
    assert_eq!(hint.and_then(|hint| hint.title).as_deref(), Some("12月出口創新高"));
}

#[test]
fn what_a_feed_asks_for_is_noted_with_its_resource() {
    let house = House::new();
    let address = url("https://mirror.example/");
    let known = Resource::new(address.clone(), SourceId::new("mirror"), ResourceRole::Feed, house.clock.now());
    let mut transaction = Transaction::new(house.clock.now());
    transaction.push(Change::Resource(Box::new(known.clone())));
    house.store.commit(transaction).expect("the store writes");
    let item = "<item><title>天氣</title><link>https://mirror.example/b</link></item>";
    for (asked, seconds) in [("<ttl>45</ttl>", 2700), ("<ttl>90</ttl>", 5400), ("", 0)] {
        let feed = format!(
            "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>t</title>{asked}{item}</channel></rss>"
        );
        house.fetched("mirror", "", ResourceRole::Feed, "application/rss+xml", &feed);
        assert_eq!(house.read(), 1);
        let noted = house.store.resource(&address).expect("the store reads");
        assert_eq!(noted, Some(Resource { ttl: seconds, ..known.clone() }), "{asked}");
    }
}

#[test]
fn replay_finds_what_was_missed_and_withdraws_what_nobody_said() {
    let house = House::new();
    let snapshot = house.article("press", "1", TRADITIONAL);
    let mut transaction = Transaction::new(house.clock.now());
    // An earlier version read the page without its figures, and took another one from it.
    transaction.push(Change::Read(snapshot.id.clone()));
    let (event, mention) = invented(&snapshot);
    transaction.push(Change::Event(Box::new(event.clone())));
    transaction.push(Change::Mention { event: event.id.clone(), mention: Box::new(mention) });
    house.store.commit(transaction).expect("the store writes");
    let replay = |mode| {
        let clock = house.clock();
        events::replay(&house.sources, &house.store, &house.archive, &clock, mode, &mut |_, _| {})
            .expect("reading goes on")
    };
    let rows = house.rows();
    let told = replay(ReplayMode::DryRun);
    assert_eq!((told.documents, told.count(ReplayChange::Lost)), (1, 1), "{told:#?}");
    let gained = |row: &ReplayRow| {
        row.change == ReplayChange::Gained
            && row.fact.as_ref().is_some_and(|fact| fact.starts_with("TW exports 2025-12 level 62480000000 USD"))
    };
    assert!(told.rows.iter().any(gained), "{told:#?}");
    assert_eq!(house.rows(), rows, "a dry run writes nothing");
    assert_eq!(replay(ReplayMode::Silent), told);
    assert_eq!(value(&house.figure(Measure::Level).0), amount("62480000000"));
    let lost = house.store.event(&event.id).expect("the store reads").expect("kept");
    assert_eq!((lost.state, lost.mention_count), (EventState::Withdrawn, 0));
    assert!(house.store.mentions(&event.id).expect("the store reads").is_empty());
    let again = replay(ReplayMode::Silent);
    assert_eq!((again.documents, again.rows.len()), (1, 0), "{again:#?}");
    assert!(house.watch().is_empty(), "a replay wakes nobody");
    house.article("press", "2", &TRADITIONAL.replace("43.4", "47.4"));
    assert_eq!(replay(ReplayMode::Silent).documents, 1, "an answer that was never read is left to the reader");
    house.read();
    assert!(!house.watch().is_empty());
}

#[test]
fn a_page_that_shows_another_month_has_not_taken_back_the_last_one() {
    let house = House::new();
    house.article("ministry", "latest", TRADITIONAL);
    house.read();
    house.article("ministry", "latest", "財政部9日公布，2026年1月出口657.7億美元，年增69.9%。");
    house.read();
    let clock = house.clock();
    let replay = || {
        let mode = ReplayMode::Silent;
        events::replay(&house.sources, &house.store, &house.archive, &clock, mode, &mut |_, _| {})
            .expect("reading goes on")
    };
    let told = replay();
    assert_eq!((told.documents, told.rows.len()), (1, 0), "{told:#?}");
    assert_eq!(value(&house.figure(Measure::Level).0), amount("62480000000"));
    // The older answer is gone: nobody can say that it did not carry the figure.
    let oldest = house.store.snapshots(None, 1).expect("the store reads").remove(0);
    let sweep = house.archive.sweep().expect("a folder answers").expect("no other is under way");
    let bodies = house.archive.bodies().expect("the archive is read");
    let gone = bodies.iter().find(|body| body.content == oldest.content).expect("it is there");
    assert!(sweep.remove(gone).expect("it can be taken out"));
    sweep.finish().expect("the archive writes");
    let told = replay();
    assert_eq!((told.documents, told.rows.len()), (1, 0), "{told:#?}");
    assert_eq!(house.figure(Measure::Level).0.mention_count, 1);
}

#[test]
fn a_replay_is_news_only_where_it_is_asked_for() {
    let house = House::new();
    let snapshot = house.article("press", "1", TRADITIONAL);
    let read = Transaction { at: house.clock.now(), changes: vec![Change::Read(snapshot.id.clone())] };
    house.store.commit(read).expect("the store writes");
    let clock = house.clock();
    let mut seen = Vec::new();
    let told =
        events::replay(&house.sources, &house.store, &house.archive, &clock, ReplayMode::AsNews, &mut |done, all| {
            seen.push((done, all))
        });
    assert!(told.expect("reading goes on").count(ReplayChange::Gained) >= 2);
    assert_eq!(seen, [(0, 1), (1, 1)]);
    assert!(!house.watch().is_empty(), "it was asked for");
}

/// An event that no rule finds in the page.
fn invented(snapshot: &Snapshot) -> (Event, Mention) {
    let evidence = bellwether_model::evidence::Evidence { text: "nothing".into(), start: 0, end: 7 };
    let figure = Figure {
        area: Area::new("TW"),
        flow: Flow::Imports,
        partner: None,
        product: None,
        period: "1999".parse().expect("a period"),
        measure: Measure::Yoy,
        status: bellwether_model::figure::Status::Actual,
        amount: amount("1"),
        unit: bellwether_model::figure::Unit::percent(),
        basis: None,
        precision: None,
        forecaster: None,
        headline: true,
        evidence: evidence.clone(),
        claims: Vec::new(),
        rule: "gone".into(),
        confidence: Confidence::High,
    };
    let mention = Mention {
        source: snapshot.source.clone(),
        document: snapshot.final_url.document(),
        url: snapshot.final_url.as_str().to_owned(),
        title: String::new(),
        published: None,
        at: snapshot.fetched,
        trust: Trust::Press,
        amount: Some(figure.amount),
        precision: None,
        agrees: true,
        evidence,
        claims: Vec::new(),
        rule: "gone".into(),
        cites: None,
        unsure: false,
        restates: false,
        outdated: false,
        taken_back: Vec::new(),
        action: None,
        quote: None,
    };
    let event = Event {
        id: EventId::new("ev-invented"),
        fact: Fact::Figure(figure),
        state: EventState::New,
        first_seen: snapshot.fetched,
        changed: snapshot.fetched,
        release: None,
        vintages: Vec::new(),
        mention_count: 1,
        backlog: false,
        corrected: false,
    };
    (event, mention)
}

#[test]
fn entries_of_one_feed_that_tell_one_fact_are_one_event_that_became_known_once() {
    let house = House::new();
    let entry = |number: u32| {
        format!(
            "<item><title>12月出口創新高之{number}</title><link>https://mirror.example/{number}.html</link>\
             <pubDate>Fri, 09 Jan 2026 16:0{number}:00 +0800</pubDate>\
             <content:encoded><![CDATA[<p>{TRADITIONAL}</p><p>{}</p>]]></content:encoded></item>",
            format!("記者在場第{number}次報導。").repeat(80)
        )
    };
    let feed = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>mirror</title>{}{}{}</channel></rss>",
        entry(1),
        entry(2),
        entry(3)
    );
    house.fetched("mirror", "feed", ResourceRole::Feed, "application/rss+xml", &feed);
    assert_eq!(house.read(), 1);
    let (event, mentions) = house.figure(Measure::Level);
    assert_eq!((mentions.len(), event.mention_count), (3, 3));
    let changes = house.store.changes(0, usize::MAX).expect("the store reads");
    let new = changes.iter().filter(|(_, entry)| {
        entry.event == event.id && matches!(entry.change, bellwether_model::event::EventChange::New { .. })
    });
    assert_eq!(new.count(), 1, "{changes:#?}");
}

#[tokio::test]
async fn pages_are_read_as_they_come_until_the_end() {
    let house = House::new();
    house.article("press", "1", TRADITIONAL);
    let (signal, shutdown) = shutdown::channel();
    let mut commits = house.store.follow();
    let (sources, store, archive) = (house.sources.clone(), house.store.clone(), house.archive.clone());
    let reading = tokio::spawn(events::run(sources, store, archive, house.clock(), shutdown));
    for number in [2, 3] {
        loop {
            let committed = commits.recv().await.expect("a commit");
            if committed.transaction.changes.iter().any(|change| matches!(change, Change::Read(_))) {
                break;
            }
        }
        house.article("mirror", &number.to_string(), SIMPLIFIED);
    }
    while house.store.unread(1).expect("the store reads").len() == 1 {
        commits.recv().await.expect("a commit");
    }
    signal.shut_down();
    reading.await.expect("no panic").expect("no failure");
    assert_eq!(house.figure(Measure::Level).1.len(), 3);
}

#[tokio::test]
async fn an_answer_becomes_a_delivered_alert_while_all_rooms_run() {
    let house = House::new();
    let channels = vec![ChannelSettings::new(ChannelId::new("wall"), ChannelKind::Log)];
    let settings = AlertSettings { channels, ..AlertSettings::default() };
    let (signal, shutdown) = shutdown::channel();
    let mut commits = house.store.follow();
    let reading =
        events::run(house.sources.clone(), house.store.clone(), house.archive.clone(), house.clock(), shutdown.clone());
    let watching = watch::run(
        Vec::new(),
        Routing { releases: vec![ChannelId::new("wall")], ..Routing::default() },
        Arc::new(()),
        house.store.clone(),
        house.clock(),
        shutdown.clone(),
    );
    let delivering = alerts::run(settings, house.store.clone(), house.clock(), alerts::Mode::Forever, shutdown);
    let rooms = (tokio::spawn(reading), tokio::spawn(watching), tokio::spawn(delivering));
    house.article("press", "1", TRADITIONAL);
    let delivered = loop {
        let committed = commits.recv().await.expect("a commit");
        let taken = committed.transaction.changes.iter().find_map(|change| match change {
            Change::Alert(alert) if matches!(alert.delivery, Delivery::Delivered { .. }) => Some(alert.clone()),
            _ => None,
        });
        if let Some(alert) = taken {
            break alert;
        }
    };
    assert_eq!(delivered.subject, "TW-2025-12");
    assert!(delivered.summary.starts_with("TW exports 2025-12: 62.48 billion USD, +43.4%"), "{}", delivered.summary);
    signal.shut_down();
    rooms.0.await.expect("no panic").expect("no failure");
    rooms.1.await.expect("no panic").expect("no failure");
    assert_eq!(rooms.2.await.expect("no panic").expect("no failure"), 1);
}
