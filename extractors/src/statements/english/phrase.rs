//! Words of an office's phrase: links, fields of policy in a list, words of address, abbreviations in brackets.

use std::ops::Range;

use super::super::vocabulary::vocabulary;
use super::tokens::Token;

/// Whether these three words are brackets around one in capitals.
pub(super) fn is_abbreviation(tokens: &[Token], at: usize) -> bool {
    let marks = tokens[at].lower == "(" && tokens[at + 2].lower == ")";
    marks && tokens[at + 1].word && tokens[at + 1].capital
}

/// Whether this is a comma between two fields of policy in capitals: the Investment, Trade and Industry Minister.
pub(super) fn lists_fields(tokens: &[Token], comma: usize) -> bool {
    let field = |i: usize| {
        let token = tokens.get(i).filter(|token| token.capital && !is_link(token));
        token.is_some_and(|token| vocabulary().portfolio.contains(&token.lower))
    };
    tokens[comma].lower == "," && comma > 0 && field(comma - 1) && field(comma + 1)
}

/// Whether all of these words in capitals are those of a field of policy.
pub(super) fn is_field(tokens: &[Token], mut words: Range<usize>) -> bool {
    words.all(|i| !tokens[i].capital || vocabulary().portfolio.contains(&tokens[i].lower))
}

/// The first word that is none of address: Datuk Seri Rahim Osman, Dr. Jane Doe.
pub(super) fn behind_honorifics(tokens: &[Token], at: usize) -> usize {
    let honorifics = &vocabulary().english.honorifics;
    let is = |words: &[Token]| {
        let lower: Vec<&str> = words.iter().map(|token| token.lower.as_str()).collect();
        words.iter().all(|token| token.capital) && honorifics.contains(&lower.join(" "))
    };
    let Some(length) = [2, 1].into_iter().find(|length| tokens.get(at..at + length).is_some_and(is)) else { return at };
    let behind = at + length;
    behind + usize::from(tokens.get(behind).is_some_and(|token| token.lower == "."))
}

/// Words that hold a title and what it is the title of together.
pub(super) fn is_link(token: &Token) -> bool {
    matches!(token.lower.as_str(), "of" | "for" | "the" | "and" | "in" | "on" | "at" | "'s" | "&" | "to")
}
