//! Chinese sentences: who is introduced, and who says something.

mod office;
mod shape;

use super::line::{Line, is_han, is_quote};
use super::people::{Mention, Office, People, Speaker};
use super::quotation::{Attribution, statement};
use super::vocabulary::{Class, vocabulary};
use crate::names::organisations::organisations;

/// Farthest that a verb stands behind its subject in one clause, in characters.
const REACH: usize = 48;
/// Most characters of brackets behind a name that give its office.
const LONGEST_BRACKETS: usize = 32;
/// Most characters of brackets between a title and a name, the marks counted.
const LONGEST_FIELD: usize = 10;
/// Farthest that a verb stands behind a pronoun.
const PRONOUN_REACH: usize = 24;

/// Reads a sentence: new people, who says what in it, the authority that is named last.
pub(super) fn read(line: &Line, people: &mut People) {
    let mentions = mentions(line, people);
    let spoken = attributions(line, &mentions, people);
    for (at, &(person, attribution)) in spoken.iter().enumerate() {
        let end = spoken.get(at + 1).map_or(line.folded.len(), |(_, next)| next.start);
        let start = if at == 0 { 0 } else { attribution.start };
        let words = statement(line, attribution, start..end);
        for other in shared(line, &mentions, attribution) {
            people.said(other, words.clone(), attribution.spoken(line));
        }
        people.said(person, words, attribution.spoken(line));
    }
    if spoken.is_empty() && nameless_speaker(line) {
        people.speaker = Speaker::Nameless;
    }
    people.authority = authority(line, line.folded.len()).or(people.authority.take());
}

/// Everybody whom the sentence names, in order.
fn mentions(line: &Line, people: &mut People) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    let mut at = 0;
    while at < line.folded.len() {
        let mention = introduced(line, at, people)
            .or_else(|| known(line, at, people))
            .or_else(|| titled_behind(line, at, people))
            .or_else(|| bracketed(line, at, people))
            .or_else(|| untitled(line, at, people));
        match mention {
            Some(mention) => {
                at = mention.phrase_end.max(at + 1);
                people.met(mention.person, line.start + mention.phrase_start..line.start + mention.phrase_end);
                found.push(mention);
            }
            None => at += 1,
        }
    }
    found
}

fn known(line: &Line, at: usize, people: &People) -> Option<Mention> {
    let (person, length) = people.at(&line.folded, at)?;
    Some(Mention { person, start: at, end: at + length, phrase_start: at, phrase_end: at + length })
}

/// A title at `at` with a name behind it: 統計處長蔡美娜.
fn introduced(line: &Line, at: usize, people: &mut People) -> Option<Mention> {
    let (length, &class) = vocabulary().chinese_titles.at(&line.folded, at)?;
    let title_end = at + length;
    // 部長官: the office is 長官, not 部長.
    if vocabulary().chinese_titles.at(&line.folded, at + 1).is_some_and(|(inner, _)| at + 1 + inner > title_end) {
        return None;
    }
    // 國家經濟委員會主任: the words go on as the name of a body.
    let body = organisations().generic.authority.at(&line.folded, at);
    if body.is_some_and(|(length, ())| at + length > title_end) {
        return None;
    }
    let name_start = match line.folded.get(title_end) {
        Some(' ') => title_end + 1,
        Some('(' | '（') => behind_field(line, title_end).unwrap_or(title_end),
        _ => title_end,
    };
    let known = people.at(&line.folded, name_start).map(|(_, length)| name_start + length);
    let name_end = known.or_else(|| shape::name_at(line, name_start, class != Class::Profession))?;
    // 統計處處長: the department at the title is not the authority.
    let before = organisations().listed.ending_at(&line.folded, at).map_or(at, |(start, _)| start);
    let authority = authority(line, before).or_else(|| people.authority.clone());
    let found = office::office(line, at, title_end, class, authority.as_deref());
    let person = people.introduce(&line.text(name_start, name_end), &[], found.office);
    Some(Mention { person, start: name_start, end: name_end, phrase_start: found.start, phrase_end: name_end })
}

