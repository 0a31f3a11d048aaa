//! Times of day and week in a zone: quiet hours and digests. Pure.

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// Longest wait for a time at which alerts may go out: longer than any week.
const MINUTES: usize = 9 * 24 * 60;

/// Times of the week: on these days, between these times.
#[derive(Debug, Clone)]
pub struct Interval {
    /// From the first time to the one before the second; one that ends at or before its beginning ends on the next day.
    /// None: all day.
    times: Vec<(Time, Time)>,
    /// The days on which it begins. None: all.
    weekdays: Vec<Weekday>,
    zone: TimeZone,
}

impl Interval {
    /// `times` like `22:00-07:00`, `weekdays` like `saturday` or `monday:friday`, an IANA zone.
    ///
    /// # Errors
    /// What cannot be read, and how to write it.
    pub fn of<T: AsRef<str>>(times: &[T], weekdays: &[T], zone: &str) -> Result<Self, String> {
        let range = |text: &T| {
            let text = text.as_ref();
            let (from, to) =
                text.split_once('-').ok_or_else(|| format!("`{text}` is no range of times; write \"22:00-07:00\""))?;
            Ok((time(from)?, time(to)?))
        };
        let mut days = Vec::new();
        for text in weekdays {
            days.extend(weekdays_of(text.as_ref())?);
        }
        let times = times.iter().map(range).collect::<Result<_, String>>()?;
        Ok(Self { times, weekdays: days, zone: zone_of(zone)? })
    }

    /// Whether a time lies in it.
    #[must_use]
    pub fn contains(&self, at: Timestamp) -> bool {
        let here = at.to_zoned(self.zone.clone());
        let (day, clock) = (here.weekday(), here.time());
        let on = |day: Weekday| self.weekdays.is_empty() || self.weekdays.contains(&day);
        if self.times.is_empty() {
            return on(day);
        }
        self.times.iter().any(|&(from, to)| {
            if from < to {
                on(day) && clock >= from && clock < to
            } else {
                (on(day) && clock >= from) || (on(day.previous()) && clock < to)
            }
        })
    }
}

/// The first time at or after this one that lies in none of the muted intervals, and in an active one where there are any.
pub(super) fn free(at: Timestamp, muted: &[Interval], active: &[Interval]) -> Timestamp {
    let is_free = |at: Timestamp| {
        !muted.iter().any(|interval| interval.contains(at))
            && (active.is_empty() || active.iter().any(|interval| interval.contains(at)))
    };
    if is_free(at) {
        return at;
    }
    // Intervals begin and end on full minutes.
    let minute = at.as_second().div_euclid(60);
    let minutes = (1..=MINUTES).filter_map(|n| Timestamp::from_second((minute + i64::try_from(n).ok()?) * 60).ok());
    // Where nothing is ever free, an alert that comes in quiet hours is better than none.
    let mut minutes = minutes;
    minutes.find(|&at| is_free(at)).unwrap_or(at)
}

/// A time at which what has come together goes out.
#[derive(Debug, Clone)]
pub struct Digest {
    at: Time,
    /// `None`: every day.
    on: Option<Weekday>,
    zone: TimeZone,
}

impl Digest {
    /// Every day at a time (`08:30`) of an IANA zone.
    ///
    /// # Errors
    /// What cannot be read, and how to write it.
    pub fn daily(at: &str, zone: &str) -> Result<Self, String> {
        Ok(Self { at: time(at)?, on: None, zone: zone_of(zone)? })
    }

    /// Every week on a day (`monday`).
    ///
    /// # Errors
    /// What cannot be read, and how to write it.
    pub fn weekly(on: &str, at: &str, zone: &str) -> Result<Self, String> {
        Ok(Self { on: Some(weekday(on)?), ..Self::daily(at, zone)? })
    }

    /// The next time after this one.
    #[must_use]
    pub fn next(&self, after: Timestamp) -> Timestamp {
        let today = after.to_zoned(self.zone.clone()).date();
        let days = (0..=8).filter_map(|n| today.checked_add(n.days()).ok());
        let times = days
            .filter(|day| self.on.is_none_or(|on| on == day.weekday()))
            .filter_map(|day| Some(day.to_datetime(self.at).to_zoned(self.zone.clone()).ok()?.timestamp()));
        let mut times = times;
        times.find(|&at| at > after).unwrap_or(after + SignedDuration::from_hours(24))
    }
}

