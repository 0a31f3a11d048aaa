//! What the codes and names of statistics mean: economies, directions, marks of status. Words are data.

use std::collections::HashMap;
use std::sync::LazyLock;

use bellwether_model::figure::{Flow, Measure, Status, Unit};
use bellwether_model::place::{Area, Partner};
use rust_decimal::Decimal;

use crate::fold;
use crate::text::{NumeralKind, numerals};

/// What a name means that may stand for everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning<T> {
    /// All partners, all goods.
    All,
    /// This one.
    One(T),
    /// It is not known, or no single one.
    Unknown,
}

static ECONOMIES: LazyLock<HashMap<String, Area>> = LazyLock::new(|| {
    let mut economies = HashMap::new();
    for line in include_str!("economies.tsv").lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [code, three, number, further, names] = cells[..] else { continue };
        let area = Area::new(code);
        let numbers = number.split(' ').chain(further.split(' ')).filter(|number| !number.is_empty());
        let codes = [code, three].into_iter().chain(numbers);
        for name in codes.chain(names.split('|')).filter(|name| !name.is_empty()) {
            economies.entry(key(name)).or_insert_with(|| area.clone());
            // Numbers lose their leading zeros on the way through spreadsheets.
            if name.starts_with('0') {
                economies.entry(key(name.trim_start_matches('0'))).or_insert_with(|| area.clone());
            }
        }
    }
    economies
});

/// Words that stand for all partners, all goods.
const EVERYTHING: &[&str] = &[
    "",
    "all",
    "world",
    "wld",
    "w00",
    "w1",
    "w0",
    "w",
    "0",
    "00",
    "000",
    "_t",
    "_z",
    "total",
    "totals",
    "total all countries",
    "all countries",
    "all partners",
    "all products",
    "all commodities",
    "all commodity",
    "all goods",
    "total trade",
    "ag",
    "total for all countries",
    "全球",
    "全世界",
    "世界",
    "總計",
    "合計",
    "總額",
    "總值",
    "全部",
    "所有國家",
    "所有貨品",
    "全部貨品",
    "商品總值",
    "总计",
    "合计",
    "总额",
    "总值",
];

fn key(name: &str) -> String {
    fold::key(name)
}

fn is_everything(name: &str) -> bool {
    static KEYS: LazyLock<Vec<String>> = LazyLock::new(|| EVERYTHING.iter().map(|word| key(word)).collect());
    KEYS.contains(&key(name))
}

/// An economy by a code of two or three letters, a number or a name.
pub(super) fn area(name: &str) -> Option<Area> {
    let name = name.trim();
    let known = ECONOMIES.get(&key(name)).cloned();
    known.or_else(|| {
        // A name as texts have it, which must be all that is there.
        let folded: Vec<char> = fold::fold(name).chars().collect();
        let (length, economy) = crate::names::organisations::organisations().economies.at(&folded, 0)?;
        (length == folded.len()).then(|| economy.area.clone())
    })
}

/// The other side of trade.
pub(super) fn partner(name: &str) -> Meaning<Partner> {
    if is_everything(name) {
        return Meaning::All;
    }
    let areas: Option<Vec<Area>> = name.split('+').map(area).collect();
    let group = || (name.len() > 2 && name.bytes().all(|byte| byte.is_ascii_uppercase())).then(|| Area::new(name));
    // Codes of groups are those of the model.
    let groups = ["ASEAN", "ASIA", "AFRICA", "BRI", "EUROPE", "LATAM", "MIDEAST", "OPEC", "G7"];
    let areas = areas.or_else(|| group().filter(|area| groups.contains(&area.as_str())).map(|area| vec![area]));
    areas.and_then(|areas| Partner::of(&areas)).map_or(Meaning::Unknown, Meaning::One)
}

/// A product class in words.
pub(super) fn product(words: &str) -> Meaning<String> {
    if is_everything(words) { Meaning::All } else { Meaning::One(words.trim().to_owned()) }
}

