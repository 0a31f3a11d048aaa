//! The book of forecasts: each range or number that somebody expected meets its outcome, and each forecaster has a
//! record. Pure.
//!
//! Rounding counts for the forecaster: a range is met when the value could lie in it, seen what it could have been rounded
//! from; a single expected number is what it could have been rounded from.

use std::collections::BTreeMap;

use bellwether_model::event::Fact;
use bellwether_model::figure::{Amount, Figure, Measure};
use bellwether_model::id::EventId;
use bellwether_model::number::Number;
use bellwether_model::period::Period;
use bellwether_model::place::{Area, Partner};
use bellwether_model::reading::{Interval, Reading};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::EventView;

/// How words become names that agree over scripts and wordings.
#[derive(Debug, Clone, Copy)]
pub struct Names {
    /// The name of a product class.
    pub product_class: fn(&str) -> String,
    /// The name of an organisation.
    pub organisation: fn(&str) -> String,
}

/// Where a value lies against its forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Below the lower bound.
    Below,
    /// Inside the range, or equal.
    Inside,
    /// Above the upper bound.
    Above,
}

/// What came of a forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Met {
    /// Where the value lies.
    pub outcome: Outcome,
    /// From the nearest bound to the value, in the figure's unit (of a rate: percentage points); negative below; 0 inside.
    pub by: Number,
}

/// A value against what was expected of it.
#[must_use]
pub fn meet(value: &Reading, forecast: &Reading) -> Met {
    let ends = |amount: &Amount| match *amount {
        Amount::Value { value } => Interval::point(value.0),
        Amount::Range { low, high } => Interval { low: low.0, high: high.0 },
    };
    let (low, high) = (ends(&forecast.amount).low, ends(&forecast.amount).high);
    let expected = if low == high { forecast.interval() } else { Interval { low, high } };
    let (said, stated) = (value.interval(), ends(&value.amount));
    let (outcome, by) = if said.overlaps(expected) {
        (Outcome::Inside, Decimal::ZERO)
    } else if said.low >= expected.high {
        (Outcome::Above, stated.low.saturating_sub(high))
    } else {
        (Outcome::Below, stated.high.saturating_sub(low))
    };
    Met { outcome, by: Number(by).normalized() }
}

/// One forecast, and its outcome once it is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The event of the forecast.
    pub event: EventId,
    /// What was expected, by whom.
    pub forecast: Figure,
    /// The event of the value; `None`: it is not published yet, or not read.
    pub outcome_event: Option<EventId>,
    /// The value as it is shown now.
    pub actual: Option<Amount>,
    /// Where it lies.
    #[serde(flatten)]
    pub met: Option<Met>,
}

/// How the forecasts of one forecaster fared, of one measure: amounts and rates are not summed up together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    /// Who, in the words of a document; `None`: documents name nobody.
    pub forecaster: Option<String>,
    /// Of which measure.
    pub measure: Measure,
    /// Forecasts whose outcome is there.
    pub met: u32,
    /// Those whose outcome lies inside.
    pub inside: u32,
    /// Above.
    pub above: u32,
    /// Below.
    pub below: u32,
    /// Forecasts whose outcome is not there yet.
    pub open: u32,
    /// By how much outcomes missed on average, those inside as 0: of amounts in percent of the outcome, else in percentage
    /// points. `None`: there is none, or an amount of zero.
    pub mean_miss: Option<Number>,
}

/// The whole book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Book {
    /// All forecasts, by the end of their period, the latest first.
    pub entries: Vec<Entry>,
    /// The forecasters, those with most outcomes first.
    pub records: Vec<Record>,
}

/// What a forecast and its outcome share.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Question<'a> {
    area: &'a Area,
    flow: &'a str,
    partner: Option<&'a Partner>,
    product: String,
    period: Period,
    measure: Measure,
    unit: &'a str,
}

