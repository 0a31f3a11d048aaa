//! Days on which policy actions come into force or end, and when people are reminded of them. Pure.

use bellwether_model::policy::PolicyAction;
use jiff::Unit;
use jiff::civil::Date;

/// A reminder that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reminder {
    /// What tells it apart from the other reminders of the same act.
    pub(super) name: String,
    /// Days until then.
    pub(super) days: i32,
    /// The day.
    pub(super) day: Date,
    /// What happens then: `begins` or `ends`.
    pub(super) turn: &'static str,
    /// The part of the act that it happens to; `None`: the whole.
    pub(super) part: Option<String>,
    /// For people: `in force from 2026-04-01, in 7 days`.
    pub(super) words: String,
}

/// The reminders of an act that are due on a day. `stages`: how many days before each reminder goes out. Of several stages
/// that have passed, since the act became known late or the program did not run, the nearest one is told alone.
pub(super) fn due(action: &PolicyAction, stages: &[u16], today: Date) -> Vec<Reminder> {
    let whole = (None, action.effective, action.expires);
    let parts = action.parts.iter().map(|part| (Some(part.subject.as_str()), part.effective, part.expires));
    let mut reminders: Vec<Reminder> = Vec::new();
    for (part, effective, expires) in std::iter::once(whole).chain(parts) {
        for (turn, word, day) in [("in force from", "begins", effective), ("ends with", "ends", expires)] {
            let Some(day) = day else { continue };
            let Some(days) = today.until((Unit::Day, day)).ok().map(|span| span.get_days()) else { continue };
            let stage = stages.iter().copied().filter(|stage| (0..=i32::from(*stage)).contains(&days)).min();
            let Some(stage) = stage else { continue };
            let of_part = part.map(|part| format!(" ({part})")).unwrap_or_default();
            let when = match days {
                0 => "today".to_owned(),
                1 => "tomorrow".to_owned(),
                days => format!("in {days} days"),
            };
            // A part that shares the day of the whole is told with it.
            if part.is_some() && reminders.iter().any(|known| known.day == day && known.words.starts_with(turn)) {
                continue;
            }
            reminders.push(Reminder {
                name: format!("{turn} {day}, {stage} days before{of_part}"),
                days,
                day,
                turn: word,
                part: part.map(str::to_owned),
                words: format!("{turn} {day}, {when}{of_part}"),
            });
        }
    }
    reminders
}

#[cfg(test)]
mod tests {
    use bellwether_model::evidence::Evidence;
    use bellwether_model::policy::PolicyPart;
    use jiff::civil::date;

    use super::*;

    fn act() -> PolicyAction {
        PolicyAction {
            issuer: Some("商务部".into()),
            number: Some("2026-3".into()),
            subject: "暂停对镓相关物项的出口管制".into(),
            announced: Some(date(2026, 1, 5)),
            effective: Some(date(2026, 1, 10)),
            expires: Some(date(2026, 11, 10)),
            partner: None,
            category: Some("suspension".into()),
            kind: None,
            refers: Vec::new(),
            parts: vec![PolicyPart {
                subject: "附件二".into(),
                effective: Some(date(2026, 3, 1)),
                expires: Some(date(2026, 11, 10)),
            }],
            originals: Vec::new(),
            evidence: Evidence { text: "自2026年1月10日起".into(), start: 0, end: 13 },
        }
    }

    fn words(today: Date) -> Vec<String> {
        due(&act(), &[90, 30, 7, 1], today).into_iter().map(|reminder| reminder.words).collect()
    }

    #[test]
    fn each_stage_is_told_once_and_none_after_the_day() {
        assert_eq!(
            words(date(2026, 1, 5)),
            ["in force from 2026-01-10, in 5 days", "in force from 2026-03-01, in 55 days (附件二)"]
        );
        assert_eq!(words(date(2026, 1, 10))[0], "in force from 2026-01-10, today");
        assert_eq!(words(date(2026, 3, 2)), [""; 0]);
        assert_eq!(words(date(2026, 11, 3)), ["ends with 2026-11-10, in 7 days"], "the part ends with the whole");
        assert_eq!(words(date(2026, 11, 9)), ["ends with 2026-11-10, tomorrow"]);
        assert_eq!(words(date(2026, 11, 11)), [""; 0]);
        // Day after day there is one name a stage.
        let mut names: Vec<String> = Vec::new();
        let mut day = date(2026, 8, 1);
        while day <= date(2026, 12, 1) {
            names.extend(due(&act(), &[90, 30, 7, 1], day).into_iter().map(|reminder| reminder.name));
            day = day.tomorrow().expect("a day");
        }
        names.dedup();
        assert_eq!(names.len(), 4, "{names:?}");
        assert_eq!(due(&act(), &[], date(2026, 1, 9)), []);
    }
}
