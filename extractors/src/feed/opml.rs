//! Subscriptions of feed readers: OPML, as they write it.

use bellwether_model::web::CanonicalUrl;

use super::tokens::{Token, attributes, tokens};

/// A feed of a list of subscriptions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Its name in the list.
    pub title: String,
    /// Its address.
    pub url: CanonicalUrl,
}

/// The feeds of a list, each once; outlines without an `xmlUrl` are folders. The second number is that of feeds whose
/// address cannot be followed.
#[must_use]
pub fn subscriptions(text: &str) -> (Vec<Subscription>, usize) {
    let mut found: Vec<Subscription> = Vec::new();
    let mut unread = 0;
    for token in tokens(text) {
        let Token::Start { name, attributes: written, .. } = token else { continue };
        if !name.eq_ignore_ascii_case("outline") {
            continue;
        }
        let of = |wanted: &str| {
            attributes(written).find(|(key, _)| key.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
        };
        let Some(address) = of("xmlUrl").filter(|address| !address.trim().is_empty()) else { continue };
        match CanonicalUrl::parse(address.trim().trim_start_matches("feed:").trim_start_matches("//")) {
            Ok(url) if found.iter().all(|known| known.url != url) => {
                found.push(Subscription { title: of("title").or_else(|| of("text")).unwrap_or_default(), url });
            }
            Ok(_) => {}
            Err(_) => unread += 1,
        }
    }
    (found, unread)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subscriptions_are_read_once_in_any_folder() {
        let text = "<opml version=\"2.0\"><body><outline text=\"News\"><outline type=\"rss\" text=\"A &amp; B\" xmlUrl=\"https://a.example/rss?x=1&amp;y=2\"/>\
            <outline title=\"again\" xmlurl=\"https://a.example/rss?x=1&amp;y=2\"/></outline><outline text=\"no\" xmlUrl=\"gopher://x\"/>\
            <outline text='C' xmlUrl='feed:https://c.example/atom'></outline></body></opml>";
        let (found, unread) = subscriptions(text);
        let shown: Vec<(&str, &str)> = found.iter().map(|feed| (feed.title.as_str(), feed.url.as_str())).collect();
        assert_eq!(shown, [("A & B", "https://a.example/rss?x=1&y=2"), ("C", "https://c.example/atom")]);
        assert_eq!(unread, 1);
    }
}
