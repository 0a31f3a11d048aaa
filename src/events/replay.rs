//! Door: reads the archive again with today's rules.

use std::collections::{BTreeMap, HashSet};

use bellwether_model::document::DocumentRecord;
use bellwether_model::event::{EventState, Fact};
use bellwether_model::figure::Amount;
use bellwether_model::id::{DocumentId, EventId, SnapshotId, SourceId};
use bellwether_model::snapshot::Snapshot;
use bellwether_model::source::ResourceRole;
use bellwether_store::{Change, ReadError, Store, Transaction};
use jiff::Timestamp;
use serde::Serialize;

use super::merge::{Known, Outcome, Report, forget, merge, replace};
use super::reader::{NAMES, Reader, push};
use super::{EventsError, ReplayMode, reports};

/// Snapshots read from the store at once.
const PAGE: usize = 500;

/// What a replay found of one fact or document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReplayRow {
    /// What is different.
    pub change: ReplayChange,
    /// The document, by its address.
    pub url: String,
    /// Its source.
    pub source: SourceId,
    /// The event; `None`: the row is of a whole document.
    pub event: Option<EventId>,
    /// The fact as today's rules read it, or as they no longer do.
    pub fact: Option<String>,
    /// What the document was taken to say before, where that is something else.
    pub before: Option<String>,
}

/// What is different under today's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplayChange {
    /// They find a fact that the store does not hold.
    Gained,
    /// They no longer find one.
    Lost,
    /// They read another value, date or subject in it.
    Changed,
    /// The document cannot be read again: retention removed its bytes. What is known of it stays.
    Removed,
    /// The document cannot be read again: its bytes are missing or damaged.
    Missing,
}

/// What a replay changed, or would change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReplayReport {
    /// Documents read again.
    pub documents: u64,
    /// What is different, in the order in which the documents came.
    pub rows: Vec<ReplayRow>,
}

impl ReplayReport {
    /// How many rows are of this kind.
    #[must_use]
    pub fn count(&self, change: ReplayChange) -> usize {
        self.rows.iter().filter(|row| row.change == change).count()
    }
}

/// Reads the answers of each document again; writes unless it is a dry run.
pub(super) fn replay(
    reader: &Reader<'_>,
    now: Timestamp,
    mode: ReplayMode,
    seen: &mut dyn FnMut(usize, usize),
) -> Result<ReplayReport, EventsError> {
    let mut told = ReplayReport::default();
    let documents = answers_of_each_document(reader.store.store)?;
    let all = documents.len();
    for (place, answers) in documents.iter().enumerate() {
        seen(place, all);
        let Some(readings) = Readings::of(reader, answers, &mut told)? else { continue };
        told.documents += 1;
        let transaction = reread(reader, &readings, (now, mode == ReplayMode::Silent), &mut told)?;
        if mode != ReplayMode::DryRun {
            reader.store.commit(transaction)?;
        }
    }
    seen(all, all);
    Ok(told)
}

fn row(
    change: ReplayChange,
    snapshot: &Snapshot,
    fact: Option<(&EventId, &Fact)>,
    before: Option<String>,
) -> ReplayRow {
    ReplayRow {
        change,
        url: snapshot.final_url.to_string(),
        source: snapshot.source.clone(),
        event: fact.map(|(event, _)| event.clone()),
        fact: fact.map(|(_, fact)| line(fact)),
        before,
    }
}

/// The answers of each document, newest first; the documents in the order in which their newest answers came, so that
/// of two press reports the first stays the one that is shown. What was never read is no replay: left to the reader,
/// its news still reaches people.
fn answers_of_each_document(store: &Store) -> Result<Vec<Vec<SnapshotId>>, ReadError> {
    let unread: HashSet<SnapshotId> = store.unread(usize::MAX)?.into_iter().map(|snapshot| snapshot.id).collect();
    let mut documents: BTreeMap<DocumentId, Vec<(Timestamp, SnapshotId)>> = BTreeMap::new();
    let mut after: Option<Snapshot> = None;
    let is_read = |role: ResourceRole| matches!(role, ResourceRole::Document | ResourceRole::Rows);
    loop {
        let mut page = store.snapshots(after.as_ref().map(|last| (last.fetched, &last.id)), PAGE)?;
        let is_wanted = |snapshot: &&Snapshot| is_read(snapshot.role) && !unread.contains(&snapshot.id);
        for snapshot in page.iter().filter(is_wanted) {
            let answers = documents.entry(snapshot.final_url.document()).or_default();
            answers.push((snapshot.fetched, snapshot.id.clone()));
        }
        after = page.pop();
        if after.is_none() {
            break;
        }
    }
    let mut documents: Vec<Vec<(Timestamp, SnapshotId)>> = documents.into_values().collect();
    documents.iter_mut().for_each(|answers| answers.reverse());
    documents.sort_by(|a, b| a.first().cmp(&b.first()));
    Ok(documents.into_iter().map(|answers| answers.into_iter().map(|(_, id)| id).collect()).collect())
}

