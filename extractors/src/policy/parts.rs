//! The parts of an act that have days of their own.

use bellwether_model::policy::PolicyPart;

use super::measure::{Days, Start, starts};
use super::passage::Passage;
use super::rules::rules;

/// How many bytes of the words before a day name a part.
const LONGEST_PART: usize = 240;
/// Parts that one act has at the most.
const MOST: usize = 32;

/// The parts with their days, where a text gives at least two days and says of one that it holds for a part.
pub(super) fn parts(passages: &[Passage], days: Days) -> Vec<PolicyPart> {
    let mut parts: Vec<PolicyPart> = Vec::new();
    let mut whole = None;
    for passage in passages.iter().filter(|p| p.table.is_none() && p.field().is_none()) {
        let text = passage.folded.as_str();
        let mut from = 0;
        for start in starts(text, days) {
            whole = whole.or(Some(start.day).filter(|_| !start.partial));
            let named = part(text, from, &start).map(|span| passage.words(span));
            from = start.end;
            let known = |subject: &String| parts.iter().any(|part| part.subject == *subject);
            if let Some(subject) = named.filter(|subject| !subject.is_empty() && !known(subject)) {
                parts.push(PolicyPart { subject, effective: Some(start.day), expires: start.last });
            }
        }
    }
    parts.truncate(MOST);
    let differ =
        parts.iter().any(|part| part.effective != whole.or(parts[0].effective) || part.expires != parts[0].expires);
    if differ { parts } else { Vec::new() }
}

/// The words that name the part for which a day holds: from the word for a part of its clause to the day.
fn part(text: &str, from: usize, start: &Start) -> Option<std::ops::Range<usize>> {
    let before = text.get(from..start.at)?;
    let clause =
        before.rfind(['。', ';', '\n']).map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let point = before[clause..].rfind(". ").map_or(clause, |at| clause + at + 2);
    let words = &before[point..];
    let rest = || rules().rest.iter().filter_map(|word| words.find(word.as_str())).min();
    let named = rules().partial.on(words).filter_map(|pattern| pattern.find(words)).map(|found| found.start()).min();
    let first = rest().into_iter().chain(named).min()?;
    let marks = [' ', ',', ':', '、'];
    let end = words.trim_end_matches(marks);
    // Article 7(2) shall apply from …: the verb is not of its name.
    let end = [" shall", " will", " is", " are"].iter().find_map(|verb| end.strip_suffix(verb)).unwrap_or(end);
    let end = end.trim_end_matches(marks).len();
    (first < end && end - first <= LONGEST_PART).then(|| from + point + first..from + point + end)
}
