//! Tables of statistics: each cell with its row, its column and what caption, notes and headings say of the table.

use std::ops::Range;

use bellwether_model::document::{BlockRole, Table};
use bellwether_model::evidence::Evidence;
use bellwether_model::figure::{Amount, Confidence, Figure, Flow, Measure, Precision, Status, Unit};
use bellwether_model::number::Number;
use bellwether_model::period::Period;
use bellwether_model::place::{Area, Partner};
use rust_decimal::Decimal;

use super::finish::{PARTS, Whole};
use super::item::{self, ItemKind, Side};
use super::lexicon::{Role, aligned};
use super::merge::Read;
use super::token;
use super::{Decision, period};
use crate::text::{self, NumeralKind, PeriodExpression};

/// Reads all tables of a document.
pub(super) fn read(whole: &Whole<'_>, economy: Option<&Area>, read: &mut Vec<Read>, decisions: &mut Vec<Decision>) {
    for (at, table) in whole.document.tables.iter().enumerate() {
        let Some(reader) = TableReader::new(whole, economy, at, table) else { continue };
        for figure in reader.figures() {
            let number = figure.number.clone();
            let sentence = figure.row.clone();
            decisions.push(Decision { sentence, number, outcome: Ok(figure.figure.clone()), words: Vec::new() });
            read.push(Read { figure: figure.figure, title: false });
        }
    }
}

/// What words around a table, or at the head of a column, say.
#[derive(Debug, Clone, Default)]
struct Words {
    area: Option<Area>,
    partners: Vec<Area>,
    flow: Option<(Flow, Option<i8>)>,
    period: Option<Period>,
    rate: Option<Measure>,
    share: bool,
    /// Currency and scale.
    unit: Option<(Unit, Decimal)>,
    percent: bool,
}

/// What a column holds.
#[derive(Debug, Clone)]
enum Column {
    /// Names of economies, product classes, years or months.
    Key {
        /// Whether its names are product classes.
        goods: bool,
    },
    /// Numbers.
    Value(Words),
    /// Ranks, notes.
    Idle,
}

struct Placed {
    figure: Figure,
    number: Range<usize>,
    row: Range<usize>,
}

struct TableReader<'a> {
    whole: &'a Whole<'a>,
    table: &'a Table,
    around: Words,
    columns: Vec<Column>,
    header_rows: usize,
    caption: String,
}

impl<'a> TableReader<'a> {
    fn new(whole: &'a Whole<'a>, economy: Option<&Area>, at: usize, table: &'a Table) -> Option<Self> {
        let text = &whole.document.text;
        let header_rows = table.header_rows.max(1);
        let width = table.rows.first()?.len();
        let mut around = Words::default();
        let caption = table.caption.clone().map_or_else(String::new, |span| text[span].trim().to_owned());
        for span in table.caption.iter().chain(&table.notes) {
            around.add(words_of(whole, &text[span.clone()]));
        }
        let columns: Vec<Column> = (0..width).map(|column| column_of(whole, table, header_rows, column)).collect();
        for (column, cell) in columns.iter().zip(table.rows.first()?) {
            if matches!(column, Column::Key { .. }) {
                around.add(words_of(whole, &text[cell.clone()]));
            }
        }
        if let Some(heading) = heading_before(whole, at) {
            around.add(words_of(whole, &text[heading]));
        }
        if let Some(title) = whole.document.blocks.iter().find(|block| block.role == BlockRole::Title) {
            let mut words = words_of(whole, &text[title.span.clone()]);
            // A title names what the whole page is about; of a table it says neither flow nor period.
            (words.flow, words.period) = (None, None);
            around.add(words);
        }
        around.area = around.area.or_else(|| economy.cloned());
        Some(Self { whole, table, around, columns, header_rows, caption })
    }

    fn figures(&self) -> Vec<Placed> {
        let newest = self
            .columns
            .iter()
            .filter_map(|column| match column {
                Column::Value(words) => words.period,
                _ => None,
            })
            .max_by_key(|period| period.end());
        let mut result = Vec::new();
        for row in self.table.rows.iter().skip(self.header_rows) {
            let Some(key) = self.key(row) else { continue };
            for (column, cell) in self.columns.iter().zip(row) {
                if let Column::Value(words) = column
                    && let Some(figure) = self.cell(&key, words, cell, newest, row)
                {
                    result.push(figure);
                }
            }
        }
        result
    }

