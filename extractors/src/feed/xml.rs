//! RSS 0.9 to 2.0 and Atom 0.3 and 1.0: entries from tokens, whatever else is wrong with the file.

use bellwether_model::web::CanonicalUrl;
use jiff::tz::TimeZone;
use url::Url;

use super::tokens::{Token, attribute, local, tokens, unescape};
use super::{Entry, Feed, plain, time};

/// Elements open at once; more are not followed.
const DEEPEST: usize = 64;

/// Reads a feed. `None`: no element of a feed is in the text.
pub(super) fn read(text: &str, base: Option<&Url>, zone: Option<&TimeZone>) -> Option<Feed> {
    let mut reader = Reader { base: base.cloned(), zone, ..Reader::default() };
    for token in tokens(text) {
        match token {
            Token::Start { name, attributes, empty, content_at } => reader.start(name, attributes, empty, content_at),
            Token::End { name, at } => reader.end(name, at, text),
            Token::Text(words) => reader.words(&unescape(words)),
            Token::Data(words) => reader.words(words),
        }
    }
    reader.finish_entry();
    reader.is_feed.then_some(reader.feed)
}

#[derive(Default)]
struct Reader<'a> {
    feed: Feed,
    is_feed: bool,
    zone: Option<&'a TimeZone>,
    base: Option<Url>,
    open: Vec<Open>,
    entry: Option<Draft>,
}

/// An element that is open.
struct Open {
    name: String,
    text: String,
    /// `type` of a text construct of Atom.
    kind: Option<String>,
    /// Base of the addresses inside, where it differs.
    base: Option<Url>,
    permanent: bool,
    content_at: usize,
}

/// An entry that is being read.
#[derive(Default)]
struct Draft {
    entry: Entry,
    link: Option<String>,
    /// The link says itself that it stands for the entry.
    stated: bool,
    permanent_id: Option<String>,
    summary: Option<String>,
    base: Option<Url>,
    depth: usize,
}

impl Reader<'_> {
    fn start(&mut self, name: &str, attributes: &str, empty: bool, content_at: usize) {
        let kind = local(name).to_ascii_lowercase();
        if matches!(kind.as_str(), "rss" | "rdf" | "feed" | "channel") {
            self.is_feed = true;
        }
        let base = attribute(attributes, "xml:base").and_then(|base| match self.base() {
            Some(outer) => outer.join(&base).ok(),
            None => Url::parse(&base).ok(),
        });
        // The base of the outermost element holds to the end.
        if let (true, Some(base)) = (self.open.is_empty(), &base) {
            self.base = Some(base.clone());
        }
        if matches!(kind.as_str(), "item" | "entry") && self.is_feed {
            self.finish_entry();
            let base = base.clone().or_else(|| self.base().cloned());
            let id = attribute(attributes, "rdf:about");
            self.entry = Some(Draft { depth: self.open.len() + 1, base, permanent_id: id, ..Draft::default() });
        } else if kind == "link" {
            self.atom_link(attributes);
        }
        if !empty && self.open.len() < DEEPEST {
            self.open.push(Open {
                name: name.to_owned(),
                text: String::new(),
                kind: attribute(attributes, "type"),
                base,
                permanent: attribute(attributes, "isPermaLink")
                    .is_none_or(|value| !value.eq_ignore_ascii_case("false")),
                content_at,
            });
        }
    }

    fn base(&self) -> Option<&Url> {
        self.open.iter().rev().find_map(|open| open.base.as_ref()).or(self.base.as_ref())
    }

    /// A `link` with an `href`: Atom's. The one that stands for the entry itself wins over others.
    fn atom_link(&mut self, attributes: &str) {
        let Some(href) = attribute(attributes, "href") else { return };
        let rel = attribute(attributes, "rel");
        let stated = rel.as_deref() == Some("alternate");
        let depth = self.open.len();
        if let Some(entry) = self.entry.as_mut().filter(|entry| entry.depth == depth)
            && ((stated && !entry.stated) || (rel.is_none() && entry.link.is_none()))
        {
            entry.link = Some(href);
            entry.stated = stated;
        }
    }

    fn words(&mut self, words: &str) {
        if let Some(open) = self.open.last_mut() {
            open.text.push_str(words);
        }
    }

    fn end(&mut self, name: &str, at: usize, text: &str) {
        let Some(place) = self.open.iter().rposition(|open| open.name == name) else { return };
        // Elements inside that were never closed end here too.
        let parent = place
            .checked_sub(1)
            .and_then(|outer| self.open.get(outer))
            .map(|open| local(&open.name).to_ascii_lowercase());
        let Some(open) = self.open.drain(place..).next() else { return };
        let depth = self.open.len();
        match (&mut self.entry, local(name).to_ascii_lowercase().as_str()) {
            (Some(entry), "item" | "entry") if entry.depth == depth + 1 => self.finish_entry(),
            (Some(entry), field) if entry.depth == depth => {
                set(entry, name, field, &open, text.get(open.content_at..at), self.zone)
            }
            (Some(entry), "name") if parent.as_deref() == Some("author") && entry.depth + 1 == depth => {
                add_author(entry, &open.text)
            }
            (None, "title") if matches!(parent.as_deref(), Some("channel" | "feed")) && self.feed.title.is_none() => {
                self.feed.title = plain(&open.text).filter(|title| !title.is_empty());
            }
            _ => {}
        }
    }

    fn finish_entry(&mut self) {
        let Some(draft) = self.entry.take() else { return };
        let mut entry = draft.entry;
        let own = |id: &String| id.starts_with("http").then(|| id.clone());
        let link = draft.link.or_else(|| draft.permanent_id.as_ref().and_then(own));
        entry.url = link.and_then(|link| {
            let link = link.trim();
            match draft.base.as_ref().or(self.base.as_ref()) {
                Some(base) => CanonicalUrl::parse(base.join(link).ok()?.as_str()).ok(),
                None => CanonicalUrl::parse(link).ok(),
            }
        });
        entry.content = entry.content.or(draft.summary);
        self.feed.entries.push(entry);
    }
}

