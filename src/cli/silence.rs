//! `alerts silence …`: what is kept back for a time. It stands in a file beside the watch list, so that it can be written
//! while another process holds the store.

use std::io::{ErrorKind, Write as _};
use std::path::Path;

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};

use super::args::{Cli, SilenceCommand};
use super::failure::{ExitStatus, UsageError};
use super::output::{self, Column};
use crate::clock::{Clock as _, SystemClock};
use crate::routing::{SilenceTable, SilencesFile};

const COLUMNS: &[Column] = &[
    Column("id", "/id"),
    Column("starts", "/starts_at"),
    Column("ends", "/ends_at"),
    Column("matchers", "/matchers"),
    Column("comment", "/comment"),
];

pub(super) fn run(cli: &Cli, command: &SilenceCommand) -> anyhow::Result<ExitStatus> {
    let path = super::settings(cli)?.silences;
    let mut file = read(&path)?;
    let now = SystemClock.now();
    match command {
        SilenceCommand::List(format) => {
            output::print(&file.silences, COLUMNS, *format)?;
            return Ok(ExitStatus::Success);
        }
        SilenceCommand::Add { length, until, from, comment, matchers } => {
            let from = from.unwrap_or(now);
            let until = match (length, until) {
                (Some(length), _) => from + duration(length)?,
                (None, Some(until)) => *until,
                (None, None) => return Err(UsageError::new("give `--for` or `--until`").into()),
            };
            let silence = SilenceTable::new(matchers.clone(), from, until, comment.clone()).map_err(UsageError::new)?;
            writeln!(std::io::stderr(), "silence `{}` until {}", silence.id, silence.ends_at)?;
            put(&mut file, silence, now);
        }
        SilenceCommand::Remove { id } => {
            let before = file.silences.len();
            file.silences.retain(|known| known.id != *id);
            if file.silences.len() == before {
                return Err(UsageError::new(format!("there is no silence `{id}`"))
                    .with_hint("`bellwether alerts silence list` prints them")
                    .into());
            }
        }
    }
    write(&path, &file)?;
    Ok(ExitStatus::Success)
}

/// Adds a silence to a file of silences.
pub(super) fn add(path: &Path, silence: SilenceTable, now: Timestamp) -> anyhow::Result<()> {
    let mut file = read(path)?;
    put(&mut file, silence, now);
    write(path, &file)
}

fn put(file: &mut SilencesFile, silence: SilenceTable, now: Timestamp) {
    // What has ended is of no more use.
    file.silences.retain(|known| known.ends_at > now && known.id != silence.id);
    file.silences.push(silence);
}

fn read(path: &Path) -> anyhow::Result<SilencesFile> {
    match std::fs::read_to_string(path) {
        Ok(text) => {
            SilencesFile::read(&text).map_err(|wrong| UsageError::new(format!("{}: {wrong}", path.display())).into())
        }
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(SilencesFile::default()),
        Err(cause) => Err(cause).with_context(|| format!("cannot read `{}`", path.display())),
    }
}

/// Replaces the file as a whole: a running process reads the old one or the new one.
fn write(path: &Path, file: &SilencesFile) -> anyhow::Result<()> {
    replace(path, &file.write().map_err(anyhow::Error::msg)?)
}

/// Puts a text in the place of a file in one step.
pub(super) fn replace(path: &Path, text: &str) -> anyhow::Result<()> {
    let beside = path.with_extension("toml.new");
    std::fs::write(&beside, text).with_context(|| format!("cannot write `{}`", beside.display()))?;
    std::fs::rename(&beside, path).with_context(|| format!("cannot write `{}`", path.display()))
}

/// `90m`, `2h`, `3d`.
pub(super) fn duration(text: &str) -> anyhow::Result<SignedDuration> {
    let days = text.strip_suffix('d').and_then(|days| days.trim().parse::<i64>().ok());
    let length = match days {
        Some(days) => days.checked_mul(24).map(SignedDuration::from_hours),
        None => text.parse::<SignedDuration>().ok(),
    };
    let longest = Timestamp::MAX.duration_since(Timestamp::UNIX_EPOCH) / 2;
    let length = length.filter(|length| length.is_positive() && *length < longest);
    length.ok_or_else(|| UsageError::new(format!("`{text}` is no duration; write one like 90m, 2h or 3d")).into())
}
