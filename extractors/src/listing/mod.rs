//! Pages that are read for their links: listing pages, board indexes, sitemaps.

mod board;
mod forum;
mod offers;
mod sitemap;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use bellwether_model::document::Link;
use bellwether_model::web::CanonicalUrl;
use regex::Regex;
use scraper::{ElementRef, Html, Selector};

pub use self::offers::{Offers, offers};
use crate::PageContext;
use crate::decode;
use crate::page::forum as threads;
use crate::page::{collapse, columns, dates, is_no_text, tame};
use crate::problem::Problem;

/// Width of a link's words, in columns, above which they can be a title; shorter ones are the names of sections.
const TITLE_COLUMNS: usize = 14;
/// Characters of a row in which a link's date is looked for.
const LONGEST_ROW: usize = 300;
/// Characters of a cell that holds a date alone.
const LONGEST_DATE: usize = 24;
/// Ancestors of a link that may be its row.
const ROW_DEPTH: usize = 4;

/// The links of a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Links to articles or threads, in order, each address once.
    pub links: Vec<Link>,
    /// The page that continues this one (older entries).
    pub next: Option<CanonicalUrl>,
    /// When pages of a sitemap were changed last (`lastmod`), as written.
    pub changed: HashMap<CanonicalUrl, String>,
    /// Whether the links are sitemaps themselves, as those of an index.
    pub is_index: bool,
    /// Whether it is a sitemap.
    pub is_sitemap: bool,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// How a listing is to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListingRules {
    /// Forum engine (`ptt`, or a name of `rules/forums.toml`), where the listing is a board index.
    pub engine: Option<String>,
    /// CSS selector of the links to follow; `None`: all links of the page's main part.
    pub links: Option<String>,
    /// CSS selector of the link to the page that continues this one; `None`: what says so itself.
    pub next: Option<String>,
}

/// Names of the forum engines whose boards are known, as [`ListingRules::engine`] takes them.
pub fn engines() -> impl Iterator<Item = &'static str> {
    std::iter::once("ptt").chain(threads::names())
}

/// Whether a CSS selector can be read.
///
/// # Errors
/// What is wrong with it.
pub fn check_selector(selector: &str) -> Result<(), String> {
    Selector::parse(selector).map(drop).map_err(|cause| cause.to_string())
}

/// Reads the links of a page.
#[must_use]
pub fn read(bytes: &[u8], context: &PageContext, rules: &ListingRules) -> Listing {
    let bytes = sitemap::unpack(bytes);
    let decoded = decode::decode(&bytes, context);
    let mut listing = Listing { problems: decoded.problems, ..Listing::default() };
    if sitemap::is_sitemap(&decoded.text) {
        listing.is_sitemap = true;
        listing.is_index = sitemap::is_index(&decoded.text);
        (listing.links, listing.changed) = sitemap::read(&decoded.text, address(context).as_ref());
    } else if sitemap::is_list(&decoded.text) {
        listing.is_sitemap = true;
        listing.links = sitemap::list(&decoded.text);
    } else if let Some((links, next)) = threads::list(&decoded.text, address(context).as_ref()) {
        (listing.links, listing.next) = (links, next);
    } else {
        let (tamed, _) = tame(&decoded.text);
        page(&Html::parse_document(&tamed), context, rules, &mut listing);
    }
    let mut seen = HashSet::new();
    listing.links.retain(|link| seen.insert(link.url.clone()));
    if listing.links.is_empty() {
        listing.problems.push(Problem::new("no link to an article was found"));
    }
    listing
}

fn address(context: &PageContext) -> Option<CanonicalUrl> {
    context.url.as_deref().and_then(|url| CanonicalUrl::parse(url).ok())
}

