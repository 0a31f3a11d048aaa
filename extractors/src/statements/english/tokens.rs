//! English sentences as words. It knows marks and capitals, no vocabulary.

use super::super::line::Line;

/// One word or mark of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// First character.
    pub(super) start: usize,
    /// The character behind the last one.
    pub(super) end: usize,
    /// Lower case; `'s` for every apostrophe.
    pub(super) lower: String,
    /// Whether it begins with a capital letter.
    pub(super) capital: bool,
    /// Whether it is a word, not a mark.
    pub(super) word: bool,
}

/// The words and marks of a sentence; a possessive `'s` is a token of its own.
pub(super) fn tokens(line: &Line) -> Vec<Token> {
    let text = &line.folded;
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if text[at].is_whitespace() {
            at += 1;
            continue;
        }
        let end = token_end(text, at);
        found.push(token(text, at, end));
        at = end;
    }
    found
}

fn token(text: &[char], start: usize, end: usize) -> Token {
    let mut lower = String::with_capacity(end - start);
    for &c in &text[start..end] {
        match c {
            '’' => lower.push('\''),
            c => lower.extend(super::super::line::lower(c)),
        }
    }
    Token { start, end, lower, capital: text[start].is_uppercase(), word: text[start].is_alphanumeric() }
}

fn token_end(text: &[char], start: usize) -> usize {
    let apostrophe = |c: char| matches!(c, '\'' | '’');
    let letter = |i: usize| text.get(i).is_some_and(|c| c.is_alphanumeric());
    if apostrophe(text[start]) && text.get(start + 1) == Some(&'s') && !letter(start + 2) {
        return start + 2;
    }
    if !text[start].is_alphanumeric() {
        return start + 1;
    }
    let mut at = start + 1;
    while at < text.len() {
        let inside = match text[at] {
            c if c.is_alphanumeric() => true,
            '-' | '&' => letter(at + 1),
            // O'Neil, but not the possessive.
            c if apostrophe(c) => letter(at + 1) && (text[at + 1] != 's' || letter(at + 2)),
            // U.S., 3.5, but not the end of a sentence; the last full stop of U.S. belongs to it.
            '.' => is_abbreviation(text, start, at) || text[at - 1].is_ascii_digit() && letter(at + 1),
            _ => false,
        };
        if !inside {
            break;
        }
        at += 1;
    }
    at
}

/// Whether the full stop at `at` stands behind a single letter: U.S., J., Donald J. Trump.
fn is_abbreviation(text: &[char], start: usize, at: usize) -> bool {
    let single = at == start + 1 || matches!(text[at - 2], '.' | '-');
    single && text[at - 1].is_uppercase() && at < text.len() - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn possessives_abbreviations_and_hyphens() {
        let line = Line::new("HKTDC's Ahn Duk-geun told U.S. firms, 3.5 pct.", 0);
        let words: Vec<String> = tokens(&line).into_iter().map(|t| t.lower).collect();
        assert_eq!(words, ["hktdc", "'s", "ahn", "duk-geun", "told", "u.s.", "firms", ",", "3.5", "pct", "."]);
    }
}
