//! Tables of statistics: each cell with what its row, its column and the words around the table say.
//!
//! The nearest words win. Words that contradict each other, or that no list knows, give nothing: a wrong figure is
//! worse than a missing one.

mod around;
mod cell;
mod layout;
mod phrase;
mod row;
mod told;
mod unit;
mod vocabulary;
mod when;

use std::ops::Range;

use bellwether_model::document::Table;
use bellwether_model::evidence::Evidence;
use bellwether_model::figure::{Amount, Confidence, Figure, Flow, Measure, Precision, Status, Unit};
use bellwether_model::number::Number;
use bellwether_model::period::Period;
use bellwether_model::place::{Area, Partner};
use rust_decimal::Decimal;

use super::finish::{PARTS, Whole};
use super::lexicon::aligned;
use super::merge::Read;
use super::study::TableStudy;
use around::Around;
use cell::Value;
use layout::{Column, Layout};
use phrase::{Counted, Says};
use row::{Row, Rows};

/// Columns up to which the words of a figure hold its whole row.
const WIDE: usize = 16;

/// Reads all tables of a document; tells of each what was understood where it is to be explained.
pub(super) fn read(whole: &Whole<'_>, economy: Option<&Area>, explain: bool, read: &mut Vec<Read>) -> Vec<TableStudy> {
    let mut studies = Vec::new();
    for (at, table) in whole.document.tables.iter().enumerate() {
        match TableReader::new(whole, economy, at, table) {
            Ok(reader) => {
                let outcomes = reader.figures();
                if explain {
                    studies.push(reader.told(&outcomes));
                }
                let figures = outcomes.into_iter().filter_map(|one| one.figure.ok());
                read.extend(figures.map(|figure| Read { figure, title: false, goods_alone: false }));
            }
            Err(left) => {
                if explain {
                    studies.push(TableStudy { left: Some(left), ..TableStudy::default() });
                }
            }
        }
    }
    studies
}

/// What a cell gives.
struct Outcome {
    /// Its place among the rows that are read, and its column.
    at: (usize, usize),
    /// The figure, or why there is none.
    figure: Result<Figure, &'static str>,
}

struct TableReader<'a> {
    whole: &'a Whole<'a>,
    table: &'a Table,
    /// Its place among the document's tables.
    at: usize,
    layout: Layout<'a>,
    around: Around,
    columns: Vec<Column>,
    rows: Rows,
    caption: String,
    /// Whether an arrow upwards is a plus, because one downwards is the minus.
    arrows: bool,
}

