//! Door: the one way out to receivers. Every channel that uses the network comes through here, so that the rule of
//! addresses holds for all of them, and so that no secret gets into what is recorded.

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bellwether_model::address::is_global;
use jiff::{SignedDuration, Timestamp};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, StatusCode, redirect};
use serde_json::Value;
use url::{Host, Url};

use super::AlertsError;
use super::schedule::{Answer, Fate, retry_after};
use crate::describe;

/// To the end of a receiver's answer; longer than this and an attempt counts as failed.
pub(super) const TIMEOUT: Duration = Duration::from_secs(15);
/// To a connection.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Bytes of an answer that are looked at: enough for a sentence on what was wrong.
const MAX_ANSWER: usize = 4_096;

/// Which addresses a receiver may have.
#[derive(Debug, Clone)]
pub(super) struct AddressRule {
    /// Port of the receiver.
    port: u16,
    /// Pairs that may be reached although they are not global.
    allowed: Vec<SocketAddr>,
}

impl AddressRule {
    pub(super) fn new(port: u16, allowed: &[SocketAddr]) -> Self {
        Self { port, allowed: allowed.to_vec() }
    }

    fn allows(&self, address: IpAddr) -> bool {
        is_global(address) || self.allowed.contains(&SocketAddr::new(address, self.port))
    }

    /// Checks an address that is written as numbers: those are never asked of a resolver.
    fn check_literal(&self, host: Option<Host<&str>>) -> Result<(), String> {
        let address = match host {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(_)) | None => return Ok(()),
        };
        if self.allows(address) { Ok(()) } else { Err(self.refusal(&[address])) }
    }

    /// The addresses of a host that may be reached.
    pub(super) async fn addresses(&self, host: &str) -> Result<Vec<SocketAddr>, String> {
        let found = tokio::net::lookup_host((host, self.port)).await;
        let found: Vec<SocketAddr> = found.map_err(|error| format!("cannot find `{host}`: {error}"))?.collect();
        let (good, bad): (Vec<SocketAddr>, Vec<SocketAddr>) = found.into_iter().partition(|at| self.allows(at.ip()));
        if good.is_empty() && !bad.is_empty() {
            return Err(self.refusal(&bad.iter().map(SocketAddr::ip).collect::<Vec<_>>()));
        }
        if good.is_empty() {
            return Err(format!("`{host}` has no address"));
        }
        Ok(good)
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
            let good = rule.addresses(name.as_str()).await?;
            Ok(Box::new(good.into_iter()) as Addrs)
        })
    }
}

/// A receiver that speaks HTTP.
pub(super) struct Http {
    client: Client,
    url: Url,
    rule: AddressRule,
    /// What must not be seen in anything that is recorded.
    secrets: Vec<String>,
}

/// What a receiver answered.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) retry_after: Option<SignedDuration>,
    /// The beginning of its body.
    pub(super) body: String,
}

impl Http {
    /// A client for one receiver. Its path and query often hold a token and are never shown; `secrets`: nor are these.
    pub(super) fn new(url: Url, allowed: &[SocketAddr], secrets: &[&str]) -> Result<Self, AlertsError> {
        let rule = AddressRule::new(url.port_or_known_default().unwrap_or_default(), allowed);
        let client = Client::builder()
            .user_agent(concat!("bellwether/", env!("CARGO_PKG_VERSION")))
            .no_proxy()
            // A receiver that moved must be configured anew: a redirect could lead anywhere.
            .redirect(redirect::Policy::none())
            .dns_resolver(rule.clone())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .build()
            .map_err(|error| AlertsError::Client(causes(&error.without_url())))?;
        let mut hidden: Vec<String> = secrets.iter().map(|&secret| secret.to_owned()).collect();
        hidden.extend(url.path_segments().into_iter().flatten().filter(|part| part.len() >= 8).map(ToOwned::to_owned));
        hidden.extend(url.query_pairs().map(|(_, value)| value.into_owned()));
        hidden.retain(|secret| !secret.is_empty());
        Ok(Self { client, url, rule, secrets: hidden })
    }

    /// A POST to the receiver.
    pub(super) fn post(&self) -> RequestBuilder {
        self.client.post(self.url.clone())
    }

    /// A PUT to an address of the receiver's.
    pub(super) fn put(&self, url: Url) -> RequestBuilder {
        self.client.put(url)
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// Makes one attempt; `Err`: there was no answer, and what that means.
    pub(super) async fn ask(&self, request: RequestBuilder, now: Timestamp) -> Result<Reply, Answer> {
        self.rule.check_literal(self.url.host()).map_err(Answer::failed)?;
        // The address may hold a token, and what is recorded is shown.
        let failed = |error: reqwest::Error| Answer::failed(self.hide(&causes(&error.without_url())));
        let mut response = request.send().await.map_err(failed)?;
        let wish = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let wish = wish.and_then(|header| retry_after(header, now));
        let (status, mut body) = (response.status(), Vec::new());
        while body.len() < MAX_ANSWER
            && let Some(chunk) = response.chunk().await.map_err(failed)?
        {
            body.extend_from_slice(&chunk);
        }
        body.truncate(MAX_ANSWER);
        Ok(Reply { status, retry_after: wish, body: String::from_utf8_lossy(&body).into_owned() })
    }

    /// Makes one attempt and judges it by its status: 2xx is success, 410 is gone, everything else is tried again.
    pub(super) async fn deliver(&self, request: RequestBuilder, now: Timestamp) -> Answer {
        match self.ask(request, now).await {
            Ok(reply) => self.judge(&reply),
            Err(answer) => answer,
        }
    }

    /// What an HTTP status says.
    pub(super) fn judge(&self, reply: &Reply) -> Answer {
        if reply.status.is_success() {
            return Answer::Taken;
        }
        let fate = if reply.status == StatusCode::GONE { Fate::Gone } else { Fate::Later };
        self.failed(reply, fate, &reply.body)
    }

    /// A failure. `said`: the receiver's own words on it; a page for browsers says nothing.
    pub(super) fn failed(&self, reply: &Reply, fate: Fate, said: &str) -> Answer {
        let status = reply.status;
        let note = if status.is_redirection() { "; redirects are not followed, name the new address" } else { "" };
        let said = self.hide(&describe::plain(said));
        let said = if said.is_empty() || said.starts_with('<') { String::new() } else { format!(": {said}") };
        let may_ask = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
        Answer::Failed {
            reason: format!("the receiver answered {status}{said}{note}"),
            retry_after: reply.retry_after.filter(|_| may_ask),
            fate,
        }
    }

    /// Takes secrets out of a text.
    pub(super) fn hide(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "…"))
    }
}

/// A request with a JSON body.
pub(super) fn json_body(request: RequestBuilder, body: &Value) -> RequestBuilder {
    request.header(CONTENT_TYPE, "application/json").body(body.to_string())
}

/// An error with its causes, in one line.
pub(super) fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
