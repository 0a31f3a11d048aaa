//! How well pages are read, measured on labelled documents and real pages outside the repository. The floors only go up.

#![expect(clippy::print_stdout, reason = "scores and skipped tests are told to the person who runs them")]

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use bellwether_extractors::PageContext;
use bellwether_extractors::page;
use bellwether_model::document::{BlockRole, Document, DocumentKind, Reaction};
use serde_json::Value;

/// The folder of shared test data beside the workspace; absent in a plain checkout.
fn shared() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    folder.is_dir().then_some(folder)
}

macro_rules! shared_or_skip {
    () => {
        match shared() {
            Some(folder) => folder,
            None => {
                println!("skipped: ../shared is absent");
                return;
            }
        }
    };
}

/// Right answers of one field, of how many, and what was wrong.
#[derive(Default)]
struct Score {
    right: usize,
    all: usize,
    wrong: Vec<String>,
}

impl Score {
    fn count(&mut self, right: bool, wrong: impl FnOnce() -> String) {
        self.all += 1;
        if right {
            self.right += 1;
        } else {
            self.wrong.push(wrong());
        }
    }

    /// Prints the score and its mistakes; adds to `low` where it is below the floor, in percent.
    fn at_least(&self, name: &str, floor: usize, low: &mut Vec<String>) {
        println!("{name}: {}/{}", self.right, self.all);
        for wrong in &self.wrong {
            println!("    {wrong}");
        }
        if self.right * 100 < floor * self.all {
            low.push(format!("{name}: {}/{} is below {floor} %", self.right, self.all));
        }
    }
}

fn bytes_of(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    if path.extension().is_some_and(|extension| extension == "gz") {
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut plain).expect("a gzip file");
        return plain;
    }
    bytes
}

fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '\u{3000}' && *c != '\u{200b}' && *c != '\u{feff}').collect()
}

/// Letters of a title, quotation marks and tildes of one kind: pages write a title in several ways.
fn squeeze_title(text: &str) -> String {
    let straight = |c| match c {
        '‘' | '’' => '\'',
        '“' | '”' => '"',
        '〜' | '～' => '~',
        '−' | '－' => '-',
        c => c,
    };
    squeeze(text).chars().map(straight).collect()
}

/// The text without its title block, the lines set apart in front of it and the words under pictures.
fn body(document: &Document) -> String {
    let left_out = |role: BlockRole| matches!(role, BlockRole::Title | BlockRole::Caption);
    let blocks = document.blocks.iter().filter(|block| !left_out(block.role));
    let blocks = blocks.skip_while(|block| block.role == BlockRole::Note);
    blocks.map(|block| format!("{}\n", &document.text[block.span.clone()])).collect()
}

fn field<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).expect("a file of JSON lines");
    text.lines().filter(|line| !line.trim().is_empty()).map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn labelled_documents() {
    let corpus = shared_or_skip!().join("corpus");
    let manifest = lines(&corpus.join("manifest.jsonl"));
    let mut scores: Vec<(&str, usize, Score)> =
        ["title", "published", "lang", "kind", "author", "cites", "comments", "score"]
            .into_iter()
            .zip([100; 8])
            .map(|(name, floor)| (name, floor, Score::default()))
            .collect();
    for label in lines(&corpus.join("dev.jsonl")) {
        let id = field(&label, "id").expect("an id");
        let entry = manifest.iter().find(|entry| field(entry, "id") == Some(id)).expect("a line of the manifest");
        let context =
            PageContext { content_type: field(entry, "content_type").map(str::to_owned), ..PageContext::default() };
        let (document, _) = page::read(&bytes_of(&corpus.join(field(entry, "path").expect("a path"))), &context);
        let comments = document.comments.as_ref().map(Vec::len);
        let found = serde_json::json!({
            "title": document.title,
            "published": document.published.map(|time| time.date().to_string()),
            "lang": document.language.map(|language| language.tag()),
            "kind": document.kind,
            "author": document.authors.first(),
            "cites": document.cites,
            "comments": comments,
            "score": document.score(),
        });
        for (name, _, score) in &mut scores {
            score.count(found[*name] == label[*name], || format!("{id}: {} instead of {}", found[*name], label[*name]));
        }
    }
    let mut low = Vec::new();
    for (name, floor, score) in &scores {
        score.at_least(name, *floor, &mut low);
    }
    assert!(low.is_empty(), "{low:#?}");
}

