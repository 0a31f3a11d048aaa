//! The text of a cell to a number, a period.

use std::sync::LazyLock;

use bellwether_model::figure::Status;
use bellwether_model::period::Period;
use jiff::civil::Date;
use regex::{Captures, Regex};
use rust_decimal::Decimal;

use crate::text;

/// Texts that mean that there is no number, in small letters.
const MISSING: &[&str] = &[
    "",
    "-",
    "--",
    "---",
    "–",
    "—",
    "―",
    "－",
    ".",
    "..",
    "...",
    "…",
    "……",
    ":",
    "*",
    "x",
    "(x)",
    "d",
    "(d)",
    "na",
    "n.a.",
    "n/a",
    "n.a",
    "nan",
    "null",
    "none",
    "not available",
    "s",
    "c",
    "...p",
    "未公布",
    "不適用",
    "尚未公布",
];
/// Year 1 of the Republic of China is 1912.
const REPUBLIC_ERA: i16 = 1911;

/// A number as a cell gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CellNumber {
    /// Its value.
    pub(super) value: Decimal,
    /// What a mark behind it says (`r`, `p`).
    pub(super) mark: Option<Status>,
}

/// Whether a cell says that there is no number.
pub(super) fn is_missing(cell: &str, further: &[String]) -> bool {
    let cell = cell.trim();
    further.iter().any(|text| text == cell) || MISSING.contains(&cell.to_lowercase().as_str())
}

/// The number of a cell. `decimal`: the decimal mark.
pub(super) fn number(cell: &str, decimal: char) -> Option<CellNumber> {
    let cell = cell.trim();
    let (cell, mark) = marked(cell);
    let cell = cell.trim_end_matches(['%', '％']).trim();
    let (cell, in_brackets) = match cell.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) => (inner, true),
        None => (cell, false),
    };
    let minus = ['-', '−', '–', '－', '▲', '△'];
    let (cell, is_negative) = match cell.strip_prefix(minus) {
        Some(rest) => (rest.trim_start(), true),
        None => (cell.strip_prefix('+').unwrap_or(cell), false),
    };
    let mut digits = String::with_capacity(cell.len());
    for c in cell.chars() {
        match c {
            c if c == decimal => digits.push('.'),
            // Between groups of digits.
            ',' | '.' | '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' => {}
            c => digits.push(c),
        }
    }
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let value = digits.parse::<Decimal>().or_else(|_| Decimal::from_scientific(&digits)).ok()?.normalize();
    let value = if is_negative != in_brackets { -value } else { value };
    Some(CellNumber { value, mark })
}

/// A cell without the mark of a statistician behind its number (`12.3r`, `12.3 (p)`, `12.3*`).
fn marked(cell: &str) -> (&str, Option<Status>) {
    static MARK: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^(.*[0-9])\s*(?:\(([A-Za-z])\)|([A-Za-z])|\*+)$").expect("a fixed pattern"));
    let Some(found) = MARK.captures(cell) else { return (cell, None) };
    let letter = found.get(2).or_else(|| found.get(3)).map(|letter| letter.as_str().to_ascii_lowercase());
    let status = match letter.as_deref() {
        Some("r") => Some(Status::Revised),
        Some("p" | "e") => Some(Status::Preliminary),
        Some("f") => Some(Status::Forecast),
        None => None,
        // What is unknown is no mark: the cell is no number.
        Some(_) => return (cell, None),
    };
    (found.get(1).map_or(cell, |number| number.as_str()), status)
}

