//! Periods of reference, in the notation of the labelled documents.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The period that a figure speaks of, always calendar time of the Gregorian calendar.
///
/// Text form, also in JSON: `2025`, `2025-H1`, `2025-Q4`, `2025-12`, `2025-01/2025-11`, `2024-12-01/2024-12-20`.
/// Build the compound ones with [`Period::months`] and [`Period::days`], which give equal spans one form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Period {
    /// A calendar year.
    Year(i16),
    /// Half 1 or 2 of a year.
    Half(i16, u8),
    /// Quarter 1 to 4 of a year.
    Quarter(i16, u8),
    /// Month 1 to 12 of a year.
    Month(i16, u8),
    /// From the first month to the last one, both included.
    Months((i16, u8), (i16, u8)),
    /// From the first day to the last one, both included.
    Days(Date, Date),
}

/// The text is no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no period; write one like 2025, 2025-H1, 2025-Q4, 2025-12, 2025-01/2025-11 or 2024-12-01/2024-12-20")]
pub struct PeriodError(pub String);

impl Period {
    /// The span of whole months, in its shortest form: a whole year is [`Period::Year`], a whole quarter
    /// [`Period::Quarter`], one month [`Period::Month`]. `None`: a month is not 1 to 12, or the end lies before the start.
    #[must_use]
    pub fn months(from: (i16, u8), to: (i16, u8)) -> Option<Self> {
        let month = |m: u8| (1..=12).contains(&m);
        if !month(from.1) || !month(to.1) || to < from {
            return None;
        }
        Some(match (from, to) {
            _ if from == to => Self::Month(from.0, from.1),
            ((a, 1), (b, 12)) if a == b => Self::Year(a),
            ((a, 1), (b, 6)) if a == b => Self::Half(a, 1),
            ((a, 7), (b, 12)) if a == b => Self::Half(a, 2),
            ((a, m), (b, n)) if a == b && m % 3 == 1 && n == m + 2 => Self::Quarter(a, m / 3 + 1),
            _ => Self::Months(from, to),
        })
    }

    /// The span of days. A whole month and longer calendar spans stay days: a source that gives days means days.
    #[must_use]
    pub fn days(from: Date, to: Date) -> Option<Self> {
        (from <= to).then_some(Self::Days(from, to))
    }

    /// First day of the period.
    #[must_use]
    pub fn start(&self) -> Date {
        match *self {
            Self::Year(y) => day(y, 1, 1),
            Self::Half(y, h) => day(y, h * 6 - 5, 1),
            Self::Quarter(y, q) => day(y, q * 3 - 2, 1),
            Self::Month(y, m) | Self::Months((y, m), _) => day(y, m, 1),
            Self::Days(from, _) => from,
        }
    }

    /// Last day of the period.
    #[must_use]
    pub fn end(&self) -> Date {
        match *self {
            Self::Year(y) => day(y, 12, 31),
            Self::Half(y, h) => day(y, h * 6, 1).last_of_month(),
            Self::Quarter(y, q) => day(y, q * 3, 1).last_of_month(),
            Self::Month(y, m) | Self::Months(_, (y, m)) => day(y, m, 1).last_of_month(),
            Self::Days(_, to) => to,
        }
    }

    /// The same period a year earlier. `None` before year 1.
    #[must_use]
    pub fn year_earlier(&self) -> Option<Self> {
        let back =
            |d: Date| Date::new(d.year() - 1, d.month(), d.day()).or_else(|_| Date::new(d.year() - 1, 2, 28)).ok();
        Some(match *self {
            Self::Year(y) => Self::Year(y - 1),
            Self::Half(y, h) => Self::Half(y - 1, h),
            Self::Quarter(y, q) => Self::Quarter(y - 1, q),
            Self::Month(y, m) => Self::Month(y - 1, m),
            Self::Months((a, m), (b, n)) => Self::Months((a - 1, m), (b - 1, n)),
            Self::Days(a, b) => Self::Days(back(a)?, back(b)?),
        })
    }

    /// The month before. `None`: it is no month, or the first month of year 1.
    #[must_use]
    pub fn month_earlier(&self) -> Option<Self> {
        match *self {
            Self::Month(y, 1) => Some(Self::Month(y.checked_sub(1).filter(|year| *year > 0)?, 12)),
            Self::Month(y, m) => Some(Self::Month(y, m - 1)),
            _ => None,
        }
    }

