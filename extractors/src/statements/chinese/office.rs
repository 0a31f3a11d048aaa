//! The office before a name in Chinese text: which words are organisation and which title, and whether it is an
//! authority's. It knows no person and no verb.

use super::super::line::{Line, is_han};
use super::super::people::Office;
use super::super::vocabulary::{Class, vocabulary};
use crate::names::organisations::organisations;

/// How far before a title its organisation may begin.
const REACH: usize = 28;
/// Longest name of a division between organisation and title.
const LONGEST_DIVISION: usize = 12;
/// Longest name of an authority that is not listed.
const LONGEST_GENERIC: usize = 12;

/// An office and the character with which its words begin.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) office: Office,
    pub(super) start: usize,
}

/// An organisation before a title.
struct Body {
    start: usize,
    end: usize,
    official: bool,
    /// Whether its last character is the title's first one (經濟部長: 經濟部 and 部長).
    shared: bool,
}

/// The office whose title stands from `start` to `end`. `authority` is the one that the text named last.
pub(super) fn office(line: &Line, start: usize, end: usize, class: Class, authority: Option<&str>) -> Found {
    let (start, class) = first_title(line, start, class);
    let clause = line.clause_start(start).max(start.saturating_sub(REACH));
    let body = body(line, clause, start);
    if let (Some(department), Some(authority)) =
        (body.as_ref().filter(|b| b.end == start && is_department(line, b)), authority)
    {
        let title = Some(line.text(department.start, end));
        let official = class != Class::Profession && !is_former(line, department.start);
        let office = Office { title, org: Some(authority.to_owned()), official };
        return Found { office, start: department.start };
    }
    let body = body.filter(|body| authority.is_none() || !(body.shared && is_department(line, body)));
    // 中國駐世貿組織大使: the office is that of who sends, wherever to.
    let sent =
        body.as_ref().filter(|body| class == Class::State && body.start > 0 && line.folded[body.start - 1] == '驻');
    if let Some(sent) = sent.map(|body| body.start - 1) {
        let from = economy_before(line, sent, clause);
        let org = from.map(|from| line.text(from, sent));
        let official = !is_former(line, from.unwrap_or(sent));
        return Found {
            office: Office { title: Some(line.text(start, end)), org, official },
            start: from.unwrap_or(sent),
        };
    }
    let nation = economy_before(line, body.as_ref().map_or(start, |body| body.start), clause);
    let whole_start = nation.or_else(|| body.as_ref().map(|body| body.start));
    let title_start = title_start(line, body.as_ref(), nation, clause, start);
    let found_start = whole_start.unwrap_or(title_start);
    let org = whole_start.map(|from| line.text(from, body.as_ref().map_or(title_start, |b| b.end)));
    let title = Some(line.text(title_start, end));
    let (official, org) = match (&body, class) {
        _ if is_former(line, found_start) || was_held(line, title_start, start) => (false, org),
        (_, Class::Profession) => (false, org),
        (Some(body), _) => (body.official, org),
        (None, Class::State) => (true, org),
        // 印度商務次長: a rank of a field behind an economy.
        (None, Class::Office) if nation.is_none() && economy_before(line, title_start, clause).is_some() => {
            let from = economy_before(line, title_start, clause).unwrap_or(title_start);
            (true, Some(line.text(from, title_start)))
        }
        (None, Class::Office) if org.is_none() && title_is_bare(line, clause, start) => {
            (authority.is_some(), authority.map(ToOwned::to_owned))
        }
        (None, _) => (false, org),
    };
    // 日本首席談判代表: the economy before the words of rank begins the phrase.
    let nation = || economy_before(line, found_start, clause).filter(|_| org.is_some() && whole_start.is_none());
    let start = nation().unwrap_or(found_start);
    Found { office: Office { title, org, official }, start }
}

