//! Pages of an authority that announce one measure, and copies of them.

use bellwether_model::document::{BlockRole, Document};
use bellwether_model::evidence::CharacterIndex;
use bellwether_model::policy::PolicyAction;
use jiff::ToSpan;
use jiff::civil::Date;

use super::dates;
use super::issuer::{headed, issuer_of_act, issuer_of_title, letterhead, signature};
use super::measure::{Days, Force, duration, force, lasting, term, weak_force};
use super::number::{self, Number};
use super::parts::parts;
use super::passage::{Passage, passages};
use super::refers::refers;
use super::reported::{is_answer, reported};
use super::rules::{Field, rules};
use super::subject::{matter, subject_of, title};
use super::target::{actor, category, kind, partner};
use crate::fold::fold;
use crate::names::organisations::organisations;
use crate::needs::Patterns;

/// So many of the first blocks are the head of an announcement, in which its own number stands.
pub(super) const HEAD: usize = 10;
/// Longest line that opens a section, in characters.
const LONGEST_OPENING: usize = 140;
/// A section has a line of at least so many characters behind its opening.
const SHORTEST_BODY: usize = 8;
/// A day alone in one of so many first lines is that of the page.
const FIRST_LINES: usize = 5;
/// Longest words of a head before the day of the announcement, in bytes.
const LONGEST_DATELINE: usize = 45;
/// A longer passage says more than its first label, in bytes.
const LONGEST_LABELLED: usize = 400;
/// Longest block of a head: a longer one is text that may cite other announcements.
const LONGEST_HEAD: usize = 90;
/// The same of English without a full stop: titles take more letters.
const LONGEST_ENGLISH_HEAD: usize = 160;

/// What a page says in its head, its labelled lines and its signature.
#[derive(Debug, Default)]
struct Head {
    number: Option<Number>,
    issuer: Option<String>,
    announced: Option<Date>,
    page_day: Option<Date>,
    /// When it was signed or promulgated, which may be days before a page carries it.
    signed: Option<Date>,
    source: Option<String>,
    subject: Option<String>,
    force: Force,
}

/// The measures that a page announces: one, or one of each section that has a number of its own.
pub(super) fn read(document: &Document, reference: Option<Date>) -> Vec<PolicyAction> {
    let index = CharacterIndex::new(&document.text);
    let passages = passages(document, &index);
    let title = title(document, &passages);
    let sections = sections(&passages, &title);
    if sections.is_empty() {
        return one(document, &passages, &title, reference).into_iter().collect();
    }
    // What stands before the first section holds for all of them.
    let page_day = passages.iter().flat_map(Passage::fields_with_text).find_map(|(field, value)| {
        matches!(field, Field::Announced | Field::PageDay).then(|| dates::first(&value, reference)).flatten()
    });
    let reference = page_day.or_else(|| dates::first(&title.folded, reference)).or(reference);
    sections.iter().filter_map(|section| one(document, section, &section[0], reference)).collect()
}

/// The sections of a page that begin with a line that gives issuer and number, where there are two or more. A page
/// whose title is itself such a line announces one measure and cites the others.
fn sections<'a>(passages: &'a [Passage], title: &Passage) -> Vec<&'a [Passage]> {
    let opens = |passage: &Passage| {
        let number = number::first(&passage.folded)?;
        let short = passage.folded.chars().count() <= LONGEST_OPENING && passage.table.is_none();
        let listed = passage.role == BlockRole::ListItem || passage.folded.trim_start().starts_with('(');
        let named = passage.folded[..number.span.start].trim().is_empty() || issuer_of_title(passage).is_some();
        (short && !listed && named && passage.field().is_none()).then_some(number.number)
    };
    if number::first(&title.folded).is_some() {
        return Vec::new();
    }
    let mut heads: Vec<(usize, String)> = Vec::new();
    for (at, passage) in passages.iter().enumerate() {
        if let Some(number) = opens(passage).filter(|number| heads.iter().all(|(_, known)| known != number)) {
            heads.push((at, number));
        }
    }
    let ends = heads.iter().skip(1).map(|(at, _)| *at).chain([passages.len()]);
    let sections = heads.iter().zip(ends).map(|((from, _), to)| &passages[*from..to]);
    let told = |section: &&[Passage]| section.iter().skip(1).any(|p| p.folded.chars().count() >= SHORTEST_BODY);
    let sections: Vec<&[Passage]> = sections.filter(told).collect();
    if sections.len() < 2 { Vec::new() } else { sections }
}

