//! What a reading of a feed or listing gave, and why where it gave nothing. Pure.

use bellwether_extractors::feed::Feed;
use bellwether_extractors::listing::{Listing, ListingRules};
use bellwether_model::health::{Empty, Yield};

/// Bytes of a page in which a link is looked for where none was found.
const LOOKED_AT: usize = 1 << 20;

/// The yield of a reading with so many links, of which so many are followed, of which so many are new.
pub(super) fn reading(links: usize, wanted: usize, new: usize, empty: Option<Empty>) -> Yield {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Yield { links: count(links), wanted: count(wanted), new: count(new), empty: empty.filter(|_| links == 0) }
}

/// Why a feed has no entry; `None`: it has one.
pub(super) fn of_feed(feed: &Feed) -> Option<Empty> {
    if !feed.entries.is_empty() {
        return None;
    }
    // A feed that was understood has a title; what is none has a problem that says so.
    Some(match feed.problems.first() {
        Some(problem) if feed.title.is_none() => Empty::NothingFound { rule: problem.to_string() },
        _ => Empty::NothingThere,
    })
}

/// Why a listing has no link; `None`: it has one.
pub(super) fn of_listing(listing: &Listing, rules: &ListingRules, body: &[u8]) -> Option<Empty> {
    if !listing.links.is_empty() {
        return None;
    }
    let start = &body[..body.len().min(LOOKED_AT)];
    let holds = |words: &[u8]| start.windows(words.len()).any(|window| window.eq_ignore_ascii_case(words));
    if holds(b"<urlset") || holds(b"<sitemapindex") {
        return Some(Empty::NothingThere);
    }
    let rule = match (&rules.links, &rules.engine) {
        (Some(selector), _) => format!("the selector `{selector}` matches no link"),
        (None, Some(engine)) => format!("the rules of the forum engine `{engine}` find no thread"),
        (None, None) if !holds(b"<a ") => {
            "the page has no link at all; it may be made by a script, or be no page of links".to_owned()
        }
        (None, None) => "no link to an article was found in the page's main part".to_owned(),
    };
    Some(Empty::NothingFound { rule })
}

#[cfg(test)]
mod tests {
    use bellwether_extractors::feed;
    use bellwether_extractors::{PageContext, listing};

    use super::*;

    fn rule(empty: Option<Empty>) -> String {
        match empty {
            None => "full".to_owned(),
            Some(Empty::NothingThere) => "nothing there".to_owned(),
            Some(Empty::NothingFound { rule }) => rule,
        }
    }

    #[test]
    fn an_empty_feed_is_not_the_same_as_no_feed() {
        let read = |text: &str| rule(of_feed(&feed::read(text.as_bytes(), &PageContext::default())));
        let rss = |item: &str| format!("<rss version=\"2.0\"><channel><title>t</title>{item}</channel></rss>");
        assert_eq!(read(&rss("<item><title>a</title><link>https://a.example/1</link></item>")), "full");
        assert_eq!(read(&rss("")), "nothing there");
        assert!(read("<html><body>Sorry, we are being repaired.</body></html>").contains("no feed"));
    }

    #[test]
    fn what_found_nothing_is_named() {
        let read = |text: &str, selector: Option<&str>, engine: Option<&str>| {
            let rules = ListingRules {
                links: selector.map(ToOwned::to_owned),
                engine: engine.map(ToOwned::to_owned),
                ..ListingRules::default()
            };
            let context = PageContext { url: Some("https://a.example/".to_owned()), ..PageContext::default() };
            rule(of_listing(&listing::read(text.as_bytes(), &context, &rules), &rules, text.as_bytes()))
        };
        let page = "<html><body><main><h2><a href='/1'>十二月出口年增百分之四十三創新高</a></h2></main></body></html>";
        assert_eq!(read(page, Some("main a"), None), "full");
        assert_eq!(read(page, Some("div.news a"), None), "the selector `div.news a` matches no link");
        assert_eq!(read(page, None, Some("ptt")), "the rules of the forum engine `ptt` find no thread");
        assert!(read("<html><body><div id='app'></div></body></html>", None, None).contains("made by a script"));
        assert_eq!(read("<urlset></urlset>", None, None), "nothing there");
    }
}