/// The character behind brackets that give the field of a title: 研究總監（亞洲）陳永健.
fn behind_field(line: &Line, open: usize) -> Option<usize> {
    let text = &line.folded;
    let close = (open + 1..text.len().min(open + LONGEST_FIELD)).find(|&i| matches!(text[i], ')' | '）'))?;
    let field = text[open + 1..close].iter().all(|&c| is_han(c));
    (field && shape::chinese_name(line, close + 1).is_some()).then_some(close + 1)
}

/// A name at `at` with a title behind it: 賴清德總統說, 蔡處長說.
fn titled_behind(line: &Line, at: usize, people: &mut People) -> Option<Mention> {
    let words = vocabulary();
    let free = at == 0 || line.is_boundary(at - 1) || organisations().economies.ending_at(&line.folded, at).is_some();
    if !free || !words.surnames.contains(&line.folded[at]) {
        return None;
    }
    for length in [3, 2, 1] {
        let title = at + length;
        let Some((title_length, &class)) = words.chinese_titles.at(&line.folded, title) else { continue };
        let end = title + title_length;
        if class == Class::Profession || !shape::goes_on(line, end) {
            continue;
        }
        let person = if length == 1 {
            people.by_surname(line.folded[at])?
        } else if class == Class::State {
            let office = Office { title: Some(line.text(title, end)), org: None, official: true };
            people.introduce(&line.text(at, title), &[], office)
        } else {
            return None;
        };
        return Some(Mention { person, start: at, end, phrase_start: at, phrase_end: end });
    }
    None
}

/// A name that begins a clause with its office in brackets behind it: 歐陽明德（經濟部產業發展署署長）表示.
fn bracketed(line: &Line, at: usize, people: &mut People) -> Option<Mention> {
    let text = &line.folded;
    let free = at == 0 || line.is_boundary(at - 1) || text[at - 1].is_whitespace();
    if !free {
        return None;
    }
    let name_end = shape::chinese_name(line, at).or_else(|| shape::name_at(line, at, false))?;
    let bracket = |c: char, marks: [char; 2]| marks.contains(&c);
    text.get(name_end).filter(|&&c| bracket(c, ['(', '（']))?;
    let close = (name_end..text.len().min(name_end + LONGEST_BRACKETS)).find(|&i| bracket(text[i], [')', '）']))?;
    let (title_start, &class) = vocabulary().chinese_titles.ending_at(text, close)?;
    let found = office::office(line, title_start, close, class, None);
    let person = people.introduce(&line.text(at, name_end), &[], found.office);
    Some(Mention { person, start: at, end: close + 1, phrase_start: at, phrase_end: close + 1 })
}

/// A name without a title that begins a clause and speaks at once: nobody's office, but a pronoun means them.
fn untitled(line: &Line, at: usize, people: &mut People) -> Option<Mention> {
    if at > 0 && !line.is_boundary(at - 1) {
        return None;
    }
    let end = shape::chinese_name(line, at).filter(|&end| shape::speech_follows(line, end))?;
    let person = people.introduce(&line.text(at, end), &[], Office::default());
    Some(Mention { person, start: at, end, phrase_start: at, phrase_end: end })
}

