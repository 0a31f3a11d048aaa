//! Figures that belong side by side: the level, rates and shares of one subject in one period. Pure.

use std::collections::HashMap;

use bellwether_model::event::Fact;
use bellwether_model::figure::{Figure, Flow};
use bellwether_model::period::Period;
use bellwether_model::place::{Area, Partner};

use super::EventView;

/// The figures of one subject and period, as actual values or as one forecaster's; never empty.
#[derive(Debug, Clone)]
pub struct Group<'a> {
    /// The first of them, which gives subject, period and status.
    pub figure: &'a Figure,
    /// All of them, by measure.
    pub events: Vec<(&'a EventView, &'a Figure)>,
}

/// The figures among events, side by side where they speak of the same, in the order of their first ones.
#[must_use]
pub fn figures<'a>(events: impl IntoIterator<Item = &'a EventView>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut places: HashMap<Subject<'a>, usize> = HashMap::new();
    for view in events {
        let Fact::Figure(figure) = &view.event.fact else {
            continue;
        };
        let place = *places.entry(subject(figure)).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.events.push((view, figure)),
            None => groups.push(Group { figure, events: vec![(view, figure)] }),
        }
    }
    for group in &mut groups {
        group.events.sort_by_key(|(_, figure)| figure.measure);
    }
    groups
}

/// What figures must share to stand side by side.
type Subject<'a> = (&'a Area, Flow, Option<&'a Partner>, Option<&'a str>, &'a Period, bool, Option<&'a str>);

fn subject(figure: &Figure) -> Subject<'_> {
    (
        &figure.area,
        figure.flow,
        figure.partner.as_ref(),
        figure.product.as_deref(),
        &figure.period,
        figure.status.is_forecast(),
        figure.forecaster.as_deref(),
    )
}
