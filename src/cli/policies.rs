//! `events policies`: policy actions with what became of them. Read only.

use bellwether_extractors::names;
use bellwether_model::event::FactKind;
use bellwether_store::EventFilter;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::args::{Cli, EventArguments, FormatArgument};
use super::failure::ExitStatus;
use super::output::{self, Column};
use super::reader::Reader;
use crate::clock::{Clock as _, SystemClock};
use crate::view::policies::{self, Life, Standing};

/// An action as it is printed.
#[derive(Serialize)]
struct Row {
    standing: Standing,
    on: Date,
    /// The stages in one line, for tables.
    history: String,
    #[serde(flatten)]
    life: Life,
}

const COLUMNS: &[Column] = &[
    Column("standing", "/standing"),
    Column("issuer", "/issuer"),
    Column("number", "/number"),
    Column("subject", "/subject"),
    Column("history", "/history"),
    Column("event", "/event"),
];

/// Prints the actions that the filter lets through. What other actions did to them is looked for in the whole store.
pub(super) fn run(
    cli: &Cli,
    filter: &EventArguments,
    on: Option<Date>,
    format: FormatArgument,
) -> anyhow::Result<ExitStatus> {
    let asked = EventFilter { kind: Some(FactKind::Policy), ..EventFilter::from(filter) };
    let reader = Reader::open(cli)?;
    let listed = reader.events(&asked)?;
    let all = EventFilter { kind: asked.kind, as_of: asked.as_of, ..EventFilter::default() };
    let day = |at: jiff::Timestamp| at.to_zoned(TimeZone::UTC).date();
    let on = on.unwrap_or_else(|| day(asked.as_of.unwrap_or_else(|| SystemClock.now())));
    let mut lives = policies::lives(&reader.events(&all)?, names::organisation);
    lives.retain(|life| listed.iter().any(|view| view.event.id == life.event));
    let rows: Vec<Row> =
        lives.into_iter().map(|life| Row { standing: life.on(on), on, history: history(&life), life }).collect();
    output::print(&rows, COLUMNS, format)?;
    Ok(ExitStatus::Success)
}

fn history(life: &Life) -> String {
    let name = |kind| {
        serde_json::to_value(kind)
            .ok()
            .and_then(|kind| kind.as_str().map(|kind| kind.replace('_', " ")))
            .unwrap_or_default()
    };
    let stages = life.stages.iter().map(|stage| {
        let from = stage.from.map(|from| format!(" {from}")).unwrap_or_default();
        let until = stage.until.map(|until| format!(" until {until}")).unwrap_or_default();
        format!("{}{from}{until}", name(stage.kind))
    });
    stages.collect::<Vec<_>>().join("; ")
}
