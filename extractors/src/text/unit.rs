//! What stands around a number and says what it counts: currencies, percent, points, tenths, counted things.

use std::collections::HashMap;
use std::sync::LazyLock;

use bellwether_model::figure::Unit;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::LOCAL_YUAN;
use super::words::Words;

/// A currency by its place in the list of the rules file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Currency(usize);

impl Currency {
    /// Its code, as figures give it.
    pub(crate) fn unit(self) -> Unit {
        UNITS.codes.get(self.0).cloned().unwrap_or_else(|| Unit("".into()))
    }

    /// Whether it is the 元 of the area in question.
    pub(crate) fn is_local(self) -> bool {
        UNITS.codes.get(self.0).is_some_and(|code| code.as_str() == LOCAL_YUAN)
    }
}

/// What a word behind a number makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behind {
    /// %.
    Percent,
    /// Percentage points.
    Points,
    /// Hundredths of a percentage point.
    BasisPoints,
    /// 成: tenths.
    Tenths,
    /// Money.
    Money(Currency),
    /// 倍.
    Multiple,
    /// Something counted.
    Count,
    /// The word goes on and is no unit (成長).
    Nothing,
}

/// The lexicons of units.
pub(crate) struct Units {
    /// Words behind a number.
    pub(crate) behind: Words<Behind>,
    /// Currencies before a number.
    pub(crate) before: Words<Currency>,
    /// Marks of ordinals before a number (第, No.).
    pub(crate) ordinal_before: Words<()>,
    /// Endings of English ordinals.
    pub(crate) ordinal_after: Words<()>,
    /// Half of a tenth (三成半).
    pub(crate) half: Words<()>,
    /// Words that are a factor by themselves.
    pub(crate) factors: Words<Decimal>,
    codes: Vec<Unit>,
}

/// The lexicons, loaded once.
pub(crate) static UNITS: LazyLock<Units> = LazyLock::new(load);

#[derive(Deserialize)]
struct CurrencyRules {
    currency: Vec<CurrencyNames>,
}

#[derive(Deserialize)]
struct CurrencyNames {
    code: String,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    before: Vec<String>,
    #[serde(default)]
    after: Vec<String>,
}

#[derive(Deserialize)]
struct UnitRules {
    percent: Vec<String>,
    points: Vec<String>,
    basis_points: Vec<String>,
    tenths: Vec<String>,
    half: Vec<String>,
    multiple: Vec<String>,
    nothing: Vec<String>,
    factors: HashMap<String, u32>,
    count: CountRules,
}

#[derive(Deserialize)]
struct CountRules {
    directly: Vec<String>,
    words: Vec<String>,
    ordinal_before: Vec<String>,
    ordinal_after: Vec<String>,
}

fn load() -> Units {
    let money: CurrencyRules = crate::rules::read("currencies");
    let units: UnitRules = crate::rules::read("units");
    let mut before = Vec::new();
    let mut behind = Vec::new();
    for (index, currency) in money.currency.iter().enumerate() {
        let meaning = Currency(index);
        before.extend(currency.names.iter().chain(&currency.before).map(|word| (word.clone(), meaning)));
        behind.extend(currency.names.iter().chain(&currency.after).map(|word| (word.clone(), Behind::Money(meaning))));
    }
    let mut add = |words: Vec<String>, meaning: Behind| behind.extend(words.into_iter().map(|word| (word, meaning)));
    add(units.percent, Behind::Percent);
    add(units.points, Behind::Points);
    add(units.basis_points, Behind::BasisPoints);
    add(units.tenths, Behind::Tenths);
    add(units.multiple, Behind::Multiple);
    add(units.nothing, Behind::Nothing);
    add(units.count.directly, Behind::Count);
    add(units.count.words, Behind::Count);
    let marks = |words: Vec<String>| Words::new(words.into_iter().map(|word| (word, ())));
    Units {
        behind: Words::new(behind),
        before: Words::new(before),
        ordinal_before: marks(units.count.ordinal_before),
        ordinal_after: marks(units.count.ordinal_after),
        half: marks(units.half),
        factors: Words::new(units.factors.into_iter().map(|(word, factor)| (word, Decimal::from(factor)))),
        codes: money.currency.into_iter().map(|currency| Unit(currency.code.into())).collect(),
    }
}
