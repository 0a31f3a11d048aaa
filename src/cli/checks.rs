//! `events check`: what does not fit among the figures of the store, read only.

use std::collections::BTreeSet;

use bellwether_extractors::names;
use bellwether_model::id::EventId;
use bellwether_store::EventFilter;

use super::args::{Cli, EventArguments, Format, FormatArgument};
use super::failure::ExitStatus;
use super::output::{self, Column, printable};
use super::reader::Reader;
use crate::checks::{self, Finding, Names, Verdict};
use crate::describe;
use crate::view::EventView;

const NAMES: Names = Names { product_class: names::product_class, organisation: names::organisation };

const COLUMNS: &[Column] = &[
    Column("check", "/check"),
    Column("within_document", "/within_document"),
    Column("low", "/expected/low"),
    Column("high", "/expected/high"),
    Column("event", "/figures/0/event"),
    Column("source", "/figures/0/source"),
    Column("summary", "/summary"),
];

const CLAIM_COLUMNS: &[Column] = &[
    Column("verdict", "/verdict"),
    Column("figure", "/figure"),
    Column("words", "/evidence/text"),
    Column("why", "/why"),
    Column("source", "/source"),
    Column("event", "/event"),
];

/// Prints the findings that touch an event which the filter lets through.
pub(super) fn run(cli: &Cli, filter: &EventArguments, format: FormatArgument) -> anyhow::Result<ExitStatus> {
    let asked = EventFilter::from(filter);
    let events = all_events(cli, &asked)?;
    let admitted = admitted(&events, &asked);
    let mut findings = checks::findings(&events, &NAMES);
    findings.retain(|finding| finding.figures.iter().any(|part| admitted.contains(&part.event)));
    if asked.limit > 0 {
        findings.truncate(asked.limit);
    }
    let for_people = match format.format {
        Some(format) => format == Format::Table,
        None => std::io::IsTerminal::is_terminal(&std::io::stdout()),
    };
    if for_people {
        output::print_text(&page(&findings))?;
    } else {
        output::print(&findings, COLUMNS, format)?;
    }
    Ok(ExitStatus::attention_if(!findings.is_empty()))
}

/// Prints what documents claim of the figures that the filter lets through, and what the series says of it.
pub(super) fn claims(cli: &Cli, filter: &EventArguments, format: FormatArgument) -> anyhow::Result<ExitStatus> {
    let asked = EventFilter::from(filter);
    let events = all_events(cli, &asked)?;
    let admitted = admitted(&events, &asked);
    let mut judged = checks::claims(&events, &NAMES);
    judged.retain(|claim| admitted.contains(&claim.event));
    if asked.limit > 0 {
        judged.truncate(asked.limit);
    }
    output::print(&judged, CLAIM_COLUMNS, format)?;
    Ok(ExitStatus::attention_if(judged.iter().any(|claim| claim.verdict == Verdict::Contradicted)))
}

/// All events: what does not fit one of them often lies in another period, or with another partner.
fn all_events(cli: &Cli, asked: &EventFilter) -> anyhow::Result<Vec<EventView>> {
    Reader::open(cli)?.events(&EventFilter { as_of: asked.as_of, ..EventFilter::default() })
}

/// The events that a filter lets through.
fn admitted<'a>(events: &'a [EventView], asked: &EventFilter) -> BTreeSet<&'a EventId> {
    let from_source = |view: &EventView| {
        asked.source.as_ref().is_none_or(|source| view.mentions.iter().any(|mention| mention.source == *source))
    };
    events.iter().filter(|view| asked.admits(&view.event) && from_source(view)).map(|view| &view.event.id).collect()
}

/// The findings for people: each with its figures and the words that prove them.
fn page(findings: &[Finding]) -> String {
    let mut text = match findings.len() {
        0 => "All figures fit.\n".to_owned(),
        1 => "1 finding\n".to_owned(),
        count => format!("{count} findings\n"),
    };
    for finding in findings {
        let place = if finding.within_document { " (within one document)" } else { "" };
        text.push_str(&format!("\n{}{place}\n", printable(&finding.summary)));
        for part in &finding.figures {
            let figure = &part.figure;
            let source = part.source.as_ref().map_or("", |source| source.as_str());
            text.push_str(&format!(
                "  {}: {}\n    {source} {}\n    “{}”\n    event {}\n",
                describe::about(figure),
                describe::value(figure),
                printable(part.url.as_deref().unwrap_or_default()),
                printable(&figure.evidence.text),
                part.event
            ));
        }
    }
    text
}
