//! Plain text to a draft: a title in the first line, paragraphs, tables; forum posts and wire stories saved as text.

use jiff::tz::TimeZone;

use super::draft::{Draft, Piece};
use super::rules::rules;
use super::{byline, dates, kind, lines, original, ptt, reuters};

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
    let published = opening.iter().filter(|words| is_dateline(words)).find_map(|words| dates::find(words, zone));
    let authors =
        opening.iter().map(|words| byline::in_text(words)).find(|names| !names.is_empty()).unwrap_or_default();
    // Lines that say nothing but when are fields; those that note the page are no text.
    let mut place = 0;
    pieces.retain(|piece| {
        place += 1;
        piece.words().is_none_or(|words| {
            let is_dateline =
                place <= OPENING && words.chars().count() <= LONGEST_DATELINE && begins_with_date(words, zone);
            !is_dateline && !rules().drop.is_match(words)
        })
    });
    Draft { title, published, authors, cites: original::in_text(text), pieces, ..Draft::default() }
}

/// Characters of a line that is a date and little more.
const LONGEST_DATELINE: usize = 32;

/// Whether a line begins with a date and is no sentence.
fn begins_with_date(words: &str, zone: Option<&TimeZone>) -> bool {
    words.starts_with(|c: char| c.is_ascii_digit())
        && !words.ends_with(['。', '.', '！', '？'])
        && !words.contains(['，', ','])
        && dates::find(words, zone).is_some_and(|time| time.has_time)
}

/// Whether a block at the beginning may say when the text was published: a sentence that begins with a day and a comma
/// tells what happened then, as captions do.
fn is_dateline(words: &str) -> bool {
    let sentence = words.ends_with(['。', '）', ')']) && words.contains('。');
    let day = words.split_once(['，', ',']).is_some_and(|(day, _)| {
        day.ends_with('日') && day.chars().all(|c| c.is_ascii_digit() || matches!(c, '年' | '月' | '日'))
    });
    words.chars().count() < LONGEST_TITLE && !(sentence && day)
}

/// The first line, where an empty line follows it, or the head of an announcement, and it does not end like a sentence.
fn take_title(text: &str, pieces: &mut Vec<Piece>) -> String {
    let mut lines = text.trim_start().lines();
    let (first, second) = (lines.next().unwrap_or_default().trim(), lines.next().unwrap_or_default());
    let ends_like_a_sentence = first.ends_with(['。', '.', '，', ',', '；', ';', '：', ':'])
        || first.ends_with("。”")
        || first.ends_with("。」");
    let is_over = second.trim().is_empty() || kind::heads_announcement(second);
    let alone = is_over && pieces.len() > 1;
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
    fn a_caption_that_begins_with_a_day_says_nothing_of_publication() {
        let lead = "甲國貿易部19日公布，去年貨品出口成長2%。\n\n";
        let caption = format!("{lead}2025年4月2日，甲國總統在首都發表講話。（通訊社）\n\n出口方面，各市場都有成長。\n");
        assert!(read(&caption, None).published.is_none());
        let line = format!("標題一行\n\n2025年4月2日\n\n{lead}");
        assert!(read(&line, None).published.is_some());
    }

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
