//! How many pages and characters a second one core reads, stage by stage.
//!
//! `cargo bench -p bellwether-extractors --bench reading [-- SET-OR-STAGE…]`. Inputs are pages made here, and the real ones of `../shared`
//! where it is present. Times are those that this thread spent on a core, the best of several rounds, so that a busy
//! machine disturbs them little. `BENCH_PAGES` names a folder into which the pages are written for `extractors/benches/peer.py`,
//! which has a peer read the same.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench prints its figures, stops at the first failure and needs a clock"
)]

mod inputs;

use std::hint::black_box;
use std::time::{Duration, Instant};

use bellwether_extractors::{decode, extract, figures, page, policy, statements, text};
use bellwether_model::document::Document;
use inputs::{Input, Set};
use jiff::civil::Date;

/// A round reads the set as often as fills this time: the kernel counts time on a core in ticks of a few milliseconds.
const ROUND: Duration = Duration::from_millis(200);
/// Rounds of a stage.
const ROUNDS: usize = 5;

fn main() {
    // `cargo test --benches` only asks whether it runs.
    let measure = std::env::args().any(|argument| argument == "--bench");
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let mut sets = inputs::made();
    match inputs::shared() {
        Some(shared) => sets.extend(shared),
        None => println!("skipped: ../shared is absent, only made pages are read"),
    }
    if let Some(folder) = std::env::var_os("BENCH_PAGES") {
        inputs::write(folder.as_ref(), &sets).unwrap();
    }
    println!("{:<16} {:<14} {:>9} {:>9} {:>10} {:>9}", "input", "stage", "docs/s", "MB/s", "Mchar/s", "us/doc");
    for set in &sets {
        let mut bench = Bench { set, measure, wanted: &wanted, bytes: 0, characters: 0 };
        bench.run();
    }
}

struct Bench<'a> {
    set: &'a Set,
    measure: bool,
    /// Stages or sets to measure; all where none is named.
    wanted: &'a [String],
    bytes: usize,
    characters: usize,
}

impl Bench<'_> {
    fn run(&mut self) {
        let inputs = &self.set.inputs;
        let read: Vec<(Document, Option<Date>)> = inputs
            .iter()
            .map(|input| {
                let document = page::read(&input.bytes, &input.context).0;
                let day = document.published.map(|time| time.date());
                (document, day)
            })
            .collect();
        self.bytes = inputs.iter().map(|input| input.bytes.len()).sum();
        self.characters =
            inputs.iter().map(|input| decode::decode(&input.bytes, &input.context).text.chars().count()).sum();
        self.stage("decode", inputs, |input| decode::decode(&input.bytes, &input.context).text.len());
        self.stage("page", inputs, |input| page::read(&input.bytes, &input.context).0.text.len());
        if self.set.markup {
            self.stage("dom_smoothie", inputs, peer);
        }
        self.bytes = read.iter().map(|(document, _)| document.text.len()).sum();
        self.characters = read.iter().map(|(document, _)| document.text.chars().count()).sum();
        self.stage("text", &read, |(document, day)| {
            let (numerals, periods) = text::tokens(&document.text, *day);
            text::sentences(&document.text).len() + numerals.len() + periods.len()
        });
        self.stage("figures", &read, |(document, day)| figures::read(document, *day, None).len());
        self.stage("statements", &read, |(document, _)| statements::read(document).len());
        self.stage("policy", &read, |(document, day)| policy::read(document, *day).len());
        self.bytes = inputs.iter().map(|input| input.bytes.len()).sum();
        self.stage("all", inputs, |input| extract(&input.bytes, &input.context).figures.len());
    }

    /// Does the work on all items again and again and prints the best round.
    fn stage<T>(&self, stage: &str, items: &[T], work: impl Fn(&T) -> usize) {
        if !self.wanted.is_empty() && !self.wanted.iter().any(|name| name == stage || name == self.set.name) {
            return;
        }
        let started = Instant::now();
        let (mut best, mut rounds, mut passes) = (Duration::MAX, 0, 1_u32);
        loop {
            let before = on_core(started);
            for item in (0..passes).flat_map(|_| items) {
                black_box(work(black_box(item)));
            }
            let spent = on_core(started).saturating_sub(before);
            if self.measure && spent < ROUND {
                passes *= 2;
                continue;
            }
            best = best.min(spent / passes);
            rounds += 1;
            if rounds >= ROUNDS || !self.measure {
                break;
            }
        }
        let seconds = best.as_secs_f64();
        let rate = |count: usize| f64::from(u32::try_from(count).unwrap()) / seconds;
        println!(
            "{:<16} {stage:<14} {:>9.0} {:>9.2} {:>10.3} {:>9.1}",
            self.set.name,
            rate(items.len()),
            rate(self.bytes) / 1e6,
            rate(self.characters) / 1e6,
            1e6 / rate(items.len()),
        );
    }
}

/// Article text by the crate alone that reads articles where no rule does: what the stage `page` is compared with.
fn peer(input: &Input) -> usize {
    let markup = decode::decode(&input.bytes, &input.context).text;
    let article = dom_smoothie::Readability::new(markup, None, None).and_then(|mut reader| reader.parse());
    article.map_or(0, |article| article.text_content.len())
}

/// The time that this thread has spent on a core, where the system tells; else the time since the start.
fn on_core(started: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let spent = told.and_then(|told| told.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok()));
    spent.map_or_else(|| started.elapsed(), Duration::from_nanos)
}
