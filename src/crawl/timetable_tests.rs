//! Tests of the timetable: whose turn it is, whatever happens.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::settings::HostGroup;

fn url(text: &str) -> CanonicalUrl {
    CanonicalUrl::parse(text).unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

const A1: &str = "https://a.example/1";
const A2: &str = "https://a.example/2";
const A_FEED: &str = "https://a.example/feed";
const B1: &str = "https://b.example/1";

fn filled(per_host: usize) -> Timetable {
    let mut timetable = Timetable::new(per_host, Arc::default());
    timetable.put(&url(A1), at(1), false);
    timetable.put(&url(A2), at(2), false);
    timetable.put(&url(A_FEED), at(3), true);
    timetable.put(&url(B1), at(4), false);
    timetable
}

#[test]
fn hosts_take_turns_and_feeds_go_first() {
    let mut timetable = filled(1);
    let now = Instant::now();
    assert_eq!(timetable.next(now), None, "nothing is due");
    assert_eq!(timetable.next_due(), Some(at(1)));
    timetable.advance(at(4));
    assert_eq!(timetable.next(now), Some(url(A_FEED)));
    assert_eq!(timetable.next(now), Some(url(B1)));
    assert_eq!(timetable.next(now), None, "both hosts are busy");
    let rest = now + Duration::from_secs(2);
    timetable.finish(&url(A_FEED), Some((at(100), true)), rest);
    assert_eq!(timetable.next(now), None, "the host rests");
    assert_eq!(timetable.next_rested(), Some(rest));
    assert_eq!(timetable.next(rest), Some(url(A1)));
    timetable.finish(&url(A1), None, rest);
    assert_eq!(timetable.next(rest), Some(url(A2)));
    timetable.finish(&url(A2), None, rest);
    timetable.finish(&url(B1), None, rest);
    assert!(timetable.is_quiet());
    assert_eq!(timetable.next_due(), Some(at(100)));
}

#[test]
fn feeds_that_are_always_due_keep_no_article_waiting() {
    let mut timetable = filled(1);
    timetable.advance(at(3));
    let now = Instant::now();
    let mut order = Vec::new();
    for _ in 0..4 {
        let next = timetable.next(now).unwrap();
        let again = (next == url(A_FEED)).then_some((at(3), true));
        timetable.finish(&next, again, now);
        timetable.advance(at(3));
        order.push(next);
    }
    assert_eq!(order, [A_FEED, A1, A_FEED, A2].map(url));
}

#[test]
fn several_of_a_host_at_a_time_only_where_allowed() {
    let mut timetable = filled(2);
    timetable.advance(at(2));
    let now = Instant::now();
    assert_eq!(timetable.next(now), Some(url(A1)));
    assert_eq!(timetable.next(now), Some(url(A2)));
    timetable.advance(at(3));
    assert_eq!(timetable.next(now), None);
    timetable.finish(&url(A1), None, now);
    assert_eq!(timetable.next(now), Some(url(A_FEED)));
}

#[test]
fn a_postponed_visit_comes_again_after_the_rest() {
    let mut timetable = filled(1);
    timetable.advance(at(2));
    let now = Instant::now();
    assert_eq!(timetable.next(now), Some(url(A1)));
    let rest = now + Duration::from_secs(60);
    timetable.postpone(&url(A1), rest);
    assert_eq!(timetable.next(now), None);
    assert_eq!(timetable.next(rest), Some(url(A1)));
}

#[test]
fn a_host_that_is_given_up_leaves_nothing() {
    let mut timetable = filled(1);
    timetable.advance(at(3));
    let now = Instant::now();
    let first = timetable.next(now).unwrap();
    timetable.finish(&first, None, now + Duration::from_secs(60));
    assert_eq!(timetable.drop_host("https://a.example").len(), 2);
    assert!(timetable.is_quiet());
    assert_eq!(timetable.next_rested(), None);
    // It can come again.
    timetable.put(&url(A1), at(3), false);
    timetable.advance(at(3));
    assert_eq!(timetable.next(now), Some(url(A1)));
}

#[test]
fn a_due_time_can_be_moved_and_taken_back() {
    let mut timetable = filled(1);
    timetable.put(&url(A1), at(50), false);
    timetable.remove(&url(A2));
    assert_eq!(timetable.next_due(), Some(at(3)));
    timetable.advance(at(3));
    // What waits already is neither doubled nor taken back.
    timetable.put(&url(A_FEED), at(1), true);
    timetable.remove(&url(A_FEED));
    let now = Instant::now();
    assert_eq!(timetable.next(now), Some(url(A_FEED)));
    timetable.finish(&url(A_FEED), None, now);
    assert_eq!(timetable.next(now), None);
}

fn group(hosts: &[&str]) -> HostGroup {
    let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
    HostGroup { id: "g".to_owned(), hosts, gap: Duration::from_secs(2), connections: 1 }
}

#[test]
fn hosts_of_a_group_are_asked_one_after_the_other_and_in_turn() {
    let groups = Groups::new(&[group(&["a.example", "b.example"])]);
    let mut timetable = Timetable::new(1, Arc::new(groups));
    for page in [A1, A2, B1, "https://c.example/1"] {
        timetable.put(&url(page), at(1), false);
    }
    timetable.advance(at(1));
    let now = Instant::now();
    assert_eq!(timetable.next(now), Some(url(A1)));
    assert_eq!(timetable.next(now), Some(url("https://c.example/1")), "of no group");
    assert_eq!(timetable.next(now), None, "B waits for A");
    let rest = now + Duration::from_secs(2);
    timetable.finish(&url(A1), None, Rest { host: now + Duration::from_secs(60), group: rest });
    assert_eq!(timetable.next(now), None, "the whole group rests");
    assert_eq!(timetable.next_rested(), Some(rest));
    assert_eq!(timetable.next(rest), Some(url(B1)));
    timetable.finish(&url(B1), None, rest);
    assert_eq!(timetable.next(rest), None, "A rests for longer than its group");
    assert_eq!(timetable.next(now + Duration::from_secs(60)), Some(url(A2)));
}

#[test]
fn rests_can_be_ended_when_a_clock_has_jumped() {
    let mut timetable = filled(1);
    timetable.advance(at(2));
    let now = Instant::now();
    assert_eq!(timetable.next(now), Some(url(A1)));
    timetable.finish(&url(A1), None, now + Duration::from_secs(3600));
    assert_eq!(timetable.next(now), None);
    timetable.wake(None);
    assert_eq!(timetable.next(now), Some(url(A2)));
}

#[derive(Debug, Clone)]
enum Step {
    Put(u8, bool),
    Next,
    Finish(bool),
    Postpone,
    Drop(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..12_u8, any::<bool>()).prop_map(|(page, prompt)| Step::Put(page, prompt)),
        4 => Just(Step::Next),
        2 => any::<bool>().prop_map(Step::Finish),
        1 => Just(Step::Postpone),
        1 => (0..3_u8).prop_map(Step::Drop),
    ];
    proptest::collection::vec(step, 0..60)
}

