//! `sources import`, and the blocks that it and `sources add` write: sources.toml grows at its end, so that everything in
//! it stays as it is.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use bellwether_extractors::feed;
use bellwether_model::source::SourceKind;
use bellwether_model::web::CanonicalUrl;
use yaml_rust2::{Yaml, YamlLoader};

use super::args::Cli;
use super::failure::{ExitStatus, UsageError};
use super::output;
use crate::config;
use crate::settings::Settings;

/// Letters of an id that is made of an address.
const LONGEST_ID: usize = 40;

/// A block of sources.toml that is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) kind: SourceKind,
    pub(super) url: CanonicalUrl,
    /// What it is called where it was found; a comment.
    pub(super) title: String,
    /// What was seen in it; a comment.
    pub(super) note: Option<String>,
    pub(super) engine: Option<String>,
    /// CSS selector of the links.
    pub(super) links: Option<String>,
}

impl Block {
    pub(super) fn new(kind: SourceKind, url: CanonicalUrl, title: &str) -> Self {
        Self { kind, url, title: title.to_owned(), note: None, engine: None, links: None }
    }

    fn text(&self, id: &str) -> String {
        let said: Vec<&str> =
            [Some(self.title.trim()), self.note.as_deref()].into_iter().flatten().filter(|s| !s.is_empty()).collect();
        let said: String = said.join(", ").chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let mut text = if said.is_empty() { String::new() } else { format!("# {said}\n") };
        let kind = match self.kind {
            SourceKind::Feed => "feed",
            SourceKind::Listing => "listing",
            SourceKind::Sitemap => "sitemap",
            SourceKind::Forum => "forum",
            SourceKind::Page => "page",
            SourceKind::Api => "api",
        };
        let quoted = |value: &str| toml::Value::String(value.to_owned()).to_string();
        text.push_str(&format!("[[source]]\nid = \"{id}\"\nkind = \"{kind}\"\n"));
        if let Some(engine) = &self.engine {
            text.push_str(&format!("engine = {}\n", quoted(engine)));
        }
        text.push_str(&format!("url = {}\n", quoted(self.url.as_str())));
        if let Some(links) = &self.links {
            text.push_str(&format!("links = {}\n", quoted(links)));
        }
        text
    }
}

pub(super) fn run(cli: &Cli, file: &Path, write: bool) -> anyhow::Result<ExitStatus> {
    let settings = super::settings(cli)?;
    let text = std::fs::read_to_string(file)
        .map_err(|cause| UsageError::new(format!("cannot read {}: {cause}", file.display())))?;
    let is_markup = text.trim_start_matches('\u{feff}').trim_start().starts_with('<');
    let (blocks, left) = if is_markup { opml(&text) } else { urlwatch(&text).map_err(UsageError::new)? };
    for line in &left {
        writeln!(std::io::stderr(), "left out: {line}")?;
    }
    if blocks.is_empty() {
        return Err(UsageError::new(format!("{} names no address that can be followed", file.display()))
            .with_hint("give the OPML of a feed reader, or the urls.yaml of urlwatch")
            .into());
    }
    let status = keep(cli, &settings, blocks, write)?;
    Ok(if left.is_empty() { status } else { ExitStatus::Attention })
}

fn opml(text: &str) -> (Vec<Block>, Vec<String>) {
    let (found, unread) = feed::subscriptions(text);
    let blocks = found.into_iter().map(|feed| Block::new(SourceKind::Feed, feed.url, &feed.title)).collect();
    let left = (unread > 0).then(|| format!("{unread} subscriptions with addresses that are neither http nor https"));
    (blocks, left.into_iter().collect())
}

/// The jobs of urlwatch: each a YAML document with a `url`. What they do to a page is done here by reading it; of their
/// filters the one that chooses links by CSS is taken over as a comment.
fn urlwatch(text: &str) -> Result<(Vec<Block>, Vec<String>), String> {
    let jobs = YamlLoader::load_from_str(text).map_err(|cause| format!("this is neither OPML nor YAML: {cause}"))?;
    let (mut blocks, mut left) = (Vec::new(), Vec::new());
    let jobs = jobs.iter().flat_map(|job| job.as_vec().map_or_else(|| vec![job], |jobs| jobs.iter().collect()));
    for job in jobs {
        let named = |key: &str| job[key].as_str();
        let name = named("name").unwrap_or_default();
        let Some(address) = named("url").or_else(|| named("navigate")) else {
            if !matches!(job, Yaml::Null | Yaml::BadValue) {
                left.push(format!("job `{name}` has no url"));
            }
            continue;
        };
        if !job["data"].is_badvalue() || named("method").is_some_and(|method| !method.eq_ignore_ascii_case("get")) {
            left.push(format!("{address}: it sends data; write it as a source of kind `api`"));
            continue;
        }
        match CanonicalUrl::parse(address) {
            Ok(url) => {
                let kind = kind_of(&url);
                blocks.push(Block::new(kind, url, name));
            }
            Err(cause) => left.push(cause.to_string()),
        }
    }
    Ok((blocks, left))
}

