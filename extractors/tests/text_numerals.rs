//! Numerals in every notation of trade news, one line a notation.

use bellwether_extractors::text::{Numeral, NumeralKind, numerals};
use bellwether_model::figure::Hedge;

/// The one place that calls the reader: all numerals of a text, one word each.
fn read(text: &str) -> String {
    let found = numerals(text);
    let lines: Vec<String> = found.iter().map(print).collect();
    lines.join(" | ")
}

fn print(numeral: &Numeral) -> String {
    let hedge = match numeral.hedge {
        None => "",
        Some(Hedge::About) => "about ",
        Some(Hedge::Over) => "over ",
        Some(Hedge::Under) => "under ",
    };
    let kind = match &numeral.kind {
        NumeralKind::Number { scaled: true } => "scaled".to_owned(),
        NumeralKind::Number { scaled: false } => "number".to_owned(),
        NumeralKind::Money(unit) => unit.as_str().to_owned(),
        NumeralKind::Percent => "%".to_owned(),
        NumeralKind::PercentagePoints => "points".to_owned(),
        NumeralKind::Multiple => "times".to_owned(),
        NumeralKind::Count => "count".to_owned(),
    };
    let high = numeral.high.map(|high| format!("..{}", high.normalize())).unwrap_or_default();
    format!("{hedge}{}{high} {kind}", numeral.low.normalize())
}

