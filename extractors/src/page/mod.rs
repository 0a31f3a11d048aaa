//! Pages to documents: articles, forum posts, policy texts, statistics pages, plain text and Markdown.
//!
//! Each kind of page has a reader that makes a draft; what all pages share (spans, language, kind, the day that no
//! page may be published after) is decided here. Nothing here fetches, follows a link or knows what a figure is.

mod around;
mod assemble;
mod byline;
mod css;
mod date_signs;
pub(crate) mod dates;
mod draft;
mod entry;
pub(crate) mod forum;
mod front_matter;
mod furniture;
mod gloss;
mod grid;
mod html;
mod item;
mod kind;
mod language;
mod layout;
mod limits;
mod lines;
mod markdown;
mod markdown_blocks;
mod markup;
mod meta;
mod opening;
mod original;
mod picture;
mod plain_text;
mod ptt;
mod ptt_page;
mod reuters;
mod rules;
mod spacing;
mod structured;
pub(crate) mod table;
mod title;
mod walk;
mod wall;

use std::sync::LazyLock;

pub use self::wall::{Wall, wall};
use bellwether_model::document::{Document, DocumentKind, PageTime};
use draft::{Draft, Piece};
pub use entry::read_entry;
use jiff::civil::Date;
use jiff::tz::TimeZone;
pub(crate) use kind::is_letterhead;
pub(crate) use markup::tame;
use regex::Regex;
pub(crate) use spacing::{collapse, columns};
pub(crate) use title::names_no_article;
pub(crate) use walk::is_no_text;

use crate::PageContext;
use crate::decode;
use crate::problem::Problem;

/// Reads a page into a document. Any bytes give a document, perhaps an empty one.
#[must_use]
pub fn read(bytes: &[u8], context: &PageContext) -> (Document, Vec<Problem>) {
    let decoded = decode::decode(&bytes[..bytes.len().min(limits::MOST_BYTES)], context);
    let mut problems = decoded.problems;
    if bytes.len() > limits::MOST_BYTES {
        problems.push(Problem::new(format!(
            "the page has {} bytes; what follows the first {} was not read",
            bytes.len(),
            limits::MOST_BYTES
        )));
    }
    // A NUL prints nothing, and the tree builder is slow on each.
    let text = gloss::without_readings(without(without(decoded.text, "\0", ""), "\r\n", "\n"));
    let zone = context.timezone.as_deref().and_then(|name| match TimeZone::get(name) {
        Ok(zone) => Some(zone),
        Err(_) => {
            problems.push(Problem::new(format!("the source's time zone `{name}` is unknown")));
            None
        }
    });
    let answer = forum::interface_thread(&text, zone.as_ref());
    let plain = limits::beginning(&text, limits::LONGEST_TEXT);
    let mut cut = false;
    let mut draft = answer.unwrap_or_else(|| match form(&text, context) {
        Form::Item => item::read(&text, zone.as_ref()),
        Form::Markdown => {
            cut = plain.len() < text.len();
            markdown::read(plain, zone.as_ref())
        }
        Form::Plain => {
            cut = plain.len() < text.len();
            plain_text::read(plain, zone.as_ref())
        }
        Form::Markup => {
            let (draft, cut) = html::read(&text, context.url.as_deref(), zone.as_ref());
            if cut {
                problems.push(Problem::new(
                    "the markup is nested too deep, or has too many attributes or too long a paragraph; it was cut",
                ));
            }
            draft
        }
    });
    if limits::cut(&mut draft.pieces) || cut {
        problems.push(Problem::new(format!("the text was cut after {} bytes", limits::LONGEST_TEXT)));
    }
    complete(&mut draft, context, zone.as_ref(), &mut problems);
    if draft.pieces.is_empty() {
        problems.push(Problem::new("no text was found"));
    }
    let language = language::detect(&words(&draft), draft.language.as_deref());
    let kind = kind::of(&draft, context.kind);
    (assemble::assemble(draft, kind, language, context.url.clone()), problems)
}

