//! English periods: December 2025, Jan-Nov, the first 11 months of 2023, second quarter, last month, a year earlier.

use std::sync::LazyLock;

use bellwether_model::period::Period;
use jiff::civil::Date;

use super::numeric::{letter_part, lone_year, short_number, year as digits_year};
use super::resolve::shift_month;
use super::vocabulary::{VOCABULARY, Word};
use super::{Part, Reading, Year, expression, relative};
use crate::text::PeriodExpression;
use crate::text::number::bare;
use crate::text::number::english_starts;
use crate::text::starts::Starts;
use crate::text::view::{Letters, View};

/// Words with which a period begins that is more than a word of the vocabulary or a number.
const OPENERS: [&str; 15] = [
    "the",
    "same",
    "corresponding",
    "comparable",
    "like",
    "year",
    "quarter",
    "opening",
    "last",
    "next",
    "fiscal",
    "financial",
    "fy",
    // Q4, H1
    "q",
    "h",
];

/// How everything begins that is read here.
static STARTS: LazyLock<Starts> = LazyLock::new(|| {
    let mut starts = Starts::default();
    OPENERS.into_iter().for_each(|word| starts.add(word.chars()));
    VOCABULARY.words.folded().for_each(|word| starts.add(word.iter().copied()));
    english_starts(&mut starts);
    starts
});

/// Reads an English period that begins here.
pub(super) fn read(view: &View<'_>, place: usize, reference: Option<Date>) -> Option<Reading> {
    if !view.is_word_start(place) {
        return None;
    }
    if view.at(place).is_ascii_digit() {
        return day_first(view, place, reference)
            .or_else(|| month_count(view, place, reference))
            .or_else(|| lone_year(view, place));
    }
    if !STARTS.may_begin(view, place) {
        return None;
    }
    if let Some(end) = fiscal(view, place) {
        return Some(Reading::Skip(end));
    }
    if let Some(reading) = same_year_period(view, place).or_else(|| span_to_month(view, place, reference)) {
        return Some(reading);
    }
    if let Some((end, part)) = letter_part(view, place) {
        let (end, year) = year_behind(view, end).unwrap_or((end, None));
        return expression(year, part, reference).map(|named| Reading::Mention(end, named));
    }
    if let Some((end, part)) = firsts(view, place) {
        let (end, year) = year_behind(view, end).unwrap_or((end, None));
        return expression(year, part, reference).map(|named| Reading::Mention(end, named));
    }
    if let Some(reading) = directed_month(view, place, reference) {
        return Some(reading);
    }
    match VOCABULARY.words.at(view, place) {
        Some((end, Word::Month(month))) => named_month(view, place, end, month, reference),
        Some((end, word)) if is_name_of_day(view, place, word) => {
            relative(view, place, end, word, reference).map(|named| Reading::Mention(end, named))
        }
        _ => None,
    }
    .or_else(|| month_count(view, place, reference))
}

/// Short names of weekdays are words too (sat, sun, wed): they need a capital.
fn is_name_of_day(view: &View<'_>, place: usize, word: Word) -> bool {
    !matches!(word, Word::Weekday(_)) || view.is_capital(place)
}

/// The place of the next word behind spaces or a hyphen.
fn next_word(view: &View<'_>, place: usize) -> usize {
    if view.at(place) == '-' { place + 1 } else { view.skip_spaces(place) }
}

/// The letters of the word that ends before the spaces here.
fn word_before(view: &View<'_>, place: usize) -> Letters {
    let end = view.skip_spaces_back(place);
    let mut start = end;
    while view.before(start).is_ascii_alphabetic() {
        start -= 1;
    }
    Letters::new(view.chars.get(start..end).unwrap_or_default())
}

/// Whether a word before a month takes it for one.
fn is_preposition(word: Letters) -> bool {
    VOCABULARY.prepositions.iter().any(|known| known == word.as_str())
}

