//! Chinese dates and periods: 去年本月十日, 康熙三年五月, 上上个周三, 十九世纪七十年代, 从8月的最后一个星期一到十月一日.

use jiff::civil::Date;
use rust_decimal::prelude::ToPrimitive;

use super::days::{Unit, full_year, nth_weekday, shifted, span_of, weekday_before, weekday_in_week};
use super::lexicon::LEXICON;
use super::{Calendar, Dated, Reading, begins, joined};
use crate::text::number::{bare, han_digit, is_numeral};
use crate::text::unit::UNITS;
use crate::text::view::View;

/// A reader of Chinese: each of its methods takes a place in the view and gives the place behind what it read.
pub(super) struct Chinese<'a, 't> {
    pub(super) view: &'a View<'t>,
    pub(super) reference: Option<Date>,
}

type Read = Option<(usize, Reading)>;

impl Chinese<'_, '_> {
    /// The longest expression that begins here: its first and last character, and what it says.
    pub(super) fn read(&self, place: usize) -> Option<(usize, usize, Reading)> {
        let c = self.view.at(place);
        let before = self.view.before(place);
        // A number is read from its first numeral on: so a long one costs no more than its length.
        let unit = matches!(before, '百' | '千' | '万' | '亿' | '兆');
        let inside = (c.is_ascii_digit() && (before.is_ascii_digit() || before == '.' || unit))
            || (!c.is_ascii() && is_numeral(c) && (unit || is_numeral(before)));
        if inside || (c.is_ascii() && !c.is_ascii_digit()) {
            return None;
        }
        let (end, reading) = self.range(place).or_else(|| self.single(place))?;
        Some((place, end, reading))
    }

    /// The place behind a phrase, if it stands here.
    fn past(&self, place: usize, phrase: &str) -> Option<usize> {
        let length = phrase.chars().count();
        let stands = phrase.chars().enumerate().all(|(ahead, c)| self.view.at(place + ahead) == c);
        stands.then_some(place + length)
    }

    /// The place behind the first of these phrases that stands here.
    fn past_any(&self, place: usize, phrases: &[&str]) -> Option<usize> {
        phrases.iter().find_map(|phrase| self.past(place, phrase))
    }

    fn number(&self, place: usize) -> Option<(usize, i64)> {
        if !is_numeral(self.view.at(place)) {
            return None;
        }
        let number = bare(self.view, place, false)?;
        number.value.is_integer().then_some((number.end, number.value.to_i64()?))
    }

    /// From one date to another, or behind one and before another.
    fn range(&self, place: usize) -> Read {
        let opened = self.past_any(place, &["从", "由", "自", "在"]);
        let (next, from) = self.end_of_range(opened.unwrap_or(place))?;
        if let Some(behind) = self.past_any(next, &["之后", "以后", "后"])
            && let Some((end, to)) = self.single(behind)
            && let Some(end) = self.past_any(end, &["之前", "以前", "前"])
        {
            return Some((end, Reading::Span(begins(from, self.reference)?, begins(to, self.reference)?)));
        }
        let weak = self.past_any(next, &["与", "和"]);
        let behind = self.past_any(next, &["到", "至", "-", "~", "—", "－"]).or(weak)?;
        let (end, to) = self.end_of_range(behind)?;
        let closed = self.past_any(end, &["之间", "期间", "间"]);
        (weak.is_none() || closed.is_some()).then_some((closed.unwrap_or(end), joined(from, to, self.reference)?))
    }

    /// A date, or a year without its word (从2016到2018).
    fn end_of_range(&self, place: usize) -> Read {
        self.single(place).or_else(|| {
            let (end, value) = self.number(place)?;
            let year = i16::try_from(value).ok().filter(|year| end - place == 4 && (1000..2200).contains(year))?;
            let goes_on = UNITS.behind.at(self.view, end).is_some();
            (!goes_on).then_some((end, Reading::Calendar(Calendar::year(year))))
        })
    }

