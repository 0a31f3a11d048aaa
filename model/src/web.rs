//! Addresses on the web.

use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize, de};
use url::Url;

use crate::id::{DocumentId, digest_name};

/// An `http` or `https` address in its one canonical form: without fragment, credentials, default port, and the
/// parameters of `noise.txt` (where a reader came from, the name of a session), with percent escapes only where they
/// are needed, in capitals (RFC 3986, 6.2.2), and without an empty query.
///
/// What could name another page is kept: the order of parameters, the case of the path, a slash at its end.
///
/// Requests that send a body are told apart by a name that stands as the fragment, which no server sees; only
/// [`CanonicalUrl::with_request`] gives one, and no link of a page can.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct CanonicalUrl(String);

/// The text is no address that can be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// It does not parse.
    #[error("`{url}` is no web address: {cause}")]
    Unreadable {
        /// The text.
        url: String,
        /// Why.
        cause: url::ParseError,
    },
    /// It is neither http nor https.
    #[error("`{0}` is neither an http nor an https address")]
    Scheme(String),
}

/// What stands before the name of a request in a fragment.
const REQUEST: &str = "request=";

impl CanonicalUrl {
    /// The canonical form of an absolute address.
    ///
    /// # Errors
    /// The text is no http or https address.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        if is_canonical(text) { Ok(Self(text.to_owned())) } else { Self::taken_apart(text) }
    }

    fn taken_apart(text: &str) -> Result<Self, UrlError> {
        let mut url = Url::parse(text.trim()).map_err(|cause| UrlError::Unreadable { url: text.to_owned(), cause })?;
        if !url.fragment().is_some_and(|name| name.starts_with(REQUEST)) {
            url.set_fragment(None);
        }
        Self::from_url(url)
    }

    /// The canonical form of a link found on this page.
    ///
    /// # Errors
    /// The link is no http or https address.
    pub fn join(&self, link: &str) -> Result<Self, UrlError> {
        let link = link.trim();
        if is_canonical(link) {
            return Ok(Self(link.to_owned()));
        }
        // A path from the root of the site; two slashes would begin with the name of another one.
        if link.starts_with('/') && !link.starts_with("//") {
            let whole = [self.origin_text(), link].concat();
            if is_canonical(&whole) {
                return Ok(Self(whole));
            }
        }
        self.joined(link)
    }

    fn joined(&self, link: &str) -> Result<Self, UrlError> {
        let mut url = self.url().join(link).map_err(|cause| UrlError::Unreadable { url: link.to_owned(), cause })?;
        url.set_fragment(None);
        Self::from_url(url)
    }

    /// The name of a request to this address that sends a body, told apart from others by `name`.
    #[must_use]
    pub fn with_request(&self, name: &str) -> Self {
        let mut url = self.url();
        url.set_fragment(Some(&format!("{REQUEST}{name}")));
        Self(url.into())
    }

    /// The name of the request, where the address stands for one that sends a body; percent escapes as in the address.
    #[must_use]
    pub fn request(&self) -> Option<&str> {
        self.0.split_once('#')?.1.strip_prefix(REQUEST)
    }

    fn from_url(mut url: Url) -> Result<Self, UrlError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(UrlError::Scheme(url.scheme().to_owned()));
        }
        // Neither can fail: an http address has a host.
        url.set_username("").map_err(|()| UrlError::Scheme(String::new()))?;
        url.set_password(None).map_err(|()| UrlError::Scheme(String::new()))?;
        let path = without_session(&plain_escapes(url.path()));
        if path != url.path() {
            url.set_path(&path);
        }
        if let Some(query) = url.query() {
            let query = plain_escapes(query);
            let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !is_noise(pair)).collect();
            let kept = kept.join("&");
            url.set_query((!kept.is_empty()).then_some(kept.as_str()));
        }
        Ok(Self(url.into()))
    }

    /// Why an address looks like one of an endless number that a site makes up, in words; `None`: it does not.
    ///
    /// A path that goes in a circle comes of relative links that are resolved against themselves; nobody writes
    /// addresses beyond these lengths.
    #[must_use]
    pub fn trap(&self) -> Option<&'static str> {
        /// No page of a real site has a longer address (RFC 9110, 4.1 asks for 8,000 to be understood, and sites keep
        /// far below).
        const LONGEST: usize = 2_000;
        const MOST_SEGMENTS: usize = 24;
        const MOST_PARAMETERS: usize = 32;
        let url = self.url();
        let segments: Vec<&str> = url.path().split('/').filter(|segment| !segment.is_empty()).collect();
        if self.0.len() > LONGEST {
            return Some("it is too long");
        }
        if segments.len() > MOST_SEGMENTS {
            return Some("its path has too many parts");
        }
        if url.query().is_some_and(|query| query.split('&').count() > MOST_PARAMETERS) {
            return Some("it has too many parameters");
        }
        goes_in_circles(&segments).then_some("its path goes in a circle")
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address in parts.
    #[must_use]
    pub fn url(&self) -> Url {
        Url::parse(&self.0).expect("a canonical address was parsed once")
    }

    /// `scheme://name:port`, the port left out where it is the scheme's own: the unit of robots.txt and manners.
    #[must_use]
    pub fn origin(&self) -> String {
        self.origin_text().to_owned()
    }

    /// All in front of the path: a canonical address has no credentials, and writes scheme, host and port as an origin does.
    fn origin_text(&self) -> &str {
        let host = self.0.find("://").map_or(0, |at| at + "://".len());
        let end = self.0[host..].find('/').map_or(self.0.len(), |end| host + end);
        &self.0[..end]
    }

    /// The name of the document at this address.
    #[must_use]
    pub fn document(&self) -> DocumentId {
        DocumentId(digest_name("doc", &[&self.0]))
    }
}

