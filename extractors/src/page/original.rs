//! The address of the original that a post or mirror carries.

use std::sync::LazyLock;

use bellwether_model::web::CanonicalUrl;
use regex::Regex;
use url::Url;

use super::rules::rules;
use super::title::{fold, folds_to};
use super::walk::Anchor;

/// The address of the original among the links of a page: one that is labelled so, or one whose words are the page's
/// own title. Links to the page's own host are none.
pub(crate) fn among(anchors: &[Anchor], title: &str, url: Option<&str>) -> Option<String> {
    let elsewhere = |anchor: &&Anchor| is_elsewhere(&anchor.href, url);
    // Addresses are parsed last: few links have a label or the words of the title.
    let is_labelled = |anchor: &&Anchor| {
        rules().original.is_match(&anchor.before) || (is_label(&anchor.text) && rules().original.is_match(&anchor.text))
    };
    let labelled = anchors.iter().filter(is_labelled).find(elsewhere);
    let title = fold(title);
    let long = title.chars().nth(SHORT_TITLE).is_some();
    let is_titled = |anchor: &&Anchor| long && folds_to(anchor.text.chars(), &title);
    let titled = || anchors.iter().filter(is_titled).find(elsewhere);
    labelled.or_else(titled).map(|anchor| anchor.href.clone())
}

/// The address behind a label in plain text: `原文連結：` and the address on the same line or the next.
pub(crate) fn in_text(text: &str) -> Option<String> {
    static ADDRESS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"^[\s<\[(（【]*(https?://[^\s<>\])）】"'，。、]+)"#).expect("a fixed pattern"));
    let mut labelled = false;
    for line in text.lines() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        if let Some(start) = line.find("http") {
            let (label, address) = line.split_at(start);
            let label = label.trim_end_matches(['<', '[', '(', '（', ' ']);
            if ((label.is_empty() && labelled) || rules().original.is_match(label))
                && let Some(found) = ADDRESS.captures(address)
            {
                return Some(found[1].to_owned());
            }
        }
        labelled = rules().original.is_match(line.trim_matches(|c: char| c.is_numeric() || c == '.'));
    }
    None
}

/// Whether an address is one of the web, and of another host than the page's.
pub(crate) fn is_elsewhere(href: &str, url: Option<&str>) -> bool {
    if CanonicalUrl::parse(href).is_err() {
        return false;
    }
    let host = |text: &str| Url::parse(text).ok().and_then(|url| url.host_str().map(str::to_owned));
    match (host(href), url.and_then(host)) {
        (Some(there), Some(here)) => there != here,
        (there, _) => there.is_some(),
    }
}

/// A title of so many letters, or fewer, may be the words of any link.
const SHORT_TITLE: usize = 6;

/// Words of a link that are a label, not a sentence.
fn is_label(words: &str) -> bool {
    words.chars().count() <= 24
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labelled_addresses_are_found_in_text() {
        let cases = [
            ("原文連結：\nhttps://news.example.tw/1.aspx\n\n內文", Some("https://news.example.tw/1.aspx")),
            ("2.新聞網址：https://news.example.tw/2", Some("https://news.example.tw/2")),
            ("Source URL: https://www.example.gov/b.html", Some("https://www.example.gov/b.html")),
            ("See https://www.example.gov/b.html for more", None),
            ("來源：某資料庫, https://db.example.org/", None),
        ];
        for (text, expected) in cases {
            assert_eq!(in_text(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn links_to_the_original_lead_elsewhere() {
        let anchor = |href: &str, text: &str, before: &str| Anchor {
            href: href.into(),
            text: text.into(),
            before: before.into(),
        };
        let anchors = [
            anchor("https://mirror.example/1", "查看原文", ""),
            anchor("https://paper.example/1", "出口創新高年增三成", "浏览原文："),
        ];
        assert_eq!(among(&anchors, "", Some("https://mirror.example/")).as_deref(), Some("https://paper.example/1"));
        assert_eq!(among(&anchors[1..], "出口創新高，年增三成", None).as_deref(), Some("https://paper.example/1"));
        assert_eq!(among(&[anchor("/local", "查看原文", "")], "", None), None);
    }
}
