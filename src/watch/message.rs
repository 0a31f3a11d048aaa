//! The `data` of an alert: JSON that a receiver can act on without asking back. Pure.

use bellwether_model::event::{EventChange, Fact, Mention};
use bellwether_model::id::ReleaseId;
use bellwether_model::overdue::Overdue;
use bellwether_model::watch::{Flag, WatchItem};
use serde_json::{Value, json};

use super::deadlines::Reminder;
use super::documents::{self, Paper};
use super::late;
use super::plan::Row;
use crate::describe;

/// Bytes of `data`. Standard Webhooks asks for bodies under 20 kB; the envelope needs some.
const MAX_DATA: usize = 16_000;
/// Characters of a page's words in an alert, of evidence above all; the whole sentence is in the store.
const MAX_TEXT: usize = 400;

/// What an alert on one event tells.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    /// The row of the change log.
    pub(super) row: &'a Row,
    /// The item that asked for it, with its flag.
    pub(super) watch: Option<(&'a WatchItem, &'a Flag)>,
}

/// The `data` of an alert on one event.
pub(super) fn event(subject: &str, told: &Told<'_>, summary: &str) -> String {
    let mut data = event_value(told.row);
    data["id"] = json!(subject);
    data["summary"] = json!(summary);
    match &told.row.entry.change {
        EventChange::Revised { old, new, .. } => {
            data["old"] = json!(old);
            data["new"] = json!(new);
        }
        EventChange::Disputed { said, .. } => data["said"] = json!(said),
        _ => {}
    }
    if let Some((item, flag)) = told.watch {
        data["flag"] = json!(flag.id);
        data["watch"] = watch(item);
        data["watch"]["reason"] = json!(flag.reason);
    }
    data.to_string()
}

/// The `data` of a reminder.
pub(super) fn deadline(subject: &str, row: &Row, item: &WatchItem, reminder: &Reminder, summary: &str) -> String {
    let mut data = event_value(row);
    data["id"] = json!(subject);
    data["summary"] = json!(summary);
    data["deadline"] = json!({
        "day": reminder.day,
        "days": reminder.days,
        "turn": reminder.turn,
        "part": reminder.part.as_deref().map(cut),
        "words": cut(&reminder.words),
    });
    data["watch"] = watch(item);
    data.to_string()
}

/// The `data` of an alert on a document that holds the words of an item.
pub(super) fn document(
    subject: &str,
    paper: &Paper,
    item: &WatchItem,
    flag: &Flag,
    found: &documents::Found,
    summary: &str,
) -> String {
    let mut data = json!({
        "id": subject,
        "kind": "document",
        "summary": summary,
        "document": documents::value(paper),
        "words": cut(&found.word),
        "title": describe::plain(&paper.record.title),
        "source": paper.record.source,
        "url": flag.url,
        "evidence": { "text": cut(&found.evidence.text), "start": found.evidence.start, "end": found.evidence.end },
        "flag": flag.id,
        "watch": watch(item),
    });
    data["watch"]["reason"] = json!(cut(&found.reason));
    data.to_string()
}

/// The `data` of an alert on what a source owes, for an item that asks for it.
pub(super) fn owed(owed: &Overdue, item: &WatchItem, flag: &Flag, summary: &str) -> String {
    let mut data = late::data(owed, summary);
    data["kind"] = json!("overdue");
    data["flag"] = json!(flag.id);
    data["watch"] = watch(item);
    data["watch"]["reason"] = json!(flag.reason);
    data.to_string()
}

fn watch(item: &WatchItem) -> Value {
    json!({
        "id": item.id,
        "title": item.title,
        "risk": item.risk,
        "indicator": item.indicator,
        "owner": item.owner,
        "note": item.note.as_deref().map(cut),
        "speculation": item.speculation,
        "priority": item.priority,
    })
}

