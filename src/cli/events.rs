//! `events …` and `search`: the event store, read only.

use std::collections::BTreeMap;

use bellwether_extractors::fold;
use bellwether_model::event::{Fact, Mention};
use bellwether_model::figure::{Amount, Figure};
use bellwether_model::period::Period;
use bellwether_store::EventFilter;
use jiff::Timestamp;
use serde::Serialize;

use super::args::{Cli, EventsCommand, Format, FormatArgument, SearchArguments};
use super::failure::{ExitStatus, UsageError};
use super::output::{self, Column, printable};
use super::reader::Reader;
use crate::describe;
use crate::view::{DocumentView, EventView};

const COLUMNS: &[Column] = &[
    Column("id", "/id"),
    Column("kind", "/kind"),
    Column("state", "/state"),
    Column("area", "/figure/area"),
    Column("flow", "/figure/flow"),
    Column("partner", "/figure/partner|/policy/partner"),
    Column("product", "/figure/product"),
    Column("period", "/figure/period"),
    Column("measure", "/figure/measure"),
    Column("status", "/figure/status"),
    Column("value", "/figure/value|/statement/text|/policy/subject"),
    Column("low", "/figure/low"),
    Column("high", "/figure/high"),
    Column("unit", "/figure/unit"),
    Column("who", "/figure/forecaster|/statement/name|/policy/issuer"),
    Column("reports", "/mention_count"),
];

/// The columns that fit a terminal.
const TABLE_COLUMNS: &[Column] = &[
    Column("id", "/id"),
    Column("state", "/state"),
    Column("fact", "/fact"),
    Column("reports", "/reports"),
    Column("release", "/release"),
];

/// An event as a row of a table for people.
#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    state: bellwether_model::event::EventState,
    fact: String,
    reports: u32,
    release: Option<&'a str>,
}

pub(super) fn run(cli: &Cli, command: &EventsCommand) -> anyhow::Result<ExitStatus> {
    match command {
        EventsCommand::List { filter, format } => list(&Reader::open(cli)?.events(&filter.into())?, *format)?,
        EventsCommand::Show { id, as_of, format } => show(&Reader::open(cli)?, id, *as_of, *format)?,
        EventsCommand::Series { filter, format } => series(&Reader::open(cli)?.events(&filter.into())?, *format)?,
        EventsCommand::Check { filter, format } => return super::checks::run(cli, filter, *format),
        EventsCommand::Claims { filter, format } => return super::checks::claims(cli, filter, *format),
        EventsCommand::Release { ids } => return super::release::run(cli, ids),
        EventsCommand::Forecasts { filter, records, format } => {
            return super::forecasts::run(cli, filter, *records, *format);
        }
        EventsCommand::Policies { filter, on, format } => return super::policies::run(cli, filter, *on, *format),
        EventsCommand::AsOf { time, filter, format } => {
            let filter = EventFilter { as_of: Some(*time), ..filter.into() };
            list(&Reader::open(cli)?.events(&filter)?, *format)?;
        }
    }
    Ok(ExitStatus::Success)
}

fn list(events: &[EventView], format: FormatArgument) -> anyhow::Result<()> {
    if !wants_table(format) {
        return output::print(events, COLUMNS, format);
    }
    let rows: Vec<Row<'_>> = events
        .iter()
        .map(|view| Row {
            id: view.event.id.as_str(),
            state: view.event.state,
            fact: describe::fact(&view.event.fact),
            reports: view.event.mention_count,
            release: view.event.release.as_ref().map(|release| release.as_str()),
        })
        .collect();
    output::print(&rows, TABLE_COLUMNS, format)
}

pub(super) fn wants_table(format: FormatArgument) -> bool {
    match format.format {
        Some(format) => format == Format::Table,
        None => std::io::IsTerminal::is_terminal(&std::io::stdout()),
    }
}

/// One event. The id may be shortened as long as it names one event only.
fn show(reader: &Reader, id: &str, as_of: Option<Timestamp>, format: FormatArgument) -> anyhow::Result<()> {
    let events = reader.events(&EventFilter { as_of, ..EventFilter::default() })?;
    let found: Vec<&EventView> = events.iter().filter(|view| view.event.id.as_str().starts_with(id)).collect();
    let view = match found.as_slice() {
        [view] => *view,
        [] => {
            return Err(UsageError::new(format!("there is no event `{id}`"))
                .with_hint("`bellwether events list` prints the ids")
                .into());
        }
        several => {
            return Err(
                UsageError::new(format!("`{id}` is the start of {} ids; write more of it", several.len())).into()
            );
        }
    };
    if !wants_table(format) {
        return output::print(std::slice::from_ref(view), COLUMNS, format);
    }
    output::print_text(&page(view))
}