type Reading = fn(&Captures<'_>) -> Option<Period>;

static FORMS: LazyLock<Vec<(Regex, Reading)>> = LazyLock::new(|| {
    let forms: [(&str, Reading); 11] = [
        (r"^(?P<y>[0-9]{4})(?:[-/. ]*(?:YR|YEAR|ANNUAL|TOTAL|A1|A))?$", |found| Some(Period::Year(year(found)?))),
        (r"^(?P<y>[0-9]{4})[-/. ]*M?(?P<m>[0-9]{2})$", month),
        (r"^(?P<y>[0-9]{4})(?:[-/.]M?|M)(?P<m>[0-9])$", month),
        (r"^(?P<m>[0-9]{1,2})/(?P<y>[0-9]{4})$", month),
        (r"^(?P<y>[0-9]{4})[-/. ]*(?:Q|第)(?P<q>[1-4])季?$", quarter),
        (r"^Q(?P<q>[1-4])[-/. ]*(?P<y>[0-9]{4})$", quarter),
        (r"^(?P<y>[0-9]{4})[-/. ]*[SHB](?P<h>[12])$", |found| Some(Period::Half(year(found)?, small(found, "h")?))),
        (r"^(?P<y>[0-9]{4})[-/., ]*(?P<name>[A-Z]{3,9})\.?$", named),
        (r"^(?P<name>[A-Z]{3,9})[-/., ]*(?P<y>[0-9]{4})$", named),
        (
            r"^(?:民國|中華民國)?(?P<e>[0-9]{2,4})年(?:(?P<m>[0-9]{1,2})(?:[-~至～–—](?P<n>[0-9]{1,2}))?月)?(?:底|份)?$",
            chinese,
        ),
        (r"^(?P<e>[0-9]{2,3})[-/.]?(?P<m>[0-9]{2})$", chinese),
    ];
    forms.map(|(form, reading)| (Regex::new(form).expect("a fixed pattern"), reading)).into()
});

fn year(found: &Captures<'_>) -> Option<i16> {
    found.name("y")?.as_str().parse().ok().filter(|year| (1900..=2100).contains(year))
}

fn small(found: &Captures<'_>, group: &str) -> Option<u8> {
    found.name(group)?.as_str().parse().ok()
}

fn month(found: &Captures<'_>) -> Option<Period> {
    let (year, month) = (year(found)?, small(found, "m")?);
    Period::months((year, month), (year, month))
}

fn quarter(found: &Captures<'_>) -> Option<Period> {
    Some(Period::Quarter(year(found)?, small(found, "q")?))
}

fn named(found: &Captures<'_>) -> Option<Period> {
    const NAMES: [&str; 12] = [
        "JANUARY",
        "FEBRUARY",
        "MARCH",
        "APRIL",
        "MAY",
        "JUNE",
        "JULY",
        "AUGUST",
        "SEPTEMBER",
        "OCTOBER",
        "NOVEMBER",
        "DECEMBER",
    ];
    let name = found.name("name")?.as_str();
    let place = NAMES.iter().position(|full| full.starts_with(name) || (name == "SEPT" && *full == "SEPTEMBER"))?;
    Some(Period::Month(year(found)?, u8::try_from(place + 1).ok()?))
}

/// Years of the Republic of China and years that 年 marks.
fn chinese(found: &Captures<'_>) -> Option<Period> {
    let printed: i16 = found.name("e")?.as_str().parse().ok()?;
    let year = if printed < 1000 { printed + REPUBLIC_ERA } else { printed };
    let Some(first) = small(found, "m") else { return Some(Period::Year(year)) };
    Period::months((year, first), (year, small(found, "n").unwrap_or(first)))
}

/// The period that a cell names. `frequency`: how long one is of which the first or any day alone is given (A, S, Q, M).
pub(super) fn period(cell: &str, frequency: Option<&str>) -> Option<Period> {
    let cell = cell.trim().trim_end_matches(['-', '/', ' ', ':']);
    if let Some(date) = day(cell) {
        return around(date, frequency);
    }
    let upper = cell.to_uppercase();
    if let Ok(period) = upper.parse::<Period>() {
        return Some(period);
    }
    let by_form = FORMS.iter().find_map(|(form, reading)| reading(&form.captures(&upper)?));
    by_form.or_else(|| {
        let found = text::periods(cell, None);
        let [mention] = &found[..] else { return None };
        text::resolve(mention.expression, None, None)
    })
}

/// A day, with or without a time behind it.
fn day(cell: &str) -> Option<Date> {
    static DAY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^([0-9]{4})([-/]?)(0[1-9]|1[0-2])([-/]?)([0-3][0-9])(?:[T ].*)?$").expect("a fixed pattern")
    });
    let found = DAY.captures(cell).filter(|found| found[2] == found[4])?;
    Date::new(found[1].parse().ok()?, found[3].parse().ok()?, found[5].parse().ok()?).ok()
}

