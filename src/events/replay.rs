//! Door: reads the archive again with today's rules.

use std::collections::{BTreeMap, HashSet};

use bellwether_model::event::{EventState, Fact};
use bellwether_model::figure::Amount;
use bellwether_model::id::{DocumentId, EventId, SnapshotId};
use bellwether_model::snapshot::Snapshot;
use bellwether_model::source::ResourceRole;
use bellwether_store::{Change, ReadError, Store, Transaction};
use jiff::Timestamp;

use super::merge::{Report, forget, replace};
use super::reader::{NAMES, Reader, push};
use super::{EventsError, ReplayReport, reports};

/// Snapshots read from the store at once.
const PAGE: usize = 500;

/// Reads the newest snapshot of each document again; writes unless `dry_run`.
pub(super) fn replay(reader: &Reader<'_>, now: Timestamp, dry_run: bool) -> Result<ReplayReport, EventsError> {
    let mut told = ReplayReport::default();
    let mut newest: Vec<Snapshot> = newest_of_each_document(reader.store)?.into_values().collect();
    // In the order in which they came, so that of two press reports the first stays the one that is shown.
    newest.sort_by(|a, b| (a.fetched, &a.id).cmp(&(b.fetched, &b.id)));
    for snapshot in newest {
        let Some(body) = reader.body(&snapshot)? else {
            told.missing.push(snapshot.id.clone());
            continue;
        };
        told.snapshots += 1;
        let transaction = reread(reader, &snapshot, &body, now, &mut told)?;
        if !dry_run {
            reader.store.commit(transaction)?;
        }
    }
    Ok(told)
}

/// What was never read is no replay: left to the reader, its news still reaches people.
fn newest_of_each_document(store: &Store) -> Result<BTreeMap<DocumentId, Snapshot>, ReadError> {
    let unread: HashSet<SnapshotId> = store.unread(usize::MAX)?.into_iter().map(|snapshot| snapshot.id).collect();
    let mut newest: BTreeMap<DocumentId, Snapshot> = BTreeMap::new();
    let mut after: Option<Snapshot> = None;
    loop {
        let page = store.snapshots(after.as_ref().map(|last| (last.fetched, &last.id)), PAGE)?;
        let Some(last) = page.last() else {
            return Ok(newest);
        };
        after = Some(last.clone());
        let is_read = |role: ResourceRole| matches!(role, ResourceRole::Document | ResourceRole::Rows);
        let is_wanted = |snapshot: &Snapshot| is_read(snapshot.role) && !unread.contains(&snapshot.id);
        for snapshot in page.into_iter().filter(is_wanted) {
            // Oldest first: a later one takes the place of an earlier one.
            newest.insert(snapshot.final_url.document(), snapshot);
        }
    }
}

fn reread(
    reader: &Reader<'_>,
    snapshot: &Snapshot,
    body: &[u8],
    now: Timestamp,
    told: &mut ReplayReport,
) -> Result<Transaction, EventsError> {
    let mut transaction = Transaction::new(now);
    let extraction = reader.extract(snapshot, body);
    let document = reader.record(snapshot, &extraction, now)?;
    transaction.push(Change::Document(Box::new(document.clone())));
    let carried: HashSet<EventId> = reader.store.events_of(&document.id)?.into_iter().collect();
    let reports = reports::of(&extraction, &NAMES);
    let found: HashSet<&EventId> = reports.iter().map(|report| &report.event).collect();
    for event in carried.iter().filter(|event| !found.contains(event)) {
        let Some(known) = reader.known(event)? else { continue };
        told.lost.push(line(&known.event.fact, document.url.as_str()));
        let release = known.event.release.clone();
        if let Some(outcome) = forget(known, &document.id, now) {
            transaction.push(Change::MentionGone { event: event.clone(), document: document.id.clone() });
            push(&mut transaction, event, release, outcome, true);
        }
    }
    for report in &reports {
        let known = reader.known(&report.event)?;
        tell(report, known.as_ref(), &document.id, document.url.as_str(), told);
        let release = known.as_ref().and_then(|known| known.event.release.clone());
        let outcome = match known {
            Some(known) => replace(known, report, &document, now),
            None => super::merge::merge(None, report, &document, now),
        };
        if let Some(outcome) = outcome {
            push(&mut transaction, &report.event, release, outcome, true);
        }
    }
    Ok(transaction)
}

/// Notes whether a report is new or says another value than the same document did before.
fn tell(
    report: &Report,
    known: Option<&super::merge::Known>,
    document: &DocumentId,
    url: &str,
    told: &mut ReplayReport,
) {
    let said = known
        .filter(|known| known.event.state != EventState::Withdrawn)
        .and_then(|known| known.mentions.iter().find(|mention| mention.document == *document));
    match (said, &report.fact) {
        (None, fact) => told.gained.push(line(fact, url)),
        (Some(said), Fact::Figure(figure)) if said.amount != Some(figure.amount) => {
            let before = said.amount.map_or_else(|| "no value".to_owned(), value);
            told.changed.push(format!("{} (was {before})", line(&report.fact, url)));
        }
        (Some(_), _) => {}
    }
}

fn value(amount: Amount) -> String {
    match amount {
        Amount::Value { value } => value.to_string(),
        Amount::Range { low, high } => format!("{low} to {high}"),
    }
}

/// One fact in one line.
fn line(fact: &Fact, url: &str) -> String {
    let what = match fact {
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
            format!("{}{number}: {}", action.issuer.as_deref().unwrap_or("policy"), action.subject)
        }
    };
    format!("{what} <{url}>")
}
