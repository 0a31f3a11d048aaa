//! Routes by stepped time: what waits, what comes together, what is kept back.

use std::path::Path;

use bellwether::alerts::{self, Mode};
use bellwether::clock::{Clock, SharedClock};
use bellwether::config;
use bellwether::routing::{Labels, SilenceTable, SilencesFile};
use bellwether::settings::Settings;
use bellwether::shutdown;
use bellwether_model::alert::{Alert, Delivery};
use bellwether_model::id::AlertId;
use bellwether_store::{Change, Store, Transaction};
use jiff::SignedDuration;

use crate::channels::release;
use crate::house::{House, Receiver};

const WATCHLIST: &str = r#"
[alerts]
allow_private = ["ADDRESS"]

[[channel]]
id = "desk"
kind = "webhook"
url = "http://ADDRESS/desk"
flood = "3 in 10m"

[[channel]]
id = "mail"
kind = "webhook"
url = "http://ADDRESS/mail"

[[time_interval]]
name = "night"
times = ["22:00-07:00"]
location = "Asia/Taipei"

[[route]]
name = "urgent"
matchers = ['priority="high"']
receivers = ["desk"]
continue = true

[[route]]
name = "digest"
matchers = ['type="release.new"', 'area!="TW"']
receivers = ["mail"]
digest = "daily"
digest_at = "08:00"
location = "Asia/Taipei"

[[route]]
name = "taiwan"
matchers = ['area="TW"']
receivers = ["mail"]
group_by = ["release"]
group_wait = "30s"
group_interval = "5m"
mute_time_intervals = ["night"]
"#;

/// A house with the watch list above, whose receiver takes everything. It is noon in UTC, eight in the evening in Taipei.
struct Office {
    house: House,
    settings: Settings,
    receiver: Receiver,
    store: Store,
    count: usize,
}

impl Office {
    async fn open() -> Self {
        let receiver = Receiver::start(&["200 OK"; 64]).await;
        let house = House::new();
        let folder = house.directory.path();
        let text = WATCHLIST.replace("ADDRESS", &receiver.address.to_string());
        let settings = load(folder, &text).expect("the watch list is read");
        let store = house.open();
        Self { house, settings, receiver, store, count: 0 }
    }

    /// Puts an alert with these labels into the outbox, as the watch room does.
    fn raise(&mut self, labels: &[(&str, &str)]) {
        self.count += 1;
        let labels: Labels = labels.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        let now = self.house.clock.now();
        let mut transaction = Transaction::new(now);
        for ticket in self.settings.routing.tickets(&labels, &[], now) {
            transaction.push(Change::Alert(Box::new(Alert {
                id: AlertId::new(format!("alert-{}-{}", self.count, ticket.channel)),
                channel: ticket.channel,
                labels: labels.clone(),
                group: ticket.group,
                data: release("出口。"),
                delivery: Delivery::Waiting { due: ticket.due, attempts: 0, last_error: None },
                ..self.house.alert("desk")
            })));
        }
        self.store.commit(transaction).expect("the store writes");
    }

    /// Lets time pass and tells what has arrived: the path, and the alert's number, or the numbers of a digest.
    async fn after(&mut self, seconds: i64) -> Vec<String> {
        self.house.clock.step(SignedDuration::from_secs(seconds));
        let clock: SharedClock = self.house.clock.clone();
        let (_signal, shutdown) = shutdown::channel();
        let run = alerts::run(self.settings.alerts(), self.store.clone(), clock, Mode::Once, shutdown);
        run.await.expect("delivery goes on");
        let arrived = self.receiver.arrived();
        let told = |arrival: crate::house::Arrival| {
            let body: serde_json::Value = serde_json::from_str(&arrival.body).expect("JSON");
            let number = |id: &str| id.split('-').nth(1).unwrap_or_default().to_owned();
            let path = arrival.target.trim_start_matches("POST /").to_owned();
            match body["data"]["alerts"].as_array() {
                None => format!("{path} {}", number(arrival.header("webhook-id"))),
                Some(parts) => {
                    let parts: Vec<String> =
                        parts.iter().map(|part| number(part["alert"].as_str().unwrap_or(""))).collect();
                    format!("{path} digest of {}", parts.join(","))
                }
            }
        };
        let mut told: Vec<String> = arrived.into_iter().map(told).collect();
        told.sort();
        told
    }
}

fn load(folder: &Path, watchlist: &str) -> Result<Settings, config::ConfigError> {
    std::fs::write(folder.join(config::SOURCES), "").expect("a file");
    std::fs::write(folder.join(config::WATCHLIST), watchlist).expect("a file");
    config::load(folder, &|_| None)
}

const TAIWAN: &[(&str, &str)] = &[("area", "TW"), ("release", "TW-2025-12"), ("type", "release.new")];

#[tokio::test]
async fn alerts_of_a_group_come_together() {
    let mut office = Office::open().await;
    office.raise(TAIWAN);
    assert!(office.after(29).await.is_empty());
    office.raise(TAIWAN);
    // The first has waited for its thirty seconds; the second goes with it.
    assert_eq!(office.after(1).await, ["mail digest of 1,2"]);
    office.raise(TAIWAN);
    office.raise(&[("area", "TW"), ("release", "TW-2026-01"), ("type", "release.new")]);
    assert_eq!(office.after(30).await, ["mail 3", "mail 4"], "another release is another group");
}

