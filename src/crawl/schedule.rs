//! When a resource is due. Pure: the time is an argument.
//!
//! Must not know hosts: when its host may be asked is the matter of `manners`.

use std::time::Duration;

use bellwether_model::source::{Resource, ResourceRole, SourceKind, VisitOutcome};
use jiff::{SignedDuration, Timestamp};

use super::manners::{plus, since};
use super::rhythm::interval;
use crate::calendar::Pace;
use crate::settings::SourceSettings;

/// Ages, counted from when an article was found, at which it is looked at again: most corrections come within hours.
const REVISIT_AGES: [Duration; 4] = [hours(1), hours(7), hours(31), hours(103)];
/// Between two looks at an article at the least.
const REVISIT_GAP: Duration = Duration::from_secs(30 * 60);
/// First pause of a resource that failed, doubling with each failure in a row.
const RETRY_FIRST: Duration = Duration::from_secs(60);
/// Longest pause of a resource that fails.
const RETRY_LAST: Duration = hours(24);
/// Longest pause of a source that fails while a release is awaited of it. Its host may ask for a longer one.
const RETRY_WINDOW: Duration = Duration::from_secs(300);
/// A visit that lies no further ahead was made while the time was looked up, or by a clock that is corrected in small steps.
const CLOCK_DRIFT: Duration = Duration::from_secs(60);
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
        return Some(Resource::new(source.url.clone(), source.id.clone(), role, now));
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
            validated: None,
            content: None,
            ..known
        });
    }
    // The pace was quickened, a calendar was added, or a link became recurrent.
    let latest = known.visit.as_ref().map_or(now, |visit| latest(source, visit.at));
    let due = match known.due {
        Some(due) if known.failures == 0 => due.min(latest),
        Some(due) => due,
        None => latest,
    };
    (known.due != Some(due)).then_some(Resource { due: Some(due), ..known })
}

/// When a source's own address is due at the latest, if nothing is known of its rhythm.
fn latest(source: &SourceSettings, visited: Timestamp) -> Timestamp {
    let slowest = plus(visited, source.slowest());
    match source.calendar.as_ref().map(|calendar| (calendar, calendar.pace(visited, None))) {
        Some((calendar, Pace::Window { .. })) => slowest.min(plus(visited, calendar.every.max(source.every))),
        Some((_, Pace::Rest { opens: Some(opens) })) => slowest.min(opens),
        Some((_, Pace::Rest { opens: None })) | None => slowest,
    }
}

/// What the next look depends on besides the resource.
#[derive(Clone, Copy)]
pub(super) struct Outlook<'a> {
    /// The source: its pace and its calendar.
    pub(super) source: &'a SourceSettings,
    /// When something new came from the source last.
    pub(super) news: Option<Timestamp>,
    /// For how long the answer may be kept without asking again (`Cache-Control: max-age`).
    pub(super) fresh: Duration,
    /// When its host may be asked again; `None`: by its manners alone.
    pub(super) not_before: Option<Timestamp>,
    /// At least 0 and below 1. Sources that began together do not stay together.
    pub(super) random: f64,
}

/// When a resource is due after a visit. `resource` is as it was before, but for its rhythm, which has learned from it;
/// `own`: it is its source's own address.
pub(super) fn next_due(
    resource: &Resource,
    own: bool,
    outlook: &Outlook<'_>,
    outcome: &VisitOutcome,
    now: Timestamp,
) -> Option<Timestamp> {
    let recurs = own || resource.role.recurs();
    let not_before = outlook.not_before;
    let due = match outcome {
        VisitOutcome::Fetched { .. } | VisitOutcome::Unchanged if recurs => Some(again(resource, own, outlook, now)),
        // The page before it says when it is worth another look.
        VisitOutcome::Fetched { .. } | VisitOutcome::Unchanged if resource.role == ResourceRole::Part => None,
        VisitOutcome::Fetched { .. } | VisitOutcome::Unchanged => revisit(resource.found, now),
        // Asked again when robots.txt may say something else.
        VisitOutcome::Refused { .. } => {
            not_before.map(|at| if recurs { at.max(again(resource, own, outlook, now)) } else { at })
        }
        VisitOutcome::Failed { .. } => {
            let failures = resource.failures.saturating_add(1);
            let pause = RETRY_FIRST.saturating_mul(2_u32.saturating_pow(failures - 1)).min(RETRY_LAST);
            let pause = pause.mul_f64(0.75 + outlook.random.clamp(0.0, 1.0) / 2.0);
            (recurs || failures < LINK_FAILURES).then(|| for_release(own, outlook, now, pause, RETRY_WINDOW))
        }
        VisitOutcome::Gone { .. } if own => Some(for_release(own, outlook, now, GONE_AGAIN, GONE_AGAIN)),
        VisitOutcome::Gone { status: 410 } => None,
        VisitOutcome::Gone { .. } => {
            let times = resource.failures.saturating_add(1);
            (times < MISSING_TIMES).then(|| plus(now, hours(1).saturating_mul(times)))
        }
    }?;
    Some(not_before.map_or(due, |at| due.max(at)))
}

/// When what is looked at again and again is due after a good answer.
fn again(resource: &Resource, own: bool, outlook: &Outlook<'_>, now: Timestamp) -> Timestamp {
    let source = outlook.source;
    let (fastest, slowest) = (source.fastest(), source.slowest());
    let spread = 0.95 + outlook.random.clamp(0.0, 1.0) / 10.0;
    let rhythm = interval(&resource.rhythm, source).mul_f64(spread).clamp(fastest, slowest);
    // A publisher who says that nothing changes before is believed, but not for longer than the slowest pace.
    let asked = outlook.fresh.max(Duration::from_secs(u64::from(resource.ttl))).min(slowest);
    // In a release window, no longer than the usual pace: such times are seldom meant for the one day that counts.
    let window = source.calendar.as_ref().map_or(rhythm, |calendar| calendar.every.max(asked.min(source.every)));
    for_release(own, outlook, now, rhythm.max(asked), window)
}

/// A pause that ends with the opening of the next release window, and is another one within a window.
fn for_release(own: bool, outlook: &Outlook<'_>, now: Timestamp, pause: Duration, window: Duration) -> Timestamp {
    let due = plus(now, pause);
    let Some(calendar) = outlook.source.calendar.as_ref().filter(|_| own) else { return due };
    match calendar.pace(now, outlook.news) {
        Pace::Window { .. } => due.min(plus(now, window)),
        Pace::Rest { opens } => opens.map_or(due, |opens| due.min(opens)),
    }
}

/// When a resource is due by a clock that was set back since its last visit, whose time lies in the future: as long
/// after now as it was due after the visit. `None`: as the resource says.
pub(super) fn set_back(resource: &Resource, now: Timestamp) -> Option<Timestamp> {
    let (due, visit) = (resource.due?, resource.visit.as_ref()?);
    let is_set_back = visit.at > plus(now, CLOCK_DRIFT);
    // One that is due before its visit was corrected before.
    (is_set_back && due >= visit.at).then(|| plus(now, since(visit.at, due)))
}

/// The next of the growing ages at which an article is looked at; `None`: it is old enough to be left.
fn revisit(found: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let earliest = now.checked_add(SignedDuration::try_from(REVISIT_GAP).ok()?).ok()?;
    REVISIT_AGES.iter().map(|age| plus(found, *age)).find(|at| *at >= earliest)
}

#[cfg(test)]
#[path = "schedule_tests.rs"]
mod tests;
