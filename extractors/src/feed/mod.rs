//! RSS, Atom and JSON Feed, by `feed-rs`.
//!
//! Real feeds are often not well-formed, name no zone or write dates in their own way: such a file is repaired and
//! given to the parser again, and dates are read by the reader of page dates. A time whose instant cannot be known is
//! given as the day alone, one without a year not at all.

mod opml;
mod pace;
mod repair;
pub(crate) mod tokens;

use bellwether_model::web::CanonicalUrl;
use feed_rs::model::{Entry as Parsed, Feed as ParsedFeed, FeedType, Link};
use feed_rs::parser::{Builder, Parser};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use url::Url;

pub use self::opml::{Subscription, subscriptions};
use crate::PageContext;
use crate::decode;
use crate::page::{collapse, dates};
use crate::problem::Problem;

/// Added to midnight where a date has no instant: the parser hands on instants alone. No feed writes so fine a time.
const DAY_ALONE: SignedDuration = SignedDuration::from_nanos(7);

/// A feed, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Feed {
    /// Its title.
    pub title: Option<String>,
    /// Entries in the order of the file.
    pub entries: Vec<Entry>,
    /// Seconds for which the publisher asks not to be asked again, from `ttl` (RSS 2.0, minutes) or the update period of
    /// RSS 1.0 (`sy:updatePeriod`, `sy:updateFrequency`), a day at the most; `None`: nothing is asked.
    pub ttl: Option<u32>,
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
    /// Whether `content` stands where a feed carries the full text (`content`, `content:encoded`, `content_html`).
    pub full: bool,
}

/// Reads a feed. What is no feed at all gives no entries and a problem.
#[must_use]
pub fn read(bytes: &[u8], context: &PageContext) -> Feed {
    let decoded = decode::decode(bytes, context);
    let base = context.url.as_deref().and_then(|url| Url::parse(url).ok());
    let zone = context.timezone.as_deref().and_then(|name| TimeZone::get(name).ok());
    let text = without_declaration(&decoded.text);
    let mut feed = parse(text, || parser(base.as_ref(), zone.clone()))
        .map(|parsed| hand_on(parsed, base.as_ref()))
        .unwrap_or_else(|| Feed {
            problems: vec![Problem::new("the answer is no feed: neither RSS, Atom nor JSON Feed")],
            ..Feed::default()
        });
    feed.ttl = pace::ttl(text);
    feed.problems.extend(decoded.problems);
    feed
}

fn parser(base: Option<&Url>, zone: Option<TimeZone>) -> Parser {
    Builder::new()
        .base_uri(base.map(Url::as_str))
        // An id that the feed does not have is not made up.
        .id_generator(|_, _, _| String::new())
        .sanitize_content(false)
        // The parser has its own type of times; both know RFC 3339.
        .timestamp_parser(move |field| instant(field, zone.as_ref())?.to_string().parse().ok())
        .build()
}

/// The parser's reading of a text, or of the repaired text where that says more. A parser that refused a text must
/// not be used again: its state is the unfinished entry's.
fn parse(text: &str, parser: impl Fn() -> Parser) -> Option<ParsedFeed> {
    let is_json = text.starts_with('{');
    let strict = if is_json || repair::is_sound(text) { parser().parse(text.as_bytes()).ok() } else { None };
    if strict.as_ref().is_some_and(|feed| !feed.entries.is_empty()) {
        return strict;
    }
    let repaired = if is_json { repair::json(text) } else { repair::xml(text) };
    let lenient = repaired.and_then(|text| parser().parse(text.as_bytes()).ok());
    match (strict, lenient) {
        (Some(strict), Some(lenient)) if lenient.entries.is_empty() && strict.title.is_some() => Some(strict),
        (strict, lenient) => lenient.or(strict),
    }
}

/// The text without its XML declaration: it names the encoding of the bytes, and the text is decoded already.
fn without_declaration(text: &str) -> &str {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    match text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")) {
        Some((declaration, rest)) if !declaration.contains('<') => rest.trim_start(),
        _ => text,
    }
}

fn hand_on(parsed: ParsedFeed, base: Option<&Url>) -> Feed {
    let is_json = parsed.feed_type == FeedType::JSON;
    let own = parsed.links.iter().filter(|_| is_json).find_map(|link| Url::parse(&link.href).ok());
    let base = base.or(own.as_ref());
    // Titles of JSON are plain text; those of XML are whatever the publisher took them for.
    let title = if is_json { words } else { plain };
    Feed {
        title: parsed.title.and_then(|text| title(&text.content)),
        entries: parsed.entries.into_iter().map(|entry| hand_on_entry(entry, base, title)).collect(),
        ttl: None,
        problems: Vec::new(),
    }
}

