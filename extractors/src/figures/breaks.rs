//! The marks of a text that part clauses and members of lists.

use std::ops::Range;

use super::token::{Break, Kind, Token};

/// The marks of a text that stand in none of these tokens, each row of which is in order.
pub(super) fn breaks(original: &str, taken: &[Token], words: &[Token]) -> Vec<Token> {
    let (mut taken, mut words) = (taken.iter().peekable(), words.iter().peekable());
    let mut is_inside = |span: &Range<usize>| {
        [&mut taken, &mut words].into_iter().any(|row| {
            while row.next_if(|token| token.span.end <= span.start).is_some() {}
            row.peek().is_some_and(|token| token.span.start < span.end)
        })
    };
    marks(original)
        .filter_map(|(at, c)| {
            let kind = match c {
                // 丶 is a stroke that old keyboards give for the mark of a list.
                '、' | '丶' => Break::List,
                '，' | '\u{3000}' | '—' => Break::Clause,
                '–' if is_dash(original, at, '–') => Break::Clause,
                '-' if original[at..].starts_with("-- ") || is_dash(original, at, '-') => Break::Clause,
                ',' if !original[at + 1..].starts_with(|next: char| next.is_ascii_digit()) => Break::Clause,
                '；' | ';' | '｜' | '|' | '│' => Break::Part,
                '：' => Break::Colon,
                '（' | '(' => Break::Open,
                '）' | ')' => Break::Close,
                _ => return None,
            };
            // A row of the same mark breaks once: it says no more, and tokens take memory.
            if original[..at].ends_with(c) {
                return None;
            }
            let span = at..at + c.len_utf8();
            (!is_inside(&span)).then_some(Token { span, kind: Kind::Break(kind) })
        })
        .collect()
}

/// The characters of a text that may be marks: by their first bytes, most are none.
pub(super) fn marks(text: &str) -> impl Iterator<Item = (usize, char)> {
    let bytes = text.as_bytes();
    let at = bytes.iter().enumerate().filter(|&(at, byte)| match byte {
        b',' | b';' | b'|' | b'(' | b')' => true,
        // A dash between words stands behind a space.
        b'-' => at > 0 && bytes.get(at - 1) == Some(&b' '),
        // 、 and the wide space; — and │; 丶; the full-width forms.
        0xE3 => bytes.get(at + 1) == Some(&0x80),
        0xE2 => matches!(bytes.get(at + 1), Some(0x80 | 0x94)),
        0xE4 => bytes.get(at + 1) == Some(&0xB8) && bytes.get(at + 2) == Some(&0xB6),
        0xEF => true,
        _ => false,
    });
    at.filter_map(|(at, _)| Some((at, text.get(at..)?.chars().next()?)))
}

/// Whether a dash parts words, and joins neither the ends of a range nor the parts of a word.
pub(super) fn is_dash(text: &str, at: usize, dash: char) -> bool {
    let before = text[..at].chars().next_back();
    let behind = text[at + dash.len_utf8()..].chars().next();
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic() || c == ')');
    let spaced = before == Some(' ') && behind == Some(' ');
    spaced && !text[at + dash.len_utf8()..].trim_start().starts_with(|c: char| c.is_ascii_digit())
        || dash == '–' && letter(before) && letter(behind)
}
