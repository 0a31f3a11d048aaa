//! Dates in digits: 2016-11-07, 21/04/2016, 9-18-15, 2015.3, 11 / 2016, 4/22.

use super::days::full_year;
use super::english::{English, Read};
use super::{Calendar, Reading};

/// The date in digits that begins at a token. `day_first`: which of two small numbers before a year is the day.
pub(super) fn read(reader: &English<'_, '_>, at: usize, day_first: bool) -> Read {
    reader.digits(at)?;
    // A hyphen before 10/7/2018 is the dash of a range.
    let joined = at >= 2
        && reader.touches(at)
        && (matches!(reader.mark(at - 1), '.' | ',' | '/' | ':')
            || (reader.mark(at - 1) == '-' && reader.mark(at + 1) == '-'))
        && reader.touches(at - 1)
        && reader.digits(at - 2).is_some();
    if joined || (at > 0 && reader.touches(at) && !reader.word(at - 1).is_empty()) {
        return None;
    }
    let (end, calendar) =
        three(reader, at, day_first).or_else(|| spaced(reader, at)).or_else(|| two(reader, at, day_first))?;
    let goes_on = matches!(reader.mark(end), '/' | '-' | ':' | '.' | ',')
        && reader.touches(end)
        && reader.touches(end + 1)
        && reader.digits(end + 1).is_some();
    let parts_ends = reader.mark(end) == '-' && reader.mark(at + 1) != '-' && calendar.day.is_some();
    (!goes_on || parts_ends).then_some((end, Reading::Calendar(calendar)))
}

fn number((value, length): (u32, usize)) -> Option<i16> {
    i16::try_from(value).ok().filter(|_| length <= 4)
}

fn parts(year: i16, month: i16, day: i16) -> Option<Calendar> {
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    let stands = (1..=12).contains(&month) && (1..=31).contains(&day) && year > 0;
    stands.then_some(Calendar { year: Some(year), month: Some(month), day: Some(day) })
}

/// Three numbers with the same mark between them; a comma may stand before the last.
fn three(reader: &English<'_, '_>, at: usize, day_first: bool) -> Option<(usize, Calendar)> {
    let mark = reader.mark(at + 1);
    let second_mark = reader.mark(at + 3);
    let marks = matches!(mark, '/' | '-' | '.') && (second_mark == mark || (mark == '/' && second_mark == ','));
    if !marks || !(1..=4).all(|ahead| reader.touches(at + ahead)) {
        return None;
    }
    let (first, second, third) = (reader.digits(at)?, reader.digits(at + 2)?, reader.digits(at + 4)?);
    let (a, b, c) = (number(first)?, number(second)?, number(third)?);
    let calendar = match (first.1, third.1) {
        (4, 1 | 2) => parts(a, b, c),
        (1 | 2, 4) => small(a, b, day_first).and_then(|(month, day)| parts(c, month, day)),
        (1 | 2, 2) if mark != '.' => small(a, b, day_first).and_then(|(month, day)| parts(full_year(c), month, day)),
        (2, 1) if mark == '-' && day_first => parts(full_year(a), b, c),
        _ => None,
    }?;
    Some((at + 5, calendar))
}

/// Month and day of two numbers: the one above twelve is the day.
fn small(first: i16, second: i16, day_first: bool) -> Option<(i16, i16)> {
    let (month, day) = if (day_first || first > 12) && second <= 12 { (second, first) } else { (first, second) };
    (month <= 12 && day <= 31).then_some((month, day))
}

/// 2010 01 29.
fn spaced(reader: &English<'_, '_>, at: usize) -> Option<(usize, Calendar)> {
    let (first, second, third) = (reader.digits(at)?, reader.digits(at + 1)?, reader.digits(at + 2)?);
    let lengths = (first.1, second.1, third.1) == (4, 2, 2);
    let calendar = parts(number(first)?, number(second)?, number(third)?)?;
    lengths.then_some((at + 3, calendar))
}

/// A year and a month, or a month and a day.
fn two(reader: &English<'_, '_>, at: usize, day_first: bool) -> Option<(usize, Calendar)> {
    let mark = reader.mark(at + 1);
    let (first, second) = (reader.digits(at)?, reader.digits(at + 2)?);
    let (a, b) = (number(first)?, number(second)?);
    let together = reader.touches(at + 1) && reader.touches(at + 2);
    let month = |value: i16| i8::try_from(value).ok().filter(|month| (1..=12).contains(month));
    let year = |value: i16| (1900..2100).contains(&value);
    let of_month = |year: i16, month: i8| Some((at + 3, Calendar { year: Some(year), month: Some(month), day: None }));
    match mark {
        '/' | '-' if first.1 == 4 && second.1 <= 2 && year(a) => of_month(a, month(b)?),
        '/' | '-' if first.1 <= 2 && second.1 == 4 && year(b) => of_month(b, month(a)?),
        '.' if together && first.1 == 4 && second.1 <= 2 && year(a) => of_month(a, month(b)?),
        '/' | '-' if together && first.1 <= 2 && second.1 <= 2 => {
            // 4/22 is a day; 4-22 is a score unless a word says otherwise.
            let word = at.checked_sub(1).map_or("", |before| reader.word(before));
            let dated = matches!(word, "on" | "from" | "to" | "since" | "until" | "by");
            let (month, day) = small(a, b, day_first).filter(|(month, day)| *month > 0 && *day > 0)?;
            let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
            let calendar = Calendar { year: None, month: Some(month), day: Some(day) };
            (dated || mark == '/').then_some((at + 3, calendar))
        }
        _ => None,
    }
}
