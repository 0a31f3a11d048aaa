//! What is done with the outbox.

use clap::Subcommand;

use super::FormatArgument;

/// `alerts …`
#[derive(Debug, Subcommand)]
pub enum AlertsCommand {
    /// Alerts, newest first, with how far delivery has come
    List(FormatArgument),
    /// Sends a test alert at once
    Test {
        /// The channel of watchlist.toml
        #[arg(value_name = "CHANNEL")]
        channel: String,
    },
    /// Keeps alerts back for a time
    #[command(subcommand)]
    Silence(SilenceCommand),
    /// Tries alerts again that were given up
    Retry {
        /// Only this alert
        #[arg(value_name = "ALERT")]
        id: Option<String>,
    },
}

/// `alerts silence …`
#[derive(Debug, Subcommand)]
pub enum SilenceCommand {
    /// Keeps back alerts that all matchers fit; a running `bellwether run` follows at once
    Add {
        /// How long, as 2h or 3d
        #[arg(long = "for", value_name = "DURATION", conflicts_with = "until", required_unless_present = "until")]
        length: Option<String>,
        /// Until when
        #[arg(long, value_name = "TIME")]
        until: Option<jiff::Timestamp>,
        /// From when; now unless given
        #[arg(long, value_name = "TIME")]
        from: Option<jiff::Timestamp>,
        /// Why, for people
        #[arg(long, default_value = "")]
        comment: String,
        /// Conditions on labels, as area=TW or source=~"wire|ptt"
        #[arg(value_name = "MATCHER", required = true)]
        matchers: Vec<String>,
    },
    /// Silences, with their times
    List(FormatArgument),
    /// Ends a silence
    Remove {
        /// The silence
        #[arg(value_name = "SILENCE")]
        id: String,
    },
}