fn page(html: &Html, context: &PageContext, rules: &ListingRules, listing: &mut Listing) {
    let base = address(context);
    if rules.engine.as_deref() == Some("ptt")
        || (rules.engine.is_none() && rules.links.is_none() && board::is_index(html))
    {
        (listing.links, listing.next) = board::read(html, base.as_ref());
        return;
    }
    let base = declared_base(html, base.as_ref()).or(base);
    if rules.links.is_none()
        && let Some(engine) = threads::engine(html, rules.engine.as_deref())
    {
        (listing.links, listing.next) = forum::read(html, &engine.board, base.as_ref());
        if !listing.links.is_empty() {
            return;
        }
    }
    listing.next = match rules.next.as_deref().map(Selector::parse) {
        Some(Ok(selector)) => chosen(html, &selector, base.as_ref()).into_iter().next().map(|link| link.url),
        _ => next_page(html, base.as_ref()),
    };
    listing.links = match rules.links.as_deref().map(Selector::parse) {
        Some(Ok(selector)) => chosen(html, &selector, base.as_ref()),
        Some(Err(error)) => {
            listing.problems.push(Problem::new(format!("the selector of the links cannot be read: {error}")));
            Vec::new()
        }
        None => main_links(html, base.as_ref()),
    };
}

static ANCHORS: LazyLock<Selector> = LazyLock::new(|| Selector::parse("a[href]").expect("a fixed selector"));

/// The address against which a page's links count, where it declares one.
fn declared_base(html: &Html, base: Option<&CanonicalUrl>) -> Option<CanonicalUrl> {
    static BASE: LazyLock<Selector> = LazyLock::new(|| Selector::parse("base[href]").expect("a fixed selector"));
    let href = html.select(&BASE).find_map(|element| element.value().attr("href"))?;
    absolute(href, base)
}

fn absolute(href: &str, base: Option<&CanonicalUrl>) -> Option<CanonicalUrl> {
    match base {
        Some(base) => base.join(href).ok(),
        None => CanonicalUrl::parse(href).ok(),
    }
}

/// Links that a selector finds: anchors themselves, or those inside what it finds.
fn chosen(html: &Html, selector: &Selector, base: Option<&CanonicalUrl>) -> Vec<Link> {
    let anchors = html.select(selector).flat_map(|element| {
        let own = ANCHORS.matches(&element).then_some(element);
        own.into_iter().chain(element.select(&ANCHORS))
    });
    anchors.filter_map(|anchor| link(anchor, base)).collect()
}

/// Links of the main part of a page that lead to pages of the same site and whose words are long enough for a title.
fn main_links(html: &Html, base: Option<&CanonicalUrl>) -> Vec<Link> {
    let site = base.and_then(|base| base.url().host_str().map(site_of));
    html.select(&ANCHORS)
        .filter(|anchor| !anchor.ancestors().filter_map(ElementRef::wrap).any(is_furniture))
        .filter_map(|anchor| link(anchor, base))
        .filter(|link| columns(&link.text) >= TITLE_COLUMNS)
        .filter(|link| site.is_none() || link.url.url().host_str().map(site_of) == site)
        .filter(|link| Some(&link.url) != base)
        .collect()
}

fn is_furniture(element: ElementRef<'_>) -> bool {
    let name = element.value().name();
    matches!(name, "nav" | "footer" | "aside") || (is_no_text(element) && name != "form")
}

/// The last two labels of a host, three where the second is a country's class: what one site shares.
fn site_of(host: &str) -> String {
    const CLASSES: [&str; 9] = ["com", "co", "gov", "org", "net", "edu", "or", "go", "ne"];
    let labels: Vec<&str> = host.split('.').collect();
    let classed =
        labels.len() >= 3 && CLASSES.contains(&labels[labels.len() - 2]) && labels[labels.len() - 1].len() == 2;
    let keep = if classed { 3 } else { 2 };
    labels[labels.len().saturating_sub(keep)..].join(".")
}

fn link(anchor: ElementRef<'_>, base: Option<&CanonicalUrl>) -> Option<Link> {
    let href = anchor.value().attr("href").filter(|href| !href.trim_start().starts_with('#'))?;
    let url = absolute(href, base)?;
    let words = collapse(&anchor.text().collect::<String>());
    let text = if words.is_empty() { anchor.value().attr("title").map(collapse).unwrap_or_default() } else { words };
    Some(Link { published: row_time(anchor), url, text })
}

