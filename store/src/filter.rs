//! Which events to list, and whether one event passes. Pure: it knows no keys and no disk.

use bellwether_model::event::{Event, EventState, Fact, FactKind};
use bellwether_model::figure::{Figure, Flow, Measure};
use bellwether_model::id::{ReleaseId, SourceId};
use bellwether_model::period::Period;
use bellwether_model::place::{Area, Partner};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Which events to list. All parts that are given must hold.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EventFilter {
    /// Kind of fact.
    pub kind: Option<FactKind>,
    /// Economy whose trade it is.
    pub area: Option<Area>,
    /// Partner; `all` for figures over all partners.
    pub partner: Option<Partner>,
    /// Direction of trade.
    pub flow: Option<Flow>,
    /// Measure.
    pub measure: Option<Measure>,
    /// Period of reference.
    pub period: Option<Period>,
    /// `true`: forecasts only; `false`: what has happened only.
    pub forecast: Option<bool>,
    /// How the event stands.
    pub state: Option<EventState>,
    /// Mentioned by this source.
    pub source: Option<SourceId>,
    /// Brought by this release.
    pub release: Option<ReleaseId>,
    /// Changed at this time or later.
    pub since: Option<Timestamp>,
    /// Changed before this time.
    pub until: Option<Timestamp>,
    /// At most so many; 0: all.
    pub limit: usize,
    /// As they were known at this time, by the store's time; `None`: now.
    pub as_of: Option<Timestamp>,
}

/// The partner by which one asks for figures over all partners.
const ALL_PARTNERS: &str = "all";

impl EventFilter {
    /// Whether the event itself passes. What is known beside the event, which sources mention it, is not asked here.
    #[must_use]
    pub fn admits(&self, event: &Event) -> bool {
        let figure = match &event.fact {
            Fact::Figure(figure) => Some(figure),
            Fact::Statement(_) | Fact::Policy(_) => None,
        };
        self.kind.is_none_or(|kind| event.fact.kind() == kind)
            && self.state.is_none_or(|state| event.state == state)
            && self.release.as_ref().is_none_or(|release| event.release.as_ref() == Some(release))
            && self.since.is_none_or(|since| event.changed >= since)
            && self.until.is_none_or(|until| event.changed < until)
            && self.partner.as_ref().is_none_or(|partner| concerns(&event.fact, partner))
            && self.admits_figure(figure)
    }

    /// The parts that only a figure can meet; `forecast = false` is also met by what is no figure, since it has happened.
    fn admits_figure(&self, figure: Option<&Figure>) -> bool {
        let has = |test: &dyn Fn(&Figure) -> bool| figure.is_some_and(test);
        self.area.as_ref().is_none_or(|area| has(&|f| f.area == *area))
            && self.flow.is_none_or(|flow| has(&|f| f.flow == flow))
            && self.measure.is_none_or(|measure| has(&|f| f.measure == measure))
            && self.period.is_none_or(|period| has(&|f| f.period == period))
            && self.forecast.is_none_or(|forecast| has(&|f| f.status.is_forecast()) == forecast)
    }
}

/// Whether a fact is about this partner: of a figure the other side, of a policy action its target.
fn concerns(fact: &Fact, partner: &Partner) -> bool {
    match fact {
        Fact::Figure(figure) if partner.as_str() == ALL_PARTNERS => figure.partner.is_none(),
        Fact::Figure(figure) => figure.partner.as_ref() == Some(partner),
        Fact::Policy(policy) => policy.partner.as_ref() == Some(partner),
        Fact::Statement(_) => false,
    }
}
