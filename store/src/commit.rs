//! Commits in groups: whoever comes first writes for all who have come since, and one sync serves them all.
//!
//! Knows the order of journal, views and followers, and nothing of what a transaction means.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::broadcast;

use crate::journal::{Failure, Journal};
use crate::lease::Fence;
#[cfg(feature = "postgres")]
use crate::server::{Appended, Log, Row, ServerError, Step};
use crate::views::{Applied, Progress, Trouble, Views};
use crate::{CommitError, Committed, Position, Transaction};

/// Commits that a follower may lag behind before it loses the oldest.
const FOLLOWED: usize = 256;
/// Transactions in one group: what comes later goes with the next, so that no caller waits for all others.
const GROUP: usize = 512;
/// Bytes of transactions in one group, unless one alone is larger.
const GROUP_BYTES: usize = 64 << 20;
/// A record must stay readable in one piece, also as a value of a server.
const RECORD_BYTES: usize = 256 << 20;

/// How long commits take, for whoever listens.
const COMMIT_SECONDS: &str = "bellwether_store_commit_duration_seconds";

/// The queue of those who commit.
pub(crate) struct Committer {
    queue: Mutex<Queue>,
    /// Told when a group is done.
    done: Condvar,
    writer: Mutex<Writer>,
    followers: broadcast::Sender<Committed>,
    /// The journal's folder, for messages.
    journal: PathBuf,
}

/// Those who wait, and what came of those who waited.
#[derive(Default)]
struct Queue {
    waiting: Vec<Waiting>,
    next_ticket: u64,
    /// Whether somebody is writing a group.
    leading: bool,
    results: HashMap<u64, Result<Position, CommitError>>,
    /// Why nothing is written any more.
    closed: Option<String>,
}

impl Queue {
    /// The oldest of those who wait, at least one.
    fn take_group(&mut self) -> Vec<Waiting> {
        let mut bytes = 0;
        let fits = |waiting: &&Waiting| {
            let is_first = bytes == 0;
            bytes += waiting.payload.len();
            is_first || bytes <= GROUP_BYTES
        };
        let count = self.waiting.iter().take(GROUP).take_while(fits).count();
        self.waiting.drain(..count).collect()
    }

    /// Takes nothing more, and tells those who wait.
    fn close(&mut self, why: &str) {
        for waiting in self.waiting.drain(..) {
            self.results.insert(waiting.ticket, Err(CommitError::Closed(why.to_owned())));
        }
        self.closed.get_or_insert_with(|| why.to_owned());
    }
}

/// One who waits for a transaction to be committed.
pub(crate) struct Waiting {
    ticket: u64,
    transaction: Arc<Transaction>,
    pub(crate) payload: Vec<u8>,
    /// The leases under which it was made; a folder asks for none.
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "only a server looks at leases"))]
    pub(crate) under: Arc<[Fence]>,
    /// Why it is not committed although others of its group are.
    pub(crate) refused: Option<CommitError>,
    position: Position,
}

impl Waiting {
    /// Moves a transaction that was begun before the past was sealed behind it.
    pub(crate) fn come_after(&mut self, sealed: Timestamp) {
        if self.transaction.at <= sealed {
            let at = sealed.checked_add(SignedDuration::from_nanos(1)).unwrap_or(sealed);
            self.transaction = Arc::new(Transaction { at, ..Transaction::clone(&self.transaction) });
            self.payload = encode(&self.transaction);
        }
    }
}

/// Where the truth is written.
pub(crate) enum Truth {
    /// The files of a folder.
    Folder(Journal),
    /// The table of a server, to which others write too.
    #[cfg(feature = "postgres")]
    Server(Log),
}

/// A record on its way into the views.
struct Fresh {
    position: Position,
    checksum: u32,
    transaction: Arc<Transaction>,
}

/// Why nothing of a group was written.
enum Stopped {
    Disk(Failure),
    #[cfg(feature = "postgres")]
    Server(ServerError),
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Disk(failure)
    }
}

#[cfg(feature = "postgres")]
impl From<ServerError> for Stopped {
    fn from(error: ServerError) -> Self {
        Self::Server(error)
    }
}

/// What only the leader of a group touches.
pub(crate) struct Writer {
    pub(crate) truth: Truth,
    pub(crate) progress: Progress,
    /// Nothing that is written counts as committed at this time or before.
    pub(crate) sealed: Option<Timestamp>,
}

impl Committer {
    pub(crate) fn new(writer: Writer, journal: PathBuf) -> Self {
        Self {
            queue: Mutex::default(),
            done: Condvar::new(),
            writer: Mutex::new(writer),
            followers: broadcast::Sender::new(FOLLOWED),
            journal,
        }
    }

