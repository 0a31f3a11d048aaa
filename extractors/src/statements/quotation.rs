//! The words said in a sentence, apart from the words that say who said them.

use std::ops::Range;

use bellwether_model::statement::Statement;

use super::line::Line;
use super::people::Spoken;

/// Where a sentence says who speaks: from the person's phrase to the verb.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attribution {
    /// First character of the phrase that names the speaker.
    pub(super) start: usize,
    /// The character behind the verb, or behind the speaker where they stand behind the verb.
    pub(super) end: usize,
    /// The verb of speech, behind its first character the one behind it; `None`: the words say it otherwise.
    pub(super) verb: Option<(usize, usize)>,
}

impl Attribution {
    /// The words that ascribe, for people.
    pub(super) fn spoken(&self, line: &Line) -> Spoken {
        let attribution = line.start + self.start..line.start + self.end;
        Spoken { attribution, verb: self.verb.map(|(start, end)| line.text(start, end)) }
    }
}

/// Words in quotation marks shorter than this are a term, not what somebody said.
const SHORTEST_QUOTATION: usize = 6;

/// Characters behind a verb that are more than the end of a sentence.
const SHORTEST_STATEMENT: usize = 4;

/// The statement that a sentence ascribes, among the characters that are not those of another attribution.
pub(super) fn statement(line: &Line, attribution: Attribution, words: Range<usize>) -> Statement {
    let quoted = quotation(line).filter(|&(start, end)| start >= words.start && end <= words.end);
    let behind = trim(line, attribution.end, words.end.max(attribution.end));
    let before = trim(line, words.start, attribution.start.max(words.start));
    // Words in quotation marks are the statement where they are more than half of what is left beside the attribution.
    let length = |span: (usize, usize)| span.1 - span.0;
    // In Chinese the words said follow the verb, unless it ends the sentence.
    let follows = length(behind) >= length(before) || line.is_chinese() && length(behind) >= SHORTEST_STATEMENT;
    let spoken = if follows { behind } else { before };
    let direct = quoted.filter(|q| 2 * (q.1 - q.0) >= spoken.1 - spoken.0);
    let (start, end) = direct.unwrap_or(spoken);
    // A sentence of nothing but an attribution (so he said) is its own evidence.
    let (start, end) = if start < end { (start, end) } else { trim(line, 0, line.folded.len()) };
    Statement {
        text: line.text(start, end),
        direct: direct.is_some(),
        start: line.start + start,
        end: line.start + end,
    }
}

/// The longest words in quotation marks; an unclosed quotation goes on to the end of the sentence.
fn quotation(line: &Line) -> Option<(usize, usize)> {
    let mut found: Option<(usize, usize)> = None;
    let mut open = None;
    for (at, &c) in line.folded.iter().enumerate() {
        match (open, c) {
            // A quotation that goes over sentences begins in one before.
            (None, '」' | '』' | '”') => found = longer(found, (0, at)),
            (None, '"') if closes(line, at) => found = longer(found, (0, at)),
            (None, '「' | '『' | '“' | '"') => open = Some(at + 1),
            (Some(start), '」' | '』' | '”' | '"') => {
                found = longer(found, (start, at));
                open = None;
            }
            _ => {}
        }
    }
    if let Some(start) = open {
        found = longer(found, (start, line.folded.len()));
    }
    found.map(|(start, end)| trim(line, start, end)).filter(|(start, end)| end - start >= SHORTEST_QUOTATION)
}

/// Whether a straight quotation mark stands behind words, not before them.
fn closes(line: &Line, at: usize) -> bool {
    let space = |c: Option<&char>| c.is_none_or(|c| c.is_whitespace());
    at > 0 && !space(line.folded.get(at - 1)) && line.folded.get(at + 1).is_none_or(|c| !c.is_alphanumeric())
}

fn longer(one: Option<(usize, usize)>, other: (usize, usize)) -> Option<(usize, usize)> {
    Some(one.filter(|o| o.1 - o.0 >= other.1 - other.0).unwrap_or(other))
}

/// Without white space and the marks between an attribution and what was said.
fn trim(line: &Line, start: usize, end: usize) -> (usize, usize) {
    let between = |c: char| c.is_whitespace() || matches!(c, ',' | '，' | ':' | '：' | '、' | '-' | '—');
    let closing = |c: char| between(c) || matches!(c, '"' | '“' | '「');
    let start = (start..end).find(|&i| !between(line.folded[i])).unwrap_or(end);
    let end = (start..end).rev().find(|&i| !closing(line.folded[i])).map_or(start, |i| i + 1);
    (start, end)
}
