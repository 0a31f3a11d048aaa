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
use crate::views::{Applied, Progress, Trouble, Views};
use crate::{CommitError, Committed, Position, Transaction};

/// Commits that a follower may lag behind before it loses the oldest.
const FOLLOWED: usize = 256;
/// Transactions in one group: what comes later goes with the next, so that no caller waits for all others.
const GROUP: usize = 512;
/// A record must stay readable in one piece.
const RECORD_BYTES: usize = 1 << 30;

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
    /// Takes nothing more, and tells those who wait.
    fn close(&mut self, why: &str) {
        for waiting in self.waiting.drain(..) {
            self.results.insert(waiting.ticket, Err(CommitError::Closed(why.to_owned())));
        }
        self.closed.get_or_insert_with(|| why.to_owned());
    }
}

struct Waiting {
    ticket: u64,
    transaction: Arc<Transaction>,
    payload: Vec<u8>,
}

impl Waiting {
    /// Moves a transaction that was begun before the past was sealed behind it.
    fn come_after(&mut self, sealed: Timestamp) {
        if self.transaction.at <= sealed {
            let at = sealed.checked_add(SignedDuration::from_nanos(1)).unwrap_or(sealed);
            self.transaction = Arc::new(Transaction { at, ..Transaction::clone(&self.transaction) });
            self.payload = encode(&self.transaction);
        }
    }
}

/// What only the leader of a group touches.
pub(crate) struct Writer {
    pub(crate) journal: Journal,
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
    pub(crate) fn commit(&self, views: &Views, transaction: Transaction) -> Result<Position, CommitError> {
        let began = Instant::now();
        let result = self.queue_up(views, transaction);
        metrics::histogram!(COMMIT_SECONDS).record(began.elapsed());
        result
    }

    fn queue_up(&self, views: &Views, transaction: Transaction) -> Result<Position, CommitError> {
        let payload = self.encode(&transaction)?;
        let mut queue = self.queue();
        if let Some(why) = &queue.closed {
            return Err(CommitError::Closed(why.clone()));
        }
        let ticket = queue.next_ticket;
        queue.next_ticket += 1;
        queue.waiting.push(Waiting { ticket, transaction: Arc::new(transaction), payload });
        loop {
            if let Some(result) = queue.results.remove(&ticket) {
                return result;
            }
            if queue.leading {
                queue = self.done.wait(queue).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            queue.leading = true;
            let size = queue.waiting.len().min(GROUP);
            let mut group: Vec<Waiting> = queue.waiting.drain(..size).collect();
            drop(queue);
            let result = self.write(views, &mut group);
            queue = self.queue();
            queue.leading = false;
            settle(&mut queue, &group, result);
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
            let cause = io::Error::new(io::ErrorKind::FileTooLarge, "the transaction is larger than 1 GiB");
            return Err(journal_error(self.journal.clone(), cause));
        }
        Ok(payload)
    }

    /// Writes a group to the journal, applies it, tells the followers. The position of the first record.
    fn write(&self, views: &Views, group: &mut [Waiting]) -> Result<Position, Failure> {
        let mut writer = self.writer();
        if let Some(sealed) = writer.sealed {
            group.iter_mut().for_each(|waiting| waiting.come_after(sealed));
        }
        let group = &*group;
        let payloads: Vec<&[u8]> = group.iter().map(|waiting| waiting.payload.as_slice()).collect();
        let first = writer.journal.append(&payloads)?;
        // From here on the group is committed, whatever becomes of the views.
        if views.broken().is_none()
            && let Err(Trouble(what)) = apply(&mut writer.progress, views, first, group)
        {
            views.give_up(&what);
        }
        for (position, waiting) in (first..).zip(group) {
            // An error says that nobody follows.
            let _ = self.followers.send(Committed { position, transaction: Arc::clone(&waiting.transaction) });
        }
        Ok(first)
    }

    /// From now on, nothing counts as committed at this time or before.
    pub(crate) fn seal(&self, at: Timestamp) {
        let mut writer = self.writer();
        writer.sealed = writer.sealed.max(Some(at));
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

fn apply(progress: &mut Progress, views: &Views, first: Position, group: &[Waiting]) -> Result<(), Trouble> {
    for (position, waiting) in (first..).zip(group) {
        let checksum = crc32fast::hash(&waiting.payload);
        progress.apply(views, Applied { position, checksum, transaction: &waiting.transaction })?;
    }
    progress.finish(views)
}

/// Lays down what came of a group. After a failure nothing more is written, and those who wait are told.
fn settle(queue: &mut Queue, group: &[Waiting], result: Result<Position, Failure>) {
    match result {
        Ok(first) => {
            for (position, waiting) in (first..).zip(group) {
                queue.results.insert(waiting.ticket, Ok(position));
            }
        }
        Err(failure) => {
            let why = format!("cannot {} `{}`: {}", failure.action, failure.path.display(), failure.cause);
            for waiting in group {
                let error = journal_error(failure.path.clone(), again(&failure.cause));
                queue.results.insert(waiting.ticket, Err(error));
            }
            queue.close(&why);
        }
    }
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
