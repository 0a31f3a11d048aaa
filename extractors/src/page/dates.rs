//! Times as pages print them: machine formats, Chinese, Japanese, Korean, English and German dates, years of the
//! Republic of China (year = printed year + 1911), dates inside addresses.
//!
//! Only what is written is read: no clock, no "yesterday", no guess at a missing year.

use std::sync::LazyLock;

use bellwether_model::document::PageTime;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use regex::{Captures, Regex};

use super::date_signs::Signs;

/// The first year that a page can be dated; older numbers are something else.
const FIRST_YEAR: i16 = 1950;
/// The last year that a page can be dated.
const LAST_YEAR: i16 = 2099;
/// Year 1 of the Republic of China is 1912.
const REPUBLIC_ERA: i16 = 1911;

/// Time of day behind a date: `T10:00:00.000+08:00`, ` 10:00`, `上午10時09分`, `, 10:00 AM EST`, ` HKT 16:48`, ` 04.11 BST`.
const CLOCK: &str = r"(?:\s*(?:T|t|,|，|\||at(?-u:\b)|um(?-u:\b)|-|–|\(.{1,3}\)|（.{1,3}）|星期.|[月火水木金土日]曜日)?\s*(?:\p{Han}{2}[時时][间間]\s*)?(?:(?P<ahead>(?i:HKT|JST|KST|SGT|GMT|UTC))\s+)?(?P<half>上午|下午|中午|凌晨|晚上|晚間|早上|午前|午後|오전|오후)?\s*(?P<hour>[0-2]?[0-9])\s*(?:(?::|：|時|时|點|点|시|h(?-u:\b))\s*(?P<minute>[0-5][0-9])?\s*(?:(?::|：|分|분)\s*(?P<second>[0-5][0-9])?\s*(?:秒|초)?(?:[.,][0-9]{1,9})?)?\s*(?P<meridiem>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>(?i:Z|UTC?)(?-u:\b)|(?i:GMT)(?:[+-][0-9:]{1,5})?|[+-][0-9]{2}:?[0-9]{2}(?-u:\b)|[+-][0-9]{2}(?-u:\b)|(?i:HKT|JST|KST|SGT|AEST|AEDT|CEST|CET|EST|EDT|MDT|PST|PDT|BST)(?-u:\b))?|\.(?P<minute_b>[0-5][0-9])\s*(?:(?P<meridiem_b>[AaPp]\.?[Mm]\.?)|(?P<zone_b>(?i:GMT|BST|UTC|AEST|AEDT|EST|EDT|CEST|CET)(?-u:\b)))))?";
/// Time of day in front of a date: `10:05 AM EST, `, `16:05 `.
const CLOCK_AHEAD: &str = r"(?-u:\b)(?P<hour>[0-2]?[0-9])[:：](?P<minute>[0-5][0-9])(?:[:：](?P<second>[0-5][0-9]))?\s*(?P<meridiem>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>(?i:HKT|JST|KST|SGT|GMT|UTC|AEST|AEDT|CEST|CET|EST|EDT|MDT|PST|PDT|BST|ET|PT))?\s*(?:,|，|\||-|–|—|·|on(?-u:\b))?\s*(?:(?i:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|satur|sat|sun)(?:day)?,?\s+)?";