proptest! {
    /// Whatever happens, no host is asked more than is allowed, and everything that waits is visited in the end.
    #[test]
    fn nothing_is_lost_or_doubled(steps in steps(), per_host in 1..3_usize, grouped in any::<bool>()) {
        let groups = if grouped { vec![group(&["host0.example", "host1.example"])] } else { Vec::new() };
        let mut timetable = Timetable::new(per_host, Arc::new(Groups::new(&groups)));
        let mut now = Instant::now();
        let mut waiting = BTreeSet::new();
        let mut visited: Vec<CanonicalUrl> = Vec::new();
        for step in steps {
            now += Duration::from_secs(1);
            match step {
                Step::Put(page, prompt) => {
                    let page = url(&format!("https://host{}.example/{page}", page % 3));
                    timetable.put(&page, at(1), prompt);
                    timetable.advance(at(1));
                    if !visited.contains(&page) {
                        waiting.insert(page);
                    }
                }
                Step::Next => {
                    if let Some(page) = timetable.next(now) {
                        prop_assert!(waiting.remove(&page), "{page} did not wait");
                        visited.push(page.clone());
                        let beside = visited.iter().filter(|other| other.origin() == page.origin()).count();
                        prop_assert!(beside <= per_host);
                        let in_group = visited.iter().filter(|page| !page.origin().contains("host2")).count();
                        prop_assert!(!grouped || in_group <= 1);
                    }
                }
                Step::Finish(again) => {
                    if let Some(page) = visited.pop() {
                        timetable.finish(&page, again.then_some((at(1), false)), now + Duration::from_secs(3));
                        timetable.advance(at(1));
                        waiting.extend(again.then_some(page));
                    }
                }
                Step::Postpone => {
                    if let Some(page) = visited.pop() {
                        timetable.postpone(&page, now + Duration::from_secs(9));
                        waiting.insert(page);
                    }
                }
                Step::Drop(host) => {
                    for page in timetable.drop_host(&format!("https://host{host}.example")) {
                        prop_assert!(waiting.remove(&page), "{page} did not wait");
                    }
                }
            }
        }
        for page in visited {
            timetable.finish(&page, None, now);
        }
        now += Duration::from_secs(60);
        while let Some(page) = timetable.next(now) {
            prop_assert!(waiting.remove(&page), "{page} did not wait");
            timetable.finish(&page, None, now);
        }
        prop_assert!(waiting.is_empty(), "{waiting:?}");
        prop_assert!(timetable.is_quiet());
    }
}
