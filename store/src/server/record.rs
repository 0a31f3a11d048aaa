//! Rows of the table of records: read and checked, and written where a store is made of another one.

use std::sync::Arc;

use deadpool_postgres::Client;
use tokio_postgres::Row as ServerRow;

use super::error::Cause;
use super::session::{Server, Unfinished};
use super::{Log, ServerError};
use crate::journal::record::header_checksum;
use crate::{OpenError, Position};

/// Rows that are asked for at once.
pub(super) const PAGE: i64 = 512;
/// Bytes of rows that are written at once.
const FILL_BYTES: usize = 4 << 20;

const BEHIND: &str = "SELECT position, previous, checksum, header, writer, batch, payload FROM bellwether.record
    WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3";
macro_rules! insert_into {
    ($table:literal) => {
        concat!(
            "INSERT INTO bellwether.",
            $table,
            " (position, previous, checksum, header, writer, batch, payload)
    SELECT place, behind, crc, head, $5, $6, bytes
    FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $7::bytea[]) AS given (place, behind, crc, head, bytes)"
        )
    };
}
/// Adds records to the store.
pub(super) const INSERT: &str = insert_into!("record");
/// Adds records to those that are to take their place.
const INSERT_COMPACTED: &str = insert_into!("compacted");
/// A table for records that are to take the place of others. What an interrupted compaction leaves the server takes back itself.
const MAKE_COMPACTED: &str = "CREATE TABLE bellwether.compacted (LIKE bellwether.record INCLUDING ALL)";
/// Puts them in their place.
const TAKE_PLACE: &str = "DROP TABLE bellwether.record; ALTER TABLE bellwether.compacted RENAME TO record";

/// A record, and who wrote it.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) position: Position,
    pub(crate) checksum: u32,
    pub(crate) payload: Vec<u8>,
    /// The process, and the number of its group.
    pub(super) origin: (String, i64),
}

/// A record that is not as it was written.
#[derive(Debug)]
pub(crate) struct Damage {
    pub(crate) position: Position,
    pub(crate) what: String,
}

impl Damage {
    pub(super) fn cause(self) -> Cause {
        Cause::lasting(format!("the record {} is damaged: {}", self.position, self.what))
    }

    fn of(self, server: &Server) -> OpenError {
        OpenError::DamagedRecord { server: server.shown().to_string(), position: self.position, what: self.what }
    }
}

/// Positions and checksums as the server has them.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).expect("positions are far from their end")
}

pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

/// Rows behind a position, up to another one, at most a page of them.
pub(super) async fn behind(client: &Client, after: Position, last: Position) -> Result<Vec<ServerRow>, Cause> {
    let statement = client.prepare_cached(BEHIND).await?;
    Ok(client.query(&statement, &[&signed(after), &signed(last), &PAGE]).await?)
}

/// A row that stands behind the one at `previous`. `None`: it is not known behind which one it must stand.
pub(super) fn checked(row: &ServerRow, previous: Option<Position>) -> Result<Row, Damage> {
    let position = unsigned(row.get(0));
    let damage = |what: String| Damage { position, what };
    let behind = unsigned(row.get(1));
    if let Some(previous) = previous.filter(|previous| *previous != behind) {
        return Err(damage(format!(
            "it stands behind record {behind}, and the one before it is {previous}: records are missing"
        )));
    }
    let payload: Vec<u8> = row.get(6);
    let checksum = crc32fast::hash(&payload);
    let length = u32::try_from(payload.len()).map_err(|_| damage("it is longer than a record can be".to_owned()))?;
    if i64::from(checksum) != row.get::<_, i64>(2) {
        return Err(damage("the checksum of its bytes is wrong".to_owned()));
    }
    if i64::from(header_checksum(position, length, checksum)) != row.get::<_, i64>(3) {
        return Err(damage("the checksum of its place and length is wrong".to_owned()));
    }
    Ok(Row { position, checksum, payload, origin: (row.get(4), row.get(5)) })
}

/// Rows on their way to the table, column by column.
#[derive(Default)]
pub(super) struct Columns<'a> {
    position: Vec<i64>,
    previous: Vec<i64>,
    checksum: Vec<i64>,
    header: Vec<i64>,
    payload: Vec<&'a [u8]>,
}

