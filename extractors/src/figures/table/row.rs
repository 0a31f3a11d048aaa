//! The rows of a table: their names, the sections and groups in which they stand, what they leave to the rows below.

use bellwether_model::figure::Flow;
use bellwether_model::place::Area;

use super::layout::{Column, Key, Layout, cell_is_missing};
use super::phrase::{self, Says};
use super::when::{self, When};

/// Sections inside each other that are kept.
const DEEPEST: usize = 4;

/// A row of numbers that can be read.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// Its place in the table.
    pub(super) at: usize,
    /// What its names and its section say.
    pub(super) says: Says,
    /// The economy whose own trade it is, where the row names one.
    pub(super) reporter: Option<Area>,
    /// The flow of the group of rows in which a partner or product class stands.
    pub(super) group: Option<(Flow, Option<i8>)>,
    /// The year that the rows above name.
    pub(super) year: Option<i16>,
    /// The words of its sections.
    pub(super) section: String,
}

/// All rows that can be read.
pub(super) struct Rows {
    /// In order.
    pub(super) rows: Vec<Row>,
    /// Whether the rows are exports, imports and their sum.
    pub(super) sums_flows: bool,
}

impl Rows {
    /// Takes the economies of a table that sets them beside each other as those whose own trade it is: where nothing
    /// says whose partners they could be, or where the economy that could be meant stands among them.
    pub(super) fn report(&mut self, area: Option<&Area>) {
        let own = |row: &Row| area.is_some_and(|area| row.says.areas == [area.clone()]);
        if area.is_some() && !self.rows.iter().any(own) {
            return;
        }
        for row in &mut self.rows {
            if let ([one], None) = (row.says.areas.as_slice(), &row.reporter) {
                row.reporter = Some(one.clone());
                row.says.areas.clear();
            }
        }
    }
}

/// Reads the rows of a table.
pub(super) fn rows(layout: &Layout<'_>, columns: &[Column], chinese: bool) -> Rows {
    let mut reader = RowReader {
        layout,
        columns,
        chinese,
        sections: Vec::new(),
        in_section: false,
        carried: vec![""; columns.len()],
        year: None,
        month: None,
        subject: Says::default(),
        group: None,
        rows: Vec::new(),
    };
    for at in layout.body.clone() {
        if let Some(words) = layout.alone(at) {
            reader.section(words);
            continue;
        }
        match layout.is_heading(at, columns) {
            Some(true) => break,
            Some(false) => {}
            None => reader.row(at),
        }
    }
    let rows = reader.rows;
    let names = |wanted: Flow| rows.iter().any(|row| row.says.flows.iter().any(|(flow, _)| *flow == wanted));
    let parted = rows.iter().any(|row| row.says.goods.is_some() || !row.says.areas.is_empty() || row.says.world);
    let sums_flows = names(Flow::Exports) && names(Flow::Imports) && !parted;
    Rows { rows, sums_flows }
}

struct RowReader<'a> {
    layout: &'a Layout<'a>,
    columns: &'a [Column],
    chinese: bool,
    sections: Vec<(Says, &'a str)>,
    /// Whether the row before was the heading of a section.
    in_section: bool,
    /// The last name of each column of names, for cells left empty below it.
    carried: Vec<&'a str>,
    year: Option<i16>,
    /// The last month of a row that names no year.
    month: Option<u8>,
    /// What the last row was about, for rows that name a measure alone.
    subject: Says,
    group: Option<(Flow, Option<i8>)>,
    rows: Vec<Row>,
}

impl<'a> RowReader<'a> {
    /// A new section goes inside the one directly above it, else takes the place of the one of its kind.
    fn section(&mut self, words: &'a str) {
        let goods = self.columns.iter().any(|column| matches!(column, Column::Key(Key::Goods)));
        let says = phrase::read(words, self.chinese, goods);
        if !self.in_section {
            let place = self.sections.iter().position(|(known, _)| same_kind(known, &says)).unwrap_or(0);
            self.sections.truncate(place);
        }
        if self.sections.len() < DEEPEST {
            self.sections.push((says, words));
        }
        self.in_section = true;
        (self.group, self.year, self.month) = (None, None, None);
        self.subject = Says::default();
        self.carried.fill("");
    }