    /// What the names of a row say; `None`: they cannot be read.
    fn key(&self, row: &[Range<usize>]) -> Option<Words> {
        let text = &self.whole.document.text;
        let mut names = String::new();
        let mut goods = None;
        for (column, cell) in self.columns.iter().zip(row) {
            if let Column::Key { goods: is_goods } = column {
                let name = text[cell.clone()].trim();
                names.push_str(name);
                names.push(' ');
                if *is_goods && !name.is_empty() {
                    goods = Some(name.to_owned());
                }
            }
        }
        let mut words = words_of(self.whole, &names);
        if let Some((year, month)) = names.trim().split_once(' ')
            && let Some(period) = month_of_year(self.whole, year, month)
        {
            words.period = Some(period);
        }
        let all = is_all(&names);
        let named = !words.partners.is_empty() || words.area.is_some();
        if let Some(area) = words.area.take() {
            words.partners.push(area);
        }
        (all || named || words.period.is_some() || goods.is_some()).then_some(words)
    }

    fn cell(
        &self,
        key: &Words,
        column: &Words,
        cell: &Range<usize>,
        newest: Option<Period>,
        row: &[Range<usize>],
    ) -> Option<Placed> {
        let text = &self.whole.document.text;
        let (value, step) = number_of(&text[cell.clone()])?;
        let rate = column.rate;
        let measure = if column.share { Measure::Share } else { rate.unwrap_or(Measure::Level) };
        if measure == Measure::Level && (value == Decimal::ZERO || column.percent) {
            return None;
        }
        let (flow, sign) = column.flow.or(self.around.flow)?;
        let partners = if key.partners.is_empty() { self.around.partners.clone() } else { key.partners.clone() };
        let area = self.around.area.clone()?;
        if partners.iter().chain([&area]).any(|area| PARTS.contains(&area.as_str())) || partners.contains(&area) {
            return None;
        }
        let stated = key.period.or(column.period);
        let period = stated.or(if rate.is_some() { newest } else { None }).or(self.around.period)?;
        let (unit, value, step) = if measure == Measure::Level {
            let (unit, scale) = column.unit.clone().or_else(|| self.around.unit.clone())?;
            let sign = sign.filter(|_| flow == Flow::Balance && value > Decimal::ZERO).unwrap_or(1);
            (unit, value * scale * Decimal::from(sign), step * scale)
        } else {
            (Unit::percent(), value, step)
        };
        let partner = Partner::of(&partners);
        let span = row.iter().find(|c| !c.is_empty()).map_or(cell.start, |c| c.start)
            ..row.last().map_or(cell.end, |c| c.end.max(cell.end));
        let figure = Figure {
            headline: partner.is_none(),
            area,
            flow,
            partner,
            product: None,
            period,
            measure,
            status: Status::Actual,
            amount: Amount::Value { value: Number(value) },
            unit,
            basis: None,
            precision: Some(Precision { step: Number(step), hedge: None }),
            forecaster: None,
            evidence: self.evidence(cell, row),
            rule: "table.cell".to_owned(),
            confidence: Confidence::High,
        };
        Some(Placed { figure, number: cell.clone(), row: span })
    }

    /// The caption, the heading of the column and the row.
    fn evidence(&self, cell: &Range<usize>, row: &[Range<usize>]) -> Evidence {
        let text = &self.whole.document.text;
        let column = row.iter().position(|other| other == cell).unwrap_or(0);
        let heading: Vec<&str> = self.table.rows[..self.header_rows]
            .iter()
            .filter_map(|header| header.get(column))
            .map(|span| text[span.clone()].trim())
            .collect();
        let cells: Vec<&str> =
            row.iter().map(|span| text[span.clone()].trim()).filter(|cell| !cell.is_empty()).collect();
        let place = self.whole.index.span(text, cell.clone());
        let parts = [self.caption.as_str(), &heading.join(" "), &cells.join(" | ")];
        let text = parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" · ");
        Evidence { text, start: place.start, end: place.end }
    }
}

