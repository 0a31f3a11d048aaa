//! The index of a PTT board: a row a post, the newest below; posts that are pinned stand behind a separator.

use std::sync::LazyLock;

use bellwether_model::document::Link;
use bellwether_model::web::CanonicalUrl;
use scraper::{Html, Selector};

use crate::page::collapse;

macro_rules! selector {
    ($name:ident, $css:literal) => {
        static $name: LazyLock<Selector> = LazyLock::new(|| Selector::parse($css).expect("a fixed selector"));
    };
}
selector!(ROWS, ".r-ent, .r-list-sep");
selector!(TITLE, ".title a[href]");
selector!(PAGING, ".btn-group-paging a[href], .action-bar a[href]");

/// Whether a page is such an index.
pub(super) fn is_index(html: &Html) -> bool {
    html.select(&ROWS).next().is_some()
}

/// Posts in order, pinned ones last, and the page of older posts. A deleted post has no link.
pub(super) fn read(html: &Html, base: Option<&CanonicalUrl>) -> (Vec<Link>, Option<CanonicalUrl>) {
    let absolute = |href: &str| match base {
        Some(base) => base.join(href).ok(),
        None => CanonicalUrl::parse(href).ok(),
    };
    let links = html.select(&ROWS).filter_map(|row| {
        let anchor = row.select(&TITLE).next()?;
        let href = anchor.value().attr("href")?;
        Some(Link { url: absolute(href)?, text: collapse(&anchor.text().collect::<String>()), published: posted(href) })
    });
    let next = html
        .select(&PAGING)
        .find(|anchor| anchor.text().collect::<String>().contains("上頁"))
        .and_then(|anchor| absolute(anchor.value().attr("href")?));
    (links.collect(), next)
}

/// The index prints month and day without a year, but the name of a post holds the second in which it was made:
/// `M.1600000000.A.0F1`.
fn posted(href: &str) -> Option<String> {
    let name = href.rsplit('/').next()?;
    let mut parts = name.split('.');
    let seconds = parts.next().filter(|class| matches!(*class, "M" | "G")).and_then(|_| parts.next())?.parse().ok()?;
    jiff::Timestamp::from_second(seconds).ok().map(|at| at.to_string())
}