impl<'a> TableReader<'a> {
    fn new(whole: &'a Whole<'a>, economy: Option<&Area>, at: usize, table: &'a Table) -> Result<Self, &'static str> {
        let text = whole.document.text.as_str();
        let layout = Layout::new(text, table).ok_or("an empty table")?;
        let mut around = around::read(whole, economy, at, table, &layout.spanned);
        if around.other {
            return Err("its caption names something that is no trade in goods");
        }
        let columns = layout.columns(whole.chinese, around.by_goods);
        for (column, held) in columns.iter().enumerate() {
            if matches!(held, Column::Key(_)) {
                let says = layout::heading(&layout.path(column), whole.chinese, false);
                around.unit = around.unit.take().or(says.unit);
            }
        }
        let mut rows = row::rows(&layout, &columns, whole.chinese);
        let named = columns.iter().filter_map(|column| match column {
            Column::Value(says) => Some(&says.flows),
            _ => None,
        });
        let named = named.chain(rows.rows.iter().map(|row| &row.says.flows)).flatten();
        // Where rows or columns name directions of trade, one that names none is no flow of the caption's.
        let mixed = named.clone().any(|(flow, _)| around.flow.is_some_and(|(around, _)| around != *flow));
        if mixed {
            around.flow = None;
        }
        // Asia's exports, economy by economy: a region does not report, its economies do.
        let of_region = around.area.as_ref().is_some_and(|area| REGIONS.contains(&area.as_str()));
        let of_partners = rows_are_partners(&layout, &columns);
        if of_region && of_partners {
            around.area = None;
        }
        if around.reporters || of_region && !of_partners {
            rows.report(around.area.as_ref().filter(|_| !of_region));
        }
        let arrows = table.rows.iter().flatten().any(|cell| text[cell.clone()].trim().starts_with(['▼', '▽']));
        let caption = table
            .caption
            .clone()
            .or_else(|| around.line.clone())
            .map_or_else(String::new, |span| text[span].trim().to_owned());
        Ok(Self { whole, table, at, layout, around, columns, rows, caption, arrows })
    }

    fn figures(&self) -> Vec<Outcome> {
        let text = &self.whole.document.text;
        let mut result = Vec::new();
        for (place, row) in self.rows.rows.iter().enumerate() {
            let cells = self.columns.iter().zip(&self.table.rows[row.at]).enumerate();
            for (at, (column, cell)) in cells {
                let Column::Value(says) = column else { continue };
                let Some(value) = cell::number(&text[cell.clone()]) else { continue };
                result.push(Outcome { at: (place, at), figure: self.figure(row, says, &value, cell) });
            }
        }
        result
    }

    fn figure(&self, row: &Row, column: &Says, value: &Value, cell: &Range<usize>) -> Result<Figure, &'static str> {
        let mut measure = measure(&row.says, column, value)?;
        let names_money = |says: &Says| says.unit.is_some() || says.counted == Some(Counted::Money);
        if measure == Measure::Level
            && self.around.counts_rates
            && !(names_money(column) || names_money(&row.says) || value.money.is_some())
        {
            measure = self.around.measure.ok_or("a level in a table of rates")?;
        }
        let (flow, sign) = self.flow(row, column)?;
        let (area, partners) = self.sides(row, column)?;
        let product = self.product(row, column)?;
        if measure == Measure::Share && partners.is_empty() && product.is_none() {
            return Err("a share of what stays open");
        }
        let level = matches!(measure, Measure::Level | Measure::Share | Measure::YoyChange);
        let when = row.says.when.beside(column.when).ok_or("row and column name different periods")?;
        let status = value.status.or(row.says.status).or(column.status).unwrap_or(Status::Actual);
        let period = when.resolve(row.year, self.around.when, self.whole.reference, level)?;
        if status != Status::Forecast && self.whole.reference.is_some_and(|day| period.end() > day) {
            return Err("a period that had not ended");
        }
        let based = row.says.yoy || column.yoy || self.around.measure.is_some();
        let monthly = self.whole.lexicon.customs(&area).counts_by_month(self.whole.chinese);
        if measure == Measure::Yoy && !based && monthly && matches!(period, Period::Month(..)) {
            return Err("a rate against a period that stays open");
        }
        let (unit, number, step) = self.amount(row, column, value, measure, (flow, sign), &area)?;
        let partner = Partner::of(&partners);
        Ok(Figure {
            headline: partner.is_none() && product.is_none(),
            area,
            flow,
            partner,
            product,
            period,
            measure,
            status,
            amount: Amount::Value { value: Number(number) },
            unit,
            basis: None,
            precision: Some(Precision { step: Number(step), hedge: None }),
            forecaster: None,
            evidence: self.evidence(row, cell),
            claims: Vec::new(),
            rule: "table.cell".to_owned(),
            confidence: Confidence::High,
        })
    }

