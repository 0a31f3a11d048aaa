//! English number words: twenty-five, two hundred and fifty million, half a billion.

use rust_decimal::Decimal;

use super::{Bare, Style, WORDS, english_scale, power};
use crate::text::view::{View, is_space};

/// What stands for one before a scale word.
pub(super) const ARTICLES: [&str; 2] = ["a", "an"];
/// Half of what the scale word behind it says.
pub(super) const HALF: &str = "half";

/// No number has more words; so a long row of them is read in linear time.
const MOST_WORDS: usize = 32;

/// English number words: twenty-five, two hundred and fifty million, half a billion, three and a half.
pub(super) fn words(view: &View<'_>, start: usize) -> Option<Bare> {
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
    if let Some((end, fraction, step)) = reader.decimals() {
        let length = reader.length + 1;
        let number = Bare {
            start,
            end,
            value: value.checked_add(fraction)?,
            step,
            scale: reader.scale,
            style: Style::English,
            length,
            over: false,
        };
        return Some(english_scale(view, number, false));
    }
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

/// Behind a number, `point five`, `point seventy-one`, `-point-54`: the place behind, the decimals and one unit of the last.
pub(super) fn spoken_decimals(view: &View<'_>, from: usize) -> Option<(usize, Decimal, Decimal)> {
    const POINT: &str = "point";
    /// As many as any amount is told with.
    const MOST_DIGITS: usize = 6;
    let behind = |place: usize| if view.at(place) == '-' { place + 1 } else { view.skip_spaces(place) };
    let at = behind(from);
    if at == from || view.word(at).as_str() != POINT {
        return None;
    }
    let (mut place, mut value, mut step) = (view.word_end(at), Decimal::ZERO, Decimal::ONE);
    let mut tens = false;
    let first = behind(place);
    let digits = (first..).map_while(|at| view.at(at).to_digit(10)).take(MOST_DIGITS);
    for digit in digits {
        step = step.checked_div(Decimal::TEN)?;
        value = value.checked_add(Decimal::from(digit).checked_mul(step)?)?;
        place = if place < first { first + 1 } else { place + 1 };
    }
    if step < Decimal::ONE {
        return (!view.at(place).is_ascii_digit()).then_some((place, value, step));
    }
    loop {
        let next = behind(place);
        let Some((end, digit)) = WORDS.cardinals.at(view, next).filter(|_| next > place) else { break };
        // seventy-one gives two places, the one of it fills the second.
        let added = Decimal::from(digit);
        if tens && digit < 10 {
            value = value.checked_add(added.checked_mul(step)?)?;
            tens = false;
        } else {
            step = step.checked_div(if digit < 10 { Decimal::TEN } else { Decimal::ONE_HUNDRED })?;
            value = value.checked_add(added.checked_mul(step)?)?;
            tens = digit >= 20 && digit % 10 == 0;
        }
        place = end;
    }
    (step < Decimal::ONE).then_some((place, value, step))
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
        while self.length < MOST_WORDS {
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
        let is_article = |at: usize| ARTICLES.contains(&self.view.word(at).as_str());
        let mut at = self.view.skip_spaces(self.view.word_end(self.place));
        let value = if self.view.word(self.place).as_str() == HALF {
            if is_article(at) {
                at = self.view.skip_spaces(self.view.word_end(at));
            }
            Decimal::new(5, 1)
        } else if is_article(self.place) {
            Decimal::ONE
        } else {
            return;
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
        let scaled = self.section >= Decimal::ONE_HUNDRED || (self.section.is_zero() && !self.total.is_zero());
        if and && scaled { self.view.skip_spaces(at + 3) } else { at }
    }

    fn scale_by(&mut self, exponent: u32) {
        let factor = power(exponent);
        // A scale directly behind another multiplies it: three lakh crore.
        if self.section.is_zero() && !self.total.is_zero() {
            self.total = self.total.saturating_mul(factor);
            self.scale = self.scale.saturating_mul(factor);
            self.step = self.step.saturating_mul(factor);
            return;
        }
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

    /// `five point five`, `two point seventy-one`: the place behind, the decimals and one unit of the last.
    fn decimals(&self) -> Option<(usize, Decimal, Decimal)> {
        spoken_decimals(self.view, self.place)
    }

    /// `three and a half`, also before a scale: `two and a half billion`.
    fn halves(&self, value: Decimal) -> Option<Reading> {
        const TAIL: &str = "and a half";
        let plain = Reading { end: self.place, value, step: self.step };
        let at = self.view.skip_spaces(self.place);
        let tail = self.view.chars.get(at..at + TAIL.len()).unwrap_or_default();
        if at == self.place || !tail.iter().copied().eq(TAIL.chars()) {
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
