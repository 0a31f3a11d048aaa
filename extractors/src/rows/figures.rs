//! Rows to figures, each with the cells that prove it.

use std::collections::{BTreeMap, HashMap};

use bellwether_model::evidence::Evidence;
use bellwether_model::figure::{Amount, Confidence, Figure, Flow, Measure, Precision, Status, Unit};
use bellwether_model::number::Number;
use bellwether_model::period::Period;
use bellwether_model::place::{Area, Partner};
use bellwether_model::rows::{Cell, FigureMapping, OneOrMany, RowMapping, Zero};
use jiff::civil::Date;
use regex::Regex;
use rust_decimal::Decimal;

use super::codes::{self, Meaning};
use super::table::RowTable;
use super::template::{Found, Template, missing};
use super::value;

/// Name of the rule by which these figures are read.
const RULE: &str = "row of an official API";
/// Characters of one cell that are shown as evidence.
const LONGEST_CELL: usize = 120;

/// A figure with the cells that it was read from.
#[derive(Debug, Clone)]
pub(super) struct Read {
    pub(super) figure: Figure,
    /// What a zero of its mapping says.
    pub(super) zero: Zero,
    /// The cells in the order of the columns.
    pub(super) line: String,
    /// Where in the line the number stands, in bytes.
    pub(super) number: std::ops::Range<usize>,
}

/// What is known beside the rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    pub(super) area: Option<&'a Area>,
    /// The day on which the answer came.
    pub(super) today: Option<Date>,
}

