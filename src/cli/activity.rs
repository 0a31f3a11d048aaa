//! What happens, line by line as it happens, made of the transactions that the store tells of.

use std::collections::HashMap;
use std::io::{IsTerminal as _, Write as _};

use bellwether_model::alert::Delivery;
use bellwether_model::event::{EventChange, Fact};
use bellwether_model::id::EventId;
use bellwether_model::source::VisitOutcome;
use bellwether_store::{Change, Committed, Store, Transaction};
use tokio::sync::broadcast::error::RecvError;

use super::output::printable;
use crate::describe;
use crate::shutdown::Shutdown;

/// Tells what is committed to the store until shutdown: on standard error where that is a terminal, else in the log, so
/// that a file of the log holds the log and nothing else.
pub(super) async fn narrate(store: Store, mut shutdown: Shutdown) {
    let is_watched = std::io::stderr().is_terminal();
    let mut commits = store.follow();
    loop {
        let committed: Committed = tokio::select! {
            received = commits.recv() => match received {
                Ok(committed) => committed,
                Err(RecvError::Lagged(missed)) => {
                    if is_watched {
                        say(&[format!("            … {missed} transactions went by too fast to be shown")]);
                    }
                    continue;
                }
                Err(RecvError::Closed) => return,
            },
            () = shutdown.requested() => return,
        };
        let lines = lines(&committed.transaction);
        if is_watched {
            say(&lines);
        } else {
            lines.iter().for_each(|line| tracing::info!("{}", printable(line)));
        }
    }
}

fn say(lines: &[String]) {
    let mut text = String::new();
    for line in lines {
        text.push_str(&printable(line));
        text.push('\n');
    }
    // The narration is a courtesy: whoever closed standard error does not want it.
    let _closed = std::io::stderr().write_all(text.as_bytes());
}

/// The lines of one transaction: fetched, understood, new event, merged report, revision, flag, alert.
pub(super) fn lines(transaction: &Transaction) -> Vec<String> {
    let facts: HashMap<&EventId, &Fact> = transaction
        .changes
        .iter()
        .filter_map(|change| match change {
            Change::Event(event) => Some((&event.id, &event.fact)),
            _ => None,
        })
        .collect();
    let time = transaction.at.strftime("%H:%M:%S");
    let mut lines = Vec::new();
    for change in &transaction.changes {
        let (word, text) = match change {
            Change::Snapshot(snapshot) => ("fetched", format!("{} ({} bytes)", snapshot.url, snapshot.body_bytes)),
            Change::Resource(resource) => match resource.visit.as_ref().map(|visit| &visit.outcome) {
                Some(VisitOutcome::Failed { reason, .. }) => ("failed", format!("{}: {reason}", resource.url)),
                Some(VisitOutcome::Refused { reason }) => ("refused", format!("{}: {reason}", resource.url)),
                Some(VisitOutcome::Gone { status }) => ("gone", format!("{}: HTTP {status}", resource.url)),
                _ => continue,
            },
            Change::Document(document) => ("understood", format!("{} · {}", document.source, document.title)),
            Change::Log(entry) => {
                let fact = facts.get(&entry.event).map_or_else(|| entry.event.to_string(), |fact| describe::fact(fact));
                match &entry.change {
                    EventChange::New { .. } => ("new event", fact),
                    EventChange::Merged { .. } => ("merged", fact),
                    EventChange::Revised { old, .. } => {
                        ("revision", format!("{fact}{}", before(facts.get(&entry.event), old)))
                    }
                    EventChange::Disputed { said, .. } => {
                        ("dispute", format!("{fact}{}", against(facts.get(&entry.event), said)))
                    }
                    EventChange::Settled { .. } => ("settled", fact),
                    EventChange::Held { .. } => ("held", fact),
                    EventChange::Withdrawn => ("withdrawn", fact),
                    // Told by the document, the row of the outbox or of what is owed, which say more.
                    EventChange::Read { .. } | EventChange::Overdue | EventChange::Arrived => continue,
                }
            }
            Change::Overdue(overdue) if overdue.arrived.is_some() => ("arrived", describe::overdue(overdue)),
            Change::Overdue(overdue) => ("overdue", describe::overdue(overdue)),
            Change::Flag(flag) => ("flag", format!("{}: {}", flag.title, flag.reason)),
            Change::Alert(alert) => match &alert.delivery {
                Delivery::Waiting { attempts: 0, .. } => {
                    ("alert", format!("{} to {}: {}", alert.kind.name(), alert.channel, alert.summary))
                }
                Delivery::Waiting { last_error, .. } => {
                    ("not taken", format!("{}: {}", alert.channel, last_error.as_deref().unwrap_or("no answer")))
                }
                Delivery::Delivered { .. } => ("delivered", format!("{} to {}", alert.kind.name(), alert.channel)),
                Delivery::Joined { .. } => continue,
                Delivery::Silenced { silence, .. } => {
                    ("silenced", format!("{} to {} by {silence}", alert.kind.name(), alert.channel))
                }
                Delivery::GaveUp { last_error, .. } => ("gave up", format!("{}: {last_error}", alert.channel)),
            },
            _ => continue,
        };
        lines.push(format!("{time} {word:<10} {text}"));
    }
    lines
}

fn before(fact: Option<&&Fact>, old: &bellwether_model::figure::Amount) -> String {
    match fact {
        Some(Fact::Figure(figure)) => format!(" (before: {})", describe::measured(figure, *old)),
        _ => String::new(),
    }
}

fn against(fact: Option<&&Fact>, said: &bellwether_model::figure::Amount) -> String {
    match fact {
        Some(Fact::Figure(figure)) => format!(" (a report says: {})", describe::measured(figure, *said)),
        _ => String::new(),
    }
}
