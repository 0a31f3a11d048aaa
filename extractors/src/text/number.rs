//! Bare numbers: digits with grouping, Han numerals in all their styles, English number words, and scale words.
//!
//! It knows no units, currencies or ranges: a number here is a value, its last given digit and where it ends.

use std::collections::HashMap;
use std::sync::LazyLock;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::view::{View, is_space};
use super::words::{Words, rules};

/// More digits than a [`Decimal`] holds for certain; longer rows are identifiers, not amounts.
const MOST_DIGITS: usize = 24;

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// It begins with digits.
    Digits,
    /// It begins with a Han numeral.
    Han,
    /// English words.
    English,
}

/// A number with its scale, without sign or unit.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bare {
    /// Place of its first character.
    pub(crate) start: usize,
    /// Place behind its last one.
    pub(crate) end: usize,
    /// Its value, scale included.
    pub(crate) value: Decimal,
    /// One unit of the last digit given.
    pub(crate) step: Decimal,
    /// Its scale as a factor, 1 where it has none: what a bound of a range lends to the other.
    pub(crate) scale: Decimal,
    /// How it is written.
    pub(crate) style: Style,
    /// Number of digits and numerals of which it consists.
    pub(crate) length: usize,
    /// Whether a word between number and scale says that it is more (600多億).
    pub(crate) over: bool,
}

#[derive(Deserialize)]
struct NumberRules {
    cardinals: HashMap<String, u32>,
    scales: HashMap<String, u32>,
    letters: HashMap<char, u32>,
    hedges: InsideRules,
}

#[derive(Deserialize)]
struct InsideRules {
    over_inside: Vec<char>,
}

/// The text of the rules file, also for the parts of it that other files of this room own.
pub(crate) const NUMBERS: &str = include_str!("../../rules/numbers.toml");

struct NumberWords {
    cardinals: Words<u32>,
    scales: Words<u32>,
    letters: HashMap<char, u32>,
    over_inside: Vec<char>,
}

static WORDS: LazyLock<NumberWords> = LazyLock::new(|| {
    let rules: NumberRules = rules("numbers", NUMBERS);
    NumberWords {
        cardinals: Words::new(rules.cardinals),
        scales: Words::new(rules.scales),
        letters: rules.letters,
        over_inside: rules.hedges.over_inside.into_iter().map(crate::fold::fold_char).collect(),
    }
});

/// The number that begins here. `money`: a currency stands before, so that single letters are scales ($2.1B).
pub(crate) fn bare(view: &View<'_>, start: usize, money: bool) -> Option<Bare> {
    let c = view.at(start);
    if c.is_ascii_digit() || (c == '.' && view.at(start + 1).is_ascii_digit()) || is_han_numeral(c) {
        let number = mixed(view, start)?;
        return Some(english_scale(view, number, money));
    }
    if c.is_ascii_alphabetic() { english(view, start) } else { None }
}

/// Whether a number may begin with this character, letters aside.
pub(crate) fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || is_han_numeral(c)
}

fn is_han_numeral(c: char) -> bool {
    han_digit(c).is_some() || matches!(c, '十' | '拾' | '廿' | '卅' | '卌')
}

