//! Numerals: bare numbers with sign, unit, hedge and range.
//!
//! It knows no periods; their spans are given, so that the 12 of 12月 is no numeral.

use std::ops::Range;
use std::sync::LazyLock;

use bellwether_model::figure::Hedge;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::number::{self, Bare, NUMBERS, Style, bare, is_numeral};
use super::unit::{Behind, Currency, UNITS};
use super::view::View;
use super::words::{Words, rules};
use super::{Numeral, NumeralKind};

#[derive(Deserialize)]
struct Rules {
    signs: SignRules,
    hedges: HedgeRules,
    ranges: RangeRules,
}

#[derive(Deserialize)]
struct SignRules {
    minus: Vec<String>,
}

#[derive(Deserialize)]
struct HedgeRules {
    about_before: Vec<String>,
    over_before: Vec<String>,
    under_before: Vec<String>,
    none_before: Vec<String>,
    about_after: Vec<String>,
    over_after: Vec<String>,
    under_after: Vec<String>,
    over_inside: Vec<String>,
}

#[derive(Deserialize)]
struct RangeRules {
    joins: Vec<String>,
    pairs: Vec<String>,
    opens: Vec<String>,
    closes: Vec<String>,
    froms: Vec<String>,
    changes: Vec<String>,
}

struct Lexicons {
    minus: Words<()>,
    hedges_before: Words<Option<Hedge>>,
    hedges_after: Words<Hedge>,
    over_inside: Words<()>,
    joins: Words<()>,
    pairs: Words<()>,
    opens: Words<()>,
    closes: Words<()>,
    froms: Words<()>,
    changes: Words<()>,
}

static LEXICONS: LazyLock<Lexicons> = LazyLock::new(|| {
    let Rules { signs, hedges, ranges } = rules("numbers", NUMBERS);
    let plain = |words: Vec<String>| Words::new(words.into_iter().map(|word| (word, ())));
    let mean = |words: Vec<String>, hedge: Hedge| words.into_iter().map(move |word| (word, hedge));
    let before = mean(hedges.about_before, Hedge::About)
        .chain(mean(hedges.over_before, Hedge::Over))
        .chain(mean(hedges.under_before, Hedge::Under))
        .map(|(word, hedge)| (word, Some(hedge)));
    let after = mean(hedges.about_after, Hedge::About)
        .chain(mean(hedges.over_after, Hedge::Over))
        .chain(mean(hedges.under_after, Hedge::Under));
    Lexicons {
        minus: plain(signs.minus),
        hedges_before: Words::new(before.chain(hedges.none_before.into_iter().map(|word| (word, None)))),
        hedges_after: Words::new(after),
        over_inside: plain(hedges.over_inside),
        joins: plain(ranges.joins),
        pairs: plain(ranges.pairs),
        opens: plain(ranges.opens),
        closes: plain(ranges.closes),
        froms: plain(ranges.froms),
        changes: plain(ranges.changes),
    }
});

/// One number with its own sign and unit.
#[derive(Debug, Clone)]
struct Amount {
    start: usize,
    end: usize,
    value: Decimal,
    step: Decimal,
    scale: Decimal,
    kind: NumeralKind,
    signed: bool,
    over: bool,
    /// Whether a unit stands behind the number.
    unit_behind: bool,
    /// Whether a currency stands before it.
    money_before: bool,
    style: Style,
    length: usize,
}

/// All numerals of a view outside of `taken`, spans of characters in order.
pub(crate) fn numerals(view: &View<'_>, taken: &[Range<usize>]) -> Vec<Numeral> {
    let mut found = Vec::new();
    let mut taken = taken.iter().peekable();
    let (mut place, mut floor) = (0, 0);
    while place < view.len() {
        while taken.next_if(|span| span.end <= place).is_some() {}
        if let Some(span) = taken.peek().filter(|span| span.start <= place) {
            (place, floor) = (span.end, span.end);
            continue;
        }
        let ceiling = taken.peek().map_or(view.len(), |span| span.start);
        match step(view, place, floor, ceiling) {
            Step::Found(numeral, end) => {
                found.push(numeral);
                (place, floor) = (end, end);
            }
            Step::Past(end) => place = end.max(place + 1),
        }
    }
    bracketed(view, &mut found);
    found
}