/// What an address alone lets one guess.
fn kind_of(url: &CanonicalUrl) -> SourceKind {
    let path = url.url().path().to_ascii_lowercase();
    if path.contains("sitemap") && (path.ends_with(".xml") || path.ends_with(".gz")) {
        return SourceKind::Sitemap;
    }
    let feed_like = [".rss", ".atom", ".rdf", "/feed", "/feed/", "/rss", "/rss.xml", "/atom.xml", "/feed.xml"];
    if feed_like.iter().any(|end| path.ends_with(end)) { SourceKind::Feed } else { SourceKind::Page }
}

/// Prints the blocks that are not yet followed, or appends them to sources.toml.
pub(super) fn keep(cli: &Cli, settings: &Settings, blocks: Vec<Block>, write: bool) -> anyhow::Result<ExitStatus> {
    let mut ids: BTreeSet<String> = settings.sources.iter().map(|source| source.id.to_string()).collect();
    let mut urls: BTreeSet<CanonicalUrl> = settings.sources.iter().map(|source| source.url.clone()).collect();
    let mut text = String::new();
    let mut count = 0;
    for block in blocks {
        if !urls.insert(block.url.clone()) {
            writeln!(std::io::stderr(), "followed already: {}", block.url)?;
            continue;
        }
        let id = name(&block.url, &ids);
        text.push('\n');
        text.push_str(&block.text(&id));
        ids.insert(id);
        count += 1;
    }
    if count == 0 {
        return Ok(ExitStatus::Success);
    }
    if !write {
        output::print_text(text.trim_start())?;
        writeln!(std::io::stderr(), "{count} blocks for sources.toml; --write appends them")?;
        return Ok(ExitStatus::Success);
    }
    append(cli, &text)?;
    writeln!(std::io::stderr(), "{count} blocks appended to {}", cli.config.join(config::SOURCES).display())?;
    Ok(ExitStatus::Success)
}

/// Appends to sources.toml, if it can still be read then; in one step, so that a program that runs never sees a part.
fn append(cli: &Cli, blocks: &str) -> anyhow::Result<()> {
    let path = cli.config.join(config::SOURCES);
    let mut text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(blocks);
    config::check_sources(&text, &cli.config, &config::process_environment)?;
    let draft = path.with_extension("toml.new");
    std::fs::write(&draft, &text).with_context(|| format!("cannot write {}", draft.display()))?;
    std::fs::rename(&draft, &path).with_context(|| format!("cannot replace {}", path.display()))?;
    Ok(())
}

/// An id that no source has yet, made of an address: `www.example.org/news/feed` is `example-org-news-feed`.
fn name(url: &CanonicalUrl, taken: &BTreeSet<String>) -> String {
    let own = url.url();
    let words = format!("{}{}", own.host_str().unwrap_or_default().trim_start_matches("www."), own.path());
    let mut id = String::new();
    for c in words.chars() {
        match c {
            c if c.is_ascii_alphanumeric() => id.push(c.to_ascii_lowercase()),
            _ if id.ends_with('-') => {}
            _ => id.push('-'),
        }
    }
    let id: String = id.trim_matches('-').chars().take(LONGEST_ID).collect();
    let id = id.trim_end_matches('-').to_owned();
    let mut number = 1;
    let mut free = id.clone();
    while taken.contains(&free) {
        number += 1;
        free = format!("{id}-{number}");
    }
    free
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_of_urlwatch_are_read() {
        let text = "name: Customs\nurl: https://customs.example/news\nfilter:\n  - css: main\n---\nurl: https://a.example/rss.xml\n---\n\
            name: poster\nurl: https://b.example/\ndata: x=1\n---\ncommand: date\nname: clock\n";
        let (blocks, left) = urlwatch(text).expect("YAML");
        let shown: Vec<(SourceKind, &str, &str)> =
            blocks.iter().map(|b| (b.kind, b.url.as_str(), b.title.as_str())).collect();
        assert_eq!(
            shown,
            [
                (SourceKind::Page, "https://customs.example/news", "Customs"),
                (SourceKind::Feed, "https://a.example/rss.xml", "")
            ]
        );
        assert_eq!(
            left,
            ["https://b.example/: it sends data; write it as a source of kind `api`", "job `clock` has no url"]
        );
        assert!(urlwatch("a: [").is_err());
    }

    #[test]
    fn ids_are_made_of_addresses_and_are_not_taken() {
        let url = CanonicalUrl::parse("https://www.example.org/news//Feed.xml?a=1").expect("an address");
        assert_eq!(name(&url, &BTreeSet::new()), "example-org-news-feed-xml");
        assert_eq!(name(&url, &["example-org-news-feed-xml".to_owned()].into()), "example-org-news-feed-xml-2");
    }
}
