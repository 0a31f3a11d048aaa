//! The briefing as a value: which facts belong where, with their sources. Pure, and without a language of its own.

use std::collections::{BTreeSet, HashMap};

use bellwether_model::document::{DocumentKind, Language};
use bellwether_model::event::{EventState, Fact, Mention, SpokenWords, Vintage};
use bellwether_model::figure::{Amount, Figure, Flow};
use bellwether_model::id::{DocumentId, EventId, SourceId, WatchId};
use bellwether_model::policy::PolicyAction;
use bellwether_model::source::Trust;
use bellwether_model::watch::WatchItem;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::compare::{self, Comparison, ForecastCheck};
use super::gather::{Content, day_of};
use super::limits::{self, Limit};
use crate::view::reports::Week;
use crate::view::{self, EventView, groups};

/// The facts part of the briefing of one week.
#[derive(Debug, Clone, Serialize)]
pub struct Briefing {
    /// The week.
    pub week: Week,
    /// Its Monday.
    pub from: Date,
    /// Its Sunday.
    pub to: Date,
    /// When this was made.
    pub produced: Timestamp,
    /// How much the week and the one before brought.
    pub comparison: Comparison,
    /// Exports and export orders.
    pub exports: Vec<FigureGroup>,
    /// Imports.
    pub imports: Vec<FigureGroup>,
    /// Balance of trade, and exports and imports together.
    pub trade: Vec<FigureGroup>,
    /// Forecasts that came to their test: values of the week against what was expected.
    pub forecasts: Vec<ForecastCheck>,
    /// Policy actions.
    pub policies: Vec<PolicyEntry>,
    /// Statements of officials.
    pub statements: Vec<StatementEntry>,
    /// The items of the watch list and what met them.
    pub watch: Vec<WatchEntry>,
    /// What limits the above.
    pub limits: Vec<Limit>,
    /// Sentences that prove the facts; facts cite them by number.
    pub citations: Vec<Citation>,
    /// The documents from which they were taken.
    pub documents: Vec<CitedDocument>,
}

/// Figures of one subject and period, side by side; never empty.
#[derive(Debug, Clone, Serialize)]
pub struct FigureGroup {
    /// All partners and all goods.
    pub headline: bool,
    /// Documents that carry one of them, of any time.
    pub documents: usize,
    /// The figures, by measure.
    pub figures: Vec<FigureEntry>,
}

/// One figure with what a reader must know beside its number.
#[derive(Debug, Clone, Serialize)]
pub struct FigureEntry {
    /// Its event.
    pub event: EventId,
    /// The figure with the value shown.
    pub figure: Figure,
    /// How the event stands.
    pub state: EventState,
    /// Values that were shown earlier, oldest first.
    pub earlier: Vec<Vintage>,
    /// Values of documents that do not agree.
    pub elsewhere: Vec<Said>,
    /// A document from before this week carries it already.
    pub known_before: bool,
    /// The most trusted kind of source that carries it.
    pub trust: Trust,
    /// Number of the sentence that proves it.
    pub cite: usize,
}

/// A value that one document gives.
#[derive(Debug, Clone, Serialize)]
pub struct Said {
    /// The value.
    pub amount: Amount,
    /// Number of the sentence that gives it.
    pub cite: usize,
}

/// One policy action.
#[derive(Debug, Clone, Serialize)]
pub struct PolicyEntry {
    /// Its event.
    pub event: EventId,
    /// The action.
    pub action: PolicyAction,
    /// How the event stands.
    pub state: EventState,
    /// Number of the sentence that proves it.
    pub cite: usize,
}

/// Words of one official.
#[derive(Debug, Clone, Serialize)]
pub struct StatementEntry {
    /// Its event.
    pub event: EventId,
    /// The speaker and the words.
    pub said: SpokenWords,
    /// Number of the sentence that proves it.
    pub cite: usize,
}

/// One item of the watch list.
#[derive(Debug, Clone, Serialize)]
pub struct WatchEntry {
    /// Its name.
    pub id: WatchId,
    /// Its title.
    pub title: String,
    /// Kind of risk, in the user's words.
    pub risk: Option<String>,
    /// What to look at, in the user's words.
    pub indicator: Option<String>,
    /// The events of the week that met it.
    pub flags: Vec<FlagEntry>,
}

