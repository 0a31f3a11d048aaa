//! Periods of tables: a year here, a month there, a sum since January, put together for one cell.

use std::sync::LazyLock;

use bellwether_model::period::Period;
use jiff::civil::Date;
use regex::Regex;

use super::super::period;
use crate::text::{self, PeriodExpression, SamePeriod};

/// What words say of the period of what they head.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct When {
    /// A period that is no whole year, with its year.
    pub(super) full: Option<Period>,
    /// A year.
    pub(super) year: Option<i16>,
    /// From a month to a month, without a year.
    pub(super) part: Option<(u8, u8)>,
    /// The period in question itself (本月, current month).
    pub(super) current: bool,
    /// The same period a year before the one in question.
    pub(super) earlier: bool,
    /// The period before the one in question.
    pub(super) previous: bool,
    /// The sum since January.
    pub(super) running: bool,
    /// Several that do not go together, or one that is never read (days, fiscal years).
    pub(super) clash: bool,
}

/// `2025/12`, `2025.12`, `202512`.
static YEAR_MONTH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^((?:19|20)\d\d)\s?[./\-年M]?\s?(0[1-9]|1[0-2]|[1-9])月?$").expect("a fixed pattern")
});
/// `114/12`, `114.12`: years of the Republic.
static ROC_YEAR_MONTH: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?:民國)?\s?(\d{2,3})\s?[./年]\s?(\d{1,2})月?$").expect("a fixed pattern"));
/// `Dec-25`, `Dec '25`.
static MONTH_SHORT_YEAR: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^([A-Za-z]{3,9})\.?\s?[-'’/ ]\s?(\d\d)$").expect("a fixed pattern"));
/// A year alone, of either calendar.
static YEAR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:(?:19|20)\d\d|民國\s?\d{2,3}|\d{2,3}年)\s?(?:年|年度|全年)?$").expect("a fixed pattern")
});

/// First year that a table of statistics speaks of, in the calendar of the Republic (1951).
const FIRST_ROC_YEAR: i16 = 40;
/// Last such year that is no year of another calendar.
const LAST_ROC_YEAR: i16 = 199;
/// Years between the calendars.
const ROC: i16 = 1911;

/// A period that a whole cell is, in notations that stand in tables alone. `chinese`: years of the Republic may be meant.
pub(super) fn of_cell(words: &str, chinese: bool) -> Option<When> {
    let words = words.trim();
    if words.len() > 32 {
        return None;
    }
    if let Some(found) = YEAR_MONTH.captures(words) {
        return month_of(found[1].parse().ok()?, found[2].parse().ok()?);
    }
    if let Some(found) = ROC_YEAR_MONTH.captures(words)
        && chinese
    {
        return month_of(of_republic(found[1].parse().ok()?)?, found[2].parse().ok()?);
    }
    if let Some(found) = MONTH_SHORT_YEAR.captures(words) {
        let spelled = format!("{} 20{}", &found[1], &found[2]);
        return text::periods(&spelled, None).into_iter().find_map(|mention| match mention.expression {
            PeriodExpression::Fixed(period @ Period::Month(..)) => Some(When { full: Some(period), ..When::default() }),
            _ => None,
        });
    }
    YEAR.is_match(words).then(|| {
        let digits: String = words.chars().filter(char::is_ascii_digit).collect();
        let year = digits.parse().ok()?;
        let year = if digits.len() == 4 { year } else { of_republic(year)? };
        Some(When { year: Some(year), ..When::default() })
    })?
}

/// A number under the head of a column of years or of months.
pub(super) fn of_number(words: &str, years: bool, chinese: bool) -> Option<When> {
    let number: i16 = words.trim().parse().ok()?;
    if years {
        let year = if (1900..2200).contains(&number) { number } else { of_republic(number).filter(|_| chinese)? };
        return Some(When { year: Some(year), ..When::default() });
    }
    let month = u8::try_from(number).ok().filter(|month| (1..=12).contains(month))?;
    Some(When { part: Some((month, month)), ..When::default() })
}

