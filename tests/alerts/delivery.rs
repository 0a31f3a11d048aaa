//! Delivery against receivers on loopback: what arrives, what is recorded, and what survives a restart.

use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bellwether::alerts::{self, Answer, Fate, Mode};
use bellwether::clock::{Clock, SharedClock};
use bellwether::settings::{ChannelKind, ChannelSettings};
use bellwether::shutdown;
use bellwether_model::alert::Delivery;
use bellwether_model::id::{AlertId, ChannelId};
use bellwether_model::web::CanonicalUrl;
use bellwether_store::{Change, Transaction};
use hmac::{Hmac, KeyInit, Mac};
use jiff::SignedDuration;
use sha2::Sha256;

use crate::house::{House, Receiver, delivery, settings};

const SECRET: &[u8] = b"a key that only the two of us know";

fn webhook(id: &str, address: SocketAddr) -> ChannelSettings {
    let url = CanonicalUrl::parse(&format!("http://{address}/hook?token=hidden")).expect("an address");
    ChannelSettings::new(ChannelId::new(id), ChannelKind::Webhook { url, secrets: vec![SECRET.to_vec()] })
}

#[tokio::test]
async fn an_alert_arrives_signed_with_its_id() {
    let mut receiver = Receiver::start(&["204 No Content"]).await;
    let (house, channel) = (House::new(), webhook("desk", receiver.address));
    let store = house.open();
    let ids = house.fill(&store, &["desk"]);
    assert_eq!(house.once(&store, &[channel], &[receiver.address]).await, 1);
    let arrived = receiver.arrived();
    let [arrival] = arrived.as_slice() else { panic!("one request: {arrived:?}") };
    assert_eq!(arrival.header("webhook-id"), ids[0].as_str());
    assert_eq!(arrival.header("content-type"), "application/json");
    let at = arrival.header("webhook-timestamp");
    assert_eq!(at, house.clock.now().as_second().to_string());
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET).expect("any key");
    mac.update(format!("{}.{at}.{}", ids[0], arrival.body).as_bytes());
    let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    assert_eq!(arrival.header("webhook-signature"), expected);
    let body: serde_json::Value = serde_json::from_str(&arrival.body).expect("JSON");
    assert_eq!((&body["type"], &body["data"]["id"]), (&"release.new".into(), &"TW-2025-12".into()));
    assert!(matches!(delivery(&store, &ids[0]), Delivery::Delivered { attempts: 1, .. }));
    assert_eq!(house.once(&store, &[webhook("desk", receiver.address)], &[receiver.address]).await, 0);
    assert!(receiver.arrived().is_empty(), "what was taken is not sent again");
}

#[tokio::test]
async fn a_failed_attempt_is_repeated_after_a_restart_with_the_same_id() {
    let mut receiver = Receiver::start(&["500 Internal Server Error", "200 OK"]).await;
    let house = House::new();
    let channels = [webhook("desk", receiver.address)];
    let store = house.open();
    let ids = house.fill(&store, &["desk"]);
    assert_eq!(house.once(&store, &channels, &[receiver.address]).await, 0);
    let Delivery::Waiting { attempts: 1, last_error: Some(error), .. } = delivery(&store, &ids[0]) else {
        panic!("it waits for its second attempt");
    };
    assert!(error.contains("500") && !error.contains("hidden"), "{error}");
    drop(store);

    let store = house.open();
    assert_eq!(house.once(&store, &channels, &[receiver.address]).await, 0);
    assert_eq!(receiver.arrived().len(), 1, "not before its time");
    house.clock.step(SignedDuration::from_secs(7));
    assert_eq!(house.once(&store, &channels, &[receiver.address]).await, 1);
    let second = receiver.arrived();
    assert_eq!(second[0].header("webhook-id"), ids[0].as_str());
    assert!(matches!(delivery(&store, &ids[0]), Delivery::Delivered { attempts: 2, .. }));
}

