//! Whether a source is well: a state machine over what its visits came to and what they gave. Pure.
//!
//! The state that was told last is an argument: one failure of a source that was well is an accident, and is told as a
//! remark; only the third in a row is a state. Whoever is ill recovers at once.

use bellwether_model::health::{Empty, Harvest, SourceHealth};
use bellwether_model::source::{Health, Resource, ResourceRole, VisitOutcome};
use jiff::{SignedDuration, Timestamp};

use crate::settings::SourceSettings;

/// Failures in a row of a source that was well, from which on it is not.
const FAILURES: u32 = 3;
/// Readings without a link in a row, from which on that is no accident.
const EMPTY_READINGS: u32 = 2;
/// Nor is it when the first of them is so long ago, though nothing has changed since.
const EMPTY_FOR: SignedDuration = SignedDuration::from_hours(1);
/// A feed that had entries and has none for so long has fallen silent.
const BARE_FOR: SignedDuration = SignedDuration::from_hours(24);
/// An answer that takes longer is slow; a third of the time that it may take at all.
const SLOW_MS: u32 = 10_000;
/// A source that was slow is so until its answers take less.
const NO_LONGER_SLOW_MS: u32 = 5_000;
/// Pages of a source that are looked at, those visited last.
const PAGES: usize = 20;

/// What is known of a source.
pub struct Facts<'a> {
    /// Its settings.
    pub source: &'a SourceSettings,
    /// Its resources.
    pub resources: &'a [Resource],
    /// What its own address has given so far.
    pub harvest: Option<&'a Harvest>,
    /// The time for which it is judged.
    pub now: Timestamp,
}

/// The state of a source after what is known of it. `before`: as it was told last.
#[must_use]
pub fn after(before: Option<SourceHealth>, facts: &Facts<'_>) -> SourceHealth {
    let before = before.unwrap_or_else(|| SourceHealth::new(facts.source.id.clone(), facts.now));
    let (health, problem) = judge(before.health, facts);
    before.after(health, problem, facts.now)
}

type Verdict = (Health, Option<String>);

/// The source's own address decides. Where that is well but nothing comes of it, the source is not well.
fn judge(before: Health, facts: &Facts<'_>) -> Verdict {
    let Some(entry) = facts.resources.iter().find(|resource| resource.url == facts.source.url) else {
        return (Health::New, None);
    };
    let (health, problem) = with_patience(before, entry, visited(entry));
    if health != Health::Healthy || problem.is_some() {
        return (health, problem);
    }
    if let Some(verdict) = facts.harvest.and_then(|harvest| fruitless(before, harvest, facts.now)) {
        return verdict;
    }
    let (health, remark) = pages(facts, entry);
    if health != Health::Healthy {
        return (health, remark);
    }
    if let Some(verdict) = slow(before, entry).or_else(|| silent(facts)) {
        return verdict;
    }
    (Health::Healthy, remark)
}

/// What the last visit says for itself.
fn visited(resource: &Resource) -> Verdict {
    let Some(visit) = &resource.visit else {
        return (Health::New, None);
    };
    match &visit.outcome {
        VisitOutcome::Fetched { .. } | VisitOutcome::Unchanged => (Health::Healthy, None),
        VisitOutcome::Refused { reason } => (Health::Blocked, Some(reason.clone())),
        // Asked for a name and password, forbidden, or not available for legal reasons: no failure that passes by itself.
        VisitOutcome::Failed { status: Some(status @ (401 | 403 | 407 | 451)), reason } => {
            (Health::Blocked, Some(format!("HTTP {status}: {reason}")))
        }
        VisitOutcome::Failed { status: Some(status), reason } => {
            (Health::Failing, Some(format!("HTTP {status}: {reason}")))
        }
        VisitOutcome::Failed { status: None, reason } => (Health::Failing, Some(reason.clone())),
        VisitOutcome::Gone { status } => (Health::Gone, Some(format!("HTTP {status}: the address is gone"))),
    }
}

