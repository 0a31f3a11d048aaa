//! Door: the history of a store told again into an empty one. What was read is read again by today's rules, in the order and at
//! the times at which it was read; what only the world outside could tell is taken over as it was.
//!
//! Facts whose page is no longer in the archive are taken over from the store that knew them.

use std::collections::{HashMap, HashSet};

use bellwether_model::alert::Delivery;
use bellwether_model::document::DocumentRecord;
use bellwether_model::event::{Event, EventChange, Fact, Mention};
use bellwether_model::figure::{Confidence, Figure};
use bellwether_model::id::{AlertId, EventId, SnapshotId};
use bellwether_model::snapshot::Snapshot;
use bellwether_model::source::ResourceRole;
use bellwether_store::archive::Archive;
use bellwether_store::{Change, Store, Transaction};
use jiff::Timestamp;

use super::backlog::Newness;
use super::draft::Draft;
use super::lookahead::{Next, in_order};
use super::merge::Report;
use super::pages::{Pages, Prepared};
use super::reader::Reader;
use super::{EventsError, threads};
use crate::settings::SourceSettings;

/// Changes of what only the present is kept of that are committed together.
const CARRIED_AT_ONCE: usize = 200;

/// What came of a history that was told again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Retold {
    /// Answers read again.
    pub answers: u64,
    /// Answers whose bytes the archive no longer has, or has damaged.
    pub gone: Vec<Snapshot>,
    /// Facts of these that were taken over as they were.
    pub taken_over: u64,
    /// Facts of these that nothing of what is left tells.
    pub lost: u64,
    /// Alerts that nobody had taken yet: they are held, and are not in the new store.
    pub alerts_held: u64,
}

/// A history on its way into an empty store.
pub struct Retelling<'a> {
    pages: Pages<'a>,
    store: &'a Store,
    /// What is taken over and not yet committed.
    carried: Option<Transaction>,
    waiting: HashSet<AlertId>,
    told: Retold,
}

/// An answer that was read, and in which transaction of its part of the history that was committed.
struct Answer {
    place: usize,
    snapshot: Snapshot,
}

impl<'a> Retelling<'a> {
    /// Begins with an empty store. `archive`: where the answers lie.
    #[must_use]
    pub fn new(sources: &'a [SourceSettings], store: &'a Store, archive: &'a Archive) -> Self {
        let pages = Pages { sources, archive };
        Self { pages, store, carried: None, waiting: HashSet::new(), told: Retold::default() }
    }