/// Whether the name of a month is one here: `may` and `march` are verbs, and `MAY` is where all letters are capitals.
fn is_month(view: &View<'_>, place: usize, end: usize) -> bool {
    let name = view.word(place);
    if !view.is_capital(place) {
        return name.as_str().len() > 3 && name.as_str() != "march" && is_preposition(word_before(view, place));
    }
    let verb = matches!(name.as_str(), "may" | "march" | "mar");
    if !verb || !view.is_capital(place + 1) {
        return true;
    }
    let next = view.at(view.skip_spaces(end));
    is_preposition(word_before(view, place)) || next.is_ascii_digit() || view.at(end) == '-'
}

/// A year behind a part of one: `, 2025`, `of 2025`, `last year`, `of the year`. The inner `None`: the year in question.
fn year_behind(view: &View<'_>, place: usize) -> Option<(usize, Option<Year>)> {
    let mut at = view.skip_spaces(place);
    if view.at(at) == ',' || (view.at(at) == '-' && digits_year(view, at + 1).is_some()) {
        at = view.skip_spaces(at + 1);
    }
    if matches!(view.word(at).as_str(), "of" | "in") {
        at = view.skip_spaces(view.word_end(at));
    }
    if let Some((end, year)) = digits_year(view, at) {
        let goes_on = view.at(end).is_alphanumeric() || (view.at(end) == ',' && view.at(end + 1).is_ascii_digit());
        return (!goes_on && view.at(end) != '%').then_some((end, Some(Year::Fixed(year))));
    }
    match VOCABULARY.words.at(view, at) {
        Some((end, Word::YearShift(shift))) => Some((end, Some(Year::Shift(shift)))),
        _ => {
            let the = view.word(at).as_str() == "the";
            let year = view.skip_spaces(view.word_end(at));
            (the && view.word(year).as_str() == "year").then(|| (view.word_end(year), None))
        }
    }
}

/// December, December 2025, Dec. 9, December 1-20, January-November 2025, December 2024 to March 2025.
fn named_month(view: &View<'_>, place: usize, end: usize, month: u8, reference: Option<Date>) -> Option<Reading> {
    if !is_month(view, place, end) {
        return None;
    }
    if let Some((end, part)) = days_behind(view, end, month) {
        let (end, year) =
            year_behind(view, end).filter(|(_, year)| matches!(year, Some(Year::Fixed(_)))).unwrap_or((end, None));
        return expression(year, part, reference).map(|named| Reading::Mention(end, named));
    }
    let (first_end, first_year) = year_behind(view, end).unwrap_or((end, None));
    if let Some((last_end, last)) = month_behind(view, first_end, place, reference) {
        let (last_end, last_year) = year_behind(view, last_end).unwrap_or((last_end, None));
        if let Some(period) = first_year
            .zip(last_year)
            .and_then(|(from, to)| Period::months((from.known(reference)?, month), (to.known(reference)?, last)))
        {
            return Some(Reading::Mention(last_end, PeriodExpression::Fixed(period)));
        }
        let part = Part::Months(month, last);
        let year = last_year.or(first_year);
        if month > last
            && let Some(year) = year.and_then(|year| year.known(reference))
        {
            return Period::months((year - 1, month), (year, last))
                .map(|period| Reading::Mention(last_end, PeriodExpression::Fixed(period)));
        }
        return expression(year, part, reference).map(|named| Reading::Mention(last_end, named));
    }
    expression(first_year, Part::Month(month), reference).map(|named| Reading::Mention(first_end, named))
}

/// The month at the other end of a span.
fn month_behind(view: &View<'_>, place: usize, start: usize, reference: Option<Date>) -> Option<(usize, u8)> {
    let at = view.skip_spaces(place);
    let behind = if matches!(view.at(at), '-' | '–' | '—' | '~') {
        view.skip_spaces(at + 1)
    } else {
        let join = view.word(at);
        let between = join.as_str() == "and" && word_before(view, start).as_str() == "between";
        let fits = between || matches!(join.as_str(), "to" | "through" | "thru" | "until" | "till");
        fits.then(|| view.skip_spaces(view.word_end(at)))?
    };
    match VOCABULARY.words.at(view, behind)? {
        (end, Word::Month(month)) if view.is_capital(behind) => Some((end, month)),
        // January to last month
        (end, Word::MonthShift(shift)) => {
            let day = reference?;
            let (_, month) = shift_month((day.year(), u8::try_from(day.month()).ok()?), shift);
            Some((end, month))
        }
        _ => None,
    }
}

