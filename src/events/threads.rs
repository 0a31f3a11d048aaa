//! Threads of a forum: looked at again while their comments grow. Pure.

use bellwether_model::document::{CommentCounts, DocumentRecord};
use bellwether_model::source::Resource;
use jiff::{SignedDuration, Timestamp};

/// Between two looks at a thread that grows, at the least.
const SHORTEST: SignedDuration = SignedDuration::from_mins(30);
/// And at the most.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// Whether a thread has more comments than when it was read before.
pub(super) fn grew(before: Option<&DocumentRecord>, after: &DocumentRecord) -> bool {
    let count = |counts: &CommentCounts| u64::from(counts.push) + u64::from(counts.boo) + u64::from(counts.neutral);
    let number = |record: &DocumentRecord| record.comments.as_ref().map(count);
    before.and_then(number).zip(number(after)).is_some_and(|(before, after)| after > before)
}

/// The thread, due after a quarter of its age: growing threads are followed closely while they are young, and for as
/// long as they grow. A quiet one keeps the plan of any page, which ends. `None`: it is due sooner already.
pub(super) fn sooner(known: Resource, now: Timestamp) -> Option<Resource> {
    let age = now.duration_since(known.found);
    let gap = (age / 4).clamp(SHORTEST, LONGEST);
    let due = now.checked_add(gap).ok()?;
    known.due.is_none_or(|planned| planned > due).then_some(Resource { due: Some(due), ..known })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{empty_document, snapshot, time};
    use super::super::{links, record};
    use super::*;
    use bellwether_model::document::{Comment, Reaction};
    use bellwether_model::source::{ResourceRole, Trust};

    #[test]
    fn a_thread_that_grows_is_looked_at_again_at_growing_gaps() {
        let page = snapshot("https://example.org/thread");
        let read = |comments: usize| {
            let comment = Comment { reaction: Reaction::Push, author: "a".into(), text: "b".into(), time: None };
            let mut document = empty_document();
            document.comments = Some(vec![comment; comments]);
            record::of(&page, Trust::Forum, &document, &[], None, time(0))
        };
        assert!(grew(Some(&read(1)), &read(2)));
        assert!(!grew(Some(&read(2)), &read(2)) && !grew(None, &read(2)));
        let thread = links::new(&page.url, ResourceRole::Document, None, &page, time(0));
        let rests = Resource { due: None, ..thread };
        let gap = |hours: i64| {
            let now = time(0).checked_add(SignedDuration::from_hours(hours)).expect("a time");
            sooner(rests.clone(), now).and_then(|again| again.due).map(|due| due.duration_since(now).as_mins())
        };
        assert_eq!((gap(0), gap(8), gap(1_000)), (Some(30), Some(120), Some(1_440)));
        assert_eq!(sooner(Resource { due: Some(time(60)), ..rests.clone() }, time(0)), None, "it is due sooner");
    }
}
