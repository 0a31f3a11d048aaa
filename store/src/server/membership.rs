//! Members: processes that do one work together, and the names (of hosts, say) that each of them has to itself meanwhile.
//!
//! A member has a lease of its own, which is renewed as any other. Its names hang on that one row, so that it costs the
//! same to keep one or ten thousand. A member whose lease has expired is struck off by whoever asks for names next: only
//! then are its names free, and from then on what it would still commit is refused, since its lease is no longer there.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use deadpool_postgres::Pool;
use tokio_postgres::types::ToSql;

use super::ServerError;
use super::error::Cause;
use super::session::Server;
use super::tenure::{GOODBYE, Held};
use crate::lease::Fence;
use crate::share::{Given, Sharer};

/// Strikes off members whose lease has expired, and frees their names. One that is just committing, or taking names, holds
/// its row: it is left for the next time.
const STRIKE: &str = "WITH dead AS (
        DELETE FROM bellwether.lease WHERE name IN (
            SELECT name FROM bellwether.lease WHERE starts_with(name, $1) AND expires <= clock_timestamp()
            ORDER BY name FOR UPDATE SKIP LOCKED)
        RETURNING name)
    UPDATE bellwether.lane SET holder = '', wanted = false FROM dead WHERE lane.holder = dead.name";
const KNOW: &str = "INSERT INTO bellwether.lane (name) SELECT name FROM UNNEST($1::text[]) AS name ORDER BY name ON CONFLICT DO NOTHING";
/// A name that is ours already is one whose giving we were not told of. Our own row is locked, so that nobody strikes us off
/// before we have what we take.
const TAKE: &str = "WITH mine AS MATERIALIZED (SELECT FROM bellwether.lease WHERE name = $2 FOR SHARE)
    UPDATE bellwether.lane SET holder = $2, last = $2, wanted = false
    FROM (SELECT name, holder, last FROM bellwether.lane
          WHERE name = ANY($1) AND holder IN ('', $2) AND EXISTS (SELECT FROM mine)
          ORDER BY name FOR UPDATE SKIP LOCKED) AS free
    WHERE lane.name = free.name
    RETURNING lane.name, free.holder = $2 OR (free.last <> $2 AND free.last <> '')";
const WANT: &str = "UPDATE bellwether.lane SET wanted = true
    FROM (SELECT name FROM bellwether.lane
          WHERE name = ANY($1) AND holder <> '' AND holder <> $2 AND NOT wanted ORDER BY name FOR UPDATE) AS held
    WHERE lane.name = held.name";
const GIVE_BACK: &str = "UPDATE bellwether.lane SET holder = '', wanted = false
    FROM (SELECT name FROM bellwether.lane WHERE name = ANY($1) AND holder = $2 ORDER BY name FOR UPDATE) AS own
    WHERE lane.name = own.name";
const LEAVE: &str = "WITH gone AS (DELETE FROM bellwether.lease WHERE name = $1 RETURNING name)
    UPDATE bellwether.lane SET holder = '', wanted = false FROM gone WHERE lane.holder = gone.name";
const MEMBERS: &str = "SELECT name FROM bellwether.lease
    WHERE starts_with(name, $1) AND expires > clock_timestamp() ORDER BY name";
const HOLDINGS: &str = "SELECT lease.holder, count(lane.name) FROM bellwether.lease LEFT JOIN bellwether.lane ON lane.holder = lease.name
    WHERE starts_with(lease.name, $1) AND lease.expires > clock_timestamp() GROUP BY lease.name, lease.holder ORDER BY lease.name";
const WANTED: &str = "SELECT name FROM bellwether.lane WHERE holder = $1 AND wanted ORDER BY name";

/// A process's place among those who do one work.
pub(crate) struct Member {
    server: Arc<Server>,
    held: Arc<Held>,
    /// What the names of all members of this work begin with.
    prefix: String,
    seen: Arc<Mutex<Seen>>,
}

/// What was last seen of the others.
#[derive(Default)]
struct Seen {
    /// Members, ourselves among them, by name.
    members: Arc<[String]>,
    /// Names of ours that another one waits for.
    wanted: Vec<String>,
}

impl Member {
    pub(crate) fn fence(&self) -> Fence {
        self.held.fence.clone()
    }

    pub(crate) fn is_held(&self) -> bool {
        self.held.is_held()
    }

    pub(crate) fn name(&self) -> &str {
        &self.held.fence.name
    }

    pub(crate) fn members(&self) -> Arc<[String]> {
        Arc::clone(&lock(&self.seen).members)
    }

