//! Numbers of announcements and decrees: `2025-57`, `792`, `90 FR 12345`.

use std::ops::Range;

use bellwether_model::place::Area;
use regex::Captures;

use super::dates::chinese_number;
use super::rules::{Citation, Reference, rules};
use crate::names::organisations::organisations;

/// A number and the folded bytes at which it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    /// `2025-57`, `792`, or as it is written.
    pub(super) number: String,
    /// Where it stands.
    pub(super) span: Range<usize>,
    /// Whose measures are numbered so, where the form tells.
    pub(super) area: Option<Area>,
}

/// The first number of a folded text.
pub(super) fn first(text: &str) -> Option<Number> {
    let all = all(text);
    let first = all.iter().min_by_key(|found| found.span.end)?.span.clone();
    // Decree No. 21/2025/ND-CP: of forms that overlap the one that says more holds, which stands before.
    all.into_iter().find(|found| found.span.start < first.end && first.start < found.span.end)
}

/// The first number of a folded text to which nothing is done there: 暂停实施商务部公告2026年第70号 gives none.
pub(super) fn own(text: &str) -> Option<Number> {
    let first = first(text)?;
    if !is_object(text, first.span.start) {
        return Some(first);
    }
    let mut object = true;
    every(text).into_iter().filter(|number| number.span.start > first.span.start).find(|number| {
        let listed =
            text[..number.span.start].trim_end_matches(|c: char| !matches!(c, '、' | '和' | '及' | '号' | ' '));
        object = object && listed.trim_end().ends_with(['、', '和', '及']) || is_object(text, number.span.start);
        !object
    })
}

/// Whether the words before a number say what is done to the act: its issuer and the word for it may stand between.
fn is_object(text: &str, at: usize) -> bool {
    const ACTS: [&str; 6] = ["联合公告", "公告", "通知", "决定", "令", "第"];
    let mut before: Vec<char> = text[..at].chars().collect();
    loop {
        while before.last().is_some_and(|c| c.is_whitespace() || matches!(c, '《' | '(')) {
            before.pop();
        }
        let words: String = before.iter().collect();
        let issuer = organisations().listed.ending_at(&before, before.len()).map(|(start, _)| start);
        let act = ACTS.iter().find(|act| words.ends_with(**act)).map(|act| before.len() - act.chars().count());
        let Some(start) = issuer.or(act) else { break };
        before.truncate(start);
    }
    let words: String = before.iter().collect();
    let done = |kind: &Reference| {
        let mut found = kind.before.on(&words).flat_map(|pattern| pattern.find_iter(&words));
        // amending Regulation …; a capital may be one of the act's name (Revised Circular No. 3).
        found.any(|cue| cue.end() == words.len() && !cue.as_str().starts_with(|c: char| c.is_ascii_uppercase()))
    };
    rules().references.iter().any(done)
}

/// Every form has a digit or 第 before a number in words; most passages have neither.
fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit()) || text.contains('第')
}

/// The first number of each form in a folded text.
fn all(text: &str) -> Vec<Number> {
    let rules = rules();
    if !has_digit(text) {
        return Vec::new();
    }
    let numbered = rules.numbers.on(text).filter_map(|pattern| pattern.captures(text)).filter_map(|c| numbered(&c));
    // 2025-11 of 2025-11-08 is no number.
    let numbered = numbered.filter(|found| !is_date_part(&text[found.span.end..]));
    let decrees = rules.decrees.on(text).filter_map(|pattern| pattern.captures(text)).filter_map(|c| {
        let number = c.name("number")?;
        Some(Number { number: trimmed(number.as_str()), span: c.get(0)?.range(), area: None })
    });
    let citations = rules.citations.on(text).filter_map(|(form, pattern)| cited(form, &pattern.captures(text)?));
    // At the same place the number with a year says more than the one without, and a cited form more than either.
    citations.chain(numbered).chain(decrees).collect()
}