/// Patterns of dates, most telling first. Each has groups `year`, `month`, `day`, or the like.
static PATTERNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let month_name = r"(?P<name>jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz|mrz|apr(?:il)?|ma[yi]|june?|juni|july?|juli|aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)\.?";
    [
        // 2025-01-09, 2025/1/9, 2025.01.09
        format!(r"(?-u:\b)(?P<year>(?:19|20)[0-9]{{2}})(?:-|/|\.|\. )(?P<month>1[0-2]|0?[1-9])(?:-|/|\.|\. )(?P<day>3[01]|[12][0-9]|0?[1-9])(?:(?-u:\b)|T|日|\.){CLOCK}"),
        // 2025年1月9日, 2025년 1월 9일
        format!(r"(?P<year>(?:19|20)[0-9]{{2}})\s*[年년]\s*(?P<month>1[0-2]|0?[1-9])\s*[月월]\s*(?P<day>3[01]|[12][0-9]|0?[1-9])\s*[日號号일]?{CLOCK}"),
        // 中華民國114年1月9日, 民國 114 年 1 月 9 日, 114年1月9日
        format!(r"(?:中華民國|民國)?\s*(?-u:\b)?(?P<republic>[1-9][0-9]|1[0-4][0-9])\s*年\s*(?P<month>1[0-2]|0?[1-9])\s*月\s*(?P<day>3[01]|[12][0-9]|0?[1-9])\s*[日號]{CLOCK}"),
        // 令和8年1月22日
        format!(r"(?P<era>令和|平成)\s*(?P<of_era>[0-9]{{1,2}}|元)\s*年\s*(?P<month>1[0-2]|0?[1-9])\s*月\s*(?P<day>3[01]|[12][0-9]|0?[1-9])\s*日{CLOCK}"),
        // 發布日期：114-01-09, 民國114/1/9, a line that is 114.01.09
        format!(r"(?:(?:日期|時間|發布|發佈|公告|刊登|上架|張貼|建檔|民國)\s*[:：]?\s*|\A\s*)(?P<republic>[89][0-9]|1[0-4][0-9])(?:(?:-(?P<month>1[0-2]|0?[1-9])-|/(?P<month_b>1[0-2]|0?[1-9])/|\.(?P<month_c>1[0-2]|0?[1-9])\.)(?P<day>3[01]|[12][0-9]|0?[1-9]))(?:\s*\z|\s+{CLOCK}|[^0-9./-])"),
        // 27/01/2025, 01-27-2025: where only one of both can be the month
        format!(r"(?-u:\b)(?P<one>3[01]|[12][0-9]|0?[1-9])[/-](?P<other>3[01]|[12][0-9]|0?[1-9])[/-](?P<year>(?:19|20)[0-9]{{2}})(?-u:\b){CLOCK}"),
        // Thu, 09 Jan 2025 10:00:00 +0800; 9 January 2025; 9. Januar 2025; 19-MAR-1987
        format!(r"(?i)(?-u:\b)(?P<day>3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)?\.?[ -]{month_name}[ ,-]{{1,2}}(?P<year>(?:19|20)[0-9]{{2}})(?-u:\b){CLOCK}"),
        // Thu, 09 Jan 25 10:00:00 +0800, as RFC 822 had it
        format!(r"(?i)(?-u:\b)(?:mon|tue|wed|thu|fri|sat|sun),?\s+(?P<day>3[01]|[12][0-9]|0?[1-9]) {month_name} (?P<two>[0-9]{{2}})(?-u:\b){CLOCK}"),
        // Jan 9, 2025; January 9th 2025
        format!(r"(?i)(?-u:\b){month_name}\s+(?P<day>3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)[0-9]{{2}})(?-u:\b){CLOCK}"),
        // Fri Dec  8 20:08:40 2023, as C's ctime prints it; with a zone before the year, as Java's Date does
        format!(r"(?i)(?-u:\b){month_name}\s+(?P<day>3[01]|[12][0-9]|0?[1-9])\s+(?P<hour>[0-2]?[0-9]):(?P<minute>[0-5][0-9]):(?P<second>[0-5][0-9])\s+(?:(?P<zone>[A-Z]{{1,4}}(?:[+-][0-9:]{{1,6}})?|[+-][0-9]{{4}})\s+)?(?P<year>(?:19|20)[0-9]{{2}})(?-u:\b)"),
        // 09.01.2025, as in German
        format!(r"(?-u:\b)(?P<day>3[01]|[12][0-9]|0?[1-9])\.\s?(?P<month>1[0-2]|0?[1-9])\.\s?(?P<year>(?:19|20)[0-9]{{2}})(?-u:\b){CLOCK}"),
        // 10:05 AM EST, June 1, 2025; 10:05, 1 June 2025; 16:05 2026/06/09
        format!(r"(?i){CLOCK_AHEAD}{month_name}\s+(?P<day>3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)[0-9]{{2}})(?-u:\b)"),
        format!(r"(?i){CLOCK_AHEAD}(?P<day>3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)?\.?\s{month_name},?\s+(?P<year>(?:19|20)[0-9]{{2}})(?-u:\b)"),
        format!(r"{CLOCK_AHEAD}(?P<year>(?:19|20)[0-9]{{2}})(?:-|/|\.)(?P<month>1[0-2]|0?[1-9])(?:-|/|\.)(?P<day>3[01]|[12][0-9]|0?[1-9])(?-u:\b)(?:[^\s:：0-9]|\s+[^\s:：0-9]|\s*$)"),
        // 20250109T100000Z, 20250109
        r"(?-u:\b)(?P<year>(?:19|20)[0-9]{2})(?P<month>1[0-2]|0[1-9])(?P<day>3[01]|[12][0-9]|0[1-9])(?:T?(?P<hour>[01][0-9]|2[0-3])(?P<minute>[0-5][0-9])(?P<second>[0-5][0-9])?(?P<zone>Z|[+-][0-9]{4})?)?(?-u:\b)".to_owned(),
    ]
    .iter()
    .map(|pattern| Regex::new(pattern).expect("a fixed pattern"))
    .collect()
});

