//! What an act does to earlier ones: suspends, extends, repeals, replaces, amends, resumes, implements them.

use std::ops::Range;

use bellwether_model::document::BlockRole;
use bellwether_model::evidence::Evidence;
use bellwether_model::policy::PolicyReference;

use super::number::{self, Number};
use super::passage::Passage;
use super::rules::{Field, rules};
use crate::names::organisations::organisations;
use crate::needs::Patterns;

/// A longer sentence is a list or damaged text, in which no word can be bound to a number; in bytes.
const LONGEST_SENTENCE: usize = 6_000;
/// How many bytes at the most stand between a word and the number to which it belongs: the title of an act may.
const FARTHEST: usize = 360;
/// Behind a comma another act of the same list begins within so many bytes.
const FARTHEST_IN_LIST: usize = 45;
/// How many characters before a number are searched for who issued it.
const LONGEST_ISSUER: usize = 40;
/// Characters between the name of who issued an act and its number: 公告, 令第.
const LONGEST_GAP: usize = 6;
/// Numbers of one issuer stand so near to each other (第55号、第56号), in bytes.
const FARTHEST_IN_SERIES: usize = 12;
/// References that one act has at the most.
const MOST: usize = 64;

/// Words that say what is done to an act. `action` is `None` where it is only cited.
#[derive(Debug, Clone, Copy)]
struct Cue<'a> {
    start: usize,
    end: usize,
    action: Option<&'a str>,
}

/// The acts to which these passages refer. `own` is the number of the act itself.
pub(super) fn refers(passages: &[Passage], own: Option<&str>) -> Vec<PolicyReference> {
    let mut found: Vec<PolicyReference> = Vec::new();
    let mut open: Option<&str> = None;
    let told = |p: &&Passage| p.table.is_none() && p.field().is_none_or(|(field, _)| field == Field::Subject);
    for passage in passages.iter().filter(told) {
        for span in sentences(&passage.folded) {
            let text = &passage.folded[span.clone()];
            if text.trim().is_empty() || text.len() > LONGEST_SENTENCE {
                continue;
            }
            let listed = passage.role == BlockRole::ListItem || begins_item(text);
            open = open.filter(|_| listed);
            // Nothing is bound where there is no number, and no list follows.
            let opens = text.trim_end().ends_with(':');
            let numbers = number::every(text);
            if numbers.is_empty() && !opens {
                continue;
            }
            let sentence = Sentence::of(text, numbers);
            let mut last: Option<(usize, Option<String>)> = None;
            for (number, action) in sentence.bound(open) {
                let known = |r: &PolicyReference| r.number == number.number && r.action == action;
                if own == Some(number.number.as_str()) || found.len() >= MOST || found.iter().any(known) {
                    continue;
                }
                let at = span.start + number.span.start..span.start + number.span.end;
                let place = passage.evidence(at.clone());
                // 第55、56号: one issuer for both.
                let shared = last.take().filter(|(end, _)| at.start.saturating_sub(*end) <= FARTHEST_IN_SERIES);
                let issuer = issuer_before(passage, at.start).or_else(|| shared.and_then(|(_, issuer)| issuer));
                last = Some((at.end, issuer.clone()));
                found.push(PolicyReference {
                    action: action.to_owned(),
                    issuer,
                    evidence: Evidence { text: passage.words(span.clone()), ..place },
                    number: number.number,
                });
            }
            // 暂停实施以下公告: what follows is a list.
            if opens {
                open = sentence.before.iter().rev().find_map(|cue| cue.action);
            }
        }
    }
    found
}

/// The sentences of a passage. A point ends one only behind a word and before a capital: No. 5 and E.O. do not.
fn sentences(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut ends: Vec<usize> = text
        .char_indices()
        .filter(|&(at, c)| matches!(c, '。' | ';' | '\n') || c == '.' && ends_sentence(&text[..at], &text[at + 1..]))
        .map(|(at, c)| at + c.len_utf8())
        .collect();
    ends.push(text.len());
    let starts = [0].into_iter().chain(ends.clone());
    starts.zip(ends).map(|(start, end)| start..end)
}

fn ends_sentence(before: &str, behind: &str) -> bool {
    let word = before.bytes().rev().take(3).all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b')');
    let mut next = behind.chars();
    word && next.next() == Some(' ') && next.next().is_some_and(char::is_uppercase)
}

/// 一、, (二), 3., -
fn begins_item(text: &str) -> bool {
    let text = text.trim_start().trim_start_matches('(');
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
    text.starts_with(['-', '*', '•']) || rest.len() < text.len() && rest.starts_with(['、', '.', ')', ','])
}

/// One sentence with its numbers and the words around them.
struct Sentence<'a> {
    text: &'a str,
    numbers: Vec<Number>,
    before: Vec<Cue<'a>>,
    behind: Vec<Cue<'a>>,
}