/// All numbers of a folded text in its order, each one of a list (2025年第55、56号, Executive Orders 14195 and 14257).
pub(super) fn every(text: &str) -> Vec<Number> {
    let rules = rules();
    let mut found: Vec<Number> = Vec::new();
    if !has_digit(text) {
        return found;
    }
    for (form, pattern) in rules.citations.on(text) {
        for captures in pattern.captures_iter(text) {
            let Some(number) = cited(form, &captures) else { continue };
            let digits = captures.name("number").filter(|_| form.prefix.is_some()).map(|digits| digits.len());
            found.push(number.clone());
            for (digits, span, _) in digits.map(|length| listed(text, number.span.end, length)).into_iter().flatten() {
                let number = format!("{} {digits}", form.prefix.as_deref().unwrap_or_default());
                found.push(Number { number, span, area: form.area.clone() });
            }
        }
    }
    for captures in rules.lists.on(text).flat_map(|pattern| pattern.captures_iter(text)) {
        let (Some(first), Some(year)) = (numbered(&captures), captures.name("year")) else { continue };
        let year = year.as_str().parse().ok().or_else(|| chinese_number(year.as_str())).unwrap_or_default();
        let further = listed(text, first.span.end, 0);
        let marked = text[first.span.end..].trim_start().starts_with('号') || further.iter().any(|(_, _, mark)| *mark);
        if marked {
            let numbers = further.into_iter();
            found.push(first);
            found.extend(numbers.map(|(digits, span, _)| Number {
                number: format!("{year}-{digits}"),
                span,
                area: None,
            }));
        }
    }
    let years = rules.numbers.on(text).flat_map(|pattern| pattern.captures_iter(text)).filter_map(|c| numbered(&c));
    found.extend(years.filter(|found| !is_date_part(&text[found.span.end..])));
    let decrees = rules.decrees.on(text).flat_map(|pattern| pattern.captures_iter(text));
    found.extend(decrees.filter_map(|captures| {
        let number = trimmed(captures.name("number")?.as_str());
        Some(Number { number, span: captures.get(0)?.range(), area: None })
    }));
    // The forms stand in the order of what they say: of two that overlap the earlier one holds.
    let mut taken: Vec<Number> = Vec::new();
    let mut order: Vec<(usize, Number)> = found.into_iter().enumerate().collect();
    order.sort_by_key(|(rank, number)| (number.span.start, *rank));
    for (_, number) in order {
        if taken.last().is_none_or(|last| last.span.end <= number.span.start) {
            taken.push(number);
        }
    }
    taken
}

/// The further numbers of a list, of so many digits (0: any), and whether the mark of a number stands behind each.
fn listed(text: &str, from: usize, digits: usize) -> Vec<(String, Range<usize>, bool)> {
    let mut all = Vec::new();
    let mut at = from;
    while let Some(captures) = rules().again.captures(&text[at..]) {
        let (Some(whole), Some(number)) = (captures.get(0), captures.name("number")) else { break };
        let behind = &text[at + whole.end()..];
        // 、2024年第3号: another year; of 14257, 2025: no order.
        let next = behind.trim_start();
        let goes_on = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
        let other = next.starts_with(['年', '月', '日', '%'])
            || next.strip_prefix(['-', '.', '/']).is_some_and(goes_on)
            || goes_on(behind);
        if other || digits > 0 && number.len() != digits {
            break;
        }
        all.push((trimmed(number.as_str()), at + number.start()..at + whole.end(), captures.name("mark").is_some()));
        at += whole.end();
    }
    all
}

fn cited(form: &Citation, captures: &Captures<'_>) -> Option<Number> {
    let whole = captures.get(0)?;
    let digits = captures.name("number").map_or(whole.as_str(), |number| number.as_str());
    let words: Vec<String> = digits.split_whitespace().map(in_small_letters).collect();
    let number = format!("{} {}", form.prefix.as_deref().unwrap_or_default(), words.join(" ")).trim().to_owned();
    Some(Number { number, span: whole.range(), area: form.area.clone() })
}

/// REGULATION as Regulation; FR and EU stay.
fn in_small_letters(word: &str) -> String {
    /// Shorter words in capitals are abbreviations.
    const SHORTEST_WORD: usize = 5;
    let capitals = word.len() >= SHORTEST_WORD && word.bytes().all(|b| b.is_ascii_uppercase());
    if capitals { format!("{}{}", &word[..1], word[1..].to_ascii_lowercase()) } else { word.to_owned() }
}

