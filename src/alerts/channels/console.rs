//! Standard error and the log: a line an alert.

use std::io::Write;

use bellwether_model::alert::Alert;

use crate::alerts::schedule::Answer;

/// A line on standard error.
pub(super) fn terminal(alert: &Alert) -> Answer {
    match writeln!(std::io::stderr(), "{}  {}", alert.kind.name(), alert.summary) {
        Ok(()) => Answer::Taken,
        Err(error) => Answer::failed(format!("cannot write to standard error: {error}")),
    }
}

/// A line of the log.
pub(super) fn log(alert: &Alert) -> Answer {
    tracing::info!(alert = %alert.id, kind = alert.kind.name(), subject = alert.subject, "{}", alert.summary);
    Answer::Taken
}
