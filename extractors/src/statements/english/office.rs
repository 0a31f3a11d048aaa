//! The office that stands before or behind a name in English text. It knows no verb.

use std::ops::Range;

use super::super::line::Line;
use super::super::people::Office;
use super::super::vocabulary::{Class, vocabulary};
use super::phrase::{behind_honorifics, is_abbreviation, is_field, is_link, lists_fields};
use super::tokens::Token;
use crate::names::organisations::organisations;

/// How many words before a title its organisation may begin.
const REACH: usize = 9;
/// How many words an apposition has at the most before its title ends.
const APPOSITION: usize = 24;
/// Words of a title at the most.
const LONGEST_TITLE: usize = 6;
/// Titles that companies use as states do: a strange name right before makes the holder nobody's official.
const AMBIGUOUS: &[&str] =
    &["president", "vice president", "vice-president", "representative", "chancellor", "treasurer"];
/// The title that heads of a territory share with those of companies.
const TERRITORIAL: &str = "chief executive";
/// Between a title and what it is the title of.
const LINKS: &[&str] = &["of", "at", "for", "in", "with", "to"];

/// A title among the words of a sentence.
#[derive(Debug, Clone)]
pub(super) struct Title {
    /// Words of the title itself.
    pub(super) words: Range<usize>,
    /// What it proves.
    pub(super) class: Class,
}

/// An office and the words that give it.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) office: Office,
    pub(super) words: Range<usize>,
}

/// What the words around a title say of the organisation.
#[derive(Default)]
struct Body {
    org: Option<String>,
    /// The word behind the organisation, where the title with its division begins.
    end: Option<usize>,
    authority: bool,
    private: bool,
    nation: bool,
    /// Capitalised words of which nothing is known.
    strange: bool,
}

/// The title that begins with this word.
pub(super) fn title_at(line: &Line, tokens: &[Token], at: usize) -> Option<Title> {
    let first = tokens.get(at).filter(|token| token.word)?;
    let titles = &vocabulary().english_titles;
    let mut letters = first.lower.chars();
    // A first word of one letter goes on behind the token, so that only longer ones are looked up.
    let pair = (letters.next()?, letters.next());
    if pair.1.is_some() && !titles.may_begin(pair.0, pair.1) {
        return None;
    }
    let longest = tokens.len().min(at + LONGEST_TITLE);
    (at + 1..=longest).rev().find_map(|end| {
        let phrase = line.lower(first.start, tokens[end - 1].end);
        let class = *titles.exactly(&phrase, 0, phrase.len())?;
        Some(Title { words: at..end, class })
    })
}

/// The office of a title with a name behind it: German Chancellor Olaf Scholz, HKTDC's director of research Irina Fan.
/// `words` are those behind whoever is named before, up to the first word of the name.
pub(super) fn before(
    line: &Line,
    tokens: &[Token],
    title: &Title,
    words: Range<usize>,
    authority: Option<&str>,
) -> Found {
    let name = words.end;
    let start = phrase_start(line, tokens, words.start, title.words.start);
    let mut body = body(line, tokens, start..organisation_end(tokens, start, title));
    let tail = self::body(line, tokens, title.words.end..name);
    let of_body = tail.authority && tail.org.is_some();
    if body.org.is_none() || of_body && !body.authority {
        body.org = tail.org;
        body.authority |= tail.authority;
        body.nation |= tail.nation;
    }
    // Of an office of state the field is no company: Minister of Investment, Trade and Industry.
    let field = title.class == Class::State && is_field(tokens, title.words.end..name);
    body.private |= tail.private && !tail.authority && !field;
    let from = title_from(tokens, &body, start, title);
    // deputy director of the Foreign Trade Agency, X: the body behind the title is no part of it.
    let apposed = name > 0 && tokens[name - 1].lower == ",";
    let end = if apposed && of_body { division_end(tokens, title, name).max(title.words.end) } else { name };
    // Minister Datuk Seri X: the words of address are neither title nor name.
    let end = (title.words.end..end).find(|&i| behind_honorifics(tokens, i) == end).unwrap_or(end);
    finish(line, tokens, &body, title, from..end, start, authority)
}

