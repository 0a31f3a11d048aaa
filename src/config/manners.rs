//! Refuses settings by which public hosts would be asked without manners. Pure.

use std::path::Path;

use super::error::ConfigError;
use crate::settings::{CrawlerSettings, SourceSettings, is_loopback};

/// A gap that is too short, or too many connections, are for this machine alone: the first source elsewhere is named.
pub(super) fn check(crawler: &CrawlerSettings, sources: &[SourceSettings], path: &Path) -> Result<(), ConfigError> {
    let Some(public) = sources.iter().find(|source| !is_loopback(&source.url.url())) else { return Ok(()) };
    let elsewhere = format!("source `{}` is at {}", public.id, public.url.origin());
    if crawler.gap < CrawlerSettings::SHORTEST_GAP {
        let message = format!(
            "{} ms is shorter than the {} s that hosts other than this machine are given, and {elsewhere}",
            crawler.gap.as_millis(),
            CrawlerSettings::SHORTEST_GAP.as_secs()
        );
        return Err(ConfigError::value(path, "[crawler] gap", message)
            .with_hint("write gap = \"2s\"; a shorter one is for sources on 127.0.0.1, ::1 or localhost alone"));
    }
    if crawler.connections_per_host > CrawlerSettings::MOST_CONNECTIONS {
        let message = format!(
            "{} is more than the {} that hosts other than this machine are asked by, and {elsewhere}",
            crawler.connections_per_host,
            CrawlerSettings::MOST_CONNECTIONS
        );
        return Err(ConfigError::value(path, "[crawler] connections_per_host", message)
            .with_hint("leave it out: one request at a time is what site owners expect"));
    }
    Ok(())
}
