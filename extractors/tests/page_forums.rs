//! How well boards and threads of forums are read, measured on real pages outside the repository. The floor only goes up.

#![expect(clippy::print_stdout, reason = "scores and skipped tests are told to the person who runs them")]

use std::fs;
use std::path::Path;

use bellwether_extractors::listing::{self, Listing, ListingRules};
use bellwether_extractors::{PageContext, page};
use bellwether_model::document::Document;
use bellwether_model::web::CanonicalUrl;
use serde_json::Value;

/// Where a page that says no address of its own is taken to be from.
const ADDRESS: &str = "https://forum.example/board/index.html";
/// Right answers, in percent.
const FLOOR: usize = 98;

/// Right answers, and what was wrong.
#[derive(Default)]
struct Score {
    right: usize,
    wrong: Vec<String>,
}

impl Score {
    fn same<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, found: &T, wanted: &T) {
        if found == wanted {
            self.right += 1;
        } else {
            self.wrong.push(format!("{what}: {found:?} not {wanted:?}"));
        }
    }
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The answers of a recording, each as a program would have been sent it.
fn answers(bytes: &[u8]) -> Vec<String> {
    let recording: Value = serde_json::from_slice(bytes).expect("JSON");
    let interactions = recording["interactions"].as_array().cloned().unwrap_or_default();
    interactions.iter().filter_map(|one| text(&one["response"]["body"], "string").map(str::to_owned)).collect()
}

/// Seconds of a time: no reader of pages needs a finer one.
fn instant(time: &str) -> Option<i64> {
    time.parse().ok().map(jiff::Timestamp::as_second)
}

fn check_board(score: &mut Score, file: &str, wanted: &Value, found: &Listing, base: &CanonicalUrl) {
    let count = ["rows", "topics", "threads"].into_iter().find_map(|name| wanted[name].as_u64());
    if let Some(count) = count {
        score.same(&format!("{file} rows"), &(found.links.len() as u64), &count);
    }
    for (row, link) in [("first", found.links.first()), ("last", found.links.last())] {
        let Some(wanted) = wanted.get(row).filter(|row| row.is_object()) else { continue };
        let title = link.map(|link| squeeze(&link.text));
        score.same(&format!("{file} {row} title"), &title, &text(wanted, "title").map(squeeze));
        if let Some(href) = text(wanted, "href").or_else(|| text(wanted, "url")) {
            score.same(&format!("{file} {row} address"), &link.map(|link| link.url.clone()), &base.join(href).ok());
        }
        if let Some(time) = text(wanted, "created_at").or_else(|| text(wanted, "createdAt")) {
            let found = link.and_then(|link| instant(link.published.as_deref()?));
            score.same(&format!("{file} {row} time"), &found, &instant(time));
        }
    }
    if let Some(title) = text(wanted, "last_title") {
        let found = found.links.last().map(|link| link.text.as_str());
        score.same(&format!("{file} last title"), &found, &Some(title));
    }
    if let Some(next) = text(wanted, "next") {
        score.same(&format!("{file} next"), &found.next, &base.join(next).ok());
    }
}

