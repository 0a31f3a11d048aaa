//! The signal to end: loops finish the unit in hand and return.

use tokio::sync::watch;

/// Gives the signal; dropping it gives it too.
#[derive(Debug)]
pub struct ShutdownSender(watch::Sender<bool>);

/// Waits for the signal.
#[derive(Debug, Clone)]
pub struct Shutdown(watch::Receiver<bool>);

/// A signal and those who wait for it.
#[must_use]
pub fn channel() -> (ShutdownSender, Shutdown) {
    let (sender, receiver) = watch::channel(false);
    (ShutdownSender(sender), Shutdown(receiver))
}

impl ShutdownSender {
    /// Asks every loop to end.
    pub fn shut_down(&self) {
        self.0.send_replace(true);
    }
}

impl Shutdown {
    /// Whether the signal was given.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Returns when the signal is given.
    pub async fn requested(&mut self) {
        // An error means that the sender is gone, which is the signal too.
        let _gone = self.0.wait_for(|requested| *requested).await;
    }
}
