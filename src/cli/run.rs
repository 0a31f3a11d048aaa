//! `run`: the main job, until a signal ends it; configuration is taken over while it runs.

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
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

/// `as_news`: what stands there when a source is first looked at is alerted of too.
pub(super) fn run(cli: &Cli, as_news: bool) -> anyhow::Result<ExitStatus> {
    // Looked at before they are read for use: a change that comes in between is seen as one.
    let mut configuration = Configuration { cli, as_news, seen: contents(&cli.config) };
    let settings = configuration.load()?;
    super::runtime()?.block_on(follow(&mut configuration, settings))
}

async fn follow(configuration: &mut Configuration<'_>, settings: Settings) -> anyhow::Result<ExitStatus> {
    let signal = pipeline::on_signal()?;
    let mut house = House::join(settings)?;
    let mut listener = listen(house.settings.serve.listen)?;
    loop {
        pipeline::warn_of_missing_contact(&house.settings)?;
        let address = listener.local_addr().context("the listener has no address")?;
        house
            .store
            .set_holder(&format!("process {}, listening on {address}", std::process::id()))
            .context("cannot write into the store")?;
        let count = house.settings.sources.len();
        let sources = if count == 1 { "source" } else { "sources" };
        writeln!(std::io::stderr(), "following {count} {sources}; dashboard at http://{address}/")?;
        if count == 0 {
            writeln!(
                std::io::stderr(),
                "hint: name what is to be followed in {}; `bellwether sources add URL` proposes blocks for it",
                crate::config::SOURCES
            )?;
        }

        let (sender, rooms_end) = shutdown::channel();
        // The rooms get a copy of the listener: between two rounds no other program can take the port.
        let rooms = pipeline::all_rooms(house.clone(), of_runtime(listener.try_clone()?)?, rooms_end);
        tokio::pin!(rooms);
        let mut end = signal.clone();
        let changed = tokio::select! {
            ended = &mut rooms => return ended.map(|()| ExitStatus::Success),
            () = end.requested() => None,
            changed = configuration.change(&house.settings) => Some(changed),
        };
        sender.shut_down();
        rooms.await?;
        match changed {
            Some((settings, new_listener)) => {
                house.settings = settings;
                listener = new_listener.unwrap_or(listener);
            }
            None => return Ok(ExitStatus::Success),
        }
        tracing::info!("the configuration changed and was taken over");
    }
}

/// Listens on an address that the runtime may wait on.
fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).with_context(|| {
        format!("cannot listen on {address}; another program may hold it (choose another address with [serve] listen in {})", config::SOURCES)
    })?;
    listener.set_nonblocking(true).context("cannot set up the listener")?;
    Ok(listener)
}

fn of_runtime(listener: TcpListener) -> anyhow::Result<tokio::net::TcpListener> {
    tokio::net::TcpListener::from_std(listener).context("cannot wait on the listener")
}

/// The configuration files, as they were seen last.
struct Configuration<'a> {
    cli: &'a Cli,
    as_news: bool,
    seen: [Option<Vec<u8>>; 2],
}

impl Configuration<'_> {
    fn load(&self) -> Result<Settings, config::ConfigError> {
        super::settings(self.cli).map(|settings| settings.with_backlog_as_news(self.as_news))
    }

    /// Returns when the files have changed and can be taken over, with a listener where the address is another one.
    /// A change with a mistake is refused whole, and what is in force stays so.
    async fn change(&mut self, in_force: &Settings) -> (Settings, Option<TcpListener>) {
        loop {
            tokio::time::sleep(LOOK_AT_CONFIGURATION).await;
            let now = contents(&self.cli.config);
            if now == self.seen {
                continue;
            }
            self.seen = now;
            match self.read(in_force) {
                Ok(change) => return change,
                Err(mistake) => tracing::error!("{mistake:#}; the configuration in force is kept"),
            }
        }
    }

    fn read(&self, in_force: &Settings) -> anyhow::Result<(Settings, Option<TcpListener>)> {
        let mut settings = self.load().map_err(|mistake| {
            let hint = mistake.hint.as_deref().map(|hint| format!(" ({hint})")).unwrap_or_default();
            anyhow::anyhow!("{mistake}{hint}")
        })?;
        if (&settings.store, &settings.archive) != (&in_force.store, &in_force.archive) {
            tracing::warn!("another place of store or archive is taken over by the next start, all else now");
            settings.store.clone_from(&in_force.store);
            settings.archive.clone_from(&in_force.archive);
        }
        let address = settings.serve.listen;
        let listener = (address != in_force.serve.listen).then(|| listen(address)).transpose()?;
        Ok((settings, listener))
    }
}

fn contents(directory: &Path) -> [Option<Vec<u8>>; 2] {
    // A file that cannot be read counts as absent here; `load` says why when it is read for use.
    config::files(directory).map(|path| std::fs::read(path).ok())
}

/// Dashboard and API alone.
pub(super) async fn serve(house: House, signal: Shutdown) -> anyhow::Result<()> {
    let listener = of_runtime(listen(house.settings.serve.listen)?)?;
    let address = listener.local_addr().context("the listener has no address")?;
    house
        .store
        .set_holder(&format!("process {}, listening on {address}", std::process::id()))
        .context("cannot write into the store")?;
    writeln!(std::io::stderr(), "dashboard at http://{address}/")?;
    let besides = pipeline::besides(house.archive, None);
    Ok(crate::serve::run(house.settings, house.store, besides, listener, house.clock, signal).await?)
}
