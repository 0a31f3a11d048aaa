//! Chinese periods: 2025年12月, 民國114年, 去年12月, 前11月, 1至11月, 首季, 上半年, 2月1日至10日, 上月, 去年同期.

use std::sync::LazyLock;

use jiff::civil::Date;

use super::numeric::{is_inside_number, short_number, year as digits_year};
use super::vocabulary::{VOCABULARY, Word};
use super::{Part, Reading, Year, expression, relative};
use crate::hash::CharSet;
use crate::text::number::han_digit;
use crate::text::view::View;

/// The first year of the calendar of the Republic of China is 1912.
const REPUBLIC: i16 = 1911;

/// Days that 首 and 前 count from the first of a month; fewer are days before or after something.
const FEWEST_FIRST_DAYS: u8 = 5;

/// How everything begins that is read here, digits apart.
static STARTS: LazyLock<CharSet> = LazyLock::new(|| beginnings().collect());

/// The characters with which something begins that is read here, digits apart.
pub(super) fn beginnings() -> impl Iterator<Item = char> {
    let own = "民上下第qh末元今昨明本十".chars();
    let digits = ('\u{3007}'..='\u{9fff}').filter(|&c| han_digit(c).is_some()).chain(['○']);
    own.chain(digits).chain(VOCABULARY.words.firsts()).chain(VOCABULARY.firsts.firsts())
}

/// Reads a Chinese period that begins here.
pub(super) fn read(view: &View<'_>, place: usize, reference: Option<Date>) -> Option<Reading> {
    let c = view.at(place);
    if !c.is_ascii_digit() && !STARTS.may_hold(c) {
        return None;
    }
    if let Some(reading) = with_year(view, place, reference) {
        return Some(reading);
    }
    if let Some((end, part)) = bracketed_month(view, place).or_else(|| part(view, place)) {
        return expression(None, part, reference).map(|named| Reading::Mention(end, named));
    }
    if let Some((end, day)) = bracketed_day(view, place) {
        return expression(None, Part::Day(None, day), reference).map(|named| Reading::Mention(end, named));
    }
    if c.is_ascii_digit() || han_digit(c).is_some() {
        return None;
    }
    let (end, word) = VOCABULARY.words.at(view, place)?;
    relative(view, place, end, word, reference).map(|named| Reading::Mention(end, named))
}

/// A year and what follows it.
fn with_year(view: &View<'_>, place: usize, reference: Option<Date>) -> Option<Reading> {
    if let Some(reading) = years(view, place) {
        return Some(reading);
    }
    if let Some(end) = fiscal(view, place) {
        return Some(Reading::Skip(end));
    }
    let (end, year, relative_word) = year(view, place)?;
    let mut at = view.skip_spaces(end);
    if view.at(at) == '的' {
        at += 1;
    }
    if let Some((part_end, part)) = part(view, at).or_else(|| whole(view, at)) {
        if let Some(reading) = to_another_year(view, place, year, part, part_end, reference) {
            return Some(reading);
        }
        return expression(Some(year), part, reference).map(|named| Reading::Mention(part_end, named));
    }
    if relative_word {
        // 去年同期 and 今年以來 are words of their own, and a comparison is for `relative` to see.
        return None;
    }
    // 2020年代 is a decade, 2025年期 a term.
    if matches!(view.at(end), '代' | '期' | '级') {
        return Some(Reading::Skip(end));
    }
    expression(Some(year), Part::Whole, reference).map(|named| Reading::Mention(end, named))
}

