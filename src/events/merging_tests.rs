//! What reports make of an event, told as stories: who says what, and how the event stands after it.

use std::collections::HashMap;

use bellwether_model::document::{DocumentRecord, PageTime};
use bellwether_model::event::{Event, EventChange, EventState, Fact, SpokenWords};
use bellwether_model::evidence::Evidence;
use bellwether_model::figure::{Amount, Confidence, Figure, Status};
use bellwether_model::id::{DocumentId, ReleaseId};
use bellwether_model::policy::PolicyAction;
use bellwether_model::source::Trust;

use super::held;
use super::merge::{Known, Near, Outcome, Report, comes_first, forget, merge, merge_near, replace};
use super::record;
use super::testing::{NAMES, empty_document, figure, snapshot, time};

/// One event over a series of reports.
#[derive(Default)]
pub(super) struct Story {
    pub(super) known: Option<Known>,
    clock: i64,
}

pub(super) fn document(name: &str, trust: Trust, day: Option<i8>) -> DocumentRecord {
    let page = snapshot(&format!("https://example.org/{name}"));
    let mut document = empty_document();
    document.published = day.map(|day| PageTime::day(jiff::civil::date(2026, 1, day)));
    record::of(&page, trust, &document, &[], None, time(0))
}

fn trust_of(name: &str) -> Trust {
    match name.as_bytes()[0] {
        b'o' => Trust::Official,
        b'f' => Trust::Forum,
        _ => Trust::Press,
    }
}

pub(super) fn report(figure: Figure) -> Report {
    Report { event: NAMES.figure(&figure, None), fact: Fact::Figure(figure), release: None, stands_out: false }
}

impl Story {
    /// A document says a value, as `p1 6407@1`: press (p), official (o) or forum (f), in billions; `low` and
    /// `revised` behind it make it unsure or a correction, `dN` published on that day. Gives the log row.
    pub(super) fn says(&mut self, line: &str) -> String {
        let words: Vec<&str> = line.split(' ').collect();
        let mut said = figure(&format!("TW exports 2025 level {}", words[1]));
        let mut day = None;
        let mut stands_out = false;
        for word in &words[2..] {
            match *word {
                "low" => said.confidence = Confidence::Low,
                "out" => stands_out = true,
                "revised" => said.status = Status::Revised,
                _ => day = word.strip_prefix('d').and_then(|day| day.parse().ok()),
            }
        }
        let said = report(said);
        let said = if stands_out { held::doubted(said) } else { said };
        self.report(&said, &document(words[0], trust_of(words[0]), day))
    }

    pub(super) fn report(&mut self, report: &Report, document: &DocumentRecord) -> String {
        self.clock += 1;
        let outcome = merge(self.known.clone(), report, document, time(self.clock));
        self.near(report, document, outcome.as_ref());
        self.take(outcome)
    }

    /// What is merged without looking at all mentions is what is merged with them.
    fn near(&self, report: &Report, document: &DocumentRecord, outcome: Option<&Outcome>) {
        let Some(known) = &self.known else { return };
        if known.mentions.iter().any(|mention| mention.document == document.id) {
            return;
        }
        let url = known.event.vintages.last().map(|last| last.url.clone()).unwrap_or_default();
        let shown = known.mentions.iter().find(|mention| mention.url == url).cloned().map(Box::new);
        let near = match &known.event.fact {
            Fact::Figure(_) => Near::Shown(shown),
            _ => Near::Matched(known.mentions.iter().any(|m| comes_first(m, document, time(self.clock)))),
        };
        let merged = merge_near(&known.event, near, report, document, time(self.clock));
        if let Some(merged) = merged {
            assert_eq!(Some(&merged), outcome);
        }
    }

