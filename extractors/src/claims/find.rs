//! The claims of one sentence, by the patterns.

use std::ops::Range;

use bellwether_model::claim::{Among, Of, Said};
use bellwether_model::figure::Unit;
use bellwether_model::number::Number;
use bellwether_model::watch::RecordEnd;
use jiff::civil::Date;
use regex::Captures;

use super::rules::{RULES, Rules};
use crate::text::{NumeralKind, PeriodExpression};

/// A claim and where its words stand in the sentence, in bytes.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) said: Said,
    pub(super) span: Range<usize>,
}

/// Bytes before a claim in which it may be denied.
const BEFORE: usize = 24;
/// Periods that anybody counts.
const LARGEST: u16 = 400;
/// Bytes behind it.
const BEHIND: usize = 15;

/// All claims of a sentence, in its order, none overlapping. `folded`: its words in one script and small letters.
pub(super) fn all(words: &str, folded: &str, reference: Option<Date>) -> Vec<Found> {
    let rules = &*RULES;
    let mut found = Vec::new();
    for pattern in rules.streaks.on(folded) {
        for captures in pattern.captures_iter(folded) {
            found.extend(taken(folded, &captures, streak(rules, &captures)));
        }
    }
    for pattern in rules.firsts.on(folded) {
        for captures in pattern.captures_iter(folded) {
            found.extend(taken(folded, &captures, first(&captures)));
        }
    }
    for pattern in rules.records.on(folded) {
        for captures in pattern.captures_iter(folded) {
            found.extend(taken(folded, &captures, record(rules, &captures, words, reference)));
        }
    }
    found.sort_by_key(|one| (one.span.start, std::cmp::Reverse(one.span.end)));
    let mut end = 0;
    found.retain(|one| {
        let free = one.span.start >= end;
        end = end.max(one.span.end);
        free
    });
    found
}

/// A claim that nothing beside it takes back.
fn taken(folded: &str, captures: &Captures<'_>, said: Option<Said>) -> Option<Found> {
    let span = captures.get(0)?.range();
    let is_denied = denied(folded, &span);
    said.filter(|_| !is_denied).map(|said| Found { said, span })
}

fn denied(folded: &str, span: &Range<usize>) -> bool {
    let from = (span.start.saturating_sub(BEFORE)..=span.start).find(|at| folded.is_char_boundary(*at));
    let until = (span.end..=(span.end + BEHIND).min(folded.len())).rev().find(|at| folded.is_char_boundary(*at));
    let clause = |c: char| matches!(c, ',' | '，' | ';' | '；' | '、');
    let before = from.map_or("", |from| &folded[from..span.start]);
    let before = before.rsplit(clause).next().unwrap_or_default();
    let behind = until.map_or("", |until| &folded[span.end..until]);
    let behind = behind.split(clause).next().unwrap_or_default();
    RULES.denied_before.iter().any(|word| holds(before, word))
        || RULES.denied_behind.iter().any(|word| holds(behind, word))
}

/// Whether a text holds a word; Latin ones whole.
fn holds(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        !word.is_ascii() || !letter(text[..at].chars().next_back()) && !letter(text[at + word.len()..].chars().next())
    })
}

fn text<'a>(captures: &Captures<'a>, name: &str) -> &'a str {
    captures.name(name).map_or("", |found| found.as_str()).trim()
}

fn streak(rules: &Rules, captures: &Captures<'_>) -> Option<Said> {
    let count = rules.count(text(captures, "count"))?;
    let each = rules.span(text(captures, "span"))?;
    let growing = rules.up.iter().any(|word| word == text(captures, "run"));
    (count > 1).then_some(Said::Streak { growing, count, each })
}

fn first(captures: &Captures<'_>) -> Option<Said> {
    let words = text(captures, "amount");
    let numeral = crate::text::numerals(words).into_iter().find(|numeral| numeral.high.is_none())?;
    match numeral.kind {
        NumeralKind::Money(currency) if currency.as_str() != crate::text::LOCAL_YUAN => {
            Some(Said::FirstAbove { amount: Number(numeral.low), currency: Unit(currency.0) })
        }
        _ => None,
    }
}

