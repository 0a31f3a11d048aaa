//! Addresses on the web.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};
use url::Url;

use crate::id::{DocumentId, digest_name};

/// An `http` or `https` address in its one canonical form: without fragment, credentials, tracking
/// parameters and default port, with an upper-case percent encoding and a sorted-away empty query.
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

/// Query parameters that tell where a reader came from and change nothing on the page.
const TRACKING: &[&str] = &["fbclid", "gclid", "dclid", "msclkid", "yclid", "igshid", "mc_cid", "mc_eid", "spm"];

impl CanonicalUrl {
    /// The canonical form of an absolute address.
    ///
    /// # Errors
    /// The text is no http or https address.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let url = Url::parse(text.trim()).map_err(|cause| UrlError::Unreadable { url: text.to_owned(), cause })?;
        Self::from_url(url)
    }

    /// The canonical form of a link found on this page.
    ///
    /// # Errors
    /// The link is no http or https address.
    pub fn join(&self, link: &str) -> Result<Self, UrlError> {
        let url = self.url().join(link.trim()).map_err(|cause| UrlError::Unreadable { url: link.to_owned(), cause })?;
        Self::from_url(url)
    }

    fn from_url(mut url: Url) -> Result<Self, UrlError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(UrlError::Scheme(url.scheme().to_owned()));
        }
        url.set_fragment(None);
        // Neither can fail: an http address has a host.
        url.set_username("").map_err(|()| UrlError::Scheme(String::new()))?;
        url.set_password(None).map_err(|()| UrlError::Scheme(String::new()))?;
        if let Some(query) = url.query() {
            let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !is_tracking(pair)).collect();
            let kept = kept.join("&");
            url.set_query((!kept.is_empty()).then_some(kept.as_str()));
        }
        Ok(Self(url.into()))
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
        self.url().origin().ascii_serialization()
    }

    /// The name of the document at this address.
    #[must_use]
    pub fn document(&self) -> DocumentId {
        DocumentId(digest_name("doc", &[&self.0]))
    }
}

fn is_tracking(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or(pair);
    name.starts_with("utm_") || TRACKING.contains(&name)
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

    proptest! {
        #[test]
        fn canonical_form_is_stable(text in "https?://[a-z]{1,8}(:[0-9]{1,4})?/\\PC{0,30}") {
            if let Ok(once) = CanonicalUrl::parse(&text) {
                prop_assert_eq!(&CanonicalUrl::parse(once.as_str()).expect("parses again"), &once);
            }
        }
    }
}
