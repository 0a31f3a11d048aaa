//! Weak words for flows: where they count.

use bellwether_model::figure::Flow;

use super::bind::{Binder, between, words_of};
use super::item::{Item, ItemKind};
use super::lexicon::FlowWord;
use super::token::Break;

impl Binder<'_> {
    /// Weak words count only where stronger ones say that trade is spoken of.
    pub(super) fn flow_counts(&self, at: usize, word: &FlowWord) -> bool {
        // 動能主要來自電子產品: a word that names a flow only by the economy behind it.
        let source = matches!(words_of(self, at).as_str(), "來自" | "来自");
        // Orders come from an economy, and are no imports.
        let orders = self.setting.orders && self.frame.flows.iter().all(|word| word.flow == Flow::Orders);
        if source && (orders || !matches!(self.items.get(at + 1).map(|item| &item.kind), Some(ItemKind::Partners(..))))
        {
            return false;
        }
        if !word.weak {
            return true;
        }
        match word.flow {
            // A part of an indicator, where the indicator is spoken of.
            Flow::Indicator(_) => self.speaks_of(word.flow),
            Flow::Orders => self.setting.orders,
            Flow::Total => {
                let partner = matches!(self.items.get(at + 1).map(|item| &item.kind), Some(ItemKind::Partners(..)));
                let flow_next = matches!(self.items.get(at + 1), Some(item) if matches!(item.kind, ItemKind::Flow(_)));
                let listed = self.setting.chinese
                    && matches!(self.items.get(at + 1).map(|item| &item.kind), Some(ItemKind::Break(Break::List)))
                    && matches!(self.items.get(at + 2).map(|item| &item.kind), Some(ItemKind::Flow(_)));
                listed
                    || !flow_next
                        && (partner
                            || self.share.is_some()
                            || !self.frame.partners.is_empty()
                            || self.trade_moves(at)
                            || self.trade_alone(at))
            }
            // `The gap shrank to`, behind a sentence about a deficit.
            Flow::Balance if self.carry.frame.flows.iter().any(|flow| flow.flow == Flow::Balance) => true,
            Flow::Balance if !self.setting.chinese && self.carry.lead_flow == Some(Flow::Balance) => true,
            // `The gap increased`, in a text that opens with a deficit and tells what became of exports beside it.
            Flow::Balance if !self.setting.chinese && self.carry.opens_with_balance => {
                between(self.setting.text, self.start, self.items[at].span.start).trim() == "The"
            }
            // `Shipments of cars fell`, in a text that has named its period.
            Flow::Exports if !self.setting.chinese && self.carry.anchor.is_some() && self.is_of_goods(at) => true,
            // `Shipments had declined in March`, behind a sentence about exports.
            Flow::Exports
                if !self.setting.chinese
                    && between(self.setting.text, self.start, self.items[at].span.start).trim().is_empty()
                    && self.carry.frame.flows.iter().any(|flow| flow.flow == Flow::Exports) =>
            {
                true
            }
            // `had expected May shipments to have risen`
            Flow::Exports
                if !self.setting.chinese
                    && self.carry.bases.iter().any(|(flow, _)| *flow == Flow::Exports)
                    && at.checked_sub(1).is_some_and(|before| {
                        let before = &self.items[before];
                        let adjacent = before.span.end + 1 == self.items[at].span.start;
                        adjacent && matches!(before.kind, ItemKind::Period(_))
                    }) =>
            {
                true
            }
            _ => !self.frame.partners.is_empty() || !self.frame.goods.is_empty() || !self.frame_is_fresh(),
        }
    }

    /// Whether a product class stands behind the flow with `of` between.
    fn is_of_goods(&self, at: usize) -> bool {
        let Some(next) = self.items.get(at + 1) else { return false };
        let gap = between(self.setting.text, self.items[at].span.end, next.span.start).trim();
        let of = matches!(&next.kind, ItemKind::Word(_))
            && between(self.setting.text, next.span.start, next.span.end) == "of"
            && matches!(self.items.get(at + 2).map(|item| &item.kind), Some(ItemKind::Goods(_)));
        of && gap.is_empty() || gap == "of" && matches!(next.kind, ItemKind::Goods(_))
    }

    /// Whether an indicator is spoken of: in this sentence or the one before.
    fn speaks_of(&self, flow: Flow) -> bool {
        let named = |item: &Item| matches!(&item.kind, ItemKind::Flow(word) if word.flow == flow && !word.weak);
        self.frame.flows.iter().chain(&self.carry.frame.flows).any(|word| word.flow == flow)
            || self.items.iter().any(named)
    }
}
