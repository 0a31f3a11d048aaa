//! What sources owe, on its way to people: one alert when it is noticed, one when it has come after all. Pure.

use bellwether_model::alert::{Alert, AlertKind, Delivery};
use bellwether_model::event::EventChange;
use bellwether_model::overdue::{Awaited, Overdue};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::describe;
use crate::routing::{Labels, Routing};

/// The alerts of one row of the change log, for the channels that take releases and those that routes name.
pub(super) fn alerts(change: &EventChange, overdue: &Overdue, routing: &Routing, now: Timestamp) -> Vec<Alert> {
    // As it stood when the row was written: it may have come since, and that is another row.
    let overdue = match change {
        EventChange::Overdue => Overdue { arrived: None, ..overdue.clone() },
        EventChange::Arrived => overdue.clone(),
        _ => return Vec::new(),
    };
    let state = state(&overdue);
    let summary = describe::overdue(&overdue);
    let kind = match &overdue.awaited {
        Awaited::Release { .. } => AlertKind::ReleaseOverdue,
        Awaited::News { .. } => AlertKind::SourceSilent,
    };
    let data = data(&overdue, &summary);
    let labels = labels(kind, &overdue);
    let tickets = routing.tickets(&labels, &routing.releases, now).into_iter();
    tickets
        .map(|ticket| Alert {
            id: Alert::name(kind, &ticket.channel, overdue.id.as_str(), state),
            kind,
            channel: ticket.channel,
            created: now,
            subject: overdue.id.to_string(),
            summary: summary.clone(),
            data: data.to_string(),
            labels: labels.clone(),
            group: ticket.group,
            delivery: Delivery::Waiting { due: ticket.due, attempts: 0, last_error: None },
        })
        .collect()
}

/// Whether it has come.
pub(super) fn state(overdue: &Overdue) -> &'static str {
    if overdue.arrived.is_some() { "arrived" } else { "overdue" }
}

/// The `data` of an alert on it.
pub(super) fn data(overdue: &Overdue, summary: &str) -> Value {
    let mut data = json!({
        "id": overdue.id,
        "state": state(overdue),
        "summary": summary,
        "source": overdue.source,
        "by": overdue.by,
        "noticed": overdue.noticed,
        "arrived": overdue.arrived,
    });
    match &overdue.awaited {
        Awaited::Release { calendar, expected } => {
            data["calendar"] = json!(calendar);
            data["expected"] = json!(expected);
        }
        Awaited::News { since } => data["since"] = json!(since),
    }
    data
}

/// What routes and silences tell an alert on it apart by.
pub(super) fn labels(kind: AlertKind, overdue: &Overdue) -> Labels {
    let mut labels =
        Labels::from([("type".to_owned(), kind.name().to_owned()), ("source".to_owned(), overdue.source.to_string())]);
    if let Awaited::Release { calendar, .. } = &overdue.awaited {
        labels.insert("calendar".to_owned(), calendar.clone());
    }
    labels
}

#[cfg(test)]
mod tests {
    use bellwether_model::id::{ChannelId, SourceId};

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_767_945_600 + second).expect("a time of this century")
    }

    /// One channel takes all releases.
    fn routing() -> Routing {
        Routing { releases: vec![ChannelId::new("desk")], ..Routing::default() }
    }

    #[test]
    fn a_late_release_is_told_once_and_again_when_it_comes() {
        let source = SourceId::new("ministry");
        let awaited = Awaited::Release { calendar: "tw-trade".into(), expected: at(0) };
        let id = Overdue::name(&source, &awaited);
        // It has come since: the row that noticed its absence still says what was so then.
        let overdue = Overdue { id, source, awaited, by: at(3600), noticed: at(3700), arrived: Some(at(9000)) };
        let of = |change: &EventChange| alerts(change, &overdue, &routing(), at(9001));
        let (late, came) = (of(&EventChange::Overdue), of(&EventChange::Arrived));
        assert_eq!((late.len(), came.len()), (1, 1));
        assert_ne!(late[0].id, came[0].id);
        assert_eq!(late[0].kind.name(), "release.overdue");
        assert!(late[0].summary.contains("had not come by 2026-01-09T09:00:00Z"), "{}", late[0].summary);
        assert!(came[0].summary.contains("came at 2026-01-09T10:30:00Z"), "{}", came[0].summary);
        let data: serde_json::Value = serde_json::from_str(&late[0].data).expect("JSON");
        assert_eq!(data["id"], late[0].subject);
        assert_eq!((&data["state"], &data["calendar"]), (&json!("overdue"), &json!("tw-trade")));
        assert_eq!(of(&EventChange::Withdrawn), []);
    }

    #[test]
    fn a_silent_source_has_a_type_of_its_own() {
        let awaited = Awaited::News { since: at(0) };
        let source = SourceId::new("wire");
        let id = Overdue::name(&source, &awaited);
        let overdue = Overdue { id, source, awaited, by: at(3600), noticed: at(3700), arrived: None };
        let told = alerts(&EventChange::Overdue, &overdue, &routing(), at(3700));
        assert_eq!(told[0].kind.name(), "source.silent");
        assert!(told[0].summary.starts_with("wire: nothing new since"), "{}", told[0].summary);
    }
}
