//! The numbers of figures in words of people: money, rates and shares, with unit and direction, exact. Pure.

use bellwether_model::figure::{Amount, Figure, Flow, Hedge, Measure, Unit};
use bellwether_model::number::Number;
use rust_decimal::Decimal;

use super::wording::DisplayLanguage::{self, En, ZhTw};

/// The number of a figure, with unit and direction: `6,407.5 億美元`, `年增 34.9%`, `逆差 12 億美元`.
#[must_use]
pub fn number(figure: &Figure, language: DisplayLanguage) -> String {
    amount(figure, &figure.amount, language)
}

/// Another number of the same figure: an earlier vintage, or what one document says.
#[must_use]
pub fn amount(figure: &Figure, amount: &Amount, language: DisplayLanguage) -> String {
    let hedge = figure.precision.and_then(|precision| precision.hedge).map_or("", |hedge| hedge_word(hedge, language));
    let magnitude = |amount: &Amount| plain_amount(amount, &figure.unit, language);
    let direction = direction(amount);
    match figure.measure {
        Measure::Share => language.pick(
            chinese_phrase("占", hedge, &magnitude(amount)),
            format!("{hedge}{} of the total", magnitude(amount)),
        ),
        Measure::Level if figure.flow == Flow::Balance => {
            let number = magnitude(&unsigned(amount, direction));
            match direction {
                Direction::Up => {
                    language.pick(chinese_phrase("順差", hedge, &number), format!("surplus of {hedge}{number}"))
                }
                Direction::Down => {
                    language.pick(chinese_phrase("逆差", hedge, &number), format!("deficit of {hedge}{number}"))
                }
                Direction::Level | Direction::Mixed => format!("{hedge}{number}"),
            }
        }
        Measure::Level => format!("{hedge}{}", magnitude(amount)),
        Measure::Yoy | Measure::Mom | Measure::YoyChange => {
            let base = match figure.measure {
                Measure::Mom => language.pick("月", "on the month"),
                _ => language.pick("年", "on the year"),
            };
            let number = magnitude(&unsigned(amount, direction));
            match (language, direction) {
                (ZhTw, Direction::Up) => chinese_phrase(&format!("{base}增"), hedge, &number),
                (ZhTw, Direction::Down) => chinese_phrase(&format!("{base}減"), hedge, &number),
                (ZhTw, Direction::Level | Direction::Mixed) => chinese_phrase(&format!("{base}變動"), hedge, &number),
                (En, Direction::Up) => format!("up {hedge}{number} {base}"),
                (En, Direction::Down) => format!("down {hedge}{number} {base}"),
                (En, Direction::Level | Direction::Mixed) => format!("change of {hedge}{number} {base}"),
            }
        }
    }
}

/// A word, a hedge and a number, with a space before the number: `年增 34%`, `年增逾 34%`.
fn chinese_phrase(word: &str, hedge: &str, number: &str) -> String {
    chinese_join(word, &format!("{hedge}{number}"))
}

/// Two pieces of Chinese text, with a space between only where the second begins with a digit or sign.
#[must_use]
pub fn chinese_join(before: &str, after: &str) -> String {
    let gap = if after.starts_with(|c: char| c.is_ascii_digit() || c == '-') { " " } else { "" };
    format!("{before}{gap}{after}")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
    Level,
    Mixed,
}

fn direction(amount: &Amount) -> Direction {
    let (low, high) = bounds(amount);
    let zero = Decimal::ZERO;
    if low.0 == zero && high.0 == zero {
        Direction::Level
    } else if low.0 >= zero {
        Direction::Up
    } else if high.0 <= zero {
        Direction::Down
    } else {
        Direction::Mixed
    }
}

/// Lower and upper bound; twice the same for one value.
#[must_use]
pub fn bounds(amount: &Amount) -> (Number, Number) {
    match *amount {
        Amount::Value { value } => (value, value),
        Amount::Range { low, high } => (low, high),
    }
}

