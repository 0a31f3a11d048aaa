//! What the engine does to the schedule as a whole: takes up sources, reads it, counts it anew after the clock was set, notes
//! what sources owe. A door: it reads the store and commits.

use std::sync::Arc;

use bellwether_store::Store;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::super::upkeep::{Sow, expect, sow, whole_schedule};
use super::super::{CrawlError, blocking};
use super::Engine;
use crate::settings::SourceSettings;

/// How much further than the time that has passed a clock must have gone, or less far, to count as set.
const CLOCK_JUMP: SignedDuration = SignedDuration::from_secs(60);

impl Engine {
    /// Makes sure that each source's own address is in the store. What is there already is set right by the one that keeps
    /// the schedule.
    pub(super) async fn sow(&mut self) -> Result<(), CrawlError> {
        let store = self.visitor.store.clone();
        let kept = match &mut self.sharing {
            None => Some((store.clone(), true)),
            Some(sharing) => sharing.schedule(&store).await,
        };
        // Somebody else keeps the schedule: new sources are taken up all the same, since nobody visits them yet.
        self.sow_into(kept.map_or((store, Sow::New), |(store, _)| (store, Sow::All))).await
    }

    async fn sow_into(&self, (store, what): (Store, Sow)) -> Result<(), CrawlError> {
        let owners = self.visitor.sources.values().filter(|source| source.owns_url);
        let own: Vec<Arc<SourceSettings>> = owners.map(|source| Arc::clone(&source.settings)).collect();
        let now = self.visitor.clock.now();
        blocking(move || sow(&store, &own, what, now)).await
    }

    /// Reads the whole schedule, and sets right what was written by a clock that was set back since.
    pub(super) async fn load(&mut self) -> Result<(), CrawlError> {
        let store = self.visitor.store.clone();
        let now = self.visitor.clock.now();
        // Where several crawl, a time that lies ahead may be that of another machine's clock.
        let corrects = self.sharing.is_none();
        let (resources, unread) = blocking(move || {
            let resources = whole_schedule(&store, corrects, now)?;
            Ok::<_, CrawlError>((resources, store.unread_count()?))
        })
        .await?;
        self.lead.counted(unread, Instant::now());
        for resource in &resources {
            self.consider(resource);
        }
        Ok(())
    }

    /// Counts what waits to be read.
    pub(super) async fn count_unread(&mut self) -> Result<(), CrawlError> {
        let store = self.visitor.store.clone();
        let unread = blocking(move || store.unread_count()).await?;
        self.lead.counted(unread, Instant::now());
        Ok(())
    }

    /// Whether the clock was set, or the machine slept: it went on by another time than has passed.
    pub(super) fn clock_has_jumped(&mut self) -> bool {
        let now = (self.visitor.clock.now(), Instant::now());
        let passed = SignedDuration::try_from(now.1 - self.clock_seen.1).unwrap_or(SignedDuration::MAX);
        let jump = now.0.duration_since(self.clock_seen.0).saturating_sub(passed);
        self.clock_seen = now;
        let has_jumped = jump.abs() > CLOCK_JUMP;
        if has_jumped {
            tracing::info!(
                seconds = jump.as_secs(),
                "the clock was set, or the machine slept: the schedule is counted anew"
            );
        }
        has_jumped
    }

    /// Notes what sources owe, and what has come after all: each becomes a row of the change log.
    pub(super) async fn expect(&mut self) -> Result<(), CrawlError> {
        let mut store = self.visitor.store.clone();
        if let Some(sharing) = &mut self.sharing {
            // Another process notes it. Where that could not be asked, `sharing` has told so; it is asked again next time.
            let Some((under, is_new)) = sharing.schedule(&store).await else { return Ok(()) };
            if is_new {
                self.sow_into((under.clone(), Sow::All)).await?;
            }
            store = under;
        }
        let has_hopes = |source: &SourceSettings| source.calendar.is_some() || source.silent_after.is_some();
        let hopeful = self.visitor.sources.values().filter(|source| source.owns_url && has_hopes(&source.settings));
        let now = self.visitor.clock.now();
        let sources: Vec<(Arc<SourceSettings>, Option<Timestamp>)> = hopeful
            .map(|source| (Arc::clone(&source.settings), self.visitor.news.of(&source.settings.id, now)))
            .collect();
        if sources.is_empty() {
            return Ok(());
        }
        blocking(move || expect(&store, &sources, now)).await
    }
}