    pub(crate) fn follow(&self) -> broadcast::Receiver<Committed> {
        self.followers.subscribe()
    }

    /// Why nothing is written any more.
    pub(crate) fn closed(&self) -> Option<String> {
        self.queue().closed.clone()
    }

    /// Commits a transaction, in a group with those who come at the same time.
    pub(crate) fn commit(
        &self,
        views: &Views,
        transaction: Transaction,
        under: &Arc<[Fence]>,
    ) -> Result<Position, CommitError> {
        let began = Instant::now();
        let payload = self.encode(&transaction)?;
        let waiting = Waiting {
            ticket: 0,
            transaction: Arc::new(transaction),
            payload,
            under: Arc::clone(under),
            refused: None,
            position: 0,
        };
        let result = self.queue_up(views, waiting);
        metrics::histogram!(COMMIT_SECONDS).record(began.elapsed());
        result
    }

    fn queue_up(&self, views: &Views, waiting: Waiting) -> Result<Position, CommitError> {
        let mut queue = self.queue();
        if let Some(why) = &queue.closed {
            return Err(CommitError::Closed(why.clone()));
        }
        let ticket = queue.next_ticket;
        queue.next_ticket += 1;
        queue.waiting.push(Waiting { ticket, ..waiting });
        loop {
            if let Some(result) = queue.results.remove(&ticket) {
                return result;
            }
            if queue.leading {
                queue = self.done.wait(queue).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            queue.leading = true;
            let mut group = queue.take_group();
            drop(queue);
            let result = self.write(views, &mut group);
            queue = self.queue();
            queue.leading = false;
            settle(&mut queue, group, result);
            if let Some(what) = views.broken() {
                // Commits would still be safe, but nobody could see them.
                queue.close(&format!("cannot write the views `{}`: {what}", views.directory().display()));
            }
            self.done.notify_all();
        }
    }

    /// The payload of a record.
    fn encode(&self, transaction: &Transaction) -> Result<Vec<u8>, CommitError> {
        let payload = encode(transaction);
        if payload.len() > RECORD_BYTES {
            let cause = io::Error::new(io::ErrorKind::FileTooLarge, "the transaction is larger than 256 MiB");
            return Err(journal_error(self.journal.clone(), cause));
        }
        Ok(payload)
    }

    /// Writes a group, applies it, tells the followers.
    fn write(&self, views: &Views, group: &mut Vec<Waiting>) -> Result<(), Stopped> {
        let mut writer = self.writer();
        let Writer { truth, progress, sealed } = &mut *writer;
        match truth {
            Truth::Folder(journal) => {
                if let Some(sealed) = *sealed {
                    group.iter_mut().for_each(|waiting| waiting.come_after(sealed));
                }
                let payloads: Vec<&[u8]> = group.iter().map(|waiting| waiting.payload.as_slice()).collect();
                let first = journal.append(&payloads)?;
                let fresh = (first..).zip(group.iter_mut()).map(|(position, waiting)| {
                    waiting.position = position;
                    let checksum = crc32fast::hash(&waiting.payload);
                    Fresh { position, checksum, transaction: Arc::clone(&waiting.transaction) }
                });
                let fresh: Vec<Fresh> = fresh.collect();
                self.take_in(views, progress, &fresh);
            }
            #[cfg(feature = "postgres")]
            Truth::Server(log) => self.append(views, progress, log, group)?,
        }
        Ok(())
    }

    /// Commits a group on a server, behind what others have committed there, which is taken in on the way.
    #[cfg(feature = "postgres")]
    fn append(
        &self,
        views: &Views,
        progress: &mut Progress,
        log: &mut Log,
        group: &mut Vec<Waiting>,
    ) -> Result<(), ServerError> {
        loop {
            let (back, appended) = log.append(std::mem::take(group));
            *group = back;
            let steps = match appended? {
                Appended::Done(steps) => steps,
                Appended::Behind => {
                    self.catch_up_with(views, progress, log)?;
                    continue;
                }
            };
            let mut fresh = Vec::with_capacity(steps.len());
            for step in steps {
                fresh.push(match step {
                    Step::Own(place, position, checksum) => {
                        let waiting = &mut group[place];
                        waiting.position = position;
                        Fresh { position, checksum, transaction: Arc::clone(&waiting.transaction) }
                    }
                    Step::Other(row) => of_another(log, &row)?,
                });
            }
            self.take_in(views, progress, &fresh);
            return Ok(());
        }
    }

    #[cfg(feature = "postgres")]
    fn catch_up_with(&self, views: &Views, progress: &mut Progress, log: &mut Log) -> Result<(), ServerError> {
        loop {
            let (rows, may_be_more) = log.behind()?;
            let fresh: Result<Vec<Fresh>, ServerError> = rows.iter().map(|row| of_another(log, row)).collect();
            let fresh = fresh?;
            if !fresh.is_empty() {
                self.take_in(views, progress, &fresh);
            }
            if !may_be_more {
                return Ok(());
            }
        }
    }

    /// Takes in what other processes have committed; nothing where there are none.
    #[cfg(feature = "postgres")]
    pub(crate) fn catch_up(&self, views: &Views) -> Result<(), ServerError> {
        let mut writer = self.writer();
        let Writer { truth, progress, .. } = &mut *writer;
        match truth {
            Truth::Folder(_) => Ok(()),
            Truth::Server(log) => self.catch_up_with(views, progress, log),
        }
    }

    /// Takes nothing more.
    #[cfg(feature = "postgres")]
    pub(crate) fn close(&self, why: &str) {
        self.queue().close(why);
        self.done.notify_all();
    }

    /// Brings committed records into the views and tells the followers.
    fn take_in(&self, views: &Views, progress: &mut Progress, fresh: &[Fresh]) {
        // From here on they are committed, whatever becomes of the views.
        if views.broken().is_none()
            && let Err(Trouble(what)) = apply(progress, views, fresh)
        {
            views.give_up(&what);
        }
        for Fresh { position, transaction, .. } in fresh {
            // An error says that nobody follows.
            let _ = self.followers.send(Committed { position: *position, transaction: Arc::clone(transaction) });
        }
    }

    /// From now on, nothing counts as committed at this time or before.
    pub(crate) fn seal(&self, views: &Views, at: Timestamp) -> Result<(), CommitError> {
        let mut writer = self.writer();
        let Writer { truth, progress, sealed } = &mut *writer;
        match truth {
            Truth::Folder(_) => {
                let _ = (views, progress);
                *sealed = (*sealed).max(Some(at));
            }
            #[cfg(feature = "postgres")]
            Truth::Server(log) => {
                log.seal(at)?;
                // What others committed until then counts as before.
                self.catch_up_with(views, progress, log)?;
            }
        }
        Ok(())
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        // Nothing that can panic runs while it is held.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps commits away as long as it is held.
    pub(crate) fn writer(&self) -> MutexGuard<'_, Writer> {
        // Panics of sled are caught below; the journal does not panic.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn encode(transaction: &Transaction) -> Vec<u8> {
    serde_json::to_vec(transaction).expect("what the model holds can be written as JSON")
}

#[cfg(feature = "postgres")]
fn of_another(log: &Log, row: &Row) -> Result<Fresh, ServerError> {
    let transaction = serde_json::from_slice(&row.payload)
        .map_err(|cause| log.unreadable(row.position, format!("it is no transaction: {cause}")))?;
    Ok(Fresh { position: row.position, checksum: row.checksum, transaction: Arc::new(transaction) })
}

fn apply(progress: &mut Progress, views: &Views, fresh: &[Fresh]) -> Result<(), Trouble> {
    for Fresh { position, checksum, transaction } in fresh {
        progress.apply(views, Applied { position: *position, checksum: *checksum, transaction })?;
    }
    progress.finish(views)
}

/// Lays down what came of a group. After a failure nothing more is written, and those who wait are told.
fn settle(queue: &mut Queue, group: Vec<Waiting>, result: Result<(), Stopped>) {
    let (why, error): (String, Box<dyn Fn() -> CommitError>) = match result {
        Ok(()) => {
            for waiting in group {
                queue.results.insert(waiting.ticket, waiting.refused.map_or(Ok(waiting.position), Err));
            }
            return;
        }
        Err(Stopped::Disk(failure)) => {
            let why = format!("cannot {} `{}`: {}", failure.action, failure.path.display(), failure.cause);
            (why, Box::new(move || journal_error(failure.path.clone(), again(&failure.cause))))
        }
        #[cfg(feature = "postgres")]
        Err(Stopped::Server(error)) => (error.to_string(), Box::new(move || CommitError::Server(error.clone()))),
    };
    for waiting in group {
        queue.results.insert(waiting.ticket, Err(error()));
    }
    queue.close(&why);
}

fn journal_error(path: PathBuf, cause: io::Error) -> CommitError {
    CommitError::Journal { path, cause }
}

/// The same error once more: a group has many members, and each is told.
fn again(cause: &io::Error) -> io::Error {
    match cause.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(cause.kind(), cause.to_string()),
    }
}
