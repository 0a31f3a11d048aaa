//! Connections to a server, and the thread on which they are waited for.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::future::Future;
use std::hash::BuildHasher as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak, mpsc};
use std::time::Duration;

use deadpool_postgres::{Client, Hook, HookError, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use tokio_postgres::NoTls;
use tokio_postgres::config::SslMode;

use super::error::Cause;
use super::schema::{self, FORMAT, Wanted};
use super::tenure::{self, Held};
use super::tls::MakeSecret;
use super::{ServerAddress, ServerError};
use crate::{OpenError, Position};

/// Connections of one process besides the one that listens.
const CONNECTIONS: usize = 6;
/// One request and its answer, unless it says otherwise.
pub(super) const ANSWER: Duration = Duration::from_secs(30);
/// A server that does not wait for its disk would lose what was acknowledged.
const DURABLE: &str =
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

const HEAD: &str = "SELECT store::text, position FROM bellwether.head";

/// A server with the store on it.
pub(crate) struct Server {
    /// `None` only while it is dropped.
    runtime: Option<tokio::runtime::Runtime>,
    pub(super) pool: Pool,
    address: ServerAddress,
    /// This process, as leases and records name it: `process 4711 on desk (5c1e…)`.
    pub(super) holder: String,
    store: String,
    /// How long a lease lasts that is not renewed.
    pub(super) lease: Duration,
    /// Leases that this process holds.
    pub(super) leases: Mutex<HashMap<Arc<str>, Weak<Held>>>,
    /// It did not answer when a lease was given back: those that follow are left to expire.
    pub(super) is_away: AtomicBool,
    /// The last record that this process has taken in or written.
    pub(super) known: Arc<AtomicU64>,
    /// How often it has become a member of those who share some work.
    pub(super) joined: AtomicU64,
}

impl Server {
    /// Connects, and makes the tables where there are none and they are wanted.
    pub(crate) fn connect(address: &ServerAddress, lease: Duration, wanted: Wanted) -> Result<Arc<Self>, OpenError> {
        let failed = |action, cause: Cause| OpenError::Server(said(address, action, cause));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("store-server")
            .enable_all()
            .build()
            .map_err(|cause| failed("start the threads that speak to it", Cause::lasting(cause.to_string())))?;
        let (opened, known) = (Arc::new(OnceLock::new()), Arc::default());
        let pool =
            pool(address, (&opened, &known)).map_err(|what| failed("set up connections", Cause::lasting(what)))?;
        let (asked, wait) = (pool.clone(), ANSWER);
        let identify = async move {
            tokio::time::timeout(wait, async {
                let mut client = asked.get().await?;
                schema::identify(&mut client, wanted).await
            })
            .await
            .unwrap_or_else(|_| Err(Cause::late(wait)))
        };
        let identity = wait_for(&runtime, identify).map_err(|cause| failed("open the store", cause))?;
        let Some(identity) = identity else {
            runtime.shutdown_background();
            return Err(OpenError::NoStore { server: address.shown.to_string() });
        };
        if identity.format > FORMAT {
            runtime.shutdown_background();
            let path = PathBuf::from(address.shown.as_ref());
            return Err(OpenError::Newer { path, found: identity.format, known: FORMAT });
        }
        let address = address.clone();
        let store = opened.get_or_init(|| identity.store).clone();
        let server = Arc::new(Self {
            runtime: Some(runtime),
            pool,
            address,
            holder: own_name(),
            store,
            lease,
            leases: Mutex::default(),
            is_away: AtomicBool::new(false),
            known,
            joined: AtomicU64::new(0),
        });
        tenure::renew_from_now_on(&server);
        Ok(server)
    }

    /// The name of the store on it.
    pub(crate) fn store(&self) -> &str {
        &self.store
    }

    /// Its address, without the password.
    pub(crate) fn shown(&self) -> &Arc<str> {
        &self.address.shown
    }

    pub(super) fn address(&self) -> &ServerAddress {
        &self.address
    }

    /// Starts something that goes on beside its caller.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.runtime {
            runtime.spawn(work);
        }
    }

    /// Waits for something. It may be called from anywhere, since the caller's thread does no more than wait.
    pub(super) fn wait<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> T {
        wait_for(self.runtime.as_ref().expect("there until it is dropped"), work)
    }

    /// One request outside of any transaction. A connection that was lost while it lay idle is replaced once.
    pub(super) fn ask<T, F, W>(&self, action: &'static str, request: F) -> Result<T, ServerError>
    where
        T: Send + 'static,
        F: Fn(Client) -> W + Send + Sync + 'static,
        W: Future<Output = Result<T, Cause>> + Send,
    {
        let pool = self.pool.clone();
        let asked = async move {
            let mut tries = 0;
            loop {
                let answer = tokio::time::timeout(ANSWER, async { request(pool.get().await?).await }).await;
                match answer.unwrap_or_else(|_| Err(Cause::late(ANSWER))) {
                    Err(cause) if cause.may_pass && tries == 0 => tries += 1,
                    answer => return answer,
                }
            }
        };
        self.wait(asked).map_err(|cause| self.said(action, cause))
    }

    /// Says of which server and what.
    pub(super) fn said(&self, action: &'static str, cause: Cause) -> ServerError {
        said(&self.address, action, cause)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Dropping a runtime waits, which must not be done where a caller is asynchronous.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn said(address: &ServerAddress, action: &'static str, cause: Cause) -> ServerError {
    ServerError { server: Arc::clone(&address.shown), action, what: cause.what, may_pass: cause.may_pass }
}

fn wait_for<T: Send + 'static>(runtime: &tokio::runtime::Runtime, work: impl Future<Output = T> + Send + 'static) -> T {
    let (sender, receiver) = mpsc::sync_channel(1);
    let task = runtime.spawn(async move {
        // Nobody is left to tell where the caller's thread has panicked.
        let _ = sender.send(work.await);
    });
    match receiver.recv() {
        Ok(done) => done,
        Err(_) => panic!("what waits for the server has panicked (task {})", task.id()),
    }
}

/// `opened`: the name of the store, as soon as that is known; `known`: the last record of it that this process knows.
fn pool(address: &ServerAddress, (opened, known): (&Arc<OnceLock<String>>, &Arc<AtomicU64>)) -> Result<Pool, String> {
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let config = address.config.clone();
    let manager = if config.get_ssl_mode() == SslMode::Disable {
        Manager::from_config(config, NoTls, recycling)
    } else {
        Manager::from_config(config, MakeSecret::new(address.authorities.as_deref())?, recycling)
    };
    let (opened, known) = (Arc::clone(opened), Arc::clone(known));
    let prepared = Hook::async_fn(move |client: &mut deadpool_postgres::ClientWrapper, _| {
        let (opened, known) = (Arc::clone(&opened), Arc::clone(&known));
        Box::pin(async move {
            client.batch_execute(DURABLE).await.map_err(HookError::Backend)?;
            let Some(store) = opened.get() else { return Ok(()) };
            let head = client.query_one(HEAD, &[]).await.map_err(HookError::Backend)?;
            is_same(store, known.load(Ordering::Relaxed), (head.get(0), head.get(1))).map_err(HookError::message)
        })
    });
    Pool::builder(manager)
        .max_size(CONNECTIONS)
        .wait_timeout(Some(ANSWER))
        .runtime(Runtime::Tokio1)
        .post_create(prepared)
        .build()
        .map_err(|cause| cause.to_string())
}

/// Makes sure that a connection that was made anew leads to the store that was opened, and that it has not lost records since:
/// a database may have been made anew or taken back from a backup while the server was away.
fn is_same(store: &str, known: Position, (found, position): (String, i64)) -> Result<(), String> {
    if found != store {
        return Err("there is another store now than the one that was opened: start the program again".to_owned());
    }
    if u64::try_from(position).unwrap_or(0) < known {
        return Err(format!(
            "the store ends at record {position}, and record {known} was there before: it is an older state of it, or has lost \
             records. Start the program again, which has its views made anew"
        ));
    }
    Ok(())
}

/// A name that no other process has.
fn own_name() -> String {
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let on = if machine.trim().is_empty() { String::new() } else { format!(" on {}", machine.trim()) };
    // The standard library seeds its hashers by chance.
    let chance = RandomState::new().hash_one(std::process::id());
    format!("process {}{on} ({chance:016x})", std::process::id())
}

/// A connection in the midst of a transaction. Dropped before it is done, it is ended, so that the server undoes what was
/// begun and nobody else goes on in it.
pub(super) struct Unfinished(Option<Client>);

impl Unfinished {
    pub(super) fn of(client: Client) -> Self {
        Self(Some(client))
    }

    /// Gives the connection back: the transaction has ended.
    pub(super) fn done(mut self) {
        drop(self.0.take());
    }
}

impl std::ops::Deref for Unfinished {
    type Target = Client;

    fn deref(&self) -> &Client {
        self.0.as_ref().expect("there until it is done")
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(client) = self.0.take() {
            drop(Object::take(client));
        }
    }
}
