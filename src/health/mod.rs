//! Judges each source after its visits and readings, and tells the operator of a change, once. A door.
//!
//! What is well is decided in `view::health`, which is pure; this room reads the store, commits the state together with
//! the alerts that it causes, and says so in the log. Readers of news are not told: only channels with `operator = true`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bellwether_model::alert::{Alert, AlertKind, Delivery};
use bellwether_model::health::SourceHealth;
use bellwether_model::id::SourceId;
use bellwether_model::source::Health;
use bellwether_store::{Change, Committed, Store, Transaction};
use jiff::Timestamp;
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;

use crate::clock::SharedClock;
use crate::metrics::HEALTH_CHANGES;
use crate::settings::{ChannelSettings, SourceSettings};
use crate::shutdown::Shutdown;
use crate::view::health::{Facts, after};

/// How long changes of a source are gathered before it is judged.
const GATHER: Duration = Duration::from_secs(5);
/// How often all sources are judged, for the states that time alone brings about.
const ALL_EVERY: Duration = Duration::from_secs(10 * 60);

/// Judging that cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum HealthError {
    /// The store does not take a transaction.
    #[error("cannot record the state of a source")]
    Commit(#[from] bellwether_store::CommitError),
    /// The store cannot be read.
    #[error("cannot read how the sources fare")]
    Read(#[from] bellwether_store::ReadError),
}

/// Judges sources as they are visited and read, until shutdown.
///
/// # Errors
/// See [`HealthError`].
pub async fn run(
    sources: Vec<SourceSettings>,
    channels: Vec<ChannelSettings>,
    store: Store,
    clock: SharedClock,
    mut shutdown: Shutdown,
) -> Result<(), HealthError> {
    // Followed before the first look, so that nothing falls between looking and waiting.
    let mut commits = store.follow();
    let mut all = true;
    let mut touched = BTreeSet::new();
    let mut next_all = tokio::time::Instant::now();
    while !shutdown.is_requested() {
        if all || !touched.is_empty() {
            let of_these = |source: &&SourceSettings| all || touched.contains(&source.id);
            let judged: Vec<SourceSettings> = sources.iter().filter(of_these).cloned().collect();
            let (channels, store, clock) = (channels.clone(), store.clone(), clock.clone());
            let work = tokio::task::spawn_blocking(move || catch_up(&judged, &channels, &store, &clock));
            match work.await {
                Ok(done) => done?,
                Err(stopped) => std::panic::resume_unwind(stopped.into_panic()),
            };
            if all {
                next_all = tokio::time::Instant::now() + ALL_EVERY;
            }
            (all, touched) = (false, BTreeSet::new());
        }
        let gathered = tokio::time::sleep(GATHER);
        tokio::pin!(gathered);
        loop {
            tokio::select! {
                () = shutdown.requested() => break,
                () = &mut gathered, if all || !touched.is_empty() => break,
                () = tokio::time::sleep_until(next_all) => {
                    all = true;
                    break;
                }
                committed = commits.recv() => all |= learn(committed, &mut touched).await,
            }
        }
    }
    Ok(())
}

/// Notes which sources a commit is of; says whether some were missed.
async fn learn(committed: Result<Committed, RecvError>, touched: &mut BTreeSet<SourceId>) -> bool {
    match committed {
        Ok(committed) => {
            for change in &committed.transaction.changes {
                match change {
                    Change::Resource(resource) if resource.visit.is_some() => {
                        touched.insert(resource.source.clone());
                    }
                    Change::Harvest(harvest) => {
                        touched.insert(harvest.source.clone());
                    }
                    _ => {}
                }
            }
            false
        }
        Err(RecvError::Lagged(_)) => true,
        // Nobody writes any more; the signal to end is on its way.
        Err(RecvError::Closed) => std::future::pending().await,
    }
}

/// Judges these sources now and returns how many changed their state.
///
/// # Errors
/// See [`HealthError`].
pub fn catch_up(
    sources: &[SourceSettings],
    channels: &[ChannelSettings],
    store: &Store,
    clock: &SharedClock,
) -> Result<usize, HealthError> {
    let mut changed = 0;
    for source in sources {
        let now = clock.now();
        let before = store.source_health(&source.id)?;
        let resources = store.resources(Some(&source.id))?;
        let harvest = store.harvest(&source.url)?;
        let facts = Facts { source, resources: &resources, harvest: harvest.as_ref(), now };
        let state = after(before.clone(), &facts);
        if before.as_ref() == Some(&state) || (before.is_none() && state.health == Health::New) {
            continue;
        }
        let from = before.as_ref().map_or(Health::New, |before| before.health);
        let mut transaction = Transaction::new(now);
        transaction.push(Change::SourceHealth(Box::new(state.clone())));
        if from != state.health {
            changed += 1;
            tell(from, &state);
            // That a new source is well is what everybody expects.
            if from.is_ill() || state.health.is_ill() {
                let told = channels.iter().filter(|channel| channel.operator);
                transaction
                    .changes
                    .extend(told.map(|channel| Change::Alert(Box::new(alert(channel, from, &state, now)))));
            }
        }
        store.commit(transaction)?;
    }
    Ok(changed)
}

/// The one message on a change: a warning where a source fell ill, else for the record.
fn tell(from: Health, state: &SourceHealth) {
    metrics::counter!(HEALTH_CHANGES, "to" => state.health.name()).increment(1);
    let (source, from, to) = (state.source.as_str(), from.name(), state.health.name());
    let problem = state.problem.as_deref().unwrap_or_default();
    if state.health.is_ill() {
        tracing::warn!(source.id = source, from, to, problem, "a source is no longer well");
    } else {
        tracing::info!(source.id = source, from, to, problem, "a source is well");
    }
}

fn alert(channel: &ChannelSettings, from: Health, state: &SourceHealth, now: Timestamp) -> Alert {
    let kind = AlertKind::SourceHealth;
    let (subject, problem) = (state.source.as_str(), state.problem.as_deref().unwrap_or_default());
    let colon = if problem.is_empty() { "" } else { ": " };
    let summary = format!("source `{subject}` is {}, was {}{colon}{problem}", state.health.name(), from.name());
    let data = json!({
        "id": subject, "source": subject, "summary": summary, "from": from, "to": state.health, "since": state.since,
        "problem": state.problem,
    });
    let labels = [("type", kind.name()), ("source", subject), ("health", state.health.name())];
    Alert {
        id: Alert::name(kind, &channel.id, subject, &format!("{} since {}", state.health.name(), state.since)),
        kind,
        channel: channel.id.clone(),
        created: now,
        subject: subject.to_owned(),
        data: data.to_string(),
        summary,
        labels: labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect::<BTreeMap<_, _>>(),
        group: None,
        delivery: Delivery::Waiting { due: now, attempts: 0, last_error: None },
    }
}
