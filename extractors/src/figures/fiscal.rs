//! Fiscal years of Japan, from April to March, and the parts of those of Japan and India. The years of other economies
//! begin elsewhere and are left alone.

use bellwether_model::period::Period;
use jiff::civil::Date;

use super::token::{Kind, Token};
use crate::text::PeriodExpression;

/// `fiscal 2024`, 2024年度: the years of Japan's budgets, in texts that speak of Japan. They begin in April.
pub(super) fn join_years(folded: &str, found: &mut Vec<Token>) {
    if !["japan", "日本"].iter().any(|name| folded.contains(name)) {
        return;
    }
    let words = ["會計年度", "会计年度", "財政年度", "财政年度", "年度", "財年", "财年"];
    for at in 0..found.len() {
        let span = found[at].span.clone();
        let written = folded[span.clone()].trim_start_matches("fiscal").trim_start_matches(" year").trim();
        let digits: String = written.chars().take_while(char::is_ascii_digit).collect();
        let Some(year) = digits.parse::<i16>().ok().filter(|year| (1900..2100).contains(year)) else { continue };
        let before = folded[..span.start].trim_end();
        let behind = &folded[span.start + folded[span.clone()].find(&digits).unwrap_or(0) + digits.len()..];
        let named = ["fiscal", "fiscal year", "business year"].iter().any(|word| before.ends_with(word));
        let ending = words.iter().find(|word| behind.starts_with(**word));
        let whole = folded[span.clone()].len() == digits.len() || ending.is_some();
        if !whole || !(named || ending.is_some()) {
            continue;
        }
        let mut end = ending.map_or(span.end, |word| folded.len() - behind.len() + word.len()).max(span.end);
        if let Some(next) = found.get(at + 1)
            && matches!(next.kind, Kind::Period(PeriodExpression::Month(3)))
            && matches!(
                folded.get(end..next.span.start).map(str::trim),
                Some("through" | "ended" | "ending" | "to" | "that ended in")
            )
        {
            end = next.span.end;
        }
        let mut start = span.start;
        let mut period = Period::Months((year, 4), (year + 1, 3));
        // `the first half of fiscal 2024`
        if let Some(before) = at.checked_sub(1)
            && let Kind::Period(PeriodExpression::Half(half)) = found[before].kind
            && folded
                .get(found[before].span.end..span.start)
                .is_some_and(|gap| matches!(gap.trim(), "of" | "of fiscal" | "of fiscal year"))
            && let Some(named) = half_of(year, half)
        {
            (start, period) = (found[before].span.start, named);
            found[before].span = start..start;
        }
        found[at] = Token { span: start..end, kind: Kind::Period(PeriodExpression::Fixed(period)) };
        for inside in found[at + 1..].iter_mut().take_while(|token| token.span.start < end) {
            inside.span = end..end;
        }
    }
    found.retain(|token| !token.span.is_empty());
}

/// `the first half of the fiscal year`, `the first eight months of this fiscal`: not the months of the calendar, but the
/// last such ones, counted from April, that had ended at publication. Without a day of publication, or for an economy
/// whose year begins elsewhere, the words fix no period.
pub(super) fn resolve_parts(folded: &str, reference: Option<Date>, found: &mut Vec<Token>) {
    let april = ["japan", "日本", "india"].iter().any(|name| folded.contains(name));
    for at in 0..found.len() {
        let Kind::Period(expression) = found[at].kind else { continue };
        let behind = folded.get(found[at].span.end..).unwrap_or_default().trim_start();
        let of = behind.strip_prefix("of ").or_else(|| behind.strip_prefix("in "));
        let Some(behind) = of.or_else(|| behind.starts_with("this f").then_some(behind)) else { continue };
        let behind =
            ["the ", "this ", "its ", "current "].iter().fold(behind, |rest, word| rest.trim_start_matches(word));
        // A fiscal year with a number of its own is another one than the last.
        let names = ["fiscal year", "financial year", "business year", "fiscal"];
        let named = names.iter().find_map(|name| behind.strip_prefix(name));
        let named = named.filter(|rest| !rest.trim_start().starts_with(|c: char| c.is_ascii_digit()));
        let Some(rest) = named else { continue };
        let part = |year: i16| match expression {
            PeriodExpression::Half(half) => half_of(year, half),
            PeriodExpression::Months(1, last) => months_of(year, 1, last),
            PeriodExpression::Quarter(quarter) => months_of(year, quarter * 3 - 2, quarter * 3),
            _ => None,
        };
        let period = reference
            .filter(|_| april)
            .and_then(|day| (0..2).filter_map(|back| part(day.year() - back)).find(|period| period.end() < day));
        if let Some(period) = period {
            let end = folded.len() - rest.len();
            found[at].kind = Kind::Period(PeriodExpression::Fixed(period));
            found[at].span.end = end;
            for inside in found[at + 1..].iter_mut().take_while(|token| token.span.start < end) {
                inside.span = end..end;
            }
        }
    }
    found.retain(|token| !token.span.is_empty());
}

/// These months, 1 to 12, of the year that begins in April of this year.
fn months_of(year: i16, first: u8, last: u8) -> Option<Period> {
    let month = |count: u8| {
        let month = count.checked_add(3).filter(|_| (1..=12).contains(&count))?;
        Some(if month > 12 { (year + 1, month - 12) } else { (year, month) })
    };
    Period::months(month(first)?, month(last)?)
}

/// Half 1 or 2 of the fiscal year that begins in April of this year.
fn half_of(year: i16, half: u8) -> Option<Period> {
    match half {
        1 => Period::months((year, 4), (year, 9)),
        _ => Period::months((year, 10), (year + 1, 3)),
    }
}
