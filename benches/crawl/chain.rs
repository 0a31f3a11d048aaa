//! What we are compared with: a chain of crates. reqwest fetches, dom_smoothie takes the article's text, a pattern finds
//! figures in it, a file takes a line for each. No robots.txt, no schedule, no archive, nothing merged.

use std::fs::File;
use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use regex::Regex;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use url::Url;

use crate::cost::{Began, Cost};
use crate::links;

/// Fetches and reads everything that is listed here.
pub(crate) fn run(url: &str, concurrency: usize) -> anyhow::Result<Cost> {
    let start = Url::parse(url)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(concurrency).build()?;
    let pattern = Arc::new(Regex::new(r"(年增|年減|增加|減少)?([0-9][0-9,.]*)\s*(億美元|萬美元|億元|%)")?);
    let folder = tempfile::tempdir()?;
    let file = Arc::new(Mutex::new(File::create(folder.path().join("figures.jsonl"))?));
    let began = Began::now()?;
    runtime.block_on(async {
        let list = client.get(start.clone()).send().await?.text().await?;
        let slots = Arc::new(Semaphore::new(concurrency));
        let mut running: JoinSet<anyhow::Result<()>> = JoinSet::new();
        for path in links::paths(&list) {
            let slot = Arc::clone(&slots).acquire_owned().await?;
            let (client, url) = (client.clone(), start.join(path)?);
            let (pattern, file) = (Arc::clone(&pattern), Arc::clone(&file));
            running.spawn(async move {
                let page = client.get(url.clone()).send().await?.error_for_status()?.text().await?;
                drop(slot);
                let read = move || figures(&page, &url, &pattern);
                let lines = tokio::task::spawn_blocking(read).await??;
                Ok(file.lock().unwrap_or_else(PoisonError::into_inner).write_all(lines.as_bytes())?)
            });
        }
        while let Some(ended) = running.join_next().await {
            ended??;
        }
        anyhow::Ok(())
    })?;
    began.cost()
}

fn figures(page: &str, url: &Url, pattern: &Regex) -> anyhow::Result<String> {
    let article = dom_smoothie::Readability::new(page, Some(url.as_str()), None)?.parse()?;
    let text: &str = &article.text_content;
    let mut lines = String::new();
    for found in pattern.captures_iter(text) {
        let line = serde_json::json!({
            "url": url.as_str(), "title": article.title, "published": article.published_time,
            "direction": found.get(1).map(|found| found.as_str()), "value": &found[2], "unit": &found[3],
            "start": found.get(0).map(|found| found.start()),
        });
        lines.push_str(&line.to_string());
        lines.push('\n');
    }
    Ok(lines)
}
