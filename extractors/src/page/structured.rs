//! schema.org data inside a page (`application/ld+json`): headline, times, authors, publisher of the article.

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
}

/// Nodes of one page that are looked at: enough for any real page.
const MOST_NODES: usize = 2000;
/// Nesting of nodes that is followed.
const DEEPEST: usize = 12;

static SCRIPTS: LazyLock<Css> = LazyLock::new(|| Css::parse(r#"script[type*="ld+json"]"#).expect("a fixed selector"));

/// Reads the node that stands for the article itself, not for a video or a site in the same page.
pub(crate) fn read(html: &Html) -> Structured {
    let mut best: Option<(u8, Structured)> = None;
    for script in SCRIPTS.select(html) {
        let text: String = script.text().collect();
        let Some(value) = parse(&text) else { continue };
        let mut left = MOST_NODES;
        visit(&value, 0, &mut left, &mut |node| {
            let rank = rank(node);
            if rank > best.as_ref().map_or(0, |(rank, _)| *rank) {
                best = Some((rank, of_node(node)));
            }
        });
    }
    best.map(|(_, structured)| structured).unwrap_or_default()
}

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

fn visit(value: &Value, depth: usize, left: &mut usize, each: &mut dyn FnMut(&serde_json::Map<String, Value>)) {
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
fn rank(node: &serde_json::Map<String, Value>) -> u8 {
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

fn of_node(node: &serde_json::Map<String, Value>) -> Structured {
    let text = |key: &str| {
        node.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let publisher = node.get("publisher").map(|value| names(value, 0).0).and_then(|names| names.into_iter().next());
    let (persons, organisations) =
        node.get("author").map(|value| names(value, 0)).map_or_else(Default::default, |all| {
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
    }
}

/// All names of a person, an organisation or a list of them, and those of persons alone.
fn names(value: &Value, depth: usize) -> (Vec<String>, Vec<String>) {
    match value {
        _ if depth > DEEPEST => (Vec::new(), Vec::new()),
        Value::String(name) => (vec![name.trim().to_owned()], Vec::new()),
        Value::Array(values) => values.iter().map(|value| names(value, depth + 1)).fold(
            (Vec::new(), Vec::new()),
            |(mut all, mut persons), (more, more_persons)| {
                all.extend(more);
                persons.extend(more_persons);
                (all, persons)
            },
        ),
        Value::Object(node) => {
            let found = node.get("name").map(|name| names(name, depth + 1).0).unwrap_or_default();
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
    fn a_page_without_data_says_nothing() {
        assert_eq!(read(&Html::parse_document("<p>text")), Structured::default());
    }
}