fn time(text: &str) -> Result<Time, String> {
    let text = text.trim();
    let refused = || format!("`{text}` is no time of day; write \"08:30\"");
    // The end of a day is the beginning of the next, as Alertmanager writes it.
    let text = if text == "24:00" { "00:00" } else { text };
    let (hour, minute) = text.split_once(':').ok_or_else(refused)?;
    let parse = |part: &str| part.parse::<i8>().ok();
    let (hour, minute) = parse(hour).zip(parse(minute)).ok_or_else(refused)?;
    Time::new(hour, minute, 0, 0).map_err(|_| refused())
}

fn zone_of(name: &str) -> Result<TimeZone, String> {
    TimeZone::get(name).map_err(|_| format!("`{name}` is no time zone; write one like \"Asia/Taipei\""))
}

fn weekday(text: &str) -> Result<Weekday, String> {
    let all = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    let found = all.into_iter().find(|(name, _)| *name == text.trim().to_lowercase());
    found
        .map(|(_, day)| day)
        .ok_or_else(|| format!("`{text}` is no day of the week; write \"monday\" or \"monday:friday\""))
}

/// One day, or all from one to another.
fn weekdays_of(text: &str) -> Result<Vec<Weekday>, String> {
    let Some((from, to)) = text.split_once(':') else { return Ok(vec![weekday(text)?]) };
    let (mut day, last) = (weekday(from)?, weekday(to)?);
    let mut days = vec![day];
    while day != last {
        day = day.next();
        days.push(day);
    }
    Ok(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn nights_belong_to_the_day_on_which_they_begin() {
        let night = Interval::of(&["22:00-07:00"], &["monday:friday"], "Asia/Taipei").expect("an interval");
        // 2026-01-09 is a Friday, in Taipei eight hours ahead.
        for (text, inside) in [
            ("2026-01-09T13:59:59Z", false),
            ("2026-01-09T14:00:00Z", true),
            ("2026-01-09T22:59:59Z", true),
            ("2026-01-09T23:00:00Z", false),
            ("2026-01-10T14:00:00Z", false),
            ("2026-01-11T22:00:00Z", false),
        ] {
            assert_eq!(night.contains(at(text)), inside, "{text}");
        }
    }

    #[test]
    fn the_end_of_quiet_hours_is_found_over_weekends_and_changes_of_the_clock() {
        let weekend = Interval::of(&[] as &[&str], &["saturday", "sunday"], "Europe/Berlin").expect("an interval");
        let night = Interval::of(&["22:00-07:00"], &[], "Europe/Berlin").expect("an interval");
        // Clocks go forward on Sunday, 29 March 2026: Monday 07:00 is 05:00 in UTC, on Friday it was 06:00.
        let muted = [weekend, night];
        assert_eq!(free(at("2026-03-27T23:30:00Z"), &muted, &[]), at("2026-03-30T05:00:00Z"));
        assert_eq!(free(at("2026-03-27T03:30:10Z"), &muted, &[]), at("2026-03-27T06:00:00Z"));
        let office = Interval::of(&["09:00-17:00"], &["monday:friday"], "Europe/Berlin").expect("an interval");
        assert_eq!(free(at("2026-03-27T17:00:00Z"), &[], &[office]), at("2026-03-30T07:00:00Z"));
        let always = Interval::of(&[] as &[&str], &[], "UTC").expect("an interval");
        assert_eq!(free(at("2026-03-27T17:00:00Z"), &[always], &[]), at("2026-03-27T17:00:00Z"), "never free");
    }

    #[test]
    fn weekly_digests_come_on_their_day() {
        let weekly = Digest::weekly("monday", "08:00", "Asia/Taipei").expect("a digest");
        assert_eq!(weekly.next(at("2026-01-09T08:00:00Z")), at("2026-01-12T00:00:00Z"));
        assert_eq!(weekly.next(at("2026-01-12T00:00:00Z")), at("2026-01-19T00:00:00Z"));
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        assert!(Interval::of(&["22-07"], &[], "UTC").is_err());
        assert!(Interval::of(&["22:00-25:00"], &[], "UTC").is_err());
        assert!(Interval::of(&[], &["someday"], "UTC").is_err());
        assert!(Digest::daily("8", "UTC").is_err());
        assert!(Digest::daily("08:00", "Taipei").is_err());
    }
}
