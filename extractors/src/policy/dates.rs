//! The days that an announcement names. Only whole dates, or day and month near a day that is known.

use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use regex::{Captures, Regex};

use super::rules::DAY;

static PARTS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\d+").expect("a fixed pattern"));
static WHOLE: LazyLock<Regex> = LazyLock::new(|| Regex::new(&DAY).expect("a fixed pattern"));

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/// Year 1 of the Republic's calendar is 1912.
const ERA: i16 = 1911;
/// Year 1 of Reiwa is 2019.
const REIWA: i16 = 2018;

/// The first date in a folded text.
pub(super) fn first(text: &str, reference: Option<Date>) -> Option<Date> {
    WHOLE.find_iter(text).find_map(|found| day(found.as_str(), reference))
}

/// Whether a folded text is a date and nothing else.
pub(super) fn is_only_date(text: &str) -> bool {
    let text = text.trim().trim_matches(['(', ')']).trim_end_matches('.');
    WHOLE.find(text).is_some_and(|found| found.range() == (0..text.len()))
}

/// How many bytes of a folded text are the date with which it begins.
pub(super) fn leading(text: &str) -> Option<usize> {
    WHOLE.find(text).filter(|found| found.start() == 0).map(|found| found.end())
}

/// The date in a named group of a match, or in the group `american`, where the month stands first (06/12/2026).
pub(super) fn group(captures: &Captures<'_>, name: &str, reference: Option<Date>) -> Option<Date> {
    if let Some(american) = captures.name("american") {
        let [month, day, year] = digits(american.as_str()).try_into().ok()?;
        return date(year, month, day);
    }
    day(captures.name(name)?.as_str(), reference)
}

/// The date that these words give. `reference` supplies the year of a day without one.
pub(super) fn day(words: &str, reference: Option<Date>) -> Option<Date> {
    let lower = words.to_lowercase();
    if let Some(month) = (1..).zip(MONTHS).find(|(_, name)| lower.contains(name)).map(|(month, _)| month) {
        return english(&lower, month, reference);
    }
    let numbers = if lower.contains('年') && !lower.contains(|c: char| c.is_ascii_digit()) {
        chinese_numbers(&lower)
    } else {
        digits(&lower)
    };
    match numbers.as_slice() {
        // 31.12.2026: in front of points the day stands first.
        [day, month, year] if *year > 1000 && lower.contains('.') => date(*year, *month, *day),
        // 09/30/2025: only where one of the two cannot be a month, or both are the same.
        [one, other, year] if *year > 1000 => match (*one > 12, *other > 12) {
            (true, false) => date(*year, *other, *one),
            (false, true) => date(*year, *one, *other),
            _ if one == other => date(*year, *one, *other),
            _ => None,
        },
        // 115年2月6日, 115-02-06: a year of the Republic without its name.
        [year @ 100..200, month, day] if !lower.contains("民国") && !lower.contains("令和") => {
            date(year + ERA, *month, *day)
        }
        [year, month, day] => {
            let era = [("民国", ERA), ("令和", REIWA)].into_iter().find(|(name, _)| lower.contains(name));
            date(year.checked_add(era.map_or(0, |(_, before)| before))?, *month, *day)
        }
        [month, day] => near(*month, *day, reference?),
        _ => None,
    }
}

fn english(words: &str, month: i16, reference: Option<Date>) -> Option<Date> {
    match digits(words).as_slice() {
        [day, year] => date(*year, month, *day),
        [day] => near(month, *day, reference?),
        _ => None,
    }
}

fn digits(words: &str) -> Vec<i16> {
    PARTS.find_iter(words).filter_map(|part| part.as_str().parse().ok()).collect()
}

/// 二〇二五年十一月八日
fn chinese_numbers(words: &str) -> Vec<i16> {
    words
        .trim_start_matches(['民', '国'])
        .split(['年', '月', '日'])
        .filter(|part| !part.is_empty())
        .filter_map(chinese_number)
        .collect()
}

/// A number in Chinese digits, by position (二〇二五) or with hundred and ten (二十八, 一百十四).
pub(super) fn chinese_number(words: &str) -> Option<i16> {
    let digit =
        |c: char| "〇一二三四五六七八九".chars().position(|d| d == if "○零".contains(c) { '〇' } else { c });
    if let Some((hundreds, rest)) = words.split_once('百') {
        let hundreds = i16::try_from(digit(hundreds.chars().next()?)?).ok()?;
        return Some(hundreds * 100 + chinese_number(rest)?);
    }
    if let Some((tens, ones)) = words.split_once('十') {
        let value = |part: &str, absent| part.chars().next().map_or(Some(absent), |c| digit(c).map(|d| d as i16));
        return Some(value(tens, 1)? * 10 + value(ones, 0)?);
    }
    words.chars().try_fold(0_i16, |sum, c| sum.checked_mul(10)?.checked_add(i16::try_from(digit(c)?).ok()?))
}

