//! `store …`: care of the store.

use super::args::{Cli, StoreCommand};
use super::failure::{ExitStatus, NotThereYet};
use super::output::{self, Column};
use super::pipeline::House;
use super::reader::Reader;

const COLUMNS: &[Column] = &[
    Column("format", "/format"),
    Column("records", "/records"),
    Column("journal bytes", "/journal_bytes"),
    Column("view bytes", "/view_bytes"),
    Column("resources", "/resources"),
    Column("snapshots", "/snapshots"),
    Column("documents", "/documents"),
    Column("events", "/events"),
    Column("mentions", "/mentions"),
    Column("changes", "/changes"),
    Column("flags", "/flags"),
    Column("alerts waiting", "/alerts_waiting"),
    Column("delivered", "/alerts_delivered"),
    Column("gave up", "/alerts_gave_up"),
    Column("in digests or silenced", "/alerts_set_aside"),
];

pub(super) fn run(cli: &Cli, command: &StoreCommand) -> anyhow::Result<ExitStatus> {
    match command {
        StoreCommand::Stats(format) => {
            output::print(&[Reader::open(cli)?.stats()?], COLUMNS, *format)?;
            Ok(ExitStatus::Success)
        }
        StoreCommand::Verify => {
            let findings = House::open(super::settings(cli)?)?.store.verify()?;
            let mut text: String = findings.iter().map(|finding| format!("{finding}\n")).collect();
            if findings.is_empty() {
                text.push_str("the views agree with the journal\n");
            }
            output::print_text(&text)?;
            Ok(ExitStatus::attention_if(!findings.is_empty()))
        }
        StoreCommand::Backup { .. } => Err(NotThereYet("store backup").into()),
        StoreCommand::Restore { .. } => Err(NotThereYet("store restore").into()),
        StoreCommand::Compact => Err(NotThereYet("store compact").into()),
        StoreCommand::Copy { .. } => Err(NotThereYet("store copy").into()),
    }
}
