//! What stands around an article and is none of it: lists of links, notes of the site, what comes after the end.

use bellwether_model::document::BlockRole;

use super::draft::Piece;
use super::rules::rules;
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
    // Links to other articles at either end; inside the text a line of links may belong to it.
    while pieces.last().is_some_and(is_link) {
        pieces.pop();
    }
    let start = pieces.iter().position(|walked| !is_link(walked)).unwrap_or(0);
    pieces.drain(..start);
    pieces
        .into_iter()
        .filter(|walked| !(is_link(walked) && is_item(&walked.piece)))
        .map(|walked| walked.piece)
        .filter(|piece| piece.words().is_none_or(|words| !rules().drop.is_match(words)))
        .collect()
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
    fn a_heading_like_a_stop_line_inside_the_text_ends_nothing() {
        let long =
            "這一段說明相關新聞報導之後的市場反應，並且引述官員的談話，長度足以證明這是內文，不是清單。".repeat(3);
        let pieces = vec![walked("第一段。", 0), walked("相關新聞", 0), walked(&long, 0)];
        assert_eq!(clear(pieces).len(), 3);
    }
}