    /// Tells a part of the history, which goes on where the one before ended. `after` is called with its time whenever the
    /// change log may have grown.
    ///
    /// # Errors
    /// See [`EventsError`]; or what `after` fails with.
    pub fn tell<E: From<EventsError>>(
        &mut self,
        part: &[Transaction],
        after: &mut dyn FnMut(Timestamp) -> Result<(), E>,
    ) -> Result<(), E> {
        let answers = self.answers_of(part)?;
        let (store, pages) = (self.store, self.pages);
        let draft = Draft::shared(store);
        let reader = Reader { pages, store: &draft };
        let prepare = |answer: &Answer| pages.prepare(&answer.snapshot);
        let mut done = 0;
        let mut take = |next: Next<'_, Answer, Result<Prepared, EventsError>>| {
            let Next::Ready(answer, prepared) = next else { return Ok::<bool, E>(true) };
            while done < answer.place {
                self.end(&reader, &part[done], after)?;
                done += 1;
            }
            self.read(&reader, &answer.snapshot, prepared?, &part[answer.place])?;
            Ok(true)
        };
        in_order(&answers, threads(), &prepare, &mut take)?;
        for transaction in &part[done..] {
            self.end(&reader, transaction, after)?;
        }
        Ok(())
    }

    /// Answers read again so far.
    #[must_use]
    pub fn answers(&self) -> u64 {
        self.told.answers
    }

    /// Ends the history. What was never read is left to be read.
    ///
    /// # Errors
    /// See [`EventsError`].
    pub fn finish(mut self) -> Result<Retold, EventsError> {
        self.commit_carried()?;
        self.told.alerts_held = self.waiting.len() as u64;
        Ok(self.told)
    }

    /// The answers that were read in a part of the history, in the order of their reading.
    fn answers_of(&self, part: &[Transaction]) -> Result<Vec<Answer>, EventsError> {
        let mut known: HashMap<&SnapshotId, &Snapshot> = HashMap::new();
        let mut answers = Vec::new();
        let waiting = self.carried.iter().flat_map(|carried| &carried.changes);
        for change in waiting {
            if let Change::Snapshot(snapshot) = change {
                known.insert(&snapshot.id, snapshot);
            }
        }
        for (place, transaction) in part.iter().enumerate() {
            for change in &transaction.changes {
                match change {
                    Change::Snapshot(snapshot) => {
                        known.insert(&snapshot.id, snapshot);
                    }
                    Change::Read(id) => {
                        let snapshot = match known.get(id) {
                            Some(snapshot) => Some((*snapshot).clone()),
                            None => self.store.snapshot(id)?,
                        };
                        answers.extend(snapshot.map(|snapshot| Answer { place, snapshot }));
                    }
                    _ => {}
                }
            }
        }
        Ok(answers)
    }

    /// Reads an answer as it was read when this was committed.
    fn read(
        &mut self,
        reader: &Reader<'_>,
        snapshot: &Snapshot,
        prepared: Prepared,
        then: &Transaction,
    ) -> Result<(), EventsError> {
        self.commit_carried()?;
        let document = document_of(snapshot, then);
        // Pages that were read together were committed with the time of the last.
        let now = document.map_or(then.at, |document| document.last_read);
        if prepared.body.is_some() {
            self.told.answers += 1;
            return reader.read(snapshot, prepared, now, was_silent(then));
        }
        if matches!(snapshot.role, ResourceRole::Document | ResourceRole::Rows) {
            self.told.gone.push(snapshot.clone());
        }
        let mut transaction = Transaction::new(now);
        if let Some(document) = document {
            let reports = self.remembered(reader, document, then)?;
            self.told.taken_over += reports.len() as u64;
            reader.merge_all(reports, document.clone(), &mut transaction, newness(then))?;
        }
        transaction.push(Change::Read(snapshot.id.clone()));
        reader.store.commit(transaction)?;
        Ok(())
    }

    /// What a document was taken to say when this was committed.
    fn remembered(
        &mut self,
        reader: &Reader<'_>,
        document: &DocumentRecord,
        then: &Transaction,
    ) -> Result<Vec<Report>, EventsError> {
        let events: HashMap<&EventId, &Event> = then
            .changes
            .iter()
            .filter_map(|change| match change {
                Change::Event(event) => Some((&event.id, &**event)),
                _ => None,
            })
            .collect();
        let mut reports = Vec::new();
        for change in &then.changes {
            let Change::Mention { event, mention } = change else { continue };
            if mention.document != document.id {
                continue;
            }
            let known = match events.get(event) {
                Some(known) => Some((*known).clone()),
                None => reader.store.event(event)?,
            };
            match known {
                Some(known) => reports.push(report(known, mention)),
                None => self.told.lost += 1,
            }
        }
        Ok(reports)
    }

    /// Ends a transaction, whose answers were read: takes over what it says besides.
    fn end<E: From<EventsError>>(
        &mut self,
        reader: &Reader<'_>,
        then: &Transaction,
        after: &mut dyn FnMut(Timestamp) -> Result<(), E>,
    ) -> Result<(), E> {
        reader.store.flush().map_err(EventsError::from)?;
        let is_reading = then.changes.iter().any(|change| matches!(change, Change::Read(_)));
        let mut is_prompt = false;
        for change in &then.changes {
            if self.is_taken_over(change) {
                is_prompt |= has_past(change);
                let carried = self.carried.get_or_insert_with(|| Transaction::new(then.at));
                carried.at = carried.at.max(then.at);
                carried.push(change.clone());
            }
        }
        let held = self.carried.as_ref().map_or(0, |carried| carried.changes.len());
        if is_prompt || held >= CARRIED_AT_ONCE {
            self.commit_carried()?;
        }
        self.release(then)?;
        if is_reading || is_prompt { after(then.at) } else { Ok(()) }
    }

    fn commit_carried(&mut self) -> Result<(), EventsError> {
        if let Some(carried) = self.carried.take() {
            self.store.commit(carried)?;
        }
        Ok(())
    }

    /// Whether a change says what no reading can tell: how sources were visited, what they owe, what people were told.
    fn is_taken_over(&mut self, change: &Change) -> bool {
        match change {
            Change::Resource(_)
            | Change::Host(_)
            | Change::Snapshot(_)
            | Change::Removal(_)
            | Change::Harvest(_)
            | Change::SourceHealth(_)
            | Change::Overdue(_)
            | Change::Channel(_) => true,
            Change::Log(entry) => matches!(entry.change, EventChange::Overdue | EventChange::Arrived),
            Change::Alert(alert) => {
                let waits = matches!(alert.delivery, Delivery::Waiting { .. });
                if waits {
                    self.waiting.insert(alert.id.clone());
                } else {
                    self.waiting.remove(&alert.id);
                }
                !waits
            }
            Change::Read(_)
            | Change::Document(_)
            | Change::Event(_)
            | Change::Mention { .. }
            | Change::MentionGone { .. }
            | Change::Flag(_)
            | Change::Cursor { .. } => false,
        }
    }

    /// Publishes what a person published although it stands out: no reading did.
    fn release(&mut self, then: &Transaction) -> Result<(), EventsError> {
        let is_of_reading = |change: &Change| matches!(change, Change::Read(_) | Change::Document(_));
        if then.changes.iter().any(is_of_reading) {
            return Ok(());
        }
        for change in &then.changes {
            if let Change::Event(event) = change
                && event.state.is_published()
            {
                self.commit_carried()?;
                super::release(self.store, &event.id, then.at)?;
            }
        }
        Ok(())
    }
}

