//! `export`: figures and events in the forms of other programs.

use super::args::{Cli, ExportArguments, ExportFormat};
use super::failure::{ExitStatus, NotThereYet};
use super::output;
use super::reader::Reader;
use crate::clock::{Clock as _, SystemClock};
use crate::export;
use crate::report::ReportLanguage;

pub(super) fn run(cli: &Cli, arguments: &ExportArguments) -> anyhow::Result<ExitStatus> {
    if arguments.format == ExportFormat::Parquet {
        return Err(NotThereYet("export --format parquet").into());
    }
    let events = Reader::open(cli)?.events(&(&arguments.filter).into())?;
    let text = match arguments.format {
        ExportFormat::Csv => export::csv(&events),
        ExportFormat::SdmxCsv => export::sdmx_csv(&events),
        ExportFormat::Jsonl => export::json_lines(&events),
        ExportFormat::Atom => export::atom(&events, ReportLanguage::En, SystemClock.now()),
        ExportFormat::Parquet => unreachable!("refused above"),
    };
    output::print_text(&text)?;
    Ok(ExitStatus::Success)
}
