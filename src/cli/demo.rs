//! `demo`: the engine of `run` over the demonstration's web.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;

use super::args::DemoArguments;
use super::failure::{ExitStatus, UsageError};
use super::pipeline::{self, House};
use crate::config;
use crate::demo::{self, Finding, STAGES, Web};
use crate::shutdown::{self, Shutdown};

/// Between two stages, so that a person can follow.
const STAGE: Duration = Duration::from_secs(5);
/// How long the last stage may take until everything planted has arrived; with the stages within two minutes.
const PATIENCE: Duration = Duration::from_secs(70);
/// How often it is looked whether everything has arrived.
const LOOK: Duration = Duration::from_millis(500);

pub(super) fn run(arguments: &DemoArguments) -> anyhow::Result<ExitStatus> {
    if let Some(directory) = &arguments.keep
        && let Some(file) = config::files(directory).into_iter().find(|file| file.exists())
    {
        return Err(UsageError::new(format!(
            "`{}` is there already, and a demonstration writes its own",
            file.display()
        ))
        .with_hint("name a folder that is new or empty with --keep")
        .into());
    }
    let temporary = arguments.keep.is_none();
    let directory = match &arguments.keep {
        Some(directory) => directory.clone(),
        None => std::env::temp_dir().join(format!("bellwether-demo-{}", std::process::id())),
    };
    let outcome = super::runtime()?.block_on(play(arguments, &directory));
    if temporary && let Err(cause) = std::fs::remove_dir_all(&directory) {
        tracing::warn!("cannot remove `{}`: {cause}", directory.display());
    }
    outcome
}

async fn play(arguments: &DemoArguments, directory: &Path) -> anyhow::Result<ExitStatus> {
    let signal = pipeline::on_signal()?;
    let web = Web::start().await.context("cannot serve the demonstration's web on loopback")?;
    let (listener, listen) = listen(arguments.listen).await?;
    let directory: PathBuf = std::path::absolute(directory)?;
    demo::write_configuration(&web, &directory, listen)
        .with_context(|| format!("cannot write into `{}`", directory.display()))?;
    let house = House::open(config::load(&directory, &config::process_environment)?)?;
    say(&format!("a small web of six hosts is served on loopback; dashboard at http://{listen}/"))?;

    let (sender, rooms_end) = shutdown::channel();
    let rooms = pipeline::all_rooms(house.clone(), listener, rooms_end);
    tokio::pin!(rooms);
    let mut end = signal.clone();
    let findings = tokio::select! {
        ended = &mut rooms => return ended.map(|()| ExitStatus::Failure),
        () = end.requested() => None,
        findings = publish(&web, &house) => Some(findings?),
    };
    if let Some(findings) = &findings {
        summarise(findings)?;
        if !arguments.once {
            say(&format!("everything is published; the dashboard stays at http://{listen}/ until you press Ctrl-C"))?;
            let mut end: Shutdown = signal.clone();
            tokio::select! {
                ended = &mut rooms => return ended.map(|()| ExitStatus::Failure),
                () = end.requested() => {}
            }
        }
    }
    sender.shut_down();
    rooms.await?;
    Ok(match findings {
        Some(findings) => ExitStatus::attention_if(findings.iter().any(|finding| !finding.met)),
        None if arguments.once => ExitStatus::Interrupted,
        None => ExitStatus::Success,
    })
}

/// The address asked for, or a free port where another program holds it.
async fn listen(asked: SocketAddr) -> anyhow::Result<(tokio::net::TcpListener, SocketAddr)> {
    let listener = match tokio::net::TcpListener::bind(asked).await {
        Ok(listener) => listener,
        Err(_) if asked.ip().is_loopback() => {
            tokio::net::TcpListener::bind(SocketAddr::new(asked.ip(), 0)).await.context("no port is free")?
        }
        Err(cause) => return Err(cause).with_context(|| format!("cannot listen on {asked}")),
    };
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Publishes stage by stage, then waits until everything planted has arrived, or patience ends.
async fn publish(web: &Web, house: &House) -> anyhow::Result<Vec<Finding>> {
    for (stage, name) in STAGES.iter().enumerate() {
        say(&format!("\n── {}/{} {name}", stage + 1, STAGES.len()))?;
        web.publish(stage);
        tokio::time::sleep(STAGE).await;
    }
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let findings = demo::findings(&house.store, web)?;
        if findings.iter().all(|finding| finding.met) || tokio::time::Instant::now() >= deadline {
            return Ok(findings);
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn summarise(findings: &[Finding]) -> anyhow::Result<()> {
    let mut text = String::from("\nwhat was planted, and whether it was found\n");
    for finding in findings {
        text.push_str(&format!("  {:<6} {}\n", if finding.met { "found" } else { "MISSED" }, finding.what));
    }
    let met = findings.iter().filter(|finding| finding.met).count();
    text.push_str(&format!("{met} of {} found\n", findings.len()));
    super::output::print_text(&text)
}

fn say(line: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stderr(), "{line}")?)
}
