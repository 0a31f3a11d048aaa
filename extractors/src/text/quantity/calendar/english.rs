//! English dates by their parts: months, days, years, weekdays, and ranges of them.

use jiff::civil::Date;

use super::days::{Unit, full_year, nth_weekday, shifted, span_of, weekday_before, weekday_in_week};
use super::lexicon::LEXICON;
use super::tokens::{Kind, Token};
use super::{Calendar, Dated, Reading, joined, numeric};
use crate::text::view::View;

/// A reader of English: each of its methods takes a place in the tokens and gives the place behind what it read.
pub(super) struct English<'a, 't> {
    pub(super) view: &'a View<'t>,
    pub(super) tokens: &'a [Token],
    pub(super) reference: Option<Date>,
}

/// The place behind an expression, and what it says.
pub(super) type Read = Option<(usize, Reading)>;

impl English<'_, '_> {
    /// The longest expression that begins at a token: its first and last character, and what it says.
    pub(super) fn read(&self, at: usize, day_first: bool) -> Option<(usize, usize, Reading)> {
        let (end, reading) = self.range(at, day_first).or_else(|| self.single(at, day_first))?;
        Some((self.tokens.get(at)?.start, self.tokens.get(end.checked_sub(1)?)?.end, reading))
    }

    pub(super) fn word(&self, at: usize) -> &str {
        match self.tokens.get(at).map(|token| &token.kind) {
            Some(Kind::Word(word)) => word,
            _ => "",
        }
    }

    pub(super) fn digits(&self, at: usize) -> Option<(u32, usize)> {
        match self.tokens.get(at)?.kind {
            Kind::Digits(value, length) => Some((value, length)),
            _ => None,
        }
    }

    pub(super) fn mark(&self, at: usize) -> char {
        match self.tokens.get(at).map(|token| &token.kind) {
            Some(Kind::Mark(mark)) => *mark,
            _ => '\0',
        }
    }