/// The direction of trade or an indicator. `All`: a direction that is none of the model's (re-exports), to be passed over.
pub(super) fn flow(name: &str) -> Meaning<Flow> {
    let flow = match key(name).as_str() {
        "x" | "exp" | "export" | "exports" | "出口" | "輸出" | "导出" | "输出" | "外銷" => Flow::Exports,
        "m" | "imp" | "import" | "imports" | "進口" | "进口" | "輸入" | "输入" => Flow::Imports,
        "b" | "bal" | "balance" | "tradebalance" | "出入超" | "貿易差額" | "差額" => Flow::Balance,
        "t" | "total" | "totaltrade" | "trade" | "貿易總額" | "總額" | "进出口" | "進出口" => Flow::Total,
        "orders" | "exportorders" | "外銷訂單" => Flow::Orders,
        folded
            if folded.starts_with("re")
                || folded.contains("復運")
                || matches!(folded, "rx" | "rm" | "dx" | "fm" | "domesticexport") =>
        {
            return Meaning::All;
        }
        _ => return indicator(name.trim()).map_or(Meaning::Unknown, Meaning::One),
    };
    Meaning::One(flow)
}

/// An indicator by its code, of those that rules files name.
fn indicator(code: &str) -> Option<Flow> {
    let flow = Flow::from_code(code)?;
    (flow.is_trade() || crate::rules::indicators().iter().any(|known| known.code.as_str() == code)).then_some(flow)
}

pub(super) fn measure(name: &str) -> Option<Measure> {
    [Measure::Level, Measure::Yoy, Measure::Mom, Measure::Share, Measure::YoyChange]
        .into_iter()
        .find(|measure| measure.code() == name.trim())
}

/// Status by word or mark; `None`: a value that is missing or not meant.
pub(super) fn status(name: &str) -> Option<Status> {
    Some(match name.trim().to_lowercase().as_str() {
        "" | "a" | "actual" | "normal" | "final" | "n" => Status::Actual,
        "p" | "e" | "preliminary" | "provisional" | "estimate" | "estimated" | "初步" | "初估" => {
            Status::Preliminary
        }
        "r" | "revised" | "c" | "corrected" | "修正" => Status::Revised,
        "f" | "forecast" | "projection" | "預測" => Status::Forecast,
        _ => return None,
    })
}

/// A unit and what one of it counts: `USD`, `percent`, `億美元`, `Million US dollar`.
pub(super) fn unit(name: &str) -> Option<(Unit, Decimal)> {
    let name = name.trim();
    if name.len() == 3 && name.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Some((Unit(name.into()), Decimal::ONE));
    }
    if ["%", "percent", "per cent", "pct", "pc", "％", "百分比"].contains(&name.to_lowercase().as_str()) {
        return Some((Unit::percent(), Decimal::ONE));
    }
    let singular = name.replace("dollar", "dollars").replace("dollarss", "dollars");
    [format!("1{name}"), format!("1 {singular}"), format!("1 {}", reversed(&singular))].iter().find_map(|text| {
        let found = numerals(text);
        let [numeral] = &found[..] else { return None };
        match &numeral.kind {
            NumeralKind::Money(unit) if numeral.span.end >= text.trim_end().len() => Some((unit.clone(), numeral.low)),
            _ => None,
        }
    })
}

/// `USD million` as `million USD`.
fn reversed(words: &str) -> String {
    words.split_whitespace().rev().collect::<Vec<_>>().join(" ")
}

