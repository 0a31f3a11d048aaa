//! What came of a visit: the resource as it is afterwards, and the snapshot. Pure: nothing is fetched or written here.
//!
//! Must not know what a page says; that its bytes differ is all it looks at.

use std::sync::Arc;
use std::time::Duration;

use bellwether_model::id::ContentHash;
use bellwether_model::snapshot::Snapshot;
use bellwether_model::source::{Resource, ResourceRole, Visit, VisitOutcome};
use bellwether_model::web::CanonicalUrl;
use hyper::header::{CONTENT_TYPE, ETAG, LAST_MODIFIED};
use jiff::Timestamp;
use url::Url;

use super::client::Answer;
use super::fetch::{Fetch, FetchOutcome, header};
use super::schedule::{Outlook, next_due};
use super::{freshness, rhythm};
use crate::settings::SourceSettings;

/// What is true after a visit.
pub(super) struct Settled {
    /// The resource that was visited.
    pub(super) resource: Resource,
    /// The resource as which it goes on, where it moved for good.
    pub(super) moved_to: Option<Resource>,
    /// The answer, where its body is to be read.
    pub(super) snapshot: Option<Snapshot>,
}

/// What a visit has to know besides its answer.
pub(super) struct Visited {
    /// The resource as it was.
    pub(super) resource: Resource,
    /// It is its source's own address.
    pub(super) own: bool,
    /// Its source.
    pub(super) source: Arc<SourceSettings>,
    /// When something new came from its source last.
    pub(super) news: Option<Timestamp>,
    /// At least 0 and below 1.
    pub(super) random: f64,
    /// Decoded bytes that were read at the most.
    pub(super) limit: usize,
    /// Until when its host is left alone.
    pub(super) backoff_until: Option<Timestamp>,
}

impl Visited {
    fn outlook(&self, fresh: Duration, not_before: Option<Timestamp>) -> Outlook<'_> {
        Outlook { source: &self.source, news: self.news, fresh, not_before, random: self.random }
    }

    /// Whether it is looked at again and again.
    fn recurs(&self) -> bool {
        self.own || self.resource.role != ResourceRole::Document
    }
}

/// Settles a visit. `target`: what is known already of the address to which it was redirected. `None`: there was no
/// visit, since nothing was sent.
pub(super) fn settle(visited: Visited, fetch: &Fetch, target: Option<Resource>) -> Option<Settled> {
    let now = fetch.ended;
    let (outcome, not_before) = match &fetch.outcome {
        FetchOutcome::Postponed(_) | FetchOutcome::Stopped => return None,
        FetchOutcome::Answered { answer, url } => match judge(answer, &visited, fetch.was_conditional) {
            Judged::Body => return Some(settle_body(visited, fetch, answer, url, target)),
            Judged::Other(outcome) => (outcome, visited.backoff_until),
        },
        FetchOutcome::Refused { reason, until } => {
            (VisitOutcome::Refused { reason: reason.clone() }, latest(*until, visited.backoff_until))
        }
        FetchOutcome::Failed { status, reason } => {
            (VisitOutcome::Failed { status: *status, reason: reason.clone() }, visited.backoff_until)
        }
    };
    let fresh = match &fetch.outcome {
        FetchOutcome::Answered { answer, .. } => fresh_for(answer),
        _ => Duration::ZERO,
    };
    let outlook = visited.outlook(fresh, not_before);
    let mut resource = visited.resource.clone();
    if visited.recurs() {
        resource.rhythm = rhythm::after(&resource, &visited.source, &outcome, visited.news, now);
    }
    resource.due = next_due(&resource, visited.own, &outlook, &outcome, now);
    match &outcome {
        VisitOutcome::Failed { .. } | VisitOutcome::Gone { .. } => {
            resource.failures = resource.failures.saturating_add(1);
        }
        VisitOutcome::Refused { .. } => {}
        VisitOutcome::Fetched { .. } | VisitOutcome::Unchanged => resource.failures = 0,
    }
    if let (VisitOutcome::Unchanged, FetchOutcome::Answered { answer, .. }) = (&outcome, &fetch.outcome) {
        // RFC 9111, 4.3.4: a 304 may renew the validators.
        resource.etag = validator(answer, ETAG).or(resource.etag);
        resource.last_modified = validator(answer, LAST_MODIFIED).or(resource.last_modified);
    }
    resource.visit = Some(Visit { at: now, outcome, took_ms: took_ms(fetch) });
    Some(Settled { resource, moved_to: None, snapshot: None })
}

enum Judged {
    Body,
    Other(VisitOutcome),
}

