//! The end of the records, where this process adds its own behind those of others.
//!
//! A group of commits is one transaction of the server: it takes the one row of the head, takes in what others have
//! written meanwhile, makes sure that the leases under which the work was done are still ours, adds the records, and tells
//! all who listen. Whoever holds that row knows all that was ever committed.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use deadpool_postgres::{Client, Pool};
use jiff::Timestamp;

use super::error::Cause;
use super::record::{Columns, INSERT, PAGE, Row, behind, checked, signed, unsigned};
use super::schema::{CHANNEL, FORMAT};
use super::session::{ANSWER, Server, Unfinished};
use super::{ServerError, tenure};
use crate::commit::Waiting;
use crate::{CommitError, Position};

/// How long a commit waits for a server that is away. What it held up is then told that it failed.
const PATIENCE: Duration = Duration::from_secs(60);
/// The first pause before another attempt; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

const LOCK: &str = "SELECT position, sealed, format FROM bellwether.head FOR UPDATE";
const SEAL: &str = "UPDATE bellwether.head SET sealed = greatest(sealed, $1)";
const MOVE: &str = "WITH moved AS (UPDATE bellwether.head SET position = $1) SELECT pg_notify($2, $3)";

/// The end of the records, as far as this process knows them.
pub(crate) struct Log {
    server: Arc<Server>,
    /// The last record that was handed on.
    head: Position,
    /// Groups that were begun: with the name of the process, the name of a group.
    batch: i64,
}

/// One record, in the order of positions.
pub(crate) enum Step {
    /// One of the group, by its place in it.
    Own(usize, Position, u32),
    /// Another process's.
    Other(Row),
}

/// What came of a group.
pub(crate) enum Appended {
    /// It is committed, but for those that say otherwise; before, between and behind them stand records of others.
    Done(Vec<Step>),
    /// There is too much of others to be taken in at once: that first.
    Behind,
}

impl Log {
    /// Goes on behind a record.
    pub(crate) fn new(server: Arc<Server>, head: Position) -> Self {
        let mut log = Self { server, head, batch: 0 };
        log.is_at(head);
        log
    }

    pub(crate) fn server(&self) -> &Arc<Server> {
        &self.server
    }

    /// The next records of others, oldest first, at most a page of them, and whether there may be more.
    pub(crate) fn behind(&mut self) -> Result<(Vec<Row>, bool), ServerError> {
        let mut previous = self.head;
        let rows = self.server.ask("read the records of others", move |client| async move {
            let mut rows = Vec::new();
            for row in behind(&client, previous, i64::MAX.unsigned_abs()).await? {
                let row = checked(&row, Some(previous)).map_err(super::record::Damage::cause)?;
                previous = row.position;
                rows.push(row);
            }
            Ok(rows)
        })?;
        self.is_at(rows.last().map_or(self.head, |last| last.position));
        let is_full = rows.len() as u64 >= unsigned(PAGE);
        Ok((rows, is_full))
    }

    /// Notes the last record that was handed on, also for those who are told of it by the server.
    fn is_at(&mut self, head: Position) {
        self.head = head;
        self.server.known.store(head, Ordering::Relaxed);
    }

    /// Commits a group. A connection that is lost is made anew for a minute; a group that was committed although nobody
    /// could say so any more is found again, and not committed twice.
    pub(crate) fn append(&mut self, group: Vec<Waiting>) -> (Vec<Waiting>, Result<Appended, ServerError>) {
        self.batch += 1;
        let own = Own { pool: self.server.pool.clone(), writer: self.server.holder.clone(), batch: self.batch };
        let head = self.head;
        let (group, done) = self.server.wait(own.insist(group, head));
        if let Ok(Appended::Done(steps)) = &done {
            self.is_at(steps.last().map_or(self.head, |step| match step {
                Step::Own(_, position, _) => *position,
                Step::Other(row) => row.position,
            }));
        }
        (group, done.map_err(|cause| self.server.said("commit", cause)))
    }

    /// From now on nothing that anybody commits counts as committed at this time or before.
    pub(crate) fn seal(&self, at: Timestamp) -> Result<(), ServerError> {
        let at = nanoseconds(at);
        self.server.ask("seal the past", move |client| async move {
            client.execute(SEAL, &[&at]).await?;
            Ok(())
        })
    }
}

/// Nanoseconds since 1970, as far as 64 bits go: to the year 2262.
fn nanoseconds(at: Timestamp) -> i64 {
    i64::try_from(at.as_nanosecond()).unwrap_or(i64::MAX)
}

/// What a group is written with.
struct Own {
    pool: Pool,
    writer: String,
    batch: i64,
}

