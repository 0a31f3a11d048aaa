//! From when to when a text says that a measure is in force.

use jiff::ToSpan;
use jiff::civil::Date;

use super::dates;
use super::rules::rules;
use crate::needs::Patterns;

/// How many characters stand at the most between a word of suspension and for how long.
const LONGEST_WAY: usize = 60;
/// How many bytes behind such a word a count may end.
const FARTHEST_COUNT: usize = 280;
/// How many bytes before a day of effect say for which part of the measure it holds.
const LONGEST_PART: usize = 120;
/// A day of effect so many days before the announcement is that of an earlier measure, which the text tells of.
const HISTORY: i64 = 90;

/// From when to when a measure is in force.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Force {
    /// First day.
    pub(super) effective: Option<Date>,
    /// Last day.
    pub(super) expires: Option<Date>,
}

/// The days by which a text is read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Days {
    /// The day of the announcement.
    pub(super) announced: Option<Date>,
    /// The day of signature, or else of the announcement: from then a measure is in force immediately.
    pub(super) signed: Option<Date>,
    /// The day of publication, which gives the year of days without one.
    pub(super) reference: Option<Date>,
}

/// One day of effect in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Start {
    /// First byte of the words that say so.
    pub(super) at: usize,
    /// First byte of the day itself, where it is named.
    day_at: usize,
    /// The byte behind them.
    pub(super) end: usize,
    /// The day.
    pub(super) day: Date,
    /// The last day of a span that begins with it.
    pub(super) last: Option<Date>,
    /// Whether it holds for a part of the measure only.
    pub(super) partial: bool,
}

/// Reads the force of a measure out of a folded text: that of the whole, or of its first part.
pub(super) fn force(text: &str, days: Days) -> Force {
    let starts = starts(text, days);
    let main = starts.iter().find(|start| !start.partial).or_else(|| starts.first()).map(|start| start.day);
    with_end(text, main, days)
}

/// The force of a measure in words that may tell of another one as well.
pub(super) fn weak_force(text: &str, days: Days) -> Force {
    let first = found(&rules().weak, text, days.reference).into_iter().find(|start| !is_history(start.day, days));
    first.map_or_else(Force::default, |start| with_end(text, Some(start.day), days))
}

fn with_end(text: &str, effective: Option<Date>, days: Days) -> Force {
    let lasts = effective.and_then(|from| duration(text, from));
    // A measure that begins on a day is not over by a span of days that begins on another one.
    let span = span(text, days.reference);
    let spanned = span.expires.filter(|_| effective.is_none() || span.effective == effective);
    let expires = spanned.or_else(|| expiry(text, days)).or(lasts);
    let effective = effective.or(span.effective.filter(|from| !is_history(*from, days)));
    let over = |end: &Date| days.announced.is_some_and(|announced| *end < announced);
    Force { effective, expires: expires.filter(|end| effective.map_or(!over(end), |from| *end >= from)) }
}

/// All days of effect that a text names, in its order, one of a day.
pub(super) fn starts(text: &str, days: Days) -> Vec<Start> {
    let rules = rules();
    let mut starts = found(&rules.effective, text, days.reference);
    let spans = rules.spans.on(text).flat_map(|pattern| pattern.captures_iter(text));
    starts.extend(spans.filter(|captures| is_span_of_measure(text, captures)).filter_map(|captures| {
        let day = dates::group(&captures, "from", days.reference)?;
        let last = Some(dates::group(&captures, "to", days.reference).filter(|to| *to > day)?);
        let from = captures.name("from")?;
        Some(Start { at: captures.get(0)?.start(), day_at: from.start(), end: from.end(), day, last, partial: false })
    }));
    if let Some(day) = days.signed.or(days.announced) {
        let at_once = rules.immediately.on(text).flat_map(|pattern| pattern.find_iter(text));
        starts.extend(at_once.map(|found| Start {
            at: found.start(),
            day_at: found.start(),
            end: found.end(),
            day,
            last: None,
            partial: false,
        }));
    }
    // The day of an act in English is that of its adoption, days before it is published.
    let promulgated = || days.announced.filter(|_| !text.is_ascii());
    let signed = days.signed.filter(|_| !text.is_ascii());
    if let Some(published) = signed.or(days.reference).or_else(promulgated) {
        let behind = rules.following.on(text).flat_map(|pattern| pattern.captures_iter(text));
        starts.extend(behind.filter_map(|captures| {
            let day = dates::following(published, captures.name("ordinal").map(|found| found.as_str()))?;
            let whole = captures.get(0)?;
            let (at, end) = (whole.start(), whole.end());
            Some(Start { at, day_at: at, end, day, last: None, partial: false })
        }));
    }
    starts.retain(|start| !is_history(start.day, days));
    let foreign = |start: &Start| {
        let told = |at: usize| rules.not_effective.match_in(last(&text[..at], LONGEST_PART));
        told(start.day_at) || told(start.at)
    };
    starts.retain(|start| !foreign(start));
    starts.sort_by_key(|start| start.end);
    starts.dedup_by(|again, start| {
        let same = again.day == start.day;
        start.last = start.last.or(again.last.filter(|_| same));
        same
    });
    let mut from = 0;
    for start in &mut starts {
        start.partial = is_partial(&text[from.min(start.at)..start.at]);
        from = start.end;
    }
    starts
}