impl<'a> Columns<'a> {
    /// Adds a row. Its checksum.
    pub(super) fn push(&mut self, position: Position, previous: Position, payload: &'a [u8]) -> u32 {
        let checksum = crc32fast::hash(payload);
        let length = u32::try_from(payload.len()).expect("the writer refuses records of 4 GiB");
        self.position.push(signed(position));
        self.previous.push(signed(previous));
        self.checksum.push(checksum.into());
        self.header.push(header_checksum(position, length, checksum).into());
        self.payload.push(payload);
        checksum
    }

    /// Inserts them, in the name of a process and a group of its commits. `insert`: where.
    pub(super) async fn insert(&self, insert: &str, client: &Client, writer: &str, batch: i64) -> Result<(), Cause> {
        let statement = client.prepare_cached(insert).await?;
        let Self { position, previous, checksum, header, payload } = self;
        client.execute(&statement, &[position, previous, checksum, header, &writer, &batch, payload]).await?;
        Ok(())
    }
}

/// The position of the last record; 0: there is none.
pub(crate) fn last_position(server: &Server) -> Result<Position, ServerError> {
    server.ask("look how far the records go", |client| async move {
        Ok(unsigned(client.query_one("SELECT position FROM bellwether.head", &[]).await?.get(0)))
    })
}

/// Bytes on disk of the records with their index.
pub(crate) fn relation_bytes(server: &Server) -> Result<u64, ServerError> {
    server.ask("look how large the records are", |client| async move {
        let row = client.query_one("SELECT pg_total_relation_size('bellwether.record')", &[]).await?;
        Ok(unsigned(row.get(0)))
    })
}

/// Reads the records from a position on, that one among them, up to another one; an error of `each` says why a payload
/// cannot be read. How many there were.
pub(crate) fn scan(
    server: &Server,
    from: Position,
    last: Position,
    each: &mut dyn FnMut(Row) -> Result<(), String>,
) -> Result<u64, OpenError> {
    let mut after = from.saturating_sub(1);
    // What stands before the first is known only where that is the first of all.
    let mut previous = (from <= 1).then_some(0);
    let mut count = 0;
    loop {
        let page = server.ask("read the records", move |client| async move { behind(&client, after, last).await });
        let page = page.map_err(OpenError::Server)?;
        if page.is_empty() {
            break;
        }
        for row in page {
            let row = checked(&row, previous).map_err(|damage| damage.of(server))?;
            let position = row.position;
            each(row).map_err(|what| Damage { position, what }.of(server))?;
            (previous, after) = (Some(position), position);
            count += 1;
        }
    }
    if after < last {
        let what = format!("the records behind {after} are missing");
        return Err(Damage { position: last, what }.of(server));
    }
    Ok(count)
}

/// Hands on the payloads of all records that are whole, under their positions, until `take` says `false`. What is damaged.
pub(crate) fn salvage(
    server: &Server,
    take: &mut dyn FnMut(Position, &[u8]) -> bool,
) -> Result<Vec<crate::journal::Damage>, ServerError> {
    let named = |Damage { position, what }| crate::journal::Damage(format!("the record {position}: {what}"));
    let last = last_position(server)?;
    let (mut after, mut damage) = (0, Vec::new());
    loop {
        let page = server.ask("read the records", move |client| async move { behind(&client, after, last).await })?;
        if page.is_empty() {
            break;
        }
        for row in page {
            let position = unsigned(row.get(0));
            let whole = checked(&row, Some(after)).or_else(|found| {
                damage.push(named(found));
                // It may be the one before it alone that is missing.
                checked(&row, None)
            });
            if whole.is_ok_and(|row| !take(row.position, &row.payload)) {
                return Ok(damage);
            }
            after = position;
        }
    }
    if after < last {
        damage.push(named(Damage { position: last, what: format!("the records behind {after} are missing") }));
    }
    Ok(damage)
}

