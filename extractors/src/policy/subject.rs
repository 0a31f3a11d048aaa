//! What an announcement is about: its title without issuer and number, or the line that says it. It knows no force.

use bellwether_model::document::{BlockRole, Document};

use super::announcement::{HEAD, is_head};
use super::dates;
use super::issuer::organisations_at_start;
use super::number::{self, Number};
use super::passage::Passage;
use super::rules::rules;
use super::target::kind;
use crate::page::{self, names_no_article};

/// Longest words before a subject that name the issuer, in bytes of folded text.
const LONGEST_ISSUER: usize = 60;
/// Longest title of an act that stands on a line of its own, in characters.
const LONGEST_ACT: usize = 400;
/// An English title of so many words says less than a labelled line.
const SHORTEST_SUBJECT: usize = 3;
/// A line of so many words with a day is that of a place and a day: Hanoi, 4 July 2031.
const LONGEST_DATELINE: usize = 5;
/// A title has at least so many bytes before brackets that repeat it.
const SHORTEST_TITLE: usize = 12;

/// The title's block; where the page has none, its first line that is no address and no label.
pub(super) fn title(document: &Document, passages: &[Passage]) -> Passage {
    let titled = passages.iter().find(|p| {
        p.role == BlockRole::Title || !document.title.is_empty() && p.written.trim() == document.title.trim()
    });
    let plain = |p: &&Passage| {
        !p.folded.trim().starts_with("http")
            && !dates::is_only_date(&p.folded)
            && p.field().is_none()
            && p.table.is_none()
            && !p.folded.trim().is_empty()
    };
    let titled = titled.filter(|title| !dates::is_only_date(&title.folded));
    let found = titled.or_else(|| passages.iter().find(plain)).cloned();
    found.unwrap_or_else(|| Passage::title(&document.title))
}

/// What the title says; where it is only an issuer or a number, what the labelled line says (主旨), or the regulation
/// that the text promulgates.
pub(super) fn subject_of(passages: &[Passage], title: &Passage, labelled: Option<&str>) -> String {
    without_days(&said(passages, title, labelled)).to_owned()
}

/// A subject without what follows it in Chinese: another sentence, or from when it is in force (修正「…」，並自…生效。).
fn without_days(subject: &str) -> &str {
    let subject = subject.find('。').map_or(subject, |at| &subject[..at]);
    let in_force = |clause: &str| {
        let clause = clause.trim_start_matches(['并', '並']);
        clause.starts_with('自') && ["生效", "施行", "实施", "實施", "起"].iter().any(|word| clause.contains(word))
    };
    let comma = subject.match_indices(['，', ',']).find(|(at, mark)| in_force(&subject[at + mark.len()..]));
    comma.map_or(subject, |(at, _)| &subject[..at])
}

fn said(passages: &[Passage], title: &Passage, labelled: Option<&str>) -> String {
    let line = subject_line(passages, title);
    // Below the title that gives the own number a line names those of other acts.
    let behind = line.start != title.start && number::own(&title.folded).is_some();
    let numbered = behind && number::first(&line.folded).is_some();
    let titled = if numbered { plain(&line) } else { subject(&line) };
    // Behind a title that is a number alone, a line that is labelled as the subject says it better than the next line.
    if let Some(labelled) = labelled.filter(|_| line.start != title.start) {
        return labelled.to_owned();
    }
    // INITIATION NOTIFICATION, Subject: …: a title that only says what paper it is.
    let short = titled.is_ascii() && titled.split_whitespace().count() <= SHORTEST_SUBJECT;
    let tells = |words: &str| kind(&[words]).is_some();
    let better = |labelled: &&str| labelled.len() > titled.len() && (short || !tells(&titled) && tells(labelled));
    if let Some(labelled) = labelled.filter(better) {
        return labelled.to_owned();
    }
    let only_site = names_no_article(&line.written);
    let bare = only_site || titled.is_empty() || is_letterhead(&line) || number::own(&titled).is_some();
    if !bare {
        return titled;
    }
    let promulgated = || passages.iter().find_map(promulgated_title);
    let ordered = || (only_site || is_letterhead(&line)).then(|| ordered(passages, title)).flatten();
    // Below the name of a site the line of the announcement itself: 商务部公告2026年第10号 公布….
    let numbered = |p: &&Passage| is_head(p) && number::own(&p.folded).is_some() && organisations_at_start(p).is_some();
    let announced = passages.iter().filter(|_| only_site).find(numbered).map(subject).filter(|words| !words.is_empty());
    let goods = || matter(passages).map(|(goods, _)| goods);
    let labelled = announced.or_else(|| labelled.map(ToOwned::to_owned));
    labelled.or_else(promulgated).or_else(goods).or_else(ordered).unwrap_or(titled)
}

