//! `replay --into`: a new store of all answers of an old one, which is only read and may be damaged.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use bellwether_model::watch::WatchItem;
use bellwether_store::archive::Archive;
use bellwether_store::care::{self, CareError, History};
use bellwether_store::{Change, Store, Transaction};
use jiff::Timestamp;
use serde::Serialize;

use super::args::FormatArgument;
use super::failure::ExitStatus;
use super::home::Home;
use super::output::{self, Column};
use super::pipeline::{Words, readable};
use super::progress::Progress;
use super::store::refused;
use crate::clock::{Clock as _, SharedClock, SteppedClock, SystemClock};
use crate::events::{self, Retelling, Retold};
use crate::routing::Routing;
use crate::settings::{ArchiveSettings, Settings, StorePlace};
use crate::{archive, watch};

/// Answers that are told again before the next ones are looked for: pages are read side by side within them.
const ANSWERS: usize = 64;
/// Transactions that are held for that at the most.
const TRANSACTIONS: usize = 1_000;

const COLUMNS: &[Column] = &[
    Column("path", "/path"),
    Column("answers", "/answers"),
    Column("documents", "/documents"),
    Column("events", "/events"),
    Column("flags", "/flags"),
    Column("taken over", "/taken_over"),
    Column("removed", "/removed"),
    Column("missing", "/missing"),
    Column("damaged", "/damaged"),
    Column("alerts held", "/alerts_held"),
];

/// What the new store came to, as it is printed.
#[derive(Serialize)]
struct Row {
    path: String,
    answers: u64,
    documents: u64,
    events: u64,
    flags: u64,
    taken_over: u64,
    removed: usize,
    missing: usize,
    damaged: usize,
    alerts_held: u64,
}

/// What was made.
struct Made {
    row: Row,
    history: History,
    told: Retold,
    /// Of the answers whose bytes are gone: those that retention removed.
    removed: Vec<bool>,
    /// Bodies of the archive that no answer names any more.
    unnamed: usize,
}

/// Makes the store. Exits 1 where something of the old one could not be read.
pub(super) fn run(settings: &Settings, into: &str, format: FormatArgument) -> anyhow::Result<ExitStatus> {
    let place = StorePlace::named(into);
    let (from, to) = (Home::of(settings)?, Home::new(&place, &settings.sharing)?);
    let made = match &place {
        StorePlace::Folder(folder) if !from.is_server() => make(settings, &from, folder)?,
        _ => {
            refuse_filled(&to)?;
            let draft = settings.sharing.cache.join("retold");
            remove(&draft)?;
            let made = make(settings, &from, &draft);
            let moved = made.and_then(|made| move_to(settings, &from, &draft, &to).map(|()| made));
            remove(&draft)?;
            moved?
        }
    };
    let row = Row { path: to.shown().to_string_lossy().into_owned(), ..made.row };
    output::print(&[&row], COLUMNS, format)?;
    say(&made.history, &made.told, &made.removed, made.unnamed)?;
    Ok(ExitStatus::attention_if(row.damaged > 0 || row.missing > 0 || made.told.lost > 0))
}

/// Refuses a server whose store holds something, before any work is done for it.
fn refuse_filled(to: &Home<'_>) -> anyhow::Result<()> {
    match to.look()? {
        Some(store) if store.stats()?.records > 0 => Err(refused(CareError::Exists { path: to.shown() })),
        _ => Ok(()),
    }
}

/// Refuses to make a store of nothing, before anything is made for it.
fn refuse_nothing(from: &Home<'_>) -> anyhow::Result<()> {
    match from {
        Home::Folder(folder) if !folder.exists() => Err(from.nothing_there().into()),
        _ => Ok(()),
    }
}

fn remove(folder: &Path) -> std::io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => Err(cause),
        _ => Ok(()),
    }
}

/// Moves a store that was made in a folder to where it is to be, with the bodies that it names.
fn move_to(settings: &Settings, from: &Home<'_>, draft: &Path, to: &Home<'_>) -> anyhow::Result<()> {
    let progress = Progress::new("bodies copied");
    let moved = to.with(true, |to| {
        let here = from.with(false, |from| from.archive(&settings.archive))?;
        let there = to.archive(&settings.archive)?;
        care::copy_whole((draft.into(), &here), (to, &there), &mut |seen| progress.at(seen))
    });
    moved.map_err(refused)?;
    Ok(())
}

