//! Units of money as captions, notes and headings of tables write them: `單位：新臺幣億元`, `US$ million`, `M USD`.

use std::ops::Range;

use bellwether_model::figure::Unit;
use bellwether_model::place::Area;
use rust_decimal::Decimal;

use super::super::lexicon::{Lexicon, aligned};
use super::vocabulary::VOCABULARY;
use crate::text::{self, NumeralKind};

/// The code under which numerals keep 元 alone: the currency of whoever speaks.
const LOCAL: &str = "LOCAL";
/// Characters of a piece of words in which a unit is looked for.
const LONGEST_UNIT: usize = 160;

/// Currency and scale that words name, and where; `None`: they name no money.
pub(super) fn unit_of(words: &str) -> Option<(Unit, Decimal, Range<usize>)> {
    let parts =
        ['：', ':', '（', '(', '）', ')', '；', ';', '，', '、', '[', ']', '【', '】', '%', '％', '。', '\u{3000}'];
    let mut start = 0;
    for piece in words.split_inclusive(parts) {
        let bare = piece.trim_end_matches(parts);
        let trimmed = bare.trim();
        let from = start + (bare.len() - bare.trim_start().len());
        start += piece.len();
        if trimmed.is_empty() || trimmed.len() > LONGEST_UNIT {
            continue;
        }
        if let Some((unit, scale, span)) = unit_of_piece(trimmed) {
            return Some((unit, scale, from + span.start..from + span.end));
        }
    }
    None
}

fn unit_of_piece(piece: &str) -> Option<(Unit, Decimal, Range<usize>)> {
    let folded = aligned(piece);
    for (span, factors) in VOCABULARY.scales.find(&folded) {
        let before = piece[..span.start].trim_end();
        let gap = piece[span.end..].len() - piece[span.end..].trim_start().len();
        let behind = piece[span.end..].trim_start();
        let of = if behind.starts_with("of ") { "of ".len() } else { 0 };
        let behind = &behind[of..];
        let named = currency_before(before);
        if let Some((unit, start)) = named {
            let end = if behind.starts_with('元') { span.end + gap + '元'.len_utf8() } else { span.end };
            return Some((unit, factors[0], start..end));
        }
        if let Some((unit, length)) = currency_behind(behind) {
            return Some((unit, factors[0], span.start..(span.end + gap + of + length).min(piece.len())));
        }
    }
    let whole = |spelled: String| {
        let numerals = text::numerals(&spelled);
        match numerals.as_slice() {
            [one] if one.span == (0..spelled.len()) => money(&one.kind).map(|unit| (unit, one.low, 0..piece.len())),
            _ => None,
        }
    };
    let bare = piece.strip_prefix("in ").unwrap_or(piece);
    whole(format!("1{bare}")).or_else(|| whole(format!("1 {bare}"))).or_else(|| whole(format!("{bare}1")))
}

/// The currency at the end of words, and where it begins.
fn currency_before(words: &str) -> Option<(Unit, usize)> {
    if words.is_empty() {
        return None;
    }
    [format!("{words}1"), format!("{words} 1")].iter().find_map(|spelled| {
        let last = text::numerals(spelled).pop()?;
        let unit = money(&last.kind)?;
        (last.span.end == spelled.len()).then(|| (unit, last.span.start.min(words.len())))
    })
}

/// The currency at the beginning of words, and how long its name is.
fn currency_behind(words: &str) -> Option<(Unit, usize)> {
    if words.is_empty() {
        return None;
    }
    ["1", "1 "].iter().find_map(|number| {
        let first = text::numerals(&format!("{number}{words}")).into_iter().next()?;
        let unit = money(&first.kind)?;
        (first.span.start == 0).then(|| (unit, first.span.end.saturating_sub(number.len())))
    })
}

fn money(kind: &NumeralKind) -> Option<Unit> {
    match kind {
        NumeralKind::Money(unit) => Some(unit.clone()),
        _ => None,
    }
}

/// The currency that is meant: 元 alone is that of the economy whose trade it is. `None`: it is not known which one.
pub(super) fn of_economy(unit: &Unit, area: &Area, lexicon: &Lexicon) -> Option<Unit> {
    if unit.as_str() != LOCAL {
        return Some(unit.clone());
    }
    let customs = lexicon.customs(area);
    customs.currency.clone().filter(|_| customs.yuan)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_in_every_order() {
        for (words, expected) in [
            ("單位：億美元", "USD 100000000"),
            ("單位：新臺幣億元", "TWD 100000000"),
            ("單位：億美元；%", "USD 100000000"),
            ("Export (M USD)", "USD 1000000"),
            ("US$ million", "USD 1000000"),
            ("Unit: US$ Million, %", "USD 1000000"),
            ("(In millions of dollars)", "USD 1000000"),
            ("千美元", "USD 1000"),
            ("金額（百萬美元）", "USD 1000000"),
            ("单位：千美元", "USD 1000"),
            ("HK$ million", "HKD 1000000"),
            ("S$ billion", "SGD 1000000000"),
            ("billion yen", "JPY 1000000000"),
            ("100 million yen", "JPY 100000000"),
            ("億元人民幣", "CNY 100000000"),
            ("人民币亿元", "CNY 100000000"),
            ("億元", "LOCAL 100000000"),
            ("Trade Value (US$)", "USD 1"),
            ("USD bn", "USD 1000000000"),
            ("出口", ""),
            ("2025年", ""),
            ("growth (%)", ""),
        ] {
            let read = unit_of(words).map(|(unit, scale, _)| format!("{} {scale}", unit.as_str())).unwrap_or_default();
            assert_eq!(read, expected, "{words}");
        }
    }
}
