//! Links that feeds and listings give, as resources to fetch. Pure.

use bellwether_extractors::feed::Entry;
use bellwether_extractors::listing::Listing;
use bellwether_model::snapshot::{LinkHint, Snapshot};
use bellwether_model::source::{Resource, ResourceRole};
use bellwether_model::web::CanonicalUrl;
use jiff::{SignedDuration, Timestamp};
use regex::Regex;

use crate::settings::SourceSettings;

/// Links followed of one page: a hostile one may have millions.
const MAX_LINKS: usize = 2_000;
/// Links followed of one sitemap: the protocol's own limit.
const MAX_SITEMAP_LINKS: usize = 50_000;
/// Sitemaps of one index that are followed.
const MAX_SITEMAPS: usize = 2_000;
/// How deep indexes may lie in one another. The protocol knows one level; sites have two.
const DEEPEST_SITEMAP: u16 = 2;

/// A page that a feed or listing names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Its address.
    pub(super) url: CanonicalUrl,
    /// What was said of it.
    pub(super) hint: LinkHint,
    /// When it was changed last, where the feed says so.
    pub(super) updated: Option<Timestamp>,
    /// What it is to its source.
    pub(super) role: ResourceRole,
}

/// Which links of a source are followed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Follow<'a> {
    /// Pattern of titles; `None`: any.
    pub(super) title: Option<&'a Regex>,
    /// First day of links that have one; `None`: any.
    pub(super) since: Option<Timestamp>,
}

impl<'a> Follow<'a> {
    /// What a source says, at this time.
    pub(super) fn of(source: Option<&'a SourceSettings>, now: Timestamp) -> Self {
        let within = source.and_then(|source| source.follow_within);
        let since = within.and_then(|within| now.checked_sub(SignedDuration::try_from(within).ok()?).ok());
        Self { title: source.and_then(|source| source.follow_title.as_ref()), since }
    }

    fn wants(&self, title: Option<&str>, published: Option<&str>) -> bool {
        let titled = self.title.is_none_or(|pattern| title.is_some_and(|title| pattern.is_match(title)));
        let old = |since: Timestamp| published.and_then(instant).is_some_and(|at| at < since);
        titled && !self.since.is_some_and(old)
    }
}

/// The last moment that a time as feeds and sitemaps write it can mean: an instant, or the end of a day.
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let day: jiff::civil::Date = text.get(..10)?.parse().ok()?;
    day.tomorrow().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|midnight| midnight.timestamp())
}

/// The entries of a feed that are to be followed.
#[must_use]
pub(super) fn of_feed(entries: Vec<Entry>, follow: Follow<'_>) -> Vec<Found> {
    let found = entries.into_iter().filter(|entry| wants_entry(entry, follow)).filter_map(|entry| {
        let updated = entry.updated.as_deref().and_then(|time| time.parse().ok());
        let hint = LinkHint { title: entry.title, published: entry.published, ..LinkHint::default() };
        Some(Found { url: entry.url.filter(is_sound)?, hint, updated, role: ResourceRole::Document })
    });
    found.take(MAX_LINKS).collect()
}

/// Whether an entry of a feed is to be followed or read.
pub(super) fn wants_entry(entry: &Entry, follow: Follow<'_>) -> bool {
    follow.wants(entry.title.as_deref(), entry.published.as_deref().or(entry.updated.as_deref()))
}

