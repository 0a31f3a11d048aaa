//! Facts that reports of less than the whole put under a second name, and how the two become one event. Pure.
//!
//! A copy of a policy action that has lost the number is known by the original that it names, one that has kept it by issuer
//! and number: a document that gives both joins them. A rate of an economy that publishes its rates in two currencies, whose
//! text names neither, is of the one whose value it gives. Which of the two names comes first does not matter.

use bellwether_model::event::{Event, EventChange, EventState, Fact, Mention};
use bellwether_model::figure::{Figure, Measure, Unit};
use bellwether_model::id::{DocumentId, EventId};
use bellwether_model::policy::PolicyAction;
use bellwether_model::reading::{Reading, agree};
use bellwether_store::{Change, Transaction};
use jiff::Timestamp;

use super::merge::{Known, Outcome, count};
use super::reader::push;
use super::words;

/// Copies give the day of the announcement, or that on which a page carried it: weeks apart at the most.
const LONGEST_DAYS: i32 = 31;

/// The economies that publish their rates in two currencies.
const PUBLISHED_IN: &[(&str, &[&str])] = &[("CN", &["USD", "CNY"])];

/// The event of the numbered action of which this one is a copy without the number. `None`: there is none, or several name
/// the same original, which then is no page of one action.
#[must_use]
pub(super) fn numbered(action: &PolicyAction, events: &[Event]) -> Option<EventId> {
    if action.number.is_some() || action.originals.is_empty() {
        return None;
    }
    let mut found = events.iter().filter(|event| match &event.fact {
        Fact::Policy(other) => {
            let same = other.number.is_some() && action.originals.iter().any(|page| other.originals.contains(page));
            same && event.state != EventState::Withdrawn
        }
        Fact::Figure(_) | Fact::Statement(_) => false,
    });
    let first = found.next()?;
    let alone = found.next().is_none();
    let Fact::Policy(other) = &first.fact else { return None };
    (alone && fits(action, other)).then(|| first.id.clone())
}

/// Whether two actions can be one: days and target do not speak against it.
fn fits(a: &PolicyAction, b: &PolicyAction) -> bool {
    let near = match (a.announced, b.announced) {
        (Some(a), Some(b)) => (a - b).get_days().abs() <= LONGEST_DAYS,
        _ => true,
    };
    let one_target = a.partner.is_none() || b.partner.is_none() || a.partner == b.partner;
    near && one_target && (a.number.is_none() || b.number.is_none() || a.number == b.number)
}

/// The same rate in each currency in which its economy publishes rates. Empty: it names its own, or there is but one.
#[must_use]
pub(super) fn in_each_basis(figure: &Figure) -> Vec<Figure> {
    let is_open = matches!(figure.measure, Measure::Yoy | Measure::Mom) && figure.basis.is_none();
    let published = PUBLISHED_IN.iter().find(|(area, _)| is_open && *area == figure.area.as_str());
    let with = |currency: &&str| Figure { basis: Some(Unit((*currency).into())), ..figure.clone() };
    published.into_iter().flat_map(|(_, currencies)| currencies.iter().map(with)).collect()
}

/// The event of a rate whose text names no currency, among the events of that rate in each currency: the only one that shows
/// its value.
#[must_use]
pub(super) fn of_value<'a>(figure: &Figure, events: impl IntoIterator<Item = &'a Event>) -> Option<EventId> {
    let mut found = events.into_iter().filter(|event| shows(event, figure) && event.state != EventState::Withdrawn);
    let first = found.next()?;
    found.next().is_none().then(|| first.id.clone())
}

/// Whether an event shows the value of a report, within what both may have been rounded from.
fn shows(event: &Event, figure: &Figure) -> bool {
    matches!(&event.fact, Fact::Figure(shown) if agree(&reading(shown), &reading(figure)))
}

fn reading(figure: &Figure) -> Reading {
    Reading { amount: figure.amount, precision: figure.precision }
}

/// Whether two facts under two names can be one.
fn can_be_one(a: &Fact, b: &Fact) -> bool {
    match (a, b) {
        (Fact::Policy(a), Fact::Policy(b)) => fits(a, b),
        (Fact::Figure(a), Fact::Figure(b)) => agree(&reading(a), &reading(b)),
        _ => false,
    }
}

