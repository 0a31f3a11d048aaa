//! Tells of a table what its columns, rows and cells were understood to say, for `explain` alone.

use std::ops::Range;

use bellwether_model::document::BlockRole;
use bellwether_model::figure::{Figure, Flow, Measure};
use rust_decimal::Decimal;

use super::super::study::{Bound, ColumnStudy, Decision, RowStudy, TableStudy};
use super::cell;
use super::layout::{self, Column, Key};
use super::phrase::{self, Counted, Says};
use super::row::Row;
use super::vocabulary::Sense;
use super::when::When;
use super::{Outcome, TableReader};
use crate::explain::Origin;

impl TableReader<'_> {
    /// What was understood of the table.
    pub(super) fn told(&self, outcomes: &[Outcome]) -> TableStudy {
        TableStudy {
            bound: self.around_bounds(),
            columns: (0..self.columns.len()).map(|column| self.told_column(column)).collect(),
            rows: self.layout.body.clone().map(|row| self.told_row(row)).collect(),
            decisions: outcomes.iter().map(|outcome| self.decision(outcome)).collect(),
            left: None,
        }
    }

    fn around_bounds(&self) -> Vec<Bound> {
        let around = &self.around;
        let mut all = Vec::new();
        let mut put = |what, value: Option<String>| {
            if let Some(value) = value {
                let (from, words) = self.around_place(what);
                all.push(Bound { what, value, from, words });
            }
        };
        put("economy", around.area.as_ref().map(ToString::to_string));
        put("flow", around.flow.map(|(flow, sign)| of_flow(flow, sign)));
        put("partner", (!around.partners.is_empty()).then(|| codes(&around.partners)));
        put("product", (!around.goods.is_empty()).then(|| around.goods.join(", ")));
        put("period", of_when(&around.when));
        put("unit", around.unit.as_ref().map(|(unit, scale)| of_unit(unit.as_str(), *scale)));
        all
    }

    /// The nearest words around the table that say this.
    fn around_place(&self, what: &str) -> (Origin, Option<Range<usize>>) {
        let document = self.whole.document;
        let text = &document.text;
        let block = document.blocks.iter().position(|block| block.table == Some(self.at)).unwrap_or_default();
        let heading = document.blocks[..block].iter().rev().find(|block| block.role == BlockRole::Heading);
        let title = document.blocks.iter().find(|block| block.role == BlockRole::Title);
        let near = self
            .table
            .caption
            .iter()
            .chain(&self.around.line)
            .chain(&self.table.notes)
            .map(|span| (Origin::Caption, span));
        let far = heading.map(|block| (Origin::Caption, &block.span));
        let title = title.map(|block| (Origin::Title, &block.span));
        let says = |span: &Range<usize>| {
            let words = &text[span.clone()];
            let says = phrase::read(words, self.whole.chinese, false);
            match what {
                "economy" | "partner" => !says.areas.is_empty(),
                "flow" => !says.flows.is_empty(),
                "product" => !says.goods_words.is_empty(),
                "period" => !says.when.is_empty(),
                "unit" => says.unit.is_some(),
                _ => false,
            }
        };
        let found = near.chain(far).chain(title).find(|(_, span)| says(span));
        let spanned = || self.layout.spanned.first().map(|_| (Origin::Caption, None));
        let found = found.map(|(from, span)| (from, Some(span.clone())));
        found.or_else(|| spanned().filter(|_| what != "economy")).unwrap_or((Origin::Document, None))
    }

    fn told_column(&self, column: usize) -> ColumnStudy {
        let path = self.layout.path(column);
        let says = layout::heading(&path, self.whole.chinese, self.around.by_goods);
        let (holds, says, left) = match &self.columns[column] {
            Column::Key(key) => ("names", vec![of_key(*key).to_owned()], None),
            Column::Value(says) => ("numbers", told(says), None),
            Column::Idle => {
                let has = |sense: Sense| says.senses.contains(&sense);
                let why = if has(Sense::Idle) || has(Sense::Reporters) {
                    "ranks, codes or notes"
                } else if says.other {
                    "counts something that is no trade in goods, or in a way that no figure holds"
                } else if says.unknown {
                    "a word of its heading is in no list"
                } else {
                    "no heading explains its numbers"
                };
                ("idle", told(&says), Some(why))
            }
        };
        ColumnStudy { heading: path.into_iter().map(str::to_owned).collect(), holds, says, left }
    }

    fn told_row(&self, at: usize) -> RowStudy {
        if let Some(row) = self.rows.rows.iter().find(|row| row.at == at) {
            return RowStudy { at, says: told(&row.says), left: None };
        }
        let names = self.names(at);
        let says = told(&names);
        let left = if self.layout.alone(at).is_some() {
            "the heading of a section"
        } else if self.layout.is_heading(at, &self.columns).is_some() {
            "headings, not numbers"
        } else if !names.words {
            "it has no name"
        } else if names.other {
            "counts something that is no trade in goods"
        } else if names.unknown {
            "a word of its name is in no list"
        } else {
            "its section is not understood, or it stands below the end of the table"
        };
        RowStudy { at, says, left: Some(left) }
    }

    /// What the names of a row say by themselves.
    fn names(&self, at: usize) -> Says {
        let keys = self.columns.iter().enumerate().filter_map(|(column, held)| match held {
            Column::Key(key) => Some((column, *key)),
            _ => None,
        });
        keys.fold(Says::default(), |before, (column, key)| {
            let words = self.layout.cell(at, column);
            if words.is_empty() {
                before
            } else {
                phrase::read(words, self.whole.chinese, key == Key::Goods).under(&before)
            }
        })
    }

    fn decision(&self, outcome: &Outcome) -> Decision {
        let (place, column) = outcome.at;
        let row = &self.rows.rows[place];
        let cell = self.table.rows[row.at][column].clone();
        let bound = match &self.columns[column] {
            Column::Value(says) => self.bounds(row, says, &cell, column, outcome.figure.as_ref().ok()),
            _ => Vec::new(),
        };
        Decision {
            number: cell,
            cell: Some((row.at, column)),
            outcome: outcome.figure.clone().map_err(str::to_owned),
            bound,
        }
    }

    fn bounds(&self, row: &Row, column: &Says, cell: &Range<usize>, at: usize, figure: Option<&Figure>) -> Vec<Bound> {
        let own = self.names(row.at);
        let name = self.name_cell(row.at);
        let heading = self.layout.heading_cell(at);
        // Each part from the nearest words that say it: the row's own, its section's, the column's, the caption's.
        let place = |what: &str, says: &dyn Fn(&Says) -> bool| {
            if says(&own) {
                (Origin::Row, name.clone())
            } else if says(column) {
                (Origin::Column, heading.clone())
            } else if says(&row.says) {
                (Origin::Section, None)
            } else {
                self.around_place(what)
            }
        };
        let mut all = Vec::new();
        let mut put = |what, value: Option<String>, (from, words): (Origin, Option<Range<usize>>)| {
            if let Some(value) = value {
                all.push(Bound { what, value, from, words });
            }
        };
        let area = figure.map(|figure| &figure.area).or(self.around.area.as_ref());
        let reporter = if row.reporter.is_some() { (Origin::Row, name.clone()) } else { self.around_place("economy") };
        put("economy", area.map(ToString::to_string), reporter);
        let (mut from, mut words) = place("flow", &|says| !says.flows.is_empty());
        if from != Origin::Row && from != Origin::Column && row.group.is_some() {
            (from, words) = (Origin::Section, None);
        }
        let flow = figure.map(|figure| figure.flow).or_else(|| self.flow(row, column).ok().map(|(flow, _)| flow));
        put("flow", flow.map(|flow| flow.code().to_owned()), (from, words));
        let partner = figure.and_then(|figure| figure.partner.as_ref());
        put("partner", partner.map(ToString::to_string), place("partner", &|says| !says.areas.is_empty()));
        let product = figure.and_then(|figure| figure.product.clone());
        put("product", product, place("product", &|says| says.goods.is_some()));
        let period = figure.map(|figure| figure.period.to_string()).or_else(|| of_when(&row.says.when));
        put("period", period, place("period", &|says| !says.when.is_empty()));
        let measure = figure.map(|figure| figure.measure);
        put("measure", measure.map(|measure| measure.code().to_owned()), place("measure", &Says::measures));
        put(
            "status",
            figure.map(|figure| format!("{:?}", figure.status).to_lowercase()),
            place("status", &|says| says.status.is_some()),
        );
        let value = cell::number(&self.whole.document.text[cell.clone()]);
        let named_by_cell = value.is_some_and(|value| value.percent || value.money.is_some());
        let unit = if named_by_cell {
            (Origin::Number, Some(cell.clone()))
        } else {
            place("unit", &|says| says.unit.is_some() || says.counted == Some(Counted::Percent))
        };
        put("unit", figure.map(|figure| figure.unit.as_str().to_owned()), unit);
        for bound in &mut all {
            let silent = bound.from == Origin::Document
                && (bound.what == "measure" && measure == Some(Measure::Level)
                    || bound.what == "status" && bound.value == "actual");
            if silent {
                (bound.from, bound.words) = (Origin::Rule, None);
            }
        }
        all
    }

    /// The last name of a row.
    fn name_cell(&self, row: usize) -> Option<Range<usize>> {
        let mut cells = self.columns.iter().zip(&self.table.rows[row]);
        let named = cells.rfind(|(column, cell)| matches!(column, Column::Key(_)) && !cell.is_empty());
        named.map(|(_, cell)| cell.clone())
    }
}