/// The period around a day. Where nothing says how long it is, the first of a month stands for its month, as in most
/// tables; any other day is none.
fn around(date: Date, frequency: Option<&str>) -> Option<Period> {
    let (year, month) = (date.year(), u8::try_from(date.month()).ok()?);
    match frequency.map(|letter| letter.trim().to_uppercase()).as_deref() {
        Some("A" | "Y") => Some(Period::Year(year)),
        Some("S" | "H") => Some(Period::Half(year, (month - 1) / 6 + 1)),
        Some("Q") => Some(Period::Quarter(year, (month - 1) / 3 + 1)),
        Some("M") => Some(Period::Month(year, month)),
        _ if date.day() == 1 => Some(Period::Month(year, month)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_cells_are_read() {
        let read = |cell: &str| number(cell, '.').map(|number| number.value.to_string());
        for (cell, expected) in [
            ("6804128143.0", "6804128143"),
            ("1,546,387", "1546387"),
            ("-0.44", "-0.44"),
            ("(12.5)", "-12.5"),
            ("−3", "-3"),
            ("▲ 1,2", "-12"),
            ("12.3r", "12.3"),
            ("12.3 (p)", "12.3"),
            ("5.1%", "5.1"),
            ("1.5E3", "1500"),
            ("+7", "7"),
            (".5", "0.5"),
        ] {
            assert_eq!(read(cell).as_deref(), Some(expected), "{cell}");
        }
        assert_eq!(number("128,49", ',').map(|n| n.value.to_string()).as_deref(), Some("128.49"));
        assert_eq!(number("1.234.567,8", ',').map(|n| n.value.to_string()).as_deref(), Some("1234567.8"));
        assert_eq!(
            (number("12r", '.').and_then(|n| n.mark), number("12", '.').and_then(|n| n.mark)),
            (Some(Status::Revised), None)
        );
        for cell in ["abc", "12k", "", "--", "1e99"] {
            assert_eq!(read(cell), None, "{cell}");
        }
        assert!(is_missing(" N/A ", &[]) && is_missing("0.0", &["0.0".into()]) && !is_missing("0", &[]));
    }

    #[test]
    fn periods_of_cells_are_read() {
        for (cell, expected) in [
            ("2025", "2025"),
            ("2025-12", "2025-12"),
            ("202512", "2025-12"),
            ("2025M12", "2025-12"),
            ("2025-Q4", "2025-Q4"),
            ("2025Q1", "2025-Q1"),
            ("Q3 2025", "2025-Q3"),
            ("2025-S1", "2025-H1"),
            ("Jan. 2023", "2023-01"),
            ("May 2023", "2023-05"),
            ("2015-JAN", "2015-01"),
            ("2015-YR", "2015"),
            ("2026 March", "2026-03"),
            ("2025-12-01", "2025-12"),
            ("114年12月", "2025-12"),
            ("114年", "2025"),
            ("11401", "2025-01"),
            ("114/01", "2025-01"),
            ("114年1-11月", "2025-01/2025-11"),
            ("2025年3月", "2025-03"),
            ("2025-01/2025-11", "2025-01/2025-11"),
            ("2025/9", "2025-09"),
            ("09/2025", "2025-09"),
            ("2025-", "2025"),
            ("SEPT 2024", "2024-09"),
        ] {
            assert_eq!(period(cell, None).map(|period| period.to_string()).as_deref(), Some(expected), "{cell}");
        }
        assert_eq!(period("20240101", Some("A")).map(|p| p.to_string()).as_deref(), Some("2024"));
        assert_eq!(period("2024-10-01T00:00:00", Some("Q")).map(|p| p.to_string()).as_deref(), Some("2024-Q4"));
        for cell in ["", "abc", "2025-13", "2025-12-15", "Total", "20251341", "99999"] {
            assert_eq!(period(cell, None), None, "{cell}");
        }
    }
}
