//! What makes a word for a flow something else than trade in goods.

use bellwether_model::figure::Flow;

use super::bind::{Binder, between, words_of};
use super::item::{Item, ItemKind};
use super::lexicon::{FlowWord, Role};

impl Binder<'_> {
    /// 進口額3588億美元，其中商品進口2833億美元: of what goods are a part, the amounts before hold services too.
    pub(super) fn leave_the_wider_out(&mut self, at: usize, word: &FlowWord) {
        let including = |item: &Item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Including));
        let part = word.goods_alone && at.checked_sub(1).is_some_and(|before| including(&self.items[before]));
        if !self.setting.chinese || !part {
            return;
        }
        let id = self.found.last().map(|last| last.frame.id);
        let wider = |flow: &FlowWord| flow.flow == word.flow && !flow.goods_alone;
        for before in self.found.iter_mut().filter(|c| Some(c.frame.id) == id && c.zone.is_none()) {
            if before.frame.flows.iter().all(wider) && before.frame.partners.is_empty() {
                before.left = before.left.or(Some("may hold services too"));
            }
        }
    }

    /// Whether a word next to the flow makes it something else (服務貿易逆差, export prices).
    pub(super) fn is_other_subject(&self, at: usize) -> bool {
        let span = &self.items[at].span;
        let before = self.other_end.is_some_and(|end| {
            let gap = between(self.setting.text, end.min(span.start), span.start);
            matches!(gap.trim(), "" | "的" | "收支" | "贸易" | "貿易" | "of")
        });
        let behind = self.items.get(at + 1).is_some_and(|next| {
            let gap = between(self.setting.text, span.end, next.span.start).trim();
            matches!(&next.kind, ItemKind::Word(term) if term.is(Role::OtherSubject))
                && matches!(gap, "" | "on" | "in" | "of")
        });
        before || behind
    }

    /// `The current account was in deficit by 561 million`: a bare surplus or deficit in the clause of another account.
    pub(super) fn is_other_balance(&self, at: usize, word: &FlowWord) -> bool {
        let bare = matches!(words_of(self, at).as_str(), "deficit" | "surplus" | "deficits" | "surpluses");
        let mut clause = self.items[..at].iter().rev().take_while(|item| !matches!(item.kind, ItemKind::Break(_)));
        let account = |item: &Item| {
            matches!(&item.kind, ItemKind::Word(term) if term.is(Role::OtherFlow) && !term.is(Role::Wider)
                || term.is(Role::OtherSubject) && words_in(self.setting.text, item).contains("invisible"))
        };
        !self.setting.chinese && self.frame.other && word.flow == Flow::Balance && bare && clause.any(account)
    }

    /// A word for something that is no trade in goods: what follows is not ours until a flow is named.
    /// `flow`: the word holds a flow of its own.
    pub(super) fn other_subject(&mut self, at: usize, flow: bool) {
        let span = self.items[at].span.clone();
        let text = self.setting.text;
        self.other_end = Some(span.end);
        if let Some(last) = self.found.last_mut()
            && last.numeral.span.end <= span.start
            && matches!(between(text, last.numeral.span.end, span.start).trim(), "" | "的")
        {
            last.left = Some("counts something that is no trade in goods");
            return;
        }
        // `as auto sales dropped 14.2 percent`: what moves by a number of its own is no cause alone.
        let moves = !self.setting.chinese
            && matches!(self.items.get(at + 1).map(|item| &item.kind), Some(ItemKind::Direction(_)))
            && matches!(self.items.get(at + 2).map(|item| &item.kind), Some(ItemKind::Number(_)));
        let attached = !flow && !moves && !self.frame.flows.is_empty() && self.is_cause(span.start);
        if !attached {
            if self.frame.numbers > 0 {
                self.open();
            }
            self.frame.other = true;
        }
    }

    /// Whether the words before a place make what stands there a cause.
    pub(super) fn is_cause(&self, start: usize) -> bool {
        let before = between(self.setting.text, self.start, start).chars().rev().take(12).collect::<String>();
        let before: String = before.chars().rev().collect::<String>().to_lowercase();
        let cause = [
            "受", "因", "由于", "由於", "隨", "随", "帶動", "带动", "惠", "by ", "amid ", "despite ", "due to ", "on ",
            "of ", "for ", "in ", "as ",
        ];
        cause.iter().any(|word| before.contains(word))
    }
}

/// The words of an item, in lower case.
pub(super) fn words_in(text: &str, item: &Item) -> String {
    between(text, item.span.start, item.span.end).to_lowercase()
}