/// 2025年, 二〇二五年, 民國114年, 114年, 去年: the place behind, the year, and whether it is a relative word.
fn year(view: &View<'_>, place: usize) -> Option<(usize, Year, bool)> {
    let c = view.at(place);
    if c == '民' {
        let at = (view.at(place + 1) == '国').then(|| view.skip_spaces(place + 2))?;
        let (end, count) = count(view, at)?;
        let end = year_mark(view, end)?;
        return Some((end, Year::Fixed(REPUBLIC + i16::from(count)), false));
    }
    if c.is_ascii_digit() {
        if view.before(place).is_ascii_alphanumeric() {
            return None;
        }
        if let Some((end, year)) = digits_year(view, place) {
            let whole = view.skip_spaces(end);
            let mark = year_mark(view, end).or_else(|| self::whole(view, whole).map(|_| whole))?;
            return Some((mark, Year::Fixed(year), false));
        }
        return republic(view, place);
    }
    if let Some(year) = han_year(view, place) {
        return Some((place + 5, Year::Fixed(year), false));
    }
    if let Some((end, year)) = bracketed_year(view, place).or_else(|| republic_in_han(view, place)) {
        return Some((end, Year::Fixed(year), false));
    }
    let (end, word) = VOCABULARY.words.at(view, place)?;
    match word {
        Word::YearShift(shift) => Some((end, Year::Shift(shift), true)),
        _ => None,
    }
}

fn year_mark(view: &View<'_>, place: usize) -> Option<usize> {
    let at = view.skip_spaces(place);
    (view.at(at) == '年' && at - place <= 1).then_some(at + 1)
}

/// 114年 where a span of 114 years is not meant: a month, quarter or the like follows, or a plausible year stands free.
fn republic(view: &View<'_>, place: usize) -> Option<(usize, Year, bool)> {
    const PLAUSIBLE: std::ops::RangeInclusive<u16> = 90..=130;
    const PLAIN: std::ops::RangeInclusive<u16> = 105..=130;
    let (end, value, digits) = short_number(view, place)?;
    if !PLAUSIBLE.contains(&value) || matches!(view.before(place), '.' | ',' | '-' | '$') {
        return None;
    }
    let end = year_mark(view, end)?;
    let at = view.skip_spaces(end);
    let part_follows = part(view, at).or_else(|| whole(view, at)).is_some();
    let span =
        matches!(view.at(at), '来' | '前' | '后' | '间' | '历' | '之' | '以' | '内' | '期' | '多' | '余' | '份' | '度');
    let plain = !span && (digits == 3 && PLAIN.contains(&value) || named_before(view, place));
    (part_follows && digits == 3 || plain)
        .then(|| Some((end, Year::Fixed(REPUBLIC + i16::try_from(value).ok()?), false)))?
}

/// Whether 民國 stands not far before: what follows counts in its years too (民國90年、98年).
fn named_before(view: &View<'_>, place: usize) -> bool {
    const FAR: usize = 60;
    let near = view.chars.get(place.saturating_sub(FAR)..place).unwrap_or_default();
    near.windows(2).any(|pair| pair == ['民', '国'])
}

/// 今(2025)年, 去(113)年: the year that a bracket writes out.
fn bracketed_year(view: &View<'_>, place: usize) -> Option<(usize, i16)> {
    if !matches!(view.at(place), '今' | '去' | '本' | '上' | '前' | '明') || view.at(place + 1) != '(' {
        return None;
    }
    let (end, year) = digits_year(view, place + 2).or_else(|| {
        let (end, value, digits) = short_number(view, place + 2)?;
        (digits == 3).then(|| Some((end, REPUBLIC + i16::try_from(value).ok()?)))?
    })?;
    (view.at(end) == ')' && view.at(end + 1) == '年').then_some((end + 2, year))
}

/// 九十八年十一月: a year of the Republic in Han numerals, where a part of it follows or 民國 stands near.
fn republic_in_han(view: &View<'_>, place: usize) -> Option<(usize, i16)> {
    const NEAR: usize = 200;
    const PLAUSIBLE: std::ops::RangeInclusive<u8> = 60..=130;
    if han_digit(view.at(place)).is_none() || is_inside_number(view, place) || han_digit(view.before(place)).is_some() {
        return None;
    }
    let (end, value) = hundreds(view, place).or_else(|| count(view, place))?;
    if !PLAUSIBLE.contains(&value) || view.at(end) != '年' {
        return None;
    }
    let at = end + 1;
    let span = matches!(view.at(at), '来' | '前' | '后' | '间' | '历' | '之' | '以' | '内' | '期' | '多' | '代');
    let part_follows = part(view, at).or_else(|| whole(view, at)).is_some();
    let named = || {
        let near = view.chars.get(place.saturating_sub(NEAR)..(place + NEAR).min(view.len())).unwrap_or_default();
        near.windows(2).any(|pair| pair == ['民', '国'])
    };
    (part_follows || !span && named()).then_some((at, REPUBLIC + i16::from(value)))
}

