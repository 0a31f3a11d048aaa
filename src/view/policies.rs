//! The life of policy actions: announced, in force, suspended, extended, amended, repealed, replaced, each by which act and
//! from when. Pure.
//!
//! What one act does to another stands in the text of the later one, which names the earlier by issuer and number. An act
//! that is named and not known has no life here.

use bellwether_model::event::{EventState, Fact};
use bellwether_model::id::EventId;
use bellwether_model::policy::{PolicyAction, PolicyPart};
use jiff::civil::Date;
use serde::Serialize;

use super::EventView;

/// What happened to an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StageKind {
    /// It was announced.
    Announced,
    /// It is in force from a day on.
    InForce,
    /// It does not hold for a time.
    Suspended,
    /// A suspension ended early.
    Resumed,
    /// It, or its suspension, lasts longer.
    Extended,
    /// A part of it was changed.
    Amended,
    /// Another act says how it is carried out.
    Implemented,
    /// It was repealed.
    Repealed,
    /// Another act took its place.
    Replaced,
}

/// One thing that happened to an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stage {
    /// What.
    pub kind: StageKind,
    /// From which day; `None`: no document says.
    pub from: Option<Date>,
    /// Its last day; `None`: open.
    pub until: Option<Date>,
    /// The event of the act that did it; `None`: the action itself.
    pub by: Option<EventId>,
    /// The words that prove it.
    pub evidence: String,
}

/// How an action stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It is not in force yet, or no document says from when it is.
    Announced,
    /// It holds.
    InForce,
    /// It does not hold for a time.
    Suspended,
    /// Its time is over.
    Expired,
    /// It was repealed.
    Repealed,
    /// Another act took its place.
    Replaced,
}

/// The life of one action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Life {
    /// Its event.
    pub event: EventId,
    /// Who issued it.
    pub issuer: Option<String>,
    /// Its number.
    pub number: Option<String>,
    /// What it is about.
    pub subject: String,
    /// What happened to it, by day; what has no day last.
    pub stages: Vec<Stage>,
    /// Its parts that have days of their own.
    pub parts: Vec<PolicyPart>,
}

impl Life {
    /// How it stands on a day.
    #[must_use]
    pub fn on(&self, day: Date) -> Standing {
        let begun = |kind: StageKind| {
            self.stages.iter().filter(move |stage| stage.kind == kind && stage.from.is_some_and(|from| from <= day))
        };
        if begun(StageKind::Repealed).next().is_some() {
            return Standing::Repealed;
        }
        if begun(StageKind::Replaced).next().is_some() {
            return Standing::Replaced;
        }
        let extended = begun(StageKind::Extended).filter_map(|stage| stage.until).max();
        let lasts = |until: Option<Date>| until.is_none_or(|until| day <= until.max(extended.unwrap_or(until)));
        let suspension =
            begun(StageKind::Suspended).filter(|stage| lasts(stage.until)).filter_map(|stage| stage.from).max();
        let resumed = begun(StageKind::Resumed).filter_map(|stage| stage.from).max();
        if suspension.is_some_and(|from| resumed.is_none_or(|resumed| resumed < from)) {
            return Standing::Suspended;
        }
        match begun(StageKind::InForce).next() {
            Some(stage) if lasts(stage.until) => Standing::InForce,
            Some(_) => Standing::Expired,
            None => Standing::Announced,
        }
    }
}

/// The lives of all policy actions among events, in their order. `organisation`: the name of an organisation, the same in
/// every script and wording.
#[must_use]
pub fn lives(events: &[EventView], organisation: fn(&str) -> String) -> Vec<Life> {
    let actions: Vec<(&EventId, &PolicyAction)> = events
        .iter()
        .filter(|view| view.event.state != EventState::Withdrawn)
        .filter_map(|view| match &view.event.fact {
            Fact::Policy(action) => Some((&view.event.id, action)),
            Fact::Figure(_) | Fact::Statement(_) => None,
        })
        .collect();
    actions.iter().map(|(event, action)| life(event, action, &actions, organisation)).collect()
}