/// Takes over what reports of less than the whole brought before. `before`: the event before `outcome`; `copies`: the event
/// under their name. `None`: they are not of one fact.
#[must_use]
pub(super) fn absorb(before: Option<Known>, outcome: Option<&Outcome>, copies: &Known) -> Option<Outcome> {
    let event = outcome.and_then(|outcome| outcome.event.clone());
    let mut event = event.or(before.as_ref().map(|before| before.event.clone()))?;
    if copies.event.state == EventState::Withdrawn || !can_be_one(&event.fact, &copies.event.fact) {
        return None;
    }
    event.first_seen = event.first_seen.min(copies.event.first_seen);
    let new = outcome.map(|outcome| outcome.mentions.clone()).unwrap_or_default();
    let known = before.map(|before| before.mentions).unwrap_or_default();
    let has = |document: &DocumentId| known.iter().chain(&new).any(|mention| mention.document == *document);
    let moved = copies.mentions.iter().filter(|mention| !has(&mention.document)).cloned();
    let moved: Vec<Mention> = moved.map(|mention| judged(mention, &event.fact)).collect();
    let is_read_again = |mention: &&Mention| new.iter().any(|newer| newer.document == mention.document);
    let all = known.iter().filter(|mention| !is_read_again(mention)).chain(&new).chain(&moved);
    event.fact = words::joined(all).unwrap_or_else(|| words::filled(&event.fact, &copies.event.fact));
    event.mention_count += count(&moved);
    // Who was told of it under the other name is not told again.
    let was_new = outcome.and_then(|outcome| match &outcome.change {
        Some(EventChange::New { document }) => Some(EventChange::Merged { document: document.clone() }),
        _ => None,
    });
    Some(Outcome {
        event: Some(event),
        mentions: new.into_iter().chain(moved).collect(),
        silent: was_new.is_some() || outcome.is_none_or(|outcome| outcome.silent),
        change: was_new.or(outcome.and_then(|outcome| outcome.change.clone())),
    })
}

/// A mention that says whether it agrees with a figure.
fn judged(mut mention: Mention, fact: &Fact) -> Mention {
    if let (Fact::Figure(shown), Some(amount)) = (fact, mention.amount) {
        mention.agrees = agree(&reading(shown), &Reading { amount, precision: mention.precision });
    }
    mention
}

/// Empties the event whose mentions another one has taken over.
pub(super) fn empty(copies: Known, transaction: &mut Transaction, now: Timestamp) {
    let Known { mut event, mentions } = copies;
    let (id, release) = (event.id.clone(), event.release.clone());
    for mention in mentions {
        transaction.push(Change::MentionGone { event: id.clone(), document: mention.document });
    }
    (event.state, event.mention_count, event.changed) = (EventState::Withdrawn, 0, now);
    let gone = Outcome { event: Some(event), mentions: Vec::new(), change: Some(EventChange::Withdrawn), silent: true };
    push(transaction, &id, release, gone, true);
}

#[cfg(test)]
mod tests {
    use super::super::merge::{Report, merge};
    use super::super::record;
    use super::super::testing::{NAMES, action, empty_document, figure, snapshot, time};
    use super::*;
    use bellwether_model::source::Trust;

    #[test]
    fn a_rate_without_a_currency_is_of_the_one_whose_value_it_gives() {
        let open = figure("CN exports 2024 yoy 5.9@0.1");
        let events = |dollars: &str, yuan: &str| {
            let of = |(rate, value): (Figure, &str)| {
                let said = Figure { basis: rate.basis, ..figure(&format!("CN exports 2024 yoy {value}@0.1")) };
                told_figure(said, "https://a.example/1").event
            };
            let each: Vec<Event> = in_each_basis(&open).into_iter().zip([dollars, yuan]).map(of).collect();
            of_value(&open, &each).map(|found| each.iter().position(|event| event.id == found))
        };
        assert_eq!(events("5.9", "7.1"), Some(Some(0)));
        assert_eq!(events("7.1", "5.9"), Some(Some(1)));
        assert_eq!(events("6.1", "7.1"), None);
        assert_eq!(events("5.9", "5.9"), None, "nobody can say which of the two");
        assert!(in_each_basis(&figure("TW exports 2024 yoy 5.9@0.1")).is_empty());
        assert!(in_each_basis(&figure("CN exports 2024 level 5@1")).is_empty());
        let named = Figure { basis: Some(Unit("USD".into())), ..open.clone() };
        let (before, after) = (told_figure(open, "https://a.example/1"), told_figure(named, "https://a.example/2"));
        let joined = absorb(Some(after), None, &before).expect("one rate");
        assert_eq!(joined.event.map(|event| event.mention_count), Some(2));
        let other = told_figure(figure("CN exports 2024 yoy 7.1@0.1"), "https://a.example/3");
        assert_eq!(absorb(Some(before), None, &other), None);
    }

