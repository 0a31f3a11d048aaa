//! `sources …`: what is followed, whether it is healthy, what a source would yield.

use std::io::Write as _;
use std::sync::Arc;

use bellwether_extractors::{PageContext, extract, feed, listing, rows};
use bellwether_model::figure::Figure;
use bellwether_model::id::SourceId;
use bellwether_model::rows::RowMapping;
use bellwether_model::source::{Health, RobotsAnswer, SourceKind};
use bellwether_model::web::CanonicalUrl;

use super::args::{Cli, FormatArgument, SourcesCommand};
use super::failure::{ExitStatus, UsageError};
use super::output::{self, Column, printable};
use super::reader::Reader;
use super::{discover, subscriptions};
use crate::clock::SystemClock;
use crate::settings::{Settings, SourceSettings};
use crate::view::SourceView;
use crate::{crawl, describe};

const COLUMNS: &[Column] = &[
    Column("id", "/id"),
    Column("kind", "/kind"),
    Column("health", "/health"),
    Column("since", "/since"),
    Column("trust", "/trust"),
    Column("resources", "/resources"),
    Column("documents", "/documents"),
    Column("last visit", "/last_visit"),
    Column("next visit", "/next_visit"),
    Column("url", "/url"),
    Column("problem", "/problem"),
    Column("overdue", "/owed"),
];

pub(super) fn run(cli: &Cli, command: &SourcesCommand) -> anyhow::Result<ExitStatus> {
    match command {
        SourcesCommand::List(format) => {
            output::print(&known(cli)?, COLUMNS, *format)?;
            Ok(ExitStatus::Success)
        }
        SourcesCommand::Check(format) => check(cli, *format),
        SourcesCommand::Try { target } => try_source(cli, target),
        SourcesCommand::Add { url, write } => discover::run(cli, url, *write),
        SourcesCommand::Import { file, write } => subscriptions::run(cli, file, *write),
    }
}

/// The sources with their health, or as new ones where there is no store yet.
fn known(cli: &Cli) -> anyhow::Result<Vec<SourceView>> {
    let settings = super::settings(cli)?;
    if let Some(reader) = Reader::find(cli)? {
        return reader.sources();
    }
    let new = |source: &SourceSettings| SourceView {
        id: source.id.clone(),
        kind: source.kind,
        url: source.url.to_string(),
        trust: source.trust,
        health: Health::New,
        problem: None,
        since: None,
        changes: Vec::new(),
        owed: Vec::new(),
        last_visit: None,
        next_visit: None,
        resources: 0,
        documents: 0,
    };
    Ok(settings.sources.iter().map(new).collect())
}

fn check(cli: &Cli, format: FormatArgument) -> anyhow::Result<ExitStatus> {
    let sources = known(cli)?;
    output::print(&sources, COLUMNS, format)?;
    let ill: Vec<&SourceView> = sources.iter().filter(|source| source.health.is_ill()).collect();
    for source in &ill {
        writeln!(std::io::stderr(), "source `{}`: {}", source.id, source.problem.as_deref().unwrap_or("not healthy"))?;
    }
    let settings = super::settings(cli)?;
    super::pipeline::warn_of_missing_contact(&settings)?;
    let owing: Vec<&SourceView> = sources.iter().filter(|source| !source.owed.is_empty()).collect();
    for line in owing.iter().flat_map(|source| &source.owed) {
        writeln!(std::io::stderr(), "overdue: {line}")?;
    }
    if ill.is_empty() && owing.is_empty() && settings.without_contact().next().is_none() {
        writeln!(std::io::stderr(), "{} sources, configured rightly, none unhealthy", sources.len())?;
    }
    Ok(ExitStatus::attention_if(!ill.is_empty() || !owing.is_empty() || settings.without_contact().next().is_some()))
}