fn found(patterns: &Patterns, text: &str, reference: Option<Date>) -> Vec<Start> {
    let all = patterns.on(text).flat_map(|pattern| pattern.captures_iter(text));
    let mut starts: Vec<Start> = all
        .filter_map(|captures| {
            let day = dates::group(&captures, "day", reference)?;
            let named = captures.name("day")?;
            Some(Start {
                at: captures.get(0)?.start(),
                day_at: named.start(),
                end: named.end(),
                day,
                last: None,
                partial: false,
            })
        })
        .collect();
    starts.sort_by_key(|start| start.end);
    starts
}

/// Whether the words of a clause before a day of effect name a part of the measure, and not all the rest of it.
fn is_partial(before: &str) -> bool {
    let clause = last(before, LONGEST_PART).rsplit(['。', ';', '\n']).next().unwrap_or_default();
    // Article 2. This Regulation shall enter into force on …: the heading is no part.
    let clause = clause.rsplit(". ").next().unwrap_or_default();
    let rest = rules().rest.iter().any(|word| clause.contains(word.as_str()));
    !rest && rules().partial.match_in(clause)
}

/// The last bytes of a text, at most so many.
fn last(text: &str, most: usize) -> &str {
    let from = text.len().saturating_sub(most);
    let from = (from..=text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len());
    &text[from..]
}

/// The first bytes of a text, at most so many.
fn first(text: &str, most: usize) -> &str {
    let to = most.min(text.len());
    let to = (0..=to).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    &text[..to]
}

fn is_history(day: Date, days: Days) -> bool {
    days.announced.is_some_and(|announced| announced.checked_sub(HISTORY.days()).is_ok_and(|earliest| day < earliest))
}

/// The last day that a text names as such behind a word for how long a measure lasts, where it gives no later day of effect.
pub(super) fn lasting(text: &str, days: Days) -> Option<Date> {
    let lasts = rules().lasting.match_in(text);
    let end = lasts.then(|| expiry(text, days)).flatten()?;
    starts(text, days).iter().all(|start| start.day < end && !start.partial).then_some(end)
}

/// The last day that a text names as such.
fn expiry(text: &str, days: Days) -> Option<Date> {
    let foreign = |at: usize| rules().not_expires.match_in(last(&text[..at], LONGEST_PART));
    let all = rules().expires.on(text).flat_map(|pattern| pattern.captures_iter(text));
    let own = all.filter(|captures| !captures.get(0).is_some_and(|whole| foreign(whole.start())));
    own.filter_map(|captures| {
        let day = captures.name("day")?;
        Some((day.start(), dates::day(day.as_str(), days.reference)?))
    })
    .min_by_key(|(at, _)| *at)
    .map(|(_, day)| day)
}

/// A span of days with both ends given, where it is the time of a measure.
pub(super) fn span(text: &str, reference: Option<Date>) -> Force {
    let all = rules().spans.on(text).flat_map(|pattern| pattern.captures_iter(text));
    all.filter(|captures| is_span_of_measure(text, captures))
        .filter_map(|captures| {
            let effective = dates::group(&captures, "from", reference)?;
            let expires = dates::group(&captures, "to", reference).filter(|to| *to > effective)?;
            Some(Force { effective: Some(effective), expires: Some(expires) })
        })
        .next()
        .unwrap_or_default()
}

