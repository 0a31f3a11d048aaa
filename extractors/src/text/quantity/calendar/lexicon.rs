//! The words of the calendar, loaded once from the rules file.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::days::Unit;
use crate::text::words::Words;

/// A part of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum PartOf {
    Early,
    Begin,
    Mid,
    Middle,
    Late,
    End,
    Earlier,
    Later,
    Rest,
}

#[derive(Deserialize)]
struct Rules {
    english: EnglishWords,
    chinese: ChineseRules,
}

/// English words, in lower case.
#[derive(Deserialize)]
pub(super) struct EnglishWords {
    pub(super) months: HashMap<String, i8>,
    pub(super) weekdays: HashMap<String, i64>,
    pub(super) cardinals: HashMap<String, i64>,
    pub(super) ordinals: HashMap<String, i64>,
    pub(super) decades: HashMap<String, i16>,
    pub(super) shifts: HashMap<String, i64>,
    pub(super) days: HashMap<String, i64>,
    pub(super) units: HashMap<String, Unit>,
    pub(super) parts: HashMap<String, PartOf>,
    pub(super) seasons: Vec<String>,
    pub(super) ambiguous: Vec<String>,
    pub(super) few: i64,
    pub(super) joins: Vec<String>,
}

#[derive(Deserialize)]
struct ChineseRules {
    days: HashMap<String, i64>,
    shifts: HashMap<String, i64>,
    years: HashMap<String, i64>,
    stretches: HashMap<String, i64>,
    units: HashMap<String, Unit>,
    seasons: HashMap<String, u8>,
    eras: HashMap<String, i16>,
}

/// Chinese words.
pub(super) struct ChineseWords {
    pub(super) days: Words<i64>,
    pub(super) shifts: Words<i64>,
    pub(super) years: Words<i64>,
    pub(super) stretches: Words<i64>,
    pub(super) units: Words<Unit>,
    pub(super) seasons: Words<u8>,
    pub(super) eras: Words<i16>,
}

/// The lexicons of both languages.
pub(super) struct Lexicon {
    pub(super) english: EnglishWords,
    pub(super) chinese: ChineseWords,
}

/// The lexicons, loaded once.
pub(super) static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let Rules { english, chinese } = crate::rules::read("calendar");
    let chinese = ChineseWords {
        days: Words::new(chinese.days),
        shifts: Words::new(chinese.shifts),
        years: Words::new(chinese.years),
        stretches: Words::new(chinese.stretches),
        units: Words::new(chinese.units),
        seasons: Words::new(chinese.seasons),
        eras: Words::new(chinese.eras),
    };
    Lexicon { english, chinese }
});
