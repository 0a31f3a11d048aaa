//! Pages of forum software to threads.

use bellwether_model::document::DocumentKind;
use jiff::tz::TimeZone;
use scraper::{ElementRef, Html, Selector};

use super::comment;
use super::rules::{Engine, Place, Thread, rules};
use crate::page::dates;
use crate::page::draft::Draft;
use crate::page::spacing::collapse;
use crate::page::walk::{self, Content};

/// The software that made a page; `name` is what its source says. `None`: none that is known.
pub(crate) fn engine(html: &Html, name: Option<&str>) -> Option<&'static Engine> {
    if name.is_none() && rules().any().select(html).next().is_none() {
        return None;
    }
    let known = |engine: &&Engine| match name {
        Some(name) => engine.name == name,
        None => engine.detect.select(html).next().is_some(),
    };
    rules().engines.iter().find(known)
}

/// Names of the software that is known.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    rules().engines.iter().map(|engine| engine.name.as_str())
}

/// Reads the posts of a page with the links of the first one. `None`: the page has none.
pub(crate) fn thread(html: &Html, zone: Option<&TimeZone>) -> Option<(Draft, Content)> {
    let rules = &engine(html, None)?.thread;
    let mut posts = html.select(&rules.post);
    let opening = posts.next()?;
    let content = text(opening, rules, false);
    let time = time_of(opening, rules);
    let comments = posts.filter_map(|post| {
        let content = text(post, rules, true)?;
        Some(comment(author(post, rules), words(&content), time_of(post, rules)))
    });
    let comments: Vec<_> = comments.collect();
    if content.is_none() && comments.is_empty() {
        return None;
    }
    let content = content.unwrap_or_default();
    let title = rules.title.as_ref().and_then(|title| html.select(title).next());
    let draft = Draft {
        title: title.map(|title| collapse(&title.text().collect::<String>())).unwrap_or_default(),
        kind: Some(DocumentKind::Forum),
        authors: Some(author(opening, rules)).filter(|name| !name.is_empty()).into_iter().collect(),
        published: time.and_then(|time| dates::find(&time, zone)),
        pieces: content.pieces.iter().map(|walked| walked.piece.clone()).collect(),
        comments: Some(comments),
        ..Draft::default()
    };
    Some((draft, content))
}

/// The text of a post; that of an answer without the words that it quotes.
fn text(post: ElementRef<'_>, rules: &Thread, is_answer: bool) -> Option<Content> {
    let is = |selector: &Option<Selector>, element: &ElementRef<'_>| {
        selector.as_ref().is_some_and(|selector| selector.matches(element))
    };
    let read = |body: ElementRef<'_>| {
        walk::content(body, &|element| is(&rules.drop, &element) || (is_answer && is(&rules.quote, &element)))
    };
    let mut parts = post.select(&rules.text).map(read);
    let mut content = parts.next()?;
    if rules.parts {
        for part in parts {
            content.pieces.extend(part.pieces);
            content.anchors.extend(part.anchors);
        }
    }
    Some(content)
}

/// The time of a post as printed, without the word in front of it.
fn time_of(post: ElementRef<'_>, rules: &Thread) -> Option<String> {
    const LABELS: [&str; 7] = ["Posted:", "Posted", "on:", "發表於", "发表于", "発言日時:", "時間："];
    let time = match &rules.time {
        Place::Attribute(names) => attribute(post, names)?,
        Place::Element(selector) => printed_time(post, selector)?,
    };
    let time = time.trim_matches(['«', '»', '|', ' ']);
    let bare = LABELS.iter().find_map(|label| time.strip_prefix(label)).unwrap_or(time);
    Some(bare.trim().to_owned())
}

fn attribute(post: ElementRef<'_>, names: &[String]) -> Option<String> {
    names.iter().find_map(|name| post.value().attr(name)).map(collapse)
}

fn words(content: &Content) -> String {
    let words: Vec<&str> = content.pieces.iter().filter_map(|walked| walked.piece.words()).collect();
    words.join("\n")
}

fn author(post: ElementRef<'_>, rules: &Thread) -> String {
    let selector = match &rules.author {
        Place::Attribute(names) => return attribute(post, names).unwrap_or_default(),
        Place::Element(selector) => selector,
    };
    let names = post.select(selector).map(|element| collapse(&element.text().collect::<String>()));
    names.into_iter().find(|name| !name.is_empty()).unwrap_or_default()
}

/// A time as an element prints it: a machine's form or the full one in an attribute before words such as "yesterday".
/// Of words that name the poster first (`by Ann » Fri 7 Oct 2011`) the part behind the last mark.
pub(crate) fn printed_time(inside: ElementRef<'_>, selector: &Selector) -> Option<String> {
    const ATTRIBUTES: [&str; 5] = ["datetime", "data-time", "data-mtime", "date", "title"];
    let element = inside.select(selector).next()?;
    let attribute = inside
        .select(selector)
        .flat_map(|element| ATTRIBUTES.iter().filter_map(move |name| element.value().attr(name)))
        .find(|value| value.contains(|c: char| c.is_ascii_digit()));
    let printed = match attribute {
        Some(value) => collapse(value),
        None => {
            let words = collapse(&element.text().collect::<String>());
            words.rsplit('»').find(|part| !part.trim().is_empty()).map(|part| part.trim().to_owned())?
        }
    };
    Some(printed).filter(|time| !time.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_posts_is_a_thread() {
        let page = "<body id=phpbb><div class=post id=p1><p class=author>by <strong>Ann</strong> » Fri 7 Oct 2011 08:23</p>\
            <div class=content>Exports rose.<br>Imports fell.<blockquote>a report</blockquote></div></div>\
            <div class=post id=p2><p class=author>by <strong>Bob</strong> » Sun 9 Oct 2011 14:02</p>\
            <div class=content><blockquote>Exports rose.</blockquote>I doubt it.</div></div>";
        let (draft, _) = thread(&Html::parse_document(page), None).expect("a thread");
        assert_eq!(draft.authors, ["Ann"]);
        assert_eq!(draft.published.map(|time| time.local.to_string()).as_deref(), Some("2011-10-07T08:23:00"));
        assert_eq!(draft.pieces.len(), 3, "{:?}", draft.pieces);
        let comments = draft.comments.expect("comments");
        assert_eq!((comments[0].author.as_str(), comments[0].text.as_str()), ("Bob", "I doubt it."));
        assert_eq!(comments[0].time.as_deref(), Some("Sun 9 Oct 2011 14:02"));
        assert!(thread(&Html::parse_document("<p>Exports rose."), None).is_none());
    }
}
