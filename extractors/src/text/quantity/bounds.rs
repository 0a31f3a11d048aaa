//! Ranges of plain numbers: comparisons, between, from and to, dashes.

use std::ops::Range;
use std::sync::LazyLock;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::Found;
use crate::text::numeral::{are_joined, is_percent_before};
use crate::text::view::View;
use crate::text::words::Words;

/// A range with an open side where a bound is absent.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bounds {
    /// Characters of the view.
    pub(super) span: Range<usize>,
    /// Lower bound.
    pub(super) low: Option<Decimal>,
    /// Upper bound.
    pub(super) high: Option<Decimal>,
}

#[derive(Deserialize)]
struct Rules {
    comparisons: Comparisons,
}

#[derive(Deserialize)]
struct Comparisons {
    low_before: Vec<String>,
    high_before: Vec<String>,
    equal_before: Vec<String>,
    low_after: Vec<String>,
    high_after: Vec<String>,
    both: Vec<String>,
}

/// Which bound a word makes of its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Low,
    High,
    Both,
}

struct Lexicons {
    before: Words<Side>,
    after: Words<Side>,
    both: Words<()>,
}

static LEXICONS: LazyLock<Lexicons> = LazyLock::new(|| {
    let Rules { comparisons } = crate::rules::read("quantities");
    let mean = |words: Vec<String>, side: Side| words.into_iter().map(move |word| (word, side));
    let before = mean(comparisons.low_before, Side::Low)
        .chain(mean(comparisons.high_before, Side::High))
        .chain(mean(comparisons.equal_before, Side::Both));
    let after = mean(comparisons.low_after, Side::Low).chain(mean(comparisons.high_after, Side::High));
    Lexicons {
        before: Words::new(before),
        after: Words::new(after),
        both: Words::new(comparisons.both.into_iter().map(|word| (word, ()))),
    }
});

/// All ranges of a view. `numbers`: its numbers, in order.
pub(super) fn ranges(view: &View<'_>, numbers: &[Found]) -> Vec<Bounds> {
    let mut found: Vec<Bounds> = Vec::new();
    let mut place = 0;
    while let Some(number) = numbers.get(place) {
        let floor = found.last().map_or(0, |bounds| bounds.span.end);
        if let Some(bounds) = numbers.get(place + 1).and_then(|second| pair(view, number, second)) {
            found.push(bounds);
            place += 2;
            continue;
        }
        if let Some(bounds) = compared(view, number, floor) {
            match found.last_mut().filter(|last| complements(view, last, &bounds)) {
                Some(last) => {
                    last.span.end = bounds.span.end;
                    (last.low, last.high) = (last.low.or(bounds.low), last.high.or(bounds.high));
                }
                None => found.push(bounds),
            }
        }
        place += 1;
    }
    found
}

/// Two numbers that are the ends of one range.
fn pair(view: &View<'_>, first: &Found, second: &Found) -> Option<Bounds> {
    let fits = are_joined(view, &first.span, &second.span) && first.value < second.value;
    fits.then_some(Bounds { span: first.span.start..second.span.end, low: Some(first.value), high: Some(second.value) })
}

/// A number with a word of comparison before or behind it.
fn compared(view: &View<'_>, number: &Found, floor: usize) -> Option<Bounds> {
    // 超过百分之零点九: the word stands before the mark of the percentage.
    let percent = number.span.start.checked_sub(3).filter(|start| is_percent_before(view, *start));
    let start = percent.unwrap_or(number.span.start);
    let before = LEXICONS.before.before(view, view.skip_spaces_back(start), floor);
    // => is an arrow.
    let before = before.filter(|(start, _)| !(view.at(*start) == '>' && view.before(*start) == '='));
    // `or less than 5` speaks of the next number.
    let than = |end: usize| {
        view.chars.get(view.skip_spaces(end)..).is_some_and(|rest| rest.starts_with(&['t', 'h', 'a', 'n']))
    };
    let after = LEXICONS.after.at(view, view.skip_spaces(number.span.end)).filter(|(end, _)| !than(*end));
    let (span, side) = match (before, after) {
        (_, Some((end, side))) => (before.map_or(number.span.start, |(start, _)| start)..end, side),
        (Some((start, side)), None) => (start..number.span.end, side),
        (None, None) if number.over => (number.span.clone(), Side::Low),
        (None, None) => return None,
    };
    let value = Some(number.value);
    Some(match side {
        Side::Low => Bounds { span, low: value, high: None },
        Side::High => Bounds { span, low: None, high: value },
        Side::Both => Bounds { span, low: value, high: value },
    })
}

/// Whether two open ranges bound one number: only a word of addition stands between them.
fn complements(view: &View<'_>, first: &Bounds, second: &Bounds) -> bool {
    let at = view.skip_spaces(first.span.end);
    let meets = |end: usize| view.skip_spaces(end) == second.span.start;
    let adds = meets(at)
        || (view.at(at) == ',' && meets(at + 1))
        || LEXICONS.both.at(view, at).is_some_and(|(end, ())| meets(end));
    let (low, high) = (first.low.or(second.low), first.high.or(second.high));
    let open = first.low.is_some() != second.low.is_some() && first.high.is_some() != second.high.is_some();
    adds && open && low < high
}