/// Days behind a month: 9, 9th, 1-20, 1 to 20.
fn days_behind(view: &View<'_>, place: usize, month: u8) -> Option<(usize, Part)> {
    let at = view.skip_spaces(place);
    let (end, from) = day(view, at)?;
    let join = view.skip_spaces(end);
    let behind = match view.at(join) {
        '-' | '–' | '—' | '~' => Some(view.skip_spaces(join + 1)),
        _ => matches!(view.word(join).as_str(), "to" | "through").then(|| view.skip_spaces(view.word_end(join))),
    };
    if let Some((end, to)) = behind.and_then(|behind| day(view, behind)).filter(|(_, to)| *to > from) {
        return Some((end, Part::Days(Some(month), from, to)));
    }
    if let Some((end, Word::Month(last_month))) = behind.and_then(|behind| VOCABULARY.words.at(view, behind))
        && let Some((end, to)) = day(view, view.skip_spaces(end))
    {
        return Some((end, Part::across((month, from), (last_month, to))));
    }
    Some((end, Part::Day(Some(month), from)))
}

/// The number of a day, where the digits are no amount: `Dec 31`, `31st`.
fn day(view: &View<'_>, place: usize) -> Option<(usize, u8)> {
    let (end, value, digits) = short_number(view, place)?;
    let day = u8::try_from(value).ok().filter(|day| digits <= 2 && (1..=31).contains(day))?;
    let end = if matches!(view.word(end).as_str(), "st" | "nd" | "rd" | "th") { end + 2 } else { end };
    let number =
        matches!(view.at(end), '.' | ',' | ':') && view.at(end + 1).is_ascii_digit() && !is_year_behind(view, end);
    let counts = view.at(end).is_ascii_alphabetic() || matches!(view.at(end), '%' | '/') || number;
    let unit = view.skip_spaces(end);
    let counted = matches!(
        view.word(unit).as_str(),
        "pct" | "percent" | "per" | "billion" | "million" | "bln" | "mln" | "trillion" | "trln"
    );
    (!counts && !counted).then_some((end, day))
}

fn is_year_behind(view: &View<'_>, place: usize) -> bool {
    view.at(place) == ',' && digits_year(view, place + 1).is_some_and(|(end, _)| !view.at(end).is_ascii_digit())
}

/// 9 January, 9th of January 2026, 1-20 February.
fn day_first(view: &View<'_>, place: usize, reference: Option<Date>) -> Option<Reading> {
    let (mut end, from) = day(view, place)?;
    let mut to = None;
    if matches!(view.at(end), '-' | '–') && !view.at(end + 1).is_ascii_alphabetic() {
        (end, to) = day(view, end + 1).map(|(end, to)| (end, Some(to)))?;
    }
    // 19-MAR-1987
    let mut at = next_word(view, end);
    if view.word(at).as_str() == "of" {
        at = view.skip_spaces(view.word_end(at));
    }
    let (end, Word::Month(month)) = VOCABULARY.words.at(view, at)? else { return None };
    if !view.is_capital(at) || view.before(place) == '.' {
        return None;
    }
    let (end, year) =
        year_behind(view, end).filter(|(_, year)| matches!(year, Some(Year::Fixed(_)))).unwrap_or((end, None));
    let part = match to {
        Some(to) if to > from => Part::Days(Some(month), from, to),
        _ => Part::Day(Some(month), from),
    };
    expression(year, part, reference).map(|named| Reading::Mention(end, named))
}