/// The measure that these passages announce.
fn one(document: &Document, passages: &[Passage], title: &Passage, reference: Option<Date>) -> Option<PolicyAction> {
    let answer = is_answer(title, passages);
    let subject_of_answer = || Some(subject_of(passages, title, None)).filter(|words| !words.is_empty());
    if let Some(action) = answer.then(|| reported(passages, None, subject_of_answer(), reference)).flatten() {
        return Some(action);
    }
    // A page that tells of another economy's measure: 瑞士修订《…条例》.
    if number::own(&title.folded).is_none() && actor(&title.folded).is_some() {
        let subject = subject_of(passages, title, None);
        if let Some(action) = reported(passages, Some(subject), None, reference) {
            return Some(action);
        }
    }
    let head = head(passages, title, answer, reference);
    // The page that carries a signed text announces it, some days later at times.
    let carried = reference.filter(|day| head.signed.is_some_and(|signed| is_soon(signed, *day)));
    let announced = head.announced.or(head.page_day).or(carried).or(head.signed).or(reference);
    let announced = announced.or_else(|| day_line(passages.iter().rev().take(HEAD), reference));
    let carried = day_in(passages, &rules().gazette, reference);
    let days = Days { announced, signed: head.signed, reference: carried.or(reference) };
    let found = in_force(passages, title, days);
    let subject = subject_of(passages, title, head.subject.as_deref());
    let forceless = head.force == Force::default() && found == Force::default();
    // A copy of an announcement that names where it stands says by its title what kind of act it is, though neither a number
    // nor a day is left in it.
    let agreed = rules().instruments.match_in(&title.folded);
    let folded = fold(&subject);
    let decided = || rules().decisions.match_in(&folded) && !rules().no_decisions.match_in(&title.folded);
    let told =
        || kind(&[&subject]).is_some() && (document.cites.is_some() || category(&[&subject]).is_some() && decided());
    let titled = || agreed || told();
    let meeting = !agreed && head.number.is_none() && rules().meetings.match_in(&title.folded);
    let nameless = head.number.is_none() && rules().letterheads.match_in(&folded);
    if subject.is_empty()
        || meeting
        || nameless
        || head.number.is_none() && !answer && forceless && !titled()
        || answer && forceless && category(&[&subject]).is_none()
    {
        return None;
    }
    let issuer = head.issuer.or_else(|| document.publisher.clone());
    let opening =
        passages.iter().map(|p| p.folded.as_str()).find(|text| category(&[text]).is_some()).unwrap_or_default();
    let own = head.number.as_ref().and_then(|number| number.area.clone());
    Some(PolicyAction {
        partner: partner(&subject, issuer.as_deref(), own.as_ref())
            .or_else(|| partner(&matter(passages)?.1, issuer.as_deref(), own.as_ref())),
        category: category(&[&subject, opening]),
        kind: kind(&[&subject, opening, &title.folded]),
        refers: refers(passages, head.number.as_ref().map(|found| found.number.as_str())),
        parts: parts(passages, days),
        number: head.number.map(|found| found.number),
        issuer,
        subject,
        announced,
        effective: found.effective.or(head.force.effective),
        expires: found.expires.or(head.force.expires),
        originals: Vec::new(),
        evidence: title.whole(),
    })
}

fn head(passages: &[Passage], title: &Passage, answer: bool, reference: Option<Date>) -> Head {
    let mut head = Head::default();
    for passage in passages {
        for (field, value) in passage.fields() {
            fill(&mut head, passage, field, value, reference);
        }
    }
    let first: String = passages.iter().take(HEAD).filter_map(head_words).map(|words| format!("{words} ")).collect();
    if answer {
        head.number = None;
    } else if head.number.is_none() {
        // The letters of a letterhead stand apart: 公 告, 第 1 号.
        head.number =
            number::own(&title.folded).or_else(|| number::first(&first)).or_else(|| number::first(&closed_up(&first)));
        head.number = head.number.take().or_else(|| filed(passages)).or_else(|| enacted(passages, reference));
    }
    let signature = signature(passages, reference);
    let signer = || signature.as_ref().and_then(|(signer, _)| signer.clone());
    let named = issuer_of_title(title).or_else(|| letterhead(passages)).or_else(|| issuer_of_act(title, passages));
    let issuer = named.or_else(signer).or(head.issuer.take()).or_else(|| headed(passages));
    head.issuer = issuer.or(head.source.take());
    head.signed = signature.map(|(_, day)| day);
    let stated = day_in(passages, &rules().published, reference).or(head.announced);
    let stated = stated.or_else(|| promulgated(&first, reference)).or_else(|| dateline(passages, title, reference));
    head.announced = stated.or_else(|| day_line(passages.iter().take(FIRST_LINES), reference));
    head
}

