//! What a word of the rules may do in a sentence.

use bellwether_model::figure::Flow;
use bellwether_model::place::Area;
use serde::Deserialize;

/// What a word may do in a sentence; one word may do several things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    PartnerTo,
    PartnerFrom,
    PartnerWith,
    ListAnd,
    Market,
    Respective,
    Including,
    Together,
    Share,
    Ratio,
    Yoy,
    Mom,
    OtherBasis,
    BasisUsd,
    BasisCny,
    BasisTwd,
    BasisJpy,
    BasisKrw,
    Compare,
    CompareBase,
    Expected,
    ExpectedIdle,
    ExpectedNoun,
    Forecast,
    Settled,
    Modal,
    Pollster,
    Millions,
    Billions,
    Comparing,
    Wider,
    Anaphor,
    Volume,
    Gap,
    ThoseOf,
    ValueBefore,
    ValueExpected,
    ClauseWord,
    Quantity,
    OtherSubject,
    OtherFlow,
    NationalAccounts,
    Company,
    ThresholdAfter,
    ThresholdBefore,
    Bilateral,
    Level,
    Arrival,
    Change,
    SinceAfter,
    SinceBefore,
    PlainGoods,
    PlainGoodsEn,
    TopicBehind,
    CauseBehind,
    Condition,
    Difference,
    Neutral,
}

impl Role {
    /// Its place in a set of roles, of which there are fewer than 128.
    const fn bit(self) -> u128 {
        1 << self as u32
    }
}

/// A word for a direction of trade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FlowWord {
    /// The direction.
    pub(super) flow: Flow,
    /// Of a balance: +1 a surplus, -1 a deficit, `None` left open.
    pub(super) sign: Option<i8>,
    /// Whether it counts only beside stronger words.
    pub(super) weak: bool,
    /// The product class that the word names too (NODX: non-oil domestic).
    pub(super) product: Option<String>,
    /// The same class in the words of Chinese texts, where the word stands in them too.
    pub(super) chinese_product: Option<String>,
    /// The economy that the word names too (world trade).
    pub(super) area: Option<Area>,
    /// Whether the word itself says that goods alone are meant.
    pub(super) goods_alone: bool,
    /// Whether it names a yearly rate itself (通膨率): the number behind is that rate, and what rises or falls is the rate.
    pub(super) rate: bool,
}

impl FlowWord {
    /// A direction that no word names.
    pub(super) fn unnamed(flow: Flow) -> Self {
        Self {
            flow,
            sign: None,
            weak: false,
            product: None,
            chinese_product: None,
            area: None,
            goods_alone: false,
            rate: false,
        }
    }

    /// The word as a Chinese text means it.
    pub(super) fn in_chinese(mut self) -> Self {
        self.product = self.chinese_product.take().or(self.product);
        self
    }
}

/// What a word of rising or falling speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Shape {
    /// What the flow did (增長).
    Move,
    /// A rate with a sign of its own (跌幅).
    Rate,
    /// What became of a rate, a share or a balance (收窄).
    Shift,
}

/// A word of rising or falling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DirectionWord {
    /// +1 or -1.
    pub(super) sign: i8,
    /// What it speaks of.
    pub(super) shape: Shape,
    /// The base of the rate, where the word says it.
    pub(super) base: Option<RateBase>,
}

/// The period against which a rate is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RateBase {
    /// The same period a year earlier.
    Year,
    /// The month before.
    Month,
    /// Another one, which no measure holds.
    Other,
}

/// One word with all that it may mean.
#[derive(Debug, Clone, Default)]
pub(super) struct Term {
    /// The economies it names.
    pub(super) areas: Vec<Area>,
    /// The economy of which this office speaks.
    pub(super) agency: Option<Area>,
    /// The economy of which it speaks where the text names no other: several have an office of this name.
    pub(super) shared_agency: Option<Area>,
    /// Whether it is an office, bank or institute that may look ahead.
    pub(super) institution: bool,
    /// The direction of trade it names.
    pub(super) flow: Option<FlowWord>,
    /// What it says of rising and falling.
    pub(super) direction: Option<DirectionWord>,
    /// Whether it names a product class.
    pub(super) goods: bool,
    /// Whether it looks like a flow and is none.
    pub(super) none: bool,
    pub(super) roles: Vec<Role>,
    /// The same, a bit each: every token is asked for many roles.
    pub(super) role_bits: u128,
    /// Whether only capitals match.
    pub(super) capitals: bool,
}

impl Term {
    /// What the word may do, for people; `None`: nothing that binds.
    pub(super) fn described(&self) -> Option<String> {
        let roles: Vec<String> =
            self.roles.iter().filter(|role| **role != Role::Neutral).map(|role| format!("{role:?}")).collect();
        let agency = match &self.agency {
            Some(area) => Some(format!("office of {area}")),
            None => self.institution.then(|| "institution".to_owned()),
        };
        let none = self.none.then(|| "no flow".to_owned());
        let all: Vec<String> = roles.into_iter().chain(agency).chain(none).collect();
        (!all.is_empty()).then(|| all.join(", "))
    }

    /// Whether the word may do this.
    pub(super) fn is(&self, role: Role) -> bool {
        self.role_bits & role.bit() != 0
    }

    /// Whether the word says something only where it labels a number.
    pub(super) fn only_labels(&self) -> bool {
        self.roles.iter().all(|role| matches!(role, Role::ValueBefore | Role::ValueExpected)) && !self.roles.is_empty()
    }

    pub(super) fn add_role(&mut self, role: Role) {
        self.roles.push(role);
        self.role_bits |= role.bit();
    }
}
