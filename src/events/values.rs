//! The numbers of figures: which report's value is shown, and what a different one is: a refinement, a revision,
//! an older value, a misquote or a disagreement. Pure.

use std::cmp::Ordering;

use bellwether_model::event::{EventChange, EventState, Fact, Mention};
use bellwether_model::figure::{Confidence, Figure, Status};
use bellwether_model::reading::{Reading, agree, finer};
use bellwether_model::source::Trust;
use jiff::Timestamp;
use jiff::civil::Date;

use super::held;
use super::merge::{Known, vintage};

/// Reports of one forecast appear within days; a different one that is published so much later is a new forecast.
const NEW_FORECAST_DAYS: i32 = 7;

/// What a report is to the value that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// Both can be one number.
    Agrees,
    /// It replaces the value shown.
    Supersedes,
    /// It is what an official source said before.
    Outdated,
    /// It differs, and the source of the value shown is believed over it.
    Misquotes,
    /// It differs, and neither is believed over the other.
    Contradicts,
}

/// How much a report weighs: what was filled in from weak signs weighs less than any firm report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    Unsure,
    Firm(Trust),
}

fn weight(confidence: Confidence, trust: Trust) -> Weight {
    match confidence {
        Confidence::Low => Weight::Unsure,
        Confidence::High => Weight::Firm(trust),
    }
}

fn reading(figure: &Figure) -> Reading {
    Reading { amount: figure.amount, precision: figure.precision }
}

/// Merges a report of a figure into its event and says what the change log should.
pub(super) fn merge(known: &mut Known, report: &Figure, mention: Mention, now: Timestamp) -> Option<EventChange> {
    let Fact::Figure(shown) = known.event.fact.clone() else {
        return None;
    };
    let said_before = known.mentions.iter().find(|old| old.document == mention.document).cloned();
    if known.event.state == EventState::Withdrawn {
        return Some(revive(known, report, mention, now));
    }
    let firmer = shown.confidence < report.confidence;
    if let Some(old) = &said_before
        && !firmer
        && (old.amount, old.precision) == (mention.amount, mention.precision)
    {
        reread(known, report, mention, old);
        return None;
    }
    if known.event.state == EventState::Held && agree(&reading(&shown), &reading(report)) {
        return held::confirm(known, report, mention, now);
    }
    let old_amount = shown.amount;
    let was_disputed = known.event.state == EventState::Disputed;
    let document = mention.document.clone();
    let relation = relation(known, &shown, report, &mention, said_before.as_ref());
    let refined = apply(known, relation, &shown, report, mention, now);
    if firmer && matches!(relation, Relation::Agrees | Relation::Supersedes) {
        // Nobody was told of the unsure value, so the first firm one is the first report.
        return Some(EventChange::New { document });
    }
    match relation {
        Relation::Agrees if was_disputed && known.event.state != EventState::Disputed => {
            Some(EventChange::Settled { document })
        }
        Relation::Supersedes => Some(EventChange::Revised { document, old: old_amount, new: report.amount }),
        Relation::Contradicts => Some(EventChange::Disputed { document, said: report.amount }),
        _ => (said_before.is_none() || refined).then_some(EventChange::Merged { document }),
    }
}

/// Merges the report of a document that does not carry the event yet, where nothing but the event and the mention that is
/// shown decides: the value shown stays, so that no other mention is judged anew. `None`: all mentions are needed.
pub(super) fn merge_near(near: &mut Known, report: &Figure, mut mention: Mention) -> Option<EventChange> {
    let Fact::Figure(shown) = near.event.fact.clone() else {
        return None;
    };
    if !near.event.state.is_published() || shown.confidence < report.confidence {
        return None;
    }
    let relation = relation(near, &shown, report, &mention, None);
    let stays = match relation {
        Relation::Agrees => !refines(near, &shown, report, mention.trust),
        Relation::Misquotes | Relation::Contradicts => true,
        Relation::Supersedes | Relation::Outdated => false,
    };
    if !stays {
        return None;
    }
    mention.agrees = agree(&reading(&shown), &reading(report));
    let document = mention.document.clone();
    near.mentions.push(mention);
    // A disagreement is there because of a mention that stays as it is.
    if relation == Relation::Contradicts {
        near.event.state = EventState::Disputed;
        return Some(EventChange::Disputed { document, said: report.amount });
    }
    if near.event.state != EventState::Disputed {
        near.event.state = undisputed(near);
    }
    Some(EventChange::Merged { document })
}

