//! What stands between the title of an article and its first sentence: a summary, a subtitle, a line above the title,
//! words under the first picture, the mark of an agency, also behind the last sentence.

use std::sync::LazyLock;

use bellwether_model::document::BlockRole;
use scraper::{ElementRef, Html};

use super::css::Css;
use super::draft::Piece;
use super::rules::rules;
use super::title::{fold, folds_to};
use super::walk::is_no_text;

/// Pieces in which such lines are looked for.
const OPENING: usize = 8;
/// Characters of a summary at the most; what is longer is the article.
const LONGEST: usize = 500;
/// Characters of a line that may stand in front of a summary.
const SHORT: usize = 60;
/// Characters of a line behind a summary that says when or from where.
const SHORT_NOTE: usize = 30;

/// Gives the lines of an opening their roles, and takes the mark of an agency off the first sentence. A summary stays
/// in the text: it may say what the article does not.
pub(super) fn mark(html: &Html, pieces: &mut [Piece]) {
    for piece in pieces.iter_mut() {
        if let Piece::Text { role: role @ BlockRole::Paragraph, text, .. } = piece
            && rules().caption.is_match(text)
        {
            *role = BlockRole::Caption;
        }
    }
    if let Some(Piece::Text { role: BlockRole::Paragraph, text, .. }) = pieces.last_mut()
        && let Some(found) = rules().credit.find(text)
        && found.start() > 0
    {
        text.truncate(found.start());
    }
    let opening = pieces.len().saturating_sub(1).min(OPENING);
    let keys: Vec<String> = pieces[..opening].iter().map(|piece| piece.words().map(fold).unwrap_or_default()).collect();
    let said = said(html, &keys);
    let mut end = 0;
    for (place, piece) in pieces[..opening].iter().enumerate() {
        let is_next = end == place;
        let follows = is_next && end > 0 && (is_heading(piece) || is_plain(piece) && is_fragment(piece, SHORT_NOTE));
        if said[place] || follows || is_quotation(piece) && pieces[end..place].iter().all(is_caption) {
            end = place + 1;
        } else if !is_fragment(piece, SHORT) && !is_caption(piece) {
            break;
        }
    }
    for piece in &mut pieces[..end] {
        if let Piece::Text { role, level, .. } = piece
            && *role != BlockRole::Caption
        {
            (*role, *level) = (BlockRole::Note, 0);
        }
    }
    if let Some(Piece::Text { role: BlockRole::Paragraph, text, .. }) =
        pieces[end..].iter_mut().find(|piece| !is_caption(piece))
        && let Some(found) = rules().mark.find(text)
        && found.end() < text.len()
    {
        text.drain(..found.end());
    }
}

fn is_plain(piece: &Piece) -> bool {
    matches!(piece, Piece::Text { role: BlockRole::Paragraph | BlockRole::ListItem, .. })
}

/// Whether a piece is a heading: behind a summary it is a line of the opening, inside the text it heads a part.
fn is_heading(piece: &Piece) -> bool {
    matches!(piece, Piece::Text { role: BlockRole::Heading, .. })
}

/// Whether a piece is set apart: in front of the text it is a quotation of it, and who said it follows.
fn is_quotation(piece: &Piece) -> bool {
    matches!(piece, Piece::Text { role: BlockRole::Note, .. })
}

/// Whether a piece is short and no sentence.
fn is_fragment(piece: &Piece, longest: usize) -> bool {
    piece.words().is_some_and(|words| words.chars().count() <= longest && !ends_sentence(words))
}

fn ends_sentence(words: &str) -> bool {
    words.trim_end().ends_with(['。', '！', '？', '…', '.', '!', '?', '」', '”', '"'])
}

fn is_caption(piece: &Piece) -> bool {
    matches!(piece, Piece::Text { role: BlockRole::Caption, .. })
}

/// Which of these folded words an element says that holds such lines, whole or in one of its lines, or a line in bold
/// that is no sentence.
fn said(html: &Html, keys: &[String]) -> Vec<bool> {
    static BOLD: LazyLock<Css> = LazyLock::new(|| Css::parse("strong, b").expect("a fixed selector"));
    let mut said = vec![false; keys.len()];
    if keys.iter().all(String::is_empty) {
        return said;
    }
    let bold = BOLD.select(html).filter(|element| !ends_sentence(&element.text().collect::<String>()));
    for element in rules().standfirst.select(html).chain(bold) {
        let whole = || element.text().flat_map(str::chars);
        let says = |key: &String| {
            !key.is_empty() && (folds_to(whole(), key) || element.text().any(|line| folds_to(line.chars(), key)))
        };
        let found: Vec<bool> = keys.iter().map(says).collect();
        let is_hidden = || element.ancestors().filter_map(ElementRef::wrap).any(is_no_text);
        if found.contains(&true) && whole().nth(LONGEST).is_none() && !is_hidden() {
            said.iter_mut().zip(found).for_each(|(said, found)| *said |= found);
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(page: &str, words: &[&str]) -> Vec<BlockRole> {
        let mut pieces: Vec<Piece> = words.iter().map(|words| Piece::paragraph(*words)).collect();
        mark(&Html::parse_document(page), &mut pieces);
        pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text { role, .. } => *role,
                Piece::Table(_) => BlockRole::Table,
            })
            .collect()
    }

    #[test]
    fn a_summary_and_what_stands_before_it_is_no_paragraph() {
        let page = "<div>Trade</div><p class='article-intro'>Exports rose again.</p><p>They rose by a tenth.</p>";
        assert_eq!(
            roles(page, &["Trade", "Exports rose again.", "They rose by a tenth."]),
            [BlockRole::Note, BlockRole::Note, BlockRole::Paragraph]
        );
        let plain = "<p>Exports rose again.</p><p>They rose by a tenth.</p>";
        assert_eq!(roles(plain, &["Exports rose again.", "They rose by a tenth."]), [BlockRole::Paragraph; 2]);
    }

    #[test]
    fn a_quotation_in_front_is_no_paragraph_nor_who_said_it() {
        let quotation =
            Piece::Text { role: BlockRole::Note, level: 0, text: "\u{201c}Trade must go on.\u{201d}".into() };
        let rest = ["Ann Writer, minister", "Exports rose by a tenth.", "Imports fell."].map(Piece::paragraph);
        let mut pieces: Vec<Piece> = [quotation].into_iter().chain(rest).collect();
        mark(&Html::parse_document(""), &mut pieces);
        let notes = pieces.iter().take_while(|piece| is_quotation(piece)).count();
        assert_eq!(notes, 2, "{pieces:?}");
    }

    #[test]
    fn sentences_in_bold_are_the_article() {
        let page = "<b>Port of X</b><p><b>Exports rose.</b></p>";
        assert_eq!(
            roles(page, &["Port of X", "Exports rose.", "They rose by a tenth."]),
            [BlockRole::Note, BlockRole::Paragraph, BlockRole::Paragraph]
        );
    }

    #[test]
    fn the_mark_of_an_agency_is_taken_off() {
        let mut pieces = vec![
            Piece::paragraph("▲港口的貨櫃。（圖／某社）"),
            Piece::paragraph("【某網專訊】出口增加。(c)AFP/Ann BEE"),
        ];
        mark(&Html::parse_document(""), &mut pieces);
        assert!(is_caption(&pieces[0]));
        assert_eq!(pieces[1].words(), Some("出口增加。"));
    }
}
