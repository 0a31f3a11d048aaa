//! `events forecasts`: what was expected against what came, and the record of each forecaster. Read only.

use bellwether_extractors::names;
use bellwether_store::EventFilter;
use serde::Serialize;

use super::args::{Cli, EventArguments, FormatArgument};
use super::failure::ExitStatus;
use super::output::{self, Column, printable};
use super::reader::Reader;
use crate::describe;
use crate::view::forecasts::{self, Book, Entry, Names, Outcome};

const NAMES: Names = Names { product_class: names::product_class, organisation: names::organisation };

const COLUMNS: &[Column] = &[
    Column("forecaster", "/forecast/forecaster"),
    Column("area", "/forecast/area"),
    Column("flow", "/forecast/flow"),
    Column("partner", "/forecast/partner"),
    Column("product", "/forecast/product"),
    Column("period", "/forecast/period"),
    Column("measure", "/forecast/measure"),
    Column("low", "/forecast/low|/forecast/value"),
    Column("high", "/forecast/high|/forecast/value"),
    Column("unit", "/forecast/unit"),
    Column("actual", "/actual/value|/actual/low"),
    Column("outcome", "/outcome"),
    Column("by", "/by"),
    Column("event", "/event"),
    Column("outcome event", "/outcome_event"),
];

const RECORDS: &[Column] = &[
    Column("forecaster", "/forecaster"),
    Column("measure", "/measure"),
    Column("outcomes", "/met"),
    Column("inside", "/inside"),
    Column("above", "/above"),
    Column("below", "/below"),
    Column("open", "/open"),
    Column("mean miss", "/mean_miss"),
];

/// Prints the forecasts that the filter lets through. Their outcomes are looked for in the whole store.
pub(super) fn run(
    cli: &Cli,
    filter: &EventArguments,
    records: bool,
    format: FormatArgument,
) -> anyhow::Result<ExitStatus> {
    let mut asked = EventFilter::from(filter);
    let limit = std::mem::take(&mut asked.limit);
    let reader = Reader::open(cli)?;
    let mut events = reader.events(&EventFilter { forecast: Some(true), ..asked.clone() })?;
    // An outcome may be of another source, release or time than its forecast.
    events.extend(reader.events(&EventFilter {
        forecast: Some(false),
        as_of: asked.as_of,
        area: asked.area,
        flow: asked.flow,
        period: asked.period,
        ..EventFilter::default()
    })?);
    let mut book = forecasts::book(&events, &NAMES);
    if limit > 0 {
        book.entries.truncate(limit);
    }
    if super::events::wants_table(format) {
        output::print_text(&page(&book))?;
    } else if records {
        output::print(&book.records, RECORDS, format)?;
    } else {
        output::print(&book.entries, COLUMNS, format)?;
    }
    Ok(ExitStatus::Success)
}

/// The book for people: each forecast with its outcome, then the records.
fn page(book: &Book) -> String {
    let mut text = String::new();
    for entry in &book.entries {
        text.push_str(&line(entry));
    }
    if book.entries.is_empty() {
        text.push_str("There is no forecast.\n");
    }
    for record in &book.records {
        let who = record.forecaster.as_deref().unwrap_or("nobody named");
        let measure = text_of(&record.measure);
        let miss = record.mean_miss.map_or(String::new(), |miss| format!(", missed by {miss} % on average"));
        text.push_str(&format!(
            "\n{} ({measure}): {} of {} inside, {} above, {} below, {} open{miss}",
            printable(who),
            record.inside,
            record.met,
            record.above,
            record.below,
            record.open
        ));
    }
    text.push('\n');
    text
}

fn line(entry: &Entry) -> String {
    let forecast = &entry.forecast;
    let who = printable(forecast.forecaster.as_deref().unwrap_or("nobody named"));
    let came = match (entry.met, entry.actual) {
        (Some(met), Some(actual)) => {
            let came = describe::measured(forecast, actual);
            match met.outcome {
                Outcome::Inside => format!("{came}: inside"),
                Outcome::Above => format!("{came}: above by {}", describe::number(met.by, forecast.unit.as_str())),
                Outcome::Below => format!("{came}: below by {}", describe::number(met.by, forecast.unit.as_str())),
            }
        }
        _ => "not there yet".to_owned(),
    };
    format!("{} ({who}): {} → {came}\n", describe::about(forecast), describe::value(forecast))
}

fn text_of(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