#[tokio::test]
async fn an_attempt_that_was_cut_off_is_repeated_with_the_same_id_and_body() {
    // The receiver takes the request, and the program ends before the answer is there.
    let mut receiver = Receiver::start(&[]).await;
    let house = House::new();
    let (clock, channels) = (house.clock.clone(), vec![webhook("desk", receiver.address)]);
    let store = house.open();
    let ids = house.fill(&store, &["desk"]);
    let (signal, shutdown) = shutdown::channel();
    let run = alerts::run(settings(&channels, &[receiver.address]), store.clone(), clock, Mode::Forever, shutdown);
    let running = tokio::spawn(run);
    let first = receiver.arrivals.recv().await.expect("a request");
    running.abort();
    assert!(running.await.expect_err("it was cut off").is_cancelled());
    drop((signal, store));

    let store = house.open();
    receiver.answer_with("200 OK");
    house.clock.step(SignedDuration::from_secs(1));
    assert_eq!(house.once(&store, &channels, &[receiver.address]).await, 1);
    let second = receiver.arrived().remove(0);
    assert_eq!((second.header("webhook-id"), &second.body), (first.header("webhook-id"), &first.body));
    assert_ne!(second.header("webhook-timestamp"), first.header("webhook-timestamp"));
    assert!(matches!(delivery(&store, &ids[0]), Delivery::Delivered { attempts: 1, .. }));
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_given_up_until_somebody_asks() {
    let receiver = Receiver::start(&["410 Gone", "200 OK"]).await;
    let house = House::new();
    let channels = [webhook("desk", receiver.address)];
    let store = house.open();
    let ids = house.fill(&store, &["desk"]);
    house.once(&store, &channels, &[receiver.address]).await;
    assert!(matches!(delivery(&store, &ids[0]), Delivery::GaveUp { attempts: 1, .. }));
    house.clock.step(SignedDuration::from_hours(100));
    assert_eq!(house.once(&store, &channels, &[receiver.address]).await, 0);
    assert_eq!(alerts::retry(&store, None, house.clock.now()).expect("the store writes"), 1);
    assert_eq!(house.once(&store, &channels, &[receiver.address]).await, 1);
    assert_eq!(alerts::retry(&store, Some(&ids[0]), house.clock.now()).expect("the store reads"), 0);
}

#[tokio::test]
async fn redirects_are_failures_and_wishes_are_kept() {
    let mut elsewhere = Receiver::start(&["200 OK"]).await;
    let target = format!("302 Found\r\nlocation: http://{}/", elsewhere.address);
    let target: &'static str = Box::leak(target.into_boxed_str());
    let receiver = Receiver::start(&[target, "429 Too Many Requests\r\nretry-after: 7200", "200 OK"]).await;
    let house = House::new();
    let channels = [webhook("desk", receiver.address)];
    let allowed = [receiver.address, elsewhere.address];
    let store = house.open();
    let ids = house.fill(&store, &["desk"]);
    house.once(&store, &channels, &allowed).await;
    assert!(matches!(delivery(&store, &ids[0]), Delivery::Waiting { attempts: 1, .. }));
    assert!(elsewhere.arrived().is_empty());
    house.clock.step(SignedDuration::from_secs(10));
    house.once(&store, &channels, &allowed).await;
    let Delivery::Waiting { due, attempts: 2, .. } = delivery(&store, &ids[0]) else { panic!("it waits") };
    assert_eq!(due, house.clock.now() + SignedDuration::from_hours(2));
    house.clock.step(SignedDuration::from_hours(2));
    assert_eq!(house.once(&store, &channels, &allowed).await, 1);
}

#[tokio::test]
async fn receivers_inside_the_house_are_reached_only_where_they_are_named() {
    let mut receiver = Receiver::start(&["200 OK"]).await;
    let house = House::new();
    let store = house.open();
    let port = receiver.address.port();
    let by_name = CanonicalUrl::parse(&format!("http://localhost:{port}/")).expect("an address");
    let by_name = ChannelSettings {
        kind: ChannelKind::Webhook { url: by_name, secrets: Vec::new() },
        ..webhook("named", receiver.address)
    };
    let channels = [webhook("numbers", receiver.address), by_name];
    let other_port = SocketAddr::new(receiver.address.ip(), port ^ 1);
    let ids = house.fill(&store, &["numbers", "named"]);
    assert_eq!(house.once(&store, &channels, &[other_port]).await, 0);
    assert!(receiver.arrived().is_empty());
    for id in &ids {
        let Delivery::Waiting { last_error: Some(error), .. } = delivery(&store, id) else { panic!("it waits") };
        assert!(error.contains("allow_private"), "{error}");
    }
    house.clock.step(SignedDuration::from_secs(10));
    receiver.answer_with("200 OK");
    assert_eq!(house.once(&store, &channels, &[receiver.address]).await, 2);
}

#[tokio::test]
async fn a_receiver_that_does_not_answer_keeps_nobody_waiting() {
    let mut silent = Receiver::start(&[]).await;
    let mut quick = Receiver::start(&["200 OK", "200 OK"]).await;
    let house = House::new();
    let store = house.open();
    house.fill(&store, &["silent", "quick"]);
    let (signal, shutdown) = shutdown::channel();
    let channels = vec![webhook("silent", silent.address), webhook("quick", quick.address)];
    let allowed = vec![silent.address, quick.address];
    let clock: SharedClock = house.clock.clone();
    let running =
        tokio::spawn(alerts::run(settings(&channels, &allowed), store.clone(), clock, Mode::Forever, shutdown));
    silent.arrivals.recv().await.expect("a request");
    quick.arrivals.recv().await.expect("a request");
    // While the silent one still holds its request, a further alert comes and arrives.
    let now = house.clock.now();
    let mut further = store.alerts(usize::MAX).expect("the store reads");
    further.retain(|alert| alert.channel.as_str() == "quick");
    let mut alert = further.remove(0);
    alert.id = AlertId::new("alert-further");
    alert.delivery = Delivery::Waiting { due: now, attempts: 0, last_error: None };
    let mut transaction = Transaction::new(now);
    transaction.push(Change::Alert(Box::new(alert)));
    store.commit(transaction).expect("the store writes");
    let arrival = quick.arrivals.recv().await.expect("a request");
    assert_eq!(arrival.header("webhook-id"), "alert-further");
    running.abort();
    assert!(running.await.is_err(), "it was still waiting for the silent one");
    drop(signal);
}

#[tokio::test]
async fn an_alert_of_a_channel_that_is_gone_from_the_settings_waits_for_it() {
    let receiver = Receiver::start(&["200 OK"]).await;
    let house = House::new();
    let store = house.open();
    let ids = house.fill(&store, &["desk"]);
    assert_eq!(house.once(&store, &[], &[]).await, 0);
    assert!(matches!(delivery(&store, &ids[0]), Delivery::Waiting { attempts: 0, last_error: Some(_), .. }));
    house.clock.step(SignedDuration::from_hours(1));
    assert_eq!(house.once(&store, &[webhook("desk", receiver.address)], &[receiver.address]).await, 1);
}

#[tokio::test]
async fn a_channel_can_be_tested() {
    let mut receiver = Receiver::start(&["200 OK", "404 Not Found"]).await;
    let (channel, now) = (webhook("desk", receiver.address), House::new().clock.now());
    let allowed = [receiver.address];
    assert_eq!(alerts::test(&channel, &allowed, now).await.expect("a client"), Answer::Taken);
    let body: serde_json::Value = serde_json::from_str(&receiver.arrived()[0].body).expect("JSON");
    assert_eq!(body["type"], "channel.test");
    let refused = alerts::test(&channel, &allowed, now).await.expect("a client");
    assert!(matches!(refused, Answer::Failed { reason, fate: Fate::Later, .. } if reason.contains("404")));
}

#[tokio::test]
async fn the_end_of_the_program_waits_for_attempts_that_are_nearly_done() {
    let receiver = Receiver::start(&["200 OK"]).await;
    let house = House::new();
    let store = house.open();
    let ids = house.fill(&store, &["desk"]);
    let mut commits = store.follow();
    let (signal, shutdown) = shutdown::channel();
    let (channels, allowed) = (vec![webhook("desk", receiver.address)], vec![receiver.address]);
    let clock: SharedClock = house.clock.clone();
    let running =
        tokio::spawn(alerts::run(settings(&channels, &allowed), store.clone(), clock, Mode::Forever, shutdown));
    commits.recv().await.expect("the attempt is recorded");
    signal.shut_down();
    let ended = tokio::time::timeout(Duration::from_secs(20), running).await.expect("it ends");
    assert_eq!(ended.expect("no panic").expect("no failure"), 1);
    assert!(matches!(delivery(&store, &ids[0]), Delivery::Delivered { .. }));
}

#[tokio::test]
async fn a_channel_whose_receiver_is_gone_stays_out_of_use_until_it_is_configured_anew() {
    let mut receiver = Receiver::start(&["410 Gone", "200 OK", "200 OK"]).await;
    let house = House::new();
    let old = [webhook("desk", receiver.address)];
    let store = house.open();
    house.fill(&store, &["desk"]);
    house.once(&store, &old, &[receiver.address]).await;
    let further = house.further(&store, "desk", 1);
    house.clock.step(SignedDuration::from_hours(2));
    assert_eq!(house.once(&store, &old, &[receiver.address]).await, 0);
    assert_eq!(receiver.arrived().len(), 1, "nothing more is sent");
    let Delivery::Waiting { last_error: Some(reason), attempts: 0, .. } = delivery(&store, &further[0]) else {
        panic!("the next alert waits, with the reason");
    };
    assert!(reason.contains("410") && reason.contains("watchlist.toml"), "{reason}");
    let out = bellwether::view::channels::out_of_use(&store.channels().expect("the store reads"), &old);
    assert_eq!(out.len(), 1);
    drop(store);

    // Another address is another configuration, also after a restart.
    let url = CanonicalUrl::parse(&format!("http://{}/hook?token=another", receiver.address)).expect("an address");
    let new = [ChannelSettings::new(ChannelId::new("desk"), ChannelKind::Webhook { url, secrets: Vec::new() })];
    let store = house.open();
    house.clock.step(SignedDuration::from_hours(2));
    assert_eq!(house.once(&store, &new, &[receiver.address]).await, 1);
    assert!(matches!(delivery(&store, &further[0]), Delivery::Delivered { attempts: 1, .. }));
    assert!(bellwether::view::channels::out_of_use(&store.channels().expect("the store reads"), &new).is_empty());
}

#[tokio::test]
async fn a_receiver_that_wants_to_be_left_alone_is_not_asked_with_other_alerts_either() {
    let mut receiver = Receiver::start(&["429 Too Many Requests\r\nretry-after: 7200", "200 OK", "200 OK"]).await;
    let house = House::new();
    let channels = [webhook("desk", receiver.address)];
    let store = house.open();
    house.fill(&store, &["desk"]);
    house.once(&store, &channels, &[receiver.address]).await;
    house.further(&store, "desk", 1);
    drop(store);
    let store = house.open();
    house.clock.step(SignedDuration::from_secs(7_199));
    assert_eq!(house.once(&store, &channels, &[receiver.address]).await, 0);
    assert_eq!(receiver.arrived().len(), 1);
    house.clock.step(SignedDuration::from_secs(1));
    assert_eq!(house.once(&store, &channels, &[receiver.address]).await, 2);
}

#[tokio::test]
async fn a_receiver_that_fails_is_asked_with_one_alert_and_the_rest_follows_when_it_works() {
    let mut receiver = Receiver::start(&["500 Internal Server Error"]).await;
    let house = House::new();
    let channels = [webhook("desk", receiver.address)];
    let store = house.open();
    house.further(&store, "desk", 40);
    // Four attempts may be under way when the first fails; none of the other thirty-six is begun.
    (0..3).for_each(|_| receiver.answer_with("500 Internal Server Error"));
    assert_eq!(house.once(&store, &channels, &[receiver.address]).await, 0);
    assert_eq!(receiver.arrived().len(), 4);
    (0..40).for_each(|_| receiver.answer_with("200 OK"));
    house.clock.step(SignedDuration::from_secs(7));
    assert_eq!(house.once(&store, &channels, &[receiver.address]).await, 40);
}

#[tokio::test]
async fn a_backlog_on_one_receiver_delays_no_other() {
    const BACKLOG: usize = 1_000;
    let mut silent = Receiver::start(&[]).await;
    let mut quick = Receiver::start(&["200 OK"; 40]).await;
    let house = House::new();
    let store = house.open();
    house.further(&store, "silent", BACKLOG);
    let (signal, shutdown) = shutdown::channel();
    let channels = vec![webhook("silent", silent.address), webhook("quick", quick.address)];
    let allowed = vec![silent.address, quick.address];
    let clock: SharedClock = house.clock.clone();
    let running =
        tokio::spawn(alerts::run(settings(&channels, &allowed), store.clone(), clock, Mode::Forever, shutdown));
    silent.arrivals.recv().await.expect("a request");
    for n in 0..40 {
        let id = house.further(&store, "quick", 1).remove(0);
        let arrival = tokio::time::timeout(Duration::from_secs(5), quick.arrivals.recv()).await;
        let arrival = arrival.expect("within five seconds").expect("a request");
        assert_eq!(arrival.header("webhook-id"), id.as_str(), "{n}");
    }
    running.abort();
    assert!(running.await.is_err(), "it was still waiting for the silent one");
    drop(signal);
}