/// The time that a field holds: the whole field is about one time. `zone` is the source's, for times without one.
pub(crate) fn parse(field: &str, zone: Option<&TimeZone>) -> Option<PageTime> {
    let field = field.trim();
    if let Ok(epoch) = field.parse::<i64>() {
        return from_epoch(epoch, field.len());
    }
    let plain = super::spacing::collapse(field);
    find(&plain, zone).or_else(|| find(&without_comments(&plain), zone))
}

/// A date of RFC 822 without its comments, which stand in brackets and may be nested.
fn without_comments(field: &str) -> String {
    let mut depth = 0_usize;
    let mut escaped = false;
    let mut out = String::with_capacity(field.len());
    for c in field.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '(' => {
                depth += 1;
                out.push(' ');
            }
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    super::spacing::collapse(&out)
}

/// The first time that stands in a text, one that is labelled as that of a change only where there is no other.
/// `zone` is the source's, for times without one.
pub(crate) fn find(text: &str, zone: Option<&TimeZone>) -> Option<PageTime> {
    let signs = Signs::of(text);
    if !signs.digit {
        return None;
    }
    PATTERNS
        .iter()
        .zip(signs.fitting())
        .filter(|(_, fits)| *fits)
        .filter_map(|(pattern, _)| {
            let times = pattern.captures_iter(text).filter_map(|found| {
                let start = found.get(0)?.start();
                Some(((is_change(text, start), start), read(&found, zone)?))
            });
            times.take(FEW).min_by_key(|(place, _)| *place)
        })
        .min_by_key(|(place, _)| *place)
        .map(|(_, time)| time)
}

/// Times of one text that are compared.
const FEW: usize = 4;

/// Whether the words in front of a time say that it is when something was changed.
fn is_change(text: &str, start: usize) -> bool {
    static LABEL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)(?:(?:更新|修改|最終更新|수정)(?:日期|時間|时间|日時|日)?|수정|updated|modified|changed|aktualisiert)\s*(?:on|at|am)?\s*[:：]?\s*(?:[0-9]{1,2}[:：][0-9]{2}[0-9:]{0,3}\s*(?:[AaPp]\.?[Mm]\.?)?\s*(?:[A-Z]{2,4})?\s*,?\s*(?:on\s+)?)?$")
            .expect("a fixed pattern")
    });
    const LONGEST_LABEL: usize = 40;
    let before = &text[..start];
    let from = before.char_indices().rev().nth(LONGEST_LABEL).map_or(0, |(place, _)| place);
    LABEL.is_match(&before[from..])
}

/// The day that an address carries: `/2025/01/09/`, `/26/1/9/`, `20250109`, `2025-01-09`.
pub(crate) fn in_address(url: &str) -> Option<PageTime> {
    static PARTS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        [
            r"[/=_-](?P<year>(?:19|20)[0-9]{2})[/-](?P<month>1[0-2]|0?[1-9])[/-](?P<day>3[01]|[12][0-9]|0?[1-9])(?:[/_.-]|$)",
            r"[/=_-][a-z]?(?P<year>20[0-9]{2})-?(?P<month>1[0-2]|0[1-9])[/-]?(?P<day>3[01]|[12][0-9]|0[1-9])(?:[/_.?&-]|[0-9]{2,8}\b|t[0-9]|$)",
            r"/(?P<short>[0-3][0-9])/(?P<month>1[0-2]|0?[1-9])/(?P<day>3[01]|[12][0-9]|0?[1-9])/",
        ]
        .iter()
        .map(|pattern| Regex::new(pattern).expect("a fixed pattern"))
        .collect()
    });
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    PARTS.iter().find_map(|pattern| read(&pattern.captures(path)?, None))
}

