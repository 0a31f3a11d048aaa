//! Numbers before their flow.

use bellwether_model::figure::Flow;

use super::bind::{Binder, between, ending, words_of};
use super::frame::Reading;
use super::item::{Item, ItemKind};
use super::lexicon::FlowWord;

impl Binder<'_> {
    /// A number before its flow: `a 5 percent rise in exports`, `20.1% of Japan's trade`.
    pub(super) fn flow_behind_number(&mut self, at: usize, word: &FlowWord) -> bool {
        let text = self.setting.text;
        if self.setting.chinese {
            return self.names_amount_before(at, word);
        }
        let (clause, span) = (self.clause, self.items[at].span.clone());
        let subject = self.subject.clone();
        if self.passive_flow(at, word) {
            return true;
        }
        let Some(last) = self.found.last_mut() else { return false };
        let gap = between(text, last.numeral.span.end, span.start).to_ascii_lowercase();
        // `a 61.7 billion yen trade surplus`
        if gap.trim().is_empty() && last.reading == Reading::Level && last.frame.flows.is_empty() {
            last.frame.flows = vec![word.clone()];
            self.frame.flows = vec![word.clone()];
            self.take_subject();
            let area = self.frame.area.clone();
            if let Some(last) = self.found.last_mut() {
                last.frame.area = area.or_else(|| last.frame.area.take());
            }
            return true;
        }
        // `a forecast for a $52 billion surplus and a $38 billion surplus in February`
        if gap.trim().is_empty()
            && last.reading == Reading::Level
            && last.zone.is_some()
            && word.sign.is_some()
            && last.frame.flows.iter().all(|flow| flow.flow == word.flow)
        {
            last.frame.flows = vec![word.clone()];
            return true;
        }
        // `outpacing a 6.6 percent rise in exports`
        if last.leads
            && gap.trim_end().ends_with(" in")
            && gap.len() < 40
            && last.clause == clause
            && !last.frame.flows.is_empty()
        {
            self.open();
            self.frame.flows = vec![word.clone()];
            self.frame.numbers = 1;
            // `due to the 17 percent plunge in shipments to China`: what the flow names behind it is all it speaks of.
            let names = |item: &Item| matches!(item.kind, ItemKind::Partners(..) | ItemKind::Goods(_));
            let narrowed = self.items.get(at + 1).is_some_and(names);
            if narrowed {
                self.frame.partners.clear();
                self.frame.goods.clear();
            }
            if let Some(last) = self.found.last_mut() {
                (last.frame.id, last.frame.flows) = (self.frame.id, vec![word.clone()]);
                if narrowed {
                    last.frame.partners.clear();
                    last.frame.goods.clear();
                }
            }
            return true;
        }
        // `earned $43.4 billion from exports`, `spent $39.7 billion on imports`
        let verb = ending(between(text, self.start, last.numeral.span.start)).to_ascii_lowercase();
        let earned =
            ["earned", "fetched", "generated", "made", "raked in", "took in", "spent", "paid", "pocketed", "reaped"];
        let amount = last.reading == Reading::Level && last.frame.flows.is_empty() && last.clause == clause;
        if amount
            && matches!(
                gap.trim(),
                "from"
                    | "from its"
                    | "from the"
                    | "from merchandise"
                    | "from goods"
                    | "on"
                    | "on its"
                    | "for"
                    | "through"
            )
            && earned.iter().any(|word| verb.trim_end().ends_with(word))
        {
            last.frame.flows = vec![word.clone()];
            self.frame.flows = vec![word.clone()];
            self.zone = None;
            self.take_subject();
            return true;
        }
        let joined = gap.len() < 40 && (gap.contains(" in ") || gap.contains(" of ")) && last.clause == clause;
        if !joined || !(last.frame.flows.is_empty() || last.reading == Reading::Share) {
            return false;
        }
        if last.reading == Reading::Share {
            let before = last.frame.area.clone();
            if let Some((area, _)) = subject {
                last.frame.area = Some(area.clone());
                self.frame.area = Some(area);
            }
            if last.frame.partners.is_empty() {
                last.frame.partners = before.into_iter().collect();
            }
        }
        last.frame.flows = vec![word.clone()];
        self.frame.flows = vec![word.clone()];
        self.subject = None;
        true
    }

    /// 錄得3.03億美元貿易逆差, 500億美元的出口: the flow of the amount that stands directly before it.
    fn names_amount_before(&mut self, at: usize, word: &FlowWord) -> bool {
        let text = self.setting.text;
        let start = self.items[at].span.start;
        let Some(last) = self.found.last_mut().filter(|last| last.numeral.span.end <= start) else { return false };
        let open_balance = last.frame.flows.iter().any(|flow| flow.flow == Flow::Balance && flow.sign.is_none());
        let gap = between(text, last.numeral.span.end, start);
        // 進口跌9.8%，至331億美元，錄得3.03億美元貿易逆差
        let first = self.items[..at].iter().rposition(|item| matches!(item.kind, ItemKind::Break(_)));
        let clause = &self.items[first.map_or(0, |first| first + 1)..at];
        // 日本6月出現431億日圓貿易順差
        let idle = |item: &Item| {
            matches!(item.kind, ItemKind::Word(_) | ItemKind::Number(_) | ItemKind::Subject(_) | ItemKind::Period(_))
        };
        let alone = clause.iter().all(idle);
        let balance = gap.is_empty() && word.flow == Flow::Balance && word.sign.is_some() && alone;
        let named = (gap == "的" || gap.is_empty() && open_balance || balance) && last.reading == Reading::Level;
        if named {
            last.frame.flows = vec![word.clone()];
            self.frame.flows = vec![word.clone()];
            self.take_subject();
            let area = self.frame.area.clone();
            if let Some(last) = self.found.last_mut() {
                last.frame.area = area.or_else(|| last.frame.area.take());
            }
        }
        named
    }

    /// `goods worth 112.5 billion euros were imported`: the verb behind the amount names its flow.
    pub(super) fn passive_flow(&mut self, at: usize, word: &FlowWord) -> bool {
        let text = self.setting.text;
        let name = words_of(self, at);
        let next_id = self.next_id + 1;
        let Some(last) = self.found.last_mut().filter(|last| last.clause == self.clause && last.zone.is_none()) else {
            return false;
        };
        let gap = between(text, last.numeral.span.end, self.items[at].span.start).trim();
        let verb = matches!(name.as_str(), "exported" | "imported");
        let passive = matches!(gap, "were" | "was" | "had been" | "have been" | "has been" | "worth of goods were");
        if !(verb && passive && last.reading == Reading::Level) {
            return false;
        }
        (last.frame.id, last.frame.flows) = (next_id, vec![word.clone()]);
        last.left = None;
        self.open();
        self.frame.flows = vec![word.clone()];
        self.frame.numbers = 1;
        true
    }
}