#[test]
fn ptt_articles() {
    let sites = shared_or_skip!().join("sites");
    let expected: Value = serde_json::from_slice(&bytes_of(&sites.join("expected/ptt.json"))).expect("JSON");
    let (mut header, mut text, mut votes, mut links) =
        (Score::default(), Score::default(), Score::default(), Score::default());
    for (file, article) in expected.as_object().expect("an object") {
        if field(article, "kind") != Some("article") {
            continue;
        }
        let context = PageContext { content_type: Some("text/html".to_owned()), ..PageContext::default() };
        let (document, _) = page::read(&bytes_of(&sites.join(file)), &context);
        let time = document.published.map(|time| format!("{}+08:00", time.local));
        header.count(field(article, "title") == Some(&document.title), || format!("{file}: title {}", document.title));
        header.count(field(article, "author_id") == document.authors.first().map(String::as_str), || {
            format!("{file}: {:?}", document.authors)
        });
        header.count(field(article, "time_iso") == time.as_deref(), || format!("{file}: {time:?}"));
        let squeezed = squeeze(&body(&document));
        let first = squeeze(field(article, "body_first_30").unwrap_or_default());
        let last = squeeze(field(article, "body_last_30").unwrap_or_default());
        text.count(squeezed.starts_with(&first), || {
            format!("{file}: begins {}", squeezed.chars().take(40).collect::<String>())
        });
        let last = last.replace("--", "");
        let without = squeezed.replace("--", "");
        text.count(without.ends_with(&last), || {
            format!(
                "{file}: ends {:?} not {last}",
                &without.chars().rev().take(40).collect::<Vec<_>>().iter().rev().collect::<String>()
            )
        });
        let comments = document.comments.unwrap_or_default();
        for (name, reaction) in [("push", Reaction::Push), ("boo", Reaction::Boo), ("arrow", Reaction::Neutral)] {
            let counted = comments.iter().filter(|comment| comment.reaction == reaction).count() as u64;
            votes.count(article[name].as_u64() == Some(counted), || format!("{file}: {name} {counted}"));
        }
        let found: Vec<&str> = document.links.iter().map(|link| link.text.as_str()).collect();
        let wanted: Vec<&str> = article["links_in_body"]
            .as_array()
            .map(|links| links.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        links.count(found == wanted, || format!("{file}: {found:?} not {wanted:?}"));
    }
    let mut low = Vec::new();
    header.at_least("ptt header", 100, &mut low);
    text.at_least("ptt text", 100, &mut low);
    votes.at_least("ptt comments", 100, &mut low);
    links.at_least("ptt links", 93, &mut low);
    assert!(low.is_empty(), "{low:#?}");
}

#[test]
fn news_articles() {
    let sites = shared_or_skip!().join("sites");
    let expected: Value = serde_json::from_slice(&bytes_of(&sites.join("expected/news.json"))).expect("JSON");
    let mut scores: Vec<(&str, usize, Score)> = [
        ("title", 97),
        ("published", 95),
        ("lang", 100),
        ("authors", 93),
        ("canonical", 100),
        ("begin", 95),
        ("end", 97),
        ("contain", 100),
        ("not_contain", 100),
    ]
    .into_iter()
    .map(|(name, floor)| (name, floor, Score::default()))
    .collect();
    for (file, article) in expected.as_object().expect("an object") {
        if article.get("title").is_none() {
            continue;
        }
        let context = PageContext {
            content_type: Some("text/html".to_owned()),
            url: field(article, "canonical").map(str::to_owned),
            ..PageContext::default()
        };
        let (document, _) = page::read(&bytes_of(&sites.join(file)), &context);
        let squeezed = squeeze(&body(&document));
        let mut count = |name: &str, right: bool, wrong: String| {
            let score = scores.iter_mut().find(|(known, ..)| *known == name).expect("a score");
            score.2.count(right, || format!("{file}: {wrong}"));
        };
        let titles: Vec<&str> = field(article, "title")
            .into_iter()
            .chain(article["title_alternatives"].as_array().into_iter().flatten().filter_map(Value::as_str))
            .collect();
        count(
            "title",
            titles.iter().any(|title| squeeze_title(title) == squeeze_title(&document.title)),
            document.title.clone(),
        );
        let times: Vec<&str> = field(article, "published")
            .into_iter()
            .chain(article["published_alternatives"].as_array().into_iter().flatten().filter_map(Value::as_str))
            .collect();
        count(
            "published",
            same_time(&document, &times),
            format!("{:?} not {times:?}", document.published.map(|time| (time.local, time.instant))),
        );
        count(
            "lang",
            document.language.map(|language| language.tag()) == field(article, "lang"),
            format!("{:?}", document.language),
        );
        let authors: Vec<&str> =
            article["authors"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
        count("authors", document.authors == authors, format!("{:?} not {authors:?}", document.authors));
        count(
            "canonical",
            field(article, "canonical").is_none() || document.canonical.as_deref() == field(article, "canonical"),
            format!("{:?} not {:?}", document.canonical, article["canonical"]),
        );
        if let Some(first) = field(article, "body_first_40") {
            count(
                "begin",
                squeezed.starts_with(&squeeze(first)),
                format!("{} not {first}", squeezed.chars().take(60).collect::<String>()),
            );
        }
        if let Some(last) = field(article, "body_last_40") {
            let end: String = squeezed.chars().rev().take(60).collect::<Vec<_>>().iter().rev().collect();
            count("end", squeezed.ends_with(&squeeze(last)), format!("{end} not {last}"));
        }
        for words in article["must_contain"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            count("contain", squeezed.contains(&squeeze(words)), words.to_owned());
        }
        for words in article["must_not_contain"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            count("not_contain", !squeezed.contains(&squeeze(words)), words.to_owned());
        }
    }
    let mut low = Vec::new();
    for (name, floor, score) in &scores {
        score.at_least(&format!("news {name}"), *floor, &mut low);
    }
    let all = Score {
        right: scores.iter().map(|(.., score)| score.right).sum(),
        all: scores.iter().map(|(.., score)| score.all).sum(),
        wrong: Vec::new(),
    };
    all.at_least("news all values", 97, &mut low);
    assert!(low.is_empty(), "{low:#?}");
}

/// Whether a document's time is one of these: the same instant, or the same printed time where either has no zone.
fn same_time(document: &Document, expected: &[&str]) -> bool {
    let Some(time) = document.published else { return expected.is_empty() };
    expected.iter().any(|expected| {
        if expected.len() == 10 {
            return time.date().to_string() == *expected;
        }
        // Fields of one page differ in their seconds.
        match (expected.parse::<jiff::Timestamp>(), time.instant) {
            (Ok(wanted), Some(instant)) => wanted.as_second() / 60 == instant.as_second() / 60,
            _ => expected.starts_with(&time.local.to_string()[..16]),
        }
    })
}

#[test]
fn feeds() {
    let sites = shared_or_skip!().join("sites");
    let expected: Value = serde_json::from_slice(&bytes_of(&sites.join("expected/feeds.json"))).expect("JSON");
    let mut scores: Vec<(&str, usize, Score)> = [
        ("title", 100),
        ("entries", 100),
        ("first title", 100),
        ("first link", 100),
        ("first date", 100),
        ("all dates", 85),
    ]
    .into_iter()
    .map(|(name, floor)| (name, floor, Score::default()))
    .collect();
    for (file, wanted) in expected.as_object().expect("an object") {
        let base = if file.ends_with("atom_relative.xml") {
            Some("https://example.com/blog/feed.xml".to_owned())
        } else {
            None
        };
        let context = PageContext { url: base, ..PageContext::default() };
        let feed = bellwether_extractors::feed::read(&bytes_of(&sites.join(file)), &context);
        let mut count = |name: &str, right: bool, wrong: String| {
            let score = scores.iter_mut().find(|(known, ..)| *known == name).expect("a score");
            score.2.count(right, || format!("{file}: {wrong}"));
        };
        if let Some(title) = field(wanted, "feed_title") {
            count(
                "title",
                feed.title.as_deref().map(squeeze_title) == Some(squeeze_title(title)),
                format!("{:?} not {title}", feed.title),
            );
        }
        if let Some(entries) = wanted["entries"].as_u64() {
            count("entries", feed.entries.len() as u64 == entries, format!("{} not {entries}", feed.entries.len()));
        }
        let said = |item: &Value| {
            let (_, says) = field(item, "says")?.split_once("should be ")?;
            let digits: String = says.chars().filter(|c| c.is_ascii_digit() || *c == ':').collect();
            let (year, clock) = (digits.get(1..5)?, digits.get(5..)?);
            (says.starts_with("February, 9th") && digits.starts_with('9')).then(|| format!("{year}-02-09T{clock}Z"))
        };
        let same = |found: Option<&str>, wanted: &Value| match field(wanted, "date_utc") {
            Some(instant) => found == Some(instant),
            None => found.map(str::len) == field(wanted, "date_local").map(|_| 10),
        };
        if let (Some(first), Some(entry)) =
            (wanted.get("first").filter(|first| first.is_object()), feed.entries.first())
        {
            count(
                "first title",
                entry.title.as_deref().map(squeeze_title)
                    == field(first, "title").map(squeeze_title).filter(|title| !title.is_empty()),
                format!("{:?} not {:?}", entry.title, first["title"]),
            );
            let link = field(first, "link_resolved")
                .or_else(|| field(first, "link"))
                .and_then(|link| bellwether_model::web::CanonicalUrl::parse(link).ok());
            count("first link", entry.url == link, format!("{:?} not {link:?}", entry.url));
            let found = entry.published.as_deref().or(entry.updated.as_deref());
            count("first date", same(found, first), format!("{found:?} not {:?}", first["date_raw"]));
        }
        for (entry, item) in feed.entries.iter().zip(wanted["items"].as_array().into_iter().flatten()) {
            let found = entry.published.as_deref().or(entry.updated.as_deref());
            if let Some(said) = said(item) {
                count("all dates", found == Some(&said), format!("{found:?} not {said}: {}", item["date_raw"]));
            }
        }
    }
    let mut low = Vec::new();
    for (name, floor, score) in &scores {
        score.at_least(&format!("feed {name}"), *floor, &mut low);
    }
    assert!(low.is_empty(), "{low:#?}");
}

#[test]
fn sitemaps_and_boards() {
    let sites = shared_or_skip!().join("sites");
    let rules = bellwether_extractors::listing::ListingRules::default();
    let mut score = Score::default();
    let expected: Value = serde_json::from_slice(&bytes_of(&sites.join("expected/sitemaps.json"))).expect("JSON");
    for (file, wanted) in expected.as_object().expect("an object") {
        // Packed files are unpacked by the reader itself.
        let bytes = fs::read(sites.join(file)).expect("a file");
        let found = bellwether_extractors::listing::read(&bytes, &PageContext::default(), &rules);
        let canonical =
            |name: &str| field(wanted, name).and_then(|link| bellwether_model::web::CanonicalUrl::parse(link).ok());
        score.count(wanted["count"].as_u64() == Some(found.links.len() as u64), || {
            format!("{file}: {} links", found.links.len())
        });
        score.count(found.links.first().map(|link| &link.url) == canonical("first").as_ref(), || {
            format!("{file}: {:?}", found.links.first())
        });
        if let Some(last) = canonical("last") {
            score.count(found.links.last().map(|link| &link.url) == Some(&last), || {
                format!("{file}: {:?}", found.links.last())
            });
        }
        if let Some(changed) = field(wanted, "first_lastmod") {
            score.count(found.links.first().and_then(|link| link.published.as_deref()) == Some(changed), || {
                format!("{file}: {:?}", found.links.first())
            });
        }
    }
    let expected: Value = serde_json::from_slice(&bytes_of(&sites.join("expected/ptt.json"))).expect("JSON");
    let index = &expected["ptt/index/Stock_index_2021.html"];
    let context = PageContext { url: Some("https://www.ptt.cc/bbs/Stock/index.html".into()), ..PageContext::default() };
    let found = bellwether_extractors::listing::read(
        &bytes_of(&sites.join("ptt/index/Stock_index_2021.html")),
        &context,
        &rules,
    );
    let wanted: Vec<(String, String)> = index["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .filter_map(|row| Some((format!("https://www.ptt.cc{}", field(row, "href")?), squeeze(field(row, "title")?))))
        .collect();
    let links: Vec<(String, String)> =
        found.links.iter().map(|link| (link.url.to_string(), squeeze(&link.text))).collect();
    score.count(links == wanted, || format!("{links:#?} not {wanted:#?}"));
    score.count(found.next.is_some(), || "no older page".to_owned());
    let mut low = Vec::new();
    score.at_least("sitemaps and boards", 100, &mut low);
    assert!(low.is_empty(), "{low:#?}");
}

#[test]
fn policy_documents() {
    let sites = shared_or_skip!().join("sites");
    let expected: Value = serde_json::from_slice(&bytes_of(&sites.join("expected/policy.json"))).expect("JSON");
    let mut score = Score::default();
    for (file, wanted) in expected.as_object().expect("an object") {
        if !file.ends_with(".md") {
            continue;
        }
        let context = PageContext { content_type: Some("text/markdown".into()), ..PageContext::default() };
        let (document, _) = page::read(&bytes_of(&sites.join(file)), &context);
        let date = document.published.map(|time| time.date().to_string());
        score.count(field(wanted, "date").is_none() || date.as_deref() == field(wanted, "date"), || {
            format!("{file}: {date:?} not {}", wanted["date"])
        });
        score
            .count(document.kind == DocumentKind::Policy, || format!("{file}: {:?} {}", document.kind, document.title));
        let number = field(wanted, "number").unwrap_or_default();
        score.count(squeeze(&document.text).contains(&squeeze(number)), || format!("{file}: no {number}"));
    }
    let mut low = Vec::new();
    score.at_least("policy", 97, &mut low);
    assert!(low.is_empty(), "{low:#?}");
}
