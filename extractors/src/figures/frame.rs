//! What is being spoken of at a place in a sentence, and the numbers that were found there.

use bellwether_model::figure::{Figure, Flow, Unit};
use bellwether_model::period::Period;
use bellwether_model::place::Area;

use super::lexicon::{FlowWord, RateBase};
use crate::text::{Numeral, PeriodExpression};

/// What the numbers at a place speak of: filled word by word, inherited from clause to clause.
#[derive(Debug, Clone, Default)]
pub(super) struct Frame {
    /// Counts the frames of a sentence: numbers of one frame share what stands behind them.
    pub(super) id: usize,
    /// The economy whose trade it is; `None`: the document's.
    pub(super) area: Option<Area>,
    /// Directions of trade; several only in a list (出口及進口分別).
    pub(super) flows: Vec<FlowWord>,
    /// The other side.
    pub(super) partners: Vec<Area>,
    /// The partners of a list, each perhaps of several economies, whose numbers follow one by one.
    pub(super) groups: Vec<Vec<Area>>,
    /// Product classes.
    pub(super) goods: Vec<String>,
    /// The period that was stated, resolved.
    pub(super) period: Option<Period>,
    /// Whether that period is written as a list (第一、二季), whose numbers may follow one by one.
    pub(super) periods_listed: bool,
    /// Against which period rates are counted.
    pub(super) base: Option<RateBase>,
    /// Currency in which rates are counted.
    pub(super) basis: Option<Unit>,
    /// Whether numbers belong to the members of a list one by one.
    pub(super) respective: bool,
    /// Whether the sentence speaks of something that is no trade in goods.
    pub(super) other: bool,
    /// Whether the flow may hold services too.
    pub(super) wider: bool,
    /// Whether somebody expects what follows.
    pub(super) forecast: bool,
    /// Who.
    pub(super) forecaster: Option<String>,
    /// Whether a quantity was named, of which the rates behind speak.
    pub(super) counted: bool,
    /// Numbers seen in this frame.
    pub(super) numbers: usize,
    /// Of an indicator: whether its numbers are what a rate came to (eased to 1.9%), so that a comparison is one of rates.
    pub(super) reached: bool,
    /// Whether a partner is meant that the clause does not name (雙邊).
    pub(super) bilateral: bool,
}

/// A comparison or an expectation: its numbers are not those of the period in question.
#[derive(Debug, Clone)]
pub(super) struct Zone {
    /// What opened it.
    pub(super) kind: ZoneKind,
    /// The period named inside it, as written.
    pub(super) period: Option<PeriodExpression>,
    /// Numbers seen inside it.
    pub(super) numbers: usize,
    /// Sign of a word of rising or falling inside it.
    pub(super) sign: Option<i8>,
    /// Who expects.
    pub(super) forecaster: Option<String>,
    /// Whether it names where something began (自, from), which may be no base of a rate.
    pub(super) origin: bool,
    /// Whether it tells what came before (after, following), which is no base of a rate.
    pub(super) sequel: bool,
}

impl Zone {
    /// One in which nothing has been met.
    pub(super) fn new(kind: ZoneKind) -> Self {
        Self { kind, period: None, numbers: 0, sign: None, forecaster: None, origin: false, sequel: false }
    }
}

/// What opened a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ZoneKind {
    /// 高於, compared with: the next number is another period's.
    Compare,
    /// 較, from: as above, unless a word of rising or falling comes first.
    Base,
    /// 市場預期的: the next number is what was expected.
    Expect,
}

/// A number of a sentence with what was known when it was met.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// The number.
    pub(super) numeral: Numeral,
    /// What was spoken of.
    pub(super) frame: Frame,
    /// The comparison in which it stands.
    pub(super) zone: Option<Zone>,
    /// The clause in which it stands.
    pub(super) clause: usize,
    /// What it measures, as far as its own clause tells.
    pub(super) reading: Reading,
    /// Sign of the words of rising and falling that govern it; `None`: there are none.
    pub(super) sign: Option<i8>,
    /// A period that stands behind it, as written.
    pub(super) trailing: Option<PeriodExpression>,
    /// Place among the numbers of its kind in its frame and clause, for lists.
    pub(super) place: usize,
    /// Why it is no figure.
    pub(super) left: Option<&'static str>,
    /// Whether its clause only leads to the one that names its flow.
    pub(super) awaits_flow: bool,
    /// Whether it was taken together with the word of rising behind it (a 5 percent increase).
    pub(super) leads: bool,
    /// Whether words behind it have said against what it is counted.
    pub(super) based: bool,
}

