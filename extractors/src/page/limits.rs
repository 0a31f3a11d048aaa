//! How much of a page is read. What is larger is no article, and reading it whole would take the memory of everything
//! else; what is left out is said in the document's problems.

use super::draft::{Cell, Piece};

/// Bytes of a page that are read, as many as are fetched.
pub(super) const MOST_BYTES: usize = 8 << 20;
/// Bytes of text that are kept: some hundred times a long article.
pub(super) const LONGEST_TEXT: usize = 1 << 20;
/// Bytes that a cell of a table takes beside its words.
const CELL: usize = 8;

/// The beginning of a text, no longer than `most` bytes; the whole of it nearly always.
pub(super) fn beginning(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// Leaves out what lies beyond the longest text. Returns whether anything was.
pub(super) fn cut(pieces: &mut Vec<Piece>) -> bool {
    let mut room = LONGEST_TEXT;
    for place in 0..pieces.len() {
        let whole = match &mut pieces[place] {
            Piece::Text { text, .. } => {
                let kept = text.floor_char_boundary(room);
                room -= kept;
                let whole = kept == text.len();
                text.truncate(kept);
                whole
            }
            Piece::Table(grid) => {
                let fits = |row: &&Vec<Cell>| {
                    let size: usize = row.iter().map(|cell| cell.text.len() + CELL).sum();
                    let fits = size <= room;
                    room -= if fits { size } else { 0 };
                    fits
                };
                let kept = grid.rows.iter().take_while(fits).count();
                let whole = kept == grid.rows.len();
                grid.rows.truncate(kept);
                grid.header_rows = grid.header_rows.min(kept);
                whole
            }
        };
        if !whole {
            pieces.truncate(place + 1);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::draft::Grid;
    use super::*;

    #[test]
    fn a_text_is_cut_between_two_characters() {
        assert_eq!(beginning("出口", 4), "出");
        assert_eq!(beginning("出口", 6), "出口");
        let mut pieces =
            vec![Piece::paragraph("出".repeat(LONGEST_TEXT / 3)), Piece::paragraph("口"), Piece::paragraph("x")];
        assert!(cut(&mut pieces));
        assert_eq!(pieces.iter().filter_map(Piece::words).map(str::len).sum::<usize>(), LONGEST_TEXT - 1);
    }

    #[test]
    fn a_table_is_cut_between_two_rows() {
        let row = || vec![Cell::new("1"), Cell::new("2")];
        let grid = Grid { header_rows: 1, rows: vec![row(); LONGEST_TEXT] };
        let mut pieces = vec![Piece::Table(grid), Piece::paragraph("x")];
        assert!(cut(&mut pieces));
        let [Piece::Table(grid)] = pieces.as_slice() else { panic!("the table alone is left") };
        assert_eq!((grid.rows.len(), grid.header_rows), (LONGEST_TEXT / 18, 1));
        assert!(!cut(&mut vec![Piece::paragraph("x")]));
    }
}
