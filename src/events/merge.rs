//! Facts in, changes out: what a document's report makes of an event. Pure; knows no store, clock or page.
//!
//! The order in which reports arrive decides neither of the value shown, nor of what agrees with it, nor whether it is disputed
//! or revised: see [`choice`](super::choice). Nor does it when a page is corrected. It decides of the history, which tells what was known here from when on, and of what pages
//! without a date say. A report that was merged once changes nothing when it is merged again; no mention is ever dropped, except
//! when a replay no longer finds it.

use std::cmp::Reverse;
use std::collections::HashMap;

use bellwether_model::document::{DocumentRecord, PageTime};
use bellwether_model::event::{Event, EventChange, EventState, Fact, Mention, Quote, SpokenWords, Vintage};
use bellwether_model::evidence::Evidence;
use bellwether_model::figure::{Confidence, Status};
use bellwether_model::id::{DocumentId, EventId, ReleaseId};
use jiff::Timestamp;

use super::choice::{ToldAt, told_at};
use super::{values, words};

/// One fact as one document reports it, under the name of its event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Report {
    /// The event it is a report of.
    pub(super) event: EventId,
    /// The fact in this document's words and numbers.
    pub(super) fact: Fact,
    /// The release to which this document assigns the fact.
    pub(super) release: Option<ReleaseId>,
    /// Whether its value stands out from its series, so that it is held as long as nothing else confirms it. It then is of
    /// low confidence.
    pub(super) stands_out: bool,
}

/// An event as it stands, with everything that carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    /// The event.
    pub(super) event: Event,
    /// Its mentions, in the order in which they were read; one a document.
    pub(super) mentions: Vec<Mention>,
}

/// What a report changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    /// The event after it; `None`: it stays as it is.
    pub(super) event: Option<Event>,
    /// Mentions that are new or differ.
    pub(super) mentions: Vec<Mention>,
    /// What the change log says; `None`: nothing that a reader would call a change.
    pub(super) change: Option<EventChange>,
    /// The report is not sure enough to wake anybody.
    pub(super) silent: bool,
}

/// Merges one report. `None`: it changes nothing.
#[must_use]
pub(super) fn merge(
    known: Option<Known>,
    report: &Report,
    document: &DocumentRecord,
    now: Timestamp,
) -> Option<Outcome> {
    let mention = mention(report, document, now);
    let Some(known) = known else {
        return Some(first(report, mention, now));
    };
    let before = known.clone();
    let mut after = known;
    let change = absorb(&mut after, report, mention, now);
    // What an official source confirms is news, though its value still stands out.
    let is_released = before.event.state == EventState::Held && after.event.state.is_published();
    outcome(&before, after, change, is_unsure(&report.fact) && !is_released)
}

/// What decides of a report by a document that does not carry its event yet: an event has thousands of mentions, and nearly
/// every report is one more of the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Near {
    /// Of a figure: the mention that is shown. `None`: the event alone.
    Shown(Option<Box<Mention>>),
    /// Of words: whether any mention comes before the report, since it is believed more or was published first.
    Matched(bool),
}

/// Merges the report of a document that does not carry the event yet, without its other mentions. `None`: it takes all
/// mentions; where it does not, the outcome is that of [`merge`].
#[must_use]
pub(super) fn merge_near(
    event: &Event,
    near: Near,
    report: &Report,
    document: &DocumentRecord,
    now: Timestamp,
) -> Option<Outcome> {
    let mention = mention(report, document, now);
    let (mut after, mention, change) = match (&report.fact, near) {
        (Fact::Figure(figure), Near::Shown(shown)) => {
            let mentions = shown.into_iter().map(|shown| *shown).collect();
            let mut near = Known { event: event.clone(), mentions };
            let change = values::merge_near(&mut near, figure, mention)?;
            let mention = near.mentions.pop()?;
            (near.event, mention, change)
        }
        (Fact::Statement(_), Near::Matched(true)) if event.state != EventState::Withdrawn => {
            if !words::adds_nothing(&event.fact, &report.fact) {
                return None;
            }
            let change = EventChange::Merged { document: mention.document.clone() };
            (event.clone(), mention, change)
        }
        _ => return None,
    };
    after.release = earlier(after.release.take(), report.release.clone());
    after.mention_count = event.mention_count.saturating_add(1);
    if matters(event, &after) {
        after.changed = now;
    }
    Some(Outcome { event: Some(after), mentions: vec![mention], change: Some(change), silent: is_unsure(&report.fact) })
}