    fn single(&self, place: usize) -> Read {
        let readings = [
            self.date(place),
            self.named_day(place),
            self.week(place),
            self.shifted_unit(place),
            self.stretch(place),
            self.counted(place),
            self.decade(place),
        ];
        let longer = |best: (usize, Reading), next: (usize, Reading)| if next.0 > best.0 { next } else { best };
        readings.into_iter().flatten().reduce(longer)
    }

    /// Year, month and day, each where it is given; a season or a weekday of a month.
    fn date(&self, place: usize) -> Read {
        let place = self.past_any(place, &["农历", "阴历", "旧历", "公历", "公元"]).unwrap_or(place);
        let (next, year) = self.year(place).map_or((place, None), |(end, year)| (end, Some(year)));
        let next = if year.is_some() { self.past(next, "的").unwrap_or(next) } else { next };
        if let Some((end, _)) = LEXICON.chinese.seasons.at(self.view, next) {
            return Some((end, Reading::Undated));
        }
        let Some((month_end, month)) = self.month(next) else {
            if let Some(year) = year {
                let sure = self.is_sure_year(place);
                return sure.then_some((next, Reading::Calendar(Calendar::year(year))));
            }
            let (end, day) = self.day(place, false)?;
            return Some((end, Reading::Calendar(Calendar { day: Some(day), ..Calendar::default() })));
        };
        if let Some(reading) = self.weekday_of_month(month_end, Calendar { year, month: Some(month), day: None }) {
            return Some(reading);
        }
        let (end, day) = self.day(month_end, true).map_or((month_end, None), |(end, day)| (end, Some(day)));
        let end = if day.is_some() { self.weekday_behind(end) } else { end };
        Some((end, Reading::Calendar(Calendar { year, month: Some(month), day })))
    }

    /// 2016年, 07年, 去年, 康熙三年, 民国百年 without its month.
    fn year(&self, place: usize) -> Option<(usize, i16)> {
        if let Some((end, shift)) = LEXICON.chinese.years.at(self.view, place) {
            return Some((end, self.reference?.year().checked_add(i16::try_from(shift).ok()?)?));
        }
        if let Some((next, before)) = LEXICON.chinese.eras.at(self.view, place) {
            let (next, value) = match self.past(next, "元") {
                Some(next) => (next, 1),
                None => self.number(next)?,
            };
            let year = before.checked_add(i16::try_from(value).ok().filter(|value| (1..200).contains(value))?)?;
            return Some((self.past(next, "年")?, year));
        }
        let (next, value) = self.number(place)?;
        let end = self.past(next, "年").filter(|end| self.past_any(*end, &["代", "级", "度"]).is_none())?;
        let value = i16::try_from(value).ok()?;
        let row = (place..next).all(|at| self.view.at(at).is_ascii_digit() || han_digit(self.view.at(at)).is_some());
        let year = match next - place {
            2 if row => full_year(value),
            _ if (100..2200).contains(&value) => value,
            _ => return None,
        };
        Some((end, year))
    }

    /// Whether a year of two digits without a month is a year: 07年 and 98年 are, 20年 is a time of twenty years.
    fn is_sure_year(&self, place: usize) -> bool {
        let (first, third) = (self.view.at(place), self.view.at(place + 2));
        let two_digits = third == '年' && (first.is_ascii_digit() || han_digit(first).is_some());
        let zero = matches!(first, '0' | '零' | '〇');
        let late = first.to_digit(10).or(han_digit(first)).is_some_and(|digit| digit >= 7);
        !two_digits || zero || late
    }

    fn month(&self, place: usize) -> Option<(usize, i8)> {
        if let Some(end) = self.past_any(place, &["正月", "大年"]) {
            return Some((end, 1));
        }
        if let Some(end) = self.past_any(place, &["腊月"]) {
            return Some((end, 12));
        }
        if let Some(end) = self.past_any(place, &["本月", "这个月"]) {
            // 本月 alone is a period; behind a year or before a day it is the month of the reference.
            let dated = self.day(end, true).is_some();
            return dated.then_some((end, self.reference?.month()));
        }
        let (next, value) = self.number(place)?;
        let month = i8::try_from(value).ok().filter(|month| (1..=12).contains(month))?;
        Some((self.past_any(next, &["月份", "月"])?, month))
    }

