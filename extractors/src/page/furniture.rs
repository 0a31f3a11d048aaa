//! What stands around an article and is none of it: lists of links, notes of the site, what comes after the end.

use bellwether_model::document::BlockRole;

use super::dates;
use super::draft::Piece;
use super::rules::rules;
use super::title::names_no_article;
use super::walk::Walked;

/// A block with at least this share of link words (in tenths) is a link, not text.
const LINK_TENTHS: usize = 8;
/// A block shorter than this may be a title of something else.
const SHORT: usize = 60;
/// What follows a stop line is furniture if at most this share of it (in tenths) is text.
const TEXT_TENTHS: usize = 5;

/// The pieces of an article, without furniture.
pub(crate) fn clear(mut pieces: Vec<Walked>) -> Vec<Piece> {
    if let Some(stop) =
        pieces.iter().enumerate().position(|(place, walked)| is_stop(walked) && only_links_follow(&pieces[place + 1..]))
    {
        pieces.truncate(stop);
    }
    trim_end(&mut pieces);
    drop_copy(&mut pieces);
    // Links to other articles and ornaments in front; inside the text a line of links may belong to it.
    // A heading in front that only names a list of the site is none of the article's.
    let is_front = |walked: &Walked| {
        is_link(walked)
            || walked.piece.words().is_some_and(is_rule)
            || matches!(&walked.piece, Piece::Text { role: BlockRole::Heading, text, .. } if names_no_article(text))
    };
    let start = pieces.iter().position(|walked| !is_front(walked)).unwrap_or(0);
    pieces.drain(..start);
    drop_teasers(&mut pieces);
    let text = pieces.iter().position(|walked| walked.characters >= SHORT).unwrap_or(0);
    let is_field = |walked: &Walked| walked.piece.words().is_some_and(|words| rules().field.is_match(words));
    pieces
        .into_iter()
        .enumerate()
        .filter(|(place, walked)| *place >= text || !is_field(walked))
        .map(|(_, walked)| walked)
        .filter(|walked| !(is_link(walked) && is_item(&walked.piece)))
        .map(|walked| walked.piece)
        .filter(|piece| piece.words().is_none_or(|words| !rules().drop.is_match(words)))
        .collect()
}

/// Takes out lines inside the text that are one whole link and no sentence: titles of other articles.
fn drop_teasers(pieces: &mut Vec<Walked>) {
    let is_teaser = |walked: &Walked| {
        walked.characters > 0
            && walked.link_characters == walked.characters
            && matches!(&walked.piece, Piece::Text { role: BlockRole::Paragraph, text, .. }
                if !text.ends_with(['。', '.', '！', '!', '」', '”', '"', '：', ':']) && !text.contains("://"))
    };
    let is_text = |walked: &Walked| walked.characters >= SHORT && walked.link_characters * 2 < walked.characters;
    let Some(first) = pieces.iter().position(is_text) else { return };
    let mut place = 0;
    pieces.retain(|walked| {
        place += 1;
        place <= first || !is_teaser(walked)
    });
}

/// Takes off a second copy of the text: some pages print an article again, for screens of another size.
fn drop_copy(pieces: &mut Vec<Walked>) {
    let words = |place: &usize| pieces[*place].piece.words();
    let long: Vec<usize> =
        (0..pieces.len()).filter(|place| pieces[*place].characters >= SHORT_COPY && words(place).is_some()).collect();
    let again = |place: &usize| words(place) == long.first().and_then(words);
    let Some(copy) = long.iter().skip(1).position(again).map(|place| place + 1) else { return };
    let is_whole = long.len() - copy >= 2 && long.len() - copy <= copy;
    if !is_whole || !long[copy..].iter().map(words).eq(long.iter().map(words).take(long.len() - copy)) {
        return;
    }
    // With its own heading.
    let mut start = long[copy];
    while start > 0 && matches!(pieces[start - 1].piece, Piece::Text { role: BlockRole::Heading, .. }) {
        start -= 1;
    }
    pieces.truncate(start);
}

/// Characters of words that are not repeated by chance, or for effect.
const SHORT_COPY: usize = 30;

/// Takes off what stands behind the last paragraph: links, headings of nothing, lines without a letter, lines that are
/// furniture by their words, and days that stand with links. A day alone is the date of a signature and stays.
fn trim_end(pieces: &mut Vec<Walked>) {
    let mut trimmed = false;
    while let Some(last) = pieces.last() {
        let by_words = last.piece.words().is_some_and(|words| {
            let among_links = trimmed || pieces.len() > 1 && has_link(&pieces[pieces.len() - 2]);
            is_rule(words)
                || rules().drop.is_match(words)
                || rules().field.is_match(words)
                || (among_links && is_day(words))
        });
        let heading = matches!(last.piece, Piece::Text { role: BlockRole::Heading, .. });
        if !(is_link(last) || heading || by_words) {
            return;
        }
        trimmed = true;
        pieces.pop();
    }
}

