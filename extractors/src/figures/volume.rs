//! Quantities of goods: tonnes, vehicles and barrels are no values, nor are their rates and their prices.

use super::bind::{Binder, between};
use super::frame::Reading;
use super::item::ItemKind;
use super::lexicon::Role;
use crate::text::{Numeral, NumeralKind};

/// Why the rate of a quantity is no figure.
pub(super) const OF_A_QUANTITY: &str = "the change of a quantity";

impl Binder<'_> {
    /// 進口原油5.16億噸，增加12.1%: what follows speaks of the quantity, until an amount or another subject is named. A rate
    /// directly before it does too (出口增長22.8%，達641萬輛).
    pub(super) fn quantity(&mut self, at: usize, numeral: &Numeral) {
        let words = self.setting.text[numeral.span.clone()].trim_end();
        let measured = |measures: &[String]| measures.iter().any(|measure| words.ends_with(measure.as_str()));
        let lexicon = self.setting.lexicon;
        let (weighed, counted) = (measured(&lexicon.weights), measured(&lexicon.pieces));
        let before = at.checked_sub(1).map(|before| &self.items[before].kind);
        let of_goods = match before {
            Some(ItemKind::Goods(_) | ItemKind::Flow(_)) => true,
            Some(ItemKind::Word(term)) => term.is(Role::Level),
            _ => false,
        };
        if !self.setting.chinese || self.frame.flows.is_empty() || !(weighed || counted && of_goods) {
            return;
        }
        let id = self.frame.id;
        let own = |frame: usize| frame == id;
        let valued = self.found.iter().any(|c| own(c.frame.id) && c.reading == Reading::Level);
        if !valued {
            for rate in self.found.iter_mut().filter(|c| own(c.frame.id) && c.reading == Reading::Rate) {
                rate.left = rate.left.or(Some(OF_A_QUANTITY));
            }
            self.frame.counted = true;
        }
    }

    /// Whether a number is the price of one of what is counted (每噸797.5元, 70美元/桶), or the rate of a quantity.
    pub(super) fn of_a_quantity(&mut self, numeral: &Numeral) -> Option<&'static str> {
        let text = self.setting.text;
        let lexicon = self.setting.lexicon;
        let measures = || lexicon.weights.iter().chain(&lexicon.pieces);
        if numeral.kind == NumeralKind::Percent {
            return self.frame.counted.then_some(OF_A_QUANTITY);
        }
        let before = between(text, self.start, numeral.span.start).trim_end();
        let behind = text[numeral.span.end..].trim_start();
        let each = before.contains('每');
        let measured = behind.strip_prefix(['/', '／', '每']);
        let price = (each || measured.is_some())
            && measures().any(|measure| {
                before.strip_suffix(measure.as_str()).is_some_and(|before| before.ends_with('每'))
                    || measured.is_some_and(|behind| behind.starts_with(measure.as_str()))
            });
        if price {
            self.frame.counted = true;
            return Some("a price");
        }
        self.frame.counted = false;
        None
    }
}