    /// Does what the store does with an outcome.
    fn take(&mut self, outcome: Option<Outcome>) -> String {
        let Some(outcome) = outcome else {
            return "nothing".into();
        };
        let mut mentions: HashMap<DocumentId, _> = HashMap::new();
        let old = self.known.take();
        let mut ordered = old.as_ref().map(|known| known.mentions.clone()).unwrap_or_default();
        for mention in outcome.mentions {
            mentions.insert(mention.document.clone(), mention);
        }
        for mention in &mut ordered {
            if let Some(new) = mentions.remove(&mention.document) {
                *mention = new;
            }
        }
        ordered.extend(mentions.into_values());
        let event = outcome.event.or(old.map(|known| known.event)).expect("the first report makes the event");
        self.known = Some(Known { event, mentions: ordered });
        let silent = if outcome.silent { " (silent)" } else { "" };
        match outcome.change {
            None => format!("no row{silent}"),
            Some(change) => format!("{}{silent}", row(&change)),
        }
    }

    pub(super) fn event(&self) -> &Event {
        &self.known.as_ref().expect("something was said").event
    }

    /// `6407 new` and, behind a bar, the documents that say otherwise.
    pub(super) fn stands(&self) -> String {
        let known = self.known.as_ref().expect("something was said");
        let Fact::Figure(figure) = &known.event.fact else { panic!("a figure") };
        let state = serde_json::to_string(&known.event.state).expect("states serialize").replace('"', "");
        let mut against: Vec<&str> =
            known.mentions.iter().filter(|m| !m.agrees).filter_map(|m| m.url.rsplit('/').next()).collect();
        against.sort_unstable();
        format!("{} {state} | {}", amount(figure.amount), against.join(",")).trim_end_matches(" | ").to_owned()
    }

    pub(super) fn values(&self) -> Vec<String> {
        self.event().vintages.iter().map(|vintage| amount(vintage.amount)).collect()
    }
}

fn amount(amount: Amount) -> String {
    match amount {
        Amount::Value { value } => value.to_string(),
        Amount::Range { low, high } => format!("{low}..{high}"),
    }
}

fn row(change: &EventChange) -> String {
    match change {
        EventChange::New { .. } => "new".into(),
        EventChange::Merged { .. } => "merged".into(),
        EventChange::Revised { old, new, .. } => format!("revised {} to {}", amount(*old), amount(*new)),
        EventChange::Disputed { said, .. } => format!("disputed {}", amount(*said)),
        EventChange::Settled { .. } => "settled".into(),
        EventChange::Held { .. } => "held".into(),
        EventChange::Withdrawn => "withdrawn".into(),
        EventChange::Read { .. } | EventChange::Overdue | EventChange::Arrived => unreachable!("no merge brings it"),
    }
}

/// Each line is a report, `->`, the log row it must give and how the event must stand after it.
fn tell(lines: &[&str]) -> Story {
    let mut story = Story::default();
    for line in lines {
        let (said, expected) = line.split_once(" -> ").expect("an arrow");
        let row = story.says(said);
        assert_eq!(format!("{row}; {}", story.stands()), expected, "after `{said}`");
    }
    story
}

#[test]
fn a_more_exact_number_is_a_merge_and_is_shown() {
    let story = tell(&[
        "p1 6407@1 -> new; 6407 new",
        "p2 6407.5@0.1 -> merged; 6407.5 new",
        "p3 6407@1 -> merged; 6407.5 new",
        "o1 6407@1 -> merged; 6407 new",
        "p4 6407.5@0.1 -> merged; 6407 new",
    ]);
    assert_eq!(story.values(), ["6407"]);
    assert_eq!(story.event().vintages[0].from, time(1), "known since the first report");
    assert_eq!(story.event().mention_count, 5);
}

#[test]
fn press_against_press_is_a_dispute_that_an_official_source_ends() {
    tell(&[
        "p1 6407@1 -> new; 6407 new",
        "p2 6470@1 -> disputed 6470; 6407 disputed | p2",
        "p3 6407@1 -> merged; 6407 disputed | p2",
        "o1 6407@1 -> settled; 6407 new | p2",
        "p4 6470@1 -> merged; 6407 new | p2,p4",
    ]);
    let story = tell(&[
        "p1 6470@1 -> new; 6470 new",
        "p2 6407@1 -> disputed 6407; 6470 disputed | p2",
        "o1 6407.5@0.1 -> revised 6470 to 6407.5; 6407.5 revised | p1",
    ]);
    assert_eq!(story.values(), ["6470", "6407.5"]);
}

