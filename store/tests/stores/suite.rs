//! What every store must do, as functions over a store: a further backend is run through the same suite.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::sample::{
    alert, at, channel, document, event, figure, figure_event, flag, host, mention, mentioned, policy, resource, row,
    snapshot, statement, transaction, url, waiting,
};
use bellwether_model::alert::Delivery;
use bellwether_model::event::{Event, EventState, Fact, FactKind};
use bellwether_model::figure::{Figure, Flow, Measure, Status};
use bellwether_model::id::{AlertId, ChannelId, DocumentId, EventId, FlagId, ReleaseId, SnapshotId, SourceId, WatchId};
use bellwether_model::place::{Area, Partner};
use bellwether_store::{Change, EventFilter, Store};

/// Runs an empty store through everything. `make` gives a new empty store for each part.
pub(crate) fn conformance(make: &dyn Fn() -> Store) {
    for part in [
        resources_are_due_in_order as fn(&Store),
        hosts_are_remembered,
        snapshots_are_unread_until_read,
        documents_come_newest_first,
        mentions_lead_both_ways,
        events_come_in_order,
        events_are_filtered,
        changed_events_leave_their_old_places,
        no_change_of_an_event_is_passed_over,
        the_first_events_of_a_time_are_the_first_of_all_of_them,
        the_change_log_is_numbered,
        cursors_stand_where_they_were_put,
        flags_come_newest_first,
        alerts_wait_until_they_are_done,
        alerts_wait_for_their_channel,
        channels_are_remembered,
        stats_count_values_once,
        large_transactions_are_whole,
        followers_see_what_reads_see,
        concurrent_commits_get_places_of_their_own,
        answers_do_not_fall_between_two_states,
    ] {
        part(&make());
    }
}

fn commit(store: &Store, changes: impl IntoIterator<Item = Change>) {
    store.commit(transaction(0, changes)).unwrap();
}

fn resources_are_due_in_order(store: &Store) {
    let put = |path: &str, source: &str, due| Change::Resource(Box::new(resource(path, source, due)));
    commit(store, [put("a", "wire", Some(30)), put("b", "board", Some(10)), put("c", "wire", None)]);
    commit(store, [put("d", "wire", Some(20)), put("b", "board", Some(40))]);
    let paths = |resources: Vec<bellwether_model::source::Resource>| -> Vec<String> {
        resources.iter().map(|r| r.url.as_str().rsplit('/').next().unwrap().to_owned()).collect()
    };
    assert_eq!(paths(store.due(at(100), 10).unwrap()), ["d", "a", "b"]);
    assert_eq!(paths(store.due(at(30), 10).unwrap()), ["d", "a"], "due at this very time counts");
    assert_eq!(paths(store.due(at(100), 1).unwrap()), ["d"]);
    assert_eq!(store.due(at(19), 10).unwrap(), []);
    assert_eq!(store.next_due().unwrap(), Some(at(20)));
    assert_eq!(paths(store.resources(None).unwrap()), ["a", "b", "c", "d"]);
    assert_eq!(paths(store.resources(Some(&SourceId::new("wire"))).unwrap()), ["a", "c", "d"]);
    assert_eq!(store.resources(Some(&SourceId::new("wir"))).unwrap(), [], "a source is not the beginning of another");
    assert_eq!(store.resource(&url("b")).unwrap(), Some(resource("b", "board", Some(40))));
    assert_eq!(store.resource(&url("z")).unwrap(), None);
}

fn hosts_are_remembered(store: &Store) {
    let put = |origin: &str, failures| Change::Host(Box::new(host(origin, failures)));
    commit(store, [put("https://b.example", 0), put("https://a.example", 1), put("https://b.example", 2)]);
    assert_eq!(store.host("https://b.example").unwrap(), Some(host("https://b.example", 2)));
    assert_eq!(store.host("https://c.example").unwrap(), None);
    assert_eq!(store.hosts().unwrap(), [host("https://a.example", 1), host("https://b.example", 2)]);
}

