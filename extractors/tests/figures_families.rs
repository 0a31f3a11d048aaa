//! Consumer prices as a family of indicators: read where it is asked for, beside trade, which it leaves as it is.
//!
//! The texts are written for this test, in `figure_families/`: `@ day script`, the text, and one line `= figure` for each.

mod texts;

use std::collections::BTreeSet;
use std::sync::Once;

use bellwether_extractors::rules::{self, RuleSet};
use bellwether_extractors::{PageContext, extract};
use bellwether_model::figure::{Amount, Figure};
use rust_decimal::Decimal;

/// Chooses both families, once for all tests of this file.
fn with_consumer_prices() {
    static CHOSEN: Once = Once::new();
    CHOSEN.call_once(|| {
        let families = ["trade", "consumer_prices"].map(str::to_owned);
        let set = RuleSet::shipped().with_families(&families).expect("shipped families");
        rules::install(set).expect("nothing was read before");
    });
}

fn figures(text: &str, published: &str) -> Vec<Figure> {
    with_consumer_prices();
    let content_type = Some("text/plain; charset=utf-8".to_owned());
    let context = PageContext { published: Some(published.to_owned()), content_type, ..PageContext::default() };
    extract(text.as_bytes(), &context).figures
}

/// `TW consumer_prices/core 2026-05 yoy 1.68`, `… level 110.27 index`, `… yoy 1.92 forecast`.
fn line(figure: &Figure) -> String {
    let number = |value: Decimal| value.normalize().to_string();
    let class = figure.product.as_ref().map(|class| format!("/{class}")).unwrap_or_default();
    let amount = match figure.amount {
        Amount::Value { value } => number(value.0),
        Amount::Range { low, high } => format!("{}..{}", number(low.0), number(high.0)),
    };
    let unit = if figure.unit.as_str() == "percent" { String::new() } else { format!(" {}", figure.unit.as_str()) };
    let forecast = if figure.status.is_forecast() { " forecast" } else { "" };
    let (area, flow, period) = (&figure.area, figure.flow.code(), figure.period);
    format!("{area} {flow}{class} {period} {} {amount}{unit}{forecast}", figure.measure.code())
}

/// An expected line with its number without closing zeros.
fn written_out(expected: &str) -> String {
    let word = |word: &str| word.parse::<Decimal>().map_or_else(|_| word.to_owned(), |n| n.normalize().to_string());
    expected.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn consumer_prices_are_read_in_the_styles_of_offices_and_newsrooms() {
    let content = texts::content("figure_families/consumer_prices.txt");
    let (mut right, mut of, mut given, mut told) = (0, 0, 0, String::new());
    for case in content.split("\n@ ").skip(1) {
        let (head, rest) = case.split_once('\n').expect("a day, then a text");
        let day = head.split(' ').next().unwrap_or_default();
        let text: String = rest.lines().filter(|line| !line.starts_with("= ")).collect::<Vec<_>>().join("\n");
        let expected: BTreeSet<String> =
            rest.lines().filter_map(|line| line.strip_prefix("= ")).map(written_out).collect();
        let found: BTreeSet<String> =
            figures(&text, day).iter().filter(|figure| !figure.flow.is_trade()).map(line).collect();
        right += found.intersection(&expected).count();
        (of, given) = (of + expected.len(), given + found.len());
        told.push_str(&texts::differences(&text, &expected, &found));
    }
    // What is missing is left out rather than guessed; nothing that is given is wrong.
    assert_eq!(given, right, "{told}");
    assert!(right * 100 >= of * 97, "{right} of {of}\n{told}");
}

#[test]
fn trade_is_read_as_without_the_family() {
    let text = "財政部公布台灣5月出口517.4億美元，年增38.6%，進口391.3億美元，年增25.0%；主計總處公布CPI年增率1.55%，出口物價跌1.1%。";
    let lines: Vec<String> = figures(text, "2026-06-08").iter().map(line).collect();
    assert_eq!(
        lines,
        [
            "TW exports 2026-05 level 51740000000 USD",
            "TW exports 2026-05 yoy 38.6",
            "TW imports 2026-05 level 39130000000 USD",
            "TW imports 2026-05 yoy 25",
            "TW consumer_prices 2026-05 yoy 1.55",
        ]
    );
}

#[test]
fn rules_come_too_late_once_a_text_was_read() {
    let _read = figures("台灣5月出口年增1%。", "2026-06-08");
    assert_eq!(rules::install(RuleSet::shipped()), Err(rules::TooLate));
}
