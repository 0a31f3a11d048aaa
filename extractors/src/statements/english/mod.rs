//! English sentences: who is introduced, and who says something.

mod attribution;
mod office;
mod phrase;
mod tokens;

use super::line::Line;
use super::people::{Mention, Office, People, Speaker};
use super::quotation::statement;
use super::vocabulary::vocabulary;
use crate::names::organisations::organisations;
use attribution::{attributions, is_also, nameless_speaker, shared};
use tokens::{Token, tokens};

/// Most words of a name.
const LONGEST_NAME: usize = 5;
/// Most words of brackets behind a name, which repeat it in another script.
const LONGEST_BRACKETS: usize = 8;
/// Lower-case words inside of names.
const PARTICLES: &[&str] =
    &["de", "van", "von", "der", "den", "da", "dos", "del", "di", "la", "le", "bin", "al", "ter"];

/// A mention in words.
#[derive(Debug, Clone)]
struct Named {
    mention: Mention,
    /// First word of the phrase: organisation, title and name.
    first: usize,
    /// The word behind the name.
    name_end: usize,
    /// The word behind the phrase, an apposition included.
    end: usize,
}

/// Reads a sentence: new people, who says what in it, the authority that is named last.
pub(super) fn read(line: &Line, people: &mut People) {
    let tokens = tokens(line);
    let named = mentions(line, &tokens, people);
    for n in named.iter().filter(|n| is_also(&tokens, n)) {
        people.reveal(n.mention.person);
    }
    let spoken = attributions(&tokens, &named, people);
    for (at, &(person, attribution)) in spoken.iter().enumerate() {
        let end = spoken.get(at + 1).map_or(line.folded.len(), |(_, next)| next.start);
        let start = if at == 0 { 0 } else { attribution.start };
        let words = statement(line, attribution, start..end);
        for other in shared(&tokens, &named, attribution) {
            people.said(other, words.clone(), attribution.spoken(line));
        }
        people.said(person, words, attribution.spoken(line));
        people.unnamed = None;
    }
    if let Some((title, attribution)) = nameless_speaker(&tokens).filter(|_| spoken.is_empty()) {
        people.speaker = Speaker::Nameless;
        let words = statement(line, attribution, 0..line.folded.len());
        people.unnamed = Some((title, words, attribution.spoken(line)));
    }
    people.authority = authority(line, line.folded.len()).or(people.authority.take());
}

/// The authority that the sentence names last before `end`.
fn authority(line: &Line, end: usize) -> Option<String> {
    let listed = organisations().listed.within(&line.folded, 0, end);
    let &(start, end, _) = listed.iter().rfind(|(_, _, organisation)| organisation.official)?;
    Some(line.text(start, end))
}

/// Everybody whom the sentence names, in order.
fn mentions(line: &Line, tokens: &[Token], people: &mut People) -> Vec<Named> {
    let mut found: Vec<Named> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let floor = found.last().map_or(0, |last| last.end);
        let named = introduced(line, tokens, at, floor, people)
            .or_else(|| known(line, tokens, at, people))
            .or_else(|| described(line, tokens, at, people))
            .or_else(|| untitled(line, tokens, at, people));
        match named {
            Some(named) => {
                at = named.end.max(at + 1);
                let mention = &named.mention;
                people.met(mention.person, line.start + mention.phrase_start..line.start + mention.phrase_end);
                found.push(named);
            }
            None => at += 1,
        }
    }
    found
}

/// A title at `at` with a name behind it; words before `floor` belong to somebody else.
fn introduced(line: &Line, tokens: &[Token], at: usize, floor: usize, people: &mut People) -> Option<Named> {
    let title = office::title_at(line, tokens, at)?;
    // Sen. Warren
    let abbreviated = tokens.get(title.words.end).is_some_and(|token| token.lower == ".");
    let behind = title.words.end + usize::from(abbreviated);
    let name = apposed_name(line, tokens, behind)
        .or_else(|| apposed_behind_division(line, tokens, behind))
        .or_else(|| name_start(tokens, behind))?;
    // The surname of somebody before may be the first word of another name (Gan Kim Yong, Yong Yik Wei).
    let name_end = known_end(line, tokens, name, people)
        .max(name_at(line, tokens, name))
        .or_else(|| surname_like_a_pronoun(line, tokens, name))?;
    let authority = authority(line, tokens[at].start).or_else(|| people.authority.clone());
    let found = office::before(line, tokens, &title, floor..name, authority.as_deref());
    let person = introduce(line, tokens, name..name_end, found.office, people);
    let end = behind_brackets(tokens, name_end);
    Some(place(tokens, person, found.words.start, name..name_end, end))
}