impl<'a> Question<'a> {
    fn of(figure: &'a Figure, names: &Names) -> Self {
        Self {
            area: &figure.area,
            flow: figure.flow.code(),
            partner: figure.partner.as_ref(),
            product: figure.product.as_deref().map(names.product_class).unwrap_or_default(),
            period: figure.period,
            measure: figure.measure,
            unit: figure.unit.as_str(),
        }
    }
}

/// The book of what events hold.
#[must_use]
pub fn book(events: &[EventView], names: &Names) -> Book {
    let figures: Vec<(&EventId, &Figure)> = events
        .iter()
        .filter(|view| view.event.state.is_published())
        .filter_map(|view| match &view.event.fact {
            Fact::Figure(figure) => Some((&view.event.id, figure)),
            Fact::Statement(_) | Fact::Policy(_) => None,
        })
        .collect();
    let mut values: BTreeMap<Question<'_>, Vec<(&EventId, &Figure)>> = BTreeMap::new();
    for (id, figure) in figures.iter().filter(|(_, figure)| !figure.status.is_forecast()) {
        values.entry(Question::of(figure, names)).or_default().push((*id, *figure));
    }
    let mut entries: Vec<Entry> = figures
        .iter()
        .filter(|(_, figure)| figure.status.is_forecast())
        .map(|(id, forecast)| {
            let same = values.get(&Question::of(forecast, names));
            let outcome = same.and_then(|same| same.iter().find(|(_, figure)| fits(forecast, figure)));
            Entry {
                event: (*id).clone(),
                forecast: (*forecast).clone(),
                outcome_event: outcome.map(|(id, _)| (*id).clone()),
                actual: outcome.map(|(_, figure)| figure.amount),
                met: outcome.map(|(_, figure)| meet(&reading(figure), &reading(forecast))),
            }
        })
        .collect();
    entries.sort_by(|a, b| {
        let end = |entry: &Entry| entry.forecast.period.end();
        end(b).cmp(&end(a)).then_with(|| a.event.cmp(&b.event))
    });
    let records = records(&entries, names);
    Book { entries, records }
}

/// Whether a value answers a forecast: a rate in another currency than the one that was named does not.
fn fits(forecast: &Figure, value: &Figure) -> bool {
    match (&forecast.basis, &value.basis) {
        (Some(expected), Some(given)) => expected == given,
        _ => true,
    }
}

fn reading(figure: &Figure) -> Reading {
    Reading { amount: figure.amount, precision: figure.precision }
}

fn records(entries: &[Entry], names: &Names) -> Vec<Record> {
    let mut groups: BTreeMap<(String, Measure), Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        let forecaster = entry.forecast.forecaster.as_deref().map(names.organisation).unwrap_or_default();
        groups.entry((forecaster, entry.forecast.measure)).or_default().push(entry);
    }
    let mut records: Vec<Record> =
        groups.into_iter().map(|((_, measure), entries)| record(measure, &entries)).collect();
    records.sort_by(|a, b| {
        b.met.cmp(&a.met).then_with(|| a.forecaster.cmp(&b.forecaster)).then_with(|| a.measure.cmp(&b.measure))
    });
    records
}

fn record(measure: Measure, entries: &[&Entry]) -> Record {
    let of =
        |outcome: Outcome| count(entries.iter().filter(|entry| entry.met.is_some_and(|met| met.outcome == outcome)));
    let misses: Vec<Decimal> = entries.iter().filter_map(|entry| miss(measure, entry)).collect();
    let mean = misses.iter().copied().sum::<Decimal>().checked_div(Decimal::from(misses.len()));
    let (inside, above, below) = (of(Outcome::Inside), of(Outcome::Above), of(Outcome::Below));
    let open = count(entries.iter().filter(|entry| entry.met.is_none()));
    Record {
        forecaster: entries.first().and_then(|entry| entry.forecast.forecaster.clone()),
        measure,
        met: inside + above + below,
        inside,
        above,
        below,
        open,
        mean_miss: mean.map(|mean| Number(mean.round_dp(2)).normalized()),
    }
}