fn of_republic(year: i16) -> Option<i16> {
    (FIRST_ROC_YEAR..=LAST_ROC_YEAR).contains(&year).then(|| year + ROC)
}

fn month_of(year: i16, month: u8) -> Option<When> {
    let full = Period::months((year, month), (year, month))?;
    Some(When { full: Some(full), ..When::default() })
}

impl When {
    /// Whether nothing is said.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Takes over what one mention says.
    pub(super) fn mention(&mut self, expression: PeriodExpression) {
        match expression {
            PeriodExpression::Fixed(Period::Year(year)) => put(&mut self.year, year, &mut self.clash),
            PeriodExpression::Fixed(found) => self.fixed(found),
            PeriodExpression::Month(month) => self.months((month, month)),
            PeriodExpression::Months(from, to) => self.months((from, to)),
            PeriodExpression::Quarter(quarter) => self.months((quarter * 3 - 2, quarter * 3)),
            PeriodExpression::Half(half) => self.months((half * 6 - 5, half * 6)),
            PeriodExpression::Days { .. } => self.clash = true,
            PeriodExpression::YearEarlier => self.earlier = true,
            PeriodExpression::Previous => self.previous = true,
            PeriodExpression::Same(SamePeriod::YearToDate) => self.running = true,
            PeriodExpression::Same(SamePeriod::Year) => self.months((1, 12)),
            PeriodExpression::Same(_) => self.current = true,
            PeriodExpression::Day(_) => {}
        }
    }

    /// A month beside the sum up to it is the month: columns tell which of them they hold.
    fn fixed(&mut self, found: Period) {
        let Some(known) = self.full else { return self.full = Some(found) };
        let ends_alike = known.end() == found.end() && (known.start().month() == 1 || found.start().month() == 1);
        if known != found && !ends_alike {
            self.clash = true;
        } else if found.start() > known.start() {
            self.full = Some(found);
        }
    }

    fn months(&mut self, months: (u8, u8)) {
        match self.part {
            Some(known) if known != months => {
                if known.1 == months.1 && (known.0 == 1 || months.0 == 1) {
                    self.part = Some((known.0.max(months.0), known.1));
                } else {
                    self.clash = true;
                }
            }
            _ => self.part = Some(months),
        }
    }

    /// What is said here, and above it where this leaves it open.
    pub(super) fn under(self, above: Self) -> Self {
        let mut result = self;
        if result.full.is_none() {
            if result.part.is_none() {
                result.part = above.part;
                result.full = above.full.filter(|full| result.year.is_none_or(|year| year == full.start().year()));
            }
            if result.year.is_none() {
                result.year = above.year.or_else(|| above.full.and_then(year_of));
            }
        }
        result.current |= above.current;
        result.earlier |= above.earlier;
        result.previous |= above.previous;
        result.running |= above.running;
        result.clash |= above.clash;
        result
    }

    /// What a row and a column say together; `None`: they contradict each other.
    pub(super) fn beside(self, other: Self) -> Option<Self> {
        let full = agree(self.full, other.full)?;
        let year = agree(self.year, other.year)?;
        let part = agree(self.part, other.part)?;
        Some(Self {
            full,
            year,
            part,
            current: self.current || other.current,
            earlier: self.earlier || other.earlier,
            previous: self.previous || other.previous,
            running: self.running || other.running,
            clash: self.clash || other.clash,
        })
    }

