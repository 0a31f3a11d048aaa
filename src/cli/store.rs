//! `store …`: care of the store.

use std::io::Write as _;
use std::path::Path;

use bellwether_store::care::{self, CareError, Copied};
use serde::Serialize;

use super::args::{Cli, FormatArgument, StoreCommand};
use super::failure::{ExitStatus, NotThereYet, UsageError};
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

const COPIED: &[Column] =
    &[Column("path", "/path"), Column("records", "/records"), Column("bytes", "/bytes"), Column("in use", "/in_use")];

const COMPACTED: &[Column] = &[
    Column("records before", "/records_before"),
    Column("records", "/records"),
    Column("changes dropped", "/changes_dropped"),
    Column("journal bytes before", "/journal_bytes_before"),
    Column("journal bytes", "/journal_bytes"),
    Column("view bytes before", "/view_bytes_before"),
    Column("view bytes", "/view_bytes"),
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
        StoreCommand::Backup { to, format } => {
            let settings = super::settings(cli)?;
            told(&care::backup(&settings.store, to).map_err(refused)?, *format)?;
            writeln!(
                std::io::stderr(),
                "hint: the archive `{}` is not in it; nothing in its files is overwritten, any tool copies them",
                settings.archive.display()
            )?;
            Ok(ExitStatus::Success)
        }
        StoreCommand::Restore { file, to, format } => told(&care::restore(file, to).map_err(refused)?, *format),
        StoreCommand::Compact(format) => {
            let done = care::compact(&super::settings(cli)?.store).map_err(refused)?;
            let row = CompactedRow {
                records_before: done.records.0,
                records: done.records.1,
                changes_dropped: done.dropped,
                journal_bytes_before: done.journal_bytes.0,
                journal_bytes: done.journal_bytes.1,
                view_bytes_before: done.view_bytes.0,
                view_bytes: done.view_bytes.1,
            };
            output::print(&[row], COMPACTED, *format)?;
            Ok(ExitStatus::Success)
        }
        StoreCommand::Copy { from, to, format } => {
            if [from, to].iter().any(|place| place.contains("://")) {
                return Err(NotThereYet("store copy from or to a database server").into());
            }
            told(&care::copy(Path::new(from), Path::new(to)).map_err(refused)?, *format)
        }
    }
}

/// What a copy is, as it is printed.
#[derive(Serialize)]
struct CopiedRow<'a> {
    path: &'a str,
    records: u64,
    bytes: u64,
    in_use: bool,
}

/// What compaction did, as it is printed.
#[derive(Serialize)]
struct CompactedRow {
    records_before: u64,
    records: u64,
    changes_dropped: u64,
    journal_bytes_before: u64,
    journal_bytes: u64,
    view_bytes_before: u64,
    view_bytes: u64,
}

fn told(copied: &Copied, format: FormatArgument) -> anyhow::Result<ExitStatus> {
    let path = copied.path.to_string_lossy();
    let row = CopiedRow { path: &path, records: copied.records, bytes: copied.bytes, in_use: copied.in_use };
    output::print(&[row], COPIED, format)?;
    if copied.in_use {
        writeln!(std::io::stderr(), "the store is in use: what was committed after this had begun is not in it")?;
    }
    Ok(ExitStatus::Success)
}

/// A name that is taken or leads nowhere is a mistake on the command line.
fn refused(error: CareError) -> anyhow::Error {
    let hint = match error {
        CareError::Open(error) => return error.into(),
        CareError::Exists { .. } => "nothing is overwritten: name another place, or move that one away first",
        CareError::NoStore { .. } => "`bellwether crawl` or `bellwether run` makes one; --store names another folder",
        _ => return error.into(),
    };
    UsageError::new(error.to_string()).with_hint(hint).into()
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