    fn told_figure(figure: Figure, page: &str) -> Known {
        let document = record::of(&snapshot(page), Trust::Press, &empty_document(), &[], None, time(0));
        let report =
            Report { event: NAMES.figure(&figure, None), fact: Fact::Figure(figure), release: None, stands_out: false };
        let outcome = merge(None, &report, &document, time(0)).expect("it is new");
        Known { event: outcome.event.expect("an event"), mentions: outcome.mentions }
    }

    fn told(text: &str, page: &str) -> Known {
        let document = record::of(&snapshot(page), Trust::Press, &empty_document(), &[], None, time(0));
        let action = action(text);
        let event = NAMES.policy(&action, action.originals.first().map(String::as_str));
        let report = Report { event, fact: Fact::Policy(action), release: None, stands_out: false };
        let outcome = merge(None, &report, &document, time(0)).expect("it is new");
        Known { event: outcome.event.expect("an event"), mentions: outcome.mentions }
    }

    const ORIGINAL: &str = "https://gov.example/51";

    #[test]
    fn a_copy_without_the_number_finds_the_one_that_has_it() {
        let found = |copy: &str, others: &[&str]| {
            let events: Vec<Event> = others.iter().map(|text| told(text, "https://a.example/1").event).collect();
            numbered(&action(copy), &events).map(|found| events.iter().position(|event| event.id == found))
        };
        let copy = "MOFCOM - 2025-09-26 list https://gov.example/51";
        assert_eq!(found(copy, &["MOFCOM 2025-51 2025-09-25 list https://gov.example/51"]), Some(Some(0)));
        for (others, why) in [
            (vec!["MOFCOM - 2025-09-25 list https://gov.example/51"], "the other has no number either"),
            (vec!["MOFCOM 2025-51 2025-09-25 list https://gov.example/52"], "another original"),
            (vec!["MOFCOM 2025-51 2025-03-25 list https://gov.example/51"], "half a year before"),
            (
                vec![
                    "MOFCOM 2025-51 2025-09-25 list https://gov.example/51",
                    "MOFCOM 2025-52 2025-09-25 list https://gov.example/51",
                ],
                "a page of two actions",
            ),
        ] {
            assert_eq!(found(copy, &others), None, "{why}");
        }
    }

    #[test]
    fn what_copies_brought_is_taken_over_whole() {
        let copies = told(&format!("MOFCOM - 2025-09-26 list {ORIGINAL}"), "https://a.example/1");
        let numbered = told(&format!("MOFCOM 2025-51 2025-09-25 list {ORIGINAL}"), "https://a.example/2");
        let joined = absorb(Some(numbered.clone()), None, &copies).expect("one action");
        let event = joined.event.expect("it has more mentions");
        assert_eq!((event.id.clone(), event.mention_count), (numbered.event.id.clone(), 2));
        assert_eq!(joined.mentions, copies.mentions);
        let mut transaction = Transaction::new(time(9));
        empty(copies, &mut transaction, time(9));
        let names = |change: &Change| match change {
            Change::MentionGone { .. } => "gone",
            Change::Event(event) if event.state == EventState::Withdrawn => "withdrawn",
            Change::Log(row) if row.silent => "told to nobody",
            _ => "another change",
        };
        let changes: Vec<&str> = transaction.changes.iter().map(names).collect();
        assert_eq!(changes, ["gone", "withdrawn", "told to nobody"]);
        let aimed = |partner: &str| {
            let mut known = told(&format!("MOFCOM - 2025-09-26 list {ORIGINAL}"), "https://a.example/3");
            let Fact::Policy(action) = &mut known.event.fact else { panic!("a policy action") };
            action.partner = Some(bellwether_model::place::Partner(partner.to_owned()));
            known
        };
        let mut american = numbered;
        american.event.fact = aimed("US").event.fact;
        assert_eq!(absorb(Some(american.clone()), None, &aimed("JP")), None, "another target");
        assert!(absorb(Some(american), None, &aimed("US")).is_some());
    }
}
