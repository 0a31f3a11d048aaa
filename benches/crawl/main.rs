//! What a page costs from request to archive, and on to events, beside a bare loop and a chain of crates that do the same
//! work with less care: pages a second, CPU seconds a page, peak memory. Linux only: it reads `/proc`.
//!
//! The site, and each run, are processes of their own, so that neither pays for the other. All of them fetch the same pages
//! from the same server, which counts what it served.
#![allow(clippy::print_stdout, reason = "the table is what the bench is for")]

mod bare;
mod chain;
mod cost;
mod links;
mod ours;
mod pages;
mod site;

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail};

use cost::Cost;

/// Rounds of each run; the cheapest counts, since others may use the machine.
const ROUNDS: usize = 3;

/// What is run: its name, and the list of pages that it begins with.
const RUNS: &[(&str, &str)] = &[("bare", "/"), ("crawl", "/"), ("chain", "/all"), ("whole", "/all")];

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["serve", pages, latency] => site::serve(pages.parse()?, latency.parse()?),
        ["run", name, url, concurrency] => {
            let cost = run(name, url, concurrency.parse()?)?;
            println!("{}", serde_json::to_string(&cost)?);
            Ok(())
        }
        rest => compare(rest),
    }
}

fn run(name: &str, url: &str, concurrency: usize) -> anyhow::Result<Cost> {
    match name {
        "bare" => bare::run(url, concurrency),
        "crawl" => ours::run(url, concurrency, ours::Extent::Crawl),
        "chain" => chain::run(url, concurrency),
        "whole" => ours::run(url, concurrency, ours::Extent::Whole),
        other => bail!("there is no run `{other}`"),
    }
}

/// All runs, or those whose names are given, at 16 and 64 requests at once; then at 50 ms of latency.
fn compare(names: &[&str]) -> anyhow::Result<()> {
    let chosen = |name: &str| names.is_empty() || names.contains(&name);
    println!("| latency | at once | run | pages/s | CPU ms/page | peak MiB | pages | requests |");
    println!("|---|---|---|---|---|---|---|---|");
    for (pages, latency, concurrency) in [(3000, 0, 16), (3000, 0, 64), (1500, 50, 16), (3000, 50, 64)] {
        for (name, from) in RUNS.iter().filter(|(name, _)| chosen(name)) {
            let mut best: Option<(Cost, u64)> = None;
            for _ in 0..ROUNDS {
                let (cost, requests) = round(name, from, pages, latency, concurrency)?;
                if best.as_ref().is_none_or(|(known, _)| cost.cpu < known.cpu) {
                    best = Some((cost, requests));
                }
            }
            let (cost, requests) = best.context("there is at least one round")?;
            println!(
                "| {latency} ms | {concurrency} | {name} | {:.0} | {:.3} | {:.0} | {pages} | {requests} |",
                f64::from(pages) / cost.wall,
                cost.cpu / f64::from(pages) * 1e3,
                cost.peak_bytes as f64 / f64::from(1 << 20),
            );
        }
    }
    Ok(())
}

/// One run against a server of its own: what it cost, and the requests that it made.
fn round(name: &str, from: &str, pages: u32, latency: u32, concurrency: usize) -> anyhow::Result<(Cost, u64)> {
    let program = std::env::current_exe()?;
    let command = |arguments: &[&str]| {
        let mut command = Command::new(&program);
        command.args(arguments).stdout(Stdio::piped());
        command
    };
    let mut server =
        Ended(command(&["serve", &pages.to_string(), &latency.to_string()]).stdin(Stdio::piped()).spawn()?);
    let mut said = BufReader::new(server.0.stdout.take().context("the server speaks")?).lines();
    let address = said.next().context("the server says where it listens")??;
    let url = format!("http://{address}{from}");
    let output = command(&["run", name, &url, &concurrency.to_string()]).output()?;
    if !output.status.success() {
        bail!("{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let cost: Cost = serde_json::from_slice(&output.stdout)?;
    // Closing its input has the server say what it saw.
    drop(server.0.stdin.take());
    let seen: site::Seen = serde_json::from_str(&said.next().context("the server counts")??)?;
    if seen.pages != u64::from(pages) {
        bail!("{name}: {} of {pages} pages were fetched", seen.pages);
    }
    if seen.at_once > concurrency as u64 {
        bail!("{name}: {} requests at once, {concurrency} are allowed", seen.at_once);
    }
    Ok((cost, seen.requests))
}

/// A process that ends with us.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.0.kill();
        let _status = self.0.wait();
    }
}
