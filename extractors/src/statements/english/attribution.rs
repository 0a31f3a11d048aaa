//! Who says something in an English sentence: verbs of speech and their subjects. It introduces nobody.

use super::super::line::is_quote;
use super::super::people::{People, Speaker};
use super::super::quotation::Attribution;
use super::super::vocabulary::vocabulary;
use super::tokens::Token;
use super::{Named, skip_adverbs};

/// Most words between a subject and its verb that only tell how or where somebody speaks.
const LONGEST_PARENTHESIS: usize = 16;
/// Most words behind `told` that say to whom.
const LONGEST_LISTENERS: usize = 10;
/// Most words behind a name that say where the person belongs.
const LONGEST_AFFILIATION: usize = 8;

/// The first verb of speech whose subject is a person or a pronoun for one, and one of each further person behind
/// `while` or a semicolon.
pub(super) fn attributions(tokens: &[Token], named: &[Named], people: &People) -> Vec<(usize, Attribution)> {
    let words = &vocabulary().english;
    let mut found: Vec<(usize, Attribution)> = Vec::new();
    for verb in (0..tokens.len()).filter(|&i| words.verbs.contains(&tokens[i].lower)) {
        let separates = |t: &Token| matches!(t.lower.as_str(), "while" | "whereas" | ";");
        let behind = |last: &Attribution| tokens[..verb].iter().any(|t| t.start >= last.end && separates(t));
        if found.last().is_some_and(|(_, last)| !behind(last)) {
            continue;
        }
        let spoken = before(tokens, named, verb, people).or_else(|| inverted(tokens, named, verb, people));
        found.extend(spoken.filter(|(person, _)| found.iter().all(|(known, _)| known != person)));
    }
    if found.is_empty() {
        found.extend(according(tokens, named));
    }
    found
}

/// The people who share the subject's verb: Minister A and Governor B said.
pub(super) fn shared(tokens: &[Token], named: &[Named], attribution: Attribution) -> Vec<usize> {
    let Some(mut at) = named.iter().rposition(|n| n.mention.phrase_start == attribution.start) else {
        return Vec::new();
    };
    let joins = |from: usize, to: usize| match tokens.get(from..to) {
        Some([one]) => matches!(one.lower.as_str(), "and" | "," | "&"),
        Some([comma, and]) => comma.lower == "," && and.lower == "and",
        _ => false,
    };
    let mut others = Vec::new();
    while at > 0 && joins(named[at - 1].end, named[at].first) {
        at -= 1;
        others.push(named[at].mention.person);
    }
    others.reverse();
    others
}

/// `X, who is also an executive councillor`: what X is besides was said before.
pub(super) fn is_also(tokens: &[Token], named: &Named) -> bool {
    let words = tokens.get(named.name_end..named.name_end + 4).unwrap_or_default();
    let words: Vec<&str> = words.iter().map(|token| token.lower.as_str()).collect();
    words == [",", "who", "is", "also"]
}

/// A subject before the verb, with adverbs or an apposition between.
fn before(tokens: &[Token], named: &[Named], verb: usize, people: &People) -> Option<(usize, Attribution)> {
    let words = &vocabulary().english;
    let mut at = verb;
    while at > 0 && words.adverbs.contains(&tokens[at - 1].lower) {
        at -= 1;
    }
    let end = speech_start(tokens, verb);
    let spoken = Some((tokens[verb].start, tokens[verb].end));
    if words.passive.contains(&tokens[verb].lower) {
        while at > 0 && words.auxiliaries.contains(&tokens[at - 1].lower) {
            at -= 1;
        }
    }
    let pronoun = at > 0 && words.pronouns.contains(&tokens[at - 1].lower);
    if let (true, Speaker::Person(person)) = (pronoun, people.speaker) {
        return Some((person, Attribution { start: tokens[at - 1].start, end, verb: spoken }));
    }
    if let Some(person) = described_again(tokens, at, people) {
        return Some((person, Attribution { start: tokens[at - 2].start, end, verb: spoken }));
    }
    let comma = at > 0 && tokens[at - 1].lower == ",";
    let reached = if comma { at - 1 } else { at };
    let opening = || tokens.get(at.wrapping_sub(1)).is_some_and(|t| matches!(t.lower.as_str(), "but" | "and"));
    // The chair declined to comment, but said: who begins the sentence goes on, where nobody else is named.
    let goes_on = |n: &Named| n.first <= 1 && named.len() == 1 && opening();
    let adjoins = |n: &Named| {
        n.end == reached
            || goes_on(n)
            || n.name_end == at
            || comma && is_parenthesis(tokens, n.end, reached)
            || is_affiliation(tokens, n.end, at)
    };
    let subject = named.iter().rev().find(|n| n.first < at && !owner(tokens, n) && adjoins(n))?;
    Some((subject.mention.person, Attribution { start: subject.mention.phrase_start, end, verb: spoken }))
}

/// The minister, the lawmaker before the verb: the last speaker, where that is their office.
fn described_again(tokens: &[Token], at: usize, people: &People) -> Option<usize> {
    let [article, noun] = tokens.get(at.checked_sub(2)?..at)? else { return None };
    let known = !noun.capital && vocabulary().english.anonymous.contains(&noun.lower);
    (article.lower == "the" && known).then(|| people.speaker_is(&noun.lower)).flatten()
}

