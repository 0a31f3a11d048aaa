//! Why a number is no figure, from the words next to it.

use std::ops::Range;

use bellwether_model::figure::Hedge;
use rust_decimal::Decimal;

use super::bind::{Binder, between};
use super::chinese::CHINESE;
use super::item::ItemKind;
use super::lexicon::Role;
use super::number::is_of_unknown_part;
use super::token::Break;
use crate::text::{Numeral, NumeralKind, PeriodExpression};

/// Why a number is no figure, from the words next to it.
pub(super) fn reason_against(binder: &mut Binder<'_>, at: usize, numeral: &Numeral) -> Option<&'static str> {
    if binder.frame.other {
        return Some("counts something that is no trade in goods");
    }
    if let Some(reason) = binder.of_a_quantity(numeral) {
        return Some(reason);
    }
    if binder.conditional {
        return Some("tells what would have to happen");
    }
    let is_break = |c: char| matches!(c, '，' | '；' | '。' | '、' | ',' | '（');
    if binder.setting.chinese && numeral.kind == NumeralKind::Percent {
        let behind: String = text_behind(binder, numeral).chars().take_while(|c| !is_break(*c)).take(7).collect();
        if ["來自", "来自", "源自"].iter().any(|word| behind.contains(word)) {
            return Some("a part of a change");
        }
        if several_alike(binder, numeral) {
            return Some("one number for each of several");
        }
    }
    // 連續三個月增長超過一成, 連兩月逾40億美元 are said of each of them.
    let clause = between(binder.setting.text, binder.clause_start, numeral.span.start);
    let marked = numeral.hedge == Some(Hedge::Over)
        || at.checked_sub(1).is_some_and(
            |before| matches!(&binder.items[before].kind, ItemKind::Word(term) if term.is(Role::ThresholdBefore)),
        );
    if binder.setting.chinese && marked && is_round(numeral) && CHINESE.in_a_row.stand_in(clause) {
        return Some("a mark that was passed");
    }
    // 年減2～年增3%: the end of a range whose beginning was not understood.
    let end_of_range = at.checked_sub(1).is_some_and(|before| {
        let words = between(binder.setting.text, binder.start, binder.items[before].span.start);
        matches!(binder.items[before].kind, ItemKind::Direction(_))
            && words
                .strip_suffix(['～', '~', '-', '－', '–'])
                .is_some_and(|first| first.ends_with(|c: char| c.is_ascii_digit() || c == '%'))
    });
    if binder.setting.chinese && end_of_range {
        return Some("one end of a range");
    }
    let difference = at
        .checked_sub(1)
        .is_some_and(|before| matches!(&binder.items[before].kind, ItemKind::Word(term) if term.is(Role::Difference)));
    if difference {
        return Some("a difference between two numbers");
    }
    if binder.setting.lexicon.family.is_some() && matches!(numeral.hedge, Some(Hedge::Over | Hedge::Under)) {
        return Some("a mark that was passed");
    }
    if is_of_unknown_part(binder, at) {
        return Some("may be of a part that no word of the family names");
    }
    if binder.ratio == Some(binder.clause) {
        return Some("a part of another total");
    }
    let money = numeral.kind != NumeralKind::Percent;
    let unmoored = money && std::mem::take(&mut binder.unmoored);
    let text = binder.setting.text;
    if unmoored {
        return Some("the end of a growth whose time is not named");
    }
    // `$1.3 billion more than in June` is a difference.
    let before = text[binder.start..numeral.span.start].trim_end();
    // 比預期值高約150億美元
    let beside =
        binder.zone.as_ref().is_some_and(|zone| zone.numbers == 0) && before.ends_with(['高', '低', '多', '少']);
    if money && beside && binder.setting.chinese {
        return Some("a difference between two numbers");
    }
    if money
        && ["相差", "仅差", "僅差", "只差", "还差", "還差", "差距", "相距"].iter().any(|word| before.ends_with(word))
    {
        return Some("a difference between two numbers");
    }
    // 這次從4000億美元直接跳過5000億: marks, whose time is not named.
    let origin = binder.zone.as_ref().is_some_and(|zone| zone.origin && zone.period.is_none());
    if money && binder.setting.chinese && origin && is_round(numeral) {
        return Some("a mark that was passed");
    }
    if money && in_bracket_of_rate(binder, at) {
        return Some("a change in money that a bracket adds to its rate");
    }
    if money && matches!(numeral.kind, NumeralKind::Money(_)) && numeral.low.abs() < SMALLEST {
        return Some("too little for a trade: a price or a rate of exchange");
    }
    let behind = text[numeral.span.end..].trim_start();
    if (money || !based_behind(binder, at))
        && ["more than", "less than", "higher than", "lower than", "above", "below", "short of"]
            .iter()
            .any(|word| behind.starts_with(word))
    {
        return Some("a difference between two numbers");
    }
    // `$700 billion mark` is no amount of the old German currency.
    let mark = " mark".as_bytes();
    let ending = &text.as_bytes()[numeral.span.clone()];
    if money && ending.last_chunk().is_some_and(|last: &[u8; 5]| last.eq_ignore_ascii_case(mark)) {
        return Some("a mark that was passed");
    }
    if money && is_round(numeral) && (numeral.hedge == Some(Hedge::Over) || passes_mark(binder, at, &numeral.span)) {
        return Some("a mark that was passed");
    }
    (money && is_conversion(binder, at, numeral)).then_some("a conversion into another currency")
}

/// `76 percent of net revenue`, `60 percent of the memory market`: a part of something that is no trade.
pub(super) fn is_share_of_other(binder: &Binder<'_>, at: usize) -> bool {
    let Some(whole) = between(binder.setting.text, binder.items[at].span.end, usize::MAX).strip_prefix(" of ") else {
        return false;
    };
    let end = whole.find([',', '.', ';', '(', '\n']).unwrap_or(whole.len());
    let whole = &whole[..end];
    let from = binder.items[at].span.end;
    let flow = binder.items[at + 1..]
        .iter()
        .take_while(|item| item.span.start < from + " of ".len() + end)
        .any(|item| matches!(item.kind, ItemKind::Flow(_)));
    let total = whole
        .split_whitespace()
        .any(|word| matches!(word, "total" | "all" | "it" | "them" | "whole" | "that" | "overall"));
    !flow && !total
}

/// Whether a rate is set against an earlier period by the words behind it (127 percent higher than a year earlier).
pub(super) fn based_behind(binder: &Binder<'_>, at: usize) -> bool {
    let mut behind = binder.items[at + 1..].iter().take(4);
    let earlier = |expression: &PeriodExpression| {
        matches!(
            expression,
            PeriodExpression::YearEarlier
                | PeriodExpression::Previous
                | PeriodExpression::Fixed(_)
                | PeriodExpression::Month(_)
        )
    };
    !binder.setting.chinese
        && behind.any(|item| match &item.kind {
            ItemKind::Word(term) => term.is(Role::Yoy) || term.is(Role::Mom),
            ItemKind::Period(expression) => earlier(expression),
            _ => false,
        })
}

/// No economy's trade is smaller; prices and rates of exchange are.
pub(super) const SMALLEST: Decimal = Decimal::from_parts(10_000, 0, 0, false, 0);

/// 減少7%(17.4億美元), 同比(34.4億美元)減少: an amount in a bracket of its own behind a rate or what it is counted against.
pub(super) fn in_bracket_of_rate(binder: &Binder<'_>, at: usize) -> bool {
    let Some([before, open]) = at.checked_sub(2).and_then(|from| binder.items.get(from..at)) else { return false };
    let gap = between(binder.setting.text, before.span.end, open.span.start);
    let opened = matches!(open.kind, ItemKind::Break(Break::Open)) && gap.trim().is_empty();
    opened
        && match &before.kind {
            ItemKind::Number(rate) => rate.kind == NumeralKind::Percent,
            ItemKind::Word(term) => term.is(Role::Yoy) || term.is(Role::Mom),
            _ => false,
        }
}

pub(super) fn text_behind<'a>(binder: &Binder<'a>, numeral: &Numeral) -> &'a str {
    binder.setting.text.get(numeral.span.end..).unwrap_or_default()
}

