//! Figures in words of people: subjects, periods, how sure they are. Pure; the same words on pages, in reports
//! and in feeds. Chooses nothing and reads nothing.

use std::borrow::Cow;

use bellwether_model::event::EventState;
use bellwether_model::figure::{Figure, Flow, Measure, Status};
use bellwether_model::indicator;
use bellwether_model::period::Period;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

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
        (ZhTw, Some(partner), flow) => format!("{area}對{partner}{}", flow_name(flow, ZhTw)),
        (En, Some(partner), flow) => format!("{area} {} with {partner}", flow_name(flow, En)),
    };
    match &figure.product {
        Some(product) => language.pick(format!("{words}（{product}）"), format!("{words} ({product})")),
        None => words,
    }
}

/// The direction of trade, or the indicator: by its name where the rules of this process know it, else by its code.
#[must_use]
pub fn flow_name(flow: Flow, language: DisplayLanguage) -> Cow<'static, str> {
    let words = match flow {
        Flow::Exports => language.pick("出口", "exports"),
        Flow::Imports => language.pick("進口", "imports"),
        Flow::Balance => language.pick("貿易差額", "trade balance"),
        Flow::Total => language.pick("貿易總額", "total trade"),
        Flow::Orders => language.pick("外銷訂單", "export orders"),
        Flow::Indicator(code) => {
            return match indicator::of(flow) {
                Some(known) => Cow::Borrowed(language.pick(known.chinese.as_str(), known.english.as_str())),
                None => Cow::Owned(code.as_str().replace('_', " ")),
            };
        }
    };
    Cow::Borrowed(words)
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

/// A moment, to the minute, by Coordinated Universal Time.
#[must_use]
pub fn moment(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC").to_string()
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
        EventState::Held => language.pick("暫不發布，待證實", "held until confirmed"),
        EventState::Withdrawn => language.pick("已撤回", "withdrawn"),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::view::amounts::tests::figure;
    use bellwether_model::place::Partner;

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
}
