//! What holds of merging whatever reports come and in which order: nothing is lost, twice is once, and what is shown does not
//! depend on who was read first.

use bellwether_model::event::{EventState, Fact, SpokenWords};
use bellwether_model::evidence::Evidence;
use bellwether_model::figure::{Figure, Status};
use bellwether_model::id::EventId;
use bellwether_model::policy::PolicyAction;
use bellwether_model::source::Trust;
use proptest::prelude::*;

use super::merge::Report;
use super::merging_tests::{Story, document, report};
use super::testing::{NAMES, action, figure};

/// What a document says of one fact.
#[derive(Debug, Clone)]
struct Told {
    /// Its name, which tells how far its source is believed: `o`, `p` or `f` and a number.
    name: String,
    /// The day on which it was published; no two have the same.
    day: i8,
    /// The figure, action or words.
    fact: Fact,
}

/// What is left when it has been told in this order, without what tells of the order itself: the value shown, whether it is new,
/// revised or disputed, who says what and who agrees.
#[derive(Debug, PartialEq)]
struct Left {
    shown: String,
    state: EventState,
    mentions: Vec<(String, String, bool)>,
    count: usize,
}

/// Tells it in this order, each report twice.
fn told(reports: &[Told]) -> Story {
    let mut story = Story::default();
    for told in reports {
        let trust = match told.name.as_bytes()[0] {
            b'o' => Trust::Official,
            b'p' => Trust::Press,
            _ => Trust::Forum,
        };
        let page = document(&told.name, trust, Some(told.day));
        let said = match &told.fact {
            Fact::Figure(figure) => report(figure.clone()),
            Fact::Policy(action) => nameless(NAMES.policy(action, None), &told.fact),
            Fact::Statement(words) => nameless(NAMES.statement(&words.name, &words.text), &told.fact),
        };
        story.report(&said, &page);
        let once = story.known.clone();
        assert_eq!(story.report(&said, &page), "nothing", "twice is once: {told:?} of {reports:?}");
        assert_eq!(story.known, once);
    }
    story
}

fn nameless(event: EventId, fact: &Fact) -> Report {
    Report { event, fact: fact.clone(), release: None, stands_out: false }
}

fn left(story: &Story) -> Left {
    let known = story.known.as_ref().expect("something was told");
    let shown = match &known.event.fact {
        Fact::Figure(figure) => format!("{:?} {:?}", figure.amount, figure.precision),
        Fact::Policy(action) => format!("{action:?}"),
        Fact::Statement(words) => format!("{words:?}"),
    };
    let mut mentions: Vec<(String, String, bool)> = known
        .mentions
        .iter()
        .map(|mention| {
            let said = format!("{:?} {:?} {:?} {:?}", mention.amount, mention.action, mention.quote, mention.evidence);
            (mention.url.clone(), said, mention.agrees)
        })
        .collect();
    mentions.sort();
    let count = known.event.mention_count as usize;
    Left { shown, state: known.event.state, mentions, count }
}

/// Each report under a name and on a day of its own, in two orders.
fn in_two_orders(facts: impl Strategy<Value = Vec<(char, Fact)>>) -> impl Strategy<Value = (Vec<Told>, Vec<Told>)> {
    let days: Vec<i8> = (1..=28).collect();
    (facts, Just(days).prop_shuffle()).prop_flat_map(|(facts, days)| {
        let name = |((place, (who, fact)), day): ((usize, (char, Fact)), &i8)| Told {
            name: format!("{who}{place}"),
            day: *day,
            fact,
        };
        let reports: Vec<Told> = facts.into_iter().enumerate().zip(&days).map(name).collect();
        (Just(reports.clone()), Just(reports).prop_shuffle())
    })
}

/// As [`in_two_orders`], but that some documents are corrected later: each after it was first read, whatever else comes between.
fn corrected_in_two_orders(
    facts: impl Strategy<Value = Vec<((char, Fact), Option<Fact>)>>,
) -> impl Strategy<Value = (Vec<Told>, Vec<Told>)> {
    let days: Vec<i8> = (1..=28).collect();
    (facts, Just(days).prop_shuffle()).prop_flat_map(|(facts, days)| {
        let mut reports = Vec::new();
        for ((place, ((who, fact), later)), day) in facts.into_iter().enumerate().zip(days) {
            let told = |fact| Told { name: format!("{who}{place}"), day, fact };
            reports.extend(std::iter::once(fact).chain(later).map(told));
        }
        let versions = reports.clone();
        let one = Just(reports).prop_shuffle();
        (one.clone(), one).prop_map(move |(one, other)| (as_written(one, &versions), as_written(other, &versions)))
    })
}