/// Whether a report that agrees is believed more, or says the same more exactly.
fn refines(known: &Known, shown: &Figure, report: &Figure, trust: Trust) -> bool {
    let order = weight(report.confidence, trust).cmp(&shown_weight(known, shown));
    order.then_with(|| finer(&reading(report), &reading(shown))) == Ordering::Greater
}

/// Brings the event into the state that a report leaves it in; says whether the value shown was made more exact.
fn apply(
    known: &mut Known,
    relation: Relation,
    shown: &Figure,
    report: &Figure,
    mention: Mention,
    now: Timestamp,
) -> bool {
    let trust = mention.trust;
    let was_disputed = known.event.state == EventState::Disputed;
    let refines = relation == Relation::Agrees && refines(known, shown, report, trust);
    let mut value = vintage(report, &mention, now);
    match relation {
        Relation::Agrees if refines => {
            // A more exact number of the same value was known since the less exact one was.
            if let Some(last) = known.event.vintages.pop() {
                value.from = last.from;
            }
            known.event.vintages.push(value);
        }
        Relation::Supersedes => {
            if shown.confidence == Confidence::Low {
                known.event.vintages.pop();
            }
            known.event.vintages.push(value);
        }
        Relation::Outdated => insert_older(known, value),
        Relation::Agrees | Relation::Misquotes | Relation::Contradicts => {}
    }
    if refines || relation == Relation::Supersedes {
        known.event.fact = Fact::Figure(report.clone());
    }
    put(&mut known.mentions, mention);
    judge_mentions(known);
    known.event.state = match relation {
        Relation::Contradicts => EventState::Disputed,
        // What differs and stands out as well, or is not sure, releases nothing.
        _ if known.event.state == EventState::Held && relation != Relation::Supersedes => EventState::Held,
        _ if was_disputed && is_contradicted(known) => EventState::Disputed,
        _ => undisputed(known),
    };
    refines
}

fn relation(
    known: &Known,
    shown: &Figure,
    report: &Figure,
    mention: &Mention,
    said_before: Option<&Mention>,
) -> Relation {
    if agree(&reading(shown), &reading(report)) {
        return Relation::Agrees;
    }
    let (ours, theirs) = (weight(report.confidence, mention.trust), shown_weight(known, shown));
    // A document that carried the value shown and now carries another one has been corrected.
    let corrected = said_before.is_some_and(|old| old.agrees);
    let restates = |figure: &Figure| figure.status == Status::Revised;
    match ours.cmp(&theirs) {
        Ordering::Greater => Relation::Supersedes,
        Ordering::Less => Relation::Misquotes,
        Ordering::Equal if corrected => Relation::Supersedes,
        Ordering::Equal if restates(report) && !restates(shown) => Relation::Supersedes,
        Ordering::Equal if restates(shown) && !restates(report) => Relation::Outdated,
        Ordering::Equal => match ours {
            Weight::Firm(Trust::Official) if is_older(mention, shown_mention(known)) => Relation::Outdated,
            Weight::Firm(Trust::Official) => Relation::Supersedes,
            Weight::Firm(Trust::Press) if report.status.is_forecast() => {
                // Forecasters change their minds; reports of one day that differ are misquotes all the same.
                match days_later(mention, shown_mention(known)) {
                    Some(days) if days >= NEW_FORECAST_DAYS => Relation::Supersedes,
                    Some(days) if days <= -NEW_FORECAST_DAYS => Relation::Outdated,
                    _ => Relation::Contradicts,
                }
            }
            Weight::Firm(Trust::Press) => Relation::Contradicts,
            Weight::Firm(Trust::Forum) | Weight::Unsure => Relation::Misquotes,
        },
    }
}

/// A document was read again and says the same: at most its words or its title have moved.
fn reread(known: &mut Known, report: &Figure, mut mention: Mention, old: &Mention) {
    mention.at = old.at;
    mention.agrees = old.agrees;
    let is_shown = known.event.vintages.last().is_some_and(|last| last.url == mention.url) && mention.agrees;
    if let (true, Fact::Figure(shown)) = (is_shown, &mut known.event.fact)
        && shown.amount == report.amount
        && shown.confidence <= report.confidence
    {
        *shown = report.clone();
    }
    put(&mut known.mentions, mention);
}

/// A fact that no document carried any more is carried again.
fn revive(known: &mut Known, report: &Figure, mention: Mention, now: Timestamp) -> EventChange {
    let document = mention.document.clone();
    if known.event.vintages.last().is_none_or(|last| last.amount != report.amount) {
        known.event.vintages.push(vintage(report, &mention, now));
    }
    known.event.fact = Fact::Figure(report.clone());
    put(&mut known.mentions, mention);
    known.event.state = undisputed(known);
    EventChange::New { document }
}

