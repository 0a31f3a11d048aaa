//! What the head of a page says of it: title, times, authors, publisher, its own address, its language.

use std::collections::HashMap;
use std::sync::LazyLock;

use bellwether_model::document::PageTime;
use jiff::tz::TimeZone;
use scraper::{ElementRef, Html};
use url::Url;

use super::byline;
use super::css::Css;
use super::dates;
use super::spacing::collapse;
use super::structured::{self, Posting, Structured};
use super::title::{self, Candidates};

/// `meta` names of a publication time, most exact first.
const PUBLISHED: [&str; 44] = [
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "article:create_at",
    "weibo: article:create_at",
    "parsely-pub-date",
    "sailthru.date",
    "pubdate",
    "publishdate",
    "publish_date",
    "publish-date",
    "publication_date",
    "ptime",
    "publishtime",
    "apub:time",
    "date.issued",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.available",
    "dcterms.created",
    "dcterms.date",
    "dc.date.created",
    "article.created",
    "release_date",
    "releasedate",
    "pub_date",
    "rnews:datepublished",
    "dc.date",
    "cxenseparse:recs:publishtime",
    "article_date_original",
    "originalpublicationdate",
    "displaydate",
    "firstpublishedtime",
    "publishedtime",
    "published_time",
    "publicationdate",
    "article.published",
    "analyticsattributes.articledate",
    "bt:pubdate",
    "news_published_date",
    "citation_publication_date",
    "date",
    "cse_date",
];
/// `meta` names of the time of the last change.
const UPDATED: [&str; 9] = [
    "article:modified_time",
    "og:updated_time",
    "og:article:modified_time",
    "datemodified",
    "lastmod",
    "last-modified",
    "lastmodifiedtime",
    "dcterms.modified",
    "weibo: article:update_at",
];
const AUTHORS: [&str; 8] = [
    "article:author",
    "author",
    "byl",
    "dc.creator",
    "parsely-author",
    "sailthru.author",
    "cxenseparse:author",
    "dcterms.creator",
];
const PUBLISHERS: [&str; 6] = ["og:site_name", "application-name", "publisher", "dc.publisher", "source", "mediaid"];
const TITLES: [&str; 6] = ["og:title", "twitter:title", "parsely-title", "dc.title", "articletitle", "sailthru.title"];

macro_rules! selector {
    ($name:ident, $css:literal) => {
        static $name: LazyLock<Css> = LazyLock::new(|| Css::parse($css).expect("a fixed selector"));
    };
}
selector!(META, "meta");
selector!(TITLE, "title");
selector!(HEADINGS, "h1");
selector!(SECOND_HEADINGS, "h2");
selector!(
    MARKED_TITLES,
    ".entry-title, .post-title, [itemprop='headline'], [itemprop='name'].title, .article-title, .article_title, .news_title, .newsTitle"
);
selector!(CANONICAL, "link[rel='canonical']");
selector!(BASE, "base[href]");
selector!(ROOT, "html");
selector!(TIMES, "time, [itemprop='datePublished'], [property='datePublished']");
selector!(
    MARKED_AUTHORS,
    "[rel~='author'], [itemprop~='author'], [class*='author' i], [class*='byline' i], [class*='reporter' i], [class*='writer' i]"
);
selector!(DESCRIPTIONS, "meta[property='og:description'], meta[name='description']");
selector!(BESIDE, "aside, footer, nav, [class*='comment' i], [class*='related' i], [class*='sidebar' i]");
selector!(
    DATELINES,
    "[class*='date'], [class*='time'], [id*='date'], [id*='time'], [class*='info'], [class*='source'], [class*='byline'], [class*='author'], [class*='meta'], [class*='header'], [class*='summary']"
);