/// A time written as seconds or milliseconds since 1970: ten or thirteen digits.
fn from_epoch(epoch: i64, digits: usize) -> Option<PageTime> {
    let seconds = match digits {
        8 => return find(&epoch.to_string(), None),
        10 => epoch,
        13 => epoch / 1000,
        _ => return None,
    };
    let instant = jiff::Timestamp::from_second(seconds).ok()?;
    let local = TimeZone::UTC.to_datetime(instant);
    Some(PageTime { local, has_time: true, instant: Some(instant) })
}

fn read(found: &Captures<'_>, zone: Option<&TimeZone>) -> Option<PageTime> {
    let number = |name: &str| found.name(name).and_then(|group| group.as_str().parse::<i16>().ok());
    let year = number("year")
        .or_else(|| number("republic").map(|year| year + REPUBLIC_ERA))
        .or_else(|| era_year(found))
        .or_else(|| number("short").map(|year| year + 2000))
        .or_else(|| number("two").map(|year| if year < FIRST_YEAR % 100 { year + 2000 } else { year + 1900 }))?;
    let (month, day) = match (number("one"), number("other")) {
        (Some(one), Some(other)) => month_and_day(one, other)?,
        _ => {
            let printed = number("month").or_else(|| number("month_b")).or_else(|| number("month_c"));
            (printed.or_else(|| month_of(found.name("name")?.as_str()))?, number("day")?)
        }
    };
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
        return None;
    }
    let Some(clock) = clock_of(found) else { return Some(PageTime::day(date)) };
    let local = date.to_datetime(clock);
    let stated = ["zone", "zone_b", "ahead"].into_iter().find_map(|name| found.name(name));
    let stated = stated.and_then(|group| offset_of(group.as_str()));
    let instant = match stated {
        Some(offset) => offset.to_timestamp(local).ok(),
        None => zone.and_then(|zone| instant_in(local, zone)),
    };
    Some(PageTime { local, has_time: true, instant })
}

/// The year of a Japanese era.
fn era_year(found: &Captures<'_>) -> Option<i16> {
    let before = if found.name("era")?.as_str() == "令和" { 2018 } else { 1988 };
    let year = found.name("of_era")?.as_str();
    Some(before + if year == "元" { 1 } else { year.parse::<i16>().ok()? })
}

/// Month and day of two numbers whose order is not known. `None`: both could be the month.
fn month_and_day(one: i16, other: i16) -> Option<(i16, i16)> {
    match (one <= 12, other <= 12) {
        (true, false) => Some((one, other)),
        (false, true) => Some((other, one)),
        (true, true) if one == other => Some((one, other)),
        _ => None,
    }
}

/// The instant of a local time in the zone of the source.
pub(crate) fn instant_in(local: DateTime, zone: &TimeZone) -> Option<jiff::Timestamp> {
    zone.to_timestamp(local).ok()
}

fn clock_of(found: &Captures<'_>) -> Option<Time> {
    let number = |name: &str| found.name(name).and_then(|group| group.as_str().parse::<i8>().ok());
    let hour = number("hour")?;
    let half = found.name("half").map(|group| group.as_str());
    let meridiem = found
        .name("meridiem")
        .or_else(|| found.name("meridiem_b"))
        .map(|group| group.as_str().as_bytes()[0].to_ascii_lowercase());
    let afternoon = matches!(half, Some("下午" | "晚上" | "晚間" | "午後" | "오후")) || meridiem == Some(b'p');
    let hour = match hour {
        12 if meridiem == Some(b'a') => 0,
        hour if afternoon && hour < 12 => hour + 12,
        hour => hour,
    };
    Time::new(hour, number("minute").or_else(|| number("minute_b")).unwrap_or(0), number("second").unwrap_or(0), 0).ok()
}

