//! Reads the days and times of a calendar file (iCalendar, RFC 5545). Pure: text in, events out.
//!
//! What agencies publish are plain lists of events, and lists of holidays that come back every year at the most. Of the
//! whole standard this needs the folding of lines, five properties and one rule of repetition; libraries for the rest
//! bring a second notion of time and of its zones. What is not understood is refused with its line, so that no
//! release is passed over in silence.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use regex::Regex;

/// Times that an event which comes back every year is taken; a calendar is renewed within a lifetime.
const YEARS: i16 = 60;
/// Characters of a line that an error shows.
const SHOWN: usize = 60;

/// A day, or a time of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub summary: String,
    /// Its first day, in the zone of the calendar.
    pub day: Date,
    /// The day behind its last; the day behind the first where the file gives no end.
    pub end: Date,
    /// Its time, in the zone of the calendar; `None`: it takes whole days.
    pub time: Option<Time>,
}

/// A calendar file that cannot be taken as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct IcsError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

/// The events of a file, in order, without those that were called off. `zone`: where times count that name none, and
/// to which all are turned. `only`: those whose summary matches.
///
/// # Errors
/// The file is no calendar, or holds a rule of repetition, a zone or a time that is not understood.
pub fn read(text: &str, zone: &TimeZone, only: Option<&Regex>) -> Result<Vec<Entry>, IcsError> {
    let mut entries = Vec::new();
    let mut event: Option<Event> = None;
    // Alarms inside of events have summaries and times of their own.
    let mut inner = 0_usize;
    let mut is_calendar = false;
    for (line, text) in unfolded(text) {
        let (name, parameters, value) = parts(&text);
        match (name.as_str(), value) {
            ("BEGIN", "VCALENDAR") => is_calendar = true,
            ("BEGIN", "VEVENT") => event = Some(Event { line, ..Event::default() }),
            ("BEGIN", _) if event.is_some() => inner += 1,
            ("END", "VEVENT") => {
                if let Some(event) = event.take() {
                    entries.extend(event.entries(zone, only)?);
                }
            }
            ("END", _) if event.is_some() => inner = inner.saturating_sub(1),
            (property, value) if inner == 0 => {
                if let Some(event) = &mut event {
                    event.take(property, &parameters, value, line);
                }
            }
            _ => {}
        }
    }
    if !is_calendar {
        return Err(IcsError { line: 1, what: "this is no calendar: there is no BEGIN:VCALENDAR".to_owned() });
    }
    entries.sort_by(|a, b| (a.day, a.time, &a.summary).cmp(&(b.day, b.time, &b.summary)));
    entries.dedup();
    Ok(entries)
}

/// A line with its number; lines that begin with a blank go on with the one before (RFC 5545, 3.1).
fn unfolded(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some((_, whole))) => whole.push_str(rest),
            _ => lines.push((number + 1, line.to_owned())),
        }
    }
    lines
}

/// `DTSTART;TZID=Asia/Taipei:20260109T160000`: the name, its parameters, the value. A quoted parameter may hold a colon.
fn parts(line: &str) -> (String, Vec<(String, String)>, &str) {
    let mut quoted = false;
    let colon = line.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == ':' && !quoted
    });
    let (head, value) = colon.map_or((line, ""), |(at, _)| (&line[..at], line[at + 1..].trim()));
    let mut parts = head.split(';');
    let name = parts.next().unwrap_or_default().trim().to_ascii_uppercase();
    let parameters = parts
        .filter_map(|part| part.split_once('='))
        .map(|(name, value)| (name.trim().to_ascii_uppercase(), value.trim().trim_matches('"').to_owned()));
    (name, parameters.collect(), value)
}

/// A property with its line.
#[derive(Clone)]
struct Property {
    line: usize,
    zone: Option<String>,
    value: String,
}

#[derive(Default)]
struct Event {
    line: usize,
    summary: String,
    start: Option<Property>,
    end: Option<Property>,
    further: Vec<Property>,
    except: Vec<Property>,
    repeats: Option<Property>,
    called_off: bool,
}

impl Event {
    fn take(&mut self, property: &str, parameters: &[(String, String)], value: &str, line: usize) {
        let zone = parameters.iter().find(|(name, _)| name == "TZID").map(|(_, zone)| zone.clone());
        let kept = Property { line, zone, value: value.to_owned() };
        match property {
            "SUMMARY" => self.summary = unescaped(value),
            "STATUS" => self.called_off = value.eq_ignore_ascii_case("CANCELLED"),
            "DTSTART" => self.start = Some(kept),
            "DTEND" => self.end = Some(kept),
            "RDATE" => self.further.push(kept),
            "EXDATE" => self.except.push(kept),
            "RRULE" => self.repeats = Some(kept),
            _ => {}
        }
    }

