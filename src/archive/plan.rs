//! Which bodies go, and why. Pure: the time is an argument, and nothing is read or removed here.

use bellwether_model::snapshot::RemovalReason;
use bellwether_store::archive::Body;
use jiff::{SignedDuration, Timestamp};

use crate::settings::ArchiveSettings;

/// A body with what speaks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    /// The body.
    pub(super) body: Body,
    /// When the last answer that had it was fetched; `None`: no record names it.
    pub(super) newest: Option<Timestamp>,
    /// An answer that has it waits to be read.
    pub(super) unread: bool,
    /// The proof of an event stands in it.
    pub(super) cited: bool,
}

/// What is to be done.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// What goes, and why; `None`: no record names it, so that nobody will miss it.
    pub(super) removals: Vec<(Held, Option<RemovalReason>)>,
    /// Bytes that stay.
    pub(super) kept_bytes: u64,
    /// Bytes of these above the limit: all that could still go waits to be read.
    pub(super) over_bytes: u64,
}

/// Decides. First goes what no record names; then what is older than bodies are kept and proves nothing; then, while
/// the archive is larger than it may be, the oldest that prove nothing, and only when there is no other left the oldest
/// that prove something. What waits to be read never goes.
pub(super) fn plan(mut held: Vec<Held>, settings: &ArchiveSettings, now: Timestamp) -> Plan {
    // The oldest first; of one age the order does not matter, but is always the same.
    held.sort_by(|a, b| (a.newest, &a.body.content).cmp(&(b.newest, &b.body.content)));
    let oldest_kept = settings.keep.map(|keep| {
        let keep = SignedDuration::try_from(keep).unwrap_or(SignedDuration::MAX);
        now.saturating_sub(keep).unwrap_or(Timestamp::MIN)
    });
    let mut plan = Plan::default();
    let mut left = Vec::with_capacity(held.len());
    for held in held {
        let is_old = held.newest.zip(oldest_kept).is_some_and(|(newest, oldest)| newest < oldest);
        if held.newest.is_none() {
            plan.removals.push((held, None));
        } else if is_old && !held.cited && !held.unread {
            plan.removals.push((held, Some(RemovalReason::Age)));
        } else {
            plan.kept_bytes += held.body.bytes;
            left.push(held);
        }
    }
    let Some(limit) = settings.max_bytes else { return plan };
    for (cited, reason) in [(false, RemovalReason::Size), (true, RemovalReason::SizeThoughCited)] {
        for held in left.iter().filter(|held| held.cited == cited && !held.unread) {
            if plan.kept_bytes <= limit {
                return plan;
            }
            plan.kept_bytes -= held.body.bytes;
            plan.removals.push((held.clone(), Some(reason)));
        }
    }
    plan.over_bytes = plan.kept_bytes.saturating_sub(limit);
    plan
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bellwether_model::id::ContentHash;
    use proptest::prelude::*;

    use super::*;

    const DAY: u64 = 86_400;

    fn now() -> Timestamp {
        "2026-01-09T08:00:00Z".parse().expect("a time")
    }

    fn held(name: &str, days: i64, bytes: u64) -> Held {
        Held {
            body: Body { content: ContentHash::of(name.as_bytes()), bytes },
            newest: Some(now() - SignedDuration::from_hours(24 * days)),
            unread: false,
            cited: false,
        }
    }

    fn settings(days: Option<u64>, max_bytes: Option<u64>) -> ArchiveSettings {
        ArchiveSettings { keep: days.map(|days| Duration::from_secs(days * DAY)), max_bytes }
    }

    fn removed(plan: &Plan) -> Vec<(u64, Option<&'static str>)> {
        plan.removals.iter().map(|(held, reason)| (held.body.bytes, reason.map(RemovalReason::name))).collect()
    }

    #[test]
    fn without_a_limit_everything_named_stays() {
        let all = vec![held("a", 4000, 1), held("b", 0, 2), Held { newest: None, ..held("c", 0, 4) }];
        let plan = plan(all, &settings(None, None), now());
        assert_eq!((removed(&plan), plan.kept_bytes), (vec![(4, None)], 3));
    }

    #[test]
    fn what_is_old_and_proves_nothing_goes_by_age() {
        let all = vec![
            held("old", 401, 1),
            held("young", 399, 2),
            Held { cited: true, ..held("cited", 4000, 4) },
            Held { unread: true, ..held("unread", 500, 8) },
        ];
        let plan = plan(all, &settings(Some(400), None), now());
        assert_eq!((removed(&plan), plan.kept_bytes), (vec![(1, Some("age"))], 14));
    }

    #[test]
    fn over_the_limit_the_oldest_go_and_what_is_cited_goes_last() {
        let all = || {
            vec![
                Held { cited: true, ..held("cited long ago", 300, 10) },
                Held { cited: true, ..held("cited", 3, 20) },
                held("old", 200, 40),
                held("young", 1, 80),
                Held { unread: true, ..held("unread", 250, 160) },
            ]
        };
        let with = |limit| plan(all(), &settings(Some(400), Some(limit)), now());
        assert_eq!(removed(&with(310)), vec![]);
        assert_eq!(removed(&with(309)), vec![(40, Some("size"))]);
        assert_eq!(removed(&with(200)), vec![(40, Some("size")), (80, Some("size"))]);
        let tight = with(170);
        assert_eq!(tight.removals.last().map(|(held, _)| held.body.bytes), Some(20), "{tight:?}");
        assert_eq!(with(180).removals.last().map(|(_, reason)| *reason), Some(Some(RemovalReason::SizeThoughCited)));
        let impossible = with(100);
        assert_eq!((impossible.removals.len(), impossible.kept_bytes, impossible.over_bytes), (4, 160, 60));
    }

    proptest! {
        #[test]
        fn nothing_cited_goes_before_what_is_not(
            bodies in proptest::collection::vec((0_i64..900, 1_u64..1000, any::<bool>(), any::<bool>()), 0..40),
            days in proptest::option::of(0_u64..900),
            limit in proptest::option::of(0_u64..20_000),
        ) {
            let all: Vec<Held> = bodies
                .iter()
                .enumerate()
                .map(|(n, &(age, bytes, cited, unread))| Held { cited, unread, ..held(&n.to_string(), age, bytes) })
                .collect();
            let bytes: u64 = all.iter().map(|held| held.body.bytes).sum();
            let plan = plan(all.clone(), &settings(days, limit), now());
            let gone = |held: &Held| plan.removals.iter().any(|(other, _)| other == held);
            prop_assert_eq!(plan.kept_bytes + plan.removals.iter().map(|(held, _)| held.body.bytes).sum::<u64>(), bytes);
            prop_assert!(all.iter().all(|held| !(held.unread && gone(held))));
            if all.iter().any(|held| held.cited && gone(held)) {
                prop_assert!(all.iter().all(|held| held.cited || held.unread || gone(held)));
                prop_assert!(limit.is_some());
            }
            if let Some(limit) = limit {
                prop_assert!(plan.kept_bytes <= limit || plan.over_bytes > 0);
            }
        }
    }
}