impl Own {
    /// Tries until it is done, or patience ends.
    async fn insist(self, mut group: Vec<Waiting>, head: Position) -> (Vec<Waiting>, Result<Appended, Cause>) {
        let began = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let attempt = tokio::time::timeout(ANSWER, self.attempt(&mut group, head)).await;
            match attempt.unwrap_or_else(|_| Err(Cause::late(ANSWER))) {
                Err(cause) if cause.may_pass && began.elapsed() + pause < PATIENCE => {
                    tracing::warn!(
                        what = cause.what,
                        "the server of the store does not take a commit: it is tried again"
                    );
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                done => return (group, done),
            }
        }
    }

    async fn attempt(&self, group: &mut [Waiting], head: Position) -> Result<Appended, Cause> {
        let session = Unfinished::of(self.pool.get().await?);
        let lock = session.prepare_cached(LOCK).await?;
        // Sent one after the other, answered together.
        let begin = session.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED");
        let ((), row) = tokio::try_join!(begin, session.query_one(&lock, &[]))?;
        let (last, sealed, format) = (unsigned(row.get(0)), row.get::<_, Option<i64>>(1), row.get::<_, i32>(2));
        if u32::try_from(format).is_ok_and(|format| format > FORMAT) {
            return Err(Cause::lasting(format!("the store has format {format} now, this program writes {FORMAT}")));
        }
        if last.saturating_sub(head) > unsigned(PAGE) {
            return undone(session, Appended::Behind).await;
        }
        let (mut steps, was_done) = self.meanwhile(&session, group, head, last).await?;
        if was_done {
            return undone(session, Appended::Done(steps)).await;
        }
        judge(&session, group).await?;
        let sealed = sealed.map(|sealed| Timestamp::from_nanosecond(sealed.into()).unwrap_or(Timestamp::MAX));
        if let Some(sealed) = sealed {
            group.iter_mut().for_each(|waiting| waiting.come_after(sealed));
        }
        let mut columns = Columns::default();
        let mut previous = last;
        for (place, waiting) in group.iter().enumerate().filter(|(_, waiting)| waiting.refused.is_none()) {
            let checksum = columns.push(previous + 1, previous, &waiting.payload);
            previous += 1;
            steps.push(Step::Own(place, previous, checksum));
        }
        if previous == last {
            return undone(session, Appended::Done(steps)).await;
        }
        columns.insert(INSERT, &session, &self.writer, self.batch).await?;
        let moved = session.prepare_cached(MOVE).await?;
        let position = signed(previous);
        let told = position.to_string();
        let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 3] = [&position, &CHANNEL, &told];
        tokio::try_join!(session.query_one(&moved, &parameters), session.batch_execute("COMMIT"))?;
        session.done();
        Ok(Appended::Done(steps))
    }

    /// What was written since, and whether the group is among it: then an earlier attempt has succeeded after all.
    async fn meanwhile(
        &self,
        client: &Client,
        group: &mut [Waiting],
        head: Position,
        last: Position,
    ) -> Result<(Vec<Step>, bool), Cause> {
        if last <= head {
            return Ok((Vec::new(), false));
        }
        let mut own = (0..group.len()).filter(|place| group[*place].refused.is_none()).collect::<Vec<_>>().into_iter();
        let (mut steps, mut previous, mut was_done) = (Vec::new(), head, false);
        for row in behind(client, head, last).await? {
            let row = checked(&row, Some(previous)).map_err(super::record::Damage::cause)?;
            previous = row.position;
            let is_own = row.origin.1 == self.batch && row.origin.0 == self.writer;
            match own.next_if_own(is_own) {
                Some(place) => {
                    was_done = true;
                    steps.push(Step::Own(place, row.position, row.checksum));
                }
                None => steps.push(Step::Other(row)),
            }
        }
        Ok((steps, was_done))
    }
}

/// Takes the next place of the group where a row is of it.
trait NextIfOwn {
    fn next_if_own(&mut self, is_own: bool) -> Option<usize>;
}

impl<I: Iterator<Item = usize>> NextIfOwn for I {
    fn next_if_own(&mut self, is_own: bool) -> Option<usize> {
        if is_own { self.next() } else { None }
    }
}

/// Refuses what was done under leases that are another's now. The rows of the others stay as they are until the commit.
async fn judge(client: &Client, group: &mut [Waiting]) -> Result<(), Cause> {
    let mut names: Vec<String> =
        group.iter().flat_map(|waiting| waiting.under.iter()).map(|fence| fence.name.to_string()).collect();
    names.sort();
    names.dedup();
    let tokens = if names.is_empty() { Default::default() } else { tenure::tokens(client, &names).await? };
    for waiting in group {
        let lost = waiting.under.iter().find(|fence| tokens.get(fence.name.as_ref()) != Some(&fence.token));
        waiting.refused = lost.map(|fence| CommitError::Lost { lease: fence.name.to_string() });
    }
    Ok(())
}

async fn undone(session: Unfinished, done: Appended) -> Result<Appended, Cause> {
    session.batch_execute("ROLLBACK").await?;
    session.done();
    Ok(done)
}