/// The value of a folded Han digit in everyday or financial writing.
pub(crate) fn han_digit(c: char) -> Option<u32> {
    Some(match c {
        '零' | '〇' | '○' => 0,
        '一' | '壹' | '弌' => 1,
        '二' | '贰' | '两' | '弍' => 2,
        '三' | '叁' | '弎' | '叄' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// Units below 萬, as powers of ten.
fn small_unit(c: char) -> Option<u32> {
    Some(match c {
        '十' | '拾' => 1,
        '百' | '佰' => 2,
        '千' | '仟' => 3,
        _ => return None,
    })
}

/// 萬 and the units above it, as powers of ten. 兆 is 10^12, as in Taiwan, Japan and Korea.
fn big_unit(c: char) -> Option<u32> {
    Some(match c {
        '万' | '萬' => 4,
        '亿' => 8,
        '兆' => 12,
        _ => return None,
    })
}

fn power(exponent: u32) -> Decimal {
    Decimal::from(10u64.saturating_pow(exponent))
}

/// The parts of a number in units of ten thousand, as they are read.
#[derive(Default)]
struct Sum {
    /// Closed parts with the unit of each: 2兆 is (2×10^12, 10^12).
    parts: Vec<(Decimal, Decimal)>,
    /// The part below 萬 that is being read.
    section: Decimal,
    /// The last number read that has no unit yet.
    current: Option<(Decimal, Decimal)>,
    /// The last unit: a digit behind it without 零 counts its tenths (九萬四).
    last_unit: Option<Decimal>,
    /// Whether 零 stands before the current number.
    zero: bool,
    /// Whether the current number is one Han digit.
    single: bool,
    /// One unit of the last digit given.
    step: Decimal,
    /// Number of numerals read.
    length: usize,
    /// The largest unit of the whole number.
    scale: Option<Decimal>,
}

impl Sum {
    fn small(&mut self, unit: Decimal) -> Option<()> {
        let (value, step) = self.current.take().unwrap_or((Decimal::ONE, Decimal::ONE));
        self.section = self.section.checked_add(value.checked_mul(unit)?)?;
        self.step = step.checked_mul(unit)?;
        self.last_unit = Some(unit);
        self.zero = false;
        Some(())
    }

    fn big(&mut self, unit: Decimal) -> Option<()> {
        let mut value = self.section;
        let mut step = self.step;
        if let Some((number, number_step)) = self.current.take() {
            value = value.checked_add(number)?;
            step = number_step;
        }
        while let Some(&(part, part_unit)) = self.parts.last()
            && part_unit < unit
        {
            value = value.checked_add(part)?;
            self.parts.pop();
        }
        self.parts.push((value.checked_mul(unit)?, unit));
        self.section = Decimal::ZERO;
        self.step = step.checked_mul(unit)?;
        self.last_unit = Some(unit);
        self.zero = false;
        // 4.78萬億 has the scale 10^12, 2兆736億 that of its last part: what a first bound would share.
        self.scale = Some(unit);
        Some(())
    }

    /// The value, once no more numerals follow.
    fn total(mut self) -> Option<(Decimal, Decimal, Decimal, usize)> {
        if let Some((mut value, mut step)) = self.current.take() {
            if let Some(unit) = self.last_unit
                && self.single
                && !self.zero
                && unit >= Decimal::ONE_HUNDRED
            {
                let tenth = unit / Decimal::TEN;
                value = value.checked_mul(tenth)?;
                step = tenth;
            }
            self.section = self.section.checked_add(value)?;
            self.step = step;
        }
        let mut total = self.section;
        for (part, _) in &self.parts {
            total = total.checked_add(*part)?;
        }
        Some((total, self.step, self.scale.unwrap_or(Decimal::ONE), self.length))
    }
}

/// Digits and Han numerals mixed: 1,234 / 六二四點八 / 六百二十四點八 / 624點8億 / 2兆736億 / 廿五.
fn mixed(view: &View<'_>, start: usize) -> Option<Bare> {
    let style = if is_han_numeral(view.at(start)) { Style::Han } else { Style::Digits };
    let mut sum = Sum { step: Decimal::ONE, ..Sum::default() };
    let mut place = start;
    let mut over = false;
    loop {
        let c = view.at(place);
        if let Some((end, digits)) = sum.next_number(view, place) {
            sum.length += digits;
            place = end;
        } else if let Some(exponent) = small_unit(c) {
            if !may_be_unit(view, place, &sum) {
                break;
            }
            sum.length += 1;
            sum.small(power(exponent))?;
            place += 1;
        } else if let Some((at, exponent)) = unit_behind(view, place) {
            if sum.current.is_none() && sum.section.is_zero() && (sum.parts.is_empty() || at != place) {
                break;
            }
            sum.length += 1;
            sum.big(power(exponent))?;
            place = at + 1;
        } else if WORDS.over_inside.contains(&c) && !over && place > start {
            let next = view.at(place + 1);
            if big_unit(next).is_none() && small_unit(next).is_none() {
                break;
            }
            over = true;
            place += 1;
        } else {
            break;
        }
    }
    if place == start {
        return None;
    }
    let (value, step, scale, length) = sum.total()?;
    Some(Bare { start, end: place, value, step, scale, style, length, over })
}

impl Sum {
    /// Takes the number that stands here, if one may stand here, and says where it ends and of how many digits it is.
    fn next_number(&mut self, view: &View<'_>, place: usize) -> Option<(usize, usize)> {
        if self.current.is_some() {
            return None;
        }
        let c = view.at(place);
        if let Some(tens) = shorthand_tens(c) {
            self.section = self.section.checked_add(tens)?;
            self.last_unit = Some(Decimal::TEN);
            self.step = Decimal::ONE;
            return Some((place + 1, 1));
        }
        if c.is_ascii_digit() || c == '.' {
            // 2億5000萬 goes on, 5億 2025年 does not.
            let (end, value, step, digits) = digits(view, place)?;
            if self.last_unit.is_some_and(|unit| value >= unit) || (self.last_unit.is_some() && view.at(end) == '年') {
                return None;
            }
            self.current = Some((value, step));
            self.single = false;
            return Some((end, digits));
        }
        let (end, value, step, digits) = han_digits(view, place)?;
        if is_zero(c) && self.last_unit.is_some() {
            // 零 fills empty places; a number must follow it.
            self.zero = true;
            if digits == 1 {
                return (is_numeral(view.at(end))).then_some((end, 1));
            }
        }
        self.current = Some((value, step));
        self.single = digits == 1;
        Some((end, digits))
    }
}

fn is_zero(c: char) -> bool {
    matches!(c, '零' | '〇' | '○')
}

fn shorthand_tens(c: char) -> Option<Decimal> {
    Some(Decimal::from(match c {
        '廿' => 20,
        '卅' => 30,
        '卌' => 40,
        _ => return None,
    }))
}

/// 百 and 千 need a number before them (百億 names a size, not a value), and are no unit in 百分 and 千克.
fn may_be_unit(view: &View<'_>, place: usize, sum: &Sum) -> bool {
    let c = view.at(place);
    let next = view.at(place + 1);
    if matches!(c, '百') && next == '分' || matches!(c, '千') && matches!(next, '克' | '米' | '瓦' | '卡' | '赫' | '兆')
    {
        return false;
    }
    sum.current.is_some() || matches!(c, '十' | '拾')
}

/// 萬, 億 or 兆, here or behind spaces that stand where a page was damaged (1,269 億).
fn unit_behind(view: &View<'_>, place: usize) -> Option<(usize, u32)> {
    let at = view.skip_spaces(place);
    let exponent = big_unit(view.at(at))?;
    // 兆瓦, 兆赫: mega, not 10^12.
    let mega = view.at(at) == '兆' && matches!(view.at(at + 1), '瓦' | '赫' | '帕' | '焦');
    (!mega).then_some((at, exponent))
}

/// A row of Han digits, with decimals behind 點: its end, value, last digit and length.
fn han_digits(view: &View<'_>, start: usize) -> Option<(usize, Decimal, Decimal, usize)> {
    let mut place = start;
    let mut value = Decimal::ZERO;
    while let Some(digit) = han_digit(view.at(place)) {
        if place - start >= MOST_DIGITS {
            return None;
        }
        value = value.checked_mul(Decimal::TEN)?.checked_add(Decimal::from(digit))?;
        place += 1;
    }
    let length = place - start;
    if length == 0 {
        return None;
    }
    let (end, fraction, step, more) = decimals(view, place).unwrap_or((place, Decimal::ZERO, Decimal::ONE, 0));
    Some((end, value + fraction, step, length + more))
}

/// Decimals behind 點, in Han or ASCII digits: 點八, 點8.
fn decimals(view: &View<'_>, place: usize) -> Option<(usize, Decimal, Decimal, usize)> {
    if view.at(place) != '点' {
        return None;
    }
    let mut end = place + 1;
    let mut value = Decimal::ZERO;
    let mut step = Decimal::ONE;
    while let Some(digit) = han_digit(view.at(end)).or_else(|| view.at(end).to_digit(10)) {
        if end - place > MOST_DIGITS / 2 {
            return None;
        }
        step /= Decimal::TEN;
        value += step * Decimal::from(digit);
        end += 1;
    }
    // 8點30分 and 三點一刻 are times of day.
    let time = matches!(view.at(end), '分' | '刻') && view.at(end + 1) != '之';
    (end > place + 1 && !time).then(|| (end, value, step, end - place - 1))
}

/// ASCII digits with grouping and decimals: its end, value, last digit and length.
fn digits(view: &View<'_>, start: usize) -> Option<(usize, Decimal, Decimal, usize)> {
    let mut place = start;
    let mut value = Decimal::ZERO;
    let mut length = 0;
    let mut grouped = false;
    loop {
        while let Some(digit) = view.at(place).to_digit(10) {
            length += 1;
            if length > MOST_DIGITS {
                return None;
            }
            value = value.checked_mul(Decimal::TEN)?.checked_add(Decimal::from(digit))?;
            place += 1;
        }
        match group_behind(view, start, place, grouped) {
            Some(next) => (place, grouped) = (next, true),
            None => break,
        }
    }
    let mut step = Decimal::ONE;
    if let Some(mut at) = point_behind(view, place) {
        while let Some(digit) = view.at(at).to_digit(10) {
            length += 1;
            if length > MOST_DIGITS {
                return None;
            }
            step /= Decimal::TEN;
            value += step * Decimal::from(digit);
            at += 1;
        }
        place = at;
    } else if let Some((end, fraction, fraction_step, more)) = decimals(view, place) {
        return Some((end, value + fraction, fraction_step, length + more));
    }
    (length > 0).then_some((place, value, step, length))
}

/// Where the next group of three digits begins: 1,234 / 1，234 / 1 234 with a space that does not break.
fn group_behind(view: &View<'_>, start: usize, place: usize, grouped: bool) -> Option<usize> {
    if !(grouped || (1..=3).contains(&(place - start))) || place == start {
        return None;
    }
    let separator = view.at(place);
    let fixed_space = || separator == ' ' && !view.text[view.bytes(place..place + 1)].starts_with(' ');
    if separator != ',' && separator != '\'' && !fixed_space() {
        return None;
    }
    let three = (1..=3).all(|i| view.at(place + i).is_ascii_digit());
    (three && !view.at(place + 4).is_ascii_digit()).then_some(place + 1)
}

/// Where the decimals begin: behind a point, also one that a damaged page set off by a space (374 .7億, 374. 7億).
fn point_behind(view: &View<'_>, place: usize) -> Option<usize> {
    if view.at(place) == '.' && view.at(place + 1).is_ascii_digit() {
        return Some(place + 1);
    }
    let point = view.skip_spaces(place);
    if view.at(point) != '.' {
        return None;
    }
    let next = view.skip_spaces(point + 1);
    let spaced = point > place && next == point + 1;
    let torn = point == place && next > point + 1;
    if !(spaced || torn) || !view.at(next).is_ascii_digit() {
        return None;
    }
    let mut end = next;
    while view.at(end).is_ascii_digit() {
        end += 1;
    }
    // Only a unit directly behind shows that the two halves are one number.
    let unit = matches!(view.at(end), '%') || big_unit(view.at(end)).is_some();
    (unit && end - next <= 3).then_some(next)
}

/// Adds a scale in English words or letters: 640.75 billion, 1.2-billion, $2.1B.
fn english_scale(view: &View<'_>, mut number: Bare, money: bool) -> Bare {
    loop {
        let mut at = view.skip_spaces(number.end);
        if view.at(at) == '-' && view.at(at + 1).is_ascii_alphabetic() {
            at += 1;
        }
        let scale = WORDS.scales.at(view, at).or_else(|| {
            let letter = *WORDS.letters.get(&view.at(number.end)).filter(|_| money)?;
            (!view.at(number.end + 1).is_ascii_alphanumeric()).then_some((number.end + 1, letter))
        });
        let Some((end, exponent)) = scale else { return number };
        let factor = power(exponent);
        let (Some(value), Some(step)) = (number.value.checked_mul(factor), number.step.checked_mul(factor)) else {
            return number;
        };
        number.scale = number.scale.checked_mul(factor).unwrap_or(number.scale);
        (number.end, number.value, number.step) = (end, value, step);
    }
}

/// English number words: twenty-five, two hundred and fifty million, half a billion, three and a half.
fn english(view: &View<'_>, start: usize) -> Option<Bare> {
    if !view.is_word_start(start) {
        return None;
    }
    let mut reader = English {
        view,
        place: start,
        total: Decimal::ZERO,
        section: Decimal::ZERO,
        step: Decimal::ONE,
        scale: Decimal::ONE,
        length: 0,
    };
    reader.read();
    if reader.length == 0 {
        return None;
    }
    let value = reader.total.checked_add(reader.section)?;
    let Reading { end, value, step } = reader.halves(value)?;
    Some(Bare {
        start,
        end,
        value,
        step,
        scale: reader.scale,
        style: Style::English,
        length: reader.length,
        over: false,
    })
}

struct English<'v, 't> {
    view: &'v View<'t>,
    place: usize,
    total: Decimal,
    section: Decimal,
    step: Decimal,
    scale: Decimal,
    length: usize,
}

struct Reading {
    end: usize,
    value: Decimal,
    step: Decimal,
}

impl English<'_, '_> {
    /// Reads words as long as they go on with the same number.
    fn read(&mut self) {
        let mut last: Option<u32> = None;
        self.half_or_article();
        loop {
            let at = self.next_word(self.place);
            if let Some((end, value)) =
                WORDS.cardinals.at(self.view, at).filter(|_| self.length == 0 || at > self.place)
            {
                // `twenty five` is one number, `five five` and `five twenty` are two.
                let fits = match last {
                    None => true,
                    Some(before) => before >= 20 && before % 10 == 0 && value < 10 && value > 0,
                };
                if !fits {
                    return;
                }
                self.section += Decimal::from(value);
                (self.step, last) = (Decimal::ONE, Some(value));
                self.place = end;
            } else if let Some((end, exponent)) = WORDS.scales.at(self.view, at).filter(|_| self.length > 0) {
                self.scale_by(exponent);
                last = None;
                self.place = end;
            } else {
                return;
            }
            self.length += 1;
        }
    }

    /// `half a billion`, `a hundred`, `a million`: the factor before the scale word.
    fn half_or_article(&mut self) {
        let word =
            |at: usize| self.view.chars.get(at..self.view.word_end(at)).unwrap_or_default().iter().collect::<String>();
        let first = word(self.place);
        let mut at = self.view.skip_spaces(self.view.word_end(self.place));
        let value = match first.as_str() {
            "half" => {
                if matches!(word(at).as_str(), "a" | "an") {
                    at = self.view.skip_spaces(self.view.word_end(at));
                }
                Decimal::new(5, 1)
            }
            "a" | "an" => Decimal::ONE,
            _ => return,
        };
        if WORDS.scales.at(self.view, at).is_some() {
            self.section = value;
            self.place = at;
            self.length = 1;
        }
    }

    /// The place of the next word: behind spaces or one hyphen, `and` left out behind a scale.
    fn next_word(&self, place: usize) -> usize {
        if self.length == 0 {
            return place;
        }
        let at = if self.view.at(place) == '-' { place + 1 } else { self.view.skip_spaces(place) };
        let and = self.view.chars.get(at..at + 3).is_some_and(|word| word == ['a', 'n', 'd'])
            && is_space(self.view.at(at + 3));
        if and && self.section >= Decimal::ONE_HUNDRED { self.view.skip_spaces(at + 3) } else { at }
    }

    fn scale_by(&mut self, exponent: u32) {
        let factor = power(exponent);
        let section = if self.section.is_zero() && self.total.is_zero() { Decimal::ONE } else { self.section };
        let Some(scaled) = section.checked_mul(factor) else { return };
        if exponent == 2 {
            self.section = scaled;
        } else {
            self.total = self.total.saturating_add(scaled);
            self.section = Decimal::ZERO;
            self.scale = factor;
        }
        self.step = factor;
    }

    /// `three and a half`, also before a scale: `two and a half billion`.
    fn halves(&self, value: Decimal) -> Option<Reading> {
        const TAIL: &str = "and a half";
        let plain = Reading { end: self.place, value, step: self.step };
        let at = self.view.skip_spaces(self.place);
        let tail: String = self.view.chars.get(at..at + TAIL.len()).unwrap_or_default().iter().collect();
        if at == self.place || tail != TAIL {
            return Some(plain);
        }
        let half = Decimal::new(5, 1);
        let end = at + TAIL.len();
        let next = self.view.skip_spaces(end);
        if let Some((end, exponent)) = WORDS.scales.at(self.view, next).filter(|_| self.scale == Decimal::ONE) {
            let factor = power(exponent);
            return Some(Reading {
                end,
                value: value.checked_add(half)?.checked_mul(factor)?,
                step: half.checked_mul(factor)?,
            });
        }
        let step = half.checked_mul(self.step)?;
        Some(Reading { end, value: value.checked_add(step)?, step })
    }
}

/// Whether an English scale word begins here.
pub(crate) fn is_scale(view: &View<'_>, place: usize) -> bool {
    WORDS.scales.at(view, place).is_some()
}
