//! The numbers of figures: which report's value is shown, and what a different one is: a refinement, a revision,
//! an older value, a misquote or a disagreement. Pure.

use std::cmp::Ordering;

use bellwether_model::event::{Event, EventChange, EventState, Fact, Mention, TakenBack, Vintage};
use bellwether_model::figure::{Confidence, Figure, Status};
use bellwether_model::id::DocumentId;
use bellwether_model::reading::{Reading, agree, finer};
use bellwether_model::source::Trust;
use jiff::Timestamp;

use super::choice::{Choice, Weight, choose, is_later, is_older, told_at};
use super::held;
use super::merge::{Known, vintage};

fn reading(figure: &Figure) -> Reading {
    Reading { amount: figure.amount, precision: figure.precision }
}

/// Merges a report of a figure into its event and says what the change log should.
pub(super) fn merge(known: &mut Known, report: &Figure, mention: Mention, now: Timestamp) -> Option<EventChange> {
    let Fact::Figure(shown) = known.event.fact.clone() else {
        return None;
    };
    if known.event.state == EventState::Withdrawn {
        return Some(revive(known, report, mention, now));
    }
    let said_before = known.mentions.iter().find(|old| old.document == mention.document).cloned();
    let mention = said_before.iter().fold(mention, corrected);
    if let Some(old) = &said_before
        && shown.confidence >= report.confidence
        && (old.amount, old.precision) == (mention.amount, mention.precision)
        && (old.restates, old.unsure) == (mention.restates, mention.unsure)
    {
        reread(known, report, mention, old);
        return None;
    }
    if known.event.state == EventState::Held && agree(&reading(&shown), &reading(report)) {
        return held::confirm(known, report, mention, now);
    }
    match said_before {
        None if leaves_shown(known, &shown, report, &mention) => Some(add(known, &shown, mention)),
        None if takes_over(&known.event, &shown, report, mention.trust) => Some(take_over(known, report, mention)),
        None if shown_mention(known)
            .is_some_and(|of| only_contradicts(&known.event, (&shown, of), report, &mention)) =>
        {
            Some(contradict(known, report, mention))
        }
        said_before => choose_anew(known, &shown, report, mention, said_before.as_ref(), now),
    }
}

/// Merges the report of a document that does not carry the event yet, where nothing but the event and the mention that is shown
/// decides: the value shown stays, so that no other mention is judged anew. `None`: all mentions are needed.
pub(super) fn merge_near(near: &mut Known, report: &Figure, mention: Mention) -> Option<EventChange> {
    let Fact::Figure(shown) = near.event.fact.clone() else {
        return None;
    };
    if leaves_shown(near, &shown, report, &mention) {
        return Some(add(near, &shown, mention));
    }
    if takes_over(&near.event, &shown, report, mention.trust) {
        return Some(take_over(near, report, mention));
    }
    let of = shown_mention(near)?;
    only_contradicts(&near.event, (&shown, of), report, &mention).then(|| contradict(near, report, mention))
}

/// Whether one more document leaves the value shown and the disagreement about it as they are, whatever the other mentions say:
/// it is believed less, or says the same and no more exactly. `known`: of its mentions only that is looked at which is shown, if
/// it is there.
fn leaves_shown(known: &Known, shown: &Figure, report: &Figure, mention: &Mention) -> bool {
    let event = &known.event;
    let (ours, theirs) = (reading(report), reading(shown));
    // Who told it first decides whether it was revised since.
    let leaves_history = mention.unsure
        || match event.state {
            EventState::Disputed => true,
            EventState::New if agree(&ours, &theirs) => true,
            EventState::New | EventState::Revised => {
                shown_mention(known).is_some_and(|of| told_at(mention) > told_at(of))
            }
            EventState::Held | EventState::Withdrawn => false,
        };
    if !event.state.is_published() || !leaves_history {
        return false;
    }
    match Weight::of(report.confidence, mention.trust).cmp(&shown_weight(event, shown)) {
        Ordering::Less => true,
        Ordering::Greater => false,
        Ordering::Equal => {
            let is_coarser = match finer(&ours, &theirs) {
                Ordering::Less => true,
                Ordering::Equal => ours.amount == theirs.amount,
                Ordering::Greater => false,
            };
            // A newer forecast takes older ones out, that which is shown among them, and a restated value all that do not restate
            // theirs.
            let takes_out =
                report.status.is_forecast() && mention.trust != Trust::Official || restates(report) && !restates(shown);
            agree(&ours, &theirs) && is_coarser && !takes_out
        }
    }
}