/// The links of a listing that are to be followed: those of its own site.
#[must_use]
pub(super) fn of_listing(listing: &Listing, from: &Snapshot, follow: Follow<'_>) -> Vec<Found> {
    let page = &from.final_url;
    let depth = from.hint.as_ref().map_or(0, |hint| hint.depth);
    if listing.is_index {
        return sitemaps(listing, page, depth, follow);
    }
    let own = listing.links.iter().filter(|link| is_same_site(&link.url, page) && is_sound(&link.url));
    let wanted = own.filter(|link| follow.wants(Some(&link.text), link.published.as_deref()));
    let found = wanted.map(|link| {
        let title = Some(link.text.clone()).filter(|text| !text.trim().is_empty());
        let updated = listing.changed.get(&link.url).and_then(|time| instant(time));
        let hint = LinkHint { title, published: link.published.clone(), ..LinkHint::default() };
        Found { url: link.url.clone(), hint, updated, role: ResourceRole::Document }
    });
    found.take(if listing.is_sitemap { MAX_SITEMAP_LINKS } else { MAX_LINKS }).collect()
}

/// The sitemaps of an index. One that is dated is looked at when its date changes, one that is not again and again.
fn sitemaps(listing: &Listing, page: &CanonicalUrl, depth: u16, follow: Follow<'_>) -> Vec<Found> {
    if depth >= DEEPEST_SITEMAP {
        return Vec::new();
    }
    let own = listing.links.iter().filter(|link| is_same_site(&link.url, page) && is_sound(&link.url));
    let wanted = own.filter(|link| {
        let changed = listing.changed.get(&link.url).map(String::as_str);
        Follow { title: None, ..follow }.wants(None, changed)
    });
    let found = wanted.map(|link| {
        let updated = listing.changed.get(&link.url).and_then(|time| instant(time));
        let role = if updated.is_some() { ResourceRole::Part } else { ResourceRole::Listing };
        Found { url: link.url.clone(), hint: LinkHint { depth: depth + 1, ..LinkHint::default() }, updated, role }
    });
    found.take(MAX_SITEMAPS).collect()
}

/// Whether an address is none of those that a site makes up without end.
fn is_sound(url: &CanonicalUrl) -> bool {
    let trap = url.trap();
    if let Some(reason) = trap {
        tracing::debug!(url = url.as_str(), reason, "a link is not followed");
    }
    trap.is_none()
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
        return Some(new(&found.url, found.role, Some(found.hint.clone()), from, now));
    };
    // What dates its changes says when a page that is no longer looked at is worth another look.
    let visited = known.visit.as_ref().map(|visit| visit.at);
    let changed = found.updated.zip(visited).is_some_and(|(updated, visited)| updated > visited);
    let rests = known.due.is_none() && matches!(known.role, ResourceRole::Document | ResourceRole::Part);
    (rests && changed).then_some(Resource { due: Some(now), ..known })
}

/// The page of older entries: worth a look where every entry of this one was new, since then more may have come
/// than one page shows. `pages`: how many pages are read in one pass; `known`: what is known of the next one.
#[must_use]
pub(super) fn older(
    next: &CanonicalUrl,
    known: Option<Resource>,
    from: &Snapshot,
    pages: u16,
    now: Timestamp,
) -> Option<Resource> {
    let depth = from.hint.as_ref().map_or(0, |hint| hint.depth) + 1;
    if depth >= pages || !is_same_site(next, &from.url) || *next == from.url || !is_sound(next) {
        return None;
    }
    let hint = Some(LinkHint { depth, ..LinkHint::default() });
    match known {
        None => Some(new(next, ResourceRole::Part, hint, from, now)),
        // Seen in an earlier pass; now there is again more than the first page shows.
        Some(known) if known.role == ResourceRole::Part && known.due.is_none() => {
            Some(Resource { due: Some(now), hint, ..known })
        }
        Some(_) => None,
    }
}

