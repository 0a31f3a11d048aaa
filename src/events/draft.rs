//! The store as it will be with what has been read and is not yet committed, so that several pages share a transaction and its
//! sync although each is merged with what the one before it said.
//!
//! Only what readers ask for by name is looked for here. What others change too, the schedule above all, is committed at once:
//! held back, it would overwrite what they have written meanwhile.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use bellwether_model::document::DocumentRecord;
use bellwether_model::event::{Event, FactKind, Mention};
use bellwether_model::id::{DocumentId, EventId, SourceId};
use bellwether_store::{Change, CommitError, EventFilter, ReadError, Store, Transaction};

/// Changes that are committed together: the store shows a few hundred at once, and what waits is read again after a kill.
const MOST_CHANGES: usize = 200;

/// What is to be committed, over a store.
pub(super) struct Draft<'a> {
    /// The store. What is not looked for here is asked there.
    pub(super) store: &'a Store,
    /// Changes from which on they are committed.
    most: usize,
    held: RefCell<Held>,
}

/// Changes that wait, and the last one of each name.
#[derive(Default)]
struct Held {
    transaction: Option<Transaction>,
    events: HashMap<EventId, usize>,
    mentions: HashMap<EventId, BTreeMap<DocumentId, usize>>,
    documents: HashMap<DocumentId, usize>,
}

impl<'a> Draft<'a> {
    /// Holds changes of several pages back until they are worth a transaction, or [`Draft::flush`] is called.
    pub(super) fn shared(store: &'a Store) -> Self {
        Self { store, most: MOST_CHANGES, held: RefCell::default() }
    }

    /// Commits at once.
    pub(super) fn prompt(store: &'a Store) -> Self {
        Self { store, most: 0, held: RefCell::default() }
    }

    /// Takes a transaction in: from now on reads see it. It is committed with those that wait.
    pub(super) fn commit(&self, transaction: Transaction) -> Result<(), CommitError> {
        let is_prompt = !transaction.changes.iter().all(may_wait);
        let waiting = self.held.borrow_mut().add(transaction);
        if is_prompt || waiting >= self.most { self.flush() } else { Ok(()) }
    }

    /// Commits what waits.
    pub(super) fn flush(&self) -> Result<(), CommitError> {
        let Held { transaction, .. } = self.held.take();
        if let Some(transaction) = transaction {
            self.store.commit(transaction)?;
        }
        Ok(())
    }

    /// An event by name.
    pub(super) fn event(&self, id: &EventId) -> Result<Option<Event>, ReadError> {
        match self.held.borrow().event(id) {
            Some(event) => Ok(Some(event.clone())),
            None => self.store.event(id),
        }
    }

    /// All policy actions.
    pub(super) fn policies(&self) -> Result<Vec<Event>, ReadError> {
        let mut events = self.store.events(&EventFilter { kind: Some(FactKind::Policy), ..EventFilter::default() })?;
        let held = self.held.borrow();
        events.retain(|event| !held.events.contains_key(&event.id));
        let waiting = held.events.keys().filter_map(|id| held.event(id));
        events.extend(waiting.filter(|event| event.fact.kind() == FactKind::Policy).cloned());
        Ok(events)
    }

    /// Mentions of an event, in the order in which they were read.
    pub(super) fn mentions(&self, event: &EventId) -> Result<Vec<Mention>, ReadError> {
        let mentions = self.store.mentions(event)?;
        let held = self.held.borrow();
        let Some(waiting) = held.mentions.get(event) else { return Ok(mentions) };
        let mut by_document: BTreeMap<DocumentId, Mention> =
            mentions.into_iter().map(|mention| (mention.document.clone(), mention)).collect();
        for (document, place) in waiting {
            match held.mention(*place) {
                Some(mention) => by_document.insert(document.clone(), mention.clone()),
                None => by_document.remove(document),
            };
        }
        let mut mentions: Vec<Mention> = by_document.into_values().collect();
        mentions.sort_by_key(|mention| mention.at);
        Ok(mentions)
    }

    /// A document's mention of an event.
    pub(super) fn mention(&self, event: &EventId, document: &DocumentId) -> Result<Option<Mention>, ReadError> {
        let held = self.held.borrow();
        match held.mentions.get(event).and_then(|waiting| waiting.get(document)) {
            Some(place) => Ok(held.mention(*place).cloned()),
            None => self.store.mention(event, document),
        }
    }

    /// Whether any mention of an event is such.
    pub(super) fn has_mention(&self, event: &EventId, is_such: &dyn Fn(&Mention) -> bool) -> Result<bool, ReadError> {
        let held = self.held.borrow();
        let Some(waiting) = held.mentions.get(event) else {
            return Ok(self.store.find_mention(event, is_such)?.is_some());
        };
        if waiting.values().filter_map(|place| held.mention(*place)).any(is_such) {
            return Ok(true);
        }
        let stays = |mention: &Mention| !waiting.contains_key(&mention.document) && is_such(mention);
        Ok(self.store.find_mention(event, &stays)?.is_some())
    }