enum Step {
    Found(Numeral, usize),
    Past(usize),
}

/// Reads what begins at one place.
fn step(view: &View<'_>, place: usize, floor: usize, ceiling: usize) -> Step {
    let c = view.at(place);
    if c.is_ascii_alphabetic() {
        return word(view, place, floor, ceiling);
    }
    let percent = is_percent_before(view, place);
    let begins = percent || is_numeral(c) || (c == '.' && view.at(place + 1).is_ascii_digit());
    if !begins {
        return if matches!(c, '翻' | '倍') { factor(view, place) } else { Step::Past(place + 1) };
    }
    if c.is_ascii_digit()
        && let Some(end) = identifier(view, place, floor)
    {
        return Step::Past(end);
    }
    match amount(view, place, floor) {
        Some(first) if first.end <= ceiling => finish(view, first, floor, ceiling),
        Some(first) => Step::Past(first.end.min(ceiling)),
        None => Step::Past(past_number(view, place)),
    }
}

/// A word of letters: a number word, a factor, an address, or nothing.
fn word(view: &View<'_>, place: usize, floor: usize, ceiling: usize) -> Step {
    if !view.is_word_start(place) {
        return Step::Past(place + 1);
    }
    let end = view.word_end(place);
    let letters: String = view.chars.get(place..end).unwrap_or_default().iter().collect();
    if matches!(letters.as_str(), "http" | "https" | "www") && matches!(view.at(end), ':' | '.') {
        let address = view.chars.iter().skip(end).take_while(|c| c.is_ascii_graphic()).count();
        return Step::Past(end + address);
    }
    if let Step::Found(numeral, end) = factor(view, place) {
        return Step::Found(numeral, end);
    }
    match amount(view, place, floor) {
        Some(first) if first.end <= ceiling => finish(view, first, floor, ceiling),
        _ => Step::Past(end),
    }
}

/// Words that are a factor by themselves (doubled).
fn factor(view: &View<'_>, place: usize) -> Step {
    let Some((end, value)) = UNITS.factors.at(view, place) else { return Step::Past(place + 1) };
    let numeral = Numeral {
        span: view.bytes(place..end),
        kind: NumeralKind::Multiple,
        low: value,
        high: None,
        step: Decimal::ONE,
        hedge: None,
        signed: false,
    };
    Step::Found(numeral, end)
}

/// 百分之 before a number.
fn is_percent_before(view: &View<'_>, place: usize) -> bool {
    view.at(place) == '百' && view.at(place + 1) == '分' && view.at(place + 2) == '之'
}

/// The end of a row of digits that is no amount: a time, date, telephone number, version, or part of a name (H20, 5G).
fn identifier(view: &View<'_>, start: usize, floor: usize) -> Option<usize> {
    if view.before(start).is_ascii_alphabetic() && UNITS.before.before(view, start, floor).is_none() {
        return Some(past_number(view, start));
    }
    let (mut place, mut dashes, mut points, mut most_points, mut other) = (start, 0, 0, 0, false);
    loop {
        let c = view.at(place);
        if !c.is_ascii_digit() {
            if !view.at(place + 1).is_ascii_digit() {
                break;
            }
            match c {
                ':' | '/' => other = true,
                '-' => (dashes, points) = (dashes + 1, 0),
                '.' => points += 1,
                ',' => {}
                _ => break,
            }
            most_points = most_points.max(points);
        }
        place += 1;
    }
    let area_code =
        view.at(start) == '0' || (view.before(start) == ')' && start > 1 && view.at(start - 2).is_ascii_digit());
    let telephone = dashes == 1 && area_code && view.at(start + 1).is_ascii_digit();
    (other || dashes > 1 || most_points > 1 || telephone).then_some(place)
}

