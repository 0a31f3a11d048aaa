//! Reads what a week needs from the store. The one door of this room.

use std::collections::{BTreeMap, BTreeSet};

use bellwether_model::document::DocumentRecord;
use bellwether_model::event::{EventState, Mention};
use bellwether_model::health::SourceHealth;
use bellwether_model::id::{DocumentId, EventId, SourceId};
use bellwether_model::watch::Flag;
use bellwether_store::{EventFilter, ReadError, Store};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::view::reports::Week;
use crate::view::{self, EventView};

/// What the store holds of a week and the one before.
#[derive(Debug, Clone, Default)]
pub(super) struct Content {
    /// Events with a document published in the week.
    pub(super) week: Vec<EventView>,
    /// Events with a document published in the week before.
    pub(super) previous: Vec<EventView>,
    /// Forecasts of any time, against which values of the week are held.
    pub(super) forecasts: Vec<EventView>,
    /// The documents behind the events of the week.
    pub(super) documents: BTreeMap<DocumentId, DocumentRecord>,
    /// Flags on events of the week, newest first.
    pub(super) flags: Vec<Flag>,
    /// Flags on events of the week before.
    pub(super) previous_flags: usize,
    /// Sources that are not well: since when and why.
    pub(super) failing: Vec<(SourceId, Timestamp, String)>,
    /// Figures of the week that stand out from their series and are not confirmed.
    pub(super) held: usize,
    /// Events of the week that no document carries any more.
    pub(super) withdrawn: usize,
}

/// The day on which a document counts: its day of publication, else the day on which it was read (UTC).
pub(super) fn day_of(mention: &Mention) -> Date {
    view::published_on(mention).unwrap_or_else(|| view::utc_day(mention.at))
}

/// Reads everything that the briefing of a week speaks of.
pub(super) fn gather(store: &Store, week: Week) -> Result<Content, ReadError> {
    let mut content = Content::default();
    let before = week.previous();
    for view in view::events(store, &EventFilter::default())? {
        let in_week = |week: Week| view.mentions.iter().any(|mention| week.contains(day_of(mention)));
        if view.event.state == EventState::Withdrawn {
            // Its mentions are gone, so that the day of its end is the only one it has.
            content.withdrawn += usize::from(week.contains(view::utc_day(view.event.changed)));
            continue;
        }
        let (now, then) = (in_week(week), in_week(before));
        if view.event.state == EventState::Held {
            content.held += usize::from(now);
            continue;
        }
        if view::is_forecast(&view.event.fact) {
            content.forecasts.push(view.clone());
        }
        if then {
            content.previous.push(view.clone());
        }
        if now {
            content.week.push(view);
        }
    }
    view::sort_for_people(&mut content.week);
    read_documents(store, &mut content)?;
    read_flags(store, &mut content)?;
    content.failing = failing(store)?;
    Ok(content)
}

fn read_documents(store: &Store, content: &mut Content) -> Result<(), ReadError> {
    for mention in content.week.iter().chain(&content.forecasts).flat_map(|view| &view.mentions) {
        if !content.documents.contains_key(&mention.document)
            && let Some(record) = store.document(&mention.document)?
        {
            content.documents.insert(mention.document.clone(), record);
        }
    }
    Ok(())
}

fn read_flags(store: &Store, content: &mut Content) -> Result<(), ReadError> {
    let names = |views: &[EventView]| views.iter().map(|view| view.event.id.clone()).collect::<BTreeSet<EventId>>();
    let (week, previous) = (names(&content.week), names(&content.previous));
    for flag in store.flags(None, usize::MAX)? {
        content.previous_flags += usize::from(previous.contains(&flag.event));
        if week.contains(&flag.event) {
            content.flags.push(flag);
        }
    }
    Ok(())
}

/// Sources that were judged and are not well.
fn failing(store: &Store) -> Result<Vec<(SourceId, Timestamp, String)>, ReadError> {
    let states = store.all_source_health()?.into_iter().filter(|state| state.health.is_ill());
    let told = |state: SourceHealth| {
        let problem = state.problem.unwrap_or_else(|| state.health.name().to_owned());
        (state.source, state.since, problem)
    };
    Ok(states.map(told).collect())
}
