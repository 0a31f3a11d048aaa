//! How a source fares: what its feeds and listings yield, and the state that follows from it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::id::SourceId;
use crate::source::Health;
use crate::web::CanonicalUrl;

/// Gaps between news that are remembered of a feed or listing.
const GAPS: usize = 8;
/// Below so many gaps nobody knows how often news comes.
const ENOUGH_GAPS: usize = 3;
/// A silence of so many times the longest gap is remarkable.
const SILENCE_FACTOR: i32 = 3;
/// A silence shorter than this is never remarkable: weekends and holidays.
const SHORTEST_SILENCE: SignedDuration = SignedDuration::from_hours(4 * 24);
/// Changes of state that are remembered of a source.
const CHANGES: usize = 20;

/// Why a feed or listing that answered gave no link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "empty", rename_all = "snake_case")]
pub enum Empty {
    /// It is what it should be, and holds nothing.
    NothingThere,
    /// Something stands there, but what finds the links finds none.
    NothingFound {
        /// What found nothing, for people: the selector, the rules of an engine, the form of a feed.
        rule: String,
    },
}

/// What one reading of a feed or listing gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Yield {
    /// Links, wanted or not.
    pub links: u32,
    /// Those that the source follows.
    pub wanted: u32,
    /// Those of them that nobody knew.
    pub new: u32,
    /// Why there is no link; `None`: there is one.
    pub empty: Option<Empty>,
}

/// What a feed or listing has given so far, as far as it matters for the next reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Harvest {
    /// Its address.
    pub url: CanonicalUrl,
    /// The source it belongs to.
    pub source: SourceId,
    /// When it was read last.
    pub at: Timestamp,
    /// Links of the last reading.
    pub links: u32,
    /// Those that the source follows.
    pub wanted: u32,
    /// Links of the last reading that had any; `None`: none ever had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual: Option<u32>,
    /// Why the last reading had no link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub empty: Option<Empty>,
    /// The first of the readings without a link that have no reading with one behind them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub empty_since: Option<Timestamp>,
    /// How many readings those are.
    #[serde(default)]
    pub empty_readings: u32,
    /// The last reading that brought a link nobody knew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_new: Option<Timestamp>,
    /// Seconds between readings that brought such links, the latest last; at most eight.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<u64>,
}

impl Harvest {
    /// What is remembered after a reading. `before`: what was remembered.
    #[must_use]
    pub fn after(before: Option<Self>, url: &CanonicalUrl, source: &SourceId, reading: &Yield, at: Timestamp) -> Self {
        // A source that was given another name or address begins anew.
        let before = before.filter(|before| before.source == *source && before.url == *url);
        let (usual, empty_since, empty_readings, last_new, mut gaps) = before
            .map(|old| (old.usual, old.empty_since, old.empty_readings, old.last_new, old.gaps))
            .unwrap_or_default();
        if let (true, Some(last)) = (reading.new > 0, last_new) {
            gaps.push(u64::try_from(at.duration_since(last).as_secs()).unwrap_or(0));
            let surplus = gaps.len().saturating_sub(GAPS);
            gaps.drain(..surplus);
        }
        let is_empty = reading.links == 0;
        Self {
            url: url.clone(),
            source: source.clone(),
            at,
            links: reading.links,
            wanted: reading.wanted,
            usual: if is_empty { usual } else { Some(reading.links) },
            empty: reading.empty.clone().filter(|_| is_empty),
            empty_since: is_empty.then(|| empty_since.unwrap_or(at)),
            empty_readings: if is_empty { empty_readings.saturating_add(1) } else { 0 },
            last_new: if reading.new > 0 { Some(at) } else { last_new },
            gaps,
        }
    }

    /// How long it may bring nothing new before that is remarkable: three times the longest of the last gaps, four days
    /// at least. `None`: nobody knows yet.
    #[must_use]
    pub fn patience(&self) -> Option<SignedDuration> {
        let longest = self.gaps.iter().max().filter(|_| self.gaps.len() >= ENOUGH_GAPS)?;
        let longest = SignedDuration::from_secs(i64::try_from(*longest).unwrap_or(i64::MAX));
        Some(longest.saturating_mul(SILENCE_FACTOR).max(SHORTEST_SILENCE))
    }
}

