//! Which bodies hold the proof of an event, and which still wait to be read. A door: it reads the store.
//!
//! A mention and a vintage say when they were read; the answer in which they stood is the last one of their document
//! that had come by then. Where reading lags so far behind that the next answer of a document has come before the one in
//! hand is read, the later one is kept in its stead.

use std::collections::{BTreeSet, HashMap, HashSet};

use bellwether_model::id::{ContentHash, DocumentId, SnapshotId};
use bellwether_model::snapshot::Snapshot;
use bellwether_model::source::ResourceRole;
use bellwether_store::{ReadError, Store};
use jiff::Timestamp;

/// Snapshots read from the store at once.
const PAGE: usize = 500;

/// What speaks for a body.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named {
    /// When the last answer that had it was fetched.
    pub(super) newest: Timestamp,
    /// An answer that has it waits to be read.
    pub(super) unread: bool,
    /// The proof of an event stands in it.
    pub(super) cited: bool,
}

/// All bodies that snapshots name.
#[derive(Debug, Default)]
pub(super) struct Names(HashMap<u128, Named>);

/// A document that carries an event: when something was read in it, and the last of its answers so far.
struct Carrier {
    times: BTreeSet<Timestamp>,
    read_in: Option<SnapshotId>,
    last: Option<(SnapshotId, u128, Timestamp)>,
}

impl Names {
    /// Reads the store.
    pub(super) fn of(store: &Store) -> Result<Self, ReadError> {
        let unread: HashSet<SnapshotId> = store.unread(usize::MAX)?.into_iter().map(|snapshot| snapshot.id).collect();
        let mut names = Self::default();
        let mut carriers: HashMap<DocumentId, Carrier> = HashMap::new();
        each_snapshot(store, &mut |snapshot| {
            let key = key(&snapshot.content);
            names.name(key, snapshot.fetched, unread.contains(&snapshot.id));
            if !matches!(snapshot.role, ResourceRole::Document | ResourceRole::Rows) {
                return Ok(());
            }
            let document = snapshot.final_url.document();
            if !carriers.contains_key(&document) {
                let Some(carrier) = carrier(store, &document)? else { return Ok(()) };
                carriers.insert(document.clone(), carrier);
            }
            if let Some(carrier) = carriers.get_mut(&document) {
                let ended = carrier.last.replace((snapshot.id.clone(), key, snapshot.fetched));
                names.settle(carrier, ended, Some(snapshot.fetched));
            }
            Ok(())
        })?;
        for mut carrier in carriers.into_values() {
            let ended = carrier.last.take();
            names.settle(&carrier, ended, None);
        }
        Ok(names)
    }

    /// What speaks for a body. `None`: no snapshot names it.
    pub(super) fn get(&self, content: &ContentHash) -> Option<Named> {
        self.0.get(&key(content)).copied()
    }

    fn name(&mut self, key: u128, fetched: Timestamp, unread: bool) {
        let named = self.0.entry(key).or_insert(Named { newest: fetched, unread, cited: false });
        named.newest = named.newest.max(fetched);
        named.unread |= unread;
    }

    /// Decides over an answer of a document once it is known when the next one came; `next` `None`: none did.
    fn settle(&mut self, carrier: &Carrier, ended: Option<(SnapshotId, u128, Timestamp)>, next: Option<Timestamp>) {
        let Some((snapshot, key, fetched)) = ended else { return };
        let mut times = carrier.times.range(fetched..next.unwrap_or(Timestamp::MAX).max(fetched));
        let proves = times.next().is_some();
        if (proves || carrier.read_in.as_ref() == Some(&snapshot))
            && let Some(named) = self.0.get_mut(&key)
        {
            named.cited = true;
        }
    }
}

/// What was read in a document when. `None`: it carries no event.
fn carrier(store: &Store, document: &DocumentId) -> Result<Option<Carrier>, ReadError> {
    let events = store.events_of(document)?;
    if events.is_empty() {
        return Ok(None);
    }
    let record = store.document(document)?;
    let url = record.as_ref().map(|record| record.url.as_str().to_owned());
    let mut times = BTreeSet::new();
    for event in events {
        let mentions = store.mentions(&event)?;
        times.extend(mentions.iter().filter(|mention| mention.document == *document).map(|mention| mention.at));
        let vintages = store.event(&event)?.map(|event| event.vintages).unwrap_or_default();
        times.extend(vintages.iter().filter(|vintage| Some(&vintage.url) == url.as_ref()).map(|vintage| vintage.from));
    }
    Ok(Some(Carrier { times, read_in: record.map(|record| record.snapshot), last: None }))
}

/// Calls `take` with each snapshot, oldest first.
pub(super) fn each_snapshot(
    store: &Store,
    take: &mut dyn FnMut(&Snapshot) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let mut after: Option<Snapshot> = None;
    loop {
        let mut page = store.snapshots(after.as_ref().map(|last| (last.fetched, &last.id)), PAGE)?;
        page.iter().try_for_each(&mut *take)?;
        after = page.pop();
        if after.is_none() {
            return Ok(());
        }
    }
}

/// Half of a hash: 128 bits tell a million bodies apart, in half the memory.
pub(super) fn key(content: &ContentHash) -> u128 {
    content.as_str().get(..32).and_then(|half| u128::from_str_radix(half, 16).ok()).unwrap_or_default()
}