/// Whether the second day is the first one or follows it within a month.
fn is_soon(signed: Date, carried: Date) -> bool {
    carried >= signed && signed.checked_add(1.month()).is_ok_and(|latest| carried <= latest)
}

/// Whether a day is that of an earlier act which the text cites: months before the page.
pub(super) fn is_long_before(day: Date, page: Option<Date>) -> bool {
    page.and_then(|page| page.checked_sub(3.months()).ok()).is_some_and(|earliest| day < earliest)
}

/// The day that a line of the head or of the end gives by one of these patterns: A Rule by … on 06/12/2026.
fn day_in(passages: &[Passage], patterns: &Patterns, reference: Option<Date>) -> Option<Date> {
    let ends = passages.iter().take(HEAD).chain(passages.iter().rev().take(HEAD));
    let lines = ends.map(|passage| passage.folded.as_str());
    let found = lines.flat_map(|text| patterns.on(text).filter_map(move |pattern| pattern.captures(text)));
    found.filter_map(|captures| dates::group(&captures, "day", reference)).next()
}

/// The first day among lines that are nothing else.
fn day_line<'a>(mut lines: impl Iterator<Item = &'a Passage>, reference: Option<Date>) -> Option<Date> {
    lines.find_map(|line| {
        let alone = line.table.is_none() && dates::is_only_date(&line.folded);
        alone.then(|| dates::first(&line.folded, reference)).flatten()
    })
}

/// The day that the head or the last lines say to be that of the announcement: Done at Brussels, 15 January 2025.
fn dateline(passages: &[Passage], title: &Passage, reference: Option<Date>) -> Option<Date> {
    let head = passages.iter().take(2 * HEAD);
    let all = [title].into_iter().chain(head).chain(passages.iter().rev().take(HEAD)).filter(|p| p.table.is_none());
    all.flat_map(|passage| rules().announced.on(&passage.folded).map(move |pattern| (passage, pattern))).find_map(
        |(passage, pattern)| {
            let captures = pattern.captures(&passage.folded)?;
            let before = &passage.folded[..captures.get(0)?.start()];
            // SUMMARY: … amends the rule published on …: another one's day.
            let near = passage.start == title.start || before.len() <= LONGEST_DATELINE && !before.contains(':');
            let near = near && !rules().not_announced.match_in(before);
            let day = near.then(|| dates::group(&captures, "day", reference)).flatten()?;
            // Nobody announces on a day behind that of the page: it is one of another act, or the year is not that near.
            let fits = !is_long_before(day, reference) && reference.is_none_or(|page| day <= page);
            (passage.start == title.start || fits).then_some(day)
        },
    )
}

fn fill(head: &mut Head, passage: &Passage, field: Field, value: std::ops::Range<usize>, reference: Option<Date>) {
    let text = &passage.folded[value.clone()];
    let day = || dates::first(text, reference);
    match field {
        Field::Number if head.number.is_none() => head.number = number::bare(text),
        Field::Issuer if head.issuer.is_none() => {
            head.issuer = Some(passage.words(value).trim_end_matches(['.', '。']).to_owned());
        }
        Field::Announced if head.announced.is_none() => head.announced = day(),
        Field::Subject if head.subject.is_none() => head.subject = Some(passage.words(value)),
        Field::PageDay if head.page_day.is_none() => head.page_day = day(),
        Field::Source => {
            let first = text.split_whitespace().next().unwrap_or_default();
            let words: Vec<char> = first.chars().collect();
            let authority = organisations().listed.at(&words, 0).is_some_and(|(_, organisation)| organisation.official);
            if authority {
                head.source =
                    head.source.take().or_else(|| Some(passage.words(value.start..value.start + first.len())));
                // The day stands behind other labels of the same line.
                head.page_day = head.page_day.or_else(|| dates::first(&passage.folded[value.start..], reference));
            }
        }
        Field::Effective if head.force.effective.is_none() => head.force.effective = day(),
        Field::Expires if head.force.expires.is_none() => head.force.expires = day(),
        _ => {}
    }
}

pub(super) fn is_head(passage: &Passage) -> bool {
    let title = passage.folded.is_ascii() && !passage.folded.trim_end().ends_with('.');
    let longest = if title { LONGEST_ENGLISH_HEAD } else { LONGEST_HEAD };
    passage.table.is_none() && passage.folded.chars().count() <= longest && !passage.folded.contains("http")
}

