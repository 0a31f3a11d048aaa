//! One statistic of trade in goods (SDMX: an observation), as one document states it.

use serde::{Deserialize, Serialize};

use crate::evidence::Evidence;
use crate::number::Number;
use crate::period::Period;
use crate::place::{Area, Partner};

/// What is counted: the direction of trade, seen from the reporting economy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Flow {
    /// Goods sold abroad.
    Exports,
    /// Goods bought abroad.
    Imports,
    /// Exports minus imports: a deficit is negative.
    Balance,
    /// Exports plus imports.
    Total,
    /// Export orders received.
    Orders,
}

impl Flow {
    /// The code, as in JSON.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Exports => "exports",
            Self::Imports => "imports",
            Self::Balance => "balance",
            Self::Total => "total",
            Self::Orders => "orders",
        }
    }
}

/// How it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Money in the period.
    Level,
    /// Change against the same period a year earlier, in percent; of a balance, the change of its size.
    Yoy,
    /// Change against the month before, in percent.
    Mom,
    /// Part of the total of all partners or all goods, in percent.
    Share,
    /// Change against the same period a year earlier, in money.
    YoyChange,
}

impl Measure {
    /// The code, as in JSON.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Level => "level",
            Self::Yoy => "yoy",
            Self::Mom => "mom",
            Self::Share => "share",
            Self::YoyChange => "yoy_change",
        }
    }

    /// Whether it is counted in money, so that the currency says which figure it is.
    #[must_use]
    pub fn is_money(self) -> bool {
        matches!(self, Self::Level | Self::YoyChange)
    }
}

/// Whether it has happened, and how sure the source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Reported as it happened.
    Actual,
    /// Reported as provisional.
    Preliminary,
    /// Reported as the correction of an earlier value.
    Revised,
    /// Expected by somebody.
    Forecast,
}

impl Status {
    /// Whether somebody expects it, and it is not yet known.
    #[must_use]
    pub fn is_forecast(self) -> bool {
        self == Self::Forecast
    }
}

/// ISO 4217 code of a currency in which amounts are given, or percent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Unit(pub String);

impl Unit {
    /// The unit of rates and shares.
    #[must_use]
    pub fn percent() -> Self {
        Self("percent".into())
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The number of a figure: one value, or a range where the document gives one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Amount {
    /// One value.
    Value {
        /// Money in full units, percentages as numbers; falls and deficits are negative.
        value: Number,
    },
    /// From low to high, both included.
    Range {
        /// Lower bound.
        low: Number,
        /// Upper bound.
        high: Number,
    },
}

/// How exactly the document gives the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hedge {
    /// About (約, 近, nearly).
    About,
    /// More than (逾, 超過, over).
    Over,
    /// Less than (不到, under).
    Under,
}

/// How exact the number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Precision {
    /// The value of one unit of the last digit given: 100000000 for 6407億, 10000000 for 6407.5億, 0.1 for 34.9 %.
    pub step: Number,
    /// A word that blurs the number; `None`: there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hedge: Option<Hedge>,
}

/// How sure the reader is that the text fixes everything this figure says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Something was filled in from weak signs. Never alerts.
    Low,
    /// The text, or a rule of inheritance, fixes everything.
    High,
}

/// One statistic, as one document states it. The field names are those of the labelled documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// The economy whose trade it is.
    pub area: Area,
    /// Direction of trade.
    pub flow: Flow,
    /// The other side; `None`: all partners.
    pub partner: Option<Partner>,
    /// The product class in the document's words; `None`: all goods.
    pub product: Option<String>,
    /// Period of reference, resolved.
    pub period: Period,
    /// How it is counted.
    pub measure: Measure,
    /// Actual or forecast.
    pub status: Status,
    /// The number.
    #[serde(flatten)]
    pub amount: Amount,
    /// Currency, or percent.
    pub unit: Unit,
    /// The currency in which a rate was computed; `None`: the text does not say.
    pub basis: Option<Unit>,
    /// How exact the number is; `None`: not known.
    pub precision: Option<Precision>,
    /// Who expects it, in the document's words; `None` for actual figures and where the text does not say.
    pub forecaster: Option<String>,
    /// All partners and all goods.
    pub headline: bool,
    /// The words that prove it.
    pub evidence: Evidence,
    /// The rule that took it, as `explain` names it.
    pub rule: String,
    /// How sure the reader is.
    pub confidence: Confidence,
}

impl Figure {
    /// Whether it covers all partners and all goods.
    #[must_use]
    pub fn covers_everything(&self) -> bool {
        self.partner.is_none() && self.product.is_none()
    }
}