    /// The direction of trade that row and column name together, else the group of rows, else the caption.
    fn flow(&self, row: &Row, column: &Says) -> Result<(Flow, Option<i8>), &'static str> {
        let open = "no direction of trade is named";
        match (row.says.one_flow()?, column.one_flow()?) {
            (Some((of_row, one)), Some((of_column, other))) => {
                let signs_agree = one.is_none() || other.is_none() || one == other;
                if of_row != of_column || !signs_agree {
                    return Err("row and column name different directions of trade");
                }
                Ok((of_row, one.or(other)))
            }
            (Some(one), None) | (None, Some(one)) => Ok(one),
            (None, None) if row.says.all && self.rows.sums_flows => Ok((Flow::Total, None)),
            (None, None) => row.group.or(self.around.flow).ok_or(open),
        }
    }

    /// Whose trade it is, and with whom.
    fn sides(&self, row: &Row, column: &Says) -> Result<(Area, Vec<Area>), &'static str> {
        let says = &row.says;
        let named = |says: &Says| !says.areas.is_empty();
        if self.around.reporters && row.reporter.is_none() && (named(says) || named(column)) {
            return Err("whether an economy reports or is the partner stays open");
        }
        if named(says) && named(column) && says.areas != column.areas {
            return Err("row and column name different partners");
        }
        let area = row.reporter.clone().or_else(|| self.around.area.clone()).ok_or("whose trade it is stays open")?;
        let partners = if named(says) {
            says.areas.clone()
        } else if named(column) {
            column.areas.clone()
        } else if says.world || column.world {
            Vec::new()
        } else {
            self.around.partners.clone()
        };
        if partners.iter().chain([&area]).any(|area| PARTS.contains(&area.as_str())) {
            return Err("speaks of a part of an economy or of its trade");
        }
        if partners.contains(&area) {
            return Err("an economy does not trade with itself");
        }
        Ok((area, partners))
    }

    fn product(&self, row: &Row, column: &Says) -> Result<Option<String>, &'static str> {
        match (&row.says.goods, &column.goods, self.around.goods.as_slice()) {
            (Some(one), Some(other), _) if one != other => Err("row and column name different product classes"),
            (Some(one), ..) | (None, Some(one), _) => Ok(Some(one.clone())),
            (None, None, []) => Ok(None),
            (None, None, [one]) if !self.around.by_goods => Ok(Some(one.clone())),
            (None, None, _) if self.around.by_goods && (row.says.all || row.says.world) => Ok(None),
            (None, None, _) => Err("which product class is meant stays open"),
        }
    }

    fn amount(
        &self,
        row: &Row,
        column: &Says,
        value: &Value,
        measure: Measure,
        (flow, sign): (Flow, Option<i8>),
        area: &Area,
    ) -> Result<(Unit, Decimal, Decimal), &'static str> {
        let number = if value.triangle && self.arrows { -value.value } else { value.value };
        if !measure.is_money() {
            return Ok((Unit::percent(), number, value.step));
        }
        let own = value.money.clone().map(|unit| (unit, Decimal::ONE));
        let named = own.or_else(|| column.unit.clone()).or_else(|| row.says.unit.clone());
        let (unit, scale) = named.or_else(|| self.around.unit.clone()).ok_or("its unit stays open")?;
        let unit = unit::of_economy(&unit, area, self.whole.lexicon).ok_or("its currency stays open")?;
        if measure == Measure::Level {
            if number == Decimal::ZERO {
                return Err("nothing, or less than one unit of the last digit");
            }
            if flow != Flow::Balance && number < Decimal::ZERO {
                return Err("trade below zero");
            }
        }
        // A table of deficits counts them as positive numbers.
        let deficit = measure == Measure::Level && flow == Flow::Balance && sign == Some(-1) && number > Decimal::ZERO;
        let factor = if deficit { -scale } else { scale };
        let amount = number.checked_mul(factor).ok_or("too large a number")?;
        Ok((unit, amount, value.step.checked_mul(scale).ok_or("too large a number")?))
    }

    /// The caption, the headings of the column, the section and the row.
    fn evidence(&self, row: &Row, cell: &Range<usize>) -> Evidence {
        let text = &self.whole.document.text;
        let cells = &self.table.rows[row.at];
        let at = cells.iter().position(|other| other == cell).unwrap_or(0);
        let words: Vec<&str> = cells
            .iter()
            .enumerate()
            .filter(|(column, _)| {
                cells.len() <= WIDE || *column == at || matches!(self.columns.get(*column), Some(Column::Key(_)))
            })
            .map(|(_, span)| text[span.clone()].trim())
            .filter(|cell| !cell.is_empty())
            .collect();
        let place = self.whole.index.span(text, cell.clone());
        let (path, words) = (self.layout.path(at).join(" "), words.join(" | "));
        let parts = [self.caption.as_str(), &path, &row.section, &words];
        let text = parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" · ");
        Evidence { text, start: place.start, end: place.end }
    }
}

/// The codes of regions, for which nobody publishes trade.
const REGIONS: [&str; 5] = ["ASIA", "EUROPE", "AFRICA", "LATAM", "MIDDLE-EAST"];

/// Whether the head of a column of names says that they are those of partners.
fn rows_are_partners(layout: &Layout<'_>, columns: &[Column]) -> bool {
    let words =
        ["partner", "market", "destination", "source", "origin", "伙伴", "市场", "目的地", "来源", "对手", "对象"];
    let heads = columns.iter().enumerate().filter(|(_, column)| matches!(column, Column::Key(_)));
    let heads = heads.map(|(at, _)| aligned(&layout.path(at).join(" ")));
    heads.into_iter().any(|head| words.iter().any(|word| head.contains(word)))
}

/// What a number counts, as row, column and its own unit say.
fn measure(row: &Says, column: &Says, value: &Value) -> Result<Measure, &'static str> {
    let contradiction = "row and column count different things";
    let named = match (row.measures(), column.measures()) {
        (true, true) => {
            let (one, other) = (row.measure(value.percent)?, column.measure(value.percent)?);
            if one != other {
                return Err(contradiction);
            }
            one
        }
        (true, false) if column.counted == Some(Counted::Money) && column.unit.is_none() && column.flows.is_empty() => {
            return Err(contradiction);
        }
        (true, false) => row.measure(value.percent || column.counted == Some(Counted::Percent))?,
        (false, true) => column.measure(value.percent)?,
        (false, false) if row.counted == Some(Counted::Percent) => return Err("percent of what stays open"),
        (false, false) => column.measure(value.percent)?,
    };
    match (named.is_money(), value.percent, value.money.is_some()) {
        (true, true, _) | (false, _, true) => Err("the unit of the cell is not that of its heading"),
        _ => Ok(named),
    }
}