/// Of which goods an act is whose title does not tell, and the words that say whence they come.
pub(super) fn matter(passages: &[Passage]) -> Option<(String, String)> {
    passages.iter().filter(|passage| passage.table.is_none()).find_map(|passage| {
        let captures = rules().matters.on(&passage.folded).find_map(|pattern| pattern.captures(&passage.folded))?;
        let words = |name: &str| Some(passage.words(captures.name(name)?.range()));
        Some((words("subject")?, words("origin")?))
    })
}

/// What an act orders whose title is only its issuer: the first line of its head that tells a measure, else the first clause
/// of a sentence that does (修正「…」部分稅則, 並自…施行), else the first line of the head that is no number, day or name.
fn ordered(passages: &[Passage], title: &Passage) -> Option<String> {
    let plain = |passage: &&Passage| {
        passage.start > title.start
            && passage.table.is_none()
            && passage.field().is_none()
            && !passage.folded.is_empty()
    };
    let below = || passages.iter().filter(plain);
    let head = || below().take(HEAD).filter(|passage| is_head(passage) && passage.role != BlockRole::ListItem);
    let tells = |words: &str| kind(&[words]).is_some();
    // In English a line of the head is the title, where no sentence before it is.
    let titled = head().filter_map(line_of_head).find(|words| words.is_ascii() && tells(words) && !is_field(words));
    let told = || below().find_map(said_first);
    titled.or_else(told).or_else(|| head().filter_map(line_of_head).find(|line| line.is_ascii()))
}

/// A line of a head that is a title: no sentence, number, day or name of who speaks.
fn line_of_head(passage: &Passage) -> Option<String> {
    let line = passage.folded.trim_end();
    let own = !line.ends_with(['。', '.', ';', ':', ',']) && is_plain(passage, line);
    own.then(|| passage.words(0..line.len()))
}

/// The first line of a passage that tells a measure and names no other act: of a sentence its first clause.
fn said_first(passage: &Passage) -> Option<String> {
    let mut at = 0;
    for line in passage.folded.split_inclusive('\n') {
        let start = at;
        at += line.len();
        // A line of the head is a title, commas or not.
        let whole = is_head(passage) && !line.trim_end().ends_with(['。', '.', ';']);
        let clause = if whole { line } else { line.split([',', '。', ';']).next().unwrap_or_default() }.trim_end();
        if is_plain(passage, line) && kind(&[clause]).is_some() {
            return Some(passage.words(start..start + clause.len()));
        }
    }
    None
}

/// Whether a line names only a field of law: EXPORT CONTROL above The Export Control Regulations 2031.
fn is_field(line: &str) -> bool {
    let capitals = line.is_ascii() && !line.contains(|c: char| c.is_ascii_lowercase());
    capitals && line.split_whitespace().count() < SHORTEST_SUBJECT
}

/// Whether a line is no number, no day and no name of who speaks.
fn is_plain(passage: &Passage, line: &str) -> bool {
    let written = || passage.written.trim();
    let whole = line.len() == passage.folded.trim_end().len();
    let few = line.is_ascii() && line.split_whitespace().count() <= LONGEST_DATELINE;
    let day = dates::is_only_date(line.trim()) || few && dates::first(line, None).is_some();
    !day && number::first(line).is_none() && !page::is_letterhead(if whole { written() } else { line })
}

/// Whether a title only says who announces: 經濟部國際貿易署公告, 中华人民共和国国务院令.
fn is_letterhead(title: &Passage) -> bool {
    let text = without_day(title.folded.trim_end()).trim_end_matches(['告', '令', '公']).trim_end();
    if rules().letterheads.match_in(title.folded.trim()) || page::is_letterhead(&title.written) {
        return true;
    }
    let words = organisations_at_start(title);
    words.is_some_and(|(end, _)| title.folded.chars().take(end).count() >= text.chars().count())
}

/// A line without the day at its end: 經濟部公告　中華民國120年6月30日.
fn without_day(line: &str) -> &str {
    let mut starts = line.match_indices([' ', '(']).map(|(at, _)| at);
    let day = starts.find(|at| dates::is_only_date(line[*at..].trim_start().trim_start_matches("中华")));
    day.map_or(line, |at| line[..at].trim_end())
}

/// 《…条例》已经…通过, 现予公布: the words in the marks.
fn promulgated_title(passage: &Passage) -> Option<String> {
    let text = &passage.folded;
    let (open, close) = (text.find('《')? + '《'.len_utf8(), text.find('》')?);
    // 依據《…法》, 现公布…: the act is the ground of this one.
    let ground = rules().cites.on(&text[..open]).any(|pattern| pattern.is_match(&text[..open]));
    (open < close && !ground && text[close..].contains("公布")).then(|| passage.words(open..close))
}

