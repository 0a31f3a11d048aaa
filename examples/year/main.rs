//! A year of two thousand sources, played in steps: what the schedule costs, beside polling at fixed intervals.
//!
//! `cargo run --release --example year [SOURCES]`

mod population;

use std::time::{Duration, Instant};

use bellwether::calendar::Pace;
use bellwether::crawl::simulation::{Course, Fate, fixed_requests, median, play};
use bellwether::settings::CrawlerSettings;
use jiff::Timestamp;
use population::{Chance, Class, sources};

#[expect(clippy::print_stdout, reason = "the figures are what it is for")]
fn main() {
    let count = std::env::args().nth(1).map_or(2_000, |count| count.parse().expect("a number of sources"));
    let from: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a time");
    let to: Timestamp = "2027-01-01T00:00:00Z".parse().expect("a time");
    let mut chance = Chance::new(1);
    let population = sources(count, from, to, &mut chance);
    let fates: Vec<_> = population.iter().map(|(_, fate)| fate.clone()).collect();

    let began = Instant::now();
    let played = play(&fates, &CrawlerSettings::default(), (from, to), &mut || chance.next());
    let took = began.elapsed();

    println!("| sources | what | news | median delay | nine in ten within | requests | fixed, same median | ratio |");
    println!("|---|---|---|---|---|---|---|---|");
    let span = to.duration_since(from);
    let (mut all, mut all_fixed) = (0, 0.0);
    for class in Class::ALL {
        let of_class: Vec<(&Fate, &Course)> = population
            .iter()
            .zip(&played.courses)
            .filter(|((of, _), _)| *of == class)
            .map(|((_, fate), course)| (fate, course))
            .collect();
        let requests: u64 = of_class.iter().map(|(_, course)| course.requests).sum();
        let mut delays: Vec<Duration> = of_class.iter().flat_map(|(fate, course)| counted(fate, course)).collect();
        delays.sort_unstable();
        let middle = median(delays.clone()).unwrap_or_default();
        let most = delays.get(delays.len() * 9 / 10).copied().unwrap_or_default();
        let fixed = fixed_requests(middle, span) * count_of(of_class.len());
        let asked = requests_of(requests);
        all += requests;
        all_fixed += fixed;
        println!(
            "| {} | {} | {} | {:.1} min | {:.1} min | {requests} | {fixed:.0} | {:.2} |",
            of_class.len(),
            class.words(),
            delays.len(),
            middle.as_secs_f64() / 60.0,
            most.as_secs_f64() / 60.0,
            asked / fixed
        );
    }
    println!("| {count} | all | | | | {all} | {all_fixed:.0} | {:.2} |", requests_of(all) / all_fixed);
    println!(
        "\n{all} visits in {:.1} s; busiest minute {} requests; shortest gap of a host {:?}",
        took.as_secs_f64(),
        played.busiest_minute,
        played.shortest_gap.unwrap_or_default()
    );
}

/// The delays that count: of a ministry those of what came in its windows.
fn counted<'a>(fate: &'a Fate, course: &'a Course) -> impl Iterator<Item = Duration> + 'a {
    let in_window = |at: Timestamp| {
        fate.settings.calendar.as_ref().is_none_or(|calendar| matches!(calendar.pace(at, None), Pace::Window { .. }))
    };
    course.delays.iter().filter(move |(at, _)| in_window(*at)).map(|(_, delay)| *delay)
}

#[expect(clippy::cast_precision_loss, reason = "numbers of sources and requests are far below 2^52")]
fn requests_of(count: u64) -> f64 {
    count as f64
}

fn count_of(count: usize) -> f64 {
    requests_of(u64::try_from(count).unwrap_or(u64::MAX))
}
