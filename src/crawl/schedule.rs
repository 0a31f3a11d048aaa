//! When a resource is due. Pure: the time is an argument.
//!
//! Must not know hosts: when its host may be asked is the matter of `manners`.

use std::time::Duration;

use bellwether_model::source::{Resource, ResourceRole, SourceKind, VisitOutcome};
use jiff::{SignedDuration, Timestamp};

use super::manners::plus;
use crate::settings::SourceSettings;

/// Ages, counted from when an article was found, at which it is looked at again: most corrections come within hours.
const REVISIT_AGES: [Duration; 4] = [hours(1), hours(7), hours(31), hours(103)];
/// Between two looks at an article at the least.
const REVISIT_GAP: Duration = Duration::from_secs(30 * 60);
/// First pause of a resource that failed, doubling with each failure in a row.
const RETRY_FIRST: Duration = Duration::from_secs(60);
/// Longest pause of a resource that fails.
const RETRY_LAST: Duration = hours(24);
/// Failures in a row after which a link is given up. What the configuration names is never given up.
const LINK_FAILURES: u32 = 12;
/// Times that a page must be missing (404) before it counts as gone: editors' systems blink.
const MISSING_TIMES: u32 = 3;
/// How often a configured address that is gone is still looked at.
const GONE_AGAIN: Duration = hours(24);

const fn hours(count: u64) -> Duration {
    Duration::from_secs(count * 3600)
}

/// What a source's own address is to it.
pub(super) fn role_of(kind: SourceKind) -> ResourceRole {
    match kind {
        SourceKind::Feed => ResourceRole::Feed,
        SourceKind::Listing | SourceKind::Sitemap | SourceKind::Forum => ResourceRole::Listing,
        SourceKind::Api => ResourceRole::Rows,
        SourceKind::Page => ResourceRole::Document,
    }
}

/// The resource of a source's own address as it ought to be in the store; `None`: it is so already.
pub(super) fn seed(source: &SourceSettings, known: Option<Resource>, now: Timestamp) -> Option<Resource> {
    let role = role_of(source.kind);
    let Some(known) = known else {
        return Some(Resource {
            url: source.url.clone(),
            source: source.id.clone(),
            role,
            found: now,
            due: Some(now),
            hint: None,
            visit: None,
            etag: None,
            last_modified: None,
            content: None,
            failures: 0,
        });
    };
    if known.source != source.id || known.role != role {
        // The source was renamed, or a link that was known before became a source: what it means has changed, so it
        // is fetched whole once more.
        return Some(Resource {
            source: source.id.clone(),
            role,
            due: Some(now),
            etag: None,
            last_modified: None,
            content: None,
            ..known
        });
    }
    // The interval was shortened, or a link became recurrent.
    let latest = known.visit.as_ref().map_or(now, |visit| plus(visit.at, source.every));
    let due = match known.due {
        Some(due) if known.failures == 0 => due.min(latest),
        Some(due) => due,
        None => latest,
    };
    (known.due != Some(due)).then_some(Resource { due: Some(due), ..known })
}

/// When a resource is due after a visit. `resource` is as it was before; `own`: it is its source's own address;
/// `not_before`: when its host may be asked again.
pub(super) fn next_due(
    resource: &Resource,
    own: bool,
    every: Duration,
    outcome: &VisitOutcome,
    now: Timestamp,
    not_before: Option<Timestamp>,
) -> Option<Timestamp> {
    let recurs = own || resource.role.recurs();
    let due = match outcome {
        VisitOutcome::Fetched { .. } | VisitOutcome::Unchanged if recurs => Some(plus(now, every)),
        // The page before it says when it is worth another look.
        VisitOutcome::Fetched { .. } | VisitOutcome::Unchanged if resource.role == ResourceRole::Part => None,
        VisitOutcome::Fetched { .. } | VisitOutcome::Unchanged => revisit(resource.found, now),
        // Asked again when robots.txt may say something else.
        VisitOutcome::Refused { .. } => not_before.map(|at| if recurs { at.max(plus(now, every)) } else { at }),
        VisitOutcome::Failed { .. } => {
            let failures = resource.failures.saturating_add(1);
            let pause = RETRY_FIRST.saturating_mul(2_u32.saturating_pow(failures - 1)).min(RETRY_LAST);
            (recurs || failures < LINK_FAILURES).then(|| plus(now, pause))
        }
        VisitOutcome::Gone { .. } if own => Some(plus(now, GONE_AGAIN)),
        VisitOutcome::Gone { status: 410 } => None,
        VisitOutcome::Gone { .. } => {
            let times = resource.failures.saturating_add(1);
            (times < MISSING_TIMES).then(|| plus(now, hours(1).saturating_mul(times)))
        }
    }?;
    Some(not_before.map_or(due, |at| due.max(at)))
}

/// The next of the growing ages at which an article is looked at; `None`: it is old enough to be left.
fn revisit(found: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let earliest = now.checked_add(SignedDuration::try_from(REVISIT_GAP).ok()?).ok()?;
    REVISIT_AGES.iter().map(|age| plus(found, *age)).find(|at| *at >= earliest)
}

#[cfg(test)]
#[path = "schedule_tests.rs"]
mod tests;
