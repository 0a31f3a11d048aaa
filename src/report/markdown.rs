//! A report as Markdown with front matter. Words of documents are escaped: they can neither format nor link nor run.

use super::layout::{Block, Inline, Layout};
use crate::view::wording::DisplayLanguage;

/// The whole file.
pub(super) fn write(layout: &Layout) -> String {
    let mut out = front_matter(layout);
    for block in &layout.blocks {
        out.push('\n');
        block_lines(&mut out, block, layout.language);
    }
    if !layout.footnotes.is_empty() {
        out.push_str(&format!("\n## {}\n\n", escape(layout.footnotes_title)));
        for (index, note) in layout.footnotes.iter().enumerate() {
            out.push_str(&format!("[^{}]: {}\n", index + 1, line(note, layout.language)));
        }
    }
    out
}

fn front_matter(layout: &Layout) -> String {
    let mut out = String::from("---\n");
    for (name, value) in [
        ("title", &layout.title),
        ("week", &layout.week),
        ("date", &layout.date),
        ("lang", &layout.language.tag().to_owned()),
        ("description", &layout.description),
        ("keywords", &layout.keywords.join(", ")),
    ] {
        out.push_str(&format!("{name}: {}\n", yaml(value)));
    }
    out.push_str("---\n");
    out
}

/// A double-quoted scalar of YAML; a JSON string is one, but for characters that YAML does not print.
fn yaml(text: &str) -> String {
    let printable: String =
        text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')).collect();
    serde_json::Value::from(printable).to_string()
}

fn block_lines(out: &mut String, block: &Block, language: DisplayLanguage) {
    let mut put = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    match block {
        Block::Heading(level, words) => put(format!("{} {}", "#".repeat(usize::from(*level)), escape(words))),
        Block::Paragraph(inlines) => put(line(inlines, language)),
        Block::Note(lines) => {
            for (index, inlines) in lines.iter().enumerate() {
                let end = if index + 1 < lines.len() { "\\" } else { "" };
                put(format!("> {}{end}", line(inlines, language)));
            }
        }
        Block::Bullets(items) => items.iter().for_each(|item| put(format!("- {}", line(item, language)))),
        Block::Numbered(items) => {
            for (index, item) in items.iter().enumerate() {
                put(format!("{}. {}", index + 1, line(item, language)));
            }
        }
        Block::Table { head, rows } => {
            put(row(head.iter().map(|cell| escape(cell)).collect()));
            put(row(head.iter().map(|_| "---".to_owned()).collect()));
            rows.iter().for_each(|cells| put(row(cells.iter().map(|cell| line(cell, language)).collect())));
        }
    }
}

fn row(cells: Vec<String>) -> String {
    format!("| {} |", cells.join(" | "))
}

fn line(inlines: &[Inline], language: DisplayLanguage) -> String {
    let mut out = String::new();
    for inline in inlines {
        match inline {
            Inline::Text(words) => out.push_str(&escape(words)),
            Inline::Strong(words) => {
                out.push_str(&format!("**{}**", escape(words.trim())));
            }
            Inline::Quote { words, .. } => {
                let (before, after) = language.pick(("「", "」"), ("“", "”"));
                out.push_str(&format!("{before}{}{after}", escape(words)));
            }
            Inline::Link { words, href: Some(href), .. } => {
                out.push_str(&format!("[{}]({})", escape(words), target(href)));
            }
            Inline::Link { words, href: None, .. } | Inline::Words { words, .. } => out.push_str(&escape(words)),
            Inline::Cite(number) => {
                out.push_str(&format!("[^{number}]"));
            }
        }
    }
    out
}

/// Text that stands for itself in Markdown, whatever it holds: one line, all signs of Markdown, HTML and templates escaped
/// (`CommonMark` 0.31, section 2.4: any ASCII punctuation may follow a backslash).
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    let mut rest = text.trim().chars().peekable();
    while let Some(c) = rest.next() {
        if c.is_whitespace() || c.is_control() {
            space = true;
            continue;
        }
        if std::mem::take(&mut space) {
            out.push(' ');
        }
        let special = match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '!' | '$' | '^'
            | '@' => true,
            // A bare address becomes a link in many dialects; one with an escape does not.
            ':' => rest.peek() == Some(&'/'),
            // A number before a point and a space would begin a list.
            '.' | ')' if is_number(&out) && rest.peek().is_none_or(|next| next.is_whitespace()) => true,
            '.' => out.to_ascii_lowercase().ends_with("www"),
            // Signs of lists and headings matter at the start of a line only.
            '-' | '+' | '=' => out.is_empty(),
            _ => false,
        };
        if special {
            out.push('\\');
        }
        out.push(c);
    }
    keep_edges(text, out)
}

/// Digits alone, which a point or parenthesis would make the number of a list.
fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Spaces at the edges stand between pieces of a line and are kept, as one.
fn keep_edges(text: &str, inner: String) -> String {
    let before = if text.starts_with(' ') { " " } else { "" };
    let after = if text.ends_with(' ') && !inner.is_empty() { " " } else { "" };
    if before.is_empty() && after.is_empty() { inner } else { format!("{before}{inner}{after}") }
}

/// An address inside the parentheses of a link. It is canonical, so that only few signs are left to be encoded.
fn target(href: &str) -> String {
    let mut out = String::with_capacity(href.len() + 2);
    for c in href.chars() {
        match c {
            '(' => out.push_str("%28"),
            ')' => out.push_str("%29"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '\\' => out.push_str("%5C"),
            '|' => out.push_str("%7C"),
            '{' => out.push_str("%7B"),
            '}' => out.push_str("%7D"),
            c if c.is_whitespace() || c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_of_documents_stand_for_themselves() {
        for (text, expected) in [
            ("<script>alert(1)</script>", r"\<script\>alert(1)\</script\>"),
            ("[x](javascript:alert(1))", r"\[x\](javascript:alert(1))"),
            ("**a** `b` | c", r"\*\*a\*\* \`b\` \| c"),
            ("{{ site.secret }} {% raw %}", r"\{\{ site.secret \}\} \{% raw %\}"),
            ("line\n# heading", r"line \# heading"),
            ("- item", r"\- item"),
            ("1. item", r"1\. item"),
            ("624.8 億", "624.8 億"),
            ("see http://evil.example and www.evil.example", r"see http\://evil.example and www\.evil.example"),
            ("出口年增 34.9%，達 6,407.5 億美元", "出口年增 34.9%，達 6,407.5 億美元"),
        ] {
            assert_eq!(escape(text), expected);
        }
    }

    #[test]
    fn front_matter_cannot_be_left() {
        assert_eq!(yaml("a\"\n---\nb: c"), r#""a\"---b: c""#);
    }

    #[test]
    fn a_target_stays_inside_its_parentheses() {
        assert_eq!(target("https://a.example/x_(y)|<z>"), "https://a.example/x_%28y%29%7C%3Cz%3E");
    }

    proptest! {
        #[test]
        fn an_escaped_text_is_one_line(text in "\\PC{0,60}|[ \n\t*_<>|]{0,20}") {
            prop_assert!(!escape(&text).contains('\n'));
        }
    }
}