/// A text with other words in place of these; most texts have none of them and are not copied.
fn without(text: String, words: &str, other: &str) -> String {
    if text.contains(words) { text.replace(words, other) } else { text }
}

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Markup of a page or a part of one.
    Markup,
    /// One entry of a feed.
    Item,
    /// Markdown.
    Markdown,
    /// Text without markup.
    Plain,
}

/// Decides by what the text looks like; `Content-Type` and the name of the file decide only between Markdown and
/// plain text, since many servers know no type for Markdown.
fn form(text: &str, context: &PageContext) -> Form {
    static MARKUP: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^\s*<(?:!doctype|html|head|body|\?xml|!--|article|div|table|p|span|a|center|main|section|h[1-6]|meta|title|script|style|link|font|ul|ol|pre|form)\b")
            .expect("a fixed pattern")
    });
    let declared = context.content_type.as_deref().unwrap_or_default().to_ascii_lowercase();
    if item::is_item(text) {
        return Form::Item;
    }
    let path = context.url.as_deref().unwrap_or_default().split(['?', '#']).next().unwrap_or_default();
    let named = [".md", ".markdown"].iter().any(|end| path.ends_with(end)) && !declared.contains("html");
    if declared.starts_with("text/markdown") || declared.starts_with("text/x-markdown") || named {
        return Form::Markdown;
    }
    if front_matter::is_labelled(text) {
        return Form::Markdown;
    }
    if ptt::is_post(text) {
        return Form::Plain;
    }
    if reuters::is_story(text) || declared.starts_with("text/plain") && !MARKUP.is_match(text) {
        return Form::Plain;
    }
    if declared.contains("html") || MARKUP.is_match(text) {
        return Form::Markup;
    }
    if is_markdown(text) { Form::Markdown } else { Form::Plain }
}

/// Whether a text without a telling `Content-Type` is Markdown: front matter, a heading line or a table of pipes.
fn is_markdown(text: &str) -> bool {
    static MARKS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?m)\A---\s*$|^#{1,6} \S|^\|[^\n]*\|\s*\n\|\s*:?-{2,}").expect("a fixed pattern")
    });
    MARKS.is_match(text)
}

/// Fills what the page does not say from what its source says, and drops what cannot be.
fn complete(draft: &mut Draft, context: &PageContext, zone: Option<&TimeZone>, problems: &mut Vec<Problem>) {
    let listed = || context.published.as_deref().and_then(|time| dates::parse(time, zone));
    let in_address = || {
        let addresses = [draft.cites.as_deref(), draft.canonical.as_deref(), context.url.as_deref()];
        addresses.into_iter().flatten().find_map(dates::in_address)
    };
    draft.published = draft.published.or_else(listed).or_else(in_address);
    if let (Some(published), Some(fetched)) = (draft.published, context.fetched) {
        // A day in a zone ahead of UTC can begin before the instant of fetching has reached it.
        let latest = fetched.to_zoned(TimeZone::UTC).date().tomorrow().unwrap_or(Date::MAX);
        let late = published
            .instant
            .map_or(published.date() > latest, |instant| instant.as_second() > fetched.as_second() + SECONDS_OF_GRACE);
        if late {
            problems.push(Problem::new(format!(
                "the page says it was published on {}, after it was fetched",
                published.date()
            )));
            draft.published = listed().filter(|time| time.date() <= latest);
        }
    }
    if draft.title.is_empty() {
        draft.title = context.title.clone().unwrap_or_default();
    }
}

/// Clocks of sites run ahead; some round a time up to the hour.
const SECONDS_OF_GRACE: i64 = 3600;

fn words(draft: &Draft) -> String {
    let mut words = draft.title.clone();
    for piece in &draft.pieces {
        match piece {
            Piece::Text { text, .. } => {
                words.push('\n');
                words.push_str(text);
            }
            Piece::Table(grid) => grid.rows.iter().flatten().for_each(|cell| {
                words.push(' ');
                words.push_str(&cell.text);
            }),
        }
    }
    words
}

