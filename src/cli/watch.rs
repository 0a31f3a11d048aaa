//! `watch …`: the watch list, and what it flagged.

use std::io::Write as _;
use std::path::Path;

use bellwether_model::document::DocumentRecord;
use bellwether_model::event::{Event, Mention};
use bellwether_model::id::EventId;
use bellwether_model::watch::{Condition, WatchItem};
use bellwether_store::EventFilter;
use jiff::civil::Date;
use serde::Serialize;

use super::args::{Cli, FormatArgument, WatchCommand};
use super::failure::{ExitStatus, UsageError};
use super::flag;
use super::output::{self, Column};
use super::reader::{BesideFacts, Reader};
use crate::config;
use crate::watch::{self, Judgement, Texts as _};

/// An item as it is printed.
#[derive(Serialize)]
struct ItemRow<'a> {
    id: &'a str,
    title: &'a str,
    risk: Option<&'a str>,
    indicator: Option<&'a str>,
    frequency: Option<&'a str>,
    owner: Option<&'a str>,
    note: Option<&'a str>,
    speculation: bool,
    next_check: Option<Date>,
    expires: Option<Date>,
    remind: &'a [u16],
    priority: &'static str,
    when: &'a Condition,
    channels: Vec<&'a str>,
}

const ITEM_COLUMNS: &[Column] = &[
    Column("id", "/id"),
    Column("title", "/title"),
    Column("risk", "/risk"),
    Column("frequency", "/frequency"),
    Column("priority", "/priority"),
    Column("owner", "/owner"),
    Column("next check", "/next_check"),
    Column("expires", "/expires"),
    Column("channels", "/channels"),
];

const FLAG_COLUMNS: &[Column] = &[
    Column("id", "/id"),
    Column("state", "/state"),
    Column("at", "/at"),
    Column("item", "/watch"),
    Column("event", "/event"),
    Column("reason", "/reason"),
    Column("url", "/url"),
];

pub(super) fn run(cli: &Cli, command: &WatchCommand) -> anyhow::Result<ExitStatus> {
    match command {
        WatchCommand::List(format) => {
            let settings = super::settings(cli)?;
            let rows: Vec<ItemRow<'_>> = settings
                .watch
                .iter()
                .map(|item| ItemRow {
                    id: item.id.as_str(),
                    title: &item.title,
                    risk: item.risk.as_deref(),
                    indicator: item.indicator.as_deref(),
                    frequency: item.frequency.as_deref(),
                    owner: item.owner.as_deref(),
                    note: item.note.as_deref(),
                    speculation: item.speculation,
                    next_check: item.next_check,
                    expires: item.expires,
                    remind: &item.remind,
                    priority: item.priority.name(),
                    when: &item.when,
                    channels: item.channels.iter().map(|channel| channel.as_str()).collect(),
                })
                .collect();
            output::print(&rows, ITEM_COLUMNS, *format)?;
        }
        WatchCommand::Flags { item, as_of, format } => {
            let mut flags = Reader::open(cli)?.flags(*as_of)?;
            flags.retain(|view| item.as_ref().is_none_or(|item| view.flag.watch.as_str() == item));
            output::print(&flags, FLAG_COLUMNS, *format)?;
        }
        WatchCommand::Ack { id, .. }
        | WatchCommand::Snooze { id, .. }
        | WatchCommand::Resolve { id, .. }
        | WatchCommand::Reopen { id } => flag::mark(cli, id, command)?,
        WatchCommand::Explain { id, format } => explain(cli, id, *format)?,
        WatchCommand::Test { item, file, format } => test(cli, item.as_deref(), file.as_deref(), *format)?,
    }
    Ok(ExitStatus::Success)
}

const JUDGEMENT_COLUMNS: &[Column] = &[
    Column("item", "/watch"),
    Column("flagged", "/met"),
    Column("event", "/event"),
    Column("fact", "/fact"),
    Column("reason", "/reason"),
];

/// Everything that the watch list looks at: events with their reports, documents, what sources owe.
struct Known {
    events: Vec<(Event, Vec<Mention>)>,
    beside: Option<BesideFacts>,
}

impl Known {
    fn of(cli: &Cli) -> anyhow::Result<Self> {
        let reader = Reader::open(cli)?;
        let events = reader.events(&EventFilter::default())?;
        let events = events.into_iter().map(|view| (view.event, view.mentions)).collect();
        Ok(Self { events, beside: reader.beside_facts()? })
    }

    /// What items say of what is named, or of everything.
    fn judged(self, items: &[WatchItem], asked: Option<&EventId>) -> anyhow::Result<Vec<Judgement>> {
        let mut judgements = watch::look(items, &self.events, asked);
        let Some(BesideFacts { documents, words, owed }) = self.beside else {
            if asked.is_none() {
                writeln!(
                    std::io::stderr(),
                    "hint: documents and what is overdue are not looked at while another process holds the store"
                )?;
            }
            return Ok(judgements);
        };
        let is_asked = |document: &DocumentRecord| match asked {
            Some(asked) => document.id.as_str() == asked.as_str(),
            None => watch::asks_for_words(items),
        };
        let read = |document: DocumentRecord| Some((words.of(&document)?, document));
        let documents = documents.into_iter().filter(is_asked).filter_map(read);
        let documents = documents.map(|(text, document)| (document, text));
        judgements.extend(watch::look_beside_facts(items, &self.events, documents, &owed, asked));
        Ok(judgements)
    }

    /// The names of all of it.
    fn ids(&self) -> impl Iterator<Item = String> {
        let events = self.events.iter().map(|(event, _)| event.id.to_string());
        let documents = self.beside.iter().flat_map(|beside| &beside.documents).map(|document| document.id.to_string());
        let owed = self.beside.iter().flat_map(|beside| &beside.owed).map(|owed| owed.id.to_string());
        events.chain(documents).chain(owed)
    }
}

/// What each item says of one event, document or absence. The id may be shortened as long as it names one only.
fn explain(cli: &Cli, id: &str, format: FormatArgument) -> anyhow::Result<()> {
    let items = super::settings(cli)?.watch;
    let known = Known::of(cli)?;
    let found: Vec<String> = known.ids().filter(|known| known.starts_with(id)).collect();
    let asked = match found.as_slice() {
        [one] => EventId(one.clone()),
        [] => {
            let wrong = UsageError::new(format!("there is no event `{id}`"));
            return Err(wrong.with_hint("`bellwether events list` prints the ids").into());
        }
        several => {
            let wrong = format!("`{id}` is the start of {} ids; write more of it", several.len());
            return Err(UsageError::new(wrong).into());
        }
    };
    output::print(&known.judged(&items, Some(&asked))?, JUDGEMENT_COLUMNS, format)
}

/// What items would flag of everything that is known. Nothing is written, nobody is told.
fn test(cli: &Cli, item: Option<&str>, file: Option<&Path>, format: FormatArgument) -> anyhow::Result<()> {
    let mut items = match file {
        Some(file) => config::watch_items(file, &config::process_environment)?,
        None => super::settings(cli)?.watch,
    };
    if let Some(item) = item {
        let known: Vec<String> = items.iter().map(|known| known.id.to_string()).collect();
        items.retain(|known| known.id.as_str() == item);
        if items.is_empty() {
            let wrong = UsageError::new(format!("there is no item `{item}`"));
            return Err(wrong.with_hint(format!("items: {}", known.join(", "))).into());
        }
    }
    let mut judgements = Known::of(cli)?.judged(&items, None)?;
    judgements.retain(|judgement| judgement.met);
    output::print(&judgements, JUDGEMENT_COLUMNS, format)
}
