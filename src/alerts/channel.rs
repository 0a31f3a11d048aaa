//! Door: the ways to people. One attempt each; what follows from its outcome is decided elsewhere.

use std::error::Error;
use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bellwether_model::address::is_global;
use bellwether_model::alert::Alert;
use bellwether_model::web::CanonicalUrl;
use jiff::Timestamp;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, StatusCode, redirect};
use url::Host;

use super::AlertsError;
use super::envelope::{self, body, signature};
use super::schedule::{Answer, retry_after};
use crate::settings::{ChannelKind, ChannelSettings};

/// To the headers of a receiver's answer; longer than this and an attempt counts as failed.
const TIMEOUT: Duration = Duration::from_secs(15);
/// To a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// One channel, ready to send.
pub(super) enum Channel {
    /// An HTTP receiver.
    Webhook(Box<Webhook>),
    /// Standard error.
    Terminal,
    /// The log.
    Log,
}

/// A receiver of webhooks.
pub(super) struct Webhook {
    client: Client,
    url: CanonicalUrl,
    secret: Option<Vec<u8>>,
    rule: AddressRule,
}

impl Channel {
    /// Sets a channel up.
    pub(super) fn new(settings: &ChannelSettings, allow_private: &[SocketAddr]) -> Result<Self, AlertsError> {
        Ok(match &settings.kind {
            ChannelKind::Webhook { url, secret } => {
                let port = url.url().port_or_known_default().unwrap_or_default();
                let rule = AddressRule { port, allowed: allow_private.to_vec() };
                let client = Client::builder()
                    .user_agent(concat!("bellwether/", env!("CARGO_PKG_VERSION")))
                    .no_proxy()
                    // A receiver that moved must be configured anew: a redirect could lead anywhere.
                    .redirect(redirect::Policy::none())
                    .dns_resolver(rule.clone())
                    .connect_timeout(CONNECT_TIMEOUT)
                    .timeout(TIMEOUT)
                    .build()
                    .map_err(|error| AlertsError::Client(causes(&error)))?;
                Self::Webhook(Box::new(Webhook { client, url: url.clone(), secret: secret.clone(), rule }))
            }
            ChannelKind::Terminal => Self::Terminal,
            ChannelKind::Log => Self::Log,
        })
    }

    /// Makes one attempt. `now` is its time.
    pub(super) async fn send(&self, alert: &Alert, now: Timestamp) -> Answer {
        match self {
            Self::Webhook(webhook) => webhook.send(alert, now).await,
            Self::Terminal => match writeln!(std::io::stderr(), "{}  {}", alert.kind.name(), alert.summary) {
                Ok(()) => Answer::Taken,
                Err(error) => Answer::failed(format!("cannot write to standard error: {error}")),
            },
            Self::Log => {
                tracing::info!(alert = %alert.id, kind = alert.kind.name(), subject = alert.subject, "{}", alert.summary);
                Answer::Taken
            }
        }
    }
}

impl Webhook {
    async fn send(&self, alert: &Alert, now: Timestamp) -> Answer {
        if let Err(refused) = self.rule.check_literal(&self.url) {
            return Answer::failed(refused);
        }
        let body = body(alert);
        let id = alert.id.as_str();
        let mut request = self
            .client
            .post(self.url.url())
            .header(CONTENT_TYPE, "application/json")
            .header(envelope::ID, id)
            .header(envelope::TIMESTAMP, now.as_second());
        if let Some(secret) = &self.secret {
            request = request.header(envelope::SIGNATURE, signature(secret, id, now, &body));
        }
        match request.body(body).send().await {
            Ok(response) => {
                let wish = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
                answer(response.status(), wish.and_then(|header| retry_after(header, now)))
            }
            // The address may hold a token, and what is recorded is shown.
            Err(error) => Answer::failed(causes(&error.without_url())),
        }
    }
}

/// What an HTTP status says: 2xx alone is success (Standard Webhooks 1.0).
fn answer(status: StatusCode, retry_after: Option<jiff::SignedDuration>) -> Answer {
    if status.is_success() {
        return Answer::Taken;
    }
    let may_ask = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    let note = if status.is_redirection() { "; redirects are not followed, name the new address" } else { "" };
    Answer::Failed {
        reason: format!("the receiver answered {status}{note}"),
        retry_after: retry_after.filter(|_| may_ask),
        gone: status == StatusCode::GONE,
    }
}

/// Which addresses a receiver may have.
#[derive(Debug, Clone)]
struct AddressRule {
    /// Port of the receiver.
    port: u16,
    /// Pairs that may be reached although they are not global.
    allowed: Vec<SocketAddr>,
}

impl AddressRule {
    fn allows(&self, address: IpAddr) -> bool {
        is_global(address) || self.allowed.contains(&SocketAddr::new(address, self.port))
    }

    /// Checks an address that is written as numbers: those are never asked of a resolver.
    fn check_literal(&self, url: &CanonicalUrl) -> Result<(), String> {
        let address = match url.url().host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(_)) | None => return Ok(()),
        };
        if self.allows(address) { Ok(()) } else { Err(self.refusal(&[address])) }
    }

    fn refusal(&self, addresses: &[IpAddr]) -> String {
        let pairs: Vec<String> =
            addresses.iter().map(|&address| SocketAddr::new(address, self.port).to_string()).collect();
        let pairs = pairs.join(", ");
        format!(
            "the receiver's address {pairs} is not on the public internet; to allow it, add it to `allow_private` of [alerts]"
        )
    }
}

impl Resolve for AddressRule {
    fn resolve(&self, name: Name) -> Resolving {
        let rule = self.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), rule.port)).await?.collect();
            let (good, bad): (Vec<SocketAddr>, Vec<SocketAddr>) =
                found.into_iter().partition(|at| rule.allows(at.ip()));
            if good.is_empty() && !bad.is_empty() {
                let bad: Vec<IpAddr> = bad.iter().map(SocketAddr::ip).collect();
                return Err(rule.refusal(&bad).into());
            }
            Ok(Box::new(good.into_iter()) as Addrs)
        })
    }
}

/// An error with its causes, in one line.
fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