/// What the head of a page says.
#[derive(Debug, Default)]
pub(crate) struct Meta {
    /// Title without the site's name.
    pub(crate) title: String,
    /// Publication time.
    pub(crate) published: Option<PageTime>,
    /// Time of the last change.
    pub(crate) updated: Option<PageTime>,
    /// Author names.
    pub(crate) authors: Vec<String>,
    /// Medium.
    pub(crate) publisher: Option<String>,
    /// Own address, absolute where it can be made so.
    pub(crate) canonical: Option<String>,
    /// Declared language.
    pub(crate) language: Option<String>,
    /// The post that a page of a forum holds as data.
    pub(crate) posting: Option<Posting>,
}

/// Reads a page's head, and lines of its body that say when and by whom it was written.
pub(crate) fn read(html: &Html, url: Option<&str>, zone: Option<&TimeZone>) -> Meta {
    let fields = fields(html);
    let structured = structured::read(html);
    let canonical = canonical(html, &fields, url);
    let sites = site_names(&fields, &structured, canonical.as_deref().or(url));
    let first =
        |names: &[&str]| names.iter().find_map(|name| fields.get(*name)).and_then(|values| values.first()).cloned();
    let updated = structured.modified.clone().or_else(|| first(&UPDATED)).and_then(|field| dates::parse(&field, zone));
    Meta {
        title: title::choose(&candidates(html, &fields, &structured, &sites)),
        published: published(html, &fields, &structured, zone)
            .or_else(|| canonical.as_deref().or(url).and_then(dates::in_address)),
        updated,
        authors: authors(html, &fields, &structured, &sites),
        publisher: structured.publisher.clone().or_else(|| first(&PUBLISHERS)).map(|name| collapse(&name)),
        canonical,
        language: declared_language(html, &fields),
        posting: structured.posting,
    }
}

/// The publication time: of the structured data or the first field that has one, else of the title, else as printed.
fn published(
    html: &Html,
    fields: &HashMap<String, Vec<String>>,
    structured: &Structured,
    zone: Option<&TimeZone>,
) -> Option<PageTime> {
    let named = PUBLISHED.iter().filter_map(|name| fields.get(*name)).flatten();
    let stated: Vec<PageTime> =
        structured.published.iter().chain(named).filter_map(|field| dates::parse(field, zone)).collect();
    let plain = |title: &&String| !dates::tells_force(title);
    let in_title = || texts(html, &TITLE).first().filter(plain).and_then(|title| dates::find(title, zone));
    let first = stated.first().copied().or_else(in_title);
    let Some(day) = first.filter(|time| !time.has_time) else { return first.or_else(|| body_time(html, zone)) };
    // A day alone in one field, and a time of that day, or of the evening before a printed issue, in another.
    let near = |time: &PageTime| {
        time.has_time && (time.date() == day.date() || time.date().tomorrow().is_ok_and(|next| next == day.date()))
    };
    stated.iter().copied().find(near).or_else(|| body_time(html, zone).filter(near)).or(Some(day))
}

/// What a page says that it is about: often the beginning of its text.
pub(crate) fn description(html: &Html) -> Option<String> {
    DESCRIPTIONS
        .select(html)
        .find_map(|meta| meta.value().attr("content"))
        .map(collapse)
        .filter(|text| !text.is_empty())
}

/// `content` of each `meta`, by name in lower case.
fn fields(html: &Html) -> HashMap<String, Vec<String>> {
    let mut fields: HashMap<String, Vec<String>> = HashMap::new();
    for meta in META.select(html) {
        let value = meta.value();
        let name = ["property", "name", "itemprop", "http-equiv"].iter().find_map(|key| value.attr(key));
        let content = value.attr("content").map(collapse).filter(|content| !content.is_empty());
        if let (Some(name), Some(content)) = (name, content) {
            fields.entry(name.trim().to_ascii_lowercase()).or_default().push(content);
        }
    }
    fields
}

fn texts(html: &Html, selector: &Css) -> Vec<String> {
    selector
        .select(html)
        .map(|element| collapse(&element.text().collect::<String>()))
        .filter(|text| !text.is_empty())
        .collect()
}