fn check_thread(score: &mut Score, file: &str, wanted: &Value, found: &Document) {
    if let Some(title) = text(wanted, "title") {
        // The expected title is the page's own with the name of its site.
        let (found, wanted) = (squeeze(&found.title), squeeze(title));
        let same = wanted == found || wanted.strip_prefix(&found).is_some_and(|rest| rest.starts_with('-'));
        score.same(&format!("{file} title `{found}` not `{wanted}`"), &same, &true);
    }
    let comments = found.comments.as_deref().unwrap_or_default();
    let authors: Vec<&str> = found
        .authors
        .first()
        .map(String::as_str)
        .into_iter()
        .chain(comments.iter().map(|comment| comment.author.as_str()))
        .collect();
    let posts = ["posts", "posts_count"].into_iter().find_map(|name| wanted[name].as_u64());
    let posts = posts.or_else(|| wanted["rows"].as_u64().filter(|_| text(wanted, "kind") == Some("discourse_posts")));
    if let Some(posts) = posts {
        score.same(&format!("{file} posts"), &(comments.len() as u64 + 1), &posts);
    }
    if text(wanted, "kind") == Some("dcard_comments") {
        score.same(&format!("{file} comments"), &Some(comments.len() as u64), &wanted["rows"].as_u64());
        let silent = comments.iter().filter(|comment| comment.text.is_empty()).count() as u64;
        score.same(&format!("{file} hidden"), &Some(silent), &wanted["hidden"].as_u64());
        let first = comments.first().map(|comment| comment.text.as_str());
        score.same(&format!("{file} first"), &first, &text(&wanted["first"], "content"));
        let schools = [("first", comments.first()), ("last", comments.last())];
        for (row, comment) in schools {
            let author = comment.map(|comment| comment.author.as_str());
            score.same(&format!("{file} {row} school"), &author, &text(&wanted[row], "school"));
            let time = comment.and_then(|comment| comment.time.as_deref());
            score.same(&format!("{file} {row} time"), &time, &text(&wanted[row], "createdAt"));
        }
        return;
    }
    if let Some(names) = wanted["authors"].as_array() {
        let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
        score.same(&format!("{file} authors"), &authors, &names);
    }
    for (row, author) in [("first", authors.first()), ("last", authors.last())] {
        if let Some(wanted) = text(&wanted[row], "author").or_else(|| text(&wanted[row], "username")) {
            score.same(&format!("{file} {row} author"), &author.copied(), &Some(wanted));
        }
    }
    let time = |row: &Value| ["date_title_raw", "date_raw"].into_iter().find_map(|name| text(row, name).map(squeeze));
    let last = comments.last().and_then(|comment| comment.time.as_deref().map(squeeze));
    if let Some(wanted) = time(&wanted["last"]) {
        score.same(&format!("{file} last time"), &last, &Some(wanted));
    }
    if let Some(dates) = wanted["dates_raw"].as_array() {
        let dates: Vec<String> = dates.iter().skip(1).filter_map(Value::as_str).map(squeeze).collect();
        let found: Vec<String> = comments.iter().filter_map(|comment| comment.time.as_deref().map(squeeze)).collect();
        score.same(&format!("{file} times"), &found, &dates);
    }
    let first = text(&wanted["first"], "created_at").or_else(|| text(wanted, "createdAt")).and_then(instant);
    if let Some(first) = first {
        score.same(
            &format!("{file} time"),
            &found.published.and_then(|time| time.instant).map(jiff::Timestamp::as_second),
            &Some(first),
        );
    }
    if let Some(canonical) = text(wanted, "canonical").filter(|address| address.starts_with("http")) {
        score.same(&format!("{file} canonical"), &found.canonical.as_deref(), &Some(canonical));
    }
}

fn check_recording(score: &mut Score, file: &str, wanted: &Value, bytes: &[u8]) {
    let context = PageContext { content_type: Some("application/json".into()), ..PageContext::default() };
    let documents: Vec<Document> =
        answers(bytes).iter().map(|answer| page::read(answer.as_bytes(), &context).0).collect();
    let Some(found) = documents.iter().find(|document| !document.title.is_empty()) else {
        score.wrong.push(format!("{file}: no thread"));
        return;
    };
    let post = &wanted["submission"];
    score.same(&format!("{file} title"), &Some(found.title.as_str()), &text(post, "title"));
    score.same(&format!("{file} author"), &found.authors.first().map(String::as_str), &text(post, "author"));
    let time = found.published.and_then(|time| time.instant).map(jiff::Timestamp::as_second);
    score.same(&format!("{file} time"), &time, &post["created_utc"].as_i64());
    let comments = found.comments.as_deref().unwrap_or_default();
    let expected = wanted["comments"].as_array().expect("a list");
    score.same(&format!("{file} comments"), &comments.len(), &expected.len());
    for (comment, wanted) in comments.iter().zip(expected) {
        score.same(&format!("{file} comment"), &Some(comment.author.as_str()), &text(wanted, "author"));
        if let Some(time) = wanted["created_utc"].as_i64() {
            score.same(&format!("{file} comment time"), &comment.time.as_deref(), &Some(time.to_string().as_str()));
        }
    }
}

#[test]
fn forums() {
    let sites = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/sites");
    let Ok(expected) = fs::read(sites.join("expected/forum.json")) else {
        println!("skipped: ../shared is absent");
        return;
    };
    let expected: Value = serde_json::from_slice(&expected).expect("JSON");
    let mut score = Score::default();
    for (file, wanted) in expected.as_object().expect("an object") {
        let bytes = fs::read(sites.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let base = text(wanted, "base").unwrap_or(ADDRESS);
        let context = PageContext { url: Some(base.to_owned()), ..PageContext::default() };
        let base = CanonicalUrl::parse(base).expect("an address");
        let kind = text(wanted, "kind").unwrap_or_default();
        if kind.ends_with("cassette") {
            check_recording(&mut score, file, wanted, &bytes);
        } else if ["board", "list", "topics", "front"].iter().any(|end| kind.ends_with(end)) {
            let found = listing::read(&bytes, &context, &ListingRules::default());
            check_board(&mut score, file, wanted, &found, &base);
        } else {
            check_thread(&mut score, file, wanted, &page::read(&bytes, &context).0);
        }
    }
    let all = score.right + score.wrong.len();
    println!("forums: {}/{all}", score.right);
    score.wrong.iter().for_each(|wrong| println!("    {wrong}"));
    assert!(score.right * 100 >= FLOOR * all, "{}/{all} is below {FLOOR} %", score.right);
}