/// What was passed over, by reason: how often, and one example.
#[derive(Debug, Default)]
pub(super) struct Passed(BTreeMap<&'static str, (usize, String)>);

impl Passed {
    pub(super) fn add(&mut self, reason: &'static str, example: &str) {
        let entry = self.0.entry(reason).or_insert_with(|| (0, example.chars().take(LONGEST_CELL).collect()));
        entry.0 += 1;
    }

    pub(super) fn told(self) -> impl Iterator<Item = String> {
        self.0.into_iter().map(|(reason, (count, example))| format!("{count} {reason}, as `{example}`"))
    }
}

/// The figures of all rows, in their order.
pub(super) fn read(
    table: &RowTable,
    mapping: &RowMapping,
    around: Around<'_>,
    problems: &mut Vec<String>,
) -> Vec<Read> {
    let mut found = Vec::new();
    let mut passed = Passed::default();
    let since = mapping.since.as_deref().and_then(|since| value::period(since, None)).map(|since| since.start());
    for own in &mapping.figure {
        match Ready::new(own, mapping, table) {
            Ok(ready) => {
                for row in &table.rows {
                    ready.row(row, around, since, &mut found, &mut passed);
                }
            }
            Err(problem) => problems.push(problem),
        }
    }
    problems.extend(passed.told());
    found
}

/// A mapping made ready for one table.
struct Ready<'m> {
    mapping: &'m RowMapping,
    own: &'m FigureMapping,
    table: &'m RowTable,
    only: Vec<(usize, &'m OneOrMany)>,
    /// One for each column that `columns` finds; one without a column where there is no such pattern.
    wide: Vec<Found>,
    value: Template<'m>,
    area: Option<Template<'m>>,
    flow: Option<Template<'m>>,
    partner: Option<Template<'m>>,
    product: Option<Template<'m>>,
    period: Option<Template<'m>>,
    frequency: Option<Template<'m>>,
    measure: Option<Template<'m>>,
    unit: Option<Template<'m>>,
    scale: Option<Template<'m>>,
    basis: Option<Template<'m>>,
    status: Option<Template<'m>>,
    forecaster: Option<Template<'m>>,
}

impl<'m> Ready<'m> {
    fn new(own: &'m FigureMapping, mapping: &'m RowMapping, table: &'m RowTable) -> Result<Self, String> {
        static VALUE: std::sync::LazyLock<Cell> = std::sync::LazyLock::new(|| Cell::Text("{value}".to_owned()));
        let pattern = own.columns.as_deref().map(Regex::new).transpose().map_err(|cause| cause.to_string())?;
        let groups: Vec<String> =
            pattern.iter().flat_map(|pattern| pattern.capture_names().flatten().map(str::to_owned)).collect();
        let wide = match &pattern {
            None => vec![Found::default()],
            Some(pattern) => {
                let found = table.columns.iter().enumerate();
                found
                    .filter_map(|(at, name)| Some(Found::of(at, pattern.capture_names(), &pattern.captures(name)?)))
                    .collect()
            }
        };
        if wide.is_empty() {
            return Err(missing(own.columns.as_deref().unwrap_or_default(), table));
        }
        let ready = |cell: &'m Cell| Template::new(cell, table, &groups, pattern.is_some());
        let maybe = |cell: &'m Option<Cell>| cell.as_ref().map(ready).transpose();
        let only = mapping.only.iter().chain(&own.only);
        let only = only.map(|(name, texts)| Ok((table.column(name).ok_or_else(|| missing(name, table))?, texts)));
        Ok(Self {
            only: only.collect::<Result<_, String>>()?,
            wide,
            value: ready(own.value.as_ref().unwrap_or(&VALUE))?,
            area: maybe(&own.area)?,
            flow: maybe(&own.flow)?,
            partner: maybe(&own.partner)?,
            product: maybe(&own.product)?,
            period: maybe(&own.period)?,
            frequency: maybe(&own.frequency)?,
            measure: maybe(&own.measure)?,
            unit: maybe(&own.unit)?,
            scale: maybe(&own.scale)?,
            basis: maybe(&own.basis)?,
            status: maybe(&own.status)?,
            forecaster: maybe(&own.forecaster)?,
            mapping,
            own,
            table,
        })
    }

    fn row(&self, row: &[String], around: Around<'_>, since: Option<Date>, found: &mut Vec<Read>, passed: &mut Passed) {
        if !self.only.iter().all(|(column, texts)| texts.holds(self.table.cell(row, *column))) {
            return;
        }
        for wide in &self.wide {
            match self.figure(row, wide, around) {
                Ok(Some(read)) if since.is_none_or(|since| read.figure.period.start() >= since) => found.push(read),
                Ok(_) => {}
                Err((reason, example)) => passed.add(reason, &example),
            }
        }
    }

    /// The figure of a row; `None`: there is no number, or it is not meant.
    fn figure(&self, row: &[String], wide: &Found, around: Around<'_>) -> Result<Option<Read>, (&'static str, String)> {
        let fill =
            |template: &Option<Template<'_>>| template.as_ref().map(|template| template.fill(self.table, row, wide));
        let cell = self.value.fill(self.table, row, wide);
        if value::is_missing(&cell, &self.mapping.missing) {
            return Ok(None);
        }
        let decimal = self.mapping.decimal.unwrap_or('.');
        let number = value::number(&cell, decimal).ok_or(("cells hold no number", cell.clone()))?;
        if number.value.is_zero() && self.own.zero == Zero::Missing {
            return Ok(None);
        }
        let status = match fill(&self.status) {
            Some(word) => match codes::status(&word) {
                Some(Status::Actual) | None if number.mark.is_some() => number.mark.unwrap_or(Status::Actual),
                Some(status) => status,
                None => return Ok(None),
            },
            None => number.mark.unwrap_or(Status::Actual),
        };
        let flow: Flow = match codes::flow(&fill(&self.flow).unwrap_or_default()) {
            Meaning::One(flow) => flow,
            Meaning::All => return Ok(None),
            Meaning::Unknown => {
                return Err(("rows name no direction of trade that is known", fill(&self.flow).unwrap_or_default()));
            }
        };
        let area = match fill(&self.area) {
            Some(name) => codes::area(&name).ok_or(("rows name an economy that is not known", name))?,
            None => around.area.cloned().ok_or(("rows name no economy, and the source has none", cell.clone()))?,
        };
        let partner: Option<Partner> = match codes::partner(&fill(&self.partner).unwrap_or_default()) {
            Meaning::All => None,
            Meaning::One(partner) => Some(partner),
            Meaning::Unknown => {
                return Err(("rows name a partner that is not known", fill(&self.partner).unwrap_or_default()));
            }
        };
        let product = match codes::product(&fill(&self.product).unwrap_or_default()) {
            Meaning::One(words) => Some(words),
            Meaning::All | Meaning::Unknown => None,
        };
        let named = fill(&self.period).unwrap_or_default();
        let period = value::period(&named, fill(&self.frequency).as_deref())
            .ok_or(("rows name no period that is known", named))?;
        if !status.is_forecast() && around.today.is_some_and(|today| period.end() > today) {
            return Err(("numbers are of a period that is not over, and so of a part of it", period.to_string()));
        }
        let measure = match fill(&self.measure) {
            Some(name) => codes::measure(&name).ok_or(("rows name no measure that is known", name))?,
            None => Measure::Level,
        };
        let (unit, one) = match fill(&self.unit) {
            Some(name) => codes::unit(&name).ok_or(("rows name a unit that is not known", name))?,
            None if measure.is_money() => (Unit("USD".into()), Decimal::ONE),
            None => (Unit::percent(), Decimal::ONE),
        };
        let scale = match fill(&self.scale) {
            Some(text) => codes::scale(&text).ok_or(("rows name a scale that is not known", text))?,
            None => Decimal::ONE,
        };
        let basis = fill(&self.basis).and_then(|name| codes::unit(&name)).map(|(unit, _)| unit);
        let too_large = || ("numbers are too large", cell.clone());
        let one = one.checked_mul(scale).ok_or_else(too_large)?;
        let value = number.value.checked_mul(one).ok_or_else(too_large)?.normalize();
        let step = Decimal::new(1, number.value.scale()).checked_mul(one).ok_or_else(too_large)?.normalize();
        let (line, place) = self.line(row, wide);
        let headline = partner.is_none() && product.is_none();
        let figure = Figure {
            area,
            flow,
            partner,
            product,
            period,
            measure,
            status,
            amount: Amount::Value { value: Number(value) },
            unit,
            basis,
            precision: Some(Precision { step: Number(step), hedge: None }),
            forecaster: fill(&self.forecaster).filter(|name| !name.is_empty() && status.is_forecast()),
            headline,
            evidence: Evidence { text: String::new(), start: 0, end: 0 },
            claims: Vec::new(),
            rule: RULE.to_owned(),
            confidence: Confidence::High,
        };
        Ok(Some(Read { figure, zero: self.own.zero, line, number: place }))
    }

    /// The cells that count, in the order of the columns: `Month: Jan. 2025; Export: 84.55`. And where its number stands.
    fn line(&self, row: &[String], wide: &Found) -> (String, std::ops::Range<usize>) {
        let others = [
            &self.area,
            &self.flow,
            &self.partner,
            &self.product,
            &self.period,
            &self.frequency,
            &self.measure,
            &self.unit,
            &self.scale,
            &self.basis,
            &self.status,
            &self.forecaster,
        ];
        let number = self.value.columns(wide).next();
        let mut columns: Vec<usize> =
            others.into_iter().flatten().flat_map(|template| template.columns(wide)).collect();
        columns.extend(self.value.columns(wide));
        columns.extend(self.only.iter().map(|(column, _)| *column));
        columns.sort_unstable();
        columns.dedup();
        let (mut line, mut place) = (String::new(), 0..0);
        for column in columns {
            let cell = self.table.cell(row, column).trim();
            if cell.is_empty() {
                continue;
            }
            if !line.is_empty() {
                line.push_str("; ");
            }
            line.push_str(&self.table.columns[column]);
            line.push_str(": ");
            let start = line.len();
            line.extend(cell.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_CELL));
            if Some(column) == number {
                place = start..line.len();
            }
        }
        (line, place)
    }
}