#[test]
fn a_dispute_ends_when_the_article_is_corrected() {
    tell(&[
        "p1 6407@1 -> new; 6407 new",
        "p2 6470@1 -> disputed 6470; 6407 disputed | p2",
        "p2 6407@1 -> settled; 6407 new",
    ]);
    tell(&[
        "p1 6470@1 -> new; 6470 new",
        "p2 6407@1 -> disputed 6407; 6470 disputed | p2",
        "p1 6407@1 -> revised 6470 to 6407; 6407 revised",
    ]);
    tell(&[
        "p1 6407@1 -> new; 6407 new",
        "p2 6470@1 -> disputed 6470; 6407 disputed | p2",
        "p2 6480@1 -> disputed 6480; 6407 disputed | p2",
    ]);
}

#[test]
fn a_page_that_gives_another_value_when_read_again_is_a_revision() {
    let story = tell(&[
        "o1 6407@1 -> new; 6407 new",
        "p1 6407@1 -> merged; 6407 new",
        "o1 6411@1 -> revised 6407 to 6411; 6411 revised | p1",
    ]);
    assert_eq!(story.values(), ["6407", "6411"]);
    tell(&["p1 6407@1 -> new; 6407 new", "p1 6411@1 -> revised 6407 to 6411; 6411 revised"]);
}

#[test]
fn a_later_official_value_is_a_revision_and_an_older_one_is_history() {
    tell(&["o1 6407@1 d9 -> new; 6407 new", "o2 6411@1 d20 -> revised 6407 to 6411; 6411 revised | o1"]);
    let story = tell(&["o2 6411@1 d20 -> new; 6411 new", "o1 6407@1 d9 -> merged; 6411 revised | o1"]);
    assert_eq!(story.values(), ["6407", "6411"]);
    tell(&["p1 6407@1 -> new; 6407 new", "p2 6411@1 revised -> revised 6407 to 6411; 6411 revised | p1"]);
    tell(&["p2 6411@1 revised -> new; 6411 new", "p1 6407@1 -> merged; 6411 revised | p1"]);
}

#[test]
fn a_forecast_that_comes_weeks_later_replaces_the_earlier_one() {
    let told = |lines: [(&str, i8, &str); 2]| {
        let mut story = Story::default();
        for (name, day, range) in lines {
            let forecast = report(figure(&format!("HK exports 2026 yoy {range} forecast")));
            story.report(&forecast, &document(name, Trust::Press, Some(day)));
        }
        story.stands()
    };
    assert_eq!(told([("p1", 2, "4@1"), ("p2", 20, "3@1")]), "3 revised | p1");
    assert_eq!(told([("p2", 20, "3@1"), ("p1", 2, "4@1")]), "3 revised | p1");
    assert_eq!(told([("p1", 2, "4@1"), ("p2", 3, "3@1")]), "4 disputed | p2");
}

#[test]
fn a_forum_is_corrected_and_never_corrects() {
    tell(&["p1 6407@1 -> new; 6407 new", "f1 6470@1 -> merged; 6407 new | f1"]);
    tell(&["f1 6470@1 -> new; 6470 new", "p1 6407@1 -> revised 6470 to 6407; 6407 revised | f1"]);
    tell(&["f1 6407@1 -> new; 6407 new", "f2 6470@1 -> merged; 6407 new | f2"]);
}

#[test]
fn what_is_unsure_wakes_nobody_and_yields_to_what_is_sure() {
    let story = tell(&[
        "o1 6470@1 low -> new (silent); 6470 new",
        "p1 6407@1 -> new; 6407 new | o1",
        "p2 6480@1 low -> merged (silent); 6407 new | o1,p2",
    ]);
    assert_eq!(story.values(), ["6407"]);
}

