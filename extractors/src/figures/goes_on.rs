//! Sentences that name no direction of trade and go on with the one before.

use bellwether_model::figure::Flow;

use super::bind::{Binder, between};
use super::chinese::CHINESE;
use super::item::{Item, ItemKind, Side};
use super::lexicon::{FlowWord, RateBase, Role, Shape, Term, starts_with};
use super::number::is_statistic;
use super::token::Break;
use crate::text::NumeralKind;

impl Binder<'_> {
    /// A sentence without a word for a flow goes on with the last one's, where it begins like one that does.
    pub(super) fn continue_from_before(&mut self) {
        // In Chinese, a flow behind the first number begins something new.
        let first = self.items.iter().position(is_statistic).filter(|_| self.setting.chinese);
        let before = &self.items[..first.unwrap_or(self.items.len())];
        let has_flow = before.iter().any(|item| matches!(&item.kind, ItemKind::Flow(word) if !word.weak));
        let markets = self.items.iter().any(|item| matches!(item.kind, ItemKind::Partners(_, Side::Market)));
        self.take_up_topic();
        if !has_flow && self.opens_with_markets() {
            self.frame.flows = vec![FlowWord::unnamed(Flow::Exports)];
            return;
        }
        self.goes_on_being_expected();
        // A text about orders speaks of nothing else.
        let gave = self.carry.gave || self.setting.orders && !self.carry.frame.flows.is_empty();
        self.lists_sides = !has_flow && self.carry.spoke && self.lists_sides();
        let led = self.lists_sides || self.carry.spoke && self.opens_with_largest();
        if !has_flow && (self.opens_with_moving_goods() || self.looks_at_classes()) {
            self.frame.flows = self.carry.lead_flow.map(FlowWord::unnamed).into_iter().collect();
            return;
        }
        if has_flow || !(gave || markets || led) {
            return;
        }
        let pronoun = self.opens_with_pronoun();
        let expectation = self.is_expectation();
        let family = self.setting.lexicon.family.is_some();
        let text = between(self.setting.text, self.start, usize::MAX);
        // Of all that the flow's own name says; behind a class, it stays open whether it is still that one.
        let own = self.carry.frame.flows.first().and_then(|flow| flow.product.clone());
        let adjusted = self.setting.chinese
            && CHINESE.adjusted.begin(text.trim_start())
            && (own.is_some() || self.carry.frame.goods.is_empty());
        let continues = pronoun
            || expectation
            || adjusted
            || led
            || self.items.iter().any(|item| match &item.kind {
                ItemKind::Partners(..) | ItemKind::Goods(_) => true,
                ItemKind::Word(term) => term.is(Role::Including) || term.is(Role::Yoy) || family && term.is(Role::Mom),
                ItemKind::Direction(word) => word.base == Some(RateBase::Year) || family && word.base.is_some(),
                _ => false,
            });
        if continues {
            self.frame.flows.clone_from(&self.carry.frame.flows);
            self.frame.area.clone_from(&self.carry.frame.area);
            if adjusted {
                self.frame.goods = own.into_iter().collect();
            }
            if pronoun || expectation || self.lists_sides {
                self.frame.goods.clone_from(&self.carry.frame.goods);
                self.frame.partners.clone_from(&self.carry.frame.partners);
            }
            if expectation {
                self.frame.base = self.carry.frame.base;
            }
            let ahead = |term: &Term| term.is(Role::Modal) || term.is(Role::Forecast);
            if pronoun
                && !self.setting.chinese
                && self.carry.frame.forecast
                && self.items.iter().any(|item| matches!(&item.kind, ItemKind::Word(term) if ahead(term)))
            {
                // `This would be a decrease of 3 percent.`
                self.frame.forecast = true;
                self.frame.period = self.carry.frame.period;
                self.frame.forecaster.clone_from(&self.carry.frame.forecaster);
            }
        }
    }

    /// `That would leave a surplus of $5.4 billion`, behind a sentence about what is expected.
    fn goes_on_being_expected(&mut self) {
        let modal = |item: &Item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Modal));
        let first = self.items.iter().find(|item| modal(item) || matches!(item.kind, ItemKind::Flow(_)));
        let opening = between(self.setting.text, self.start, first.map_or(self.start, |item| item.span.start)).trim();
        let pronoun = matches!(opening, "That" | "This" | "It" | "Which");
        if !self.setting.chinese && pronoun && self.carry.frame.forecast && first.is_some_and(modal) {
            self.frame.forecast = true;
            self.frame.period = self.carry.frame.period;
            self.frame.forecaster.clone_from(&self.carry.frame.forecaster);
        }
    }

    /// 主要市場，8月對美國年增14.5%: what is told of markets with 對 went there.
    fn opens_with_markets(&self) -> bool {
        let market = |item: &Item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Market));
        let mut partners = self.items.iter().filter_map(|item| match &item.kind {
            ItemKind::Partners(_, side) => Some(*side),
            _ => None,
        });
        let families = self.setting.lexicon.family.is_some();
        self.setting.chinese
            && !families
            && self.items.first().is_some_and(market)
            && partners.next() == Some(Side::To)
            && partners.all(|side| side == Side::To)
    }

    /// 以貨品別觀察，礦產品減少5.1億美元, in a text whose first line speaks of exports alone: its classes are those of exports.
    fn looks_at_classes(&self) -> bool {
        let opening = between(self.setting.text, self.start, usize::MAX);
        let told = self.carry.gave || self.carry.paragraph_gave;
        let one = matches!(self.carry.lead_flow, Some(Flow::Exports | Flow::Imports));
        let goods = self.items.iter().any(|item| matches!(item.kind, ItemKind::Goods(_)));
        let trade = self.setting.chinese && self.setting.lexicon.family.is_none();
        trade && told && one && goods && CHINESE.views_of_goods.begin(opening.trim_start())
    }

    /// `The largest drags were the United States (-31.2 per cent) and Indonesia (-18.7 per cent).`
    fn lists_sides(&self) -> bool {
        let rate = |item: &Item| matches!(&item.kind, ItemKind::Number(number) if number.kind == NumeralKind::Percent);
        let side = |three: &&[Item]| match three {
            [side, open, number] => {
                matches!(side.kind, ItemKind::Subject(_) | ItemKind::Partners(..))
                    && matches!(open.kind, ItemKind::Break(Break::Open))
                    && rate(number)
            }
            _ => false,
        };
        let number = |item: &&Item| matches!(item.kind, ItemKind::Number(_));
        let sides = self.items.windows(3).filter(side).count();
        !self.setting.chinese && sides > 1 && sides == self.items.iter().filter(number).count()
    }

    /// 跌幅最大的是香港（55.1%）: those of which the sentence before spoke.
    pub(super) fn opens_with_largest(&self) -> bool {
        let first = self.items.first();
        self.setting.chinese
            && first.is_some_and(|item| {
                let rate = matches!(item.kind, ItemKind::Direction(word) if word.shape == Shape::Rate);
                let behind = between(self.setting.text, item.span.end, usize::MAX);
                rate && self.setting.lexicon.superlatives.iter().any(|word| starts_with(behind, word))
            })
    }

    /// The economies that opened the sentence before as those that placed orders, where this one names none.
    fn take_up_topic(&mut self) {
        let named = |item: &Item| matches!(item.kind, ItemKind::Partners(..) | ItemKind::Subject(_));
        let ahead = |term: &Term| term.is(Role::Forecast) || term.is(Role::Expected);
        let other = |item: &Item| named(item) || matches!(&item.kind, ItemKind::Word(term) if ahead(term));
        if self.setting.orders && !self.items.iter().any(other) {
            self.frame.partners.clone_from(&self.carry.topic);
        }
    }

    /// `Economists polled by a news agency had expected a 3 percent rise.` tells what the figure before was expected to
    /// be, where that sentence spoke of one direction of trade alone.
    fn is_expectation(&self) -> bool {
        let expects = |term: &Term| term.is(Role::Expected) || term.is(Role::ExpectedNoun);
        let base = self.carry.frame.base.is_some() || !self.setting.chinese;
        self.carry.one_flow
            && base
            && self.items.iter().any(|item| matches!(&item.kind, ItemKind::Word(term) if expects(term)))
            && !self.items.iter().any(|item| {
                let subject = self.setting.chinese && matches!(item.kind, ItemKind::Subject(_));
                subject || matches!(item.kind, ItemKind::Partners(..) | ItemKind::Goods(_))
            })
    }
}
