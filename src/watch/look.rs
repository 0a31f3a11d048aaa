//! Items of the watch list over everything that is known, without flagging anything. Pure.

use std::collections::HashMap;
use std::convert::Infallible;

use bellwether_model::alert::Alert;
use bellwether_model::document::DocumentRecord;
use bellwether_model::event::{ChangeEntry, Event, EventChange, Mention};
use bellwether_model::figure::Figure;
use bellwether_model::id::{AlertId, DocumentId, EventId, FlagId, ReleaseId, WatchId};
use bellwether_model::overdue::Overdue;
use bellwether_model::watch::WatchItem;
use jiff::Timestamp;
use serde::Serialize;

use super::condition::{Verdict, judge};
use super::documents::{self, Paper};
use super::owed;
use super::plan::{Before, Row};
use super::series;
use crate::describe;

/// What an item of the watch list says of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judgement {
    /// The item.
    pub watch: WatchId,
    /// The event.
    pub event: EventId,
    /// Its fact, in one line.
    pub fact: String,
    /// Whether the item flags it.
    pub met: bool,
    /// What is met beside the fact itself, or why it is not met; empty: there is nothing to add.
    pub reason: String,
}

/// What each item says of each event that `asked` names; `None`: of all of them. `events`: everything that is known,
/// each with its reports, since records and streaks are counted in it.
#[must_use]
pub fn look(items: &[WatchItem], events: &[(Event, Vec<Mention>)], asked: Option<&EventId>) -> Vec<Judgement> {
    let known = Known(events.iter().map(|(event, mentions)| (&event.id, (event, mentions.as_slice()))).collect());
    let mut judgements = Vec::new();
    for (event, mentions) in events.iter().filter(|(event, _)| asked.is_none_or(|asked| event.id == *asked)) {
        let Some(row) = row(event, mentions) else { continue };
        for item in items {
            let Ok(verdict) = judge(&item.when, &row, &known);
            let (met, reason) = match verdict {
                Verdict::Met(clauses) => (true, clauses.join(", ")),
                Verdict::Unmet(why) => (false, why),
            };
            let fact = describe::fact(&event.fact);
            judgements.push(Judgement { watch: item.id.clone(), event: event.id.clone(), fact, met, reason });
        }
    }
    judgements
}

/// What each item says of the documents and of what sources owe that `asked` names; `None`: of all of them.
#[must_use]
pub fn look_beside_facts(
    items: &[WatchItem],
    events: &[(Event, Vec<Mention>)],
    documents: impl IntoIterator<Item = (DocumentRecord, String)>,
    owed: &[Overdue],
    asked: Option<&EventId>,
) -> Vec<Judgement> {
    let known = Known(events.iter().map(|(event, mentions)| (&event.id, (event, mentions.as_slice()))).collect());
    let mut told: HashMap<&DocumentId, Vec<Row>> = HashMap::new();
    for (event, mentions) in events {
        for mention in mentions {
            told.entry(&mention.document).or_default().extend(row(event, std::slice::from_ref(mention)));
        }
    }
    let is_asked = |id: &EventId| asked.is_none_or(|asked| asked == id);
    let mut judgements = Vec::new();
    for (record, text) in documents {
        let facts = told.get(&record.id).cloned().unwrap_or_default();
        let paper = Paper::new(record, &text, facts, true);
        if is_asked(&paper.id()) {
            let Ok(judged) = documents::judged(items, &paper, &known);
            judgements.extend(judged);
        }
    }
    for owed in owed.iter().filter(|owed| is_asked(&owed.id)) {
        judgements.extend(owed::judged(items, owed));
    }
    judgements
}

/// An event as if it had just become known, with the report that shows what the event shows. `None`: it has no report.
pub(super) fn row(event: &Event, mentions: &[Mention]) -> Option<Row> {
    let mention = mentions.iter().find(|mention| mention.agrees).or(mentions.first())?;
    let change = EventChange::New { document: mention.document.clone() };
    let (id, release) = (event.id.clone(), event.release.clone());
    let entry = ChangeEntry { at: event.changed, event: id, release, change, silent: true };
    Some(Row { entry, event: event.clone(), mention: Some(mention.clone()) })
}

/// Events with their reports, by name.
struct Known<'a>(HashMap<&'a EventId, (&'a Event, &'a [Mention])>);

impl Before for Known<'_> {
    type Error = Infallible;

    fn has_flag(&self, _: &FlagId) -> Result<bool, Infallible> {
        Ok(false)
    }

    fn has_alert(&self, _: &AlertId) -> Result<bool, Infallible> {
        Ok(false)
    }

    fn alert(&self, _: &AlertId) -> Result<Option<Alert>, Infallible> {
        Ok(None)
    }

    fn had_headlines(&self, _: &ReleaseId, _: Timestamp) -> Result<bool, Infallible> {
        Ok(false)
    }

    fn mentions(&self, event: &EventId) -> Result<Vec<Mention>, Infallible> {
        Ok(self.0.get(event).map(|(_, mentions)| mentions.to_vec()).unwrap_or_default())
    }

    fn series(&self, figure: &Figure) -> Result<Vec<Figure>, Infallible> {
        Ok(series::of(figure, self.0.values().map(|(event, _)| *event)))
    }
}
