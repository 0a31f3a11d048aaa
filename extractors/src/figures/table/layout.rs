//! How a table is laid out: which rows are headings, what each column holds, which of its rows are headings of sections.

use std::ops::Range;

use bellwether_model::document::Table;
use bellwether_model::figure::Flow;
use bellwether_model::period::Period;

use super::super::lexicon::{RateBase, aligned};
use super::cell;
use super::phrase::{self, Says};
use super::vocabulary::Sense;
use super::when::{self, When};

/// Rows of one table that are read.
const MOST_ROWS: usize = 4_000;
/// Columns of one table that are read.
const MOST_COLUMNS: usize = 128;

/// What a column holds.
#[derive(Debug, Clone)]
pub(super) enum Column {
    /// Names of economies, product classes, flows or periods.
    Key(Key),
    /// Numbers.
    Value(Box<Says>),
    /// Ranks, codes, notes, numbers that no heading explains.
    Idle,
}

/// How the names of a column are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// Whatever they say.
    Names,
    /// Product classes, also those that no list knows.
    Goods,
    /// Economies whose own trade it is.
    Reporters,
    /// Numbers of years.
    Years,
    /// Numbers of months.
    Months,
}

/// The parts of a table.
pub(super) struct Layout<'a> {
    text: &'a str,
    table: &'a Table,
    /// Cells over the whole width above the headings.
    pub(super) spanned: Vec<&'a str>,
    /// Rows of headings.
    headings: Range<usize>,
    /// Rows of numbers and headings of sections.
    pub(super) body: Range<usize>,
    width: usize,
}

impl<'a> Layout<'a> {
    /// `None`: there is nothing to read.
    pub(super) fn new(text: &'a str, table: &'a Table) -> Option<Self> {
        let rows = table.rows.len().min(MOST_ROWS);
        let width = table.rows.iter().take(rows).map(Vec::len).max()?.min(MOST_COLUMNS);
        let mut layout = Self { text, table, spanned: Vec::new(), headings: 0..0, body: 0..rows, width };
        let holds_values = |row: usize| (1..width).any(|column| is_value(layout.cell(row, column)));
        let mut last = table.header_rows.min(rows.saturating_sub(1));
        if last == 0 && !holds_values(0) {
            last = 1;
        }
        let mut first = 0;
        while first + 1 < last && layout.alone(first).is_some() {
            layout.spanned.extend(layout.alone(first));
            first += 1;
        }
        // A name alone below the headings begins a section of the rows.
        while last > first + 1 && layout.alone(last - 1).is_some() {
            last -= 1;
        }
        layout.headings = first..last;
        layout.body = last..rows;
        Some(layout)
    }

