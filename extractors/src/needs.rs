//! Patterns that are only tried on texts which hold a word that a match of theirs must hold. They know no subject.
//!
//! A list of patterns is asked of each passage, and most of them can match few passages. Of each pattern its expression
//! tells sets of words of which one stands in every match; one automaton over the words of all patterns then tells in one
//! pass which of them can match. Letters are compared in any case of ASCII, so that a pattern is tried rather too often.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex::{Regex, RegexSet};
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// Words of one place of a pattern at the most; a place with more is passed over.
const MOST_WORDS: usize = 64;
/// Longer words tell no more.
const LONG_ENOUGH: usize = 8;
/// Characters of a class at the most that are taken one by one.
const MOST_CHARACTERS: usize = 16;
/// Bytes of a word of a guard at the most.
const TELLS_ENOUGH: usize = 6;
/// Words of a guard at the most.
const MOST_GUARDS: usize = 256;
/// Patterns of one list at the most: one bit is kept of each.
const MOST_PATTERNS: usize = 64;

/// A list of patterns in its order.
#[derive(Debug)]
pub(crate) struct Patterns {
    patterns: Vec<Regex>,
    /// The words of all patterns that need one.
    words: Option<AhoCorasick>,
    /// Of each word the patterns that need it or another one.
    needed_by: Vec<u64>,
    /// The patterns of which no word is known.
    always: u64,
}

impl Patterns {
    /// Takes patterns as they were compiled.
    pub(crate) fn new(patterns: Vec<Regex>) -> Self {
        assert!(patterns.len() <= MOST_PATTERNS, "a list of rules has {MOST_PATTERNS} patterns at the most");
        let mut all: Vec<String> = Vec::new();
        let mut needed_by: Vec<u64> = Vec::new();
        let mut always = 0;
        for (at, pattern) in patterns.iter().enumerate() {
            let parsed = regex_syntax::Parser::new().parse(pattern.as_str()).ok();
            let Some(words) = parsed.and_then(|parsed| needs(&parsed)) else {
                always |= 1 << at;
                continue;
            };
            for word in words {
                let place = all.iter().position(|known| *known == word).unwrap_or_else(|| {
                    all.push(word);
                    needed_by.push(0);
                    all.len() - 1
                });
                needed_by[place] |= 1 << at;
            }
        }
        let words = (!all.is_empty()).then(|| automaton(&all));
        Self { patterns, words, needed_by, always }
    }

    /// Those that may match a text, in their order.
    pub(crate) fn on<'a>(&'a self, text: &str) -> impl Iterator<Item = &'a Regex> {
        self.numbered(text).map(|(_, pattern)| pattern)
    }

    /// The same with their places in the list.
    pub(crate) fn numbered<'a>(&'a self, text: &str) -> impl Iterator<Item = (usize, &'a Regex)> {
        let mut possible = self.always;
        let found = self.words.iter().flat_map(|words| words.find_overlapping_iter(text));
        for word in found {
            possible |= self.needed_by[word.pattern().as_usize()];
        }
        self.patterns.iter().enumerate().filter(move |(at, _)| possible & (1 << at) != 0)
    }

    /// Whether one of them matches a text.
    pub(crate) fn match_in(&self, text: &str) -> bool {
        self.on(text).any(|pattern| pattern.is_match(text))
    }
}

/// One pattern that is only tried on texts which hold a word that it needs: for patterns that are asked of every line and
/// match hardly any. Their automata are large, and would have to come back into the processor's cache each time.
#[derive(Debug)]
pub(crate) struct Guarded {
    /// What it is a choice of, part by part: the automaton of a long choice grows beyond what is kept of it.
    parts: Patterns,
    /// `None`: no words are known, or too many.
    guard: Option<Guard>,
}

impl Guarded {
    /// Reads a pattern.
    ///
    /// # Errors
    /// It is no regular expression.
    pub(crate) fn new(pattern: &str) -> Result<Self, regex::Error> {
        let guard = words_of(pattern).map(|words| Guard::new(&words));
        Ok(Self { parts: Patterns::new(parts_of(pattern)?), guard })
    }

