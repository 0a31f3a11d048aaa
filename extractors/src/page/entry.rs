//! The full text that an entry of a feed carries, as a document: the page it stands for may be gone, or behind a wall.

use bellwether_model::document::Document;
use jiff::tz::TimeZone;

use super::draft::Piece;
use super::{assemble, complete, dates, html, kind, language, words};
use crate::PageContext;
use crate::feed::Entry;

/// Characters of a full text at the least; less is a summary.
const ENOUGH: usize = 240;

/// Reads the text of an entry into a document. `None`: it carries no more than a summary, or breaks off.
///
/// `context` is that of the feed: its zone, kind and time of fetching hold for the entry too.
#[must_use]
pub fn read_entry(entry: &Entry, context: &PageContext) -> Option<Document> {
    let zone = context.timezone.as_deref().and_then(|name| TimeZone::get(name).ok());
    let url = entry.url.as_ref().map(ToString::to_string);
    let mut draft = html::fragment(entry.content.as_deref()?, url.as_deref(), zone.as_ref());
    let body: Vec<&str> = draft.pieces.iter().filter_map(Piece::words).collect();
    let length: usize = body.iter().map(|words| words.chars().count()).sum();
    if length < ENOUGH || body.last().is_some_and(|words| breaks_off(words)) {
        return None;
    }
    draft.title = entry.title.clone().unwrap_or_default();
    draft.published = entry.published.as_deref().and_then(|time| dates::parse(time, zone.as_ref())).or(draft.published);
    if !entry.authors.is_empty() {
        draft.authors.clone_from(&entry.authors);
    }
    draft.canonical.clone_from(&url);
    let own = PageContext { url: url.clone(), title: None, published: None, ..context.clone() };
    complete(&mut draft, &own, zone.as_ref(), &mut Vec::new());
    let language = language::detect(&words(&draft), draft.language.as_deref());
    let kind = kind::of(&draft, context.kind);
    Some(assemble::assemble(draft, kind, language, url))
}

/// Whether a text ends in the middle, with the marks that say so.
fn breaks_off(words: &str) -> bool {
    let end = words.trim_end_matches([']', ')', '）', '】', '>', '»', ' ']);
    [
        "…",
        "...",
        "[&hellip;",
        "Read more",
        "Continue reading",
        "閱讀更多",
        "阅读更多",
        "阅读全文",
        "閱讀全文",
        "続きを読む",
    ]
    .iter()
    .any(|mark| end.ends_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARAGRAPH: &str = "The ministry said on Friday that exports rose by a fifth in December, the ninth rise in a row, \
        while imports fell for the first time since spring and left a surplus that was larger than expected by most.";

    fn entry(content: &str) -> Entry {
        Entry {
            title: Some("Exports rise".into()),
            published: Some("2026-01-09T08:00:00Z".into()),
            authors: vec!["Ann Writer".into()],
            content: Some(content.to_owned()),
            ..Entry::default()
        }
    }

    #[test]
    fn a_full_text_is_a_document() {
        let full = format!("<p>{PARAGRAPH}</p><p>{PARAGRAPH}</p>");
        let document = read_entry(&entry(&full), &PageContext::default()).expect("a document");
        assert_eq!(
            (document.title.as_str(), document.authors.as_slice()),
            ("Exports rise", &["Ann Writer".to_owned()][..])
        );
        assert!(document.published.is_some_and(|time| time.instant.is_some()));
        assert!(document.text.starts_with("Exports rise\nThe ministry said"), "{}", document.text);
    }

    #[test]
    fn a_summary_is_none() {
        assert!(read_entry(&entry(&format!("<p>{PARAGRAPH}</p>")), &PageContext::default()).is_none());
        let cut = format!("<p>{PARAGRAPH}</p><p>{PARAGRAPH}</p><p>And then [&hellip;]</p>");
        assert!(read_entry(&entry(&cut), &PageContext::default()).is_none());
        assert!(read_entry(&Entry::default(), &PageContext::default()).is_none());
    }
}
