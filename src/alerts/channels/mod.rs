//! Door: the ways to people, one file each. One attempt each; what follows from its outcome is decided elsewhere.

mod console;
mod webhook;

use std::net::SocketAddr;

use bellwether_model::alert::Alert;
use jiff::Timestamp;
use webhook::Webhook;

use super::AlertsError;
use super::schedule::Answer;
use crate::settings::{ChannelKind, ChannelSettings};

/// One channel, ready to send.
pub(super) enum Channel {
    /// An HTTP receiver.
    Webhook(Box<Webhook>),
    /// Standard error.
    Terminal,
    /// The log.
    Log,
}

impl Channel {
    /// Sets a channel up.
    pub(super) fn new(settings: &ChannelSettings, allowed: &[SocketAddr]) -> Result<Self, AlertsError> {
        Ok(match &settings.kind {
            ChannelKind::Webhook { url, secrets } => {
                Self::Webhook(Box::new(Webhook::new(url.url(), secrets, allowed)?))
            }
            ChannelKind::Terminal => Self::Terminal,
            ChannelKind::Log => Self::Log,
        })
    }

    /// Whether programs read it: then several attempts may be under way, and the order in which they arrive is open.
    pub(super) fn is_for_programs(&self) -> bool {
        matches!(self, Self::Webhook(_))
    }

    /// Makes one attempt. `now` is its time.
    pub(super) async fn send(&self, alert: &Alert, now: Timestamp) -> Answer {
        match self {
            Self::Webhook(webhook) => webhook.send(alert, now).await,
            Self::Terminal => console::terminal(alert),
            Self::Log => console::log(alert),
        }
    }
}
