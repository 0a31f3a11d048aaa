//! Periods of figures: which one a mention means beside the one in question.

use bellwether_model::period::Period;
use jiff::ToSpan;
use jiff::civil::Date;

use super::lexicon::RateBase;
use crate::text::{self, PeriodExpression, SamePeriod};

/// The period that a sentence states for its own figures. A month without a year is never one that had not begun at
/// publication, unless it is expected.
pub(super) fn main(
    reference: Option<Date>,
    anchor: Option<Period>,
    expression: PeriodExpression,
    forecast: bool,
) -> Option<Period> {
    // 全年 in an outlook that names no year is the year in which it is written.
    if let (PeriodExpression::Same(SamePeriod::Year), None, Some(day), true) = (expression, anchor, reference, forecast)
    {
        return Some(Period::Year(day.year()));
    }
    let resolved = text::resolve(expression, reference, anchor)?;
    // 今年以來, beside the first days of a month, ends with them.
    if let (PeriodExpression::Same(SamePeriod::YearToDate), Some(Period::Days(_, end))) = (expression, anchor) {
        return Period::days(Date::new(end.year(), 1, 1).ok()?, end);
    }
    if !has_no_year(expression) {
        return Some(resolved);
    }
    let Some(day) = reference else { return Some(resolved) };
    // Beside an old year a month is that year's; otherwise it is the last one that had begun.
    if anchor.is_some_and(|anchor| anchor.end().year() < day.year() - 1) {
        return Some(resolved);
    }
    let mut period = shifted(resolved, day.year() - resolved.start().year())?;
    let latest = if forecast { day.checked_add(10.months()).unwrap_or(day) } else { day };
    // 前11月 in January is that of the year before.
    let open_sum = !forecast && matches!(period, Period::Months(..)) && period.end() > day.last_of_month();
    if period.start() > latest || open_sum {
        period = period.year_earlier()?;
    }
    if forecast && period.end() < first_of_last_month(day) {
        period = shifted(period, 1)?;
    }
    Some(period)
}

/// The period with which a figure is compared; `main` is the figure's own. What is compared with lies before.
pub(super) fn compared(reference: Option<Date>, main: Option<Period>, expression: PeriodExpression) -> Option<Period> {
    let resolved = text::resolve(expression, reference, main)?;
    match (main, expression) {
        // "Last year" beside a month or a quarter is the same month or quarter of that year.
        (Some(main), PeriodExpression::Fixed(Period::Year(year)))
            if !matches!(main, Period::Year(_)) && year == main.start().year() - 1 =>
        {
            main.year_earlier()
        }
        (Some(main), _) if has_no_year(expression) && resolved.start() > main.start() => resolved.year_earlier(),
        // 前1個月 beside a month is the one before, not the first of the year.
        (Some(Period::Month(..)), _) if main == Some(resolved) => {
            text::resolve(PeriodExpression::Previous, reference, main)
        }
        _ => Some(resolved),
    }
}

/// The period in question where a new paragraph begins: after a sum since January the text goes back to the month, or
/// the days, that it is about.
pub(super) fn of_new_paragraph(anchor: Option<Period>, lead: Option<Period>) -> Option<Period> {
    let (Some(now), Some(first)) = (anchor, lead) else { return anchor };
    let sum = match now {
        Period::Month(..) => false,
        Period::Days(..) => now.start().month() != now.end().month(),
        _ => true,
    };
    let since_january = sum && (now.start().month() == 1 || matches!(now, Period::Months(..)));
    let short = matches!(first, Period::Month(..) | Period::Days(..));
    let same_month = (now.end().year(), now.end().month()) == (first.end().year(), first.end().month());
    // A text about a year returns to it behind one of its quarters.
    let within = first.start() <= now.start() && now.end() <= first.end();
    let quarter = matches!(now, Period::Quarter(..)) && matches!(first, Period::Year(_)) && within;
    // A text about a month returns to it behind the quarter that ended with it.
    let ended = matches!(now, Period::Quarter(..)) && matches!(first, Period::Month(..)) && same_month;
    if since_january && short && same_month || quarter || ended { lead } else { anchor }
}

/// Against what a rate is counted whose base is this period.
pub(super) fn base_of(reference: Option<Date>, main: Option<Period>, expression: PeriodExpression) -> Option<RateBase> {
    match expression {
        PeriodExpression::YearEarlier => return Some(RateBase::Year),
        PeriodExpression::Previous => return Some(RateBase::Month),
        _ => {}
    }
    let base = compared(reference, main, expression)?;
    between(main?, base)
}

/// Against what a rate from one period to another is counted.
pub(super) fn between(main: Period, base: Period) -> Option<RateBase> {
    if main.year_earlier() == Some(base) {
        return Some(RateBase::Year);
    }
    match (main, base) {
        (Period::Month(..), Period::Month(..)) if base.end().tomorrow().ok() == Some(main.start()) => {
            Some(RateBase::Month)
        }
        _ => Some(RateBase::Other),
    }
}

fn has_no_year(expression: PeriodExpression) -> bool {
    matches!(
        expression,
        PeriodExpression::Month(_)
            | PeriodExpression::Months(..)
            | PeriodExpression::Quarter(_)
            | PeriodExpression::Half(_)
            | PeriodExpression::Days { month: Some(_), .. }
    )
}

fn first_of_last_month(day: Date) -> Date {
    day.first_of_month().checked_sub(1.month()).unwrap_or(day)
}

fn shifted(period: Period, years: i16) -> Option<Period> {
    Some(match period {
        Period::Year(y) => Period::Year(y + years),
        Period::Half(y, h) => Period::Half(y + years, h),
        Period::Quarter(y, q) => Period::Quarter(y + years, q),
        Period::Month(y, m) => Period::Month(y + years, m),
        Period::Months((a, m), (b, n)) => Period::Months((a + years, m), (b + years, n)),
        Period::Days(from, to) => Period::Days(
            from.checked_add(i32::from(years).years()).ok()?,
            to.checked_add(i32::from(years).years()).ok()?,
        ),
    })
}
