//! `run`: the main job, until a signal ends it; configuration is taken over while it runs.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;

use super::args::Cli;
use super::failure::ExitStatus;
use super::pipeline::{self, House};
use crate::config;
use crate::settings::Settings;
use crate::shutdown::{self, Shutdown};

/// How often the configuration files are looked at.
const LOOK_AT_CONFIGURATION: Duration = Duration::from_secs(2);

pub(super) fn run(cli: &Cli) -> anyhow::Result<ExitStatus> {
    let settings = super::settings(cli)?;
    super::runtime()?.block_on(follow(cli, settings))
}

async fn follow(cli: &Cli, settings: Settings) -> anyhow::Result<ExitStatus> {
    let signal = pipeline::on_signal()?;
    let mut house = House::open(settings)?;
    loop {
        let listener = listen(&house.settings).await?;
        let address = listener.local_addr().context("the listener has no address")?;
        house
            .store
            .set_holder(&format!("process {}, listening on {address}", std::process::id()))
            .context("cannot write into the store")?;
        writeln!(
            std::io::stderr(),
            "following {} sources; dashboard at http://{address}/",
            house.settings.sources.len()
        )?;

        let (sender, rooms_end) = shutdown::channel();
        let rooms = pipeline::all_rooms(house.clone(), listener, rooms_end);
        tokio::pin!(rooms);
        let mut end = signal.clone();
        let changed = tokio::select! {
            ended = &mut rooms => return ended.map(|()| ExitStatus::Success),
            () = end.requested() => None,
            settings = changed_settings(cli) => Some(settings),
        };
        sender.shut_down();
        rooms.await?;
        match changed {
            Some(settings) => house.settings = settings,
            None => return Ok(ExitStatus::Success),
        }
        tracing::info!("the configuration changed and was taken over");
    }
}

async fn listen(settings: &Settings) -> anyhow::Result<tokio::net::TcpListener> {
    let address = settings.serve.listen;
    tokio::net::TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}; another program may hold it (choose another address with [serve] listen in {})", config::SOURCES)
    })
}

/// Returns when the files have changed and are right. A file with a mistake is refused whole, and the old one stays in force.
async fn changed_settings(cli: &Cli) -> Settings {
    let mut seen = contents(&cli.config);
    loop {
        tokio::time::sleep(LOOK_AT_CONFIGURATION).await;
        let now = contents(&cli.config);
        if now == seen {
            continue;
        }
        seen = now;
        match super::settings(cli) {
            Ok(settings) => return settings,
            Err(mistake) => tracing::error!("{mistake}; the configuration in force is kept"),
        }
    }
}

fn contents(directory: &Path) -> [Option<Vec<u8>>; 2] {
    // A file that cannot be read counts as absent here; `load` says why when it is read for use.
    config::files(directory).map(|path| std::fs::read(path).ok())
}

/// Dashboard and API alone.
pub(super) async fn serve(house: House, signal: Shutdown) -> anyhow::Result<()> {
    let listener = listen(&house.settings).await?;
    let address = listener.local_addr().context("the listener has no address")?;
    house
        .store
        .set_holder(&format!("process {}, listening on {address}", std::process::id()))
        .context("cannot write into the store")?;
    writeln!(std::io::stderr(), "dashboard at http://{address}/")?;
    Ok(crate::serve::run(house.settings, house.store, Arc::new(crate::report::Writer), listener, house.clock, signal)
        .await?)
}