#[test]
fn what_stands_out_is_held_until_an_official_source_says_the_same() {
    tell(&[
        "p1 64075@1 out -> held (silent); 64075 held",
        "p2 64075@1 out -> merged (silent); 64075 held",
        "p1 64075@1 out -> nothing; 64075 held",
        "o1 64075@1 out -> new; 64075 new",
        "p3 64075@1 out -> merged (silent); 64075 new",
    ]);
    tell(&["o1 64075@1 out -> held (silent); 64075 held", "o2 64075@1 out -> new; 64075 new"]);
    tell(&["p1 64075@1 out -> held (silent); 64075 held", "p2 6408@1 -> new; 6408 new | p1"]);
    tell(&["p1 6408@1 -> new; 6408 new", "p2 64075@1 out -> merged (silent); 6408 new | p2"]);
    tell(&["p1 64075@1 out -> held (silent); 64075 held", "p2 64100@1 out -> merged (silent); 64075 held | p2"]);
    tell(&["p1 64075@1 out -> held (silent); 64075 held", "p2 64075@1 -> new; 64075 new"]);
}

#[test]
fn a_person_may_release_what_is_held() {
    let mut story = tell(&["p1 64075@1 out -> held (silent); 64075 held"]);
    let known = story.known.clone().expect("an event");
    let outcome = held::release(known.clone(), time(50)).expect("it was held");
    assert_eq!(outcome.event.as_ref().map(|event| event.vintages[0].from), Some(time(50)));
    assert_eq!(story.take(Some(outcome)), "new");
    assert_eq!(story.stands(), "64075 new");
    assert_eq!(held::release(story.known.expect("an event"), time(51)), None, "nothing is held any more");
}

#[test]
fn the_same_reading_again_changes_nothing() {
    let mut story = tell(&["p1 6407@1 -> new; 6407 new", "p2 6470@1 -> disputed 6470; 6407 disputed | p2"]);
    for said in ["p1 6407@1", "p2 6470@1", "p1 6407@1"] {
        let before = story.known.clone();
        assert_eq!(story.says(said), "nothing");
        assert_eq!(story.known, before);
    }
}

#[test]
fn words_that_moved_are_kept_without_a_row() {
    let mut story = tell(&["p1 6407@1 -> new; 6407 new"]);
    let mut moved = figure("TW exports 2025 level 6407@1");
    moved.evidence = Evidence { text: "elsewhere".into(), start: 40, end: 49 };
    assert_eq!(story.report(&report(moved), &document("p1", Trust::Press, None)), "no row");
    let known = story.known.expect("an event");
    assert_eq!(known.mentions[0].evidence.text, "elsewhere");
    assert_eq!(super::merge::evidence(&known.event.fact).text, "elsewhere");
    assert_eq!(known.event.changed, time(1));
}

#[test]
fn the_earliest_release_counts() {
    let mut story = Story::default();
    let with = |release: Option<&str>| Report {
        release: release.map(ReleaseId::new),
        ..report(figure("TW exports 2026-01 level 58..60 forecast"))
    };
    story.report(&with(None), &document("p1", Trust::Press, None));
    assert_eq!(story.event().release, None);
    story.report(&with(Some("TW-2026-01")), &document("p2", Trust::Press, None));
    story.report(&with(Some("TW-2025-12")), &document("p3", Trust::Press, None));
    story.report(&with(Some("TW-2026-02")), &document("p4", Trust::Press, None));
    assert_eq!(story.event().release, Some(ReleaseId::new("TW-2025-12")));
}