    fn row(&mut self, at: usize) {
        self.in_section = false;
        let (mut says, reporter) = self.names(at);
        if !says.words {
            return;
        }
        if says.unknown || says.other {
            // What stands below may be a part of it.
            (self.group, self.subject) = (None, Says { unknown: true, ..Says::default() });
            return;
        }
        let measure_alone = says.measures()
            && says.flows.is_empty()
            && says.areas.is_empty()
            && says.goods.is_none()
            && !(says.all || says.world)
            && says.when.is_empty();
        if measure_alone {
            says = says.under(&Says { unit: None, counted: None, ..self.subject.clone() });
        } else {
            self.subject = says.clone();
        }
        let year = self.year_of(&says.when);
        let group = if says.areas.is_empty() && says.goods.is_none() { None } else { self.group };
        if let ([(flow @ (Flow::Exports | Flow::Imports), sign)], true, true) =
            (says.flows.as_slice(), says.areas.is_empty(), says.goods.is_none())
        {
            self.group = Some((*flow, *sign));
        } else if !says.flows.is_empty() && says.areas.is_empty() && says.goods.is_none() {
            self.group = None;
        }
        let section = self.sections.iter().fold(Says::default(), |above, (says, _)| says.clone().under(&above));
        let says = says.under(&section);
        if says.unknown || says.other {
            return;
        }
        let section = self.sections.iter().map(|(_, words)| *words).collect::<Vec<_>>().join(" ");
        self.rows.push(Row { at, says, reporter, group, year, section });
    }

    /// What the names of a row say, the last one first.
    fn names(&mut self, at: usize) -> (Says, Option<Area>) {
        let last = self.columns.iter().rposition(|column| matches!(column, Column::Key(_)));
        let mut says = Says::default();
        let mut reporter = None;
        for (column, held) in self.columns.iter().enumerate() {
            let Column::Key(key) = held else { continue };
            let mut words = self.layout.cell(at, column);
            if cell_is_missing(words) {
                words = if Some(column) == last { "" } else { self.carried[column] };
            } else {
                if words != self.carried[column] {
                    self.carried[column + 1..].fill("");
                }
                self.carried[column] = words;
            }
            if words.is_empty() {
                continue;
            }
            let number = match key {
                Key::Years => when::of_number(words, true, self.chinese),
                Key::Months => when::of_number(words, false, self.chinese),
                _ => None,
            };
            let read = match number {
                Some(when) => Says { when, words: true, ..Says::default() },
                None => phrase::read(words, self.chinese, *key == Key::Goods),
            };
            if *key == Key::Reporters {
                reporter = read.areas.first().cloned().filter(|_| read.areas.len() == 1);
                says.unknown |= reporter.is_none();
                says.words = true;
                continue;
            }
            says = read.under(&says);
        }
        (says, reporter)
    }

    /// The year of the rows above, for one that names a month alone.
    fn year_of(&mut self, when: &When) -> Option<i16> {
        let known = when.year.or_else(|| when.full.map(|full| full.start().year()));
        if known.is_some() {
            self.year = known;
            self.month = when.part.map(|part| part.1);
            return None;
        }
        let month = when.part.filter(|part| part.0 == part.1)?.0;
        // January below December begins the next year.
        if self.month == Some(12) && month == 1 {
            self.year = self.year.map(|year| year + 1);
        }
        self.month = Some(month);
        self.year
    }
}

/// Whether two headings of sections name the same kind of thing.
fn same_kind(one: &Says, other: &Says) -> bool {
    let parts = |says: &Says| says.goods.is_some() || !says.areas.is_empty() || says.world || says.all;
    !one.flows.is_empty() && !other.flows.is_empty()
        || parts(one) && parts(other)
        || !one.when.is_empty() && !other.when.is_empty()
        || one.measures() && other.measures()
}