fn snapshots_are_unread_until_read(store: &Store) {
    let put = |name: &str, fetched| Change::Snapshot(Box::new(snapshot(name, fetched)));
    commit(store, [put("s2", 20), put("s1", 10), put("s3", 20)]);
    assert_eq!(store.unread(2).unwrap(), [snapshot("s1", 10), snapshot("s2", 20)]);
    commit(store, [Change::Read(SnapshotId::new("s1")), Change::Read(SnapshotId::new("unknown"))]);
    assert_eq!(store.unread(9).unwrap(), [snapshot("s2", 20), snapshot("s3", 20)]);
    assert_eq!(store.snapshot(&SnapshotId::new("s1")).unwrap(), Some(snapshot("s1", 10)));
    let id = SnapshotId::new("s2");
    assert_eq!(store.snapshots(None, 2).unwrap(), [snapshot("s1", 10), snapshot("s2", 20)]);
    assert_eq!(store.snapshots(Some((at(20), &id)), 2).unwrap(), [snapshot("s3", 20)]);
    commit(store, [put("s1", 10)]);
    assert_eq!(store.unread(1).unwrap(), [snapshot("s1", 10)], "put again, it waits again");
}

fn documents_come_newest_first(store: &Store) {
    let put = |name: &str, source: &str, read| Change::Document(Box::new(document(name, source, read)));
    commit(store, [put("d1", "wire", 10), put("d2", "board", 20), put("d3", "wire", 30)]);
    let names = |source: Option<&str>, limit| -> Vec<String> {
        let documents = store.documents(source.map(SourceId::new).as_ref(), limit).unwrap();
        documents.into_iter().map(|d| d.id.0).collect()
    };
    assert_eq!(names(None, 2), ["d3", "d2"]);
    assert_eq!(names(Some("wire"), 9), ["d3", "d1"]);
    assert_eq!(store.document(&DocumentId::new("d1")).unwrap(), Some(document("d1", "wire", 10)));
}

fn mentions_lead_both_ways(store: &Store) {
    let (d1, d2) = (DocumentId::new("d1"), DocumentId::new("d2"));
    let (e1, e2) = (EventId::new("e1"), EventId::new("e2"));
    commit(
        store,
        [
            mentioned("e1", mention("d2", "wire", 5)),
            mentioned("e1", mention("d1", "wire", 9)),
            mentioned("e2", mention("d1", "board", 9)),
        ],
    );
    assert_eq!(store.mentions(&e1).unwrap(), [mention("d2", "wire", 5), mention("d1", "wire", 9)]);
    assert_eq!(store.events_of(&d1).unwrap(), [e1.clone(), e2.clone()]);
    commit(store, [mentioned("e1", mention("d2", "wire", 12))]);
    assert_eq!(store.mentions(&e1).unwrap(), [mention("d1", "wire", 9), mention("d2", "wire", 12)], "replaced");
    commit(store, [Change::MentionGone { event: e1.clone(), document: d1.clone() }]);
    commit(store, [Change::MentionGone { event: e1.clone(), document: d1.clone() }]);
    assert_eq!(store.mentions(&e1).unwrap(), [mention("d2", "wire", 12)]);
    assert_eq!(store.events_of(&d1).unwrap(), [e2]);
    assert_eq!(store.events_of(&d2).unwrap(), [e1]);
}

fn names(store: &Store, filter: &EventFilter) -> Vec<String> {
    store.events(filter).unwrap().into_iter().map(|event| event.id.0).collect()
}

fn events_come_in_order(store: &Store) {
    let figure = |name: &str, area: &str, flow, period: &str, measure| {
        Change::Event(Box::new(figure_event(name, area, flow, period, measure)))
    };
    commit(
        store,
        [
            Change::Event(Box::new(policy("p", "2025-10-09", None))),
            Change::Event(Box::new(statement("s2", 20))),
            Change::Event(Box::new(statement("s1", 10))),
            figure("us", "US", Flow::Exports, "2025-12", Measure::Level),
            figure("tw-imports", "TW", Flow::Imports, "2024", Measure::Level),
            figure("tw-year", "TW", Flow::Exports, "2025", Measure::Level),
            figure("tw-month-yoy", "TW", Flow::Exports, "2025-12", Measure::Yoy),
            figure("tw-month", "TW", Flow::Exports, "2025-12", Measure::Level),
        ],
    );
    let all = ["tw-year", "tw-month", "tw-month-yoy", "tw-imports", "us", "s1", "s2", "p"];
    assert_eq!(names(store, &EventFilter::default()), all);
    assert_eq!(names(store, &EventFilter { limit: 2, ..Default::default() }), all[..2]);
    assert_eq!(names(store, &EventFilter { since: Some(at(0)), limit: 4, ..Default::default() }), all[..4]);
}