/// What a number counts: `1000000`, `10^6`, `million`, `億`, `百萬`.
pub(super) fn scale(text: &str) -> Option<Decimal> {
    let text = text.trim();
    if text.is_empty() {
        return Some(Decimal::ONE);
    }
    if let Some(power) = text.strip_prefix("10^") {
        let power: u32 = if power.is_empty() { 0 } else { power.parse().ok()? };
        return 10_i64.checked_pow(power).map(Decimal::from);
    }
    if let Ok(factor) = text.replace([',', '_'], "").parse::<Decimal>() {
        return (factor > Decimal::ZERO).then_some(factor);
    }
    let words = text.to_lowercase();
    let plain = words.trim_end_matches('s');
    let factor = match plain {
        "thousand" | "千" | "仟" => 1_000,
        "萬" | "万" => 10_000,
        "million" | "mio" | "百萬" | "百万" => 1_000_000,
        "千萬" | "千万" => 10_000_000,
        "億" | "亿" | "hundred million" => 100_000_000,
        "billion" | "bn" | "十億" | "十亿" => 1_000_000_000,
        "兆" | "trillion" | "萬億" | "万亿" => 1_000_000_000_000_i64,
        "unit" | "one" | "元" => 1,
        _ => return None,
    };
    Some(Decimal::from(factor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn economies_are_known_by_any_code_and_name() {
        for (name, code) in [
            ("TW", "TW"),
            ("TWN", "TW"),
            ("158", "TW"),
            ("490", "TW"),
            ("Other Asia, nes", "TW"),
            ("臺灣", "TW"),
            ("842", "US"),
            ("USA", "US"),
            ("4", "AF"),
            ("036", "AU"),
            ("36", "AU"),
            ("China, Hong Kong SAR", "HK"),
            ("Viet Nam", "VN"),
            ("Rep. of Korea", "KR"),
            ("中國大陸", "CN"),
            ("Russian Federation", "RU"),
            ("EU27_2020", "EU"),
        ] {
            assert_eq!(area(name).map(|area| area.0.to_string()).as_deref(), Some(code), "{name}");
        }
        for name in ["Areas, nes", "Bunkers", "Taiwan and others", "999", ""] {
            assert_eq!(area(name), None, "{name}");
        }
        assert_eq!((partner("World"), partner("W00"), partner("0")), (Meaning::All, Meaning::All, Meaning::All));
        assert_eq!(partner("HKG+CHN"), Meaning::One(Partner("CN+HK".into())));
        assert_eq!(
            (partner("Areas, nes"), product("TOTAL"), product("1201")),
            (Meaning::Unknown, Meaning::All, Meaning::One("1201".into()))
        );
    }

    #[test]
    fn directions_and_marks_are_known() {
        assert_eq!(
            (flow("X"), flow("Import"), flow("出口")),
            (Meaning::One(Flow::Exports), Meaning::One(Flow::Imports), Meaning::One(Flow::Exports))
        );
        assert_eq!(
            (flow("Re-Export"), flow("RX"), flow("Something else")),
            (Meaning::All, Meaning::All, Meaning::Unknown)
        );
        assert_eq!(
            (status("P"), status(""), status("M"), status("revised")),
            (Some(Status::Preliminary), Some(Status::Actual), None, Some(Status::Revised))
        );
    }

    #[test]
    fn units_and_scales_are_read() {
        let read = |name: &str| unit(name).map(|(unit, one)| format!("{} {one}", unit.as_str()));
        for (name, expected) in [
            ("USD", "USD 1"),
            ("億美元", "USD 100000000"),
            ("百萬美元", "USD 1000000"),
            ("Million US dollar", "USD 1000000"),
            ("%", "percent 1"),
            ("million USD", "USD 1000000"),
            ("USD million", "USD 1000000"),
        ] {
            assert_eq!(read(name).as_deref(), Some(expected), "{name}");
        }
        assert_eq!(read("tonnes"), None);
        for (text, expected) in [
            ("1000000", "1000000"),
            ("10^6", "1000000"),
            ("10^", "1"),
            ("億", "100000000"),
            ("Millions", "1000000"),
            ("", "1"),
        ] {
            assert_eq!(scale(text).map(|factor| factor.to_string()).as_deref(), Some(expected), "{text}");
        }
        assert_eq!((scale("many"), scale("-1"), scale("10^40")), (None, None, None));
    }
}
