//! Lines of plain text to pieces: paragraphs, tables whose cells are set apart by tabs or aligned by blanks, the lines
//! that name a table and say its unit.

use bellwether_model::document::BlockRole;

use super::draft::{Cell, Grid, Piece};
use super::rules::rules;
use super::spacing::{collapse, unwrap_lines};
use super::table;

/// Blanks that set two columns apart.
const GAP: &str = "  ";
/// Rows that an aligned table has at least.
const FEWEST_ROWS: usize = 3;
/// Columns that an aligned table has at least.
const FEWEST_COLUMNS: usize = 3;

/// Bytes of a line that can be the number of an announcement.
const LONGEST_NUMBER: usize = 240;

/// Reads lines into pieces.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let lines: Vec<&str> = text.lines().collect();
    let mut pieces = Vec::new();
    let mut paragraph: Vec<&str> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if let Some((grid, length)) = tab_table(&lines[at..]).or_else(|| aligned_table(&lines[at..])) {
            end_paragraph(&mut paragraph, &mut pieces);
            pieces.push(Piece::Table(grid));
            at += length;
            continue;
        }
        if lines[at].trim().is_empty() {
            end_paragraph(&mut paragraph, &mut pieces);
        } else if lines[at].len() <= LONGEST_NUMBER && rules().policy_number.is_match(lines[at].trim()) {
            // The number of an announcement stands below its title without an empty line between.
            end_paragraph(&mut paragraph, &mut pieces);
            pieces.push(Piece::paragraph(collapse(lines[at])));
        } else {
            paragraph.push(lines[at]);
        }
        at += 1;
    }
    end_paragraph(&mut paragraph, &mut pieces);
    pieces
}

fn end_paragraph(lines: &mut Vec<&str>, pieces: &mut Vec<Piece>) {
    pieces.extend(unwrap_lines(lines).iter().map(|words| with_role(collapse(words))));
    lines.clear();
}

/// A line in the role that its words show: the name of a table, a note on its unit, or a paragraph.
pub(crate) fn with_role(words: String) -> Piece {
    if table::is_caption(&words) {
        Piece::text(BlockRole::Caption, words)
    } else if table::is_note(&words) {
        Piece::text(BlockRole::Note, words)
    } else {
        Piece::paragraph(words)
    }
}

/// A table at the first of these lines whose cells are set apart by tabs, and how many lines it takes.
pub(crate) fn tab_table(lines: &[&str]) -> Option<(Grid, usize)> {
    let tabs = lines.first()?.matches('\t').count();
    if tabs == 0 {
        return None;
    }
    let length = lines.iter().take_while(|line| line.contains('\t') && !line.trim().is_empty()).count();
    let rows: Vec<Vec<Cell>> =
        lines[..length].iter().map(|line| line.split('\t').map(|cell| Cell::new(collapse(cell))).collect()).collect();
    let width = rows.iter().map(Vec::len).max()?;
    // One tab in one line is a blank of some sort; the same number of tabs in several lines is a table.
    (length >= 2 && width >= 2 && rows.iter().filter(|row| row.len() == width).count() * 2 > length)
        .then(|| (rectangular(rows), length))
}

/// A table at the first of these lines whose cells are aligned by blanks, and how many lines it takes. Each row but the
/// heading holds a number, and all rows have the same number of cells.
fn aligned_table(lines: &[&str]) -> Option<(Grid, usize)> {
    let split = |line: &str| -> Vec<String> {
        line.trim().split(GAP).map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect()
    };
    let heading = split(lines.first()?);
    let width = heading.len();
    if width < FEWEST_COLUMNS {
        return None;
    }
    // A row that does not count ends the table, so that text which only looks like one is given up at once.
    let counting = lines[1..]
        .iter()
        .map(|line| split(line))
        .take_while(|cells| cells.len() == width && cells.iter().any(|cell| table::is_number(cell)));
    let rows: Vec<Vec<String>> = std::iter::once(heading).chain(counting).collect();
    if rows.len() < FEWEST_ROWS {
        return None;
    }
    let length = rows.len();
    let cells = rows.into_iter().map(|row| row.into_iter().map(Cell::new).collect()).collect();
    Some((rectangular(cells), length))
}

fn rectangular(mut rows: Vec<Vec<Cell>>) -> Grid {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    for row in &mut rows {
        row.resize_with(width, Cell::default);
    }
    let mut grid = Grid { header_rows: 0, rows };
    grid.header_rows = table::header_rows(&grid);
    grid
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> Vec<String> {
        pieces(text)
            .into_iter()
            .map(|piece| match piece {
                Piece::Text { role, text, .. } => format!("{role:?} {text}"),
                Piece::Table(grid) => {
                    let rows: Vec<String> = grid
                        .rows
                        .iter()
                        .map(|row| row.iter().map(|cell| cell.text.clone()).collect::<Vec<_>>().join("|"))
                        .collect();
                    format!("Table#{} {}", grid.header_rows, rows.join(" / "))
                }
            })
            .collect()
    }

    #[test]
    fn tabs_make_a_table_with_its_name_and_unit() {
        let text = "表一：某月夥伴\n\n單位：億美元\n\n排名\t國家\t某月\t年增率(%)\n\t全球\t5,120.4\t-2.31%\n1\t墨西哥\t812.6\t3.92%\n\n資料來源：某處\n";
        assert_eq!(
            printed(text),
            [
                "Caption 表一：某月夥伴",
                "Note 單位：億美元",
                "Table#1 排名|國家|某月|年增率(%) / |全球|5,120.4|-2.31% / 1|墨西哥|812.6|3.92%",
                "Note 資料來源：某處"
            ]
        );
    }

    #[test]
    fn blanks_make_a_table_where_rows_agree() {
        let text =
            "Month      Exports    Imports\nJanuary    3,801.7    9,455.1\nFebruary   3,962.4    9,870.3\n\nA note.";
        assert_eq!(
            printed(text),
            ["Table#1 Month|Exports|Imports / January|3,801.7|9,455.1 / February|3,962.4|9,870.3", "Paragraph A note."]
        );
        assert_eq!(printed("Two  blanks  here\nand  words  only\nno  table  this").len(), 3);
    }
}