fn life(
    event: &EventId,
    action: &PolicyAction,
    actions: &[(&EventId, &PolicyAction)],
    organisation: fn(&str) -> String,
) -> Life {
    let own = |kind, from, until| Stage { kind, from, until, by: None, evidence: action.evidence.text.clone() };
    let mut stages = vec![own(StageKind::Announced, action.announced, None)];
    if action.effective.is_some() {
        stages.push(own(StageKind::InForce, action.effective, action.expires));
    }
    let issuer = |action: &PolicyAction| action.issuer.as_deref().map(|issuer| organisation(first(issuer)));
    for (by, later) in actions.iter().filter(|(by, _)| *by != event) {
        for reference in &later.refers {
            let named = reference.issuer.as_deref().map(|named| organisation(first(named))).or_else(|| issuer(later));
            if Some(reference.number.as_str()) != action.number.as_deref() || named != issuer(action) {
                continue;
            }
            let Some(kind) = kind(&reference.action) else { continue };
            let from = later.effective.or(later.announced);
            let evidence = reference.evidence.text.clone();
            stages.push(Stage { kind, from, until: later.expires, by: Some((*by).clone()), evidence });
        }
    }
    stages.sort_by_key(|stage| (stage.from.is_none(), stage.from));
    Life {
        event: event.clone(),
        issuer: action.issuer.clone(),
        number: action.number.clone(),
        subject: action.subject.clone(),
        stages,
        parts: action.parts.clone(),
    }
}

/// The first of those who issued an act together: its number is theirs.
fn first(issuers: &str) -> &str {
    issuers.split(['、', ',', '，', ';', '；']).next().unwrap_or(issuers).trim()
}