/// Sets a field of an entry from one of its elements. Elements of other vocabularies that only share a name (`media:title`) are passed by.
fn set(draft: &mut Draft, name: &str, field: &str, open: &Open, raw: Option<&str>, zone: Option<&TimeZone>) {
    let text = open.text.trim();
    let prefix = name.split_once(':').map_or("", |(prefix, _)| prefix);
    if matches!(prefix, "media" | "itunes" | "image" | "geo" | "podcast" | "slash" | "thr") {
        return;
    }
    let entry = &mut draft.entry;
    match field {
        "title" if entry.title.is_none() => entry.title = plain(text).filter(|title| !title.is_empty()),
        "link" if draft.link.is_none() && !text.is_empty() => draft.link = Some(text.to_owned()),
        "guid" | "id" if !text.is_empty() => {
            entry.id = Some(text.to_owned());
            if open.permanent && field == "guid" {
                draft.permanent_id = Some(text.to_owned());
            }
        }
        "pubdate" | "published" | "issued" | "created" | "date" => {
            entry.published = entry.published.take().or_else(|| time(text, zone))
        }
        "updated" | "modified" => entry.updated = time(text, zone),
        "creator" | "author" if !text.is_empty() => add_author(draft, text),
        "encoded" | "content" | "body" => {
            let markup = if open.kind.as_deref() == Some("xhtml") { raw.unwrap_or(text) } else { text };
            entry.content =
                Some(markup.trim().to_owned()).filter(|content| !content.is_empty()).or(entry.content.take());
        }
        "description" | "summary" if !text.is_empty() => draft.summary = Some(text.to_owned()),
        _ => {}
    }
}

/// RSS writes `address (name)`, Dublin Core and Atom the name alone.
fn add_author(draft: &mut Draft, text: &str) {
    let text = text.trim();
    let name = text
        .split_once('(')
        .filter(|(before, _)| before.contains('@'))
        .map_or(text, |(_, name)| name.trim_end_matches(')'));
    let name = name.trim();
    if !name.is_empty() && !name.contains('@') && !draft.entry.authors.iter().any(|known| known == name) {
        draft.entry.authors.push(name.to_owned());
    }
}