    /// The words of a cell.
    pub(super) fn cell(&self, row: usize, column: usize) -> &'a str {
        self.table.rows.get(row).and_then(|row| row.get(column)).map_or("", |span| self.text[span.clone()].trim())
    }

    /// The only words of a row, which it may repeat; `None`: there are several, or none.
    pub(super) fn alone(&self, row: usize) -> Option<&'a str> {
        let mut words = (0..self.width).map(|column| self.cell(row, column)).filter(|cell| !cell.is_empty());
        let first = words.next()?;
        (words.all(|cell| cell == first) && cell::number(first).is_none()).then_some(first)
    }

    /// The headings of a column from top to bottom, each once.
    pub(super) fn path(&self, column: usize) -> Vec<&'a str> {
        let mut path: Vec<&str> = Vec::new();
        for row in self.headings.clone() {
            let words = self.cell(row, column);
            if !words.is_empty() && path.last() != Some(&words) {
                path.push(words);
            }
        }
        path
    }

    /// The lowest heading of a column.
    pub(super) fn heading_cell(&self, column: usize) -> Option<Range<usize>> {
        let mut cells = self.headings.clone().rev().filter_map(|row| self.table.rows.get(row)?.get(column));
        cells.find(|cell| !cell.is_empty()).cloned()
    }

    /// Whether a row repeats the headings, or begins a table with others: `Some(true)` for the latter.
    pub(super) fn is_heading(&self, row: usize, columns: &[Column]) -> Option<bool> {
        let values = || (0..self.width).filter(|column| matches!(columns[*column], Column::Value(_)));
        let worded = values().filter(|column| self.cell(row, *column).chars().any(char::is_alphabetic));
        let worded = worded.filter(|column| self.cell(row, *column).chars().count() > 1).count();
        let numbers = values().any(|column| cell::number(self.cell(row, column)).is_some());
        if numbers || worded < 2 && worded < values().count() {
            return None;
        }
        let named =
            |column: usize| self.headings.clone().any(|heading| self.cell(heading, column) == self.cell(row, column));
        let missing = values().all(|column| cell_is_missing(self.cell(row, column)));
        (!missing).then(|| !values().all(named))
    }

    /// What each column holds. `by_goods`: names that no list knows are product classes.
    pub(super) fn columns(&self, chinese: bool, by_goods: bool) -> Vec<Column> {
        let counting: Vec<usize> = self.body.clone().filter(|row| self.alone(*row).is_none()).collect();
        let numeric: Vec<bool> = (0..self.width).map(|column| self.is_numeric(column, &counting)).collect();
        let only = numeric.iter().filter(|numeric| **numeric).count() == 1;
        let mut columns: Vec<Column> =
            (0..self.width).map(|column| self.column(column, chinese, by_goods, (numeric[column], only))).collect();
        let first = columns.iter().position(|column| matches!(column, Column::Value(_))).unwrap_or(columns.len());
        // What stands behind the numbers is a note.
        for column in &mut columns[first..] {
            if matches!(column, Column::Key(_)) {
                *column = Column::Idle;
            }
        }
        name_totals(&mut columns);
        lend_to_rates(&mut columns);
        columns
    }

    /// Whether most of what stands in a column's rows is numbers.
    fn is_numeric(&self, column: usize, rows: &[usize]) -> bool {
        let (mut numbers, mut filled) = (0, 0);
        for row in rows {
            let words = self.cell(*row, column);
            numbers += usize::from(cell::number(words).is_some());
            filled += usize::from(!cell_is_missing(words));
        }
        numbers > 0 && numbers * 3 >= filled * 2
    }

    fn column(&self, column: usize, chinese: bool, by_goods: bool, (numeric, only): (bool, bool)) -> Column {
        let path = self.path(column);
        let says = heading(&path, chinese, by_goods);
        let has = |sense: Sense| says.senses.contains(&sense);
        let key = if has(Sense::Reporters) {
            Key::Reporters
        } else if has(Sense::GoodsHeads) || by_goods {
            Key::Goods
        } else {
            Key::Names
        };
        if !numeric {
            return if has(Sense::Idle) { Column::Idle } else { Column::Key(key) };
        }
        if let Some(key) = self.periods_in(column, path.last().copied().unwrap_or_default(), chinese) {
            return Column::Key(key);
        }
        let explained = says.says_something() || path.is_empty() && only;
        if explained && !says.other && !says.unknown && !has(Sense::Idle) && !has(Sense::Reporters) {
            Column::Value(Box::new(says))
        } else {
            Column::Idle
        }
    }

    /// Whether the numbers of a column are years, months or both.
    fn periods_in(&self, column: usize, head: &str, chinese: bool) -> Option<Key> {
        let mut cells =
            self.body.clone().map(|row| self.cell(row, column)).filter(|cell| !cell_is_missing(cell)).peekable();
        cells.peek()?;
        match aligned(head).trim_end_matches(['别', '份', '度']) {
            "年" | "民国年" | "西元年" | "year" | "years" => return Some(Key::Years),
            "月" | "month" | "months" => return Some(Key::Months),
            _ => {}
        }
        let head = aligned(head);
        let named = head.is_empty()
            || ["年月", "期间", "时间", "日期", "period", "date", "month", "time"]
                .iter()
                .any(|word| head.contains(word));
        (column == 0 && named && cells.all(|cell| when::of_cell(cell, chinese).is_some())).then_some(Key::Names)
    }
}

/// What the headings of a column say, the lowest first.
pub(super) fn heading(path: &[&str], chinese: bool, by_goods: bool) -> Says {
    let says = path.iter().fold(Says::default(), |above, words| {
        let says = phrase::read(words, chinese, by_goods);
        says.under(&above)
    });
    says.settled()
}

/// Whether a cell holds a number that is no year.
fn is_value(words: &str) -> bool {
    cell::number(words).is_some() && when::of_cell(words, false).is_none()
}

