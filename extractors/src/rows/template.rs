//! Texts with places for cells, made ready for one table.

use bellwether_model::rows::Cell;
use regex::Captures;

use super::table::RowTable;

/// The place of the cell that `columns` found.
const VALUE: &str = "value";

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Words(String),
    Column(usize),
    /// A named group of `columns`.
    Group(String),
    /// The cell that `columns` found.
    Value,
}

/// A text whose places are known.
#[derive(Debug, Clone)]
pub(super) struct Template<'m> {
    cell: &'m Cell,
    pieces: Vec<Piece>,
}

/// One column that `columns` found: its place, and what the groups hold.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    pub(super) column: Option<usize>,
    pub(super) groups: Vec<(String, String)>,
}

impl Found {
    /// What a match of a column's name holds.
    pub(super) fn of(column: usize, names: regex::CaptureNames<'_>, found: &Captures<'_>) -> Self {
        let groups = names.flatten().filter_map(|name| Some((name.to_owned(), found.name(name)?.as_str().to_owned())));
        Self { column: Some(column), groups: groups.collect() }
    }
}

impl<'m> Template<'m> {
    /// Makes a text ready. The error names the column that is not there.
    pub(super) fn new(cell: &'m Cell, table: &RowTable, groups: &[String], wide: bool) -> Result<Self, String> {
        let mut pieces = Vec::new();
        for part in parts(cell.text())? {
            pieces.push(match part {
                Part::Words(words) => Piece::Words(words.to_owned()),
                Part::Name(name) if groups.iter().any(|group| group == name) => Piece::Group(name.to_owned()),
                Part::Name(VALUE) if wide => Piece::Value,
                Part::Name(name) => match table.column(name) {
                    Some(place) => Piece::Column(place),
                    None => return Err(missing(name, table)),
                },
            });
        }
        Ok(Self { cell, pieces })
    }

    /// The text of a row, looked up where the mapping says so.
    pub(super) fn fill(&self, table: &RowTable, row: &[String], found: &Found) -> String {
        let mut filled = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Words(words) => filled.push_str(words),
                Piece::Column(place) => filled.push_str(table.cell(row, *place)),
                Piece::Group(name) => {
                    filled.push_str(found.groups.iter().find(|(group, _)| group == name).map_or("", |(_, text)| text));
                }
                Piece::Value => filled.push_str(found.column.map_or("", |place| table.cell(row, place))),
            }
        }
        self.cell.meaning(filled.trim().to_owned())
    }

    /// The columns whose cells it takes.
    pub(super) fn columns<'t>(&'t self, found: &'t Found) -> impl Iterator<Item = usize> + 't {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Column(place) => Some(*place),
            // Groups are parts of the name of the column that was found.
            Piece::Value | Piece::Group(_) => found.column,
            Piece::Words(_) => None,
        })
    }
}

/// What to say of a column that is not there.
pub(super) fn missing(name: &str, table: &RowTable) -> String {
    const SHOWN: usize = 12;
    let known: Vec<String> = table.columns.iter().take(SHOWN).map(|column| format!("`{column}`")).collect();
    let more = if table.columns.len() > SHOWN { ", …" } else { "" };
    format!("there is no column `{name}`; columns: {}{more}", known.join(", "))
}

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part<'t> {
    Words(&'t str),
    Name(&'t str),
}

/// The parts of a text: `{name}` is a place for a cell.
pub(super) fn parts(text: &str) -> Result<Vec<Part<'_>>, String> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        if open > 0 {
            parts.push(Part::Words(&rest[..open]));
        }
        let behind = &rest[open + 1..];
        let Some(close) = behind.find('}') else { return Err(format!("`{{` in `{text}` is not closed by `}}`")) };
        parts.push(Part::Name(&behind[..close]));
        rest = &behind[close + 1..];
    }
    if !rest.is_empty() {
        parts.push(Part::Words(rest));
    }
    Ok(parts)
}
