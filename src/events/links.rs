//! Links that feeds and listings give, as resources to fetch. Pure.

use bellwether_extractors::feed::Feed;
use bellwether_extractors::listing::Listing;
use bellwether_model::snapshot::{LinkHint, Snapshot};
use bellwether_model::source::{Resource, ResourceRole};
use bellwether_model::web::CanonicalUrl;
use jiff::Timestamp;
use regex::Regex;

/// Links followed of one page: a hostile one may have millions.
const MAX_LINKS: usize = 2_000;

/// A page that a feed or listing names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Its address.
    pub(super) url: CanonicalUrl,
    /// What was said of it.
    pub(super) hint: LinkHint,
    /// When it was changed last, where the feed says so.
    pub(super) updated: Option<Timestamp>,
}

/// The entries of a feed that are to be followed.
#[must_use]
pub(super) fn of_feed(feed: Feed, follow: Option<&Regex>) -> Vec<Found> {
    let entries = feed.entries.into_iter().filter(|entry| is_wanted(entry.title.as_deref(), follow));
    let found = entries.filter_map(|entry| {
        let updated = entry.updated.as_deref().and_then(|time| time.parse().ok());
        let hint = LinkHint { title: entry.title, published: entry.published, depth: 0 };
        Some(Found { url: entry.url?, hint, updated })
    });
    found.take(MAX_LINKS).collect()
}

/// The links of a listing that are to be followed: those of its own site.
#[must_use]
pub(super) fn of_listing(listing: &Listing, page: &CanonicalUrl, follow: Option<&Regex>) -> Vec<Found> {
    let links =
        listing.links.iter().filter(|link| is_wanted(Some(&link.text), follow) && is_same_site(&link.url, page));
    let found = links.map(|link| {
        let title = Some(link.text.clone()).filter(|text| !text.trim().is_empty());
        Found {
            url: link.url.clone(),
            hint: LinkHint { title, published: link.published.clone(), depth: 0 },
            updated: None,
        }
    });
    found.take(MAX_LINKS).collect()
}

fn is_wanted(title: Option<&str>, follow: Option<&Regex>) -> bool {
    follow.is_none_or(|pattern| title.is_some_and(|title| pattern.is_match(title)))
}

/// Whether a link stays on the site of its page: the same host, or hosts of which one is a part of the other. A
/// listing names its own articles; its links to other sites are advertisements and partners, whom nobody asked for.
fn is_same_site(link: &CanonicalUrl, page: &CanonicalUrl) -> bool {
    let (link, page) = (link.url(), page.url());
    let host = |url: &url::Url| url.host_str().map(|host| host.trim_start_matches("www.").to_owned());
    let (Some(link), Some(page)) = (host(&link), host(&page)) else {
        return false;
    };
    let is_part = |part: &str, whole: &str| part.strip_suffix(whole).is_some_and(|rest| rest.ends_with('.'));
    link == page || is_part(&link, &page) || is_part(&page, &link)
}

/// What is to be written for a page that was found; `None`: nothing. `known`: what is known of its address.
#[must_use]
pub(super) fn resource(found: &Found, known: Option<Resource>, from: &Snapshot, now: Timestamp) -> Option<Resource> {
    let Some(known) = known else {
        return Some(new(&found.url, ResourceRole::Document, Some(found.hint.clone()), from, now));
    };
    // A feed that dates its changes says when an article that is no longer looked at is worth another look.
    let visited = known.visit.as_ref().map(|visit| visit.at);
    let changed = found.updated.zip(visited).is_some_and(|(updated, visited)| updated > visited);
    let rests = known.due.is_none() && known.role == ResourceRole::Document;
    (rests && changed).then_some(Resource { due: Some(now), ..known })
}

/// The page of older entries: worth a look where every entry of this one was new, since then more may have come
/// than one page shows. Only the page behind the first one is followed.
#[must_use]
pub(super) fn older(
    listing: &Listing,
    from: &Snapshot,
    start: Option<&CanonicalUrl>,
    all_new: bool,
    now: Timestamp,
) -> Option<Resource> {
    let next = listing.next.as_ref()?;
    let follows = all_new && start == Some(&from.url) && is_same_site(next, &from.url);
    follows.then(|| new(next, ResourceRole::Listing, None, from, now))
}

