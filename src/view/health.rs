//! Whether a source is well, told from what its visits came to. Pure.

use bellwether_model::source::{Health, Resource, ResourceRole, VisitOutcome};

use super::SourceView;
use crate::settings::SourceSettings;

/// The view of one source over all its resources.
pub(super) fn of(source: &SourceSettings, resources: &[Resource], documents: u64) -> SourceView {
    let (health, problem) = health(source, resources);
    SourceView {
        id: source.id.clone(),
        kind: source.kind,
        url: source.url.to_string(),
        trust: source.trust,
        health,
        problem,
        last_visit: resources.iter().filter_map(|resource| resource.visit.as_ref()).map(|visit| visit.at).max(),
        next_visit: resources.iter().filter_map(|resource| resource.due).min(),
        resources: u64::try_from(resources.len()).unwrap_or(u64::MAX),
        documents,
    }
}

/// The source's own address decides. Where that is well but no page that it led to could be had, the source is not well.
fn health(source: &SourceSettings, resources: &[Resource]) -> (Health, Option<String>) {
    let Some(entry) = resources.iter().find(|resource| resource.url == source.url) else {
        return (Health::New, None);
    };
    let (health, problem) = verdict(entry);
    if health != Health::Healthy {
        return (health, problem);
    }
    let visited: Vec<&Resource> = resources
        .iter()
        .filter(|resource| resource.role == ResourceRole::Document && resource.url != entry.url)
        .filter(|resource| resource.visit.is_some())
        .collect();
    let bad: Vec<(Health, Option<String>)> =
        visited.iter().map(|resource| verdict(resource)).filter(|(health, _)| *health != Health::Healthy).collect();
    match bad.first() {
        None => (Health::Healthy, None),
        Some((worst, reason)) => {
            let words = format!(
                "{} of {} pages could not be had{}",
                bad.len(),
                visited.len(),
                reason.as_ref().map(|reason| format!("; the first: {reason}")).unwrap_or_default()
            );
            // A page that is gone is the fate of pages, not of the source.
            let all_bad = bad.len() == visited.len() && *worst != Health::Gone;
            (if all_bad { *worst } else { Health::Healthy }, Some(words))
        }
    }
}

fn verdict(resource: &Resource) -> (Health, Option<String>) {
    let Some(visit) = &resource.visit else {
        return (Health::New, None);
    };
    match &visit.outcome {
        VisitOutcome::Fetched { .. } | VisitOutcome::Unchanged => (Health::Healthy, None),
        VisitOutcome::Refused { reason } => (Health::Blocked, Some(reason.clone())),
        VisitOutcome::Failed { status: Some(status), reason } => {
            (Health::Failing, Some(format!("HTTP {status}: {reason}")))
        }
        VisitOutcome::Failed { status: None, reason } => (Health::Failing, Some(reason.clone())),
        VisitOutcome::Gone { status } => (Health::Gone, Some(format!("HTTP {status}: the address is gone"))),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {

    use bellwether_model::id::SourceId;
    use bellwether_model::source::{SourceKind, Visit};
    use bellwether_model::web::CanonicalUrl;

    use super::*;

    fn source() -> SourceSettings {
        SourceSettings::new(
            SourceId::new("wire"),
            SourceKind::Feed,
            CanonicalUrl::parse("https://wire.example/feed").unwrap(),
        )
    }

    fn resource(url: &str, outcome: Option<VisitOutcome>) -> Resource {
        let at = "2026-01-09T08:00:00Z".parse().unwrap();
        Resource {
            url: CanonicalUrl::parse(url).unwrap(),
            source: SourceId::new("wire"),
            role: if url.ends_with("feed") { ResourceRole::Feed } else { ResourceRole::Document },
            found: at,
            due: None,
            hint: None,
            visit: outcome.map(|outcome| Visit { at, outcome, took_ms: None }),
            etag: None,
            last_modified: None,
            content: None,
            failures: 0,
        }
    }

    #[test]
    fn visits_decide_health() {
        let feed = "https://wire.example/feed";
        let page = "https://wire.example/1";
        let fetched = || Some(VisitOutcome::Fetched { status: 200 });
        let failed = || Some(VisitOutcome::Failed { status: Some(503), reason: "overloaded".into() });
        let refused = || Some(VisitOutcome::Refused { reason: "Disallow: /".into() });
        let gone = || Some(VisitOutcome::Gone { status: 410 });
        let cases = [
            (vec![], Health::New, None),
            (vec![resource(feed, None)], Health::New, None),
            (vec![resource(feed, fetched())], Health::Healthy, None),
            (vec![resource(feed, Some(VisitOutcome::Unchanged))], Health::Healthy, None),
            (vec![resource(feed, failed())], Health::Failing, Some("HTTP 503: overloaded")),
            (vec![resource(feed, refused())], Health::Blocked, Some("Disallow: /")),
            (vec![resource(feed, gone())], Health::Gone, Some("HTTP 410: the address is gone")),
            (
                vec![resource(feed, fetched()), resource(page, refused())],
                Health::Blocked,
                Some("1 of 1 pages could not be had; the first: Disallow: /"),
            ),
            (
                vec![resource(feed, fetched()), resource(page, gone())],
                Health::Healthy,
                Some("1 of 1 pages could not be had; the first: HTTP 410: the address is gone"),
            ),
            (
                vec![
                    resource(feed, fetched()),
                    resource(page, failed()),
                    resource("https://wire.example/2", fetched()),
                ],
                Health::Healthy,
                Some("1 of 2 pages could not be had; the first: HTTP 503: overloaded"),
            ),
        ];
        for (resources, expected, problem) in cases {
            let view = of(&source(), &resources, 0);
            assert_eq!((view.health, view.problem.as_deref()), (expected, problem));
        }
    }
}