fn candidates(
    html: &Html,
    fields: &HashMap<String, Vec<String>>,
    structured: &Structured,
    sites: &[String],
) -> Candidates {
    let mut headings = texts(html, &HEADINGS);
    headings.extend(texts(html, &SECOND_HEADINGS));
    Candidates {
        structured: structured.headline.as_deref().map(unescape),
        meta: TITLES.iter().filter_map(|name| fields.get(*name)).flatten().map(|title| unescape(title)).collect(),
        element: texts(html, &TITLE).into_iter().next(),
        headings,
        marked: texts(html, &MARKED_TITLES),
        sites: sites.to_vec(),
    }
}

/// Character references that were escaped twice.
pub(crate) fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let fragment = Html::parse_fragment(&text.replace('<', "&lt;"));
    fragment.root_element().text().collect()
}

fn site_names(fields: &HashMap<String, Vec<String>>, structured: &Structured, url: Option<&str>) -> Vec<String> {
    let named = PUBLISHERS.iter().filter_map(|name| fields.get(*name)).flatten().cloned();
    let mut names: Vec<String> = structured.publisher.iter().cloned().chain(named).collect();
    let host = url.and_then(|url| Url::parse(url).ok()).and_then(|url| url.host_str().map(str::to_owned));
    if let Some(host) = host {
        let labels: Vec<&str> = host.split('.').filter(|label| label.len() > 3 && *label != "news").collect();
        names.extend(labels.first().map(|label| (*label).to_owned()));
        names.push(host);
    }
    names
}

/// The address that a page calls its own.
fn canonical(html: &Html, fields: &HashMap<String, Vec<String>>, url: Option<&str>) -> Option<String> {
    let link = CANONICAL.select(html).find_map(|link| link.value().attr("href")).map(str::to_owned);
    let link = link
        .filter(|href| !href.trim().is_empty())
        .or_else(|| fields.get("og:url").and_then(|urls| urls.first()).cloned())?;
    let base = BASE.select(html).find_map(|base| base.value().attr("href")).or(url);
    let own = fields.get("og:url").and_then(|urls| urls.first()).map(String::as_str);
    let absolute = Url::parse(&link).ok().or_else(|| {
        [base, url, own].into_iter().flatten().find_map(|base| Url::parse(base).ok()?.join(link.trim()).ok())
    });
    // As written where it was absolute: an address with its own letters is easier to recognise than an escaped one.
    if Url::parse(&link).is_ok() { Some(link.trim().to_owned()) } else { absolute.map(Into::into).or(Some(link)) }
}

fn declared_language(html: &Html, fields: &HashMap<String, Vec<String>>) -> Option<String> {
    let root = ROOT.select(html).next();
    let attribute = root.and_then(|root| root.value().attr("lang").or_else(|| root.value().attr("xml:lang")));
    attribute
        .map(str::to_owned)
        .or_else(|| {
            fields.get("og:locale").or_else(|| fields.get("content-language")).and_then(|tags| tags.first()).cloned()
        })
        .filter(|tag| !tag.trim().is_empty())
}

fn authors(
    html: &Html,
    fields: &HashMap<String, Vec<String>>,
    structured: &Structured,
    sites: &[String],
) -> Vec<String> {
    let of = |names: &[String]| -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for name in names.iter().flat_map(|name| byline::of_field(name, sites)) {
            if !found.contains(&name) {
                found.push(name);
            }
        }
        found
    };
    let found = of(&structured.authors);
    if !found.is_empty() {
        return found;
    }
    for name in AUTHORS {
        let mut found = fields.get(name).map(|values| of(values)).unwrap_or_default();
        found.retain(|name| !title::looks_like_site(name));
        if !found.is_empty() {
            return found;
        }
    }
    DATELINES
        .select(html)
        .map(short_text)
        .find_map(|line| Some(byline::in_text(&line)).filter(|names| !names.is_empty()))
        .unwrap_or_default()
}