/// The title, or the line behind a title that is nothing but a number.
fn subject_line(passages: &[Passage], title: &Passage) -> Passage {
    let ends = number::own(&title.folded).is_some_and(|number| {
        let rest = title.folded[number.span.end..].trim();
        let day = rest.strip_prefix("of ").unwrap_or(rest);
        (rest.is_empty() && before_number(&title.folded, &number).is_none()) || dates::is_only_date(day)
    });
    let behind = |p: &&Passage| {
        let words = p.folded.trim();
        let day = dates::is_only_date(words.strip_prefix("of ").unwrap_or(words));
        // Key Provisions: a heading that tells no measure is one of the page.
        let heading = p.role == BlockRole::Heading && kind(&[words]).is_none();
        let field = is_field(words);
        // amending Regulation (EU) 2021/821 …: the title of an act that is longer than other lines of a head.
        let long =
            words.chars().count() <= LONGEST_ACT && words.starts_with(char::is_lowercase) && kind(&[words]).is_some();
        p.start > title.start
            && (is_head(p) || long)
            && !words.is_empty()
            && !day
            && !heading
            && !field
            && p.field().is_none()
    };
    let next = passages.iter().find(behind).filter(|_| ends);
    next.unwrap_or(title).clone()
}

/// The words of a line in which every number is that of another act.
fn plain(line: &Passage) -> String {
    let end = line.folded.trim_end_matches([' ', '\n', '.', '。', ';']).len();
    line.words(0..end)
}

/// The subject of a title: what is left without issuer, number and the words for an announcement.
fn subject(title: &Passage) -> String {
    let rules = rules();
    let text = unwrapped(&title.folded);
    let number = number::own(text);
    let own = number.as_ref().and_then(|number| before_number(text, number));
    let text = own.unwrap_or(text);
    let mut start = number.filter(|_| own.is_none()).map_or(0, |number| number.span.end);
    if text[start..].trim().is_empty() {
        start = 0;
    }
    // 不可靠实体清单工作机制关于…, 商务部新闻发言人就…: what stands before is the issuer.
    let opening = ["关于", "就"].iter().filter_map(|word| text[start..].find(word)).min();
    start += opening.filter(|at| *at <= LONGEST_ISSUER).unwrap_or(0);
    let trim_start =
        |at: usize| text.len() - text[at..].trim_start_matches([' ', ':', '-', ',', '—', '–', '(', ')', '#']).len();
    // Regulation (EU) 2031/62 of 3 April 2031 imposing …: the day is none of the subject.
    start += text[start..].strip_prefix(" of ").and_then(dates::leading).map_or(0, |day| day + " of ".len());
    start = trim_start(start);
    // 商务部公布将…: the issuer before the word for an announcement.
    let named = organisations_at_start(title).filter(|_| start == 0).map(|(characters, _)| characters);
    let behind = named.and_then(|characters| text.char_indices().nth(characters)).map(|(at, _)| at);
    let told = |at: &usize| rules.subject_before.iter().any(|word| text[*at..].starts_with(word.as_str()));
    start = behind.filter(told).unwrap_or(start);
    while let Some(word) = rules.subject_before.iter().find(|word| text[start..].starts_with(word.as_str())) {
        start = trim_start(start + word.len());
    }
    let mut end = start + text[start..].trim_end().len();
    while let Some(word) = rules.subject_after.iter().find(|word| text[start..end].ends_with(word.as_str())) {
        end = start + text[start..end - word.len()].trim_end().len();
    }
    title.words(start..end)
}

/// The words of a title that ends in its number, which a mark sets apart: Anti-dumping duty on …, Notification No. 8/2026.
fn before_number<'a>(title: &'a str, number: &Number) -> Option<&'a str> {
    let behind = title[number.span.end..].trim_matches([' ', ')', ']']);
    let words = title[..number.span.start].trim_end();
    // 公布将5家实体列入名单 商务部公告2026年第12号: the issuer with its word stands apart.
    let apart = words.strip_suffix("公告").and_then(|_| words.rfind(' ')).map(|space| words[..space].trim_end());
    if let Some(own) = apart.filter(|own| behind.is_empty() && kind(&[own]).is_some()) {
        return Some(own);
    }
    let marked = words.strip_suffix([',', ':', '(', '[', ';'])?.trim_end();
    (behind.is_empty() && marked.len() >= SHORTEST_TITLE).then_some(marked)
}

/// A title without the brackets behind it that say the same in another language; of a number with brackets behind it,
/// the words in them (海关总署公告2025年第209号(关于…的公告)).
fn unwrapped(text: &str) -> &str {
    let bracket = text.find('(').filter(|at| *at >= SHORTEST_TITLE && text.trim_end().ends_with(')'));
    let in_number = |at: &usize| number::own(text).is_some_and(|number| number.span.contains(at));
    let Some(at) = bracket.filter(|at| !in_number(at)) else { return text };
    let numbered = number::first(&text[..at]).is_some_and(|number| text[number.span.end..at].trim().is_empty());
    if numbered { text.trim_end().trim_end_matches(')') } else { &text[..at] }
}
