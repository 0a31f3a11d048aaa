//! Documents that hold the words an item asks for, whether or not they tell a fact: flagged once, and anew where the words that
//! prove it are others. Pure: texts are arguments.

use bellwether_model::alert::AlertKind;
use bellwether_model::document::DocumentRecord;
use bellwether_model::evidence::Evidence;
use bellwether_model::id::{EventId, FlagId, digest_name};
use bellwether_model::watch::{Condition, Flag, SubjectKind, WatchItem};
use serde_json::json;

use super::condition::{Verdict, combined, matches, need};
use super::look::Judgement;
use super::message;
use super::plan::{Before, News, Planner, Row};
use super::words::{self, Haystack, folded};
use crate::describe;
use crate::routing::Labels;

/// A document with its words.
pub(super) struct Paper {
    /// What is known of it.
    pub(super) record: DocumentRecord,
    text: Haystack,
    /// The facts that it tells, each as if it had just become known.
    facts: Vec<Row>,
    /// Whether nobody is alerted.
    silent: bool,
}

impl Paper {
    pub(super) fn new(record: DocumentRecord, text: &str, facts: Vec<Row>, silent: bool) -> Self {
        // A title is a sentence of its own, and mostly stands in the text as its first.
        Self { text: Haystack::new(text), record, facts, silent }
    }

    /// By what it is known where events are known by their names.
    pub(super) fn id(&self) -> EventId {
        EventId(self.record.id.to_string())
    }

    /// In one line.
    pub(super) fn line(&self) -> String {
        format!("{}: {}", self.record.source, describe::plain(&self.record.title))
    }
}

/// What is found of a condition in a document.
pub(super) struct Found {
    /// What is met, in words for people.
    pub(super) reason: String,
    /// The words.
    pub(super) word: String,
    /// The sentence in which they stand.
    pub(super) evidence: Evidence,
}

/// Compares a document with a condition: parts that speak of facts are not met.
pub(super) fn judge(condition: &Condition, paper: &Paper) -> Verdict {
    let Ok(verdict) =
        combined(condition, own(condition, paper), &mut |part| Ok::<_, std::convert::Infallible>(judge(part, paper)));
    verdict
}

fn own(condition: &Condition, paper: &Paper) -> Result<Vec<String>, String> {
    let of_facts = Condition {
        kind: None,
        trust: None,
        words: Vec::new(),
        near: None,
        all: Vec::new(),
        any: Vec::new(),
        not: None,
        ..condition.clone()
    };
    let is_asked = condition.kind.is_none_or(|kind| kind == SubjectKind::Document);
    need(is_asked && of_facts == Condition::default(), || "it is a document".to_owned())?;
    need(condition.trust.is_none_or(|trust| paper.record.trust >= trust), || {
        "its source is not believed so far".to_owned()
    })?;
    let mut clauses = Vec::new();
    if !condition.words.is_empty() {
        let found = paper.text.any(&condition.words);
        let (word, _) = found.ok_or_else(|| format!("its text holds none of: {}", condition.words.join(", ")))?;
        clauses.push(format!("it says {word}"));
    }
    if let Some(near) = &condition.near {
        let list = near.words.join(", ");
        need(paper.text.near(near).is_some(), || {
            format!("its text does not hold within {} characters: {list}", near.within)
        })?;
        clauses.push(format!("within {} characters it says {list}", near.within));
    }
    Ok(clauses)
}

/// Why a document answers an item, with the words that prove it. `None`: it does not, or one of its facts does.
pub(super) fn answer<B: Before>(item: &WatchItem, paper: &Paper, before: &B) -> Result<Option<Found>, B::Error> {
    let Verdict::Met(clauses) = judge(&item.when, paper) else { return Ok(None) };
    let Some((word, evidence)) = proof(&item.when, paper) else { return Ok(None) };
    if item.when.kind != Some(SubjectKind::Document) {
        for fact in &paper.facts {
            if matches(&item.when, fact, before)?.is_some() {
                return Ok(None);
            }
        }
    }
    Ok(Some(Found { reason: clauses.join(", "), word, evidence }))
}

