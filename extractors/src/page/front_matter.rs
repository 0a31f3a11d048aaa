//! The block of fields in front of a Markdown file: `---`, lines of `key: value`, `---`.
//!
//! Enough of YAML for what generators of sites write: strings in quotation marks or not, values continued on set-in
//! lines, lists. No more is needed, and no YAML parser comes in for it.

/// Fields in order, keys in lower case. A list is its items, one value each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FrontMatter {
    fields: Vec<(String, Vec<String>)>,
}

impl FrontMatter {
    /// The first value under one of these keys.
    pub(crate) fn get(&self, keys: &[&str]) -> Option<&str> {
        self.all(keys).first().map(String::as_str)
    }

    /// All values under the first of these keys that has any.
    pub(crate) fn all(&self, keys: &[&str]) -> &[String] {
        let values = |key: &&str| self.fields.iter().find(|(name, values)| name == key && !values.is_empty());
        keys.iter().find_map(values).map_or(&[], |(_, values)| values)
    }
}

/// Splits a text into its front matter and the rest. A text without any is all rest.
pub(crate) fn split(text: &str) -> (FrontMatter, &str) {
    let trimmed = text.trim_start_matches(['\u{feff}', '\n', '\r', ' ']);
    if let Some(labelled) = labelled(trimmed) {
        return labelled;
    }
    let fence = if trimmed.starts_with("---") { "---" } else { "+++" };
    let Some((first, body)) = trimmed.split_once('\n').filter(|(first, _)| first.trim_end() == fence) else {
        return unopened(trimmed).unwrap_or((FrontMatter::default(), text));
    };
    debug_assert_eq!(first.trim_end(), fence);
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        if matches!(line.trim_end(), "---" | "..." | "+++") {
            let matter = parse(&body[..at]);
            // A rule between two paragraphs is no front matter.
            let rest = &body[at + line.len()..];
            return if matter.fields.is_empty() { (matter, text) } else { (matter, rest) };
        }
        at += line.len();
    }
    (FrontMatter::default(), text)
}

/// Whether a text begins with the labelled lines that page readers put in front of the Markdown they make of a page.
pub(crate) fn is_labelled(text: &str) -> bool {
    labelled(text.trim_start_matches(['\u{feff}', '\n', '\r', ' '])).is_some()
}

/// The lines `Title: …`, `URL Source: …`, `Published Time: …` up to `Markdown Content:`.
fn labelled(text: &str) -> Option<(FrontMatter, &str)> {
    const LABELS: [&str; 7] =
        ["title", "url source", "published time", "warning", "image", "description", "number of pages"];
    const END: &str = "Markdown Content:";
    if !text.starts_with("Title:") && !text.starts_with("URL Source:") {
        return None;
    }
    let mut matter = FrontMatter::default();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        let line = line.trim();
        if line == END {
            return (!matter.fields.is_empty()).then(|| (matter, &text[at..]));
        }
        if line.is_empty() {
            continue;
        }
        let (key, value) = line.split_once(':')?;
        let key = key.trim().to_lowercase();
        if !LABELS.contains(&key.as_str()) {
            return None;
        }
        matter.fields.push((key, Vec::new()));
        if let (value, Some((_, kept))) = (value.trim(), matter.fields.last_mut())
            && !value.is_empty()
        {
            kept.push(value.to_owned());
        }
    }
    None
}

/// Front matter whose first fence was lost: at least two fields, nothing but fields, and the second fence. One line
/// above a fence is a heading.
fn unopened(text: &str) -> Option<(FrontMatter, &str)> {
    let is_key = |key: &str| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_end() == "---" {
            let matter = parse(&text[..at]);
            return (matter.fields.len() >= 2).then(|| (matter, &text[at + line.len()..]));
        }
        if !line.split_once(": ").is_some_and(|(key, _)| is_key(key)) {
            return None;
        }
        at += line.len();
    }
    None
}

