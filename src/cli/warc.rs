//! `export --format warc`: archived answers as a WARC file.

use std::fs::File;
use std::io::{BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bellwether_model::snapshot::Snapshot;
use bellwether_store::archive::ArchiveError;

use super::args::{Cli, EventArguments, ExportArguments};
use super::failure::{ExitStatus, UsageError};
use super::progress::Progress;
use super::reader::Reader;
use crate::clock::{Clock as _, SystemClock};
use crate::export::Warc;

/// Answers asked for at once.
const PAGE: usize = 500;
/// The name in the file's own first record where it is written to standard output.
const UNNAMED: &str = "bellwether.warc.gz";

/// Exits 1 where the bytes of an answer are no longer there.
pub(super) fn run(cli: &Cli, arguments: &ExportArguments) -> anyhow::Result<ExitStatus> {
    check(&arguments.filter)?;
    let reader = Reader::open(cli)?;
    let told = match &arguments.output {
        Some(path) => {
            let unfinished = beside(path);
            let file = File::create(&unfinished).with_context(|| format!("cannot write `{}`", unfinished.display()))?;
            let gzip = path.extension().is_some_and(|extension| extension == "gz");
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let mut output = BufWriter::new(file);
            let told = write(&reader, &arguments.filter, gzip, &name, &mut output)?;
            let file = output.into_inner().context("cannot end the file")?;
            file.sync_all().with_context(|| format!("cannot write `{}`", unfinished.display()))?;
            std::fs::rename(&unfinished, path).with_context(|| format!("cannot write `{}`", path.display()))?;
            told
        }
        None if std::io::stdout().is_terminal() => {
            return Err(UsageError::new("a WARC file is not for a terminal")
                .with_hint("name a file with --output, as --output answers.warc.gz")
                .into());
        }
        None => write(&reader, &arguments.filter, true, UNNAMED, &mut BufWriter::new(std::io::stdout().lock()))?,
    };
    writeln!(std::io::stderr(), "{} answers written", told.written)?;
    if told.removed > 0 {
        writeln!(
            std::io::stderr(),
            "{} answers are left out: retention took their bytes out of the archive",
            told.removed
        )?;
    }
    if told.lost > 0 {
        writeln!(
            std::io::stderr(),
            "{} answers are left out: their bytes are missing or damaged; `bellwether store verify` names them",
            told.lost
        )?;
    }
    Ok(ExitStatus::attention_if(told.lost > 0))
}

/// An answer has neither area nor state: a filter that asks for one would silently ask for nothing.
fn check(filter: &EventArguments) -> Result<(), UsageError> {
    let EventArguments { area, partner, flow, measure, period, status, kind, release, .. } = filter;
    let given = [
        ("--area", area.is_some()),
        ("--partner", partner.is_some()),
        ("--flow", flow.is_some()),
        ("--measure", measure.is_some()),
        ("--period", period.is_some()),
        ("--status", status.is_some()),
        ("--kind", kind.is_some()),
        ("--release", release.is_some()),
    ];
    match given.iter().find(|(_, given)| *given) {
        Some((name, _)) => Err(UsageError::new(format!("`{name}` is of events, and a WARC file holds answers"))
            .with_hint("answers can be chosen with --source, --since, --until and --limit")),
        None => Ok(()),
    }
}

/// The name under which a file is written until it is whole.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".unfinished");
    name.into()
}

#[derive(Default)]
struct Told {
    written: u64,
    removed: u64,
    lost: u64,
}

fn write(
    reader: &Reader,
    filter: &EventArguments,
    gzip: bool,
    name: &str,
    output: &mut dyn Write,
) -> anyhow::Result<Told> {
    let settings = reader.settings();
    let archive = reader.archive()?;
    let progress = Progress::new("answers written");
    let mut warc = Warc::new(gzip);
    output.write_all(&warc.information(name, settings.crawler.contact.as_deref(), SystemClock.now()))?;
    let mut told = Told::default();
    let mut after: Option<Snapshot> = None;
    loop {
        let mut page = reader.snapshots(after.as_ref(), PAGE)?;
        for snapshot in page.iter().filter(|snapshot| is_wanted(snapshot, filter)) {
            if filter.limit > 0 && told.written >= filter.limit as u64 {
                break;
            }
            match archive.get(&snapshot.content) {
                Ok(body) => {
                    output.write_all(&warc.answer(snapshot, &body))?;
                    told.written += 1;
                    progress.at(told.written);
                }
                Err(ArchiveError::Missing(_)) if reader.is_removed(snapshot)? => told.removed += 1,
                Err(ArchiveError::Missing(_) | ArchiveError::Damaged(_)) => told.lost += 1,
                Err(error) => return Err(error.into()),
            }
        }
        after = page.pop();
        if after.is_none() {
            output.flush()?;
            return Ok(told);
        }
    }
}

fn is_wanted(snapshot: &Snapshot, filter: &EventArguments) -> bool {
    filter.source.as_ref().is_none_or(|source| snapshot.source.as_str() == source)
        && filter.since.is_none_or(|since| snapshot.fetched >= since)
        && filter.until.is_none_or(|until| snapshot.fetched < until)
}
