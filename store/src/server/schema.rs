//! The tables, and the version of them.
//!
//! ```text
//! head    one row: the name of the store, the format, the last position, until when the past is sealed
//! record  a transaction a row, only added to; behind which one it stands, and two checksums
//! body    the bytes of an answer under their hash, compressed
//! lease   who may do something that one process at a time may do, until when, with a number that only grows; who takes
//!         part in work that several do together has one too, under a name of its own
//! lane    which of those has a host to itself, who had it last, whether another one waits for it
//! ```

use tokio_postgres::GenericClient;

use super::error::Cause;

/// Version of the tables and of the payload in them. 2: several processes crawl at a time, each with hosts of its own. Tables
/// of version 1 become those of version 2 when they are opened; an earlier program would crawl as if it were alone.
pub(crate) const FORMAT: u32 = 2;
/// The channel on which a commit is told to those who listen.
pub(super) const CHANNEL: &str = "bellwether_record";

/// Two programs that open an empty database at the same time make the tables one after the other. Any number will do,
/// as long as no other program uses it.
const MAKING: &str = "SELECT pg_advisory_xact_lock(7133701809754865664)";

const MAKE: &str = "
CREATE SCHEMA IF NOT EXISTS bellwether;
CREATE TABLE bellwether.head (
    is_one boolean PRIMARY KEY DEFAULT true CHECK (is_one),
    store uuid NOT NULL DEFAULT gen_random_uuid(),
    format integer NOT NULL,
    position bigint NOT NULL DEFAULT 0,
    sealed bigint
);
CREATE TABLE bellwether.record (
    position bigint PRIMARY KEY,
    previous bigint NOT NULL,
    checksum bigint NOT NULL,
    header bigint NOT NULL,
    writer text NOT NULL,
    batch bigint NOT NULL,
    written timestamptz NOT NULL DEFAULT clock_timestamp(),
    payload bytea NOT NULL
);
CREATE TABLE bellwether.body (
    hash bytea PRIMARY KEY,
    length bigint NOT NULL,
    bytes bigint NOT NULL,
    checksum bigint NOT NULL,
    put timestamptz NOT NULL DEFAULT clock_timestamp(),
    stored bytea NOT NULL
);
ALTER TABLE bellwether.body ALTER COLUMN stored SET STORAGE EXTERNAL;
CREATE TABLE bellwether.lease (
    name text PRIMARY KEY,
    token bigint NOT NULL,
    holder text NOT NULL,
    expires timestamptz NOT NULL
);
";
/// What version 2 has besides.
const MAKE_LANES: &str = "
CREATE TABLE bellwether.lane (
    name text PRIMARY KEY,
    holder text NOT NULL DEFAULT '',
    last text NOT NULL DEFAULT '',
    wanted boolean NOT NULL DEFAULT false
);
CREATE INDEX lane_holder ON bellwether.lane (holder) WHERE holder <> '';
";

/// Whether a store is made where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// It is.
    Made,
    /// It must be there.
    Existing,
}

/// What the server says of the store.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    /// Its name, made by chance when it was made.
    pub(super) store: String,
    /// The version of its tables.
    pub(super) format: u32,
}

/// The store of a database. `None`: there is none, and none was wanted.
pub(super) async fn identify(client: &mut tokio_postgres::Client, wanted: Wanted) -> Result<Option<Identity>, Cause> {
    let transaction = client.transaction().await?;
    if wanted == Wanted::Made {
        transaction.batch_execute(MAKING).await?;
    }
    if !is_there(&transaction).await? {
        if wanted == Wanted::Existing {
            return Ok(None);
        }
        transaction.batch_execute(MAKE).await?;
        transaction.batch_execute(MAKE_LANES).await?;
        let format = i32::try_from(FORMAT).expect("a small number");
        transaction.execute("INSERT INTO bellwether.head (format) VALUES ($1)", &[&format]).await?;
    }
    let row = transaction.query_opt("SELECT store::text, format FROM bellwether.head", &[]).await?;
    let row = row.ok_or_else(|| Cause::lasting("the table `bellwether.head` has no row: the store is damaged"))?;
    let format = match row.get::<_, i32>(1) {
        1 => lift(&transaction).await?,
        format => format,
    };
    let identity = Identity { store: row.get(0), format: u32::try_from(format).unwrap_or(u32::MAX) };
    transaction.commit().await?;
    Ok(Some(identity))
}

/// Makes tables of version 1 those of this version, unless another program has just done so.
async fn lift(client: &impl GenericClient) -> Result<i32, Cause> {
    client.batch_execute(MAKING).await?;
    let format: i32 = client.query_one("SELECT format FROM bellwether.head FOR UPDATE", &[]).await?.get(0);
    if format > 1 {
        return Ok(format);
    }
    client.batch_execute(MAKE_LANES).await?;
    let now = i32::try_from(FORMAT).expect("a small number");
    client.execute("UPDATE bellwether.head SET format = $1", &[&now]).await?;
    Ok(now)
}

async fn is_there(client: &impl GenericClient) -> Result<bool, Cause> {
    Ok(client.query_one("SELECT to_regclass('bellwether.head') IS NOT NULL", &[]).await?.get(0))
}
