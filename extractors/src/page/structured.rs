//! schema.org data inside a page (`application/ld+json`): headline, times, authors, publisher of the article.

use std::collections::HashMap;

use scraper::Html;
use serde_json::Value;
use std::sync::LazyLock;

use super::css::Css;

/// What a page's structured data says of its article. Texts are as written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Structured {
    /// `headline`, else `name`.
    pub(crate) headline: Option<String>,
    /// `datePublished`.
    pub(crate) published: Option<String>,
    /// `dateModified`.
    pub(crate) modified: Option<String>,
    /// Names of persons and teams in `author`; an organisation only where no person is named.
    pub(crate) authors: Vec<String>,
    /// Name of `publisher`.
    pub(crate) publisher: Option<String>,
    /// The words of a post of a forum, where the node is one and holds them.
    pub(crate) posting: Option<Posting>,
}

/// A post of a forum with the comments on it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Posting {
    /// Its words.
    pub(crate) text: String,
    /// Author, time and words of each comment, in the order of the page.
    pub(crate) comments: Vec<(String, Option<String>, String)>,
}

/// Nodes of one page that are looked at: enough for any real page.
const MOST_NODES: usize = 2000;
/// Nesting of nodes that is followed.
const DEEPEST: usize = 12;

static SCRIPTS: LazyLock<Css> = LazyLock::new(|| Css::parse(r#"script[type*="ld+json"]"#).expect("a fixed selector"));

/// Reads the node that stands for the article itself, not for a video or a site in the same page.
pub(crate) fn read(html: &Html) -> Structured {
    let values: Vec<Value> =
        SCRIPTS.select(html).filter_map(|script| parse(&script.text().collect::<String>())).collect();
    let mut best: Option<(u8, &Node)> = None;
    let mut named = Named::new();
    for value in &values {
        let mut left = MOST_NODES;
        visit(value, 0, &mut left, &mut |node| {
            let rank = rank(node);
            if rank > best.map_or(0, |(rank, _)| rank) {
                best = Some((rank, node));
            }
            if let (Some(Value::String(id)), true) = (node.get("@id"), node.contains_key("name")) {
                named.entry(id).or_insert(node);
            }
        });
    }
    best.map(|(_, node)| of_node(node, &named)).unwrap_or_default()
}

/// A node of structured data.
type Node = serde_json::Map<String, Value>;
/// Nodes with a name, by their `@id`: an article may only point at its author.
type Named<'a> = HashMap<&'a str, &'a Node>;

/// JSON as pages write it: inside CDATA or a comment, with raw line breaks in strings.
fn parse(text: &str) -> Option<Value> {
    let text = text.trim().trim_start_matches("<!--").trim_end_matches("-->").trim();
    let text =
        text.trim_start_matches("/*<![CDATA[*/").trim_start_matches("//<![CDATA[").trim_start_matches("<![CDATA[");
    let text =
        text.trim_end_matches("/*]]>*/").trim_end_matches("//]]>").trim_end_matches("]]>").trim().trim_end_matches(';');
    serde_json::from_str(text).ok().or_else(|| {
        let flat: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        serde_json::from_str(&flat).ok()
    })
}

fn visit<'a>(value: &'a Value, depth: usize, left: &mut usize, each: &mut dyn FnMut(&'a Node)) {
    if depth > DEEPEST || *left == 0 {
        return;
    }
    *left -= 1;
    match value {
        Value::Array(values) => values.iter().for_each(|value| visit(value, depth + 1, left, each)),
        Value::Object(node) => {
            each(node);
            for key in ["@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item"] {
                if let Some(value) = node.get(key) {
                    visit(value, depth + 1, left, each);
                }
            }
        }
        _ => {}
    }
}

/// How surely a node is the article of its page; 0: it is not.
fn rank(node: &Node) -> u8 {
    let types: Vec<&str> = match node.get("@type") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => return 0,
    };
    let dated = u8::from(node.contains_key("datePublished"));
    types
        .iter()
        .map(|name| match *name {
            name if name.ends_with("NewsArticle") => 8 + dated,
            "LiveBlogPosting" | "Report" | "BlogPosting" | "DiscussionForumPosting" | "GovernmentService" => 5 + dated,
            name if name.ends_with("Article") => 6 + dated,
            "WebPage" | "CreativeWork" if dated == 1 => 2,
            _ => 0,
        })
        .max()
        .unwrap_or(0)
}

fn of_node(node: &Node, named: &Named<'_>) -> Structured {
    let text = |key: &str| {
        node.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let publisher =
        node.get("publisher").map(|value| names(value, named, 0).0).and_then(|names| names.into_iter().next());
    let (persons, organisations) =
        node.get("author").map(|value| names(value, named, 0)).map_or_else(Default::default, |all| {
            let persons: Vec<String> = all.1;
            let others: Vec<String> = all.0.into_iter().filter(|name| !persons.contains(name)).collect();
            (persons, others)
        });
    Structured {
        headline: text("headline").or_else(|| text("name")),
        published: text("datePublished").or_else(|| text("dateCreated")),
        modified: text("dateModified"),
        authors: if persons.is_empty() { organisations } else { persons },
        publisher,
        posting: posting(node, named),
    }
}

/// The words of a post of a forum. `None`: the node is none, or does not hold them.
fn posting(node: &Node, named: &Named<'_>) -> Option<Posting> {
    let types = match node.get("@type")? {
        Value::Array(types) => types.as_slice(),
        one => std::slice::from_ref(one),
    };
    if !types.iter().any(|name| name == "DiscussionForumPosting") {
        return None;
    }
    let text = |node: &Node, key: &str| node.get(key).and_then(Value::as_str).map(str::trim).map(str::to_owned);
    let comments = match node.get("comment") {
        Some(Value::Array(comments)) => comments.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let comments = comments.iter().take(MOST_NODES).filter_map(Value::as_object).map(|comment| {
        let author = comment.get("author").and_then(|author| names(author, named, 0).0.into_iter().next());
        let time = text(comment, "datePublished").or_else(|| text(comment, "dateCreated"));
        (author.unwrap_or_default(), time, text(comment, "text").unwrap_or_default())
    });
    let words = text(node, "text").or_else(|| text(node, "articleBody")).filter(|words| !words.is_empty())?;
    Some(Posting { text: words, comments: comments.collect() })
}

/// All names of a person, an organisation or a list of them, and those of persons alone.
fn names(value: &Value, named: &Named<'_>, depth: usize) -> (Vec<String>, Vec<String>) {
    match value {
        _ if depth > DEEPEST => (Vec::new(), Vec::new()),
        Value::String(name) => (vec![name.trim().to_owned()], Vec::new()),
        Value::Array(values) => values.iter().map(|value| names(value, named, depth + 1)).fold(
            (Vec::new(), Vec::new()),
            |(mut all, mut persons), (more, more_persons)| {
                all.extend(more);
                persons.extend(more_persons);
                (all, persons)
            },
        ),
        Value::Object(node) => {
            let pointed = node.get("@id").and_then(Value::as_str).and_then(|id| named.get(id)).copied();
            let node = pointed.filter(|_| !node.contains_key("name")).unwrap_or(node);
            let found = node.get("name").map(|name| names(name, named, depth + 1).0).unwrap_or_default();
            let is_person = node.get("@type").and_then(Value::as_str) == Some("Person");
            (found.clone(), if is_person { found } else { Vec::new() })
        }
        _ => (Vec::new(), Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_article_is_found_among_other_nodes() {
        let page = r#"<script type="application/ld+json">{"@context":"https://schema.org","@graph":[
            {"@type":"VideoObject","name":"A video","datePublished":"2020-01-01"},
            {"@type":["NewsArticle"],"headline":"Exports
             rise","datePublished":"2025-01-09T10:00:00+08:00","author":[{"@type":"Person","name":"Ann Writer"},{"@type":"Organization","name":"The Desk"}],
             "publisher":{"@type":"Organization","name":"The Paper"}}]}</script>
            <script type="application/ld+json">{ broken </script>"#;
        let found = read(&Html::parse_document(page));
        assert_eq!(found.published.as_deref(), Some("2025-01-09T10:00:00+08:00"));
        assert_eq!(found.authors, ["Ann Writer"]);
        assert_eq!(found.publisher.as_deref(), Some("The Paper"));
    }

    #[test]
    fn an_author_may_stand_elsewhere_in_the_graph() {
        let page = r##"<script type="application/ld+json">{"@graph":[{"@type":"Article","headline":"Exports rise","author":{"@id":"#p"}},
            {"@type":"Person","@id":"#p","name":"Ann Writer"}]}</script>"##;
        assert_eq!(read(&Html::parse_document(page)).authors, ["Ann Writer"]);
    }

    #[test]
    fn a_post_of_a_forum_comes_with_its_comments() {
        let page = r##"<script type="application/ld+json">{"@type":"DiscussionForumPosting","headline":"T","text":"Exports rose.",
            "comment":[{"@type":"Comment","text":"Did they?","datePublished":"2026-01-10","author":{"@type":"Person","name":"Bob"}}]}</script>"##;
        let posting = read(&Html::parse_document(page)).posting.expect("a post");
        assert_eq!(posting.text, "Exports rose.");
        assert_eq!(posting.comments, [("Bob".to_owned(), Some("2026-01-10".to_owned()), "Did they?".to_owned())]);
    }

    #[test]
    fn a_page_without_data_says_nothing() {
        assert_eq!(read(&Html::parse_document("<p>text")), Structured::default());
    }
}
