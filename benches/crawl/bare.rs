//! What we are compared with: a loop over reqwest that follows links, keeps nothing and has no manners.

use std::collections::HashSet;

use tokio::task::JoinSet;
use url::Url;

use crate::cost::{Began, Cost};
use crate::links;

/// Fetches everything that is linked from here.
pub(crate) fn run(url: &str, concurrency: usize) -> anyhow::Result<Cost> {
    let start = Url::parse(url)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(concurrency).build()?;
    let began = Began::now()?;
    runtime.block_on(async {
        let mut known = HashSet::from([start.path().to_owned()]);
        let mut waiting = vec![start.clone()];
        let mut running: JoinSet<anyhow::Result<Vec<String>>> = JoinSet::new();
        loop {
            while running.len() < concurrency
                && let Some(url) = waiting.pop()
            {
                let client = client.clone();
                running.spawn(async move {
                    let page = client.get(url).send().await?.error_for_status()?.bytes().await?;
                    let page = String::from_utf8_lossy(&page);
                    Ok(links::paths(&page).map(str::to_owned).collect())
                });
            }
            let Some(found) = running.join_next().await else { return anyhow::Ok(()) };
            for path in found?? {
                if !known.contains(&path) {
                    waiting.push(start.join(&path)?);
                    known.insert(path);
                }
            }
        }
    })?;
    began.cost()
}
