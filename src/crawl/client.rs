//! The one HTTP client of the crawler: one request, one answer, within limits of address, time and bytes.
//!
//! It follows no redirect, knows no robots.txt and waits for nobody's turn; `fetch` does. Which addresses may be asked is
//! decided in `connector`, for every connection. No other file of this room may make a request.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, USER_AGENT,
};
use hyper::{Method, Response, Uri};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::address::{AddressRule, RefusedAddress};
use super::connector::{self, Connector};
use super::decode::{self, DecodeError, Decoder, Wanted};
use super::robots::PRODUCT_TOKEN;
use crate::metrics::{FETCH_SECONDS, FETCHED_BYTES};
use crate::settings::CrawlerSettings;

/// Bytes of an answer other than a page that are still read, so that the connection can be used again.
const DISCARDED_BYTES: usize = 64 << 10;
/// Bytes of all header lines of an answer. Sites that send more are broken or hostile.
const MAX_HEADER_BYTES: usize = 64 << 10;
/// How long a connection may stay open unused: a little longer than the longest Crawl-delay that is kept.
const IDLE_CONNECTION: Duration = Duration::from_secs(45);
/// So long before the last moment an error page that has not ended is left alone.
const LAST_MOMENT: Duration = Duration::from_millis(1);
/// A body that is longer waits for one of the places for large ones, so that many at once do not fill the memory.
const SMALL_BODY: usize = 1 << 20;
/// Bytes for which room is made when a header promises so many: what a promise alone may cost.
const MOST_PROMISED: usize = 128 << 10;
/// Large bodies in memory at once.
const LARGE_BODIES: usize = 8;
/// Bytes of a coded body that are decoded before its size is looked at again.
const CODED_STEP: usize = 4 << 10;

/// Makes requests. Clones share connections.
#[derive(Clone)]
pub(super) struct Client {
    http: legacy::Client<HttpsConnector<Connector>, Full<Bytes>>,
    user_agent: HeaderValue,
    large_bodies: Arc<Semaphore>,
    first_byte_timeout: Duration,
    total_timeout: Duration,
}

/// One request.
pub(super) struct Request<'r> {
    /// What to ask for.
    pub(super) url: &'r Url,
    /// Header lines beside those that each request has.
    pub(super) headers: HeaderMap,
    /// What is sent along, by POST. `None`: a GET.
    pub(super) body: Option<&'r str>,
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
    /// Held as long as a large body is in memory.
    pub(super) place: Option<Arc<OwnedSemaphorePermit>>,
}