fn events_are_filtered(store: &Store) {
    let release = Some(ReleaseId::new("TW-2025-12"));
    let mut forecast = figure("TW", Flow::Exports, "2026-01", Measure::Level);
    forecast.status = Status::Forecast;
    let mut share = figure("TW", Flow::Exports, "2025-12", Measure::Share);
    share.partner = Some(Partner("US".into()));
    let fact = bellwether_model::event::Fact::Figure;
    let figures = [
        ("forecast", event("forecast", fact(forecast), 30)),
        ("share", event("share", fact(share), 20)),
        ("level", figure_event("level", "TW", Flow::Exports, "2025-12", Measure::Level)),
    ];
    for (name, mut event) in figures {
        event.release.clone_from(&release);
        if name == "level" {
            event.state = EventState::Revised;
        }
        commit(store, [Change::Event(Box::new(event)), mentioned(name, mention("d1", "wire", 1))]);
    }
    commit(
        store,
        [
            Change::Event(Box::new(policy("policy", "2025-10-09", Some("US")))),
            Change::Event(Box::new(statement("statement", 3))),
            mentioned("level", mention("d2", "board", 2)),
            mentioned("level", mention("d3", "board", 2)),
        ],
    );
    let area = Some(Area::new("TW"));
    let cases: &[(EventFilter, &[&str])] = &[
        (EventFilter { area: area.clone(), ..Default::default() }, &["level", "share", "forecast"]),
        (EventFilter { area: Some(Area::new("T")), ..Default::default() }, &[]),
        (EventFilter { area: area.clone(), flow: Some(Flow::Imports), ..Default::default() }, &[]),
        (EventFilter { area: area.clone(), period: "2025-12".parse().ok(), ..Default::default() }, &["level", "share"]),
        (EventFilter { flow: Some(Flow::Exports), measure: Some(Measure::Share), ..Default::default() }, &["share"]),
        (EventFilter { partner: Some(Partner("US".into())), ..Default::default() }, &["share", "policy"]),
        (EventFilter { partner: Some(Partner("all".into())), ..Default::default() }, &["level", "forecast"]),
        (EventFilter { forecast: Some(true), ..Default::default() }, &["forecast"]),
        (EventFilter { forecast: Some(false), ..Default::default() }, &["level", "share", "statement", "policy"]),
        (EventFilter { kind: Some(FactKind::Policy), ..Default::default() }, &["policy"]),
        (EventFilter { state: Some(EventState::Revised), ..Default::default() }, &["level"]),
        (EventFilter { source: Some(SourceId::new("board")), ..Default::default() }, &["level"]),
        (
            EventFilter { source: Some(SourceId::new("wire")), area, ..Default::default() },
            &["level", "share", "forecast"],
        ),
        (EventFilter { release: release.clone(), ..Default::default() }, &["level", "share", "forecast"]),
        (EventFilter { release, forecast: Some(true), ..Default::default() }, &["forecast"]),
        (EventFilter { since: Some(at(20)), ..Default::default() }, &["share", "forecast"]),
        (EventFilter { since: Some(at(20)), until: Some(at(30)), ..Default::default() }, &["share"]),
        (EventFilter { until: Some(at(20)), ..Default::default() }, &["level", "statement", "policy"]),
    ];
    for (filter, expected) in cases {
        assert_eq!(names(store, filter), *expected, "{filter:?}");
    }
}

