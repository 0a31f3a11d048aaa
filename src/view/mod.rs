//! What people and programs are shown of the store: the values behind the command line, the API and the pages.
//!
//! Reads the store and nothing else. Knows neither HTTP nor HTML nor the clock.

pub mod amounts;
pub mod areas;
pub mod channels;
pub mod flags;
pub mod forecasts;
pub mod groups;
pub mod health;
pub mod policies;
pub mod reports;
mod week;
pub mod wording;

use std::collections::BTreeMap;

use bellwether_model::document::{CommentCounts, DocumentKind, Language};
use bellwether_model::event::{ChangeEntry, Event, Fact, FactKind, Mention};
use bellwether_model::health::{HealthChange, SourceHealth};
use bellwether_model::id::{DocumentId, EventId, ReleaseId, SourceId};
use bellwether_model::source::{Health, Resource, SourceKind, Trust};
use bellwether_model::watch::Flag;
use bellwether_store::archive::Archive;
use bellwether_store::{EventFilter, ReadError, Stats, Store};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::describe;
use crate::settings::SourceSettings;

/// The style sheet of pages and of reports that stand alone.
pub const STYLE: &str = include_str!("style.css");

/// One event as `events list --format jsonl` prints it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EventView {
    /// Kind of its fact.
    pub kind: FactKind,
    /// The event, its fact and its vintages.
    #[serde(flatten)]
    pub event: Event,
    /// Every document that carries it.
    pub mentions: Vec<Mention>,
    /// What is known of these documents besides: what a post cites, how readers judged it.
    pub documents: Vec<DocumentView>,
}

/// One event with everything that is known of it, as `events show` prints it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EventDetail {
    /// The event and its mentions.
    #[serde(flatten)]
    pub view: EventView,
    /// What happened to it, oldest first.
    pub changes: Vec<ChangeEntry>,
    /// The items of the watch list that it answered, newest first.
    pub flags: Vec<Flag>,
}

/// What is known of a document that carries an event, besides its mention.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DocumentView {
    /// Its name.
    pub id: DocumentId,
    /// What it is.
    pub kind: DocumentKind,
    /// Language of its words.
    pub language: Option<Language>,
    /// Medium or agency.
    pub publisher: Option<String>,
    /// Author names.
    pub authors: Vec<String>,
    /// Address of the original that a post or mirror carries.
    pub cites: Option<String>,
    /// Readers' comments, counted; `None`: not a forum post.
    pub comments: Option<CommentCounts>,
}

/// One publication, with the events that it brought.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReleaseView {
    /// Its name.
    pub id: ReleaseId,
    /// First day on which a document that carries one of its events was published, forecasts not counted where there is
    /// more; `None`: no document says.
    #[serde(default)]
    pub published: Option<Date>,
    /// When its first figure was read.
    pub first_seen: Timestamp,
    /// When it last changed.
    pub changed: Timestamp,
    /// Its events, headline figures first.
    pub events: Vec<EventView>,
}

/// One source and how it fares.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SourceView {
    /// Its name.
    pub id: SourceId,
    /// What kind of thing it is.
    pub kind: SourceKind,
    /// Where it starts.
    pub url: String,
    /// How far it is believed.
    pub trust: Trust,
    /// Whether it is well.
    pub health: Health,
    /// Why it is not well, for people; a healthy source can have a remark.
    pub problem: Option<String>,
    /// Since when it has been in this state; `None`: nobody has judged it.
    #[serde(default)]
    pub since: Option<Timestamp>,
    /// Its last changes of state, the latest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<HealthChange>,
    /// What it ought to have brought by now and has not, for people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owed: Vec<String>,
    /// Last visit to any of its resources.
    pub last_visit: Option<Timestamp>,
    /// Next visit to any of its resources.
    pub next_visit: Option<Timestamp>,
    /// Resources known of it.
    pub resources: u64,
    /// Documents read of it.
    pub documents: u64,
}

/// How much store and archive hold.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoreView {
    /// The store.
    #[serde(flatten)]
    pub store: Stats,
    /// Bodies in the archive.
    #[serde(default)]
    pub archive_bodies: u64,
    /// Bytes of them on disk.
    #[serde(default)]
    pub archive_bytes: u64,
}

/// How much store and archive hold.
///
/// # Errors
/// The store or the archive's folder cannot be read.
pub fn store(store: &Store, archive: &Archive) -> Result<StoreView, ReadError> {
    let usage = archive.usage().map_err(|cause| ReadError { view: "archive", what: cause.to_string() })?;
    Ok(StoreView { store: store.stats()?, archive_bodies: usage.bodies, archive_bytes: usage.bytes })
}

