//! Which report of a figure is shown, whether others contradict it, and whether it is a revised value: a function of the reports
//! alone, so that the order in which they came does not matter. Pure.
//!
//! Only the reports of those who are believed most decide. Of official values the newest is shown; of others that which was
//! published first, of forecasts the first of the newest week. It is shown as the most exact report of it gives it. A page that
//! does not say when it was published is taken to be as old as its reading. A page that was corrected takes back what it gave
//! before, and with it those who had it from there: who published it before the correction contradicts nobody.

use std::cmp::Ordering;

use bellwether_model::event::Mention;
use bellwether_model::figure::Confidence;
use bellwether_model::reading::{Reading, agree, finer};
use bellwether_model::source::Trust;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Reports of one forecast appear within days; a different one that is published so much later is a new forecast.
const NEW_FORECAST_DAYS: i32 = 7;

/// How much a report weighs: what was filled in from weak signs weighs less than any firm report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// Filled in from weak signs, or standing out from its series.
    Unsure,
    /// A firm report.
    Firm(Trust),
}

impl Weight {
    /// That of a report.
    pub(super) fn of(confidence: Confidence, trust: Trust) -> Self {
        match confidence {
            Confidence::Low => Self::Unsure,
            Confidence::High => Self::Firm(trust),
        }
    }
}

/// What is shown of the reports of a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    /// The place of the mention whose value is shown.
    pub(super) shown: usize,
    /// The places of the mentions that may contradict it, among them those that agree; all others are less believed, or were
    /// taken back, restated or followed by another forecast.
    pub(super) current: Vec<usize>,
    /// Whether one of them does, and no official source settles it.
    pub(super) is_disputed: bool,
    /// Whether the first that was told of it, or what its own source told before, was another value.
    pub(super) is_revised: bool,
}

/// One report.
#[derive(Clone, Copy)]
struct Said<'a> {
    place: usize,
    mention: &'a Mention,
    reading: Reading,
    weight: Weight,
}

/// Chooses among the mentions of a figure. `shown`: the address of the one that is shown; it stays where another one says the
/// same in the same precision. `None`: no mention carries a value.
pub(super) fn choose(mentions: &[Mention], is_forecast: bool, shown: Option<&str>) -> Option<Choice> {
    let all: Vec<Said<'_>> = mentions.iter().enumerate().filter_map(said).collect();
    let said = all.clone();
    let weight = said.iter().map(|said| said.weight).max()?;
    let is_official = weight == Weight::Firm(Trust::Official);
    let believed: Vec<Said<'_>> = said.into_iter().filter(|said| said.weight == weight).collect();
    let is_outdated = |said: &Said<'_>| said.mention.outdated || is_taken_back(said, &all);
    let mut current = only_if_any(believed.clone(), |said| !is_outdated(said));
    if !is_official {
        current = only_if_any(current, |said| said.mention.restates);
    }
    if is_forecast && !is_official {
        let newest = current.iter().filter_map(|said| day(said.mention)).max();
        current.retain(|said| match (newest, day(said.mention)) {
            (Some(newest), Some(day)) => (newest - day).get_days() < NEW_FORECAST_DAYS,
            _ => true,
        });
    }
    in_order(&mut current, |said| said.mention, shown);
    if is_official {
        current.reverse();
    }
    let mut best = *current.first()?;
    for next in &current[1..] {
        match agree(&best.reading, &next.reading) {
            true if finer(&next.reading, &best.reading) == Ordering::Greater => best = *next,
            // What an official source said before its last other value is history.
            false if is_official => break,
            _ => {}
        }
    }
    // A forecast that was repeated is still known as exactly as it was given at first.
    if is_forecast && !is_official {
        let mut older: Vec<Said<'_>> = believed.iter().filter(|said| !is_outdated(said)).copied().collect();
        in_order(&mut older, |said| said.mention, shown);
        for next in older.iter().rev() {
            if agree(&best.reading, &next.reading) && finer(&next.reading, &best.reading) == Ordering::Greater {
                best = *next;
            }
        }
    }
    let stays = current.iter().find(|said| Some(said.mention.url.as_str()) == shown && said.reading == best.reading);
    let is_disputed =
        weight == Weight::Firm(Trust::Press) && current.iter().any(|said| !agree(&best.reading, &said.reading));
    let differs = |reading: Reading| !agree(&best.reading, &reading);
    let gave_another = |said: &&Said<'_>| differs(said.reading) || taken_back(said.mention).any(differs);
    let is_restated =
        || current.iter().any(|said| said.mention.restates) && believed.iter().any(|b| differs(b.reading));
    let is_revised = first_told(&all).is_some_and(differs)
        || is_official && believed.iter().any(|said| gave_another(&said))
        || !is_official && is_restated();
    Some(Choice {
        shown: stays.unwrap_or(&best).place,
        current: current.iter().map(|said| said.place).collect(),
        is_disputed,
        is_revised,
    })
}

/// The values that a document gave before it was corrected.
fn taken_back(mention: &Mention) -> impl Iterator<Item = Reading> {
    mention.taken_back.iter().map(|value| Reading { amount: value.amount, precision: value.precision })
}

