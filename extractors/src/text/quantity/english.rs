//! English number words for general quantities: mixed with digits, and with fractions of any denominator.
//!
//! `text::number` reads the plain numbers of statistics; here a number may end in an ordinal that divides it.

use rust_decimal::Decimal;

use super::count::{factor_behind, parts};
use crate::text::number;
use crate::text::view::View;

/// One word of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    /// Below a hundred, in words, or a row of digits.
    Small(i64),
    /// hundred, thousand, million.
    Scale(i64),
    /// Between a whole and what is added to it.
    And,
    /// A denominator: its number, and whether it is a scale (hundredths) or a half or quarter, which no number joins.
    Part(i64, bool),
}

/// A word with the place behind it.
type Placed = (Word, usize);

/// No number has more words; longer rows are read in pieces.
const MOST_WORDS: usize = 24;

/// The number in words that begins here, if it is more than `text::number` reads: the place behind and its value.
pub(super) fn words(view: &View<'_>, place: usize) -> Option<(usize, Decimal)> {
    if !view.is_word_start(place) {
        return None;
    }
    let (words, article) = row(view, place);
    let divided = words.iter().position(|(word, _)| matches!(word, Word::Part(..)));
    match divided {
        Some(at) => {
            let (value, end) = fraction(words.get(..=at)?, article)?;
            // three quarters million, a quarter million
            match number::scale(view, view.skip_spaces(end)) {
                Some((behind, factor)) => Some((behind, value.apply(factor)?)),
                None => Some((end, value.plain()?)),
            }
        }
        None => {
            let (value, count) = whole(&words)?;
            let end = words.get(count.checked_sub(1)?)?.1;
            let mixed = words.len() > 2 || matches!(words.first()?.0, Word::Scale(_));
            (mixed && factor_behind(view, end).is_none() && !is_decimal(view, end)).then(|| (end, Decimal::from(value)))
        }
    }
}

/// Whether decimals in words or another operator follow, which `text::number` reads.
fn is_decimal(view: &View<'_>, end: usize) -> bool {
    let at = view.skip_spaces(end);
    let word: String = view.chars.get(at..view.word_end(at)).unwrap_or_default().iter().collect();
    matches!(word.as_str(), "point" | "over" | "and" | "a")
}

/// A fraction beside a whole.
struct Mixed {
    whole: i64,
    upper: i64,
    lower: i64,
    /// The last scale of the whole, which the fraction is of: two million and three fifths.
    scale: i64,
}

impl Mixed {
    fn part(&self) -> Option<Decimal> {
        Decimal::from(self.upper).checked_div(Decimal::from(self.lower))
    }

    fn plain(&self) -> Option<Decimal> {
        self.apply(Decimal::from(self.scale))
    }

    fn apply(&self, factor: Decimal) -> Option<Decimal> {
        Decimal::from(self.whole).checked_add(self.part()?.checked_mul(factor)?)
    }
}

/// The words of a number from here on, and whether an article begins them.
fn row(view: &View<'_>, place: usize) -> (Vec<Placed>, bool) {
    let mut words = Vec::new();
    let mut at = place;
    let letters = |at: usize| view.chars.get(at..view.word_end(at)).unwrap_or_default();
    let article = matches!(letters(at), ['a'] | ['a', 'n']);
    if article {
        at = view.skip_spaces(view.word_end(at));
    }
    while words.len() < MOST_WORDS {
        let Some((word, end)) = word(view, at) else { break };
        words.push((word, end));
        if matches!(word, Word::Part(..)) {
            break;
        }
        at = view.skip_spaces(end);
        if view.at(at) == '-' && view.at(view.skip_spaces(at + 1)).is_ascii_alphabetic() {
            at = view.skip_spaces(at + 1);
        }
        // and a half
        if word == Word::And && letters(at) == ['a'] {
            words.push((Word::Small(1), at + 1));
            at = view.skip_spaces(at + 1);
        }
    }
    while words.last().is_some_and(|(word, _)| *word == Word::And) {
        words.pop();
    }
    (words, article)
}

fn word(view: &View<'_>, at: usize) -> Option<Placed> {
    if view.at(at).is_ascii_digit() {
        let mut end = at;
        let mut value: i64 = 0;
        while let Some(digit) = view.at(end).to_digit(10) {
            value = value.checked_mul(10)?.checked_add(i64::from(digit))?;
            end += 1;
        }
        let whole = !matches!(view.at(end), '.' | ',' | '/' | '%' | ':' | '-' | '^') && !view.at(end).is_alphabetic();
        let stop = matches!(view.at(end), '.' | ',') && !view.at(end + 1).is_ascii_digit();
        return (value < 1000 && (whole || stop)).then_some((Word::Small(value), end));
    }
    if let Some((end, value)) = number::cardinal(view, at) {
        return Some((Word::Small(i64::from(value)), end));
    }
    if let Some((end, factor)) = number::scale(view, at) {
        return Some((Word::Scale(i64::try_from(factor).ok()?), end));
    }
    if let Some((end, parts, alone)) = parts(view, at) {
        return Some((Word::Part(parts, alone), end));
    }
    let and = view.chars.get(at..view.word_end(at))? == ['a', 'n', 'd'];
    and.then_some((Word::And, at + 3))
}