/// Takes away a document's mention, which today's rules no longer find. `None`: there was none.
#[must_use]
pub(super) fn forget(known: Known, document: &DocumentId, now: Timestamp) -> Option<Outcome> {
    let before = known.clone();
    let mut after = known;
    after.mentions.retain(|mention| mention.document != *document);
    if after.mentions.len() == before.mentions.len() {
        return None;
    }
    after.event.mention_count = count(&after.mentions);
    let change = if after.mentions.is_empty() {
        after.event.state = EventState::Withdrawn;
        Some(EventChange::Withdrawn)
    } else {
        words::fall_back(&mut after);
        values::fall_back(&mut after)
    };
    if matters(&before.event, &after.event) {
        after.event.changed = now;
    }
    outcome(&before, after, change, true)
}

/// Merges what better rules read in a page that was read before. Unlike a page that was corrected, it leaves no
/// vintage of what it was taken to say: nobody ever said it.
#[must_use]
pub(super) fn replace(known: Known, report: &Report, document: &DocumentRecord, now: Timestamp) -> Option<Outcome> {
    let (Fact::Figure(figure), Fact::Figure(shown)) = (&report.fact, &known.event.fact) else {
        return merge(Some(known), report, document, now);
    };
    let old = known.mentions.iter().find(|mention| mention.document == document.id);
    let Some((said, taken_back)) = old.and_then(|old| Some((old.amount?, old.taken_back.clone()))) else {
        return merge(Some(known), report, document, now);
    };
    if said == figure.amount {
        return merge(Some(known), report, document, now);
    }
    let mention = Mention { taken_back, ..mention(report, document, now) };
    let before = known.clone();
    let mut after = known.clone();
    after.mentions.retain(|mention| mention.document != document.id);
    if after.mentions.is_empty() {
        let old = shown.amount;
        let from = after.event.vintages.pop().map_or(now, |last| last.from);
        after.event.vintages.push(vintage(figure, &mention, from));
        after.event.fact = report.fact.clone();
        after.event.changed = now;
        let change = EventChange::Revised { document: mention.document.clone(), old, new: figure.amount };
        after.mentions.push(mention);
        return outcome(&before, after, Some(change), true);
    }
    values::fall_back(&mut after);
    let change = absorb(&mut after, report, mention, now);
    outcome(&before, after, change, true)
}

/// Brings a known event into the state in which a report leaves it; says what the change log should.
fn absorb(known: &mut Known, report: &Report, mention: Mention, now: Timestamp) -> Option<EventChange> {
    let before = known.event.clone();
    let change = match (&report.fact, &before.fact) {
        (Fact::Figure(figure), Fact::Figure(_)) => values::merge(known, figure, mention, now),
        (fact, _) => words::merge(known, fact, mention),
    };
    known.event.release = earlier(known.event.release.take(), report.release.clone());
    known.event.mention_count = count(&known.mentions);
    known.event.corrected = known.mentions.iter().any(|mention| !mention.taken_back.is_empty());
    if matters(&before, &known.event) {
        known.event.changed = now;
    }
    change
}

fn first(report: &Report, mention: Mention, now: Timestamp) -> Outcome {
    let vintages = match &report.fact {
        Fact::Figure(figure) => vec![vintage(figure, &mention, now)],
        Fact::Statement(_) | Fact::Policy(_) => Vec::new(),
    };
    let event = Event {
        id: report.event.clone(),
        fact: report.fact.clone(),
        state: if report.stands_out { EventState::Held } else { EventState::New },
        first_seen: now,
        changed: now,
        release: report.release.clone(),
        vintages,
        mention_count: 1,
        backlog: false,
        corrected: false,
    };
    let document = mention.document.clone();
    let change = if report.stands_out { EventChange::Held { document } } else { EventChange::New { document } };
    Outcome { event: Some(event), change: Some(change), mentions: vec![mention], silent: is_unsure(&report.fact) }
}