/// Whether the store answers for what this puts as of any time.
fn has_past(change: &Change) -> bool {
    matches!(change, Change::SourceHealth(_) | Change::Overdue(_) | Change::Log(_))
}

/// The record of an answer's own document.
fn document_of<'t>(snapshot: &Snapshot, then: &'t Transaction) -> Option<&'t DocumentRecord> {
    let id = snapshot.final_url.document();
    then.changes.iter().find_map(|change| match change {
        Change::Document(document) if document.id == id => Some(&**document),
        _ => None,
    })
}

/// Whether somebody asked that nobody be alerted of what was read in this transaction. A backlog is silent by itself.
fn was_silent(then: &Transaction) -> bool {
    matches!(newness(then), Newness::Silent)
}

/// What was read in this transaction was to those who are told.
fn newness(then: &Transaction) -> Newness {
    let mut rows = then.changes.iter().filter_map(|change| match change {
        Change::Log(entry) => Some(entry.silent),
        _ => None,
    });
    let Some(first) = rows.next() else { return Newness::News };
    if !(first && rows.all(|silent| silent)) {
        return Newness::News;
    }
    let is_backlog = |change: &Change| matches!(change, Change::Event(event) if event.backlog);
    if then.changes.iter().any(is_backlog) { Newness::Backlog } else { Newness::Silent }
}

/// What a document said of an event, as its mention keeps it.
fn report(event: Event, mention: &Mention) -> Report {
    let evidence = mention.evidence.clone();
    let fact = match event.fact {
        Fact::Figure(figure) => Fact::Figure(Figure {
            amount: mention.amount.unwrap_or(figure.amount),
            precision: mention.precision,
            evidence,
            rule: mention.rule.clone(),
            claims: mention.claims.clone(),
            confidence: if mention.unsure { Confidence::Low } else { Confidence::High },
            ..figure
        }),
        Fact::Statement(words) => Fact::Statement(bellwether_model::event::SpokenWords { evidence, ..words }),
        Fact::Policy(action) => Fact::Policy(mention.action.as_deref().cloned().unwrap_or(action)),
    };
    Report { event: event.id, fact, release: event.release, stands_out: false }
}
