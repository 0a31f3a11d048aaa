//! Tables of markup: which hold data and which only lay out the page; spans spread out, so that rows are rectangular.

use scraper::ElementRef;

use super::draft::{Cell, Grid};
use super::spacing::collapse;
use super::table;
use super::walk;

/// Cells of one table that are read; a page with more is no page for people.
const MOST_CELLS: usize = 200_000;
/// Columns that one cell may span.
const WIDEST_SPAN: usize = 100;
/// Rows that one cell may span.
const TALLEST_SPAN: usize = 1000;
/// Characters of a cell above which it is a paragraph.
const LONG_CELL: usize = 300;

/// Reads a table of data: its caption and its cells. `None`: it lays out the page and is to be read as text.
pub(crate) fn read(table: ElementRef<'_>, skip: &dyn Fn(ElementRef<'_>) -> bool) -> Option<(Option<String>, Grid)> {
    let mut caption = None;
    let mut rows: Vec<(Vec<ElementRef<'_>>, bool)> = Vec::new();
    collect(table, false, &mut rows, &mut caption)?;
    rows.retain(|(cells, _)| !cells.is_empty());
    let widest = rows.iter().map(|(cells, _)| cells.len()).max().unwrap_or(0);
    if rows.len() < 2 || widest < 2 || has_one_text(&rows) {
        return None;
    }
    let mut reader = GridReader { skip, grid: Grid::default(), hanging: Vec::new(), cells: 0 };
    for (cells, _) in &rows {
        reader.row(cells)?;
    }
    let mut grid = reader.grid;
    let width = grid.rows.iter().map(Vec::len).max().unwrap_or(0);
    for row in &mut grid.rows {
        row.resize_with(width, Cell::default);
    }
    let declared = rows.iter().take_while(|(cells, in_head)| *in_head || cells.iter().all(is_heading_cell)).count();
    grid.header_rows = if declared > 0 && declared < grid.rows.len() { declared } else { table::header_rows(&grid) };
    Some((caption, grid))
}

/// Whether just one cell holds lines of prose: a table of texts has more of them, a page that is laid out by a table has
/// its article there.
fn has_one_text(rows: &[(Vec<ElementRef<'_>>, bool)]) -> bool {
    let mut texts = rows.iter().flat_map(|(cells, _)| cells).filter(|cell| is_text(**cell));
    texts.next().is_some() && texts.next().is_none()
}

/// Whether a cell holds several lines, and more than one sentence.
fn is_text(cell: ElementRef<'_>) -> bool {
    /// Bytes of a short text: a hundred characters of Chinese.
    const SHORTEST: usize = 300;
    const FEWEST: usize = 2;
    let lines = cell.descendent_elements().filter(|inside| matches!(inside.value().name(), "br" | "p" | "div"));
    lines.take(FEWEST).count() == FEWEST
        && cell.text().map(str::len).sum::<usize>() >= SHORTEST
        && cell
            .text()
            .map(|words| {
                words.matches('。').count() + words.matches(". ").count() + usize::from(words.trim_end().ends_with('.'))
            })
            .sum::<usize>()
            >= FEWEST
}

fn is_heading_cell(cell: &ElementRef<'_>) -> bool {
    cell.value().name() == "th"
}

/// Rows of a table in order, with whether they stand in its head. `None`: a table or a heading stands in a cell.
fn collect<'a>(
    element: ElementRef<'a>,
    in_head: bool,
    rows: &mut Vec<(Vec<ElementRef<'a>>, bool)>,
    caption: &mut Option<String>,
) -> Option<()> {
    for child in element.child_elements() {
        match child.value().name() {
            "caption" => *caption = Some(collapse(&child.text().collect::<String>())).filter(|words| !words.is_empty()),
            "thead" => collect(child, true, rows, caption)?,
            "tbody" | "tfoot" => collect(child, false, rows, caption)?,
            "tr" => {
                let cells: Vec<ElementRef<'a>> =
                    child.child_elements().filter(|cell| matches!(cell.value().name(), "td" | "th")).collect();
                if cells.iter().any(|cell| lays_out(*cell)) {
                    return None;
                }
                rows.push((cells, in_head));
            }
            _ => {}
        }
    }
    Some(())
}

/// Whether a cell holds what no cell of data holds.
fn lays_out(cell: ElementRef<'_>) -> bool {
    cell.descendants()
        .filter_map(ElementRef::wrap)
        .any(|element| matches!(element.value().name(), "table" | "h1" | "h2" | "h3" | "article" | "section" | "form"))
}

struct GridReader<'a> {
    skip: &'a dyn Fn(ElementRef<'_>) -> bool,
    grid: Grid,
    /// For each column: a cell of a row above that reaches down, its place and how many rows it still covers.
    hanging: Vec<Option<Hanging>>,
    cells: usize,
}

#[derive(Debug, Clone)]
struct Hanging {
    origin: (usize, usize),
    text: String,
    rows: usize,
}

impl GridReader<'_> {
    /// Adds a row. `None`: a cell is a paragraph, or there are too many.
    fn row(&mut self, cells: &[ElementRef<'_>]) -> Option<()> {
        let at = self.grid.rows.len();
        let mut row: Vec<Cell> = Vec::new();
        for cell in cells {
            self.fill_hanging(&mut row);
            let text = self.words(*cell);
            if text.chars().count() > LONG_CELL {
                return None;
            }
            let wide = span(*cell, "colspan", WIDEST_SPAN);
            let tall = span(*cell, "rowspan", TALLEST_SPAN);
            let origin = (at, row.len());
            for column in 0..wide {
                if tall > 1 {
                    self.hang(row.len(), Hanging { origin, text: text.clone(), rows: tall - 1 });
                }
                row.push(Cell { text: text.clone(), repeats: (column > 0).then_some(origin) });
            }
            self.cells += wide;
            if self.cells > MOST_CELLS {
                return None;
            }
        }
        self.fill_hanging(&mut row);
        self.grid.rows.push(row);
        Some(())
    }

    /// Repeats the cells that reach down into this row at its present end.
    fn fill_hanging(&mut self, row: &mut Vec<Cell>) {
        let at = self.grid.rows.len();
        while let Some(place) = self.hanging.get_mut(row.len()) {
            let Some(hanging) = place else { return };
            // A cell that was hung by this very row covers the rows below it only.
            if hanging.origin.0 == at {
                return;
            }
            row.push(Cell { text: hanging.text.clone(), repeats: Some(hanging.origin) });
            hanging.rows -= 1;
            if hanging.rows == 0 {
                *place = None;
            }
            self.cells += 1;
        }
    }

    fn hang(&mut self, column: usize, hanging: Hanging) {
        if self.hanging.len() <= column {
            self.hanging.resize(column + 1, None);
        }
        self.hanging[column] = Some(hanging);
    }

    fn words(&self, cell: ElementRef<'_>) -> String {
        let content = walk::content(cell, self.skip);
        let words: Vec<&str> = content.pieces.iter().filter_map(|walked| walked.piece.words()).collect();
        words.join(" ")
    }
}

fn span(cell: ElementRef<'_>, name: &str, most: usize) -> usize {
    let value = cell.value().attr(name).and_then(|value| value.trim().parse::<usize>().ok());
    value.unwrap_or(1).clamp(1, most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::{Html, Selector};

    fn printed(markup: &str) -> Option<String> {
        let html = Html::parse_fragment(markup);
        let table = html.select(&Selector::parse("table").expect("a selector")).next().expect("a table");
        read(table, &|_| false).map(|(caption, grid)| {
            let rows: Vec<String> = grid
                .rows
                .iter()
                .map(|row| row.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join("|"))
                .collect();
            format!("{}#{} {}", caption.unwrap_or_default(), grid.header_rows, rows.join(" / "))
        })
    }

    #[test]
    fn spans_are_spread_out() {
        let markup = "<table><caption>T</caption><tr><th rowspan=2>國家<th colspan=2>出口<tr><th>金額<th>年增率\
                      <tr><td>美國<td>2,047.5<td>8.27%<tr><td>日本<td>71.3<td>1.64%</table>";
        assert_eq!(
            printed(markup).as_deref(),
            Some("T#2 國家|出口|出口 / 國家|金額|年增率 / 美國|2,047.5|8.27% / 日本|71.3|1.64%")
        );
    }

    #[test]
    fn tables_that_lay_out_a_page_are_none() {
        assert_eq!(printed("<table><tr><td>menu<td><h1>title</h1><p>text</table>"), None);
        assert_eq!(printed("<table><tr><td>one column</table>"), None);
        assert_eq!(printed(&format!("<table><tr><td>a<td>{}<tr><td>b<td>c</table>", "long ".repeat(200))), None);
    }

    #[test]
    fn a_table_around_one_text_lays_out_a_page() {
        let story = "<p>The port reopened after the storm and the ships came back to it.</p>".repeat(5);
        assert_eq!(printed(&format!("<table><tr><th>Title<td>Port<tr><td colspan=2>{story}</table>")), None);
        let texts = format!("<table><tr><td>One<td>{story}<tr><td>Two<td>{story}</table>");
        assert!(printed(&texts.replace("<p>The port reopened after the storm and the ships", "<p>It")).is_some());
    }

    #[test]
    fn a_span_over_everything_is_held_in_check() {
        let markup = "<table><tr><td colspan=999999 rowspan=999999>a<td>b<tr><td>c<td>d</table>";
        assert!(printed(markup).is_some());
    }
}