/// The first verb of speech whose subject is a person or a pronoun for one, and one of each further person behind a
/// semicolon: what stands behind a comma may be what the first one says of somebody.
fn attributions(line: &Line, mentions: &[Mention], people: &People) -> Vec<(usize, Attribution)> {
    let mut found: Vec<(usize, Attribution)> = Vec::new();
    for (verb, end) in verbs(line, mentions) {
        let separated = |from: usize| line.folded[from..verb].iter().any(|c| matches!(c, ';' | '；'));
        // 邱志偉追問時程，江文若回應: the one who answers speaks.
        let question = |last: &Attribution| {
            last.verb.is_some_and(|(from, to)| vocabulary().chinese.asks.exactly(&line.folded, from, to).is_some())
        };
        let asked = found.len() == 1 && found.last().is_some_and(|(_, last)| question(last));
        if !asked && found.last().is_some_and(|(_, last)| !separated(last.end)) {
            continue;
        }
        let clause = clause_of_subject(line, mentions, verb);
        let subject = subject_in_clause(line, mentions, clause, verb)
            .or_else(|| pronoun(line, mentions, clause, verb, people))
            .or_else(|| continued(line, mentions, clause, verb));
        if let Some((person, start)) = subject.filter(|(person, _)| found.iter().all(|(known, _)| known != person)) {
            if asked {
                found.clear();
            }
            found.push((person, Attribution { start, end, verb: Some((verb, end)) }));
        }
    }
    found
}

/// Where the clause of a verb begins; brackets behind a name are no end of it: 主席某人（Jane Doe）9日表示.
fn clause_of_subject(line: &Line, mentions: &[Mention], verb: usize) -> usize {
    let clause = line.clause_start(verb);
    let text = &line.folded;
    if clause == 0 || !matches!(text[clause - 1], ')' | '）') {
        return clause;
    }
    let lowest = clause.saturating_sub(LONGEST_BRACKETS);
    let open = (lowest..clause).rev().find(|&i| matches!(text[i], '(' | '（'));
    let named = mentions.iter().rev().find(|m| m.phrase_end == clause || Some(m.phrase_end) == open);
    named.map_or(clause, |m| line.clause_start(m.phrase_start))
}

/// The people who share the subject's verb: 部長甲、署長乙都表示.
fn shared(line: &Line, mentions: &[Mention], attribution: Attribution) -> Vec<usize> {
    let joined = |from: usize, to: usize| {
        let words: String = line.folded.get(from..to).unwrap_or_default().iter().collect();
        matches!(words.trim(), "、" | "和" | "与" | "及" | "以及" | "跟")
    };
    let Some(mut at) = mentions.iter().rposition(|m| m.phrase_start == attribution.start) else { return Vec::new() };
    let mut others = Vec::new();
    while at > 0 && joined(mentions[at - 1].phrase_end, mentions[at].phrase_start) {
        at -= 1;
        others.push(mentions[at].person);
    }
    others.reverse();
    others
}

/// Verbs of speech, as (start, end), none of them part of a noun or a name.
fn verbs(line: &Line, mentions: &[Mention]) -> Vec<(usize, usize)> {
    let words = &vocabulary().chinese;
    let text = &line.folded;
    let nouns = words.not_verbs.within(text, 0, text.len());
    let covered = |at: usize| {
        nouns.iter().any(|&(start, end, ())| (start..end).contains(&at))
            || mentions.iter().any(|m| (m.phrase_start..m.phrase_end).contains(&at))
    };
    let all = words.verbs.within(text, 0, text.len());
    // 署長甲：…, the name and nothing but a colon.
    let colons = mentions.iter().map(|m| (m.phrase_end, m.phrase_end + 1));
    let opening = |m: &(usize, usize)| matches!(text.get(m.0), Some(':' | '：'));
    let colons = colons.filter(opening).filter(|_| mentions.first().is_some_and(|m| m.phrase_start == 0)).take(1);
    let verbs = all.into_iter().map(|(start, end, ())| (start, end));
    colons
        .chain(verbs)
        .filter(|&(start, _)| !covered(start) && start.checked_sub(1).is_none_or(|before| text[before] != '被'))
        .collect()
}

/// The last person before the verb in its clause who is neither an object nor only named for a time or a thing.
fn subject_in_clause(line: &Line, mentions: &[Mention], clause: usize, verb: usize) -> Option<(usize, usize)> {
    let subject = mentions.iter().rev().find(|m| m.start >= clause && m.end <= verb && is_subject(line, m))?;
    (verb - subject.end <= REACH).then_some((subject.person, subject.phrase_start))
}

