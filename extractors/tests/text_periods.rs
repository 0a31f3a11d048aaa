//! Periods in every notation of trade news, resolved for a day of publication.

use bellwether_extractors::text::{PeriodExpression, periods, resolve, sentences};
use bellwether_model::period::Period;
use jiff::civil::{Date, date};

const PUBLISHED: Date = date(2026, 1, 9);

/// The one place that calls the reader: each mention resolved without an anchor, else as it stands.
fn read(text: &str) -> String {
    let found = periods(text, Some(PUBLISHED));
    let words: Vec<String> = (found.iter())
        .map(|mention| match (mention.expression, resolve(mention.expression, Some(PUBLISHED), None)) {
            (PeriodExpression::Day(Some(day)), _) => format!("day {day}"),
            (_, Some(period)) => period.to_string(),
            (other, None) => format!("{other:?}"),
        })
        .collect();
    words.join(" | ")
}

fn check(cases: &[(&str, &str)]) {
    let wrong: Vec<String> = (cases.iter())
        .filter(|(text, expected)| read(text) != *expected)
        .map(|(text, expected)| format!("{text}\n  expected {expected}\n  read     {}", read(text)))
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn chinese_years_and_months() {
    check(&[
        ("2025年12月出口", "2025-12"),
        ("2025 年 12 月", "2025-12"),
        ("２０２５年１２月", "2025-12"),
        ("二〇二五年十二月", "2025-12"),
        ("2025年出口", "2025"),
        ("2025全年", "2025"),
        ("2025 全年", "2025"),
        ("增長2.8%，12月出口", "2025-12"),
        ("民國90年、98年金融海嘯", "2001 | 2009"),
        ("第 07 週六大經濟體", ""),
        ("114年12月", "2025-12"),
        ("民國114年12月", "2025-12"),
        ("民國98年", "2009"),
        ("98年來最高", ""),
        ("去年12月", "2025-12"),
        ("去年全年", "2025"),
        ("今年1月", "2026-01"),
        ("12月出口", "2025-12"),
        ("1月出口", "2026-01"),
        ("元月", "2026-01"),
        ("26個月", ""),
        ("上月", "2025-12"),
        ("上個月", "2025-12"),
        ("本月", "2026-01"),
        ("下個月", "2026-02"),
        ("11月份", "2025-11"),
        ("2024年度", ""),
        ("2025財年", ""),
    ]);
}

#[test]
fn chinese_spans() {
    check(&[
        ("前11月", "2025-01/2025-11"),
        ("1至11月", "2025-01/2025-11"),
        ("1-11月", "2025-01/2025-11"),
        ("1～11月", "2025-01/2025-11"),
        ("1月至11月", "2025-01/2025-11"),
        ("一至十一月", "2025-01/2025-11"),
        ("首10個月", "2025-01/2025-10"),
        ("首十個月", "2025-01/2025-10"),
        ("去年前兩個月", "2025-01/2025-02"),
        ("2025年1至2月", "2025-01/2025-02"),
        ("2025年1-2月份", "2025-01/2025-02"),
        ("1、2月合計", "2025-01/2025-02"),
        ("首季", "2026-Q1"),
        ("第一季", "2026-Q1"),
        ("去年第4季", "2025-Q4"),
        ("四季度", "2025-Q4"),
        ("2025年第四季度", "2025-Q4"),
        ("前三季", "2025-01/2025-09"),
        ("Q4", "2025-Q4"),
        ("2025Q4", "2025-Q4"),
        ("4Q25", "2025-Q4"),
        ("去年上半年", "2025-H1"),
        ("下半年", "2025-H2"),
        ("2024年12月至2025年2月", "2024-12/2025-02"),
        ("2023至2024年", "2023-01/2024-12"),
    ]);
}

#[test]
fn days_and_spans_of_days() {
    check(&[
        ("12月首20日", "2025-12-01/2025-12-20"),
        ("首20日", "2025-12-01/2025-12-20"),
        ("2025年2月1日至10日", "2025-02-01/2025-02-10"),
        ("2025年2月1-10日", "2025-02-01/2025-02-10"),
        ("2月前10天", "2025-02-01/2025-02-10"),
        ("2月1日至10日期間", "2025-02-01/2025-02-10"),
        ("3個月前", ""),
        ("12月1日至12月20日", "2025-12-01/2025-12-20"),
        ("2025年11月20日至12月10日", "2025-11-20/2025-12-10"),
        ("31/12/2025", "day 2025-12-31"),
        ("13.5.2015", "day 2015-05-13"),
        ("12/31/2025", "day 2025-12-31"),
        ("2025年2月上旬", "2025-02-01/2025-02-10"),
        ("9日公布", "day 2026-01-09"),
        ("財政部今(9)日公布", "day 2026-01-09"),
        ("1月9日", "day 2026-01-09"),
        ("12月8日", "day 2025-12-08"),
        ("昨天", "day 2026-01-08"),
        ("週五", "day 2026-01-09"),
        ("10日圓", ""),
        ("2025-12-31", "day 2025-12-31"),
        ("2025/12", "2025-12"),
    ]);
}

#[test]
fn periods_that_lean_on_another() {
    let december = Some(Period::Month(2025, 12));
    for (text, expected) in [
        ("較去年同期", "2024-12"),
        ("比上年同期", "2024-12"),
        ("較去年成長", "2024-12"),
        ("較上月增加", "2025-11"),
        ("前月", "2025-11"),
        ("快過前1個月", "2025-11"),
        ("當月", "2025-12"),
        ("同期", "2025-12"),
        ("全年", "2025"),
        ("今年以來", "2025"),
        ("累計出口", "2025"),
        ("from a year earlier", "2024-12"),
        ("the same 1986 period", "2024-12"),
        ("the same period in 1986", "2024-12"),
        ("from the previous month", "2025-11"),
        ("from last month", "2025-11"),
        ("12月", "2025-12"),
        ("November", "2025-11"),
    ] {
        let found = periods(text, Some(PUBLISHED));
        let resolved: Vec<String> = (found.iter())
            .filter_map(|mention| resolve(mention.expression, Some(PUBLISHED), december))
            .map(|period| period.to_string())
            .collect();
        assert_eq!(resolved, [expected], "{text}: {found:?}");
    }
}

#[test]
fn running_totals_do_not_double_a_period() {
    check(&[
        ("累計1至11月出口", "2025-01/2025-11"),
        ("1至11月累計出口", "2025-01/2025-11"),
        ("今年累計出口", "Same(YearToDate)"),
    ]);
}

#[test]
fn english_periods() {
    check(&[
        ("February 2025", "2025-02"),
        ("Feb 2025", "2025-02"),
        ("Feb. 2025", "2025-02"),
        ("in February", "2025-02"),
        ("December last year", "2025-12"),
        ("last December", "2025-12"),
        ("last month", "2025-12"),
        ("the first 11 months of 2023", "2023-01/2023-11"),
        ("first eleven months of 2023", "2023-01/2023-11"),
        ("January-November", "2025-01/2025-11"),
        ("January to November 2025", "2025-01/2025-11"),
        ("first quarter", "2026-Q1"),
        ("the fourth quarter of 2025", "2025-Q4"),
        ("Q4 2025", "2025-Q4"),
        ("first half of last year", "2025-H1"),
        ("the year to March 2025", "2024-04/2025-03"),
        ("three months to June 2025", "2025-Q2"),
        ("first 20 days of December", "2025-12-01/2025-12-20"),
        ("December 1-20", "2025-12-01/2025-12-20"),
        ("December 1 to December 20", "2025-12-01/2025-12-20"),
        ("December 1, 2025", "day 2025-12-01"),
        ("the day after tomorrow", "day 2026-01-11"),
        ("Jan. 9", "day 2026-01-09"),
        ("9 January 2026", "day 2026-01-09"),
        ("January 9, 2026", "day 2026-01-09"),
        ("on Friday", "day 2026-01-09"),
        ("exports may march on", ""),
        ("In May exports rose", "2025-05"),
        ("in 2025", "2025"),
        ("2000 tonnes", ""),
        ("fiscal 2025", ""),
        ("the full year 2023", "2023"),
        ("19-MAR-1987", "day 1987-03-19"),
        ("reserves at end-1986", ""),
        ("U.S. MAY IMPOSE TARIFFS", ""),
    ]);
}

#[test]
fn sentences_end_where_they_do() {
    for (text, expected) in [
        ("出口成長。進口衰退！「為什麼？」他說。", vec!["出口成長。", "進口衰退！", "「為什麼？」", "他說。"]),
        ("The U.S. deficit rose 3.5 pct. Exports fell.", vec!["The U.S. deficit rose 3.5 pct.", "Exports fell."]),
        ("Mr. Lee said so on Jan. 9. It rose.", vec!["Mr. Lee said so on Jan. 9.", "It rose."]),
        ("標題\n\n第一句。", vec!["標題", "第一句。"]),
        ("He said: \"It rose.\" Then it fell.", vec!["He said: \"It rose.\"", "Then it fell."]),
        ("shipped from the U.S. The gap widened.", vec!["shipped from the U.S.", "The gap widened."]),
    ] {
        let found: Vec<&str> = sentences(text).into_iter().map(|span| &text[span]).collect();
        assert_eq!(found, expected);
    }
}
