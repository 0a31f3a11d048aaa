//! What sources owe: a release that ought to have come by now, or anything at all. Pure: the time is an argument.
//!
//! Judged only after a look at the source later than the time in question, so that neither the first start nor a night
//! without power is taken for the silence of others.

use bellwether_model::event::EventChange;
use bellwether_model::id::EventId;
use bellwether_model::overdue::{Awaited, Overdue};
use jiff::Timestamp;

use super::manners::plus;
use crate::settings::SourceSettings;

/// How a source stands.
#[derive(Clone, Copy)]
pub(super) struct Standing<'a> {
    /// The source.
    pub(super) source: &'a SourceSettings,
    /// Since when it is followed.
    pub(super) followed: Timestamp,
    /// When it was looked at last, whatever came of that; `None`: never.
    pub(super) visited: Option<Timestamp>,
    /// When it brought something new last.
    pub(super) news: Option<Timestamp>,
    /// Whether an answer of it was not read yet: there may be something new in it.
    pub(super) is_unread: bool,
}

/// What became overdue or has come after all. `known`: what this source owed before, come or not.
pub(super) fn judge(standing: &Standing<'_>, known: &[&Overdue], now: Timestamp) -> Vec<(Overdue, EventChange)> {
    let mut changes = Vec::new();
    for owed in known.iter().filter(|owed| owed.arrived.is_none()) {
        let since = match owed.awaited {
            Awaited::Release { expected, .. } => expected,
            Awaited::News { since } => plus(since, std::time::Duration::from_nanos(1)),
        };
        if let Some(arrived) = standing.news.filter(|news| *news >= since) {
            changes.push((Overdue { arrived: Some(arrived), ..(*owed).clone() }, EventChange::Arrived));
        }
    }
    let is_known = |id: &EventId| known.iter().any(|owed| owed.id == *id);
    let is_fair = |by: Timestamp| by <= now && standing.visited.is_some_and(|at| at >= by) && !standing.is_unread;
    for (awaited, by) in release(standing, now).into_iter().chain(news(standing)) {
        let id = Overdue::name(&standing.source.id, &awaited);
        if is_fair(by) && !is_known(&id) {
            let source = standing.source.id.clone();
            changes.push((Overdue { id, source, awaited, by, noticed: now, arrived: None }, EventChange::Overdue));
        }
    }
    changes
}

/// The last release that is due and was not seen.
fn release(standing: &Standing<'_>, now: Timestamp) -> Option<(Awaited, Timestamp)> {
    let calendar = standing.source.calendar.as_ref()?;
    let release = calendar.last_due(now)?;
    let was_watched = standing.followed <= calendar.opens(&release);
    let missing = was_watched && !calendar.is_seen(&release, standing.news);
    missing.then(|| {
        let awaited = Awaited::Release { calendar: calendar.id.clone(), expected: release.first() };
        (awaited, calendar.overdue(&release))
    })
}

/// Anything at all.
fn news(standing: &Standing<'_>) -> Option<(Awaited, Timestamp)> {
    let patience = standing.source.silent_after?;
    let since = standing.news.map_or(standing.followed, |news| news.max(standing.followed));
    Some((Awaited::News { since }, plus(since, patience)))
}

#[cfg(test)]
#[path = "overdue_tests.rs"]
mod tests;