/// The size without its sign, where the words beside it say the direction; a fall of 4 to 7 is counted from 4.
fn unsigned(amount: &Amount, direction: Direction) -> Amount {
    if direction == Direction::Mixed {
        return *amount;
    }
    match *amount {
        Amount::Value { value } => Amount::Value { value: Number(value.0.abs()) },
        Amount::Range { low, high } if direction == Direction::Down => {
            Amount::Range { low: Number(high.0.abs()), high: Number(low.0.abs()) }
        }
        Amount::Range { low, high } => Amount::Range { low: Number(low.0.abs()), high: Number(high.0.abs()) },
    }
}

fn hedge_word(hedge: Hedge, language: DisplayLanguage) -> &'static str {
    match hedge {
        Hedge::About => language.pick("約 ", "about "),
        Hedge::Over => language.pick("逾 ", "more than "),
        Hedge::Under => language.pick("不到 ", "less than "),
    }
}

/// A number with its unit and sign, without words of direction: `581 億至 604 億美元`, `US$58.1 billion to US$60.4 billion`.
#[must_use]
pub fn plain_amount(amount: &Amount, unit: &Unit, language: DisplayLanguage) -> String {
    let (low, high) = bounds(amount);
    let one = |number: Number| {
        if *unit == Unit::percent() { format!("{}%", grouped(number.0)) } else { money(number.0, unit, language) }
    };
    if low == high {
        return one(low);
    }
    match language {
        En => format!("{} to {}", one(low), one(high)),
        ZhTw if *unit == Unit::percent() => format!("{} 至 {}", one(low), one(high)),
        // The currency is said once: 581 億至 604 億美元.
        ZhTw => {
            let first = one(low);
            format!("{}至 {}", first.strip_suffix(currency_chinese(unit)).unwrap_or(&first), one(high))
        }
    }
}

/// The step between named magnitudes, as powers of ten, largest first.
const CHINESE_MAGNITUDES: &[(u32, &str)] = &[(8, " 億"), (4, " 萬")];
const ENGLISH_MAGNITUDES: &[(u32, &str)] = &[(9, " billion"), (6, " million")];

fn money(value: Decimal, unit: &Unit, language: DisplayLanguage) -> String {
    let magnitudes = language.pick(CHINESE_MAGNITUDES, ENGLISH_MAGNITUDES);
    let found = magnitudes.iter().find(|(power, _)| value.abs() >= Decimal::from(10_i64.pow(*power)));
    let (scaled, magnitude) = match found {
        Some((power, word)) => (value / Decimal::from(10_i64.pow(*power)), *word),
        None => (value, language.pick(" ", "")),
    };
    match language {
        ZhTw => format!("{}{magnitude}{}", grouped(scaled), currency_chinese(unit)),
        En => {
            let sign = if scaled.is_sign_negative() { "-" } else { "" };
            format!("{sign}{}{}{magnitude}", currency_english(unit), grouped(scaled.abs()))
        }
    }
}

fn currency_chinese(unit: &Unit) -> &str {
    match unit.as_str() {
        "USD" => "美元",
        "TWD" => "元新台幣",
        "CNY" => "元人民幣",
        "JPY" => "日圓",
        "KRW" => "韓元",
        "EUR" => "歐元",
        "HKD" => "港元",
        "SGD" => "新加坡元",
        "GBP" => "英鎊",
        "AUD" => "澳元",
        "CAD" => "加元",
        "CHF" => "瑞士法郎",
        "INR" => "印度盧比",
        "MYR" => "馬來西亞令吉",
        "THB" => "泰銖",
        "VND" => "越南盾",
        "IDR" => "印尼盾",
        "PHP" => "菲律賓披索",
        other => other,
    }
}

fn currency_english(unit: &Unit) -> String {
    match unit.as_str() {
        "USD" => "US$".to_owned(),
        "TWD" => "NT$".to_owned(),
        "HKD" => "HK$".to_owned(),
        "SGD" => "S$".to_owned(),
        "EUR" => "€".to_owned(),
        "GBP" => "£".to_owned(),
        other => format!("{other} "),
    }
}

