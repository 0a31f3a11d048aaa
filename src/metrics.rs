//! The numbers that the program tells of itself: their names, and the recorder that holds and writes them.
//!
//! Rooms count through the `metrics` facade under the names that stand here, and need not know who listens; without an
//! installed recorder that costs next to nothing. `docs/OPERATIONS.md` has the same table, and a test compares the two.

use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};
use metrics_util::MetricKindMask;

/// What kind of number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only grows while the process lives.
    Counter,
    /// Goes up and down; read from the store when it is asked for.
    Gauge,
    /// Durations in buckets.
    Histogram,
}

/// One number, or one for each value of a label.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Its name by the conventions of Prometheus, with its unit.
    pub name: &'static str,
    /// What kind of number it is.
    pub kind: Kind,
    /// Its label; empty: none.
    pub label: &'static str,
    /// What it tells.
    pub help: &'static str,
}

macro_rules! table {
    ($($constant:ident = $name:literal, $kind:ident, $label:literal, $help:literal;)*) => {
        $(#[doc = $help] pub const $constant: &str = $name;)*
        /// All of them.
        pub const TABLE: &[Metric] =
            &[$(Metric { name: $name, kind: Kind::$kind, label: $label, help: $help }),*];
    };
}

table! {
    FETCHES = "bellwether_fetches_total", Counter, "outcome", "Visits by what came of them: fetched, unchanged, refused, failed, gone.";
    FETCHED_BYTES = "bellwether_fetched_bytes_total", Counter, "", "Decoded bytes of answers, robots.txt counted too.";
    FETCH_SECONDS = "bellwether_fetch_duration_seconds", Histogram, "", "From a request to the last byte of its answer.";
    READINGS = "bellwether_answers_read_total", Counter, "role", "Archived answers that were read, by what they were read as: document, feed, listing, part, rows.";
    READING_SECONDS = "bellwether_reading_duration_seconds", Histogram, "", "Reading one answer, merging what it says and committing it.";
    EVENT_CHANGES = "bellwether_event_changes_total", Counter, "change", "Rows of the change log: new, merged, revised, disputed, settled, held, withdrawn.";
    DELIVERIES = "bellwether_delivery_attempts_total", Counter, "outcome", "Attempts to deliver an alert: delivered, failed, gave_up.";
    HEALTH_CHANGES = "bellwether_source_health_changes_total", Counter, "to", "Changes of a source's state, by the state that it came to.";
    COMMIT_SECONDS = "bellwether_store_commit_duration_seconds", Histogram, "", "From the call to the synced and visible transaction.";
    RESOURCES = "bellwether_resources", Gauge, "", "Addresses that are known.";
    RESOURCES_DUE = "bellwether_resources_due", Gauge, "", "Addresses whose visit is due and has not begun or not ended.";
    HOSTS_RESTING = "bellwether_hosts_resting", Gauge, "", "Hosts that are left alone for now, after failures or because they asked.";
    HOSTS_HELD = "bellwether_hosts_held", Gauge, "process", "Hosts, or named groups of hosts, that each process has to itself on a store that several share.";
    UNREAD = "bellwether_answers_unread", Gauge, "", "Archived answers that wait to be read.";
    SOURCES = "bellwether_sources", Gauge, "health", "Sources by state: new, healthy, slow, silent, failing, blocked, gone.";
    DOCUMENTS = "bellwether_documents", Gauge, "", "Documents in the store.";
    EVENTS = "bellwether_events", Gauge, "", "Events in the store.";
    OUTBOX = "bellwether_outbox_alerts", Gauge, "", "Alerts that wait for delivery.";
    OUTBOX_AGE = "bellwether_outbox_oldest_age_seconds", Gauge, "", "Age of the oldest alert that waits; 0: none does.";
    GIVEN_UP = "bellwether_outbox_given_up_alerts", Gauge, "", "Alerts that were given up; `alerts retry` tries again.";
    ARCHIVE_BYTES = "bellwether_archive_bytes", Gauge, "", "Bytes of the archive on disk.";
    ARCHIVE_BODIES = "bellwether_archive_bodies", Gauge, "", "Bodies in the archive.";
    ARCHIVE_REMOVED = "bellwether_archive_removed_bodies", Gauge, "", "Bodies that retention took out of the archive.";
    JOURNAL_BYTES = "bellwether_store_journal_bytes", Gauge, "", "Bytes of the journal on disk.";
    VIEW_BYTES = "bellwether_store_view_bytes", Gauge, "", "Bytes of the views on disk.";
    SCHEDULE_AGE = "bellwether_schedule_heartbeat_age_seconds", Gauge, "", "Since the loop of the crawl last looked at its schedule; absent where none runs.";
    RESIDENT = "process_resident_memory_bytes", Gauge, "", "Resident memory of the process.";
    CPU = "process_cpu_seconds_total", Gauge, "", "CPU time of the process, in user and system mode.";
    STARTED = "process_start_time_seconds", Gauge, "", "When the process began to serve, in seconds since 1970.";
}

/// Upper ends of the buckets of durations, in seconds: commits take milliseconds, hosts up to half a minute.
const BUCKETS: [f64; 15] =
    [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// A gauge that was not set for so long is no longer told: it is of a process or source that has gone. All others are set each
/// time they are asked for.
const FORGOTTEN: Duration = Duration::from_secs(30);

/// Holds the numbers. Clones share them.
#[derive(Clone)]
pub struct Metrics {
    recorder: Arc<PrometheusRecorder>,
}

impl Metrics {
    /// Numbers of which none is known yet.
    #[must_use]
    pub fn new() -> Self {
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)
            .expect("there are buckets")
            .idle_timeout(MetricKindMask::GAUGE, Some(FORGOTTEN));
        let recorder = Arc::new(builder.build_recorder());
        ::metrics::with_local_recorder(&recorder, describe);
        Self { recorder }
    }

    /// Numbers that the whole process counts into. The first call decides; a later one returns others, into which only
    /// what [`Metrics::text`] sets goes.
    #[must_use]
    pub fn installed() -> Self {
        let metrics = Self::new();
        if ::metrics::set_global_recorder(Arc::clone(&metrics.recorder)).is_err() {
            tracing::debug!("another recorder of metrics is installed already");
        }
        metrics
    }

    /// The numbers in the text format of Prometheus. `set` writes the gauges first, through the `metrics` facade.
    #[must_use]
    pub fn text(&self, set: impl FnOnce()) -> String {
        ::metrics::with_local_recorder(&self.recorder, set);
        self.recorder.handle().render()
    }

    /// Sorts durations into their buckets, which otherwise happens only when the numbers are asked for: without it, the
    /// samples of a program that nobody asks would fill its memory.
    pub fn tidy(&self) {
        self.recorder.handle().run_upkeep();
    }
}

/// How often [`Metrics::tidy`] is to be called.
pub const TIDY_EVERY: Duration = Duration::from_secs(5);

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

fn describe() {
    for metric in TABLE {
        match metric.kind {
            Kind::Counter => ::metrics::describe_counter!(metric.name, metric.help),
            Kind::Gauge => ::metrics::describe_gauge!(metric.name, metric.help),
            Kind::Histogram => ::metrics::describe_histogram!(metric.name, metric.help),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_with_help_type_and_buckets() {
        let metrics = Metrics::new();
        let text = metrics.text(|| {
            ::metrics::counter!(FETCHES, "outcome" => "fetched").increment(3);
            ::metrics::gauge!(RESOURCES_DUE).set(7.0);
            ::metrics::histogram!(FETCH_SECONDS).record(0.2);
        });
        for line in [
            "# TYPE bellwether_fetches_total counter",
            "bellwether_fetches_total{outcome=\"fetched\"} 3",
            "bellwether_resources_due 7",
            "# TYPE bellwether_fetch_duration_seconds histogram",
            "bellwether_fetch_duration_seconds_bucket{le=\"0.1\"} 0",
            "bellwether_fetch_duration_seconds_bucket{le=\"0.25\"} 1",
            "bellwether_fetch_duration_seconds_count 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert!(text.contains("# HELP bellwether_fetches_total Visits by what came of them"), "{text}");
    }

    #[test]
    fn the_document_has_the_same_table() {
        let document = include_str!("../docs/OPERATIONS.md");
        let told: Vec<&str> = document
            .lines()
            .filter(|line| line.starts_with("| `bellwether_") || line.starts_with("| `process_"))
            .collect();
        let rows: Vec<String> = TABLE
            .iter()
            .map(|metric| {
                let label = if metric.label.is_empty() { String::new() } else { format!("`{}`", metric.label) };
                let kind = format!("{:?}", metric.kind).to_lowercase();
                format!("| `{}` | {kind} | {label} | {} |", metric.name, metric.help)
            })
            .collect();
        assert_eq!(told, rows);
    }

    #[test]
    fn names_follow_the_conventions() {
        let mut names: Vec<&str> = TABLE.iter().map(|metric| metric.name).collect();
        for metric in TABLE {
            assert!(metric.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{}", metric.name);
            assert_eq!(
                metric.kind == Kind::Counter || metric.name == CPU,
                metric.name.ends_with("_total"),
                "{}",
                metric.name
            );
            assert!(metric.kind != Kind::Histogram || metric.name.ends_with("_seconds"), "{}", metric.name);
            assert!(metric.help.ends_with('.'), "{}", metric.name);
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), TABLE.len());
    }
}
