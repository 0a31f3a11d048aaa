//! The one HTTP client of the crawler: one request, one answer, within limits of address, time and bytes.
//!
//! It follows no redirect, knows no robots.txt and waits for nobody's turn; `fetch` does. No other file of this room
//! may make a request.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Response, redirect};
use tokio::time::{Instant, timeout, timeout_at};
use url::{Host, Url};

use super::address::{AddressRule, RefusedAddress};
use super::robots::PRODUCT_TOKEN;
use crate::metrics::{FETCH_SECONDS, FETCHED_BYTES};
use crate::settings::CrawlerSettings;

/// Bytes of an answer other than a page that are still read, so that the connection can be used again.
const DISCARDED_BYTES: usize = 64 << 10;
/// Bytes of all header lines of an answer. Sites that send more are broken or hostile.
const MAX_HEADER_BYTES: usize = 64 << 10;
/// How long a connection may stay open unused: a little longer than the longest Crawl-delay that is kept.
const IDLE_CONNECTION: Duration = Duration::from_secs(45);

/// Makes requests. Clones share connections.
#[derive(Clone)]
pub(super) struct Client {
    public: reqwest::Client,
    /// A client for each port on which an address is allowed that is not global. A resolver is told a name and no
    /// port, so one that is to keep to exact pairs must know its port beforehand.
    by_port: BTreeMap<u16, reqwest::Client>,
    rule: Arc<AddressRule>,
    first_byte_timeout: Duration,
    total_timeout: Duration,
}

/// One request.
pub(super) struct Request<'r> {
    /// What to ask for.
    pub(super) url: &'r Url,
    /// Header lines beside those that each request has.
    pub(super) headers: HeaderMap,
    /// Decoded bytes of the body that are read at the most.
    pub(super) limit: usize,
}

/// One answer, read to its end or to the limit.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// HTTP status.
    pub(super) status: u16,
    /// Its header lines.
    pub(super) headers: HeaderMap,
    /// Decoded body of a 200 or 203; empty otherwise.
    pub(super) body: Vec<u8>,
    /// The body is longer than the limit; `body` is its beginning.
    pub(super) is_cut: bool,
    /// From the request to the last byte.
    pub(super) took: Duration,
}

/// A request without a whole answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum RequestError {
    /// The address must not be asked; nothing was sent.
    #[error(transparent)]
    Address(#[from] RefusedAddress),
    /// No connection: the name, the network, the port or the certificate.
    #[error("cannot connect: {0}")]
    Connect(String),
    /// The first byte took too long.
    #[error("no answer within {} s", .0.as_secs_f64())]
    FirstByte(Duration),
    /// The last byte took too long.
    #[error("the answer had not ended after {} s", .0.as_secs_f64())]
    Total(Duration),
    /// The header lines are too long.
    #[error("the headers are longer than {MAX_HEADER_BYTES} bytes")]
    Headers,
    /// What came is no HTTP, or it broke off.
    #[error("the answer broke off or is no HTTP: {0}")]
    Broken(String),
}

impl Client {
    /// Sets up the client.
    ///
    /// # Errors
    /// The TLS library, or a contact that no header can carry.
    pub(super) fn new(settings: &CrawlerSettings) -> Result<Self, String> {
        let rule = Arc::new(AddressRule::new(&settings.allow_private, settings.contact.as_deref()));
        let build = |port: Option<u16>| build(settings, GlobalResolver { rule: Arc::clone(&rule), port });
        let mut by_port = BTreeMap::new();
        for port in rule.private_ports() {
            by_port.insert(port, build(Some(port))?);
        }
        Ok(Self {
            public: build(None)?,
            by_port,
            first_byte_timeout: settings.first_byte_timeout,
            total_timeout: settings.total_timeout,
            rule,
        })
    }

    /// Sends a request and reads the answer.
    pub(super) async fn send(&self, request: Request<'_>) -> Result<Answer, RequestError> {
        let began = Instant::now();
        let deadline = began + self.total_timeout;
        let port = request.url.port_or_known_default().unwrap_or(80);
        // The resolver never sees an address that is written out.
        match request.url.host() {
            Some(Host::Ipv4(ip)) => self.rule.check(SocketAddr::new(IpAddr::V4(ip), port))?,
            Some(Host::Ipv6(ip)) => self.rule.check(SocketAddr::new(IpAddr::V6(ip), port))?,
            Some(Host::Domain(_)) | None => {}
        }
        let client = self.by_port.get(&port).unwrap_or(&self.public);
        let sent = client.get(request.url.clone()).headers(request.headers).send();
        let within = self.first_byte_timeout.min(self.total_timeout);
        let response = match timeout(within, sent).await {
            Ok(answered) => answered.map_err(request_error)?,
            Err(_elapsed) => return Err(RequestError::FirstByte(within)),
        };
        let header_bytes: usize =
            response.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        if header_bytes > MAX_HEADER_BYTES {
            return Err(RequestError::Headers);
        }
        let answer = self.read(response, request.limit, deadline).await?;
        let took = began.elapsed();
        metrics::histogram!(FETCH_SECONDS).record(took);
        metrics::counter!(FETCHED_BYTES).increment(answer.body.len() as u64);
        Ok(Answer { took, ..answer })
    }