/// Step by step: robots, answer, what is in it. Nothing is stored.
fn try_source(cli: &Cli, target: &str) -> anyhow::Result<ExitStatus> {
    let settings = super::settings(cli)?;
    let source = target_source(&settings, target)?;
    let tried = super::runtime()?.block_on(crawl::try_fetch(&settings.crawler, &source, Arc::new(SystemClock)));
    let page = match tried {
        Ok(page) => page,
        Err(failure) => {
            writeln!(std::io::stderr(), "source `{}`: {failure}", source.id)?;
            let mut cause = std::error::Error::source(&failure);
            while let Some(next) = cause {
                writeln!(std::io::stderr(), "  because: {next}")?;
                cause = next.source();
            }
            return Ok(ExitStatus::Attention);
        }
    };
    let context = PageContext {
        url: Some(page.final_url.to_string()),
        content_type: page.content_type.clone(),
        fetched: Some(page.fetched),
        area: source.area.clone(),
        timezone: source.timezone.clone(),
        ..PageContext::default()
    };
    let mut text = page.robots.iter().map(robots_line).collect::<String>();
    for hop in &page.hops {
        text.push_str(&format!("redirect  HTTP {} to {}\n", hop.status, printable(&hop.to)));
    }
    let content_type = page.content_type.as_deref().unwrap_or("no content type");
    let cut = if page.is_cut { ", cut at the limit: a crawl would not keep it" } else { "" };
    text.push_str(&format!(
        "answer    HTTP {} from {}, {} bytes, {}{cut}\n",
        page.status,
        page.final_url,
        page.body.len(),
        printable(content_type)
    ));
    match source.kind {
        SourceKind::Feed => text.push_str(&feed_lines(&page.body, &context, &source)),
        SourceKind::Listing | SourceKind::Sitemap | SourceKind::Forum => {
            text.push_str(&listing_lines(&page.body, &context, &source))
        }
        SourceKind::Api => text.push_str(&rows_lines(&page, &context, &source)),
        SourceKind::Page => text.push_str(&document_lines(&page.body, &context)),
    }
    output::print_text(&text)?;
    Ok(ExitStatus::Success)
}

/// What robots.txt of a host said.
fn robots_line(robots: &crawl::RobotsView) -> String {
    let answer = match &robots.answer {
        RobotsAnswer::Open => "there is none: everything is allowed".to_owned(),
        RobotsAnswer::Closed { reason } => format!("could not be had, so nothing is allowed: {}", printable(reason)),
        RobotsAnswer::Rules { text } if text.trim().is_empty() => "has no rule for us".to_owned(),
        RobotsAnswer::Rules { text } => printable(&text.trim().replace('\n', "; ")),
    };
    let delay = robots.crawl_delay.map(|seconds| format!(" (Crawl-delay {seconds} s)")).unwrap_or_default();
    format!("robots    {}: {answer}{delay}\n", robots.origin)
}

/// A source by its id, or any address as a page, or as a feed where it looks like one.
fn target_source(settings: &Settings, target: &str) -> anyhow::Result<SourceSettings> {
    if let Some(source) = settings.sources.iter().find(|source| source.id.as_str() == target) {
        return Ok(source.clone());
    }
    let url = CanonicalUrl::parse(target).map_err(|cause| {
        UsageError::new(format!("there is no source `{target}`, and {cause}"))
            .with_hint("`bellwether sources list` prints the ids")
    })?;
    let path = url.url().path().to_ascii_lowercase();
    let feed_like = [".xml", ".rss", ".atom", "/feed", "/feed/", "/rss"].iter().any(|end| path.ends_with(end));
    let kind = if feed_like { SourceKind::Feed } else { SourceKind::Page };
    Ok(SourceSettings::new(SourceId::new("tried"), kind, url))
}

fn follows(source: &SourceSettings, title: &str) -> &'static str {
    let followed = source.follow_title.as_ref().is_none_or(|pattern| pattern.is_match(title));
    if followed { "follow" } else { "skip" }
}