fn parse(block: &str) -> FrontMatter {
    let mut matter = FrontMatter::default();
    for line in block.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let set_in = line.starts_with([' ', '\t']);
        if let Some(item) = trimmed.strip_prefix("- ").filter(|_| !matter.fields.is_empty()) {
            push(&mut matter, item);
        } else if set_in {
            push(&mut matter, trimmed);
        } else if let Some((key, value)) = split_field(trimmed) {
            matter.fields.push((key.trim().to_lowercase(), Vec::new()));
            push(&mut matter, value);
        }
    }
    matter
}

/// A key and its value; in TOML an equals sign stands between them.
fn split_field(line: &str) -> Option<(&str, &str)> {
    let place = line.find([':', '='])?;
    let (key, value) = line.split_at(place);
    let is_key =
        !key.trim().is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ' | '.'));
    is_key.then(|| (key, &value[1..]))
}

fn push(matter: &mut FrontMatter, value: &str) {
    let value = value.trim();
    let listed = value.strip_prefix('[').and_then(|value| value.strip_suffix(']'));
    let values: Vec<&str> = listed.map_or_else(|| vec![value], |list| list.split(',').collect());
    if let Some((_, kept)) = matter.fields.last_mut() {
        kept.extend(
            values
                .into_iter()
                .map(unquote)
                .filter(|value| !value.is_empty() && !matches!(value.as_str(), "|" | ">" | "null" | "~")),
        );
    }
}

fn unquote(value: &str) -> String {
    let value = value.trim();
    for mark in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark)) {
            return if mark == '"' {
                inner.replace("\\\"", "\"").replace("\\\\", "\\")
            } else {
                inner.replace("''", "'")
            };
        }
    }
    value.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read() {
        let text = "---\ntitle: \"A \\\"big\\\" rise\"\ndate: 2026-02-14\nauthor: \n\t\t\n\t\t\tAnn(ann@example.com)\nlang:\n  - \"zh-HK\"\ntags: [a, b]\nurl: https://example.org/a:b\n---\n\n# Body\n";
        let (matter, body) = split(text);
        assert_eq!(matter.get(&["title"]), Some("A \"big\" rise"));
        assert_eq!(matter.get(&["published_at", "date"]), Some("2026-02-14"));
        assert_eq!(matter.get(&["author"]), Some("Ann(ann@example.com)"));
        assert_eq!(matter.get(&["lang"]), Some("zh-HK"));
        assert_eq!(matter.all(&["tags"]), ["a", "b"]);
        assert_eq!(matter.get(&["url"]), Some("https://example.org/a:b"));
        assert_eq!(body, "\n# Body\n");
    }

    #[test]
    fn the_labelled_lines_of_a_page_reader_are_fields() {
        let text = "Title: A rise: of trade\n\nURL Source: https://example.org/a\n\nPublished Time: 2026-02-14T08:00:00Z\n\nMarkdown Content:\n# Body\n";
        let (matter, body) = split(text);
        assert_eq!(matter.get(&["title"]), Some("A rise: of trade"));
        assert_eq!((matter.get(&["published time"]), body), (Some("2026-02-14T08:00:00Z"), "# Body\n"));
        for other in ["Title: a\n\nA text without the last label.\n", "Title: a\nMarkdown: b\n"] {
            assert!(!is_labelled(other), "{other}");
        }
    }

    #[test]
    fn a_lost_first_fence_is_forgiven() {
        let (matter, body) = split("url: https://example.org/a\ndate: '2026-02-14'\n---\n\n# Body\n");
        assert_eq!((matter.get(&["date"]), body), (Some("2026-02-14"), "\n# Body\n"));
    }

    #[test]
    fn a_rule_is_no_front_matter() {
        for text in [
            "note: heading\n---\ntext",
            "a: b\n\nc: d\n---\n",
            "---\n\nText\n\n---\nmore",
            "---\ntitle: never closed",
            "no matter",
            "",
            "---",
        ] {
            assert_eq!(split(text), (FrontMatter::default(), text), "{text:?}");
        }
    }
}
