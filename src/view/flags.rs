//! How flags stand: what people have done with them is kept in `flags.toml` beside the watch list, so that it can be
//! written while another process holds the store. Pure.

use std::collections::{HashMap, HashSet};

use bellwether_model::id::FlagId;
use bellwether_model::watch::{Flag, WatchItem};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How a flag stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlagState {
    /// Nobody has done anything with it.
    New,
    /// As `new`; the same event was flagged for the same item before, at another value.
    Updated,
    /// Somebody has seen it.
    Acknowledged,
    /// It is put off.
    Snoozed,
    /// It needs nothing more.
    Resolved,
    /// Its item is no longer in force, and nobody has done anything with it.
    Expired,
}

impl FlagState {
    /// Its name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Updated => "updated",
            Self::Acknowledged => "acknowledged",
            Self::Snoozed => "snoozed",
            Self::Resolved => "resolved",
            Self::Expired => "expired",
        }
    }
}

/// A flag with how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlagView {
    /// The flag.
    #[serde(flatten)]
    pub flag: Flag,
    /// How it stands.
    pub state: FlagState,
    /// Until when it is put off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// What was said when it was last touched.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// What somebody has done with a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// Seen.
    Acknowledged,
    /// Put off.
    Snoozed,
    /// Done with.
    Resolved,
}

/// `[[flag]]` of `flags.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// The flag.
    pub id: FlagId,
    /// What was done.
    pub state: MarkKind,
    /// When.
    pub at: Timestamp,
    /// Until when it is put off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Why, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// What `flags.toml` holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Marks {
    /// One a flag.
    #[serde(default)]
    pub flag: Vec<Mark>,
}

