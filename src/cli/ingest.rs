//! `ingest`: local documents through the pipeline as if they had been fetched; a backlog, so nobody is alerted unless that is asked for.

use std::io::Write as _;

use bellwether_model::id::SourceId;
use bellwether_model::snapshot::{LinkHint, Snapshot};
use bellwether_model::web::CanonicalUrl;
use bellwether_store::{Change, Transaction};

use super::args::{Cli, IngestArguments};
use super::extract::{self, ManifestLine};
use super::failure::{ExitStatus, UsageError};
use super::pipeline::{House, MANIFEST_SOURCE};
use crate::{events, watch};

pub(super) fn run(cli: &Cli, arguments: &IngestArguments) -> anyhow::Result<ExitStatus> {
    let settings = super::settings(cli)?;
    let source = SourceId::new(arguments.source.as_deref().unwrap_or(MANIFEST_SOURCE));
    if arguments.source.is_some() && !settings.sources.iter().any(|known| known.id == source) {
        return Err(UsageError::new(format!("there is no source `{source}` in sources.toml")).into());
    }
    let lines = extract::manifest(&arguments.manifest)?;
    // All before the first is kept: a manifest with a mistake is refused whole.
    let lines = lines.into_iter().map(|line| Ok((address(&line)?, line))).collect::<Result<Vec<_>, UsageError>>()?;
    let house = House::open(settings)?;
    let mut unread = 0_usize;
    for (url, line) in &lines {
        match std::fs::read(&line.path) {
            Ok(body) => keep(&house, &source, url.clone(), line, &body)?,
            Err(cause) => {
                unread += 1;
                writeln!(std::io::stderr(), "error: cannot read `{}`: {cause}", line.path.display())?;
            }
        }
    }
    let before = house.store.stats()?.events;
    let read =
        events::read_all(&house.readable_sources(), &house.store, &house.archive, &house.clock, !arguments.as_news)?;
    watch::catch_up(&house.settings.watch, &house.settings.routing, &house.words(), &house.store, &house.clock)?;
    let events = house.store.stats()?.events - before;
    writeln!(std::io::stderr(), "{read} documents read, {events} new events, {unread} files not readable")?;
    Ok(ExitStatus::attention_if(unread > 0))
}

/// The address of a document. One that has none gets one under `manifest.invalid`, a name that can never resolve
/// (RFC 6761, section 6.4).
fn address(line: &ManifestLine) -> Result<CanonicalUrl, UsageError> {
    let mut address = url::Url::parse("https://manifest.invalid/").expect("a web address");
    address.set_path(&line.id);
    CanonicalUrl::parse(line.url.as_deref().unwrap_or(address.as_str()))
        .map_err(|cause| UsageError::new(format!("document `{}` of the manifest: {cause}", line.id)))
}

/// Archives a document and leaves it to be read.
fn keep(house: &House, source: &SourceId, url: CanonicalUrl, line: &ManifestLine, body: &[u8]) -> anyhow::Result<()> {
    let fetched = line.fetched.unwrap_or_else(|| house.clock.now());
    let content = house.archive.put(body)?;
    let kept = content.clone();
    let hint = line.published.clone().map(|published| LinkHint { published: Some(published), ..LinkHint::default() });
    let mut transaction = Transaction::new(house.clock.now());
    transaction.push(Change::Snapshot(Box::new(Snapshot {
        content_type: line.context().content_type,
        hint,
        ..Snapshot::of_document(source.clone(), url, fetched, content, body.len() as u64)
    })));
    house.store.commit(transaction)?;
    house.archive.settled(&kept);
    Ok(())
}