/// Of several titles in a row the first one, which stands behind the organisation: 副局長、新聞發言人, 談判代表兼副部長.
fn first_title(line: &Line, start: usize, class: Class) -> (usize, Class) {
    let words = vocabulary();
    let ranks = rank_start(line, line.clause_start(start), start);
    let link = |at: usize| at.checked_sub(1).filter(|&i| matches!(line.folded[i], '、' | '兼' | '暨'));
    // A division may stand before the second title: 國民經濟綜合統計司司長.
    let lowest = start.saturating_sub(LONGEST_DIVISION);
    let end = link(ranks).or_else(|| (lowest..start).rev().find(|&i| link(i + 1).is_some()));
    let before = end.and_then(|end| words.chinese_titles.ending_at(&line.folded, end));
    match before {
        Some((first, &before)) if before != Class::Profession => first_title(line, first, before),
        _ => (start, class),
    }
}

/// The organisation nearest to the title, listed or of an authority's shape.
fn body(line: &Line, clause: usize, title: usize) -> Option<Body> {
    let vocabulary = organisations();
    let text = &line.folded;
    let private = vocabulary.generic.private.within(text, clause, title).last().map(|&(start, end, ())| (start, end));
    let listed = listed_body(line, clause, title);
    let composite = vocabulary.listed.ending_at(text, title + 1).filter(|&(start, _)| start >= clause && start < title);
    let composite = composite.map(|(start, o)| Body { start, end: title + 1, official: o.official, shared: true });
    let listed = match (listed, composite) {
        // 財政部統計處長: the ministry, its department being a division.
        (Some(listed), Some(composite)) if listed.end <= composite.start && composite.start - listed.end <= 1 => {
            Some(listed)
        }
        (_, Some(composite)) => Some(composite),
        (listed, None) => listed,
    };
    if let Some((start, end)) = private {
        let covered = listed.as_ref().is_some_and(|body| body.end >= end);
        if !covered {
            let start = private_start(line, clause, start);
            return Some(Body { start, end, official: false, shared: false });
        }
    }
    listed.filter(|body| body.shared || is_division(line, body.end, title)).or_else(|| generic(line, clause, title))
}

/// Where the name of a company or an institute begins whose kind stands at `kind`: 星展銀行, 保銀資本管理公司.
fn private_start(line: &Line, clause: usize, kind: usize) -> usize {
    let particles = &vocabulary().chinese.particles;
    let part = |c: char| (is_han(c) || c.is_ascii_alphanumeric()) && !particles.contains(&c);
    let lowest = clause.max(kind.saturating_sub(LONGEST_GENERIC));
    (lowest..kind).rev().take_while(|&i| part(line.folded[i])).last().unwrap_or(kind)
}

/// The listed organisation nearest to the title; of a ministry and its department the ministry.
fn listed_body(line: &Line, clause: usize, title: usize) -> Option<Body> {
    let listed = organisations().listed.within(&line.folded, clause, title);
    let mut bodies = listed.iter().rev();
    let mut nearest = bodies.next()?;
    for outer in bodies {
        if !outer.2.official || !is_division(line, outer.1, nearest.0) {
            break;
        }
        nearest = outer;
    }
    let &(start, end, organisation) = nearest;
    Some(Body { start, end, official: organisation.official, shared: false })
}

/// 統計處長 alone is the office of a department of the authority that was named before.
fn is_department(line: &Line, body: &Body) -> bool {
    let department = matches!(line.folded.get(body.end - 1), Some('处' | '司' | '科' | '组'));
    department && economy_before(line, body.start, 0).is_none()
}

/// An authority that is not listed: two characters or more with an authority's ending.
fn generic(line: &Line, clause: usize, title: usize) -> Option<Body> {
    let vocabulary = organisations();
    let text = &line.folded;
    let endings = &vocabulary.generic.authority;
    // 統計部長 is the minister of a ministry that ends where the title begins.
    let ends = (clause..=title + 1).rev().filter(|&end| endings.ending_at(text, end).is_some());
    for end in ends.filter(|&end| end > title || is_division(line, end, title)) {
        let lowest = clause.max(end.saturating_sub(LONGEST_GENERIC));
        let (ending, ()) = endings.ending_at(text, end)?;
        let particles = &super::super::vocabulary::vocabulary().chinese.particles;
        let start = (lowest..ending).rev().take_while(|&i| is_han(text[i]) && !particles.contains(&text[i])).last()?;
        let economy = vocabulary.economies.within(text, start, ending).last().map(|&(_, end, _)| end);
        let start = economy.filter(|&economy| ending >= economy + 2).unwrap_or(start);
        // 商業部貿易政策與戰略辦公室: what stands behind a joining particle is half a name.
        let half = start > clause && matches!(text[start - 1], '与' | '和' | '及');
        if half && (clause..start).any(|end| endings.ending_at(text, end).is_some() && is_division(line, end, title)) {
            continue;
        }
        // 代理署長: the rank of a title is no name of an authority.
        let rank = super::super::vocabulary::vocabulary().chinese.ranks.exactly(text, start, ending).is_some();
        if ending >= start + 2 && (!rank || economy.is_some()) {
            return Some(Body { start, end, official: true, shared: end > title });
        }
    }
    None
}