    /// Each look is told once.
    pub(crate) fn wanted(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.seen).wanted)
    }

    /// Takes those names that nobody has. `insists`: those who have the others are told that they are waited for.
    pub(crate) fn take(&self, names: &[&str], insists: bool) -> Result<Vec<Given>, ServerError> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let (own, prefix) = (self.name().to_owned(), self.prefix.clone());
        self.server.ask("take hosts", move |client| {
            let (names, own, prefix) = (names.clone(), own.clone(), prefix.clone());
            async move {
                let (strike, know) = (client.prepare_cached(STRIKE).await?, client.prepare_cached(KNOW).await?);
                let take = client.prepare_cached(TAKE).await?;
                let (work, all): ([&(dyn ToSql + Sync); 1], [&(dyn ToSql + Sync); 1]) = ([&prefix], [&names]);
                let wanted: [&(dyn ToSql + Sync); 2] = [&names, &own];
                // Sent one after the other, answered together.
                let (_struck, _known, rows) = tokio::try_join!(
                    client.execute(&strike, &work),
                    client.execute(&know, &all),
                    client.query(&take, &wanted),
                )?;
                let given = rows.iter().map(|row| Given { name: row.get(0), was_anothers: row.get(1) });
                let given: Vec<Given> = given.collect();
                if insists && given.len() < names.len() {
                    client.execute(&client.prepare_cached(WANT).await?, &[&names, &own]).await?;
                }
                Ok(given)
            }
        })
    }

    /// Gives names back.
    pub(crate) fn give_back(&self, names: &[String]) -> Result<(), ServerError> {
        let (names, own) = (names.to_vec(), self.name().to_owned());
        self.server.ask("give hosts back", move |client| {
            let (names, own) = (names.clone(), own.clone());
            async move {
                client.execute(&client.prepare_cached(GIVE_BACK).await?, &[&names, &own]).await?;
                Ok(())
            }
        })
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        if self.server.is_away.load(Ordering::Relaxed) {
            return;
        }
        let (pool, name) = (self.server.pool.clone(), self.name().to_owned());
        let leave = async move {
            pool.get().await?.execute(LEAVE, &[&name]).await?;
            Ok::<_, Cause>(())
        };
        // What is not given back expires.
        let _ = self.server.wait(async move { tokio::time::timeout(GOODBYE, leave).await });
    }
}

impl Server {
    /// Becomes a member of those who do a work together.
    pub(crate) fn join(self: &Arc<Self>, work: &str) -> Result<Option<Member>, ServerError> {
        let prefix = prefix(work);
        // A name that was never used: whoever was struck off cannot come back under it.
        let number = self.joined.fetch_add(1, Ordering::Relaxed);
        let name = format!("{prefix}{} {number}", self.holder);
        let Some(held) = self.take(&[&name])?.pop() else { return Ok(None) };
        let seen = Arc::new(Mutex::new(Seen { members: Arc::from([name.clone()]), wanted: Vec::new() }));
        let member = Member { server: Arc::clone(self), held, prefix: prefix.clone(), seen };
        let (first, pool) = (Arc::downgrade(&member.seen), self.pool.clone());
        let known = (prefix.clone(), name.clone());
        self.wait(async move {
            // One who cannot be told of the others now is told at the next look.
            let _ = look(&pool, &first, &known).await;
        });
        self.spawn(look_from_now_on(self.pool.clone(), Arc::downgrade(&member.seen), (prefix, name), self.lease / 3));
        Ok(Some(member))
    }

    /// Who does a work together now, and how much each has of it.
    pub(crate) fn members_of(&self, work: &str) -> Result<Vec<Sharer>, ServerError> {
        let prefix = prefix(work);
        self.ask("look who shares the work", move |client| {
            let prefix = prefix.clone();
            async move {
                let rows = client.query(HOLDINGS, &[&prefix]).await?;
                let sharer = |row: &tokio_postgres::Row| Sharer {
                    process: row.get(0),
                    names: u64::try_from(row.get::<_, i64>(1)).unwrap_or_default(),
                };
                Ok(rows.iter().map(sharer).collect())
            }
        })
    }
}

fn prefix(work: &str) -> String {
    format!("{work}/")
}

/// Looks now and then who the others are and what they wait for, until the member is gone.
async fn look_from_now_on(pool: Pool, seen: Weak<Mutex<Seen>>, known: (String, String), pause: Duration) {
    while seen.strong_count() > 0 {
        tokio::time::sleep(pause).await;
        match tokio::time::timeout(pause, look(&pool, &seen, &known)).await {
            Ok(Ok(())) => {}
            Ok(Err(cause)) => tracing::debug!(what = cause.what, "cannot look who shares the work: it is tried again"),
            Err(_) => tracing::debug!("cannot look in time who shares the work: it is tried again"),
        }
    }
}

async fn look(pool: &Pool, seen: &Weak<Mutex<Seen>>, (prefix, name): &(String, String)) -> Result<(), Cause> {
    let client = pool.get().await?;
    let (members, wanted) = (client.prepare_cached(MEMBERS).await?, client.prepare_cached(WANTED).await?);
    let (work, own): ([&(dyn ToSql + Sync); 1], [&(dyn ToSql + Sync); 1]) = ([prefix], [name]);
    let (members, wanted) = tokio::try_join!(client.query(&members, &work), client.query(&wanted, &own))?;
    if let Some(seen) = seen.upgrade() {
        let mut seen = lock(&seen);
        seen.members = members.iter().map(|row| row.get::<_, String>(0)).collect();
        seen.wanted = wanted.iter().map(|row| row.get(0)).collect();
    }
    Ok(())
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    // Nothing that can panic runs while it is held.
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}