    /// Whether it matches a text.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.guard.as_ref().is_none_or(|guard| guard.lets_through(text)) && self.parts.match_in(text)
    }

    /// Whether words are known without which it is not tried.
    #[cfg(test)]
    pub(crate) fn is_guarded(&self) -> bool {
        self.guard.is_some()
    }
}

/// Patterns of which it is asked whether any matches. Those that would read every text to its end are only tried on texts
/// that hold a word which one of them needs.
#[derive(Debug)]
pub(crate) struct GuardedSet {
    /// Those that fail at the first letters of most texts, or need no word that is known.
    plain: RegexSet,
    guarded: RegexSet,
    guard: Guard,
}

impl GuardedSet {
    /// Reads patterns.
    ///
    /// # Errors
    /// One of them is no regular expression.
    pub(crate) fn new(patterns: &[String]) -> Result<Self, regex::Error> {
        let (mut plain, mut guarded, mut words) = (Vec::new(), Vec::new(), Vec::new());
        for pattern in patterns {
            match words_of(pattern).filter(|_| reads_on(pattern)) {
                Some(needed) => {
                    words.extend(needed);
                    guarded.push(pattern);
                }
                None => plain.push(pattern),
            }
        }
        Ok(Self { plain: RegexSet::new(plain)?, guarded: RegexSet::new(guarded)?, guard: Guard::new(&words) })
    }

    /// Whether one of them matches a text.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.plain.is_match(text) || self.guard.lets_through(text) && self.guarded.is_match(text)
    }
}

/// Words of which a text must hold one.
#[derive(Debug)]
struct Guard {
    /// Those of ASCII alone.
    narrow: Option<AhoCorasick>,
    /// Whether each of these holds a letter.
    has_letters: bool,
    /// The others.
    wide: Option<AhoCorasick>,
}

impl Guard {
    fn new(words: &[String]) -> Self {
        let (narrow, wide): (Vec<&String>, Vec<&String>) = words.iter().partition(|word| word.is_ascii());
        let has_letter = |word: &&String| word.bytes().any(|byte| byte.is_ascii_alphabetic());
        // Words without letters that have two cases are looked for by faster means.
        let automaton = |words: &[&String]| {
            let in_any_case = words.iter().any(has_letter);
            let built = AhoCorasick::builder().ascii_case_insensitive(in_any_case).build(words);
            (!words.is_empty()).then(|| built.expect("a few hundred short words make an automaton"))
        };
        Self { has_letters: narrow.iter().all(has_letter), narrow: automaton(&narrow), wide: automaton(&wide) }
    }

    fn lets_through(&self, text: &str) -> bool {
        let is_narrow = text.is_ascii();
        let has = |words: &Option<AhoCorasick>| words.as_ref().is_some_and(|words| words.is_match(text));
        let may_be_narrow = || is_narrow || !self.has_letters || text.bytes().any(|byte| byte.is_ascii_alphabetic());
        !is_narrow && has(&self.wide) || may_be_narrow() && has(&self.narrow)
    }
}

/// Whether a pattern reads on where a text begins with none of its words.
fn reads_on(pattern: &str) -> bool {
    let Ok(parsed) = regex_syntax::Parser::new().parse(pattern) else { return true };
    let begins = parsed.properties().look_set_prefix().contains(Look::Start);
    !begins || !Extractor::new().extract(&parsed).is_finite()
}

/// The parts of a pattern that is a choice, else the pattern itself.
fn parts_of(pattern: &str) -> Result<Vec<Regex>, regex::Error> {
    let parsed = regex_syntax::Parser::new().parse(pattern).ok();
    match parsed.as_ref().map(Hir::kind) {
        Some(HirKind::Alternation(parts)) if parts.len() <= MOST_PATTERNS => {
            parts.iter().map(|part| Regex::new(&part.to_string())).collect()
        }
        _ => Ok(vec![Regex::new(pattern)?]),
    }
}

/// Words for the guard of a pattern. `None`: none are known, or too many.
fn words_of(pattern: &str) -> Option<Vec<String>> {
    any_of(&regex_syntax::Parser::new().parse(pattern).ok()?)
}

