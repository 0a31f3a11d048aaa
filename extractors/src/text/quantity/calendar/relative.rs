//! English expressions placed by the reference: shifts, parts of periods, weeks, quarters, decades.

use jiff::civil::Date;

use super::days::{Unit, nth_week, shifted, span_of, weekday_in_week};
use super::english::{English, Read};
use super::lexicon::{LEXICON, PartOf};
use super::{Calendar, Reading};

impl English<'_, '_> {
    /// The longest expression that counts from the reference.
    pub(super) fn relative(&self, at: usize) -> Read {
        let readings = [
            self.named_day(at),
            self.shifted_weekday(at),
            self.shifted_unit(at),
            self.quarter(at),
            self.half(at),
            self.counted(at),
            self.stretch(at),
            self.part_of(at),
            self.week_of(at),
            self.nth_week(at),
            self.decade(at),
            self.season(at),
            self.year_alone(at),
            self.weekdays_of_week(at),
        ];
        let longer = |best: (usize, Reading), next: (usize, Reading)| if next.0 > best.0 { next } else { best };
        readings.into_iter().flatten().reduce(longer)
    }

    /// tomorrow, the day after tomorrow.
    fn named_day(&self, at: usize) -> Read {
        let words = &LEXICON.english;
        if let Some(shift) = words.days.get(self.word(at)) {
            return Some((at + 1, Reading::Day(shifted(self.reference?, Unit::Day, *shift)?)));
        }
        let at = self.past(at, &["the"]);
        let way = match (self.word(at), self.word(at + 1)) {
            ("day", "after") => 1,
            ("day", "before") => -1,
            _ => return None,
        };
        let shift = *words.days.get(self.word(at + 2))?;
        Some((at + 3, Reading::Day(shifted(self.reference?, Unit::Day, shift + way)?)))
    }

    /// A shift and its unit: this year, the next month, the month after the next.
    pub(super) fn shifted_name(&self, at: usize) -> Option<(usize, Unit, i64)> {
        let words = &LEXICON.english;
        let next = self.past(at, &["the", "my", "our"]);
        if let Some(shift) = words.shifts.get(self.word(next)) {
            let unit = *words.units.get(self.word(next + 1))?;
            return Some((next + 2, unit, *shift));
        }
        let unit = *words.units.get(self.word(next))?;
        if self.word(next + 1) == "after" {
            let last = self.past(next + 2, &["the"]);
            return (self.word(last) == "next" && !words.units.contains_key(self.word(last + 1))).then_some((
                last + 1,
                unit,
                2,
            ));
        }
        (unit == Unit::Weekend && next > at).then_some((next + 1, unit, 0))
    }

    /// The period or day of a shift.
    pub(super) fn shifted_unit(&self, at: usize) -> Read {
        let (end, unit, shift) = self.shifted_name(at)?;
        let (from, to) = span_of(self.reference?, unit, shift)?;
        Some((end, if unit == Unit::Day { Reading::Day(from) } else { Reading::Span(from, to) }))
    }

    /// next Sunday, this week Friday, last September.
    fn shifted_weekday(&self, at: usize) -> Read {
        let words = &LEXICON.english;
        let shift = *words.shifts.get(self.word(at))?;
        let reference = self.reference?;
        if let Some(month) = self.month(at + 1) {
            let year = reference.year().checked_add(i16::try_from(shift).ok()?)?;
            let day = self.number(at + 2).is_some();
            let calendar = Calendar { year: Some(year), month: Some(month), day: None };
            return (!day).then_some((at + 2, Reading::Calendar(calendar)));
        }
        let name = self.past(at + 1, &["week"]);
        let weekday = *words.weekdays.get(self.word(name))?;
        Some((name + 1, Reading::Day(weekday_in_week(reference, weekday, shift)?)))
    }

    /// next week between Wednesday and Friday.
    fn weekdays_of_week(&self, at: usize) -> Read {
        let (next, Unit::Week, shift) = self.shifted_name(at)? else { return None };
        let first_at = self.past(next, &["from", "between"]);
        let weekday = |at: usize| LEXICON.english.weekdays.get(self.word(at)).copied();
        let first = weekday(first_at).filter(|_| first_at > next)?;
        let joins = LEXICON.english.joins.iter().any(|join| join == self.word(first_at + 1));
        let last_at = first_at + 2;
        let last = weekday(last_at).filter(|_| joins || self.mark(first_at + 1) == '-')?;
        let day = |weekday: i64| weekday_in_week(self.reference?, weekday, shift);
        Some((last_at + 1, Reading::Span(day(first)?, day(last)?)))
    }

