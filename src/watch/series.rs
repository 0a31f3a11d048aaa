//! What a value is in its series: how far it moved, a record, a streak, an expectation that was missed. Pure.

use bellwether_extractors::fold;
use bellwether_model::event::{Event, Fact};
use bellwether_model::figure::{Amount, Confidence, Figure, Measure};
use bellwether_model::number::Number;
use bellwether_model::period::Period;
use bellwether_model::watch::{Missed, Moved, Record, RecordEnd, Run, Side, Streak};
use rust_decimal::Decimal;

use crate::describe;

/// The figures among events that belong to the series of `figure`: the same economy, flow, partner, product class,
/// measure and currency, all of them sure. Forecasts are among them.
pub(super) fn of<'a>(figure: &Figure, events: impl IntoIterator<Item = &'a Event>) -> Vec<Figure> {
    let product = |figure: &Figure| figure.product.as_deref().map(fold::key);
    let alike = |other: &&Figure| {
        (&other.area, other.flow, &other.partner, other.measure, &other.unit)
            == (&figure.area, figure.flow, &figure.partner, figure.measure, &figure.unit)
            && product(other) == product(figure)
            && (other.basis.is_none() || figure.basis.is_none() || other.basis == figure.basis)
            && other.confidence == Confidence::High
    };
    let known = events.into_iter().filter(|event| event.state.is_published());
    let figures = known.filter_map(|event| match &event.fact {
        Fact::Figure(other) => Some(other),
        Fact::Statement(_) | Fact::Policy(_) => None,
    });
    figures.filter(alike).cloned().collect()
}

/// One value of a series.
#[derive(Debug, Clone, Copy)]
struct Point {
    period: Period,
    value: Decimal,
}

/// The actual values of the same series whose periods are as long as that of `figure` and lie before it, oldest first.
fn before(figure: &Figure, series: &[Figure]) -> Vec<Point> {
    let alike = |other: &&Figure| {
        !other.status.is_forecast()
            && is_alike(&other.period, &figure.period)
            && other.period.end() < figure.period.start()
    };
    let mut points: Vec<Point> = series.iter().filter(alike).filter_map(point).collect();
    points.sort_by_key(|point| point.period.start());
    points
}

fn point(figure: &Figure) -> Option<Point> {
    match figure.amount {
        Amount::Value { value } => Some(Point { period: figure.period, value: value.0 }),
        Amount::Range { .. } => None,
    }
}

/// Whether periods are of one kind and length: months, quarters, first twenty days.
fn is_alike(a: &Period, b: &Period) -> bool {
    let days = |period: &Period| (period.end() - period.start()).get_days();
    std::mem::discriminant(a) == std::mem::discriminant(b) && (days(a) - days(b)).abs() <= 3
}

/// Whether no period of their length fits between two.
fn follow(earlier: &Period, later: &Period) -> bool {
    let length = (later.end() - later.start()).get_days();
    (later.start() - earlier.end()).get_days() <= length / 2 || same_days_a_month_later(earlier, later)
}

/// First twenty days follow each other from month to month.
fn same_days_a_month_later(earlier: &Period, later: &Period) -> bool {
    let (Period::Days(from, _), Period::Days(to, _)) = (earlier, later) else { return false };
    from.checked_add(jiff::Span::new().months(1)).is_ok_and(|next| next == *to)
}

/// How far `to` is from `from`: in percent of it for amounts, in points for rates and shares. `None`: of nothing.
fn distance(measure: Measure, from: Decimal, to: Decimal) -> Option<Decimal> {
    let points = to.checked_sub(from)?;
    if !measure.is_money() {
        return Some(points);
    }
    points.checked_div(from.abs())?.checked_mul(Decimal::ONE_HUNDRED)
}

fn distance_words(measure: Measure, distance: Decimal) -> String {
    let unit = if measure.is_money() { "%" } else { " points" };
    format!("{}{unit}", Number(distance.abs().round_dp(2)))
}