/// The office behind a name and a comma: `, spokesman of the State Statistical Bureau`, `, South Korea's trade minister`.
/// `at` is the word behind the comma.
pub(super) fn behind(line: &Line, tokens: &[Token], at: usize, authority: Option<&str>) -> Option<Found> {
    let end = apposition_end(tokens, at);
    let title = (at..end).find_map(|i| title_at(line, tokens, i))?;
    let lead = body(line, tokens, at..title.words.start);
    let link = tokens.get(title.words.end).filter(|token| LINKS.contains(&token.lower.as_str()));
    let tail = if link.is_some() || tokens.get(title.words.end).is_some_and(|t| t.lower == "and") {
        body(line, tokens, title.words.end..end)
    } else {
        Body::default()
    };
    let title_end = if tail.org.is_some() { division_end(tokens, &title, end) } else { end.max(title.words.end) };
    let from = lead.end.unwrap_or_else(|| skip_article(tokens, at)).min(title.words.start);
    let body = if tail.org.is_some() {
        Body { nation: tail.nation || lead.nation, ..tail }
    } else {
        Body { private: lead.private || tail.private, strange: lead.strange || tail.strange, ..lead }
    };
    let found = finish(line, tokens, &body, &title, from..title_end, at, authority);
    Some(Found { words: at..end, ..found })
}

/// Where words of an apposition end: at a mark or at a verb of speech.
fn apposition_end(tokens: &[Token], at: usize) -> usize {
    let words = vocabulary();
    let limit = tokens.len().min(at + APPOSITION);
    // Commas inside of a portfolio do not end it: the minister of trade, industry and resources.
    let field = |i: usize| tokens.get(i).is_some_and(|token| words.portfolio.contains(&token.lower) && !is_link(token));
    let listing = |i: usize| tokens[i].lower == "," && field(i + 1) && i > at && field(i - 1);
    // The point of Corp., before a comma ends nothing.
    let abbreviated = |i: usize| tokens[i].lower == "." && tokens.get(i + 1).is_some_and(|next| next.lower == ",");
    let inside = |i: usize| matches!(tokens[i].lower.as_str(), "'s" | "-") || abbreviated(i) || listing(i);
    let mark = |i: usize| !tokens[i].word && !inside(i);
    (at..limit).find(|&i| mark(i) || words.english.verbs.contains(&tokens[i].lower)).unwrap_or(limit)
}

/// The title with its division, up to the link behind which the organisation stands.
fn division_end(tokens: &[Token], title: &Title, end: usize) -> usize {
    let portfolio = |i: usize| vocabulary().portfolio.contains(&tokens[i].lower) && !tokens[i].capital;
    let mut at = title.words.end;
    // director of research at the council: `of research` belongs to the title, `at the council` does not.
    while at + 1 < end
        && LINKS.contains(&tokens[at].lower.as_str())
        && portfolio(at + 1)
        && tokens[at + 1].lower != "the"
    {
        at += 2;
        while at < end && portfolio(at) && !LINKS.contains(&tokens[at].lower.as_str()) {
            at += 1;
        }
    }
    at
}

fn skip_article(tokens: &[Token], at: usize) -> usize {
    let article = |i: usize| {
        tokens.get(i).is_some_and(|t| {
            matches!(t.lower.as_str(), "the" | "a" | "an" | "who" | "is" | "also" | "was" | "currently")
        })
    };
    (at..).find(|&i| !article(i)).unwrap_or(at)
}

/// The first word of the phrase that a title ends: capitalised words, portfolios and possessives before it.
fn phrase_start(line: &Line, tokens: &[Token], floor: usize, title: usize) -> usize {
    let words = vocabulary();
    let mut start = title;
    while start > floor && title - start < REACH {
        // Statistics Indonesia (BPS) deputy chief: an abbreviation in brackets behind the name of a body.
        if start > floor + 3 && is_abbreviation(tokens, start - 3) {
            start -= 3;
            continue;
        }
        let token = &tokens[start - 1];
        let former = words.english.former.contains(token.lower.trim_end_matches('-'));
        // A capital at the head of the sentence proves nothing.
        let opening = start == 1
            && words.english.not_names.contains(&capitalised(&token.lower))
            && !words.portfolio.contains(&token.lower)
            && !is_body(line, token);
        let part = token.capital && !opening || token.lower == "'s" || words.portfolio.contains(&token.lower) || former;
        let mark = !token.word && token.lower != "'s" && token.lower != "&";
        let listing = start > floor + 1 && lists_fields(tokens, start - 1);
        if !listing && (mark || !part) {
            break;
        }
        start -= 1;
    }
    // The phrase does not begin with a link or an article.
    (start..title).find(|&i| tokens[i].capital || !is_link(&tokens[i])).unwrap_or(title)
}

