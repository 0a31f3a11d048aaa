//! `replay`: today's rules over yesterday's bytes.

use super::args::{Cli, ReplayArguments};
use super::failure::ExitStatus;
use super::output;
use super::pipeline::House;
use crate::events;

/// Exits 1 where bytes are missing from the archive.
pub(super) fn run(cli: &Cli, arguments: &ReplayArguments) -> anyhow::Result<ExitStatus> {
    let house = House::open(super::settings(cli)?)?;
    let report =
        events::replay(&house.readable_sources(), &house.store, &house.archive, &house.clock, arguments.dry_run)?;
    let mut text = String::new();
    for (word, lines) in [("gained", &report.gained), ("lost", &report.lost), ("changed", &report.changed)] {
        for line in lines {
            text.push_str(&format!("{word:<8} {}\n", output::printable(line)));
        }
    }
    for snapshot in &report.missing {
        text.push_str(&format!("missing  the archive no longer holds the bytes of {snapshot}\n"));
    }
    let done = if arguments.dry_run { "would be " } else { "" };
    text.push_str(&format!(
        "{} documents read again: {} facts {done}gained, {} lost, {} changed\n",
        report.snapshots,
        report.gained.len(),
        report.lost.len(),
        report.changed.len()
    ));
    output::print_text(&text)?;
    Ok(ExitStatus::attention_if(!report.missing.is_empty()))
}