/// The place behind a row of digits, letters and the marks between them.
fn past_number(view: &View<'_>, start: usize) -> usize {
    let mut place = start;
    loop {
        let c = view.at(place);
        let goes_on = c.is_ascii_alphanumeric()
            || (matches!(c, '.' | '-' | '_') && place > start && view.at(place + 1).is_ascii_alphanumeric());
        if !goes_on {
            return place.max(start + 1);
        }
        place += 1;
    }
}

/// The number at a place with what belongs to it. It does not reach back below `floor`.
fn amount(view: &View<'_>, place: usize, floor: usize) -> Option<Amount> {
    let percent_before = is_percent_before(view, place);
    let digits_at = if percent_before { view.skip_spaces(place + 3) } else { place };
    let (inner_start, inner_sign) = sign_before(view, digits_at, floor);
    let currency_end = view.skip_spaces_back(inner_start).max(floor);
    let currency = UNITS.before.before(view, currency_end, floor);
    let number = bare(view, digits_at, currency.is_some())?;
    if is_vague(view, &number) {
        return None;
    }
    let unit = if percent_before { Some((number.end, Behind::Percent, false)) } else { unit_behind(view, &number) };
    let (start, signed) = match currency.filter(|_| !percent_before) {
        Some((start, _)) if inner_sign => (start, true),
        Some((start, _)) => sign_before(view, start, floor),
        None if percent_before => sign_before(view, place, floor),
        None => (inner_start, inner_sign),
    };
    let mut amount = Amount {
        start,
        end: number.end,
        value: number.value,
        step: number.step,
        scale: number.scale,
        kind: NumeralKind::Number { scaled: number.scale > Decimal::ONE },
        signed: signed || inner_sign,
        over: number.over,
        unit_behind: unit.is_some(),
        money_before: currency.is_some(),
        style: number.style,
        length: number.length,
    };
    amount.unit(view, unit, currency.map(|(_, currency)| currency), (inner_start, inner_sign));
    amount.is_worth(view, &number, floor).then_some(amount)
}

/// The start of a sign before `start` and whether it is a minus.
fn sign_before(view: &View<'_>, start: usize, floor: usize) -> (usize, bool) {
    if let Some((at, ())) = LEXICONS.minus.before(view, view.skip_spaces_back(start), floor) {
        return (at, true);
    }
    let c = view.before(start);
    if start <= floor || !matches!(c, '-' | '−' | '+' | '－') {
        return (start, false);
    }
    let before = view.before(start - 1);
    let joins = before.is_ascii_alphanumeric()
        || matches!(before, '%' | '-' | ')' | '亿' | '万' | '兆' | '元' | '月' | '年' | '日' | '成' | '倍' | '季')
        || is_numeral(before);
    if joins { (start, false) } else { (start - 1, c != '+') }
}

/// 數十億, 上百億, 幾十: sizes, not values.
fn is_vague(view: &View<'_>, number: &Bare) -> bool {
    number.style == Style::Han
        && matches!(view.before(number.start), '数' | '几' | '上')
        && view.at(number.start) == '十'
}

/// The unit behind a number, with the end of its word and whether 多 or 餘 stands between.
fn unit_behind(view: &View<'_>, number: &Bare) -> Option<(usize, Behind, bool)> {
    let direct = |from: usize| {
        let mut at = view.skip_spaces(from);
        if view.at(at) == '-' && view.at(at + 1).is_ascii_alphabetic() {
            at += 1;
        }
        UNITS.behind.at(view, at)
    };
    if let Some((end, unit)) = direct(number.end) {
        return Some((end, unit, false));
    }
    let (end, ()) = LEXICONS.over_inside.at(view, number.end)?;
    direct(end).map(|(end, unit)| (end, unit, true))
}

