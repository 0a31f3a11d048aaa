//! What a run has cost this process, as the kernel counts it.

use std::time::Instant;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

/// Ticks of `/proc/self/stat` a second: fixed for programs on Linux, whatever the kernel's own is.
const TICKS: f64 = 100.0;

/// Cost of a run.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Cost {
    /// Seconds from the first request to the last record.
    pub(crate) wall: f64,
    /// Seconds of CPU in this process, in the kernel too, of all threads.
    pub(crate) cpu: f64,
    /// The most memory that was resident.
    pub(crate) peak_bytes: u64,
}

/// A run that has begun.
pub(crate) struct Began {
    at: Instant,
    cpu: f64,
}

impl Began {
    /// From now.
    pub(crate) fn now() -> anyhow::Result<Self> {
        Ok(Self { at: Instant::now(), cpu: cpu()? })
    }

    /// Until now.
    pub(crate) fn cost(&self) -> anyhow::Result<Cost> {
        Ok(Cost { wall: self.at.elapsed().as_secs_f64(), cpu: cpu()? - self.cpu, peak_bytes: peak()? })
    }
}

fn cpu() -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").context("this bench runs on Linux")?;
    // Behind the name in parentheses: fields 14 and 15 of proc(5), counted from 3.
    let rest = stat.rsplit(')').next().context("a name in parentheses")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|ticks| ticks.parse::<f64>().ok()).context("a count of ticks");
    Ok((ticks(11)? + ticks(12)?) / TICKS)
}

fn peak() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("a line VmHWM")?;
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kibibytes << 10)
}
