//! The request that continues an answer.

use bellwether_model::rows::{NextPage, RowMapping};
use bellwether_model::web::CanonicalUrl;
use serde_json::Value;

use super::table::plain;

/// What is known of the page that was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page<'a> {
    /// Its address.
    pub(super) url: &'a CanonicalUrl,
    /// Rows on it.
    pub(super) rows: usize,
    /// The whole answer, where it is JSON.
    pub(super) json: Option<&'a Value>,
    /// Its `Link` header.
    pub(super) link: Option<&'a str>,
}

/// The address of the next page; `None`: this is the last one.
pub(super) fn next(page: Page<'_>, mapping: &RowMapping) -> Option<CanonicalUrl> {
    let how = mapping.next.as_ref()?;
    let rows = u64::try_from(page.rows).ok()?;
    if rows == 0 || how.size.is_some_and(|size| rows < size) {
        return None;
    }
    let named = if let Some(pointer) = &how.address {
        let address = plain(page.json?.pointer(pointer)?);
        (!address.is_empty()).then(|| page.url.join(&address).ok())?
    } else if how.header {
        page.url.join(&link_next(page.link?)?).ok()
    } else {
        let parameter = how.parameter()?;
        let now = current(page.url, parameter, how);
        let value = match (&how.page, &how.offset) {
            (Some(_), _) => now.parse::<u64>().ok()?.checked_add(1)?.to_string(),
            (None, Some(_)) => now.parse::<u64>().ok()?.checked_add(how.size.unwrap_or(rows))?.to_string(),
            (None, None) => plain(page.json?.pointer(how.cursor.as_ref()?)?),
        };
        if value.is_empty() || value == now {
            return None;
        }
        Some(if mapping.body.is_some() {
            named_request(page.url, &value)
        } else {
            with_parameter(page.url, parameter, &value)?
        })
    }?;
    // Keys and manners are those of one host.
    (named.origin() == page.url.origin() && named != *page.url).then_some(named)
}

/// What the parameter said on this page.
fn current(url: &CanonicalUrl, parameter: &str, how: &NextPage) -> String {
    if let Some((_, value)) = url.request().and_then(|name| name.split_once(',')) {
        return percent_decoded(value);
    }
    let own = url.url();
    let said = own.query_pairs().find(|(name, _)| name == parameter).map(|(_, value)| value.into_owned());
    said.unwrap_or_else(|| how.start())
}

fn percent_decoded(text: &str) -> String {
    let text = format!("v={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(text.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

fn named_request(url: &CanonicalUrl, value: &str) -> CanonicalUrl {
    let name = url.request().and_then(|name| name.split(',').next()).unwrap_or("0").to_owned();
    // Escapes of the fragment are undone when the value is sent, so a percent sign of its own is escaped first.
    url.with_request(&format!("{name},{}", value.replace('%', "%25")))
}

fn with_parameter(url: &CanonicalUrl, parameter: &str, value: &str) -> Option<CanonicalUrl> {
    let mut own = url.url();
    let others: Vec<(String, String)> = own
        .query_pairs()
        .filter(|(name, _)| name != parameter)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    own.query_pairs_mut().clear().extend_pairs(others).append_pair(parameter, value);
    CanonicalUrl::parse(own.as_str()).ok()
}

/// The target of `rel="next"` in a `Link` header (RFC 8288, 3).
fn link_next(header: &str) -> Option<String> {
    header.split('<').skip(1).find_map(|link| {
        let (target, parameters) = link.split_once('>')?;
        let is_next = parameters.split([';', ',']).any(|parameter| {
            let Some((name, value)) = parameter.split_once('=') else { return false };
            name.trim().eq_ignore_ascii_case("rel")
                && value
                    .trim()
                    .trim_matches('"')
                    .split_whitespace()
                    .any(|relation| relation.eq_ignore_ascii_case("next"))
        });
        is_next.then(|| target.trim().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follow(url: &str, rows: usize, json: &str, link: Option<&str>, how: NextPage) -> Option<String> {
        let url = CanonicalUrl::parse(url).expect("an address");
        let json: Value = serde_json::from_str(json).expect("JSON");
        let mapping = RowMapping { next: Some(how), ..RowMapping::default() };
        next(Page { url: &url, rows, json: Some(&json), link }, &mapping).map(|url| url.to_string())
    }

    #[test]
    fn pages_and_rows_are_counted() {
        let pages = NextPage { page: Some("page".into()), ..NextPage::default() };
        assert_eq!(follow("http://a.b/?q=1", 9, "1", None, pages.clone()).as_deref(), Some("http://a.b/?q=1&page=2"));
        assert_eq!(follow("http://a.b/?page=2", 9, "1", None, pages.clone()).as_deref(), Some("http://a.b/?page=3"));
        assert_eq!(follow("http://a.b/?page=3", 0, "1", None, pages), None);
        let rows = NextPage { offset: Some("from".into()), size: Some(100), ..NextPage::default() };
        assert_eq!(follow("http://a.b/", 100, "1", None, rows.clone()).as_deref(), Some("http://a.b/?from=100"));
        assert_eq!(follow("http://a.b/?from=100", 99, "1", None, rows), None);
    }

    #[test]
    fn the_answer_itself_may_name_what_follows() {
        let cursor = NextPage { cursor: Some("/next".into()), parameter: Some("after".into()), ..NextPage::default() };
        assert_eq!(
            follow("http://a.b/", 1, r#"{"next":"x y"}"#, None, cursor.clone()).as_deref(),
            Some("http://a.b/?after=x+y")
        );
        assert_eq!(
            follow("http://a.b/?after=x+y", 1, r#"{"next":"x y"}"#, None, cursor.clone()),
            None,
            "it goes no further"
        );
        assert_eq!(follow("http://a.b/", 1, r#"{"next":null}"#, None, cursor), None);
        let address = NextPage { address: Some("/links/next".into()), ..NextPage::default() };
        assert_eq!(
            follow("http://a.b/x/", 1, r#"{"links":{"next":"?p=2"}}"#, None, address.clone()).as_deref(),
            Some("http://a.b/x/?p=2")
        );
        assert_eq!(
            follow("http://a.b/", 1, r#"{"links":{"next":"http://c.d/"}}"#, None, address),
            None,
            "another host"
        );
        let header = NextPage { header: true, ..NextPage::default() };
        let link = r#"<http://a.b/?p=1>; rel="prev", <http://a.b/?p=3>; title="on, and on"; rel="last next""#;
        assert_eq!(follow("http://a.b/?p=2", 1, "1", Some(link), header).as_deref(), Some("http://a.b/?p=3"));
    }

    #[test]
    fn the_next_request_with_a_body_has_a_name_of_its_own() {
        let mapping = RowMapping {
            body: Some("{\"page\": {page}}".into()),
            next: Some(NextPage { page: Some("page".into()), ..NextPage::default() }),
            ..RowMapping::default()
        };
        let first = CanonicalUrl::parse("http://a.b/api").expect("an address").with_request("1f");
        let page = |url| Page { url, rows: 3, json: None, link: None };
        let second = next(page(&first), &mapping).expect("a second page");
        assert_eq!(second.as_str(), "http://a.b/api#request=1f,2");
        assert_eq!(next(page(&second), &mapping).expect("a third page").as_str(), "http://a.b/api#request=1f,3");
    }
}