    async fn read(&self, mut response: Response, limit: usize, deadline: Instant) -> Result<Answer, RequestError> {
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let is_page = matches!(status, 200 | 203);
        let limit = if is_page { limit } else { DISCARDED_BYTES };
        let mut answer = Answer { status, headers, body: Vec::new(), is_cut: false, took: Duration::ZERO };
        loop {
            let chunk = match timeout_at(deadline, response.chunk()).await {
                Ok(Ok(Some(chunk))) => chunk,
                Ok(Ok(None)) => break,
                // What an error page would have said does not matter; its status does.
                _ if !is_page => break,
                Ok(Err(error)) => return Err(request_error(error)),
                Err(_elapsed) => return Err(RequestError::Total(self.total_timeout)),
            };
            let room = limit - answer.body.len();
            answer.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if chunk.len() > room {
                answer.is_cut = true;
                break;
            }
        }
        if !is_page {
            answer.body = Vec::new();
            answer.is_cut = false;
        }
        Ok(answer)
    }
}

/// The header lines of a source's settings. Lines that belong to the program's manners are not taken over.
///
/// # Errors
/// The name or value that no header can have; the value is not shown, it may be a secret.
pub(super) fn source_headers(lines: &BTreeMap<String, String>) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("`{name}` is no header name"))?;
        if matches!(key.as_str(), "user-agent" | "host" | "connection" | "content-length" | "transfer-encoding") {
            continue;
        }
        let mut value =
            HeaderValue::from_str(value).map_err(|_| format!("the value of the header `{name}` is none"))?;
        value.set_sensitive(true);
        headers.insert(key, value);
    }
    Ok(headers)
}

/// `bellwether/VERSION (+contact)`.
fn user_agent(contact: Option<&str>) -> String {
    let product = format!("{PRODUCT_TOKEN}/{}", env!("CARGO_PKG_VERSION"));
    match contact.map(str::trim).filter(|contact| !contact.is_empty()) {
        Some(contact) => format!("{product} (+{contact})"),
        None => product,
    }
}

fn build(settings: &CrawlerSettings, resolver: GlobalResolver) -> Result<reqwest::Client, String> {
    reqwest::Client::builder()
        .user_agent(user_agent(settings.contact.as_deref()))
        .redirect(redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .retry(reqwest::retry::never())
        .dns_resolver(resolver)
        .pool_idle_timeout(IDLE_CONNECTION)
        .pool_max_idle_per_host(settings.connections_per_host)
        .build()
        .map_err(|error| chain(&error))
}

/// Resolves names and drops every address that may not be asked, so that no answer of a name server can lead inside.
struct GlobalResolver {
    rule: Arc<AddressRule>,
    /// The port of the requests that come here; `None`: one on which only global addresses are allowed.
    port: Option<u16>,
}

impl Resolve for GlobalResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let rule = Arc::clone(&self.rule);
        // No exception can have port 0.
        let port = self.port.unwrap_or(0);
        Box::pin(async move {
            let mut allowed = Vec::new();
            let mut refused = None;
            for address in tokio::net::lookup_host((name.as_str(), port)).await? {
                match rule.check(address) {
                    Ok(()) => allowed.push(address),
                    Err(reason) => refused = Some(reason),
                }
            }
            match refused {
                Some(reason) if allowed.is_empty() => Err(reason.into()),
                _ => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}

fn request_error(error: reqwest::Error) -> RequestError {
    let error = error.without_url();
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(refused) = inner.downcast_ref::<RefusedAddress>() {
            return RequestError::Address(refused.clone());
        }
        cause = inner.source();
    }
    if error.is_connect() { RequestError::Connect(chain(&error)) } else { RequestError::Broken(chain(&error)) }
}

/// The innermost causes of an error, which say more than "error sending request".
fn chain(error: &reqwest::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        // Wrappers repeat what they wrap, or say nothing.
        if !text.starts_with("client error") && !parts.iter().any(|part| part.contains(&text)) {
            parts.push(text);
        }
        cause = inner.source();
    }
    if parts.is_empty() { error.to_string() } else { parts.join(": ") }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]
mod tests {
    use super::*;

    #[test]
    fn the_user_agent_names_program_version_and_contact() {
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(
            user_agent(Some("mailto:desk@example.org")),
            format!("bellwether/{version} (+mailto:desk@example.org)")
        );
        assert_eq!(user_agent(None), format!("bellwether/{version}"));
    }

    #[test]
    fn a_source_cannot_change_who_we_are() {
        let lines = [("User-Agent", "Mozilla"), ("Cookie", "over18=1"), ("Host", "other")];
        let headers = source_headers(&lines.map(|(name, value)| (name.to_owned(), value.to_owned())).into()).unwrap();
        assert_eq!(headers.len(), 1);
        assert_eq!(headers["cookie"], "over18=1");
        let bad = [("a b".to_owned(), "x".to_owned())].into();
        assert_eq!(source_headers(&bad), Err("`a b` is no header name".to_owned()));
    }
}