fn hand_on_entry(parsed: Parsed, base: Option<&Url>, title: fn(&str) -> Option<String>) -> Entry {
    let id = Some(parsed.id.trim().to_owned()).filter(|id| !id.is_empty());
    let permanent = || id.clone().filter(|id| id.starts_with("http://") || id.starts_with("https://"));
    let published = parsed.published.and_then(|time| Some(written(time.to_rfc3339().parse().ok()?)));
    let updated = parsed.updated.and_then(|time| Some(written(time.to_rfc3339().parse().ok()?)));
    let content = parsed.content.and_then(|content| content.body).filter(|content| !content.trim().is_empty());
    let full = content.is_some();
    let content = content.or_else(|| parsed.summary.map(|summary| summary.content));
    let mut authors: Vec<String> = Vec::new();
    for name in parsed.authors.into_iter().filter_map(|person| person.name) {
        let name = person(&collapse(&name));
        if !name.is_empty() && !name.contains('@') && !authors.contains(&name) {
            authors.push(name);
        }
    }
    Entry {
        title: parsed.title.and_then(|text| title(&text.content)),
        url: address(&parsed.links).or_else(permanent).and_then(|link| absolute(&link, base)),
        // The parser writes the time of publication into both where a feed of RSS has only one.
        updated: updated.filter(|updated| published.as_ref() != Some(updated)),
        published,
        authors,
        content: content.map(|content| content.trim().to_owned()).filter(|content| !content.is_empty()),
        full,
        id,
    }
}

/// The name of a person, without the address of mail in front of it that RSS 2.0 asks for: `desk@example.org (Ann)`.
fn person(written: &str) -> String {
    let inside = written.strip_suffix(')').and_then(|rest| rest.split_once('('));
    match inside {
        Some((before, name)) if before.trim().is_empty() || before.contains('@') => name.trim().to_owned(),
        _ => written.to_owned(),
    }
}

/// The link that stands for the entry itself. Where several do, the one that says it is a page.
fn address(links: &[Link]) -> Option<String> {
    let stands_for = |link: &&Link| link.rel.as_deref().is_none_or(|rel| rel == "alternate");
    let own = links.iter().filter(|link| link.target.is_none() && !link.href.is_empty()).filter(stands_for);
    let page = own.clone().find(|link| link.media_type.as_deref() == Some("text/html"));
    page.or_else(|| own.clone().next()).map(|link| link.href.clone())
}

fn absolute(link: &str, base: Option<&Url>) -> Option<CanonicalUrl> {
    match base {
        Some(base) => CanonicalUrl::parse(base.join(link).ok()?.as_str()).ok(),
        None => CanonicalUrl::parse(link).ok(),
    }
}

/// The instant of a date as feeds write it, or a marked midnight where only the day is known.
fn instant(field: &str, zone: Option<&TimeZone>) -> Option<Timestamp> {
    let time = dates::parse(field, zone)?;
    time.instant.or_else(|| {
        let midnight = time.date().to_zoned(TimeZone::UTC).ok()?.timestamp();
        midnight.checked_add(DAY_ALONE).ok()
    })
}

/// A time of a feed as it is handed on: an instant, or a day.
fn written(instant: Timestamp) -> String {
    let is_day = instant.subsec_nanosecond() == DAY_ALONE.subsec_nanos();
    if is_day { instant.to_zoned(TimeZone::UTC).date().to_string() } else { instant.to_string() }
}

/// Text in one line; `None` where there is none.
fn words(text: &str) -> Option<String> {
    Some(collapse(text)).filter(|words| !words.is_empty())
}

/// Text without tags, references resolved: titles hold markup in one feed and escaped markup in another.
fn plain(text: &str) -> Option<String> {
    if !text.contains(['<', '&']) {
        return words(text);
    }
    words(&scraper::Html::parse_fragment(text).root_element().text().collect::<String>())
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
        assert_eq!((entry.authors.as_slice(), entry.content.as_deref()), (&["Ann".to_owned()][..], Some("x <i>y</i>")));
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
    fn a_person_is_named_without_the_address() {
        for (written, name) in
            [("desk@example.org (Ann Roe)", "Ann Roe"), ("(Ann Roe)", "Ann Roe"), ("Ann (A.) Roe", "Ann (A.) Roe")]
        {
            assert_eq!(person(written), name);
        }
    }

    #[test]
    fn a_day_is_given_where_the_instant_is_not_known() {
        let time = |field: &str, zone: Option<&TimeZone>| instant(field, zone).map(written);
        assert_eq!(time("2004-12-27T11:30:00", None).as_deref(), Some("2004-12-27"));
        let seoul = TimeZone::fixed(jiff::tz::offset(9));
        assert_eq!(time("2004-12-27T11:30:00", Some(&seoul)).as_deref(), Some("2004-12-27T02:30:00Z"));
        assert_eq!(time("05/20 7:03 am", None), None);
    }

    #[test]
    fn what_is_no_feed_is_a_problem() {
        let unfinished = "<rdf:RDF xmlns:rdf=\"x\" xmlns=\"http://purl.org/rss/1.0/\"><channel><textinput rdf:resource=\"u\" />\
            </channel><item rdf:about=\"http://example.com/1\"><title>a</title></item>\n</rdf:RDF";
        assert_eq!(
            read(unfinished.as_bytes(), &PageContext::default()).entries.len(),
            1,
            "{:?}",
            repair::xml(unfinished)
        );
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