#[tokio::test]
async fn quiet_hours_end_with_a_digest_and_what_is_urgent_comes_at_once() {
    let mut office = Office::open().await;
    assert!(office.after(2 * 3_600).await.is_empty());
    // Ten in the evening in Taipei.
    for _ in 0..3 {
        office.raise(TAIWAN);
    }
    office.raise(&[("area", "TW"), ("priority", "high"), ("type", "watch.flagged")]);
    assert_eq!(office.after(0).await, ["desk 4"]);
    assert!(office.after(9 * 3_600 - 1).await.is_empty());
    assert_eq!(office.after(1).await, ["mail digest of 1,2,3,4"]);
}

#[tokio::test]
async fn a_digest_comes_once_a_day_also_over_a_restart() {
    let mut office = Office::open().await;
    office.raise(&[("area", "US"), ("type", "release.new")]);
    assert!(office.after(11 * 3_600).await.is_empty());
    office.raise(&[("area", "JP"), ("type", "release.new")]);
    let Office { house, settings, receiver, store, count } = office;
    drop(store);
    let store = house.open();
    let mut office = Office { house, settings, receiver, store, count };
    assert_eq!(office.after(3_600).await, ["mail digest of 1,2"]);
    assert!(office.after(24 * 3_600).await.is_empty(), "nothing new, no digest");
    office.raise(&[("area", "US"), ("type", "release.new")]);
    assert_eq!(office.after(24 * 3_600).await, ["mail 3"], "one alone comes as itself");
}

#[tokio::test]
async fn a_silence_keeps_back_until_it_ends_and_what_it_kept_can_be_asked_for() {
    let mut office = Office::open().await;
    let now = office.house.clock.now();
    let until = now + SignedDuration::from_hours(1);
    let silence = SilenceTable::new(vec!["priority=high".into()], now, until, "drill".into()).expect("a silence");
    let file = SilencesFile { silences: vec![silence.clone()] };
    std::fs::write(&office.settings.silences, file.write().expect("text")).expect("a file");
    let urgent = [("priority", "high"), ("type", "watch.flagged")];
    office.raise(&urgent);
    assert!(office.after(0).await.is_empty());
    let id = AlertId::new("alert-1-desk");
    let held = office.store.alert(&id).expect("the store reads").expect("an alert").delivery;
    assert_eq!(held, Delivery::Silenced { at: now, silence: silence.id });
    office.raise(&urgent);
    assert_eq!(alerts::retry(&office.store, Some(&id), now).expect("the store writes"), 1);
    assert!(office.after(0).await.is_empty(), "the silence holds for what was asked for too");
    assert_eq!(alerts::retry(&office.store, Some(&id), now).expect("the store writes"), 1);
    assert_eq!(office.after(3_600).await, ["desk 1"]);
}

#[tokio::test]
async fn a_flood_becomes_a_digest() {
    let mut office = Office::open().await;
    for _ in 0..40 {
        office.raise(&[("priority", "high"), ("type", "watch.flagged"), ("area", "KR")]);
    }
    let clock: SharedClock = office.house.clock.clone();
    let (signal, shutdown) = shutdown::channel();
    let mut commits = office.store.follow();
    let running =
        tokio::spawn(alerts::run(office.settings.alerts(), office.store.clone(), clock, Mode::Forever, shutdown));
    // Three go out; the others are put off to the end of the window.
    let mut waiting = 40;
    while waiting > 0 {
        commits.recv().await.expect("delivery goes on");
        let due = office.store.alerts(usize::MAX).expect("the store reads");
        waiting = due
            .iter()
            .filter(
                |alert| matches!(&alert.delivery, Delivery::Waiting { due, .. } if *due <= office.house.clock.now()),
            )
            .count();
    }
    signal.shut_down();
    running.await.expect("no panic").expect("no failure");
    assert_eq!(office.receiver.arrived().len(), 3);
    let told = office.after(600).await;
    let [digest] = told.as_slice() else { panic!("{told:?}") };
    assert!(digest.starts_with("desk digest of ") && digest.matches(',').count() == 36, "{digest}");
}

#[test]
fn routes_with_mistakes_are_refused_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let base = "[[channel]]\nid = \"desk\"\nkind = \"log\"\n";
    for (text, words) in [
        ("[[route]]\nreceivers = [\"mail\"]", "there is no channel `mail`; channels: desk"),
        ("[[route]]\nreceivers = []", "name at least one channel"),
        ("[[route]]\nreceivers = [\"desk\"]\nmatchers = [\"aera=TW\"]", "no alert has the label `aera`"),
        ("[[route]]\nreceivers = [\"desk\"]\nmatchers = [\"area\"]", "is no matcher"),
        ("[[route]]\nreceivers = [\"desk\"]\nmute_time_intervals = [\"night\"]", "no time_interval `night`"),
        ("[[route]]\nreceivers = [\"desk\"]\ngroup_wait = \"30s\"", "need `group_by`"),
        ("[[route]]\nreceivers = [\"desk\"]\ndigest_at = \"08:00\"", "need `digest`"),
        ("[[time_interval]]\nname = \"night\"\ntimes = [\"22\"]", "no range of times"),
        ("[[time_interval]]\nname = \"night\"\nlocation = \"Taipei\"", "no time zone"),
        (
            "[[route]]\nname = \"a\"\nreceivers = [\"desk\"]\n[[route]]\nname = \"a\"\nreceivers = [\"desk\"]",
            "second route",
        ),
    ] {
        let wrong = load(folder.path(), &format!("{base}{text}\n")).expect_err(text).to_string();
        assert!(wrong.contains(words), "{text}: {wrong}");
    }
}
