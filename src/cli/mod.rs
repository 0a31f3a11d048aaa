//! The command line: parses it, opens what a command needs, calls one room or wires several, says how it ended.
//!
//! No logic of its own: what is decided, is decided in the rooms.

mod activity;
mod alerts;
pub mod args;
mod checks;
mod crawl;
mod demo;
mod discover;
mod duty;
mod events;
mod explain;
mod explained;
mod export;
mod extract;
mod failure;
mod flag;
mod forecasts;
mod home;
mod ingest;
mod output;
mod pipeline;
mod policies;
mod progress;
mod quantities;
mod reader;
mod release;
mod remote;
mod replay;
mod report;
mod retell;
mod rules;
mod run;
mod schema;
mod serve;
mod silence;
mod sources;
mod store;
mod subscriptions;
mod warc;
mod watch;

use anyhow::Context as _;
use args::{Cli, Command};
pub use failure::{ExitStatus, NotThereYet, report_failure};

use crate::config;
use crate::settings::{Settings, StorePlace};

/// Does what the command line asks.
///
/// # Errors
/// Whatever kept it from being done; [`report_failure`] says it to the person.
pub fn execute(cli: &Cli) -> anyhow::Result<ExitStatus> {
    rules::install(cli)?;
    match &cli.command {
        Command::Run(arguments) => run::run(cli, arguments.as_news),
        Command::Crawl(arguments) => crawl::run(cli, arguments),
        Command::Demo(arguments) => demo::run(arguments),
        Command::Extract(arguments) => extract::run(arguments),
        Command::Quantities => quantities::run(),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Ingest(arguments) => ingest::run(cli, arguments),
        Command::Sources(command) => sources::run(cli, command),
        Command::Events(command) => events::run(cli, command),
        Command::Watch(command) => watch::run(cli, command),
        Command::Alerts(command) => alerts::run(cli, command),
        Command::Report(arguments) => report::run(cli, arguments),
        Command::Export(arguments) => export::run(cli, arguments),
        Command::Search(arguments) => events::search(cli, arguments),
        Command::Replay(arguments) => replay::run(cli, arguments),
        Command::Serve => serve::run(cli),
        Command::Store(command) => store::run(cli, command),
        Command::Rules(command) => rules::run(cli, command),
        Command::Schema(arguments) => schema::run(arguments),
        Command::Mcp => Err(NotThereYet("mcp").into()),
    }
}

/// The settings of the folder that the command line names, with what the command line overrides.
fn settings(cli: &Cli) -> Result<Settings, config::ConfigError> {
    let mut settings = config::load(&cli.config, &config::process_environment)?;
    if let Some(store) = &cli.store {
        settings.store = StorePlace::named(store);
    }
    Ok(settings)
}

/// A runtime for the commands that wait.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the runtime")
}