    /// The same period so many months later, or earlier where `months` is negative. `None`: the period does not begin with a
    /// part of the year of its length after it (a quarter a month later), or no calendar has it.
    #[must_use]
    pub fn shifted(&self, months: i32) -> Option<Self> {
        let month = |year: i16, month: u8| {
            let place = i32::from(year) * 12 + i32::from(month) - 1 + months;
            let year = i16::try_from(place.div_euclid(12)).ok().filter(|year| *year > 0)?;
            Some((year, u8::try_from(place.rem_euclid(12) + 1).ok()?))
        };
        let part = |year: i16, part: u8, length: u8| {
            let (year, first) = month(year, (part - 1) * length + 1)?;
            ((first - 1) % length == 0).then_some((year, (first - 1) / length + 1))
        };
        Some(match *self {
            Self::Year(year) => Self::Year(part(year, 1, 12)?.0),
            Self::Half(year, half) => part(year, half, 6).map(|(year, half)| Self::Half(year, half))?,
            Self::Quarter(year, quarter) => {
                part(year, quarter, 3).map(|(year, quarter)| Self::Quarter(year, quarter))?
            }
            Self::Month(year, number) => month(year, number).map(|(year, number)| Self::Month(year, number))?,
            Self::Months(from, to) => Self::Months(month(from.0, from.1)?, month(to.0, to.1)?),
            Self::Days(from, to) => {
                let span = jiff::Span::new().try_months(months).ok()?;
                Self::Days(from.checked_add(span).ok()?, to.checked_add(span).ok()?)
            }
        })
    }

    /// Whether every day of the other period is a day of this one.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.start() <= other.start() && other.end() <= self.end()
    }
}

fn day(year: i16, month: u8, day: u8) -> Date {
    // Periods are built from checked parts; a year outside of jiff's -9999 to 9999 cannot be parsed.
    Date::new(year, i8::try_from(month).unwrap_or(1), i8::try_from(day).unwrap_or(1)).unwrap_or(Date::ZERO)
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Year(y) => write!(f, "{y:04}"),
            Self::Half(y, h) => write!(f, "{y:04}-H{h}"),
            Self::Quarter(y, q) => write!(f, "{y:04}-Q{q}"),
            Self::Month(y, m) => write!(f, "{y:04}-{m:02}"),
            Self::Months((a, m), (b, n)) => write!(f, "{a:04}-{m:02}/{b:04}-{n:02}"),
            Self::Days(from, to) => write!(f, "{from}/{to}"),
        }
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        parse(text).ok_or_else(|| PeriodError(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Period> {
    if let Some((from, to)) = text.split_once('/') {
        if let (Some(from), Some(to)) = (month(from), month(to)) {
            return Period::months(from, to);
        }
        return Period::days(from.parse().ok()?, to.parse().ok()?);
    }
    if let Some(year) = year(text) {
        return Some(Period::Year(year));
    }
    if let Some((y, m)) = month(text) {
        return Some(Period::Month(y, m));
    }
    let (y, part) = text.split_once('-')?;
    let (y, number) = (year(y)?, part.get(1..)?.parse::<u8>().ok()?);
    match part.as_bytes().first()? {
        b'H' if (1..=2).contains(&number) => Some(Period::Half(y, number)),
        b'Q' if (1..=4).contains(&number) => Some(Period::Quarter(y, number)),
        _ => None,
    }
}

fn year(text: &str) -> Option<i16> {
    (text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

fn month(text: &str) -> Option<(i16, u8)> {
    let (y, m) = text.split_once('-')?;
    let m = (m.len() == 2).then(|| m.parse::<u8>().ok())??;
    (1..=12).contains(&m).then_some((year(y)?, m))
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl schemars::JsonSchema for Period {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Period".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "examples": ["2025", "2025-Q4", "2025-12", "2025-01/2025-11"] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_form_reads_back() {
        for text in
            ["2025", "2025-H1", "2025-Q4", "2025-12", "2025-01/2025-11", "2023-01/2024-12", "2024-12-01/2024-12-20"]
        {
            assert_eq!(text.parse::<Period>().expect(text).to_string(), text);
        }
        for text in [
            "",
            "25",
            "2025-13",
            "2025-Q5",
            "2025-H0",
            "2025-1",
            "2025-11/2025-01",
            "2024-12-20/2024-12-01",
            "2025-Q\u{e9}",
        ] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }

    #[test]
    fn equal_spans_have_one_form() {
        assert_eq!(Period::months((2025, 1), (2025, 12)), Some(Period::Year(2025)));
        assert_eq!(Period::months((2025, 4), (2025, 6)), Some(Period::Quarter(2025, 2)));
        assert_eq!(Period::months((2025, 7), (2025, 12)), Some(Period::Half(2025, 2)));
        assert_eq!(Period::months((2025, 3), (2025, 3)), Some(Period::Month(2025, 3)));
    }

    #[test]
    fn a_leap_day_has_a_year_before() {
        let leap: Period = "2024-02-01/2024-02-29".parse().expect("a period");
        assert_eq!(leap.year_earlier().expect("a year before").to_string(), "2023-02-01/2023-02-28");
    }

    proptest! {
        #[test]
        fn start_is_not_after_end(year in 1900i16..2100, a in 1u8..=12, b in 1u8..=12) {
            let (from, to) = (a.min(b), a.max(b));
            let period = Period::months((year, from), (year, to)).expect("ordered months");
            prop_assert!(period.start() <= period.end());
            prop_assert_eq!(period.to_string().parse::<Period>().expect("reads back"), period);
        }

        #[test]
        fn parsing_never_panics(text in "\\PC{0,24}") {
            let _parsed = text.parse::<Period>();
        }
    }
}
