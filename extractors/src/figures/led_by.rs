//! What did most of a change: classes and economies whose rates stand in brackets, or between commas, behind them.

use bellwether_model::figure::Flow;

use super::bind::{Binder, between, ending};
use super::item::{Item, ItemKind, Side};
use super::lexicon::Role;
use super::number::is_statistic;
use super::phrases::PHRASES;
use super::rows::joins;
use super::token::Break;
use crate::text::NumeralKind;

impl Binder<'_> {
    /// `with Mexico ($17.9), Vietnam ($16.2) and China ($13.9)`: an economy behind the bracket of a partner is one too; so is
    /// the first that did most of a change (led by the United States (up 71.2 percent)).
    pub(super) fn goes_on_in_brackets(&self, at: usize) -> bool {
        if self.setting.chinese {
            return false;
        }
        let before = self.items[..at].iter().rev().find(|item| !joins(item));
        let closed = before.is_some_and(|item| matches!(item.kind, ItemKind::Break(Break::Close)));
        let inside = self.found.last().is_some_and(|last| {
            let end = before.map_or(0, |close| close.span.start);
            last.numeral.span.end == end && !last.frame.partners.is_empty()
        });
        if closed && (inside || !self.frame.partners.is_empty()) {
            return true;
        }
        let ItemKind::Subject(area) = &self.items[at].kind else { return false };
        let before = ending(between(self.setting.text, self.start, self.items[at].span.start)).to_ascii_lowercase();
        // Of all trade, or of that with a part of the world (exports to Asia rose, led by Thailand (up 20.4 percent)).
        let wide = self.frame.partners.iter().all(|partner| partner.as_str().len() > 2);
        let whole = self.frame.flows.len() == 1 && wide;
        whole && self.carry.area.as_ref().is_some_and(|own| own != area) && PHRASES.tells_most(&before)
    }

    /// `as demand from the United States (up 20.4 percent) recovered`: a bracket behind an economy that is not known to be the
    /// other side tells nothing of the trade before it.
    pub(super) fn names_another_economy(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1).map(|before| &self.items[before]) else { return false };
        let own = self.frame.area.as_ref().or(self.carry.area.as_ref());
        let exports = self.frame.flows.iter().all(|flow| flow.flow == Flow::Exports);
        let known = match &before.kind {
            ItemKind::Subject(area) => own == Some(area),
            ItemKind::Partners(areas, Side::From) if exports => areas.first() == own,
            ItemKind::Partners(areas, _) => areas.iter().all(|area| self.frame.partners.contains(area)),
            _ => return false,
        };
        let adjacent = between(self.setting.text, before.span.end, self.items[at].span.start).trim().is_empty();
        !self.setting.chinese && adjacent && !known && self.frame.numbers > 0
    }

    /// `non-monetary gold (-77.9 percent), structures of ships (-12.8 percent)`: the product class before the bracket of its
    /// rate, known or not.
    pub(super) fn goods_before_bracket(&self, at: usize) -> Option<Vec<String>> {
        let trade = self.frame.flows.iter().all(|flow| flow.flow.is_trade());
        if self.setting.chinese || !trade || !self.brackets_a_rate(at) {
            return None;
        }
        self.listed_name_before(at).or_else(|| self.known_goods_before(at))
    }

    /// `Electronics, which made up 35.5 percent of exports, rose`: whether the mark opens a clause of its own. A class before it
    /// is what the words behind that clause go on to tell of.
    pub(super) fn opens_relative_clause(&mut self, at: usize) -> bool {
        let span = self.items[at].span.clone();
        let comma = between(self.setting.text, span.start, span.end) == ",";
        if let Some(ItemKind::Goods(names)) = at.checked_sub(1).map(|before| &self.items[before].kind)
            && comma
            && self.goods_clause != Some(self.clause)
        {
            self.open();
            self.frame.goods.clone_from(names);
            self.goods_clause = Some(self.clause);
        }
        comma
    }

    /// Whether the bracket that opens here holds a rate, alone or behind an amount.
    fn brackets_a_rate(&self, at: usize) -> bool {
        let percent = |item: &Item| matches!(&item.kind, ItemKind::Number(n) if n.kind == NumeralKind::Percent);
        self.items.get(at + 1).is_some_and(|next| match &next.kind {
            // `motorcycles (USD 1.2 billion, -4.4%)`
            ItemKind::Number(numeral) if matches!(numeral.kind, NumeralKind::Money(_)) => {
                let inside =
                    self.items[at + 2..].iter().take_while(|item| !matches!(item.kind, ItemKind::Break(Break::Close)));
                inside.take(3).any(percent)
            }
            ItemKind::Number(_) => percent(next),
            ItemKind::Direction(_) | ItemKind::Word(_) => self.items.get(at + 2).is_some_and(percent),
            _ => false,
        })
    }

    /// The name between the mark before and the bracket: in a list of classes, or behind words like `led by`.
    fn listed_name_before(&self, at: usize) -> Option<Vec<String>> {
        let parts = |item: &Item| {
            matches!(item.kind, ItemKind::Break(_))
                || matches!(&item.kind, ItemKind::Word(term) if term.is(Role::ListAnd))
        };
        let first = self.items[..at].iter().rposition(parts)?;
        let inside = &self.items[first + 1..at];
        if !inside.iter().all(|item| matches!(item.kind, ItemKind::Goods(_) | ItemKind::Word(_))) {
            return None;
        }
        let words = between(self.setting.text, self.items[first].span.end, self.items[at].span.start);
        let name = PHRASES.behind_led_by(words);
        if self.frame.goods.is_empty() && name.len() == words.len() {
            return None;
        }
        let name = name.trim().trim_start_matches("and ");
        PHRASES.name_of_subject(name).map(|name| vec![name.to_owned()])
    }

    /// `on the back of electronics (up 20.4 percent)`: the known class directly before the bracket, where the flow has none.
    fn known_goods_before(&self, at: usize) -> Option<Vec<String>> {
        let before = &self.items[at.checked_sub(1)?];
        let adjacent = between(self.setting.text, before.span.end, self.items[at].span.start).trim().is_empty();
        match &before.kind {
            ItemKind::Goods(names) if adjacent && names.len() == 1 && self.frame.goods.is_empty() => {
                Some(names.clone())
            }
            _ => None,
        }
    }

    /// `led by pharmaceuticals, which shrank 18.9 percent`, `led by Thailand, up 20.4 percent, and Vietnam, up 17.5 percent`:
    /// the clause behind tells of the class or the economy before the mark.
    pub(super) fn turn_to_name_before(&mut self, at: usize) {
        let text = self.setting.text;
        let behind = between(text, self.items[at].span.end, usize::MAX).trim_start();
        let Some(before) = at.checked_sub(1).map(|before| &self.items[before]) else { return };
        let adjacent = before.span.end == self.items[at].span.start;
        if self.setting.chinese || self.frame.numbers == 0 || !adjacent {
            return;
        }
        let rate = matches!(&self.items[at + 1..], [Item { kind: ItemKind::Direction(_), span, .. }, number, ..]
            if is_statistic(number) && between(text, self.items[at].span.end, span.start).trim().is_empty());
        let opening = ending(between(text, self.start, before.span.start)).to_ascii_lowercase();
        let last = self.found.last().filter(|last| last.frame.id == self.frame.id);
        let joined = last.is_some_and(|last| {
            matches!(between(text, last.numeral.span.end, before.span.start).trim(), ", and" | "and" | ",")
        });
        let named = rate && (joined || PHRASES.tells_most(&opening));
        match &before.kind {
            ItemKind::Goods(names) if named || behind.starts_with("which ") => {
                self.open();
                self.frame.goods.clone_from(names);
            }
            ItemKind::Subject(area) if named && self.carry.area.as_ref() != Some(area) => {
                self.open();
                self.frame.partners = vec![area.clone()];
            }
            _ => {}
        }
    }
}