/// Whether a document that is believed as much has taken back the value of this one since it was published.
fn is_taken_back(ours: &Said<'_>, all: &[Said<'_>]) -> bool {
    let others = all.iter().filter(|other| other.place != ours.place && other.weight >= ours.weight);
    let corrected = others.filter(|other| !agree(&other.reading, &ours.reading));
    corrected.flat_map(|other| &other.mention.taken_back).any(|value| {
        let before = Reading { amount: value.amount, precision: value.precision };
        agree(&before, &ours.reading) && !is_behind(ours.mention, value.until)
    })
}

/// Whether a document was published behind a time, or read behind it where it does not say when it was published.
fn is_behind(mention: &Mention, time: Timestamp) -> bool {
    match (instant(mention), day(mention)) {
        (Some(instant), _) => instant > time,
        (None, Some(day)) => day > date_of(time),
        (None, None) => first_read(mention) > time,
    }
}

/// The value that was told first, by the documents' own times, of those that are sure.
fn first_told(all: &[Said<'_>]) -> Option<Reading> {
    let first = all.iter().filter(|said| said.weight != Weight::Unsure).min_by_key(|said| told_at(said.mention))?;
    Some(taken_back(first.mention).next().unwrap_or(first.reading))
}

/// When a document told something: the day, then the moment as far as it is known, then its address. Whatever else is known, this
/// is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ToldAt<'a>(Date, Timestamp, &'a str);

impl<'a> ToldAt<'a> {
    /// Of a document that says so of its publication, if anything, and was read at a time for the first time.
    pub(super) fn of(published: Option<&str>, read: Timestamp, url: &'a str) -> Self {
        let day = published.and_then(day_of).unwrap_or_else(|| date_of(read));
        Self(day, published.and_then(|time| time.parse().ok()).unwrap_or(read), url)
    }
}

/// When a document told what it says of an event, or told before.
pub(super) fn told_at(mention: &Mention) -> ToldAt<'_> {
    ToldAt::of(mention.published.as_deref(), first_read(mention), &mention.url)
}

/// When a document was read for the first time.
fn first_read(mention: &Mention) -> Timestamp {
    mention.taken_back.first().map_or(mention.at, |value| value.read)
}

fn date_of(time: Timestamp) -> Date {
    time.to_zoned(TimeZone::UTC).date()
}

fn said((place, mention): (usize, &Mention)) -> Option<Said<'_>> {
    let confidence = if mention.unsure { Confidence::Low } else { Confidence::High };
    Some(Said {
        place,
        mention,
        reading: Reading { amount: mention.amount?, precision: mention.precision },
        weight: Weight::of(confidence, mention.trust),
    })
}

/// Those that are such, or all where none is.
fn only_if_any<'a>(all: Vec<Said<'a>>, is_such: impl Fn(&Said<'a>) -> bool) -> Vec<Said<'a>> {
    let such: Vec<Said<'a>> = all.iter().filter(|said| is_such(said)).copied().collect();
    if such.is_empty() { all } else { such }
}

/// Sorts by time of publication, earliest first: by instants where all give one, else by days, and by the time of reading where
/// days are the same or missing. `shown`: the address of the mention that comes first where all of these are the same.
fn in_order<'a, T>(reports: &mut [T], mention: impl Fn(&T) -> &'a Mention, shown: Option<&str>) {
    let all_instants = reports.iter().all(|report| instant(mention(report)).is_some());
    let all_days = reports.iter().all(|report| day(mention(report)).is_some());
    reports.sort_by_key(|report| {
        let mention = mention(report);
        let instant = instant(mention).filter(|_| all_instants);
        let day = day(mention).filter(|_| all_days);
        (instant, day, mention.at, Some(mention.url.as_str()) != shown)
    });
}

fn instant(mention: &Mention) -> Option<Timestamp> {
    mention.published.as_ref()?.parse().ok()
}

fn day(mention: &Mention) -> Option<Date> {
    day_of(mention.published.as_deref()?)
}

fn day_of(published: &str) -> Option<Date> {
    published.get(..10)?.parse().ok()
}

/// Mentions of anything, those first that are believed most, and among them those that were published first.
pub(super) fn by_belief<'a>(mentions: impl IntoIterator<Item = &'a Mention>) -> Vec<&'a Mention> {
    let mut mentions: Vec<&Mention> = mentions.into_iter().collect();
    mentions.sort_by_key(|mention| (std::cmp::Reverse(mention.trust), told_at(mention)));
    mentions
}

/// Whether a document was published before another one; `false` where a date is missing.
pub(super) fn is_older(mention: &Mention, other: &Mention) -> bool {
    match (instant(mention), instant(other)) {
        (Some(ours), Some(theirs)) => ours < theirs,
        // One of them is a day alone: the days decide.
        _ => matches!((day(mention), day(other)), (Some(ours), Some(theirs)) if ours < theirs),
    }
}

/// Whether a document that was read after another one was also published after it, by whatever the documents of an event are
/// put in order: it says as much of its time as that one.
pub(super) fn is_later(mention: &Mention, other: &Mention) -> bool {
    let by_instant = instant(other).is_none_or(|theirs| instant(mention).is_some_and(|ours| ours >= theirs));
    let by_day = day(other).is_none_or(|theirs| day(mention).is_some_and(|ours| ours >= theirs));
    by_instant && by_day && mention.at >= other.at
}
