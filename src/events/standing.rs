//! Door: whether what is read stood there when its source was first looked at, as far as the store knows.

use bellwether_extractors::Extraction;
use bellwether_model::document::DocumentRecord;
use bellwether_model::event::{Event, EventChange, Fact};
use bellwether_model::snapshot::Snapshot;
use bellwether_model::source::{Resource, ResourceRole};
use bellwether_store::ReadError;
use jiff::{SignedDuration, Timestamp};

use super::backlog::{self, Found, Newness};
use super::links::instant;
use super::merge::{Outcome, Report};
use super::reader::Reader;

/// For so long after an event became known from a backlog a fresh page that tells it makes it news: both were read at the first
/// look, in whatever order.
const BROUGHT_TO_LIGHT: SignedDuration = SignedDuration::from_hours(24);

impl Reader<'_> {
    /// When a feed or listing is looked at for the first time, and the source with it: what it names now stood there before.
    /// `None`: it was looked at before, or belongs to a list that was.
    pub(super) fn first_look(&self, snapshot: &Snapshot) -> Result<Option<Timestamp>, ReadError> {
        if self.store.store.harvest(&snapshot.url)?.is_some() {
            return Ok(None);
        }
        let hint = snapshot.hint.as_ref();
        let inherited = hint.and_then(|hint| hint.first_look);
        let is_root = hint.is_none_or(|hint| hint.depth == 0);
        Ok(inherited.or(is_root.then_some(snapshot.fetched)))
    }

    /// What a document is to those who are told. `before`: its record of an earlier reading, which makes all that it says now
    /// news; `first_look`: when the feed that carries it was first looked at, for a text that stands in a feed.
    pub(super) fn newness(
        &self,
        snapshot: &Snapshot,
        extraction: &Extraction,
        before: Option<&DocumentRecord>,
        first_look: Option<Timestamp>,
    ) -> Result<Newness, ReadError> {
        let Some(source) = self.pages.source(snapshot).filter(|_| before.is_none()) else { return Ok(Newness::News) };
        let hint = snapshot.hint.as_ref();
        let mut first_look = first_look.or(hint.and_then(|hint| hint.first_look));
        let is_root = snapshot.url == source.url;
        // One that leads on to another address each month is another document each month.
        if is_root && snapshot.role == ResourceRole::Document && self.store.documents(&source.id, 1)?.is_empty() {
            first_look = first_look.or(Some(snapshot.fetched));
        }
        if is_root && snapshot.role == ResourceRole::Rows {
            first_look = first_look.or(Some(snapshot.fetched));
        }
        let followed = match first_look {
            Some(_) => None,
            None => self.store.store.resource(&source.url)?.map(|root| root.found),
        };
        let found = Found { first_look, followed, fetched: snapshot.fetched };
        let hinted = hint.and_then(|hint| hint.published.as_deref());
        let published = match snapshot.role {
            // An answer that was made when it was asked for does not say when its rows were published.
            ResourceRole::Rows => backlog::published(&extraction.document, None, source)
                .filter(|at| snapshot.fetched.duration_since(*at) > SignedDuration::from_secs(60)),
            _ => backlog::published(&extraction.document, hinted, source),
        };
        Ok(backlog::judge(&found, published, source, self.pages.sources))
    }

    /// What a report changes, where it is the first one that counts: a page without a date told the fact a moment ago, at the
    /// first look, and this one proves it new.
    pub(super) fn brought_to_light(
        &self,
        report: &Report,
        outcome: Outcome,
        newness: Newness,
        now: Timestamp,
    ) -> Result<Outcome, ReadError> {
        let document = match (newness, &outcome.change) {
            (Newness::Fresh, Some(EventChange::Merged { document })) => document.clone(),
            _ => return Ok(outcome),
        };
        let is_candidate = |event: &&Event| {
            let is_headline = !matches!(&report.fact, Fact::Figure(figure) if !figure.headline);
            event.backlog && is_headline && now.duration_since(event.first_seen) < BROUGHT_TO_LIGHT
        };
        let Some(event) = self.store.event(&report.event)?.filter(|event| is_candidate(&event)) else {
            return Ok(outcome);
        };
        let is_dated = |text: &Option<String>| text.as_deref().and_then(instant).is_some();
        if self.store.mentions(&event.id)?.iter().any(|mention| is_dated(&mention.published)) {
            return Ok(outcome);
        }
        let event = outcome.event.clone().unwrap_or(event);
        Ok(Outcome {
            event: Some(Event { backlog: false, ..event }),
            change: Some(EventChange::New { document }),
            ..outcome
        })
    }
}

/// Marks what was found when its list was first looked at.
pub(super) fn stood_there(mut resource: Resource, first_look: Option<Timestamp>) -> Resource {
    if first_look.is_some() {
        resource.hint.get_or_insert_default().first_look = first_look;
    }
    resource
}

/// Marks an event that nobody is alerted of since it stood there before.
pub(super) fn marked(mut outcome: Outcome, newness: Newness) -> Outcome {
    if let (Newness::Backlog, Some(EventChange::New { .. }), Some(event)) =
        (newness, &outcome.change, &mut outcome.event)
    {
        event.backlog = true;
    }
    outcome
}