/// Whether an address is in its canonical form already, as far as that is seen without taking it apart. Most are, and each is
/// read from the store and compared again and again; of a `false` nothing follows.
fn is_canonical(text: &str) -> bool {
    let (rest, own_port) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => (rest, "443"),
        (None, Some(rest)) => (rest, "80"),
        (None, None) => return false,
    };
    let Some(slash) = rest.find('/') else { return false };
    let (authority, path) = rest.split_at(slash);
    let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$()*+,=:@/&".contains(&byte);
    is_plain_host(host)
        && port.is_none_or(|port| port != own_port && is_plain_number(port, u32::from(u16::MAX)))
        && path.bytes().all(is_plain)
        // It may be a step up, or none.
        && !path.contains("/.")
        && query.is_none_or(|query| {
            query.bytes().all(is_plain) && query.split('&').all(|pair| !pair.is_empty() && !is_noise(pair))
        })
}

/// Whether a host is a name in small letters, or four numbers, and can be written in no other way.
fn is_plain_host(host: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    if last.starts_with(|c: char| c.is_ascii_lowercase()) {
        // Two hyphens may stand in front of letters of other scripts, which have rules of their own.
        host.split('.').all(is_label) && !host.contains("--")
    } else {
        host.split('.').count() == 4 && host.split('.').all(|part| is_plain_number(part, u32::from(u8::MAX)))
    }
}

/// Whether a number is written with its digits alone, and is no larger than this.
fn is_plain_number(text: &str, most: u32) -> bool {
    (text == "0" || !text.starts_with('0'))
        && (1..=5).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.parse().is_ok_and(|number: u32| number <= most)
}

/// Whether parts of a path repeat one another: one part three times in a row, or several parts twice (`/a/b/a/b`).
/// Numbers alone are a date (`/2011/11/11/11`).
fn goes_in_circles(segments: &[&str]) -> bool {
    let is_number = |segment: &&str| segment.bytes().all(|byte| byte.is_ascii_digit());
    (1..=segments.len() / 2).any(|period| {
        let times = if period == 1 { 3 } else { 2 };
        segments.windows(period * times).any(|window| {
            !window[..period].iter().all(is_number) && window.chunks(period).all(|chunk| *chunk == window[..period])
        })
    })
}

/// What of `noise.txt` a name must be, and whether its value must look like a session's.
enum Noise {
    Exact(&'static str, bool),
    Prefix(&'static str),
}

static NOISE: LazyLock<Vec<Noise>> = LazyLock::new(|| {
    let lines = include_str!("noise.txt").lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| match (line.strip_suffix('*'), line.strip_suffix('?')) {
            (Some(prefix), _) => Noise::Prefix(prefix),
            (None, Some(name)) => Noise::Exact(name, true),
            (None, None) => Noise::Exact(line, false),
        })
        .collect()
});

fn is_noise(pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    NOISE.iter().any(|noise| match noise {
        Noise::Prefix(prefix) => name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)),
        Noise::Exact(known, session) => name.eq_ignore_ascii_case(known) && (!session || is_session(value)),
    })
}

