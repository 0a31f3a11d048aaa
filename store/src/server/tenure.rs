//! Leases: who may do something that one process at a time may do, and until when. Only the server's clock counts.
//!
//! A lease has a number that grows whenever it is taken. What is committed under a lease is checked against it, so that a
//! process that slept over its end writes nothing any more.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use deadpool_postgres::Client;

use super::ServerError;
use super::error::Cause;
use super::session::Server;
use crate::lease::Fence;

/// How long a lease is waited for that is given back.
pub(super) const GOODBYE: Duration = Duration::from_secs(1);

const KNOW: &str = "INSERT INTO bellwether.lease (name, token, holder, expires)
    SELECT name, 0, '', '-infinity' FROM UNNEST($1::text[]) AS name ORDER BY name ON CONFLICT DO NOTHING";
const TAKE: &str = "UPDATE bellwether.lease
    SET token = lease.token + 1, holder = $2, expires = clock_timestamp() + make_interval(secs => $3)
    FROM (SELECT name, holder FROM bellwether.lease WHERE name = ANY($1) AND expires <= clock_timestamp()
          ORDER BY name FOR UPDATE SKIP LOCKED) AS free
    WHERE lease.name = free.name
    RETURNING lease.name, lease.token, free.holder <> $2 AND free.holder <> ''";
const RENEW: &str = "UPDATE bellwether.lease SET expires = clock_timestamp() + make_interval(secs => $3)
    FROM (SELECT lease.name FROM bellwether.lease
          JOIN UNNEST($1::text[], $2::bigint[]) AS held (name, token) ON held.name = lease.name AND held.token = lease.token
          ORDER BY lease.name FOR UPDATE OF lease) AS own
    WHERE lease.name = own.name
    RETURNING lease.name";
const RELEASE: &str = "UPDATE bellwether.lease SET expires = '-infinity' WHERE name = $1 AND token = $2";
const RELEASE_ALL: &str =
    "UPDATE bellwether.lease SET expires = '-infinity' WHERE holder = $1 AND expires <> '-infinity'";
const TOKENS: &str = "SELECT name, token FROM bellwether.lease WHERE name = ANY($1) ORDER BY name FOR SHARE";
const HOLDER: &str = "SELECT holder FROM bellwether.lease WHERE name = $1 AND expires > clock_timestamp()";

/// A lease that this process was given.
pub(crate) struct Held {
    server: Arc<Server>,
    pub(crate) fence: Fence,
    /// Another process held it before.
    pub(crate) was_anothers: bool,
    /// By our own clock, counted from before the server was asked; `None`: another process has it now.
    until: Mutex<Option<Instant>>,
}

impl Held {
    /// Whether it is still ours for certain.
    pub(crate) fn is_held(&self) -> bool {
        self.until().is_some_and(|until| Instant::now() < until)
    }

    fn until(&self) -> MutexGuard<'_, Option<Instant>> {
        // Nothing that can panic runs while it is held.
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let server = &self.server;
        server.own_leases().remove(&self.fence.name);
        if !self.is_held() || server.is_away.load(Ordering::Relaxed) {
            return;
        }
        let (pool, fence) = (server.pool.clone(), self.fence.clone());
        let release = async move {
            let client = pool.get().await?;
            client.execute(RELEASE, &[&fence.name.as_ref(), &fence.token]).await?;
            Ok::<_, Cause>(())
        };
        if !server.wait(async move { matches!(tokio::time::timeout(GOODBYE, release).await, Ok(Ok(()))) }) {
            server.is_away.store(true, Ordering::Relaxed);
        }
    }
}

