//! English durations, and days and stretches of time counted by them: two weeks ago, the past 3 days, within a month.

use jiff::civil::Date;

use super::Reading;
use super::days::{Unit, shifted, span_of, weekday_in_week};
use super::english::{English, Read};
use super::lexicon::LEXICON;

/// Units with how many of each, largest first as they are said.
type Duration = Vec<(Unit, i64)>;

/// No duration has more parts; so a long row of them is read in linear time.
const MOST_PARTS: usize = 7;

/// The day a duration later, or earlier where `sign` is -1.
fn moved(day: Date, duration: &Duration, sign: i64) -> Option<Date> {
    duration.iter().try_fold(day, |day, (unit, count)| shifted(day, *unit, count.checked_mul(sign)?))
}

impl English<'_, '_> {
    /// two years, 1 month and 21 days, a few weeks, two and a half days.
    fn duration(&self, at: usize) -> Option<(usize, Duration)> {
        let words = &LEXICON.english;
        let mut duration = Duration::new();
        let mut place = at;
        let mut end = at;
        while duration.len() < MOST_PARTS {
            let (next, count) = match self.word(place) {
                "a" if self.word(place + 1) == "few" => (place + 2, words.few),
                "few" | "several" => (place + 1, words.few),
                "a" | "an" => (place + 1, 1),
                _ => match self.number(place) {
                    Some((next, count, false)) => (next, count),
                    _ => break,
                },
            };
            let half = self.past(next, &["and"]);
            let next = if self.word(self.past(half, &["a"])) == "half" { self.past(half, &["a"]) + 1 } else { next };
            let Some(unit) = words.units.get(self.word(next)) else { break };
            duration.push((*unit, count));
            end = next + 1;
            place = self.past(if self.mark(end) == ',' { end + 1 } else { end }, &["and"]);
        }
        (end > at).then_some((end, duration))
    }

    /// three weeks ago, two days from tomorrow, in 3 weeks, more than 2 weeks after today, two Mondays later.
    pub(super) fn counted(&self, at: usize) -> Read {
        let reference = self.reference?;
        let more = (self.word(at), self.word(at + 1)) == ("more", "than");
        let less = (self.word(at), self.word(at + 1)) == ("less", "than");
        let first = if more || less { at + 2 } else { at };
        if self.word(at) == "in" {
            let (end, duration) = self.duration(at + 1)?;
            return Some((end, Reading::Day(moved(reference, &duration, 1)?)));
        }
        if let Some((next, count, false)) = self.number(first)
            && let Some(weekday) = LEXICON.english.weekdays.get(self.word(next))
        {
            let this = weekday_in_week(reference, *weekday, 0)?;
            let weeks = if this > reference { count - 1 } else { count };
            return (self.word(next + 1) == "later")
                .then_some((next + 2, Reading::Day(shifted(this, Unit::Week, weeks)?)));
        }
        let (next, duration) = self.duration(first)?;
        let (end, base, sign) = self.direction(next)?;
        let day = moved(base, &duration, sign)?;
        Some((
            end,
            match (more, less, sign) {
                (true, _, 1) => Reading::From(day),
                (true, ..) => Reading::Before(day),
                (_, true, 1) => Reading::Span(base, day),
                (_, true, _) => Reading::Span(day, base),
                _ => Reading::Day(day),
            },
        ))
    }

    /// Which way a duration counts, and from which day.
    fn direction(&self, at: usize) -> Option<(usize, Date, i64)> {
        let reference = self.reference?;
        let other = self.day(at + 1);
        match self.word(at) {
            "from" | "after" => other.map(|(end, day)| (end, day, 1)),
            "before" | "prior" if other.is_some() => other.map(|(end, day)| (end, day, -1)),
            "ago" | "earlier" | "back" | "before" | "previously" => Some((at + 1, reference, -1)),
            "later" | "hence" => Some((at + 1, reference, 1)),
            _ => None,
        }
    }

    /// next 3 days, the past few days, within 10 months, 4 weeks in the future, for 3 days, from today.
    pub(super) fn stretch(&self, at: usize) -> Read {
        let reference = self.reference?;
        let first = self.past(at, &["the"]);
        if self.word(first) == "within" {
            let next = self.past(self.past(first + 1, &["the"]), &["next", "upcoming", "coming", "following"]);
            let (end, duration) = self.duration(next)?;
            let start = matches!(self.word(end), "from" | "of" | "after").then(|| self.day(end + 1)).flatten();
            let (end, day) = start.unwrap_or((end, reference));
            return Some((end, Reading::Span(day, moved(day, &duration, 1)?)));
        }
        if let Some((next, duration)) = self.duration(self.past(first, &["for"])) {
            if self.word(next) == "in" && self.word(next + 1) == "the" && self.word(next + 2) == "future" {
                let from = shifted(reference, Unit::Day, 1)?;
                return Some((next + 3, Reading::Span(from, moved(from, &duration, 1)?)));
            }
            let start = if self.mark(next) == ',' { next + 1 } else { next };
            let begins = matches!(self.word(start), "starting" | "beginning" | "commencing")
                || (self.word(first) == "for" && self.word(start) == "from");
            let (end, day) = begins.then(|| self.day(start + 1))??;
            return Some((end, Reading::Span(day, moved(day, &duration, 1)?)));
        }
        let shift = *LEXICON.english.shifts.get(self.word(first))?;
        let (end, duration) = self.duration(first + 1)?;
        if let [(unit @ (Unit::Decade | Unit::Century), count)] = duration.as_slice() {
            let (now, behind) = span_of(reference, *unit, 0)?;
            return Some((
                end,
                match shift {
                    -1 => Reading::Span(shifted(now, *unit, -count)?, now),
                    _ => Reading::Span(behind, shifted(behind, *unit, *count)?),
                },
            ));
        }
        match shift {
            -1 => Some((end, Reading::Span(moved(reference, &duration, -1)?, reference))),
            1 => {
                let from = shifted(reference, Unit::Day, 1)?;
                Some((end, Reading::Span(from, moved(from, &duration, 1)?)))
            }
            _ => None,
        }
    }
}