impl Words {
    /// Takes over what is still open.
    fn add(&mut self, other: Self) {
        self.area = self.area.take().or(other.area);
        if self.partners.is_empty() {
            self.partners = other.partners;
        }
        self.flow = self.flow.or(other.flow);
        self.period = self.period.or(other.period);
        self.unit = self.unit.take().or(other.unit);
    }
}

/// What some words say on their own.
fn words_of(whole: &Whole<'_>, words: &str) -> Words {
    let tokens = token::tokens(words, whole.chinese || !words.is_ascii(), whole.reference);
    let home = Area::new("CN");
    let mut result = Words { unit: unit_of(words), percent: words.contains('%'), ..Words::default() };
    for item in item::items(words, &tokens, &home) {
        match item.kind {
            ItemKind::Subject(area) => {
                result.area.get_or_insert(area);
            }
            ItemKind::Partners(areas, Side::Market) => result.area = result.area.or_else(|| areas.first().cloned()),
            ItemKind::Partners(areas, _) => result.partners = areas,
            ItemKind::Flow(word) => {
                result.flow = result.flow.or(Some((word.flow, word.sign)));
            }
            ItemKind::Period(PeriodExpression::Day(_)) => {}
            ItemKind::Period(expression) => {
                result.period = result.period.or_else(|| period::main(whole.reference, None, expression, false));
            }
            ItemKind::Direction(_) => result.rate = Some(Measure::Yoy),
            ItemKind::Word(term) if term.is(Role::Share) => result.share = true,
            ItemKind::Word(term) if term.is(Role::Yoy) => result.rate = Some(Measure::Yoy),
            ItemKind::Word(term) if term.is(Role::Mom) => result.rate = Some(Measure::Mom),
            _ => {}
        }
    }
    let folded = aligned(words);
    if result.flow.is_none() || matches!(result.flow, Some((Flow::Total, _))) {
        if ["贸易伙伴", "贸易夥伴", "trading partners"].iter().any(|name| folded.contains(name)) {
            result.flow = Some((Flow::Total, None));
        } else if ["balance", "差额", "出入超"].iter().any(|name| folded.contains(name)) {
            result.flow = Some((Flow::Balance, None));
        }
    }
    if result.rate == Some(Measure::Yoy) && ["月增", "月减", "环比"].iter().any(|name| folded.contains(name)) {
        result.rate = Some(Measure::Mom);
    }
    if ["增减", "变化", "变动", "change", "yoy"].iter().any(|name| folded.contains(name))
        && (result.percent || folded.contains("率") || folded.contains("yoy"))
    {
        result.rate.get_or_insert(Measure::Yoy);
    }
    result
}

fn column_of(whole: &Whole<'_>, table: &Table, header_rows: usize, column: usize) -> Column {
    let text = &whole.document.text;
    let mut heading = String::new();
    for row in &table.rows[..header_rows.min(table.rows.len())] {
        if let Some(cell) = row.get(column) {
            heading.push_str(text[cell.clone()].trim());
            heading.push(' ');
        }
    }
    let folded = aligned(&heading);
    let cells: Vec<&str> = table
        .rows
        .iter()
        .skip(header_rows)
        .filter_map(|row| row.get(column))
        .map(|cell| text[cell.clone()].trim())
        .filter(|cell| !cell.is_empty())
        .collect();
    let is_name = |names: &[&str]| names.iter().any(|name| folded.contains(name));
    if is_name(&["排名", "名次", "rank", "no."]) {
        return Column::Idle;
    }
    if is_name(&["年份", "年度", "年月", "月份", "期间", "period"])
        || matches!(folded.trim(), "year" | "month" | "年" | "月" | "date")
    {
        return Column::Key { goods: false };
    }
    // The markets of such a share stand in another cell.
    if is_name(&["top ", "前三", "前五", "前十", "前3", "前5", "hhi", "score"]) {
        return Column::Idle;
    }
    let numbers = cells.iter().filter(|cell| number_of(cell).is_some()).count();
    if numbers * 3 >= cells.len() * 2 && numbers > 0 {
        let words = words_of(whole, &heading);
        let says = words.flow.is_some()
            || words.period.is_some()
            || words.rate.is_some()
            || words.share
            || words.unit.is_some();
        return if says { Column::Value(words) } else { Column::Idle };
    }
    let goods = is_name(&["货品", "产品", "商品", "品项", "项目", "类别", "货类", "product", "commodity", "item"]);
    let names = cells
        .iter()
        .filter(|cell| {
            is_all(cell)
                || token::tokens(cell, true, None)
                    .iter()
                    .any(|t| !t.areas().is_empty() || matches!(t.kind, token::Kind::Period(_)))
        })
        .count();
    if goods || names * 2 > cells.len() { Column::Key { goods } } else { Column::Idle }
}

