//! Stories of the Reuters-21578 collection: `<REUTERS>` elements with `TITLE`, `DATELINE`, `DATE` and `BODY`.

use std::sync::LazyLock;

use jiff::tz::TimeZone;
use regex::Regex;

use super::draft::{Draft, Piece};
use super::spacing::{append, collapse, unwrap_lines};
use super::{byline, dates, lines, meta};

/// Whether a text is such a story.
pub(crate) fn is_story(text: &str) -> bool {
    text.trim_start().starts_with("<REUTERS")
}

/// Reads the story.
pub(crate) fn read(text: &str, zone: Option<&TimeZone>) -> Draft {
    let dateline = element(text, "DATELINE").map(|line| collapse(&line)).unwrap_or_default();
    let body = element(text, "BODY").or_else(|| element(text, "TEXT")).unwrap_or_default();
    let mut pieces = paragraphs(&body);
    if let Some(Piece::Text { text: first, .. }) = pieces.first_mut()
        && !dateline.is_empty()
    {
        let mut line = dateline;
        append(&mut line, first);
        *first = line;
    }
    Draft {
        title: element(text, "TITLE").map(|title| collapse(&title)).unwrap_or_default(),
        published: element(text, "DATE").and_then(|date| dates::parse(&date, zone)),
        authors: element(text, "AUTHOR").map(|author| byline::of_field(author.trim(), &[])).unwrap_or_default(),
        publisher: Some("Reuters".to_owned()),
        pieces,
        ..Draft::default()
    }
}

/// Paragraphs begin on a set-in line; the wire's sign-off is no text. Aligned tables stay tables.
fn paragraphs(body: &str) -> Vec<Piece> {
    static SIGN_OFF: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i)\s*\bREUTER[S]?\b[\s\p{Cc};&#0-9]*$").expect("a fixed pattern"));
    let body = SIGN_OFF.replace(body, "");
    let mut pieces = Vec::new();
    for block in body.split("\n    ") {
        let block_lines: Vec<&str> = block.lines().filter(|line| !line.trim().is_empty()).collect();
        let tables = lines::pieces(block);
        if tables.iter().any(|piece| matches!(piece, Piece::Table(_))) {
            pieces.extend(tables);
            continue;
        }
        let joined = unwrap_lines(&block_lines).into_iter().reduce(|mut whole, line| {
            append(&mut whole, &line);
            whole
        });
        pieces.extend(joined.map(|words| Piece::paragraph(collapse(&words))));
    }
    pieces
}

/// The content of the first element of this name, references resolved.
fn element(text: &str, name: &str) -> Option<String> {
    let start = text.find(&format!("<{name}>"))? + name.len() + 2;
    let rest = &text[start..];
    let end = rest.find(&format!("</{name}>")).unwrap_or(rest.len());
    static CONTROL: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"&#(?:[0-9]|[12][0-9]|3[01]);").expect("a fixed pattern"));
    Some(meta::unescape(&CONTROL.replace_all(&rest[..end], "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_is_read() {
        let text = "<REUTERS TOPICS=\"YES\">\n<DATE>02-JUN-1988 10:20:30.40</DATE>\n<TEXT>&#2;\n<TITLE>ORDERS &lt;FALL></TITLE>\n\
            <DATELINE>    SOMEWHERE, June 3 - </DATELINE><BODY>Orders for goods that the island makes and sells\nfell in May, an official\nsaid.\n    \
            He gave no reason.\n REUTER\n&#3;</BODY></TEXT>\n</REUTERS>\n";
        assert!(is_story(text));
        let draft = read(text, None);
        assert_eq!(draft.title, "ORDERS <FALL>");
        assert_eq!(draft.published.map(|time| time.local.to_string()).as_deref(), Some("1988-06-02T10:20:30"));
        let words: Vec<&str> = draft.pieces.iter().filter_map(Piece::words).collect();
        assert_eq!(
            words,
            [
                "SOMEWHERE, June 3 - Orders for goods that the island makes and sells fell in May, an official said.",
                "He gave no reason."
            ]
        );
    }

    #[test]
    fn a_cut_story_is_read_as_far_as_it_goes() {
        assert_eq!(read("<REUTERS><BODY>Text", None).pieces, [Piece::paragraph("Text")]);
        assert!(read("<REUTERS", None).pieces.is_empty());
    }
}
