//! `watch ack`, `snooze`, `resolve`, `reopen`: what people do with flags. It stands in a file beside the watch list, so
//! that it can be written while another process holds the store.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::Context as _;

use super::args::{Cli, WatchCommand};
use super::failure::UsageError;
use super::reader::Reader;
use super::silence;
use crate::clock::{Clock as _, SystemClock};
use crate::routing::SilenceTable;
use crate::view::flags::{FlagView, Mark, MarkKind, Marks};

/// What people have done with flags so far.
pub(super) fn read(path: &Path) -> anyhow::Result<Marks> {
    match std::fs::read_to_string(path) {
        Ok(text) => Marks::read(&text).map_err(|wrong| UsageError::new(format!("{}: {wrong}", path.display())).into()),
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(Marks::default()),
        Err(cause) => Err(cause).with_context(|| format!("cannot read `{}`", path.display())),
    }
}

/// Marks a flag, or takes its mark away. `id` may be shortened as long as it names one flag only.
pub(super) fn mark(cli: &Cli, id: &str, command: &WatchCommand) -> anyhow::Result<()> {
    let settings = super::settings(cli)?;
    let FlagView { flag, .. } = find(Reader::open(cli)?.flags(None)?, id)?;
    let mut marks = read(&settings.flags)?;
    let at = SystemClock.now();
    let marked = |state, note: &str| Mark { id: flag.id.clone(), state, at, until: None, note: note.to_owned() };
    match command {
        WatchCommand::Ack { note, .. } => marks.set(marked(MarkKind::Acknowledged, note)),
        WatchCommand::Resolve { note, .. } => marks.set(marked(MarkKind::Resolved, note)),
        WatchCommand::Snooze { length, note, .. } => {
            let until = at + silence::duration(length)?;
            marks.set(Mark { until: Some(until), ..marked(MarkKind::Snoozed, note) });
            let matchers = vec![format!("item={}", flag.watch), format!("event={}", flag.event)];
            let silence = SilenceTable::new(matchers, at, until, note.clone()).map_err(UsageError::new)?;
            silence::add(&settings.silences, silence, at)?;
        }
        _ => {
            if !marks.clear(&flag.id) {
                return Err(UsageError::new(format!("nobody has done anything with flag `{}` yet", flag.id)).into());
            }
        }
    }
    silence::replace(&settings.flags, &marks.text().map_err(anyhow::Error::msg)?)
}

fn find(flags: Vec<FlagView>, id: &str) -> anyhow::Result<FlagView> {
    let mut found: Vec<FlagView> = flags.into_iter().filter(|view| view.flag.id.as_str().starts_with(id)).collect();
    match (found.pop(), found.len()) {
        (Some(flag), 0) => Ok(flag),
        (None, _) => {
            let wrong = UsageError::new(format!("there is no flag `{id}`"));
            Err(wrong.with_hint("`bellwether watch flags` prints the ids").into())
        }
        (Some(_), others) => {
            let wrong = format!("`{id}` is the start of {} ids; write more of it", others + 1);
            Err(UsageError::new(wrong).into())
        }
    }
}
