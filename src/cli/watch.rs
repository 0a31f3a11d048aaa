//! `watch …`: the watch list, and what it flagged.

use bellwether_model::watch::Condition;
use serde::Serialize;

use super::args::{Cli, WatchCommand};
use super::failure::{ExitStatus, NotThereYet};
use super::output::{self, Column};
use super::reader::Reader;

/// An item as it is printed.
#[derive(Serialize)]
struct ItemRow<'a> {
    id: &'a str,
    title: &'a str,
    risk: Option<&'a str>,
    indicator: Option<&'a str>,
    frequency: Option<&'a str>,
    when: &'a Condition,
    channels: Vec<&'a str>,
}

const ITEM_COLUMNS: &[Column] = &[
    Column("id", "/id"),
    Column("title", "/title"),
    Column("risk", "/risk"),
    Column("frequency", "/frequency"),
    Column("channels", "/channels"),
];

const FLAG_COLUMNS: &[Column] = &[
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
                    when: &item.when,
                    channels: item.channels.iter().map(|channel| channel.as_str()).collect(),
                })
                .collect();
            output::print(&rows, ITEM_COLUMNS, *format)?;
        }
        WatchCommand::Flags { item, as_of, format } => {
            let mut flags = Reader::open(cli)?.flags(*as_of)?;
            flags.retain(|flag| item.as_ref().is_none_or(|item| flag.watch.as_str() == item));
            output::print(&flags, FLAG_COLUMNS, *format)?;
        }
        WatchCommand::Ack { .. } => return Err(NotThereYet("watch ack").into()),
        WatchCommand::Explain { .. } => return Err(NotThereYet("watch explain").into()),
    }
    Ok(ExitStatus::Success)
}
