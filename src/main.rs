//! The program: see `bellwether --help`.

use bellwether::cli::{self, ExitStatus, args::Cli, args::LogFormat, args::LogLevel};
use clap::Parser as _;

fn main() -> ExitStatus {
    let cli = Cli::parse();
    let level = match cli.log {
        LogLevel::Error => tracing::Level::ERROR,
        LogLevel::Warn => tracing::Level::WARN,
        LogLevel::Info => tracing::Level::INFO,
        LogLevel::Debug => tracing::Level::DEBUG,
    };
    let colour = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let log = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_ansi(colour)
        .with_target(false);
    match cli.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.with_ansi(false).json().flatten_event(true).init(),
    }
    cli::execute(&cli).unwrap_or_else(|failure| cli::report_failure(&failure))
}
