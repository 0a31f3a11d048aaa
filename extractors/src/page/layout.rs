//! Pages that are laid out by tables inside tables, without a mark of where the article stands: the cell that holds
//! most of the prose.

use std::sync::LazyLock;

use scraper::{ElementRef, Html};

use super::css::Css;
use super::draft::Piece;
use super::walk::{self, Content};

/// Characters of prose that make a cell worth a look.
const ENOUGH: usize = 80;
/// The share (in tenths) of a page's prose that its article holds at least.
const MOST_TENTHS: usize = 6;
/// Cells of one page that are weighed; a page with more is a list of data.
const MOST_CELLS: usize = 400;

static OUTER: LazyLock<Css> = LazyLock::new(|| Css::parse("td table td").expect("a fixed selector"));
static CELLS: LazyLock<Css> = LazyLock::new(|| Css::parse("td").expect("a fixed selector"));
static MARKED: LazyLock<Css> =
    LazyLock::new(|| Css::parse("article, main, section, h1, h2").expect("a fixed selector"));

/// The content of the innermost cell that holds most of a page's prose. `None`: the page is not laid out by tables
/// alone, or its prose is spread over cells.
pub(crate) fn article(html: &Html, skip: &dyn Fn(ElementRef<'_>) -> bool) -> Option<Content> {
    let nested = OUTER.select(html).next().is_some();
    if MARKED.select(html).next().is_some() || CELLS.select(html).count() > MOST_CELLS {
        return None;
    }
    let whole = walk::content(html.root_element(), skip);
    let all = prose(&whole);
    if all < ENOUGH {
        return None;
    }
    // In the order of a page an inner cell follows the one around it.
    CELLS
        .select(html)
        .map(|cell| walk::content(cell, skip))
        .filter(|content| prose(content) * 10 >= all * MOST_TENTHS)
        .last()
        // One table alone may hold data, with a note in one of its cells.
        .filter(|content| nested || tables(&whole) == 0 && content.pieces.len() > 1)
}

fn tables(content: &Content) -> usize {
    content.pieces.iter().filter(|walked| matches!(walked.piece, Piece::Table(_))).count()
}

/// Characters of sentences outside links.
fn prose(content: &Content) -> usize {
    let is_sentence = |words: &str| words.contains(['。', '！', '？']) || words.contains(". ") || words.ends_with('.');
    content
        .pieces
        .iter()
        .filter(|walked| walked.piece.words().is_some_and(is_sentence))
        .map(|walked| walked.characters.saturating_sub(walked.link_characters))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(page: &str) -> Option<String> {
        let content = article(&Html::parse_document(page), &|_| false)?;
        let words: Vec<&str> = content.pieces.iter().filter_map(|walked| walked.piece.words()).collect();
        Some(words.join("|"))
    }

    #[test]
    fn the_cell_with_the_prose_is_the_article() {
        let story = "The port reopened after the storm and the ships came back. Trade grew again within a month.";
        let page = format!(
            "<table><tr><td><table><tr><td><a href=/>Home</a><td>Birthday of the day</table><td><p>Menu</p>\
             <table><tr><td>{story}</table></table>"
        );
        assert_eq!(words(&page).as_deref(), Some(story));
    }

    #[test]
    fn a_page_that_marks_its_parts_is_read_by_them() {
        assert_eq!(words("<h1>Title</h1><table><tr><td><table><tr><td>One. Two.</table></table>"), None);
        assert_eq!(words("<table><tr><td>1<td>2</table>"), None);
    }

    #[test]
    fn one_table_may_lay_out_a_page() {
        let story = "The port reopened after the storm and the ships came back to its quays. ".repeat(5);
        let page =
            format!("<table><tr><td><a href=/>Home</a><br><a href=/2>News</a><td>Port reopens<br>{story}</table>");
        assert_eq!(words(&page), Some(format!("Port reopens|{}", story.trim())));
        let data =
            format!("<table><tr><td>Jan<td>1<tr><td>Feb<td>2</table><table><tr><td>x<td>Note<br>{story}</table>");
        assert_eq!(words(&data), None);
    }
}