/// The council's principal economist, Cherry Yeung, said: a name between two commas behind the title.
fn apposed_name(line: &Line, tokens: &[Token], at: usize) -> Option<usize> {
    let comma = |i: usize| tokens.get(i).is_some_and(|token| token.lower == ",");
    let end = comma(at).then(|| name_at(line, tokens, at + 1)).flatten()?;
    (comma(end) && end - at > 2).then_some(at + 1)
}

/// The ministry's director of statistics, Huang Yu-ling, told: a name between two commas behind a title and its division or
/// body.
fn apposed_behind_division(line: &Line, tokens: &[Token], at: usize) -> Option<usize> {
    /// Words of a division or of the name of an authority.
    const LONGEST: usize = 14;
    let words = vocabulary();
    let linked = tokens.get(at).is_some_and(|token| matches!(token.lower.as_str(), "of" | "for" | "at"));
    let known = organisations();
    let part = |token: &Token| {
        let listed = known.listed.at(&line.folded, token.start).is_some()
            || known.economies.at(&line.folded, token.start).is_some()
            || known.generic.english_authority.contains(&token.lower);
        token.word
            && !words.english.verbs.contains(&token.lower)
            && (words.portfolio.contains(&token.lower) || !token.capital || listed)
            || token.lower == "'s"
    };
    let end = (at..tokens.len().min(at + LONGEST)).find(|&i| !part(&tokens[i])).filter(|_| linked)?;
    apposed_name(line, tokens, end)
}

/// The first word of the name behind a title, over `of research`, `for Trade`, `of the ministry`.
fn name_start(tokens: &[Token], at: usize) -> Option<usize> {
    name_behind(tokens, at).map(|at| phrase::behind_honorifics(tokens, at))
}

fn name_behind(tokens: &[Token], at: usize) -> Option<usize> {
    let tail = tokens.get(at).is_some_and(|token| matches!(token.lower.as_str(), "of" | "for"));
    if !tail {
        return Some(at);
    }
    let portfolio = |token: &Token| vocabulary().portfolio.contains(&token.lower) || token.word && !token.capital;
    let comma = |i: usize| {
        tokens[i].lower == "," && tokens.get(i + 1).is_some_and(|t| vocabulary().portfolio.contains(&t.lower))
    };
    let verbs = &vocabulary().english.verbs;
    (at..tokens.len())
        .take_while(|&i| i <= at + 9 && !verbs.contains(&tokens[i].lower))
        .find(|&i| !portfolio(&tokens[i]) && !comma(i))
        .filter(|&i| tokens[i].word)
}

fn known(line: &Line, tokens: &[Token], at: usize, people: &mut People) -> Option<Named> {
    let end = known_end(line, tokens, at, people)?;
    let (person, _) = people.at(&line.folded, tokens[at].start)?;
    let bracketed = behind_brackets(tokens, end);
    let apposed = apposition(line, tokens, bracketed, people);
    let phrase_end = apposed.as_ref().map_or(bracketed, |found| behind_brackets(tokens, found.words.end));
    // Only a full name is introduced again; a surname alone would make another person.
    if let Some(found) = apposed.filter(|_| end - at >= 2) {
        introduce(line, tokens, at..end, found.office, people);
    }
    Some(place(tokens, person, at, at..end, phrase_end))
}

/// The word behind a known name that begins with this word.
fn known_end(line: &Line, tokens: &[Token], at: usize, people: &People) -> Option<usize> {
    let first = tokens.get(at).filter(|token| token.capital)?;
    let (_, length) = people.at(&line.folded, first.start)?;
    tokens.iter().position(|token| token.end == first.start + length).map(|last| last + 1)
}

/// A name with an apposition that gives an office: Zhang Zhongji, spokesman of the State Statistical Bureau.
fn described(line: &Line, tokens: &[Token], at: usize, people: &mut People) -> Option<Named> {
    let end =
        name_at(line, tokens, at).or_else(|| surname_like_a_pronoun(line, tokens, at)).filter(|end| end - at >= 2)?;
    let found = apposition(line, tokens, behind_brackets(tokens, end), people)?;
    let phrase_end = behind_brackets(tokens, found.words.end);
    let person = introduce(line, tokens, at..end, found.office, people);
    Some(place(tokens, person, at, at..end, phrase_end))
}