fn kind(action: &str) -> Option<StageKind> {
    Some(match action {
        "suspends" => StageKind::Suspended,
        "resumes" => StageKind::Resumed,
        "extends" => StageKind::Extended,
        "amends" => StageKind::Amended,
        "implements" => StageKind::Implemented,
        "repeals" => StageKind::Repealed,
        "replaces" => StageKind::Replaced,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use bellwether_model::event::{Event, FactKind};
    use bellwether_model::evidence::Evidence;
    use bellwether_model::policy::PolicyReference;
    use jiff::Timestamp;

    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect(text)
    }

    fn evidence(text: &str) -> Evidence {
        Evidence { text: text.to_owned(), start: 0, end: 1 }
    }

    /// `ISSUER NUMBER ANNOUNCED [EFFECTIVE|-] [EXPIRES|-] [ACTION:[ISSUER/]NUMBER …]`
    fn act(text: &str) -> EventView {
        let words: Vec<&str> = text.split(' ').collect();
        let date = |place: usize| words.get(place).filter(|word| **word != "-").map(|word| day(word));
        let refers = words.iter().skip(5).map(|word| {
            let (action, target) = word.split_once(':').expect("an action");
            let (issuer, number) = target.split_once('/').map_or((None, target), |(who, number)| (Some(who), number));
            PolicyReference {
                action: action.to_owned(),
                number: number.to_owned(),
                issuer: issuer.map(str::to_owned),
                evidence: evidence(word),
            }
        });
        let action = PolicyAction {
            issuer: Some(words[0].to_owned()),
            number: Some(words[1].to_owned()),
            subject: text.to_owned(),
            announced: date(2),
            effective: date(3),
            expires: date(4),
            partner: None,
            category: None,
            kind: None,
            refers: refers.collect(),
            parts: Vec::new(),
            originals: Vec::new(),
            evidence: evidence(text),
        };
        let at = Timestamp::UNIX_EPOCH;
        let event = Event {
            id: EventId::new(format!("{}-{}", words[0], words[1])),
            fact: Fact::Policy(action),
            state: EventState::New,
            first_seen: at,
            changed: at,
            release: None,
            vintages: Vec::new(),
            mention_count: 1,
            backlog: false,
            corrected: false,
        };
        EventView { kind: FactKind::Policy, event, mentions: Vec::new(), documents: Vec::new() }
    }

    /// How the first of some acts stands on days.
    fn standings(acts: &[&str], days: &[&str]) -> Vec<Standing> {
        let events: Vec<EventView> = acts.iter().map(|text| act(text)).collect();
        let lives = lives(&events, str::to_uppercase);
        days.iter().map(|text| lives[0].on(day(text))).collect()
    }

    #[test]
    fn an_act_is_announced_in_force_and_over() {
        use Standing::{Announced, Expired, InForce};
        let acts = ["Trade 2025-1 2025-03-01 2025-04-01 2025-12-31"];
        let days = ["2025-03-31", "2025-04-01", "2025-12-31", "2026-01-01"];
        assert_eq!(standings(&acts, &days), [Announced, InForce, InForce, Expired]);
        assert_eq!(standings(&["Trade 2025-1 2025-03-01"], &["2030-01-01"]), [Announced], "nobody says from when");
    }

    #[test]
    fn a_suspension_has_an_end_and_may_be_extended_or_ended() {
        use Standing::{InForce, Suspended};
        let base = "Trade 2025-1 2025-03-01 2025-04-01";
        let suspension = "TRADE 2025-2 2025-05-30 2025-06-01 2025-08-31 suspends:2025-1";
        let days = ["2025-05-31", "2025-06-01", "2025-08-31", "2025-09-01"];
        assert_eq!(standings(&[base, suspension], &days), [InForce, Suspended, Suspended, InForce]);
        let longer = "trade 2025-3 2025-08-20 2025-08-20 2025-11-30 extends:2025-1";
        assert_eq!(standings(&[base, suspension, longer], &["2025-09-01", "2025-12-01"]), [Suspended, InForce]);
        let early = "trade 2025-4 2025-07-01 - - resumes:2025-1";
        assert_eq!(standings(&[base, suspension, early], &["2025-06-30", "2025-07-01"]), [Suspended, InForce]);
    }

    #[test]
    fn what_is_repealed_or_replaced_does_not_come_back() {
        let base = "Trade 2025-1 2025-03-01 2025-04-01";
        let repeal = "Council 2026-9 2026-01-05 2026-02-01 - repeals:Trade/2025-1";
        let replaced = "Trade 2026-3 2026-01-05 2026-02-01 - replaces:2025-1";
        let days = ["2026-01-31", "2026-02-01"];
        assert_eq!(standings(&[base, repeal], &days), [Standing::InForce, Standing::Repealed]);
        assert_eq!(standings(&[base, replaced], &days), [Standing::InForce, Standing::Replaced]);
    }

    #[test]
    fn the_same_number_of_another_issuer_is_another_act() {
        let base = "Trade 2025-1 2025-03-01 2025-04-01";
        for other in [
            "Customs 2026-9 2026-01-05 2026-02-01 - repeals:2025-1",
            "Trade 2026-9 2026-01-05 2026-02-01 - repeals:Customs/2025-1",
            "Trade 2026-9 2026-01-05 2026-02-01 - repeals:2025-11",
        ] {
            assert_eq!(standings(&[base, other], &["2026-03-01"]), [Standing::InForce], "{other}");
        }
        let joint = "Trade、Customs 2026-9 2026-01-05 2026-02-01 - repeals:2025-1";
        assert_eq!(standings(&[base, joint], &["2026-03-01"]), [Standing::Repealed]);
    }

    #[test]
    fn stages_are_told_by_day_with_the_act_that_brought_them() {
        let events = [
            act("Trade 2025-1 2025-03-01 2025-04-01"),
            act("Trade 2025-5 2025-09-01 2025-09-10 - amends:2025-1 implements:2025-1"),
            act("Trade 2025-2 2025-05-30 2025-06-01 2025-08-31 suspends:2025-1"),
        ];
        let life = &lives(&events, str::to_owned)[0];
        let told: Vec<_> =
            life.stages.iter().map(|stage| (stage.kind, stage.by.as_ref().map(EventId::as_str))).collect();
        assert_eq!(
            told,
            [
                (StageKind::Announced, None),
                (StageKind::InForce, None),
                (StageKind::Suspended, Some("Trade-2025-2")),
                (StageKind::Amended, Some("Trade-2025-5")),
                (StageKind::Implemented, Some("Trade-2025-5")),
            ]
        );
        assert_eq!(life.stages[2].evidence, "suspends:2025-1");
    }
}