/// What a number measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Money in a period.
    Level,
    /// A change in money.
    Change,
    /// A change in percent.
    Rate,
    /// A part of a whole.
    Share,
}

/// The words of rising and falling that were met since the last number used them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Motion {
    /// What the flow did.
    pub(super) moved: Option<i8>,
    /// A rate with a sign of its own.
    pub(super) rate: Option<i8>,
    /// What became of it.
    pub(super) shift: Option<i8>,
    /// The clause in which they stand.
    pub(super) clause: usize,
    /// Whether a number has used them.
    pub(super) used: bool,
    /// Where the last of them ends.
    pub(super) end: usize,
}

/// With whom the figures of a text were told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Sides {
    /// None was told yet.
    #[default]
    Untold,
    /// With these alone, of these flows.
    One(Vec<Area>, Vec<Flow>),
    /// With several, or of all trade.
    Several,
}

impl Sides {
    /// These, and those of one more figure.
    pub(super) fn and(self, figure: &Figure, partners: &[Area]) -> Self {
        match self {
            Self::Untold if figure.partner.is_some() => Self::One(partners.to_vec(), vec![figure.flow]),
            Self::One(before, mut flows) if figure.partner.is_some() && before == partners => {
                if !flows.contains(&figure.flow) {
                    flows.push(figure.flow);
                }
                Self::One(before, flows)
            }
            _ => Self::Several,
        }
    }
}

/// What one sentence leaves to the next.
#[derive(Debug, Clone, Default)]
pub(super) struct Carry {
    /// With whom its figures were told.
    pub(super) sides: Sides,
    /// The last frame that gave figures.
    pub(super) frame: Frame,
    /// The period in question.
    pub(super) anchor: Option<Period>,
    /// The period of the last figure, whatever paragraph it stood in.
    pub(super) told: Option<Period>,
    /// The first period in question: what the document is about.
    pub(super) lead: Option<Period>,
    /// The period that is being expected.
    pub(super) forecast_anchor: Option<Period>,
    /// Whether the sentence before gave figures.
    pub(super) gave: bool,
    /// Whether the sentence before, in the same paragraph, spoke of trade without a figure.
    pub(super) spoke: bool,
    /// Whether the period in question is a sum since January that a sentence added (累計).
    pub(super) summed: bool,
    /// The product classes that were named last.
    pub(super) named_goods: Vec<String>,
    /// Whether the sentence before told of one direction of trade alone.
    pub(super) one_flow: bool,
    /// Whether the text has spoken of goods and services together, so that a flow alone may be of both.
    pub(super) wider: bool,
    /// Against what the first rates of the document are counted.
    pub(super) lead_base: Option<RateBase>,
    /// The direction of trade that opens an English text.
    pub(super) lead_flow: Option<Flow>,
    /// Whether a balance is the first direction of trade that the text names.
    pub(super) opens_with_balance: bool,
    /// Whether the last period was told of by the way (in December alone).
    pub(super) alone: bool,
    /// The period of the first figure of the paragraph.
    pub(super) opened: Option<Period>,
    /// Whether the paragraph before ended in figures.
    pub(super) paragraph_gave: bool,
    /// Against what the last rates of the paragraph are counted.
    pub(super) base: Option<RateBase>,
    /// Against what the last rate of each flow is counted, all partners and all goods.
    pub(super) bases: Vec<(Flow, RateBase)>,
    /// Against what the last rates of the document are counted that say so.
    pub(super) last_base: Option<RateBase>,
    /// The partners to whom the paragraph has turned (In trade with China, …).
    pub(super) with: Vec<Area>,
    /// The economy of the paragraph.
    pub(super) area: Option<Area>,
    /// Periods of the last comparison, in order.
    pub(super) compared: Vec<Period>,
    /// The last office or bank that was named as a source.
    pub(super) forecaster: Option<String>,
    /// The economies of which the paragraph speaks as those that placed orders.
    pub(super) topic: Vec<Area>,
    /// Whether the sentence before spoke of a company.
    pub(super) company: bool,
    /// The last currency.
    pub(super) currency: Option<Unit>,
}
