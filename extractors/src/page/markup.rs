//! Markup made harmless before a tree is built: depth, unclosed formatting and attributes are limited.
//!
//! The tree builder is quadratic in nesting depth and in the attributes of one tag, and repeats unclosed formatting
//! elements in each paragraph. One pass over the text, linear in its length, keeps all three small.

use std::borrow::Cow;

/// Elements that may be open at once. Real pages have a few dozen; what reads the tree recurses, on small stacks too.
const DEEPEST: usize = 256;
/// Formatting elements (`b`, `font`, …) that may be open at once: each is repeated in every paragraph that follows.
const DEEPEST_FORMATTING: usize = 24;
/// Opening tags of a page; what follows them is not read. Large tables of statistics have some ten thousand.
const MOST_TAGS: usize = 100_000;
/// Bytes of text between two tags: no paragraph is longer.
const LONGEST_RUN: usize = super::limits::LONGEST_TEXT;
/// Signs in the text between two tags that a writer of markup escapes: writing it takes as long as their number times
/// its length. A text with more of them loses them.
const MOST_ESCAPES: usize = 20_000;
/// Attributes of one tag; a tag with more loses all of them.
const MOST_ATTRIBUTES: usize = 128;

const VOID: [&str; 15] = [
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "link", "meta",
    "param", "wbr",
];
/// Elements that the tree builder closes by itself when the next one begins: they do not nest.
const SELF_CLOSING: [&str; 18] = [
    "p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead", "tfoot", "option", "optgroup", "colgroup", "caption",
    "rp", "rt", "source", "track",
];
const FORMATTING: [&str; 14] =
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
const RAW_TEXT: [&str; 7] = ["script", "style", "textarea", "title", "xmp", "iframe", "noembed"];

/// Raw elements whose text is a program's or a style's, not the page's.
const NO_TEXT: [&str; 2] = ["script", "style"];

/// What becomes of the elements of a name.
enum Nesting {
    /// They hold text alone.
    Raw,
    /// They hold nothing, or close by themselves.
    None,
    /// They are repeated where they are not closed.
    Formatting,
    /// All others.
    Plain,
}

impl Nesting {
    fn of(name: &str) -> Self {
        match name {
            "div" | "span" | "ul" | "h1" | "h2" | "h3" | "section" | "table" | "button" | "figure" => Self::Plain,
            "a" => Self::Formatting,
            "p" | "li" | "img" | "meta" | "link" | "br" => Self::None,
            _ if RAW_TEXT.contains(&name) => Self::Raw,
            _ if VOID.contains(&name) || SELF_CLOSING.contains(&name) => Self::None,
            _ if FORMATTING.contains(&name) => Self::Formatting,
            _ => Self::Plain,
        }
    }
}

/// The same markup within the limits, without programs and styles, and whether anything was cut.
pub(crate) fn tame(markup: &str) -> (String, bool) {
    let mut tamer = Tamer { out: String::with_capacity(markup.len()), ..Tamer::default() };
    let mut rest = markup;
    while let Some(open) = rest.find('<') {
        if tamer.tags > MOST_TAGS {
            return (tamer.out, true);
        }
        tamer.text(&rest[..open]);
        rest = &rest[open..];
        let length = if rest.starts_with("<!-->") {
            "<!-->".len()
        } else if let Some(comment) = rest.strip_prefix("<!--") {
            comment.find("-->").map_or(rest.len(), |end| end + "<!---->".len())
        } else if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
            tamer.tag(rest)
        } else {
            tamer.out.push('<');
            rest = &rest[1..];
            continue;
        };
        rest = &rest[length..];
    }
    tamer.text(rest);
    (tamer.out, tamer.cut)
}

#[derive(Default)]
struct Tamer {
    out: String,
    tags: usize,
    open: usize,
    /// Open tags that were left out: as many close tags are left out again.
    skipped: usize,
    formatting: usize,
    skipped_formatting: usize,
    /// Raw elements that are never closed from here on: they are not looked for again.
    unclosed: Vec<String>,
    cut: bool,
}

impl Tamer {
    /// Copies the text in front of a tag, as much of it as a paragraph may have.
    fn text(&mut self, run: &str) {
        let kept = super::limits::beginning(run, LONGEST_RUN);
        self.cut |= kept.len() < run.len();
        if kept.len() > MOST_ESCAPES && kept.bytes().filter(|byte| matches!(byte, b'&' | b'>')).count() > MOST_ESCAPES {
            self.cut = true;
            self.out.extend(kept.chars().filter(|c| !matches!(c, '&' | '>')));
        } else {
            self.out.push_str(kept);
        }
    }

