//! Rows of the change log to flags and alerts. Pure: what was flagged or told before is asked of [`Before`].

use std::collections::HashSet;

use bellwether_model::alert::{Alert, AlertKind, Delivery};
use bellwether_model::event::{ChangeEntry, Event, EventChange, Fact, Mention};
use bellwether_model::figure::{Amount, Figure};
use bellwether_model::id::{AlertId, ChannelId, DocumentId, EventId, FlagId, ReleaseId};
use bellwether_model::overdue::Overdue;
use bellwether_model::watch::{Flag, WatchItem};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::condition::matches;
use super::deadlines::Reminder;
use super::documents::Paper;
use super::message::{self, Told};
use super::{deadlines, labels};
use crate::describe;
use crate::routing::{Labels, Routing};

/// One row of the change log with what it speaks of.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// The row.
    pub(super) entry: ChangeEntry,
    /// Its event, as it stands now.
    pub(super) event: Event,
    /// The mention that brought the change; `None`: it has gone since.
    pub(super) mention: Option<Mention>,
}

/// What is known from before this batch.
pub(super) trait Before {
    /// What goes wrong in asking.
    type Error;
    /// Whether the flag was raised.
    fn has_flag(&self, id: &FlagId) -> Result<bool, Self::Error>;
    /// Whether the alert was put into the outbox.
    fn has_alert(&self, id: &AlertId) -> Result<bool, Self::Error>;
    /// An alert as it stands in the outbox.
    fn alert(&self, id: &AlertId) -> Result<Option<Alert>, Self::Error>;
    /// Whether the release had headline figures before this time.
    fn had_headlines(&self, release: &ReleaseId, before: Timestamp) -> Result<bool, Self::Error>;
    /// Every report of an event.
    fn mentions(&self, event: &EventId) -> Result<Vec<Mention>, Self::Error>;
    /// The figures of the same economy, flow, partner, product class, measure and currency, forecasts among them.
    fn series(&self, figure: &Figure) -> Result<Vec<Figure>, Self::Error>;
}

/// What is to be committed.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Plan {
    /// New flags.
    pub(super) flags: Vec<Flag>,
    /// New rows of the outbox.
    pub(super) alerts: Vec<Alert>,
}

/// Flags and alerts of a batch of rows.
pub(super) fn plan<B: Before>(
    rows: &[Row],
    items: &[WatchItem],
    routing: &Routing,
    before: &B,
    now: Timestamp,
) -> Result<Plan, B::Error> {
    let mut planner = Planner::new(routing, before, now);
    for row in rows {
        for item in items {
            planner.item(row, item)?;
        }
        planner.change_of_value(row)?;
    }
    planner.releases(rows)?;
    Ok(planner.plan)
}

/// Flags and alerts of documents by their words, and of what sources owe.
pub(super) fn beside_facts<B: Before>(
    papers: &[Paper],
    owed: &[(EventChange, Overdue)],
    items: &[WatchItem],
    routing: &Routing,
    before: &B,
    now: Timestamp,
) -> Result<Plan, B::Error> {
    let mut planner = Planner::new(routing, before, now);
    for item in items {
        for paper in papers {
            planner.document(paper, item)?;
        }
        for (change, owed) in owed {
            planner.owed(change, owed, item)?;
        }
    }
    Ok(planner.plan)
}

/// Reminders of policy actions that begin or end before long, for the channels of items that they answer. `rows`: the
/// policy actions that are known, each with a report.
pub(super) fn remind<B: Before>(
    rows: &[Row],
    items: &[WatchItem],
    routing: &Routing,
    before: &B,
    now: Timestamp,
) -> Result<Vec<Alert>, B::Error> {
    let mut planner = Planner::new(routing, before, now);
    let today = now.to_zoned(TimeZone::UTC).date();
    for item in items.iter().filter(|item| !item.remind.is_empty() && !item.has_expired(now)) {
        for row in rows {
            let Fact::Policy(action) = &row.event.fact else { continue };
            let reminders = deadlines::due(action, &item.remind, today);
            if reminders.is_empty() || matches(&item.when, row, before)?.is_none() {
                continue;
            }
            for reminder in reminders {
                planner.deadline(row, item, &reminder)?;
            }
        }
    }
    Ok(planner.plan.alerts)
}