/// Whether a line is a day and nothing else.
fn is_day(words: &str) -> bool {
    const LONGEST: usize = 24;
    words.chars().count() <= LONGEST && dates::find(words, None).is_some()
}

/// Whether a line has no letter or digit: an ornament.
fn is_rule(words: &str) -> bool {
    !words.chars().any(char::is_alphanumeric)
}

fn has_link(walked: &Walked) -> bool {
    walked.link_characters * 2 > walked.characters
}

fn is_stop(walked: &Walked) -> bool {
    walked.characters < SHORT && walked.piece.words().is_some_and(|words| rules().stop.is_match(words))
}

/// Whether what follows is mostly links and short lines.
fn only_links_follow(pieces: &[Walked]) -> bool {
    let all: usize = pieces.iter().map(|walked| walked.characters).sum();
    let text: usize = pieces
        .iter()
        .filter(|walked| walked.characters >= SHORT && !is_link(walked))
        .map(|walked| walked.characters - walked.link_characters)
        .sum();
    text * 10 <= all * TEXT_TENTHS
}

fn is_link(walked: &Walked) -> bool {
    walked.characters > 0 && walked.link_characters * 10 >= walked.characters * LINK_TENTHS
}

fn is_item(piece: &Piece) -> bool {
    matches!(piece, Piece::Text { role: BlockRole::ListItem, .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walked(text: &str, link_characters: usize) -> Walked {
        Walked { piece: Piece::paragraph(text), link_characters, characters: text.chars().count() }
    }

    #[test]
    fn what_follows_the_end_is_dropped() {
        let pieces = vec![
            walked("財政部公布出口統計，年增率創新高，蔡姓處長表示樂觀。", 0),
            walked("相关新闻：", 0),
            walked("別的新聞標題", 6),
            walked("又一則新聞標題", 7),
        ];
        let kept = clear(pieces);
        assert_eq!(kept.len(), 1);
    }

    #[test]
    fn the_end_is_trimmed_but_a_signature_stays() {
        let text = || walked("本公告自公布之日起正式實施。", 0);
        let signed = vec![text(), walked("商務部", 0), walked("2025年1月2日", 0)];
        assert_eq!(clear(signed).len(), 3);
        let listed = vec![text(), walked("別的新聞標題", 6), walked("2025年1月2日", 0), walked("，", 0)];
        assert_eq!(clear(listed).len(), 1);
        let heading = Walked { piece: Piece::heading(3, "相關內容"), link_characters: 0, characters: 4 };
        assert_eq!(clear(vec![text(), heading]).len(), 1);
    }

    #[test]
    fn a_link_between_paragraphs_is_another_article() {
        let text = || {
            walked(
                "財政部公布出口統計，年增率創新高，統計處長在記者會上表示樂觀，並預期下個月的出口也會比去年同月增加，請各界繼續關注，謝謝。",
                0,
            )
        };
        let said = || walked("The ministry said so.", 21);
        let kept = clear(vec![text(), walked("進口也創新高", 6), text(), said(), text()]);
        assert_eq!(kept.len(), 4, "{kept:?}");
    }

    #[test]
    fn a_text_that_stands_twice_is_read_once() {
        let text = |n: usize| {
            walked(&format!("第{n}段：財政部公布出口統計，年增率創新高，統計處長表示樂觀，並預期下個月還會更好。"), 0)
        };
        let short = || walked("是的。", 0);
        let heading = || Walked { piece: Piece::heading(2, "出口創新高"), link_characters: 0, characters: 5 };
        let twice = vec![heading(), text(1), text(2), short(), heading(), text(1), text(2), short()];
        assert_eq!(clear(twice).len(), 4);
        assert_eq!(clear(vec![text(1), text(2), text(1), text(3)]).len(), 4);
        assert_eq!(clear(vec![text(1), text(1), text(1)]).len(), 3);
    }

    #[test]
    fn fields_and_ornaments_around_the_text_are_no_text() {
        let text = "財政部公布出口統計，年增率創新高，統計處長在記者會上表示樂觀，並預期下個月的出口也會比去年同月增加，請各界繼續關注，謝謝。";
        let pieces =
            ["＊＊＊", "發布單位：統計處", text, "發布日期：115-01-09 起適用新表。", text, "附件下載：表一.pdf"];
        let kept: Vec<Piece> = clear(pieces.map(|words| walked(words, 0)).to_vec());
        let words: Vec<&str> = kept.iter().filter_map(Piece::words).collect();
        assert_eq!(words, [text, "發布日期：115-01-09 起適用新表。", text]);
    }

    #[test]
    fn a_heading_like_a_stop_line_inside_the_text_ends_nothing() {
        let long =
            "這一段說明相關新聞報導之後的市場反應，並且引述官員的談話，長度足以證明這是內文，不是清單。".repeat(3);
        let pieces = vec![walked("第一段。", 0), walked("相關新聞", 0), walked(&long, 0)];
        assert_eq!(clear(pieces).len(), 3);
    }
}