/// Today's reading of a document over all answers of it that the archive still has. A page that changes shows this
/// month's figures today and showed last month's before: both were said.
struct Readings {
    /// The newest answer that can be read.
    snapshot: Snapshot,
    /// What it says of itself.
    document: DocumentRecord,
    /// One report an event, from the newest answer that carries it.
    reports: Vec<Report>,
    /// When the answers came, oldest first, and whether their bytes are there.
    answers: Vec<(Timestamp, bool)>,
}

impl Readings {
    /// `None`: no answer of the document can be read.
    fn of(reader: &Reader<'_>, answers: &[SnapshotId], told: &mut ReplayReport) -> Result<Option<Self>, EventsError> {
        let mut readings: Option<Self> = None;
        let mut times = Vec::with_capacity(answers.len());
        let mut unreadable = None;
        for id in answers {
            let Some(snapshot) = reader.store.store.snapshot(id)? else { continue };
            let Some(body) = reader.pages.body(&snapshot)? else {
                times.push((snapshot.fetched, false));
                unreadable.get_or_insert(snapshot);
                continue;
            };
            times.push((snapshot.fetched, true));
            let extraction = reader.pages.extract(&snapshot, &body);
            let reports = reader.settled(reports::of(&extraction, &NAMES))?;
            match &mut readings {
                Some(readings) => readings.add(reports),
                None => {
                    let document = reader.record(&snapshot, &extraction, snapshot.fetched)?;
                    readings = Some(Self { snapshot, document, reports, answers: Vec::new() });
                }
            }
        }
        times.reverse();
        match (&mut readings, unreadable) {
            (Some(readings), _) => readings.answers = times,
            (None, Some(snapshot)) => {
                let is_removed = reader.store.store.removal(&snapshot.content)?.is_some();
                let change = if is_removed { ReplayChange::Removed } else { ReplayChange::Missing };
                told.rows.push(row(change, &snapshot, None, None));
            }
            (None, None) => {}
        }
        Ok(readings)
    }

    fn add(&mut self, older: Vec<Report>) {
        let known: HashSet<EventId> = self.reports.iter().map(|report| report.event.clone()).collect();
        self.reports.extend(older.into_iter().filter(|report| !known.contains(&report.event)));
    }

    /// Whether the answer in which something was read at a time cannot be read again: then nobody can say that it did
    /// not stand there.
    fn is_out_of_sight(&self, read: Timestamp) -> bool {
        let stood_in = self.answers.iter().rev().find(|(fetched, _)| *fetched <= read);
        stood_in.is_some_and(|(_, is_there)| !is_there)
    }
}