/// A page that is not yet known, due now.
pub(super) fn new(
    url: &CanonicalUrl,
    role: ResourceRole,
    hint: Option<LinkHint>,
    from: &Snapshot,
    now: Timestamp,
) -> Resource {
    Resource { hint, ..Resource::new(url.clone(), from.source.clone(), role, now) }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{snapshot, time};
    use super::*;
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
        let entries = vec![
            entry(Some("12月出口創新高"), "https://example.org/1"),
            entry(Some("天氣"), "https://example.org/2"),
            entry(None, "https://example.org/3"),
            entry(Some("出口"), "https://example.org/a/b/a/b/"),
            Entry { title: Some("出口".into()), ..Entry::default() },
        ];
        let pattern = Regex::new("出口|進口").expect("a pattern");
        let followed = |title| {
            of_feed(entries.clone(), Follow { title, since: None })
                .into_iter()
                .map(|found| found.url)
                .collect::<Vec<_>>()
        };
        assert_eq!(followed(Some(&pattern)), [url("https://example.org/1")]);
        assert_eq!(followed(None).len(), 3, "a trap is not followed");
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
        let page = snapshot("https://example.org/");
        let followed: Vec<_> =
            of_listing(&listing, &page, Follow::default()).into_iter().map(|found| found.url).collect();
        assert_eq!(followed, [url("https://www.example.org/a"), url("https://news.example.org/b")]);
    }

    #[test]
    fn a_known_page_is_looked_at_again_only_when_the_feed_says_it_changed() {
        let from = snapshot("https://example.org/feed");
        let found = |updated| Found {
            url: url("https://example.org/1"),
            hint: LinkHint::default(),
            updated,
            role: ResourceRole::Document,
        };
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
    fn old_links_are_left_out_where_the_source_says_so() {
        let follow = Follow { title: None, since: Some("2026-01-10T12:00:00Z".parse().expect("a time")) };
        for (published, wanted) in [
            (None, true),
            (Some("2026-01-10"), true),
            (Some("2026-01-09"), false),
            (Some("2026-01-10T11:00:00Z"), false),
            (Some("2026-01-10T23:00:00+08:00"), true),
            (Some("soon"), true),
        ] {
            assert_eq!(follow.wants(None, published), wanted, "{published:?}");
        }
    }

    #[test]
    fn sitemaps_of_an_index_are_parts_to_a_depth() {
        let link = |address: &str| Link { url: url(address), text: String::new(), published: None };
        let (dated, plain) = ("https://example.org/a.xml", "https://example.org/b.xml");
        let listing = Listing {
            links: vec![link(dated), link(plain), link("https://other.example/c.xml")],
            changed: [(url(dated), "2026-01-01".to_owned())].into(),
            is_index: true,
            ..Listing::default()
        };
        let at = |depth| {
            let from = Snapshot {
                hint: Some(LinkHint { depth, ..LinkHint::default() }),
                ..snapshot("https://example.org/s.xml")
            };
            let found = of_listing(&listing, &from, Follow::default());
            found.into_iter().map(|found| (found.url, found.role, found.hint.depth)).collect::<Vec<_>>()
        };
        assert_eq!(at(0), [(url(dated), ResourceRole::Part, 1), (url(plain), ResourceRole::Listing, 1)]);
        assert_eq!(at(DEEPEST_SITEMAP), []);
    }

    #[test]
    fn older_pages_are_followed_as_many_as_a_pass_may_read() {
        let from = |depth| Snapshot {
            hint: Some(LinkHint { depth, ..LinkHint::default() }),
            ..snapshot("https://example.org/1")
        };
        let next = url("https://example.org/2");
        let first = older(&next, None, &from(0), 3, time(0)).expect("a second page");
        assert_eq!((first.role, first.hint.as_ref().map(|hint| hint.depth)), (ResourceRole::Part, Some(1)));
        assert!(older(&next, None, &from(1), 3, time(0)).is_some());
        assert!(older(&next, None, &from(2), 3, time(0)).is_none(), "three pages were read");
        assert!(older(&url("https://other.example/2"), None, &from(0), 3, time(0)).is_none());
        let rests = Resource { due: None, ..first.clone() };
        assert_eq!(older(&next, Some(rests), &from(0), 3, time(9)).and_then(|part| part.due), Some(time(9)));
        assert_eq!(older(&next, Some(first), &from(0), 3, time(9)), None, "it is due already");
    }
}
