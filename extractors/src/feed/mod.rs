//! RSS, Atom and JSON Feed.
//!
//! Real feeds are often not well-formed, name no zone or write dates in their own way; what can be read of them is.
//! A time whose instant cannot be known is given as the day alone, one without a year not at all.

mod json;
pub(crate) mod tokens;
mod xml;

use bellwether_model::web::CanonicalUrl;
use jiff::tz::TimeZone;
use url::Url;

use crate::PageContext;
use crate::decode;
use crate::page::{collapse, dates};
use crate::problem::Problem;

/// A feed, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Feed {
    /// Its title.
    pub title: Option<String>,
    /// Entries in the order of the file.
    pub entries: Vec<Entry>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// One entry of a feed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// `id` or `guid` as written; `None` where the feed has none.
    pub id: Option<String>,
    /// Title as plain text.
    pub title: Option<String>,
    /// Address of the page it stands for.
    pub url: Option<CanonicalUrl>,
    /// Publication time: RFC 3339 in UTC, or the day alone (RFC 3339 `full-date`) where the feed names no zone and
    /// none is known for its source; `None` where it cannot be known.
    pub published: Option<String>,
    /// Time of the last change, written likewise.
    pub updated: Option<String>,
    /// Author names.
    pub authors: Vec<String>,
    /// The full text as HTML, or the summary where there is no more.
    pub content: Option<String>,
}

/// Reads a feed. What is no feed at all gives no entries and a problem.
#[must_use]
pub fn read(bytes: &[u8], context: &PageContext) -> Feed {
    let decoded = decode::decode(bytes, context);
    let base = context.url.as_deref().and_then(|url| Url::parse(url).ok());
    let zone = context.timezone.as_deref().and_then(|name| TimeZone::get(name).ok());
    let text = decoded.text.trim_start();
    let found = if text.starts_with('{') { json::read(text, base.as_ref(), zone.as_ref()) } else { None };
    let found = found.or_else(|| xml::read(text, base.as_ref(), zone.as_ref()));
    let mut feed = found.unwrap_or_else(|| Feed {
        problems: vec![Problem::new("the answer is no feed: neither RSS, Atom nor JSON Feed")],
        ..Feed::default()
    });
    feed.problems.extend(decoded.problems);
    feed
}

/// A time of a feed as it is handed on: an instant, or a day.
fn time(field: &str, zone: Option<&TimeZone>) -> Option<String> {
    let time = dates::parse(field, zone)?;
    Some(time.instant.map_or_else(|| time.date().to_string(), |instant| instant.to_string()))
}

/// Text without tags, references resolved: titles hold markup in one feed and escaped markup in another.
fn plain(text: &str) -> Option<String> {
    let text = text.trim();
    if !text.contains(['<', '&']) {
        return Some(collapse(text));
    }
    let html = scraper::Html::parse_fragment(text);
    Some(collapse(&html.root_element().text().collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(url: &str) -> PageContext {
        PageContext { url: Some(url.to_owned()), ..PageContext::default() }
    }

    #[test]
    fn rss_is_read() {
        let text = "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>某報</title><image><title>logo</title></image>\
            <item><title><![CDATA[出口 &amp; 進口]]></title><link>/news/1?a=1&b=2</link><guid isPermaLink=\"false\">x-1</guid>\
            <pubDate>Tue, 27 Dec 2005 13:30:33+0900</pubDate><dc:creator>王小明</dc:creator><media:title>no</media:title>\
            <description>&lt;p&gt;摘要&lt;/p&gt;</description><content:encoded><![CDATA[<p>全文</p>]]></content:encoded></item>\
            <item><title>second</title><guid>https://example.tw/2</guid></item></channel></rss>";
        let feed = read(text.as_bytes(), &context("https://www.example.tw/feed.xml"));
        assert_eq!((feed.title.as_deref(), feed.entries.len(), feed.problems.len()), (Some("某報"), 2, 0));
        let first = &feed.entries[0];
        assert_eq!((first.id.as_deref(), first.title.as_deref()), (Some("x-1"), Some("出口 & 進口")));
        assert_eq!(first.url.as_ref().map(CanonicalUrl::as_str), Some("https://www.example.tw/news/1?a=1&b=2"));
        assert_eq!(first.published.as_deref(), Some("2005-12-27T04:30:33Z"));
        assert_eq!(
            (first.authors.as_slice(), first.content.as_deref()),
            (&["王小明".to_owned()][..], Some("<p>全文</p>"))
        );
        assert_eq!(feed.entries[1].url.as_ref().map(CanonicalUrl::as_str), Some("https://example.tw/2"));
    }

    #[test]
    fn atom_is_read_with_its_base() {
        let text = "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:base=\"https://example.org/blog/\"><title>T</title>\
            <entry><id>urn:1</id><title type=\"html\">a &lt;b&gt;bold&lt;/b&gt; one</title><link rel=\"self\" href=\"no\"/><link href=\"2003/1\"/>\
            <updated>2003-12-13T18:30:02Z</updated><author><name>Ann</name></author>\
            <content type=\"xhtml\"><div>x <i>y</i></div></content></entry></feed>";
        let feed = read(text.as_bytes(), &PageContext::default());
        let entry = &feed.entries[0];
        assert_eq!(entry.title.as_deref(), Some("a bold one"));
        assert_eq!(entry.url.as_ref().map(CanonicalUrl::as_str), Some("https://example.org/blog/2003/1"));
        assert_eq!((entry.published.as_deref(), entry.updated.as_deref()), (None, Some("2003-12-13T18:30:02Z")));
        assert_eq!(
            (entry.authors.as_slice(), entry.content.as_deref()),
            (&["Ann".to_owned()][..], Some("<div>x <i>y</i></div>"))
        );
    }

    #[test]
    fn json_feed_is_read() {
        let text = r#"{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"id":7,"url":"/a","title":"one","date_published":"2017-05-17T08:02:12-07:00","authors":[{"name":"Ann"}]}]}"#;
        let feed = read(text.as_bytes(), &context("https://example.org/feed.json"));
        let entry = &feed.entries[0];
        assert_eq!((entry.id.as_deref(), entry.published.as_deref()), (Some("7"), Some("2017-05-17T15:02:12Z")));
        assert_eq!(entry.url.as_ref().map(CanonicalUrl::as_str), Some("https://example.org/a"));
    }

    #[test]
    fn a_day_is_given_where_the_instant_is_not_known() {
        assert_eq!(time("2004-12-27T11:30:00", None).as_deref(), Some("2004-12-27"));
        let seoul = TimeZone::fixed(jiff::tz::offset(9));
        assert_eq!(time("2004-12-27T11:30:00", Some(&seoul)).as_deref(), Some("2004-12-27T02:30:00Z"));
        assert_eq!(time("05/20 7:03 am", None), None);
    }

    #[test]
    fn what_is_no_feed_is_a_problem() {
        for text in ["", "<html><body>no", "{\"items\":1}", "plain"] {
            let feed = read(text.as_bytes(), &PageContext::default());
            assert_eq!((feed.entries.len(), feed.problems.len()), (0, 1), "{text}");
        }
        let cut = read(
            b"<rss><channel><title>T</title><item><title>a</title><link>http://example.org/",
            &PageContext::default(),
        );
        assert_eq!((cut.entries.len(), cut.entries[0].title.as_deref()), (1, Some("a")));
    }
}