/// The `data` of an alert on a release: its figures, headline figures first, as many as there is room for.
pub(super) fn release(id: &ReleaseId, rows: &[&Row], summary: &str) -> String {
    let mut figures = Vec::new();
    append(&mut figures, rows, MAX_DATA.saturating_sub(summary.len()));
    let lead = rows.first().and_then(|row| row.mention.as_ref());
    json!({
        "id": id,
        "release": id,
        "summary": summary,
        "figure_count": rows.len(),
        "figures": figures,
        "title": lead.map(|mention| describe::plain(&mention.title)),
        "source": lead.map(|mention| &mention.source),
        "url": lead.map(|mention| &mention.url),
        "evidence": lead.map(evidence),
    })
    .to_string()
}

/// The `data` and the summary of an update of a release. `earlier`: its data as they wait in the outbox, whose figures stay.
pub(super) fn further(id: &ReleaseId, rows: &[&Row], earlier: Option<&str>) -> (String, String) {
    let earlier: Option<Value> = earlier.and_then(|text| serde_json::from_str(text).ok());
    let mut data = earlier.unwrap_or_else(|| {
        let mention = rows.first().and_then(|row| row.mention.as_ref());
        json!({
            "id": id,
            "release": id,
            "first": rows.first().map(|row| cut(&describe::fact(&row.event.fact))),
            "said_by": describe::said_by(mention),
            "title": mention.map(|mention| describe::plain(&mention.title)),
            "source": mention.map(|mention| &mention.source),
            "url": mention.map(|mention| &mention.url),
            "evidence": mention.map(evidence),
        })
    });
    let mut figures = data["figures"].as_array().cloned().unwrap_or_default();
    let count = data["figure_count"].as_u64().unwrap_or(0) + rows.len() as u64;
    let text = |key: &str| data[key].as_str().unwrap_or_default().to_owned();
    let more = if count > 1 { format!(", and {} more", count - 1) } else { String::new() };
    let summary = format!("further figures: {}{more}{}", text("first"), text("said_by"));
    let taken: usize = figures.iter().map(|figure| figure.to_string().len()).sum();
    append(&mut figures, rows, MAX_DATA.saturating_sub(2 * summary.len() + taken));
    data["figures"] = json!(figures);
    data["figure_count"] = json!(count);
    data["summary"] = json!(summary);
    (data.to_string(), summary)
}

/// Adds the figures of rows, as many as there is room for, in bytes.
fn append(figures: &mut Vec<Value>, rows: &[&Row], mut room: usize) {
    for row in rows {
        let mut figure = event_value(row);
        figure["id"] = json!(row.event.id);
        let size = figure.to_string().len();
        if size > room {
            break;
        }
        room -= size;
        figures.push(figure);
    }
}

fn event_value(row: &Row) -> Value {
    let mention = row.mention.as_ref();
    let mut data = json!({
        "event": row.event.id,
        "release": row.event.release,
        "state": row.event.state,
        "first_seen": row.event.first_seen,
        "title": mention.map(|mention| describe::plain(&mention.title)),
        "source": mention.map(|mention| &mention.source),
        "published": mention.and_then(|mention| mention.published.as_ref()),
        "url": mention.map(|mention| &mention.url),
        "evidence": mention.map(evidence),
    });
    let (kind, mut fact) = match &row.event.fact {
        Fact::Figure(figure) => ("figure", json!(figure)),
        Fact::Statement(words) => ("statement", json!(words)),
        Fact::Policy(action) => ("policy", json!(action)),
    };
    if let Some(words) = fact.as_object_mut() {
        // It stands beside the fact already, in the words of the document that brought the change.
        words.remove("evidence");
    }
    shorten(&mut fact);
    data["kind"] = json!(kind);
    data[kind] = fact;
    data
}

fn evidence(mention: &Mention) -> Value {
    let text = cut(&mention.evidence.text);
    json!({ "text": text, "start": mention.evidence.start, "end": mention.evidence.end })
}

/// Cuts the words of a page, which can be of any length.
fn shorten(fact: &mut Value) {
    for value in fact.as_object_mut().into_iter().flat_map(|fields| fields.values_mut()) {
        if let Value::String(text) = value {
            *text = cut(text);
        }
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
