//! Statements and policy actions: facts without a number, whose gaps further documents fill. Pure.

use bellwether_model::event::{EventChange, EventState, Fact, Mention, Quote, SpokenWords};
use bellwether_model::policy::PolicyAction;
use bellwether_model::source::Trust;

use super::choice::by_belief;
use super::merge::Known;
use super::values::put;

/// Merges a report of words or of a policy action and says what the change log should.
pub(super) fn merge(known: &mut Known, report: &Fact, mention: Mention) -> Option<EventChange> {
    let document = mention.document.clone();
    let said_before = known.mentions.iter().find(|old| old.document == document).cloned();
    let trusted = known.mentions.iter().map(|old| old.trust).max().unwrap_or(Trust::Forum);
    let withdrawn = known.event.state == EventState::Withdrawn;
    // The most trusted report is the one that is shown; one of equal trust only where it is the same document again.
    let leads = withdrawn || mention.trust > trusted || (mention.trust == trusted && is_only_leader(known, &mention));
    let fact = told(&known.event.fact, report, leads);
    let mention = match &said_before {
        Some(old) => Mention { at: old.at, ..mention },
        None => mention,
    };
    put(&mut known.mentions, mention);
    let fact = joined(&known.mentions).unwrap_or(fact);
    let learned = differs(&fact, &known.event.fact);
    known.event.fact = fact;
    if withdrawn {
        known.event.state = EventState::New;
        return Some(EventChange::New { document });
    }
    (said_before.is_none() || learned).then_some(EventChange::Merged { document })
}

/// A fact after one more report of it. `leads`: the report is the one that is shown.
pub(super) fn told(fact: &Fact, report: &Fact, leads: bool) -> Fact {
    if leads { filled(report, fact) } else { filled(fact, report) }
}

/// The policy action or the words that all reports of it together tell: of each thing what the most trusted of them says, and
/// among equals the first that was published. `None`: it is neither, or one of them does not say what it told.
pub(super) fn joined<'a>(mentions: impl IntoIterator<Item = &'a Mention>) -> Option<Fact> {
    let mut facts = by_belief(mentions).into_iter().map(said_by);
    let first = facts.next()??;
    facts.try_fold(first, |joined, other| Some(filled(&joined, &other?)))
}

/// What a document says of a policy action or of somebody's words.
fn said_by(mention: &Mention) -> Option<Fact> {
    if let Some(action) = mention.action.as_deref() {
        return Some(Fact::Policy(action.clone()));
    }
    let Quote { name, title, org, text, direct } = mention.quote.as_deref()?.clone();
    let evidence = mention.evidence.clone();
    Some(Fact::Statement(SpokenWords { name, title, org, text, direct, evidence }))
}

/// Whether a report of words that is not the first to be believed tells nothing of who spoke that is not shown already.
pub(super) fn adds_nothing(shown: &Fact, report: &Fact) -> bool {
    let tells_no_other = |said: &Option<String>, shown: &Option<String>| said.is_none() || said == shown;
    match (shown, report) {
        (Fact::Statement(shown), Fact::Statement(said)) => {
            tells_no_other(&said.title, &shown.title) && tells_no_other(&said.org, &shown.org)
        }
        _ => false,
    }
}

/// After a mention has gone: what it alone told goes with it.
pub(super) fn fall_back(known: &mut Known) {
    if let Some(fact) = joined(&known.mentions) {
        known.event.fact = fact;
    }
}

/// Whether this document alone is trusted so much, and so is the one that is shown.
fn is_only_leader(known: &Known, mention: &Mention) -> bool {
    known.mentions.iter().all(|old| old.trust < mention.trust || old.document == mention.document)
}

/// A fact with its gaps filled from another report of it.
pub(super) fn filled(fact: &Fact, from: &Fact) -> Fact {
    let mut fact = fact.clone();
    match (&mut fact, from) {
        (Fact::Statement(words), Fact::Statement(other)) => {
            fill(&mut words.title, &other.title);
            fill(&mut words.org, &other.org);
        }
        (Fact::Policy(action), Fact::Policy(other)) => fill_action(action, other),
        // Kinds never meet: the kind is part of an event's name.
        _ => {}
    }
    fact
}

fn fill_action(action: &mut PolicyAction, other: &PolicyAction) {
    fill(&mut action.issuer, &other.issuer);
    fill(&mut action.number, &other.number);
    fill(&mut action.announced, &other.announced);
    fill(&mut action.effective, &other.effective);
    fill(&mut action.expires, &other.expires);
    fill(&mut action.partner, &other.partner);
    fill(&mut action.category, &other.category);
    fill(&mut action.kind, &other.kind);
    if action.refers.is_empty() {
        action.refers.clone_from(&other.refers);
    }
    if action.parts.is_empty() {
        action.parts.clone_from(&other.parts);
    }
    action.originals.extend(other.originals.iter().cloned());
    action.originals.sort();
    action.originals.dedup();
}

fn fill<T: Clone>(gap: &mut Option<T>, from: &Option<T>) {
    if gap.is_none() {
        gap.clone_from(from);
    }
}

/// Whether two versions of a fact differ in more than the words that prove them.
fn differs(a: &Fact, b: &Fact) -> bool {
    let mut a = a.clone();
    match (&mut a, b) {
        (Fact::Statement(a), Fact::Statement(b)) => a.evidence.clone_from(&b.evidence),
        (Fact::Policy(a), Fact::Policy(b)) => {
            a.evidence.clone_from(&b.evidence);
            for (a, b) in a.refers.iter_mut().zip(&b.refers) {
                a.evidence.clone_from(&b.evidence);
            }
        }
        _ => {}
    }
    a != *b
}