/// What makes two figures the same but for their period and value.
type Series<'f> = (&'f Area, Flow, &'f Option<Partner>, &'f Option<String>, Measure, &'f Unit, bool);

fn series(figure: &Figure) -> Series<'_> {
    (
        &figure.area,
        figure.flow,
        &figure.partner,
        &figure.product,
        figure.measure,
        &figure.unit,
        figure.status.is_forecast(),
    )
}

/// Leaves out zeros that stand for what is not yet published, and what counts a period of which a part is missing so.
///
/// A table that has a row for each month of the year holds zeros for those to come. Where nothing at all was traded
/// in a period, by no partner and in no product, and nor was it in any later one, it has not been published.
pub(super) fn without_unpublished(found: Vec<Read>, problems: &mut Vec<String>) -> Vec<Read> {
    type Kind = (Area, Flow, Measure, Unit, i32);
    let length = |period: &Period| (period.end() - period.start()).get_days() / 28;
    let kind = |figure: &Figure| -> Kind {
        (figure.area.clone(), figure.flow, figure.measure, figure.unit.clone(), length(&figure.period))
    };
    let is_zero = |figure: &Figure| matches!(figure.amount, Amount::Value { value } if value.0.is_zero());
    let mut last: HashMap<Kind, Date> = HashMap::new();
    for read in found.iter().filter(|read| !is_zero(&read.figure)) {
        let day = last.entry(kind(&read.figure)).or_insert_with(|| read.figure.period.start());
        *day = (*day).max(read.figure.period.start());
    }
    let mut passed = Passed::default();
    // The first day that is not published, of each kind but its length.
    let mut open: HashMap<(Area, Flow, Unit), Date> = HashMap::new();
    let mut kept = Vec::with_capacity(found.len());
    for read in found {
        let figure = &read.figure;
        let published = last.get(&kind(figure)).is_some_and(|last| figure.period.start() <= *last);
        if read.zero == Zero::Unpublished && is_zero(figure) && !published {
            passed.add("zeros are of periods that are not yet published", &read.line);
            let key = (figure.area.clone(), figure.flow, figure.unit.clone());
            let day = open.entry(key).or_insert_with(|| figure.period.start());
            *day = (*day).min(figure.period.start());
        } else {
            kept.push(read);
        }
    }
    kept.retain(|read| {
        let figure = &read.figure;
        let whole = match open.get(&(figure.area.clone(), figure.flow, figure.unit.clone())) {
            Some(day) => !(figure.period.start() < *day && *day <= figure.period.end()),
            None => true,
        };
        if !whole {
            passed.add("numbers are of a period of which a part is not yet published", &read.line);
        }
        whole
    });
    problems.extend(passed.told());
    kept
}