/// Whether the words between an organisation and a title can be the name of a division.
fn is_division(line: &Line, from: usize, to: usize) -> bool {
    let particles = &vocabulary().chinese.particles;
    // 貿易政策與戰略辦公室: in the name of an office a particle may join two words.
    let office = to > from && matches!(line.folded[to - 1], '室' | '司' | '局' | '处' | '署' | '厅');
    let joins = |c: &char| office && matches!(c, '与' | '和' | '及');
    // 就業平等司, 對外貿易司: the particle is part of a word.
    let pair = |at: usize| matches!((line.folded[at], line.folded[at + 1]), ('就', '业') | ('对', '外') | ('平', '等'));
    let within = |at: usize| at + 1 < to && pair(at) || at > from && pair(at - 1);
    let part = |at: usize| {
        let c = line.folded[at];
        (is_han(c) || c.is_ascii_alphabetic()) && (!particles.contains(&c) || joins(&c) || within(at))
    };
    // 貿易和經濟安全委員: a field of two parts.
    let two = |at: usize| at >= from + 2 && at + 2 < to && matches!(line.folded[at], '与' | '和' | '及');
    from <= to && to - from <= LONGEST_DIVISION && (from..to).all(|at| part(at) || two(at))
}

/// Where the economy begins whose name ends right before `end`.
fn economy_before(line: &Line, end: usize, clause: usize) -> Option<usize> {
    let economies = &organisations().economies;
    let named = economies.ending_at(&line.folded, end).map(|(start, _)| start);
    let letter = || end.checked_sub(1).filter(|&at| organisations().generic.nations.contains(&line.folded[at]));
    named.or_else(letter).filter(|&start| start >= clause)
}

/// Where the title begins with its rank and division.
fn title_start(line: &Line, body: Option<&Body>, nation: Option<usize>, clause: usize, title: usize) -> usize {
    match body {
        Some(body) if body.shared => title,
        Some(body) => body.end,
        None if nation.is_some() => title,
        None => rank_start(line, clause, title),
    }
}

/// Where the words of rank begin that stand right before the title.
fn rank_start(line: &Line, clause: usize, title: usize) -> usize {
    let ranks = &vocabulary().chinese.ranks;
    let mut start = title;
    while let Some((before, ())) = ranks.ending_at(&line.folded, start).filter(|&(before, _)| before >= clause) {
        start = before;
    }
    start
}

/// Whether nothing stands before the title in its clause that could be an organisation nobody knows.
fn title_is_bare(line: &Line, clause: usize, title: usize) -> bool {
    let start = rank_start(line, clause, title);
    start == clause || line.folded[clause..start].iter().all(|c| c.is_whitespace()) || {
        let words = &vocabulary().chinese;
        words.continuations.ending_at(&line.folded, start).is_some()
            || words.particles.contains(&line.folded[start - 1])
    }
}

/// Whether the title begins with a word for an office that somebody held: 商務部原副部長.
fn was_held(line: &Line, from: usize, title: usize) -> bool {
    from < title && matches!(line.folded[from], '原' | '前') && {
        let rank = rank_start(line, from + 1, title);
        rank == from + 1
    }
}

fn is_former(line: &Line, start: usize) -> bool {
    vocabulary().chinese.former.ending_at(&line.folded, start).is_some()
}
