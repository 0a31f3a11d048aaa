//! What people and programs are shown of the store: the values behind the command line, the API and the pages.

use bellwether_model::event::{Event, FactKind, Mention};
use bellwether_model::id::{ReleaseId, SourceId};
use bellwether_model::source::{Health, SourceKind, Trust};
use bellwether_store::{EventFilter, ReadError, Store};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::settings::SourceSettings;

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
}

/// One publication, with the events that it brought.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReleaseView {
    /// Its name.
    pub id: ReleaseId,
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
    /// Why it is not well, for people.
    pub problem: Option<String>,
    /// Last visit to any of its resources.
    pub last_visit: Option<Timestamp>,
    /// Next visit to any of its resources.
    pub next_visit: Option<Timestamp>,
    /// Resources known of it.
    pub resources: u64,
    /// Documents read of it.
    pub documents: u64,
}

/// Events that a filter lets through, with their mentions.
///
/// # Errors
/// The store cannot be read.
pub fn events(store: &Store, filter: &EventFilter) -> Result<Vec<EventView>, ReadError> {
    let _ = (store, filter);
    todo!()
}

/// Releases, newest first, at most `limit`.
///
/// # Errors
/// The store cannot be read.
pub fn releases(store: &Store, limit: usize) -> Result<Vec<ReleaseView>, ReadError> {
    let _ = (store, limit);
    todo!()
}

/// All sources with their health.
///
/// # Errors
/// The store cannot be read.
pub fn sources(store: &Store, sources: &[SourceSettings]) -> Result<Vec<SourceView>, ReadError> {
    let _ = (store, sources);
    todo!()
}