/// first quarter, second half, first three quarters, first 11 months, first 20 days of February.
fn firsts(view: &View<'_>, place: usize) -> Option<(usize, Part)> {
    let at = if view.word(place).as_str() == "the" { view.skip_spaces(view.word_end(place)) } else { place };
    let (end, ordinal) = match VOCABULARY.words.at(view, at) {
        Some((end, Word::Ordinal(ordinal))) => (end, ordinal),
        _ if view.word(at).as_str() == "opening" => (view.word_end(at), 1),
        _ if at > place => return months_of_year(view, at),
        _ => return None,
    };
    let next = next_word(view, end);
    match view.word(next).as_str() {
        "quarter" => return Some((view.word_end(next), Part::Quarter(ordinal))),
        "half" => return half(view, view.word_end(next), ordinal),
        _ => {}
    }
    if ordinal != 1 {
        return None;
    }
    let (end, number) = small_count(view, next)?;
    let unit = next_word(view, end);
    let end = view.word_end(unit);
    match view.word(unit).as_str() {
        "months" | "month" if (1..=12).contains(&number) => {
            Some((end, if number == 1 { Part::Month(1) } else { Part::Months(1, number) }))
        }
        "quarters" if (1..=4).contains(&number) => Some((end, Part::Months(1, number * 3))),
        "days" if (1..=31).contains(&number) => {
            let of = view.skip_spaces(end);
            let month =
                (view.word(of).as_str() == "of").then(|| VOCABULARY.words.at(view, view.skip_spaces(of + 2))).flatten();
            Some(match month {
                Some((end, Word::Month(month))) => (end, Part::Days(Some(month), 1, number)),
                _ => (end, Part::Days(None, 1, number)),
            })
        }
        _ => None,
    }
}

/// `the seven months of 2018`: the first ones.
fn months_of_year(view: &View<'_>, place: usize) -> Option<(usize, Part)> {
    let (end, number) = small_count(view, place)?;
    let unit = next_word(view, end);
    let end = view.word_end(unit);
    let of = view.skip_spaces(end);
    let year = view.word(of).as_str() == "of" && digits_year(view, view.skip_spaces(view.word_end(of))).is_some();
    (view.word(unit).as_str() == "months" && year && (2..=12).contains(&number))
        .then_some((end, Part::Months(1, number)))
}

/// A half of a year, or of a month that is named.
fn half(view: &View<'_>, end: usize, ordinal: u8) -> Option<(usize, Part)> {
    const MIDDLE: u8 = 15;
    let of = view.skip_spaces(end);
    if view.word(of).as_str() == "of"
        && let Some((end, Word::Month(month))) = VOCABULARY.words.at(view, view.skip_spaces(of + 2))
    {
        let days =
            if ordinal == 1 { Part::Days(Some(month), 1, MIDDLE) } else { Part::Days(Some(month), MIDDLE + 1, 31) };
        return Some((end, days));
    }
    (ordinal <= 2).then_some((end, Part::Half(ordinal)))
}

/// A small number in digits or words.
fn small_count(view: &View<'_>, place: usize) -> Option<(usize, u8)> {
    if let Some((end, value, digits)) = short_number(view, place) {
        return (digits <= 2).then(|| Some((end, u8::try_from(value).ok()?)))?;
    }
    let number = bare(view, place, false)?;
    Some((number.end, u8::try_from(number.value).ok()?))
}

/// last December, next March: counted from the day of publication.
fn directed_month(view: &View<'_>, place: usize, reference: Option<Date>) -> Option<Reading> {
    let later = match view.word(place).as_str() {
        "last" => false,
        "next" => true,
        _ => return None,
    };
    let at = view.skip_spaces(view.word_end(place));
    let (end, Word::Month(month)) = VOCABULARY.words.at(view, at)? else { return None };
    let reference = reference.filter(|_| view.is_capital(at))?;
    let this = reference.month().unsigned_abs();
    let year = match later {
        false if month < this => reference.year(),
        false => reference.year() - 1,
        true if month > this => reference.year(),
        true => reference.year() + 1,
    };
    Some(Reading::Mention(end, PeriodExpression::Fixed(Period::Month(year, month))))
}

