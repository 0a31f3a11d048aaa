//! Figures that belong side by side: the level, rates and shares of one subject in one period. Pure.

use bellwether_model::event::Fact;
use bellwether_model::figure::Figure;

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
    for view in events {
        let Fact::Figure(figure) = &view.event.fact else {
            continue;
        };
        match groups.iter_mut().find(|group| same_subject(group.figure, figure)) {
            Some(group) => group.events.push((view, figure)),
            None => groups.push(Group { figure, events: vec![(view, figure)] }),
        }
    }
    for group in &mut groups {
        group.events.sort_by_key(|(_, figure)| figure.measure);
    }
    groups
}

fn same_subject(a: &Figure, b: &Figure) -> bool {
    a.area == b.area
        && a.flow == b.flow
        && a.period == b.period
        && a.partner == b.partner
        && a.product == b.product
        && a.status.is_forecast() == b.status.is_forecast()
        && a.forecaster == b.forecaster
}
