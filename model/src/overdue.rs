//! What ought to have come and has not: an event of its own.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{EventId, SourceId, digest_name};

/// Something that a source was expected to bring by now. It is noticed once, and ends when something comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overdue {
    /// Its name, a function of the source and of what is awaited.
    pub id: EventId,
    /// The source that was expected to bring it.
    pub source: SourceId,
    /// What is awaited.
    pub awaited: Awaited,
    /// By when it was expected.
    pub by: Timestamp,
    /// When it was noticed that nothing had come.
    pub noticed: Timestamp,
    /// When something came after all; `None`: still nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived: Option<Timestamp>,
}

/// What is awaited of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Awaited {
    /// A release that its calendar names.
    Release {
        /// The calendar.
        calendar: String,
        /// The first time at which it may come.
        expected: Timestamp,
    },
    /// Anything new.
    News {
        /// When something came last, or since when the source is followed.
        since: Timestamp,
    },
}

impl Overdue {
    /// The name of what a source owes.
    #[must_use]
    pub fn name(source: &SourceId, awaited: &Awaited) -> EventId {
        EventId(match awaited {
            Awaited::Release { calendar, expected } => {
                digest_name("overdue", &[source.as_str(), "release", calendar, &expected.to_string()])
            }
            Awaited::News { since } => digest_name("overdue", &[source.as_str(), "news", &since.to_string()]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_awaited_names_it() {
        let at = |second| Timestamp::from_second(second).expect("a time");
        let source = SourceId::new("wire");
        let release = |second| Awaited::Release { calendar: "tw".into(), expected: at(second) };
        assert_eq!(Overdue::name(&source, &release(1)), Overdue::name(&source, &release(1)));
        let names = [
            Overdue::name(&source, &release(1)),
            Overdue::name(&source, &release(2)),
            Overdue::name(&source, &Awaited::News { since: at(1) }),
            Overdue::name(&SourceId::new("other"), &release(1)),
        ];
        let different: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(different.len(), names.len());
    }
}
