//! Releases to alerts: the first figures at once, and what else of them comes within a settling time as one update. Pure.

use std::collections::BTreeMap;

use bellwether_model::alert::{Alert, AlertKind, Delivery, Group};
use bellwether_model::event::{EventChange, Fact};
use bellwether_model::figure::{Figure, Flow, Measure};
use bellwether_model::id::{AlertId, ChannelId, ReleaseId};
use jiff::{SignedDuration, Timestamp};

use super::plan::{Before, News, Planner, Row, came_to_light, figure};
use super::{labels, message};
use crate::describe;

/// How long an update lies in the outbox after the last figure may have joined it: none is changed while it is being sent.
const SEALED: SignedDuration = SignedDuration::from_secs(5);
/// Updates of one release for one channel. More than one where the first went out early, with the others of a group.
const MOST_UPDATES: usize = 8;

impl<B: Before> Planner<'_, B> {
    /// Tells of each release once, when its first headline figures are there, and of what else comes soon after as one update.
    pub(super) fn releases(&mut self, rows: &[Row]) -> Result<(), B::Error> {
        let mut releases: BTreeMap<&ReleaseId, Vec<&Row>> = BTreeMap::new();
        for row in rows.iter().filter(|row| !row.entry.silent) {
            if let (EventChange::New { .. }, Fact::Figure(_), Some(release)) =
                (&row.entry.change, &row.event.fact, &row.event.release)
            {
                releases.entry(release).or_default().push(row);
            }
        }
        for (release, mut rows) in releases {
            rows.sort_by_key(|row| figure(row).map(prominence));
            if !self.first_figures(release, &rows)? {
                self.further_figures(release, &rows)?;
            }
        }
        Ok(())
    }

    /// Tells of a release of which nobody was told; `false`: these are no such figures.
    fn first_figures(&mut self, release: &ReleaseId, rows: &[&Row]) -> Result<bool, B::Error> {
        let Some(lead) = rows.first().copied().filter(|row| figure(row).is_some_and(is_news)) else {
            return Ok(false);
        };
        let first = rows.iter().map(|row| row.entry.at).min().unwrap_or(self.now);
        if !rows.iter().any(|row| came_to_light(row)) && self.before.had_headlines(release, first)? {
            return Ok(false);
        }
        let summary = release_summary(lead, rows);
        let data = message::release(release, rows, &summary);
        let kind = AlertKind::ReleaseNew;
        let labels = labels::of(kind, lead, None);
        let routing = self.routing;
        let news = News { kind, labels, subject: release.as_str(), what: "", summary, data };
        self.alert(news, &routing.releases)?;
        Ok(true)
    }

    /// Puts further figures of a release into the update that each channel gets that was told of it a short time ago.
    fn further_figures(&mut self, release: &ReleaseId, rows: &[&Row]) -> Result<(), B::Error> {
        let (kind, routing) = (AlertKind::ReleaseUpdated, self.routing);
        let Some(lead) = rows.first() else { return Ok(()) };
        let labels = labels::of(kind, lead, None);
        for ticket in routing.tickets(&labels, &routing.releases, self.now) {
            let first = Alert::name(AlertKind::ReleaseNew, &ticket.channel, release.as_str(), "");
            let Some(until) = self.known(&first)?.map(|told| told.created + routing.settle) else { continue };
            if self.now >= until {
                continue;
            }
            let due = ticket.due.max(until + SEALED);
            // What waits for a digest goes with it; otherwise the update is what gathers.
            let group = ticket.group.filter(|group| routing.is_timed(group));
            let update = self.update(release, &ticket.channel, rows, (due, group))?;
            if let Some(update) = update {
                let update = Alert { labels: labels.clone(), ..update };
                match self.plan.alerts.iter_mut().find(|known| known.id == update.id) {
                    Some(known) => *known = update,
                    None => self.plan.alerts.push(update),
                }
            }
        }
        Ok(())
    }

    /// The update of a release for a channel, with these figures behind those that wait in it already.
    fn update(
        &self,
        release: &ReleaseId,
        channel: &ChannelId,
        rows: &[&Row],
        (due, group): (Timestamp, Option<Group>),
    ) -> Result<Option<Alert>, B::Error> {
        for number in 1..=MOST_UPDATES {
            let id = Alert::name(AlertKind::ReleaseUpdated, channel, release.as_str(), &number.to_string());
            let known = self.known(&id)?;
            if known.as_ref().is_some_and(|known| !is_open(known, self.now)) {
                continue;
            }
            let (data, summary) = message::further(release, rows, known.as_ref().map(|known| known.data.as_str()));
            return Ok(Some(match known {
                Some(known) => Alert { data, summary, ..known },
                None => Alert {
                    id,
                    kind: AlertKind::ReleaseUpdated,
                    channel: channel.clone(),
                    created: self.now,
                    subject: release.to_string(),
                    summary,
                    data,
                    labels: BTreeMap::new(),
                    group,
                    delivery: Delivery::Waiting { due, attempts: 0, last_error: None },
                },
            }));
        }
        Ok(None)
    }

    /// An alert of this plan or of an earlier one.
    fn known(&self, id: &AlertId) -> Result<Option<Alert>, B::Error> {
        match self.plan.alerts.iter().find(|alert| alert.id == *id) {
            Some(planned) => Ok(Some(planned.clone())),
            None => self.before.alert(id),
        }
    }
}

/// Whether an update waits long enough that figures can still join it.
fn is_open(update: &Alert, now: Timestamp) -> bool {
    matches!(update.delivery, Delivery::Waiting { due, attempts: 0, .. } if due >= now + SEALED)
}

fn is_news(figure: &Figure) -> bool {
    figure.headline && !figure.status.is_forecast()
}

/// Sorts the figures of a release: headline figures first, exports first, the shortest period first, levels first.
fn prominence(figure: &Figure) -> (bool, Flow, i64, Measure) {
    let days = (figure.period.end() - figure.period.start()).get_days();
    (!is_news(figure), figure.flow, i64::from(days), figure.measure)
}

/// `TW exports 2025-12: 62.48 billion USD, +43.4% on a year before (source: title)`.
fn release_summary(lead: &Row, rows: &[&Row]) -> String {
    let Some(main) = figure(lead) else {
        return String::new();
    };
    let same = |other: &Figure| {
        is_news(other) && (&other.area, other.flow, other.period) == (&main.area, main.flow, main.period)
    };
    let change = rows.iter().filter_map(|row| figure(row)).find(|other| other.measure == Measure::Yoy && same(other));
    let change = change.filter(|change| change.measure != main.measure);
    let change = change.map(|change| format!(", {}", describe::value(change))).unwrap_or_default();
    format!("{}: {}{change}{}", describe::about(main), describe::value(main), describe::said_by(lead.mention.as_ref()))
}