fn changed_events_leave_their_old_places(store: &Store) {
    let mut event = figure_event("e", "TW", Flow::Exports, "2025-12", Measure::Level);
    event.release = Some(ReleaseId::new("early"));
    commit(store, [Change::Event(Box::new(event.clone()))]);
    event.release = Some(ReleaseId::new("late"));
    event.changed = at(50);
    commit(store, [Change::Event(Box::new(event.clone()))]);
    let of = |release: &str| EventFilter { release: Some(ReleaseId::new(release)), ..Default::default() };
    assert_eq!(names(store, &of("early")), Vec::<String>::new());
    assert_eq!(names(store, &of("late")), ["e"]);
    assert_eq!(names(store, &EventFilter { since: Some(at(50)), ..Default::default() }), ["e"]);
    assert_eq!(store.event(&EventId::new("e")).unwrap(), Some(event));
}

fn no_change_of_an_event_is_passed_over(store: &Store) {
    let mut event = Event { backlog: true, ..figure_event("e", "TW", Flow::Exports, "2025-12", Measure::Level) };
    commit(store, [Change::Event(Box::new(event.clone()))]);
    let changes: [fn(&mut Event); 7] = [
        |event| event.backlog = false,
        |event| event.corrected = true,
        |event| event.mention_count += 1,
        |event| event.release = Some(ReleaseId::new("TW-2025-12")),
        |event| event.first_seen = at(1),
        |event| event.changed = at(2),
        |event| event.state = EventState::Disputed,
    ];
    for change in changes {
        change(&mut event);
        commit(store, [Change::Event(Box::new(event.clone()))]);
        assert_eq!(store.event(&event.id).unwrap().as_ref(), Some(&event));
    }
}

fn the_first_events_of_a_time_are_the_first_of_all_of_them(store: &Store) {
    let put = |store: &Store, seconds: i64, event: Event| {
        store.commit(transaction(seconds, [Change::Event(Box::new(event))])).unwrap();
    };
    let with = |name: &str, period: &str, status: Status| {
        let said = Figure { status, ..figure("TW", Flow::Exports, period, Measure::Level) };
        event(name, Fact::Figure(said), 0)
    };
    // Each month has an actual value and a forecast; what was a forecast then is a preliminary value now, and the other way.
    for (seconds, [one, other]) in
        [(10, [Status::Forecast, Status::Actual]), (20, [Status::Preliminary, Status::Forecast])]
    {
        for month in 1..=6 {
            let period = format!("2025-{month:02}");
            put(store, seconds, with(&format!("a{month}"), &period, one));
            put(store, seconds, with(&format!("b{month}"), &period, other));
        }
    }
    for time in [10, 20] {
        let then = |limit| {
            let filter = EventFilter { area: Some(Area::new("TW")), limit, ..EventFilter::default() };
            store.as_of(at(time)).events(&filter).unwrap()
        };
        let all = then(0);
        assert_eq!(all.len(), 12);
        for limit in 1..=13 {
            assert_eq!(then(limit), all[..limit.min(12)], "{limit} as of {time}");
        }
    }
}

fn the_change_log_is_numbered(store: &Store) {
    let log = |event: &str, seconds| Change::Log(Box::new(row(event, "d1", seconds)));
    commit(store, [log("e1", 1), log("e2", 2)]);
    commit(store, [log("e1", 3)]);
    let expected = [(1, row("e1", "d1", 1)), (2, row("e2", "d1", 2)), (3, row("e1", "d1", 3))];
    assert_eq!(store.changes(0, 9).unwrap(), expected);
    assert_eq!(store.changes(1, 1).unwrap(), expected[1..2]);
    assert_eq!(store.changes(3, 9).unwrap(), []);
    assert_eq!(store.changes_of(&EventId::new("e1")).unwrap(), [row("e1", "d1", 1), row("e1", "d1", 3)]);
    assert_eq!(store.changes_of(&EventId::new("e3")).unwrap(), []);
}

fn cursors_stand_where_they_were_put(store: &Store) {
    let put = |sequence| Change::Cursor { name: "watch".into(), sequence };
    assert_eq!(store.cursor("watch").unwrap(), 0);
    commit(store, [put(7), put(9)]);
    assert_eq!(store.cursor("watch").unwrap(), 9);
    assert_eq!(store.cursor("wat").unwrap(), 0);
}