/// Writers in elements that are marked as theirs, outside comments and what stands beside the article.
pub(crate) fn marked_authors(html: &Html, publisher: Option<&str>) -> Vec<String> {
    /// Elements that are looked at; the article's own stand near its title.
    const FEW: usize = 8;
    /// Elements of which those are taken that do not stand beside it.
    const MOST: usize = 100;
    let sites: Vec<String> = publisher.map(str::to_owned).into_iter().collect();
    let beside = |element: &ElementRef<'_>| {
        element.ancestors().filter_map(ElementRef::wrap).any(|around| BESIDE.matches(around))
    };
    let is_name =
        |inside: &ElementRef<'_>| inside.value().name() == "a" || inside.value().attr("itemprop") == Some("name");
    MARKED_AUTHORS
        .select(html)
        .take(MOST)
        .filter(|element| !beside(element))
        .take(FEW)
        .find_map(|element| {
            let inner =
                element.descendent_elements().skip(1).filter(is_name).map(short_text).filter(|words| !words.is_empty());
            let inner: Vec<String> = inner.collect();
            let whole = if inner.is_empty() { short_text(element) } else { inner.join("、") };
            // The name of the medium may stand in front.
            let last = whole.rsplit(' ').next().filter(|word| !word.is_ascii()).unwrap_or_default();
            [whole.as_str(), last]
                .into_iter()
                .map(|words| byline::in_element(words, &sites))
                .find(|names| !names.is_empty())
        })
        .unwrap_or_default()
}

/// Lines longer than this are text, not notes about it.
const LONGEST_LINE: usize = 160;

fn short_text(element: ElementRef<'_>) -> String {
    let mut line = String::new();
    for text in element.text() {
        line.push_str(text);
        if line.len() > LONGEST_LINE * 4 {
            return String::new();
        }
    }
    let line = collapse(&line);
    if line.chars().count() > LONGEST_LINE { String::new() } else { line }
}

/// The publication time that a page prints above its text.
fn body_time(html: &Html, zone: Option<&TimeZone>) -> Option<PageTime> {
    let published = |element: &ElementRef<'_>| {
        let class = element.value().attr("class").unwrap_or_default().to_ascii_lowercase();
        !(class.contains("update") || class.contains("modif"))
    };
    let machine = TIMES.select(html).filter(published).find_map(|element| {
        let value = element.value();
        let field = value.attr("datetime").or_else(|| value.attr("content")).map(str::to_owned);
        field.and_then(|field| dates::parse(&field, zone)).or_else(|| dates::find(&short_text(element), zone))
    });
    machine.or_else(|| {
        let printed: Vec<PageTime> = DATELINES
            .select(html)
            .filter(published)
            .filter_map(|element| dates::find(&short_text(element), zone))
            .take(8)
            .collect();
        printed.iter().find(|time| time.has_time).or(printed.first()).copied()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_page_is_read() {
        let page = r#"<html lang="zh-TW"><head><title>出口創新高 | 某報</title><meta property="og:site_name" content="某報">
            <meta property="og:title" content="出口創新高 | 某報"><meta name="pubdate" content="2025-01-09T10:00:00+08:00">
            <meta name="author" content="王小明"><link rel="canonical" href="/news/1.html"></head><body><p>內文"#;
        let meta = read(&Html::parse_document(page), Some("https://www.example.tw/news/1.html?from=x"), None);
        assert_eq!(meta.title, "出口創新高");
        assert_eq!(meta.published.map(|time| time.local.to_string()).as_deref(), Some("2025-01-09T10:00:00"));
        assert_eq!((meta.authors, meta.publisher.as_deref()), (vec!["王小明".to_owned()], Some("某報")));
        assert_eq!(meta.canonical.as_deref(), Some("https://www.example.tw/news/1.html"));
        assert_eq!(meta.language.as_deref(), Some("zh-TW"));
    }

    #[test]
    fn a_printed_time_is_found_where_the_head_has_none() {
        let page =
            "<h1>Title</h1><div class=article-info><span class=date>2019-09-26 10:09:11</span> 作者：李在山</div>";
        let meta = read(&Html::parse_document(page), None, None);
        assert_eq!(meta.published.map(|time| time.local.to_string()).as_deref(), Some("2019-09-26T10:09:11"));
        assert_eq!(meta.authors, ["李在山"]);
    }
}
