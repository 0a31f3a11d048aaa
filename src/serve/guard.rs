//! Who may ask for what: methods, the Host header against DNS rebinding, the token; and the headers of every answer.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::Response;
use sha2::{Digest, Sha256};

use super::App;
use super::problem::Problem;

/// Name of the cookie that carries the token of a browser.
pub(super) const COOKIE: &str = "bellwether_token";

/// Sent with every answer. Pages are plain: no script, no frame, nothing from other hosts.
const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
];

/// Decides over a request before it is looked at.
pub(super) struct Gate {
    address: SocketAddr,
    /// Digest of the token: comparing digests takes the same time wherever two tokens differ.
    token: Option<[u8; 32]>,
}

impl Gate {
    /// The gate of a server that listens here.
    pub(super) fn new(address: SocketAddr, token: Option<&str>) -> Self {
        Self { address, token: token.map(digest) }
    }

    fn check(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
        if *method != Method::GET && *method != Method::HEAD {
            return Err(Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                format!("{method} is not allowed"),
                "everything here is read-only: ask with GET or HEAD",
            ));
        }
        self.check_host(uri, headers)?;
        let open = matches!(uri.path(), "/healthz" | "/readyz" | "/style.css" | "/login");
        if open || self.token.is_none() || presented(headers).iter().any(|token| self.is_token(token)) {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "a token is needed",
            "send `Authorization: Bearer TOKEN`, or open /login?token=TOKEN once in a browser; the token stands in the \
             table [serve] of sources.toml",
        ))
    }

    /// Whether this is the token that was set.
    pub(super) fn is_token(&self, token: &str) -> bool {
        let Some(expected) = &self.token else {
            return false;
        };
        digest(token).iter().zip(expected).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
    }

    fn check_host(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
        let mut named = headers.get_all(header::HOST).iter().map(|host| host.to_str().unwrap_or_default());
        let (host, further) = (named.next(), named.next());
        let in_target = uri.authority().map(axum::http::uri::Authority::as_str);
        let allowed = further.is_none()
            && (host.is_some() || in_target.is_some())
            && [host, in_target].into_iter().flatten().all(|authority| self.is_own(authority));
        if allowed {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::MISDIRECTED_REQUEST,
            "this server does not go by that name",
            format!("ask for http://{} by its address or, on the same machine, as localhost", self.address),
        ))
    }

    /// Whether `host:port` is this server. A name other than localhost never is, since a name can be made to lead here by
    /// whoever owns it; an address cannot.
    fn is_own(&self, authority: &str) -> bool {
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()),
            _ => (authority, Some(80)),
        };
        if port != Some(self.address.port()) {
            return false;
        }
        let here = self.address.ip();
        if host.eq_ignore_ascii_case("localhost") {
            return here.is_loopback() || here.is_unspecified();
        }
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        match bare.parse::<IpAddr>() {
            Ok(asked) => asked == here || here.is_unspecified() || (here.is_loopback() && asked.is_loopback()),
            Err(_) => false,
        }
    }
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// The tokens that a request brings.
fn presented(headers: &HeaderMap) -> Vec<&str> {
    let bearer = headers
        .get_all(header::AUTHORIZATION)
        .iter()
        .filter_map(|value| value.to_str().ok()?.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == COOKIE)
        .map(|(_, token)| token);
    bearer.chain(cookies).collect()
}

/// Runs around every answer.
pub(super) async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let mut response = match app.gate.check(request.method(), request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.reply(&path),
    };
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = problem.reply(&path);
    }
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn only_own_addresses_are_own() {
        let gate = |address: &str| Gate::new(address.parse().unwrap(), None);
        for (listen, host, own) in [
            ("127.0.0.1:8787", "127.0.0.1:8787", true),
            ("127.0.0.1:8787", "localhost:8787", true),
            ("127.0.0.1:8787", "LOCALHOST:8787", true),
            ("127.0.0.1:8787", "[::1]:8787", true),
            ("127.0.0.1:8787", "127.0.0.1", false),
            ("127.0.0.1:80", "127.0.0.1", true),
            ("[::1]:80", "[::1]", true),
            ("127.0.0.1:8787", "127.0.0.1:8788", false),
            ("127.0.0.1:8787", "attacker.example:8787", false),
            ("127.0.0.1:8787", "localhost.attacker.example:8787", false),
            ("127.0.0.1:8787", "127.0.0.1.nip.example:8787", false),
            ("127.0.0.1:8787", "user@127.0.0.1:8787", false),
            ("127.0.0.1:8787", "192.0.2.7:8787", false),
            ("127.0.0.1:8787", "", false),
            ("192.0.2.7:8787", "192.0.2.7:8787", true),
            ("192.0.2.7:8787", "localhost:8787", false),
            ("0.0.0.0:8787", "192.0.2.7:8787", true),
            ("0.0.0.0:8787", "dashboard.example:8787", false),
        ] {
            assert_eq!(gate(listen).is_own(host), own, "{host} at {listen}");
        }
    }

    #[test]
    fn a_token_is_taken_from_header_or_cookie() {
        let gate = Gate::new("127.0.0.1:8787".parse().unwrap(), Some("s3cret"));
        let ask = |name: HeaderName, value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("localhost:8787"));
            headers.insert(name, HeaderValue::from_static(value));
            gate.check(&Method::GET, &Uri::from_static("/events"), &headers).map_err(|problem| problem.status)
        };
        assert_eq!(ask(header::AUTHORIZATION, "Bearer s3cret"), Ok(()));
        assert_eq!(ask(header::AUTHORIZATION, "bearer s3cret"), Ok(()));
        assert_eq!(ask(header::COOKIE, "a=b; bellwether_token=s3cret"), Ok(()));
        for (name, value) in [
            (header::AUTHORIZATION, "Bearer s3cre"),
            (header::AUTHORIZATION, "Basic s3cret"),
            (header::COOKIE, "token=s3cret"),
            (header::ACCEPT, "s3cret"),
        ] {
            assert_eq!(ask(name, value), Err(StatusCode::UNAUTHORIZED), "{value}");
        }
    }
}