    /// 29日, 12号, 初一; behind a month also a number alone.
    fn day(&self, place: usize, behind_month: bool) -> Option<(usize, i8)> {
        let first = self.past(place, "初");
        let (next, value) = self.number(first.unwrap_or(place))?;
        let day = i8::try_from(value).ok().filter(|day| (1..=31).contains(day))?;
        if first.is_some() {
            return behind_month.then_some((next, day));
        }
        // 号 also numbers houses and lines: alone it needs nothing of the kind behind.
        let marked = self.past_any(next, &["日", "号"]);
        if let Some(end) = marked {
            let other = self.past_any(end, &["元", "本", "圆", "线", "楼", "院", "文"]).is_some();
            return (!other).then_some((end, day));
        }
        let counts = UNITS.behind.at(self.view, next).is_some()
            || matches!(self.view.at(next), '月' | '年' | '点' | '时' | '.' | '-' | '/' | ':' | ',' | '至' | '到');
        let han = !self.view.at(place).is_ascii();
        (behind_month && !counts && han).then_some((next, day))
    }

    /// A weekday said beside its date.
    fn weekday_behind(&self, place: usize) -> usize {
        let next = if matches!(self.view.at(place), ',' | '(') { place + 1 } else { place };
        let named = self.past_any(next, &["星期", "礼拜", "周"]);
        named.filter(|at| weekday(self.view.at(*at)).is_some()).map_or(place, |at| at + 1)
    }

    /// 8月的最后一个星期一, 5月第二个周日.
    fn weekday_of_month(&self, place: usize, month: Calendar) -> Read {
        let next = self.past(place, "的").unwrap_or(place);
        let (next, nth) = match self.past(next, "最后一个") {
            Some(next) => (next, -1),
            None => {
                let (next, nth) = self.number(self.past(next, "第")?)?;
                (self.past(next, "个").unwrap_or(next), nth)
            }
        };
        let at = self.past_any(next, &["星期", "礼拜", "周"])?;
        let weekday = weekday(self.view.at(at))?;
        let Some(Dated::Period(Some(from), Some(to))) = month.alone(self.reference) else { return None };
        Some((at + 1, nth_weekday((from, to), weekday, nth).map_or(Reading::NoSuchDay, Reading::Day)))
    }

    fn named_day(&self, place: usize) -> Read {
        let (end, shift) = LEXICON.chinese.days.at(self.view, place)?;
        Some((end, Reading::Day(shifted(self.reference?, Unit::Day, shift)?)))
    }

    /// 上上个周三, 星期一, 下周末, 本周.
    fn week(&self, place: usize) -> Read {
        let reference = self.reference?;
        let shift = LEXICON.chinese.shifts.at(self.view, place);
        let next = shift.map_or(place, |(next, _)| next);
        let end = self.past_any(next, &["星期", "礼拜", "周"])?;
        let counted = shift.is_none() && is_numeral(self.view.before(place));
        if let Some(weekday) = weekday(self.view.at(end)).filter(|_| !counted) {
            let day = match shift {
                Some((_, weeks)) => weekday_in_week(reference, weekday, weeks)?,
                None => weekday_before(reference, weekday)?,
            };
            return Some((end + 1, Reading::Day(day)));
        }
        let weekend = self.past(end, "末");
        let (unit, end) = weekend.map_or((Unit::Week, end), |end| (Unit::Weekend, end));
        let weeks = shift.map(|(_, weeks)| weeks).or(weekend.filter(|_| !counted).map(|_| 0))?;
        let (from, to) = span_of(reference, unit, weeks)?;
        Some((end, Reading::Span(from, to)))
    }

    /// 下个月, 上季度, 本世纪.
    fn shifted_unit(&self, place: usize) -> Read {
        let (next, shift) = LEXICON.chinese.shifts.at(self.view, place)?;
        let units = [("月", Unit::Month), ("季度", Unit::Quarter), ("季", Unit::Quarter), ("世纪", Unit::Century)];
        let (end, unit) = units.iter().find_map(|(name, unit)| Some((self.past(next, name)?, *unit)))?;
        let (from, to) = span_of(self.reference?, unit, shift)?;
        Some((end, Reading::Span(from, to)))
    }