/// The word behind the brackets that follow a name: Beatrice Lin (林雅文).
fn behind_brackets(tokens: &[Token], name_end: usize) -> usize {
    let is = |i: usize, mark: &str| tokens.get(i).is_some_and(|token| token.lower == mark);
    // Eli Santos Jr.
    let junior = ["jr", "sr"].iter().any(|word| name_end > 0 && is(name_end - 1, word)) && is(name_end, ".");
    let name_end = name_end + usize::from(junior);
    let closed = (name_end + 1..name_end + LONGEST_BRACKETS).find(|&i| is(i, ")"));
    closed.filter(|_| is(name_end, "(")).map_or(name_end, |close| close + 1)
}

fn apposition(line: &Line, tokens: &[Token], name_end: usize, people: &People) -> Option<office::Found> {
    let comma = tokens.get(name_end).is_some_and(|token| token.lower == ",");
    comma.then(|| office::behind(line, tokens, name_end + 1, people.authority.as_deref())).flatten()
}

/// A name without a title that speaks: nobody's office, but a pronoun means them.
fn untitled(line: &Line, tokens: &[Token], at: usize, people: &mut People) -> Option<Named> {
    let end = name_at(line, tokens, at).filter(|end| end - at >= 2)?;
    let words = &vocabulary().english;
    let bracketed = behind_brackets(tokens, end);
    let verb = skip_adverbs(tokens, bracketed);
    let speaks = tokens.get(verb).is_some_and(|token| words.verbs.contains(&token.lower));
    let spoken = at > 0 && words.inverting.contains(&tokens[at - 1].lower);
    (speaks || spoken).then(|| {
        let person = introduce(line, tokens, at..end, Office::default(), people);
        place(tokens, person, at, at..end, bracketed)
    })
}

fn introduce(
    line: &Line,
    tokens: &[Token],
    name: std::ops::Range<usize>,
    office: Office,
    people: &mut People,
) -> usize {
    let word = |i: usize| line.text(tokens[i].start, tokens[i].end);
    let full = line.text(tokens[name.start].start, tokens[name.end - 1].end);
    // East Asian names begin with the surname, others end with it; the text says which by using one.
    let short: Vec<String> = if name.len() >= 2 {
        [word(name.start), word(name.end - 1)]
            .into_iter()
            .filter(|part| part.chars().count() >= 2 && !part.ends_with('.'))
            .collect()
    } else {
        Vec::new()
    };
    people.introduce(&full, &short, office)
}

fn place(tokens: &[Token], person: usize, first: usize, name: std::ops::Range<usize>, end: usize) -> Named {
    let mention = Mention {
        person,
        start: tokens[name.start].start,
        end: tokens[name.end - 1].end,
        phrase_start: tokens[first].start,
        phrase_end: tokens[end - 1].end,
    };
    Named { mention, first, name_end: name.end, end }
}

/// The word behind the name that begins with this word: capitalised words that are no economy, organisation or title.
fn name_at(line: &Line, tokens: &[Token], at: usize) -> Option<usize> {
    let known = organisations();
    let part = |i: usize| {
        tokens.get(i).is_some_and(|token| {
            token.capital
                && token.word
                && !vocabulary().english.not_names.contains(&line.text(token.start, token.end))
                && !vocabulary().portfolio.contains(&token.lower)
                && known.listed.at(&line.folded, token.start).is_none()
                && known.economies.at(&line.folded, token.start).is_none()
                && office::title_at(line, tokens, i).is_none()
        })
    };
    let lower = |i: usize| tokens.get(i).map(|token| token.lower.as_str());
    let particle = |i: usize| {
        let end = (i..).find(|&i| !lower(i).is_some_and(|word| PARTICLES.contains(&word))).unwrap_or(i);
        end > i && part(end)
    };
    if !part(at) {
        return None;
    }
    let end = (at..tokens.len().min(at + LONGEST_NAME)).take_while(|&i| part(i) || i > at && particle(i)).last()? + 1;
    // A name that goes on as a company or an authority is none.
    let generic = &known.generic;
    let body = (at..=end).filter_map(|i| tokens.get(i)).any(|token| {
        token.capital
            && (generic.english_private.contains(&token.lower) || generic.english_authority.contains(&token.lower))
    });
    (!body).then_some(end)
}

/// He Yongqian behind a title: a surname, not a pronoun.
fn surname_like_a_pronoun(line: &Line, tokens: &[Token], at: usize) -> Option<usize> {
    let pronoun = tokens.get(at).is_some_and(|t| t.capital && vocabulary().english.pronouns.contains(&t.lower));
    pronoun.then(|| name_at(line, tokens, at + 1)).flatten()
}

fn skip_adverbs(tokens: &[Token], at: usize) -> usize {
    let adverbs = &vocabulary().english.adverbs;
    (at..).find(|&i| tokens.get(i).is_none_or(|token| !adverbs.contains(&token.lower))).unwrap_or(at)
}