/// A request without a whole answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum RequestError {
    /// The address must not be asked; nothing was sent.
    #[error(transparent)]
    Address(#[from] RefusedAddress),
    /// The address is none that a request can carry; nothing was sent.
    #[error("the address cannot be sent: {0}")]
    Unsendable(String),
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
    #[error("the headers are longer than {MAX_HEADER_BYTES} bytes, or more than 100 lines")]
    Headers,
    /// The body is not in the coding that its header names.
    #[error(transparent)]
    Coding(#[from] DecodeError),
    /// What came is no HTTP, or it broke off.
    #[error("the answer broke off or is no HTTP: {0}")]
    Broken(String),
}

impl Client {
    /// Sets up the client.
    ///
    /// # Errors
    /// A certificate, or a contact that no header can carry.
    pub(super) fn new(settings: &CrawlerSettings) -> Result<Self, String> {
        let rule = Arc::new(AddressRule::new(&settings.allow_private, settings.contact.as_deref()));
        let connector = connector::secure(rule, &settings.certificates)?;
        let header_bytes = u32::try_from(MAX_HEADER_BYTES).expect("the limit is far below 4 GiB");
        let http = legacy::Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_CONNECTION)
            .pool_max_idle_per_host(settings.connections_per_host)
            .http1_max_buf_size(MAX_HEADER_BYTES)
            .http2_max_header_list_size(header_bytes)
            // What browsers forgive must not cost us a page.
            .http1_ignore_invalid_headers_in_responses(true)
            .http1_allow_spaces_after_header_name_in_responses(true)
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .build(connector);
        let user_agent = HeaderValue::from_str(&user_agent(settings.contact.as_deref()))
            .map_err(|_| "`crawler.contact` holds a character that no header can carry".to_owned())?;
        Ok(Self {
            http,
            user_agent,
            large_bodies: Arc::new(Semaphore::new(LARGE_BODIES)),
            first_byte_timeout: settings.first_byte_timeout,
            total_timeout: settings.total_timeout,
        })
    }

    /// Sends a request and reads the answer.
    pub(super) async fn send(&self, request: Request<'_>) -> Result<Answer, RequestError> {
        let began = Instant::now();
        let limit = request.limit;
        let within = self.first_byte_timeout.min(self.total_timeout);
        let sent = self.http.request(self.message(request)?);
        let response = match timeout_at(began + within, sent).await {
            Ok(answered) => answered.map_err(|error| request_error(&error))?,
            Err(_elapsed) => return Err(RequestError::FirstByte(within)),
        };
        let header_bytes: usize =
            response.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        if header_bytes > MAX_HEADER_BYTES {
            return Err(RequestError::Headers);
        }
        let deadline = began + self.total_timeout;
        let mut answer = match timeout_at(deadline, self.read(response, limit, deadline)).await {
            Ok(answer) => answer?,
            Err(_elapsed) => return Err(RequestError::Total(self.total_timeout)),
        };
        answer.took = began.elapsed();
        metrics::histogram!(FETCH_SECONDS).record(answer.took);
        metrics::counter!(FETCHED_BYTES).increment(answer.body.len() as u64);
        Ok(answer)
    }

    fn message(&self, request: Request<'_>) -> Result<hyper::Request<Full<Bytes>>, RequestError> {
        let uri: Uri = request.url.as_str().parse().map_err(|error| RequestError::Unsendable(format!("{error}")))?;
        let body = Bytes::copy_from_slice(request.body.unwrap_or_default().as_bytes());
        let mut message = hyper::Request::new(Full::new(body));
        *message.uri_mut() = uri;
        *message.method_mut() = if request.body.is_some() { Method::POST } else { Method::GET };
        let headers = message.headers_mut();
        *headers = request.headers;
        headers.entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(decode::ACCEPT_ENCODING));
        headers.insert(USER_AGENT, self.user_agent.clone());
        Ok(message)
    }

    async fn read(
        &self,
        response: Response<Incoming>,
        limit: usize,
        deadline: Instant,
    ) -> Result<Answer, RequestError> {
        let (parts, mut body) = response.into_parts();
        let mut answer = Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: Vec::new(),
            is_cut: false,
            took: Duration::ZERO,
            place: None,
        };
        if !matches!(answer.status, 200 | 203) {
            // One that does not end has said enough.
            let _whole = timeout_at(deadline - LAST_MOMENT, discard(body)).await;
            return Ok(answer);
        }
        let mut decoder = Decoder::new(&codings(&answer.headers), limit)?;
        let promised =
            answer.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        decoder.make_room(promised.unwrap_or(0).min(MOST_PROMISED));
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| RequestError::Broken(chain(&error)))?;
            // Trailers tell nothing that is used here.
            let Ok(bytes) = frame.into_data() else { continue };
            for piece in bytes.chunks(CODED_STEP) {
                if decoder.take(piece)? == Wanted::NoMore {
                    answer.body = beginning(decoder.into_kept());
                    answer.is_cut = true;
                    return Ok(answer);
                }
                if decoder.len() > SMALL_BODY && answer.place.is_none() {
                    let place = Arc::clone(&self.large_bodies).acquire_owned().await;
                    answer.place = Some(Arc::new(place.expect("the semaphore is never closed")));
                }
            }
        }
        let (body, wanted) = decoder.finish()?;
        answer.is_cut = wanted == Wanted::NoMore;
        answer.body = if answer.is_cut { beginning(body) } else { body };
        Ok(answer)
    }
}

/// Reads what an error page says, which does not matter, so that its connection can be used again.
async fn discard(mut body: Incoming) {
    let mut read = 0;
    while let Some(Ok(frame)) = body.frame().await {
        read += frame.data_ref().map_or(0, Bytes::len);
        if read > DISCARDED_BYTES {
            return;
        }
    }
}

/// The beginning of a body that is longer than its limit: nobody reads more of it.
fn beginning(mut body: Vec<u8>) -> Vec<u8> {
    body.truncate(SMALL_BODY);
    body.shrink_to_fit();
    body
}

/// `Content-Encoding`, also where it is given in several lines.
fn codings(headers: &HeaderMap) -> String {
    let lines = headers.get_all(CONTENT_ENCODING).iter();
    lines.map(|line| String::from_utf8_lossy(line.as_bytes())).collect::<Vec<_>>().join(",")
}

/// The header lines of a source's settings. Lines that belong to the program's manners are not taken over.
///
/// # Errors
/// The name or value that no header can have; the value is not shown, it may be a secret.
pub(super) fn source_headers(lines: &BTreeMap<String, String>) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("`{name}` is no header name"))?;
        if matches!(
            key.as_str(),
            "user-agent" | "host" | "connection" | "content-length" | "transfer-encoding" | "accept-encoding"
        ) {
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

fn request_error(error: &legacy::Error) -> RequestError {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(refused) = inner.downcast_ref::<RefusedAddress>() {
            return RequestError::Address(refused.clone());
        }
        if let Some(connector::ConnectError::Address(refused)) = inner.downcast_ref() {
            return RequestError::Address(refused.clone());
        }
        if inner.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse_too_large) {
            return RequestError::Headers;
        }
        cause = inner.source();
    }
    if error.is_connect() { RequestError::Connect(chain(error)) } else { RequestError::Broken(chain(error)) }
}

/// The innermost causes of an error, which say more than "error sending request".
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
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