/// Whether one more document is believed over all others and gives the very value that is shown, which nobody disputes: it then is
/// the one that is shown, and nothing else changes.
fn takes_over(event: &Event, shown: &Figure, report: &Figure, trust: Trust) -> bool {
    event.state == EventState::New
        && shown.confidence == Confidence::High
        && Weight::of(report.confidence, trust) > shown_weight(event, shown)
        && reading(report) == reading(shown)
}

/// Shows the same value as a document gives it that is believed over all others.
fn take_over(known: &mut Known, report: &Figure, mention: Mention) -> EventChange {
    let document = mention.document.clone();
    let Fact::Figure(shown) = known.event.fact.clone() else { return EventChange::Merged { document } };
    show(known, &shown, report, &mention);
    known.mentions.push(mention);
    EventChange::Merged { document }
}

/// A mention of a document that was read before, with what it no longer says.
fn corrected(mut mention: Mention, old: &Mention) -> Mention {
    let said_now = says(&mention);
    let differs = |said: &Reading| said_now.is_some_and(|now| !agree(&now, said));
    mention.taken_back.clone_from(&old.taken_back);
    if let Some(Reading { amount, precision }) = says(old).filter(differs) {
        mention.taken_back.push(TakenBack { amount, precision, read: old.at, until: mention.at });
    }
    mention.taken_back.retain(|value| differs(&Reading { amount: value.amount, precision: value.precision }));
    mention
}

/// Whether one more document of the press says something else than another one that is shown and was published before it,
/// and no more exactly: it then is neither chosen nor makes another one so. `shown`: the value, and the mention that gives it.
fn only_contradicts(event: &Event, shown: (&Figure, &Mention), report: &Figure, mention: &Mention) -> bool {
    let (shown, of) = shown;
    let weight = Weight::of(report.confidence, mention.trust);
    let is_of_press = weight == Weight::Firm(Trust::Press) && weight == shown_weight(event, shown);
    let (ours, theirs) = (reading(report), reading(shown));
    event.state.is_published()
        // Somebody may have taken back what it says.
        && !event.corrected
        && is_of_press
        && !report.status.is_forecast()
        && !restates(report)
        && !restates(shown)
        && !agree(&ours, &theirs)
        && finer(&ours, &theirs) != Ordering::Greater
        && is_later(mention, of)
}

/// Adds a mention that says something else than is shown, and is not believed over it.
fn contradict(known: &mut Known, report: &Figure, mut mention: Mention) -> EventChange {
    mention.agrees = false;
    let document = mention.document.clone();
    known.mentions.push(mention);
    known.event.state = EventState::Disputed;
    EventChange::Disputed { document, said: report.amount }
}

/// Adds a mention that leaves the value shown.
fn add(known: &mut Known, shown: &Figure, mut mention: Mention) -> EventChange {
    mention.agrees = says(&mention).is_some_and(|said| agree(&reading(shown), &said));
    let document = mention.document.clone();
    known.mentions.push(mention);
    EventChange::Merged { document }
}