#[test]
fn a_fact_that_no_page_carries_any_more_is_withdrawn_until_one_does() {
    let mut story = tell(&["p1 6407@1 -> new; 6407 new", "p2 6470@1 -> disputed 6470; 6407 disputed | p2"]);
    let known = story.known.clone().expect("an event");
    let p1 = document("p1", Trust::Press, None).id;
    let outcome = forget(known, &p1, time(50)).expect("it was there");
    assert_eq!(
        outcome.change,
        Some(EventChange::Revised {
            document: document("p2", Trust::Press, None).id,
            old: figure("TW exports 2025 level 6407").amount,
            new: figure("TW exports 2025 level 6470").amount,
        })
    );
    story.take(Some(outcome));
    let mut known = story.known.clone().expect("an event");
    known.mentions.retain(|mention| mention.document != p1);
    let outcome = forget(known.clone(), &document("p2", Trust::Press, None).id, time(51)).expect("it was there");
    assert_eq!(outcome.change, Some(EventChange::Withdrawn));
    let event = outcome.event.expect("it changed");
    assert_eq!((event.state, event.mention_count), (EventState::Withdrawn, 0));
    story.known = Some(Known { event, mentions: Vec::new() });
    assert_eq!(story.says("p3 6407@1"), "new");
    assert_eq!(forget(known, &document("p9", Trust::Press, None).id, time(52)), None);
}

#[test]
fn better_rules_correct_a_reading_without_a_vintage() {
    let story = tell(&["p1 6407@1 -> new; 6407 new", "p2 6407@1 -> merged; 6407 new"]);
    let known = story.known.expect("an event");
    let better = report(figure("TW exports 2025 level 6400@1"));
    let outcome = replace(known.clone(), &better, &document("p1", Trust::Press, None), time(9)).expect("it differs");
    assert!(outcome.silent);
    assert_eq!(outcome.event.expect("a dispute").state, EventState::Disputed);
    let alone = Known { mentions: known.mentions[..1].to_vec(), ..known };
    let outcome = replace(alone, &better, &document("p1", Trust::Press, None), time(9)).expect("it differs");
    let event = outcome.event.expect("another value");
    assert_eq!((event.vintages.len(), event.vintages[0].from, event.state), (1, time(1), EventState::New));
}

pub(super) fn words(name: &str, org: Option<&str>) -> Report {
    let fact = SpokenWords {
        name: name.into(),
        title: None,
        org: org.map(String::from),
        text: "Orders are full".into(),
        direct: true,
        evidence: Evidence { text: "Orders are full".into(), start: 0, end: 15 },
    };
    Report { event: NAMES.statement(name, &fact.text), fact: Fact::Statement(fact), release: None, stands_out: false }
}

#[test]
fn statements_and_policy_actions_fill_their_gaps() {
    let mut story = Story::default();
    assert_eq!(story.report(&words("Ann", None), &document("p1", Trust::Press, None)), "new");
    assert_eq!(story.report(&words("Ann", Some("Ministry")), &document("p2", Trust::Press, None)), "merged");
    assert_eq!(story.report(&words("Ann", Some("Ministry")), &document("p2", Trust::Press, None)), "nothing");
    let Fact::Statement(said) = &story.event().fact else { panic!("words") };
    assert_eq!(said.org.as_deref(), Some("Ministry"));

    let action = |effective: Option<i8>| {
        let fact = PolicyAction {
            issuer: Some("MOFCOM".into()),
            number: Some("2025-62".into()),
            subject: "rare earths".into(),
            announced: None,
            effective: effective.map(|day| jiff::civil::date(2025, 12, day)),
            expires: None,
            partner: None,
            category: None,
            kind: None,
            refers: Vec::new(),
            parts: Vec::new(),
            originals: Vec::new(),
            evidence: Evidence { text: String::new(), start: 0, end: 0 },
        };
        Report { event: NAMES.policy(&fact, None), fact: Fact::Policy(fact), release: None, stands_out: false }
    };
    let mut story = Story::default();
    story.report(&action(None), &document("p1", Trust::Press, None));
    story.report(&action(Some(2)), &document("p2", Trust::Press, None));
    assert_eq!(story.report(&action(Some(1)), &document("o1", Trust::Official, None)), "merged");
    let Fact::Policy(shown) = &story.event().fact else { panic!("a policy action") };
    assert_eq!(shown.effective, Some(jiff::civil::date(2025, 12, 1)));
}