fn record(rules: &Rules, captures: &Captures<'_>, words: &str, reference: Option<Date>) -> Option<Said> {
    let original = captures.name("among").and_then(|among| words.get(among.range())).unwrap_or_default();
    let (end, noun, among) = (text(captures, "end"), text(captures, "noun"), text(captures, "among"));
    let is = |words: &[String], text: &str| words.iter().any(|word| word == text);
    let ends_in = |words: &[String]| words.iter().any(|word| noun.ends_with(word.as_str()));
    let is_fall = ends_in(&rules.falls);
    let is_rate = is_fall || ends_in(&rules.growth) || is(&rules.paces, end) || mentions(rules, among);
    let high = is(&rules.high, end);
    // The largest fall is the lowest rate.
    let high = if is_fall || fall_among(rules, among) && !is(&rules.paces, end) { !high } else { high };
    // 六国中最大: among others, not in time.
    if !is(&rules.high, end) && !is(&rules.low, end) || rules.others.iter().any(|word| among.contains(word.as_str())) {
        return None;
    }
    let rank = match (text(captures, "rank"), end) {
        (rank, end) if rank == "第三" || end.starts_with("第三") => 3,
        (rank, end) if !rank.is_empty() || end.starts_with(['次', '第']) => 2,
        _ => 1,
    };
    Some(Said::Record {
        end: if high { RecordEnd::High } else { RecordEnd::Low },
        of: if is_rate { Of::Growth } else { Of::Value },
        rank,
        among: among_of(rules, among, original, reference)?,
    })
}

/// Whether the words between a record's verb and its end name a rate (创5个月以来增速新高).
fn mentions(rules: &Rules, among: &str) -> bool {
    rules.growth.iter().chain(&rules.falls).filter(|word| !word.is_ascii()).any(|word| among.contains(word.as_str()))
}

fn fall_among(rules: &Rules, among: &str) -> bool {
    rules.falls.iter().filter(|word| !word.is_ascii()).any(|word| among.contains(word.as_str()))
}

/// Among which values: by the words between the verb and the end, folded and as they stand. `None`: a span that nobody can
/// resolve.
fn among_of(rules: &Rules, words: &str, original: &str, reference: Option<Date>) -> Option<Among> {
    if rules.same_part.iter().any(|word| words.contains(word.as_str())) {
        return Some(Among::SamePart);
    }
    if let Some((count, each)) = counted(rules, words) {
        return Some(Among::Within { count, each });
    }
    let is_since = rules.since.iter().any(|word| words.contains(word.as_str()));
    match crate::text::periods(original, reference).first().map(|mention| mention.expression) {
        Some(expression) if is_since => {
            crate::text::resolve(expression, reference, None).map(|since| Among::Since { since })
        }
        // 历年12月新高
        Some(PeriodExpression::Month(_) | PeriodExpression::Quarter(_)) => Some(Among::SamePart),
        // 单月新高, and what is the highest of a time that nobody counts in.
        Some(PeriodExpression::Same(_)) => Some(Among::All),
        Some(_) => None,
        // Since some time that is not said.
        None if is_since && !rules.ever.iter().any(|word| words.contains(word.as_str())) => None,
        None => Some(Among::All),
    }
}

/// A count of months, quarters or years among the words: 近两年, 16个月来, in 12 months.
fn counted(rules: &Rules, words: &str) -> Option<(u16, bellwether_model::claim::Span)> {
    let places = words.char_indices().map(|(at, _)| at);
    places.into_iter().find_map(|at| {
        let rest = &words[at..];
        let count = rest
            .char_indices()
            .map(|(end, c)| end + c.len_utf8())
            .take(9)
            .filter(|end| {
                !rest[..*end].contains(' ')
                    && (rest.as_bytes()[0].is_ascii_digit() == rest.as_bytes()[end - 1].is_ascii_digit())
            })
            .filter_map(|end| rules.count(&rest[..end]).map(|count| (count, end)))
            .last();
        let (count, end) = count?;
        // 2011年以来: a year by its name.
        if count > LARGEST || words[..at].ends_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let behind = rest[end..].trim_start_matches(['个', ' ', '-', '多', '余']);
        let unit: Vec<&str> = ["月", "季", "年", "months", "month", "quarters", "quarter", "years", "year"]
            .into_iter()
            .filter(|word| behind.starts_with(word))
            .collect();
        let each = rules.span(unit.first()?)?;
        // 2月, 12月: a month by its name, where no 个 counts it.
        let named = rest[end..].starts_with('月');
        (!named).then_some((count, each))
    })
}