/// Words of which one stands in every match of a pattern, each cut where it tells enough. `None`: none are known, or too many
/// for a guard that is smaller than the pattern.
fn any_of(pattern: &Hir) -> Option<Vec<String>> {
    let words = match pattern.kind() {
        HirKind::Alternation(parts) => {
            let all: Option<Vec<Vec<String>>> = parts.iter().map(any_of).collect();
            united(all?.into_iter().flatten())
        }
        HirKind::Capture(capture) => any_of(&capture.sub)?,
        HirKind::Concat(parts) => match needs(pattern) {
            Some(words) => words,
            // A pattern that is a choice behind the beginning of a line.
            None => any_of(parts.iter().find(|part| matches!(part.kind(), HirKind::Alternation(_)))?)?,
        },
        _ => needs(pattern)?,
    };
    let cut = |word: &String| word[..word.floor_char_boundary(TELLS_ENOUGH)].to_owned();
    let words = united(words.iter().map(cut));
    (words.len() <= MOST_GUARDS).then_some(words)
}

/// An automaton that finds all of these words, one inside of another too, in any case of ASCII.
pub(crate) fn automaton(words: &[String]) -> AhoCorasick {
    let mut builder = AhoCorasick::builder();
    builder.ascii_case_insensitive(true).match_kind(MatchKind::Standard).kind(Some(AhoCorasickKind::DFA));
    builder.build(words).expect("a few hundred short words make an automaton")
}

/// Words of which one stands in every match, in small letters; of all that is known the longest and fewest. `None`: no
/// such words are known.
fn needs(pattern: &Hir) -> Option<Vec<String>> {
    let whole = || all_words(pattern).filter(|words| words.iter().all(|word| !word.is_empty()));
    match pattern.kind() {
        HirKind::Capture(capture) => needs(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => whole().or_else(|| needs(&repetition.sub)),
        HirKind::Concat(parts) => {
            let mut found: Vec<Vec<String>> = Vec::new();
            let mut run: Vec<String> = vec![String::new()];
            for part in parts {
                let joined = all_words(part).and_then(|words| product(&run, &words));
                match joined {
                    Some(words) => run = words,
                    None => {
                        found.push(std::mem::replace(&mut run, vec![String::new()]));
                        match all_words(part) {
                            Some(words) => run = words,
                            None => found.extend(needs(part)),
                        }
                    }
                }
            }
            found.push(run);
            found
                .into_iter()
                .filter(|words| shortest(words) > 0)
                .max_by_key(|words| (shortest(words).min(LONG_ENOUGH), std::cmp::Reverse(words.len())))
        }
        HirKind::Alternation(parts) => whole().or_else(|| {
            let all: Option<Vec<Vec<String>>> = parts.iter().map(needs).collect();
            Some(united(all?.into_iter().flatten())).filter(|words| words.len() <= MOST_WORDS)
        }),
        _ => whole(),
    }
}

/// Everything that a pattern can match, in small letters, where that is a few words.
fn all_words(pattern: &Hir) -> Option<Vec<String>> {
    match pattern.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(vec![String::new()]),
        HirKind::Literal(literal) => std::str::from_utf8(&literal.0).ok().map(|word| vec![word.to_ascii_lowercase()]),
        HirKind::Class(class) => characters(class),
        HirKind::Capture(capture) => all_words(&capture.sub),
        HirKind::Repetition(repetition) => match (repetition.min, repetition.max) {
            (0, Some(1)) => Some(united(all_words(&repetition.sub)?.into_iter().chain([String::new()]))),
            _ => None,
        },
        HirKind::Concat(parts) => {
            parts.iter().try_fold(vec![String::new()], |run, part| product(&run, &all_words(part)?))
        }
        HirKind::Alternation(parts) => {
            let all: Option<Vec<Vec<String>>> = parts.iter().map(all_words).collect();
            Some(united(all?.into_iter().flatten())).filter(|words| words.len() <= MOST_WORDS)
        }
    }
}