    /// A document by name.
    pub(super) fn document(&self, id: &DocumentId) -> Result<Option<DocumentRecord>, ReadError> {
        match self.held.borrow().document(id) {
            Some(document) => Ok(Some(document.clone())),
            None => self.store.document(id),
        }
    }

    /// Documents of a source; those first that were read for the first time last.
    pub(super) fn documents(&self, source: &SourceId, limit: usize) -> Result<Vec<DocumentRecord>, ReadError> {
        let mut documents = self.store.documents(Some(source), limit)?;
        let held = self.held.borrow();
        documents.retain(|document| !held.documents.contains_key(&document.id));
        let waiting = held.documents.keys().filter_map(|id| held.document(id));
        documents.extend(waiting.filter(|document| document.source == *source).cloned());
        documents.sort_by(|a, b| (b.first_read, &b.id).cmp(&(a.first_read, &a.id)));
        documents.truncate(limit);
        Ok(documents)
    }
}

/// Whether a change may wait for those of further pages: nobody but the reader writes what it changes.
fn may_wait(change: &Change) -> bool {
    matches!(
        change,
        Change::Event(_)
            | Change::Mention { .. }
            | Change::MentionGone { .. }
            | Change::Document(_)
            | Change::Log(_)
            | Change::Read(_)
    )
}

impl Held {
    /// Adds changes; says how many wait.
    fn add(&mut self, transaction: Transaction) -> usize {
        let all = self.transaction.get_or_insert_with(|| Transaction::new(transaction.at));
        all.at = all.at.max(transaction.at);
        for change in transaction.changes {
            let place = all.changes.len();
            match &change {
                Change::Event(event) => {
                    // What a transaction puts twice has held at no time.
                    if let Some(earlier) = self.events.get(&event.id) {
                        all.changes[*earlier] = change;
                        continue;
                    }
                    self.events.insert(event.id.clone(), place);
                }
                Change::Mention { event, mention } => {
                    self.mentions.entry(event.clone()).or_default().insert(mention.document.clone(), place);
                }
                Change::MentionGone { event, document } => {
                    self.mentions.entry(event.clone()).or_default().insert(document.clone(), place);
                }
                Change::Document(document) => {
                    self.documents.insert(document.id.clone(), place);
                }
                _ => {}
            }
            all.changes.push(change);
        }
        all.changes.len()
    }

    fn change(&self, place: usize) -> Option<&Change> {
        self.transaction.as_ref().and_then(|transaction| transaction.changes.get(place))
    }

    fn event(&self, id: &EventId) -> Option<&Event> {
        match self.change(*self.events.get(id)?)? {
            Change::Event(event) => Some(event),
            _ => None,
        }
    }

    /// `None`: it goes.
    fn mention(&self, place: usize) -> Option<&Mention> {
        match self.change(place)? {
            Change::Mention { mention, .. } => Some(mention),
            _ => None,
        }
    }