/// One event that met an item.
#[derive(Debug, Clone, Serialize)]
pub struct FlagEntry {
    /// The event.
    pub event: EventId,
    /// The fact, for its wording.
    pub fact: Fact,
    /// Why it met the item.
    pub reason: String,
    /// Number of the sentence that proves it.
    pub cite: usize,
}

/// A sentence that proves facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Citation {
    /// Its number, from 1.
    pub number: usize,
    /// The document, by its place in the list of documents, from 0.
    pub document: usize,
    /// The words.
    pub text: String,
}

/// A document that is cited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CitedDocument {
    /// Its name.
    pub id: DocumentId,
    /// Its source.
    pub source: SourceId,
    /// How far the source is believed.
    pub trust: Trust,
    /// Medium or agency.
    pub publisher: Option<String>,
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Day of publication; `None`: it does not say.
    pub published: Option<Date>,
    /// Day of reading (UTC).
    pub read: Date,
    /// Language of its words.
    pub language: Option<Language>,
    /// What it is.
    pub kind: Option<DocumentKind>,
}

impl Briefing {
    /// The briefing of what was gathered.
    pub(super) fn of(content: &Content, watch: &[WatchItem], week: Week, now: Timestamp) -> Self {
        let (from, to) = week.days();
        let mut notes = Notes {
            content,
            week,
            citations: Vec::new(),
            numbers: HashMap::new(),
            documents: Vec::new(),
            places: HashMap::new(),
        };
        let exports = notes.figures(&[Flow::Exports, Flow::Orders]);
        let imports = notes.figures(&[Flow::Imports]);
        let trade = notes.figures(&[Flow::Balance, Flow::Total]);
        let forecasts = compare::forecasts(content, &mut notes);
        let policies = notes.policies();
        let statements = notes.statements();
        let watch = notes.watch(watch);
        Self {
            week,
            from,
            to,
            produced: now,
            comparison: compare::weeks(content, week),
            exports,
            imports,
            trade,
            forecasts,
            policies,
            statements,
            watch,
            limits: limits::of(content, week, now),
            citations: notes.citations,
            documents: notes.documents,
        }
    }
}

/// Collects citations while the sections are written, so that one sentence has one number.
pub(super) struct Notes<'a> {
    content: &'a Content,
    week: Week,
    citations: Vec<Citation>,
    /// Numbers of citations by document and words.
    numbers: HashMap<(usize, String), usize>,
    documents: Vec<CitedDocument>,
    /// Places of documents in the list.
    places: HashMap<DocumentId, usize>,
}

