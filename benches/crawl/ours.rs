//! What is measured: the crawl of this program with robots.txt, schedule, archive and store, and the reading behind it.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use bellwether::clock::{SharedClock, SystemClock};
use bellwether::crawl::{self, Mode};
use bellwether::settings::{CrawlerSettings, SourceSettings};
use bellwether::{events, shutdown};
use bellwether_model::id::SourceId;
use bellwether_model::snapshot::Snapshot;
use bellwether_model::source::{Resource, SourceKind};
use bellwether_model::web::CanonicalUrl;
use bellwether_store::archive::Archive;
use bellwether_store::{Change, Store, Transaction};
use tokio::task::spawn_blocking;

use crate::cost::{Began, Cost};
use crate::links;

/// How far the line goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Up to the archive; links are found by the search for bytes of the bare loop.
    Crawl,
    /// Up to events, merged and committed.
    Whole,
}

/// Follows one source from here, with a store and an archive of its own.
pub(crate) fn run(url: &str, concurrency: usize, extent: Extent) -> anyhow::Result<Cost> {
    let url = CanonicalUrl::parse(url)?;
    let server: SocketAddr = url.url().socket_addrs(|| None)?.into_iter().next().context("an address")?;
    let settings = CrawlerSettings {
        gap: Duration::ZERO,
        connections_per_host: concurrency,
        concurrency,
        allow_private: vec![server],
        ..CrawlerSettings::default()
    };
    let source = SourceSettings {
        every: Duration::from_secs(3600),
        ..SourceSettings::new(SourceId::new("site"), SourceKind::Listing, url)
    };
    let folder = tempfile::tempdir()?;
    let store = Store::open(&folder.path().join("store"))?;
    let archive = Archive::open(&folder.path().join("archive"))?;
    let clock: SharedClock = Arc::new(SystemClock);
    let runtime = tokio::runtime::Runtime::new()?;
    let began = Began::now()?;
    runtime.block_on(async {
        let (_stop, shutdown) = shutdown::channel();
        let (end_reading, reading_ends) = shutdown::channel();
        let reading = match extent {
            Extent::Crawl => tokio::spawn(find_links(store.clone(), archive.clone())),
            Extent::Whole => {
                let reading =
                    events::run(vec![source.clone()], store.clone(), archive.clone(), clock.clone(), reading_ends);
                tokio::spawn(async move { Ok(reading.await?) })
            }
        };
        let mode = Mode::Once { sources: Vec::new(), all: false };
        let summary = crawl::run(settings, vec![source], store.clone(), archive, clock, mode, shutdown).await?;
        anyhow::ensure!(summary.failed + summary.refused + summary.gone == 0, "{summary:?}");
        match extent {
            Extent::Crawl => reading.abort(),
            Extent::Whole => {
                end_reading.shut_down();
                reading.await??;
            }
        }
        anyhow::ensure!(store.unread(1)?.is_empty(), "something was left unread");
        anyhow::Ok(())
    })?;
    began.cost()
}

/// Commits the links of what was archived, and that it was read.
async fn find_links(store: Store, archive: Archive) -> anyhow::Result<()> {
    let mut commits = store.follow();
    let mut known: HashSet<String> = HashSet::new();
    loop {
        let (of, from) = (store.clone(), archive.clone());
        let (read, seen) = spawn_blocking(move || {
            let unread = of.unread(64)?;
            let Some(last) = unread.last() else { return anyhow::Ok((0, known)) };
            // In one transaction, as the links of one list are: what is measured is the crawl, not the reader.
            let mut transaction = Transaction::new(last.fetched);
            for snapshot in &unread {
                let page = String::from_utf8(from.first(&snapshot.content)?)?;
                for path in links::paths(&page) {
                    if !known.contains(path) {
                        let link = snapshot.final_url.join(path)?;
                        transaction.push(Change::Resource(Box::new(ours(link, snapshot)?)));
                        known.insert(path.to_owned());
                    }
                }
                transaction.push(Change::Read(snapshot.id.clone()));
            }
            of.commit(transaction)?;
            anyhow::Ok((unread.len(), known))
        })
        .await??;
        known = seen;
        if read == 0 {
            // Told of a commit, or of having missed some: both are a reason to look.
            let _told = commits.recv().await;
        }
    }
}

/// A page that is due at once.
fn ours(url: CanonicalUrl, from: &Snapshot) -> anyhow::Result<Resource> {
    let (source, found) = (&from.source, from.fetched);
    let resource = serde_json::json!({"url": url, "source": source, "role": "document", "found": found, "due": found});
    Ok(serde_json::from_value(resource)?)
}