/// The offset of a zone as printed. Abbreviations that mean several zones (`CST`, `IST`) are not read.
fn offset_of(zone: &str) -> Option<Offset> {
    let zone = zone.to_ascii_uppercase();
    let hours = match zone.as_str() {
        "Z" | "UT" | "UTC" | "GMT" => 0,
        "AEST" => 10,
        "AEDT" => 11,
        "HKT" | "SGT" => 8,
        "JST" | "KST" => 9,
        "CET" | "BST" => 1,
        "CEST" => 2,
        "MDT" => -6,
        "EST" => -5,
        "EDT" => -4,
        "PST" => -8,
        "PDT" => -7,
        _ => {
            let zone = zone.strip_prefix("GMT").unwrap_or(&zone);
            let (sign, digits) = (zone.starts_with('-'), zone.trim_start_matches(['+', '-']).replace(':', ""));
            let value: i32 = digits.parse().ok()?;
            let (hours, minutes) = if digits.len() > 2 { (value / 100, value % 100) } else { (value, 0) };
            let seconds = (hours * 60 + minutes) * 60;
            return Offset::from_seconds(if sign { -seconds } else { seconds }).ok();
        }
    };
    Offset::from_hours(hours).ok()
}

fn month_of(name: &str) -> Option<i16> {
    const NAMES: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let name = name.to_lowercase().replace('ä', "a").replace("mrz", "mar").replace("mai", "may").replace("okt", "oct");
    let name = name.replace("dez", "dec");
    let place = NAMES.iter().position(|known| name.starts_with(known))?;
    i16::try_from(place + 1).ok()
}