pub(super) struct Planner<'a, B> {
    pub(super) before: &'a B,
    pub(super) now: Timestamp,
    pub(super) routing: &'a Routing,
    pub(super) plan: Plan,
    pub(super) planned: HashSet<String>,
}

impl<'a, B: Before> Planner<'a, B> {
    fn new(routing: &'a Routing, before: &'a B, now: Timestamp) -> Self {
        Self { before, now, routing, plan: Plan::default(), planned: HashSet::new() }
    }

    /// Flags an event for an item, once a value, and tells the item's channels.
    fn item(&mut self, row: &Row, item: &WatchItem) -> Result<(), B::Error> {
        if !row.event.state.is_published() || item.has_expired(self.now) {
            return Ok(());
        }
        let Some(reason) = matches(&item.when, row, self.before)? else {
            return Ok(());
        };
        let Some(flag) = flag(row, item, &reason, self.now) else {
            return Ok(());
        };
        let told = Told { watch: Some((item, &flag)), ..told(row) };
        if !row.entry.silent
            && let Some(kind) = kind_of_change(&row.entry.change)
        {
            self.tell_change(kind, &item.channels, row, &told)?;
        }
        let is_new = self.planned.insert(flag.id.0.clone()) && !self.before.has_flag(&flag.id)?;
        if !is_new && !came_to_light(row) {
            return Ok(());
        }
        if !row.entry.silent && kind_of_change(&row.entry.change).is_none() {
            let subject = row.event.id.as_str();
            let summary = format!(
                "{}: {}{}",
                describe::plain(&item.title),
                describe::fact(&row.event.fact),
                describe::said_by(row.mention.as_ref())
            );
            let kind = AlertKind::WatchFlagged;
            let data = message::event(subject, &told, &summary);
            let labels = labels::of(kind, row, Some(item));
            self.alert(News { kind, labels, subject, what: flag.id.as_str(), summary, data }, &item.channels)?;
        }
        if is_new {
            self.plan.flags.push(flag);
        }
        Ok(())
    }

    /// Tells an item's channels of a day that comes near.
    fn deadline(&mut self, row: &Row, item: &WatchItem, reminder: &Reminder) -> Result<(), B::Error> {
        let (kind, subject) = (AlertKind::WatchDeadline, row.event.id.as_str());
        let fact = describe::fact(&row.event.fact);
        let (title, source) = (describe::plain(&item.title), describe::said_by(row.mention.as_ref()));
        let summary = format!("{title}: {}: {fact}{source}", describe::plain(&reminder.words));
        let data = message::deadline(subject, row, item, reminder, &summary);
        let labels = labels::of(kind, row, Some(item));
        let what = format!("{}: {}", item.id, reminder.name);
        self.alert(News { kind, labels, subject, what: &what, summary, data }, &item.channels)
    }

    /// Tells the channels that take releases of a revision or a dispute.
    fn change_of_value(&mut self, row: &Row) -> Result<(), B::Error> {
        let Some(kind) = kind_of_change(&row.entry.change).filter(|_| !row.entry.silent) else {
            return Ok(());
        };
        let routing = self.routing;
        self.tell_change(kind, &routing.releases, row, &told(row))
    }

    fn tell_change(
        &mut self,
        kind: AlertKind,
        named: &[ChannelId],
        row: &Row,
        told: &Told<'_>,
    ) -> Result<(), B::Error> {
        let Fact::Figure(figure) = &row.event.fact else {
            return Ok(());
        };
        let (about, source) = (describe::about(figure), describe::said_by(row.mention.as_ref()));
        let (summary, what) = match &row.entry.change {
            EventChange::Revised { old, new, .. } => {
                let (new_words, old_words) = (describe::measured(figure, *new), describe::measured(figure, *old));
                (format!("{about} revised: {new_words}, was {old_words}{source}"), change_name(*old, *new))
            }
            EventChange::Disputed { said, .. } => {
                let (shown, said_words) = (describe::value(figure), describe::measured(figure, *said));
                (format!("{about} disputed: {shown}, but {said_words}{source}"), change_name(figure.amount, *said))
            }
            _ => return Ok(()),
        };
        let subject = row.event.id.as_str();
        let data = message::event(subject, told, &summary);
        let labels = labels::of(kind, row, told.watch.map(|(item, _)| item));
        self.alert(News { kind, labels, subject, what: &what, summary, data }, named)
    }