fn is_subject(line: &Line, mention: &Mention) -> bool {
    let words = &vocabulary().chinese;
    // 對外經濟貿易大學教授: the first character of a name is no word before it.
    let outward = line.folded.get(mention.phrase_start) == Some(&'外');
    let object = !outward && words.objects.ending_at(&line.folded, mention.phrase_start).is_some();
    let temporal = words.temporal.at(&line.folded, mention.end).is_some();
    let owner = line.folded.get(mention.end) == Some(&'的');
    !object && !temporal && !owner
}

/// 他 or 她 before the verb: the person with whom a clause before began, else the last speaker.
fn pronoun(line: &Line, mentions: &[Mention], clause: usize, verb: usize, people: &People) -> Option<(usize, usize)> {
    let pronouns = vocabulary().chinese.pronouns.within(&line.folded, clause, verb);
    let &(start, end, ()) = pronouns.last()?;
    let owner = line.folded.get(end) == Some(&'的');
    let plural = line.folded.get(end - 1) == Some(&'们');
    if owner || plural || verb - end > PRONOUN_REACH {
        return None;
    }
    let named = mentions.iter().rev().find(|m| m.end <= start && begins_clause(line, m) && is_subject(line, m));
    match (named, people.speaker) {
        (Some(named), _) => Some((named.person, named.phrase_start)),
        (None, Speaker::Person(person)) => Some((person, start)),
        (None, Speaker::Nameless) => None,
    }
}

/// A clause without a subject of its own goes on with the person who began the sentence (蔡美娜在記者會上，針對關稅表示).
fn continued(line: &Line, mentions: &[Mention], clause: usize, verb: usize) -> Option<(usize, usize)> {
    let words = &vocabulary().chinese;
    let text = &line.folded;
    let start = (clause..verb).find(|&i| !text[i].is_whitespace()).unwrap_or(verb);
    let open = start == verb
        || words.continuations.at(text, start).is_some()
        || words.temporal.ending_at(text, verb).is_some()
        || words.adverbs.at(text, start).is_some();
    let nameless = words.anonymous.ending_at(text, verb).is_some();
    let quoted = start.checked_sub(1).is_some_and(|before| is_quote(text[before]));
    if !open || nameless || quoted {
        return None;
    }
    let topic = mentions.iter().rev().find(|m| m.end <= clause && begins_clause(line, m) && is_subject(line, m))?;
    Some((topic.person, topic.phrase_start))
}

fn begins_clause(line: &Line, mention: &Mention) -> bool {
    let clause = line.clause_start(mention.phrase_start);
    let lead = mention.phrase_start - clause;
    lead == 0 || vocabulary().chinese.continuations.at(&line.folded, clause).is_some_and(|(length, ())| length == lead)
}

/// Whether the words are those of somebody without a name (官員表示): no pronoun behind them means a person before.
fn nameless_speaker(line: &Line) -> bool {
    let words = &vocabulary().chinese;
    verbs(line, &[]).iter().any(|&(verb, _)| {
        let mut subject = verb;
        while let Some((start, ())) = words.adverbs.ending_at(&line.folded, subject) {
            subject = start;
        }
        words.anonymous.ending_at(&line.folded, subject).is_some()
    })
}

/// The authority that the sentence names last before `end`, with the economy before it.
fn authority(line: &Line, end: usize) -> Option<String> {
    let known = organisations();
    let text = &line.folded;
    let listed = known.listed.within(text, 0, end);
    let with_economy = |start| known.economies.ending_at(text, start).map_or(start, |(economy, _)| economy);
    let official = || listed.iter().rev().filter(|(_, _, organisation)| organisation.official);
    // One that begins a clause acts; one inside may only describe (海關進出口統計).
    let acting = official().find(|(start, _, _)| line.clause_start(*start) == with_economy(*start));
    let &(start, end, _) = acting.or_else(|| official().next())?;
    let start = with_economy(start);
    Some(line.text(start, end))
}
