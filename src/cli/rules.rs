//! `rules …`, and the choice of the rules by which this process reads.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bellwether_extractors::rules::{self, RuleSet, UserFile};
use bellwether_model::figure::Flow;
use bellwether_model::indicator;
use serde::Serialize;

use super::args::{Cli, Command, EventsCommand, FormatArgument, RulesCommand};
use super::failure::{ExitStatus, UsageError};
use super::output::{self, Column};
use crate::config;
use crate::settings::RulesSettings;

/// Where in a folder of rules families of indicators stand.
const FAMILIES: &str = "families";

/// Makes the rules that the command line or `sources.toml` chooses those of this process, before anything is read.
pub(super) fn install(cli: &Cli) -> anyhow::Result<()> {
    if matches!(cli.command, Command::Schema(_) | Command::Mcp | Command::Rules(RulesCommand::Check { .. })) {
        return Ok(());
    }
    let chosen = chosen(cli)?;
    if chosen != RulesSettings::default() {
        rules::install(rule_set(&chosen)?).context("cannot take up the rules")?;
    }
    indicator::make_known(rules::indicators());
    flow(&cli.command).map(indicator::asked_for).transpose().map_err(|wrong| {
        UsageError::new(format!("--flow: {wrong}"))
            .with_hint("indicators are named by families of rules: docs/RULES.md")
    })?;
    Ok(())
}

/// The flow that the command line asks for.
fn flow(command: &Command) -> Option<Flow> {
    match command {
        Command::Events(
            EventsCommand::List { filter, .. }
            | EventsCommand::Series { filter, .. }
            | EventsCommand::Forecasts { filter, .. }
            | EventsCommand::AsOf { filter, .. },
        ) => filter.flow,
        Command::Export(arguments) => arguments.filter.flow,
        _ => None,
    }
}

/// What the command line chooses, else `sources.toml`. The demonstration brings a configuration of its own.
fn chosen(cli: &Cli) -> Result<RulesSettings, config::ConfigError> {
    let settings =
        if matches!(cli.command, Command::Demo(_)) { RulesSettings::default() } else { config::rules(&cli.config)? };
    Ok(RulesSettings {
        directory: cli.rules.clone().or(settings.directory),
        families: cli.families.clone().or(settings.families),
    })
}

fn rule_set(chosen: &RulesSettings) -> anyhow::Result<RuleSet> {
    let files = chosen.directory.as_deref().map(user_files).transpose()?.unwrap_or_default();
    let set = RuleSet::read(&files).map_err(|mistakes| {
        let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        let count = if lines.len() == 1 { "1 mistake".to_owned() } else { format!("{} mistakes", lines.len()) };
        UsageError::new(format!("the rules have {count}, nothing was read\n  {}", lines.join("\n  ")))
            .with_hint("docs/RULES.md says what each file may say; `bellwether rules check` looks again")
    })?;
    match &chosen.families {
        Some(families) => set.with_families(families).map_err(|wrong| {
            UsageError::new(format!("families: {wrong}")).with_hint("`bellwether rules list` names them").into()
        }),
        None => Ok(set),
    }
}

/// The rules files of a folder and of its folder `families`.
fn user_files(directory: &Path) -> anyhow::Result<Vec<UserFile>> {
    let mut files = Vec::new();
    let families = directory.join(FAMILIES);
    let mut folders = vec![(directory, "")];
    if families.is_dir() {
        folders.push((&families, "families/"));
    }
    for (folder, prefix) in folders {
        let entries = std::fs::read_dir(folder).map_err(|cause| {
            UsageError::new(format!("`{}`: cannot read the folder of rules: {cause}", folder.display()))
                .with_hint("--rules and `[rules] directory` name a folder of TOML files")
        })?;
        let mut paths: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
        paths.sort();
        for path in paths.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "toml")) {
            let shown = path.display().to_string();
            let text = std::fs::read_to_string(&path)
                .map_err(|cause| UsageError::new(format!("`{shown}`: cannot read it: {cause}")))?;
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            files.push(UserFile { name: format!("{prefix}{name}"), shown, text });
        }
    }
    Ok(files)
}

pub(super) fn run(cli: &Cli, command: &RulesCommand) -> anyhow::Result<ExitStatus> {
    match command {
        RulesCommand::Check { directory } => check(cli, directory.as_deref()),
        RulesCommand::List(format) => list(*format),
    }
}

fn check(cli: &Cli, directory: Option<&Path>) -> anyhow::Result<ExitStatus> {
    let mut chosen = chosen(cli)?;
    chosen.directory = directory.map(Path::to_owned).or(chosen.directory);
    let Some(directory) = chosen.directory.clone() else {
        return Err(UsageError::new("no folder of rules is named")
            .with_hint("name one: `bellwether rules check DIR`; the shipped rules are checked when they are built")
            .into());
    };
    rule_set(&chosen)?;
    let files = user_files(&directory)?.len();
    output::print_text(&format!("{}: {files} files without mistakes\n", directory.display()))?;
    Ok(ExitStatus::Success)
}

/// A row of `rules list`.
#[derive(Debug, Serialize)]
struct Row {
    file: String,
    key: String,
    entries: usize,
    chinese: usize,
    latin: usize,
    /// Of a family of indicators: whether it is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    read: Option<bool>,
}

const COLUMNS: &[Column] = &[
    Column("file", "/file"),
    Column("key", "/key"),
    Column("entries", "/entries"),
    Column("Chinese", "/chinese"),
    Column("Latin", "/latin"),
    Column("read", "/read"),
];

fn list(format: FormatArgument) -> anyhow::Result<ExitStatus> {
    let set = rules::current();
    let row = |count: rules::Count| Row {
        read: count.file.strip_prefix("families/").map(|family| set.reads(family)),
        file: count.file,
        key: count.key,
        entries: count.entries,
        chinese: count.chinese,
        latin: count.latin,
    };
    let rows: Vec<Row> = set.counts().into_iter().map(row).collect();
    output::print(&rows, COLUMNS, format)?;
    Ok(ExitStatus::Success)
}