    fn entries(self, zone: &TimeZone, only: Option<&Regex>) -> Result<Vec<Entry>, IcsError> {
        if self.called_off || only.is_some_and(|only| !only.is_match(&self.summary)) {
            return Ok(Vec::new());
        }
        let Some(start) = &self.start else {
            return Err(IcsError { line: self.line, what: "the event has no DTSTART".to_owned() });
        };
        let (first, time) = moment(start, &start.value, zone)?;
        // Of days, the end is the day behind the last; of times, only the beginning counts.
        let days = match &self.end {
            Some(end) if time.is_none() => (moment(end, &end.value, zone)?.0 - first).get_days().max(1),
            _ => 1,
        };
        let mut starts = vec![(first, time)];
        for further in &self.further {
            for value in further.value.split(',') {
                starts.push(moment(further, value, zone)?);
            }
        }
        if let Some(rule) = &self.repeats {
            starts.extend(every_year(rule, first)?.into_iter().map(|day| (day, time)));
        }
        for except in &self.except {
            for value in except.value.split(',') {
                let gone = moment(except, value, zone)?;
                starts.retain(|start| *start != gone);
            }
        }
        let entry = |(day, time): (Date, Option<Time>)| Entry {
            summary: self.summary.clone(),
            day,
            end: day.saturating_add(i64::from(days).days()),
            time,
        };
        Ok(starts.into_iter().map(entry).collect())
    }
}

/// The further days of an event that comes back every year.
fn every_year(rule: &Property, first: Date) -> Result<Vec<Date>, IcsError> {
    let plain = rule.value.split(';').all(|part| matches!(part.trim(), "FREQ=YEARLY" | "INTERVAL=1"));
    if !plain || !rule.value.contains("FREQ=YEARLY") {
        return Err(IcsError {
            line: rule.line,
            what: format!(
                "the repetition `{}` is not read, only FREQ=YEARLY; write it as a rule of the calendar instead",
                shown(&rule.value)
            ),
        });
    }
    Ok((1..=YEARS).filter_map(|years| Date::new(first.year() + years, first.month(), first.day()).ok()).collect())
}

/// A date or a time, in the zone of the calendar.
fn moment(property: &Property, value: &str, zone: &TimeZone) -> Result<(Date, Option<Time>), IcsError> {
    let wrong = |what: String| IcsError { line: property.line, what };
    let value = value.trim();
    let unreadable =
        || wrong(format!("`{}` is neither a day like 20260109 nor a time like 20260109T160000", shown(value)));
    let Some((day, clock)) = value.split_once('T') else {
        return Ok((date(value).ok_or_else(unreadable)?, None));
    };
    let (clock, is_utc) = clock.strip_suffix('Z').map_or((clock, false), |clock| (clock, true));
    let time = DateTime::from_parts(date(day).ok_or_else(unreadable)?, time(clock).ok_or_else(unreadable)?);
    let of = match &property.zone {
        _ if is_utc => TimeZone::UTC,
        Some(name) => TimeZone::get(name.trim_start_matches('/'))
            .map_err(|_| wrong(format!("`{}` is no zone; write one like Asia/Taipei", shown(name))))?,
        None => zone.clone(),
    };
    let there = time.to_zoned(of).map_err(|_| unreadable())?.with_time_zone(zone.clone());
    Ok((there.date(), Some(there.time())))
}

/// Digits of a fixed length as a number.
fn digits<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

fn date(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.is_ascii() {
        return None;
    }
    Date::new(digits(&text[..4])?, digits(&text[4..6])?, digits(&text[6..])?).ok()
}

fn time(text: &str) -> Option<Time> {
    if text.len() != 6 || !text.is_ascii() {
        return None;
    }
    // A leap second has no place on the clocks that are compared with it.
    Time::new(digits(&text[..2])?, digits(&text[2..4])?, digits::<i8>(&text[4..])?.min(59), 0).ok()
}

/// RFC 5545, 3.3.11.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => match characters.next() {
                Some('n' | 'N') => out.push(' '),
                Some(other) => out.push(other),
                None => {}
            },
            c => out.push(c),
        }
    }
    out
}

fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(SHOWN).collect()
}
