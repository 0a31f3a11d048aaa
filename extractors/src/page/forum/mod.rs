//! Forum software: what `rules/forums.toml` knows of it, and the posts of a thread.
//!
//! A thread becomes one document: the first post of the page is its text, the others are comments. Which board a page
//! belongs to, and what its posts say, is not known here.

mod interface;
mod markup;
mod rules;

pub(crate) use interface::{list, thread as interface_thread};
pub(crate) use markup::{engine, names, printed_time, thread};
pub(crate) use rules::Board;

use bellwether_model::document::{Comment, Reaction};

/// A comment without a vote. Words of another post that it quotes in the marks of a board (`[quote]…[/quote]`) are not its own.
pub(crate) fn comment(author: String, text: String, time: Option<String>) -> Comment {
    Comment { reaction: Reaction::Neutral, author, text: without_quotations(text), time }
}

/// A text without what stands between marks of quotation, which boards hand out as they were typed. A mark that is not
/// closed quotes nothing.
fn without_quotations(text: String) -> String {
    const OPENS: &str = "[quote";
    const CLOSES: &str = "[/quote]";
    if !text.contains(OPENS) {
        return text;
    }
    let mut kept = String::new();
    let mut quoted = String::new();
    let mut depth = 0_usize;
    let mut rest = text.as_str();
    while let Some(place) = rest.find('[') {
        let (before, mark) = rest.split_at(place);
        if depth == 0 { &mut kept } else { &mut quoted }.push_str(before);
        let length = if mark.starts_with(OPENS) {
            depth += 1;
            OPENS.len()
        } else if depth > 0 && mark.starts_with(CLOSES) {
            depth -= 1;
            CLOSES.len()
        } else {
            1
        };
        if depth > 0 {
            quoted.push_str(&mark[..length]);
        } else if length == 1 {
            kept.push('[');
        } else {
            quoted.clear();
        }
        rest = &mark[length..];
    }
    kept.push_str(&quoted);
    kept.push_str(rest);
    kept.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marked_quotations_are_left_out() {
        let cases = [
            ("[quote]a [quote]b[/quote] c[/quote]\nmine", "mine"),
            ("[quote=alice]a[/quote] mine [b]too[/b]", "mine [b]too[/b]"),
            ("mine [quote]never closed", "mine [quote]never closed"),
            ("no [quotation] here", "no [quotation] here"),
        ];
        for (text, kept) in cases {
            assert_eq!(without_quotations(text.to_owned()), kept, "{text}");
        }
    }
}