/// 一百年, 一百零一年, 一百一十四年: the place behind the number, and the number.
fn hundreds(view: &View<'_>, place: usize) -> Option<(usize, u8)> {
    if view.at(place) != '一' || view.at(place + 1) != '百' {
        return None;
    }
    let at = if matches!(view.at(place + 2), '零' | '〇' | '○') { place + 3 } else { place + 2 };
    let (end, rest) = count(view, at).filter(|(_, rest)| *rest < 100).unwrap_or((place + 2, 0));
    Some((end, 100 + rest))
}

/// 上(4)月, 本(5)月份: the month that a bracket writes out.
fn bracketed_month(view: &View<'_>, place: usize) -> Option<(usize, Part)> {
    let named = matches!(view.at(place), '上' | '本' | '前' | '下') && view.at(place + 1) == '(';
    let (end, month) = named.then(|| count(view, place + 2))??;
    let closed = view.at(end) == ')' && view.at(end + 1) == '月' && (1..=12).contains(&month);
    closed.then(|| (month_end(view, end + 2), Part::Month(month)))
}

/// Four Han digits and 年.
fn han_year(view: &View<'_>, place: usize) -> Option<i16> {
    let mut year = 0;
    for at in place..place + 4 {
        year = year * 10 + i16::try_from(han_digit(view.at(at))?).ok()?;
    }
    (view.at(place + 4) == '年' && (1900..2100).contains(&year)).then_some(year)
}

/// The place behind a fiscal year in digits.
fn fiscal(view: &View<'_>, place: usize) -> Option<usize> {
    let (end, _, _) = short_number(view, place)?;
    VOCABULARY.fiscal.at(view, view.skip_spaces(end)).map(|(end, ())| end)
}

/// 2023至2024年, 2023年至2024年.
fn years(view: &View<'_>, place: usize) -> Option<Reading> {
    let (end, first) = digits_year(view, place)?;
    let end = year_mark(view, end).unwrap_or(end);
    let join = join(view, end)?;
    let (end, last) = digits_year(view, join)?;
    let end = year_mark(view, end)?;
    if part(view, view.skip_spaces(end)).is_some() {
        return None;
    }
    let period = bellwether_model::period::Period::months((first, 1), (last, 12))?;
    Some(Reading::Mention(end, crate::text::PeriodExpression::Fixed(period)))
}

/// 2024年12月至2025年2月, 去年12月至今年2月.
fn to_another_year(
    view: &View<'_>,
    place: usize,
    first: Year,
    from: Part,
    end: usize,
    reference: Option<Date>,
) -> Option<Reading> {
    let Part::Month(from) = from else { return None };
    let (end, last, _) = year(view, join(view, end)?)?;
    let (end, Part::Month(to)) = part(view, view.skip_spaces(end))? else { return None };
    let period =
        bellwether_model::period::Period::months((first.known(reference)?, from), (last.known(reference)?, to))?;
    (place < end).then_some(Reading::Mention(end, crate::text::PeriodExpression::Fixed(period)))
}

/// The place behind a mark that joins the ends of a span.
fn join(view: &View<'_>, place: usize) -> Option<usize> {
    let at = view.skip_spaces(place);
    matches!(view.at(at), '至' | '到' | '-' | '~' | '～' | '〜' | '—' | '–' | '―' | '─' | '−').then(|| {
        // A long dash is often two of them.
        let next = if view.at(at) == view.at(at + 1) { at + 2 } else { at + 1 };
        view.skip_spaces(next)
    })
}