impl Amount {
    /// Takes the unit behind the number or the currency before it. `inner`: where the number begins without a currency.
    fn unit(
        &mut self,
        view: &View<'_>,
        unit: Option<(usize, Behind, bool)>,
        before: Option<Currency>,
        inner: (usize, bool),
    ) {
        if let Some((end, behind, over)) = unit {
            (self.end, self.over) = (end, self.over || over);
            match behind {
                Behind::Money(currency) => {
                    let chosen = before.filter(|other| currency.is_local() || currency == *other);
                    self.kind = NumeralKind::Money(chosen.unwrap_or(currency).unit());
                    self.keep_currency(chosen.is_some(), inner);
                    return;
                }
                Behind::Percent => self.kind = NumeralKind::Percent,
                Behind::Points => self.kind = NumeralKind::PercentagePoints,
                Behind::BasisPoints => {
                    self.kind = NumeralKind::PercentagePoints;
                    self.value /= Decimal::ONE_HUNDRED;
                    self.step /= Decimal::ONE_HUNDRED;
                }
                Behind::Tenths => self.tenths(view),
                Behind::Multiple => self.kind = NumeralKind::Multiple,
                Behind::Count => self.kind = NumeralKind::Count,
                Behind::Nothing => self.no_unit(before),
            }
            let money = matches!(self.kind, NumeralKind::Money(_));
            self.keep_currency(money, inner);
        } else {
            self.no_unit(before);
        }
    }

    /// No word behind the number is its unit: it is money where a currency stands before it.
    fn no_unit(&mut self, before: Option<Currency>) {
        self.unit_behind = false;
        if let Some(currency) = before {
            self.kind = NumeralKind::Money(currency.unit());
        }
    }

    /// A currency before the number that is not its own is left out.
    fn keep_currency(&mut self, keep: bool, inner: (usize, bool)) {
        if self.money_before && !keep {
            (self.start, self.signed) = inner;
            self.money_before = false;
        }
    }

    /// 三成, 三成五, 7成4, 三成半, 三成多.
    fn tenths(&mut self, view: &View<'_>) {
        if self.scale > Decimal::ONE || self.value > Decimal::TEN {
            self.unit_behind = false;
            return;
        }
        self.kind = NumeralKind::Percent;
        self.value *= Decimal::TEN;
        self.step *= Decimal::TEN;
        let next = view.at(self.end);
        let digit = number::han_digit(next).or_else(|| next.to_digit(10));
        if let Some((end, ())) = UNITS.half.at(view, self.end) {
            (self.value, self.step, self.end) = (self.value + Decimal::from(5), Decimal::from(5), end);
        } else if let Some(digit) = digit.filter(|_| !is_numeral(view.at(self.end + 1))) {
            (self.value, self.step, self.end) = (self.value + Decimal::from(digit), Decimal::ONE, self.end + 1);
        } else if let Some((end, ())) = LEXICONS.over_inside.at(view, self.end) {
            (self.over, self.end) = (true, end);
        }
    }

    /// Whether it is more than a word that happens to hold a numeral (一切, one of them), and takes an ordinal's mark.
    fn is_worth(&mut self, view: &View<'_>, number: &Bare, floor: usize) -> bool {
        let plain = matches!(self.kind, NumeralKind::Number { scaled: false });
        if let Some((start, ())) = UNITS.ordinal_before.before(view, view.skip_spaces_back(self.start), floor)
            && (plain || self.kind == NumeralKind::Count)
        {
            (self.kind, self.start) = (NumeralKind::Count, start);
            return true;
        }
        if !plain {
            // 零組件 counts nothing.
            return self.style != Style::Han || self.kind != NumeralKind::Count || !self.value.is_zero();
        }
        if let Some((end, ())) = UNITS.ordinal_after.at(view, self.end) {
            (self.kind, self.end) = (NumeralKind::Count, end);
            return true;
        }
        match self.style {
            // Letters that run on make it a name: 5G, 28HPC.
            Style::Digits => !view.at(self.end).is_ascii_alphabetic(),
            // A bound of a range, or digits with a decimal or a unit of ten; 一切 and 三星 are words.
            Style::Han => self.length > 1 && (number.step != Decimal::ONE || number.value >= Decimal::TEN),
            Style::English => self.length > 1,
        }
    }
}