fn is_span_of_measure(text: &str, captures: &regex::Captures<'_>) -> bool {
    let behind = captures.get(0).map_or("", |whole| first(&text[whole.end()..], LONGEST_PART));
    !rules().not_spans.match_in(behind)
}

/// The last day of a measure that is put off for a time: the first count of time behind the words for it, or before
/// them (one-year suspension).
pub(super) fn duration(text: &str, from: Date) -> Option<Date> {
    let counted = || {
        let all = rules().counted.on(text).flat_map(|pattern| pattern.captures_iter(text));
        all.filter(|captures| is_count(&text[..captures.get(0).map_or(0, |found| found.start())]))
            .find_map(|captures| last_day(&captures, from))
    };
    behind(&rules().durations, text, from).or_else(counted)
}

/// The last day of a measure whose term a text gives (实施期限为5年).
pub(super) fn term(text: &str, from: Date) -> Option<Date> {
    behind(&rules().terms, text, from)
}

/// The first count of time behind one of these words. The day of a date (4月4日) is no count.
fn behind(cues: &Patterns, text: &str, from: Date) -> Option<Date> {
    let own = |cue: &regex::Match<'_>| {
        let before = last(&text[..cue.start()], LONGEST_PART);
        !rules().not_durations.match_in(before)
    };
    cues.on(text).flat_map(|pattern| pattern.find_iter(text)).filter(own).find_map(|cue| {
        let rest = first(&text[cue.end()..], FARTHEST_COUNT);
        let rest = &rest[..rest.find(['。', ';']).unwrap_or(rest.len())];
        let mut counts = rules().count.captures_iter(rest).filter(|captures| {
            let start = captures.get(0).map_or(0, |found| found.start());
            is_count(&text[..cue.end() + start]) && rest[..start].chars().count() <= LONGEST_WAY
        });
        last_day(&counts.next()?, from)
    })
}

/// Whether a count can begin behind these words: not inside of a number or a date.
fn is_count(before: &str) -> bool {
    before.chars().next_back().is_none_or(|c| c != '月' && !c.is_ascii_alphanumeric())
}

fn last_day(captures: &regex::Captures<'_>, from: Date) -> Option<Date> {
    let lower = |name: &str| captures.name(name).map(|found| found.as_str().to_lowercase());
    dates::last_day(from, &lower("n")?, &lower("unit")?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::fold;
    use jiff::civil::date;

    fn read(text: &str) -> (Option<Date>, Option<Date>) {
        let announced = Some(date(2025, 10, 9));
        let days = Days { announced, signed: None, reference: announced };
        let force = force(&fold(text), days);
        (force.effective, force.expires)
    }

    #[test]
    fn force_in_all_its_wordings() {
        for (text, effective, expires) in [
            ("本公告自2025年11月8日起正式實施。", Some(date(2025, 11, 8)), None),
            ("本公告自公布之日起施行。", Some(date(2025, 10, 9)), None),
            ("即日起生效。", Some(date(2025, 10, 9)), None),
            ("自2025年11月10日起，暂停相关措施一年。", Some(date(2025, 11, 10)), Some(date(2026, 11, 9))),
            ("于2025年11月10日至2026年11月9日暂停实施", Some(date(2025, 11, 10)), Some(date(2026, 11, 9))),
            ("有效期自2025年11月10日至2026年11月9日", Some(date(2025, 11, 10)), Some(date(2026, 11, 9))),
            ("effective November 8, 2025.", Some(date(2025, 11, 8)), None),
            (
                "The rule takes effect on 1 January 2026 and expires on December 31, 2026.",
                Some(date(2026, 1, 1)),
                Some(date(2026, 12, 31)),
            ),
            (
                "The tariffs are suspended for 90 days, effective immediately.",
                Some(date(2025, 10, 9)),
                Some(date(2026, 1, 6)),
            ),
            ("自2025年11月10日起，继续暂停4月4日公告相关措施1年", Some(date(2025, 11, 10)), Some(date(2026, 11, 9))),
            ("自11月8日起施行", Some(date(2025, 11, 8)), None),
            ("2025年10月9日，商务部召开发布会。", None, None),
        ] {
            assert_eq!(read(text), (effective, expires), "{text}");
        }
    }
}