impl Marks {
    /// Reads the text of the file; an empty one holds nothing.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub fn read(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|cause| cause.to_string())
    }

    /// The file as text.
    ///
    /// # Errors
    /// Never, as far as is known.
    pub fn text(&self) -> Result<String, String> {
        let text = toml::to_string(self).map_err(|cause| cause.to_string())?;
        Ok(format!("# Written by `bellwether watch ack`, `snooze`, `resolve` and `reopen`; may be edited.\n\n{text}"))
    }

    /// Puts a mark in the place of an earlier one of the same flag.
    pub fn set(&mut self, mark: Mark) {
        self.clear(&mark.id);
        self.flag.push(mark);
    }

    /// Takes the mark of a flag away; `false`: it has none.
    pub fn clear(&mut self, id: &FlagId) -> bool {
        let before = self.flag.len();
        self.flag.retain(|known| known.id != *id);
        self.flag.len() < before
    }

    /// Flags with how they stand at a time. `flags`: in any order; one of the same item on the same event that is earlier
    /// among them makes a later one an update.
    #[must_use]
    pub fn views(&self, flags: Vec<Flag>, items: &[WatchItem], now: Timestamp) -> Vec<FlagView> {
        let marks: HashMap<&FlagId, &Mark> =
            self.flag.iter().filter(|mark| mark.at <= now).map(|mark| (&mark.id, mark)).collect();
        let in_force: HashSet<&str> =
            items.iter().filter(|item| !item.has_expired(now)).map(|item| item.id.as_str()).collect();
        let mut first = HashMap::new();
        for flag in &flags {
            let at = first.entry((flag.watch.clone(), flag.event.clone())).or_insert(flag.at);
            *at = flag.at.min(*at);
        }
        let view = |flag: Flag| {
            let mark = marks.get(&flag.id).copied();
            let untouched = if flag.resolved.is_some() {
                FlagState::Resolved
            } else if !in_force.contains(flag.watch.as_str()) {
                FlagState::Expired
            } else if first.get(&(flag.watch.clone(), flag.event.clone())).is_some_and(|at| *at < flag.at) {
                FlagState::Updated
            } else {
                FlagState::New
            };
            let state = match mark {
                Some(Mark { state: MarkKind::Acknowledged, .. }) => FlagState::Acknowledged,
                Some(Mark { state: MarkKind::Resolved, .. }) => FlagState::Resolved,
                Some(Mark { state: MarkKind::Snoozed, until, .. }) if until.is_none_or(|until| now < until) => {
                    FlagState::Snoozed
                }
                Some(Mark { state: MarkKind::Snoozed, .. }) | None => untouched,
            };
            let until = mark.and_then(|mark| mark.until).filter(|_| state == FlagState::Snoozed);
            FlagView { flag, state, until, note: mark.map(|mark| mark.note.clone()).unwrap_or_default() }
        };
        flags.into_iter().map(view).collect()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use bellwether_model::evidence::Evidence;
    use bellwether_model::id::{DocumentId, EventId, WatchId};
    use bellwether_model::watch::Condition;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_767_945_600 + second).unwrap()
    }

    fn flag(id: &str, event: &str, second: i64) -> Flag {
        Flag {
            id: FlagId(id.to_owned()),
            watch: WatchId::new("us-share"),
            title: "對美出口".into(),
            event: EventId::new(event),
            release: None,
            at: at(second),
            reason: "above 30".into(),
            document: Some(DocumentId::new("d")),
            url: "https://wire.example/1".into(),
            evidence: Evidence { text: "占31%".into(), start: 0, end: 4 },
            resolved: None,
        }
    }

    fn mark(id: &str, state: MarkKind, until: Option<Timestamp>) -> Mark {
        Mark { id: FlagId(id.to_owned()), state, at: at(0), until, note: String::new() }
    }

    fn states(marks: &Marks, items: &[WatchItem], now: Timestamp) -> Vec<&'static str> {
        let flags = vec![flag("a2", "a", 60), flag("b", "b", 10), flag("a", "a", 0)];
        marks.views(flags, items, now).into_iter().map(|view| view.state.name()).collect()
    }

    #[test]
    fn a_flag_is_new_then_touched_and_a_later_value_opens_it_again() {
        let item = WatchItem::new(WatchId::new("us-share"), "對美出口", Condition::default());
        let items = [item.clone()];
        let mut marks = Marks::default();
        assert_eq!(states(&marks, &items, at(100)), ["updated", "new", "new"]);
        marks.set(mark("a", MarkKind::Acknowledged, None));
        marks.set(mark("b", MarkKind::Snoozed, Some(at(200))));
        assert_eq!(states(&marks, &items, at(100)), ["updated", "snoozed", "acknowledged"]);
        assert_eq!(states(&marks, &items, at(200)), ["updated", "new", "acknowledged"], "a snooze ends");
        marks.set(mark("b", MarkKind::Resolved, None));
        marks.set(mark("a2", MarkKind::Resolved, None));
        assert!(marks.clear(&FlagId("a".into())) && !marks.clear(&FlagId("a".into())));
        assert_eq!(states(&marks, &items, at(200)), ["resolved", "resolved", "new"]);
        assert_eq!(states(&Marks::default(), &[], at(200)), ["expired"; 3], "the item is no longer there");
        let over = WatchItem { expires: Some("2026-01-08".parse().unwrap()), ..item };
        assert_eq!(states(&Marks::default(), &[over], at(0)), ["expired"; 3], "its last day was the 8th");
    }

    #[test]
    fn the_file_is_written_and_read_again_and_a_mistake_is_named() {
        assert_eq!(Marks::read("").unwrap(), Marks::default());
        let mut marks = Marks::default();
        marks.set(mark("a", MarkKind::Snoozed, Some(at(7))));
        assert_eq!(Marks::read(&marks.text().unwrap()).unwrap(), marks);
        let wrong = Marks::read("[[flag]]\nid = \"a\"\nstate = \"forgotten\"\n").unwrap_err();
        assert!(wrong.contains("forgotten"), "{wrong}");
    }
}
