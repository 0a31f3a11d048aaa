//! The bytes of answers in a table, so that any process reads what another one has fetched.
//!
//! A body is put before the record that names it is committed, perhaps by another process than the one that sweeps. So
//! every body that was put within the last minutes, by the server's clock, is out of a sweep's reach; putting one again counts.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bellwether_model::id::ContentHash;

use super::error::Cause;
use super::record::{signed, unsigned};
use super::session::Server;
use crate::archive::{ArchiveError, Body, Guard, Hash, Usage, bytes_of, text_of};

/// Compression of bodies, as in packs.
const LEVEL: i32 = 3;
/// Bytes in one request.
const PART_BYTES: usize = 16 << 20;
/// Longer than any process works on under a lease that it has lost: until then, nobody takes away what it has put.
const GRACE: &str = "10 minutes";

const PUT: &str = "INSERT INTO bellwether.body (hash, length, bytes, checksum, stored)
    SELECT * FROM UNNEST($1::bytea[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bytea[])
    ON CONFLICT (hash) DO UPDATE SET put = clock_timestamp()";
const GET: &str = "SELECT length, checksum, stored FROM bellwether.body WHERE hash = $1";
const REMOVE: &str = "WITH gone AS (DELETE FROM bellwether.body WHERE hash = $1 AND put <= $2::text::timestamptz)
    SELECT NOT EXISTS (SELECT FROM bellwether.body WHERE hash = $1 AND put > $2::text::timestamptz)";

/// The bodies of a store on a server.
#[derive(Clone)]
pub(crate) struct ServerArchive {
    server: Arc<Server>,
    guard: Arc<Mutex<Guard>>,
}

/// A sweep over them.
pub(crate) struct BodySweep<'a> {
    archive: &'a ServerArchive,
    /// What was put later is out of reach, as the server writes times.
    before: String,
}

/// A body, compressed.
#[derive(Clone)]
struct Stored {
    length: i64,
    checksum: i64,
    bytes: Vec<u8>,
}

impl ServerArchive {
    pub(crate) fn new(server: Arc<Server>) -> Self {
        Self { server, guard: Arc::default() }
    }

    pub(crate) fn shown(&self) -> &str {
        self.server.shown()
    }

    pub(crate) fn put_all(&self, bodies: &[(&ContentHash, &[u8])]) -> Result<(), ArchiveError> {
        for (content, _) in bodies {
            self.guard().take_in_hand(content);
        }
        let put = self.write(bodies);
        if put.is_err() {
            bodies.iter().for_each(|(content, _)| self.settled(content));
        }
        put
    }

    fn write(&self, bodies: &[(&ContentHash, &[u8])]) -> Result<(), ArchiveError> {
        // In the order of their names, so that two processes that put the same ones do not wait for each other in a circle.
        let mut part: BTreeMap<Hash, Stored> = BTreeMap::new();
        let mut bytes = 0;
        let named: BTreeMap<Hash, &[u8]> =
            bodies.iter().filter_map(|(content, body)| Some((bytes_of(content)?, *body))).collect();
        for (hash, body) in named {
            let compression = |cause| ArchiveError::Io { path: "a body".into(), action: "compress", cause };
            let compressed = zstd::bulk::compress(body, LEVEL).map_err(compression)?;
            bytes += compressed.len();
            let checksum = crc32fast::hash(&compressed).into();
            part.insert(hash, Stored { length: signed(body.len() as u64), checksum, bytes: compressed });
            if bytes >= PART_BYTES {
                self.send(std::mem::take(&mut part))?;
                bytes = 0;
            }
        }
        self.send(part)
    }

    fn send(&self, part: BTreeMap<Hash, Stored>) -> Result<(), ArchiveError> {
        if part.is_empty() {
            return Ok(());
        }
        let part = Arc::new(part);
        let sent = self.server.ask("keep bodies", move |client| {
            let part = Arc::clone(&part);
            async move {
                let hashes: Vec<&[u8]> = part.keys().map(<[u8; 32]>::as_slice).collect();
                let lengths: Vec<i64> = part.values().map(|stored| stored.length).collect();
                let sizes: Vec<i64> = part.values().map(|stored| signed(stored.bytes.len() as u64)).collect();
                let checksums: Vec<i64> = part.values().map(|stored| stored.checksum).collect();
                let stored: Vec<&[u8]> = part.values().map(|stored| stored.bytes.as_slice()).collect();
                let statement = client.prepare_cached(PUT).await?;
                client.execute(&statement, &[&hashes, &lengths, &sizes, &checksums, &stored]).await?;
                Ok(())
            }
        });
        Ok(sent?)
    }