/// The heading that stands closest before a table.
fn heading_before(whole: &Whole<'_>, table: usize) -> Option<Range<usize>> {
    let blocks = &whole.document.blocks;
    let at = blocks.iter().position(|block| block.table == Some(table))?;
    blocks[..at].iter().rev().find(|block| block.role == BlockRole::Heading).map(|block| block.span.clone())
}

/// Whether a row covers all partners and goods.
fn is_all(name: &str) -> bool {
    let folded = aligned(name.trim());
    ["全球", "全世界", "世界", "合计", "总计", "总额", "总值", "world", "total", "all countries", "grand total"]
        .contains(&folded.trim())
}

/// `2026` and `March` in two cells.
fn month_of_year(whole: &Whole<'_>, year: &str, month: &str) -> Option<Period> {
    let year: i16 = year.trim().trim_end_matches('年').parse().ok().filter(|year| (1900..2200).contains(year))?;
    let month = month.trim();
    let mentions =
        [("en", format!("{month} {year}")), ("zh", format!("{year}年{month}")), ("zh", format!("{year}年{month}月"))];
    mentions.iter().find_map(|(language, words)| {
        text::periods(words, language, whole.reference).into_iter().find_map(|mention| match mention.expression {
            PeriodExpression::Fixed(period @ Period::Month(..)) => Some(period),
            _ => None,
        })
    })
}

/// The number of a cell and one unit of its last digit; words in brackets behind it do not matter.
fn number_of(cell: &str) -> Option<(Decimal, Decimal)> {
    let cell = cell.trim();
    let negative_brackets = cell.starts_with(['(', '（']) && cell.ends_with([')', '）']);
    let body = cell.trim_start_matches(['(', '（']).trim_end_matches([')', '）']);
    let body = body.split(['（', '(']).next()?.trim().trim_end_matches(['%', '％']).trim();
    let sign = if body.starts_with(['-', '−', '－', '▲', '△']) || negative_brackets { -1 } else { 1 };
    let digits: String = body
        .trim_start_matches(['-', '−', '－', '+', '＋', '▲', '△'])
        .chars()
        .filter(|c| *c != ',' && *c != ' ')
        .collect();
    if digits.is_empty() || !digits.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let value: Decimal = digits.parse().ok()?;
    Some((value * Decimal::from(sign), Decimal::new(1, value.scale())))
}

/// Currency and scale of words like `單位：億美元`, `Export (M USD)`, read as one of that unit.
fn unit_of(words: &str) -> Option<(Unit, Decimal)> {
    let marked = words.rsplit(['：', ':', '（', '(']).next()?.trim().trim_end_matches([')', '）', ' ', '。', '；']);
    let spelled =
        marked.replace("M USD", "million USD").replace("USD M", "million USD").replace("B USD", "billion USD");
    let shapes = [
        ("zh", format!("1{spelled}")),
        ("en", format!("1 {spelled}")),
        ("zh", spelled.replace("億 USD", "1億美元").replace("億USD", "1億美元")),
    ];
    shapes.iter().find_map(|(language, words)| {
        text::numerals(words, language).into_iter().find_map(|numeral| match numeral.kind {
            NumeralKind::Money(unit) => Some((unit, numeral.low)),
            _ => None,
        })
    })
}
