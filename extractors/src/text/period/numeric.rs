//! Calendar notation in digits alone: 2025-12-31, 2025/12, 2025Q4, 4Q25, 1H 2025, 2025.

use jiff::civil::Date;

use super::{Part, Reading, Year, expression};
use crate::text::PeriodExpression;
use crate::text::unit::{Behind, UNITS};
use crate::text::view::View;

/// The digits that begin at a place, at most four: their value, number and end.
pub(super) fn short_number(view: &View<'_>, place: usize) -> Option<(usize, u16, usize)> {
    let mut value: u16 = 0;
    let mut end = place;
    while let Some(digit) = view.at(end).to_digit(10) {
        if end - place == 4 {
            return None;
        }
        value = value * 10 + u16::try_from(digit).ok()?;
        end += 1;
    }
    (end > place).then_some((end, value, end - place))
}

/// A year of four digits, and the place behind it.
pub(super) fn year(view: &View<'_>, place: usize) -> Option<(usize, i16)> {
    let (end, value, digits) = short_number(view, place)?;
    (digits == 4 && (1900..2100).contains(&value)).then(|| Some((end, i16::try_from(value).ok()?)))?
}

/// Reads notation in digits.
pub(super) fn read(view: &View<'_>, place: usize, reference: Option<Date>) -> Option<Reading> {
    let before = view.before(place);
    if before.is_ascii_alphanumeric() || matches!(before, '$' | '€' | '£' | '¥' | '#') || is_inside_number(view, place)
    {
        return None;
    }
    if let Some((end, part, year)) = quarter_first(view, place) {
        return expression(year, part, reference).map(|named| Reading::Mention(end, named));
    }
    if let Some((end, year, month, day)) = year_last(view, place) {
        let named = expression(Some(Year::Fixed(year)), Part::Day(Some(month), day), reference);
        return named.map(|named| Reading::Mention(end, named));
    }
    let (end, year) = year(view, place)?;
    if let Some((end, part)) = behind_year(view, end) {
        return expression(Some(Year::Fixed(year)), part, reference).map(|named| Reading::Mention(end, named));
    }
    None
}

/// 21/04/2016, 13.5.2015, 12-31-2025: the place behind, year, month and day. Where both numbers may be a month, points
/// are the European order with the day first, slashes and hyphens the American one.
fn year_last(view: &View<'_>, place: usize) -> Option<(usize, i16, u8, u8)> {
    let (end, first, digits) = short_number(view, place)?;
    let separator = view.at(end);
    if digits > 2 || !matches!(separator, '/' | '-' | '.') {
        return None;
    }
    let (end, second, digits) = short_number(view, end + 1)?;
    if digits > 2 || view.at(end) != separator {
        return None;
    }
    let (end, year) = year(view, end + 1)?;
    let (first, second) = (u8::try_from(first).ok()?, u8::try_from(second).ok()?);
    let day_first = first > 12 || (separator == '.' && second <= 12);
    let (month, day) = if day_first { (second, first) } else { (first, second) };
    let fits = (1..=12).contains(&month) && (1..=31).contains(&day) && !view.at(end).is_ascii_alphanumeric();
    fits.then_some((end, year, month, day))
}

/// Whether the digits go on with a number that began before (1,234 or 0.2025).
pub(super) fn is_inside_number(view: &View<'_>, place: usize) -> bool {
    let before = view.before(place);
    before.is_ascii_digit()
        || matches!(before, '.' | ',' | '/' | '-' | ':') && place >= 2 && view.at(place - 2).is_ascii_digit()
}

/// -12-31, /12, .12, Q4, H1 behind a year, with the place behind.
fn behind_year(view: &View<'_>, place: usize) -> Option<(usize, Part)> {
    let separator = view.at(place);
    if matches!(separator, '-' | '/' | '.')
        && let Some((end, month, digits)) = short_number(view, place + 1)
        && digits <= 2
        && (1..=12).contains(&month)
    {
        let month = u8::try_from(month).ok()?;
        if view.at(end) == separator
            && let Some((end, day, digits)) = short_number(view, end + 1)
            && digits <= 2
            && (1..=31).contains(&day)
        {
            return Some((end, Part::Day(Some(month), u8::try_from(day).ok()?)));
        }
        // 2025-11月 is no month of 2025 but goes on; 2025.12% is a number; 2024-25 is no month.
        let open = view.at(end).is_alphanumeric() || matches!(view.at(end), '%' | '-' | '/');
        return (digits == 2 && !open).then_some((end, Part::Month(month)));
    }
    let at = if separator == '-' { place + 1 } else { view.skip_spaces(place) };
    let (end, part) = letter_part(view, at)?;
    Some((end, part))
}