fn judge(answer: &Answer, visited: &Visited, was_conditional: bool) -> Judged {
    let failed = |reason: String| VisitOutcome::Failed { status: Some(answer.status), reason };
    Judged::Other(match answer.status {
        200 | 203 if answer.is_cut => failed(format!("the answer is longer than {} bytes", visited.limit)),
        200 | 203 => return Judged::Body,
        304 if was_conditional && visited.resource.content.is_some() => VisitOutcome::Unchanged,
        304 => failed("the server answered with 304 to what was no conditional request".to_owned()),
        status @ (404 | 410) => VisitOutcome::Gone { status },
        status => failed(format!("the server answered with {status}")),
    })
}

fn settle_body(visited: Visited, fetch: &Fetch, answer: &Answer, url: &Url, target: Option<Resource>) -> Settled {
    let outlook = visited.outlook(fresh_for(answer), None);
    let (mut resource, own) = (visited.resource.clone(), visited.own);
    let now = fetch.ended;
    let content = ContentHash::of(&answer.body);
    // An address that cannot be written in canonical form was reached all the same: the one asked for stands for it.
    let final_url = CanonicalUrl::parse(url.as_str()).unwrap_or_else(|_| resource.url.clone());
    let is_known = |known: &Resource| known.content.as_ref() == Some(&content);
    let unchanged = is_known(&resource) || target.as_ref().is_some_and(is_known);
    let outcome = if unchanged { VisitOutcome::Unchanged } else { VisitOutcome::Fetched { status: answer.status } };
    let snapshot = (!unchanged).then(|| Snapshot {
        id: Snapshot::name(&resource.url, now, &content),
        source: resource.source.clone(),
        url: resource.url.clone(),
        final_url: final_url.clone(),
        role: resource.role,
        fetched: now,
        status: answer.status,
        content_type: header(answer, CONTENT_TYPE).map(str::to_owned),
        headers: header_lines(answer),
        content: content.clone(),
        body_bytes: answer.body.len() as u64,
        hint: resource.hint.clone(),
    });
    let visit = Visit { at: now, outcome, took_ms: took_ms(fetch) };
    if visited.recurs() {
        resource.rhythm = rhythm::after(&resource, &visited.source, &visit.outcome, visited.news, now);
    }
    let giver = final_url.clone();
    let moved = !own && has_moved(fetch) && final_url != resource.url;
    let moved_to = moved.then(|| {
        let before = target.unwrap_or_else(|| Resource { url: final_url, ..resource.clone() });
        Resource {
            due: next_due(&before, false, &outlook, &visit.outcome, now),
            visit: Some(visit.clone()),
            etag: validator(answer, ETAG),
            last_modified: validator(answer, LAST_MODIFIED),
            validated: None,
            content: Some(content.clone()),
            failures: 0,
            ..before
        }
    });
    resource.due = if moved { None } else { next_due(&resource, own, &outlook, &visit.outcome, now) };
    // Behind a redirect the validators are those of another address, which is noted with them. Where that cannot be
    // written as it was asked, there are none; the hash still tells what is new.
    let direct = fetch.hops.is_empty();
    let keeps = direct || (!moved && giver.url() == *url);
    resource.etag = validator(answer, ETAG).filter(|_| keeps);
    resource.last_modified = validator(answer, LAST_MODIFIED).filter(|_| keeps);
    let has_any = resource.etag.is_some() || resource.last_modified.is_some();
    resource.validated = (has_any && !direct).then_some(giver);
    resource.content = Some(content);
    resource.failures = 0;
    resource.visit = Some(visit);
    Settled { resource, moved_to, snapshot }
}

/// Whether every redirect said that it is for good.
pub(super) fn has_moved(fetch: &Fetch) -> bool {
    !fetch.hops.is_empty() && fetch.hops.iter().all(|(status, _)| matches!(status, 301 | 308))
}

/// How long the last request took, where an answer came.
fn took_ms(fetch: &Fetch) -> Option<u32> {
    match &fetch.outcome {
        FetchOutcome::Answered { answer, .. } => Some(u32::try_from(answer.took.as_millis()).unwrap_or(u32::MAX)),
        _ => None,
    }
}

fn latest(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    // `None` is less than any time.
    a.max(b)
}

/// For how long an answer may be kept without asking again; nothing where it does not say.
fn fresh_for(answer: &Answer) -> Duration {
    freshness::lifetime(&answer.headers).unwrap_or(Duration::ZERO)
}

/// Verbatim, or not at all.
fn validator(answer: &Answer, name: hyper::header::HeaderName) -> Option<String> {
    header(answer, name).map(str::to_owned).filter(|value| !value.is_empty())
}

/// All lines but cookies, which are nobody's business.
pub(super) fn header_lines(answer: &Answer) -> Vec<(String, String)> {
    let lines = answer.headers.iter().filter(|(name, _)| !matches!(name.as_str(), "set-cookie" | "set-cookie2"));
    lines.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())).collect()
}

#[cfg(test)]
#[path = "visit_tests.rs"]
mod tests;
