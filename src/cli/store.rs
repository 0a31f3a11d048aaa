//! `store …`: care of the store.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use bellwether_store::care::{self, CareError, Compacted, Copied};
use serde::Serialize;

use super::args::{Cli, FormatArgument, StoreCommand};
use super::failure::{ExitStatus, UsageError};
use super::home::Home;
use super::output::{self, Column};
use super::pipeline::House;
use super::progress::Progress;
use super::reader::Reader;
use crate::settings::{Settings, SharingSettings, StorePlace};
use crate::{archive, config};

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
            let home = Home::of(&settings)?;
            told(&home.with(false, |place| care::backup(place, to)).map_err(refused)?, *format)?;
            let archive = settings.archive.display();
            let hint = if home.is_server() {
                "the bodies are not in it; `store copy` takes them along, and the server has backups of its own"
                    .to_owned()
            } else {
                format!(
                    "the archive `{archive}` is not in it; nothing in its files is overwritten, any tool copies them"
                )
            };
            writeln!(std::io::stderr(), "hint: {hint}")?;
            Ok(ExitStatus::Success)
        }
        StoreCommand::Restore { file, to, format } => {
            let (place, sharing) = (StorePlace::named(to), sharing(cli));
            let restored = Home::new(&place, &sharing)?.with(true, |to| care::restore(file, to));
            told(&restored.map_err(refused)?, *format)
        }
        StoreCommand::Compact(format) => {
            let settings = super::settings(cli)?;
            let done = compacted(settings)?;
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
        StoreCommand::Copy { from, to, archive, format } => copy(cli, from, to, archive.as_deref(), *format),
    }
}

/// How a store on a server is shared, where no configuration need be there: none of it matters to a copy but the password.
fn sharing(cli: &Cli) -> SharingSettings {
    super::settings(cli).map_or_else(
        |_| SharingSettings::new(PathBuf::new(), config::process_environment("PGPASSWORD")),
        |settings| settings.sharing,
    )
}

/// Compacts a store that nobody else uses.
fn compacted(settings: Settings) -> anyhow::Result<Compacted> {
    #[cfg(feature = "postgres")]
    if let StorePlace::Server(_) = &settings.store {
        if Home::of(&settings)?.look()?.is_none() {
            return Err(Home::of(&settings)?.nothing_there().into());
        }
        let house = House::open(settings)?;
        let done = care::compact_shared(&house.store).map_err(refused)?;
        return done.ok_or_else(|| UsageError::new("the store is not on a server").into());
    }
    match &settings.store {
        StorePlace::Folder(folder) => care::compact(folder).map_err(refused),
        StorePlace::Server(_) => Err(Home::of(&settings)?.nothing_there().into()),
    }
}

/// Copies a store; with its bodies where one of the two is on a server, which keeps its own.
fn copy(cli: &Cli, from: &str, to: &str, archive: Option<&Path>, format: FormatArgument) -> anyhow::Result<ExitStatus> {
    let (from, to, sharing) = (StorePlace::named(from), StorePlace::named(to), sharing(cli));
    let (from, to) = (Home::new(&from, &sharing)?, Home::new(&to, &sharing)?);
    if !from.is_server() && !to.is_server() && archive.is_none() {
        return told(&from.with(false, |from| to.with(true, |to| care::copy(from, to))).map_err(refused)?, format);
    }
    let folder = match archive {
        Some(folder) => folder.to_owned(),
        None if from.is_server() && to.is_server() => PathBuf::new(),
        None => super::settings(cli)?.archive,
    };
    let progress = Progress::new("bodies copied");
    let is_to_server = to.is_server();
    let copied = from.with(false, |from| {
        to.with(true, |to| {
            // Nothing is made on a server for a copy of what is not there, or is damaged.
            if is_to_server { care::check(from) } else { from.check_store() }?;
            let (here, there) = (from.archive(&folder)?, to.archive(&folder)?);
            care::copy_whole((from, &here), (to, &there), &mut |seen| progress.at(seen))
        })
    });
    drop(progress);
    let (copied, carried) = copied.map_err(refused)?;
    told(&copied, format)?;
    let missing = carried.missing.len();
    writeln!(
        std::io::stderr(),
        "{} bodies ({} bytes) copied, {} removed by retention before, {missing} missing or damaged",
        carried.bodies,
        carried.bytes,
        carried.removed
    )?;
    for body in &carried.missing {
        writeln!(std::io::stderr(), "the body `{body}` is missing or damaged, and is not in the copy")?;
    }
    Ok(ExitStatus::attention_if(missing > 0))
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
pub(super) fn refused(error: CareError) -> anyhow::Error {
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