/// Q4, H1.
pub(super) fn letter_part(view: &View<'_>, place: usize) -> Option<(usize, Part)> {
    let number = view.at(place + 1).to_digit(10).and_then(|digit| u8::try_from(digit).ok())?;
    if view.at(place + 2).is_ascii_alphanumeric() {
        return None;
    }
    match (view.at(place), number) {
        ('q', 1..=4) => Some((place + 2, Part::Quarter(number))),
        ('h', 1..=2) => Some((place + 2, Part::Half(number))),
        _ => None,
    }
}

/// 4Q25, 4Q 2025, 1H25, 4Q, and 25Q4.
fn quarter_first(view: &View<'_>, place: usize) -> Option<(usize, Part, Option<Year>)> {
    let (end, number, digits) = short_number(view, place)?;
    if digits == 2 && matches!(view.at(end), 'q' | 'h') {
        let (end, part) = letter_part(view, end)?;
        return Some((end, part, Some(Year::Fixed(2000 + i16::try_from(number).ok()?))));
    }
    let number = u8::try_from(number).ok()?;
    let part = match (view.at(end), number) {
        ('q', 1..=4) => Part::Quarter(number),
        ('h', 1..=2) => Part::Half(number),
        _ => return None,
    };
    let behind = end + 1;
    if digits != 1 || view.at(behind).is_ascii_alphabetic() {
        return None;
    }
    if let Some((end, short, 2)) = short_number(view, behind) {
        return Some((end, part, Some(Year::Fixed(2000 + i16::try_from(short).ok()?))));
    }
    let named = year(view, view.skip_spaces(behind));
    Some(named.map_or((behind, part, None), |(end, year)| (end, part, Some(Year::Fixed(year)))))
}

/// A year that stands alone, or two that are joined, where nothing says that the digits count something.
pub(super) fn lone_year(view: &View<'_>, place: usize) -> Option<Reading> {
    let before = view.before(place);
    if before.is_ascii_alphanumeric() || matches!(before, '$' | '€' | '£' | '¥' | '#') || is_inside_number(view, place)
    {
        return None;
    }
    let currency_end = view.skip_spaces_back(place);
    if UNITS.before.before(view, currency_end, 0).is_some() {
        return None;
    }
    let (end, first) = year(view, place)?;
    // end-1986 is a day.
    if before == '-' && view.before(place - 1).is_ascii_alphabetic() {
        return Some(Reading::Skip(end));
    }
    let next = view.at(end);
    let number = view.at(end + 1).is_ascii_digit();
    if next.is_ascii_alphabetic() || (matches!(next, '.' | ',' | ':') && number) {
        return None;
    }
    let to = if matches!(next, '-' | '–' | '—' | '~' | '至' | '到') { end + 1 } else { end };
    if to > end && view.at(to).is_ascii_digit() {
        let (last_end, last) = year(view, to)?;
        let counted = view.at(last_end).is_ascii_alphanumeric();
        let end = if view.at(last_end) == '年' { last_end + 1 } else { last_end };
        let period =
            bellwether_model::period::Period::months((first, 1), (last, 12)).filter(|_| first < last && !counted)?;
        return Some(Reading::Mention(end, PeriodExpression::Fixed(period)));
    }
    let at = view.skip_spaces(end);
    let counts = UNITS.behind.at(view, at).is_some_and(|(_, unit)| unit != Behind::Nothing)
        || matches!(view.at(at), '万' | '亿' | '兆' | '%' | '多' | '余')
        || crate::text::number::is_scale(view, at);
    let year = PeriodExpression::Fixed(bellwether_model::period::Period::Year(first));
    (!counts).then_some(Reading::Mention(end, year))
}