fn outcome(before: &Known, after: Known, change: Option<EventChange>, silent: bool) -> Option<Outcome> {
    let said: HashMap<&DocumentId, &Mention> =
        before.mentions.iter().map(|mention| (&mention.document, mention)).collect();
    let changed = after.mentions.iter().filter(|mention| said.get(&mention.document) != Some(mention));
    let mentions: Vec<Mention> = changed.cloned().collect();
    let event = (after.event != before.event).then_some(after.event);
    let nothing = event.is_none() && mentions.is_empty() && change.is_none();
    (!nothing).then_some(Outcome { event, mentions, change, silent })
}

/// Whether a reader of the event would say that it changed; a further mention alone is no change.
fn matters(before: &Event, after: &Event) -> bool {
    before.state != after.state || before.vintages != after.vintages || before.release != after.release
}

/// The value that a report gives, as known from `from` on.
pub(super) fn vintage(figure: &bellwether_model::figure::Figure, mention: &Mention, from: Timestamp) -> Vintage {
    Vintage {
        amount: figure.amount,
        precision: figure.precision,
        from,
        source: mention.source.clone(),
        url: mention.url.clone(),
        trust: mention.trust,
    }
}

fn mention(report: &Report, document: &DocumentRecord, now: Timestamp) -> Mention {
    let claims = match &report.fact {
        Fact::Figure(figure) => figure.claims.clone(),
        Fact::Statement(_) | Fact::Policy(_) => Vec::new(),
    };
    let (amount, precision, rule) = match &report.fact {
        Fact::Figure(figure) => (Some(figure.amount), figure.precision, figure.rule.clone()),
        Fact::Statement(_) => (None, None, "statement".to_owned()),
        Fact::Policy(_) => (None, None, "policy".to_owned()),
    };
    Mention {
        source: document.source.clone(),
        document: document.id.clone(),
        url: document.url.as_str().to_owned(),
        title: document.title.clone(),
        published: document.published.as_ref().map(published),
        at: now,
        trust: document.trust,
        amount,
        precision,
        agrees: true,
        evidence: evidence(&report.fact).clone(),
        claims,
        rule,
        cites: document.cites.clone(),
        unsure: is_unsure(&report.fact),
        restates: matches!(&report.fact, Fact::Figure(figure) if figure.status == Status::Revised),
        outdated: false,
        taken_back: Vec::new(),
        action: match &report.fact {
            Fact::Policy(action) => Some(Box::new(action.clone())),
            Fact::Figure(_) | Fact::Statement(_) => None,
        },
        quote: match &report.fact {
            Fact::Statement(SpokenWords { name, title, org, text, direct, .. }) => Some(Box::new(Quote {
                name: name.clone(),
                title: title.clone(),
                org: org.clone(),
                text: text.clone(),
                direct: *direct,
            })),
            Fact::Figure(_) | Fact::Policy(_) => None,
        },
    }
}

/// Whether a mention of words comes before what a document says that was read at a time: it is believed more, or told it first.
pub(super) fn comes_first(mention: &Mention, document: &DocumentRecord, now: Timestamp) -> bool {
    let published = document.published.as_ref().map(published);
    let ours = (Reverse(document.trust), ToldAt::of(published.as_deref(), now, document.url.as_str()));
    (Reverse(mention.trust), told_at(mention)) < ours
}

/// RFC 3339 where the page fixes the instant, else the day as printed.
fn published(time: &PageTime) -> String {
    match time.instant {
        Some(instant) if time.has_time => instant.to_string(),
        _ => time.date().to_string(),
    }
}

/// The words that prove a fact.
pub(super) fn evidence(fact: &Fact) -> &Evidence {
    match fact {
        Fact::Figure(figure) => &figure.evidence,
        Fact::Statement(words) => &words.evidence,
        Fact::Policy(action) => &action.evidence,
    }
}

fn is_unsure(fact: &Fact) -> bool {
    matches!(fact, Fact::Figure(figure) if figure.confidence == Confidence::Low)
}

/// The first of two releases: of several documents that assign a fact to releases, the order does not matter.
fn earlier(a: Option<ReleaseId>, b: Option<ReleaseId>) -> Option<ReleaseId> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

pub(super) fn count(mentions: &[Mention]) -> u32 {
    u32::try_from(mentions.len()).unwrap_or(u32::MAX)
}