/// Whether a cell is empty or marks that there is no number (`-`, `…`, `n.a.`).
pub(super) fn cell_is_missing(words: &str) -> bool {
    let words = words.trim();
    !words.chars().any(char::is_alphanumeric)
        || matches!(aligned(words).trim_matches(['(', ')', '.']), "n.a" | "na" | "n/a" | "nil" | "x")
}

/// 合計 beside exports and imports is the sum of both.
fn name_totals(columns: &mut [Column]) {
    let names = |wanted: Flow| {
        columns.iter().any(|column| match column {
            Column::Value(says) => says.flows.iter().any(|(flow, _)| *flow == wanted),
            _ => false,
        })
    };
    if !(names(Flow::Exports) && names(Flow::Imports)) {
        return;
    }
    for column in columns {
        if let Column::Value(says) = column
            && says.flows.is_empty()
            && says.all
            && says.areas.is_empty()
            && says.goods.is_none()
        {
            says.flows.push((Flow::Total, None));
        }
    }
}

/// A rate behind levels is that of the flow, partner or product class that they share, in the newest of their periods.
fn lend_to_rates(columns: &mut [Column]) {
    for at in 0..columns.len() {
        let Column::Value(says) = &columns[at] else { continue };
        if !says.measures() {
            continue;
        }
        let before = columns[..at].iter().rev().filter_map(|column| match column {
            Column::Value(says) => Some(says),
            _ => None,
        });
        let levels: Vec<&Says> =
            before.skip_while(|says| says.measures()).take_while(|says| !says.measures()).map(|says| &**says).collect();
        let Some(first) = levels.first() else { continue };
        let same = |one: &Says, other: &Says| {
            one.flows == other.flows && one.areas == other.areas && one.goods == other.goods && one.world == other.world
        };
        let names_nothing = same(says, &Says::default());
        let mut lent = says.clone();
        if names_nothing && levels.iter().all(|level| same(level, first)) {
            lent.flows.clone_from(&first.flows);
            lent.areas.clone_from(&first.areas);
            lent.goods.clone_from(&first.goods);
            lent.world = first.world;
        }
        if says.when.is_empty() {
            let own = levels.iter().filter(|level| same(level, &lent) && !level.when.earlier && !level.when.previous);
            let periods: Vec<When> = own.map(|level| level.when).filter(|when| !when.is_empty()).collect();
            lent.when = newest(periods.iter().copied()).unwrap_or_default();
            if lent.change && !lent.yoy && !lent.mom {
                match base_of(&lent.when, &periods) {
                    Some(RateBase::Year) => lent.yoy = true,
                    Some(RateBase::Month) => lent.mom = true,
                    Some(RateBase::Other) => lent.other = true,
                    None => {}
                }
            }
        }
        columns[at] = if lent.other { Column::Idle } else { Column::Value(lent) };
    }
}

/// Against which of the other periods a change to the newest one is counted; `None`: there is no other.
fn base_of(newest: &When, periods: &[When]) -> Option<RateBase> {
    let others: Vec<&When> = periods.iter().filter(|when| *when != newest).collect();
    let [other] = others.as_slice() else { return (!others.is_empty()).then_some(RateBase::Other) };
    Some(match (newest.full, other.full, newest.year, other.year) {
        (Some(new), Some(old), ..) if new.year_earlier() == Some(old) => RateBase::Year,
        (Some(Period::Month(..)), Some(old @ Period::Month(..)), ..)
            if newest.full.and_then(|new| new.start().yesterday().ok()) == Some(old.end()) =>
        {
            RateBase::Month
        }
        (None, None, Some(new), Some(old)) if new == old + 1 => RateBase::Year,
        _ => RateBase::Other,
    })
}

/// The newest of some periods of one length; one that clashes where they differ otherwise. `None`: there are none.
fn newest(periods: impl Iterator<Item = When>) -> Option<When> {
    let days = |when: &When| when.full.map(|full| (full.end().month() - full.start().month(), 0));
    periods.filter(|when| !when.is_empty()).reduce(|best, next| {
        let comparable = best.part == next.part && best.running == next.running && days(&best) == days(&next);
        if !comparable {
            return When { clash: true, ..best };
        }
        let end = |when: &When| (when.full.map(|full| full.end()), when.year);
        if end(&next) > end(&best) { next } else { best }
    })
}