fn check(cases: &[(&str, &str)]) {
    let wrong: Vec<String> = (cases.iter())
        .filter(|(text, expected)| read(text) != *expected)
        .map(|(text, expected)| format!("{text}\n  expected {expected}\n  read     {}", read(text)))
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn digits_with_any_grouping() {
    check(&[
        ("出口1,234億美元", "123400000000 USD"),
        ("出口1，234億美元", "123400000000 USD"),
        ("exports of 1\u{a0}234 million euros", "1234000000 EUR"),
        ("出口１２３４．５億美元", "123450000000 USD"),
        ("出口374 .7億美元", "37470000000 USD"),
        ("出口374. 7億美元", "37470000000 USD"),
        ("12,345,678 dlrs", "12345678 USD"),
        ("0.5 pct", "0.5 %"),
    ]);
}

#[test]
fn chinese_numerals_in_three_styles() {
    check(&[
        ("六二四點八億美元", "62480000000 USD"),
        ("六百二十四點八億美元", "62480000000 USD"),
        ("624點8億美元", "62480000000 USD"),
        ("六百二十四点八亿美元", "62480000000 USD"),
        ("兩億美元", "200000000 USD"),
        ("两千四百五十亿元", "245000000000 LOCAL"),
        ("廿五億美元", "2500000000 USD"),
        ("二〇億美元", "2000000000 USD"),
        ("十五億美元", "1500000000 USD"),
        ("壹佰億美元", "10000000000 USD"),
    ]);
}

#[test]
fn scale_words_mix() {
    check(&[
        ("2兆736億元", "2073600000000 LOCAL"),
        ("1兆零135億元", "1013500000000 LOCAL"),
        ("1.03 兆日圓", "1030000000000 JPY"),
        ("4.78万亿元人民币", "4780000000000 CNY"),
        ("四萬萬元", "400000000 LOCAL"),
        ("3萬2千億元", "3200000000000 LOCAL"),
        ("約3.77萬億元", "about 3770000000000 LOCAL"),
        ("640.75 billion", "640750000000 scaled"),
        ("US$640.75 billion", "640750000000 USD"),
        ("USD 1,269 億", "126900000000 USD"),
        ("$2.1B in exports", "2100000000 USD"),
        ("1.5 mln dlrs", "1500000 USD"),
        ("3.2 trln yen", "3200000000000 JPY"),
        ("624億", "62400000000 scaled"),
        ("two hundred and fifty million dollars", "250000000 USD"),
        ("five point five percent", "5.5 %"),
        ("two trillion and three hundred billion won", "2300000000000 KRW"),
        ("half a billion euros", "500000000 EUR"),
        ("two and a half billion dollars", "2500000000 USD"),
        ("a 10-billion-dollar surplus", "10000000000 USD"),
    ]);
}

#[test]
fn currencies_before_and_behind() {
    check(&[
        ("新台幣1.2兆元", "1200000000000 TWD"),
        ("NT$1.2 trillion", "1200000000000 TWD"),
        ("人民幣3.4億元", "340000000 CNY"),
        ("RMB 3.2 trillion", "3200000000000 CNY"),
        ("3.2 trillion yuan", "3200000000000 CNY"),
        ("7,529億元人民幣", "752900000000 CNY"),
        ("5,441億日元", "544100000000 JPY"),
        ("700億韓圜", "70000000000 KRW"),
        ("1.2 trillion won", "1200000000000 KRW"),
        ("914億歐元（957億美元）", "91400000000 EUR | 95700000000 USD"),
        ("70 billion euros ($72 billion)", "70000000000 EUR | 72000000000 USD"),
        ("HK$379.7 billion", "379700000000 HKD"),
        ("3,797億港元", "379700000000 HKD"),
        ("S$12.5 billion", "12500000000 SGD"),
        ("125億坡元", "12500000000 SGD"),
        ("£3.4bn", "3400000000 GBP"),
        ("34億英鎊", "3400000000 GBP"),
        ("貿易逆差為-12.04億美元", "-1204000000 USD"),
        ("-$12.4 billion", "-12400000000 USD"),
        ("50億瑞郎、20億令吉、3億盧布", "5000000000 CHF | 2000000000 MYR | 300000000 RUB"),
    ]);
}

#[test]
fn rates_points_and_multiples() {
    check(&[
        ("年增43.4%", "43.4 %"),
        ("年增４３．４％", "43.4 %"),
        ("增長百分之三點五", "3.5 %"),
        ("下降百分之7", "7 %"),
        ("rose 3.5 pct", "3.5 %"),
        ("fell 14.8 per cent", "14.8 %"),
        ("成長三成五", "35 %"),
        ("占7成4", "74 %"),
        ("衰退逾二成", "over 20 %"),
        ("近三成半", "about 35 %"),
        ("12月出口6成長", "6 number"),
        ("放緩6個百分點", "6 points"),
        ("提升0.4个百分点", "0.4 points"),
        ("up 1.2 percentage points", "1.2 points"),
        ("25個基點", "0.25 points"),
        ("增1.3倍", "1.3 times"),
        ("exports doubled", "2 times"),
        ("(-8.6%)", "-8.6 %"),
        ("(8.6)", "-8.6 number"),
        ("負3.2%", "-3.2 %"),
        ("出口-8.6%", "-8.6 %"),
        ("minus 3 percent", "-3 %"),
    ]);
}

#[test]
fn hedges_are_kept() {
    check(&[
        ("逾600億美元", "over 60000000000 USD"),
        ("超過4,000億美元", "over 400000000000 USD"),
        ("不到7%", "under 7 %"),
        ("上看7%", "about 7 %"),
        ("600多億美元", "over 60000000000 USD"),
        ("37億餘美元", "over 3700000000 USD"),
        ("nearly 43 pct", "about 43 %"),
        ("more than $4 billion", "over 4000000000 USD"),
        ("under 3 percent", "under 3 %"),
        ("7%左右", "about 7 %"),
        ("最近3.2億美元", "320000000 USD"),
    ]);
}

#[test]
fn ranges_in_every_form() {
    check(&[
        ("581億至604億美元", "58100000000..60400000000 USD"),
        ("581億到604億美元", "58100000000..60400000000 USD"),
        ("581到604億美元", "58100000000..60400000000 USD"),
        ("581~604億美元", "58100000000..60400000000 USD"),
        ("581—604億美元", "58100000000..60400000000 USD"),
        ("581–604億美元", "58100000000..60400000000 USD"),
        ("581-604億美元", "58100000000..60400000000 USD"),
        ("372億美元至382億美元\n，年增", "37200000000..38200000000 USD"),
        ("4%至7%之間", "4..7 %"),
        ("50%到56%", "50..56 %"),
        ("50～56%", "50..56 %"),
        ("介於4%和7%之間", "4..7 %"),
        ("3 to 4 pct", "3..4 %"),
        ("between 3 pct and 4 pct", "3..4 %"),
        ("US$58.1 billion to US$60.4 billion", "58100000000..60400000000 USD"),
        ("$3.2-3.5 billion", "3200000000..3500000000 USD"),
        ("ranging from 3 to 5 percent", "3..5 %"),
        ("rose to 5.1 pct from 3.2 pct", "5.1 % | 3.2 %"),
        ("fell 2.3 pct to 1.28 billion", "2.3 % | 1280000000 scaled"),
        ("rose from 3 pct to 4 pct", "3 % | 4 %"),
        ("increased $0.6 billion to $181.3 billion", "600000000 USD | 181300000000 USD"),
        ("2至3成", "20..30 %"),
        ("約3%至5%", "about 3..5 %"),
        ("-2%至1%", "-2..1 %"),
    ]);
}

#[test]
fn counted_things_and_names_are_no_amounts() {
    check(&[
        ("26個月", "26 count"),
        ("1,200輛", "1200 count"),
        ("3.5 million tonnes", "3500000 count"),
        ("第3大", "3 count"),
        ("the 3rd largest", "3 count"),
        ("12:30", ""),
        ("(02)2322-8000", "2 number"),
        ("H20 晶片 5G", ""),
        ("電子零組件", ""),
        ("一切統一，三星唯一", ""),
        ("one of them", ""),
        ("https://example.org/2025/123.4%", ""),
        ("2025年12月出口", ""),
        ("Exports in 2025 rose", ""),
    ]);
}

#[test]
fn the_last_digit_given_is_one_step() {
    for (text, step) in [
        ("624.8億美元", "10000000"),
        ("6407億美元", "100000000"),
        ("34.9%", "0.1"),
        ("三成", "10"),
        ("2兆736億元", "100000000"),
    ] {
        let found = numerals(text);
        assert_eq!(found.first().map(|numeral| numeral.step.normalize().to_string()).as_deref(), Some(step), "{text}");
    }
}