    /// early next year, rest of the week, the end of 2000, mid summer.
    fn part_of(&self, at: usize) -> Read {
        let part = *LEXICON.english.parts.get(self.word(self.past(at, &["the"])))?;
        let next = self.past(at, &["the"]) + 1;
        let next = if self.mark(next) == '-' { next + 1 } else { next };
        let next = self.past(next, &["of", "in"]);
        if let Some((end, _)) = self.season(self.past(next, &["the"])) {
            return Some((end, Reading::Undated));
        }
        if part == PartOf::Rest {
            let reference = self.reference?;
            let named = self.past(next, &["the", "my", "this", "our"]);
            let unit = *LEXICON.english.units.get(self.word(named)).filter(|_| named > next)?;
            let (_, behind) = span_of(reference, unit, 0)?;
            return Some((named + 1, Reading::Span(reference, shifted(behind, Unit::Day, -1)?)));
        }
        let (end, period) = self.period(next)?;
        let (from, to) = part_days(part, period, self.reference)?;
        Some((end, Reading::Span(from, to)))
    }

    /// week 10, the week of the 18th, the week starting February 4.
    fn week_of(&self, at: usize) -> Read {
        let at = self.past(at, &["the", "a"]);
        if self.word(at) != "week" {
            return None;
        }
        if let Some((number, 1 | 2)) = self.digits(at + 1) {
            let (end, year) = self.year_behind(at + 2).unwrap_or((at + 2, self.reference?.year()));
            let year = (Date::new(year, 1, 1).ok()?, Date::new(year.checked_add(1)?, 1, 1).ok()?);
            let (from, to) = nth_week(year, i64::from(number))?;
            return (number > 0).then_some((end, Reading::Span(from, to)));
        }
        let whole = self.word(at + 1) == "of";
        if !whole && !matches!(self.word(at + 1), "starting" | "beginning" | "commencing") {
            return None;
        }
        let (end, day) = self.day(at + 2)?;
        let (from, to) = if whole { span_of(day, Unit::Week, 0)? } else { (day, shifted(day, Unit::Week, 1)?) };
        Some((end, Reading::Span(from, to)))
    }

    /// the third week of this month, the last week of 2015.
    fn nth_week(&self, at: usize) -> Read {
        let (next, nth) = self.nth(self.past(at, &["the"]))?;
        if self.word(next) != "week" {
            return None;
        }
        let (end, period) = self.period(self.past(next + 1, &["of", "in"]))?;
        let (from, to) = nth_week(period, nth)?;
        Some((end, Reading::Span(from, to)))
    }

    /// Q3, 2016 Q1, the third quarter of two thousand and twenty.
    pub(super) fn quarter(&self, at: usize) -> Read {
        let (end, year, quarter) = self.numbered(at, "q", "quarter", 4)?;
        let first = |year: i16| Date::new(year, i8::try_from(quarter * 3 - 2).ok()?, 1).ok();
        let from = match year {
            Some(year) => first(year)?,
            None => {
                let this = first(self.reference?.year())?;
                if Some(this) < self.reference { this } else { shifted(this, Unit::Year, -1)? }
            }
        };
        Some((end, Reading::Span(from, shifted(from, Unit::Quarter, 1)?)))
    }

    /// H1 2016, the second half of 2016.
    fn half(&self, at: usize) -> Read {
        let (end, year, half) = self.numbered(at, "h", "half", 2)?;
        let from = Date::new(year?, i8::try_from(half * 6 - 5).ok()?, 1).ok()?;
        Some((end, Reading::Span(from, shifted(from, Unit::Month, 6)?)))
    }

    /// A numbered part of a year with the year before or behind it.
    fn numbered(&self, at: usize, letter: &str, name: &str, most: i64) -> Option<(usize, Option<i16>, i64)> {
        let before = self.year_behind(at).filter(|(_, _)| self.digits(at).is_some());
        let start = before.map_or(at, |(end, _)| end);
        let (end, number) = match self.digits(start + 1) {
            Some((value, 1)) if self.word(start) == letter && self.touches(start + 1) => (start + 2, i64::from(value)),
            _ => {
                let (end, number, ordinal) = self.number(self.past(start, &["the"]))?;
                (ordinal && self.word(end) == name).then_some((end + 1, number))?
            }
        };
        if !(1..=most).contains(&number) {
            return None;
        }
        match before {
            Some((_, year)) => Some((end, Some(year), number)),
            None => {
                let behind = self.year_behind(if self.mark(end) == '-' { end + 1 } else { end });
                Some(behind.map_or((end, None, number), |(end, year)| (end, Some(year), number)))
            }
        }
    }

