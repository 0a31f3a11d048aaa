//! Economies that stand as one character.

use super::lexicon::{Lexicon, Role};
use super::token::{Break, Kind, Token, in_order};

/// Adds the economies that stand as one character: behind a cue (對美, 自陸港), before one (美對台), or as a pair before
/// a word of trade (美中貿易).
pub(super) fn with_short_names(folded: &str, tokens: &mut Vec<Token>, lexicon: &Lexicon) {
    let mut added = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1).map_or(folded.len(), |next| next.span.start);
        let cue = token.is(Role::PartnerTo) || token.is(Role::PartnerFrom) || token.is(Role::PartnerWith);
        let han = folded[token.span.clone()].chars().all(|c| !c.is_ascii());
        if cue && han {
            run_behind(folded, token.span.end, next, &mut added, lexicon);
        }
        if let Some(term) = token.term()
            && (term.flow.is_some() || term.is(Role::Bilateral) || cue && han)
        {
            let from = at.checked_sub(1).map_or(0, |before| tokens[before].span.end);
            run_before(folded, from, token.span.start, if cue { 1 } else { 2 }, &mut added, lexicon);
        }
        if token.is(Role::ListAnd) || matches!(token.kind, Kind::Break(Break::List)) {
            let led = added.last().is_some_and(|last: &Token| last.span.end == token.span.start);
            if led {
                run_behind(folded, token.span.end, next, &mut added, lexicon);
            }
        }
    }
    if added.is_empty() {
        return;
    }
    added.sort_by_key(|token| token.span.start);
    added.dedup_by_key(|token| token.span.start);
    *tokens = in_order(std::mem::take(tokens).into_iter(), added.into_iter());
}

/// Short names directly behind a place, at most three, where no other word begins.
pub(super) fn run_behind(folded: &str, from: usize, until: usize, added: &mut Vec<Token>, lexicon: &Lexicon) {
    let mut at = from;
    for c in folded[from..].chars().take(3) {
        let Some(area) = lexicon.short.get(&c) else { break };
        if at + c.len_utf8() > until {
            break;
        }
        added.push(Token { span: at..at + c.len_utf8(), kind: Kind::Short(area.clone()) });
        at += c.len_utf8();
    }
}

/// `count` short names that fill the space directly before a place; a pair's first is the reporting economy.
pub(super) fn run_before(
    folded: &str,
    from: usize,
    until: usize,
    count: usize,
    added: &mut Vec<Token>,
    lexicon: &Lexicon,
) {
    let Some(gap) = folded.get(from..until) else { return };
    let mut last: Vec<(usize, char)> = gap.char_indices().rev().take(count).collect();
    last.reverse();
    if last.len() < count || !last.iter().all(|(_, c)| lexicon.short.contains_key(c)) {
        return;
    }
    // A lone character counts only at the start of a clause: 面對, 其中對 are no economies.
    if count == 1 && gap.chars().count() > 1 {
        return;
    }
    for (offset, c) in last {
        let start = from + offset;
        added.push(Token { span: start..start + c.len_utf8(), kind: Kind::Short(lexicon.short[&c].clone()) });
    }
}