/// Adds or replaces a mention, and chooses among all of them what is shown.
fn choose_anew(
    known: &mut Known,
    shown: &Figure,
    report: &Figure,
    mention: Mention,
    said_before: Option<&Mention>,
    now: Timestamp,
) -> Option<EventChange> {
    let document = mention.document.clone();
    let (before, weight) = (known.event.clone(), Weight::of(report.confidence, mention.trust));
    let shown_before = shown_mention(known).map(|mention| mention.document.clone());
    let value = vintage(report, &mention, now);
    put(&mut known.mentions, mention.clone());
    let choice =
        choose(&known.mentions, shown.status.is_forecast(), before.vintages.last().map(|last| last.url.as_str()))?;
    let lead = known.mentions[choice.shown].clone();
    let next = if lead.document == document { report.clone() } else { as_said(shown, &lead) };
    let is_moved = !agree(&reading(shown), &reading(&next));
    let is_refined = !is_moved && show(known, shown, &next, &lead);
    if is_moved {
        if shown.confidence == Confidence::Low {
            known.event.vintages.pop();
        }
        known.event.vintages.push(vintage(&next, &lead, now));
        known.event.fact = Fact::Figure(next.clone());
    }
    let place = known.mentions.iter().position(|other| other.document == document);
    let is_current = place.is_some_and(|place| choice.current.contains(&place));
    let is_first = known.mentions.iter().all(|other| other.document == document || told_at(other) > told_at(&mention));
    let is_history = weight == shown_weight(&known.event, &next)
        && (!is_current || weight == Weight::Firm(Trust::Official))
        || weight != Weight::Unsure && is_first;
    if is_history && !agree(&reading(&next), &reading(report)) {
        insert_older(known, value);
    }
    judge_mentions(known);
    known.event.state = match before.state {
        // What differs and stands out as well, or is not sure, releases nothing.
        EventState::Held if next.confidence == Confidence::Low => EventState::Held,
        _ => stands(&choice),
    };
    if shown.confidence < next.confidence {
        // Nobody was told of the unsure value, so the first firm one is the first report.
        return Some(EventChange::New { document });
    }
    let contradicts = |document: &DocumentId| contradicts(known, &choice, document);
    if is_moved {
        // Neither is believed over the other: that of which both sides are known now was published first.
        return Some(match shown_before.filter(|other| *other != document && contradicts(other)) {
            Some(other) => EventChange::Disputed { document: other, said: shown.amount },
            None => EventChange::Revised { document, old: shown.amount, new: next.amount },
        });
    }
    if before.state == EventState::Disputed && known.event.state != EventState::Disputed {
        return Some(EventChange::Settled { document });
    }
    if contradicts(&document) {
        return Some(EventChange::Disputed { document, said: report.amount });
    }
    (said_before.is_none() || is_refined).then_some(EventChange::Merged { document })
}

/// Whether a document is of those whose word counts, and says something else than is shown where nobody has settled it.
fn contradicts(known: &Known, choice: &Choice, document: &DocumentId) -> bool {
    let is_it = |place: &usize| known.mentions[*place].document == *document && !known.mentions[*place].agrees;
    choice.is_disputed && choice.current.iter().any(is_it)
}

/// Shows the same value as another mention gives it; says whether that is any other than the one that is shown.
fn show(known: &mut Known, shown: &Figure, next: &Figure, lead: &Mention) -> bool {
    let is_same =
        known.event.vintages.last().is_some_and(|last| last.url == lead.url) && reading(shown) == reading(next);
    if is_same {
        known.event.fact = Fact::Figure(next.clone());
        return false;
    }
    // A more exact number of the same value was known since the less exact one was.
    let from = known.event.vintages.pop().map_or(lead.at, |last| last.from);
    known.event.vintages.push(vintage(next, lead, from));
    known.event.fact = Fact::Figure(next.clone());
    true
}