/// Whether words tell from when to when a measure is in force: a day among them is not that of the page.
pub(super) fn tells_force(words: &str) -> bool {
    static FORCE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:effective|effect|force|expires?|until|through)\b|施行|生效|[实實]施|起[实實]?行|日起|有效期|시행|から").expect("a fixed pattern")
    });
    FORCE.is_match(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(time: Option<PageTime>) -> String {
        time.map_or_else(
            || "-".to_owned(),
            |time| match (time.has_time, time.instant) {
                (false, _) => time.local.date().to_string(),
                (true, None) => time.local.to_string(),
                (true, Some(instant)) => format!("{} = {instant}", time.local),
            },
        )
    }

    #[test]
    fn times_are_read_as_printed() {
        let cases = [
            ("2025-01-09", "2025-01-09"),
            ("2025-01-09T10:05:00+08:00", "2025-01-09T10:05:00 = 2025-01-09T02:05:00Z"),
            ("2025-01-09T10:05:00.123Z", "2025-01-09T10:05:00 = 2025-01-09T10:05:00Z"),
            ("2025-01-09T10:05:00+0900", "2025-01-09T10:05:00 = 2025-01-09T01:05:00Z"),
            ("2024-04-30 16:38:37 +02:00", "2024-04-30T16:38:37 = 2024-04-30T14:38:37Z"),
            ("2025/1/9 8:05", "2025-01-09T08:05:00"),
            ("2019.08.20 09:31", "2019-08-20T09:31:00"),
            ("2025年1月9日 10時05分", "2025-01-09T10:05:00"),
            ("2023年11月17日 15:13:20", "2023-11-17T15:13:20"),
            ("中華民國114年1月9日", "2025-01-09"),
            ("民國 98 年 12 月 7 日 下午4時00分", "2009-12-07T16:00:00"),
            ("2025년 1월 9일 오후 3시 05분", "2025-01-09T15:05:00"),
            ("Fri, 01 Nov 2024 09:26:00 +0800", "2024-11-01T09:26:00 = 2024-11-01T01:26:00Z"),
            ("Sat, 17 Dec 2005 15:21:36 GMT", "2005-12-17T15:21:36 = 2005-12-17T15:21:36Z"),
            ("Fri Dec  8 20:08:40 2023", "2023-12-08T20:08:40"),
            ("January 9, 2025", "2025-01-09"),
            ("Jan. 9, 2025, 3:05 PM EST", "2025-01-09T15:05:00 = 2025-01-09T20:05:00Z"),
            ("9. Januar 2025", "2025-01-09"),
            ("28.04.2023", "2023-04-28"),
            ("02-JUN-1988 10:20:30.40", "1988-06-02T10:20:30"),
            ("20250109", "2025-01-09"),
            ("2026年1月27日（星期二）香港時間16時30分", "2026-01-27T16:30:00"),
            ("令和8年1月22日", "2026-01-22"),
            ("平成元年3月1日", "1989-03-01"),
            ("發布日期：115-01-09", "2026-01-09"),
            ("115/01/09", "2026-01-09"),
            ("更新日期：2026-01-12 發布日期：2026-01-09 10:30", "2026-01-09T10:30:00"),
            ("Updated: Jan. 12, 2026 Published: Jan. 9, 2026", "2026-01-09"),
            ("更新时间：2026-01-12", "2026-01-12"),
            ("Updated 10:05 AM EST, January 12, 2026", "2026-01-12T10:05:00 = 2026-01-12T15:05:00Z"),
            ("01/27/2026 05:34 PM", "2026-01-27T17:34:00"),
            ("27/01/2026", "2026-01-27"),
            ("01-27-2026, 09:00 AM", "2026-01-27T09:00:00"),
            ("2026-01-27 HKT 16:35", "2026-01-27T16:35:00 = 2026-01-27T08:35:00Z"),
            ("Fri 9 Jan 2026 08.11 GMT", "2026-01-09T08:11:00 = 2026-01-09T08:11:00Z"),
            ("9 January 2026 3.05pm", "2026-01-09T15:05:00"),
            ("9 January 2026 3.05 points", "2026-01-09"),
            ("10:05 AM EST, January 9, 2026", "2026-01-09T10:05:00 = 2026-01-09T15:05:00Z"),
            ("4:05 p.m. on Friday, Jan. 9, 2026", "2026-01-09T16:05:00"),
            ("16:05 2026/01/09", "2026-01-09T16:05:00"),
            ("10:05 2026/01/09 16:05", "2026-01-09T16:05:00"),
            ("Fri Jan 09 11:20:05 CST 2026", "2026-01-09T11:20:05"),
            ("Fri Jan 09 11:20:05 GMT+08:00 2026", "2026-01-09T11:20:05 = 2026-01-09T03:20:05Z"),
            ("01/09/2026", "-"),
            ("up 115.2.3 points", "-"),
            ("1529283660000", "2018-06-18T01:01:00 = 2018-06-18T01:01:00Z"),
            ("2025-13-09", "-"),
            ("30 Feb 2025", "-"),
            ("version 10.2.3", "-"),
            ("", "-"),
        ];
        for (field, expected) in cases {
            assert_eq!(printed(parse(field, None)), expected, "{field}");
        }
    }

    #[test]
    fn the_zone_of_the_source_gives_an_instant_where_the_page_has_none() {
        let taipei = TimeZone::fixed(jiff::tz::offset(8));
        assert_eq!(
            printed(parse("Fri Dec  8 20:08:40 2023", Some(&taipei))),
            "2023-12-08T20:08:40 = 2023-12-08T12:08:40Z"
        );
        assert_eq!(printed(parse("2023-12-08T20:08:40Z", Some(&taipei))), "2023-12-08T20:08:40 = 2023-12-08T20:08:40Z");
    }

    #[test]
    fn addresses_carry_days() {
        let cases = [
            ("https://news.example.com/2025/01/09/a.html", "2025-01-09"),
            ("https://www.example.com/gb/26/1/9/n10000001.htm", "2026-01-09"),
            ("https://news.example.hk/ch/component/k2/1234567-20250317.htm", "2025-03-17"),
            ("https://news.example.com/c/2019-09-07/doc-1.shtml", "2019-09-07"),
            ("https://example.cn/202304/t20230407_10000001.shtml", "2023-04-07"),
            ("https://www.example.com.tw/news/afe/202312080123.aspx", "2023-12-08"),
            ("https://example.com/article/1234567", "-"),
        ];
        for (url, expected) in cases {
            assert_eq!(printed(in_address(url)), expected, "{url}");
        }
    }
}
