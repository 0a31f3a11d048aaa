//! `store …`: care of the store.

use std::io::Write as _;

use super::args::{Cli, FormatArgument, StoreCommand};
use super::failure::{ExitStatus, NotThereYet};
use super::output::{self, Column};
use super::pipeline::House;
use super::progress::Progress;
use super::reader::Reader;
use crate::archive;

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
    Column("archived bodies", "/archive_bodies"),
    Column("archive bytes", "/archive_bytes"),
    Column("bodies removed", "/bodies_removed"),
    Column("bytes removed", "/bytes_removed"),
];

const REMOVED: &[Column] = &[
    Column("content", "/content"),
    Column("bytes", "/bytes"),
    Column("fetched", "/newest"),
    Column("reason", "/reason"),
];

pub(super) fn run(cli: &Cli, command: &StoreCommand) -> anyhow::Result<ExitStatus> {
    match command {
        StoreCommand::Stats(format) => {
            output::print(&[Reader::open(cli)?.stats()?], COLUMNS, *format)?;
            Ok(ExitStatus::Success)
        }
        StoreCommand::Verify => {
            let house = House::open(super::settings(cli)?)?;
            let mut findings = house.store.verify()?;
            let views_agree = findings.is_empty();
            let progress = Progress::new("bodies read");
            let archive = archive::verify(&house.store, &house.archive, &mut |seen| progress.at(seen))?;
            drop(progress);
            findings.extend(archive.damage.iter().map(ToString::to_string));
            let mut text: String = findings.iter().map(|finding| format!("{finding}\n")).collect();
            if views_agree {
                text.push_str("the views agree with the journal\n");
            }
            text.push_str(&format!(
                "{} archived bodies are whole, {} missing or damaged, {} removed by retention\n",
                archive.whole,
                archive.damage.len(),
                archive.removed
            ));
            output::print_text(&text)?;
            Ok(ExitStatus::attention_if(!findings.is_empty()))
        }
        StoreCommand::Prune { dry_run, format } => prune(cli, *dry_run, *format),
        StoreCommand::Backup { .. } => Err(NotThereYet("store backup").into()),
        StoreCommand::Restore { .. } => Err(NotThereYet("store restore").into()),
        StoreCommand::Compact => Err(NotThereYet("store compact").into()),
        StoreCommand::Copy { .. } => Err(NotThereYet("store copy").into()),
    }
}

fn prune(cli: &Cli, dry_run: bool, format: FormatArgument) -> anyhow::Result<ExitStatus> {
    let house = House::open(super::settings(cli)?)?;
    let settings = &house.settings.keep;
    if !settings.is_limited() {
        writeln!(
            std::io::stderr(),
            "hint: set `keep` or `max_bytes` in the table [archive] of sources.toml; nothing is removed but what no record names"
        )?;
    }
    let swept = archive::sweep(settings, &house.store, &house.archive, house.clock.now(), dry_run)?;
    output::print(&swept.removed, REMOVED, format)?;
    let bytes: u64 = swept.removed.iter().map(|body| body.bytes).sum();
    let done = if dry_run { "would be removed" } else { "removed" };
    writeln!(
        std::io::stderr(),
        "{} bodies ({bytes} bytes) {done}, {} bytes kept",
        swept.removed.len(),
        swept.kept_bytes
    )?;
    archive::tell(&swept);
    Ok(ExitStatus::attention_if(swept.over_bytes > 0))
}