/// The state of a source, as it was told last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceHealth {
    /// The source.
    pub source: SourceId,
    /// Its state.
    pub health: Health,
    /// Since when.
    pub since: Timestamp,
    /// What is wrong, for people; a healthy source can have a remark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Its last changes of state, the latest last; at most twenty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<HealthChange>,
}

/// One change of a source's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthChange {
    /// When it was seen.
    pub at: Timestamp,
    /// The state before.
    pub from: Health,
    /// The state after.
    pub to: Health,
    /// Why, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl SourceHealth {
    /// A source that was never visited.
    #[must_use]
    pub fn new(source: SourceId, since: Timestamp) -> Self {
        Self { source, health: Health::New, since, problem: None, changes: Vec::new() }
    }

    /// The state after a verdict, with the change in its list where it is one.
    #[must_use]
    pub fn after(mut self, health: Health, problem: Option<String>, now: Timestamp) -> Self {
        if health != self.health {
            self.changes.push(HealthChange { at: now, from: self.health, to: health, problem: problem.clone() });
            let surplus = self.changes.len().saturating_sub(CHANGES);
            self.changes.drain(..surplus);
            (self.health, self.since) = (health, now);
        }
        self.problem = problem;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(1_767_945_600 + hour * 3600).expect("a time")
    }

    fn read(before: Option<Harvest>, links: u32, new: u32, hour: i64) -> Harvest {
        let url = CanonicalUrl::parse("https://wire.example/list").expect("an address");
        let empty = (links == 0).then(|| Empty::NothingFound { rule: "the selector `main a`".into() });
        Harvest::after(before, &url, &SourceId::new("wire"), &Yield { links, wanted: links, new, empty }, at(hour))
    }

    #[test]
    fn readings_without_links_are_counted_from_the_first() {
        let full = read(None, 30, 30, 0);
        assert_eq!((full.usual, full.empty_readings, &full.empty), (Some(30), 0, &None));
        let second = read(Some(read(Some(full), 0, 0, 1)), 0, 0, 2);
        assert_eq!((second.usual, second.empty_readings, second.empty_since), (Some(30), 2, Some(at(1))));
        assert!(matches!(&second.empty, Some(Empty::NothingFound { rule }) if rule.contains("main a")));
        let again = read(Some(second), 28, 1, 3);
        assert_eq!((again.usual, again.empty_readings, again.empty_since), (Some(28), 0, None));
    }

    #[test]
    fn patience_is_known_from_the_third_gap_on_and_forgets_old_ones() {
        let mut harvest = read(None, 10, 1, 0);
        for hour in [100, 200] {
            harvest = read(Some(harvest), 10, 1, hour);
        }
        assert_eq!(harvest.patience(), None);
        harvest = read(Some(harvest), 10, 1, 300);
        assert_eq!(harvest.patience(), Some(SignedDuration::from_hours(300)));
        for hour in 301..320 {
            harvest = read(Some(harvest), 10, 1, hour);
        }
        assert_eq!((harvest.gaps.len(), harvest.patience()), (GAPS, Some(SHORTEST_SILENCE)));
        assert_eq!(read(Some(harvest.clone()), 10, 0, 400).last_new, harvest.last_new);
    }

    #[test]
    fn a_change_is_noted_once_and_the_list_ends() {
        let mut state = SourceHealth::new(SourceId::new("wire"), at(0));
        for turn in 0..50 {
            let (health, problem) =
                if turn % 2 == 0 { (Health::Failing, Some("HTTP 503".to_owned())) } else { (Health::Healthy, None) };
            state = state.after(health, problem.clone(), at(turn)).after(health, problem, at(turn));
        }
        assert_eq!((state.health, state.since, state.changes.len()), (Health::Healthy, at(49), CHANGES));
        assert_eq!(state.changes[0].at, at(30));
    }
}
