//! What the reading of figures is made of, to be left out one at a time: what each is worth is measured by doing
//! without it (`docs/ABLATION.md`).
//!
//! Words are left out before they are bound, what sentences leave to each other before the next one takes it up.

use super::frame::{Carry, Frame};
use super::lexicon::{Role, Term, aligned};
use super::token::{Kind, Token};

/// A part of the reading that can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// A period stated once holds until another is.
    PeriodHeld,
    /// The first period is what the document is about: paragraphs return to it, older years are background.
    PeriodOfLead,
    /// Sentences that name no economy mean the document's.
    EconomyOfDocument,
    /// Sentences that name no direction of trade go on with the one before.
    FlowHeld,
    /// The base of a rate, the currency and the forecaster hold for the sentences behind.
    BaseHeld,
    /// Words that set a number against another period's.
    Comparisons,
    /// Words of expecting: what follows is a forecast, or what had been expected.
    Expectations,
    /// Words that give the members of a list their numbers one by one.
    Lists,
    /// Words that turn to a part of what was spoken of (其中).
    Parts,
    /// Words for shares and ratios.
    Shares,
    /// Words for thresholds passed and old records.
    Thresholds,
    /// Words for companies, prices, output and whatever else is no trade.
    OtherSubjects,
    /// Words for services, and for goods and services together.
    Services,
    /// Words for what is counted by piece, weight or volume.
    Quantities,
    /// Words for rates against the month before or another period than the year before.
    OtherBases,
    /// Words of conditions and causes.
    Conditions,
    /// The list of product classes.
    ProductClasses,
    /// Product classes that no list has, known by where they stand.
    UnknownClasses,
    /// Numbers in Chinese numerals.
    ChineseNumerals,
    /// Words of one script found in the other.
    OtherScript,
    /// Figures in tables.
    Tables,
    /// Each fact once, with the body before the title.
    Merging,
    /// A second number for one thing is left out.
    Contradictions,
}

impl Mechanism {
    /// All of them, those of a kind together.
    pub const ALL: [Self; 23] = [
        Self::PeriodHeld,
        Self::PeriodOfLead,
        Self::EconomyOfDocument,
        Self::FlowHeld,
        Self::BaseHeld,
        Self::Comparisons,
        Self::Expectations,
        Self::Lists,
        Self::Parts,
        Self::Shares,
        Self::Thresholds,
        Self::OtherSubjects,
        Self::Services,
        Self::Quantities,
        Self::OtherBases,
        Self::Conditions,
        Self::ProductClasses,
        Self::UnknownClasses,
        Self::ChineseNumerals,
        Self::OtherScript,
        Self::Tables,
        Self::Merging,
        Self::Contradictions,
    ];

    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PeriodHeld => "a period holds until another",
            Self::PeriodOfLead => "the lead's period",
            Self::EconomyOfDocument => "the document's economy",
            Self::FlowHeld => "sentences that go on without a flow",
            Self::BaseHeld => "base, currency and forecaster hold",
            Self::Comparisons => "comparisons",
            Self::Expectations => "forecasts and expectations",
            Self::Lists => "lists with respectively",
            Self::Parts => "parts of what was spoken of",
            Self::Shares => "shares and ratios",
            Self::Thresholds => "thresholds and old records",
            Self::OtherSubjects => "what is no trade",
            Self::Services => "services and wider trade",
            Self::Quantities => "quantities",
            Self::OtherBases => "rates against other periods",
            Self::Conditions => "conditions and causes",
            Self::ProductClasses => "the list of product classes",
            Self::UnknownClasses => "product classes in no list",
            Self::ChineseNumerals => "Chinese numerals",
            Self::OtherScript => "both scripts by one list",
            Self::Tables => "tables",
            Self::Merging => "each fact once",
            Self::Contradictions => "contradictions left out",
        }
    }

    /// What the words do that it is made of; empty: it is made of none.
    fn roles(self) -> &'static [Role] {
        match self {
            Self::Comparisons => {
                &[Role::Compare, Role::CompareBase, Role::Comparing, Role::ValueBefore, Role::ValueExpected]
            }
            Self::Expectations => {
                &[Role::Expected, Role::ExpectedIdle, Role::Forecast, Role::Settled, Role::Modal, Role::Pollster]
            }
            Self::Lists => &[Role::Respective],
            Self::Parts => &[Role::Including, Role::Together, Role::Anaphor],
            Self::Shares => &[Role::Share, Role::Ratio],
            Self::Thresholds => &[Role::ThresholdAfter, Role::ThresholdBefore, Role::SinceAfter, Role::SinceBefore],
            Self::OtherSubjects => &[Role::OtherSubject, Role::NationalAccounts, Role::Company],
            Self::Services => &[Role::OtherFlow, Role::Wider],
            Self::Quantities => &[Role::Quantity, Role::Volume],
            Self::OtherBases => &[Role::Mom, Role::OtherBasis],
            Self::Conditions => &[Role::Condition, Role::CauseBehind],
            _ => &[],
        }
    }

    fn is_made_of(self, text: &str, token: &Token) -> bool {
        let words = || text.get(token.span.clone()).unwrap_or_default();
        match (&token.kind, self) {
            (Kind::Numeral(_), Self::ChineseNumerals) => words().contains(is_chinese_digit),
            (Kind::Word(_), Self::OtherScript) => is_of_other_script(words()),
            (Kind::Word(term), Self::ProductClasses) => term.goods,
            (Kind::Word(term), _) => self.roles().iter().any(|role| Term::is(term, *role)),
            _ => false,
        }
    }
}

/// Drops the tokens of which the mechanism is made.
pub(super) fn drop_tokens(left_out: Option<Mechanism>, text: &str, tokens: &mut Vec<Token>) {
    if let Some(mechanism) = left_out {
        tokens.retain(|token| !mechanism.is_made_of(text, token));
    }
}

/// Drops what a sentence would have left to the next by the mechanism.
pub(super) fn forget(left_out: Option<Mechanism>, carry: &mut Carry) {
    match left_out {
        Some(Mechanism::PeriodHeld) => (carry.anchor, carry.forecast_anchor) = (None, None),
        Some(Mechanism::PeriodOfLead) => carry.lead = None,
        Some(Mechanism::FlowHeld) => (carry.frame, carry.gave) = (Frame::default(), false),
        Some(Mechanism::BaseHeld) => {
            (carry.base, carry.lead_base) = (None, None);
            (carry.currency, carry.forecaster) = (None, None);
        }
        _ => {}
    }
}

fn is_chinese_digit(c: char) -> bool {
    "〇零一二三四五六七八九十兩两半成".contains(c)
}

/// Whether folding changes more than width or case: the word is found by its spelling in the other script.
fn is_of_other_script(words: &str) -> bool {
    words.chars().zip(aligned(words).chars()).any(|(c, folded)| c != folded && ('\u{4e00}'..='\u{9fff}').contains(&c))
}