/// A figure with the value that a mention gives it.
fn as_said(figure: &Figure, mention: &Mention) -> Figure {
    let (Some(said), mut figure) = (says(mention), figure.clone()) else { return figure.clone() };
    let is_same = said == reading(&figure) && mention.evidence == figure.evidence;
    if !is_same {
        (figure.amount, figure.precision) = (said.amount, said.precision);
        figure.evidence = mention.evidence.clone();
        figure.rule.clone_from(&mention.rule);
        figure.claims.clone_from(&mention.claims);
        figure.confidence = if mention.unsure { Confidence::Low } else { Confidence::High };
        figure.status = match figure.status {
            Status::Forecast => Status::Forecast,
            _ if mention.restates => Status::Revised,
            Status::Revised => Status::Actual,
            other => other,
        };
    }
    figure
}

fn says(mention: &Mention) -> Option<Reading> {
    mention.amount.map(|amount| Reading { amount, precision: mention.precision })
}

fn restates(figure: &Figure) -> bool {
    figure.status == Status::Revised
}

/// A document was read again and says the same: at most its words or its title have moved.
fn reread(known: &mut Known, report: &Figure, mut mention: Mention, old: &Mention) {
    mention.at = old.at;
    (mention.agrees, mention.outdated) = (old.agrees, old.outdated);
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
    let choice = choose(&known.mentions, report.status.is_forecast(), None);
    known.event.state = choice.map_or(EventState::New, |choice| stands(&choice));
    EventChange::New { document }
}

/// After a mention has gone: what the others say is chosen from anew.
pub(super) fn fall_back(known: &mut Known) -> Option<EventChange> {
    let Fact::Figure(shown) = known.event.fact.clone() else {
        return None;
    };
    let last = known.event.vintages.last()?.url.clone();
    let choice = choose(&known.mentions, shown.status.is_forecast(), Some(&last))?;
    let lead = known.mentions[choice.shown].clone();
    let mut change = None;
    if lead.url != last {
        let next = as_said(&shown, &lead);
        if next.amount != shown.amount {
            change =
                Some(EventChange::Revised { document: lead.document.clone(), old: shown.amount, new: next.amount });
        }
        let from = known.event.vintages.pop().map_or(lead.at, |last| last.from);
        known.event.vintages.push(vintage(&next, &lead, from));
        known.event.fact = Fact::Figure(next);
    }
    judge_mentions(known);
    known.event.state = match known.event.state {
        EventState::Held => EventState::Held,
        EventState::Withdrawn => EventState::Withdrawn,
        _ => stands(&choice),
    };
    change
}

/// Puts a value before those that were published after it. It was never shown here, so it lasts no time.
fn insert_older(known: &mut Known, mut value: Vintage) {
    let of = |vintage: &Vintage| Reading { amount: vintage.amount, precision: vintage.precision };
    let vintages = &known.event.vintages;
    if vintages.is_empty() || vintages.iter().any(|old| agree(&of(old), &of(&value))) {
        return;
    }
    let said_in = |url: &str| known.mentions.iter().find(|mention| mention.url == url);
    let mut place = vintages.len() - 1;
    if let Some(mention) = said_in(&value.url) {
        while place > 0 && said_in(&vintages[place - 1].url).is_some_and(|earlier| is_older(mention, earlier)) {
            place -= 1;
        }
    }
    value.from = vintages[place].from;
    known.event.vintages.insert(place, value);
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

/// How an event stands of which this is shown.
fn stands(choice: &Choice) -> EventState {
    match (choice.is_disputed, choice.is_revised) {
        (true, _) => EventState::Disputed,
        (false, true) => EventState::Revised,
        (false, false) => EventState::New,
    }
}

fn shown_weight(event: &Event, shown: &Figure) -> Weight {
    Weight::of(shown.confidence, event.vintages.last().map_or(Trust::Forum, |last| last.trust))
}

fn shown_mention(known: &Known) -> Option<&Mention> {
    let last = known.event.vintages.last()?;
    known.mentions.iter().find(|mention| mention.url == last.url)
}

/// One mention a document: a later one replaces it.
pub(super) fn put(mentions: &mut Vec<Mention>, mention: Mention) {
    match mentions.iter_mut().find(|old| old.document == mention.document) {
        Some(old) => *old = mention,
        None => mentions.push(mention),
    }
}