/// Puts the versions of each document into the order in which they were written.
fn as_written(mut reports: Vec<Told>, versions: &[Told]) -> Vec<Told> {
    let mut used = vec![false; versions.len()];
    for told in &mut reports {
        let next = versions.iter().zip(&used).position(|(version, used)| !used && version.name == told.name);
        let next = next.expect("as many versions as reports");
        used[next] = true;
        *told = versions[next].clone();
    }
    reports
}

/// Values of which some are corrected to another one.
fn corrected_values(who: &'static str) -> impl Strategy<Value = Vec<((char, Fact), Option<Fact>)>> {
    let later = (any::<bool>(), 0..3_usize, 0..4_usize).prop_map(|(is_corrected, number, digits)| {
        let said = figure(&format!("TW exports 2025 level {}", rounded(number, digits)));
        is_corrected.then_some(Fact::Figure(said))
    });
    values(who).prop_flat_map(move |values| {
        let many = values.len();
        (Just(values), proptest::collection::vec(later.clone(), many))
            .prop_map(|(values, later)| values.into_iter().zip(later).collect())
    })
}

/// The same words of one person in documents that know her office or not, or call it otherwise, each in a sentence of its own.
fn quotes() -> impl Strategy<Value = Vec<(char, Fact)>> {
    let who = proptest::sample::select(vec!['o', 'p', 'p', 'f']);
    let one_of = |words: [&'static str; 2]| proptest::option::of(proptest::sample::select(words.to_vec()));
    let told = (who, one_of(["director", "head"]), one_of(["Ministry", "Office"]), any::<bool>());
    proptest::collection::vec(told, 1..7).prop_map(|reports| {
        type Quoted = (char, Option<&'static str>, Option<&'static str>, bool);
        let fact = |(place, (who, title, org, direct)): (usize, Quoted)| {
            let words = SpokenWords {
                name: "Ann".into(),
                title: title.map(String::from),
                org: org.map(String::from),
                text: "Orders are full".into(),
                direct,
                evidence: Evidence { text: format!("As {place} heard, orders are full"), start: 0, end: 5 },
            };
            (who, Fact::Statement(words))
        };
        reports.into_iter().enumerate().map(fact).collect()
    })
}

/// One of three numbers that are going round, rounded as much as this outlet rounds.
fn rounded(number: usize, digits: usize) -> String {
    let claim = rust_decimal::Decimal::new([643_752, 647_018, 639_846][number], 2);
    let (scale, step) = [(2, "0.01"), (1, "0.1"), (0, "1"), (0, "10")][digits];
    let ten = rust_decimal::Decimal::TEN;
    let value = if step == "10" { (claim / ten).round() * ten } else { claim.round_dp(scale) };
    format!("{value}@{step}")
}

/// Reports of a value by sources of these kinds; one in eight says that it corrects an earlier one.
fn values(who: &'static str) -> impl Strategy<Value = Vec<(char, Fact)>> {
    let who = proptest::sample::select(who.chars().collect::<Vec<char>>());
    proptest::collection::vec((who, 0..3_usize, 0..4_usize, 0..8_u8), 1..7).prop_map(|reports| {
        let fact = |(who, number, digits, corrects): (char, usize, usize, u8)| {
            let said = figure(&format!("TW exports 2025 level {}", rounded(number, digits)));
            let status = if corrects == 0 { Status::Revised } else { Status::Actual };
            (who, Fact::Figure(Figure { status, ..said }))
        };
        reports.into_iter().map(fact).collect()
    })
}

/// Forecasts of one forecaster, as single values and as ranges, which it may revise.
fn forecasts(who: &'static str) -> impl Strategy<Value = Vec<(char, Fact)>> {
    let who = proptest::sample::select(who.chars().collect::<Vec<char>>());
    proptest::collection::vec((who, 0..3_usize, 0..3_usize), 1..7).prop_map(|reports| {
        let fact = |(who, number, width): (char, usize, usize)| {
            let range = [["4.2@0.1", "4@1", "4..5@1"], ["7.2@0.1", "7@1", "7..8@1"], ["1.1@0.1", "1@1", "0..1@1"]];
            let said = figure(&format!("TW exports 2026 yoy {} forecast", range[number][width]));
            (who, Fact::Figure(Figure { forecaster: Some("DGBAS".into()), ..said }))
        };
        reports.into_iter().map(fact).collect()
    })
}

/// Reports of one policy action by sources that know some of it, and of which some have a day wrong.
fn actions() -> impl Strategy<Value = Vec<(char, Fact)>> {
    let who = proptest::sample::select(vec!['o', 'p', 'p', 'f']);
    let day = || proptest::option::of(1..4_i8).prop_map(|day| day.map(|day| jiff::civil::date(2025, 11, day)));
    proptest::collection::vec((who, day(), day(), day(), any::<bool>(), 0..3_u8), 1..7).prop_map(|reports| {
        let fact = |(place, (who, announced, effective, expires, named, original)): (usize, _)| {
            let action = PolicyAction {
                announced,
                effective,
                expires,
                category: Option::from(named).filter(|named: &bool| *named).map(|_| "export_control".to_owned()),
                originals: (original > 0).then(|| format!("https://gov.example/{original}")).into_iter().collect(),
                ..action(&format!("MOFCOM 2025-62 2025-10-01 controls-as-{place}-calls-them"))
            };
            (who, Fact::Policy(action))
        };
        reports.into_iter().enumerate().map(fact).collect()
    })
}

/// A report of one policy action by a document that knows some of what there is to know of it: bits.
fn partly(known: u8) -> Report {
    let has = |bit: u8| known & (1 << bit) != 0;
    let day = |bit: u8| has(bit).then(|| jiff::civil::date(2025, 10, i8::try_from(bit).expect("a small number") + 1));
    let fact = PolicyAction {
        announced: day(0),
        effective: day(1),
        expires: day(2),
        category: has(3).then(|| "export_control".to_owned()),
        originals: has(4).then(|| "https://gov.example/62".to_owned()).into_iter().collect(),
        ..action("MOFCOM 2025-62 2025-10-01 controls")
    };
    Report { event: NAMES.policy(&fact, None), fact: Fact::Policy(fact), release: None, stands_out: false }
}

/// Values near each other, so that some agree and some do not.
fn any_value() -> impl Strategy<Value = String> {
    (64_060i64..64_100, 0u32..3).prop_map(|(tenths, scale)| {
        let value = rust_decimal::Decimal::new(tenths, 1).round_dp(scale.min(1));
        let step = ["1", "0.1", "0.1"][scale as usize];
        format!("{value}@{step}")
    })
}

fn any_reports() -> impl Strategy<Value = Vec<String>> {
    let unofficial = proptest::collection::vec((prop_oneof![Just("p"), Just("f")], any_value()), 1..6);
    unofficial.prop_map(|reports| {
        reports.into_iter().enumerate().map(|(place, (who, value))| format!("{who}{place} {value}")).collect()
    })
}

proptest! {
    #[test]
    fn the_order_of_reports_does_not_matter((one, other) in in_two_orders(values("oppf"))) {
        prop_assert_eq!(left(&told(&one)), left(&told(&other)));
    }

    #[test]
    fn the_order_of_a_disagreement_does_not_matter((one, other) in in_two_orders(values("pppf"))) {
        let left = left(&told(&one));
        prop_assert_eq!(left.count, one.len());
        prop_assert_eq!(&left, &self::left(&told(&other)));
    }

    #[test]
    fn the_order_of_misquotes_does_not_matter((one, other) in in_two_orders(values("f"))) {
        let left = left(&told(&one));
        prop_assert!(left.state != EventState::Disputed, "what fora say is a misquote of each other");
        prop_assert_eq!(left, self::left(&told(&other)));
    }

    #[test]
    fn the_order_of_forecasts_does_not_matter((one, other) in in_two_orders(forecasts("ppf"))) {
        prop_assert_eq!(left(&told(&one)), left(&told(&other)));
    }

    #[test]
    fn the_order_of_official_forecasts_does_not_matter((one, other) in in_two_orders(forecasts("oop"))) {
        prop_assert_eq!(left(&told(&one)), left(&told(&other)));
    }

    #[test]
    fn the_order_of_reports_of_an_action_does_not_matter((one, other) in in_two_orders(actions())) {
        prop_assert_eq!(left(&told(&one)), left(&told(&other)));
    }

    #[test]
    fn the_order_of_reports_of_words_does_not_matter((one, other) in in_two_orders(quotes())) {
        prop_assert_eq!(left(&told(&one)), left(&told(&other)));
    }

    #[test]
    fn when_a_page_is_corrected_does_not_matter((one, other) in corrected_in_two_orders(corrected_values("oppf"))) {
        prop_assert_eq!(left(&told(&one)), left(&told(&other)));
    }

    #[test]
    fn when_a_page_of_the_press_is_corrected_does_not_matter(
        (one, other) in corrected_in_two_orders(corrected_values("pppf"))
    ) {
        prop_assert_eq!(left(&told(&one)), left(&told(&other)));
    }

    #[test]
    fn official_values_are_in_the_order_of_their_days(
        (one, other) in in_two_orders((1..7_usize).prop_map(|many| {
            let fact = |place: usize| {
                let said = figure(&format!("TW exports 2025 level {}@1", 6400 + 10 * place));
                ('o', Fact::Figure(said))
            };
            (0..many).map(fact).collect()
        }))
    ) {
        let mut by_day = one.clone();
        by_day.sort_by_key(|told| told.day);
        prop_assert_eq!(told(&one).values(), told(&by_day).values());
        prop_assert_eq!(told(&other).values(), told(&by_day).values());
    }

    #[test]
    fn where_an_official_source_speaks_the_order_of_reports_does_not_matter(
        (reports, order) in (any_reports(), any_value()).prop_flat_map(|(mut reports, official)| {
            reports.push(format!("o {official}"));
            (Just(reports.clone()), Just(reports).prop_shuffle())
        })
    ) {
        let told = |lines: &[String]| {
            let mut story = Story::default();
            for line in lines {
                story.says(line);
            }
            let value = story.stands().split(' ').next().map(String::from);
            let against = story.stands().split(" | ").nth(1).map(String::from);
            (value, against, story.event().state == EventState::Disputed, story.event().mention_count)
        };
        prop_assert_eq!(told(&reports), told(&order));
        prop_assert!(!told(&reports).2);
    }

    #[test]
    fn what_documents_know_of_an_action_is_joined_in_any_order(
        (reports, order) in proptest::collection::vec(0_u8..32, 1..6).prop_flat_map(|known| {
            let named: Vec<(usize, u8)> = known.into_iter().enumerate().collect();
            (Just(named.clone()), Just(named).prop_shuffle())
        })
    ) {
        let told = |reports: &[(usize, u8)]| {
            let mut story = Story::default();
            for (place, known) in reports {
                let said = document(&format!("p{place}"), Trust::Press, None);
                story.report(&partly(*known), &said);
                let once = story.known.clone();
                assert_eq!(story.report(&partly(*known), &said), "nothing");
                assert_eq!(&story.known, &once);
            }
            let known = story.known.expect("something was said");
            let mut documents: Vec<String> = known.mentions.iter().map(|mention| mention.url.clone()).collect();
            documents.sort();
            (known.event.fact, documents, known.event.mention_count)
        };
        let first = told(&reports);
        prop_assert_eq!(first.1.len(), reports.len());
        prop_assert_eq!(told(&order), first);
    }

    #[test]
    fn forecasts_are_kept_and_twice_is_once(ranges in proptest::collection::vec((40_u8..60, 0_u8..9, 1_i8..28), 1..6)) {
        let mut story = Story::default();
        for (place, (low, width, day)) in ranges.iter().enumerate() {
            let text = format!("TW exports 2026-01 level {low}..{}@1 forecast", low + width);
            let (said, from) = (report(figure(&text)), document(&format!("p{place}"), Trust::Press, Some(*day)));
            story.report(&said, &from);
            let once = story.known.clone();
            prop_assert_eq!(story.report(&said, &from), "nothing");
            prop_assert_eq!(&story.known, &once);
        }
        prop_assert_eq!(story.known.expect("something was said").mentions.len(), ranges.len());
    }

    #[test]
    fn every_report_is_kept_and_twice_is_once(reports in any_reports()) {
        let mut story = Story::default();
        for line in &reports {
            story.says(line);
            let once = story.known.clone();
            prop_assert_eq!(story.says(line), "nothing");
            prop_assert_eq!(&story.known, &once);
        }
        let known = story.known.expect("something was said");
        prop_assert_eq!(known.mentions.len(), reports.len());
        prop_assert_eq!(known.event.mention_count as usize, reports.len());
    }
}
