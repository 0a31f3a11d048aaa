//! What a page offers to programs that follow it: feeds that it names, the software of a board.

use std::sync::LazyLock;

use bellwether_model::document::Link;
use scraper::{Html, Selector};

use super::{absolute, address, board, declared_base};
use crate::page::forum as threads;
use crate::page::{collapse, tame};
use crate::{PageContext, decode};

/// What a page offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offers {
    /// Its title.
    pub title: Option<String>,
    /// Feeds that it names (`link rel="alternate"`), with their titles.
    pub feeds: Vec<Link>,
    /// Forum engine of the board that it is.
    pub engine: Option<&'static str>,
}

/// Reads what a page offers.
#[must_use]
pub fn offers(bytes: &[u8], context: &PageContext) -> Offers {
    static TITLE: LazyLock<Selector> = LazyLock::new(|| Selector::parse("title").expect("a fixed selector"));
    static FEEDS: LazyLock<Selector> =
        LazyLock::new(|| Selector::parse("link[rel~='alternate'][type][href]").expect("a fixed selector"));
    const TYPES: [&str; 4] =
        ["application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"];
    let decoded = decode::decode(bytes, context);
    let (tamed, _) = tame(&decoded.text);
    let html = Html::parse_document(&tamed);
    let own = address(context);
    let base = declared_base(&html, own.as_ref()).or(own);
    let is_feed =
        |kind: &str| TYPES.contains(&kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str());
    let feeds = html.select(&FEEDS).filter(|link| link.value().attr("type").is_some_and(is_feed)).filter_map(|link| {
        let text = link.value().attr("title").map(collapse).unwrap_or_default();
        Some(Link { url: absolute(link.value().attr("href")?, base.as_ref())?, text, published: None })
    });
    let engine = if board::is_index(&html) {
        Some("ptt")
    } else {
        threads::engine(&html, None).map(|engine| engine.name.as_str())
    };
    let title = html.select(&TITLE).next().map(|title| collapse(&title.text().collect::<String>()));
    Offers { title: title.filter(|title| !title.is_empty()), feeds: feeds.collect(), engine }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_and_boards_are_recognised() {
        let context = PageContext { url: Some("https://www.example.tw/news/".into()), ..PageContext::default() };
        let page = "<title> Example\n News </title><link rel=alternate type=application/rss+xml href=/rss title=News>\
            <link rel=alternate type=text/html hreflang=en href=/en><link rel='alternate' type='application/atom+xml; charset=utf-8' href=a.xml>";
        let found = offers(page.as_bytes(), &context);
        let feeds: Vec<(&str, &str)> = found.feeds.iter().map(|feed| (feed.url.as_str(), feed.text.as_str())).collect();
        assert_eq!(feeds, [("https://www.example.tw/rss", "News"), ("https://www.example.tw/news/a.xml", "")]);
        assert_eq!((found.title.as_deref(), found.engine), (Some("Example News"), None));
        assert_eq!(offers(b"<div class=r-ent><div class=title></div></div>", &context).engine, Some("ptt"));
    }
}
