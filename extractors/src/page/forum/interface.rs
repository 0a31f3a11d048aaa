//! Answers of forums' programming interfaces, in JSON, to threads and lists of threads.

use bellwether_model::document::{Comment, DocumentKind, Link};
use bellwether_model::web::CanonicalUrl;
use jiff::tz::TimeZone;
use scraper::{ElementRef, Html};
use serde_json::Value;

use super::comment;
use super::rules::{List, Posts, rules};
use crate::page::dates;
use crate::page::draft::{Draft, Piece};
use crate::page::spacing::collapse;
use crate::page::walk;

/// Reads the posts of an answer. `None`: it is no answer that is known, or has no posts.
pub(crate) fn thread(text: &str, zone: Option<&TimeZone>) -> Option<Draft> {
    let (value, rules) = known(text, |interface| interface.thread.as_ref())?;
    let all = array(&value, rules.posts.as_deref());
    let (opening, rest) = match (rules.opening.as_deref(), all.split_first()) {
        (Some(opening), _) => (value.pointer(opening), &[][..]),
        (None, Some((first, rest))) => (Some(first), rest),
        (None, None) => (None, &[][..]),
    };
    let mut comments = Vec::new();
    for post in rest.iter().chain(array(&value, rules.comments.as_deref())) {
        gather(post, rules, &mut comments);
    }
    let time = opening.and_then(|post| string(post.pointer(&rules.time)));
    let draft = Draft {
        kind: Some(DocumentKind::Forum),
        title: rules.title.as_ref().and_then(|title| string(value.pointer(title))).unwrap_or_default(),
        authors: opening.and_then(|post| string(post.pointer(&rules.author))).into_iter().collect(),
        published: time.and_then(|time| dates::parse(&time, zone)),
        pieces: opening.map(|post| pieces(post, rules, true)).unwrap_or_default(),
        comments: Some(comments),
        ..Draft::default()
    };
    Some(draft)
}

/// The comments of a post and of the answers inside it, in the order of reading. What has neither author nor time
/// stands for comments that were not sent.
fn gather(post: &Value, rules: &Posts, comments: &mut Vec<Comment>) {
    let mut waiting = vec![post];
    while let Some(post) = waiting.pop() {
        let (author, time) = (string(post.pointer(&rules.author)), string(post.pointer(&rules.time)));
        if author.is_none() && time.is_none() {
            continue;
        }
        let words: Vec<String> =
            pieces(post, rules, false).iter().filter_map(|piece| piece.words().map(str::to_owned)).collect();
        comments.push(comment(author.unwrap_or_default(), words.join("\n"), time));
        let replies = array(post, rules.replies.as_deref());
        waiting.extend(replies.iter().rev());
    }
}

fn pieces(post: &Value, rules: &Posts, is_opening: bool) -> Vec<Piece> {
    if let Some(markup) = rules.markup.as_ref().and_then(|markup| string(post.pointer(markup))) {
        let html = Html::parse_fragment(&crate::page::tame(&markup).0);
        let quotes = rules.quote.as_ref().filter(|_| !is_opening);
        let skip = |element: ElementRef<'_>| quotes.is_some_and(|quote| quote.matches(&element));
        return walk::content(html.root_element(), &skip).pieces.into_iter().map(|walked| walked.piece).collect();
    }
    let pointer = rules.opening_text.as_ref().filter(|_| is_opening).unwrap_or(&rules.text);
    let text = string(post.pointer(pointer)).unwrap_or_default();
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(Piece::paragraph).collect()
}

/// Reads a list of threads and the address of its continuation. `None`: it is no answer that is known.
pub(crate) fn list(text: &str, base: Option<&CanonicalUrl>) -> Option<(Vec<Link>, Option<CanonicalUrl>)> {
    let (value, rules) = known(text, |interface| interface.list.as_ref())?;
    let absolute = |href: &str| match base {
        Some(base) => base.join(href).ok(),
        None => CanonicalUrl::parse(href).ok(),
    };
    let link = |row: &Value| {
        let time = string(row.pointer(&rules.time)).and_then(|time| dates::parse(&time, None));
        Some(Link {
            url: absolute(&address(row, rules)?)?,
            text: string(row.pointer(&rules.title)).map(|title| collapse(&title)).unwrap_or_default(),
            published: time
                .map(|time| time.instant.map_or_else(|| time.date().to_string(), |instant| instant.to_string())),
        })
    };
    let links = array(&value, Some(&rules.rows)).iter().filter_map(link).collect();
    let next = rules.next.as_ref().and_then(|next| absolute(&string(value.pointer(next))?));
    Some((links, next))
}

/// The address of a row by its pattern. `None`: the row lacks one of its values.
fn address(row: &Value, rules: &List) -> Option<String> {
    let mut out = String::new();
    let mut rest = rules.address.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let (pointer, behind) = after.split_once('}')?;
        out.push_str(before);
        out.push_str(&string(row.pointer(pointer))?);
        rest = behind;
    }
    out.push_str(rest);
    Some(out)
}

/// The value of a text and what is known of its kind.
fn known<T>(
    text: &str,
    part: impl Fn(&'static super::rules::Interface) -> Option<&'static T>,
) -> Option<(Value, &'static T)> {
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let value: Value = serde_json::from_str(text).ok()?;
    let interface = rules().interfaces.iter().find(|interface| value.pointer(&interface.require).is_some())?;
    Some((value, part(interface)?))
}

fn array<'a>(value: &'a Value, pointer: Option<&str>) -> &'a [Value] {
    pointer.and_then(|pointer| value.pointer(pointer)).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A value as text: a number without its fraction, which times have.
fn string(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => {
            let text = number.to_string();
            Some(text.split('.').next().unwrap_or_default().to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_of_comments_is_read_in_order() {
        let text = r#"[{"data":{"children":[{"kind":"t3","data":{"title":"T","selftext":"one\n\ntwo","author":"a","created_utc":1500000000.0}}]}},
            {"data":{"children":[{"kind":"t1","data":{"author":"b","body":"first","created_utc":1500000060.0,
            "replies":{"data":{"children":[{"kind":"t1","data":{"author":"c","body":"inner","created_utc":1500000070.0,"replies":""}},{"kind":"more","data":{"count":3}}]}}}},
            {"kind":"t1","data":{"author":"d","body":"second","created_utc":1500000080.0}}]}}]"#;
        let draft = thread(text, None).expect("a thread");
        assert_eq!((draft.title.as_str(), draft.authors.as_slice()), ("T", &["a".to_owned()][..]));
        assert_eq!(draft.pieces, [Piece::paragraph("one"), Piece::paragraph("two")]);
        let comments = draft.comments.expect("comments");
        let names: Vec<&str> = comments.iter().map(|comment| comment.author.as_str()).collect();
        assert_eq!(names, ["b", "c", "d"]);
    }

    #[test]
    fn addresses_of_rows_are_made_by_their_pattern() {
        let text = r#"{"topic_list":{"more_topics_url":"/latest?page=1","topics":[{"id":7,"slug":"a-b","title":"T","created_at":"2026-01-09T08:00:00Z"}]}}"#;
        let base = CanonicalUrl::parse("https://forum.example/latest.json").expect("an address");
        let (links, next) = list(text, Some(&base)).expect("a list");
        assert_eq!(links[0].url.as_str(), "https://forum.example/t/a-b/7");
        assert_eq!(links[0].published.as_deref(), Some("2026-01-09T08:00:00Z"));
        assert_eq!(next.map(|url| url.to_string()).as_deref(), Some("https://forum.example/latest?page=1"));
        assert_eq!(list("{\"a\":1}", None), None);
    }
}