/// Whether a value looks like the name of a session: long, of letters and digits.
fn is_session(value: &str) -> bool {
    const SHORTEST: usize = 16;
    value.len() >= SHORTEST
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// A path without `;jsessionid=…`, which servers write behind a part of it.
fn without_session(path: &str) -> String {
    const MARK: &str = ";jsessionid=";
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) =
        rest.as_bytes().windows(MARK.len()).position(|window| window.eq_ignore_ascii_case(MARK.as_bytes()))
    {
        out.push_str(&rest[..at]);
        let behind = &rest[at + MARK.len()..];
        rest = behind.find(['/', ';']).map_or("", |end| &behind[end..]);
    }
    out.push_str(rest);
    out
}

/// Percent escapes of letters, digits, `-._~` resolved, all others with capitals; a percent sign that begins none is
/// one itself.
fn plain_escapes(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'%' {
            let next = text[at..].chars().next().unwrap_or_default();
            out.push(next);
            at += next.len_utf8();
            continue;
        }
        let digit = |place: usize| bytes.get(place).and_then(|byte| char::from(*byte).to_digit(16));
        match (digit(at + 1), digit(at + 2)) {
            (Some(high), Some(low)) => {
                let byte = u8::try_from(high * 16 + low).unwrap_or_default();
                if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                    out.push(char::from(byte));
                } else {
                    out.push_str(&format!("%{byte:02X}"));
                }
                at += 3;
            }
            _ => {
                out.push_str("%25");
                at += 1;
            }
        }
    }
    out
}