/// The first words of a condition that stand in a document, with their sentence. `None`: it asks for none that does.
fn proof(condition: &Condition, paper: &Paper) -> Option<(String, Evidence)> {
    let near = condition.near.as_ref().and_then(|near| Some((near.words.join(" "), paper.text.near(near)?)));
    let any = || paper.text.any(&condition.words).map(|(word, place)| (word.to_owned(), place));
    if let Some((word, place)) = near.or_else(any) {
        return Some((word, paper.text.evidence(&place)));
    }
    let is_met = |part: &&Condition| matches!(judge(part, paper), Verdict::Met(_));
    condition.all.iter().chain(&condition.any).filter(is_met).find_map(|part| proof(part, paper))
}

/// Whether an item can be answered by the words of a document.
pub(super) fn are_asked_for(item: &WatchItem) -> bool {
    item.when.kind.is_none_or(|kind| kind == SubjectKind::Document) && words::are_asked(&item.when)
}

impl<B: Before> Planner<'_, B> {
    /// Flags a document for an item, once for the same sentence in either script and on any site, and tells the item's channels.
    pub(super) fn document(&mut self, paper: &Paper, item: &WatchItem) -> Result<(), B::Error> {
        if item.has_expired(self.now) || !are_asked_for(item) {
            return Ok(());
        }
        let Some(found) = answer(item, paper, self.before)? else { return Ok(()) };
        let record = &paper.record;
        let flag = Flag {
            id: name(item, &found.evidence),
            watch: item.id.clone(),
            title: item.title.clone(),
            event: paper.id(),
            release: None,
            at: self.now,
            reason: format!("{} ({})", paper.line(), found.reason),
            document: Some(record.id.clone()),
            url: record.url.to_string(),
            evidence: found.evidence.clone(),
            resolved: None,
        };
        if !self.planned.insert(flag.id.0.clone()) || self.before.has_flag(&flag.id)? {
            return Ok(());
        }
        if !paper.silent {
            let sentence = describe::plain(&found.evidence.text);
            let summary = format!("{}: {sentence} ({})", describe::plain(&item.title), paper.line());
            let subject = record.id.to_string();
            let data = message::document(&subject, paper, item, &flag, &found, &summary);
            let labels = labels(paper, item);
            let what = flag.id.as_str();
            let news = News { kind: AlertKind::WatchFlagged, labels, subject: &subject, what, summary, data };
            self.alert(news, &item.channels)?;
        }
        self.plan.flags.push(flag);
        Ok(())
    }
}

/// The name of a flag on words: the sentence that proves them, in whatever script and document it stands.
fn name(item: &WatchItem, evidence: &Evidence) -> FlagId {
    let sentence: String = folded(&evidence.text).chars().filter(|c| !c.is_whitespace()).collect();
    FlagId(digest_name("flag", &[item.id.as_str(), "words", &sentence]))
}

fn labels(paper: &Paper, item: &WatchItem) -> Labels {
    let mut labels = Labels::from([
        ("type".to_owned(), AlertKind::WatchFlagged.name().to_owned()),
        ("kind".to_owned(), "document".to_owned()),
        ("item".to_owned(), item.id.to_string()),
        ("priority".to_owned(), item.priority.name().to_owned()),
        ("source".to_owned(), paper.record.source.to_string()),
        ("event".to_owned(), paper.record.id.to_string()),
    ]);
    labels.extend(item.risk.clone().filter(|risk| !risk.is_empty()).map(|risk| ("risk".to_owned(), risk)));
    labels
}

/// What items say of a document.
pub(super) fn judged<B: Before>(items: &[WatchItem], paper: &Paper, before: &B) -> Result<Vec<Judgement>, B::Error> {
    let mut judgements = Vec::new();
    for item in items {
        let verdict = judge(&item.when, paper);
        let (met, reason) = match (answer(item, paper, before)?, verdict) {
            (Some(found), _) => (true, found.reason),
            (None, Verdict::Unmet(why)) => (false, why),
            (None, Verdict::Met(_)) if words::are_asked(&item.when) => {
                (false, "one of its facts answers the item".to_owned())
            }
            (None, Verdict::Met(_)) => (false, "the item asks for no words".to_owned()),
        };
        judgements.push(Judgement { watch: item.id.clone(), event: paper.id(), fact: paper.line(), met, reason });
    }
    Ok(judgements)
}

/// What is kept of a document's own in the data of an alert.
pub(super) fn value(paper: &Paper) -> serde_json::Value {
    let record = &paper.record;
    json!({
        "title": describe::plain(&record.title),
        "published": record.published.as_ref().map(|time| time.date()),
        "language": record.language,
        "kind": record.kind,
        "trust": record.trust,
    })
}
