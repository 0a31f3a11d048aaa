//! Follows what other processes commit: the server tells of each commit, and now and then it is looked without being told.

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, SyncSender, TrySendError};
use std::sync::{Arc, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio_postgres::config::SslMode;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{AsyncMessage, NoTls, Socket};

use super::error::Cause;
use super::schema::CHANNEL;
use super::session::Server;
use super::tls::MakeSecret;

/// A word that was lost is made up for after so long.
const LOOK: Duration = Duration::from_secs(2);

/// A thread that takes in what others commit. Dropping it waits for what is in hand.
pub(crate) struct Follower {
    ends: Arc<AtomicBool>,
    wake: SyncSender<()>,
    thread: Option<JoinHandle<()>>,
}

impl Follower {
    /// Has `take_in` called whenever others may have committed; it says whether to go on.
    pub(crate) fn start(
        server: &Arc<Server>,
        mut take_in: impl FnMut() -> bool + Send + 'static,
    ) -> std::io::Result<Self> {
        let (wake, woken) = mpsc::sync_channel(1);
        let ends = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&ends);
        let work = move || {
            loop {
                // Woken, or not for a while: both are a reason to look. Nobody is left to wake only after the end.
                let _ = woken.recv_timeout(LOOK);
                if end.load(Ordering::Acquire) || !take_in() {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().name("store-follower".into()).spawn(work)?;
        server.spawn(listen(Arc::downgrade(server), wake.clone()));
        Ok(Self { ends, wake, thread: Some(thread) })
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Release);
        // Full: it is about to look anyway.
        let _ = self.wake.try_send(());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that takes in what others commit has panicked");
        }
    }
}

/// Listens on a connection of its own, which is made anew when it is lost, until nobody waits any more.
async fn listen(server: Weak<Server>, wake: SyncSender<()>) {
    loop {
        let upgraded = server.upgrade().map(|server| (server.address().clone(), Arc::clone(&server.known)));
        let Some((address, known)) = upgraded else { return };
        let heard = if address.config.get_ssl_mode() == SslMode::Disable {
            hear(&address.config, NoTls, (&wake, &known)).await
        } else {
            match MakeSecret::new(address.authorities.as_deref()) {
                Ok(secret) => hear(&address.config, secret, (&wake, &known)).await,
                Err(what) => Err(Cause::lasting(what)),
            }
        };
        match heard {
            Ok(()) => return,
            Err(cause) => tracing::debug!(what = cause.what, "the connection that listens was lost: it is made anew"),
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Wakes at each word of the server of a record that is not known. `Ok`: nobody waits any more.
async fn hear<T>(
    config: &tokio_postgres::Config,
    tls: T,
    (wake, known): (&SyncSender<()>, &Arc<AtomicU64>),
) -> Result<(), Cause>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
    <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    let (client, mut connection) = config.connect(tls).await?;
    let (lost, mut is_lost) = tokio::sync::oneshot::channel();
    let (waker, known) = (wake.clone(), Arc::clone(known));
    let speaking = tokio::spawn(async move {
        let ended = loop {
            match poll_fn(|context| connection.poll_message(context)).await {
                // What this process has written itself is told it too.
                Some(Ok(AsyncMessage::Notification(told))) if is_known(told.payload(), &known) => {}
                Some(Ok(AsyncMessage::Notification(_))) => {
                    if let Err(TrySendError::Disconnected(())) = waker.try_send(()) {
                        break Ok(());
                    }
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => break Err(Cause::from(error)),
                None => break Err(Cause::lasting("the connection was closed")),
            }
        };
        // Nobody asks any more where the runtime ends.
        let _ = lost.send(ended);
    });
    client.batch_execute(&format!("LISTEN {CHANNEL}")).await?;
    // What was committed before it listened.
    let _ = wake.try_send(());
    let ended = (&mut is_lost).await.unwrap_or_else(|_| Err(Cause::lasting("the connection ended")));
    speaking.abort();
    drop(client);
    ended
}

/// Whether the record that is told of is known already.
fn is_known(told: &str, known: &AtomicU64) -> bool {
    told.parse().is_ok_and(|position: u64| position <= known.load(Ordering::Relaxed))
}