/// How far the value moved against the one before it; `Err`: it did not move so far, or there is none.
pub(super) fn moved(asked: &Moved, figure: &Figure, series: &[Figure]) -> Result<String, String> {
    let now = point(figure).ok_or("it is a range, not one value")?;
    let earlier = before(figure, series);
    let last = earlier.last().filter(|last| follow(&last.period, &now.period));
    let last = last.ok_or("the store holds no value of the period before")?;
    let distance =
        distance(figure.measure, last.value, now.value).ok_or("the value before was zero, so there is no rate")?;
    let words = distance_words(figure.measure, distance);
    let way = if distance.is_sign_negative() { "down" } else { "up" };
    let holds = asked.up.is_some_and(|up| distance > up.0) || asked.down.is_some_and(|down| -distance > down.0);
    let said = format!("{way} {words} on {}", last.period);
    if holds { Ok(said) } else { Err(said) }
}

/// Whether the value is the highest or lowest of its series.
pub(super) fn record(asked: &Record, figure: &Figure, series: &[Figure]) -> Result<String, String> {
    let now = point(figure).ok_or("it is a range, not one value")?;
    let earlier = before(figure, series);
    if earlier.len() < asked.among {
        return Err(format!("the store holds {} earlier values, of {} that are wanted", earlier.len(), asked.among));
    }
    let (word, beaten) = match asked.end {
        RecordEnd::High => ("highest", earlier.iter().find(|point| point.value >= now.value)),
        RecordEnd::Low => ("lowest", earlier.iter().find(|point| point.value <= now.value)),
    };
    match beaten {
        Some(other) => Err(format!("it is not the {word}: {} was {}", other.period, value(figure, other.value))),
        None => Ok(format!("the {word} of {} values", earlier.len() + 1)),
    }
}

fn value(figure: &Figure, value: Decimal) -> String {
    describe::number(Number(value), figure.unit.as_str())
}

/// Whether the value goes on with what those before it did.
pub(super) fn streak(asked: Streak, figure: &Figure, series: &[Figure]) -> Result<String, String> {
    let now = point(figure).ok_or("it is a range, not one value")?;
    let mut points = before(figure, series);
    points.push(now);
    // From the newest back, as far as no period is missing.
    let mut count = 0;
    for place in (0..points.len()).rev() {
        let this = points[place];
        let older = place.checked_sub(1).map(|older| points[older]).filter(|older| follow(&older.period, &this.period));
        let goes_on = match asked.of {
            Run::Positive => this.value > Decimal::ZERO,
            Run::Negative => this.value < Decimal::ZERO,
            Run::Rising => older.is_some_and(|older| this.value > older.value),
            Run::Falling => older.is_some_and(|older| this.value < older.value),
        };
        count += usize::from(goes_on);
        if !goes_on || older.is_none() {
            break;
        }
    }
    let word = match asked.of {
        Run::Positive => "above zero",
        Run::Negative => "below zero",
        Run::Rising => "rising",
        Run::Falling => "falling",
    };
    let said = format!("{count} in a row {word}");
    if count >= asked.at_least { Ok(said) } else { Err(said) }
}

/// Whether the value lies outside of what was expected of it.
pub(super) fn missed(asked: &Missed, figure: &Figure, series: &[Figure]) -> Result<String, String> {
    if figure.status.is_forecast() {
        return Err("it is a forecast itself".to_owned());
    }
    let now = point(figure).ok_or("it is a range, not one value")?;
    let expected = series
        .iter()
        .filter(|other| other.status.is_forecast() && other.period == figure.period && other.unit == figure.unit);
    let mut met = None;
    for forecast in expected {
        let (low, high) = match forecast.amount {
            Amount::Value { value } => (value.0, value.0),
            Amount::Range { low, high } => (low.0, high.0),
        };
        let (side, bound) = if now.value > high { (Side::Above, high) } else { (Side::Below, low) };
        let who = forecast.forecaster.as_deref().map_or_else(|| "a forecast".to_owned(), describe::plain);
        let said = describe::measured(forecast, forecast.amount);
        if now.value >= low && now.value <= high {
            met.get_or_insert(format!("inside of what {who} expected: {said}"));
            continue;
        }
        let distance = distance(figure.measure, bound, now.value).unwrap_or(Decimal::ZERO);
        let way = if side == Side::Above { "above" } else { "below" };
        let words = format!("{} {way} what {who} expected: {said}", distance_words(figure.measure, distance));
        if asked.side.is_none_or(|asked| asked == side) && distance.abs() >= asked.by.0 {
            return Ok(words);
        }
        met.get_or_insert(words);
    }
    Err(met.unwrap_or_else(|| "the store holds no forecast of it".to_owned()))
}
