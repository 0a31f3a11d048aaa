//! The real binary over the demonstration's web, killed (SIGKILL) at seeded moments of crawl, reading and delivery: what it
//! had acknowledged is there, once, and the end is the same as without kills.
//!
//! `BELLWETHER_KILLS=200 cargo test --test kills -- --nocapture` kills so often; without it, a dozen times.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use bellwether::demo::{STAGES, Web, write_configuration};
use bellwether_model::event::{Event, EventChange};
use bellwether_store::{EventFilter, Store};
use support::{Home, Site, text};

/// Kills where nobody asks for more.
const KILLS: u64 = 12;
/// Kills while one stage of the demonstration is crawled.
const KILLS_A_STAGE: u64 = 2;

/// A generator of numbers that is the same everywhere (the constants are Knuth's).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// The ids of alerts that a receiver has taken, each as often as it came, and the events of which they told.
#[derive(Clone, Default)]
struct Taken(Arc<Mutex<Vec<(String, serde_json::Value)>>>);

impl Taken {
    fn ids(&self) -> BTreeSet<String> {
        self.0.lock().unwrap().iter().map(|(id, _)| id.clone()).collect()
    }

    fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    fn receiver(&self) -> Site {
        let taken = self.clone();
        Site::answering(move |_, headers, body| {
            let id = headers["webhook-id"].to_str().unwrap().to_owned();
            taken.0.lock().unwrap().push((id, serde_json::from_slice(body).unwrap()));
            StatusCode::NO_CONTENT.into_response()
        })
    }
}

/// A home that follows the demonstration's web and tells a receiver of its own.
fn home(web: &Web, desk: &Site) -> Home {
    let home = Home::new("", "");
    write_configuration(web, home.path(), "127.0.0.1:0".parse().unwrap()).unwrap();
    let watchlist = std::fs::read_to_string(home.path().join("watchlist.toml")).unwrap();
    let of_desk = watchlist.lines().map(|line| match line.split_once(" = ") {
        Some(("allow_private", _)) => format!("allow_private = [\"{}\"]", desk.address),
        Some(("url", _)) => format!("url = \"http://{}/\"", desk.address),
        _ => line.to_owned(),
    });
    let watchlist: Vec<String> = of_desk.collect();
    std::fs::write(home.path().join("watchlist.toml"), watchlist.join("\n")).unwrap();
    home
}