    /// Whether a token touches the one before it.
    pub(super) fn touches(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.tokens.get(before));
        matches!((before, self.tokens.get(at)), (Some(before), Some(token)) if before.end == token.start)
    }

    /// The place behind one of these words, or the same place.
    pub(super) fn past(&self, at: usize, words: &[&str]) -> usize {
        if words.contains(&self.word(at)) { at + 1 } else { at }
    }

    fn past_mark(&self, at: usize, marks: &[char]) -> usize {
        if marks.contains(&self.mark(at)) { at + 1 } else { at }
    }

    /// Whether a name of the calendar here is also another word, and not written as a name.
    fn is_common_word(&self, at: usize) -> bool {
        let ambiguous = LEXICON.english.ambiguous.iter().any(|word| word == self.word(at));
        ambiguous && !self.tokens.get(at).is_some_and(|token| self.view.is_capital(token.start))
    }

    /// From one date to another.
    fn range(&self, at: usize, day_first: bool) -> Read {
        let opener = self.word(at);
        let between = opener == "between";
        let first = if between || opener == "from" { at + 1 } else { at };
        let bare = self.bare_day(first);
        let begins = self.single(first, day_first).or_else(|| self.plain_year(first));
        let (next, from) = begins.or(bare)?;
        let behind = self.join(next, between)?;
        let ends = self.single(behind, day_first).or_else(|| self.plain_year(behind));
        let is_day =
            |reading: Reading| matches!(reading, Reading::Calendar(Calendar { month: Some(_), day: Some(_), .. }));
        if let Some((end, to)) = ends {
            let lone = begins.is_none();
            return (!lone || is_day(to)).then_some((end, joined(from, to, self.reference)?));
        }
        let (end, to) = self.bare_day(behind)?;
        (begins.is_some() && is_day(from)).then_some((end, joined(from, to, self.reference)?))
    }

    /// The place behind what joins the ends of a range.
    fn join(&self, at: usize, between: bool) -> Option<usize> {
        let word = self.word(at);
        if LEXICON.english.joins.iter().any(|join| join == word) {
            return (between || word != "and").then_some(at + 1);
        }
        matches!(self.mark(at), '-' | '–' | '—' | '~').then_some(at + 1)
    }

    fn bare_day(&self, at: usize) -> Read {
        let (end, day, _) = self.number(at)?;
        let day = self.day_number(at, day)?;
        Some((end, Reading::Calendar(Calendar { day: Some(day), ..Calendar::default() })))
    }

    fn plain_year(&self, at: usize) -> Read {
        let (value, length) = self.digits(at)?;
        let year = i16::try_from(value).ok().filter(|year| length == 4 && (1000..2200).contains(year))?;
        let goes_on = matches!(self.mark(at + 1), '.' | ',') && self.touches(at + 2) && self.digits(at + 2).is_some();
        (!goes_on).then_some((at + 1, Reading::Calendar(Calendar::year(year))))
    }

    /// The longest expression that is no range.
    pub(super) fn single(&self, at: usize, day_first: bool) -> Read {
        let readings = [
            numeric::read(self, at, day_first),
            self.weekday(at, day_first),
            self.month_first(at),
            self.day_first(at),
            self.year_first(at),
            self.lone_day(at),
            self.nth_weekday(at),
            self.relative(at),
        ];
        let longer = |best: (usize, Reading), next: (usize, Reading)| if next.0 > best.0 { next } else { best };
        readings.into_iter().flatten().reduce(longer)
    }

    /// A number in words or digits: the place behind, its value and whether it is an ordinal.
    pub(super) fn number(&self, at: usize) -> Option<(usize, i64, bool)> {
        if let Some((value, _)) = self.digits(at) {
            let ordinal = matches!(self.word(at + 1), "st" | "nd" | "rd" | "th") && self.touches(at + 1);
            return Some((if ordinal { at + 2 } else { at + 1 }, i64::from(value), ordinal));
        }
        let words = &LEXICON.english;
        let (mut place, mut total, mut section) = (at, 0, 0);
        let mut read = false;
        loop {
            let hyphen = read && self.mark(place) == '-' && self.touches(place) && self.touches(place + 1);
            let scaled = read && (section % 100 == 0) && self.word(place) == "and";
            let next = if hyphen || scaled { place + 1 } else { place };
            let word = self.word(next);
            let fits = |value: i64| section % 100 == 0 || (section % 10 == 0 && section % 100 >= 20 && value < 10);
            if let Some(&value) = words.ordinals.get(word).filter(|value| fits(**value)) {
                return Some((next + 1, total + section + value, true));
            }
            if let Some(&value) = words.cardinals.get(word).filter(|value| fits(**value)) {
                section += value;
            } else if read && word == "hundred" && section < 100 {
                section *= 100;
            } else if read && word == "thousand" && total == 0 {
                (total, section) = (section * 1000, 0);
            } else {
                return read.then_some((place, total + section, false));
            }
            (place, read) = (next + 1, true);
        }
    }

    /// A number as a day of a month, where it is not the tail of another number or of a time.
    fn day_number(&self, at: usize, value: i64) -> Option<i8> {
        let long = self.digits(at).is_some_and(|(_, length)| length > 2);
        let tail = at >= 2
            && matches!(self.mark(at - 1), '.' | ',' | ':')
            && self.touches(at)
            && self.touches(at - 1)
            && self.digits(at - 2).is_some();
        let time = self.mark(at + 1) == ':' && self.touches(at + 1);
        let day = i8::try_from(value).ok().filter(|day| (1..=31).contains(day))?;
        (!long && !tail && !time).then_some(day)
    }

    /// A month's name.
    pub(super) fn month(&self, at: usize) -> Option<i8> {
        LEXICON.english.months.get(self.word(at)).copied()
    }

    /// A year behind a date, with the comma or word before it.
    pub(super) fn year_behind(&self, at: usize) -> Option<(usize, i16)> {
        let at = self.past(self.past_mark(at, &[',']), &["of", "in"]);
        if let Some((end, unit, shift)) = self.shifted_name(at) {
            let year = self.reference?.year().checked_add(i16::try_from(shift).ok()?)?;
            return (unit == Unit::Year).then_some((end, year));
        }
        if let Some((_, Reading::Calendar(Calendar { year: Some(year), .. }))) = self.plain_year(at) {
            return Some((at + 1, year));
        }
        if matches!(self.mark(at), '\'' | '’') {
            let (value, length) = self.digits(at + 1)?;
            return (length == 2).then_some((at + 2, full_year(i16::try_from(value).ok()?)));
        }
        self.year_in_words(at).filter(|(_, year)| *year >= 1000)
    }

    /// nineteen ninety nine, two thousand and eighteen.
    pub(super) fn year_in_words(&self, at: usize) -> Option<(usize, i16)> {
        if self.digits(at).is_some() {
            return None;
        }
        let (end, value, ordinal) = self.number(at)?;
        let value = i16::try_from(value).ok().filter(|_| !ordinal)?;
        if (10..=21).contains(&value)
            && self.digits(end).is_none()
            && let Some((behind, rest, false)) = self.number(end)
            && (10..100).contains(&rest)
        {
            return Some((behind, value * 100 + i16::try_from(rest).ok()?));
        }
        Some((end, value))
    }

    /// Jan. 5, 2016; May twenty one; October 2016; June next year.
    fn month_first(&self, at: usize) -> Read {
        let month = self.month(at)?;
        let behind = self.past_mark(at + 1, &['.', '-', '/']);
        let number_at = self.past(behind, &["the"]);
        if let Some((end, value, _)) = self.number(number_at)
            && let Some(day) = self.day_number(number_at, value)
        {
            let (end, year) = self.year_behind(end).map_or((end, None), |(end, year)| (end, Some(year)));
            return Some((end, Reading::Calendar(Calendar { year, month: Some(month), day: Some(day) })));
        }
        let year = self.year_behind(behind).or_else(|| self.year_behind(at + 1));
        if let Some((end, year)) = year {
            return Some((end, Reading::Calendar(Calendar { year: Some(year), month: Some(month), day: None })));
        }
        let alone = Calendar { year: None, month: Some(month), day: None };
        (!self.is_common_word(at)).then_some((at + 1, Reading::Calendar(alone)))
    }

    /// 15 June 2016, the tenth of September, the 20th of next month.
    fn day_first(&self, at: usize) -> Read {
        let number_at = self.past(at, &["the"]);
        let (end, value, _) = self.number(number_at)?;
        let day = self.day_number(number_at, value)?;
        let next = self.past(self.past_mark(end, &['-', '.', '/']), &["of"]);
        if let Some((end, Unit::Month, shift)) = self.shifted_name(next) {
            let (month, _) = span_of(self.reference?, Unit::Month, shift)?;
            let calendar = Calendar { year: Some(month.year()), month: Some(month.month()), day: Some(day) };
            return Some((end, Reading::Calendar(calendar)));
        }
        let month = self.month(next)?;
        let end = self.past_mark(next + 1, &['-', '/']);
        let (end, year) = self.year_behind(end).map_or((next + 1, None), |(end, year)| (end, Some(year)));
        Some((end, Reading::Calendar(Calendar { year, month: Some(month), day: Some(day) })))
    }

    /// 2016 June, 2016 , Nov, 2019/Aug/01.
    fn year_first(&self, at: usize) -> Read {
        let (next, Reading::Calendar(year)) = self.plain_year(at)? else { return None };
        let month_at = self.past_mark(next, &[',', '-', '/', '.']);
        let month = Some(self.month(month_at)?);
        let day_at = self.past_mark(month_at + 1, &['-', '/']);
        let day = self.digits(day_at).filter(|_| day_at > month_at + 1);
        if let Some(day) = day.and_then(|(value, _)| self.day_number(day_at, i64::from(value))) {
            return Some((day_at + 1, Reading::Calendar(Calendar { month, day: Some(day), ..year })));
        }
        Some((month_at + 1, Reading::Calendar(Calendar { month, ..year })))
    }

    /// on 15, the 27, for the twenty second: a number that nothing is counted with.
    fn lone_day(&self, at: usize) -> Read {
        let article = matches!(self.word(at), "the" | "on");
        let number_at = self.past(self.past(at, &["on"]), &["the"]);
        let (end, value, _) = self.number(number_at).filter(|_| article)?;
        let day = self.day_number(number_at, value)?;
        let mark = self.mark(end);
        let sentence_ends = matches!(mark, '.' | ',' | '!' | '?' | ';' | ')') && self.digits(end + 1).is_none();
        let alone = end >= self.tokens.len() || sentence_ends;
        let calendar = Calendar { day: Some(day), ..Calendar::default() };
        alone.then_some((end, Reading::Calendar(calendar)))
    }

    /// Friday, Friday next week, Monday, January 12th, Thursday the 21st.
    fn weekday(&self, at: usize, day_first: bool) -> Read {
        let at = self.past(at, &["on"]);
        let weekday = *LEXICON.english.weekdays.get(self.word(at))?;
        let next = self.past_mark(at + 1, &['.', ',']);
        let date =
            numeric::read(self, next, day_first).or_else(|| self.month_first(next)).or_else(|| self.day_first(next));
        if let Some((end, Reading::Calendar(calendar))) = date
            && calendar.day.is_some()
        {
            return Some((end, Reading::Calendar(calendar)));
        }
        if self.word(next) == "the"
            && let Some((end, reading)) = self.bare_day(next + 1)
        {
            return Some((end, reading));
        }
        let reference = self.reference?;
        if let Some((end, Unit::Week, shift)) = self.shifted_name(self.past(at + 1, &["of"])) {
            return Some((end, Reading::Day(weekday_in_week(reference, weekday, shift)?)));
        }
        (!self.is_common_word(at)).then_some((at + 1, Reading::Day(weekday_before(reference, weekday)?)))
    }

    /// the first Friday in this month, the last Monday of August, the second Sunday.
    fn nth_weekday(&self, at: usize) -> Read {
        let (next, nth) = self.nth(self.past(at, &["the"]))?;
        let weekday = *LEXICON.english.weekdays.get(self.word(next))?;
        let named = self.period(self.past(next + 1, &["in", "of"]));
        let (end, period) = match named {
            Some(named) => named,
            None if nth > 0 => (next + 1, span_of(self.reference?, Unit::Month, 0)?),
            None => return None,
        };
        Some((end, nth_weekday(period, weekday, nth).map_or(Reading::NoSuchDay, Reading::Day)))
    }

    /// An ordinal, or -1 for the last.
    pub(super) fn nth(&self, at: usize) -> Option<(usize, i64)> {
        if self.word(at) == "last" {
            return Some((at + 1, -1));
        }
        self.number(at).filter(|(_, _, ordinal)| *ordinal).map(|(end, nth, _)| (end, nth))
    }

    /// A period with its days: this month, Q3, October 2016, 2015.
    pub(super) fn period(&self, at: usize) -> Option<(usize, (Date, Date))> {
        let candidates = [self.shifted_unit(at), self.quarter(at), self.month_first(at), self.plain_year(at)];
        let (end, reading) = candidates.into_iter().flatten().next()?;
        match reading {
            Reading::Span(from, to) => Some((end, (from, to))),
            Reading::Calendar(calendar) => match calendar.alone(self.reference)? {
                Dated::Period(Some(from), Some(to)) => Some((end, (from, to))),
                _ => None,
            },
            _ => None,
        }
    }

    /// A day with its name: today, February 4, the 18th.
    pub(super) fn day(&self, at: usize) -> Option<(usize, Date)> {
        let at = self.past(at, &["on"]);
        let named = LEXICON.english.days.get(self.word(at));
        if let Some(shift) = named {
            return Some((at + 1, shifted(self.reference?, Unit::Day, *shift)?));
        }
        let readings = [numeric::read(self, at, false), self.month_first(at), self.day_first(at), self.lone_day(at)];
        match readings.into_iter().flatten().next()? {
            (end, Reading::Calendar(calendar)) if calendar.day.is_some() => {
                Some((end, calendar.first_day(self.reference)?))
            }
            _ => None,
        }
    }
}