/// An event for people: the fact, its history, and every report with the words that prove it.
fn page(view: &EventView) -> String {
    let event = &view.event;
    let state = serde_json::to_value(event.state)
        .map(|state| state.as_str().unwrap_or_default().to_owned())
        .unwrap_or_default();
    let mut text = format!("{}\n", printable(&describe::fact(&event.fact)));
    text.push_str(&format!(
        "  id          {}\n  state       {state}\n  first seen  {}\n  changed     {}\n",
        event.id, event.first_seen, event.changed
    ));
    if let Some(release) = &event.release {
        text.push_str(&format!("  release     {release}\n"));
    }
    if let Fact::Figure(figure) = &event.fact {
        text.push_str("\nvalues\n");
        for vintage in &event.vintages {
            text.push_str(&format!(
                "  {}  {}  {} {}\n",
                vintage.from,
                describe::measured(figure, vintage.amount),
                vintage.source,
                printable(&vintage.url)
            ));
        }
    }
    text.push_str("\nreports\n");
    for mention in &view.mentions {
        text.push_str(&report(mention, &event.fact));
        if let Some(document) = view.documents.iter().find(|document| document.id == mention.document) {
            text.push_str(&about_document(document));
        }
    }
    text
}

fn report(mention: &Mention, fact: &Fact) -> String {
    let differs = match (mention.agrees, fact, &mention.amount) {
        (false, Fact::Figure(figure), Some(amount)) => format!("  (differs: {})", describe::measured(figure, *amount)),
        _ => String::new(),
    };
    format!(
        "  {} · {}{differs}\n    {}\n    “{}” (characters {} to {}, rule {})\n",
        mention.source,
        printable(&mention.title),
        printable(&mention.url),
        printable(&mention.evidence.text),
        mention.evidence.start,
        mention.evidence.end,
        mention.rule
    )
}

/// What a post cites, and how its readers judged it.
fn about_document(document: &DocumentView) -> String {
    let mut text = String::new();
    if let Some(original) = &document.cites {
        text.push_str(&format!("    cites {}\n", printable(original)));
    }
    if let Some(counts) = document.comments {
        let all = counts.push + counts.boo + counts.neutral;
        text.push_str(&format!(
            "    {all} comments: {} for, {} against, {} neutral\n",
            counts.push, counts.boo, counts.neutral
        ));
    }
    text
}

/// One value of a series.
#[derive(Serialize)]
struct Point {
    series: String,
    period: Period,
    #[serde(flatten)]
    amount: Amount,
    unit: String,
    event: String,
}

const SERIES_COLUMNS: &[Column] = &[
    Column("series", "/series"),
    Column("period", "/period"),
    Column("value", "/value"),
    Column("low", "/low"),
    Column("high", "/high"),
    Column("unit", "/unit"),
    Column("event", "/event"),
];

fn series(events: &[EventView], format: FormatArgument) -> anyhow::Result<()> {
    let mut points: BTreeMap<String, Vec<Point>> = BTreeMap::new();
    for view in events {
        if let Fact::Figure(figure) = &view.event.fact {
            let series = series_name(figure);
            points.entry(series.clone()).or_default().push(Point {
                series,
                period: figure.period,
                amount: figure.amount,
                unit: figure.unit.as_str().to_owned(),
                event: view.event.id.to_string(),
            });
        }
    }
    let mut rows: Vec<Point> = Vec::new();
    for (_, mut series) in points {
        series.sort_by_key(|point| (point.period.start(), point.period.end()));
        rows.append(&mut series);
    }
    output::print(&rows, SERIES_COLUMNS, format)
}

/// What a figure plots: everything but its period and value.
fn series_name(figure: &Figure) -> String {
    let name = |value: serde_json::Result<serde_json::Value>| {
        value.ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    };
    let parts = [
        figure.area.to_string(),
        name(serde_json::to_value(figure.flow)),
        figure.partner.as_ref().map_or("all".to_owned(), ToString::to_string),
        figure.product.clone().unwrap_or_else(|| "all".to_owned()),
        name(serde_json::to_value(figure.measure)),
        if figure.status.is_forecast() { "forecast".to_owned() } else { "actual".to_owned() },
    ];
    parts.join(".")
}

/// `search`: every word must stand in the fact, a title or the evidence, in either Chinese script.
pub(super) fn search(cli: &Cli, arguments: &SearchArguments) -> anyhow::Result<ExitStatus> {
    let words: Vec<String> =
        arguments.query.iter().map(|word| fold::key(word)).filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return Err(UsageError::new("the query holds no letter and no digit").into());
    }
    let as_of = arguments.as_of;
    let mut events = Reader::open(cli)?.events(&EventFilter { as_of, ..EventFilter::default() })?;
    events.retain(|view| {
        let mut text = describe::fact(&view.event.fact);
        for mention in &view.mentions {
            text.push('\n');
            text.push_str(&mention.title);
            text.push('\n');
            text.push_str(&mention.evidence.text);
        }
        let text = fold::key(&text);
        words.iter().all(|word| text.contains(word))
    });
    list(&events, arguments.format)?;
    Ok(ExitStatus::Success)
}
