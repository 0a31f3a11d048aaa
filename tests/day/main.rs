//! A day of a desk by stepped time: twelve outlets report one release in two scripts and English, one with a misprint, one
//! of them a forum; the official page comes first and is corrected an hour later; a forecast is missed; a suspension ends in
//! seven days; another release is overdue, and a page without a fact holds words that an item asks for. The list of alerts was written before the code that makes it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

mod house;
mod town;
#[path = "../support/web.rs"]
mod web;

use std::collections::BTreeSet;

use bellwether_model::alert::Delivery;
use house::{Answer, House};
use jiff::SignedDuration;
use town::{OUTLETS, Town, page};

/// What the desk is told on the day, and when: hour and minute by Coordinated Universal Time, kind, beginning of the line.
const TOLD: &[(&str, &str, &str)] = &[
    ("00:00", "watch.deadline", "管制: ends with 2026-01-16, in 7 days"),
    ("06:00", "watch.flagged", "磋商: 荷兰经济大臣同中方就安世半导体举行磋商。 (strait: "),
    ("08:00", "release.new", "TW exports 2025-12: 62.48 billion USD, +43.4% on a year before (ministry:"),
    ("08:00", "watch.flagged", "超出預測: TW exports 2025-12: +43.4% on a year before (ministry:"),
    ("08:14", "release.updated", "further figures: TW imports 2025-12: 43.05 billion USD, and 1 more (daily:"),
    ("09:00", "figure.revised", "TW exports 2025-12 revised: 62.84 billion USD, was 62.48 billion USD (ministry:"),
    ("10:00", "release.overdue", "customs: the release of kr-trade expected at 2026-01-09T09:00:00Z"),
    ("10:00", "watch.flagged", "韓國統計逾期: customs: the release of kr-trade expected at 2026-01-09T09:00:00Z"),
];

/// Plays the day and gives what was told.
async fn play(answers: Vec<Answer>, kills: Option<u64>) -> House {
    let town = Town::open().await;
    let mut house = House::of(&town, answers, kills).await;
    // The day before: what stands there is known, and told to nobody.
    town.show(
        "daily",
        page(
            "財政部預測12月出口",
            "2025-12-09T17:00:00+08:00",
            "財政部預估，2025年12月出口金額介於548億至567億美元，年增26%至30%。",
        ),
    );
    town.show(
        "commerce",
        page(
            "商务部公告2025年第88号",
            "2025-11-10T09:00:00+08:00",
            "商务部公告2025年第88号，公布暂停对镓相关物项的出口管制的决定。本公告自2025年11月10日起施行，至2026年1月16日止。",
        ),
    );
    town.show("customs", page("Customs", "2025-12-01T09:00:00+09:00", "The office publishes its tables each month."));
    house.pass().await;
    assert_eq!(house.alerts(), [], "a backlog is silent");

    house.until("00:00").await;
    // A page that tells no fact, and its copy in the other script: an item asks for its words.
    let talks = "双方在北京会谈。荷兰经济大臣同中方就安世半导体举行磋商。";
    town.show("strait", page("会谈", "2026-01-09T13:50:00+08:00", talks));
    house.until("06:00").await;
    let copy = "荷蘭經濟大臣同中方就安世半導體舉行磋商。";
    town.show("weekly", page("會談", "2026-01-09T14:20:00+08:00", copy));
    house.until("06:30").await;
    let official = |exports: &str| {
        let text = format!("財政部公布114年12月海關進出口統計：出口{exports}億美元，較上年同月增43.4%。");
        page("114年12月海關進出口貿易初步統計", "2026-01-09T16:00:00+08:00", &text)
    };
    town.show("ministry", official("624.8"));
    house.until("08:00").await;
    for (number, (outlet, text)) in OUTLETS.iter().enumerate() {
        town.show(outlet, page("12月出口", "2026-01-09T16:30:00+08:00", text));
        house.until(&format!("08:{:02}", 4 * number + 2)).await;
    }
    town.show("ministry", official("628.4"));
    for time in ["09:00", "09:59", "10:00", "12:00", "23:00"] {
        house.until(time).await;
    }
    house
}

/// Whether kinds and lines are those of the list, in any order.
fn assert_list(house: &House) {
    let alerts = house.alerts();
    let mut told: Vec<(&str, &str)> = alerts.iter().map(|alert| (alert.kind.name(), alert.summary.as_str())).collect();
    let mut list: Vec<(&str, &str)> = TOLD.iter().map(|(_, kind, line)| (*kind, *line)).collect();
    told.sort_unstable();
    list.sort_unstable();
    let is_as_written = told.len() == list.len()
        && told.iter().zip(&list).all(|(told, list)| told.0 == list.0 && told.1.starts_with(list.1));
    assert!(is_as_written, "{told:#?}");
    assert!(alerts.iter().all(|alert| matches!(alert.delivery, Delivery::Delivered { .. })), "{alerts:#?}");
    let taken = house.desk.taken.lock().unwrap();
    let ids: BTreeSet<&str> = taken.iter().map(|(_, id)| id.as_str()).collect();
    assert_eq!(ids, alerts.iter().map(|alert| alert.id.as_str()).collect(), "all of it arrived");
}

/// Whether the desk was told in the order and at the minutes of the list.
fn assert_order(house: &House) {
    let alerts = house.alerts();
    let mut seen = BTreeSet::new();
    let taken = house.desk.taken.lock().unwrap();
    let mut order: Vec<(&str, &str)> = taken
        .iter()
        .filter(|(_, id)| seen.insert(id.as_str()))
        .map(|(minute, id)| (minute.as_str(), alerts.iter().find(|alert| alert.id.as_str() == id).unwrap().kind.name()))
        .collect();
    // A receiver that is a program is told of several things of one moment side by side.
    order.sort_by_key(|(minute, kind)| (minute.to_string(), *kind));
    let minutes: Vec<&str> = taken.iter().map(|(minute, _)| minute.as_str()).collect();
    assert!(minutes.is_sorted(), "{minutes:?}");
    assert_eq!(order, TOLD.iter().map(|(minute, kind, _)| (*minute, *kind)).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_is_told_exactly_what_it_should_be() {
    let house = play(Vec::new(), None).await;
    assert_list(&house);
    assert_order(&house);
    assert_eq!(house.desk.taken.lock().unwrap().len(), TOLD.len(), "each once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_fails_in_every_way_is_told_the_same() {
    let answers = vec![
        Answer::Broken,
        Answer::Refused(500),
        Answer::Refused(503),
        Answer::TakenAndBroken,
        Answer::Taken,
        Answer::Busy(1800),
        Answer::Refused(404),
        Answer::Refused(302),
        Answer::TakenAndBroken,
        Answer::Broken,
    ];
    let house = play(answers, None).await;
    for _ in 0..40 {
        house.clock.step(SignedDuration::from_hours(2));
        house.deliver().await;
    }
    assert_list(&house);
    let taken = house.desk.taken.lock().unwrap();
    assert_eq!(taken.len(), TOLD.len() + 2, "twice where it had no chance to say that it took it, under the same id");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_killed_at_random_tells_the_same() {
    if house::is_child().await {
        return;
    }
    for seed in [20_260_109, 88] {
        let house = play(Vec::new(), Some(seed)).await;
        assert_list(&house);
        assert_order(&house);
    }
}