fn flags_come_newest_first(store: &Store) {
    let put = |name: &str, watch: &str, seconds| Change::Flag(Box::new(flag(name, watch, seconds)));
    commit(store, [put("f1", "w1", 1), put("f2", "w2", 2), put("f3", "w1", 3)]);
    let names = |watch: Option<&str>, limit| -> Vec<String> {
        store.flags(watch.map(WatchId::new).as_ref(), limit).unwrap().into_iter().map(|f| f.id.0).collect()
    };
    assert_eq!(names(None, 9), ["f3", "f2", "f1"]);
    assert_eq!(names(Some("w1"), 9), ["f3", "f1"]);
    assert_eq!(names(None, 1), ["f3"]);
    assert_eq!(store.flag(&FlagId::new("f2")).unwrap(), Some(flag("f2", "w2", 2)));
}

fn alerts_wait_until_they_are_done(store: &Store) {
    let put = |name: &str, created, delivery| Change::Alert(Box::new(alert(name, created, delivery)));
    commit(store, [put("a1", 1, waiting(30)), put("a2", 2, waiting(20)), put("a3", 3, waiting(20))]);
    let due = |seconds, limit| -> Vec<String> {
        store.alerts_due(at(seconds), limit).unwrap().into_iter().map(|a| a.id.0).collect()
    };
    assert_eq!(due(30, 9), ["a2", "a3", "a1"]);
    assert_eq!(due(20, 1), ["a2"]);
    assert_eq!(store.next_alert_due().unwrap(), Some(at(20)));
    let delivered = Delivery::Delivered { at: at(21), attempts: 1 };
    let gave_up = Delivery::GaveUp { at: at(22), attempts: 3, last_error: "refused".into() };
    commit(store, [put("a2", 2, delivered.clone()), put("a3", 3, gave_up)]);
    assert_eq!(due(99, 9), ["a1"]);
    assert_eq!(store.next_alert_due().unwrap(), Some(at(30)));
    assert_eq!(store.alert(&AlertId::new("a2")).unwrap(), Some(alert("a2", 2, delivered)));
    assert_eq!(store.alerts(2).unwrap().into_iter().map(|a| a.id.0).collect::<Vec<_>>(), ["a3", "a2"]);
    let stats = store.stats().unwrap();
    assert_eq!((stats.alerts_waiting, stats.alerts_delivered, stats.alerts_gave_up), (1, 1, 1));
}

fn alerts_wait_for_their_channel(store: &Store) {
    let put = |name: &str, channel: &str, delivery| {
        let alert = alert(name, 1, delivery);
        Change::Alert(Box::new(bellwether_model::alert::Alert { channel: ChannelId::new(channel), ..alert }))
    };
    let waiting_for = |channel: &str, limit| -> Vec<String> {
        store.alerts_waiting(&ChannelId::new(channel), limit).unwrap().into_iter().map(|a| a.id.0).collect()
    };
    commit(store, [put("a1", "desk", waiting(30)), put("a2", "des", waiting(20)), put("a3", "desk", waiting(10))]);
    commit(store, [put("a4", "mail", waiting(5)), put("a5", "mail", waiting(4)), put("a6", "desk", waiting(99))]);
    assert_eq!(waiting_for("desk", 9), ["a3", "a1", "a6"]);
    assert_eq!(waiting_for("desk", 1), ["a3"]);
    assert_eq!(waiting_for("des", 9), ["a2"], "a channel is not the beginning of another");
    assert_eq!(store.channels_waiting().unwrap(), ["des", "desk", "mail"].map(ChannelId::new));
    let joined = Delivery::Joined { at: at(21), digest: AlertId::new("a7") };
    let silenced = Delivery::Silenced { at: at(21), silence: "holiday".into() };
    commit(store, [put("a2", "des", joined), put("a4", "mail", silenced), put("a3", "desk", waiting(40))]);
    assert_eq!(waiting_for("desk", 9), ["a1", "a3", "a6"]);
    assert_eq!(store.channels_waiting().unwrap(), ["desk", "mail"].map(ChannelId::new));
    let stats = store.stats().unwrap();
    assert_eq!((stats.alerts_waiting, stats.alerts_set_aside), (4, 2));
}

