//! Figures in words of people: amounts, periods, subjects, how sure they are. Pure; the same words on pages, in reports
//! and in feeds. Chooses nothing and reads nothing.

use bellwether_model::event::EventState;
use bellwether_model::figure::{Amount, Figure, Flow, Hedge, Measure, Status, Unit};
use bellwether_model::number::Number;
use bellwether_model::period::Period;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::areas;

/// A language in which people are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum DisplayLanguage {
    /// Traditional Chinese of Taiwan.
    #[value(name = "zh-TW")]
    ZhTw,
    /// English.
    #[value(name = "en")]
    En,
}

impl DisplayLanguage {
    /// BCP 47 tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::ZhTw => "zh-TW",
            Self::En => "en",
        }
    }

    /// One of two wordings: Chinese, English.
    #[must_use]
    pub fn pick<T>(self, chinese: T, english: T) -> T {
        match self {
            Self::ZhTw => chinese,
            Self::En => english,
        }
    }
}

impl std::str::FromStr for DisplayLanguage {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "zh-TW" => Ok(Self::ZhTw),
            "en" => Ok(Self::En),
            _ => Err(format!("`{text}` is no language of reports; write zh-TW or en")),
        }
    }
}

use DisplayLanguage::{En, ZhTw};

/// What a figure speaks of, without its period and number: `台灣對美國出口（電子零組件）`.
#[must_use]
pub fn subject(figure: &Figure, language: DisplayLanguage) -> String {
    let area = areas::name(figure.area.as_str(), language);
    let partner = figure.partner.as_ref().map(|partner| areas::name_in_sentence(partner.as_str(), language));
    let words = match (language, partner, figure.flow) {
        (_, None, flow) => {
            language.pick(format!("{area}{}", flow_name(flow, ZhTw)), format!("{area} {}", flow_name(flow, En)))
        }
        (ZhTw, Some(partner), Flow::Exports) => format!("{area}對{partner}出口"),
        (ZhTw, Some(partner), Flow::Imports) => format!("{area}自{partner}進口"),
        (ZhTw, Some(partner), Flow::Balance) => format!("{area}對{partner}貿易差額"),
        (ZhTw, Some(partner), Flow::Total) => format!("{area}與{partner}貿易總額"),
        (ZhTw, Some(partner), Flow::Orders) => format!("{area}來自{partner}的外銷訂單"),
        (En, Some(partner), Flow::Exports) => format!("{area} exports to {partner}"),
        (En, Some(partner), Flow::Imports) => format!("{area} imports from {partner}"),
        (En, Some(partner), Flow::Balance) => format!("{area} trade balance with {partner}"),
        (En, Some(partner), Flow::Total) => format!("{area} total trade with {partner}"),
        (En, Some(partner), Flow::Orders) => format!("{area} export orders from {partner}"),
    };
    match &figure.product {
        Some(product) => language.pick(format!("{words}（{product}）"), format!("{words} ({product})")),
        None => words,
    }
}

/// The direction of trade.
#[must_use]
pub fn flow_name(flow: Flow, language: DisplayLanguage) -> &'static str {
    match flow {
        Flow::Exports => language.pick("出口", "exports"),
        Flow::Imports => language.pick("進口", "imports"),
        Flow::Balance => language.pick("貿易差額", "trade balance"),
        Flow::Total => language.pick("貿易總額", "total trade"),
        Flow::Orders => language.pick("外銷訂單", "export orders"),
    }
}

/// How a figure is counted.
#[must_use]
pub fn measure_name(measure: Measure, language: DisplayLanguage) -> &'static str {
    match measure {
        Measure::Level => language.pick("金額", "value"),
        Measure::Yoy => language.pick("年增率", "change on the year"),
        Measure::Mom => language.pick("月增率", "change on the month"),
        Measure::Share => language.pick("占比", "share"),
        Measure::YoyChange => language.pick("年增金額", "change on the year in money"),
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn month_name(month: u8) -> &'static str {
    MONTHS.get(usize::from(month).wrapping_sub(1)).copied().unwrap_or("?")
}

