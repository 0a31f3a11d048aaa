//! What a request carries besides its address: parameters that no log and no store may hold, and a body. Pure.

use bellwether_model::rows::NextPage;
use bellwether_model::web::CanonicalUrl;
use hyper::header::HeaderValue;
use url::Url;

use crate::settings::SourceSettings;

/// What a source's requests carry to its own origin, and to no other.
#[derive(Default)]
pub(super) struct Carried {
    /// Parameters with secrets; they are added as a request is sent and taken off what its answer says of itself.
    query: Vec<(String, String)>,
    /// Body and its type: sent with POST.
    body: Option<(String, HeaderValue)>,
}

impl Carried {
    /// What the request for this resource of a source carries.
    pub(super) fn of(source: &SourceSettings, url: &CanonicalUrl) -> Self {
        let body = source.api.as_deref().and_then(|api| {
            let start = || api.next.as_ref().map(NextPage::start).unwrap_or_default();
            let value = url.request().and_then(|name| name.split_once(',')).map_or_else(start, |(_, value)| {
                url::form_urlencoded::parse(format!("v={}", value.replace('+', "%2B")).as_bytes())
                    .next()
                    .map(|(_, value)| value.into_owned())
                    .unwrap_or_default()
            });
            let kind = HeaderValue::from_str(api.content_type()).ok()?;
            Some((api.body_of(&value)?, kind))
        });
        Self { query: source.secret_query.0.clone(), body }
    }

    /// The body, where one is sent; validators mean nothing then.
    pub(super) fn body(&self) -> Option<&str> {
        self.body.as_ref().map(|(body, _)| body.as_str())
    }

    /// The type of the body.
    pub(super) fn content_type(&self) -> Option<&HeaderValue> {
        self.body.as_ref().map(|(_, kind)| kind)
    }

    /// The address with what it carries.
    pub(super) fn onto(&self, url: &Url) -> Url {
        let mut url = url.clone();
        url.set_fragment(None);
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        url
    }

    /// An address that an answer names, without the secrets that it may repeat.
    pub(super) fn off(&self, mut url: Url) -> Url {
        if self.query.is_empty() || !url.query_pairs().any(|pair| self.is_secret(&pair)) {
            return url;
        }
        let kept: Vec<(String, String)> = url
            .query_pairs()
            .filter(|pair| !self.is_secret(pair))
            .map(|(k, v)| (k.into_owned(), v.into_owned()))
            .collect();
        url.set_query(None);
        if !kept.is_empty() {
            url.query_pairs_mut().extend_pairs(kept);
        }
        url
    }

    fn is_secret(&self, (name, value): &(std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)) -> bool {
        self.query.iter().any(|(own, secret)| name == own || (secret.len() > 3 && value.contains(secret.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Secrets;
    use bellwether_model::id::SourceId;
    use bellwether_model::rows::RowMapping;
    use bellwether_model::source::SourceKind;

    fn source() -> SourceSettings {
        let url = CanonicalUrl::parse("https://api.example.org/data?get=X").expect("an address");
        let next = NextPage { offset: Some("from".into()), ..NextPage::default() };
        let api = RowMapping { body: Some("{\"from\": {from}}".into()), next: Some(next), ..RowMapping::default() };
        SourceSettings {
            secret_query: Secrets(vec![("key".into(), "s3cret&".into())]),
            api: Some(Box::new(api)),
            ..SourceSettings::new(SourceId::new("a"), SourceKind::Api, url)
        }
    }

    #[test]
    fn secrets_go_on_and_come_off() {
        let source = source();
        let carried = Carried::of(&source, &source.url);
        let asked = carried.onto(&source.url.url());
        assert_eq!(asked.as_str(), "https://api.example.org/data?get=X&key=s3cret%26");
        assert_eq!(carried.off(asked).as_str(), "https://api.example.org/data?get=X");
        let echoed = Url::parse("https://api.example.org/login?back=%2Fdata%3Fkey%3Ds3cret%26").expect("an address");
        assert_eq!(carried.off(echoed).as_str(), "https://api.example.org/login");
        assert!(!format!("{source:?}").contains("s3cret"));
    }

    #[test]
    fn the_name_of_a_request_says_what_its_body_does() {
        let source = source();
        let body = |url: &CanonicalUrl| Carried::of(&source, url).body().map(str::to_owned);
        assert_eq!(body(&source.url).as_deref(), Some("{\"from\": 0}"));
        assert_eq!(body(&source.url.with_request("1f,200")).as_deref(), Some("{\"from\": 200}"));
    }
}