    /// Copies the tag at the beginning of `rest`, or leaves it out; with the text behind it where that is raw.
    /// Returns how many bytes were dealt with. Comments are dropped: nothing reads them.
    fn tag(&mut self, rest: &str) -> usize {
        let (length, attributes) = measure(rest);
        let tag = &rest[..length];
        let closing = tag.starts_with("</");
        self.tags += usize::from(!closing);
        let inner = tag[if closing { 2 } else { 1 }..].trim_end_matches('>');
        let end = inner.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(inner.len());
        let mut name = Cow::Borrowed(&inner[..end]);
        if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            name = Cow::Owned(name.to_ascii_lowercase());
        }
        let keep = match Nesting::of(&name) {
            Nesting::Raw if !closing => return self.raw_element(rest, length, &name),
            Nesting::None => true,
            Nesting::Formatting => {
                keep(&mut self.formatting, &mut self.skipped_formatting, DEEPEST_FORMATTING, closing)
            }
            Nesting::Raw | Nesting::Plain => keep(&mut self.open, &mut self.skipped, DEEPEST, closing),
        };
        if keep && attributes <= MOST_ATTRIBUTES {
            self.out.push_str(tag);
        } else if keep {
            self.out.push_str(if closing { "</" } else { "<" });
            self.out.push_str(&inner[..end]);
            self.out.push('>');
        }
        self.cut |= !keep || attributes > MOST_ATTRIBUTES;
        length
    }

    /// A raw element whole: its text opens nothing. One that is never closed would swallow the page: its tag is
    /// left out, and what follows is read as markup. Of scripts only data is kept: nothing reads programs and styles,
    /// and they are most of many pages.
    fn raw_element(&mut self, rest: &str, length: usize, name: &str) -> usize {
        let text = if self.unclosed.iter().any(|known| known == name) { None } else { raw_text(&rest[length..], name) };
        match text {
            Some(text) => {
                let tag = &rest[..length];
                let is_data = || tag.to_ascii_lowercase().contains("json");
                let kept = if NO_TEXT.contains(&name) && !is_data() { tag } else { &rest[..length + text] };
                self.out.push_str(kept);
                length + text
            }
            None => {
                self.unclosed.push(name.to_owned());
                self.cut = true;
                length
            }
        }
    }
}

/// How long the text of a raw element is, up to its close tag; `None`: it is never closed.
fn raw_text(rest: &str, name: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let mut from = 0;
    while let Some(place) = rest[from..].find("</") {
        let at = from + place;
        let name_at = at + "</".len();
        if bytes.get(name_at..name_at + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes())) {
            return Some(at);
        }
        from = name_at;
    }
    None
}

/// Whether a tag is kept, with the counts brought up to date.
fn keep(open: &mut usize, skipped: &mut usize, deepest: usize, closing: bool) -> bool {
    if closing {
        if *skipped > 0 {
            *skipped -= 1;
            return false;
        }
        *open = open.saturating_sub(1);
        return true;
    }
    if *open >= deepest {
        *skipped += 1;
        return false;
    }
    *open += 1;
    true
}

/// Length of the tag at the beginning, quotation marks heeded, and how many attributes it seems to have.
fn measure(rest: &str) -> (usize, usize) {
    let mut quote = None;
    let mut attributes = 0;
    let mut after_equals = false;
    for (place, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (Some(mark), byte) if byte == mark => quote = None,
            (Some(_), _) => continue,
            (None, b'"' | b'\'') if after_equals => quote = Some(byte),
            (None, b'>') => return (place + 1, attributes),
            (None, b' ' | b'\n' | b'\t' | b'\r' | b'/') if !after_equals => attributes += 1,
            _ => {}
        }
        after_equals = byte == b'=' || (after_equals && byte.is_ascii_whitespace());
    }
    // A tag that never ends because of a quotation mark ends at its first `>`.
    match rest.find('>') {
        Some(end) => (end + 1, usize::MAX),
        None => (rest.len(), attributes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ordinary_markup_is_kept() {
        let page = "<!DOCTYPE html><html><body class=\"a > b\"><p>1 < 2<br/><b>x</b><TITLE>a</b '<div>'</title></body>";
        let (tamed, cut) = tame(page);
        assert_eq!((tamed.as_str(), cut), (page, false));
        let data = "<script type='application/ld+json'>{\"a\": \"</b>\"}</script>";
        assert_eq!(tame(data).0, data);
        assert_eq!(tame("<script>if (a</b) '<div>'</script>b").0, "<script></script>b");
        assert_eq!(tame("a<!-- <p> -->b").0, "ab");
    }

    #[test]
    fn depth_formatting_and_attributes_are_limited() {
        let (deep, cut) = tame(&"<div>".repeat(5000));
        assert_eq!((deep.matches("<div>").count(), cut), (DEEPEST, true));
        assert_eq!(tame(&"<p><font color=red>x".repeat(1000)).0.matches("<font").count(), DEEPEST_FORMATTING);
        let wide = format!("<a {}>x</a>", "b=1 ".repeat(100_000));
        assert_eq!(tame(&wide).0, "<a>x</a>");
        let balanced = format!("{}x{}y", "<div>".repeat(600), "</div>".repeat(600));
        assert_eq!(tame(&balanced).0.matches("</div>").count(), DEEPEST);
    }

    #[test]
    fn tags_and_long_paragraphs_are_limited() {
        assert_eq!(tame(&"<p>x".repeat(MOST_TAGS * 2)).0.matches("<p>").count(), MOST_TAGS + 1);
        let (text, cut) = tame(&format!("<p>{}</p>", "&amp".repeat(MOST_ESCAPES + 1)));
        assert_eq!((text.len(), cut), ("<p></p>".len() + 3 * (MOST_ESCAPES + 1), true));
        assert_eq!(tame(&"x".repeat(LONGEST_RUN + 1)).0.len(), LONGEST_RUN);
    }

    #[test]
    fn a_script_that_is_never_closed_hides_nothing() {
        assert_eq!(tame("<style>a<p>b").0, "a<p>b");
        assert_eq!(tame(&"<script>".repeat(3)).0, "");
    }

    #[test]
    fn tags_without_an_end_are_read_in_one_pass() {
        for part in ["<a b=\"", "<a b='>", "<script>", "<!--", "</"] {
            assert!(tame(&part.repeat(200_000)).0.len() <= 1_400_000, "{part}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in "\\PC{0,80}", tags in "[<>/a-d \"'=!-]{0,200}") {
            let joined = format!("{text}{tags}");
            prop_assert!(tame(&joined).0.len() <= joined.len() + 16);
        }
    }
}
