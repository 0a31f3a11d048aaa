//! Tables whatever they came from: which words near them name them and say their unit, and which rows are headings.

use std::sync::LazyLock;

use bellwether_model::document::{Block, BlockRole, Table};
use regex::Regex;

use super::draft::{Cell, Grid, Piece};

/// How many blocks before a table may name it or say its unit.
const BLOCKS_BEFORE: usize = 4;
/// How many blocks behind a table may say its unit or source.
const BLOCKS_AFTER: usize = 2;
/// Characters that a caption or a note of a table has at the most.
const NOTE_CHARACTERS: usize = 160;

/// A line that names a table: 表一：…, 表 3 …, 附表…, Table 2: …
static CAPTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^(?:附?[表圖图]\s*[0-9０-９一二三四五六七八九十]+|附表|(?:table|exhibit|tabelle)\s+[0-9a-z]{1,4}(?:\W|$))",
    )
    .expect("a fixed pattern")
});

/// A line that says in which unit a table counts, or whence it comes.
static NOTE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^[\s（(【\[*※]*(?:單位|单位|計價單位|金額單位|數量單位|金额单位|計量單位|计量单位|資料來源|资料来源|數據來源|数据来源|註|附註|备注|備註|注|說明|来源|來源|unit|units|source|note|notes|in (?:millions|billions|thousands))\s*(?:[:：]|of(?:\W|$))|[（(]\s*(?:單位|单位|unit)|^(?:notes?\s*[:：]\s*)?(?:all\s+)?(?:figures|values?|amounts?|data)\s+(?:(?:are|is|expressed|given|shown)\s+){0,2}in\s.{0,24}(?:million|billion|thousand|trillion)|^in\s+(?:[a-z$€£¥.]+\s+){0,2}(?:million|billion|thousand|trillion)s?(?:[^a-z.][^.]{0,60})?\.?$",
    )
    .expect("a fixed pattern")
});

/// A cell that counts: a number with its sign, separators and unit signs.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[(\[（]?[+\-−–▲▼△＋－]?\s*(?:US|NT|HK)?[$€¥£＄]?\s*[0-9０-９][0-9０-９,，.．\s]*(?:[%％]|億|亿|萬|万|兆|百萬)?[)\]）]?\*?$")
        .expect("a fixed pattern")
});

/// Finds for each table the words that name it and the notes about its unit, among the blocks around it.
pub(crate) fn name_tables(text: &str, blocks: &[Block], tables: &mut [Table]) {
    for (place, block) in blocks.iter().enumerate() {
        let Some(table) = block.table.and_then(|index| tables.get_mut(index)) else { continue };
        for near in blocks[..place].iter().rev().take(BLOCKS_BEFORE) {
            if near.role == BlockRole::Table {
                break;
            }
            let words = text.get(near.span.clone()).unwrap_or_default();
            if is_note(words) {
                table.notes.insert(0, near.span.clone());
            } else if table.caption.is_none() && names_table(near, words) {
                table.caption = Some(near.span.clone());
                break;
            } else if near.role == BlockRole::Heading {
                break;
            }
        }
        for near in blocks[place + 1..].iter().take(BLOCKS_AFTER) {
            let words = text.get(near.span.clone()).unwrap_or_default();
            if near.role == BlockRole::Table || !is_note(words) {
                break;
            }
            table.notes.push(near.span.clone());
        }
    }
}

fn names_table(block: &Block, words: &str) -> bool {
    let short = words.chars().count() <= NOTE_CHARACTERS && !words.contains('\n');
    short && (matches!(block.role, BlockRole::Caption | BlockRole::Heading) || CAPTION.is_match(words))
}

/// Whether a line is a note of a table: its unit or source.
pub(crate) fn is_note(words: &str) -> bool {
    // Each form of a note has a colon, a bracket, an `of` or a scale: most paragraphs have none, and are no match for sure.
    let scaled = || ["illion", "housand", "ILLION", "HOUSAND"].iter().any(|scale| words.contains(scale));
    let may_be = words.contains([':', '：', '(', '（', 'f', 'F']) || scaled();
    may_be && words.chars().count() <= NOTE_CHARACTERS && NOTE.is_match(words)
}

/// Whether a cell holds a number and nothing else.
pub(crate) fn is_number(cell: &str) -> bool {
    NUMBER.is_match(cell.trim())
}

/// How many of the first rows are headings, by what they hold: rows without a number in front of the first row with one.
/// A year or a month alone heads a column, so a row of which only such numbers are numbers is a heading too.
pub(crate) fn header_rows(grid: &Grid) -> usize {
    let holds_values = |row: &[Cell]| row.iter().skip(1).any(|cell| is_number(&cell.text) && !is_year(&cell.text));
    match grid.rows.iter().position(|row| holds_values(row)) {
        Some(first) => first.min(MOST_HEADER_ROWS),
        None => usize::from(grid.rows.len() > 1),
    }
}

/// More rows of headings than this are no headings.
const MOST_HEADER_ROWS: usize = 4;

fn is_year(cell: &str) -> bool {
    let cell = cell.trim();
    cell.len() == 4 && (cell.starts_with("19") || cell.starts_with("20")) && cell.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a line names a table.
pub(crate) fn is_caption(line: &str) -> bool {
    line.chars().count() <= NOTE_CHARACTERS && CAPTION.is_match(line.trim())
}

/// How much of a body's characters stand in tables, in tenths.
pub(crate) fn tenths(pieces: &[Piece]) -> usize {
    let (mut all, mut tables) = (0, 0);
    for piece in pieces {
        match piece {
            Piece::Text { text, .. } => all += text.chars().count(),
            Piece::Table(grid) => {
                tables += grid.rows.iter().flatten().map(|cell| cell.text.chars().count()).sum::<usize>()
            }
        }
    }
    (tables * 10).checked_div(all + tables).unwrap_or(0)
}