fn channels_are_remembered(store: &Store) {
    let put = |name: &str, not_before| Change::Channel(Box::new(channel(name, not_before)));
    commit(store, [put("mail", None), put("desk", None), put("mail", Some(9))]);
    assert_eq!(store.channel(&ChannelId::new("mail")).unwrap(), Some(channel("mail", Some(9))));
    assert_eq!(store.channel(&ChannelId::new("chat")).unwrap(), None);
    assert_eq!(store.channels().unwrap(), [channel("desk", None), channel("mail", Some(9))]);
}

fn stats_count_values_once(store: &Store) {
    let changes = || {
        [
            Change::Resource(Box::new(resource("a", "wire", None))),
            Change::Snapshot(Box::new(snapshot("s", 1))),
            Change::Document(Box::new(document("d", "wire", 1))),
            Change::Event(Box::new(statement("e", 1))),
            mentioned("e", mention("d", "wire", 1)),
            Change::Flag(Box::new(flag("f", "w", 1))),
            Change::Log(Box::new(row("e", "d", 1))),
        ]
    };
    commit(store, changes());
    commit(store, changes());
    let stats = store.stats().unwrap();
    assert_eq!((stats.resources, stats.snapshots, stats.documents), (1, 1, 1));
    assert_eq!((stats.events, stats.mentions, stats.flags, stats.changes), (1, 1, 1, 2));
    assert_eq!(stats.records, 2);
    commit(store, [Change::MentionGone { event: EventId::new("e"), document: DocumentId::new("d") }]);
    assert_eq!(store.stats().unwrap().mentions, 0);
}

fn large_transactions_are_whole(store: &Store) {
    const MANY: usize = 700;
    let name = |n: usize| format!("e{n:04}");
    commit(
        store,
        (0..MANY).flat_map(|n| {
            [Change::Event(Box::new(statement(&name(n), 1))), Change::Log(Box::new(row(&name(n), "d", 1)))]
        }),
    );
    assert_eq!(store.events(&EventFilter::default()).unwrap().len(), MANY);
    let rows = store.changes(0, usize::MAX).unwrap();
    assert_eq!(rows.iter().map(|row| row.0).collect::<Vec<_>>(), (1..=MANY as u64).collect::<Vec<_>>());
    assert_eq!(store.stats().unwrap().events, MANY as u64);
}

fn followers_see_what_reads_see(store: &Store) {
    let mut follower = store.follow();
    let sent = transaction(3, [Change::Cursor { name: "follower".into(), sequence: 5 }]);
    let position = store.commit(sent.clone()).unwrap();
    let seen = follower.try_recv().unwrap();
    assert_eq!((seen.position, &*seen.transaction), (position, &sent));
    assert!(follower.try_recv().is_err());
}

fn concurrent_commits_get_places_of_their_own(store: &Store) {
    const THREADS: u64 = 8;
    const EACH: u64 = 25;
    let before = store.stats().unwrap().records;
    let store = Arc::new(store.clone());
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let store = Arc::clone(&store);
            std::thread::spawn(move || {
                let commit = |n: u64| {
                    let name = format!("{thread}");
                    let position =
                        store.commit(transaction(0, [Change::Cursor { name: name.clone(), sequence: n }])).unwrap();
                    assert_eq!(store.cursor(&name).unwrap(), n, "a commit is seen by the reads behind it");
                    position
                };
                (1..=EACH).map(commit).collect::<Vec<_>>()
            })
        })
        .collect();
    let positions: Vec<Vec<u64>> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert!(positions.iter().all(|own| own.is_sorted()));
    let all: BTreeSet<u64> = positions.into_iter().flatten().collect();
    assert_eq!(all, (before + 1..=before + THREADS * EACH).collect());
}

fn answers_do_not_fall_between_two_states(store: &Store) {
    const MOVES: i64 = 300;
    let put = |due| [Change::Resource(Box::new(resource("moving", "wire", Some(due))))];
    commit(store, put(0));
    let mover = {
        let store = store.clone();
        std::thread::spawn(move || (1..=MOVES).for_each(|due| commit(&store, put(due))))
    };
    while !mover.is_finished() {
        assert_eq!(store.due(at(MOVES), 9).unwrap().len(), 1, "it is always due, now at this time and now at that");
        assert!(store.next_due().unwrap().is_some());
    }
    mover.join().unwrap();
}