/// What words say, in words.
fn told(says: &Says) -> Vec<String> {
    let mut all: Vec<String> =
        says.flows.iter().map(|(flow, sign)| format!("flow {}", of_flow(*flow, *sign))).collect();
    if !says.areas.is_empty() {
        all.push(format!("economy {}", codes(&says.areas)));
    }
    all.extend(says.goods.as_ref().map(|goods| format!("product {goods}")));
    all.extend(of_when(&says.when).map(|when| format!("period {when}")));
    all.extend(says.unit.as_ref().map(|(unit, scale)| format!("unit {}", of_unit(unit.as_str(), *scale))));
    let counted = says.counted == Some(Counted::Percent);
    let flags = [
        (says.all, "everything that the table parts"),
        (says.world, "all partners"),
        (says.share, "share"),
        (says.yoy, "against a year earlier"),
        (says.mom, "against the month before"),
        (says.change && !says.yoy && !says.mom, "a change"),
        (counted, "in percent"),
        (says.other, "no trade in goods, or counted in a way that no figure holds"),
        (says.unknown, "a word that is in no list"),
    ];
    all.extend(flags.into_iter().filter(|(holds, _)| *holds).map(|(_, words)| words.to_owned()));
    all.extend(says.status.map(|status| format!("{status:?}").to_lowercase()));
    all
}

