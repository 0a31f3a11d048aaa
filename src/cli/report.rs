//! `report`: the weekly briefing on standard output.

use super::args::{Cli, ReportArguments};
use super::failure::ExitStatus;
use super::output;
use super::reader::Reader;

pub(super) fn run(cli: &Cli, arguments: &ReportArguments) -> anyhow::Result<ExitStatus> {
    output::print_text(&Reader::open(cli)?.report(arguments)?)?;
    Ok(ExitStatus::Success)
}