/// The whole number at the head of a row: its value and the number of its words.
fn whole(words: &[Placed]) -> Option<(i64, usize)> {
    let (mut total, mut section, mut count) = (0_i64, 0_i64, 0);
    let (mut last_scale, mut after_scale) = (i64::MAX, true);
    for (index, (word, _)) in words.iter().enumerate() {
        match *word {
            Word::Small(value) => {
                let tens = section % 10 == 0 && (20..100).contains(&(section % 100)) && value < 10;
                let fits = after_scale || tens;
                if !fits || (value >= 100 && section > 0) || (value >= last_scale) {
                    break;
                }
                section = section.checked_add(value)?;
                after_scale = false;
            }
            Word::Scale(100) if section < 100 => {
                section = section.max(1).checked_mul(100)?;
                after_scale = true;
            }
            Word::Scale(scale) if scale > 100 && scale < last_scale && (section > 0 || index == 0) => {
                total = total.checked_add(section.max(1).checked_mul(scale)?)?;
                (section, last_scale, after_scale) = (0, scale, true);
            }
            Word::And if index > 0 && after_scale => continue,
            _ => break,
        }
        count = index + 1;
    }
    // A scale alone (hundred, million) is no number.
    let lone = count == 1 && matches!(words.first(), Some((Word::Scale(_), _)));
    (count > 0 && !lone).then(|| Some((total.checked_add(section)?, count)))?
}

/// The value of a row that is one whole number from end to end.
fn exactly(words: &[Placed]) -> Option<i64> {
    whole(words).filter(|(_, count)| *count == words.len()).map(|(value, _)| value)
}

/// A row that ends in a denominator, with the place behind it.
fn fraction(words: &[Placed], article: bool) -> Option<(Mixed, usize)> {
    let (&(Word::Part(parts, alone), end), before) = words.split_last()? else { return None };
    if before.is_empty() {
        // a hundredth; quarter million is a quarter of it.
        return ((article && parts > 1) || alone)
            .then_some((Mixed { whole: 0, upper: 1, lower: parts, scale: 1 }, end));
    }
    if article && let Some(tens) = joined(before, parts, alone) {
        return Some((Mixed { whole: 0, upper: 1, lower: tens, scale: 1 }, end));
    }
    // The denominator takes the most words that make one number with it and leave a numerator.
    for split in 1..before.len() {
        let (upper, lower) = before.split_at(split);
        if binds(upper.last(), lower.first()) {
            continue;
        }
        let lower = joined(lower, parts, alone);
        if let (Some(mixed), Some(lower)) = (numerator(upper), lower) {
            return Some((Mixed { lower, ..mixed }.improper(), end));
        }
    }
    // Nothing is divided into firsts.
    if parts == 1 {
        return None;
    }
    // 23rd is no fraction: tens before a single ordinal join it.
    if let [(Word::Small(tens), _)] = before
        && joined(&[(Word::Small(*tens), 0)], parts, alone).is_some()
        && *tens >= 20
    {
        return None;
    }
    numerator(before).map(|mixed| (Mixed { lower: parts, ..mixed }.improper(), end))
}

/// Whether two words are one number: ninety five.
fn binds(first: Option<&Placed>, second: Option<&Placed>) -> bool {
    let tens = matches!(first, Some((Word::Small(tens), _)) if (20..100).contains(tens) && tens % 10 == 0);
    tens && matches!(second, Some((Word::Small(1..=9), _)))
}

/// The number that words and an ordinal make together, if they do.
fn joined(words: &[Placed], ordinal: i64, alone: bool) -> Option<i64> {
    if alone {
        return None;
    }
    // Its words are those of a number by themselves: no scale comes first.
    if matches!(words.first(), None | Some((Word::Scale(_) | Word::And, _))) {
        return None;
    }
    let mut all = words.to_vec();
    all.push((Word::Small(ordinal), 0));
    exactly(&all)
}

/// The whole and the numerator: what stands behind the last `and` is the numerator where it divides less than one.
fn numerator(words: &[Placed]) -> Option<Mixed> {
    let and = words.iter().rposition(|(word, _)| *word == Word::And);
    if let Some(and) = and
        && let (Some(upper), Some(value)) = (words.get(and + 1..).and_then(exactly), words.get(..and).and_then(sum))
    {
        let scale = match words.get(and.checked_sub(1)?)? {
            (Word::Scale(scale), _) if *scale >= 1_000_000 => *scale,
            _ => 1,
        };
        return Some(Mixed { whole: value, upper, lower: 1, scale });
    }
    exactly(words).map(|upper| Mixed { whole: 0, upper, lower: 1, scale: 1 })
}

/// Whole numbers added by `and`: twenty and three.
fn sum(words: &[Placed]) -> Option<i64> {
    exactly(words).or_else(|| {
        let pieces = words.split(|(word, _)| *word == Word::And);
        pieces.map(exactly).try_fold(0_i64, |sum, piece| sum.checked_add(piece?))
    })
}

impl Mixed {
    /// Where the numerator is no smaller than the denominator, the whole is a part of it: one hundred and thirty fifths.
    fn improper(self) -> Self {
        if self.whole > 0 && self.upper >= self.lower && self.scale == 1 {
            return Self { whole: 0, upper: self.whole.saturating_add(self.upper), ..self };
        }
        self
    }
}