/// A small count in digits or Han numerals up to 99, and 元 for the first month.
fn count(view: &View<'_>, place: usize) -> Option<(usize, u8)> {
    if view.at(place).is_ascii_digit() {
        let (end, value, digits) = short_number(view, place)?;
        return (digits <= 3).then(|| Some((end, u8::try_from(value).ok()?)))?;
    }
    let (mut tens, mut ones, mut end) = (0, 0, place);
    if let Some(digit) = han_digit(view.at(end)) {
        (ones, end) = (digit, end + 1);
    }
    if view.at(end) == '十' {
        (tens, ones, end) = (if end == place { 1 } else { ones }, 0, end + 1);
        if let Some(digit) = han_digit(view.at(end)) {
            (ones, end) = (digit, end + 1);
        }
    }
    (end > place).then(|| Some((end, u8::try_from(tens * 10 + ones).ok()?)))?
}

/// A part of a year, of whichever year.
fn part(view: &View<'_>, place: usize) -> Option<(usize, Part)> {
    match view.at(place) {
        '上' | '下' => half(view, place),
        '第' => quarter(view, view.skip_spaces(place + 1), place),
        'q' | 'h' => super::numeric::letter_part(view, place).filter(|_| !view.before(place).is_ascii_alphabetic()),
        '末' => (view.at(place + 1) == '季').then_some((after_quarter(view, place + 1)?, Part::Quarter(4))),
        '元' => (view.at(place + 1) == '月').then_some((month_end(view, place + 2), Part::Month(1))),
        _ => {
            if let Some((at, ())) = VOCABULARY.firsts.at(view, place) {
                return firsts(view, place, view.skip_spaces(at));
            }
            months(view, place).or_else(|| quarter(view, place, place)).or_else(|| lone_day(view, place))
        }
    }
}

/// 全年 behind a year.
fn whole(view: &View<'_>, place: usize) -> Option<(usize, Part)> {
    let stands = matches!(view.at(place), '全' | '整') && view.at(place + 1) == '年';
    stands.then_some((place + 2, Part::Whole))
}

/// 上半年, 下半年.
fn half(view: &View<'_>, place: usize) -> Option<(usize, Part)> {
    let stands = view.at(place + 1) == '半' && view.at(place + 2) == '年';
    let number = if view.at(place) == '上' { 1 } else { 2 };
    stands.then_some((place + 3, Part::Half(number)))
}

/// 第一季, 第4季度, 第1至3季, 四季度. `start`: where 第 stands.
fn quarter(view: &View<'_>, place: usize, start: usize) -> Option<(usize, Part)> {
    let (end, first) = count(view, place)?;
    let ordinal = place > start;
    if !(1..=4).contains(&first)
        || (!ordinal && (matches!(view.before(place), '续' | '个') || is_inside_number(view, place)))
    {
        return None;
    }
    let mut last = first;
    let mut at = end;
    let behind = |next: usize| if view.at(next) == '第' { next + 1 } else { next };
    if let Some(next) = join(view, end) {
        (at, last) = count(view, behind(next))?;
    }
    // 第一、二季, 一、二、三季度
    while last < 4 && matches!(view.at(at), '、' | '及' | '和' | '与') {
        let (end, next) = count(view, behind(at + 1))?;
        if next != last + 1 {
            return None;
        }
        (at, last) = (end, next);
    }
    let at = view.skip_spaces(at);
    // Without 第, four quarters and the fourth quarter differ by 度 alone.
    if view.at(at) != '季' || !(first..=4).contains(&last) || (!ordinal && view.at(at + 1) != '度') {
        return None;
    }
    let end = after_quarter(view, at)?;
    Some((end, if first == last { Part::Quarter(first) } else { Part::Months(first * 3 - 2, last * 3) }))
}

/// The place behind 季 or 季度.
fn after_quarter(view: &View<'_>, place: usize) -> Option<usize> {
    let end = if view.at(place + 1) == '度' { place + 2 } else { place + 1 };
    (view.at(place) == '季').then_some(end)
}

