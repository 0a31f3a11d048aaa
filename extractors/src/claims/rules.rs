//! The patterns and words of `rules/claims.toml`, made ready once.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use bellwether_model::claim::Span;
use regex::Regex;
use serde::Deserialize;

use super::aligned;
use crate::needs::Patterns;

/// The patterns and words by which claims are read.
pub(super) struct Rules {
    pub(super) records: Patterns,
    pub(super) streaks: Patterns,
    pub(super) firsts: Patterns,
    pub(super) high: Vec<String>,
    pub(super) low: Vec<String>,
    pub(super) growth: Vec<String>,
    pub(super) falls: Vec<String>,
    pub(super) paces: Vec<String>,
    pub(super) same_part: Vec<String>,
    pub(super) since: Vec<String>,
    pub(super) ever: Vec<String>,
    pub(super) others: Vec<String>,
    pub(super) up: Vec<String>,
    pub(super) denied_before: Vec<String>,
    pub(super) denied_behind: Vec<String>,
    spans: Vec<(String, Span)>,
    counts: HashMap<String, u16>,
}

pub(super) static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::of(crate::rules::read("claims")));

#[derive(Deserialize)]
struct File {
    records: Vec<String>,
    streaks: Vec<String>,
    firsts: Vec<String>,
    high: Vec<String>,
    low: Vec<String>,
    growth: Vec<String>,
    falls: Vec<String>,
    paces: Vec<String>,
    same_part: Vec<String>,
    since: Vec<String>,
    ever: Vec<String>,
    others: Vec<String>,
    up: Vec<String>,
    down: Vec<String>,
    denied_before: Vec<String>,
    denied_behind: Vec<String>,
    months: Vec<String>,
    quarters: Vec<String>,
    years: Vec<String>,
    counts: BTreeMap<String, u16>,
}

impl Rules {
    fn of(file: File) -> Self {
        let folded = |words: &[String]| words.iter().map(|word| aligned(word)).collect::<Vec<_>>();
        let (months, quarters, years) = (folded(&file.months), folded(&file.quarters), folded(&file.years));
        let tagged = |words: &[String], span| words.iter().map(|word| (word.clone(), span)).collect::<Vec<_>>();
        let spans =
            [tagged(&months, Span::Month), tagged(&quarters, Span::Quarter), tagged(&years, Span::Year)].concat();
        let counts: HashMap<String, u16> = file.counts.iter().map(|(word, count)| (aligned(word), *count)).collect();
        let (high, low) = (folded(&file.high), folded(&file.low));
        let (growth, falls) = (folded(&file.growth), folded(&file.falls));
        let (up, down) = (folded(&file.up), folded(&file.down));
        let words = Words {
            end: one_of(high.iter().chain(&low)),
            noun: one_of(growth.iter().chain(&falls)),
            count: format!(r"\d{{1,3}}(?:st|nd|rd|th)?|{}", one_of(counts.keys())),
            span: one_of(spans.iter().map(|(word, _)| word)),
            run: one_of(up.iter().chain(&down)),
        };
        let patterns = |patterns: &[String]| {
            let read = |text: &String| words.pattern(text).unwrap_or_else(|error| panic!("rules/claims.toml: {error}"));
            Patterns::new(patterns.iter().map(read).collect())
        };
        Self {
            records: patterns(&file.records),
            streaks: patterns(&file.streaks),
            firsts: patterns(&file.firsts),
            high,
            low,
            growth,
            falls,
            paces: folded(&file.paces),
            same_part: folded(&file.same_part),
            since: folded(&file.since),
            ever: folded(&file.ever),
            others: folded(&file.others),
            up,
            denied_before: folded(&file.denied_before),
            denied_behind: folded(&file.denied_behind),
            spans,
            counts,
        }
    }

    /// The length of time of a word that counts it.
    pub(super) fn span(&self, word: &str) -> Option<Span> {
        self.spans.iter().find(|(known, _)| known == word).map(|(_, span)| *span)
    }

    /// The number of a count in digits or words.
    pub(super) fn count(&self, word: &str) -> Option<u16> {
        let digits: String = word.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok().or_else(|| self.counts.get(word).copied()).filter(|count| *count > 0)
    }
}

/// The words that stand for the names in braces, each as an alternation.
struct Words {
    end: String,
    noun: String,
    count: String,
    span: String,
    run: String,
}

impl Words {
    fn pattern(&self, text: &str) -> Result<Regex, regex::Error> {
        let named = [
            ("{end}", &self.end),
            ("{noun}", &self.noun),
            ("{count}", &self.count),
            ("{span}", &self.span),
            ("{run}", &self.run),
        ];
        let pattern =
            named.iter().fold(aligned_pattern(text), |text, (name, words)| text.replace(name, &format!("(?:{words})")));
        // The words beside a boundary are ASCII.
        Regex::new(&pattern.replace(r"\b", r"(?-u:\b)"))
    }
}

/// A pattern in Simplified characters; its letters keep their case, since some of them are commands.
fn aligned_pattern(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii() { c } else { crate::fold::aligned().of(c) }).collect()
}

/// The expression that a pattern of `rules/claims.toml` stands for, for those who check a user's rules.
///
/// # Errors
/// It is no regular expression.
pub(crate) fn pattern(text: &str) -> Result<Regex, regex::Error> {
    let any = || r"\w+".to_owned();
    Words { end: any(), noun: any(), count: any(), span: any(), run: any() }.pattern(text)
}

/// Words as an alternation, the longest first; Latin ones whole.
fn one_of<'a>(words: impl Iterator<Item = &'a String>) -> String {
    let mut words: Vec<&String> = words.collect();
    words.sort_by_key(|word| (std::cmp::Reverse(word.len()), word.as_str()));
    words.dedup();
    let whole = |word: &&String| {
        let escaped = regex::escape(word);
        if word.is_ascii() { format!(r"\b{escaped}\b") } else { escaped }
    };
    words.iter().map(whole).collect::<Vec<_>>().join("|")
}