    /// the 1970s, the '40s, the nineteen seventies, the noughties, the 21st century.
    fn decade(&self, at: usize) -> Read {
        let first = self.past(at, &["the"]);
        if let Some((next, nth, true)) = self.number(first)
            && self.word(next) == "century"
        {
            let year = i16::try_from(nth.checked_sub(1)?.checked_mul(100)?).ok()?;
            return Some((next + 1, self.years(year, 100)?));
        }
        let first = if matches!(self.mark(first), '\'' | '’') { first + 1 } else { first };
        let year = if let Some((value, length @ (2 | 4))) = self.digits(first) {
            let behind = if matches!(self.mark(first + 1), '\'' | '’') { first + 2 } else { first + 1 };
            let value = i16::try_from(value).ok().filter(|value| value % 10 == 0)?;
            let plural = self.word(behind) == "s" && self.touches(behind);
            (plural.then_some((behind + 1, if length == 4 { value } else { self.recent_decade(value)? })))?
        } else {
            self.decade_in_words(at, first)?
        };
        Some((year.0, self.years(year.1, 10)?))
    }

    fn decade_in_words(&self, at: usize, first: usize) -> Option<(usize, i16)> {
        let decades = &LEXICON.english.decades;
        let century = LEXICON.english.cardinals.get(self.word(first)).copied();
        if let Some(century) = century.filter(|century| (10..=20).contains(century)) {
            let next = if self.mark(first + 1) == '-' { first + 2 } else { first + 1 };
            let decade = decades.get(self.word(next))?;
            return Some((next + 1, i16::try_from(century).ok()? * 100 + decade));
        }
        let word = self.word(first);
        let decade = *decades.get(word).filter(|decade| first > at && (**decade >= 20 || word == "noughties"))?;
        Some((first + 1, if decade == 0 { 2000 } else { self.recent_decade(decade)? }))
    }

    /// Two digits are of the last century unless that decade of this one has begun.
    fn recent_decade(&self, value: i16) -> Option<i16> {
        let this = self.reference?.year();
        let century = this - this.rem_euclid(100);
        Some(if century + value + 10 <= this { century + value } else { century - 100 + value })
    }

    fn years(&self, first: i16, count: i16) -> Option<Reading> {
        let day = |year: i16| Date::new(year, 1, 1).ok();
        Some(Reading::Span(day(first)?, day(first.checked_add(count)?)?))
    }

    /// summer of 2016, next spring.
    fn season(&self, at: usize) -> Read {
        let shift = LEXICON.english.shifts.contains_key(self.word(at));
        let name = if shift { at + 1 } else { at };
        let season = LEXICON.english.seasons.iter().any(|season| season == self.word(name));
        let named = self.word(name) != "fall" || shift;
        let end = self.year_behind(name + 1).map_or(name + 1, |(end, _)| end);
        (season && named).then_some((end, Reading::Undated))
    }

    /// in one thousand seven hundred and eighty nine, year 267.
    fn year_alone(&self, at: usize) -> Read {
        let named = self.word(at) == "year";
        if !named && self.word(at) != "in" {
            return None;
        }
        let digits = self.digits(at + 1).filter(|(_, length)| named && (3..=4).contains(length));
        let (end, year) = match digits {
            Some((value, _)) => (at + 2, i16::try_from(value).ok()?),
            None => self.year_in_words(at + 1)?,
        };
        let least = if named { 100 } else { 1000 };
        (least..3000).contains(&year).then_some((end, Reading::Calendar(Calendar::year(year))))
    }
}

/// The days of a part of a period: halves of early and late, thirds of a year from its beginning, middle and end.
fn part_days(part: PartOf, (from, to): (Date, Date), reference: Option<Date>) -> Option<(Date, Date)> {
    let week = shifted(from, Unit::Week, 1)? >= to;
    let year = shifted(from, Unit::Year, 1)? <= to;
    let day = |count: i64| shifted(from, Unit::Day, count);
    let month = |count: i64| shifted(from, Unit::Month, count);
    Some(match part {
        PartOf::Earlier => (from, reference?),
        PartOf::Later => (reference?, to),
        PartOf::Early | PartOf::Begin if week => (from, day(3)?),
        PartOf::Mid | PartOf::Middle if week => (day(1)?, day(5)?),
        PartOf::Late | PartOf::End if week => (day(3)?, to),
        PartOf::Begin if year => (from, month(4)?),
        PartOf::Middle if year => (month(4)?, month(8)?),
        PartOf::End if year => (month(8)?, to),
        PartOf::Early if year => (from, month(6)?),
        PartOf::Mid if year => (month(3)?, month(9)?),
        PartOf::Late if year => (month(6)?, to),
        PartOf::Early | PartOf::Begin => (from, day(15)?),
        PartOf::Mid | PartOf::Middle => (day(9)?, day(20)?),
        PartOf::Late | PartOf::End => (day(15)?, to),
        PartOf::Rest => return None,
    })
}