/// 首季, 前三季, 前11月, 首10個月, 前兩月, 首20日, 前半年.
fn firsts(view: &View<'_>, place: usize, at: usize) -> Option<(usize, Part)> {
    // 目前, 之前, 以前 and 日前 are no firsts; 月前 is one in 2月前10天 and a time gone by in 3個月前.
    let word = matches!(view.before(place), '目' | '之' | '以' | '日' | '先')
        || (view.before(place) == '月' && view.before(place - 1) == '个');
    if word && view.at(place) == '前' {
        return None;
    }
    match view.at(at) {
        '季' if view.at(place) == '首' => return Some((after_quarter(view, at)?, Part::Quarter(1))),
        '半' if view.at(at + 1) == '年' => return Some((at + 2, Part::Half(1))),
        '月' if view.at(place) == '首' => return Some((at + 1, Part::Month(1))),
        _ => {}
    }
    let (end, number) = count(view, at)?;
    let end = view.skip_spaces(end);
    let (unit, counted) = if view.at(end) == '个' { (view.skip_spaces(end + 1), true) } else { (end, false) };
    match view.at(unit) {
        // 前一個月 is the month before.
        '月' if number == 1 && counted && view.at(place) == '前' => None,
        '月' if (1..=12).contains(&number) => Some((month_end(view, unit + 1), Part::Months(1, number))),
        '季' if (1..=4).contains(&number) => Some((after_quarter(view, unit)?, Part::Months(1, number * 3))),
        '日' | '天' if (FEWEST_FIRST_DAYS..=31).contains(&number) => Some((unit + 1, Part::Days(None, 1, number))),
        _ => None,
    }
}

/// The place behind 月份.
fn month_end(view: &View<'_>, place: usize) -> usize {
    if view.at(place) == '份' { place + 1 } else { place }
}

/// 12月, 1至11月, 1月至11月, 1、2月, 12月9日, 2月1日至10日, 2月上旬, 2月首10日, 11月底.
fn months(view: &View<'_>, place: usize) -> Option<(usize, Part)> {
    if view.before(place) == '第' || is_inside_number(view, place) || is_streak(view, place) {
        return None;
    }
    let (end, first) = count(view, place)?;
    let at = view.skip_spaces(end);
    let first = Some(first).filter(|month| (1..=12).contains(month))?;
    if view.at(at) != '月' {
        return two_months(view, end, first);
    }
    let end = month_end(view, at + 1);
    if let Some(behind) = join(view, end)
        && let Some((next, last)) = count(view, behind)
        && view.at(view.skip_spaces(next)) == '月'
        && (first + 1..=12).contains(&last)
    {
        let last_end = month_end(view, view.skip_spaces(next) + 1);
        // 1月5日至2月3日 has days; only whole months are read here.
        return Some((last_end, Part::Months(first, last)));
    }
    Some(days_of(view, end, first).unwrap_or((end, Part::Month(first))))
}

/// 連3月, 連續兩月: so many months in a row. 兩 always counts.
fn is_streak(view: &View<'_>, place: usize) -> bool {
    let row = view.before(place) == '续' && view.before(place - 1) == '连';
    view.at(place) == '两' || view.before(place) == '连' || row
}

/// 至11月 or 、2月 behind the number of a first month.
fn two_months(view: &View<'_>, end: usize, first: u8) -> Option<(usize, Part)> {
    let listed = matches!(view.at(end), '、' | '及' | '和' | '与' | '加');
    let behind = join(view, end).or_else(|| listed.then(|| view.skip_spaces(end + 1)))?;
    let (next, last) = count(view, behind)?;
    let at = view.skip_spaces(next);
    let fits = view.at(at) == '月' && (first + 1..=12).contains(&last) && (!listed || last == first + 1);
    fits.then(|| (month_end(view, at + 1), Part::Months(first, last)))
}