/// Whether these words between a name and its verb say where the person belongs: `of the Kuomintang`, `at Nomura`.
fn is_affiliation(tokens: &[Token], from: usize, to: usize) -> bool {
    let link = tokens.get(from).is_some_and(|token| matches!(token.lower.as_str(), "of" | "from" | "at" | "with"));
    let words = tokens.get(from..to).unwrap_or_default();
    link && words.len() >= 2 && words.len() <= LONGEST_AFFILIATION && words.iter().all(|token| token.word)
}

/// The character at which the words said begin behind a verb: behind `that`, behind the listeners of `told`.
fn speech_start(tokens: &[Token], verb: usize) -> usize {
    let is = |i: usize, word: &str| tokens.get(i).is_some_and(|token| token.lower == word);
    let particle = verb + 1 + usize::from(is(verb + 1, "out"));
    let listeners = if matches!(tokens[verb].lower.as_str(), "told" | "tells") { LONGEST_LISTENERS } else { 1 };
    let that = (particle..particle + listeners).find(|&i| is(i, "that"));
    that.map_or(tokens[particle - 1].end, |that| tokens[that].end)
}

/// Whether the words between two commas only tell how or where somebody speaks: `, speaking in Geneva,`.
fn is_parenthesis(tokens: &[Token], from: usize, to: usize) -> bool {
    let opens = [
        "who",
        "in",
        "at",
        "on",
        "after",
        "during",
        "asked",
        "when",
        "while",
        "meanwhile",
        "however",
        "too",
        "though",
        "for",
        "also",
        "by",
        "from",
        "the",
        "a",
        "an",
    ];
    let first = tokens.get(from + 1).map_or("", |token| token.lower.as_str());
    let comma = tokens.get(from).is_some_and(|token| token.lower == ",");
    comma && from + 1 < to && to - from <= LONGEST_PARENTHESIS && (first.ends_with("ing") || opens.contains(&first))
}

/// A subject behind the verb: `…," said Holger Goerg`.
fn inverted(tokens: &[Token], named: &[Named], verb: usize, people: &People) -> Option<(usize, Attribution)> {
    let words = &vocabulary().english;
    let closed = verb > 0 && closes_speech(&tokens[verb - 1]);
    if !closed || !words.inverting.contains(&tokens[verb].lower) {
        return None;
    }
    let start = tokens[verb].start;
    let spoken = Some((start, tokens[verb].end));
    let next = tokens.get(verb + 1)?;
    if let (true, Speaker::Person(person)) = (words.pronouns.contains(&next.lower), people.speaker) {
        return Some((person, Attribution { start, end: next.end, verb: spoken }));
    }
    let subject = named.iter().find(|n| n.first <= verb + 2 && n.first > verb && !owner(tokens, n))?;
    Some((subject.mention.person, Attribution { start, end: subject.mention.phrase_end, verb: spoken }))
}

fn owner(tokens: &[Token], named: &Named) -> bool {
    tokens.get(named.name_end).is_some_and(|token| token.lower == "'s")
}

fn closes_speech(token: &Token) -> bool {
    matches!(token.lower.as_str(), "," | "?" | "!" | "'") || token.lower.chars().all(is_quote)
}

/// According to X.
fn according(tokens: &[Token], named: &[Named]) -> Option<(usize, Attribution)> {
    let at = tokens.windows(2).position(|pair| pair[0].lower == "according" && pair[1].lower == "to")?;
    let subject = named.iter().find(|n| n.first >= at + 2 && n.first <= at + 3 && !owner(tokens, n))?;
    Some((subject.mention.person, Attribution { start: tokens[at].start, end: subject.mention.phrase_end, verb: None }))
}

/// Somebody without a name who speaks: no pronoun behind them means a person before. Their office and the words.
pub(super) fn nameless_speaker(tokens: &[Token]) -> Option<(String, Attribution)> {
    let words = &vocabulary().english;
    let verb = |i: usize| tokens.get(i).is_some_and(|token| words.verbs.contains(&token.lower));
    let predicate = |i: usize| {
        let direct = skip_adverbs(tokens, i + 1);
        // An official, who declined to be named, said.
        let comma = |i: &usize| tokens.get(*i).is_some_and(|token| token.lower == ",");
        let closing = (i + 2..=i + LONGEST_PARENTHESIS).find(comma).filter(|&to| is_parenthesis(tokens, i + 1, to));
        [Some(direct), closing.map(|to| skip_adverbs(tokens, to + 1))].into_iter().flatten().find(|&i| verb(i))
    };
    let (at, said) = (0..tokens.len())
        .filter(|&i| words.anonymous.contains(&tokens[i].lower))
        .find_map(|i| predicate(i).map(|said| (i, said)))?;
    let end = tokens[said].end;
    let start = tokens[at.saturating_sub(2)].start;
    Some((tokens[at].lower.clone(), Attribution { start, end, verb: None }))
}