/// The number that a cell or a labelled line holds, where it may stand without the word for it (`2025-56`).
pub(super) fn bare(text: &str) -> Option<Number> {
    first(text).or_else(|| {
        let given = text.trim();
        let (year, number) = given.split_once('-')?;
        let digits = |part: &str, most: usize| {
            !part.is_empty() && part.len() <= most && part.bytes().all(|b| b.is_ascii_digit())
        };
        let fits = year.len() == 4 && digits(year, 4) && digits(number, 4);
        fits.then(|| Number { number: format!("{year}-{}", trimmed(number)), span: 0..text.len(), area: None })
    })
}

fn numbered(captures: &Captures<'_>) -> Option<Number> {
    let year = captures.name("year")?.as_str();
    let year = year.parse().ok().or_else(|| chinese_number(year))?;
    let number = trimmed(captures.name("number")?.as_str());
    (1900..2200).contains(&year).then_some(())?;
    let whole = captures.get(0)?;
    // Only the mainland's authorities number so: 2025年第57号, 〔2025〕9号.
    let area = whole.as_str().ends_with('号').then(|| Area::new("CN"));
    Some(Number { number: format!("{year}-{number}"), span: whole.range(), area })
}

fn is_date_part(behind: &str) -> bool {
    let mut next = behind.chars();
    matches!(next.next(), Some('-' | '/')) && next.next().is_some_and(|c| c.is_ascii_digit())
}

fn trimmed(digits: &str) -> String {
    // 令第四十五号: in words.
    if let Some(number) = digits.starts_with(|c: char| !c.is_ascii()).then(|| chinese_number(digits)).flatten() {
        return number.to_string();
    }
    let trimmed = digits.trim_start_matches('0');
    if trimmed.is_empty() { digits.to_owned() } else { trimmed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::fold;

    #[test]
    fn a_number_to_which_something_is_done_is_not_the_own_one() {
        let of = |text: &str| own(&fold(text)).map(|number| number.number);
        assert_eq!(of("公布暂停实施商务部公告2026年第70号、海关总署公告2026年第71号"), None);
        assert_eq!(of("关于废止商务部公告2019年第2号的公告 商务部公告2026年第9号").as_deref(), Some("2026-9"));
        assert_eq!(of("商务部公告2026年第9号 关于废止商务部公告2019年第2号的公告").as_deref(), Some("2026-9"));
    }

    #[test]
    fn numbers_in_all_their_spellings() {
        for (text, number) in [
            ("商务部公告2025年第57号 公布决定", "2025-57"),
            ("商務部 海關總署公告2025年第56號", "2025-56"),
            ("商务部公告2025第62号", "2025-62"),
            ("不可靠实体清单工作机制〔2025〕7号", "2025-7"),
            ("公　告 2025年 第5号", "2025-5"),
            ("中华人民共和国商务部令二〇二五年第7号", "2025-7"),
            ("公告 2025-58 號（生效日期：2025-11-08）", "2025-58"),
            ("國務院令第 792 號", "792"),
            ("経済産業省令第四十五号", "45"),
            ("中华人民共和国外交部令 第 1 号", "1"),
            ("經貿字第11400123450號公告", "11400123450"),
            ("MOFCOM and GAC Announcement 2025 No. 57: Export Control", "2025-57"),
            ("Announcement No. 46 of 2024", "2024-46"),
            ("90 FR 15041", "90 FR 15041"),
            ("Regulation (EU) 2025/1234 of the Council", "Regulation (EU) 2025/1234"),
            ("Executive Order 14257 of April 2", "EO 14257"),
            ("第14257號行政命令", "EO 14257"),
            ("Notification No. 12/2025-26", "12/2025-26"),
            ("Notice to Exporters 2025/06: Russia", "2025-6"),
            ("고시 제2025-123호", "2025-123"),
            ("SOR/2025-41", "SOR/2025-41"),
            ("COMMISSION IMPLEMENTING REGULATION (EU) 2025/1234", "Regulation (EU) 2025/1234"),
            ("戰略貿易管制通告第2/2025號", "2025-2"),
            ("Decree No. 21/2025/ND-CP", "21/2025/ND-CP"),
            ("貿服字第1140150123A號", "1140150123A"),
        ] {
            assert_eq!(first(&fold(text)).map(|n| n.number).as_deref(), Some(number), "{text}");
        }
        assert_eq!(first("2025年11月8日第3次会议"), None);
        assert_eq!(bare("2025-56").map(|n| n.number).as_deref(), Some("2025-56"));
        assert_eq!(bare("2025-11-08"), None);
        assert_eq!(first("公告 2025-11-08"), None);
    }
}
