//! `replay`: today's rules over yesterday's bytes.

use std::io::Write as _;

use super::args::{Cli, ReplayArguments};
use super::failure::ExitStatus;
use super::output::{self, Column};
use super::pipeline::House;
use super::progress::Progress;
use super::retell;
use crate::events::{self, ReplayChange, ReplayMode, ReplayReport};

const COLUMNS: &[Column] = &[
    Column("change", "/change"),
    Column("fact", "/fact"),
    Column("before", "/before"),
    Column("source", "/source"),
    Column("url", "/url"),
    Column("event", "/event"),
];

/// Tells what changes, and only then writes it. Exits 1 where bytes are missing from the archive.
pub(super) fn run(cli: &Cli, arguments: &ReplayArguments) -> anyhow::Result<ExitStatus> {
    if let Some(into) = &arguments.into {
        return retell::run(&super::settings(cli)?, into, arguments.format);
    }
    let house = House::open(super::settings(cli)?)?;
    let told = read(&house, ReplayMode::DryRun)?;
    output::print(&told.rows, COLUMNS, arguments.format)?;
    say(&told, if arguments.dry_run { "would be " } else { "are to be " })?;
    if !arguments.dry_run {
        let mode = if arguments.as_news { ReplayMode::AsNews } else { ReplayMode::Silent };
        read(&house, mode)?;
        let alerts = if arguments.as_news { "; the next `crawl` or `run` alerts on it" } else { "; nobody is alerted" };
        writeln!(std::io::stderr(), "written{alerts}")?;
    }
    Ok(ExitStatus::attention_if(told.count(ReplayChange::Missing) > 0))
}

fn read(house: &House, mode: ReplayMode) -> anyhow::Result<ReplayReport> {
    let progress = Progress::new("documents read again");
    let mut seen = |done, all| progress.of(done, all);
    let sources = house.readable_sources();
    Ok(events::replay(&sources, &house.store, &house.archive, &house.clock, mode, &mut seen)?)
}

fn say(told: &ReplayReport, done: &str) -> std::io::Result<()> {
    let mut error = std::io::stderr();
    let count = |change| told.count(change);
    writeln!(
        error,
        "{} documents read again: {} facts {done}gained, {} lost, {} changed",
        told.documents,
        count(ReplayChange::Gained),
        count(ReplayChange::Lost),
        count(ReplayChange::Changed)
    )?;
    let (removed, missing) = (count(ReplayChange::Removed), count(ReplayChange::Missing));
    if removed > 0 {
        writeln!(
            error,
            "{removed} documents cannot be read again: retention took their bytes out of the archive; what is known of them stays"
        )?;
    }
    if missing > 0 {
        writeln!(
            error,
            "{missing} documents cannot be read again: the archive has lost their bytes; `bellwether store verify` names them"
        )?;
    }
    Ok(())
}