/// What follows a month and narrows it to days.
fn days_of(view: &View<'_>, end: usize, month: u8) -> Option<(usize, Part)> {
    let at = view.skip_spaces(end);
    match (view.at(at), view.at(at + 1)) {
        ('上', '旬') => return Some((at + 2, Part::Days(Some(month), 1, 10))),
        ('中', '旬') => return Some((at + 2, Part::Days(Some(month), 11, 20))),
        ('下', '旬') => return Some((at + 2, Part::Days(Some(month), 21, 31))),
        ('底' | '初' | '末' | '杪', _) => return Some((at + 1, Part::SomeDay)),
        ('中', ',' | '。') => return Some((at + 1, Part::SomeDay)),
        _ => {}
    }
    if let Some((from, ())) = VOCABULARY.firsts.at(view, at) {
        let (end, Part::Days(None, from, to)) = firsts(view, at, view.skip_spaces(from))? else { return None };
        return Some((end, Part::Days(Some(month), from, to)));
    }
    let (end, from, to) = day_span(view, at)?;
    Some(match (to, other_month_day(view, end)) {
        (Some(to), _) => (end, Part::Days(Some(month), from, to)),
        (None, Some((end, last_month, to))) => (end, Part::across((month, from), (last_month, to))),
        (None, None) => (end, Part::Day(Some(month), from)),
    })
}

/// 至2月3日 behind a day: the place behind, the month and the day.
fn other_month_day(view: &View<'_>, end: usize) -> Option<(usize, u8, u8)> {
    let (next, month) = count(view, join(view, end)?)?;
    let at = view.skip_spaces(next);
    let (end, day, to) = (view.at(at) == '月').then(|| day_span(view, view.skip_spaces(at + 1)))??;
    (to.is_none() && (1..=12).contains(&month)).then_some((end, month, day))
}

/// 9日, 9號, 1日至10日, 1至10日, 1-20日: the place behind, the first day and the last one where two are named.
fn day_span(view: &View<'_>, place: usize) -> Option<(usize, u8, Option<u8>)> {
    let (end, from) = count(view, place)?;
    let at = view.skip_spaces(end);
    let marked = is_day_mark(view, at);
    let behind = if marked { at + 1 } else { end };
    if let Some(next) = join(view, behind)
        && let Some((to_end, to)) = count(view, next)
        && is_day_mark(view, view.skip_spaces(to_end))
        && (1..=31).contains(&from)
        && (from + 1..=31).contains(&to)
    {
        return Some((view.skip_spaces(to_end) + 1, from, Some(to)));
    }
    (marked && (1..=31).contains(&from)).then_some((behind, from, None))
}

/// 日 or 號, where it does not begin another word (日圓, 日本) or end a span of time (3日內).
fn is_day_mark(view: &View<'_>, place: usize) -> bool {
    let next = view.at(place + 1);
    match view.at(place) {
        '日' => !matches!(next, '元' | '圆' | '本' | '币' | '円' | '均' | '内' | '后' | '线' | '圓' | '游'),
        '号' => !matches!(next, '码' | '线' | '令' | '公' | '文' | '召'),
        _ => false,
    }
}

/// A day or days without a month: 9日, 1日至20日.
fn lone_day(view: &View<'_>, place: usize) -> Option<(usize, Part)> {
    if is_inside_number(view, place) || matches!(view.before(place), '第' | '十' | '前' | '首' | '近' | '满' | '共')
    {
        return None;
    }
    let (end, from, to) = day_span(view, place)?;
    Some((end, to.map_or(Part::Day(None, from), |to| Part::Days(None, from, to))))
}

/// 今(9)日, 昨(8)天, (9日).
fn bracketed_day(view: &View<'_>, place: usize) -> Option<(usize, u8)> {
    if !matches!(view.at(place), '今' | '昨' | '明' | '本') || view.at(place + 1) != '(' {
        return None;
    }
    let (end, day) = count(view, place + 2)?;
    let end = if view.at(end) == '日' { end + 1 } else { end };
    let closed = view.at(end) == ')' && (1..=31).contains(&day);
    let end = if matches!(view.at(end + 1), '日' | '天') { end + 2 } else { end + 1 };
    closed.then_some((end, day))
}