    fn document(&self, id: &DocumentId) -> Option<&DocumentRecord> {
        match self.change(*self.documents.get(id)?)? {
            Change::Document(document) => Some(document),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use bellwether_extractors::Extraction;
    use bellwether_model::event::{EventState, Fact};
    use bellwether_model::figure::Figure;
    use bellwether_model::source::{ResourceRole, Trust};
    use bellwether_model::statement::{Official, Statement};
    use bellwether_store::archive::Archive;
    use proptest::prelude::*;
    use tempfile::TempDir;

    use super::super::backlog::Newness;
    use super::super::pages::Pages;
    use super::super::reader::Reader;
    use super::super::testing::{NAMES, action, empty_document, figure, snapshot, time};
    use super::super::{links, record};
    use super::*;

    struct House {
        _folder: TempDir,
        store: Store,
        archive: Archive,
    }

    fn house() -> House {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("store")).expect("a store");
        let archive = Archive::open(&folder.path().join("archive")).expect("an archive");
        House { _folder: folder, store, archive }
    }

    /// What a page says: which page it is, whose, and its facts.
    type Page = (u8, Trust, Vec<Said>);

    #[derive(Debug, Clone)]
    enum Said {
        Figure(String),
        Words(u8),
        Action(String),
    }

    fn extraction(said: &[Said]) -> Extraction {
        let mut extraction = Extraction {
            document: empty_document(),
            figures: Vec::new(),
            officials: Vec::new(),
            speakers: Vec::new(),
            policy: Vec::new(),
            problems: Vec::new(),
        };
        for said in said {
            match said {
                Said::Figure(text) => extraction.figures.push(figure(text)),
                Said::Words(number) => {
                    let text = format!("Orders are full until month {number}.");
                    let statements = vec![Statement { text, direct: true, start: 0, end: 9 }];
                    let official = Official { name: "Ann".into(), title: None, org: None, quotes: 1, statements };
                    extraction.officials.push(official);
                }
                Said::Action(text) => extraction.policy.push(action(text)),
            }
        }
        extraction
    }

    /// Has pages merged one after the other.
    fn read(house: &House, draft: &Draft<'_>, pages: &[Page]) {
        let reader = Reader { pages: Pages { sources: &[], archive: &house.archive }, store: draft };
        for (clock, (page, trust, said)) in (1..).zip(pages) {
            let extraction = extraction(said);
            let answer = snapshot(&format!("https://example.org/{page}"));
            let before = draft.document(&answer.final_url.document()).expect("a document");
            let document = record::of(&answer, *trust, &extraction.document, &[], before.as_ref(), time(clock));
            let mut transaction = Transaction::new(time(clock));
            reader.report(&extraction, document, &mut transaction, Newness::News).expect("it is merged");
            draft.commit(transaction).expect("it is taken in");
        }
        draft.flush().expect("it is committed");
    }

    /// Everything that readers wrote.
    type Contents = (Vec<(Event, Vec<Mention>)>, Vec<DocumentRecord>, Vec<String>);

    fn contents(store: &Store) -> Contents {
        let events = store.events(&EventFilter::default()).expect("events");
        let with_mentions = |event: Event| {
            let mentions = store.mentions(&event.id).expect("mentions");
            (event, mentions)
        };
        let rows = store.changes(0, usize::MAX).expect("rows");
        (
            events.into_iter().map(with_mentions).collect(),
            store.documents(None, usize::MAX).expect("documents"),
            rows.into_iter().map(|(number, row)| format!("{number} {row:?}")).collect(),
        )
    }

    fn said() -> impl Strategy<Value = Said> {
        prop_oneof![
            (1..4u8, 0..3u8).prop_map(|(month, value)| Said::Figure(format!(
                "TW exports 2025-{month:02} level {}@10",
                6400 + 10 * u32::from(value)
            ))),
            (0..3u8).prop_map(|value| Said::Figure(format!("CN exports 2025-01 yoy {value}.5@0.1"))),
            (0..2u8).prop_map(Said::Words),
            (0..2u8)
                .prop_map(|number| Said::Action(format!("MOFCOM 2025-{number} 2025-09-25 list https://gov.example/1"))),
            Just(Said::Action("MOFCOM - 2025-09-26 list https://gov.example/1".into())),
        ]
    }

    fn page() -> impl Strategy<Value = Page> {
        let trust = prop_oneof![Just(Trust::Official), Just(Trust::Press), Just(Trust::Forum)];
        (0..6u8, trust, proptest::collection::vec(said(), 0..4))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn pages_that_share_a_transaction_say_what_they_say_one_by_one(
            pages in proptest::collection::vec(page(), 0..12)
        ) {
            let (one_by_one, together) = (house(), house());
            read(&one_by_one, &Draft::prompt(&one_by_one.store), &pages);
            read(&together, &Draft::shared(&together.store), &pages);
            prop_assert_eq!(contents(&one_by_one.store), contents(&together.store));
            if !pages.is_empty() {
                prop_assert_eq!(together.store.stats().expect("stats").records, 1);
            }
        }
    }

    #[test]
    fn what_waits_is_seen_by_its_reader_and_by_nobody_else() {
        let house = house();
        let draft = Draft::shared(&house.store);
        let event = |figure: Figure| Event {
            id: NAMES.figure(&figure, None),
            fact: Fact::Figure(figure),
            state: EventState::New,
            first_seen: time(0),
            changed: time(0),
            release: None,
            vintages: Vec::new(),
            mention_count: 1,
            backlog: false,
            corrected: false,
        };
        let told = event(figure("TW exports 2025-12 level 5@1"));
        let mut transaction = Transaction::new(time(1));
        transaction.push(Change::Event(Box::new(told.clone())));
        draft.commit(transaction).expect("it is taken in");
        assert_eq!(draft.event(&told.id).expect("it is read"), Some(told.clone()));
        assert_eq!(house.store.event(&told.id).expect("it is read"), None);
        draft.flush().expect("it is committed");
        assert_eq!(house.store.event(&told.id).expect("it is read"), Some(told));
    }

    #[test]
    fn what_others_write_too_is_committed_at_once_with_all_that_waits() {
        let house = house();
        let draft = Draft::shared(&house.store);
        let page = snapshot("https://example.org/1");
        let mut transaction = Transaction::new(time(1));
        transaction.push(Change::Read(page.id.clone()));
        draft.commit(transaction).expect("it is taken in");
        assert_eq!(house.store.stats().expect("stats").records, 0);
        let mut transaction = Transaction::new(time(2));
        let found = links::new(&page.url, ResourceRole::Document, None, &page, time(2));
        transaction.push(Change::Resource(Box::new(found)));
        draft.commit(transaction).expect("it is taken in");
        assert_eq!(house.store.stats().expect("stats").records, 1);
        assert!(house.store.resource(&page.url).expect("it is read").is_some());
    }
}
