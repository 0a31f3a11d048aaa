//! "What does a turn of the timetable cost as it grows?" One pass through everything that is due: advance, take, finish.
//!
//! `cargo run --release --example queue`

use std::time::{Duration, Instant};

use bellwether::crawl::simulation::turns;

#[expect(clippy::print_stdout, reason = "the figures are what it is for")]
fn main() {
    println!("| resources | hosts | a turn |");
    println!("|---|---|---|");
    for (resources, hosts) in [(1_000, 100), (10_000, 1_000), (50_000, 5_000), (200_000, 20_000), (200_000, 100)] {
        let best = (0..5)
            .map(|_| {
                let began = Instant::now();
                let turns = turns(resources, hosts);
                began.elapsed() / u32::try_from(turns).expect("fewer than four billion")
            })
            .min()
            .unwrap_or(Duration::ZERO);
        println!("| {resources} | {hosts} | {:.2} µs |", best.as_secs_f64() * 1e6);
    }
}
