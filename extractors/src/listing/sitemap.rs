//! Sitemaps: `urlset`, `sitemapindex`, and lists of addresses as plain text; also packed with gzip.

use std::collections::HashMap;
use std::io::Read;

use bellwether_model::document::Link;
use bellwether_model::web::CanonicalUrl;

use crate::feed::tokens::{Token, local, tokens, unescape};

/// Bytes that a sitemap may unpack to: the protocol's own limit.
const LARGEST: u64 = 50 * 1024 * 1024;
/// Addresses that a sitemap may name: the protocol's own limit.
const MOST_LINKS: usize = 50_000;

/// Unpacks what was sent as a gzip file. Bytes that are none are handed back as they are.
pub(super) fn unpack(bytes: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return bytes.into();
    }
    let mut plain = Vec::new();
    match flate2::read::GzDecoder::new(bytes).take(LARGEST).read_to_end(&mut plain) {
        Ok(_) => plain.into(),
        // A file that is cut off gives what was read of it.
        Err(_) if !plain.is_empty() => plain.into(),
        Err(_) => bytes.into(),
    }
}

/// Whether a text is a sitemap of XML.
pub(super) fn is_sitemap(text: &str) -> bool {
    tokens(text)
        .take(8)
        .find_map(|token| match token {
            Token::Start { name, .. } => Some(matches!(local(name), "urlset" | "sitemapindex")),
            _ => None,
        })
        .unwrap_or(false)
}

/// Whether a sitemap names sitemaps, not pages.
pub(super) fn is_index(text: &str) -> bool {
    let mut names = tokens(text).filter_map(|token| match token {
        Token::Start { name, .. } => Some(local(name)),
        _ => None,
    });
    names.next() == Some("sitemapindex")
}

/// Whether a text is nothing but addresses, one a line.
pub(super) fn is_list(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
    lines.peek().is_some() && lines.all(|line| line.starts_with("http://") || line.starts_with("https://"))
}

/// Addresses of a text, one a line.
pub(super) fn list(text: &str) -> Vec<Link> {
    let link = |line: &str| Some(Link { url: CanonicalUrl::parse(line).ok()?, text: String::new(), published: None });
    text.lines().filter_map(link).take(MOST_LINKS).collect()
}

/// What a sitemap says of one page.
#[derive(Default)]
struct Page {
    address: String,
    /// Text that stands in the element itself, without a `loc`: some sites forget it.
    bare: String,
    changed: Option<String>,
    published: Option<String>,
    title: String,
}

/// Links of a sitemap in order, and when their pages were changed. Pictures and videos of a page are none.
pub(super) fn read(text: &str, base: Option<&CanonicalUrl>) -> (Vec<Link>, HashMap<CanonicalUrl, String>) {
    let mut links = Vec::new();
    let mut changed = HashMap::new();
    let mut open: Vec<&str> = Vec::new();
    let mut page = Page::default();
    for token in tokens(text) {
        if links.len() >= MOST_LINKS {
            break;
        }
        match token {
            Token::Start { name, empty: false, .. } => {
                if matches!(local(name), "url" | "sitemap") {
                    page = Page::default();
                    open.clear();
                }
                open.push(local(name));
            }
            Token::Start { .. } => {}
            Token::End { name, .. } => {
                if matches!(local(name), "url" | "sitemap") {
                    let link = link(&page, base);
                    if let (Some(link), Some(at)) = (&link, &page.changed) {
                        changed.insert(link.url.clone(), at.clone());
                    }
                    links.extend(link);
                }
                if let Some(place) = open.iter().rposition(|known| *known == local(name)) {
                    open.truncate(place);
                }
            }
            Token::Text(words) => take(&mut page, &open, unescape(words).trim()),
            Token::Data(words) => take(&mut page, &open, words.trim()),
        }
    }
    (links, changed)
}

fn take(page: &mut Page, open: &[&str], words: &str) {
    if words.is_empty() {
        return;
    }
    match open {
        ["url" | "sitemap", "loc"] => page.address.push_str(words),
        ["url" | "sitemap"] => page.bare.push_str(words),
        ["url" | "sitemap", "lastmod"] => page.changed = Some(words.to_owned()),
        ["url", "news", "publication_date"] => page.published = Some(words.to_owned()),
        ["url", "news", "title"] => page.title.push_str(words),
        _ => {}
    }
}

/// The link of a page. The protocol wants whole addresses; some sites leave out the scheme or the host.
fn link(page: &Page, base: Option<&CanonicalUrl>) -> Option<Link> {
    let address = if page.address.is_empty() { &page.bare } else { &page.address };
    let relative = || base.filter(|_| address.starts_with('/')).and_then(|base| base.join(address).ok());
    Some(Link {
        url: CanonicalUrl::parse(address).ok().or_else(relative)?,
        text: page.title.clone(),
        published: page.published.clone().or_else(|| page.changed.clone()),
    })
}