impl fmt::Display for CanonicalUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for CanonicalUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_address_are_one() {
        for spelling in [
            "https://www.example.org/a?utm_source=x&b=1#top",
            "HTTPS://WWW.example.org:443/a?b=1",
            "https://user:secret@www.example.org/x/../a?b=1&fbclid=9",
        ] {
            assert_eq!(CanonicalUrl::parse(spelling).expect(spelling).as_str(), "https://www.example.org/a?b=1");
        }
        assert_eq!(CanonicalUrl::parse("http://127.0.0.1:8000").expect("an address").origin(), "http://127.0.0.1:8000");
    }

    #[test]
    fn other_schemes_are_refused() {
        for text in ["ftp://example.org/", "javascript:alert(1)", "file:///etc/passwd", "no address", "mailto:a@b.c"] {
            assert!(CanonicalUrl::parse(text).is_err(), "{text}");
        }
    }

    fn canonical(text: &str) -> String {
        CanonicalUrl::parse(text).expect(text).to_string()
    }

    #[test]
    fn what_changes_nothing_is_left_out() {
        for (spelling, expected) in [
            ("http://a.example/x;jsessionid=ABC123?b=1", "http://a.example/x?b=1"),
            ("http://a.example/x;JSESSIONID=A/y", "http://a.example/x/y"),
            ("http://a.example/%7euser/%e4%b8%ad%2F", "http://a.example/~user/%E4%B8%AD%2F"),
            ("http://a.example/?PHPSESSID=1&UTM_Source=x", "http://a.example/"),
            ("http://a.example/?sid=d41d8cd98f00b204e9800998ecf8427e&a=1", "http://a.example/?a=1"),
            ("http://a.example/100%?q=5%", "http://a.example/100%25?q=5%25"),
        ] {
            assert_eq!(canonical(spelling), expected);
        }
    }

    #[test]
    fn what_may_name_another_page_is_kept() {
        for text in [
            "http://a.example/?sid=4711",
            "http://a.example/?s=search",
            "http://a.example/?b=2&a=1",
            "http://a.example/A/",
            "http://a.example/?q=%A4%A4+%20",
            "http://a.example/?ref=front",
            "http://a.example/a%2Fb",
        ] {
            assert_eq!(canonical(text), text);
        }
    }

    #[test]
    fn only_this_program_names_requests() {
        let url = CanonicalUrl::parse("http://a.example/api#top").expect("an address");
        let second = url.with_request("1f,page 2");
        assert_eq!(second.as_str(), "http://a.example/api#request=1f,page%202");
        assert_eq!((second.request(), url.request()), (Some("1f,page%202"), None));
        assert_eq!(CanonicalUrl::parse(second.as_str()).as_ref(), Ok(&second));
        assert_eq!(url.join("http://a.example/api#request=x").as_ref(), Ok(&url));
    }

    #[test]
    fn traps_are_known_by_their_addresses() {
        let trap = |path: &str| CanonicalUrl::parse(&format!("http://a.example{path}")).expect(path).trap().is_some();
        for path in ["/a/b/a/b", "/x/a/a/a", "/news/2/news/2/", "/a/b/c/a/b/c/d", &"/a1".repeat(30), &"x".repeat(3000)]
        {
            assert!(trap(&format!("/{path}")), "{path}");
        }
        for path in ["/2011/11/11/11", "/a/a", "/news/2026/01/news-1", "/tw/en/tw", "/"] {
            assert!(!trap(path), "{path}");
        }
    }

    #[test]
    fn most_addresses_need_not_be_taken_apart() {
        for text in [
            "https://www.example.org/",
            "https://news.example.com.tw/money/story/5612/9012345?from=list&b=@2",
            "http://127.0.0.1:8000/a/b_c-d.html",
        ] {
            assert!(is_canonical(text), "{text}");
        }
        for text in [
            "https://example.org",
            "http://example.org:80/",
            "https://Example.org/",
            "https://xn--fiq.example/",
            "https://1.2.3/",
            "https://0x7f.1/",
            "https://a.1/",
            "https://a..b/",
            "https://a@example.org/",
            "https://example.org/a/../b",
            "https://example.org/a b",
            "https://example.org/a;jsessionid=1",
            "https://example.org/%41",
            "https://example.org/\u{51fa}",
            "https://example.org/?",
            "https://example.org/?a&&b",
            "https://example.org/?utm_source=x",
            "https://example.org/#a",
            "ftp://example.org/",
        ] {
            assert!(!is_canonical(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_canonical_at_sight_is_so_taken_apart(
            text in "https?://[a-z0-9.-]{1,9}(:[0-9]{1,5})?/[A-Za-z0-9._~!$&'()*+,;=:@/%-]{0,12}([?][a-z0-9=&?.+@:/!_-]{0,10})?",
        ) {
            if is_canonical(&text) {
                prop_assert_eq!(CanonicalUrl::taken_apart(&text), Ok(CanonicalUrl(text)));
            }
        }

        #[test]
        fn links_are_joined_as_if_taken_apart(
            base in "https?://([a-z]{1,3}[.])?[a-z]{1,4}(:8[0-9]{1,3})?/[a-z/.]{0,6}",
            link in "(https?://[a-z.]{1,6})?[/]{0,2}[A-Za-z0-9._~:@%;-]{0,8}/?[a-z.]{0,5}([?][a-z0-9=&]{0,6})?(#[a-z]{0,2})?",
        ) {
            if let Ok(base) = CanonicalUrl::parse(&base) {
                prop_assert_eq!(base.join(&link), base.joined(link.trim()));
                prop_assert_eq!(base.origin(), base.url().origin().ascii_serialization());
            }
        }

        #[test]
        fn canonical_form_is_stable(text in "https?://[a-z]{1,8}(:[0-9]{1,4})?/\\PC{0,30}") {
            if let Ok(once) = CanonicalUrl::parse(&text) {
                prop_assert_eq!(&CanonicalUrl::parse(once.as_str()).expect("parses again"), &once);
            }
        }

        #[test]
        fn escapes_and_sessions_are_stable(text in "http://a\\.b/[a%;=?&/4-6E.~]{0,24}(;jsessionid=[a/;]{0,3})?") {
            if let Ok(once) = CanonicalUrl::parse(&text) {
                prop_assert_eq!(&CanonicalUrl::parse(once.as_str()).expect("parses again"), &once);
            }
        }

        #[test]
        fn different_pages_stay_different(a in "[a-zA-Z0-9/._~-]{0,12}", b in "[a-zA-Z0-9/._~-]{0,12}", x in 0u32..9, y in 0u32..9) {
            prop_assume!(!a.contains("./") && !b.contains("./") && !a.ends_with('.') && !b.ends_with('.'));
            let of = |path: &str, id: u32| CanonicalUrl::parse(&format!("http://a.example/x/{path}?id={id}&utm_x={a}"));
            prop_assert_eq!(of(&a, x) == of(&b, y), a == b && x == y);
        }
    }
}