/// The words of a head's line in which the own number may stand: its first sentence, unless it cites another act.
fn head_words(passage: &Passage) -> Option<&str> {
    let words = passage.folded.trim().split('。').next().filter(|_| is_head(passage))?;
    let found = number::first(words);
    if found.is_some() && number::own(words).is_none() {
        return None;
    }
    let before = found.map_or("", |number| &words[..number.span.start]);
    // A single character is often one of a name: 经 of 经贸字第….
    let word = |found: regex::Match<'_>| found.as_str().chars().count() > 1;
    let cites = rules().cites.on(before).any(|pattern| pattern.find_iter(before).any(word));
    (!cites).then_some(words)
}

fn closed_up(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The number under which a register filed the text, in brackets at its end: [FR Doc. 2026-04410 Filed …].
fn filed(passages: &[Passage]) -> Option<Number> {
    let lines = passages.iter().rev().take(HEAD).filter(|passage| passage.table.is_none());
    let last = |text: &str| text.rfind(['[', '(']).map(|at| at + 1);
    let filed = lines.filter_map(|passage| last(&passage.folded).map(|at| &passage.folded[at..]));
    filed.filter_map(|words| number::first(words).filter(|number| number.span.start == 0)).next()
}

/// The number of the act that the first lines of a page tell to be adopted, of the year of the page: an earlier one is
/// history.
fn enacted(passages: &[Passage], reference: Option<Date>) -> Option<Number> {
    let year = reference?.year().to_string();
    let texts = passages.iter().take(HEAD).filter(|p| p.table.is_none()).map(|p| p.folded.as_str());
    let own = |text: &&str| {
        let number = number::first(text)?;
        let before = &text[..number.span.start];
        (rules().enacts.match_in(before) && number.number.contains(&year)).then_some(number)
    };
    texts.filter_map(|text| own(&text)).next()
}

/// (2024年12月27日中华人民共和国外交部令第16号公布, …)
fn promulgated(head: &str, reference: Option<Date>) -> Option<Date> {
    let at = head.find("公布")?;
    let before = head[..at].rsplit(['(', '。', ' ', ',']).next()?;
    // 令和8年5月1日に公布・施行: a day to come.
    dates::first(before, reference).filter(|_| !before.ends_with('に'))
}

/// From when to when the measure is in force: the first passage that says it plainly, else the first that may. The last
/// day may stand elsewhere, as a term.
fn in_force(passages: &[Passage], title: &Passage, days: Days) -> Force {
    let own = |p: &&Passage| {
        let says = |field| matches!(field, Field::Subject | Field::Effective | Field::Expires);
        // Several labelled paragraphs may have become one.
        p.table.is_none() && (p.folded.len() > LONGEST_LABELLED || p.field().is_none_or(|(field, _)| says(field)))
    };
    let texts = || passages.iter().filter(own).map(|p| p.folded.as_str());
    let forces: Vec<Force> = texts().map(|text| force(text, days)).collect();
    // SUMMARY: … DATES: …: in a register's text one paragraph is of the days alone.
    let dated = texts().filter_map(|text| text.split_once("DATES:").map(|(_, behind)| force(behind, days)));
    let plain = dated.chain(forces.iter().copied()).find(|force| force.effective.is_some());
    let found = plain.or_else(|| texts().map(|text| weak_force(text, days)).find(|force| force.effective.is_some()));
    let Some(mut found) = found else {
        let end = forces.iter().find_map(|force| force.expires);
        return Force { effective: None, expires: end };
    };
    let from = found.effective;
    // 一、自…起取消；二、自…起至…: of points that are counted, the end of one is not that of another.
    let counted = texts().any(|text| is_point(text) && force(text, days).effective == from);
    let of_another = |text: &str| counted && is_point(text);
    found.expires = found
        .expires
        .or_else(|| duration(&title.folded, from?))
        .or_else(|| texts().find_map(|text| term(text, from?)))
        // 自…起调整…: 一、在一年内暂停…: a point without a day of its own counts from that of the whole.
        .or_else(|| {
            let undated = |text: &&str| is_point(text) && dates::first(text, days.reference).is_none();
            texts().filter(undated).find_map(|text| duration(text, from?))
        })
        .or_else(|| {
            let mut all = texts().zip(&forces).filter(|(text, f)| f.effective == from && !of_another(text));
            all.find_map(|(_, f)| f.expires)
        })
        .or_else(|| texts().find_map(|text| lasting(text, days)).filter(|end| Some(*end) > from));
    found
}

/// Whether a passage is one of several counted points: 二、, (3).
fn is_point(text: &str) -> bool {
    let text = text.trim_start().trim_start_matches('(');
    let behind = text.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
    behind.len() < text.len() && behind.starts_with(['、', '.', ')'])
}