fn feed_lines(body: &[u8], context: &PageContext, source: &SourceSettings) -> String {
    let feed = feed::read(body, context);
    let mut text = format!(
        "feed      {}, {} entries\n",
        printable(feed.title.as_deref().unwrap_or("without a title")),
        feed.entries.len()
    );
    for entry in &feed.entries {
        let title = entry.title.as_deref().unwrap_or_default();
        let url = entry.url.as_ref().map_or("no address".to_owned(), ToString::to_string);
        text.push_str(&format!(
            "{:<9} {} {} {url}\n",
            follows(source, title),
            entry.published.as_deref().unwrap_or("undated"),
            printable(title)
        ));
    }
    text.extend(feed.problems.iter().map(|problem| format!("problem   {problem}\n")));
    text
}

fn listing_lines(body: &[u8], context: &PageContext, source: &SourceSettings) -> String {
    let rules =
        listing::ListingRules { engine: source.engine.clone(), links: source.links.clone(), next: source.next.clone() };
    let listing = listing::read(body, context, &rules);
    let what = if listing.is_index { "sitemaps" } else { "links" };
    let mut text = format!("listing   {} {what}\n", listing.links.len());
    for link in &listing.links {
        text.push_str(&format!("{:<9} {} {}\n", follows(source, &link.text), printable(&link.text), link.url));
    }
    if let Some(next) = &listing.next {
        text.push_str(&format!("next      {next}\n"));
    }
    text.extend(listing.problems.iter().map(|problem| format!("problem   {problem}\n")));
    text
}

/// The columns, the first rows, the figures, and where the answer goes on.
fn rows_lines(page: &crawl::FetchedPage, context: &PageContext, source: &SourceSettings) -> String {
    const ROWS_SHOWN: usize = 3;
    let none = RowMapping::default();
    let mapping = source.api.as_deref().unwrap_or(&none);
    let (table, _) = rows::table(&page.body, context, mapping);
    let mut text =
        format!("rows      {} with the columns {}\n", table.rows.len(), printable(&table.columns.join(", ")));
    for row in table.rows.iter().take(ROWS_SHOWN) {
        text.push_str(&format!("row       {}\n", printable(&row.join(" | "))));
    }
    let link = page.headers.iter().find(|(name, _)| name == "link").map(|(_, value)| value.as_str());
    let answer = rows::read(&page.body, context, mapping, link);
    for figure in &answer.extraction.figures {
        text.push_str(&figure_line(figure));
    }
    if let Some(next) = &answer.next {
        text.push_str(&format!("next      {next}\n"));
    }
    text.extend(
        answer.extraction.problems.iter().map(|problem| format!("problem   {}\n", printable(&problem.to_string()))),
    );
    if source.api.is_none() {
        text.push_str("problem   nothing says what the columns mean; see docs/APIS.md\n");
    }
    text
}

fn figure_line(figure: &Figure) -> String {
    format!(
        "figure    {}: {} — “{}”\n",
        describe::about(figure),
        describe::value(figure),
        printable(&figure.evidence.text)
    )
}

fn document_lines(body: &[u8], context: &PageContext) -> String {
    let extraction = extract(body, context);
    let document = &extraction.document;
    let published = document.published.map_or("undated".to_owned(), |time| time.date().to_string());
    let language = document.language.map_or("unknown language", |language| language.tag());
    let mut text = format!(
        "document  {} ({published}, {language}, {} characters)\n",
        printable(&document.title),
        document.text.chars().count()
    );
    for figure in &extraction.figures {
        text.push_str(&figure_line(figure));
    }
    for official in &extraction.officials {
        let office =
            [official.org.as_deref(), official.title.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
        text.push_str(&format!(
            "official  {} {} ({} statements)\n",
            printable(&office),
            printable(&official.name),
            official.statements.len()
        ));
    }
    for action in &extraction.policy {
        text.push_str(&format!(
            "policy    {}\n",
            printable(&describe::fact(&bellwether_model::event::Fact::Policy(action.clone())))
        ));
    }
    text.extend(extraction.problems.iter().map(|problem| format!("problem   {problem}\n")));
    text
}