fn make(settings: &Settings, from: &Home<'_>, to: &Path) -> anyhow::Result<Made> {
    refuse_nothing(from)?;
    let made = care::make(to, |store| -> anyhow::Result<Made> {
        let archive = from.with(false, |from| from.archive(&settings.archive))?;
        let (history, told) = tell(settings, from, store, &archive)?;
        let mut removed = Vec::with_capacity(told.gone.len());
        for snapshot in &told.gone {
            removed.push(store.removal(&snapshot.content)?.is_some());
        }
        let now = SystemClock.now();
        let unnamed = match history.damage.is_empty() {
            true => 0,
            false => {
                let swept = archive::sweep(&ArchiveSettings::default(), store, &archive, now, true)?;
                swept.removed.iter().filter(|body| body.newest.is_none()).count()
            }
        };
        let stats = store.stats()?;
        let by_retention = removed.iter().filter(|removed| **removed).count();
        let row = Row {
            path: String::new(),
            answers: told.answers,
            documents: stats.documents,
            events: stats.events,
            flags: stats.flags,
            taken_over: told.taken_over,
            removed: by_retention,
            missing: removed.len() - by_retention,
            damaged: history.damage.len(),
            alerts_held: told.alerts_held,
        };
        Ok(Made { row, history, told, removed, unnamed })
    });
    made.map_err(|error| match error.downcast::<CareError>() {
        Ok(error) => refused(error),
        Err(error) => error,
    })
}

/// Tells the history of the old store again into the new one.
fn tell(settings: &Settings, from: &Home<'_>, store: &Store, archive: &Archive) -> anyhow::Result<(History, Retold)> {
    let progress = Progress::new("answers read again");
    let sources = readable(settings);
    let words = Words::new(settings, store, archive);
    // Flags are raised and nobody is told.
    let items: Vec<WatchItem> =
        settings.watch.iter().map(|item| WatchItem { channels: Vec::new(), ..item.clone() }).collect();
    let routing = Routing::default();
    let mut flag = |at: Timestamp| -> anyhow::Result<()> {
        let then: SharedClock = Arc::new(SteppedClock::at(at));
        watch::catch_up(&items, &routing, &words, store, &then)?;
        Ok(())
    };
    let mut retelling = Retelling::new(&sources, store, archive);
    let (mut part, mut answers): (Vec<Transaction>, usize) = (Vec::new(), 0);
    let history = from.with(false, |from| {
        care::history(from, &mut |transaction: Transaction| -> anyhow::Result<()> {
            answers += transaction.changes.iter().filter(|change| matches!(change, Change::Read(_))).count();
            part.push(transaction);
            if answers >= ANSWERS || part.len() >= TRANSACTIONS {
                retelling.tell(&part, &mut flag)?;
                progress.at(retelling.answers());
                part.clear();
                answers = 0;
            }
            Ok(())
        })
    })?;
    retelling.tell(&part, &mut flag)?;
    let told = retelling.finish()?;
    if !history.damage.is_empty() {
        // Whether these were read before stands in what is damaged: nobody is alerted of them.
        let clock: SharedClock = Arc::new(SystemClock);
        events::read_all(&sources, store, archive, &clock, true)?;
        flag(clock.now())?;
    }
    Ok((history, told))
}

fn say(history: &History, told: &Retold, removed: &[bool], unnamed: usize) -> std::io::Result<()> {
    let mut error = std::io::stderr();
    for damage in &history.damage {
        writeln!(error, "not readable: {damage}")?;
    }
    for (snapshot, is_removed) in told.gone.iter().zip(removed) {
        let why = if *is_removed { "retention removed its bytes" } else { "the archive has lost its bytes" };
        writeln!(error, "not read again: {} of {}: {why}", snapshot.final_url, snapshot.fetched)?;
    }
    if told.taken_over > 0 || told.lost > 0 {
        writeln!(error, "{} facts of these were taken over as they were, {} are lost", told.taken_over, told.lost)?;
    }
    if told.alerts_held > 0 {
        writeln!(error, "{} alerts that nobody had taken yet are not in the new store", told.alerts_held)?;
    }
    if unnamed > 0 {
        writeln!(
            error,
            "{unnamed} bodies of the archive are named by no answer that could be read; `store prune` would remove them"
        )?;
    }
    if history.in_use {
        writeln!(error, "the store is in use: what was committed after this had begun is not in the new one")?;
    }
    writeln!(error, "the old store is as it was; nobody is alerted of what the new one holds")
}