/// A news document of the paragraphs of a plain text: each line that is not empty is one paragraph, the language is
/// detected, there is no title. For texts that come from nowhere, such as a request for quantities or a test.
#[must_use]
pub fn plain(text: &str, published: Option<Date>) -> Document {
    let pieces = text.lines().map(Piece::paragraph).collect();
    let draft = Draft { published: published.map(PageTime::day), pieces, ..Draft::default() };
    let language = language::detect(text, None);
    assemble::assemble(draft, DocumentKind::News, language, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_model::document::Language;

    #[test]
    fn plain_text_is_a_document_of_its_lines() {
        let document = plain("財政部公布出口統計。\n\n年增率創新高。", Some(jiff::civil::date(2026, 1, 9)));
        assert_eq!(document.text, "財政部公布出口統計。\n年增率創新高。\n");
        assert_eq!(document.blocks.len(), 2);
        assert_eq!(document.language, Some(Language::ChineseTraditional));
        assert_eq!(document.published.map(|time| time.date()), Some(jiff::civil::date(2026, 1, 9)));
        assert!(plain("", None).blocks.is_empty());
    }

    fn context(content_type: &str) -> PageContext {
        PageContext { content_type: Some(content_type.to_owned()), ..PageContext::default() }
    }

    #[test]
    fn a_text_is_read_as_what_it_looks_like() {
        let cases = [
            ("<!DOCTYPE html><p>x", "", Form::Markup),
            ("<p>x", "text/plain", Form::Markup),
            ("x", "text/html; charset=utf-8", Form::Markup),
            ("<item><title>x</title></item>", "text/html", Form::Item),
            ("# x", "", Form::Markdown),
            ("x", "text/markdown; charset=utf-8", Form::Markdown),
            ("# 1 is the best", "text/plain", Form::Plain),
            ("<REUTERS><TITLE>x", "text/plain", Form::Plain),
            ("x", "", Form::Plain),
        ];
        for (text, content_type, expected) in cases {
            assert_eq!(form(text, &context(content_type)), expected, "{text} {content_type}");
        }
        let named = PageContext { url: Some("https://example.org/a.md?x".into()), ..context("text/plain") };
        assert_eq!(form("x", &named), Form::Markdown);
    }

    #[test]
    fn what_the_source_says_fills_what_the_page_does_not() {
        let listed = PageContext {
            title: Some("Listed title".into()),
            published: Some("2026-01-09T08:00:00Z".into()),
            ..context("text/html")
        };
        let (document, _) = read(b"<p>Exports rose in December.", &listed);
        assert_eq!(document.title, "Listed title");
        assert_eq!(document.published.map(|time| time.date()), Some(jiff::civil::date(2026, 1, 9)));
        let (own, _) =
            read(b"<h1>Own title</h1><time datetime=2026-01-08>8</time><p>Exports rose in December.", &listed);
        assert_eq!(
            (own.title.as_str(), own.published.map(|time| time.date())),
            ("Own title", Some(jiff::civil::date(2026, 1, 8)))
        );
    }

    #[test]
    fn nothing_is_published_after_it_was_fetched() {
        let fetched = "2026-01-09T08:00:00Z".parse().expect("a time");
        let fetched = PageContext { fetched: Some(fetched), ..context("text/html") };
        let (document, problems) = read(b"<h1>Title</h1><time datetime=2027-01-09>x</time><p>Exports rose.", &fetched);
        assert_eq!(document.published, None);
        assert!(problems.iter().any(|problem| problem.message.contains("after it was fetched")), "{problems:?}");
        // The next day has begun in Taipei while it is still the ninth in UTC.
        let (ahead, _) = read(b"<h1>Title</h1><time datetime=2026-01-10>x</time><p>Exports rose.", &fetched);
        assert!(ahead.published.is_some());
    }

    #[test]
    fn an_unknown_zone_and_an_empty_page_are_problems() {
        let unknown = PageContext { timezone: Some("Mars/Olympus".into()), ..context("text/html") };
        let (document, problems) = read(b"", &unknown);
        assert!(document.text.is_empty());
        assert_eq!(problems.len(), 2, "{problems:?}");
    }
}