    /// A number of units: 2个月, 1年, 几天.
    fn duration(&self, place: usize) -> Option<(usize, i64, Unit)> {
        let few = self.past_any(place, &["几", "数"]);
        let (next, count) = few.map(|next| (next, LEXICON.english.few)).or_else(|| self.number(place))?;
        let (end, unit) = LEXICON.chinese.units.at(self.view, next)?;
        Some((end, count, unit))
    }

    /// 上2个月, 后1年, 未来三天.
    fn stretch(&self, place: usize) -> Read {
        let reference = self.reference?;
        let (next, way) = LEXICON.chinese.stretches.at(self.view, place)?;
        let (end, count, unit) = self.duration(next)?;
        if self.year(next).is_some() && self.is_sure_year(next) {
            return None;
        }
        if way < 0 {
            return Some((end, Reading::Span(shifted(reference, unit, -count)?, reference)));
        }
        let from = shifted(reference, Unit::Day, 1)?;
        Some((end, Reading::Span(from, shifted(from, unit, count)?)))
    }

    /// 三天前, 两年后, 十天内.
    fn counted(&self, place: usize) -> Read {
        let reference = self.reference?;
        let (next, count, unit) = self.duration(place)?;
        // 2018年前, 07年以后 and 15日前 name their year and day.
        if self.view.before(next) == '日' || (self.year(place).is_some() && self.is_sure_year(place)) {
            return None;
        }
        if let Some(end) = self.past_any(next, &["以前", "之前", "前"]) {
            return Some((end, Reading::Day(shifted(reference, unit, -count)?)));
        }
        if let Some(end) = self.past_any(next, &["以后", "之后", "后"]) {
            return Some((end, Reading::Day(shifted(reference, unit, count)?)));
        }
        let end = self.past_any(next, &["以内", "之内", "内"])?;
        Some((end, Reading::Span(reference, shifted(reference, unit, count)?)))
    }

    /// 本世纪20年代, 十九世纪七十年代, 50年代, 十九世纪.
    fn decade(&self, place: usize) -> Read {
        let (next, century) = match self.century(place) {
            Some((next, century)) => (self.past(next, "的").unwrap_or(next), Some(century)),
            None => (place, None),
        };
        let years = |from: i16, count: i16| {
            let day = |year: i16| Date::new(year, 1, 1).ok();
            Some(Reading::Span(day(from)?, day(from.checked_add(count)?)?))
        };
        let decade = self.number(next).and_then(|(end, value)| Some((self.past(end, "年代")?, value)));
        let Some((end, value)) = decade.filter(|(_, value)| value % 10 == 0) else {
            return Some((next, years(century?, 100)?));
        };
        let value = i16::try_from(value).ok()?;
        if let Some(century) = century {
            return Some((end, years(century.checked_add(value)?, 10)?));
        }
        if value >= 1000 {
            return Some((end, years(value, 10)?));
        }
        let this = self.reference?.year();
        let first = this - this.rem_euclid(100);
        let recent = if first + value + 10 <= this { first + value } else { first - 100 + value };
        (value < 100).then_some((end, years(recent, 10)?))
    }

    fn century(&self, place: usize) -> Option<(usize, i16)> {
        if let Some((next, shift)) = LEXICON.chinese.shifts.at(self.view, place) {
            let (from, _) = span_of(self.reference?, Unit::Century, shift)?;
            return Some((self.past(next, "世纪")?, from.year()));
        }
        let (next, value) = self.number(place)?;
        let end = self.past(next, "世纪")?;
        let century = i16::try_from(value).ok().filter(|century| (1..40).contains(century))?;
        Some((end, (century - 1) * 100))
    }
}

/// The number of a weekday's character; Monday is 0.
fn weekday(c: char) -> Option<i64> {
    Some(match c {
        '天' | '日' => 6,
        _ => i64::from(han_digit(c).or_else(|| c.to_digit(10)).filter(|day| (1..=6).contains(day))?) - 1,
    })
}
