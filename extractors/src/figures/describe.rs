//! The words of a sentence that were understood, for the people who write rules.

use bellwether_model::place::Area;

use super::item::{Item, ItemKind, Side};
use super::lexicon::{DirectionWord, FlowWord, RateBase, Shape};
use super::study::Understood;
use super::token::{Break, Kind, Token};
use crate::text::{Numeral, NumeralKind, PeriodExpression, SamePeriod};

/// The items of a sentence, and the words that no item took.
pub(super) fn understood(items: &[Item], tokens: &[Token]) -> Vec<Understood> {
    let mut all: Vec<Understood> = items
        .iter()
        .map(|item| {
            let (kind, value) = of_item(&item.kind);
            Understood { span: item.span.clone(), kind, value }
        })
        .collect();
    let taken =
        |token: &Token| items.iter().any(|item| item.span.start < token.span.end && token.span.start < item.span.end);
    for token in tokens.iter().filter(|token| !taken(token)) {
        let value = match &token.kind {
            Kind::Word(term) if !term.areas.is_empty() => format!("{} (not used)", codes(&term.areas)),
            Kind::Word(term) => term.described().unwrap_or_default(),
            Kind::Short(area) => format!("{area} (not used)"),
            Kind::Numeral(_) | Kind::Period(_) | Kind::Break(_) => continue,
        };
        all.push(Understood { span: token.span.clone(), kind: "word", value });
    }
    all.sort_by_key(|one| one.span.start);
    all
}

fn of_item(kind: &ItemKind) -> (&'static str, String) {
    match kind {
        ItemKind::Partners(areas, side) => ("partner", format!("{} ({})", codes(areas), of_side(*side))),
        ItemKind::Subject(area) => ("economy", area.to_string()),
        ItemKind::Goods(names) => ("product", names.join(", ")),
        ItemKind::Flow(word) => ("flow", of_flow(word)),
        ItemKind::Direction(word) => ("direction", of_direction(*word)),
        ItemKind::Number(numeral) => of_numeral(numeral),
        ItemKind::Period(expression) => ("period", of_period(*expression)),
        ItemKind::Word(term) => ("word", term.described().unwrap_or_default()),
        ItemKind::Break(kind) => ("mark", of_break(*kind).to_owned()),
    }
}

fn codes(areas: &[Area]) -> String {
    areas.iter().map(Area::as_str).collect::<Vec<_>>().join("+")
}

fn of_side(side: Side) -> &'static str {
    match side {
        Side::To => "to",
        Side::From => "from",
        Side::With => "with",
        Side::Market => "of a list of markets",
        Side::Topic => "spoken of behind the comma",
        Side::Next => "next of a row",
        Side::Rival => "set against another",
    }
}

fn of_flow(word: &FlowWord) -> String {
    let sign = match word.sign {
        Some(sign) if sign < 0 => " (a deficit)",
        Some(_) => " (a surplus)",
        None => "",
    };
    let weak = if word.weak { " (beside stronger words only)" } else { "" };
    let product = word.product.as_ref().map(|product| format!(" of {product}")).unwrap_or_default();
    format!("{}{product}{sign}{weak}", word.flow.code())
}

fn of_direction(word: DirectionWord) -> String {
    let shape = match word.shape {
        Shape::Move => "",
        Shape::Rate => " (a rate)",
        Shape::Shift => " (what became of a rate, share or balance)",
    };
    let base = match word.base {
        Some(RateBase::Year) => " against a year earlier",
        Some(RateBase::Month) => " against the month before",
        Some(RateBase::Other) => " against another period",
        None => "",
    };
    format!("{}{base}{shape}", if word.sign < 0 { "down" } else { "up" })
}

fn of_numeral(numeral: &Numeral) -> (&'static str, String) {
    let amount = match numeral.high {
        Some(high) => format!("{} to {}", numeral.low.normalize(), high.normalize()),
        None => numeral.low.normalize().to_string(),
    };
    let hedge = numeral.hedge.map(|hedge| format!("{hedge:?} ").to_lowercase()).unwrap_or_default();
    match &numeral.kind {
        NumeralKind::Percent => ("percent", format!("{hedge}{amount}")),
        NumeralKind::Money(unit) => ("money", format!("{hedge}{amount} {}", unit.as_str())),
        NumeralKind::Number { scaled } => {
            ("number", format!("{hedge}{amount}{}", if *scaled { " (money, currency open)" } else { "" }))
        }
        NumeralKind::PercentagePoints => ("points", format!("{hedge}{amount}")),
        NumeralKind::Multiple => ("multiple", format!("{hedge}{amount}")),
        NumeralKind::Count => ("count", format!("{hedge}{amount}")),
    }
}

fn of_period(expression: PeriodExpression) -> String {
    match expression {
        PeriodExpression::Fixed(period) => period.to_string(),
        PeriodExpression::Month(month) => format!("month {month}"),
        PeriodExpression::Months(from, to) => format!("months {from} to {to}"),
        PeriodExpression::Quarter(quarter) => format!("quarter {quarter}"),
        PeriodExpression::Half(half) => format!("half {half}"),
        PeriodExpression::Days { month: Some(month), from, to } => format!("days {from} to {to} of month {month}"),
        PeriodExpression::Days { month: None, from, to } => format!("days {from} to {to}"),
        PeriodExpression::YearEarlier => "a year earlier".to_owned(),
        PeriodExpression::Previous => "the period before".to_owned(),
        PeriodExpression::Same(SamePeriod::Month) => "the same month".to_owned(),
        PeriodExpression::Same(SamePeriod::Quarter) => "the same quarter".to_owned(),
        PeriodExpression::Same(SamePeriod::Year) => "the whole year".to_owned(),
        PeriodExpression::Same(SamePeriod::YearToDate) => "since January".to_owned(),
        PeriodExpression::Same(SamePeriod::Period) => "the same period".to_owned(),
        PeriodExpression::Day(Some(day)) => format!("the day {day}"),
        PeriodExpression::Day(None) => "a day".to_owned(),
    }
}

fn of_break(kind: Break) -> &'static str {
    match kind {
        Break::List => "joins a list",
        Break::Clause => "ends a clause",
        Break::Part => "ends a part",
        Break::Colon => "colon",
        Break::Open => "opens a bracket",
        Break::Close => "closes a bracket",
    }
}