/// Crawls to the end. Lines that it told on the way.
fn crawl(home: &Home) -> usize {
    let output = home.run(&["crawl", "--all"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stderr).lines().count()
}

/// Crawls until so many lines were told, then kills.
fn crawl_and_kill(home: &Home, lines: usize) {
    let mut child = home.start(&["crawl", "--all"]);
    let narration = BufReader::new(child.stderr.take().unwrap());
    narration.lines().take(lines).for_each(drop);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// What a store holds, as far as a kill must not take it away.
#[derive(Debug, Default)]
struct Held {
    events: BTreeMap<String, Event>,
    /// Documents that carry each event.
    mentions: BTreeMap<String, BTreeSet<String>>,
    alerts: BTreeSet<String>,
    rows: usize,
}

/// Opens a store after a kill: it opens at once, its views agree with its journal, nothing is in it twice.
fn look(home: &Home) -> Held {
    let began = Instant::now();
    let store = Store::open(&home.path().join("store")).unwrap();
    assert!(began.elapsed() < Duration::from_secs(5), "it took {:?} to open", began.elapsed());
    assert_eq!(store.verify().unwrap(), Vec::<String>::new());
    let mut held = Held::default();
    for event in store.events(&EventFilter::default()).unwrap() {
        let mentions = store.mentions(&event.id).unwrap();
        let documents: BTreeSet<String> = mentions.iter().map(|mention| mention.document.to_string()).collect();
        assert_eq!(documents.len(), mentions.len(), "{}: a document counts once", event.id);
        assert_eq!(mentions.len(), usize::try_from(event.mention_count).unwrap(), "{}", event.id);
        let rows = store.changes_of(&event.id).unwrap();
        let new = rows.iter().filter(|row| matches!(row.change, EventChange::New { .. })).count();
        assert_eq!(new, 1, "{}: an event is new once", event.id);
        held.mentions.insert(event.id.to_string(), documents);
        held.events.insert(event.id.to_string(), event);
    }
    held.alerts = store.alerts(usize::MAX).unwrap().into_iter().map(|alert| alert.id.to_string()).collect();
    held.rows = store.changes(0, usize::MAX).unwrap().len();
    held
}

/// All that was held before is still held.
fn assert_nothing_lost(before: &Held, after: &Held, told: &BTreeSet<String>, kill: u64) {
    for (id, event) in &before.events {
        let now = after.events.get(id).unwrap_or_else(|| panic!("kill {kill}: event {id} is lost"));
        assert!(now.vintages.len() >= event.vintages.len(), "kill {kill}: {id} lost a vintage");
        assert!(before.mentions[id].is_subset(&after.mentions[id]), "kill {kill}: {id} lost a report");
    }
    assert!(after.rows >= before.rows, "kill {kill}: rows of the change log are lost");
    assert!(before.alerts.is_subset(&after.alerts), "kill {kill}: alerts are lost");
    assert!(told.is_subset(&after.alerts), "kill {kill}: somebody was told of what is not there");
}

/// Which facts there are with which values and reports: what must not depend on kills.
fn essence(held: &Held) -> BTreeMap<String, String> {
    let of = |(id, event): (&String, &Event)| {
        let values: Vec<_> = event.vintages.iter().map(|vintage| (vintage.amount, &vintage.url)).collect();
        (id.clone(), format!("{:?} {:?} {values:?} {:?}", event.fact, event.state, held.mentions[id]))
    };
    held.events.iter().map(of).collect()
}

#[test]
fn kills_at_any_moment_lose_nothing_and_double_nothing() {
    let wanted_kills = std::env::var("BELLWETHER_KILLS").ok().map_or(KILLS, |count| count.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let web = runtime.block_on(Web::start()).unwrap();

    let undisturbed = Taken::default();
    let desk = undisturbed.receiver();
    let control = home(&web, &desk);
    let mut lines = Vec::new();
    for stage in 0..STAGES.len() {
        web.publish(stage);
        lines.push(crawl(&control));
    }
    let wanted = essence(&look(&control));
    assert!(wanted.len() > 20 && undisturbed.ids().len() > 3, "{} events", wanted.len());

    let (mut kills, mut homes, mut again) = (0, 0, 0);
    let mut dice = Dice(2026);
    while kills < wanted_kills {
        homes += 1;
        let taken = Taken::default();
        let desk = taken.receiver();
        let home = home(&web, &desk);
        let mut before = Held::default();
        for (stage, lines) in lines.iter().enumerate() {
            web.publish(stage);
            for _ in 0..KILLS_A_STAGE {
                crawl_and_kill(&home, dice.below(lines + 1));
                kills += 1;
                let after = look(&home);
                assert_nothing_lost(&before, &after, &taken.ids(), kills);
                before = after;
            }
            crawl(&home);
        }
        let last = look(&home);
        assert_nothing_lost(&before, &last, &taken.ids(), kills);
        assert_eq!(essence(&last), wanted, "the end is that of a crawl without kills");
        again += taken.count() - taken.ids().len();
        assert_eq!(taken.ids(), undisturbed.ids(), "the same alerts under the same ids");
    }
    writeln!(
        std::io::stdout(),
        "{kills} kills over {homes} stores: nothing lost or doubled of {} events and {} alerts each; \
         {again} alerts came again under the same id",
        wanted.len(),
        undisturbed.ids().len()
    )
    .unwrap();
}