fn date(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// The day of this month that is nearest to the reference.
fn near(month: i16, day: i16, reference: Date) -> Option<Date> {
    let years = [reference.year() - 1, reference.year(), reference.year() + 1];
    let distance = |date: &Date| reference.until(*date).map_or(i32::MAX, |span| span.get_days().abs());
    years.into_iter().filter_map(|year| date(year, month, day)).min_by_key(distance)
}

/// The day that is so many days behind: the day following the publication, the twentieth day.
pub(super) fn following(from: Date, ordinal: Option<&str>) -> Option<Date> {
    let days = match ordinal.unwrap_or("1").to_lowercase().trim_end_matches("th") {
        "third" => 3,
        "fif" | "fifth" => 5,
        "seven" | "seventh" => 7,
        "ten" | "tenth" | "十" => 10,
        "fourteen" => 14,
        "fifteen" | "十五" => 15,
        "twentie" | "二十" => 20,
        "thirtie" | "三十" => 30,
        "sixtie" | "六十" => 60,
        digits => digits.parse::<i32>().ok()?,
    };
    from.checked_add(days.days()).ok()
}

/// The last day of a time that begins on this day: 90 days, one year.
pub(super) fn last_day(from: Date, count: &str, unit: &str) -> Option<Date> {
    let count = match count {
        "a" | "another" | "one" | "一" => 1,
        "two" | "两" | "二" => 2,
        "three" | "三" => 3,
        "four" | "四" => 4,
        "five" | "五" => 5,
        "six" | "六" => 6,
        "seven" | "七" => 7,
        "eight" | "八" => 8,
        "nine" | "九" => 9,
        "ten" => 10,
        "eleven" => 11,
        "eighteen" => 18,
        "十" => 10,
        "twelve" => 12,
        digits => digits.parse::<i32>().ok()?,
    };
    let span: Span = match unit.chars().next()? {
        '天' | '日' | 'd' => count.days(),
        '个' | 'm' => count.months(),
        _ => count.years(),
    };
    from.checked_add(span).and_then(|end| end.checked_sub(1.day())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_in_all_their_spellings() {
        let reference = Some(date(2025, 11, 12));
        for (words, day) in [
            ("自2025年11月8日起", date(2025, 11, 8)),
            ("2025-11-08", date(2025, 11, 8)),
            ("effective November 8, 2025", date(2025, 11, 8)),
            ("8 Nov. 2025", date(2025, 11, 8)),
            ("民国114年11月8日", date(2025, 11, 8)),
            ("自114年11月8日起", date(2025, 11, 8)),
            ("二〇二五年十一月二十八日", date(2025, 11, 28)),
            ("民国一百十四年十二月一日", date(2025, 12, 1)),
            ("民国一一四年十一月二十八日", date(2025, 11, 28)),
            ("11月10日", date(2025, 11, 10)),
            ("1月3日", date(2026, 1, 3)),
            ("令和7年11月8日", date(2025, 11, 8)),
            ("2025년 11월 8일", date(2025, 11, 8)),
            ("17th June, 2025", date(2025, 6, 17)),
            ("09/30/2025", date(2025, 9, 30)),
            ("up to 05.06.2025", date(2025, 6, 5)),
            ("發布日期：114-11-08", date(2025, 11, 8)),
        ] {
            assert_eq!(first(words, reference), Some(day), "{words}");
        }
        assert_eq!(first("11月10日", None), None, "the year is not known");
        assert_eq!(first("05/06/2025", reference), None, "June or May");
        assert_eq!(first("the ships were marked 25 times", reference), None, "no month");
        assert_eq!(first("2025年13月40日", reference), None);
        assert!(is_only_date("(2025年4月4日)") && !is_only_date("2025年4月4日公布"));
    }

    #[test]
    fn a_time_ends_on_the_day_before() {
        let from = date(2025, 11, 10);
        assert_eq!(last_day(from, "一", "年"), Some(date(2026, 11, 9)));
        assert_eq!(last_day(from, "90", "days"), Some(date(2026, 2, 7)));
        assert_eq!(last_day(from, "six", "months"), Some(date(2026, 5, 9)));
    }
}