    pub(crate) fn get(&self, content: &ContentHash) -> Result<Vec<u8>, ArchiveError> {
        let missing = || ArchiveError::Missing(content.clone());
        let hash = bytes_of(content).ok_or_else(missing)?;
        let found = self.server.ask("read a body", move |client| async move {
            let statement = client.prepare_cached(GET).await?;
            let row = client.query_opt(&statement, &[&hash.as_slice()]).await?;
            Ok(row.map(|row| Stored { length: row.get(0), checksum: row.get(1), bytes: row.get(2) }))
        })?;
        let Stored { length, checksum, bytes } = found.ok_or_else(missing)?;
        let damaged = || ArchiveError::Damaged(content.clone());
        if i64::from(crc32fast::hash(&bytes)) != checksum {
            return Err(damaged());
        }
        let length = usize::try_from(length).map_err(|_| damaged())?;
        let body = zstd::bulk::decompress(&bytes, length).map_err(|_| damaged())?;
        if ContentHash::of(&body) == *content { Ok(body) } else { Err(damaged()) }
    }

    pub(crate) fn usage(&self) -> Result<Usage, ArchiveError> {
        let counted = self.server.ask("count the bodies", |client| async move {
            let row = client.query_one("SELECT count(*), coalesce(sum(bytes), 0)::bigint FROM bellwether.body", &[]);
            let row = row.await?;
            Ok(Usage { bodies: unsigned(row.get(0)), bytes: unsigned(row.get(1)) })
        });
        Ok(counted?)
    }

    pub(crate) fn bodies(&self) -> Result<Vec<Body>, ArchiveError> {
        let listed = self.server.ask("list the bodies", |client| async move {
            let rows = client.query("SELECT hash, bytes FROM bellwether.body", &[]).await?;
            rows.iter().map(|row| Ok(Body { content: name(row.get(0))?, bytes: unsigned(row.get(1)) })).collect()
        });
        Ok(listed?)
    }

    pub(crate) fn settled(&self, content: &ContentHash) {
        self.guard().settled(content);
    }

    /// `None`: another sweep of this process is under way.
    pub(crate) fn sweep(&self) -> Result<Option<BodySweep<'_>>, ArchiveError> {
        if !self.guard().begin_sweep() {
            return Ok(None);
        }
        // Ends the sweep where the server does not answer.
        let mut sweep = BodySweep { archive: self, before: String::new() };
        let (before, late) = self.server.ask("begin a sweep", |client| async move {
            let now = format!("SELECT (clock_timestamp() - interval '{GRACE}')::text");
            let before: String = client.query_one(&now, &[]).await?.get(0);
            let late = "SELECT hash FROM bellwether.body WHERE put > $1::text::timestamptz";
            let rows = client.query(late, &[&before]).await?;
            let late: Result<HashSet<ContentHash>, Cause> = rows.iter().map(|row| name(row.get(0))).collect();
            Ok((before, late?))
        })?;
        self.guard().spare(late);
        sweep.before = before;
        Ok(Some(sweep))
    }

    fn guard(&self) -> MutexGuard<'_, Guard> {
        // Nothing that can panic runs while it is held.
        self.guard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn name(hash: &[u8]) -> Result<ContentHash, Cause> {
    let hash = hash.try_into().map_err(|_| Cause::lasting("a body has a name that is no hash"))?;
    Ok(text_of(&hash))
}

impl BodySweep<'_> {
    pub(crate) fn may_remove(&self, content: &ContentHash) -> bool {
        self.archive.guard().may_remove(content)
    }

    pub(crate) fn remove(&self, body: &Body) -> Result<bool, ArchiveError> {
        let Some(hash) = bytes_of(&body.content).filter(|_| self.may_remove(&body.content)) else { return Ok(false) };
        let before = self.before.clone();
        let removed = self.archive.server.ask("remove a body", move |client| {
            let before = before.clone();
            async move {
                let statement = client.prepare_cached(REMOVE).await?;
                Ok(client.query_one(&statement, &[&hash.as_slice(), &before]).await?.get(0))
            }
        });
        Ok(removed?)
    }
}

impl Drop for BodySweep<'_> {
    fn drop(&mut self) {
        self.archive.guard().end_sweep();
    }
}