/// Events that a filter lets through, with their mentions.
///
/// # Errors
/// The store cannot be read.
pub fn events(store: &Store, filter: &EventFilter) -> Result<Vec<EventView>, ReadError> {
    let store = &at(store, filter.as_of);
    with_mentions(store, store.events(filter)?)
}

/// The store as of a time; `None`: as it is.
#[must_use]
pub fn at(store: &Store, time: Option<Timestamp>) -> Store {
    time.map_or_else(|| store.clone(), |time| store.as_of(time))
}

/// The events that a filter lets through and that changed last, newest first, and how many it lets through in all.
/// The filter's own limit does not matter; `limit` 0: all.
///
/// # Errors
/// The store cannot be read.
pub fn newest_events(store: &Store, filter: &EventFilter, limit: usize) -> Result<(Vec<EventView>, usize), ReadError> {
    let store = &at(store, filter.as_of);
    let mut found = store.events(&EventFilter { limit: 0, ..filter.clone() })?;
    let count = found.len();
    found.sort_by(|a, b| {
        b.changed.cmp(&a.changed).then_with(|| rank(&a.fact).cmp(&rank(&b.fact))).then_with(|| a.id.cmp(&b.id))
    });
    if limit > 0 {
        found.truncate(limit);
    }
    Ok((with_mentions(store, found)?, count))
}

fn with_mentions(store: &Store, events: Vec<Event>) -> Result<Vec<EventView>, ReadError> {
    events.into_iter().map(|event| with_own_mentions(store, event)).collect()
}

fn with_own_mentions(store: &Store, event: Event) -> Result<EventView, ReadError> {
    let mentions = store.mentions(&event.id)?;
    let documents = documents_of(store, &mentions)?;
    Ok(EventView { kind: event.fact.kind(), event, mentions, documents })
}

/// One event with its mentions, history, flags and documents; `None`: there is none of this name.
///
/// # Errors
/// The store cannot be read.
pub fn event(store: &Store, id: &EventId) -> Result<Option<EventDetail>, ReadError> {
    let Some(event) = store.event(id)? else {
        return Ok(None);
    };
    let view = with_own_mentions(store, event)?;
    let flags = store.flags(None, usize::MAX)?.into_iter().filter(|flag| flag.event == *id).collect();
    Ok(Some(EventDetail { view, changes: store.changes_of(id)?, flags }))
}

/// The documents behind mentions, each once, in their order. Those that the store no longer knows are left out.
///
/// # Errors
/// The store cannot be read.
pub fn documents_of(store: &Store, mentions: &[Mention]) -> Result<Vec<DocumentView>, ReadError> {
    let mut found: Vec<DocumentView> = Vec::new();
    for mention in mentions {
        if found.iter().any(|document| document.id == mention.document) {
            continue;
        }
        if let Some(record) = store.document(&mention.document)? {
            found.push(DocumentView {
                id: record.id,
                kind: record.kind,
                language: record.language,
                publisher: record.publisher,
                authors: record.authors,
                cites: record.cites,
                comments: record.comments,
            });
        }
    }
    Ok(found)
}

/// How many releases are looked at closely for each one that is asked for: those that changed last hold the newest.
const RELEASE_CANDIDATES: usize = 3;

/// Releases, newest first, at most `limit` (0: all). The newest is the one published last; where no document says when
/// it was published, the day of its first reading (UTC) counts.
///
/// # Errors
/// The store cannot be read.
pub fn releases(store: &Store, limit: usize) -> Result<Vec<ReleaseView>, ReadError> {
    let mut groups: BTreeMap<ReleaseId, Vec<Event>> = BTreeMap::new();
    for event in store.events(&EventFilter::default())? {
        if let Some(release) = event.release.clone() {
            groups.entry(release).or_default().push(event);
        }
    }
    let mut groups: Vec<(Timestamp, ReleaseId, Vec<Event>)> = groups
        .into_iter()
        .filter_map(|(id, events)| Some((events.iter().map(|event| event.changed).max()?, id, events)))
        .collect();
    groups.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| b.1.cmp(&a.1)));
    if limit > 0 {
        groups.truncate(limit.saturating_mul(RELEASE_CANDIDATES));
    }
    let mut releases = Vec::with_capacity(groups.len());
    for (changed, id, events) in groups {
        releases.push(release(store, id, changed, events)?);
    }
    let day = |release: &ReleaseView| release.published.unwrap_or_else(|| utc_day(release.first_seen));
    releases.sort_by(|a, b| day(b).cmp(&day(a)).then_with(|| b.changed.cmp(&a.changed)).then_with(|| b.id.cmp(&a.id)));
    if limit > 0 {
        releases.truncate(limit);
    }
    Ok(releases)
}