impl<'a> Sentence<'a> {
    fn of(text: &'a str, numbers: Vec<Number>) -> Self {
        let rules = rules();
        let titles = titles(text);
        let outside = |cue: &Cue<'_>| !titles.iter().any(|title| title.contains(&cue.start));
        let named = |pick: fn(&super::rules::Reference) -> &Patterns| -> Vec<Cue<'_>> {
            let kinds = rules.references.iter();
            kinds.flat_map(|kind| matches(text, pick(kind), Some(kind.action.as_str()))).filter(&outside).collect()
        };
        let (before, behind) = (named(|kind| &kind.before), named(|kind| &kind.behind));
        // The versions published under Notice 5 are replaced: words inside of longer ones cite nothing.
        let inside = |cite: &Cue<'_>| before.iter().any(|cue| cue.start < cite.start && cite.end <= cue.end);
        let cites = matches(text, &rules.cites, None).filter(&outside).filter(|cite| !inside(cite));
        let cites: Vec<Cue<'_>> = cites.collect();
        let with_cites = |mut cues: Vec<Cue<'a>>| {
            cues.retain(|cue| !cites.iter().any(|cite| cite.start < cue.end && cue.start < cite.end));
            // 继续暂停实施: of words that overlap those that begin first hold.
            let all = cues.clone();
            cues.retain(|cue| !all.iter().any(|other| other.start < cue.start && cue.start < other.end));
            cues.extend(&cites);
            cues.sort_by_key(|cue| (cue.end, cue.start));
            cues
        };
        Self { text, numbers, before: with_cites(before.clone()), behind: with_cites(behind) }
    }

    /// Each number that something is done to, and what. `open` is what the words above a list say.
    fn bound(&self, open: Option<&'a str>) -> Vec<(Number, &'a str)> {
        let mut bound: Vec<(Number, &str)> = Vec::new();
        let mut before: Option<(usize, Option<&str>)> = None;
        for number in &self.numbers {
            let ahead = self.before.partition_point(|cue| cue.end <= number.span.start);
            let cue = ahead.checked_sub(1).map(|i| self.before[i]);
            let from = cue.map(|cue| before.map_or(cue.end, |(end, _)| end.max(cue.end)));
            let listed = cue.zip(before).is_some_and(|(cue, (end, _))| cue.end <= end);
            let cue = cue.filter(|cue| !self.names(cue, number));
            let near = cue.filter(|_| from.is_some_and(|from| self.joins(from, number.span.start, listed)));
            let action = match near {
                Some(Cue { action: None, .. }) => None,
                Some(cue) => cue.action,
                None => self.done_behind(number).or(open),
            };
            before = Some((number.span.end, action));
            bound.extend(action.map(|action| (number.clone(), action)));
        }
        bound
    }

    /// Whether a word begins the title of the act whose number stands behind it in brackets: Order Amending … (SOR/2031-5).
    fn names(&self, cue: &Cue<'_>, number: &Number) -> bool {
        let title = self.text[cue.start..].starts_with(|c: char| c.is_ascii_uppercase());
        title && self.text[..number.span.start].trim_end().ends_with('(') && !self.text[..cue.start].trim().is_empty()
    }

    /// Whether what stands at `to` still belongs to what ends at `from`. In Chinese a comma begins another clause, but
    /// in a list of acts the next one may stand behind it.
    fn joins(&self, from: usize, to: usize, listed: bool) -> bool {
        let Some(between) = self.text.get(from..to) else { return true };
        let in_list = listed && between.len() <= FARTHEST_IN_LIST;
        let mut bare = String::new();
        let mut depth = 0_usize;
        for c in between.chars() {
            match c {
                '《' | '(' => depth += 1,
                '》' | ')' => depth = depth.saturating_sub(1),
                _ if depth == 0 => bare.push(c),
                _ => {}
            }
        }
        between.len() <= FARTHEST && (in_list || between.is_ascii() || !bare.contains(','))
    }

    /// 第18号同时废止, is hereby revoked.
    fn done_behind(&self, number: &Number) -> Option<&'a str> {
        // The order, as amended, is further amended: what the act became before says nothing of what is done to it now.
        let aside = |cue: &Cue<'_>| cue.action.is_none() && self.text[cue.start..cue.end].starts_with("as ");
        // (第233号公布, 根据第243号修改)作如下修改: brackets that close behind the number tell what became of the act.
        let closed = self.text[number.span.end..]
            .find([')', '('])
            .filter(|at| self.text[number.span.end + at..].starts_with(')'));
        let from = number.span.end + closed.unwrap_or_default();
        let cue = self.behind.iter().find(|cue| cue.start >= from && !aside(cue))?;
        let between = self.text.get(number.span.end..cue.start)?;
        let part = || rules().part_of.match_in(between);
        let action = cue.action.filter(|_| between.len() <= FARTHEST)?;
        Some(if matches!(action, "replaces" | "repeals") && part() { "amends" } else { action })
    }
}

fn matches<'a>(text: &'a str, patterns: &'a Patterns, action: Option<&'a str>) -> impl Iterator<Item = Cue<'a>> {
    let found = patterns.on(text).flat_map(move |pattern| pattern.find_iter(text));
    found.map(move |found| Cue { start: found.start(), end: found.end(), action })
}

/// What stands in the marks of titles: the words of another act, which say nothing of this one.
fn titles(text: &str) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut open = None;
    for (at, c) in text.char_indices() {
        match c {
            '《' => open = open.or(Some(at)),
            '》' => all.extend(open.take().map(|start| start..at)),
            _ => {}
        }
    }
    all
}

/// The authorities right before a number: 商务部、海关总署公告2025年第55号.
fn issuer_before(passage: &Passage, at: usize) -> Option<String> {
    let before: Vec<char> = passage.folded.get(..at)?.chars().collect();
    let from = before.len().saturating_sub(LONGEST_ISSUER);
    let found = organisations().listed.within(&before, from, before.len());
    let mut start = before.len();
    let mut end = None;
    for &(first, last, organisation) in found.iter().rev() {
        let gap = before.get(last..start)?;
        let mark = |c: &char| c.is_whitespace() || *c == '、';
        let adjoins = end.map_or(gap.len() <= LONGEST_GAP && !gap.contains(&','), |_| gap.iter().all(mark));
        if !organisation.official || !adjoins {
            break;
        }
        end = end.or(Some(last));
        start = first;
    }
    let words: String = passage.written.chars().skip(start).take(end?.checked_sub(start)?).collect();
    Some(words.split([' ', '　', '、']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("、"))
        .filter(|name| !name.is_ascii())
        .or(Some(words))
}
