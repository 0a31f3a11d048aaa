//! Sentences: where they end in Chinese and English.
//!
//! It knows abbreviations and closing marks, nothing of what a sentence says.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

#[derive(Deserialize)]
struct Rules {
    abbreviations: HashSet<String>,
    maybe: HashSet<String>,
    openers: HashSet<String>,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| crate::rules::read("sentences"));

/// Sentences of a text; see [`crate::text::sentences`].
pub(crate) fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while let Some(c) = text.get(at..).and_then(|rest| {
        let passed = rest.bytes().position(may_end)?;
        at += passed;
        rest[passed..].chars().next()
    }) {
        let behind = at + c.len_utf8();
        let end = match c {
            '\n' => Some((at, behind)),
            '。' | '！' | '？' | '｡' | '…' => Some(closed(text, behind)),
            '!' | '?' => Some(closed(text, behind)).filter(|(end, _)| at_gap(text, *end)),
            '.' => Some(closed(text, behind)).filter(|(end, _)| is_full_stop(text, start, at, *end)),
            _ => None,
        };
        match end {
            Some((end, next)) => {
                push(text, start..end, &mut found);
                (start, at) = (next, next);
            }
            None => at = behind,
        }
    }
    push(text, start..text.len(), &mut found);
    found
}

/// Whether a mark that ends a sentence may begin with this byte: in ASCII, or 。 and its like, which begin with three.
fn may_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'!' | b'?' | b'.' | 0xE2 | 0xE3 | 0xEF)
}

fn push(text: &str, span: Range<usize>, found: &mut Vec<Range<usize>>) {
    let Some(given) = text.get(span.clone()) else { return };
    let start = span.start + given.len() - given.trim_start().len();
    let end = start + given.trim().len();
    if end > start {
        found.push(start..end);
    }
}

/// The place behind the marks that close with a full stop: further stops, quotation marks, brackets.
fn closed(text: &str, from: usize) -> (usize, usize) {
    let rest = text.get(from..).unwrap_or_default();
    let marks: usize = rest
        .chars()
        .take_while(|c| {
            matches!(
                c,
                '」' | '』'
                    | '”'
                    | '’'
                    | '"'
                    | '\''
                    | '）'
                    | ')'
                    | '】'
                    | ']'
                    | '》'
                    | '。'
                    | '！'
                    | '？'
                    | '!'
                    | '?'
                    | '…'
                    | '〉'
            )
        })
        .map(char::len_utf8)
        .sum();
    (from + marks, from + marks)
}

/// Whether a space, the end of the text, or a Han character follows.
fn at_gap(text: &str, end: usize) -> bool {
    text.get(end..).and_then(|rest| rest.chars().next()).is_none_or(|next| next.is_whitespace() || !next.is_ascii())
}

/// Whether digits stand before a point, and behind it, perhaps set off by a damaged page, digits with a Han unit or a
/// percent sign (4,324. 8億, 12.８％).
fn is_inside_number(text: &str, at: usize, end: usize) -> bool {
    let digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    let behind = text.get(end..).unwrap_or_default();
    let wide = behind.starts_with(|c: char| digit(c) && !c.is_ascii());
    let behind = behind.trim_start_matches(' ').trim_start_matches(digit);
    let unit = behind.trim_start_matches(' ').starts_with(['亿', '億', '万', '萬', '兆', '%', '％']);
    let next = text.get(end..).is_some_and(|rest| rest.trim_start_matches(' ').starts_with(digit));
    before.is_some_and(digit) && next && (wide || unit)
}

/// Whether the point at `at` ends a sentence that began at `start`.
fn is_full_stop(text: &str, start: usize, at: usize, end: usize) -> bool {
    if !at_gap(text, end) || is_inside_number(text, at, end) {
        return false;
    }
    let rest = text.get(end..).unwrap_or_default();
    let next_word: &str =
        rest.trim_start_matches([' ', '\t']).split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let next = next_word.chars().next();
    // 374 .7億 and `No. 3`: what goes on in lower case or in digits behind an abbreviation is the same sentence.
    if next.is_some_and(|c| c.is_lowercase()) {
        return false;
    }
    let before = text.get(start..at).unwrap_or_default();
    let word = before.rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '.')).next().unwrap_or_default();
    let lower = word.to_ascii_lowercase();
    if word.is_empty() || RULES.abbreviations.contains(&lower) {
        return word.is_empty() && !before.ends_with(char::is_whitespace);
    }
    let initials = word.len() == 1 && word.starts_with(|c: char| c.is_ascii_uppercase())
        || word.contains('.')
            && word.split('.').all(|part| part.len() <= 2 && part.starts_with(|c: char| c.is_ascii_alphabetic()));
    if initials || RULES.maybe.contains(&lower) {
        return next.is_none() || RULES.openers.contains(next_word);
    }
    // A list's number (`1. Exports`) belongs to what it counts.
    !(before.trim_start() == word && word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit()))
}