    /// The period that is meant. `carried` is the year of the rows above, `around` what caption and headings say.
    pub(super) fn resolve(
        self,
        carried: Option<i16>,
        around: Self,
        reference: Option<Date>,
        level: bool,
    ) -> Result<Period, &'static str> {
        if self.clash {
            return Err("several periods are named");
        }
        let base = self.base(carried, around, reference)?;
        let open = "the period of a comparison stays open";
        if self.running || (self.full.is_none() && self.part.is_none() && around.running) {
            let (end, since) = (base.end(), base.start().month() == 1);
            if matches!(base, Period::Year(_)) && self.full.is_none() && self.part != Some((1, 12)) {
                return Err("the months of a sum stay open");
            }
            let month = u8::try_from(end.month()).map_err(|_| open)?;
            let summed = if since { Some(base) } else { Period::months((end.year(), 1), (end.year(), month)) };
            return summed.ok_or(open);
        }
        match (level, self.earlier, self.previous, base) {
            (true, true, ..) => base.year_earlier().ok_or(open),
            (true, _, true, Period::Month(year, month)) => {
                Ok(if month == 1 { Period::Month(year - 1, 12) } else { Period::Month(year, month - 1) })
            }
            (true, _, true, _) => Err(open),
            _ => Ok(base),
        }
    }

    fn base(self, carried: Option<i16>, around: Self, reference: Option<Date>) -> Result<Period, &'static str> {
        let contradiction = "row and column name different periods";
        let open = "its period stays open";
        if let Some(full) = self.full {
            let (start, end) = (full.start(), full.end());
            let same_year = self.year.is_none_or(|year| year == start.year());
            let months = (u8::try_from(start.month()).unwrap_or(0), u8::try_from(end.month()).unwrap_or(0));
            let same_part = self.part.is_none_or(|part| part == months);
            return if same_year && same_part { Ok(full) } else { Err(contradiction) };
        }
        let months = |year: i16, part: (u8, u8)| Period::months((year, part.0), (year, part.1)).ok_or(open);
        match (self.part, self.year) {
            (Some(part), Some(year)) => months(year, part),
            (Some(part), None) => match (carried, around.full, around.year) {
                (Some(year), ..) | (None, None, Some(year)) => months(year, part),
                (None, Some(full), _) => {
                    let year = year_of(full).ok_or(open)?;
                    // Beside the caption's month, a later one is the year's before.
                    let later = i16::from(part.1) > i16::from(full.end().month());
                    months(if later { year - 1 } else { year }, part)
                }
                (None, None, None) => {
                    let expression = if part.0 == part.1 {
                        PeriodExpression::Month(part.0)
                    } else {
                        PeriodExpression::Months(part.0, part.1)
                    };
                    period::main(reference, None, expression, false).ok_or(open)
                }
            },
            (None, Some(year)) => match (around.part, around.full) {
                (Some(part), _) => months(year, part),
                (None, Some(_)) => Err("a year beside a caption that names a part of one"),
                (None, None) => Ok(Period::Year(year)),
            },
            (None, None) if around.clash => Err("several periods are named around the table"),
            (None, None) => around.absolute(reference).ok_or(open),
        }
    }

    /// The period of words that stand around a table.
    fn absolute(self, reference: Option<Date>) -> Option<Period> {
        match (self.full, self.part, self.year) {
            (Some(full), ..) => Some(full),
            (None, Some(part), Some(year)) => Period::months((year, part.0), (year, part.1)),
            (None, Some((from, to)), None) => {
                let expression =
                    if from == to { PeriodExpression::Month(from) } else { PeriodExpression::Months(from, to) };
                period::main(reference, None, expression, false)
            }
            (None, None, year) => year.map(Period::Year),
        }
    }
}

/// The year in which a period lies; `None`: it reaches over several.
fn year_of(period: Period) -> Option<i16> {
    (period.start().year() == period.end().year()).then(|| period.start().year())
}

fn put<T: PartialEq>(place: &mut Option<T>, value: T, clash: &mut bool) {
    if place.as_ref().is_some_and(|known| *known != value) {
        *clash = true;
    }
    place.get_or_insert(value);
}

fn agree<T: PartialEq>(one: Option<T>, other: Option<T>) -> Option<Option<T>> {
    match (one, other) {
        (Some(one), Some(other)) => (one == other).then_some(Some(one)),
        (one, other) => Some(one.or(other)),
    }
}