/// Looks for the second bound of a range and for hedges, and makes the numeral.
fn finish(view: &View<'_>, first: Amount, floor: usize, ceiling: usize) -> Step {
    let range = second_bound(view, &first, floor).filter(|range| range.1.end <= ceiling);
    let (low, high) = match range {
        Some((low, high)) => (low, Some(high)),
        None => (first, None),
    };
    let start = low.start;
    let mut end = high.as_ref().map_or(low.end, |high| high.end);
    let mut hedge = None;
    let mut span_start = start;
    if let Some((at, Some(word))) = LEXICONS.hedges_before.before(view, view.skip_spaces_back(start), floor) {
        (hedge, span_start) = (Some(word), at);
    } else if let Some((at, word)) =
        LEXICONS.hedges_after.at(view, view.skip_spaces(end)).filter(|(at, _)| *at <= ceiling)
    {
        (hedge, end) = (Some(word), at);
    } else if low.over {
        hedge = Some(Hedge::Over);
    }
    let last = high.as_ref().unwrap_or(&low);
    let sign = |amount: &Amount| if amount.signed { -amount.value } else { amount.value };
    let numeral = Numeral {
        span: view.bytes(span_start..end),
        kind: last.kind.clone(),
        low: sign(&low),
        high: high.as_ref().map(sign),
        step: high.as_ref().map_or(low.step, |high| low.step.min(high.step)),
        hedge,
        signed: low.signed,
    };
    Step::Found(numeral, end)
}

/// The second bound of a range that begins with `first`, and the first with what the second lends it.
fn second_bound(view: &View<'_>, first: &Amount, floor: usize) -> Option<(Amount, Amount)> {
    let at = view.skip_spaces(first.end);
    let (behind, pair) = match LEXICONS.joins.at(view, at) {
        Some((end, ())) => (end, false),
        None => (LEXICONS.pairs.at(view, at)?.0, true),
    };
    let join_floor = behind;
    let second = amount(view, number_ahead(view, behind)?, join_floor)
        .or_else(|| amount_of_one(view, number_ahead(view, behind)?, join_floor))?;
    let (low, high) = lend(first, second)?;
    let closed = LEXICONS.closes.at(view, view.skip_spaces(high.end)).is_some();
    let before = view.skip_spaces_back(hedge_start(view, first.start, floor));
    let opened = LEXICONS.opens.before(view, before, 0).is_some();
    if pair {
        return (closed || opened).then_some((low, high));
    }
    let word_join = view.at(at).is_alphabetic();
    (closed || !word_join || !is_change(view, first, before)).then_some((low, high))
}

/// Whether the words between and around two numbers make them the ends of a range.
pub(crate) fn are_joined(view: &View<'_>, first: &Range<usize>, second: &Range<usize>) -> bool {
    let at = view.skip_spaces(first.end);
    let meets = |end: usize| {
        view.skip_spaces(end) == second.start
            || view.at(view.skip_spaces(end)) == '第' && view.skip_spaces(end) + 1 == second.start
    };
    let closed = LEXICONS.closes.at(view, view.skip_spaces(second.end)).is_some();
    let opened = LEXICONS.opens.before(view, view.skip_spaces_back(first.start), 0).is_some();
    let join = LEXICONS.joins.at(view, at).is_some_and(|(end, ())| meets(end));
    let pair = LEXICONS.pairs.at(view, at).is_some_and(|(end, ())| meets(end)) && (closed || opened);
    join || pair
}

/// The place of the number behind a sign, currency or hedge, where one follows.
fn number_ahead(view: &View<'_>, from: usize) -> Option<usize> {
    let mut place = view.skip_spaces(from);
    for _ in 0..3 {
        if let Some((end, _)) = UNITS.before.at(view, place) {
            place = view.skip_spaces(end);
        }
        if let Some((end, ())) = LEXICONS.minus.at(view, place) {
            place = view.skip_spaces(end);
        }
        if matches!(view.at(place), '-' | '−' | '+' | '－') {
            place += 1;
        }
    }
    let c = view.at(place);
    (is_numeral(c) || c.is_ascii_alphabetic() || is_percent_before(view, place)).then_some(place)
}

