//! Which events, and what is asked of them.

use bellwether_model::figure::{Flow, Measure};
use bellwether_model::period::Period;
use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;

use super::FormatArgument;

/// `events …`
#[derive(Debug, Subcommand)]
pub enum EventsCommand {
    /// Events, one fact each
    List {
        /// Which
        #[command(flatten)]
        filter: EventArguments,
        /// How
        #[command(flatten)]
        format: FormatArgument,
    },
    /// One event with every mention, vintage and the words that prove it
    Show {
        /// Its id
        #[arg(value_name = "ID")]
        id: String,
        /// As it was known at this time
        #[arg(long, value_name = "TIME")]
        as_of: Option<Timestamp>,
        /// How
        #[command(flatten)]
        format: FormatArgument,
    },
    /// The values of each series in the order of their periods
    Series {
        /// Which
        #[command(flatten)]
        filter: EventArguments,
        /// How
        #[command(flatten)]
        format: FormatArgument,
    },
    /// Figures that do not fit together: rates against amounts, balances, sums, shares, ranges. Exit 1 where there are some
    Check {
        /// Which events a finding must touch
        #[command(flatten)]
        filter: EventArguments,
        /// How
        #[command(flatten)]
        format: FormatArgument,
    },
    /// Records, streaks and first times of which documents speak, against the series as far as it is known. Exit 1 where
    /// one is contradicted
    Claims {
        /// Of which figures
        #[command(flatten)]
        filter: EventArguments,
        /// How
        #[command(flatten)]
        format: FormatArgument,
    },
    /// Publish figures that are held because they stand out from their series. No other process may hold the store
    Release {
        /// Their ids, or the beginnings of them
        #[arg(value_name = "ID", required = true)]
        ids: Vec<String>,
    },
    /// What was expected against what came: inside, above or below, by how much; and a record of each forecaster
    Forecasts {
        /// Which forecasts
        #[command(flatten)]
        filter: EventArguments,
        /// The records of the forecasters instead of the single forecasts; a table has both
        #[arg(long)]
        records: bool,
        /// How
        #[command(flatten)]
        format: FormatArgument,
    },
    /// Policy actions with what became of them: in force, suspended until, extended, repealed, replaced, and by which act
    Policies {
        /// Which
        #[command(flatten)]
        filter: EventArguments,
        /// How they stand on this day instead of today (UTC), as 2026-01-31
        #[arg(long, value_name = "DATE")]
        on: Option<jiff::civil::Date>,
        /// How
        #[command(flatten)]
        format: FormatArgument,
    },
    /// Events as they were known at a time: `events list --as-of` in fewer words
    AsOf {
        /// The time, as 2026-01-09T08:00:00Z
        #[arg(value_name = "TIME")]
        time: Timestamp,
        /// Which
        #[command(flatten)]
        filter: EventArguments,
        /// How
        #[command(flatten)]
        format: FormatArgument,
    },
}

/// Which events.
#[derive(Debug, Clone, Default, Args)]
pub struct EventArguments {
    /// Economy whose trade it is, as TW
    #[arg(long, value_name = "CODE")]
    pub area: Option<String>,
    /// Partner, as US or CN+HK; `all` for figures over all partners
    #[arg(long, value_name = "CODE")]
    pub partner: Option<String>,
    /// exports, imports, balance, total, orders, or the code of an indicator (`bellwether rules list`)
    #[arg(long, value_parser = from_name::<Flow>)]
    pub flow: Option<Flow>,
    /// level, yoy, mom, share or yoy_change
    #[arg(long, value_parser = from_name::<Measure>)]
    pub measure: Option<Measure>,
    /// Period of reference, as 2025-12, 2025-Q4 or 2025-01/2025-11
    #[arg(long)]
    pub period: Option<Period>,
    /// actual, forecast, new, revised, disputed, held or withdrawn
    #[arg(long)]
    pub status: Option<StatusArgument>,
    /// figure, statement or policy
    #[arg(long, value_parser = from_name::<bellwether_model::event::FactKind>)]
    pub kind: Option<bellwether_model::event::FactKind>,
    /// Mentioned by this source
    #[arg(long, value_name = "SOURCE")]
    pub source: Option<String>,
    /// Brought by this release, as TW-2025-12
    #[arg(long, value_name = "RELEASE")]
    pub release: Option<String>,
    /// Changed at this time or later
    #[arg(long, value_name = "TIME")]
    pub since: Option<Timestamp>,
    /// Changed before this time
    #[arg(long, value_name = "TIME")]
    pub until: Option<Timestamp>,
    /// At most so many; 0 for all
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub limit: usize,
    /// As they were known at this time
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<Timestamp>,
}

/// How an event stands, for `--status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StatusArgument {
    /// It has happened
    Actual,
    /// Somebody expects it
    Forecast,
    /// As first reported
    New,
    /// A later value replaced the first
    Revised,
    /// Reports differ
    Disputed,
    /// It stands out from its series and is not confirmed
    Held,
    /// No document carries it any more
    Withdrawn,
}

/// `search`
#[derive(Debug, Args)]
pub struct SearchArguments {
    /// Words that must all be there
    #[arg(value_name = "QUERY", required = true)]
    pub query: Vec<String>,
    /// In what was known at this time
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<Timestamp>,
    /// How
    #[command(flatten)]
    pub format: FormatArgument,
}

/// Reads a model's own name for a value, as its JSON has it.
fn from_name<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).map_err(|cause| cause.to_string())
}