/// Whether an authority or an economy begins with this word: White House, Commission.
fn is_body(line: &Line, token: &Token) -> bool {
    let known = organisations();
    known.listed.at(&line.folded, token.start).is_some()
        || known.economies.at(&line.folded, token.start).is_some()
        || known.generic.english_authority.contains(&token.lower)
}

/// The word behind those that may name the organisation before a title: of an office of state the portfolio does not,
/// though companies have such words in their names (Economics Minister, Investment Minister).
fn organisation_end(tokens: &[Token], start: usize, title: &Title) -> usize {
    let end = title.words.start;
    let generic = &organisations().generic;
    let field = |i: &usize| {
        vocabulary().portfolio.contains(&tokens[*i].lower) && tokens[*i].lower != "'s" || lists_fields(tokens, *i)
    };
    let from = (start..end).rev().take_while(field).last().unwrap_or(end);
    let authority = (from..end).any(|i| generic.english_authority.contains(&tokens[i].lower));
    if title.class == Class::State && !authority { from } else { end }
}

fn capitalised(lower: &str) -> String {
    let mut characters = lower.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// The organisation among these words.
fn body(line: &Line, tokens: &[Token], words: Range<usize>) -> Body {
    let mut body = Body::default();
    if words.is_empty() {
        return body;
    }
    let known = organisations();
    let (start, end) = (tokens[words.start].start, tokens[words.end - 1].end);
    let behind = |character: usize| {
        let next = words.clone().find(|&i| tokens[i].start >= character).unwrap_or(words.end);
        if tokens.get(next).is_some_and(|t| t.lower == "'s") { next + 1 } else { next }
    };
    let economy =
        known.economies.within(&line.folded, start, end).first().map(|&(s, e, economy)| (s, e, economy.clone()));
    let listed =
        known.listed.within(&line.folded, start, end).first().map(|&(s, e, organisation)| (s, e, *organisation));
    let lower = |i: usize| tokens[i].lower.as_str();
    let generic = &known.generic;
    body.private = words.clone().any(|i| tokens[i].capital && generic.english_private.iter().any(|w| w == lower(i)));
    body.nation = economy.is_some();
    // Trade Policy and Strategy Office: a body of policy, where its name stands in capitals.
    let of_policy = |i: usize| {
        i > words.start
            && [i - 1, i].iter().all(|&i| tokens[i].capital)
            && vocabulary().portfolio.contains(lower(i - 1))
            && generic.english_body.iter().any(|w| w == lower(i))
    };
    let authority = words.clone().find(|&i| generic.english_authority.iter().any(|w| w == lower(i)) || of_policy(i));
    // Of the finance ministry's statistics department, the ministry is the organisation.
    let outer = authority.is_some_and(|word| listed.as_ref().is_none_or(|(from, _, _)| tokens[word].end < *from));
    if let Some((from, to, organisation)) = listed.filter(|_| !outer) {
        body.authority = organisation.official;
        body.private = !organisation.official;
        let from =
            economy.as_ref().filter(|(_, end, _)| *end <= from && from - end <= 3).map_or(from, |(start, _, _)| *start);
        body.org = Some(line.text(from, to));
        body.end = Some(behind(to));
        return body;
    }
    if let Some(word) = authority.filter(|_| !body.private) {
        body.authority = true;
        let first =
            skip_article(tokens, words.clone().find(|&i| tokens[i].capital || !is_link(&tokens[i])).unwrap_or(word))
                .min(word);
        let last = if tokens[word].capital { named_until(tokens, word, words.end) } else { word + 1 };
        body.org = Some(line.text(tokens[first].start, tokens[last - 1].end));
        body.end = Some(behind(tokens[last - 1].end));
        return body;
    }
    if body.private {
        return named_private(line, tokens, words, body);
    }
    let strange = |i: usize| tokens[i].capital && !vocabulary().portfolio.contains(lower(i));
    if let Some((from, to, economy)) = economy {
        body.strange = words.clone().any(|i| strange(i) && !(from..to).contains(&tokens[i].start));
        body.org = Some(economy.noun.unwrap_or_else(|| line.text(from, to)));
        body.end = Some(behind(to));
    } else {
        body.strange = words.clone().any(strange);
    }
    body
}

/// The capitalised words that name a bank, a company or an institute.
fn named_private(line: &Line, tokens: &[Token], words: Range<usize>, mut body: Body) -> Body {
    let named = |i: &usize| tokens[*i].word && (tokens[*i].capital || is_link(&tokens[*i]));
    let first = words.clone().find(|&i| tokens[i].capital);
    if let Some(first) = first {
        let run = (first..words.end).take_while(named).filter(|&i| tokens[i].capital).last().unwrap_or(first);
        body.org = Some(line.text(tokens[first].start, tokens[run].end));
        body.end = Some((run + 1 + usize::from(tokens.get(run + 1).is_some_and(|t| t.lower == "'s"))).min(words.end));
        body.strange = true;
    }
    body
}

/// Ministry of Economy, Trade and Industry: the words behind the authority's word that belong to its name.
fn named_until(tokens: &[Token], word: usize, end: usize) -> usize {
    let portfolio = |i: usize| vocabulary().portfolio.contains(&tokens[i].lower);
    let run = (word + 1..end).take_while(|&i| portfolio(i) || tokens[i].capital && tokens[i].word).last();
    run.map_or(word + 1, |last| last + 1)
}

/// The first word of the title with its portfolio.
fn title_from(tokens: &[Token], body: &Body, start: usize, title: &Title) -> usize {
    let portfolio = |i: usize| vocabulary().portfolio.contains(&tokens[i].lower) && !is_link(&tokens[i]);
    let lowest = body.end.unwrap_or(start).min(title.words.start);
    (lowest..title.words.start)
        .rev()
        .take_while(|&i| portfolio(i) || tokens[i].lower == "and" || lists_fields(tokens, i))
        .last()
        .filter(|&i| portfolio(i))
        .unwrap_or(title.words.start)
}

/// Decides whose office it is.
fn finish(
    line: &Line,
    tokens: &[Token],
    body: &Body,
    title: &Title,
    words: Range<usize>,
    start: usize,
    authority: Option<&str>,
) -> Found {
    let former = (start.saturating_sub(1)..title.words.start)
        .any(|i| vocabulary().english.former.contains(tokens[i].lower.trim_end_matches('-')));
    // A comma between title and name belongs to neither.
    let end = (title.words.end..=words.end).rev().find(|&i| tokens[i - 1].word).unwrap_or(words.end);
    let text = line.text(tokens[words.start].start, tokens[end - 1].end);
    let mut org = body.org.clone();
    let official = match title.class {
        _ if former || body.private && !body.authority => false,
        Class::State => !(body.strange && is_ambiguous(line, tokens, title)),
        Class::Office if body.authority => true,
        // An office for a field of policy, of an economy: Hong Kong's secretary for commerce.
        Class::Office if body.nation => !body.strange && has_portfolio(tokens, title, &words),
        // The office of an authority that was named before (the ministry's spokesman; department head X).
        Class::Office => {
            let inherited = authority.filter(|_| !body.strange).map(ToOwned::to_owned);
            let inherits = inherited.is_some();
            org = inherited.or(org);
            inherits
        }
        // The office of a territory; a company's stands with the company.
        Class::Shared if is_territorial(line, tokens, title) && body.org.is_none() => !body.strange && !body.private,
        Class::Shared => body.authority || is_territorial(line, tokens, title) && body.nation && !body.strange,
        Class::Profession => false,
    };
    Found { office: Office { title: Some(text), org, official }, words: start..words.end }
}

fn is_ambiguous(line: &Line, tokens: &[Token], title: &Title) -> bool {
    let words = line.lower(tokens[title.words.start].start, tokens[title.words.end - 1].end);
    AMBIGUOUS.contains(&words.iter().collect::<String>().as_str())
}

/// `Chief Executive` in capitals: Hong Kong's and Macao's, where no body is named.
fn is_territorial(line: &Line, tokens: &[Token], title: &Title) -> bool {
    let words = line.lower(tokens[title.words.start].start, tokens[title.words.end - 1].end);
    let capitals = title.words.clone().all(|i| tokens[i].capital);
    capitals && TERRITORIAL == words.iter().collect::<String>()
}

/// Whether the phrase names a field of policy besides the title's own words.
fn has_portfolio(tokens: &[Token], title: &Title, phrase: &Range<usize>) -> bool {
    let field = |token: &Token| vocabulary().portfolio.contains(&token.lower) && !is_link(token);
    phrase.clone().any(|i| !title.words.contains(&i) && field(&tokens[i]))
}