/// Of rows that say the same thing, the one with the firmest status counts. Where none is firmer and the numbers
/// differ, none counts: adding them up, or choosing, would make a number that nobody published.
pub(super) fn without_doubles(found: Vec<Read>, problems: &mut Vec<String>) -> Vec<Read> {
    let firmness = |status: Status| match status {
        Status::Revised => 2,
        Status::Actual => 1,
        Status::Preliminary | Status::Forecast => 0,
    };
    let mut best: HashMap<(Series<'_>, Period), (usize, bool)> = HashMap::new();
    for (place, read) in found.iter().enumerate() {
        let entry = best.entry((series(&read.figure), read.figure.period)).or_insert((place, true));
        let shown = &found[entry.0].figure;
        if entry.0 == place {
            continue;
        }
        match firmness(read.figure.status).cmp(&firmness(shown.status)) {
            std::cmp::Ordering::Greater => *entry = (place, true),
            std::cmp::Ordering::Equal if shown.amount != read.figure.amount => entry.1 = false,
            _ => {}
        }
    }
    let chosen: std::collections::HashSet<usize> =
        best.values().filter(|(_, clear)| *clear).map(|(place, _)| *place).collect();
    let unclear: Vec<usize> = best.values().filter(|(_, clear)| !*clear).map(|(place, _)| *place).collect();
    drop(best);
    if let Some(first) = unclear.iter().min() {
        problems.push(format!(
            "{} figures are given several times with different numbers, as `{}`; say which rows count with `only`",
            unclear.len(),
            found[*first].line
        ));
    }
    found.into_iter().enumerate().filter(|(place, _)| chosen.contains(place)).map(|(_, read)| read).collect()
}

/// The newest of too many, in their order.
pub(super) fn newest(mut found: Vec<Read>, most: usize, problems: &mut Vec<String>) -> Vec<Read> {
    if found.len() <= most {
        return found;
    }
    let mut days: Vec<Date> = found.iter().map(|read| read.figure.period.end()).collect();
    days.sort_unstable();
    let first = days[days.len() - most];
    problems.push(format!(
        "{} figures are more than the {most} that are read of one answer: those of periods that ended before {first} are \
         left out; choose with `only` or `since`",
        found.len()
    ));
    found.retain(|read| read.figure.period.end() >= first);
    found.truncate(most);
    found
}
