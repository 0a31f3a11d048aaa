//! The words of `rules/periods.toml`, loaded once.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::text::SamePeriod;
use crate::text::words::Words;

/// What a word says of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// The English name of a month.
    Month(u8),
    /// An English ordinal.
    Ordinal(u8),
    /// Years from the day of publication.
    YearShift(i16),
    /// Months from the month of publication.
    MonthShift(i16),
    /// Quarters from the one of publication.
    QuarterShift(i16),
    /// Days from the day of publication.
    DayShift(i64),
    /// A weekday, Monday is 1.
    Weekday(i8),
    /// The same period a year earlier.
    YearEarlier,
    /// The period before.
    Previous,
    /// A period in question.
    Same(SamePeriod),
}

/// The lexicons of periods.
pub(super) struct Vocabulary {
    /// All words that name a period or a part of one.
    pub(super) words: Words<Word>,
    /// Words of comparison before a period.
    pub(super) compared: Words<()>,
    /// Words behind a period that make it a start.
    pub(super) behind: Words<()>,
    /// 前, 首 before a number of months.
    pub(super) firsts: Words<()>,
    /// Words behind digits that make them a fiscal year.
    pub(super) fiscal: Words<()>,
    /// English words before a month.
    pub(super) prepositions: Vec<String>,
}

#[derive(Deserialize)]
struct Rules {
    months: HashMap<String, u8>,
    weekdays: HashMap<String, i8>,
    ordinals: HashMap<String, u8>,
    year_shifts: HashMap<String, i16>,
    month_shifts: HashMap<String, i16>,
    quarter_shifts: HashMap<String, i16>,
    day_shifts: HashMap<String, i64>,
    leaning: Leaning,
    compared: Compared,
    firsts: Listed,
    fiscal: Listed,
    prepositions: Listed,
}

#[derive(Deserialize)]
struct Leaning {
    year_earlier: Vec<String>,
    previous: Vec<String>,
    month: Vec<String>,
    quarter: Vec<String>,
    year: Vec<String>,
    year_to_date: Vec<String>,
    period: Vec<String>,
}

#[derive(Deserialize)]
struct Compared {
    words: Vec<String>,
    behind: Vec<String>,
}

#[derive(Deserialize)]
struct Listed {
    words: Vec<String>,
}

/// The words, loaded once.
pub(super) static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(load);

fn load() -> Vocabulary {
    let rules: Rules = crate::rules::read("periods");
    let leaning = rules.leaning;
    let mean = |words: Vec<String>, meaning: Word| words.into_iter().map(move |word| (word, meaning));
    let same = |words: Vec<String>, meaning: SamePeriod| mean(words, Word::Same(meaning));
    let words = (rules.months.into_iter().map(|(word, month)| (word, Word::Month(month))))
        .chain(rules.weekdays.into_iter().map(|(word, day)| (word, Word::Weekday(day))))
        .chain(rules.ordinals.into_iter().map(|(word, ordinal)| (word, Word::Ordinal(ordinal))))
        .chain(rules.year_shifts.into_iter().map(|(word, shift)| (word, Word::YearShift(shift))))
        .chain(rules.month_shifts.into_iter().map(|(word, shift)| (word, Word::MonthShift(shift))))
        .chain(rules.quarter_shifts.into_iter().map(|(word, shift)| (word, Word::QuarterShift(shift))))
        .chain(rules.day_shifts.into_iter().map(|(word, shift)| (word, Word::DayShift(shift))))
        .chain(mean(leaning.year_earlier, Word::YearEarlier))
        .chain(mean(leaning.previous, Word::Previous))
        .chain(same(leaning.month, SamePeriod::Month))
        .chain(same(leaning.quarter, SamePeriod::Quarter))
        .chain(same(leaning.year, SamePeriod::Year))
        .chain(same(leaning.year_to_date, SamePeriod::YearToDate))
        .chain(same(leaning.period, SamePeriod::Period));
    let plain = |words: Vec<String>| Words::new(words.into_iter().map(|word| (word, ())));
    Vocabulary {
        words: Words::new(words),
        compared: plain(rules.compared.words),
        behind: plain(rules.compared.behind),
        firsts: plain(rules.firsts.words),
        fiscal: plain(rules.fiscal.words),
        prepositions: rules.prepositions.words,
    }
}