/// The time that stands in the row of a link: an instant, or a day.
fn row_time(anchor: ElementRef<'_>) -> Option<String> {
    static TIME: LazyLock<Selector> = LazyLock::new(|| Selector::parse("time[datetime]").expect("a fixed selector"));
    for row in anchor.ancestors().filter_map(ElementRef::wrap).take(ROW_DEPTH) {
        if row.select(&ANCHORS).nth(3).is_some() {
            return None;
        }
        // Cells and lines stand apart, though no blank is between them.
        let parts: Vec<&str> = row.text().map(str::trim).filter(|part| !part.is_empty()).collect();
        let words = parts.join(" ");
        if words.chars().count() > LONGEST_ROW {
            return None;
        }
        let machine = row.select(&TIME).find_map(|time| dates::parse(time.value().attr("datetime")?, None));
        let alone = || {
            parts.iter().filter(|part| part.chars().count() <= LONGEST_DATE).find_map(|part| dates::find(part, None))
        };
        if let Some(time) = machine.or_else(alone).or_else(|| dates::find(&words, None)) {
            return Some(time.instant.map_or_else(|| time.date().to_string(), |instant| instant.to_string()));
        }
    }
    None
}

/// The page that continues this one.
fn next_page(html: &Html, base: Option<&CanonicalUrl>) -> Option<CanonicalUrl> {
    static RELATED: LazyLock<Selector> =
        LazyLock::new(|| Selector::parse("link[rel~='next'], a[rel~='next']").expect("a fixed selector"));
    static WORDS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?i)^(?:下一?[頁页]|次へ|次のページ|다음|next(?: page)?|older(?: posts| entries)?|weiter)\s*[»›>→]*$",
        )
        .expect("a fixed pattern")
    });
    let related = html.select(&RELATED).find_map(|element| absolute(element.value().attr("href")?, base));
    related.or_else(|| {
        html.select(&ANCHORS)
            .find(|anchor| WORDS.is_match(&collapse(&anchor.text().collect::<String>())))
            .and_then(|anchor| absolute(anchor.value().attr("href")?, base))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(text: &str, rules: &ListingRules) -> Listing {
        let context =
            PageContext { url: Some("https://www.example.com.tw/news/index.html".into()), ..PageContext::default() };
        read(text.as_bytes(), &context, rules)
    }

    fn addresses(listing: &Listing) -> Vec<&str> {
        listing.links.iter().map(|link| link.url.as_str()).collect()
    }

    #[test]
    fn a_board_is_read_with_its_older_page() {
        let page = "<div class=btn-group-paging><a href=/bbs/Stock/index1.html>最舊</a><a href=/bbs/Stock/index4000.html>‹ 上頁</a></div>\
            <div class=r-ent><div class=title><a href=\"/bbs/Stock/M.1600000000.A.0F1.html\">[新聞] 出口</a></div><div class=date> 5/12</div></div>\
            <div class=r-ent><div class=title>(本文已被刪除)</div></div><div class=r-list-sep></div>\
            <div class=r-ent><div class=title><a href=\"/bbs/Stock/M.1500000000.A.001.html\">[公告] 板規</a></div></div>";
        let found = listing(page, &ListingRules { engine: Some("ptt".into()), ..ListingRules::default() });
        assert_eq!(
            addresses(&found),
            [
                "https://www.example.com.tw/bbs/Stock/M.1600000000.A.0F1.html",
                "https://www.example.com.tw/bbs/Stock/M.1500000000.A.001.html"
            ]
        );
        assert_eq!(found.links[0].published.as_deref(), Some("2020-09-13T12:26:40Z"));
        assert_eq!(
            found.next.as_ref().map(CanonicalUrl::as_str),
            Some("https://www.example.com.tw/bbs/Stock/index4000.html")
        );
    }

    const PAGE: &str = "<nav><a href=/a>一個很長很長很長的導覽連結文字</a></nav><ul><li><span>2026-01-09</span><a href=1.html>財政部公布十二月出口統計</a></li>\
        <li><a href=/s>財經</a></li><li><a href=https://other.example/>別的網站的一篇很長的文章標題</a></li><li><a href=1.html>財政部公布十二月出口統計</a></li></ul>\
        <a href=?page=2>下一頁 »</a>";

    #[test]
    fn links_of_the_main_part_are_read_once() {
        let found = listing(PAGE, &ListingRules::default());
        assert_eq!(addresses(&found), ["https://www.example.com.tw/news/1.html"]);
        assert_eq!(found.links[0].published.as_deref(), Some("2026-01-09"));
        assert_eq!(
            found.next.as_ref().map(CanonicalUrl::as_str),
            Some("https://www.example.com.tw/news/index.html?page=2")
        );
    }

    #[test]
    fn the_day_of_a_row_stands_in_a_cell_of_its_own() {
        let page = "<table><tr><td>1</td><td><a href=/n/1>財政部公布十二月出口統計</a></td><td>統計處</td><td>115-01-09</td><td>99</td></tr>\
            <tr><td>2</td><td><a href=/n/2>財政部公布十一月出口統計</a></td><td>統計處</td><td>2025-12-09</td><td>1234</td></tr></table>";
        let found = listing(page, &ListingRules::default());
        let days: Vec<Option<&str>> = found.links.iter().map(|link| link.published.as_deref()).collect();
        assert_eq!(days, [Some("2026-01-09"), Some("2025-12-09")]);
    }

    #[test]
    fn a_selector_chooses_links() {
        let chosen = listing(PAGE, &ListingRules { links: Some("li".into()), ..ListingRules::default() });
        assert_eq!(chosen.links.len(), 3);
        let wrong = listing(PAGE, &ListingRules { links: Some("li[".into()), ..ListingRules::default() });
        assert!(wrong.links.is_empty() && wrong.problems[0].message.contains("selector"), "{:?}", wrong.problems);
    }

    #[test]
    fn sitemaps_are_read() {
        let text = "<?xml version=\"1.0\"?><sit:urlset><sit:url><sit:loc>\n http://www.example.com/1?a=1&amp;b=2 </sit:loc><sit:lastmod>2005-01-01</sit:lastmod>\
            <image:image><image:loc>http://www.example.com/p.png</image:loc></image:image></sit:url>\
            <sit:url><sit:loc><![CDATA[http://www.example.com/2]]></sit:loc><news:news><news:publication_date>2008-12-23</news:publication_date><news:title>T</news:title></news:news></sit:url></sit:urlset>";
        let found = listing(text, &ListingRules::default());
        assert_eq!(addresses(&found), ["http://www.example.com/1?a=1&b=2", "http://www.example.com/2"]);
        assert_eq!(
            (found.links[0].published.as_deref(), found.links[1].published.as_deref()),
            (Some("2005-01-01"), Some("2008-12-23"))
        );
        let index = listing(
            "<sitemapindex><sitemap>http://www.example.com/s.xml</sitemap></sitemapindex>",
            &ListingRules::default(),
        );
        assert_eq!(addresses(&index), ["http://www.example.com/s.xml"]);
        assert_eq!(addresses(&listing("http://a.example/\nhttp://a.example/2\n", &ListingRules::default())).len(), 2);
    }

    #[test]
    fn a_board_of_forum_software_is_read() {
        let page = "<base href=https://board.example/forum/><body id=nv_forum><tbody><tr></tr></tbody><table>\
            <tbody id=normalthread_1><tr><th><a href=hide class=showhide>隱藏</a><a href=thread-1-1-1.html class='s xst'>出口創新高</a></th>\
            <td class=by><cite>甲</cite><em><span title=2026-1-9>3 天前</span></em></td></tr></tbody></table>\
            <a href=forum-9-2.html class=nxt>下一页</a>";
        let found = listing(page, &ListingRules::default());
        assert_eq!(addresses(&found), ["https://board.example/forum/thread-1-1-1.html"]);
        assert_eq!(
            (found.links[0].text.as_str(), found.links[0].published.as_deref()),
            ("出口創新高", Some("2026-01-09"))
        );
        assert_eq!(found.next.as_ref().map(CanonicalUrl::as_str), Some("https://board.example/forum/forum-9-2.html"));
        assert!(engines().any(|name| name == "discuz"));
    }

    #[test]
    fn a_page_without_links_is_a_problem() {
        assert_eq!(listing("", &ListingRules::default()).problems.len(), 1);
    }
}
