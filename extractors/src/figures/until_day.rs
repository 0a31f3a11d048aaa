//! Sums since January that end on a day: 今年1月至本月20日的累計出口額, 今年以來截至11月20日.

use bellwether_model::period::Period;
use jiff::civil::Date;

use super::token::{Kind, Token};
use crate::text::PeriodExpression;

/// Characters between the words for a sum and its last day.
const NEAR: usize = 24;

/// Makes one period of the words for a sum since January and of the day up to which it counts.
pub(super) fn join(folded: &str, reference: Option<Date>, found: &mut Vec<Token>) {
    let Some(reference) = reference else { return };
    for at in 0..found.len() {
        let Some((start, end, day)) = last_day(folded, reference, found, at) else { continue };
        let Ok(first) = Date::new(day.year(), 1, 1) else { continue };
        let Some(period) = Period::days(first, day) else { continue };
        let kind = Kind::Period(PeriodExpression::Fixed(period));
        let behind = found.iter().position(|token| token.span.start >= end).unwrap_or(found.len());
        for token in &mut found[at..behind] {
            token.span = end..end;
        }
        found[at] = Token { span: start..end, kind };
    }
    found.retain(|token| !token.span.is_empty());
}

/// Where a sum begins and ends, and its last day, where token `at` begins one.
fn last_day(folded: &str, reference: Date, found: &[Token], at: usize) -> Option<(usize, usize, Date)> {
    let first = found.get(at)?;
    let words = folded.get(first.span.clone())?;
    let january =
        matches!(first.kind, Kind::Period(PeriodExpression::Month(1) | PeriodExpression::Fixed(Period::Month(_, 1))));
    let sum = ["今年以来", "年初以来", "年内", "累计", "今年"].contains(&words);
    if !january && !sum {
        return None;
    }
    let rest = &folded[first.span.end..];
    let near = rest.char_indices().nth(NEAR).map_or(rest, |(end, _)| &rest[..end]);
    let near = near.split(['。', '\n']).next()?;
    let mark = if january {
        near.starts_with('至').then_some("至")?
    } else if near.starts_with("初至") {
        // 今年初至7月15日
        "初至"
    } else {
        "截至"
    };
    let from = near.find(mark)? + mark.len();
    if !january && near[..from - mark.len()].contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let named = near[from..].strip_prefix("本月").map(|behind| (reference.month(), behind));
    let (month, behind) = named.or_else(|| number(&near[from..], "月"))?;
    let (day, behind) = number(behind, "日")?;
    let year = if month > reference.month() { reference.year() - 1 } else { reference.year() };
    let end = first.span.end + near.len() - behind.len();
    Some((first.span.start, end, Date::new(year, month, day).ok()?))
}

/// A small number with its mark, and what follows.
fn number<'a>(text: &'a str, mark: &str) -> Option<(i8, &'a str)> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let behind = text[digits..].strip_prefix(mark)?;
    Some((text[..digits].parse().ok()?, behind))
}
