//! Which period a mention means, given the day of publication and the period in question.

use bellwether_model::period::Period;
use jiff::civil::Date;

use crate::text::{PeriodExpression, SamePeriod};

/// See [`crate::text::resolve`].
pub(crate) fn resolve(expression: PeriodExpression, reference: Option<Date>, anchor: Option<Period>) -> Option<Period> {
    match expression {
        PeriodExpression::Fixed(period) => Some(period),
        PeriodExpression::Month(month) => {
            let year = year_of(month, reference, anchor)?;
            Period::months((year, month), (year, month))
        }
        PeriodExpression::Months(from, to) => {
            let year = year_of(to, reference, anchor)?;
            let first = if from > to { year - 1 } else { year };
            Period::months((first, from), (year, to))
        }
        PeriodExpression::Quarter(quarter) => {
            let year = year_of(quarter.checked_mul(3)?.checked_sub(2)?, reference, anchor)?;
            (quarter <= 4).then_some(Period::Quarter(year, quarter))
        }
        PeriodExpression::Half(half) => {
            let year = year_of(if half == 1 { 1 } else { 7 }, reference, anchor)?;
            Some(Period::Half(year, half))
        }
        PeriodExpression::Days { month, from, to } => {
            let (year, month) = match month {
                Some(month) => (year_of(month, reference, anchor)?, month),
                None => month_of(to, reference, anchor)?,
            };
            days(year, month, from, to)
        }
        PeriodExpression::YearEarlier => anchor?.year_earlier(),
        PeriodExpression::Previous => previous(anchor?),
        PeriodExpression::Same(same) => in_question(same, anchor?),
        PeriodExpression::Day(_) => None,
    }
}

/// The year of a month that is named without one: the anchor's, else that of the last such month that had begun when
/// the text was published. The month of publication is therefore of its own year.
fn year_of(month: u8, reference: Option<Date>, anchor: Option<Period>) -> Option<i16> {
    if let Some(anchor) = anchor {
        return Some(anchor.end().year());
    }
    let reference = reference?;
    let begun = i8::try_from(month).ok()? <= reference.month();
    Some(if begun { reference.year() } else { reference.year() - 1 })
}

/// The month of days that are named without one: the anchor's last, else the last one in which these days were over.
fn month_of(to: u8, reference: Option<Date>, anchor: Option<Period>) -> Option<(i16, u8)> {
    let month_of = |day: Date| (day.year(), day.month().unsigned_abs());
    if let Some(anchor) = anchor {
        return Some(month_of(anchor.end()));
    }
    let reference = reference?;
    let over = i8::try_from(to).ok()? <= reference.day();
    Some(shift_month(month_of(reference), if over { 0 } else { -1 }))
}

/// Days of a month; the last one may be 31 of a shorter month, which ends it.
pub(super) fn days(year: i16, month: u8, from: u8, to: u8) -> Option<Period> {
    let first = Date::new(year, i8::try_from(month).ok()?, i8::try_from(from).ok()?).ok()?;
    let last = first.last_of_month().day().min(i8::try_from(to).ok()?);
    Period::days(first, Date::new(year, first.month(), last).ok()?)
}

/// Days from one month to another; a month before the first is one of the next year.
pub(super) fn days_across(year: i16, from: (u8, u8), to: (u8, u8)) -> Option<Period> {
    let date =
        |year: i16, (month, day): (u8, u8)| Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
    let last_year = if to < from { year.checked_add(1)? } else { year };
    Period::days(date(year, from)?, date(last_year, to)?)
}

/// The month that lies so many months later.
pub(super) fn shift_month((year, month): (i16, u8), shift: i16) -> (i16, u8) {
    let months = i32::from(year) * 12 + i32::from(month) - 1 + i32::from(shift);
    let year = i16::try_from(months.div_euclid(12)).unwrap_or(year);
    (year, u8::try_from(months.rem_euclid(12)).unwrap_or(0) + 1)
}

/// The period of the same length that lies directly before; of days, the same days a month before.
fn previous(period: Period) -> Option<Period> {
    Some(match period {
        Period::Year(year) => Period::Year(year - 1),
        Period::Half(year, 1) => Period::Half(year - 1, 2),
        Period::Half(year, half) => Period::Half(year, half - 1),
        Period::Quarter(year, 1) => Period::Quarter(year - 1, 4),
        Period::Quarter(year, quarter) => Period::Quarter(year, quarter - 1),
        Period::Month(year, month) => {
            let (year, month) = shift_month((year, month), -1);
            Period::Month(year, month)
        }
        // A sum since January is compared with its last month's forerunner only where the text says so.
        Period::Months(..) => return None,
        Period::Days(from, to) => {
            let (year, month) = shift_month((from.year(), from.month().unsigned_abs()), -1);
            return days(year, month, from.day().unsigned_abs(), to.day().unsigned_abs());
        }
    })
}

fn in_question(same: SamePeriod, anchor: Period) -> Option<Period> {
    let end = anchor.end();
    let (year, month) = (end.year(), end.month().unsigned_abs());
    match same {
        SamePeriod::Month => Period::months((year, month), (year, month)),
        SamePeriod::Quarter => Some(Period::Quarter(year, (month - 1) / 3 + 1)),
        SamePeriod::Year => Some(Period::Year(year)),
        SamePeriod::YearToDate => Period::months((year, 1), (year, month)),
        SamePeriod::Period => Some(anchor),
    }
}