fn codes(areas: &[bellwether_model::place::Area]) -> String {
    areas.iter().map(ToString::to_string).collect::<Vec<_>>().join("+")
}

fn of_flow(flow: Flow, sign: Option<i8>) -> String {
    let side = match sign {
        Some(sign) if sign < 0 => " (a deficit)",
        Some(_) => " (a surplus)",
        None => "",
    };
    format!("{}{side}", flow.code())
}

fn of_unit(unit: &str, scale: Decimal) -> String {
    if scale == Decimal::ONE { unit.to_owned() } else { format!("{unit} × {}", scale.normalize()) }
}

fn of_key(key: Key) -> &'static str {
    match key {
        Key::Names => "economies, product classes, flows or periods",
        Key::Goods => "product classes",
        Key::Reporters => "economies that report",
        Key::Years => "years",
        Key::Months => "months",
    }
}

fn of_when(when: &When) -> Option<String> {
    let mut all: Vec<String> = when.full.iter().map(ToString::to_string).collect();
    all.extend(when.year.map(|year| year.to_string()));
    all.extend(
        when.part.map(|(from, to)| if from == to { format!("month {from}") } else { format!("months {from} to {to}") }),
    );
    let flags = [
        (when.current, "the one in question"),
        (when.earlier, "a year earlier"),
        (when.previous, "the one before"),
        (when.running, "since January"),
        (when.clash, "several that do not go together"),
    ];
    all.extend(flags.into_iter().filter(|(holds, _)| *holds).map(|(_, words)| words.to_owned()));
    (!all.is_empty()).then(|| all.join(", "))
}
