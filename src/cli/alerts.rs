//! `alerts …`: the outbox.

use std::io::Write as _;

use bellwether_model::id::AlertId;

use super::args::{AlertsCommand, Cli};
use super::failure::{ExitStatus, UsageError};
use super::output::{self, Column};
use super::pipeline::House;
use super::reader::Reader;
use crate::alerts;
use crate::clock::{Clock as _, SystemClock};
use crate::view;

const COLUMNS: &[Column] = &[
    Column("created", "/created"),
    Column("id", "/id"),
    Column("type", "/kind"),
    Column("channel", "/channel"),
    Column("state", "/delivery/state"),
    Column("attempts", "/delivery/attempts"),
    Column("summary", "/summary"),
    Column("last error", "/delivery/last_error"),
];

pub(super) fn run(cli: &Cli, command: &AlertsCommand) -> anyhow::Result<ExitStatus> {
    match command {
        AlertsCommand::List(format) => {
            let reader = Reader::open(cli)?;
            output::print(&reader.alerts()?, COLUMNS, *format)?;
            let (states, channels) = reader.channels()?;
            for (channel, reason) in view::channels::out_of_use(&states, channels) {
                writeln!(std::io::stderr(), "warning: channel `{channel}` is {reason}")?;
            }
            Ok(ExitStatus::Success)
        }
        AlertsCommand::Test { channel } => test(cli, channel),
        AlertsCommand::Silence(command) => super::silence::run(cli, command),
        AlertsCommand::Retry { id } => retry(cli, id.as_deref()),
    }
}

/// Exits 1 where the receiver did not take it.
fn test(cli: &Cli, channel: &str) -> anyhow::Result<ExitStatus> {
    let settings = super::settings(cli)?;
    let Some(found) = settings.channels.iter().find(|known| known.id.as_str() == channel) else {
        let known: Vec<&str> = settings.channels.iter().map(|known| known.id.as_str()).collect();
        return Err(UsageError::new(format!("there is no channel `{channel}`"))
            .with_hint(format!("channels: {}", known.join(", ")))
            .into());
    };
    let sent = super::runtime()?.block_on(alerts::test(found, &settings.alerts_allow_private, SystemClock.now()))?;
    match sent {
        alerts::Answer::Taken => {
            writeln!(std::io::stderr(), "channel `{channel}` took the test alert")?;
            Ok(ExitStatus::Success)
        }
        alerts::Answer::Failed { reason, .. } => {
            writeln!(std::io::stderr(), "channel `{channel}` did not take the test alert: {reason}")?;
            Ok(ExitStatus::Attention)
        }
    }
}

fn retry(cli: &Cli, id: Option<&str>) -> anyhow::Result<ExitStatus> {
    let house = House::open(super::settings(cli)?)?;
    let id = id.map(AlertId::new);
    let count = alerts::retry(&house.store, id.as_ref(), house.clock.now())?;
    if let (0, Some(id)) = (count, &id) {
        return Err(UsageError::new(format!("there is no alert `{id}` that waits, was given up or was silenced"))
            .with_hint("`bellwether alerts list` prints them")
            .into());
    }
    writeln!(std::io::stderr(), "{count} alerts will be tried again by the next `run` or `crawl`")?;
    Ok(ExitStatus::Success)
}
