//! Typed tokens of text: sentences, numerals (numbers, percentages, money, ranges), dates and periods.
//!
//! The binding of tokens to figures is `figures`' business; here each token is read for itself.

mod number;
mod numeral;
mod period;
mod quantity;
mod sentence;
mod starts;
mod unit;
mod view;
mod words;

use std::ops::Range;

use bellwether_model::figure::{Hedge, Unit};
use bellwether_model::period::Period;
use bellwether_model::quantity::Quantity;
use jiff::civil::Date;
use rust_decimal::Decimal;

use view::View;

/// The unit of 元, 圓 and 塊錢 where the text names no currency: which one is meant depends on the economy in question.
/// Beside 人民幣 or 新台幣 it is that currency's code instead.
pub const LOCAL_YUAN: &str = "LOCAL";

/// A number of a text with everything that belongs to it: sign, scale, unit, range, hedge.
#[derive(Debug, Clone, PartialEq)]
pub struct Numeral {
    /// Bytes of the text, from the hedge or sign to the unit.
    pub span: Range<usize>,
    /// What it counts.
    pub kind: NumeralKind,
    /// The value in full units (624.8億 is 62480000000), or the lower bound of a range. Signed only by a sign or brackets.
    pub low: Decimal,
    /// The upper bound of a range; `None`: one value.
    pub high: Option<Decimal>,
    /// One unit of the last digit given, in full units.
    pub step: Decimal,
    /// A word that blurs it.
    pub hedge: Option<Hedge>,
    /// Whether a minus sign or brackets stand at the number itself.
    pub signed: bool,
}

/// What a numeral counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumeralKind {
    /// A number without a unit that is known, or with a scale alone (億 without a currency): `scaled` tells.
    Number {
        /// Whether a scale word stands with it (億, million).
        scaled: bool,
    },
    /// Money in this currency.
    Money(Unit),
    /// Percent; 成 is ten of them.
    Percent,
    /// Percentage points, basis points: never a rate.
    PercentagePoints,
    /// Multiples (1.3倍, doubled): the value is the factor as written.
    Multiple,
    /// Something counted that is no money (tonnes, vehicles, months, people), an ordinal or a rank.
    Count,
}

/// A period as a text names it, before it is known which year is meant.
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodMention {
    /// Bytes of the text.
    pub span: Range<usize>,
    /// What is named.
    pub expression: PeriodExpression,
}

/// What a text says of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodExpression {
    /// Fixed by itself or by the reference date alone (2025年12月, 114年12月, 去年12月, 上月, last month, first 11 months of 2023).
    Fixed(Period),
    /// A month without a year (12月, December).
    Month(u8),
    /// From a month to a month without a year (1至11月, 前11月, January-November).
    Months(u8, u8),
    /// A quarter without a year.
    Quarter(u8),
    /// A half without a year.
    Half(u8),
    /// Days of a month (首20日, the first 20 days), of the month in question where `month` is absent.
    Days {
        /// Month 1 to 12; `None`: the month in question.
        month: Option<u8>,
        /// First day.
        from: u8,
        /// Last day.
        to: u8,
    },
    /// The same period a year before the one in question (上年同期, a year earlier).
    YearEarlier,
    /// The period before the one in question (前月 in a comparison, the previous month).
    Previous,
    /// The month, quarter or year in question (當月, 同月, 單月, 全年 without a year).
    Same(SamePeriod),
    /// A day (9日, Jan. 9): when something was said, not what it covers.
    Day(Option<Date>),
}

/// Which period in question is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SamePeriod {
    /// 當月, 該月
    Month,
    /// 當季
    Quarter,
    /// 全年
    Year,
    /// 累計 since January of the year in question
    YearToDate,
    /// 同期
    Period,
}

/// The digit that a character writes, in Arabic or Han numerals.
pub(crate) fn digit(c: char) -> Option<char> {
    c.to_digit(10).or_else(|| number::han_digit(c)).and_then(|digit| char::from_digit(digit, 10))
}

/// All numerals of a text, in order, none overlapping. Chinese and English mix in one text (USD 1,269 億), so one
/// scanner reads both.
#[must_use]
pub fn numerals(text: &str) -> Vec<Numeral> {
    let view = View::new(text);
    let taken: Vec<Range<usize>> = period::mentions(&view, None).into_iter().map(|mention| mention.span).collect();
    numeral::numerals(&view, &taken)
}

/// All periods of a text, in order, none overlapping. `reference` is the day of publication.
#[must_use]
pub fn periods(text: &str, reference: Option<Date>) -> Vec<PeriodMention> {
    let view = View::new(text);
    let mentions = period::mentions(&view, reference).into_iter();
    mentions.map(|mention| PeriodMention { span: view.bytes(mention.span), expression: mention.expression }).collect()
}

/// The numerals and the periods of a text, read in one go: what [`numerals`] and [`periods`] give, at half the cost.
#[must_use]
pub fn tokens(text: &str, reference: Option<Date>) -> (Vec<Numeral>, Vec<PeriodMention>) {
    let view = View::new(text);
    let mentions = period::mentions(&view, reference);
    let taken: Vec<Range<usize>> = mentions.iter().map(|mention| mention.span.clone()).collect();
    let numerals = numeral::numerals(&view, &taken);
    let spoken = mentions.into_iter();
    let periods =
        spoken.map(|mention| PeriodMention { span: view.bytes(mention.span), expression: mention.expression });
    (numerals, periods.collect())
}

/// The period that is meant. `reference` is the day of publication, `anchor` the period in question (the last one
/// that was stated before). A month without a year is the one of the anchor's year where there is an anchor, else
/// the last one that had ended, or begun, at the reference date. `None`: not fixed by the text.
#[must_use]
pub fn resolve(expression: PeriodExpression, reference: Option<Date>, anchor: Option<Period>) -> Option<Period> {
    period::resolve::resolve(expression, reference, anchor)
}

/// Sentences of a text, as bytes; a line break ends one. Quotation marks and brackets behind a full stop belong to it.
#[must_use]
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    sentence::sentences(text)
}

/// All quantities of a text, as `bellwether quantities` prints them. `reference` is the day from which relative
/// dates count; `language` is `zh` or `en`.
#[must_use]
pub fn quantities(text: &str, language: &str, reference: Option<Date>) -> Vec<Quantity> {
    quantity::quantities(text, language, reference)
}