/// The changes that today's reading of a document makes. The second of `now`: nobody is alerted.
fn reread(
    reader: &Reader<'_>,
    readings: &Readings,
    (now, silent): (Timestamp, bool),
    told: &mut ReplayReport,
) -> Result<Transaction, EventsError> {
    let mut transaction = Transaction::new(now);
    let document = DocumentRecord { last_read: now, ..readings.document.clone() };
    transaction.push(Change::Document(Box::new(document.clone())));
    let snapshot = &readings.snapshot;
    let found: HashSet<&EventId> = readings.reports.iter().map(|report| &report.event).collect();
    for event in reader.store.store.events_of(&document.id)?.iter().filter(|event| !found.contains(event)) {
        let Some(known) = reader.known(event)? else { continue };
        let read = known.mentions.iter().find(|mention| mention.document == document.id).map(|mention| mention.at);
        if read.is_some_and(|read| readings.is_out_of_sight(read)) {
            continue;
        }
        told.rows.push(row(ReplayChange::Lost, snapshot, Some((event, &known.event.fact)), None));
        let release = known.event.release.clone();
        if let Some(outcome) = forget(known, &document.id, now) {
            transaction.push(Change::MentionGone { event: event.clone(), document: document.id.clone() });
            push(&mut transaction, event, release, outcome, silent);
        }
    }
    for report in &readings.reports {
        let known = reader.known(&report.event)?;
        let doubted = reader.doubted(report, known.as_ref().map(|known| &known.event))?;
        let report = doubted.as_ref().unwrap_or(report);
        let release = known.as_ref().and_then(|known| known.event.release.clone());
        let outcome = match known.clone() {
            Some(known) => replace(known, report, &document, now),
            None => merge(None, report, &document, now),
        };
        let outcome = reader.with_copies(report, outcome, &mut transaction)?;
        tell(report, known.as_ref(), outcome.as_ref(), snapshot, told);
        if let Some(outcome) = outcome {
            push(&mut transaction, &report.event, release, outcome, silent);
        }
    }
    Ok(transaction)
}

/// Notes whether a report is new, or says something else than the same document did before.
fn tell(
    report: &Report,
    known: Option<&Known>,
    outcome: Option<&Outcome>,
    snapshot: &Snapshot,
    told: &mut ReplayReport,
) {
    let document = snapshot.final_url.document();
    let said = known
        .filter(|known| known.event.state != EventState::Withdrawn)
        .and_then(|known| known.mentions.iter().find(|mention| mention.document == document));
    let fact = Some((&report.event, &report.fact));
    let (Some(known), Some(said)) = (known, said) else {
        told.rows.push(row(ReplayChange::Gained, snapshot, fact, None));
        return;
    };
    match &report.fact {
        Fact::Figure(figure) if said.amount != Some(figure.amount) => {
            let before = said.amount.map_or_else(|| "no value".to_owned(), value);
            told.rows.push(row(ReplayChange::Changed, snapshot, fact, Some(before)));
        }
        Fact::Figure(_) => {}
        Fact::Statement(_) | Fact::Policy(_) => {
            let after = outcome.and_then(|outcome| outcome.event.as_ref()).map(|event| content(&event.fact));
            if after.is_some_and(|after| after != content(&known.event.fact)) {
                let before = Some(line(&known.event.fact));
                told.rows.push(row(ReplayChange::Changed, snapshot, fact, before));
            }
        }
    }
}

/// A fact without the words that prove it, in which documents differ.
fn content(fact: &Fact) -> serde_json::Value {
    let mut content = serde_json::to_value(fact).unwrap_or_default();
    for part in content.as_object_mut().into_iter().flat_map(|fields| fields.values_mut()) {
        if let Some(fields) = part.as_object_mut() {
            fields.remove("evidence");
        }
    }
    if let Some(fields) = content.as_object_mut() {
        fields.remove("evidence");
    }
    content
}

fn value(amount: Amount) -> String {
    match amount {
        Amount::Value { value } => value.to_string(),
        Amount::Range { low, high } => format!("{low} to {high}"),
    }
}

/// One fact in one line.
fn line(fact: &Fact) -> String {
    match fact {
        Fact::Figure(figure) => {
            let partner = figure.partner.as_ref().map(|partner| format!(" with {partner}")).unwrap_or_default();
            let product = figure.product.as_ref().map(|product| format!(" of {product}")).unwrap_or_default();
            let forecast = if figure.status.is_forecast() { " forecast" } else { "" };
            format!(
                "{} {}{partner}{product} {} {}{forecast} {} {}",
                figure.area,
                figure.flow.code(),
                figure.period,
                figure.measure.code(),
                value(figure.amount),
                figure.unit.as_str(),
            )
        }
        Fact::Statement(words) => format!("{}: {}", words.name, words.text),
        Fact::Policy(action) => {
            let number = action.number.as_ref().map(|number| format!(" {number}")).unwrap_or_default();
            let days = [("announced", action.announced), ("effective", action.effective), ("expires", action.expires)];
            let days: String = days.iter().filter_map(|(word, day)| day.map(|day| format!(", {word} {day}"))).collect();
            format!("{}{number}: {}{days}", action.issuer.as_deref().unwrap_or("policy"), action.subject)
        }
    }
}
