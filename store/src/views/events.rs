//! Lists events: by the index that leaves the fewest to look at, in the order of lists.

use std::collections::BTreeSet;

use bellwether_model::event::Event;
use bellwether_model::id::{EventId, SourceId};

use super::entry::Entry;
use super::keys::{self, Key, View};
use super::{Trouble, Views};
use crate::EventFilter;

/// Which entries to look at.
enum Plan {
    /// The index is in the order of lists: looking can stop at the limit.
    InOrder(Key),
    /// What is found must be put in order.
    Unordered(Vec<String>),
}

impl Views {
    /// Events that a filter lets through, by area, flow, period, measure.
    pub(crate) fn events(&self, filter: &EventFilter) -> Result<Vec<Event>, Trouble> {
        let limit = if filter.limit == 0 { usize::MAX } else { filter.limit };
        match self.plan(filter)? {
            Plan::InOrder(prefix) => {
                let mut events = Vec::new();
                for entry in self.scan(&prefix) {
                    if events.len() >= limit {
                        break;
                    }
                    let (key, name) = entry?;
                    let event = self.passing(filter, &String::from_utf8_lossy(&name))?;
                    events.extend(event.filter(|event| event.index().iter().any(|other| other.bytes == *key)));
                }
                Ok(events)
            }
            Plan::Unordered(names) => {
                let mut events = Vec::new();
                for name in names {
                    events.extend(self.passing(filter, &name)?);
                }
                events.sort_by_cached_key(keys::order);
                events.truncate(limit);
                Ok(events)
            }
        }
    }

    fn plan(&self, filter: &EventFilter) -> Result<Plan, Trouble> {
        if let Some(release) = &filter.release {
            return Ok(Plan::InOrder(keys::release(release)));
        }
        if let Some(area) = &filter.area {
            return Ok(Plan::InOrder(keys::order_of_figures(area, filter.flow, filter.period)));
        }
        if let Some(source) = &filter.source {
            let named = self.scan(&keys::mentioned_in(source)).map(|entry| Ok(keys::text_at(&entry?.0, 1)));
            return Ok(Plan::Unordered(named.collect::<Result<BTreeSet<String>, Trouble>>()?.into_iter().collect()));
        }
        if let Some(since) = filter.since {
            // Only a name can stand behind the time, so the bare time lies before all that changed then.
            return Ok(Plan::Unordered(self.names(self.behind(&Key::of(View::EventChanged).time(since)))?));
        }
        Ok(Plan::InOrder(filter.kind.map_or_else(|| Key::of(View::EventOrder), keys::order_of_kind)))
    }

    /// The names that entries of an index lead to, each once.
    fn names(
        &self,
        entries: impl Iterator<Item = Result<(sled::IVec, sled::IVec), Trouble>>,
    ) -> Result<Vec<String>, Trouble> {
        let names: Result<BTreeSet<String>, Trouble> =
            entries.map(|entry| Ok(String::from_utf8_lossy(&entry?.1).into_owned())).collect();
        Ok(names?.into_iter().collect())
    }

    fn passing(&self, filter: &EventFilter, name: &str) -> Result<Option<Event>, Trouble> {
        let Some(event) = self.entry::<Event>(name)?.filter(|event| filter.admits(event)) else { return Ok(None) };
        let from_source = match &filter.source {
            None => true,
            Some(source) => self.is_mentioned_in(source, &event.id)?,
        };
        Ok(from_source.then_some(event))
    }

    fn is_mentioned_in(&self, source: &SourceId, event: &EventId) -> Result<bool, Trouble> {
        let prefix = keys::mentioned_in(source).text(event.as_str());
        Ok(self.scan(&prefix).next().transpose()?.is_some())
    }
}
