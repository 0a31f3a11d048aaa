//! How often a resource changes, and how often it is worth a look therefore. Pure: the time is an argument.
//!
//! The rate of change is estimated from looks that found a change or none, as in J. Cho and H. Garcia-Molina,
//! "Estimating frequency of change" (ACM Transactions on Internet Technology 3(3), 2003), section 4: their estimator
//! `-ln((n - x + 0.5) / (n + 0.5))` for `x` changes in `n` looks is nearly free of bias, and finite where every look
//! found a change. Older looks count less, since sites change their habits.
//!
//! The time between two looks is the root of `every` by the rate. A change waits half of that time in the mean; to keep
//! the sum of rate times wait smallest for a given number of looks, the waits must go with the inverse root of the rates.

use std::time::Duration;

use bellwether_model::rhythm::Rhythm;
use bellwether_model::source::{Resource, ResourceRole, VisitOutcome};
use jiff::Timestamp;

use super::manners::since;
use crate::settings::SourceSettings;

/// A look in the unit of the counts.
const LOOK: u32 = 1_000;
/// Looks after which an older one counts about a third: long enough to tell a rate, short enough to follow a site that
/// wakes up.
const MEMORY: u32 = 8;
/// Looks that are taken for granted, as if the resource had changed at the pace at which it is configured. More would keep
/// what never changes from coming near a slow pace.
const PRIOR: f64 = 1.0;

/// What is known after a visit. `resource` is as it was before; `news`: when its source brought something new last.
pub(super) fn after(
    resource: &Resource,
    source: &SourceSettings,
    outcome: &VisitOutcome,
    news: Option<Timestamp>,
    now: Timestamp,
) -> Rhythm {
    let mut rhythm = resource.rhythm;
    let Some(before) = &resource.visit else { return rhythm };
    let changed = match outcome {
        VisitOutcome::Fetched { .. } => resource.content.is_some(),
        VisitOutcome::Unchanged => false,
        VisitOutcome::Refused { .. } | VisitOutcome::Failed { .. } | VisitOutcome::Gone { .. } => return rhythm,
    };
    let was_read = matches!(before.outcome, VisitOutcome::Fetched { .. } | VisitOutcome::Unchanged);
    let brought_nothing = news.is_none_or(|news| news < before.at);
    if resource.role != ResourceRole::Document && rhythm.changed == Some(before.at) && brought_nothing {
        // The bytes had changed, and there was nothing new in them: an advertisement, the time of day.
        rhythm.changes = rhythm.changes.saturating_sub(LOOK);
    }
    let elapsed = since(before.at, now);
    // A look in a release window, or the first after we were away, says nothing of the usual pace.
    let usual = source.fastest().mul_f64(0.5)..=source.slowest().saturating_mul(2);
    if was_read && usual.contains(&elapsed) {
        rhythm = observed(rhythm, elapsed, changed);
    }
    if changed {
        rhythm.changed = Some(now);
    }
    rhythm
}

/// One look more.
fn observed(rhythm: Rhythm, elapsed: Duration, changed: bool) -> Rhythm {
    let fade = |count: u32| count - count / MEMORY;
    Rhythm {
        looks: fade(rhythm.looks).saturating_add(LOOK),
        changes: fade(rhythm.changes).saturating_add(if changed { LOOK } else { 0 }),
        seconds: (rhythm.seconds - rhythm.seconds / u64::from(MEMORY)).saturating_add(elapsed.as_secs()),
        changed: rhythm.changed,
    }
}

/// How long to wait for the next look.
pub(super) fn interval(rhythm: &Rhythm, source: &SourceSettings) -> Duration {
    let (fastest, slowest) = (source.fastest(), source.slowest());
    let every = source.every.as_secs_f64();
    if every <= 0.0 {
        return fastest;
    }
    let looks = f64::from(rhythm.looks) / f64::from(LOOK) + PRIOR;
    // As many changes as make the rate one in `every`, where nothing else is known.
    let expected = (PRIOR + 0.5) * (1.0 - (-1.0_f64).exp());
    let changes = (f64::from(rhythm.changes) / f64::from(LOOK) + expected).min(looks);
    // A span that a double cannot hold exactly is longer than any that is looked at.
    #[expect(clippy::cast_precision_loss, reason = "seconds between looks are far below 2^52")]
    let seconds = rhythm.seconds as f64 + PRIOR * every;
    let a_look = -((looks - changes + 0.5) / (looks + 0.5)).ln();
    let rate = a_look * looks / seconds;
    if rate <= 0.0 {
        return slowest;
    }
    let wait = (every / rate).sqrt();
    Duration::try_from_secs_f64(wait).unwrap_or(slowest).clamp(fastest, slowest)
}

#[cfg(test)]
#[path = "rhythm_tests.rs"]
mod tests;
