//! Plain text to a draft: a title in the first line, paragraphs, tables; forum posts and wire stories saved as text.

use jiff::tz::TimeZone;

use super::draft::{Draft, Piece};
use super::{byline, dates, lines, original, ptt, reuters};

/// Characters of a first line that can be a title.
const LONGEST_TITLE: usize = 150;
/// Blocks at the beginning in which a date or a byline is looked for.
const OPENING: usize = 3;

/// Reads a plain text.
pub(crate) fn read(text: &str, zone: Option<&TimeZone>) -> Draft {
    if reuters::is_story(text) {
        return reuters::read(text, zone);
    }
    if let Some(draft) = ptt::read_text(text, zone) {
        return draft;
    }
    let mut pieces = lines::pieces(text);
    let title = take_title(text, &mut pieces);
    let opening: Vec<&str> = pieces.iter().take(OPENING).filter_map(Piece::words).collect();
    let published =
        opening.iter().filter(|words| words.chars().count() < LONGEST_TITLE).find_map(|words| dates::find(words, zone));
    let authors =
        opening.iter().map(|words| byline::in_text(words)).find(|names| !names.is_empty()).unwrap_or_default();
    Draft { title, published, authors, cites: original::in_text(text), pieces, ..Draft::default() }
}

/// The first line, where an empty line follows it and it does not end like a sentence.
fn take_title(text: &str, pieces: &mut Vec<Piece>) -> String {
    let mut lines = text.trim_start().lines();
    let (first, second) = (lines.next().unwrap_or_default().trim(), lines.next().unwrap_or_default());
    let ends_like_a_sentence = first.ends_with(['。', '.', '，', ',', '；', ';', '：', ':']);
    let alone = second.trim().is_empty() && pieces.len() > 1;
    let is_first = pieces.first().and_then(Piece::words) == Some(super::spacing::collapse(first).as_str());
    if first.is_empty() || first.chars().count() > LONGEST_TITLE || ends_like_a_sentence || !alone || !is_first {
        return String::new();
    }
    pieces.remove(0);
    super::spacing::collapse(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_alone_is_the_title() {
        let draft =
            read("Freedonia leads in trade\n\nFreedonia overtook its neighbour last year.\n\nTrade grew.\n", None);
        assert_eq!(draft.title, "Freedonia leads in trade");
        assert_eq!(draft.pieces.len(), 2);
        for text in ["One sentence.\n\nAnother.", "Only a line", "", "第一段，\n\n第二段。"] {
            assert_eq!(read(text, None).title, "", "{text}");
        }
    }
}
