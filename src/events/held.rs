//! Values that stand out from their series: held, confirmed, released. Pure.
//!
//! A unit that was misread makes a number a thousand times too large, and alerts of it wake people for nothing. Such a first
//! report is kept with its proof as an event that is held. It is published when an official source other than the one that
//! brought it says the same, when by what is known now it no longer stands out, or when a person releases it.

use bellwether_model::event::{Event, EventChange, EventState, Fact, Mention};
use bellwether_model::figure::{Confidence, Figure};
use bellwether_model::reading::{Interval, Reading};
use bellwether_model::scale::{self, Cause};
use bellwether_model::source::Trust;
use jiff::Timestamp;

use super::merge::{Known, Outcome, Report, vintage};
use super::values::{judge_mentions, put};

/// Whether the value of a figure must be compared with its series before it is believed. `known`: its event, which is only in
/// doubt where it is held or shows another value.
#[must_use]
pub(super) fn is_in_question(figure: &Figure, known: Option<&Event>) -> bool {
    let settled = known.is_some_and(|event| {
        event.state.is_published() && matches!(&event.fact, Fact::Figure(shown) if shown.amount == figure.amount)
    });
    !settled && figure.confidence == Confidence::High && scale::has_scale(figure)
}

/// Whether a figure stands out among the other values of its series.
#[must_use]
pub(super) fn stands_out(figure: &Figure, neighbours: &[Event]) -> Option<Cause> {
    let known = neighbours.iter().filter(|event| event.state.is_published()).filter_map(|event| match &event.fact {
        Fact::Figure(other) if other.confidence == Confidence::High => {
            let shown = Reading { amount: other.amount, precision: other.precision }.interval();
            Some(event.vintages.iter().fold(shown, |all, vintage| {
                all.hull(Reading { amount: vintage.amount, precision: vintage.precision }.interval())
            }))
        }
        _ => None,
    });
    let neighbours: Vec<Interval> = known.collect();
    let value = Reading { amount: figure.amount, precision: figure.precision }.interval();
    scale::stands_out(value, &neighbours, figure.partner.is_none() && figure.product.is_none())
}

/// A report whose value stands out: it weighs as little as one that is not sure.
#[must_use]
pub(super) fn doubted(mut report: Report) -> Report {
    if let Fact::Figure(figure) = &mut report.fact {
        figure.confidence = Confidence::Low;
    }
    Report { stands_out: true, ..report }
}

/// A further report of the value that is held: says whether it confirms it.
pub(super) fn confirm(known: &mut Known, report: &Figure, mention: Mention, now: Timestamp) -> Option<EventChange> {
    let document = mention.document.clone();
    let another = known.mentions.iter().all(|other| other.document != document);
    let is_confirmed = report.confidence == Confidence::High || another && mention.trust == Trust::Official;
    if is_confirmed {
        let sure = Figure { confidence: Confidence::High, ..report.clone() };
        known.event.vintages = vec![vintage(&sure, &mention, now)];
        known.event.fact = Fact::Figure(sure);
        known.event.state = EventState::New;
    }
    put(&mut known.mentions, mention);
    judge_mentions(known);
    if is_confirmed {
        vouch(&mut known.mentions);
    }
    match (is_confirmed, another) {
        (true, _) => Some(EventChange::New { document }),
        (false, true) => Some(EventChange::Merged { document }),
        (false, false) => None,
    }
}

/// Publishes what is held because a person says so. `None`: it is not held.
#[must_use]
pub(super) fn release(known: Known, now: Timestamp) -> Option<Outcome> {
    let Known { mut event, mut mentions } = known;
    if event.state != EventState::Held {
        return None;
    }
    let document = mentions.iter().find(|mention| mention.agrees).or(mentions.first())?.document.clone();
    if let Fact::Figure(figure) = &mut event.fact {
        figure.confidence = Confidence::High;
    }
    if let Some(last) = event.vintages.last_mut() {
        last.from = now;
    }
    (event.state, event.changed) = (EventState::New, now);
    let change = Some(EventChange::New { document });
    let changed = vouch(&mut mentions);
    Some(Outcome { event: Some(event), mentions: changed, change, silent: false })
}

/// The reports of a value that is believed from now on weigh as others do. Gives those that were in doubt.
fn vouch(mentions: &mut [Mention]) -> Vec<Mention> {
    let doubted = mentions.iter_mut().filter(|mention| mention.unsure && mention.agrees);
    doubted
        .map(|mention| {
            mention.unsure = false;
            mention.clone()
        })
        .collect()
}
