//! Words that no rule knows, where they stand as what a number speaks of: a product class that no list has, or
//! something that is no trade at all. Such a number is never the economy's as a whole.

use super::bind::{Binder, between};
use super::item::{Item, ItemKind};
use super::lexicon::{LEXICON, Role, aligned};
use super::token::Break;

/// Fewer characters are no name, more are no phrase.
const NAME: std::ops::RangeInclusive<usize> = 2..=14;

impl Binder<'_> {
    /// A phrase without a word for a flow that fills a clause up to its number or its word of rising: 其中，飛機類增長5%.
    pub(super) fn unknown_subject(&mut self, at: usize) {
        let part = |item: &Item| match &item.kind {
            ItemKind::Goods(_) | ItemKind::Break(Break::List) => true,
            ItemKind::Word(term) => term.is(Role::ListAnd),
            _ => false,
        };
        // 服裝及帽類1.03萬億元: a known class may be a part of the name.
        let items = self.items;
        let Some(before) = items[..at].iter().rev().find(|item| !part(item)).filter(|_| self.setting.chinese) else {
            return;
        };
        let spoken = self.goods_clause == Some(self.clause) || self.frame.other;
        let begins = !spoken
            && match &before.kind {
                ItemKind::Break(kind) => matches!(kind, Break::Clause | Break::Part),
                ItemKind::Word(term) => term.is(Role::Including),
                _ => false,
            };
        let phrase = between(self.setting.text, before.span.end, self.items[at].span.start);
        let phrase = phrase.rsplit('的').next().unwrap_or(phrase).trim().trim_matches(['“', '”', '「', '」', '"']);
        if !begins || self.frame.flows.is_empty() && self.carry.frame.flows.is_empty() || !is_name(phrase) {
            return;
        }
        let classes = !self.frame.goods.is_empty() || self.found.is_empty() && !self.carry.frame.goods.is_empty();
        if self.frame.numbers > 0 {
            self.open();
            self.zone = None;
        }
        self.frame.counted = false;
        if classes || names_goods(phrase) {
            self.frame.goods = vec![phrase.to_owned()];
            self.goods_clause = Some(self.clause);
        } else {
            self.frame.other = true;
        }
    }

    /// 電子信息、高端裝備、儀器儀表出口分別: the names of a list that no rule knows, between the start of the clause and its
    /// flow.
    pub(super) fn unknown_list(&mut self, at: usize) {
        let frame = &self.frame;
        let known = frame.flows.len() > 1 || frame.partners.len() > 1 || frame.goods.len() > 1;
        let Some(flow) = self.items[..at].iter().rposition(|item| matches!(item.kind, ItemKind::Flow(_))) else {
            return;
        };
        let opens = |kind: &ItemKind| match kind {
            ItemKind::Break(kind) => *kind != Break::List,
            ItemKind::Word(term) => term.is(Role::Including),
            ItemKind::Number(_) | ItemKind::Period(_) => true,
            _ => false,
        };
        let first = self.items[..flow].iter().rposition(|item| opens(&item.kind));
        let inside = &self.items[first.map_or(0, |first| first + 1)..flow];
        let named = |kind: &ItemKind| {
            matches!(kind, ItemKind::Partners(..) | ItemKind::Subject(_) | ItemKind::Direction(_) | ItemKind::Flow(_))
        };
        if known || !self.setting.chinese || inside.iter().any(|item| named(&item.kind)) {
            return;
        }
        let start = first.map_or(self.start, |first| self.items[first].span.end);
        let phrase = between(self.setting.text, start, self.items[flow].span.start);
        let phrase = phrase.trim().trim_end_matches(['等', '的']);
        let names: Vec<&str> = phrase.split(['、', '和', '及', '与', '與']).map(str::trim).collect();
        if names.len() > 1 && names.iter().all(|name| is_han_phrase(name)) {
            self.frame.goods = names.into_iter().map(str::to_owned).collect();
            self.goods_clause = Some(self.clause);
        }
    }
}

fn is_han_phrase(phrase: &str) -> bool {
    let letter = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c) || c.is_ascii_alphanumeric();
    NAME.contains(&phrase.chars().count()) && phrase.chars().all(letter) && phrase.chars().any(|c| !c.is_ascii())
}

/// Whether a phrase can be a name: none of the small words with which adverbs and verbs are written.
fn is_name(phrase: &str) -> bool {
    let folded = aligned(phrase);
    let verbal = folded.chars().any(|c| LEXICON.adverbial.contains(&c));
    is_han_phrase(phrase) && !LEXICON.is_plain(&folded) && (!verbal || names_goods(phrase))
}

fn names_goods(phrase: &str) -> bool {
    let folded = aligned(phrase);
    LEXICON.goods_endings.iter().any(|ending| ending.chars().count() > 1 && folded.ends_with(ending.as_str()))
}