/// By how much a forecast missed, without its sign; `None`: it is open, or no part of zero can be told.
fn miss(measure: Measure, entry: &Entry) -> Option<Decimal> {
    let by = entry.met?.by.0.abs();
    if !measure.is_money() || by.is_zero() {
        return Some(by);
    }
    let whole = match entry.actual? {
        Amount::Value { value } => value.0,
        Amount::Range { low, .. } => low.0,
    };
    by.checked_div(whole.abs())?.checked_mul(Decimal::ONE_HUNDRED)
}

fn count(entries: impl Iterator) -> u32 {
    u32::try_from(entries.count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use bellwether_model::event::{Event, EventState, FactKind};
    use bellwether_model::evidence::Evidence;
    use bellwether_model::figure::{Confidence, Flow, Precision, Status, Unit};
    use jiff::Timestamp;

    use super::*;

    fn number(text: &str) -> Number {
        text.parse().expect(text)
    }

    /// `value[..high]@step`.
    fn said(text: &str) -> Reading {
        let (value, step) = text.split_once('@').expect("a step");
        let amount = match value.split_once("..") {
            Some((low, high)) => Amount::Range { low: number(low), high: number(high) },
            None => Amount::Value { value: number(value) },
        };
        Reading { amount, precision: Some(Precision { step: number(step), hedge: None }) }
    }

    /// `FLOW PERIOD MEASURE NUMBER [FORECASTER]`; a figure of Taiwan, in dollars or percent.
    fn event(text: &str) -> EventView {
        let words: Vec<&str> = text.split(' ').collect();
        let measure: Measure = serde_json::from_value(words[2].into()).expect("a measure");
        let Reading { amount, precision } = said(words[3]);
        let forecaster = words.get(4).map(|name| (*name).to_owned());
        let figure = Figure {
            area: Area::new("TW"),
            flow: serde_json::from_value::<Flow>(words[0].into()).expect("a flow"),
            partner: None,
            product: None,
            period: words[1].parse().expect("a period"),
            measure,
            status: if forecaster.is_some() { Status::Forecast } else { Status::Actual },
            amount,
            unit: if measure.is_money() { Unit("USD".into()) } else { Unit::percent() },
            basis: None,
            precision,
            forecaster,
            headline: true,
            evidence: Evidence { text: text.to_owned(), start: 0, end: 1 },
            claims: Vec::new(),
            rule: "test".into(),
            confidence: Confidence::High,
        };
        let at = Timestamp::UNIX_EPOCH;
        let (id, fact, state) = (EventId::new(text), Fact::Figure(figure), EventState::New);
        let (release, vintages) = (None, Vec::new());
        let event = Event {
            id,
            fact,
            state,
            first_seen: at,
            changed: at,
            release,
            vintages,
            mention_count: 1,
            backlog: false,
            corrected: false,
        };
        EventView { kind: FactKind::Figure, event, mentions: Vec::new(), documents: Vec::new() }
    }

    fn book_of(events: &[&str]) -> Book {
        let events: Vec<EventView> = events.iter().map(|text| event(text)).collect();
        book(&events, &Names { product_class: str::to_owned, organisation: str::to_uppercase })
    }

    #[test]
    fn a_value_lies_below_inside_or_above_and_by_how_much() {
        for (value, forecast, outcome, by) in [
            ("49@1", "50..56@1", Outcome::Below, "-1"),
            ("49.5@0.1", "50..56@1", Outcome::Below, "-0.5"),
            ("50@1", "50..56@1", Outcome::Inside, "0"),
            ("56@1", "50..56@1", Outcome::Inside, "0"),
            ("57.2@0.1", "50..56@1", Outcome::Above, "1.2"),
            // What was rounded to 60.4 may be the 60.40 of the range; 60.5 may not.
            ("60.4@0.1", "58.1..60.4@0.1", Outcome::Inside, "0"),
            ("60.5@0.1", "58.1..60.4@0.1", Outcome::Above, "0.1"),
            // A single number is what it could have been rounded from.
            ("5.3@0.1", "5@1", Outcome::Inside, "0"),
            ("5.6@0.1", "5@1", Outcome::Above, "0.6"),
            ("-3@1", "-2..1@1", Outcome::Below, "-1"),
        ] {
            let met = meet(&said(value), &said(forecast));
            assert_eq!((met.outcome, met.by), (outcome, number(by)), "{value} against {forecast}");
        }
    }

    #[test]
    fn each_forecast_meets_its_own_outcome() {
        let book = book_of(&[
            "exports 2026-01 level 58.1..60.4@0.1 ministry",
            "exports 2026-01 yoy 50..56@1 ministry",
            "exports 2026-02 yoy 20..25@1 ministry",
            "imports 2026-01 yoy 10..12@1 bank",
            "exports 2026-01 level 65.77@0.01",
            "exports 2026-01 yoy 69.9@0.1",
            "imports 2026-01 yoy 11.3@0.1",
            "imports 2026-01 level 47@1",
        ]);
        let lines: Vec<String> = book
            .entries
            .iter()
            .map(|entry| {
                let met = entry.met.map_or("open".to_owned(), |met| format!("{:?} {}", met.outcome, met.by));
                format!("{}: {met}", entry.event)
            })
            .collect();
        assert_eq!(
            lines,
            [
                "exports 2026-02 yoy 20..25@1 ministry: open",
                "exports 2026-01 level 58.1..60.4@0.1 ministry: Above 5.37",
                "exports 2026-01 yoy 50..56@1 ministry: Above 13.9",
                "imports 2026-01 yoy 10..12@1 bank: Inside 0",
            ]
        );
    }

    #[test]
    fn a_forecaster_has_a_record_of_each_measure() {
        let book = book_of(&[
            "exports 2025-11 yoy 10..12@1 Bank",
            "exports 2025-12 yoy 10..12@1 BANK",
            "exports 2026-01 yoy 10..12@1 bank",
            "exports 2026-02 yoy 10..12@1 bank",
            "exports 2026-01 level 50..55@1 bank",
            "exports 2025-11 yoy 11.0@0.1",
            "exports 2025-12 yoy 15.0@0.1",
            "exports 2026-01 yoy 7.0@0.1",
            "exports 2026-01 level 50@1",
        ]);
        let told: Vec<_> = book
            .records
            .iter()
            .map(|record| (record.measure, record.met, record.inside, record.above, record.below, record.open))
            .collect();
        assert_eq!(told, [(Measure::Yoy, 3, 1, 1, 1, 1), (Measure::Level, 1, 1, 0, 0, 0)]);
        assert_eq!(book.records[0].mean_miss, Some(number("2")), "3 above, 3 below, 0 inside");
        assert_eq!(book.records[1].mean_miss, Some(number("0")));
    }

    #[test]
    fn a_rate_in_another_currency_is_no_outcome_and_a_withdrawn_value_none() {
        let mut events = [event("exports 2026-01 yoy 10..12@1 bank"), event("exports 2026-01 yoy 11.0@0.1")];
        let names = Names { product_class: str::to_owned, organisation: str::to_owned };
        let is_met = |events: &[EventView]| book(events, &names).entries[0].met.is_some();
        assert!(is_met(&events));
        for (view, currency) in events.iter_mut().zip(["USD", "TWD"]) {
            if let Fact::Figure(figure) = &mut view.event.fact {
                figure.basis = Some(Unit(currency.into()));
            }
        }
        assert!(!is_met(&events));
        let mut events = [event("exports 2026-01 yoy 10..12@1 bank"), event("exports 2026-01 yoy 11.0@0.1")];
        events[1].event.state = EventState::Withdrawn;
        assert!(!is_met(&events));
    }
}