/// 對中國以及東協出口衰退均達17%: what is said of each of several is not said of all together.
pub(super) fn several_alike(binder: &Binder<'_>, numeral: &Numeral) -> bool {
    let before = binder.setting.text.get(binder.clause_start..numeral.span.start).unwrap_or_default();
    binder.named_groups > 1
        && binder.frame.partners.len() > 1
        && !binder.frame.respective
        && ["均", "皆", "都"].iter().any(|word| before.contains(word))
}

/// At most two digits that count: 6000億, $700 billion.
pub(super) fn is_round(numeral: &Numeral) -> bool {
    let mut value = numeral.low.normalize().mantissa().unsigned_abs();
    while value != 0 && value.is_multiple_of(10) {
        value /= 10;
    }
    numeral.high.is_none() && value < 100 && numeral.low != Decimal::ZERO
}

pub(super) fn passes_mark(binder: &Binder<'_>, at: usize, span: &Range<usize>) -> bool {
    at.checked_sub(1).map(|before| &binder.items[before]).is_some_and(|item| {
        matches!(&item.kind, ItemKind::Word(term) if term.is(Role::ThresholdBefore)) && item.span.end + 8 >= span.start
    })
}

/// `70 billion euros ($72 billion)`: the native amount counts.
pub(super) fn is_conversion(binder: &Binder<'_>, at: usize, numeral: &Numeral) -> bool {
    let open =
        binder.items[..at].iter().rposition(|item| matches!(item.kind, ItemKind::Break(Break::Open | Break::Close)));
    let Some(open) = open.filter(|open| *open > 0) else { return false };
    let before = &binder.items[open - 1];
    match &before.kind {
        ItemKind::Number(other) => {
            matches!(binder.items[open].kind, ItemKind::Break(Break::Open))
                && before.span.end + 1 >= binder.items[open].span.start
                && matches!((&other.kind, &numeral.kind), (NumeralKind::Money(a), NumeralKind::Money(b)) if a != b)
        }
        _ => false,
    }
}
