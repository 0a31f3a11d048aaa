//! Families of indicators beside trade (consumer prices): what `rules/families/*.toml` says of one.
//!
//! A family is a lexicon of its own, whose flows are its indicators; a document is read by each family apart, so that
//! what one family reads is the same whether another is read or not.

use std::collections::HashMap;

use bellwether_model::figure::{Flow, IndicatorCode, Measure};
use serde::Deserialize;

use super::lexicon::{FlowWord, Role};

/// What a file of a family says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FamilyFile {
    pub(super) indicator: Vec<IndicatorRow>,
    #[serde(default)]
    class: Vec<ClassRow>,
    #[serde(default)]
    pub(super) agency: Vec<AgencyRow>,
    #[serde(default)]
    cues: HashMap<Role, Vec<String>>,
    #[serde(default)]
    allowed: Vec<String>,
    #[serde(default)]
    idle: Vec<String>,
}

/// One indicator.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IndicatorRow {
    code: String,
    // Names are for people: `crate::rules::indicators` gives them.
    #[serde(rename = "chinese")]
    _chinese: String,
    #[serde(rename = "english")]
    _english: String,
    measures: Vec<Measure>,
    level: Option<LevelUnit>,
    bare: Option<Measure>,
    #[serde(default)]
    open: Vec<String>,
    words: Vec<String>,
    #[serde(default)]
    weak: Vec<String>,
    #[serde(default)]
    rates: Vec<String>,
}

/// A part of an indicator.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClassRow {
    indicator: String,
    code: String,
    #[serde(default)]
    words: Vec<String>,
    #[serde(default)]
    parts: Vec<String>,
    #[serde(default)]
    rates: Vec<String>,
}

/// An office that publishes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AgencyRow {
    pub(super) area: String,
    pub(super) names: Vec<String>,
}

/// In what a level is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum LevelUnit {
    /// Points of an index.
    Index,
    /// Money.
    Money,
    /// Percent (unemployment).
    Percent,
}

/// What the binder asks of a family.
#[derive(Debug, Clone)]
pub(super) struct Family {
    indicators: Vec<(Flow, Indicator)>,
    /// Words between an indicator and its number that change nothing, lower case and folded.
    idle: Vec<String>,
}

/// How the numbers of an indicator are to be taken.
#[derive(Debug, Clone)]
pub(super) struct Indicator {
    /// Its measures.
    pub(super) measures: Vec<Measure>,
    /// In what its level is counted.
    pub(super) level: Option<LevelUnit>,
    /// What a rate means that names no base.
    pub(super) bare: Option<Measure>,
    /// Economies whose reports leave the base of a month's rate out, whichever it is.
    pub(super) open: Vec<String>,
}

impl Family {
    /// What a file says of its indicators.
    pub(super) fn of(file: FamilyFile) -> Self {
        let mut idle: Vec<String> = file.idle.iter().map(|word| super::lexicon::aligned(word)).collect();
        // The longest first: what is taken from a gap word by word must not leave the rest of a longer one.
        idle.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let indicators = file.indicator.into_iter().filter_map(|row| {
            let IndicatorRow { code, measures, level, bare, open, .. } = row;
            Some((flow(&code)?, Indicator { measures, level, bare, open }))
        });
        Self { indicators: indicators.collect(), idle }
    }

    /// How the numbers of this indicator are to be taken.
    pub(super) fn indicator(&self, flow: Flow) -> Option<&Indicator> {
        self.indicators.iter().find(|(known, _)| *known == flow).map(|(_, indicator)| indicator)
    }

    /// Whether words between an indicator and its number say nothing of another subject.
    pub(super) fn is_idle(&self, gap: &str) -> bool {
        let mut rest = super::lexicon::aligned(gap);
        for word in &self.idle {
            if word.is_ascii() {
                rest = without_word(&rest, word);
            } else {
                rest = rest.replace(word.as_str(), " ");
            }
        }
        !rest.chars().any(char::is_alphabetic)
    }
}

/// The text without a word of Latin letters, wherever it stands whole.
fn without_word(text: &str, word: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let end = at + word.len();
        let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
        let whole = !letter(rest[..at].chars().next_back()) && !letter(rest[end..].chars().next());
        result.push_str(if whole { &rest[..at] } else { &rest[..end] });
        rest = &rest[end..];
    }
    result.push_str(rest);
    result
}

fn flow(code: &str) -> Option<Flow> {
    IndicatorCode::new(code).map(Flow::Indicator)
}

/// Adds the cues of a family to those of all, and takes those away that mean no other subject here.
pub(super) fn add_cues(file: &FamilyFile, cues: &mut HashMap<Role, Vec<String>>) {
    for (role, words) in &file.cues {
        cues.entry(*role).or_default().extend(words.iter().cloned());
    }
    for role in [Role::OtherSubject, Role::Company] {
        if let Some(words) = cues.get_mut(&role) {
            words.retain(|word| !file.allowed.contains(word));
        }
    }
}

/// Gives each word of each indicator and class to `add`.
pub(super) fn add_indicators(file: &FamilyFile, mut add: impl FnMut(&str, FlowWord)) {
    let word = |code: &str, product: Option<&str>, weak, rate| {
        let product = product.map(str::to_owned);
        // What it costs to buy goods and services is no wider than what the indicator measures.
        flow(code).map(|flow| FlowWord {
            flow,
            sign: None,
            weak,
            product,
            chinese_product: None,
            area: None,
            goods_alone: true,
            rate,
        })
    };
    let mut all = |words: &[String], meaning: Option<FlowWord>| {
        for name in words {
            if let Some(meaning) = &meaning {
                add(name, meaning.clone());
            }
        }
    };
    for row in &file.indicator {
        all(&row.weak, word(&row.code, None, true, false));
        all(&row.words, word(&row.code, None, false, false));
        all(&row.rates, word(&row.code, None, false, true));
    }
    for row in &file.class {
        all(&row.parts, word(&row.indicator, Some(&row.code), true, false));
        all(&row.words, word(&row.indicator, Some(&row.code), false, false));
        all(&row.rates, word(&row.indicator, Some(&row.code), false, true));
    }
}