impl Notes<'_> {
    /// The number of the sentence of this mention.
    pub(super) fn cite(&mut self, mention: &Mention) -> usize {
        let document = self.document(mention);
        let text = mention.evidence.text.trim();
        if let Some(number) = self.numbers.get(&(document, text.to_owned())) {
            return *number;
        }
        let number = self.citations.len() + 1;
        self.numbers.insert((document, text.to_owned()), number);
        self.citations.push(Citation { number, document, text: text.to_owned() });
        number
    }

    fn document(&mut self, mention: &Mention) -> usize {
        if let Some(place) = self.places.get(&mention.document) {
            return *place;
        }
        self.places.insert(mention.document.clone(), self.documents.len());
        let record = self.content.documents.get(&mention.document);
        self.documents.push(CitedDocument {
            id: mention.document.clone(),
            source: mention.source.clone(),
            trust: mention.trust,
            publisher: record.and_then(|record| record.publisher.clone()),
            title: mention.title.clone(),
            url: mention.url.clone(),
            published: view::published_on(mention),
            read: view::utc_day(mention.at),
            language: record.and_then(|record| record.language),
            kind: record.map(|record| record.kind),
        });
        self.documents.len() - 1
    }

    /// The number of the sentence that proves an event best: one of this week where there is one.
    pub(super) fn cite_event(&mut self, view: &EventView) -> usize {
        let week = self.week;
        let of_week: Vec<Mention> =
            view.mentions.iter().filter(|mention| week.contains(day_of(mention))).cloned().collect();
        view::best_mention(&of_week).or_else(|| view::best_mention(&view.mentions)).map_or(0, |best| self.cite(best))
    }

    fn figures(&mut self, flows: &[Flow]) -> Vec<FigureGroup> {
        let content = self.content;
        let of_flows = content.week.iter().filter(|view| match &view.event.fact {
            Fact::Figure(figure) => flows.contains(&figure.flow),
            _ => false,
        });
        let groups = groups::figures(of_flows);
        groups
            .into_iter()
            .map(|group| {
                let documents: BTreeSet<&DocumentId> = group
                    .events
                    .iter()
                    .flat_map(|(view, _)| view.mentions.iter().map(|mention| &mention.document))
                    .collect();
                FigureGroup {
                    headline: group.figure.headline,
                    documents: documents.len(),
                    figures: group.events.iter().map(|(view, figure)| self.figure(view, figure)).collect(),
                }
            })
            .collect()
    }

    fn figure(&mut self, view: &EventView, figure: &Figure) -> FigureEntry {
        let cite = self.cite_event(view);
        let mut elsewhere: Vec<Said> = Vec::new();
        for mention in view.mentions.iter().filter(|mention| !mention.agrees) {
            if let Some(amount) = mention.amount
                && amount != figure.amount
                && !elsewhere.iter().any(|said| said.amount == amount)
            {
                elsewhere.push(Said { amount, cite: self.cite(mention) });
            }
        }
        let monday = self.week.days().0;
        FigureEntry {
            event: view.event.id.clone(),
            figure: figure.clone(),
            state: view.event.state,
            earlier: view.event.vintages.iter().filter(|vintage| vintage.amount != figure.amount).cloned().collect(),
            elsewhere,
            known_before: view.mentions.iter().any(|mention| day_of(mention) < monday),
            trust: view.mentions.iter().map(|mention| mention.trust).max().unwrap_or(Trust::Forum),
            cite,
        }
    }

    fn policies(&mut self) -> Vec<PolicyEntry> {
        let content = self.content;
        let mut entries = Vec::new();
        for view in &content.week {
            if let Fact::Policy(action) = &view.event.fact {
                let cite = self.cite_event(view);
                let (event, action) = (view.event.id.clone(), action.clone());
                entries.push(PolicyEntry { event, action, state: view.event.state, cite });
            }
        }
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.action.announced));
        entries
    }

    fn statements(&mut self) -> Vec<StatementEntry> {
        let content = self.content;
        let mut entries = Vec::new();
        for view in &content.week {
            if let Fact::Statement(said) = &view.event.fact {
                let cite = self.cite_event(view);
                entries.push(StatementEntry { event: view.event.id.clone(), said: said.clone(), cite });
            }
        }
        entries.sort_by(|a, b| (&a.said.org, &a.said.name, a.cite).cmp(&(&b.said.org, &b.said.name, b.cite)));
        entries
    }

    /// Each item of the watch list, then flags of items that are no longer on it.
    fn watch(&mut self, items: &[WatchItem]) -> Vec<WatchEntry> {
        let mut entries: Vec<WatchEntry> = items
            .iter()
            .map(|item| WatchEntry {
                id: item.id.clone(),
                title: item.title.clone(),
                risk: item.risk.clone(),
                indicator: item.indicator.clone(),
                flags: Vec::new(),
            })
            .collect();
        let content = self.content;
        for flag in &content.flags {
            let Some(view) = content.week.iter().find(|view| view.event.id == flag.event) else {
                continue;
            };
            let cite = self.cite_event(view);
            let found = FlagEntry {
                event: flag.event.clone(),
                fact: view.event.fact.clone(),
                reason: flag.reason.clone(),
                cite,
            };
            match entries.iter_mut().find(|entry| entry.id == flag.watch) {
                // A revision flags its event again; the fact as shown is listed once.
                Some(entry) if entry.flags.iter().any(|known| known.event == found.event) => {}
                Some(entry) => entry.flags.push(found),
                None => entries.push(WatchEntry {
                    id: flag.watch.clone(),
                    title: flag.title.clone(),
                    risk: None,
                    indicator: None,
                    flags: vec![found],
                }),
            }
        }
        entries
    }
}
