//! `sources add`: what of a site can be followed, and the blocks of sources.toml that do it.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::Arc;

use bellwether_extractors::{PageContext, feed, listing};
use bellwether_model::id::SourceId;
use bellwether_model::source::SourceKind;
use bellwether_model::web::CanonicalUrl;

use super::args::Cli;
use super::failure::{ExitStatus, UsageError};
use super::output::printable;
use super::subscriptions::{Block, keep};
use crate::clock::SystemClock;
use crate::crawl::{FetchedPage, Prober};
use crate::settings::SourceSettings;

/// Where sites often have a feed or a sitemap that no page of theirs names. Asked one after the other, each with the
/// pause that its host is given, and only where nothing else was found.
const USUAL_PLACES: [&str; 6] = ["/feed", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/sitemap.xml"];
/// Sitemaps of robots.txt that are looked at.
const MOST_SITEMAPS: usize = 4;
/// Feeds of a page that are looked at.
const MOST_FEEDS: usize = 8;

pub(super) fn run(cli: &Cli, url: &str, write: bool) -> anyhow::Result<ExitStatus> {
    let settings = super::settings(cli)?;
    let url = CanonicalUrl::parse(url).map_err(|cause| UsageError::new(cause.to_string()))?;
    let found = super::runtime()?.block_on(async {
        let prober = Prober::new(&settings.crawler, Arc::new(SystemClock))?;
        let mut search = Search { prober, found: Vec::new(), seen: BTreeSet::new() };
        search.site(&url).await?;
        anyhow::Ok(search.found)
    })?;
    if found.is_empty() {
        writeln!(std::io::stderr(), "{url}: neither a feed, a sitemap, a board nor a list of links was found")?;
        return Ok(ExitStatus::Attention);
    }
    keep(cli, &settings, found, write)
}

/// A search of one site.
struct Search<'s> {
    prober: Prober<'s>,
    found: Vec<Block>,
    seen: BTreeSet<CanonicalUrl>,
}

impl Search<'_> {
    async fn site(&mut self, url: &CanonicalUrl) -> anyhow::Result<()> {
        let Some(page) = self.ask(url, SourceKind::Page).await? else { return Ok(()) };
        if self.taken(&page) {
            return Ok(());
        }
        let offers = listing::offers(&page.body, &context(&page));
        if let Some(engine) = offers.engine {
            let title = offers.title.clone().unwrap_or_default();
            tell(&format!("board of {engine} at {}", page.final_url))?;
            self.found.push(Block {
                engine: Some(engine.to_owned()),
                ..Block::new(SourceKind::Forum, page.final_url.clone(), &title)
            });
            return Ok(());
        }
        for link in offers.feeds.iter().take(MOST_FEEDS) {
            self.look(&link.url).await?;
        }
        for sitemap in self.sitemaps(url).await? {
            self.look(&sitemap).await?;
        }
        if self.found.is_empty() {
            for place in USUAL_PLACES {
                if let Ok(usual) = url.join(place) {
                    self.look(&usual).await?;
                }
                if !self.found.is_empty() {
                    break;
                }
            }
        }
        if self.found.is_empty() {
            let links = listing::read(&page.body, &context(&page), &listing::ListingRules::default());
            if !links.links.is_empty() {
                tell(&format!("page with {} links at {}", links.links.len(), page.final_url))?;
                let title = offers.title.unwrap_or_default();
                self.found.push(Block::new(SourceKind::Listing, page.final_url, &title));
            }
        }
        Ok(())
    }

    /// Looks whether a feed or sitemap is at an address.
    async fn look(&mut self, url: &CanonicalUrl) -> anyhow::Result<()> {
        if self.seen.contains(url) {
            return Ok(());
        }
        if let Some(page) = self.ask(url, SourceKind::Sitemap).await?
            && !self.taken(&page)
        {
            tell(&format!("neither feed nor sitemap at {url}"))?;
        }
        Ok(())
    }

    /// Takes an answer that is a feed or a sitemap.
    fn taken(&mut self, page: &FetchedPage) -> bool {
        let context = context(page);
        let read = feed::read(&page.body, &context);
        if !read.entries.is_empty() || (read.title.is_some() && read.problems.is_empty()) {
            let title = read.title.unwrap_or_default();
            self.found.push(Block {
                note: Some(format!("{} entries", read.entries.len())),
                ..Block::new(SourceKind::Feed, page.final_url.clone(), &title)
            });
            return true;
        }
        let links = listing::read(&page.body, &context, &listing::ListingRules::default());
        if links.is_sitemap && !links.links.is_empty() {
            let what = if links.is_index { "sitemaps" } else { "addresses" };
            self.found.push(Block {
                note: Some(format!("{} {what}", links.links.len())),
                ..Block::new(SourceKind::Sitemap, page.final_url.clone(), "")
            });
        }
        links.is_sitemap
    }

    /// The sitemaps that robots.txt names (sitemaps.org, "Specifying the Sitemap location").
    async fn sitemaps(&mut self, url: &CanonicalUrl) -> anyhow::Result<Vec<CanonicalUrl>> {
        let Ok(robots) = url.join("/robots.txt") else { return Ok(Vec::new()) };
        let Some(page) = self.ask(&robots, SourceKind::Page).await? else { return Ok(Vec::new()) };
        let text = String::from_utf8_lossy(&page.body);
        let named = text.lines().filter_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.trim().eq_ignore_ascii_case("sitemap").then(|| robots.join(value).ok())?
        });
        Ok(named.take(MOST_SITEMAPS).collect())
    }

    /// Fetches an address; `None`, and a line to the person: nothing came that could be read.
    async fn ask(&mut self, url: &CanonicalUrl, kind: SourceKind) -> anyhow::Result<Option<FetchedPage>> {
        self.seen.insert(url.clone());
        let source = SourceSettings::new(SourceId::new("added"), kind, url.clone());
        match self.prober.fetch(&source).await {
            Ok(page) if page.status == 200 => Ok(Some(page)),
            Ok(page) => {
                tell(&format!("HTTP {} at {url}", page.status))?;
                Ok(None)
            }
            Err(failure) => {
                tell(&printable(&failure.to_string()))?;
                Ok(None)
            }
        }
    }
}

fn context(page: &FetchedPage) -> PageContext {
    PageContext {
        url: Some(page.final_url.to_string()),
        content_type: page.content_type.clone(),
        fetched: Some(page.fetched),
        ..PageContext::default()
    }
}

fn tell(words: &str) -> std::io::Result<()> {
    writeln!(std::io::stderr(), "{words}")
}
