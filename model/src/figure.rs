//! One statistic of trade in goods (SDMX: an observation), as one document states it.

use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};

use crate::claim::Claim;
use crate::evidence::Evidence;
use crate::number::Number;
use crate::period::Period;
use crate::place::{Area, Partner};

/// What is counted: the direction of trade, seen from the reporting economy, or an indicator of another family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
    /// No trade: an indicator that a rules file names, by its code (`consumer_prices`).
    Indicator(IndicatorCode),
}

impl Flow {
    /// The flows of trade in goods.
    pub const TRADE: [Self; 5] = [Self::Exports, Self::Imports, Self::Balance, Self::Total, Self::Orders];

    /// The code, as in JSON.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Exports => "exports",
            Self::Imports => "imports",
            Self::Balance => "balance",
            Self::Total => "total",
            Self::Orders => "orders",
            Self::Indicator(code) => code.as_str(),
        }
    }

    /// The flow or the indicator of this code; `None`: it is no code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let trade = Self::TRADE.into_iter().find(|flow| flow.code() == code);
        trade.or_else(|| IndicatorCode::new(code).map(Self::Indicator))
    }

    /// Whether goods are traded.
    #[must_use]
    pub fn is_trade(&self) -> bool {
        !matches!(self, Self::Indicator(_))
    }
}

impl Serialize for Flow {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Flow {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::from_code(&code).ok_or_else(|| {
            let trade = Self::TRADE.map(|flow| format!("`{}`", flow.code())).join(", ");
            serde::de::Error::custom(format!(
                "unknown variant `{code}`, expected one of {trade}, or the code of an indicator"
            ))
        })
    }
}

impl schemars::JsonSchema for Flow {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Flow".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "exports, imports, balance (exports minus imports: a deficit is negative), total (exports plus \
                            imports), orders (export orders received), or the code of an indicator of another family, as \
                            consumer_prices",
            "type": "string",
            "pattern": "^[a-z][a-z0-9_]{1,31}$"
        })
    }
}

/// The code of an indicator: 2 to 32 small letters, digits and `_`, a letter first. It lies in the value itself, so
/// that a flow is copied like a number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IndicatorCode {
    /// The letters, then zeros.
    letters: [u8; Self::LONGEST],
}

impl IndicatorCode {
    /// Letters that a code has at most.
    pub const LONGEST: usize = 32;

    /// The code; `None`: it is too long, too short, or holds other characters.
    #[must_use]
    pub fn new(code: &str) -> Option<Self> {
        let sound = (2..=Self::LONGEST).contains(&code.len())
            && code.starts_with(|c: char| c.is_ascii_lowercase())
            && code.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_');
        sound.then(|| {
            let mut letters = [0; Self::LONGEST];
            letters[..code.len()].copy_from_slice(code.as_bytes());
            Self { letters }
        })
    }

    /// Its letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let end = self.letters.iter().position(|letter| *letter == 0).unwrap_or(Self::LONGEST);
        std::str::from_utf8(&self.letters[..end]).unwrap_or_default()
    }
}

impl std::fmt::Debug for IndicatorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
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

/// ISO 4217 code of a currency in which amounts are given, or percent. Shared, as reading copies it often.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Unit(pub Arc<str>);

impl Unit {
    /// The unit of rates and shares.
    #[must_use]
    pub fn percent() -> Self {
        static PERCENT: LazyLock<Unit> = LazyLock::new(|| Unit("percent".into()));
        PERCENT.clone()
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
    /// What the document says of its place in its series.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
}

impl Figure {
    /// Whether it covers all partners and all goods.
    #[must_use]
    pub fn covers_everything(&self) -> bool {
        self.partner.is_none() && self.product.is_none()
    }
}
