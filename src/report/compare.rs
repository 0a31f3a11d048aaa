//! The week against the one before, and values against what was expected of them. Pure arithmetic, no judgement.

use bellwether_model::event::{EventState, Fact, FactKind};
use bellwether_model::figure::{Amount, Figure};
use bellwether_model::id::EventId;
use bellwether_model::period::Period;
use bellwether_model::reading::Reading;
use serde::Serialize;

use super::briefing::Notes;
use super::gather::{Content, day_of};
use crate::view::EventView;
use crate::view::forecasts::{Met, meet};
use crate::view::reports::Week;

/// Two weeks side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The week before.
    pub previous_week: Week,
    /// What this week brought.
    pub now: Counts,
    /// What the week before brought.
    pub then: Counts,
    /// Headline figures of this week, each with the last one of its series that the week before brought.
    pub headlines: Vec<Headline>,
}

/// How much a week brought.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Documents that carry facts.
    pub documents: usize,
    /// Figures.
    pub figures: usize,
    /// Figures among them whose value was revised.
    pub revised: usize,
    /// Figures among them on which documents disagree.
    pub disputed: usize,
    /// Policy actions.
    pub policies: usize,
    /// Statements.
    pub statements: usize,
    /// Flags of the watch list.
    pub flags: usize,
}

/// One headline figure and what the week before said of its series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Headline {
    /// The figure of this week.
    pub figure: Figure,
    /// Period and value that the week before brought; `None`: nothing of the series.
    pub previous: Option<Earlier>,
}

/// A value of the week before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Earlier {
    /// Its period.
    pub period: Period,
    /// The value that documents of that week gave.
    pub amount: Amount,
}

/// A value of the week and a forecast of it.
#[derive(Debug, Clone, Serialize)]
pub struct ForecastCheck {
    /// The event of the value.
    pub event: EventId,
    /// The value.
    pub actual: Figure,
    /// The forecast.
    pub forecast: Figure,
    /// Where the value lies, and by how much it misses.
    #[serde(flatten)]
    pub met: Met,
    /// Number of the sentence that gives the value.
    pub actual_cite: usize,
    /// Number of the sentence that gives the forecast.
    pub forecast_cite: usize,
}

/// Counts of both weeks and the headline series.
pub(super) fn weeks(content: &Content, week: Week) -> Comparison {
    let previous_week = week.previous();
    Comparison {
        previous_week,
        now: counts(&content.week, week, content.flags.len()),
        then: counts(&content.previous, previous_week, content.previous_flags),
        headlines: headlines(content, previous_week),
    }
}

fn counts(views: &[EventView], week: Week, flags: usize) -> Counts {
    let mut documents: Vec<_> = views
        .iter()
        .flat_map(|view| &view.mentions)
        .filter(|mention| week.contains(day_of(mention)))
        .map(|mention| &mention.document)
        .collect();
    documents.sort();
    documents.dedup();
    let kind = |kind| views.iter().filter(|view| view.kind == kind).count();
    let state = |state| views.iter().filter(|view| view.kind == FactKind::Figure && view.event.state == state).count();
    Counts {
        documents: documents.len(),
        figures: kind(FactKind::Figure),
        revised: state(EventState::Revised),
        disputed: state(EventState::Disputed),
        policies: kind(FactKind::Policy),
        statements: kind(FactKind::Statement),
        flags,
    }
}

fn figure(view: &EventView) -> Option<&Figure> {
    match &view.event.fact {
        Fact::Figure(figure) => Some(figure),
        _ => None,
    }
}

fn same_series(a: &Figure, b: &Figure) -> bool {
    a.area == b.area
        && a.flow == b.flow
        && a.partner == b.partner
        && a.product == b.product
        && a.measure == b.measure
        && a.unit == b.unit
        && a.basis == b.basis
        && a.status.is_forecast() == b.status.is_forecast()
        && a.forecaster == b.forecaster
        && span(&a.period) == span(&b.period)
}

/// Months are held against months and years against years; sums from January on are a series of their own.
fn span(period: &Period) -> u8 {
    match period {
        Period::Year(_) => 0,
        Period::Half(..) => 1,
        Period::Quarter(..) => 2,
        Period::Month(..) => 3,
        Period::Months(..) => 4,
        Period::Days(..) => 5,
    }
}

fn headlines(content: &Content, previous_week: Week) -> Vec<Headline> {
    let current = content.week.iter().filter_map(figure).filter(|figure| figure.headline);
    current
        .map(|current| {
            let series = content.previous.iter().filter_map(|view| Some((view, figure(view)?)));
            let last = series
                .filter(|(_, earlier)| same_series(current, earlier))
                .max_by_key(|(_, earlier)| (earlier.period == current.period, earlier.period.end()));
            let previous = last.map(|(view, earlier)| Earlier {
                period: earlier.period,
                amount: said_in(view, previous_week).unwrap_or(earlier.amount),
            });
            Headline { figure: current.clone(), previous }
        })
        .collect()
}

/// The value that the documents of a week gave, by the one that is believed most.
fn said_in(view: &EventView, week: Week) -> Option<Amount> {
    let of_week = view.mentions.iter().filter(|mention| week.contains(day_of(mention)));
    of_week.max_by_key(|mention| (mention.trust, mention.at)).and_then(|mention| mention.amount)
}

/// Values of the week for which a forecast is known.
pub(super) fn forecasts(content: &Content, notes: &mut Notes<'_>) -> Vec<ForecastCheck> {
    let mut checks = Vec::new();
    for view in &content.week {
        let Some(actual) = figure(view).filter(|figure| !figure.status.is_forecast()) else {
            continue;
        };
        for expected in content.forecasts.iter().filter(|expected| !expected.mentions.is_empty()) {
            let Some(forecast) = figure(expected).filter(|forecast| same_question(actual, forecast)) else {
                continue;
            };
            checks.push(ForecastCheck {
                event: view.event.id.clone(),
                actual: actual.clone(),
                forecast: forecast.clone(),
                met: meet(&reading(actual), &reading(forecast)),
                actual_cite: notes.cite_event(view),
                forecast_cite: notes.cite_event(expected),
            });
        }
    }
    checks
}

fn same_question(actual: &Figure, forecast: &Figure) -> bool {
    actual.area == forecast.area
        && actual.flow == forecast.flow
        && actual.partner == forecast.partner
        && actual.product == forecast.product
        && actual.period == forecast.period
        && actual.measure == forecast.measure
        && actual.unit == forecast.unit
}

fn reading(figure: &Figure) -> Reading {
    Reading { amount: figure.amount, precision: figure.precision }
}
