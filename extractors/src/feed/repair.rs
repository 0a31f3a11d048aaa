//! Makes well-formed XML, or a complete JSON Feed, of a feed that the strict parser refuses or would misread.
//!
//! Real feeds leave tags open, write bare ampersands, use prefixes they never declared, or follow a draft of their
//! format. Nothing is read here: the repaired text goes back to the parser.

use serde_json::Value;

use super::tokens::{Token, attributes, local, tokens, unescape};

/// Elements open at once; deeper ones are left out.
const DEEPEST: usize = 64;
/// Attributes of one element that are kept; no element of a feed has more.
const MOST_ATTRIBUTES: usize = 32;
/// Bytes of one start tag beyond which the strict parser takes too long.
const LONGEST_TAG: usize = 16 * 1024;
/// Digits in a row from which on the strict parser's reading of play times overflows.
const LONGEST_NUMBER: usize = 15;
/// Vocabularies that feeds use, with the prefix that stands for them where none was declared.
const VOCABULARIES: [(&str, &str); 4] = [
    ("atom", "http://www.w3.org/2005/Atom"),
    ("content", "http://purl.org/rss/1.0/modules/content/"),
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
];

/// Whether the strict parser can be given a text as it is: every prefix is declared, no tag, nesting or number is out
/// of measure, and no entry is dated twice, where it would take the later word. What else is wrong it says itself.
pub(super) fn is_sound(text: &str) -> bool {
    let mut declared = String::new();
    let mut depth = 0_usize;
    let twice_dated = text.contains("<pubDate") && text.contains("<dc:date");
    !twice_dated
        && !has_odd_play_times(text)
        && tokens(text).all(|token| match token {
            Token::Start { name, attributes, empty, .. } => {
                depth += usize::from(!empty);
                if attributes.contains("xmlns:") {
                    declared.push_str(attributes);
                }
                let prefix = name.split_once(':').map(|(prefix, _)| prefix);
                attributes.len() <= LONGEST_TAG
                    && depth <= DEEPEST
                    && prefix.is_none_or(|prefix| declared.contains(&format!("xmlns:{prefix}")))
            }
            Token::End { .. } => {
                depth = depth.saturating_sub(1);
                true
            }
            _ => true,
        })
}

/// Whether a text that speaks of sound or pictures holds numbers that the strict parser cannot take as play times.
fn has_odd_play_times(text: &str) -> bool {
    if !["/mrss", "itunes.com/", "podcastindex.org/"].iter().any(|vocabulary| text.contains(vocabulary)) {
        return false;
    }
    let mut run = 0;
    text.chars().any(|c| {
        run = if c.is_ascii_digit() { run + 1 } else { 0 };
        run > LONGEST_NUMBER || (!c.is_ascii() && c.is_numeric())
    })
}

/// A feed as well-formed XML. `None`: no element of a feed is in the text.
pub(super) fn xml(text: &str) -> Option<String> {
    let mut writer = Writer::default();
    for token in tokens(text) {
        match token {
            Token::Start { name, attributes, empty, .. } => writer.start(name, attributes, empty),
            Token::End { name, .. } => writer.end(&element_name(name)),
            Token::Text(words) => writer.words(&unescape(words)),
            Token::Data(words) => writer.words(words),
        }
    }
    writer.close(0);
    (!writer.out.is_empty()).then_some(writer.out)
}

/// A JSON Feed with what the format demands and publishers leave out. `None`: the text is no feed.
pub(super) fn json(text: &str) -> Option<String> {
    let mut value: Value = serde_json::from_str(text).ok()?;
    let feed = value.as_object_mut()?;
    if !feed.get("version").is_some_and(Value::is_string) {
        feed.insert("version".to_owned(), Value::from("https://jsonfeed.org/version/1"));
    }
    if !feed.get("title").is_some_and(Value::is_string) {
        feed.insert("title".to_owned(), Value::from(""));
    }
    for item in feed.get_mut("items")?.as_array_mut()? {
        // Version 1 let publishers write numbers.
        if let Some(id) = item.get_mut("id").filter(|id| id.is_number()) {
            *id = Value::from(id.to_string());
        }
    }
    Some(value.to_string())
}

/// Writes well-formed XML; keeps what is open.
#[derive(Default)]
struct Writer {
    out: String,
    open: Vec<Open>,
    /// Whether the entry has said when it was published.
    dated: bool,
}

/// An element that is open.
struct Open {
    name: String,
    /// Where its start tag begins.
    at: usize,
    /// Where its content begins.
    content_at: usize,
}

impl Writer {
    fn start(&mut self, name: &str, attributes: &str, empty: bool) {
        let mut name = element_name(name);
        if self.open.is_empty() && !self.root(&name, attributes) {
            return;
        }
        if self.open.len() == 1 && self.open[0].name == name {
            return;
        }
        if matches!(name.as_str(), "item" | "entry") {
            // One that is still open was never closed.
            if let Some(place) = self.open.iter().position(|open| open.name == name) {
                self.close(place);
            }
            self.dated = false;
        } else if matches!(name.as_str(), "pubDate" | "dc:date" | "published")
            && std::mem::replace(&mut self.dated, true)
        {
            // The first word counts.
            name = "other-date".to_owned();
        }
        if name == "item" && self.open.len() == 1 && self.open[0].name == "rss" {
            self.start("channel", "", false);
        }
        if self.open.len() >= DEEPEST {
            return;
        }
        let at = self.out.len();
        self.out.push_str(&format!("<{name}"));
        self.attributes(&name, attributes);
        self.out.push('>');
        self.open.push(Open { name, at, content_at: self.out.len() });
        if empty {
            self.close(self.open.len() - 1);
        }
    }

