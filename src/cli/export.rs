//! `export`: figures and events in the forms of other programs.

use anyhow::Context as _;

use super::args::{Cli, ExportArguments, ExportFormat};
use super::failure::{ExitStatus, NotThereYet};
use super::reader::Reader;
use super::{output, warc};
use crate::clock::{Clock as _, SystemClock};
use crate::export;
use crate::report::ReportLanguage;

pub(super) fn run(cli: &Cli, arguments: &ExportArguments) -> anyhow::Result<ExitStatus> {
    if arguments.format == ExportFormat::Parquet {
        return Err(NotThereYet("export --format parquet").into());
    }
    if arguments.format == ExportFormat::Warc {
        return warc::run(cli, arguments);
    }
    let events = Reader::open(cli)?.events(&(&arguments.filter).into())?;
    let text = match arguments.format {
        ExportFormat::Csv => export::csv(&events),
        ExportFormat::SdmxCsv => export::sdmx_csv(&events),
        ExportFormat::Jsonl => export::json_lines(&events),
        ExportFormat::Atom => export::atom(&events, ReportLanguage::En, SystemClock.now()),
        ExportFormat::Parquet | ExportFormat::Warc => unreachable!("dealt with above"),
    };
    match &arguments.output {
        Some(path) => std::fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))?,
        None => output::print_text(&text)?,
    }
    Ok(ExitStatus::Success)
}
