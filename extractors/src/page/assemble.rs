//! Puts a draft into one text with byte spans.

use std::ops::Range;

use bellwether_model::document::{Block, BlockRole, Document, DocumentKind, Language, Table};

use super::draft::{Draft, Grid, Piece};
use super::table;

/// Builds the document of a draft. `kind` and `language` were decided before.
pub(crate) fn assemble(draft: Draft, kind: DocumentKind, language: Option<Language>, url: Option<String>) -> Document {
    let mut text = TextBuilder::default();
    if !draft.title.is_empty() {
        text.words(BlockRole::Title, 0, &draft.title);
    }
    for piece in &draft.pieces {
        match piece {
            Piece::Text { role, level, text: words } => text.words(*role, *level, words),
            Piece::Table(grid) => text.table(grid),
        }
    }
    let TextBuilder { text, blocks, mut tables } = text;
    table::name_tables(&text, &blocks, &mut tables);
    Document {
        title: draft.title,
        published: draft.published,
        updated: draft.updated,
        authors: draft.authors,
        publisher: draft.publisher,
        language,
        kind,
        url,
        canonical: draft.canonical,
        cites: draft.cites,
        text,
        blocks,
        tables,
        comments: draft.comments,
        links: draft.links,
    }
}

/// A text that grows block by block.
#[derive(Debug, Default)]
struct TextBuilder {
    text: String,
    blocks: Vec<Block>,
    tables: Vec<Table>,
}

impl TextBuilder {
    /// Adds a block of words; a block without words is left out.
    fn words(&mut self, role: BlockRole, level: u8, words: &str) {
        let words = words.trim_matches(|c: char| c.is_whitespace() && c != '\u{3000}').trim_end();
        if words.trim().is_empty() {
            return;
        }
        let span = self.push(words);
        self.text.push('\n');
        self.blocks.push(Block { role, span, level, table: None });
    }

    /// Adds a table: a line a row, a tab between cells. A spanned cell stands in the text once.
    fn table(&mut self, grid: &Grid) {
        if grid.rows.iter().flatten().all(|cell| cell.text.trim().is_empty()) {
            return;
        }
        let start = self.text.len();
        let mut rows: Vec<Vec<Range<usize>>> = Vec::with_capacity(grid.rows.len());
        for cells in &grid.rows {
            let mut row = Vec::with_capacity(cells.len());
            for (column, cell) in cells.iter().enumerate() {
                if column > 0 {
                    self.text.push('\t');
                }
                let repeated = cell.repeats.and_then(|(above, left)| {
                    let earlier = if above == rows.len() { Some(&row) } else { rows.get(above) };
                    earlier.and_then(|cells: &Vec<Range<usize>>| cells.get(left)).cloned()
                });
                row.push(repeated.unwrap_or_else(|| self.push(cell.text.trim())));
            }
            self.text.push('\n');
            rows.push(row);
        }
        let span = start..self.text.len() - 1;
        self.blocks.push(Block { role: BlockRole::Table, span, level: 0, table: Some(self.tables.len()) });
        self.tables.push(Table { caption: None, notes: Vec::new(), header_rows: grid.header_rows, rows });
    }

    fn push(&mut self, words: &str) -> Range<usize> {
        let start = self.text.len();
        self.text.push_str(words);
        start..self.text.len()
    }
}

#[cfg(test)]
mod tests {
    use super::super::draft::Cell;
    use super::*;

    #[test]
    fn blocks_follow_each_other_and_cells_point_into_the_text() {
        let grid = Grid {
            header_rows: 1,
            rows: vec![
                vec![Cell::new("year"), Cell::new("exports"), Cell { text: "exports".into(), repeats: Some((0, 1)) }],
                vec![Cell::new("2025"), Cell::new(""), Cell::new("640.7")],
            ],
        };
        let draft = Draft {
            title: "A title".into(),
            pieces: vec![
                Piece::paragraph("  One. "),
                Piece::paragraph(" "),
                Piece::Table(grid),
                Piece::paragraph("Two."),
            ],
            ..Draft::default()
        };
        let document = assemble(draft, DocumentKind::News, None, None);
        assert_eq!(document.text, "A title\nOne.\nyear\texports\t\n2025\t\t640.7\nTwo.\n");
        let blocks: Vec<&str> = document.blocks.iter().map(|block| &document.text[block.span.clone()]).collect();
        assert_eq!(blocks, ["A title", "One.", "year\texports\t\n2025\t\t640.7", "Two."]);
        let cells: Vec<Vec<&str>> = document.tables[0]
            .rows
            .iter()
            .map(|row| row.iter().map(|cell| &document.text[cell.clone()]).collect())
            .collect();
        assert_eq!(cells, [["year", "exports", "exports"], ["2025", "", "640.7"]]);
    }
}