    /// Puts an alert for each channel that it goes to into the plan, unless it was told before. `named`: channels that are
    /// told at once.
    pub(super) fn alert(&mut self, news: News<'_>, named: &[ChannelId]) -> Result<(), B::Error> {
        for ticket in self.routing.tickets(&news.labels, named, self.now) {
            let id = Alert::name(news.kind, &ticket.channel, news.subject, news.what);
            if !self.planned.insert(id.0.clone()) || self.before.has_alert(&id)? {
                continue;
            }
            self.plan.alerts.push(Alert {
                id,
                kind: news.kind,
                channel: ticket.channel,
                created: self.now,
                subject: news.subject.to_owned(),
                summary: news.summary.clone(),
                data: news.data.clone(),
                labels: news.labels.clone(),
                group: ticket.group,
                delivery: Delivery::Waiting { due: ticket.due, attempts: 0, last_error: None },
            });
        }
        Ok(())
    }
}

/// What is to be told, whoever it goes to.
pub(super) struct News<'a> {
    pub(super) kind: AlertKind,
    pub(super) labels: Labels,
    pub(super) subject: &'a str,
    /// What tells it apart from other news of the same kind on the same subject.
    pub(super) what: &'a str,
    pub(super) summary: String,
    pub(super) data: String,
}

/// Whether an event was known, as part of a backlog of which nobody was told, and is found to be news now.
pub(super) fn came_to_light(row: &Row) -> bool {
    // What was held is known since it was released, however early it was read.
    let known = row.event.vintages.first().map_or(row.event.first_seen, |first| first.from);
    matches!(row.entry.change, EventChange::New { .. }) && known < row.entry.at
}

fn told(row: &Row) -> Told<'_> {
    Told { row, watch: None }
}

/// The kind of alert that a change of a known value is; `None`: no such change.
fn kind_of_change(change: &EventChange) -> Option<AlertKind> {
    match change {
        EventChange::Revised { .. } => Some(AlertKind::FigureRevised),
        EventChange::Disputed { .. } => Some(AlertKind::FigureDisputed),
        _ => None,
    }
}

fn change_name(from: Amount, to: Amount) -> String {
    let text = |amount| match amount {
        Amount::Value { value } => value.to_string(),
        Amount::Range { low, high } => format!("{low}..{high}"),
    };
    format!("{} to {}", text(from), text(to))
}

/// The flag of an event for an item. What was flagged is the value since it is known: a more exact number of the
/// same value keeps that time, and so the flag; a revision flags again.
fn flag(row: &Row, item: &WatchItem, reason: &str, now: Timestamp) -> Option<Flag> {
    let mention = row.mention.as_ref()?;
    // How many values there have been tells a revised value from the one that was flagged before it.
    let what = row.event.vintages.len().to_string();
    Some(Flag {
        id: Flag::name(&item.id, &row.event.id, &what),
        watch: item.id.clone(),
        title: item.title.clone(),
        event: row.event.id.clone(),
        release: row.event.release.clone(),
        at: now,
        reason: reason.to_owned(),
        document: Some(mention.document.clone()),
        url: mention.url.clone(),
        evidence: mention.evidence.clone(),
        resolved: None,
    })
}

pub(super) fn figure(row: &Row) -> Option<&Figure> {
    match &row.event.fact {
        Fact::Figure(figure) => Some(figure),
        Fact::Statement(_) | Fact::Policy(_) => None,
    }
}

/// The document that brought a change.
pub(super) fn document(change: &EventChange) -> Option<&DocumentId> {
    match change {
        EventChange::New { document }
        | EventChange::Merged { document }
        | EventChange::Revised { document, .. }
        | EventChange::Disputed { document, .. }
        | EventChange::Settled { document }
        | EventChange::Read { document }
        | EventChange::Held { document } => Some(document),
        EventChange::Withdrawn | EventChange::Overdue | EventChange::Arrived => None,
    }
}
