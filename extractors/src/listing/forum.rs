//! Boards of forum software: a row a thread, by the selectors of `rules/forums.toml`.

use bellwether_model::document::Link;
use bellwether_model::web::CanonicalUrl;
use scraper::Html;

use super::absolute;
use crate::page::forum::{Board, printed_time};
use crate::page::{collapse, dates};

/// Threads in order, and the page of older ones.
pub(super) fn read(html: &Html, board: &Board, base: Option<&CanonicalUrl>) -> (Vec<Link>, Option<CanonicalUrl>) {
    let links = html.select(&board.row).filter_map(|row| {
        let anchor = row.select(&board.link).next()?;
        let time = board.time.as_ref().and_then(|time| printed_time(row, time));
        let time = time.and_then(|time| dates::parse(&time, None));
        Some(Link {
            url: absolute(anchor.value().attr("href")?, base)?,
            text: collapse(&anchor.text().collect::<String>()),
            published: time
                .map(|time| time.instant.map_or_else(|| time.date().to_string(), |instant| instant.to_string())),
        })
    });
    let next = html.select(&board.next).find_map(|next| absolute(next.value().attr("href")?, base));
    (links.collect(), next)
}