impl Server {
    /// Takes those of the leases that nobody holds.
    pub(crate) fn take(self: &Arc<Self>, names: &[&str]) -> Result<Vec<Arc<Held>>, ServerError> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let (holder, seconds) = (self.holder.clone(), self.lease.as_secs_f64());
        let asked = Instant::now();
        let taken = self.ask("take a lease", move |client| {
            let (names, holder) = (names.clone(), holder.clone());
            async move {
                client.execute(&client.prepare_cached(KNOW).await?, &[&names]).await?;
                let rows = client.query(&client.prepare_cached(TAKE).await?, &[&names, &holder, &seconds]).await?;
                let lease = |row: &tokio_postgres::Row| (row.get::<_, String>(0), row.get::<_, i64>(1), row.get(2));
                Ok(rows.iter().map(lease).collect::<Vec<(String, i64, bool)>>())
            }
        })?;
        let mut leases = self.own_leases();
        let held = taken.into_iter().map(|(name, token, was_anothers)| {
            let fence = Fence { name: name.into(), token };
            let until = Mutex::new(Some(asked + self.lease));
            let held = Arc::new(Held { server: Arc::clone(self), fence, was_anothers, until });
            leases.insert(Arc::clone(&held.fence.name), Arc::downgrade(&held));
            held
        });
        Ok(held.collect())
    }

    /// Who holds a lease. `None`: nobody.
    pub(crate) fn holder_of(&self, name: &str) -> Result<Option<String>, ServerError> {
        let name = name.to_owned();
        self.ask("look who holds a lease", move |client| {
            let name = name.clone();
            async move { Ok(client.query_opt(HOLDER, &[&name]).await?.map(|row| row.get(0))) }
        })
    }

    /// Whether any process holds a lease.
    pub(crate) fn is_in_use(&self) -> Result<bool, ServerError> {
        self.ask("look whether the store is in use", |client| async move {
            let any = "SELECT EXISTS (SELECT FROM bellwether.lease WHERE expires > clock_timestamp())";
            Ok(client.query_one(any, &[]).await?.get(0))
        })
    }

    /// Gives back whatever this process still holds.
    pub(crate) fn say_goodbye(&self) {
        if self.is_away.load(Ordering::Relaxed) {
            return;
        }
        let (pool, holder) = (self.pool.clone(), self.holder.clone());
        let release = async move {
            let client = pool.get().await?;
            client.execute(RELEASE_ALL, &[&holder]).await?;
            Ok::<_, Cause>(())
        };
        // What is not given back expires.
        let _ = self.wait(async move { tokio::time::timeout(GOODBYE, release).await });
    }

    fn own_leases(&self) -> MutexGuard<'_, HashMap<Arc<str>, Weak<Held>>> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn all_held(&self) -> Vec<Arc<Held>> {
        self.own_leases().values().filter_map(Weak::upgrade).collect()
    }
}

/// The numbers of leases, which nobody can take before the transaction has ended.
pub(super) async fn tokens(client: &Client, names: &[String]) -> Result<HashMap<String, i64>, Cause> {
    let rows = client.query(&client.prepare_cached(TOKENS).await?, &[&names]).await?;
    Ok(rows.into_iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Renews what is held, three times in the life of a lease, until the server is dropped.
pub(super) fn renew_from_now_on(server: &Arc<Server>) {
    let (weak, pause, pool) = (Arc::downgrade(server), server.lease / 3, server.pool.clone());
    server.spawn(async move {
        loop {
            tokio::time::sleep(pause).await;
            let Some(server) = weak.upgrade() else { return };
            let (held, seconds) = (server.all_held(), server.lease.as_secs_f64());
            let lasts = server.lease;
            drop(server);
            if held.is_empty() {
                continue;
            }
            let asked = Instant::now();
            let renewed = async {
                let client = pool.get().await?;
                let names: Vec<&str> = held.iter().map(|held| held.fence.name.as_ref()).collect();
                let tokens: Vec<i64> = held.iter().map(|held| held.fence.token).collect();
                let statement = client.prepare_cached(RENEW).await?;
                let rows = client.query(&statement, &[&names, &tokens, &seconds]).await?;
                Ok::<_, Cause>(rows.into_iter().map(|row| row.get(0)).collect::<Vec<String>>())
            };
            match tokio::time::timeout(pause, renewed).await {
                Ok(Ok(renewed)) => {
                    for held in &held {
                        let is_ours = renewed.iter().any(|name| **name == *held.fence.name);
                        *held.until() = is_ours.then(|| asked + lasts);
                        if !is_ours {
                            tracing::warn!(lease = %held.fence.name, "the lease was taken by another process");
                        }
                    }
                }
                Ok(Err(cause)) => tracing::warn!(what = cause.what, "cannot renew the leases: it is tried again"),
                Err(_) => tracing::warn!("cannot renew the leases in time: it is tried again"),
            }
            // Giving one back waits for this very thread, so it is left to another.
            tokio::task::spawn_blocking(move || drop(held));
        }
    });
}
