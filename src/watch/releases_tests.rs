//! Releases over time: the first figures, and what comes after them.

use bellwether_model::alert::{Alert, Delivery};
use bellwether_model::event::Fact;
use bellwether_model::figure::{Figure, Flow, Measure};
use bellwether_model::id::{ChannelId, ReleaseId};
use jiff::{SignedDuration, Timestamp};

use super::plan::{Row, plan};
use super::plan_tests::{Earlier, figure, figure_row, lines, row, time};
use crate::routing::Routing;

/// What is planned at a time, kept as if it had been committed.
fn planned(rows: &[Row], earlier: &mut Earlier, now: Timestamp) -> Vec<Alert> {
    let routing = Routing { releases: vec![ChannelId::new("desk")], ..Routing::default() };
    let Ok(plan) = plan(rows, &[], &routing, earlier, now);
    earlier.take(&plan);
    // From now on it has headline figures.
    earlier.releases.insert(ReleaseId::new("TW-2025-12"));
    plan.alerts
}

fn further(flow: Flow, measure: Measure, amount: &str) -> Row {
    row(Fact::Figure(Figure { flow, headline: false, ..figure(measure, amount) }))
}

fn minutes(minutes: i64) -> Timestamp {
    time(0) + SignedDuration::from_mins(minutes)
}

#[test]
fn what_comes_soon_after_the_first_figures_follows_as_one_update() {
    let mut earlier = Earlier::default();
    let first = planned(&[figure_row(Measure::Level, "62480000000")], &mut earlier, minutes(0));
    assert_eq!(lines(&first), ["release.new desk: TW exports 2025-12: 62.48 billion USD (wire: 12月出口創新高)"]);
    let imports = planned(&[further(Flow::Imports, Measure::Level, "43050000000")], &mut earlier, minutes(2));
    assert_eq!(
        lines(&imports),
        ["release.updated desk: further figures: TW imports 2025-12: 43.05 billion USD (wire: 12月出口創新高)"]
    );
    let both = [further(Flow::Balance, Measure::Level, "19430000000"), further(Flow::Imports, Measure::Yoy, "14.9")];
    let more = planned(&both, &mut earlier, minutes(9));
    assert_eq!(more.len(), 1);
    assert_eq!((&more[0].id, more[0].created), (&imports[0].id, minutes(2)), "they join it");
    assert_eq!(
        more[0].summary,
        "further figures: TW imports 2025-12: 43.05 billion USD, and 2 more (wire: 12月出口創新高)"
    );
    let due = minutes(10) + SignedDuration::from_secs(5);
    assert_eq!(more[0].delivery, Delivery::Waiting { due, attempts: 0, last_error: None });
    let data: serde_json::Value = serde_json::from_str(&more[0].data).expect("JSON");
    assert_eq!((&data["id"], &data["figure_count"]), (&"TW-2025-12".into(), &3.into()));
    let values: Vec<&serde_json::Value> =
        data["figures"].as_array().expect("figures").iter().map(|figure| &figure["figure"]["value"]).collect();
    assert_eq!(values.len(), 3);
    assert_eq!(*values[0], 43_050_000_000_i64);
    // The release has settled.
    assert_eq!(planned(&[further(Flow::Exports, Measure::Mom, "2.1")], &mut earlier, minutes(10)), []);
}

#[test]
fn an_update_that_is_on_its_way_stays_as_it_is() {
    let mut earlier = Earlier::default();
    planned(&[figure_row(Measure::Level, "62480000000")], &mut earlier, minutes(0));
    let update = planned(&[further(Flow::Imports, Measure::Level, "43050000000")], &mut earlier, minutes(1));
    // It went out early, with the others of a group.
    let gone = Alert { delivery: Delivery::Delivered { at: minutes(2), attempts: 1 }, ..update[0].clone() };
    earlier.outbox.insert(gone.id.clone(), gone.clone());
    let second = planned(&[further(Flow::Imports, Measure::Yoy, "14.9")], &mut earlier, minutes(3));
    assert_eq!(second.len(), 1);
    assert_ne!(second[0].id, gone.id);
    assert_eq!(
        second[0].summary,
        "further figures: TW imports 2025-12: +14.9% on a year before (wire: 12月出口創新高)"
    );
}

#[test]
fn an_update_of_many_figures_stays_small_and_counts_all() {
    let mut earlier = Earlier::default();
    planned(&[figure_row(Measure::Level, "62480000000")], &mut earlier, minutes(0));
    let many: Vec<Row> = (0..200).map(|n| further(Flow::Imports, Measure::Level, &n.to_string())).collect();
    for part in many.chunks(50) {
        planned(part, &mut earlier, minutes(1));
    }
    let update = earlier.outbox.values().find(|alert| alert.kind.name() == "release.updated").expect("an update");
    let data: serde_json::Value = serde_json::from_str(&update.data).expect("JSON");
    assert_eq!(data["figure_count"], 200);
    assert!(update.data.len() < 17_000, "{}", update.data.len());
}

#[test]
fn who_was_not_told_of_the_release_gets_no_update() {
    let mut earlier = Earlier::default();
    earlier.releases.insert(ReleaseId::new("TW-2025-12"));
    assert_eq!(planned(&[further(Flow::Imports, Measure::Level, "43050000000")], &mut earlier, minutes(1)), []);
}
