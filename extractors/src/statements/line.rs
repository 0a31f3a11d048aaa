//! One sentence as characters, as written and folded, and its clauses.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::fold::fold_char;

/// A sentence, character by character; the n-th folded character is the n-th written one.
#[derive(Debug)]
pub(super) struct Line {
    /// As the document writes it.
    pub(super) written: Vec<char>,
    /// Folded.
    pub(super) folded: Vec<char>,
    /// In lower case, where each letter has one of it; else empty. Made where it is first asked for.
    lower: OnceCell<Vec<char>>,
    /// Its first character in the document's text.
    pub(super) start: usize,
}

impl Line {
    /// The sentence that begins at this character of the document.
    pub(super) fn new(text: &str, start: usize) -> Self {
        let written: Vec<char> = text.chars().collect();
        let folded: Vec<char> = written.iter().map(|&c| fold_char(c)).collect();
        Self { written, folded, lower: OnceCell::new(), start }
    }

    /// The folded characters in lower case; a letter that has several of it shifts those behind it.
    pub(super) fn lower(&self, start: usize, end: usize) -> Cow<'_, [char]> {
        let whole = self.lower.get_or_init(|| {
            let lower: Vec<char> = self.folded.iter().flat_map(|&c| lower(c)).collect();
            if lower.len() == self.folded.len() { lower } else { Vec::new() }
        });
        match whole.get(start..end) {
            Some(lower) => Cow::Borrowed(lower),
            None => self.folded[start..end].iter().flat_map(|&c| lower(c)).collect(),
        }
    }

    /// Whether it is written in Chinese: more than a quarter of its letters are Han characters.
    pub(super) fn is_chinese(&self) -> bool {
        let han = self.folded.iter().filter(|&&c| is_han(c)).count();
        let latin = self.folded.iter().filter(|c| c.is_ascii_alphabetic()).count();
        han > 0 && han * 3 >= latin
    }

    /// Whether a clause ends at this character.
    pub(super) fn is_boundary(&self, at: usize) -> bool {
        let Some(&c) = self.folded.get(at) else { return true };
        let digit = |i: Option<usize>| i.and_then(|i| self.folded.get(i)).is_some_and(char::is_ascii_digit);
        match c {
            // Inside a number they are part of it.
            ',' | '.' | ':' => {
                !(digit(at.checked_sub(1)) && digit(Some(at + 1))) && (c != '.' || digit(at.checked_sub(1)))
            }
            _ => is_mark(c),
        }
    }

    /// Where the clause begins that holds this character.
    pub(super) fn clause_start(&self, at: usize) -> usize {
        (0..at).rev().find(|&i| self.is_boundary(i)).map_or(0, |i| i + 1)
    }

    /// The written text between two characters, trimmed.
    pub(super) fn text(&self, start: usize, end: usize) -> String {
        self.written[start..end.max(start)].iter().collect::<String>().trim().to_owned()
    }
}

/// The lower case of a character; most are ASCII or have none.
pub(super) fn lower(c: char) -> impl Iterator<Item = char> {
    let (one, more) =
        if c.is_ascii() || is_han(c) { (Some(c.to_ascii_lowercase()), None) } else { (None, Some(c.to_lowercase())) };
    one.into_iter().chain(more.into_iter().flatten())
}

/// Han characters of both scripts.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2ffff}')
}

/// Marks that end a clause whatever stands around them.
fn is_mark(c: char) -> bool {
    is_quote(c)
        || matches!(
            c,
            '。' | '，'
                | '、'
                | '；'
                | ';'
                | '！'
                | '!'
                | '？'
                | '?'
                | '：'
                | '（'
                | '）'
                | '('
                | ')'
                | '【'
                | '】'
                | '['
                | ']'
                | '《'
                | '》'
                | '\n'
                | '—'
                | '…'
        )
}

/// Quotation marks, opening or closing.
pub(super) fn is_quote(c: char) -> bool {
    matches!(c, '「' | '」' | '『' | '』' | '“' | '”' | '"')
}