/// Makes the records of an empty store, or anew those of another one: all or none of them.
pub(crate) struct Fill {
    server: Arc<Server>,
    /// Whether they take the place of others.
    is_anew: bool,
    /// `None` only while it is used or after a failure.
    session: Option<Unfinished>,
    pending: Vec<(Position, Vec<u8>)>,
    bytes: usize,
    last: Position,
    records: u64,
}

/// Begins to fill an empty store. `None`: it is not empty.
pub(crate) fn fill(server: &Arc<Server>) -> Result<Option<Fill>, ServerError> {
    begin(server, 0, false)
}

/// Begins to write the records of a store anew, of which this is the last. Nobody commits until that is done.
pub(crate) fn refill(server: &Arc<Server>, last: Position) -> Result<Fill, ServerError> {
    let moved = || server.said("compact the records", Cause::lasting("somebody has committed meanwhile; try again"));
    begin(server, last, true)?.ok_or_else(moved)
}

/// `None`: the last record of the store is another one.
fn begin(server: &Arc<Server>, last: Position, is_anew: bool) -> Result<Option<Fill>, ServerError> {
    let pool = server.pool.clone();
    let begin = async move {
        let session = Unfinished::of(pool.get().await?);
        session.batch_execute("BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0").await?;
        let head = session.query_one("SELECT position FROM bellwether.head FOR UPDATE", &[]).await?;
        if unsigned(head.get(0)) != last {
            return Ok(None);
        }
        if is_anew {
            session.batch_execute(MAKE_COMPACTED).await?;
        }
        Ok::<_, Cause>(Some(session))
    };
    let session = server.wait(begin).map_err(|cause| server.said("begin to write the records", cause))?;
    let server = Arc::clone(server);
    Ok(session.map(|session| Fill {
        server,
        is_anew,
        session: Some(session),
        pending: Vec::new(),
        bytes: 0,
        last: 0,
        records: 0,
    }))
}

impl Fill {
    /// Adds a record under its own position; positions may be left out, and never come back.
    pub(crate) fn push(&mut self, position: Position, payload: Vec<u8>) -> Result<(), ServerError> {
        self.bytes += payload.len();
        self.pending.push((position, payload));
        if self.bytes >= FILL_BYTES { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> Result<(), ServerError> {
        let pending = std::mem::take(&mut self.pending);
        let Some(last) = pending.last().map(|(position, _)| *position) else { return Ok(()) };
        let mut previous = self.last;
        self.records += pending.len() as u64;
        (self.last, self.bytes) = (last, 0);
        let insert = if self.is_anew { INSERT_COMPACTED } else { INSERT };
        self.use_session(move |session| async move {
            let mut columns = Columns::default();
            for (position, payload) in &pending {
                columns.push(*position, previous, payload);
                previous = *position;
            }
            columns.insert(insert, &session, "", 0).await?;
            Ok(session)
        })
    }

    /// Writes what is left and commits all. Records written, and the position behind the last.
    pub(crate) fn end(mut self) -> Result<(u64, Position), ServerError> {
        self.write()?;
        let (last, is_anew) = (signed(self.last), self.is_anew);
        self.use_session(move |session| async move {
            if is_anew {
                session.batch_execute(TAKE_PLACE).await?;
            }
            session.execute("UPDATE bellwether.head SET position = $1", &[&last]).await?;
            session.batch_execute("COMMIT").await?;
            Ok(session)
        })?;
        if let Some(session) = self.session.take() {
            session.done();
        }
        Ok((self.records, self.last + 1))
    }

    fn use_session<W>(&mut self, work: impl FnOnce(Unfinished) -> W) -> Result<(), ServerError>
    where
        W: Future<Output = Result<Unfinished, Cause>> + Send + 'static,
    {
        let lost = || self.server.said("fill the store", Cause::lasting("an earlier part of it failed"));
        let session = self.session.take().ok_or_else(lost)?;
        let done = self.server.wait(work(session));
        self.session = Some(done.map_err(|cause| self.server.said("fill the store", cause))?);
        Ok(())
    }
}

impl Log {
    /// Says that a record cannot be taken in.
    pub(crate) fn unreadable(&self, position: Position, what: String) -> ServerError {
        self.server().said("take in the records of others", Damage { position, what }.cause())
    }
}
