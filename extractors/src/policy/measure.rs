//! What a text says of a measure: from when to when it is in force, at whom it aims, what kind it is.

use bellwether_model::place::{Area, Partner};
use jiff::civil::Date;

use super::dates;
use super::rules::rules;
use crate::fold::fold;
use crate::names::organisations::organisations;

/// How many characters stand at the most between a word of suspension and for how long.
const LONGEST_WAY: usize = 60;

/// From when to when a measure is in force.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Force {
    /// First day.
    pub(super) effective: Option<Date>,
    /// Last day.
    pub(super) expires: Option<Date>,
}

/// Reads the force of a measure out of a folded text. `announced` is the day of the announcement, `reference` gives
/// the year of days without one.
pub(super) fn force(text: &str, announced: Option<Date>, reference: Option<Date>) -> Force {
    let rules = rules();
    let found = |patterns: &[regex::Regex]| {
        let all = patterns.iter().flat_map(|pattern| pattern.captures_iter(text));
        all.filter_map(|captures| {
            let day = dates::group(&captures, "day", reference)?;
            Some((captures.name("day")?.start(), day))
        })
        .min_by_key(|(at, _)| *at)
        .map(|(_, day)| day)
    };
    let immediately = || rules.immediately.iter().any(|pattern| pattern.is_match(text)).then_some(announced).flatten();
    let span = span(text, reference);
    let effective = found(&rules.effective).or(span.effective).or_else(immediately);
    let lasts = effective.and_then(|from| duration(text, from));
    let expires = span.expires.or_else(|| found(&rules.expires)).or(lasts);
    Force { effective, expires: expires.filter(|end| effective.is_none_or(|from| *end >= from)) }
}

/// A span of days with both ends given, where it is the time of a measure.
pub(super) fn span(text: &str, reference: Option<Date>) -> Force {
    let all = rules().spans.iter().flat_map(|pattern| pattern.captures_iter(text));
    all.filter_map(|captures| {
        let effective = dates::group(&captures, "from", reference)?;
        let expires = dates::group(&captures, "to", reference).filter(|to| *to > effective)?;
        Some(Force { effective: Some(effective), expires: Some(expires) })
    })
    .next()
    .unwrap_or_default()
}

/// The last day of a measure that is put off for a time: the first count of time behind the words for it. The day of a
/// date (4月4日) is no count.
fn duration(text: &str, from: Date) -> Option<Date> {
    let rules = rules();
    rules.durations.iter().flat_map(|pattern| pattern.find_iter(text)).find_map(|cue| {
        let rest = &text[cue.end()..];
        let rest = &rest[..rest.find(['。', ';']).unwrap_or(rest.len())];
        let mut counts = rules.count.captures_iter(rest).filter(|captures| {
            let start = captures.get(0).map_or(0, |found| found.start());
            let before = rest[..start].chars().next_back().or_else(|| text[..cue.end()].chars().next_back());
            before.is_none_or(|c| c != '月' && !c.is_ascii_alphanumeric())
                && rest[..start].chars().count() <= LONGEST_WAY
        });
        let captures = counts.next()?;
        let lower = |name: &str| captures.name(name).map(|found| found.as_str().to_lowercase());
        dates::last_day(from, &lower("n")?, &lower("unit")?)
    })
}

/// The economies that a subject names, its issuer's own left out. `None`: none is named, so all are meant.
pub(super) fn partner(subject: &str, issuer: Option<&str>) -> Option<Partner> {
    let economies = |text: &str| -> Vec<Area> {
        let folded: Vec<char> = fold(text).chars().collect();
        let found = organisations().economies.within(&folded, 0, folded.len());
        found.into_iter().map(|(_, _, economy)| economy.area.clone()).collect()
    };
    let own = issuer.map(economies).unwrap_or_default();
    let aimed: Vec<Area> = economies(subject).into_iter().filter(|area| !own.contains(area)).collect();
    Partner::of(&aimed)
}

/// The kind of measure that the first of these folded texts tells.
pub(super) fn category(texts: &[&str]) -> Option<String> {
    texts.iter().find_map(|text| {
        let lower = fold(text).to_lowercase();
        let kinds = rules().categories.iter();
        kinds
            .into_iter()
            .find(|kind| kind.words.iter().any(|word| lower.contains(word.as_str())))
            .map(|kind| kind.id.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn read(text: &str) -> (Option<Date>, Option<Date>) {
        let announced = Some(date(2025, 10, 9));
        let force = force(&fold(text), announced, announced);
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

    #[test]
    fn the_target_is_not_the_issuer() {
        assert_eq!(partner("加強相關兩用物項對美國出口管制", Some("商務部")).map(|p| p.0).as_deref(), Some("US"));
        assert_eq!(partner("美國暫停對中國加徵關稅", Some("美國貿易代表署")).map(|p| p.0).as_deref(), Some("CN"));
        assert_eq!(partner("公布對稀土實施出口管制", Some("商務部")), None);
    }

    #[test]
    fn kinds_of_measures() {
        for (subject, kind) in [
            ("將3家美國實體列入出口管制管控名單", Some("entity_list")),
            ("暫停實施出口管制穿透性規則一年", Some("suspension")),
            ("對原產於美國的進口商品加徵關稅", Some("tariff")),
            ("export controls on holmium", Some("export_control")),
            ("關於採取反制措施的決定", Some("sanction")),
            ("舉行磋商", None),
        ] {
            assert_eq!(category(&[subject]).as_deref(), kind, "{subject}");
        }
    }
}
