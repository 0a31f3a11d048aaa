//! Brackets, and lists whose members carry their rates in brackets: 半導體(42.5%)、船舶(77.1%)等出口增加, 對中國(-7.5%)、日本(-2.3%).
//!
//! The flow and the word of rising may stand behind the whole list, and are written into its numbers then.

use bellwether_model::period::Period;

use super::bind::{Aside, Binder};
use super::frame::Reading;
use super::item::{Item, ItemKind, Side};
use super::lexicon::{DirectionWord, FlowWord, Role, Shape};
use super::token::Break;
use crate::text::NumeralKind;

impl Binder<'_> {
    /// A bracket opens: what it holds is told of the class or the economy before it, or stands apart.
    pub(super) fn open_bracket(&mut self, at: usize) {
        let here = self.other_end.is_some_and(|end| end >= self.clause_start);
        let other = self.frame.other && self.setting.chinese && here;
        let relative = self.opens_relative_clause(at);
        self.brackets.push(Aside {
            frame: self.frame.clone(),
            motion: self.motion,
            share: self.share,
            subject: self.subject.clone(),
            found: self.found.len(),
        });
        if self.open_member(at) {
            self.market_bracket = false;
            self.frame.other = other;
            return;
        }
        let area = at.checked_sub(1).and_then(|before| match &self.items[before].kind {
            ItemKind::Partners(areas, Side::Market) => Some(areas.clone()),
            ItemKind::Subject(area) if self.goes_on_in_brackets(before) => Some(vec![area.clone()]),
            _ => None,
        });
        let quoted = self.quoted_class(at);
        let area = area.filter(|_| quoted.is_none());
        self.market_bracket = area.is_some();
        let goods = at.checked_sub(1).and_then(|before| match &self.items[before].kind {
            ItemKind::Goods(names) if self.setting.chinese && names.len() == 1 => Some(names.clone()),
            _ => self.goods_before_bracket(at),
        });
        let goods = quoted.or(goods);
        if let Some(areas) = area {
            self.open();
            self.frame.partners = areas;
        } else if let Some(names) = goods {
            // 「電動機械」（減375億元，跌19.3%）
            self.open();
            self.frame.goods = names;
        } else if relative {
            // `Machinery exports, which rose 5 percent in November, fell`: its period is its own.
            self.open();
        } else if self.names_another_economy(at) {
            self.frame.other = true;
        }
        // What the words before it told of is no more trade inside of it.
        self.frame.other |= other;
    }

    /// A bracket closes: the words behind it go on with what was spoken of before it.
    pub(super) fn close_bracket(&mut self, at: usize) {
        self.close_zone();
        self.market_bracket = false;
        if let Some(aside) = self.brackets.pop() {
            let explained = self.explained_period(at);
            let flows = std::mem::take(&mut self.frame.flows);
            (self.frame, self.motion, self.share) = (aside.frame, aside.motion, aside.share);
            self.subject = aside.subject;
            self.frame.period = explained.or(self.frame.period);
            if self.frame.flows.is_empty() && self.setting.text[self.items[at].span.clone()] == *"," {
                self.frame.flows = flows;
            }
        }
    }

    /// A bracket that holds nothing but a period says what the words before it mean (2023年度（2023年4月至2024年3月）).
    fn explained_period(&self, close: usize) -> Option<Period> {
        let inside = close.checked_sub(2)?;
        let alone = matches!(self.items[inside].kind, ItemKind::Break(Break::Open))
            && matches!(self.items[inside + 1].kind, ItemKind::Period(_));
        (alone && self.frame.numbers == 0).then_some(self.frame.period).flatten()
    }

    /// Takes the member before an opening bracket as what the rate inside speaks of. `false`: the bracket holds something
    /// else.
    pub(super) fn open_member(&mut self, at: usize) -> bool {
        let items = self.items;
        let Some(before) = at.checked_sub(1).map(|before| &items[before]) else { return false };
        let adjacent = before.span.end == items[at].span.start;
        if !adjacent || !self.setting.chinese || !holds_rate(&items[at + 1..]) {
            return false;
        }
        match &before.kind {
            ItemKind::Goods(names) if names.len() == 1 => {
                self.open();
                self.frame.goods.clone_from(names);
                self.frame.partners.clear();
                self.goods_clause = Some(self.clause);
            }
            ItemKind::Partners(areas, _) => {
                self.open();
                self.frame.partners.clone_from(areas);
            }
            ItemKind::Subject(area) if self.is_member(at - 1) => {
                self.open();
                self.frame.partners = vec![area.clone()];
            }
            _ => return false,
        }
        self.subject = None;
        if let Some(aside) = self.brackets.last_mut() {
            aside.subject = None;
        }
        self.pending.get_or_insert(self.found.len());
        true
    }

    /// Whether an economy without a cue goes on with a list: a bracket of the member before closed in front of it.
    fn is_member(&self, at: usize) -> bool {
        let joins = |item: &Item| match &item.kind {
            ItemKind::Break(kind) => matches!(kind, Break::List),
            ItemKind::Word(term) => term.is(Role::ListAnd),
            _ => false,
        };
        let listed = |item: &&Item| !joins(item);
        let before = self.items[..at].iter().rev().find(listed);
        let first = at
            .checked_sub(1)
            .is_some_and(|before| matches!(&self.items[before].kind, ItemKind::Word(term) if term.is(Role::Level)));
        // 跌幅最大的是香港（55.1%）
        if first && self.carry.spoke && self.opens_with_largest() {
            return true;
        }
        self.pending.is_some() && before.is_some_and(|item| matches!(item.kind, ItemKind::Break(Break::Close)))
    }

    /// The flow behind a list, for those of its numbers that have none.
    pub(super) fn flow_of_members(&mut self, word: &FlowWord) {
        let Some(first) = self.pending else { return };
        for member in self.found[first..].iter_mut().filter(|member| member.reading == Reading::Rate) {
            if member.frame.flows.is_empty() || !self.flow_seen {
                member.frame.flows = vec![word.clone()];
            }
        }
    }

    /// The word of rising behind a list, for those of its numbers that have no sign. The list ends with it.
    pub(super) fn direction_of_members(&mut self, word: DirectionWord) {
        if !self.brackets.is_empty() {
            return;
        }
        let Some(first) = self.pending.take().filter(|_| word.shape == Shape::Move) else { return };
        for member in self.found[first..].iter_mut().filter(|member| member.reading == Reading::Rate) {
            member.sign = member.sign.or(Some(word.sign));
        }
    }
}

/// Whether nothing but a rate, perhaps with its word of rising, stands in the bracket that these items begin in.
fn holds_rate(items: &[Item]) -> bool {
    let close = items.iter().take(4).position(|item| matches!(item.kind, ItemKind::Break(Break::Close)));
    let Some(inside) = close.map(|close| &items[..close]) else { return false };
    let rate = |item: &Item| matches!(&item.kind, ItemKind::Number(n) if n.kind == NumeralKind::Percent);
    match inside {
        [number] => rate(number),
        [direction, number] => matches!(direction.kind, ItemKind::Direction(_)) && rate(number),
        _ => false,
    }
}
