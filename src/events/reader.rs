//! Door: one snapshot out of the store, what it says back into it, in one transaction.

use bellwether_extractors::listing::ListingRules;
use bellwether_extractors::problem::Problem;
use bellwether_extractors::{Extraction, feed, fold, listing, names, page};
use bellwether_model::document::DocumentRecord;
use bellwether_model::event::{ChangeEntry, Event, EventChange, Fact, Mention};
use bellwether_model::health::{Harvest, Yield};
use bellwether_model::id::{EventId, ReleaseId};
use bellwether_model::snapshot::Snapshot;
use bellwether_model::source::{Resource, ResourceRole, SourceKind, Trust};
use bellwether_model::web::CanonicalUrl;
use bellwether_store::{Change, ReadError, Transaction};
use jiff::Timestamp;

use super::backlog::Newness;
use super::draft::Draft;
use super::identity::Names;
use super::merge::{Known, Near, Outcome, Report, comes_first, merge, merge_near};
use super::pages::{Pages, Prepared, context, guarded};
use super::quota::Quota;
use super::{EventsError, harvest, links, record, reports, standing, threads};
use crate::metrics::EVENT_CHANGES;

/// The names of the rules.
pub(super) const NAMES: Names =
    Names { product_class: names::product_class, organisation: names::organisation, key: fold::key };

/// Changes of a transaction that only brings links. A sitemap brings thousands, and the store is fastest with a
/// few hundred at a time; writing some of them twice after a crash changes nothing.
const LINKS_AT_ONCE: usize = 200;

/// What reading needs.
pub(super) struct Reader<'a> {
    /// Where answers lie, and whose they are.
    pub(super) pages: Pages<'a>,
    /// Where facts go.
    pub(super) store: &'a Draft<'a>,
}

