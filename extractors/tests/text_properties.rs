//! Properties of the typed tokens that hold for every text.

use std::ops::Range;

use bellwether_extractors::text::{NumeralKind, numerals, periods, quantities, sentences, tokens};
use jiff::civil::date;
use proptest::prelude::*;
use rust_decimal::Decimal;

/// Pieces of which notations are made, so that random texts come near to real ones.
const PIECES: &[&str] = &[
    "1",
    "2",
    "12",
    "2025",
    "114",
    "6,407",
    ".5",
    "億",
    "亿",
    "萬",
    "兆",
    "元",
    "美元",
    "US$",
    "%",
    "成",
    "半",
    "年",
    "月",
    "日",
    "至",
    "到",
    "-",
    "~",
    "前",
    "首",
    "去年",
    "上月",
    "第",
    "季",
    "點",
    "零",
    "十",
    "百",
    "千",
    "三",
    "兩",
    "廿",
    "約",
    "逾",
    "多",
    "百分之",
    "個百分點",
    "倍",
    "（",
    "）",
    " ",
    "\n",
    "，",
    "。",
    ".",
    "billion",
    "million",
    "pct",
    "from ",
    "to ",
    "between ",
    "and ",
    "first ",
    "quarter",
    "of ",
    "Dec",
    "May ",
    "last ",
    "month",
    "a year earlier",
    "負",
    "minus ",
    "(",
    ")",
    "累計",
    "民國",
    "twenty-",
    "five",
    "half a ",
    "e",
    "🚢",
    "é",
    "1/3",
    "12:30",
    "今(9)日",
    "全年",
    "the ",
    "same ",
    "days",
    "to ",
    "Q4",
    "H1",
    "25",
];

fn text() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(PIECES), 0..16).prop_map(|pieces| pieces.concat());
    prop_oneof![3 => pieces, 1 => "\\PC{0,40}"]
}

/// Whether spans lie on character boundaries, in order, without overlap.
fn in_order(text: &str, spans: &[Range<usize>]) -> bool {
    let whole = spans.iter().all(|span| span.start < span.end && text.get(span.clone()).is_some());
    whole && spans.windows(2).all(|pair| pair[0].end <= pair[1].start)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn spans_are_in_order(text in text()) {
        let reference = Some(date(2026, 1, 31));
        let numbers: Vec<_> = numerals(&text).into_iter().map(|numeral| numeral.span).collect();
        prop_assert!(in_order(&text, &numbers), "{:?} {:?}", text, numbers);
        let times: Vec<_> = periods(&text, reference).into_iter().map(|mention| mention.span).collect();
        prop_assert!(in_order(&text, &times), "{:?} {:?}", text, times);
        prop_assert!(in_order(&text, &sentences(&text)), "{:?}", text);
        for language in ["zh", "en"] {
            for quantity in quantities(&text, language, reference) {
                let words: String = text.chars().skip(quantity.start).take(quantity.end - quantity.start).collect();
                prop_assert_eq!(words, quantity.text);
            }
        }
    }

    #[test]
    fn tokens_do_not_overlap(text in text()) {
        let (numbers, times) = tokens(&text, Some(date(2026, 1, 31)));
        let mut spans: Vec<_> = numbers.into_iter().map(|numeral| numeral.span).collect();
        spans.extend(times.into_iter().map(|mention| mention.span));
        spans.sort_by_key(|span| span.start);
        prop_assert!(in_order(&text, &spans), "{:?} {:?}", text, spans);
    }

    #[test]
    fn ranges_run_upwards(text in text()) {
        for numeral in numerals(&text) {
            prop_assert!(numeral.high.is_none_or(|high| numeral.low <= high), "{:?} {:?}", text, numeral);
        }
    }

    #[test]
    fn a_formatted_number_reads_back(whole in 0u64..10_000_000, decimals in 0u32..100, places in 0u32..3) {
        let fraction = i64::from(decimals % 10_u32.pow(places));
        let value = Decimal::from(whole) + Decimal::new(fraction, places);
        let plain = format!("{:.1$}", value, places as usize);
        let (integer, rest) = plain.split_once('.').map_or((plain.as_str(), String::new()), |(i, r)| (i, format!(".{r}")));
        let mut grouped = String::new();
        for (place, digit) in integer.chars().enumerate() {
            if place > 0 && (integer.len() - place) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        for text in [format!("出口{plain}億美元，"), format!("出口{grouped}{rest}億美元"), format!("exports of ${grouped}{rest} billion")] {
            let found = numerals(&text);
            let scale = if text.contains('億') { 100_000_000u64 } else { 1_000_000_000 };
            prop_assert_eq!(found.len(), 1, "{}", &text);
            prop_assert_eq!(found[0].low, value * Decimal::from(scale), "{}", &text);
            prop_assert!(matches!(&found[0].kind, NumeralKind::Money(unit) if unit.as_str() == "USD"), "{}", &text);
        }
    }

    #[test]
    fn a_chinese_numeral_reads_back(value in 1u64..1_000_000_000_000) {
        let text = format!("共{}元", chinese(value));
        let found = numerals(&text);
        prop_assert_eq!(found.first().map(|numeral| numeral.low), Some(Decimal::from(value)), "{}", text);
    }
}

/// A whole number in Chinese numerals, with 零 where places are empty.
fn chinese(value: u64) -> String {
    const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let mut text = String::new();
    let mut gap = false;
    for (unit, name) in [(100_000_000, "億"), (10_000, "萬"), (1, "")] {
        let part = (value / unit) % 10_000;
        if part == 0 {
            gap = !text.is_empty();
            continue;
        }
        for (place, mark) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
            let digit = usize::try_from(part / place % 10).expect("below ten");
            if digit == 0 {
                gap = !text.is_empty();
            } else {
                if gap {
                    text.push('零');
                }
                gap = false;
                text.push(DIGITS[digit]);
                text.push_str(mark);
            }
        }
        text.push_str(name);
        gap = false;
    }
    text
}