/// The characters of a small class. Those that equal an ASCII letter but in case (ſ, the sign of kelvin) are that letter.
fn characters(class: &Class) -> Option<Vec<String>> {
    let Class::Unicode(class) = class else { return None };
    let count: usize = class.ranges().iter().map(regex_syntax::hir::ClassUnicodeRange::len).sum();
    if count > MOST_CHARACTERS {
        return None;
    }
    let all = class.ranges().iter().flat_map(|range| range.start()..=range.end());
    let letter = |c: char| match c {
        'ſ' => 's',
        '\u{212A}' => 'k',
        c => c.to_ascii_lowercase(),
    };
    Some(united(all.map(|c| letter(c).to_string())))
}

/// Each of the one behind each of the other, where these are few.
fn product(before: &[String], behind: &[String]) -> Option<Vec<String>> {
    let few = before.len() * behind.len() <= MOST_WORDS;
    few.then(|| united(before.iter().flat_map(|one| behind.iter().map(move |other| format!("{one}{other}")))))
}

fn united(words: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = words.collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn shortest(words: &[String]) -> usize {
    words.iter().map(String::len).min().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(patterns: &[&str]) -> Patterns {
        Patterns::new(patterns.iter().map(|pattern| Regex::new(pattern).expect("a pattern of the test")).collect())
    }

    #[test]
    fn a_pattern_is_tried_where_one_of_its_words_stands() {
        let patterns = list(&[
            r"自\d{4}年起(?:施行|实施)",
            r"(?i)(?-u:\b)effective\s+(?:on\s+)?\d+",
            r"\d+",
            r"(?:a|bc)?x*",
            r"(?i)take[sn]? (?:effect|force)",
        ]);
        let tried = |text: &str| patterns.on(text).map(|pattern| pattern.as_str().len()).collect::<Vec<_>>().len();
        assert_eq!(tried("nothing of it"), 2, "those without words are always tried");
        assert_eq!(tried("自2031年起实施"), 3);
        assert_eq!(tried("EFFECTIVE on 5"), 3);
        assert_eq!(tried("it takes force"), 3);
        assert_eq!(tried("年起施行 Effective taken force"), 5);
        assert!(patterns.match_in("Takes Effect") && !list(&["施行"]).match_in("实施"));
    }

    #[test]
    fn a_guarded_pattern_matches_what_it_matched() {
        let pattern = r"(?i)^(?:(?:of|for) .{0,9}(?:agency|office)$|.*本(?:令|公告)自.{1,9}施行|[0-9]{2} Fed)";
        let (guarded, plain) = (Guarded::new(pattern).expect("a pattern"), Regex::new(pattern).expect("a pattern"));
        assert!(guarded.is_guarded());
        for text in ["For the AGENCY", "for it", "今起，本公告自明日施行", "本令即日施行", "90 fed. reg.", "fed", ""]
        {
            assert_eq!(guarded.is_match(text), plain.is_match(text), "{text}");
        }
        assert!(!Guarded::new(r"^\w+$").expect("a pattern").is_guarded());
        let patterns = [r"^(?:図|图)[:：]", r"^.{2,9}[(（](?:圖|图)[)）]$", r"^\d+$", "기자"].map(str::to_owned);
        let (set, all) = (GuardedSet::new(&patterns).expect("patterns"), RegexSet::new(&patterns).expect("patterns"));
        assert_eq!((set.plain.len(), set.guarded.len()), (2, 2));
        for text in ["图：港口", "港口的貨櫃（圖）", "港口的貨櫃", "12", "홍길동 기자", ""] {
            assert_eq!(set.is_match(text), all.is_match(text), "{text}");
        }
    }

    #[test]
    fn words_are_the_longest_that_a_pattern_needs() {
        let words = |pattern: &str| needs(&regex_syntax::Parser::new().parse(pattern).expect("a pattern of the test"));
        let some = |all: &[&str]| Some(all.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert_eq!(words(r"即日起\s*(?:施行|实施)"), some(&["即日起"]));
        assert_eq!(words(r"\d+(?:号|條)"), some(&["号", "條"]));
        assert_eq!(words(r"(?i)No\.?\s*\d"), some(&["no", "no."]));
        assert_eq!(words(r"(?:ab|c)(?:d|e)\s"), some(&["abd", "abe", "cd", "ce"]));
        assert_eq!(words(r"\s*\d*"), None);
        assert_eq!(words(r"(?:年|\d)月"), some(&["月"]));
    }
}