/// A single numeral as a bound: 一至二.
fn amount_of_one(view: &View<'_>, place: usize, floor: usize) -> Option<Amount> {
    let number = bare(view, place, false)?;
    let (start, signed) = sign_before(view, place, floor);
    (number.style == Style::Han).then_some(Amount {
        start,
        end: number.end,
        value: number.value,
        step: number.step,
        scale: number.scale,
        kind: NumeralKind::Number { scaled: false },
        signed,
        over: false,
        unit_behind: false,
        money_before: false,
        style: number.style,
        length: number.length,
    })
}

/// Gives each bound the unit and scale that it shares with the other. `None`: they are no two bounds of one range.
fn lend(first: &Amount, second: Amount) -> Option<(Amount, Amount)> {
    let (mut low, mut high) = (first.clone(), second);
    let bare_low = matches!(low.kind, NumeralKind::Number { .. });
    let bare_high = matches!(high.kind, NumeralKind::Number { .. });
    if bare_low {
        low.kind = high.kind.clone();
        // 2至3成: what multiplies the second multiplies the first.
        if high.kind == NumeralKind::Percent
            && high.step >= Decimal::TEN
            && low.value <= Decimal::TEN
            && low.scale == Decimal::ONE
            && low.step == Decimal::ONE
            && high.value <= Decimal::ONE_HUNDRED
            && high.length == 1
        {
            (low.value, low.step) = (low.value * Decimal::TEN, low.step * Decimal::TEN);
        }
    } else if bare_high {
        if !low.money_before {
            return None;
        }
        high.kind = low.kind.clone();
    } else if low.kind != high.kind {
        return None;
    }
    if low.scale == Decimal::ONE && high.scale > Decimal::ONE && !low.unit_behind {
        let scaled = low.value.checked_mul(high.scale)?;
        if scaled <= high.value {
            (low.value, low.step, low.scale) = (scaled, low.step.checked_mul(high.scale)?, high.scale);
        }
    }
    let sign = |amount: &Amount| if amount.signed { -amount.value } else { amount.value };
    // 年減3%至5%: the text orders falls by size; a range downwards is two numbers.
    (sign(&low) <= sign(&high)).then_some((low, high))
}

fn hedge_start(view: &View<'_>, start: usize, floor: usize) -> usize {
    LEXICONS.hedges_before.before(view, view.skip_spaces_back(start), floor).map_or(start, |(at, _)| at)
}

/// Whether `A to B` tells of a change from A, or by A, to B: `rose from 3 pct to 4 pct`, `increased $0.6 billion to $181.3 billion`.
fn is_change(view: &View<'_>, first: &Amount, before: usize) -> bool {
    const WORDS_BACK: usize = 5;
    let mut place = before;
    if let Some((start, ())) = LEXICONS.froms.before(view, before, 0) {
        place = view.skip_spaces_back(start);
        for _ in 0..WORDS_BACK {
            if LEXICONS.changes.before(view, place, 0).is_some() {
                return true;
            }
            while view.before(place).is_ascii_alphanumeric() {
                place -= 1;
            }
            place = view.skip_spaces_back(place);
        }
        return false;
    }
    let complete = matches!(first.kind, NumeralKind::Money(_)) && (first.scale > Decimal::ONE || first.unit_behind);
    complete && LEXICONS.changes.before(view, place, 0).is_some()
}

/// A text that is one number in brackets, such as the cell of a table, is negative.
fn bracketed(view: &View<'_>, found: &mut [Numeral]) {
    let [numeral] = found else { return };
    let text = view.text.trim();
    let inner = text.strip_prefix(['(', '（']).and_then(|rest| rest.strip_suffix([')', '）'])).map(str::trim);
    let own = view.text.get(numeral.span.clone());
    if inner.is_some()
        && inner == own
        && !numeral.signed
        && numeral.high.is_none()
        && numeral.kind != NumeralKind::Count
    {
        let start = view.text.len() - view.text.trim_start().len();
        numeral.span = start..start + text.len();
        (numeral.low, numeral.signed) = (-numeral.low, true);
    }
}