    /// Writes the outermost element where one of a feed begins. Returns whether one is open.
    fn root(&mut self, name: &str, attributes: &str) -> bool {
        let (root, rest) = match name {
            "rss" | "channel" | "item" => ("rss", " version=\"2.0\""),
            "feed" | "entry" => ("feed", " xmlns=\"http://www.w3.org/2005/Atom\""),
            _ => return false,
        };
        if !self.out.is_empty() {
            return false;
        }
        self.out.push_str(&format!("<{root}{rest}"));
        for (prefix, address) in VOCABULARIES {
            self.out.push_str(&format!(" xmlns:{prefix}=\"{address}\""));
        }
        self.attributes(root, attributes);
        self.out.push('>');
        self.open.push(Open { name: root.to_owned(), at: 0, content_at: self.out.len() });
        true
    }

    fn attributes(&mut self, element: &str, text: &str) {
        let mut written: Vec<&str> = Vec::new();
        for (key, value) in attributes(text).take(MOST_ATTRIBUTES) {
            let named = key.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
                && key.starts_with(|c: char| c.is_alphabetic());
            // Prefixes and versions are written anew.
            if !(named || key == "xml:base" || key == "xml:lang")
                || matches!(key, "xmlns" | "version")
                || written.contains(&key)
            {
                continue;
            }
            let value = match (element, key) {
                ("content" | "summary" | "title" | "subtitle" | "rights", "type") => text_type(&value).to_owned(),
                ("content", "src") => continue,
                _ => value,
            };
            written.push(key);
            self.out.push_str(&format!(" {key}=\""));
            escape(&value, &mut self.out);
            self.out.push('"');
        }
    }

    fn words(&mut self, words: &str) {
        if !self.open.is_empty() {
            escape(words, &mut self.out);
        }
    }

    /// Ends an element, with those inside it that were never closed; an end of nothing is left out.
    fn end(&mut self, name: &str) {
        // Items may stand behind the end of their channel, as in RSS 1.0; they are written inside it.
        if let Some(place) = self.open.iter().rposition(|open| open.name == name)
            && name != "channel"
        {
            self.close(place);
        }
    }

    fn close(&mut self, place: usize) {
        while self.open.len() > place {
            let Some(open) = self.open.pop() else { return };
            // The strict parser refuses texts that are empty.
            let vain = matches!(open.name.as_str(), "content" | "summary" | "title");
            if vain && self.out.len() == open.content_at {
                self.out.truncate(open.at);
            } else {
                self.out.push_str(&format!("</{}>", open.name));
            }
        }
    }
}

/// The name of an element as the current version of its format writes it. A prefix that stands for no vocabulary of
/// feeds makes the element an unknown one.
fn element_name(name: &str) -> String {
    let bare = local(name);
    match name.split_once(':').map(|(prefix, _)| prefix) {
        // Version 1.0 is written as 2.0, which does not demand of an item what many leave out.
        Some("rdf") if bare.eq_ignore_ascii_case("rdf") => return "rss".to_owned(),
        Some("rss" | "rss1" | "a") | None => {}
        Some(prefix) if VOCABULARIES.iter().any(|(known, _)| *known == prefix) => return name.to_owned(),
        Some(_) => return format!("other-{}", bare.chars().filter(|c| c.is_alphanumeric()).collect::<String>()),
    }
    let folded = bare.to_ascii_lowercase();
    match folded.as_str() {
        "pubdate" => "pubDate",
        "rdf" => "rss",
        // Atom 0.3.
        "issued" => "published",
        "modified" => "updated",
        _ => return folded.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect(),
    }
    .to_owned()
}

/// The type of a text of Atom, where drafts and mistaken feeds name a media type.
fn text_type(written: &str) -> &'static str {
    match written {
        "xhtml" | "application/xhtml+xml" => "xhtml",
        "text" | "text/plain" => "text",
        _ => "html",
    }
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() && !c.is_whitespace() => {}
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_undeclared_prefix_is_not_sound() {
        assert!(is_sound("<rss xmlns:dc='x'><dc:date>1</dc:date></rss>"));
        assert!(!is_sound("<rss><dc:date>1</dc:date></rss>"));
    }

    #[test]
    fn ill_formed_xml_is_made_well_formed() {
        let repaired = xml("junk<rss><channel><title>a & b</title><item><title>x</item><item><link>u").expect("a feed");
        assert!(repaired.starts_with("<rss version=\"2.0\" xmlns:atom="), "{repaired}");
        assert!(
            repaired.ends_with(
                "><channel><title>a &amp; b</title><item><title>x</title></item><item><link>u</link></item></channel></rss>"
            ),
            "{repaired}"
        );
        assert_eq!(xml("<html><body>no"), None);
    }

    #[test]
    fn a_draft_of_atom_is_written_as_atom() {
        let repaired = xml("<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><issued>2005-01-01</issued>\
            <content type='text/html' mode='escaped'>x</content><summary></summary></entry></feed>")
        .expect("a feed");
        assert!(
            repaired.ends_with(
                "<entry><published>2005-01-01</published><content type=\"html\" mode=\"escaped\">x</content></entry></feed>"
            ),
            "{repaired}"
        );
    }
}
