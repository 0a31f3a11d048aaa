//! Pages that stand where another one was asked for: "not found" with status 200, and forms to sign in.

use std::sync::LazyLock;

use bellwether_model::document::Document;

/// Characters of text above which a page says something itself, whatever its title is.
const LONGEST: usize = 800;
/// Bytes in which the field of a password is looked for.
const LOOKED_AT: usize = 1 << 20;

/// What stands in the place of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wall {
    /// It says that there is no such page.
    Missing,
    /// It asks the reader to sign in.
    Login,
}

impl Wall {
    /// What it is, for people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Missing => "the page says that it is not there, though its status is that of a page",
            Self::Login => "the page asks to sign in instead of showing what was asked for",
        }
    }
}

/// What a page that was read shows in the place of another one; `None`: it is itself.
///
/// Both signs must come together: little text, and words in the title or a field for a password that say so.
#[must_use]
pub fn wall(document: &Document, bytes: &[u8]) -> Option<Wall> {
    static WORDS: LazyLock<Vec<(Wall, &str)>> = LazyLock::new(|| {
        let lines = include_str!("walls.txt").lines().filter_map(|line| line.split_once('\t'));
        lines.map(|(kind, words)| (if kind == "missing" { Wall::Missing } else { Wall::Login }, words)).collect()
    });
    if document.text.chars().nth(LONGEST).is_some() {
        return None;
    }
    let title = document.title.to_lowercase();
    let says = |wanted: Wall| WORDS.iter().any(|(kind, words)| *kind == wanted && holds(&title, words));
    if says(Wall::Missing) {
        return Some(Wall::Missing);
    }
    let start = &bytes[..bytes.len().min(LOOKED_AT)];
    let field = |words: &[u8]| start.windows(words.len()).any(|window| window.eq_ignore_ascii_case(words));
    let asks = || field(b"type=\"password\"") || field(b"type=password") || field(b"type='password'");
    // The title first: it is short, and the page is not.
    (says(Wall::Login) && asks()).then_some(Wall::Login)
}

/// Whether a title holds words; those of Latin letters and digits only between others.
fn holds(title: &str, words: &str) -> bool {
    title.match_indices(words).any(|(at, found)| {
        let open = |c: Option<char>| !c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | ','));
        !words.is_ascii() || (open(title[..at].chars().next_back()) && open(title[at + found.len()..].chars().next()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PageContext, page};

    fn seen(html: &str) -> Option<Wall> {
        let (document, _) = page::read(html.as_bytes(), &PageContext::default());
        wall(&document, html.as_bytes())
    }

    #[test]
    fn pages_in_the_place_of_others_are_known() {
        let page = |title: &str, body: &str| {
            format!("<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{body}</p></body></html>")
        };
        let long =
            "Exports rose by a fifth in December, the ministry said on Friday, the ninth rise in a row. ".repeat(12);
        for (title, body, expected) in [
            ("404 - Page not found", "Sorry.", Some(Wall::Missing)),
            ("找不到網頁", "您所要的網頁已經移除。", Some(Wall::Missing)),
            ("Exports found new markets", "Exports rose by a fifth.", None),
            ("出口額404億美元", "出口年增五成。", None),
            ("404 factories closed: page not found in the archive", long.as_str(), None),
            ("Sign in", "<form><input type=\"password\"></form>", Some(Wall::Login)),
            ("會員登入", "<input type='password'>請登入", Some(Wall::Login)),
            ("Sign in the sky", "Exports rose.", None),
        ] {
            assert_eq!(seen(&page(title, body)), expected, "{title}");
        }
    }
}
