//! `crawl`: one pass, then a summary.

use std::io::Write as _;

use bellwether_model::id::SourceId;

use super::activity;
use super::args::{Cli, CrawlArguments};
use super::failure::{ExitStatus, UsageError};
use super::pipeline::{self, House};
use crate::crawl::Mode;
use crate::shutdown;

pub(super) fn run(cli: &Cli, arguments: &CrawlArguments) -> anyhow::Result<ExitStatus> {
    let settings = super::settings(cli)?.with_backlog_as_news(arguments.as_news);
    let known: Vec<&str> = settings.sources.iter().map(|source| source.id.as_str()).collect();
    if let Some(unknown) = arguments.sources.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(UsageError::new(format!("there is no source `{unknown}`"))
            .with_hint(format!("sources: {}", known.join(", ")))
            .into());
    }
    pipeline::warn_of_missing_contact(&settings)?;
    let house = House::open(settings)?;
    let flags_before = house.store.stats()?.flags;
    let sources = arguments.sources.iter().cloned().map(SourceId).collect();
    let mode = Mode::Once { sources, all: arguments.all };
    let (summary, interrupted) = super::runtime()?.block_on(async {
        let signal = pipeline::on_signal()?;
        let (end_narration, narration_ends) = shutdown::channel();
        let narration = tokio::spawn(activity::narrate(house.store.clone(), narration_ends));
        let summary = pipeline::pass(&house, mode, &signal).await;
        end_narration.shut_down();
        narration.await?;
        anyhow::Ok((summary?, signal.is_requested()))
    })?;
    let flagged = house.store.stats()?.flags - flags_before;
    writeln!(
        std::io::stderr(),
        "{} fetched, {} unchanged, {} refused by robots.txt, {} failed, {} gone; {flagged} flagged",
        summary.fetched,
        summary.unchanged,
        summary.refused,
        summary.failed,
        summary.gone
    )?;
    if interrupted {
        return Ok(ExitStatus::Interrupted);
    }
    let failed = summary.failed + summary.refused + summary.gone > 0;
    Ok(ExitStatus::attention_if(failed || (arguments.fail_on_flag && flagged > 0)))
}