/// three months to March, 12 months ended December 2025.
fn month_count(view: &View<'_>, place: usize, reference: Option<Date>) -> Option<Reading> {
    let (end, number) = small_count(view, place)?;
    let unit = next_word(view, end);
    let fits = matches!(view.word(unit).as_str(), "months" | "month") && (2..=12).contains(&number);
    fits.then(|| ending(view, view.word_end(unit), number, reference))?
}

/// the year to March, year ended June 30.
fn span_to_month(view: &View<'_>, place: usize, reference: Option<Date>) -> Option<Reading> {
    let at = if view.word(place).as_str() == "the" { view.skip_spaces(view.word_end(place)) } else { place };
    match view.word(at).as_str() {
        "year" => ending(view, view.word_end(at), 12, reference),
        "quarter" => ending(view, view.word_end(at), 3, reference),
        _ => None,
    }
}

/// `to March`, `ended December 31, 2025` behind a number of months.
fn ending(view: &View<'_>, place: usize, length: u8, reference: Option<Date>) -> Option<Reading> {
    let mut at = view.skip_spaces(place);
    match view.word(at).as_str() {
        "to" | "through" | "ended" | "ending" | "until" => at = view.skip_spaces(view.word_end(at)),
        _ => return None,
    }
    if matches!(view.word(at).as_str(), "in" | "on" | "end") {
        at = view.skip_spaces(view.word_end(at));
    }
    let (end, Word::Month(month)) = VOCABULARY.words.at(view, at)? else { return None };
    if !is_month(view, at, end) {
        return None;
    }
    let end = days_behind(view, end, month).map_or(end, |(end, _)| end);
    let (end, year) = year_behind(view, end).unwrap_or((end, None));
    let known = year.and_then(|year| year.known(reference)).or_else(|| {
        let reference = reference?;
        Some(if month <= reference.month().unsigned_abs() { reference.year() } else { reference.year() - 1 })
    });
    let named = match known {
        Some(year) => {
            let first = shift_month((year, month), 1 - i16::from(length));
            PeriodExpression::Fixed(Period::months(first, (year, month))?)
        }
        None => PeriodExpression::Months((month + 12 - length) % 12 + 1, month),
    };
    Some(Reading::Mention(end, named))
}

/// the same 1986 period, the same period of 1986: a year before the one in question.
fn same_year_period(view: &View<'_>, place: usize) -> Option<Reading> {
    let at = if view.word(place).as_str() == "the" { view.skip_spaces(view.word_end(place)) } else { place };
    if !matches!(view.word(at).as_str(), "same" | "corresponding" | "comparable" | "like") {
        return None;
    }
    let next = view.skip_spaces(view.word_end(at));
    let is_unit =
        |place: usize| matches!(view.word(place).as_str(), "period" | "month" | "quarter" | "months" | "time");
    if let Some((end, _)) = digits_year(view, next) {
        let unit = view.skip_spaces(end);
        return is_unit(unit).then(|| Reading::Mention(view.word_end(unit), PeriodExpression::YearEarlier));
    }
    let of = view.skip_spaces(view.word_end(next));
    let joined = is_unit(next) && matches!(view.word(of).as_str(), "of" | "in");
    let (end, _) = joined.then(|| digits_year(view, view.skip_spaces(view.word_end(of))))??;
    Some(Reading::Mention(end, PeriodExpression::YearEarlier))
}

/// Fiscal years begin in months that differ from country to country; the text does not say which.
fn fiscal(view: &View<'_>, place: usize) -> Option<usize> {
    let first = view.word(place);
    let mut at = view.word_end(place);
    match first.as_str() {
        "fiscal" | "financial" | "fy" => {}
        _ => return None,
    }
    let next = view.skip_spaces(at);
    if view.word(next).as_str() == "year" {
        at = view.word_end(next);
    }
    let mut end = view.skip_spaces(at);
    while view.at(end).is_ascii_digit() || (matches!(view.at(end), '-' | '/') && view.at(end + 1).is_ascii_digit()) {
        end += 1;
    }
    Some(end.max(at))
}
