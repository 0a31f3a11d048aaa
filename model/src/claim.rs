//! What a document says of a figure's place in its series: a record, a streak, a first time. It is no figure: it is kept with the
//! figure's mention and compared with what is known of the series.

use serde::{Deserialize, Serialize};

use crate::evidence::Evidence;
use crate::figure::Unit;
use crate::number::Number;
use crate::period::Period;
use crate::watch::RecordEnd;

/// One claim, as one document makes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// What it says.
    #[serde(flatten)]
    pub said: Said,
    /// The words that make it, and where they stand.
    pub evidence: Evidence,
}

/// What a claim says.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "claim", rename_all = "snake_case")]
pub enum Said {
    /// The value, or the rate, is the highest or lowest (創新高, the largest drop since 2009).
    Record {
        /// Which end.
        end: RecordEnd,
        /// Of what.
        of: Of,
        /// 1: the very highest or lowest; 2: the second (次高).
        rank: u8,
        /// Among which values.
        among: Among,
    },
    /// It has grown, or shrunk, against the year before for so many periods in a row, this one among them (連續5個月成長).
    Streak {
        /// Whether it has grown.
        growing: bool,
        /// Periods in a row.
        count: u16,
        /// How long each of them is.
        each: Span,
    },
    /// It is above an amount for the first time (首度突破500億美元).
    FirstAbove {
        /// The amount, in full units.
        amount: Number,
        /// Its currency.
        currency: Unit,
    },
}

/// What is a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Of {
    /// The amount itself.
    Value,
    /// Its change against the year before.
    Growth,
    /// One of the two: the text does not say which.
    Either,
}

/// Among which values something is a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "among", rename_all = "snake_case")]
pub enum Among {
    /// Among all there ever were.
    All,
    /// Among those of the same part of each year (歷年同月).
    SamePart,
    /// Among those since a period, that period left out: what stood then was higher or as high.
    Since {
        /// That period.
        since: Period,
    },
    /// Among those of so many months, quarters or years.
    Within {
        /// How many.
        count: u16,
        /// Of what length.
        each: Span,
    },
}

/// A length of time by which claims count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// Months.
    Month,
    /// Quarters.
    Quarter,
    /// Years.
    Year,
}

impl Span {
    /// How many months it has.
    #[must_use]
    pub fn months(self) -> i32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Year => 12,
        }
    }
}