fn release(store: &Store, id: ReleaseId, changed: Timestamp, mut events: Vec<Event>) -> Result<ReleaseView, ReadError> {
    events.sort_by(|a, b| rank(&a.fact).cmp(&rank(&b.fact)).then_with(|| a.id.cmp(&b.id)));
    let first_seen = events.iter().map(|event| event.first_seen).min().unwrap_or(changed);
    let events = with_mentions(store, events)?;
    // A forecast is published long before what it speaks of: it dates a release only where there is nothing else.
    let days = |forecasts: bool| {
        let counted = events.iter().filter(move |view| forecasts || !is_forecast(&view.event.fact));
        counted.flat_map(|view| &view.mentions).filter_map(published_on).min()
    };
    let published = days(false).or_else(|| days(true));
    Ok(ReleaseView { id, published, first_seen, changed, events })
}

/// Whether the fact is a figure that somebody expects.
#[must_use]
pub fn is_forecast(fact: &Fact) -> bool {
    matches!(fact, Fact::Figure(figure) if figure.status.is_forecast())
}

/// The day that a mention's document gives as its publication, in the document's own zone; `None`: it gives none.
#[must_use]
pub fn published_on(mention: &Mention) -> Option<Date> {
    let published = mention.published.as_deref()?;
    published.get(..10)?.parse().ok()
}

/// The day of an instant in UTC.
#[must_use]
pub fn utc_day(at: Timestamp) -> Date {
    at.to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// The order of facts for people: headline figures, actual before forecast, level before rates, then parts, then words.
fn rank(fact: &Fact) -> impl Ord + use<> {
    match fact {
        Fact::Figure(figure) => (
            0_u8,
            !figure.headline,
            Some((
                figure.area.clone(),
                figure.status.is_forecast(),
                std::cmp::Reverse(figure.period.end()),
                figure.flow,
            )),
            Some((figure.partner.clone(), figure.product.clone(), figure.measure)),
        ),
        Fact::Policy(_) => (1, false, None, None),
        Fact::Statement(_) => (2, false, None, None),
    }
}

/// Puts facts into the order in which people are shown them.
pub fn sort_for_people(events: &mut [EventView]) {
    events.sort_by(|a, b| rank(&a.event.fact).cmp(&rank(&b.event.fact)).then_with(|| a.event.id.cmp(&b.event.id)));
}

/// The mention that proves an event best: one that agrees with the value shown, of the source believed most, read first.
#[must_use]
pub fn best_mention(mentions: &[Mention]) -> Option<&Mention> {
    mentions.iter().min_by_key(|mention| (!mention.agrees, std::cmp::Reverse(mention.trust), mention.at))
}

/// All sources with their health.
///
/// # Errors
/// The store cannot be read.
pub fn sources(store: &Store, sources: &[SourceSettings]) -> Result<Vec<SourceView>, ReadError> {
    let late = store.all_overdue()?;
    sources
        .iter()
        .map(|source| {
            let resources = store.resources(Some(&source.id))?;
            let documents = store.documents(Some(&source.id), usize::MAX)?.len();
            let state = match store.source_health(&source.id)? {
                Some(state) => Some(state),
                None => judged(store, source, &resources)?,
            };
            let visits = resources.iter().filter_map(|resource| resource.visit.as_ref());
            let owed = late.iter().filter(|overdue| overdue.source == source.id && overdue.arrived.is_none());
            Ok(SourceView {
                id: source.id.clone(),
                kind: source.kind,
                url: source.url.to_string(),
                trust: source.trust,
                health: state.as_ref().map_or(Health::New, |state| state.health),
                problem: state.as_ref().and_then(|state| state.problem.clone()),
                since: state.as_ref().map(|state| state.since),
                changes: state.map(|state| state.changes).unwrap_or_default(),
                owed: owed.map(describe::overdue).collect(),
                last_visit: visits.map(|visit| visit.at).max(),
                next_visit: resources.iter().filter_map(|resource| resource.due).min(),
                resources: u64::try_from(resources.len()).unwrap_or(u64::MAX),
                documents: u64::try_from(documents).unwrap_or(u64::MAX),
            })
        })
        .collect()
}

/// The state of a source that nobody has judged yet, as of its last visit. `None`: it was never visited.
fn judged(store: &Store, source: &SourceSettings, resources: &[Resource]) -> Result<Option<SourceHealth>, ReadError> {
    let last = resources.iter().filter_map(|resource| resource.visit.as_ref()).map(|visit| visit.at).max();
    let Some(now) = last else { return Ok(None) };
    let harvest = store.harvest(&source.url)?;
    Ok(Some(health::after(None, &health::Facts { source, resources, harvest: harvest.as_ref(), now })))
}