/// A decimal number with a comma between groups of three digits, exact, without trailing zeros.
#[must_use]
pub fn grouped(value: Decimal) -> String {
    let text = value.normalize().to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut out = String::from(sign);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
pub(super) mod tests {
    use super::*;
    use bellwether_model::evidence::Evidence;
    use bellwether_model::figure::{Confidence, Precision, Status};
    use bellwether_model::place::Area;
    use proptest::prelude::*;

    pub(in crate::view) fn figure(flow: Flow, measure: Measure, amount: &str, unit: &str) -> Figure {
        let amount = match amount.split_once("..") {
            Some((low, high)) => Amount::Range { low: low.parse().unwrap(), high: high.parse().unwrap() },
            None => Amount::Value { value: amount.parse().unwrap() },
        };
        Figure {
            area: Area::new("TW"),
            flow,
            partner: None,
            product: None,
            period: "2025-12".parse().unwrap(),
            measure,
            status: Status::Actual,
            amount,
            unit: Unit(unit.into()),
            basis: None,
            precision: None,
            forecaster: None,
            headline: true,
            evidence: Evidence { text: String::new(), start: 0, end: 0 },
            claims: Vec::new(),
            rule: String::new(),
            confidence: Confidence::High,
        }
    }

    #[test]
    fn numbers_are_worded_in_both_languages() {
        use Flow::{Balance, Exports};
        use Measure::{Level, Mom, Share, Yoy, YoyChange};
        for (flow, measure, amount, unit, chinese, english) in [
            (Exports, Level, "640750000000", "USD", "6,407.5 億美元", "US$640.75 billion"),
            (
                Exports,
                Level,
                "58100000000..60400000000",
                "USD",
                "581 億至 604 億美元",
                "US$58.1 billion to US$60.4 billion",
            ),
            (Exports, Level, "5000000", "TWD", "500 萬元新台幣", "NT$5 million"),
            (Exports, Level, "950", "USD", "950 美元", "US$950"),
            (Exports, Level, "7000000000", "XYZ", "70 億XYZ", "XYZ 7 billion"),
            (Exports, Yoy, "34.90", "percent", "年增 34.9%", "up 34.9% on the year"),
            (Exports, Yoy, "-14.8", "percent", "年減 14.8%", "down 14.8% on the year"),
            (Exports, Yoy, "50..56", "percent", "年增 50% 至 56%", "up 50% to 56% on the year"),
            (Exports, Yoy, "-7..-4", "percent", "年減 4% 至 7%", "down 4% to 7% on the year"),
            (Exports, Yoy, "-2..3", "percent", "年變動 -2% 至 3%", "change of -2% to 3% on the year"),
            (Exports, Yoy, "0", "percent", "年變動 0%", "change of 0% on the year"),
            (Exports, Mom, "-1.25", "percent", "月減 1.25%", "down 1.25% on the month"),
            (Exports, Share, "30.9", "percent", "占 30.9%", "30.9% of the total"),
            (Exports, YoyChange, "-1200000000", "USD", "年減 12 億美元", "down US$1.2 billion on the year"),
            (Balance, Level, "-126900000000", "USD", "逆差 1,269 億美元", "deficit of US$126.9 billion"),
            (Balance, Level, "69460000000", "USD", "順差 694.6 億美元", "surplus of US$69.46 billion"),
        ] {
            let figure = figure(flow, measure, amount, unit);
            assert_eq!(number(&figure, ZhTw), chinese);
            assert_eq!(number(&figure, En), english);
        }
    }

    #[test]
    fn a_hedge_stands_before_the_number() {
        let mut over = figure(Flow::Exports, Measure::Yoy, "34", "percent");
        over.precision = Some(Precision { step: Number::from(1), hedge: Some(Hedge::Over) });
        assert_eq!(number(&over, ZhTw), "年增逾 34%");
        assert_eq!(number(&over, En), "up more than 34% on the year");
    }

    proptest! {
        #[test]
        fn grouping_loses_no_digit(mantissa in any::<i64>(), scale in 0u32..10) {
            let value = Decimal::new(mantissa, scale);
            prop_assert_eq!(grouped(value).replace(',', "").parse::<Decimal>().unwrap(), value);
        }
    }
}