/// After a mention has gone: if it was the one that is shown, the best of the others takes its place.
pub(super) fn fall_back(known: &mut Known) -> Option<EventChange> {
    let shown_is_there = {
        let last = known.event.vintages.last()?;
        known.mentions.iter().any(|mention| mention.url == last.url)
    };
    let Fact::Figure(shown) = &mut known.event.fact else {
        return None;
    };
    let mut change = None;
    if !shown_is_there {
        let of = |mention: &Mention| mention.amount.map(|amount| Reading { amount, precision: mention.precision });
        let best = known.mentions.iter().filter_map(|mention| Some((mention, of(mention)?))).reduce(|best, next| {
            let order = next.0.trust.cmp(&best.0.trust).then_with(|| finer(&next.1, &best.1));
            if order == Ordering::Greater { next } else { best }
        });
        let (mention, value) = best?;
        let old = shown.amount;
        shown.amount = value.amount;
        shown.precision = value.precision;
        shown.evidence = mention.evidence.clone();
        shown.rule.clone_from(&mention.rule);
        let from = known.event.vintages.pop().map_or(mention.at, |last| last.from);
        known.event.vintages.push(vintage(shown, mention, from));
        if old != value.amount {
            change = Some(EventChange::Revised { document: mention.document.clone(), old, new: value.amount });
        }
    }
    judge_mentions(known);
    if known.event.state == EventState::Disputed && !is_contradicted(known) {
        known.event.state = undisputed(known);
    }
    change
}

/// Puts a value before the one shown. It was never shown here, so it lasts no time.
fn insert_older(known: &mut Known, mut value: bellwether_model::event::Vintage) {
    let vintages = &mut known.event.vintages;
    let of = |amount, precision| Reading { amount, precision };
    let told = vintages.iter().any(|old| agree(&of(old.amount, old.precision), &of(value.amount, value.precision)));
    if let (false, Some(last)) = (told, vintages.last()) {
        value.from = last.from;
        let place = vintages.len() - 1;
        vintages.insert(place, value);
    }
}

/// Says anew of each mention whether it agrees with the value shown.
pub(super) fn judge_mentions(known: &mut Known) {
    let Fact::Figure(shown) = &known.event.fact else {
        return;
    };
    let shown = reading(shown);
    for mention in &mut known.mentions {
        if let Some(amount) = mention.amount {
            mention.agrees = agree(&shown, &Reading { amount, precision: mention.precision });
        }
    }
}

/// Whether a press report differs from a value that no official source has given.
fn is_contradicted(known: &Known) -> bool {
    let official = known.event.vintages.last().is_some_and(|last| last.trust == Trust::Official);
    !official && known.mentions.iter().any(|mention| !mention.agrees && mention.trust >= Trust::Press)
}

fn undisputed(known: &Known) -> EventState {
    if known.event.vintages.len() > 1 { EventState::Revised } else { EventState::New }
}

fn shown_weight(known: &Known, shown: &Figure) -> Weight {
    let trust = known.event.vintages.last().map_or(Trust::Forum, |last| last.trust);
    weight(shown.confidence, trust)
}

fn shown_mention(known: &Known) -> Option<&Mention> {
    let last = known.event.vintages.last()?;
    known.mentions.iter().find(|mention| mention.url == last.url)
}

/// Whether a document was published before the one that is shown; `false` where a date is missing.
fn is_older(mention: &Mention, shown: Option<&Mention>) -> bool {
    let (Some(ours), Some(theirs)) = (&mention.published, shown.and_then(|shown| shown.published.as_ref())) else {
        return false;
    };
    match (ours.parse::<Timestamp>(), theirs.parse::<Timestamp>()) {
        (Ok(ours), Ok(theirs)) => ours < theirs,
        // One of them is a day alone: the days decide.
        _ => ours.get(..10) < theirs.get(..10),
    }
}

/// By how many days a document was published after the one that is shown; `None`: a date is missing.
fn days_later(mention: &Mention, shown: Option<&Mention>) -> Option<i32> {
    let day = |mention: &Mention| mention.published.as_ref()?.get(..10)?.parse::<Date>().ok();
    Some((day(mention)? - day(shown?)?).get_days())
}

/// One mention a document: a later one replaces it.
pub(super) fn put(mentions: &mut Vec<Mention>, mention: Mention) {
    match mentions.iter_mut().find(|old| old.document == mention.document) {
        Some(old) => *old = mention,
        None => mentions.push(mention),
    }
}