/// A period of reference: `2025 年 12 月`, `December 2025`.
#[must_use]
pub fn period(period: &Period, language: DisplayLanguage) -> String {
    match (*period, language) {
        (Period::Year(year), _) => language.pick(format!("{year} 年"), format!("{year}")),
        (Period::Half(year, half), ZhTw) => format!("{year} 年{}半年", if half == 1 { "上" } else { "下" }),
        (Period::Half(year, half), En) => format!("{} half of {year}", if half == 1 { "first" } else { "second" }),
        (Period::Quarter(year, quarter), _) => {
            language.pick(format!("{year} 年第 {quarter} 季"), format!("Q{quarter} {year}"))
        }
        (Period::Month(year, month), _) => {
            language.pick(format!("{year} 年 {month} 月"), format!("{} {year}", month_name(month)))
        }
        (Period::Months((a, m), (b, n)), ZhTw) if a == b => format!("{a} 年 {m} 至 {n} 月"),
        (Period::Months((a, m), (b, n)), ZhTw) => format!("{a} 年 {m} 月至 {b} 年 {n} 月"),
        (Period::Months((a, m), (b, n)), En) if a == b => format!("{} to {} {a}", month_name(m), month_name(n)),
        (Period::Months((a, m), (b, n)), En) => format!("{} {a} to {} {b}", month_name(m), month_name(n)),
        (Period::Days(from, to), _) if from == to => day(from, language),
        (Period::Days(from, to), _) => language
            .pick(format!("{}至 {}", day(from, ZhTw), day(to, ZhTw)), format!("{} to {}", day(from, En), day(to, En))),
    }
}

/// A day: `2026 年 1 月 9 日`, `9 January 2026`.
#[must_use]
pub fn day(date: Date, language: DisplayLanguage) -> String {
    let month = u8::try_from(date.month()).unwrap_or(0);
    language.pick(
        format!("{} 年 {month} 月 {} 日", date.year(), date.day()),
        format!("{} {} {}", date.day(), month_name(month), date.year()),
    )
}

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

/// What limits a figure, in words: forecast and by whom, provisional, corrected. `None`: a plain actual value.
#[must_use]
pub fn status(figure: &Figure, language: DisplayLanguage) -> Option<String> {
    match figure.status {
        Status::Actual => None,
        Status::Preliminary => Some(language.pick("初步值", "preliminary").to_owned()),
        Status::Revised => Some(language.pick("修正值", "revised by the source").to_owned()),
        Status::Forecast => Some(match &figure.forecaster {
            Some(who) => language.pick(format!("預測，{who}"), format!("forecast by {who}")),
            None => language.pick("預測", "forecast").to_owned(),
        }),
    }
}

/// How an event stands, in one word.
#[must_use]
pub fn state_name(state: EventState, language: DisplayLanguage) -> &'static str {
    match state {
        EventState::New => language.pick("首次報導", "as first reported"),
        EventState::Revised => language.pick("已修正", "revised"),
        EventState::Disputed => language.pick("各報導不一", "disputed"),
        EventState::Withdrawn => language.pick("已撤回", "withdrawn"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_model::evidence::Evidence;
    use bellwether_model::figure::{Confidence, Precision};
    use bellwether_model::place::{Area, Partner};
    use proptest::prelude::*;

    fn figure(flow: Flow, measure: Measure, amount: &str, unit: &str) -> Figure {
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

    #[test]
    fn subjects_name_partner_and_product() {
        let mut exports = figure(Flow::Exports, Measure::Level, "1", "USD");
        assert_eq!(subject(&exports, ZhTw), "台灣出口");
        exports.partner = Some(Partner("CN+HK".into()));
        exports.product = Some("電子零組件".into());
        assert_eq!(subject(&exports, ZhTw), "台灣對中國及香港出口（電子零組件）");
        assert_eq!(subject(&exports, En), "Taiwan exports to China and Hong Kong (電子零組件)");
    }

    #[test]
    fn periods_are_worded() {
        for (text, chinese, english) in [
            ("2025", "2025 年", "2025"),
            ("2025-H1", "2025 年上半年", "first half of 2025"),
            ("2025-Q4", "2025 年第 4 季", "Q4 2025"),
            ("2025-12", "2025 年 12 月", "December 2025"),
            ("2025-01/2025-11", "2025 年 1 至 11 月", "January to November 2025"),
            ("2024-11/2025-02", "2024 年 11 月至 2025 年 2 月", "November 2024 to February 2025"),
            (
                "2024-12-01/2024-12-20",
                "2024 年 12 月 1 日至 2024 年 12 月 20 日",
                "1 December 2024 to 20 December 2024",
            ),
        ] {
            let read: Period = text.parse().unwrap();
            assert_eq!(period(&read, ZhTw), chinese);
            assert_eq!(period(&read, En), english);
        }
    }

    proptest! {
        #[test]
        fn grouping_loses_no_digit(mantissa in any::<i64>(), scale in 0u32..10) {
            let value = Decimal::new(mantissa, scale);
            prop_assert_eq!(grouped(value).replace(',', "").parse::<Decimal>().unwrap(), value);
        }
    }
}