impl Reader<'_> {
    /// Merges what a snapshot says and commits it. `silent`: nobody is to be alerted.
    pub(super) fn read(
        &self,
        snapshot: &Snapshot,
        prepared: Prepared,
        now: Timestamp,
        silent: bool,
    ) -> Result<(), EventsError> {
        let mut transaction = Transaction::new(now);
        let Prepared { body, extraction } = prepared;
        match (body, extraction) {
            (None, _) => tracing::error!(
                source.id = %snapshot.source, url = %snapshot.url, snapshot = %snapshot.id,
                "an archived answer cannot be read: its bytes are missing or damaged"
            ),
            (Some(body), Some(extraction)) => self.document(snapshot, &body, extraction, &mut transaction, silent)?,
            (Some(body), None) => match (snapshot.role, self.pages.mapping(snapshot)) {
                (ResourceRole::Rows, Some((source, mapping))) => {
                    self.rows(snapshot, &body, source, mapping, &mut transaction, silent)?;
                }
                (ResourceRole::Feed, _) => self.feed(snapshot, &body, &mut transaction, silent)?,
                (ResourceRole::Listing | ResourceRole::Part, _) => self.listing(snapshot, &body, &mut transaction)?,
                (ResourceRole::Document | ResourceRole::Rows, _) => {
                    let extraction = self.pages.extract(snapshot, &body);
                    self.document(snapshot, &body, extraction, &mut transaction, silent)?;
                }
            },
        }
        self.commit(transaction, snapshot)
    }

    /// The record of a page that was read, over the one of an earlier reading.
    pub(super) fn record(
        &self,
        snapshot: &Snapshot,
        extraction: &Extraction,
        now: Timestamp,
    ) -> Result<DocumentRecord, ReadError> {
        let trust = self.pages.source(snapshot).map_or(Trust::Press, |source| source.trust);
        let before = self.store.document(&snapshot.final_url.document())?;
        Ok(record::of(snapshot, trust, &extraction.document, &extraction.problems, before.as_ref(), now))
    }

    /// An event as it stands.
    pub(super) fn known(&self, event: &EventId) -> Result<Option<Known>, ReadError> {
        let Some(event) = self.store.event(event)? else {
            return Ok(None);
        };
        let mentions = self.store.mentions(&event.id)?;
        Ok(Some(Known { event, mentions }))
    }

    /// What a report makes of its event, and the event's release before. Other mentions are read only where they matter.
    /// `is_first`: the document was never read before, so that it carries no event yet.
    pub(super) fn merged(
        &self,
        report: &Report,
        document: &DocumentRecord,
        is_first: bool,
        now: Timestamp,
    ) -> Result<(Option<Outcome>, Option<ReleaseId>), ReadError> {
        let event = self.store.event(&report.event)?;
        let doubted = self.doubted(report, event.as_ref())?;
        let report = doubted.as_ref().unwrap_or(report);
        let Some(event) = event else {
            return Ok((merge(None, report, document, now), None));
        };
        let release = event.release.clone();
        if is_first || self.store.mention(&event.id, &document.id)?.is_none() {
            for with_shown in [false, true] {
                let Some(near) = self.near(&event, (document, now), with_shown)? else { break };
                let outcome = merge_near(&event, near, report, document, now);
                if outcome.is_some() {
                    return Ok((outcome, release));
                }
            }
        }
        let mentions = self.store.mentions(&event.id)?;
        Ok((merge(Some(Known { event, mentions }), report, document, now), release))
    }

    /// The little of an event that decides of one more report, which seldom is more than the event itself. `None`: there is no
    /// more of it, or all that is said of the event decides.
    fn near(
        &self,
        event: &Event,
        (document, now): (&DocumentRecord, Timestamp),
        with_shown: bool,
    ) -> Result<Option<Near>, ReadError> {
        Ok(match &event.fact {
            Fact::Figure(_) if with_shown => {
                let shown = event.vintages.last().and_then(|last| CanonicalUrl::parse(&last.url).ok());
                let shown = shown.map(|url| self.store.mention(&event.id, &url.document())).transpose()?.flatten();
                shown.map(|shown| Near::Shown(Some(Box::new(shown))))
            }
            Fact::Figure(_) => Some(Near::Shown(None)),
            Fact::Statement(_) if !with_shown => {
                let comes_first = |other: &Mention| comes_first(other, document, now);
                Some(Near::Matched(self.store.has_mention(&event.id, &comes_first)?))
            }
            Fact::Statement(_) | Fact::Policy(_) => None,
        })
    }

    fn document(
        &self,
        snapshot: &Snapshot,
        body: &[u8],
        extraction: Extraction,
        transaction: &mut Transaction,
        silent: bool,
    ) -> Result<(), EventsError> {
        let now = transaction.at;
        let document = self.record(snapshot, &extraction, now)?;
        let before = self.store.document(&document.id)?;
        if let Some(wall) = self.wall(snapshot, &extraction, body)? {
            tracing::warn!(source.id = %snapshot.source, url = %snapshot.url, "not read as a document: {wall}");
            // What was read here before stays as it is.
            if before.is_none() {
                let problems = vec![Problem::new(wall)];
                let document = self.record(snapshot, &Extraction { problems, ..extraction }, now)?;
                transaction.push(Change::Document(Box::new(document)));
            }
            return Ok(());
        }
        if let Some(again) = self.next_look(snapshot, before.as_ref(), &document, now)? {
            transaction.push(Change::Resource(Box::new(again)));
        }
        let newness = match silent {
            true => Newness::Silent,
            false => self.newness(snapshot, &extraction, before.as_ref(), None)?,
        };
        self.report(&extraction, document, transaction, newness)
    }

    /// Why a page is none of its own, in words: it says that it is missing, asks to sign in, or is the same short text
    /// as other addresses of its source gave.
    fn wall(&self, snapshot: &Snapshot, extraction: &Extraction, body: &[u8]) -> Result<Option<String>, ReadError> {
        /// Characters above which a text is no notice.
        const SHORT: usize = 400;
        /// Documents of a source among which the same text is looked for.
        const LOOKED_AT: usize = 40;
        /// Others with the same text.
        const OTHERS: usize = 2;
        if let Some(wall) = page::wall(&extraction.document, body) {
            return Ok(Some(wall.words().to_owned()));
        }
        let document = &extraction.document;
        let characters = document.text.chars().count();
        let says_nothing =
            extraction.figures.is_empty() && extraction.policy.is_empty() && extraction.officials.is_empty();
        if characters > SHORT || characters == 0 || !says_nothing || document.comments.is_some() {
            return Ok(None);
        }
        let known = self.store.documents(&snapshot.source, LOOKED_AT)?;
        let same = known.iter().filter(|other| {
            other.url != snapshot.final_url && other.title == document.title && other.body_chars == characters as u64
        });
        Ok((same.count() >= OTHERS).then(|| "the same short text came from other addresses of this source".to_owned()))
    }

    /// When a thread whose comments grew is looked at again; `None`: as planned.
    fn next_look(
        &self,
        snapshot: &Snapshot,
        before: Option<&DocumentRecord>,
        after: &DocumentRecord,
        now: Timestamp,
    ) -> Result<Option<Resource>, ReadError> {
        let is_board = self.pages.source(snapshot).is_some_and(|source| source.kind == SourceKind::Forum);
        if !is_board || !threads::grew(before, after) {
            return Ok(None);
        }
        let known = self.store.store.resource(&snapshot.url)?;
        Ok(known.and_then(|known| threads::sooner(known, now)))
    }

    /// Puts a document that was read and what it reports into the transaction.
    pub(super) fn report(
        &self,
        extraction: &Extraction,
        document: DocumentRecord,
        transaction: &mut Transaction,
        newness: Newness,
    ) -> Result<(), EventsError> {
        self.merge_all(reports::of(extraction, &NAMES), document, transaction, newness)
    }

    /// Puts a document and its reports into the transaction.
    pub(super) fn merge_all(
        &self,
        reports: Vec<Report>,
        document: DocumentRecord,
        transaction: &mut Transaction,
        newness: Newness,
    ) -> Result<(), EventsError> {
        let now = transaction.at;
        transaction.push(Change::Document(Box::new(document.clone())));
        // An entry of a feed is read again whenever the feed changes; its own text is as long as before then.
        let extent = |document: &DocumentRecord| (document.title.clone(), document.body_chars);
        let before = self.store.document(&document.id)?;
        let is_first = before.is_none();
        let mut is_told = before.is_some_and(|before| extent(&before) == extent(&document));
        for report in self.settled(reports)? {
            let (outcome, release) = self.merged(&report, &document, is_first, now)?;
            let outcome = self.with_copies(&report, outcome, transaction)?;
            if let Some(outcome) = outcome {
                let outcome = standing::marked(self.brought_to_light(&report, outcome, newness, now)?, newness);
                is_told |= outcome.change.is_some() && !outcome.silent;
                push(transaction, &report.event, release, outcome, newness.is_silent());
            }
        }
        if !is_told {
            let change = EventChange::Read { document: document.id.clone() };
            let (event, silent) = (EventId(document.id.to_string()), newness.is_silent());
            let entry = ChangeEntry { at: now, event, release: None, change, silent };
            transaction.push(Change::Log(Box::new(entry)));
        }
        Ok(())
    }

    fn feed(
        &self,
        snapshot: &Snapshot,
        body: &[u8],
        transaction: &mut Transaction,
        silent: bool,
    ) -> Result<(), EventsError> {
        let source = self.pages.source(snapshot);
        let context = context(snapshot, source);
        let feed = guarded(|| feed::read(body, &context))
            .unwrap_or_else(|problem| feed::Feed { problems: vec![problem], ..feed::Feed::default() });
        tell(snapshot, &feed.problems);
        let (links, empty) = (feed.entries.len(), harvest::of_feed(&feed));
        if links > 0 || feed.ttl.is_some() {
            self.note_pace(snapshot, feed.ttl.unwrap_or(0), transaction)?;
        }
        let follow = links::Follow::of(source, transaction.at);
        let first_look = self.first_look(snapshot)?;
        let entries = self.entries(feed.entries, follow, (snapshot, first_look), &context, transaction.at, silent)?;
        let found = links::of_feed(entries, follow);
        let new = self.follow(&found, snapshot, first_look, transaction)?;
        self.note_yield(snapshot, harvest::reading(links, found.len(), new, empty), transaction)
    }

    /// Notes for how long a feed asks to be left alone; the schedule keeps to it from the next visit on.
    fn note_pace(&self, snapshot: &Snapshot, ttl: u32, transaction: &mut Transaction) -> Result<(), ReadError> {
        let Some(known) = self.store.store.resource(&snapshot.url)? else { return Ok(()) };
        // Who was visited again since has a newer answer, which is read after this one.
        let is_last = known.visit.as_ref().is_none_or(|visit| visit.at == snapshot.fetched);
        if is_last && known.ttl != ttl {
            transaction.push(Change::Resource(Box::new(Resource { ttl, ..known })));
        }
        Ok(())
    }

    fn listing(&self, snapshot: &Snapshot, body: &[u8], transaction: &mut Transaction) -> Result<(), EventsError> {
        let source = self.pages.source(snapshot);
        let context = context(snapshot, source);
        let rules = ListingRules {
            engine: source.and_then(|source| source.engine.clone()),
            links: source.and_then(|source| source.links.clone()),
            next: source.and_then(|source| source.next.clone()),
        };
        let listing = guarded(|| listing::read(body, &context, &rules))
            .unwrap_or_else(|problem| listing::Listing { problems: vec![problem], ..listing::Listing::default() });
        tell(snapshot, &listing.problems);
        let found = links::of_listing(&listing, snapshot, links::Follow::of(source, transaction.at));
        let first_look = self.first_look(snapshot)?;
        let new = self.follow(&found, snapshot, first_look, transaction)?;
        let all_new = new == found.len() && new > 0;
        let empty = harvest::of_listing(&listing, &rules, body);
        self.note_yield(snapshot, harvest::reading(listing.links.len(), found.len(), new, empty), transaction)?;
        let pages = source.map_or(1, |source| source.pages);
        if let Some(next) = listing.next.as_ref().filter(|_| all_new)
            && let Some(older) = links::older(next, self.store.store.resource(next)?, snapshot, pages, transaction.at)
        {
            transaction.push(Change::Resource(Box::new(standing::stood_there(older, first_look))));
        }
        Ok(())
    }

    /// Puts the pages found into the transaction; says how many of them were new. `first_look`: they stood there then.
    fn follow(
        &self,
        found: &[links::Found],
        snapshot: &Snapshot,
        first_look: Option<Timestamp>,
        transaction: &mut Transaction,
    ) -> Result<usize, ReadError> {
        let mut new = 0;
        let mut left_out = 0_usize;
        let mut quota: Option<Quota> = None;
        for found in found {
            let known: Option<Resource> = self.store.store.resource(&found.url)?;
            let is_new = known.is_none();
            new += usize::from(is_new);
            let Some(mut resource) = links::resource(found, known, snapshot, transaction.at) else { continue };
            if is_new && resource.role == ResourceRole::Document {
                if quota.is_none() {
                    quota = Some(Quota::of(&self.store.store.resources(Some(&snapshot.source))?, transaction.at));
                }
                let due = quota.as_mut().and_then(|quota| quota.due(&found.url, transaction.at));
                if due.is_none() {
                    left_out += 1;
                    continue;
                }
                resource.due = due;
            }
            if is_new {
                resource = standing::stood_there(resource, first_look);
            }
            transaction.push(Change::Resource(Box::new(resource)));
        }
        if left_out > 0 {
            tracing::warn!(
                source.id = %snapshot.source, url = %snapshot.url, left_out,
                "links are left out: their addresses follow one pattern without end"
            );
        }
        Ok(new)
    }

    /// Remembers what a feed or listing gave, so that one that no longer gives anything is noticed.
    fn note_yield(
        &self,
        snapshot: &Snapshot,
        reading: Yield,
        transaction: &mut Transaction,
    ) -> Result<(), EventsError> {
        let before = self.store.store.harvest(&snapshot.url)?;
        let after = Harvest::after(before, &snapshot.url, &snapshot.source, &reading, snapshot.fetched);
        transaction.push(Change::Harvest(Box::new(after)));
        Ok(())
    }

    /// Commits; the snapshot counts as read with the last part.
    fn commit(&self, mut transaction: Transaction, snapshot: &Snapshot) -> Result<(), EventsError> {
        let is_link = |change: &Change| matches!(change, Change::Resource(_) | Change::Harvest(_));
        let only_links = transaction.changes.iter().all(is_link);
        while only_links && transaction.changes.len() > LINKS_AT_ONCE {
            let rest = transaction.changes.split_off(LINKS_AT_ONCE);
            let part = std::mem::replace(&mut transaction.changes, rest);
            self.store.commit(Transaction { at: transaction.at, changes: part })?;
        }
        transaction.push(Change::Read(snapshot.id.clone()));
        self.store.commit(transaction)?;
        Ok(())
    }
}

/// Puts what a report changes into a transaction. `release`: the event's, where the outcome leaves the event as it is.
pub(super) fn push(
    transaction: &mut Transaction,
    event: &EventId,
    release: Option<bellwether_model::id::ReleaseId>,
    outcome: Outcome,
    silent: bool,
) {
    let release = outcome.event.as_ref().map_or(release, |event| event.release.clone());
    if let Some(event) = outcome.event {
        transaction.push(Change::Event(Box::new(event)));
    }
    for mention in outcome.mentions {
        transaction.push(Change::Mention { event: event.clone(), mention: Box::new(mention) });
    }
    if let Some(change) = outcome.change {
        let silent = silent || outcome.silent;
        metrics::counter!(EVENT_CHANGES, "change" => change.name()).increment(1);
        let entry = ChangeEntry { at: transaction.at, event: event.clone(), release, change, silent };
        transaction.push(Change::Log(Box::new(entry)));
    }
}

/// Tells the operator of what could not be read.
pub(super) fn tell(snapshot: &Snapshot, problems: &[Problem]) {
    for problem in problems.iter().take(3) {
        tracing::warn!(source.id = %snapshot.source, url = %snapshot.url, "read with a problem: {problem}");
    }
}