/// A page that is not yet known, due now.
pub(super) fn new(
    url: &CanonicalUrl,
    role: ResourceRole,
    hint: Option<LinkHint>,
    from: &Snapshot,
    now: Timestamp,
) -> Resource {
    Resource {
        url: url.clone(),
        source: from.source.clone(),
        role,
        found: now,
        due: Some(now),
        hint,
        visit: None,
        etag: None,
        last_modified: None,
        content: None,
        failures: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{snapshot, time};
    use super::*;
    use bellwether_extractors::feed::Entry;
    use bellwether_model::document::Link;
    use bellwether_model::source::{Visit, VisitOutcome};

    fn url(text: &str) -> CanonicalUrl {
        CanonicalUrl::parse(text).expect(text)
    }

    #[test]
    fn only_titles_that_match_are_followed() {
        let entry = |title: Option<&str>, address: &str| Entry {
            title: title.map(String::from),
            url: Some(url(address)),
            ..Entry::default()
        };
        let feed = Feed {
            entries: vec![
                entry(Some("12月出口創新高"), "https://example.org/1"),
                entry(Some("天氣"), "https://example.org/2"),
                entry(None, "https://example.org/3"),
                Entry { title: Some("出口".into()), ..Entry::default() },
            ],
            ..Feed::default()
        };
        let pattern = Regex::new("出口|進口").expect("a pattern");
        let followed = |follow| of_feed(feed.clone(), follow).into_iter().map(|found| found.url).collect::<Vec<_>>();
        assert_eq!(followed(Some(&pattern)), [url("https://example.org/1")]);
        assert_eq!(followed(None).len(), 3);
    }

    #[test]
    fn listings_are_followed_on_their_own_site() {
        let link = |address: &str| Link { url: url(address), text: "a".into(), published: None };
        let listing = Listing {
            links: vec![
                link("https://www.example.org/a"),
                link("https://news.example.org/b"),
                link("https://notexample.org/c"),
                link("https://ads.example.com/d"),
            ],
            ..Listing::default()
        };
        let page = url("https://example.org/");
        let followed: Vec<_> = of_listing(&listing, &page, None).into_iter().map(|found| found.url).collect();
        assert_eq!(followed, [url("https://www.example.org/a"), url("https://news.example.org/b")]);
    }

    #[test]
    fn a_known_page_is_looked_at_again_only_when_the_feed_says_it_changed() {
        let from = snapshot("https://example.org/feed");
        let found = |updated| Found { url: url("https://example.org/1"), hint: LinkHint::default(), updated };
        let fresh = resource(&found(None), None, &from, time(0)).expect("a new resource");
        assert_eq!(fresh.due, Some(time(0)));
        let visit = Visit { at: time(100), outcome: VisitOutcome::Fetched { status: 200 }, took_ms: None };
        let read = Resource { due: None, visit: Some(visit), etag: Some("x".into()), ..fresh };
        assert_eq!(resource(&found(None), Some(read.clone()), &from, time(200)), None);
        assert_eq!(resource(&found(Some(time(50))), Some(read.clone()), &from, time(200)), None);
        let again = resource(&found(Some(time(150))), Some(read.clone()), &from, time(200)).expect("due again");
        assert_eq!((again.due, again.etag.clone()), (Some(time(200)), read.etag.clone()));
        let scheduled = Resource { due: Some(time(900)), ..read };
        assert_eq!(resource(&found(Some(time(150))), Some(scheduled), &from, time(200)), None);
    }

    #[test]
    fn the_older_page_is_followed_once_and_only_when_all_was_new() {
        let listing = Listing { next: Some(url("https://example.org/2")), ..Listing::default() };
        let (first, second) = (snapshot("https://example.org/1"), snapshot("https://example.org/2"));
        let start = url("https://example.org/1");
        assert!(older(&listing, &first, Some(&start), true, time(0)).is_some());
        assert!(older(&listing, &first, Some(&start), false, time(0)).is_none());
        assert!(older(&listing, &second, Some(&start), true, time(0)).is_none());
    }
}
