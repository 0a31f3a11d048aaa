//! What sources owe as an answer of an item: a release that has not come, a source that says nothing. Pure.

use bellwether_model::alert::AlertKind;
use bellwether_model::event::EventChange;
use bellwether_model::evidence::Evidence;
use bellwether_model::overdue::{Awaited, Overdue};
use bellwether_model::watch::{Absence, Condition, Flag, SubjectKind, WatchItem};

use super::condition::{Verdict, combined, need};
use super::late;
use super::look::Judgement;
use super::message;
use super::plan::{Before, News, Planner};
use crate::describe;

/// Compares what is owed with a condition: only `kind` and `overdue` speak of it.
pub(super) fn judge(condition: &Condition, owed: &Overdue) -> Verdict {
    let Ok(verdict) =
        combined(condition, own(condition, owed), &mut |part| Ok::<_, std::convert::Infallible>(judge(part, owed)));
    verdict
}

fn own(condition: &Condition, owed: &Overdue) -> Result<Vec<String>, String> {
    let others =
        Condition { kind: None, overdue: None, all: Vec::new(), any: Vec::new(), not: None, ..condition.clone() };
    let is_asked = condition.kind.is_none_or(|kind| kind == SubjectKind::Overdue);
    need(is_asked && others == Condition::default(), || "it is something that has not come".to_owned())?;
    let Some(asked) = &condition.overdue else { return Ok(Vec::new()) };
    need(asked.source.as_ref().is_none_or(|source| *source == owed.source), || {
        format!("the source is {}", owed.source)
    })?;
    let (calendar, of, word) = match &owed.awaited {
        Awaited::Release { calendar, .. } => (Some(calendar), Absence::Release, "a release that is overdue"),
        Awaited::News { .. } => (None, Absence::News, "a source that has nothing new"),
    };
    need(asked.of.is_none_or(|asked| asked == of), || format!("it is {word}"))?;
    need(asked.calendar.as_ref().is_none_or(|asked| Some(asked) == calendar), || {
        calendar.map_or_else(|| format!("it is {word}"), |calendar| format!("the calendar is {calendar}"))
    })?;
    Ok(vec![word.to_owned()])
}

/// Whether an item asks for absence: one that says nothing of it is not met by it.
pub(super) fn is_asked_for(condition: &Condition) -> bool {
    condition.overdue.is_some()
        || condition.kind == Some(SubjectKind::Overdue)
        || condition.all.iter().chain(&condition.any).any(is_asked_for)
}

impl<B: Before> Planner<'_, B> {
    /// Flags for an item what a source owes, tells its channels, and tells them again when it has come; then the flag needs
    /// nothing more.
    pub(super) fn owed(&mut self, change: &EventChange, owed: &Overdue, item: &WatchItem) -> Result<(), B::Error> {
        if item.has_expired(self.now) || !is_asked_for(&item.when) {
            return Ok(());
        }
        let Verdict::Met(_) = judge(&item.when, owed) else { return Ok(()) };
        // As it stood when the row was written: it may have come since, and that is another row.
        let owed = match change {
            EventChange::Overdue => &Overdue { arrived: None, ..owed.clone() },
            _ => owed,
        };
        let summary = describe::overdue(owed);
        let flag = Flag {
            id: Flag::name(&item.id, &owed.id, "overdue"),
            watch: item.id.clone(),
            title: item.title.clone(),
            event: owed.id.clone(),
            release: None,
            at: owed.noticed,
            reason: summary.clone(),
            document: None,
            url: String::new(),
            evidence: Evidence { text: summary.clone(), start: 0, end: 0 },
            resolved: owed.arrived,
        };
        let summary = format!("{}: {summary}", describe::plain(&item.title));
        let mut labels = late::labels(AlertKind::WatchFlagged, owed);
        labels.insert("kind".to_owned(), "overdue".to_owned());
        labels.insert("item".to_owned(), item.id.to_string());
        labels.insert("priority".to_owned(), item.priority.name().to_owned());
        labels.extend(item.risk.clone().filter(|risk| !risk.is_empty()).map(|risk| ("risk".to_owned(), risk)));
        let data = message::owed(owed, item, &flag, &summary);
        let what = format!("{} {}", flag.id, late::state(owed));
        let kind = AlertKind::WatchFlagged;
        self.alert(News { kind, labels, subject: owed.id.as_str(), what: &what, summary, data }, &item.channels)?;
        self.plan.flags.retain(|known| known.id != flag.id);
        self.plan.flags.push(flag);
        Ok(())
    }
}

/// What items say of what a source owes.
pub(super) fn judged(items: &[WatchItem], owed: &Overdue) -> Vec<Judgement> {
    let judge = |item: &WatchItem| {
        let (met, reason) = match judge(&item.when, owed) {
            Verdict::Met(clauses) if is_asked_for(&item.when) => (true, clauses.join(", ")),
            Verdict::Met(_) => (false, "the item does not ask for what has not come".to_owned()),
            Verdict::Unmet(why) => (false, why),
        };
        Judgement { watch: item.id.clone(), event: owed.id.clone(), fact: describe::overdue(owed), met, reason }
    };
    items.iter().map(judge).collect()
}