/// A source that was well stays so over the first failures. What was said for good counts at once: a rule of
/// robots.txt, and 410.
fn with_patience(before: Health, entry: &Resource, verdict: Verdict) -> Verdict {
    let was_well = matches!(before, Health::Healthy | Health::Slow | Health::Silent);
    let for_good = match entry.visit.as_ref().map(|visit| &visit.outcome) {
        Some(VisitOutcome::Refused { .. } | VisitOutcome::Gone { status: 410 }) => true,
        _ => entry.failures >= FAILURES,
    };
    match verdict {
        (Health::Healthy | Health::New, _) => verdict,
        verdict if for_good || !was_well => verdict,
        (_, problem) => {
            let times = if entry.failures == 1 { "visit".to_owned() } else { format!("{} visits", entry.failures) };
            (before, problem.map(|problem| format!("the last {times} failed: {problem}")))
        }
    }
}

/// Nothing found, or nothing there. `None`: there were links, or it may still be an accident.
fn fruitless(before: Health, harvest: &Harvest, now: Timestamp) -> Option<Verdict> {
    let empty = harvest.empty.as_ref()?;
    let since = harvest.empty_since?;
    let lasted = now.duration_since(since);
    let day = since.strftime("%Y-%m-%d %H:%M UTC");
    match empty {
        Empty::NothingFound { rule } => {
            let words = match harvest.usual {
                Some(usual) => format!("nothing found: {rule}; it gave {usual} links until {day}"),
                None => format!("nothing found: {rule}; it has never given a link"),
            };
            let is_sure = harvest.usual.is_none()
                || before == Health::Failing
                || harvest.empty_readings >= EMPTY_READINGS
                || lasted >= EMPTY_FOR;
            let was_well = if before == Health::New { Health::Healthy } else { before };
            Some((if is_sure { Health::Failing } else { was_well }, Some(words)))
        }
        Empty::NothingThere => {
            let words = match harvest.usual {
                Some(usual) => format!(
                    "nothing there: it is as it should be, but empty since {day}; it had {usual} entries before"
                ),
                None => "nothing there: it is as it should be, but has never had an entry".to_owned(),
            };
            let is_silent = harvest.usual.is_some() && lasted >= BARE_FOR;
            Some((if is_silent { Health::Silent } else { Health::Healthy }, Some(words)))
        }
    }
}

/// The pages that the source led to, those visited last. Where none could be had, the source is not well.
fn pages(facts: &Facts<'_>, entry: &Resource) -> Verdict {
    let is_page = |resource: &&Resource| resource.role == ResourceRole::Document && resource.url != entry.url;
    let mut last: Vec<(Timestamp, &Resource)> = facts
        .resources
        .iter()
        .filter(is_page)
        .filter_map(|resource| Some((resource.visit.as_ref()?.at, resource)))
        .collect();
    last.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.url.cmp(&b.1.url)));
    last.truncate(PAGES);
    let bad: Vec<Verdict> =
        last.iter().map(|(_, resource)| visited(resource)).filter(|(health, _)| *health != Health::Healthy).collect();
    let Some((worst, reason)) = bad.first() else { return (Health::Healthy, None) };
    let reason = reason.as_ref().map(|reason| format!("; the last: {reason}")).unwrap_or_default();
    let words = format!("{} of {} pages could not be had{reason}", bad.len(), last.len());
    // A page that is gone is the fate of pages, not of the source.
    let all_bad = bad.len() == last.len() && *worst != Health::Gone;
    (if all_bad { *worst } else { Health::Healthy }, Some(words))
}

fn slow(before: Health, entry: &Resource) -> Option<Verdict> {
    let took = entry.visit.as_ref()?.took_ms?;
    let limit = if before == Health::Slow { NO_LONGER_SLOW_MS } else { SLOW_MS };
    let seconds = SignedDuration::from_millis(i64::from(took)).as_secs_f64();
    (took > limit).then(|| (Health::Slow, Some(format!("its last answer took {seconds:.1} s"))))
}

fn silent(facts: &Facts<'_>) -> Option<Verdict> {
    let harvest = facts.harvest?;
    let (last, patience) = (harvest.last_new?, harvest.patience()?);
    let longest = harvest.gaps.iter().max().copied().unwrap_or_default() / 3600;
    (facts.now.duration_since(last) > patience).then(|| {
        let day = last.strftime("%Y-%m-%d %H:%M UTC");
        (
            Health::Silent,
            Some(format!("nothing new since {day}; before that something came every {longest} hours at the latest")),
        )
    })
}

#[cfg(test)]
#[path = "health_tests.rs"]
mod tests;
