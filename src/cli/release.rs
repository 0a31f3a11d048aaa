//! `events release`: publishes events that are held because their values stand out from their series.

use std::io::Write as _;

use bellwether_model::event::{Event, EventState};
use bellwether_store::EventFilter;

use super::args::Cli;
use super::failure::{ExitStatus, UsageError};
use super::pipeline::House;
use crate::events::Released;
use crate::{describe, events, watch};

/// Releases the events whose ids begin so, each of which must name one event. Flags and alerts of them are put into the store;
/// `run` or `crawl` delivers them.
pub(super) fn run(cli: &Cli, ids: &[String]) -> anyhow::Result<ExitStatus> {
    let house = House::open(super::settings(cli)?)?;
    let held = house.store.events(&EventFilter { state: Some(EventState::Held), ..EventFilter::default() })?;
    // All are found before the first is released.
    let found = ids.iter().map(|id| one(&held, id)).collect::<Result<Vec<&Event>, UsageError>>()?;
    for event in found {
        if events::release(&house.store, &event.id, house.clock.now())? == Released::Done {
            writeln!(std::io::stderr(), "released {}", describe::fact(&event.fact))?;
        }
    }
    watch::catch_up(&house.settings.watch, &house.settings.routing, &house.words(), &house.store, &house.clock)?;
    Ok(ExitStatus::Success)
}

fn one<'a>(held: &'a [Event], id: &str) -> Result<&'a Event, UsageError> {
    let found: Vec<&Event> = held.iter().filter(|event| event.id.as_str().starts_with(id)).collect();
    let wrong = match found.as_slice() {
        [event] => return Ok(event),
        [] => format!("no event that is held begins with `{id}`"),
        _ => format!("several events that are held begin with `{id}`"),
    };
    Err(UsageError::new(wrong).with_hint("`bellwether events list --status held` prints them"))
}
